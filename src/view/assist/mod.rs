//! What an editor offers at a place of a text: what can be completed there, and what the word there means.
//!
//! Invariant: it answers for any text and any place, however broken; what it offers is what the language's own tables
//! say, and the names that the document defines. JSON is left alone: its schema has editors of its own.

mod scan;
mod step;

use super::highlight::{self, SyntaxTokenKind};
use crate::language::vocabulary::{self, Values};
use scan::{CaretContext, DocumentScan, Path};
use std::ops::Range;

/// Longer texts are not read at each key press, in bytes.
const MAX_LENGTH: usize = 200_000;
/// Maximum number of candidates that are offered.
const MAX_CANDIDATES: usize = 40;

/// What is offered at a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompletionList {
    /// The word at the place, in bytes, which a candidate replaces.
    pub word: Range<usize>,
    /// What may stand there, the likeliest first.
    pub candidates: Vec<CompletionCandidate>,
    /// What the word means, or what is being given to.
    pub meaning: Option<WordMeaning>,
}

/// What may stand at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompletionCandidate {
    /// What it puts in place of the word.
    pub text: String,
    /// What it means, in one line; may be empty.
    pub about: String,
}

/// What a word means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordMeaning {
    /// The word as it stands in the text.
    pub word: String,
    /// What it means, in one line.
    pub about: String,
}

/// What is offered at this byte of a text.
pub fn assistance(source: &str, at: usize) -> CompletionList {
    if source.len() > MAX_LENGTH || source.trim_start().starts_with('{') {
        return CompletionList::default();
    }
    let at = source.floor_char_boundary(at);
    let parts = highlight::parts(source);
    let scan = scan::scan(source, &parts, at);
    let (word, offered, meaning) = match scan.place.clone() {
        CaretContext::Nowhere => return CompletionList::default(),
        CaretContext::Header => header(source, at),
        CaretContext::Key(table) => key(source, at, &table, &scan),
        CaretContext::Value(path, is_quoted)
            if vocabulary::values(&refs(&path)) == Some(Values::Steps) && is_quoted =>
        {
            in_step(source, &parts, at, &scan)
        }
        CaretContext::Value(path, is_quoted) => value(source, at, &path, is_quoted, &scan),
    };
    let typed = &source[word.start..at.max(word.start)];
    let candidates = ranked(offered, typed, &source[word.clone()]);
    CompletionList { word, candidates, meaning }
}

type Offer = (Range<usize>, Vec<CompletionCandidate>, Option<WordMeaning>);

fn refs<'a>(path: &Path<'a>) -> Vec<&'a str> {
    path.clone()
}

fn candidate(text: impl Into<String>, about: impl Into<String>) -> CompletionCandidate {
    CompletionCandidate { text: text.into(), about: about.into() }
}

/// The word of these characters around a place.
fn word_at(source: &str, at: usize, is_word: impl Fn(char) -> bool) -> Range<usize> {
    let before = source[..at].chars().rev().take_while(|ch| is_word(*ch)).map(char::len_utf8).sum::<usize>();
    let after = source[at..].chars().take_while(|ch| is_word(*ch)).map(char::len_utf8).sum::<usize>();
    at - before..at + after
}

fn is_name(ch: char) -> bool {
    ch.is_alphanumeric() || matches!(ch, '_' | '-' | '.' | '$')
}

fn header(source: &str, at: usize) -> Offer {
    let word = word_at(source, at, |ch| is_name(ch) || matches!(ch, '[' | ']'));
    let headers = vocabulary::headers();
    let name = source[word.clone()].trim_matches(['[', ']']);
    let path: Vec<&str> = name.split('.').collect();
    let meaning = path.iter().rev().find_map(|part| {
        let about = vocabulary::about(&[*part])?;
        Some(WordMeaning { word: (*part).to_owned(), about: about.to_owned() })
    });
    (word, headers.into_iter().map(|(text, about)| candidate(text, about)).collect(), meaning)
}

fn key(source: &str, at: usize, table: &Path<'_>, scan: &DocumentScan<'_>) -> Offer {
    let word = word_at(source, at, is_name);
    let typed = &source[word.clone()];
    let kind = scan.text_of(table, "kind").filter(|_| vocabulary::is_executor(table));
    let has: Vec<&str> = scan.keys_of(table).filter(|name| *name != typed).collect();
    let is_given = source[word.end..].trim_start_matches(' ').starts_with('=');
    let write = |name: &str| if is_given { name.to_owned() } else { format!("{name} = ") };
    let mut offered = Vec::new();
    for term in vocabulary::keys(table) {
        let fits = kind.is_none_or(|kind| term.kinds.is_empty() || term.kinds.contains(&kind));
        if fits && !has.contains(&term.name) {
            offered
                .extend(spelled(term.name, scan).into_iter().map(|name| candidate(write(&name), term.about)));
        }
    }
    if table.is_empty() && !is_given {
        offered.extend(vocabulary::headers().into_iter().map(|(text, about)| candidate(text, about)));
    }
    let mut path = table.clone();
    path.push(typed);
    (word, offered, meaning_of(&path))
}

