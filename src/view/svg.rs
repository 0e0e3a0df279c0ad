//! A scene as SVG text: for slides and documents, and to look at scenes without a browser.
//!
//! Invariant: a function of scene and theme; well-formed XML whatever the names in the scenario are; needs
//! nothing from elsewhere (colours inline, no scripts, no links). Interaction is deliberately absent.

use super::drawing::{
    BASELINE, ClippedDrawing, DrawingPrimitive, DrawingShape, FillPaint, HATCH, HATCH_GROUND, HATCH_LINES,
    HATCH_STRIPE, dashes, drawing,
};
use super::markup::escape;
use super::palette::{HUES, SHADES, TaskHue};
use super::scene::{Bounds, Ink, Measure, Point, Scene, Stroke, TextAlign};
use super::theme::{ColourTheme, STEPS};
use std::collections::BTreeSet;
use std::fmt::Write;

const FAMILY: &str =
    "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif";

/// Writes a scene. `title` is what a screen reader says.
pub fn svg(scene: &Scene, theme: &ColourTheme, title: &str, measure: Measure<'_>) -> String {
    write(scene, ColourNotation::Fixed(theme), "", title, measure)
}

/// The same for a page that has several pictures and [`variables`] for its colours, light and dark. What is named in the
/// picture begins with `prefix`, so that names of two pictures do not meet.
pub fn inline(scene: &Scene, prefix: &str, title: &str, measure: Measure<'_>) -> String {
    write(scene, ColourNotation::Variables, prefix, title, measure)
}

/// The declarations of a style sheet that give the colours of [`inline`] pictures.
pub fn variables(theme: &ColourTheme) -> String {
    let mut text = String::new();
    for ink in all_inks() {
        let _ = write!(text, "{}:{};", variable(ink), theme.colour(ink));
    }
    text
}

/// What colours are written as.
#[derive(Clone, Copy)]
enum ColourNotation<'a> {
    /// As those of a theme.
    Fixed(&'a ColourTheme),
    /// As names that the page gives colours to.
    Variables,
}

impl ColourNotation<'_> {
    fn of(self, ink: Ink) -> String {
        match self {
            ColourNotation::Fixed(theme) => theme.colour(ink).to_string(),
            ColourNotation::Variables => format!("var({})", variable(ink)),
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
            let hue = TaskHue { index, shade };
            inks.extend([Ink::Task(hue), Ink::OnTask(hue), Ink::OnVeiled(hue)]);
        }
    }
    inks
}

