//! How people write an executor, a bound, a lock or a wait with a timeout in each runtime: one line of code each.
//!
//! Invariant: what a runtime cannot do has no line here. Sources are the reference documentation of each runtime.

use crate::model::executor::{Executor, ExecutorKind, OnFull, Spawn};
use crate::model::runtime::Runtime;
use crate::model::time::Duration;

/// What a step with a timeout waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TimedWaitTarget {
    /// The result of a task, or the end of an executor.
    Future,
    /// A lock, or a permit of a semaphore.
    Permit,
    /// Room in a channel.
    Room,
    /// A message of a channel.
    Message,
    /// A notification, the opening of a latch, or the other parties of a barrier.
    Signal,
}

/// Whether pools of a runtime can let go of what is cancelled while it is queued.
///
/// Java's `ScheduledThreadPoolExecutor` does after `setRemoveOnCancelPolicy(true)`; libuv's pool does anyway.
pub(super) fn removes_cancelled(runtime: Runtime) -> bool {
    match runtime {
        Runtime::Java17 | Runtime::Java21 | Runtime::Java25 | Runtime::Node => true,
        Runtime::Cpython
        | Runtime::Eventlet
        | Runtime::Gevent
        | Runtime::Asyncio
        | Runtime::Trio
        | Runtime::Kotlin
        | Runtime::Tokio
        | Runtime::Rayon
        | Runtime::Go
        | Runtime::Dotnet => false,
    }
}

/// How cancelled entries are removed from an executor.
pub(super) fn removing_cancelled(runtime: Runtime, name: &str) -> String {
    match runtime {
        Runtime::Java17 | Runtime::Java21 | Runtime::Java25 => {
            format!("{name}.setRemoveOnCancelPolicy(true)")
        }
        _ => format!("remove the entry from {name} where it is cancelled"),
    }
}

/// The constructor of a pool, or the setting of its size. `None` for what is no pool.
pub(super) fn pool(runtime: Runtime, executor: &Executor) -> Option<String> {
    let workers = executor.workers();
    let carriers = executor.carriers().map(|carriers| carriers.threads);
    Some(match runtime {
        Runtime::Cpython | Runtime::Eventlet => python_pool(executor, workers?),
        Runtime::Gevent if executor.is_green() => format!("gevent.pool.Pool({})", workers?),
        Runtime::Gevent => format!("gevent.threadpool.ThreadPool({})", workers?),
        Runtime::Asyncio if executor.is_green() => semaphore(runtime, workers?),
        Runtime::Asyncio => {
            format!("loop.set_default_executor(ThreadPoolExecutor(max_workers={}))", workers?)
        }
        Runtime::Trio if executor.is_green() => semaphore(runtime, workers?),
        Runtime::Trio => format!("trio.to_thread.run_sync(f, limiter=trio.CapacityLimiter({}))", workers?),
        Runtime::Java17 | Runtime::Java21 | Runtime::Java25 => java_pool(executor)?,
        Runtime::Kotlin => format!("Dispatchers.IO.limitedParallelism({})", workers.or(carriers)?),
        Runtime::Tokio => match carriers {
            Some(threads) => format!("runtime::Builder::new_multi_thread().worker_threads({threads})"),
            None => format!("runtime::Builder::new_multi_thread().max_blocking_threads({})", workers?),
        },
        Runtime::Rayon => format!("ThreadPoolBuilder::new().num_threads({}).build()", workers?),
        Runtime::Go => match carriers {
            Some(threads) => format!("runtime.GOMAXPROCS({threads})"),
            None => format!("group.SetLimit({})", workers?),
        },
        Runtime::Node if executor.is_green() => return None,
        Runtime::Node => format!("UV_THREADPOOL_SIZE={}", workers?),
        Runtime::Dotnet => match executor.kind {
            ExecutorKind::Threads { spawn: Spawn::Injected { min_workers, .. }, .. } => {
                format!("ThreadPool.SetMinThreads({min_workers}, {min_workers})")
            }
            _ => format!("ThreadPool.SetMaxThreads({0}, {0})", workers?),
        },
    })
}

fn python_pool(executor: &Executor, workers: u32) -> String {
    match executor.kind {
        ExecutorKind::Green { .. } => format!("eventlet.GreenPool({workers})"),
        ExecutorKind::Dynamic { .. } => format!("futurist.DynamicThreadPoolExecutor(max_workers={workers})"),
        ExecutorKind::Threads { claim_ahead: 1.., .. } => {
            format!("ProcessPoolExecutor(max_workers={workers})")
        }
        ExecutorKind::Threads { .. }
        | ExecutorKind::Elastic { .. }
        | ExecutorKind::ForkJoin { .. }
        | ExecutorKind::Scheduled { .. }
        | ExecutorKind::Inline
        | ExecutorKind::Delay { .. }
        | ExecutorKind::Cap { .. }
        | ExecutorKind::Bus { .. } => format!("ThreadPoolExecutor(max_workers={workers})"),
    }
}

