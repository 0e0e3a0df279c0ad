//! What was found in a file, as data: findings with their rules and places, each different thing once.

use crate::args::{CheckArgs, DenyLevel};
use crate::command::{explores, explores_with_timeouts_last};
use crate::command_error::CommandError;
use crate::exit::Exit;
use crate::input::{self, Input};
use crate::lesson;
use crate::selection::RunSelection;
use crate::source::Source;
use std::cell::OnceCell;
use std::sync::Arc;
use std::time::Instant;
use threadbare::analysis::prose::grouped;
use threadbare::analysis::shape::Hazard;
use threadbare::analysis::verdict::{DesignKind, DesignVerdict, MadeRuns};
use threadbare::language::{Document, Overrides, Problems, SourceRange, StepPlaces};
use threadbare::model::rule::{Allowed, Rule};
use threadbare::model::scenario::Scenario;
use threadbare::study::cancellation::ShouldContinue;
use threadbare::study::design_check::DesignCheck;
use threadbare::study::parallel::in_parallel;

/// What a file came to.
pub enum FileOutcome {
    /// A lesson that reads, in a line.
    Lesson(String),
    /// A valid document.
    CheckedDocument(CheckedDocument),
    /// A document that does not read.
    Problems(String, Problems),
    /// No document at all.
    Unreadable(CommandError),
}

/// A valid document and what the shapes of its variants show.
pub struct CheckedDocument {
    pub file: String,
    /// How it was named, and what was set in it.
    pub typed: (String, RunSelection),
    /// Besides the base.
    pub variants: usize,
    /// What is probably not meant.
    pub warnings: Problems,
    /// What is known of each variant.
    pub designs: Vec<(String, DesignVerdict)>,
    pub readings: Vec<ConclusionGroup>,
    /// Rules that the document allows, and that nothing was found of.
    pub unused: Vec<Allowed>,
    pub denied: Option<DenyLevel>,
}

/// A conclusion and the variants it holds for.
pub struct ConclusionGroup {
    pub variants: Vec<String>,
    pub said: Conclusion,
    /// Where in the text, as the first of the variants has it.
    pub places: Vec<StepPlace>,
}

/// A step that takes part in a hazard.
pub struct StepPlace {
    pub task: String,
    /// Its text; `None` stands for the task before its start.
    pub step: Option<String>,
    pub place: SourceRange,
}

/// What can be said of a variant.
pub enum Conclusion {
    Finding(Finding),
    Safe(SafetyReason),
    /// No task ever arrives: nothing is judged.
    NothingArrives(DesignVerdict),
}

/// Something that can deadlock or stall, or of which that is not known.
pub struct Finding {
    pub rule: Rule,
    pub severity: Severity,
    pub headline: String,
    pub details: Vec<String>,
    /// Steps that take part: the task, and the number of its step.
    pub steps: Vec<(String, Option<usize>)>,
    /// What looks for it lets timeouts come last: there were too many orders to come to it otherwise.
    pub timeouts_last: bool,
    /// The document allows it, for this reason.
    pub allowed: Option<String>,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Deadlock,
    /// A timeout ends it.
    Stall,
    Unknown,
}

/// Why something is safe.
#[derive(Clone, PartialEq)]
pub enum SafetyReason {
    /// Its shape has no ring.
    Shape,
    /// Every order was explored. Its shape alone warns of this.
    Orders(Vec<String>),
}

impl FileOutcome {
    /// Checks a file.
    pub fn of(file: &str, args: &CheckArgs) -> FileOutcome {
        match lesson::checked(file) {
            Ok(Some(line)) => FileOutcome::Lesson(line),
            Ok(None) => check_one(file, args).unwrap_or_else(FileOutcome::Unreadable),
            Err(trouble) => FileOutcome::Unreadable(trouble),
        }
    }

    /// How the command ends by it.
    pub fn exit(&self) -> Exit {
        match self {
            FileOutcome::CheckedDocument(checked) if checked.is_denied() => Exit::Unexpected,
            FileOutcome::Lesson(_) | FileOutcome::CheckedDocument(_) => Exit::Expected,
            FileOutcome::Problems(..) | FileOutcome::Unreadable(_) => Exit::BadInput,
        }
    }
}

