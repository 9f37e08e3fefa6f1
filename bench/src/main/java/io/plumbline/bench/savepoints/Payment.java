package io.plumbline.bench.savepoints;

/** A payment, decoded, and as it lies in the log. */
public final class Payment {
  public String user;

  /** Null where one user pays another. */
  public String merchant;

  public long paidAt;
  public double amount;
  public boolean approved;
  public byte[] payload;
  public long ingestedAt;
  public long offset;
}
