//! What tests of the engine share: a document becomes a run, and a run becomes text that can be compared.
//!
//! Every line is `SECONDS SUBJECT what happens`; [`Run::lives`] tells what becomes of tasks, [`Run::log`]
//! every event. Nothing here judges a run.

use std::sync::Arc;
use threadbare::analysis::digest::Digest;
use threadbare::analysis::names::Names;
use threadbare::language::{Document, Overrides};
use threadbare::model::id::{ExecutorId, TaskId};
use threadbare::model::scenario::Scenario;
use threadbare::model::time::Time;
use threadbare::study::run;
use threadbare::trace::Trace;
use threadbare::trace::event::{Event, Seat, SubmissionOutcome};

/// A run and what its tasks are called.
pub struct Run {
    pub trace: Trace,
    pub names: Names,
}

/// The scenario of a document's variant.
///
/// # Panics
/// If the document is wrong, with what is wrong.
pub fn scenario_of(toml: &str, variant: &str) -> Arc<Scenario> {
    let document =
        Document::parse("test.toml", toml).unwrap_or_else(|e| panic!("{}\n{toml}", e.render(false)));
    let scenario = document.scenario(variant, &Overrides::default());
    Arc::new(scenario.unwrap_or_else(|e| panic!("{}\n{toml}", e.render(false))))
}

/// Runs a document to its outcome.
pub fn run(toml: &str) -> Run {
    Run::of(run::run(scenario_of(toml, "base")))
}

/// Runs a document and compares what becomes of its tasks, line by line.
#[track_caller]
pub fn lives(toml: &str, expected: &str) {
    same(&run(toml).lives(), expected, toml);
}

/// Runs a document and compares the lines of its whole log that have one of these words in them.
#[track_caller]
pub fn lines_with(toml: &str, words: &[&str], expected: &str) {
    let log = run(toml).log();
    let chosen = log.lines().filter(|line| line.split_whitespace().any(|word| words.contains(&word)));
    same(&chosen.map(|line| format!("{line}\n")).collect::<String>(), expected, toml);
}

/// Compares two texts line by line, blanks around the lines aside.
#[track_caller]
pub fn same(got: &str, expected: &str, about: &str) {
    let trim = |text: &str| text.trim().lines().map(str::trim).collect::<Vec<_>>().join("\n");
    let (got, expected) = (trim(got), trim(expected));
    assert!(got == expected, "got:\n{got}\n\nexpected:\n{expected}\n\nof:\n{about}");
}

/// Seconds without needless zeros.
pub fn seconds(at: Time) -> String {
    at.seconds().to_string()
}

impl Run {
    pub fn of(trace: Trace) -> Run {
        let names = Names::of(&trace);
        Run { trace, names }
    }

    /// The word for how it ended, and when.
    pub fn outcome(&self) -> String {
        format!("{} {}", seconds(self.trace.outcome.at), self.trace.outcome.kind.word())
    }

    /// What the command line would print of it as JSON.
    pub fn observed(&self) -> serde_json::Value {
        serde_json::to_value(Digest::new(&self.trace).observed()).expect("facts are JSON")
    }

    /// The state of each task by name: `a#0 finished, b#0 pending`.
    pub fn states(&self) -> String {
        let observed = self.observed();
        let tasks = observed["tasks"].as_object().expect("tasks").iter();
        let states = tasks.map(|(name, task)| format!("{name} {}", task["state"].as_str().expect("a word")));
        states.collect::<Vec<_>>().join(", ")
    }

    /// A cell at the end, as text.
    pub fn cell(&self, name: &str) -> String {
        let observed = self.observed();
        let value = &observed["cells"][name];
        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
    }

    /// What becomes of tasks: starts, ends, refusals, cancellations, notes; and the outcome.
    pub fn lives(&self) -> String {
        let mut text = String::new();
        for (_, at, event) in self.trace.events() {
            if let Some(line) = self.life(event) {
                text += &format!("{} {line}\n", seconds(at));
            }
        }
        text + &self.outcome()
    }

    /// Every event; and the outcome.
    pub fn log(&self) -> String {
        let lines =
            self.trace.events().map(|(_, at, event)| format!("{} {}\n", seconds(at), self.line(event)));
        lines.collect::<String>() + &self.outcome() + "\n"
    }

    fn name(&self, task: TaskId) -> String {
        self.names.name(task)
    }

    fn executor(&self, executor: ExecutorId) -> &str {
        &self.trace.scenario.executors[executor.index()].name
    }

    fn step(&self, task: TaskId, pc: threadbare::model::id::Pc) -> &str {
        let program = &self.trace.scenario.tasks[self.names.kind(task).index()].program;
        &program.steps[usize::from(program.step_of[pc.index()])].text
    }

    fn fate(&self, task: TaskId, fate: SubmissionOutcome) -> Option<String> {
        let what = if fate.is_rejection() {
            "rejected"
        } else if fate == SubmissionOutcome::Dropped {
            "discarded"
        } else {
            return None;
        };
        Some(format!("{} {what} {fate:?}", self.name(task)))
    }

