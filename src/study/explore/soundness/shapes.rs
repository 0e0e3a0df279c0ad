//! The shape of random documents against all their orders: what it calls safe does not hang.

use super::control::control;
use super::documents::foreign;
use super::sharing::sharing;
use super::sundry::sundry;
use crate::analysis::shape::Shape;
use crate::language::Document;
use crate::study::explore::{Explorer, Kind, Options};
use crate::study::schedule::View;
use std::sync::Arc;

/// What the shape of documents says of hanging, against all orders of those that are small.
#[derive(Debug, Default)]
struct Shapes {
    compared: usize,
    hanging: usize,
    /// Called dangerous, and cannot hang.
    alarms: usize,
    /// Called safe, and can hang: their numbers.
    missed: Vec<u64>,
    /// Nothing is said of them, and they can stall until a timeout.
    missed_stalls: Vec<u64>,
}

const VIEW: View = View::Untimed { timeouts_last: false };

fn shapes(numbers: std::ops::Range<u64>) -> Shapes {
    shapes_of(numbers, sundry)
}

fn shapes_of(numbers: std::ops::Range<u64>, text: impl Fn(u64, View) -> String) -> Shapes {
    let view = VIEW;
    let mut all = Shapes::default();
    for number in numbers {
        let Ok(document) = Document::parse("random.toml", &text(number, view)) else { continue };
        let Ok(scenario) = document.scenario("base", &Default::default()) else { continue };
        let scenario = Arc::new(scenario);
        let mut explorer = Explorer::new(&scenario, Options { view, ..Options::default() });
        explorer.advance(30_000);
        if !explorer.coverage().exhausted {
            continue;
        }
        let found = |is: fn(&Kind) -> bool| explorer.findings().iter().any(|finding| is(&finding.kind));
        let hangs = found(|kind| matches!(kind, Kind::Deadlock(_) | Kind::Partial(_)));
        let stalls = found(|kind| matches!(kind, Kind::Stall(_)));
        let shape = Shape::read(&scenario);
        all.compared += 1;
        all.hanging += usize::from(hangs);
        all.alarms += usize::from(shape.can_hang() && !hangs);
        all.missed.extend((hangs && !shape.can_hang()).then_some(number));
        all.missed_stalls.extend((stalls && shape.hazards.is_empty()).then_some(number));
    }
    all
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
    let all = shapes(10_000..20_000);
    println!("{all:?}");
    assert!(all.missed.is_empty());
}

#[test]
#[ignore = "long: run it after changing the shape"]
fn what_the_shape_calls_safe_does_not_hang_at_length_where_tasks_coordinate() {
    let all = shapes_of(10_000..20_000, |number, _| sharing(number));
    println!("{all:?}");
    assert!(all.missed.is_empty());
}
