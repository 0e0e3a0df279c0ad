//! A lesson in the terminal: a step at a time, choices by number, answers typed.

use crate::command_error::CommandError;
use crate::console;
use crate::text::wrap;
use std::io::{self, BufRead, Write};
use std::ops::Range;
use threadbare::analysis::digest::Digest;
use threadbare::language::BASE;
use threadbare::study::lesson::answer::{AnswerResult, LearnerAnswer, LearnerDesign};
use threadbare::study::lesson::design::goal_lines;
use threadbare::study::lesson::game::SchedulingGame;
use threadbare::study::lesson::grade::{self, LessonHandIn};
use threadbare::study::lesson::{
    DesignExercise, LearnerTask, Lesson, LessonStep, PredictionQuestion, SchedulingPuzzle, design, predict,
};
use threadbare::study::schedule::ScheduleError;
use threadbare::trace::event::EventId;
use threadbare::view::eventlist;

/// Times that a question may be answered before the lesson goes on.
const MAX_TRIES: usize = 3;

/// Plays a lesson and prints the line to hand in.
pub fn play(lesson: &Lesson, by: &str) -> Result<(), CommandError> {
    say(&format!(
        "{}\n{} minutes. Press Enter to continue; type `skip` to skip a question.\n",
        lesson.title, lesson.minutes
    ))?;
    let mut answers = Vec::new();
    for (number, step) in (1..).zip(&lesson.steps) {
        say(&format!("\n[{number}/{}]\n{}\n", lesson.steps.len(), reflowed(&step.text)))?;
        if step.is_question() {
            answers.push(ask(lesson, step)?);
        } else if read_line("")?.is_none() {
            break;
        }
    }
    answers.resize(lesson.question_count(), None);
    let hand_in = LessonHandIn::new(lesson, by, answers);
    let stars = "*".repeat(hand_in.stars.into());
    say(&format!("\n{} of {} passed. {stars}\nTo hand in:\n", hand_in.passed, lesson.question_count()))?;
    console::print(&format!("{}\n", hand_in.line()))
}

/// Asks until the answer could not be better, the tries are used up, or the question is skipped; the best answer that was
/// given.
fn ask(lesson: &Lesson, step: &LessonStep) -> Result<Option<LearnerAnswer>, CommandError> {
    let mut best: Option<(u8, LearnerAnswer)> = None;
    for tries in 1..=MAX_TRIES {
        let answer = match &step.task {
            LearnerTask::Predict(prediction) => predicted(lesson, step, prediction)?,
            LearnerTask::Schedule(puzzle) => played(lesson, step, puzzle)?,
            LearnerTask::Change(exercise) | LearnerTask::Prove(exercise) => designed(lesson, step, exercise)?,
            LearnerTask::Say => None,
        };
        let Some(answer) = answer else { break };
        let mark = grade::judge(lesson, step, &answer);
        print_result(&mark)?;
        if best.as_ref().is_none_or(|(stars, _)| mark.stars >= *stars) {
            best = Some((mark.stars, answer));
        }
        if mark.stars == 3 || tries == MAX_TRIES {
            break;
        }
        say(if mark.passed {
            "\nTry for three stars, or type `skip` to go on.\n"
        } else {
            "\nTry again, or type `skip` to go on.\n"
        })?;
    }
    if let LearnerTask::Schedule(_) = &step.task {
        say(&format!("The shortest solution: --schedule {}\n", grade::answer_words(lesson, step)))?;
    }
    Ok(best.map(|(_, answer)| answer))
}

fn print_result(mark: &AnswerResult) -> Result<(), CommandError> {
    say(&format!("{}\n", mark.reply))?;
    if let Some(schedule) = &mark.counterexample {
        say(&format!("The order that shows it: --schedule {schedule}\n"))?;
    }
    Ok(())
}

fn predicted(
    lesson: &Lesson,
    step: &LessonStep,
    prediction: &PredictionQuestion,
) -> Result<Option<LearnerAnswer>, CommandError> {
    let options = predict::options(lesson, &step.scene, prediction);
    for (number, option) in (1..).zip(&options) {
        say(&format!("  {number}  {option}\n"))?;
    }
    let Some(typed) = read_line("> ")?.filter(|typed| typed != "skip") else { return Ok(None) };
    let number = typed.parse::<usize>().ok();
    Ok(Some(match prediction {
        PredictionQuestion::Choice(_) => LearnerAnswer::Choice(number.unwrap_or(0)),
        PredictionQuestion::Number(_) => LearnerAnswer::Number(typed),
        PredictionQuestion::NextTask(_) => {
            let chosen = number.and_then(|number| options.get(number.checked_sub(1)?));
            LearnerAnswer::Task(chosen.cloned().unwrap_or(typed))
        }
    }))
}

