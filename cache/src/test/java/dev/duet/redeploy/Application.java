package dev.duet.redeploy;

import dev.duet.BulkLoader;
import dev.duet.CacheWriter;
import dev.duet.Duet;
import dev.duet.TwoLevelCache;
import dev.duet.TypeRef;
import dev.duet.WriteIntent;
import dev.duet.store.InMemoryStore;
import dev.duet.store.codec.Codecs;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** An application that a server deploys: it uses caches of its own classes in many ways, and closes its {@code Duet}. */
public final class Application implements Callable<Boolean> {

    /** A key. */
    public record Shelf(String hall, Set<String> tags) {}

    /** A value. */
    public record Book(String title, ZonedDateTime printed, Map<String, List<Long>> places) {}

    @Override
    public Boolean call() throws Exception {
        for (Codecs codecs : List.of(Codecs.json(), Codecs.cbor())) {
            try (Duet duet = Duet.builder()
                    .store(InMemoryStore.create())
                    .namespace("redeploy")
                    .partitions(2)
                    .codecs(codecs)
                    .build()) {
                use(duet);
                // The JDK's delay thread is there for good.
                new CompletableFuture<Boolean>()
                        .completeOnTimeout(true, 1, TimeUnit.MILLISECONDS)
                        .join();
            }
        }
        return true;
    }

    private static Book book(Shelf shelf) {
        return new Book(
                shelf.hall(), ZonedDateTime.parse("2024-02-29T12:00+01:00[Europe/Berlin]"), Map.of("a", List.of(1L)));
    }

    private static void use(Duet duet) throws Exception {
        Shelf shelf = new Shelf("north", Set.of("a", "b"));
        TwoLevelCache<Shelf, Book> books = duet.cache("books", Shelf.class, Book.class)
                .expireAfterWrite(Duration.ofMinutes(1))
                .staleIfError(Duration.ofMinutes(1))
                .hardTimeout(Duration.ofSeconds(20))
                .loader(Application::book)
                .onEvent(event -> {})
                .build();
        books.get(shelf);
        books.get(shelf);
        books.async().get(new Shelf("south", Set.of())).get();
        books.update(shelf, () -> {});
        WriteIntent intent = books.beginWrite(shelf);
        books.get(shelf);
        intent.close();
        books.invalidateAll();
        TwoLevelCache<Shelf, List<Book>> lists = duet.cache("lists", Shelf.class, new TypeRef<List<Book>>() {})
                .copyNearValues()
                .bulkLoader((BulkLoader<Shelf, List<Book>>) shelves -> {
                    Map<Shelf, List<Book>> found = new HashMap<>();
                    shelves.forEach(each -> found.put(each, List.of(book(each))));
                    return found;
                })
                .writer(new Writer())
                .build();
        lists.getAll(List.of(shelf, new Shelf("west", Set.of())));
        lists.put(shelf, List.of());
        String unused =
                duet.memoize("titles", Shelf.class, String.class, Shelf::hall).apply(shelf);
    }

    private static final class Writer implements CacheWriter<Shelf, List<Book>> {
        @Override
        public void write(Shelf key, List<Book> value) {}

        @Override
        public void delete(Shelf key) {}
    }
}
