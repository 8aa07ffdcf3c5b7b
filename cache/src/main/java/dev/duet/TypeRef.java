package dev.duet;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;

/**
 * A type with its parameters, for values such as lists:
 *
 * <pre>{@code
 * duet.cache("friends", Long.class, new TypeRef<List<User>>() {})
 * }</pre>
 *
 * @param <T> the type
 */
public abstract class TypeRef<T> {

    private final Type type;

    /**
     * Captures the type from the subclass.
     *
     * @throws IllegalArgumentException if the subclass names no type
     */
    protected TypeRef() {
        if (!(getClass().getGenericSuperclass() instanceof ParameterizedType parameterized)) {
            throw new IllegalArgumentException("write new TypeRef<…>() {} with the type between the brackets");
        }
        this.type = parameterized.getActualTypeArguments()[0];
    }

    /** The type. */
    public final Type type() {
        return type;
    }
}
