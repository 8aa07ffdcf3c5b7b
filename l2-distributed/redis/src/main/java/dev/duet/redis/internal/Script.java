package dev.duet.redis.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The scripts, one for each operation. Each is run by its digest, and sent whole only to a server that does not know it. */
enum Script {
    READ("read-hit", "prelude", "read"),
    LEASE("prelude", "lease"),
    FILL("prelude", "fill"),
    RELEASE("prelude", "release"),
    PUT("prelude", "put"),
    INVALIDATE("prelude", "invalidate"),
    BEGIN("prelude", "begin"),
    RENEW("prelude", "renew"),
    COMPLETE("prelude", "complete"),
    INVALIDATE_ALL("prelude", "invalidate-all"),
    HEAD("prelude", "head"),
    VERSION("version"),
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

    /** The script in Lua. */
    String text() {
        return text;
    }

    /** The SHA-1 of the text, in hexadecimal, by which the server knows it. */
    String digest() {
        return digest;
    }

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
