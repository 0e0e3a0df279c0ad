//! Two costs of some choices: which choices nothing beats (the Pareto front), and where paying more stops
//! paying off (its knee).
//!
//! The knee is the point of the front that lies farthest below the straight line between the front's ends,
//! both costs scaled to the front's own range. It is what Kneedle finds on a finished, unsmoothed curve
//! (V. Satopää, J. Albrecht, D. Irwin & B. Raghavan, "Finding a 'kneedle' in a haystack: detecting knee
//! points in system behavior", ICDCS Workshops 2011: the greatest difference from the diagonal of the unit
//! square). Invariant: a function of the two costs, both of which are better when they are lower; for what
//! is better when it is higher, give its negative.

use super::swept::{Cell, Swept};
use crate::model::expectation::Better;

/// Which of some points are the front, and which is its knee.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Front {
    /// The points that no other beats, by ascending first cost; indices into what was given.
    pub points: Vec<usize>,
    /// One of them; `None` for a front that does not bend towards lower costs, or of fewer than three points.
    pub knee: Option<usize>,
}

/// Less than this below the line and a front is as good as straight.
const STRAIGHT: f64 = 1e-9;

/// The front of some points `(first cost, second cost)`. A point is beaten by one that is no worse in both
/// and better in one; of equals only the first counts. Points that are not finite are passed over.
pub fn front(costs: &[(f64, f64)]) -> Front {
    let mut order: Vec<usize> =
        (0..costs.len()).filter(|&at| costs[at].0.is_finite() && costs[at].1.is_finite()).collect();
    order.sort_by(|&a, &b| costs[a].0.total_cmp(&costs[b].0).then(costs[a].1.total_cmp(&costs[b].1)));
    let mut points: Vec<usize> = Vec::new();
    for at in order {
        if points.last().is_none_or(|&last| costs[at].1 < costs[last].1) {
            points.push(at);
        }
    }
    let knee = knee(&points, costs);
    Front { points, knee }
}

fn knee(points: &[usize], costs: &[(f64, f64)]) -> Option<usize> {
    let (&[first, .., last], true) = (points, points.len() >= 3) else { return None };
    let (left, right) = (costs[first].0, costs[last].0);
    let (top, bottom) = (costs[first].1, costs[last].1);
    let below = |at: usize| {
        let x = (costs[at].0 - left) / (right - left);
        let y = (costs[at].1 - bottom) / (top - bottom);
        1.0 - x - y
    };
    let deepest = points.iter().copied().reduce(|a, b| if below(b) > below(a) { b } else { a })?;
    (below(deepest) > STRAIGHT).then_some(deepest)
}

/// The cells of a sweep with their costs in two quantities, and the front among them.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Indices into [`Swept::cells`] of those that have both figures.
    pub cells: Vec<usize>,
    /// The front and its knee, as indices into `cells`.
    pub front: Front,
}

/// Which cells of a sweep are the front of two quantities (indices into [`Swept::quantities`]). Where some cell
/// meets what is expected, one that fails it is no choice, however cheap.
pub fn choice(swept: &Swept, quantities: [usize; 2]) -> Choice {
    let cost = |cell: &Cell, which: usize| {
        let quantity = swept.quantities.get(which)?;
        let mean = cell.figures.get(which).copied().flatten()?.mean;
        let mean = if quantity.better == Better::Higher { -mean } else { mean };
        mean.is_finite().then_some(mean)
    };
    let is_any_met = swept.cells.iter().any(|cell| cell.standing.is_met());
    let both = |(at, cell): (usize, &Cell)| {
        let costs = (cost(cell, quantities[0])?, cost(cell, quantities[1])?);
        let is_choice = !is_any_met || cell.standing.is_met();
        Some((at, if is_choice { costs } else { (f64::INFINITY, f64::INFINITY) }))
    };
    let (cells, costs): (Vec<usize>, Vec<(f64, f64)>) =
        swept.cells.iter().enumerate().filter_map(both).unzip();
    Choice { cells, front: front(&costs) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_beaten_is_not_of_the_front() {
        let found = front(&[(3.0, 3.0), (1.0, 9.0), (2.0, 4.0), (2.0, 5.0), (4.0, 3.0), (5.0, 1.0)]);
        assert_eq!(found.points, [1, 2, 0, 5]);
        // Scaled: (0, 1), (1/4, 3/8), (1/2, 1/4), (1, 0); 3/8 and 1/4 below the line.
        assert_eq!(found.knee, Some(2));
        assert_eq!(front(&[]), Front::default());
        assert_eq!(front(&[(1.0, f64::NAN), (2.0, f64::INFINITY)]), Front::default());
        assert_eq!(front(&[(1.0, 1.0), (1.0, 1.0)]).points, [0]);
    }

    #[test]
    fn the_knee_of_a_curve_is_where_its_slope_is_that_of_the_line() {
        // 1/x from 1 to 4: the line between the ends has the slope -1/4, and so has the curve at 2.
        let costs: Vec<(f64, f64)> =
            (0..=300).map(|n| 1.0 + f64::from(n) / 100.0).map(|x| (x, 1.0 / x)).collect();
        assert_eq!(front(&costs).knee.map(|at| costs[at].0), Some(2.0));
        // Neither a straight front nor one that bends the other way has any.
        let line: Vec<(f64, f64)> = (0..9).map(f64::from).map(|x| (x, 8.0 - x)).collect();
        assert_eq!(front(&line).knee, None);
        let bulge: Vec<(f64, f64)> = (0..9).map(f64::from).map(|x| (x, 64.0 - x * x)).collect();
        assert_eq!(front(&bulge).knee, None);
    }

    #[test]
    fn what_fails_is_no_choice_where_something_meets_what_is_expected() {
        use crate::analysis::interval::Interval;
        use crate::analysis::swept::{CellVerdict, Quantity};
        use crate::model::expectation::Unit;
        let cell = |(cell, (standing, cost)): (usize, (CellVerdict, f64))| Cell {
            cell,
            at: Vec::new(),
            figures: vec![Some(Interval::exact(cost)), Some(Interval::exact(-cost))],
            standing,
            hung: Interval::exact(0.0),
            runs: 1,
        };
        let quantity =
            || Quantity { name: String::new(), unit: Unit::Count, better: Better::Lower, bound: None };
        let swept = |standings: [CellVerdict; 3]| Swept {
            axes: Vec::new(),
            quantities: vec![quantity(), quantity()],
            cells: standings.into_iter().zip([1.0, 2.0, 3.0]).enumerate().map(cell).collect(),
        };
        let some = choice(&swept([CellVerdict::Fails, CellVerdict::MayMeet, CellVerdict::Meets]), [0, 1]);
        assert_eq!((some.cells, some.front.points), (vec![0, 1, 2], vec![1, 2]));
        let none = choice(&swept([CellVerdict::Fails; 3]), [0, 1]);
        assert_eq!(none.front.points, [0, 1, 2]);
    }
}
