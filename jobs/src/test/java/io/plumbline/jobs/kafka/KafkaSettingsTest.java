package io.plumbline.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaSettingsTest {
  @TempDir private Path dir;

  @Test
  void takesSecretsFromElsewhereAndHidesThem() throws Exception {
    Path secret = Files.writeString(dir.resolve("secret"), "pa$$\\word\n");
    KafkaSettings settings =
        load(
            "security.protocol=SASL_SSL\n"
                + "sasl.jaas.config=PlainLoginModule required username=\"${env:WHO}\""
                + " password=\"${file:"
                + secret
                + "}\";\n"
                + "ssl.truststore.password=changeit\n"
                + "schema.registry.url=https://registry:8081/\n"
                + "schema.registry.basic.auth.user.info=ann:${file:"
                + secret
                + "}\n");
    assertThat(settings.client(Map.of("a", "b")))
        .isEqualTo(
            Map.of(
                "a",
                "b",
                "bootstrap.servers",
                "k:1",
                "security.protocol",
                "SASL_SSL",
                "sasl.jaas.config",
                "PlainLoginModule required username=\"ann\" password=\"pa$$\\word\";",
                "ssl.truststore.password",
                "changeit"));
    assertThat(settings.toString())
        .contains("k:1", "SASL_SSL", "https://registry:8081/")
        .doesNotContain("pa$$", "changeit", "ann");
    RegistrySettings registry = RegistrySettings.of(settings);
    assertThat(registry.url()).isEqualTo("https://registry:8081");
    assertThat(registry.properties()).isEqualTo(Map.of("basic.auth.user.info", "ann:pa$$\\word"));
    assertThat(registry.toString()).doesNotContain("ann");
  }

  @Test
  void saysWhatIsMissing() {
    assertThatThrownBy(() -> load("sasl.jaas.config=${env:NOBODY}"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("kafka.properties: sasl.jaas.config asks for the variable NOBODY");
    assertThatThrownBy(() -> load("ssl.key.password=${file:/no/such}"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("ssl.key.password asks for the file /no/such");
    Path none = dir.resolve("none");
    assertThatThrownBy(() -> KafkaSettings.load("k:1", none))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "cannot read the Kafka settings " + none + " (there is none); name a properties file");
  }

  @Test
  void theCallsAddressWins() throws Exception {
    assertThat(load("bootstrap.servers=other:1").client(Map.of()))
        .containsEntry("bootstrap.servers", "k:1");
    assertThat(RegistrySettings.of(load("")).isPresent()).isFalse();
  }

  private KafkaSettings load(String text) throws Exception {
    Path file = Files.writeString(dir.resolve("kafka.properties"), text);
    return KafkaSettings.load("k:1", file, Map.of("WHO", "ann")::get);
  }
}
