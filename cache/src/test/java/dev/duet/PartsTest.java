package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.internal.InTurn;
import dev.duet.internal.Pace;
import dev.duet.internal.Turns;
import dev.duet.store.Content;
import dev.duet.store.Namespace.Request;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.Payload;
import dev.duet.store.WriteReply;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How what is large is cut, and done one part after the other. */
class PartsTest {

    private static final NamespaceConfig CONFIG = NamespaceConfig.defaults();

    private static List<Integer> sizes(Iterator<? extends List<?>> parts) {
        List<Integer> sizes = new ArrayList<>();
        parts.forEachRemaining(part -> sizes.add(part.size()));
        return sizes;
    }

    private static List<Long> keys(int count) {
        return LongStream.range(0, count).boxed().toList();
    }

    private static List<Request<WriteReply>> puts(int count, int bytes) {
        Content content = new Content(Payload.of(new byte[bytes]), 1, 0);
        return Stream.generate(() -> new Request<>(CONFIG.recordKey("users", "k"), new Operation.Put(content)))
                .limit(count)
                .toList();
    }

    @Test
    void ofKeys_upToTenThousand_isOnePart() {
        assertThat(sizes(Parts.ofKeys(keys(10_000)))).containsExactly(10_000);
        assertThat(sizes(Parts.ofKeys(keys(10_001)))).containsExactly(2_000, 2_000, 2_000, 2_000, 2_000, 1);
        assertThat(sizes(Parts.ofKeys(List.of()))).isEmpty();
    }

    @Test
    void of_largeValues_areSentInSmallParts() {
        assertThat(sizes(Parts.of(puts(10, 1 << 20), () -> 2_000))).containsExactly(4, 4, 2);
        assertThat(sizes(Parts.of(puts(3, 5 << 20), () -> 2_000))).containsExactly(1, 1, 1);
        assertThat(Parts.areFew(puts(5, 1 << 20))).isFalse();
        assertThat(Parts.areFew(puts(4, 1 << 20))).isTrue();
    }

    @Test
    void turns_inTheOrderOfArrivalAsFarAsThereIsRoom() {
        Turns turns = new Turns(10);
        List<CompletableFuture<String>> begun = new ArrayList<>();
        List<Integer> order = new ArrayList<>();
        for (int weight : new int[] {6, 5, 4, 100}) {
            CompletableFuture<String> unused = turns.take(weight, () -> {
                order.add(weight);
                begun.add(new CompletableFuture<>());
                return begun.get(begun.size() - 1);
            });
        }
        assertThat(order).containsExactly(6);

        begun.get(0).complete("done");
        assertThat(order).containsExactly(6, 5, 4);

        begun.get(1).completeExceptionally(new IllegalStateException());
        assertThat(order).containsExactly(6, 5, 4);
        begun.get(2).complete("done");
        assertThat(order).containsExactly(6, 5, 4, 100);
    }

    @Test
    void turns_whatIsToBeFirst_beginsBeforeAllThatWait() {
        Turns turns = new Turns(10);
        List<String> order = new ArrayList<>();
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletableFuture<String> unused = turns.take(10, () -> first);
        for (String waiting : List.of("a", "b")) {
            unused = turns.take(5, () -> {
                order.add(waiting);
                return CompletableFuture.completedFuture(waiting);
            });
        }
        unused = turns.takeFirst(5, () -> {
            order.add("renewal");
            return CompletableFuture.completedFuture("renewal");
        });
        assertThat(order).isEmpty();

        first.complete("done");
        assertThat(order).containsExactly("renewal", "a", "b");
    }

    @Test
    void pace_slowStore_isSentLessUntilItIsQuickAgain() {
        Pace pace = new Pace(2_000, 500_000_000);
        assertThat(pace.size()).isEqualTo(2_000);

        pace.took(2_000, 126_000_000);
        assertThat(pace.size()).isEqualTo(1_000);
        pace.took(2_000, 126_000_000); // sent before that was known
        assertThat(pace.size()).isEqualTo(1_000);
        for (int i = 0; i < 10; i++) {
            pace.took(pace.size(), 2_000_000_000);
        }
        assertThat(pace.size()).isEqualTo(125);

        assertThat(pace.weight(125)).isEqualTo(2_000);
        assertThat(pace.weight(25)).isEqualTo(400);
        assertThat(pace.each()).isEqualTo(16_000_000);
        pace.took(125, 100_000_000); // neither slow nor quick
        pace.took(7, 1_000_000); // says nothing about more
        assertThat(pace.size()).isEqualTo(125);
        for (int i = 0; i < 10; i++) {
            pace.took(pace.size(), 10_000_000);
        }
        assertThat(pace.size()).isEqualTo(2_000);
    }

    @Test
    void turns_callsThatEndAtOnceOrThrow_keepNobodyWaiting() {
        Turns turns = new Turns(1);
        List<CompletableFuture<Integer>> ends = new ArrayList<>();
        CompletableFuture<Integer> first = new CompletableFuture<>();
        ends.add(turns.take(1, () -> first));
        for (int i = 0; i < 100_000; i++) {
            int number = i;
            ends.add(turns.take(1, () -> {
                if (number == 7) {
                    throw new IllegalStateException();
                }
                return CompletableFuture.completedFuture(number);
            }));
        }

        first.complete(0);

        assertThat(ends).allMatch(CompletableFuture::isDone);
        assertThat(ends.get(8)).isCompletedExceptionally();
    }

    @Test
    void inTurn_oneAfterTheOther_untilOneFails() {
        List<CompletableFuture<Void>> steps =
                List.of(CompletableFuture.completedFuture(null), new CompletableFuture<>(), new CompletableFuture<>());
        List<Integer> begun = new ArrayList<>();
        CompletableFuture<Void> end = InTurn.each(
                List.of(0, 1, 2, 3).iterator(),
                step -> {
                    begun.add(step);
                    return steps.get(step);
                },
                Runnable::run);
        assertThat(begun).containsExactly(0, 1);

        steps.get(1).complete(null);
        assertThat(begun).containsExactly(0, 1, 2);

        steps.get(2).completeExceptionally(new IllegalStateException("unlucky"));
        assertThat(begun).containsExactly(0, 1, 2);
        assertThat(end).isCompletedExceptionally();
    }
}
