package io.plumbline.jobs.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** A broker that speaks TLS only, to one user, {@code job}. */
public final class SecuredKafka {
  private static final String LOGIN =
      "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"job\""
          + " password=\"%s\"";

  private SecuredKafka() {}

  /** Starts it, its files in a folder. */
  public static LocalKafka start(Path folder, Certificate tls, String password) throws IOException {
    Map<String, String> broker =
        Map.of(
            "listener.security.protocol.map",
            "PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT",
            "sasl.enabled.mechanisms",
            "PLAIN",
            "sasl.mechanism.inter.broker.protocol",
            "PLAIN",
            "listener.name.plaintext.plain.sasl.jaas.config",
            LOGIN.formatted(password) + " user_job=\"" + password + "\";",
            "ssl.keystore.type",
            "PKCS12",
            "ssl.keystore.location",
            tls.store().toString(),
            "ssl.keystore.password",
            Certificate.PASSWORD,
            "ssl.truststore.type",
            "PEM",
            "ssl.truststore.location",
            tls.certificate().toString());
    return LocalKafka.start(0, folder, broker, client(tls, password));
  }

  /** Settings of its clients. */
  public static Map<String, String> client(Certificate tls, String password) {
    return Map.of(
        "security.protocol",
        "SASL_SSL",
        "sasl.mechanism",
        "PLAIN",
        "sasl.jaas.config",
        LOGIN.formatted(password) + ";",
        "ssl.truststore.type",
        "PEM",
        "ssl.truststore.location",
        tls.certificate().toString());
  }
}
