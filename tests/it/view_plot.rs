//! Charts of many runs: ticks, places, labels; whatever was swept.

use proptest::prelude::*;
use threadbare::analysis::interval::Interval;
use threadbare::analysis::swept::{Axis, Cell, CellVerdict, Quantity, Swept};
use threadbare::language::{Document, Overrides};
use threadbare::model::expectation::{Better, Comparison, Unit};
use threadbare::study::replicate::ReplicationEffort;
use threadbare::study::sweep::SweepPlan;
use threadbare::view::plot::axis::{self, AxisScale};
use threadbare::view::plot::chart;
use threadbare::view::plot::heat::heat;
use threadbare::view::plot::line::{LineChart, line};
use threadbare::view::plot::scatter::{ParetoRank, scatter};
use threadbare::view::plot::{AxisTick, PlotFrame};
use threadbare::view::scene::{Bounds, Point, TextSize, approximate_width};
use threadbare::view::svg::svg;
use threadbare::view::theme::ColourTheme;

const UNITS: [Unit; 5] = [Unit::Seconds, Unit::Bytes, Unit::Share, Unit::Rate, Unit::Count];

fn page(width: f64, height: f64) -> PlotFrame<'static> {
    PlotFrame::page(width, height, &approximate_width)
}

fn labels(ticks: &[(f64, String)]) -> String {
    ticks.iter().map(|(_, label)| label.as_str()).collect::<Vec<_>>().join("|")
}

fn wide(label: &str) -> f64 {
    approximate_width(label, TextSize::Small) + 8.0
}

#[test]
fn ticks_read_as_a_person_writes_them() {
    for (unit, from, to, expected) in [
        (Unit::Seconds, 0.0, 2.9, "0 s|500 ms|1 s|1.5 s|2 s|2.5 s|3 s"),
        (Unit::Seconds, 0.0, 0.0021, "0 s|500 µs|1 ms|1.5 ms|2 ms|2.5 ms"),
        (Unit::Seconds, 0.0, 3_000.0, "0 s|10 m|20 m|30 m|40 m|50 m"),
        (Unit::Bytes, 0.0, 150e6, "0 B|32 MiB|64 MiB|96 MiB|128 MiB|160 MiB"),
        (Unit::Bytes, 0.0, 1.3e9, "0 B|256 MiB|512 MiB|768 MiB|1 GiB|1.25 GiB"),
        (Unit::Share, 0.0, 1.0, "0 %|20 %|40 %|60 %|80 %|100 %"),
        (Unit::Rate, 0.0, 17.0, "0/s|2/s|4/s|6/s|8/s|10/s|12/s|14/s|16/s|18/s"),
        (Unit::Count, 0.0, 1_800.0, "0|500|1 000|1 500|2 000"),
        (Unit::Count, 0.0, 0.07, "0|0.01|0.02|0.03|0.04|0.05|0.06|0.07"),
    ] {
        let found = axis::linear(unit, from, to, 400.0, &|label| wide(label) + 10.0);
        assert_eq!(labels(&found.ticks), expected);
    }
    let found = axis::of_values(Unit::Seconds, &[0.004, 12.0], 300.0, &|_| 20.0);
    assert_eq!(
        labels(&found.ticks),
        "2 ms|5 ms|10 ms|20 ms|50 ms|100 ms|200 ms|500 ms|1 s|2 s|5 s|10 s|20 s"
    );
    let found = axis::of_values(Unit::Seconds, &[0.004, 4_000.0], 200.0, &|_| 20.0);
    assert_eq!(labels(&found.ticks), "1 ms|10 ms|100 ms|1 s|10 s|1 m|10 m|1 h|10 h");
    let found = axis::of_values(Unit::Bytes, &[1e6, 1e9], 300.0, &|_| 30.0);
    assert_eq!(
        labels(&found.ticks),
        "512 KiB|2 MiB|8 MiB|32 MiB|128 MiB|512 MiB|2 GiB"
            .replace("512 KiB|2 MiB|8", "256 KiB|1 MiB|4")
            .replace("4 MiB|32 MiB|128 MiB|512 MiB|2", "4 MiB|16 MiB|64 MiB|256 MiB|1")
    );
}

