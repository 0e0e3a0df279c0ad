//! Sets of small numbers, a bit each: who of the workers or carriers of an executor is idle.

/// A set of numbers, the lowest of which is asked for most.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbers {
    words: Vec<u64>,
    len: u32,
}

impl Numbers {
    /// How many there are.
    #[inline]
    pub fn len(&self) -> u32 {
        self.len
    }

    #[inline]
    pub fn has(&self, number: u32) -> bool {
        self.words.get(number as usize / 64).is_some_and(|word| word & (1 << (number % 64)) != 0)
    }

    /// Adds a number that is not there.
    #[inline(always)]
    pub fn insert(&mut self, number: u32) {
        debug_assert!(!self.has(number));
        let word = number as usize / 64;
        if word >= self.words.len() {
            self.grow(word);
        }
        self.words[word] |= 1 << (number % 64);
        self.len += 1;
    }

    #[cold]
    fn grow(&mut self, word: usize) {
        self.words.resize(word + 1, 0);
    }

    /// Takes a number out that is there.
    #[inline(always)]
    pub fn remove(&mut self, number: u32) {
        debug_assert!(self.has(number));
        self.words[number as usize / 64] &= !(1 << (number % 64));
        self.len -= 1;
    }

    /// The lowest number.
    #[inline]
    pub fn first(&self) -> Option<u32> {
        if self.len == 0 {
            return None;
        }
        let word = self.words.iter().position(|word| *word != 0)?;
        Some(word as u32 * 64 + self.words[word].trailing_zeros())
    }

    /// The highest number.
    pub fn last(&self) -> Option<u32> {
        let word = self.words.iter().rposition(|word| *word != 0)?;
        Some(word as u32 * 64 + 63 - self.words[word].leading_zeros())
    }

    /// The lowest number above this one.
    pub fn after(&self, number: u32) -> Option<u32> {
        (number + 1..self.words.len() as u32 * 64).find(|number| self.has(*number))
    }
}

#[cfg(test)]
mod tests {
    use super::Numbers;

    #[test]
    fn numbers_come_and_go() {
        let mut numbers = Numbers::default();
        assert_eq!((numbers.first(), numbers.last(), numbers.len()), (None, None, 0));
        [130, 3, 64].into_iter().for_each(|number| numbers.insert(number));
        assert_eq!((numbers.first(), numbers.last(), numbers.len()), (Some(3), Some(130), 3));
        assert_eq!((numbers.after(3), numbers.after(64), numbers.after(130)), (Some(64), Some(130), None));
        numbers.remove(3);
        assert!(numbers.has(64) && !numbers.has(3) && !numbers.has(1000));
        assert_eq!((numbers.first(), numbers.len()), (Some(64), 2));
    }
}
