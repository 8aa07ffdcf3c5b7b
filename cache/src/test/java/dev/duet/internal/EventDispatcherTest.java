package dev.duet.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventDispatcherTest {

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<Integer> heard = new ArrayList<>();

    @Test
    void publish_withListeners_tellsThemInOrderOnTheExecutor() {
        EventDispatcher<Integer> events = dispatcher(List.of(heard::add, event -> heard.add(-event)));

        events.publish(1);
        events.publish(2);
        assertThat(heard).isEmpty();
        runAll();

        assertThat(heard).containsExactly(1, -1, 2, -2);
        assertThat(events.isEmpty()).isFalse();
    }

    @Test
    void publish_several_handsInOneTaskAtATime() {
        EventDispatcher<Integer> events = dispatcher(List.of(heard::add));

        IntStream.range(0, 1_000).forEach(events::publish);
        while (!tasks.isEmpty()) {
            assertThat(tasks).hasSize(1);
            tasks.remove().run();
        }
        events.publish(1_000);
        runAll();

        assertThat(heard).isEqualTo(IntStream.rangeClosed(0, 1_000).boxed().toList());
    }

    @Test
    void publish_withoutListeners_doesNothing() {
        EventDispatcher<Integer> events = dispatcher(List.of());

        events.publish(1);

        assertThat(events.isEmpty()).isTrue();
        assertThat(tasks).isEmpty();
    }

    @Test
    void publish_listenerThrows_tellsTheOthersAndGoesOn() {
        EventDispatcher<Integer> events = dispatcher(List.of(
                event -> {
                    throw new IllegalStateException("of the listener");
                },
                heard::add));

        events.publish(1);
        events.publish(2);
        runAll();

        assertThat(heard).containsExactly(1, 2);
    }

    @Test
    void publish_beyondTheCapacity_dropsAndCounts() {
        EventDispatcher<Integer> events = dispatcher(List.of(heard::add));

        IntStream.range(0, EventDispatcher.CAPACITY + 3).forEach(events::publish);
        runAll();
        events.publish(-1);
        runAll();

        assertThat(events.dropped()).isEqualTo(3);
        assertThat(heard).hasSize(EventDispatcher.CAPACITY + 1).endsWith(EventDispatcher.CAPACITY - 1, -1);
    }

    @Test
    void publish_executorRejects_isHarmlessAndLaterOnesAreTold() {
        boolean[] rejects = {true};
        EventDispatcher<Integer> events = new EventDispatcher<>("users", List.of(heard::add), task -> {
            if (rejects[0]) {
                throw new RejectedExecutionException("full");
            }
            task.run();
        });

        events.publish(1);
        rejects[0] = false;
        events.publish(2);

        assertThat(heard).containsExactly(2);
        assertThat(events.dropped()).isEqualTo(1);
    }

    @Test
    void publish_fromAListener_isToldAfterwards() {
        List<EventDispatcher<Integer>> self = new ArrayList<>();
        EventDispatcher<Integer> events = new EventDispatcher<>(
                "users",
                List.<Consumer<Integer>>of(
                        event -> {
                            if (event == 1) {
                                self.get(0).publish(2);
                            }
                        },
                        heard::add),
                Runnable::run);
        self.add(events);

        events.publish(1);

        assertThat(heard).containsExactly(1, 2);
    }

    private EventDispatcher<Integer> dispatcher(List<Consumer<Integer>> listeners) {
        return new EventDispatcher<>("users", listeners, tasks::add);
    }

    private void runAll() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }
}
