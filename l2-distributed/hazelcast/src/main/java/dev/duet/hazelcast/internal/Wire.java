package dev.duet.hazelcast.internal;

import dev.duet.store.Change;
import dev.duet.store.Content;
import dev.duet.store.Effect;
import dev.duet.store.LeaseReply;
import dev.duet.store.Operation;
import dev.duet.store.Payload;
import dev.duet.store.PendingOperation;
import dev.duet.store.PendingOperation.Holder;
import dev.duet.store.PendingOperation.PendingReply;
import dev.duet.store.PendingOperation.PendingWrite;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import dev.duet.store.StoredRecord;
import dev.duet.store.Window;
import dev.duet.store.WriteReply;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What travels, as bytes. Kinds are one byte each, and stable. */
final class Wire {

    private Wire() {}

    /** Writes a thing. */
    interface Writer<T> {
        void write(DataOutput out, T thing) throws IOException;
    }

    /** Reads a thing. */
    interface Reader<T> {
        T read(DataInput in) throws IOException;
    }

    static <T> void writeAll(DataOutput out, List<T> things, Writer<? super T> writer) throws IOException {
        out.writeInt(things.size());
        for (T thing : things) {
            writer.write(out, thing);
        }
    }

    static <T> List<T> readAll(DataInput in, Reader<? extends T> reader) throws IOException {
        int size = in.readInt();
        List<T> things = new ArrayList<>(Math.min(size, 10_000));
        for (int i = 0; i < size; i++) {
            things.add(reader.read(in));
        }
        return things;
    }

    static <T> void writeNullable(DataOutput out, @Nullable T thing, Writer<? super T> writer) throws IOException {
        out.writeBoolean(thing != null);
        if (thing != null) {
            writer.write(out, thing);
        }
    }

    static <T> @Nullable T readNullable(DataInput in, Reader<? extends T> reader) throws IOException {
        return in.readBoolean() ? reader.read(in) : null;
    }

