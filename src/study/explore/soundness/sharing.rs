//! Random small documents whose tasks coordinate through shared things: channels, semaphores and locks of every sort,
//! read-write locks, conditions, latches, barriers and servers.
//!
//! Each is the least that has the behaviour, so that many of them can be looked at in every order.

use crate::study::explore::rng::Rng;
use std::fmt::Write;

/// A document of one or two pools, a parent and a child, and what they share.
pub(in super::super) fn sharing(number: u64) -> String {
    let mut dice = Rng::new(number ^ 0x5a4e);
    let mut text = String::new();
    let pools = [
        "kind = \"threads\", workers = 1",
        "kind = \"threads\", workers = 2",
        "kind = \"threads\", workers = 2",
        "kind = \"threads\", workers = 3",
        "kind = \"threads\", workers = 2, on_wait = \"help-child\"",
        "kind = \"green\", workers = 1",
        "kind = \"green\", workers = 4",
    ];
    let _ = writeln!(text, "executors.p = {{ {} }}", dice.one(&pools));
    let _ = writeln!(text, "executors.q = {{ {} }}", dice.one(&pools));
    let _ = writeln!(text, "locks.m = {{}}\ncells.c = {{ initial = 0 }}");
    let _ = writeln!(
        text,
        "channels.x = {{ {} }}\nchannels.y = {{ {} }}",
        dice.one(&["capacity = 0", "capacity = 1", "capacity = 2", ""]),
        dice.one(&["capacity = 0", "capacity = 1"])
    );
    let hand_over =
        ["", "fair = true", "barging = \"keep-place\"", "barging = \"once\"", "barging = \"requeue\""];
    let _ = writeln!(text, "locks.l = {{ {} }}", dice.one(&hand_over));
    let _ = writeln!(text, "locks.r = {{ reentrant = true }}");
    let comma = |keys: &str| if keys.is_empty() { String::new() } else { format!(", {keys}") };
    let _ = writeln!(
        text,
        "semaphores.s = {{ permits = {}{} }}",
        dice.one(&["1", "2", "3"]),
        comma(dice.one(&hand_over))
    );
    let _ = writeln!(text, "semaphores.u = {{ permits = {}, owned = false }}", dice.one(&["0", "1"]));
    let prefers = ["", "prefer = \"queue\"", "prefer = \"readers\"", "prefer = \"go\""];
    let _ = writeln!(text, "rwlocks.w = {{ {} }}", dice.one(&prefers));
    let _ = writeln!(text, "conditions.d = {{ lock = \"m\" }}\nconditions.e = {{}}");
    let _ = writeln!(text, "latches.t = {{ count = {} }}", dice.one(&["1", "2"]));
    let _ = writeln!(text, "barriers.b = {{ parties = {} }}", dice.one(&["2", "3"]));
    let _ = writeln!(text, "servers.v = {{ capacity = 1{} }}", dice.one(&["", ", contention = 0.5"]));
    // Each document is mostly about one sort of thing, so that the steps meet.
    let sort = dice.below(SORTS.len() as u64) as usize;
    for (task, parent) in [("a", true), ("b", false)] {
        let steps = steps(&mut dice, SORTS[sort], parent);
        let lines: Vec<String> = steps.iter().map(|step| format!("\"{step}\"")).collect();
        let _ = writeln!(text, "tasks.{task}.steps = [{}]", lines.join(", "));
    }
    for task in ["a", "b"] {
        let (to, count) = (dice.one(&["p", "q"]), 1 + dice.below(2));
        let _ = writeln!(text, "[[arrivals]]\ntask = \"{task}\"\nto = \"{to}\"\ncount = {count}");
    }
    text + "[expect]\n\"final.c\" = \"<= 1\"\n"
}

/// Steps that meet in one sort of thing; those separated by `;` belong together.
const SORTS: [&[&str]; 6] = [CHANNELS, PERMITS, READERS, CONDITIONS, LATCHES, SERVERS];

const PERMITS: &[&str] = &[
    "acquire s",
    "acquire s 2",
    "acquire s 2 timeout 1s",
    "release s",
    "release s 2",
    "with s; run 1s; end",
    "acquire u",
    "acquire u timeout 1s",
    "release u",
    "lock l; run 1s; unlock l; lock l; unlock l",
    "lock l",
    "lock l timeout 1s",
    "unlock l",
    "with r; with r; run 1s; end; end",
    "lock r",
];

const READERS: &[&str] = &[
    "lock w read",
    "lock w read; run 1s; unlock w read",
    "lock w write; run 1s; unlock w write",
    "lock w write",
    "lock w write timeout 1s",
    "with w read; yield; end",
    "with w write; read c; add c 1; end",
    "with w write; lock w read; end; unlock w read",
    "unlock w read",
    "unlock w write",
];

const CONDITIONS: &[&str] = &[
    "with m; wait-on d; end",
    "with m; wait-on d; end",
    "with m; wait-on d timeout 1s; end",
    "with m; wait-on d timeout 1s; on-timeout; write c 2; end; end",
    "with m; notify d; end",
    "with m; notify d; run 1s; end",
    "with m; notify d all; end",
    "notify d",
    "wait-on e",
    "wait-on e timeout 2s",
    "notify e",
    "notify e 2",
    "wait-on d",
];

const LATCHES: &[&str] = &[
    "await t",
    "await t timeout 1s",
    "count-down t",
    "count-down t",
    "count-down t 2",
    "reset t",
    "await b",
    "await b",
    "await b timeout 1s",
    "await b timeout 1s; on-timeout; write c 2; end",
];

const SERVERS: &[&str] = &["use v 1s", "use v 2s", "with m; use v 1s; end", "use v 1s; read c; add c 1"];

const CHANNELS: &[&str] = &[
    "send x",
    "send x",
    "send x",
    "receive x",
    "receive x",
    "receive x",
    "send y",
    "receive y",
    "send x timeout 1s",
    "receive x timeout 2s",
    "receive x timeout 1s; on-timeout; write c 2; end",
    "receive x; on-closed; write c 3; end",
    "close x",
    "with m; send x; end",
    "with m; receive x; end",
];

const PLAIN: &[&str] = &["run 1s", "io 1s", "yield", "read c; add c 1"];

fn steps(dice: &mut Rng, sort: &[&str], parent: bool) -> Vec<String> {
    let mut steps: Vec<String> = Vec::new();
    let mut submitted = false;
    for _ in 0..1 + dice.below(4) {
        let step = match dice.below(8) {
            0 => dice.one(PLAIN),
            1 if parent => {
                submitted = true;
                dice.one(&["submit b to p", "submit b to q"])
            }
            2 if submitted => dice.one(&["wait b", "result b", "wait b timeout 1s"]),
            _ => dice.one(sort),
        };
        steps.extend(step.split("; ").map(str::to_owned));
    }
    steps
}
