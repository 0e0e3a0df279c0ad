//! Checks a merged document against the tables of keys: unknown keys, missing keys, values of the wrong
//! kind or out of range. What names refer to is checked by whoever resolves them.

use super::keys::{DOCUMENT, EXECUTOR, KINDS, Key, MAX_PER_KIND, Shape};
use super::names::{nearest, suggest, wrong_name};
use super::params::UNKNOWN_PARAM;
use super::problem::Span;
use super::reader::Reader;
use super::text::TextError;
use super::tree::{Entry, Node, Table, Value};
use super::{costs, distribution, quantity};

/// Checks the whole document. Sections with meaning of their own (steps, expectations) only for kind.
pub(super) fn check_document(reader: &mut Reader<'_>, document: &Node) {
    if let Some(table) = document.table() {
        check_record(reader, table, DOCUMENT, "the document", &document.span);
    }
}

/// Makes whole numbers of the texts that look like one, where one may stand.
pub(super) fn read_whole_numbers(document: &mut Node) {
    whole_numbers(document, Shape::Record(DOCUMENT));
}

/// Goes no deeper than the shapes do.
fn whole_numbers(node: &mut Node, shape: Shape) {
    let number = node.text().and_then(|text| text.parse::<i64>().ok());
    match (&mut node.value, shape) {
        (Value::Table(table), Shape::Record(keys)) => {
            for (name, entry) in table {
                if let Some(key) = keys.iter().find(|key| key.name == name) {
                    whole_numbers(&mut entry.node, key.shape);
                }
            }
        }
        (Value::Table(table), Shape::Map(of, ..)) => {
            table.values_mut().for_each(|entry| whole_numbers(&mut entry.node, *of));
        }
        (Value::List(list), Shape::List(of)) => list.iter_mut().for_each(|item| whole_numbers(item, *of)),
        (value, Shape::Count(..) | Shape::Signed) => {
            if let Some(number) = number {
                *value = Value::Integer(number);
            }
        }
        _ => {}
    }
}

/// A document without any executor, task and arrivals is an empty file or not a scenario: it would be safe and as
/// expected, whatever was meant. Of a document with other errors they are more to the point.
pub(super) fn check_not_empty(reader: &mut Reader<'_>, document: &Node) {
    let is_empty = |section: &&str| {
        document.get(section).is_none_or(|node| match &node.value {
            Value::Table(table) => table.is_empty(),
            Value::List(list) => list.is_empty(),
            _ => false,
        })
    };
    if ["executors", "tasks", "arrivals"].iter().all(is_empty) && !reader.sink.has_errors() {
        let help = "`threadbare gallery` has examples".to_owned();
        let message = "the scenario is empty: it needs executors, tasks and arrivals";
        reader.sink.error(0..0, message, Some(help));
    }
}

fn check_record(reader: &mut Reader<'_>, table: &Table, keys: &'static [Key], owner: &str, at: &Span) {
    let is_executor = std::ptr::eq(keys, EXECUTOR);
    // What a mistyped key was meant to be is not missed a second time.
    let mut meant = Vec::new();
    let kind = if is_executor { table.get("kind").and_then(|entry| entry.node.text()) } else { None };
    for (name, entry) in table {
        let Some(key) = keys.iter().find(|key| key.name == name) else {
            meant.extend(unknown_key(reader, name, entry, keys, kind, owner));
            continue;
        };
        let known_kind = kind.is_some_and(|kind| KINDS.contains(&kind));
        if known_kind && !has_kind(key, kind) {
            foreign_key(reader, key, entry, kind.unwrap_or_default());
            continue;
        }
        check_value(reader, &entry.node, &format!("`{name}`"), key.shape, &entry.key_span);
    }
    for key in keys.iter().filter(|key| key.required && !table.contains_key(key.name)) {
        let needed = key.kinds.is_empty() || kind.is_some_and(|kind| key.is_required_of(kind));
        // An unknown preset is all there is to say.
        let is_preset = is_executor && key.name == "kind" && table.contains_key("preset");
        if needed && !is_preset && !meant.contains(&key.name) {
            let message = format!("{owner} needs `{}`", key.name);
            reader.sink.error(at.clone(), message, Some(format!("`{}` is {}", key.name, meaning(key))));
        }
    }
}

fn meaning(key: &Key) -> String {
    match key.shape {
        Shape::Word(words) => format!("one of {}", words.join(", ")),
        _ => key.about.to_owned(),
    }
}

/// Whether a key belongs to an executor of this kind (keys of other tables belong to every kind).
fn has_kind(key: &Key, kind: Option<&str>) -> bool {
    key.kinds.is_empty() || kind.is_some_and(|kind| key.kinds.contains(&kind))
}

