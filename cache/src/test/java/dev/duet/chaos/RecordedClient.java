package dev.duet.chaos;

import dev.duet.testkit.history.HistoryEvent;
import dev.duet.testkit.history.HistoryEvent.FailedRead;
import dev.duet.testkit.history.HistoryEvent.Read;
import dev.duet.testkit.history.HistoryEvent.WriteBegun;
import dev.duet.testkit.history.HistoryEvent.WriteCommitted;
import dev.duet.testkit.history.HistoryEvent.WriteEnded;
import dev.duet.testkit.history.HistoryFile;
import java.util.concurrent.atomic.AtomicLong;

/** Reads and writes through a node's cache, and records what it does. Thread-safe. */
final class RecordedClient {

    /** How to write. */
    enum WriteKind {
        UPDATE,
        WRITE_THEN_INVALIDATE,
        WRITE_THEN_INVALIDATE_ALL
    }

    /** Stops a thread at a step; returns if it is to go on. */
    interface Stop {
        void at(DeathStep step) throws InterruptedException;
    }

    private final String node;
    private final Subject subject;
    private final Rows rows;
    private final HistoryFile history;
    private final AtomicLong writes = new AtomicLong();

    RecordedClient(String node, Subject subject, Rows rows, HistoryFile history) {
        this.node = node;
        this.subject = subject;
        this.rows = rows;
        this.history = history;
    }

    /** Reads through the cache. */
    void read(long key) {
        long start = System.nanoTime();
        try {
            Row row = subject.get(key);
            history.record(new Read(node, key, row == null ? 0 : row.version(), start, System.nanoTime()));
        } catch (Exception e) {
            history.record(new FailedRead(node, key, start, System.nanoTime(), e.toString()));
        }
    }

    /** Reads what is cached. */
    void peek(long key) {
        long start = System.nanoTime();
        Row row = subject.getIfPresent(key);
        long version = row == null ? HistoryEvent.NOT_CACHED : row.version();
        history.record(new Read(node, key, version, start, System.nanoTime()));
    }

    /** Writes a row, and tells the cache in one of its ways. */
    void write(WriteKind kind, long key) {
        long id = begin(kind, key);
        try {
            if (kind == WriteKind.UPDATE) {
                subject.update(key, () -> commit(id, key));
            } else {
                commit(id, key);
                if (kind == WriteKind.WRITE_THEN_INVALIDATE) {
                    subject.invalidate(key);
                } else {
                    subject.invalidateAll();
                }
            }
            end(id, true);
        } catch (Exception e) {
            end(id, false);
        }
    }

    /** Updates a row, to be killed at a step. */
    void updateUntil(DeathStep step, long key, Stop stop) throws Exception {
        long id = begin(WriteKind.UPDATE, key);
        if (step == DeathStep.BEFORE_BEGIN) {
            stop.at(step);
        }
        subject.update(key, () -> {
            if (step == DeathStep.BEFORE_COMMIT) {
                rows.writeWithoutCommit(key);
                stop.at(step);
            }
            commit(id, key);
            if (step == DeathStep.AFTER_COMMIT || step == DeathStep.BEFORE_COMPLETE) {
                stop.at(step);
            }
        });
        end(id, true);
        stop.at(step);
    }

    private long begin(WriteKind kind, long key) {
        long id = writes.incrementAndGet();
        history.recordNow(new WriteBegun(node, id, key, kind.name(), System.nanoTime()));
        return id;
    }

    private void commit(long id, long key) throws Exception {
        long version = rows.write(key);
        history.recordNow(new WriteCommitted(node, id, version, System.nanoTime()));
    }

    private void end(long id, boolean returned) {
        history.recordNow(new WriteEnded(node, id, returned, System.nanoTime()));
    }
}
