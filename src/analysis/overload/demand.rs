//! What tasks need on average, as read from their programs and measured in the run.

use super::place::OverloadedPlace;
use crate::analysis::lives::TaskLife;
use crate::model::id::{ExecutorId, ResourceId, SharedId, TaskTypeId};
use crate::model::program::{Instruction, Program};
use crate::model::scenario::Scenario;
use crate::model::time::SECOND;

/// Tasks of a type that must have ended before a measured time is taken for their mean.
const MIN_SAMPLE: usize = 10;

/// How often each instruction of a program is carried out on average; infinite in a loop without end.
///
/// Nothing times out and nothing raises in it.
pub(super) fn visits(program: &Program) -> Vec<f64> {
    let mut weights = vec![0.0; program.code.len() + 1];
    weights[0] = 1.0;
    for (pc, instruction) in program.code.iter().enumerate() {
        let weight = weights[pc];
        match instruction {
            Instruction::Maybe { p, otherwise, .. } => {
                add(&mut weights, pc + 1, weight * p);
                add(&mut weights, otherwise.index(), weight * (1.0 - p));
            }
            Instruction::Jump(to) | Instruction::UnlessTimedOut(to) | Instruction::UnlessClosed(to) => {
                add(&mut weights, to.index(), weight);
            }
            Instruction::Repeat { times: Some(0), end, .. } => add(&mut weights, end.index(), weight),
            Instruction::Repeat { times: Some(times), .. } => {
                add(&mut weights, pc + 1, weight * f64::from(*times));
            }
            Instruction::Again { times: Some(times), .. } => {
                add(&mut weights, pc + 1, weight / f64::from((*times).max(1)));
            }
            Instruction::Repeat { times: None, .. } => add(&mut weights, pc + 1, f64::INFINITY),
            Instruction::Again { times: None, .. } | Instruction::Fail(_) | Instruction::Crash => {}
            Instruction::Run(_)
            | Instruction::Io(..)
            | Instruction::Yield
            | Instruction::Submit(_)
            | Instruction::Wait { .. }
            | Instruction::Result { .. }
            | Instruction::Cancel { .. }
            | Instruction::Retry { .. }
            | Instruction::OpenScope { .. }
            | Instruction::JoinScope
            | Instruction::CloseScope
            | Instruction::Acquire { .. }
            | Instruction::Release { .. }
            | Instruction::Send { .. }
            | Instruction::Receive { .. }
            | Instruction::Close(_)
            | Instruction::WaitOn { .. }
            | Instruction::Notify { .. }
            | Instruction::Await { .. }
            | Instruction::CountDown { .. }
            | Instruction::Reset(_)
            | Instruction::Use { .. }
            | Instruction::Read(_)
            | Instruction::Write(..)
            | Instruction::Add(..)
            | Instruction::Note(_)
            | Instruction::AwaitExecutor { .. }
            | Instruction::Resize { .. }
            | Instruction::Shutdown { .. } => add(&mut weights, pc + 1, weight),
        }
    }
    weights.truncate(program.code.len());
    weights
}

fn add(weights: &mut [f64], at: usize, weight: f64) {
    if let Some(known) = weights.get_mut(at) {
        *known += weight;
    }
}

/// What a task of one type needs on average, in seconds.
pub(super) struct Demand {
    /// On the CPU.
    cpu: f64,
    /// From its start to its end, waits left out.
    work: f64,
    /// From its start to its end as measured, where its program waits and enough of them ended.
    measured: Option<f64>,
    /// Its program waits for something.
    waits: bool,
    /// While holding a permit of each resource, waits left out.
    holding: Vec<f64>,
    /// At each shared thing that is a server, at full speed.
    served: Vec<f64>,
    /// How many of the type can be at each server at once, for the permits that they hold there.
    permitted: Vec<f64>,
}

impl Demand {
    /// How long such a task that was submitted to `first` holds this place, and whether that was measured; `None` if it
    /// never comes there, or that is not known.
    pub fn of(
        &self,
        place: OverloadedPlace,
        kind: TaskTypeId,
        first: ExecutorId,
        scenario: &Scenario,
    ) -> Option<(f64, bool)> {
        let pool = scenario.pool_of(first);
        let held = match place {
            OverloadedPlace::Workers(id) if id == pool => return Some(self.held()),
            OverloadedPlace::Cap(id, cap) => {
                let mut at = Some(first);
                while at.is_some_and(|at| at != id) {
                    at = at.and_then(|at| scenario.executors[at.index()].wraps());
                }
                let cap = scenario.executors[at?.index()].caps().get(usize::from(cap))?;
                return cap.types.contains(&kind).then(|| self.held());
            }
            OverloadedPlace::Permits(id) => self.holding[id.index()],
            OverloadedPlace::Server(id) => self.served[id.index()],
            OverloadedPlace::Cores if scenario.executors[pool.index()].is_native() => self.cpu,
            OverloadedPlace::GreenThread if scenario.executors[pool.index()].is_green() => self.cpu,
            OverloadedPlace::Workers(_) | OverloadedPlace::Cores | OverloadedPlace::GreenThread => 0.0,
        };
        (held > 0.0).then_some((held, false))
    }

