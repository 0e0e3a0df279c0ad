//! The bar at the bottom: play, pause, steps, speed, and the scrubber.

use super::icons;
use crate::page::{SendAction, focus};
use crate::store::Action;
use crate::store::replay::{PlaybackCursor, SPEEDS};
use crate::store::run::SharedRun;
use threadbare::trace::event::EventId;
use threadbare::view::viewport::Viewport;
use threadbare::view::{eventlist, ruler};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::{
    Callback, Event, Html, InputEvent, KeyboardEvent, Properties, TargetCast, function_component, html,
};

/// Positions of the scrubber.
const POSITIONS: f64 = 10_000.0;

/// What the transport bar shows.
#[derive(Properties, PartialEq)]
pub struct PlaybackBarProps {
    /// The run that is shown.
    pub run: SharedRun,
    /// Where the cursor is.
    pub replay: PlaybackCursor,
    /// What the timeline shows: how finely the cursor is told.
    pub viewport: Viewport,
    /// The person wants to see nothing right of the cursor.
    pub future_hidden: bool,
    /// Where actions go.
    pub send: SendAction,
}

/// The transport bar.
#[function_component]
pub fn Transport(props: &PlaybackBarProps) -> Html {
    let PlaybackBarProps { run, replay, viewport, send, future_hidden } = props;
    let happened = happened(props);
    let button = |label: &'static str, key: &'static str, icon: Html, action: Action| {
        let send = send.clone();
        let press = Callback::from(move |_| send.emit(action.clone()));
        let title = format!("{label} ({key})");
        html! { <button class="square" aria-label={label} title={title} onclick={press}>{ icon }</button> }
    };
    let (play, icon) = if replay.playing { ("Pause", icons::pause()) } else { ("Play", icons::play()) };
    let toggle = {
        let send = send.clone();
        Callback::from(move |_| send.emit(Action::TogglePlay))
    };
    let beat = |label: &'static str, name: &'static str, key: &'static str, by: i32| {
        let send = send.clone();
        let press = Callback::from(move |_| send.emit(Action::Beat(by)));
        html! { <button class="beat" aria-label={name} title={format!("{name} ({key})")} onclick={press}>{ label }</button> }
    };
    let hide = {
        let send = send.clone();
        Callback::from(move |_| send.emit(Action::ToggleFuture))
    };
    let (here, beats) = (replay.beat(run).map_or(0, |at| at + 1), run.digest.beats.len());
    let place = match replay.hides(*future_hidden) {
        true => format!("beat {here} · event {}", replay.count),
        false => format!("beat {here} of {beats} · event {} of {}", replay.count, run.trace().len()),
    };
    html! {
        <footer class="transport" aria-label="Replay">
            <div class="steps">
                <button id="play" class="play" title="Play or pause (Space)" onclick={toggle}>{ icon }<span>{ play }</span></button>
                { button("To the beginning", "Home", icons::to_start(), Action::SeekCount(0)) }
                { button("One event back", ",", icons::step_back(), Action::Step(-1)) }
                { beat("← beat", "Previous beat", "Left arrow", -1) }
                { beat("beat →", "Next beat", "Right arrow", 1) }
                { button("One event on", ".", icons::step_on(), Action::Step(1)) }
                { button("To the end", "End", icons::to_end(), Action::Seek(f64::MAX)) }
            </div>
            <output class="clock">{ "t = " }{ ruler::cursor(replay.instant(), viewport) }</output>
            <span class="count">{ place }</span>
            { scrubber(props) }
            <span class="happened" title={happened.clone()}>{ happened }</span>
            { speeds(replay.speed, send) }
            <button class="hide-future" aria-pressed={future_hidden.to_string()} title="Show nothing right of the cursor (H)" onclick={hide}>{ "Hide the future" }</button>
        </footer>
    }
}

/// What has just happened at the cursor, in a sentence.
fn happened(props: &PlaybackBarProps) -> String {
    match props.replay.count.checked_sub(1) {
        Some(last) => eventlist::line(&props.run.digest, EventId(last)).text,
        None => "Nothing has happened yet".to_owned(),
    }
}

fn speeds(speed: f64, send: &SendAction) -> Html {
    let send = send.clone();
    let change = Callback::from(move |event: Event| {
        let value = event.target_dyn_into::<HtmlSelectElement>().map(|select| select.value());
        if let Some(speed) = value.and_then(|value| value.parse().ok()) {
            send.emit(Action::Speed(speed));
            focus::give_to("play");
        }
    });
    let options = SPEEDS.iter().map(|one| {
        html! { <option value={one.to_string()} selected={*one == speed}>{ format!("{one} s/s") }</option> }
    });
    html! {
        <select class="speed" aria-label="Speed: virtual seconds a second" title="Virtual seconds a second" onchange={change}>
            { for options }
        </select>
    }
}

fn scrubber(props: &PlaybackBarProps) -> Html {
    let end = props.replay.end;
    let send = props.send.clone();
    let input = Callback::from(move |event: InputEvent| {
        let value = event.target_dyn_into::<HtmlInputElement>().map(|input| input.value_as_number());
        if let Some(value) = value.filter(|value| value.is_finite()) {
            send.emit(Action::Seek(value / POSITIONS * end));
        }
    });
    let (send, at) = (props.send.clone(), props.replay.at);
    let keys = Callback::from(move |event: KeyboardEvent| {
        let share = match event.key().as_str() {
            "ArrowRight" | "ArrowUp" => 0.01,
            "ArrowLeft" | "ArrowDown" => -0.01,
            "PageUp" => 0.1,
            "PageDown" => -0.1,
            _ => return,
        };
        event.prevent_default();
        send.emit(Action::Seek((at + share * end).clamp(0.0, end)));
    });
    let position = if end > 0.0 { (props.replay.at / end * POSITIONS).round() } else { 0.0 };
    let text = props.replay.instant().to_string();
    html! {
        <input class="scrub" type="range" min="0" max={POSITIONS.to_string()} value={position.to_string()}
            aria-label="Time" aria-valuetext={text} oninput={input} onkeydown={keys} />
    }
}
