//! Words as a person types them into a shell.

/// A word that a shell takes as one.
///
/// # Examples
/// ```
/// use threadbare::view::shell::quoted;
///
/// assert_eq!(quoted("default.workers=6"), "default.workers=6");
/// assert_eq!(quoted("it's here"), r"'it'\''s here'");
/// ```
pub fn quoted(word: &str) -> String {
    let is_plain = |ch: char| ch.is_ascii_alphanumeric() || "_-./=,+:".contains(ch);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
