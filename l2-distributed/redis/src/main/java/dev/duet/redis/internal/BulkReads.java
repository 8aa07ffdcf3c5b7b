package dev.duet.redis.internal;

import dev.duet.store.LeaseReply;
import dev.duet.store.Namespace.Request;
import dev.duet.store.Operation;
import dev.duet.store.Reading;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Reads many records of one cache in a few scripts, where a script for each would cost the server most of its time: for
 * themselves, or for a lease that is refused since there is something to serve. What such a script does not answer is asked one
 * by one: a record that is not there or is no string, one that is to be leased or waited for, and one in a partition whose head
 * or floors are to be brought back. Thread-safe.
 *
 * <p>A script reads records of partitions that are on one run of one server; on a cluster, of one partition. So it is known
 * to the server only if all its partitions were joined. Where records are large, a script reads fewer, so that no server is kept
 * from its other clients for long.
 */
final class BulkReads {

    /** How many records a script reads at most. */
    private static final int MOST = 128;

    /** How many records a script reads at least, so that it is seen when they are smaller again. */
    private static final int LEAST = 2;

    /** How many bytes of records a script should not exceed. */
    private static final int BYTES = 1 << 20;

    private final Incarnations incarnations;
    private final Keys keys;

    /** Whether a script is confined to one partition. */
    private volatile boolean clustered;

    /** How many records the next script reads at most. */
    private volatile int together = MOST;

    /**
     * Reads through a client.
     *
     * @param clustered whether the client is of a cluster, where a script is confined to one partition
     */
    BulkReads(Incarnations incarnations, Keys keys, boolean clustered) {
        this.incarnations = incarnations;
        this.keys = keys;
        this.clustered = clustered;
    }

    /** Whether requests are of a kind that can be read together. */
    static boolean fits(List<? extends Request<?>> requests) {
        String cache = requests.get(0).key().cache();
        return requests.size() > 1
                && requests.stream()
                        .allMatch(request -> isRead(request.operation())
                                && request.key().cache().equals(cache));
    }

    private static boolean isRead(Operation<?> operation) {
        return operation instanceof Operation.Read
                || (operation instanceof Operation.Lease lease && lease.discard() == 0);
    }

    /**
     * Reads them, and answers each by itself.
     *
     * @param oneByOne runs each in a script of its own
     */
    <R> List<CompletableFuture<R>> read(
            List<Request<R>> requests, Function<List<Request<R>>, List<CompletableFuture<R>>> oneByOne) {
        List<Asked<R>> all = new ArrayList<>(requests.size());
        Map<Object, List<Asked<R>>> groups = new LinkedHashMap<>();
        ServerRuns runs = incarnations.runs();
        for (Request<R> request : requests) {
            Asked<R> asked = new Asked<>(request, new CompletableFuture<>());
            all.add(asked);
            int partition = request.key().partition();
            Object group = clustered ? partition : runs.text(Script.READ_ALL, partition);
            groups.computeIfAbsent(group, g -> new ArrayList<>()).add(asked);
        }
        int most = together;
        for (List<Asked<R>> group : groups.values()) {
            for (int from = 0; from < group.size(); from += most) {
                read(group.subList(from, Math.min(from + most, group.size())), runs, oneByOne);
            }
        }
        return all.stream().map(Asked::result).toList();
    }

    /** A request, and where its reply goes. */
    private record Asked<R>(Request<R> request, CompletableFuture<R> result) {

        /** Answers it, if what was found is all there is to it. */
        @SuppressWarnings("unchecked") // the reply of a read is a reading, that of a lease a lease reply
        boolean take(Reading reading) {
            if (request.operation() instanceof Operation.Read) {
                return ((CompletableFuture<Reading>) result).complete(reading);
            }
            if (reading instanceof Reading.Hit || reading instanceof Reading.Writing) {
                return ((CompletableFuture<LeaseReply>) result).complete(new LeaseReply.Refused(reading));
            }
            return false;
        }
    }

