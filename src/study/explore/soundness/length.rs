//! The same at length: many thousand documents of every sort, with a count of the constructs that they have.

use super::control::control;
use super::documents::{document, expecting, foreign, wider};
use super::endings::ending;
use super::mixed::mixed;
use super::sharing::sharing;
use super::sundry::sundry;
use super::{compare_on, compare_one, shapes};
use crate::study::schedule::TimingAssumption;
use std::collections::BTreeMap;
use std::panic::catch_unwind;

/// Words by which a construct is known in a document.
const CONSTRUCTS: &[&str] = &[
    "kind = \"threads\"",
    "kind = \"green\"",
    "kind = \"dynamic\"",
    "kind = \"inline\"",
    "kind = \"delay\"",
    "kind = \"cap\"",
    "kind = \"bus\"",
    "kind = \"elastic\"",
    "kind = \"fork-join\"",
    "kind = \"scheduled\"",
    "spawn = \"injected\"",
    "keep_alive",
    "claim_ahead",
    "on_crash = \"break\"",
    "on_crash = \"replace\"",
    "threads = ",
    "ready = \"lifo-slot\"",
    "ready = \"local-first\"",
    "start = \"eager\"",
    "spare = 0",
    "cancelled = \"notified\"",
    "cancelled = \"removed\"",
    "after_shutdown = \"discard\"",
    "runtime = ",
    "pins = \"held\"",
    "pins = \"waiting\"",
    "reentrant = true",
    "barging = ",
    "fair = true",
    "owned = false",
    "\"send ",
    "\"receive ",
    "\"close ",
    "on-closed",
    "\"wait-on ",
    "\"notify ",
    "\"await t",
    "\"await b",
    "\"await q",
    "\"await p",
    "\"count-down ",
    "\"reset ",
    "\"use ",
    "\"lock w read",
    "\"lock w write",
    "\"acquire s 2",
    "\"resize ",
    "\"crash\"",
    "\"shutdown ",
    "\"shutdown q now\"",
    "\"shutdown p now\"",
    "\"scope\"",
    "\"scope fail-fast\"",
    "\"try\"",
    "\"retry ",
    "\"call ",
    "interrupt\"",
    "detach\"",
    " blocking\"",
    " managed\"",
    " uninterruptible\"",
    "result any",
    " timeout ",
];

/// Steps that the yardstick may take: most documents are smaller.
const MAX_STEPS: u64 = 600;

/// The document of a number and the view in which it is looked at.
fn nth(number: u64) -> (String, TimingAssumption) {
    let untimed = |timeouts_last| TimingAssumption::Untimed { timeouts_last };
    let view = [untimed(false), TimingAssumption::Timed, untimed(true)][(number / 8 % 3) as usize];
    let text = match number % 8 {
        0 => document(number),
        1 => wider(number),
        2 => expecting(number, view),
        3 => foreign(number),
        4 => sundry(number, view),
        5 => control(number, view),
        6 => sharing(number),
        _ if (number / 8).is_multiple_of(2) => mixed(number),
        _ => ending(number),
    };
    (text, view)
}

#[test]
#[ignore = "long, 20 000 documents: run it after changing the engine, the exploration or the shape"]
fn twenty_thousand_documents_agree() {
    let first: u64 =
        std::env::var("THREADBARE_FROM").ok().and_then(|from| from.parse().ok()).unwrap_or(200_000);
    let wanted: u64 =
        std::env::var("THREADBARE_COUNT").ok().and_then(|count| count.parse().ok()).unwrap_or(20_000);
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    let (mut compared, mut with_findings, mut shown, mut wrong) = (0, 0, 0, Vec::new());
    let mut number = first;
    while compared < wanted {
        number += 1;
        let (text, view) = nth(number);
        let judged = catch_unwind(|| {
            let compared = compare_one(&text, view, MAX_STEPS)?;
            // The shape of every other one, which takes longer than the rest.
            let missed = (number % 16 < 8).then(|| shapes::missed(&text)).flatten();
            Some(compared.and_then(|has_findings| missed.map_or(Ok(has_findings), Err)))
        });
        match judged {
            Ok(None) => continue,
            Ok(Some(Ok(has_findings))) => with_findings += u64::from(has_findings),
            Ok(Some(Err(difference))) => {
                wrong.push(format!("document {number}, {view:?}: {difference}\n{text}"));
            }
            Err(_) => wrong.push(format!("document {number}, {view:?}: it panics\n{text}")),
        }
        if let Some(latest) = wrong.get(shown) {
            println!("{latest}");
            shown += 1;
        }
        compared += 1;
        for construct in CONSTRUCTS.iter().copied().filter(|construct| text.contains(construct)) {
            *counts.entry(construct).or_default() += 1;
        }
        if compared % 200 == 0 {
            println!("{compared} compared, {with_findings} with findings, {} wrong", wrong.len());
        }
    }
    println!("{compared} compared, {with_findings} with findings: {counts:#?}");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    let absent: Vec<_> =
        CONSTRUCTS.iter().copied().filter(|construct| !counts.contains_key(construct)).collect();
    assert!(wanted < 20_000 || absent.is_empty(), "never generated: {absent:?}");
}

/// The same on `THREADBARE_COUNT` more, from the number that `THREADBARE_FROM` names; each some minutes.
pub(super) fn at_length(sort: &str, document: impl Fn(u64, TimingAssumption) -> String) {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let from = number("THREADBARE_FROM").unwrap_or(10_000);
    let count = number("THREADBARE_COUNT").unwrap_or(2_000);
    for view in [
        TimingAssumption::Timed,
        TimingAssumption::Untimed { timeouts_last: false },
        TimingAssumption::Untimed { timeouts_last: true },
    ] {
        let (compared, with_findings) =
            compare_on(|number| document(number, view), from..from + count, view, 4_000);
        println!("{sort}, {view:?}: {compared} compared, {with_findings} with findings");
    }
}

#[test]
#[ignore = "long: run it after changing the engine or a reduction"]
fn nothing_is_lost_at_length() {
    at_length("plain", |number, _| document(number));
}

#[test]
#[ignore = "long: run it after changing the engine or a reduction"]
fn nothing_is_lost_at_length_with_expectations() {
    at_length("expecting", expecting);
}

#[test]
#[ignore = "long: run it after changing the engine or a reduction"]
fn nothing_is_lost_at_length_with_other_locks_queues_and_failures() {
    at_length("wider", |number, _| wider(number));
}

#[test]
#[ignore = "long: run it after changing the engine or a reduction"]
fn nothing_is_lost_at_length_on_the_executors_of_other_runtimes() {
    at_length("foreign", |number, _| foreign(number));
}

#[test]
#[ignore = "long: run it after changing the engine or a reduction"]
fn nothing_is_lost_at_length_whatever_is_put_together() {
    at_length("sundry", sundry);
}

#[test]
#[ignore = "long: run it after changing the engine or a reduction"]
fn nothing_is_lost_at_length_with_carriers_scopes_and_interrupts() {
    at_length("control", control);
}

#[test]
#[ignore = "long: run it after changing the engine or a reduction"]
fn nothing_is_lost_at_length_where_tasks_coordinate() {
    at_length("sharing", |number, _| sharing(number));
}

#[test]
#[ignore = "long: run it after changing the engine or a reduction"]
fn nothing_is_lost_at_length_where_tasks_coordinate_on_any_executor() {
    at_length("mixed", |number, _| mixed(number));
}

#[test]
#[ignore = "long: run it after changing the engine or a reduction"]
fn nothing_is_lost_at_length_where_executors_end() {
    at_length("ending", |number, _| ending(number));
}
