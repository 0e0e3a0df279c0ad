//! What the notes of tokens and rooms say, and how names are written, where there is no room for all of it.
//!
//! Invariant: no sentence is cut where a shorter one says what matters most, and that is what is waited for.

use super::StagePainter;
use crate::view::scene::{Ink, TextSize, fit_text};

/// Words for what a thing is, which stand before its name.
const KINDS: [&str; 6] = ["read-write lock", "semaphore", "lock", "latch", "barrier", "a notification of"];
/// The least part of a note that is worth its beginning, where not even the shortest fits.
const MIN_PART: f64 = 0.6;
/// A note this short, in characters, is written whole or not at all.
const MAX_WHOLE: usize = 12;
/// In less than this, in pixels, stands a number rather than the beginning of a name.
const MIN_NAME: f64 = 80.0;
/// Parts of a room's note that are the same all the time.
const FIXED: [&str; 3] = ["of them its core", "a deque each", "carrier"];

impl StagePainter<'_> {
    /// Draws a note, `each` of whose tasks it is true of if there are several, as much of it as there is room for; whether
    /// all that is waited for is said.
    pub(super) fn note(
        &mut self,
        (x, y): (f64, f64),
        note: &str,
        is_each: bool,
        ink: Ink,
        room: f64,
    ) -> bool {
        let face = TextSize::Body;
        let wordings = wordings(note, is_each);
        let width = |text: &str| (self.measure)(text, face);
        if let Some(text) = wordings.iter().find(|text| width(text) <= room).cloned() {
            self.label(x, y, text, ink, face);
            return true;
        }
        let is_worth = |text: &&String| text.len() > MAX_WHOLE && room >= MIN_PART * width(text);
        let Some(shortest) = wordings.last().filter(is_worth) else { return false };
        if let Some(text) = fit_text(shortest, face, room, self.measure) {
            self.label(x, y, text, ink, face);
        }
        false
    }

    /// The note of a room in as many words as there is room for.
    pub(super) fn room_note(&self, note: &str, room: f64) -> String {
        let fits = |text: &String| (self.measure)(text, TextSize::Body) <= room;
        let all = room_wordings(note);
        all.iter().find(|text| fits(text)).or(all.last()).cloned().unwrap_or_default()
    }

    /// How a task is called in this much room: in smaller type rather than cut, and by its number rather than by the
    /// beginning of its name.
    pub(super) fn name_in<'a>(&self, name: &'a str, room: f64) -> (&'a str, TextSize) {
        let fits = |face: TextSize| (self.measure)(name, face) <= room;
        match [TextSize::Strong, TextSize::Small].into_iter().find(|face| fits(*face)) {
            Some(face) => (name, face),
            None if room < MIN_NAME && name.contains(" #") => (short(name), TextSize::Strong),
            None => (name, TextSize::Small),
        }
    }
}

/// A note in ever fewer words: all of it, without the words for what things are, and without what is held.
fn wordings(note: &str, is_each: bool) -> Vec<String> {
    let each = |text: &str| if is_each { format!("each {text}") } else { text.to_owned() };
    let last = note.rsplit(", ").next().unwrap_or_default();
    let plain = |text: &str| {
        KINDS
            .iter()
            .fold(text.to_owned(), |text, kind| text.replace(&format!("waits for {kind} "), "waits for "))
    };
    let needs = plain(last).replace("waits for ", "needs ");
    let mut all = vec![each(note), each(&plain(note)), each(last), each(&plain(last)), plain(last), needs];
    all.dedup();
    all
}

/// The note of a room in ever fewer words: without what never changes, then without what it is.
fn room_wordings(note: &str) -> Vec<String> {
    let all: Vec<&str> = note.split(" · ").collect();
    let is_fixed = |part: &&str| FIXED.iter().any(|fixed| part.contains(fixed));
    let changing: Vec<&str> = all.iter().filter(|part| !is_fixed(part)).copied().collect();
    let rest = if changing.len() > 1 { &changing[1..] } else { &changing[..] };
    let held = |part: &&str| match part.split_once(" worker") {
        Some((count, ", all held" | "s, all held")) => format!("all {count} held"),
        Some((count, " held" | "s held")) => format!("{count} held"),
        Some(_) | None => (*part).to_owned(),
    };
    let brief: Vec<String> = rest.iter().map(held).collect();
    vec![note.to_owned(), changing.join(" · "), rest.join(" · "), brief.join(" · ")]
}

/// The number at the end of a name.
pub(super) fn short(name: &str) -> &str {
    name.rsplit(' ').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{room_wordings, wordings};

    #[test]
    fn a_note_loses_what_matters_least_first() {
        let all = wordings("holds connection, waits for lock connections", false);
        assert_eq!(
            all,
            [
                "holds connection, waits for lock connections",
                "holds connection, waits for connections",
                "waits for lock connections",
                "waits for connections",
                "needs connections",
            ]
        );
        let all = wordings("waits for network", true);
        assert_eq!(all, ["each waits for network", "waits for network", "needs network"]);
        assert_eq!(wordings("in I/O", false), ["in I/O"]);
    }

    #[test]
    fn a_room_keeps_how_full_it_is() {
        let all = room_wordings("elastic · 10 workers, all held · 5 of them its core · 7 queued");
        assert_eq!(
            all[1..],
            [
                "elastic · 10 workers, all held · 7 queued",
                "10 workers, all held · 7 queued",
                "all 10 held · 7 queued"
            ]
        );
        assert_eq!(room_wordings("green · 1 of 20 workers held")[3], "1 of 20 held");
        assert_eq!(room_wordings("bus")[3], "bus");
    }
}
