//! Draws a scene on a canvas, and decides nothing: what is where, and what it means, the scene says.
//!
//! Invariant: one form for each meaning ([`Fill`], [`Stroke`], [`Shape`]); sharp at any device pixel ratio.
//! Deliberately absent: text as markup, knowledge of traces, any state between two pictures but caches.

use super::signs;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::f64::consts::PI;
use threadbare::view::drawing::dashes;
use threadbare::view::scene::{
    AreaUnderLine, Arrow, Bounds, Curve, Fill, HALF, HEAD, Ink, Layer, Line, Point, Polyline, Rect,
    RectBatch, Scene, SceneItem, Stroke, TextAlign, TextLabel, TextSize,
};
use threadbare::view::theme::ColourTheme;
use wasm_bindgen::JsCast;
use web_sys::{CanvasPattern, CanvasRenderingContext2d, HtmlCanvasElement};

/// The page's font, as in `www/styles/tokens.css`.
const FAMILY: &str =
    "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif";
/// Texts whose widths are remembered; more than a screen ever holds.
const MAX_WIDTHS: usize = 8_192;

/// One canvas and what is remembered about it.
pub struct CanvasPainter {
    canvas: HtmlCanvasElement,
    pub(super) context: CanvasRenderingContext2d,
    theme: ColourTheme,
    ratio: f64,
    hatches: BTreeMap<Ink, CanvasPattern>,
    widths: RefCell<BTreeMap<(u8, String), f64>>,
    /// The size that the context is set to, as far as that is known: to set it again costs the browser a look at the
    /// page's styles.
    face: Cell<Option<u8>>,
}

impl CanvasPainter {
    /// For a canvas; `None` if the browser gives it no context.
    pub fn new(canvas: HtmlCanvasElement) -> Option<CanvasPainter> {
        let context = canvas.get_context("2d").ok()??.dyn_into::<CanvasRenderingContext2d>().ok()?;
        let (hatches, widths, face) = (BTreeMap::new(), RefCell::default(), Cell::new(None));
        Some(CanvasPainter {
            canvas,
            context,
            theme: ColourTheme::light(),
            ratio: 1.0,
            hatches,
            widths,
            face,
        })
    }

    /// The canvas it draws on.
    pub fn canvas(&self) -> &HtmlCanvasElement {
        &self.canvas
    }

    /// Draws in dark colours or light ones.
    pub fn retheme(&mut self, dark: bool) {
        let theme = if dark { ColourTheme::dark() } else { ColourTheme::light() };
        if self.theme != theme {
            self.theme = theme;
            self.hatches.clear();
        }
    }

    /// How wide a text is, in CSS pixels.
    pub fn measure(&self, text: &str, face: TextSize) -> f64 {
        let key = (face as u8, text.to_owned());
        if let Some(width) = self.widths.borrow().get(&key) {
            return *width;
        }
        self.set_face(face);
        let width = self.context.measure_text(text).map_or(0.0, |metrics| metrics.width());
        let mut widths = self.widths.borrow_mut();
        if widths.len() >= MAX_WIDTHS {
            widths.clear();
        }
        widths.insert(key, width);
        width
    }

    /// Draws a scene on the page's own ground, for a picture that leaves the page.
    pub fn paint_on_ground(&mut self, scene: &Scene, ratio: f64) {
        self.paint(scene, ratio);
        // Behind what is there.
        let _ = self.context.set_global_composite_operation("destination-over");
        self.ink(Ink::Surface, 1.0);
        self.context.fill_rect(0.0, 0.0, scene.width, scene.height);
        let _ = self.context.set_global_composite_operation("source-over");
    }

    /// A copy of what is on the canvas; `None` if there is nothing, or the browser gives no second one.
    pub fn copy(&self) -> Option<HtmlCanvasElement> {
        let copy = self.canvas.clone_node().ok()?.dyn_into::<HtmlCanvasElement>().ok()?;
        let context = copy.get_context("2d").ok()??.dyn_into::<CanvasRenderingContext2d>().ok()?;
        context.draw_image_with_html_canvas_element(&self.canvas, 0.0, 0.0).ok()?;
        Some(copy)
    }

