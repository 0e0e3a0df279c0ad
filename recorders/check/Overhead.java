import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The processor time an event costs: tasks that do nothing, with and without the recorder: `Overhead FILE`. */
public class Overhead {
    private static final int COUNT = 60_000;
    /** The compiler has seen the code by then, and the recorder has room for the events of all. */
    private static final int ROUNDS = 10;
    private static final double MAX_MICROS = 5;

    public static void main(String[] arguments) throws Exception {
        ThreadbareRecorder recorder = ThreadbareRecorder.start(Path.of(arguments[0]));
        double plain = Double.MAX_VALUE;
        double recorded = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            plain = Math.min(plain, nanos(Executors.newFixedThreadPool(2)));
            recorded = Math.min(recorded, nanos(recorder.record("pool", Executors.newFixedThreadPool(2))));
        }
        recorder.close();
        // Submit, start and end of each task.
        double micros = (recorded - plain) / (3.0 * COUNT) / 1e3;
        System.out.println(String.format(Locale.ROOT, "%.2f µs an event", micros));
        System.exit(micros > MAX_MICROS ? 1 : 0);
    }

    private static double nanos(ExecutorService pool) throws Exception {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long before = system.getProcessCpuTime();
        List<Future<?>> futures = new ArrayList<>();
        for (int number = 0; number < COUNT; number++) {
            futures.add(pool.submit(() -> {}));
        }
        for (Future<?> future : futures) {
            future.get();
        }
        pool.shutdown();
        return system.getProcessCpuTime() - before;
    }
}
