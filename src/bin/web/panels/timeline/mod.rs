//! The timeline on its canvas: draws what `view::timeline` gives, and turns the pointer into actions.
//!
//! Invariant: the canvas is painted at most once a frame, and once more if its size changes, from the newest properties.
//! Only what belongs to the pointer (what is hovered, folded, scrolled) is remembered here.

mod canvas;
mod pointer;

use super::card;
use crate::canvas::painter::CanvasPainter;
use crate::canvas::pixel_ratio;
use crate::canvas::size_watch::ResizeWatcher;
use crate::page::frame::{self, Repaint};
use crate::store::{Action, ViewportChange};
use canvas::{SharedCanvas, TimelineCanvas, TimelineProps};
use std::rc::Rc;
use threadbare::view::arrow_keys::{ArrowDirection, beside};
use threadbare::view::hits::HitTarget;
use threadbare::view::scene::{Point, TextSize, approximate_width};
use threadbare::view::timeline::{self, FutureVisibility, TimelineRows, TimelineViewState};
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, HtmlElement, KeyboardEvent, PointerEvent};
use yew::{
    Callback, Html, MouseEvent, NodeRef, UseStateHandle, function_component, hook, html, use_effect,
    use_effect_with, use_mut_ref, use_node_ref, use_state,
};

/// Timeline of the run.
#[function_component]
pub fn Timeline(props: &TimelineProps) -> Html {
    let (frame_node, spacer, canvas) = (use_node_ref(), use_node_ref(), use_node_ref());
    let held: SharedCanvas = use_mut_ref(TimelineCanvas::default);
    let hovered = use_state(|| None::<(HitTarget, Point)>);
    let turn = use_state(|| 0_u32);
    let again = {
        let turn = turn.clone();
        Callback::from(move |()| turn.set(*turn + 1))
    };
    let latest: Repaint = use_mut_ref(|| None);
    use_size(&frame_node, &held, props, &latest);
    pointer::use_wheel(&canvas, &props.send, props.scale);
    {
        let (props, held) = (props.clone(), Rc::clone(&held));
        let (canvas, spacer) = (canvas.clone(), spacer.clone());
        use_effect(move || {
            let name = props.name;
            let paint = Rc::new(move || paint(&props, &held, &canvas, &spacer));
            latest.replace(Some(paint.clone()));
            frame::soon(name, move || paint());
        });
    }
    use_selected(&frame_node, &held, props);
    let keys = {
        let props = props.clone();
        Callback::from(move |event: KeyboardEvent| walk(&event, &props))
    };
    let scroll = {
        let (held, again, scale) = (Rc::clone(&held), again.clone(), props.scale);
        Callback::from(move |event: yew::Event| {
            let frame: Option<HtmlElement> = yew::TargetCast::target_dyn_into(&event);
            held.borrow_mut().layout.scroll =
                frame.map_or(0.0, |frame| f64::from(frame.scroll_top())) / scale;
            again.emit(());
        })
    };
    let TimelinePointerHandlers { down, moved, up, leave, twice } =
        pointer_handlers(props, &held, &hovered, &again);
    let card =
        hovered.as_ref().and_then(|(target, at)| card::of(&props.run, target).map(|lines| (lines, *at)));
    html! {
        <div class="timeline">
            <div ref={frame_node} class="timeline-frame" tabindex="0" role="group" aria-label="Timeline: arrow keys walk the tasks" onscroll={scroll} onkeydown={keys}>
                <canvas ref={canvas} class="timeline-canvas" role="img" aria-label="Timeline: the verdict and the list of events say what it shows"
                    onpointerdown={down} onpointermove={moved} onpointerup={up.clone()} onpointercancel={up} onpointerleave={leave} ondblclick={twice} />
                <div ref={spacer} class="timeline-spacer"></div>
            </div>
            { card.map(|(lines, at)| html! { <card::Card {lines} x={at.x} y={at.y} /> }).unwrap_or_default() }
        </div>
    }
}

