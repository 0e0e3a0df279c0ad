//! One tally: what is said of how many tasks finished is the same number in every sentence, table and JSON.

use crate::runs::{trace_of, variants_of};
use threadbare::analysis::digest::Digest;
use threadbare::analysis::tally::Tally;

/// Three tasks that fail while they hold the lock: reported as "three of three tasks were done".
const DONE_WORD: &str = r#"
[executors.p]
kind = "threads"
workers = 3
[locks.a]
[tasks.x]
steps = ["lock a", "fail boom"]
[[arrivals]]
task = "x"
to = "p"
at = "0s"
count = 3
"#;

#[test]
fn failed_tasks_are_not_called_done() {
    let trace = trace_of(DONE_WORD);
    let digest = Digest::new(&trace);
    assert_eq!((digest.tally.failed, digest.tally.unfinished, digest.tally.finished), (1, 2, 0));
    let said = digest.verdict.to_string();
    assert!(said.ends_with("None of the 3 tasks finished: 1 failed, 2 did not end."), "{said}");
    let json = digest.json();
    assert_eq!(json["tally"]["failed"], 1);
    assert_eq!(json["latency"][0]["counts"], json["tally"]);
}

#[test]
fn every_gallery_run_has_one_tally() {
    for entry in threadbare::gallery::ENTRIES {
        for (name, trace) in variants_of(entry.name, entry.text) {
            let digest = Digest::new(&trace);
            let sum = |of: fn(&Tally) -> u64| digest.latency.iter().map(|row| of(&row.counts)).sum::<u64>();
            assert_eq!(sum(Tally::total), digest.lives.len() as u64, "{name}");
            assert_eq!(sum(|tally| tally.finished), digest.tally.finished, "{name}");
            let observed = digest.observed();
            let finished = observed.tasks.values().filter(|task| task.state == "finished").count();
            assert_eq!(finished as u64, digest.tally.finished, "{name}");
        }
    }
}
