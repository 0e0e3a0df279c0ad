//! Thread dumps of real processes: a ring of locks and an exhausted pool are found, a healthy process raises no alarm, and the
//! stub of a scenario comes to stand where the process stood.
//!
//! The dumps in `tests/recordings/dump_*` were made with OpenJDK 17, 21 and 25, CPython 3.11, py-spy 0.4 and Go 1.19. Each format has a
//! deadlock, an exhausted pool and a healthy process; Python and Java 21 do not say who holds a lock, so their deadlocks cannot be seen.

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
    for text in [
        include_str!("../recordings/dump_java_locks.txt"),
        include_str!("../recordings/dump_java25_locks.json"),
    ] {
        let imported = read(text);
        let told = verdict(&imported);
        assert!(told.starts_with("Deadlock: `"), "{told}");
        assert!(told.contains("`left`") && told.contains("`right`"), "{told}");
        assert_eq!(outcome(&imported), OutcomeKind::Stuck, "{}", imported.text);
        assert!(!says(&imported, Provenance::Unknown, "who holds a lock"), "{:?}", imported.inferences);
    }
}

#[test]
fn a_pool_whose_workers_all_wait_is_exhausted() {
    for (text, pool, workers) in [
        (include_str!("../recordings/dump_java_exhausted.txt"), "pool-1", "3 workers"),
        (include_str!("../recordings/dump_pyspy_exhausted.txt"), "default", "3 workers"),
        (include_str!("../recordings/dump_faulthandler_exhausted.txt"), "ThreadPoolExecutor", "3 workers"),
        (include_str!("../recordings/dump_java21_exhausted.json"), "ThreadPoolExecutor@", "3 workers"),
        (include_str!("../recordings/dump_java25_exhausted.json"), "ThreadPoolExecutor@", "3 workers"),
        (include_str!("../recordings/dump_go_exhausted.txt"), "main.worker", "3 workers"),
    ] {
        let imported = read(text);
        let told = verdict(&imported);
        let begins = told.starts_with(&format!("Pool exhausted: `{pool}"));
        assert!(begins && told.contains(&format!("` has {workers}, and each waits")), "{told}");
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
        include_str!("../recordings/dump_java21_healthy.json"),
        include_str!("../recordings/dump_java25_healthy.json"),
    ] {
        let imported = read(text);
        assert!(verdict(&imported).starts_with("No deadlock is seen"), "{:?}", imported.verdict);
        assert_eq!(outcome(&imported), OutcomeKind::Completed, "{}", imported.text);
    }
}

/// All workers wait in the loop that takes tasks: there is none.
#[test]
fn idle_workers_of_go_are_not_exhausted() {
    let imported = read(include_str!("../recordings/dump_go_idle.txt"));
    assert!(verdict(&imported).starts_with("No deadlock is seen"), "{:?}", imported.verdict);
    assert!(says(&imported, Provenance::Read, "3 waiting for a signal"), "{:?}", imported.inferences);
    // One goroutine that waits for the end of all, as a program does that serves until it is told to stop.
    let one = "goroutine 1 [sleep]:\nmain.main()\n\t/a.go:1\n\ngoroutine 6 [chan receive]:\nmain.wait()\n\t/a.go:2\n\
               main.serve()\n\t/a.go:3\ncreated by main.main\n\t/a.go:4\n";
    assert!(verdict(&read(one)).starts_with("No deadlock is seen"));
}

#[test]
fn who_holds_a_lock_is_said_to_be_unknown_where_the_dump_does_not_say() {
    for text in [
        include_str!("../recordings/dump_faulthandler_locks.txt"),
        include_str!("../recordings/dump_pyspy_locks.txt"),
        include_str!("../recordings/dump_java21_locks.json"),
    ] {
        let imported = read(text);
        assert!(verdict(&imported).starts_with("No deadlock is seen"), "{:?}", imported.verdict);
        assert!(says(&imported, Provenance::Unknown, "who holds a lock"), "{:?}", imported.inferences);
    }
}

/// What is contrived is bounded, too: a hundred thousand threads wait in a line behind a ring, and each pool is exhausted.
#[test]
fn long_lines_of_waiting_threads_are_counted_once() {
    const THREADS: usize = 20_000;
    let of = |at: usize, wants: usize| {
        format!(
            "\"a{at}b\" #1 tid=0x{at}\n   java.lang.Thread.State: BLOCKED\n\tat A.run(A.java:1)\n\t- waiting to lock <0x{wants}> (a A)\n\
             \t- locked <0x{at}> (a A)\n"
        )
    };
    let line: String =
        (0..THREADS).map(|at| of(at, at.saturating_sub(1).max(usize::from(at == 0)))).collect();
    let imported = import("dump.txt", format!("Full thread dump x:\n{line}"), &Options::default());
    let told = imported.expect("a dump").verdict.expect("a verdict");
    assert!(told.ends_with("19 998 threads wait behind them."), "{told}");
    let exhausted: String = (0..THREADS)
        .map(|at| {
            format!(
                "\"a{at}b\" #1 tid=0x{at}\n   java.lang.Thread.State: WAITING\n\tat java.util.concurrent.FutureTask.get(F.java:1)\n\
                 \tat A.run(A.java:1)\n\tat java.util.concurrent.ThreadPoolExecutor.runWorker(T.java:1)\n"
            )
        })
        .collect();
    let imported =
        import("dump.txt", format!("Full thread dump x:\n{exhausted}"), &Options::default()).expect("a dump");
    assert!(verdict(&imported).starts_with("Pool exhausted: `a0b` has 1 worker"), "{:?}", imported.verdict);
    assert!(
        says(&imported, Provenance::Lost, "19 800 threads of 19 800 names more"),
        "{:?}",
        imported.inferences.last()
    );
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
