//! The state of the simulated world at the cursor, shared by the panels.

use crate::store::run::SharedRun;
use std::rc::Rc;
use threadbare::analysis::state;
use threadbare::model::time::Time;

/// A state of the simulated world, shared by the panels. Two are equal if they are the same one.
#[derive(Clone)]
pub struct SharedSimulationState(pub Rc<state::State>);

impl PartialEq for SharedSimulationState {
    fn eq(&self, other: &SharedSimulationState) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// The state of a run at an instant, after all that happens at it.
pub fn world_state_at(run: &SharedRun, at: Time) -> SharedSimulationState {
    SharedSimulationState(Rc::new(run.digest.lens.state(run.trace().count_until(at) as u32)))
}
