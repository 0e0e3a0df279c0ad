//! `threadbare branch`: the other orders that were possible at a moment of a run, what each comes to, and taking one.

pub mod args;
mod json;
mod listing;

use crate::command::replays;
use crate::command_error::CommandError;
use crate::console;
use crate::exit::Exit;
use crate::explore::args::Views;
use crate::input::{self, Input};
use crate::progress::Spinner;
use crate::source::shown;
use crate::text::{TITLE, wrap};
use crate::timeline;
use anstyle::{Ansi256Color, AnsiColor, Style};
use args::BranchArgs;
use listing::{BaseRun, ListedAlternative};
use std::fmt::Write;
use std::sync::Arc;
use threadbare::analysis::difference::first_difference;
use threadbare::analysis::digest::Digest;
use threadbare::analysis::prose::{grouped, plural};
use threadbare::model::scenario::Scenario;
use threadbare::model::time::Time;
use threadbare::study::branch::{self, BranchPoint, BranchPointSearch, BranchSearchStart, RunOutcomeSummary};
use threadbare::study::explore::words;
use threadbare::study::schedule::{ReplayInProgress, ReplayedRun, Schedule, ScheduleError, TimingAssumption};
use threadbare::trace::event::EventId;
use threadbare::view::eventlist;

const FAINT: Style = Ansi256Color(243).on_default();
const OTHER: Style = AnsiColor::Yellow.on_default().bold();

/// Steps between two looks at the clock.
const SLICE: u64 = 2_000;
/// Events that are simulated to say what the ways come to; beyond, a way says nothing until it is taken.
const MAX_EVENTS: u64 = 2_000_000;
/// Overtaken durations that are named with a way.
const MAX_LATE_ITEMS: usize = 2;

/// `threadbare branch`
pub fn branch(args: &BranchArgs) -> Result<Exit, CommandError> {
    let input = Input::read(&args.file)?;
    let Input::Document(document) = &input else {
        let what = format!("{} is a saved run: there is only the one order that it had", args.file);
        return Err(CommandError::with_hint(what, "Branch off a run of the scenario that it was made from."));
    };
    Input::know(document, &args.variant)?;
    let scenario = Arc::new(input::scenario(document, &args.variant, &args.which)?);
    let mut spinner = Spinner::new("looking for other orders");
    let views = views(args)?;
    let trunks: Vec<BaseRun> = views
        .into_iter()
        .map(|view| trunk(args, &scenario, view, &mut spinner))
        .collect::<Result<_, ScheduleError>>()
        .map_err(misfits)?;
    let ends = |trunk: &BaseRun| trunk.replay.trace.outcome.at;
    if let Some(at) = args.at
        && let Some(end) = trunks.iter().map(ends).max()
        && at > end
    {
        let what = format!("no other order begins at {at}: the run ends at {end}");
        return Err(CommandError::with_hint(what, "Name an earlier moment with --at."));
    }
    let mut left = MAX_EVENTS;
    let mut listed: Vec<ListedAlternative<'_>> = trunks.iter().flat_map(alternatives).collect();
    if let Some(number) = args.take {
        let Some(taken) = number.checked_sub(1).and_then(|n| listed.get(n)) else {
            let what = match listed.len() {
                0 => "there is no alternative to take".to_owned(),
                count => format!("there is no alternative {number}: there are {count}"),
            };
            return Err(CommandError::with_hint(
                what,
                "Leave out --take to list them; --points N lists more.",
            ));
        };
        drop(spinner);
        let other =
            follow(&scenario, &taken.way.schedule, &mut Spinner::new("taking it")).map_err(misfits)?;
        console::print(&comparison_text(args, &scenario, taken, &other))?;
        return Ok(Exit::Expected);
    }
    for each in &mut listed {
        if left == 0 {
            break;
        }
        let replay = follow(&scenario, &each.way.schedule, &mut spinner).map_err(misfits)?;
        left = left.saturating_sub(replay.trace.len() as u64);
        each.upshot = Some(RunOutcomeSummary::of(&Digest::new(&replay.trace)));
    }
    drop(spinner);
    let text = if args.json {
        json::as_json(args, &scenario, &trunks, &listed)
    } else {
        list(args, &scenario, &trunks, &listed)
    };
    console::print(&text)?;
    Ok(Exit::Expected)
}

fn misfits(misfit: ScheduleError) -> CommandError {
    CommandError::with_hint(
        misfit.to_string(),
        "`threadbare branch` and `explore` print the schedules of a document.",
    )
}

/// The views to list. A way of its own has turns in its own view only.
fn views(args: &BranchArgs) -> Result<Vec<TimingAssumption>, CommandError> {
    let untimed = TimingAssumption::Untimed { timeouts_last: false };
    match (&args.schedule, args.view) {
        (Some(schedule), Views::Both) => Ok(vec![schedule.view]),
        (Some(schedule), asked) if !schedule.turns.is_empty() => {
            let is_timed = schedule.view == TimingAssumption::Timed;
            if is_timed == (asked == Views::Timed) {
                return Ok(vec![schedule.view]);
            }
            let what =
                format!("the schedule belongs to the {} view", if is_timed { "timed" } else { "untimed" });
            Err(CommandError::with_hint(what, "Leave out --view, or --schedule."))
        }
        (_, Views::Both) => Ok(vec![TimingAssumption::Timed, untimed]),
        (_, Views::Timed) => Ok(vec![TimingAssumption::Timed]),
        (_, Views::Untimed) => Ok(vec![untimed]),
    }
}

