//! Reads a text for its keys, however broken it is, and says where in it a place lies.
//!
//! Invariant: it forgives everything, as [`highlight`](crate::view::highlight) does, and goes through the text once.

use crate::view::highlight::SyntaxTokenKind;
use std::ops::Range;

/// Keys and names from the document down.
pub(super) type Path<'a> = Vec<&'a str>;

/// Where in a document a place lies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum CaretContext<'a> {
    /// In a comment, or nowhere that anything is known of.
    #[default]
    Nowhere,
    /// In the header of a table.
    Header,
    /// Where a key of the table at this path may stand.
    Key(Path<'a>),
    /// In the value of the key at this path, in quotes or not.
    Value(Path<'a>, bool),
}

/// What a text says, as far as an editor needs it.
#[derive(Debug, Default)]
pub(super) struct DocumentScan<'a> {
    /// Where the place lies that was asked for.
    pub place: CaretContext<'a>,
    /// Every key and header.
    pub paths: Vec<Path<'a>>,
    /// The texts that are given to keys, with the paths of those.
    pub given: Vec<(Path<'a>, &'a str)>,
    /// The texts of the list that the place is in, up to the place.
    pub before: Vec<&'a str>,
}

/// A bracket that is open.
struct OpenBracket<'a> {
    path: Path<'a>,
    is_list: bool,
}

struct DocumentScanner<'a> {
    source: &'a str,
    at: usize,
    table: Path<'a>,
    opened: Vec<OpenBracket<'a>>,
    /// The key that is being given something.
    pending: Option<Path<'a>>,
    is_given: bool,
    in_header: bool,
    found: DocumentScan<'a>,
}

/// Reads a text in its parts, asked for the place at this byte.
pub(super) fn scan<'a>(
    source: &'a str,
    parts: &[(Range<usize>, SyntaxTokenKind)],
    at: usize,
) -> DocumentScan<'a> {
    let mut scanner = DocumentScanner {
        source,
        at,
        table: Path::new(),
        opened: Vec::new(),
        pending: None,
        is_given: false,
        in_header: false,
        found: DocumentScan::default(),
    };
    if at == 0 {
        scanner.found.place = CaretContext::Key(Path::new());
    }
    for (range, part) in parts {
        scanner.part(range.clone(), *part);
    }
    scanner.found
}

impl<'a> DocumentScanner<'a> {
    fn part(&mut self, range: Range<usize>, part: SyntaxTokenKind) {
        let text = &self.source[range.clone()];
        let is_here = range.start < self.at && self.at <= range.end;
        match part {
            SyntaxTokenKind::Comment => {
                if is_here {
                    self.found.place = CaretContext::Nowhere;
                }
            }
            SyntaxTokenKind::Table => {
                if is_here {
                    self.found.place = CaretContext::Header;
                }
                self.table = segments(text.trim_matches(['[', ']', ' ']));
                self.found.paths.push(self.table.clone());
                (self.opened, self.pending, self.is_given) = (Vec::new(), None, false);
            }
            SyntaxTokenKind::Key => {
                let mut path = self.base();
                if is_here {
                    self.found.place = CaretContext::Key(path.clone());
                }
                path.extend(segments(text));
                self.found.paths.push(path.clone());
                (self.pending, self.is_given) = (Some(path), false);
            }
            SyntaxTokenKind::Text => self.text(range, text),
            SyntaxTokenKind::Value => {
                if is_here {
                    self.found.place = self.value(false);
                }
            }
            SyntaxTokenKind::Plain => self.plain(range.start, text),
        }
    }

    /// A text in quotes: what a key is given, or one of a list.
    fn text(&mut self, range: Range<usize>, text: &'a str) {
        let is_closed = text.len() > 1 && text.ends_with(['"', '\'']);
        let is_inside =
            range.start < self.at && (self.at < range.end || (self.at == range.end && !is_closed));
        let inside = text.trim_matches(['"', '\'']);
        if is_inside {
            self.found.place = self.value(true);
        } else if range.end <= self.at && self.opened.last().is_some_and(|open| open.is_list) {
            self.found.before.push(inside);
        }
        if let Some(path) = self.pending.clone().filter(|_| self.is_given) {
            self.found.given.push((path, inside));
        }
    }

    /// Brackets, commas, ends of lines, and words that are no keys yet.
    fn plain(&mut self, start: usize, text: &'a str) {
        for (offset, ch) in text.char_indices() {
            let here = start + offset;
            self.ch(ch);
            let end = here + ch.len_utf8();
            if here < self.at && self.at <= end {
                self.found.place = match (self.in_header, self.is_given, self.opened.last()) {
                    (true, ..) => CaretContext::Header,
                    (false, false, None | Some(OpenBracket { is_list: false, .. })) => {
                        CaretContext::Key(self.base())
                    }
                    (false, ..) => self.value(false),
                };
            }
        }
    }

    fn ch(&mut self, ch: char) {
        match ch {
            '=' | ':' => self.is_given = self.pending.is_some(),
            '{' | '[' => {
                if self.opened.is_empty() && !self.is_given && ch == '[' {
                    self.in_header = true;
                    return;
                }
                let path = self.pending.take().unwrap_or_else(|| self.base());
                self.opened.push(OpenBracket { path, is_list: ch == '[' });
                self.is_given = false;
                if self.found.place == CaretContext::Nowhere {
                    self.found.before.clear();
                }
            }
            '}' | ']' => {
                self.opened.pop();
                (self.pending, self.is_given) = (None, false);
            }
            ',' => (self.pending, self.is_given) = (None, false),
            '\n' => {
                self.in_header = false;
                if self.opened.is_empty() {
                    (self.pending, self.is_given) = (None, false);
                }
            }
            _ => {}
        }
    }

