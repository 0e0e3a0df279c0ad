//! Everything the page shows, as one value, and what can be read off it.

use super::glide::ViewportAnimation;
use super::history::UndoHistory;
use super::link::ShareLinkPayload;
use super::previous_outcome::PreviousOutcome;
use super::replay::PlaybackCursor;
use super::run::SharedRun;
use super::screen::{DetailTab, OpenDialog, ThemeChoice, UserNotice};
use super::sizes::SizesPanelState;
use super::sliced_run::IncrementalRunProgress;
use super::study::PanelStudy;
use super::work::OpenDocument;
use std::rc::Rc;
use threadbare::jobs::advise::AdviceProgress;
use threadbare::jobs::branch::BranchPoints;
use threadbare::jobs::compare::CompareProgress;
use threadbare::jobs::explore::ViewProgress;
use threadbare::jobs::import::{Imported, Recording};
use threadbare::jobs::report::HtmlReport;
use threadbare::jobs::shape::ShapeAnswer;
use threadbare::model::id::TaskId;
use threadbare::model::time::Time;
use threadbare::study::schedule::Schedule;
use threadbare::view::viewport::{TimeWindow, Viewport};

/// Milliseconds after which a run shows how far it has come, and can be cancelled.
const PATIENCE: f64 = 1000.0;

/// How much larger everything is on a wall, at least.
const PROJECTOR: f64 = 1.5;

/// How much larger the canvases are drawn on a very large screen: as its type is (`layout.css`).
const LARGE_SCREEN: f64 = 1.5;

/// Where the cursor goes when the next run is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NewRunCursor {
    /// Where it was, as far as that can be.
    Keep,
    /// It plays from the beginning.
    Play,
    /// After a number of events, at this instant in nanoseconds or at the last of them, with this task selected.
    At(u32, Option<u64>, Option<TaskId>),
}

/// The schedules of the runs that are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownSchedules {
    /// The shown run's; none: the plain run.
    pub(super) shown: Option<Schedule>,
    /// That of the run beside it, if there is one.
    pub(super) beside: Option<Option<Schedule>>,
}

/// A file that is edited elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowedFile {
    /// The file's name.
    pub name: String,
    /// Its text as it was saved last.
    pub(super) text: Rc<str>,
    /// Whether the document was changed in the page, so that the file is left alone.
    pub is_stopped: bool,
}

/// Everything the page shows.
#[derive(Clone)]
pub struct State {
    /// Document being worked on.
    pub work: OpenDocument,
    /// The variant it is compared with.
    pub with: Option<String>,
    /// The way that the shown run goes wherever several are possible; none: the plain run.
    pub schedule: Option<Schedule>,
    /// The way of the run that the shown one was taken from, which is shown beside it; inside, none: the plain one.
    pub beside: Option<Option<Schedule>>,
    /// The ways that were shown until a change of the text to which they do not apply.
    pub lost: Option<ShownSchedules>,
    /// Grows when the document's meaning changes: the run with the same number is its answer.
    pub wanted: u32,
    /// The last finished run.
    pub run: Option<SharedRun>,
    /// The last finished run of the other variant, while comparing.
    pub other: Option<SharedRun>,
    /// The run in progress, if it takes longer than a frame.
    pub progress: Option<IncrementalRunProgress>,
    /// Whether the person has cancelled the run that `wanted` asks for.
    pub is_cancelled: bool,
    /// Cursor and playback.
    pub replay: PlaybackCursor,
    /// The stretch of time that is shown.
    pub viewport: Viewport,
    /// Where the shown stretch of time glides to, while it does.
    pub glide: Option<ViewportAnimation>,
    /// Instants that the person marked, in order.
    pub marks: Vec<Time>,
    /// The chosen range, in nanoseconds.
    pub range: Option<TimeWindow>,
    /// The selected task.
    pub task: Option<TaskId>,
    /// The selected task of the run beside: the same arrival, or child of it, if there is one.
    pub task_beside: Option<TaskId>,
    /// The open panel of the left column.
    pub tab: DetailTab,
    /// Whether the reference of the language is open beside the text.
    pub is_reference_open: bool,
    /// What covers the page.
    pub dialog: Option<OpenDialog>,
    /// What is searched for; none: the search is closed.
    pub search: Option<String>,
    /// The colours that the person chose.
    pub theme: ThemeChoice,
    /// Whether the system asks for dark colours.
    pub dark_system: bool,
    /// Whether the screen is so large that a desk's sizes would leave most of it blank.
    pub large_screen: bool,
    /// The task that the pointer is on, in the timeline or the graph.
    pub pointed: Option<TaskId>,
    /// The task of the run beside that the pointer is on.
    pub pointed_beside: Option<TaskId>,
    /// Larger type and folded panels.
    pub projector: bool,
    /// How much larger everything can be on the wall that the page is on.
    pub wall: f64,
    /// Whether the person wants to see nothing right of the cursor.
    pub future_hidden: bool,
    /// The document came with a link and is nobody's own until it is changed.
    pub is_borrowed: bool,
    /// Under which name the document is kept among the person's own; `None` until it is first kept.
    pub document: Option<Rc<str>>,
    /// Message to the user.
    pub notice: Option<UserNotice>,
    /// How many values of controls were not taken.
    pub refused: u32,
    /// Whether the person asked for less motion.
    pub still: bool,
    /// Every order of the shown variant.
    pub orders: PanelStudy<Vec<ViewProgress>>,
    /// A slider swept over many values, if that is open.
    pub sizes: Option<Rc<SizesPanelState>>,
    /// The other orders at the cursor.
    pub branches: PanelStudy<BranchPoints>,
    /// What can hang by its structure; that of the text before stays until it is read.
    pub shape: PanelStudy<ShapeAnswer>,
    /// What would fix the shown variant.
    pub advice: PanelStudy<AdviceProgress>,
    /// The design review of the document with the shown variant.
    pub report: PanelStudy<HtmlReport>,
    /// The two variants that are shown side by side, over many runs.
    pub comparison: PanelStudy<CompareProgress>,
    /// The file that is edited elsewhere, if the page was opened to follow one.
    pub followed: Option<FollowedFile>,
    /// The recording that is being read.
    pub recording: Option<Rc<Recording>>,
    /// What it becomes; empty again as soon as it is opened.
    pub import: PanelStudy<Imported>,
    /// What was applied to the text just now, and how it is known to be a remedy: true of this text and variant only.
    pub applied: Option<Rc<str>>,
    /// How the run came out that was shown before the last change.
    pub before: PreviousOutcome,
    /// What was done to the document, to be taken back.
    pub history: UndoHistory,
    /// The number of the last study that was asked for.
    pub(super) asked: u32,
    /// Where the cursor goes when the next run is there.
    pub(super) arrival: NewRunCursor,
    /// Whether the ways are those of an earlier text, which may not apply to this one.
    pub(super) is_carried: bool,
}

