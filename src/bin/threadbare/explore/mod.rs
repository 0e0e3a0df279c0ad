//! `threadbare explore`: looks at every order that a scenario allows, in both views, and says what it found, how
//! to replay it, and what it covered.
//!
//! Variants, views and findings are worked on at once; what is printed is the same on any number of threads.

pub mod args;
mod look;
mod report;

use crate::console;
use crate::exit::Exit;
use crate::input::{self, Input};
use crate::progress::Spinner;
use crate::stop;
use crate::trouble::Trouble;
use args::ExploreArgs;
use look::Looked;
use std::sync::{Arc, Mutex};
use threadbare::model::expectation::{Bound, Metric};
use threadbare::model::scenario::Scenario;
use threadbare::study::explore::{EFFORT, Endless, Finding, Kind, shorten};
use threadbare::study::parallel::in_parallel;
use threadbare::study::schedule::{Replay, View, replay};

/// Findings that are told in full for each view.
const MAX_SHOWN: usize = 4;
/// Events of a run without end that are told of: others than its beginning say nothing new.
const MAX_ENDLESS: u64 = 200;
/// Variants that are explored before the first is told.
const AT_ONCE: usize = 8;

/// What one view came to.
struct Explored {
    looked: Looked,
    /// The findings that no earlier view has; the first few are told.
    new: Vec<Finding>,
    told: Vec<Told>,
}

/// A finding, and the run that shows it.
struct Told {
    finding: Finding,
    replay: Replay,
}

/// `threadbare explore`
pub fn explore(args: &ExploreArgs) -> Result<Exit, Trouble> {
    stop::heed();
    let input = Input::read(&args.file)?;
    let Input::Document(document) = &input else {
        let what = format!("{} is a saved run: there is only the one order that it had", args.file);
        return Err(Trouble::with_hint(what, "Explore the scenario that it was made from."));
    };
    let wanted = (!args.all_variants).then_some(args.variant.as_slice());
    let variants = input.variants(wanted);
    let build = |variant: &String| {
        Input::know(document, variant)?;
        Ok(Arc::new(input::scenario(document, variant, &args.which)?))
    };
    let scenarios: Vec<Arc<Scenario>> = variants.iter().map(build).collect::<Result<_, Trouble>>()?;
    let mut worst = Exit::Expected;
    let mut is_first = true;
    for some in scenarios.chunks(AT_ONCE) {
        for (scenario, explored) in some.iter().zip(look_at(args, some)) {
            worst = worst.max(judge(args, scenario, &explored));
            let text = if args.json {
                report::json_text(&args.file, scenario, &explored)
            } else {
                let gap = if is_first { "" } else { "\n\n" };
                format!("{gap}{}", report::report(args, scenario, &explored))
            };
            is_first = false;
            console::print(&text)?;
        }
    }
    Ok(worst)
}

/// Explores several variants in each view that is asked for, and makes what is found short.
fn look_at(args: &ExploreArgs, scenarios: &[Arc<Scenario>]) -> Vec<Vec<Explored>> {
    let views = look::views(&args.search);
    let spinner = Mutex::new(Spinner::new("exploring"));
    let threads = args.search.threads.into();
    let jobs: Vec<(&Arc<Scenario>, View)> =
        scenarios.iter().flat_map(|scenario| views.iter().map(move |view| (scenario, *view))).collect();
    let mut looked =
        in_parallel(&jobs, threads, |(scenario, view)| look::look(&args.search, scenario, *view, &spinner))
            .into_iter();
    let mut all: Vec<Vec<Explored>> =
        scenarios.iter().map(|_| with_news(looked.by_ref().take(views.len()))).collect();
    let mut to_tell = Vec::new();
    for (scenario, explored) in scenarios.iter().zip(&all) {
        for one in explored {
            to_tell
                .extend(one.new.iter().take(MAX_SHOWN).map(|finding| (scenario, one.looked.view, finding)));
        }
    }
    let mut told = in_parallel(&to_tell, threads, |(scenario, view, finding)| {
        if let Ok(mut spinner) = spinner.lock() {
            spinner.say(|| "shortening what was found".to_owned());
        }
        tell(args, scenario, *view, finding)
    })
    .into_iter();
    for one in all.iter_mut().flatten() {
        let count = one.new.len().min(MAX_SHOWN);
        for told in told.by_ref().take(count).flatten() {
            // Those that differ in who else stood where may come to the same when they are short.
            let is_told = |known: &Told| {
                known.finding.schedule == told.finding.schedule
                    && known.finding.kind.is_like(&told.finding.kind)
            };
            if !one.told.iter().any(is_told) {
                one.told.push(told);
            }
        }
    }
    all
}

/// What each view found that those before it had not.
fn with_news(looked: impl Iterator<Item = Looked>) -> Vec<Explored> {
    let mut all: Vec<Explored> = Vec::new();
    for looked in looked {
        let is_known = |finding: &&Finding| {
            !all.iter().any(|one| one.new.iter().any(|known| known.kind == finding.kind))
        };
        let new = looked.findings.iter().filter(is_known).cloned().collect();
        all.push(Explored { looked, new, told: Vec::new() });
    }
    all
}

fn tell(args: &ExploreArgs, scenario: &Arc<Scenario>, view: View, finding: &Finding) -> Option<Told> {
    let finding = shorten(scenario, &look::options(&args.search, view), finding, EFFORT);
    let replay = shown(scenario, &finding)?;
    Some(Told { finding, replay })
}

/// The run that shows a finding; of one without end, enough of it.
fn shown(scenario: &Arc<Scenario>, finding: &Finding) -> Option<Replay> {
    let begins = matches!(finding.kind, Kind::Endless(Endless::Circle)).then(|| {
        let mut begins = (**scenario).clone();
        begins.limits.max_events = begins.limits.max_events.min(MAX_ENDLESS);
        replay(&begins, &finding.schedule).ok()
    });
    begins.flatten().or_else(|| replay(scenario, &finding.schedule).ok())
}

/// Whether anything was found that the scenario does not expect. What only other durations lead to fails nothing,
/// unless it is asked for.
fn judge(args: &ExploreArgs, scenario: &Scenario, explored: &[Explored]) -> Exit {
    let counts = |view: View| view == View::Timed || args.strict;
    let counted = explored.iter().filter(|one| counts(one.looked.view));
    let unexpected = counted.flat_map(|one| &one.new).any(|finding| match finding.kind {
        Kind::Deadlock(_) | Kind::Partial(_) => {
            !expects(scenario, |m| matches!(m, Metric::Deadlock | Metric::Stuck))
        }
        Kind::LostUpdate(..) => !expects(scenario, |m| matches!(m, Metric::LostUpdates | Metric::Races)),
        Kind::Endless(_) | Kind::Final(_) => true,
        Kind::Stall(_) => false,
    });
    if unexpected { Exit::Unexpected } else { Exit::Expected }
}

/// Whether the scenario expects that there is such a thing.
fn expects(scenario: &Scenario, is: impl Fn(&Metric) -> bool) -> bool {
    let wants = |bound: &Bound| matches!(bound, Bound::Truth(true));
    scenario.expectations.iter().any(|expected| is(&expected.metric) && wants(&expected.bound))
}
