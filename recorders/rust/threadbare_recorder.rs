//! Records what the tasks of a program do, for `threadbare import`: a layer for `tracing`, made for Tokio.
//!
//! Copy this file beside your program. It needs `tracing` and `tracing-subscriber` (with the feature `registry`), and nothing else.
//!
//! ```ignore
//! let recorder = threadbare_recorder::start("recording.jsonl")?;
//! tracing_subscriber::registry().with(recorder.layer()).init();
//! recorder.threads("blocking", 512);
//! recorder.green("runtime");
//!
//! tokio::spawn(build().instrument(info_span!("build", pool = "runtime")));
//! ```
//!
//! A span with a field `pool` is a task; other spans are none. It is submitted when its span is created, by the task around it; it
//! starts when the span is first entered, and ends when the span closes. An asynchronous task is seen to wait for children: one
//! that closes while its parent is not being polled, before the parent is polled again, was waited for, and so was every open
//! child of a task that has not been polled for half a second. A task that blocks its thread does not leave its span, so it
//! says itself that it waits: [`Recorder::wait_for`]. The format is in docs/reference/recording.md.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Span, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

const VERSION: u32 = 1;
/// Events that are written at most; what comes beyond is counted.
const MAX_EVENTS: u64 = 2_000_000;
/// Time between two writes to the file, and time without a poll after which a task is taken to wait.
const FLUSH_EVERY: Duration = Duration::from_millis(500);

/// Starts a recording into a new file.
///
/// # Errors
/// If the file cannot be written.
pub fn start(path: impl AsRef<Path>) -> io::Result<Recorder> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "{{\"threadbare_recording\":{VERSION},\"runtime\":\"Rust\"}}")?;
    file.flush()?;
    let recording = Recording {
        file,
        start: Instant::now(),
        kept: 0,
        lost: 0,
        next: 1,
        spans: BTreeMap::new(),
        tasks: BTreeMap::new(),
    };
    let shared = Arc::new(Mutex::new(recording));
    let weak = Arc::downgrade(&shared);
    thread::Builder::new().name("threadbare-recorder".to_owned()).spawn(move || flush_regularly(&weak))?;
    Ok(Recorder { shared })
}

/// A recording that is under way. Its clones record into the same file.
#[derive(Clone)]
pub struct Recorder {
    shared: Arc<Mutex<Recording>>,
}

impl Recorder {
    /// Returns the layer to be added to a subscriber.
    pub fn layer(&self) -> RecorderLayer {
        RecorderLayer { recorder: self.clone() }
    }

    /// Says that tasks of this pool share few threads, as a runtime's asynchronous tasks do.
    pub fn green(&self, name: &str) {
        self.lock().put(&format!("\"event\":\"pool\",\"pool\":{},\"kind\":\"green\"", quoted(name)));
    }

    /// Says how many tasks of a pool of threads can run at once.
    pub fn threads(&self, name: &str, workers: usize) {
        let line = format!(
            "\"event\":\"pool\",\"pool\":{},\"kind\":\"threads\",\"workers\":{workers}",
            quoted(name)
        );
        self.lock().put(&line);
    }

    /// Runs `wait`, in which the present task blocks its thread until the tasks of `spans` have ended.
    ///
    /// The spans are given by their ids: a span that is kept here would keep its task from ending.
    pub fn wait_for<T>(&self, spans: &[Option<Id>], wait: impl FnOnce() -> T) -> T {
        let this = Span::current().id();
        self.lock().blocked(this.as_ref(), spans);
        let result = wait();
        self.lock().resumed(this.as_ref());
        result
    }

    /// Writes what is still buffered.
    pub fn flush(&self) {
        self.lock().flush();
    }

