package io.plumbline.bench.live;

import io.plumbline.jobs.generator.EventGenerator;
import io.plumbline.jobs.generator.GeneratedRecord;
import io.plumbline.jobs.generator.GeneratorOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Payments made beforehand, in which only the id and the time are set before one is sent, so that
 * sending costs next to nothing. Not thread-safe.
 */
final class PaymentTemplates {
  private static final byte[] ID = "\"payment_id\":\"p-".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TIME = "\"paid_at\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int ID_DIGITS = 16;
  private static final int TIME_DIGITS = 13;

  /** Any time with as many digits as those of today. */
  private static final long SOME_TIME = 1_767_225_600_000L;

  private record Template(byte[] payload, int partition, int idAt, int timeAt) {}

  private final List<Template> templates = new ArrayList<>();
  private final long salt;
  private int next;
  private long sent;

  /**
   * @param seed of the payments, and of their ids
   * @param skew exponent of Zipf's law
   */
  PaymentTemplates(long seed, int count, int keys, double skew, int partitions) {
    salt = (seed * 0x9E3779B97F4A7C15L) ^ System.nanoTime();
    EventGenerator events =
        EventGenerator.of(
            "payments",
            GeneratorOptions.defaults()
                .withSeed(seed)
                .withSchedule(new GeneratorOptions.Schedule(SOME_TIME, count, 1_000))
                .withKeys(new GeneratorOptions.Keys(keys, skew, partitions))
                .withDirt(GeneratorOptions.Dirt.NONE));
    while (events.hasNext()) {
      GeneratedRecord record = events.next();
      byte[] payload = record.payload().clone();
      templates.add(
          new Template(payload, record.partition(), after(payload, ID), after(payload, TIME)));
    }
  }

  private static int after(byte[] payload, byte[] text) {
    for (int at = 0; at + text.length <= payload.length; at++) {
      int same = 0;
      while (same < text.length && payload[at + same] == text[same]) {
        same++;
      }
      if (same == text.length) {
        return at + text.length;
      }
    }
    throw new IllegalArgumentException(
        "no "
            + new String(text, StandardCharsets.UTF_8)
            + " in "
            + new String(payload, StandardCharsets.UTF_8));
  }

  /** Takes the next payment, to be sent before another one is taken. */
  void take(long timeMs, Taker taker) {
    Template template = templates.get(next);
    next = next + 1 < templates.size() ? next + 1 : 0;
    long id = salt + sent++;
    for (int i = 0; i < ID_DIGITS; i++) {
      template.payload[template.idAt + i] = HEX[(int) (id >>> (60 - 4 * i)) & 15];
    }
    long rest = timeMs;
    for (int i = TIME_DIGITS - 1; i >= 0; i--) {
      template.payload[template.timeAt + i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    taker.take(template.partition, template.payload);
  }

  /** Takes a payment. */
  interface Taker {
    /**
     * @param payload may be changed afterwards
     */
    void take(int partition, byte[] payload);
  }

  /**
   * Keys of the first payments, as often as these come; payments that have none are left out.
   *
   * @param field that holds the key
   */
  List<String> keys(String field, int count) {
    Pattern key = Pattern.compile("\"" + field + "\":\"([^\"]*)\"");
    return templates.stream()
        .limit(count)
        .map(template -> key.matcher(new String(template.payload, StandardCharsets.UTF_8)))
        .filter(Matcher::find)
        .map(found -> found.group(1))
        .toList();
  }
}
