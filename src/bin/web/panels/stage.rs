//! The stage on its canvas: draws what `view::stage` gives, moves tokens on their way, and turns the pointer and the
//! arrow keys into actions.
//!
//! Invariant: painted at most once a frame, and once more if its size changes, from the newest properties; it paints by
//! itself only while something is on its way. What is unfolded belongs to the canvas and to no state.

use crate::canvas::painter::CanvasPainter;
use crate::canvas::pixel_ratio;
use crate::canvas::size_watch::ResizeWatcher;
use crate::page::frame::{self, Repaint};
use crate::page::world_state::SharedSimulationState;
use crate::page::{SendAction, now};
use crate::store::Action;
use crate::store::run::SharedRun;
use std::cell::RefCell;
use std::rc::Rc;
use threadbare::model::id::TaskId;
use threadbare::model::time::Time;
use threadbare::view::hits::HitTarget;
use threadbare::view::scene::{Point, Scene, TextSize};
use threadbare::view::stage::{
    self, StageFigureKind, StageFrame, StageLayout, StageSelection, StageSnapshot, StagedRun, TokenMotion,
};
use web_sys::{HtmlCanvasElement, HtmlElement, KeyboardEvent, PointerEvent};
use yew::{
    Callback, Html, NodeRef, Properties, function_component, hook, html, use_effect, use_effect_with,
    use_memo, use_mut_ref, use_node_ref, use_state,
};

/// What the stage shows.
#[derive(Properties, Clone, PartialEq)]
pub struct StagePanelProps {
    /// The run that is shown.
    pub run: SharedRun,
    /// The state at the cursor.
    pub moment: SharedSimulationState,
    /// Where the cursor is.
    pub at: Time,
    /// The selected task.
    #[prop_or_default]
    pub selected: Option<TaskId>,
    /// The task that the pointer is on, here or in the timeline.
    #[prop_or_default]
    pub pointed: Option<TaskId>,
    /// Whether the colours are dark.
    pub dark: bool,
    /// How much larger it is drawn.
    pub scale: f64,
    /// Nothing moves on its way.
    pub still: bool,
    /// What the stage is called, where there are two.
    #[prop_or(StagePanelProps::MAIN)]
    pub name: &'static str,
    /// Whose it is, where there are two.
    #[prop_or_default]
    pub of: Option<String>,
    /// Names of what is lit while nothing is pointed at or selected.
    #[prop_or_default]
    pub light: Vec<String>,
    /// Where actions go.
    pub send: SendAction,
}

impl StagePanelProps {
    /// The name of the stage of the shown run.
    pub const MAIN: &'static str = "stage";
}

/// The canvas of the stage and what is drawn on it.
#[derive(Default)]
struct StageCanvas {
    painter: Option<CanvasPainter>,
    scene: Scene,
    stage: Option<Rc<StageSnapshot>>,
    placed: StageLayout,
    frame: StageFrame,
    /// The frame has another size than what is on the canvas was painted for.
    is_resized: bool,
    motion: TokenMotion,
    /// The scale at which it is drawn, so that all of it is seen, and seen well.
    fit: f64,
    /// Whose tokens are on their way: another run is another play.
    run: Option<SharedRun>,
    /// The last picture of another variant, and when it began to fade.
    fading: Option<(HtmlCanvasElement, f64)>,
}

type SharedCanvas = Rc<RefCell<StageCanvas>>;

