package dev.duet.benchmarks.coherence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.benchmarks.coherence.Read.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Histories made by hand, in milliseconds. The grace is 1,000. */
class CheckerTest {

    private static final long KEY = 1;

    private final List<Read> reads = new ArrayList<>();
    private final List<Write> writes = new ArrayList<>();
    private final Map<Long, Long> commits = new HashMap<>();

    @Test
    void check_anOldValueAfterTheGrace_isStale() {
        write("a", 2, 0, 100);
        read("b", 1, 1_101);

        Findings findings = check();
        assertThat(findings.reads()).isEqualTo(1);
        assertThat(findings.writes()).isEqualTo(1);
        assertThat(findings.readsBehind()).isEqualTo(1);
        assertThat(findings.staleReads()).isEqualTo(1);
        assertThat(findings.worstStalenessNanos()).isEqualTo(nanos(1_001));
    }

    @Test
    void check_anOldValueWithinTheGrace_isBehindAndNotStale() {
        write("a", 2, 0, 100);
        read("b", 1, 1_100);

        Findings findings = check();
        assertThat(findings.readsBehind()).isEqualTo(1);
        assertThat(findings.staleReads()).isZero();
        assertThat(findings.worstStalenessNanos()).isEqualTo(nanos(1_000));
    }

    @Test
    void check_anOldValueInAReadThatBeganBeforeTheWriteReturned_isNeither() {
        write("a", 2, 0, 100);
        reads.add(new Read("b", KEY, nanos(100), nanos(5_000), 1, Kind.WORKLOAD));

        assertThat(check())
                .extracting(Findings::readsBehind, Findings::staleReads)
                .containsExactly(0L, 0L);
    }

    @Test
    void check_theValueOfTheLastWrite_isNeitherHoweverOldItIs() {
        write("a", 2, 0, 100);
        read("b", 2, 50_000);

        assertThat(check())
                .extracting(Findings::readsBehind, Findings::staleReads)
                .containsExactly(0L, 0L);
    }

    @Test
    void check_staleness_countsFromTheFirstNewerVersionThatWasAcknowledged() {
        write("a", 2, 0, 1_000); // its writer was told late
        write("b", 3, 10, 200);
        read("c", 1, 2_000);
        read("c", 2, 1_500);

        Findings findings = check();
        assertThat(findings.worstStalenessNanos()).isEqualTo(nanos(1_800));
        assertThat(findings.staleReads()).isEqualTo(2);
    }

    @Test
    void check_aWriteThatThrew_supersedesNothingAndMayBeRead() {
        commits.put(2L, nanos(0));
        writes.add(new Write("a", KEY, 0, nanos(0), nanos(100), 2, false));
        read("b", 1, 5_000);
        read("b", 2, 5_001);
        read("a", 1, 5_002);

        Findings findings = check();
        assertThat(findings.reads()).isEqualTo(3);
        assertThat(findings.writes()).isZero();
        assertThat(findings.failedWrites()).isEqualTo(1);
        assertThat(findings.readsBehind()).isZero();
        assertThat(findings.ownWritesUnseen()).isZero();
    }

    @Test
    void check_anOldValueOnTheNodeThatWrote_isAnOwnWriteUnseen() {
        write("a", 2, 0, 100);
        read("a", 1, 101);
        read("b", 1, 101);
        read("a", 2, 102);

        assertThat(check().ownWritesUnseen()).isEqualTo(1);
    }

    @Test
    void check_anotherNodesNewerValue_isNoOwnWriteUnseen() {
        write("a", 2, 0, 100);
        write("b", 3, 10, 110);
        read("a", 3, 120);
        read("a", 2, 121);

        Findings findings = check();
        assertThat(findings.ownWritesUnseen()).isZero();
        assertThat(findings.readsBehind()).isEqualTo(1);
    }

    @Test
    void check_looksThatDifferFromTheDatabase_areResidueAndNoReads() {
        write("a", 2, 0, 100);
        look("a", 2, Kind.FIRST_SWEEP);
        look("b", 1, Kind.FIRST_SWEEP);
        look("c", 1, Kind.FIRST_SWEEP);
        look("b", 1, Kind.SECOND_SWEEP);
        look("c", 2, Kind.SECOND_SWEEP);

        Findings findings = check();
        assertThat(findings.residue()).isEqualTo(2);
        assertThat(findings.residueSecondRead()).isEqualTo(1);
        assertThat(findings).extracting(Findings::reads, Findings::staleReads).containsExactly(0L, 0L);
    }

    @Test
    void check_residueOfAWriteThatThrew_counts() {
        commits.put(2L, nanos(0));
        writes.add(new Write("a", KEY, 0, nanos(0), nanos(100), 2, false));
        look("b", 1, Kind.FIRST_SWEEP);

        assertThat(check().residue()).isEqualTo(1);
    }

    @Test
    void check_failedReads_areNeitherReadsNorResidue() {
        write("a", 2, 0, 100);
        read("b", Read.FAILED, 5_000);
        look("b", Read.FAILED, Kind.FIRST_SWEEP);

        Findings findings = check();
        assertThat(findings.failedReads()).isEqualTo(2);
        assertThat(findings)
                .extracting(Findings::reads, Findings::staleReads, Findings::residue)
                .containsExactly(0L, 0L, 0L);
    }

    @Test
    void check_aValueFromTheFuture_isAFaultOfTheHarness() {
        commits.put(2L, nanos(1_000));
        reads.add(new Read("b", KEY, nanos(100), nanos(999), 2, Kind.WORKLOAD));

        assertThatThrownBy(this::check).isInstanceOf(IllegalStateException.class);
    }

    private Findings check() {
        long last = commits.keySet().stream().mapToLong(Long::longValue).max().orElse(1);
        return new Checker(Duration.ofSeconds(1))
                .check(new Histories(reads, writes, key -> last, key -> Map.copyOf(commits)));
    }

    private void write(String node, long version, long begin, long end) {
        commits.put(version, nanos(begin));
        writes.add(new Write(node, KEY, nanos(begin), nanos(begin), nanos(end), version, true));
    }

    private void read(String node, long version, long begin) {
        reads.add(new Read(node, KEY, nanos(begin), nanos(begin + 1), version, Kind.WORKLOAD));
    }

    private void look(String node, long version, Kind kind) {
        reads.add(new Read(node, KEY, nanos(20_000), nanos(20_001), version, kind));
    }

    private static long nanos(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
