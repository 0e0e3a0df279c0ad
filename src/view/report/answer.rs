//! The first page of a report: the decision in short, what is expected and met, what changes and what it costs.

use super::block::{Block, InlineSpan, Line, TableColumn, code, paragraph, prose, text};
use super::document::Section;
use super::doubt::{help, told_doubts, told_hopes};
use super::{choice, figures};
use crate::analysis::review::{
    ChangeKind, Comparison, PairedDifference, Review, ReviewedExpectation, ReviewedVariant,
};
use crate::analysis::verdict::{DesignKind, RunKind, Tone};
use crate::model::expectation::Unit;
use crate::view::words::list;

/// Most figures in which a variant is worse that are told in short.
const MAX_WORSE: usize = 3;
/// Most lines of a difference between documents.
const MAX_CHANGES: usize = 80;

/// Whether a variant does what is expected, and cannot deadlock as far as is known. One in which nothing arrives does
/// nothing.
pub(super) fn passes(side: &ReviewedVariant) -> bool {
    let may_pass = match side.design.kind {
        DesignKind::CannotDeadlock | DesignKind::NotKnown => true,
        DesignKind::CanDeadlock | DesignKind::NothingArrives => false,
    };
    is_met(side) && may_pass
}

/// Whether all that is expected is met by every run.
fn is_met(side: &ReviewedVariant) -> bool {
    side.given_up == 0
        && side.expectations.iter().all(|judged| judged.holds)
        && (!side.expectations.is_empty() || side.run.as_expected)
}

/// The answer: which variants pass, why, what that costs, and what could make it wrong.
pub(super) fn answer(review: &Review) -> Section {
    let mut blocks = vec![Block::List(in_short(review))];
    for side in &review.sides {
        let name = if side.title.is_empty() || side.title == side.variant {
            side.variant.clone()
        } else {
            format!("{}: {}", side.variant, side.title)
        };
        let line = |tone: Tone, what: &str, headline: &str, rest: &str| {
            let mut line =
                vec![InlineSpan::Strong(format!("{what}: ")), InlineSpan::Mark(tone, format!("{headline}."))];
            line.push(InlineSpan::Text(" ".to_owned()));
            line.extend(prose(rest));
            line
        };
        let tone = match (passes(side), side.design.kind) {
            (true, DesignKind::CannotDeadlock) => side.run.tone,
            (true, DesignKind::NotKnown) | (_, DesignKind::NothingArrives) => Tone::Warning,
            (true, DesignKind::CanDeadlock) | (false, _) => Tone::Bad,
        };
        let lines = vec![
            line(side.run.tone, "This run", &side.run.headline, &side.run.text),
            line(side.design.tone, "This design", &side.design.headline, &side.design.text),
        ];
        blocks.push(Block::Card { tone, title: name, lines });
    }
    Section { title: "The answer".to_owned(), blocks }
}

fn in_short(review: &Review) -> Vec<Line> {
    let named = |title: &str, rest: Line| {
        let mut line = vec![InlineSpan::Strong(format!("{title}: "))];
        line.extend(rest);
        line
    };
    let names = |sides: &[&ReviewedVariant]| {
        list(&sides.iter().map(|side| format!("`{}`", side.variant)).collect::<Vec<_>>())
    };
    let (good, bad): (Vec<&ReviewedVariant>, Vec<&ReviewedVariant>) =
        review.sides.iter().partition(|side| passes(side));
    let is_or_are = |sides: &[&ReviewedVariant]| if sides.len() == 1 { "is" } else { "are" };
    let decision = match (good.as_slice(), bad.as_slice()) {
        ([one], []) => format!("{} is acceptable: everything expected of it is met.", names(&[*one])),
        ([], [one]) => format!("{} is not acceptable as it stands.", names(&[*one])),
        ([], bad) => format!("none of {} is acceptable as it stands.", names(bad)),
        ([one], bad) => {
            format!("{} is acceptable; {} {} not.", names(&[*one]), names(bad), is_or_are(bad))
        }
        (good, []) => format!("{} are acceptable.", names(good)),
        (good, bad) => format!("{} are acceptable; {} {} not.", names(good), names(bad), is_or_are(bad)),
    };
    let why: Vec<String> = review.sides.iter().map(reason).collect();
    let mut lines = vec![named("Decision", prose(&decision))];
    if let Some(preferred) = choice::preference(review, &good) {
        lines.push(named("Preferred", prose(&preferred)));
    }
    lines.push(named("Why", prose(&why.join(" "))));
    lines.extend(bad.iter().filter_map(|side| Some(named("What would help", prose(&help(side)?)))));
    // Where nothing is acceptable, what it takes and rests on is what a next proposal is measured by.
    let priced = if good.is_empty() { &bad } else { &good };
    for side in priced {
        lines.push(named("Cost", prose(&cost(review, side))));
    }
    for side in priced {
        let doubts = match good.is_empty() {
            true => told_hopes(side, review.is_quick),
            false => told_doubts(side, review.is_quick),
        };
        lines.push(named("What could make it wrong", prose(&doubts)));
    }
    if let Some(held) = &review.recording {
        lines.push(named("How near it is to the real system", prose(&held.sentence())));
    }
    lines.push(named("What is not modelled", prose(&review.not_modelled.join(" "))));
    lines
}

