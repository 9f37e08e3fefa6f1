package io.plumbline.jobs.redis;

import io.plumbline.aggregate.Varints;
import io.plumbline.jobs.feature.Update;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * What one key's hash is to hold.
 *
 * @param asOf epoch ms
 * @param sequence tells writes of one {@code asOf} apart
 * @param ingestedAt of the oldest event that waits with this, epoch ms; {@link Update#BY_TIME} if
 *     none does
 * @param features ids
 * @param values in stored form, in the order of {@code features}; null where there is none
 */
record FeatureWrite(
    String entity,
    String key,
    long asOf,
    long sequence,
    long ingestedAt,
    String[] features,
    Object[] values) {

  /** The one that counts, since the older event. */
  FeatureWrite merge(FeatureWrite other) {
    boolean otherIsNewer =
        asOf != other.asOf ? asOf < other.asOf : Long.compare(sequence, other.sequence) < 0;
    FeatureWrite newer = otherIsNewer ? other : this;
    return new FeatureWrite(
        entity,
        key,
        newer.asOf,
        newer.sequence,
        older(ingestedAt, other.ingestedAt),
        newer.features,
        newer.values);
  }

  private static long older(long a, long b) {
    if (a == Update.BY_TIME) {
      return b;
    }
    return b == Update.BY_TIME ? a : Math.min(a, b);
  }

  int present() {
    int present = 0;
    for (Object value : values) {
      present += value == null ? 0 : 1;
    }
    return present;
  }

  void write(StoredJson json, DataOutput out) throws IOException {
    writeText(entity, out);
    writeText(key, out);
    out.writeLong(asOf);
    out.writeLong(sequence);
    out.writeLong(ingestedAt);
    Varints.write(present(), out);
    for (int i = 0; i < values.length; i++) {
      if (values[i] != null) {
        writeText(features[i], out);
        writeBytes(json.of(values[i]), out);
      }
    }
  }

  static FeatureWrite read(DataInput in) throws IOException {
    String entity = readText(in);
    String key = readText(in);
    long asOf = in.readLong();
    long sequence = in.readLong();
    long ingestedAt = in.readLong();
    int present = (int) Varints.read(in);
    String[] features = new String[present];
    Object[] values = new Object[present];
    for (int i = 0; i < present; i++) {
      features[i] = readText(in);
      values[i] = new StoredJson.Ready(readBytes(in));
    }
    return new FeatureWrite(entity, key, asOf, sequence, ingestedAt, features, values);
  }

  static void writeText(String text, DataOutput out) throws IOException {
    writeBytes(text.getBytes(StandardCharsets.UTF_8), out);
  }

  static String readText(DataInput in) throws IOException {
    return new String(readBytes(in), StandardCharsets.UTF_8);
  }

  static void writeBytes(byte[] bytes, DataOutput out) throws IOException {
    Varints.write(bytes.length, out);
    out.write(bytes);
  }

  static byte[] readBytes(DataInput in) throws IOException {
    byte[] bytes = new byte[(int) Varints.read(in)];
    in.readFully(bytes);
    return bytes;
  }
}
