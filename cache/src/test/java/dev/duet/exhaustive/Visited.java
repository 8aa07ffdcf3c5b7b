package dev.duet.exhaustive;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The states visited so far, in the order in which they were found, each with the one it was found from. Keeps each
 * different part once, and a state as the numbers of its parts: some 50 bytes, so that millions fit.
 */
final class Visited {

    /** Where the first state was found from. */
    static final int NOWHERE = -1;

    private static final int PAGE_BITS = 16;

    private final Scope scope;
    private final int width;
    private final Map<Object, Integer> numbers = new HashMap<>();
    private final List<Object> parts = new ArrayList<>();
    /** For each state the numbers of its parts, and its parent. */
    private final List<int[]> pages = new ArrayList<>();
    /** A hash table of states, open, each as its index plus one. */
    private int[] table = new int[1 << 16];

    private int size;

    /** No states yet. */
    Visited(Scope scope) {
        this.scope = scope;
        this.width = 1 + Scope.NODES + scope.writers().size() + scope.readers().size();
    }

    int size() {
        return size;
    }

    /** Adds a state unless it is there; says whether it was not. */
    boolean add(State state, int parent) {
        int[] row = row(state, parent);
        int slot = slot(row);
        if (table[slot] != 0) {
            return false;
        }
        if (size >>> PAGE_BITS == pages.size()) {
            pages.add(new int[(width + 1) << PAGE_BITS]);
        }
        System.arraycopy(row, 0, page(size), offset(size), width + 1);
        table[slot] = ++size;
        if (size > table.length / 2) {
            grow();
        }
        return true;
    }

    /** The index of a state that is there. */
    int indexOf(State state) {
        return table[slot(row(state, NOWHERE))] - 1;
    }

    int parent(int index) {
        return page(index)[offset(index) + width];
    }

    /** A state that is there. */
    State state(int index) {
        int[] row = Arrays.copyOfRange(page(index), offset(index), offset(index) + width);
        Object[] state = new Object[width];
        for (int i = 0; i < width; i++) {
            state[i] = parts.get(row[i]);
        }
        return new State(scope, state, row);
    }

    private int[] row(State state, int parent) {
        int[] row = new int[width + 1];
        for (int i = 0; i < width; i++) {
            row[i] = state.hasNumber(i) ? state.number(i) : number(state.part(i));
        }
        row[width] = parent;
        return row;
    }

    private int number(Object part) {
        Integer known = numbers.get(part);
        if (known != null) {
            return known;
        }
        parts.add(part);
        numbers.put(part, parts.size() - 1);
        return parts.size() - 1;
    }

    /** Where a state is, or is to be. */
    private int slot(int[] row) {
        int hash = 0;
        for (int i = 0; i < width; i++) {
            hash = (hash ^ row[i]) * 0x9E3779B1;
            hash ^= hash >>> 15;
        }
        int slot = hash & (table.length - 1);
        while (table[slot] != 0 && !isAt(table[slot] - 1, row)) {
            slot = (slot + 1) & (table.length - 1);
        }
        return slot;
    }

    private boolean isAt(int index, int[] row) {
        int offset = offset(index);
        return Arrays.equals(page(index), offset, offset + width, row, 0, width);
    }

    private void grow() {
        table = new int[2 * table.length];
        for (int index = 0; index < size; index++) {
            int offset = offset(index);
            table[slot(Arrays.copyOfRange(page(index), offset, offset + width))] = index + 1;
        }
    }

    private int[] page(int index) {
        return pages.get(index >>> PAGE_BITS);
    }

    private int offset(int index) {
        return (index & ((1 << PAGE_BITS) - 1)) * (width + 1);
    }
}
