package io.plumbline.jobs.importing;

import io.plumbline.UserError;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import java.util.zip.GZIPInputStream;

/** Opens inputs, compressed or not. */
final class InputFile {
  private static final int BUFFER = 1 << 16;
  private static final int[] GZIP_MAGIC = {0x1f, 0x8b};

  private InputFile() {}

  /** Whether a file starts as gzip does. */
  static boolean isGzip(Path path) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      return in.read() == GZIP_MAGIC[0] && in.read() == GZIP_MAGIC[1];
    }
  }

  /**
   * The file's bytes, decompressed.
   *
   * @param read told how many bytes were read on disk
   */
  static InputStream open(Path path, LongConsumer read) throws IOException {
    boolean gzip = isGzip(path);
    InputStream counted = new Counted(Files.newInputStream(path), read);
    return new BufferedInputStream(gzip ? new GZIPInputStream(counted, BUFFER) : counted, BUFFER);
  }

  static UserError unreadable(Path path, IOException cause) {
    return UserError.invalid(
        path + ": could not be read to its end (" + cause.getMessage() + "); restore the file",
        cause);
  }

  private static final class Counted extends FilterInputStream {
    private final LongConsumer count;

    Counted(InputStream in, LongConsumer count) {
      super(in);
      this.count = count;
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      count.accept(read < 0 ? 0 : 1);
      return read;
    }

    @Override
    public int read(byte[] buffer, int from, int length) throws IOException {
      int read = super.read(buffer, from, length);
      count.accept(Math.max(0, read));
      return read;
    }
  }
}
