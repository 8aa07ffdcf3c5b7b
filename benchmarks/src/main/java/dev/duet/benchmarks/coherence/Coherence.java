package dev.duet.benchmarks.coherence;

import dev.duet.benchmarks.results.CoherenceResult;
import dev.duet.benchmarks.results.Origin;
import dev.duet.benchmarks.results.ResultsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How coherent each system keeps its nodes while connections, nodes and servers fail. A trial has three nodes in processes of
 * their own, which read and write as {@link Workload} says what a {@link Database} holds, one {@link Schedule} of faults, quiet,
 * and a look at each key on each node; a {@link Checker} holds what they recorded to the terms of {@link CoherenceResult}.
 * One command runs all trials and writes a table, and {@code results/coherence.json}:
 *
 * <pre>{@code
 * mvn -B -ntp -q -DskipTests -pl benchmarks -am package exec:exec@coherence
 * }</pre>
 *
 * <p>With {@code -Dbenchmark.mode=quick} it takes less than two minutes, writes {@code target/coherence.json}, and fails unless
 * naive cache-aside was found to be stale and Duet was not. {@code -Dcoherence.systems} and {@code -Dcoherence.schedules} name
 * some trials alone, separated by commas. Run by {@code java} with {@code --explain}, it prints what each stale read missed.
 */
public final class Coherence {

    private static final String COMMAND = "mvn -B -ntp -q -DskipTests -pl benchmarks -am package exec:exec@coherence";
    private static final Path FULL_RESULTS = Path.of("results", "coherence.json");
    private static final Path QUICK_RESULTS = Path.of("target", "coherence.json");

    private Coherence() {}

    /** Runs the trials. Ends with status 1 if one cannot be run, or a quick run does not find what it has to. */
    public static void main(String[] arguments) throws Exception {
        CoherenceOptions options;
        try {
            options = CoherenceOptions.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(1);
            return;
        }
        List<String> problems = new ArrayList<>();
        List<CoherenceResult> results = run(options, problems);
        if (options.isSmokeTest()) {
            problems.addAll(Teeth.missing(results));
        }
        problems.forEach(System.err::println);
        System.exit(problems.isEmpty() ? 0 : 1);
    }

    private static List<CoherenceResult> run(CoherenceOptions options, List<String> problems) throws Exception {
        Origin origin = Origin.here(COMMAND + (options.quick() ? " -Dbenchmark.mode=quick" : ""));
        ResultsFile file = new ResultsFile(options.quick() ? QUICK_RESULTS : FULL_RESULTS);
        List<CoherenceResult> results = new ArrayList<>();
        if (!options.quick()) {
            // Whoever comes first would have its classes and servers read from the disk.
            new Trial(options.contestants().get(0), Schedule.CALM, Pace.QUICK, false).run();
        }
        System.out.println(Table.HEADER);
        for (Schedule schedule : options.schedules()) {
            for (Contestant contestant : options.contestants()) {
                try {
                    CoherenceResult result = new Trial(contestant, schedule, options.pace(), options.explain()).run();
                    System.out.println(Table.line(result));
                    file.replace(List.of("schedule", "system"), List.of(result), origin);
                    results.add(result);
                } catch (IOException | RuntimeException e) {
                    String problem = schedule.id() + ", " + contestant.id() + ": could not be run: " + e.getMessage();
                    System.out.println(problem);
                    problems.add(problem);
                }
            }
        }
        return results;
    }
}
