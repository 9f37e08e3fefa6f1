package io.plumbline.jobs.redis;

import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Breaks connections that seem to lead to the wrong server: an address that follows the master may
 * lead elsewhere by now, while an old master still keeps the connection, or nobody tells that it is
 * gone. The client then connects again by itself, and looks the name up for that. Thread-safe.
 */
final class StaleConnections implements NettyCustomizer {
  private static final Logger LOG = LoggerFactory.getLogger(StaleConnections.class);

  /** Failures after which connections are broken: one or two pass by themselves. */
  private static final int PATIENCE = 3;

  /** What failed together with what has broken connections says nothing about new ones. */
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final ChannelGroup channels = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);
  private int failures;
  private long pauseOver = System.nanoTime();

  @Override
  public void afterChannelInitialized(Channel channel) {
    channels.add(channel);
  }

  /** Notes that a command failed, or commands that were sent together. */
  void failed(RedisTrouble trouble) {
    if (mayBeElsewhere(trouble) && isEnough(System.nanoTime())) {
      LOG.info("connecting to Redis anew, because: {}", trouble.inWords());
      var unused = channels.close();
    }
  }

  private synchronized boolean isEnough(long now) {
    if (now - pauseOver < 0 || ++failures < PATIENCE) {
      return false;
    }
    failures = 0;
    pauseOver = now + PAUSE.toNanos();
    return true;
  }

  /**
   * Notes that writes were taken. Reads say nothing: a server that is no master any more answers
   * them.
   */
  synchronized void written() {
    failures = 0;
  }

  /** What an old master says, or one that is gone; what a connection tells itself is not here. */
  private static boolean mayBeElsewhere(RedisTrouble trouble) {
    return switch (trouble) {
      case NO_ANSWER, READ_ONLY, NO_REPLICAS, MASTER_DOWN -> true;
      case UNREACHABLE,
          OUT_OF_MEMORY,
          NOT_SAVING,
          LOADING,
          BUSY,
          CLUSTER,
          NO_SCRIPT,
          WRONG_PASSWORD,
          NO_PERMISSION,
          TLS,
          WRONG_TYPE,
          OTHER ->
          false;
    };
  }
}
