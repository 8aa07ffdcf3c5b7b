package dev.duet.exhaustive;

import dev.duet.store.Operation.Begin;
import dev.duet.store.Operation.Complete;
import dev.duet.store.Operation.Fill;
import dev.duet.store.Operation.Lease;
import dev.duet.store.Operation.Release;
import dev.duet.store.Operation.Renew;
import java.util.HashMap;
import java.util.Map;

/** The operations of one read or one write, under a token of its own. Each is made once, as to check a token takes time. */
final class Operations {

    final String token;
    final Lease lease;
    final Release release;
    final Begin begin;
    final Begin beginAgain;
    final Renew renew;
    final Complete completeWithNothing;
    private final Map<Completing, Complete> completions = new HashMap<>();
    private final Map<Filling, Fill> fills = new HashMap<>();

    private record Filling(int granted, int row) {}

    private record Completing(int announced, int row) {}

    Operations(String token) {
        this.token = token;
        this.lease = new Lease(token, Records.TERM, 0);
        this.release = new Release(token);
        this.begin = new Begin(token, Records.TERM);
        this.beginAgain = new Begin(token, Records.TERM, true);
        this.renew = new Renew(token, Records.TERM);
        this.completeWithNothing = new Complete(token);
    }

    Complete complete(int announced, int row) {
        return completions.computeIfAbsent(
                new Completing(announced, row), c -> new Complete(token, c.announced(), Records.content(c.row())));
    }

    Fill fill(int granted, int row) {
        return fills.computeIfAbsent(
                new Filling(granted, row), f -> new Fill(token, f.granted(), Records.content(f.row())));
    }
}
