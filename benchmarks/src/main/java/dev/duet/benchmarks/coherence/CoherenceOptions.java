package dev.duet.benchmarks.coherence;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What to run.
 *
 * @param quick to see that it works, not for results
 * @param explain to print what each stale read missed
 * @param contestants the systems
 * @param schedules what is done to them
 */
record CoherenceOptions(boolean quick, boolean explain, List<Contestant> contestants, List<Schedule> schedules) {

    private static final String USAGE = "--full or --quick, then --systems=A,B, --schedules=a,b and --explain";
    private static final String DEFAULT = "default";
    private static final String QUICK_CONTESTANTS = "DUET_ON_REDIS,NAIVE,REDISSON_CLEAR";
    private static final String QUICK_SCHEDULES = "calm,subscription-half-open,writer-killed";

    /**
     * Parses arguments. A list that is left out, or {@code default}, is the mode's own.
     *
     * @throws IllegalArgumentException if there is something else, with a message that lists what there may be
     */
    static CoherenceOptions parse(String... arguments) {
        boolean quick = false;
        boolean explain = false;
        String contestants = DEFAULT;
        String schedules = DEFAULT;
        for (String argument : arguments) {
            String value = argument.substring(argument.indexOf('=') + 1);
            if (argument.equals("--full") || argument.equals("--quick")) {
                quick = argument.equals("--quick");
            } else if (argument.equals("--explain")) {
                explain = true;
            } else if (argument.startsWith("--systems=")) {
                contestants = value;
            } else if (argument.startsWith("--schedules=")) {
                schedules = value;
            } else {
                throw new IllegalArgumentException("unknown option " + argument + "; there are " + USAGE);
            }
        }
        if (contestants.equals(DEFAULT)) {
            contestants = quick ? QUICK_CONTESTANTS : names(Contestant.all(), Contestant::id);
        }
        if (schedules.equals(DEFAULT)) {
            schedules = quick ? QUICK_SCHEDULES : names(List.of(Schedule.values()), Schedule::id);
        }
        return new CoherenceOptions(
                quick,
                explain,
                select("system", contestants, Contestant.all(), Contestant::id),
                select("schedule", schedules, List.of(Schedule.values()), Schedule::id));
    }

    /** Whether it is the quick mode's own choice of trials, which has to find certain things. */
    boolean isSmokeTest() {
        return quick
                && names(contestants, Contestant::id).equals(QUICK_CONTESTANTS)
                && names(schedules, Schedule::id).equals(QUICK_SCHEDULES);
    }

    /** How long things take. */
    Pace pace() {
        return quick ? Pace.QUICK : Pace.FULL;
    }

    private static <T> List<T> select(String what, String names, List<T> all, Function<T, String> nameOf) {
        return Arrays.stream(names.split(",", -1))
                .map(name -> all.stream()
                        .filter(one -> nameOf.apply(one).equals(name))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(
                                "unknown " + what + " '" + name + "'; there are " + names(all, nameOf))))
                .distinct()
                .toList();
    }

    private static <T> String names(List<T> all, Function<T, String> nameOf) {
        return all.stream().map(nameOf).collect(Collectors.joining(","));
    }
}
