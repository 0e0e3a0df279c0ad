//! The scenario as text, applied as it is typed, with what is wrong at its line and column.

use super::assist::{CaretMoveCause, LIST, use_assist};
use super::prose::coded;
use crate::page::{SendAction, files};
use crate::store::{Action, UserNotice, work};
use std::fmt::Write as _;
use std::ops::Range;
use std::rc::Rc;
use threadbare::language::{Problem, Severity};
use threadbare::view::editor::{ColouredTextSpan, ProblemMark, SourceLineLayout};
use threadbare::view::highlight::SyntaxTokenKind;
use wasm_bindgen::JsCast as _;
use web_sys::{
    ClipboardEvent, FocusEvent, HtmlElement, HtmlInputElement, HtmlTextAreaElement, KeyboardEvent, MouseEvent,
};
use yew::{
    Callback, Event, Html, InputEvent, NodeRef, Properties, TargetCast, classes, function_component, html,
    use_effect_with, use_memo, use_node_ref, use_state_eq,
};

/// A hundred characters, whose width tells how wide one is.
const COLUMN_RULER: &str =
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000";

/// What the text panel shows.
#[derive(Properties, PartialEq)]
pub struct TextEditorPanelProps {
    /// What the document is called.
    pub name: String,
    /// Text of the document.
    pub source: Rc<str>,
    /// What is wrong with it.
    pub problems: Rc<[Problem]>,
    /// Whether the text differs from what was opened.
    pub is_changed: bool,
    /// Whether the reference of the language is open beside it.
    pub is_reference_open: bool,
    /// Where actions go.
    pub send: SendAction,
}

/// The text and its problems.
#[function_component]
pub fn Text(props: &TextEditorPanelProps) -> Html {
    let area = use_node_ref();
    let layout = use_memo(Rc::clone(&props.source), |source| SourceLineLayout::of(source));
    let first = use_state_eq(|| 0);
    let assist = use_assist(&area, &props.source, &layout);
    let (send, moved) = (props.send.clone(), assist.moved.clone());
    let input = Callback::from(move |event: InputEvent| {
        if let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() {
            send.emit(Action::Edit(area.value()));
            moved.emit(CaretMoveCause::Edit);
        }
    });
    let scroll = {
        let (first, lines) = (first.clone(), layout.lines());
        Callback::from(move |event: Event| {
            let Some(frame) = event.target_dyn_into::<HtmlElement>() else { return };
            let above = f64::from(frame.scroll_top()) / f64::from(frame.scroll_height().max(1));
            first.set((above * lines as f64) as usize);
        })
    };
    let is_broken = props.problems.iter().any(|problem| problem.severity == Severity::Error);
    let marks: Vec<ProblemMark> =
        props.problems.iter().filter(|problem| problem.line > 0).map(mark).collect();
    let window = layout.window(*first);
    let frame = use_node_ref();
    {
        // Through the object model: a style attribute is not allowed here.
        let frame = frame.clone();
        let sizes = [
            ("--lines", layout.lines()),
            ("--columns", layout.columns()),
            ("--above", window.start),
            ("--digits", layout.lines().to_string().len()),
        ];
        use_effect_with(sizes, move |sizes| {
            let Some(frame) = frame.cast::<HtmlElement>() else { return };
            for (name, size) in sizes {
                let _ = frame.style().set_property(name, &size.to_string());
            }
        });
    }
    let state = [(is_broken, "is-broken"), (!layout.is_painted(), "is-plain")];
    let state = state.into_iter().filter_map(|(is_so, class)| is_so.then_some(class)).collect::<Vec<_>>();
    let painted = layout.pieces(&props.source, window.clone(), &marks);
    html! {
        <div class="text">
            { files_row(props) }
            <div ref={frame} class={classes!("editor", state)} onscroll={scroll}>
                <pre class="numbers" aria-hidden="true">{ numbers(&layout, window, &marks) }</pre>
                <pre class="painted" aria-hidden="true">{ for painted.iter().map(|piece| paint(&props.source, piece)) }</pre>
                <span class="column-ruler" aria-hidden="true">{ COLUMN_RULER }</span>
                <textarea ref={area.clone()} class="source" aria-autocomplete="list" aria-controls={assist.active.as_ref().map(|_| LIST)} aria-activedescendant={assist.active.clone()} aria-describedby={assist.meaning_id}
                    onkeydown={assist.keys.clone()} onkeyup={rest(&assist.moved)} onmouseup={click(&assist.moved)} onmousemove={assist.pointed.clone()} onmouseleave={leave(&assist.left)} onblur={blur(&assist.left)}
                    aria-label="Scenario text" aria-invalid={is_broken.to_string()} spellcheck="false" autocapitalize="off"
                    wrap="off" value={props.source.to_string()} oninput={input} onpaste={paste(props)} />
                { assist.over }
            </div>
            { assist.line }
            { problems(props, &area, is_broken) }
        </div>
    }
}

/// Keys that only move the caret.
fn rest(moved: &Callback<CaretMoveCause>) -> Callback<KeyboardEvent> {
    let moved = moved.clone();
    Callback::from(move |event: KeyboardEvent| {
        let key = event.key();
        if matches!(key.as_str(), "ArrowLeft" | "ArrowRight" | "Home" | "End" | "PageUp" | "PageDown") {
            moved.emit(CaretMoveCause::Move);
        }
    })
}

