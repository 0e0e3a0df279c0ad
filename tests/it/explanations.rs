//! Explanations name the link that matters: the child behind a wait, whom a shutdown waits for, who lies above whom, the
//! permits of all, and the value that a size is said of.

use crate::cli::threadbare;
use crate::runs::trace_of;
use crate::support::scenario_of;
use threadbare::analysis::digest::Digest;
use threadbare::analysis::shape::{Hazard, Shape};

/// What the shape of a document says: each hazard with its details.
fn hazards(text: &str) -> String {
    let scenario = scenario_of(text, "base");
    let said = |hazard: &Hazard| {
        let details: String =
            hazard.details(&scenario).iter().map(|detail| format!("  {detail}\n")).collect();
        format!("{}\n{details}", hazard.headline(&scenario))
    };
    Shape::read(&scenario).hazards.iter().map(said).collect()
}

/// What is said of a document's run.
fn verdict(text: &str) -> String {
    Digest::new(&trace_of(text)).verdict.to_string()
}

#[test]
fn a_ring_through_a_child_names_the_child_and_its_step() {
    insta::assert_snapshot!(hazards(
        r#"
        executors.p = { kind = "threads", workers = 4 }
        locks.a = {}
        tasks.parent.steps = ["lock a", "submit child as c", "io 1s", "wait c", "unlock a"]
        tasks.child.steps = ["io 1s", "submit grandchild as g", "wait g"]
        tasks.grandchild.steps = ["lock a", "io 1s", "unlock a"]
        arrivals = [{ task = "parent", to = "p" }]"#
    ), @"
    may deadlock once 1 `parent` task is running: whoever holds a needs a again, itself or by a task that it waits for
      parent at `wait c` has a and waits for child, which waits for grandchild, which at `lock a` needs a.
    ");
}

#[test]
fn a_shutdown_names_whom_it_waits_for() {
    let text = include_str!("../field/n_shutdown.toml");
    insta::assert_snapshot!(hazards(text), @"
    may deadlock once 1 `main` task is running: a task waits for what may never come
      main at `shutdown default` waits for read_line, which never gets past `io forever`.
    ");
    insta::assert_snapshot!(verdict(text), @"At 5 s main#0 waits until `default` is empty, which still holds main#0/typed. No timeout can end this wait. None of the 2 tasks ended.");
}

#[test]
fn two_steps_of_the_same_text_are_numbered_and_several_permits_counted() {
    let text = r#"
        executors.p = { kind = "threads", workers = 30 }
        semaphores.conns = { permits = 30 }
        tasks.handler.steps = ["with conns", "io 5ms", "with conns", "io 5ms", "end", "end"]
        arrivals = [{ task = "handler", to = "p", count = 60 }]"#;
    insta::assert_snapshot!(hazards(text), @"
    may deadlock once 30 `handler` tasks are running: whoever holds conns needs conns again, itself or by a task that it waits for
      handler at `with conns` (step 3) has conns and needs conns.
    ");
    insta::assert_snapshot!(verdict(text), @"At 5 ms all 30 permits of `conns` are held by `handler`, each waiting for another. 30 more tasks can never continue either. No timeout can break this. None of the 60 tasks ended.");
}

/// `outer#1` lies above `outer#0` on the stack of one worker, which is no lock that either holds.
#[test]
fn a_worker_that_helps_is_told_by_its_stack() {
    let text = r#"
        executors.p = { kind = "threads", workers = 3, on_wait = "help-any" }
        locks.l = {}
        tasks.outer.steps = ["lock l", "submit inner as a", "submit inner as b", "wait a b", "unlock l"]
        tasks.inner.steps = ["run 1ms"]
        arrivals = [{ task = "outer", to = "p", count = 6 }]"#;
    insta::assert_snapshot!(verdict(text), @"At 0 s outer#0 waits for its `a` and `b`. outer#1 waits for lock `l`, which is held by outer#0. outer#1 runs above outer#0 on worker 0 of `p`, so outer#0 cannot go on before it ends. 4 more tasks can never continue either. No timeout can break this. 2 of the 8 tasks finished; 6 did not end.");
}

/// A size is said with its value, that its pool cannot keep up, and no queue that grows is called empty.
#[test]
fn a_size_is_said_with_its_value_and_with_the_queue_that_grows() {
    let ran = threadbare(&["size", "tests/field/overloaded.toml", "--for", "p.workers", "--max", "8"]);
    insta::assert_snapshot!(ran.out, @"
    p.workers = 1 is the smallest value that meets the expectations
    2 values tried, 2 runs. With p.workers = 1, tasks wait most for the workers of
    p: 67 % of all their time. `p` is overloaded: 1 task/s arrives, 0.1/s can be
    served; the queue grows by 0.9/s. This design: cannot deadlock in any order. It
    has no circular wait.

      p.workers  as expected  utilisation.p  memory.max
      ─────────────────────────────────────────────────
              1  yes  ←               100 %      64 KiB
              2  yes                   90 %     128 KiB

      the same in every row: deadlock no, latency.t.mean says nothing: 0 of 6
      finished, latency.t.p99 says nothing: 0 of 6 finished, makespan –

    Why
      p: 0.2/s × 5 s on a worker keep 1 of 1 busy (utilisation law). 2 are in its
      queue on average, and those that started had not waited: Little's law says
      nothing.
      Waiting and computing, of p: 1 + 0 = 1 thread for each core. The document has
      no `[machine]`, so cores are never short and the rule has nothing to divide.
      (B. Goetz and others, Java Concurrency in Practice, 2006, section 8.2)
    ");
}
