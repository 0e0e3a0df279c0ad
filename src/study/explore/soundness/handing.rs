//! Random small documents in which children take permits that others give back, and in which tasks bring each other
//! messages in balance: what a shape that follows permits and counts messages must not take for safe.

use crate::study::explore::rng::Rng;
use std::fmt::Write;

/// A parent, and children that take and give back permits of a semaphore without owners.
pub(in super::super) fn handing_over(number: u64) -> String {
    let mut dice = Rng::new(number ^ 0x4a9d);
    let mut text = String::new();
    let pools = [
        "kind = \"threads\", workers = 1",
        "kind = \"threads\", workers = 2",
        "kind = \"threads\", workers = 2, on_wait = \"release\"",
        "kind = \"threads\", workers = 2, on_wait = \"help-child\"",
        "kind = \"threads\", workers = 1, queue = 1, on_full = \"block\"",
        "kind = \"green\"",
        "kind = \"green\", workers = 1",
    ];
    for pool in ["p", "q"] {
        let _ = writeln!(text, "executors.{pool} = {{ {} }}", dice.one(&pools));
    }
    let _ = writeln!(text, "semaphores.u = {{ permits = {}, owned = false }}", dice.one(&["1", "1", "2"]));
    let takes =
        ["acquire u", "acquire u", "acquire u 2", "acquire u timeout 1s", "maybe 0.5; acquire u; end"];
    let gives = ["release u", "release u", "io 1s; release u", "maybe 0.5; release u; end", "release u 2"];
    let _ = writeln!(text, "tasks.take.steps = [{}]", quoted(&[dice.one(&takes)]));
    let _ = writeln!(text, "tasks.give.steps = [{}]", quoted(&[dice.one(&gives)]));
    let parts = [
        "submit take to p as t; result t",
        "submit take to q as t; result t",
        "submit take to p as t; wait t",
        "submit give to p as g; wait g",
        "submit give to q as g; result g",
        "submit give to q",
        "acquire u; run 1s; release u",
        "acquire u",
        "release u",
        "run 1s",
    ];
    let steps: Vec<&str> = (0..2 + dice.below(3)).map(|_| dice.one(&parts)).collect();
    let _ = writeln!(text, "tasks.a.steps = [{}]", quoted(&steps));
    let _ = writeln!(text, "[[arrivals]]\ntask = \"a\"\nto = \"{}\"", dice.one(&["p", "q"]));
    let _ = writeln!(text, "count = {}", 1 + dice.below(3));
    if dice.below(3) == 0 {
        let _ = writeln!(text, "[[arrivals]]\ntask = \"{}\"\nto = \"p\"", dice.one(&["take", "give"]));
    }
    text
}

/// Tasks that send, receive, count down and wait for a latch, in loops and through children.
pub(in super::super) fn balanced(number: u64) -> String {
    let mut dice = Rng::new(number ^ 0xba1a);
    let mut text = String::new();
    let pools = [
        "kind = \"threads\", workers = 1",
        "kind = \"threads\", workers = 2",
        "kind = \"threads\", workers = 4",
        "kind = \"threads\", workers = 1, queue = 1, on_full = \"block\"",
        "kind = \"green\"",
        "kind = \"inline\"",
    ];
    let _ = writeln!(text, "executors.p = {{ {} }}", dice.one(&pools[..4]));
    let _ = writeln!(text, "executors.q = {{ {} }}", dice.one(&pools));
    let capacity = ["capacity = 1", "capacity = 2", ""];
    let _ = writeln!(text, "channels.x = {{ {} }}", dice.one(&capacity));
    let _ = writeln!(text, "channels.y = {{ {} }}", dice.one(&capacity));
    let _ = writeln!(text, "latches.t = {{ count = {} }}\nlocks.l = {{}}", dice.one(&["1", "2"]));
    let parts = [
        "send x",
        "send y",
        "receive x",
        "receive y",
        "send x; receive y",
        "receive x; send y",
        "repeat 2; send x; end",
        "repeat 2; receive x; end",
        "count-down t",
        "await t",
        "with l; send x; end",
        "run 1s",
    ];
    let child = [
        "submit b to p as c; wait c",
        "submit b to q as c; wait c",
        "submit b to q",
        "call b as c; result c",
    ];
    for task in ["a", "d"] {
        let mut steps: Vec<&str> = (0..1 + dice.below(3)).map(|_| dice.one(&parts)).collect();
        if dice.below(2) == 0 {
            steps.push(dice.one(&child));
        }
        let _ = writeln!(text, "tasks.{task}.steps = [{}]", quoted(&steps));
    }
    let steps: Vec<&str> = (0..1 + dice.below(2)).map(|_| dice.one(&parts)).collect();
    let _ = writeln!(text, "tasks.b.steps = [{}]", quoted(&steps));
    for task in ["a", "d"] {
        let _ = writeln!(text, "[[arrivals]]\ntask = \"{task}\"\nto = \"{}\"", dice.one(&["p", "p", "q"]));
        let _ = writeln!(text, "count = {}", 1 + dice.below(2));
    }
    text
}

/// Steps as a document has them; those separated by `;` are several.
fn quoted(steps: &[&str]) -> String {
    let each = steps.iter().flat_map(|steps| steps.split("; "));
    each.map(|step| format!("\"{step}\"")).collect::<Vec<_>>().join(", ")
}
