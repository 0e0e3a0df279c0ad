//! What besides its workers makes a room what it is: the carriers of green threads, the limits of a wrapper, the dial of
//! a delay.

use super::super::model::{CarrierThreadRow, ExecutorRoom, WrapperLimitUsage};
use super::super::placed::{MAX_SLOT, PlacedRoom, SLOT_GAP, STRIP_CAPTION};
use super::StagePainter;
use super::note::short;
use crate::analysis::prose::grouped;
use crate::model::time::Duration;
use crate::view::chart::StuckSeverity;
use crate::view::hits::HitTarget;
use crate::view::palette::hue;
use crate::view::ruler::out_of;
use crate::view::scene::{
    Bounds, Fill, Ink, Line, Point, Rect, SceneItem, Stroke, TextAlign, TextLabel, TextSize,
};
use std::f64::consts::TAU;

/// The narrowest carrier that is drawn by itself.
const MIN_SLOT: f64 = 20.0;
/// The narrowest carrier with a name on it.
const MIN_NAMED: f64 = 56.0;
/// Across a permit that is drawn as a dot, with the space to the next.
const DOT: f64 = 13.0;
/// Maximum number of tokens on a dial.
const MAX_ON_DIAL: usize = 48;
/// Across a token on a dial.
const ON_DIAL: f64 = 12.0;

