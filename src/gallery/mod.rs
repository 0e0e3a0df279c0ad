//! The built-in scenarios: the files of `www/scenarios/`, embedded, and the one list of them.
//!
//! Invariant: every `*.toml` there is in the list, once, under its file's name. A scenario is kept as
//! text: `language` says what it means, and a reader may want to see and copy exactly this.

mod lessons;
pub mod worksheet;

pub use lessons::{LESSONS, LessonEntry, find_lesson};

/// What goes wrong in a scenario: the shelves of the gallery, in the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Tasks wait for tasks that need the workers they hold.
    SelfWait,
    /// A lock, permit or connection is held while something else is waited for.
    HeldWhileWaiting,
    /// Tasks that do little hold the workers that others need.
    Starvation,
    /// A bounded queue is full, and the way back is through another full queue.
    FullQueue,
    /// The result depends on the order in which things happen to run.
    Race,
    /// The end does not come, or comes too early.
    Shutdown,
    /// More arrives than can be served, or a pool has the wrong size.
    Overload,
}

impl Group {
    /// Every group, in the order in which they are shown.
    pub const ALL: [Group; 7] = [
        Group::SelfWait,
        Group::HeldWhileWaiting,
        Group::Starvation,
        Group::FullQueue,
        Group::Race,
        Group::Shutdown,
        Group::Overload,
    ];

    /// The heading of the group, a short phrase.
    pub fn title(self) -> &'static str {
        match self {
            Group::SelfWait => "A pool waits for itself",
            Group::HeldWhileWaiting => "Held while waiting for something else",
            Group::Starvation => "Others hold the workers",
            Group::FullQueue => "Full queues push back",
            Group::Race => "The order is luck",
            Group::Shutdown => "Stopping",
            Group::Overload => "Too much, or the wrong size",
        }
    }
}

/// How much a reader should know before opening a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// One idea; nothing needs to be known.
    First,
    /// Two ideas together.
    Further,
    /// Several executors, or a design to be compared with another.
    Deep,
}

impl Level {
    /// The level as a word: `first`, `further` or `deep`.
    pub fn word(self) -> &'static str {
        match self {
            Level::First => "first",
            Level::Further => "further",
            Level::Deep => "deep",
        }
    }
}

/// One built-in scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name it is asked for by, in lower case with hyphens.
    pub name: &'static str,
    /// What goes wrong in it.
    pub group: Group,
    /// How much a reader should know before.
    pub level: Level,
    /// Whose executors it is about, as a reader calls them: `CPython`, `Java`, `Tokio`.
    pub platform: &'static str,
    /// What it teaches, one sentence of at most 100 characters.
    pub lesson: &'static str,
    /// The whole document, TOML.
    pub text: &'static str,
}

macro_rules! entries {
    ($($name:literal $group:ident $level:ident $platform:literal $lesson:literal;)*) => {
        &[$(Entry {
            name: $name,
            group: Group::$group,
            level: Level::$level,
            platform: $platform,
            lesson: $lesson,
            text: include_str!(concat!("../../www/scenarios/", $name, ".toml")),
        }),*]
    };
}

