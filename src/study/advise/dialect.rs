//! How people write an executor, a bound, a lock or a wait with a timeout in each runtime: one line of code each.
//!
//! Invariant: what a runtime cannot do has no line here. Sources are the reference documentation of each runtime.

use crate::model::executor::{Executor, Kind, OnFull, Spawn};
use crate::model::runtime::Runtime;
use crate::model::time::Duration;

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
            Kind::Threads { spawn: Spawn::Injected { min_workers, .. }, .. } => {
                format!("ThreadPool.SetMinThreads({min_workers}, {min_workers})")
            }
            _ => format!("ThreadPool.SetMaxThreads({0}, {0})", workers?),
        },
    })
}

fn python_pool(executor: &Executor, workers: u32) -> String {
    match executor.kind {
        Kind::Green { .. } => format!("eventlet.GreenPool({workers})"),
        Kind::Dynamic { .. } => format!("futurist.DynamicThreadPoolExecutor(max_workers={workers})"),
        Kind::Threads { claim_ahead: 1.., .. } => format!("ProcessPoolExecutor(max_workers={workers})"),
        Kind::Threads { .. }
        | Kind::Elastic { .. }
        | Kind::ForkJoin { .. }
        | Kind::Scheduled { .. }
        | Kind::Inline
        | Kind::Delay { .. }
        | Kind::Cap { .. }
        | Kind::Bus { .. } => format!("ThreadPoolExecutor(max_workers={workers})"),
    }
}

