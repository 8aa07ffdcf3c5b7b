package dev.duet.benchmarks.charts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class ChartsTest {

    private static final Path RESULTS = Path.of("results");
    private static final Path PAGE = Path.of("../docs/benchmarks.md");

    @Test
    void draw_syntheticResults_hasAChartForEach() throws Exception {
        assertThat(ChartSet.draw(synthetic()))
                .containsOnlyKeys(
                        "near-hit",
                        "store-hit",
                        "write",
                        "update",
                        "bulk",
                        "miss-under-contention",
                        "memory-per-entry",
                        "coherence",
                        "propagation",
                        "scale",
                        "hit-ratio");
    }

    @Test
    void draw_syntheticResults_isXmlWithTextAsText() throws Exception {
        Map<String, String> charts = ChartSet.draw(synthetic());

        for (Map.Entry<String, String> chart : charts.entrySet()) {
            assertThat(texts(chart.getValue())).as(chart.getKey()).isNotEmpty().doesNotContain("null", "NaN");
            assertThat(chart.getValue()).doesNotContain("NaN", "Infinity");
        }
        assertThat(texts(Objects.requireNonNull(charts.get("near-hit"))))
                .contains("Bare Caffeine", "RLocalCachedMap, CLEAR", "0.80", "0.020");
    }

    @Test
    void draw_coherence_showsZeroAsZeroAndWhatDoesNotFitAsADash() throws Exception {
        List<String> texts =
                texts(Objects.requireNonNull(ChartSet.draw(synthetic()).get("coherence")));

        assertThat(texts).contains("0", "0 stale", "0 left", "20 s", "1.23k stale", "17 left");
        assertThat(texts).filteredOn("–"::equals).hasSize(1); // Hazelcast near cache, Redis restarted
        assertThat(texts).doesNotContain("Bare pub/sub"); // has a propagation and nothing else
    }

    @Test
    void draw_sameResults_givesTheSame() throws Exception {
        assertThat(ChartSet.draw(synthetic())).isEqualTo(ChartSet.draw(synthetic()));
    }

    @Test
    void draw_noResults_hasNoCharts(@TempDir Path empty) {
        assertThat(ChartSet.draw(Results.read(empty))).isEmpty();
    }

    @Test
    void page_syntheticResults_hasFiguresSettingsAndOrigin() throws Exception {
        String page = new ResultsPage(synthetic()).generate();

        assertThat(page)
                .contains("| Duet | 1 | 80 ± 4 | 0.80 (0.76–0.84) | 0 |")
                .contains("Does not fit Hazelcast near cache: there is no Redis.")
                .contains("| Naive cache-aside | 1,000,000 | 10,000 | 1,234 | 20 s | 17 | 0 | 0 | 0 |")
                .contains("| Bare pub/sub | 100 µs | 300 µs | 500 µs | 600 µs |")
                .contains("| loop | LRU | 0.250 | 0.500 |")
                .contains("ReconnectionStrategy.CLEAR")
                .contains("`none: synthetic`, 2000-01-01")
                .doesNotContain("null");
    }

    @Test
    void page_withoutMarkers_isRefused() {
        assertThatThrownBy(() -> ResultsPage.replaceGenerated("# Benchmarks", "figures"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(ResultsPage.BEGIN);
    }

    @Test
    void page_committed_agreesWithTheResults() throws IOException {
        String page = Files.readString(PAGE, UTF_8);

        assertThat(page)
                .as("docs/benchmarks.md is not of these results; run exec:exec@charts")
                .isEqualTo(ResultsPage.replaceGenerated(page, new ResultsPage(Results.read(RESULTS)).generate()));
    }

    @Test
    void charts_committed_agreeWithTheResults() throws IOException {
        Map<String, String> drawn = ChartSet.draw(Results.read(RESULTS));

        List<String> committed = new ArrayList<>();
        Path charts = RESULTS.resolve("charts");
        if (Files.exists(charts)) {
            try (Stream<Path> files = Files.list(charts)) {
                for (Path file : files.toList()) {
                    String name = file.getFileName().toString().replace(".svg", "");
                    committed.add(name);
                    assertThat(Files.readString(file, UTF_8))
                            .as("%s is not of these results; run exec:exec@charts", file)
                            .isEqualTo(drawn.get(name));
                }
            }
        }
        assertThat(committed).containsExactlyInAnyOrderElementsOf(drawn.keySet());
    }

    private static Results synthetic() throws URISyntaxException {
        return Results.read(Path.of(Objects.requireNonNull(ChartsTest.class.getResource("synthetic"))
                .toURI()));
    }

    private static List<String> texts(String svg) throws Exception {
        Document document =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
        NodeList found = document.getElementsByTagName("text");
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            texts.add(found.item(i).getTextContent());
        }
        return texts;
    }
}
