//! The shape of one variant: what can deadlock by its structure, in words, and what is drawn of it; held against every
//! order where those are few.

use super::protocol::{JobHost, Subject, packed};
use crate::analysis::shape::{self, Shape};
use crate::analysis::verdict::{Coverage, DesignVerdict, MadeRuns, ShapeReading};
use crate::model::scenario::Scenario;
use crate::study::cancellation::without_bound;
use crate::study::design_check::DesignCheck;
use crate::view::shape::DependencyMap;
use serde::{Deserialize, Serialize};

/// If going through the orders takes longer, in milliseconds, the shape is told by itself meanwhile.
const PATIENCE: f64 = 50.0;

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShapeAnswer {
    /// What is drawn.
    pub map: DependencyMap,
    /// What the picture shows, in a sentence.
    pub said: String,
    /// What can deadlock, or stall.
    pub hazards: Vec<Hazard>,
    /// What the shape says of the design.
    reading: ShapeReading,
    /// What was seen of its orders.
    orders: Coverage,
}

/// Something that can deadlock, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hazard {
    /// The code of its rule, such as `TB001`.
    pub code: String,
    /// It goes on when a timeout comes.
    pub is_stall: bool,
    /// What it is, from which numbers on: `can deadlock once 5 `build` tasks are running: …`.
    pub headline: String,
    /// Where tasks stand then, and which size would be safe.
    pub details: Vec<String>,
}

pub(super) fn execute(subject: &Subject, line: &mut dyn JobHost) -> Result<(), String> {
    let scenario = subject.scenario()?;
    let begun = line.now();
    let mut told = false;
    let outlook = DesignCheck::read_in_slices(&scenario, &without_bound, &mut |shape| {
        if !told && line.now() - begun > PATIENCE {
            told = true;
            line.send(packed(&ShapeAnswer::of(shape, Coverage::default(), &scenario, said(shape))));
        }
    });
    let said = in_short(&outlook, &scenario);
    line.send(packed(&ShapeAnswer::of(&outlook.shape, outlook.orders, &scenario, said)));
    Ok(())
}

/// What the picture of a shape shows.
fn said(shape: &Shape) -> String {
    let said = if !shape.known {
        "Tasks can be created in too many ways. Only a part is drawn."
    } else if shape.hazards.is_empty() {
        "Who needs what while holding what. There is no circular wait."
    } else {
        "Who needs what while holding what. What can deadlock is red."
    };
    said.to_owned()
}

/// The same, with what its orders come to.
fn in_short(outlook: &DesignCheck, scenario: &Scenario) -> String {
    let is_clear = outlook.shape.hazards.is_empty();
    let has_no_ring = outlook.shape.hazards.iter().all(|hazard| hazard.stall);
    match outlook.withdrawn.first().map(|hazard| hazard.headline(scenario)) {
        Some(warned) if is_clear => {
            format!("Every order was explored, and none deadlocks. By its shape alone it {warned}.")
        }
        Some(_) | None if has_no_ring && outlook.orders.deadlocks => {
            "An order deadlocks in a way that this picture does not show. Explore it.".to_owned()
        }
        Some(_) | None => said(&outlook.shape),
    }
}

impl ShapeAnswer {
    fn of(shape: &Shape, orders: Coverage, scenario: &Scenario, said: String) -> ShapeAnswer {
        let words = |hazard: &shape::Hazard| Hazard {
            code: hazard.rule().code().to_owned(),
            is_stall: hazard.stall,
            headline: hazard.headline(scenario),
            details: hazard.details(scenario),
        };
        let hazards = shape.hazards.iter().map(words).collect();
        let reading = ShapeReading::of(shape, scenario);
        ShapeAnswer { map: DependencyMap::new(scenario, shape), said, hazards, reading, orders }
    }

    /// What is known of the design: by its shape and its orders, by what else was explored of them, and by the run that
    /// is shown.
    pub fn design(&self, explored: Coverage, run: MadeRuns) -> DesignVerdict {
        DesignVerdict::of(&self.reading, Some(self.orders.with(explored)), run)
    }
}
