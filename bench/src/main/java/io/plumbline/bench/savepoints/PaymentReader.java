package io.plumbline.bench.savepoints;

import io.plumbline.jobs.decode.JsonDecoder;
import io.plumbline.jobs.decode.Malformed;
import io.plumbline.jobs.generator.GeneratedRecord;
import org.apache.avro.generic.GenericData;

/** Decodes generated payments. Not thread-safe. */
final class PaymentReader {
  private final JsonDecoder decoder =
      new JsonDecoder(PaymentSet.live().plans().definitions().source(PaymentSet.SOURCE).schema());

  Payment read(GeneratedRecord record) {
    GenericData.Record fields;
    try {
      fields = decoder.decode(record.payload());
    } catch (Malformed e) {
      throw new IllegalStateException(e);
    }
    Payment payment = new Payment();
    payment.user = fields.get("user_id").toString();
    Object merchant = fields.get("merchant_id");
    payment.merchant = merchant == null ? null : merchant.toString();
    payment.paidAt = (Long) fields.get("paid_at");
    payment.amount = (Double) fields.get("amount");
    payment.approved = fields.get("status").toString().equals("approved");
    payment.payload = record.payload();
    payment.ingestedAt = record.ingestedAt();
    payment.offset = record.offset();
    return payment;
  }
}
