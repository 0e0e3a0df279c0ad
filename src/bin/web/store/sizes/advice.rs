//! Which of the swept values to take, in words: the smallest that meets what is expected, or the greatest, whichever
//! way it goes; with its figures, and what it costs beside the present one.
//!
//! Invariant: it says no more than was run, and how sure that is. Values are those of the first parameter; with two,
//! those that go with the present value of the second. What limits the size next is another job's to say.

use threadbare::analysis::pareto;
use threadbare::analysis::swept::{Cell, CellVerdict, Quantity, Swept};
use threadbare::analysis::written;
use threadbare::model::expectation::Unit;
use threadbare::view::plot::bound_words;

/// What to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SizeAdvice {
    /// In one sentence.
    pub headline: String,
    /// The cell to take, if there is one.
    pub cell: Option<usize>,
    /// Its figures, and how sure it is: a sentence each.
    pub lines: Vec<String>,
}

/// The advice for what was swept so far; `here` is the cell of the present value, `trade` are the quantities that
/// are weighed against each other where nothing is expected. `None` before there is anything.
pub fn advice(swept: &Swept, here: Option<usize>, trade: Option<[usize; 2]>) -> Option<SizeAdvice> {
    let mut cells: Vec<&Cell> = swept.cells.iter().collect();
    cells.sort_by_key(|cell| cell.cell);
    let (first, last) = (*cells.first()?, *cells.last()?);
    if cells.iter().all(|cell| cell.standing == CellVerdict::Open) {
        return Some(by_the_knee(swept, trade));
    }
    if swept.axes.len() > 1 {
        return Some(over_two(swept, here));
    }
    let met = cells.iter().filter(|cell| cell.standing.is_met()).count();
    let value = |cell: &Cell| swept.value(cell, 0).to_owned();
    // Where what is met begins, and where it ends.
    let begins = cells.iter().position(|cell| cell.standing.is_met());
    let ends = cells.iter().rposition(|cell| cell.standing.is_met());
    let (Some(begins), Some(ends)) = (begins, ends) else {
        return Some(nearest(swept, &cells));
    };
    let is_one_piece = ends - begins + 1 == met;
    let (headline, found) = match (begins == 0, ends + 1 == cells.len()) {
        _ if !is_one_piece => (
            format!(
                "{} is the smallest that meets what is expected, but some larger ones fail.",
                value(cells[begins])
            ),
            cells[begins],
        ),
        (true, true) if cells.len() == 1 => (format!("{} meets what is expected.", value(first)), first),
        (true, true) => {
            (format!("Every value from {} to {} meets what is expected.", value(first), value(last)), first)
        }
        (true, false) => {
            (format!("{} is the greatest that meets what is expected.", value(cells[ends])), cells[ends])
        }
        (false, _) => {
            (format!("{} is the smallest that meets what is expected.", value(cells[begins])), cells[begins])
        }
    };
    let mut lines = figures(swept, found);
    lines.extend(cost(
        swept,
        found,
        here.and_then(|here| cells.iter().find(|cell| cell.cell == here)).copied(),
    ));
    lines.extend(doubt(found));
    Some(SizeAdvice { headline, cell: Some(found.cell), lines })
}

/// Where no value is enough: which comes nearest, and that something else has to change.
fn nearest(swept: &Swept, cells: &[&Cell]) -> SizeAdvice {
    let excess = |cell: &Cell| -> f64 {
        let bounded = swept.quantities.iter().zip(&cell.figures);
        let over = bounded.filter_map(|(quantity, found)| {
            let ((_, bound), found) = quantity.bound.zip(*found)?;
            Some((found.mean - bound).abs() / bound.abs().max(1e-9))
        });
        cell.hung.mean * 1e9 + over.sum::<f64>()
    };
    let value = |cell: &Cell| swept.value(cell, 0).to_owned();
    let best = cells.iter().min_by(|a, b| excess(a).total_cmp(&excess(b)));
    let name = &swept.axes[0].name;
    let hangs = cells.iter().all(|cell| cell.hung.mean > 0.0);
    let headline = match (hangs, best) {
        (true, _) | (false, None) => format!("{name} alone does not help: it deadlocks with every value."),
        (false, Some(best)) => format!("{name} alone is not enough: {} comes nearest.", value(best)),
    };
    let mut lines: Vec<String> = best.filter(|_| !hangs).map(|best| figures(swept, best)).unwrap_or_default();
    let ends = cells.first().zip(cells.last());
    lines.extend(
        ends.map(|(first, last)| format!("Every value from {} to {} was run.", value(first), value(last))),
    );
    lines.push("Sweep it against another number, or look under Fix.".to_owned());
    SizeAdvice { headline, cell: None, lines }
}

