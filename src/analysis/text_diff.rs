//! What a change does to a text, line by line: what goes and what comes.
//!
//! The longest common part is found by the book (a table of both texts' lines), between what both begin and end
//! with alike. Invariant: with the lines that go replaced by those that come, the old text is the new one. Texts
//! that differ over too many lines are told as one block.

/// Lines of both sides that are compared one by one at most.
const MAX_COMPARED: usize = 400;

/// A line that differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// It comes; otherwise it goes.
    pub comes: bool,
    /// What it says.
    pub text: &'a str,
}

/// The lines that differ, in order.
pub fn lines<'a>(old: &'a str, new: &'a str) -> Vec<Line<'a>> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let begin = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[begin..], &new[begin..]);
    let end = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[..old.len() - end], &new[..new.len() - end]);
    let goes = |text| Line { comes: false, text };
    let comes = |text| Line { comes: true, text };
    if old.len() > MAX_COMPARED || new.len() > MAX_COMPARED {
        return old.iter().copied().map(goes).chain(new.iter().copied().map(comes)).collect();
    }
    let common = common(old, new);
    let (mut a, mut b, mut list) = (0, 0, Vec::new());
    while a < old.len() || b < new.len() {
        if a < old.len() && b < new.len() && old[a] == new[b] {
            (a, b) = (a + 1, b + 1);
        } else if a < old.len() && (b == new.len() || common[a + 1][b] >= common[a][b + 1]) {
            list.push(goes(old[a]));
            a += 1;
        } else {
            list.push(comes(new[b]));
            b += 1;
        }
    }
    list
}

/// For each pair of places, how many lines the rests have in common at most.
fn common(old: &[&str], new: &[&str]) -> Vec<Vec<u16>> {
    let mut table = vec![vec![0; new.len() + 1]; old.len() + 1];
    for a in (0..old.len()).rev() {
        for b in (0..new.len()).rev() {
            table[a][b] =
                if old[a] == new[b] { table[a + 1][b + 1] + 1 } else { table[a + 1][b].max(table[a][b + 1]) };
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(old: &str, new: &str) -> String {
        let sign = |line: &Line<'_>| format!("{}{}", if line.comes { '+' } else { '-' }, line.text);
        lines(old, new).iter().map(sign).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn only_what_differs_is_told_in_order() {
        assert_eq!(written("a\nb\nc\nd", "a\nb\nc\nd"), "");
        assert_eq!(written("a\nb\nc\nd", "a\nB\nc\nd\ne"), "-b +B +e");
        assert_eq!(written("a\nb\nc", "b\nc"), "-a");
        assert_eq!(written("", "a"), "+a");
    }

    #[test]
    fn texts_without_likeness_are_two_blocks() {
        let (old, new) = ("o\n".repeat(MAX_COMPARED + 1), "n\n".repeat(3));
        let list = lines(&old, &new);
        assert_eq!(
            (list.len(), list[0].comes, list[MAX_COMPARED + 1].comes),
            (MAX_COMPARED + 4, false, true)
        );
    }
}
