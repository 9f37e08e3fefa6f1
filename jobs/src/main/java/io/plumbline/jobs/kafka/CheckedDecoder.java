package io.plumbline.jobs.kafka;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.util.Utf8;

/**
 * Avro's binary decoder for bytes that may be anything: it believes no length that the bytes left
 * cannot hold, so that garbage takes no memory, and no text that is not UTF-8.
 */
final class CheckedDecoder extends Decoder {
  private BinaryDecoder in;

  /** Starts over with other bytes. */
  void reset(byte[] bytes, int from) {
    in = DecoderFactory.get().binaryDecoder(bytes, from, bytes.length - from, in);
  }

  boolean isEnd() throws IOException {
    return in.isEnd();
  }

  @Override
  public void readNull() {
    // Takes no bytes.
  }

  @Override
  public boolean readBoolean() throws IOException {
    return in.readBoolean();
  }

  @Override
  public int readInt() throws IOException {
    return in.readInt();
  }

  @Override
  public long readLong() throws IOException {
    return in.readLong();
  }

  @Override
  public float readFloat() throws IOException {
    return in.readFloat();
  }

  @Override
  public double readDouble() throws IOException {
    return in.readDouble();
  }

  @Override
  public Utf8 readString(Utf8 old) throws IOException {
    return new Utf8(readString());
  }

  @Override
  public String readString() throws IOException {
    byte[] bytes = take();
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') >= 0) {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
    }
    return text;
  }

  @Override
  public void skipString() throws IOException {
    skipFixed(length(in.readLong()));
  }

  @Override
  public ByteBuffer readBytes(ByteBuffer old) throws IOException {
    return ByteBuffer.wrap(take());
  }

  @Override
  public void skipBytes() throws IOException {
    skipFixed(length(in.readLong()));
  }

  @Override
  public void readFixed(byte[] bytes, int start, int length) throws IOException {
    in.readFixed(bytes, start, length);
  }

  @Override
  public void skipFixed(int length) throws IOException {
    in.skipFixed(length(length));
  }

  @Override
  public int readEnum() throws IOException {
    return in.readEnum();
  }

  @Override
  public long readArrayStart() throws IOException {
    return length(in.readArrayStart());
  }

  @Override
  public long arrayNext() throws IOException {
    return length(in.arrayNext());
  }

  @Override
  public long skipArray() throws IOException {
    return length(in.skipArray());
  }

  @Override
  public long readMapStart() throws IOException {
    return length(in.readMapStart());
  }

  @Override
  public long mapNext() throws IOException {
    return length(in.mapNext());
  }

  @Override
  public long skipMap() throws IOException {
    return length(in.skipMap());
  }

  @Override
  public int readIndex() throws IOException {
    return in.readIndex();
  }

  private byte[] take() throws IOException {
    byte[] bytes = new byte[length(in.readLong())];
    in.readFixed(bytes, 0, bytes.length);
    return bytes;
  }

  private int length(long claimed) throws IOException {
    if (claimed < 0) {
      throw new AvroRuntimeException("a negative length");
    }
    if (claimed > in.inputStream().available()) {
      throw new EOFException();
    }
    return (int) claimed;
  }
}
