//! How rooms and objects share the width of a frame: which column each room stands in, and where the objects are.
//!
//! Invariant: rooms keep their order, down each column and from left to right; columns follow from the run, the frame and
//! the measures, not from the instant, but for whether there are objects at all.

use super::model::StageSnapshot;
use super::placed::StageFrame;
use super::staged_run::StagedRun;

/// How wide an object is at most, in pixels.
pub(super) const OBJECT_WIDTH: f64 = 250.0;
/// Between two rooms in one column, and between objects in one row.
pub(super) const BETWEEN: f64 = 18.0;
/// Narrower than this a frame is a phone's.
pub(super) const NARROW: f64 = 520.0;
/// The narrowest column.
const MIN_COLUMN: f64 = 236.0;
/// The narrowest column on a phone, and the space beside it.
const ON_A_PHONE: (f64, f64) = (146.0, 24.0);

/// How rooms and objects share the width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StageArrangement {
    /// A column for each step of the way that work takes, as many as there is width for. Objects are beside a single
    /// wide column, and below several.
    ByLevel,
    /// The same, but all objects beside the columns.
    ObjectsBeside,
    /// More columns than steps, so that fewer rooms are below each other.
    Spread,
    /// The same, and all objects beside the columns.
    SpreadObjectsBeside,
}

/// The columns of rooms.
#[derive(Clone, Debug)]
pub(super) struct RoomColumns {
    pub count: usize,
    pub width: f64,
    pub gap: f64,
    pub left: f64,
    /// Objects stand to the right of the rooms.
    pub objects_beside: bool,
    /// The column of each room of the plan.
    pub of_room: Vec<usize>,
}

impl RoomColumns {
    /// The columns of an arrangement; `None` if the frame has no width for it, or it is none of its own. `heights` tells
    /// how high each room is in a column of a width.
    pub fn new(
        plan: &StagedRun,
        stage: &StageSnapshot,
        frame: &StageFrame,
        arrangement: StageArrangement,
        heights: impl Fn(f64) -> Vec<f64>,
    ) -> Option<RoomColumns> {
        let has_objects = !stage.objects.is_empty();
        let by_level = RoomColumns::by_level(plan, has_objects, frame);
        match arrangement {
            StageArrangement::ByLevel => Some(by_level),
            StageArrangement::ObjectsBeside if has_objects && !by_level.objects_beside => {
                let columns = RoomColumns::of_count(by_level.count, true, frame)?;
                Some(RoomColumns { of_room: by_level.of_room, ..columns })
            }
            StageArrangement::Spread => by_level.spread(false, frame, heights),
            StageArrangement::SpreadObjectsBeside if has_objects => by_level.spread(true, frame, heights),
            StageArrangement::ObjectsBeside | StageArrangement::SpreadObjectsBeside => None,
        }
    }

    fn by_level(plan: &StagedRun, has_objects: bool, frame: &StageFrame) -> RoomColumns {
        let mut levels: Vec<u32> = plan.rooms.iter().map(|room| room.level).collect();
        levels.dedup();
        let margin = margin(frame);
        let (mut count, room) = (levels.len().max(1), frame.width - 2.0 * margin);
        loop {
            let objects_beside = has_objects && count == 1 && room >= 820.0;
            let gap = if room < 900.0 { 64.0 } else { 112.0 };
            let taken = if objects_beside { OBJECT_WIDTH + gap } else { 0.0 };
            let most = if count == 1 { 980.0 } else { 460.0 };
            let width = ((room - taken - gap * (count - 1) as f64) / count as f64).min(most);
            if width < MIN_COLUMN && count > 1 {
                count -= 1;
                continue;
            }
            let used = width * count as f64 + gap * (count - 1) as f64 + taken;
            let left = margin + ((room - used) / 2.0).max(0.0);
            let of_room = plan.rooms.iter().map(|room| {
                let level = levels.iter().position(|level| *level == room.level).unwrap_or(0);
                level * count / levels.len().max(1)
            });
            return RoomColumns { count, width, gap, left, objects_beside, of_room: of_room.collect() };
        }
    }

