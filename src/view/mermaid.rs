//! Pictures as the text of Mermaid's diagrams, which GitHub and GitLab draw from Markdown.
//!
//! - A run, or a counterexample: `sequenceDiagram`.
//! - Who waits for whom at one moment: `flowchart`.
//! - A quantity over one parameter: `xychart-beta`.
//!
//! Invariant: a name in a diagram cannot end its line: every character that Mermaid could take for its own is written as
//! its number. Deliberately absent: the stage, the heat map and the comparison, for which Mermaid has no diagram.

use super::chart::StuckSeverity;
use super::graph::{WaitForEdgeKind, WaitForNodeKind, WaitForPicture};
use crate::analysis::prose::grouped;
use crate::analysis::review::Counterexample;
use crate::analysis::swept::Swept;
use crate::model::expectation::Unit;
use std::fmt::Write;

/// A counterexample as a `sequenceDiagram`: who hands what to whom as arrows, what a task does alone as notes.
pub fn sequence(found: &Counterexample) -> String {
    let mut text = "sequenceDiagram\n".to_owned();
    let mut things: Vec<&str> = Vec::new();
    for moment in &found.moments {
        if let Some(thing) = moment.thing.as_deref().filter(|thing| !things.contains(thing)) {
            things.push(thing);
        }
    }
    for (number, task) in found.tasks.iter().enumerate() {
        let _ = writeln!(text, "    participant t{number} as {}", entities(task));
    }
    for (number, thing) in things.iter().enumerate() {
        let _ = writeln!(text, "    participant x{number} as {}", entities(thing));
    }
    for (number, moment) in found.moments.iter().enumerate() {
        if found.left_out > 0 && number == found.moments.len().div_ceil(2) {
            let last = found.tasks.len().saturating_sub(1);
            let over = if last > 0 { format!("t0,t{last}") } else { "t0".to_owned() };
            let _ = writeln!(text, "    Note over {over}: {} more", grouped(found.left_out as u64));
        }
        let thing = moment.thing.as_deref().and_then(|thing| things.iter().position(|known| *known == thing));
        let end = thing.map(|at| format!("x{at}")).or(moment.other.map(|at| format!("t{at}")));
        let words = found.tasks.get(moment.task).and_then(|name| moment.text.strip_prefix(name.as_str()));
        // An arrow begins or ends at the task, so that its name need not be said.
        let words = words.map_or(moment.text.as_str(), |rest| rest.trim_start_matches([':', ' ']));
        let said = entities(&format!("{} {words}", moment.when));
        let task = format!("t{}", moment.task);
        let _ = match end {
            Some(end) if moment.is_received => writeln!(text, "    {end}->>{task}: {said}"),
            Some(end) => writeln!(text, "    {task}->>{end}: {said}"),
            None => writeln!(text, "    Note over {task}: {said}"),
        };
    }
    text
}

/// Words in which Mermaid finds nothing of its own.
fn entities(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for ch in words.chars() {
        match ch {
            ch if ch.is_alphanumeric() || " ._-/,".contains(ch) => out.push(ch),
            ch if ch.is_control() => out.push(' '),
            ch => drop(write!(out, "#{};", u32::from(ch))),
        }
    }
    // A bare `end` closes a block there.
    if out.trim().eq_ignore_ascii_case("end") { format!("#8203;{out}") } else { out }
}

/// A diagram with a title above it.
pub fn titled(title: &str, diagram: &str) -> String {
    format!("---\ntitle: \"{}\"\n---\n{diagram}", quoted(title).replace('\\', "/"))
}

/// Who waits for whom as a `flowchart`: workers are round, queues and things are boxes of other forms, and what can never
/// go on is red.
pub fn graph(picture: &WaitForPicture) -> String {
    let mut text = "flowchart LR\n".to_owned();
    for (number, node) in picture.nodes.iter().enumerate() {
        let ((open, close), _) = form(&node.who);
        let what = if matches!(node.who, WaitForNodeKind::Worker(..)) { "worker " } else { "" };
        let _ = writeln!(text, "    n{number}{open}\"{what}{}\"{close}", entities(&node.text));
    }
    for edge in &picture.edges {
        let (from, to) = (edge.from, edge.to);
        let _ = match edge.kind {
            WaitForEdgeKind::HeldBy => writeln!(text, "    n{from} -->|held by| n{to}"),
            WaitForEdgeKind::WaitsFor => writeln!(text, "    n{from} -->|waits for| n{to}"),
            WaitForEdgeKind::QueuedIn => writeln!(text, "    n{from} -->|is queued in| n{to}"),
            WaitForEdgeKind::Under => writeln!(text, "    n{from} -.->|lies under| n{to}"),
            WaitForEdgeKind::NeedsAny => writeln!(text, "    n{from} -.->|needs any worker of| n{to}"),
        };
    }
    for (trouble, style, _) in TROUBLES {
        let here = picture.nodes.iter().enumerate().filter(|(_, node)| node.trouble == trouble);
        for (number, _) in here {
            let _ = writeln!(text, "    style n{number} {style},stroke-width:2px");
        }
    }
    legend(&mut text, picture);
    text
}

/// How what waits, or is waited for, is outlined and what that means.
const TROUBLES: [(StuckSeverity, &str, &str); 2] = [
    (StuckSeverity::Stuck, "stroke:#d92d20", "can never continue"),
    (StuckSeverity::Stalled, "stroke:#b54708", "waits until a timeout ends it"),
];

