package dev.duet.redeploy;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** Deploys an {@link Application}, runs it, drops it, and ends with 0 once the garbage collector has its class loader. */
final class Server {

    private static final int COLLECTIONS = 100;

    private Server() {}

    /** The argument is {@code whole} or {@code classes}: what the application brings along. */
    public static void main(String[] arguments) throws Exception {
        ReferenceQueue<ClassLoader> gone = new ReferenceQueue<>();
        WeakReference<ClassLoader> loader = deploy("whole".equals(arguments[0]), gone);
        Own own = new Own("a", 1, 2L, true);
        if (!own.equals(new Own("b", 1, 2L, true))
                && own.hashCode() != 0
                && own.toString().isEmpty()) {
            throw new IllegalStateException("no such record");
        }
        boolean collected = false;
        for (int i = 0; i < COLLECTIONS && !collected; i++) {
            System.gc();
            collected = loader.equals(gone.remove(50));
        }
        System.out.println(collected ? "collected" : "still there, with " + threads());
        System.exit(collected ? 0 : 1);
    }

    private static WeakReference<ClassLoader> deploy(boolean whole, ReferenceQueue<ClassLoader> gone) throws Exception {
        ClassLoader loader = whole ? everything() : new OwnClasses();
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            Callable<?> application = (Callable<?>) loader.loadClass(Application.class.getName())
                    .getConstructor()
                    .newInstance();
            application.call();
        } finally {
            thread.setContextClassLoader(before);
        }
        return new WeakReference<>(loader, gone);
    }

    /**
     * Takes the application's place in {@code java.lang.runtime.ObjectMethods}, which keeps the class of the record for which
     * it made methods last, up to JDK 17.
     */
    private record Own(Object any, int number, long more, boolean flag) {}

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(thread -> thread.getName() + " of " + thread.getContextClassLoader())
                .toList();
    }

    /** An application that brings Duet and its libraries along. */
    private static ClassLoader everything() throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        return new URLClassLoader("application", urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    /** An application whose server has Duet and its libraries. */
    private static final class OwnClasses extends ClassLoader {

        OwnClasses() {
            super("application", Server.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(Application.class.getName())) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? define(name) : loaded;
            }
        }

        private Class<?> define(String name) {
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
