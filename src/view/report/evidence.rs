//! The evidence of a report: how it goes wrong, what is slow, what flips, and what it all rests on.

use super::block::{Block, InlineSpan, Line, TableColumn, code, paragraph, prose, text};
use super::document::Section;
use crate::analysis::prose::grouped;
use crate::analysis::review::{
    Counterexample, RecordedFigure, Review, ReviewedVariant, RuleOfThumb, Sensitivity, SlowTask,
};
use crate::analysis::verdict::Tone;
use crate::analysis::written;
use crate::view::mermaid;
use crate::view::words::list;

/// Most numbers of a variant that are shown without asking.
const MAX_SHOWN_NUMBERS: usize = 20;
/// Most numbers that are named in one sentence.
const MAX_NAMED: usize = 6;

/// What `check` finds, and a way in which it goes wrong.
pub(super) fn counterexamples(review: &Review) -> Option<Section> {
    let mut blocks = Vec::new();
    for side in &review.sides {
        if side.findings.is_empty() && side.counterexample.is_none() {
            continue;
        }
        blocks.push(Block::Heading(3, side.variant.clone()));
        for finding in &side.findings {
            let mut line = vec![
                InlineSpan::Code(format!("{} {}", finding.code, finding.rule)),
                InlineSpan::Text(" ".to_owned()),
            ];
            line.extend(prose(&format!("{}.", finding.headline)));
            blocks.push(Block::Paragraph(line));
            blocks.push(Block::List(finding.details.iter().map(|detail| prose(detail)).collect()));
        }
        if let Some(found) = &side.counterexample {
            counterexample(&mut blocks, side, found);
        }
    }
    (!blocks.is_empty()).then(|| Section { title: "How it goes wrong".to_owned(), blocks })
}

fn counterexample(blocks: &mut Vec<Block>, side: &ReviewedVariant, found: &Counterexample) {
    let when = if found.with_these_timings { "with these timings" } else { "with other timings" };
    let mut line = vec![InlineSpan::Strong(format!("A {}, {when}. ", found.what))];
    line.extend(prose(&found.text));
    blocks.push(Block::Paragraph(line));
    let mut head = vec![TableColumn::words("when")];
    head.extend(found.tasks.iter().map(TableColumn::words));
    let half = found.moments.len().div_ceil(2);
    let mut rows: Vec<Vec<Line>> = Vec::new();
    for (number, moment) in found.moments.iter().enumerate() {
        if found.left_out > 0 && number == half {
            let mut row = vec![text("…"); found.tasks.len() + 1];
            if let Some(cell) = row.get_mut(1) {
                *cell = text(format!("{} more", grouped(found.left_out as u64)));
            }
            rows.push(row);
        }
        let mut row = vec![text(&moment.when)];
        let cell = |column: usize| {
            if column == moment.task { text(own_part(found, moment.task, &moment.text)) } else { Vec::new() }
        };
        row.extend((0..found.tasks.len()).map(cell));
        rows.push(row);
    }
    blocks.push(Block::Table { head, rows });
    if found.more_tasks > 0 {
        let more = found.more_tasks;
        let (tasks, take) = if more == 1 { ("task", "takes") } else { ("tasks", "take") };
        blocks.push(paragraph(format!("{} more {tasks} {take} part.", grouped(more as u64))));
    }
    let diagram = Block::Code { language: "mermaid", text: mermaid::sequence(found) };
    let summary = format!("The same as a sequence diagram (Mermaid), {}", side.variant);
    blocks.push(Block::Details { summary, blocks: vec![diagram] });
}

/// What happened without the name of whose column it is.
fn own_part(found: &Counterexample, task: usize, text: &str) -> String {
    let name = &found.tasks[task];
    text.strip_prefix(name.as_str()).map_or(text, str::trim_start).to_owned()
}

