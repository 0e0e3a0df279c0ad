//! A recording of a real run that is opened: it becomes the document, which says itself what was inferred.
//!
//! Invariant: until a worker has read it, and if it is broken, the page stays as it was.

use super::state::NewRunCursor;
use super::study::StudyAction;
use super::work::OpenDocument;
use super::{State, UserNotice, work};
use std::rc::Rc;
use threadbare::import;
use threadbare::jobs::import::{Imported, Recording};
use threadbare::language::BASE;

/// Longest recording that the page reads; the command reads more.
const MAX_BYTES: usize = 16 << 20;

/// Whether a file of this name is a recording, or may be one.
pub fn may_be(name: &str) -> bool {
    ends_as(name, &["csv", "tsv", "jtl", "log", "txt", "json", "jsonl", "gz", "perfetto-trace", "pftrace"])
}

fn ends_as(name: &str, endings: &[&str]) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, ending)| endings.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// Whether a text is a recording: JSON may be a scenario, too.
fn is_recording(name: &str, text: &str) -> bool {
    if ends_as(name, &["json", "txt"]) { import::is_recording(text) } else { may_be(name) }
}

/// Whether a recording is short enough to be read here.
///
/// # Errors
/// That it is not, as a sentence.
pub fn admit(name: &str, bytes: usize) -> Result<(), String> {
    if bytes <= MAX_BYTES {
        return Ok(());
    }
    let (most, all) = (MAX_BYTES >> 20, import::MAX_BYTES >> 20);
    Err(format!(
        "{name} has more than {most} MiB, so it was not opened here. `threadbare import` reads up to {all} MiB."
    ))
}

impl State {
    /// Opens a text as what it is. A recording is opened when a worker has read it.
    pub(super) fn open_text(&mut self, name: String, text: String) {
        let is_recording = is_recording(&name, &text);
        let admitted = if is_recording {
            admit(&name, text.len())
        } else {
            work::admit(&name, text.len()).and_then(|()| work::recognise(&name, &text))
        };
        if let Err(why) = admitted {
            self.notice = Some(UserNotice::trouble(why));
        } else if is_recording {
            self.read_recording(name, text.into_bytes());
        } else {
            self.open(OpenDocument::open(&name, &text, BASE), NewRunCursor::Play);
        }
    }

    /// Opens what is no text: it can only be a recording, compressed or of a binary format.
    pub(super) fn open_bytes(&mut self, name: String, bytes: Vec<u8>) {
        match admit(&name, bytes.len()) {
            Ok(()) => self.read_recording(name, bytes),
            Err(why) => self.notice = Some(UserNotice::trouble(why)),
        }
    }

    fn read_recording(&mut self, name: String, bytes: Vec<u8>) {
        self.notice = Some(UserNotice { text: format!("Reading {name}…"), is_trouble: false });
        self.recording = Some(Rc::new(Recording { name, bytes }));
        self.import.apply(StudyAction::Ask, &mut self.asked);
    }

    /// Opens what a recording has become, when that is there.
    pub(super) fn take_import(&mut self, step: StudyAction<Imported>) {
        self.import.apply(step, &mut self.asked);
        if !self.import.is_going() {
            self.recording = None;
        }
        let Some(imported) = self.import.so_far.take() else { return };
        let recording = self.recording.take();
        self.open(OpenDocument::open(&imported.name, &imported.text, BASE), NewRunCursor::Play);
        let name = recording.map_or_else(|| "The recording".to_owned(), |recording| recording.name.clone());
        let text = format!(
            "{name} was read as {} and made a scenario. Its description says what was inferred, assumed and lost.",
            imported.format
        );
        self.notice = Some(UserNotice { text, is_trouble: false });
    }
}

#[cfg(test)]
mod tests {
    use super::super::Action;
    use super::super::tests::{fresh, read};

    #[test]
    fn a_compressed_recording_is_read_as_what_is_in_it() {
        let mut state = fresh();
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut packer, b"start,duration\n0,1\n1,2\n").expect("a vector takes all");
        let bytes = packer.finish().expect("a vector takes all");
        state.apply(Action::OpenBytes { name: "requests.csv.gz".into(), bytes });
        read(&mut state);
        assert_eq!(state.work.name, "requests.toml");
        state.apply(Action::OpenBytes { name: "picture.png".into(), bytes: b"\x89PNG\r\n\x1a\n".to_vec() });
        read(&mut state);
        assert_eq!(state.work.name, "requests.toml");
        assert!(state.notice.as_ref().is_some_and(|notice| notice.is_trouble), "{:?}", state.notice);
    }
}
