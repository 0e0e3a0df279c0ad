//! Dumps of `jcmd PID Thread.dump_to_file -format=json`: threads in containers, which are the executors.
//!
//! Java 21 writes stacks alone; Java 24 and later also states, owners of locks and what a thread is parked for.

use super::super::findings::Findings;
use super::super::moment;
use super::java;
use super::thread::{DumpThread, ThreadDump, push_frame};
use serde::Deserialize;

/// Whether a JSON text begins as such a dump.
pub(super) fn is_dump(start: &str) -> bool {
    start[1..].trim_start().starts_with("\"threadDump\"")
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    thread_dump: Dump,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Dump {
    #[serde(default)]
    time: String,
    thread_containers: Vec<Container>,
}

#[derive(Deserialize)]
struct Container {
    container: String,
    #[serde(default)]
    threads: Vec<Thread>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Thread {
    tid: serde_json::Value,
    #[serde(default)]
    name: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    stack: Vec<String>,
    park_blocker: Option<Blocker>,
    blocked_on: Option<String>,
    waiting_on: Option<String>,
    #[serde(default)]
    monitors_owned: Vec<Monitors>,
}

#[derive(Deserialize)]
struct Blocker {
    #[serde(default)]
    object: String,
}

#[derive(Deserialize)]
struct Monitors {
    #[serde(default)]
    locks: Vec<Option<String>>,
}

/// Reads one dump, or several on end.
pub(super) fn read(text: &str, findings: &mut Findings) -> Vec<ThreadDump> {
    let mut dumps = Vec::new();
    let mut files = serde_json::Deserializer::from_str(text).into_iter::<File>();
    while let Some(file) = files.next() {
        match file {
            Ok(file) => dumps.push(dump(file.thread_dump)),
            Err(error) => {
                let at = files.byte_offset().min(text.len());
                let message = format!("the thread dump cannot be read: {error}");
                findings.error(
                    at..at,
                    message,
                    "write it anew with jcmd PID Thread.dump_to_file -format=json",
                );
                break;
            }
        }
    }
    dumps
}

fn dump(dump: Dump) -> ThreadDump {
    let mut threads = Vec::new();
    for Container { container, threads: of } in dump.thread_containers {
        // `java.util.concurrent.ThreadPoolExecutor@1b2c6ec2`
        let pool = container.rsplit('.').next().unwrap_or(&container).trim_matches(['<', '>']);
        let pool = (pool != "root").then_some(pool);
        threads.extend(of.into_iter().filter_map(|thread| dump_thread(thread, pool)));
    }
    ThreadDump { moment: moment::whole(&dump.time), threads, is_all_asleep: false }
}

/// A thread of the program; those of the virtual machine run no code of anybody's.
fn dump_thread(thread: Thread, pool: Option<&str>) -> Option<DumpThread> {
    let mut frames = Vec::new();
    thread.stack.iter().for_each(|frame| push_frame(&mut frames, java::frame_text(frame)));
    let id = thread.tid.to_string();
    let wants = thread.blocked_on.or(thread.park_blocker.map(|blocker| blocker.object)).or(thread.waiting_on);
    let state = if thread.state.is_empty() { state_of(&frames) } else { thread.state.as_str() };
    let raw = java::RawThread {
        state: state.to_owned(),
        frames,
        holds: thread.monitors_owned.into_iter().flat_map(|monitors| monitors.locks).flatten().collect(),
        wants: wants.map(|lock| (lock.clone(), lock)),
        name: if thread.name.is_empty() { format!("thread {id}") } else { thread.name },
        id,
        is_owner_list: false,
    };
    raw.finished(pool.map(str::to_owned))
}

/// The state that Java 21 does not write, from the innermost call.
fn state_of(frames: &[String]) -> &'static str {
    let call = |at: usize| frames.get(at).map_or("", |frame| frame.split(" (").next().unwrap_or(""));
    let timed = ["Thread.sleep", "parkNanos", "parkUntil", "awaitNanos"];
    let inner = frames.iter().take(4);
    if inner.clone().any(|frame| timed.iter().any(|name| frame.contains(name))) {
        return "TIMED_WAITING";
    }
    let parks =
        inner.clone().any(|frame| frame.contains("LockSupport.park") || frame.contains("VirtualThread.park"));
    if parks || call(0).ends_with("Object.wait") || call(0).ends_with("Object.wait0") {
        return "WAITING";
    }
    "RUNNABLE"
}
