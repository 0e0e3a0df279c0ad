//! Sorting by a key, and what is sorted: by one sort for all: the standard one is made anew for every type, which the page would have to load each
//! time. Here it is places that are sorted.

use std::cmp::Ordering;

/// Sorts by a key; what has the same key stays in its order. No list is longer than `u32` counts.
pub(super) fn sort_by_key<T, K: Ord>(list: &mut Vec<T>, key: impl Fn(&T) -> K) {
    if list.is_sorted_by_key(&key) {
        return;
    }
    let places = sorted(list.len() as u32, &|a, b| key(&list[a as usize]).cmp(&key(&list[b as usize])));
    let mut left: Vec<Option<T>> = std::mem::take(list).into_iter().map(Some).collect();
    list.extend(places.into_iter().filter_map(|place| left[place as usize].take()));
}

fn sorted(length: u32, compare: &dyn Fn(u32, u32) -> Ordering) -> Vec<u32> {
    let mut places: Vec<u32> = (0..length).collect();
    places.sort_by(|a, b| compare(*a, *b));
    places
}

/// Most stretches of time that cover one instant, at least 1. One that ends when another begins makes room for it.
pub(super) fn most_at_once(stretches: impl Iterator<Item = (u64, u64)>) -> u64 {
    let (mut starts, mut ends): (Vec<u64>, Vec<u64>) = stretches.filter(|(from, to)| from < to).unzip();
    starts.sort_unstable();
    ends.sort_unstable();
    let (mut over, mut most) = (0, 1);
    for (begun, start) in starts.iter().enumerate() {
        while ends[over] <= *start {
            over += 1;
        }
        most = most.max(begun + 1 - over);
    }
    most as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_stay_in_their_order() {
        let mut list = vec![(2, 'a'), (1, 'b'), (2, 'c'), (0, 'd'), (1, 'e')];
        sort_by_key(&mut list, |(key, _)| *key);
        assert_eq!(list, [(0, 'd'), (1, 'b'), (1, 'e'), (2, 'a'), (2, 'c')]);
    }
    #[test]
    fn one_that_ends_makes_room_for_the_next() {
        assert_eq!(most_at_once([(0, 5), (5, 9), (9, 9)].into_iter()), 1);
        assert_eq!(most_at_once([(4, 6), (0, 5), (1, 3), (2, 3)].into_iter()), 3);
        assert_eq!(most_at_once(std::iter::empty()), 1);
    }
}
