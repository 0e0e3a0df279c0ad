//! Finds tasks by what a person remembers of their names.
//!
//! Invariant: every name is looked at, a slice at a time, so that a search in a run of millions stops nobody;
//! what has been found so far is always true of the names before [`TaskSearchResult::looked`]. The task of exactly this
//! name comes first, then names that begin with the words, then those (or their keys) that contain them, each
//! in order of creation. Upper and lower case are alike.

use crate::analysis::digest::Digest;
use crate::model::id::TaskId;

/// The result of a search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskSearchResult {
    /// The first matches, the best first.
    pub tasks: Vec<TaskId>,
    /// How many there are in all, among the names that were looked at.
    pub count: usize,
    /// How many names were looked at.
    pub looked: usize,
    /// How many names there are to look at.
    pub all: usize,
}

impl TaskSearchResult {
    /// Whether every name was looked at.
    pub fn is_whole(&self) -> bool {
        self.looked == self.all
    }
}

/// A search under way.
#[derive(Clone, Debug)]
pub struct TaskSearch {
    words: String,
    most: usize,
    exact: Option<TaskId>,
    begin: Vec<TaskId>,
    contain: Vec<TaskId>,
    count: usize,
    looked: usize,
    /// The name that is looked at: one allocation serves all.
    name: String,
}

impl TaskSearch {
    /// A search that lists at most `most` tasks (and counts all). Nothing is found for no words.
    pub fn new(words: &str, most: usize) -> TaskSearch {
        TaskSearch {
            words: words.trim().to_lowercase(),
            most,
            exact: None,
            begin: Vec::new(),
            contain: Vec::new(),
            count: 0,
            looked: 0,
            name: String::new(),
        }
    }

    /// Looks at names of about `bytes` in all, at one at least; whether that was the last of them.
    pub fn go_on(&mut self, digest: &Digest<'_>, bytes: usize) -> bool {
        let all = self.all(digest);
        let mut read = 0;
        while self.looked < all && read < bytes {
            read += self.look(digest, TaskId(self.looked as u32));
            self.looked += 1;
        }
        self.looked == all
    }

    /// What has been found so far.
    pub fn found(&self, digest: &Digest<'_>) -> TaskSearchResult {
        let mut tasks: Vec<TaskId> = self.exact.into_iter().collect();
        tasks.extend(&self.begin);
        tasks.extend(&self.contain);
        tasks.truncate(self.most);
        TaskSearchResult { tasks, count: self.count, looked: self.looked, all: self.all(digest) }
    }

    fn all(&self, digest: &Digest<'_>) -> usize {
        if self.words.is_empty() { 0 } else { digest.names.len() }
    }

    /// Looks at one name; how long it is.
    fn look(&mut self, digest: &Digest<'_>, task: TaskId) -> usize {
        self.name.clear();
        digest.names.write_name(task, &mut self.name);
        if self.name.is_ascii() {
            self.name.make_ascii_lowercase();
        } else {
            self.name = self.name.to_lowercase();
        }
        let fits = self.name == self.words;
        let list = if fits {
            self.exact = Some(task);
            None
        } else if self.name.starts_with(&self.words) {
            Some(&mut self.begin)
        } else if self.name.contains(&self.words) || has_key(digest, task, &self.words) {
            Some(&mut self.contain)
        } else {
            return self.name.len();
        };
        self.count += 1;
        if let Some(list) = list.filter(|list| list.len() < self.most) {
            list.push(task);
        }
        self.name.len()
    }
}

fn has_key(digest: &Digest<'_>, task: TaskId, words: &str) -> bool {
    digest.names.key(task).is_some_and(|key| key.to_lowercase().contains(words))
}