/// Why a variant passes or not, in a sentence.
fn reason(side: &ReviewedVariant) -> String {
    let failed: Vec<String> = side
        .expectations
        .iter()
        .filter(|judged| !judged.holds)
        .map(|judged| match judged.is_truth {
            true => format!("`{}`", judged.text),
            false => format!("`{}` (simulated: {})", judged.text, figures::measured(judged)),
        })
        .collect();
    let name = format!("`{}`", side.variant);
    let runs = if side.is_exact { "its run".to_owned() } else { format!("its {} runs", side.runs) };
    match (failed.as_slice(), side.design.kind) {
        _ if side.given_up > 0 => format!("{name} was ended by a limit in {} of {runs}.", side.given_up),
        (_, DesignKind::NothingArrives) => {
            format!("In {name} {}. {}", side.design.headline, side.design.text)
        }
        ([], DesignKind::CanDeadlock) => {
            format!("{name} meets what is expected in {runs}, but it can deadlock.")
        }
        ([], DesignKind::CannotDeadlock) if is_met(side) => {
            let meets = format!(
                "{name} meets what is expected in {runs}, and with these numbers cannot deadlock in any order"
            );
            match &side.counterexample {
                Some(shown) => format!("{meets}; but another order of events goes wrong ({}).", shown.what),
                None => format!("{meets}."),
            }
        }
        ([], DesignKind::NotKnown) if is_met(side) => {
            format!("{name} meets what is expected in {runs}; whether it can deadlock is not known.")
        }
        ([], _) => format!("{name} does not end well: {}.", side.run.headline),
        (failed, DesignKind::CanDeadlock) if !failed.iter().any(|text| text.starts_with("`deadlock")) => {
            format!("{name} misses {}, and it can deadlock.", list(failed))
        }
        (failed, _) => format!("{name} misses {}.", list(failed)),
    }
}

/// Whether a variant's run ends with work undone.
fn hangs(review: &Review, name: &str) -> bool {
    let side = review.sides.iter().find(|side| side.variant == name);
    side.is_none_or(|side| matches!(side.run.kind, RunKind::Deadlock | RunKind::Stuck))
}

