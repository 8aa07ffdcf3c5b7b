package dev.duet.testkit;

import java.util.function.Supplier;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A server kept in the store of the outermost test class that uses it. JUnit calls an extension again for each nested
 * class, whose store finds what the outer class has; and it closes what a store holds when the class has ended.
 */
record ServerResource(Runnable stop) implements AutoCloseable {

    /**
     * Starts a server unless the class or one around it has it.
     *
     * @param owner the extension whose server it is
     * @param start starts the server and returns what stops it
     */
    static void open(ExtensionContext context, Extension owner, Supplier<Runnable> start) {
        context.getStore(ExtensionContext.Namespace.create(ServerResource.class, owner))
                .getOrComputeIfAbsent(owner, key -> new ServerResource(start.get()));
    }

    @Override
    public void close() {
        stop.run();
    }
}