/// The stage on its canvas.
#[function_component]
pub fn StagePanel(props: &StagePanelProps) -> Html {
    let (frame_node, canvas) = (use_node_ref(), use_node_ref());
    let held: SharedCanvas = use_mut_ref(StageCanvas::default);
    let turn = use_state(|| 0_u32);
    let again = {
        let turn = turn.clone();
        Callback::from(move |()| turn.set(*turn + 1))
    };
    let plan = use_memo(props.run.clone(), |run| StagedRun::new(&run.digest, &run.chart));
    // Made once for the picture and for its words.
    let stage = {
        let (deps, plan) = ((props.run.clone(), props.moment.clone(), props.at), Rc::clone(&plan));
        use_memo(deps, move |(run, moment, at)| StageSnapshot::new(&plan, &run.digest, &moment.0, *at))
    };
    let latest: Repaint = use_mut_ref(|| None);
    use_room(&frame_node, &held, props.scale, props.name, &latest);
    {
        let (props, held, canvas) = (props.clone(), Rc::clone(&held), canvas.clone());
        let stage = Rc::clone(&stage);
        use_effect(move || {
            let name = props.name;
            let paint = Rc::new(move || paint(&props, &plan, Some(Rc::clone(&stage)), &held, &canvas));
            latest.replace(Some(paint.clone()));
            frame::soon(name, move || paint());
        });
    }
    let words = {
        let deps = (props.run.clone(), props.moment.clone());
        use_memo(deps, move |(run, _)| stage::words(&run.digest, &stage))
    };
    let moved = pointer(
        &held,
        props,
        |found, held, props, _| {
            let task = found.and_then(|target| task_of(target, held));
            if task != props.pointed {
                props.send.emit(Action::Point(task));
            }
        },
        &again,
    );
    let up = pointer(&held, props, pressed, &again);
    let leave = {
        let send = props.send.clone();
        Callback::from(move |_: PointerEvent| send.emit(Action::Point(None)))
    };
    let keys = {
        let (held, props) = (Rc::clone(&held), props.clone());
        Callback::from(move |event: KeyboardEvent| walk(&event, &held.borrow(), &props))
    };
    let label = props.of.as_ref().map_or("Stage".to_owned(), |of| format!("Stage of {of}"));
    // The skip links lead to the first.
    let id = (props.name == StagePanelProps::MAIN).then_some("picture");
    html! {
        <section class="picture" aria-label={label.clone()}>
            { for props.of.as_ref().map(|of| html! { <h2 class="whose">{ of }</h2> }) }
            <div ref={frame_node} class="stage-frame" {id} tabindex="0" role="group" aria-label={format!("{label}: arrow keys walk the tasks")} onkeydown={keys}>
                <canvas ref={canvas} class="stage-canvas" role="img" aria-label={(*words).clone()}
                    onpointermove={moved} onpointerup={up} onpointerleave={leave} />
            </div>
        </section>
    }
}

/// What follows from a pointer on something: the target under it, what is drawn, where actions go, a repaint.
type PointerReaction = fn(Option<&HitTarget>, &mut StageCanvas, &StagePanelProps, &Callback<()>);

fn pointer(
    held: &SharedCanvas,
    props: &StagePanelProps,
    react: PointerReaction,
    again: &Callback<()>,
) -> Callback<PointerEvent> {
    let (held, props, again) = (Rc::clone(held), props.clone(), again.clone());
    Callback::from(move |event: PointerEvent| {
        let fit = held.borrow().fit;
        // Before the first picture nothing is there to be pointed at.
        let scale = props.scale * if fit > 0.0 { fit } else { 1.0 };
        let at = Point { x: f64::from(event.offset_x()) / scale, y: f64::from(event.offset_y()) / scale };
        let found = held.borrow().scene.hits.at(at).cloned();
        react(found.as_ref(), &mut held.borrow_mut(), &props, &again);
    })
}

/// The task of a figure: of a pile, its first.
fn task_of(target: &HitTarget, held: &StageCanvas) -> Option<TaskId> {
    let HitTarget::Figure(figure) = target else { return None };
    let stage = held.stage.as_ref()?;
    let token = match held.placed.figures.get(*figure as usize)?.kind {
        StageFigureKind::Token(token) => token,
        StageFigureKind::Pile(role) => *stage.roles.get(role as usize)?.tokens.first()?,
        StageFigureKind::Rest(_) => return None,
    };
    stage.tokens.get(token as usize).map(|token| token.task)
}

/// A token is selected, a pile unfolds; a press beside everything takes the selection back.
fn pressed(found: Option<&HitTarget>, held: &mut StageCanvas, props: &StagePanelProps, again: &Callback<()>) {
    let figure = match found {
        Some(HitTarget::Figure(figure)) => held.placed.figures.get(*figure as usize).copied(),
        Some(_) | None => None,
    };
    let Some((figure, stage)) = figure.zip(held.stage.as_ref()) else {
        held.frame.unfolded.clear();
        again.emit(());
        return props.send.emit(Action::Select(None));
    };
    match figure.kind {
        StageFigureKind::Token(token) => {
            let task = stage.tokens.get(token as usize).map(|token| token.task);
            props.send.emit(Action::Select(task));
        }
        StageFigureKind::Pile(role) => {
            if let Some(role) = stage.roles.get(role as usize) {
                held.frame.unfolded.insert((role.zone, role.kind));
                again.emit(());
            }
        }
        StageFigureKind::Rest(_) => {}
    }
}

/// Arrow keys select the next token, or the one before; Enter tells its story.
fn walk(event: &KeyboardEvent, held: &StageCanvas, props: &StagePanelProps) {
    let by: isize = match event.key().as_str() {
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        _ => return,
    };
    let Some(stage) = held.stage.as_ref().filter(|stage| !stage.tokens.is_empty()) else { return };
    event.prevent_default();
    let here = props.selected.and_then(|task| stage.token(task)).map(|at| at as isize);
    let count = stage.tokens.len() as isize;
    let next = here.map_or(0, |here| (here + by).rem_euclid(count));
    props.send.emit(Action::Select(Some(stage.tokens[next as usize].task)));
}

