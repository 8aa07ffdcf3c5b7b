package dev.duet.redis.internal;

/** Addresses for messages and logs. */
final class Addresses {

    private Addresses() {}

    /** {@code text} with users and passwords in addresses left out. */
    static String withoutPasswords(String text) {
        return text.replaceAll("(rediss?://)[^/\\s]*@", "$1");
    }
}
