//! What a scenario can come to, in short: its shape, held against every order.

use crate::support::scenario_of;
use threadbare::analysis::shape::Shape;
use threadbare::analysis::verdict::{DesignKind, MadeRuns};
use threadbare::language::BASE;
use threadbare::study::design_check::{DesignCheck, MAX_STATES};

fn outlook(text: &str) -> DesignCheck {
    DesignCheck::read(&scenario_of(text, BASE))
}

/// What is known of the design, and whether it can stall.
fn known(text: &str) -> (DesignKind, bool) {
    let design = outlook(text).design(&scenario_of(text, BASE), MadeRuns::default());
    (design.kind, design.can_stall)
}

/// Tasks of a pool that wait for children on it; `waits` says how.
fn family(workers: u32, count: u32, waits: &str) -> String {
    format!(
        "executors.p = {{ kind = \"threads\", workers = {workers} }}\n\
         tasks.a.steps = [\"submit b\", \"{waits}\"]\ntasks.b.steps = [\"run 1s\"]\n\
         arrivals = [{{ task = \"a\", to = \"p\", count = {count} }}]\n"
    )
}

#[test]
fn where_shape_and_orders_agree_both_are_told() {
    for (text, verdict) in [
        (family(2, 2, "wait b"), (DesignKind::CanDeadlock, false)),
        (family(2, 2, "wait b timeout 5s"), (DesignKind::CannotDeadlock, true)),
        (family(3, 2, "wait b"), (DesignKind::CannotDeadlock, false)),
    ] {
        let outlook = outlook(&text);
        assert_eq!(known(&text), verdict, "{text}");
        assert!(outlook.orders.is_complete && outlook.withdrawn.is_empty(), "{:?}", outlook.orders);
        assert_eq!(outlook.shape.hazards.is_empty(), verdict == (DesignKind::CannotDeadlock, false));
    }
}

/// The shape does not see that the child comes only when its parent has given both locks back.
pub const ONE_AFTER_THE_OTHER: &str = r#"
    executors.p = { kind = "threads", workers = 2 }
    locks.m = {}
    locks.n = {}
    tasks.a.steps = ["with m", "with n", "run 1s", "end", "end", "submit b", "wait b"]
    tasks.b.steps = ["with n", "with m", "run 1s", "end", "end"]
    arrivals = [{ task = "a", to = "p" }]"#;

#[test]
fn an_alarm_that_no_order_bears_out_is_withdrawn() {
    let scenario = scenario_of(ONE_AFTER_THE_OTHER, BASE);
    let shape = Shape::read(&scenario);
    assert!(shape.can_hang() && shape.edges.iter().any(|edge| edge.hazard.is_some()), "{shape:?}");
    let outlook = DesignCheck::read(&scenario);
    assert_eq!(known(ONE_AFTER_THE_OTHER), (DesignKind::CannotDeadlock, false));
    assert_eq!((outlook.shape.hazards.len(), outlook.withdrawn.len()), (0, shape.hazards.len()));
    assert!(outlook.shape.edges.iter().all(|edge| edge.hazard.is_none()), "nothing is red in the picture");
    assert!(outlook.orders.is_complete && outlook.orders.states > 1, "{:?}", outlook.orders);
}

#[test]
fn what_is_too_large_to_go_through_is_judged_by_its_shape() {
    // Without an end of arrivals nothing is begun.
    let endless = family(2, 2, "wait b").replace("count = 2", "every = \"1s\"");
    assert_eq!(outlook(&endless).orders.states, 0);
    // What just two of them come to is looked at all the same.
    assert_eq!(known(&endless), (DesignKind::CanDeadlock, false));
    // Many different tasks at once: it stops, and says how far it came.
    let steps: String = (0..9)
        .map(|n| format!("tasks.t{n}.steps = [\"run 1s\", \"run 1s\", \"lock m\", \"unlock m\"]\n"))
        .collect();
    let arrivals: String = (0..9).map(|n| format!("[[arrivals]]\ntask = \"t{n}\"\nto = \"p\"\n")).collect();
    let large =
        format!("executors.p = {{ kind = \"threads\", workers = 9 }}\nlocks.m = {{}}\n{steps}{arrivals}");
    let orders = outlook(&large).orders;
    assert_eq!((orders.states, orders.is_complete), (MAX_STATES, false));
    assert_eq!(known(&large), (DesignKind::CannotDeadlock, false));
}