    /// How many such tasks can be at a server at once, for the permits that they hold there; infinite without any.
    pub fn permitted(&self, server: SharedId) -> f64 {
        self.permitted[server.index()]
    }

    /// How long it holds a worker, and whether that was measured.
    fn held(&self) -> (f64, bool) {
        match self.measured.filter(|_| self.waits) {
            Some(measured) if measured > self.work => (measured, true),
            _ => (self.work, false),
        }
    }
}

/// Of each task type.
pub(super) fn demands(scenario: &Scenario, lives: &[TaskLife]) -> Vec<Demand> {
    let mut spans: Vec<(u128, usize)> = vec![(0, 0); scenario.tasks.len()];
    for life in lives {
        if let (Some(started), Some(ended)) = (life.started(), life.ended()) {
            let span = &mut spans[life.kind.index()];
            *span = (span.0 + u128::from((ended - started).0), span.1 + 1);
        }
    }
    let tasks = scenario.tasks.iter().zip(spans);
    tasks.map(|(task, span)| demand(&task.program, scenario, span)).collect()
}

fn demand(program: &Program, scenario: &Scenario, (sum, count): (u128, usize)) -> Demand {
    let second = SECOND as f64;
    let mut demand = Demand {
        cpu: 0.0,
        work: 0.0,
        measured: (count >= MIN_SAMPLE).then(|| sum as f64 / count as f64 / second),
        waits: program.code.iter().any(waits_for_others),
        holding: vec![0.0; scenario.resources.len()],
        served: vec![0.0; scenario.shared.len()],
        permitted: vec![f64::INFINITY; scenario.shared.len()],
    };
    let mut held: Vec<ResourceId> = Vec::new();
    for (instruction, weight) in program.code.iter().zip(visits(program)) {
        if let Instruction::Acquire { resource, .. } = instruction {
            held.push(*resource);
        } else if let Instruction::Release { resource, .. } = instruction
            && let Some(at) = held.iter().rposition(|known| known == resource)
        {
            held.remove(at);
        }
        let (Instruction::Run(draw) | Instruction::Io(draw, _) | Instruction::Use { work: draw, .. }) =
            instruction
        else {
            continue;
        };
        // A step that is never reached may last for ever.
        let mean = program.draws[draw.index()].distribution.mean() / second;
        let work = if weight == 0.0 { 0.0 } else { weight * mean };
        demand.work += work;
        demand.cpu += if matches!(instruction, Instruction::Run(_)) { work } else { 0.0 };
        for resource in &held {
            demand.holding[resource.index()] += work;
        }
        if let Instruction::Use { server, .. } = instruction {
            demand.served[server.index()] += work;
            let shared = held.iter().map(|held| &scenario.resources[held.index()]);
            let permits = shared.filter(|it| !it.per_key).map(|it| f64::from(it.permits));
            let most = &mut demand.permitted[server.index()];
            *most = permits.fold(*most, f64::min);
        }
    }
    demand
}

/// Whether a step may have to wait for another task.
fn waits_for_others(instruction: &Instruction) -> bool {
    let is_short = matches!(instruction, Instruction::Io(..) | Instruction::Yield);
    let is_uninterrupted = matches!(instruction, Instruction::JoinScope | Instruction::Shutdown { .. });
    is_uninterrupted || (instruction.is_interruptible() && !is_short)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::testing;
    use crate::model::distribution::Distribution;
    use crate::model::id::{DrawId, Pc, SubmitId};

    #[test]
    fn loops_and_branches_count_by_how_often_they_are_taken() {
        let code = vec![
            Instruction::Repeat { counter: 0, times: Some(3), end: Pc(5) },
            Instruction::Maybe { p: 0.25, site: 0, otherwise: Pc(4) },
            Instruction::Submit(SubmitId(0)),
            Instruction::Run(DrawId(0)),
            Instruction::Again { counter: 0, times: Some(3), body: Pc(1) },
            Instruction::Run(DrawId(0)),
        ];
        let task = testing::task("t", code, &[2], &[(0, "c")]);
        assert_eq!(visits(&task.program), [1.0, 3.0, 0.75, 0.75, 3.0, 1.0]);
        let scenario = testing::scenario(vec![testing::pool("p", 1)], vec![task.clone()], 1);
        assert!((demand(&task.program, &scenario, (0, 0)).work - 3.5).abs() < 1e-12);
    }

    #[test]
    fn a_mean_is_that_of_the_distribution() {
        let fixed = Distribution::Fixed(crate::model::time::Duration::from_secs(2));
        assert!((fixed.mean() - 2e9).abs() < 1e-3);
    }
}
