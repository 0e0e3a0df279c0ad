//! What the terminal timeline draws, as plain data: tracks of lanes of spans, levels and marks.
//!
//! It knows nothing of traces (`from_trace` fills it) nor of characters (`draw` draws it).

use threadbare::model::time::Time;

/// A whole timeline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimelinePicture {
    /// The right edge.
    pub end: Time,
    /// Top to bottom.
    pub tracks: Vec<Track>,
    /// What stands under the ruler: instants worth a word.
    pub marks: Vec<TimelineMark>,
}

/// An executor, or the cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Track {
    /// The heading above its lanes.
    pub title: String,
    /// More about it, beside the title.
    pub note: String,
    /// One line each, folded when there are many.
    pub lanes: Vec<Lane>,
    /// Counts over time under the lanes: queues, what a wrapper holds.
    pub levels: Vec<Level>,
}

/// A lane: what one worker did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lane {
    /// The name beside the lane.
    pub name: String,
    /// In order of time, not overlapping.
    pub spans: Vec<Span>,
    /// What happens at single instants.
    pub points: Vec<(Time, EventMark)>,
}

/// What a lane does for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// From here on.
    pub from: Time,
    /// Up to here, exclusive; [`Time::NEVER`] if it never ends.
    pub to: Time,
    /// How it is drawn.
    pub look: SpanStyle,
    /// What is written in it if there is room; the first that fits.
    pub labels: Vec<String>,
    /// Stands for the task type where no label fits.
    pub initial: char,
    /// The number of its colour.
    pub hue: usize,
}

/// What a task does in a span; each has one form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SpanStyle {
    /// Works on the CPU.
    Running,
    /// Blocked off the CPU, the worker held.
    Io,
    /// Could go on, and waits for a core or the green thread.
    Ready,
    /// Waits for something that will come.
    Waiting,
    /// Waits until a timeout ends it.
    Stalled,
    /// Waits as part of a deadlock.
    Deadlocked,
}

/// An event at an instant. Where several share a column, the last of these is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventMark {
    /// A cell is read.
    Read,
    /// A cell is written.
    Write,
    /// A task is cancelled.
    Cancelled,
    /// A cell is written over a value that the writer had not seen.
    Lost,
    /// A task raises.
    Failed,
    /// A submission is refused, or a task dropped.
    Refused,
}

/// A count over time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Level {
    /// What is counted.
    pub name: String,
    /// `(from, count)`, in order of time; zero before the first.
    pub steps: Vec<(Time, u64)>,
    /// What happens at single instants.
    pub points: Vec<(Time, EventMark)>,
}

/// An instant worth a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineMark {
    /// The moment it marks.
    pub at: Time,
    /// The word at the mark.
    pub text: String,
    /// How bad it is.
    pub tone: Tone,
}

/// How bad an instant is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something will never continue.
    Deadlock,
    /// A timeout ends it, or did.
    Stall,
}
