//! What covers the page: the frame of every dialog, the keys, and sharing.

use super::{export, icons};
use crate::page::{Send, address, files, keys};
use crate::store::run::SharedRun;
use crate::store::{Action, Notice};
use std::rc::Rc;
use threadbare::view::viewport::Viewport;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, HtmlElement, KeyboardEvent};
use yew::{
    Callback, Children, Html, MouseEvent, NodeRef, Properties, classes, function_component, html,
    use_effect_with, use_node_ref,
};

/// Properties of a dialog.
#[derive(Properties, PartialEq)]
pub struct FrameProps {
    /// Title of the dialog.
    pub title: String,
    /// Takes the width it can get.
    #[prop_or_default]
    pub wide: bool,
    /// Where actions go.
    pub send: Send,
    /// What is in it.
    pub children: Children,
}

/// A dialog over the page: takes the focus, closes with Escape, its button, or a press beside it.
#[function_component]
pub fn Frame(props: &FrameProps) -> Html {
    let place = use_node_ref();
    {
        let place = place.clone();
        use_effect_with((), move |()| {
            let before = web_sys::window().and_then(|w| w.document()).and_then(|d| d.active_element());
            if let Some(dialog) = place.cast::<HtmlElement>() {
                let _ = dialog.focus();
            }
            move || {
                let before = before.and_then(|e| wasm_bindgen::JsCast::dyn_into::<HtmlElement>(e).ok());
                let _ = before.map(|element| element.focus());
            }
        });
    }
    let send = props.send.clone();
    let close = Callback::from(move |_: MouseEvent| send.emit(Action::Dialog(None)));
    let keep = Callback::from(|event: MouseEvent| event.stop_propagation());
    let turn = {
        let place = place.clone();
        Callback::from(move |event: KeyboardEvent| turn_back(&event, &place))
    };
    html! {
        <div class="cover" onclick={close.clone()}>
            <div ref={place} class={classes!("dialog", props.wide.then_some("wide"))} role="dialog" aria-modal="true" aria-label={props.title.clone()} tabindex="-1" onclick={keep} onkeydown={turn}>
                <div class="dialog-head">
                    <h2>{ &props.title }</h2>
                    <button class="square" aria-label="Close" title="Close (Escape)" onclick={close}>{ icons::close() }</button>
                </div>
                <div class="dialog-body" tabindex="0">{ for props.children.iter() }</div>
            </div>
        </div>
    }
}

/// At either end of a dialog the Tab key goes on at the other: nothing beside it can be reached.
fn turn_back(event: &KeyboardEvent, place: &NodeRef) {
    const STOPS: &str = "button:not(:disabled), input, select, textarea, a[href], [tabindex='0']";
    let Some(dialog) = place.cast::<HtmlElement>().filter(|_| event.key() == "Tab") else { return };
    let Ok(stops) = dialog.query_selector_all(STOPS) else { return };
    let stop = |at: u32| stops.item(at).and_then(|node| node.dyn_into::<HtmlElement>().ok());
    let (first, last) = (stop(0), stop(stops.length().saturating_sub(1)));
    let here = web_sys::window().and_then(|window| window.document()).and_then(|page| page.active_element());
    let is_here = |stop: &Option<HtmlElement>| {
        stop.as_ref().is_some_and(|stop| here.as_ref() == Some(stop.unchecked_ref::<Element>()))
    };
    let on_frame = here.as_ref() == Some(dialog.unchecked_ref::<Element>());
    let next = match event.shift_key() {
        true if is_here(&first) || on_frame => last,
        false if is_here(&last) => first,
        true | false => return,
    };
    event.prevent_default();
    let _ = next.map(|next| next.focus());
}

/// What needs nothing but a way to send.
#[derive(Properties, PartialEq)]
pub struct HelpProps {
    /// Where actions go.
    pub send: Send,
}

