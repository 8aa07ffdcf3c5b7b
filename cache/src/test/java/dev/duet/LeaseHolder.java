package dev.duet;

import dev.duet.redis.RedisStore;

/** A node, in a process of its own, that begins to load a key and never ends: to be killed. */
final class LeaseHolder {

    /** What it prints when it loads. */
    static final String LOADING = "loading";

    private LeaseHolder() {}

    public static void main(String[] arguments) {
        try (Duet duet = Duet.builder().store(RedisStore.connect(arguments[0])).build()) {
            duet.cache("users", Long.class, ReadingIT.User.class)
                    .loader(key -> {
                        System.out.println(LOADING);
                        Thread.sleep(Long.MAX_VALUE);
                        return null;
                    })
                    .build()
                    .get(Long.valueOf(arguments[1]));
        }
    }
}
