package io.plumbline.jobs.feature;

/** Names under which savepoints know the operators: never change one. */
public final class Uids {
  private Uids() {}

  /** Reads one source's records. */
  public static String records(String source) {
    return "records-" + source;
  }

  /** Says how far knowledge has come while one source is read from the lake. */
  public static String hours(String source) {
    return "hours-" + source;
  }

  /** Judges one source's records and reduces them to what features need. */
  public static String intake(String source) {
    return "intake-" + source;
  }

  /** Packs what an operator gives, or takes. */
  public static String parcels(String uid) {
    return "parcels-" + uid;
  }

  /** Finds the copies of one source's events. */
  public static String duplicates(String source) {
    return "duplicates-" + source;
  }

  /** Gives one entity its part of one source's events. */
  public static String events(String source, String entity) {
    return "events-" + source + "-" + entity;
  }

  /** Reads observations. */
  public static String observations() {
    return "observations";
  }

  /** Asks one entity's questions. */
  public static String questions(String entity) {
    return "questions-" + entity;
  }

  /** The timelines of one entity. */
  public static String timelines(String entity) {
    return "timelines-" + entity;
  }

  /** Joins the answers to each observation. */
  public static String rows() {
    return "rows";
  }

  /** Finishes rows: defaults and derived features. */
  public static String finish() {
    return "finish";
  }

  /** Writes the table. */
  public static String table() {
    return "table";
  }

  /** Asks for one entity's features to be given away again. */
  public static String rewrites(String entity) {
    return "rewrites-" + entity;
  }

  /** Looks for requests to give away all features again. */
  public static String rewriteRequests() {
    return "rewrite-requests";
  }

  /** Writes one entity's features to Redis. */
  public static String updates(String entity) {
    return "updates-" + entity;
  }

  /** Says how far one entity's features are written. */
  public static String progress(String entity) {
    return "progress-" + entity;
  }

  /** Writes one source's rejected records to Redis. */
  public static String rejected(String source) {
    return "rejected-" + source;
  }

  /** Writes answers to their topic. */
  public static String answers() {
    return "answers";
  }
}
