import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Records what executors do, for {@code threadbare import}.
 *
 * <pre>
 * ThreadbareRecorder recorder = ThreadbareRecorder.start(Path.of("recording.jsonl"));
 * ExecutorService pool = recorder.record("default", Executors.newFixedThreadPool(5));
 * </pre>
 *
 * The wrapper is used in place of the executor. Submissions with their parents, starts, ends and waits ({@code get} on the
 * futures that it returns, {@code invokeAll}) are written as lines of JSON; the format is in docs/reference/recording.md.
 * Tasks are named by their class, or as {@link #named} says. Only the JDK (17 or later) is used.
 */
public final class ThreadbareRecorder implements AutoCloseable {
    private static final int VERSION = 1;
    private static final int FLUSH_EVENTS = 4096;
    private static final long FLUSH_MILLIS = 500;
    private static final long MAX_EVENTS = 2_000_000;

    private static final ThreadLocal<Task> CURRENT = new ThreadLocal<>();

    private final Writer file;
    private final long origin = System.nanoTime();
    private final AtomicLong numbers = new AtomicLong();
    private final StringBuilder buffer = new StringBuilder();
    private int buffered;
    private long kept;
    private long lost;
    private boolean isClosed;

    private record Task(long number, String kind, String pool) {}

    private ThreadbareRecorder(Path path) throws IOException {
        file = Files.newBufferedWriter(path);
        StringBuilder header = new StringBuilder("{\"threadbare_recording\":").append(VERSION);
        header.append(",\"runtime\":\"Java ").append(Runtime.version().feature()).append("\"}\n");
        file.write(header.toString());
        file.flush();
        Thread flusher = new Thread(this::flushRegularly, "threadbare-recorder");
        flusher.setDaemon(true);
        flusher.start();
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    }

    /** Begins a recording. */
    public static ThreadbareRecorder start(Path path) throws IOException {
        return new ThreadbareRecorder(path);
    }

    /** Returns an executor that records what {@code executor} does under this name. */
    public ExecutorService record(String name, ExecutorService executor) {
        StringBuilder line = new StringBuilder("{\"event\":\"pool\",\"pool\":").append(quoted(name));
        line.append(",\"kind\":\"threads\"");
        if (executor instanceof ThreadPoolExecutor pool && pool.getMaximumPoolSize() < 1_000_000) {
            line.append(",\"workers\":").append(pool.getMaximumPoolSize());
        }
        put(line);
        return new Recorded(name, executor);
    }

    /** A task that is called by this name in the recording. */
    public static <T> Callable<T> named(String name, Callable<T> task) {
        return new Named<>(name, task);
    }

    private record Named<T>(String name, Callable<T> task) implements Callable<T> {
        @Override
        public T call() throws Exception {
            return task.call();
        }
    }

    private final class Recorded extends AbstractExecutorService {
        private final String name;
        private final ExecutorService executor;

        Recorded(String name, ExecutorService executor) {
            this.name = name;
            this.executor = executor;
        }

        @Override
        protected <T> RunnableFuture<T> newTaskFor(Callable<T> callable) {
            return new RecordedFuture<>(callable, kindOf(callable), name);
        }

        @Override
        protected <T> RunnableFuture<T> newTaskFor(Runnable runnable, T value) {
            return new RecordedFuture<>(java.util.concurrent.Executors.callable(runnable, value), kindOf(runnable), name);
        }

        @Override
        public void execute(Runnable command) {
            RecordedFuture<?> future = command instanceof RecordedFuture<?> known
                ? known
                : new RecordedFuture<>(java.util.concurrent.Executors.callable(command), kindOf(command), name);
            int queue = executor instanceof ThreadPoolExecutor pool ? pool.getQueue().size() : 0;
            Task parent = CURRENT.get();
            StringBuilder line = event("submit", future.task).append(",\"type\":").append(quoted(future.task.kind));
            line.append(",\"pool\":").append(quoted(name)).append(",\"queue\":").append(queue);
            if (parent != null) {
                line.append(",\"parent\":").append(parent.number);
            }
            put(line);
            try {
                executor.execute(future);
            } catch (RuntimeException refused) {
                end(future.task);
                throw refused;
            }
        }

        @Override
        public void shutdown() {
            executor.shutdown();
        }

        @Override
        public List<Runnable> shutdownNow() {
            return executor.shutdownNow();
        }

        @Override
        public boolean isShutdown() {
            return executor.isShutdown();
        }

        @Override
        public boolean isTerminated() {
            return executor.isTerminated();
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
            return executor.awaitTermination(timeout, unit);
        }
    }

    private final class RecordedFuture<T> extends FutureTask<T> {
        final Task task;

        RecordedFuture(Callable<T> callable, String kind, String pool) {
            super(callable);
            task = new Task(numbers.incrementAndGet(), kind, pool);
        }

        @Override
        public void run() {
            Task outer = CURRENT.get();
            CURRENT.set(task);
            put(event("start", task).append(",\"worker\":").append(quoted(Thread.currentThread().getName())));
            try {
                super.run();
            } finally {
                end(task);
                CURRENT.set(outer);
            }
        }

        @Override
        public T get() throws InterruptedException, ExecutionException {
            Task waiter = await(task);
            try {
                return super.get();
            } finally {
                resume(waiter);
            }
        }

        @Override
        public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
            Task waiter = await(task);
            try {
                return super.get(timeout, unit);
            } finally {
                resume(waiter);
            }
        }
    }

    private Task await(Task task) {
        Task waiter = CURRENT.get();
        if (waiter != null) {
            put(event("wait", waiter).append(",\"for\":[").append(task.number).append(']'));
        }
        return waiter;
    }

    private void resume(Task waiter) {
        if (waiter != null) {
            put(event("resume", waiter));
        }
    }

    private void end(Task task) {
        put(event("end", task));
    }

    /** The beginning of a line. (The operator + would take milliseconds where it is first met: it is linked at run time.) */
    private StringBuilder event(String kind, Task task) {
        StringBuilder line = new StringBuilder(128).append("{\"event\":\"").append(kind);
        return line.append("\",\"time\":").append(System.nanoTime() - origin).append(",\"task\":").append(task.number);
    }

    private static String kindOf(Object task) {
        if (task instanceof Named<?> named) {
            return named.name;
        }
        // A lambda's class is `App$$Lambda$14/0x…` or `App$$Lambda/0x…`.
        String name = task.getClass().getName();
        int lambda = name.indexOf("$$Lambda");
        return lambda < 0 ? name : name.substring(0, lambda).concat(".lambda");
    }

    /** Ends a line, and keeps it. */
    private synchronized void put(StringBuilder line) {
        if (isClosed) {
            return;
        }
        if (kept >= MAX_EVENTS) {
            lost++;
            return;
        }
        kept++;
        buffer.append(line).append("}\n");
        if (++buffered >= FLUSH_EVENTS) {
            flush();
        }
    }

    private synchronized void flush() {
        try {
            file.write(buffer.toString());
            file.flush();
        } catch (IOException error) {
            // A recording must not end the program that it is of.
            System.err.println("threadbare recorder: ".concat(error.toString()));
            isClosed = true;
        }
        buffer.setLength(0);
        buffered = 0;
    }

    private void flushRegularly() {
        while (!isClosed) {
            try {
                Thread.sleep(FLUSH_MILLIS);
            } catch (InterruptedException ended) {
                return;
            }
            flush();
        }
    }

    @Override
    public synchronized void close() {
        if (isClosed) {
            return;
        }
        if (lost > 0) {
            buffer.append("{\"event\":\"lost\",\"events\":").append(lost).append("}\n");
        }
        flush();
        isClosed = true;
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char ch : text.toCharArray()) {
            if (ch == '"' || ch == '\\') {
                out.append('\\').append(ch);
            } else if (ch < ' ') {
                out.append(String.format("\\u%04x", (int) ch));
            } else {
                out.append(ch);
            }
        }
        return out.append('"').toString();
    }
}
