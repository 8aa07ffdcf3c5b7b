package dev.duet.samples.users.stage;

import dev.duet.samples.users.stage.Step.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * How a story went.
 *
 * @param ok whether every step held
 * @param total how many steps there are
 * @param held how many of them held
 * @param millis how long it took, from the first process to the end of the last step
 * @param versions what it ran on, by name
 * @param steps how each step went
 */
public record Report(boolean ok, int total, int held, long millis, Map<String, String> versions, List<Outcome> steps) {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** Makes a report of its steps. */
    public static Report of(List<Outcome> steps, long millis, Map<String, String> versions) {
        int held = (int) steps.stream().filter(Outcome::ok).count();
        return new Report(held == steps.size(), steps.size(), held, millis, versions, List.copyOf(steps));
    }

    /** Writes it to a file as JSON: whole or not at all. */
    public void write(Path file) throws IOException {
        Path whole = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(whole, JSON.writeValueAsString(this) + "\n");
        Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
