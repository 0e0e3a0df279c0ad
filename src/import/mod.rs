//! Load from reality: a recording of a real run (a CSV of timestamps and durations, a Chrome or Perfetto trace, Nova's
//! log) becomes the text of a scenario, and a list of what was inferred and what the recording does not say.
//!
//! Invariant: what comes out is a document that reads without errors; what goes in may be any text: it is read within
//! stated limits, and what is wrong with it is said with its places, several at once.
//!
//! Nothing here runs anything, and nothing is guessed in silence: every guess is an [`Inference`], and a place in the
//! text that a person has to fill in is marked with `# ?`.

mod chrome;
mod csv;
mod distributed;
mod draft;
mod dump;
mod findings;
mod flight;
mod formats;
mod gzip;
mod inference;
mod json;
pub mod measured;
mod moment;
mod names;
mod nova;
mod number;
mod order;
mod oslo;
mod perfetto;
mod reading;
mod recorded;
mod series;
mod spans;

pub use inference::{Inference, Provenance};
pub use number::Unit;
pub use reading::{Columns, Format, MAX_BYTES, MAX_RECORDS, Options};

use crate::language::Problems;
use findings::Findings;
use measured::Measured;
use reading::Reading;

/// A recording as a scenario.
#[derive(Clone, Debug)]
pub struct Imported {
    /// What it was read as.
    pub format: Format,
    /// The scenario's document: TOML with comments.
    pub text: String,
    /// What was inferred, and what could not be.
    pub inferences: Vec<Inference>,
    /// What was measured, to hold a run against.
    pub measured: Measured,
    /// What a thread dump comes to, in a sentence or two.
    pub verdict: Option<String>,
    /// What is odd about the recording, but keeps nothing from being read.
    pub warnings: Problems,
}

/// Makes a scenario of a recording: text, or text compressed with gzip. `file_name` is for messages and the scenario's title.
///
/// # Errors
/// What is wrong with the recording, each with its line: up to twenty problems, the rest counted.
pub fn import(file_name: &str, recording: impl AsRef<[u8]>, options: &Options) -> Result<Imported, Problems> {
    import_bytes(file_name, recording.as_ref(), options)
}

fn import_bytes(file_name: &str, bytes: &[u8], options: &Options) -> Result<Imported, Problems> {
    let mut findings = Findings::default();
    let unpacked;
    let mut bytes = bytes;
    if gzip::is_gzip(bytes) {
        match gzip::unpacked(bytes, MAX_BYTES) {
            Ok(content) => {
                unpacked = content;
                bytes = &unpacked;
            }
            Err(message) => {
                findings.error(0..0, message, "unpack it, and cut out the part of the run that matters");
                return Err(findings.close(file_name, ""));
            }
        }
    }
    if bytes.len() as u64 > MAX_BYTES {
        let message = format!("the recording has {} bytes, more than {}", bytes.len(), limit_words());
        findings.error(0..0, message, "cut out the part of the run that matters");
        return Err(findings.close(file_name, ""));
    }
    let is_perfetto = match options.format {
        Some(format) => format == Format::Perfetto,
        None => perfetto::is_perfetto(bytes),
    };
    let (text, format, reading) = if is_perfetto {
        ("", Format::Perfetto, perfetto::read(bytes, &mut findings))
    } else {
        let Some(text) = text_of(bytes, &mut findings) else { return Err(findings.close(file_name, "")) };
        let format = options.format.unwrap_or_else(|| formats::format_of(text));
        (text, format, read(text, format, options, &mut findings))
    };
    if findings.has_errors() {
        return Err(findings.close(file_name, text));
    }
    let Some(Reading { mut draft, mut inferences, measured, verdict }) = reading else {
        findings.error(0..0, "nothing in this recording can be made a scenario", "give one with tasks in it");
        return Err(findings.close(file_name, text));
    };
    draft.source = file_name.to_owned();
    let Some(written) = draft.write(&mut inferences) else {
        let help = "import a part of the run, or one process of it";
        findings.error(0..0, "the scenario would be longer than a document may be (1 MiB)", help);
        return Err(findings.close(file_name, text));
    };
    let warnings = findings.close(file_name, text);
    Ok(Imported { format, text: written, inferences, measured, verdict, warnings })
}

/// The bytes as text, if they are one.
fn text_of<'a>(bytes: &'a [u8], findings: &mut Findings) -> Option<&'a str> {
    if let Some(refusal) = formats::why_not_binary(bytes) {
        findings.error(0..0, refusal.message, refusal.help);
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
            findings.error(0..0, format!("this is not a text file: line {line} is not UTF-8"), formats::READ);
            None
        }
    }
}

/// Reads a text as what it is.
fn read(text: &str, format: Format, options: &Options, findings: &mut Findings) -> Option<Reading> {
    if text.trim().is_empty() {
        findings.error(0..0, "the recording is empty", formats::READ);
        return None;
    }
    if options.format.is_none()
        && let Some(refusal) = formats::why_not(text)
    {
        findings.error(0..0, refusal.message, refusal.help);
        return None;
    }
    match format {
        Format::Csv => csv::read(text, options, findings),
        Format::Chrome => chrome::read(text, findings),
        Format::Recording => recorded::read(text, findings),
        Format::OpenTelemetry => distributed::read_otlp(text, findings),
        Format::Jaeger => distributed::read_jaeger(text, findings),
        Format::FlightRecorder => flight::read(text, findings),
        Format::Perfetto => perfetto::read(text.as_bytes(), findings),
        Format::NovaLog => nova::read(text, options, findings),
        Format::OsloLog => oslo::read(text, findings),
        Format::ThreadDump => dump::read(text, findings),
    }
}

/// Whether a text is surely a recording: JSON may be a scenario as well, and plain text anything.
pub fn is_recording(text: &str) -> bool {
    formats::is_recording(text)
}

/// The longest recording, as a person would say it.
pub fn limit_words() -> String {
    format!("{} MiB", MAX_BYTES >> 20)
}
