//! A scene as SVG text: for slides and documents, and to look at scenes without a browser.
//!
//! Invariant: a function of scene and theme; well-formed XML whatever the names in the scenario are; needs
//! nothing from elsewhere (colours inline, no scripts, no links). Interaction is deliberately absent.

mod number;
mod signs;

use super::markup::escape;
use super::palette::{HUES, Hue, SHADES};
use super::scene::{
    Align, Area, Arrow, Bars, Bounds, Curve, Fill, HEAD, Ink, Item, Label, Layer, Line, Measure, Point,
    Polyline, Rect, Scene, Stroke,
};
use super::theme::{STEPS, Theme};
use number::number;
use std::collections::BTreeSet;
use std::fmt::Write;

const FAMILY: &str =
    "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif";

/// Writes a scene. `title` is what a screen reader says.
pub fn svg(scene: &Scene, theme: &Theme, title: &str, measure: Measure<'_>) -> String {
    write(scene, Colours::Fixed(theme), "", title, measure)
}

/// The same for a page that has several pictures and [`variables`] for its colours, light and dark. What is named in the
/// picture begins with `prefix`, so that names of two pictures do not meet.
pub fn inline(scene: &Scene, prefix: &str, title: &str, measure: Measure<'_>) -> String {
    write(scene, Colours::Variables, prefix, title, measure)
}

/// The declarations of a style sheet that give the colours of [`inline`] pictures.
pub fn variables(theme: &Theme) -> String {
    let mut text = String::new();
    for ink in all_inks() {
        let _ = write!(text, "{}:{};", variable(ink), theme.colour(ink));
    }
    text
}

/// What colours are written as.
#[derive(Clone, Copy)]
enum Colours<'a> {
    /// As those of a theme.
    Fixed(&'a Theme),
    /// As names that the page gives colours to.
    Variables,
}

impl Colours<'_> {
    fn of(self, ink: Ink) -> String {
        match self {
            Colours::Fixed(theme) => theme.colour(ink).to_string(),
            Colours::Variables => format!("var({})", variable(ink)),
        }
    }
}

fn all_inks() -> Vec<Ink> {
    let mut inks = vec![
        Ink::Accent,
        Ink::OnAccent,
        Ink::Danger,
        Ink::OnDanger,
        Ink::Stall,
        Ink::Muted,
        Ink::Grid,
        Ink::Rule,
        Ink::Text,
        Ink::Soft,
        Ink::Surface,
        Ink::Raised,
        Ink::Idle,
        Ink::Level,
        Ink::Chosen,
    ];
    inks.extend((0..STEPS as u8).flat_map(|step| [Ink::Step(step), Ink::OnStep(step)]));
    for shade in 0..SHADES as u8 {
        for index in 0..HUES as u8 {
            let hue = Hue { index, shade };
            inks.extend([Ink::Task(hue), Ink::OnTask(hue), Ink::OnVeiled(hue)]);
        }
    }
    inks
}

/// The name of a colour in a style sheet: `--danger`, `--task-0-3`.
fn variable(ink: Ink) -> String {
    let of = |what: &str, hue: Hue| {
        format!("--{what}-{}-{}", usize::from(hue.shade) % SHADES, usize::from(hue.index) % HUES)
    };
    match ink {
        Ink::Task(hue) => of("task", hue),
        Ink::OnTask(hue) => of("on-task", hue),
        Ink::OnVeiled(hue) => of("on-veiled", hue),
        Ink::Accent => "--accent".to_owned(),
        Ink::OnAccent => "--on-accent".to_owned(),
        Ink::Danger => "--danger".to_owned(),
        Ink::OnDanger => "--on-danger".to_owned(),
        Ink::Stall => "--stall".to_owned(),
        Ink::Muted => "--muted".to_owned(),
        Ink::Grid => "--grid".to_owned(),
        Ink::Rule => "--rule".to_owned(),
        Ink::Text => "--text".to_owned(),
        Ink::Soft => "--soft".to_owned(),
        Ink::Surface => "--surface".to_owned(),
        Ink::Raised => "--raised".to_owned(),
        Ink::Idle => "--idle".to_owned(),
        Ink::Level => "--level".to_owned(),
        Ink::Step(step) => format!("--step-{step}"),
        Ink::OnStep(step) => format!("--on-step-{step}"),
        Ink::Chosen => "--chosen".to_owned(),
    }
}

