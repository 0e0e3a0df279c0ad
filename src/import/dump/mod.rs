//! Thread dumps: what every thread of a process did at one moment, or at several. They become who waits for whom, and a stub
//! of a scenario.
//!
//! Each kind of dump has a reader (`java`, `java_json`, `python`, `go`) that makes [`thread::DumpThread`]s; `findings` looks for closed
//! rings of locks, pools whose workers all wait, and threads that have not moved between dumps; `stub` writes the scenario.
//!
//! A dump has no times and no queues: how long things take and who submitted what is left to a person, marked `# ?`.
//! Nothing is called a deadlock that the dump does not prove.

mod findings;
mod go;
mod java;
mod java_json;
mod python;
mod stub;
mod thread;

use super::draft::count;
use super::findings::Findings;
use super::measured::Measured;
use super::reading::Reading;
use findings::DumpFindings;
use thread::{DumpKind, Dumps};

/// Which dump a text is, from its beginning.
pub(super) fn kind_of(head: &str) -> Option<DumpKind> {
    let start = head.trim_start();
    if start.starts_with('{') {
        return java_json::is_dump(start).then_some(DumpKind::JavaJson);
    }
    if head.contains("Full thread dump ") || head.contains("   java.lang.Thread.State: ") {
        return Some(DumpKind::Jstack);
    }
    if head.contains("(most recent call first):") {
        return Some(DumpKind::Faulthandler);
    }
    let mut lines = head.lines();
    if lines.any(python::is_pyspy_thread) {
        return Some(DumpKind::PySpy);
    }
    head.lines().any(|line| go::header(line).is_some()).then_some(DumpKind::Go)
}

/// Reads one or several dumps of a process.
pub(super) fn read(text: &str, findings: &mut Findings) -> Option<Reading> {
    let Some(kind) = kind_of(text) else {
        let help = "dumps of jstack, the JDK (JSON), py-spy, faulthandler and Go are read";
        findings.error(0..0, "this is not a thread dump of a known format", help);
        return None;
    };
    let mut dumps = Dumps::default();
    read_dumps(text, kind, &mut dumps, findings);
    if let Some((max, noun)) = dumps.excess() {
        findings.error(0..0, format!("more than {}", count(max, noun)), "give one dump of one process");
    }
    if findings.has_errors() {
        return None;
    }
    let Dumps { list: dumps, shows_holders, .. } = dumps;
    let Some(last) = dumps.last().filter(|dump| !dump.threads.is_empty()) else {
        let help = "give the whole dump, with the stack of every thread";
        findings.error(0..0, "there is no thread of the program in this dump", help);
        return None;
    };
    let mut inferences = Vec::new();
    let found = DumpFindings { shows_holders, ..DumpFindings::of(&dumps, kind) };
    found.note_inferences(last, kind, &mut inferences);
    let draft = stub::draft(last, &found, kind);
    let verdict = Some(found.verdict(last));
    Some(Reading { draft, inferences, measured: Measured::default(), verdict })
}

/// Reads dumps of one kind, and no further than to the first thread, or dump, for which there is no room.
fn read_dumps(text: &str, kind: DumpKind, dumps: &mut Dumps, findings: &mut Findings) {
    match kind {
        DumpKind::Jstack => java::read(text, dumps),
        DumpKind::JavaJson => java_json::read(text, dumps, findings),
        DumpKind::PySpy => python::read_pyspy(text, dumps),
        DumpKind::Faulthandler => python::read_faulthandler(text, dumps),
        DumpKind::Go => go::read(text, dumps),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_ends_with_the_first_thread_or_dump_beyond_the_bound() {
        let jstack = |n| {
            format!(
                "\"t{n}\" #1 tid=0x{n} runnable\n   java.lang.Thread.State: RUNNABLE\n\tat A.run(A.java:1)\n"
            )
        };
        let json = |n| format!(r#"{{"tid":"{n}","stack":["A.run(A.java:1)"]}}"#);
        let json_dump = |threads: String| {
            format!(
                r#"{{"threadDump":{{"threadContainers":[{{"container":"<root>","threads":[{threads}]}}]}}}}"#
            )
        };
        let pyspy = |n| format!("Thread {n} (active): \"t\"\n    f (a.py:1)\n");
        let faulthandler =
            |n| format!("Thread 0x{n} (most recent call first):\n  File \"a.py\", line 1 in f\n");
        let go = |n| format!("goroutine {n} [running]:\nmain.f()\n\ta.go:1\n");
        let many = |thread: &dyn Fn(usize) -> String| (0..10).map(thread).collect::<Vec<_>>();
        for (kind, text, read) in [
            (DumpKind::Jstack, many(&jstack).concat(), 4),
            (DumpKind::JavaJson, json_dump(many(&json).join(",")), 4),
            (DumpKind::PySpy, many(&pyspy).concat(), 4),
            (DumpKind::Faulthandler, many(&faulthandler).concat(), 4),
            (DumpKind::Go, many(&go).concat(), 4),
            // Dumps without a thread, and such as begin with every thread.
            (DumpKind::Jstack, "Full thread dump x:\n".repeat(10), 0),
            (DumpKind::JavaJson, json_dump(String::new()).repeat(10), 0),
            (DumpKind::PySpy, "Process 1: x\n".repeat(10), 0),
            (DumpKind::Faulthandler, faulthandler(1).repeat(10), 4),
            (DumpKind::Go, go(1).repeat(10), 4),
        ] {
            let mut dumps = Dumps::of_at_most(3);
            let mut findings = Findings::default();
            read_dumps(&text, kind, &mut dumps, &mut findings);
            assert!(dumps.is_full() && !findings.has_errors(), "{kind:?}");
            let threads: usize = dumps.list.iter().map(|dump| dump.threads.len()).sum();
            assert_eq!((threads, dumps.list.len() <= 4), (read, true), "{kind:?}");
        }
    }

    #[test]
    fn a_thread_holds_no_more_locks_than_can_be_told() {
        let mut dumps = Dumps::default();
        let text = format!("\"t\" tid=1\n\tat A.run(A.java:1)\n{}", "\t- locked <0x1> (a A)\n".repeat(5_000));
        java::read(&text, &mut dumps);
        assert_eq!(dumps.list[0].threads[0].holds.len(), thread::MAX_HELD);
    }
}