/// A key as it is written: of a metric, one for each name that it may speak of, in quotes.
fn spelled(name: &str, scan: &DocumentScan<'_>) -> Vec<String> {
    let placeholder = name.split('.').find(|part| part.chars().all(|ch| ch.is_ascii_uppercase()));
    match placeholder {
        Some(placeholder) => {
            let names = scan.names(&format!("{}s", placeholder.to_ascii_lowercase()));
            names.iter().map(|one| format!("\"{}\"", name.replace(placeholder, one))).collect()
        }
        None if name.contains('.') => vec![format!("\"{name}\"")],
        None => vec![name.to_owned()],
    }
}

/// What the key at a path means, and what it can hold.
fn meaning_of(path: &Path<'_>) -> Option<WordMeaning> {
    let about = vocabulary::about(path)?;
    let holds = match vocabulary::values(path)? {
        Values::Words(words) => format!("; one of {}", words.join(", ")),
        Values::Names(section) => format!("; a name from [{section}]"),
        Values::Truth => "; true or false".to_owned(),
        Values::Other(what) if what != "text" => format!("; {what}"),
        Values::Other(_) | Values::Steps | Values::Table => String::new(),
    };
    Some(WordMeaning { word: (*path.last()?).to_owned(), about: format!("{about}{holds}") })
}

fn value(source: &str, at: usize, path: &Path<'_>, is_quoted: bool, scan: &DocumentScan<'_>) -> Offer {
    let word = word_at(source, at, is_name);
    let quoted = |text: &str| if is_quoted { text.to_owned() } else { format!("\"{text}\"") };
    let values = vocabulary::values(path);
    let mut offered: Vec<CompletionCandidate> = match &values {
        Some(Values::Words(words)) => words.iter().map(|word| candidate(quoted(word), "")).collect(),
        Some(Values::Names(section)) => scan
            .names(section)
            .into_iter()
            .map(|name| candidate(quoted(name), format!("from [{section}]")))
            .collect(),
        Some(Values::Truth) if !is_quoted => vec![candidate("true", ""), candidate("false", "")],
        Some(Values::Truth | Values::Steps | Values::Table | Values::Other(_)) | None => Vec::new(),
    };
    let is_plain = !matches!(values, Some(Values::Steps | Values::Table) | None);
    let is_prose = matches!(path.last(), Some(&("title" | "about" | "label" | "say")));
    if is_plain && !is_prose && path.first() != Some(&"params") {
        offered.extend(params(scan).into_iter().map(|(name, about)| candidate(quoted(&name), about)));
    }
    let named = params(scan).into_iter().find(|(name, _)| *name == source[word.clone()]);
    let meaning = named.map(|(word, about)| WordMeaning { word, about }).or_else(|| meaning_of(path));
    (word, offered, meaning)
}

/// The params of the document as they are named, and what they are.
fn params(scan: &DocumentScan<'_>) -> Vec<(String, String)> {
    let label = |name: &str| scan.text_of(&["params", name], "label").unwrap_or("a param").to_owned();
    scan.names("params").into_iter().map(|name| (format!("${name}"), label(name))).collect()
}

fn in_step(
    source: &str,
    parts: &[(Range<usize>, SyntaxTokenKind)],
    at: usize,
    scan: &DocumentScan<'_>,
) -> Offer {
    let part = parts.partition_point(|(range, _)| range.end < at);
    let start = parts.get(part).map_or(at, |(range, _)| range.start + 1).min(at);
    let word = word_at(source, at, |ch| !ch.is_whitespace() && !matches!(ch, '"' | '\'' | '\n'));
    let word = word.start.max(start)..word.end;
    let before: Vec<&str> = source[start..word.start].split_whitespace().collect();
    let next = step::next(&before, scan);
    let of_word = |word: &&'static str| {
        let form = if before.is_empty() { step::form(word).unwrap_or_default() } else { "" };
        candidate(*word, form)
    };
    let mut offered: Vec<CompletionCandidate> = next.names.iter().map(|name| candidate(*name, "")).collect();
    offered.extend(next.words.iter().map(of_word));
    if !before.is_empty() {
        offered.extend(params(scan).into_iter().map(|(name, about)| candidate(name, about)));
    }
    let verb = before.first().copied().unwrap_or(&source[word.clone()]);
    let meaning = step::form(verb).map(|form| WordMeaning { word: verb.to_owned(), about: form.to_owned() });
    (word, offered, meaning)
}

