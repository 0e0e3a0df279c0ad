//! The map as a scene: nodes in a column, ties as arcs on their right, each with its words.

use super::map::{DependencyEdge, DependencyMap, DependencyNode, HazardSeverity};
use crate::view::scene::{
    Arrow, Bounds, Fill, Ink, Layer, Measure, Point, Polyline, Rect, Scene, SceneItem, Stroke, TextAlign,
    TextLabel, TextSize, fit_text,
};

const NODE: f64 = 26.0;
/// From one node to the next, at least.
const ROW: f64 = 44.0;
const EDGE: f64 = 8.0;
/// From one arc's upright to the next.
const LANE: f64 = 14.0;
/// Height of the words of a tie.
const WORDS: f64 = 18.0;
/// How far apart the ends of ties at one node are.
const PORT: f64 = 6.0;

/// Draws it in a width; never wider.
pub fn scene(map: &DependencyMap, width: f64, measure: Measure<'_>) -> Scene {
    let nodes = column(map, width, measure);
    let height = nodes.last().map_or(0.0, |at| at.bottom()).max(words_end(map, &nodes)) + EDGE;
    let mut items = Vec::new();
    arcs(&mut items, map, &nodes, width, measure);
    for (node, at) in map.nodes.iter().zip(&nodes) {
        draw_node(&mut items, node, *at, measure);
    }
    let clip = Bounds::new(0.0, 0.0, width, height);
    let layers = vec![Layer { clip, items }];
    Scene { width, height, content_height: height, layers, ..Scene::default() }
}

fn ink_of(danger: HazardSeverity) -> Option<Ink> {
    match danger {
        HazardSeverity::None => None,
        HazardSeverity::Stall => Some(Ink::Stall),
        HazardSeverity::Hang => Some(Ink::Danger),
    }
}

/// Where the nodes are: as many words as ties fit between one and the next.
fn column(map: &DependencyMap, width: f64, measure: Measure<'_>) -> Vec<Bounds> {
    let wide = map
        .nodes
        .iter()
        .map(|node| measure(&node.name, TextSize::Title) + measure(&node.note, TextSize::Small) + 28.0);
    let wide = wide.fold(80.0, f64::max).min(width * 0.5);
    let mut y = EDGE;
    let mut list = Vec::new();
    for number in 0..map.nodes.len() as u32 {
        list.push(Bounds::new(EDGE, y, wide, NODE));
        let here = map.ties.iter().filter(|tie| tie.from.min(tie.to) == number).count();
        y += ROW.max(here as f64 * WORDS + 8.0);
    }
    list
}

/// Where the words of each tie stand, in the order in which they are drawn: by their upper node, then by length.
fn order(map: &DependencyMap) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::new();
    for upper in 0..map.nodes.len() as u32 {
        for span in 0..map.nodes.len() as u32 {
            let is_here =
                |tie: &DependencyEdge| (tie.from.min(tie.to), tie.from.max(tie.to)) == (upper, upper + span);
            order.extend((0..map.ties.len()).filter(|number| is_here(&map.ties[*number])));
        }
    }
    order
}

fn words_end(map: &DependencyMap, nodes: &[Bounds]) -> f64 {
    let last = map.ties.iter().map(|tie| tie.from.min(tie.to)).max();
    last.map_or(0.0, |upper| {
        let here = map.ties.iter().filter(|tie| tie.from.min(tie.to) == upper).count();
        nodes[upper as usize].y + here as f64 * WORDS
    })
}

