package io.plumbline.jobs.stream;

import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.feature.Uids;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where a job goes on in its logs from a savepoint: where its readers were, or where the lake was
 * cut that the savepoint was made of.
 *
 * @param positions of readers
 * @param made what lies beside the savepoint, if it was made of a lake
 */
public record SavedLogs(List<LogPosition> positions, Optional<Bootstrapped> made) {

  /**
   * Why a job cannot go on there, for people; empty if it can. What features counted of a topic
   * ends at an offset: in another topic, or without an offset, records would count twice or never.
   *
   * @param written sources that features of the savepoint read
   * @param asked what the job is to compute
   */
  public List<String> refusals(Set<String> written, FeatureSet asked) {
    List<String> refusals = new ArrayList<>();
    for (String source : asked.plans().sources()) {
      String topic = asked.plans().definitions().source(source).topic();
      Set<String> topics = topics(source);
      if (topics.isEmpty() && written.contains(source)) {
        refusals.add(
            "it does not say how far source "
                + source
                + " was read, though features counted it: if it was made by bootstrap, its file "
                + Bootstrapped.FILE
                + " is missing, put it back; if a job left it before it had read anything, take"
                + " another");
      }
      topics.stream()
          .filter(was -> !was.equals(topic))
          .forEach(
              was ->
                  refusals.add(
                      "source "
                          + source
                          + " was read from topic "
                          + was
                          + ", and is to be from "
                          + topic
                          + " now, where its offsets mean nothing: define another source for "
                          + topic
                          + ", or make a savepoint of the lake by bootstrap, with these"
                          + " definitions"));
    }
    return refusals;
  }

  private Set<String> topics(String source) {
    Set<String> topics =
        positions.stream()
            .filter(position -> position.uid().equals(Uids.records(source)))
            .map(LogPosition::topic)
            .collect(Collectors.toSet());
    made.map(m -> m.cuts().get(source)).ifPresent(cut -> topics.add(cut.topic()));
    return topics;
  }
}
