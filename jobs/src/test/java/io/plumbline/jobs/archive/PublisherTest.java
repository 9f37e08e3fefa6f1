package io.plumbline.jobs.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.UserError;
import io.plumbline.definition.Source;
import io.plumbline.jobs.decode.JsonDecoder;
import io.plumbline.jobs.importing.ImportFixture;
import io.plumbline.jobs.kafka.PayloadDecoder;
import io.plumbline.jobs.lake.HeldPositions;
import io.plumbline.jobs.lake.LakeLayout;
import io.plumbline.jobs.lake.LakePlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A publication may be broken off at any point and be carried out again. */
class PublisherTest {
  private static final String RUN = "run";

  private static final Schema SCHEMA =
      ImportFixture.schema(
          "{'name':'id','type':['null','string'],'default':null},"
              + "{'name':'at','type':{'type':'long','logicalType':'timestamp-millis'}},"
              + "{'name':'amount','type':['null','double'],'default':null},"
              + "{'name':'logged_at','type':['null','long'],'default':null}");

  @TempDir Path folder;
  private ImportFixture fixture;
  private Path hidden;
  private Ownership ownership;
  private Publication publication;

  @BeforeEach
  void spool() throws IOException {
    fixture = new ImportFixture(folder, SCHEMA);
    ownership = Ownership.take(fixture.lake, "pay");
    ownership.announce(RUN);
    hidden = LakeLayout.hidden(fixture.lake, "pay");
    try (Spool spool = new Spool(hidden, 1 << 20, () -> "a.log")) {
      spool.add(7, 0, 0, bytes("{\"id\": \"a\", \"at\": 1}"), 0, 0);
      spool.add(5, 1, 4, bytes("{\"id\": \"b\", \"at\": 2, \"amount\": 3}"), 0, 0);
      spool.add(6, 0, 1, bytes("{\"at\": 2}"), 0, 0);
      spool.add(6, 0, 2, null, 0, 0);
      publication = new Publication("file", spool.seal());
    }
  }

  @AfterEach
  void release() throws IOException {
    ownership.close();
  }

  @Test
  void sortsRowsAndSetsMalformedOnesAside() throws IOException {
    Publisher.Published published = publish();
    assertThat(published.files()).isEqualTo(2);
    assertThat(published.rows()).isEqualTo(4);
    assertThat(published.malformed()).isEqualTo(Map.of("id: no event id", 1L, "no value", 1L));
    checkLake();
    checkNothingIsHidden();
  }

