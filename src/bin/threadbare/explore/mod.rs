//! `threadbare explore`: explores every order that a scenario allows, in both views, and says what it found, how
//! to replay it, and what it covered.
//!
//! The views are explored at once; each is told as soon as it is done and those before it are told. What is printed is
//! the same on any number of threads, unless the time ends a search.

pub mod args;
mod found;
mod junit;
mod report;
mod search;

use crate::clock;
use crate::command_error::CommandError;
use crate::console;
use crate::exit::Exit;
use crate::input::{self, Input};
use crate::junit::Suite;
use crate::progress::Spinner;
use crate::stop;
use args::ExploreArgs;
use found::{ShownFinding, ViewReport, is_unexpected, judge};
use search::{ViewResult, ViewSearch};
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use threadbare::analysis::shape::Shape;
use threadbare::analysis::verdict::{Coverage, DesignVerdict, MadeRuns, ShapeReading};
use threadbare::model::scenario::Scenario;
use threadbare::study::design_check::verified_shape;
use threadbare::study::explore::{EFFORT, ExplorationFinding, FindingKind, shorten, show};
use threadbare::study::parallel::in_parallel;
use threadbare::study::schedule::TimingAssumption;

/// Findings that are told in full for each view.
const MAX_SHOWN: usize = 4;
/// The longest that findings of a view are shortened for. What is usual ends much sooner, by its number of steps, so
/// that the same is told however busy the machine is.
const MAX_SHORTENING: Duration = Duration::from_secs(20);
/// Beyond the time of the search: findings are shortened for so long at least.
const MIN_SHORTENING: Duration = Duration::from_millis(300);
/// Beyond the time of the search: the shape is read for so long at least.
const MIN_READING: Duration = Duration::from_millis(300);

/// `threadbare explore`
pub fn explore(args: &ExploreArgs) -> Result<Exit, CommandError> {
    stop::heed();
    let input = Input::read(&args.file)?;
    let Input::Document(document) = &input else {
        let what = format!("{} is a saved run: there is only the one order that it had", args.file);
        return Err(CommandError::with_hint(what, "Explore the scenario that it was made from."));
    };
    let wanted = (!args.all_variants).then_some(args.variant.as_slice());
    let variants = input.variants(wanted);
    let build = |variant: &String| {
        Input::know(document, variant)?;
        Ok(Arc::new(input::scenario(document, variant, &args.which)?))
    };
    let scenarios: Vec<Arc<Scenario>> = variants.iter().map(build).collect::<Result<_, CommandError>>()?;
    let mut worst = Exit::Expected;
    let mut suites = Vec::new();
    for (number, scenario) in scenarios.iter().enumerate() {
        if number > 0 && stop::is_asked() {
            break;
        }
        let begun = if number == 0 { clock::begun() } else { Instant::now() };
        let (exit, suite) = Exploration::new(args, scenario, begun).explore(number == 0)?;
        worst = worst.max(exit);
        suites.push(suite);
    }
    if let Some(path) = &args.junit {
        crate::junit::write(path, &suites)?;
    }
    Ok(worst)
}

/// The exploration of one variant.
struct Exploration<'a> {
    args: &'a ExploreArgs,
    scenario: &'a Arc<Scenario>,
    begun: Instant,
    /// A view that is told has found trouble.
    has_trouble: AtomicBool,
    spinner: Mutex<Spinner>,
}

