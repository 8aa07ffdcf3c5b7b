package dev.duet.benchmarks.results;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A file of results: a JSON list of rows, each a record of figures followed by its {@link Origin}. Rows of several runs
 * may stand side by side, and so each says which it is from. Figures that are not finite are null.
 */
public final class ResultsFile {

    private static final TypeReference<List<Map<String, Object>>> ROWS = new TypeReference<>() {};
    private static final TypeReference<LinkedHashMap<String, Object>> ROW = new TypeReference<>() {};

    private final JsonMapper json =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private final Path path;

    /** A file that need not be there yet. */
    public ResultsFile(Path path) {
        this.path = path;
    }

    /** The rows as they are; none if there is no file. */
    public List<Map<String, Object>> read() {
        return Files.exists(path) ? json.readValue(path.toFile(), ROWS) : List.of();
    }

    /** Does what {@link #replace(List, List, Origin)} does, with one column. */
    public void replace(String column, List<? extends Record> rows, Origin origin) throws IOException {
        replace(List.of(column), rows, origin);
    }

    /**
     * Puts rows in the place of those that have the same values in some columns, and leaves all others.
     *
     * @param columns which rows belong together, such as {@code suite}
     * @param rows records of figures, without their origin
     * @throws IOException if the file cannot be written
     */
    public void replace(List<String> columns, List<? extends Record> rows, Origin origin) throws IOException {
        List<Map<String, Object>> added = new ArrayList<>();
        for (Record row : rows) {
            Map<String, Object> all = json.convertValue(row, ROW);
            all.putAll(json.convertValue(origin, ROW));
            all.replaceAll((name, value) -> value instanceof Double figure && !Double.isFinite(figure) ? null : value);
            added.add(all);
        }
        Set<Object> replaced = added.stream().map(row -> values(row, columns)).collect(Collectors.toSet());
        List<Map<String, Object>> kept = new ArrayList<>(read());
        kept.removeIf(row -> replaced.contains(values(row, columns)));
        kept.addAll(added);
        Files.createDirectories(path.toAbsolutePath().getParent());
        json.writeValue(path.toFile(), kept);
    }

    /** Also values that are null. */
    private static List<Object> values(Map<String, Object> row, List<String> columns) {
        return columns.stream().map(row::get).collect(Collectors.toList());
    }
}