/// The telling moments of each run.
pub(super) fn beats(review: &Review) -> Option<Section> {
    let mut blocks = Vec::new();
    for side in review.sides.iter().filter(|side| !side.beats.is_empty()) {
        blocks.push(Block::Heading(3, side.variant.clone()));
        let beat = |told: &crate::analysis::review::ReviewedBeat| vec![text(&told.when), prose(&told.text)];
        let head = vec![TableColumn::number("when"), TableColumn::words("what happens")];
        blocks.push(Block::Table { head, rows: side.beats.iter().map(beat).collect() });
    }
    (!blocks.is_empty()).then(|| Section { title: "The run, moment by moment".to_owned(), blocks })
}

/// The slowest tasks and where their time went.
pub(super) fn slowest(review: &Review) -> Option<Section> {
    let mut blocks = Vec::new();
    for side in review.sides.iter().filter(|side| !side.slowest.is_empty()) {
        blocks.push(Block::Heading(3, side.variant.clone()));
        let head = vec![
            TableColumn::words("task"),
            TableColumn::number("took"),
            TableColumn::words("where the time went"),
        ];
        blocks.push(Block::Table { head, rows: slow_rows(&side.slowest) });
    }
    blocks.push(paragraph(
        "The slowest hundredth of the tasks that arrived, or the slowest one, in the first run. Times of one sort are \
         added up. A wait for children is broken down by the child that ended last.",
    ));
    (blocks.len() > 1).then(|| Section { title: "What is slow, and why".to_owned(), blocks })
}

/// A row for each task, or for several in a row of which the same is to be said.
fn slow_rows(slowest: &[SlowTask]) -> Vec<Vec<Line>> {
    let mut rows: Vec<(Vec<Line>, usize)> = Vec::new();
    for slow in slowest {
        let row = slow_row(slow);
        match rows.last_mut() {
            Some((last, more)) if last[1..] == row[1..] => *more += 1,
            _ => rows.push((row, 0)),
        }
    }
    let told = |(mut row, more): (Vec<Line>, usize)| {
        if more > 0 {
            row[0].push(InlineSpan::Text(format!(" and {more} more")));
        }
        row
    };
    rows.into_iter().map(told).collect()
}

fn slow_row(slow: &SlowTask) -> Vec<Line> {
    let took = written::seconds(slow.seconds);
    let took = if slow.is_unfinished { format!("{took}, not ended") } else { took };
    let mut parts: Vec<String> = Vec::new();
    let mut whose = slow.task.as_str();
    for part in &slow.path {
        let of = if part.task == whose { String::new() } else { format!("{}: ", part.task) };
        whose = &part.task;
        parts.push(format!("{of}{} {}", written::seconds(part.seconds), part.what));
    }
    vec![code(&slow.task), text(took), text(list(&parts))]
}

/// What flips if a number changes.
pub(super) fn sensitivity(review: &Review) -> Option<Section> {
    let mut blocks = vec![paragraph(
        "Each number is varied alone by a quarter (a whole number by at least one) in both directions, with the same seeds. A row \
         says what stops or starts being met then.",
    )];
    for side in &review.sides {
        if side.sensitivity.is_empty() {
            continue;
        }
        blocks.push(Block::Heading(3, side.variant.clone()));
        let (flipping, steady): (Vec<_>, Vec<_>) = side
            .sensitivity
            .iter()
            .partition(|varied| varied.trials.iter().any(|trial| !trial.flips.is_empty()));
        if !flipping.is_empty() {
            let head = vec![
                TableColumn::words("number"),
                TableColumn::number("here"),
                TableColumn::words("a quarter less"),
                TableColumn::words("a quarter more"),
            ];
            blocks.push(Block::Table {
                head,
                rows: flipping.iter().map(|varied| varied_row(varied)).collect(),
            });
        }
        if !steady.is_empty() {
            let names: Vec<String> =
                steady.iter().map(|varied| format!("{} {}", varied.label, tried(varied))).collect();
            if names.len() <= MAX_NAMED {
                blocks.push(Block::Paragraph(prose(&format!("Nothing flips with {}.", names.join("; ")))));
            } else {
                let other = if flipping.is_empty() { "" } else { "other " };
                let summary = format!(
                    "Nothing flips with any of the {} {other}numbers of {}",
                    names.len(),
                    side.variant
                );
                let list = Block::List(names.iter().map(|name| prose(name)).collect());
                blocks.push(Block::Details { summary, blocks: vec![list] });
            }
        }
    }
    if blocks.len() == 1 {
        return None;
    }
    let mut not: Vec<String> = review.sides.iter().flat_map(|side| side.not_varied.clone()).collect();
    not.dedup();
    not.sort();
    not.dedup();
    blocks.push(paragraph(format!("Not varied: {}.", not.join("; "))));
    Some(Section { title: "What flips if a number is wrong".to_owned(), blocks })
}