fn trunk(
    args: &BranchArgs,
    scenario: &Arc<Scenario>,
    view: TimingAssumption,
    spinner: &mut Spinner,
) -> Result<BaseRun, ScheduleError> {
    let schedule = branch::base(args.schedule.as_ref(), view);
    let moment = match (args.event, args.at) {
        (Some(event), _) => BranchSearchStart::Event(EventId(event)),
        (None, at) => BranchSearchStart::At(at.unwrap_or(Time::ZERO)),
    };
    let mut branching = BranchPointSearch::new(scenario, &schedule, moment, args.points as usize)?;
    while !branching.advance(SLICE)? {
        spinner.say(|| format!("at {}", branching.now()));
    }
    let branches = branching.finish();
    let replay = follow(scenario, &schedule, spinner)?;
    let upshot = RunOutcomeSummary::of(&Digest::new(&replay.trace));
    Ok(BaseRun { view, schedule, replay, branches, upshot })
}

/// Runs the way that a schedule says.
fn follow(
    scenario: &Scenario,
    schedule: &Schedule,
    spinner: &mut Spinner,
) -> Result<ReplayedRun, ScheduleError> {
    let mut replaying = ReplayInProgress::new(scenario, schedule)?;
    while !replaying.advance(SLICE) {
        spinner.say(|| format!("at {}, {} events", replaying.now(), grouped(replaying.events())));
    }
    replaying.finish()
}

/// The ways that the run did not take, those that come to the same once.
fn alternatives(trunk: &BaseRun) -> Vec<ListedAlternative<'_>> {
    trunk.branches.points.iter().flat_map(|point| at_point(trunk, point)).collect()
}

fn at_point<'a>(trunk: &'a BaseRun, point: &'a BranchPoint) -> impl Iterator<Item = ListedAlternative<'a>> {
    let ways = &point.ways;
    let taken = ways[point.taken].like.unwrap_or(point.taken);
    let others = ways.iter().enumerate().filter(move |(n, way)| way.like.is_none() && *n != taken);
    others.map(move |(n, way)| {
        let alike = ways.iter().filter(|other| other.like == Some(n)).count();
        ListedAlternative { trunk, point, way, alike, upshot: None }
    })
}

