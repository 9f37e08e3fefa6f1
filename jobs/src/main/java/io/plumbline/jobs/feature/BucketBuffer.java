package io.plumbline.jobs.feature;

import java.util.ArrayList;
import java.util.List;

/** The parcels of the bucket that is being read, until all of them are there. */
public final class BucketBuffer {
  private List<byte[]> parcels = new ArrayList<>();

  /** Whether this was the bucket's first parcel. */
  public boolean add(byte[] parcel) {
    parcels.add(parcel);
    return parcels.size() == 1;
  }

  /** Hands the bucket over and begins the next. */
  public List<byte[]> drain() {
    List<byte[]> bucket = parcels;
    parcels = new ArrayList<>();
    return bucket;
  }
}