fn arcs(items: &mut Vec<SceneItem>, map: &DependencyMap, nodes: &[Bounds], width: f64, measure: Measure<'_>) {
    let Some(right) = nodes.first().map(|at| at.right()) else { return };
    let mut ports = vec![0.0; nodes.len()];
    let mut upper = None;
    let mut line = 0.0;
    let words_at = right + 16.0 + map.ties.len() as f64 * LANE;
    // With very many ties the words keep a third of the width, and uprights come closer.
    let words_at = words_at.min(width * 0.66).max(right + 24.0);
    let step = (words_at - right - 16.0) / map.ties.len().max(1) as f64;
    for (lane, number) in order(map).into_iter().enumerate() {
        let tie = &map.ties[number];
        let (from, to) = (tie.from as usize, tie.to as usize);
        let top = tie.from.min(tie.to);
        line = if upper == Some(top) { line + WORDS } else { nodes[top as usize].y + NODE / 2.0 };
        upper = Some(top);
        let mut port = |node: usize| {
            let y = nodes[node].y + 6.0 + ports[node];
            ports[node] = (ports[node] + PORT).min(NODE - 10.0);
            y
        };
        let (start, end) = (port(from), port(to));
        let x = right + 14.0 + lane as f64 * step;
        let ink = ink_of(tie.danger).unwrap_or(Ink::Level);
        let stroke = if tie.hands_on { Stroke::Dashed } else { Stroke::Solid };
        let thick = if tie.danger == HazardSeverity::None { 1.0 } else { 2.0 };
        let points = vec![
            Point { x: right, y: start },
            Point { x, y: start },
            Point { x, y: end },
            Point { x: right + 6.0, y: end },
        ];
        items.push(SceneItem::Polyline(Polyline { points, ink, stroke, width: thick }));
        let (tail, head) = (Point { x: right + 9.0, y: end }, Point { x: right, y: end });
        let arrow = Arrow { from: tail, to: head, ink, stroke: Stroke::Solid, width: thick, bend: -1.0 };
        items.push(SceneItem::Arrow(arrow));
        let text_ink = ink_of(tie.danger).unwrap_or(Ink::Soft);
        if let Some(text) = fit_text(&tie.text, TextSize::Small, width - words_at - EDGE, measure) {
            // A fine line leads from the upright to its words.
            let from = Point { x, y: line.clamp(start.min(end), start.max(end)) };
            let to = Point { x: words_at - 4.0, y: line };
            items.push(SceneItem::Polyline(Polyline {
                points: vec![from, Point { x: words_at - 8.0, y: from.y }, to],
                ink: Ink::Rule,
                stroke: Stroke::Dotted,
                width: 1.0,
            }));
            let at = Point { x: words_at, y: line };
            items.push(SceneItem::Label(TextLabel {
                at,
                text,
                ink: text_ink,
                face: TextSize::Small,
                align: TextAlign::Start,
                plate: Some(Ink::Surface),
            }));
        }
    }
}

fn draw_node(items: &mut Vec<SceneItem>, node: &DependencyNode, at: Bounds, measure: Measure<'_>) {
    let ground = Rect { at, ink: Ink::Surface, fill: Fill::Solid, edge: None, radius: 4.0 };
    items.push(SceneItem::Rect(ground));
    let radius = if node.is_resource { 0.0 } else { 4.0 };
    let edge = ink_of(node.danger);
    let fill = if node.is_resource { Fill::Outline } else { Fill::Wash };
    items.push(SceneItem::Rect(Rect { at, ink: Ink::Level, fill, edge, radius }));
    let y = at.y + at.height / 2.0;
    let Some(name) = fit_text(&node.name, TextSize::Title, at.width - 14.0, measure) else { return };
    let used = measure(&name, TextSize::Title) + 14.0;
    let put = |items: &mut Vec<SceneItem>, x: f64, text: String, ink: Ink, face: TextSize| {
        items.push(SceneItem::Label(TextLabel {
            at: Point { x, y },
            text,
            ink,
            face,
            align: TextAlign::Start,
            plate: None,
        }));
    };
    put(items, at.x + 8.0, name, Ink::Text, TextSize::Title);
    // A note is whole or not there: `5 wor…` says nothing.
    if measure(&node.note, TextSize::Small) <= at.width - used - 6.0 {
        put(items, at.x + used, node.note.clone(), Ink::Soft, TextSize::Small);
    }
}
