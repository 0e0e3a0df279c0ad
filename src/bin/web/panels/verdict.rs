//! What happened, in words; what was expected; the run in numbers.

use super::prose;
use crate::page::Send;
use crate::store::run::SharedRun;
use threadbare::analysis::digest::Digest;
use threadbare::study::explore::words::lost_update;
use threadbare::trace::OutcomeKind;
use yew::{Html, Properties, classes, function_component, html};

/// How a run came out, as far as colour and a word go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Blocked for ever.
    Deadlock,
    /// A timeout ended a stall, an expectation is not met, or it was given up.
    Trouble,
    /// As it should be.
    Fine,
}

impl Mood {
    /// The mood of a run.
    pub fn of(digest: &Digest<'_>) -> Mood {
        if !digest.findings.hangs.is_empty() || digest.trace().outcome.kind == OutcomeKind::Stuck {
            Mood::Deadlock
        } else if !digest.findings.stalls.is_empty() || !digest.holds() || is_limited(digest) {
            Mood::Trouble
        } else {
            Mood::Fine
        }
    }

    /// The class that gives it its colour.
    pub fn class(self) -> &'static str {
        match self {
            Mood::Deadlock => "is-deadlock",
            Mood::Trouble => "is-trouble",
            Mood::Fine => "is-fine",
        }
    }
}

fn is_limited(digest: &Digest<'_>) -> bool {
    matches!(digest.trace().outcome.kind, OutcomeKind::Limit(_))
}

/// The outcome in a few words: `deadlock at 3 s`.
pub fn short(digest: &Digest<'_>) -> String {
    let end = digest.trace().outcome.at;
    if let Some(hang) = digest.findings.hangs.first() {
        return format!("Deadlock at {}", hang.at);
    }
    if let Some(stall) = digest.findings.stalls.first() {
        return format!("Stall at {}", stall.at);
    }
    let unmet = digest.expectations.iter().filter(|judged| !judged.holds).count();
    match digest.trace().outcome.kind {
        OutcomeKind::Stuck | OutcomeKind::Deadlock => format!("Stuck at {end}"),
        OutcomeKind::Limit(_) => format!("Given up at {end}"),
        OutcomeKind::Completed | OutcomeKind::Until if unmet == 1 => "One expectation not met".to_owned(),
        OutcomeKind::Completed | OutcomeKind::Until if unmet > 1 => format!("{unmet} expectations not met"),
        OutcomeKind::Completed => format!("All done at {end}"),
        OutcomeKind::Until => format!("Runs on at {end}"),
    }
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
    let mood = Mood::of(digest);
    let reached = props.reached.then_some("is-reached");
    html! {
        <section class={classes!("verdict", mood.class(), reached, props.is_old.then_some("is-old"))} aria-labelledby="why">
            if props.is_old { <p class="of-old">{ "Of the run before" }</p> }
            <h2 id="why">{ short(digest) }</h2>
            <p class="sentence" role="status">{ prose::linked(&digest.verdict, &props.run, &props.send) }</p>
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
    let chips = digest.expectations.iter().map(|judged| {
        let (class, sign, word) =
            if judged.holds { ("met", "✓", "met") } else { ("unmet", "✗", "not met") };
        html! {
            <li class={classes!("chip", class)}>
                <span aria-hidden="true">{ sign }</span>
                <span class="sr">{ word }{ ": " }</span>
                <span class="chip-text">{ &judged.text }</span>
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

fn warnings(digest: &Digest<'_>) -> Html {
    let count = digest.warnings().count();
    if count == 0 {
        return html! {};
    }
    let first = digest.warnings().take(20).map(|warned| {
        html! { <li>{ warned.at.to_string() }{ ": " }{ digest.warning_text(&warned) }</li> }
    });
    let words = if count == 1 { "1 warning".to_owned() } else { format!("{count} warnings") };
    html! {
        <details class="warnings">
            <summary>{ words }</summary>
            <ul>{ for first }</ul>
        </details>
    }
}
