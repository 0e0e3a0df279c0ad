//! The sliders: every param, pool size, cap, delay and rate of the shown variant.

use crate::page::{SendAction, focus};
use crate::store::Action;
use crate::store::control::{ControlInputKind, ParameterControl};
use crate::store::sizes::SizesAction;
use crate::store::sizes::range::ParameterRangeFields;
use std::rc::Rc;
use threadbare::language::Tunable;
use threadbare::view::words::bytes;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::{
    Callback, Event, Html, InputEvent, Properties, TargetCast, classes, function_component, html,
    use_effect_with, use_node_ref,
};

/// What the sliders show.
#[derive(Properties, PartialEq)]
pub struct ParameterSlidersProps {
    /// What can be tuned.
    pub tunables: Rc<[Tunable]>,
    /// Whether the text differs from what was opened.
    pub is_changed: bool,
    /// What can be taken back, and done again.
    pub steps: UndoLabels,
    /// Whether the text has errors: nothing can be tuned then.
    pub is_broken: bool,
    /// Counts the values that were not taken: the controls then show again what the text has.
    pub refused: u32,
    /// Where actions go.
    pub send: SendAction,
}

/// Sliders of the parameters.
#[function_component]
pub fn Tune(props: &ParameterSlidersProps) -> Html {
    let send = props.send.clone();
    let reset = Callback::from(move |_| send.emit(Action::Reset));
    let foot = use_node_ref();
    {
        // A button that has done what there was to do can have the focus no longer.
        let foot = foot.clone();
        use_effect_with((props.is_changed, props.steps), move |_| focus::catch_disabled(&foot));
    }
    let note = if props.is_broken {
        html! { <p class="empty">{ "The text has errors. Correct it there to get the sliders back." }</p> }
    } else if props.tunables.is_empty() {
        html! { <p class="empty">{ "This scenario has no number to tune. Change its text instead." }</p> }
    } else {
        html! {}
    };
    // Those that say so in words stand for a question; a variant that does not use them has others.
    let (first, more) = ranked(&props.tunables);
    let slider = |tunable: &Tunable| {
        html! {
            <Slider key={tunable.path.clone()} tunable={tunable.clone()} disabled={props.is_broken}
                refused={props.refused} send={props.send.clone()} />
        }
    };
    html! {
        <div id="tune" class="tune" role="group" aria-label="Sliders" tabindex="-1">
            { note }
            { for first.into_iter().map(slider) }
            if !more.is_empty() {
                <details class="more-sliders"><summary>{ format!("{} more", more.len()) }</summary>{ for more.into_iter().map(slider) }</details>
            }
            <div ref={foot} class="row" tabindex="-1" role="group" aria-label="Changes of the scenario">
                <button class="reset quiet" disabled={!props.is_changed} onclick={reset}>{ "Reset all" }</button>
                { steps(props.steps, &props.send) }
                { for how_many(props) }
            </div>
        </div>
    }
}

/// The edit that undo takes back and the one that redo repeats, in words.
pub type UndoLabels = (Option<&'static str>, Option<&'static str>);

/// The buttons that take the last change back, and do it again.
fn steps((last, next): UndoLabels, send: &SendAction) -> Html {
    let button = |label: &'static str, keys: &str, action: Action, what: Option<&'static str>| {
        let send = send.clone();
        let press = Callback::from(move |_| send.emit(action.clone()));
        let title = what.map(|what| format!("{label} {what} ({keys})"));
        html! { <button class="quiet" disabled={what.is_none()} {title} onclick={press}>{ label }</button> }
    };
    html! {
        <>
            { button("Undo", "Ctrl Z", Action::Undo, last) }
            { button("Redo", "Ctrl Shift Z", Action::Redo, next) }
        </>
    }
}

/// How many sliders stand beside the picture; the others are a press away.
const MAX_FIRST: usize = 3;

/// The sliders that matter, and the others: those that the variant uses and that the document names come first.
fn ranked(tunables: &[Tunable]) -> (Vec<&Tunable>, Vec<&Tunable>) {
    let mut order: Vec<&Tunable> = tunables.iter().collect();
    order.sort_by_key(|tunable| (!tunable.is_used, !tunable.path.starts_with("params.")));
    let more = order.split_off(order.len().min(MAX_FIRST));
    (order, more)
}

/// The question that brings people here, answered by a sweep of the first slider.
fn how_many(props: &ParameterSlidersProps) -> Option<Html> {
    let range = props.tunables.iter().find_map(ParameterRangeFields::of).filter(|_| !props.is_broken)?;
    let send = props.send.clone();
    let title =
        format!("Run every value from {} to {}: which is enough", spaced(&range.from), spaced(&range.to));
    let press = {
        let path = range.path.clone();
        Callback::from(move |_: yew::MouseEvent| send.emit(Action::Sizes(SizesAction::Open(path.clone()))))
    };
    Some(html! { <button class="how-many" {title} onclick={press}>{ "How many are needed?" }</button> })
}

#[derive(Properties, PartialEq)]
struct ParameterSliderProps {
    tunable: Tunable,
    disabled: bool,
    refused: u32,
    send: SendAction,
}

