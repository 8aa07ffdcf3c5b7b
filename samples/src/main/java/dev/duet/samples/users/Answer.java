package dev.duet.samples.users;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a read returned.
 *
 * @param user the user, or null if there is none
 * @param by who answered; exact if the node answers one read at a time, a guess otherwise
 * @param took the time from asking to having the user, without HTTP
 */
public record Answer(@Nullable User user, AnsweredBy by, Duration took) {}