/// Where nothing is expected: what paying more than the knee would bring is little.
fn by_the_knee(swept: &Swept, trade: Option<[usize; 2]>) -> SizeAdvice {
    let mut lines = vec![
        "Nothing is expected, so no value is right or wrong. Say in the text what you want: [expect]."
            .to_owned(),
    ];
    let choice = trade.map(|trade| (trade, pareto::choice(swept, trade)));
    let knee = choice.and_then(|(trade, choice)| Some((trade, choice.cells[choice.front.knee?])));
    let Some((trade, knee)) = knee else {
        return SizeAdvice { headline: "There is no best value yet.".to_owned(), cell: None, lines };
    };
    let cell = &swept.cells[knee];
    lines.insert(0, format!("Beyond it more {} brings little.", swept.quantities[trade[0]].name));
    SizeAdvice { headline: format!("{} is the knee.", swept.place(cell)), cell: Some(cell.cell), lines }
}

/// Of two parameters: how much meets it, and the first one's value that goes with the second one's present value.
fn over_two(swept: &Swept, here: Option<usize>) -> SizeAdvice {
    let met = swept.cells.iter().filter(|cell| cell.standing.is_met()).count();
    let all = swept.cells.len();
    let headline = match met {
        0 => format!("None of {all} combinations meets what is expected."),
        _ => format!("{met} of {all} combinations meet what is expected."),
    };
    let rows = swept.axes[1].values.len().max(1);
    let row = here.map(|here| here % rows);
    let in_row = |cell: &&Cell| cell.at.get(1).copied() == row;
    let along = Swept {
        axes: swept.axes[..1].to_vec(),
        quantities: swept.quantities.clone(),
        cells: swept.cells.iter().filter(in_row).cloned().collect(),
    };
    let Some(found) = advice(&along, here, None) else {
        return SizeAdvice { headline, cell: None, lines: Vec::new() };
    };
    let with = row.and_then(|row| swept.axes[1].values.get(row));
    let with = format!("With {} = {}:", swept.axes[1].name, with.map_or("", String::as_str));
    let mut lines = vec![format!("{with} {}", found.headline)];
    lines.extend(found.lines);
    SizeAdvice { headline, cell: found.cell, lines }
}

/// A figure that no line breaks.
fn figure(unit: Unit, value: f64) -> String {
    written::figure(unit, value).replace(' ', "\u{a0}")
}

/// The figures of what is bounded, each with its interval and its bound.
fn figures(swept: &Swept, cell: &Cell) -> Vec<String> {
    let line = |(at, quantity): (usize, &Quantity)| {
        let found = cell.figures.get(at).copied().flatten()?;
        let bound = bound_words(quantity)?.replace(' ', "\u{a0}");
        let write = |value| figure(quantity.unit, value);
        let interval = match found.low.is_finite() && found.high.is_finite() && found.low < found.high {
            true => format!(" ({} to {})", write(found.low), write(found.high)),
            false => String::new(),
        };
        Some(format!("{}: {}{interval}, expected {bound}.", quantity.name, write(found.mean)))
    };
    // `failed = 0` goes without saying where all is met.
    let says = |(_, quantity): &(usize, &Quantity)| quantity.unit != Unit::Count;
    swept.quantities.iter().enumerate().filter(says).filter_map(line).collect()
}

/// What it costs, beside the present value.
fn cost(swept: &Swept, cell: &Cell, here: Option<&Cell>) -> Option<String> {
    let at = swept.quantities.iter().position(|quantity| quantity.name == "memory.max")?;
    let of = |cell: &Cell| cell.figures.get(at).copied().flatten().map(|figure| figure.mean);
    let write = |value| figure(Unit::Bytes, value);
    let found = of(cell)?;
    let beside = here.filter(|here| here.cell != cell.cell).and_then(|here| {
        let (now, name) = (of(here)?, swept.value(here, 0));
        Some(match found - now {
            more if more > 0.0 => format!(", {} more than with {name}", write(more)),
            less if less < 0.0 => format!(", {} less than with {name}", write(-less)),
            _ => format!(", as with {name}"),
        })
    });
    Some(format!("Its workers take up to {} of memory{}.", write(found), beside.unwrap_or_default()))
}

