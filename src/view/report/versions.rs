//! What changed from one version of a document to another, as the comment of a pull request has it.
//!
//! Invariant: what is the same is not told; what may be chance is the same.

use super::block::{Block, InlineSpan, Line, TableColumn, code, paragraph, prose, text};
use super::document::{Document, Section};
use super::{answer, figures, markdown};
use crate::analysis::review::{
    ChangeKind, ChangedLine, PairedDifference, ReviewedVariant, RuleFinding, VersionPair,
};
use crate::analysis::verdict::Tone;

/// Most lines of a difference between scenarios.
const MAX_CHANGES: usize = 80;

/// How a variant of the new version compares with the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VersionChange {
    /// It met what is expected and no longer does, or it has got slower or dearer.
    Worse,
    /// Something differs, for better or worse.
    Different,
    /// It meets what is expected and did not, or it has got faster or cheaper.
    Better,
    /// Nothing differs but chance.
    Same,
}

/// How the new version of a variant stands beside the old one.
pub fn standing(pair: &VersionPair) -> VersionChange {
    let (Some(old), Some(new)) = (&pair.old, &pair.new) else { return VersionChange::Different };
    let is = |kind: ChangeKind| pair.differences.iter().any(|found| found.change == kind);
    match (answer::passes(old), answer::passes(new)) {
        (true, false) => VersionChange::Worse,
        (false, true) => VersionChange::Better,
        (true, true) | (false, false) => match (is(ChangeKind::Worse), is(ChangeKind::Better)) {
            (true, true) => VersionChange::Different,
            (true, false) => VersionChange::Worse,
            (false, true) => VersionChange::Better,
            (false, false) if has_changed(old, new) || is(ChangeKind::Different) => VersionChange::Different,
            (false, false) => VersionChange::Same,
        },
    }
}

/// Whether a variant that met what is expected no longer does.
pub fn is_broken(pair: &VersionPair) -> bool {
    matches!((&pair.old, &pair.new), (Some(old), Some(new)) if answer::passes(old) && !answer::passes(new))
}

fn has_changed(old: &ReviewedVariant, new: &ReviewedVariant) -> bool {
    (old.run.kind, old.design.kind) != (new.run.kind, new.design.kind)
        || old.findings != new.findings
        || old
            .expectations
            .iter()
            .map(|judged| (&judged.text, judged.holds))
            .ne(new.expectations.iter().map(|judged| (&judged.text, judged.holds)))
}

