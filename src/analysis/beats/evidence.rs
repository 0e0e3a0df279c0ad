//! What the beats of a run are made from, once its trace has been read.

use crate::analysis::deadlock::{Findings, WaitForIndex};
use crate::analysis::expect::ExpectationResult;
use crate::analysis::happens_before::Race;
use crate::analysis::lives::TaskLife;
use crate::analysis::names::Names;
use crate::analysis::races::LostUpdate;
use crate::analysis::tally::Tally;

/// What the beats of a run are made from, besides what was seen on the way through its trace.
pub(in crate::analysis) struct Evidence<'a> {
    pub(in crate::analysis) lens: &'a WaitForIndex<'a>,
    pub(in crate::analysis) names: &'a Names,
    pub(in crate::analysis) lives: &'a [TaskLife],
    pub(in crate::analysis) tally: &'a Tally,
    pub(in crate::analysis) findings: &'a Findings,
    pub(in crate::analysis) lost_updates: &'a [LostUpdate],
    pub(in crate::analysis) races: Option<&'a [Race]>,
    pub(in crate::analysis) expectations: &'a [ExpectationResult],
}