    fn lock(&self) -> MutexGuard<'_, Recording> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The layer that sees the spans.
pub struct RecorderLayer {
    recorder: Recorder,
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for RecorderLayer {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut pool = PoolField(None);
        attributes.record(&mut pool);
        let Some(pool) = pool.0 else { return };
        let span = context.span(id);
        let around = span.iter().flat_map(|span| span.scope().skip(1)).map(|span| span.id());
        let mut recording = self.recorder.lock();
        let parent = around.into_iter().find_map(|id| recording.number(&id));
        recording.submitted(id, attributes.metadata().name(), &pool, parent);
    }

    fn on_enter(&self, id: &Id, _: Context<'_, S>) {
        self.recorder.lock().entered(id);
    }

    fn on_exit(&self, id: &Id, _: Context<'_, S>) {
        self.recorder.lock().left(id);
    }

    fn on_close(&self, id: Id, _: Context<'_, S>) {
        self.recorder.lock().ended(&id);
    }
}

/// The value of a span's field `pool`.
struct PoolField(Option<String>);

impl Visit for PoolField {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "pool" {
            self.0 = Some(value.to_owned());
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "pool" {
            self.0 = Some(format!("{value:?}"));
        }
    }
}

/// A task whose span is open.
#[derive(Debug)]
struct OpenTask {
    parent: Option<u64>,
    has_started: bool,
    polls: u32,
    /// Instant of the last poll's beginning, while it lasts.
    polled_since: Option<Duration>,
    /// Time spent in polls that are over.
    polled: Duration,
    /// Instant at which the last poll ended.
    left: Duration,
    open_children: BTreeSet<u64>,
    /// Children that have ended since the last poll did.
    ended_children: Vec<u64>,
    is_waiting: bool,
}

struct Recording {
    file: BufWriter<File>,
    start: Instant,
    kept: u64,
    lost: u64,
    next: u64,
    /// Numbers of tasks, by the ids of their spans.
    spans: BTreeMap<u64, u64>,
    /// Tasks by their numbers.
    tasks: BTreeMap<u64, OpenTask>,
}

impl Recording {
    fn number(&self, id: &Id) -> Option<u64> {
        self.spans.get(&id.into_u64()).copied()
    }

    fn submitted(&mut self, id: &Id, kind: &str, pool: &str, parent: Option<u64>) {
        let (number, time) = (self.next, self.start.elapsed());
        self.next += 1;
        let mut line = event("submit", time, number);
        let _ = write!(line, ",\"type\":{},\"pool\":{}", quoted(kind), quoted(pool));
        if let Some(parent) = parent {
            let _ = write!(line, ",\"parent\":{parent}");
            if let Some(parent) = self.tasks.get_mut(&parent) {
                parent.open_children.insert(number);
            }
        }
        self.put(&line);
        let task = OpenTask {
            parent,
            has_started: false,
            polls: 0,
            polled_since: None,
            polled: Duration::ZERO,
            left: time,
            open_children: BTreeSet::new(),
            ended_children: Vec::new(),
            is_waiting: false,
        };
        self.spans.insert(id.into_u64(), number);
        self.tasks.insert(number, task);
    }

    fn entered(&mut self, id: &Id) {
        let time = self.start.elapsed();
        let Some(number) = self.number(id) else { return };
        let Some(task) = self.tasks.get_mut(&number) else { return };
        let mut lines = Vec::new();
        if !task.has_started {
            task.has_started = true;
            let worker = thread::current().name().map(|name| format!(",\"worker\":{}", quoted(name)));
            lines.push(event("start", time, number) + &worker.unwrap_or_default());
        }
        let ended = std::mem::take(&mut task.ended_children);
        if !task.is_waiting && !ended.is_empty() {
            lines.push(wait(task.left, number, &ended));
            task.is_waiting = true;
        }
        if std::mem::take(&mut task.is_waiting) {
            lines.push(event("resume", time, number));
        }
        task.polls = task.polls.saturating_add(1);
        task.polled_since = Some(time);
        lines.iter().for_each(|line| self.put(line));
    }

