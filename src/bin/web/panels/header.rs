//! The top of the page: what is shown, its variants as tabs, how it came out, and what can be done with it.

use super::icons;
use super::verdict::RunStatus;
use crate::page::{Send, focus, wall};
use crate::store::run::SharedRun;
use crate::store::{Action, Dialog, Theme};
use std::cell::RefCell;
use std::rc::Rc;
use threadbare::language::{BASE, Variant};
use threadbare::view::words::outcome;
use yew::{
    Callback, Html, Properties, classes, function_component, html, use_effect_with, use_mut_ref, use_node_ref,
};

/// What the header shows.
#[derive(Properties, PartialEq)]
pub struct HeaderProps {
    /// The document's title.
    pub title: String,
    /// The run on the screen.
    pub run: Option<SharedRun>,
    /// The colours.
    pub theme: Theme,
    /// Larger type.
    pub projector: bool,
    /// Where actions go.
    pub send: Send,
}

/// The bar at the top.
#[function_component]
pub fn Header(props: &HeaderProps) -> Html {
    let act = |action: Action| {
        let send = props.send.clone();
        Callback::from(move |_| send.emit(action.clone()))
    };
    let next = match props.theme {
        Theme::System => Theme::Dark,
        Theme::Dark => Theme::Light,
        Theme::Light => Theme::System,
    };
    let theme = match props.theme {
        Theme::System => "Colours: as the system has them",
        Theme::Dark => "Colours: dark",
        Theme::Light => "Colours: light",
    };
    let shown = props.run.as_ref().map(|run| {
        html! { <span class={classes!("outcome", RunStatus::of(&run.digest).class())}>{ outcome(&run.digest) }</span> }
    });
    html! {
        <header class="bar">
            <h1 class="brand">{ "Threadbare" }</h1>
            <button class="scenario" onclick={act(Action::Dialog(Some(Dialog::Gallery)))} title="Open another scenario (G)">
                <span class="caret" aria-hidden="true">{ "▾" }</span>
                <span class="scenario-title">{ &props.title }</span>
            </button>
            { shown.unwrap_or_default() }
            <nav class="tools" aria-label="Page">
                <button onclick={act(Action::Dialog(Some(Dialog::Share)))}>{ "Share" }</button>
                <button class="square" aria-pressed={props.projector.to_string()} title="Projector: larger type (P)" aria-label="Projector" onclick={act(Action::Projector(wall()))}>{ "A" }<small>{ "A" }</small></button>
                <button class="square" title={theme} aria-label={theme} onclick={act(Action::Theme(next))}>{ icons::half_moon() }</button>
                <button class="square" title="Keys (?)" aria-label="Keys" onclick={act(Action::Dialog(Some(Dialog::Help)))}>{ "?" }</button>
            </nav>
        </header>
    }
}

/// What the tabs show.
#[derive(Properties, PartialEq)]
pub struct VariantsProps {
    /// The document's variants.
    pub variants: Rc<[Variant]>,
    /// Which is shown.
    pub shown: String,
    /// Which it is compared with.
    pub with: Option<String>,
    /// Whether the text differs from what was opened.
    pub is_changed: bool,
    /// Where actions go.
    pub send: Send,
}

/// The variants as tabs, and what the shown one changes.
#[function_component]
pub fn Variants(props: &VariantsProps) -> Html {
    let caption = use_node_ref();
    let is_pressed = use_mut_ref(|| false);
    {
        // The button that goes the way back is gone once it was pressed.
        let (caption, is_pressed) = (caption.clone(), Rc::clone(&is_pressed));
        use_effect_with(props.is_changed, move |_| {
            if is_pressed.take() {
                focus::catch(&caption);
            }
        });
    }
    if props.variants.len() < 2 {
        return html! {};
    }
    let tabs = props.variants.iter().map(|variant| {
        let send = props.send.clone();
        let name = variant.name.clone();
        let is_shown = variant.name == props.shown;
        let press = Callback::from(move |_| send.emit(Action::Show(name.clone())));
        html! {
            <button role="tab" aria-selected={is_shown.to_string()} title={variant.title.clone()} onclick={press}>
                { words(&variant.name) }
            </button>
        }
    });
    let shown = props.variants.iter().find(|variant| variant.name == props.shown);
    let title = shown.filter(|variant| variant.name != BASE).map(|variant| variant.title.clone());
    html! {
        <div class="variants">
            <div class="variant-tabs" role="tablist" aria-label="Variants">{ for tabs }</div>
            <p ref={caption} class="variant-title" tabindex="-1">
                { title.unwrap_or_else(|| "As the scenario has it. Each tab is one change to it.".to_owned()) }
                { changed(props, is_pressed).unwrap_or_default() }
            </p>
            { compare(props) }
        </div>
    }
}

/// Says that what is shown is no longer what was opened, and offers the way back.
fn changed(props: &VariantsProps, is_pressed: Rc<RefCell<bool>>) -> Option<Html> {
    let send = props.send.clone();
    let reset = Callback::from(move |_| {
        is_pressed.replace(true);
        send.emit(Action::Reset);
    });
    props.is_changed.then(|| html! {
        <span class="changed">{ "Changed. " }<button class="name" onclick={reset}>{ "Reset" }</button></span>
    })
}

fn compare(props: &VariantsProps) -> Html {
    let send = props.send.clone();
    let change = Callback::from(move |event: yew::Event| {
        let select: Option<web_sys::HtmlSelectElement> = yew::TargetCast::target_dyn_into(&event);
        let value = select.map(|select| select.value()).unwrap_or_default();
        send.emit(Action::Compare((!value.is_empty()).then_some(value)));
    });
    let options = props.variants.iter().filter(|variant| variant.name != props.shown).map(|variant| {
        let is_chosen = props.with.as_ref() == Some(&variant.name);
        html! { <option value={variant.name.clone()} selected={is_chosen}>{ words(&variant.name) }</option> }
    });
    html! {
        <label class="compare">{ "Compare with " }
            <select onchange={change}>
                <option value="" selected={props.with.is_none()}>{ "nothing" }</option>
                { for options }
            </select>
        </label>
    }
}

/// A name of a document as words: `six_workers` is six workers.
pub fn words(name: &str) -> String {
    name.replace(['_', '-'], " ")
}
