//! Random small documents that put coordination on the executors of every runtime: documents of [`sharing`] with pools of
//! other kinds, runtimes with other habits, and steps that crash, resize, interrupt, retry and shut down.

use super::sharing::sharing;
use crate::study::explore::rng::Rng;

const POOLS: &[&str] = &[
    "kind = \"elastic\", core = 1, workers = 2, queue = 1, on_full = \"block\"",
    "kind = \"elastic\", core = 0, workers = 2, queue = 0, on_full = \"caller-runs\"",
    "kind = \"elastic\", core = 1, workers = 2, keep_alive = \"1s\", queue = 0",
    "kind = \"fork-join\", workers = 1",
    "kind = \"fork-join\", workers = 2, order = \"fifo\"",
    "kind = \"fork-join\", workers = 1, on_wait = \"help-any\"",
    "kind = \"fork-join\", workers = 3, on_wait = \"help-any\"",
    "kind = \"scheduled\", workers = 1",
    "kind = \"scheduled\", workers = 2",
    "kind = \"threads\", workers = 2, claim_ahead = 1, on_crash = \"break\"",
    "kind = \"threads\", workers = 1, on_crash = \"replace\"",
    "kind = \"threads\", workers = 2, spawn = \"injected\"",
    "kind = \"threads\", workers = 2, keep_alive = \"1s\"",
    "kind = \"green\", threads = 1",
    "kind = \"green\", threads = 1, spare = 0",
    "kind = \"green\", threads = 2, ready = \"lifo-slot\"",
    "kind = \"green\", threads = 1, ready = \"local-first\"",
    "kind = \"green\", start = \"eager\"",
    "kind = \"threads\", workers = 1",
];

const RUNTIMES: &[&str] =
    &["", "", "java-17", "java-21", "go", "tokio", "asyncio", "gevent", "node", "rayon", "cpython"];

/// A document of [`sharing`] with other pools, steps and habits.
pub(in super::super) fn mixed(number: u64) -> String {
    let mut dice = Rng::new(number ^ 0x6d_69_78);
    let mut text = sharing(number);
    for pool in ["p", "q"] {
        let head = format!("executors.{pool} = {{ ");
        let from = text.find(&head).expect("there are two pools") + head.len();
        let length = text[from..].find(" }\n").expect("it ends");
        let cancelled = dice.one(&["", "", ", cancelled = \"notified\"", ", cancelled = \"removed\""]);
        let keys = format!("{}{cancelled}", dice.one(POOLS));
        text.replace_range(from..from + length, &keys);
    }
    let mut put = |from: &str, to: &[&str]| {
        for _ in 0..text.matches(from).count().min(2) {
            text = text.replacen(from, &dice.one(to).replace('\u{1}', from), 1);
        }
    };
    put("locks.m = {}", &["locks.m = { pins = \"held\" }", "locks.m = { pins = \"waiting\" }", "\u{1}"]);
    put(
        "\"io 1s\"",
        &[
            "\"io 1s blocking\"",
            "\"io 1s managed\"",
            "\"io 1s uninterruptible\"",
            "\"crash\"",
            "\"await q\"",
            "\"await q timeout 1s\"",
            "\"shutdown p nowait\"",
            "\"shutdown q cancel\"",
            "\"shutdown q now\"",
            "\"resize q 1\"",
            "\"retry 1\", \"fail broken\", \"end\"",
        ],
    );
    put("\"run 1s\"", &["\"run 1s\"", "\"io 1s\"", "\"crash\"", "\u{1}"]);
    put(
        "\"submit b to p\"",
        &[
            "\"scope\", \"submit b to p\", \"end\"",
            "\"scope fail-fast\", \"submit b to p\", \"yield\", \"end\"",
            "\"try\", \"submit b to p\", \"result b\", \"on-failure\", \"yield\", \"end\"",
            "\"retry 1\", \"submit b to p\", \"result b\", \"end\"",
            "\"submit b to p after 1s\"",
            "\"call b\"",
            "\u{1}",
        ],
    );
    put(
        "\"wait b\"",
        &[
            "\"result any b\"",
            "\"cancel b interrupt\", \"wait b\"",
            "\"cancel b detach\"",
            "\"cancel all interrupt\"",
            "\u{1}",
        ],
    );
    match dice.one(RUNTIMES) {
        "" => text,
        runtime => format!("runtime = \"{runtime}\"\n{text}"),
    }
}
