//! What leaves the page for other tools: the trace. Pictures leave it in [`super::pictures`].

use crate::page::files;
use crate::store::run::SharedRun;
use threadbare::analysis::{chrome, csv, lanes};

/// The trace as Perfetto and Chrome read it.
pub fn save_chrome(run: &SharedRun, name: &str) {
    let digest = &run.digest;
    let lanes = lanes::lanes(run.trace(), &digest.lost_updates);
    let text = chrome::chrome(run.trace(), &digest.names, &lanes);
    files::download(&format!("{}.trace.json", stem(name)), "application/json", text.as_bytes());
}

/// The trace as a table.
pub fn save_csv(run: &SharedRun, name: &str) {
    let text = csv::csv(run.trace(), &run.digest.names);
    files::download(&format!("{}.csv", stem(name)), "text/csv", text.as_bytes());
}

/// A name without its ending.
pub fn stem(name: &str) -> &str {
    name.strip_suffix(".toml").or_else(|| name.strip_suffix(".json")).unwrap_or(name)
}
