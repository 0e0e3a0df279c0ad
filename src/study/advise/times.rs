//! Times as levers: the delay of a `delay` executor is brought down, the timeout of a wait put off, until a run meets
//! everything that is expected.

use super::super::allowance::Allowance;
use super::levers::{CandidateRemedy, meets};
use super::patch::quoted;
use super::proposal::{ProposalDraft, RemediedDefect, RemedyEffect, RemedyProposal, RemedyProposer};
use crate::model::executor::ExecutorKind;
use crate::model::id::{ExecutorId, TaskTypeId};
use crate::model::time::{Duration, SECOND};

const MILLISECOND: u64 = SECOND / 1_000;
/// Halvings of a delay that are tried.
const MAX_HALVINGS: u32 = 16;
/// Steps of the bisection that follows them.
const MAX_BISECTIONS: u32 = 4;
/// Doublings of a timeout that are tried.
const MAX_DOUBLINGS: u32 = 8;

impl RemedyProposer<'_> {
    /// The times that can be changed.
    pub(super) fn times(&self) -> Vec<CandidateRemedy> {
        let mut all = Vec::new();
        for (id, executor) in (0u16..).map(ExecutorId).zip(&self.s.executors) {
            if matches!(&executor.kind, ExecutorKind::Delay { delay, .. } if delay.fixed().is_some_and(|d| d.0 > 0))
            {
                all.push(CandidateRemedy::Delay(id));
            }
        }
        for (kind, task) in (0u16..).map(TaskTypeId).zip(&self.s.tasks) {
            let steps = task.program.steps.iter().enumerate();
            let timed = steps.filter(|(_, step)| timeout_of(&step.text).is_some());
            all.extend(timed.map(|(number, _)| CandidateRemedy::Timeout(kind, number)));
        }
        all
    }

    /// The longest delay, of those that are tried, with which a run is as expected.
    pub(super) fn shorter_delay(&self, id: ExecutorId, allowance: &Allowance<'_>) -> Option<RemedyProposal> {
        let ExecutorKind::Delay { delay, .. } = &self.s.executors[id.index()].kind else { return None };
        let does =
            |nanos: u64| allowance.may_go_on() && meets(&self.with_delay(id, Duration(nanos)), allowance);
        let now = delay.fixed()?.0;
        let mut fits = (1..=MAX_HALVINGS).map(|by| now >> by).find(|nanos| does(*nanos))?;
        let mut fails = fits.saturating_mul(2).min(now);
        for _ in 0..MAX_BISECTIONS {
            let middle = fits + (fails - fits) / 2;
            if does(middle) { fits = middle } else { fails = middle }
        }
        let round = two_digits(fits);
        let delay = Duration(if does(round) { round } else { fits });
        let leaves = "What the delay was to give time for has less of it.";
        let title = format!("{} holds tasks for {delay}", self.name(id));
        let mut proposal = RemedyProposal::of(title, leaves, RemedyEffect::Gone, self.with_delay(id, delay));
        proposal.mends = RemediedDefect::Expectation;
        Some(proposal)
    }

    fn with_delay(&self, id: ExecutorId, delay: Duration) -> ProposalDraft {
        let mut draft = self.draft();
        draft.set(&format!("executors.{}.delay", self.name(id)), &quoted(&written(delay)));
        draft
    }

    /// The first timeout, of those that are tried, with which a run is as expected.
    pub(super) fn longer_timeout(
        &self,
        kind: TaskTypeId,
        number: usize,
        allowance: &Allowance<'_>,
    ) -> Option<RemedyProposal> {
        let task = &self.s.tasks[kind.index()];
        let now = crate::language::parse_duration(timeout_of(&task.program.steps[number].text)?).ok()?;
        let with = |timeout: Duration| -> Option<ProposalDraft> {
            let mut draft = self.draft();
            let step = draft.patch.steps(&task.name)?.get(number)?.clone();
            draft.set_step(&task.name, number, &with_other_timeout(&step, &written(timeout))?);
            Some(draft)
        };
        let longer = (1..=MAX_DOUBLINGS).map(|by| Duration(now.0.saturating_mul(1 << by)));
        let mut tried = longer.filter_map(|timeout| Some((timeout, with(timeout)?)));
        let (timeout, draft) = tried.find(|(_, draft)| allowance.may_go_on() && meets(draft, allowance))?;
        let name = &task.name;
        let title = format!("Step {} of {name} waits for up to {timeout}", number + 1);
        let leaves = "Whoever waits there is kept longer before it gives up.";
        let mut proposal = RemedyProposal::of(title, leaves, RemedyEffect::Gone, draft);
        proposal.mends = RemediedDefect::Expectation;
        Some(proposal)
    }
}

/// The timeout of a step, as it is written.
fn timeout_of(step: &str) -> Option<&str> {
    let mut words = step.split_whitespace();
    words.find(|word| *word == "timeout")?;
    words.next()
}

/// A step with another timeout.
fn with_other_timeout(step: &str, timeout: &str) -> Option<String> {
    let mut words: Vec<&str> = step.split_whitespace().collect();
    let at = words.iter().position(|word| *word == "timeout")?;
    *words.get_mut(at + 1)? = timeout;
    Some(words.join(" "))
}

/// A duration as a document has it.
fn written(time: Duration) -> String {
    match time.0 {
        nanos if nanos.is_multiple_of(SECOND) => format!("{}s", nanos / SECOND),
        nanos if nanos.is_multiple_of(MILLISECOND) => format!("{}ms", nanos / MILLISECOND),
        nanos => format!("{nanos}ns"),
    }
}

/// A number with all but its first two digits zero, never larger.
fn two_digits(number: u64) -> u64 {
    let unit = 10u64.pow(number.checked_ilog10().unwrap_or(0).saturating_sub(1));
    number / unit * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_found_and_replaced() {
        assert_eq!(timeout_of("result dns timeout 5s"), Some("5s"));
        assert_eq!(timeout_of("result dns"), None);
        assert_eq!(with_other_timeout("wait a b timeout $t", "10s").as_deref(), Some("wait a b timeout 10s"));
        assert_eq!([1_999, 99, 7, 0].map(two_digits), [1_900, 99, 7, 0]);
        assert_eq!(written(Duration(1_500_000_000)), "1500ms");
    }
}
