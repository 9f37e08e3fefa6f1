package io.plumbline.jobs.redis;

import io.lettuce.core.cluster.SlotHash;
import java.io.Serializable;

/**
 * The names of keys, see docs/redis.md.
 *
 * @param namespace the first part of every key
 */
record RedisKeys(String namespace) implements Serializable {
  static final String GENERATION = "_gen";
  static final String AS_OF = "_as_of";
  static final String SEQUENCE = "_seq";

  /** The hash of one entity key's features. */
  String hash(String entity, String key) {
    return namespace + ":" + entity + ":" + key;
  }

  /** What names of an entity's hashes begin with. */
  String hashes(String entity) {
    return namespace + ":" + entity + ":";
  }

  String progress() {
    return namespace + ":_progress";
  }

  /** Up to which checkpoint subtasks have written an entity. */
  String written(String entity) {
    return namespace + ":_written:" + entity;
  }

  /** The latest epoch of write sequences. */
  String epoch() {
    return namespace + ":_epoch";
  }

  String active() {
    return namespace + ":_active";
  }

  String serving() {
    return namespace + ":_serving";
  }

  String servedBefore() {
    return namespace + ":_served_before";
  }

  String owner(String entity) {
    return namespace + ":_owner:" + entity;
  }

  String rewrite() {
    return namespace + ":_rewrite";
  }

  String marker(String job) {
    return namespace + ":_marker:" + job;
  }

  String rejected(String source) {
    return namespace + ":rejected:" + source;
  }

  /** The only fence of a server. */
  String fence() {
    return namespace + ":_fence";
  }

  /** The fence of one of a cluster's slots. */
  String fence(int slot) {
    return namespace + ":_fence:{" + SlotTags.of(slot) + "}";
  }

  /** For each slot of a cluster the smallest number whose text lies in it. */
  private static final class SlotTags {
    private static final int[] TAGS = tags();

    static int of(int slot) {
      return TAGS[slot];
    }

    private static int[] tags() {
      int[] tags = new int[SlotHash.SLOT_COUNT];
      int missing = tags.length;
      for (int number = 1; missing > 0; number++) {
        int slot = SlotHash.getSlot(Integer.toString(number));
        if (tags[slot] == 0) {
          tags[slot] = number;
          missing--;
        }
      }
      return tags;
    }
  }
}
