package io.plumbline.jobs.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;

/**
 * A key of this machine and its certificate, which nobody but itself has signed.
 *
 * @param store PKCS #12 with both
 * @param key PEM
 * @param certificate PEM
 */
public record Certificate(Path store, Path key, Path certificate) {
  /** Of the store. */
  public static final String PASSWORD = "changeit";

  /** Makes one in a folder. */
  public static Certificate in(Path folder) throws Exception {
    Certificate made =
        new Certificate(
            folder.resolve("tls.p12"), folder.resolve("key.pem"), folder.resolve("cert.pem"));
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                made.store.toString())
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance(made.store.toFile(), PASSWORD.toCharArray());
    pem("PRIVATE KEY", keys.getKey("server", PASSWORD.toCharArray()).getEncoded(), made.key);
    pem("CERTIFICATE", keys.getCertificate("server").getEncoded(), made.certificate);
    return made;
  }

  private static void pem(String what, byte[] bytes, Path file) throws Exception {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    Files.writeString(
        file, "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
  }
}
