//! The verdict: one sentence, what became of this run, what this design can do; and the whole of it in the Why tab.

use super::beats::Caption;
use super::prose;
use crate::page::SendAction;
use crate::store::run::SharedRun;
use std::rc::Rc;
use threadbare::analysis::digest::Digest;
use threadbare::analysis::verdict::{DesignKind, DesignVerdict, RunKind, Tone};
use threadbare::model::time::Time;
use threadbare::study::explore::words::lost_update;
use threadbare::view::ruler::out_of;
use threadbare::view::warnings::{self, Group};
use threadbare::view::words::expected;
use yew::{Callback, Html, MouseEvent, Properties, classes, function_component, html, use_state};

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
    /// The status of a run.
    pub fn of(digest: &Digest<'_>) -> RunStatus {
        match digest.verdict.kind {
            RunKind::Deadlock | RunKind::Stuck => RunStatus::Deadlock,
            RunKind::Limit
            | RunKind::Overloaded
            | RunKind::MissesTargets
            | RunKind::Stall
            | RunKind::Empty => RunStatus::Trouble,
            RunKind::RunsOn | RunKind::Done => RunStatus::Fine,
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

    /// What a dot of it says.
    pub fn word(self) -> &'static str {
        match self {
            RunStatus::Deadlock => "deadlocks",
            RunStatus::Trouble => "misses what is expected",
            RunStatus::Fine => "runs well",
        }
    }
}

/// What the headline shows.
#[derive(Properties, PartialEq)]
pub struct VerdictHeadlineProps {
    /// The run that is shown.
    pub run: SharedRun,
    /// The beat at the cursor, by its place in the run's list.
    pub beat: Option<usize>,
    /// Where the cursor is.
    pub at: Time,
    /// Nothing after the cursor is told.
    pub is_future_hidden: bool,
    /// Whether the cursor has come to what the verdict speaks of.
    pub reached: bool,
    /// What the design can do, once it is known.
    pub design: Option<DesignVerdict>,
    /// Some order was found in which this design goes wrong.
    pub is_wrong_elsewhere: bool,
    /// How the run came out that was shown before the last change.
    pub before: Option<Rc<str>>,
    /// Whether it is of an earlier text or variant, the run of the present one being under way or cancelled.
    pub is_old: bool,
}

/// One sentence, then what became of this run and what this design can do.
#[function_component]
pub fn Headline(props: &VerdictHeadlineProps) -> Html {
    let status = RunStatus::of(&props.run.digest);
    let reached = (props.reached && !props.is_future_hidden).then_some("is-reached");
    let old = props.is_old.then_some("is-old");
    html! {
        <section class={classes!("headline", reached, old)} aria-label="Verdict">
            if props.is_old { <p class="of-old">{ "This is the previous run. The text has changed since." }</p> }
            <div role="status"><Caption run={props.run.clone()} here={props.beat} /></div>
            <p class="lines">
                <span class="this-run"><span class="soft">{ "This run: " }</span>{ this_run(props, status) }</span>
                { this_design(props) }
                { for before(props) }
            </p>
        </section>
    }
}

fn this_run(props: &VerdictHeadlineProps, status: RunStatus) -> Html {
    if props.is_future_hidden {
        let so_far = out_of(props.at.0, props.run.chart.end.0);
        return html! { <><strong class="outcome">{ "is under way" }</strong>{ format!(", {so_far} so far") }</> };
    }
    let digest = &props.run.digest;
    // Where nothing arrives, the headline has said so.
    let tally = (digest.verdict.kind != RunKind::Empty)
        .then(|| html! { <span class="tally">{ ", " }{ tally(digest) }</span> });
    html! {
        <>
            <strong class={classes!("outcome", status.class())}>{ digest.verdict.headline() }</strong>
            { for tally }
        </>
    }
}

/// How it came out before the last change, if that was otherwise.
fn before(props: &VerdictHeadlineProps) -> Option<Html> {
    let before = props.before.as_ref().filter(|_| !props.is_future_hidden && !props.is_old)?;
    let headline = props.run.digest.verdict.headline().to_string();
    let is_same = **before == headline;
    (!is_same).then(|| html! { <span class="before soft">{ "Before: " }{ &**before }</span> })
}

/// How many tasks finished, in a few words.
fn tally(digest: &Digest<'_>) -> String {
    let sentence = digest.tally.sentence();
    let mut chars = sentence.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

fn this_design(props: &VerdictHeadlineProps) -> Html {
    if props.is_future_hidden {
        return html! { <span class="this-design soft">{ "This design: see how it ends first." }</span> };
    }
    let Some(design) = &props.design else {
        return html! { <span class="this-design soft">{ "This design: looking…" }</span> };
    };
    let class = match (design.kind, design.tone()) {
        (DesignKind::NotKnown | DesignKind::NothingArrives, _) => "is-unknown",
        (_, Tone::Good) => "is-fine",
        (_, Tone::Warning) => "is-trouble",
        (_, Tone::Bad) => "is-deadlock",
    };
    // What is wrong in another order and no deadlock, such as a lost update.
    let elsewhere = (props.is_wrong_elsewhere && design.kind != DesignKind::CanDeadlock)
        .then_some(" In another order it goes wrong: see Why.");
    html! {
        <span class="this-design">
            <span class="soft">{ "This design: " }</span>
            <strong class={class}>{ design.word() }</strong>
            <span class="soft">{ ". " }{ prose::coded(&design.text) }{ elsewhere }</span>
        </span>
    }
}

/// What the verdict panel shows.
#[derive(Properties, PartialEq)]
pub struct VerdictPanelProps {
    /// The run that is shown.
    pub run: SharedRun,
    /// Where actions go.
    pub send: SendAction,
}

/// The verdict in full, its names linked.
#[function_component]
pub fn Verdict(props: &VerdictPanelProps) -> Html {
    /// A sentence longer than this is folded, in characters.
    const LONG: usize = 240;
    let is_whole = use_state(|| false);
    let digest = &props.run.digest;
    let is_long = digest.verdict.text.to_string().chars().count() > LONG;
    let toggle = {
        let is_whole = is_whole.clone();
        Callback::from(move |_: MouseEvent| is_whole.set(!*is_whole))
    };
    let folded = (is_long && !*is_whole).then_some("is-folded");
    html! {
        <section class={classes!("verdict", RunStatus::of(digest).class())} aria-labelledby="why">
            <h2 id="why">{ digest.verdict.headline() }</h2>
            <p class={classes!("sentence", folded)}>{ prose::linked(&digest.verdict.text, &props.run, &props.send) }</p>
            if is_long {
                <button class="quiet fold" aria-expanded={is_whole.to_string()} onclick={toggle}>{ if *is_whole { "Show less" } else { "Show all of it" } }</button>
            }
            { for lost_update(digest).map(|lost| html! { <p class="lost">{ lost }</p> }) }
        </section>
    }
}
/// What the expectations panel shows.
#[derive(Properties, PartialEq)]
pub struct ExpectationsPanelProps {
    /// The run that is shown.
    pub run: SharedRun,
}

/// The expectations as chips, and the warnings.
#[function_component]
pub fn Expected(props: &ExpectationsPanelProps) -> Html {
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
        let (class, sign, word) = match (judged.holds, judged.says_nothing) {
            (true, _) => ("met", "✓", "met"),
            (false, true) => ("hollow", "○", "says nothing"),
            (false, false) => ("unmet", "✗", "not met"),
        };
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