fn write(scene: &Scene, colours: Colours<'_>, prefix: &str, title: &str, measure: Measure<'_>) -> String {
    let mut writer = Writer { colours, prefix, measure, text: String::new(), hatches: BTreeSet::new() };
    for (number, layer) in scene.layers.iter().enumerate() {
        writer.layer(number, layer);
    }
    let (width, height) = (number(scene.width), number(scene.height));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} \
         {height}\" role=\"img\" font-family=\"{FAMILY}\">\n<title>{}</title>\n",
        escape(title)
    );
    out.push_str("<defs>\n");
    for (at, layer) in scene.layers.iter().enumerate() {
        let _ = writeln!(out, "<clipPath id=\"{prefix}c{at}\"><rect {}/></clipPath>", place(layer.clip));
    }
    for ink in &writer.hatches {
        let _ = writeln!(
            out,
            "<pattern id=\"{}\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" \
             patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\" fill=\"{1}\" fill-opacity=\"0.16\"/>\
             <rect width=\"1.6\" height=\"6\" fill=\"{1}\" fill-opacity=\"0.75\"/></pattern>",
            hatch_id(prefix, *ink),
            colours.of(*ink)
        );
    }
    let _ = writeln!(
        out,
        "</defs>\n<rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>",
        colours.of(Ink::Surface)
    );
    out.push_str(&writer.text);
    out.push_str("</svg>\n");
    out
}

struct Writer<'a> {
    colours: Colours<'a>,
    prefix: &'a str,
    measure: Measure<'a>,
    text: String,
    hatches: BTreeSet<Ink>,
}

fn place(at: Bounds) -> String {
    format!(
        "x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
        number(at.x),
        number(at.y),
        number(at.width),
        number(at.height)
    )
}

fn hatch_id(prefix: &str, ink: Ink) -> String {
    match ink {
        Ink::Task(hue) => format!("{prefix}h{}-{}", hue.shade, hue.index),
        _ => format!("{prefix}h{}", format!("{ink:?}").to_lowercase()),
    }
}

fn dashes(stroke: Stroke) -> &'static str {
    match stroke {
        Stroke::Solid => "",
        Stroke::Dashed => " stroke-dasharray=\"5 4\"",
        Stroke::Dotted => " stroke-dasharray=\"2 3\"",
    }
}

