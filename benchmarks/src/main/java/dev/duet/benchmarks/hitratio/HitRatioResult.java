package dev.duet.benchmarks.hitratio;

/**
 * How often one policy had what one trace asked for. The cache is empty at first, and every read counts.
 *
 * @param trace what was asked for
 * @param policy what decided which entries to keep
 * @param size how many entries there may be
 * @param hitRatio hits to reads, from zero to one, to three decimals
 */
public record HitRatioResult(String trace, String policy, int size, double hitRatio) {}
