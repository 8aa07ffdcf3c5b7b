package dev.duet.internal;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.time.ZoneId;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalAmount;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Compares a value with the copy of it that the codec makes, and finds the place where they differ (anomaly A53). It compares
 * content: records by their components, arrays and collections by their elements, classes without an {@code equals} by
 * their fields. What it cannot look into counts as the same, so that it never reports a difference that is none. A class
 * counts even where {@code equals} does not ask for it, since a copy of another class has lost what that class adds.
 *
 * <p>One for each comparison, on one thread.
 */
final class CopyComparison {

    private static final int LONGEST_TEXT = 80;
    private static final int DEEPEST = 100;

    /** How many objects are compared at most; of a larger value, the rest is not. */
    private int left = 10_000;

    private CopyComparison() {}

    /**
     * A difference.
     *
     * @param path where it is, such as {@code orders[2].price}; empty for the value itself
     * @param value what the value has there
     * @param copy what the copy has there
     */
    record Difference(String path, String value, String copy) {}

    /** The first difference that is found, or null if none is. */
    static @Nullable Difference between(Object value, @Nullable Object copy) {
        return new CopyComparison().compare("", value, copy, false, 0);
    }

    /** Compares two objects. Of those whose parents say that they are {@code equal}, only the classes count. */
    @SuppressWarnings("ReferenceEquality") // one and the same object is its copy without a look into it
    private @Nullable Difference compare(
            String path, @Nullable Object value, @Nullable Object copy, boolean equal, int depth) {
        if (value == copy || --left < 0 || depth > DEEPEST) {
            return null;
        }
        if (value == null || copy == null) {
            return equal ? null : difference(path, value, copy);
        }
        int next = depth + 1;
        if (value instanceof List<?> list && copy instanceof List<?> other) {
            return elements(path, list, other, equal, next);
        }
        if (value instanceof Set<?> set && copy instanceof Set<?> other) {
            return set(path, set, other, equal, next);
        }
        if (value instanceof Map<?, ?> map && copy instanceof Map<?, ?> other) {
            return map(path, map, other, equal, next);
        }
        if (value instanceof Optional<?> optional && copy instanceof Optional<?> other) {
            return compare(path, optional.orElse(null), other.orElse(null), equal, next);
        }
        if (value instanceof AtomicReference<?> reference && copy instanceof AtomicReference<?> other) {
            return compare(path, reference.get(), other.get(), equal, next);
        }
        if (value instanceof Collection<?> collection
                && copy instanceof Collection<?> other
                && !(hasEquals(value) && hasEquals(copy))) {
            return elements(path, collection, other, equal, next);
        }
        if (value.getClass() != copy.getClass()) {
            boolean same = isOfJdk(value) && isOfJdk(copy) && value.equals(copy);
            return same ? null : new Difference(path, nameOf(value), nameOf(copy));
        }
        if (value.getClass().isArray()) {
            return array(path, value, copy, equal, next);
        }
        if (value.getClass().isRecord()) {
            return record(path, value, copy, equal || value.equals(copy), next);
        }
        return equal || value.equals(copy) ? null : object(path, value, copy, next);
    }