impl Writer<'_> {
    fn colour(&self, ink: Ink) -> String {
        self.colours.of(ink)
    }

    fn put(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.text.write_fmt(line);
        self.text.push('\n');
    }

    fn layer(&mut self, number: usize, layer: &Layer) {
        if layer.items.is_empty() {
            return;
        }
        let prefix = self.prefix;
        self.put(format_args!("<g clip-path=\"url(#{prefix}c{number})\">"));
        for item in &layer.items {
            match item {
                Item::Rect(rect) => self.rect(rect),
                Item::Bars(bars) => self.bars(bars),
                Item::Line(line) => self.line(line),
                Item::Polyline(line) => self.polyline(line),
                Item::Area(area) => self.area(area),
                Item::Arrow(arrow) => self.arrow(arrow),
                Item::Curve(curve) => self.curve(curve),
                Item::Label(label) => self.label(label),
                Item::Mark(mark) => {
                    let ground = self.colour(Ink::Surface);
                    let sign = signs::sign(mark, &self.colour(mark.ink), &ground);
                    self.put(format_args!("{sign}"));
                }
            }
        }
        self.put(format_args!("</g>"));
    }

    fn rect(&mut self, rect: &Rect) {
        let (place_of, colour) = (place(rect.at), self.colour(rect.ink));
        let round =
            if rect.radius > 0.0 { format!(" rx=\"{}\"", number(rect.radius)) } else { String::new() };
        let filled = |opacity: &str| format!("<rect {place_of}{round} fill=\"{colour}\"{opacity}/>");
        match rect.fill {
            Fill::Solid => self.put(format_args!("{}", filled(""))),
            Fill::Half => self.put(format_args!("{}", filled(" fill-opacity=\"0.45\""))),
            Fill::Wash => self.put(format_args!("{}", filled(" fill-opacity=\"0.14\""))),
            Fill::Hatched => {
                self.hatches.insert(rect.ink);
                let id = hatch_id(self.prefix, rect.ink);
                self.put(format_args!("<rect {place_of}{round} fill=\"url(#{id})\"/>"));
            }
            Fill::HatchedLight => {
                self.hatches.insert(rect.ink);
                let id = hatch_id(self.prefix, rect.ink);
                self.put(format_args!("<rect {place_of}{round} fill=\"url(#{id})\" fill-opacity=\"0.45\"/>"));
            }
            Fill::Outline | Fill::Dotted => {
                self.put(format_args!("{}", filled(" fill-opacity=\"0.10\"")));
                let stroke = if rect.fill == Fill::Dotted { Stroke::Dotted } else { Stroke::Solid };
                self.edge(rect, &colour, 1.0, stroke);
            }
            Fill::Struck => {
                self.put(format_args!("{}", filled(" fill-opacity=\"0.14\"")));
                let y = rect.at.y + rect.at.height / 2.0;
                let (from, to) = (Point { x: rect.at.x, y }, Point { x: rect.at.right(), y });
                self.line(&Line { from, to, ink: rect.ink, stroke: Stroke::Solid, width: 1.0 });
            }
        }
        if let Some(edge) = rect.edge.filter(|_| rect.at.width >= 2.0) {
            let colour = self.colour(edge);
            self.edge(rect, &colour, if rect.at.width >= 8.0 { 2.0 } else { 1.0 }, Stroke::Solid);
        }
    }

    fn edge(&mut self, rect: &Rect, colour: &str, width: f64, stroke: Stroke) {
        let half = width / 2.0;
        let at =
            Bounds::new(rect.at.x + half, rect.at.y + half, rect.at.width - width, rect.at.height - width);
        let round = number(rect.radius);
        self.put(format_args!(
            "<rect {} rx=\"{round}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{}\"{}/>",
            place(at),
            number(width),
            dashes(stroke)
        ));
    }

    fn bars(&mut self, bars: &Bars) {
        let opacity = match bars.fill {
            Fill::Solid => "",
            Fill::Half | Fill::Hatched | Fill::HatchedLight => " fill-opacity=\"0.5\"",
            Fill::Outline | Fill::Dotted | Fill::Struck | Fill::Wash => " fill-opacity=\"0.22\"",
        };
        let mut path = String::new();
        for bar in &bars.bars {
            let (w, h) = (number(bar.width), number(bar.height));
            let _ = write!(path, "M{} {}h{w}v{h}h-{w}z", number(bar.x), number(bar.y));
        }
        let colour = self.colour(bars.ink);
        self.put(format_args!("<path d=\"{path}\" fill=\"{colour}\"{opacity}/>"));
    }

    fn line(&mut self, line: &Line) {
        let colour = self.colour(line.ink);
        self.put(format_args!(
            "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"{colour}\" stroke-width=\"{}\"{}/>",
            number(line.from.x),
            number(line.from.y),
            number(line.to.x),
            number(line.to.y),
            number(line.width),
            dashes(line.stroke)
        ));
    }

    fn polyline(&mut self, line: &Polyline) {
        let (colour, points) = (self.colour(line.ink), points(&line.points));
        self.put(format_args!(
            "<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{}\"{}/>",
            number(line.width),
            dashes(line.stroke)
        ));
    }

    fn area(&mut self, area: &Area) {
        let (Some(first), Some(last)) = (area.points.first(), area.points.last()) else { return };
        let (opacity, edge) = match area.fill {
            Fill::Solid => ("1", None),
            Fill::Half | Fill::Hatched | Fill::HatchedLight | Fill::Struck => ("0.45", None),
            Fill::Outline => ("0.18", Some(Stroke::Solid)),
            Fill::Dotted => ("0.10", Some(Stroke::Dotted)),
            Fill::Wash => ("0.18", None),
        };
        let mut all = area.points.clone();
        all.push(Point { x: last.x, y: area.base });
        all.push(Point { x: first.x, y: area.base });
        let (colour, list) = (self.colour(area.ink), points(&all));
        self.put(format_args!("<polygon points=\"{list}\" fill=\"{colour}\" fill-opacity=\"{opacity}\"/>"));
        if let Some(stroke) = edge {
            self.polyline(&Polyline { points: area.points.clone(), ink: area.ink, stroke, width: 1.0 });
        }
    }

    fn arrow(&mut self, arrow: &Arrow) {
        const HEAD: f64 = 6.0;
        let colour = self.colour(arrow.ink);
        let (from, to) = (arrow.from, arrow.to);
        let ahead = if arrow.bend < 0.0 { -1.0 } else { 1.0 };
        let tail = to.x - ahead * HEAD * 0.8;
        self.put(format_args!(
            "<path d=\"M{} {}C{} {} {} {} {} {}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{}\"{}/>",
            number(from.x),
            number(from.y),
            number(from.x + arrow.bend),
            number(from.y),
            number(tail - arrow.bend),
            number(to.y),
            number(tail),
            number(to.y),
            number(arrow.width),
            dashes(arrow.stroke)
        ));
        self.put(format_args!(
            "<path d=\"M{} {}l{} -3.3v6.6z\" fill=\"{colour}\"/>",
            number(to.x),
            number(to.y),
            number(-ahead * HEAD)
        ));
    }

    fn curve(&mut self, curve: &Curve) {
        let colour = self.colour(curve.ink);
        let ahead = curve.heading();
        let short = if curve.has_head { HEAD * 0.8 } else { 0.0 };
        let end = Point { x: curve.to.x - ahead.x * short, y: curve.to.y - ahead.y * short };
        let pair = |point: Point| format!("{} {}", number(point.x), number(point.y));
        self.put(format_args!(
            "<path d=\"M{}C{} {} {}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{}\"{}/>",
            pair(curve.from),
            pair(curve.leave),
            pair(curve.approach),
            pair(end),
            number(curve.width),
            dashes(curve.stroke)
        ));
        if curve.has_head {
            let corner = |side: f64| Point {
                x: curve.to.x - ahead.x * HEAD - ahead.y * HEAD * 0.5 * side,
                y: curve.to.y - ahead.y * HEAD + ahead.x * HEAD * 0.5 * side,
            };
            let (left, right) = (pair(corner(1.0)), pair(corner(-1.0)));
            self.put(format_args!("<path d=\"M{}L{left}L{right}z\" fill=\"{colour}\"/>", pair(curve.to)));
        }
    }

    fn label(&mut self, label: &Label) {
        let width = (self.measure)(&label.text, label.face);
        let (anchor, left) = match label.align {
            Align::Start => ("start", label.at.x),
            Align::Middle => ("middle", label.at.x - width / 2.0),
            Align::End => ("end", label.at.x - width),
        };
        let size = label.face.size();
        if let Some(plate) = label.plate {
            let at = Bounds::new(left - 3.0, label.at.y - size * 0.62, width + 6.0, size * 1.24);
            let colour = self.colour(plate);
            self.put(format_args!("<rect {} rx=\"2\" fill=\"{colour}\" fill-opacity=\"0.88\"/>", place(at)));
        }
        let weight = if label.face.weight() > 400 { " font-weight=\"600\"" } else { "" };
        let (colour, text) = (self.colour(label.ink), escape(&label.text));
        self.put(format_args!(
            "<text x=\"{}\" y=\"{}\" dy=\"0.35em\" font-size=\"{}\" text-anchor=\"{anchor}\"{weight} fill=\"{colour}\">{text}</text>",
            number(label.at.x),
            number(label.at.y),
            number(size)
        ));
    }
}

