package io.plumbline.jobs.feature;

import io.plumbline.aggregate.Decayed;
import io.plumbline.aggregate.Moment;
import io.plumbline.aggregate.Varints;
import io.plumbline.definition.Aggregation;
import io.plumbline.definition.Feature;
import io.plumbline.definition.ValueType;
import io.plumbline.jobs.table.TrainingRow;
import io.plumbline.timeline.TimelineCodec;
import io.plumbline.timeline.TimelineMigration;
import io.plumbline.timeline.TimelinePlan;
import io.plumbline.timeline.ValueCodec;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** How what flows through a pipeline, and what its operators keep, is written as bytes. */
final class Codecs {
  private Codecs() {}

  /** Writes and reads one type of object. */
  interface Codec<T> {
    void write(T object, DataOutput out) throws IOException;

    T read(DataInput in) throws IOException;

    /** The same by this pipeline's plans, if it was kept by others'. */
    default T adopt(T object) {
      return object;
    }
  }

  /** Signals to the timelines of one entity. */
  static Codec<Signal> signals(TimelinePlan plan) {
    TimelineCodec timelines = new TimelineCodec(plan);
    return new Codec<>() {
      @Override
      public void write(Signal signal, DataOutput out) throws IOException {
        writeText(signal.key(), out);
        out.writeByte(number(signal.kind()));
        if (signal.event() != null) {
          timelines.writeEvent(signal.event(), out);
        } else if (signal.question() != null) {
          writeQuestion(signal.question(), out);
        }
      }

      @Override
      public Signal read(DataInput in) throws IOException {
        String key = readText(in);
        Signal.Kind kind = readKind(in);
        return switch (kind) {
          case EVENT, TAKEN_BACK -> new Signal(kind, key, timelines.readEvent(in), null);
          case QUESTION -> Signal.of(key, readQuestion(in));
          case REWRITE -> new Signal(kind, key, null, null);
        };
      }
    };
  }

  /** Parcels of objects. */
  static <T> Codec<Parcel<T>> parcels(Codec<T> objects) {
    return new Codec<>() {
      @Override
      public void write(Parcel<T> parcel, DataOutput out) throws IOException {
        out.writeBoolean(parcel.packed() != null);
        out.writeLong(parcel.group());
        if (parcel.packed() != null) {
          writeBytes(parcel.packed(), out);
        } else {
          objects.write(parcel.one(), out);
        }
      }

      @Override
      public Parcel<T> read(DataInput in) throws IOException {
        boolean packed = in.readBoolean();
        long group = in.readLong();
        return packed
            ? new Parcel<>(group, null, readBytes(in))
            : new Parcel<>(group, objects.read(in), null);
      }
    };
  }

  /** State of all entity keys with one hash. */
  static Codec<KeyBucket> keyBuckets(TimelinePlan plan) {
    TimelineCodec timelines = new TimelineCodec(plan);
    return new Codec<>() {
      @Override
      public KeyBucket adopt(KeyBucket bucket) {
        return bucket.isOf(plan)
            ? bucket
            : StateMigration.keys(
                bucket, new TimelineMigration(bucket.keys.get(0).timeline.plan(), plan));
      }

      @Override
      public void write(KeyBucket kept, DataOutput out) throws IOException {
        KeyBucket bucket = adopt(kept);
        int start = position(out);
        out.writeLong(bucket.dueAt);
        out.writeBoolean(bucket.listedAt < Long.MAX_VALUE);
        if (bucket.listedAt < Long.MAX_VALUE) {
          out.writeLong(bucket.listedAt);
        }
        Varints.write(bucket.keys.size(), out);
        for (KeyState state : bucket.keys) {
          writeText(state.key, out);
          out.writeLong(state.asOf);
          out.writeInt(state.questions.size());
          for (Question question : state.questions) {
            writeQuestion(question, out);
          }
          timelines.write(state.timeline, out);
        }
        kept.bytes = position(out) - start;
      }

      @Override
      public KeyBucket read(DataInput in) throws IOException {
        KeyBucket bucket = new KeyBucket();
        int start = position(in);
        bucket.dueAt = in.readLong();
        bucket.listedAt = in.readBoolean() ? in.readLong() : Long.MAX_VALUE;
        for (long n = Varints.read(in); n > 0; n--) {
          String key = readText(in);
          long asOf = in.readLong();
          List<Question> questions = new ArrayList<>();
          for (int q = in.readInt(); q > 0; q--) {
            questions.add(readQuestion(in));
          }
          KeyState state = new KeyState(key, timelines.read(in));
          state.asOf = asOf;
          state.questions.addAll(questions);
          bucket.keys.add(state);
        }
        bucket.bytes = position(in) - start;
        return bucket;
      }
    };
  }

