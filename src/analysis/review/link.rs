//! The part of the page's address, after the `#`, that opens a document: compressed JSON in base64url, as the page's own
//! Share writes it.
//!
//! Invariant: it has the whole text in it, also that of a gallery scenario, so that an old report opens what it was about.

use crate::language::BASE;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde::Serialize;
use std::io::Write as _;

/// What a fragment begins with: the version of its format.
const FORMAT: char = 'a';
/// Maximum length of a fragment, in characters: more than that is no link but an attachment.
const MAX_FRAGMENT: usize = 12_000;

#[derive(Serialize)]
struct Payload<'a> {
    #[serde(rename = "n")]
    name: &'a str,
    #[serde(rename = "s")]
    source: &'a str,
    #[serde(rename = "v", skip_serializing_if = "is_base")]
    variant: &'a str,
}

fn is_base(variant: &&str) -> bool {
    *variant == BASE
}

/// The fragment that opens this text under the last part of this name, showing this variant; `None` if it would be longer
/// than a link can be.
pub fn fragment(file: &str, source: &str, variant: &str) -> Option<String> {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let json = serde_json::to_vec(&Payload { name, source, variant }).ok()?;
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::best());
    packer.write_all(&json).ok()?;
    let fragment = format!("{FORMAT}{}", URL_SAFE_NO_PAD.encode(packer.finish().ok()?));
    (fragment.len() <= MAX_FRAGMENT).then_some(fragment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_document_is_a_link_and_a_long_one_is_not() {
        let link = fragment("a/b/mine.toml", "title = \"x\"", "two").expect("it is short");
        assert_eq!(
            link,
            fragment("mine.toml", "title = \"x\"", "two").expect("it is short"),
            "folders stay at home"
        );
        assert!(link.starts_with('a') && link.len() < 80, "{link}");
        let long: String = (0..20_000_u32).map(|at| format!("{} ", at.wrapping_mul(2_654_435_761))).collect();
        assert_eq!(fragment("mine.toml", &long, "base"), None);
    }
}
