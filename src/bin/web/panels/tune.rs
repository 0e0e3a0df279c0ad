//! The sliders: every param, pool size, cap, delay and rate of the shown variant.

use crate::page::Send;
use crate::store::Action;
use crate::store::control::{Control, Scale};
use crate::store::sizes::Act;
use crate::store::sizes::range::Range;
use std::rc::Rc;
use threadbare::language::Tunable;
use web_sys::HtmlInputElement;
use yew::{Callback, Event, Html, InputEvent, Properties, TargetCast, function_component, html};

/// What the sliders show.
#[derive(Properties, PartialEq)]
pub struct TuneProps {
    /// What can be tuned.
    pub tunables: Rc<[Tunable]>,
    /// Whether the text differs from what was opened.
    pub is_changed: bool,
    /// Whether the text has errors: nothing can be tuned then.
    pub is_broken: bool,
    /// Where actions go.
    pub send: Send,
}

/// The sliders.
#[function_component]
pub fn Tune(props: &TuneProps) -> Html {
    let send = props.send.clone();
    let reset = Callback::from(move |_| send.emit(Action::Reset));
    let note = if props.is_broken {
        html! { <p class="empty">{ "The text has errors. Mend it there; the sliders come back." }</p> }
    } else if props.tunables.is_empty() {
        html! { <p class="empty">{ "This scenario has no number to tune. Change its text instead." }</p> }
    } else {
        html! {}
    };
    html! {
        <div class="tune">
            { note }
            { for props.tunables.iter().map(|tunable| html! {
                <Slider key={tunable.path.clone()} tunable={tunable.clone()} disabled={props.is_broken} send={props.send.clone()} />
            }) }
            <button class="reset" disabled={!props.is_changed} onclick={reset}>{ "Reset all" }</button>
            { how_many(props) }
        </div>
    }
}

/// The question that brings people here, answered by a sweep of the first slider.
fn how_many(props: &TuneProps) -> Html {
    let range = props.tunables.iter().find_map(Range::of).filter(|_| !props.is_broken);
    let Some(range) = range else { return html! {} };
    let send = props.send.clone();
    let press = {
        let path = range.path.clone();
        Callback::from(move |_| send.emit(Action::Sizes(Act::Open(path.clone()))))
    };
    html! {
        <section class="how-many" aria-labelledby="how-many">
            <h3 id="how-many">{ "How many are needed?" }</h3>
            <p>{ "Run every value of a slider: where it hangs, how slow it is, what it costs, which is enough." }</p>
            <button onclick={press}>{ format!("Try {} to {}", spaced(&range.from), spaced(&range.to)) }</button>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct SliderProps {
    tunable: Tunable,
    disabled: bool,
    send: Send,
}

#[function_component]
fn Slider(props: &SliderProps) -> Html {
    let control = Control::of(&props.tunable);
    let id = format!("tune-{}", control.path.replace('.', "-"));
    let tune = {
        let (send, path) = (props.send.clone(), control.path.clone());
        Callback::from(move |value: String| send.emit(Action::Tune { path: path.clone(), value }))
    };
    let field = match &control.scale {
        Scale::Steps(texts) => range(&id, &control, texts.clone(), &tune, props.disabled),
        Scale::Switch => switch(&id, &control, &tune, props.disabled),
        Scale::Typed => typed(&id, &control, &tune, props.disabled),
    };
    let value = matches!(control.scale, Scale::Steps(_))
        .then(|| html! { <output for={id.clone()}>{ spaced(&control.value) }</output> });
    let range = Range::of(&props.tunable).filter(|_| !props.disabled);
    let sweep = range.map(|range| {
        let (send, path) = (props.send.clone(), range.path);
        let press = Callback::from(move |_| send.emit(Action::Sizes(Act::Open(path.clone()))));
        let title = format!("Run every value from {} to {}", spaced(&range.from), spaced(&range.to));
        html! { <button class="sweep" {title} aria-label={format!("Sweep {}", control.label)} onclick={press}>{ "Sweep" }</button> }
    });
    html! {
        <div class="control">
            <label for={id.clone()}>{ &control.label }</label>
            { value.unwrap_or_default() }
            { field }
            { sweep.unwrap_or_default() }
        </div>
    }
}

fn range(id: &str, control: &Control, texts: Vec<String>, tune: &Callback<String>, disabled: bool) -> Html {
    let (last, now) = (texts.len() - 1, control.value.clone());
    let tune = tune.clone();
    let input = Callback::from(move |event: InputEvent| {
        let at = event.target_dyn_into::<HtmlInputElement>().map(|input| input.value_as_number());
        if let Some(text) = at.and_then(|at| texts.get(at as usize)).filter(|text| **text != now) {
            tune.emit(text.clone());
        }
    });
    html! {
        <input id={id.to_owned()} type="range" min="0" max={last.to_string()} value={control.position().to_string()}
            aria-valuetext={spaced(&control.value)} {disabled} oninput={input} />
    }
}

fn typed(id: &str, control: &Control, tune: &Callback<String>, disabled: bool) -> Html {
    let tune = tune.clone();
    let change = Callback::from(move |event: Event| {
        if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
            tune.emit(input.value());
        }
    });
    html! { <input id={id.to_owned()} type="text" spellcheck="false" value={control.value.clone()} {disabled} onchange={change} /> }
}

fn switch(id: &str, control: &Control, tune: &Callback<String>, disabled: bool) -> Html {
    let tune = tune.clone();
    let change = Callback::from(move |event: Event| {
        if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
            tune.emit(input.checked().to_string());
        }
    });
    let checked = control.value == "true";
    html! { <input id={id.to_owned()} type="checkbox" {checked} {disabled} onchange={change} /> }
}

/// A duration with a space before its unit, as it is written everywhere else on the page.
fn spaced(value: &str) -> String {
    match value.find(|c: char| c.is_ascii_alphabetic() || c == 'µ') {
        Some(at) if at > 0 && value[..at].parse::<f64>().is_ok() => {
            format!("{} {}", &value[..at], &value[at..])
        }
        _ => value.to_owned(),
    }
}
