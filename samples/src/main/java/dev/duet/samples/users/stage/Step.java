package dev.duet.samples.users.stage;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A step of a story.
 *
 * @param name what it shows, in a few words
 * @param expected what is to be seen
 * @param play plays it
 */
public record Step(String name, String expected, Play play) {

    private static final Logger LOG = LoggerFactory.getLogger(Step.class);

    /** Plays a step. */
    @FunctionalInterface
    public interface Play {
        /** Does what the step is about, and tells what was to be seen. An exception counts as seen, and as a failure. */
        Finding play() throws Exception;
    }

    /**
     * What was to be seen.
     *
     * @param seen what it was
     * @param ok whether it is what was expected
     */
    public record Finding(String seen, boolean ok) {}

    /**
     * How a step went.
     *
     * @param name what it shows
     * @param expected what was to be seen
     * @param seen what was seen
     * @param ok whether that is the same
     * @param millis how long it took
     */
    public record Outcome(String name, String expected, String seen, boolean ok, long millis) {}

    /** Plays the step. */
    public Outcome run() {
        long start = System.nanoTime();
        Finding finding;
        try {
            finding = play.play();
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            LOG.warn("Step '{}' failed", name, e);
            finding = new Finding(e.toString(), false);
        }
        return new Outcome(name, expected, finding.seen(), finding.ok(), (System.nanoTime() - start) / 1_000_000);
    }
}