#[function_component]
fn Slider(props: &ParameterSliderProps) -> Html {
    let control = ParameterControl::of(&props.tunable);
    let id = format!("tune-{}", control.path.replace('.', "-"));
    let tune = {
        let (send, path) = (props.send.clone(), control.path.clone());
        Callback::from(move |value: String| send.emit(Action::Tune { path: path.clone(), value }))
    };
    let settle = {
        let send = props.send.clone();
        Callback::from(move |()| send.emit(Action::Settle))
    };
    let disabled = props.disabled || !control.is_used;
    let field = match &control.scale {
        ControlInputKind::Steps(texts) => range(&id, &control, texts.clone(), (&tune, &settle), disabled),
        ControlInputKind::Switch => switch(&id, &control, (&tune, &settle), disabled),
        ControlInputKind::Choice(words) => choice(&id, &control, words, (&tune, &settle), disabled),
        ControlInputKind::Typed => typed(&id, &control, (&tune, &settle), disabled),
    };
    let value = matches!(control.scale, ControlInputKind::Steps(_))
        .then(|| html! { <output for={id.clone()}>{ shown(&control) }</output> });
    let range = ParameterRangeFields::of(&props.tunable).filter(|_| !disabled);
    let sweep = range.map(|range| {
        let (send, path) = (props.send.clone(), range.path);
        let press = Callback::from(move |_| send.emit(Action::Sizes(SizesAction::Open(path.clone()))));
        let title = format!("Run every value from {} to {}", spaced(&range.from), spaced(&range.to));
        html! { <button class="sweep" {title} aria-label={format!("Sweep {}", control.label)} onclick={press}>{ "Sweep" }</button> }
    });
    html! {
        <div class={classes!("control", (!control.is_used).then_some("is-unused"))}>
            <label for={id.clone()}>{ &control.label }</label>
            { value.unwrap_or_default() }
            { field }
            { sweep.unwrap_or_default() }
            if !control.is_used { <span class="unused">{ "This variant does not use it." }</span> }
        </div>
    }
}

/// What moves a value, and what lets it go: all between is one step, to be taken back at once.
type SliderCallbacks<'a> = (&'a Callback<String>, &'a Callback<()>);

fn range(
    id: &str,
    control: &ParameterControl,
    texts: Vec<String>,
    moved: SliderCallbacks<'_>,
    disabled: bool,
) -> Html {
    let (last, now) = (texts.len() - 1, control.value.clone());
    let (tune, settle) = (moved.0.clone(), moved.1.clone());
    let let_go = Callback::from(move |_: Event| settle.emit(()));
    let input = Callback::from(move |event: InputEvent| {
        let at = event.target_dyn_into::<HtmlInputElement>().map(|input| input.value_as_number());
        if let Some(text) = at.and_then(|at| texts.get(at as usize)).filter(|text| **text != now) {
            tune.emit(text.clone());
        }
    });
    html! {
        <input id={id.to_owned()} type="range" min="0" max={last.to_string()} value={control.position().to_string()}
            aria-valuetext={shown(control)} {disabled} oninput={input} onchange={let_go} />
    }
}

fn choice(
    id: &str,
    control: &ParameterControl,
    words: &[&'static str],
    moved: SliderCallbacks<'_>,
    disabled: bool,
) -> Html {
    let (tune, settle) = (moved.0.clone(), moved.1.clone());
    let change = Callback::from(move |event: Event| {
        if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
            tune.emit(select.value());
            settle.emit(());
        }
    });
    let option = |word: &&'static str| html! { <option value={*word} selected={*word == control.value}>{ *word }</option> };
    html! { <select id={id.to_owned()} {disabled} onchange={change}>{ for words.iter().map(option) }</select> }
}

fn typed(id: &str, control: &ParameterControl, moved: SliderCallbacks<'_>, disabled: bool) -> Html {
    let (tune, settle) = (moved.0.clone(), moved.1.clone());
    let change = Callback::from(move |event: Event| {
        if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
            tune.emit(input.value());
            settle.emit(());
        }
    });
    html! { <input id={id.to_owned()} type="text" spellcheck="false" value={control.value.clone()} {disabled} onchange={change} /> }
}

fn switch(id: &str, control: &ParameterControl, moved: SliderCallbacks<'_>, disabled: bool) -> Html {
    let (tune, settle) = (moved.0.clone(), moved.1.clone());
    let change = Callback::from(move |event: Event| {
        if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
            tune.emit(input.checked().to_string());
            settle.emit(());
        }
    });
    let checked = control.value == "true";
    html! { <input id={id.to_owned()} type="checkbox" {checked} {disabled} onchange={change} /> }
}

/// The value as a person writes it.
fn shown(control: &ParameterControl) -> String {
    match control.value.parse() {
        Ok(count) if control.path.contains("memory") => bytes(count),
        _ => spaced(&control.value),
    }
}

/// A duration with a space before its unit, as it is written everywhere else on the page.
fn spaced(value: &str) -> String {
    match value.find(|c: char| c.is_ascii_alphabetic() || c == 'µ') {
        Some(at) if at > 0 && value[..at].parse::<f64>().is_ok() => {
            let unit = if &value[at..] == "us" { "µs" } else { &value[at..] };
            format!("{} {unit}", &value[..at])
        }
        _ => value.to_owned(),
    }
}