fn java_pool(executor: &Executor) -> Option<String> {
    Some(match executor.kind {
        ExecutorKind::Elastic { core, workers, keep_alive, .. } => {
            let queue = match executor.queue {
                None => "new LinkedBlockingQueue<>()".to_owned(),
                Some(0) => "new SynchronousQueue<>()".to_owned(),
                Some(most) => format!("new ArrayBlockingQueue<>({most})"),
            };
            let seconds = keep_alive.map_or(0, whole_seconds);
            let policy = policy(executor.on_full).map_or(String::new(), |policy| format!(", {policy}"));
            format!("new ThreadPoolExecutor({core}, {workers}, {seconds}, SECONDS, {queue}{policy})")
        }
        ExecutorKind::Threads { workers, .. } | ExecutorKind::Dynamic { workers, .. } => {
            format!("Executors.newFixedThreadPool({workers})")
        }
        ExecutorKind::ForkJoin { workers, .. } => format!("new ForkJoinPool({workers})"),
        ExecutorKind::Scheduled { workers, .. } => format!("Executors.newScheduledThreadPool({workers})"),
        ExecutorKind::Green { carriers: Some(carriers), .. } => {
            format!("-Djdk.virtualThreadScheduler.parallelism={}", carriers.threads)
        }
        ExecutorKind::Green { carriers: None, .. }
        | ExecutorKind::Inline
        | ExecutorKind::Delay { .. }
        | ExecutorKind::Cap { .. }
        | ExecutorKind::Bus { .. } => return None,
    })
}

/// Java's word for what happens when there is no room; `None` is its default.
fn policy(on_full: OnFull) -> Option<&'static str> {
    match on_full {
        OnFull::Reject | OnFull::Block => None,
        OnFull::CallerRuns => Some("new ThreadPoolExecutor.CallerRunsPolicy()"),
        OnFull::Discard => Some("new ThreadPoolExecutor.DiscardPolicy()"),
        OnFull::DiscardOldest => Some("new ThreadPoolExecutor.DiscardOldestPolicy()"),
    }
}

/// A bound on how many do something at once.
pub(super) fn semaphore(runtime: Runtime, permits: u32) -> String {
    match runtime {
        Runtime::Cpython => format!("threading.BoundedSemaphore({permits})"),
        Runtime::Eventlet => format!("eventlet.semaphore.Semaphore({permits})"),
        Runtime::Gevent => format!("gevent.lock.BoundedSemaphore({permits})"),
        Runtime::Asyncio => format!("asyncio.Semaphore({permits})"),
        Runtime::Trio => format!("trio.CapacityLimiter({permits})"),
        Runtime::Java17 | Runtime::Java21 | Runtime::Java25 => format!("new Semaphore({permits})"),
        Runtime::Kotlin => format!("Semaphore({permits})"),
        Runtime::Tokio => format!("Semaphore::new({permits})"),
        Runtime::Rayon => format!("ThreadPoolBuilder::new().num_threads({permits}).build()"),
        Runtime::Go => format!("make(chan struct{{}}, {permits})"),
        Runtime::Node => format!("pLimit({permits})"),
        Runtime::Dotnet => format!("new SemaphoreSlim({permits})"),
    }
}

/// A lock that one holds at a time.
pub(super) fn lock(runtime: Runtime) -> &'static str {
    match runtime {
        Runtime::Cpython => "with threading.Lock(): …",
        Runtime::Eventlet => "with eventlet.semaphore.Semaphore(): …",
        Runtime::Gevent => "with gevent.lock.RLock(): …",
        Runtime::Asyncio => "async with asyncio.Lock(): …",
        Runtime::Trio => "async with trio.Lock(): …",
        Runtime::Java17 | Runtime::Java21 | Runtime::Java25 => "new ReentrantLock()",
        Runtime::Kotlin => "Mutex().withLock { … }",
        Runtime::Tokio => "tokio::sync::Mutex::new(…)",
        Runtime::Rayon => "std::sync::Mutex::new(…)",
        Runtime::Go => "var mu sync.Mutex",
        Runtime::Node => "new Mutex().runExclusive(…)",
        Runtime::Dotnet => "lock (gate) { … }",
    }
}

