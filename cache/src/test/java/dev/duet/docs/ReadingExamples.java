package dev.duet.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.duet.CacheEntry;
import dev.duet.CacheEvent;
import dev.duet.Duet;
import dev.duet.LoadResult;
import dev.duet.MemoizedFunction;
import dev.duet.TwoLevelCache;
import dev.duet.WarmProgress;
import dev.duet.docs.Shop.Basket;
import dev.duet.docs.Shop.Page;
import dev.duet.docs.Shop.Product;
import dev.duet.docs.Shop.Rate;
import dev.duet.docs.Shop.Response;
import dev.duet.docs.Shop.Token;
import dev.duet.store.InMemoryStore;
import dev.duet.store.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The examples of {@code docs/reading.md}, which {@link DocumentationTest} holds to these. */
class ReadingExamples {

    private final Duet duet = Duet.builder().store(InMemoryStore.create()).build();
    private final Shop database = new Shop();
    private final Shop bank = database;
    private final Shop identity = database;
    private final Shop http = database;
    private final Shop maps = database;
    private final List<String> log = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        duet.close();
    }

    private void log(String line) {
        log.add(line);
    }

    @Test
    void start() {
        // example: start
        TwoLevelCache<Long, Product> products = duet.cache("products", Long.class, Product.class)
                .expireAfterWrite(Duration.ofMinutes(10))
                .loader(database::findProduct)
                .build();

        Product product = products.get(7L); // near, else store, else database
        // end
        assertThat(product).isEqualTo(products.get(7L));
        assertThat(database.loads).hasValue(1);
    }

    @Test
    void refresh() {
        TwoLevelCache<String, Rate> rates =
                // example: refresh
                duet.cache("rates", String.class, Rate.class)
                        .expireAfterWrite(Duration.ofMinutes(10))
                        .refreshAfterWrite(Duration.ofMinutes(1)) // at this age, by the next near hit
                        .refreshBeta(1.0) // the default: shortly before the end anyhow
                        .loader(bank::findRate)
                        .build();
        // end
        assertThat(rates.get("USD").perEuro()).isEqualTo(1.1);
    }

    @Test
    void staleOnError() {
        // example: stale-on-error
        TwoLevelCache<Long, Product> products = duet.cache("products", Long.class, Product.class)
                .expireAfterWrite(Duration.ofMinutes(10))
                .staleIfError(Duration.ofHours(6), Duration.ofSeconds(5)) // retained for, and time between attempts
                .loader(database::findProduct)
                .build();

        CacheEntry<Product> entry = products.getEntry(7L);
        if (entry.stale()) {
            log("as of some time ago: " + entry.value() + ", from " + entry.level());
        }
        // end
        assertThat(entry.level()).isEqualTo(Level.SOURCE);
        assertThat(log).isEmpty();
    }

    @Test
    void staleOnError_loaderFails_retainedValueIsServedUnlessInvalidated() {
        TwoLevelCache<Long, Product> products = duet.cache("products", Long.class, Product.class)
                .expireAfterWrite(Duration.ofMillis(50))
                .refreshBeta(0)
                .staleIfError(Duration.ofHours(6))
                .loader(database::findProduct)
                .build();
        Product before = products.get(7L);
        database.broken = true;

        await().until(() -> products.getEntry(7L).stale());
        assertThat(products.get(7L)).isEqualTo(before);

        products.invalidate(7L);
        assertThatThrownBy(() -> products.get(7L)).isExactlyInstanceOf(IllegalStateException.class);
    }

    @Test
    void timeouts() {
        TwoLevelCache<Long, Product> products =
                // example: timeouts
                duet.cache("products", Long.class, Product.class)
                        .expireAfterWrite(Duration.ofMinutes(10))
                        .staleIfError(Duration.ofHours(6))
                        .softTimeout(Duration.ofMillis(100)) // then the retained value, if there is one
                        .hardTimeout(Duration.ofSeconds(2)) // then that or a LoadTimeoutException
                        .loader(database::findProduct)
                        .build();
        // end
        assertThat(products.get(7L).id()).isEqualTo(7);
    }

    @Test
    void life() {
        TwoLevelCache<String, Token> tokens =
                // example: life
                duet.cache("tokens", String.class, Token.class)
                        .expiry((user, token) -> token.validFor()) // or expireAfterWrite: one life for all
                        .ttlJitter(0.1) // up to a tenth shorter
                        .nearExpireAfterWrite(Duration.ofMinutes(5)) // then the store is asked again
                        .expireAfterAccess(Duration.ofMinutes(1)) // near entries that nobody reads
                        .loader(identity::issueToken)
                        .build();
        // end
        Duration left = tokens.getEntry("ada").expiresIn();
        assertThat(left).isBetween(Duration.ofMinutes(8), Duration.ofMinutes(10));
        tokens.put("ada", new Token("gone", Duration.ZERO));
        assertThat(tokens.getIfPresent("ada")).isNull();
    }

    @Test
    void conditional() {
        TwoLevelCache<String, Page> pages =
                // example: conditional
                duet.cache("pages", String.class, Page.class)
                        .staleIfError(Duration.ofHours(1)) // what has expired can be asked about as well
                        .conditionalLoader((url, previous) -> {
                            Response response = http.get(url, previous == null ? null : previous.validator());
                            if (response.status() == 304) {
                                return LoadResult.unchanged();
                            }
                            return LoadResult.of(response.page())
                                    .validator(response.etag())
                                    .expiresAfter(response.maxAge());
                        })
                        .build();
        // end
        assertThat(pages.get("/tea").text()).isEqualTo("about /tea");
        await().until(() -> {
            assertThat(pages.get("/tea").text()).isEqualTo("about /tea");
            return database.loads.get() > 1;
        });
    }

    @Test
    void absence() {
        // example: absence
        TwoLevelCache<String, Product> bySlug = duet.cache("products-by-slug", String.class, Product.class)
                .cacheAbsence(Duration.ofSeconds(30))
                .loader(database::findBySlug)
                .build();

        Product none = bySlug.get("no-such-thing"); // null, and no load for 30 s
        CacheEntry<Product> known = bySlug.getEntryIfPresent("no-such-thing"); // known to be absent
        CacheEntry<Product> unknown = bySlug.getEntryIfPresent("not-asked-yet"); // null: not cached
        // end
        assertThat(none).isNull();
        assertThat(known.isAbsent()).isTrue();
        assertThat(unknown).isNull();
        assertThat(bySlug.get("no-such-thing")).isNull();
        assertThat(database.loads).hasValue(1);
    }

    @Test
    void bulk() {
        // example: bulk
        TwoLevelCache<Long, Product> products = duet.cache("products", Long.class, Product.class)
                .expireAfterWrite(Duration.ofMinutes(10))
                .bulkLoader(database::findProducts)
                .build();

        Map<Long, Product> found =
                products.getAll(List.of(7L, 8L, 404L)); // in this order, without those that do not exist
        // end
        assertThat(found).containsOnlyKeys(7L, 8L);
        assertThat(database.loads).hasValue(1);
    }

    @Test
    void async() {
        TwoLevelCache<Long, Product> products = duet.cache("products", Long.class, Product.class)
                .loader(database::findProduct)
                .build();
        // example: async
        CompletableFuture<Product> later = products.async().get(7L);
        CompletableFuture<String> name = later.thenApply(Product::name);
        // end
        assertThat(name.join()).isEqualTo("tea 7");
    }

    @Test
    void asyncLoader() {
        TwoLevelCache<String, Rate> rates =
                // example: async-loader
                duet.cache("rates", String.class, Rate.class)
                        .expireAfterWrite(Duration.ofMinutes(10))
                        .asyncLoader((currency, executor) -> bank.findRateAsync(currency))
                        .build();
        // end
        assertThat(rates.get("USD").currency()).isEqualTo("USD");
    }

    @Test
    void copies() {
        // example: copies
        TwoLevelCache<Long, Basket> baskets = duet.cache("baskets", Long.class, Basket.class)
                .copyNearValues()
                .loader(database::findBasket)
                .build();

        baskets.get(7L).items().add("tea"); // changes this reader's copy, and no other
        // end
        assertThat(baskets.get(7L).items()).isEmpty();
    }

    @Test
    void memoize() {
        // example: memoize
        record Route(String from, String to) {}

        MemoizedFunction<Route, Integer> distances = duet.cache("distances", Route.class, Integer.class)
                .expireAfterWrite(Duration.ofDays(1))
                .codeVersion("2") // raise it when the function computes something else
                .memoize(route -> maps.distance(route.from(), route.to()));

        int kilometres = distances.apply(new Route("Ulm", "Bonn")); // computed once in the cluster
        distances.cache().invalidate(new Route("Ulm", "Bonn"));
        // end
        assertThat(kilometres).isEqualTo(520);
        assertThat(distances.cache().getIfPresent(new Route("Ulm", "Bonn"))).isNull();
        assertThatThrownBy(() -> duet.cache("distances", Route.class, Integer.class)
                        .expireAfterWrite(Duration.ofDays(1))
                        .codeVersion("2")
                        .memoize(route -> 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void warmUp() {
        TwoLevelCache<Long, Product> products = duet.cache("products", Long.class, Product.class)
                .bulkLoader(database::findProducts)
                .build();
        // example: warm
        WarmProgress end = products.warm(
                database.bestsellers(), progress -> log(progress.done() + " of " + progress.total() + " products"));
        // end
        assertThat(end.isComplete()).isTrue();
        assertThat(log).containsExactly("3 of 3 products");
        assertThat(products.getIfPresent(7L)).isNotNull();
    }

    @Test
    void listeners() {
        TwoLevelCache<Long, Product> products =
                // example: listeners
                duet.cache("products", Long.class, Product.class)
                        .expireAfterWrite(Duration.ofMinutes(10))
                        .loader(database::findProduct)
                        .onEvent(event -> {
                            if (event instanceof CacheEvent.RefreshFailed failed) {
                                log(failed.key() + " could not be refreshed: " + failed.failure());
                            }
                        })
                        .build();
        // end
        assertThat(products.get(404L)).isNull();
        assertThat(log).isEmpty();
    }
}