  /** How far a buffer of Flink's was written; 0 if this is none. */
  private static int position(DataOutput out) {
    return out instanceof DataOutputSerializer buffer ? buffer.length() : 0;
  }

  /** How far a buffer of Flink's was read; 0 if this is none. */
  private static int position(DataInput in) {
    return in instanceof DataInputDeserializer buffer ? buffer.getPosition() : 0;
  }

  /** Admitted records of one source. */
  static Codec<Admitted> admitted(FeatureSet.Plans plans, String source) {
    ValueCodec[] parts = new ValueCodec[plans.entities().size()];
    for (int e = 0; e < parts.length; e++) {
      for (TimelinePlan.SourcePlan plan : plans.entities().get(e).sources()) {
        if (plan.source().name().equals(source)) {
          parts[e] = TimelineCodec.inputCodec(plan);
        }
      }
    }
    return new AdmittedCodec(parts);
  }

  /** State of ids of one source. */
  static Codec<SeenIds> seenIds(FeatureSet.Plans plans, String source) {
    Codec<Admitted> copies = admitted(plans, source);
    return new Codec<>() {
      @Override
      public SeenIds adopt(SeenIds ids) {
        return ids.plans == null || ids.plans == plans
            ? ids
            : new StateMigration(ids.plans, plans).ids(ids, source);
      }

      @Override
      public void write(SeenIds kept, DataOutput out) throws IOException {
        SeenIds ids = adopt(kept);
        int start = position(out);
        Varints.write(ids.firsts.size(), out);
        for (Map.Entry<String, Admitted> entry : ids.firsts.entrySet()) {
          out.writeBoolean(entry.getValue() != null);
          if (entry.getValue() == null) {
            writeText(entry.getKey(), out);
          } else {
            copies.write(entry.getValue(), out);
          }
        }
        kept.bytes = position(out) - start;
      }

      @Override
      public SeenIds read(DataInput in) throws IOException {
        int start = position(in);
        SeenIds ids = new SeenIds();
        ids.plans = plans;
        for (long n = Varints.read(in); n > 0; n--) {
          if (in.readBoolean()) {
            ids.put(copies.read(in));
          } else {
            ids.firsts.put(readText(in), null);
          }
        }
        ids.bytes = position(in) - start;
        return ids;
      }
    };
  }

  /** Updates of one entity's keys. */
  static Codec<Update> updates(TimelinePlan plan) {
    return new UpdateCodec(
        plan.features(), new ValueCodec(plan.features().stream().map(Codecs::storedType).toList()));
  }

  /** Type of a stored value; of a decayed one, of its value. */
  private static Optional<ValueType> storedType(Feature.Windowed feature) {
    return Optional.of(
        feature.aggregation() instanceof Aggregation.TimeSinceLast
            ? ValueType.LONG
            : feature.type());
  }

  /** Answers of all entities. */
  static Codec<Answer> answers(FeatureSet.Plans plans) {
    return new AnswerCodec(plans, answerValues(plans));
  }

  /** Observations with the answers of all entities. */
  static Codec<Answered> answered(FeatureSet.Plans plans) {
    return new AnsweredCodec(answerValues(plans));
  }

  /** Observations. */
  static Codec<Asked> asked(FeatureSet.Plans plans) {
    return new AskedCodec(plans.entities().size());
  }

