"""Records what the executors of a Python program do, for `threadbare import`.

    python -m threadbare_recorder app.py        records into recording.jsonl
    threadbare import recording.jsonl           makes a scenario of it

or, in a program of your own:

    import threadbare_recorder
    threadbare_recorder.start("recording.jsonl")

Recorded are thread pools (`concurrent.futures`, and what builds on it: futurist, `asyncio.to_thread`,
`run_in_executor`), asyncio tasks and Eventlet's green pools: who submitted which task, when it started and ended, and
when it waited for which others. With `locks=True`, so are the locks and semaphores of `threading` that the program (not
the standard library) makes from then on, while tasks hold or want them. The format is in docs/reference/recording.md.

With `self_wait="warn"` (or `"raise"`), a task that waits for another one of its own executor is reported with its line:
that deadlocks as soon as such tasks take all workers.

Only the standard library is used. An event costs a few microseconds; at most `max_events` are kept; they are written
twice a second, so that the recording of a process that hangs is there. After a fork the child records into a file of its
own, `FILE.PID`.
"""

import argparse
import asyncio
import atexit
import concurrent.futures
import contextvars
import functools
import itertools
import json
import os
import platform
import runpy
import sys
import sysconfig
import threading
import time
import types
import warnings

VERSION = 1
DEFAULT_FILE = "recording.jsonl"
DEFAULT_MAX_EVENTS = 2_000_000
FLUSH_SECONDS = 0.5
FLUSH_EVENTS = 4096

_current = contextvars.ContextVar("threadbare_task", default=None)
_recorder = None


class SelfWait(RuntimeError):
    """A task waits for a task of the executor that it runs on itself."""


class SelfWaitWarning(RuntimeWarning):
    """A task waits for a task of the executor that it runs on itself."""


class _Task:
    __slots__ = ("number", "kind", "pool", "held")

    def __init__(self, number, kind, pool):
        self.number, self.kind, self.pool = number, kind, pool
        # How often it has taken each lock that it holds.
        self.held = {}


