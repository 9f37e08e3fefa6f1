package io.plumbline.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.apache.avro.Schema;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry behind TLS, with a certificate that nobody but its owner has signed. */
class SchemaRegistryTest {
  private static final String PASSWORD = "changeit";
  private static final Duration PAUSE = Duration.ofMillis(1);
  private static final Schema SCHEMA = Avro.schema("{'name':'at','type':'long'}");

  @TempDir static Path folder;
  private static Path store;

  @BeforeAll
  static void makeCertificate() throws Exception {
    store = folder.resolve("registry.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "registry",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor()).isZero();
  }

  @Test
  void isBelievedIfItsCertificateIsTrusted() throws Exception {
    try (FakeRegistry registry = FakeRegistry.tls(own())) {
      registry.put(7, SCHEMA);
      registry.put("/subjects", "[]");
      Path password = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
      SchemaRegistry trusting =
          new SchemaRegistry(
              new RegistrySettings(
                  registry.settings().url(),
                  Map.of(
                      "ssl.truststore.location",
                      store.toString(),
                      "ssl.truststore.type",
                      "PKCS12",
                      "ssl.truststore.password",
                      "${file:" + password + "}")),
              PAUSE);
      trusting.check();
      assertThat(trusting.schema(7)).contains(SCHEMA);
      assertThat(trusting.schema(8)).isEmpty();
    }
  }

  @Test
  void isNotBelievedOtherwise() throws Exception {
    try (FakeRegistry registry = FakeRegistry.tls(own())) {
      SchemaRegistry careful = new SchemaRegistry(registry.settings(), PAUSE);
      assertThatThrownBy(careful::check)
          .isInstanceOf(RegistryUnavailable.class)
          .hasMessageContaining("schema registry at https://localhost:")
          .hasMessageContaining("PKIX path building failed");
      assertThat(registry.requests).hasValue(0);
    }
  }

  private static SSLContext own() throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }
}
