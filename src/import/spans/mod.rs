//! Spans as a scenario: what every reader of traces has in common.
//!
//! Slices become trees (`tree`), threads pools (`pools`), the slices that lie within no other one tasks, and the arrows between
//! them submissions and wake-ups (`links`); a task's own tree becomes its steps (`program`), tasks with the same steps a type
//! (`types`). Threadbare's own export is such a trace that says a little more.
//!
//! What the trace does not show is not made up: locks, caps, delays, queues in front of what arrives.

mod found;
pub(super) mod links;
pub(super) mod pairs;
pub(super) mod pools;
pub(super) mod program;
pub(super) mod record;
pub(super) mod tree;
mod types;
mod write;

use super::findings::Findings;
use super::inference::Inference;
use super::reading::Reading;
use found::TraceFindings;
use links::{Instance, Links};
use program::Context;
use record::Record;
use tree::Tree;
use types::Kinds;

/// Makes a scenario of spans.
pub(super) fn scenario(
    mut record: Record,
    findings: &mut Findings,
    mut inferences: Vec<Inference>,
) -> Option<Reading> {
    let tree = Tree::of(&mut record);
    let pools = pools::pools(&record, |thread| !tree.threads[thread as usize].is_empty());
    let mut links = links::links(&record, &tree, &pools);
    if links.instances.is_empty() {
        findings.error(
            0..0,
            "there is no task in this trace",
            "its threads show nothing but the loops of idle workers",
        );
        return None;
    }
    let mut instances = std::mem::take(&mut links.instances);
    let context = Context::new(&record, &tree, links.wakes);
    let items = |all: &[Instance], instance: &Instance| context.items(all, instance);
    let source = types::Source { record: &record, tree: &tree, items: &items };
    let kinds = Kinds::of(&source, &pools, &mut instances);
    let (off_cpu, still) = (context.off_cpu, context.still.get());
    links.instances = instances;
    let come =
        links.instances.iter().map(|instance| instance.submitted.unwrap_or(instance.from).min(instance.from));
    // Threadbare's clock begins with the run, whoever arrives first.
    let zero = if record.is_own { 0 } else { come.min().unwrap_or(0) };
    let found = TraceFindings { record, tree, pools, links, kinds, off_cpu, still, zero };
    found.note_inferences(&mut inferences);
    let (draft, measured) = found.draft();
    Some(Reading { draft, inferences, measured, verdict: None })
}

/// Makes a scenario of tasks whose steps are known.
pub(super) fn recorded(
    record: Record,
    tree: Tree,
    mut links: Links,
    items: &types::ItemsOf<'_>,
    mut inferences: Vec<Inference>,
) -> Reading {
    let pools = pools::pools(&record, |_| true);
    let mut instances = std::mem::take(&mut links.instances);
    let kinds = Kinds::of(&types::Source { record: &record, tree: &tree, items }, &pools, &mut instances);
    links.instances = instances;
    let off_cpu = record.names.list.iter().map(|name| name == "io").collect();
    let found = TraceFindings { record, tree, pools, links, kinds, off_cpu, still: 0, zero: 0 };
    found.note_inferences(&mut inferences);
    let (draft, measured) = found.draft();
    Reading { draft, inferences, measured, verdict: None }
}