    fn life(&self, event: Event) -> Option<String> {
        match event {
            Event::Arrived { task, fate, .. }
            | Event::Submitted { task, fate, .. }
            | Event::Entered { task, fate, .. } => self.fate(task, fate),
            Event::Started { task, .. } => Some(format!("{} starts", self.name(task))),
            Event::Finished { task } => Some(format!("{} ends", self.name(task))),
            Event::Failed { task, failure } => Some(format!("{} fails {failure:?}", self.name(task))),
            Event::Cancelled { task, succeeded, .. } => {
                let how = if succeeded { "cancelled" } else { "not cancelled" };
                Some(format!("{} {how}", self.name(task)))
            }
            Event::Skipped { task, .. } => Some(format!("{} skipped", self.name(task))),
            Event::Dropped { task, .. } => Some(format!("{} dropped", self.name(task))),
            Event::Drained { task, .. } => Some(format!("{} handed back", self.name(task))),
            Event::Noted { task, pc } => Some(format!("{} {}", self.name(task), self.step(task, pc))),
            _ => None,
        }
    }

    fn line(&self, event: Event) -> String {
        if let Some(line) = self.life(event) {
            return match event {
                Event::Started { executor, worker, seat, .. } => match seat {
                    Seat::Worker => format!("{line} on {}.{}", self.executor(executor), worker.0),
                    Seat::Above | Seat::Caller | Seat::Own | Seat::Scheduler => format!("{line} {seat:?}"),
                },
                _ => line,
            };
        }
        match event {
            Event::Arrived { task, fate, .. } => format!("{} arrives {fate:?}", self.name(task)),
            Event::Submitted { task, fate, .. } => format!("{} submitted {fate:?}", self.name(task)),
            Event::Entered { task, executor, fate } => {
                format!("{} enters {} {fate:?}", self.name(task), self.executor(executor))
            }
            Event::WorkerStarted { executor, worker } => {
                format!("{}.{} worker starts", self.executor(executor), worker.0)
            }
            Event::WorkerStopped { executor, worker } => {
                format!("{}.{} worker stops", self.executor(executor), worker.0)
            }
            Event::Ran { task, pc }
            | Event::Blocked { task, pc }
            | Event::Yielded { task, pc }
            | Event::Acquired { task, pc }
            | Event::Sent { task, pc }
            | Event::Received { task, pc, .. }
            | Event::Closed { task, pc }
            | Event::Signalled { task, pc, .. }
            | Event::Counted { task, pc, .. }
            | Event::Read { task, pc, .. } => format!("{} {}", self.name(task), self.step(task, pc)),
            Event::Wrote { task, pc, value } => {
                let value = &self.trace.values[value as usize];
                format!("{} {} wrote {value}", self.name(task), self.step(task, pc))
            }
            Event::Waiting { task, pc } => format!("{} waits: {}", self.name(task), self.step(task, pc)),
            Event::FoundClosed { task, pc } => {
                format!("{} finds closed: {}", self.name(task), self.step(task, pc))
            }
            Event::Passed { task, pc } => format!("{} passes: {}", self.name(task), self.step(task, pc)),
            Event::Ready { task } => format!("{} ready", self.name(task)),
            Event::Dispatched { task } => format!("{} dispatched", self.name(task)),
            Event::Relocks { task, why } => format!("{} relocks {why:?}", self.name(task)),
            Event::Resumed { task, why } => format!("{} resumes {why:?}", self.name(task)),
            Event::LeftWorker { task } => format!("{} leaves its worker", self.name(task)),
            Event::TookWorker { task, worker } => format!("{} takes worker {}", self.name(task), worker.0),
            Event::Released { task, resource, .. } => {
                let name = &self.trace.scenario.resources[resource.index()].name;
                format!("{} released {name}", self.name(task))
            }
            Event::Warned { task, executor, warning } => {
                format!("{} warned {} {warning:?}", self.name(task), self.executor(executor))
            }
            Event::ShutDown { task, executor, .. } => {
                format!("{} shuts {} down", self.name(task), self.executor(executor))
            }
            Event::Repeated { task, series, fate } => {
                format!("{} repeats {} {fate:?}", self.name(task), self.name(series))
            }
            Event::Claimed { task, executor } => {
                format!("{} claimed by {}", self.name(task), self.executor(executor))
            }
            Event::Resized { task, pc, .. } => format!("{} {}", self.name(task), self.step(task, pc)),
            Event::SourceEnded { entry } => format!("entry {} ends", entry.0),
            Event::Interrupted { task, .. } => format!("{} interrupted", self.name(task)),
            Event::Swallowed { task } => format!("{} swallows", self.name(task)),
            Event::Caught { task, failure, .. } => format!("{} catches {failure:?}", self.name(task)),
            _ => unreachable!("a life's event was told before"),
        }
    }
}
