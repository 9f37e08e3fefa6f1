package io.plumbline.jobs.decode;

import io.plumbline.UserError;
import io.plumbline.time.TimeField;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;

/** How times are written as text in an input. */
@FunctionalInterface
public interface TimeText {
  /** ISO-8601 with a zone, e.g. {@code 2026-05-01T08:00:00Z}. */
  TimeText ISO = TimeField::parseInstant;

  /**
   * The moment that a text means.
   *
   * @throws DateTimeException if it is no time
   */
  Instant parse(String text);

  /**
   * Times of a pattern in a zone, or else ISO-8601. A local time that a clock change skips or
   * repeats is read as {@link java.time.ZonedDateTime#ofLocal} does: moved on by the gap, or the
   * earlier of the two. A pattern without a time of day means the start of the day.
   *
   * @param pattern of {@link DateTimeFormatter}, e.g. {@code M/d/yyyy H:mm}
   * @param zone for texts that name none, e.g. {@code Europe/London}
   */
  static TimeText of(String pattern, String zone) {
    ZoneId id = zoneOf(zone);
    DateTimeFormatter format = formatOf(pattern).withZone(id);
    return new Remembering(
        text -> {
          try {
            TemporalAccessor time = format.parseBest(text, ZonedDateTime::from, LocalDate::from);
            return time instanceof LocalDate day
                ? day.atStartOfDay(id).toInstant()
                : ((ZonedDateTime) time).toInstant();
          } catch (DateTimeException e) {
            return ISO.parse(text);
          }
        });
  }

  private static ZoneId zoneOf(String zone) {
    try {
      return ZoneId.of(zone);
    } catch (DateTimeException e) {
      throw UserError.wrongCall(
          "'"
              + zone
              + "' is no time zone; write a name or an offset, as in Europe/London or +01:00");
    }
  }

  private static DateTimeFormatter formatOf(String pattern) {
    try {
      return DateTimeFormatter.ofPattern(pattern);
    } catch (IllegalArgumentException e) {
      throw UserError.wrongCall(
          "'" + pattern + "' is no time format (" + e.getMessage() + "); as in 'M/d/yyyy H:mm'");
    }
  }

  /** Keeps the last answer, because rows of a history often share their time. */
  final class Remembering implements TimeText {
    private final TimeText parser;
    private volatile Answer last = new Answer("", Instant.EPOCH);

    private record Answer(String text, Instant time) {}

    private Remembering(TimeText parser) {
      this.parser = parser;
    }

    @Override
    public Instant parse(String text) {
      Answer answer = last;
      if (text.isEmpty() || !answer.text.equals(text)) {
        answer = new Answer(text, parser.parse(text));
        last = answer;
      }
      return answer.time;
    }
  }
}
