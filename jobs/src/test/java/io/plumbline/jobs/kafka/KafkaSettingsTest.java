package io.plumbline.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaSettingsTest {
  private static final String HOME = System.getenv("HOME");

  @TempDir private Path dir;

  @Test
  void takesSecretsFromElsewhereAndHidesThem() throws Exception {
    Path secret = Files.writeString(dir.resolve("secret"), "pa$$\\word\n");
    KafkaSettings settings =
        load(
            "security.protocol=SASL_SSL\n"
                + "sasl.jaas.config=PlainLoginModule required username=\"${env:HOME}\""
                + " password=\"${file:"
                + secret
                + "}\";\n"
                + "ssl.truststore.password=changeit\n"
                + "schema.registry.url=https://registry:8081/\n"
                + "schema.registry.basic.auth.user.info=ann:${file:"
                + secret
                + "}\n");
    Properties client = settings.client(Map.of("client.id", "c"));
    assertThat(client)
        .containsEntry("client.id", "c")
        .containsEntry("bootstrap.servers", "k:1")
        .containsEntry("security.protocol", "SASL_SSL")
        .doesNotContainKey("schema.registry.url");
    assertThat(client.toString()).doesNotContain("pa$$").contains("${file:" + secret + "}");
    assertThat(new AdminClientConfig(client).getPassword("sasl.jaas.config").value())
        .isEqualTo("PlainLoginModule required username=\"" + HOME + "\" password=\"pa$$\\word\";");
    assertThat(settings.toString())
        .contains("k:1", "SASL_SSL", "https://registry:8081/")
        .doesNotContain("PlainLogin", "changeit", "ann");
    RegistrySettings registry = RegistrySettings.of(settings);
    assertThat(registry.url()).isEqualTo("https://registry:8081");
    assertThat(registry.properties().toString()).doesNotContain("pa$$");
    assertThat(registry.withSecrets()).isEqualTo(Map.of("basic.auth.user.info", "ann:pa$$\\word"));
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
  void aClientThatFindsNoSecretSaysWhich() throws Exception {
    Path secret = Files.writeString(dir.resolve("secret"), "x");
    Properties client = load("ssl.key.password=${file:" + secret + "}").client(Map.of());
    Files.delete(secret);
    assertThatThrownBy(() -> new AdminClientConfig(client))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(secret + ", which cannot be read here");
  }

  @Test
  void theCallsAddressWins() throws Exception {
    assertThat(load("bootstrap.servers=other:1").client(Map.of()))
        .containsEntry("bootstrap.servers", "k:1");
    assertThat(RegistrySettings.of(load("")).isPresent()).isFalse();
  }

  private KafkaSettings load(String text) throws Exception {
    Path file = Files.writeString(dir.resolve("kafka.properties"), text);
    return KafkaSettings.load("k:1", file, Map.of("HOME", HOME)::get);
  }
}