/// The brackets that give a node its form, and what has that form.
fn form(who: &WaitForNodeKind) -> ((&'static str, &'static str), &'static str) {
    match who {
        WaitForNodeKind::Worker(..) | WaitForNodeKind::Scheduler(_) => (("([", "])"), "worker or thread"),
        WaitForNodeKind::Task(_) => (("[", "]"), "task"),
        WaitForNodeKind::Resource(..) | WaitForNodeKind::Signal(_) => {
            (("{{", "}}"), "semaphore, lock or other shared thing")
        }
        WaitForNodeKind::Queue(_) => (("[[", "]]"), "queue"),
        WaitForNodeKind::More(_) => ((">", "]"), "more of them"),
    }
}

/// What the forms and outlines in a graph stand for.
fn legend(text: &mut String, picture: &WaitForPicture) {
    let mut forms: Vec<_> = Vec::new();
    for node in &picture.nodes {
        let form = form(&node.who);
        if !forms.contains(&form) {
            forms.push(form);
        }
    }
    let is_there = |level: StuckSeverity| picture.nodes.iter().any(|node| node.trouble == level);
    let troubles = || TROUBLES.iter().enumerate().filter(|(_, (level, ..))| is_there(*level));
    if forms.is_empty() {
        return;
    }
    text.push_str("    subgraph Legend\n");
    for (number, ((open, close), words)) in forms.iter().enumerate() {
        let _ = writeln!(text, "        f{number}{open}\"{words}\"{close}");
    }
    for (number, (.., words)) in troubles() {
        let _ = writeln!(text, "        s{number}[\"{words}\"]");
    }
    text.push_str("    end\n");
    for (number, (_, style, _)) in troubles() {
        let _ = writeln!(text, "    style s{number} {style},stroke-width:2px");
    }
}

/// A quantity over one parameter as an `xychart-beta`: the means, and the bound that is expected. `None` for more
/// parameters than one, and where nothing was measured.
pub fn curve(swept: &Swept, quantity: usize, title: &str) -> Option<String> {
    let ([axis], Some(of)) = (swept.axes.as_slice(), swept.quantities.get(quantity)) else { return None };
    let mut cells: Vec<_> = swept.cells.iter().collect();
    cells.sort_by_key(|cell| cell.cell);
    let measured = cells.into_iter().filter_map(|cell| {
        let figure = cell.figures.get(quantity).copied().flatten()?;
        figure.mean.is_finite().then(|| (swept.value(cell, 0), figure.mean))
    });
    let (values, means): (Vec<&str>, Vec<f64>) = measured.unzip();
    if means.is_empty() {
        return None;
    }
    let names: Vec<String> = values.iter().map(|value| format!("\"{}\"", quoted(value))).collect();
    let line = |means: &[f64]| means.iter().map(f64::to_string).collect::<Vec<_>>().join(", ");
    let mut text = format!(
        "xychart-beta\n    title \"{}\"\n    x-axis \"{}\" [{}]\n    y-axis \"{}{}\"\n    line [{}]\n",
        quoted(title),
        quoted(&axis.name),
        names.join(", "),
        quoted(&of.name),
        unit(of.unit),
        line(&means)
    );
    if let Some((_, bound)) = of.bound.filter(|(_, bound)| bound.is_finite()) {
        let _ = writeln!(text, "    line [{}]", line(&vec![bound; means.len()]));
    }
    Some(text)
}

/// What a chart's figures are counted in.
fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Seconds => ", s",
        Unit::Rate => ", 1/s",
        Unit::Bytes => ", bytes",
        _ => "",
    }
}

/// Words between quotation marks, in which a chart knows no numbers of characters.
fn quoted(words: &str) -> String {
    let plain = |ch: char| match ch {
        '"' => '\'',
        ch if ch.is_control() => ' ',
        ch => ch,
    };
    words.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::interval::Interval;
    use crate::analysis::swept::{Axis, Cell, CellVerdict, Quantity};
    use crate::model::expectation::{Better, Comparison, Unit};

    #[test]
    fn a_curve_has_its_values_its_bound_and_no_unit_twice() {
        let cell = |at: usize, mean: f64| Cell {
            cell: at,
            at: vec![at],
            figures: vec![Some(Interval { mean, low: mean, high: mean })],
            standing: CellVerdict::Meets,
            hung: Interval { mean: 0.0, low: 0.0, high: 0.0 },
            runs: 1,
        };
        let quantity = Quantity {
            name: "latency.build.p99".to_owned(),
            unit: Unit::Seconds,
            better: Better::Lower,
            bound: Some((Comparison::AtMost, 2.0)),
        };
        let axis = Axis { name: "pool".to_owned(), values: ["5", "6"].map(str::to_owned).to_vec() };
        let swept =
            Swept { axes: vec![axis], quantities: vec![quantity], cells: vec![cell(0, 3.5), cell(1, 1.25)] };
        insta::assert_snapshot!(curve(&swept, 0, "Builds \"at\" night").unwrap_or_default(), @r#"
        xychart-beta
            title "Builds 'at' night"
            x-axis "pool" ["5", "6"]
            y-axis "latency.build.p99, s"
            line [3.5, 1.25]
            line [2, 2]
        "#);
    }

    #[test]
    fn names_cannot_break_out_of_a_diagram() {
        assert_eq!(entities("a#0; end\n    t1->>t0: x"), "a#35;0#59; end     t1-#62;#62;t0#58; x");
        assert_eq!(entities("end"), "#8203;end");
    }
}
