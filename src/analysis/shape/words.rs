//! A hazard in plain words: what it is, where, and from which numbers on.

use super::demand::{LimitedResource, MANY, is_shut};
use super::hazard::{Hazard, HazardKind, HazardPlace, PoolSize};
use crate::analysis::prose::list;
use crate::model::id::{Pc, TaskTypeId};
use crate::model::scenario::Scenario;
use crate::model::signal::Signal;
use std::collections::BTreeSet;

/// Tasks between one that waits and the one that it waits for in the end: more are counted.
const MAX_BETWEEN: usize = 2;
/// Places that are told.
const MAX_PLACES: usize = 3;

impl Hazard {
    /// The heading, for instance `can deadlock once 5 `build` tasks are running: tasks of default wait for …`; `may`, where
    /// no order was found that does.
    pub fn headline(&self, s: &Scenario) -> String {
        let can = match (self.stall, self.is_shown) {
            (true, _) => "can stall until a timeout",
            (false, true) => "can deadlock",
            (false, false) => "may deadlock",
        };
        let about = if self.is_estimate && !self.enough.is_empty() { "about " } else { "" };
        format!("{can} once {about}{}: {}", self.who(s), self.what(s))
    }

    /// Where tasks stand then, and which size would be safe: a sentence each.
    pub fn details(&self, s: &Scenario) -> Vec<String> {
        let mut lines: Vec<String> =
            self.places.iter().take(MAX_PLACES).map(|place| place.words(s)).collect();
        if self.places.len() > MAX_PLACES {
            let more = self.places.len() - MAX_PLACES;
            lines.push(format!("{more} more {} of the ring.", if more == 1 { "place" } else { "places" }));
        }
        lines.extend(self.sizes.iter().map(|size| size.words(s, self)));
        lines
    }

    /// How many of what: 5 `build` tasks are running. Entries of one type count together.
    fn who(&self, s: &Scenario) -> String {
        if self.enough.is_empty() {
            return "enough tasks are running".to_owned();
        }
        let mut counts: Vec<(TaskTypeId, u64)> = Vec::new();
        for (entry, count) in &self.enough {
            let kind = s.arrivals[entry.index()].task;
            match counts.iter_mut().find(|(of, _)| *of == kind) {
                Some((_, all)) => *all = all.saturating_add(*count),
                None => counts.push((kind, *count)),
            }
        }
        let part = |(kind, count): &(TaskTypeId, u64)| {
            let tasks = if *count == 1 { "task" } else { "tasks" };
            let name = &s.tasks[kind.index()].name;
            match *count {
                // Beside others, many less those.
                count if count > MANY / 2 => format!("many `{name}` {tasks}"),
                count => format!("{count} `{name}` {tasks}"),
            }
        };
        let parts: Vec<String> = counts.iter().map(part).collect();
        let is_one = matches!(counts.as_slice(), [(_, 1)]);
        format!("{} {} running", list(&parts), if is_one { "is" } else { "are" })
    }

