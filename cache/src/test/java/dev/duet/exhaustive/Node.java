package dev.duet.exhaustive;

import java.util.ArrayList;
import java.util.List;

/**
 * A node: its near cache, its flight of the key, its follower, and what is under way to it. Immutable.
 *
 * @param near its near cache
 * @param flight the reader whose flight may be joined, or {@link #NONE}
 * @param following its follower
 * @param feed the messages under way to it, a bit for each version; they arrive in order
 * @param calls what its follower wants of the store, and answers under way
 * @param acted the highest version that it has acted upon
 * @param fresh the version of the row that it has been proven to be no older than
 */
record Node(Near near, int flight, Following following, int feed, List<Call> calls, int acted, int fresh) {

    static final int NONE = -1;

    /** What the follower wants of the store, or an answer of the store to it. */
    sealed interface Call {
        /** The log is to be read. */
        record LogWanted(long after) implements Call {}

        /** The log was read. */
        record LogRead(long after, List<Integer> versions) implements Call {}

        /** The partition is to be started over. */
        record StartOverWanted(long seen, long above) implements Call {}

        /** The partition was started over. */
        record StartedOver(int head) implements Call {}

        /** The head was read for an audit, which was sent when the store had been told of {@code row}. */
        record HeadRead(int head, int row) implements Call {}

        /** The feed is to be subscribed to anew. */
        record SubscriptionWanted() implements Call {}
    }

    Node with(Near newNear) {
        return new Node(newNear, flight, following, feed, calls, acted, fresh);
    }

    Node withFlight(int reader) {
        return new Node(near, reader, following, feed, calls, acted, fresh);
    }

    Node with(Following newFollowing) {
        return new Node(near, flight, newFollowing, feed, calls, acted, fresh);
    }

    Node withFeed(int messages) {
        return new Node(near, flight, following, messages, calls, acted, fresh);
    }

    Node with(Call call) {
        List<Call> more = new ArrayList<>(calls);
        more.add(call);
        return new Node(near, flight, following, feed, List.copyOf(more), acted, fresh);
    }

    Node without(Call call) {
        List<Call> fewer = new ArrayList<>(calls);
        fewer.remove(call);
        return new Node(near, flight, following, feed, List.copyOf(fewer), acted, fresh);
    }

    Node actedUpTo(int version) {
        return new Node(near, flight, following, feed, calls, Math.max(acted, version), fresh);
    }

    Node freshAsOf(int row) {
        return new Node(near, flight, following, feed, calls, acted, Math.max(fresh, row));
    }

    /** The next message to arrive; zero if none is under way. */
    int nextMessage() {
        return feed == 0 ? 0 : Integer.numberOfTrailingZeros(feed);
    }

    boolean audits() {
        return calls.stream().anyMatch(Call.HeadRead.class::isInstance);
    }

    /** Whether it has heard of all that happened up to {@code head}, as far as its follower can tell. */
    boolean isCaughtUp(int head) {
        return feed == 0 && acted >= head && calls.stream().allMatch(Call.HeadRead.class::isInstance);
    }
}
