//! The top of the page: what it is, what can be opened; below it the document, its variants and how they come out.

use super::icons;
use super::outcomes::Outcomes;
use super::verdict::RunStatus;
use crate::page::roving::{ArrowKeyAxis, use_roving};
use crate::page::{SendAction, focus, wall};
use crate::store::Action;
use crate::store::screen::{OpenDialog, ThemeChoice};
use crate::store::state::FollowedFile;
use std::cell::RefCell;
use std::rc::Rc;
use threadbare::language::{BASE, Variant};
use yew::{
    Callback, Html, KeyboardEvent, Properties, classes, function_component, html, use_effect_with,
    use_mut_ref, use_node_ref,
};

/// What the header shows.
#[derive(Properties, PartialEq)]
pub struct PageHeaderProps {
    /// Which colours are used.
    pub theme: ThemeChoice,
    /// Whether type is large enough for a projector.
    pub projector: bool,
    /// Where actions go.
    pub send: SendAction,
}

/// The bar at the top.
#[function_component]
pub fn Header(props: &PageHeaderProps) -> Html {
    let act = |action: Action| {
        let send = props.send.clone();
        Callback::from(move |_| send.emit(action.clone()))
    };
    let next = match props.theme {
        ThemeChoice::System => ThemeChoice::Dark,
        ThemeChoice::Dark => ThemeChoice::Light,
        ThemeChoice::Light => ThemeChoice::System,
    };
    let theme = match props.theme {
        ThemeChoice::System => "Colours: as the system has them",
        ThemeChoice::Dark => "Colours: dark",
        ThemeChoice::Light => "Colours: light",
    };
    let tools = use_node_ref();
    let keys = use_roving(&tools, ArrowKeyAxis::Row);
    html! {
        <header class="bar">
            <h1 class="brand">{ "Threadbare" }</h1>
            <p class="tagline">{ "See thread pools deadlock before production does" }</p>
            <nav ref={tools} class="tools" aria-label="Page" onkeydown={keys}>
                <button class="plain" onclick={act(Action::Dialog(Some(OpenDialog::Gallery)))} title="Open another scenario (G)">{ "Scenarios" }</button>
                <button class="plain" onclick={act(Action::Dialog(Some(OpenDialog::New)))} title="Begin a scenario of your own (N)">{ "New" }</button>
                <button class="plain" onclick={act(Action::Dialog(Some(OpenDialog::Learn)))} title="How to read the page">{ "Learn" }</button>
                <button class="primary" onclick={act(Action::Dialog(Some(OpenDialog::Share)))}>{ "Share" }</button>
                <button class="square plain" aria-pressed={props.projector.to_string()} title="Projector: larger type (P)" aria-label="Projector" onclick={act(Action::Projector(wall()))}>{ "A" }<small>{ "A" }</small></button>
                <button class="square plain" title={theme} aria-label={theme} onclick={act(Action::Theme(next))}>{ icons::half_moon() }</button>
                <button class="square plain" title="Keys (?)" aria-label="Keys" onclick={act(Action::Dialog(Some(OpenDialog::Help)))}>{ "?" }</button>
            </nav>
        </header>
    }
}

/// Titles with more characters than this give way to the variants beside them, down to about as many.
const LONG_TITLE: usize = 36;

/// What the bar under the header shows.
#[derive(Properties, PartialEq)]
pub struct VariantBarProps {
    /// The document's title.
    pub title: String,
    /// The document's variants.
    pub variants: Rc<[Variant]>,
    /// How they come out, as far as it is known.
    pub outcomes: Rc<Outcomes>,
    /// Which is shown.
    pub shown: String,
    /// Which it is compared with.
    pub with: Option<String>,
    /// Whether the text differs from what was opened.
    pub is_changed: bool,
    /// How the shown variant comes out is not told yet.
    pub is_future_hidden: bool,
    /// The file that is edited elsewhere.
    pub followed: Option<FollowedFile>,
    /// Where actions go.
    pub send: SendAction,
}

/// The document, its variants as tabs with their outcomes, and what to compare with.
#[function_component]
pub fn Variants(props: &VariantBarProps) -> Html {
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
    let shown = props.variants.iter().find(|variant| variant.name == props.shown);
    let what = shown.filter(|variant| variant.name != BASE).map(|variant| variant.title.clone());
    // What does not fit is told by the pointer.
    let what = what.unwrap_or_else(|| props.title.clone());
    let is_long = (props.title.chars().count() > LONG_TITLE).then_some("is-long");
    let tabs = (props.variants.len() > 1).then(|| tabs(props));
    html! {
        <div class="variants">
            <p ref={caption} class={classes!("scenario-title", is_long)} tabindex="-1" title={what}>
                { if props.title.is_empty() { "Untitled" } else { &props.title } }
                { changed(props, is_pressed).unwrap_or_default() }
            </p>
            { for props.followed.as_ref().map(|followed| follows(followed, &props.send)) }
            { for tabs }
            if props.variants.len() > 1 { { compare(props) } }
        </div>
    }
}