    fn left(&mut self, id: &Id) {
        let time = self.start.elapsed();
        let Some(task) = self.number(id).and_then(|number| self.tasks.get_mut(&number)) else { return };
        if let Some(since) = task.polled_since.take() {
            task.polled += time.saturating_sub(since);
        }
        task.left = time;
        task.ended_children.clear();
    }

    fn ended(&mut self, id: &Id) {
        let time = self.start.elapsed();
        let Some(number) = self.spans.remove(&id.into_u64()) else { return };
        let Some(task) = self.tasks.remove(&number) else { return };
        let mut line = event("end", time, number);
        // A task that was polled once may have blocked its thread all the time.
        if task.polls > 1 {
            let _ = write!(line, ",\"cpu\":{}", task.polled.as_nanos());
        }
        self.put(&line);
        if let Some(parent) = task.parent.and_then(|parent| self.tasks.get_mut(&parent)) {
            parent.open_children.remove(&number);
            if parent.polled_since.is_none() {
                parent.ended_children.push(number);
            }
        }
    }

    /// A task says that it blocks until its children have ended.
    fn blocked(&mut self, id: Option<&Id>, children: &[Option<Id>]) {
        let time = self.start.elapsed();
        let Some(number) = id.and_then(|id| self.number(id)) else { return };
        let children: Vec<u64> = children.iter().flatten().filter_map(|child| self.number(child)).collect();
        self.put(&wait(time, number, &children));
    }

    fn resumed(&mut self, id: Option<&Id>) {
        let time = self.start.elapsed();
        if let Some(number) = id.and_then(|id| self.number(id)) {
            self.put(&event("resume", time, number));
        }
    }

    fn flush(&mut self) {
        let time = self.start.elapsed();
        let is_idle = |task: &OpenTask| {
            let is_polled = task.polled_since.is_some() || !task.has_started;
            !is_polled && !task.is_waiting && time.saturating_sub(task.left) >= FLUSH_EVERY
        };
        let mut lines = Vec::new();
        for (number, task) in
            self.tasks.iter_mut().filter(|(_, task)| is_idle(task) && !task.open_children.is_empty())
        {
            let children: Vec<u64> =
                task.ended_children.drain(..).chain(task.open_children.iter().copied()).collect();
            lines.push(wait(task.left, *number, &children));
            task.is_waiting = true;
        }
        lines.iter().for_each(|line| self.put(line));
        if self.lost > 0 {
            let lost = std::mem::take(&mut self.lost);
            let _ = writeln!(self.file, "{{\"event\":\"lost\",\"events\":{lost}}}");
        }
        // A recording that cannot be written must not end the program.
        let _ = self.file.flush();
    }

    fn put(&mut self, line: &str) {
        if self.kept >= MAX_EVENTS {
            self.lost += 1;
            return;
        }
        self.kept += 1;
        let _ = writeln!(self.file, "{{{line}}}");
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        self.flush();
    }
}

fn flush_regularly(recording: &Weak<Mutex<Recording>>) {
    loop {
        thread::sleep(FLUSH_EVERY);
        let Some(recording) = recording.upgrade() else { return };
        recording.lock().unwrap_or_else(PoisonError::into_inner).flush();
    }
}

fn event(kind: &str, time: Duration, task: u64) -> String {
    format!("\"event\":\"{kind}\",\"time\":{},\"task\":{task}", time.as_nanos())
}

fn wait(time: Duration, task: u64, children: &[u64]) -> String {
    let children: Vec<String> = children.iter().map(u64::to_string).collect();
    event("wait", time, task) + &format!(",\"for\":[{}]", children.join(","))
}

/// A text as a string of JSON.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for ch in text.chars() {
        match ch {
            '"' | '\\' => quoted.extend(['\\', ch]),
            ch if ch.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(ch));
            }
            ch => quoted.push(ch),
        }
    }
    quoted + "\""
}
