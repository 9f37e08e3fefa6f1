package io.plumbline.jobs.redis;

import io.lettuce.core.protocol.AsyncCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.util.function.ThrowingRunnable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes items to Redis, many at once and each until Redis has it. A newer item takes the place of
 * one with the same name that still waits. An item whose name is on its way waits until that is
 * done, so items of one name arrive in order. Urgent items go before those that can wait. These
 * still have a share of what is sent, but never so much that an urgent one would have to wait for
 * the replies to many of them.
 *
 * <p>Everything happens in the task's mailbox thread; replies and the clock come in as mails.
 *
 * @param <T> what is written
 */
final class RedisBatcher<T> {
  private static final Logger LOG = LoggerFactory.getLogger(RedisBatcher.class);

  private final RedisConnection redis;
  private final Recipe<T> recipe;
  private final WriteLimits limits;
  private final MailboxExecutor mailbox;
  private final WriterMetrics metrics;

  /** Part of a batch that is for items that can wait, if there are any. */
  private static final int PART_FOR_PATIENT = 4;

  private final Map<String, Entry<T>> urgent = new LinkedHashMap<>();
  private final Map<String, Entry<T>> patient = new LinkedHashMap<>();
  private final Map<String, Entry<T>> sent = new HashMap<>();
  private final Milestones milestones = new Milestones();
  private final Queue<Reply> replies = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean called = new AtomicBoolean();
  private final List<AsyncCommand<String, String, Object>> withText = new ArrayList<>();

  /** Of what was sent, how many items were sent as ones that can wait. */
  private int patientSent;

  private int followers;
  private long bytes;
  private boolean lingering;
  private boolean backingOff;
  private long lastFlush;
  private Duration backoff;
  private RedisTrouble trouble;

  /** How items of one kind are written. */
  interface Recipe<T> {
    String name(T item);

    /** One item instead of two of the same name. */
    T merge(T older, T newer);

    /** Whether somebody waits for it, so that it goes before others. */
    default boolean isUrgent(T item) {
      return true;
    }

    /** How large it is, for {@link WriteLimits#bytes}; 0 if that hardly differs. */
    default long bytes(T item) {
      return 0;
    }

    /** The command, or the same with its script's text. */
    AsyncCommand<String, String, Object> command(T item, Sending sending);

    /** Takes what Redis said to an item, and may throw {@link Refused}. */
    void acknowledged(T item, Object reply);
  }

  /** How a script is named to Redis. */
  enum Sending {
    DIGEST,
    TEXT
  }

  private static final class Entry<T> {
    private T item;
    private Milestones.Stretch stretch;
    private Entry<T> follower;
    private boolean sentAsPatient;

    private Entry(T item, Milestones.Stretch stretch) {
      this.item = item;
      this.stretch = stretch;
    }
  }

  /** Commands that were sent together. */
  private static final class Batch {
    private final long sentAt = System.nanoTime();
    private int open;
    private RedisTrouble trouble;
    private Throwable failure;
  }

  private record Reply(String name, Batch batch, Object value, Throwable failure) {}

  RedisBatcher(
      RedisConnection redis,
      Recipe<T> recipe,
      WriteLimits limits,
      MailboxExecutor mailbox,
      WriterMetrics metrics) {
    this.redis = redis;
    this.recipe = recipe;
    this.limits = limits;
    this.mailbox = mailbox;
    this.metrics = metrics;
    this.backoff = limits.firstBackoff();
    this.lastFlush = System.nanoTime() - limits.linger().toNanos();
  }

  /** Takes an item, and then waits as long as there are too many. */
  void add(T item) throws InterruptedException {
    restore(item);
    metrics.updates.inc();
    flush();
    while (buffered() > limits.buffered() || bytes > limits.bytes()) {
      mailbox.yield();
    }
    metrics.buffered(buffered());
  }