/// Which file is followed, or that it no longer is, with the way back to it.
fn follows(followed: &FollowedFile, send: &SendAction) -> Html {
    let name = &followed.name;
    if !followed.is_stopped {
        return html! { <p class="followed" role="status" title="What is saved in the file is shown here">{ format!("Follows {name}") }</p> };
    }
    let send = send.clone();
    let again = Callback::from(move |_| send.emit(Action::FollowAgain));
    html! {
        <p class="followed is-stopped" role="status">
            { format!("No longer follows {name}: changed here") }
            <button onclick={again}>{ "Follow again" }</button>
        </p>
    }
}

/// The base, then the variants with another load, then those with another design.
fn tabs(props: &VariantBarProps) -> Html {
    let is_load =
        |variant: &&Variant| props.outcomes.get(&variant.name).is_some_and(|outcome| outcome.is_other_load);
    let others = || props.variants.iter().filter(|variant| variant.name != BASE);
    let base = props.variants.iter().filter(|variant| variant.name == BASE);
    let loads: Vec<&Variant> = others().filter(is_load).collect();
    let designs: Vec<&Variant> = others().filter(|variant| !is_load(variant)).collect();
    let order: Vec<String> = base
        .clone()
        .chain(loads.iter().copied())
        .chain(designs.iter().copied())
        .map(|v| v.name.clone())
        .collect();
    let keys = {
        let (send, shown) = (props.send.clone(), props.shown.clone());
        Callback::from(move |event: KeyboardEvent| {
            let here = order.iter().position(|name| *name == shown).unwrap_or(0);
            let next = match event.key().as_str() {
                "ArrowRight" => (here + 1) % order.len(),
                "ArrowLeft" => (here + order.len() - 1) % order.len(),
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            send.emit(Action::Show(order[next].clone()));
            focus::give_to(&format!("variant-{}", order[next]));
        })
    };
    let group = |label: &'static str, variants: &[&Variant]| {
        (!variants.is_empty()).then(|| html! {
            <><span class="group" aria-hidden="true">{ label }</span>{ for variants.iter().map(|variant| tab(variant, props)) }</>
        })
    };
    html! {
        <div class="variant-tabs" role="tablist" aria-label="Variants" onkeydown={keys}>
            { for base.map(|variant| tab(variant, props)) }
            { for group("other load", &loads) }
            { for group("other design", &designs) }
        </div>
    }
}

fn tab(variant: &Variant, props: &VariantBarProps) -> Html {
    let (send, name) = (props.send.clone(), variant.name.clone());
    let is_shown = variant.name == props.shown;
    let press = Callback::from(move |_| send.emit(Action::Show(name.clone())));
    let is_told = !(is_shown && props.is_future_hidden);
    let status = props.outcomes.get(&variant.name).filter(|_| is_told).map(|outcome| outcome.status);
    let class = status.map(|status| status.map_or("is-unknown", RunStatus::class));
    let said = status.flatten().map(|status| html! { <span class="sr">{ ", " }{ status.word() }</span> });
    html! {
        <button id={format!("variant-{}", variant.name)} role="tab" aria-selected={is_shown.to_string()} title={variant.title.clone()}
            tabindex={if is_shown { "0" } else { "-1" }} onclick={press}>
            <i class={classes!("dot", class)} aria-hidden="true"></i><span class="variant-name">{ words(&variant.name) }</span>{ for said }
        </button>
    }
}

/// Says that what is shown is no longer what was opened, and offers the way back.
fn changed(props: &VariantBarProps, is_pressed: Rc<RefCell<bool>>) -> Option<Html> {
    let send = props.send.clone();
    let reset = Callback::from(move |_| {
        is_pressed.replace(true);
        send.emit(Action::Reset);
    });
    props.is_changed.then(|| html! {
        <span class="changed">{ " · changed " }<button class="name" onclick={reset}>{ "Reset" }</button></span>
    })
}

fn compare(props: &VariantBarProps) -> Html {
    let send = props.send.clone();
    let change = Callback::from(move |event: yew::Event| {
        let select: Option<web_sys::HtmlSelectElement> = yew::TargetCast::target_dyn_into(&event);
        let value = select.map(|select| select.value()).unwrap_or_default();
        send.emit(Action::Compare((!value.is_empty()).then_some(value)));
        focus::give_to("picture");
    });
    let options = props.variants.iter().filter(|variant| variant.name != props.shown).map(|variant| {
        let is_chosen = props.with.as_ref() == Some(&variant.name);
        html! { <option value={variant.name.clone()} selected={is_chosen}>{ words(&variant.name) }</option> }
    });
    html! {
        <label class="compare">{ "Compare " }
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
