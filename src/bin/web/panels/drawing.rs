//! A small picture on its own canvas: the graph, the minimap, a thumbnail.
//!
//! Invariant: it is drawn anew when its picture, its width or the colours change, and at no other time.

use crate::canvas::painter::CanvasPainter;
use crate::canvas::pixel_ratio;
use crate::canvas::size_watch::ResizeWatcher;
use std::cell::RefCell;
use std::rc::Rc;
use threadbare::view::hits::HitTarget;
use threadbare::view::scene::{Measure, Point, Scene, TextSize};
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, HtmlElement, PointerEvent};
use yew::{
    Callback, Html, NodeRef, Properties, classes, function_component, hook, html, use_effect_with,
    use_mut_ref, use_node_ref, use_state,
};

/// The smallest scale at which small letters can still be read.
const MIN_SIZE: f64 = 0.72;

/// Makes a scene for a width. Two are equal if they are the same one.
#[derive(Clone)]
pub struct SceneDrawer(Rc<dyn Fn(f64, Measure<'_>) -> Scene>);

impl SceneDrawer {
    /// From a function of the width in pixels and a measure of text.
    pub fn new(draw: impl Fn(f64, Measure<'_>) -> Scene + 'static) -> SceneDrawer {
        SceneDrawer(Rc::new(draw))
    }
}

impl PartialEq for SceneDrawer {
    fn eq(&self, other: &SceneDrawer) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// What the pointer does on a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawingPointerEvent {
    /// What it does.
    pub what: DrawingPointerEventKind,
    /// Where, in pixels of the picture.
    pub at: Point,
    /// What is there.
    pub target: Option<HitTarget>,
}

/// Kinds of touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrawingPointerEventKind {
    /// A press begins.
    Down,
    /// It moves, pressed or not.
    Move,
    /// The press ends.
    Up,
    /// The pointer leaves the picture.
    Leave,
}

/// Properties of a picture.
#[derive(Properties, Clone, PartialEq)]
pub struct DrawingProps {
    /// What it shows.
    pub draw: SceneDrawer,
    /// Whether dark colours are used.
    pub dark: bool,
    /// How much larger than the picture says it is drawn.
    #[prop_or(1.0)]
    pub scale: f64,
    /// Drawn smaller where there is no room for it, as far as it can be read.
    #[prop_or_default]
    pub fits: bool,
    /// What a screen reader says.
    pub label: String,
    /// A class for its frame.
    #[prop_or_default]
    pub class: &'static str,
    /// What the pointer does.
    #[prop_or_default]
    pub touch: Callback<DrawingPointerEvent>,
}

#[derive(Default)]
struct DrawingCanvasState {
    painter: Option<CanvasPainter>,
    scene: Scene,
    is_pressed: bool,
    /// Pixels of the page in one of the scene.
    scale: f64,
    /// How wide its frame is, in CSS pixels; 0 until that is known.
    width: f64,
    /// What it shows, for when its frame changes.
    props: Option<DrawingProps>,
}

/// A picture on a canvas as wide as its frame.
#[function_component]
pub fn Drawing(props: &DrawingProps) -> Html {
    let (frame, canvas) = (use_node_ref(), use_node_ref());
    let held = use_mut_ref(DrawingCanvasState::default);
    use_frame(&frame, &canvas, &held);
    {
        let (held, canvas) = (Rc::clone(&held), canvas.clone());
        use_effect_with(props.clone(), move |props| {
            let mut held = held.borrow_mut();
            held.props = Some(props.clone());
            paint(&mut held, &canvas);
        });
    }
    let touch = |what: DrawingPointerEventKind| {
        let (held, touch) = (Rc::clone(&held), props.touch.clone());
        Callback::from(move |event: PointerEvent| touch.emit(touched(what, &event, &held)))
    };
    html! {
        <div ref={frame} class={classes!("drawing", props.class)}>
            <canvas ref={canvas} role="img" aria-label={props.label.clone()} onpointerdown={touch(DrawingPointerEventKind::Down)}
                onpointermove={touch(DrawingPointerEventKind::Move)} onpointerup={touch(DrawingPointerEventKind::Up)} onpointerleave={touch(DrawingPointerEventKind::Leave)} />
        </div>
    }
}

fn touched(
    what: DrawingPointerEventKind,
    event: &PointerEvent,
    held: &RefCell<DrawingCanvasState>,
) -> DrawingPointerEvent {
    let mut held = held.borrow_mut();
    if what == DrawingPointerEventKind::Down
        && let Some(canvas) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok())
    {
        let _ = canvas.set_pointer_capture(event.pointer_id());
        held.is_pressed = true;
    }
    if what == DrawingPointerEventKind::Up {
        held.is_pressed = false;
    }
    let scale = held.scale.max(0.1);
    let at = Point { x: f64::from(event.offset_x()) / scale, y: f64::from(event.offset_y()) / scale };
    DrawingPointerEvent { what, at, target: held.scene.hits.at(at).cloned() }
}

/// Watches how wide the frame is, and paints another width in the frame of the screen that brings it.
#[hook]
fn use_frame(frame: &NodeRef, canvas: &NodeRef, held: &Rc<RefCell<DrawingCanvasState>>) {
    let (frame, canvas, held) = (frame.clone(), canvas.clone(), Rc::clone(held));
    use_effect_with((), move |()| {
        let element = frame.cast::<HtmlElement>();
        let look = {
            let element = element.clone();
            move || {
                let mut held = held.borrow_mut();
                let width = element.as_ref().map_or(0.0, |element| f64::from(element.client_width()));
                if width != held.width {
                    held.width = width;
                    paint(&mut held, &canvas);
                }
            }
        };
        let watch = ResizeWatcher::new(element.as_ref(), look);
        move || drop(watch)
    });
}

fn paint(held: &mut DrawingCanvasState, canvas: &NodeRef) {
    let canvas = canvas.cast::<HtmlCanvasElement>();
    if held.painter.as_ref().map(CanvasPainter::canvas) != canvas.as_ref() {
        held.painter = canvas.and_then(CanvasPainter::new);
    }
    let DrawingCanvasState { painter: Some(painter), scene, scale, width, props: Some(props), .. } = held
    else {
        return;
    };
    let width = *width;
    if width < 1.0 {
        return;
    }
    painter.retheme(props.dark);
    *scene = (props.draw.0)(width / props.scale, &|text: &str, face: TextSize| painter.measure(text, face));
    let room = if props.fits { (width / scene.width).clamp(MIN_SIZE, 1.0) } else { 1.0 };
    *scale = props.scale * room;
    painter.paint_scaled(scene, pixel_ratio(), *scale);
}

/// How wide an element is, now and whenever it changes.
#[hook]
pub fn use_width(node: &NodeRef) -> f64 {
    let width = use_state(|| 0.0);
    let (node, set) = (node.clone(), width.setter());
    use_effect_with((), move |()| {
        let element = node.cast::<HtmlElement>();
        let look = {
            let element = element.clone();
            move || set.set(element.as_ref().map_or(0.0, |element| f64::from(element.client_width())))
        };
        let watch = ResizeWatcher::new(element.as_ref(), look);
        move || drop(watch)
    });
    *width
}
