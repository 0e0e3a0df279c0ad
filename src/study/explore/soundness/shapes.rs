//! The shape of random documents against all their orders: what it calls safe does not hang.

use super::control::control;
use super::documents::foreign;
use super::handing::{balanced, handing_over};
use super::mixed::mixed;
use super::sharing::sharing;
use super::sundry::sundry;
use crate::analysis::shape::Shape;
use crate::language::Document;
use crate::study::explore::{ExplorationOptions, FindingKind, InterleavingExplorer};
use crate::study::schedule::TimingAssumption;
use std::sync::Arc;

/// What the shape of documents says of hanging, against all orders of those that are small.
#[derive(Debug, Default)]
struct ShapeSoundnessTally {
    compared: usize,
    hanging: usize,
    /// Called dangerous, and cannot hang.
    alarms: usize,
    /// Called safe, and can hang: their numbers.
    missed: Vec<u64>,
    /// Nothing is said of them, and they can stall until a timeout.
    missed_stalls: Vec<u64>,
}

const VIEW: TimingAssumption = TimingAssumption::Untimed { timeouts_last: false };

fn shapes(numbers: std::ops::Range<u64>) -> ShapeSoundnessTally {
    shapes_of(numbers, sundry)
}

fn shapes_of(
    numbers: std::ops::Range<u64>,
    text: impl Fn(u64, TimingAssumption) -> String,
) -> ShapeSoundnessTally {
    let view = VIEW;
    let mut all = ShapeSoundnessTally::default();
    for number in numbers {
        let text = text(number, view);
        let Some(compared) = compare(&text, 30_000) else { continue };
        all.compared += 1;
        all.hanging += usize::from(compared.hangs);
        all.alarms += usize::from(compared.is_called_dangerous && !compared.hangs);
        if compared.hangs && !compared.is_called_dangerous {
            println!("document {number} is called safe, and can deadlock:\n{text}");
            all.missed.push(number);
        }
        all.missed_stalls.extend((compared.stalls && compared.is_silent).then_some(number));
    }
    all
}

/// What the shape of a document says of it, and what all its orders come to.
struct ShapeComparison {
    hangs: bool,
    stalls: bool,
    is_called_dangerous: bool,
    is_silent: bool,
}

/// `None` if there are more states than that.
fn compare(text: &str, most: u64) -> Option<ShapeComparison> {
    let document = Document::parse("random.toml", text).ok()?;
    let scenario = Arc::new(document.scenario("base", &Default::default()).ok()?);
    let mut explorer = InterleavingExplorer::new(
        &scenario,
        ExplorationOptions { view: VIEW, ..ExplorationOptions::default() },
    );
    explorer.advance(most);
    if !explorer.coverage().exhausted {
        return None;
    }
    let found = |is: fn(&FindingKind) -> bool| explorer.findings().iter().any(|finding| is(&finding.kind));
    let shape = Shape::read(&scenario);
    Some(ShapeComparison {
        hangs: found(|kind| matches!(kind, FindingKind::Deadlock(_) | FindingKind::Partial(_))),
        stalls: found(|kind| matches!(kind, FindingKind::Stall(_))),
        is_called_dangerous: shape.can_hang(),
        is_silent: shape.hazards.is_empty(),
    })
}

/// What the shape of a document does not say, in words.
pub(super) fn missed(text: &str) -> Option<String> {
    let compared = compare(text, 2_000)?;
    if compared.hangs && !compared.is_called_dangerous {
        return Some("the shape calls it safe, and it can deadlock".to_owned());
    }
    (compared.stalls && compared.is_silent).then(|| "the shape says nothing, and it can stall".to_owned())
}

#[test]
fn what_the_shape_calls_safe_does_not_hang_where_tasks_coordinate_on_any_executor() {
    let all = shapes_of(9000..9300, |number, _| mixed(number));
    assert!(all.compared >= 100 && all.hanging >= 40, "{all:?}");
    assert!(all.missed.is_empty() && all.missed_stalls.is_empty(), "{all:?}");
}

