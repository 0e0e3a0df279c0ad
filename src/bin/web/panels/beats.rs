//! The beats: the sentence of the one at the cursor, and all of them as a list.

use super::prose::{coded, linked};
use crate::page::SendAction;
use crate::page::roving::{ArrowKeyAxis, use_roving};
use crate::store::Action;
use crate::store::run::SharedRun;
use threadbare::analysis::beats::{Beat, BeatKind};
use threadbare::analysis::verdict::RunKind;
use threadbare::view::beatmark::StoryBeatMark;
use threadbare::view::scene::Ink;
use yew::{Html, Properties, classes, function_component, html, use_node_ref};

/// How grave a beat is, as far as its colour goes.
pub fn ink(kind: BeatKind) -> Ink {
    match kind {
        BeatKind::Deadlock => Ink::Danger,
        BeatKind::Stall
        | BeatKind::LostUpdate
        | BeatKind::Race
        | BeatKind::TargetMissed
        | BeatKind::Refused
        | BeatKind::Discarded
        | BeatKind::Failed
        | BeatKind::TimedOut => Ink::Stall,
        BeatKind::Arrival
        | BeatKind::Start
        | BeatKind::Taken
        | BeatKind::Child
        | BeatKind::Queued
        | BeatKind::Full
        | BeatKind::Waiting
        | BeatKind::LongestQueue
        | BeatKind::Held
        | BeatKind::RunOut
        | BeatKind::NoRoom
        | BeatKind::Cancelled
        | BeatKind::Helped
        | BeatKind::ShutDown
        | BeatKind::StallEnd
        | BeatKind::FirstEnd
        | BeatKind::Halfway
        | BeatKind::End
        | BeatKind::Named => Ink::Text,
    }
}

/// The run's beats as dots; `here` is the one at the cursor.
pub fn marks(run: &SharedRun, here: Option<usize>) -> Vec<StoryBeatMark> {
    let mark = |(number, beat): (usize, &Beat)| StoryBeatMark {
        at: beat.from,
        event: beat.event,
        ink: ink(beat.kind),
        is_here: Some(number) == here,
    };
    let mut marks: Vec<StoryBeatMark> = run.digest.beats.iter().enumerate().map(mark).collect();
    // The gravest is drawn last, over what one event brings besides.
    marks.sort_by_key(|mark| (mark.ink == Ink::Danger, mark.ink == Ink::Stall, mark.at));
    marks
}

/// The class of a colour.
fn class(ink: Ink) -> Option<&'static str> {
    match ink {
        Ink::Danger => Some("is-deadlock"),
        Ink::Stall => Some("is-trouble"),
        Ink::Task(_)
        | Ink::OnTask(_)
        | Ink::OnVeiled(_)
        | Ink::Accent
        | Ink::OnAccent
        | Ink::OnDanger
        | Ink::Muted
        | Ink::Grid
        | Ink::Rule
        | Ink::Text
        | Ink::Soft
        | Ink::Surface
        | Ink::Raised
        | Ink::Idle
        | Ink::Level
        | Ink::Step(_)
        | Ink::OnStep(_)
        | Ink::Chosen => None,
    }
}

/// Which beat is told.
#[derive(Properties, PartialEq)]
pub struct StoryBeatCaptionProps {
    /// The run that is shown.
    pub run: SharedRun,
    /// The beat at the cursor, by its place in the run's list.
    pub here: Option<usize>,
}

/// The sentence of the beat at the cursor: the largest text of the page.
#[function_component]
pub fn Caption(props: &StoryBeatCaptionProps) -> Html {
    /// A sentence longer than this is set smaller, in characters.
    const LONG: usize = 110;
    let beat = props.here.and_then(|at| props.run.digest.beats.get(at));
    let Some(beat) = beat else {
        let is_silent = props.run.digest.verdict.kind == RunKind::Empty;
        let text = if is_silent { "No task arrives." } else { "Nothing has happened yet." };
        return html! { <h2 class="caption">{ text }</h2> };
    };
    let text = beat.sentence.to_string();
    let is_long = (text.chars().count() > LONG).then_some("is-long");
    html! {
        <h2 class={classes!("caption", is_long)}>
            <span class="when">{ "At " }{ beat.from.to_string() }{ ": " }</span>
            <span class={classes!(class(ink(beat.kind)))}>{ coded(&text) }</span>
        </h2>
    }
}

/// What the list shows.
#[derive(Properties, PartialEq)]
pub struct StoryBeatListProps {
    /// The run that is shown.
    pub run: SharedRun,
    /// The beat at the cursor, by its place in the run's list.
    pub here: Option<usize>,
    /// Nothing after the cursor is told.
    pub is_future_hidden: bool,
    /// Where actions go.
    pub send: SendAction,
}

/// Every beat in order: what the stage shows, in sentences.
#[function_component]
pub fn BeatList(props: &StoryBeatListProps) -> Html {
    let told = match (props.is_future_hidden, props.here) {
        (true, Some(here)) => here + 1,
        (true, None) => 0,
        (false, _) => props.run.digest.beats.len(),
    };
    let item = |(number, beat): (usize, &Beat)| {
        let send = props.send.clone();
        let count = beat.event.0 + 1;
        let go = yew::Callback::from(move |_: yew::MouseEvent| send.emit(Action::SeekCount(count)));
        let current = (Some(number) == props.here).then_some("step");
        html! {
            <li aria-current={current}>
                <button class={classes!("when", class(ink(beat.kind)))} onclick={go}>{ beat.from.to_string() }</button>
                <span>{ linked(&beat.sentence, &props.run, &props.send) }</span>
            </li>
        }
    };
    let list = use_node_ref();
    let keys = use_roving(&list, ArrowKeyAxis::Column);
    html! {
        <section class="beats" aria-labelledby="beats-title">
            <h2 id="beats-title">{ "The story" }</h2>
            <ol ref={list} onkeydown={keys}>{ for props.run.digest.beats.iter().take(told).enumerate().map(item) }</ol>
        </section>
    }
}
