//! Draws a placed stage as a scene.

mod beside;
mod figure;
mod note;
mod ring;
mod room;

use super::focus::{HighlightedItems, StageSelection};
use super::links::links;
use super::model::StageSnapshot;
use super::motion::TokenMotion;
use super::placed::{StageFigureKind, StageLayout};
use crate::analysis::digest::Digest;
use crate::analysis::prose::grouped;
use crate::model::id::TaskId;
use crate::view::hits::{HitRegions, HitTarget};
use crate::view::scene::{
    Bounds, Ink, Layer, Measure, Point, Scene, SceneItem, TextAlign, TextLabel, TextSize, fit_text,
};
use std::collections::BTreeSet;

/// All that the parts of the picture are drawn from.
struct StagePainter<'a> {
    digest: &'a Digest<'a>,
    stage: &'a StageSnapshot,
    placed: &'a StageLayout,
    lit: HighlightedItems,
    /// Figures that say themselves what they wait for.
    noted: BTreeSet<u32>,
    motion: Option<(&'a TokenMotion, f64)>,
    measure: Measure<'a>,
    items: Vec<SceneItem>,
    hits: HitRegions,
}

/// Draws it; `motion` and the time in milliseconds say which tokens are on their way.
pub fn scene(
    digest: &Digest<'_>,
    stage: &StageSnapshot,
    placed: &StageLayout,
    focus: &StageSelection,
    motion: Option<(&TokenMotion, f64)>,
    measure: Measure<'_>,
) -> Scene {
    let links = links(digest, stage, placed);
    let lit = HighlightedItems::new(digest, stage, placed, &links, focus);
    let (items, hits, noted) = (Vec::new(), HitRegions::default(), BTreeSet::new());
    let mut painting = StagePainter { digest, stage, placed, lit, noted, motion, measure, items, hits };
    painting.rooms();
    painting.objects();
    painting.quiet_links(&links);
    painting.figures();
    painting.ring(&links);
    painting.on_their_way();
    let (width, height) = (placed.width, placed.height);
    let layers = vec![Layer { clip: Bounds::new(0.0, 0.0, width, height), items: painting.items }];
    Scene { width, height, content_height: height, layers, hits: painting.hits }
}

impl StagePainter<'_> {
    fn label(&mut self, x: f64, y: f64, text: impl Into<String>, ink: Ink, face: TextSize) {
        let at = Point { x, y };
        self.items.push(SceneItem::Label(TextLabel {
            at,
            text: text.into(),
            ink,
            face,
            align: TextAlign::Start,
            plate: None,
        }));
    }

    /// A text cut to the room it has; how wide it is then.
    fn fitted(&mut self, x: f64, y: f64, text: &str, ink: Ink, face: TextSize, room: f64) -> f64 {
        let Some(text) = fit_text(text, face, room, self.measure) else { return 0.0 };
        let width = (self.measure)(&text, face);
        self.label(x, y, text, ink, face);
        width
    }

    /// A type and the number of the arrival that a task comes from: `network #0`.
    fn name(&self, task: TaskId) -> String {
        let names = &self.digest.names;
        let mut first = task;
        while let Some(parent) = names.parent(first) {
            first = parent;
        }
        format!("{} #{}", names.kind_name(task), grouped(u64::from(names.ordinal(first))))
    }

    fn figures(&mut self) {
        for number in 0..self.placed.figures.len() {
            let figure = self.placed.figures[number];
            let is_lit = self.lit.has_figure(number as u32);
            match figure.kind {
                StageFigureKind::Token(token) => {
                    let task = self.stage.tokens[token as usize].task;
                    let going = self.motion.and_then(|(motion, now)| {
                        motion.moves.get(&task).filter(|going| !going.is_leaving).map(|going| going.at(now))
                    });
                    let at = going.unwrap_or(figure.at);
                    if figure.is_chip {
                        self.chip(token, at, is_lit);
                    } else {
                        self.token((number as u32, token), at, is_lit);
                    }
                }
                StageFigureKind::Pile(role) => self.pile((number as u32, role), figure.at, is_lit),
                StageFigureKind::Rest(count) => self.rest(count, figure.at),
            }
            if self.lit.figure == Some(number as u32) {
                self.outline(figure.at);
            }
            self.hits.over(figure.at, HitTarget::Figure(number as u32));
        }
    }

    /// Tokens on their way in or out of a pile, and out of a room.
    fn on_their_way(&mut self) {
        let Some((motion, now)) = self.motion else { return };
        for (task, going) in motion.moves.iter().filter(|(_, going)| !going.is_over(now)) {
            let figure = self.stage.token(*task).and_then(|token| self.placed.figure_of[token as usize]);
            let figure = figure.map(|figure| self.placed.figures[figure as usize].kind);
            if matches!(figure, Some(StageFigureKind::Token(_))) && !going.is_leaving {
                continue;
            }
            self.speck(going.kind, going.at(now));
        }
    }
}
