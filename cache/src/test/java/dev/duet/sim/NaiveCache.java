package dev.duet.sim;

import dev.duet.store.Change;
import dev.duet.store.ChangeListener;
import dev.duet.store.Content;
import dev.duet.store.LeaseReply;
import dev.duet.store.Operation;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import dev.duet.store.StoreUnavailableException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What one writes in an afternoon: look near, look into the store, load, set both; after a write delete from both, and tell
 * the others by a message. No tickets, leases, intents or audit. The simulation has to find what is wrong with it.
 */
final class NaiveCache implements CacheUnderTest {

    private static final VersionCodec CODEC = new VersionCodec();

    private final SimulatedNode node;
    private final Server server;
    private final Plan plan;
    private final Loader loader;
    private final Map<Integer, Entry> near = new HashMap<>();
    private long numbers;

    private record Entry(long version, long deadline) {}

    NaiveCache(SimulatedNode node, Server server, Plan plan, Loader loader) {
        this.node = node;
        this.server = server;
        this.plan = plan;
        this.loader = loader;
        node.link.subscribe(new ChangeListener() {
            @Override
            public void onChange(Change change) {
                if (change.key() == null) {
                    near.clear();
                } else {
                    near.remove(Integer.valueOf(change.key()));
                }
            }

            @Override
            public void onHint(String cache, String key) {}

            @Override
            public void onUnreadable(String description) {}

            @Override
            public void onSubscribed() {}

            @Override
            public void onLost() {}
        });
    }

    @Override
    public @Nullable Long get(int key) throws LoadOrWriteFailed {
        Long found = getIfPresent(key);
        return found == null ? Long.valueOf(load(key)) : found;
    }

    private long load(int key) throws LoadOrWriteFailed {
        long version = Objects.requireNonNull(loader.load(key));
        RecordKey record = server.recordKey(key);
        String token = node.name + '-' + numbers++;
        // An add without more ado: whatever lease the store wants is taken in the same step.
        await(node.link.exchange(() -> {
            LeaseReply lease = server.execute(node, record, new Operation.Lease(token, 1_000, 0))
                    .toCompletableFuture()
                    .join();
            return lease instanceof LeaseReply.Granted granted
                    ? server.execute(node, record, new Operation.Fill(token, granted.head(), content(record, version)))
                    : CompletableFuture.completedFuture(null);
        }));
        near.put(key, new Entry(version, node.clock.read() + life()));
        return version;
    }

    private Content content(RecordKey record, long version) {
        return new Content(CODEC.wrap(record, version), life() / World.MICROS, 0);
    }

    private long life() {
        return plan.lifeMillis * World.MILLIS;
    }

    @Override
    public @Nullable Long getIfPresent(int key) {
        Entry entry = near.get(key);
        if (entry != null && node.clock.now() < entry.deadline) {
            return entry.version;
        }
        RecordKey record = server.recordKey(key);
        Reading reading = await(node.link.execute(record, new Operation.Read()).toCompletableFuture());
        if (!(reading instanceof Reading.Hit hit)) {
            return null;
        }
        long version = CODEC.unwrap(record, hit.payload());
        near.put(key, new Entry(version, node.clock.read() + hit.remaining() * World.MICROS));
        return version;
    }

    private <T> @Nullable T await(CompletableFuture<T> reply) {
        try {
            return node.world.await(reply, TimeUnit.MILLISECONDS.toNanos(plan.storeTimeoutMillis));
        } catch (ExecutionException | TimeoutException e) {
            return null;
        } catch (InterruptedException e) {
            throw new StoreUnavailableException("interrupted", e);
        }
    }

    @Override
    public void update(int key, Write write) throws LoadOrWriteFailed {
        updateAll(List.of(key), write);
    }

    @Override
    public void updateAll(List<Integer> keys, Write write) throws LoadOrWriteFailed {
        try {
            write.run();
        } finally {
            keys.forEach(this::invalidate);
        }
    }

    @Override
    public void put(int key, long version) {
        invalidate(key);
    }

    @Override
    public void invalidate(int key) {
        near.remove(key);
        await(node.link
                .execute(server.recordKey(key), new Operation.Invalidate())
                .toCompletableFuture());
        near.remove(key);
    }

    @Override
    public void invalidateAll() {
        near.clear();
        await(node.link.invalidateAll(Server.CACHE).toCompletableFuture());
        near.clear();
    }

    /** It keeps no account of that. */
    @Override
    public boolean owesNothing() {
        return false;
    }

    @Override
    public boolean isSettled() {
        return true;
    }

    @Override
    public String state() {
        return near.toString();
    }
}