    fn what(&self, s: &Scenario) -> String {
        let of = |is: fn(&LimitedResource) -> bool| {
            let names: Vec<String> =
                self.things.iter().filter(|thing| is(thing)).map(|thing| short(s, *thing)).collect();
            list(&names)
        };
        let pools = || of(|thing| matches!(thing, LimitedResource::Worker(_)));
        let resources = || of(|thing| matches!(thing, LimitedResource::Resource(_)));
        let rooms = || of(|thing| matches!(thing, LimitedResource::Room(_)));
        match self.sort {
            HazardKind::SelfWait if self.is_kept() => {
                format!("all workers of {} are taken for ever, and tasks queue behind them", pools())
            }
            HazardKind::SelfWait => {
                format!("tasks of {0} wait for tasks of {0}, until no worker is left", pools())
            }
            HazardKind::PoolRing => format!("tasks of {} wait for each other's workers in a ring", pools()),
            HazardKind::LockOrder | HazardKind::Kept if self.is_kept() => {
                format!("{} is not given back by a task that has ended", resources())
            }
            HazardKind::LockOrder if self.things.len() == 1 => {
                format!(
                    "whoever holds {0} needs {0} again, itself or by a task that it waits for",
                    resources()
                )
            }
            HazardKind::LockOrder => format!("{} are taken in more than one order", resources()),
            HazardKind::HeldOverWait => {
                format!(
                    "{0} is held over a wait for a worker of {1}, while workers of {1} wait for {0}",
                    resources(),
                    pools()
                )
            }
            HazardKind::FullQueue => format!(
                "tasks wait for room in the queue of {}, and hold the workers that would make room",
                rooms()
            ),
            HazardKind::Pinned => {
                let carriers = of(|thing| matches!(thing, LimitedResource::Carrier(_)));
                match resources() {
                    held if held.is_empty() => format!("tasks keep all carriers of {carriers} for ever"),
                    held => format!(
                        "tasks keep the carriers of {carriers} while they wait, and whoever has {held} needs one"
                    ),
                }
            }
            HazardKind::Intake => {
                let names: Vec<String> = self.things.iter().map(|thing| long(s, *thing)).collect();
                format!("{} are held by tasks that wait for each other's", list(&names))
            }
            HazardKind::Kept => "something is never given back".to_owned(),
            HazardKind::NeverComes => match self.signals(s).as_slice() {
                [] => "a task waits for what may never come".to_owned(),
                signals if self.is_hopeless(s) => {
                    format!("a task waits for {}, which never comes", list(signals))
                }
                signals => format!("a task waits for {}, which may never come", list(signals)),
            },
        }
    }

    /// What its tasks need others to bring, each once.
    fn signals(&self, s: &Scenario) -> Vec<String> {
        let needs = self.places.iter().flat_map(|place| &place.needs);
        let signals: BTreeSet<LimitedResource> = needs
            .copied()
            .filter(|thing| matches!(thing, LimitedResource::Signal(_)) || is_shut(s, *thing))
            .collect();
        signals.into_iter().map(|signal| long(s, signal)).collect()
    }

    /// Whether nothing that it waits for ever comes: permits of semaphores that have none and that only a holder may
    /// release, slots of a cap that lets nobody in.
    fn is_hopeless(&self, s: &Scenario) -> bool {
        let never_comes = |thing: &LimitedResource| match thing {
            LimitedResource::Signal(Signal::Permits(id)) => {
                let described = &s.resources[id.index()];
                described.is_owned() && described.permits == 0
            }
            LimitedResource::Signal(_) => false,
            LimitedResource::Worker(_)
            | LimitedResource::Room(_)
            | LimitedResource::Slot(..)
            | LimitedResource::Head(_)
            | LimitedResource::Taken(_)
            | LimitedResource::Scheduler(_)
            | LimitedResource::Carrier(_)
            | LimitedResource::Resource(_)
            | LimitedResource::Never => true,
        };
        self.places.iter().flat_map(|place| &place.needs).all(never_comes)
    }

    /// Nobody in it goes on, ring or no ring.
    pub(super) fn is_kept(&self) -> bool {
        let never =
            |thing: &LimitedResource| matches!(thing, LimitedResource::Never | LimitedResource::Signal(_));
        self.places.iter().all(|place| place.needs.iter().any(never))
    }
}

impl HazardPlace {
    /// Describes the hazard in one sentence.
    pub fn words(&self, s: &Scenario) -> String {
        let at = standing(s, self.task, self.pc);
        let things = |things: &[LimitedResource]| {
            let names: Vec<String> = things.iter().map(|thing| long(s, *thing)).collect();
            list(&names)
        };
        match (self.holds.is_empty(), self.needs.is_empty()) {
            (false, false) => format!("{at} has {} and needs {}.", things(&self.holds), things(&self.needs)),
            (true, false) => format!("{at} needs {}.", things(&self.needs)),
            (false, true) => format!("{at} has {} and {}.", things(&self.holds), self.awaited(s)),
            (true, true) => format!("{at} {}.", self.awaited(s)),
        }
    }
}