/// What the canvas does when the pointer does something.
struct TimelinePointerHandlers {
    down: Callback<PointerEvent>,
    moved: Callback<PointerEvent>,
    up: Callback<PointerEvent>,
    leave: Callback<PointerEvent>,
    twice: Callback<MouseEvent>,
}

fn pointer_handlers(
    props: &TimelineProps,
    held: &SharedCanvas,
    hovered: &UseStateHandle<Option<(HitTarget, Point)>>,
    again: &Callback<()>,
) -> TimelinePointerHandlers {
    let down = {
        let (held, scale) = (Rc::clone(held), props.scale);
        Callback::from(move |event: PointerEvent| pointer::press(&event, &held, scale))
    };
    let moved = {
        let (held, props, hovered) = (Rc::clone(held), props.clone(), hovered.clone());
        Callback::from(move |event: PointerEvent| {
            pointer::drag(&event, &held, &props);
            let at = pointer::place(&event, props.scale);
            let found = held.borrow().scene.hits.at(at).cloned();
            if hovered.as_ref().map(|(target, _)| target) != found.as_ref() {
                let task = found.as_ref().and_then(HitTarget::task);
                if task != props.pointed {
                    props.send.emit(Action::Point(task));
                }
                let at = Point { x: at.x * props.scale, y: at.y * props.scale };
                hovered.set(found.map(|target| (target, at)));
            }
        })
    };
    let up = {
        let (held, props, again) = (Rc::clone(held), props.clone(), again.clone());
        Callback::from(move |event: PointerEvent| pointer::release(&event, &held, &props, &again))
    };
    let leave = {
        let (hovered, send) = (hovered.clone(), props.send.clone());
        Callback::from(move |_: PointerEvent| {
            hovered.set(None);
            send.emit(Action::Point(None));
        })
    };
    let twice = {
        let send = props.send.clone();
        Callback::from(move |_: MouseEvent| send.emit(Action::ChangeViewport(ViewportChange::All)))
    };
    TimelinePointerHandlers { down, moved, up, leave, twice }
}

/// Arrow keys go from task to task.
fn walk(event: &KeyboardEvent, props: &TimelineProps) {
    let direction = match event.key().as_str() {
        "ArrowRight" => ArrowDirection::Later,
        "ArrowLeft" => ArrowDirection::Earlier,
        "ArrowUp" => ArrowDirection::Up,
        "ArrowDown" => ArrowDirection::Down,
        _ => return,
    };
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    event.prevent_default();
    if let Some(task) = beside(&props.run.chart, props.selected, direction) {
        props.send.emit(Action::Select(Some(task)));
    }
}

/// Scrolls to the row of a task that is selected and not in sight.
#[hook]
fn use_selected(frame_node: &NodeRef, held: &SharedCanvas, props: &TimelineProps) {
    let (node, held, scale) = (frame_node.clone(), Rc::clone(held), props.scale);
    use_effect_with((props.run.clone(), props.selected), move |(run, selected)| {
        let chart = &run.chart;
        let spot = selected.and_then(|task| chart.start_of(task).or_else(|| chart.place_of(task)));
        let (Some((lane, _)), Some(frame)) = (spot, node.cast::<HtmlElement>()) else { return };
        let layout = held.borrow().layout.clone();
        let rows = TimelineRows::new(chart, &layout);
        let Some(row) = rows.lane(lane) else { return };
        if row.top < timeline::RULER + row.height() || row.bottom > layout.height {
            let middle = row.middle() + layout.scroll - (layout.height + timeline::RULER) / 2.0;
            frame.set_scroll_top((middle * scale) as i32);
        }
    });
}