/// What a number is, and what else it was: `20 (15, 25)`.
fn tried(varied: &Sensitivity) -> String {
    let values: Vec<&str> = varied.trials.iter().map(|trial| trial.value.as_str()).collect();
    if values.is_empty() { varied.value.clone() } else { format!("{} ({})", varied.value, values.join(", ")) }
}

fn varied_row(varied: &Sensitivity) -> Vec<Line> {
    let tried = |is_more: bool| {
        let Some(trial) = varied.trials.iter().find(|trial| trial.is_more == is_more) else {
            return text("not possible");
        };
        let mut line = text(format!("{}: ", trial.value));
        if trial.flips.is_empty() {
            line.push(InlineSpan::Text("the same".to_owned()));
            return line;
        }
        let (tone, word) = match super::choice::is_for_the_worse(&trial.flips) {
            true => (Tone::Bad, "worse"),
            false => (Tone::Good, "better"),
        };
        line.push(InlineSpan::Mark(tone, word.to_owned()));
        line.push(InlineSpan::Text(", ".to_owned()));
        line.extend(prose(&trial.flips.join(", ")));
        line
    };
    vec![prose(&varied.label), code(&varied.value), tried(false), tried(true)]
}

/// What rules of thumb say.
pub(super) fn rules_of_thumb(review: &Review) -> Option<Section> {
    let mut blocks = Vec::new();
    for side in review.sides.iter().filter(|side| !side.rules_of_thumb.is_empty()) {
        blocks.push(Block::Heading(3, side.variant.clone()));
        let head = vec![
            TableColumn::words("rule"),
            TableColumn::words("of"),
            TableColumn::words("it says"),
            TableColumn::words("simulated"),
            TableColumn::words("where it breaks"),
        ];
        let row = |rule: &&RuleOfThumb| {
            vec![
                text(&rule.name),
                code(&rule.executor),
                text(&rule.says),
                text(&rule.simulated),
                prose(&rule.breaks),
            ]
        };
        let (applying, others): (Vec<_>, Vec<_>) = side.rules_of_thumb.iter().partition(|rule| rule.applies);
        if !applying.is_empty() {
            blocks.push(Block::Table { head, rows: applying.iter().map(row).collect() });
        }
        blocks.extend(others_of(&others));
    }
    if blocks.is_empty() {
        return None;
    }
    let mut sources: Vec<String> = Vec::new();
    for rule in review.sides.iter().flat_map(|side| &side.rules_of_thumb).filter(|rule| rule.applies) {
        let line = format!("{}: {} ({}).", rule.name, rule.formula, rule.source);
        if !sources.contains(&line) {
            sources.push(line);
        }
    }
    blocks.push(Block::List(sources.into_iter().map(text).collect()));
    Some(Section { title: "Rules of thumb, beside the simulation".to_owned(), blocks })
}

/// The rules that are for other executors, a sentence for each reason.
fn others_of(rules: &[&RuleOfThumb]) -> Vec<Block> {
    let mut reasons: Vec<(&str, &str, Vec<String>)> = Vec::new();
    for rule in rules {
        let executor = format!("`{}`", rule.executor);
        match reasons.iter_mut().find(|(name, why, _)| *name == rule.name && *why == rule.breaks) {
            Some((.., executors)) => executors.push(executor),
            None => reasons.push((&rule.name, &rule.breaks, vec![executor])),
        }
    }
    let told = |(name, why, executors): &(&str, &str, Vec<String>)| {
        Block::Paragraph(prose(&format!("{name} does not apply to {}. {why}", list(executors))))
    };
    reasons.iter().map(told).collect()
}