fn points(points: &[Point]) -> String {
    let one = |point: &Point| format!("{},{}", number(point.x), number(point.y));
    points.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::scene::{TextSize, approximate_width};
    use super::*;

    #[test]
    fn names_from_a_scenario_cannot_break_out() {
        let nasty = "</text><script>&\"'\u{0}";
        let label = Label {
            at: Point { x: 1.0, y: 2.0 },
            text: nasty.to_owned(),
            ink: Ink::Text,
            face: TextSize::Body,
            align: Align::Start,
            plate: None,
        };
        let clip = Bounds::new(0.0, 0.0, 10.0, 10.0);
        let layers = vec![Layer { clip, items: vec![Item::Label(label)] }];
        let scene = Scene { width: 10.0, height: 10.0, layers, ..Scene::default() };
        let text = svg(&scene, &Theme::light(), nasty, &approximate_width);
        assert!(!text.contains("<script>"), "{text}");
        assert!(text.contains("&lt;/text&gt;&lt;script&gt;&amp;&quot;&#39;\u{fffd}"), "{text}");
    }

    #[test]
    fn numbers_are_short() {
        let all = [(1.0, "1"), (0.333, "0.33"), (-0.001, "0"), (1e6, "1000000")];
        assert!(all.iter().all(|(value, text)| number(*value) == *text));
    }
}
