package io.plumbline.jobs.feature;

import io.plumbline.timeline.Timeline;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** All that is kept for one entity key. */
final class KeyState {
  final String key;
  final Timeline timeline;

  /**
   * Unanswered questions by time and row, latest first, so that the next one is taken at the end.
   */
  final List<Question> questions = new ArrayList<>(0);

  /** The time of the values last given away, epoch ms; {@code Long.MIN_VALUE} if none were. */
  long asOf = Long.MIN_VALUE;

  KeyState(String key, Timeline timeline) {
    this.key = key;
    this.timeline = timeline;
  }

  void ask(Question question) {
    int at = Collections.binarySearch(questions, question, Collections.reverseOrder());
    questions.add(at < 0 ? -at - 1 : at, question);
  }

  /** Takes the next question whose time is not after {@code time}; null if there is none. */
  Question pollDue(long time) {
    int last = questions.size() - 1;
    return last >= 0 && questions.get(last).at() <= time ? questions.remove(last) : null;
  }

  /** The earliest time at which something is to be done; {@code Long.MAX_VALUE} if nothing is. */
  long nextDue() {
    long event = timeline.firstPending();
    return questions.isEmpty() ? event : Math.min(event, questions.get(questions.size() - 1).at());
  }

  boolean isEmpty() {
    return questions.isEmpty() && timeline.isEmpty();
  }
}
