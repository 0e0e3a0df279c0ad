//! Intakes (caps and buses) look again whenever what kept a message back may be over, whoever ended it.

use crate::support::{lines_with, lives, run};

#[test]
fn a_bus_sees_the_room_behind_a_cap_that_holds_nothing() {
    // Neither came through the cap: only the bus waits for the pool's room.
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1, queue = 0 }
        executors.c = { kind = "cap", into = "p", caps = { a = 1 }, queue = 0 }
        executors.bus = { kind = "bus", into = "c" }
        tasks.z.steps = ["run 2s"]
        tasks.a.steps = ["run 1s"]
        arrivals = [{ task = "z", to = "p" }, { task = "a", to = "bus" }]"#,
        "0 z#0 starts
         2 z#0 ends
         2 a#0 starts
         3 a#0 ends
         3 completed",
    );
}

#[test]
fn a_bus_sees_the_slot_that_a_cancelled_task_gives_back() {
    lines_with(
        r#"
        executors.p = { kind = "threads", workers = 1 }
        executors.c = { kind = "cap", into = "p", caps = { a = 1 }, queue = 0 }
        executors.bus = { kind = "bus", into = "c" }
        executors.q = { kind = "threads", workers = 1 }
        tasks.z.steps = ["run 5s"]
        tasks.a.steps = ["run 1s"]
        tasks.by.steps = ["submit a to c as x", "io 1s", "cancel x", "run 1s"]
        arrivals = [{ task = "z", to = "p" }, { task = "by", to = "q" }, { task = "a", to = "bus", at = "500ms" }]"#,
        &["enters", "starts", "skipped"],
        "0 p.0 worker starts
         0 z#0 starts on p.0
         0 q.0 worker starts
         0 by#0 starts on q.0
         0 by#0/x enters p Queued
         1 a#0 enters c Passed
         1 a#0 enters p Queued
         5 by#0/x skipped
         5 a#0 starts on p.0",
    );
}

#[test]
fn a_bus_sees_that_a_caps_scheduler_is_free() {
    // The cap's own thread runs `b`, and lets nothing pass meanwhile.
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1, queue = 0, on_full = "caller-runs" }
        executors.c = { kind = "cap", into = "p", caps = { z = 9 }, queue = 0 }
        executors.bus = { kind = "bus", into = "c" }
        tasks.z.steps = ["run 1s"]
        tasks.b.steps = ["run 3s"]
        tasks.a.steps = ["run 1s"]
        arrivals = [{ task = "z", to = "p" }, { task = "b", to = "c" }, { task = "a", to = "bus" }]"#,
        "0 z#0 starts
         0 b#0 starts
         1 z#0 ends
         3 b#0 ends
         3 a#0 starts
         4 a#0 ends
         4 completed",
    );
}

#[test]
fn a_bus_sees_that_the_worker_of_a_waiting_task_makes_room() {
    for on_wait in ["compensate", "help-child", "help-any", "release"] {
        let toml = r#"
            executors.p = { kind = "threads", workers = 1, queue = 0, on_wait = "ON_WAIT" }
            executors.bus = { kind = "bus", into = "p" }
            tasks.b.steps = ["run 1s"]
            tasks.a.steps = ["submit b to bus as x", "wait x", "note done"]
            arrivals = [{ task = "a", to = "p" }]"#
            .replace("ON_WAIT", on_wait);
        lives(
            &toml,
            "0 a#0 starts
             0 a#0/x starts
             1 a#0/x ends
             1 a#0 note done
             1 a#0 ends
             1 completed",
        );
    }
}

#[test]
fn a_cancelled_message_keeps_its_place_until_its_turn() {
    // As an entry of a pool's queue does until a worker meets it; what is behind it waits as long.
    for wrapper in ["\"bus\", prefetch = 1", "\"cap\", caps = { \"z+b\" = 1 }"] {
        let toml = r#"
            executors.p = { kind = "threads", workers = 2 }
            executors.w = { kind = WRAPPER, into = "p" }
            executors.q = { kind = "threads", workers = 1 }
            tasks.z.steps = ["run 5s"]
            tasks.b.steps = ["run 1s"]
            tasks.parent.steps = ["submit b to w as x", "submit b to w as y", "cancel x", "wait x", "note met"]
            arrivals = [{ task = "z", to = "w" }, { task = "parent", to = "q" }]"#
            .replace("WRAPPER", wrapper);
        lives(
            &toml,
            "0 z#0 starts
             0 parent#0 starts
             0 parent#0/x cancelled
             5 z#0 ends
             5 parent#0/x skipped
             5 parent#0 note met
             5 parent#0 ends
             5 parent#0/y starts
             6 parent#0/y ends
             6 completed",
        );
    }
}

#[test]
fn wrappers_in_front_of_each_other_look_only_as_often_as_something_moved() {
    // Every cap and bus of the chain watches the same pool; the run still comes to its end.
    let mut chain = String::new();
    for i in 0..12 {
        let into = if i == 0 { "p".to_owned() } else { format!("w{}", i - 1) };
        let kind = ["kind = \"bus\"", "kind = \"cap\", caps = { a = 2 }"][i % 2];
        chain +=
            &format!("executors.w{i} = {{ {kind}, into = \"{into}\", queue = 0, on_full = \"block\" }}\n");
    }
    let toml = format!(
        r#"{chain}
        executors.p = {{ kind = "threads", workers = 1, queue = 0 }}
        tasks.a.steps = ["run 1s"]
        tasks.z.steps = ["run 1s"]
        arrivals = [
          {{ task = "a", to = "w11", count = 20 }},
          {{ task = "z", to = "w6", count = 20 }},
          {{ task = "z", to = "p", count = 20, every = "3s", on_full = "block" }},
        ]"#
    );
    let run = run(&toml);
    assert_eq!(run.outcome(), "60 completed", "{}", run.log());
    assert!(run.trace.len() < 4_000, "{} events", run.trace.len());
}