class _Recorder:
    """Where events go: a buffer that is written when it is full, and twice a second."""

    def __init__(self, path, max_events, self_wait):
        self.path, self.max_events, self.self_wait = path, max_events, self_wait
        self.reported = set()
        self.begin(path)

    def begin(self, path):
        self.origin = time.monotonic_ns()
        self.numbers = itertools.count(1)
        self.pools, self.lock_names = {}, {}
        self.buffer, self.kept, self.lost = [], 0, 0
        self.lock = threading.Lock()
        self.file = open(path, "w", encoding="utf-8")
        runtime = f"{platform.python_implementation()} {platform.python_version()}"
        header = {"threadbare_recording": VERSION, "runtime": runtime, "program": sys.argv[0]}
        self.file.write(json.dumps(header) + "\n")
        self.file.flush()
        self.is_open = True
        threading.Thread(target=self.flush_regularly, name="threadbare-recorder", daemon=True).start()

    def put(self, text):
        if self.kept >= self.max_events:
            self.lost += 1
            return
        self.kept += 1
        self.buffer.append(text)
        if len(self.buffer) >= FLUSH_EVENTS:
            self.flush()

    def now(self):
        return time.monotonic_ns() - self.origin

    def flush(self):
        with self.lock:
            # What others append meanwhile stays for the next time.
            count = len(self.buffer)
            lines, self.buffer[:count] = self.buffer[:count], []
            if self.is_open and lines:
                self.file.write("".join(lines))
                self.file.flush()

    def flush_regularly(self):
        while self.is_open:
            time.sleep(FLUSH_SECONDS)
            self.flush()

    def close(self):
        self.flush()
        with self.lock:
            if self.is_open:
                if self.lost:
                    self.file.write(f'{{"event":"lost","events":{self.lost}}}\n')
                self.is_open = False
                self.file.close()

    def pool(self, key, name, workers, kind):
        """The name of a pool in the recording; two pools of one name are kept apart."""
        known = self.pools.get(key)
        if known is None:
            taken = set(self.pools.values())
            names = itertools.chain([name], (f"{name}_{number}" for number in itertools.count(2)))
            known = next(name for name in names if name not in taken)
            self.pools[key] = known
            fields = {"event": "pool", "pool": known, "kind": kind}
            if workers:
                fields["workers"] = workers
            self.put(json.dumps(fields) + "\n")
        return known

    def submit(self, kind, pool, queue):
        task = _Task(next(self.numbers), kind, pool)
        parent = _current.get()
        parent = f',"parent":{parent.number}' if parent else ""
        self.put(
            f'{{"event":"submit","time":{self.now()},"task":{task.number},"type":{json.dumps(kind)},'
            f'"pool":{json.dumps(pool)},"queue":{queue}{parent}}}\n'
        )
        return task

    def start(self, task):
        worker = json.dumps(threading.current_thread().name)
        self.put(f'{{"event":"start","time":{self.now()},"task":{task.number},"worker":{worker}}}\n')

    def end(self, task, cpu=None):
        cpu = "" if cpu is None else f',"cpu":{cpu}'
        self.put(f'{{"event":"end","time":{self.now()},"task":{task.number}{cpu}}}\n')

    def wait(self, tasks):
        """The current task begins to wait; returns it, for `resume`."""
        task = _current.get()
        if task is None or not tasks:
            return None
        numbers = ",".join(str(other.number) for other in tasks)
        self.put(f'{{"event":"wait","time":{self.now()},"task":{task.number},"for":[{numbers}]}}\n')
        return task

    def resume(self, task):
        if task is not None:
            self.put(f'{{"event":"resume","time":{self.now()},"task":{task.number}}}\n')

    def name_lock(self, name, permits):
        """The name of a lock in the recording; two that are made on one line are kept apart."""
        self.lock_names[name] = number = self.lock_names.get(name, 0) + 1
        name = name if number == 1 else f"{name} ({number})"
        permits = "" if permits is None else f',"permits":{permits}'
        self.put(f'{{"event":"lock","lock":{json.dumps(name)}{permits}}}\n')
        return name

    def acquire(self, task, name):
        self.put(f'{{"event":"acquire","time":{self.now()},"task":{task.number},"lock":{json.dumps(name)}}}\n')

    def acquired(self, task):
        self.put(f'{{"event":"acquired","time":{self.now()},"task":{task.number}}}\n')

    def release(self, task, name):
        self.put(f'{{"event":"release","time":{self.now()},"task":{task.number},"lock":{json.dumps(name)}}}\n')

    def check(self, tasks):
        """Reports a wait of the current task for one of its own executor."""
        task = _current.get()
        if task is None or self.self_wait is None:
            return
        other = next((other for other in tasks if other.pool == task.pool), None)
        if other is None:
            return
        frame = sys._getframe(1)
        while frame and (frame.f_code.co_filename == __file__ or "concurrent/futures" in frame.f_code.co_filename):
            frame = frame.f_back
        file, line = (frame.f_code.co_filename, frame.f_lineno) if frame else ("a file", 0)
        place = f"{file}:{line}"
        message = (
            f"{place}: `{task.kind}` runs on `{task.pool}` and waits for `{other.kind}`, which was submitted to the same "
            "executor. This deadlocks once such tasks take all of its workers."
        )
        if self.self_wait == "raise":
            raise SelfWait(message)
        if place not in self.reported:
            self.reported.add(place)
            warnings.warn_explicit(message, SelfWaitWarning, file, line)


def _name(function):
    while isinstance(function, functools.partial):
        # `asyncio.to_thread` runs the function that is meant in a context.
        is_in_context = isinstance(getattr(function.func, "__self__", None), contextvars.Context)
        function = function.args[0] if is_in_context and function.args else function.func
    name = getattr(function, "__qualname__", None) or type(function).__qualname__
    return name.rpartition("<locals>.")[2]


def _task_of(future):
    return getattr(future, "_threadbare_task", None)


