package dev.duet.samples.users;

import dev.duet.samples.users.NodeClient.Reply;
import dev.duet.samples.users.stage.Screen;
import dev.duet.samples.users.stage.Screen.Column;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Asks the nodes, and tells on the screen what they answered and what the database had to do for it. */
final class Narrator {

    private static final List<Column> COLUMNS = List.of(
            Column.text(36),
            Column.text(5),
            Column.text(8),
            Column.number(9),
            Column.text(25),
            Column.number(5),
            Column.number(5),
            Column.number(5),
            Column.number(5));

    private static final List<Column> ABOVE = List.of(Column.text(91), Column.number(26));

    private final StoryCluster cluster;
    private final Screen screen;

    Narrator(StoryCluster cluster, Screen screen) {
        this.cluster = cluster;
        this.screen = screen;
    }

    /** Prints what the columns are. */
    void header() {
        screen.header(ABOVE, List.of("", "database queries so far"));
        screen.header(
                COLUMNS, List.of("what happens", "node", "answer", "took", "email", "node1", "node2", "node3", "all"));
    }

    /** Reads a user, and tells. */
    Reply read(String node, long id, String cache) throws Exception {
        String query = cache.equals("on") ? "" : "?cache=" + cache;
        Reply reply = cluster.node(node).get(id, cache);
        tell(
                "GET /users/" + id + query,
                node,
                reply.by(),
                duration(reply.micros()),
                reply.user().email());
        return reply;
    }

    /** Reads a user from every node in turn, and tells. */
    List<Reply> readEverywhere(long id) throws Exception {
        List<Reply> replies = new ArrayList<>();
        for (String node : StoryCluster.NODES) {
            replies.add(read(node, id, "on"));
        }
        return replies;
    }

    /** Lets every node hold a user near. */
    void warm(long id) throws Exception {
        for (String node : StoryCluster.NODES) {
            cluster.node(node).get(id, "on");
        }
    }

    /** Changes an email address, and tells. */
    void write(String node, long id, String email, String via) throws Exception {
        double micros = cluster.node(node).put(id, email, via);
        tell("PUT /users/" + id + "/email?via=" + via, node, "", duration(micros), email);
    }

    /** Tells of something, and how many queries the database had by then. */
    void tell(String what, String node, String by, String took, String email) throws SQLException {
        List<String> cells = new ArrayList<>(List.of(what, node, by, took, email));
        Map<String, Long> queries = cluster.database().queries();
        queries.values().forEach(count -> cells.add(count.toString()));
        cells.add(Long.toString(sum(queries)));
        screen.row(COLUMNS, cells);
    }

    /** Does something, and tells how long it took. */
    void timed(String what, String node, Runnable action) throws SQLException {
        long start = System.nanoTime();
        action.run();
        tell(what, node, "", duration((System.nanoTime() - start) / 1e3), "");
    }

    /** How many queries for a user the database had from all nodes so far. */
    long queries() throws SQLException {
        return sum(cluster.database().queries());
    }

    /** A number of queries for people. */
    static String count(long queries) {
        return queries == 0 ? "no query" : queries == 1 ? "1 query" : queries + " queries";
    }

    /** A duration for people. */
    static String duration(double micros) {
        if (micros < 1_000) {
            return String.format(Locale.ROOT, "%.1f us", micros);
        }
        return micros < 1_000_000
                ? String.format(Locale.ROOT, "%.1f ms", micros / 1e3)
                : String.format(Locale.ROOT, "%.1f s", micros / 1e6);
    }

    private static long sum(Map<String, Long> queries) {
        return queries.values().stream().mapToLong(Long::longValue).sum();
    }
}
