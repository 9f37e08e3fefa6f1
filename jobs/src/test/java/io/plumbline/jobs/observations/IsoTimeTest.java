package io.plumbline.jobs.observations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.time.TimeField;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IsoTimeTest {
  @Test
  void agreesWithTheJdk() {
    Random random = new Random(11);
    for (int i = 0; i < 50_000; i++) {
      long micros = random.nextLong() >> random.nextInt(20) + 1;
      Instant time = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
      if (random.nextBoolean()) {
        time = time.truncatedTo(ChronoUnit.SECONDS);
      }
      String text = time.toString();
      assertThat(IsoTime.millis(text)).as("seed 11, %s", text).isEqualTo(time.toEpochMilli());
      assertThat(IsoTime.exactMicros(text))
          .as("seed 11, %s", text)
          .isEqualTo(time.getEpochSecond() * 1_000_000L + time.getNano() / 1_000L);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-05-01T10:00:00.1Z",
        "2026-05-01T10:00:00.12345Z",
        "2026-05-01T10:00:00.123456789Z",
        "2026-05-01T12:00:00.5+02:00",
        "2026-05-01T10:00Z",
        "0000-01-01T00:00:00Z",
        "2024-02-29T23:59:59.999999Z"
      })
  void agreesWithTheTimesOfEvents(String text) {
    assertThat(IsoTime.millis(text)).isEqualTo(TimeField.parseIso(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-02-29T10:00:00Z",
        "2026-05-01T24:00:01Z",
        "2026-05-01T10:60:00Z",
        "2026-13-01T10:00:00Z",
        "2026-05-01T10:00:00",
        "2026-05-01T1x:00:00Z",
        "2026-05-01 10:00:00Z",
        "2026-05-01"
      })
  void refusesWhatIsNoTime(String text) {
    assertThatThrownBy(() -> IsoTime.millis(text)).isInstanceOf(DateTimeException.class);
  }
}
