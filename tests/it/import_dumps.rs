//! Thread dumps of real processes: a ring of locks and an exhausted pool are found, a healthy process raises no alarm, and the
//! stub of a scenario comes to stand where the process stood.
//!
//! The dumps in `tests/recordings/dump_*.txt` were made with OpenJDK 17, CPython 3.11, py-spy 0.4 and Go 1.19.

use crate::support;
use threadbare::import::{Format, Imported, Options, Provenance, import};
use threadbare::trace::OutcomeKind;

fn read(text: &str) -> Imported {
    let imported =
        import("dump.txt", text, &Options::default()).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(imported.format, Format::ThreadDump);
    imported
}

fn verdict(imported: &Imported) -> &str {
    imported.verdict.as_deref().expect("a dump has a verdict")
}

fn outcome(imported: &Imported) -> OutcomeKind {
    support::run(&imported.text).trace.outcome.kind
}

fn says(imported: &Imported, how: Provenance, words: &str) -> bool {
    imported.inferences.iter().any(|inference| inference.how == how && inference.text.contains(words))
}

#[test]
fn a_ring_of_locks_is_a_deadlock_in_the_dump_and_in_the_stub() {
    let imported = read(include_str!("../recordings/dump_java_locks.txt"));
    let told = verdict(&imported);
    assert!(told.starts_with("Deadlock: `"), "{told}");
    assert!(told.contains("`left`") && told.contains("`right`"), "{told}");
    assert_eq!(outcome(&imported), OutcomeKind::Stuck, "{}", imported.text);
}

#[test]
fn a_pool_whose_workers_all_wait_is_exhausted() {
    for (text, pool, workers) in [
        (include_str!("../recordings/dump_java_exhausted.txt"), "pool-1", "3 workers"),
        (include_str!("../recordings/dump_pyspy_exhausted.txt"), "default", "3 workers"),
        (include_str!("../recordings/dump_faulthandler_exhausted.txt"), "ThreadPoolExecutor", "3 workers"),
    ] {
        let imported = read(text);
        let told = verdict(&imported);
        let expected = format!("Pool exhausted: `{pool}` has {workers}");
        assert!(told.starts_with(&expected), "{told}");
        assert_eq!(outcome(&imported), OutcomeKind::Stuck, "{}", imported.text);
    }
    let twice = read(include_str!("../recordings/dump_java_exhausted.txt"));
    assert!(
        says(&twice, Provenance::Inferred, "are at the same place in all 2 dumps"),
        "{:?}",
        twice.inferences
    );
}

#[test]
fn go_says_itself_that_nothing_can_go_on() {
    let imported = read(include_str!("../recordings/dump_go_asleep.txt"));
    assert!(
        verdict(&imported).starts_with("Deadlock: Go found all goroutines asleep"),
        "{:?}",
        imported.verdict
    );
    assert!(says(&imported, Provenance::Read, "`main.worker`: 2 threads"), "{:?}", imported.inferences);
    outcome(&imported);
}

#[test]
fn a_healthy_process_raises_no_alarm() {
    for text in [
        include_str!("../recordings/dump_java_healthy.txt"),
        include_str!("../recordings/dump_pyspy_healthy.txt"),
        include_str!("../recordings/dump_faulthandler_healthy.txt"),
        include_str!("../recordings/dump_go_healthy.txt"),
    ] {
        let imported = read(text);
        assert!(verdict(&imported).starts_with("No deadlock is seen"), "{:?}", imported.verdict);
        assert_eq!(outcome(&imported), OutcomeKind::Completed, "{}", imported.text);
    }
}

#[test]
fn python_does_not_say_who_holds_a_lock() {
    let imported = read(include_str!("../recordings/dump_faulthandler_locks.txt"));
    assert!(verdict(&imported).starts_with("No deadlock is seen"), "{:?}", imported.verdict);
    assert!(says(&imported, Provenance::Unknown, "who holds a lock"), "{:?}", imported.inferences);
}

/// The fields are those of `jdk.internal.vm.ThreadDumper` in Java 21 and, with states and blockers, in Java 24.
#[test]
fn the_json_of_the_jdk_names_executors() {
    let worker = |tid: u32, more: &str| {
        format!(
            r#"{{"tid":"{tid}","name":"pool-1-thread-{tid}"{more},"stack":[
            "java.base\/jdk.internal.misc.Unsafe.park(Native Method)","java.base\/java.util.concurrent.locks.LockSupport.park(LockSupport.java:221)",
            "java.base\/java.util.concurrent.FutureTask.awaitDone(FutureTask.java:500)",
            "java.base\/java.util.concurrent.FutureTask.get(FutureTask.java:190)","Exhausted.build(Exhausted.java:10)",
            "java.base\/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1144)"]}}"#
        )
    };
    for more in ["", r#","state":"WAITING","parkBlocker":{"object":"java.util.concurrent.FutureTask@1b"}"#] {
        let text = format!(
            r#"{{"threadDump":{{"processId":"7","time":"2026-11-25T02:49:55Z","runtimeVersion":"21","threadContainers":[
            {{"container":"<root>","parent":null,"threads":[{{"tid":"1","name":"main","stack":["java.base\/java.lang.Thread.sleep(Thread.java:509)","Exhausted.main(Exhausted.java:6)"]}}]}},
            {{"container":"java.util.concurrent.ThreadPoolExecutor@5e9f23b4","parent":"<root>","threads":[{},{}]}}]}}}}"#,
            worker(20, more),
            worker(21, more)
        );
        let imported = read(&text);
        let told = verdict(&imported);
        assert!(told.starts_with("Pool exhausted: `ThreadPoolExecutor@5e9f23b4` has 2 workers"), "{told}");
        assert_eq!(outcome(&imported), OutcomeKind::Stuck, "{}", imported.text);
    }
}
