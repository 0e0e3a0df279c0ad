//! Tokens and piles: the colour of their type, the form of what they do, red if they are part of a deadlock.

use super::super::model::TaskGroup;
use super::super::placed::PILE_DEPTH;
use super::StagePainter;
use super::note::short;
use crate::analysis::prose::grouped;
use crate::model::id::TaskTypeId;
use crate::view::chart::{StuckSeverity, TaskActivity};
use crate::view::legend::DOT;
use crate::view::palette::{hue, letter};
use crate::view::scene::{Bounds, Fill, Ink, Rect, SceneItem, TextSize};

/// The colours and the fill of a figure.
#[derive(Clone, Copy)]
pub(super) struct FigureStyle {
    ink: Ink,
    fill: Fill,
    edge: Option<Ink>,
    /// What it is called.
    pub text: Ink,
    /// What it does.
    note: Ink,
    /// The colour of its type beside its name; `None` where all of it has that colour.
    swatch: Option<Ink>,
}

/// Narrower than this a token has no room to spare beside its name.
const NARROW_TOKEN: f64 = 130.0;
impl StagePainter<'_> {
    pub(super) fn look(&self, role: &TaskGroup, is_lit: bool) -> FigureStyle {
        let own = hue(role.kind);
        let is_quiet = !is_lit || (self.stage.is_stuck && role.trouble < StuckSeverity::Stuck);
        let fill = match role.act {
            TaskActivity::Running => Fill::Solid,
            TaskActivity::Io => Fill::Half,
            TaskActivity::Waiting => Fill::HatchedLight,
            TaskActivity::Ready | TaskActivity::Queued => Fill::Outline,
            TaskActivity::Held => Fill::Dotted,
            TaskActivity::Cancelled => Fill::Struck,
        };
        if is_quiet || role.act == TaskActivity::Cancelled {
            let fill = if matches!(fill, Fill::Solid | Fill::Half) { Fill::Wash } else { fill };
            let swatch = Some(if is_lit { Ink::Task(own) } else { Ink::Muted });
            return FigureStyle {
                ink: Ink::Muted,
                fill,
                edge: None,
                text: Ink::Soft,
                note: Ink::Soft,
                swatch,
            };
        }
        let (ink, edge) = match role.trouble {
            StuckSeverity::None => (Ink::Task(own), None),
            StuckSeverity::Behind => (Ink::Muted, None),
            StuckSeverity::Stalled => (Ink::Stall, Some(Ink::Stall)),
            StuckSeverity::Stuck => (Ink::Danger, Some(Ink::Danger)),
        };
        match fill {
            Fill::Solid => {
                FigureStyle { ink, fill, edge, text: Ink::OnTask(own), note: Ink::OnTask(own), swatch: None }
            }
            Fill::Half => FigureStyle {
                ink,
                fill,
                edge,
                text: Ink::OnVeiled(own),
                note: Ink::OnVeiled(own),
                swatch: None,
            },
            Fill::Hatched | Fill::HatchedLight | Fill::Outline | Fill::Dotted | Fill::Struck | Fill::Wash => {
                FigureStyle {
                    ink,
                    fill,
                    edge,
                    text: Ink::Text,
                    note: Ink::Soft,
                    swatch: Some(Ink::Task(own)),
                }
            }
        }
    }

    /// Its ground: so that no line is seen through it.
    pub(super) fn ground(&mut self, at: Bounds, look: FigureStyle, radius: f64) {
        let ground = Rect { at, ink: Ink::Surface, fill: Fill::Solid, edge: None, radius };
        self.items.push(SceneItem::Rect(ground));
        self.items.push(SceneItem::Rect(Rect {
            at,
            ink: look.ink,
            fill: look.fill,
            edge: look.edge,
            radius,
        }));
    }

    fn swatch(&mut self, ink: Option<Ink>, x: f64, y: f64) {
        if let Some(ink) = ink {
            let at = Bounds::new(x, y - 6.0, 12.0, 12.0);
            self.items.push(SceneItem::Rect(Rect { at, ink, fill: Fill::Solid, edge: None, radius: DOT }));
        }
    }

    pub(super) fn token(&mut self, (figure, token): (u32, u32), at: Bounds, is_lit: bool) {
        let stage = self.stage;
        let role = stage.role_of(token);
        let look = self.look(role, is_lit);
        self.ground(at, look, (at.height / 2.0 - 0.1).max(0.0));
        let y = at.y + at.height / 2.0;
        let left = if look.swatch.is_some() { 30.0 } else { 16.0 };
        self.swatch(look.swatch, at.x + 12.0, y);
        let name = self.named(role.kind, self.name(stage.tokens[token as usize].task));
        let room = at.width - left - if at.width < NARROW_TOKEN { 8.0 } else { 14.0 };
        let (name, face) = self.name_in(&name, room);
        let used = self.fitted(at.x + left, y, name, look.text, face, room);
        if used > 0.0 && !role.note.is_empty() {
            let from = (at.x + left + used + 10.0, y);
            if self.note(from, &role.note, false, look.note, room - used - 10.0) {
                self.noted.insert(figure);
            }
        }
    }

    /// A name with the letter of its type, where colours alone do not tell types apart.
    fn named(&self, kind: TaskTypeId, name: String) -> String {
        letter(kind).map_or(name.clone(), |letter| format!("{letter} {name}"))
    }

    pub(super) fn chip(&mut self, token: u32, at: Bounds, is_lit: bool) {
        let stage = self.stage;
        let look = self.look(stage.role_of(token), is_lit);
        self.ground(at, look, 5.0);
        let name = self.name(stage.tokens[token as usize].task);
        let room = at.width - 10.0;
        let is_short = (self.measure)(&name, TextSize::Small) <= room;
        let text = if is_short { name.as_str() } else { short(&name) };
        self.fitted(at.x + 6.0, at.y + at.height / 2.0, text, look.text, TextSize::Small, room);
    }

    pub(super) fn pile(&mut self, (figure, number): (u32, u32), at: Bounds, is_lit: bool) {
        let stage = self.stage;
        let role = &stage.roles[number as usize];
        let look = self.look(role, is_lit);
        let count = role.tokens.len();
        let front = Bounds::new(at.x, at.y, at.width - PILE_DEPTH, at.height);
        for layer in (1..count.min(3)).rev() {
            let by = layer as f64 * if front.height < 38.0 { 2.5 } else { 4.0 };
            let behind = Bounds::new(front.x + by, front.y - by * 0.75, front.width, front.height);
            let edge = Some(look.edge.unwrap_or(Ink::Rule));
            self.items.push(SceneItem::Rect(Rect {
                at: behind,
                ink: Ink::Surface,
                fill: Fill::Solid,
                edge,
                radius: 10.0,
            }));
        }
        let edge = look.edge.or((look.fill != Fill::Solid && look.fill != Fill::Half).then_some(Ink::Rule));
        self.ground(front, FigureStyle { edge, ..look }, 10.0);
        let is_one_line = front.height < 38.0;
        let is_alone = role.note.is_empty() || is_one_line;
        let y = front.y + front.height * if is_alone { 0.5 } else { 0.33 };
        let is_narrow = front.width < NARROW_TOKEN;
        let left = match look.swatch {
            Some(_) if is_narrow => 28.0,
            Some(_) => 32.0,
            None if is_narrow => 10.0,
            None => 14.0,
        };
        self.swatch(look.swatch, front.x + 12.0, y);
        let kind = &self.digest.trace().scenario.tasks[role.kind.index()].name;
        let name = match role.tokens.first() {
            Some(token) if count == 1 => self.name(stage.tokens[*token as usize].task),
            Some(_) | None => format!("{} × {kind}", grouped(count as u64)),
        };
        let name = self.named(role.kind, name);
        let room = front.width - left - if is_narrow { 6.0 } else { 12.0 };
        let (name, face) = self.name_in(&name, room);
        let used = self.fitted(front.x + left, y, name, look.text, face, room);
        if role.note.is_empty() {
            return;
        }
        // In a font that is wider than was measured the name may reach further.
        let gap = 8.0 + used * 0.08;
        let (from, room) = match is_one_line {
            true => ((front.x + left + used + gap, y), room - used - gap),
            false => ((front.x + left, front.y + front.height * 0.71), room),
        };
        if self.note(from, &role.note, count > 1, look.note, room) {
            self.noted.insert(figure);
        }
    }

    pub(super) fn rest(&mut self, count: u32, at: Bounds) {
        if at.width < 110.0 {
            let text = format!("+{}", grouped(u64::from(count)));
            self.fitted(
                at.x + 6.0,
                at.y + at.height / 2.0,
                &text,
                Ink::Soft,
                TextSize::Small,
                at.width - 8.0,
            );
            return;
        }
        let text = format!("and {} more", grouped(u64::from(count)));
        self.fitted(at.x + 14.0, at.y + at.height / 2.0, &text, Ink::Soft, TextSize::Body, at.width - 18.0);
    }

    /// What is pointed at.
    pub(super) fn outline(&mut self, at: Bounds) {
        let at = Bounds::new(at.x - 3.0, at.y - 3.0, at.width + 6.0, at.height + 6.0);
        let radius = (at.height / 2.0 - 0.1).min(14.0);
        let outline = Rect { at, ink: Ink::Surface, fill: Fill::Wash, edge: Some(Ink::Chosen), radius };
        self.items.push(SceneItem::Rect(Rect { fill: Fill::Wash, ..outline }));
    }

    /// A token on its way, too small for a name.
    pub(super) fn speck(&mut self, kind: TaskTypeId, at: Bounds) {
        let size = at.height.min(16.0);
        let place = Bounds::new(at.x, at.y + (at.height - size) / 2.0, at.width.min(28.0).max(size), size);
        let (ink, radius) = (Ink::Task(hue(kind)), size / 2.0 - 0.1);
        self.items.push(SceneItem::Rect(Rect { at: place, ink, fill: Fill::Solid, edge: None, radius }));
    }
}
