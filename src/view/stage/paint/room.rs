//! Rooms and objects: what they are, and how full.

use super::super::model::{ExecutorRoom, ExecutorRoomZone, StageObject};
use super::super::placed::{PAD, PlacedRoom};
use super::StagePainter;
use crate::analysis::prose::grouped;
use crate::model::id::TaskTypeId;
use crate::view::hits::HitTarget;
use crate::view::palette::hue;
use crate::view::scene::{Bounds, Fill, Ink, Rect, SceneItem, TextSize};
use std::collections::BTreeMap;

/// Maximum number of permits that are drawn one by one.
const MAX_DOTS: u32 = 24;
/// Number of permits that have a place beside a name of any length.
const MIN_DOTS: u32 = 1;
/// Across a permit, with the space to the next.
const DOT: f64 = 13.0;
/// The narrowest part of the bar of held workers, in pixels.
const MIN_SHARE: f64 = 3.0;

impl StagePainter<'_> {
    pub(super) fn rooms(&mut self) {
        let (stage, placed) = (self.stage, self.placed);
        for (room, place) in stage.rooms.iter().zip(&placed.rooms) {
            self.room(room, place);
        }
    }

    fn room(&mut self, room: &ExecutorRoom, place: &PlacedRoom) {
        let at = place.at;
        self.items.push(SceneItem::Rect(Rect {
            at,
            ink: Ink::Raised,
            fill: Fill::Half,
            edge: Some(Ink::Grid),
            radius: 12.0,
        }));
        self.hits.over(at, HitTarget::Heading(room.executor));
        let name = self.digest.trace().scenario.executors[room.executor.index()].name.clone();
        let wide = at.width - 2.0 * PAD;
        self.fitted(at.x + PAD, at.y + 22.0, &name, Ink::Text, TextSize::Heading, wide);
        let note = self.room_note(&room.note, wide);
        self.fitted(at.x + PAD, at.y + 41.0, &note, Ink::Soft, TextSize::Body, wide);
        if place.has_meter {
            self.meter(room, Bounds::new(at.x + PAD, at.y + 53.0, wide, 7.0));
        }
        self.strips(room, place);
        self.deques(place);
        if let Some(dial) = place.dial {
            self.dial(room, dial);
        }
        self.idle(room, place);
        self.captions(room, place);
        let ends = room.ends.words();
        if !ends.is_empty() {
            self.fitted(at.x + PAD, at.bottom() - 15.0, &ends, Ink::Soft, TextSize::Body, wide);
        }
    }

    /// A bar as long as there may be workers, as far filled as they hold tasks, in the tasks' colours.
    fn meter(&mut self, room: &ExecutorRoom, at: Bounds) {
        let rect = |at: Bounds, ink: Ink| {
            SceneItem::Rect(Rect { at, ink, fill: Fill::Solid, edge: None, radius: 0.0 })
        };
        self.items.push(rect(at, Ink::Grid));
        let mut kinds: BTreeMap<TaskTypeId, u32> = BTreeMap::new();
        for token in
            self.stage.tokens.iter().filter(|token| token.zone == ExecutorRoomZone::Seats(room.executor))
        {
            if token.depth == 0 {
                *kinds.entry(self.digest.names.kind(token.task)).or_default() += 1;
            }
        }
        let most = room.limit.unwrap_or(room.alive).max(room.busy).max(1);
        let mut x = at.x;
        for (kind, count) in kinds {
            // One of a thousand is to be seen too.
            let wide = (at.width * f64::from(count) / f64::from(most)).max(MIN_SHARE).min(at.right() - x);
            self.items.push(rect(Bounds::new(x, at.y, wide, at.height), Ink::Task(hue(kind))));
            x += wide;
        }
    }

    /// Workers without a task, and places where there is no worker now.
    fn idle(&mut self, room: &ExecutorRoom, place: &PlacedRoom) {
        let is_green = room.carriers.is_some();
        for (number, row) in &place.idle {
            let has_worker = if place.has_meter { room.alive > 0 } else { room.live.contains(number) };
            let text = match (has_worker, place.has_meter) {
                (_, true) if is_green => "nobody here".to_owned(),
                (true, true) => format!("{} idle", grouped(u64::from(room.alive))),
                (true, false) => "idle".to_owned(),
                (false, _) if is_green => "no green thread".to_owned(),
                (false, _) => "no thread".to_owned(),
            };
            let radius = if place.has_meter { 10.0 } else { row.height / 2.0 - 0.1 };
            let (ink, edge) = (Ink::Surface, Some(Ink::Grid));
            self.items.push(SceneItem::Rect(Rect { at: *row, ink, fill: Fill::Solid, edge, radius }));
            let (x, y) = (row.x + 16.0, row.y + row.height / 2.0);
            self.fitted(x, y, &text, Ink::Soft, TextSize::Body, row.width - 24.0);
        }
        // Where objects stand on the right, lines lead there.
        let labels = place.is_side_by_side && !place.has_meter && self.stage.objects.is_empty();
        let labels = labels && place.seats.is_some_and(|seats| place.at.right() - seats.right() > 106.0);
        let Some(seats) = place.seats.filter(|_| labels) else { return };
        for figure in &self.placed.figures {
            let Some(number) = self.worker_of(figure.kind, place) else { continue };
            let y = figure.at.y + figure.at.height / 2.0;
            let text = format!("worker {number}");
            self.items.push(SceneItem::Label(crate::view::scene::TextLabel {
                at: crate::view::scene::Point { x: seats.right() + 46.0, y },
                text,
                ink: Ink::Soft,
                face: TextSize::Body,
                align: crate::view::scene::TextAlign::Start,
                plate: None,
            }));
        }
    }

    fn worker_of(&self, kind: super::StageFigureKind, place: &PlacedRoom) -> Option<u32> {
        let super::StageFigureKind::Token(token) = kind else { return None };
        let token = &self.stage.tokens[token as usize];
        (token.zone == ExecutorRoomZone::Seats(place.executor) && token.depth == 0)
            .then_some(token.seat)
            .flatten()
    }

    fn captions(&mut self, room: &ExecutorRoom, place: &PlacedRoom) {
        let is_wrapper = self.digest.trace().scenario.executors[room.executor.index()].wraps().is_some();
        if let Some(seats) = place.seats {
            let word = if is_wrapper { "scheduler" } else { "workers" };
            self.fitted(seats.x, seats.y - 11.0, word, Ink::Soft, TextSize::Small, seats.width);
        }
        if let Some(queue) = place.queue {
            let word = match (is_wrapper, place.deques.is_empty()) {
                (true, _) => "held back",
                (false, true) => "queue",
                (false, false) => "from outside",
            };
            // The label of a dashed line stands on the right of it, where the queue is below the seats.
            let wide = if place.is_side_by_side { queue.width } else { queue.width * 0.6 };
            self.fitted(queue.x, queue.y - 11.0, word, Ink::Soft, TextSize::Small, wide);
            if room.waiting == 0 && !self.has_figure(place, queue) {
                self.fitted(queue.x, queue.y + 14.0, "empty", Ink::Soft, TextSize::Body, queue.width);
            }
        }
    }

    /// The trough of each worker's deque.
    fn deques(&mut self, place: &PlacedRoom) {
        let Some(first) = place.deques.first() else { return };
        self.fitted(first.x, first.y - 11.0, "deques", Ink::Soft, TextSize::Small, first.width);
        for at in &place.deques {
            let (ink, edge) = (Ink::Surface, Some(Ink::Grid));
            self.items.push(SceneItem::Rect(Rect { at: *at, ink, fill: Fill::Solid, edge, radius: 6.0 }));
        }
    }

    fn has_figure(&self, place: &PlacedRoom, queue: Bounds) -> bool {
        let inside =
            |at: Bounds| queue.x <= at.x && at.x < queue.right() && queue.y <= at.y && at.y <= queue.bottom();
        self.placed.figures.iter().any(|figure| figure.zone.executor() == place.executor && inside(figure.at))
    }

    pub(super) fn objects(&mut self) {
        let (stage, placed) = (self.stage, self.placed);
        for (number, (object, at)) in stage.objects.iter().zip(&placed.objects).enumerate() {
            let is_lit = self.lit.has_object(number as u32);
            self.object(object, *at, is_lit);
            self.hits.over(*at, HitTarget::Object(number as u32));
        }
    }

    fn object(&mut self, object: &StageObject, at: Bounds, is_lit: bool) {
        let is_quiet =
            !is_lit || (self.stage.is_stuck && object.trouble < crate::view::chart::StuckSeverity::Stalled);
        let edge = match object.trouble {
            crate::view::chart::StuckSeverity::Stuck => Ink::Danger,
            crate::view::chart::StuckSeverity::Stalled => Ink::Stall,
            crate::view::chart::StuckSeverity::Behind | crate::view::chart::StuckSeverity::None => Ink::Rule,
        };
        self.items.push(SceneItem::Rect(Rect {
            at,
            ink: Ink::Surface,
            fill: Fill::Solid,
            edge: Some(if is_quiet { Ink::Grid } else { edge }),
            radius: 10.0,
        }));
        let text = if is_quiet { Ink::Soft } else { Ink::Text };
        let wide = at.width - 28.0;
        let (first, second) = (at.y + (0.345 * at.height).round(), at.y + (0.71 * at.height).round());
        // Its name before its dots, but for the first few, and rather smaller than cut.
        let room = wide - 14.0 - DOT * f64::from(object.permits.min(MIN_DOTS));
        let is_long = (self.measure)(&object.name, TextSize::Heading) > room;
        let face = if is_long { TextSize::Strong } else { TextSize::Heading };
        let used = self.fitted(at.x + 14.0, first, &object.name, text, face, room);
        self.fitted(at.x + 14.0, second, self.object_note(object, wide), Ink::Soft, TextSize::Body, wide);
        self.permits(object, at.x + 14.0 + used + 14.0, first, at.right() - 14.0);
    }

    /// What is said of an object; where there is no room for all of it, without what it begins with: the word for what it
    /// is, then what its dots say too; then without what it ends with.
    fn object_note<'a>(&self, object: &'a StageObject, room: f64) -> &'a str {
        let is_long = |text: &&str| (self.measure)(text, TextSize::Body) > room;
        let mut note = object.note.as_str();
        while let Some((_, rest)) = note.split_once(" · ").filter(|_| is_long(&note)) {
            note = rest;
        }
        note.split_once(", ").filter(|_| is_long(&note)).map_or(note, |(first, _)| first)
    }

    /// A dot for each permit, in the colour of who holds it; where there are too many, each stands for several.
    fn permits(&mut self, object: &StageObject, left: f64, y: f64, right: f64) {
        let size = DOT - 4.0;
        let fits = ((right - left) / DOT).max(0.0) as u32;
        let shown = object.permits.min(MAX_DOTS).min(fits);
        let taken = object.taken.min(object.permits);
        let filled = if (1..object.permits).contains(&taken) && shown < object.permits {
            // All are filled only if all are taken, and none only if none is.
            let share = u64::from(taken) * u64::from(shown) / u64::from(object.permits);
            (share as u32).clamp(1, shown.max(2) - 1)
        } else {
            taken.min(shown)
        };
        for at in 0..shown {
            let holder = object.holders.get(at as usize).or_else(|| object.inside.get(at as usize));
            let (ink, fill) = match holder.filter(|_| at < filled) {
                Some(task) => (Ink::Task(hue(self.digest.names.kind(*task))), Fill::Solid),
                None if at < filled => (Ink::Soft, Fill::Solid),
                None => (Ink::Rule, Fill::Outline),
            };
            let x = right - f64::from(shown - at) * DOT + 4.0;
            let at = Bounds::new(x, y - size / 2.0, size, size);
            self.items.push(SceneItem::Rect(Rect { at, ink, fill, edge: None, radius: size / 2.0 - 0.1 }));
        }
    }
}
