package dev.duet.benchmarks.hitratio;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** A sequence of keys that are asked for, generated in the style of the public traces and the same in every run. */
final class Trace {

    private static final long SEED = 20;
    private static final int LENGTH = 500_000;
    private static final int DISTINCT = 100_000;

    private final String name;
    private final String description;
    private final int[] keys;

    private Trace(String name, String description, int[] keys) {
        this.name = name;
        this.description = description;
        this.keys = keys;
    }

    /** All traces that are measured. */
    static List<Trace> all() {
        return List.of(
                zipf("Zipf 0.99", LENGTH, DISTINCT, 0.99),
                zipf("Zipf 0.7", LENGTH, DISTINCT, 0.7),
                scanPolluted(LENGTH, DISTINCT, 5_000, 5_000),
                loop(LENGTH, 22_000),
                shifting(LENGTH, DISTINCT, 50_000));
    }

    /** A few keys often and most seldom: the key of rank r with a frequency of 1 / r^skew. */
    static Trace zipf(String name, int length, int distinct, double skew) {
        ZipfRanks ranks = new ZipfRanks(distinct, skew);
        return new Trace(
                name,
                String.format("%,d keys, skew %s", distinct, skew),
                IntStream.range(0, length).map(i -> ranks.next()).toArray());
    }

    /** Zipf, and in between scans of keys that are asked for once and never again. */
    static Trace scanPolluted(int length, int distinct, int between, int scan) {
        ZipfRanks ranks = new ZipfRanks(distinct, 0.99);
        int[] keys = new int[length];
        int scanned = distinct;
        for (int i = 0; i < length; i++) {
            keys[i] = (i % (between + scan) < between) ? ranks.next() : scanned++;
        }
        String description = String.format(
                "Zipf 0.99 over %,d keys; after every %,d of its reads, a scan of %,d keys that never come again",
                distinct, between, scan);
        return new Trace("scan-polluted", description, keys);
    }

    /** All keys in turn, and again from the start. */
    static Trace loop(int length, int distinct) {
        return new Trace(
                "loop",
                String.format("%,d keys in turn, and again from the first", distinct),
                IntStream.range(0, length).map(i -> i % distinct).toArray());
    }

    /** Zipf, whose ranks fall to other keys from time to time: what was hot is not any more. */
    static Trace shifting(int length, int distinct, int every) {
        ZipfRanks ranks = new ZipfRanks(distinct, 0.99);
        int step = distinct / 10;
        return new Trace(
                "shifting",
                String.format(
                        "Zipf 0.99 over %,d keys; after every %,d reads all ranks move on by %,d keys",
                        distinct, every, step),
                IntStream.range(0, length)
                        .map(i -> (int) ((ranks.next() + (long) (i / every) * step) % distinct))
                        .toArray());
    }

    /** What results call it. */
    String name() {
        return name;
    }

    /** How it was made. */
    String description() {
        return description;
    }

    /** What is asked for, in order; not negative, and not to be changed. */
    int[] keys() {
        return keys;
    }

    /** Draws ranks from zero, by Zipf's law. */
    private static final class ZipfRanks {
        private final SplittableRandom random = new SplittableRandom(SEED);
        private final double[] cumulative;

        ZipfRanks(int distinct, double skew) {
            cumulative = IntStream.rangeClosed(1, distinct)
                    .mapToDouble(rank -> Math.pow(rank, -skew))
                    .toArray();
            Arrays.parallelPrefix(cumulative, Double::sum);
        }

        int next() {
            int found = Arrays.binarySearch(cumulative, random.nextDouble(cumulative[cumulative.length - 1]));
            return Math.min((found < 0) ? -found - 1 : found, cumulative.length - 1);
        }
    }
}