fn check_one(file: &str, args: &CheckArgs) -> Result<FileOutcome, CommandError> {
    let begun = Instant::now();
    let may_go_on = || args.time.is_none_or(|time| begun.elapsed() < time);
    let source = Source::read(file)?;
    let document = match input::parse_or_problems(&source)? {
        Ok(document) => document,
        Err(problems) => return Ok(FileOutcome::Problems(source.name, problems)),
    };
    let variants: Vec<String> = document.variants().into_iter().map(|variant| variant.name).collect();
    let is_asked = |name: &String| args.variant.is_empty() || args.variant.contains(name);
    // A variant is read once, and all that is asked for at once.
    let read = in_parallel(&variants, 0, |name| {
        let (scenario, problems) = document.read(name);
        let wanted = args.set.is_empty() && is_asked(name) && !problems.has_errors();
        (problems, wanted.then(|| VariantConclusions::of(scenario, &may_go_on)))
    });
    let (problems, mut said): (Vec<_>, Vec<_>) = read.into_iter().unzip();
    let problems = Problems::of_all(problems).expect("there is the base at least");
    if problems.has_errors() {
        return Ok(FileOutcome::Problems(source.name, problems));
    }
    for variant in &args.variant {
        Input::know(&document, variant)?;
    }
    if !args.set.is_empty() {
        let overrides = Overrides { seed: None, set: args.set.clone() };
        for (name, said) in variants.iter().zip(&mut said).filter(|(name, _)| is_asked(name)) {
            let scenario =
                document.scenario(name, &overrides).map_err(|problems| input::rendered(&problems))?;
            *said = Some(VariantConclusions::of(scenario, &may_go_on));
        }
    }
    let mut unused: Vec<Allowed> = Vec::new();
    for allowed in said.iter().flatten().flat_map(|said| &said.unused) {
        if !unused.contains(allowed) {
            unused.push(allowed.clone());
        }
    }
    let is_used = |rule: Rule| said.iter().flatten().any(|said| said.finds(rule));
    unused.retain(|allowed| !is_used(allowed.rule));
    let known = variants.iter().zip(&said).filter_map(|(name, said)| Some((name, &said.as_ref()?.design)));
    let designs = known.map(|(name, design)| (name.clone(), design.clone())).collect();
    Ok(FileOutcome::CheckedDocument(CheckedDocument {
        file: document.file_name().to_owned(),
        typed: (file.to_owned(), RunSelection { seed: None, set: args.set.clone() }),
        variants: variants.len().saturating_sub(1),
        warnings: problems,
        designs,
        readings: readings(&document, variants.iter().zip(said)),
        unused,
        denied: args.deny,
    }))
}

/// What the shapes of variants come to, each different thing once: what can hang first, in the order of the document.
fn readings<'a>(
    document: &Document,
    variants: impl Iterator<Item = (&'a String, Option<VariantConclusions>)>,
) -> Vec<ConclusionGroup> {
    let mut found: Vec<ConclusionGroup> = Vec::new();
    for (variant, said) in variants {
        let places = OnceCell::new();
        for said in said.into_iter().flat_map(|said| said.all) {
            match found.iter_mut().find(|known| known.said.is_like(&said)) {
                Some(known) => known.variants.push(variant.clone()),
                None => {
                    let places =
                        said.places(document, || places.get_or_init(|| document.step_places(variant)));
                    found.push(ConclusionGroup { variants: vec![variant.clone()], said, places });
                }
            }
        }
    }
    found.sort_by_key(|reading| matches!(reading.said, Conclusion::Safe(_)));
    found
}

/// The conclusions about one variant.
struct VariantConclusions {
    design: DesignVerdict,
    all: Vec<Conclusion>,
    /// What it allows in vain.
    unused: Vec<Allowed>,
}

impl VariantConclusions {
    fn of(scenario: Scenario, may_go_on: ShouldContinue<'_>) -> VariantConclusions {
        let scenario = Arc::new(scenario);
        let outlook = DesignCheck::read_while(&scenario, may_go_on);
        let mut findings: Vec<Finding> =
            outlook.shape.hazards.iter().map(|hazard| Finding::of(hazard, &outlook, &scenario)).collect();
        let mut safe = None;
        let design = outlook.design(&scenario, MadeRuns::default());
        let has_no = |stall: bool| outlook.shape.hazards.iter().all(|hazard| hazard.stall != stall);
        match design.kind {
            DesignKind::CanDeadlock if has_no(false) => findings.insert(0, Finding::beyond_shape(false)),
            DesignKind::NotKnown if has_no(false) => findings.push(Finding::unknown(outlook.shape.is_cut)),
            DesignKind::CannotDeadlock if design.can_stall && has_no(true) => {
                findings.insert(0, Finding::beyond_shape(true));
            }
            DesignKind::CannotDeadlock if findings.is_empty() && outlook.withdrawn.is_empty() => {
                safe = Some(SafetyReason::Shape);
            }
            DesignKind::CannotDeadlock if findings.is_empty() => {
                let warned = outlook.withdrawn.iter().map(|hazard| hazard.headline(&scenario)).collect();
                safe = Some(SafetyReason::Orders(warned));
            }
            DesignKind::CanDeadlock
            | DesignKind::NotKnown
            | DesignKind::CannotDeadlock
            | DesignKind::NothingArrives => {}
        }
        for finding in &mut findings {
            let allowed = scenario.allowed.iter().find(|allowed| allowed.rule == finding.rule);
            finding.allowed = allowed.map(|allowed| allowed.reason.clone());
        }
        let is_found = |allowed: &&Allowed| findings.iter().any(|finding| finding.rule == allowed.rule);
        let unused = scenario.allowed.iter().filter(|allowed| !is_found(allowed)).cloned().collect();
        let is_empty = design.kind == DesignKind::NothingArrives;
        let empty = is_empty.then(|| Conclusion::NothingArrives(design.clone()));
        let findings = findings.into_iter().map(Conclusion::Finding);
        let all = findings.chain(safe.map(Conclusion::Safe)).chain(empty).collect();
        VariantConclusions { design, all, unused }
    }