    private @Nullable Difference elements(
            String path, Collection<?> values, Collection<?> copies, boolean equal, int depth) {
        if (values.size() != copies.size()) {
            return sizes(path, values.size(), copies.size());
        }
        Iterator<?> copy = copies.iterator();
        int index = 0;
        for (Object value : values) {
            Difference found = compare(path + '[' + index++ + ']', value, copy.next(), equal, depth);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private @Nullable Difference set(String path, Set<?> values, Set<?> copies, boolean equal, int depth) {
        if (values.size() != copies.size()) {
            return sizes(path, values.size(), copies.size());
        }
        Map<Object, Object> byEquality = new HashMap<>();
        copies.forEach(copy -> byEquality.put(copy, copy));
        for (Object value : values) {
            Object copy = byEquality.get(value);
            boolean isThere = copy != null || byEquality.containsKey(value);
            Difference found = isThere
                    ? compare(path + "[]", value, copy, true, depth)
                    : equal || isAmong(value, copies, depth)
                            ? null
                            : new Difference(path + "[]", describe(value), "no such element");
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private @Nullable Difference map(String path, Map<?, ?> values, Map<?, ?> copies, boolean equal, int depth) {
        if (values.size() != copies.size()) {
            return sizes(path, values.size(), copies.size());
        }
        for (Map.Entry<?, ?> entry : values.entrySet()) {
            String below = path + '[' + clip(String.valueOf(entry.getKey())) + ']';
            Difference found = copies.containsKey(entry.getKey())
                    ? compare(below, entry.getValue(), copies.get(entry.getKey()), equal, depth)
                    : equal || isAmong(entry.getKey(), copies.keySet(), depth)
                            ? null
                            : new Difference(below, describe(entry.getKey()), "no such key");
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** Whether one of {@code copies} has the content of {@code value}, though it does not equal it. */
    private boolean isAmong(@Nullable Object value, Collection<?> copies, int depth) {
        return copies.stream().anyMatch(copy -> compare("", value, copy, false, depth) == null);
    }

    private @Nullable Difference array(String path, Object value, Object copy, boolean equal, int depth) {
        if (value.getClass().getComponentType().isPrimitive()) {
            return equal || Objects.deepEquals(value, copy) ? null : difference(path, value, copy);
        }
        int length = Array.getLength(value);
        if (length != Array.getLength(copy)) {
            return sizes(path, length, Array.getLength(copy));
        }
        return elements(path, Arrays.asList((Object[]) value), Arrays.asList((Object[]) copy), equal, depth);
    }

    private @Nullable Difference record(String path, Object value, Object copy, boolean equal, int depth) {
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            Method accessor = component.getAccessor();
            try {
                accessor.setAccessible(true);
                Difference found = compare(
                        below(path, component.getName()), accessor.invoke(value), accessor.invoke(copy), equal, depth);
                if (found != null) {
                    return found;
                }
            } catch (ReflectiveOperationException | InaccessibleObjectException e) {
                // It cannot be looked into; the others can.
            }
        }
        return null;
    }

    /** Compares objects of one class that are not equal. */
    private @Nullable Difference object(String path, Object value, Object copy, int depth) {
        boolean isSaidByEquals = hasEquals(value);
        if (isOfJdk(value)) {
            boolean isText = value instanceof CharSequence
                    || value instanceof Number
                    || value instanceof AtomicBoolean
                    || value instanceof Pattern;
            return isSaidByEquals || (isText && !value.toString().equals(copy.toString()))
                    ? difference(path, value, copy)
                    : null;
        }
        for (Class<?> type = value.getClass(); type != null && !isOfJdk(type); type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                Difference found = field(path, field, value, copy, depth);
                if (found != null) {
                    return found;
                }
            }
        }
        return isSaidByEquals ? difference(path, value, copy) : null;
    }

    private @Nullable Difference field(String path, Field field, Object value, Object copy, int depth) {
        if (field.isSynthetic() || (field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) != 0) {
            return null;
        }
        try {
            field.setAccessible(true);
            return compare(below(path, field.getName()), field.get(value), field.get(copy), false, depth);
        } catch (IllegalAccessException | InaccessibleObjectException e) {
            return null; // cannot be looked into
        }
    }

    private static boolean hasEquals(Object value) {
        try {
            return value.getClass().getMethod("equals", Object.class).getDeclaringClass() != Object.class;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e); // every class has one
        }
    }

    private static boolean isOfJdk(Object value) {
        return isOfJdk(value.getClass());
    }

    private static boolean isOfJdk(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null || loader.equals(ClassLoader.getPlatformClassLoader());
    }

    private static String below(String path, String name) {
        return path.isEmpty() ? name : path + '.' + name;
    }

    private static Difference sizes(String path, int size, int copied) {
        return new Difference(path, size + " elements", copied + " elements");
    }

    private static Difference difference(String path, @Nullable Object value, @Nullable Object copy) {
        String here = describe(value);
        String there = describe(copy);
        return new Difference(path, here, here.equals(there) ? "another" : there);
    }

    /** Numbers and times as they are; of all else the class alone, since a log is no place for what users have entered. */
    private static String describe(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        boolean isShown = value instanceof Number
                || value instanceof Boolean
                || value instanceof TemporalAccessor
                || value instanceof TemporalAmount
                || value instanceof ZoneId
                || value instanceof Date
                || value instanceof Enum<?>;
        return isShown ? value.getClass().getSimpleName() + ' ' + clip(value.toString()) : nameOf(value);
    }

    private static String nameOf(Object value) {
        return value.getClass().getTypeName();
    }

    private static String clip(String text) {
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…";
    }
}
