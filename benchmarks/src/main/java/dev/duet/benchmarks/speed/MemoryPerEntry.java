package dev.duet.benchmarks.speed;

import dev.duet.benchmarks.systems.CacheSystem;
import dev.duet.testkit.JvmProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What near caches take of the heap for an entry, beside its key and its value, as {@link NearMemory} measures it. */
final class MemoryPerEntry implements Suite {

    private static final Duration TIMEOUT = Duration.ofMinutes(4);
    private static final double LEAST = 30;
    private static final double MOST = 200;

    @Override
    public String name() {
        return "memory per entry";
    }

    @Override
    public Report run(Effort effort, SpeedServers servers) throws Exception {
        servers.prepareStores();
        List<Measured> measured = new ArrayList<>();
        Path file = Files.createTempFile("duet-memory-", ".txt");
        try {
            run(effort, servers, file);
            for (String line : Files.readAllLines(file)) {
                int tab = line.indexOf('\t');
                measured.add(new Measured(
                        line.substring(0, tab),
                        1,
                        "bytes per entry",
                        "B",
                        Double.parseDouble(line.substring(tab + 1)),
                        NearHits.BARE));
            }
        } finally {
            Files.delete(file);
        }
        double bare = measured.get(0).value();
        if (bare < LEAST || bare > MOST) {
            throw new IllegalStateException(name() + ": an entry of bare Caffeine cannot take " + bare + " bytes");
        }
        Rounds rounds = new Rounds(name());
        rounds.add(measured);
        return new Report(
                rounds.rows(),
                List.of(
                        effort.entries() + " entries, without keys and values; a copy of a key counts",
                        CacheSystem.DUET_ON_REDIS.title() + ", " + CacheSystem.DUET_ON_HAZELCAST.title()
                                + ": the near cache is that of Duet",
                        CacheSystem.NAIVE.title() + ": the near cache is that of " + NearHits.EXPIRING));
    }

    private void run(Effort effort, SpeedServers servers, Path file) {
        List<String> options = new ArrayList<>(servers.jvmArguments());
        options.add("-Djdk.attach.allowAttachSelf=true");
        options.add("-Djol.magicFieldOffset=true");
        try (JvmProcess process = JvmProcess.start(
                "memory", NearMemory.class, options, List.of(String.valueOf(effort.entries()), file.toString()))) {
            if (!process.awaitExit(TIMEOUT)) {
                throw new IllegalStateException(name() + ": takes more than " + TIMEOUT + "\n" + process.output());
            }
            if (!Files.isReadable(file) || file.toFile().length() == 0) {
                throw new IllegalStateException(name() + ": failed\n" + process.output());
            }
        }
    }
}
