package dev.duet.benchmarks.speed;

import java.lang.ref.Reference;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jol.util.ObjectUtils;
import org.openjdk.jol.vm.VM;

/**
 * The size of a graph of objects, as JOL has it of each; unlike JOL's own walk it stops where a cache ends. Needs a JVM with
 * {@code -Djdk.attach.allowAttachSelf=true -Djol.magicFieldOffset=true}.
 */
final class HeapSize {

    private final Predicate<Object> outside;
    private final Map<Class<?>, List<Field>> references = new HashMap<>();

    /**
     * Says where to stop. Threads, executors, classes and their loaders, and what is referred to but weakly, are outside as
     * it is.
     *
     * @param outside what is not counted, nor what it refers to
     */
    HeapSize(Predicate<Object> outside) {
        this.outside = outside;
    }

    /** The bytes of an object and all that it refers to. */
    long of(Object root) {
        long bytes = 0;
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Object> open = new ArrayDeque<>();
        reach(root, seen, open);
        while (!open.isEmpty()) {
            Object next = open.pop();
            bytes += VM.current().sizeOf(next);
            if (next instanceof Object[] elements) {
                for (Object element : elements) {
                    reach(element, seen, open);
                }
            } else if (!next.getClass().isArray()) {
                for (Field field : references.computeIfAbsent(next.getClass(), HeapSize::references)) {
                    reach(ObjectUtils.value(next, field), seen, open);
                }
            }
        }
        return bytes;
    }

    private void reach(@Nullable Object object, Set<Object> seen, Deque<Object> open) {
        if (object != null && !isForeign(object) && !outside.test(object) && seen.add(object)) {
            open.push(object);
        }
    }

    private static boolean isForeign(Object object) {
        return object instanceof Thread
                || object instanceof ThreadGroup
                || object instanceof Executor
                || object instanceof Class
                || object instanceof ClassLoader
                || object instanceof Reference;
    }

    private static List<Field> references(Class<?> type) {
        Stream<Field> fields = Stream.empty();
        for (Class<?> declaring = type; declaring != null; declaring = declaring.getSuperclass()) {
            fields = Stream.concat(fields, Stream.of(declaring.getDeclaredFields()));
        }
        return fields.filter(field -> !Modifier.isStatic(field.getModifiers()))
                .filter(field -> !field.getType().isPrimitive())
                .toList();
    }

    /** The value of a field, in whatever class of the object it is declared. */
    static Object field(Object object, String name) {
        return references(object.getClass()).stream()
                .filter(field -> field.getName().equals(name))
                .map(field -> ObjectUtils.value(object, field))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(object.getClass() + " has no " + name));
    }
}
