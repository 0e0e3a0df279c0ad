//! The timeline on its canvas: draws what `view::timeline` gives, and turns the pointer into actions.
//!
//! Invariant: the canvas is painted at most once a frame, from the newest properties. Only what belongs to
//! the pointer (what is hovered, folded, scrolled) is remembered here.

use super::card;
use crate::canvas::painter::Painter;
use crate::canvas::pixel_ratio;
use crate::page::app::Moment;
use crate::page::{Send, frame};
use crate::store::run::SharedRun;
use crate::store::{Action, Look, Theme};
use gloo_events::{EventListener, EventListenerOptions};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use threadbare::model::id::TaskId;
use threadbare::model::time::Time;
use threadbare::view::hits::Target;
use threadbare::view::scene::{Face, Point, Scene, approximate_width};
use threadbare::view::timeline::{self, Focus, Future, Layout};
use threadbare::view::viewport::{Viewport, Window};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{HtmlCanvasElement, HtmlElement, PointerEvent, ResizeObserver, WheelEvent};
use yew::{
    Callback, Html, NodeRef, Properties, function_component, hook, html, use_effect, use_effect_with,
    use_mut_ref, use_node_ref, use_state,
};

/// How much one notch of the wheel zooms.
const WHEEL: f64 = 0.0016;
/// Pixels that a pointer moves before a press becomes a drag.
const SLOP: f64 = 4.0;

/// What the timeline shows.
#[derive(Properties, Clone, PartialEq)]
pub struct TimelineProps {
    /// Which of the page's timelines it is.
    pub name: &'static str,
    /// The run.
    pub run: SharedRun,
    /// The state at the cursor; without one the headings have no figures.
    pub moment: Option<Moment>,
    /// The cursor.
    pub at: Time,
    /// The stretch of time.
    pub viewport: Viewport,
    /// The selected task.
    pub selected: Option<TaskId>,
    /// Tasks to mark.
    pub found: Rc<BTreeSet<TaskId>>,
    /// The chosen range.
    pub range: Option<Window>,
    /// The colours: a change of them is a reason to paint.
    pub theme: Theme,
    /// Larger type.
    pub projector: bool,
    /// Where actions go.
    pub send: Send,
}

/// What the pointer is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Grip {
    #[default]
    None,
    /// Pressed here, not moved yet.
    Press(Point),
    /// Drags the time line; last here.
    Pan(Point),
    /// Chooses a range from this instant on.
    Range(f64),
}

/// What belongs to the canvas and to no state.
#[derive(Default)]
struct Held {
    painter: Option<Painter>,
    scene: Scene,
    grip: Grip,
    layout: Layout,
}

type SharedHeld = Rc<RefCell<Held>>;

/// The timeline.
#[function_component]
pub fn Timeline(props: &TimelineProps) -> Html {
    let (frame_node, spacer, canvas) = (use_node_ref(), use_node_ref(), use_node_ref());
    let held: SharedHeld = use_mut_ref(Held::default);
    let hovered = use_state(|| None::<(Target, Point)>);
    let turn = use_state(|| 0_u32);
    let again = {
        let turn = turn.clone();
        Callback::from(move |()| turn.set(*turn + 1))
    };
    use_size(&frame_node, &held, props, &again);
    use_wheel(&canvas, &frame_node, &held, &props.send);
    {
        let (props, held) = (props.clone(), Rc::clone(&held));
        let (canvas, spacer) = (canvas.clone(), spacer.clone());
        let hovered = hovered.as_ref().map(|(target, _)| target.clone());
        use_effect(move || {
            frame::soon(props.name, move || paint(&props, &held, &canvas, &spacer, hovered.as_ref()));
        });
    }
    let scroll = {
        let (held, again) = (Rc::clone(&held), again.clone());
        Callback::from(move |event: yew::Event| {
            let frame: Option<HtmlElement> = yew::TargetCast::target_dyn_into(&event);
            held.borrow_mut().layout.scroll = frame.map_or(0.0, |frame| f64::from(frame.scroll_top()));
            again.emit(());
        })
    };
    let down = {
        let held = Rc::clone(&held);
        Callback::from(move |event: PointerEvent| press(&event, &held))
    };
    let moved = {
        let (held, props, hovered) = (Rc::clone(&held), props.clone(), hovered.clone());
        Callback::from(move |event: PointerEvent| {
            drag(&event, &held, &props);
            let at = place(&event);
            let found = held.borrow().scene.hits.at(at).cloned();
            if hovered.as_ref().map(|(target, _)| target) != found.as_ref() {
                hovered.set(found.map(|target| (target, at)));
            }
        })
    };
    let up = {
        let (held, props, again) = (Rc::clone(&held), props.clone(), again.clone());
        Callback::from(move |event: PointerEvent| release(&event, &held, &props, &again))
    };
    let leave = {
        let hovered = hovered.clone();
        Callback::from(move |_: PointerEvent| hovered.set(None))
    };
    let twice = {
        let send = props.send.clone();
        Callback::from(move |_: yew::MouseEvent| send.emit(Action::Look(Look::All)))
    };
    let card =
        hovered.as_ref().and_then(|(target, at)| card::of(&props.run, target).map(|lines| (lines, *at)));
    html! {
        <div class="timeline">
            <div ref={frame_node} class="timeline-frame" onscroll={scroll}>
                <canvas ref={canvas} class="timeline-canvas" role="img" aria-label="Timeline: the verdict and the list of events say what it shows"
                    onpointerdown={down} onpointermove={moved} onpointerup={up.clone()} onpointercancel={up} onpointerleave={leave} ondblclick={twice} />
                <div ref={spacer} class="timeline-spacer"></div>
            </div>
            { card.map(|(lines, at)| html! { <card::Card {lines} x={at.x} y={at.y} /> }).unwrap_or_default() }
        </div>
    }
}

