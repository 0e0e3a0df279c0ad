//! What limits a size next: one run with it is read for what its tasks wait for most, told in words.

use super::protocol::{JobHost, Subject, packed};
use crate::analysis::digest::Digest;
use crate::analysis::prose::list;
use crate::language::Overrides;
use crate::study::bottleneck::{self, bottleneck};
use crate::study::run::run;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A request for what limits a size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitJob {
    /// What is sized.
    pub subject: Subject,
    /// The paths and their values.
    pub set: Vec<(String, String)>,
}

pub(super) fn execute(order: &LimitJob, line: &mut dyn JobHost) -> Result<(), String> {
    let overrides = Overrides { set: order.set.clone(), ..Overrides::default() };
    let scenario = order.subject.document()?.scenario(&order.subject.variant, &overrides);
    let scenario = scenario.map_err(|_| "The text with these values has errors.".to_owned())?;
    let trace = run(Arc::new(scenario));
    let values: Vec<String> = order.set.iter().map(|(path, value)| format!("{path} = {value}")).collect();
    line.send(packed(&bottleneck::words(bottleneck(&Digest::new(&trace)).as_ref(), &list(&values))));
    Ok(())
}
