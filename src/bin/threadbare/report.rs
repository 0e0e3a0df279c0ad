//! What `run` says about one run, for a person: what was run, the verdict, the timeline if asked
//! for, expectations, tables, warnings.
//!
//! Every fact comes from [`Digest`]; this is layout.

use crate::tables;
use crate::text::{BAD, GOOD, TITLE, wrap};
use crate::timeline;
use anstyle::{Ansi256Color, AnsiColor, Style};
use std::fmt::Write;
use threadbare::analysis::digest::Digest;
use threadbare::analysis::prose::{Prose, Segment, grouped};
use threadbare::analysis::verdict::{DesignVerdict, Tone};
use threadbare::trace::Trace;

/// A grey that reads on light and on dark.
const FAINT: Style = Ansi256Color(243).on_default();

/// Text is easier to read when its lines are not longer than this.
const READABLE: usize = 100;

/// How a report is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Columns of the terminal.
    pub width: usize,
    /// With the timeline.
    pub timeline: bool,
    /// With the telling moments.
    pub beats: bool,
}

/// The whole report. `file` is the name to show.
pub fn report(file: &str, digest: &Digest<'_>, design: &DesignVerdict, layout: Layout) -> String {
    let mut text = String::new();
    heading(&mut text, file, digest.trace(), layout.width);
    verdict(&mut text, digest, design, layout);
    if layout.timeline {
        text.push('\n');
        text += &timeline::render(digest, layout.width);
    }
    if layout.beats {
        beats(&mut text, digest, layout);
    }
    expectations(&mut text, digest, layout.width);
    if !digest.latency.is_empty() {
        text.push('\n');
        text += &tables::tasks(&digest.latency, layout.width);
    }
    if !digest.occupancy.executors.is_empty() {
        text.push('\n');
        text += &tables::executors(&digest.occupancy, layout.width);
    }
    warnings(&mut text, digest, layout);
    text
}

/// The report on a run that there was no time to read.
pub fn unread(file: &str, trace: &Trace, width: usize) -> String {
    let mut text = String::new();
    heading(&mut text, file, trace, width);
    text.push('\n');
    let said = format!(
        "The run was stopped at {}, and there was no time to read it. Give it more with --time.",
        trace.outcome.at
    );
    for line in wrap(&said, width.min(READABLE)) {
        let _ = writeln!(text, "{line}");
    }
    text
}

fn heading(text: &mut String, name: &str, trace: &Trace, width: usize) {
    let scenario = &trace.scenario;
    let title = if scenario.title.is_empty() { name } else { &scenario.title };
    for line in wrap(title, width) {
        let _ = writeln!(text, "{TITLE}{line}{TITLE:#}");
    }
    let (variant, seed) = (&scenario.variant, scenario.seed);
    let events = grouped(trace.len() as u64);
    // Without a title the name stands above already.
    let name = if scenario.title.is_empty() { String::new() } else { format!("{name}, ") };
    let what = format!("{name}variant {variant}, seed {seed}, {events} events");
    for line in wrap(&what, width) {
        let _ = writeln!(text, "{FAINT}{line}{FAINT:#}");
    }
}

/// The two lines: this run, and this design.
fn verdict(text: &mut String, digest: &Digest<'_>, design: &DesignVerdict, layout: Layout) {
    text.push('\n');
    let run = &digest.verdict;
    line(text, "This run: ", (run.kind.word(), run.tone()), &run.to_string(), layout);
    line(text, "This design: ", (design.word(), design.tone()), &design.text, layout);
    names(text, &run.text, digest, layout);
}

/// A line of the verdict: what it is about, the gist in its colour, then the sentences.
fn line(text: &mut String, about: &str, (gist, tone): (&str, Tone), sentences: &str, layout: Layout) {
    let style = match tone {
        Tone::Good => GOOD,
        Tone::Warning => AnsiColor::Yellow.on_default().bold(),
        Tone::Bad => BAD,
    };
    let body = format!("{about}{gist}. {sentences}");
    for (number, line) in wrap(&body, layout.width.min(READABLE)).into_iter().enumerate() {
        let line = match line.strip_prefix(about).and_then(|rest| rest.strip_prefix(gist)) {
            Some(rest) if number == 0 => format!("{about}{style}{gist}{style:#}{rest}"),
            _ => line,
        };
        let _ = writeln!(text, "{line}");
    }
}