    private <R> void read(
            List<Asked<R>> group, ServerRuns runs, Function<List<Request<R>>, List<CompletableFuture<R>>> oneByOne) {
        if (group.size() == 1) {
            ask(group, oneByOne);
            return;
        }
        Map<Integer, Integer> places = new LinkedHashMap<>();
        group.forEach(asked -> places.putIfAbsent(asked.request().key().partition(), places.size()));
        List<Integer> partitions = List.copyOf(places.keySet());
        List<Object> names = new ArrayList<>(2 * places.size() + group.size());
        partitions.forEach(partition -> names.add(keys.of(partition).get(0)));
        partitions.forEach(partition -> names.add(keys.of(partition).get(1)));
        group.forEach(asked -> names.add(keys.of(asked.request().key()).get(2)));
        Call<List<Object>> call = new Call<>(Script.READ_ALL, new Object[0], reply -> reply);
        CompletableFuture<Void> unused = incarnations
                .runTogether(call, partitions, runs, names)
                .handle((reply, failure) -> {
                    if (failure == null) {
                        ask(leftOf(group, places, reply), oneByOne);
                    } else if (areApart(failure)) {
                        ask(group, oneByOne);
                    } else {
                        group.forEach(asked -> asked.result().completeExceptionally(failure));
                    }
                    return null;
                });
    }

    /** Whether a script failed since its records are not on one server; the server may be one of a cluster all the same. */
    private boolean areApart(Throwable failure) {
        if (Failures.isCrossSlot(failure)) {
            clustered = true;
            return true;
        }
        return Failures.isParted(failure);
    }

    /** Gives out what was found, and returns the requests that are not answered by that. */
    private <R> List<Asked<R>> leftOf(List<Asked<R>> group, Map<Integer, Integer> places, List<Object> reply) {
        List<Asked<R>> left = new ArrayList<>();
        String cache = group.get(0).request().key().cache();
        int partitions = places.size();
        long[] heads = new long[partitions];
        long[] floors = new long[partitions];
        for (int p = 0; p < partitions; p++) {
            heads[p] = reply.get(p) instanceof byte[] head ? FloorsText.version(head) : 0;
            floors[p] = reply.get(partitions + p) instanceof byte[] text ? FloorsText.floor(text, cache) : 0;
        }
        Object clock = reply.get(reply.size() - 1);
        int at = 2 * partitions;
        long bytes = 0;
        for (Asked<R> asked : group) {
            int p = places.getOrDefault(asked.request().key().partition(), 0);
            Object record = reply.get(at++);
            bytes += record instanceof byte[] found ? found.length : 0;
            Reading reading = record == null || heads[p] == 0 || floors[p] == 0
                    ? null
                    : Replies.reading(List.of(heads[p], floors[p], clock, record));
            if (reading == null || !asked.take(reading)) {
                left.add(asked);
            }
        }
        adapt(group.size(), bytes);
        return left;
    }

    private void adapt(int records, long bytes) {
        if (bytes > BYTES) {
            together = (int) Math.max(LEAST, records * (long) BYTES / bytes);
        } else if (records >= together && bytes < BYTES / 2) {
            together = Math.min(2 * together, MOST);
        }
    }

    private static <R> void ask(List<Asked<R>> left, Function<List<Request<R>>, List<CompletableFuture<R>>> oneByOne) {
        if (left.isEmpty()) {
            return;
        }
        List<CompletableFuture<R>> answers =
                oneByOne.apply(left.stream().map(Asked::request).toList());
        for (int i = 0; i < answers.size(); i++) {
            CompletableFuture<R> result = left.get(i).result();
            CompletableFuture<Void> unused = answers.get(i).handle((answer, failure) -> {
                if (failure == null) {
                    result.complete(answer);
                } else {
                    result.completeExceptionally(failure);
                }
                return null;
            });
        }
    }
}
