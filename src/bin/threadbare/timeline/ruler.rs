//! Time on a line of characters: which column an instant falls in, and the ruler above the lanes.

use threadbare::model::time::{Duration, SECOND, Time};

/// The window of time that `columns` characters show, from `from` up to but not including `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// The instant at the left edge.
    pub from: Time,
    /// The instant at the right edge; later than `from`.
    pub to: Time,
    /// Characters between the edges, at least 1.
    pub columns: usize,
}

impl Scale {
    /// The column that `at` falls in: 0 before the window, the last one after it.
    pub fn column(&self, at: Time) -> usize {
        let past = u128::from(at.since(self.from).0);
        let column = past * self.columns as u128 / u128::from(self.length());
        (column as usize).min(self.columns - 1)
    }

    /// The first instant of a column (of the right edge, for `columns`).
    pub fn instant(&self, column: usize) -> Time {
        let nanos = (u128::from(self.length()) * column as u128).div_ceil(self.columns as u128);
        Time(self.from.0.saturating_add(nanos as u64))
    }

    fn length(&self) -> u64 {
        self.to.since(self.from).0.max(1)
    }

    /// The ruler: labels at round instants, each starting at its column, and the columns of all ticks.
    pub fn ruler(&self) -> (String, Vec<usize>) {
        let step = self.step();
        let mut line = String::new();
        let mut ticks = Vec::new();
        let mut next = self.from.0.div_ceil(step).checked_mul(step);
        while let Some(at) = next.filter(|&at| at < self.to.0) {
            let column = self.column(Time(at));
            let label = label(at);
            let used = line.chars().count();
            if column >= used && column + label.chars().count() <= self.columns {
                line.extend(std::iter::repeat_n(' ', column - used));
                line.push_str(&label);
                line.push(' ');
            }
            ticks.push(column);
            next = at.checked_add(step);
        }
        (line.trim_end().to_owned(), ticks)
    }

    /// The least round step that leaves room for the labels.
    fn step(&self) -> u64 {
        const LABEL: u128 = 10;
        let least = u128::from(self.length()) * LABEL / self.columns as u128;
        round_steps().find(|&step| u128::from(step) >= least).unwrap_or(u64::MAX)
    }
}

/// A round instant, without the zeros that roundness makes idle: `10 m`, `2 h`.
fn label(nanos: u64) -> String {
    Duration(nanos).to_string().replace(" m 00 s", " m").replace(" h 00 m", " h")
}

/// Steps a person counts in: 1, 2, 5 and their tens up to half a minute, then minutes, hours, days.
fn round_steps() -> impl Iterator<Item = u64> {
    const MINUTE: u64 = 60 * SECOND;
    const HOUR: u64 = 60 * MINUTE;
    let small = (0..10).flat_map(|power| [1, 2, 5].map(|n| n * 10u64.pow(power)));
    let large = [10, 15, 30].map(|n| n * SECOND);
    let minutes = [1, 2, 5, 10, 15, 30].map(|n| n * MINUTE);
    let hours = [1, 2, 3, 6, 12].map(|n| n * HOUR);
    let days = (0..5).flat_map(|power| [1, 2, 5].map(|n| n * 24 * HOUR * 10u64.pow(power)));
    small.chain(large).chain(minutes).chain(hours).chain(days)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(columns: usize, to: u64) -> Scale {
        Scale { from: Time::ZERO, to: Time(to * SECOND), columns }
    }

    #[test]
    fn instants_and_columns_agree() {
        let scale = seconds(60, 6);
        assert_eq!(scale.column(Time(0)), 0);
        assert_eq!(scale.column(Time(3 * SECOND)), 30);
        assert_eq!(scale.column(Time(3 * SECOND - 1)), 29);
        assert_eq!(scale.column(Time(60 * SECOND)), 59);
        assert_eq!(scale.instant(30), Time(3 * SECOND));
        for column in 0..60 {
            assert_eq!(scale.column(scale.instant(column)), column);
        }
    }

    #[test]
    fn a_ruler_has_round_labels_at_their_columns() {
        let (line, ticks) = seconds(60, 6).ruler();
        assert_eq!(line, "0 s       1 s       2 s       3 s       4 s       5 s");
        assert_eq!(ticks, vec![0, 10, 20, 30, 40, 50]);
        let (line, _) = seconds(60, 3600).ruler();
        assert_eq!(line, "0 s       10 m      20 m      30 m      40 m      50 m");
    }

    #[test]
    fn no_window_breaks_the_ruler() {
        for (from, to) in [(0, 1), (0, u64::MAX), (5, 6), (u64::MAX - 1, u64::MAX)] {
            for columns in [1, 7, 200] {
                let (line, ticks) = Scale { from: Time(from), to: Time(to), columns }.ruler();
                assert!(line.chars().count() <= columns);
                assert!(ticks.iter().all(|&tick| tick < columns));
            }
        }
    }
}
