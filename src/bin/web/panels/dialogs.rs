//! What covers the page: the frame of every dialog, the keys, and sharing.

use super::pictures::{self, ExportablePicture, PictureExportMethod, PictureSource};
use super::{export, icons};
use crate::page::{SendAction, address, files, keys, route};
use crate::store::run::SharedRun;
use crate::store::{Action, UserNotice};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlDialogElement, HtmlElement};
use yew::{
    Callback, Children, Event, Html, MouseEvent, Properties, classes, function_component, html,
    use_effect_with, use_node_ref,
};

/// Properties of a dialog.
#[derive(Properties, PartialEq)]
pub struct DialogFrameProps {
    /// Title of the dialog.
    pub title: String,
    /// Takes the width it can get.
    #[prop_or_default]
    pub wide: bool,
    /// Where actions go.
    pub send: SendAction,
    /// What is in it.
    pub children: Children,
}

/// A dialog over the page: takes the focus, closes with Escape, its button, or a press beside it. The browser keeps the
/// focus in it, and everything beside it out of reach.
#[function_component]
pub fn Frame(props: &DialogFrameProps) -> Html {
    let place = use_node_ref();
    {
        let place = place.clone();
        use_effect_with((), move |()| {
            let before = web_sys::window().and_then(|w| w.document()).and_then(|d| d.active_element());
            let dialog = place.cast::<HtmlDialogElement>();
            // One that is open already stays so.
            let _ = dialog.as_ref().map(|dialog| dialog.show_modal());
            move || {
                // While it is open nothing else can have the focus, and taken off the page it gives it back to nobody.
                let _ = dialog.map(|dialog| dialog.close());
                let before = before.and_then(|element| element.dyn_into::<HtmlElement>().ok());
                let _ = before.map(|element| element.focus());
            }
        });
    }
    let send = props.send.clone();
    let close = Callback::from(move |_: MouseEvent| send.emit(Action::Dialog(None)));
    let send = props.send.clone();
    let closed = Callback::from(move |_: Event| send.emit(Action::Dialog(None)));
    let beside = {
        let (send, place) = (props.send.clone(), place.clone());
        Callback::from(move |event: MouseEvent| {
            // What is in the dialog lies on it; only its backdrop is the dialog itself.
            let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
            if target.is_some() && target == place.cast::<HtmlElement>() {
                send.emit(Action::Dialog(None));
            }
        })
    };
    html! {
        <dialog ref={place} class={classes!("dialog", props.wide.then_some("wide"))} aria-label={props.title.clone()} onclick={beside} onclose={closed}>
            <div class="dialog-frame">
                <div class="dialog-head">
                    <h2>{ &props.title }</h2>
                    <button class="square" aria-label="Close" title="Close (Escape)" onclick={close}>{ icons::close() }</button>
                </div>
                <div class="dialog-body" tabindex="0">{ for props.children.iter() }</div>
            </div>
        </dialog>
    }
}

/// What needs nothing but a way to send.
#[derive(Properties, PartialEq)]
pub struct HelpDialogProps {
    /// Where actions go.
    pub send: SendAction,
}

/// Dialog that lists the keys.
#[function_component]
pub fn Help(props: &HelpDialogProps) -> Html {
    let send = props.send.clone();
    let reference = Callback::from(move |_: MouseEvent| {
        send.emit(Action::Dialog(None));
        send.emit(Action::Reference(true));
    });
    let rows =
        keys::HELP.iter().map(|(key, what)| html! { <><dt><kbd>{ key }</kbd></dt><dd>{ what }</dd></> });
    html! {
        <Frame title="Keys" send={props.send.clone()}>
            <dl class="keys">{ for rows }</dl>
            <h3>{ "How to read the timeline" }</h3>
            <ul class="legend">
                <li><i class="swatch solid"></i>{ "running on the CPU" }</li>
                <li><i class="swatch half"></i>{ "in I/O: blocked off the CPU, the worker held" }</li>
                <li><i class="swatch hatch"></i>{ "waiting for another task, a lock or room" }</li>
                <li><i class="swatch outline"></i>{ "queued" }</li>
                <li><i class="swatch dots"></i>{ "held back by a delay, a cap or a bus" }</li>
                <li><i class="swatch danger"></i>{ "part of a deadlock" }</li>
                <li><i class="swatch stall"></i>{ "a stall that a timeout will end" }</li>
            </ul>
            <h3>{ "Of the project" }</h3>
            <p class="row">
                <button onclick={reference}>{ "Language reference" }</button>
                <a href="licences.txt" target="_blank" rel="noopener">{ "Licences of the page's components" }</a>
            </p>
        </Frame>
    }
}

