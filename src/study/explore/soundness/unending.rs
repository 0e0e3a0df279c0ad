//! Random small documents in which something never ends: tickers, tasks that submit themselves, arrivals without end,
//! tasks that fail or are refused again and again, up to a horizon; and who can never go on beside them.

use super::{View, compare_on};
use crate::language::Document;
use crate::study::explore::FindingKind;
use crate::study::explore::blocked::BlockedFinder;
use crate::study::explore::past::JudgedExpectations;
use crate::study::explore::rng::Rng;
use crate::study::explore::soundness::documents::wider;
use crate::study::explore::soundness::sundry::sundry;
use crate::study::schedule::begin;
use std::fmt::Write;
use std::sync::Arc;

/// A document of [`wider`] beside something that never ends.
fn unending(number: u64) -> String {
    let mut rng = Rng::new(number ^ 0x71c4);
    let mut text = format!("until = \"{}\"\n{}", rng.one(&["3s", "4s", "6s"]), wider(number));
    let steps = rng.one(&[
        r#""repeat forever", "io 2s", "end""#,
        r#""io 2s", "submit tick""#,
        r#""submit tick to timer""#,
        r#""submit tick to timer", "fail again""#,
        r#""repeat forever", "io 2s", "submit b to p on_full discard", "end""#,
        r#""io 2s", "submit tick to t on_full reject""#,
        r#""with m", "io 2s", "submit tick", "end""#,
        r#""io forever""#,
        r#""io 10s""#,
        r#""run 1s""#,
        r#""fail at-once""#,
    ]);
    let queue = rng.one(&["", "queue = 0\non_full = \"reject\"\n", "queue = 1\n"]);
    let every = if steps.contains("submit") || steps.contains("forever") { "" } else { "every = \"2s\"\n" };
    let _ = write!(
        text,
        "[executors.t]\nkind = \"threads\"\nworkers = 1\n{queue}\
         [executors.timer]\nkind = \"delay\"\ndelay = \"2s\"\ninto = \"t\"\n\
         [tasks.tick]\nsteps = [{steps}]\n\
         [[arrivals]]\ntask = \"tick\"\nto = \"t\"\nat = \"0s\"\n{every}"
    );
    text
}

#[test]
fn nothing_is_lost_by_the_reductions_beside_what_never_ends() {
    let (compared, with_findings) = compare_on(unending, 9500..9700, View::Timed, 4_000);
    assert!(compared >= 50 && with_findings >= 25, "{compared} compared, {with_findings} with findings");
    let view = View::Untimed { timeouts_last: false };
    let (compared, _) = compare_on(unending, 9700..9800, view, 4_000);
    assert!(compared >= 10, "{compared} compared");
}

#[test]
#[ignore = "long: run it after changing the engine or a reduction"]
fn nothing_is_lost_at_length_beside_what_never_ends() {
    super::length::at_length("unending", |number, _| unending(number));
}

/// Follows one random order of a document and looks who is blocked after each step; the steps at which somebody is.
fn blocked_along(text: &str, view: View, number: u64) -> Option<usize> {
    let document = Document::parse("random.toml", text).ok()?;
    let scenario = Arc::new(document.scenario("base", &Default::default()).ok()?);
    let (finder, mut rng) = (BlockedFinder::new(&scenario), Rng::new(number));
    let mut run =
        begin(Arc::clone(&scenario), view, JudgedExpectations::of(&scenario, view, false).keep_events());
    let (mut before, mut steps) = (Vec::new(), 0);
    for _ in 0..200 {
        let choices = run.choices();
        if choices.is_empty() {
            break;
        }
        run.take(&choices[rng.below(choices.len() as u64) as usize]);
        let now = match finder.after(run.recorder().0.recent()) {
            Some(FindingKind::Partial(steps)) => steps,
            Some(_) | None => Vec::new(),
        };
        let is_still = |step| now.contains(step);
        assert!(before.iter().all(is_still), "document {number}: {before:?}, then {now:?}\n{text}");
        steps += usize::from(!now.is_empty());
        before = now;
    }
    Some(steps)
}

#[test]
fn who_is_blocked_for_ever_never_goes_on() {
    let mut blocked = 0;
    for number in 0..400 {
        for view in [View::Timed, View::Untimed { timeouts_last: false }] {
            // Whoever is cancelled before it starts waits no longer.
            for text in
                [unending(number), sundry(number, view)].iter().filter(|text| !text.contains("cancel"))
            {
                blocked += usize::from(blocked_along(text, view, number).is_some_and(|steps| steps > 0));
            }
        }
    }
    assert!(blocked >= 100, "{blocked} with blocked tasks");
}
