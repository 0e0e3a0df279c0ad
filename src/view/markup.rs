//! Text in XML and HTML: what a person wrote stays text.

/// Text as XML and HTML want it, in a body and in quotes; what XML cannot hold at all becomes a replacement character.
///
/// # Examples
/// ```
/// use threadbare::view::markup::escape;
///
/// assert_eq!(escape("a < \"b\" & 'c'"), "a &lt; &quot;b&quot; &amp; &#39;c&#39;");
/// ```
pub fn escape(text: &str) -> String {
    escape_lines(text).replace(['\n', '\t'], " ")
}

/// The same, keeping lines and tabs.
pub fn escape_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for ch in text.chars() {
        match ch {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(ch),
            '\r' => out.push(' '),
            ch if ch < ' ' || ch == '\u{fffe}' || ch == '\u{ffff}' => out.push('\u{fffd}'),
            ch => out.push(ch),
        }
    }
    out
}
