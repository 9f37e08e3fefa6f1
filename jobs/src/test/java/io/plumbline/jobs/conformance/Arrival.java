package io.plumbline.jobs.conformance;

import java.io.Serializable;

/**
 * A record as a live log hands it over.
 *
 * @param stream name of a source, or {@link LiveLog#OBSERVATIONS}
 * @param value payload of an event, or an observation as the pipeline serializes it
 * @param at ingestion time of an event, time of an observation, epoch ms
 * @param passed what is certain with this arrival: no record of this time or before will follow
 */
public record Arrival(String stream, byte[] value, int partition, long offset, long at, long passed)
    implements Serializable {

  Arrival passing(long time) {
    return new Arrival(stream, value, partition, offset, at, time);
  }
}
