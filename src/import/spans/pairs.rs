//! Begins and ends on threads, paired to slices.

use super::record::{Own, Slice};

/// A slice that has begun.
#[derive(Clone, Copy, Debug)]
struct OpenSlice {
    name: u32,
    at: i64,
}

/// Why an end gives no slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PairError {
    /// Nothing is open on its thread.
    NoBegin,
    /// It comes this much before its begin, in nanoseconds.
    Backwards(u64),
}

/// The slices that are open, by thread.
#[derive(Debug, Default)]
pub(crate) struct OpenSlices {
    threads: Vec<Vec<OpenSlice>>,
    number: usize,
}

impl OpenSlices {
    /// Begins a slice within those that are open on `thread`.
    pub fn begin(&mut self, thread: u32, name: u32, at: i64) {
        let thread = thread as usize;
        if self.threads.len() <= thread {
            self.threads.resize_with(thread + 1, Vec::new);
        }
        self.threads[thread].push(OpenSlice { name, at });
        self.number += 1;
    }

    /// How many are open.
    pub fn len(&self) -> usize {
        self.number
    }

    /// Ends the innermost slice that is open on `thread`.
    ///
    /// # Errors
    /// If none is open, or it began later.
    pub fn end(&mut self, thread: u32, at: i64) -> Result<Slice, PairError> {
        let open = self.threads.get_mut(thread as usize);
        let begun = open.and_then(Vec::pop).ok_or(PairError::NoBegin)?;
        self.number -= 1;
        if at < begun.at {
            return Err(PairError::Backwards(begun.at.abs_diff(at)));
        }
        Ok(begun.slice(thread, at))
    }

    /// Ends what is still open, at `last` or where it began if that is later.
    pub fn close(self, last: i64) -> Vec<Slice> {
        let threads = (0..).zip(self.threads);
        threads
            .flat_map(|(thread, open)| open.into_iter().map(move |begun| begun.slice(thread, last)))
            .collect()
    }
}

impl OpenSlice {
    fn slice(self, thread: u32, to: i64) -> Slice {
        let to = to.max(self.at);
        Slice { thread, name: self.name, from: self.at, to, own: Own::Foreign, cpu: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_belong_to_the_innermost_begin_of_their_thread() {
        let mut open = OpenSlices::default();
        open.begin(1, 10, 5);
        open.begin(1, 11, 6);
        open.begin(0, 12, 7);
        let times = |slice: Slice| (slice.thread, slice.name, slice.from, slice.to);
        assert_eq!(open.len(), 3);
        assert_eq!(open.end(1, 8).map(times), Ok((1, 11, 6, 8)));
        assert_eq!(open.end(1, 4).map(times), Err(PairError::Backwards(1)));
        assert_eq!(open.end(1, 9).map(times), Err(PairError::NoBegin));
        assert_eq!(open.end(7, 9).map(times), Err(PairError::NoBegin));
        assert_eq!(open.len(), 1);
        let left: Vec<_> = open.close(3).into_iter().map(times).collect();
        assert_eq!(left, [(0, 12, 7, 7)]);
    }
}
