//! The built-in scenarios, grouped by what goes wrong in them, and the person's own.

use super::dialogs::Frame;
use super::thumbnail::{Thumbnail, use_status};
use crate::page::roving::{ArrowKeyAxis, use_roving};
use crate::page::{SendAction, files, memory};
use crate::store::Action;
use crate::store::link;
use threadbare::gallery::{self, Entry, Group};
use threadbare::language::Document;
use web_sys::HtmlInputElement;
use yew::{
    Callback, Event, Html, InputEvent, Properties, TargetCast, classes, function_component, html, use_memo,
    use_node_ref, use_state,
};

/// What the gallery shows.
#[derive(Properties, PartialEq)]
pub struct GalleryProps {
    /// The name of the scenario on the page.
    pub shown: String,
    /// Which colours are used.
    pub dark: bool,
    /// Where actions go.
    pub send: SendAction,
}

/// The gallery in full.
#[function_component]
pub fn Gallery(props: &GalleryProps) -> Html {
    let sought = use_state(String::new);
    let titles = use_memo((), |()| {
        let title = |entry: &Entry| {
            let document = Document::parse(entry.name, entry.text).ok();
            let title = document.map(|document| document.title().to_owned());
            title.filter(|title| !title.is_empty()).unwrap_or_else(|| entry.name.to_owned())
        };
        gallery::ENTRIES.iter().map(title).collect::<Vec<_>>()
    });
    let has = |entry: &Entry, title: &str| {
        let words =
            format!("{} {title} {} {} {}", entry.name, entry.lesson, entry.platform, entry.group.title());
        words.to_lowercase().contains(&sought.trim().to_lowercase())
    };
    let shelf = |group: Group| {
        let entries = gallery::ENTRIES.iter().zip(titles.iter());
        let cards: Vec<Html> = entries
            .filter(|(entry, title)| entry.group == group && has(entry, title))
            .map(|(entry, title)| html! {
                <Card {entry} title={title.clone()} is_shown={entry.name == props.shown} dark={props.dark} send={props.send.clone()} />
            })
            .collect();
        let id = format!("group-{}", group as u8);
        (!cards.is_empty()).then(|| html! {
            <section class="shelf" aria-labelledby={id.clone()}><h3 {id}>{ group.title() }</h3><ul class="cards">{ for cards }</ul></section>
        })
    };
    let shelves: Vec<Html> = Group::ALL.into_iter().filter_map(shelf).collect();
    let input = {
        let sought = sought.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(field) = event.target_dyn_into::<HtmlInputElement>() {
                sought.set(field.value());
            }
        })
    };
    let cards = use_node_ref();
    let keys = use_roving(&cards, ArrowKeyAxis::Grid);
    html! {
        <Frame title="Scenarios" wide={true} send={props.send.clone()}>
            <p class="row gallery-head">
                <input type="search" aria-label="Search the scenarios" placeholder="Search" value={(*sought).clone()} oninput={input} />
                { open_file(&props.send) }
                <span class="soft">{ "or drop one anywhere on the page. Nothing is uploaded." }</span>
            </p>
            { mine(&props.send) }
            if shelves.is_empty() { <p class="empty">{ "No scenario has this in its name or lesson." }</p> }
            <div ref={cards} class="shelves" onkeydown={keys}>{ for shelves }</div>
        </Frame>
    }
}

fn open_file(send: &SendAction) -> Html {
    let send = send.clone();
    let open = Callback::from(move |event: Event| {
        let input = event.target_dyn_into::<HtmlInputElement>();
        if let Some(file) = input.and_then(|input| input.files()).and_then(|files| files.get(0)) {
            files::open(file, send.clone());
        }
    });
    html! {
        <label class="button">{ "Open a file" }<input class="sr" type="file" accept=".toml,.json,.csv,.tsv,.log,text/*,application/json" onchange={open} /></label>
    }
}

/// What the person has written, the latest first.
fn mine(send: &SendAction) -> Html {
    let kept = memory::documents();
    if kept.is_empty() {
        return html! {};
    }
    let rows = kept.into_iter().filter_map(|document| {
        let shared = link::read(&document.fragment).ok()?;
        let (open, forget) = (send.clone(), send.clone());
        let name = document.name.clone();
        let press = {
            let (name, shared) = (name.clone(), shared.clone());
            Callback::from(move |_: yew::MouseEvent| {
                open.emit(Action::OpenKept(name.clone(), Box::new(shared.clone())));
            })
        };
        let remove = Callback::from(move |_: yew::MouseEvent| {
            memory::forget_document(&name);
            // Drawn anew without it.
            forget.emit(Action::Dialog(Some(crate::store::screen::OpenDialog::Gallery)));
        });
        let title = document.title.clone();
        Some(html! {
            <li><button class="mine" onclick={press}><strong>{ &title }</strong><small>{ &document.when }</small></button>
            <button class="quiet" aria-label={format!("Delete {title}")} onclick={remove}>{ "Delete" }</button></li>
        })
    });
    html! {
        <section class="shelf" aria-labelledby="group-mine"><h3 id="group-mine">{ "Mine" }</h3><ul class="kept">{ for rows }</ul></section>
    }
}

#[derive(Properties, PartialEq)]
struct GalleryCardProps {
    entry: &'static Entry,
    title: String,
    is_shown: bool,
    dark: bool,
    send: SendAction,
}

#[function_component]
fn Card(props: &GalleryCardProps) -> Html {
    let entry = props.entry;
    let send = props.send.clone();
    let press = Callback::from(move |_| send.emit(Action::OpenGallery(entry.name.to_owned())));
    let status = use_status(entry.name);
    let dot =
        status.map(|status| html! { <i class={classes!("dot", status.class())} title={status.word()}></i> });
    html! {
        <li><button class="card" data-name={entry.name} aria-current={props.is_shown.then_some("true")} onclick={press}>
            <Thumbnail name={entry.name} dark={props.dark} />
            <strong>{ for dot }{ &props.title }</strong>
            <span class="card-lesson">{ entry.lesson }</span>
            <small>{ entry.platform }{ " · " }{ entry.level.word() }</small>
        </button></li>
    }
}
