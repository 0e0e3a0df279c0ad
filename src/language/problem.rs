//! What is wrong with a document, and where: all of it at once.
//!
//! Invariant: a problem's place lies within the text it names, on character boundaries. Stages speak to
//! a [`Sink`], in byte ranges; line and column are counted once, when the list is closed. What to do
//! about a problem is said in its help, never done.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A range of bytes of the document. Ranges past its end stand for overrides; see [`Sink`].
pub(super) type Span = Range<usize>;

/// Problems beyond this many are counted, not listed: nobody reads more, and helping costs time.
const MAX_LISTED: usize = 100;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The scenario runs, but probably not as meant.
    Warning,
    /// The scenario cannot run.
    Error,
}

/// One thing that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub message: String,
    /// The offending text, in bytes of the document, or of the override if it lies in one.
    pub at: Range<usize>,
    /// The line where it begins, from 1; 0 if it lies in an override.
    pub line: u32,
    /// The column where it begins, in characters from 1; 0 if it lies in an override.
    pub column: u32,
    /// What would be right.
    pub help: Option<String>,
    /// The first variant that has it; `None` is the document itself.
    pub variant: Option<String>,
    /// The override that has it, as given: `default.workers=six`.
    pub overriding: Option<String>,
}

/// The problems of one document, in the order of their places. Empty if there are none.
#[derive(Clone, Debug)]
pub struct Problems {
    /// The problems; at most a hundred are listed.
    pub list: Vec<Problem>,
    /// How many more there are.
    pub unlisted: usize,
    file_name: String,
    shown: ShownSource,
}

/// The part of the source that is kept to show problems in.
#[derive(Clone, Debug)]
enum ShownSource {
    /// All of it.
    Whole(Arc<str>),
    /// For each problem the part about it.
    Excerpts(Vec<Excerpt>),
}

/// The lines about a problem, cut at both sides where they are long.
#[derive(Clone, Debug)]
struct Excerpt {
    text: String,
    at: Span,
    /// Whether the line begins before the text.
    is_cut: bool,
}

/// Something wrong with a text that is no scenario and may be very long: a recording that is imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The offending text, in bytes.
    pub at: Range<usize>,
    /// What is wrong, in one line.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
}

impl Problems {
    /// The problems of a text that is not kept, in the order of their places; `unlisted` more were counted.
    pub fn excerpted(file_name: &str, source: &str, mut found: Vec<Finding>, unlisted: usize) -> Problems {
        found.sort_by_key(|finding| (finding.at.start, finding.at.end));
        let mut counter = LineCounter::new(source);
        let (mut list, mut excerpts) = (Vec::new(), Vec::new());
        for Finding { severity, at, message, help } in found {
            let at = on_boundaries(source, at);
            let (line, column) = counter.position(at.start);
            excerpts.push(excerpt(source, &at));
            list.push(Problem { severity, message, at, line, column, help, variant: None, overriding: None });
        }
        Problems { list, unlisted, file_name: file_name.to_owned(), shown: ShownSource::Excerpts(excerpts) }
    }

    /// Whether there are none, not even warnings.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The problems of several variants of one document, the base first: each once, under the first that has it.
    pub fn of_all(lists: impl IntoIterator<Item = Problems>) -> Option<Problems> {
        let mut lists = lists.into_iter();
        let first = lists.next()?;
        Some(merge(first, lists))
    }

    /// Whether one of them keeps the scenario from running.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// Those that do not keep the scenario from running.
    pub fn warnings(mut self) -> Problems {
        let is_warning: Vec<bool> = self.list.iter().map(|p| p.severity == Severity::Warning).collect();
        let mut keep = is_warning.iter();
        self.list.retain(|_| *keep.next().expect("one for each"));
        if let ShownSource::Excerpts(excerpts) = &mut self.shown {
            let mut keep = is_warning.iter();
            excerpts.retain(|_| *keep.next().expect("one for each"));
        }
        self.unlisted = 0;
        self
    }

