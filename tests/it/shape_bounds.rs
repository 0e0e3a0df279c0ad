//! Reading a shape heeds bounds from outside, and says no more than it found within them.

use crate::support::scenario_of;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use threadbare::analysis::shape::Shape;
use threadbare::analysis::verdict::{DesignKind, MadeRuns};
use threadbare::model::scenario::Scenario;
use threadbare::study::design_check::DesignCheck;

/// Pairs of task types that take pairs of locks in either order, three tasks of each: as many rings, each with numbers of
/// its own to look for.
fn lock_pairs(pairs: usize) -> Arc<Scenario> {
    let mut text = "executors.p = { kind = \"threads\", workers = 600 }\n".to_owned();
    let mut arrivals = String::new();
    for number in 0..pairs {
        text += &format!("locks.a{number} = {{}}\nlocks.b{number} = {{}}\n");
        for (task, first, second) in [("x", "a", "b"), ("y", "b", "a")] {
            let steps = format!("\"with {first}{number}\", \"with {second}{number}\", \"end\", \"end\"");
            text += &format!("tasks.{task}{number}.steps = [{steps}]\n");
            arrivals += &format!("[[arrivals]]\ntask = \"{task}{number}\"\nto = \"p\"\ncount = 3\n");
        }
    }
    scenario_of(&(text + &arrivals), "base")
}

/// The shape of a scenario when the bound says no after `most` questions, and how often it was asked.
fn read_for(scenario: &Scenario, most: usize) -> (Shape, usize) {
    let asked = AtomicUsize::new(0);
    let shape = Shape::read_while(scenario, &|| asked.fetch_add(1, Ordering::Relaxed) < most);
    (shape, asked.into_inner())
}

#[test]
fn wherever_a_reading_is_cut_it_ends_soon_and_claims_nothing_false() {
    let scenario = lock_pairs(3);
    let (whole, asks) = read_for(&scenario, usize::MAX);
    assert_eq!((whole.known, whole.is_cut, whole.hazards.len()), (true, false, 3));
    assert!(asks > 1_000, "{asks}");
    for most in (0..asks).step_by(asks / 60 + 1) {
        let (cut, asked) = read_for(&scenario, most);
        // Whatever is under way may ask again whether it is over: once it is, nothing asks the clock.
        assert!(cut.is_cut && asked == most + 1, "{most}: {asked}");
        assert!(cut.can_hang() && (cut.known || cut.hazards.is_empty()), "{most}");
        for (hazard, known) in cut.hazards.iter().zip(&whole.hazards) {
            assert_eq!(hazard.things, known.things, "{most}");
            assert!(
                hazard.enough == known.enough || hazard.is_estimate && hazard.enough.is_empty(),
                "{most}"
            );
        }
        assert!(Shape::dangers(&scenario, &|| false).can_hang);
    }
}

/// There is no time to find the numbers of the last of sixty rings. They were once taken to be none: "may deadlock once
/// about are running".
#[test]
fn a_ring_whose_numbers_were_not_found_says_no_number() {
    let scenario = lock_pairs(60);
    let shape = Shape::read(&scenario);
    assert!(shape.known && !shape.is_cut);
    let (found, not_found): (Vec<_>, Vec<_>) =
        shape.hazards.iter().partition(|hazard| !hazard.enough.is_empty());
    assert!(!found.is_empty() && !not_found.is_empty());
    for hazard in &found {
        assert_eq!((hazard.is_estimate, hazard.enough.len()), (false, 2), "{}", hazard.headline(&scenario));
    }
    insta::assert_snapshot!(
        not_found.last().expect("there are some").headline(&scenario),
        @"may deadlock once enough tasks are running: a59 and b59 are taken in more than one order"
    );
}

/// A pool that is too small by a little; with no time to look for a safe size, none is said to help.
#[test]
fn a_size_that_was_not_looked_for_is_not_said_to_be_of_no_help() {
    let text = include_str!("../../www/scenarios/nova-build-deadlock.toml");
    let scenario = scenario_of(text, "base");
    let (whole, asks) = read_for(&scenario, usize::MAX);
    assert!(whole.hazards[0].details(&scenario).join(" ").contains("6 workers are safe"));
    for most in (0..asks).step_by(asks / 60 + 1) {
        let (cut, _) = read_for(&scenario, most);
        let said: String = cut.hazards.iter().flat_map(|hazard| hazard.details(&scenario)).collect();
        assert!(!said.contains("do not help") && !said.contains("no number is safe"), "{most}: {said}");
    }
}

/// A run that reached a limit beside its deadlock shows the deadlock, and where the runs show nothing orders are looked at.
#[test]
fn what_is_known_beside_runs_is_what_check_knows() {
    for (text, workers) in [
        (include_str!("../field/WRONG_hang_explore_min_hang.toml"), 1),
        (include_str!("../field/WRONG_hang_explore_min_hang.toml"), 2),
        (include_str!("../field/p_mailboxes.toml"), 1),
    ] {
        let text = text.replacen("workers = 2", &format!("workers = {workers}"), 1);
        let scenario = scenario_of(&text, "base");
        let checked = DesignCheck::read(&scenario).design(&scenario, MadeRuns::default());
        let beside = DesignCheck::beside_runs(&scenario, MadeRuns::one(false), &|| true);
        assert_eq!((beside.kind, checked.kind), (DesignKind::CanDeadlock, DesignKind::CanDeadlock), "{text}");
    }
}
