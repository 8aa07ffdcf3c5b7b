package dev.duet.samples.users;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.store.InMemoryStore;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class UserNodeTest {

    private static final User ANN = new User(1, "Ann", "ann@example.com");

    private final FakeUsers database = new FakeUsers(ANN);
    private final UserNode node = UserNode.start("node1", 0, InMemoryStore.create(), database);
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void get_twice_tellsWhoAnswered() throws Exception {
        HttpResponse<String> first = send("GET", "/users/1", "");
        HttpResponse<String> second = send("GET", "/users/1", "");

        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(JsonMapper.shared().readValue(first.body(), User.class)).isEqualTo(ANN);
        assertThat(first.headers().firstValue("X-Answered-By")).hasValue("database");
        assertThat(second.headers().firstValue("X-Answered-By")).hasValue("near");
        assertThat(second.headers().firstValue("X-Took-Micros").map(Double::parseDouble))
                .hasValueSatisfying(micros -> assertThat(micros).isPositive());
        assertThat(database.queries()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"on, 1", "short, 1", "small, 1", "off, 2"})
    void get_fromACacheTwice_queriesOnceUnlessItIsOff(String cache, int queries) throws Exception {
        send("GET", "/users/1?cache=" + cache, "");
        send("GET", "/users/1?cache=" + cache, "");

        assertThat(database.queries()).isEqualTo(queries);
    }

    @ParameterizedTest
    @ValueSource(strings = {"update", "aside"})
    void put_ofACachedUser_isSeenByTheNextRead(String via) throws Exception {
        send("GET", "/users/1", "");

        HttpResponse<String> put = send("PUT", "/users/1/email?via=" + via, "{\"email\": \"new@example.com\"}");

        assertThat(put.statusCode()).isEqualTo(204);
        assertThat(send("GET", "/users/1", "").body()).contains("new@example.com");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "GET    | /users/one                  | ``                        | 400 | whole number",
                "GET    | /users/99999999999999999999 | ``                        | 400 | whole number",
                "GET    | /users/2                    | ``                        | 404 | there is no user 2",
                "GET    | /users/1?cache=big          | ``                        | 400 | cache must be one of off, on",
                "PUT    | /users/one/email            | {\"email\": \"a@b.c\"}    | 400 | whole number",
                "PUT    | /users/2/email              | {\"email\": \"a@b.c\"}    | 404 | there is no user 2",
                "PUT    | /users/1/email?via=pigeon   | {\"email\": \"a@b.c\"}    | 400 | via must be one of",
                "PUT    | /users/1/email              | ``                        | 400 | the body must be",
                "PUT    | /users/1/email              | {\"email\":               | 400 | the body must be",
                "PUT    | /users/1/email              | null                      | 400 | email is missing",
                "PUT    | /users/1/email              | {}                        | 400 | email is missing",
                "PUT    | /users/1/email              | {\"email\": null}         | 400 | email is missing",
                "PUT    | /users/1/email              | {\"email\": \" \"}        | 400 | email is missing",
                "PUT    | /users/1/email              | {\"email\": \"ann\"}      | 400 | must look like",
                "PUT    | /users/1/email              | {\"email\": \"a@b\\n\"}   | 400 | must look like",
                "DELETE | /users/1                    | ``                        | 405 | ``",
                "GET    | /elsewhere                  | ``                        | 404 | ``",
            })
    void request_thatIsWrong_isRefusedInJson(String method, String path, String body, int status, String reason)
            throws Exception {
        HttpResponse<String> response = send(method, path, body);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(error(response)).contains(reason);
        assertThat(database.find(1)).isEqualTo(ANN);
    }

    @Test
    void put_ofTooLongAnEmail_isRefused() throws Exception {
        HttpResponse<String> response = put("a".repeat(250) + "@b.cd");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(error(response)).contains("longer than 254");
    }

    @Test
    void put_ofAHugeBody_isRefused() throws Exception {
        assertThat(put("a".repeat(10_000)).statusCode()).isEqualTo(413);
    }

    @Test
    void request_whileTheDatabaseIsDown_isUnavailable() throws Exception {
        database.breakDown();

        assertThat(send("GET", "/users/1", "").statusCode()).isEqualTo(503);
        assertThat(put("new@example.com").statusCode()).isEqualTo(503);
        assertThat(error(put("new@example.com"))).isEqualTo("the database does not answer");
    }

    @Test
    void stats_afterAMissAndAHit_haveBoth() throws Exception {
        send("GET", "/users/1", "");
        send("GET", "/users/1", "");

        JsonNode stats = JsonMapper.shared().readTree(send("GET", "/stats", "").body());

        assertThat(stats.path("node").asString()).isEqualTo("node1");
        assertThat(stats.path("queries").asInt()).isEqualTo(1);
        assertThat(stats.path("caches").path("users").path("nearHits").asInt()).isEqualTo(1);
        assertThat(stats.path("caches").path("users").path("nearMisses").asInt())
                .isEqualTo(1);
    }

    private HttpResponse<String> put(String email) throws Exception {
        return send("PUT", "/users/1/email", "{\"email\": \"" + email + "\"}");
    }

    private HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path))
                        .method(method, BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private static String error(HttpResponse<String> response) {
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/json"));
        return JsonMapper.shared().readTree(response.body()).path("error").asString();
    }
}