/// The first variant beside a recording of the real system.
pub(super) fn recording(review: &Review) -> Option<Section> {
    let held = review.recording.as_ref()?;
    let tone = if held.is_good() { Tone::Good } else { Tone::Bad };
    let word = if held.is_good() { "close" } else { "off" };
    let mut line = vec![InlineSpan::Mark(tone, word.to_owned()), InlineSpan::Text(" ".to_owned())];
    line.extend(prose(&held.sentence()));
    let mut blocks = vec![Block::Paragraph(line)];
    for task in &held.missing {
        blocks.push(Block::Paragraph(prose(&format!(
            "The recording has a task `{task}`, the document has none."
        ))));
    }
    let head = vec![
        TableColumn::words("of"),
        TableColumn::words("figure"),
        TableColumn::number("measured"),
        TableColumn::number("simulated"),
        TableColumn::number("error"),
    ];
    let row = |figure: &RecordedFigure| {
        let value = |value: f64| written::figure(figure.unit, value);
        let error = match figure.is_within {
            true => text(&figure.error_text),
            false => vec![InlineSpan::Mark(Tone::Bad, figure.error_text.clone())],
        };
        vec![
            figure.of.as_ref().map_or_else(|| text("the run"), code),
            text(&figure.figure),
            text(value(figure.measured)),
            text(figure.simulated.map_or("none".to_owned(), value)),
            error,
        ]
    };
    if !held.figures.is_empty() {
        blocks.push(Block::Table { head, rows: held.figures.iter().map(row).collect() });
    }
    blocks.extend(held.largest.as_ref().map(|largest| Block::Paragraph(prose(largest))));
    blocks.push(paragraph(
        "An error is the simulated figure minus the measured one, as a share of the measured one; of a wait, as a share of the \
         mean latency, and of a utilisation, of all workers.",
    ));
    Some(Section { title: "Beside the recording".to_owned(), blocks })
}

/// What the result rests on, and what it leaves out.
pub(super) fn validity(review: &Review) -> Section {
    let mut blocks = vec![Block::Heading(3, "Not modelled".to_owned())];
    blocks.push(Block::List(review.not_modelled.iter().map(|line| prose(line)).collect()));
    blocks.push(Block::Heading(3, "Explored and sampled".to_owned()));
    let explored = |side: &ReviewedVariant| {
        let mut line = vec![InlineSpan::Code(side.variant.clone()), InlineSpan::Text(" ".to_owned())];
        let runs = match side.is_exact {
            true => format!(
                "One run with seed {}: nothing is random, so further runs would be the same.",
                side.seed
            ),
            false => format!(
                "{} runs, the first with seed {}; nothing was left out as warm-up.",
                side.runs, side.seed
            ),
        };
        line.push(InlineSpan::Text(format!("{runs} {}", side.design.explored.join(" "))));
        line
    };
    blocks.push(Block::List(review.sides.iter().map(explored).collect()));
    for (number, side) in review.sides.iter().enumerate() {
        let head = vec![TableColumn::words("what"), TableColumn::words("value"), TableColumn::words("from")];
        let known = |assumption: &&crate::analysis::review::Assumption| {
            let is_same = |known: &crate::analysis::review::Assumption| {
                (&known.what, &known.value) == (&assumption.what, &assumption.value)
            };
            number == 0 || !review.sides[0].assumptions.iter().any(is_same)
        };
        let row = |assumption: &crate::analysis::review::Assumption| {
            vec![prose(&assumption.what), code(&assumption.value), text(&assumption.source)]
        };
        let rows: Vec<Vec<Line>> = side.assumptions.iter().filter(known).map(row).collect();
        if !rows.is_empty() {
            let summary = match number {
                0 => format!("The numbers of {} ({})", side.variant, rows.len()),
                _ => format!("The numbers of {} that differ ({})", side.variant, rows.len()),
            };
            // What a result rests on is seen, unless it is long.
            if rows.len() <= MAX_SHOWN_NUMBERS {
                blocks.push(Block::Heading(3, summary));
                blocks.push(Block::Table { head, rows });
            } else {
                blocks.push(Block::Details { summary, blocks: vec![Block::Table { head, rows }] });
            }
        }
    }
    Section { title: "Assumptions and validity".to_owned(), blocks }
}
