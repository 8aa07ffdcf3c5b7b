package dev.duet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.Cluster.Member;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Functions that compute once for each argument in the whole cluster. */
class MemoizeTest {

    /** Two arguments. */
    record Route(String from, String to) {}

    private final Cluster cluster = new Cluster();
    private final Member n1 = cluster.node();
    private final Member n2 = cluster.node();
    private final List<Object> computed = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        cluster.close();
    }

    private String route(Route route) {
        computed.add(route);
        return route.from() + " to " + route.to();
    }

    private <A> String compute(A argument, String build) {
        computed.add(build);
        return argument + " by " + build;
    }

    private MemoizedFunction<Long, String> build(Member node, String version) {
        return node.duet
                .cache("squares", Long.class, String.class)
                .codeVersion(version)
                .memoize(key -> compute(key, version));
    }

    @Test
    void apply_onAllNodes_computesOncePerArgument() {
        MemoizedFunction<Route, String> here = n1.duet.memoize("routes", Route.class, String.class, this::route);
        MemoizedFunction<Route, String> there = n2.duet.memoize("routes", Route.class, String.class, this::route);

        assertThat(here.apply(new Route("Rome", "Oslo"))).isEqualTo("Rome to Oslo");
        assertThat(there.apply(new Route("Rome", "Oslo"))).isEqualTo("Rome to Oslo");
        assertThat(here.apply(new Route("Rome", "Oslo"))).isEqualTo("Rome to Oslo");
        assertThat(there.apply(new Route("Oslo", "Rome"))).isEqualTo("Oslo to Rome");

        assertThat(computed).containsExactly(new Route("Rome", "Oslo"), new Route("Oslo", "Rome"));
    }

    @Test
    void apply_isAFunction() {
        Function<Long, String> function = n1.duet.memoize("f", Long.class, String.class, key -> "x" + key);

        assertThat(function.andThen(String::length).apply(12L)).isEqualTo(3);
    }

    @Test
    void apply_functionThrows_isNotRemembered() {
        IllegalStateException broken = new IllegalStateException("broken");
        MemoizedFunction<Long, String> function = n1.duet.memoize("f", Long.class, String.class, key -> {
            computed.add(key);
            if (computed.size() == 1) {
                throw broken;
            }
            return "fine";
        });

        assertThatThrownBy(() -> function.apply(1L)).isSameAs(broken);
        assertThat(function.apply(1L)).isEqualTo("fine");
    }

    @Test
    void apply_null_isNotRememberedByDefault() {
        MemoizedFunction<Long, String> function = n1.duet.memoize("f", Long.class, String.class, key -> {
            computed.add(key);
            return null;
        });

        assertThat(function.apply(1L)).isNull();
        assertThat(function.apply(1L)).isNull();

        assertThat(computed).hasSize(2);
    }

    @Test
    void apply_nullWithCacheAbsence_isRemembered() {
        MemoizedFunction<Long, String> function = n1.duet
                .cache("f", Long.class, String.class)
                .cacheAbsence(Duration.ofSeconds(5))
                .memoize(key -> {
                    computed.add(key);
                    return null;
                });

        assertThat(function.apply(1L)).isNull();
        assertThat(function.apply(1L)).isNull();

        assertThat(computed).hasSize(1);
    }

    @Test
    void codeVersion_onTwoNodes_keepsEntriesAndChangesApart() {
        MemoizedFunction<Long, String> old = build(n1, "1");
        MemoizedFunction<Long, String> young = build(n2, "2");
        assertThat(old.apply(7L)).isEqualTo("7 by 1");
        assertThat(young.apply(7L)).isEqualTo("7 by 2");

        young.cache().invalidateAll();
        young.cache().invalidate(7L);

        assertThat(old.apply(7L)).isEqualTo("7 by 1");
        assertThat(old.cache().stats().invalidationsApplied()).isZero();
        assertThat(computed).containsExactly("1", "2");
    }

    @Test
    void codeVersion_sameOnTwoNodes_sharesEntries() {
        assertThat(build(n1, "1").apply(7L)).isNotNull();

        assertThat(build(n2, "1").apply(7L)).isEqualTo("7 by 1");

        assertThat(computed).containsExactly("1");
    }

    @Test
    void codeVersion_bothOnOneNode_keepsThemApart() {
        MemoizedFunction<Long, String> old = build(n1, "1");
        MemoizedFunction<Long, String> young = build(n1, "2");
        MemoizedFunction<Long, String> plain =
                n1.duet.memoize("squares", Long.class, String.class, key -> compute(key, "none"));

        assertThat(old.apply(7L)).isEqualTo("7 by 1");
        assertThat(young.apply(7L)).isEqualTo("7 by 2");
        assertThat(plain.apply(7L)).isEqualTo("7 by none");
        old.cache().invalidate(7L);

        assertThat(young.cache().getIfPresent(7L)).isEqualTo("7 by 2");
        assertThat(plain.cache().getIfPresent(7L)).isEqualTo("7 by none");
        assertThat(old.cache().getIfPresent(7L)).isNull();
        assertThat(old.cache().name()).isEqualTo("squares");
    }

    @Test
    void cache_invalidate_computesAnewEverywhere() {
        MemoizedFunction<Long, String> here = build(n1, "1");
        MemoizedFunction<Long, String> there = build(n2, "1");
        assertThat(here.apply(7L)).isNotNull();
        assertThat(there.apply(7L)).isNotNull();

        here.cache().invalidate(7L);
        assertThat(there.apply(7L)).isNotNull();
        assertThat(here.apply(7L)).isNotNull();

        assertThat(computed).hasSize(2);
    }

    @Test
    void memoize_sameNameAndAnotherFunction_isRefusedWithTheRemedy() {
        MemoizedFunction<Long, String> unused = n1.duet.memoize("f", Long.class, String.class, key -> "one");

        assertThatThrownBy(() -> n1.duet.memoize("f", Long.class, String.class, key -> "two"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'f'")
                .hasMessageContaining("build it once and share it, or give this one another name");
    }

    @Test
    void memoize_besideALoader_isRefused() {
        assertThatThrownBy(() -> n1.duet
                        .cache("f", Long.class, String.class)
                        .asyncLoader((key, executor) -> null)
                        .memoize(key -> "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("loader");
        assertThatThrownBy(() -> n1.duet
                        .cache("f", Long.class, String.class)
                        .loader(key -> "loader")
                        .memoize(key -> "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("loader");
    }

    @Test
    void memoize_null_isRefused() {
        assertThatThrownBy(() -> n1.duet.memoize("f", Long.class, String.class, null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("function");
        MemoizedFunction<Long, String> function = build(n1, "1");
        assertThatThrownBy(() -> function.apply(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("key");
    }
}
