//! The smallest sizes of several parameters at once with which a scenario meets everything that it expects.
//!
//! Coordinate search over the product: all values are doubled together until everything is met; then each in
//! turn is brought down by bisection while the others stand, beginning with a different one each time; then one
//! value is raised by one wherever that lets another come down by more. The least sum of all values wins, of
//! equal sums the first found. Invariant: the answer meets everything, and one less of any single value does
//! not: both were run. That no other combination with a smaller sum would do is not claimed: more of one
//! pool can make up for less of another in ways that only the whole product shows; `sweep` shows that.

use super::axis::short;
use super::size::{SizingAttempt, SizingQuestion};
use super::sweep::SweepError;
use std::collections::BTreeMap;

/// What was found.
pub struct JointSizingResult {
    /// The values, in the order of the parameters; `None` if even the greatest do not do.
    pub answer: Option<Vec<u32>>,
    /// For each parameter the least and the greatest value there was to try.
    pub bounds: Vec<(u32, u32)>,
    /// Every combination that was tried.
    pub tried: BTreeMap<Vec<u32>, SizingAttempt>,
    /// One more of some value than the answer has fails: more is not always better here.
    pub is_uneven: bool,
}

impl JointSizingResult {
    /// How many runs it took.
    pub fn runs(&self) -> usize {
        self.tried.values().map(|tried| tried.runs as usize).sum()
    }
}

struct JointSizeSearch<'a> {
    question: &'a SizingQuestion<'a>,
    paths: &'a [String],
    bounds: Vec<(u32, u32)>,
    tried: BTreeMap<Vec<u32>, SizingAttempt>,
    on_trial: &'a mut dyn FnMut(&[u32]),
}

/// Looks for the smallest values of some parameters (params or paths) that will do together; `on_trial` hears
/// which are tried next.
///
/// # Errors
/// Problems of the document with some of the values; a document that expects nothing; a parameter named twice.
pub fn smallest(
    question: &SizingQuestion<'_>,
    paths: &[String],
    on_trial: &mut dyn FnMut(&[u32]),
) -> Result<JointSizingResult, SweepError> {
    let twice =
        paths.iter().enumerate().find(|(at, path)| paths[..*at].iter().any(|o| short(o) == short(path)));
    if let Some((_, path)) = twice {
        return Err(SweepError::Question(format!("{path} is to be sized twice"), "Name it once.".to_owned()));
    }
    let bounds = paths.iter().map(|path| question.bounds(path)).collect::<Result<Vec<_>, _>>()?;
    let mut search = JointSizeSearch { question, paths, bounds, tried: BTreeMap::new(), on_trial };
    let mut answer: Option<Vec<u32>> = None;
    if let Some(enough) = search.enough()? {
        for first in 0..paths.len() {
            let found = search.descend(enough.clone(), first)?;
            if answer.as_ref().is_none_or(|best| sum(&found) < sum(best)) {
                answer = Some(found);
            }
        }
    }
    let mut is_uneven = false;
    if let Some(best) = answer.take() {
        let best = search.exchange(best)?;
        for at in 0..paths.len() {
            if let Some(more) = search.raised(&best, at) {
                is_uneven |= !search.holds(&more)?;
            }
        }
        answer = Some(best);
    }
    Ok(JointSizingResult { answer, bounds: search.bounds, tried: search.tried, is_uneven })
}

fn sum(values: &[u32]) -> u64 {
    values.iter().map(|value| u64::from(*value)).sum()
}

impl JointSizeSearch<'_> {
    fn holds(&mut self, values: &[u32]) -> Result<bool, SweepError> {
        if let Some(tried) = self.tried.get(values) {
            return Ok(tried.holds());
        }
        (self.on_trial)(values);
        let tried = self.question.attempt(self.paths, values)?;
        let holds = tried.holds();
        self.tried.insert(values.to_vec(), tried);
        Ok(holds)
    }

    /// Values that will do, all doubled together; `None` if even the greatest do not.
    fn enough(&mut self) -> Result<Option<Vec<u32>>, SweepError> {
        let mut values: Vec<u32> = self.bounds.iter().map(|(least, _)| *least).collect();
        loop {
            if self.holds(&values)? {
                return Ok(Some(values));
            }
            if values.iter().zip(&self.bounds).all(|(value, (_, most))| value >= most) {
                return Ok(None);
            }
            for (value, (_, most)) in values.iter_mut().zip(&self.bounds) {
                *value = (*value).max(1).saturating_mul(2).min(*most);
            }
        }
    }

    /// Brings each value down in turn, beginning with the `first`, until none can be less.
    fn descend(&mut self, mut values: Vec<u32>, first: usize) -> Result<Vec<u32>, SweepError> {
        loop {
            let before = values.clone();
            for at in (0..values.len()).map(|n| (first + n) % before.len()) {
                self.lower(&mut values, at)?;
            }
            if values == before {
                return Ok(values);
            }
        }
    }

    /// The least value that does while the others stand, if all above it do; the next less is looked at.
    fn lower(&mut self, values: &mut [u32], at: usize) -> Result<(), SweepError> {
        let least = self.bounds[at].0;
        let mut with = values.to_vec();
        let (mut holds, mut fails) = (values[at], None);
        // One less first: once nothing can be less, that is all there is to try.
        let mut next = holds.checked_sub(1);
        while let Some(value) = next.filter(|value| *value >= least) {
            with[at] = value;
            if self.holds(&with)? {
                holds = value;
            } else {
                fails = Some(value);
            }
            let below = fails.map_or(least, |fails| fails + 1);
            next = (below < holds).then(|| below + (holds - below) / 2);
        }
        values[at] = holds;
        Ok(())
    }

    fn raised(&self, values: &[u32], at: usize) -> Option<Vec<u32>> {
        let mut more = values.to_vec();
        more[at] += 1;
        (more[at] <= self.bounds[at].1).then_some(more)
    }

    /// Raises one value by one where that lets the others come down by more.
    fn exchange(&mut self, mut best: Vec<u32>) -> Result<Vec<u32>, SweepError> {
        'again: loop {
            for (up, down) in (0..best.len()).flat_map(|up| (0..best.len()).map(move |down| (up, down))) {
                let Some(more) = self.raised(&best, up).filter(|_| up != down) else { continue };
                let found = self.descend(more, down)?;
                if sum(&found) < sum(&best) && self.holds(&found)? {
                    best = found;
                    continue 'again;
                }
            }
            return Ok(best);
        }
    }
}
