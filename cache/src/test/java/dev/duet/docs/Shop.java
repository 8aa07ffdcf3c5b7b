package dev.duet.docs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The systems of record that the examples of the documentation load from, and write to. */
final class Shop {

    /** How many calls loaded something. */
    final AtomicInteger loads = new AtomicInteger();

    /** Whether each load fails. */
    volatile boolean broken;

    /** The products that are not called as they were at first. */
    private final Map<Long, String> names = new ConcurrentHashMap<>();

    record Product(long id, String name) {}

    record Rate(String currency, double perEuro) {}

    record Token(String text, Duration validFor) {}

    record Page(String text) {}

    /** A list that its owner may change. */
    record Basket(List<String> items) {}

    record Response(int status, Page page, String etag, Duration maxAge) {}

    Product findProduct(long id) {
        load();
        return id == 404 ? null : new Product(id, name(id));
    }

    Product findBySlug(String slug) {
        load();
        return null;
    }

    Map<Long, Product> findProducts(Set<? extends Long> ids) {
        load();
        Map<Long, Product> found = new LinkedHashMap<>();
        for (long id : ids) {
            if (id != 404) {
                found.put(id, new Product(id, "tea " + id));
            }
        }
        return found;
    }

    Basket findBasket(long id) {
        load();
        return new Basket(new ArrayList<>());
    }

    Collection<Long> bestsellers() {
        return List.of(7L, 8L, 404L);
    }

    Rate findRate(String currency) {
        load();
        return new Rate(currency, 1.1);
    }

    CompletionStage<Rate> findRateAsync(String currency) {
        return CompletableFuture.completedFuture(findRate(currency));
    }

    Token issueToken(String user) {
        load();
        return new Token(user, Duration.ofMinutes(10));
    }

    Response get(String url, String etag) {
        load();
        return etag == null
                ? new Response(200, new Page("about " + url), "v1", Duration.ofMillis(50))
                : new Response(304, null, etag, Duration.ofMillis(50));
    }

    int distance(String from, String to) {
        load();
        return 520;
    }

    int rename(long id, String name) {
        names.put(id, name);
        return 1;
    }

    Product renameReturning(long id, String name) {
        rename(id, name);
        return new Product(id, name);
    }

    CompletionStage<Integer> renameAsync(long id, String name) {
        return CompletableFuture.completedFuture(rename(id, name));
    }

    void swapNames(long one, long other) {
        String name = name(one);
        names.put(one, name(other));
        names.put(other, name);
    }

    void remove(long id) {
        names.remove(id);
    }

    String name(long id) {
        return names.getOrDefault(id, "tea " + id);
    }

    private void load() {
        loads.incrementAndGet();
        if (broken) {
            throw new IllegalStateException("the database is down");
        }
    }
}
