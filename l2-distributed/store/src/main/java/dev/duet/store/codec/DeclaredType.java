package dev.duet.store.codec;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.SettableBeanProperty;
import tools.jackson.databind.deser.bean.BeanDeserializerBase;
import tools.jackson.databind.deser.jdk.NumberDeserializers;
import tools.jackson.databind.deser.std.ContainerDeserializerBase;
import tools.jackson.databind.deser.std.ReferenceTypeDeserializer;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedMethod;
import tools.jackson.databind.jsontype.NamedType;
import tools.jackson.databind.type.LogicalType;
import tools.jackson.databind.type.ReferenceType;
import tools.jackson.databind.util.ClassUtil;

/**
 * Finds the places in a declared type where the bytes alone would have to say what a value is, which they do not: there a
 * {@code Long} comes back as an {@code Integer}, and a record as a {@code Map}. So the node that loaded a value would have
 * another one than all others (anomaly A53).
 *
 * <p>It follows the deserializers that Jackson has found, from the root through elements, map values, components and
 * properties. One that is not Jackson's own is trusted, and so is what carries type information by annotation.
 */
final class DeclaredType {

    private final ObjectMapper mapper;
    private final String format;
    private final DeserializationContext context;
    private final Set<JavaType> seen = new HashSet<>();

    DeclaredType(ObjectMapper mapper, String format) {
        this.mapper = mapper;
        this.format = format;
        this.context = mapper._deserializationContext();
    }

    /** Throws an {@link IllegalArgumentException} if values of {@code type} would not come back as they were. */
    void check(Type type) {
        Open open = variable(type) ? new Open("", "has a type variable in it") : inspect(type);
        if (open != null) {
            throw new IllegalArgumentException("the type of the values, " + type.getTypeName() + ", leaves open what "
                    + (open.path.isEmpty() ? "a value is: it " : "'" + open.path + "' is, which ")
                    + open.what + ", and " + format + " does not say it, so that other nodes would read another value"
                    + " than was written; declare the type in full, such as with new TypeRef<List<User>>() {} in place of"
                    + " List.class or with a record in place of Object, or set codec(…) for this cache");
        }
    }

    /** A place that is left open. */
    private record Open(String path, String what) {}

    private static boolean variable(Type type) {
        if (type instanceof ParameterizedType parameterized) {
            return Stream.of(parameterized.getActualTypeArguments()).anyMatch(DeclaredType::variable);
        }
        if (type instanceof GenericArrayType array) {
            return variable(array.getGenericComponentType());
        }
        if (type instanceof WildcardType wildcard) {
            return Stream.of(wildcard.getUpperBounds()).anyMatch(DeclaredType::variable);
        }
        return type instanceof TypeVariable<?>;
    }

    private @Nullable Open inspect(Type type) {
        JavaType root = mapper.constructType(type);
        try {
            return value("", root, null);
        } catch (RuntimeException | LinkageError e) {
            // If it is not for that, it can be neither written nor read: the first value says so, and why.
            return isRaw(root) ? raw("", root) : null;
        }
    }

    /** Inspects a type, and what it is made of. {@code known} reads it; null to ask for that. */
    private @Nullable Open value(String path, JavaType type, @Nullable ValueDeserializer<?> known) {
        if (type.getTypeHandler() != null) {
            return null; // an annotation has the class written
        }
        ValueDeserializer<?> reader = known == null ? context.findContextualValueDeserializer(type, null) : known;
        if (isUntyped(reader)) {
            return new Open(path, "is any " + type.getRawClass().getSimpleName());
        }
        if (reader instanceof NumberDeserializers.NumberDeserializer) {
            return new Open(path, "is any Number");
        }
        boolean isMade = reader instanceof BeanDeserializerBase
                || reader instanceof ContainerDeserializerBase
                || reader instanceof ReferenceTypeDeserializer;
        if (isMade && isRaw(type)) {
            return raw(path, type);
        }
        Open open = key(path, type, reader);
        if (open != null || !seen.add(type)) {
            return open;
        }
        if (reader instanceof ContainerDeserializerBase<?> container) {
            JavaType content = container.getContentType();
            return content == null
                    ? null
                    : value(path + (keyOf(type) == null ? "[]" : "{}"), content, container.getContentDeserializer());
        }
        if (type instanceof ReferenceType reference && isMade) {
            return value(path, reference.getContentType(), null);
        }
        return reader instanceof BeanDeserializerBase bean ? bean(path, type, bean) : subtypes(path, type);
    }

