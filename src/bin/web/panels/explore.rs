//! Can it ever go wrong? What a look at every order has come to; what it found opens in the replay.

use crate::page::{SendAction, focus};
use crate::store::Action;
use crate::store::study::{PanelStudy, StudyAction, StudyStatus};
use threadbare::analysis::prose::bound;
use threadbare::jobs::explore::{ExploreFinding, ViewProgress};
use threadbare::study::schedule::Schedule;
use yew::{Callback, Html, Properties, classes, function_component, html, use_effect_with, use_node_ref};

/// What the panel shows.
#[derive(Properties, PartialEq)]
pub struct ExplorePanelProps {
    /// What is known of other orders of the shown variant.
    pub orders: PanelStudy<Vec<ViewProgress>>,
    /// Where actions go.
    pub send: SendAction,
}

/// The panel that explores.
#[function_component]
pub fn Explore(props: &ExplorePanelProps) -> Html {
    let step = |step: StudyAction<Vec<ViewProgress>>| {
        let send = props.send.clone();
        Callback::from(move |_| send.emit(Action::Explore(step.clone())))
    };
    let result = use_node_ref();
    {
        // The button that was pressed goes when all is known.
        let result = result.clone();
        use_effect_with(props.orders.stage, move |stage| {
            if matches!(stage, StudyStatus::Done | StudyStatus::Stopped) {
                focus::catch(&result);
            }
        });
    }
    let button = match props.orders.stage {
        StudyStatus::Unasked => {
            html! { <button onclick={step(StudyAction::Ask)}>{ "Explore every order" }</button> }
        }
        StudyStatus::Going => {
            html! { <button class="quiet" onclick={step(StudyAction::Stop)}>{ "Stop" }</button> }
        }
        StudyStatus::Stopped => {
            html! { <button class="quiet" onclick={step(StudyAction::Ask)}>{ "Look again" }</button> }
        }
        StudyStatus::Done => html! {},
    };
    let looked = props.orders.so_far.as_deref().map_or(&[][..], Vec::as_slice);
    html! {
        <section class="explore" aria-labelledby="ever">
            <h3 id="ever">{ "Can it ever go wrong?" }</h3>
            if props.orders.stage == StudyStatus::Unasked {
                <p>{ "This run is one order of events. Others are possible." }</p>
            }
            <div ref={result} role="status" tabindex="-1">{ for looked.iter().map(|looked| view(looked, props)) }</div>
            { button }
        </section>
    }
}

/// What one view has come to. What an earlier one found already is not listed again.
fn view(looked: &ViewProgress, props: &ExplorePanelProps) -> Html {
    let is_going = !looked.is_over && props.orders.is_going();
    let (class, sign, word) =
        match (looked.found.is_empty(), is_going, looked.is_whole && looked.cut.is_empty()) {
            (false, ..) if looked.is_grave() => {
                ("bad", "✗", if looked.is_timed { "Found" } else { "Possible" })
            }
            (false, ..) => ("doubtful", "!", "A stall is possible"),
            (true, true, _) => ("doubtful", "…", "Looking"),
            (true, false, true) => ("good", "✓", "Nothing goes wrong"),
            (true, false, false) => ("doubtful", "?", "Nothing found so far"),
        };
    let items = looked.found.iter().filter(|found| !found.is_known).map(|found| finding(found, props));
    let is_same = !looked.found.is_empty() && looked.found.iter().all(|found| found.is_known);
    let same = is_same.then_some(" The same as above.");
    let end = match (looked.is_over, is_going) {
        (true, _) => ".",
        (false, true) => " so far.",
        (false, false) => ", and then it was stopped.",
    };
    html! {
        <div class={classes!("looked", class)}>
            <p>
                <span class="sign" aria-hidden="true">{ sign }</span>
                <strong>{ word }{ " " }{ &looked.under }</strong>
                <span class="covered">{ bound(&looked.covered) }{ end }{ same }{ " " }{ &looked.cut }</span>
            </p>
            <ul>{ for items }</ul>
        </div>
    }
}

/// One finding, which opens in the replay.
fn finding(found: &ExploreFinding, props: &ExplorePanelProps) -> Html {
    let send = props.send.clone();
    let schedule = found.schedule.as_deref().and_then(|text| text.parse::<Schedule>().ok());
    let open = Callback::from(move |_| send.emit(Action::Follow(schedule.clone())));
    html! {
        <li><button class="finding" onclick={open}>
            <strong>{ &found.what }</strong>{ " " }<span>{ &found.of }</span>
            <span class="show">{ "Show it" }</span>
        </button></li>
    }
}
