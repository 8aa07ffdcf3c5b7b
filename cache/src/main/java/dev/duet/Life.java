package dev.duet;

import dev.duet.store.Content;
import dev.duet.store.Reading;

/**
 * What is known of the life of a value that the store holds. All but {@code writtenAt} are durations in microseconds, so
 * that nothing but durations crosses between clocks.
 *
 * @param writtenAt by which the store names it
 * @param age how long it has been there
 * @param remaining what is left of its life, or {@link Content#FOREVER}; of a stale one, for how long it is served
 * @param cost what it cost to load
 * @param stale whether its life is over
 */
record Life(long writtenAt, long age, long remaining, long cost, boolean stale) {

    static Life of(Reading.Hit hit) {
        return new Life(hit.writtenAt(), hit.age(), hit.remaining(), hit.cost(), hit.stale());
    }

    /** Of what was stored just now. */
    static Life of(Content content, long writtenAt) {
        return new Life(writtenAt, 0, content.life(), content.cost(), false);
    }
}
