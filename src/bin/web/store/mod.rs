//! The one store: what the page shows, and the actions that change it.
//!
//! Invariant: an action is applied by a pure function; what needs a page (running in slices, storage, the
//! address bar) happens in `page`, which watches the state and answers with actions. Nothing here knows of
//! a page, so that it is tested natively (`tests/it/web_store.rs`).

pub mod action;
pub mod answers;
pub mod before;
mod beside;
pub mod control;
mod cursor;
pub mod differences;
pub mod followed;
pub mod glide;
pub mod history;
pub mod lesson;
pub mod link;
pub mod order;
pub mod parcel;
pub mod recording;
pub mod replay;
pub mod run;
pub mod screen;
pub mod simulation;
pub mod sizes;
pub mod sliced_run;
pub mod study;
pub mod templates;
pub mod work;

pub use action::{Action, ViewportChange};
use before::PreviousOutcome;
use followed::Followed;
pub use glide::ViewportAnimation;
use history::{Edit, History};
use link::LinkPayload;
use order::ShownSchedules;
use replay::Replay;
use run::SharedRun;
pub use screen::{Dialog, Tab, Theme};
use sizes::Sizes;
use std::rc::Rc;
use study::{Study, StudyStage};
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
use threadbare::view::viewport::{Viewport, Window};
use work::OpenDocument;

/// How long a run lasts on the screen when it plays by itself, in seconds, as nearly as speeds allow.
const SECONDS: f64 = 4.0;

/// Milliseconds after which a run shows how far it has come, and can be cancelled.
const PATIENCE: f64 = 1000.0;

/// How much larger everything is on a wall, at least.
const PROJECTOR: f64 = 1.5;

/// A message for the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it says.
    pub text: String,
    /// Whether something went wrong.
    pub is_trouble: bool,
}

/// How far a run in progress has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Events so far.
    pub events: u64,
    /// The present instant.
    pub now: Time,
    /// Since when it runs, in milliseconds.
    pub millis: f64,
    /// Whether it has run, and is being read.
    pub is_read: bool,
}

/// Where the cursor goes when the next run is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CursorOnArrival {
    /// Where it was, as far as that can be.
    Keep,
    /// It plays from the beginning.
    Play,
    /// After a number of events, at this instant in nanoseconds or at the last of them, with this task selected.
    At(u32, Option<u64>, Option<TaskId>),
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
    pub progress: Option<Progress>,
    /// Whether the person has cancelled the run that `wanted` asks for.
    pub is_cancelled: bool,
    /// Cursor and playback.
    pub replay: Replay,
    /// The stretch of time that is shown.
    pub viewport: Viewport,
    /// Where the shown stretch of time glides to, while it does.
    pub glide: Option<ViewportAnimation>,
    /// Instants that the person marked, in order.
    pub marks: Vec<Time>,
    /// The chosen range, in nanoseconds.
    pub range: Option<Window>,
    /// The selected task.
    pub task: Option<TaskId>,
    /// The selected task of the run beside: the same arrival, or child of it, if there is one.
    pub task_beside: Option<TaskId>,
    /// The open panel of the left column.
    pub tab: Tab,
    /// Whether the reference of the language is open beside the text.
    pub is_reference_open: bool,
    /// What covers the page.
    pub dialog: Option<Dialog>,
    /// What is searched for; none: the search is closed.
    pub search: Option<String>,
    /// The colours that the person chose.
    pub theme: Theme,
    /// Whether the system asks for dark colours.
    pub dark_system: bool,
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
    pub notice: Option<Notice>,
    /// How many values of controls were not taken.
    pub refused: u32,
    /// Whether the person asked for less motion.
    pub still: bool,
    /// Every order of the shown variant.
    pub orders: Study<Vec<ViewProgress>>,
    /// A slider swept over many values, if that is open.
    pub sizes: Option<Rc<Sizes>>,
    /// The other orders at the cursor.
    pub branches: Study<BranchPoints>,
    /// What can hang by its structure; that of the text before stays until it is read.
    pub shape: Study<ShapeAnswer>,
    /// What would fix the shown variant.
    pub advice: Study<AdviceProgress>,
    /// The design review of the document with the shown variant.
    pub report: Study<HtmlReport>,
    /// The two variants that are shown side by side, over many runs.
    pub comparison: Study<CompareProgress>,
    /// The file that is edited elsewhere, if the page was opened to follow one.
    pub followed: Option<Followed>,
    /// The recording that is being read.
    pub recording: Option<Rc<Recording>>,
    /// What it becomes; empty again as soon as it is opened.
    pub import: Study<Imported>,
    /// What was applied to the text just now, and how it is known to be a remedy: true of this text and variant only.
    pub applied: Option<Rc<str>>,
    /// How the run came out that was shown before the last change.
    pub before: PreviousOutcome,
    /// What was done to the document, to be taken back.
    pub history: History,
    /// The number of the last study that was asked for.
    asked: u32,
    arrival: CursorOnArrival,
    /// Whether the ways are those of an earlier text, which may not apply to this one.
    is_carried: bool,
}

