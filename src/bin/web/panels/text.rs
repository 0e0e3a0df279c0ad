//! The scenario as text, applied as it is typed, with what is wrong at its line and column.

use super::prose::coded;
use crate::page::{Send, files};
use crate::store::Action;
use std::rc::Rc;
use threadbare::language::{Problem, Severity};
use threadbare::view::highlight::{self, Part};
use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::{
    Callback, Event, Html, InputEvent, NodeRef, Properties, TargetCast, classes, function_component, html,
    use_node_ref,
};

/// Texts longer than this stay in one colour, so that typing stays quick.
const MOST_PAINTED: usize = 64 * 1024;

/// What the text panel shows.
#[derive(Properties, PartialEq)]
pub struct TextProps {
    /// What the document is called.
    pub name: String,
    /// Its text.
    pub source: Rc<str>,
    /// What is wrong with it.
    pub problems: Rc<[Problem]>,
    /// Whether the text differs from what was opened.
    pub is_changed: bool,
    /// Where actions go.
    pub send: Send,
}

/// The text and its problems.
#[function_component]
pub fn Text(props: &TextProps) -> Html {
    let area = use_node_ref();
    let send = props.send.clone();
    let input = Callback::from(move |event: InputEvent| {
        if let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() {
            send.emit(Action::Edit(area.value()));
        }
    });
    let is_broken = props.problems.iter().any(|problem| problem.severity == Severity::Error);
    html! {
        <div class="text">
            { files_row(props) }
            <div class={classes!("editor", is_broken.then_some("is-broken"))}>
                <pre class="painted" aria-hidden="true">{ painted(&props.source) }{ "\n" }</pre>
                <textarea ref={area.clone()} class="source"
                    aria-label="Scenario text" aria-invalid={is_broken.to_string()} spellcheck="false" autocapitalize="off"
                    wrap="off" value={props.source.to_string()} oninput={input} />
            </div>
            { problems(props, &area, is_broken) }
        </div>
    }
}

/// The text in colours, which lies under the one that is typed in.
fn painted(source: &str) -> Html {
    if source.len() > MOST_PAINTED {
        return html! { <>{ source }</> };
    }
    let part = |(range, part): (std::ops::Range<usize>, Part)| {
        let text = &source[range];
        let class = match part {
            Part::Plain => return html! { <>{ text }</> },
            Part::Comment => "comment",
            Part::Text => "string",
            Part::Value => "value",
            Part::Key => "key",
            Part::Table => "table",
        };
        html! { <span class={class}>{ text }</span> }
    };
    highlight::parts(source).into_iter().map(part).collect()
}

fn files_row(props: &TextProps) -> Html {
    let send = props.send.clone();
    let open = Callback::from(move |event: Event| {
        let Some(input) = event.target_dyn_into::<HtmlInputElement>() else { return };
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            files::open(file, send.clone());
        }
        input.set_value("");
    });
    let (name, source) = (props.name.clone(), Rc::clone(&props.source));
    let save = Callback::from(move |_| {
        let name = if name.contains('.') { name.clone() } else { format!("{name}.toml") };
        files::download(&name, "text/plain", source.as_bytes());
    });
    let send = props.send.clone();
    let reset = Callback::from(move |_| send.emit(Action::Reset));
    html! {
        <div class="row">
            <label class="button">{ "Open a file" }<input class="sr" type="file" accept=".toml,.json,.csv,.tsv,.log,text/*,application/json" onchange={open} /></label>
            <button onclick={save}>{ "Download" }</button>
            <button disabled={!props.is_changed} onclick={reset}>{ "Reset" }</button>
        </div>
    }
}

fn problems(props: &TextProps, area: &NodeRef, is_broken: bool) -> Html {
    if props.problems.is_empty() {
        return html! { <p class="problems-none" role="status">{ "No problems. Changes are applied as you type." }</p> };
    }
    let head = if is_broken {
        "The run on the screen is of the last text without errors."
    } else {
        "The scenario runs, but perhaps not as meant."
    };
    let items = props.problems.iter().map(|problem| {
        let go = jump(area.clone(), Rc::clone(&props.source), problem.clone());
        let class = if problem.severity == Severity::Error { "error" } else { "warning" };
        let place = if problem.line > 0 { format!("{}:{}", problem.line, problem.column) } else { "–".to_owned() };
        let variant = problem.variant.as_ref().map(|variant| format!(" (in variant {variant})"));
        html! {
            <li class={class}>
                <button class="place" title="Go there in the text" onclick={go}>{ place }</button>
                <span>{ coded(&problem.message) }{ for variant }{ for problem.help.as_ref().map(|help| html! { <em>{ coded(help) }</em> }) }</span>
            </li>
        }
    });
    html! {
        <div class="problems" role="alert">
            <p>{ head }</p>
            <ul>{ for items }</ul>
        </div>
    }
}

/// Marks the offending text. (The page counts in UTF-16, the language in bytes.)
fn jump(area: NodeRef, source: Rc<str>, problem: Problem) -> Callback<yew::MouseEvent> {
    Callback::from(move |_| {
        let Some(area) = area.cast::<HtmlTextAreaElement>() else { return };
        let units = |end: usize| source.get(..end).map_or(0, |text| text.encode_utf16().count() as u32);
        let (from, to) = (units(problem.at.start), units(problem.at.end));
        let _ = area.focus();
        let _ = area.set_selection_range(from, to);
        let lines = f64::from(source.matches('\n').count() as u32 + 1);
        let middle = f64::from(area.scroll_height()) * f64::from(problem.line.max(1) - 1) / lines;
        if let Some(frame) = area.parent_element() {
            frame.set_scroll_top((middle - f64::from(frame.client_height()) / 2.0) as i32);
        }
    })
}