fn java_pool(executor: &Executor) -> Option<String> {
    Some(match executor.kind {
        Kind::Elastic { core, workers, keep_alive, .. } => {
            let queue = match executor.queue {
                None => "new LinkedBlockingQueue<>()".to_owned(),
                Some(0) => "new SynchronousQueue<>()".to_owned(),
                Some(most) => format!("new ArrayBlockingQueue<>({most})"),
            };
            let seconds = keep_alive.map_or(0, whole_seconds);
            let policy = policy(executor.on_full).map_or(String::new(), |policy| format!(", {policy}"));
            format!("new ThreadPoolExecutor({core}, {workers}, {seconds}, SECONDS, {queue}{policy})")
        }
        Kind::Threads { workers, .. } | Kind::Dynamic { workers, .. } => {
            format!("Executors.newFixedThreadPool({workers})")
        }
        Kind::ForkJoin { workers, .. } => format!("new ForkJoinPool({workers})"),
        Kind::Scheduled { workers, .. } => format!("Executors.newScheduledThreadPool({workers})"),
        Kind::Green { carriers: Some(carriers), .. } => {
            format!("-Djdk.virtualThreadScheduler.parallelism={}", carriers.threads)
        }
        Kind::Green { carriers: None, .. }
        | Kind::Inline
        | Kind::Delay { .. }
        | Kind::Cap { .. }
        | Kind::Bus { .. } => return None,
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

/// Sending a message that gives up.
pub(super) fn timed_send(runtime: Runtime, timeout: Duration) -> String {
    let seconds = whole_seconds(timeout);
    match runtime {
        Runtime::Cpython => format!("queue.put(item, timeout={seconds})"),
        Runtime::Java17 | Runtime::Java21 | Runtime::Java25 => {
            format!("queue.offer(item, {seconds}, SECONDS)")
        }
        Runtime::Tokio => format!("sender.send_timeout(item, Duration::from_secs({seconds})).await"),
        Runtime::Go => {
            format!("select {{ case ch <- item: …; case <-time.After({seconds} * time.Second): … }}")
        }
        Runtime::Dotnet => format!("writer.WriteAsync(item, token), with token after {seconds} s"),
        Runtime::Eventlet
        | Runtime::Gevent
        | Runtime::Asyncio
        | Runtime::Trio
        | Runtime::Kotlin
        | Runtime::Rayon
        | Runtime::Node => timed_wait(runtime, timeout),
    }
}

/// Receiving a message that gives up.
pub(super) fn timed_receive(runtime: Runtime, timeout: Duration) -> String {
    let seconds = whole_seconds(timeout);
    match runtime {
        Runtime::Cpython => format!("queue.get(timeout={seconds})"),
        Runtime::Java17 | Runtime::Java21 | Runtime::Java25 => format!("queue.poll({seconds}, SECONDS)"),
        Runtime::Tokio => format!("timeout(Duration::from_secs({seconds}), receiver.recv()).await"),
        Runtime::Go => {
            format!("select {{ case item := <-ch: …; case <-time.After({seconds} * time.Second): … }}")
        }
        Runtime::Dotnet => format!("reader.ReadAsync(token), with token after {seconds} s"),
        Runtime::Eventlet
        | Runtime::Gevent
        | Runtime::Asyncio
        | Runtime::Trio
        | Runtime::Kotlin
        | Runtime::Rayon
        | Runtime::Node => timed_wait(runtime, timeout),
    }
}

/// A wait on a condition, a latch or a barrier that gives up.
pub(super) fn timed_signal(runtime: Runtime, timeout: Duration) -> String {
    let seconds = whole_seconds(timeout);
    match runtime {
        Runtime::Cpython => format!("condition.wait(timeout={seconds})"),
        Runtime::Java17 | Runtime::Java21 | Runtime::Java25 => format!("condition.await({seconds}, SECONDS)"),
        Runtime::Tokio => format!("timeout(Duration::from_secs({seconds}), notify.notified()).await"),
        Runtime::Rayon => format!("condvar.wait_timeout(guard, Duration::from_secs({seconds}))"),
        Runtime::Dotnet => format!("Monitor.Wait(gate, TimeSpan.FromSeconds({seconds}))"),
        Runtime::Eventlet
        | Runtime::Gevent
        | Runtime::Asyncio
        | Runtime::Trio
        | Runtime::Kotlin
        | Runtime::Go
        | Runtime::Node => timed_wait(runtime, timeout),
    }
}

/// A wait that gives up.
pub(super) fn timed_wait(runtime: Runtime, timeout: Duration) -> String {
    let seconds = whole_seconds(timeout);
    match runtime {
        Runtime::Cpython => format!("future.result(timeout={seconds})"),
        Runtime::Eventlet => format!("with eventlet.Timeout({seconds}): …"),
        Runtime::Gevent => format!("with gevent.Timeout({seconds}): …"),
        Runtime::Asyncio => format!("async with asyncio.timeout({seconds}): …"),
        Runtime::Trio => format!("with trio.fail_after({seconds}): …"),
        Runtime::Java17 | Runtime::Java21 | Runtime::Java25 => format!("future.get({seconds}, SECONDS)"),
        Runtime::Kotlin => format!("withTimeout({seconds}.seconds) {{ … }}"),
        Runtime::Tokio => format!("timeout(Duration::from_secs({seconds}), handle).await"),
        Runtime::Rayon => format!("receiver.recv_timeout(Duration::from_secs({seconds}))"),
        Runtime::Go => format!("context.WithTimeout(ctx, {seconds}*time.Second)"),
        Runtime::Node => format!("AbortSignal.timeout({})", seconds.saturating_mul(1_000)),
        Runtime::Dotnet => format!("task.WaitAsync(TimeSpan.FromSeconds({seconds}))"),
    }
}

/// The same for a lock or permit.
pub(super) fn timed_acquire(runtime: Runtime, timeout: Duration) -> String {
    let seconds = whole_seconds(timeout);
    match runtime {
        Runtime::Cpython => format!("lock.acquire(timeout={seconds})"),
        Runtime::Java17 | Runtime::Java21 | Runtime::Java25 => format!("lock.tryLock({seconds}, SECONDS)"),
        Runtime::Tokio => format!("timeout(Duration::from_secs({seconds}), mutex.lock()).await"),
        Runtime::Dotnet => format!("semaphore.WaitAsync(TimeSpan.FromSeconds({seconds}))"),
        Runtime::Eventlet
        | Runtime::Gevent
        | Runtime::Asyncio
        | Runtime::Trio
        | Runtime::Kotlin
        | Runtime::Rayon
        | Runtime::Go
        | Runtime::Node => timed_wait(runtime, timeout),
    }
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