/// A lock that its holder may take again. `None` where the runtime has none.
pub(super) fn reentrant_lock(runtime: Runtime) -> Option<&'static str> {
    match runtime {
        Runtime::Cpython | Runtime::Eventlet => Some("threading.RLock()"),
        Runtime::Gevent => Some("gevent.lock.RLock()"),
        Runtime::Java17 | Runtime::Java21 | Runtime::Java25 => Some("new ReentrantLock()"),
        Runtime::Dotnet => Some("lock (gate) { … }"),
        Runtime::Asyncio
        | Runtime::Trio
        | Runtime::Kotlin
        | Runtime::Tokio
        | Runtime::Rayon
        | Runtime::Go
        | Runtime::Node => None,
    }
}

/// Whether the runtime comes without a read-write lock of its own, so that one is chosen, or with one whose readers may pass
/// writers that wait.
pub(super) fn chooses_readers(runtime: Runtime) -> bool {
    match runtime {
        Runtime::Cpython
        | Runtime::Eventlet
        | Runtime::Gevent
        | Runtime::Asyncio
        | Runtime::Trio
        | Runtime::Node => true,
        Runtime::Java17
        | Runtime::Java21
        | Runtime::Java25
        | Runtime::Kotlin
        | Runtime::Tokio
        | Runtime::Rayon
        | Runtime::Go
        | Runtime::Dotnet => false,
    }
}

/// A channel that keeps this many messages, `None` for any number. `None` where the runtime has no such thing.
pub(super) fn channel(runtime: Runtime, capacity: Option<u32>) -> Option<String> {
    let Some(most) = capacity else {
        return Some(unbounded_channel(runtime)?.to_owned());
    };
    Some(match runtime {
        Runtime::Cpython => format!("queue.Queue(maxsize={most})"),
        Runtime::Eventlet => format!("eventlet.queue.Queue({most})"),
        Runtime::Gevent => format!("gevent.queue.Queue({most})"),
        Runtime::Asyncio => format!("asyncio.Queue(maxsize={most})"),
        Runtime::Trio => format!("trio.open_memory_channel({most})"),
        Runtime::Java17 | Runtime::Java21 | Runtime::Java25 => format!("new ArrayBlockingQueue<>({most})"),
        Runtime::Kotlin => format!("Channel<T>({most})"),
        Runtime::Tokio => format!("mpsc::channel({most})"),
        Runtime::Rayon => format!("std::sync::mpsc::sync_channel({most})"),
        Runtime::Go => format!("make(chan T, {most})"),
        Runtime::Node => format!("new PassThrough({{ objectMode: true, highWaterMark: {most} }})"),
        Runtime::Dotnet => format!("Channel.CreateBounded<T>({most})"),
    })
}

fn unbounded_channel(runtime: Runtime) -> Option<&'static str> {
    Some(match runtime {
        Runtime::Cpython => "queue.Queue()",
        Runtime::Eventlet => "eventlet.queue.Queue()",
        Runtime::Gevent => "gevent.queue.Queue()",
        Runtime::Asyncio => "asyncio.Queue()",
        Runtime::Trio => "trio.open_memory_channel(math.inf)",
        Runtime::Java17 | Runtime::Java21 | Runtime::Java25 => "new LinkedBlockingQueue<>()",
        Runtime::Kotlin => "Channel<T>(UNLIMITED)",
        Runtime::Tokio => "mpsc::unbounded_channel()",
        Runtime::Rayon => "std::sync::mpsc::channel()",
        Runtime::Dotnet => "Channel.CreateUnbounded<T>()",
        Runtime::Go | Runtime::Node => return None,
    })
}

/// A wait of some sort that gives up.
pub(super) fn timed(runtime: Runtime, awaited: TimedWaitTarget, timeout: Duration) -> String {
    let seconds = whole_seconds(timeout);
    let [future, permit, room, message, signal] = timed_waits(runtime);
    let line = match awaited {
        TimedWaitTarget::Future => future,
        TimedWaitTarget::Permit => permit,
        TimedWaitTarget::Room => room,
        TimedWaitTarget::Message => message,
        TimedWaitTarget::Signal => signal,
    };
    let millis = seconds.saturating_mul(1_000);
    line.replace("{s}", &seconds.to_string()).replace("{ms}", &millis.to_string())
}