  /** Takes an item without waiting. */
  void restore(T item) {
    String name = recipe.name(item);
    Entry<T> onItsWay = sent.get(name);
    Entry<T> there = onItsWay == null ? waiting(name) : onItsWay.follower;
    bytes += recipe.bytes(item);
    if (there != null) {
      merge(there, there.item, item);
      if (onItsWay == null && recipe.isUrgent(item) && patient.remove(name, there)) {
        urgent.put(name, there);
      }
      return;
    }
    Entry<T> entry = new Entry<>(item, milestones.enter());
    if (onItsWay == null) {
      await(name, entry);
    } else {
      onItsWay.follower = entry;
      followers++;
    }
  }

  /** Both were counted, and one is left. */
  private void merge(Entry<T> into, T older, T newer) {
    into.item = recipe.merge(older, newer);
    bytes += recipe.bytes(into.item) - recipe.bytes(older) - recipe.bytes(newer);
  }

  private Entry<T> waiting(String name) {
    Entry<T> entry = urgent.get(name);
    return entry != null ? entry : patient.get(name);
  }

  private void await(String name, Entry<T> entry) {
    (recipe.isUrgent(entry.item) ? urgent : patient).put(name, entry);
  }

  private int waiting() {
    return urgent.size() + patient.size();
  }

  /** Runs something once all items taken before are written, in order. */
  void whenWritten(Milestones.Milestone milestone) {
    milestones.add(milestone);
  }

  /** How many items are kept. */
  int buffered() {
    return waiting() + sent.size() + followers;
  }

  /** Shows all items that Redis has not acknowledged. */
  void forEach(Consumer<T> action) {
    urgent.values().forEach(entry -> action.accept(entry.item));
    patient.values().forEach(entry -> action.accept(entry.item));
    for (Entry<T> entry : sent.values()) {
      Entry<T> follower = entry.follower;
      action.accept(follower == null ? entry.item : recipe.merge(entry.item, follower.item));
    }
  }

  /** Waits until everything is written. */
  void drain() throws InterruptedException {
    flush();
    while (buffered() > 0) {
      mailbox.yield();
    }
  }

  /** Sends full batches, and smaller ones if the last flush is long enough ago. */
  void flush() {
    while (maySend() && ready() >= limits.batch()) {
      send();
    }
    if (ready() == 0 || lingering || !maySend()) {
      return;
    }
    long rest = limits.linger().toNanos() - (System.nanoTime() - lastFlush);
    if (rest <= 0) {
      send();
    } else {
      lingering = true;
      later(
          Duration.ofNanos(rest),
          () -> {
            lingering = false;
            flush();
          });
    }
  }

  private boolean maySend() {
    if (backingOff) {
      return false;
    }
    return trouble == null ? sent.size() < limits.inFlight() : sent.isEmpty();
  }

  /** How many items may be sent now. */
  private int ready() {
    return urgent.size() + patientReady();
  }

  /** Half a batch of them is on its way at once, or a quarter of all if that is more. */
  private int patientReady() {
    int urgentSent = sent.size() - patientSent;
    int most = Math.max(limits.batch() / 2, urgentSent / (PART_FOR_PATIENT - 1));
    return Math.max(0, Math.min(patient.size(), Math.max(1, most) - patientSent));
  }

  private void send() {
    int patientReady = patientReady();
    int size = Math.min(limits.batch(), urgent.size() + patientReady);
    int shared = Math.min(patientReady, Math.max(1, limits.batch() / PART_FOR_PATIENT));
    int first = Math.min(urgent.size(), size - shared);
    patientSent += size - first;
    Batch batch = new Batch();
    List<AsyncCommand<String, String, Object>> commands = new ArrayList<>(size);
    take(urgent, first, batch, commands);
    take(patient, size - first, batch, commands);
    lastFlush = batch.sentAt;
    metrics.flushSize.update(size);
    redis.dispatch(commands);
  }

  private void take(
      Map<String, Entry<T>> queue,
      int count,
      Batch batch,
      List<AsyncCommand<String, String, Object>> commands) {
    Iterator<Map.Entry<String, Entry<T>>> head = queue.entrySet().iterator();
    for (int i = 0; i < count; i++) {
      Map.Entry<String, Entry<T>> next = head.next();
      head.remove();
      sent.put(next.getKey(), next.getValue());
      next.getValue().sentAsPatient = queue == patient;
      commands.add(command(next.getKey(), next.getValue(), batch, Sending.DIGEST));
    }
  }

