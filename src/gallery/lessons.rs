//! The built-in lessons: the files of `www/lessons/`, embedded, in the order of the course.
//!
//! Invariant: every `*.toml` there is in the list, once, under its file's name. A lesson is kept as text;
//! `study::lesson` reads it.

/// One built-in lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LessonEntry {
    /// The name it is asked for by, in lower case with hyphens.
    pub name: &'static str,
    /// The whole lesson, TOML.
    pub text: &'static str,
}

macro_rules! lessons {
    ($($name:literal),* $(,)?) => {
        &[$(LessonEntry {
            name: $name,
            text: include_str!(concat!("../../www/lessons/", $name, ".toml")),
        }),*]
    };
}

/// The course, from nothing to a review.
pub const LESSONS: &[LessonEntry] = lessons![
    "a-pool",
    "waiting-takes-a-worker",
    "depth-multiplies",
    "locks-and-order",
    "cancel-and-delay",
    "races",
    "bounded-queues",
    "caps",
    "how-many",
    "timeouts-and-shutdown",
    "helping",
    "carriers-and-pinning",
];

/// The lesson of this name, or of this number, counted from 1.
pub fn find_lesson(name: &str) -> Option<&'static LessonEntry> {
    let number = name.parse::<usize>().ok().and_then(|number| LESSONS.get(number.checked_sub(1)?));
    number.or_else(|| LESSONS.iter().find(|entry| entry.name == name))
}
