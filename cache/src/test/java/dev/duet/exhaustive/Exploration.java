package dev.duet.exhaustive;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Visits every state that a scope can get into, breadth first, so that the first schedule found that breaks an invariant is
 * one of the shortest.
 */
final class Exploration {

    private final Scope scope;
    private final Records records;
    private final Nodes nodes;
    private final WriterSteps writers;
    private final ReaderSteps readers;
    private final EnvironmentSteps environment;
    private final Invariants invariants;
    private final Visited visited;
    private @Nullable Violation violation;

    private Exploration(Scope scope) {
        this.scope = scope;
        this.records = new Records(scope);
        this.nodes = new Nodes(scope);
        this.writers = new WriterSteps(scope, records, nodes);
        this.readers = new ReaderSteps(scope, records, nodes);
        this.environment = new EnvironmentSteps(scope, records, nodes);
        this.invariants = new Invariants(records, nodes);
        this.visited = new Visited(scope);
    }

    /**
     * What was found.
     *
     * @param states how many states were visited
     * @param violation the first violation, or null if there is none
     */
    record Result(int states, @Nullable Violation violation) {}

    /**
     * A broken invariant.
     *
     * @param what which one, and how
     * @param schedule the steps that lead to it
     */
    record Violation(String what, List<String> schedule) {
        @Override
        public String toString() {
            return what + "\n  " + String.join("\n  ", schedule);
        }
    }

    /** Explores a scope until a violation is found, or all states have been visited. */
    static Result explore(Scope scope) {
        return new Exploration(scope).run();
    }

    private Result run() {
        visited.add(start(), Visited.NOWHERE);
        for (int index = 0; index < visited.size() && violation == null; index++) {
            int from = index;
            State before = visited.state(index);
            successors(before, (step, after) -> {
                if (violation == null && visited.add(after, from)) {
                    String broken = invariants.broken(after);
                    if (broken != null) {
                        violation = new Violation(broken, schedule(visited.size() - 1));
                    }
                }
            });
        }
        return new Result(visited.size(), violation);
    }

    /** Row 0 is in the database, in the store, and near on the first node. */
    private State start() {
        List<Object> parts = new ArrayList<>();
        Shared shared = Shared.start();
        parts.add(shared);
        for (int n = 0; n < Scope.NODES; n++) {
            parts.add(nodes.start(shared.head()));
        }
        scope.writers().forEach(writer -> parts.add(Writer.START));
        scope.readers().forEach(reader -> parts.add(Reader.start(reader.reads())));
        return nodes.fill(new State(scope, parts.toArray()), 0, 0, new Near.Copy(0, shared.head()));
    }

    private void successors(State state, Successors next) {
        environment.from(state, next);
        writers.from(state, next);
        readers.from(state, next);
    }

    /** The steps to a state, found by making them again. */
    private List<String> schedule(int last) {
        List<String> steps = new ArrayList<>();
        for (int index = last; visited.parent(index) != Visited.NOWHERE; index = visited.parent(index)) {
            int to = index;
            int before = steps.size();
            successors(visited.state(visited.parent(index)), (step, after) -> {
                if (steps.size() == before && visited.indexOf(after) == to) {
                    steps.add(step.get());
                }
            });
        }
        Collections.reverse(steps);
        return steps;
    }
}