fn list(
    args: &BranchArgs,
    scenario: &Scenario,
    trunks: &[BaseRun],
    listed: &[ListedAlternative<'_>],
) -> String {
    let width = args.width.map_or_else(console::width, usize::from).min(100);
    let mut text = heading(shown(&args.file), scenario, width);
    let mut number = 0;
    for trunk in trunks {
        let of_view: Vec<&ListedAlternative<'_>> =
            listed.iter().filter(|each| std::ptr::eq(each.trunk, trunk)).collect();
        say(&mut text, &opening(trunk, of_view.len()), "", width);
        for point in &trunk.branches.points {
            let ways: Vec<&&ListedAlternative<'_>> =
                of_view.iter().filter(|each| each.point.number == point.number).collect();
            if ways.is_empty() {
                continue;
            }
            let was = format!(
                "{}, before event {}: {}. Instead:",
                point.at, point.events, point.ways[point.taken].text
            );
            say(&mut text, &was, "  ", width);
            for each in ways {
                number += 1;
                alternative(&mut text, each, number, width);
            }
        }
        if trunk.branches.more > 0 {
            let more = grouped(trunk.branches.more.into());
            let _ = writeln!(
                text,
                "\n  {more} later {} (--points, --at).",
                plural(trunk.branches.more as usize, "point")
            );
        }
        text.push('\n');
    }
    text + &closing(listed)
}

/// Which of them matter, and what to do next.
fn closing(listed: &[ListedAlternative<'_>]) -> String {
    let differs = |each: &ListedAlternative<'_>| {
        each.upshot.as_ref().is_some_and(|upshot| !upshot.is_like(&each.trunk.upshot))
    };
    let others: Vec<String> = (1..)
        .zip(listed)
        .filter(|(_, each)| differs(each))
        .map(|(number, _): (usize, _)| number.to_string())
        .collect();
    match (listed.is_empty(), others.as_slice()) {
        (true, _) => String::new(),
        (false, []) => "Take one with --take K.\n".to_owned(),
        (false, others) => {
            format!("A different outcome: {}. Take one with --take K.\n", others.join(", "))
        }
    }
}

fn heading(file: &str, scenario: &Scenario, width: usize) -> String {
    let mut text = String::new();
    let title = if scenario.title.is_empty() { file } else { &scenario.title };
    for line in wrap(title, width) {
        let _ = writeln!(text, "{TITLE}{line}{TITLE:#}");
    }
    let _ = writeln!(text, "{FAINT}variant {}, seed {}{FAINT:#}\n", scenario.variant, scenario.seed);
    text
}

fn opening(trunk: &BaseRun, alternatives: usize) -> String {
    let under = words::under(trunk.view);
    let (first, rest) = under.split_at(1);
    let under = first.to_uppercase() + rest;
    let way =
        if trunk.schedule.turns.is_empty() { String::new() } else { format!(", going {}", trunk.schedule) };
    let upshot = trunk.upshot.words();
    if alternatives == 0 {
        return format!("{under}{way}: {upshot}. No other order was possible here.");
    }
    let orders = plural(alternatives, "alternative");
    format!("{under}{way}: {upshot}. {} {orders}:", grouped(alternatives as u64))
}

/// Writes a paragraph.
fn say(text: &mut String, paragraph: &str, indent: &str, width: usize) {
    for line in wrap(paragraph, width.saturating_sub(indent.len())) {
        let _ = writeln!(text, "{indent}{line}");
    }
}

fn alternative(text: &mut String, each: &ListedAlternative<'_>, number: usize, width: usize) {
    let mut line = each.way.text.clone();
    if each.way.at > each.point.at {
        let _ = write!(line, ", at {}", each.way.at);
    }
    if let [first, ..] = each.way.overtakes.as_slice() {
        let _ = write!(line, "; overtakes {first}");
        let named = each.way.overtakes.iter().skip(1).take(MAX_LATE_ITEMS - 1);
        named.for_each(|slow| line = format!("{line}, {slow}"));
        if each.way.overtakes.len() > MAX_LATE_ITEMS {
            let _ = write!(line, " and {} more", each.way.overtakes.len() - MAX_LATE_ITEMS);
        }
    }
    if each.alike > 0 {
        let _ = write!(line, " (or one of {} alike)", each.alike);
    }
    for (i, part) in wrap(&line, width.saturating_sub(8)).iter().enumerate() {
        if i == 0 {
            let _ = writeln!(text, "  {number:>4}. {part}");
        } else {
            let _ = writeln!(text, "        {part}");
        }
    }
    let Some(upshot) = &each.upshot else { return };
    let same = upshot.is_like(&each.trunk.upshot);
    let style = if same { FAINT } else { OTHER };
    let as_before = if *upshot == each.trunk.upshot { ", the same".to_owned() } else { String::new() };
    for part in wrap(&format!("{}{as_before}", upshot.words()), width.saturating_sub(10)) {
        let _ = writeln!(text, "        {style}→ {part}{style:#}");
    }
}

/// What comes of taking an alternative, beside the run as it was.
fn comparison_text(
    args: &BranchArgs,
    scenario: &Scenario,
    taken: &ListedAlternative<'_>,
    other: &ReplayedRun,
) -> String {
    let width = args.width.map_or_else(console::width, usize::from);
    let readable = width.min(100);
    let (was, is) = (Digest::new(&taken.trunk.replay.trace), Digest::new(&other.trace));
    if args.json {
        return json::taken_json(args, scenario, taken, &was, &is);
    }
    let mut text = heading(shown(&args.file), scenario, readable);
    let BranchPoint { at, events, ways, taken: chosen, .. } = taken.point;
    let view = words::under(taken.trunk.view);
    say(&mut text, &format!("At {at}, before event {events}, {view}:"), "", readable);
    say(&mut text, &format!("as it was: {}", ways[*chosen].text), "  ", readable);
    say(&mut text, &format!("instead: {}", taken.way.text), "  ", readable);
    for line in words::late(&is, &other.late) {
        say(&mut text, &line, "  ", readable);
    }
    let _ = writeln!(text, "\n{TITLE}First difference{TITLE:#}");
    for line in difference(&was, &is) {
        say(&mut text, &line, "  ", readable);
    }
    for (title, digest) in [("As it was", &was), ("Instead", &is)] {
        let _ = writeln!(text, "\n{TITLE}{title}{TITLE:#}  {}", RunOutcomeSummary::of(digest).words());
        say(&mut text, &digest.verdict.to_string(), "  ", readable);
        if args.timeline {
            let _ = write!(text, "\n{}", timeline::render(digest, width));
        }
    }
    let _ =
        writeln!(text, "\nReplay it: {}", replays(&args.file, scenario, &args.which, &taken.way.schedule));
    text
}

/// The first event that differs, in each run.
fn difference(was: &Digest<'_>, is: &Digest<'_>) -> Vec<String> {
    let Some(first) = first_difference(was.trace(), is.trace()) else {
        return vec!["None: both runs are the same, event by event.".to_owned()];
    };
    let line = |digest: &Digest<'_>| {
        if first.index() >= digest.trace().len() {
            return "the run is over".to_owned();
        }
        let line = eventlist::line(digest, first);
        format!("at {}: {}", line.at, line.text)
    };
    vec![
        format!("event {}, as it was: {}", first.0, line(was)),
        format!("event {}, instead: {}", first.0, line(is)),
    ]
}
