//! Each step of the language, and what names mean.

use crate::support::{lives, run, same};

#[test]
fn run_and_io_hold_a_native_worker() {
    for verb in ["run", "io"] {
        let toml = r#"
            executors.p = { kind = "threads", workers = 1 }
            tasks.a.steps = ["VERB 1s"]
            arrivals = [{ task = "a", to = "p", count = 2 }]"#;
        lives(
            &toml.replace("VERB", verb),
            "0 a#0 starts
             1 a#0 ends
             1 a#1 starts
             2 a#1 ends
             2 completed",
        );
    }
}

#[test]
fn a_child_goes_to_its_submitters_executor_unless_told() {
    same(
        &run(r#"
        executors.p = { kind = "threads", workers = 2 }
        executors.q = { kind = "threads", workers = 1 }
        executors.d = { kind = "delay", into = "p", delay = "1s" }
        tasks.a.steps = ["submit b", "submit b to q as far"]
        tasks.b.steps = []
        arrivals = [{ task = "a", to = "d" }]"#)
        .lives(),
        // What came through a wrapper submits through it too.
        "1 a#0 starts
         1 a#0 ends
         1 a#0/far starts
         1 a#0/far ends
         2 a#0/b#0 starts
         2 a#0/b#0 ends
         2 completed",
        "a child of a delayed task",
    );
}

#[test]
fn wait_waits_for_all_any_or_every_child() {
    for (step, at) in
        [("wait x y", 3), ("wait any x y", 1), ("wait all", 5), ("wait x x", 1), ("wait any z x", 1)]
    {
        let toml = r#"
            executors.p = { kind = "threads", workers = 9 }
            tasks.one.steps = ["io 1s"]
            tasks.three.steps = ["io 3s"]
            tasks.five.steps = ["io 5s"]
            tasks.a.steps = ["submit one as x", "submit three as y", "submit five as z", "STEP", "note here"]
            arrivals = [{ task = "a", to = "p" }]"#;
        let lives = run(&toml.replace("STEP", step)).lives();
        assert!(lives.contains(&format!("\n{at} a#0 note here\n")), "{step}:\n{lives}");
    }
}

#[test]
fn wait_never_raises() {
    let toml = r#"
        executors.p = { kind = "threads", workers = 2 }
        tasks.bad.steps = ["io 1s", "fail oh"]
        tasks.a.steps = ["submit bad", "wait bad timeout 500ms", "note timed out", "wait bad", "note failed"]
        arrivals = [{ task = "a", to = "p" }]"#;
    lives(
        toml,
        "0 a#0 starts
         0 a#0/bad#0 starts
         0.5 a#0 note timed out
         1 a#0/bad#0 fails Fail
         1 a#0 note failed
         1 a#0 ends
         1 completed",
    );
}

#[test]
fn result_raises_what_the_child_did() {
    let cases = [
        ("fail oh", "result b", "fails Child"),
        ("io 9s", "result b timeout 1s", "fails Timeout"),
        ("io 9s", "cancel b", "ends"),
        ("run 1s", "result b", "ends"),
    ];
    for (child, step, end) in cases {
        let toml = r#"
            executors.p = { kind = "threads", workers = 2 }
            tasks.b.steps = ["CHILD"]
            tasks.a.steps = ["submit b", "STEP"]
            arrivals = [{ task = "a", to = "p" }]"#;
        let lives = run(&toml.replace("CHILD", child).replace("STEP", step)).lives();
        assert!(lives.contains(&format!(" a#0 {end}\n")), "{child}, {step}:\n{lives}");
    }
}

#[test]
fn result_of_a_cancelled_child_raises_at_once() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1 }
        tasks.b.steps = []
        tasks.a.steps = ["submit b", "cancel b", "result b"]
        arrivals = [{ task = "a", to = "p" }]"#,
        "0 a#0 starts
         0 a#0/b#0 cancelled
         0 a#0 fails ChildCancelled
         0 a#0/b#0 skipped
         0 completed",
    );
}

#[test]
fn on_timeout_runs_only_after_a_timeout() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 2 }
        tasks.slow.steps = ["io 2s"]
        tasks.a.steps = [
          "submit slow",
          "wait slow timeout 1s", "on-timeout", "note first", "end",
          "wait slow timeout 5s", "on-timeout", "note second", "end",
          "wait slow timeout 5s", "on-timeout", "note third", "end",
        ]
        arrivals = [{ task = "a", to = "p" }]"#,
        "0 a#0 starts
         0 a#0/slow#0 starts
         1 a#0 note first
         2 a#0/slow#0 ends
         2 a#0 ends
         2 completed",
    );
}

#[test]
fn an_earlier_timeout_without_a_handler_is_forgotten() {
    for step in ["wait quick timeout 1s", "result quick timeout 1s", "lock l timeout 1s"] {
        let toml = r#"
            executors.p = { kind = "threads", workers = 3 }
            locks.l = {}
            tasks.slow.steps = ["io 5s"]
            tasks.quick.steps = []
            tasks.a.steps = ["submit slow", "submit quick", "wait slow timeout 1s", "STEP", "on-timeout", "note wrong", "end"]
            arrivals = [{ task = "a", to = "p" }]"#;
        let lives = run(&toml.replace("STEP", step)).lives();
        assert!(!lives.contains("wrong") && lives.contains("1 a#0 ends"), "{step}:\n{lives}");
    }
}

