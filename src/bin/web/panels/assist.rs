//! Help while a text is typed: what can be completed at the caret, and what the word under it, or under the pointer, means.
//!
//! Invariant: the text changes only through the browser's own insertion, so that its undo takes a completion back as it
//! takes typing back. `view::assist` decides what is offered.

use super::prose::coded;
use std::ops::Range;
use std::rc::Rc;
use threadbare::view::assist::{CompletionCandidate, CompletionList, WordMeaning, assistance};
use threadbare::view::editor::SourceLineLayout;
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlDocument, HtmlElement, HtmlTextAreaElement, KeyboardEvent, MouseEvent};
use yew::{
    Callback, Html, NodeRef, UseStateHandle, classes, hook, html, use_effect_with, use_memo, use_node_ref,
    use_state_eq,
};

/// The id of the list of candidates.
pub const LIST: &str = "completions";

/// The id of the line that says what a word means.
const MEANING: &str = "meaning";

/// What the editor needs of it.
pub struct CompletionPopup {
    /// The list of candidates and the card of the word under the pointer: children of the editor.
    pub over: Html,
    /// What the word at the caret means: a line below the editor.
    pub line: Html,
    /// The id of that line; none while there is none.
    pub meaning_id: Option<&'static str>,
    /// The candidate that Enter takes, by its id; none without a list.
    pub active: Option<String>,
    /// The caret is elsewhere; whether something was typed there.
    pub moved: Callback<CaretMoveCause>,
    /// A key of the text, before anything else takes it.
    pub keys: Callback<KeyboardEvent>,
    /// The pointer moves over the text.
    pub pointed: Callback<MouseEvent>,
    /// The pointer or the focus leaves it.
    pub left: Callback<()>,
}

/// What moved the caret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaretMoveCause {
    /// Text was typed or inserted.
    Edit,
    /// The caret alone moved.
    Move,
}

/// The state of completion: candidates, caret and the chosen candidate.
#[derive(Clone)]
struct CompletionState {
    area: NodeRef,
    source: Rc<str>,
    caret: UseStateHandle<Option<usize>>,
    is_open: UseStateHandle<bool>,
    chosen: UseStateHandle<usize>,
    found: Rc<CompletionList>,
}

/// Help with the text of this area.
#[hook]
pub fn use_assist(area: &NodeRef, source: &Rc<str>, layout: &Rc<SourceLineLayout>) -> CompletionPopup {
    let (caret, is_open, chosen) = (use_state_eq(|| None), use_state_eq(|| false), use_state_eq(|| 0));
    let hovered = use_state_eq(|| None::<usize>);
    let answer = |(source, at): &(Rc<str>, Option<usize>)| {
        at.map_or_else(Rc::default, |at| Rc::new(assistance(source, at)))
    };
    let found = Rc::clone(&use_memo((Rc::clone(source), *caret), answer));
    let under = Rc::clone(&use_memo((Rc::clone(source), *hovered), answer));
    let held = CompletionState {
        area: area.clone(),
        source: Rc::clone(source),
        caret: caret.clone(),
        is_open: is_open.clone(),
        chosen: chosen.clone(),
        found: Rc::clone(&found),
    };
    let is_shown = *is_open && !found.candidates.is_empty();
    let (list, card) = (use_node_ref(), use_node_ref());
    use_place(&list, area, layout, source, is_shown.then_some(found.word.start));
    let of_pointer = under.meaning.clone().filter(|_| hovered.is_some() && !is_shown);
    use_place(&card, area, layout, source, of_pointer.is_some().then_some(under.word.start));
    let over = html! {
        <>
            if is_shown { { candidates(&held, &list) } }
            { for of_pointer.map(|meaning| html! { <div ref={card} class="assist is-card">{ said(&meaning) }</div> }) }
        </>
    };
    let line =
        found.meaning.as_ref().map(|meaning| html! { <p class="meaning" id={MEANING}>{ said(meaning) }</p> });
    let moved = {
        let held = held.clone();
        Callback::from(move |typed| held.look(typed))
    };
    let keys = {
        let held = held.clone();
        Callback::from(move |event: KeyboardEvent| held.key(&event))
    };
    let pointed = {
        let (source, layout, hovered, area) =
            (Rc::clone(source), Rc::clone(layout), hovered.clone(), area.clone());
        Callback::from(move |event: MouseEvent| hovered.set(under_pointer(&event, &area, &source, &layout)))
    };
    let left = Callback::from(move |()| {
        hovered.set(None);
        is_open.set(false);
    });
    let active = is_shown.then(|| option_id(*chosen));
    let meaning_id = line.as_ref().map(|_| MEANING);
    CompletionPopup { over, line: line.unwrap_or_default(), meaning_id, active, moved, keys, pointed, left }
}

impl CompletionState {
    /// Looks where the caret is now.
    fn look(&self, typed: CaretMoveCause) {
        let Some(area) = self.area.cast::<HtmlTextAreaElement>() else { return };
        let value = area.value();
        let units = area.selection_end().ok().flatten().unwrap_or(0) as usize;
        self.caret.set(Some(byte_of(&value, units)));
        self.chosen.set(0);
        self.is_open.set(typed == CaretMoveCause::Edit);
    }

