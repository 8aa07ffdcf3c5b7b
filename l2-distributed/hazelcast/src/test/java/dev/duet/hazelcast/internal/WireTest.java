package dev.duet.hazelcast.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.store.Effect;
import dev.duet.store.LeaseReply;
import dev.duet.store.Operation;
import dev.duet.store.Payload;
import dev.duet.store.PendingOperation.PendingReply;
import dev.duet.store.Reading;
import dev.duet.store.StoredRecord;
import dev.duet.store.WriteReply;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** That all there is to send arrives as it was sent: each kind of it, with arbitrary contents. */
class WireTest {

    private static final int ROUNDS = 200;

    private final Random random = new Random(1);

    private interface Write {
        void to(DataOutput out, Object thing) throws IOException;
    }

    private interface Read {
        Object from(DataInput in) throws IOException;
    }

    static Stream<Class<?>> operations() {
        return kinds(Operation.class);
    }

    static Stream<Class<?>> replies() {
        return Stream.concat(
                Stream.of(WriteReply.class, PendingReply.class, Long.class, Boolean.class),
                Stream.concat(kinds(LeaseReply.class), kinds(Reading.class)).distinct());
    }

    static Stream<Class<?>> effects() {
        return kinds(Effect.class);
    }

    static Stream<Class<?>> records() {
        return kinds(StoredRecord.class);
    }

    private static Stream<Class<?>> kinds(Class<?> type) {
        return type.isSealed()
                ? Arrays.stream(type.getPermittedSubclasses()).flatMap(WireTest::kinds)
                : Stream.of(type);
    }

    @ParameterizedTest
    @MethodSource("operations")
    void operation_arrives(Class<?> kind) throws Exception {
        arrives(kind, (out, thing) -> Wire.writeOperation(out, (Operation<?>) thing), Wire::readOperation);
    }

    @ParameterizedTest
    @MethodSource("replies")
    void reply_arrives(Class<?> kind) throws Exception {
        arrives(kind, Wire::writeReply, Wire::readReply);
    }

    @ParameterizedTest
    @MethodSource("effects")
    void effect_arrives(Class<?> kind) throws Exception {
        arrives(kind, (out, thing) -> Wire.writeEffect(out, (Effect) thing), Wire::readEffect);
    }

    @ParameterizedTest
    @MethodSource("records")
    void record_arrives(Class<?> kind) throws Exception {
        arrives(kind, (out, thing) -> Wire.writeRecord(out, (StoredRecord) thing), Wire::readRecord);
    }

    private void arrives(Class<?> kind, Write write, Read read) throws Exception {
        Set<Object> sent = new HashSet<>();
        for (int i = 0; i < ROUNDS; i++) {
            Object thing = make(kind);
            if (thing == null) {
                continue; // refused by its own checks
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            write.to(new DataOutputStream(bytes), thing);
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
            assertThat(read.from(in)).isEqualTo(thing);
            assertThat(in.available()).isZero();
            assertThatThrownBy(() -> {
                        byte[] cut = Arrays.copyOf(bytes.toByteArray(), bytes.size() - 1);
                        read.from(new DataInputStream(new ByteArrayInputStream(cut)));
                    })
                    .as("what is cut short is not taken for something else")
                    .isInstanceOf(IOException.class);
            sent.add(thing);
        }
        assertThat(sent).isNotEmpty();
    }

    /** A thing of a kind, or null if its constructor refused the contents. */
    private @Nullable Object make(Type type) throws ReflectiveOperationException {
        if (type == long.class || type == Long.class) {
            return random.nextInt(4) == 0 ? (long) random.nextInt(3) : random.nextLong() >>> 1;
        }
        if (type == int.class) {
            return random.nextInt(1_000);
        }
        if (type == boolean.class || type == Boolean.class) {
            return random.nextBoolean();
        }
        if (type == String.class) {
            return random.nextInt(10) == 0 ? "" : "é\0€" + random.nextInt();
        }
        if (type == Payload.class) {
            byte[] bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            return Payload.of(bytes);
        }
        if (type instanceof ParameterizedType list) {
            List<Object> elements = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                Object element = make(list.getActualTypeArguments()[0]);
                if (element != null) {
                    elements.add(element);
                }
            }
            return elements;
        }
        Class<?> kind = (Class<?>) type;
        if (kind.isSealed()) {
            List<Class<?>> kinds = kinds(kind).toList();
            return make(kinds.get(random.nextInt(kinds.size())));
        }
        return makeRecord(kind);
    }

    private @Nullable Object makeRecord(Class<?> kind) throws ReflectiveOperationException {
        RecordComponent[] components = kind.getRecordComponents();
        @Nullable Object[] arguments = new Object[components.length];
        for (int i = 0; i < arguments.length; i++) {
            if (components[i].getName().equals("token")) { // whose letters are checked
                arguments[i] = "t" + random.nextInt(1_000);
                continue;
            }
            boolean nullable = components[i].getAnnotatedType().getAnnotations().length > 0;
            arguments[i] = nullable && random.nextBoolean() ? null : make(components[i].getGenericType());
        }
        Constructor<?> constructor = kind.getDeclaredConstructor(
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        try {
            return constructor.newInstance(arguments);
        } catch (InvocationTargetException e) {
            return null;
        }
    }
}