/// The name of a colour in a style sheet: `--danger`, `--task-0-3`.
fn variable(ink: Ink) -> String {
    let of = |what: &str, hue: TaskHue| {
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

fn write(
    scene: &Scene,
    colours: ColourNotation<'_>,
    prefix: &str,
    title: &str,
    measure: Measure<'_>,
) -> String {
    let mut writer = SvgWriter { colours, prefix, text: String::new(), hatches: BTreeSet::new() };
    let sheets = drawing(scene, measure);
    for (number, sheet) in sheets.iter().enumerate() {
        writer.sheet(number, sheet);
    }
    let (width, height) = (number(scene.width), number(scene.height));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} \
         {height}\" role=\"img\" font-family=\"{FAMILY}\">\n<title>{}</title>\n",
        escape(title)
    );
    out.push_str("<defs>\n");
    for (at, sheet) in sheets.iter().enumerate() {
        let _ = writeln!(out, "<clipPath id=\"{prefix}c{at}\"><rect {}/></clipPath>", place(sheet.clip));
    }
    for ink in &writer.hatches {
        let _ = writeln!(
            out,
            "<pattern id=\"{}\" width=\"{HATCH}\" height=\"{HATCH}\" patternUnits=\"userSpaceOnUse\" \
             patternTransform=\"rotate(45)\"><rect width=\"{HATCH}\" height=\"{HATCH}\" fill=\"{1}\" \
             fill-opacity=\"{HATCH_GROUND}\"/><rect width=\"{HATCH_STRIPE}\" height=\"{HATCH}\" fill=\"{1}\" \
             fill-opacity=\"{HATCH_LINES}\"/></pattern>",
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

struct SvgWriter<'a> {
    colours: ColourNotation<'a>,
    prefix: &'a str,
    text: String,
    hatches: BTreeSet<Ink>,
}

/// At most two decimals, no trailing zeros.
fn number(value: f64) -> String {
    let rounded = libm::round(value * 100.0) / 100.0;
    // Negative zero reads badly.
    if rounded == 0.0 { "0".to_owned() } else { rounded.to_string() }
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

/// The lengths of dashes and of the gaps between them.
fn dash_attribute(stroke: Stroke) -> String {
    dashes(stroke).map_or_else(String::new, |[dash, gap]| format!(" stroke-dasharray=\"{dash} {gap}\""))
}

/// An element without its end: `<rect x="1" y="2" width="3" height="4"`.
fn element(form: &DrawingShape) -> String {
    let pair = |point: Point| format!("{} {}", number(point.x), number(point.y));
    match form {
        DrawingShape::Rect(at, radius) => {
            let round = if *radius > 0.0 { format!(" rx=\"{}\"", number(*radius)) } else { String::new() };
            format!("<rect {}{round}", place(*at))
        }
        DrawingShape::Circle(centre, radius) => {
            let (x, y, r) = (number(centre.x), number(centre.y), number(*radius));
            format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\"")
        }
        DrawingShape::Line(from, to) => format!(
            "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"",
            number(from.x),
            number(from.y),
            number(to.x),
            number(to.y)
        ),
        DrawingShape::Polyline(list) => format!("<polyline points=\"{}\"", points(list)),
        DrawingShape::Polygon(list) => format!("<polygon points=\"{}\"", points(list)),
        DrawingShape::Bars(bars) => {
            let mut path = String::new();
            for bar in bars {
                let (w, h) = (number(bar.width), number(bar.height));
                let _ = write!(path, "M{} {}h{w}v{h}h-{w}z", number(bar.x), number(bar.y));
            }
            format!("<path d=\"{path}\"")
        }
        DrawingShape::Curve([from, leave, approach, to]) => {
            format!("<path d=\"M{}C{} {} {}\"", pair(*from), pair(*leave), pair(*approach), pair(*to))
        }
        DrawingShape::Lines(lines) => {
            let line = |[from, to]: &[Point; 2]| format!("M{}L{}", pair(*from), pair(*to));
            format!("<path d=\"{}\"", lines.iter().map(line).collect::<String>())
        }
    }
}

impl SvgWriter<'_> {
    fn put(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.text.write_fmt(line);
        self.text.push('\n');
    }

    fn sheet(&mut self, number: usize, sheet: &ClippedDrawing) {
        if sheet.pieces.is_empty() {
            return;
        }
        let prefix = self.prefix;
        self.put(format_args!("<g clip-path=\"url(#{prefix}c{number})\">"));
        for piece in &sheet.pieces {
            self.piece(piece);
        }
        self.put(format_args!("</g>"));
    }

    fn piece(&mut self, piece: &DrawingPrimitive) {
        match piece {
            DrawingPrimitive::Filled { form, paint, opacity } => {
                let fill = match paint {
                    FillPaint::Plain(ink) => self.colours.of(*ink),
                    FillPaint::Hatched(ink) => {
                        self.hatches.insert(*ink);
                        format!("url(#{})", hatch_id(self.prefix, *ink))
                    }
                };
                let faint =
                    if *opacity < 1.0 { format!(" fill-opacity=\"{opacity}\"") } else { String::new() };
                self.put(format_args!("{} fill=\"{fill}\"{faint}/>", element(form)));
            }
            DrawingPrimitive::Stroked { form, ink, width, stroke } => {
                // A straight line has nothing to fill.
                let hollow = if matches!(form, DrawingShape::Line(..)) { "" } else { " fill=\"none\"" };
                let (colour, width) = (self.colours.of(*ink), number(*width));
                let dashes = dash_attribute(*stroke);
                let element = element(form);
                self.put(format_args!(
                    "{element}{hollow} stroke=\"{colour}\" stroke-width=\"{width}\"{dashes}/>"
                ));
            }
            DrawingPrimitive::Text { at, text, ink, face, align } => {
                let anchor = match align {
                    TextAlign::Start => "start",
                    TextAlign::Middle => "middle",
                    TextAlign::End => "end",
                };
                let weight = if face.weight() > 400 { " font-weight=\"600\"" } else { "" };
                let (colour, text) = (self.colours.of(*ink), escape(text));
                self.put(format_args!(
                    "<text x=\"{}\" y=\"{}\" dy=\"{BASELINE}em\" font-size=\"{}\" text-anchor=\"{anchor}\"{weight} \
                     fill=\"{colour}\">{text}</text>",
                    number(at.x),
                    number(at.y),
                    number(face.size())
                ));
            }
        }
    }
}

fn points(points: &[Point]) -> String {
    let one = |point: &Point| format!("{},{}", number(point.x), number(point.y));
    points.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::scene::{Layer, SceneItem, TextLabel, TextSize, approximate_width};
    use super::*;

    #[test]
    fn names_from_a_scenario_cannot_break_out() {
        let nasty = "</text><script>&\"'\u{0}";
        let label = TextLabel {
            at: Point { x: 1.0, y: 2.0 },
            text: nasty.to_owned(),
            ink: Ink::Text,
            face: TextSize::Body,
            align: TextAlign::Start,
            plate: None,
        };
        let clip = Bounds::new(0.0, 0.0, 10.0, 10.0);
        let layers = vec![Layer { clip, items: vec![SceneItem::Label(label)] }];
        let scene = Scene { width: 10.0, height: 10.0, layers, ..Scene::default() };
        let text = svg(&scene, &ColourTheme::light(), nasty, &approximate_width);
        assert!(!text.contains("<script>"), "{text}");
        assert!(text.contains("&lt;/text&gt;&lt;script&gt;&amp;&quot;&#39;\u{fffd}"), "{text}");
    }

    #[test]
    fn numbers_are_short() {
        let all = [(1.0, "1"), (0.333, "0.33"), (-0.001, "0"), (1e6, "1000000")];
        assert!(all.iter().all(|(value, text)| number(*value) == *text));
    }
}
