//! The shape of a scenario as a picture: executors and locks one under the other, and beside them, as arcs, whose
//! tasks hold the one while they need the other.
//!
//! Invariant: places depend on the scenario's order alone, so that the picture stays as it is while numbers change;
//! what can hang is red, and its words stand under the picture, not in it. Deliberately absent: a run.

mod map;
mod paint;

pub use map::{DependencyEdge, DependencyMap, DependencyNode, HazardSeverity};
pub use paint::scene;

use crate::analysis::shape::{Edge, LimitedResource, Shape};
use crate::model::id::TaskTypeId;
use crate::model::scenario::Scenario;

impl DependencyMap {
    /// The map of a scenario, whose shape this is.
    pub fn new(s: &Scenario, shape: &Shape) -> DependencyMap {
        let mut map = DependencyMap { nodes: nodes(s), ties: Vec::new() };
        for (number, executor) in s.executors.iter().enumerate() {
            if let Some(into) = executor.wraps() {
                let text = format!("hands tasks to {}", s.executors[into.index()].name);
                map.tie(number as u32, u32::from(into.0), text, true, HazardSeverity::None);
            }
        }
        for edge in &shape.edges {
            map.add(s, edge);
        }
        for hazard in &shape.hazards {
            let danger = HazardSeverity::of(Some(hazard.stall));
            for node in hazard.things.iter().filter_map(|thing| node_of(s, *thing)) {
                let node = &mut map.nodes[node as usize];
                node.danger = node.danger.max(danger);
            }
        }
        map
    }

    fn add(&mut self, s: &Scenario, edge: &Edge) {
        let (Some(from), Some(to)) = (node_of(s, edge.from), node_of(s, edge.to)) else { return };
        let is_worker = |thing: LimitedResource| matches!(thing, LimitedResource::Worker(_));
        // That what is queued on an executor needs a worker of it ties nothing.
        if from == to && !is_worker(edge.from) && edge.hazard.is_none() {
            return;
        }
        let names = |tasks: &[TaskTypeId]| {
            let names: Vec<&str> = tasks.iter().map(|task| s.tasks[task.index()].name.as_str()).collect();
            names.join(", ")
        };
        let goal = match edge.to {
            _ if !edge.awaited.is_empty() => names(&edge.awaited),
            LimitedResource::Room(_) => "room in the queue".to_owned(),
            _ => self.nodes[to as usize].name.clone(),
        };
        let verb = if edge.tasks.len() == 1 { "waits for" } else { "wait for" };
        let text = format!("{} {verb} {goal}", names(&edge.tasks));
        self.tie(from, to, text, false, HazardSeverity::of(edge.hazard));
    }

    fn tie(&mut self, from: u32, to: u32, text: String, hands_on: bool, danger: HazardSeverity) {
        let same = |tie: &&mut DependencyEdge| {
            (tie.from, tie.to, &tie.text, tie.hands_on) == (from, to, &text, hands_on)
        };
        match self.ties.iter_mut().find(same) {
            Some(tie) => tie.danger = tie.danger.max(danger),
            None => self.ties.push(DependencyEdge { from, to, text, hands_on, danger }),
        }
    }

    /// Each tie as a sentence, for who cannot see the picture.
    pub fn sentences(&self) -> Vec<String> {
        let name = |node: u32| self.nodes[node as usize].name.as_str();
        let sentence = |tie: &DependencyEdge| {
            if tie.hands_on {
                return format!("{} {}.", name(tie.from), tie.text);
            }
            let end = match tie.danger {
                HazardSeverity::None => "",
                HazardSeverity::Stall => ": this can stand until a timeout",
                HazardSeverity::Hang => ": this can hang",
            };
            let holds = if self.nodes[tie.from as usize].is_resource { "" } else { "a worker of " };
            format!("While it has {holds}{}, {}, on {}{end}.", name(tie.from), tie.text, name(tie.to))
        };
        self.ties.iter().map(sentence).collect()
    }
}

fn nodes(s: &Scenario) -> Vec<DependencyNode> {
    let plural = |count: u32, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    let executors = s.executors.iter().map(|executor| DependencyNode {
        name: executor.name.clone(),
        note: executor.workers().map_or(executor.kind_word().to_owned(), |count| plural(count, "worker")),
        is_resource: false,
        danger: HazardSeverity::None,
    });
    let resources = s.resources.iter().map(|resource| DependencyNode {
        name: resource.name.clone(),
        note: if resource.is_lock() {
            resource.word().to_owned()
        } else {
            plural(resource.permits, "permit")
        },
        is_resource: true,
        danger: HazardSeverity::None,
    });
    executors.chain(resources).collect()
}

