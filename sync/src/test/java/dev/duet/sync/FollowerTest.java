package dev.duet.sync;

import static dev.duet.sync.Follower.Verdict.APPLY;
import static dev.duet.sync.Follower.Verdict.GAP;
import static dev.duet.sync.Follower.Verdict.REPEATED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.sync.Follower.Floor;
import org.junit.jupiter.api.Test;

class FollowerTest {

    private final Follower follower = new Follower(2);

    @Test
    void onChange_nextVersion_applies() {
        start(10, 20);

        assertThat(follower.onChange(0, 11)).isEqualTo(APPLY);
        assertThat(follower.onChange(0, 12)).isEqualTo(APPLY);
        assertThat(follower.onChange(1, 21)).isEqualTo(APPLY);
    }

    @Test
    void onChange_versionMissingBefore_isGap() {
        start(10, 20);

        assertThat(follower.onChange(0, 12)).isEqualTo(GAP);
        assertThat(follower.onChange(0, 13)).isEqualTo(APPLY);
    }

    @Test
    void onChange_versionNotAboveApplied_isRepeated() {
        start(10, 20);
        follower.onChange(0, 11);

        assertThat(follower.onChange(0, 11)).isEqualTo(REPEATED);
        assertThat(follower.onChange(0, 10)).isEqualTo(REPEATED);
        assertThat(follower.onChange(0, 12)).isEqualTo(APPLY);
    }

    @Test
    void onChange_beforeHeadsAreKnown_applies() {
        long[] asked = follower.applied();
        assertThat(follower.onChange(0, 12)).isEqualTo(APPLY);
        assertThat(follower.onHeads(new long[] {11, 20}, asked)).isEmpty();
        assertThat(follower.onChange(0, 13)).isEqualTo(APPLY);
    }

    @Test
    void onHeads_first_raisesNothing() {
        assertThat(follower.onHeads(new long[] {10, 20}, follower.applied())).isEmpty();
    }

    @Test
    void onHeads_above_raisesFloorToHead() {
        start(10, 20);

        assertThat(follower.onHeads(new long[] {10, 25}, follower.applied())).containsExactly(new Floor(1, 25));
        assertThat(follower.onChange(1, 25)).isEqualTo(REPEATED);
        assertThat(follower.onChange(1, 26)).isEqualTo(APPLY);
    }

    @Test
    void onHeads_belowWhatWasAppliedWhenAsked_givesUpAllThatWasRead() {
        start(10, 20);

        assertThat(follower.onHeads(new long[] {10, 15}, follower.applied())).containsExactly(new Floor(1, 21));
        assertThat(follower.onChange(1, 16)).isEqualTo(APPLY);
    }

    @Test
    void onHeads_belowWhatCameSinceTheyWereAskedFor_raisesNothing() {
        start(10, 20);
        long[] asked = follower.applied();
        follower.onChange(1, 21);

        assertThat(follower.onHeads(new long[] {10, 20}, asked)).isEmpty();
        assertThat(follower.onChange(1, 22)).isEqualTo(APPLY);
    }

    private void start(long... heads) {
        follower.onHeads(heads, follower.applied());
    }
}
