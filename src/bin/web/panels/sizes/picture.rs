//! The three charts of many runs as one kind of picture: what is drawn, and the marks that can be pressed.
//!
//! Invariant: everything stands where `view::plot` says. Colours are classes of the style sheet, but for the steps
//! of a heat map. What a mark means is told by its form and its words as well as by its colour.

use threadbare::analysis::swept::{CellVerdict, Swept};
use threadbare::view::plot::heat::{HeatMap, HeatMapCell, heat};
use threadbare::view::plot::line::{HangRateStrip, LineChart, line};
use threadbare::view::plot::ramp;
use threadbare::view::plot::scatter::{ParetoRank, ScatterPlot, scatter};
use threadbare::view::plot::{AxisTick, ExpectationLine, PlotFrame, PlotTitle};
use threadbare::view::scene::{Bounds, Point};
use threadbare::view::theme::{self, Rgb};
use yew::{Classes, Html, classes, html};

/// What of the results is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SweepChartContent {
    /// One quantity over the parameters.
    Quantity(usize),
    /// One quantity against another.
    Trade([usize; 2]),
}

/// How the nearest mark to the pointer is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NearestMarkRule {
    /// By its column.
    Column,
    /// By its distance.
    Distance,
    /// The one that the pointer is in.
    Inside,
}

/// One cell of the results.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepChartMark {
    /// Cell of the sweep.
    pub cell: usize,
    /// Middle of the mark.
    pub at: Point,
    /// What can be pressed of it.
    pub room: Bounds,
    /// What is known of it: a sentence a line.
    pub says: String,
    /// How it is drawn.
    pub drawn: Html,
}

/// A chart, ready to be drawn.
pub struct SweepChart {
    /// What lies behind the marks.
    pub drawn: Vec<Html>,
    /// What lies over them.
    pub front: Vec<Html>,
    /// The marks, in an order that arrow keys can go along.
    pub marks: Vec<SweepChartMark>,
    /// How they are pointed at.
    pub near: NearestMarkRule,
    /// How high it is.
    pub height: f64,
    /// The chart in a sentence or two.
    pub about: String,
}

/// Half of what can be pressed of a mark.
const REACH: f64 = 12.0;
/// Half of a cross.
const CROSS: f64 = 4.0;

/// The chart of some results in a frame; `None` if there is nothing to draw.
pub fn picture(
    swept: &Swept,
    what: SweepChartContent,
    dark: bool,
    frame: &PlotFrame<'_>,
) -> Option<SweepChart> {
    match what {
        SweepChartContent::Trade(quantities) => Some(of_scatter(&scatter(swept, quantities, frame)?, frame)),
        SweepChartContent::Quantity(quantity) if swept.axes.len() > 1 => {
            Some(of_heat(&heat(swept, quantity, frame)?, dark, frame))
        }
        SweepChartContent::Quantity(quantity) => Some(of_line(&line(swept, quantity, frame)?, frame)),
    }
}

fn of_line(line: &LineChart, frame: &PlotFrame<'_>) -> SweepChart {
    // What is drawn is named by the field above the chart.
    let mut drawn = Vec::new();
    if let Some(target) = &line.target {
        drawn.extend(missed(target));
    }
    drawn.extend(levels(&line.y, line.area, frame));
    drawn.extend(below(&line.x, line.x_line, &line.x_title));
    for stretch in &line.stretches {
        drawn.push(path("band", &along(&stretch.band, true)));
    }
    for stretch in &line.stretches {
        drawn.push(path("curve", &along(&stretch.curve, false)));
    }
    if let Some((target, y)) = line.target.as_ref().and_then(|target| Some((target, target.at?))) {
        let (left, right) = (line.area.x, line.area.right());
        drawn.push(path("target", &format!("M{left:.1} {y:.1}H{right:.1}")));
        drawn.push(text("over end", right - 4.0, y - 8.0, &target.label));
    }
    drawn.extend(line.notes.iter().map(|note| text("over", note.at.x, note.at.y, &note.text)));
    if let Some(hangs) = &line.hangs {
        drawn.extend(strip(hangs));
    }
    // A point at the very edge has to be within reach as well.
    let foot = line.hangs.as_ref().map_or(line.area.bottom(), |hangs| hangs.area.bottom()) + REACH;
    let top = line.area.y - REACH;
    let marks = line.spots.iter().map(|spot| {
        let whisker = path("whisker", &upright(spot.at.x, spot.interval));
        SweepChartMark {
            cell: spot.cell,
            at: spot.at,
            room: Bounds::new(spot.at.x - REACH, top, 2.0 * REACH, foot - top),
            says: spot.says.clone(),
            drawn: html! { <>{ whisker }{ sign(spot.at, spot.standing, spot.is_measured) }</> },
        }
    });
    SweepChart {
        marks: marks.collect(),
        drawn,
        front: Vec::new(),
        near: NearestMarkRule::Column,
        height: frame.height,
        about: line.about.clone(),
    }
}