/// Dialog that lists the keys.
#[function_component]
pub fn Help(props: &HelpProps) -> Html {
    let rows =
        keys::HELP.iter().map(|(key, what)| html! { <><dt><kbd>{ key }</kbd></dt><dd>{ what }</dd></> });
    html! {
        <Frame title="Keys" send={props.send.clone()}>
            <dl class="keys">{ for rows }</dl>
            <h3>{ "How to read the timeline" }</h3>
            <ul class="legend">
                <li><i class="swatch solid"></i>{ "running on the CPU" }</li>
                <li><i class="swatch half"></i>{ "in io: blocked off the CPU, the worker held" }</li>
                <li><i class="swatch hatch"></i>{ "waiting for another task, a lock or room" }</li>
                <li><i class="swatch outline"></i>{ "queued" }</li>
                <li><i class="swatch dots"></i>{ "held back by a delay, a cap or a bus" }</li>
                <li><i class="swatch danger"></i>{ "part of a deadlock" }</li>
                <li><i class="swatch stall"></i>{ "a stall that a timeout will end" }</li>
            </ul>
        </Frame>
    }
}

/// What can be shared.
#[derive(Properties, PartialEq)]
pub struct ShareProps {
    /// The fragment that carries everything.
    pub fragment: String,
    /// The document's name.
    pub name: String,
    /// The document's text.
    pub source: Rc<str>,
    /// Run that is shown.
    pub run: Option<SharedRun>,
    /// The stretch of time that is shown: what a picture shows.
    pub viewport: Viewport,
    /// How many events have happened at the cursor: what a picture of the stage shows.
    pub count: u32,
    /// Where actions go.
    pub send: Send,
}

/// The link and the downloads.
#[function_component]
pub fn Share(props: &ShareProps) -> Html {
    let link = address::with(&props.fragment);
    let copy = {
        let (send, link) = (props.send.clone(), link.clone());
        Callback::from(move |_| copy_link(link.clone(), send.clone()))
    };
    let (name, source) = (props.name.clone(), Rc::clone(&props.source));
    let save = Callback::from(move |_| {
        let name = if name.contains('.') { name.clone() } else { format!("{name}.toml") };
        files::download(&name, "text/plain", source.as_bytes());
    });
    html! {
        <Frame title="Share" send={props.send.clone()}>
            <p class="lead">{ "The link holds the scenario, the variant, the cursor and the selection. Nothing is uploaded." }</p>
            <input class="link" type="text" readonly=true value={link.clone()} aria-label="Link" />
            <p class="row">
                <button class="primary" onclick={copy}>{ "Copy link" }</button>
                <span class="soft">{ format!("{} characters", link.chars().count()) }</span>
            </p>
            <h3>{ "Files" }</h3>
            <p class="row"><button onclick={save}>{ "Scenario" }</button>{ for props.run.as_ref().map(|run| exports(run, props)) }</p>
            <p class="soft">{ "Pictures show the stretch of time that the timeline shows. The trace opens in Perfetto (ui.perfetto.dev) and in chrome://tracing." }</p>
        </Frame>
    }
}

/// Saves one file: of a run, the stretch shown, the events so far, under a name.
type SaveFile = fn(&SharedRun, &Viewport, u32, &str);

fn exports(run: &SharedRun, props: &ShareProps) -> Html {
    fn button(label: &'static str, press: Callback<MouseEvent>) -> Html {
        html! { <button onclick={press}>{ label }</button> }
    }
    let count = props.count;
    let file = |label: &'static str, save: SaveFile| {
        let (run, viewport, name) = (run.clone(), props.viewport, props.name.clone());
        button(label, Callback::from(move |_: MouseEvent| save(&run, &viewport, count, &name)))
    };
    html! {
        <>
            { file("Stage as SVG", |run, _, count, name| export::save_stage_svg(run, count, name)) }
            { file("Stage as PNG", |run, _, count, name| export::save_stage_png(run, count, name)) }
            { file("Timeline as SVG", |run, viewport, _, name| export::save_svg(run, viewport, name)) }
            { file("Timeline as PNG", |run, viewport, _, name| export::save_png(run, viewport, name)) }
            { file("Trace for Perfetto", |run, _, _, name| export::save_chrome(run, name)) }
            { file("Events as CSV", |run, _, _, name| export::save_csv(run, name)) }
        </>
    }
}

fn copy_link(link: String, send: Send) {
    address::show(&link);
    let Some(clipboard) = web_sys::window().map(|window| window.navigator().clipboard()) else { return };
    spawn_local(async move {
        let done = JsFuture::from(clipboard.write_text(&link)).await.is_ok();
        let text = if done {
            "The link is copied."
        } else {
            "The browser does not allow copying. The link is in the address bar now; copy it there."
        };
        send.emit(Action::Dialog(None));
        send.emit(Action::Notice(Some(Notice { text: text.to_owned(), is_trouble: !done })));
    });
}