#[test]
fn on_timeout_after_result_handles_it_instead_of_raising() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 2 }
        tasks.slow.steps = ["io 2s"]
        tasks.a.steps = ["submit slow", "result slow timeout 1s", "on-timeout", "note handled", "end"]
        arrivals = [{ task = "a", to = "p" }]"#,
        "0 a#0 starts
         0 a#0/slow#0 starts
         1 a#0 note handled
         1 a#0 ends
         2 a#0/slow#0 ends
         2 completed",
    );
}

#[test]
fn cancel_succeeds_only_on_what_has_not_started() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 2 }
        tasks.b.steps = ["io 2s"]
        tasks.a.steps = ["submit b as x", "submit b as y", "io 1s", "cancel x y", "cancel y", "wait x"]
        arrivals = [{ task = "a", to = "p" }]"#,
        "0 a#0 starts
         0 a#0/x starts
         1 a#0/x not cancelled
         1 a#0/y cancelled
         1 a#0/y not cancelled
         2 a#0/x ends
         2 a#0/y skipped
         2 a#0 ends
         2 completed",
    );
}

#[test]
fn a_name_is_its_latest_submission_and_one_not_submitted_is_skipped() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        tasks.two.steps = ["io 2s"]
        tasks.one.steps = ["io 1s"]
        tasks.a.steps = ["maybe 0", "submit two as z", "end", "wait z", "cancel z", "submit two as x", "submit one as x", "wait x", "note here"]
        arrivals = [{ task = "a", to = "p" }]"#,
        "0 a#0 starts
         0 a#0/x starts
         0 a#0/x#1 starts
         1 a#0/x#1 ends
         1 a#0 note here
         1 a#0 ends
         2 a#0/x ends
         2 completed",
    );
}

#[test]
fn instances_are_named_after_parent_name_and_order() {
    let toml = r#"
        executors.p = { kind = "threads", workers = 9 }
        tasks.leaf.steps = []
        tasks.b.steps = ["submit leaf"]
        tasks.a.steps = ["submit b as x", "submit b as x", "submit b as x", "submit b", "submit b"]
        arrivals = [{ task = "b", to = "p", at = "1s" }, { task = "a", to = "p" }, { task = "b", to = "p" }]"#;
    let run = run(toml);
    let names: Vec<String> = run.names.tasks().map(|task| run.names.name(task)).collect();
    let expected = "a#0 a#0/x a#0/x#1 a#0/x#2 a#0/b#0 a#0/b#1 a#0/x/leaf#0 a#0/x#1/leaf#0 a#0/x#2/leaf#0 \
                    a#0/b#0/leaf#0 a#0/b#1/leaf#0 b#0 b#0/leaf#0 b#1 b#1/leaf#0";
    assert_eq!(names.join(" "), expected);
}

#[test]
fn repeat_and_maybe_choose_what_runs() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1 }
        tasks.a.steps = [
          "repeat 2", "repeat 2", "note in", "end", "note out", "end",
          "repeat 0", "note never", "end",
          "maybe 1", "note yes", "else", "note no", "end",
          "maybe 0", "note yes", "else", "note no", "end",
        ]
        arrivals = [{ task = "a", to = "p" }]"#,
        "0 a#0 starts
         0 a#0 note in
         0 a#0 note in
         0 a#0 note out
         0 a#0 note in
         0 a#0 note in
         0 a#0 note out
         0 a#0 note yes
         0 a#0 note no
         0 a#0 ends
         0 completed",
    );
}

#[test]
fn a_draw_is_its_own_whatever_else_happens() {
    // The same work in two pool sizes, and with steps added before it.
    let toml = r#"
        executors.p = { kind = "threads", workers = W }
        tasks.a.steps = [EXTRA "io exp(1s)", "maybe 0.5", "io exp(1s)", "end"]
        arrivals = [{ task = "a", to = "p", count = 20 }]"#;
    let lengths = |workers: &str, extra: &str| -> Vec<String> {
        let run = run(&toml.replace('W', workers).replace("EXTRA", extra));
        let observed = run.observed();
        let time = |i: usize, key: &str| observed["tasks"][format!("a#{i}")][key].as_f64().expect("a time");
        (0..20).map(|i| format!("{:.6}", time(i, "ended") - time(i, "started"))).collect()
    };
    assert_eq!(lengths("1", ""), lengths("20", ""));
    assert_eq!(lengths("1", ""), lengths("3", "\"note added\", \"run 0s\","));
    assert_ne!(lengths("1", "")[0], lengths("1", "")[1]);
}

#[test]
fn a_trace_of_durations_goes_by_instance_and_repetition() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        tasks.a.steps = ["repeat 2", "io trace(1s 2s 4s)", "note passed", "end"]
        arrivals = [{ task = "a", to = "p", count = 2 }]"#,
        "0 a#0 starts
         0 a#1 starts
         1 a#0 note passed
         2 a#1 note passed
         3 a#0 note passed
         3 a#0 ends
         6 a#1 note passed
         6 a#1 ends
         6 completed",
    );
}
