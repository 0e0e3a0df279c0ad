//! Finds tasks by what a person remembers of their names.
//!
//! Invariant: matches come in order of creation; what begins with the words comes before what only contains
//! them. Upper and lower case are alike. At most [`MOST_LOOKED_AT`] names are put together, so a search
//! stays quick in a run of millions.

use crate::analysis::digest::Digest;
use crate::model::id::TaskId;

/// How many names one search looks at.
pub const MOST_LOOKED_AT: usize = 400_000;

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The first matches, the best first.
    pub tasks: Vec<TaskId>,
    /// How many there are in all, among the names that were looked at.
    pub count: usize,
    /// Whether some names were not looked at.
    pub is_partial: bool,
}

/// The tasks whose name (or key) has `words` in it; at most `most` of them are listed. Nothing is found for
/// no words.
pub fn tasks(digest: &Digest<'_>, words: &str, most: usize) -> Found {
    let words = words.trim().to_lowercase();
    if words.is_empty() {
        return Found::default();
    }
    let (mut begin, mut contain, mut count) = (Vec::new(), Vec::new(), 0);
    for task in digest.names.tasks().take(MOST_LOOKED_AT) {
        let name = digest.names.name(task).to_lowercase();
        let list = if name.starts_with(&words) {
            &mut begin
        } else if name.contains(&words) || has_key(digest, task, &words) {
            &mut contain
        } else {
            continue;
        };
        count += 1;
        if list.len() < most {
            list.push(task);
        }
    }
    begin.extend(contain);
    begin.truncate(most);
    Found { tasks: begin, count, is_partial: digest.names.len() > MOST_LOOKED_AT }
}

fn has_key(digest: &Digest<'_>, task: TaskId, words: &str) -> bool {
    digest.names.key(task).is_some_and(|key| key.to_lowercase().contains(words))
}
