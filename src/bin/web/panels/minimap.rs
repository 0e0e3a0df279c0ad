//! The whole run in a strip: where one is in it, and a handle to be elsewhere.

use super::drawing::{Drawing, DrawingPointerEvent, DrawingPointerEventKind, SceneDrawer};
use crate::page::SendAction;
use crate::store::run::SharedRun;
use crate::store::{Action, ViewportChange};
use std::cell::RefCell;
use std::rc::Rc;
use threadbare::model::time::Time;
use threadbare::view::beatmark::StoryBeatMark;
use threadbare::view::hits::HitTarget;
use threadbare::view::minimap::{MinimapMarkers, MinimapProfile, nanos_at, scene};
use threadbare::view::viewport::{TimeWindow, Viewport};
use web_sys::HtmlElement;
use yew::{
    Callback, Html, Properties, function_component, html, use_effect_with, use_memo, use_mut_ref,
    use_node_ref,
};

/// Height of the strip, in pixels.
const HEIGHT: f64 = 30.0;

/// What the strip shows.
#[derive(Properties, PartialEq)]
pub struct TimelineMinimapProps {
    /// The run that is shown.
    pub run: SharedRun,
    /// The stretch of time that the timeline shows.
    pub viewport: Viewport,
    /// How far the strip goes: the end of the run, or of a longer one beside it.
    pub end: Time,
    /// Where the cursor is.
    pub at: Time,
    /// The telling moments.
    pub beats: Rc<[StoryBeatMark]>,
    /// Nothing right of the cursor is drawn.
    pub is_future_hidden: bool,
    /// Whether the colours are dark.
    pub dark: bool,
    /// How much larger it is drawn.
    pub scale: f64,
    /// What it is called.
    #[prop_or(String::from("The whole run in small"))]
    pub label: String,
    /// Where actions go.
    pub send: SendAction,
}

/// Which part of the window is held, and how far from its beginning.
type Grip = Option<(HitTarget, f64)>;

/// The strip of task types.
#[function_component]
pub fn Minimap(props: &TimelineMinimapProps) -> Html {
    let end = props.end;
    let profile = use_memo((props.run.clone(), end), |_| RefCell::new(None::<(f64, MinimapProfile)>));
    let marks = (Rc::clone(&props.beats), props.is_future_hidden);
    let deps = (props.run.clone(), end, props.viewport.window, props.at, marks);
    let draw = {
        let profile = profile.clone();
        use_memo(deps, move |(run, end, window, at, (beats, is_future_hidden))| {
            let (run, end, window, at) = (run.clone(), *end, *window, *at);
            let (beats, is_future_hidden) = (Rc::clone(beats), *is_future_hidden);
            SceneDrawer::new(move |width, _| {
                let mut kept = profile.borrow_mut();
                if kept.as_ref().is_none_or(|(of, _)| *of != width) {
                    *kept = Some((width, MinimapProfile::until(&run.chart, end, width)));
                }
                let (_, profile) = kept.as_ref().expect("it was just put there");
                let marks = MinimapMarkers { cursor: Some(at), beats: &beats, is_future_hidden };
                scene(profile, &run.chart, window, &marks, HEIGHT)
            })
        })
    };
    let grip = use_mut_ref(|| None::<(HitTarget, f64)>);
    let touch = {
        let (send, window) = (props.send.clone(), props.viewport.window);
        Callback::from(move |touch: DrawingPointerEvent| {
            let kept = profile.borrow();
            let Some((_, profile)) = kept.as_ref() else { return };
            let at = nanos_at(profile, touch.at.x);
            if let Some(window) = moved(&mut grip.borrow_mut(), &touch, at, window) {
                send.emit(Action::ChangeViewport(ViewportChange::Show(window)));
            }
        })
    };
    let node = use_node_ref();
    {
        let node = node.clone();
        // As wide as the time line itself, which a scroll bar makes narrower.
        let (left, width) = (props.viewport.left * props.scale, props.viewport.width * props.scale);
        use_effect_with((left as u32, width as u32), move |(left, width)| {
            let Some(strip) = node.cast::<HtmlElement>() else { return };
            let set = |side: &str, pixels: f64| {
                let _ = strip.style().set_property(side, &format!("{pixels}px"));
            };
            set("margin-left", f64::from(*left));
            set("margin-right", 0.0);
            // By its margins: so it is as wide as a page of another size has room for before the time line has been told.
            set("margin-right", (f64::from(strip.offset_width()) - f64::from(*width)).max(0.0));
        });
    }
    html! {
        <div ref={node} class="minimap">
            <Drawing draw={(*draw).clone()} dark={props.dark} scale={props.scale} label={props.label.clone()} {touch} />
        </div>
    }
}

/// Where the window goes.
fn moved(grip: &mut Grip, touch: &DrawingPointerEvent, at: f64, window: TimeWindow) -> Option<TimeWindow> {
    match touch.what {
        DrawingPointerEventKind::Down => {
            let target = touch.target.clone().unwrap_or(HitTarget::Minimap);
            let is_beside = target == HitTarget::Minimap;
            let held = if is_beside { HitTarget::MinimapWindow } else { target };
            let start = if is_beside { at - window.length() / 2.0 } else { window.from };
            *grip = Some((held, at - start));
            is_beside.then(|| TimeWindow::new(start, start + window.length()))
        }
        DrawingPointerEventKind::Move => match grip {
            Some((HitTarget::MinimapFrom, _)) => Some(TimeWindow::new(at.min(window.to - 1.0), window.to)),
            Some((HitTarget::MinimapTo, _)) => Some(TimeWindow::new(window.from, at.max(window.from + 1.0))),
            Some((_, into)) => Some(TimeWindow::new(at - *into, at - *into + window.length())),
            None => None,
        },
        DrawingPointerEventKind::Up => {
            *grip = None;
            None
        }
        DrawingPointerEventKind::Leave => None,
    }
}
