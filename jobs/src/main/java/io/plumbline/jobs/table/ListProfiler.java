package io.plumbline.jobs.table;

import io.plumbline.definition.ValueType;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Gathers the profile of a column of lists. */
final class ListProfiler extends ColumnProfiler {
  private static final int LONGEST = 64;

  private final boolean numeric;
  private NumberStatistics lengths = new NumberStatistics();

  /**
   * One for each place in lists of one length; null before the first list, and once lengths differ.
   */
  private NumberStatistics[] elements;

  private boolean lengthsDiffer;

  ListProfiler(ValueType type) {
    super(type.toString());
    ValueType element = new ValueType(type.scalar(), false);
    numeric = element.isNumber();
  }

  @Override
  void addValue(Object value) {
    List<?> list = (List<?>) value;
    lengths.add((long) list.size());
    expectLength(list.size());
    for (int i = 0; elements != null && i < elements.length; i++) {
      elements[i].add(((Number) list.get(i)).doubleValue());
    }
  }

  private void expectLength(int length) {
    if (!numeric || lengthsDiffer) {
      return;
    }
    if (length > LONGEST || (elements != null && elements.length != length)) {
      lengthsDiffer = true;
      elements = null;
    } else if (elements == null) {
      elements = new NumberStatistics[length];
      Arrays.setAll(elements, i -> new NumberStatistics());
    }
  }

  @Override
  void mergeValues(ColumnProfiler other) {
    ListProfiler lists = (ListProfiler) other;
    lengths.merge(lists.lengths);
    if (lists.lengthsDiffer) {
      lengthsDiffer = true;
      elements = null;
    } else if (lists.elements != null) {
      expectLength(lists.elements.length);
      for (int i = 0; elements != null && i < elements.length; i++) {
        elements[i].merge(lists.elements[i]);
      }
    }
  }

  @Override
  void writeValues(DataOutput out) throws IOException {
    lengths.write(out);
    out.writeBoolean(lengthsDiffer);
    out.writeInt(elements == null ? -1 : elements.length);
    if (elements != null) {
      for (NumberStatistics element : elements) {
        element.write(out);
      }
    }
  }

  @Override
  void readValues(DataInput in) throws IOException {
    lengths = NumberStatistics.read(in);
    lengthsDiffer = in.readBoolean();
    int length = in.readInt();
    elements = length < 0 ? null : new NumberStatistics[length];
    for (int i = 0; i < length; i++) {
      elements[i] = NumberStatistics.read(in);
    }
  }

  @Override
  ColumnProfile profile(String typeName, long values, long missing, long defaulted) {
    List<Double> means =
        elements == null
            ? null
            : Arrays.stream(elements).map(element -> element.numbers().mean()).toList();
    return ColumnProfile.ofLists(typeName, values, missing, defaulted, lengths.numbers(), means);
  }
}
