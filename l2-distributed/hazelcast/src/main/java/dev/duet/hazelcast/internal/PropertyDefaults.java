package dev.duet.hazelcast.internal;

import java.util.Properties;

/** Properties of Hazelcast's that an application may have set, in its configuration or as a system property. */
final class PropertyDefaults {

    private PropertyDefaults() {}

    static void set(Properties properties, String name, String value) {
        if (properties.getProperty(name) == null && System.getProperty(name) == null) {
            properties.setProperty(name, value);
        }
    }
}
