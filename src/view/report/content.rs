//! The order of a report: the answer first, then why, then how far it can be trusted, and how to make it again.

use super::block::{Block, InlineSpan, Line, TableColumn, code, paragraph, prose, text};
use super::document::{Document, Picture, Section};
use super::{answer, evidence};
use crate::analysis::review::{Review, ReviewedVariant};
use crate::language::BASE;
use crate::view::shell::quoted;
use crate::view::words::list;

/// Longest document that is printed in full, in bytes.
const MAX_DOCUMENT: usize = 40_000;
/// Longest description that is told, in bytes.
const MAX_ABOUT: usize = 4_000;

/// The content of the report of a review, with its pictures.
pub(super) fn document(review: &Review, pictures: Vec<Picture>) -> Document {
    let sections = [
        Some(answer::answer(review)),
        question(review),
        answer::expectations(review),
        answer::changes(review),
        seen(review, &pictures),
        evidence::counterexamples(review),
        evidence::beats(review),
        evidence::slowest(review),
        evidence::rules_of_thumb(review),
        evidence::sensitivity(review),
        evidence::recording(review),
        Some(evidence::validity(review)),
        Some(reproduction(review)),
    ];
    Document {
        title: title(review),
        version: review.threadbare.clone(),
        byline: byline(review),
        sections: sections.into_iter().flatten().collect(),
        pictures,
    }
}

fn title(review: &Review) -> String {
    let named = [&review.title, &review.file].into_iter().find(|name| !name.trim().is_empty());
    named.map_or_else(|| "Untitled".to_owned(), Clone::clone)
}

fn byline(review: &Review) -> Line {
    let names: Vec<&str> = review.sides.iter().map(|side| side.variant.as_str()).collect();
    let others: Vec<String> = review.unreviewed.iter().map(|name| format!("`{name}`")).collect();
    let others = if others.is_empty() { String::new() } else { format!(" Not reviewed: {}.", list(&others)) };
    let mut line = vec![
        InlineSpan::Text("A design review of ".to_owned()),
        InlineSpan::Code(review.file.clone()),
        InlineSpan::Text(format!(
            ", {} by Threadbare {}.",
            list(&names.iter().map(ToString::to_string).collect::<Vec<_>>()),
            review.threadbare
        )),
    ];
    line.extend(prose(&others));
    line
}

/// What the document says about itself: the question, and what the variants are.
fn question(review: &Review) -> Option<Section> {
    let about = cut_at(&review.about, MAX_ABOUT);
    let mut blocks = Vec::new();
    for part in about.split("\n\n").map(str::trim).filter(|part| !part.is_empty()) {
        let is_list = part.lines().next().is_some_and(|line| line.starts_with("- "));
        if is_list {
            // A line that does not begin an item goes on with the one before it.
            let items = part.split("\n- ").map(|item| item.trim_start_matches("- "));
            let items = items.map(|item| prose(&plain(item)));
            blocks.push(Block::List(items.collect()));
        } else {
            blocks.push(Block::Paragraph(prose(&plain(part))));
        }
    }
    (!blocks.is_empty()).then(|| Section { title: "What the document says about itself".to_owned(), blocks })
}

/// Words without Markdown's emphasis, on one line: an asterisk that begins or ends a word, outside of code.
fn plain(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ").replace("**", "");
    let emphasis = |part: &str| {
        let mut out = String::with_capacity(part.len());
        let (mut before, mut chars) = (' ', part.chars().peekable());
        while let Some(ch) = chars.next() {
            let after = chars.peek().copied().unwrap_or(' ');
            let is_edge = before.is_alphanumeric() != after.is_alphanumeric();
            if ch != '*' || !is_edge {
                out.push(ch);
            }
            before = ch;
        }
        out
    };
    let parts = line.split('`').enumerate();
    parts
        .map(|(number, part)| if number % 2 == 0 { emphasis(part) } else { part.to_owned() })
        .collect::<Vec<_>>()
        .join("`")
}

/// The pictures, variant by variant.
fn seen(review: &Review, pictures: &[Picture]) -> Option<Section> {
    let mut blocks = Vec::new();
    for side in &review.sides {
        let shown = ["stage", "timeline", "sweep"].into_iter().filter_map(|what| {
            let name = format!("{}-{what}", side.variant);
            pictures.iter().position(|picture| picture.name == name).map(Block::Picture)
        });
        let before = blocks.len();
        blocks.extend(shown);
        if blocks.len() > before {
            blocks.insert(before, Block::Heading(3, side.variant.clone()));
        }
    }
    (!blocks.is_empty()).then(|| Section { title: "What happens".to_owned(), blocks })
}

