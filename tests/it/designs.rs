//! Small designs as they are met in reviews, each with what theory says of it: the static check, the exploration of
//! every order and the run say the same.

use crate::support::scenario_of;
use threadbare::analysis::digest::Digest;
use threadbare::analysis::shape::Shape;
use threadbare::study::explore::{ExplorationOptions, FindingKind, InterleavingExplorer};
use threadbare::study::run;
use threadbare::study::schedule::TimingAssumption;

#[test]
fn every_design_comes_to_what_theory_says() {
    let designs =
        include_str!("../designs.txt").split("----\n").skip(1).filter(|text| !text.trim().is_empty());
    let mut of_verdict = [0, 0, 0];
    for design in designs {
        let (head, text) = design.trim_start_matches("# ").split_once('\n').expect("a heading");
        let (name, verdict) = head.rsplit_once(": ").expect("a verdict");
        let scenario = scenario_of(text, "base");
        let shape = Shape::read(&scenario);
        let view = TimingAssumption::Untimed { timeouts_last: false };
        let mut explorer = InterleavingExplorer::new(
            &scenario,
            ExplorationOptions { view, ..ExplorationOptions::default() },
        );
        assert!(explorer.advance(1_000_000) && explorer.coverage().exhausted, "{name} is small");
        let found =
            |is: fn(&FindingKind) -> bool| explorer.findings().iter().any(|finding| is(&finding.kind));
        let hangs = found(|kind| matches!(kind, FindingKind::Deadlock(_) | FindingKind::Partial(_)));
        let stalls = found(|kind| matches!(kind, FindingKind::Stall(_)));
        let trace = run::run(scenario.clone());
        let findings = Digest::new(&trace).findings;
        let number = match verdict {
            "hangs" => 0,
            "stalls" => 1,
            "safe" => 2,
            other => panic!("{name}: {other} is no verdict"),
        };
        of_verdict[number] += 1;
        assert_eq!((hangs, hangs || stalls), (number == 0, number < 2), "explored: {name}");
        assert_eq!((shape.can_hang(), !shape.hazards.is_empty()), (number == 0, number < 2), "read: {name}");
        assert!(number == 0 || findings.deadlocks.is_empty(), "run: {name}");
        assert!(number < 2 || findings.stalls.is_empty(), "run: {name}");
    }
    assert!(of_verdict[0] >= 15 && of_verdict[1] >= 2 && of_verdict[2] >= 15, "{of_verdict:?}");
}
