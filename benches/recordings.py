"""What `threadbare import` takes for a recording of 256 MiB: CPU time and peak memory, for every format as a program writes it,
and for contrived ones, in which one thing has no end. Needs Python 3.9 and Linux.

    python3 benches/recordings.py [--threadbare PATH] [--mib 256] [NAME…]

NAME chooses what is measured, by a part of its name. Files are written to the temporary folder and removed, one after the other.
"""
import argparse
import gzip
import os
import resource
import subprocess
import sys
import tempfile

# Beyond these a measurement is cut off, and fails.
MAX_CPU_SECONDS = 300
MAX_ADDRESSES = 8 << 30

HEX = "0123456789abcdef" * 4


def until(size, begin, parts, end=b""):
    """Bytes up to a size: a beginning, as many parts as fit, an end."""
    written = len(begin) + len(end)
    yield begin
    for part in parts:
        written += len(part)
        if written > size:
            break
        yield part
    yield end


def numbers(most=None):
    number = 0
    while most is None or number < most:
        yield number
        number += 1


def lines(form, most=None):
    return (form(n).encode() for n in numbers(most))


def repeated(part):
    """The same over and over."""
    many = part * 1_000
    while True:
        yield many


def blocks(form):
    """Texts with a number in them, several at a time."""
    for start in range(0, 1 << 40, 1_000):
        yield "".join([form % number for number in range(start, start + 1_000)]).encode()


def joined(form, most=None):
    """JSON objects with commas between them."""
    return ((("," if n else "") + form(n)).encode() for n in numbers(most))


# As programs write them.


def table(size):
    def row(n):
        return f"{1764038923456 + n},{5 + n % 97},GET /v2.1/servers/{n % 40}/action?request={HEX}{HEX}{HEX},api,200,{n % 7}\n"

    return until(size, b"timestamp_ms,took_ms,route,pool,status,host\n", lines(row, 999_000))


def packed(size):
    return [gzip.compress(b"".join(table(size)), 1)]


def chrome(size):
    def event(n):
        at, thread = n // 8 * 1_000, n % 8
        args = f'"file":"/srv/app/service/handlers/{HEX}.py","line":{n % 900},"request":"{HEX}","tenant":"{HEX[:32]}"'
        return f'{{"ph":"X","cat":"app","name":"handle_{n % 30}","pid":1,"tid":{thread},"ts":{at},"dur":900,"args":{{{args}}}}}\n'

    names = "".join(f'{{"ph":"M","name":"thread_name","pid":1,"tid":{n},"args":{{"name":"api_{n}"}}}},' for n in range(8))
    return until(size, b"[" + names.encode(), joined(event, 990_000), b"]")


def otlp(size):
    def span(n):
        at = 1764038923_000000000 + n // 2 * 100_000
        parent, name = (f"{n - 1:016x}", "SELECT cart") if n % 2 else ("", f"GET /cart/{n % 20}")
        attributes = f'{{"key":"http.url","value":{{"stringValue":"https://cart/{HEX}"}}}},{{"key":"net.peer","value":{{"intValue":"{n}"}}}}'
        return (
            f'{{"traceId":"{n // 2:032x}","spanId":"{n:016x}","parentSpanId":"{parent}","name":"{name}","kind":2,'
            f'"startTimeUnixNano":"{at + n % 2 * 10_000}","endTimeUnixNano":"{at + 90_000 - n % 2 * 30_000}","attributes":[{attributes}]}}\n'
        )

    begin = b'{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"cart"}}]},"scopeSpans":[{"spans":['
    return until(size, begin, joined(span), b"]}]}]}")