    fn finds(&self, rule: Rule) -> bool {
        self.all.iter().any(|said| matches!(said, Conclusion::Finding(finding) if finding.rule == rule))
    }
}

impl Finding {
    fn of(hazard: &Hazard, outlook: &DesignCheck, scenario: &Scenario) -> Finding {
        let mut details = hazard.details(scenario);
        let orders = outlook.orders;
        let is_seen = if hazard.stall { orders.stalls } else { orders.deadlocks || hazard.is_shown };
        if !is_seen && orders.states > 0 {
            let states = grouped(orders.states as u64);
            details.push(format!("Not found in the first {states} states; there are more."));
        }
        let mut steps = Vec::new();
        for place in &hazard.places {
            let task = &scenario.tasks[place.task.index()];
            let step = place.pc.and_then(|pc| task.program.step_of.get(pc.index()));
            let step = (task.name.clone(), step.map(|step| usize::from(*step)));
            if !steps.contains(&step) {
                steps.push(step);
            }
        }
        Finding {
            rule: hazard.rule(),
            severity: if hazard.stall { Severity::Stall } else { Severity::Deadlock },
            headline: hazard.headline(scenario),
            details,
            steps,
            timeouts_last: hazard.stall && !orders.is_complete,
            allowed: None,
        }
    }

    /// An order was found that no ring of the shape explains.
    fn beyond_shape(is_stall: bool) -> Finding {
        let (can, severity) = match is_stall {
            true => ("can stall until a timeout", Severity::Stall),
            false => ("can deadlock", Severity::Deadlock),
        };
        Finding {
            rule: Rule::UnexplainedOrder,
            severity,
            headline: format!("{can}, in an order that its shape does not show"),
            details: vec!["Found by exploring its orders.".to_owned()],
            steps: Vec::new(),
            timeouts_last: false,
            allowed: None,
        }
    }

    /// Nothing is known; `is_cut`: for want of time.
    fn unknown(is_cut: bool) -> Finding {
        let why = match is_cut {
            true => "the time was up before its shape was read",
            false => "tasks can be created in too many ways",
        };
        Finding {
            rule: Rule::Undecided,
            severity: Severity::Unknown,
            headline: format!("may deadlock, not known: {why}"),
            details: Vec::new(),
            steps: Vec::new(),
            timeouts_last: false,
            allowed: None,
        }
    }

    fn is_denied(&self, denied: DenyLevel) -> bool {
        self.allowed.is_none() && (self.severity != Severity::Stall || denied == DenyLevel::Stall)
    }

    /// The same hazard, wherever in the text it is.
    fn is_like(&self, other: &Finding) -> bool {
        (self.rule, self.severity, &self.headline, &self.details, &self.allowed)
            == (other.rule, other.severity, &other.headline, &other.details, &other.allowed)
    }

    /// Of these variants, in a sentence.
    pub fn sentence(&self, who: &str) -> String {
        format!("{who} {}.", self.headline)
    }
}

impl Conclusion {
    fn is_like(&self, other: &Conclusion) -> bool {
        match (self, other) {
            (Conclusion::Finding(one), Conclusion::Finding(other)) => one.is_like(other),
            (Conclusion::Safe(one), Conclusion::Safe(other)) => one == other,
            (Conclusion::NothingArrives(_), Conclusion::NothingArrives(_)) => true,
            (Conclusion::Finding(_) | Conclusion::Safe(_) | Conclusion::NothingArrives(_), _) => false,
        }
    }

    fn places<'d>(&self, document: &Document, all: impl Fn() -> &'d StepPlaces<'d>) -> Vec<StepPlace> {
        let Conclusion::Finding(finding) = self else { return Vec::new() };
        let place = |(task, step): &(String, Option<usize>)| {
            let place = all().get(task, *step)?;
            let text = step.map(|_| document.source()[place.at.clone()].trim_matches(['"', '\'']).to_owned());
            Some(StepPlace { task: task.clone(), step: text, place })
        };
        finding.steps.iter().filter_map(place).collect()
    }
}

impl ConclusionGroup {
    fn finding(&self) -> Option<&Finding> {
        match &self.said {
            Conclusion::Finding(finding) => Some(finding),
            Conclusion::Safe(_) | Conclusion::NothingArrives(_) => None,
        }
    }
}

impl CheckedDocument {
    fn is_denied(&self) -> bool {
        self.findings().any(|(_, finding)| self.denies(finding))
    }

    pub fn denies(&self, finding: &Finding) -> bool {
        self.denied.is_some_and(|denied| finding.is_denied(denied))
    }

    /// The command that shows how a finding comes about.
    pub fn see(&self, group: &ConclusionGroup, finding: &Finding) -> String {
        let (file, which) = &self.typed;
        let explores = if finding.timeouts_last { explores_with_timeouts_last } else { explores };
        explores(file, &group.variants[0], which)
    }

    pub fn findings(&self) -> impl Iterator<Item = (&ConclusionGroup, &Finding)> {
        self.readings.iter().filter_map(|reading| Some((reading, reading.finding()?)))
    }
}
