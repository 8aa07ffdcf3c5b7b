package dev.duet.hazelcast.internal;

/** What things are called in Hazelcast. */
final class Names {

    /** The names of all maps. */
    static final String PATTERN = "duet.*";

    /** The map in which each namespace is described. */
    static final String DESCRIPTIONS = "duet";

    private Names() {}

    /** The map of a namespace's partitions, and the topic of its changes. */
    static String of(String namespace) {
        return "duet." + namespace;
    }
}