def jaeger(size):
    def span(n):
        at = 1764038923_000000 + n // 2 * 100
        refs = f'{{"refType":"CHILD_OF","traceID":"{n // 2:x}","spanID":"{n - 1:x}"}}' if n % 2 else ""
        return (
            f'{{"traceID":"{n // 2:x}","spanID":"{n:x}","operationName":"op{n % 20}","references":[{refs}],"startTime":{at + n % 2 * 10},'
            f'"duration":{90 - n % 2 * 30},"tags":[{{"key":"http.url","type":"string","value":"https://cart/{HEX}"}}],"logs":[],'
            f'"processID":"p{n % 2}","warnings":null}}\n'
        )

    end = b'],"processes":{"p0":{"serviceName":"web"},"p1":{"serviceName":"mysql"}}}]}'
    return until(size, b'{"data":[{"traceID":"1","spans":[', joined(span), end)


def flight(size):
    def event(n):
        second, nanos = divmod(n // 4 * 1_000_000, 1_000_000_000)
        kind = "app.Build" if n % 2 == 0 else "jdk.ThreadPark"
        thread = n // 2 % 2
        lasts = "0.0015" if n % 2 == 0 else "0.0001"
        thread = f'"osName":"worker-{thread}","osThreadId":{thread + 7},"javaName":"pool-1-thread-{thread}","javaThreadId":{thread + 20}'
        return (
            f'{{"type":"{kind}","values":{{"startTime":"2026-11-25T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.{nanos:09}Z",'
            f'"duration":"PT{lasts}S","eventThread":{{{thread}}},"stackTrace":{{"truncated":false,"frames":[{{"method":"{HEX}"}}]}},"id":{n}}}}}\n'
        )

    return until(size, b'{"recording":{"events":[', joined(event, 900_000), b"]}}")


def recorded(size):
    def task(n):
        at = n * 10_000
        return (
            f'{{"event": "submit", "time": {at}, "task": {n}, "type": "build_of_image_{n % 20}", "pool": "default", "queue": 0}}\n'
            f'{{"event": "start", "time": {at + 100}, "task": {n}, "worker": "ThreadPoolExecutor-0_{n % 5}"}}\n'
            f'{{"event": "end", "time": {at + 40_000}, "task": {n}, "cpu": 30000}}\n'
        )

    begin = b'{"threadbare_recording": 1}\n{"event": "pool", "pool": "default", "kind": "threads", "workers": 5}\n'
    return until(size, begin, lines(task, 990_000))


def moment(millis):
    return f"2026-11-25 {millis // 3_600_000 % 24:02}:{millis // 60_000 % 60:02}:{millis // 1_000 % 60:02}.{millis % 1_000:03}"


def nova(size):
    def line(n):
        return (
            f"{moment(n * 50)} 84912 DEBUG nova.thread_pool_factory [None req-7b24 admin] State of default ThreadPoolExecutor when "
            f"submitting a new task: max_workers: 10, workers: 10, idle workers: 0, queued work: 1, stats: <ExecutorStatistics object at "
            f"0x7466d85eb7c0 (failures=0, executed={n}, runtime={n}.00, cancelled=0)>\n"
        )

    return until(size, b"", lines(line))


def oslo(size):
    def line(n):
        begin = f"{moment(n * 50)} 7 DEBUG oslo_concurrency.lockutils [None req-7b24c1 admin admin] Lock \"instance-{n // 2 % 50}\" "
        by = f'by "nova.compute.manager.ComputeManager.build_and_run_instance.<locals>._locked_do_build_and_run_instance_{HEX[:8]}"'
        if n % 2:
            return f'{begin}"released" {by} :: held 0.050s {{{{(pid=7) inner /usr/lib/python3/dist-packages/oslo_concurrency/lockutils.py:423}}}}\n'
        return f"{begin}acquired {by} :: waited 0.000s {{{{(pid=7) inner /usr/lib/python3/dist-packages/oslo_concurrency/lockutils.py:404}}}}\n"

    return until(size, b"", lines(line))


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(tag, value):
    """A field of protobuf: a number, or bytes with their length."""
    if isinstance(value, int):
        return varint(tag << 3) + varint(value)
    return varint(tag << 3 | 2) + varint(len(value)) + value


def perfetto(size):
    def packet(n):
        at = 1_000_000_000 + n // 2 // 4 * 1_000_000 + n % 2 * 900_000
        annotation = field(4, field(10, b"request") + field(6, (HEX * 3).encode()))
        event = field(9, 1 + n % 2) + field(10, 1 + n // 2 % 20) + field(11, 10 + n // 2 % 4) + annotation
        return field(1, field(8, at) + field(10, 1) + field(11, event))

    names = b"".join(field(2, field(1, n) + field(2, b"handle_%d" % n)) for n in range(1, 22))
    tracks = b"".join(
        field(1, field(60, field(1, 10 + n) + field(4, field(1, 1) + field(2, 7 + n) + field(5, b"api_%d" % n)))) for n in range(4)
    )
    return until(size, tracks + field(1, field(10, 1) + field(12, names)), (packet(n) for n in numbers()))


def jstack(size):
    frame = "\tat com.example.orders.service.internal.Handler$Worker.handleRequest(Handler.java:%d)\n"

    def thread(n):
        stack = "".join(frame % (n % 7 + line) for line in range(27))
        return (
            f'"pool-{n % 100}-thread-{n // 100}" #{n + 20} prio=5 os_prio=0 cpu=1.00ms elapsed=9.00s tid=0x{n + 4096:016x} nid=0x{n:x} waiting on '
            f"condition\n   java.lang.Thread.State: WAITING (parking)\n\tat jdk.internal.misc.Unsafe.park(java.base@17.0.15/Native Method)\n"
            f"\t- parking to wait for  <0x{n:016x}> (a java.util.concurrent.FutureTask)\n"
            f"\tat java.util.concurrent.FutureTask.get(java.base@17.0.15/FutureTask.java:190)\n{stack}"
            f"\tat java.util.concurrent.ThreadPoolExecutor.runWorker(java.base@17.0.15/ThreadPoolExecutor.java:1136)\n\n"
        )

    return until(size, b"2026-11-25 02:49:55\nFull thread dump OpenJDK 64-Bit Server VM (17.0.15):\n\n", lines(thread, 99_000))


def jdk_json(size):
    frame = '"com.example.orders.service.internal.Handler$Worker.handleRequest(Handler.java:%d)"'

    def thread(n):
        stack = ",\n".join(frame % (n % 7 + line) for line in range(28))
        return (
            f'{{"tid":"{n}","name":"pool-1-thread-{n}","state":"WAITING","parkBlocker":{{"object":"java.util.concurrent.FutureTask@{n:x}"}},"stack":['
            f'"java.base\\/java.util.concurrent.FutureTask.get(FutureTask.java:190)",\n{stack},'
            f'"java.base\\/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1144)"]}}\n'
        )

    begin = b'{"threadDump":{"time":"2026-11-25T02:49:55Z","threadContainers":[{"container":"java.util.concurrent.ThreadPoolExecutor@1b","threads":['
    return until(size, begin, joined(thread, 99_000), b"]}]}}")


def pyspy(size):
    def thread(n):
        stack = "".join(f"    handle_request_of_service_number_{line} (service/handlers/orders.py:{n % 9 + line})\n" for line in range(34))
        return (
            f'Thread {n + 100} (idle): "default_{n}"\n    Condition.wait (threading.py:327)\n    Future.result (concurrent/futures/_base.py:451)\n'
            f"{stack}    _worker (concurrent/futures/thread.py:83)\n"
        )

    return until(size, b"Process 7: python3 app.py\nPython v3.11.7 (/usr/bin/python3.11)\n\n", lines(thread, 99_000))


def faulthandler(size):
    def thread(n):
        stack = "".join(f'  File "/srv/service/handlers/orders.py", line {n % 9 + line} in handle_request_{line}\n' for line in range(36))
        return (
            f'Thread 0x{n + 4096:016x} (most recent call first):\n  File "/usr/lib/python3.11/threading.py", line 327 in wait\n'
            f'  File "/usr/lib/python3.11/concurrent/futures/_base.py", line 451 in result\n{stack}'
            f'  File "/usr/lib/python3.11/concurrent/futures/thread.py", line 83 in _worker\n\n'
        )

    return until(size, b"", lines(thread, 99_000))


def goroutines(size):
    def thread(n):
        stack = "".join(
            f"example.com/orders/internal/service.handle{line}(0xc000012345, 0x{n:x})\n\t/srv/orders/internal/service/handler.go:{line} +0x1f\n"
            for line in range(24)
        )
        return (
            f"goroutine {n + 1} [chan receive, 2 minutes]:\n{stack}example.com/orders/pool.worker(0xc000010000)\n\t/srv/orders/pool/pool.go:15 +0x42\n"
            f"created by example.com/orders/pool.New in goroutine 1\n\t/srv/orders/pool/pool.go:35 +0x2d\n\n"
        )

    return until(size, b"", lines(thread, 99_000))


# Contrived: one thing in them has no end.

OTLP_SPAN = b'"scopeSpans":[{"spans":[{"spanId":"a","name":"a","startTimeUnixNano":"5","endTimeUnixNano":9}]}]'


def jaeger_processes(size):
    span = b'{"data":[{"spans":[{"traceID":"t","spanID":"a","processID":"p1","operationName":"a","startTime":5,"duration":1}],"processes":{'
    return until(size, span, blocks('"p%d":{"serviceName":"s"},'), b'"p":{}}}]}')


def jaeger_children(size):
    def span(n):
        refs = '{"refType":"CHILD_OF","spanID":"0"}' if n else ""
        at, lasts = (5 + n % 1_000_000, 1) if n else (5, 1_000_010)
        return f'{{"traceID":"t","spanID":"{n:x}","processID":"p{n > 0:d}","references":[{refs}],"startTime":{at},"duration":{lasts}}}'

    end = b'],"processes":{"p0":{"serviceName":"web"},"p1":{"serviceName":"db"}}}]}'
    return until(size, b'{"data":[{"spans":[', joined(span, 999_000), end)


def otlp_attributes(size):
    begin = b'{"resourceSpans":[{"resource":{"attributes":['
    return until(size, begin, repeated(b"{},"), b"{}]}," + OTLP_SPAN + b"}]}")


def otlp_times(size):
    begin = b'{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":['
    return until(size, begin, repeated(b"0,"), b'0],"endTimeUnixNano":9}]}]}]}')


def perfetto_names(size):
    def packet(n):
        names = b"".join(field(2, field(1, n * 64 + at)) for at in range(64))
        return field(1, field(10, 1) + field(12, names))

    return until(size, field(1, field(8, 5)), (packet(n) for n in numbers()))


def perfetto_packet(size):
    names = field(2, b"") * ((size - 32) // 2)
    return [field(1, field(8, 5)), field(1, field(12, names))]


def perfetto_packets(size):
    """As long as a packet may be, each of nothing but empty names."""
    names = field(1, field(12, field(2, b"") * ((16 << 20) // 2 - 8)))
    return until(size, field(1, field(8, 5)), (names for _ in numbers()))


def perfetto_writers(size):
    return until(size, field(1, field(8, 5)), (field(1, field(10, n)) for n in numbers()))


def perfetto_clocks(size):
    clocks = field(1, field(6, field(1, b"") * ((16 << 20) // 2 - 8)))
    return until(size, field(1, field(8, 5)), (clocks for _ in numbers()))


def chrome_begins(size):
    return until(size, b"[", repeated(b'{"ph":"B","ts":1},'), b"]")


def chrome_ends(size):
    return until(size, b"[", blocks('{"ph":"E","ts":1,"tid":%d},'), b"]")


def chrome_processes(size):
    return until(size, b"[", blocks('{"ph":"M","name":"process_name","pid":%d},'), b"]")


def chrome_children(size):
    def arrow(n):
        child = f'{{"ph":"X","name":"c","pid":1,"tid":2,"ts":{n * 3 + 1},"dur":1}}'
        return child + "".join(
            f',{{"ph":"{phase}","id":{n},"bp":"e","pid":1,"tid":{thread},"ts":{n * 3 + 1}}}' for phase, thread in (("s", 1), ("f", 2))
        )

    begin = b'[{"ph":"X","name":"parent","pid":1,"tid":1,"ts":0,"dur":1000000},'
    return until(size, begin, joined(arrow, 333_000), b"]")


def table_columns(size):
    return until(size, b"start,duration", repeated(b","))


def table_name(size):
    return until(size, b"start,duration_s,", repeated(b"job "), b"\n0,1,2\n")


def flight_events(size):
    begin = b'{"recording":{"events":['
    return until(size, begin, repeated(b'{"type":"","values":{}},'), b'{"type":"","values":{}}]}}')


def flight_tasks(size):
    event = b'{"type":"a","values":{"startTime":"2026-11-25T02:49:55Z","duration":"PT1S","eventThread":{"javaThreadId":1}}}'
    return until(size, b'{"recording":{"events":[', repeated(event + b","), event + b"]}}")


RECORDED = b'{"threadbare_recording": 1}\n'


def recorded_waits(size):
    submit = b'{"event":"submit","time":1,"task":1,"type":"t","pool":"p"}\n'
    waits = '{"event":"wait","time":2,"task":1,"for":[' + ",".join(["1"] * 1_000_000) + "]}\n"
    return until(size, RECORDED + submit, lines(lambda n: waits))


def recorded_line(size):
    return until(size, RECORDED + b'{"event":"wait","x":[', repeated(b"0,"), b"0]}\n")


def recorded_children(size):
    def child(n):
        if n == 0:
            return '{"event":"submit","time":0,"task":0,"type":"p","pool":"a"}\n{"event":"start","time":0,"task":0}\n'
        return (
            f'{{"event":"submit","time":{n},"task":{n},"type":"c","pool":"b","parent":0}}\n{{"event":"start","time":{n},"task":{n}}}\n'
            f'{{"event":"end","time":{n + 2},"task":{n}}}\n'
        )

    wait = f'{{"event":"wait","time":1000000,"task":0,"for":{list(range(1, 990_000))}}}\n'
    end = wait + '{"event":"resume","time":1000005,"task":0}\n{"event":"end","time":1000006,"task":0}\n'
    return until(size, RECORDED, lines(child, 990_000), end.encode())


def nova_warnings(size):
    line = "2026-11-25 02:49:55 7 The a.d pool does not have free threads so the task <function f%d will be queued.\n"
    state = (
        "2026-11-25 02:49:55 7 DEBUG x State of d ThreadPoolExecutor when submitting a new task: max_workers: 1, workers: 1, idle workers: 0, "
        "queued work: 1, stats: (failures=0, executed=1, runtime=1.00, cancelled=0)>\n"
    )
    return until(size, state.encode(), blocks(line))


def oslo_locks(size):
    return until(size, b"", blocks('2026-11-25 02:49:55 7 Lock "%d" acquired by "f" :: waited 0s\n'))


def jstack_threads(size):
    return until(size, b"Full thread dump \n", blocks('"a" tid=%d\n\tat x(\n'))


def jstack_dumps(size):
    return until(size, b"", repeated(b"Full thread dump \n"))


def jstack_locks(size):
    return until(size, b'Full thread dump \n"a" tid=1\n\tat x(\n', blocks("- locked <%d>\n"))


def jstack_frames(size):
    def thread(n):
        return f'"a" tid={n}\n' + "\tat x(\n" * 250

    return until(size, b"Full thread dump \n", lines(thread))


def jdk_json_threads(size):
    begin = b'{"threadDump":{"threadContainers":[{"container":"c","threads":['
    return until(size, begin, blocks('{"tid":%d,"stack":["x"]},'), b'{"tid":"","stack":["x"]}]}]}}')


def jdk_json_frames(size):
    begin = b'{"threadDump":{"threadContainers":[{"container":"c","threads":[{"tid":1,"stack":['
    return until(size, begin, repeated(b'"",'), b'""]}]}]}}')


def pyspy_threads(size):
    return until(size, b"", blocks("Thread %d (idle)\n"))


def pyspy_dumps(size):
    return until(size, b"Thread 1 (idle)\n", repeated(b"Process \n"))


def faulthandler_threads(size):
    return until(size, b"", blocks("Thread %d (most recent call first):\n"))


def go_threads(size):
    return until(size, b"", blocks("goroutine %d [x]:\na\n\tb\n"))


WRITTEN = [table, packed, chrome, perfetto, otlp, jaeger, flight, recorded, nova, oslo]
WRITTEN += [jstack, jdk_json, pyspy, faulthandler, goroutines]
CONTRIVED = [jaeger_processes, jaeger_children, otlp_attributes, otlp_times]
CONTRIVED += [perfetto_names, perfetto_packet, perfetto_packets, perfetto_writers, perfetto_clocks]
CONTRIVED += [chrome_begins, chrome_ends, chrome_processes, chrome_children, table_columns, table_name, flight_events, flight_tasks]
CONTRIVED += [recorded_waits, recorded_line, recorded_children, nova_warnings, oslo_locks]
CONTRIVED += [jstack_threads, jstack_dumps, jstack_locks, jstack_frames, jdk_json_threads, jdk_json_frames]
CONTRIVED += [pyspy_threads, pyspy_dumps, faulthandler_threads, go_threads]


def limits():
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MAX_ADDRESSES, MAX_ADDRESSES))


def write(make, size, file):
    """Writes a recording. A child does, because the memory of whoever starts a process counts as that process's own."""
    child = os.fork()
    if child == 0:
        for part in make(size):
            file.write(part)
        file.flush()
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        sys.exit(f"{make.__name__} cannot be written")


def measured(threadbare, path):
    """CPU seconds, peak memory in MB, the exit code, and the line that says what came of it."""
    scenario = path + ".toml"
    process = subprocess.Popen([threadbare, "import", path, "-o", scenario], stderr=subprocess.PIPE, preexec_fn=limits)
    told = process.stderr.read().decode(errors="replace").splitlines()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if os.path.exists(scenario):
        os.remove(scenario)
    errors = [line for line in told if line.startswith("error")]
    reads = [line.split("read", 1)[1].strip(" -") for line in told if line.strip().startswith("read ")]
    what = (errors or reads or told or [""])[0]
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e3, process.returncode, what


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threadbare", default="target/release/threadbare")
    parser.add_argument("--mib", type=int, default=256)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    failed = 0
    print("| recording | MiB | CPU time | peak memory | |\n| --- | ---: | ---: | ---: | --- |")
    for make in WRITTEN + CONTRIVED:
        if options.names and not any(name in make.__name__ for name in options.names):
            continue
        with tempfile.NamedTemporaryFile(suffix=".recording") as file:
            write(make, options.mib << 20, file)
            mib = os.path.getsize(file.name) / 2**20
            seconds, megabytes, code, what = measured(options.threadbare, file.name)
        is_right = code == 0 if make in WRITTEN else code in (0, 2)
        failed += not is_right
        told = what.replace(file.name, "FILE")[:110] if is_right else f"**exit code {code}** {what[:100]}"
        print(f"| {make.__name__} | {mib:.0f} | {seconds:.1f} s | {megabytes:.0f} MB | {told} |", flush=True)
    sys.exit(failed > 0)


main()
