//! The shape of one variant: what can hang by its structure, in words, and what is drawn of it; held against every order
//! where those are few.

use super::protocol::{JobHost, Subject, packed};
use crate::analysis::shape::{self, Shape};
use crate::analysis::verdict::{DesignKind, MadeRuns};
use crate::model::scenario::Scenario;
use crate::study::outlook::Outlook;
use crate::study::patience::without_bound;
use crate::view::shape::Map;
use serde::{Deserialize, Serialize};

/// If going through the orders takes longer, in milliseconds, the shape is told by itself meanwhile.
const PATIENCE: f64 = 50.0;

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShapeAnswer {
    /// What is drawn.
    pub map: Map,
    /// What it comes to, in a sentence.
    pub said: String,
    /// What can hang, or stall.
    pub hazards: Vec<Hazard>,
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

pub(super) fn carry_out(subject: &Subject, line: &mut dyn JobHost) -> Result<(), String> {
    let scenario = subject.scenario()?;
    let begun = line.now();
    let mut told = false;
    let outlook = Outlook::read_in_slices(&scenario, &without_bound, &mut |shape| {
        if !told && line.now() - begun > PATIENCE {
            told = true;
            line.tell(packed(&ShapeAnswer::of(shape, &scenario, said(shape).to_owned())));
        }
    });
    let said = in_short(&outlook, &scenario);
    line.tell(packed(&ShapeAnswer::of(&outlook.shape, &scenario, said)));
    Ok(())
}

/// What a shape comes to by itself.
fn said(shape: &Shape) -> &'static str {
    if !shape.known {
        "There are too many ways for tasks to come to be: whether it can hang is not known."
    } else if shape.hazards.is_empty() {
        "It cannot hang, in whatever order and however long things take."
    } else {
        "Who needs what while holding what. What can hang is red."
    }
}

/// The same, with what its orders come to.
fn in_short(outlook: &Outlook, scenario: &Scenario) -> String {
    let warned = outlook.withdrawn.first().map(|hazard| hazard.headline(scenario));
    let design = outlook.design(scenario, MadeRuns::default());
    match (design.kind, warned) {
        (DesignKind::CannotDeadlock, Some(warned)) if outlook.shape.hazards.is_empty() => {
            format!("It cannot hang: every order was looked at. By its shape alone it {warned}.")
        }
        (DesignKind::CanDeadlock, _) if outlook.shape.hazards.iter().all(|hazard| hazard.stall) => {
            "It can hang, in an order that its shape does not show: explore it.".to_owned()
        }
        (DesignKind::CannotDeadlock | DesignKind::CanDeadlock | DesignKind::NotKnown, _) => {
            said(&outlook.shape).to_owned()
        }
    }
}

impl ShapeAnswer {
    fn of(shape: &Shape, scenario: &Scenario, said: String) -> ShapeAnswer {
        let words = |hazard: &shape::Hazard| Hazard {
            is_stall: hazard.stall,
            headline: hazard.headline(scenario),
            details: hazard.details(scenario),
        };
        let hazards = shape.hazards.iter().map(words).collect();
        ShapeAnswer { map: Map::new(scenario, shape), said, hazards }
    }
}
