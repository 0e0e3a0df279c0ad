//! The picture of the graph as a scene.

use super::model::{WaitForEdge, WaitForEdgeKind, WaitForNode, WaitForNodeKind, WaitForPicture};
use crate::view::chart::StuckSeverity;
use crate::view::hits::{HitRegions, HitTarget};
use crate::view::scene::{
    Arrow, Bounds, Fill, Ink, Layer, Measure, Point, Polyline, Rect, Scene, SceneItem, Stroke, TextAlign,
    TextLabel, TextSize, fit_text,
};

/// Draws it. `pointed` is the node under the pointer: what it is tied to stands out.
pub fn scene(picture: &WaitForPicture, pointed: Option<u32>, measure: Measure<'_>) -> Scene {
    let near = pointed.map(|node| picture.near(node));
    let lit = |node: u32| near.as_ref().is_some_and(|near| near.contains(&node));
    let mut items = Vec::new();
    for pool in &picture.pools {
        let ink = ink_of(pool.trouble).unwrap_or(Ink::Rule);
        items.push(SceneItem::Rect(Rect { at: pool.at, ink, fill: Fill::Outline, edge: None, radius: 4.0 }));
        let at = Point { x: pool.at.x, y: pool.at.y - 9.0 };
        let room = picture.width - at.x;
        if let Some(text) = fit_text(&pool.name, TextSize::Small, room, measure) {
            items.push(label(at, text, ink_of(pool.trouble).unwrap_or(Ink::Soft), TextAlign::Start));
        }
    }
    for (number, edge) in picture.edges.iter().enumerate() {
        draw_edge(&mut items, picture, edge, number, lit(edge.from) && lit(edge.to));
    }
    let mut hits = HitRegions::default();
    for (number, node) in picture.nodes.iter().enumerate() {
        draw_node(&mut items, node, lit(number as u32), measure);
        hits.over(node.at, HitTarget::Node(number as u32));
    }
    let clip = Bounds::new(0.0, 0.0, picture.width, picture.height);
    Scene {
        width: picture.width,
        height: picture.height,
        content_height: picture.height,
        layers: vec![Layer { clip, items }],
        hits,
    }
}

fn ink_of(trouble: StuckSeverity) -> Option<Ink> {
    match trouble {
        StuckSeverity::None | StuckSeverity::Behind => None,
        StuckSeverity::Stalled => Some(Ink::Stall),
        StuckSeverity::Stuck => Some(Ink::Danger),
    }
}

fn label(at: Point, text: String, ink: Ink, align: TextAlign) -> SceneItem {
    SceneItem::Label(TextLabel { at, text, ink, face: TextSize::Small, align, plate: None })
}

fn draw_node(items: &mut Vec<SceneItem>, node: &WaitForNode, lit: bool, measure: Measure<'_>) {
    let edge = match node.trouble {
        _ if lit => Some(Ink::Chosen),
        StuckSeverity::Stuck | StuckSeverity::Behind => Some(Ink::Danger),
        StuckSeverity::Stalled => Some(Ink::Stall),
        StuckSeverity::None => None,
    };
    let ground = Rect { at: node.at, ink: Ink::Surface, fill: Fill::Solid, edge: None, radius: 4.0 };
    items.push(SceneItem::Rect(ground));
    let (ink, fill, radius) = match &node.who {
        WaitForNodeKind::Worker(..) | WaitForNodeKind::Scheduler(_) => {
            (Ink::Level, Fill::Wash, node.at.height / 2.0)
        }
        WaitForNodeKind::Task(_) => (node.hue.map_or(Ink::Level, Ink::Task), Fill::Half, 4.0),
        WaitForNodeKind::Resource(..) | WaitForNodeKind::Signal(_) => (Ink::Level, Fill::Outline, 0.0),
        WaitForNodeKind::Queue(_) => (Ink::Level, Fill::Outline, 2.0),
        WaitForNodeKind::More(_) => (Ink::Muted, Fill::Dotted, 4.0),
    };
    items.push(SceneItem::Rect(Rect { at: node.at, ink, fill, edge, radius }));
    let Some(text) = fit_text(&node.text, TextSize::Small, node.at.width - 8.0, measure) else { return };
    let at = Point { x: node.at.x + node.at.width / 2.0, y: node.at.y + node.at.height / 2.0 };
    items.push(label(at, text, Ink::Text, TextAlign::Middle));
}

