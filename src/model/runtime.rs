//! The runtimes that a document can name in one line, and what each one means for all that the document leaves open.
//!
//! A runtime sets defaults only: a key that is written wins. The rules behind the table are those recorded on the real
//! runtimes, in `tests/conformance/runtimes/`.

use super::executor::Cancelled;

/// The runtime whose habits a document takes over where it says nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Runtime {
    /// CPython's threads and `concurrent.futures`.
    #[default]
    Cpython,
    /// Eventlet's green threads.
    Eventlet,
    /// Green threads of gevent.
    Gevent,
    /// The `asyncio` of CPython.
    Asyncio,
    /// The tasks of trio.
    Trio,
    /// Threads and executors of OpenJDK 17.
    Java17,
    /// OpenJDK 21: virtual threads, pinned by monitors.
    Java21,
    /// OpenJDK 25: virtual threads that monitors do not pin.
    Java25,
    /// The coroutines of Kotlin.
    Kotlin,
    /// The scheduler of Tokio.
    Tokio,
    /// The thread pool of rayon.
    Rayon,
    /// The goroutines of Go.
    Go,
    /// Node.js with libuv.
    Node,
    /// The thread pool of .NET.
    Dotnet,
}

/// What becomes of a woken waiter that finds a released lock or permit taken by somebody else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Barging {
    /// It queues again, last (CPython's `threading`).
    #[default]
    Requeue,
    /// It stays first (Java's `AbstractQueuedSynchronizer`, gevent).
    KeepPlace,
    /// The releaser may win once, then the lock is handed over (Go's `sync.Mutex`).
    Once,
}

/// Who goes first at a read-write lock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReadWritePreference {
    /// First come, first served: readers behind a waiting writer wait.
    #[default]
    Queue,
    /// Readers pass waiting writers.
    Readers,
    /// A waiting writer holds back new readers; its unlock lets in all readers that wait (Go's `sync.RWMutex`).
    Go,
}

impl Runtime {
    /// Every runtime, in the order of the reference.
    pub const ALL: [Runtime; 14] = [
        Runtime::Cpython,
        Runtime::Eventlet,
        Runtime::Gevent,
        Runtime::Asyncio,
        Runtime::Trio,
        Runtime::Java17,
        Runtime::Java21,
        Runtime::Java25,
        Runtime::Kotlin,
        Runtime::Tokio,
        Runtime::Rayon,
        Runtime::Go,
        Runtime::Node,
        Runtime::Dotnet,
    ];