#[test]
fn parameters_stand_to_scale_and_keep_their_round_numbers() {
    let values = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
    let to_twenty: Vec<String> = (1..=20).map(|n| n.to_string()).collect();
    let found = axis::of_parameter(&to_twenty, 200.0, false, &|_| 30.0);
    let shown: Vec<&str> = found.labelled.iter().map(|at| to_twenty[*at].as_str()).collect();
    assert_eq!(shown, ["5", "10", "15", "20"]);
    let found = axis::of_parameter(&values("1 2 4 8 16 32 64"), 200.0, false, &|_| 10.0);
    assert!((found.shares[3] - 0.5).abs() < 1e-9, "by ratios: {found:?}");
    let found = axis::of_parameter(&values("500ms 1s 2s"), 200.0, false, &|_| 10.0);
    assert!((found.shares[1] - 1.0 / 3.0).abs() < 1e-9, "to scale: {found:?}");
    for uneven in ["threads green", "5 3 1", "1 1"] {
        let found = axis::of_parameter(&values(uneven), 200.0, false, &|_| 10.0);
        assert_eq!((found.shares[0], found.shares.last()), (0.0, Some(&1.0)), "{uneven}");
    }
    assert_eq!(axis::of_parameter(&[], 200.0, false, &|_| 10.0).labelled, [0; 0]);
}

fn apart(ticks: &[AxisTick], extent: impl Fn(&str) -> f64) {
    for pair in ticks.windows(2) {
        let (near, far) = (&pair[0], &pair[1]);
        let room = (far.at - near.at).abs();
        assert!((extent(&near.label) + extent(&far.label)) / 2.0 < room + 1e-6, "{ticks:?}");
        assert_ne!(near.label, far.label, "{ticks:?}");
    }
}

fn inside(area: Bounds, frame: &PlotFrame<'_>, points: impl IntoIterator<Item = Point>) {
    assert!(area.x >= 0.0 && area.right() <= frame.width + 1e-6, "{area:?}");
    for at in points {
        let is_in = at.x >= area.x - 1e-6
            && at.x <= area.right() + 1e-6
            && at.y >= area.y - 1e-6
            && at.y <= area.bottom() + 1e-6;
        assert!(is_in, "{at:?} in {area:?}");
    }
}

