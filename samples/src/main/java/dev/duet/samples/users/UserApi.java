package dev.duet.samples.users;

import dev.duet.store.CacheException;
import io.javalin.config.JavalinConfig;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.NotFoundResponse;
import io.javalin.json.JavalinJackson3;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The user service over HTTP.
 *
 * <pre>
 * GET /users/{id}?cache=on|off|short|small   the user; X-Answered-By and X-Took-Micros tell who answered, and how fast
 * PUT /users/{id}/email?via=update|aside     changes the address to that of the body, {"email": "new@example.com"}
 * GET /stats                                 what the caches of this node did, and its queries
 * </pre>
 *
 * Whatever goes wrong is answered as {@code {"error": "..."}}, with a fitting status.
 */
final class UserApi {

    private static final Logger LOG = LoggerFactory.getLogger(UserApi.class);
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int LONGEST_EMAIL = 254;
    private static final int LARGEST_BODY = 4_096;

    private final String node;
    private final UserService users;

    UserApi(String node, UserService users) {
        this.node = node;
        this.users = users;
    }

    /** What {@code PUT /users/{id}/email} takes. */
    record EmailChange(@Nullable String email) {}

    /** Adds the routes, and what they need, to a server. */
    void configure(JavalinConfig config) {
        config.jsonMapper(new JavalinJackson3(JSON, false));
        config.http.prefer405over404 = true;
        config.http.maxRequestSize = LARGEST_BODY;
        config.routes.get("/users/{id}", this::find);
        config.routes.put("/users/{id}/email", this::changeEmail);
        config.routes.get("/stats", this::stats);
        config.routes.exception(
                HttpResponseException.class,
                (e, context) ->
                        fail(context, e.getStatus(), Objects.requireNonNullElse(e.getMessage(), "no reason given")));
        config.routes.exception(CacheException.class, (e, context) -> unavailable(context, e));
        config.routes.exception(SQLException.class, (e, context) -> unavailable(context, e));
        config.routes.exception(Exception.class, (e, context) -> {
            LOG.error("{} {} failed", context.method(), context.path(), e);
            fail(context, 500, "an unexpected error; the log of " + node + " has it");
        });
    }

    private void find(Context context) throws SQLException {
        long id = id(context);
        Answer answer;
        try {
            answer = users.find(id, Objects.requireNonNullElse(context.queryParam("cache"), "on"));
        } catch (IllegalArgumentException e) {
            throw new BadRequestResponse(Objects.requireNonNullElse(e.getMessage(), "there is no such cache"));
        }
        context.header("X-Answered-By", answer.by().toString());
        context.header(
                "X-Took-Micros",
                String.format(Locale.ROOT, "%.1f", answer.took().toNanos() / 1e3));
        User user = answer.user();
        if (user == null) {
            throw new NotFoundResponse("there is no user " + id);
        }
        context.json(user);
    }

    private void changeEmail(Context context) throws SQLException {
        long id = id(context);
        String email = email(context.body());
        String via = Objects.requireNonNullElse(context.queryParam("via"), "update");
        boolean found = switch (via) {
            case "update" -> users.updateEmail(id, email);
            case "aside" -> users.updateEmailAside(id, email);
            default -> throw new BadRequestResponse("via must be one of update, aside");
        };
        if (!found) {
            throw new NotFoundResponse("there is no user " + id);
        }
        context.status(204);
    }

    private void stats(Context context) {
        context.json(new NodeStats(node, users.queries(), users.stats()));
    }

    private static long id(Context context) {
        String id = context.pathParam("id");
        try {
            return Long.parseLong(id);
        } catch (NumberFormatException e) {
            throw new BadRequestResponse("the id of a user is a whole number");
        }
    }

    private static String email(String body) {
        String email;
        try {
            EmailChange change = JSON.readValue(body, EmailChange.class);
            email = change == null ? null : change.email();
        } catch (JacksonException e) {
            throw new BadRequestResponse("the body must be {\"email\": \"...\"}");
        }
        if (email == null || email.isBlank()) {
            throw new BadRequestResponse("email is missing; the body must be {\"email\": \"...\"}");
        }
        if (email.length() > LONGEST_EMAIL) {
            throw new BadRequestResponse("email is longer than " + LONGEST_EMAIL + " characters");
        }
        if (!email.matches("[^\\s@\\p{Cntrl}]+@[^\\s@\\p{Cntrl}]+")) {
            throw new BadRequestResponse("email must look like name@example.com");
        }
        return email;
    }

    private void unavailable(Context context, Exception e) {
        LOG.warn("{} {} failed", context.method(), context.path(), e);
        fail(context, 503, e instanceof SQLException ? "the database does not answer" : "the store does not answer");
    }

    private static void fail(Context context, int status, String reason) {
        context.status(status).json(Map.of("error", reason));
    }
}