fn draw_edge(
    items: &mut Vec<SceneItem>,
    picture: &WaitForPicture,
    edge: &WaitForEdge,
    number: usize,
    lit: bool,
) {
    let (from, to) = (&picture.nodes[edge.from as usize], &picture.nodes[edge.to as usize]);
    let ink = match ink_of(edge.trouble) {
        _ if lit => Ink::Chosen,
        Some(ink) => ink,
        None => Ink::Level,
    };
    let width = if edge.trouble == StuckSeverity::None && !lit { 1.0 } else { 1.5 };
    let stroke = match edge.kind {
        WaitForEdgeKind::HeldBy | WaitForEdgeKind::WaitsFor | WaitForEdgeKind::QueuedIn => Stroke::Solid,
        WaitForEdgeKind::Under | WaitForEdgeKind::NeedsAny => Stroke::Dashed,
    };
    if edge.kind == WaitForEdgeKind::NeedsAny {
        return way_back(items, picture, edge, number, ink);
    }
    let (start, end, bend) = if from.at.x < to.at.x {
        (from.right(), to.left(), 18.0)
    } else if from.at.x > to.at.x {
        // Back to a holder: a little lower, so that both directions can be seen.
        let (mut start, mut end) = (from.left(), to.right());
        (start.y, end.y) = (start.y + 5.0, end.y + 5.0);
        (start, end, -18.0)
    } else {
        (from.right(), Point { x: to.right().x, ..to.right() }, 22.0)
    };
    if let Some(out) = picture.bend(number) {
        // In one column: around on the right.
        let end = Point { y: end.y - 5.0, ..end };
        let start = Point { y: start.y + 4.0, ..start };
        let points = vec![start, Point { x: out, y: start.y }, Point { x: out, y: end.y }, end];
        items.push(SceneItem::Polyline(Polyline { points, ink, stroke, width }));
        let near = Point { x: end.x + 9.0, y: end.y };
        items.push(SceneItem::Arrow(Arrow {
            from: near,
            to: end,
            ink,
            stroke: Stroke::Solid,
            width,
            bend: -1.0,
        }));
        return;
    }
    items.push(SceneItem::Arrow(Arrow { from: start, to: end, ink, stroke, width, bend }));
}

/// From a queue under everything to the frame of its pool: the knot closes here.
fn way_back(
    items: &mut Vec<SceneItem>,
    picture: &WaitForPicture,
    edge: &WaitForEdge,
    number: usize,
    ink: Ink,
) {
    let from = &picture.nodes[edge.from as usize];
    let goal = match picture.nodes[edge.to as usize].who {
        WaitForNodeKind::Worker(executor, _) => picture.pools.iter().find(|pool| pool.executor == executor),
        _ => None,
    };
    let goal = goal.map_or(picture.nodes[edge.to as usize].at, |pool| pool.at);
    let spread = (number % 3) as f64 * 4.0;
    let low = picture.height - 12.0 - spread;
    let x = from.at.x + from.at.width / 2.0;
    let left = goal.x - 12.0 - spread;
    let y = goal.y + goal.height / 2.0;
    let points = vec![
        Point { x, y: from.at.bottom() },
        Point { x, y: low },
        Point { x: left, y: low },
        Point { x: left, y },
        Point { x: goal.x - 6.0, y },
    ];
    items.push(SceneItem::Polyline(Polyline { points, ink, stroke: Stroke::Dashed, width: 1.5 }));
    let (tail, head) = (Point { x: goal.x - 8.0, y }, Point { x: goal.x, y });
    items.push(SceneItem::Arrow(Arrow {
        from: tail,
        to: head,
        ink,
        stroke: Stroke::Solid,
        width: 1.5,
        bend: 1.0,
    }));
    let middle = Point { x: (x + left) / 2.0, y: low };
    let text = "needs any worker".to_owned();
    items.push(SceneItem::Label(TextLabel {
        at: middle,
        text,
        ink,
        face: TextSize::Tiny,
        align: TextAlign::Middle,
        plate: Some(Ink::Surface),
    }));
}