fn doubt(cell: &Cell) -> Option<String> {
    let is_unsure = matches!(cell.standing, CellVerdict::MayMeet | CellVerdict::MayFail);
    let runs = if cell.runs == 1 { "1 run".to_owned() } else { format!("{} runs", cell.runs) };
    is_unsure.then(|| format!("After {runs} an interval crosses its bound: more runs could change this."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use threadbare::analysis::interval::Interval;
    use threadbare::analysis::swept::Axis;
    use threadbare::model::expectation::{Better, Comparison};

    /// One value a letter: `f` fails, `m` meets, `d` meets but not surely, `o` is open. Memory grows with the value.
    fn swept(standings: &str) -> Swept {
        let quantity =
            |name: &str, unit, bound| Quantity { name: name.to_owned(), unit, better: Better::Lower, bound };
        let cell = |(cell, letter): (usize, char)| Cell {
            cell,
            at: vec![cell],
            figures: vec![
                Some(Interval { mean: 8.0, low: 7.0, high: 9.0 }),
                Some(Interval::exact((cell + 1) as f64 * 8_388_608.0)),
            ],
            standing: match letter {
                'f' => CellVerdict::Fails,
                'm' => CellVerdict::Meets,
                'd' => CellVerdict::MayMeet,
                _ => CellVerdict::Open,
            },
            hung: Interval::exact(0.0),
            runs: 30,
        };
        Swept {
            axes: vec![Axis {
                name: "pool".to_owned(),
                values: (1..=standings.len()).map(|n| n.to_string()).collect(),
            }],
            quantities: vec![
                quantity("latency.build.p99", Unit::Seconds, Some((Comparison::Less, 60.0))),
                quantity("memory.max", Unit::Bytes, None),
            ],
            cells: standings.chars().enumerate().map(cell).collect(),
        }
    }

    fn told(standings: &str) -> (String, Option<usize>) {
        let advice = advice(&swept(standings), Some(0), Some([1, 0])).expect("there are cells");
        (advice.headline, advice.cell)
    }

    #[test]
    fn the_boundary_is_named_whichever_way_it_goes() {
        assert_eq!(told("fffmm"), ("4 is the smallest that meets what is expected.".to_owned(), Some(3)));
        assert_eq!(told("mmfff"), ("2 is the greatest that meets what is expected.".to_owned(), Some(1)));
        assert_eq!(told("mmm"), ("Every value from 1 to 3 meets what is expected.".to_owned(), Some(0)));
        assert_eq!(told("fff"), ("pool alone is not enough: 1 comes nearest.".to_owned(), None));
        let (uneven, cell) = told("fmfm");
        assert!(uneven.starts_with("2 is the smallest") && uneven.contains("larger ones fail"), "{uneven}");
        assert_eq!(cell, Some(1));
        // What is met in the middle only has both ends; the smaller is cheaper.
        assert_eq!(told("fmmf").1, Some(1));
        assert_eq!(advice(&swept(""), None, None), None);
    }

    #[test]
    fn it_comes_with_its_figures_its_cost_and_its_doubts() {
        let advice = advice(&swept("ffdm"), Some(0), Some([1, 0])).expect("there are cells");
        assert_eq!(
            advice.lines.iter().map(|line| line.replace('\u{a0}', " ")).collect::<Vec<_>>(),
            [
                "latency.build.p99: 8 s (7 s to 9 s), expected below 1 m 00 s.",
                "Its workers take up to 24 MiB of memory, 16 MiB more than with 1.",
                "After 30 runs an interval crosses its bound: more runs could change this.",
            ]
        );
    }

    #[test]
    fn of_two_parameters_the_second_stays_as_it_is() {
        let mut two = swept("ffmm");
        two.axes = ["pool", "builds"]
            .map(|name| Axis { name: name.to_owned(), values: vec!["1".to_owned(), "2".to_owned()] })
            .to_vec();
        two.cells.iter_mut().for_each(|cell| cell.at = vec![cell.cell / 2, cell.cell % 2]);
        // The cells 2 and 3 have the pool at 2; the present one is a pool of 1 and 2 builds.
        let found = advice(&two, Some(1), Some([1, 0])).expect("there are cells");
        assert_eq!(found.headline, "2 of 4 combinations meet what is expected.");
        assert_eq!(found.lines[0], "With builds = 2: 2 is the smallest that meets what is expected.");
        assert_eq!(found.cell, Some(3));
        assert_eq!(advice(&two, None, None).expect("there are cells").cell, None);
    }

    #[test]
    fn without_expectations_there_is_only_the_knee() {
        let (headline, cell) = told("ooo");
        assert_eq!((headline.as_str(), cell), ("There is no best value yet.", None));
        let mut bent = swept("oooo");
        for (cell, latency) in bent.cells.iter_mut().zip([9.0, 2.0, 1.5, 1.0]) {
            cell.figures[0] = Some(Interval::exact(latency));
        }
        let found = advice(&bent, None, Some([1, 0])).expect("there are cells");
        assert_eq!((found.headline.as_str(), found.cell), ("pool = 2 is the knee.", Some(1)));
    }
}