/// The commands that make the report and its runs again.
fn commands(review: &Review) -> String {
    let file = quoted(&review.file);
    let set: String = review
        .set
        .iter()
        .map(|(name, value)| format!(" --set {}", quoted(&format!("{name}={value}"))))
        .collect();
    let quick = if review.is_quick { " --quick" } else { "" };
    let recording = review.recording.as_ref();
    let recording =
        recording.map_or(String::new(), |held| format!(" --recording {}", quoted(&held.recording)));
    let names: Vec<&str> = review.sides.iter().map(|side| side.variant.as_str()).collect();
    // Where nothing is random one run is all there is, however many were asked for.
    let runs = match review.sides.iter().all(|side| side.is_exact) {
        true => String::new(),
        false => format!(" --runs {}", review.runs),
    };
    let mut commands = format!(
        "threadbare report {file} --variants {}{runs}{quick}{recording}{set} -o report.html\n",
        quoted(&names.join(","))
    );
    for side in &review.sides {
        let variant = if side.variant == BASE {
            String::new()
        } else {
            format!(" --variant {}", quoted(&side.variant))
        };
        commands += &format!("threadbare run {file}{variant}{set} --timeline\n");
        if let Some(found) = side.counterexample.as_ref().filter(|found| found.schedule != "timed/") {
            commands += &format!(
                "threadbare run {file}{variant}{set} --schedule {} --timeline\n",
                quoted(&found.schedule)
            );
        }
        commands += &format!("threadbare explore {file}{variant}{set}\n");
        if let Some((sweep, axis)) =
            side.sweep.as_ref().and_then(|sweep| Some((sweep, sweep.swept.axes.first()?)))
        {
            let values = quoted(&format!("{}={}", axis.name, range(&axis.values)));
            commands +=
                &format!("threadbare sweep {file}{variant}{set} --param {values} --runs {}\n", sweep.runs);
        }
    }
    commands
}

/// Values as `--param` takes them: whole numbers that are equally far apart as a range, `4..20..4`.
fn range(values: &[String]) -> String {
    let numbers: Option<Vec<u64>> = values.iter().map(|value| value.parse().ok()).collect();
    let numbers = numbers.unwrap_or_default();
    let steps: Vec<u64> = numbers.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
    match (numbers.as_slice(), steps.as_slice()) {
        ([first, .., last], [1, rest @ ..]) if rest.iter().all(|step| *step == 1) => {
            format!("{first}..{last}")
        }
        ([first, .., last], [step, rest @ ..]) if *step > 1 && rest.iter().all(|other| other == step) => {
            format!("{first}..{last}..{step}")
        }
        _ => values.join(","),
    }
}

/// What makes the same again.
fn reproduction(review: &Review) -> Section {
    let head = vec![
        TableColumn::words("variant"),
        TableColumn::number("seed"),
        TableColumn::words("fingerprint"),
        TableColumn::number("events"),
    ];
    let row = |side: &ReviewedVariant| {
        vec![
            code(&side.variant),
            text(side.seed.to_string()),
            code(&side.fingerprint),
            text(crate::analysis::prose::grouped(side.events as u64)),
        ]
    };
    let mut blocks = vec![
        paragraph(format!(
            "With Threadbare {} and the document below, these commands give the same runs, event for event. The same \
             fingerprint means the same run.",
            review.threadbare
        )),
        Block::Code { language: "sh", text: commands(review) },
        Block::Table { head, rows: review.sides.iter().map(row).collect() },
    ];
    if let Some(link) = &review.link {
        let words =
            "This, behind the address of the page, opens the document there. Nothing of it goes to a server.";
        let link = Block::Code { language: "text", text: format!("#{link}") };
        blocks.push(Block::Details { summary: "The link".to_owned(), blocks: vec![paragraph(words), link] });
    }
    let cut = cut_at(&review.document, MAX_DOCUMENT);
    let summary =
        if cut.len() < review.document.len() { "The document, its beginning" } else { "The document" };
    let language = if review.document.trim_start().starts_with('{') { "json" } else { "toml" };
    let text = Block::Code { language, text: cut.to_owned() };
    blocks.push(Block::Details { summary: summary.to_owned(), blocks: vec![text] });
    Section { title: "How to reproduce it".to_owned(), blocks }
}

/// The beginning of a text that is longer than this many bytes, at the end of a line.
fn cut_at(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let mut end = most;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let line = text[..end].rfind('\n').unwrap_or(end);
    &text[..line]
}
