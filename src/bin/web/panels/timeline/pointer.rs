//! What the pointer does on the timeline: press, drag, two fingers, the wheel; each becomes an action.
//!
//! Invariant: places are pixels of the scene, whatever the scale it is drawn at. One pointer pans or chooses
//! a range, two zoom about the point between them; up and down belong to the browser on a touch screen.

use super::canvas::{PointerGesture, SharedCanvas, TimelineProps};
use crate::store::{Action, ViewportChange};
use gloo_events::{EventListener, EventListenerOptions};
use threadbare::view::hits::HitTarget;
use threadbare::view::range;
use threadbare::view::scene::Point;
use threadbare::view::timeline;
use threadbare::view::viewport::TimeWindow;
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, HtmlElement, PointerEvent, WheelEvent};
use yew::{Callback, NodeRef, hook, use_effect_with};

/// How much one notch of the wheel zooms.
const WHEEL: f64 = 0.0016;
/// Pixels that a pointer moves before a press becomes a drag.
const SLOP: f64 = 4.0;

/// Where the pointer is, in pixels of the scene.
pub fn place(event: &PointerEvent, scale: f64) -> Point {
    Point { x: f64::from(event.offset_x()) / scale, y: f64::from(event.offset_y()) / scale }
}

/// The wheel zooms about the pointer; where rows can be scrolled it does so with Ctrl, and scrolls without.
#[hook]
pub fn use_wheel(canvas: &NodeRef, send: &crate::page::SendAction, scale: f64) {
    let (canvas, send) = (canvas.clone(), send.clone());
    use_effect_with(scale as u32, move |_| {
        let listener = canvas.cast::<HtmlCanvasElement>().map(|element| {
            let options = EventListenerOptions::enable_prevent_default();
            EventListener::new_with_options(&element, "wheel", options, move |event| {
                let Some(event) = event.dyn_ref::<WheelEvent>() else { return };
                let unit = if event.delta_mode() == 1 { 24.0 } else { 1.0 };
                let (dx, dy) = (event.delta_x() * unit, event.delta_y() * unit);
                if event.shift_key() || dx.abs() > dy.abs() {
                    event.prevent_default();
                    send.emit(Action::ChangeViewport(ViewportChange::Pan(
                        if event.shift_key() && dx == 0.0 { dy } else { dx },
                    )));
                } else if event.ctrl_key() || event.meta_key() || event.alt_key() {
                    event.prevent_default();
                    let x = f64::from(event.offset_x()) / scale;
                    send.emit(Action::ChangeViewport(ViewportChange::Zoom(x, (-dy * WHEEL).exp())));
                }
            })
        });
        move || drop(listener)
    });
}

/// A pointer goes down.
pub fn press(event: &PointerEvent, held: &SharedCanvas, scale: f64) {
    if event.button() != 0 {
        return;
    }
    if let Some(canvas) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) {
        let _ = canvas.set_pointer_capture(event.pointer_id());
    }
    let at = place(event, scale);
    let pointers = &mut held.borrow_mut().pointers;
    pointers.down.retain(|(id, _)| *id != event.pointer_id());
    pointers.down.push((event.pointer_id(), at));
    // A second finger ends what the first began.
    pointers.gesture =
        if pointers.down.len() == 1 { PointerGesture::Press(at) } else { PointerGesture::Nothing };
}

/// A pointer moves.
pub fn drag(event: &PointerEvent, held: &SharedCanvas, props: &TimelineProps) {
    let at = place(event, props.scale);
    if pinch(event.pointer_id(), at, held, props) {
        return;
    }
    let viewport = &props.viewport;
    let doing = held.borrow().pointers.gesture;
    match doing {
        PointerGesture::Nothing => {}
        PointerGesture::Press(from) => {
            if (at.x - from.x).abs().max((at.y - from.y).abs()) < SLOP {
                return;
            }
            let on_ruler = from.y < timeline::RULER || event.shift_key();
            let next = if on_ruler {
                PointerGesture::Range(viewport.nanos_at(from.x), from.x)
            } else {
                PointerGesture::Pan(at)
            };
            held.borrow_mut().pointers.gesture = next;
        }
        PointerGesture::Pan(last) => {
            held.borrow_mut().pointers.gesture = PointerGesture::Pan(at);
            props.send.emit(Action::ChangeViewport(ViewportChange::Pan(last.x - at.x)));
            let scroll_by = (last.y - at.y) * props.scale;
            let canvas = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
            if let Some(frame) = canvas.and_then(|canvas| canvas.parent_element()) {
                frame.set_scroll_top(frame.scroll_top() + scroll_by.round() as i32);
            }
        }
        // Up and down along the ruler chooses nothing.
        PointerGesture::Range(_, x) if (at.x - x).abs() < SLOP => {}
        PointerGesture::Range(from, _) => {
            let to = viewport.nanos_at(at.x).clamp(0.0, viewport.bounds.to);
            let chosen = range::rounded(TimeWindow::new(from.max(0.0), to), viewport.nanos_per_pixel());
            props.send.emit(Action::Range(Some(chosen)));
        }
    }
}