  /** Finished rows: the observation and the values of all columns. */
  static Codec<TrainingRow> rows(FeatureSet.Plans plans) {
    ValueCodec values =
        new ValueCodec(plans.features().stream().map(f -> Optional.of(f.type())).toList());
    return new Codec<>() {
      @Override
      public void write(TrainingRow row, DataOutput out) throws IOException {
        values.write(row.values(), out);
        writeBytes(row.observation(), out);
      }

      @Override
      public TrainingRow read(DataInput in) throws IOException {
        Object[] read = values.read(in);
        return new TrainingRow(readBytes(in), read);
      }
    };
  }

  private static List<ValueCodec> answerValues(FeatureSet.Plans plans) {
    return plans.entities().stream()
        .map(p -> new ValueCodec(p.features().stream().map(f -> Optional.of(f.type())).toList()))
        .toList();
  }

  private record AdmittedCodec(ValueCodec[] parts) implements Codec<Admitted> {
    @Override
    public void write(Admitted admitted, DataOutput out) throws IOException {
      out.writeBoolean(admitted.standing() == Admitted.Standing.COUNTS);
      out.writeBoolean(admitted.id() != null);
      if (admitted.id() != null) {
        writeText(admitted.id(), out);
      }
      out.writeLong(admitted.sentTime());
      Moment moment = admitted.moment();
      out.writeLong(moment.eventTime());
      out.writeLong(moment.ingestedAt());
      out.writeInt(moment.partition());
      out.writeLong(moment.offset());
      for (int e = 0; e < parts.length; e++) {
        Admitted.Part part = admitted.parts()[e];
        out.writeBoolean(part != null);
        if (part != null) {
          writeText(part.key(), out);
          parts[e].write(part.values(), out);
        }
      }
      out.writeBoolean(admitted.payload() != null);
      if (admitted.payload() != null) {
        writeBytes(admitted.payload(), out);
      }
    }

    @Override
    public Admitted read(DataInput in) throws IOException {
      Admitted.Standing standing =
          in.readBoolean() ? Admitted.Standing.COUNTS : Admitted.Standing.TAKEN_BACK;
      String id = in.readBoolean() ? readText(in) : null;
      long sentTime = in.readLong();
      Moment moment = new Moment(in.readLong(), in.readLong(), in.readInt(), in.readLong());
      Admitted.Part[] read = new Admitted.Part[parts.length];
      for (int e = 0; e < parts.length; e++) {
        if (in.readBoolean()) {
          read[e] = new Admitted.Part(readText(in), parts[e].read(in));
        }
      }
      byte[] payload = in.readBoolean() ? readBytes(in) : null;
      return new Admitted(standing, id, sentTime, moment, read, payload);
    }
  }

  private record AnswerCodec(FeatureSet.Plans plans, List<ValueCodec> values)
      implements Codec<Answer> {
    @Override
    public Answer adopt(Answer answer) {
      return answer.plans() == null || answer.plans() == plans
          ? answer
          : new StateMigration(answer.plans(), plans).answer(answer);
    }

    @Override
    public void write(Answer kept, DataOutput out) throws IOException {
      Answer answer = adopt(kept);
      out.writeLong(answer.row());
      out.writeShort(answer.entity());
      if (answer.entity() != Answer.OF_NONE) {
        writeAnswers(values.get(answer.entity()), answer.values(), out);
      }
      writeBytes(answer.payload(), out);
    }

    @Override
    public Answer read(DataInput in) throws IOException {
      long row = in.readLong();
      int entity = in.readShort();
      Object[] read = entity == Answer.OF_NONE ? null : readAnswers(values.get(entity), in);
      return new Answer(row, entity, read, readBytes(in), plans);
    }
  }

  private record AnsweredCodec(List<ValueCodec> values) implements Codec<Answered> {
    @Override
    public void write(Answered answered, DataOutput out) throws IOException {
      out.writeLong(answered.row());
      for (int e = 0; e < values.size(); e++) {
        writeAnswers(values.get(e), answered.values()[e], out);
      }
      writeBytes(answered.payload(), out);
    }

    @Override
    public Answered read(DataInput in) throws IOException {
      long row = in.readLong();
      Object[][] read = new Object[values.size()][];
      for (int e = 0; e < read.length; e++) {
        read[e] = readAnswers(values.get(e), in);
      }
      return new Answered(row, read, readBytes(in));
    }
  }

