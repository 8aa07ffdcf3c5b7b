package dev.duet.store;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * A namespace: a name that keeps applications on one store apart, and the number of partitions that its keys fall into.
 * All nodes of a namespace must agree on it.
 *
 * @param name 1 to 64 letters, digits, '_', '.' or '-'
 * @param partitions from 1 to 4,096
 */
public record NamespaceConfig(String name, int partitions) {

    /** The name if none is given. */
    public static final String DEFAULT_NAME = "duet";

    /** The number of partitions if none is given. */
    public static final int DEFAULT_PARTITIONS = 64;

    private static final int MAXIMUM_PARTITIONS = 4_096;

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if one is out of range; the message names it
     */
    public NamespaceConfig {
        checkName("namespace", name);
        if (partitions < 1 || partitions > MAXIMUM_PARTITIONS) {
            throw new IllegalArgumentException(
                    "partitions must be from 1 to " + MAXIMUM_PARTITIONS + ", but is " + partitions);
        }
    }

    /** The namespace {@code duet} with 64 partitions. */
    public static NamespaceConfig defaults() {
        return new NamespaceConfig(DEFAULT_NAME, DEFAULT_PARTITIONS);
    }

    /** The address of the record of {@code key} in {@code cache}. */
    public RecordKey recordKey(String cache, String key) {
        return new RecordKey(partitionOf(cache, key), cache, key);
    }

    /**
     * The partition of a key: CRC-32C of {@code cache:key} in UTF-8, modulo the number of partitions; the same on every
     * node, in every version.
     */
    public int partitionOf(String cache, String key) {
        CRC32C crc = new CRC32C();
        crc.update((cache + ':' + key).getBytes(StandardCharsets.UTF_8));
        return (int) (crc.getValue() % partitions);
    }

    /**
     * Checks the name of a namespace or a cache, which become parts of keys in the store.
     *
     * @param setting what the name is of, for the message
     * @throws IllegalArgumentException if it has other characters than letters, digits, '_', '.' and '-', or is empty
     *     or longer than 64
     */
    public static String checkName(String setting, String name) {
        if (!isName(name)) {
            throw new IllegalArgumentException(setting + " must be 1 to 64 letters, digits, '_', '.' or '-', but is '"
                    + name + "'; it becomes a part of keys in the store");
        }
        return name;
    }

    /** Whether a text is 1 to 64 letters, digits, '_', '.' or '-'. No regular expression, since every lease asks it. */
    static boolean isName(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean fits = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '_'
                    || c == '.'
                    || c == '-';
            if (!fits) {
                return false;
            }
        }
        return !text.isEmpty() && text.length() <= 64;
    }
}
