package io.plumbline.jobs.feature;

import io.plumbline.jobs.feature.TimelineOperator.Emission;
import io.plumbline.time.TileGrid;
import io.plumbline.timeline.Timeline;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** All that is kept for one entity key. */
final class KeyState {
  /**
   * How long events may wait to be folded if nothing else touches their key, ms: so long that a key
   * which has windows of an hour is not looked at for this alone.
   */
  static final long FOLD_AFTER_MS = 3_600_000;

  /** From when on they are folded when time passes for their key anyway, ms. */
  static final long FOLD_EARLY_MS = FOLD_AFTER_MS / 2;

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

  /**
   * Whether this can be forgotten. Until knowledge time has passed what was shown last, an event
   * may come that was known earlier, and must not be shown as of an earlier time.
   */
  boolean isDone(long settled) {
    return isEmpty() && asOf <= settled;
  }

  /**
   * When there is something to do without another event: a question is due, what is shown changes,
   * something can be forgotten, or, much later than they could, events are folded that nothing else
   * had folded meanwhile.
   */
  long nextDue(Emission emission, long settled) {
    long due = Math.min(nextQuestion(), foldsAt(FOLD_AFTER_MS));
    if (emission == Emission.ANSWERS) {
      return due;
    }
    long from = settled > Long.MIN_VALUE ? settled : asOf;
    return Math.min(due, isEmpty() ? asOf : timeline.nextChange(from));
  }

  /** When events are to be folded that may wait so long. */
  long foldsAt(long afterMs) {
    return TileGrid.saturatedAdd(timeline.firstPending(), afterMs);
  }
}
