//! Dumps of Python: `py-spy dump` and the standard library's faulthandler.
//!
//! Python does not say who holds a lock, so no ring of locks can be proved; whether a thread waits for a future, and
//! whether a worker is idle, is told by the calls.

use super::thread::{Activity, Awaited, DumpThread, Dumps, push_frame};

/// Whether a line begins a thread of py-spy: `Thread 1234 (idle): "MainThread"`.
pub(super) fn is_pyspy_thread(line: &str) -> bool {
    pyspy_header(line).is_some()
}

struct Header<'a> {
    id: &'a str,
    name: &'a str,
    is_active: bool,
}

fn pyspy_header(line: &str) -> Option<Header<'_>> {
    let rest = line.strip_prefix("Thread ")?;
    let (id, rest) = rest.split_once(" (")?;
    let (state, rest) = rest.split_once(')')?;
    let name = rest.strip_prefix(": \"").and_then(|rest| rest.strip_suffix('"')).unwrap_or("");
    let is_id = id.starts_with("0x") || id.bytes().all(|byte| byte.is_ascii_digit());
    let is_state = state.split('+').all(|word| matches!(word, "idle" | "active" | "gil"));
    (is_id && is_state).then_some(Header { id, name, is_active: state.contains("active") })
}

/// Reads the dumps of py-spy in a text; each begins with `Process 1234: …`.
pub(super) fn read_pyspy(text: &str, dumps: &mut Dumps) {
    let mut thread: Option<(Header<'_>, Vec<String>)> = None;
    for line in text.lines() {
        if dumps.is_full() {
            return;
        }
        if line.starts_with("Process ") {
            close(dumps, thread.take());
            dumps.begin(None);
        } else if let Some(header) = pyspy_header(line) {
            close(dumps, thread.replace((header, Vec::new())));
        } else if line.trim().is_empty() {
            close(dumps, thread.take());
        } else if let Some((_, frames)) = &mut thread
            && line.starts_with("    ")
        {
            push_frame(frames, line.trim().to_owned());
        }
    }
    close(dumps, thread);
}

fn close(dumps: &mut Dumps, thread: Option<(Header<'_>, Vec<String>)>) {
    if let Some((Header { id, name, is_active }, frames)) = thread {
        dumps.push(thread_of(id, name, frames, is_active));
    }
}

/// Reads the dumps of faulthandler; each ends where a thread comes a second time.
pub(super) fn read_faulthandler(text: &str, dumps: &mut Dumps) {
    let mut thread: Option<(&str, &str, Vec<String>)> = None;
    let finish = |dumps: &mut Dumps, thread: Option<(&str, &str, Vec<String>)>| {
        if let Some((id, name, frames)) = thread {
            dumps.push_or_begin(thread_of(id, name, frames, false));
        }
    };
    for line in text.lines() {
        if dumps.is_full() {
            return;
        }
        if let Some((id, name)) = faulthandler_header(line) {
            finish(dumps, thread.replace((id, name, Vec::new())));
        } else if let Some((_, _, frames)) = &mut thread
            && let Some(frame) = faulthandler_frame(line)
        {
            push_frame(frames, frame);
        }
    }
    finish(dumps, thread);
}

/// `Thread 0x00007f… [name] (most recent call first):`; the current thread has a word in front.
fn faulthandler_header(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_suffix(" (most recent call first):")?;
    let rest = rest.strip_prefix("Current thread ").or_else(|| rest.strip_prefix("Thread "))?;
    let (id, name) = rest.split_once(' ').unwrap_or((rest, ""));
    Some((id, name.trim_matches(['[', ']'])))
}

/// `  File "/srv/app.py", line 12 in handle` as `handle (/srv/app.py:12)`.
fn faulthandler_frame(line: &str) -> Option<String> {
    let (file, rest) = line.trim().strip_prefix("File \"")?.rsplit_once("\", line ")?;
    let (number, function) = rest.split_once(" in ")?;
    Some(format!("{function} ({file}:{number})"))
}

fn thread_of(id: &str, name: &str, frames: Vec<String>, is_active: bool) -> DumpThread {
    let is_worker = frames.iter().any(|frame| is_call(frame, "_worker", "concurrent/futures/thread.py"));
    let is_main = frames.last().is_some_and(|frame| frame.starts_with("<module>"));
    let name = match (name.is_empty(), is_main) {
        (false, _) => name.to_owned(),
        (true, true) => "MainThread".to_owned(),
        (true, false) => format!("thread {id}"),
    };
    let activity = if is_active { Activity::Working } else { activity(&frames) };
    // Without names the workers of all pools are one.
    let is_nameless = name.starts_with("thread ");
    let container = (is_worker && is_nameless).then(|| "ThreadPoolExecutor".to_owned());
    DumpThread { id: id.to_owned(), name, container, frames, activity, holds: Vec::new() }
}

/// Whether a frame is a call of this function in a file that ends so.
fn is_call(frame: &str, function: &str, file: &str) -> bool {
    let Some((name, place)) = frame.split_once(" (") else { return false };
    let name = name.rsplit('.').next().unwrap_or(name);
    name == function && place.split(':').next().is_some_and(|path| path.trim_end_matches(')').ends_with(file))
}

/// What a thread does that is not known to run, by its innermost calls.
fn activity(frames: &[String]) -> Activity {
    let at = |number: usize, function: &str, file: &str| {
        frames.get(number).is_some_and(|frame| is_call(frame, function, file))
    };
    let has = |function: &str, file: &str| frames.iter().take(6).any(|frame| is_call(frame, function, file));
    if at(0, "_worker", "concurrent/futures/thread.py") {
        return Activity::Idle;
    }
    let waits = at(0, "wait", "threading.py");
    if waits
        && (has("result", "concurrent/futures/_base.py") || has("exception", "concurrent/futures/_base.py"))
    {
        return Activity::Waiting(Awaited::Result);
    }
    if waits && has("wait", "concurrent/futures/_base.py") {
        return Activity::Waiting(Awaited::Result);
    }
    if at(0, "_wait_for_tstate_lock", "threading.py") || at(0, "join", "threading.py") {
        return Activity::Waiting(Awaited::Signal);
    }
    if at(0, "acquire", "threading.py") || at(0, "__enter__", "threading.py") {
        return Activity::Waiting(Awaited::Lock(None));
    }
    if waits || has("get", "queue.py") {
        return Activity::Waiting(Awaited::Signal);
    }
    // In a call of its own: it may sleep, compute, or stand before a lock.
    Activity::Timed
}
