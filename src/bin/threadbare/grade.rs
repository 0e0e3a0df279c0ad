//! `threadbare grade`: computes the results of handed-in lessons again and says who passed what.

use crate::args::GradeArgs;
use crate::command_error::CommandError;
use crate::console;
use crate::exit::Exit;
use crate::lesson;
use crate::source::Source;
use crate::table::{Align::Left, Align::Right, Table};
use std::collections::BTreeMap;
use threadbare::study::lesson::Lesson;
use threadbare::study::lesson::grade::LessonHandIn;

/// `threadbare grade`
pub fn grade(args: &GradeArgs) -> Result<Exit, CommandError> {
    let mut lessons: BTreeMap<String, Lesson> = BTreeMap::new();
    let columns = [("by", Left), ("lesson", Left), ("passed", Right), ("stars", Left), ("claim", Left)];
    let mut table = Table::new(&columns);
    let mut exit = Exit::Expected;
    for file in &args.files {
        let source = Source::read(file)?;
        for (number, line) in (1..).zip(source.text()?.lines()).filter(|(_, line)| !line.trim().is_empty()) {
            let place = |wrong: String| CommandError::new(format!("{}, line {number}: {wrong}", source.name));
            let hand_in = LessonHandIn::parse(line).map_err(|wrong| place(format!("no hand-in: {wrong}")))?;
            if !lessons.contains_key(&hand_in.lesson) {
                lessons.insert(hand_in.lesson.clone(), lesson::read(&hand_in.lesson)?);
            }
            let lesson = &lessons[&hand_in.lesson];
            let result = hand_in.grade(lesson);
            let all = lesson.question_count();
            if result.passed() < all || !result.is_as_claimed {
                exit = Exit::Unexpected;
            }
            table.row(vec![
                if hand_in.by.is_empty() { format!("line {number}") } else { hand_in.by.clone() },
                hand_in.lesson.clone(),
                format!("{} of {all}", result.passed()),
                "*".repeat(result.stars().into()),
                if result.is_as_claimed { "true" } else { "differs" }.to_owned(),
            ]);
        }
    }
    console::print(&format!("{}\n", table.render(console::width())))?;
    Ok(exit)
}
