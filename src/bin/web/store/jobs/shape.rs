//! The shape of one variant: what can hang by its structure alone, in words, and what is drawn of it.

use super::{Line, Subject, packed};
use serde::{Deserialize, Serialize};
use threadbare::analysis::shape::Shape;
use threadbare::view::shape::Map;

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shaped {
    /// What is drawn.
    pub map: Map,
    /// What can hang, or stall.
    pub hazards: Vec<Hazard>,
    /// False: there are too many ways for tasks to come to be, and nothing is known.
    pub is_known: bool,
}

/// Something that can hang, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hazard {
    /// It goes on when a timeout comes.
    pub is_stall: bool,
    /// What it is, from which numbers on: `can hang once 5 `build` tasks are under way: …`.
    pub headline: String,
    /// Where tasks stand then, and which size would be safe.
    pub details: Vec<String>,
}

pub(super) fn carry_out(subject: &Subject, line: &mut dyn Line) -> Result<(), String> {
    let scenario = subject.scenario()?;
    let shape = Shape::read(&scenario);
    let hazards = shape.hazards.iter().map(|hazard| Hazard {
        is_stall: hazard.stall,
        headline: hazard.headline(&scenario),
        details: hazard.details(&scenario),
    });
    line.tell(packed(&Shaped {
        map: Map::new(&scenario, &shape),
        hazards: hazards.collect(),
        is_known: shape.known,
    }));
    Ok(())
}
