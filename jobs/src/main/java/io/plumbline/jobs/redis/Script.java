package io.plumbline.jobs.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What Redis runs in one step. */
enum Script {
  WRITE,
  RAISE,
  CLAIM,
  RELEASE,
  PROGRESS,
  GATE,
  SWEEP,
  EPOCH;

  private final String text;
  private final String digest;

  Script() {
    text = resource("order") + resource(name().toLowerCase(java.util.Locale.ROOT));
    digest = sha1(text);
  }

  String text() {
    return text;
  }

  /** The name by which Redis knows a script that it has seen. */
  String digest() {
    return digest;
  }

  private static String resource(String name) {
    try (InputStream in = Script.class.getResourceAsStream(name + ".lua")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha1(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
