//! What a scene looks like, as forms that are filled, stroked or written: what [`super::svg`] writes as text and
//! [`super::raster`] paints as pixels.
//!
//! Invariant: every decision about form (how a wash, a hatch or a head of an arrow looks) is made here, so that a
//! picture is the same in every format. Colours are still meanings.

mod model;
mod signs;

pub use model::{
    BASELINE, ClippedDrawing, DrawingPrimitive, DrawingShape, FillPaint, HATCH, HATCH_GROUND, HATCH_LINES,
    HATCH_STRIPE, dashes,
};

use super::scene::{
    AreaUnderLine, Arrow, Bounds, Curve, Fill, HEAD, Ink, Line, Measure, Point, Polyline, Rect, RectBatch,
    Scene, SceneItem, Stroke, TextAlign, TextLabel,
};

/// Lowers a scene, a sheet for each layer.
pub fn drawing(scene: &Scene, measure: Measure<'_>) -> Vec<ClippedDrawing> {
    let sheet = |layer: &super::scene::Layer| {
        let mut pen = SceneLowering { measure, pieces: Vec::new() };
        layer.items.iter().for_each(|item| pen.item(item));
        ClippedDrawing { clip: layer.clip, pieces: pen.pieces }
    };
    scene.layers.iter().map(sheet).collect()
}

/// Lowers items one after another.
struct SceneLowering<'a> {
    measure: Measure<'a>,
    pieces: Vec<DrawingPrimitive>,
}

