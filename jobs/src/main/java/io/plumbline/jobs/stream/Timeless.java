package io.plumbline.jobs.stream;

import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/** Of a stream that says nothing about knowledge time, and holds nobody back. */
final class Timeless implements WatermarkGenerator<Long> {
  @Override
  public void onEvent(Long event, long timestamp, WatermarkOutput output) {}

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {
    output.markIdle();
  }
}
