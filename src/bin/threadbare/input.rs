//! From a FILE argument to a run: a document to simulate, or a trace that was saved.

use crate::command_error::CommandError;
use crate::console;
use crate::progress::patiently;
use crate::selection::RunSelection;
use crate::simulate::{simulate, simulate_while};
use crate::source::Source;
use std::path::Path;
use std::sync::Arc;
use threadbare::analysis::cancellation::ShouldContinue;
use threadbare::analysis::pass::Pass;
use threadbare::language::{BASE, Document, Overrides, Problems};
use threadbare::model::scenario::Scenario;
use threadbare::study::schedule::{self, Schedule};
use threadbare::trace::{Trace, file};

/// What a FILE holds.
pub enum Input {
    /// A scenario document.
    Document(Document),
    /// A run that was saved.
    Run(Box<Run>),
}

/// A run, and what it was made from.
pub struct Run {
    /// The trace of the run.
    pub trace: Trace,
    /// What was read of it while it went on, if it was bounded by time.
    pub pass: Option<Pass>,
    source: file::Source,
}

impl Input {
    /// Reads what `file` names.
    pub fn read(file: &str) -> Result<Input, CommandError> {
        let source = Source::read(file)?;
        match file::load(&source.bytes) {
            Ok(saved) => saved_run(&source.name, saved).map(Box::new).map(Input::Run),
            Err(file::LoadError::NotATrace) => document(&source).map(Input::Document),
            Err(error) => Err(unusable(&source.name, &error)),
        }
    }

    /// The names of the variants that `wanted` asks for; all if it is `None`. A saved run has but one.
    pub fn variants(&self, wanted: Option<&[String]>) -> Vec<String> {
        match (self, wanted) {
            (Input::Run(run), _) => vec![run.trace.scenario.variant.clone()],
            (Input::Document(document), None) => document.variants().into_iter().map(|v| v.name).collect(),
            (Input::Document(_), Some([])) => vec![BASE.to_owned()],
            (Input::Document(_), Some(names)) => names.to_vec(),
        }
    }

    /// Complains about a variant that is not there, with those that are.
    pub fn know(document: &Document, variant: &str) -> Result<(), CommandError> {
        let names: Vec<String> = document.variants().into_iter().map(|known| known.name).collect();
        if names.iter().any(|name| name == variant) {
            return Ok(());
        }
        let what = format!("{} has no variant `{variant}`", document.file_name());
        Err(CommandError::with_hint(what, format!("It has {}.", names.join(", "))))
    }

    /// Runs a variant, the way that a schedule says if there is one; a saved run is what it is, and refuses to be changed.
    pub fn run(
        &self,
        variant: &str,
        which: &RunSelection,
        schedule: Option<&Schedule>,
    ) -> Result<Run, CommandError> {
        self.run_within(variant, which, schedule, None)
    }

    /// The same for as long as it may go on, if that is bounded. (A schedule is followed for a million events at most.)
    pub fn run_within(
        &self,
        variant: &str,
        which: &RunSelection,
        schedule: Option<&Schedule>,
        may_go_on: Option<ShouldContinue<'_>>,
    ) -> Result<Run, CommandError> {
        match self {
            Input::Document(document) => {
                Input::know(document, variant)?;
                let source = file::Source {
                    file: document.file_name().to_owned(),
                    document: document.source().to_owned(),
                    overrides: which.set.clone(),
                };
                let scenario = scenario(document, variant, which)?;
                let (trace, pass) = match (schedule, may_go_on) {
                    (None, None) => (simulate(scenario), None),
                    (None, Some(may_go_on)) => simulate_while(scenario, may_go_on),
                    (Some(schedule), _) => (replay(scenario, schedule)?, None),
                };
                Ok(Run { trace, pass, source })
            }
            Input::Run(run) => Ok(Run { trace: run.trace.clone(), pass: None, source: run.source.clone() }),
        }
    }

    /// Complains if the arguments ask to change a run that is over.
    pub fn accept(&self, file: &str, has_changes: bool) -> Result<(), CommandError> {
        match self {
            Input::Run(_) if has_changes => Err(CommandError::with_hint(
                format!("{file} is a saved run: its variant, seed and values are fixed"),
                "Leave out --variant, --all-variants, --seed and --set, or run the scenario again.",
            )),
            Input::Run(_) | Input::Document(_) => Ok(()),
        }
    }
}

impl Run {
    /// The bytes of a file that [`Input::read`] reads again.
    pub fn to_bytes(&self) -> Vec<u8> {
        file::save(&self.trace, &self.source)
    }

    /// Saves the run to a file.
    pub fn save(&self, path: &Path) -> Result<(), CommandError> {
        crate::source::write_file(path, &self.to_bytes())
    }
}

/// Runs the way that a schedule says.
fn replay(scenario: Scenario, schedule: &Schedule) -> Result<Trace, CommandError> {
    let replayed = patiently("replaying", || schedule::replay(&Arc::new(scenario), schedule));
    let hint = "`threadbare explore` finds the schedules of a document, and prints them.";
    Ok(replayed.map_err(|misfit| CommandError::with_hint(misfit.to_string(), hint))?.trace)
}

/// Parses a source as a document, and prints the warnings about it.
pub fn document(source: &Source) -> Result<Document, CommandError> {
    let document = parse(source)?;
    let warnings = document.check().warnings();
    if !warnings.is_empty() {
        console::print_error(&format!("{}\n", warnings.render(console::error_colour())));
    }
    Ok(document)
}

/// The same in silence.
pub fn parse(source: &Source) -> Result<Document, CommandError> {
    parse_or_problems(source)?.map_err(|problems| rendered(&problems))
}

/// The same with the problems themselves; trouble is what is no document at all.
pub fn parse_or_problems(source: &Source) -> Result<Result<Document, Problems>, CommandError> {
    if file::is_saved(&source.bytes) {
        let what = format!("{} is a saved run; this command needs a scenario", source.name);
        return Err(CommandError::with_hint(
            what,
            "`threadbare run` and `threadbare export` read saved runs.",
        ));
    }
    Ok(Document::parse(&source.name, source.text()?))
}

/// One variant of a document with what the arguments change.
pub fn scenario(document: &Document, variant: &str, which: &RunSelection) -> Result<Scenario, CommandError> {
    let overrides = Overrides { seed: which.seed, set: which.set.clone() };
    document.scenario(variant, &overrides).map_err(|problems| rendered(&problems))
}

/// The problems of a document as trouble.
pub fn rendered(problems: &Problems) -> CommandError {
    CommandError::Document(problems.render(console::error_colour()))
}

/// A saved run holds the text it was made from; the scenario is built from that again.
fn saved_run(name: &str, saved: file::SavedTrace) -> Result<Run, CommandError> {
    let header = saved.header.clone();
    let document = Document::parse(&header.file, &header.document).map_err(|problems| rendered(&problems))?;
    let which = RunSelection { seed: Some(header.seed), set: header.overrides.clone() };
    let scenario = scenario(&document, &header.variant, &which)?;
    let trace = saved.into_trace(Arc::new(scenario)).map_err(|error| unusable(name, &error))?;
    let source = file::Source { file: header.file, document: header.document, overrides: header.overrides };
    Ok(Run { trace, pass: None, source })
}

fn unusable(name: &str, error: &file::LoadError) -> CommandError {
    CommandError::new(format!("{name}: {error}"))
}
