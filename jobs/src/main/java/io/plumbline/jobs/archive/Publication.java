package io.plumbline.jobs.archive;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The decision to show some segments of an hour to readers as one file. It is part of a checkpoint
 * before it is carried out, so that whoever carries it out after a failure writes the same file.
 *
 * @param name of the file, without suffix
 */
record Publication(String name, List<Segment> segments) {
  Publication {
    segments = List.copyOf(segments);
  }

  long hour() {
    return segments.get(0).hour();
  }

  long bytes() {
    return segments.stream().mapToLong(Segment::bytes).sum();
  }

  void write(DataOutput out) throws IOException {
    out.writeUTF(name);
    out.writeInt(segments.size());
    for (Segment segment : segments) {
      segment.write(out);
    }
  }

  static Publication read(DataInput in) throws IOException {
    String name = in.readUTF();
    List<Segment> segments = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      segments.add(Segment.read(in));
    }
    return new Publication(name, segments);
  }
}