  private AsyncCommand<String, String, Object> command(
      String name, Entry<T> entry, Batch batch, Sending sending) {
    AsyncCommand<String, String, Object> command = recipe.command(entry.item, sending);
    batch.open++;
    command.onComplete(
        (value, failure) -> {
          replies.add(new Reply(name, batch, value, failure));
          if (called.compareAndSet(false, true)) {
            mail(this::takeReplies, "replies of Redis");
          }
        });
    return command;
  }

  private void takeReplies() {
    called.set(false);
    for (Reply reply = replies.poll(); reply != null; reply = replies.poll()) {
      take(reply);
      if (--reply.batch.open == 0) {
        close(reply.batch);
      }
    }
    if (!withText.isEmpty()) {
      redis.dispatch(List.copyOf(withText));
      withText.clear();
    }
    metrics.buffered(buffered());
    milestones.pass();
    flush();
  }

  private void take(Reply reply) {
    if (reply.failure == null) {
      Entry<T> entry = back(reply.name);
      recipe.acknowledged(entry.item, reply.value);
      bytes -= recipe.bytes(entry.item);
      entry.stretch.leave();
      follow(reply.name, entry);
      return;
    }
    RedisTrouble cause = RedisTrouble.of(reply.failure);
    switch (cause.remedy()) {
      case SEND_SCRIPT -> {
        metrics.retries.inc();
        withText.add(command(reply.name, sent.get(reply.name), reply.batch, Sending.TEXT));
      }
      case RETRY -> {
        metrics.retries.inc();
        reply.batch.trouble = cause;
        reply.batch.failure = reply.failure;
        again(reply.name, back(reply.name));
      }
      case GIVE_UP ->
          throw new Refused(
              "writing "
                  + reply.name
                  + ": "
                  + cause.explain(redis.settings(), reply.failure).getMessage(),
              reply.failure);
    }
  }

  /** Takes what is not on its way any more. */
  private Entry<T> back(String name) {
    Entry<T> entry = sent.remove(name);
    if (entry.sentAsPatient) {
      patientSent--;
    }
    return entry;
  }

  private void follow(String name, Entry<T> entry) {
    if (entry.follower != null) {
      followers--;
      await(name, entry.follower);
    }
  }

  private void again(String name, Entry<T> entry) {
    Entry<T> follower = entry.follower;
    if (follower != null) {
      merge(entry, entry.item, follower.item);
      entry.follower = null;
      follower.stretch.leave();
      followers--;
    }
    await(name, entry);
  }

  private void close(Batch batch) {
    metrics.latencyMs.update((System.nanoTime() - batch.sentAt) / 1_000_000);
    if (batch.trouble == null) {
      if (trouble != null) {
        LOG.info("Redis at {} takes writes again", redis.settings().place());
      }
      trouble = null;
      redis.stale().written();
      metrics.holdBack(false);
      backoff = limits.firstBackoff();
      return;
    }
    redis.stale().failed(batch.trouble);
    if (trouble != batch.trouble) {
      trouble = batch.trouble;
      metrics.holdBack(true);
      LOG.warn(
          "holding writes back, Redis at {}: {} ({})",
          redis.settings().place(),
          trouble.inWords(),
          RedisTrouble.words(batch.failure));
    }
    if (!backingOff) {
      backingOff = true;
      later(
          backoff,
          () -> {
            backingOff = false;
            flush();
          });
      Duration doubled = backoff.multipliedBy(2);
      backoff = doubled.compareTo(limits.longestBackoff()) < 0 ? doubled : limits.longestBackoff();
    }
  }

  private void later(Duration delay, ThrowingRunnable<Exception> task) {
    redis.after(delay, () -> mail(task, "time to write to Redis"));
  }

  private void mail(ThrowingRunnable<Exception> task, String description) {
    try {
      mailbox.execute(task, description);
    } catch (RejectedExecutionException e) {
      LOG.debug("the task is over", e);
    }
  }
}