fn place(event: &PointerEvent) -> Point {
    Point { x: f64::from(event.offset_x()), y: f64::from(event.offset_y()) }
}

/// Watches the room there is.
#[hook]
fn use_size(frame_node: &NodeRef, held: &SharedHeld, props: &TimelineProps, again: &Callback<()>) {
    let (node, held, again) = (frame_node.clone(), Rc::clone(held), again.clone());
    let send = props.send.clone();
    let run = props.run.clone();
    use_effect_with((run, props.projector), move |(run, _)| {
        let (run, element) = (run.clone(), node.cast::<HtmlElement>());
        let measure_room = {
            let element = element.clone();
            move || {
                let Some(element) = &element else { return };
                let (width, height) = (f64::from(element.client_width()), f64::from(element.client_height()));
                let mut held = held.borrow_mut();
                let gutter = match &held.painter {
                    Some(painter) => {
                        timeline::gutter(&run.chart, width, &|text, face| painter.measure(text, face))
                    }
                    None => timeline::gutter(&run.chart, width, &approximate_width),
                };
                held.layout.width = width;
                held.layout.height = height;
                drop(held);
                send.emit(Action::Look(Look::Resize(gutter, width - gutter)));
                again.emit(());
            }
        };
        measure_room();
        let watch = Closure::<dyn FnMut()>::new(measure_room);
        let observer = ResizeObserver::new(watch.as_ref().unchecked_ref()).ok();
        if let (Some(observer), Some(element)) = (&observer, &element) {
            observer.observe(element);
        }
        move || {
            if let Some(observer) = observer {
                observer.disconnect();
            }
            drop(watch);
        }
    });
}

/// The wheel zooms about the pointer; where rows can be scrolled it does so with Ctrl, and scrolls without.
#[hook]
fn use_wheel(canvas: &NodeRef, frame_node: &NodeRef, held: &SharedHeld, send: &Send) {
    let (canvas, frame_node, held, send) =
        (canvas.clone(), frame_node.clone(), Rc::clone(held), send.clone());
    use_effect_with((), move |()| {
        let listener = canvas.cast::<HtmlCanvasElement>().map(|element| {
            let options = EventListenerOptions::enable_prevent_default();
            EventListener::new_with_options(&element, "wheel", options, move |event| {
                let Some(event) = event.dyn_ref::<WheelEvent>() else { return };
                let scale = if event.delta_mode() == 1 { 24.0 } else { 1.0 };
                let (dx, dy) = (event.delta_x() * scale, event.delta_y() * scale);
                let scrolls = held.borrow().scene.content_height > held.borrow().layout.height + 1.0;
                if event.shift_key() || dx.abs() > dy.abs() {
                    event.prevent_default();
                    send.emit(Action::Look(Look::Pan(if event.shift_key() && dx == 0.0 { dy } else { dx })));
                } else if event.ctrl_key() || event.alt_key() || !scrolls {
                    event.prevent_default();
                    send.emit(Action::Look(Look::Zoom(f64::from(event.offset_x()), (-dy * WHEEL).exp())));
                }
                let _ = &frame_node;
            })
        });
        move || drop(listener)
    });
}

fn press(event: &PointerEvent, held: &SharedHeld) {
    if event.button() != 0 {
        return;
    }
    if let Some(canvas) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) {
        let _ = canvas.set_pointer_capture(event.pointer_id());
    }
    held.borrow_mut().grip = Grip::Press(place(event));
}

