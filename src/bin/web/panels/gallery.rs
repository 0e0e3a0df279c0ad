//! The built-in scenarios, each with one line of what it teaches.

use super::dialogs::Frame;
use super::thumbnail::Thumbnail;
use crate::page::{Send, files};
use crate::store::Action;
use threadbare::gallery;
use threadbare::language::Document;
use web_sys::HtmlInputElement;
use yew::{Callback, Event, Html, Properties, TargetCast, function_component, html, use_memo};

/// What the gallery shows.
#[derive(Properties, PartialEq)]
pub struct GalleryProps {
    /// The name of the scenario on the page.
    pub shown: String,
    /// The colours.
    pub dark: bool,
    /// Where actions go.
    pub send: Send,
}

/// The gallery.
#[function_component]
pub fn Gallery(props: &GalleryProps) -> Html {
    let titles = use_memo((), |()| {
        let title = |entry: &gallery::Entry| {
            let document = Document::parse(entry.name, entry.text).ok();
            let count = document.as_ref().map_or(0, |document| document.variants().len().saturating_sub(1));
            let title =
                document.map(|document| document.title().to_owned()).filter(|title| !title.is_empty());
            (entry.name, title.unwrap_or_else(|| entry.name.to_owned()), count)
        };
        gallery::ENTRIES.iter().map(title).collect::<Vec<_>>()
    });
    let cards = titles.iter().map(|(picture, title, count)| {
        let (send, name) = (props.send.clone(), (*picture).to_owned());
        let current = (name == props.shown).then_some("true");
        let shown = name.clone();
        let press = Callback::from(move |_| send.emit(Action::OpenGallery(name.clone())));
        html! {
            <li><button class="card" aria-current={current} onclick={press}>
                <Thumbnail name={*picture} dark={props.dark} />
                <strong>{ title }</strong>
                <small>{ shown }{ " · " }{ count }{ if *count == 1 { " variant" } else { " variants" } }</small>
            </button></li>
        }
    });
    let send = props.send.clone();
    let open = Callback::from(move |event: Event| {
        let input = event.target_dyn_into::<HtmlInputElement>();
        if let Some(file) = input.and_then(|input| input.files()).and_then(|files| files.get(0)) {
            files::open(file, send.clone());
        }
    });
    html! {
        <Frame title="Scenarios" wide={true} send={props.send.clone()}>
            <p class="lead">{ "Each is a real way for executors to hang, stall or waste time. Open one, then change it." }</p>
            <ul class="cards">{ for cards }</ul>
            <p class="row"><label class="button">{ "Open a file of your own" }<input class="sr" type="file" accept=".toml,.json,.csv,.tsv,.log,text/*,application/json" onchange={open} /></label>
            <span>{ "or drop one anywhere on the page. Nothing is uploaded." }</span></p>
        </Frame>
    }
}
