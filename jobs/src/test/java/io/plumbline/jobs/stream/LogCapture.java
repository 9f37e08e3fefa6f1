package io.plumbline.jobs.stream;

import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.layout.PatternLayout;

/** Everything that this process logs down to a level, with stack traces, until it is closed. */
final class LogCapture extends AbstractAppender implements AutoCloseable {
  private final Queue<String> entries = new ConcurrentLinkedQueue<>();
  private final PatternLayout layout =
      PatternLayout.newBuilder().withPattern("%c %m%n%xEx").build();
  private final LoggerContext context = LoggerContext.getContext(false);
  private final Map<LoggerConfig, Level> before = new HashMap<>();

  private LogCapture() {
    super("capture", null, null, true, Property.EMPTY_ARRAY);
  }

  static LogCapture start(Level level) {
    LogCapture capture = new LogCapture();
    capture.start();
    for (LoggerConfig logger : capture.context.getConfiguration().getLoggers().values()) {
      capture.before.put(logger, logger.getLevel());
      logger.setLevel(level);
    }
    capture.context.getConfiguration().getRootLogger().addAppender(capture, level, null);
    capture.context.updateLoggers();
    return capture;
  }

  @Override
  public void append(LogEvent event) {
    entries.add(layout.toSerializable(event));
  }

  /** What was logged so far. */
  Queue<String> entries() {
    return entries;
  }

  @Override
  public void close() {
    context.getConfiguration().getRootLogger().removeAppender(getName());
    before.forEach(LoggerConfig::setLevel);
    context.updateLoggers();
    stop();
  }
}