    /// Draws a copy over what is there, more or less strongly: 0 is not at all, 1 hides what is there.
    pub fn veil(&self, copy: &HtmlCanvasElement, strength: f64) {
        let _ = self.context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0);
        self.context.set_global_alpha(strength);
        let _ = self.context.draw_image_with_html_canvas_element(copy, 0.0, 0.0);
        self.context.set_global_alpha(1.0);
    }

    /// Draws a scene at a scale, in as many device pixels as the page has; the canvas takes its size, in the page too.
    pub fn paint_scaled(&mut self, scene: &Scene, pixel_ratio: f64, scale: f64) {
        self.paint(scene, pixel_ratio * scale);
        // By whole device pixels: a canvas that is stretched to a fraction of one more is blurred.
        let (wide, high) = (f64::from(self.canvas.width()), f64::from(self.canvas.height()));
        for (side, pixels) in [("width", wide), ("height", high)] {
            let _ = self.canvas.style().set_property(side, &format!("{}px", pixels / pixel_ratio));
        }
    }

    /// Draws a scene; the canvas takes its size.
    pub fn paint(&mut self, scene: &Scene, ratio: f64) {
        let size = |css: f64| (css * ratio).round().max(1.0) as u32;
        if self.canvas.width() != size(scene.width) || self.canvas.height() != size(scene.height) {
            self.canvas.set_width(size(scene.width));
            self.canvas.set_height(size(scene.height));
            self.face.set(None);
        }
        if self.ratio != ratio {
            self.ratio = ratio;
            self.hatches.clear();
        }
        let context = &self.context;
        // Setting a transform on a live context with finite numbers cannot fail.
        let _ = context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
        context.clear_rect(0.0, 0.0, scene.width, scene.height);
        context.set_text_baseline("middle");
        for layer in &scene.layers {
            self.layer(layer);
        }
    }

    fn set_face(&self, face: TextSize) {
        if self.face.replace(Some(face as u8)) != Some(face as u8) {
            self.context.set_font(&self.font(face));
        }
    }

    fn layer(&mut self, layer: &Layer) {
        self.context.save();
        self.context.begin_path();
        let clip = self.snapped(layer.clip);
        self.context.rect(clip.x, clip.y, clip.width, clip.height);
        self.context.clip();
        for item in &layer.items {
            match item {
                SceneItem::Rect(rect) => self.rect(rect),
                SceneItem::Bars(bars) => self.bars(bars),
                SceneItem::Line(line) => self.line(line),
                SceneItem::Polyline(line) => self.polyline(line),
                SceneItem::Area(area) => self.area(area),
                SceneItem::Arrow(arrow) => self.arrow(arrow),
                SceneItem::Curve(curve) => self.curve(curve),
                SceneItem::Label(label) => self.label(label),
                SceneItem::Mark(mark) => {
                    let (ink, ground) = (self.colour(mark.ink), self.colour(Ink::Surface));
                    signs::draw(&self.context, mark, &ink, &ground);
                }
            }
        }
        self.context.restore();
        // The context has its former size again.
        self.face.set(None);
    }

    /// The nearest whole device pixel, so that edges are sharp.
    fn snap(&self, at: f64) -> f64 {
        (at * self.ratio).round() / self.ratio
    }

    fn snapped(&self, at: Bounds) -> Bounds {
        let (x, y) = (self.snap(at.x), self.snap(at.y));
        Bounds::new(x, y, self.snap(at.right()) - x, self.snap(at.bottom()) - y)
    }

    fn colour(&self, ink: Ink) -> String {
        self.theme.colour(ink).to_string()
    }

    fn ink(&self, ink: Ink, strength: f64) {
        let colour = self.colour(ink);
        self.context.set_fill_style_str(&colour);
        self.context.set_stroke_style_str(&colour);
        self.context.set_global_alpha(strength);
    }

    fn fill(&self, at: Bounds, radius: f64) {
        if radius > 0.0 {
            self.rounded(at, radius);
            self.context.fill();
        } else {
            self.context.fill_rect(at.x, at.y, at.width, at.height);
        }
    }

    /// The edge of a rectangle, `width` wide inside it.
    fn edge(&self, at: Bounds, radius: f64, width: f64) {
        let half = width / 2.0;
        let inner = Bounds::new(at.x + half, at.y + half, at.width - width, at.height - width);
        self.context.set_line_width(width);
        if radius > 0.0 {
            self.rounded(inner, radius);
            self.context.stroke();
        } else {
            self.context.stroke_rect(inner.x, inner.y, inner.width, inner.height);
        }
    }

    fn rounded(&self, at: Bounds, radius: f64) {
        let r = radius.min(at.height / 2.0).min(at.width / 2.0).max(0.0);
        let context = &self.context;
        context.begin_path();
        let corners = [
            (at.right() - r, at.y + r, -PI / 2.0),
            (at.right() - r, at.bottom() - r, 0.0),
            (at.x + r, at.bottom() - r, PI / 2.0),
            (at.x + r, at.y + r, PI),
        ];
        for (x, y, from) in corners {
            // The radius is never negative, so this cannot fail.
            let _ = context.arc(x, y, r, from, from + PI / 2.0);
        }
        context.close_path();
    }

    fn rect(&mut self, rect: &Rect) {
        let mut at = self.snapped(rect.at);
        at.width = at.width.max(1.0 / self.ratio);
        match rect.fill {
            Fill::Solid => {
                self.ink(rect.ink, 1.0);
                self.fill(at, rect.radius);
            }
            Fill::Half => {
                self.ink(rect.ink, HALF);
                self.fill(at, rect.radius);
            }
            Fill::Wash => {
                self.ink(rect.ink, 0.14);
                self.fill(at, rect.radius);
            }
            Fill::Hatched => {
                self.ink(rect.ink, 0.16);
                self.fill(at, rect.radius);
                self.hatch(rect.ink);
                self.fill(at, rect.radius);
            }
            Fill::HatchedLight => {
                self.ink(rect.ink, 0.10);
                self.fill(at, rect.radius);
                self.hatch(rect.ink);
                self.context.set_global_alpha(0.34);
                self.fill(at, rect.radius);
            }
            Fill::Outline | Fill::Dotted => {
                self.ink(rect.ink, 0.10);
                self.fill(at, rect.radius);
                self.ink(rect.ink, 1.0);
                self.dash(if rect.fill == Fill::Dotted { Stroke::Dotted } else { Stroke::Solid });
                self.edge(at, rect.radius, 1.0);
                self.dash(Stroke::Solid);
            }
            Fill::Struck => {
                self.ink(rect.ink, 0.14);
                self.fill(at, rect.radius);
                self.ink(rect.ink, 1.0);
                let middle = self.snap(at.y + at.height / 2.0);
                self.context.fill_rect(at.x, middle, at.width, 1.0);
            }
        }
        if let Some(edge) = rect.edge
            && at.width >= 2.0
        {
            self.ink(edge, 1.0);
            self.edge(at, rect.radius, if at.width >= 8.0 { 2.0 } else { 1.0 });
        }
        self.context.set_global_alpha(1.0);
    }

    fn bars(&mut self, bars: &RectBatch) {
        let strength = match bars.fill {
            Fill::Solid => 1.0,
            Fill::Half => 0.5,
            Fill::Hatched | Fill::HatchedLight => 0.16,
            Fill::Outline | Fill::Dotted | Fill::Struck | Fill::Wash => 0.22,
        };
        self.ink(bars.ink, strength);
        self.context.begin_path();
        for bar in &bars.bars {
            let at = self.snapped(*bar);
            self.context.rect(at.x, at.y, at.width.max(1.0 / self.ratio), at.height);
        }
        self.context.fill();
        if matches!(bars.fill, Fill::Hatched | Fill::HatchedLight) {
            self.hatch(bars.ink);
            self.context.fill();
        }
        self.context.set_global_alpha(1.0);
    }

    fn dash(&self, stroke: Stroke) {
        let lengths = dashes(stroke).into_iter().flatten().map(Into::into);
        let dashes: js_sys::Array = lengths.collect::<Vec<wasm_bindgen::JsValue>>().into_iter().collect();
        // A list of finite numbers is always taken.
        let _ = self.context.set_line_dash(&dashes);
    }

    fn line(&self, line: &Line) {
        self.ink(line.ink, 1.0);
        let width = line.width.max(1.0 / self.ratio);
        // Upright and level lines lie on whole device pixels; others are drawn as they are.
        if line.stroke == Stroke::Solid && line.from.x == line.to.x {
            let (top, bottom) = (line.from.y.min(line.to.y), line.from.y.max(line.to.y));
            self.context.fill_rect(self.snap(line.from.x - width / 2.0), top, width, bottom - top);
        } else if line.stroke == Stroke::Solid && line.from.y == line.to.y {
            let (left, right) = (line.from.x.min(line.to.x), line.from.x.max(line.to.x));
            self.context.fill_rect(left, self.snap(line.from.y - width / 2.0), right - left, width);
        } else {
            self.path(&[line.from, line.to]);
            self.context.set_line_width(width);
            self.dash(line.stroke);
            self.context.stroke();
            self.dash(Stroke::Solid);
        }
    }

    fn path(&self, points: &[Point]) {
        self.context.begin_path();
        for (at, point) in points.iter().enumerate() {
            if at == 0 {
                self.context.move_to(point.x, point.y);
            } else {
                self.context.line_to(point.x, point.y);
            }
        }
    }

    fn polyline(&self, line: &Polyline) {
        self.ink(line.ink, 1.0);
        self.path(&line.points);
        self.context.set_line_width(line.width);
        self.dash(line.stroke);
        self.context.stroke();
        self.dash(Stroke::Solid);
    }

    fn area(&mut self, area: &AreaUnderLine) {
        let (Some(first), Some(last)) = (area.points.first(), area.points.last()) else { return };
        let (strength, edge) = match area.fill {
            Fill::Solid => (1.0, None),
            Fill::Half | Fill::Hatched | Fill::HatchedLight | Fill::Struck => (0.45, None),
            Fill::Outline => (0.18, Some(Stroke::Solid)),
            Fill::Dotted => (0.10, Some(Stroke::Dotted)),
            Fill::Wash => (0.18, None),
        };
        self.ink(area.ink, strength);
        self.path(&area.points);
        self.context.line_to(last.x, area.base);
        self.context.line_to(first.x, area.base);
        self.context.fill();
        if let Some(stroke) = edge {
            let (points, ink) = (area.points.clone(), area.ink);
            self.polyline(&Polyline { points, ink, stroke, width: 1.0 });
        }
        self.context.set_global_alpha(1.0);
    }

    fn arrow(&self, arrow: &Arrow) {
        const HEAD: f64 = 6.0;
        // A negative bend leads to the left, and so does the head.
        let ahead = if arrow.bend < 0.0 { -HEAD } else { HEAD };
        self.ink(arrow.ink, 1.0);
        let (from, to) = (arrow.from, Point { x: arrow.to.x - ahead * 0.8, y: arrow.to.y });
        let context = &self.context;
        context.begin_path();
        context.move_to(from.x, from.y);
        context.bezier_curve_to(from.x + arrow.bend, from.y, to.x - arrow.bend, to.y, to.x, to.y);
        context.set_line_width(arrow.width);
        self.dash(arrow.stroke);
        context.stroke();
        self.dash(Stroke::Solid);
        context.begin_path();
        context.move_to(arrow.to.x, arrow.to.y);
        context.line_to(arrow.to.x - ahead, arrow.to.y - HEAD * 0.55);
        context.line_to(arrow.to.x - ahead, arrow.to.y + HEAD * 0.55);
        context.close_path();
        context.fill();
    }

    fn curve(&self, curve: &Curve) {
        self.ink(curve.ink, 1.0);
        let (ahead, context) = (curve.heading(), &self.context);
        let short = if curve.has_head { HEAD * 0.8 } else { 0.0 };
        let end = Point { x: curve.to.x - ahead.x * short, y: curve.to.y - ahead.y * short };
        context.begin_path();
        context.move_to(curve.from.x, curve.from.y);
        let (leave, approach) = (curve.leave, curve.approach);
        context.bezier_curve_to(leave.x, leave.y, approach.x, approach.y, end.x, end.y);
        context.set_line_width(curve.width);
        self.dash(curve.stroke);
        context.stroke();
        self.dash(Stroke::Solid);
        if curve.has_head {
            let (back_x, back_y) = (curve.to.x - ahead.x * HEAD, curve.to.y - ahead.y * HEAD);
            let (side_x, side_y) = (ahead.y * HEAD * 0.5, ahead.x * HEAD * 0.5);
            context.begin_path();
            context.move_to(curve.to.x, curve.to.y);
            context.line_to(back_x - side_x, back_y + side_y);
            context.line_to(back_x + side_x, back_y - side_y);
            context.close_path();
            context.fill();
        }
    }

    fn font(&self, face: TextSize) -> String {
        format!("{} {}px {}", face.weight(), face.size(), FAMILY)
    }

    fn label(&self, label: &TextLabel) {
        let width = self.measure(&label.text, label.face);
        let left = match label.align {
            TextAlign::Start => label.at.x,
            TextAlign::Middle => label.at.x - width / 2.0,
            TextAlign::End => label.at.x - width,
        };
        if let Some(plate) = label.plate {
            self.ink(plate, 1.0);
            let height = label.face.size() + 4.0;
            let at = Bounds::new(left - 3.0, label.at.y - height / 2.0, width + 6.0, height);
            self.fill(self.snapped(at), 2.0);
        }
        self.ink(label.ink, 1.0);
        self.set_face(label.face);
        // The middle of the line sits a little above the middle of the letters.
        let y = self.snap(label.at.y + 0.5);
        let _ = self.context.fill_text(&label.text, self.snap(left), y);
    }

    /// Sets the fill to slanted lines of an ink.
    fn hatch(&mut self, ink: Ink) {
        if !self.hatches.contains_key(&ink)
            && let Some(pattern) = make_hatch(&self.context, &self.colour(ink), self.ratio)
        {
            self.hatches.insert(ink, pattern);
        }
        self.context.set_global_alpha(1.0);
        if let Some(pattern) = self.hatches.get(&ink) {
            self.context.set_fill_style_canvas_pattern(pattern);
        }
    }
}