/// What a variant costs: beside the first, then what it had at most and what it may have.
fn cost(review: &Review, side: &ReviewedVariant) -> String {
    let name = &side.variant;
    let compared = review.comparisons.iter().find(|comparison| comparison.second == *name);
    let beside = compared.map(|comparison| beside_the_first(review, comparison));
    let figure = |metric: &str| {
        let found = side.figures.iter().find(|figure| figure.metric == metric)?;
        Some(crate::analysis::written::figure(found.unit, found.figure?.interval.mean))
    };
    let had: Vec<String> = [("threads.max", "threads"), ("memory.max", "of memory")]
        .into_iter()
        .filter_map(|(metric, what)| Some(singular(&figure(metric)?, what)))
        .collect();
    let may = match (side.configured.threads, side.configured.memory) {
        (Some(threads), Some(memory)) => {
            let threads = singular(&crate::analysis::prose::grouped(threads), "threads");
            let memory = crate::analysis::written::figure(Unit::Bytes, memory as f64);
            format!("as it is configured it may have {threads} and {memory}")
        }
        (Some(threads), None) => {
            let threads = singular(&crate::analysis::prose::grouped(threads), "threads");
            format!("as it is configured it may have {threads}; nothing bounds its memory")
        }
        (None, _) => "as it is configured it has no bound".to_owned(),
    };
    let own = format!("`{name}` had {} at its peak; {may}.", list(&had));
    let worse = compared
        .filter(|_| !hangs(review, &review.sides[0].variant))
        .and_then(|compared| what_is_worse(review, side, compared));
    [beside, worse, Some(own)].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The figures besides what it costs in which a variant is worse than the first, the first few of them.
fn what_is_worse(review: &Review, side: &ReviewedVariant, compared: &Comparison) -> Option<String> {
    let of = |side: &ReviewedVariant, metric: &str| {
        let found = side.figures.iter().find(|figure| figure.metric == metric && !figure.is_cost)?;
        Some(crate::analysis::written::figure(found.unit, found.figure?.interval.mean))
    };
    let worse = compared.differences.iter().filter(|found| found.change == ChangeKind::Worse);
    let told: Vec<String> = worse
        .filter_map(|found| {
            let (now, before) = (of(side, &found.metric)?, of(review.sides.first()?, &found.metric)?);
            Some(format!("`{}` is {now} instead of {before}", found.metric))
        })
        .collect();
    let more = told.len().saturating_sub(MAX_WORSE);
    let mut shown = told.into_iter().take(MAX_WORSE).collect::<Vec<_>>();
    if more > 0 {
        shown.push(format!("{more} more {} worse", if more == 1 { "figure is" } else { "figures are" }));
    }
    (!shown.is_empty()).then(|| format!("But {}.", list(&shown)))
}

/// A number and its unit: `1 thread`.
fn singular(size: &str, what: &str) -> String {
    if size == "1" {
        format!("1 {}", what.replacen("threads", "thread", 1))
    } else {
        format!("{size} {what}")
    }
}

/// What the second takes more or less than the first, in their runs.
fn beside_the_first(review: &Review, comparison: &Comparison) -> String {
    let unit = |metric: &str| {
        let figures = review.sides.first().map(|side| side.figures.as_slice()).unwrap_or_default();
        figures.iter().find(|figure| figure.metric == metric).map(|figure| figure.unit)
    };
    let one = |(metric, what): (&str, &str)| {
        let found = comparison.differences.iter().find(|found| found.metric == metric)?;
        let difference = found.difference.filter(|_| found.change != ChangeKind::Same)?;
        let unit = unit(metric)?;
        let more = match (difference.mean > 0.0, unit) {
            (true, _) => "more",
            (false, Unit::Count) => "fewer",
            (false, _) => "less",
        };
        let size = crate::analysis::written::figure(unit, difference.mean.abs());
        let what = if size == "1" { what.replacen("threads", "thread", 1) } else { what.to_owned() };
        Some(format!("{size} {more} {what}"))
    };
    let (first, second) = (&comparison.first, &comparison.second);
    if hangs(review, first) {
        return format!("what `{second}` takes is not set against `{first}`, whose run leaves work undone.");
    }
    let costs: Vec<String> = [
        ("threads.max", "threads at its peak"),
        ("memory.max", "memory at its peak"),
        ("cpu.total", "CPU time"),
    ]
    .into_iter()
    .filter_map(one)
    .collect();
    match costs.as_slice() {
        [] => format!("`{second}` costs what `{first}` does, as far as these runs can tell."),
        costs => format!("against `{first}`, a run of `{second}` uses {}.", list(costs)),
    }
}

/// What is expected, and what was simulated.
pub(super) fn expectations(review: &Review) -> Option<Section> {
    if review.sides.iter().all(|side| side.expectations.is_empty()) {
        return None;
    }
    let mut blocks = Vec::new();
    for side in &review.sides {
        blocks.push(Block::Heading(3, side.variant.clone()));
        if side.expectations.is_empty() {
            blocks.push(paragraph("Nothing is expected of it."));
            continue;
        }
        let head = vec![
            TableColumn::words("expected"),
            TableColumn::words("met"),
            TableColumn::number("simulated"),
            TableColumn::number("tasks counted"),
            TableColumn::words("judged by"),
        ];
        let rows = side.expectations.iter().map(|judged| expectation_row(side, judged)).collect();
        blocks.push(Block::Table { head, rows });
    }
    if review.sides.iter().any(|side| !side.is_exact) {
        blocks.push(paragraph(
            "± is half of the 95 % confidence interval. A statistic is judged by its mean over the runs; everything else must hold in \
             every run.",
        ));
    }
    blocks.push(paragraph(
        "Tasks counted: how many tasks the figure of the first run rests on, out of how many it should. A task that failed or was \
         refused counts as late.",
    ));
    Some(Section { title: "What is expected".to_owned(), blocks })
}

fn expectation_row(side: &ReviewedVariant, judged: &ReviewedExpectation) -> Vec<Line> {
    let met = match (judged.holds, judged.is_certain) {
        (true, true) => InlineSpan::Mark(Tone::Good, "yes".to_owned()),
        (true, false) => InlineSpan::Mark(Tone::Warning, "yes, barely".to_owned()),
        (false, true) => InlineSpan::Mark(Tone::Bad, "no".to_owned()),
        (false, false) => InlineSpan::Mark(Tone::Bad, "no, barely".to_owned()),
    };
    let counted = judged.counted.map_or(figures::NONE.to_owned(), |(known, all)| format!("{known} of {all}"));
    let by = match (side.is_exact, judged.by_mean) {
        (true, _) => "one run: nothing is random".to_owned(),
        (false, true) => format!("the mean of {} runs", side.runs),
        (false, false) => format!("{} of {} runs meet it", judged.runs, side.runs),
    };
    // What no order can do did not happen by chance in these runs.
    let is_certain = judged.is_truth
        && judged.text.starts_with("deadlock")
        && side.design.kind == DesignKind::CannotDeadlock
        && judged.measured.is_some_and(|found| found.interval.mean == 0.0);
    let measured = if is_certain { "no".to_owned() } else { figures::measured(judged) };
    vec![code(&judged.text), vec![met], text(measured), text(counted), text(by)]
}

/// What changes from the first variant to each other, and what it costs.
pub(super) fn changes(review: &Review) -> Option<Section> {
    let mut blocks = Vec::new();
    for comparison in &review.comparisons {
        let title = format!("From {} to {}", comparison.first, comparison.second);
        blocks.push(Block::Heading(3, title));
        blocks.push(document_changes(comparison));
        blocks.push(differences(review, comparison));
        let cut = [&comparison.first, &comparison.second].into_iter().filter(|name| hangs(review, name));
        let cut: Vec<String> = cut.map(|name| format!("`{name}`")).collect();
        if !cut.is_empty() {
            blocks.push(Block::Paragraph(prose(&format!(
                "The run of {} leaves work undone: figures beside it are no measure of what is better.",
                list(&cut)
            ))));
        }
    }
    if review.comparisons.is_empty() {
        let side = review.sides.first()?;
        let head = vec![TableColumn::words("figure"), TableColumn::number(side.variant.clone())];
        let row = |measured: &crate::analysis::review::MeasuredMetric| {
            vec![code(&measured.metric), text(figures::figure(measured.unit, measured.figure))]
        };
        blocks.push(Block::Table { head, rows: side.figures.iter().map(row).collect() });
        blocks.extend(figures::notes(&review.sides, &[]));
        return Some(Section { title: "What it takes and costs".to_owned(), blocks });
    }
    if review.sides.iter().any(|side| !side.is_exact) {
        blocks.push(paragraph(
            "Differences are over paired runs: run by run, both variants do the same work. A difference that may be \
             chance is not counted as one.",
        ));
    }
    blocks.extend(figures::notes(&review.sides, &review.comparisons));
    Some(Section { title: "What changes, and what it costs".to_owned(), blocks })
}

fn document_changes(comparison: &Comparison) -> Block {
    let shown = comparison.changes.len().min(MAX_CHANGES);
    let mut text = String::new();
    for change in &comparison.changes[..shown] {
        text.push(if change.comes { '+' } else { '-' });
        text.push_str(&change.text);
        text.push('\n');
    }
    if shown < comparison.changes.len() {
        text.push_str(&format!("… {} more lines\n", comparison.changes.len() - shown));
    }
    if text.is_empty() {
        return paragraph("Only what is set changes.");
    }
    Block::Code { language: "diff", text }
}

fn differences(review: &Review, comparison: &Comparison) -> Block {
    let side = |name: &str| review.sides.iter().find(|side| side.variant == name);
    let (first, second) = (side(&comparison.first), side(&comparison.second));
    let head = vec![
        TableColumn::words("figure"),
        TableColumn::number(&comparison.first),
        TableColumn::number(&comparison.second),
        TableColumn::number("difference"),
        TableColumn::words(""),
    ];
    let figure = |side: Option<&ReviewedVariant>, name: &str| {
        let found = side.and_then(|side| side.figures.iter().find(|figure| figure.metric == name));
        found.map_or(figures::NONE.to_owned(), |found| figures::figure(found.unit, found.figure))
    };
    let is_cut = hangs(review, &comparison.first) || hangs(review, &comparison.second);
    let row = |found: &PairedDifference| {
        let unit = first.and_then(|side| side.figures.iter().find(|figure| figure.metric == found.metric));
        let unit = unit.map_or(Unit::Count, |figure| figure.unit);
        let worth = match figures::worth(found.change) {
            _ if is_cut => text(figures::NONE),
            (Some(tone), word) => vec![InlineSpan::Mark(tone, word.to_owned())],
            (None, word) => text(word),
        };
        vec![
            code(&found.metric),
            text(figure(first, &found.metric)),
            text(figure(second, &found.metric)),
            text(figures::difference(unit, found)),
            worth,
        ]
    };
    Block::Table { head, rows: comparison.differences.iter().map(row).collect() }
}
