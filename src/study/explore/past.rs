//! What a run that is explored remembers for the sake of expectations, which are about more than a state: how many were
//! rejected, how long a queue was at most, how long each task took.

use crate::analysis::expect::meets;
use crate::model::expectation::{Bound, Metric};
use crate::model::id::{Pc, TaskId};
use crate::model::program::Instruction;
use crate::model::scenario::Scenario;
use crate::model::time::Time;
use crate::model::value::Value;
use crate::study::tally::RunTally;
use crate::trace::Outcome;
use crate::trace::event::{Event, EventId};
use crate::trace::recorder::Recorder;
use std::sync::Arc;

/// Remembers what some expectations depend on.
#[derive(Clone)]
pub(in crate::study) struct Past {
    scenario: Arc<Scenario>,
    asked: Arc<[usize]>,
    tally: RunTally,
    /// For each cell, how often it was written.
    writes: Vec<u64>,
}

impl Past {
    /// Nothing yet, of a scenario of which the expectations of these numbers are judged.
    pub fn new(scenario: &Arc<Scenario>, asked: &Arc<[usize]>) -> Past {
        let metrics = asked.iter().map(|number| &scenario.expectations[*number].metric);
        Past {
            tally: RunTally::new(scenario, metrics),
            writes: vec![0; scenario.cells.len()],
            scenario: Arc::clone(scenario),
            asked: Arc::clone(asked),
        }
    }

    /// Appends what the judged expectations depend on, as bytes.
    pub fn append_to(&self, bytes: &mut Vec<u8>) {
        for number in self.asked.iter() {
            let expected = &self.scenario.expectations[*number];
            match expected.metric {
                Metric::Writes(cell) => {
                    let writes = self.writes[cell.index()].min(enough(&expected.bound));
                    bytes.extend_from_slice(&writes.to_le_bytes());
                }
                ref metric => self.tally.append_to(metric, enough(&expected.bound), bytes),
            }
        }
    }

    /// Those of these expectations, by number, that a run that ended so does not meet.
    pub fn failing(&self, asked: &[usize], outcome: Outcome) -> Vec<usize> {
        let mut tally = self.tally.clone();
        let fails = |number: &usize| {
            let expected = &self.scenario.expectations[*number];
            let figure = match &expected.metric {
                Metric::Writes(cell) => Some(self.writes[cell.index()] as f64),
                metric => tally.figure(metric, outcome).and_then(|figure| figure.value),
            };
            !figure.is_some_and(|figure| meets(figure, &expected.bound))
        };
        asked.iter().copied().filter(fails).collect()
    }

    /// About how many bytes it takes.
    pub fn weight(&self) -> u64 {
        self.tally.weight()
    }

    fn wrote(&mut self, task: TaskId, pc: Pc) {
        let Some(kind) = self.tally.kind(task) else { return };
        let code = &self.scenario.tasks[kind.index()].program.code;
        if let Some(Instruction::Write(cell, ..) | Instruction::Add(cell, ..)) = code.get(pc.index()) {
            self.writes[cell.index()] += 1;
        }
    }
}

/// Counts beyond this are all alike to a bound: so a loop that counts comes round to the same state. Comparing allows
/// for a billionth.
fn enough(bound: &Bound) -> u64 {
    match bound {
        Bound::Truth(_) => 1,
        Bound::Number(_, number) => (number.max(0.0) * 1.001) as u64 + 2,
        Bound::Is(_) | Bound::IsNot(_) => u64::MAX,
    }
}

impl Recorder for Past {
    fn record(&mut self, at: Time, cause: EventId, event: Event) -> EventId {
        if let Event::Wrote { task, pc, .. } = event {
            self.wrote(task, pc);
        }
        self.tally.record(at, cause, event)
    }

    fn value(&mut self, value: &Value) -> u32 {
        self.tally.value(value)
    }

    fn count(&self) -> u64 {
        self.tally.count()
    }

    fn remembered(&self, task: TaskId) -> Option<u64> {
        self.tally.remembered(task)
    }
}
