//! What became of the tasks of a run: the one count that every sentence, table and chip is made of.
//!
//! Invariant: each task is counted once, under one [`Ending`]. Only a task that ended well is *finished*; what was
//! refused, dropped or cancelled is over without having done its work.

use super::ending::Ending;
use super::lives::TaskLife;
use super::prose::grouped;
use serde::{Deserialize, Serialize};

/// How many tasks there were, by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Tasks that ended well.
    pub finished: u64,
    /// Tasks that raised.
    pub failed: u64,
    /// Tasks whose submission was refused.
    pub refused: u64,
    /// Tasks that were dropped for lack of room.
    pub discarded: u64,
    /// Cancelled, whether or not their entry has been met.
    pub cancelled: u64,
    /// Tasks that had not ended.
    pub unfinished: u64,
    /// Of the unfinished: those that had not started either.
    pub not_started: u64,
}

impl Tally {
    /// Counts these tasks.
    pub fn of<'a>(lives: impl IntoIterator<Item = &'a TaskLife>) -> Tally {
        let mut tally = Tally::default();
        for life in lives {
            tally.add(life);
        }
        tally
    }

    /// Counts one task more.
    pub fn add(&mut self, life: &TaskLife) {
        let ending = life.ending();
        *self.count_mut(ending) += 1;
        self.not_started += u64::from(ending == Ending::Unfinished && life.started().is_none());
    }

    /// How many ended so.
    pub fn count(&self, ending: Ending) -> u64 {
        match ending {
            Ending::Finished => self.finished,
            Ending::Failed => self.failed,
            Ending::Refused => self.refused,
            Ending::Discarded => self.discarded,
            Ending::Cancelled => self.cancelled,
            Ending::Unfinished => self.unfinished,
        }
    }

    fn count_mut(&mut self, ending: Ending) -> &mut u64 {
        match ending {
            Ending::Finished => &mut self.finished,
            Ending::Failed => &mut self.failed,
            Ending::Refused => &mut self.refused,
            Ending::Discarded => &mut self.discarded,
            Ending::Cancelled => &mut self.cancelled,
            Ending::Unfinished => &mut self.unfinished,
        }
    }

    /// How many tasks there were.
    pub fn total(&self) -> u64 {
        Ending::ALL.iter().map(|ending| self.count(*ending)).sum()
    }

    /// What there is of everything but the finished, in words for a table: `2 failed, 1 refused`; empty if all finished.
    pub fn others(&self) -> Vec<String> {
        let words = |ending: &Ending| {
            let count = self.count(*ending);
            (count > 0 && *ending != Ending::Finished)
                .then(|| format!("{} {}", grouped(count), ending.word()))
        };
        Ending::ALL.iter().filter_map(words).collect()
    }

    /// One sentence without its full stop: `All 10 tasks finished`, `2 of the 12 tasks finished, 10 were refused`.
    pub fn sentence(&self) -> String {
        let total = self.total();
        let endings: Vec<Ending> = Ending::ALL.into_iter().filter(|ending| self.count(*ending) > 0).collect();
        let first = match (endings.as_slice(), total) {
            ([], _) => return "No task arrived".to_owned(),
            ([only], 1) => return format!("The only task {}", only.verb(1)),
            ([Ending::Unfinished], _) => return format!("None of the {} tasks ended", grouped(total)),
            ([only], _) => return format!("All {} tasks {}", grouped(total), only.verb(total)),
            ([first, ..], _) if *first == Ending::Finished => *first,
            _ => {
                let parts: Vec<String> = endings.iter().map(|ending| self.part(*ending)).collect();
                return format!("None of the {} tasks finished: {}", grouped(total), parts.join(", "));
            }
        };
        let parts: Vec<String> = endings[1..].iter().map(|ending| self.part(*ending)).collect();
        format!(
            "{} of the {} tasks {}; {}",
            grouped(self.count(first)),
            grouped(total),
            first.verb(2),
            parts.join(", ")
        )
    }

    fn part(&self, ending: Ending) -> String {
        let count = self.count(ending);
        format!("{} {}", grouped(count), ending.verb(count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_finished_is_called_finished() {
        let sentences: Vec<String> = [
            Tally::default(),
            Tally { finished: 1, ..Tally::default() },
            Tally { finished: 1_320, ..Tally::default() },
            Tally { finished: 46, refused: 1_019, unfinished: 255, ..Tally::default() },
            Tally { failed: 1, unfinished: 2, ..Tally::default() },
            Tally { unfinished: 10, ..Tally::default() },
            Tally { failed: 3, ..Tally::default() },
            Tally { finished: 1, cancelled: 1, discarded: 1, ..Tally::default() },
        ]
        .iter()
        .map(Tally::sentence)
        .collect();
        insta::assert_snapshot!(sentences.join("\n"), @"
        No task arrived
        The only task finished
        All 1 320 tasks finished
        46 of the 1 320 tasks finished; 1 019 were refused, 255 did not end
        None of the 3 tasks finished: 1 failed, 2 did not end
        None of the 10 tasks ended
        All 3 tasks failed
        1 of the 3 tasks finished; 1 was discarded, 1 was cancelled
        ");
    }
}