fn click(moved: &Callback<CaretMoveCause>) -> Callback<MouseEvent> {
    let moved = moved.clone();
    Callback::from(move |_: MouseEvent| moved.emit(CaretMoveCause::Move))
}

fn leave(left: &Callback<()>) -> Callback<MouseEvent> {
    let left = left.clone();
    Callback::from(move |_: MouseEvent| left.emit(()))
}

fn blur(left: &Callback<()>) -> Callback<FocusEvent> {
    let left = left.clone();
    Callback::from(move |_: FocusEvent| left.emit(()))
}

fn mark(problem: &Problem) -> ProblemMark {
    ProblemMark { at: problem.at.clone(), is_error: problem.severity == Severity::Error }
}

/// The numbers of these lines; those with something wrong stand out.
fn numbers(layout: &SourceLineLayout, lines: Range<usize>, marks: &[ProblemMark]) -> Html {
    let mut wrong: Vec<(usize, bool)> =
        marks.iter().map(|mark| (layout.line_of(mark.at.start), mark.is_error)).collect();
    wrong.sort_unstable_by_key(|(line, is_error)| (*line, !is_error));
    let (mut parts, mut plain): (Vec<Html>, String) = (Vec::new(), String::new());
    for line in lines {
        let number = line + 1;
        let at = wrong.partition_point(|(at, _)| *at < line);
        if let Some((_, is_error)) = wrong.get(at).filter(|(at, _)| *at == line) {
            let class = if *is_error { "error" } else { "warning" };
            parts.push(std::mem::take(&mut plain).into());
            parts.push(html! { <span class={class}>{ number }</span> });
            plain.push('\n');
        } else {
            let _ = writeln!(plain, "{number}");
        }
    }
    parts.push(plain.into());
    parts.into_iter().collect()
}

/// A piece of the text in its colour, which lies under the text that is typed in.
fn paint(source: &str, piece: &ColouredTextSpan) -> Html {
    let text = source.get(piece.at.clone()).unwrap_or_default();
    let class = match piece.part {
        SyntaxTokenKind::Plain => "",
        SyntaxTokenKind::Comment => "comment",
        SyntaxTokenKind::Text => "string",
        SyntaxTokenKind::Value => "value",
        SyntaxTokenKind::Key => "key",
        SyntaxTokenKind::Table => "table",
    };
    let wrong = piece.wrong.map(|is_error| if is_error { "wrong" } else { "odd" });
    match (class, wrong) {
        ("", None) => html! { <>{ text }</> },
        _ => html! { <span class={classes!(class, wrong)}>{ text }</span> },
    }
}

/// A paste that makes the text too long is not taken: laying it out alone would keep the page busy for a minute.
fn paste(props: &TextEditorPanelProps) -> Callback<Event> {
    let (send, length) = (props.send.clone(), props.source.len());
    Callback::from(move |event: Event| {
        let pasted = event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data);
        let Some(text) = pasted.and_then(|pasted| pasted.get_data("text").ok()) else { return };
        if let Err(text) = work::admit("The text with what was pasted", length + text.len()) {
            event.prevent_default();
            send.emit(Action::Notice(Some(UserNotice { text, is_trouble: true })));
        }
    })
}

fn files_row(props: &TextEditorPanelProps) -> Html {
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
    let (send, is_open) = (props.send.clone(), props.is_reference_open);
    let reference = Callback::from(move |_| send.emit(Action::Reference(!is_open)));
    html! {
        <div class="row">
            <label class="button">{ "Open a file" }<input class="sr" type="file" accept=".toml,.json,.csv,.tsv,.log,text/*,application/json" onchange={open} /></label>
            <button onclick={save}>{ "Download" }</button>
            <button disabled={!props.is_changed} onclick={reset}>{ "Reset" }</button>
            <button aria-pressed={props.is_reference_open.to_string()} title="The scenario language, beside the text" onclick={reference}>{ "Reference" }</button>
        </div>
    }
}

fn problems(props: &TextEditorPanelProps, area: &NodeRef, is_broken: bool) -> Html {
    if props.problems.is_empty() {
        return html! { <p class="problems-none" role="status">{ "No problems. Changes are applied as you type." }</p> };
    }
    let head = if is_broken {
        "The run on the screen is that of the last text without errors."
    } else {
        "The scenario runs, but perhaps not as you intended."
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
        // What is wrong with a slider's value stands nowhere in the text.
        let at = if problem.overriding.is_some() { 0..0 } else { problem.at.clone() };
        let (from, to) = (units(at.start), units(at.end));
        let _ = area.focus();
        let _ = area.set_selection_range(from, to);
        let lines = f64::from(source.matches('\n').count() as u32 + 1);
        let middle = f64::from(area.scroll_height()) * f64::from(problem.line.max(1) - 1) / lines;
        if let Some(frame) = area.parent_element() {
            frame.set_scroll_top((middle - f64::from(frame.client_height()) / 2.0) as i32);
        }
    })
}
