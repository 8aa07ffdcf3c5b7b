package dev.duet.samples.users;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.json.JsonMapper;

/** Asks a node over HTTP, as anybody would. Thread-safe. */
final class NodeClient {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final HttpClient http;
    private final String address;

    /** Asks the node that listens on a port of the loopback address. */
    NodeClient(HttpClient http, int port) {
        this.http = http;
        this.address = "http://127.0.0.1:" + port;
    }

    /** A client for {@link #NodeClient}, to be shared. */
    static HttpClient newHttp() {
        return HttpClient.newBuilder()
                .version(Version.HTTP_1_1)
                .connectTimeout(TIMEOUT)
                .build();
    }

    /**
     * What a node answered.
     *
     * @param user the user
     * @param by who answered, on the node
     * @param micros how long the node took to get the user, without HTTP
     */
    record Reply(User user, String by, double micros) {}

    /** Reads a user with {@code ?cache=…}. */
    Reply get(long id, String cache) throws IOException, InterruptedException {
        return reply(http.send(read(id, cache), BodyHandlers.ofString()));
    }

    /** Reads a user, without waiting for the answer. */
    CompletableFuture<Reply> getAsync(long id, String cache) {
        return http.sendAsync(read(id, cache), BodyHandlers.ofString()).thenApply(NodeClient::reply);
    }

    /** Changes an email address with {@code ?via=…}, and tells how long that took, in microseconds. */
    double put(long id, String email, String via) throws IOException, InterruptedException {
        HttpRequest request = request("/users/" + id + "/email?via=" + via)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(JSON.writeValueAsString(Map.of("email", email))))
                .build();
        long start = System.nanoTime();
        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
        double micros = (System.nanoTime() - start) / 1e3;
        check(response, 204);
        return micros;
    }

    /** What the node did so far. */
    NodeStats stats() throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request("/stats").build(), BodyHandlers.ofString());
        check(response, 200);
        return JSON.readValue(response.body(), NodeStats.class);
    }

    private HttpRequest read(long id, String cache) {
        return request("/users/" + id + "?cache=" + cache).build();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(address + path)).timeout(TIMEOUT);
    }

    private static Reply reply(HttpResponse<String> response) {
        check(response, 200);
        return new Reply(
                JSON.readValue(response.body(), User.class),
                response.headers().firstValue("X-Answered-By").orElse("?"),
                Double.parseDouble(
                        response.headers().firstValue("X-Took-Micros").orElse("NaN")));
    }

    private static void check(HttpResponse<String> response, int status) {
        if (response.statusCode() != status) {
            throw new IllegalStateException(response.request().method() + " " + response.uri() + " was answered by "
                    + response.statusCode() + " " + response.body());
        }
    }
}