    fn key(&self, event: &KeyboardEvent) {
        let key = event.key();
        if key == " " && event.ctrl_key() {
            event.prevent_default();
            self.look(CaretMoveCause::Edit);
            return;
        }
        let count = self.found.candidates.len();
        if !*self.is_open || count == 0 || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        match key.as_str() {
            "ArrowDown" => self.chosen.set((*self.chosen + 1) % count),
            "ArrowUp" => self.chosen.set((*self.chosen + count - 1) % count),
            "Enter" | "Tab" if !event.shift_key() => self.take(*self.chosen),
            "Escape" => self.is_open.set(false),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    }

    /// Puts a candidate in place of the word.
    fn take(&self, number: usize) {
        let (Some(candidate), Some(area)) =
            (self.found.candidates.get(number), self.area.cast::<HtmlTextAreaElement>())
        else {
            return;
        };
        let Range { start, end } = self.found.word;
        let units = |end: usize| self.source.get(..end).map_or(0, |text| text.encode_utf16().count() as u32);
        let _ = area.focus();
        let _ = area.set_selection_range(units(start), units(end));
        let page = web_sys::window().and_then(|window| window.document());
        if let Some(page) = page.and_then(|page| page.dyn_into::<HtmlDocument>().ok()) {
            // It causes an input as typing does; what follows a key is offered at once.
            let _ = page.exec_command_with_show_ui_and_value("insertText", false, &candidate.text);
        }
        self.is_open.set(candidate.text.ends_with(' '));
    }
}

fn option_id(number: usize) -> String {
    format!("completion-{number}")
}

fn candidates(held: &CompletionState, node: &NodeRef) -> Html {
    let row = |(number, candidate): (usize, &CompletionCandidate)| {
        let is_chosen = number == *held.chosen;
        let take = {
            let held = held.clone();
            // Before the text loses the focus.
            Callback::from(move |event: MouseEvent| {
                event.prevent_default();
                held.take(number);
            })
        };
        html! {
            <li id={option_id(number)} role="option" aria-selected={is_chosen.to_string()} class={classes!(is_chosen.then_some("is-chosen"))} onmousedown={take}>
                <b>{ &candidate.text }</b><span>{ &candidate.about }</span>
            </li>
        }
    };
    html! {
        <ul ref={node.clone()} id={LIST} class="assist" role="listbox" aria-label="CompletionList">
            { for held.found.candidates.iter().enumerate().map(row) }
        </ul>
    }
}

fn said(meaning: &WordMeaning) -> Html {
    html! { <><code>{ &meaning.word }</code>{ " " }{ coded(&meaning.about) }</> }
}

/// Puts something below the word at this byte, or above it where there is more room. (Through the object model: a style
/// attribute is not allowed here.)
#[hook]
fn use_place(
    node: &NodeRef,
    area: &NodeRef,
    layout: &Rc<SourceLineLayout>,
    source: &Rc<str>,
    at: Option<usize>,
) {
    let (node, area, layout, source) = (node.clone(), area.clone(), Rc::clone(layout), Rc::clone(source));
    use_effect_with((at, Rc::clone(&source)), move |(at, _)| {
        let (Some(at), Some(node)) = (*at, node.cast::<HtmlElement>()) else { return };
        let (line, column) = layout.position(&source, at);
        let set = |name: &str, value: String| drop(node.style().set_property(name, &value));
        set("--at-line", line.to_string());
        set("--at-column", column.to_string());
        let Some(frame) = area.cast::<HtmlElement>().and_then(|area| area.parent_element()) else { return };
        let height = f64::from(frame.scroll_height()) / layout.lines().max(1) as f64;
        let seen = line as f64 * height - f64::from(frame.scroll_top());
        let is_low = seen > f64::from(frame.client_height()) * 0.55;
        let _ = node.class_list().toggle_with_force("is-above", is_low);
    });
}

/// The byte under the pointer.
fn under_pointer(
    event: &MouseEvent,
    area: &NodeRef,
    source: &str,
    layout: &SourceLineLayout,
) -> Option<usize> {
    const PADDING: f64 = 8.0;
    let area = area.cast::<HtmlElement>()?;
    let ruler = area.parent_element()?.query_selector(".column-ruler").ok().flatten()?;
    let column = ruler.get_bounding_client_rect().width() / 100.0;
    let line = (f64::from(area.client_height()) - 2.0 * PADDING) / layout.lines().max(1) as f64;
    if column <= 0.0 || line <= 0.0 {
        return None;
    }
    let (x, y) = (f64::from(event.offset_x()) - PADDING, f64::from(event.offset_y()) - PADDING);
    (x >= 0.0 && y >= 0.0)
        .then(|| layout.byte_at(source, (y / line) as usize, (x / column) as usize))
        .flatten()
}

/// The byte at which a number of UTF-16 units end.
fn byte_of(text: &str, units: usize) -> usize {
    let mut left = units;
    for (at, ch) in text.char_indices() {
        if left == 0 {
            return at;
        }
        left = left.saturating_sub(ch.len_utf16());
    }
    text.len()
}
