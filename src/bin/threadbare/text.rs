//! Text for a terminal: the styles of headings and of what is good or bad, and breaking into lines.

use anstyle::{AnsiColor, Style};
use threadbare::analysis::prose::{NO_BREAK, bound};

/// The style of headings.
pub const TITLE: Style = Style::new().bold();
/// The style of what is as it should be.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// The style of what is not.
pub const BAD: Style = AnsiColor::Red.on_default().bold();

/// Breaks text at spaces into lines of at most `width` characters; a longer word stands alone, and a number stays with
/// its unit.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in
        bound(text).split(|c: char| c.is_whitespace() && c != NO_BREAK).filter(|word| !word.is_empty())
    {
        let word = word.replace(NO_BREAK, " ");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_wraps_at_spaces() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("at most 99 % of", 10), ["at most", "99 % of"]);
        assert_eq!(wrap("incomprehensibilities are", 5), ["incomprehensibilities", "are"]);
    }
}
