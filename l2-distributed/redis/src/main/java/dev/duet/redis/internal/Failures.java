package dev.duet.redis.internal;

import dev.duet.store.CacheException;
import dev.duet.store.RecordKey;
import dev.duet.store.StoreConfigurationException;
import dev.duet.store.StoreFullException;
import dev.duet.store.StoreUnavailableException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.redisson.client.RedisAuthRequiredException;
import org.redisson.client.RedisNoScriptException;
import org.redisson.client.RedisOutOfMemoryException;
import org.redisson.client.RedisReadonlyException;
import org.redisson.client.RedisWrongPasswordException;

/** Turns what goes wrong in the client into the exceptions of the store port. Nothing else of the client gets out. */
final class Failures {

    private static final String OUT_OF_MEMORY = "it is out of memory and evicts nothing: raise maxmemory, or set"
            + " maxmemory-policy to allkeys-lru (with write-behind to volatile-lru)";

    private Failures() {}

    /** What a failure of the client means to the user of the store, at {@code address}. */
    static CacheException translate(Throwable failure, String address) {
        return translate(failure, address, null);
    }

    /** As {@link #translate(Throwable, String)}, of an operation on a record. */
    static CacheException translate(Throwable failure, String address, @Nullable RecordKey key) {
        Throwable cause = unwrap(failure);
        if (cause instanceof CacheException known) {
            return known;
        }
        String remedy = configurationRemedy(cause);
        if (remedy != null) {
            return new StoreConfigurationException(message(address, cause) + "; " + remedy, cause);
        }
        String cache = key == null ? null : key.cache();
        String text = key == null ? null : key.key();
        if (isOutOfMemory(cause)) {
            return new StoreFullException(message(address, cause) + "; " + OUT_OF_MEMORY, cause, cache, text);
        }
        return new StoreUnavailableException(
                message(address, cause) + "; " + availabilityRemedy(cause, address.startsWith("rediss:")),
                cause,
                cache,
                text);
    }

    /** As {@link #translate(Throwable, String)}, of a message that was published. */
    static CacheException ofChannel(Throwable failure, String address, String channel) {
        Throwable cause = unwrap(failure);
        return says(root(cause), "NOPERM")
                ? new StoreConfigurationException(
                        message(address, cause) + "; the user may not use the channel " + channel
                                + ": allow it with ACL SETUSER <user> &" + channel
                                + " +publish +subscribe +unsubscribe",
                        cause)
                : translate(failure, address);
    }

    /** Whether the server does not know a script, which is then to be sent whole. */
    static boolean isUnknownScript(Throwable failure) {
        Throwable cause = unwrap(failure);
        return cause instanceof RedisNoScriptException || says(cause, "NOSCRIPT");
    }

    /** Whether a key holds another type of data than the command is for. */
    static boolean isWrongType(Throwable failure) {
        return says(unwrap(failure), "WRONGTYPE");
    }

    /** Whether a server of a cluster refused keys that are not in one slot. */
    static boolean isCrossSlot(Throwable failure) {
        return says(root(failure), "CROSSSLOT");
    }

    /** What partitions fail with that are not on one server any more. */
    static CacheException parted(List<Integer> partitions) {
        return new Parted("partitions " + partitions + " are not on one server any more");
    }

    /** Whether it is that. */
    static boolean isParted(Throwable failure) {
        return unwrap(failure) instanceof Parted;
    }

    private static final class Parted extends CacheException {
        private static final long serialVersionUID = 1L;

        Parted(String message) {
            super(message, null);
        }
    }

    private static @Nullable String configurationRemedy(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RedisWrongPasswordException
                    || says(cause, "WRONGPASS")
                    || says(cause, "invalid password")) {
                return "the user or the password is wrong: correct redis://user:password@host, or the client's settings";
            }
            if (cause instanceof RedisAuthRequiredException || says(cause, "NOAUTH")) {
                return "it wants a user or a password: give them as redis://user:password@host, or in the client's settings";
            }
            if (says(cause, "without any password configured")) {
                return "it has no password: leave it out of redis://host, or out of the client's settings";
            }
            if (says(cause, "NOPERM")
                    || says(cause, "ACL failure in script")
                    || says(cause, "user executing the script can't")) {
                return "the user may not do this: allow the keys (~duet:* for the namespace duet), the channels (&duet:*) and the"
                        + " commands that docs/stores.md lists";
            }
            if (says(cause, "DB index is out of range") || says(cause, "invalid DB index")) {
                return "it has no such database: correct the number after the host in redis://host:port/database";
            }
            if (cause instanceof SSLException || says(cause, "SSL") || says(cause, "TLS")) {
                return "the TLS handshake failed: use redis:// if the server speaks no TLS; or else its certificate is not"
                        + " trusted or is not for this host, for which a Redisson configuration of your own can be given";
            }
        }
        return null;
    }

    private static boolean isOutOfMemory(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RedisOutOfMemoryException || says(cause, "OOM ")) {
                return true;
            }
        }
        return false;
    }

    private static String availabilityRemedy(Throwable failure, boolean tls) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RedisReadonlyException || says(cause, "READONLY")) {
                return "it is a replica, which takes no writes: connect to the master";
            }
        }
        return "see that it runs, that it is Redis, that it can be reached from here and answers in time, and that "
                + (tls ? "it speaks TLS (redis:// if not)" : "it speaks no TLS (rediss:// if it does)");
    }

    /** The client's messages may go on about its internals for lines, and show arguments; the first sentence will do. */
    private static String message(String address, Throwable cause) {
        return "Redis at " + address + " cannot be used: " + Addresses.withoutPasswords(firstSentence(root(cause)));
    }

    private static String firstSentence(Throwable cause) {
        String text = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        int end = text.indexOf(". ");
        String sentence = end < 0 ? text : text.substring(0, end);
        return sentence.length() <= 200 ? sentence : sentence.substring(0, 200) + "…";
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static boolean says(Throwable cause, String text) {
        return cause.getMessage() != null && cause.getMessage().contains(text);
    }

    private static Throwable unwrap(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