fn trouble(text: String) -> Notice {
    Notice { text, is_trouble: true }
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
            replay: Replay::default(),
            viewport: Viewport::fit(Time::ZERO, 0.0, 1.0),
            glide: None,
            marks: Vec::new(),
            range: None,
            task: None,
            task_beside: None,
            tab: Tab::Why,
            is_reference_open: false,
            dialog: None,
            search: None,
            theme: Theme::System,
            dark_system: false,
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
            orders: Study::default(),
            sizes: None,
            branches: Study::default(),
            shape: Study::default(),
            advice: Study::default(),
            report: Study::default(),
            comparison: Study::default(),
            followed: None,
            recording: None,
            import: Study::default(),
            applied: None,
            before: PreviousOutcome::default(),
            history: History::default(),
            asked: 0,
            arrival: CursorOnArrival::Play,
            is_carried: false,
        }
    }

    /// How far a run in progress has come, once a person would like to know.
    pub fn long_progress(&self) -> Option<Progress> {
        self.progress.filter(|progress| progress.millis >= PATIENCE)
    }

    /// Whether the run on the screen is of an earlier text or variant than the one that is worked on.
    pub fn is_run_old(&self) -> bool {
        let is_late = self.is_cancelled || self.long_progress().is_some();
        is_late && self.run.as_ref().is_some_and(|run| run.id != self.wanted)
    }

    /// What a link to this state carries. What the person has taken out of a text of their own is not told to others:
    /// such a text goes out as it is now, and only a built-in scenario's is known as it was.
    pub fn shared(&self) -> LinkPayload {
        let source = (!self.work.is_of_gallery()).then(|| self.work.source.to_string());
        LinkPayload {
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
    pub fn kept(&self) -> LinkPayload {
        let OpenDocument { name, source, original, .. } = &self.work;
        let is_usual = OpenDocument::usual_original(name, source) == &**original;
        LinkPayload { original: (!is_usual).then(|| original.to_string()), ..self.shared() }
    }

    /// Applies an action.
    pub fn apply(&mut self, action: Action) {
        match action {
            Action::OpenGallery(name) => self.open(OpenDocument::gallery(&name), CursorOnArrival::Play),
            Action::OpenText { name, text } => self.open_text(name, text),
            Action::OpenBytes { name, bytes } => self.open_bytes(name, bytes),
            Action::FileSaved { name, text } => self.take_file(name, &text),
            Action::FollowAgain => self.follow_again(),
            Action::FileLost => self.lose_file(),
            Action::Import(step) => self.take_import(step),
            Action::OpenLink(shared) => self.open_link(&shared),
            Action::Edit(text) => {
                self.step(Edit::Type, |work| work.edit(&text));
                self.change_in_place();
            }
            Action::Tune { path, value } => {
                self.before.is_dragged = true;
                if let Err(why) = self.step(Edit::Tune(path.clone()), |work| work.tune(&path, &value)) {
                    self.refused += 1;
                    self.notice = Some(trouble(why));
                }
                self.change_in_place();
            }
            Action::Check => self.work.check(),
            Action::Settle => {
                self.history.close();
                self.let_go();
            }
            Action::Reset => {
                self.step(Edit::Reset, OpenDocument::reset);
                self.change_in_place();
            }
            Action::Show(variant) => {
                self.history.close();
                self.work.show(&variant);
                self.with = self.with.take().filter(|with| *with != self.work.variant);
                self.change();
            }
            Action::Compare(with) => {
                self.with = with.filter(|with| *with != self.work.variant);
                self.tab = if self.with.is_some() { Tab::Numbers } else { self.tab };
                self.want();
            }
            Action::Follow(_)
            | Action::Branch(..)
            | Action::Back
            | Action::Alone
            | Action::Misfit(..)
            | Action::LetGo => self.go(action),
            Action::Explore(step) => self.orders.apply(step, &mut self.asked),
            Action::Sizes(act) => self.size(act),
            Action::Branches(step) => self.branches.apply(step, &mut self.asked),
            Action::Shape(step) => self.shape.apply(step, &mut self.asked),
            Action::Advise(step) => self.advice.apply(step, &mut self.asked),
            Action::CompareRuns(step) => self.comparison.apply(step, &mut self.asked),
            Action::Report(step) => self.report.apply(step, &mut self.asked),
            Action::Apply(number) => self.apply_remedy(number),
            Action::Undo => self.undo(),
            Action::Redo => self.redo(),
            Action::Ran(run, other) => self.take_run(run, other),
            Action::Running(progress) => self.progress = Some(progress),
            Action::Cancel => {
                self.is_cancelled = true;
                self.progress = None;
            }
            Action::Tick(_)
            | Action::TogglePlay
            | Action::Step(_)
            | Action::Beat(_)
            | Action::SeekCount(_)
            | Action::Seek(_)
            | Action::Speed(_) => self.move_cursor(&action),
            Action::ChangeViewport(change) => self.change_viewport(change),
            Action::Range(range) => {
                self.range = range;
                // What is said of it is seen at once.
                self.tab = if range.is_some() { Tab::Numbers } else { self.tab };
            }
            Action::Select(_) | Action::SelectBeside(_) | Action::Point(_) | Action::PointBeside(_) => {
                self.attend(&action);
            }
            Action::Tab(tab) => self.tab = tab,
            Action::Reference(is_open) => {
                self.is_reference_open = is_open;
                self.tab = if is_open { Tab::Text } else { self.tab };
            }
            Action::Mark => self.mark(),
            Action::NextMark => self.next_mark(),
            Action::ViewportAnimation(millis) => self.glide_on(millis),
            Action::Dialog(dialog) => self.dialog = dialog,
            Action::Search(search) => self.search = search,
            Action::Theme(theme) => self.theme = theme,
            Action::SystemColours(dark) => self.dark_system = dark,
            Action::Projector(wall) => self.turn_projector(wall),
            Action::ToggleFuture => self.future_hidden = !self.future_hidden,
            Action::Kept(document) => self.document = Some(document),
            Action::OpenKept(document, shared) => {
                self.open_link(&shared);
                (self.document, self.is_borrowed) = (Some(document), false);
            }
            Action::Notice(notice) => {
                if notice.is_none() && self.notice.is_none() {
                    self.applied = None;
                }
                self.notice = notice;
            }
        }
        self.leave_changed_file();
    }

    fn open(&mut self, work: OpenDocument, arrival: CursorOnArrival) {
        self.step(Edit::Open, |before| *before = work.clone());
        self.put(work, arrival);
    }

    /// Puts a document on the page.
    fn put(&mut self, work: OpenDocument, arrival: CursorOnArrival) {
        self.work = work;
        self.before = PreviousOutcome::of_another();
        (self.document, self.is_borrowed) = (None, false);
        // Whatever was being read came before this.
        (self.recording, self.import) = (None, Study::default());
        self.sizes = None;
        self.shape = Study::default();
        self.with = None;
        (self.task, self.task_beside) = (None, None);
        self.range = None;
        self.marks = Vec::new();
        self.dialog = None;
        self.search = None;
        self.notice = None;
        self.replay = Replay::default();
        self.viewport.show_all();
        if self.work.is_broken() {
            self.tab = Tab::Text;
        }
        self.change();
        self.arrival = arrival;
    }

    fn open_link(&mut self, shared: &LinkPayload) {
        let Some((text, original)) = shared.text().zip(shared.original()) else { return };
        let task = shared.task.map(TaskId);
        let arrival =
            shared.count.map_or(CursorOnArrival::Play, |count| CursorOnArrival::At(count, shared.at, task));
        self.open(OpenDocument::restore(&shared.name, text, original, &shared.variant), arrival);
        self.is_borrowed = true;
        let known = |with: &String| self.work.variants.iter().any(|variant| variant.name == *with);
        self.with = shared.with.clone().filter(known);
        match shared.schedule.as_deref().map(str::parse).transpose() {
            Ok(schedule) => {
                self.schedule = schedule;
                let beside = shared.beside.as_deref().and_then(|text| text.parse::<Schedule>().ok());
                self.beside = beside.map(|way| (way != Schedule::plain()).then_some(way));
            }
            Err(misfit) => {
                self.notice = Some(trouble(format!("The link's schedule was left out: {misfit}.")))
            }
        }
        if self.beside.is_some() || self.with.is_some() {
            // What differs is what the link is about.
            self.tab = Tab::Numbers;
        }
    }

    /// The text or the variant has changed: what was known is of another.
    fn change(&mut self) {
        self.orders = Study::default();
        if let Some(sizes) = self.sizes.as_mut() {
            Rc::make_mut(sizes).look_at(&self.work);
        }
        self.advice = Study::default();
        self.report = Study::default();
        self.applied = None;
        self.shape.stage = StudyStage::Unasked;
        self.want();
    }

    /// Asks for a run of what the document means now.
    fn want(&mut self) {
        self.wanted += 1;
        self.is_cancelled = false;
        self.progress = None;
        self.arrival = CursorOnArrival::Keep;
        // Another document, variant or pair is another set of ways.
        (self.schedule, self.beside, self.lost, self.is_carried) = (None, None, None, false);
        self.comparison = Study::default();
        self.branches = Study::default();
    }
}

#[cfg(test)]
mod tests;
