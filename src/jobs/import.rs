//! A recording of a real run made a scenario, as `threadbare import` does.

use super::protocol::{JobHost, packed};
use crate::import::{Options, import};
use crate::language::Problems;
use serde::{Deserialize, Serialize};

/// A recording to be imported.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// The file's name.
    pub name: String,
    /// Content of the file: text, text that is compressed with gzip, or a binary trace.
    pub bytes: Vec<u8>,
}

/// The scenario that was made of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// The document's name.
    pub name: String,
    /// Text of the file.
    pub text: String,
    /// What it was read as, in words.
    pub format: String,
}

pub(super) fn execute(recording: &Recording, line: &mut dyn JobHost) -> Result<(), String> {
    let name = &recording.name;
    let imported =
        import(name, &recording.bytes, &Options::default()).map_err(|problems| first(name, &problems))?;
    let unpacked = name.strip_suffix(".gz").unwrap_or(name);
    let stem = unpacked.rsplit_once('.').map_or(unpacked, |(stem, _)| stem);
    line.send(packed(&Imported {
        name: format!("{stem}.toml"),
        text: imported.text,
        format: imported.format.words().to_owned(),
    }));
    Ok(())
}

/// The first problem, and how many more there are.
fn first(name: &str, problems: &Problems) -> String {
    let more = match problems.list.len() - 1 + problems.unlisted {
        0 => String::new(),
        more => format!(" And {more} more."),
    };
    let first = &problems.list[0];
    let help = first.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    format!("{name} could not be read: line {}: {}{help}.{more}", first.line, first.message)
}