def _recorded_submit(plain_submit, kind):
    """The `submit` of a class of executors, recorded; `kind` is that of its pools."""

    @functools.wraps(plain_submit)
    def submit(self, fn, /, *args, **kwargs):
        recorder = _recorder
        if recorder is None:
            return plain_submit(self, fn, *args, **kwargs)
        name = getattr(self, "_thread_name_prefix", "") or type(self).__name__
        pool = recorder.pool(id(self), name, self._max_workers, kind)
        queue = self._work_queue if kind == "threads" else self._delayed_work
        task = recorder.submit(_name(fn), pool, queue.qsize())

        def run(*args, **kwargs):
            token = _current.set(task)
            recorder.start(task)
            cpu = time.thread_time_ns()
            try:
                return fn(*args, **kwargs)
            finally:
                recorder.end(task, time.thread_time_ns() - cpu)
                _current.reset(token)

        try:
            future = plain_submit(self, run, *args, **kwargs)
        except BaseException:
            recorder.end(task)
            raise
        future._threadbare_task = task
        return future

    return submit


def _patch_executors():
    executor_type = concurrent.futures.ThreadPoolExecutor
    executor_type.submit = _recorded_submit(executor_type.submit, "threads")


# The executors of futurist that have a `submit` of their own; what is made of them inherits it.
_FUTURIST = {"ThreadPoolExecutor": "threads", "GreenThreadPoolExecutor": "green"}


def _patch_futurist():
    """Executors of futurist, whether the program has loaded them or will."""
    base = concurrent.futures.Executor

    def record(executor):
        is_known = executor.__module__.partition(".")[0] == "futurist" and executor.__name__ in _FUTURIST
        if is_known and "submit" in vars(executor):
            executor.submit = _recorded_submit(executor.submit, _FUTURIST[executor.__name__])

    def init_subclass(cls, **kwargs):
        super(base, cls).__init_subclass__(**kwargs)
        record(cls)

    for known in base.__subclasses__():
        record(known)
    base.__init_subclass__ = classmethod(init_subclass)


def _patch_waits():
    future_type = concurrent.futures.Future

    def waiting(plain):
        @functools.wraps(plain)
        def wait(self, timeout=None):
            recorder, task = _recorder, _task_of(self)
            if recorder is None or task is None:
                return plain(self, timeout)
            recorder.check([task])
            waiter = recorder.wait([task])
            try:
                return plain(self, timeout)
            finally:
                recorder.resume(waiter)

        return wait

    future_type.result = waiting(future_type.result)
    future_type.exception = waiting(future_type.exception)
    plain_wait = concurrent.futures.wait

    @functools.wraps(plain_wait)
    def wait(fs, timeout=None, return_when=concurrent.futures.ALL_COMPLETED):
        fs = list(fs)
        recorder = _recorder
        tasks = [task for task in map(_task_of, fs) if task]
        if recorder is None or return_when != concurrent.futures.ALL_COMPLETED:
            return plain_wait(fs, timeout, return_when)
        recorder.check(tasks)
        waiter = recorder.wait(tasks)
        try:
            return plain_wait(fs, timeout, return_when)
        finally:
            recorder.resume(waiter)

    concurrent.futures.wait = wait
    concurrent.futures._base.wait = wait


@types.coroutine
def _driven(coroutine, task, recorder):
    """Runs a coroutine, and notes what it waits for."""
    token = _current.set(task)
    recorder.start(task)
    value, error, cpu = None, None, 0
    try:
        while True:
            since = time.thread_time_ns()
            try:
                awaited = coroutine.send(value) if error is None else coroutine.throw(error)
            except StopIteration as stop:
                return stop.value
            finally:
                cpu += time.thread_time_ns() - since
            futures = getattr(awaited, "_children", None) or [awaited]
            waiter = recorder.wait([other for other in map(_task_of, futures) if other])
            value, error = None, None
            try:
                value = yield awaited
            except BaseException as raised:
                error = raised
            recorder.resume(waiter)
    finally:
        recorder.end(task, cpu)
        _current.reset(token)


