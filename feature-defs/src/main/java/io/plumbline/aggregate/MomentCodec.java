package io.plumbline.aggregate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** How a {@link Moment} is written. */
final class MomentCodec {
  private MomentCodec() {}

  static void write(Moment moment, DataOutput out) throws IOException {
    Varints.writeSigned(moment.eventTime(), out);
    // Short, as an event is known soon after it happened; wraps at the ends of time, both ways.
    Varints.writeSigned(moment.ingestedAt() - moment.eventTime(), out);
    Varints.writeSigned(moment.partition(), out);
    Varints.writeSigned(moment.offset(), out);
  }

  static Moment read(DataInput in) throws IOException {
    long eventTime = Varints.readSigned(in);
    long ingestedAt = eventTime + Varints.readSigned(in);
    int partition = (int) Varints.readSigned(in);
    return new Moment(eventTime, ingestedAt, partition, Varints.readSigned(in));
  }
}
