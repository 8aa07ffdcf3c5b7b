package dev.duet.benchmarks.speed;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What to run.
 *
 * @param quick whether to see that everything runs, rather than to measure
 * @param suites the names of the suites, in the order in which they run
 * @param all whether these are all there are
 */
record SpeedOptions(boolean quick, List<String> suites, boolean all) {

    private static final String COMMAND = "mvn -B -ntp -q -DskipTests -pl benchmarks -am package exec:exec@speed";

    /**
     * Reads the arguments of the command line: {@code --quick} or {@code --full}, which is the default, and the names of
     * suites, one an argument or several with commas between; all of them if there is none, or {@code all}.
     *
     * @param known the suites that there are
     * @throws IllegalArgumentException if one is none of these; the message lists what is valid
     */
    static SpeedOptions parse(List<String> arguments, List<String> known) {
        boolean quick = false;
        Set<String> named = new LinkedHashSet<>();
        for (String argument : arguments) {
            if (argument.startsWith("-")) {
                quick = switch (argument) {
                    case "--quick" -> true;
                    case "--full" -> false;
                    default ->
                        throw new IllegalArgumentException(
                                "unknown option '" + argument + "'; there are --quick and --full");
                };
            } else {
                named.addAll(suites(argument, known));
            }
        }
        List<String> chosen = new ArrayList<>(known);
        if (!named.isEmpty()) {
            chosen.retainAll(named);
        }
        return new SpeedOptions(quick, List.copyOf(chosen), chosen.size() == known.size());
    }

    private static List<String> suites(String argument, List<String> known) {
        if (argument.equals("all")) {
            return known;
        }
        List<String> names = new ArrayList<>();
        for (String name : argument.split(",", -1)) {
            String suite = name.strip();
            if (!known.contains(suite)) {
                throw new IllegalArgumentException(
                        "unknown suite '" + suite + "'; there are all, " + String.join(", ", known));
            }
            names.add(suite);
        }
        return names;
    }

    /** What to type to do the same again. */
    String command() {
        return COMMAND
                + (quick ? " -Dbenchmark.mode=quick" : "")
                + (all ? "" : " \"-Dbenchmark.suites=" + String.join(",", suites) + "\"");
    }
}