    /** Whether it takes whatever comes; the one for trees does so as well, but a tree is what it makes. */
    private static boolean isUntyped(ValueDeserializer<?> reader) {
        return reader.logicalType() == LogicalType.Untyped
                && reader.handledType() == Object.class
                && ClassUtil.isJacksonStdImpl(reader);
    }

    private static Open raw(String path, JavaType type) {
        return new Open(path, "is a raw " + type.getRawClass().getSimpleName());
    }

    private static boolean isRaw(JavaType type) {
        return type.getRawClass().getTypeParameters().length > 0
                && type.getBindings().isEmpty();
    }

    /** A key of a map is text, which is read as the type of the keys. */
    private static @Nullable Open key(String path, JavaType type, ValueDeserializer<?> reader) {
        JavaType key = reader instanceof ContainerDeserializerBase ? keyOf(type) : null;
        boolean open = key != null
                && key.getValueHandler() == null
                && (key.isJavaLangObject() || key.hasRawClass(java.io.Serializable.class));
        return open ? new Open(path + "{}", "has untyped keys") : null;
    }

    private static @Nullable JavaType keyOf(JavaType type) {
        if (type.isMapLikeType()) {
            return type.getKeyType();
        }
        return type.hasRawClass(java.util.Map.Entry.class) ? type.containedType(0) : null;
    }

    private @Nullable Open bean(String path, JavaType type, BeanDeserializerBase bean) {
        Open open = properties(path, bean.properties());
        if (open == null) {
            open = properties(path, bean.creatorProperties());
        }
        JavaType delegate = bean.getValueInstantiator().getDelegateType(context.getConfig());
        if (open == null && delegate != null) {
            open = value(path, delegate, null);
        }
        if (open == null && bean.hasAnySetter()) {
            open = any(path, type);
        }
        return open == null ? subtypes(path, type) : open;
    }

    private @Nullable Open properties(String path, Iterator<SettableBeanProperty> properties) {
        while (properties.hasNext()) {
            SettableBeanProperty property = properties.next();
            Open open = property.getValueTypeDeserializer() != null
                    ? null
                    : value(below(path, property.getName()), property.getType(), property.getValueDeserializer());
            if (open != null) {
                return open;
            }
        }
        return null;
    }

    /** What takes the properties that have no place of their own. */
    private @Nullable Open any(String path, JavaType type) {
        AnnotatedMember setter =
                context.introspectBeanDescriptionForCreation(type).findAnySetterAccessor();
        if (setter instanceof AnnotatedMethod method && method.getParameterCount() == 2) {
            return value(below(path, "*"), method.getParameterType(1), null);
        }
        JavaType map = setter == null ? null : setter.getType();
        return map != null && map.isMapLikeType() ? value(below(path, "*"), map.getContentType(), null) : null;
    }

    /** The subclasses that annotations name, or that a sealed class permits. */
    private @Nullable Open subtypes(String path, JavaType type) {
        if (context.findTypeDeserializer(type) == null) {
            return null;
        }
        AnnotatedClass annotated = context.introspectClassAnnotations(type);
        for (NamedType subtype : context.getConfig()
                .getSubtypeResolver()
                .collectAndResolveSubtypesByTypeId(context.getConfig(), annotated)) {
            // An annotation that is inherited also names the subtype's brothers.
            Open open = type.isTypeOrSuperTypeOf(subtype.getType())
                    ? value(path, mapper.getTypeFactory().constructSpecializedType(type, subtype.getType()), null)
                    : null;
            if (open != null) {
                return open;
            }
        }
        return null;
    }

    private static String below(String path, String name) {
        return path.isEmpty() ? name : path + '.' + name;
    }
}
