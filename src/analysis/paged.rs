//! A sparse vector in shared pages: constant-time access by index, cheap to clone, and empty pages cost
//! nothing. A clone shares all pages; the first write to a shared page copies that page alone.
//!
//! Invariant: a page exists exactly while one of its slots is filled. It deliberately knows nothing of
//! what it holds, and never compacts the list of pages.

use std::sync::Arc;

const SLOTS: usize = 32;

#[derive(Clone)]
struct Page<T> {
    slots: [Option<T>; SLOTS],
    filled: u32,
}

/// A sparse vector indexed by `u32`.
#[derive(Clone)]
pub struct Paged<T> {
    pages: Vec<Option<Arc<Page<T>>>>,
    /// How many pages have been copied because a clone shared them.
    copied: u64,
}

impl<T> Default for Paged<T> {
    fn default() -> Self {
        Paged { pages: Vec::new(), copied: 0 }
    }
}

/// A page to be changed: if a clone shares it, a copy.
fn own<'a, T: Clone>(page: &'a mut Arc<Page<T>>, copied: &mut u64) -> &'a mut Page<T> {
    *copied += u64::from(Arc::strong_count(page) > 1);
    Arc::make_mut(page)
}

impl<T: Clone> Paged<T> {
    /// How many bytes all clones together have cost so far, at most: the pages that were copied because they were
    /// shared.
    pub fn copied_bytes(&self) -> u64 {
        self.copied * size_of::<Page<T>>() as u64
    }

    /// How many bytes it takes, at most, if nothing is shared.
    pub fn bytes(&self) -> u64 {
        (self.pages.len() * (size_of::<Page<T>>() + size_of::<usize>())) as u64
    }

    /// How many bytes a clone takes at once.
    pub fn clone_bytes(&self) -> u64 {
        size_of_val(self.pages.as_slice()) as u64
    }

    /// What is at `index`, if anything.
    #[inline]
    pub fn get(&self, index: u32) -> Option<&T> {
        let page = self.pages.get(index as usize / SLOTS)?.as_ref()?;
        page.slots[index as usize % SLOTS].as_ref()
    }

    /// What is at `index`, to change it.
    #[inline]
    pub fn get_mut(&mut self, index: u32) -> Option<&mut T> {
        let page = self.pages.get_mut(index as usize / SLOTS)?.as_mut()?;
        page.slots[index as usize % SLOTS].as_ref()?;
        own(page, &mut self.copied).slots[index as usize % SLOTS].as_mut()
    }

    /// Puts `value` at `index`, in place of what was there.
    pub fn insert(&mut self, index: u32, value: T) {
        let (page, slot) = (index as usize / SLOTS, index as usize % SLOTS);
        if page >= self.pages.len() {
            self.pages.resize_with(page + 1, || None);
        }
        let page = self.pages[page]
            .get_or_insert_with(|| Arc::new(Page { slots: std::array::from_fn(|_| None), filled: 0 }));
        let page = own(page, &mut self.copied);
        page.filled |= 1 << slot;
        page.slots[slot] = Some(value);
    }

    /// Empties the place at `index`; whether there was anything.
    pub fn remove(&mut self, index: u32) -> bool {
        let (at, slot) = (index as usize / SLOTS, index as usize % SLOTS);
        let Some(Some(page)) = self.pages.get_mut(at) else { return false };
        let is_filled = page.filled & (1 << slot) != 0;
        if page.filled == 1 << slot {
            self.pages[at] = None;
        } else if is_filled {
            let page = own(page, &mut self.copied);
            page.filled &= !(1 << slot);
            page.slots[slot] = None;
        }
        is_filled
    }

    /// Everything there is, by ascending index.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        self.pages.iter().enumerate().filter_map(|(at, page)| Some((at, page.as_ref()?))).flat_map(
            |(at, page)| {
                page.slots
                    .iter()
                    .enumerate()
                    .filter_map(move |(slot, value)| Some(((at * SLOTS + slot) as u32, value.as_ref()?)))
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_keeps_what_it_had() {
        let mut paged = Paged::default();
        for i in [0, 31, 32, 500] {
            paged.insert(i, i * 10);
        }
        let kept = paged.clone();
        assert_eq!(paged.copied_bytes(), 0);
        *paged.get_mut(31).unwrap() = 7;
        *paged.get_mut(0).unwrap() = 0;
        assert_eq!(paged.copied_bytes() * 16, paged.bytes() - paged.clone_bytes(), "one of sixteen pages");
        paged.remove(500);
        paged.remove(501);
        assert_eq!(paged.iter().map(|(i, v)| (i, *v)).collect::<Vec<_>>(), [(0, 0), (31, 7), (32, 320)]);
        assert_eq!(kept.get(31), Some(&310));
        assert_eq!(kept.get(500), Some(&5000));
        assert_eq!(paged.get(500), None);
    }
}
