package dev.duet.hazelcast.internal;

import dev.duet.store.Namespace.Request;
import dev.duet.store.Operation;
import java.io.DataInput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Operations that are asked for together, and their replies, each of which comes or fails by itself.
 *
 * @param <R> the type of the replies
 */
final class Bulk<R> {

    /** How many partitions are asked at once: Hazelcast looks for each of them in each of its own. */
    static final int AT_ONCE = 32;

    /** How many operations are asked at once, about: the values that they reply come in one message. */
    static final int MOST_AT_ONCE = 10 * Step.Execute.MOST;

    private final List<Request<R>> requests;
    private final List<CompletableFuture<R>> replies = new ArrayList<>();

    Bulk(List<Request<R>> requests) {
        this.requests = requests;
        requests.forEach(request -> replies.add(new CompletableFuture<>()));
    }

    /** The replies, in the order of the requests. */
    List<CompletionStage<R>> replies() {
        return List.copyOf(replies);
    }

    /** Whether all of them change nothing where there is something to serve. */
    boolean isReading() {
        return requests.stream()
                .allMatch(request -> request.operation() instanceof Operation.Read
                        || request.operation() instanceof Operation.Lease
                        || request.operation() instanceof Operation.Refresh);
    }

    /** All of them, in parts that are no longer than a step may be. */
    List<Part> parts() {
        Map<Integer, List<Integer>> byPartition = new LinkedHashMap<>();
        for (int i = 0; i < requests.size(); i++) {
            byPartition
                    .computeIfAbsent(requests.get(i).key().partition(), p -> new ArrayList<>())
                    .add(i);
        }
        List<Part> parts = new ArrayList<>();
        byPartition.forEach((partition, all) -> {
            for (int from = 0; from < all.size(); from += Step.Execute.MOST) {
                parts.add(new Part(partition, all.subList(from, Math.min(all.size(), from + Step.Execute.MOST))));
            }
        });
        return parts;
    }

    /** The parts in groups, of not too many partitions and with one part of each. */
    static <R> List<List<Bulk<R>.Part>> groups(List<Bulk<R>.Part> parts) {
        List<List<Bulk<R>.Part>> groups = new ArrayList<>();
        Map<Integer, Integer> firstFree = new HashMap<>();
        for (Bulk<R>.Part part : parts) {
            int at = firstFree.getOrDefault(part.partition(), 0);
            while (at < groups.size() && isFull(groups.get(at))) {
                at++;
            }
            if (at == groups.size()) {
                groups.add(new ArrayList<>());
            }
            groups.get(at).add(part);
            firstFree.put(part.partition(), at + 1);
        }
        return groups;
    }

    private static <R> boolean isFull(List<Bulk<R>.Part> group) {
        return group.size() == AT_ONCE
                || group.stream().mapToInt(part -> part.size()).sum() >= MOST_AT_ONCE;
    }

    /** Some of them, all of one partition. */
    final class Part {
        private final int partition;
        private final List<Integer> numbers;

        private Part(int partition, List<Integer> numbers) {
            this.partition = partition;
            this.numbers = numbers;
        }

        int partition() {
            return partition;
        }

        int size() {
            return numbers.size();
        }

        List<Step.Call<?>> calls() {
            List<Step.Call<?>> calls = new ArrayList<>(size());
            for (int number : numbers) {
                Request<R> request = requests.get(number);
                calls.add(new Step.Call<>(request.key(), request.operation()));
            }
            return calls;
        }

        /** Reads what there is of a reply to each. */
        List<Optional<Object>> read(DataInput in, Wire.Reader<Optional<Object>> reader) throws IOException {
            List<Optional<Object>> read = new ArrayList<>(size());
            for (int i = 0; i < size(); i++) {
                read.add(reader.read(in));
            }
            return read;
        }

        /** Gives each its reply; those that have none are left. */
        @SuppressWarnings("unchecked") // an operation's reply is of its type
        Part reply(List<Optional<Object>> read) {
            List<Integer> left = new ArrayList<>();
            for (int i = 0; i < size(); i++) {
                int number = numbers.get(i);
                read.get(i).ifPresentOrElse(reply -> replies.get(number).complete((R) reply), () -> left.add(number));
            }
            return new Part(partition, left);
        }

        void fail(Throwable failure) {
            numbers.forEach(number -> replies.get(number).completeExceptionally(failure));
        }
    }
}