fn unknown_key(
    reader: &mut Reader<'_>,
    name: &str,
    entry: &Entry,
    keys: &'static [Key],
    kind: Option<&str>,
    owner: &str,
) -> Option<&'static str> {
    let known_kind = kind.is_some_and(|kind| KINDS.contains(&kind));
    let known = keys
        .iter()
        .filter(move |key| {
            !known_kind || key.kinds.is_empty() || kind.is_some_and(|k| key.kinds.contains(&k))
        })
        .map(|key| key.name)
        .filter(|name| *name != "$schema");
    let (near, help) = if reader.sink.is_full() {
        (None, None)
    } else {
        (nearest(name, known.clone()), suggest(name, known))
    };
    let message = format!("{owner} has no key `{}`", name.escape_debug());
    reader.sink.error(entry.key_span.clone(), message, help);
    near
}

fn foreign_key(reader: &mut Reader<'_>, key: &Key, entry: &Entry, kind: &str) {
    let kinds: Vec<String> = key.kinds.iter().map(|kind| format!("`{kind}`")).collect();
    let kinds = match kinds.as_slice() {
        [only] => format!("kind {only}"),
        [first @ .., last] => format!("the kinds {} and {last}", first.join(", ")),
        [] => String::new(),
    };
    let message = format!("`{}` belongs to {kinds}; this executor is of kind `{kind}`", key.name);
    reader.sink.error(entry.key_span.clone(), message, Some("remove the key, or change the kind".to_owned()));
}

/// Checks one value; `name` is what messages call it (`` `until` ``), its key stands at `key_span`.
fn check_value(reader: &mut Reader<'_>, node: &Node, name: &str, shape: Shape, key_span: &Span) {
    match shape {
        Shape::Record(keys) => match node.table() {
            Some(table) => check_record(reader, table, keys, name, key_span),
            None => wrong_type(reader, node, name, "a table"),
        },
        Shape::Map(of, most, what) => match node.table() {
            Some(table) => check_map(reader, table, *of, most, what, key_span),
            None => wrong_type(reader, node, name, "a table"),
        },
        Shape::List(of) => match node.list() {
            Some(list) => {
                if list.len() > MAX_PER_KIND {
                    too_many(reader, list[MAX_PER_KIND].span.clone(), MAX_PER_KIND, name);
                }
                for (n, item) in list.iter().enumerate().take(MAX_PER_KIND) {
                    let at = first_line(reader.source, &item.span);
                    check_value(reader, item, &format!("entry {} of {name}", n + 1), *of, &at);
                }
            }
            None => {
                let example = format!("a list of tables, each under [[{}]]", name.trim_matches('`'));
                wrong_type(reader, node, name, &example);
            }
        },
        Shape::Steps => match node.list() {
            Some(list) => {
                for item in list.iter().filter(|item| item.text().is_none()) {
                    wrong_type(reader, item, "a step", "text");
                }
            }
            None => wrong_type(reader, node, name, "a list of steps, such as [\"run 1s\"]"),
        },
        Shape::Instants => match node.list() {
            Some(list) => {
                for item in list {
                    check_value(reader, item, name, Shape::Duration, key_span);
                }
            }
            None => wrong_type(reader, node, name, "a list of instants, such as [\"0s\", \"0.4s\"]"),
        },
        Shape::Anything | Shape::Expectations | Shape::Patch => {
            if node.table().is_none() {
                wrong_type(reader, node, name, "a table");
            }
        }
        Shape::Word(_)
        | Shape::Text
        | Shape::Name(_)
        | Shape::Count(..)
        | Shape::Signed
        | Shape::Number(..)
        | Shape::Truth
        | Shape::Seed
        | Shape::Duration
        | Shape::Patience
        | Shape::Distribution
        | Shape::Memory
        | Shape::Rate
        | Shape::Literal
        | Shape::Plain => check_plain(reader, node, name, shape),
    }
}

fn check_map(reader: &mut Reader<'_>, table: &Table, of: Shape, most: usize, what: &str, _at: &Span) {
    if let Some((_, entry)) = table.get_index(most) {
        too_many(reader, entry.key_span.clone(), most, &format!("{what}s"));
    }
    for (name, entry) in table.iter().take(most) {
        // The key of a cap is a task type or several; params and variants share no names with steps.
        let wrong = match what {
            "cap" => None,
            "param" | "variant" => wrong_name(name).filter(|why| !why.contains("step language")),
            _ => wrong_name(name),
        };
        if let Some(why) = wrong {
            reader.sink.error(entry.key_span.clone(), why, None);
        }
        let owner = format!("{what} `{name}`");
        check_value(reader, &entry.node, &owner, of, &entry.key_span);
    }
}

fn too_many(reader: &mut Reader<'_>, at: Span, most: usize, what: &str) {
    let message = format!("more than {most} {what}");
    reader.sink.error(at, message, Some("the simulator does not support more".to_owned()));
}