def _patch_asyncio():
    loop_type = asyncio.BaseEventLoop
    plain_create = loop_type.create_task

    @functools.wraps(plain_create)
    def create_task(self, coro, **kwargs):
        recorder = _recorder
        if recorder is None or not asyncio.iscoroutine(coro):
            return plain_create(self, coro, **kwargs)
        pool = recorder.pool(id(self), "asyncio", None, "green")
        task = recorder.submit(_name(coro), pool, 0)

        async def run():
            return await _driven(coro, task, recorder)

        created = plain_create(self, run(), **kwargs)
        created._threadbare_task = task
        return created

    loop_type.create_task = create_task
    plain_wrap = asyncio.wrap_future

    @functools.wraps(plain_wrap)
    def wrap_future(future, *, loop=None):
        wrapped = plain_wrap(future, loop=loop)
        if _task_of(future) and wrapped is not future:
            wrapped._threadbare_task = _task_of(future)
        return wrapped

    asyncio.wrap_future = wrap_future
    asyncio.futures.wrap_future = wrap_future
    # `run_in_executor` has a name of its own for it.
    asyncio.base_events.futures.wrap_future = wrap_future


def _patch_eventlet():
    """Eventlet's green pools, where the program has loaded them."""
    greenpool = sys.modules.get("eventlet.greenpool")
    if greenpool is None or hasattr(greenpool.GreenPool, "_threadbare"):
        return
    greenpool.GreenPool._threadbare = True
    plain_spawn, plain_spawn_n = greenpool.GreenPool.spawn, greenpool.GreenPool.spawn_n
    thread_type = sys.modules["eventlet.greenthread"].GreenThread
    current_greenlet = sys.modules["eventlet.greenthread"].getcurrent
    plain_wait = thread_type.wait

    def recorded(plain):
        @functools.wraps(plain)
        def spawn(self, function, *args, **kwargs):
            recorder = _recorder
            if recorder is None:
                return plain(self, function, *args, **kwargs)
            if type(function).__module__.startswith("futurist"):
                # A worker of an executor, whose tasks are recorded themselves.
                return plain(self, function, *args, **kwargs)
            pool = recorder.pool(id(self), "GreenPool", self.size, "green")
            task = recorder.submit(_name(function), pool, self.waiting())
            spawner = current_greenlet()

            def run(*args, **kwargs):
                # A full pool runs what one of its own tasks spawns at once, within that task.
                is_inline = current_greenlet() is spawner
                outer = recorder.wait([task]) if is_inline else None
                token = _current.set(task)
                recorder.start(task)
                # At most: what other green threads do meanwhile is part of it.
                cpu = time.thread_time_ns()
                try:
                    return function(*args, **kwargs)
                finally:
                    recorder.end(task, time.thread_time_ns() - cpu)
                    _current.reset(token)
                    recorder.resume(outer)

            thread = plain(self, run, *args, **kwargs)
            if thread is not None:
                thread._threadbare_task = task
            return thread

        return spawn

    def wait(self):
        recorder, task = _recorder, _task_of(self)
        if recorder is None or task is None:
            return plain_wait(self)
        waiter = recorder.wait([task])
        try:
            return plain_wait(self)
        finally:
            recorder.resume(waiter)

    greenpool.GreenPool.spawn = recorded(plain_spawn)
    greenpool.GreenPool.spawn_n = recorded(plain_spawn_n)
    thread_type.wait = wait