proptest! {
    #[test]
    fn ticks_cover_the_range_and_keep_apart(
        unit in 0..5_usize, from in -1e3..1e3_f64, exponent in -9..12_i32, share in 0.0..1.0_f64, length in 40.0..900.0_f64,
    ) {
        let to = from.max(0.0) + share * 10f64.powi(exponent) + 1e-9;
        let from = if exponent % 2 == 0 { 0.0 } else { from.max(0.0) };
        let found = axis::linear(UNITS[unit], from, to, length, &wide);
        let (low, high) = found.scale.ends();
        prop_assert!(low <= from + 1e-9 * from.abs() && to <= high * (1.0 + 1e-9), "{from} to {to}: {found:?}");
        apart(&found.along(0.0, length), wide);
        prop_assert!(!found.ticks.is_empty());
    }

    #[test]
    fn any_values_have_an_axis_on_which_they_rise(
        unit in 0..5_usize, values in prop::collection::vec((0.0..10.0_f64, -8..10_i32), 1..30), length in 40.0..900.0_f64,
    ) {
        let mut values: Vec<f64> = values.iter().map(|(n, power)| n * 10f64.powi(*power)).collect();
        let found = axis::of_values(UNITS[unit], &values, length, &wide);
        apart(&found.along(length, 0.0), wide);
        values.sort_by(f64::total_cmp);
        let (low, high) = found.scale.ends();
        prop_assert!(low < high && low <= values[0] && values[values.len() - 1] <= high * (1.0 + 1e-9), "{found:?}");
        for pair in values.windows(2) {
            prop_assert!(found.scale.share(pair[0]) <= found.scale.share(pair[1]));
        }
        let middle = (low + high) / 2.0;
        prop_assert!(found.scale.share(middle) > found.scale.share(low));
        prop_assert!(found.scale.share(middle) < found.scale.share(high));
        if let AxisScale::Log { from, .. } = found.scale {
            prop_assert!(from > 0.0);
        }
    }

    #[test]
    fn plots_of_anything_hold_together(
        swept in swept(), width in 120.0..1200.0_f64, height in 100.0..600.0_f64,
    ) {
        for frame in [page(width, height), PlotFrame::terminal(80, 20), page(0.0, 0.0), PlotFrame::terminal(12, 4)] {
            let has_room = frame.width >= 80.0;
            let drawn = line(&swept, 0, &frame).expect("there are values");
            prop_assert!(drawn.spots.windows(2).all(|pair| pair[0].at.x <= pair[1].at.x));
            if let (Some(map), true) = (heat(&swept, 0, &frame), has_room) {
                inside(map.area, &frame, map.squares.iter().map(|square| Point { x: square.at.x, y: square.at.y }));
                let rising = |a: f64, b: f64| a <= b;
                let mut by_figure: Vec<(f64, usize)> = map.squares.iter().filter_map(|square| {
                    let cell = swept.cells.iter().find(|cell| cell.cell == square.cell)?;
                    Some((cell.figures[0]?.mean, square.step?))
                }).collect();
                by_figure.sort_by(|a, b| a.0.total_cmp(&b.0));
                prop_assert!(by_figure.windows(2).all(|pair| rising(pair[0].1 as f64, pair[1].1 as f64)), "{by_figure:?} {:?}", map.classes);
                apart(&map.x, |label| frame.label(label));
            }
            if let (Some(cloud), true) = (scatter(&swept, [0, 1], &frame), has_room) {
                inside(cloud.area, &frame, cloud.dots.iter().map(|dot| dot.at));
                inside(cloud.area, &frame, cloud.front.iter().copied());
                prop_assert!(cloud.front.windows(2).all(|pair| pair[0].x <= pair[1].x && pair[0].y <= pair[1].y + 1e-6));
                let boxes: Vec<Bounds> = cloud.dots.iter().filter_map(|dot| dot.label.as_ref()).map(|label| {
                    Bounds::new(label.at.x, label.at.y - frame.line / 2.0, frame.label(&label.text), frame.line)
                }).collect();
                for (at, a) in boxes.iter().enumerate() {
                    for b in &boxes[..at] {
                        prop_assert!(a.x >= b.right() || b.x >= a.right() || a.y >= b.bottom() || b.y >= a.bottom(), "{boxes:?}");
                    }
                }
                apart(&cloud.x, |label| frame.label(label));
            }
            if has_room {
                holds_together(&drawn, &frame);
            }
        }
    }
}

fn holds_together(drawn: &LineChart, frame: &PlotFrame<'_>) {
    inside(drawn.area, frame, drawn.spots.iter().map(|spot| spot.at));
    for stretch in &drawn.stretches {
        inside(drawn.area, frame, stretch.curve.iter().chain(&stretch.band).copied());
    }
    for spot in &drawn.spots {
        assert!(spot.interval.0 <= spot.at.y + 1e-6 && spot.at.y <= spot.interval.1 + 1e-6, "{spot:?}");
    }
    apart(&drawn.x, |label| frame.label(label));
    apart(&drawn.y, |_| frame.line);
    if let Some(hangs) = &drawn.hangs {
        for hang in &hangs.bars {
            inside(hangs.area, frame, [Point { x: hang.bar.x, y: hang.bar.y }]);
            assert!(hang.bar.right() <= hangs.area.right() + 1e-6);
        }
    }
}

