package io.plumbline.jobs.archive;

import io.plumbline.jobs.kafka.PayloadDecoder;
import java.io.Serializable;

/** Makes decoders of one source's values where they are needed. */
@FunctionalInterface
public interface DecoderFactory extends Serializable {
  PayloadDecoder open();
}
