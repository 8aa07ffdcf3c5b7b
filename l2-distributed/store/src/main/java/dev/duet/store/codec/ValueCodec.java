package dev.duet.store.codec;

/**
 * Turns values into bytes and back. Implementations are thread-safe, and signal failure by any exception: on encoding it
 * reaches the caller as a {@link CodecException}, on decoding the value counts as not there, and is loaded again. A value that is
 * read back must equal the one that was written, since other nodes have no other.
 *
 * @param <V> the type of the values
 */
public interface ValueCodec<V> {

    /** The bytes of a value. Neither is null. */
    byte[] encode(V value);

    /** The value of bytes that {@link #encode} made. Neither is null. */
    V decode(byte[] bytes);

    /**
     * The name of the format, such as {@code json}. It goes into each record's checksum, so that bytes of another format
     * are never decoded: change it when the format changes.
     */
    String format();
}
