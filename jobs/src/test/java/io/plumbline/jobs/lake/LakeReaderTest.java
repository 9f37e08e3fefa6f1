package io.plumbline.jobs.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.UserError;
import io.plumbline.jobs.importing.ImportFixture;
import io.plumbline.jobs.lake.LakeWriters.RowOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeReaderTest {
  private static final Schema EVERYTHING =
      ImportFixture.schema(
          "{'name':'s','type':'string'},{'name':'i','type':['null','int']},"
              + "{'name':'l','type':{'type':'long','logicalType':'timestamp-micros'}},"
              + "{'name':'f','type':'float'},{'name':'d','type':['null','double']},"
              + "{'name':'b','type':['boolean','null']},{'name':'y','type':'bytes'},"
              + "{'name':'e','type':{'type':'enum','name':'E','symbols':['A','B']}},"
              + "{'name':'x','type':{'type':'fixed','name':'X','size':3}},"
              + "{'name':'v','type':['null',{'type':'array','items':['null','double']}]},"
              + "{'name':'vv','type':{'type':'array','items':{'type':'array','items':'string'}}},"
              + "{'name':'m','type':{'type':'map','values':['null','long']}},"
              + "{'name':'u','type':['null','long','string']},"
              + "{'name':'r','type':['null',{'type':'record','name':'N','fields':["
              + "{'name':'one','type':['null','string']},"
              + "{'name':'many','type':{'type':'array','items':{'type':'record','name':'O',"
              + "'fields':[{'name':'k','type':'int'}]}}}]}]}");

  @TempDir Path folder;

  @Test
  void readsBackWhatWasWritten() throws IOException {
    long seed = 7;
    Random random = new Random(seed);
    List<GenericData.Record> events = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      events.add((GenericData.Record) random(EVERYTHING, random, 0));
    }
    Path file = write(EVERYTHING, events);
    List<IndexedRecord> read = read(file, EVERYTHING, names(EVERYTHING));
    for (int i = 0; i < events.size(); i++) {
      assertThat(read.get(i)).as("seed %d, row %d", seed, i).isEqualTo(events.get(i));
      assertThat(GenericData.get().validate(EVERYTHING, read.get(i))).isTrue();
    }
    assertThat(read.get(0).get(0)).isInstanceOf(String.class);
  }

  @Test
  void everyProjectionHasTheRightColumns() throws IOException {
    long seed = 8;
    Random random = new Random(seed);
    List<GenericData.Record> events = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      events.add((GenericData.Record) random(EVERYTHING, random, 0));
    }
    Path file = write(EVERYTHING, events);
    List<String> all = new ArrayList<>(names(EVERYTHING));
    for (int round = 0; round < 100; round++) {
      Set<String> some =
          all.stream().filter(name -> random.nextInt(3) == 0).collect(Collectors.toSet());
      List<IndexedRecord> read = read(file, EVERYTHING, some);
      for (int i = 0; i < events.size(); i++) {
        for (Schema.Field field : EVERYTHING.getFields()) {
          Object expected = some.contains(field.name()) ? events.get(i).get(field.pos()) : null;
          assertThat(read.get(i).get(field.pos()))
              .as("seed %d, fields %s, row %d, field %s", seed, some, i, field.name())
              .isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void splitsTogetherReadEveryRowOnce() throws IOException {
    Schema schema = ImportFixture.schema("{'name':'t','type':'string'}");
    List<GenericData.Record> events = new ArrayList<>();
    Random random = new Random(9);
    byte[] noise = new byte[1 << 16];
    for (int i = 0; i < 1_600; i++) {
      random.nextBytes(noise);
      GenericData.Record event = new GenericData.Record(schema);
      event.put(0, new String(noise, java.nio.charset.StandardCharsets.ISO_8859_1));
      events.add(event);
    }
    Path lake = folder.resolve("lake");
    Path file = Files.createDirectories(lake.resolve("pay/date=1970-01-01/hour=00"));
    Files.move(write(schema, events), file.resolve("a.parquet"));
    List<LakeSplit> splits = planOf(lake, schema).splits(1);
    assertThat(splits).hasSizeGreaterThan(1);
    List<Long> offsets = new ArrayList<>();
    for (LakeSplit split : splits) {
      long before = offsets.size();
      try (LakeReader reader = LakeReader.open(split, schema, Set.of())) {
        while (reader.next()) {
          offsets.add(reader.offset());
        }
      }
      assertThat(offsets.size() - before).isEqualTo(split.rows());
    }
    assertThat(offsets).hasSize(events.size()).doesNotHaveDuplicates().isSorted();
    assertThat(planOf(lake, schema).splits(Long.MAX_VALUE)).hasSize(1);
  }

  @Test
  void addedOptionalFieldsFitOldFilesAndRemovedOnesNewFiles() throws IOException {
    Schema old = ImportFixture.schema("{'name':'a','type':'int'},{'name':'gone','type':'int'}");
    GenericData.Record event = new GenericData.Record(old);
    event.put(0, 1);
    event.put(1, 2);
    Path file = write(old, List.of(event));
    Schema now =
        ImportFixture.schema(
            "{'name':'n','type':['null','string']},{'name':'a','type':['null','int']},"
                + "{'name':'d','type':'string','default':'x'}");
    assertThat(read(file, now, names(now))).hasToString("[{\"n\": null, \"a\": 1, \"d\": \"x\"}]");
  }

  @Test
  void changedTypesAreRefusedWithBothSchemas() throws IOException {
    Schema old = ImportFixture.schema("{'name':'amount','type':'long'}");
    GenericData.Record event = new GenericData.Record(old);
    event.put(0, 1L);
    Path file = write(old, List.of(event));
    for (String type :
        List.of(
            "'double'",
            "'string'",
            "'int'",
            "{'type':'long','logicalType':'timestamp-millis'}",
            "{'type':'array','items':'long'}")) {
      Schema now = ImportFixture.schema("{'name':'amount','type':" + type + "}");
      assertThatThrownBy(() -> read(file, now, Set.of()))
          .as(type)
          .isInstanceOf(UserError.class)
          .hasMessageContaining(file.toString())
          .hasMessageContaining("int64 amount")
          .hasMessageContaining("\"name\" : \"amount\"");
    }
    Schema added =
        ImportFixture.schema("{'name':'amount','type':'long'},{'name':'b','type':'int'}");
    assertThatThrownBy(() -> read(file, added, Set.of()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("column b is missing");
  }

  @Test
  void aFieldThatMayNoLongerBeNullIsRefused() throws IOException {
    Schema old = ImportFixture.schema("{'name':'a','type':['null','int']}");
    Path file = write(old, List.of(new GenericData.Record(old)));
    Schema now = ImportFixture.schema("{'name':'a','type':'int'}");
    assertThatThrownBy(() -> read(file, now, Set.of())).isInstanceOf(UserError.class);
  }

  @Test
  void aHalfWrittenFileIsNamed() throws IOException {
    Schema schema = ImportFixture.schema("{'name':'a','type':['null','int']}");
    byte[] whole = Files.readAllBytes(write(schema, List.of(new GenericData.Record(schema))));
    Path hour = Files.createDirectories(folder.resolve("lake/pay/date=1970-01-01/hour=00"));
    for (int length : new int[] {0, 3, whole.length / 2, whole.length - 1}) {
      Path file = Files.write(hour.resolve("half.parquet"), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> planOf(folder.resolve("lake"), schema))
          .as("%d bytes", length)
          .isInstanceOf(UserError.class)
          .hasMessageContaining(file.toString())
          .hasMessageContaining("not complete Parquet");
    }
  }

  @Test
  void aFileWithADamagedPageIsNamed() throws IOException {
    Schema schema = ImportFixture.schema("{'name':'t','type':'string'}");
    List<GenericData.Record> events = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      GenericData.Record event = new GenericData.Record(schema);
      event.put(0, "text " + i * i);
      events.add(event);
    }
    Path file = write(schema, events);
    byte[] whole = Files.readAllBytes(file);
    for (int at = 4; at < whole.length / 2; at += 20) {
      byte[] torn = whole.clone();
      Arrays.fill(torn, at, at + 20, (byte) 0xff);
      Files.write(file, torn);
      assertThatThrownBy(() -> read(file, schema, names(schema)))
          .as("byte %d", at)
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith(file + ": is not complete Parquet");
    }
  }

  private static LakePlan planOf(Path lake, Schema schema) {
    return LakePlan.all(lake, LakePlanTest.source(schema));
  }

  private Path write(Schema schema, List<GenericData.Record> events) throws IOException {
    Path file = folder.resolve("events.parquet");
    Schema rows = LakeSchema.of(schema);
    try (ParquetWriter<IndexedRecord> writer =
        LakeWriters.open(new LocalOutputFile(file), rows, RowOrder.NONE)) {
      for (int n = 0; n < events.size(); n++) {
        writer.write(LakeRows.row(rows, events.get(n), n, 2, n));
      }
    }
    return file;
  }

  private static List<IndexedRecord> read(Path file, Schema schema, Set<String> fields) {
    List<IndexedRecord> events = new ArrayList<>();
    try (LakeReader reader = LakeReader.open(file, schema, fields)) {
      while (reader.next()) {
        assertThat(reader.partition()).isEqualTo(2);
        assertThat(reader.ingestedAt()).isEqualTo(reader.offset()).isEqualTo(events.size());
        events.add(reader.event());
      }
    }
    return events;
  }

  private static Set<String> names(Schema schema) {
    return schema.getFields().stream().map(Schema.Field::name).collect(Collectors.toSet());
  }

  private static Object random(Schema schema, Random random, int depth) {
    return switch (schema.getType()) {
      case NULL -> null;
      case BOOLEAN -> random.nextBoolean();
      case INT -> random.nextInt();
      case LONG -> random.nextLong();
      case FLOAT -> random.nextFloat();
      case DOUBLE -> random.nextDouble();
      case STRING -> random.nextInt(4) == 0 ? "" : "é" + random.nextInt(50);
      case BYTES -> java.nio.ByteBuffer.wrap(bytes(random, random.nextInt(4)));
      case FIXED -> new GenericData.Fixed(schema, bytes(random, schema.getFixedSize()));
      case ENUM ->
          new GenericData.EnumSymbol(
              schema, schema.getEnumSymbols().get(random.nextInt(schema.getEnumSymbols().size())));
      case ARRAY -> {
        List<Object> list = new GenericData.Array<>(3, schema);
        for (int i = random.nextInt(4); i > 0; i--) {
          list.add(random(schema.getElementType(), random, depth + 1));
        }
        yield list;
      }
      case MAP -> {
        java.util.Map<String, Object> map = new java.util.HashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          map.put("k" + i, random(schema.getValueType(), random, depth + 1));
        }
        yield map;
      }
      case RECORD -> {
        GenericData.Record record = new GenericData.Record(schema);
        schema.getFields().forEach(f -> record.put(f.pos(), random(f.schema(), random, depth + 1)));
        yield record;
      }
      case UNION ->
          random(schema.getTypes().get(random.nextInt(schema.getTypes().size())), random, depth);
    };
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