/// Some sweep over one or two parameters, with gaps, of two quantities.
fn swept() -> impl Strategy<Value = Swept> {
    let figure = prop::option::weighted(0.8, (0.0..10.0_f64, -4..4_i32, 0.0..2.0_f64));
    let cell = (figure.clone(), figure, 0..7_usize, 0.0..1.0_f64, prop::bool::weighted(0.3));
    (1..12_usize, 1..6_usize, prop::collection::vec(cell, 72), 0..5_usize, 0..5_usize, any::<bool>())
        .prop_map(|(across, up, cells, first, second, two)| {
            let up = if two { up } else { 1 };
            let axis = |name: &str, count: usize| Axis {
                name: name.to_owned(),
                values: (1..=count).map(|n| (n * 3).to_string()).collect(),
            };
            let figure = |figure: &Option<(f64, i32, f64)>| {
                figure.map(|(n, power, half)| {
                    let mean = n * 10f64.powi(power);
                    let half = if half > 1.9 { f64::INFINITY } else { half * mean };
                    Interval { mean, low: mean - half, high: mean + half }
                })
            };
            let standings = [
                CellVerdict::Meets,
                CellVerdict::MayMeet,
                CellVerdict::MayFail,
                CellVerdict::Fails,
                CellVerdict::SaysNothing,
                CellVerdict::GivenUp,
                CellVerdict::Open,
            ];
            let cell = |(number, (a, b, standing, hung, hangs)): (usize, &_)| {
                let standing: &usize = standing;
                let hung = if *hangs { *hung } else { 0.0 };
                let at = if two { vec![number / up, number % up] } else { vec![number] };
                let (figures, standing) = (vec![figure(a), figure(b)], standings[*standing]);
                Cell {
                    cell: number,
                    at,
                    figures,
                    standing,
                    hung: Interval { mean: hung, low: 0.0, high: 1.0 },
                    runs: 5,
                }
            };
            let quantity = |name: &str, unit: usize, bound| Quantity {
                name: name.to_owned(),
                unit: UNITS[unit],
                better: Better::Lower,
                bound,
            };
            Swept {
                axes: if two {
                    vec![axis("pool", across), axis("builds", up)]
                } else {
                    vec![axis("pool", across)]
                },
                quantities: vec![
                    quantity("latency.job.p99", first, Some((Comparison::Less, 2.0))),
                    quantity("memory.max", second, None),
                ],
                cells: cells[..across * up].iter().enumerate().map(cell).collect(),
            }
        })
}

/// A pool in which parents wait for children, swept for real.
fn real(axes: &[&str]) -> Swept {
    let text = "seed = 1\n[executors.pool]\nkind = \"threads\"\nworkers = 1\nmemory = \"8MiB\"\n\
                [tasks.child]\nsteps = [\"run exp(1s)\"]\n\
                [tasks.parent]\nsteps = [\"run 1s\", \"submit child\", \"wait child\"]\n\
                [[arrivals]]\ntask = \"parent\"\nto = \"pool\"\ncount = 4\nat = \"0s\"\n\
                [expect]\ndeadlock = false\n\"latency.parent.mean\" = \"< 3s\"\n";
    let document = Document::parse("test.toml", text).unwrap_or_else(|e| panic!("{}", e.render(false)));
    let axes =
        axes.iter().map(|axis| threadbare::study::axis::SweepAxis::parse(axis).expect("an axis")).collect();
    let metrics = ["latency.parent.mean", "memory.max"].map(str::to_owned);
    let effort = ReplicationEffort { runs: 10, most: 10, ..ReplicationEffort::default() };
    let sweep = SweepPlan::new(&document, "base", &Overrides::default(), axes, &metrics, effort)
        .unwrap_or_else(|wrong| panic!("{wrong:?}"));
    let mut cells = Vec::new();
    sweep.run(&(0..sweep.cells()).collect::<Vec<_>>(), |cell| {
        cells.push(cell.clone());
        true
    });
    sweep.swept(&cells)
}