/// Two fingers: the time line follows both of them. Whether there are two.
fn pinch(id: i32, at: Point, held: &SharedCanvas, props: &TimelineProps) -> bool {
    let (before, now) = {
        let pointers = &mut held.borrow_mut().pointers;
        let before = pointers.span();
        if let Some((_, last)) = pointers.down.iter_mut().find(|(known, _)| *known == id) {
            *last = at;
        }
        (before, pointers.span())
    };
    let (Some((old_middle, old_apart)), Some((middle, apart))) = (before, now) else { return false };
    props.send.emit(Action::ChangeViewport(ViewportChange::Pan(old_middle - middle)));
    props.send.emit(Action::ChangeViewport(ViewportChange::Zoom(middle, apart / old_apart)));
    true
}

/// A pointer goes up, or is taken away: a press that did not move means what it is on.
pub fn release(event: &PointerEvent, held: &SharedCanvas, props: &TimelineProps, again: &Callback<()>) {
    let doing = {
        let pointers = &mut held.borrow_mut().pointers;
        pointers.down.retain(|(id, _)| *id != event.pointer_id());
        std::mem::take(&mut pointers.gesture)
    };
    let PointerGesture::Press(at) = doing else { return };
    if event.type_() != "pointerup" {
        return;
    }
    let found = held.borrow().scene.hits.at(at).cloned();
    pressed(found, at, held, props, again);
}

fn pressed(
    found: Option<HitTarget>,
    at: Point,
    held: &SharedCanvas,
    props: &TimelineProps,
    again: &Callback<()>,
) {
    match found {
        Some(HitTarget::Span { task, .. }) => props.send.emit(Action::Select(Some(task))),
        Some(HitTarget::Moment(event) | HitTarget::Access(event)) => {
            props.send.emit(Action::SeekCount(event.0 + 1))
        }
        Some(HitTarget::Heading(executor)) => {
            let folded = &mut held.borrow_mut().layout.folded;
            if !folded.remove(&executor) {
                folded.insert(executor);
            }
            again.emit(());
        }
        Some(HitTarget::CellsHeading) => {
            let layout = &mut held.borrow_mut().layout;
            layout.cells_folded = !layout.cells_folded;
            again.emit(());
        }
        Some(HitTarget::Ruler) => props.send.emit(Action::Seek(props.viewport.nanos_at(at.x))),
        Some(HitTarget::Crowd { lane, first, end }) => {
            let pieces = props.run.chart.lanes.get(lane as usize).map(|lane| lane.pieces());
            let window = pieces.and_then(|pieces| {
                let (first, last) = (pieces.get(first as usize)?, pieces.get(end.checked_sub(1)? as usize)?);
                Some(TimeWindow::between(first.from, last.to))
            });
            if let Some(window) = window {
                props.send.emit(Action::ChangeViewport(ViewportChange::GlideTo(window)));
            }
        }
        Some(
            HitTarget::Worker { .. }
            | HitTarget::Queue(_)
            | HitTarget::Cap(..)
            | HitTarget::Cell(_)
            | HitTarget::Minimap
            | HitTarget::MinimapWindow
            | HitTarget::MinimapFrom
            | HitTarget::MinimapTo
            | HitTarget::Node(_)
            | HitTarget::Edge(_)
            | HitTarget::Figure(_)
            | HitTarget::Object(_),
        )
        | None => {
            props.send.emit(Action::Select(None));
            props.send.emit(Action::Range(None));
        }
    }
}
