package dev.duet.store;

/**
 * The second level: a distributed store that all nodes share. This is the port behind which Redis and others stand.
 *
 * <p>A store is thread-safe. It is handed to one {@code Duet}, which closes it.
 */
public interface Store extends AutoCloseable {

    /**
     * Joins a namespace, creating it if it is new.
     *
     * @param config the namespace
     * @param node the name of this node, unique in the namespace; the origin of its changes
     * @throws IllegalArgumentException if the node's name is none as {@link NamespaceConfig#checkName} wants it, since it
     *     becomes a part of messages
     * @throws StoreConfigurationException if the namespace exists with another number of partitions or another format,
     *     or if the store is not fit for use; the message names the setting, the address and the remedy
     * @throws StoreUnavailableException if the store cannot be reached
     */
    Namespace open(NamespaceConfig config, String node);

    /** Where the store is, for messages and logs; never has a password. */
    String address();

    /** Closes what the store opened itself, and nothing that was handed to it. Idempotent. */
    @Override
    void close();
}