  private void checkNothingIsHidden() throws IOException {
    try (var left = Files.list(hidden)) {
      assertThat(left.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("lock", "owner");
    }
  }

  @Test
  void doesNotRepeatWhatWasShownBeforeSegmentsWereDeleted() throws IOException {
    byte[] segment = Files.readAllBytes(hidden.resolve("a.log"));
    publish();
    Files.write(hidden.resolve("a.log"), segment);
    assertThat(publish().files()).isZero();
    checkLake();
    assertThat(hidden.resolve("a.log")).doesNotExist();
  }

  @Test
  void finishesWhatWasHalfShown() throws IOException {
    byte[] segment = Files.readAllBytes(hidden.resolve("a.log"));
    publish();
    Files.write(hidden.resolve("a.log"), segment);
    Files.delete(fixture.lake.resolve("pay/date=1970-01-01/hour=00/file.parquet"));
    assertThat(publish().files()).isEqualTo(1);
    checkLake();
  }

  @Test
  void anAttemptThatIsOverDoesNotWriteIntoTheFilesOfTheNext() throws IOException {
    JsonDecoder json = new JsonDecoder(fixture.source.schema());
    AtomicInteger decoded = new AtomicInteger();
    List<Publisher.Published> next = new ArrayList<>();
    PayloadDecoder slow =
        value -> {
          if (decoded.incrementAndGet() == 2) {
            next.add(publishNow());
          }
          return json.decode(value);
        };
    Publisher.Published late = publisher(fixture.source, slow).publish(publication);
    assertThat(next).extracting(Publisher.Published::files).containsExactly(2);
    assertThat(late.files()).isZero();
    checkLake();
    checkNothingIsHidden();
  }

  private Publisher.Published publishNow() {
    try {
      return publish();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void leavesNoHalfOfAFile() throws IOException {
    JsonDecoder json = new JsonDecoder(fixture.source.schema());
    AtomicInteger decoded = new AtomicInteger();
    PayloadDecoder failing =
        value -> {
          if (decoded.incrementAndGet() == 3) {
            throw new IllegalStateException("fault in the decoder");
          }
          return json.decode(value);
        };
    Publisher publisher = publisher(fixture.source, failing);
    assertThatThrownBy(() -> publisher.publish(publication)).hasMessage("fault in the decoder");
    try (var left = Files.list(hidden)) {
      assertThat(left.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("a.log", "lock", "owner");
    }
    assertThat(publish().files()).isEqualTo(2);
    checkLake();
  }

  @Test
  void segmentsThatWerePublishedAreNotMissed() throws IOException {
    ArchiveState.Contents start = start();
    publish();
    assertThat(new Leftovers(fixture.lake, "pay", start).stillDecided()).isEmpty();
    Files.delete(fixture.lake.resolve("pay/date=1970-01-01/hour=00/file.parquet"));
    Files.delete(fixture.lake.resolve("_malformed/pay/date=1970-01-01/hour=00/file.parquet"));
    assertThatThrownBy(() -> new Leftovers(fixture.lake, "pay", start).stillDecided())
        .isInstanceOf(UserError.class)
        .hasMessageContaining("a.log")
        .hasMessageContaining("gone with 4 records");
  }

  @Test
  void showsNothingForARunThatIsNotTheOwner() throws IOException {
    ownership.announce("another");
    assertThatThrownBy(this::publish)
        .isInstanceOf(UserError.class)
        .hasMessageContaining("another job archives this source");
    assertThat(LakePlan.hasFiles(fixture.lake, "pay")).isFalse();
    assertThatThrownBy(() -> Ownership.take(fixture.lake, "pay"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("stop that one");
  }

  @Test
  void whereAFieldSaysTheTimeWhatDoesNotDecodeHasNone() throws IOException {
    Source byField =
        new Source(
            "pay",
            fixture.source.schema(),
            "pay",
            Source.Encoding.JSON,
            "at",
            new Source.IngestedAt.Field("logged_at"),
            0,
            Optional.of("id"),
            0,
            0);
    try (Spool spool = new Spool(hidden, 1 << 20, () -> "b.log")) {
      spool.add(5, 2, 0, bytes("no JSON"), 0, 0);
      spool.add(5, 2, 1, bytes("{\"id\": \"a\", \"at\": 1}"), 0, 0);
      spool.add(5, 2, 2, bytes("{\"at\": 1, \"logged_at\": 5}"), 0, 0);
      spool.add(5, 2, 3, bytes("{\"id\": \"a\", \"at\": 1, \"logged_at\": 5}"), 0, 0);
      publication = new Publication("file", spool.seal());
    }
    Publisher.Published published = publish(byField);
    assertThat(published.rows()).isEqualTo(4);
    assertThat(published.files()).isEqualTo(3);
    assertThat(fixture.events())
        .containsExactly("{\"id\": \"a\", \"at\": 1, \"amount\": null, \"logged_at\": 5} @5 2:3");
    assertThat(LakePlan.of(fixture.lake, byField, 0, 10).malformedRows()).isEqualTo(1);
    assertThat(LakePlan.all(fixture.lake, byField).malformedRows()).isEqualTo(3);
  }

  private ArchiveState.Contents start() {
    return new ArchiveState.Contents(
        List.of(), List.of(publication), new PartitionOffsets(), new HashSet<>(Set.of("a.log")));
  }

  private Publisher.Published publish() throws IOException {
    return publish(fixture.source);
  }

  private Publisher.Published publish(Source source) throws IOException {
    return publisher(source, new JsonDecoder(source.schema())::decode).publish(publication);
  }

  private Publisher publisher(Source source, PayloadDecoder decoder) {
    HeldPositions held =
        new Leftovers(fixture.lake, "pay", start())
            .heldPositions(new PartitionOffsets(), List.of(), List.of(publication));
    return new Publisher(
        fixture.lake, source, decoder, held, new Ownership.Claim(fixture.lake, "pay", RUN));
  }

  private void checkLake() {
    assertThat(fixture.events())
        .containsExactly(
            "{\"id\": \"b\", \"at\": 2, \"amount\": 3.0, \"logged_at\": null} @5 1:4",
            "{\"id\": \"a\", \"at\": 1, \"amount\": null, \"logged_at\": null} @7 0:0");
    assertThat(LakePlan.all(fixture.lake, fixture.source).malformedRows()).isEqualTo(2);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