/// Who is meant where the verdict speaks of many tasks at once.
fn names(text: &mut String, verdict: &Prose, digest: &Digest<'_>, layout: Layout) {
    let mut told = Vec::new();
    for segment in &verdict.segments {
        let Segment::Tasks { tasks, text: called } = segment else { continue };
        let mut listed = Prose::new();
        let listed = listed.tasks(tasks, &digest.names).to_string();
        if tasks.len() > 1 && listed != *called && !told.contains(&listed) {
            for line in wrap(&format!("{called}: {listed}"), layout.width.min(READABLE).saturating_sub(2)) {
                let _ = writeln!(text, "  {FAINT}{line}{FAINT:#}");
            }
            told.push(listed);
        }
    }
}

/// The telling moments, each with its time.
fn beats(text: &mut String, digest: &Digest<'_>, layout: Layout) {
    let _ = writeln!(text, "\n{TITLE}Beats{TITLE:#}");
    let times: Vec<String> = digest.beats.iter().map(|beat| beat.from.to_string()).collect();
    let widest = times.iter().map(|time| time.chars().count()).max().unwrap_or(0);
    for (beat, time) in digest.beats.iter().zip(&times) {
        let sentence = beat.sentence.to_string();
        let room = layout.width.min(READABLE).saturating_sub(widest + 4).max(20);
        for (number, line) in wrap(&sentence, room).iter().enumerate() {
            let time = if number == 0 { time.as_str() } else { "" };
            let _ = writeln!(text, "  {time:>widest$}  {line}");
        }
    }
}

fn expectations(text: &mut String, digest: &Digest<'_>, width: usize) {
    if digest.expectations.is_empty() {
        return;
    }
    let failed = digest.expectations.iter().filter(|judged| !judged.holds).count();
    let all = digest.expectations.len();
    let note = match failed {
        0 => "all met".to_owned(),
        n => format!("{n} of {all} not met"),
    };
    let _ = writeln!(text, "\n{TITLE}Expectations{TITLE:#}  {note}");
    let widest = digest.expectations.iter().map(|judged| judged.text.chars().count()).max().unwrap_or(0);
    for judged in &digest.expectations {
        let (mark, style) = match (judged.holds, judged.says_nothing) {
            (true, _) => ('✓', GOOD),
            (false, true) => ('○', AnsiColor::Yellow.on_default().bold()),
            (false, false) => ('✗', BAD),
        };
        let (expected, actual) = (&judged.text, &judged.actual);
        let needed = 4 + widest + 2 + actual.chars().count();
        if needed <= width {
            let _ = writeln!(text, "  {style}{mark}{style:#} {expected:widest$}  {actual}");
            continue;
        }
        let lines = wrap(expected, width - 4)
            .into_iter()
            .chain(wrap(actual, width - 6).into_iter().map(|line| format!("  {line}")));
        for (i, line) in lines.enumerate() {
            let mark = if i == 0 { format!("{style}{mark}{style:#}") } else { " ".to_owned() };
            let _ = writeln!(text, "  {mark} {line}");
        }
    }
}

/// A line for each executor and kind of warning, with the first and the last of them.
fn warnings(text: &mut String, digest: &Digest<'_>, layout: Layout) {
    let groups = digest.warning_groups();
    if groups.is_empty() {
        return;
    }
    let count: usize = groups.iter().map(|group| group.count).sum();
    let _ = writeln!(text, "\n{TITLE}Warnings{TITLE:#}  {}", grouped(count as u64));
    for group in groups {
        let Some((at, task)) = group.first.first() else { continue };
        let when = match group.count {
            1 => format!("at {at}: {task}"),
            _ => format!("from {at} ({task}) to {}", group.last),
        };
        let line = format!("{}, {when}.", group.text);
        for (i, line) in wrap(&line, layout.width.min(READABLE) - 4).iter().enumerate() {
            let _ = writeln!(text, "{}{line}", if i == 0 { "  " } else { "    " });
        }
    }
}
