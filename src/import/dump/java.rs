//! Dumps of `jstack`, `jcmd Thread.print` and `kill -3`, one or several in a file.
//!
//! The format is that of HotSpot's `Threads::print_on`; the summary of deadlocks at its end repeats what the stacks say and
//! is not read.

use super::super::moment;
use super::thread::{Activity, Awaited, DumpThread, Dumps, MAX_HELD, push_frame};

/// Calls in which a worker waits for a task.
const IDLE: [&str; 5] = [
    "ThreadPoolExecutor.getTask",
    "ForkJoinPool.awaitWork",
    "ForkJoinPool.runWorker",
    "DelayedWorkQueue.take",
    "TimerThread.mainLoop",
];
/// Calls in which a thread waits for the result of a task.
const RESULT: [&str; 7] = [
    "FutureTask.get",
    "FutureTask.awaitDone",
    "CompletableFuture.get",
    "CompletableFuture.join",
    "CompletableFuture.waitingGet",
    "ForkJoinTask.join",
    "ForkJoinTask.get",
];
/// Calls that wait for a lock and not for a signal.
const LOCK: [&str; 3] = ["ReentrantLock", "ReentrantReadWriteLock", "StampedLock"];

/// Reads all dumps of a text.
pub(super) fn read(text: &str, dumps: &mut Dumps) {
    dumps.shows_holders = true;
    let mut thread: Option<RawThread> = None;
    let (mut moment, mut is_summary) = (None, false);
    for line in text.lines() {
        if dumps.is_full() {
            return;
        }
        if let Some(read) = moment::whole(line.trim()) {
            moment = Some(read);
        } else if line.starts_with("Full thread dump") {
            finish(dumps, thread.take());
            dumps.begin(moment.take());
            is_summary = false;
        } else if line.starts_with("Found ") || line.starts_with("JNI global refs") {
            finish(dumps, thread.take());
            is_summary = true;
        } else if is_summary {
            continue;
        } else if let Some(begun) = header(line) {
            finish(dumps, thread.replace(begun));
        } else if let Some(thread) = &mut thread {
            thread.line(line.trim());
        }
    }
    finish(dumps, thread);
}

/// A thread while it is read.
#[derive(Default)]
pub(super) struct RawThread {
    pub id: String,
    pub name: String,
    /// As `Thread.State` has it, and why.
    pub state: String,
    pub frames: Vec<String>,
    pub holds: Vec<String>,
    /// What it waits for: identity and class.
    pub wants: Option<(String, String)>,
    /// The lines that follow list owned locks.
    pub is_owner_list: bool,
}

/// `"name" #12 … tid=0x00007f…`.
fn header(line: &str) -> Option<RawThread> {
    let rest = line.strip_prefix('"')?;
    let (name, rest) = rest.rsplit_once("\" ").filter(|(_, rest)| rest.contains("tid="))?;
    let id = rest.split_once("tid=").map_or("", |(_, rest)| rest.split(' ').next().unwrap_or(""));
    Some(RawThread { id: id.to_owned(), name: name.to_owned(), ..RawThread::default() })
}

impl RawThread {
    fn line(&mut self, line: &str) {
        if let Some(state) = line.strip_prefix("java.lang.Thread.State: ") {
            state.clone_into(&mut self.state);
        } else if let Some(frame) = line.strip_prefix("at ") {
            push_frame(&mut self.frames, frame_text(frame));
        } else if line.starts_with("Locked ownable synchronizers") {
            self.is_owner_list = true;
        } else if let Some(lock) = line.strip_prefix("- locked ") {
            self.hold(lock);
        } else if let Some(lock) = line
            .strip_prefix("- waiting to lock ")
            .or_else(|| line.strip_prefix("- waiting to re-lock in wait() "))
            .or_else(|| line.strip_prefix("- waiting on "))
            .or_else(|| line.strip_prefix("- parking to wait for "))
        {
            self.wants = self.wants.take().or_else(|| identity(lock));
        } else if let Some(lock) = line.strip_prefix("- ").filter(|_| self.is_owner_list) {
            self.hold(lock);
        }
    }

    fn hold(&mut self, lock: &str) {
        if self.holds.len() < MAX_HELD {
            self.holds.extend(identity(lock).map(|(id, _)| id));
        }
    }

    /// The thread, if it is one of the program; those of the virtual machine run no code of anybody's.
    pub fn finished(self, container: Option<String>) -> Option<DumpThread> {
        let activity = self.activity();
        let is_own = self
            .frames
            .iter()
            .any(|frame| !super::thread::is_library(frame, super::thread::DumpKind::Jstack));
        if !is_own && activity != Activity::Idle {
            return None;
        }
        let RawThread { id, name, frames, mut holds, wants, .. } = self;
        // Object.wait() gives its monitor back.
        if let (Activity::Waiting(_) | Activity::Timed, Some((id, _))) = (&activity, &wants) {
            holds.retain(|held| held != id);
        }
        Some(DumpThread { id, name, container, frames, activity, holds })
    }

    fn activity(&self) -> Activity {
        let calls =
            |names: &[&str]| self.frames.iter().any(|frame| names.iter().any(|name| frame.contains(name)));
        let is_own = self
            .frames
            .iter()
            .any(|frame| !super::thread::is_library(frame, super::thread::DumpKind::Jstack));
        if !is_own && calls(&IDLE) && !calls(&RESULT) {
            return Activity::Idle;
        }
        if self.state.starts_with("BLOCKED") {
            return Activity::Waiting(Awaited::Lock(self.wants.as_ref().map(|(id, _)| id.clone())));
        }
        if self.state.starts_with("TIMED_WAITING") {
            return Activity::Timed;
        }
        if !self.state.starts_with("WAITING") {
            return Activity::Working;
        }
        if calls(&RESULT) {
            return Activity::Waiting(Awaited::Result);
        }
        match &self.wants {
            Some((id, class))
                if LOCK.iter().any(|name| class.contains(name)) && !class.contains("Condition") =>
            {
                Activity::Waiting(Awaited::Lock(Some(id.clone())))
            }
            Some(_) | None => Activity::Waiting(Awaited::Signal),
        }
    }
}

/// `Dead.lambda$main$2(Dead.java:7)` with a blank before its place, and without the module.
pub(super) fn frame_text(frame: &str) -> String {
    let (function, place) = frame.split_once('(').unwrap_or((frame, ""));
    let place = place.trim_end_matches(')');
    let place = place.rsplit_once('/').map_or(place, |(_, file)| file);
    format!("{} ({place})", function.rsplit_once('/').map_or(function, |(_, name)| name))
}

/// The address and class of `<0x000000069ec19630> (a java.lang.Object)`.
fn identity(text: &str) -> Option<(String, String)> {
    let (id, rest) = text.trim().strip_prefix('<')?.split_once('>')?;
    let class = rest.trim().trim_start_matches("(a ").trim_end_matches(')');
    Some((id.to_owned(), class.to_owned()))
}

/// Adds a thread to the last dump, if it is one of the program.
fn finish(dumps: &mut Dumps, thread: Option<RawThread>) {
    if let Some(thread) = thread.and_then(|thread| thread.finished(None)) {
        dumps.push(thread);
    }
}
