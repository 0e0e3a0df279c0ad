//! Any bytes are read as a recording (a table, a trace, a log, a thread dump) without a panic, a hang or more memory than they warrant; what is
//! refused says why, and what is accepted is a document that reads without errors.

#![no_main]

use libfuzzer_sys::fuzz_target;
use threadbare::import::{Format, Options, Unit, import};
use threadbare::language::Document;

fuzz_target!(|bytes: &[u8]| {
    read(bytes, &Options::default());
    let formats = [
        Format::Csv,
        Format::Chrome,
        Format::Recording,
        Format::OpenTelemetry,
        Format::Jaeger,
        Format::FlightRecorder,
        Format::Perfetto,
        Format::NovaLog,
        Format::OsloLog,
        Format::ThreadDump,
    ];
    for format in formats.map(Some) {
        let sort = bytes.len().is_multiple_of(2);
        let unit = bytes.len().is_multiple_of(3).then_some(Unit::Millis);
        read(bytes, &Options { format, sort, unit, ..Options::default() });
    }
});

fn read(bytes: &[u8], options: &Options) {
    let imported = match import("fuzz", bytes, options) {
        Ok(imported) => imported,
        Err(problems) => {
            assert!(!problems.render(false).is_empty(), "a refusal says why");
            return;
        }
    };
    let _ = imported.warnings.render(false);
    assert!(!imported.inferences.is_empty(), "something was found out");
    let document = Document::parse("imported", &imported.text);
    let document = document.unwrap_or_else(|problems| panic!("{}\n{problems}", imported.text));
    let problems = document.check();
    assert!(!problems.has_errors(), "{}\n{problems}", imported.text);
}
