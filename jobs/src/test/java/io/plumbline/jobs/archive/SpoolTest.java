package io.plumbline.jobs.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes into segments comes out, hour by hour, in order. */
class SpoolTest {
  private static final long HOUR_MS = 3_600_000;

  @TempDir Path folder;
  private int names;

  @Test
  void keepsEveryRecordInOrderWhateverItsSize() throws IOException {
    for (long seed = 0; seed < 6; seed++) {
      Random random = new Random(seed);
      List<Segment> segments = new ArrayList<>();
      Map<Long, List<String>> expected = new TreeMap<>();
      try (Spool spool = spool(seed % 2 == 0 ? 100_000 : Long.MAX_VALUE)) {
        for (int i = 0; i < 4_000; i++) {
          long time =
              random.nextInt(40) == 0
                  ? Segment.UNKNOWN_TIME
                  : random.nextLong(-2 * HOUR_MS, 2 * HOUR_MS);
          byte[] value = value(random);
          spool.add(time, i % 7, i, value, Long.MIN_VALUE, i);
          expected
              .computeIfAbsent(Segment.hourOf(time), h -> new ArrayList<>())
              .add(line(time, i % 7, i, value));
          if (random.nextInt(1_000) == 0) {
            segments.addAll(spool.seal());
          }
        }
        segments.addAll(spool.seal());
      }
      for (long hour : expected.keySet()) {
        List<Segment> of = segments.stream().filter(s -> s.hour() == hour).toList();
        List<String> lines = expected.get(hour);
        lines.sort(null);
        assertThat(read(of)).as("seed " + seed + ", hour " + hour).isEqualTo(lines);
        assertThat(of.stream().mapToLong(Segment::rows).sum()).isEqualTo(lines.size());
      }
    }
  }

  private static byte[] value(Random random) {
    return switch (random.nextInt(200)) {
      case 0 -> null;
      case 1 -> new byte[0];
      case 2 -> filled(random, 300_000);
      default -> filled(random, random.nextInt(300));
    };
  }

  private static byte[] filled(Random random, int length) {
    byte[] value = new byte[length];
    random.nextBytes(value);
    return value;
  }

  @Test
  void handsOverNothingTwiceAndDeletesTheRest() throws IOException {
    try (Spool spool = spool(1_000)) {
      spool.add(5, 0, 0, new byte[] {1}, 0, 0);
      assertThat(spool.minIngestedAt()).isEqualTo(5);
      assertThat(spool.seal()).hasSize(1);
      assertThat(spool.seal()).isEmpty();
      assertThat(spool.minIngestedAt()).isEqualTo(Long.MAX_VALUE);
      for (int i = 0; i < 3; i++) {
        spool.add(5, 0, i, new byte[3 << 20], 0, 0);
      }
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).hasSize(1);
    }
  }

  @Test
  void segmentsSurviveBeingState() throws IOException {
    Segment segment;
    try (Spool spool = spool(1_000)) {
      spool.add(HOUR_MS + 5, 3, 77, new byte[] {1}, 2 * HOUR_MS, 9);
      segment = spool.seal().get(0);
    }
    Publication publication = new Publication("p", List.of(segment, segment));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    publication.write(new DataOutputStream(bytes));
    Publication read =
        Publication.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    assertThat(read).usingRecursiveComparison().isEqualTo(publication);
    assertThat(segment.arrival()).isEqualTo(Segment.Arrival.UNSETTLED);
    assertThat(segment.firstOffsets().get(3)).isEqualTo(77);
    assertThat(segment.firstOffsets().get(2)).isEqualTo(-1);
  }

  private Spool spool(long segmentBytes) {
    return new Spool(folder, segmentBytes, () -> names++ + Segment.SUFFIX);
  }

  private List<String> read(List<Segment> segments) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Entries entries = new Entries(folder, segments)) {
      while (entries.next()) {
        lines.add(
            line(entries.ingestedAt(), entries.partition(), entries.offset(), entries.value()));
      }
    }
    return lines;
  }

  /** Sorts as the record does. */
  private static String line(long time, int partition, long offset, byte[] value) {
    return String.format(
        "%020d %d %06d %d", time + 2 * HOUR_MS, partition, offset, Arrays.hashCode(value));
  }
}
