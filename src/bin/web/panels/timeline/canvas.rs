//! What the timeline is given, and what belongs to its canvas: the scene that is on it, what is folded, the pointers.

use crate::canvas::painter::CanvasPainter;
use crate::page::SendAction;
use crate::page::world_state::SharedSimulationState;
use crate::store::run::SharedRun;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use threadbare::model::id::TaskId;
use threadbare::model::time::Time;
use threadbare::view::beatmark::StoryBeatMark;
use threadbare::view::scene::{Point, Scene};
use threadbare::view::timeline::TimelineLayout;
use threadbare::view::viewport::{TimeWindow, Viewport};
use yew::Properties;

/// What the timeline shows.
#[derive(Properties, Clone, PartialEq)]
pub struct TimelineProps {
    /// Which of the page's timelines it is.
    pub name: &'static str,
    /// The run that is shown.
    pub run: SharedRun,
    /// The state at the cursor; without one the headings have no figures.
    pub moment: Option<SharedSimulationState>,
    /// Where the cursor is.
    pub at: Time,
    /// The stretch of time.
    pub viewport: Viewport,
    /// The selected task.
    pub selected: Option<TaskId>,
    /// Where it parts from the run beside it.
    pub parted: Option<Time>,
    /// Tasks to mark.
    pub found: Rc<BTreeSet<TaskId>>,
    /// The chosen range.
    pub range: Option<TimeWindow>,
    /// Instants that the person marked.
    #[prop_or_else(|| Rc::from([]))]
    pub marks: Rc<[Time]>,
    /// Whether the colours are dark.
    pub dark: bool,
    /// How much larger it is drawn.
    pub scale: f64,
    /// The task that the pointer is on, here or in the graph.
    pub pointed: Option<TaskId>,
    /// The telling moments.
    pub beats: Rc<[StoryBeatMark]>,
    /// Nothing right of the cursor is drawn.
    pub is_future_hidden: bool,
    /// Where actions go.
    pub send: SendAction,
}

/// The canvas of the timeline, with the state that is its own.
#[derive(Default)]
pub struct TimelineCanvas {
    pub(super) painter: Option<CanvasPainter>,
    /// What is on the canvas.
    pub scene: Scene,
    /// What the pointers do.
    pub pointers: ActivePointers,
    /// What is folded, and how far it is scrolled.
    pub layout: TimelineLayout,
}

/// The same, shared with what listens.
pub type SharedCanvas = Rc<RefCell<TimelineCanvas>>;

/// What one pointer is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum PointerGesture {
    #[default]
    Nothing,
    /// Pressed here, not moved yet.
    Press(Point),
    /// Drags the time line; last here.
    Pan(Point),
    /// Chooses a range from this instant on, pressed at this pixel.
    Range(f64, f64),
}

/// What the pointers are doing.
#[derive(Debug, Default)]
pub struct ActivePointers {
    /// What they do together.
    pub(super) gesture: PointerGesture,
    /// Pointers that are down, and where each was last.
    pub(super) down: Vec<(i32, Point)>,
}

impl ActivePointers {
    /// The middle between two fingers and how far they are apart, if there are two.
    pub(super) fn span(&self) -> Option<(f64, f64)> {
        match self.down.as_slice() {
            [(_, a), (_, b)] => Some(((a.x + b.x) / 2.0, (a.x - b.x).hypot(a.y - b.y).max(8.0))),
            _ => None,
        }
    }
}