/// The number of the node that a thing belongs to.
fn node_of(s: &Scenario, thing: LimitedResource) -> Option<u32> {
    match thing {
        LimitedResource::Worker(id)
        | LimitedResource::Room(id)
        | LimitedResource::Slot(id, _)
        | LimitedResource::Head(id)
        | LimitedResource::Taken(id)
        | LimitedResource::Scheduler(id)
        | LimitedResource::Carrier(id) => Some(u32::from(id.0)),
        LimitedResource::Resource(id) => Some(s.executors.len() as u32 + u32::from(id.0)),
        LimitedResource::Signal(_) | LimitedResource::Never => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::{BASE, Document, Overrides};
    use crate::view::scene::{SceneItem, approximate_width};

    fn map(text: &str) -> DependencyMap {
        let document = Document::parse("a.toml", text).expect("valid");
        let scenario = document.scenario(BASE, &Overrides::default()).expect("valid");
        DependencyMap::new(&scenario, &Shape::read(&scenario))
    }

    const POOLS: &str = "[executors.parents]\nkind = \"threads\"\nworkers = 2\n[executors.children]\nkind = \"threads\"\nworkers = 2\n\
        [locks.door]\n[tasks.parent]\nsteps = [\"lock door\", \"submit child to children as c\", \"wait c\", \"unlock door\"]\n\
        [tasks.child]\nsteps = [\"run 1s\"]\n[[arrivals]]\ntask = \"parent\"\nto = \"parents\"\nat = \"0s\"\ncount = 3\n";

    #[test]
    fn who_waits_while_holding_what_is_a_tie_and_none_is_red_without_a_ring() {
        let map = map(POOLS);
        let names: Vec<&str> = map.nodes.iter().map(|node| node.name.as_str()).collect();
        assert_eq!(names, ["parents", "children", "door"]);
        assert_eq!(map.nodes[0].note, "2 workers");
        assert_eq!(map.nodes[2].note, "lock");
        let ties: Vec<(u32, u32, &str)> =
            map.ties.iter().map(|tie| (tie.from, tie.to, tie.text.as_str())).collect();
        assert!(ties.contains(&(0, 1, "parent waits for child")), "{ties:?}");
        assert!(ties.contains(&(2, 1, "parent waits for child")), "{ties:?}");
        assert!(ties.contains(&(0, 2, "parent waits for door")), "{ties:?}");
        assert!(map.ties.iter().all(|tie| tie.danger == HazardSeverity::None), "{ties:?}");
    }

    #[test]
    fn the_ring_of_a_pool_that_waits_for_itself_is_red() {
        let map = map(&POOLS.replace("submit child to children", "submit child to parents"));
        let own: Vec<&DependencyEdge> = map.ties.iter().filter(|tie| (tie.from, tie.to) == (0, 0)).collect();
        assert_eq!(own.len(), 1, "{map:?}");
        assert_eq!(own[0].danger, HazardSeverity::Hang);
        assert_eq!((map.nodes[0].danger, map.nodes[1].danger), (HazardSeverity::Hang, HazardSeverity::None));
        assert!(map.sentences().iter().any(|sentence| sentence.ends_with("this can hang.")));
    }

    #[test]
    fn every_word_has_room_on_a_phone_and_no_two_overlap() {
        let map = map(&POOLS.replace("submit child to children", "submit child to parents"));
        let scene = scene(&map, 328.0, &approximate_width);
        let mut labels = Vec::new();
        for item in scene.layers.iter().flat_map(|layer| &layer.items) {
            if let SceneItem::Label(label) = item {
                let width = approximate_width(&label.text, label.face);
                assert!(label.at.x + width <= scene.width + 1.0, "{label:?} in {}", scene.width);
                labels.push((label.at.x, label.at.x + width, label.at.y));
            }
        }
        assert!(scene.width <= 328.0, "{}", scene.width);
        for (number, one) in labels.iter().enumerate() {
            for other in &labels[number + 1..] {
                let apart = one.1 <= other.0 || other.1 <= one.0 || (one.2 - other.2).abs() >= 11.0;
                assert!(apart, "{one:?} and {other:?}");
            }
        }
    }
}
