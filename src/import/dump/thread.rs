//! Threads at one moment, as every kind of dump gives them.

use std::collections::BTreeSet;

/// Most frames of a stack that are kept.
const MAX_FRAMES: usize = 256;

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

/// Dumps that follow each other without a mark: the next one begins where a thread comes a second time.
#[derive(Default)]
pub(super) struct Dumps {
    pub list: Vec<ThreadDump>,
    ids: BTreeSet<String>,
}

impl Dumps {
    pub fn push(&mut self, thread: DumpThread) {
        let is_new = self.ids.insert(thread.id.clone());
        if !is_new {
            self.ids = BTreeSet::from([thread.id.clone()]);
        }
        if !is_new || self.list.is_empty() {
            self.list.push(ThreadDump::default());
        }
        if let Some(dump) = self.list.last_mut() {
            dump.threads.push(thread);
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
