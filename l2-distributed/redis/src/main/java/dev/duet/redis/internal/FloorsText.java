package dev.duet.redis.internal;

import dev.duet.store.StoredRecord.Value;
import java.nio.charset.StandardCharsets;

/** Reads the floors of a partition as they lie in Redis, for which see {@code floors.lua}, which does the same. */
final class FloorsText {

    private FloorsText() {}

    /** The floor of a cache: its own, or else the base that lies under all; 0 if it is lost. */
    static long floor(byte[] bytes, String cache) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        long base = version(text, 0, ' ');
        int own = text.indexOf(' ' + cache + '=');
        if (base == 0 || own < 0) {
            return base;
        }
        return version(text + ' ', own + cache.length() + 2, ' ');
    }

    /** The version that {@code bytes} say and nothing else; 0 if they say none. */
    static long version(byte[] bytes) {
        return version(new String(bytes, StandardCharsets.UTF_8) + '\n', 0, '\n');
    }

    private static long version(String text, int start, char end) {
        long number = 0;
        int at = start;
        for (; at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9'; at++) {
            number = number * 10 + (text.charAt(at) - '0');
            if (number >= Value.NEVER) {
                return 0;
            }
        }
        return at < text.length() && text.charAt(at) == end ? number : 0;
    }
}
