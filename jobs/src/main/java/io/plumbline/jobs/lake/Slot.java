package io.plumbline.jobs.lake;

/** Where an assembled value goes: a record's field, a list, a map. */
@FunctionalInterface
interface Slot {
  void put(Object value);
}
