//! Rules of the runtimes that no recording of ours shows: by their sources, as `tests/conformance/runtimes/` has the others.

use crate::channels::told;
use crate::support::{run, same};
use insta::assert_snapshot;

/// Runs a document and compares when its tasks end.
#[track_caller]
fn ends(toml: &str, expected: &str) {
    let lives = run(toml).lives();
    let ends: Vec<&str> = lives.lines().filter(|line| line.ends_with(" ends")).collect();
    same(&ends.join("\n"), expected, toml);
}

/// Runs a document and compares in which order its tasks start.
#[track_caller]
fn starts(toml: &str, expected: &[&str]) {
    let observed = run(toml).observed();
    assert_eq!(observed["start_order"], serde_json::json!(expected), "{toml}");
}

#[track_caller]
fn states(toml: &str, expected: &str) {
    assert_eq!(run(toml).states(), expected, "{toml}");
}

/// `java.util.concurrent.PriorityBlockingQueue` is a binary heap: equal entries leave in its order.
#[test]
fn equal_priorities_leave_a_java_queue_in_the_order_of_its_heap() {
    let document = |runtime: &str| {
        format!(
            r#"{runtime}
            executors.pool = {{ kind = "threads", workers = 1, order = "priority" }}
            tasks.job.steps = ["run 1s"]
            arrivals = [{{ task = "job", to = "pool", count = 5 }}, {{ task = "job", to = "pool", priority = 1 }}]"#
        )
    };
    starts(&document("runtime = \"java-17\""), &["job#0", "job#5", "job#2", "job#4", "job#3", "job#1"]);
    starts(&document(""), &["job#0", "job#5", "job#1", "job#2", "job#3", "job#4"]);
    let four = r#"
        runtime = "java-17"
        executors.pool = { kind = "threads", workers = 1, order = "priority" }
        tasks.job.steps = ["run 1s"]
        arrivals = [{ task = "job", to = "pool", count = 5 }]"#;
    starts(four, &["job#0", "job#1", "job#4", "job#3", "job#2"]);
}

/// `ReentrantReadWriteLock`, not fair: `writerShouldBlock` is always false.
#[test]
fn a_writer_barges_at_a_java_lock() {
    let document = |keys: &str| {
        format!(
            r#"
            runtime = "java-17"
            executors.p = {{ kind = "threads", workers = 9 }}
            rwlocks.w = {{ {keys} }}
            tasks.greedy.steps = ["lock w write", "run 2s", "unlock w write", "lock w write", "run 2s", "unlock w write"]
            tasks.reader.steps = ["with w read", "run 1s", "end"]
            arrivals = [{{ task = "greedy", to = "p" }}, {{ task = "reader", to = "p", at = "1s", count = 2 }}]"#
        )
    };
    ends(&document(""), "4 greedy#0 ends\n5 reader#0 ends\n5 reader#1 ends");
    ends(&document("prefer = \"queue\""), "3 reader#0 ends\n3 reader#1 ends\n5 greedy#0 ends");
}

/// `CyclicBarrier`: an interrupt breaks it for all, latecomers included.
#[test]
fn an_interrupt_breaks_a_barrier() {
    states(
        r#"
        runtime = "java-17"
        executors.p = { kind = "threads", workers = 9 }
        barriers.b = { parties = 3 }
        tasks.boss.steps = ["submit party as a", "submit party as b", "run 1s", "cancel a interrupt"]
        tasks.party.steps = ["await b"]
        tasks.late.steps = ["run 3s", "await b"]
        arrivals = [{ task = "boss", to = "p" }, { task = "late", to = "p" }]"#,
        "boss#0 finished, boss#0/a cancelled, boss#0/b failed, late#0 failed",
    );
}

/// `Object.wait` in a virtual thread before JDK 24: pinned, and compensated up to `maxPoolSize`.
fn monitor_wait(keys: &str, pins: &str) -> String {
    format!(
        r#"
        runtime = "java-21"
        executors.v = {{ kind = "green", threads = 1{keys} }}
        locks.m = {{ {pins} }}
        conditions.c = {{ lock = "m" }}
        tasks.waiter.steps = ["with m", "wait-on c", "run 1s", "end"]
        tasks.setter.steps = ["run 1s", "with m", "notify c", "end", "run 1s"]
        arrivals = [{{ task = "waiter", to = "v" }}, {{ task = "setter", to = "v" }}]"#
    )
}

#[test]
fn a_wait_on_a_monitor_keeps_its_carrier_and_a_spare_one_stands_in() {
    ends(&monitor_wait("", "pins = \"held\""), "2 setter#0 ends\n2 waiter#0 ends");
    ends(&monitor_wait(", spare = 0", ""), "2 setter#0 ends\n3 waiter#0 ends");
    assert_snapshot!(told(&monitor_wait(", spare = 0", "pins = \"held\"")), @"At 0 s waiter#0 waits for a notification of condition `c`, and only setter#0 could notify it. setter#0 waits for a carrier of `v`, which never comes free. No timeout can break this.");
}