/// How often runs hang, below the drawing.
fn strip(hangs: &HangRateStrip) -> Vec<Html> {
    let mut drawn = vec![rect("strip", hangs.area)];
    for bar in &hangs.bars {
        drawn.push(rect("hang", bar.bar));
        if bar.interval.0 < bar.interval.1 {
            drawn.push(path("whisker", &upright(bar.bar.x + bar.bar.width / 2.0, bar.interval)));
        }
    }
    // Where nothing hangs there is room for words.
    let area = hangs.area;
    let is_left_free = hangs.bars.first().is_some_and(|bar| bar.share == 0.0);
    let (class, x) = if is_left_free { ("over", area.x + 8.0) } else { ("over end", area.right() - 8.0) };
    drawn.push(text(class, x, area.y + area.height / 2.0, &hangs.title.text));
    drawn
}

fn of_heat(heat: &HeatMap, dark: bool, frame: &PlotFrame<'_>) -> SweepChart {
    let mut drawn = vec![title(&heat.y_title)];
    drawn.extend(heat.y.iter().map(|tick| text("end", heat.area.x - frame.gap, tick.at, &tick.label)));
    drawn.extend(below(&heat.x, heat.x_line, &heat.x_title));
    let colours = if dark { ramp::DARK } else { ramp::LIGHT };
    let mut squares: Vec<&HeatMapCell> = heat.squares.iter().collect();
    squares.sort_by_key(|square| (square.slot.1, square.slot.0));
    let marks = squares.into_iter().map(|square| {
        let at = square.at;
        let middle = Point { x: at.x + at.width / 2.0, y: at.y + at.height / 2.0 };
        SweepChartMark {
            cell: square.cell,
            at: middle,
            room: at,
            says: square.says.clone(),
            drawn: of_square(square, middle, &colours),
        }
    });
    let marks = marks.collect();
    // Over the squares, so that it is whole.
    let edges: String = heat.outline.iter().map(|(from, to)| along(&[*from, *to], false)).collect();
    let mut front = vec![path("met", &edges)];
    let height = key(heat, &colours, frame, &mut front);
    SweepChart { marks, drawn, front, near: NearestMarkRule::Inside, height, about: heat.about.clone() }
}

fn of_square(square: &HeatMapCell, middle: Point, colours: &[Rgb]) -> Html {
    let colour = square.step.map(|step| colours[step.min(colours.len() - 1)]);
    let hangs = (square.hung > 0.0).then(|| path("cross bad", &cross(middle)));
    match colour {
        None => html! { <>{ rect("nothing", square.at) }{ hangs.unwrap_or_default() }</> },
        Some(colour) => {
            let label = square.label.as_ref().filter(|_| hangs.is_none()).map(|label| {
                let (x, y) = (format!("{:.1}", middle.x), format!("{:.1}", middle.y));
                html! { <text class="middle" {x} {y} fill={theme::on(colour).to_string()}>{ label }</text> }
            });
            html! { <>{ filled(square.at, colour) }{ label.unwrap_or_default() }{ hangs.unwrap_or_default() }</> }
        }
    }
}

/// What the steps of the map stand for, in rows below it; the height of everything.
fn key(heat: &HeatMap, colours: &[Rgb], frame: &PlotFrame<'_>, drawn: &mut Vec<Html>) -> f64 {
    let (mut x, mut y) = (0.0, frame.height + frame.line);
    for class in &heat.classes {
        let wide = frame.line + frame.gap + frame.label(&class.label) + 2.0 * frame.gap;
        if x > 0.0 && x + wide > frame.width {
            (x, y) = (0.0, y + frame.line * 1.25);
        }
        let swatch = Bounds::new(x, y - frame.line / 2.0 + 2.0, frame.line, frame.line - 4.0);
        drawn.push(filled(swatch, colours[class.step.min(colours.len() - 1)]));
        drawn.push(text("", x + frame.line + frame.gap, y, &class.label));
        x += wide;
    }
    y + frame.line
}

