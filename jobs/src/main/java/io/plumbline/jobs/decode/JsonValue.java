package io.plumbline.jobs.decode;

import com.fasterxml.jackson.databind.JsonNode;

/** Reads one JSON value as the Avro type it was made for. */
@FunctionalInterface
interface JsonValue {
  /**
   * @param node not null; JSON's null is a node
   * @return what Avro's generic records hold for the type, with text as String
   */
  Object read(JsonNode node) throws Malformed;
}