    /// The word for it in a document.
    pub const fn word(self) -> &'static str {
        match self {
            Runtime::Cpython => "cpython",
            Runtime::Eventlet => "eventlet",
            Runtime::Gevent => "gevent",
            Runtime::Asyncio => "asyncio",
            Runtime::Trio => "trio",
            Runtime::Java17 => "java-17",
            Runtime::Java21 => "java-21",
            Runtime::Java25 => "java-25",
            Runtime::Kotlin => "kotlin",
            Runtime::Tokio => "tokio",
            Runtime::Rayon => "rayon",
            Runtime::Go => "go",
            Runtime::Node => "node",
            Runtime::Dotnet => "dotnet",
        }
    }

    /// The runtime that a word names.
    pub fn from_word(word: &str) -> Option<Runtime> {
        Runtime::ALL.into_iter().find(|runtime| runtime.word() == word)
    }

    /// Whether it is one of the Java virtual machines.
    pub fn is_java(self) -> bool {
        matches!(self, Runtime::Java17 | Runtime::Java21 | Runtime::Java25)
    }

    /// Whether a released lock is handed to the longest waiter; `None`: as `fair` says by default, between green
    /// tasks only.
    pub fn fair_locks(self) -> Option<bool> {
        self.hands_over().then_some(true)
    }

    /// Whether a released permit is handed to the longest waiter; `None`: as `fair` says by default, never.
    pub fn fair_semaphores(self) -> Option<bool> {
        // A buffered channel serves as the semaphore there, and its waiters are served in order.
        (self.hands_over() || self == Runtime::Go).then_some(true)
    }

    fn hands_over(self) -> bool {
        matches!(self, Runtime::Asyncio | Runtime::Trio | Runtime::Tokio | Runtime::Kotlin)
    }

    /// How waiters for a lock that is not fair are overtaken.
    pub fn lock_barging(self) -> Barging {
        match self {
            Runtime::Java17 | Runtime::Java21 | Runtime::Java25 | Runtime::Gevent => Barging::KeepPlace,
            Runtime::Go => Barging::Once,
            Runtime::Cpython
            | Runtime::Eventlet
            | Runtime::Asyncio
            | Runtime::Trio
            | Runtime::Kotlin
            | Runtime::Tokio
            | Runtime::Rayon
            | Runtime::Node
            | Runtime::Dotnet => Barging::Requeue,
        }
    }

    /// How waiters for a permit of a semaphore that is not fair are overtaken.
    pub fn semaphore_barging(self) -> Barging {
        match self.lock_barging() {
            Barging::Once | Barging::Requeue => Barging::Requeue,
            Barging::KeepPlace => Barging::KeepPlace,
        }
    }

    /// How waiters at a read-write lock are overtaken; `None`: never. (Java's `ReentrantReadWriteLock`: a writer may take it
    /// whenever it is free, a reader unless a writer is first in line.)
    pub fn read_write_barging(self) -> Option<Barging> {
        self.is_java().then_some(Barging::KeepPlace)
    }

    /// Who goes first at a read-write lock.
    pub fn read_write_preference(self) -> ReadWritePreference {
        if self == Runtime::Go { ReadWritePreference::Go } else { ReadWritePreference::Queue }
    }

    /// What becomes of a cancelled entry and of those who wait for it.
    pub fn cancelled(self) -> Cancelled {
        match self {
            Runtime::Java17 | Runtime::Java21 | Runtime::Java25 | Runtime::Asyncio | Runtime::Trio => {
                Cancelled::Notified
            }
            Runtime::Node => Cancelled::Removed,
            Runtime::Cpython
            | Runtime::Eventlet
            | Runtime::Gevent
            | Runtime::Kotlin
            | Runtime::Tokio
            | Runtime::Rayon
            | Runtime::Go
            | Runtime::Dotnet => Cancelled::Kept,
        }
    }

    /// Whether the documentation of its conditions says that the longest waiter is notified. All of them do so; where it is
    /// left open (`Object.notify`: "the choice is arbitrary"), programs must not count on it.
    pub fn notifies_in_order(self) -> bool {
        match self {
            Runtime::Gevent
            | Runtime::Asyncio
            | Runtime::Trio
            | Runtime::Kotlin
            | Runtime::Tokio
            | Runtime::Node
            | Runtime::Dotnet => true,
            Runtime::Cpython
            | Runtime::Eventlet
            | Runtime::Java17
            | Runtime::Java21
            | Runtime::Java25
            | Runtime::Rayon
            | Runtime::Go => false,
        }
    }

    /// Whether the holder of a lock may take it once more.
    pub fn reentrant(self) -> bool {
        self.is_java()
    }

    /// Resident memory of one native worker thread, in bytes.
    pub fn native_worker_memory(self) -> u64 {
        if self.is_java() || self == Runtime::Kotlin { JAVA_THREAD } else { NATIVE_WORKER }
    }

    /// Resident memory of one green worker, in bytes.
    pub fn green_worker_memory(self) -> u64 {
        match self {
            Runtime::Go => GOROUTINE,
            Runtime::Tokio => TOKIO_TASK,
            Runtime::Cpython
            | Runtime::Eventlet
            | Runtime::Gevent
            | Runtime::Asyncio
            | Runtime::Trio
            | Runtime::Java17
            | Runtime::Java21
            | Runtime::Java25
            | Runtime::Kotlin
            | Runtime::Rayon
            | Runtime::Node
            | Runtime::Dotnet => GREEN_WORKER,
        }
    }
}

/// Memory of one native worker unless the scenario says otherwise: 64 KiB.
///
/// Resident memory, not address space: an idle worker of CPython 3.11's `ThreadPoolExecutor` took 19 KiB
/// in user space (proportional set size over 1000 workers, Linux 6, glibc), to which the kernel adds its
/// 16-KiB stack, the task structure and page tables. The usual 8 MiB of stack are only reserved. A worker
/// that has run deep code keeps what its stack and its malloc arena grew to: measure, and set `memory`.
pub const NATIVE_WORKER: u64 = 64 << 10;

/// Memory of one green worker unless the scenario says otherwise: 10 KiB.
///
/// A waiting green thread of an Eventlet 0.41 `GreenPool` on CPython 3.11 took 8.5 KiB (proportional set
/// size over 5000 of them).
pub const GREEN_WORKER: u64 = 10 << 10;

/// Resident memory of a platform thread of OpenJDK 17 that waits ten to fifty calls deep: 96 KiB (growth of VmRSS over
/// 500 of them, Linux x64).
pub const JAVA_THREAD: u64 = 96 << 10;

/// Resident memory of a goroutine: its least stack, `stackMin` in Go's `runtime/stack.go`.
pub const GOROUTINE: u64 = 2 << 10;

/// Resident memory of a Tokio task: its header (the Tokio tutorial, "Spawning"); its future comes on top.
pub const TOKIO_TASK: u64 = 64;