/// The scenarios in the order in which they are shown: what a newcomer should meet first comes first.
#[rustfmt::skip] // One scenario a line.
pub const ENTRIES: &[Entry] = entries![
    "nova-build-deadlock" SelfWait First "CPython" "A child needs a worker while every worker waits for a child.";
    "nova-hard-reboot" Race First "CPython, Eventlet" "What is only delayed can be cancelled; what sleeps in a thread cannot.";
    "nova-caps" Starvation Deep "CPython" "A limit for each type, without a pool for each type.";
    "nova-scatter-gather" SelfWait Further "CPython" "One database that does not answer takes the workers of all the others.";
    "run-to-completion" Race First "CPython, Eventlet" "Code that was never interrupted loses updates once it is.";
    "nova-modes" Overload Deep "CPython, Eventlet" "The same load in both modes, compared on the same draws.";
    "nova-console-proxy" Starvation First "CPython" "Connections that stay open are residents of the pool.";
    "nova-sync-power" Starvation Further "CPython" "A periodic batch of five hundred, and what it does to everybody else.";
    "nova-shutdown" Shutdown Further "CPython" "What is delayed, what is queued and what runs end in different ways.";
    "lock-order" HeldWhileWaiting First "any" "Two locks in two orders can deadlock, even if a lucky run does not.";
    "semaphore-vs-pool" HeldWhileWaiting Further "C++" "A permit held over a wait for the pool joins the permit to the pool.";
    "shared-bounded-queue" FullQueue Further "any" "A worker that submits to its own full queue waits for itself.";
    "nested-pools" SelfWait Further "any" "Depth multiplies: a pool needs room for every level but the last, and one more.";
    "spring-nested-async" SelfWait Further "Java" "Java adds threads when the queue is full, not when everybody waits.";
    "common-pool-await" SelfWait Further "Java" "A fork-join pool helps with what is joined, not with what is only awaited.";
    "jenkins-multijob" SelfWait First "Jenkins" "A job that waits for a job keeps its executor: every level needs one more.";
    "tokio-blocking-handoff" SelfWait Further "Tokio" "An answer that needs a thread of the pool that waits for it never comes.";
    "fastapi-connections" HeldWhileWaiting Further "asyncio" "What gives a connection back needs a thread of those who wait for one.";
    "go-rows-loop" HeldWhileWaiting First "Go" "An open cursor holds the connection that its own loop asks for.";
    "tokio-std-mutex" HeldWhileWaiting Further "Tokio" "A lock that blocks threads, held across an await, can block the last one.";
    "virtual-threads-pinned" HeldWhileWaiting Deep "Java" "The lock is free, and nobody who may take it has a carrier to run on.";
    "rayon-mutex" HeldWhileWaiting Deep "rayon" "A thread that helps while it waits can help itself into its own lock.";
    "actor-mailboxes" FullQueue First "Tokio" "Two bounded mailboxes in a ring push back on each other for ever.";
    "airflow-sensors" Starvation First "Airflow" "Those who wait for a job hold every slot that the job could run in.";
    "node-dns-lookups" Starvation First "Node" "Four slow lookups take the four threads that files are read with.";
    "bulkheads" Starvation Deep "Java" "A caller that leaves a pool's call behind leaves its thread behind as well.";
    "dotnet-sync-over-async" Starvation Further ".NET" "Two new threads a second: no deadlock, and as slow as one.";
    "retry-storm" Overload Deep "Java" "Beyond some number more connections make every query slower.";
];

/// The scenario of this name.
pub fn find(name: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.name == name)
}

/// The name most like this one, if one is like it at all: a slip of the finger, or a part of the name.
pub fn nearest(name: &str) -> Option<&'static str> {
    const ALIKE: f64 = 0.6;
    let wanted = name.to_lowercase().replace(['_', ' '], "-");
    let part = || ENTRIES.iter().find(|entry| wanted.len() >= 3 && entry.name.contains(&wanted));
    let likeness = |entry: &Entry| strsim::normalized_damerau_levenshtein(&wanted, entry.name);
    let (best, entry) =
        ENTRIES.iter().map(|entry| (likeness(entry), entry)).max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    if best >= ALIKE { Some(entry.name) } else { part().map(|entry| entry.name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_of_the_folder_is_in_the_list_once() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/www/scenarios");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder of scenarios")
            .map(|entry| entry.expect("a readable entry").file_name().to_string_lossy().into_owned())
            .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
            .collect();
        let mut listed: Vec<String> = ENTRIES.iter().map(|entry| entry.name.to_owned()).collect();
        files.sort();
        listed.sort();
        assert_eq!(files, listed);
    }

    #[test]
    fn every_group_is_on_a_shelf_and_every_lesson_fits_on_a_card() {
        for group in Group::ALL {
            assert!(ENTRIES.iter().any(|entry| entry.group == group), "{group:?} has no scenario");
        }
        for entry in ENTRIES {
            assert!(entry.lesson.chars().count() <= 100, "{}: {}", entry.name, entry.lesson);
            assert!(entry.lesson.ends_with('.'), "{}: {}", entry.name, entry.lesson);
        }
    }

    #[test]
    fn the_nearest_name_is_found_and_nonsense_is_not() {
        for (asked, found) in [
            ("nova-build-dedlock", Some("nova-build-deadlock")),
            ("Nova_Build_Deadlock", Some("nova-build-deadlock")),
            ("reboot", Some("nova-hard-reboot")),
            ("xyzzy", None),
            ("", None),
        ] {
            assert_eq!(nearest(asked), found, "{asked}");
        }
    }
}