impl<'a> Exploration<'a> {
    fn new(args: &'a ExploreArgs, scenario: &'a Arc<Scenario>, begun: Instant) -> Exploration<'a> {
        let spinner = Mutex::new(Spinner::new("exploring"));
        let has_trouble = AtomicBool::new(false);
        Exploration { args, scenario, begun, has_trouble, spinner }
    }

    /// Explores the views that are asked for, and tells each.
    fn explore(&self, is_first: bool) -> Result<(Exit, Suite), CommandError> {
        let views = search::views(&self.args.search);
        let mut reports: Vec<ViewReport> = Vec::new();
        if !self.args.json {
            let gap = if is_first { "" } else { "\n\n" };
            console::print(&format!("{gap}{}", report::heading(self.args, self.scenario)))?;
        }
        let mut tell = |result: ViewResult| {
            let report = self.report(result, &reports);
            if !self.args.json {
                let number = 1 + reports.iter().map(|report| report.shown.len()).sum::<usize>();
                let is_last = reports.len() + 1 == views.len();
                if let Ok(spinner) = self.spinner.lock() {
                    spinner.hide();
                }
                console::print(&report::view(self.args, self.scenario, &report, number, is_last))?;
            }
            reports.push(report);
            Ok::<(), CommandError>(())
        };
        if self.is_parallel() {
            std::thread::scope(|scope| {
                let searches: Vec<_> = views
                    .iter()
                    .map(|view| scope.spawn(|| self.search(*view, self.args.search.time)))
                    .collect();
                searches
                    .into_iter()
                    .try_for_each(|search| tell(search.join().expect("a search does not panic")))
                    .inspect_err(|_| stop::ask())
            })?;
        } else {
            let time = self.args.search.time / views.len() as u32;
            views.iter().try_for_each(|view| tell(self.search(*view, time)))?;
        }
        let design = self.design(&reports);
        if self.args.json {
            console::print(&report::json_text(&self.args.file, self.scenario, &design, &reports))?;
        } else {
            console::print(&report::design(self.args, &design))?;
        }
        let suite = junit::suite(self.args, self.scenario, &reports);
        Ok((judge(self.args, self.scenario, &reports), suite))
    }

    /// What is known of the design, by its shape and by what was explored.
    fn design(&self, reports: &[ViewReport]) -> DesignVerdict {
        let mut coverage = Coverage::default();
        for ViewReport { result, .. } in reports {
            coverage.states += result.states();
            let is_complete = result.is_complete();
            match result.view {
                TimingAssumption::Timed => coverage.is_complete_as_timed |= is_complete,
                TimingAssumption::Untimed { timeouts_last } => {
                    coverage.is_complete |= is_complete && !timeouts_last
                }
            }
            for finding in &result.findings {
                coverage.deadlocks |=
                    matches!(finding.kind, FindingKind::Deadlock(_) | FindingKind::Partial(_));
                coverage.stalls |= matches!(finding.kind, FindingKind::Stall(_));
            }
        }
        let is_known = coverage.deadlocks || coverage.is_complete;
        let shape = if is_known && self.scenario.has_arrivals() { Shape::default() } else { self.shape() };
        let shape = ShapeReading::of(&shape, self.scenario);
        DesignVerdict::of(&shape, Some(coverage), MadeRuns::default())
    }

    /// The shape, read within the time of the search, and for a moment at least.
    fn shape(&self) -> Shape {
        let end = (self.begun + self.args.search.time).max(Instant::now() + MIN_READING);
        verified_shape(self.scenario, &|| !stop::is_asked() && Instant::now() < end)
    }

    /// Whether the views are searched at once.
    fn is_parallel(&self) -> bool {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        match usize::from(self.args.search.threads) {
            0 => cores > 1,
            threads => threads > 1,
        }
    }

    fn search(&self, view: TimingAssumption, time: Duration) -> ViewResult {
        let search = ViewSearch {
            args: &self.args.search,
            scenario: self.scenario,
            view,
            threads: self.args.search.threads.into(),
            begun: if self.is_parallel() { self.begun } else { Instant::now() },
            time,
            has_trouble: &self.has_trouble,
            spinner: &self.spinner,
        };
        search.search()
    }

    /// What a view came to, beyond those before it.
    fn report(&self, mut result: ViewResult, before: &[ViewReport]) -> ViewReport {
        if self.has_trouble.load(Ordering::Relaxed) {
            result = result.after_trouble();
        }
        let is_new = |finding: &&ExplorationFinding| {
            !before.iter().any(|report| report.new.iter().any(|known| known.kind == finding.kind))
        };
        let new: Vec<ExplorationFinding> = result.findings.iter().filter(is_new).cloned().collect();
        if new.iter().any(|finding| is_unexpected(self.scenario, finding)) {
            self.has_trouble.store(true, Ordering::Relaxed);
        }
        let shown = self.shown(result.view, &new);
        ViewReport { result, new, shown }
    }

    /// Shortens the first findings and replays them.
    fn shown(&self, view: TimingAssumption, findings: &[ExplorationFinding]) -> Vec<ShownFinding> {
        if let Ok(mut spinner) = self.spinner.lock() {
            spinner.say(|| "shortening what was found".to_owned());
        }
        let now = Instant::now();
        let end = (self.begun + self.args.search.time).max(now + MIN_SHORTENING).min(now + MAX_SHORTENING);
        let may_go_on = || !stop::is_asked() && Instant::now() < end;
        let options = search::options(&self.args.search, view);
        let first = &findings[..findings.len().min(MAX_SHOWN)];
        let all = in_parallel(first, self.args.search.threads.into(), |finding| {
            let finding = shorten(self.scenario, &options, finding, EFFORT, &may_go_on);
            let replay = show(self.scenario, &finding).ok()?;
            Some(ShownFinding { finding, replay })
        });
        let mut shown: Vec<ShownFinding> = Vec::new();
        for one in all.into_iter().flatten() {
            // Those that differ in who else stood where may come to the same when they are short.
            let is_known = |known: &ShownFinding| {
                known.finding.schedule == one.finding.schedule
                    && known.finding.kind.is_like(&one.finding.kind)
            };
            if !shown.iter().any(is_known) {
                shown.push(one);
            }
        }
        shown
    }
}