/// Lets the learner be the scheduler; the schedule, once the aim is reached, the choices are used up or the run is over.
fn played(
    lesson: &Lesson,
    step: &LessonStep,
    puzzle: &SchedulingPuzzle,
) -> Result<Option<LearnerAnswer>, CommandError> {
    let scenario =
        lesson.scenario(&step.scene).map_err(|problems| CommandError::Document(problems.render(false)))?;
    let mut game = SchedulingGame::new(scenario, puzzle.clone());
    let fault = |wrong: ScheduleError| CommandError::new(wrong.to_string());
    say(&format!("At most {} choices. `undo` takes the last one back.\n", puzzle.max_choices))?;
    let mut told = 0;
    loop {
        let next = game.next_move().map_err(fault)?;
        // What is under way when the run is over is told with the result.
        let events = next.as_ref().map_or(told, |next| next.events);
        say(&happened(&game, told..events).map_err(fault)?)?;
        told = events;
        let is_over = next.is_none() || game.choice_count() >= puzzle.max_choices;
        if is_over || (game.choice_count() > 0 && game.is_won().map_err(fault)?) {
            return Ok(Some(LearnerAnswer::Schedule(game.schedule().to_string())));
        }
        let Some(options) = next else { continue };
        say(&format!("At {}:\n", options.at))?;
        for (number, (_, text)) in (1..).zip(&options.ways) {
            say(&format!("  {number}  {text}\n"))?;
        }
        let Some(typed) = read_line("> ")?.filter(|typed| typed != "skip") else { return Ok(None) };
        if typed == "undo" {
            game.undo();
            told = 0;
            continue;
        }
        let chosen = typed.parse::<usize>().ok().and_then(|number| options.ways.get(number.checked_sub(1)?));
        match chosen {
            Some((way, _)) => game.take(*way),
            None => say("Type the number of a line.\n")?,
        }
    }
}

/// What has happened in a game between two numbers of events, a line each.
fn happened(game: &SchedulingGame, events: Range<u32>) -> Result<String, ScheduleError> {
    let digest = Digest::owning(game.replay()?);
    let line = |event: u32| {
        let line = eventlist::line(&digest, EventId(event));
        format!("    {}  {}\n", line.at, line.text)
    };
    Ok(events.map(line).collect())
}

/// Reads a design: `pool=6`, the name of a variant, or both, separated by spaces.
fn designed(
    lesson: &Lesson,
    step: &LessonStep,
    exercise: &DesignExercise,
) -> Result<Option<LearnerAnswer>, CommandError> {
    for line in goal_lines(&exercise.goal) {
        say(&format!("  wanted: {line}\n"))?;
    }
    for path in &exercise.allow {
        say(&format!("  {path}={}\n", values(lesson, step, exercise, path)))?;
    }
    let variants = lesson.document.variants();
    for name in &exercise.variants {
        let title =
            variants.iter().find(|variant| variant.name == *name).map(|variant| variant.title.as_str());
        say(&format!("  {name}: {}\n", title.unwrap_or_default()))?;
    }
    if !exercise.variants.is_empty() {
        say("  Press Enter alone to leave the design as it is.\n")?;
    }
    let Some(typed) = read_line("> ")?.filter(|typed| typed != "skip") else { return Ok(None) };
    let mut design = LearnerDesign::setting(Vec::new());
    for word in typed.split_whitespace() {
        match word.split_once('=') {
            Some((path, value)) => design.set.push((path.to_owned(), value.to_owned())),
            None => design.variant = word.to_owned(),
        }
    }
    design.set.sort();
    Ok(Some(LearnerAnswer::Design(design)))
}

/// What a path may be given, and what it is now.
fn values(lesson: &Lesson, step: &LessonStep, exercise: &DesignExercise, path: &str) -> String {
    if let Some(values) = exercise.options_of(path) {
        return values.join("|");
    }
    let params = lesson.document.params(&step.scene.variant);
    let Some(param) = params.into_iter().find(|param| param.name == path) else { return "VALUE".to_owned() };
    let now = design::value_of(lesson, &step.scene, BASE, &[], path).unwrap_or(param.value);
    let range = param.min.zip(param.max).map(|(min, max)| format!(", {min} to {max}")).unwrap_or_default();
    format!("VALUE  ({}: {now} now{range})", param.label)
}

/// Markdown as a terminal shows it: paragraphs are broken anew, and what is strong is said plainly.
fn reflowed(markdown: &str) -> String {
    let paragraphs = markdown.trim().split("\n\n");
    let joined = paragraphs.map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "));
    joined.collect::<Vec<_>>().join("\n\n").replace("**", "")
}

/// Prints paragraphs that fit the terminal to standard error, so that standard output has the hand-in alone.
fn say(text: &str) -> Result<(), CommandError> {
    let width = console::width().min(100);
    let mut wrapped = String::new();
    for line in text.split_inclusive('\n') {
        let indent: String = line.chars().take_while(|ch| *ch == ' ').collect();
        let lines = wrap(line.trim(), width.saturating_sub(indent.len()).max(20));
        wrapped += &lines.iter().map(|line| format!("{indent}{line}\n")).collect::<String>();
    }
    console::print_error(&wrapped);
    Ok(())
}

/// A line from standard input without its end; `None` at the end of input.
fn read_line(prompt: &str) -> Result<Option<String>, CommandError> {
    console::print_error(prompt);
    let _ = io::stderr().flush();
    let mut line = String::new();
    match io::stdin().lock().read_line(&mut line) {
        Ok(0) => Ok(None),
        Ok(_) => Ok(Some(line.trim().to_owned())),
        Err(wrong) => Err(CommandError::new(format!("cannot read standard input: {wrong}"))),
    }
}
