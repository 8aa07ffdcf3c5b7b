package dev.duet.benchmarks.systems;

import java.net.URI;

/**
 * Where a second level is to be found, in a form that fits into a command line. A node may be given another address than the
 * next, of a proxy say.
 *
 * @param redis {@code redis://127.0.0.1:port}, or empty
 * @param hazelcast {@code host:port} of a member, or empty
 * @param cluster the name of the Hazelcast cluster
 * @param infinispan {@code host:port} of a Hot Rod server, or empty
 */
public record Servers(String redis, String hazelcast, String cluster, String infinispan) {

    /** A Redis. */
    public static Servers redis(String uri) {
        return new Servers(uri, "", "", "");
    }

    /** A member of a Hazelcast cluster. */
    public static Servers hazelcast(String address, String cluster) {
        return new Servers("", address, cluster, "");
    }

    /** A Hot Rod server of Infinispan. */
    public static Servers infinispan(String address) {
        return new Servers("", "", "", address);
    }

    int redisPort() {
        return URI.create(redis).getPort();
    }
}
