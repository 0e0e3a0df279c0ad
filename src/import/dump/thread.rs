//! Threads at one moment, as every kind of dump gives them.

use std::collections::BTreeSet;

/// Most frames of a stack that are kept.
pub(super) const MAX_FRAMES: usize = 256;
/// Most locks that a thread is known to hold.
pub(super) const MAX_HELD: usize = 1_000;
/// Most threads of all dumps together, and most dumps.
const MAX_THREADS: usize = 100_000;
/// Most frames of all threads together.
const MAX_ALL_FRAMES: usize = 5_000_000;

/// Which program wrote a dump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DumpKind {
    /// `jstack`, `jcmd Thread.print`, `kill -3`.
    Jstack,
    /// `jcmd Thread.dump_to_file -format=json`.
    JavaJson,
    /// `py-spy dump`.
    PySpy,
    /// What Python's faulthandler writes.
    Faulthandler,
    /// `SIGQUIT`, a panic, or `/debug/pprof/goroutine?debug=2` of Go.
    Go,
}

impl DumpKind {
    pub fn words(self) -> &'static str {
        match self {
            DumpKind::Jstack => "jstack",
            DumpKind::JavaJson => "the JDK (JSON)",
            DumpKind::PySpy => "py-spy",
            DumpKind::Faulthandler => "Python's faulthandler",
            DumpKind::Go => "Go",
        }
    }
}

/// One moment of a process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ThreadDump {
    /// When, as the dump has it.
    pub moment: Option<i128>,
    pub threads: Vec<DumpThread>,
    /// The runtime says itself that nothing can go on.
    pub is_all_asleep: bool,
}

/// One thread of a dump.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DumpThread {
    /// What tells it from the others of its process.
    pub id: String,
    /// What a person knows it by.
    pub name: String,
    /// What its pool is called, where the dump says so.
    pub container: Option<String>,
    /// From the innermost call outwards: `function (place)`.
    pub frames: Vec<String>,
    pub activity: Activity,
    /// Locks that it holds.
    pub holds: Vec<String>,
}

/// What a thread does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Activity {
    /// It runs, or is in a system call.
    Working,
    /// It is a worker that has no task.
    Idle,
    /// It sleeps, waits with a timeout, or is in a call of which no more is known: it may go on by itself.
    Timed,
    /// It waits for as long as it takes.
    Waiting(Awaited),
}

/// What a thread waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Awaited {
    /// A lock or monitor, with its identity where the dump has one.
    Lock(Option<String>),
    /// The result of another task.
    Result,
    /// A signal: a condition, a latch, a channel.
    Signal,
}

/// The dumps of a file, while they are read.
pub(super) struct Dumps {
    pub list: Vec<ThreadDump>,
    /// Those of the last dump, where the next one begins without a mark.
    ids: BTreeSet<String>,
    threads: usize,
    frames: usize,
    max_threads: usize,
    /// They say who holds a lock.
    pub shows_holders: bool,
}

impl Default for Dumps {
    fn default() -> Dumps {
        Dumps::of_at_most(MAX_THREADS)
    }
}

impl Dumps {
    /// Without a dump yet, and with room for `max_threads` threads and as many dumps.
    pub fn of_at_most(max_threads: usize) -> Dumps {
        Dumps {
            list: Vec::new(),
            ids: BTreeSet::new(),
            threads: 0,
            frames: 0,
            max_threads,
            shows_holders: false,
        }
    }

    /// Begins a dump that was taken at `moment`.
    pub fn begin(&mut self, moment: Option<i128>) {
        self.list.push(ThreadDump { moment, ..ThreadDump::default() });
    }

    /// Adds a thread to the last dump.
    pub fn push(&mut self, thread: DumpThread) {
        if self.list.is_empty() {
            self.begin(None);
        }
        self.threads += 1;
        self.frames += thread.frames.len();
        if let Some(dump) = self.list.last_mut() {
            dump.threads.push(thread);
        }
    }

    /// Adds a thread to the last dump, or to a new one if it is in that already: such dumps follow each other without a mark.
    pub fn push_or_begin(&mut self, thread: DumpThread) {
        if !self.ids.insert(thread.id.clone()) {
            self.ids = BTreeSet::from([thread.id.clone()]);
            self.begin(None);
        }
        self.push(thread);
    }

    /// Whether there is too much already, so that nothing more need be read.
    pub fn is_full(&self) -> bool {
        self.excess().is_some()
    }

    /// What there is too much of, and how much there may be.
    pub fn excess(&self) -> Option<(usize, &'static str)> {
        if self.threads > self.max_threads {
            Some((self.max_threads, "thread"))
        } else if self.list.len() > self.max_threads {
            Some((self.max_threads, "dump"))
        } else {
            (self.frames > MAX_ALL_FRAMES).then_some((MAX_ALL_FRAMES, "stack frame"))
        }
    }
}

impl DumpThread {
    /// The innermost call of the program's own code, with its place.
    pub fn user_frame(&self, kind: DumpKind) -> Option<&str> {
        self.frames.iter().map(String::as_str).find(|frame| !is_library(frame, kind))
    }

    pub fn is_waiting_for_result(&self) -> bool {
        self.activity == Activity::Waiting(Awaited::Result)
    }
}

/// Whether a call is of a runtime or its standard library.
pub(super) fn is_library(frame: &str, kind: DumpKind) -> bool {
    let (function, place) = frame.split_once(" (").unwrap_or((frame, ""));
    let function =
        function.rsplit_once('/').filter(|_| kind == DumpKind::JavaJson).map_or(function, |(_, rest)| rest);
    let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| function.starts_with(prefix));
    match kind {
        DumpKind::Jstack | DumpKind::JavaJson => begins(&["java.", "javax.", "jdk.", "sun.", "com.sun."]),
        DumpKind::PySpy | DumpKind::Faulthandler => {
            let parts = ["lib/python", "concurrent/futures/", "asyncio/", "multiprocessing/", "<frozen"];
            let files = ["threading.py", "queue.py", "selectors.py", "socket.py", "ssl.py", "subprocess.py"];
            parts.iter().any(|part| place.contains(part) && !place.contains("site-packages"))
                || files.iter().any(|file| place.starts_with(file))
        }
        DumpKind::Go => {
            begins(&["runtime.", "sync.", "internal/", "time.", "os.", "os/", "net.", "net/", "syscall."])
        }
    }
}

/// The frames of a stack that are kept.
pub(super) fn push_frame(frames: &mut Vec<String>, frame: String) {
    if frames.len() < MAX_FRAMES {
        frames.push(frame);
    }
}
