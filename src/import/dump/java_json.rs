//! Dumps of `jcmd PID Thread.dump_to_file -format=json`: threads in containers, which are the executors.
//!
//! Java 21 writes stacks alone; Java 24 and later also states, owners of locks and what a thread is parked for.

use super::super::findings::Findings;
use super::super::json::{Elements, Unreadable, broken};
use super::super::moment;
use super::java;
use super::thread::{DumpThread, Dumps, MAX_FRAMES, MAX_HELD};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Whether a JSON text begins as such a dump.
pub(super) fn is_dump(start: &str) -> bool {
    start[1..].trim_start().starts_with("\"threadDump\"")
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File<'a> {
    #[serde(borrow)]
    thread_dump: Dump<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Dump<'a> {
    #[serde(default)]
    time: String,
    #[serde(borrow)]
    thread_containers: &'a RawValue,
}

#[derive(Deserialize)]
struct Container<'a> {
    container: String,
    #[serde(borrow, default)]
    threads: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Thread<'a> {
    #[serde(borrow)]
    tid: &'a RawValue,
    #[serde(default)]
    name: String,
    #[serde(default)]
    state: String,
    #[serde(borrow, default)]
    stack: Option<&'a RawValue>,
    park_blocker: Option<Blocker>,
    blocked_on: Option<String>,
    waiting_on: Option<String>,
    #[serde(borrow, default)]
    monitors_owned: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Blocker {
    #[serde(default)]
    object: String,
}

#[derive(Deserialize)]
struct Monitors<'a> {
    #[serde(borrow, default)]
    locks: Option<&'a RawValue>,
}

/// What cannot be read, if it cannot, and what to do.
const DUMP: &str = "the thread dump";
const WRITE_ANEW: &str = "write it again with jcmd PID Thread.dump_to_file -format=json";

/// Reads one dump, or several on end, thread by thread.
pub(super) fn read(text: &str, dumps: &mut Dumps, findings: &mut Findings) {
    let mut files = serde_json::Deserializer::from_str(text).into_iter::<File<'_>>();
    while let Some(file) = files.next() {
        match file {
            Ok(file) => {
                if let Err(unreadable) = dump(&file.thread_dump, dumps) {
                    unreadable.report(DUMP, text, WRITE_ANEW, findings);
                }
            }
            Err(error) => broken(DUMP, &error, files.byte_offset(), text, WRITE_ANEW, findings),
        }
        if dumps.is_full() || findings.has_errors() {
            break;
        }
    }
}

fn dump<'a>(dump: &Dump<'a>, dumps: &mut Dumps) -> Result<(), Unreadable<'a>> {
    dumps.begin(moment::whole(&dump.time));
    for container in Elements::of(Some(dump.thread_containers)) {
        let Container { container, threads } = container?;
        // `java.util.concurrent.ThreadPoolExecutor@1b2c6ec2`
        let pool = container.rsplit('.').next().unwrap_or(&container).trim_matches(['<', '>']);
        let pool = (pool != "root").then_some(pool);
        for thread in Elements::of(threads) {
            if dumps.is_full() {
                return Ok(());
            }
            let thread: Thread<'a> = thread?;
            dumps.shows_holders |= !thread.state.is_empty();
            if let Some(thread) = dump_thread(thread, pool)? {
                dumps.push(thread);
            }
        }
    }
    Ok(())
}

/// A thread of the program; those of the virtual machine run no code of anybody's.
fn dump_thread<'a>(thread: Thread<'a>, pool: Option<&str>) -> Result<Option<DumpThread>, Unreadable<'a>> {
    let mut frames = Vec::new();
    for frame in Elements::<Cow<'a, str>>::of(thread.stack).take(MAX_FRAMES) {
        frames.push(java::frame_text(&frame?));
    }
    let mut holds = Vec::new();
    for monitors in Elements::of(thread.monitors_owned).take(MAX_HELD) {
        let monitors: Monitors<'a> = monitors?;
        for lock in Elements::<Option<String>>::of(monitors.locks).take(MAX_HELD - holds.len()) {
            holds.extend(lock?);
        }
    }
    let id = thread.tid.get().to_owned();
    let wants = thread.blocked_on.or(thread.park_blocker.map(|blocker| blocker.object)).or(thread.waiting_on);
    let state = if thread.state.is_empty() { state_of(&frames) } else { thread.state.as_str() };
    let raw = java::RawThread {
        state: state.to_owned(),
        frames,
        holds,
        wants: wants.map(|lock| (lock.clone(), lock)),
        name: if thread.name.is_empty() { format!("thread {id}") } else { thread.name },
        id,
        is_owner_list: false,
    };
    Ok(raw.finished(pool.map(str::to_owned)))
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