fn check_plain(reader: &mut Reader<'_>, node: &Node, name: &str, shape: Shape) {
    let integer = node.integer();
    match shape {
        Shape::Text | Shape::Name(_) if node.text().is_none() => wrong_type(reader, node, name, "text"),
        Shape::Word(words) => check_word(reader, node, name, words),
        Shape::Count(low, high) if !is_in(integer, low, high) => {
            wrong_type(reader, node, name, &format!("a whole number {}", from_to(low, high)));
        }
        Shape::Signed if integer.is_none_or(|n| i32::try_from(n).is_err()) => {
            wrong_type(reader, node, name, "a whole number of at most nine digits");
        }
        Shape::Number(low, high) if !node.number().is_some_and(|n| (low..=high).contains(&n)) => {
            wrong_type(reader, node, name, &format!("a number from {low} to {high}"));
        }
        Shape::Truth if node.truth().is_none() => wrong_type(reader, node, name, "true or false"),
        Shape::Seed if Reader::seed(node).is_none() => {
            wrong_type(reader, node, name, "a whole number of 0 or more");
        }
        Shape::Duration => check_text(reader, node, name, "a duration, such as \"1.5s\"", |text| {
            match quantity::finite(text) {
                Err(mistake) if text.contains('(') => Err(TextError { help: None, ..mistake }
                    .help("a distribution is not allowed here, only a fixed duration")),
                other => other.map(drop),
            }
        }),
        Shape::Patience => {
            check_text(reader, node, name, "a duration or `forever`", |text| {
                quantity::duration(text).map(drop)
            });
        }
        Shape::Distribution => {
            let what = "a duration or a distribution, such as \"1.5s\" or \"exp(2s)\"";
            check_text(reader, node, name, what, |text| distribution::parse(text).map(drop));
        }
        Shape::Rate => {
            check_text(reader, node, name, "a rate, such as \"5/s\"", |text| quantity::rate(text).map(drop));
        }
        Shape::Memory if integer.is_none_or(|n| n < 0) => {
            let wanted = "bytes, text with a unit such as \"8MiB\", or a runtime such as \"cpython-thread\"";
            check_text(reader, node, name, wanted, |text| costs::memory(text).map(drop));
        }
        Shape::Literal if integer.is_none() && node.text().is_none() => {
            wrong_type(reader, node, name, "a whole number or a word");
        }
        Shape::Plain if node.plain().is_none() => {
            wrong_type(reader, node, name, "a number, a duration, a distribution, or a word");
        }
        _ => {}
    }
}

fn check_word(reader: &mut Reader<'_>, node: &Node, name: &str, words: &[&str]) {
    let Some(word) = node.text() else {
        return wrong_type(reader, node, name, &format!("one of {}", words.join(", ")));
    };
    if words.contains(&word) {
        return;
    }
    let (message, help) = if words.len() == 1 {
        (
            format!("{name} cannot be `{}`", word.escape_debug()),
            Some(format!("it can only be \"{}\"", words[0])),
        )
    } else {
        (format!("{name} cannot be `{}`", word.escape_debug()), suggest(word, words.iter().copied()))
    };
    reader.sink.error(node.span.clone(), message, help);
}

fn check_text(
    reader: &mut Reader<'_>,
    node: &Node,
    name: &str,
    what: &str,
    parse: impl FnOnce(&str) -> Result<(), TextError>,
) {
    if node.text().is_none() {
        return wrong_type(reader, node, name, what);
    }
    if let Some(text) = reader.text_of(node)
        && let Err(mistake) = parse(&text.text)
    {
        reader.mistake(&text, mistake);
    }
}

fn is_in(integer: Option<i64>, low: u64, high: u64) -> bool {
    integer.is_some_and(|n| u64::try_from(n).is_ok_and(|n| (low..=high).contains(&n)))
}

fn from_to(low: u64, high: u64) -> String {
    if high >= u64::from(u32::MAX) - 1 {
        format!("of {low} or more")
    } else {
        format!("from {low} to {high}")
    }
}

fn wrong_type(reader: &mut Reader<'_>, node: &Node, name: &str, wanted: &str) {
    if matches!(node.value, Value::Other(UNKNOWN_PARAM)) {
        return;
    }
    let found = match &node.value {
        Value::Integer(_) | Value::Float(_) => node.plain().unwrap_or_default(),
        Value::Text(text) if text.len() <= 20 => format!("the text `{}`", text.escape_debug()),
        Value::Text(_) | Value::Truth(_) | Value::List(_) | Value::Table(_) | Value::Other(_) => {
            node.what().to_owned()
        }
    };
    reader.sink.error(node.span.clone(), format!("{name} must be {wanted}, not {found}"), None);
}

/// A table's place for a message about the table as a whole: its first line.
fn first_line(source: &str, span: &Span) -> Span {
    let text = source.get(span.clone()).unwrap_or("");
    let end = text.find('\n').map_or(text.len(), |newline| text[..newline].trim_end().len());
    span.start..span.start + end
}