#[test]
fn a_pool_that_hangs_when_small_is_drawn_so() {
    let swept = real(&["pool.workers=1..12"]);
    let drawn = line(&swept, 0, &page(640.0, 320.0)).expect("it was measured");
    // Four parents hang one to four workers; from five on they end.
    assert_eq!(drawn.spots.iter().filter(|spot| !spot.is_measured).count(), 4);
    assert_eq!(drawn.stretches.len(), 1);
    assert_eq!(drawn.stretches[0].curve.len(), 8);
    let hangs = drawn.hangs.as_ref().expect("some hang");
    assert_eq!(hangs.bars.iter().map(|bar| bar.share).sum::<f64>(), 4.0);
    let answer = drawn.answer.expect("large pools meet it");
    assert!((4..12).contains(&answer), "{answer}");
    let target = drawn.target.as_ref().expect("a bound");
    assert_eq!(target.label, "below 3 s");
    assert!(target.at.is_some() && target.missed.is_some());
    assert!(drawn.about.contains("Runs deadlock at 4 values, from 1 to 4."), "{}", drawn.about);
    assert!(
        drawn.spots[0].says.contains("pool.workers = 1") && drawn.spots[0].says.contains("hangs in 100 %")
    );
    assert_eq!(drawn.nearest(drawn.area.right() + 50.0).map(|spot| spot.cell), Some(11));
}

#[test]
fn a_map_outlines_what_meets_everything() {
    let swept = real(&["pool.workers=1..8", "arrivals.0.count=1..4"]);
    let map = heat(&swept, 0, &page(640.0, 320.0)).expect("two parameters");
    assert_eq!(map.squares.len(), 32);
    assert_eq!(map.squares.iter().filter(|square| square.step.is_none()).count(), 1 + 2 + 3 + 4);
    assert!(!map.outline.is_empty() && !map.classes.is_empty());
    let corner = map.at(Point { x: map.area.x + 1.0, y: map.area.bottom() - 1.0 }).expect("a square");
    assert_eq!((corner.slot, corner.step), ((0, 0), None));
    assert!(corner.says.starts_with("pool.workers = 1, arrivals.0.count = 1\n"), "{}", corner.says);
    // Every square's figure lies in the class that it is coloured by.
    for square in &map.squares {
        let figure = swept.cells[square.cell].figures[0].map(|figure| figure.mean);
        let class = map.classes.iter().find(|class| Some(class.step) == square.step);
        assert_eq!(class.is_some(), figure.is_some());
        if let (Some(class), Some(figure)) = (class, figure) {
            assert!(class.from <= figure && figure <= class.to, "{figure} in {class:?}");
        }
    }
    assert!(heat(&real(&["pool.workers=5..6"]), 0, &page(640.0, 320.0)).is_none());
}

#[test]
fn a_choice_has_a_front_and_a_knee() {
    let swept = real(&["pool.workers=5..12"]);
    let cloud = scatter(&swept, [1, 0], &page(640.0, 320.0)).expect("both were measured");
    assert_eq!(cloud.dots.len(), 8);
    assert_eq!(cloud.dots.iter().filter(|dot| dot.rank == ParetoRank::Knee).count(), 1);
    let knee = cloud.dots.last().expect("it is drawn last");
    assert!(knee.rank == ParetoRank::Knee && knee.label.is_some());
    assert!(cloud.about.contains("The knee is at pool.workers = "), "{}", cloud.about);
    // Eight workers are as good as any number: what is larger is beaten.
    assert!(cloud.front.len() < 8 && cloud.targets[1].is_some() && cloud.targets[0].is_none());
}

/// The page and the command line save the same picture: a curve, or a heat map, with what it rests on.
#[test]
fn a_sweep_of_one_parameter_or_two_is_one_picture() {
    for (axes, says, not) in [
        (&["pool.workers=1..12"][..], "10 runs a value", "deadlocks</text>"),
        (&["pool.workers=1..4", "arrivals.0.count=1..3"][..], "10 runs a cell", "fails what is expected"),
    ] {
        let swept = real(axes);
        let scene =
            chart::chart(&swept, 0, "A <title>", "from here", 800.0, &approximate_width).expect("drawn");
        let picture = svg(&scene, &ColourTheme::light(), "A <title>", &approximate_width);
        assert!(picture.contains("A &lt;title&gt;") && picture.contains(says), "{picture}");
        assert!(picture.contains("latency.parent.mean") && picture.contains("from here"), "{picture}");
        assert!(!picture.contains(not), "{picture}");
        assert!(chart::chart(&swept, 99, "", "", 800.0, &approximate_width).is_none(), "no such quantity");
    }
}
