//! Channels: order, capacity, rendezvous, timeouts, close; and what is said of tasks that wait at one for ever.

use crate::support::{lives, run, scenario_of};
use insta::assert_snapshot;
use threadbare::analysis::digest::Digest;
use threadbare::analysis::explain;
use threadbare::study::run::run as run_scenario;

/// What is said of a run that hangs.
pub fn told(toml: &str) -> String {
    let trace = run_scenario(scenario_of(toml, "base"));
    let digest = Digest::new(&trace);
    let prose = explain::findings(&digest.lens, &digest.names, &digest.findings);
    prose.map_or_else(String::new, |prose| prose.to_string())
}

#[test]
fn a_rendezvous_lets_both_go_on_together() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        channels.c = { capacity = 0 }
        tasks.sender.steps = ["send c", "run 1s"]
        tasks.receiver.steps = ["run 3s", "receive c"]
        arrivals = [{ task = "sender", to = "p" }, { task = "receiver", to = "p" }]"#,
        "0 sender#0 starts
         0 receiver#0 starts
         3 receiver#0 ends
         4 sender#0 ends
         4 completed",
    );
}

#[test]
fn a_place_that_comes_free_goes_to_the_longest_waiting_sender() {
    let run = run(r#"
        executors.p = { kind = "threads", workers = 9 }
        channels.c = { capacity = 1 }
        tasks.first.steps = ["send c", "send c", "send c"]
        tasks.second.steps = ["run 1s", "send c"]
        tasks.receiver.steps = ["run 2s", "repeat 4", "receive c", "run 1s", "end"]
        arrivals = [{ task = "first", to = "p" }, { task = "second", to = "p" }, { task = "receiver", to = "p" }]"#);
    let messages = &run.observed()["messages"]["c"];
    assert_snapshot!(messages["sent"], @r#"[["first#0",0.0],["first#0",2.0],["second#0",3.0],["first#0",4.0]]"#);
    assert_snapshot!(messages["received"], @r#"[["receiver#0",2.0,"first#0"],["receiver#0",3.0,"first#0"],["receiver#0",4.0,"second#0"],["receiver#0",5.0,"first#0"]]"#);
}

#[test]
fn a_close_is_heard_by_receivers_and_raises_in_senders() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        channels.full = { capacity = 0 }
        channels.empty = {}
        tasks.sender.steps = ["send full"]
        tasks.late.steps = ["run 2s", "send full"]
        tasks.receiver.steps = ["receive empty", "on-closed", "run 1s", "end"]
        tasks.closer.steps = ["run 1s", "close full", "close empty", "close empty"]
        arrivals = [
          { task = "sender", to = "p" }, { task = "late", to = "p" },
          { task = "receiver", to = "p" }, { task = "closer", to = "p" },
        ]"#,
        "0 sender#0 starts
         0 late#0 starts
         0 receiver#0 starts
         0 closer#0 starts
         1 closer#0 ends
         1 sender#0 fails Closed
         2 late#0 fails Closed
         2 receiver#0 ends
         2 completed",
    );
}

#[test]
fn on_timeout_and_on_closed_may_both_follow_a_receive() {
    lives(
        r#"
        executors.p = { kind = "threads", workers = 9 }
        channels.c = {}
        tasks.early.steps = ["receive c timeout 1s", "on-timeout", "run 5s", "end", "on-closed", "run 7s", "end"]
        tasks.late.steps = ["receive c timeout 3s", "on-closed", "run 7s", "end", "on-timeout", "run 5s", "end"]
        tasks.closer.steps = ["run 2s", "close c"]
        arrivals = [{ task = "early", to = "p" }, { task = "late", to = "p" }, { task = "closer", to = "p" }]"#,
        "0 early#0 starts
         0 late#0 starts
         0 closer#0 starts
         2 closer#0 ends
         6 early#0 ends
         9 late#0 ends
         9 completed",
    );
}

#[test]
fn a_receiver_that_holds_the_only_worker_of_its_sender_is_a_deadlock() {
    assert_snapshot!(told(r#"
        executors.p = { kind = "threads", workers = 1 }
        channels.c = {}
        tasks.taker.steps = ["receive c"]
        tasks.giver.steps = ["send c"]
        arrivals = [{ task = "taker", to = "p" }, { task = "giver", to = "p" }]"#), @"At 0 s the only worker of `p` is held by taker#0. taker#0 waits for a message in channel `c`, and only giver#0 could send one or close it, and giver#0 is queued behind it on `p`. No timeout can break this.");
}

#[test]
fn a_message_that_nobody_is_left_to_send_is_named() {
    assert_snapshot!(told(r#"
        executors.p = { kind = "threads", workers = 2 }
        channels.jobs = { capacity = 1 }
        tasks.taker.steps = ["receive jobs", "receive jobs"]
        tasks.giver.steps = ["send jobs"]
        arrivals = [{ task = "taker", to = "p" }, { task = "giver", to = "p" }]"#), @"At 0 s taker#0 waits for a message in channel `jobs`, and nobody is left to send one or close it. No timeout can end this wait.");
}

#[test]
fn two_that_send_before_they_receive_are_a_deadlock() {
    assert_snapshot!(told(r#"
        executors.p = { kind = "threads", workers = 2 }
        channels.there = { capacity = 0 }
        channels.back = { capacity = 0 }
        tasks.ping.steps = ["send there", "receive back"]
        tasks.pong.steps = ["send back", "receive there"]
        arrivals = [{ task = "ping", to = "p" }, { task = "pong", to = "p" }]"#), @"At 0 s ping#0 waits for a receiver at channel `there`, and only pong#0 could receive from it. pong#0 waits for a receiver at channel `back`, and only ping#0 could receive from it. No timeout can break this.");
}

#[test]
fn a_channel_of_one_place_orders_what_happens_inside_it() {
    let toml = |steps: &str| {
        format!(
            r#"
        executors.p = {{ kind = "threads", workers = 2 }}
        channels.slot = {{ capacity = 1 }}
        cells.n = {{ initial = 0 }}
        tasks.count.steps = [{steps}]
        arrivals = [{{ task = "count", to = "p", count = 2 }}]
        expect = {{ races = true }}"#
        )
    };
    let races = |steps: &str| {
        let trace = run_scenario(scenario_of(&toml(steps), "base"));
        threadbare::analysis::happens_before::races(&trace).expect("few tasks").len()
    };
    assert_eq!(races(r#""send slot", "read n", "run 1s", "add n 1", "receive slot""#), 0);
    assert!(races(r#""read n", "run 1s", "add n 1""#) > 0);
}