impl StagePainter<'_> {
    /// The carriers of a green executor, or the limits of a wrapper.
    pub(super) fn strips(&mut self, room: &ExecutorRoom, place: &PlacedRoom) {
        match (&room.carriers, place.strips.first()) {
            (Some(row), Some(at)) => self.carriers(row, *at),
            _ => {
                for (gate, at) in room.gates.iter().zip(&place.strips) {
                    self.gate(gate, *at);
                }
            }
        }
    }

    fn carriers(&mut self, row: &CarrierThreadRow, at: Bounds) {
        let word = if row.is_shared { "one thread" } else { "carriers" };
        let y = at.y + at.height / 2.0;
        self.fitted(at.x, y, word, Ink::Soft, TextSize::Small, STRIP_CAPTION - 4.0);
        let room = Bounds::new(at.x + STRIP_CAPTION, at.y, at.width - STRIP_CAPTION, at.height);
        // One that a spare carrier stands in for still has its own.
        let count = row.threads.max(row.kept_by.len() as u32);
        let wide = ((room.width + SLOT_GAP) / f64::from(count) - SLOT_GAP).min(MAX_SLOT);
        if wide < MIN_SLOT {
            let used = row.kept_by.len() as u32;
            return self.tally(used, row.threads, room);
        }
        for number in 0..count {
            let slot = Bounds::new(room.x + f64::from(number) * (wide + SLOT_GAP), room.y, wide, room.height);
            self.carrier(row.kept_by.get(number as usize).copied(), slot);
        }
    }

    /// One carrier, as who is on it looks.
    fn carrier(&mut self, token: Option<u32>, at: Bounds) {
        let (x, y, wide) = (at.x + 8.0, at.y + at.height / 2.0, at.width - 14.0);
        let Some(token) = token else {
            let (ink, edge) = (Ink::Surface, Some(Ink::Grid));
            self.items.push(SceneItem::Rect(Rect { at, ink, fill: Fill::Solid, edge, radius: 4.0 }));
            if at.width >= MIN_NAMED {
                self.fitted(x, y, "free", Ink::Soft, TextSize::Small, wide);
            }
            return;
        };
        let (role, task) = (self.stage.role_of(token), self.stage.tokens[token as usize].task);
        let figure = self.placed.figure_of[token as usize];
        let look = self.look(role, figure.is_none_or(|figure| self.lit.has_figure(figure)));
        self.ground(at, look, 4.0);
        if at.width >= MIN_NAMED {
            let name = self.name(task);
            let name = if (self.measure)(&name, TextSize::Small) > wide { short(&name) } else { &name };
            self.fitted(x, y, name, look.text, TextSize::Small, wide);
        }
        if let Some(figure) = figure {
            self.hits.over(at, HitTarget::Figure(figure));
        }
    }

    /// A limit: a dot for each that it lets through, filled for each that came.
    fn gate(&mut self, gate: &WrapperLimitUsage, at: Bounds) {
        let y = at.y + at.height / 2.0;
        self.fitted(at.x, y, &gate.name, Ink::Soft, TextSize::Small, STRIP_CAPTION - 4.0);
        let room = Bounds::new(at.x + STRIP_CAPTION, at.y, at.width - STRIP_CAPTION, at.height);
        if f64::from(gate.limit) * DOT > room.width {
            return self.tally(gate.used, gate.limit, room);
        }
        for number in 0..gate.limit {
            let is_used = number < gate.used;
            let (ink, fill) = if is_used { (Ink::Level, Fill::Solid) } else { (Ink::Rule, Fill::Outline) };
            let size = DOT - 4.0;
            let dot = Bounds::new(room.x + f64::from(number) * DOT, y - size / 2.0, size, size);
            self.items.push(SceneItem::Rect(Rect {
                at: dot,
                ink,
                fill,
                edge: None,
                radius: size / 2.0 - 0.1,
            }));
        }
    }

    /// What is too much for dots is one bar: how much of it is taken, and the count.
    fn tally(&mut self, used: u32, of: u32, at: Bounds) {
        let text = format!("{} of {}", grouped(u64::from(used)), grouped(u64::from(of)));
        let wide = (self.measure)(&text, TextSize::Small);
        let bar = Bounds::new(at.x, at.y + at.height / 2.0 - 4.0, at.width - wide - 10.0, 8.0);
        let rect = |at: Bounds, ink: Ink| {
            SceneItem::Rect(Rect { at, ink, fill: Fill::Solid, edge: None, radius: 0.0 })
        };
        self.items.push(rect(bar, Ink::Grid));
        let share = (f64::from(used) / f64::from(of.max(1))).min(1.0);
        self.items.push(rect(Bounds::new(bar.x, bar.y, bar.width * share, bar.height), Ink::Level));
        self.label(at.right() - wide, at.y + at.height / 2.0, text, Ink::Soft, TextSize::Small);
    }

    /// Tokens that a delay holds go round like the hand of a clock, and are handed on at the top.
    pub(super) fn dial(&mut self, room: &ExecutorRoom, at: Bounds) {
        let radius = at.width / 2.0;
        let centre = Point { x: at.x + radius, y: at.y + radius };
        let inset = ON_DIAL / 2.0;
        let round = Bounds::new(at.x + inset, at.y + inset, at.width - ON_DIAL, at.height - ON_DIAL);
        let (ink, edge) = (Ink::Surface, Some(Ink::Rule));
        self.items.push(SceneItem::Rect(Rect {
            at: round,
            ink,
            fill: Fill::Solid,
            edge,
            radius: round.width / 2.0 - 0.1,
        }));
        let top = |y: f64| Point { x: centre.x, y };
        let (stroke, width) = (Stroke::Solid, 2.0);
        self.items.push(SceneItem::Line(Line {
            from: top(at.y),
            to: top(at.y + ON_DIAL + 4.0),
            ink: Ink::Soft,
            stroke,
            width,
        }));
        let stage = self.stage;
        let held = (0_u32..).zip(&stage.tokens).filter(|(_, token)| token.zone.executor() == room.executor);
        let held: Vec<_> =
            held.filter_map(|(number, token)| Some((number, token.countdown?))).take(MAX_ON_DIAL).collect();
        for (number, countdown) in &held {
            let passed = 1.0 - countdown.left.0 as f64 / countdown.whole.0.max(1) as f64;
            let (sin, cos) = (libm::sin(passed * TAU), libm::cos(passed * TAU));
            let reach = radius - inset;
            let (x, y) = (centre.x + sin * reach - inset, centre.y - cos * reach - inset);
            self.on_dial(*number, Bounds::new(x, y, ON_DIAL, ON_DIAL));
        }
        let next = held.iter().map(|(_, countdown)| countdown).min_by_key(|countdown| countdown.left);
        if let Some(next) = next {
            let (what, when) = match next.left {
                Duration::ZERO => ("next is", "due".to_owned()),
                left => ("next in", out_of(left.0, next.whole.0)),
            };
            self.centred(Point { y: centre.y - 8.0, ..centre }, what.to_owned());
            self.centred(Point { y: centre.y + 8.0, ..centre }, when);
        }
    }

    fn on_dial(&mut self, token: u32, at: Bounds) {
        let role = self.stage.role_of(token);
        let figure = self.placed.figure_of[token as usize];
        let is_lit = figure.is_none_or(|figure| self.lit.has_figure(figure));
        let is_quiet = !is_lit || (self.stage.is_stuck && role.trouble < StuckSeverity::Stuck);
        let ink = if is_quiet { Ink::Muted } else { Ink::Task(hue(role.kind)) };
        let radius = at.width / 2.0 - 0.1;
        self.items.push(SceneItem::Rect(Rect {
            at,
            ink,
            fill: Fill::Solid,
            edge: Some(Ink::Surface),
            radius,
        }));
        if let Some(figure) = figure {
            self.hits.over(at, HitTarget::Figure(figure));
        }
    }

    fn centred(&mut self, at: Point, text: String) {
        let (ink, face, align) = (Ink::Soft, TextSize::Small, TextAlign::Middle);
        self.items.push(SceneItem::Label(TextLabel { at, text, ink, face, align, plate: None }));
    }
}