/// `Thread.yield` of a pinned virtual thread yields its carrier's thread only.
#[test]
fn who_yields_inside_a_monitor_keeps_its_carrier() {
    ends(
        r#"
        runtime = "java-21"
        executors.v = { kind = "green", threads = 1 }
        locks.m = { pins = "held" }
        tasks.first.steps = ["run 1s"]
        tasks.t.steps = ["with m", "yield", "run 1s", "end"]
        arrivals = [{ task = "first", to = "v" }, { task = "t", to = "v", count = 2 }]"#,
        "1 first#0 ends\n2 t#0 ends\n3 t#1 ends",
    );
}

/// The Netflix report of July 2024: a lock is free, and whoever was woken for it finds no carrier, because all wait for
/// that lock inside monitors.
#[test]
fn a_lock_released_to_a_thread_without_a_carrier_is_a_deadlock() {
    let document = r#"
        runtime = "java-21"
        executors.v = { kind = "green", threads = 1 }
        executors.p = { kind = "threads", workers = 1 }
        locks.shared = {}
        locks.monitor = { pins = "held" }
        tasks.holder.steps = ["with shared", "run 3s", "end"]
        tasks.first.steps = ["io 1s", "with shared", "end"]
        tasks.pinned.steps = ["io 2s", "with monitor", "with shared", "end", "end"]
        arrivals = [
          { task = "holder", to = "p" }, { task = "first", to = "v" }, { task = "pinned", to = "v" },
        ]"#;
    states(document, "first#0 running, holder#0 finished, pinned#0 running");
    assert_snapshot!(told(document), @"At 3 s first#0 waits for a carrier of `v`, which never comes free. pinned#0 waits for lock `shared`, which is free, but first#0 was woken to take it first. No timeout can break this.");
}

/// `ForkJoinPool.tryCompensate` with `minimumRunnable` 2.
#[test]
fn a_pool_that_must_keep_two_running_adds_a_spare_worker() {
    let document = |least: u32| {
        format!(
            r#"
            executors.fj = {{ kind = "fork-join", workers = 2, min_runnable = {least} }}
            tasks.blocker.steps = ["run 1s", "io 4s managed"]
            tasks.busy.steps = ["run 5s"]
            tasks.job.steps = ["run 1s"]
            arrivals = [
              {{ task = "blocker", to = "fj" }}, {{ task = "busy", to = "fj" }}, {{ task = "job", to = "fj", at = "2s" }},
            ]"#
        )
    };
    ends(&document(2), "3 job#0 ends\n5 busy#0 ends\n5 blocker#0 ends");
    ends(&document(1), "5 busy#0 ends\n5 blocker#0 ends\n6 job#0 ends");
}

/// `invokeAll` with a timeout cancels what is unfinished at its deadline, running or not.
#[test]
fn what_is_unfinished_at_the_deadline_is_cancelled() {
    states(
        r#"
        runtime = "java-17"
        executors.p = { kind = "threads", workers = 2 }
        executors.main = { kind = "threads", workers = 1 }
        tasks.invoke.steps = [
          "submit job to p as a", "submit job to p as b", "submit job to p as c", "submit job to p as d",
          "submit job to p as e", "wait all timeout 3s", "on-timeout", "cancel all interrupt", "end",
        ]
        tasks.job.steps = ["io 2s"]
        arrivals = [{ task = "invoke", to = "main" }]"#,
        "invoke#0 finished, invoke#0/a finished, invoke#0/b finished, invoke#0/c cancelled, invoke#0/d cancelled, invoke#0/e cancelled",
    );
}

/// A body that is interrupted between `acquire` and `release` leaks its permit; a guard does not.
#[test]
fn an_interrupted_body_keeps_what_no_block_gives_back() {
    for runtime in ["java-17", "tokio", "asyncio"] {
        let lives = run(&format!(
            r#"
            runtime = "{runtime}"
            executors.p = {{ kind = "green", workers = 9 }}
            locks.guarded = {{}}
            semaphores.plain = {{ permits = 1 }}
            tasks.main.steps = [
              "submit holder", "io 1s", "cancel holder interrupt",
              "lock guarded timeout 1s", "on-timeout", "note a guard leaks", "end",
              "acquire plain timeout 1s", "on-timeout", "note a permit leaks", "end",
            ]
            tasks.holder.steps = ["with guarded", "acquire plain", "io 9s", "release plain", "end"]
            arrivals = [{{ task = "main", to = "p" }}]"#
        ))
        .lives();
        assert!(lives.contains("2 main#0 note a permit leaks"), "{runtime}:\n{lives}");
        assert!(!lives.contains("a guard leaks"), "{runtime}:\n{lives}");
    }
}

/// asyncio's `wait_for` waits until the task that it cancelled has ended; a Java future is done at once.
#[test]
fn who_cancels_what_swallows_it_waits_outside_java() {
    let document = |runtime: &str| {
        format!(
            r#"
            runtime = "{runtime}"
            executors.p = {{ kind = "threads", workers = 9 }}
            tasks.main.steps = ["submit job", "wait job timeout 1s", "on-timeout", "cancel job interrupt", "wait job", "end"]
            tasks.job.steps = ["io 3s uninterruptible"]
            arrivals = [{{ task = "main", to = "p" }}]"#
        )
    };
    ends(&document("asyncio"), "3 main#0/job#0 ends\n3 main#0 ends");
    ends(&document("java-17"), "1 main#0 ends\n3 main#0/job#0 ends");
}