fn drag(event: &PointerEvent, held: &SharedHeld, props: &TimelineProps) {
    let (at, viewport) = (place(event), &props.viewport);
    let grip = held.borrow().grip;
    match grip {
        Grip::None => {}
        Grip::Press(from) => {
            if (at.x - from.x).abs().max((at.y - from.y).abs()) < SLOP {
                return;
            }
            let on_ruler = from.y < timeline::RULER || event.shift_key();
            let next = if on_ruler { Grip::Range(viewport.nanos_at(from.x)) } else { Grip::Pan(at) };
            held.borrow_mut().grip = next;
        }
        Grip::Pan(last) => {
            held.borrow_mut().grip = Grip::Pan(at);
            props.send.emit(Action::Look(Look::Pan(last.x - at.x)));
            let scroll_by = last.y - at.y;
            let frame = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
            if let Some(frame) = frame.and_then(|canvas| canvas.parent_element()) {
                frame.set_scroll_top(frame.scroll_top() + scroll_by.round() as i32);
            }
        }
        Grip::Range(from) => {
            let to = viewport.nanos_at(at.x).clamp(0.0, viewport.bounds.to);
            props.send.emit(Action::Range(Some(Window::new(from.max(0.0), to))));
        }
    }
}

fn release(event: &PointerEvent, held: &SharedHeld, props: &TimelineProps, again: &Callback<()>) {
    let grip = std::mem::take(&mut held.borrow_mut().grip);
    let Grip::Press(at) = grip else { return };
    if event.type_() != "pointerup" {
        return;
    }
    let found = held.borrow().scene.hits.at(at).cloned();
    match found {
        Some(Target::Span { task, .. }) => props.send.emit(Action::Select(Some(task))),
        Some(Target::Moment(event) | Target::Access(event)) => {
            props.send.emit(Action::SeekCount(event.0 + 1))
        }
        Some(Target::Heading(executor)) => {
            let folded = &mut held.borrow_mut().layout.folded;
            if !folded.remove(&executor) {
                folded.insert(executor);
            }
            again.emit(());
        }
        Some(Target::CellsHeading) => {
            let layout = &mut held.borrow_mut().layout;
            layout.cells_folded = !layout.cells_folded;
            again.emit(());
        }
        Some(Target::Ruler) => props.send.emit(Action::Seek(props.viewport.nanos_at(at.x))),
        Some(Target::Crowd { lane, first, end }) => {
            let pieces = props.run.chart.lanes.get(lane as usize).map(|lane| lane.pieces());
            let window = pieces.and_then(|pieces| {
                let (first, last) = (pieces.get(first as usize)?, pieces.get(end.checked_sub(1)? as usize)?);
                Some(Window::between(first.from, last.to))
            });
            if let Some(window) = window {
                props.send.emit(Action::Look(Look::Show(window)));
            }
        }
        Some(
            Target::Worker { .. }
            | Target::Queue(_)
            | Target::Cap(..)
            | Target::Cell(_)
            | Target::Minimap
            | Target::MinimapWindow
            | Target::MinimapFrom
            | Target::MinimapTo
            | Target::Node(_)
            | Target::Edge(_),
        )
        | None => {
            props.send.emit(Action::Select(None));
            props.send.emit(Action::Range(None));
        }
    }
}

fn paint(
    props: &TimelineProps,
    held: &SharedHeld,
    canvas: &NodeRef,
    spacer: &NodeRef,
    hovered: Option<&Target>,
) {
    let mut held = held.borrow_mut();
    let canvas = canvas.cast::<HtmlCanvasElement>();
    if held.painter.as_ref().map(Painter::canvas) != canvas.as_ref() {
        held.painter = canvas.and_then(Painter::new);
    }
    let Held { painter: Some(painter), scene, layout, .. } = &mut *held else { return };
    if layout.width < 1.0 {
        return;
    }
    painter.retheme();
    let focus = Focus {
        cursor: Some(props.at),
        state: props.moment.as_ref().map(|moment| &*moment.0),
        future: Future::Pale,
        selected: props.selected,
        hovered,
        highlighted: (!props.found.is_empty()).then_some(&*props.found),
        range: props.range,
    };
    let measure = |text: &str, face: Face| painter.measure(text, face);
    let run = &props.run;
    *scene = timeline::scene(&run.digest, &run.chart, &props.viewport, layout, &focus, &measure);
    painter.paint(scene, pixel_ratio());
    size(painter.canvas(), "width", scene.width);
    size(painter.canvas(), "height", scene.height);
    // The frame takes the room that the rows need, as far as the page has it.
    if let Some(frame) = painter.canvas().parent_element().and_then(|frame| frame.parent_element()) {
        size(frame.unchecked_ref(), "height", scene.content_height + 8.0);
    }
    if let Some(spacer) = spacer.cast::<HtmlElement>() {
        size(&spacer, "height", (scene.content_height - scene.height).max(0.0));
    }
}

/// Sets a size through the object model, which the Content-Security-Policy allows.
fn size(element: &HtmlElement, property: &str, pixels: f64) {
    let _ = element.style().set_property(property, &format!("{pixels}px"));
}
