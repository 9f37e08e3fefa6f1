package io.plumbline.jobs.feature;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.flink.core.memory.DataInputDeserializer;

/** The parcels of the bucket that is being read, until all of them are there. */
public final class BucketBuffer<T> {
  private final Codecs.Codec<T> codec;
  private final List<byte[]> parcels = new ArrayList<>();

  /**
   * @param type of the objects
   */
  public BucketBuffer(FlowType<T> type) {
    this.codec = type.codec();
  }

  /** Whether this was the bucket's first parcel. */
  public boolean add(byte[] parcel) {
    parcels.add(parcel);
    return parcels.size() == 1;
  }

  /** Unpacks the bucket and forgets it. */
  public void drain(Consumer<T> to) throws IOException {
    for (byte[] parcel : parcels) {
      DataInputDeserializer in = new DataInputDeserializer(parcel);
      while (in.available() > 0) {
        to.accept(codec.read(in));
      }
    }
    parcels.clear();
  }
}
