package dev.duet.testkit.internal;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL's executables, extracted from the jar for this platform and kept in {@code java.io.tmpdir} for the next
 * time. JVMs that start together do not get into each other's way: each extracts into a directory of its own and
 * renames it to the common name, which succeeds for one of them; the others use what they find.
 */
public final class PostgresBinaries {

    private static final Logger logger = LoggerFactory.getLogger(PostgresBinaries.class);

    private PostgresBinaries() {}

    /**
     * Returns the directory that has {@code bin}, {@code lib} and {@code share}; extracts it if need be.
     *
     * @param scratch a directory on the same file system that is removed if this JVM dies half-way
     * @throws UncheckedIOException if it cannot be read or written
     * @throws IllegalStateException if there are no executables for this platform
     */
    public static Path extract(Path scratch) {
        try {
            byte[] archive;
            try (InputStream in = open()) {
                archive = in.readAllBytes();
            }
            String user = System.getProperty("user.name");
            Path home = scratch.resolveSibling("duet-postgres-bin-" + user + "-" + digest(archive));
            if (!Files.exists(home)) {
                Path fresh = Files.createDirectory(scratch.resolve("binaries"));
                unpack(archive, fresh);
                publish(fresh, home);
            }
            return home;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot extract PostgreSQL", e);
        }
    }

    private static InputStream open() throws IOException {
        String system = System.getProperty("os.name").startsWith("Mac") ? "Darwin" : System.getProperty("os.name");
        return DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, System.getProperty("os.arch"));
    }

    private static void publish(Path fresh, Path home) throws IOException {
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
        try {
            Files.move(fresh, home);
            logger.info("Extracted PostgreSQL to {}", home);
        } catch (FileSystemException e) {
            if (!Files.isDirectory(home)) {
                throw e;
            }
            Trees.delete(fresh); // another JVM was faster
        }
    }

    private static void unpack(byte[] archive, Path target) throws IOException {
        try (var in = new BufferedInputStream(new XZCompressorInputStream(new ByteArrayInputStream(archive)));
                var tar = new TarArchiveInputStream(in)) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path file = target.resolve(entry.getName()).normalize();
                if (!file.startsWith(target)) {
                    throw new IOException("Outside the target: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                    continue;
                }
                Files.createDirectories(file.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(tar, file);
                    boolean executable = (entry.getMode() & 0100) != 0;
                    Files.setPosixFilePermissions(
                            file, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
    }

    private static String digest(byte[] archive) {
        try {
            byte[] sha = MessageDigest.getInstance("SHA-256").digest(archive);
            return HexFormat.of().formatHex(sha, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every JDK has it
        }
    }
}