fn of_scatter(scatter: &ScatterPlot, frame: &PlotFrame<'_>) -> SweepChart {
    let mut drawn = Vec::new();
    drawn.extend(scatter.targets.iter().flatten().flat_map(missed));
    drawn.extend(levels(&scatter.y, scatter.area, frame));
    drawn.extend(below(&scatter.x, scatter.x_line, &scatter.x_title));
    drawn.push(path("front-line", &along(&scatter.front, false)));
    if let Some((target, y)) = scatter.targets[1].as_ref().and_then(|target| Some((target, target.at?))) {
        let (left, right) = (scatter.area.x, scatter.area.right());
        drawn.push(path("target", &format!("M{left:.1} {y:.1}H{right:.1}")));
        drawn.push(text("over end", right - 4.0, y - 8.0, &target.label));
    }
    let mark = |dot: &threadbare::view::plot::scatter::ScatterPoint| {
        let label = dot.label.as_ref().map(title);
        let knee = (dot.rank == ParetoRank::Knee).then(|| circle("ring", dot.at, 9.0));
        let class = if dot.rank == ParetoRank::Beaten { "beaten" } else { "" };
        SweepChartMark {
            cell: dot.cell,
            at: dot.at,
            room: Bounds::new(dot.at.x - REACH, dot.at.y - REACH, 2.0 * REACH, 2.0 * REACH),
            says: if dot.rank == ParetoRank::Knee {
                format!("{}\nthe knee of the front", dot.says)
            } else {
                dot.says.clone()
            },
            drawn: html! {
                <g {class}>{ knee.unwrap_or_default() }{ sign(dot.at, dot.standing, true) }{ label.unwrap_or_default() }</g>
            },
        }
    };
    let mut marks: Vec<SweepChartMark> = scatter.dots.iter().map(mark).collect();
    marks.sort_by(|a, b| a.at.x.total_cmp(&b.at.x));
    SweepChart {
        marks,
        drawn,
        front: Vec::new(),
        near: NearestMarkRule::Distance,
        height: frame.height,
        about: scatter.about.clone(),
    }
}

/// A cell as a sign: a dot if all is met (or nothing expected), a cross if not.
fn sign(at: Point, standing: CellVerdict, is_measured: bool) -> Html {
    if standing.is_failed() {
        path("cross bad", &cross(at))
    } else if is_measured {
        circle("dot", at, 3.5)
    } else {
        circle("dot hollow", at, 3.5)
    }
}

fn cross(at: Point) -> String {
    let (left, right, top, foot) = (at.x - CROSS, at.x + CROSS, at.y - CROSS, at.y + CROSS);
    format!("M{left:.1} {top:.1}L{right:.1} {foot:.1}M{right:.1} {top:.1}L{left:.1} {foot:.1}")
}

fn missed(target: &ExpectationLine) -> Option<Html> {
    target.missed.map(|room| rect("missed", room))
}

/// Ticks on the left with a line across each.
fn levels(ticks: &[AxisTick], area: Bounds, frame: &PlotFrame<'_>) -> Vec<Html> {
    let lines: String =
        ticks.iter().map(|tick| format!("M{:.1} {:.1}H{:.1}", area.x, tick.at, area.right())).collect();
    let labels = ticks.iter().map(|tick| text("end", area.x - frame.gap, tick.at, &tick.label));
    std::iter::once(path("grid", &lines)).chain(labels).collect()
}

/// Ticks below, and what they are of.
fn below(ticks: &[AxisTick], y: f64, of: &PlotTitle) -> Vec<Html> {
    let labels = ticks.iter().map(|tick| text("middle", tick.at, y, &tick.label));
    labels.chain([title(of)]).collect()
}

fn title(title: &PlotTitle) -> Html {
    text("title", title.at.x, title.at.y, &title.text)
}

/// A text in the middle of its line, as everything here.
pub fn text(class: &'static str, x: f64, y: f64, what: &str) -> Html {
    html! { <text {class} x={format!("{x:.1}")} y={format!("{y:.1}")}>{ what }</text> }
}

/// Returns a path element.
pub fn path(class: &'static str, d: &str) -> Html {
    html! { <path {class} d={d.to_owned()} /> }
}

fn circle(class: impl Into<Classes>, at: Point, r: f64) -> Html {
    let class = classes!(class);
    html! { <circle {class} cx={format!("{:.1}", at.x)} cy={format!("{:.1}", at.y)} r={r.to_string()} /> }
}

/// Returns a rectangle element.
pub fn rect(class: &'static str, at: Bounds) -> Html {
    let [x, y, width, height] = numbers(at);
    html! { <rect {class} {x} {y} {width} {height} /> }
}

fn filled(at: Bounds, colour: Rgb) -> Html {
    let [x, y, width, height] = numbers(at);
    html! { <rect {x} {y} {width} {height} fill={colour.to_string()} /> }
}

fn numbers(at: Bounds) -> [String; 4] {
    [at.x, at.y, at.width.max(0.0), at.height.max(0.0)].map(|number| format!("{number:.1}"))
}

fn along(points: &[Point], is_closed: bool) -> String {
    let step = |(at, point): (usize, &Point)| {
        format!("{}{:.1} {:.1}", if at == 0 { 'M' } else { 'L' }, point.x, point.y)
    };
    let d: String = points.iter().enumerate().map(step).collect();
    if is_closed && !d.is_empty() { d + "Z" } else { d }
}

fn upright(x: f64, (top, foot): (f64, f64)) -> String {
    if top < foot { format!("M{x:.1} {top:.1}V{foot:.1}") } else { String::new() }
}
