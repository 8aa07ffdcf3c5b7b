package dev.duet.benchmarks.speed;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Keys prepared ahead, a few of them drawn often and most of them seldom: the key of rank r comes with a frequency of
 * 1 / r^0.99. The same for every system that is compared.
 */
final class ZipfKeys {

    private static final double SKEW = 0.99;
    private static final long SEED = 20;

    private ZipfKeys() {}

    /**
     * Draws keys.
     *
     * @param distinct how many keys there are, from zero
     * @param draws how many to draw
     * @return the keys, one instance for each distinct key
     */
    static Long[] draw(int distinct, int draws) {
        double[] cumulative = new double[distinct];
        Long[] keys = new Long[distinct];
        double sum = 0;
        for (int i = 0; i < distinct; i++) {
            sum += 1 / Math.pow(i + 1, SKEW);
            cumulative[i] = sum;
            keys[i] = (long) i;
        }
        SplittableRandom random = new SplittableRandom(SEED);
        Long[] drawn = new Long[draws];
        for (int i = 0; i < draws; i++) {
            int found = Arrays.binarySearch(cumulative, random.nextDouble(sum));
            drawn[i] = keys[(found < 0) ? -found - 1 : found];
        }
        return drawn;
    }
}
