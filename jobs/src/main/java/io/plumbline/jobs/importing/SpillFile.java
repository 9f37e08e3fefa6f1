package io.plumbline.jobs.importing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A temporary file of byte ranges, written one after the other and read in any order. */
final class SpillFile implements AutoCloseable {
  private static final int READ_BUFFER = 1 << 15;

  private final FileChannel channel;
  private long end;

  /** A range of the file. */
  record Range(long from, long length) {}

  SpillFile(Path path) throws IOException {
    channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ);
  }

  Range append(byte[] bytes, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
    Range range = new Range(end, length);
    while (buffer.hasRemaining()) {
      end += channel.write(buffer, end);
    }
    return range;
  }

  InputStream read(Range range) {
    return new BufferedInputStream(
        new RangeStream(range), (int) Math.min(READ_BUFFER, Math.max(1, range.length())));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private final class RangeStream extends InputStream {
    private final long until;
    private long at;

    RangeStream(Range range) {
      at = range.from();
      until = at + range.length();
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      if (at >= until) {
        return -1;
      }
      int wanted = (int) Math.min(length, until - at);
      int read = channel.read(ByteBuffer.wrap(target, from, wanted), at);
      at += Math.max(0, read);
      return read;
    }
  }
}
