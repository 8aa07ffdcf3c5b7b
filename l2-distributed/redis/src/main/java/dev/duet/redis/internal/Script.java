package dev.duet.redis.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The scripts: one for each operation, and those by which a node and a server come to know each other. */
enum Script {
    READ("floors", "read-hit", "partition", "prelude", "read"),
    READ_ALL("read-all"),
    LEASE("floors", "lease-hit", "partition", "prelude", "lease"),
    REFRESH("floors", "partition", "prelude", "refresh"),
    FILL("floors", "partition", "prelude", "fill"),
    RELEASE("floors", "partition", "prelude", "release"),
    PUT("put-hit", "floors", "partition", "prelude", "put"),
    INVALIDATE("floors", "partition", "prelude", "invalidate"),
    BEGIN("floors", "partition", "prelude", "begin"),
    RENEW("floors", "partition", "prelude", "renew"),
    COMPLETE("floors", "partition", "prelude", "complete"),
    ENQUEUE("enqueue", "floors", "partition", "enqueue-rest"),
    FLUSHED("floors", "partition", "prelude", "pending", "flushed"),
    FAILED("floors", "partition", "prelude", "pending", "failed"),
    REQUEUE("floors", "partition", "prelude", "pending", "requeue"),
    CLAIM("floors", "partition", "prelude", "pending", "claim"),
    PARKED("floors", "partition", "prelude", "pending", "parked"),
    INVALIDATE_ALL("floors", "partition", "prelude", "invalidate-all"),
    HEAD("floors", "partition", "head"),
    START_OVER("floors", "partition", "start-over"),
    JOIN_SERVER("floors", "partition", "join-server"),
    RUN_ID("run-id"),
    VERSION("version"),
    INFO("info"),
    NAMESPACE("namespace");

    private final String text;
    private final String digest;

    Script(String... parts) {
        StringBuilder all = new StringBuilder();
        for (String part : parts) {
            all.append(load("/dev/duet/redis/" + part + ".lua"));
        }
        this.text = all.toString();
        this.digest = sha1(text);
    }

    /** The script as any server may run it. */
    Text text() {
        return new Text(text, digest);
    }

    /**
     * The script for one run of a server, under a digest of its own: any other server, and this one after a restart, does
     * not know it, or says so.
     */
    Text textFor(ServerRuns.Run run) {
        String whole = "-- For the run " + run.id() + " of the server.\n"
                + (run.handsScriptsOn() ? onRunOnly(run.id()) : "") + text;
        return new Text(whole, sha1(whole));
    }

    /** Has a script that came to a server with the data of another fail as if it had not come. */
    private static String onRunOnly(String id) {
        return "if not string.find(redis.call('INFO', 'server'), 'run_id:" + id + "', 1, true) then\n"
                + "  return redis.error_reply('NOSCRIPT It came from another server')\n"
                + "end\n";
    }

    /**
     * A script as it is sent: whole only to a server that does not know its digest.
     *
     * @param whole the script in Lua
     * @param digest the SHA-1 of that, in hexadecimal
     */
    record Text(String whole, String digest) {}

    private static String load(String resource) {
        try (InputStream in = Script.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing from the jar of duet-redis");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha1(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
