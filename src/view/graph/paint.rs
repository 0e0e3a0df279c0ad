//! The picture of the graph as a scene.

use super::model::{Edge, EdgeKind, Node, NodeKind, WaitForPicture};
use crate::view::chart::StuckLevel;
use crate::view::hits::{Hits, Target};
use crate::view::scene::{
    Align, Arrow, Bounds, Fill, Ink, Item, Label, Layer, Measure, Point, Polyline, Rect, Scene, Stroke,
    TextSize, fit_text,
};

/// Draws it. `pointed` is the node under the pointer: what it is tied to stands out.
pub fn scene(picture: &WaitForPicture, pointed: Option<u32>, measure: Measure<'_>) -> Scene {
    let near = pointed.map(|node| picture.near(node));
    let lit = |node: u32| near.as_ref().is_some_and(|near| near.contains(&node));
    let mut items = Vec::new();
    for pool in &picture.pools {
        let ink = ink_of(pool.trouble).unwrap_or(Ink::Rule);
        items.push(Item::Rect(Rect { at: pool.at, ink, fill: Fill::Outline, edge: None, radius: 4.0 }));
        let at = Point { x: pool.at.x, y: pool.at.y - 9.0 };
        let room = picture.width - at.x;
        if let Some(text) = fit_text(&pool.name, TextSize::Small, room, measure) {
            items.push(label(at, text, ink_of(pool.trouble).unwrap_or(Ink::Soft), Align::Start));
        }
    }
    for (number, edge) in picture.edges.iter().enumerate() {
        draw_edge(&mut items, picture, edge, number, lit(edge.from) && lit(edge.to));
    }
    let mut hits = Hits::default();
    for (number, node) in picture.nodes.iter().enumerate() {
        draw_node(&mut items, node, lit(number as u32), measure);
        hits.over(node.at, Target::Node(number as u32));
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

fn ink_of(trouble: StuckLevel) -> Option<Ink> {
    match trouble {
        StuckLevel::None | StuckLevel::Behind => None,
        StuckLevel::Stalled => Some(Ink::Stall),
        StuckLevel::Stuck => Some(Ink::Danger),
    }
}

fn label(at: Point, text: String, ink: Ink, align: Align) -> Item {
    Item::Label(Label { at, text, ink, face: TextSize::Small, align, plate: None })
}

fn draw_node(items: &mut Vec<Item>, node: &Node, lit: bool, measure: Measure<'_>) {
    let edge = match node.trouble {
        _ if lit => Some(Ink::Chosen),
        StuckLevel::Stuck | StuckLevel::Behind => Some(Ink::Danger),
        StuckLevel::Stalled => Some(Ink::Stall),
        StuckLevel::None => None,
    };
    let ground = Rect { at: node.at, ink: Ink::Surface, fill: Fill::Solid, edge: None, radius: 4.0 };
    items.push(Item::Rect(ground));
    let (ink, fill, radius) = match &node.who {
        NodeKind::Worker(..) | NodeKind::Scheduler(_) => (Ink::Level, Fill::Wash, node.at.height / 2.0),
        NodeKind::Task(_) => (node.hue.map_or(Ink::Level, Ink::Task), Fill::Half, 4.0),
        NodeKind::Resource(..) | NodeKind::Signal(_) => (Ink::Level, Fill::Outline, 0.0),
        NodeKind::Queue(_) => (Ink::Level, Fill::Outline, 2.0),
        NodeKind::More(_) => (Ink::Muted, Fill::Dotted, 4.0),
    };
    items.push(Item::Rect(Rect { at: node.at, ink, fill, edge, radius }));
    let Some(text) = fit_text(&node.text, TextSize::Small, node.at.width - 8.0, measure) else { return };
    let at = Point { x: node.at.x + node.at.width / 2.0, y: node.at.y + node.at.height / 2.0 };
    items.push(label(at, text, Ink::Text, Align::Middle));
}

fn draw_edge(items: &mut Vec<Item>, picture: &WaitForPicture, edge: &Edge, number: usize, lit: bool) {
    let (from, to) = (&picture.nodes[edge.from as usize], &picture.nodes[edge.to as usize]);
    let ink = match ink_of(edge.trouble) {
        _ if lit => Ink::Chosen,
        Some(ink) => ink,
        None => Ink::Level,
    };
    let width = if edge.trouble == StuckLevel::None && !lit { 1.0 } else { 1.5 };
    let stroke = match edge.kind {
        EdgeKind::HeldBy | EdgeKind::WaitsFor | EdgeKind::QueuedIn => Stroke::Solid,
        EdgeKind::Under | EdgeKind::NeedsAny => Stroke::Dashed,
    };
    if edge.kind == EdgeKind::NeedsAny {
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
        items.push(Item::Polyline(Polyline { points, ink, stroke, width }));
        let near = Point { x: end.x + 9.0, y: end.y };
        items.push(Item::Arrow(Arrow { from: near, to: end, ink, stroke: Stroke::Solid, width, bend: -1.0 }));
        return;
    }
    items.push(Item::Arrow(Arrow { from: start, to: end, ink, stroke, width, bend }));
}

/// From a queue under everything to the frame of its pool: the knot closes here.
fn way_back(items: &mut Vec<Item>, picture: &WaitForPicture, edge: &Edge, number: usize, ink: Ink) {
    let from = &picture.nodes[edge.from as usize];
    let goal = match picture.nodes[edge.to as usize].who {
        NodeKind::Worker(executor, _) => picture.pools.iter().find(|pool| pool.executor == executor),
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
    items.push(Item::Polyline(Polyline { points, ink, stroke: Stroke::Dashed, width: 1.5 }));
    let (tail, head) = (Point { x: goal.x - 8.0, y }, Point { x: goal.x, y });
    items.push(Item::Arrow(Arrow {
        from: tail,
        to: head,
        ink,
        stroke: Stroke::Solid,
        width: 1.5,
        bend: 1.0,
    }));
    let middle = Point { x: (x + left) / 2.0, y: low };
    let text = "needs any worker".to_owned();
    items.push(Item::Label(Label {
        at: middle,
        text,
        ink,
        face: TextSize::Tiny,
        align: Align::Middle,
        plate: Some(Ink::Surface),
    }));
}
