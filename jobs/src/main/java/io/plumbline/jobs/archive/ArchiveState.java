package io.plumbline.jobs.archive;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;

/**
 * What the archive's tasks remember: segments that wait, publications that were decided, and how
 * far each partition was read. Every task sees the whole of it when it starts, because partitions
 * and segments may go to another task than they came from.
 */
final class ArchiveState {
  private static final int VERSION = 1;
  private static final byte SEGMENT = 1;
  private static final byte PUBLICATION = 2;
  private static final byte POSITIONS = 3;

  private final ListState<byte[]> state;

  /**
   * What a task starts from.
   *
   * @param waiting this task's share
   * @param decided this task's share
   * @param next first offset of each partition that was not taken yet, by any task
   * @param names hidden files that some task has
   */
  record Contents(
      List<Segment> waiting, List<Publication> decided, PartitionOffsets next, Set<String> names) {}

  /** Writes one entry. */
  private interface Entry {
    void write(DataOutputStream out) throws IOException;
  }

  ArchiveState(OperatorStateStore store) throws Exception {
    state =
        store.getUnionListState(
            new ListStateDescriptor<>("archive", BytePrimitiveArraySerializer.INSTANCE));
  }

  Contents read(int task, int tasks) throws Exception {
    Contents contents =
        new Contents(new ArrayList<>(), new ArrayList<>(), new PartitionOffsets(), new HashSet<>());
    for (byte[] bytes : state.get()) {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
      int version = in.readUnsignedByte();
      if (version != VERSION) {
        throw new IOException(
            "the archive's state is of version "
                + version
                + "; this program knows version "
                + VERSION
                + ": start it with the version of Plumbline that wrote it");
      }
      add(in, contents, task, tasks);
    }
    return contents;
  }

  private static void add(DataInputStream in, Contents to, int task, int tasks) throws IOException {
    byte kind = in.readByte();
    switch (kind) {
      case SEGMENT -> {
        Segment segment = Segment.read(in);
        to.names.add(segment.name());
        if (isMine(segment.name(), task, tasks)) {
          to.waiting.add(segment);
        }
      }
      case PUBLICATION -> {
        Publication publication = Publication.read(in);
        publication.segments().forEach(s -> to.names.add(s.name()));
        if (isMine(publication.name(), task, tasks)) {
          to.decided.add(publication);
        }
      }
      case POSITIONS -> to.next.raise(PartitionOffsets.read(in));
      default -> throw new IOException("the archive's state has an entry of unknown kind " + kind);
    }
  }

  private static boolean isMine(String name, int task, int tasks) {
    return Math.floorMod(name.hashCode(), tasks) == task;
  }

  void write(List<Segment> waiting, Iterable<Publication> decided, PartitionOffsets next)
      throws Exception {
    List<byte[]> entries = new ArrayList<>();
    for (Segment segment : waiting) {
      entries.add(bytes(SEGMENT, segment::write));
    }
    for (Publication publication : decided) {
      entries.add(bytes(PUBLICATION, publication::write));
    }
    entries.add(bytes(POSITIONS, next::write));
    state.update(entries);
  }

  private static byte[] bytes(byte kind, Entry entry) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeByte(VERSION);
    out.writeByte(kind);
    entry.write(out);
    return bytes.toByteArray();
  }
}