/// Tokio's `MAX_LIFO_POLLS_PER_TICK`.
#[test]
fn a_carrier_looks_at_its_slot_three_times_in_a_row() {
    starts(
        r#"
        runtime = "tokio"
        executors.rt = { kind = "green", threads = 1, ready = "lifo-slot" }
        tasks.first.steps = ["run 1s"]
        tasks.a.steps = ["submit b"]
        tasks.b.steps = ["submit c"]
        tasks.c.steps = ["submit d"]
        tasks.d.steps = ["submit e"]
        tasks.e.steps = []
        tasks.x.steps = []
        arrivals = [{ task = "first", to = "rt" }, { task = "a", to = "rt" }, { task = "x", to = "rt" }]"#,
        &["first#0", "a#0", "a#0/b#0", "a#0/b#0/c#0", "a#0/b#0/c#0/d#0", "x#0", "a#0/b#0/c#0/d#0/e#0"],
    );
}

/// `gevent.pool.Pool.spawn` blocks its caller when the pool is full: from inside, for ever.
#[test]
fn spawning_from_inside_a_full_pool_hangs() {
    assert_snapshot!(told(r#"
        runtime = "gevent"
        executors.pool = { kind = "green", workers = 1, queue = 0, on_full = "block" }
        tasks.outer.steps = ["submit inner"]
        tasks.inner.steps = ["io 1s"]
        arrivals = [{ task = "outer", to = "pool" }]"#), @"At 0 s the only worker of `pool` is held by outer#0. outer#0 waits for room in `pool` for a child it submits, and no worker is free to take it. No timeout can break this.");
}

/// rayon takes up any work in a wait: what wants the mutex that the frame below holds (rayon#592).
#[test]
fn work_taken_up_in_a_wait_may_want_what_its_waiter_holds() {
    assert_snapshot!(told(r#"
        runtime = "rayon"
        executors.pool = { kind = "fork-join", workers = 2, on_wait = "help-any" }
        locks.mutex = {}
        tasks.outer.steps = ["with mutex", "submit leaf", "run 1500ms", "wait leaf", "end"]
        tasks.leaf.steps = ["run 3s"]
        tasks.other.steps = ["with mutex", "end"]
        arrivals = [{ task = "outer", to = "pool" }, { task = "other", to = "pool", at = "1s" }]"#), @"At 1.5 s outer#0 waits for its `leaf`. other#0 waits for lock `mutex`, which is held by outer#0. other#0 runs above outer#0 on worker 0 of `pool`, so outer#0 cannot go on before it ends. No timeout can break this.");
}

/// `DiscardOldestPolicy` over a `SynchronousQueue` polls nothing and calls `execute` again: the stack overflows.
#[test]
fn discarding_the_oldest_of_a_direct_hand_over_raises() {
    states(
        r#"
        runtime = "java-17"
        executors.p = { kind = "elastic", core = 0, workers = 1, queue = 0, on_full = "discard-oldest" }
        executors.outer = { kind = "threads", workers = 1 }
        tasks.main.steps = ["submit job to p", "submit job to p"]
        tasks.job.steps = ["run 1s"]
        arrivals = [{ task = "main", to = "outer" }]"#,
        "main#0 failed, main#0/job#0 finished, main#0/job#1 rejected",
    );
}

#[test]
fn a_core_of_none_over_an_endless_queue_is_a_pool_of_one() {
    ends(
        r#"
        runtime = "java-17"
        executors.p = { kind = "elastic", core = 0, workers = 4 }
        tasks.job.steps = ["run 1s"]
        arrivals = [{ task = "job", to = "p", count = 3 }]"#,
        "1 job#0 ends\n2 job#1 ends\n3 job#2 ends",
    );
}

/// A cancelled entry counts in the queue until a worker meets it, unless `setRemoveOnCancelPolicy` is set.
#[test]
fn a_cancelled_entry_takes_its_place_in_a_queue() {
    let document = |cancelled: &str| {
        format!(
            r#"
            runtime = "java-17"
            executors.p = {{ kind = "elastic", core = 1, workers = 1, queue = 1{cancelled} }}
            executors.outer = {{ kind = "threads", workers = 1 }}
            tasks.main.steps = [
              "submit job to p as a", "submit job to p as b", "cancel b", "submit job to p as c",
            ]
            tasks.job.steps = ["run 1s"]
            arrivals = [{{ task = "main", to = "outer" }}]"#
        )
    };
    let refused = "main#0 failed, main#0/a finished, main#0/b cancelled, main#0/c rejected";
    states(&document(""), refused);
    let taken = "main#0 finished, main#0/a finished, main#0/b cancelled, main#0/c finished";
    states(&document(", cancelled = \"removed\""), taken);
}