/// Watches the room there is.
#[hook]
fn use_size(frame_node: &NodeRef, held: &SharedCanvas, props: &TimelineProps, latest: &Repaint) {
    let shown = use_mut_ref(|| (props.run.clone(), props.viewport));
    shown.replace((props.run.clone(), props.viewport));
    let fit = {
        let (held, send) = (Rc::clone(held), props.send.clone());
        move || {
            let (run, viewport) = &*shown.borrow();
            let held = held.borrow();
            let width = held.layout.width;
            let gutter = match &held.painter {
                Some(painter) => {
                    timeline::gutter(&run.chart, width, &|text, face| painter.measure(text, face))
                }
                None => timeline::gutter(&run.chart, width, &approximate_width),
            };
            drop(held);
            if (viewport.left, viewport.width) != (gutter, width - gutter) {
                send.emit(Action::ChangeViewport(ViewportChange::Resize(gutter, width - gutter)));
            }
        }
    };
    {
        let (node, held) = (frame_node.clone(), Rc::clone(held));
        let (fit, latest, name) = (fit.clone(), Rc::clone(latest), props.name);
        use_effect_with(props.scale.to_bits(), move |scale| {
            let changed = move || {
                fit();
                frame::repaint(name, &latest);
            };
            watch_size(node.cast::<HtmlElement>(), held, f64::from_bits(*scale), changed)
        });
    }
    let held = Rc::clone(held);
    // Another run has other names before its rows. The room is known: to ask for it again would lay the page out.
    use_effect_with(props.run.clone(), move |_| {
        if held.borrow().layout.width > 0.0 {
            fit();
        }
    });
}

/// Takes the size of an element now and whenever it changes; gives what ends that.
fn watch_size(
    element: Option<HtmlElement>,
    held: SharedCanvas,
    scale: f64,
    changed: impl Fn() + 'static,
) -> impl FnOnce() {
    let measure_room = {
        let element = element.clone();
        move || {
            let Some(element) = &element else { return };
            let size =
                (f64::from(element.client_width()) / scale, f64::from(element.client_height()) / scale);
            {
                let layout = &mut held.borrow_mut().layout;
                if (layout.width, layout.height) == size {
                    return;
                }
                (layout.width, layout.height) = size;
            }
            changed();
        }
    };
    let watch = ResizeWatcher::new(element.as_ref(), measure_room);
    move || drop(watch)
}

fn paint(props: &TimelineProps, held: &SharedCanvas, canvas: &NodeRef, spacer: &NodeRef) {
    let mut held = held.borrow_mut();
    let canvas = canvas.cast::<HtmlCanvasElement>();
    if held.painter.as_ref().map(CanvasPainter::canvas) != canvas.as_ref() {
        held.painter = canvas.and_then(CanvasPainter::new);
    }
    let TimelineCanvas { painter: Some(painter), scene, layout, .. } = &mut *held else { return };
    if layout.width < 1.0 {
        return;
    }
    painter.retheme(props.dark);
    let focus = TimelineViewState {
        cursor: Some(props.at),
        state: props.moment.as_ref().map(|moment| &*moment.0),
        future: if props.is_future_hidden { FutureVisibility::Hidden } else { FutureVisibility::Shown },
        selected: props.selected,
        hovered: props.pointed,
        highlighted: (!props.found.is_empty()).then_some(&*props.found),
        range: props.range,
        parted: props.parted,
        beats: &props.beats,
        marks: &props.marks,
    };
    let measure = |text: &str, face: TextSize| painter.measure(text, face);
    let run = &props.run;
    // Of another width the store hears after this picture.
    let mut viewport = props.viewport;
    viewport.resize(viewport.left, layout.width - viewport.left);
    *scene = timeline::scene(&run.digest, &run.chart, &viewport, layout, &focus, &measure);
    let scale = props.scale;
    painter.paint_scaled(scene, pixel_ratio(), scale);
    // The frame takes the room that the rows need, as far as the page has it.
    if let Some(frame) = painter.canvas().parent_element().and_then(|frame| frame.parent_element()) {
        size(frame.unchecked_ref(), "height", scene.content_height * scale + 8.0);
    }
    if let Some(spacer) = spacer.cast::<HtmlElement>() {
        size(&spacer, "height", (scene.content_height - scene.height).max(0.0) * scale);
    }
}

/// Sets a size through the object model, which the Content-Security-Policy allows.
fn size(element: &HtmlElement, property: &str, pixels: f64) {
    let _ = element.style().set_property(property, &format!("{pixels}px"));
}
