import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Builds that wait for a network task in the pool that they take themselves: `Builds FILE BUILDS`. */
public class Builds {
    public static void main(String[] arguments) throws Exception {
        ThreadbareRecorder recorder = ThreadbareRecorder.start(Path.of(arguments[0]));
        ExecutorService pool = recorder.record("default", Executors.newFixedThreadPool(5));
        Callable<Void> net = ThreadbareRecorder.named("net", () -> sleep(200));
        Callable<Void> build = ThreadbareRecorder.named("build", () -> {
            sleep(300);
            pool.submit(net).get();
            return sleep(100);
        });
        Thread limit = new Thread(() -> {
            sleep(4000);
            recorder.close();
            Runtime.getRuntime().halt(0);
        });
        limit.setDaemon(true);
        limit.start();
        List<Future<Void>> futures = new ArrayList<>();
        for (int number = 0; number < Integer.parseInt(arguments[1]); number++) {
            futures.add(pool.submit(build));
        }
        for (Future<Void> future : futures) {
            future.get();
        }
        pool.shutdown();
    }

    private static Void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
        return null;
    }
}
