//! Cells, keys, and failures that keep what they hold.

use crate::support::{lives, run};

#[test]
fn add_writes_what_the_task_last_read_plus_n() {
    let run = run(r#"
        executors.p = { kind = "threads", workers = 2 }
        cells.c = { initial = 10 }
        tasks.a.steps = ["read c", "io 1s", "add c 1", "add c 1"]
        arrivals = [{ task = "a", to = "p", count = 2 }]"#);
    assert_eq!(run.cell("c"), "11");
    let observed = run.observed();
    assert_eq!(observed["writes"]["c"].as_array().map(Vec::len), Some(4));
}

#[test]
fn add_without_a_read_or_to_a_word_raises() {
    for steps in [r#""add c 1""#, r#""write c word", "read c", "add c 1""#] {
        let toml = r#"
            executors.p = { kind = "threads", workers = 1 }
            cells.c = { initial = 0 }
            tasks.a.steps = [STEPS]
            arrivals = [{ task = "a", to = "p" }]"#;
        assert_eq!(run(&toml.replace("STEPS", steps)).states(), "a#0 failed", "{steps}");
    }
}

#[test]
fn there_is_one_cell_for_each_key_and_children_inherit_it() {
    let run = run(r#"
        executors.p = { kind = "threads", workers = 9 }
        cells.c = { initial = 0, per = "key" }
        tasks.child.steps = ["write c child"]
        tasks.own.steps = ["write c own"]
        tasks.a.steps = ["submit child", "submit own key other-{n}", "submit own key other-{n}"]
        tasks.none.steps = ["write c none"]
        arrivals = [{ task = "a", to = "p", key = "vm-{n}", count = 2 }, { task = "none", to = "p" }]"#);
    let observed = run.observed();
    let cells = observed["cells"].as_object().expect("cells").iter();
    let cells: Vec<String> =
        cells.map(|(name, value)| format!("{name}={}", value.as_str().expect("text"))).collect();
    assert_eq!(cells.join(" "), "c=none c[other-0]=own c[other-1]=own c[vm-0]=child c[vm-1]=child");
}

#[test]
fn n_counts_the_arrivals_of_the_entry() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        locks.l = { per = "key" }
        tasks.a.steps = ["lock l", "io 1s", "note mine", "unlock l"]
        arrivals = [
          { task = "a", to = "p", key = "vm-{n}", count = 2 },
          { task = "a", to = "p", key = "vm-{n}" },
        ]"#,
        "0 a#0 starts
         0 a#1 starts
         0 a#2 starts
         1 a#0 note mine
         1 a#0 ends
         1 a#1 note mine
         1 a#1 ends
         2 a#2 note mine
         2 a#2 ends
         2 completed",
    );
}

#[test]
fn no_key_is_itself_one_key() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        locks.l = { per = "key" }
        tasks.a.steps = ["lock l", "io 1s", "unlock l"]
        arrivals = [{ task = "a", to = "p", count = 2 }]"#,
        "0 a#0 starts
         0 a#1 starts
         1 a#0 ends
         2 a#1 ends
         2 completed",
    );
}

#[test]
fn a_task_that_raises_releases_its_worker_but_not_its_lock() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1 }
        locks.l = {}
        tasks.bad.steps = ["lock l", "fail oh"]
        tasks.next.steps = ["lock l"]
        arrivals = [{ task = "bad", to = "p" }, { task = "next", to = "p" }]"#,
        "0 bad#0 starts
         0 bad#0 fails Fail
         0 next#0 starts
         0 stuck",
    );
}

#[test]
fn with_releases_even_on_failure() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 1 }
        locks.l = {}
        semaphores.s = { permits = 1 }
        tasks.bad.steps = ["with l", "with s", "fail oh", "end", "end"]
        tasks.next.steps = ["lock l", "acquire s"]
        arrivals = [{ task = "bad", to = "p" }, { task = "next", to = "p" }]"#,
        "0 bad#0 starts
         0 bad#0 fails Fail
         0 next#0 starts
         0 next#0 ends
         0 completed",
    );
}

#[test]
fn only_a_holder_may_release() {
    for (kind, verb) in [("locks.l = {}", "unlock"), ("semaphores.l = { permits = 2 }", "release")] {
        let toml = r#"
            executors.p = { kind = "threads", workers = 1 }
            KIND
            tasks.a.steps = ["VERB l"]
            arrivals = [{ task = "a", to = "p" }]"#;
        lives(
            &toml.replace("KIND", kind).replace("VERB", verb),
            "0 a#0 starts
             0 a#0 fails NotHolder
             0 completed",
        );
    }
}
