//! What would fix it: remedies that were run and explored before they are offered, each applied with one press.

use super::prose::coded;
use crate::page::SendAction;
use crate::store::Action;
use crate::store::study::{PanelStudy, StudyAction, StudyStatus};
use std::rc::Rc;
use threadbare::analysis::prose::{bound, grouped};
use threadbare::analysis::text_diff;
use threadbare::jobs::advise::{AdviceProgress, OfferedRemedy};
use threadbare::study::advise::RemedyCheckEffort;
use yew::{Callback, Html, Properties, classes, function_component, html};

/// Remedies that are listed at once; the others are a press away.
const MAX_LISTED: usize = 4;
/// Lines of a change that are shown.
const MAX_LINES: usize = 16;

/// What the panel shows.
#[derive(Properties, PartialEq)]
pub struct AdvicePanelProps {
    /// What is known of remedies for the shown variant.
    pub advice: PanelStudy<AdviceProgress>,
    /// The document's text, which they change.
    pub source: Rc<str>,
    /// Whether the plain run is shown: what the costs are compared with.
    pub is_plain: bool,
    /// Where actions go.
    pub send: SendAction,
}

/// The panel with remedies.
#[function_component]
pub fn Advice(props: &AdvicePanelProps) -> Html {
    let step = |step: StudyAction<AdviceProgress>| {
        let send = props.send.clone();
        Callback::from(move |_| send.emit(Action::Advise(step.clone())))
    };
    let told = props.advice.so_far.as_deref();
    let (done, all) = told.map_or((0, 0), |told| told.looked);
    let body = match props.advice.stage {
        StudyStatus::Unasked => {
            html! { <button onclick={step(StudyAction::Ask)}>{ "Look for remedies" }</button> }
        }
        StudyStatus::Going => html! {
            <>
                <p class="row">
                    <span>{ if all == 0 { "Looking for remedies…".to_owned() } else { format!("Trying remedies: {done} of {all}") } }</span>
                    <button class="quiet" onclick={step(StudyAction::Stop)}>{ "Stop" }</button>
                </p>
                <p class="soft">{ format!("At most {} states of each are explored.", grouped(RemedyCheckEffort::default().most_states as u64)) }</p>
                { for told.filter(|told| !told.remedies.is_empty()).map(|told| list(told, props)) }
            </>
        },
        StudyStatus::Stopped => html! {
            <>
                { for told.map(|told| list(told, props)) }
                <p class="row">
                    <span class="soft">{ format!("Stopped after {done} of {all}.") }</span>
                    <button class="quiet" onclick={step(StudyAction::Ask)}>{ "Look again" }</button>
                </p>
            </>
        },
        StudyStatus::Done => told.map(|told| list(told, props)).unwrap_or_default(),
    };
    html! {
        <section class="advice" aria-labelledby="fix">
            <h3 id="fix">{ "What would fix it" }</h3>
            <div role="status">{ body }</div>
        </section>
    }
}

fn list(told: &AdviceProgress, props: &AdvicePanelProps) -> Html {
    if told.remedies.is_empty() {
        let lines = told.troubles.iter().map(|line| html! { <p>{ coded(line) }</p> });
        return html! { <>{ for lines }{ refused(told) }</> };
    }
    let row = |(number, offer): (usize, &OfferedRemedy)| remedy(number, offer, props);
    // While they come each stays where it came: what one is about to press must not move.
    let mut order: Vec<usize> = (0..told.remedies.len()).collect();
    if props.advice.is_going() {
        order.sort_by_key(|number| told.remedies[*number].found);
    }
    let mut rows = order.into_iter().map(|number| (number, &told.remedies[number]));
    let first: Vec<Html> = rows.by_ref().take(MAX_LISTED).map(row).collect();
    let more: Vec<Html> = rows.map(row).collect();
    html! {
        <>
            if !props.is_plain {
                <p class="soft">{ "“Now” is the plain run, not the order that is shown: " }{ bound(&told.plain) }{ "." }</p>
            }
            <ol class="remedies">{ for first }</ol>
            if !more.is_empty() {
                <details><summary>{ format!("{} more", more.len()) }</summary><ol class="remedies">{ for more }</ol></details>
            }
            { refused(told) }
        </>
    }
}

fn refused(told: &AdviceProgress) -> Html {
    if told.refused.is_empty() {
        return html! {};
    }
    let items = told.refused.iter().map(|(title, why)| html! { <li>{ title }{ ": " }{ why }</li> });
    html! {
        <details><summary>{ "Tried, and no remedy" }</summary><ul class="refused">{ for items }</ul></details>
    }
}

fn remedy(number: usize, offer: &OfferedRemedy, props: &AdvicePanelProps) -> Html {
    let send = props.send.clone();
    let apply = Callback::from(move |_| send.emit(Action::Apply(number)));
    let effect = offer.effect.as_ref().map(|effect| html! { <span class="effect">{ effect }</span> });
    html! {
        <li class="remedy">
            <div class="remedy-head">
                <strong>{ &offer.title }{ for effect }</strong>
                <button aria-label={format!("Apply: {}", offer.title)} onclick={apply}>{ "Apply" }</button>
            </div>
            if !offer.in_code.is_empty() {
                <p>{ "In your code: " }{ for offer.in_code.iter().map(|line| html! { <><code>{ line }</code>{ " " }</> }) }</p>
            }
            <p>{ bound(&offer.verified) }</p>
            <ul class="costs">{ for offer.costs.iter().map(|cost| html! { <li>{ bound(cost) }</li> }) }</ul>
            <details>
                <summary>{ "What it does not solve, the change" }</summary>
                <p class="leaves"><span class="soft">{ "Not solved: " }</span>{ &offer.leaves }</p>
                { change(&props.source, &offer.text) }
            </details>
        </li>
    }
}

/// The lines of the text that go and come.
fn change(old: &str, new: &str) -> Html {
    let all = text_diff::lines(old, new);
    let line = |line: &text_diff::Line<'_>| {
        let (class, sign, word) =
            if line.comes { ("comes", "+", "added: ") } else { ("goes", "−", "removed: ") };
        html! {
            <li class={class}><span aria-hidden="true">{ sign }{ " " }</span><span class="sr">{ word }</span>{ line.text }</li>
        }
    };
    let left = all.len().saturating_sub(MAX_LINES);
    html! {
        <ul class={classes!("change")} tabindex="0" aria-label="Lines of the text that change">
            { for all.iter().take(MAX_LINES).map(line) }
            if left > 0 { <li>{ format!("… and {left} more lines") }</li> }
        </ul>
    }
}
