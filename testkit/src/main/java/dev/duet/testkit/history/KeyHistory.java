package dev.duet.testkit.history;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The writes of one key, made ready to be asked which of them a read missed. Not changed once it is built. */
final class KeyHistory {

    static final KeyHistory NONE = new KeyHistory(List.of());

    /** By version; the write of that version or a later one that took effect first. */
    private final NavigableMap<Long, Write> firstEffective = new TreeMap<>();

    /** By node and the end of a call; the newest write that had returned there by then. */
    private final Map<String, NavigableMap<Long, Write>> returned = new HashMap<>();

    KeyHistory(List<Write> writes) {
        Write first = null;
        for (Write write :
                sorted(writes, Comparator.comparingLong(Write::version).reversed())) {
            first = first == null || write.effective() <= first.effective() ? write : first;
            firstEffective.put(write.version(), first);
        }
        for (Write write : sorted(writes, Comparator.comparingLong(Write::ended))) {
            if (write.returned()) {
                NavigableMap<Long, Write> own = returned.computeIfAbsent(write.node(), node -> new TreeMap<>());
                Write newest = own.isEmpty() ? write : own.lastEntry().getValue();
                own.put(write.ended(), write.version() > newest.version() ? write : newest);
            }
        }
    }

    /** Of the writes newer than {@code version}, the one that took effect first; null if there is none. */
    @Nullable
    Write firstMissed(long version) {
        return value(firstEffective.higherEntry(version));
    }

    /** Of the writes that returned on {@code node} before {@code moment}, the newest; null if there is none. */
    @Nullable
    Write newestOwn(String node, long moment) {
        NavigableMap<Long, Write> own = returned.get(node);
        return own == null ? null : value(own.lowerEntry(moment));
    }

    private static List<Write> sorted(List<Write> writes, Comparator<Write> order) {
        return writes.stream().sorted(order).toList();
    }

    private static @Nullable Write value(Map.@Nullable Entry<Long, Write> entry) {
        return entry == null ? null : entry.getValue();
    }
}
