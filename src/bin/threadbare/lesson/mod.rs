//! `threadbare lesson`: the course in the terminal. Lists the lessons, shows, prints and plays them.

mod play;

use crate::args::LessonArgs;
use crate::command_error::CommandError;
use crate::console;
use crate::source::Source;
use crate::table::{Align::Left, Align::Right, Table};
use crate::text::wrap;
use threadbare::gallery::worksheet::Answers;
use threadbare::gallery::{LESSONS, find_lesson};
use threadbare::study::lesson::Lesson;
use threadbare::study::lesson::read::is_lesson;
use threadbare::study::lesson::sheet::on_paper;
use threadbare::view::worksheet;

/// `threadbare lesson`
pub fn lesson(args: &LessonArgs) -> Result<(), CommandError> {
    let Some(name) = &args.name else { return list() };
    let lesson = read(name)?;
    if args.worksheet {
        let answers = if args.answers { Answers::OnTheLastPage } else { Answers::Hidden };
        return console::print(&worksheet::render(&on_paper(&lesson, answers), answers));
    }
    if args.show {
        return console::print(&overview(&lesson));
    }
    play::play(&lesson, &args.by)
}

/// A built-in lesson by name or number, or one in a file.
///
/// # Errors
/// If there is none, or it does not read.
pub fn read(name: &str) -> Result<Lesson, CommandError> {
    if let Some(entry) = find_lesson(name) {
        return parse(entry.name, entry.text);
    }
    if !name.ends_with(".toml") && name != "-" {
        let what = format!("there is no lesson `{}`", name.escape_debug());
        return Err(CommandError::with_hint(
            what,
            "`threadbare lesson` lists them. A file's name ends in .toml.",
        ));
    }
    let source = Source::read(name)?;
    parse(&source.name, source.text()?)
}

/// What `check` says of a file that is a lesson; `None` if it is none.
///
/// # Errors
/// If it is a lesson that does not read.
pub fn checked(file: &str) -> Result<Option<String>, CommandError> {
    // Standard input is read once, by whoever takes it for a scenario.
    if !file.ends_with(".toml") {
        return Ok(None);
    }
    let Ok(source) = Source::read(file) else { return Ok(None) };
    let Ok(text) = source.text() else { return Ok(None) };
    if !is_lesson(text) {
        return Ok(None);
    }
    let lesson = parse(&source.name, text)?;
    let (steps, questions) = (lesson.steps.len(), lesson.question_count());
    Ok(Some(format!("{}: a lesson of {steps} steps, {questions} of them questions. OK.\n", source.name)))
}

fn parse(name: &str, text: &str) -> Result<Lesson, CommandError> {
    Lesson::parse(name, text)
        .map_err(|problems| CommandError::Document(problems.render(console::error_colour())))
}

fn list() -> Result<(), CommandError> {
    let mut table = Table::new(&[("", Right), ("lesson", Left), ("minutes", Right), ("title", Left)]);
    for (number, entry) in (1..).zip(LESSONS) {
        let lesson = parse(entry.name, entry.text)?;
        table.row(vec![number.to_string(), lesson.name, lesson.minutes.to_string(), lesson.title]);
    }
    let hint = "Play one with `threadbare lesson NAME` or its number. \
                `--worksheet` prints it as a page, `threadbare grade FILE` checks what is handed in.";
    let width = console::width();
    console::print(&format!("{}\n{}\n", table.render(width), wrap(hint, width).join("\n")))
}

/// What a lesson is about, without its answers.
fn overview(lesson: &Lesson) -> String {
    let width = console::width();
    let mut text = format!("{}\n{} minutes\n\n", lesson.title, lesson.minutes);
    for goal in &lesson.goals {
        text += &format!("- {goal}\n");
    }
    text += &format!("\nCorrects: {}\n", lesson.misconception);
    for (number, step) in (1..).zip(&lesson.steps) {
        text += &format!("\n{number}. {}\n", step.kind());
        let indented = wrap(step.text.trim(), width.saturating_sub(3).max(40));
        for line in indented {
            text += &format!("   {line}\n");
        }
    }
    text
}