    /// The path of the table that a key would be in.
    fn base(&self) -> Path<'a> {
        self.opened.last().map_or_else(|| self.table.clone(), |open| open.path.clone())
    }

    fn value(&self, is_quoted: bool) -> CaretContext<'a> {
        match (&self.pending, self.opened.last()) {
            (Some(path), _) => CaretContext::Value(path.clone(), is_quoted),
            (None, Some(open)) if open.is_list => CaretContext::Value(open.path.clone(), is_quoted),
            (None, _) => CaretContext::Nowhere,
        }
    }
}

/// The parts of a dotted name, without their quotes.
fn segments(text: &str) -> Path<'_> {
    text.split('.')
        .map(|part| part.trim().trim_matches(['"', '\'']))
        .filter(|part| !part.is_empty())
        .collect()
}

impl<'a> DocumentScan<'a> {
    /// The names that a section of the document defines, or any of its variants, in order of first mention.
    pub fn names(&self, section: &str) -> Vec<&'a str> {
        let mut names: Vec<&str> = Vec::new();
        for path in &self.paths {
            let path = match path.as_slice() {
                ["variants", _, rest @ ..] => rest,
                whole => whole,
            };
            if let [first, name, ..] = path
                && *first == section
                && !names.contains(name)
            {
                names.push(name);
            }
        }
        names
    }

    /// The text that the key of a table is given.
    pub fn text_of(&self, table: &[&str], key: &str) -> Option<&'a str> {
        let is_it =
            |path: &Path<'_>| path.split_last().is_some_and(|(last, rest)| *last == key && rest == table);
        self.given.iter().find(|(path, _)| is_it(path)).map(|(_, text)| *text)
    }

    /// The keys that a table has.
    pub fn keys_of(&self, table: &[&str]) -> impl Iterator<Item = &'a str> {
        let depth = table.len();
        self.paths
            .iter()
            .filter(move |path| path.len() > depth && path[..depth] == *table)
            .map(move |path| path[depth])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::highlight;

    const TEXT: &str = "title = \"a\"\n[executors.pool]\nkind = \"threads\"\nworkers = 5\n[executors]\nlate = { kind = \"delay\", into = \"pool\" }\n\
        [tasks.build]\nsteps = [\"run 1s\", \"submit x as y\", \"wait y\"]\n[variants.more.tasks.extra]\n# kind\n";

    fn place(mark: &str, offset: usize) -> CaretContext<'static> {
        let at = TEXT.find(mark).expect("it is there") + offset;
        scan(TEXT, &highlight::parts(TEXT), at).place
    }

    #[test]
    fn a_place_is_known_by_the_keys_around_it() {
        assert_eq!(place("workers", 3), CaretContext::Key(vec!["executors", "pool"]));
        assert_eq!(place("threads", 2), CaretContext::Value(vec!["executors", "pool", "kind"], true));
        assert_eq!(place("5\n", 1), CaretContext::Value(vec!["executors", "pool", "workers"], false));
        assert_eq!(place("into", 2), CaretContext::Key(vec!["executors", "late"]));
        assert_eq!(place("\"pool\"", 2), CaretContext::Value(vec!["executors", "late", "into"], true));
        assert_eq!(place("wait y", 5), CaretContext::Value(vec!["tasks", "build", "steps"], true));
        assert_eq!(place("[tasks.build]", 4), CaretContext::Header);
        assert_eq!(place("# kind", 4), CaretContext::Nowhere);
        assert_eq!(place("title", 0), CaretContext::Key(vec![]));
    }

    #[test]
    fn names_are_found_wherever_they_are_defined() {
        let at = TEXT.find("wait y").expect("it is there");
        let scan = scan(TEXT, &highlight::parts(TEXT), at);
        assert_eq!(scan.names("executors"), ["pool", "late"]);
        assert_eq!(scan.names("tasks"), ["build", "extra"]);
        assert_eq!(scan.before, ["run 1s", "submit x as y"]);
        assert_eq!(scan.text_of(&["executors", "late"], "kind"), Some("delay"));
        assert_eq!(scan.keys_of(&["executors", "pool"]).collect::<Vec<_>>(), ["kind", "workers"]);
    }

    #[test]
    fn a_text_that_is_being_typed_has_its_places_too() {
        for (text, expected) in [
            ("[executors.a]\nkin", CaretContext::Key(vec!["executors", "a"])),
            ("[exec", CaretContext::Header),
            ("[executors.a]\nkind = ", CaretContext::Value(vec!["executors", "a", "kind"], false)),
            ("[executors.a]\nkind = \"thr", CaretContext::Value(vec!["executors", "a", "kind"], true)),
            ("[tasks.t]\nsteps = [\n  \"su", CaretContext::Value(vec!["tasks", "t", "steps"], true)),
            ("executors.a = { ki", CaretContext::Key(vec!["executors", "a"])),
        ] {
            assert_eq!(scan(text, &highlight::parts(text), text.len()).place, expected, "{text}");
        }
    }
}