impl SceneLowering<'_> {
    fn item(&mut self, item: &SceneItem) {
        match item {
            SceneItem::Rect(rect) => self.rect(rect),
            SceneItem::Bars(bars) => self.bars(bars),
            SceneItem::Line(line) => self.line(line),
            SceneItem::Polyline(line) => self.polyline(line),
            SceneItem::Area(area) => self.area(area),
            SceneItem::Arrow(arrow) => self.arrow(arrow),
            SceneItem::Curve(curve) => self.curve(curve),
            SceneItem::Label(label) => self.label(label),
            SceneItem::Mark(mark) => self.pieces.extend(signs::sign(mark)),
        }
    }

    fn fill(&mut self, form: DrawingShape, ink: Ink, opacity: f64) {
        self.pieces.push(DrawingPrimitive::Filled { form, paint: FillPaint::Plain(ink), opacity });
    }

    fn stroke(&mut self, form: DrawingShape, ink: Ink, width: f64, stroke: Stroke) {
        self.pieces.push(DrawingPrimitive::Stroked { form, ink, width, stroke });
    }

    fn rect(&mut self, rect: &Rect) {
        let form = DrawingShape::Rect(rect.at, rect.radius);
        let hatched = FillPaint::Hatched(rect.ink);
        match rect.fill {
            Fill::Solid => self.fill(form, rect.ink, 1.0),
            Fill::Half => self.fill(form, rect.ink, 0.45),
            Fill::Wash => self.fill(form, rect.ink, 0.14),
            Fill::Hatched => {
                self.pieces.push(DrawingPrimitive::Filled { form, paint: hatched, opacity: 1.0 })
            }
            Fill::HatchedLight => {
                self.pieces.push(DrawingPrimitive::Filled { form, paint: hatched, opacity: 0.45 })
            }
            Fill::Outline | Fill::Dotted => {
                self.fill(form, rect.ink, 0.1);
                let stroke = if rect.fill == Fill::Dotted { Stroke::Dotted } else { Stroke::Solid };
                self.edge(rect, rect.ink, 1.0, stroke);
            }
            Fill::Struck => {
                self.fill(form, rect.ink, 0.14);
                let y = rect.at.y + rect.at.height / 2.0;
                let line = DrawingShape::Line(Point { x: rect.at.x, y }, Point { x: rect.at.right(), y });
                self.stroke(line, rect.ink, 1.0, Stroke::Solid);
            }
        }
        if let Some(edge) = rect.edge.filter(|_| rect.at.width >= 2.0) {
            self.edge(rect, edge, if rect.at.width >= 8.0 { 2.0 } else { 1.0 }, Stroke::Solid);
        }
    }

    /// The edge of a rectangle, within it.
    fn edge(&mut self, rect: &Rect, ink: Ink, width: f64, stroke: Stroke) {
        let half = width / 2.0;
        let at =
            Bounds::new(rect.at.x + half, rect.at.y + half, rect.at.width - width, rect.at.height - width);
        self.stroke(DrawingShape::Rect(at, rect.radius), ink, width, stroke);
    }

    fn bars(&mut self, bars: &RectBatch) {
        let (paint, opacity) = match bars.fill {
            Fill::Solid => (FillPaint::Plain(bars.ink), 1.0),
            Fill::Half => (FillPaint::Plain(bars.ink), 0.5),
            Fill::Hatched => (FillPaint::Hatched(bars.ink), 1.0),
            Fill::HatchedLight => (FillPaint::Hatched(bars.ink), 0.45),
            Fill::Outline | Fill::Dotted | Fill::Struck | Fill::Wash => (FillPaint::Plain(bars.ink), 0.22),
        };
        self.pieces.push(DrawingPrimitive::Filled {
            form: DrawingShape::Bars(bars.bars.clone()),
            paint,
            opacity,
        });
    }

    fn line(&mut self, line: &Line) {
        self.stroke(DrawingShape::Line(line.from, line.to), line.ink, line.width, line.stroke);
    }

    fn polyline(&mut self, line: &Polyline) {
        self.stroke(DrawingShape::Polyline(line.points.clone()), line.ink, line.width, line.stroke);
    }

    fn area(&mut self, area: &AreaUnderLine) {
        let (Some(first), Some(last)) = (area.points.first(), area.points.last()) else { return };
        let (opacity, edge) = match area.fill {
            Fill::Solid => (1.0, None),
            Fill::Half | Fill::Hatched | Fill::HatchedLight | Fill::Struck => (0.45, None),
            Fill::Outline => (0.18, Some(Stroke::Solid)),
            Fill::Dotted => (0.1, Some(Stroke::Dotted)),
            Fill::Wash => (0.18, None),
        };
        let mut all = area.points.clone();
        all.push(Point { x: last.x, y: area.base });
        all.push(Point { x: first.x, y: area.base });
        self.fill(DrawingShape::Polygon(all), area.ink, opacity);
        if let Some(stroke) = edge {
            self.stroke(DrawingShape::Polyline(area.points.clone()), area.ink, 1.0, stroke);
        }
    }

    fn arrow(&mut self, arrow: &Arrow) {
        const HEAD: f64 = 6.0;
        let (from, to) = (arrow.from, arrow.to);
        let ahead = if arrow.bend < 0.0 { -1.0 } else { 1.0 };
        let tail = to.x - ahead * HEAD * 0.8;
        let leave = Point { x: from.x + arrow.bend, y: from.y };
        let approach = Point { x: tail - arrow.bend, y: to.y };
        let curve = DrawingShape::Curve([from, leave, approach, Point { x: tail, y: to.y }]);
        self.stroke(curve, arrow.ink, arrow.width, arrow.stroke);
        let corner = |dy: f64| Point { x: to.x - ahead * HEAD, y: to.y + dy };
        self.fill(DrawingShape::Polygon(vec![to, corner(-3.3), corner(3.3)]), arrow.ink, 1.0);
    }

    fn curve(&mut self, curve: &Curve) {
        let ahead = curve.heading();
        let short = if curve.has_head { HEAD * 0.8 } else { 0.0 };
        let end = Point { x: curve.to.x - ahead.x * short, y: curve.to.y - ahead.y * short };
        let form = DrawingShape::Curve([curve.from, curve.leave, curve.approach, end]);
        self.stroke(form, curve.ink, curve.width, curve.stroke);
        if curve.has_head {
            let corner = |side: f64| Point {
                x: curve.to.x - ahead.x * HEAD - ahead.y * HEAD * 0.5 * side,
                y: curve.to.y - ahead.y * HEAD + ahead.x * HEAD * 0.5 * side,
            };
            self.fill(DrawingShape::Polygon(vec![curve.to, corner(1.0), corner(-1.0)]), curve.ink, 1.0);
        }
    }

    fn label(&mut self, label: &TextLabel) {
        if let Some(plate) = label.plate {
            let width = (self.measure)(&label.text, label.face);
            let left = match label.align {
                TextAlign::Start => label.at.x,
                TextAlign::Middle => label.at.x - width / 2.0,
                TextAlign::End => label.at.x - width,
            };
            let size = label.face.size();
            let at = Bounds::new(left - 3.0, label.at.y - size * 0.62, width + 6.0, size * 1.24);
            self.fill(DrawingShape::Rect(at, 2.0), plate, 0.88);
        }
        self.pieces.push(DrawingPrimitive::Text {
            at: label.at,
            text: label.text.clone(),
            ink: label.ink,
            face: label.face,
            align: label.align,
        });
    }
}
