package dev.duet.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.testkit.RedisServer.Source;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisBinaryIT {

    private static final String NONE = "No redis-server 6.2 or later on the PATH";

    @TempDir
    private Path directory;

    @Test
    void fromProperty_knownValue_isTheSource() {
        assertThat(RedisBinary.fromProperty("jar")).isEqualTo(Source.JAR);
        assertThat(RedisBinary.fromProperty("PATH")).isEqualTo(Source.PATH);
        assertThat(RedisBinary.fromProperty(null)).isNull();
    }

    @Test
    void fromProperty_unknownValue_fails() {
        assertThatThrownBy(() -> RedisBinary.fromProperty("docker"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("duet.redis=docker is neither jar nor path");
    }

    @Test
    void locate_nothingOnThePath_takesTheJar() {
        RedisBinary binary = RedisBinary.locate(null, null, directory.toString(), directory);

        assertThat(binary.source()).isEqualTo(Source.JAR);
        assertThat(binary.version()).startsWith("6.2.");
        assertThat(binary.path()).startsWith(directory);
    }

    @Test
    void locate_nothingOnThePathButAskedFor_fails() {
        assertThatThrownBy(() -> RedisBinary.locate(Source.PATH, null, directory.toString(), directory))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(NONE);
        assertThatThrownBy(() -> RedisBinary.locate(null, "path", directory.toString(), directory))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(NONE);
    }

    @Test
    void locate_recentServerOnThePath_isPreferred() throws Exception {
        serverOnPath("7.2.4");

        RedisBinary binary = RedisBinary.locate(null, null, directory.toString(), directory);

        assertThat(binary.source()).isEqualTo(Source.PATH);
        assertThat(binary.version()).isEqualTo("7.2.4");
        assertThat(binary.supportsTls()).isFalse();
    }

    @Test
    void locate_propertyNamesTheJar_passesOverThePath() throws Exception {
        serverOnPath("7.2.4");

        assertThat(RedisBinary.locate(null, "jar", directory.toString(), directory)
                        .source())
                .isEqualTo(Source.JAR);
        assertThat(RedisBinary.locate(Source.PATH, "jar", directory.toString(), directory)
                        .source())
                .isEqualTo(Source.PATH);
    }

    @Test
    void locate_oldServerOnThePath_isPassedOver() throws Exception {
        serverOnPath("6.0.16");

        assertThat(RedisBinary.locate(null, null, directory.toString(), directory)
                        .source())
                .isEqualTo(Source.JAR);
        assertThatThrownBy(() -> RedisBinary.locate(Source.PATH, null, directory.toString(), directory))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(NONE);
    }

    private void serverOnPath(String version) throws Exception {
        Path server = directory.resolve("redis-server");
        Files.writeString(server, "#!/bin/sh\necho 'Redis server v=" + version + " sha=00000000:0'\n");
        assertThat(server.toFile().setExecutable(true)).isTrue();
    }
}