class _Lock:
    """A lock or a semaphore of `threading` that tells when tasks want, get and release it."""

    def __init__(self, plain, name, permits):
        self._plain, self._name, self._permits, self._known = plain, name, permits, None

    def _key(self, recorder):
        # A child after a fork records into a file of its own, which has not heard of this lock.
        if self._known is None or self._known[0] is not recorder.pools:
            self._known = (recorder.pools, recorder.name_lock(self._name, self._permits))
        return self._known[1]

    def acquire(self, blocking=True, timeout=None):
        arguments = (blocking,) if timeout is None else (blocking, timeout)
        recorder, task = _recorder, _current.get()
        if recorder is None or task is None:
            return self._plain.acquire(*arguments)
        name = self._key(recorder)
        held = task.held.get(id(self), 0)
        # An RLock that is held already is not taken a second time; who only tries does not wait.
        is_told = held == 0 or self._permits is not None
        if is_told and blocking:
            recorder.acquire(task, name)
        is_taken = self._plain.acquire(*arguments)
        if is_told and not blocking and is_taken:
            recorder.acquire(task, name)
        if is_taken:
            task.held[id(self)] = held + 1
            if is_told:
                recorder.acquired(task)
        elif is_told and blocking:
            recorder.resume(task)
        return is_taken

    def release(self, *arguments):
        recorder, task = _recorder, _current.get()
        held = task.held.get(id(self), 0) if task else 0
        if held:
            task.held[id(self)] = held - 1
            if recorder is not None and (held == 1 or self._permits is not None):
                recorder.release(task, self._key(recorder))
        self._plain.release(*arguments)

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *_):
        self.release()

    def __getattr__(self, name):
        return getattr(self._plain, name)


def _patch_locks():
    library = sysconfig.get_path("stdlib")

    def recorded(plain, is_semaphore):
        @functools.wraps(plain)
        def make(*args, **kwargs):
            made = plain(*args, **kwargs)
            code, line = sys._getframe(1).f_code, sys._getframe(1).f_lineno
            if code.co_filename.startswith(library) or code.co_filename == __file__:
                return made
            permits = max(made._value, 1) if is_semaphore else None
            return _Lock(made, f"{os.path.basename(code.co_filename)}:{line}", permits)

        return make

    threading.Lock = recorded(threading.Lock, False)
    threading.RLock = recorded(threading.RLock, False)
    threading.Semaphore = recorded(threading.Semaphore, True)
    threading.BoundedSemaphore = recorded(threading.BoundedSemaphore, True)


def _after_fork():
    if _recorder is not None:
        _current.set(None)
        _recorder.begin(f"{_recorder.path}.{os.getpid()}")


_is_patched = False
_has_locks = False


def start(path=DEFAULT_FILE, max_events=DEFAULT_MAX_EVENTS, self_wait=None, locks=False):
    """Begins to record into a file. `self_wait` is None, "warn" or "raise"; `locks` records locks and semaphores too."""
    global _recorder, _is_patched, _has_locks
    if _recorder is not None:
        raise RuntimeError("a recording is under way already")
    if self_wait not in (None, "warn", "raise"):
        raise ValueError(f'self_wait is None, "warn" or "raise", not {self_wait!r}')
    _recorder = _Recorder(path, max_events, self_wait)
    if not _is_patched:
        _is_patched = True
        _patch_executors()
        _patch_futurist()
        _patch_waits()
        _patch_asyncio()
        atexit.register(stop)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=_after_fork)
    if locks and not _has_locks:
        _has_locks = True
        _patch_locks()
    _patch_eventlet()


def stop():
    """Ends the recording, and writes what is left of it."""
    global _recorder
    recorder, _recorder = _recorder, None
    if recorder is not None:
        recorder.close()


def main():
    parser = argparse.ArgumentParser(prog="python -m threadbare_recorder", description="Record what a program's executors do.")
    parser.add_argument("-o", "--output", default=DEFAULT_FILE, help=f"where to write; {DEFAULT_FILE} if absent")
    parser.add_argument("--self-wait", choices=["warn", "raise"], help="report tasks that wait for one of their own executor")
    parser.add_argument("--locks", action="store_true", help="record locks and semaphores of threading too")
    parser.add_argument("program", help="the program to run")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="its arguments")
    options = parser.parse_args()
    sys.argv = [options.program, *options.arguments]
    sys.path.insert(0, os.path.dirname(os.path.abspath(options.program)))
    # `python -m` runs this file as `__main__`; the program must find the same recorder when it imports it.
    import threadbare_recorder

    threadbare_recorder.start(options.output, self_wait=options.self_wait, locks=options.locks)
    runpy.run_path(options.program, run_name="__main__")


if __name__ == "__main__":
    main()
