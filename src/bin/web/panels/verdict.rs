//! What happened, in words; what was expected; the run in numbers.

use super::prose;
use crate::page::Send;
use crate::store::run::SharedRun;
use threadbare::analysis::digest::Digest;
use threadbare::model::time::Time;
use threadbare::study::explore::words::lost_update;
use threadbare::trace::OutcomeKind;
use threadbare::view::warnings::{self, Group};
use threadbare::view::words::{expected, outcome};
use yew::{Html, Properties, classes, function_component, html};

/// How a run came out, as far as colour and a word go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunStatus {
    /// Blocked for ever.
    Deadlock,
    /// A timeout ended a stall, an expectation is not met, or it was given up.
    Trouble,
    /// As it should be.
    Fine,
}

impl RunStatus {
    /// The mood of a run.
    pub fn of(digest: &Digest<'_>) -> RunStatus {
        if !digest.findings.hangs.is_empty() || digest.trace().outcome.kind == OutcomeKind::Stuck {
            RunStatus::Deadlock
        } else if !digest.findings.stalls.is_empty() || !digest.holds() || is_limited(digest) {
            RunStatus::Trouble
        } else {
            RunStatus::Fine
        }
    }

    /// The class that gives it its colour.
    pub fn class(self) -> &'static str {
        match self {
            RunStatus::Deadlock => "is-deadlock",
            RunStatus::Trouble => "is-trouble",
            RunStatus::Fine => "is-fine",
        }
    }
}

fn is_limited(digest: &Digest<'_>) -> bool {
    matches!(digest.trace().outcome.kind, OutcomeKind::Limit(_))
}

/// What the verdict panel shows.
#[derive(Properties, PartialEq)]
pub struct VerdictProps {
    /// The run.
    pub run: SharedRun,
    /// Where actions go.
    pub send: Send,
    /// Whether the cursor has come to what the verdict speaks of.
    pub reached: bool,
    /// Whether it is of an earlier text or variant, the run of the present one being under way or cancelled.
    pub is_old: bool,
}

/// The verdict.
#[function_component]
pub fn Verdict(props: &VerdictProps) -> Html {
    let digest = &props.run.digest;
    let mood = RunStatus::of(digest);
    let reached = props.reached.then_some("is-reached");
    html! {
        <section class={classes!("verdict", mood.class(), reached, props.is_old.then_some("is-old"))} aria-labelledby="why">
            if props.is_old { <p class="of-old">{ "Of the run before" }</p> }
            <h2 id="why">{ outcome(digest) }</h2>
            <p class="sentence" role="status">{ prose::linked(&digest.verdict.text, &props.run, &props.send) }</p>
            { for lost_update(digest).map(|lost| html! { <p class="lost">{ lost }</p> }) }
        </section>
    }
}

/// What the expectations panel shows.
#[derive(Properties, PartialEq)]
pub struct ExpectedProps {
    /// The run.
    pub run: SharedRun,
}

/// The expectations as chips, and the warnings.
#[function_component]
pub fn Expected(props: &ExpectedProps) -> Html {
    let digest = &props.run.digest;
    if digest.expectations.is_empty() && digest.warnings().next().is_none() {
        return html! {};
    }
    html! {
        <section class="expected" aria-label="Expectations and warnings">
            { expectations(digest) }
            { warnings(digest) }
        </section>
    }
}

fn expectations(digest: &Digest<'_>) -> Html {
    if digest.expectations.is_empty() {
        return html! {};
    }
    let asked = &digest.trace().scenario.expectations;
    let chips = digest.expectations.iter().zip(asked).map(|(judged, asked)| {
        let (class, sign, word) =
            if judged.holds { ("met", "✓", "met") } else { ("unmet", "✗", "not met") };
        html! {
            <li class={classes!("chip", class)}>
                <span aria-hidden="true">{ sign }</span>
                <span class="sr">{ word }{ ": " }</span>
                <span class="chip-text">{ expected(asked) }</span>
                <span class="actual">{ &judged.actual }</span>
            </li>
        }
    });
    html! {
        <>
            <h3>{ "Expected" }</h3>
            <ul class="chips">{ for chips }</ul>
        </>
    }
}

/// Its warnings, a line for each executor and kind; the first of them when it is opened.
fn warnings(digest: &Digest<'_>) -> Html {
    let group = |group: &Group| {
        let left = group.count - group.first.len();
        let line = |(at, text): &(Time, String)| html! { <li>{ at.to_string() }{ ": " }{ text }</li> };
        html! {
            <details class="warnings">
                <summary>{ prose::coded(&group.text) }</summary>
                <ul>{ for group.first.iter().map(line) }</ul>
                if left > 0 { <p class="soft">{ format!("… and {left} more, the last at {}", group.last) }</p> }
            </details>
        }
    };
    warnings::groups(digest).iter().map(group).collect()
}
