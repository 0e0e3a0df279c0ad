//! `threadbare explain`: the page of a rule, or the list of rules.

use crate::args::ExplainArgs;
use crate::command_error::CommandError;
use crate::console;
use crate::table::{Align::Left, Table};
use crate::text::wrap;
use threadbare::analysis::shape::rules;
use threadbare::model::rule::Rule;

/// `threadbare explain`
pub fn explain(args: &ExplainArgs) -> Result<(), CommandError> {
    let Some(word) = &args.rule else { return list() };
    let rule = Rule::find(word).ok_or_else(|| {
        let what = format!("there is no rule `{}`", word.escape_debug());
        CommandError::with_hint(what, "`threadbare explain` lists the rules.")
    })?;
    console::print(rules::page(rule))
}

fn list() -> Result<(), CommandError> {
    let mut table = Table::new(&[("code", Left), ("name", Left), ("what it does", Left)]);
    for rule in Rule::ALL {
        table.row(vec![rule.code().to_owned(), rule.name().to_owned(), rules::summary(rule)]);
    }
    let width = console::width();
    let hint = "`threadbare explain CODE` prints the page of a rule.";
    console::print(&format!("{}\n{}\n", table.render(width), wrap(hint, width).join("\n")))
}
