//! What can happen on the page: each thing a person, a worker or the system does, as a value.
//!
//! Invariant: an action says what happened, not what follows from it; that is [`State::apply`](super::State::apply).

use super::link::ShareLinkPayload;
use super::run::SharedRun;
use super::screen::{DetailTab, OpenDialog, ThemeChoice, UserNotice};
use super::sizes;
use super::sliced_run::IncrementalRunProgress;
use super::study::StudyAction;
use std::rc::Rc;
use threadbare::jobs::advise::AdviceProgress;
use threadbare::jobs::branch::BranchPoints;
use threadbare::jobs::compare::CompareProgress;
use threadbare::jobs::explore::ViewProgress;
use threadbare::jobs::import::Imported;
use threadbare::jobs::report::HtmlReport;
use threadbare::jobs::shape::ShapeAnswer;
use threadbare::model::id::TaskId;
use threadbare::study::schedule::Schedule;
use threadbare::view::viewport::TimeWindow;

/// What can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Opens a gallery scenario.
    OpenGallery(String),
    /// Opens a text from a file.
    OpenText {
        /// The file's name.
        name: String,
        /// Text of the file.
        text: String,
    },
    /// Opens a file that is no text: a recording.
    OpenBytes {
        /// The file's name.
        name: String,
        /// Content of the file.
        bytes: Vec<u8>,
    },
    /// The file that the page follows has this text now.
    FileSaved {
        /// The file's name.
        name: String,
        /// Text of the file.
        text: String,
    },
    /// Shows the followed file again, and what is saved from now on.
    FollowAgain,
    /// Whoever served the followed file has gone.
    FileLost,
    /// What has come of the recording that is being read.
    Import(StudyAction<Imported>),
    /// Opens what a link carries.
    OpenLink(Box<ShareLinkPayload>),
    /// Takes another text of the same document.
    Edit(String),
    /// Changes one value in the text.
    Tune {
        /// Path of the value.
        path: String,
        /// The new value.
        value: String,
    },
    /// What was being changed is let go: the next change is another step.
    Settle,
    /// Looks at every variant for problems.
    Check,
    /// Goes back to the text as it was opened.
    Reset,
    /// Shows another variant.
    Show(String),
    /// Compares with a variant, or with none.
    Compare(Option<String>),
    /// Shows the run that goes this way, from its beginning; or the plain run again.
    Follow(Option<Schedule>),
    /// Looks at every order, or no longer; or what has come of it.
    Explore(StudyAction<Vec<ViewProgress>>),
    /// Sweeps a slider, or what comes of it.
    Sizes(sizes::SizesAction),
    /// Looks for other orders at the cursor, or what has come of it.
    Branches(StudyAction<BranchPoints>),
    /// Takes another order: shows the run that goes this way beside the present one, with the cursor at the event of
    /// this number.
    Branch(Schedule, u32),
    /// Shows the run alone from which the present one was taken.
    Back,
    /// Shows the run alone that was taken.
    Alone,
    /// The way of the run of this number does not fit; why.
    Misfit(u32, String),
    /// The way that was lost with a change of the text is wanted no longer.
    LetGo,
    /// Reads the shape, or what has come of it.
    Shape(StudyAction<ShapeAnswer>),
    /// Looks for remedies, or no longer; or what has come of it.
    Advise(StudyAction<AdviceProgress>),
    /// What happens to the comparison over many runs.
    CompareRuns(StudyAction<CompareProgress>),
    /// Makes a report, or no longer; or what has come of it.
    Report(StudyAction<HtmlReport>),
    /// Applies the remedy of this number to the text.
    Apply(usize),
    /// Takes the last step back that changed the document.
    Undo,
    /// Does again what was taken back last.
    Redo,
    /// A run is done.
    Ran(SharedRun, Option<SharedRun>),
    /// A run goes on.
    Running(IncrementalRunProgress),
    /// Gives the run in progress up.
    Cancel,
    /// Time passes, in milliseconds.
    Tick(f64),
    /// Plays or pauses.
    TogglePlay,
    /// One event on or back.
    Step(i32),
    /// Puts the cursor at the next beat, or at the one before if negative.
    Beat(i32),
    /// Puts the cursor after a number of events, and into sight.
    SeekCount(u32),
    /// Puts the cursor at an instant, in nanoseconds.
    Seek(f64),
    /// Plays at this speed.
    Speed(f64),
    /// Changes what is shown of the time line.
    ChangeViewport(ViewportChange),
    /// Chooses a range of time, or none.
    Range(Option<TimeWindow>),
    /// Selects a task, or none.
    Select(Option<TaskId>),
    /// Selects a task of the run beside, or none.
    SelectBeside(Option<TaskId>),
    /// Opens a panel.
    Tab(DetailTab),
    /// Opens the reference of the language beside the text, or closes it.
    Reference(bool),
    /// Marks the instant at the cursor, or takes its mark away.
    Mark,
    /// Puts the cursor at the next mark, after the last at the first.
    NextMark,
    /// The shown stretch of time glides on, by a time in milliseconds.
    ViewportAnimation(f64),
    /// Covers the page, or uncovers it.
    Dialog(Option<OpenDialog>),
    /// Searches, or no longer.
    Search(Option<String>),
    /// Changes the colours.
    Theme(ThemeChoice),
    /// The system asks for dark colours, or for light ones.
    SystemColours(bool),
    /// The screen is very large, or no longer.
    LargeScreen(bool),
    /// The pointer is on a task, or on none.
    Point(Option<TaskId>),
    /// The pointer is on a task of the run beside, or on none.
    PointBeside(Option<TaskId>),
    /// Larger type, or not; as large as this wall allows.
    Projector(f64),
    /// Shows nothing right of the cursor, or everything again.
    ToggleFuture,
    /// The document is kept under this name among the person's own.
    Kept(Rc<str>),
    /// Opens one of the person's own documents.
    OpenKept(Rc<str>, Box<ShareLinkPayload>),
    /// A message, or none.
    Notice(Option<UserNotice>),
}

/// A change of the shown stretch of time. Positions are CSS pixels of the timeline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ViewportChange {
    /// The strip has another place and width.
    Resize(f64, f64),
    /// Zooms by a factor about a place.
    Zoom(f64, f64),
    /// Zooms by a factor about the cursor, if it is in sight, or the middle.
    ZoomHere(f64),
    /// Moves by a number of pixels.
    Pan(f64),
    /// Shows this window at once.
    Show(TimeWindow),
    /// Glides to this window.
    GlideTo(TimeWindow),
    /// Glides to the story of the run, and from there to the whole run.
    All,
}