/// A tile of slanted lines, made for the device's own pixels.
fn make_hatch(context: &CanvasRenderingContext2d, colour: &str, ratio: f64) -> Option<CanvasPattern> {
    const STEP: f64 = 7.0;
    const WIDTH: f64 = 1.8;
    let side = (STEP * ratio).round();
    let tile = web_sys::window()?.document()?.create_element("canvas").ok()?;
    let tile = tile.dyn_into::<HtmlCanvasElement>().ok()?;
    tile.set_width(side as u32);
    tile.set_height(side as u32);
    let pen = tile.get_context("2d").ok()??.dyn_into::<CanvasRenderingContext2d>().ok()?;
    pen.set_stroke_style_str(colour);
    pen.set_line_width(WIDTH * ratio);
    pen.set_global_alpha(0.72);
    pen.begin_path();
    for shift in [-side, 0.0, side] {
        pen.move_to(shift - 1.0, side + 1.0);
        pen.line_to(shift + side + 1.0, -1.0);
    }
    pen.stroke();
    let pattern = context.create_pattern_with_html_canvas_element(&tile, "repeat").ok()??;
    scale_to_css(&pattern, ratio);
    Some(pattern)
}

/// The context draws in CSS pixels, the tile is in the device's: undo the ratio.
fn scale_to_css(pattern: &CanvasPattern, ratio: f64) {
    let matrix = js_sys::Object::new();
    let scale = (1.0 / ratio).into();
    for key in ["a", "d"] {
        // Setting a property of a fresh object cannot fail.
        let _ = js_sys::Reflect::set(&matrix, &key.into(), &scale);
    }
    let call = js_sys::Reflect::get(pattern, &"setTransform".into());
    if let Some(set_transform) = call.ok().and_then(|f| f.dyn_into::<js_sys::Function>().ok()) {
        let _ = set_transform.call1(pattern, &matrix);
    }
}
