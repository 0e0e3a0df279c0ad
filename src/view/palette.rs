//! Which hue a task type has: the same on the timeline, in the graph, in tables and in the legend.
//!
//! Invariant: a type's hue follows from its place in the document alone, so it does not change while
//! sliders move. Eight hues that stay apart for colour-blind eyes, then the same eight in another
//! lightness, then letters. Red, amber and the cursor's colour are none of them.

use crate::model::id::TaskTypeId;
use crate::model::scenario::Scenario;

/// How many hues there are.
pub const HUES: usize = 8;
/// How many lightnesses each hue has.
pub const SHADES: usize = 2;

/// A task type's hue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TaskHue {
    /// Which of the eight, from 0.
    pub index: u8,
    /// Which lightness, from 0.
    pub shade: u8,
}

/// The hue of a task type.
pub fn hue(kind: TaskTypeId) -> TaskHue {
    let at = kind.index();
    TaskHue { index: (at % HUES) as u8, shade: (at / HUES % SHADES) as u8 }
}

/// The letter that tells apart types of the same hue and lightness: `None` for the first sixteen types,
/// then `a`, `b`, … for each sixteen more (`z` for all beyond).
pub fn letter(kind: TaskTypeId) -> Option<char> {
    let round = kind.index() / (HUES * SHADES);
    (round > 0).then(|| (b'a' + (round - 1).min(25) as u8) as char)
}

/// One line of the legend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskTypeLegendEntry {
    /// Task type of the entry.
    pub kind: TaskTypeId,
    /// Name of the type.
    pub name: String,
    /// Hue of its tasks.
    pub hue: TaskHue,
    /// Its letter, if it needs one.
    pub letter: Option<char>,
}

/// Every task type with its hue, in document order.
pub fn legend(scenario: &Scenario) -> Vec<TaskTypeLegendEntry> {
    let entry = |(at, task): (usize, &crate::model::scenario::TaskType)| {
        let kind = TaskTypeId(at as u16);
        TaskTypeLegendEntry { kind, name: task.name.clone(), hue: hue(kind), letter: letter(kind) }
    };
    scenario.tasks.iter().enumerate().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_hues_then_lightness_then_letters() {
        let all: Vec<_> = (0..40).map(|at| (hue(TaskTypeId(at)), letter(TaskTypeId(at)))).collect();
        assert_eq!(all[0], (TaskHue { index: 0, shade: 0 }, None));
        assert_eq!(all[8], (TaskHue { index: 0, shade: 1 }, None));
        assert_eq!(all[16], (TaskHue { index: 0, shade: 0 }, Some('a')));
        for (at, one) in all.iter().enumerate() {
            assert!(!all[..at].contains(one), "type {at} looks like another");
        }
        assert_eq!(letter(TaskTypeId(u16::MAX)), Some('z'));
    }
}
