package dev.duet.exhaustive;

import java.util.Arrays;

/** A state of everything, made of parts. Immutable, but for the numbers that {@link Visited} gives to its parts. */
final class State {

    private static final int NO_NUMBER = -1;

    private final Scope scope;
    private final Object[] parts;
    private final int[] numbers;

    /** A state whose parts have no numbers yet. */
    State(Scope scope, Object[] parts) {
        this(scope, parts, new int[parts.length]);
        Arrays.fill(numbers, NO_NUMBER);
    }

    /** A state whose parts have numbers. */
    State(Scope scope, Object[] parts, int[] numbers) {
        this.scope = scope;
        this.parts = parts;
        this.numbers = numbers;
    }

    Shared shared() {
        return (Shared) parts[0];
    }

    Node node(int n) {
        return (Node) parts[1 + n];
    }

    Writer writer(int w) {
        return (Writer) parts[1 + Scope.NODES + w];
    }

    Reader reader(int r) {
        return (Reader) parts[1 + Scope.NODES + writers() + r];
    }

    int writers() {
        return scope.writers().size();
    }

    int readers() {
        return scope.readers().size();
    }

    State with(Shared shared) {
        return with(0, shared);
    }

    State with(int n, Node node) {
        return with(1 + n, (Object) node);
    }

    State with(int w, Writer writer) {
        return with(1 + Scope.NODES + w, (Object) writer);
    }

    State with(int r, Reader reader) {
        return with(1 + Scope.NODES + writers() + r, (Object) reader);
    }

    @SuppressWarnings("ReferenceEquality") // the same part needs no new state; an equal one does no harm
    private State with(int index, Object part) {
        if (parts[index] == part) {
            return this;
        }
        Object[] newParts = parts.clone();
        newParts[index] = part;
        int[] newNumbers = numbers.clone();
        newNumbers[index] = NO_NUMBER;
        return new State(scope, newParts, newNumbers);
    }

    /** A part, of whatever kind. */
    Object part(int index) {
        return parts[index];
    }

    boolean hasNumber(int index) {
        return numbers[index] != NO_NUMBER;
    }

    int number(int index) {
        return numbers[index];
    }
}