#[test]
fn what_the_shape_calls_safe_does_not_hang_whatever_is_put_together() {
    let all = shapes(9000..9100);
    assert!(all.compared >= 50 && all.hanging >= 15 && all.missed.is_empty(), "{all:?}");
}

#[test]
fn what_the_shape_calls_safe_does_not_hang_with_carriers_scopes_and_interrupts() {
    let all = shapes_of(9000..9100, control);
    assert!(all.compared >= 50 && all.hanging >= 10 && all.missed.is_empty(), "{all:?}");
}

#[test]
fn what_the_shape_calls_safe_does_not_hang_on_the_executors_of_other_runtimes() {
    let all = shapes_of(0..400, |number, _| foreign(number));
    assert!(all.compared >= 100 && all.hanging >= 30 && all.missed.is_empty(), "{all:?}");
}

#[test]
fn what_the_shape_calls_safe_does_not_hang_where_tasks_coordinate() {
    let all = shapes_of(9000..9200, |number, _| sharing(number));
    assert!(all.compared >= 100 && all.hanging >= 40, "{all:?}");
    assert!(all.missed.is_empty() && all.missed_stalls.is_empty(), "{all:?}");
}

#[test]
fn what_the_shape_calls_safe_does_not_hang_where_permits_change_hands() {
    let all = shapes_of(0..300, |number, _| handing_over(number));
    println!("{all:?}");
    assert!(all.compared >= 150 && all.hanging >= 30, "{all:?}");
    assert!(all.missed.is_empty() && all.missed_stalls.is_empty(), "{all:?}");
}

#[test]
fn what_the_shape_calls_safe_does_not_hang_where_messages_are_counted() {
    let all = shapes_of(0..300, |number, _| balanced(number));
    println!("{all:?}");
    assert!(all.compared >= 150 && all.hanging >= 30, "{all:?}");
    assert!(all.missed.is_empty() && all.missed_stalls.is_empty(), "{all:?}");
}

/// A slot of a task that a delay dropped is another's by the time its delay is over.
#[test]
fn what_a_delay_dropped_does_not_come_back() {
    for number in [13_040, 15_750] {
        let all = shapes(number..number + 1);
        assert!(all.missed.is_empty() && all.missed_stalls.is_empty(), "{all:?}");
    }
}

/// A task that runs on the scheduler thread of a delay, cap or bus keeps what it came through.
#[test]
fn what_runs_on_the_way_keeps_its_way() {
    for number in [10_113, 10_183, 10_190, 10_530, 55_718] {
        let all = shapes(number..number + 1);
        assert!(all.compared == 1 && all.missed.is_empty() && all.missed_stalls.is_empty(), "{all:?}");
    }
}

/// What is kept by tasks that have ended adds up, however few there are at once; `release` needs a worker again after
/// its timeout; an ancestor that has ended guards nothing; helping comes after what the parent waits for first; a bus
/// gives nothing to what has no room.
#[test]
fn what_was_missed_once_is_found() {
    let numbers = [
        11_618, 11_892, 23_526, 25_322, 36_023, 36_048, 41_271, 42_674, 48_061, 53_162, 57_099, 75_023,
        90_641,
    ];
    for number in numbers {
        let all = shapes(number..number + 1);
        assert!(all.compared == 1 && all.missed.is_empty() && all.missed_stalls.is_empty(), "{all:?}");
    }
}

#[test]
#[ignore = "long: run it after changing the shape"]
fn what_the_shape_calls_safe_does_not_hang_at_length() {
    let kinds: [&dyn Fn(u64, TimingAssumption) -> String; 3] =
        [&sundry, &|number, _| handing_over(number), &|number, _| balanced(number)];
    for kind in kinds {
        let all = shapes_of(10_000..20_000, kind);
        println!("{all:?}");
        assert!(all.missed.is_empty());
    }
}
