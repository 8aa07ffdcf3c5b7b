package dev.duet.benchmarks.coherence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.duet.benchmarks.coherence.RecordedNode.Call;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LimitedThreadTest {

    private final List<String> recorded = new CopyOnWriteArrayList<>();
    private final CountDownLatch blocked = new CountDownLatch(1);
    private final AtomicInteger calls = new AtomicInteger();

    @Test
    void aCallThatBlocks_failsOnce_andOthersGoOn() {
        var thread = new LimitedThread("test", this::next, Duration.ofMillis(5), Duration.ofMillis(200));

        await().atMost(Duration.ofSeconds(10)).until(() -> recorded.contains("third returned"));
        assertThat(recorded).containsSubsequence("first returned", "second failed", "third returned");
        blocked.countDown();
        await().atMost(Duration.ofSeconds(10)).until(() -> recorded.contains("second came through"));
        thread.awaitIdle();
        assertThat(recorded).doesNotContain("second returned");
    }

    private @Nullable Call next() {
        return switch (calls.incrementAndGet()) {
            case 1 -> call("first");
            case 2 -> call("second");
            case 3 -> call("third");
            default -> null;
        };
    }

    private Call call(String name) {
        return new Call() {
            @Override
            public void make(AtomicReference<@Nullable Call> current) {
                if (name.equals("second")) {
                    try {
                        blocked.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }
                if (current.compareAndSet(this, null)) {
                    recorded.add(name + " returned");
                } else {
                    recorded.add(name + " came through");
                }
            }

            @Override
            public void recordFailure(long begin, long end) {
                recorded.add(name + " failed");
            }
        };
    }
}
