"""The processor time an event costs: tasks that do nothing, with and without the recorder."""
import sys
import time
from concurrent.futures import ThreadPoolExecutor

COUNT = 20_000


def seconds():
    with ThreadPoolExecutor(2) as pool:
        start = time.process_time()
        for future in [pool.submit(int) for _ in range(COUNT)]:
            future.result()
        return time.process_time() - start


def main():
    plain = min(seconds() for _ in range(10))
    import threadbare_recorder

    threadbare_recorder.start(sys.argv[1])
    recorded = min(seconds() for _ in range(10))
    threadbare_recorder.stop()
    # Submit, start and end of each task.
    micros = (recorded - plain) / (3 * COUNT) * 1e6
    print(f"{micros:.2f} µs an event")
    sys.exit(micros > 5)


main()
