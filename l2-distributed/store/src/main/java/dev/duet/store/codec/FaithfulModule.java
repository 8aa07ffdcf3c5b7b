package dev.duet.store.codec;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.lang.annotation.Annotation;
import java.lang.reflect.RecordComponent;
import java.time.DateTimeException;
import java.time.ZonedDateTime;
import java.util.Calendar;
import java.util.GregorianCalendar;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.Version;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.deser.std.StdScalarDeserializer;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdScalarSerializer;

/**
 * What Jackson has no setting for: calendars keep their zone, and a primitive component of a record that was not written is
 * an error when it is read, not a zero.
 */
final class FaithfulModule extends SimpleModule {

    private static final long serialVersionUID = 1L;

    FaithfulModule() {
        super("faithful");
        addSerializer(Calendar.class, new CalendarSerializer());
        addDeserializer(Calendar.class, new CalendarDeserializer());
        addDeserializer(GregorianCalendar.class, new CalendarDeserializer());
    }

    @Override
    public void setupModule(SetupContext context) {
        super.setupModule(context);
        context.insertAnnotationIntrospector(new PrimitivesRequired());
    }

    private static final class CalendarSerializer extends StdScalarSerializer<Calendar> {

        CalendarSerializer() {
            super(Calendar.class);
        }

        @Override
        public void serialize(Calendar calendar, JsonGenerator generator, SerializationContext context) {
            generator.writeString(calendar.toInstant()
                    .atZone(calendar.getTimeZone().toZoneId())
                    .toString());
        }
    }

    private static final class CalendarDeserializer extends StdScalarDeserializer<GregorianCalendar> {

        CalendarDeserializer() {
            super(GregorianCalendar.class);
        }

        @Override
        public GregorianCalendar deserialize(JsonParser parser, DeserializationContext context) {
            String text = parser.getValueAsString("");
            try {
                ZonedDateTime time = ZonedDateTime.parse(text);
                GregorianCalendar calendar = new GregorianCalendar(TimeZone.getTimeZone(time.getZone()));
                calendar.setTimeInMillis(time.toInstant().toEpochMilli());
                return calendar;
            } catch (DateTimeException e) {
                return (GregorianCalendar)
                        context.handleWeirdStringValue(GregorianCalendar.class, text, "no time with a zone");
            }
        }
    }

    /** Requires the primitive parameters of constructors and factories, unless they are not always written. */
    private static final class PrimitivesRequired extends NopAnnotationIntrospector {

        private static final long serialVersionUID = 1L;

        @Override
        public @Nullable Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
            boolean required = member instanceof AnnotatedParameter parameter
                    && parameter.getRawType().isPrimitive()
                    && isWritten(parameter::getAnnotation)
                    && isWritten(parameter.getDeclaringClass()::getAnnotation)
                    && isComponentWritten(parameter);
            return required ? Boolean.TRUE : null;
        }

        /** Annotations such as {@code @JsonIgnore} come to a component's accessor, and not to the constructor's parameter. */
        private static boolean isComponentWritten(AnnotatedParameter parameter) {
            RecordComponent[] components = parameter.getDeclaringClass().getRecordComponents();
            return components == null
                    || parameter.getIndex() >= components.length
                    || isWritten(components[parameter.getIndex()].getAccessor()::getAnnotation);
        }

        private static boolean isWritten(Annotations annotations) {
            JsonInclude include = annotations.get(JsonInclude.class);
            JsonIgnore ignore = annotations.get(JsonIgnore.class);
            JsonIgnoreProperties ignored = annotations.get(JsonIgnoreProperties.class);
            JsonProperty property = annotations.get(JsonProperty.class);
            return (include == null || include.value() == JsonInclude.Include.ALWAYS)
                    && (ignore == null || !ignore.value())
                    && (ignored == null || ignored.value().length == 0)
                    && (property == null || property.access() != JsonProperty.Access.WRITE_ONLY);
        }

        @Override
        public Version version() {
            return Version.unknownVersion();
        }
    }

    /** The annotations of a parameter, or of a class. */
    private interface Annotations {
        <A extends Annotation> @Nullable A get(Class<A> type);
    }
}