    /// So many columns as wide as they can be; `None` if that is too narrow for names.
    fn of_count(count: usize, objects_beside: bool, frame: &StageFrame) -> Option<RoomColumns> {
        let (margin, (least, gap)) = (margin(frame), least(frame));
        let room = frame.width - 2.0 * margin;
        let taken = if objects_beside { OBJECT_WIDTH + gap } else { 0.0 };
        let width = ((room - taken - gap * (count - 1) as f64) / count as f64).min(460.0);
        let used = width * count as f64 + gap * (count - 1) as f64 + taken;
        let left = margin + ((room - used) / 2.0).max(0.0);
        (width >= least).then_some(RoomColumns {
            count,
            width,
            gap,
            left,
            objects_beside,
            of_room: Vec::new(),
        })
    }

    /// More columns than these, as many as make the highest one lowest.
    fn spread(
        &self,
        objects_beside: bool,
        frame: &StageFrame,
        heights: impl Fn(f64) -> Vec<f64>,
    ) -> Option<RoomColumns> {
        let counts = self.count + 1..=self.of_room.len();
        let found = counts.filter_map(|count| {
            let columns = RoomColumns::of_count(count, objects_beside, frame)?;
            let (of_room, height) = shared_out(&heights(columns.width), count);
            Some((height, RoomColumns { of_room, ..columns }))
        });
        found.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, columns)| columns)
    }

    /// The left edge of a column.
    pub fn x(&self, column: usize) -> f64 {
        self.left + column as f64 * (self.width + self.gap)
    }

    /// The left edge of objects beside the columns.
    pub fn right(&self) -> f64 {
        self.x(self.count - 1) + self.width + self.gap
    }
}

/// Shares rooms out to columns in their order, so that the highest column is as low as can be: the column of each, and
/// that height.
fn shared_out(heights: &[f64], count: usize) -> (Vec<usize>, f64) {
    // Fills columns up to a height, and says of each room which it came to.
    let fill = |most: f64, tell: &mut dyn FnMut(usize)| {
        let (mut column, mut height) = (0, 0.0);
        for room in heights {
            if height > 0.0 && height + BETWEEN + room > most {
                (column, height) = (column + 1, 0.0);
            }
            height += room + if height > 0.0 { BETWEEN } else { 0.0 };
            tell(column);
        }
        column
    };
    // The lowest height is that of some rooms one after the other.
    let highest = heights.iter().copied().fold(0.0, f64::max);
    let mut lowest = f64::MAX;
    for first in 0..heights.len() {
        let mut sum = -BETWEEN;
        for room in &heights[first..] {
            sum += room + BETWEEN;
            if sum >= highest && sum < lowest && fill(sum, &mut |_| ()) < count {
                lowest = sum;
            }
        }
    }
    let most = if lowest < f64::MAX { lowest } else { highest };
    let mut of_room = Vec::with_capacity(heights.len());
    fill(most, &mut |column| of_room.push(column));
    (of_room, most)
}

/// Left and right of everything.
pub(super) fn margin(frame: &StageFrame) -> f64 {
    if frame.width < NARROW { 8.0 } else { 20.0 }
}

/// The narrowest of several columns, and the space between them.
fn least(frame: &StageFrame) -> (f64, f64) {
    if frame.width < NARROW { ON_A_PHONE } else { (MIN_COLUMN, 64.0) }
}

#[cfg(test)]
mod tests {
    use super::shared_out;

    #[test]
    fn rooms_are_shared_out_in_order_to_columns_as_low_as_can_be() {
        assert_eq!(shared_out(&[100.0, 100.0, 100.0], 2), (vec![0, 0, 1], 218.0));
        assert_eq!(shared_out(&[100.0, 300.0, 100.0, 100.0], 3), (vec![0, 1, 2, 2], 300.0));
        assert_eq!(shared_out(&[300.0, 10.0], 1), (vec![0, 0], 328.0));
        assert_eq!(shared_out(&[], 2), (vec![], 0.0));
    }
}