    static void writeBytes(DataOutput out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static byte[] readBytes(DataInput in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return bytes;
    }

    /** Not {@code writeUTF}, which takes no more than 64 KiB. */
    static void writeText(DataOutput out, String text) throws IOException {
        writeBytes(out, text.getBytes(StandardCharsets.UTF_8));
    }

    static String readText(DataInput in) throws IOException {
        return new String(readBytes(in), StandardCharsets.UTF_8);
    }

    static void writeKey(DataOutput out, RecordKey key) throws IOException {
        out.writeInt(key.partition());
        writeText(out, key.cache());
        writeText(out, key.key());
    }

    static RecordKey readKey(DataInput in) throws IOException {
        return new RecordKey(in.readInt(), readText(in), readText(in));
    }

    static void writeContent(DataOutput out, Content content) throws IOException {
        writeBytes(out, content.payload().bytes());
        out.writeLong(content.life());
        out.writeLong(content.retention());
        out.writeLong(content.cost());
    }

    static Content readContent(DataInput in) throws IOException {
        return new Content(Payload.of(readBytes(in)), in.readLong(), in.readLong(), in.readLong());
    }

    private static void writeWindow(DataOutput out, Window window) throws IOException {
        out.writeLong(window.from());
        out.writeLong(window.until());
    }

    private static Window readWindow(DataInput in) throws IOException {
        return new Window(in.readLong(), in.readLong());
    }

    private static void writeTerm(DataOutput out, StoredRecord.Term term) throws IOException {
        out.writeLong(term.until());
        out.writeLong(term.length());
    }

    private static StoredRecord.Term readTerm(DataInput in) throws IOException {
        return new StoredRecord.Term(in.readLong(), in.readLong());
    }

    static void writeHolder(DataOutput out, Holder holder) throws IOException {
        writeText(out, holder.holding());
        out.writeLong(holder.term());
    }

    static Holder readHolder(DataInput in) throws IOException {
        return new Holder(readText(in), in.readLong());
    }

    static void writeOperation(DataOutput out, Operation<?> operation) throws IOException {
        if (operation instanceof Operation.Read) {
            out.writeByte(1);
        } else if (operation instanceof Operation.Lease lease) {
            out.writeByte(2);
            writeText(out, lease.token());
            out.writeLong(lease.term());
            out.writeLong(lease.discard());
        } else if (operation instanceof Operation.Refresh refresh) {
            out.writeByte(3);
            writeText(out, refresh.token());
            out.writeLong(refresh.term());
            out.writeLong(refresh.writtenAt());
        } else if (operation instanceof Operation.Fill fill) {
            out.writeByte(4);
            writeText(out, fill.token());
            out.writeLong(fill.granted());
            writeContent(out, fill.content());
        } else if (operation instanceof Operation.Release release) {
            out.writeByte(5);
            writeText(out, release.token());
            out.writeLong(release.pause());
        } else if (operation instanceof Operation.Put put) {
            out.writeByte(6);
            writeContent(out, put.content());
            writeWindow(out, put.window());
        } else if (operation instanceof Operation.Invalidate) {
            out.writeByte(7);
        } else if (operation instanceof Operation.Begin begin) {
            out.writeByte(8);
            writeText(out, begin.token());
            out.writeLong(begin.term());
            out.writeBoolean(begin.again());
        } else if (operation instanceof Operation.Renew renew) {
            out.writeByte(9);
            writeText(out, renew.token());
            out.writeLong(renew.term());
        } else if (operation instanceof Operation.Complete complete) {
            out.writeByte(10);
            writeText(out, complete.token());
            out.writeLong(complete.announced());
            writeNullable(out, complete.content(), Wire::writeContent);
        } else if (operation instanceof PendingOperation.Enqueue enqueue) {
            out.writeByte(11);
            writeContent(out, enqueue.content());
            out.writeBoolean(enqueue.grows());
            writeWindow(out, enqueue.window());
        } else if (operation instanceof PendingOperation.Flushed flushed) {
            out.writeByte(12);
            out.writeLong(flushed.version());
            out.writeBoolean(flushed.late());
        } else if (operation instanceof PendingOperation.Failed failed) {
            out.writeByte(13);
            out.writeLong(failed.version());
            out.writeInt(failed.attempts());
            out.writeLong(failed.pause());
            writeText(out, failed.failure());
        } else if (operation instanceof PendingOperation.Requeue) {
            out.writeByte(14);
        } else {
            throw new IOException("no such operation: " + operation.getClass().getName());
        }
    }

    static Operation<?> readOperation(DataInput in) throws IOException {
        byte kind = in.readByte();
        return switch (kind) {
            case 1 -> new Operation.Read();
            case 2 -> new Operation.Lease(readText(in), in.readLong(), in.readLong());
            case 3 -> new Operation.Refresh(readText(in), in.readLong(), in.readLong());
            case 4 -> new Operation.Fill(readText(in), in.readLong(), readContent(in));
            case 5 -> new Operation.Release(readText(in), in.readLong());
            case 6 -> new Operation.Put(readContent(in), readWindow(in));
            case 7 -> new Operation.Invalidate();
            case 8 -> new Operation.Begin(readText(in), in.readLong(), in.readBoolean());
            case 9 -> new Operation.Renew(readText(in), in.readLong());
            case 10 -> new Operation.Complete(readText(in), in.readLong(), readNullable(in, Wire::readContent));
            case 11 -> new PendingOperation.Enqueue(readContent(in), in.readBoolean(), readWindow(in));
            case 12 -> new PendingOperation.Flushed(in.readLong(), in.readBoolean());
            case 13 -> new PendingOperation.Failed(in.readLong(), in.readInt(), in.readLong(), readText(in));
            case 14 -> new PendingOperation.Requeue();
            default -> throw unknown("operation", kind);
        };
    }

    /** The reply to any operation: it says of which kind it is. */
    static void writeReply(DataOutput out, Object reply) throws IOException {
        if (reply instanceof Boolean yes) {
            out.writeByte(1);
            out.writeBoolean(yes);
        } else if (reply instanceof Long number) {
            out.writeByte(2);
            out.writeLong(number);
        } else if (reply instanceof WriteReply written) {
            out.writeByte(3);
            out.writeLong(written.version());
            out.writeBoolean(written.stored());
            out.writeLong(written.writtenAt());
            out.writeBoolean(written.late());
        } else if (reply instanceof PendingReply pending) {
            out.writeByte(4);
            out.writeLong(pending.version());
            out.writeBoolean(pending.accepted());
            out.writeBoolean(pending.coalesced());
            out.writeLong(pending.writtenAt());
            out.writeBoolean(pending.late());
        } else if (reply instanceof LeaseReply.Granted granted) {
            out.writeByte(5);
            out.writeLong(granted.head());
            out.writeBoolean(granted.foreign());
            writeNullable(out, granted.previous(), Wire::writeHit);
        } else if (reply instanceof LeaseReply.Refused refused) {
            out.writeByte(6);
            writeReply(out, refused.reading());
        } else if (reply instanceof Reading.Hit hit) {
            out.writeByte(7);
            writeHit(out, hit);
        } else if (reply instanceof Reading.Missing missing) {
            out.writeByte(8);
            out.writeLong(missing.head());
            out.writeBoolean(missing.foreign());
            writeNullable(out, missing.retained(), Wire::writeHit);
        } else if (reply instanceof Reading.Loading loading) {
            out.writeByte(9);
            out.writeLong(loading.head());
            out.writeLong(loading.remaining());
            writeNullable(out, loading.retained(), Wire::writeHit);
        } else if (reply instanceof Reading.Writing writing) {
            out.writeByte(10);
            out.writeLong(writing.head());
            writeNullable(out, writing.old(), Wire::writeHit);
        } else {
            throw new IOException("no such reply: " + reply.getClass().getName());
        }
    }

    static Object readReply(DataInput in) throws IOException {
        byte kind = in.readByte();
        return switch (kind) {
            case 1 -> in.readBoolean();
            case 2 -> in.readLong();
            case 3 -> new WriteReply(in.readLong(), in.readBoolean(), in.readLong(), in.readBoolean());
            case 4 ->
                new PendingReply(in.readLong(), in.readBoolean(), in.readBoolean(), in.readLong(), in.readBoolean());
            case 5 -> new LeaseReply.Granted(in.readLong(), in.readBoolean(), readNullable(in, Wire::readHit));
            case 6 -> new LeaseReply.Refused((Reading) readReply(in));
            case 7 -> readHit(in);
            case 8 -> new Reading.Missing(in.readLong(), in.readBoolean(), readNullable(in, Wire::readHit));
            case 9 -> new Reading.Loading(in.readLong(), in.readLong(), readNullable(in, Wire::readHit));
            case 10 -> new Reading.Writing(in.readLong(), readNullable(in, Wire::readHit));
            default -> throw unknown("reply", kind);
        };
    }

    private static void writeHit(DataOutput out, Reading.Hit hit) throws IOException {
        out.writeLong(hit.head());
        out.writeLong(hit.version());
        out.writeLong(hit.writtenAt());
        out.writeLong(hit.age());
        out.writeLong(hit.remaining());
        out.writeLong(hit.cost());
        out.writeBoolean(hit.stale());
        writeBytes(out, hit.payload().bytes());
    }

    private static Reading.Hit readHit(DataInput in) throws IOException {
        return new Reading.Hit(
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readBoolean(),
                Payload.of(readBytes(in)));
    }

    static void writeChange(DataOutput out, Change change) throws IOException {
        out.writeInt(change.partition());
        out.writeLong(change.version());
        writeText(out, change.cache());
        writeNullable(out, change.key(), Wire::writeText);
        writeText(out, change.origin());
    }

    static Change readChange(DataInput in) throws IOException {
        return new Change(in.readInt(), in.readLong(), readText(in), readNullable(in, Wire::readText), readText(in));
    }

    static void writePendingWrite(DataOutput out, PendingWrite write) throws IOException {
        writeKey(out, write.key());
        out.writeLong(write.version());
        out.writeLong(write.writtenAt());
        out.writeInt(write.attempts());
        writeNullable(out, write.failure(), Wire::writeText);
        writeBytes(out, write.payload().bytes());
    }

    static PendingWrite readPendingWrite(DataInput in) throws IOException {
        return new PendingWrite(
                readKey(in),
                in.readLong(),
                in.readLong(),
                in.readInt(),
                readNullable(in, Wire::readText),
                Payload.of(readBytes(in)));
    }

    static void writeEffect(DataOutput out, Effect effect) throws IOException {
        if (effect instanceof Effect.Stored stored) {
            out.writeByte(1);
            writeKey(out, stored.key());
            writeRecord(out, stored.record());
        } else if (effect instanceof Effect.Changed changed) {
            out.writeByte(2);
            writeChange(out, changed.change());
        } else if (effect instanceof Effect.Hinted hinted) {
            out.writeByte(3);
            writeText(out, hinted.cache());
            writeText(out, hinted.key());
            out.writeBoolean(hinted.failed());
        } else if (effect instanceof Effect.Floored floored) {
            out.writeByte(4);
            writeText(out, floored.cache());
            out.writeLong(floored.floor());
        } else if (effect instanceof Effect.Flushing flushing) {
            out.writeByte(5);
            writeText(out, flushing.cache());
            writeNullable(out, flushing.flusher(), Wire::writeText);
            out.writeLong(flushing.renewal());
            out.writeLong(flushing.term());
        } else if (effect instanceof Effect.Renumbered renumbered) {
            out.writeByte(6);
            out.writeLong(renumbered.head());
            out.writeLong(renumbered.base());
        } else if (effect instanceof Effect.Forked forked) {
            out.writeByte(7);
            out.writeLong(forked.from());
            out.writeLong(forked.head());
        } else if (effect instanceof Effect.Settled settled) {
            out.writeByte(8);
            writeKey(out, settled.key());
            out.writeLong(settled.version());
            out.writeLong(settled.writtenAt());
        } else {
            throw new IOException("no such effect: " + effect.getClass().getName());
        }
    }

    static Effect readEffect(DataInput in) throws IOException {
        byte kind = in.readByte();
        return switch (kind) {
            case 1 -> new Effect.Stored(readKey(in), readRecord(in));
            case 2 -> new Effect.Changed(readChange(in));
            case 3 -> new Effect.Hinted(readText(in), readText(in), in.readBoolean());
            case 4 -> new Effect.Floored(readText(in), in.readLong());
            case 5 -> new Effect.Flushing(readText(in), readNullable(in, Wire::readText), in.readLong(), in.readLong());
            case 6 -> new Effect.Renumbered(in.readLong(), in.readLong());
            case 7 -> new Effect.Forked(in.readLong(), in.readLong());
            case 8 -> new Effect.Settled(readKey(in), in.readLong(), in.readLong());
            default -> throw unknown("effect", kind);
        };
    }

    static void writeRecord(DataOutput out, StoredRecord record) throws IOException {
        if (record instanceof StoredRecord.Absent) {
            out.writeByte(0);
        } else if (record instanceof StoredRecord.Value value) {
            out.writeByte(1);
            writeValue(out, value);
        } else if (record instanceof StoredRecord.Leased lease) {
            out.writeByte(2);
            writeText(out, lease.token());
            out.writeLong(lease.head());
            writeTerm(out, lease.term());
            out.writeBoolean(lease.awaited());
            writeNullable(out, lease.retained(), Wire::writeValue);
        } else if (record instanceof StoredRecord.Intent intent) {
            out.writeByte(3);
            writeAll(out, intent.writers(), (to, writer) -> {
                writeText(to, writer.token());
                writeTerm(to, writer.term());
            });
            out.writeLong(intent.head());
            out.writeBoolean(intent.contended());
            writeNullable(out, intent.old(), Wire::writeValue);
        } else if (record instanceof StoredRecord.Pending pending) {
            out.writeByte(4);
            writeValue(out, pending.value());
            out.writeLong(pending.dueAt());
            out.writeLong(pending.pause());
            out.writeInt(pending.attempts());
            writeNullable(out, pending.failure(), Wire::writeText);
        } else {
            throw new IOException("no such record: " + record.getClass().getName());
        }
    }

    static StoredRecord readRecord(DataInput in) throws IOException {
        byte kind = in.readByte();
        return switch (kind) {
            case 0 -> StoredRecord.ABSENT;
            case 1 -> readValue(in);
            case 2 ->
                new StoredRecord.Leased(
                        readText(in), in.readLong(), readTerm(in), in.readBoolean(), readNullable(in, Wire::readValue));
            case 3 ->
                new StoredRecord.Intent(
                        readAll(in, from -> new StoredRecord.Writer(readText(from), readTerm(from))),
                        in.readLong(),
                        in.readBoolean(),
                        readNullable(in, Wire::readValue));
            case 4 ->
                new StoredRecord.Pending(
                        readValue(in), in.readLong(), in.readLong(), in.readInt(), readNullable(in, Wire::readText));
            default -> throw unknown("record", kind);
        };
    }

    private static void writeValue(DataOutput out, StoredRecord.Value value) throws IOException {
        out.writeLong(value.version());
        out.writeLong(value.writtenAt());
        out.writeLong(value.expiresAt());
        out.writeLong(value.retainedUntil());
        out.writeLong(value.retryAt());
        out.writeLong(value.cost());
        writeBytes(out, value.payload().bytes());
        writeNullable(out, value.refresher(), (to, refresher) -> {
            writeText(to, refresher.token());
            to.writeLong(refresher.head());
            writeTerm(to, refresher.term());
        });
    }

    private static StoredRecord.Value readValue(DataInput in) throws IOException {
        return new StoredRecord.Value(
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                Payload.of(readBytes(in)),
                readNullable(in, from -> new StoredRecord.Refresher(readText(from), from.readLong(), readTerm(from))));
    }

    private static IOException unknown(String what, byte kind) {
        return new IOException(
                "unknown " + what + " " + kind
                        + "; the members and clients of a cluster must have versions of duet-hazelcast that understand each other");
    }
}
