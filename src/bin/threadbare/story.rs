//! How a finding came about, event by event.

use crate::text::wrap;
use threadbare::analysis::digest::Digest;
use threadbare::analysis::prose::grouped;
use threadbare::trace::event::EventId;
use threadbare::view::eventlist::{self, EventImportance};

/// Lines of a story that are told; of a longer one the middle is left out.
const MAX_LINES: usize = 40;

/// The run as a numbered story: what happened, without bookkeeping.
pub fn lines(digest: &Digest<'_>) -> Vec<String> {
    numbered_lines(digest).into_iter().map(|(head, text)| format!("{head}{text}")).collect()
}

/// The same in lines of at most `width` columns, if a word can be as short as that.
pub fn wrapped(digest: &Digest<'_>, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for (head, text) in numbered_lines(digest) {
        let indent = head.chars().count();
        for (i, part) in wrap(&text, width.saturating_sub(indent)).into_iter().enumerate() {
            let head = if i == 0 { head.clone() } else { " ".repeat(indent) };
            lines.push(format!("{head}{part}"));
        }
    }
    lines
}

/// Number and time of each line, and what happened.
fn numbered_lines(digest: &Digest<'_>) -> Vec<(String, String)> {
    let all: Vec<eventlist::EventListLine> = (0..digest.trace().len() as u32)
        .map(|id| eventlist::line(digest, EventId(id)))
        .filter(|line| line.weight != EventImportance::Minor)
        .collect();
    let widest = all.iter().map(|line| line.at.to_string().chars().count()).max().unwrap_or(0);
    let number = all.len().to_string().len();
    let left_out = all.len().saturating_sub(MAX_LINES);
    let mut lines = Vec::new();
    for (i, line) in all.into_iter().enumerate() {
        let first_left_out = MAX_LINES / 2;
        if left_out > 0 && i == first_left_out {
            lines.push((format!("{:>number$}  ", ""), format!("… {} more", grouped(left_out as u64))));
        }
        if left_out == 0 || i < first_left_out || i >= first_left_out + left_out {
            let at = line.at.to_string();
            lines.push((format!("{:>number$}. {at:>widest$}  ", i + 1), line.text));
        }
    }
    lines
}