/// Watches the room there is, and paints another size in the frame that brings it.
#[hook]
fn use_room(node: &NodeRef, held: &SharedCanvas, scale: f64, name: &'static str, latest: &Repaint) {
    let (node, held, latest) = (node.clone(), Rc::clone(held), Rc::clone(latest));
    use_effect_with(scale.to_bits(), move |_| {
        let element = node.cast::<HtmlElement>();
        let look = {
            let element = element.clone();
            move || {
                let Some(element) = &element else { return };
                let mut held = held.borrow_mut();
                let grows_from = grows_from(element);
                held.frame.width = f64::from(element.client_width()) / scale;
                held.frame.height = grows_from.unwrap_or(f64::from(element.client_height())) / scale;
                held.frame.can_grow = grows_from.is_some();
                held.frame.scale = scale;
                held.is_resized = true;
                drop(held);
                frame::repaint(name, &latest);
            }
        };
        let watch = ResizeWatcher::new(element.as_ref(), look);
        move || drop(watch)
    });
}

/// The height that a frame has at least, if the style sheet lets it grow with what is drawn, as on a phone.
fn grows_from(element: &HtmlElement) -> Option<f64> {
    let style = web_sys::window()?.get_computed_style(element).ok()??;
    let least = style.get_property_value("min-height").ok()?;
    least.strip_suffix("px")?.parse::<f64>().ok().filter(|least| *least > 0.0)
}

/// Whether two runs are of different variants, or documents.
fn is_other_design(last: &SharedRun, next: &SharedRun) -> bool {
    let (last, next) = (&last.trace().scenario, &next.trace().scenario);
    (&last.title, &last.variant) != (&next.title, &next.variant)
}

/// Paints the next stage, or the last one again while something is on its way.
fn paint(
    props: &StagePanelProps,
    plan: &Rc<StagedRun>,
    next: Option<Rc<StageSnapshot>>,
    shared: &SharedCanvas,
    canvas: &NodeRef,
) {
    let mut held = shared.borrow_mut();
    let node = canvas.cast::<HtmlCanvasElement>();
    if held.painter.as_ref().map(CanvasPainter::canvas) != node.as_ref() {
        held.painter = node.and_then(CanvasPainter::new);
    }
    let time = now();
    let is_resized = std::mem::take(&mut held.is_resized);
    let StageCanvas { painter: Some(painter), scene, stage, placed, frame, motion, run, fit, fading, .. } =
        &mut *held
    else {
        return;
    };
    if frame.width < 1.0 {
        return;
    }
    painter.retheme(props.dark);
    let digest = &props.run.digest;
    if let Some(next) = next {
        if run.as_ref() != Some(&props.run) {
            let last = run.replace(props.run.clone());
            // A slider is to be seen at once; another variant is to be seen coming.
            if last.is_some_and(|last| is_other_design(&last, &props.run)) && !props.still {
                *fading = painter.copy().map(|copy| (copy, time));
            }
            motion.reset();
        }
        if is_resized {
            // Everything stands elsewhere, and nothing of it has moved.
            motion.reset();
        }
        (*placed, *fit) = stage::fitted(plan, digest, &next, frame);
        if !props.still {
            motion.update(digest, &next, placed, time);
        }
        *stage = Some(next);
    }
    // A repaint that was asked for before another run came is not of what is shown now.
    let Some(stage) = stage.as_ref().filter(|_| run.as_ref() == Some(&props.run)) else { return };
    let focus =
        StageSelection { hovered: props.pointed, selected: props.selected, light: props.light.clone() };
    let measure = |text: &str, face: TextSize| painter.measure(text, face);
    let moving = (!props.still).then_some((&*motion, time));
    *scene = stage::scene(digest, stage, placed, &focus, moving, &measure);
    let scale = props.scale * *fit;
    painter.paint_scaled(scene, pixel_ratio(), scale);
    fading.take_if(|(_, began)| time >= *began + stage::MOVE_MS);
    if let Some((copy, began)) = fading {
        painter.veil(copy, 1.0 - (time - *began) / stage::MOVE_MS);
    }
    if !props.still && (motion.is_moving(time) || fading.is_some()) {
        let (props, plan, shared, canvas) =
            (props.clone(), Rc::clone(plan), Rc::clone(shared), canvas.clone());
        frame::once(props.name, move |_| paint(&props, &plan, None, &shared, &canvas));
    }
}
