package io.plumbline.jobs.decode;

/** Reads one CSV field that is not empty as the Avro type it was made for. */
@FunctionalInterface
interface CsvValue {
  Object read(String text) throws Malformed;
}
