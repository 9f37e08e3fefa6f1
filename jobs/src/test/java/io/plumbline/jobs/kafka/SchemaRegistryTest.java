package io.plumbline.jobs.kafka;

import static io.plumbline.definition.Source.Encoding.CONFLUENT_AVRO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.UserError;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
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

/** Whom a registry is taken for; TLS is with a certificate that its owner alone has signed. */
class SchemaRegistryTest {
  private static final String PASSWORD = "changeit";
  private static final Duration PAUSE = Duration.ofMillis(1);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
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
              PAUSE,
              PATIENCE);
      trusting.check();
      assertThat(trusting.schema(7)).contains(SCHEMA);
      assertThat(trusting.schema(8)).isEmpty();
    }
  }

  @Test
  void isNotBelievedOtherwise() throws Exception {
    try (FakeRegistry registry = FakeRegistry.tls(own())) {
      SchemaRegistry careful = new SchemaRegistry(registry.settings(), PAUSE, PATIENCE);
      assertThatThrownBy(careful::check)
          .isInstanceOf(RegistryUnavailable.class)
          .hasMessageContaining("schema registry at https://localhost:")
          .hasMessageContaining("PKIX path building failed");
      assertThat(registry.requests).hasValue(0);
    }
  }

  @Test
  void isNotTakenForAnotherServer() throws Exception {
    try (FakeRegistry registry = new FakeRegistry()) {
      SchemaRegistry wrong = new SchemaRegistry(registry.elsewhere(), PAUSE, PATIENCE);
      String problem = "it answers 404 to /subjects, and not as a registry does";
      assertThatThrownBy(wrong::check)
          .isInstanceOf(RegistryUnavailable.class)
          .hasMessageContaining(registry.elsewhere().url())
          .hasMessageContaining(problem);
      assertThatThrownBy(() -> wrong.schema(7)).isInstanceOf(RegistryUnavailable.class);
      assertThatThrownBy(new PayloadFormat(CONFLUENT_AVRO, SCHEMA, registry.elsewhere())::check)
          .isInstanceOf(UserError.class)
          .hasMessageContaining(problem)
          .hasMessageContaining("correct --schema-registry");
      registry.put("/elsewhere/subjects", "{}");
      registry.put("/elsewhere/schemas/ids/7", "{}");
      assertThatThrownBy(wrong::check).hasMessageContaining("is no list");
      assertThatThrownBy(() -> wrong.schema(7))
          .isInstanceOf(RegistryUnavailable.class)
          .hasMessageContaining("holds no schema");
    }
  }

  @Test
  void isNotWaitedForForLong() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      RegistrySettings settings =
          RegistrySettings.none().at("http://localhost:" + silent.getLocalPort());
      SchemaRegistry registry = new SchemaRegistry(settings, PAUSE, Duration.ofMillis(300));
      long start = System.nanoTime();
      assertThatThrownBy(registry::check)
          .isInstanceOf(RegistryUnavailable.class)
          .hasMessageContaining("timed out");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
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
