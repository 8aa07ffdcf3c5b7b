package dev.duet.benchmarks.scale;

import java.nio.file.Path;
import java.util.*;

final class ScaleDoc {
    private ScaleDoc() {}

    static void update(Path p, List<? extends Map<String, Object>> rows) {}
}