/// Those that begin with what is typed, then those that have it inside, then the nearest; none if nothing is missing.
fn ranked(offered: Vec<CompletionCandidate>, typed: &str, whole: &str) -> Vec<CompletionCandidate> {
    let bare = |text: &str| text.trim_matches(['"', '[', ' ', '=']).to_lowercase();
    let sought = bare(typed);
    let rank = |candidate: &CompletionCandidate| {
        let text = bare(&candidate.text);
        match () {
            () if text.starts_with(&sought) => Some(0),
            () if text.contains(&sought) => Some(1),
            () if vocabulary::nearest(&sought, [text.as_str()]).is_some() => Some(2),
            () => None,
        }
    };
    let mut ranked: Vec<(u8, CompletionCandidate)> =
        offered.into_iter().filter_map(|candidate| Some((rank(&candidate)?, candidate))).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.dedup_by(|a, b| a.1.text == b.1.text);
    if ranked.len() == 1 && ranked[0].1.text.trim_matches('"') == whole {
        return Vec::new();
    }
    ranked.into_iter().map(|(_, candidate)| candidate).take(MAX_CANDIDATES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "[params.size]\nvalue = 5\nlabel = \"workers of the pool\"\n[executors.pool]\nkind = \"threads\"\nworkers = 2\n[tasks.build]\nsteps = [\"run 1s\"]\n";

    /// What is offered at the `|` in a text behind [`HEAD`].
    fn offered(text: &str) -> Vec<String> {
        let text = format!("{HEAD}{text}");
        let at = text.find('|').expect("a place");
        let found = assistance(&text.replacen('|', "", 1), at);
        found.candidates.into_iter().map(|candidate| candidate.text).collect()
    }

    fn meaning(text: &str) -> Option<String> {
        let text = format!("{HEAD}{text}");
        let at = text.find('|').expect("a place");
        let found = assistance(&text.replacen('|', "", 1), at);
        found.meaning.map(|meaning| format!("{}: {}", meaning.word, meaning.about))
    }

    #[test]
    fn keys_are_those_of_the_table_that_are_not_there_yet() {
        assert_eq!(offered("[executors.a]\nkind = \"cap\"\ninto|"), ["into = "]);
        assert_eq!(offered("[executors.a]\nkind = \"cap\"\ncap|"), ["caps = "]);
        assert!(!offered("[executors.a]\nkind = \"cap\"\n|").contains(&"prefetch = ".to_owned()));
        assert!(!offered("[executors.a]\nkind = \"cap\"\n|").contains(&"kind = ".to_owned()));
        assert_eq!(offered("[expect]\nlatency.b|")[0], "\"latency.build.p99\" = ");
    }

    #[test]
    fn values_are_words_names_and_params() {
        assert_eq!(offered("[executors.a]\nkind = \"thr|\""), ["threads"]);
        assert_eq!(offered("[[arrivals]]\nto = \"|\""), ["pool", "$size"]);
        assert_eq!(offered("[executors.a]\nworkers = |"), ["\"$size\""]);
        assert_eq!(offered("[tasks.t]\nsteps = [\"submit b|\"]"), ["build"]);
        assert_eq!(offered("[tasks.t]\nsteps = [\"sbumit|\"]"), ["submit"], "the nearest verb");
        assert_eq!(offered("title = \"thr|\""), Vec::<String>::new(), "prose is left alone");
        assert_eq!(offered("[[arrivals]]\nto = \"pool|\""), Vec::<String>::new(), "nothing is missing");
    }

    #[test]
    fn a_word_is_explained() {
        assert_eq!(
            meaning("[executors.a]\nin|to = \"\""),
            Some("into: the executor it submits into; a name from [executors]".to_owned())
        );
        assert_eq!(
            meaning("[executors.a]\nworkers = \"$si|ze\""),
            Some("$size: workers of the pool".to_owned())
        );
        assert_eq!(
            meaning("[tasks.t]\nsteps = [\"wait a tim|eout 3s\"]"),
            Some("wait: wait NAME… [timeout DURATION], wait any NAME… or wait all".to_owned())
        );
        assert_eq!(meaning("[exec|utors.a]"), Some("executors: what runs tasks".to_owned()));
        assert_eq!(meaning("# any|thing"), None);
    }

    #[test]
    fn no_text_and_no_place_is_too_odd() {
        for text in
            ["", "[", "]]]}}", "a = [[[\"", "\"\"\"", "= = =", "ü = \"ü", "{\"executors\": {", "[a.\nb"]
        {
            for at in 0..=text.len() + 2 {
                let found = assistance(text, at);
                assert!(
                    found.word.end <= text.len() && text.get(found.word.clone()).is_some(),
                    "{text} at {at}"
                );
            }
        }
    }
}