/// What can be shared.
#[derive(Properties, PartialEq)]
pub struct ShareDialogProps {
    /// The fragment that carries everything.
    pub fragment: String,
    /// The document's name.
    pub name: String,
    /// The document's text.
    pub source: Rc<str>,
    /// What pictures are made of; none without a run.
    pub subject: Option<PictureSource>,
    /// Where actions go.
    pub send: SendAction,
}

/// The link and the downloads.
#[function_component]
pub fn Share(props: &ShareDialogProps) -> Html {
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
            <h3>{ "In a page of your own" }</h3>
            <input class="link" type="text" readonly=true value={route::frame(&format!("?embed#{}", props.fragment))} aria-label="Frame for another page" />
            <h3>{ "Files" }</h3>
            <p class="row"><button onclick={save}>{ "Scenario" }</button>{ for props.subject.as_ref().map(traces) }</p>
            <p class="soft">{ "The trace opens in Perfetto (ui.perfetto.dev) and in chrome://tracing." }</p>
            { for props.subject.as_ref().map(|subject| pictures(subject, &props.send)) }
        </Frame>
    }
}

/// The trace, for other tools.
fn traces(subject: &PictureSource) -> Html {
    let file = |label: &'static str, save: fn(&SharedRun, &str)| {
        let (run, name) = (subject.run.clone(), subject.name.clone());
        html! { <button onclick={Callback::from(move |_: MouseEvent| save(&run, &name))}>{ label }</button> }
    };
    html! { <>{ file("Trace for Perfetto", export::save_chrome) }{ file("Events as CSV", export::save_csv) }</> }
}

/// Every picture, to copy or to save.
fn pictures(subject: &PictureSource, send: &SendAction) -> Html {
    let button =
        |picture: ExportablePicture, form: PictureExportMethod, label: &'static str, words: String| {
            let (subject, send) = (subject.clone(), send.clone());
            let press = Callback::from(move |_: MouseEvent| pictures::give(picture, form, &subject, &send));
            html! { <button aria-label={words} onclick={press}>{ label }</button> }
        };
    let row = |picture: ExportablePicture| {
        let name = picture.label();
        html! {
            <li>
                <span>{ name }</span>
                { button(picture, PictureExportMethod::Copy, "Copy", format!("Copy the {}", name.to_lowercase())) }
                { button(picture, PictureExportMethod::Png, "PNG", format!("{name} as PNG")) }
                { button(picture, PictureExportMethod::Svg, "SVG", format!("{name} as SVG")) }
            </li>
        }
    };
    let has = |picture: &ExportablePicture| subject.has(*picture);
    html! {
        <>
            <h3>{ "Pictures" }</h3>
            <ul class="pictures">{ for ExportablePicture::ALL.into_iter().filter(has).map(row) }</ul>
            <p class="soft">{ "Each has its title, the variant, the verdict, a legend and the fingerprint. The timeline is the stretch that is shown." }</p>
        </>
    }
}

fn copy_link(link: String, send: SendAction) {
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
        send.emit(Action::Notice(Some(UserNotice { text: text.to_owned(), is_trouble: !done })));
    });
}
