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

  /** When the next question is to be answered; {@code Long.MAX_VALUE} if none waits. */
  long nextQuestion() {
    return questions.isEmpty() ? Long.MAX_VALUE : questions.get(questions.size() - 1).at();
  }

  boolean isEmpty() {
    return questions.isEmpty() && timeline.isEmpty();
  }
}
