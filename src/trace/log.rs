//! The records of a trace: an append-only list that reads as a slice.
//!
//! A short one is an ordinary vector. A long one lies on pages of its own where the system has any to give,
//! because what a run with a trace takes longer than one without is not the writing, it is the system
//! handing out fresh memory page by page; there the pages are huge ones. Nobody who reads sees a difference.

use super::pages::Pages;
use super::record::Record;
use std::fmt;
use std::ops::Deref;

/// Records in order.
#[derive(Default)]
pub struct Log {
    /// All of them, or none if they lie on pages.
    heap: Vec<Record>,
    pages: Option<Pages>,
    len: usize,
}

/// From this number on (1.5 MiB) records lie on pages.
const MANY: usize = 1 << 16;
/// Events for which addresses are reserved at first (768 MiB), more than the usual limit of a run: moving to other
/// pages would cost what the pages save.
const ROOM: usize = if cfg!(test) { 2 * MANY } else { 1 << 25 };

impl Log {
    /// How many there are.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Appends one event.
    #[inline(always)]
    pub fn push(&mut self, record: Record) {
        let written = match &mut self.pages {
            Some(pages) => pages.write(self.len, record),
            None if self.len < self.heap.capacity() => {
                self.heap.push(record);
                true
            }
            None => false,
        };
        if !written {
            self.push_into_more_room(record);
        }
        self.len += 1;
    }

    #[cold]
    #[inline(never)]
    fn push_into_more_room(&mut self, record: Record) {
        if self.len >= MANY
            && let Some(mut pages) = Pages::with_room_for(ROOM.max(4 * self.len))
        {
            pages.write_all(self);
            pages.write(self.len, record);
            self.heap = Vec::new();
            self.pages = Some(pages);
            return;
        }
        // No pages, or no more of them.
        if self.pages.is_some() {
            self.heap = self.to_vec();
            self.pages = None;
        }
        self.heap.push(record);
    }

    /// Forgets all but the first `len`.
    pub fn truncate(&mut self, len: usize) {
        self.heap.truncate(len);
        self.len = self.len.min(len);
    }
}

impl Deref for Log {
    type Target = [Record];

    #[inline]
    fn deref(&self) -> &[Record] {
        match &self.pages {
            Some(pages) => pages.read(self.len),
            None => &self.heap,
        }
    }
}

impl From<Vec<Record>> for Log {
    fn from(heap: Vec<Record>) -> Log {
        Log { len: heap.len(), heap, pages: None }
    }
}

impl FromIterator<Record> for Log {
    fn from_iter<I: IntoIterator<Item = Record>>(records: I) -> Log {
        Log::from(Vec::from_iter(records))
    }
}

impl<'a> IntoIterator for &'a Log {
    type Item = &'a Record;
    type IntoIter = std::slice::Iter<'a, Record>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Clone for Log {
    fn clone(&self) -> Log {
        Log::from(self.to_vec())
    }
}

impl PartialEq for Log {
    fn eq(&self, other: &Log) -> bool {
        **self == **other
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::id::TaskId;
    use crate::model::time::Time;
    use crate::trace::event::{Event, EventId};

    fn record(i: usize) -> Record {
        Record::new(Time(i as u64), EventId(i as u32), Event::Finished { task: TaskId(i as u32) })
    }

    #[test]
    fn reads_as_what_was_appended_however_much_there_is() {
        let mut log = Log::default();
        let mut expected = Vec::new();
        // Through the vector, the first pages and those after them.
        for i in 0..9 * MANY {
            log.push(record(i));
            expected.push(record(i));
        }
        assert!(log[..] == expected[..]);
        let mut copy = log.clone();
        copy.push(record(7));
        assert!(copy[..expected.len()] == expected[..] && copy.last() == Some(&record(7)));
        for len in [MANY, 5, 9] {
            log.truncate(len);
            expected.truncate(len);
            log.push(record(len));
            expected.push(record(len));
            assert!(log[..] == expected[..], "{len}");
        }
    }
}
