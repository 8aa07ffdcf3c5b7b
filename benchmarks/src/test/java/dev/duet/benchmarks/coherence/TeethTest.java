package dev.duet.benchmarks.coherence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.benchmarks.results.CoherenceResult;
import dev.duet.benchmarks.systems.CacheSystem;
import java.util.List;
import org.junit.jupiter.api.Test;

class TeethTest {

    private static final CoherenceResult GOOD_DUET = result(CacheSystem.DUET_ON_REDIS, 0, 0, 0);
    private static final CoherenceResult BAD_NAIVE = result(CacheSystem.NAIVE, 1, 1, 0);

    @Test
    void missing_naiveStaleAndDuetNot_isNothing() {
        assertThat(Teeth.missing(List.of(GOOD_DUET, BAD_NAIVE))).isEmpty();
    }

    @Test
    void missing_naiveWithoutItsFaults_saysWhich() {
        assertThat(Teeth.missing(List.of(GOOD_DUET, result(CacheSystem.NAIVE, 0, 1, 0))))
                .singleElement()
                .asString()
                .contains("no stale read");
        assertThat(Teeth.missing(List.of(GOOD_DUET, result(CacheSystem.NAIVE, 1, 0, 0))))
                .singleElement()
                .asString()
                .contains("nothing stale behind");
    }

    @Test
    void missing_faultsOfDuet_saysWhich() {
        assertThat(Teeth.missing(List.of(result(CacheSystem.DUET_ON_REDIS, 2, 0, 0), BAD_NAIVE)))
                .singleElement()
                .asString()
                .contains("2 reads beyond its bound");
        assertThat(Teeth.missing(List.of(result(CacheSystem.DUET_ON_REDIS, 0, 3, 0), BAD_NAIVE)))
                .singleElement()
                .asString()
                .contains("3 stale entries");
        assertThat(Teeth.missing(List.of(result(CacheSystem.DUET_ON_REDIS, 0, 0, 4), BAD_NAIVE)))
                .singleElement()
                .asString()
                .contains("4 reads that did not see");
    }

    @Test
    void missing_aSystemThatWasNotThere_saysSo() {
        assertThat(Teeth.missing(List.of(GOOD_DUET))).hasSize(2);
        assertThat(Teeth.missing(List.of(BAD_NAIVE))).singleElement().asString().contains("Duet");
    }

    private static CoherenceResult result(CacheSystem system, long stale, long residue, long unseen) {
        Findings findings = new Findings(100, 10, stale, stale, 0, unseen, residue, residue, 0, 0);
        return Trial.result(Contestant.of(system.name()), Schedule.SUBSCRIPTION_HALF_OPEN, findings, new Propagation());
    }
}
