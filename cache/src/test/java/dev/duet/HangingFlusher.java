package dev.duet;

import dev.duet.redis.RedisStore;
import java.time.Duration;
import java.util.List;

/** A node, in a process of its own, that writes what it has put to the system of record, and never gets to say so: to be killed. */
final class HangingFlusher {

    /** What it prints when the system of record has a write; the version follows. */
    static final String WRITTEN = "written with version ";

    private HangingFlusher() {}

    public static void main(String[] arguments) throws InterruptedException {
        CacheWriter<Long, String> writer = new CacheWriter<>() {
            @Override
            public void write(Long key, String value) {
                throw new AssertionError("a batch is written together");
            }

            @Override
            public void delete(Long key) {
                throw new AssertionError("a batch is written together");
            }

            @Override
            public void writeAll(List<CacheWrite<Long, String>> writes) throws InterruptedException {
                System.out.println(WRITTEN + writes.get(0).version());
                Thread.sleep(Long.MAX_VALUE);
            }
        };
        Duet duet = Duet.builder().store(RedisStore.connect(arguments[0])).build();
        TwoLevelCache<Long, String> items = duet.cache("items", Long.class, String.class)
                .writeBehind(WriteBehind.<Long, String>to(writer)
                        .flushEvery(Duration.ofMillis(50))
                        .leaseTerm(WriteBehindRedisIT.TERM))
                .build();
        items.put(Long.valueOf(arguments[1]), "a");
        Thread.sleep(Long.MAX_VALUE);
    }
}
