//! What a run waited for most: what would limit it next, if something were changed.
//!
//! The time that all tasks together stood still is given to what held them back: a cap (or bus) that they were
//! held at, the workers whose queue they stood in, a semaphore or lock, a core, the one thread of green
//! executors. Waiting for children is no bottleneck where the children wait for something themselves, which is
//! counted there; it is named only if nothing else is. Invariant: read from one run, of which it is a fact;
//! over several runs it can differ. Deliberately absent: what a change would bring; only a run says that.

pub use super::constraint::LimitingResource;

use super::standing::standing;
use crate::analysis::digest::Digest;
use crate::analysis::lives::{LifePart, TaskLife};
use crate::model::executor::ExecutorKind;
use crate::model::id::ExecutorId;
use crate::model::time::SECOND;
use serde::Serialize;
use std::collections::BTreeMap;

/// The most that tasks waited for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bottleneck {
    /// What it was.
    #[serde(flatten)]
    pub holder: LimitingResource,
    /// How long all tasks together waited for it, in seconds.
    pub seconds: f64,
    /// The same as a share of all the time from submissions to ends.
    pub share: f64,
}

/// Less than this share of their time and tasks wait for nothing worth a name.
const MIN_COUNT: f64 = 0.01;

/// What the tasks of a run waited for most; `None` if next to nothing.
pub fn bottleneck(digest: &Digest<'_>) -> Option<Bottleneck> {
    let mut waits: BTreeMap<LimitingResource, u128> = standing(digest.trace(), &digest.lives);
    let mut all = 0_u128;
    for life in &digest.lives {
        let parts =
            [LifePart::Delay, LifePart::Cap, LifePart::Queue, LifePart::Cpu, LifePart::Io, LifePart::Waiting];
        all += parts.iter().map(|part| u128::from(life.spent(*part).0)).sum::<u128>();
        let name = || digest.trace().scenario.executors[life.executor.index()].name.clone();
        let by = [
            (LifePart::Cap, held_by(digest, life)),
            (LifePart::Queue, LimitingResource::Workers { executor: name() }),
        ];
        for (part, holder) in by {
            *waits.entry(holder).or_default() += u128::from(life.spent(part).0);
        }
    }
    let for_children =
        waits.remove(&LimitingResource::Children).map(|nanos| (LimitingResource::Children, nanos));
    // The first of equals, in the order of the holders.
    let most = waits.into_iter().reduce(|most, next| if next.1 > most.1 { next } else { most });
    let share = |nanos: u128| nanos as f64 / all.max(1) as f64;
    let (holder, nanos) =
        [most, for_children].into_iter().flatten().find(|(_, ns)| share(*ns) >= MIN_COUNT)?;
    Some(Bottleneck { holder, seconds: nanos as f64 / SECOND as f64, share: share(nanos) })
}

/// What the tasks of a run wait for most, as a sentence; `with` is what they ran with, `pool = 5`.
pub fn words(found: Option<&Bottleneck>, with: &str) -> String {
    let Some(found) = found else { return format!("With {with}, tasks wait for next to nothing.") };
    let holder = match &found.holder {
        LimitingResource::Cap { executor, cap } => format!("the cap {cap} of {executor}"),
        LimitingResource::Wrapper { executor } => format!("{executor}, which holds them back"),
        LimitingResource::Workers { executor } => format!("the workers of {executor}"),
        LimitingResource::Semaphore { semaphore } => format!("permits of {semaphore}"),
        LimitingResource::Lock { lock } => format!("the lock {lock}"),
        LimitingResource::Cores => "a core".to_owned(),
        LimitingResource::GreenThread => "the one thread of the green executors".to_owned(),
        LimitingResource::Children => "children that wait for next to nothing themselves".to_owned(),
    };
    let share = libm::round(found.share * 100.0);
    format!("With {with}, tasks wait most for {holder}: {share} % of all their time.")
}

/// The tightest full cap that a task had to pass, or the first wrapper on its way.
fn held_by(digest: &Digest<'_>, life: &TaskLife) -> LimitingResource {
    let scenario = &digest.trace().scenario;
    let mut tightest: Option<(u32, LimitingResource)> = None;
    let mut at = Some(life.first);
    while let Some(ExecutorId(number)) = at {
        let executor = &scenario.executors[usize::from(number)];
        if let ExecutorKind::Cap { caps, .. } = &executor.kind {
            let used = &digest.occupancy.executors[usize::from(number)].caps;
            for (cap, used) in caps.iter().zip(used) {
                let is_full = cap.types.contains(&life.kind) && used.peak >= cap.limit;
                if is_full && tightest.as_ref().is_none_or(|(limit, _)| cap.limit < *limit) {
                    let holder =
                        LimitingResource::Cap { executor: executor.name.clone(), cap: cap.name.clone() };
                    tightest = Some((cap.limit, holder));
                }
            }
        }
        at = executor.wraps();
    }
    let first =
        || LimitingResource::Wrapper { executor: scenario.executors[life.first.index()].name.clone() };
    tightest.map_or_else(first, |(_, holder)| holder)
}