  private record UpdateCodec(List<Feature.Windowed> features, ValueCodec values)
      implements Codec<Update> {
    @Override
    public void write(Update update, DataOutput out) throws IOException {
      out.writeShort(update.entity());
      writeText(update.key(), out);
      out.writeLong(update.asOf());
      out.writeLong(update.ingestedAt());
      Object[] plain = new Object[features.size()];
      for (int i = 0; i < plain.length; i++) {
        Object value = update.values()[i];
        plain[i] = value instanceof Decayed decayed ? (Object) decayed.value() : value;
      }
      values.write(plain, out);
    }

    /** A decayed value is stored as of the update's time. */
    @Override
    public Update read(DataInput in) throws IOException {
      int entity = in.readShort();
      String key = readText(in);
      long asOf = in.readLong();
      long ingestedAt = in.readLong();
      Object[] read = values.read(in);
      for (int i = 0; i < read.length; i++) {
        Aggregation aggregation = features.get(i).aggregation();
        boolean decays =
            aggregation instanceof Aggregation.DecayedSum
                || aggregation instanceof Aggregation.DecayedCount;
        if (decays && read[i] != null) {
          read[i] = new Decayed((Double) read[i], asOf);
        }
      }
      return new Update(entity, key, asOf, ingestedAt, read);
    }
  }

  private record AskedCodec(int entities) implements Codec<Asked> {
    @Override
    public void write(Asked asked, DataOutput out) throws IOException {
      out.writeLong(asked.row());
      out.writeLong(asked.at());
      for (String key : asked.keys()) {
        out.writeBoolean(key != null);
        if (key != null) {
          writeText(key, out);
        }
      }
      writeBytes(asked.payload(), out);
    }

    @Override
    public Asked read(DataInput in) throws IOException {
      long row = in.readLong();
      long at = in.readLong();
      String[] keys = new String[entities];
      for (int e = 0; e < entities; e++) {
        keys[e] = in.readBoolean() ? readText(in) : null;
      }
      return new Asked(row, at, keys, readBytes(in));
    }
  }

  private static void writeAnswers(ValueCodec codec, Object[] values, DataOutput out)
      throws IOException {
    out.writeBoolean(values != null);
    if (values != null) {
      codec.write(values, out);
    }
  }

  private static Object[] readAnswers(ValueCodec codec, DataInput in) throws IOException {
    return in.readBoolean() ? codec.read(in) : null;
  }

  static Signal.Kind readKind(DataInput in) throws IOException {
    int kind = in.readByte();
    return switch (kind) {
      case 0 -> Signal.Kind.EVENT;
      case 1 -> Signal.Kind.TAKEN_BACK;
      case 2 -> Signal.Kind.QUESTION;
      case 3 -> Signal.Kind.REWRITE;
      default -> throw new IOException("there is no kind of signal " + kind);
    };
  }

  private static int number(Signal.Kind kind) {
    return switch (kind) {
      case EVENT -> 0;
      case TAKEN_BACK -> 1;
      case QUESTION -> 2;
      case REWRITE -> 3;
    };
  }

  private static void writeQuestion(Question question, DataOutput out) throws IOException {
    out.writeLong(question.row());
    out.writeLong(question.at());
    writeBytes(question.payload(), out);
  }

  static Question readQuestion(DataInput in) throws IOException {
    return new Question(in.readLong(), in.readLong(), readBytes(in));
  }

  static void writeText(String text, DataOutput out) throws IOException {
    writeBytes(text.getBytes(StandardCharsets.UTF_8), out);
  }

  static String readText(DataInput in) throws IOException {
    return new String(readBytes(in), StandardCharsets.UTF_8);
  }

  static void writeBytes(byte[] bytes, DataOutput out) throws IOException {
    Varints.write(bytes.length, out);
    out.write(bytes);
  }

  /** Reads how many bytes of text or other bytes follow. */
  static int readLength(DataInput in) throws IOException {
    return (int) Varints.read(in);
  }

  static byte[] readBytes(DataInput in) throws IOException {
    byte[] bytes = new byte[readLength(in)];
    in.readFully(bytes);
    return bytes;
  }
}