/// The content of a comparison of two versions, called by these names.
pub fn document(old: &str, new: &str, pairs: &[VersionPair]) -> Document {
    let count = |wanted: VersionChange| pairs.iter().filter(|pair| standing(pair) == wanted).count();
    let said: Vec<String> = [
        (count(VersionChange::Worse), "worse"),
        (count(VersionChange::Better), "better"),
        (count(VersionChange::Different), "different"),
        (count(VersionChange::Same), "unchanged"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| format!("{count} {word}"))
    .collect();
    let tone = match (count(VersionChange::Worse), count(VersionChange::Better)) {
        (0, 0) => Tone::Good,
        (0, _) => Tone::Good,
        _ => Tone::Bad,
    };
    let byline = vec![
        InlineSpan::Mark(tone, said.join(", ")),
        InlineSpan::Text(", from ".to_owned()),
        InlineSpan::Code(old.to_owned()),
        InlineSpan::Text(" to ".to_owned()),
        InlineSpan::Code(new.to_owned()),
        InlineSpan::Text(".".to_owned()),
    ];
    Document {
        title: "What changed".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        byline,
        sections: pairs.iter().filter(|pair| standing(pair) != VersionChange::Same).map(section).collect(),
        pictures: Vec::new(),
    }
}

/// The same as Markdown.
pub fn markdown_text(document: &Document) -> String {
    markdown::text(document, &|_| None)
}

fn section(pair: &VersionPair) -> Section {
    let blocks = match (&pair.old, &pair.new) {
        (Some(old), Some(new)) => both(pair, old, new),
        (None, Some(new)) => vec![one("This variant is new.", new)],
        (Some(old), None) => vec![one("This variant is gone.", old)],
        (None, None) => Vec::new(),
    };
    let word = match standing(pair) {
        VersionChange::Worse => "worse",
        VersionChange::Better => "better",
        VersionChange::Different => "different",
        VersionChange::Same => "unchanged",
    };
    Section { title: format!("{}: {word}", pair.variant), blocks }
}

fn one(what: &str, side: &ReviewedVariant) -> Block {
    let said = format!("{what} {}; {}.", side.run.headline, side.design.headline);
    paragraph(said)
}

fn both(pair: &VersionPair, old: &ReviewedVariant, new: &ReviewedVariant) -> Vec<Block> {
    let mut rows = verdict_rows(old, new);
    rows.extend(expectation_rows(old, new));
    rows.extend(figure_rows(pair, old, new));
    let mut blocks = Vec::new();
    if rows.is_empty() {
        blocks.push(paragraph("What is expected is met as before."));
    } else {
        let head = vec![
            TableColumn::words(""),
            TableColumn::words("before"),
            TableColumn::words("after"),
            TableColumn::words(""),
        ];
        blocks.push(Block::Table { head, rows });
    }
    let findings = finding_lines(old, new);
    if !findings.is_empty() {
        blocks.push(Block::List(findings));
    }
    if !pair.changes.is_empty() {
        let line =
            |change: &ChangedLine| format!("{}{}\n", if change.comes { '+' } else { '-' }, change.text);
        let diff = pair.changes.iter().take(MAX_CHANGES).map(line).collect();
        let diff = Block::Code { language: "diff", text: diff };
        blocks
            .push(Block::Details { summary: "What changed in the scenario".to_owned(), blocks: vec![diff] });
    }
    blocks
}

fn mark(tone: Tone, words: &str) -> Line {
    vec![InlineSpan::Mark(tone, words.to_owned())]
}

fn verdict_rows(old: &ReviewedVariant, new: &ReviewedVariant) -> Vec<Vec<Line>> {
    let mut rows = Vec::new();
    let (before, after) = (&old.run, &new.run);
    if before.headline != after.headline {
        let (before, after) = (mark(before.tone, &before.headline), mark(after.tone, &after.headline));
        rows.push(vec![text("this run"), before, after, Vec::new()]);
    }
    let (before, after) = (&old.design, &new.design);
    if before.kind != after.kind {
        let (before, after) = (mark(before.tone, &before.headline), mark(after.tone, &after.headline));
        rows.push(vec![text("this design"), before, after, Vec::new()]);
    }
    rows
}

fn expectation_rows(old: &ReviewedVariant, new: &ReviewedVariant) -> Vec<Vec<Line>> {
    let met = |holds: bool| if holds { mark(Tone::Good, "met") } else { mark(Tone::Bad, "not met") };
    let find = |side: &'_ ReviewedVariant, text: &str| {
        side.expectations.iter().find(|judged| judged.text == text).cloned()
    };
    let mut rows = Vec::new();
    for judged in &new.expectations {
        let before = match find(old, &judged.text) {
            Some(before) if before.holds == judged.holds => continue,
            Some(before) => met(before.holds),
            None => text("not expected"),
        };
        rows.push(vec![code(&judged.text), before, met(judged.holds), text(figures::measured(judged))]);
    }
    for gone in old.expectations.iter().filter(|gone| find(new, &gone.text).is_none()) {
        rows.push(vec![code(&gone.text), text("expected"), text("not expected"), Vec::new()]);
    }
    rows
}

fn figure_rows(pair: &VersionPair, old: &ReviewedVariant, new: &ReviewedVariant) -> Vec<Vec<Line>> {
    let of = |side: &ReviewedVariant, metric: &str| {
        let measured = side.figures.iter().find(|figure| figure.metric == metric);
        text(measured.map_or(figures::NONE.to_owned(), |found| figures::figure(found.unit, found.figure)))
    };
    let told = pair.differences.iter().filter(|found| match found.change {
        ChangeKind::Same | ChangeKind::Unknown => false,
        ChangeKind::Better | ChangeKind::Worse | ChangeKind::Different => true,
    });
    let row = |found: &PairedDifference| {
        let worth = match figures::worth(found.change) {
            (Some(tone), word) => mark(tone, word),
            (None, word) => text(word),
        };
        vec![code(&found.metric), of(old, &found.metric), of(new, &found.metric), worth]
    };
    told.map(row).collect()
}

/// The findings of `check` that are new, and those that are gone.
fn finding_lines(old: &ReviewedVariant, new: &ReviewedVariant) -> Vec<Line> {
    let line = |what: &str, found: &RuleFinding| {
        let rule = InlineSpan::Code(format!("{} {}", found.code, found.rule));
        let mut line = vec![InlineSpan::Text(format!("{what}: ")), rule, InlineSpan::Text(" ".to_owned())];
        line.extend(prose(&format!("{}. {}", found.headline, found.details.join(" "))));
        line
    };
    let added = new.findings.iter().filter(|found| !old.findings.contains(found));
    let gone = old.findings.iter().filter(|found| !new.findings.contains(found));
    added.map(|found| line("new", found)).chain(gone.map(|found| line("gone", found))).collect()
}
