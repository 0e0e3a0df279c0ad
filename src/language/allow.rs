//! `allow`: the rules of `check` that a document knows not to matter, and why.

use super::problem::Sink;
use super::tree::Node;
use crate::model::rule::{Allowed, Rule};

/// Reads every entry, in document order: a code or a name, a colon, and the reason.
pub(super) fn read(
    sink: &mut Sink,
    document: &Node,
    suggest: impl Fn(&str) -> Option<String>,
) -> Vec<Allowed> {
    let entries = document.get("allow").and_then(Node::list).unwrap_or_default();
    entries.iter().filter_map(|node| entry(sink, node, &suggest)).collect()
}

/// The codes and names of all rules.
pub(super) fn words() -> impl Iterator<Item = &'static str> + Clone {
    Rule::ALL.iter().flat_map(|rule| [rule.code(), rule.name()])
}

fn entry(sink: &mut Sink, node: &Node, suggest: impl Fn(&str) -> Option<String>) -> Option<Allowed> {
    let (word, reason) = match node.text()?.split_once(':') {
        Some((word, reason)) => (word.trim(), reason.trim()),
        None => (node.text()?.trim(), ""),
    };
    let Some(rule) = Rule::find(word) else {
        let help = if sink.is_full() { None } else { suggest(word) };
        sink.error(node.span.clone(), format!("there is no rule `{}`", word.escape_debug()), help);
        return None;
    };
    if rule == Rule::DocumentProblem {
        let message =
            format!("{rule} cannot be allowed: it means that the document may not be read as intended");
        sink.error(node.span.clone(), message, None);
        return None;
    }
    if reason.is_empty() {
        let help =
            format!("write it after the code: \"{}: both locks are taken by one thread\"", rule.code());
        sink.warn(node.span.clone(), format!("{rule} is allowed without a reason"), Some(help));
    }
    Some(Allowed { rule, reason: reason.to_owned() })
}
