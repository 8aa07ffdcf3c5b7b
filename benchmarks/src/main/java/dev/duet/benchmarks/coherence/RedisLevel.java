package dev.duet.benchmarks.coherence;

import dev.duet.benchmarks.systems.Servers;
import dev.duet.testkit.FaultProxy;
import dev.duet.testkit.RedisServer;
import java.util.List;

/** A Redis. Subscriptions have connections of their own. */
final class RedisLevel implements SecondLevel {

    private final RedisServer redis = RedisServer.start();

    @Override
    public int port() {
        return redis.port();
    }

    @Override
    public Servers at(int port) {
        return Servers.redis("redis://127.0.0.1:" + port);
    }

    @Override
    public void pause() {
        redis.pause();
    }

    @Override
    public void resume() {
        redis.resume();
    }

    @Override
    public void kill() {
        redis.kill();
    }

    @Override
    public void restart() {
        redis.restart(RedisServer.Data.EMPTY);
    }

    @Override
    public void cutSubscriptions(List<FaultProxy> proxies) {
        redis.command("CLIENT", "KILL", "TYPE", "pubsub");
    }

    @Override
    public boolean isSubscription(FaultProxy.Connection connection) {
        return connection.sent().contains("SUBSCRIBE");
    }

    @Override
    public void close() {
        redis.close();
    }
}