    /// All of them with their places marked in the text, for a terminal.
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let mut out = String::new();
        for (number, problem) in self.list.iter().enumerate() {
            out.push_str(&renderer.render(&[self.group(number, problem)]));
            out.push_str("\n\n");
        }
        if self.unlisted > 0 {
            out.push_str(&format!("and {} more\n\n", self.unlisted));
        }
        out.truncate(out.trim_end().len());
        out
    }

    fn group<'a>(&'a self, number: usize, problem: &'a Problem) -> Group<'a> {
        let level = match problem.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = match &problem.variant {
            Some(variant) => format!("{} (in variant `{variant}`)", problem.message),
            None => problem.message.clone(),
        };
        let group = level.primary_title(title);
        let line = problem.line as usize;
        let group = match (&problem.overriding, &self.shown) {
            (Some(text), _) => group.element(
                Snippet::source(text.as_str())
                    .path("--set")
                    .annotation(AnnotationKind::Primary.span(problem.at.clone())),
            ),
            (None, ShownSource::Whole(source)) => {
                let (lines, span) = lines_around(source, &problem.at);
                let snippet = Snippet::source(lines).line_start(line).path(self.file_name.as_str());
                group.element(snippet.annotation(AnnotationKind::Primary.span(span)))
            }
            (None, ShownSource::Excerpts(excerpts)) => match &excerpts[number] {
                Excerpt { text, at, is_cut: false } => {
                    let snippet =
                        Snippet::source(text.as_str()).line_start(line).path(self.file_name.as_str());
                    group.element(snippet.annotation(AnnotationKind::Primary.span(at.clone())))
                }
                // A snippet counts its columns from where it was cut: the place is said, and the text beside it.
                Excerpt { text, .. } => {
                    let origin = Origin::path(self.file_name.as_str()).line(line);
                    let group = group.element(origin.char_column(problem.column as usize));
                    group.element(Level::NOTE.message(format!("in … {text} …")))
                }
            },
        };
        match &problem.help {
            Some(help) => group.element(Level::HELP.message(help.as_str())),
            None => group,
        }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Problems {}

/// The lines that hold `at` (three at most), and `at` within them.
fn lines_around<'a>(source: &'a str, at: &Span) -> (&'a str, Span) {
    let start = source[..at.start].rfind('\n').map_or(0, |newline| newline + 1);
    let mut end = at.start;
    for _ in 0..3 {
        end = source[end..].find('\n').map_or(source.len(), |newline| end + newline);
        if end >= at.end || end == source.len() {
            break;
        }
        end += 1;
    }
    let end = end.max(at.start).min(source.len());
    (&source[start..end], at.start - start..at.end.min(end) - start)
}

/// The line about `at`, no more of it than can be shown: a recording may be one line of a hundred megabytes.
fn excerpt(source: &str, at: &Span) -> Excerpt {
    const BEFORE: usize = 60;
    const AFTER: usize = 80;
    let around = on_boundaries(source, at.start.saturating_sub(BEFORE)..at.start.saturating_add(AFTER));
    let newline = source[around.start..at.start].rfind('\n');
    let from = newline.map_or(around.start, |n| around.start + n + 1);
    let is_cut = newline.is_none() && from > 0 && !source[..from].ends_with('\n');
    let to = source[at.start..around.end].find('\n').map_or(around.end, |n| at.start + n);
    let text = source[from..to].trim_end_matches('\r').to_owned();
    let last = text.len();
    Excerpt { at: (at.start - from).min(last)..(at.end - from).min(last), text, is_cut }
}

/// Where the stages of the reader put what they find.
///
/// A place past the document's end belongs to an override: the override with number `i` has two, for its path and for its
/// value.
#[derive(Debug)]
pub(super) struct Sink {
    found: Vec<(Span, Severity, String, Option<String>)>,
    unlisted: usize,
    source_len: usize,
}

impl Sink {
    pub fn new(source: &str) -> Sink {
        Sink { found: Vec::new(), unlisted: 0, source_len: source.len() }
    }

    /// The place that stands for the value of the override with this number.
    pub fn override_span(&self, number: usize) -> Span {
        let at = self.source_len + 2 + 2 * number;
        at..at
    }

    /// The place that stands for its path.
    pub fn override_path_span(&self, number: usize) -> Span {
        let at = self.source_len + 1 + 2 * number;
        at..at
    }

    pub fn error(&mut self, at: Span, message: impl Into<String>, help: Option<String>) {
        self.push(at, Severity::Error, message.into(), help);
    }

