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

use super::findings::Findings;
use super::measured::Measured;
use super::reading::Reading;
use findings::DumpFindings;
use thread::DumpKind;

/// Most threads of all dumps together.
const MAX_THREADS: usize = 100_000;

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
        findings.error(0..0, "this is no thread dump that is known", help);
        return None;
    };
    let dumps = match kind {
        DumpKind::Jstack => java::read(text),
        DumpKind::JavaJson => java_json::read(text, findings),
        DumpKind::PySpy => python::read_pyspy(text),
        DumpKind::Faulthandler => python::read_faulthandler(text),
        DumpKind::Go => go::read(text),
    };
    if findings.has_errors() {
        return None;
    }
    let count: usize = dumps.iter().map(|dump| dump.threads.len()).sum();
    if count > MAX_THREADS {
        findings.error(0..0, format!("more than {MAX_THREADS} threads"), "give one dump of one process");
        return None;
    }
    let Some(last) = dumps.last().filter(|dump| !dump.threads.is_empty()) else {
        let help = "give the whole dump, with the stack of every thread";
        findings.error(0..0, "there is no thread of the program in this dump", help);
        return None;
    };
    let mut inferences = Vec::new();
    let found = DumpFindings::of(&dumps, kind);
    found.tell(last, kind, &mut inferences);
    let draft = stub::draft(last, &found, kind);
    let verdict = Some(found.verdict(last));
    Some(Reading { draft, inferences, measured: Measured::default(), verdict })
}
