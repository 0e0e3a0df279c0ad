//! What random documents share: semaphores and locks of every sort, channels, conditions, latches, barriers, servers.

use super::{Step, Writer};
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;

pub(super) fn resource(permits: bool) -> impl Strategy<Value = String> {
    const HAND_OVER: [&str; 6] =
        ["", "", "fair = true", "fair = false", "barging = \"keep-place\"", "barging = \"once\""];
    let special = weighted(0.2, any::<bool>());
    (1..4u32, select(&HAND_OVER[..]).prop_map(str::to_owned), any::<bool>(), special).prop_map(
        move |(n, hand_over, per, special)| {
            let mut keys = Vec::new();
            keys.extend(permits.then(|| format!("permits = {n}")));
            keys.extend(Some(hand_over).filter(|keys| !keys.is_empty()));
            keys.extend(per.then(|| "per = \"key\"".to_owned()));
            keys.extend(special.map(|value| match permits {
                true => format!("owned = {value}"),
                false => format!("reentrant = {value}"),
            }));
            keys.join(", ")
        },
    )
}

/// Everything that is shared and is no semaphore, lock or cell.
pub(super) fn shared() -> impl Strategy<Value = (&'static str, String)> {
    let kinds = [
        ("channels", "capacity = 0"),
        ("channels", "capacity = 1"),
        ("channels", "capacity = 2"),
        ("channels", ""),
        ("conditions", ""),
        ("latches", "count = 0"),
        ("latches", "count = 2"),
        ("barriers", "parties = 1"),
        ("barriers", "parties = 2"),
        ("barriers", "parties = 3"),
        ("servers", "capacity = 1"),
        ("servers", "capacity = 2, contention = 0.1, coherency = 0.01"),
        ("rwlocks", ""),
        ("rwlocks", "prefer = \"readers\""),
        ("rwlocks", "prefer = \"go\""),
    ];
    proptest::sample::select(kinds.to_vec()).prop_map(|(section, keys)| (section, keys.to_owned()))
}

impl Writer<'_> {
    /// Semaphores, then locks.
    pub(super) fn any_resource(&self, which: usize) -> Option<String> {
        let (semaphores, locks) = (self.pieces.semaphores.len(), self.pieces.locks.len());
        if semaphores + locks == 0 {
            return None;
        }
        let which = which % (semaphores + locks);
        Some(if which < semaphores { format!("S{which}") } else { format!("L{}", which - semaphores) })
    }

    pub(super) fn resource(
        &mut self,
        verb: u8,
        which: usize,
        timeout: Option<&str>,
        handler: Option<&[Step]>,
    ) {
        let Some(name) = self.any_resource(which) else { return self.say("run 1s") };
        let is_lock = name.starts_with('L');
        let count = if which % 3 == 2 && !is_lock { " 2" } else { "" };
        if verb == 3 {
            return self.say(format!("{} {name}{count}", if is_lock { "unlock" } else { "release" }));
        }
        let timed = timeout.map_or_else(String::new, |timeout| format!(" timeout {timeout}"));
        self.say(format!("{} {name}{count}{timed}", if is_lock { "lock" } else { "acquire" }));
        self.handle(timeout, handler);
    }

    pub(super) fn shared(&mut self, verb: u8, which: usize, timeout: Option<&str>, handler: Option<&[Step]>) {
        if self.pieces.shared.is_empty() {
            return self.say("run 1s");
        }
        let which = which % self.pieces.shared.len();
        let (section, _) = self.pieces.shared[which];
        let timed = timeout.map_or_else(String::new, |timeout| format!(" timeout {timeout}"));
        match (section, verb) {
            ("channels", 0) => return self.say(format!("close X{which}")),
            ("channels", 1..=3) => self.say(format!("receive X{which}{timed}")),
            ("channels", 4) => {
                self.say(format!("receive X{which}"));
                return self.block("on-closed".to_owned(), handler.unwrap_or_default());
            }
            ("channels", _) => self.say(format!("send X{which}{timed}")),
            ("conditions", 0..=1) => return self.say(format!("notify X{which}")),
            ("conditions", 2) => return self.say(format!("notify X{which} all")),
            ("conditions", _) => return self.condition(which, &timed, timeout, handler),
            ("latches", 0..=2) => return self.say(format!("count-down X{which}")),
            ("latches", 3) => return self.say(format!("reset X{which}")),
            ("servers", _) => return self.say(format!("use X{which} {}", timeout.unwrap_or("1s"))),
            ("rwlocks", 0..=1) => self.say(format!("lock X{which} read{timed}")),
            ("rwlocks", 2) => self.say(format!("lock X{which} write{timed}")),
            ("rwlocks", 3) => return self.say(format!("unlock X{which} read")),
            ("rwlocks", 4) => return self.say(format!("unlock X{which} write")),
            ("rwlocks", 5) => return self.block(format!("with X{which} write"), handler.unwrap_or_default()),
            ("rwlocks", _) => return self.block(format!("with X{which} read"), handler.unwrap_or_default()),
            _ => self.say(format!("await X{which}{timed}")),
        }
        self.handle(timeout, handler);
    }

    /// A wait on a condition, inside its lock if it has one.
    fn condition(&mut self, which: usize, timed: &str, timeout: Option<&str>, handler: Option<&[Step]>) {
        let lock = self.pieces.condition_lock();
        if let Some(lock) = &lock {
            self.say(format!("with {lock}"));
        }
        self.say(format!("wait-on X{which}{timed}"));
        self.handle(timeout, handler);
        if lock.is_some() {
            self.say("end");
        }
    }
}
