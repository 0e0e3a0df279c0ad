//! The edge between two columns, to be dragged; or moved with the arrow keys.
//!
//! Invariant: a width is a custom property of the root, which the style sheet uses; it survives a reload. No state
//! of the store: nothing but the style sheet knows of it.

use crate::page::memory;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, PointerEvent};
use yew::{Callback, Html, Properties, function_component, html, use_effect_with, use_state};

/// The narrowest and the widest column, in pixels.
const MIN_COUNT: f64 = 200.0;
const MAX_COUNT: f64 = 720.0;
/// What the column in the middle keeps.
const CENTRE: f64 = 360.0;
/// What one press of a key moves.
const STEP: f64 = 16.0;

/// Which edge it is.
#[derive(Properties, PartialEq)]
pub struct PanelSplitterProps {
    /// The custom property that holds the width of the column beside it.
    pub property: &'static str,
    /// What a screen reader says.
    pub label: &'static str,
    /// Whether the column is to the right of it.
    #[prop_or_default]
    pub right: bool,
}

fn root() -> Option<HtmlElement> {
    web_sys::window()?.document()?.document_element()?.dyn_into().ok()
}

/// Sets the width, or gives it back to the style sheet.
fn set(property: &str, width: Option<f64>) {
    let Some(style) = root().map(|root| root.style()) else { return };
    // A custom property of the page's own takes any length.
    let _ = match width {
        Some(width) => style.set_property(property, &format!("{width}px")),
        None => style.remove_property(property).map(|_| ()),
    };
}

/// Edge between two panels that can be dragged.
#[function_component]
pub fn Splitter(props: &PanelSplitterProps) -> Html {
    let PanelSplitterProps { property, label, right } = *props;
    let width = use_state(|| memory::width(property));
    use_effect_with(*width, move |width| set(property, *width));
    let change = {
        let width = width.clone();
        Callback::from(move |to: Option<f64>| {
            let window = web_sys::window().and_then(|window| window.inner_width().ok()?.as_f64());
            let most = (window.unwrap_or(MAX_COUNT) - MIN_COUNT - CENTRE).clamp(MIN_COUNT, MAX_COUNT);
            let to = to.map(|to| to.clamp(MIN_COUNT, most));
            memory::keep_width(property, to);
            width.set(to);
        })
    };
    let down = Callback::from(|event: PointerEvent| {
        if let Some(edge) = target(&event) {
            let _ = edge.set_pointer_capture(event.pointer_id());
        }
    });
    let moved = {
        let change = change.clone();
        Callback::from(move |event: PointerEvent| {
            let Some(edge) = target(&event).filter(|edge| edge.has_pointer_capture(event.pointer_id()))
            else {
                return;
            };
            if let Some(now) = now(&edge, right) {
                let edge_at = edge.get_bounding_client_rect();
                let by = f64::from(event.client_x()) - edge_at.left() - edge_at.width() / 2.0;
                change.emit(Some(now + if right { -by } else { by }));
            }
        })
    };
    let keys = {
        let change = change.clone();
        Callback::from(move |event: KeyboardEvent| {
            let by = match event.key().as_str() {
                "ArrowLeft" => -STEP,
                "ArrowRight" => STEP,
                _ => return,
            };
            event.prevent_default();
            let edge = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            if let Some(now) = edge.and_then(|edge| now(&edge, right)) {
                change.emit(Some(now + if right { -by } else { by }));
            }
        })
    };
    let twice = Callback::from(move |_: yew::MouseEvent| change.emit(None));
    html! {
        <div class="splitter" role="separator" tabindex="0" aria-orientation="vertical" aria-label={label} title="Drag, or use the arrow keys"
            aria-valuemin={MIN_COUNT.to_string()} aria-valuemax={MAX_COUNT.to_string()} aria-valuenow={width.unwrap_or(300.0).to_string()}
            onpointerdown={down} onpointermove={moved} onkeydown={keys} ondblclick={twice}></div>
    }
}

fn target(event: &PointerEvent) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// How wide the column beside an edge is set to be: what is measured, less what the style sheet adds to it.
fn now(edge: &Element, right: bool) -> Option<f64> {
    let column = if right { edge.next_element_sibling() } else { edge.previous_element_sibling() }?;
    let is_reading =
        !right && edge.parent_element().is_some_and(|stage| stage.class_name().contains("is-reading"));
    Some(column.get_bounding_client_rect().width() - if is_reading { READING } else { 0.0 })
}

/// What the style sheet adds to the column while it holds text (`.is-reading` in layout.css).
const READING: f64 = 136.0;
