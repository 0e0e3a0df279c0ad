//! The whole state in a link's fragment: compressed JSON in base64url, so that nothing goes to a server.
//!
//! Invariant: reading never panics and never takes much memory, whatever the text; a link that cannot be
//! read says why and changes nothing.

use super::work;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};
use serde::{Deserialize, Serialize};
use threadbare::gallery;
use threadbare::language::{BASE, MAX_BYTES};

/// What a fragment begins with; a later format has another letter.
const FORMAT: char = 'a';
/// The longest fragment that is read, in bytes.
const MAX_FRAGMENT: usize = 400_000;
/// The longest JSON that is read: two texts, in which half of all characters are written as two.
const MAX_JSON: usize = 3 * MAX_BYTES + 4096;

/// The content of a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareLinkPayload {
    /// The document's name.
    #[serde(rename = "n")]
    pub name: String,
    /// Its text; left out if it is the gallery's of that name.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The text that it was opened with, if that is neither the gallery's of that name nor `source`.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub original: Option<String>,
    /// Which variant is shown.
    #[serde(rename = "v", default = "base", skip_serializing_if = "is_base")]
    pub variant: String,
    /// How many events have happened at the cursor; none: the run plays from its beginning.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// Where the cursor is, in nanoseconds; none: at the last of these events.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub at: Option<u64>,
    /// The selected task's number.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub task: Option<u32>,
    /// The variant it is compared with.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub with: Option<String>,
    /// The way that the run goes.
    #[serde(rename = "x", default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    /// The way of the run that it was taken from, shown beside it.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<String>,
}

fn base() -> String {
    BASE.to_owned()
}

fn is_base(variant: &str) -> bool {
    variant == BASE
}

impl ShareLinkPayload {
    /// The document's text; none if the link means a gallery scenario that is not there (any more).
    pub fn text(&self) -> Option<&str> {
        self.source.as_deref().or_else(|| gallery::find(&self.name).map(|entry| entry.text))
    }

    /// The text that a reset goes back to.
    pub fn original(&self) -> Option<&str> {
        let usual = || self.text().map(|text| work::OpenDocument::usual_original(&self.name, text));
        self.original.as_deref().or_else(usual)
    }
}

/// A fragment, without the `#`.
pub fn write(shared: &ShareLinkPayload) -> String {
    let packed = pack(shared);
    if packed.len() > MAX_FRAGMENT && shared.original.is_some() {
        // Rather the work without the way back than neither.
        return pack(&ShareLinkPayload { original: None, ..shared.clone() });
    }
    packed
}

fn pack(shared: &ShareLinkPayload) -> String {
    // Level 9: a document is small, and a link is typed into chats.
    let json = serde_json::to_vec(shared).unwrap_or_default();
    format!("{FORMAT}{}", URL_SAFE_NO_PAD.encode(compress_to_vec(&json, 9)))
}

/// Reads a fragment, with or without the `#`.
///
/// # Errors
/// Why the link cannot be opened, in words for the person who followed it.
pub fn read(fragment: &str) -> Result<ShareLinkPayload, String> {
    let text = fragment.trim_start_matches('#');
    if text.len() > MAX_FRAGMENT {
        return Err(format!(
            "This link has {} KiB, more than a scenario needs. It was not opened.",
            text.len() / 1024
        ));
    }
    let cut = || {
        "This link is incomplete or damaged, so it was not opened. Ask for the whole link again.".to_owned()
    };
    let Some(body) = text.strip_prefix(FORMAT) else {
        return Err("This link was made by another version of Threadbare, or is damaged. It was not opened."
            .to_owned());
    };
    let packed = URL_SAFE_NO_PAD.decode(body).map_err(|_| cut())?;
    let json = decompress_to_vec_with_limit(&packed, MAX_JSON).map_err(|error| match error.status {
        TINFLStatus::HasMoreOutput => {
            "This link holds more than a scenario may have. It was not opened.".to_owned()
        }
        _ => cut(),
    })?;
    let shared: ShareLinkPayload = serde_json::from_slice(&json).map_err(|_| cut())?;
    for text in [&shared.source, &shared.original].into_iter().flatten() {
        work::admit("The scenario in this link", text.len())?;
    }
    match shared.text() {
        Some(_) => Ok(shared),
        None => {
            Err(format!("This link is for a built-in scenario `{}`, which does not exist here.", shared.name))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared() -> ShareLinkPayload {
        ShareLinkPayload {
            name: "mine.toml".to_owned(),
            source: Some("title = \"x\" # ünïcode\n".repeat(200)),
            original: Some("title = \"y\"".to_owned()),
            variant: "six_workers".to_owned(),
            count: Some(23),
            at: Some(3_000_000_000),
            task: Some(4),
            with: None,
            schedule: Some("untimed/3.1,7.2".to_owned()),
            beside: Some("timed/".to_owned()),
        }
    }

    #[test]
    fn what_a_link_carries_comes_back() {
        let link = write(&shared());
        assert!(link.len() < 290, "{} bytes", link.len());
        assert_eq!(read(&format!("#{link}")), Ok(shared()));
        let gallery =
            ShareLinkPayload { name: "nova-caps".to_owned(), source: None, variant: base(), ..shared() };
        assert_eq!(read(&write(&gallery)), Ok(gallery));
    }

    #[test]
    fn a_link_of_an_earlier_release_opens() {
        let json = br#"{"n":"nova-caps","s":"title = \"mine\"","v":"two","c":7,"t":2,"w":"base"}"#;
        let link = format!("{FORMAT}{}", URL_SAFE_NO_PAD.encode(compress_to_vec(json, 9)));
        let shared = read(&link).expect("it is a link of ours");
        assert_eq!((shared.count, shared.at, shared.original.as_deref()), (Some(7), None, None));
        let of_gallery = gallery::find("nova-caps").map(|entry| entry.text);
        assert_eq!(shared.original(), of_gallery, "a reset goes back to the gallery's");
        let own = ShareLinkPayload { name: "own.toml".to_owned(), ..shared };
        assert_eq!(own.original(), Some("title = \"mine\""));
    }

    #[test]
    fn damaged_links_are_refused_with_a_reason() {
        let link = write(&shared());
        for broken in ["", "#", "a", "z123", "a!!!", &link[..link.len() / 2], &"a".repeat(MAX_FRAGMENT + 1)] {
            assert!(read(broken).is_err(), "{}", &broken[..broken.len().min(20)]);
        }
        let unknown = ShareLinkPayload { name: "no-such".to_owned(), source: None, ..shared() };
        assert!(read(&write(&unknown)).is_err_and(|why| why.contains("no-such")));
        let bomb = compress_to_vec(&vec![b' '; 8 * MAX_BYTES], 9);
        let bomb = format!("{FORMAT}{}", URL_SAFE_NO_PAD.encode(bomb));
        assert!(read(&bomb).is_err_and(|why| why.contains("more than")));
    }
}
