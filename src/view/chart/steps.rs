//! A count over time, ready to be drawn at any scale: depth of a queue, use of a cap.
//!
//! Invariant: steps are in order of time and each differs from the one before. Above them stands a tree of
//! greatest values, sixteen to one: what is merged on the screen shows its peak, never hides it.

use crate::model::time::Time;

const FAN: usize = 16;

/// A count over time; zero before its first step.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct CountOverTime {
    at: Vec<u64>,
    value: Vec<u32>,
    peaks: Vec<Vec<u32>>,
}

impl CountOverTime {
    /// From instants and the value from then on.
    pub fn new(steps: &[(Time, u32)]) -> CountOverTime {
        let value: Vec<u32> = steps.iter().map(|(_, value)| *value).collect();
        let peak = |chunk: &[u32]| chunk.iter().copied().max().unwrap_or(0);
        let mut peaks: Vec<Vec<u32>> = Vec::new();
        let mut below = &value;
        while below.len() > FAN {
            peaks.push(below.chunks(FAN).map(peak).collect());
            below = &peaks[peaks.len() - 1];
        }
        CountOverTime { at: steps.iter().map(|(at, _)| at.0).collect(), value, peaks }
    }

    /// Whether it is zero all the time.
    pub fn is_empty(&self) -> bool {
        self.peak() == 0
    }

    /// The greatest value.
    pub fn peak(&self) -> u32 {
        self.peak_of(0, self.value.len())
    }

    /// The value at an instant (after what happens at it).
    pub fn value_at(&self, at: Time) -> u32 {
        let next = self.at.partition_point(|step| *step <= at.0);
        next.checked_sub(1).map_or(0, |last| self.value[last])
    }

    /// The greatest of the steps `from..to`.
    fn peak_of(&self, mut from: usize, to: usize) -> u32 {
        let mut peak = 0;
        while from < to {
            let mut width = 1;
            let mut found = self.value[from];
            for level in &self.peaks {
                let wider = width * FAN;
                if !from.is_multiple_of(wider) || from + wider > to {
                    break;
                }
                (width, found) = (wider, level[from / wider]);
            }
            peak = peak.max(found);
            from += width;
        }
        peak
    }

    /// The count as it is drawn between `from` and `to`: each `(instant, value)` holds until the next. Within
    /// `column` nanoseconds only the peak is given.
    pub fn show(&self, from: Time, to: Time, column: u64) -> Vec<(Time, u32)> {
        let column = column.max(1);
        let mut shown = vec![(from, self.value_at(from))];
        let mut at = self.at.partition_point(|step| *step <= from.0);
        while at < self.at.len() && self.at[at] < to.0 {
            let start = self.at[at] / column * column;
            let end = start.saturating_add(column);
            let next = at + self.at[at..].partition_point(|step| *step < end);
            if next - at <= 1 {
                shown.push((Time(self.at[at]), self.value[at]));
            } else {
                let before = if at > 0 && start < self.at[at] { self.value[at - 1] } else { 0 };
                shown.push((Time(start.max(from.0)), self.peak_of(at, next).max(before)));
                shown.push((Time(end), self.value[next - 1]));
            }
            at = next;
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_holds_until_the_next() {
        let steps = CountOverTime::new(&[(Time(10), 3), (Time(20), 0), (Time(30), 7)]);
        let values: Vec<u32> = [0, 9, 10, 19, 20, 30, 99].map(|at| steps.value_at(Time(at))).into();
        assert_eq!(values, [0, 0, 3, 3, 0, 7, 7]);
        assert_eq!(steps.peak(), 7);
        assert_eq!(
            steps.show(Time(5), Time(25), 1),
            [(Time(5), 0), (Time(10), 3), (Time(20), 0)],
            "every step is seen where there is room"
        );
        assert!(CountOverTime::new(&[]).is_empty());
    }

    #[test]
    fn a_peak_is_never_hidden() {
        let mut steps: Vec<(Time, u32)> = (0..10_000).map(|i| (Time(i * 3), (i % 5) as u32)).collect();
        steps[7_777].1 = 99;
        let steps = CountOverTime::new(&steps);
        for column in [10, 500, 100_000] {
            let shown = steps.show(Time(0), Time(30_000), column);
            assert_eq!(shown.iter().map(|(_, value)| *value).max(), Some(99));
            assert!(shown.len() as u64 <= 2 * 30_000 / column + 3);
            assert!(shown.windows(2).all(|pair| pair[0].0 <= pair[1].0));
        }
    }
}
