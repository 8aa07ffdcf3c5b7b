package dev.duet.redis.internal;

import dev.duet.store.NamespaceConfig;
import dev.duet.store.StoreConfigurationException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is agreed on before a namespace is used: a server that is recent enough, the number of partitions, the format. */
final class Handshake {

    /** The format of records, logs and messages. A node with another one must not touch them. */
    private static final int FORMAT = 5;

    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4}).*");

    private final Scripts scripts;
    private final String address;

    Handshake(Scripts scripts, String address) {
        this.scripts = scripts;
        this.address = address;
    }

    /** Checks the server and joins the namespace, creating it if it is new. Blocks. */
    void perform(NamespaceConfig config, Keys keys) {
        List<Object> key = List.of(keys.namespace());
        checkVersion(await(Script.VERSION, key, new Object[0]).get(0));
        Object[] wanted = {bytes(config.partitions()), bytes(FORMAT)};
        checkNamespace(config, keys, await(Script.NAMESPACE, key, wanted));
    }

    private List<String> await(Script script, List<Object> keys, Object[] arguments) {
        return Blocking.await(scripts.run(new Call<>(script, arguments, Handshake::texts), keys), address);
    }

    private void checkVersion(String version) {
        Matcher matcher = VERSION.matcher(version);
        int number = matcher.matches()
                ? Integer.parseInt(matcher.group(1)) * 10_000 + Integer.parseInt(matcher.group(2))
                : 0;
        if (number < 6 * 10_000 + 2) {
            throw new StoreConfigurationException(
                    "Redis at " + address + " has the version '" + version + "'; use Redis 6.2 or later, or Valkey",
                    null);
        }
    }

    private void checkNamespace(NamespaceConfig config, Keys keys, List<String> found) {
        String namespace = "namespace '" + config.name() + "' in Redis at " + address;
        if (found.isEmpty()) {
            throw new StoreConfigurationException(
                    namespace + " cannot be used, since its key " + keys.namespace()
                            + " holds something else; choose another namespace, or delete the key",
                    null);
        }
        if (!found.get(1).equals(Integer.toString(FORMAT))) {
            throw new StoreConfigurationException(
                    namespace + " has the format '" + found.get(1) + "', but this version of Duet writes " + FORMAT
                            + "; choose another namespace, or use one version of Duet",
                    null);
        }
        if (!found.get(0).equals(Integer.toString(config.partitions()))) {
            throw new StoreConfigurationException(
                    namespace + " has " + found.get(0) + " partitions, but partitions(" + config.partitions()
                            + ") is configured; configure the same number, or another namespace",
                    null);
        }
    }

    private static List<String> texts(List<Object> reply) {
        Function<Object, String> text = bytes -> new String((byte[]) bytes, StandardCharsets.UTF_8);
        return reply.stream().map(text).toList();
    }

    private static byte[] bytes(int number) {
        return Integer.toString(number).getBytes(StandardCharsets.UTF_8);
    }
}