impl State {
    /// The page before anything has run.
    pub fn new(work: OpenDocument) -> State {
        State {
            work,
            with: None,
            schedule: None,
            beside: None,
            lost: None,
            wanted: 1,
            run: None,
            other: None,
            progress: None,
            is_cancelled: false,
            replay: PlaybackCursor::default(),
            viewport: Viewport::fit(Time::ZERO, 0.0, 1.0),
            glide: None,
            marks: Vec::new(),
            range: None,
            task: None,
            task_beside: None,
            tab: DetailTab::Why,
            is_reference_open: false,
            dialog: None,
            search: None,
            theme: ThemeChoice::System,
            dark_system: false,
            large_screen: false,
            pointed: None,
            pointed_beside: None,
            projector: false,
            wall: 1.0,
            future_hidden: false,
            is_borrowed: false,
            document: None,
            notice: None,
            refused: 0,
            still: false,
            orders: PanelStudy::default(),
            sizes: None,
            branches: PanelStudy::default(),
            shape: PanelStudy::default(),
            advice: PanelStudy::default(),
            report: PanelStudy::default(),
            comparison: PanelStudy::default(),
            followed: None,
            recording: None,
            import: PanelStudy::default(),
            applied: None,
            before: PreviousOutcome::default(),
            history: UndoHistory::default(),
            asked: 0,
            arrival: NewRunCursor::Play,
            is_carried: false,
        }
    }

    /// How far a run in progress has come, once a person would like to know.
    pub fn long_progress(&self) -> Option<IncrementalRunProgress> {
        self.progress.filter(|progress| progress.millis >= PATIENCE)
    }

    /// Whether the run on the screen is of an earlier text or variant than the one that is worked on.
    pub fn is_run_old(&self) -> bool {
        let is_late = self.is_cancelled || self.long_progress().is_some();
        is_late && self.run.as_ref().is_some_and(|run| run.id != self.wanted)
    }

    /// Whether the page is dark.
    pub fn is_dark(&self) -> bool {
        match self.theme {
            ThemeChoice::System => self.dark_system,
            ThemeChoice::Light => false,
            ThemeChoice::Dark => true,
        }
    }

    /// What the two runs are called that are shown beside each other.
    pub fn names(&self) -> Option<(String, String)> {
        let words = |name: &str| name.replace(['_', '-'], " ");
        match (&self.with, &self.beside) {
            (Some(with), _) => Some((words(&self.work.variant), words(with))),
            (None, Some(_)) => Some(("This order".to_owned(), "The order before".to_owned())),
            (None, None) => None,
        }
    }

    /// Whether nothing right of the cursor is shown: the person asked so, or the run tells its story.
    pub fn hides_future(&self) -> bool {
        self.replay.hides(self.future_hidden)
    }

    /// How much larger than on a desk the timeline is drawn.
    pub fn scale(&self) -> f64 {
        match (self.projector, self.large_screen) {
            (true, _) => self.wall.max(PROJECTOR),
            (false, true) => LARGE_SCREEN,
            (false, false) => 1.0,
        }
    }

    /// What a link to this state carries. What the person has taken out of a text of their own is not told to others:
    /// such a text goes out as it is now, and only a built-in scenario's is known as it was.
    pub fn shared(&self) -> ShareLinkPayload {
        let source = (!self.work.is_of_gallery()).then(|| self.work.source.to_string());
        ShareLinkPayload {
            name: self.work.name.clone(),
            source,
            variant: self.work.variant.clone(),
            original: None,
            count: Some(self.replay.count),
            at: self.run.as_ref().and_then(|run| self.replay.beyond(run)),
            task: self.task.map(|task| task.0),
            with: self.with.clone(),
            schedule: self.schedule.as_ref().map(ToString::to_string),
            beside: self.beside.as_ref().map(|way| way.as_ref().unwrap_or(&Schedule::plain()).to_string()),
        }
    }

    /// What is kept for the next visit: the same, and the text as it was opened.
    pub fn kept(&self) -> ShareLinkPayload {
        let OpenDocument { name, source, original, .. } = &self.work;
        let is_usual = OpenDocument::usual_original(name, source) == &**original;
        ShareLinkPayload { original: (!is_usual).then(|| original.to_string()), ..self.shared() }
    }
}