/// For each runtime, a wait that gives up after `{s}` seconds, or `{ms}` milliseconds: for a future; for a lock or permit;
/// for room for a message; for a message; for a condition, latch or barrier. Where one thing bounds whatever is in it,
/// it bounds each of them.
fn timed_waits(runtime: Runtime) -> [&'static str; 5] {
    match runtime {
        Runtime::Cpython => [
            "future.result(timeout={s})",
            "lock.acquire(timeout={s})",
            "queue.put(item, timeout={s})",
            "queue.get(timeout={s})",
            "condition.wait(timeout={s})",
        ],
        Runtime::Eventlet => ["with eventlet.Timeout({s}): …"; 5],
        Runtime::Gevent => ["with gevent.Timeout({s}): …"; 5],
        Runtime::Asyncio => ["async with asyncio.timeout({s}): …"; 5],
        Runtime::Trio => ["with trio.fail_after({s}): …"; 5],
        Runtime::Java17 | Runtime::Java21 | Runtime::Java25 => [
            "future.get({s}, SECONDS)",
            "lock.tryLock({s}, SECONDS)",
            "queue.offer(item, {s}, SECONDS)",
            "queue.poll({s}, SECONDS)",
            "condition.await({s}, SECONDS)",
        ],
        Runtime::Kotlin => ["withTimeout({s}.seconds) { … }"; 5],
        Runtime::Tokio => [
            "timeout(Duration::from_secs({s}), handle).await",
            "timeout(Duration::from_secs({s}), mutex.lock()).await",
            "sender.send_timeout(item, Duration::from_secs({s})).await",
            "timeout(Duration::from_secs({s}), receiver.recv()).await",
            "timeout(Duration::from_secs({s}), notify.notified()).await",
        ],
        Runtime::Rayon => {
            let any = "receiver.recv_timeout(Duration::from_secs({s}))";
            [any, any, any, any, "condvar.wait_timeout(guard, Duration::from_secs({s}))"]
        }
        Runtime::Go => {
            let any = "context.WithTimeout(ctx, {s}*time.Second)";
            [
                any,
                any,
                "select { case ch <- item: …; case <-time.After({s} * time.Second): … }",
                "select { case item := <-ch: …; case <-time.After({s} * time.Second): … }",
                any,
            ]
        }
        Runtime::Node => ["AbortSignal.timeout({ms})"; 5],
        Runtime::Dotnet => [
            "task.WaitAsync(TimeSpan.FromSeconds({s}))",
            "semaphore.WaitAsync(TimeSpan.FromSeconds({s}))",
            "writer.WriteAsync(item, token), with token after {s} s",
            "reader.ReadAsync(token), with token after {s} s",
            "Monitor.Wait(gate, TimeSpan.FromSeconds({s}))",
        ],
    }
}

/// Whether a worker of this runtime's pools can run a child that it waits for.
pub(super) fn can_help(runtime: Runtime) -> bool {
    help(runtime, 1).is_some()
}

/// A worker that runs what it waits for.
pub(super) fn help(runtime: Runtime, workers: u32) -> Option<String> {
    match runtime {
        Runtime::Java17 | Runtime::Java21 | Runtime::Java25 => {
            Some(format!("new ForkJoinPool({workers}), and child.fork(), child.join()"))
        }
        Runtime::Rayon => Some("rayon::join(a, b)".to_owned()),
        Runtime::Cpython
        | Runtime::Eventlet
        | Runtime::Gevent
        | Runtime::Asyncio
        | Runtime::Trio
        | Runtime::Kotlin
        | Runtime::Tokio
        | Runtime::Go
        | Runtime::Node
        | Runtime::Dotnet => None,
    }
}

/// A wait that holds no thread.
pub(super) fn release(runtime: Runtime) -> Option<&'static str> {
    match runtime {
        Runtime::Eventlet => Some("eventlet.spawn(child).wait()"),
        Runtime::Gevent => Some("gevent.spawn(child).get()"),
        Runtime::Asyncio => Some("await task"),
        Runtime::Trio => Some("async with trio.open_nursery() as nursery: …"),
        Runtime::Java21 | Runtime::Java25 => Some("Executors.newVirtualThreadPerTaskExecutor()"),
        Runtime::Java17 => Some("CompletableFuture.supplyAsync(child, pool).thenApply(…)"),
        Runtime::Kotlin => Some("deferred.await()"),
        Runtime::Tokio => Some("handle.await"),
        Runtime::Go => Some("go child(done); <-done"),
        Runtime::Node => Some("await promise"),
        Runtime::Dotnet => Some("await task"),
        Runtime::Cpython | Runtime::Rayon => None,
    }
}

/// Whole seconds of a duration, at least one.
fn whole_seconds(length: Duration) -> u64 {
    (length.seconds().ceil() as u64).max(1)
}
