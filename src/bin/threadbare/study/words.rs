//! Figures in the terminal: in tables as wide as it is, and as bars.

use crate::table::Table;
use crate::text::wrap;
pub use threadbare::study::compare::words::{NONE, estimate, percent};

/// A name with dots as it stands in a table: where there is too little room, in words that can stand in
/// several lines.
pub fn name(dotted: &str, is_narrow: bool) -> String {
    if is_narrow { dotted.replace('.', " ") } else { dotted.to_owned() }
}

/// A table as wide as the terminal at most, and below it what it leaves out: where there is too little room, the
/// columns of `names` that are the same in every row; where that does not do, names break (`is_narrow`).
pub fn fitting(build: impl Fn(bool) -> Table, names: &[String], width: usize) -> String {
    let whole = build(false);
    if whole.natural_width() <= width {
        return whole.render(width);
    }
    let (mut table, mut same) = whole.without_constant(names);
    if table.natural_width() > width {
        let narrow: Vec<String> = names.iter().map(|dotted| name(dotted, true)).collect();
        (table, same) = build(true).without_constant(&narrow);
    }
    let mut text = table.render(width);
    if !same.is_empty() {
        let same: Vec<String> = same.iter().map(|(name, cell)| format!("{} {cell}", name.trim())).collect();
        let line = format!("the same in every row: {}", same.join(", "));
        text += "\n";
        text.extend(wrap(&line, width.min(100) - 2).iter().map(|line| format!("  {line}\n")));
    }
    text
}

/// A bar of at most `width` columns, in eighths.
pub fn bar(share: f64, width: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (share.clamp(0.0, 1.0) * width as f64 * 8.0).round() as usize;
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_have_eighths() {
        assert_eq!(bar(0.5, 3), "█▌");
    }
}