    /// The same error at the same place is reported once.
    pub fn error_once(&mut self, at: Span, message: String) {
        if !self.found.iter().any(|(known, _, said, _)| *known == at && *said == message) {
            self.error(at, message, None);
        }
    }

    /// Whether a place is that of an override.
    pub fn is_override(&self, at: &Span) -> bool {
        at.start > self.source_len
    }

    pub fn warn(&mut self, at: Span, message: impl Into<String>, help: Option<String>) {
        self.push(at, Severity::Warning, message.into(), help);
    }

    fn push(&mut self, at: Span, severity: Severity, message: String, help: Option<String>) {
        if self.found.len() >= MAX_LISTED {
            self.unlisted += 1;
        } else {
            self.found.push((at, severity, message, help));
        }
    }

    /// Looking for near names is not worth while any more.
    pub fn is_full(&self) -> bool {
        self.found.len() >= MAX_LISTED
    }

    pub fn has_errors(&self) -> bool {
        self.unlisted > 0 || self.found.iter().any(|(_, severity, ..)| *severity == Severity::Error)
    }

    /// Counts lines and columns, and sorts by place.
    pub fn close(
        mut self,
        file_name: &str,
        source: &Arc<str>,
        variant: Option<&str>,
        overrides: &[(String, String)],
    ) -> Problems {
        self.found.sort_by_key(|(at, ..)| (at.start, at.end));
        let mut counter = LineCounter::new(source);
        let list = self
            .found
            .into_iter()
            .map(|(at, severity, message, help)| {
                let variant = variant.map(str::to_owned);
                if at.start > source.len() {
                    let number = at.start - source.len() - 1;
                    let given = overrides.get(number / 2);
                    let overriding = given.map(|(path, value)| format!("{path}={value}"));
                    let at = given.map_or(0..0, |(path, value)| match number % 2 {
                        0 => 0..path.len(),
                        _ => path.len() + 1..path.len() + 1 + value.len(),
                    });
                    return Problem { severity, message, at, line: 0, column: 0, help, variant, overriding };
                }
                let at = on_boundaries(source, at);
                let (line, column) = counter.position(at.start);
                Problem { severity, message, at, line, column, help, variant, overriding: None }
            })
            .collect();
        let shown = ShownSource::Whole(source.clone());
        Problems { list, unlisted: self.unlisted, file_name: file_name.to_owned(), shown }
    }
}

/// Cuts a range to the text, and widens it to whole characters.
fn on_boundaries(source: &str, at: Span) -> Span {
    let mut start = at.start.min(source.len());
    let mut end = at.end.clamp(start, source.len());
    while !source.is_char_boundary(start) {
        start -= 1;
    }
    while !source.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

/// The line and the column of a place, both from 1.
pub(super) fn position(source: &str, at: usize) -> (u32, u32) {
    LineCounter::new(source).position(on_boundaries(source, at..at).start)
}

/// Counts lines and columns of ascending places in one pass.
struct LineCounter<'a> {
    source: &'a str,
    at: usize,
    line: u32,
    line_start: usize,
}

impl<'a> LineCounter<'a> {
    fn new(source: &'a str) -> Self {
        LineCounter { source, at: 0, line: 1, line_start: 0 }
    }

    fn position(&mut self, at: usize) -> (u32, u32) {
        for (offset, _) in self.source[self.at..at].match_indices('\n') {
            self.line += 1;
            self.line_start = self.at + offset + 1;
        }
        self.at = at;
        (self.line, 1 + self.source[self.line_start..at].chars().count() as u32)
    }
}

/// Problems found in several variants, each kept once, under the first that has it.
fn merge(mut all: Problems, lists: impl Iterator<Item = Problems>) -> Problems {
    let mut seen: std::collections::BTreeSet<(usize, usize, String)> =
        all.list.iter().map(|p| (p.at.start, p.at.end, p.message.clone())).collect();
    for problems in lists {
        for problem in problems.list {
            if seen.insert((problem.at.start, problem.at.end, problem.message.clone())) {
                all.list.push(problem);
            }
        }
    }
    all.list.sort_by_key(|problem| (problem.at.start, problem.at.end));
    all.unlisted += all.list.len().saturating_sub(MAX_LISTED);
    all.list.truncate(MAX_LISTED);
    all
}
