package io.plumbline.bench.alternatives;

import java.io.Serializable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** One key's tiles as one would write them for Flink's own serializers: a POJO with a list. */
public final class PojoTiles implements Serializable {
  private static final long serialVersionUID = 1;

  /** In order of time. */
  public List<Tile> tiles = new ArrayList<>();

  /** A tile. */
  public static final class Tile implements Serializable {
    private static final long serialVersionUID = 1;

    public long number;
    public long count;

    /** How many amounts the sum is of. */
    public long summands;

    /** The exact sum, together with {@link #sumLow}. */
    public double sumHigh;

    public double sumLow;
    public double max;

    void add(double amount) {
      BigDecimal sum = exactSum().add(new BigDecimal(amount));
      sumHigh = sum.doubleValue();
      sumLow = sum.subtract(new BigDecimal(sumHigh)).doubleValue();
      max = count == 0 ? amount : Math.max(max, amount);
      count++;
      summands++;
    }

    private BigDecimal exactSum() {
      return new BigDecimal(sumHigh).add(new BigDecimal(sumLow));
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Tile that
          && number == that.number
          && count == that.count
          && summands == that.summands
          && sumHigh == that.sumHigh
          && sumLow == that.sumLow
          && max == that.max;
    }

    @Override
    public int hashCode() {
      return Objects.hash(number, count, summands, sumHigh, sumLow, max);
    }
  }

  /** Count, sum and maximum of all tiles. */
  Object[] values() {
    long count = 0;
    BigDecimal sum = BigDecimal.ZERO;
    double max = Double.NEGATIVE_INFINITY;
    for (Tile tile : tiles) {
      count += tile.count;
      sum = sum.add(tile.exactSum());
      max = Math.max(max, tile.max);
    }
    return new Object[] {count, sum.doubleValue(), max};
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PojoTiles that && tiles.equals(that.tiles);
  }

  @Override
  public int hashCode() {
    return tiles.hashCode();
  }
}
