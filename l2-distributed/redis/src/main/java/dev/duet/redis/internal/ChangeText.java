package dev.duet.redis.internal;

import dev.duet.store.Change;
import dev.duet.store.Effect;
import dev.duet.store.RecordKey;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Changes as they are logged and published: {@code K partition version origin cache key} for a key, which comes last and
 * may be any text, and {@code C partition version origin cache} for a whole cache. Beside them stand, on the channel alone,
 * the probes {@code P token} by which a subscriber finds out that it hears, and the hints to readers who wait
 * for a load: {@code H cache key} if it has left a value, {@code F cache key} if it has not.
 */
final class ChangeText {

    private ChangeText() {}

    /** The text of a change to a partition up to its version, which the server adds. */
    static String before(boolean wholeCache, int partition) {
        return (wholeCache ? "C " : "K ") + partition + ' ';
    }

    /** The text of a change to a key after its version. */
    static String after(String origin, RecordKey key) {
        return ' ' + origin + ' ' + key.cache() + ' ' + key.key();
    }

    /** The text of a change to a whole cache after its version. */
    static String after(String origin, String cache) {
        return ' ' + origin + ' ' + cache;
    }

    /** The text of a hint to those who wait for a load of the key, which has left a value or has {@code failed} to. */
    static String hint(RecordKey key, boolean failed) {
        return (failed ? "F " : "H ") + key.cache() + ' ' + key.key();
    }

    /** The hint that {@code bytes} say, or null if they say none. */
    static Effect.@Nullable Hinted parseHint(byte[] bytes) {
        if (bytes.length < 2 || (bytes[0] != 'H' && bytes[0] != 'F') || bytes[1] != ' ') {
            return null;
        }
        String text = decoded(bytes);
        String[] words = text == null ? new String[0] : text.split(" ", 3);
        return words.length != 3 || words[1].isEmpty() ? null : new Effect.Hinted(words[1], words[2], bytes[0] == 'F');
    }

    /** A probe that no other subscriber sends. */
    static byte[] probe() {
        return ("P " + UUID.randomUUID()).getBytes(StandardCharsets.UTF_8);
    }

    /** Whether {@code bytes} are a probe, by whomever. */
    static boolean isProbe(byte[] bytes) {
        return bytes.length > 2 && bytes[0] == 'P' && bytes[1] == ' ';
    }

    /** The change that {@code bytes} say, or null if they say none, or one of a partition that is not there. */
    static @Nullable Change parse(byte[] bytes, int partitions) {
        String text = decoded(bytes);
        if (text == null) {
            return null;
        }
        boolean ofKey = text.startsWith("K ");
        if (!ofKey && !text.startsWith("C ")) {
            return null;
        }
        String[] words = text.split(" ", ofKey ? 6 : -1);
        if (words.length != (ofKey ? 6 : 5) || words[3].isEmpty() || words[4].isEmpty()) {
            return null;
        }
        try {
            int partition = Integer.parseInt(words[1]);
            long version = Long.parseLong(words[2]);
            return partition < 0 || partition >= partitions || version < 1
                    ? null
                    : new Change(partition, version, words[4], ofKey ? words[5] : null, words[3]);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static @Nullable String decoded(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
