package dev.duet.benchmarks.coherence;

import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.function.LongUnaryOperator;

/**
 * What was recorded in a trial.
 *
 * @param reads of all nodes
 * @param writes of all nodes
 * @param truth the last version of each key in the database
 * @param commitTimes of each key in the database, by version
 */
record Histories(
        List<Read> reads, List<Write> writes, LongUnaryOperator truth, LongFunction<Map<Long, Long>> commitTimes) {

    Histories(List<Read> reads, List<Write> writes, Database database) {
        this(reads, writes, database::version, database::commitTimes);
    }
}