impl HazardPlace {
    /// `waits for child, which at `lock a` needs a`; those between are named if they are few.
    fn awaited(&self, s: &Scenario) -> String {
        let Some(through) = &self.through else { return "waits".to_owned() };
        let task = &s.tasks[through.task.index()];
        let between: String = match through.between.as_slice() {
            few if few.len() <= MAX_BETWEEN => {
                few.iter().map(|of| format!("{}, which waits for ", s.tasks[of.index()].name)).collect()
            }
            many => format!(
                "{}, which waits through {} others for ",
                s.tasks[many[0].index()].name,
                many.len() - 1
            ),
        };
        let what = match (through.pc, through.needs.as_slice()) {
            (Some(pc), [LimitedResource::Never]) => {
                format!("never gets past {}", task.program.step_words(pc))
            }
            (pc, needs) => {
                let place = match pc {
                    Some(pc) => format!("at {}", task.program.step_words(pc)),
                    None => "before its start".to_owned(),
                };
                let needs: Vec<String> = needs.iter().map(|thing| long(s, *thing)).collect();
                format!("{place} needs {}", list(&needs))
            }
        };
        format!("waits for {between}{}, which {what}", task.name)
    }
}

/// `child at `lock a``, `child before its start`.
fn standing(s: &Scenario, task: TaskTypeId, pc: Option<Pc>) -> String {
    let task = &s.tasks[task.index()];
    match pc {
        Some(pc) => format!("{} at {}", task.name, task.program.step_words(pc)),
        None => format!("{} before its start", task.name),
    }
}

impl PoolSize {
    fn words(self, s: &Scenario, hazard: &Hazard) -> String {
        let name = &s.executors[self.pool.index()].name;
        let now = self.now;
        let workers = if now == 1 { "worker" } else { "workers" };
        match self.safe {
            Some(safe) => {
                format!("{name} has {now} {workers}; {safe} workers are safe for what arrives here.")
            }
            None if hazard.enough.iter().any(|(entry, _)| unbounded(s, entry.index())) => {
                format!(
                    "{name} has {now} {workers}; while any number of tasks may arrive, no number is safe."
                )
            }
            None => format!("{name} has {now} {workers}; more of them do not help."),
        }
    }
}

fn unbounded(s: &Scenario, entry: usize) -> bool {
    matches!(s.arrivals[entry].pattern, crate::model::scenario::Pattern::Stream { count: None, .. })
}

fn short(s: &Scenario, thing: LimitedResource) -> String {
    match thing {
        LimitedResource::Worker(id)
        | LimitedResource::Room(id)
        | LimitedResource::Slot(id, _)
        | LimitedResource::Head(id)
        | LimitedResource::Taken(id)
        | LimitedResource::Scheduler(id) => s.executors[id.index()].name.clone(),
        LimitedResource::Carrier(id) if s.executors[id.index()].carriers().is_none() => {
            "the green thread".to_owned()
        }
        LimitedResource::Carrier(id) => s.executors[id.index()].name.clone(),
        LimitedResource::Resource(id) => s.resources[id.index()].name.clone(),
        LimitedResource::Signal(signal) => signal.name(s).to_owned(),
        LimitedResource::Never => "what never comes".to_owned(),
    }
}

fn long(s: &Scenario, thing: LimitedResource) -> String {
    let name = short(s, thing);
    match thing {
        LimitedResource::Worker(_) => format!("a worker of {name}"),
        LimitedResource::Room(_) => format!("room in the queue of {name}"),
        LimitedResource::Slot(..) => format!("a slot of {name}"),
        LimitedResource::Head(_) => format!("the head of {name}"),
        LimitedResource::Taken(_) => format!("one of the places of {name}"),
        LimitedResource::Scheduler(_) => format!("the scheduler thread of {name}"),
        LimitedResource::Carrier(id) if s.executors[id.index()].carriers().is_some() => {
            format!("a carrier of {name}")
        }
        LimitedResource::Carrier(_) => name,
        LimitedResource::Resource(_) => name,
        LimitedResource::Signal(Signal::Message(_)) => format!("a message in {name}"),
        LimitedResource::Signal(Signal::Room(_)) => format!("room in {name}"),
        LimitedResource::Signal(Signal::Notification(_)) => format!("a notification of {name}"),
        LimitedResource::Signal(Signal::Opening(_)) => format!("the opening of latch {name}"),
        LimitedResource::Signal(Signal::Parties(_)) => format!("the other parties of barrier {name}"),
        LimitedResource::Signal(Signal::Permits(_)) => format!("a permit of {name}"),
        LimitedResource::Never => "what never comes".to_owned(),
    }
}
