//! What is shown of a run at a cursor: the wait-for graph, a task's program, the events in words.

use super::runs::{trace_of, variants_of};
use threadbare::analysis::digest::Digest;
use threadbare::analysis::lives::LifePart;
use threadbare::gallery;
use threadbare::model::id::{ExecutorId, TaskId};
use threadbare::model::time::{Duration, SECOND, Time};
use threadbare::view::chart::{RunChart, StuckSeverity};
use threadbare::view::eventlist::{self, EventImportance};
use threadbare::view::graph::{self, WaitForEdgeKind, WaitForNodeKind, WaitForPicture};
use threadbare::view::hits::HitTarget;
use threadbare::view::inspector::{InspectedTask, StepProgress, TaskInspector};
use threadbare::view::range;
use threadbare::view::scene::{Point, SceneItem, approximate_width};
use threadbare::view::search;
use threadbare::view::viewport::TimeWindow;
use threadbare::view::warnings;

fn digest(name: &str) -> Digest<'static> {
    Digest::owning(trace_of(gallery::find(name).expect("a scenario of the gallery").text))
}

fn at_count(digest: &Digest<'_>, count: u32) -> WaitForPicture {
    graph::picture(digest, &digest.lens.state(count), None, &approximate_width)
}

fn task(digest: &Digest<'_>, name: &str) -> TaskId {
    digest.names.tasks().find(|task| digest.names.name(*task) == name).expect("a task of this name")
}

#[test]
fn the_knot_of_the_build_deadlock_is_red_and_closes() {
    let digest = digest("nova-build-deadlock");
    let picture = at_count(&digest, digest.trace().len() as u32);
    assert_eq!(picture.nodes.len(), 16, "five workers, five builds, five children, one queue");
    assert!(picture.nodes.iter().all(|node| node.trouble == StuckSeverity::Stuck));
    assert!(picture.edges.iter().all(|edge| edge.trouble == StuckSeverity::Stuck));
    let count = |kind| picture.edges.iter().filter(|edge| edge.kind == kind).count();
    assert_eq!(
        [
            WaitForEdgeKind::HeldBy,
            WaitForEdgeKind::WaitsFor,
            WaitForEdgeKind::QueuedIn,
            WaitForEdgeKind::NeedsAny
        ]
        .map(count),
        [5, 5, 5, 1]
    );
    let build = picture.find(&WaitForNodeKind::Task(task(&digest, "build#3"))).expect("it is in the picture");
    assert_eq!(picture.nodes[build as usize].note, "build#3, waits for net");
    let queue = picture.find(&WaitForNodeKind::Queue(ExecutorId(0))).expect("the queue is in the picture");
    assert_eq!(picture.nodes[queue as usize].text, "default: 5 queued");
    assert_eq!(picture.near(build).len(), 3, "its worker, itself, its child");
}

#[test]
fn an_event_before_nothing_is_red_yet() {
    let digest = digest("nova-build-deadlock");
    let picture = at_count(&digest, digest.findings.deadlocks[0].event.0);
    assert!(picture.nodes.iter().all(|node| node.trouble == StuckSeverity::None));
    assert_eq!(
        picture.nodes.iter().filter(|node| matches!(node.who, WaitForNodeKind::Worker(..))).count(),
        5
    );
}

#[test]
fn idle_workers_leave_room_for_the_name_of_their_pool() {
    let digest = digest("nova-caps");
    let picture = at_count(&digest, digest.trace().len() as u32);
    let scene = graph::scene(&picture, None, &approximate_width);
    let is_name = |item: &SceneItem| matches!(item, SceneItem::Label(label) if label.text == "workers");
    assert!(scene.layers.iter().flat_map(|layer| &layer.items).any(is_name), "{} px wide", picture.width);
}

#[test]
fn a_stall_is_amber_and_a_deadlock_of_locks_leads_back_to_the_holder() {
    let text = gallery::find("nova-build-deadlock").expect("a scenario of the gallery").text;
    let (_, trace) =
        variants_of("x", text).into_iter().find(|(name, _)| name == "x timeout").expect("a variant");
    let stalled = Digest::owning(trace);
    let picture = at_count(&stalled, stalled.findings.stalls[0].event.0 + 1);
    assert!(picture.nodes.iter().all(|node| node.trouble == StuckSeverity::Stalled));

    let locks = digest("lock-order");
    let picture = at_count(&locks, locks.findings.deadlocks[0].event.0 + 1);
    let stuck =
        |kind| picture.edges.iter().filter(move |e| e.kind == kind && e.trouble == StuckSeverity::Stuck);
    let back = stuck(WaitForEdgeKind::HeldBy)
        .filter(|edge| matches!(picture.nodes[edge.from as usize].who, WaitForNodeKind::Resource(..)));
    assert_eq!(back.count(), 2, "each lock is held by the other's waiter");
    assert_eq!(stuck(WaitForEdgeKind::WaitsFor).count(), 2);
}

#[test]
fn nodes_keep_their_places_from_step_to_step_and_never_lie_on_each_other() {
    for name in ["nova-build-deadlock", "nested-pools", "nova-caps", "lock-order", "shared-bounded-queue"] {
        let digest = digest(name);
        let mut before: Option<WaitForPicture> = None;
        let (mut kept, mut moved) = (0, 0);
        for count in 0..=digest.trace().len().min(300) as u32 {
            let picture = at_count(&digest, count);
            for (at, a) in picture.nodes.iter().enumerate() {
                for b in &picture.nodes[at + 1..] {
                    let apart = a.at.right() <= b.at.x
                        || b.at.right() <= a.at.x
                        || a.at.bottom() <= b.at.y
                        || b.at.bottom() <= a.at.y;
                    assert!(apart, "{name} after {count}: {a:?} lies on {b:?}");
                }
                assert!(a.at.bottom() <= picture.height && a.at.right() <= picture.width, "{name}: {a:?}");
            }
            for node in before.iter().flat_map(|before| &before.nodes) {
                let Some(now) = picture.find(&node.who) else { continue };
                let same = picture.nodes[now as usize].at.y == node.at.y;
                *(if same { &mut kept } else { &mut moved }) += 1;
            }
            before = Some(picture);
        }
        assert!(moved * 12 <= kept, "{name}: {moved} moves against {kept} that kept their row");
    }
}

#[test]
fn many_threads_are_folded_and_the_chosen_one_is_kept() {
    let text = "
        [executors.pool]
        kind = 'threads'
        workers = 200
        [tasks.a]
        steps = ['run 1s']
        [[arrivals]]
        task = 'a'
        to = 'pool'
        at = '0s'
        count = 200
    ";
    let digest = Digest::owning(trace_of(text));
    let state = digest.lens.state(digest.trace().count_until(Time(0)) as u32);
    let chosen = TaskId(150);
    let picture = graph::picture(&digest, &state, Some(chosen), &approximate_width);
    assert!(picture.nodes.len() <= 64, "{} nodes", picture.nodes.len());
    assert!(picture.find(&WaitForNodeKind::Task(chosen)).is_some());
    let more = picture.find(&WaitForNodeKind::More(ExecutorId(0))).expect("the rest is counted");
    assert_eq!(picture.nodes[more as usize].text, "170 more");
    let scene = graph::scene(&picture, Some(more), &approximate_width);
    let at = picture.nodes[more as usize].at;
    assert_eq!(scene.hits.at(Point { x: at.x + 3.0, y: at.y + 3.0 }), Some(&HitTarget::Node(more)));
}

#[test]
fn no_edge_leaves_the_picture() {
    for entry in gallery::ENTRIES {
        for (name, trace) in variants_of(entry.name, entry.text) {
            let digest = Digest::owning(trace);
            let all = digest.trace().len() as u32;
            for count in (0..=24).map(|part| all * part / 24) {
                let picture = at_count(&digest, count);
                let scene = graph::scene(&picture, None, &approximate_width);
                for item in scene.layers.iter().flat_map(|layer| &layer.items) {
                    let points = match item {
                        SceneItem::Polyline(line) => line.points.clone(),
                        SceneItem::Arrow(arrow) => vec![arrow.from, arrow.to],
                        _ => continue,
                    };
                    let is_inside = |at: &Point| 0.0 <= at.x && at.x + 2.0 <= scene.width;
                    assert!(
                        points.iter().all(is_inside),
                        "{name} at {count}: {points:?} in {} px",
                        scene.width
                    );
                }
            }
        }
    }
}

#[test]
fn the_words_of_the_graph_know_a_stall_from_a_knot_and_from_nothing() {
    let text = gallery::find("nova-build-deadlock").expect("a scenario of the gallery").text;
    let said = |variant: &str, at: Time| {
        let (_, trace) = variants_of("", text)
            .into_iter()
            .find(|(name, _)| name.contains(variant))
            .unwrap_or_else(|| panic!("no variant {variant}"));
        let digest = Digest::owning(trace);
        let picture = at_count(&digest, digest.trace().count_until(at) as u32);
        graph::words(&digest, &picture, at)
    };
    let stalled = said("timeout", Time(3 * SECOND));
    assert!(stalled.contains("tasks are stalled until 5 m 03 s"), "{stalled}");
    let free = said("timeout", Time(SECOND));
    assert!(free.ends_with("Nobody is stuck."), "{free}");
    let stuck = said("base", Time(3 * SECOND));
    assert!(stuck.ends_with("10 tasks can never continue."), "{stuck}");
}

#[test]
fn a_first_step_that_waits_has_begun_once() {
    let text = "
        [semaphores.slots]
        permits = 1
        [executors.pool]
        kind = 'threads'
        workers = 2
        [tasks.a]
        steps = ['with slots', '  run 1s', 'end']
        [[arrivals]]
        task = 'a'
        to = 'pool'
        at = '0s'
        count = 2
    ";
    let digest = Digest::owning(trace_of(&text.replace("'  run 1s'", "'run 1s'")));
    for (name, at) in [("a#1", Time(0)), ("a#1", Time(2 * SECOND)), ("a#0", Time(0))] {
        let view = inspect(&digest, name, at);
        assert!(view.steps.iter().all(|step| step.times <= 1), "{name} at {at}: {:?}", view.steps);
        assert_eq!(view.steps[0].times, 1, "{name} at {at}");
    }
}

#[test]
fn warnings_are_a_line_for_each_pool_and_kind() {
    let text = "
        [executors.small]
        kind = 'threads'
        workers = 1
        [tasks.a]
        steps = ['run 1s']
        [[arrivals]]
        task = 'a'
        to = 'small'
        at = '0s'
        count = 500
    ";
    let digest = Digest::owning(trace_of(text));
    let all = digest.warnings().count();
    let groups = warnings::groups(&digest);
    assert!(all > 400 && groups.len() == 1, "{all} warnings in {} groups", groups.len());
    assert_eq!((groups[0].count, groups[0].first.len()), (all, warnings::MAX_SHOWN));
    assert!(groups[0].text.starts_with(&format!("{all} tasks were queued behind others on `small`")));
}

fn inspect(digest: &Digest<'_>, name: &str, at: Time) -> InspectedTask {
    let chart = RunChart::new(digest);
    let inspector = TaskInspector::new(digest, task(digest, name)).expect("a task of this name");
    inspector.at(digest, &chart, digest.trace().count_until(at) as u32, at)
}

#[test]
fn an_inspector_follows_the_program() {
    let digest = digest("nova-build-deadlock");
    let steps = |view: &InspectedTask| {
        let sign = |progress| match progress {
            StepProgress::Done => 'x',
            StepProgress::Current => '>',
            StepProgress::Ahead => '.',
        };
        view.steps.iter().map(|step| sign(step.progress)).collect::<String>()
    };
    let half = Time(SECOND / 2);
    let early = inspect(&digest, "build#0", half);
    assert_eq!((early.doing.as_str(), early.future, steps(&early).as_str()), ("runs", "running", ">...."));
    assert_eq!(early.spent, [(LifePart::Cpu, Duration(SECOND / 2))]);
    assert_eq!(early.children, []);
    let late = inspect(&digest, "build#0", Time(3 * SECOND));
    assert_eq!((late.doing.as_str(), steps(&late).as_str()), ("waits for net", "xxx>."));
    assert_eq!(late.spent, [(LifePart::Cpu, Duration(3 * SECOND))]);
    assert_eq!(late.children[0].1, "build#0/net");
    assert_eq!(late.children[0].2, "queued on default");
    let child = inspect(&digest, "build#0/net", half);
    assert_eq!((child.doing.as_str(), child.future), ("not submitted yet", "not there yet"));
    let child = inspect(&digest, "build#0/net", Time(3 * SECOND));
    assert_eq!((child.future, steps(&child).as_str()), ("pending", "."));
    assert_eq!(child.spent, [(LifePart::Queue, Duration(2 * SECOND))]);
    assert_eq!(child.parent, Some(task(&digest, "build#0")));
}

#[test]
fn times_add_up_to_the_age_of_every_task_at_every_event() {
    for name in ["nova-hard-reboot", "nova-shutdown", "semaphore-vs-pool", "nested-pools"] {
        let digest = digest(name);
        let chart = RunChart::new(&digest);
        for id in digest.names.tasks().take(40) {
            let inspector = TaskInspector::new(&digest, id).expect("a task of this run");
            let life = &digest.lives[id.index()];
            for count in (0..=digest.trace().len() as u32).step_by(7) {
                let now =
                    count.checked_sub(1).map_or(Time(0), |last| digest.trace().records[last as usize].at);
                let view = inspector.at(&digest, &chart, count, now);
                let spent: u64 = view.spent.iter().map(|(_, length)| length.0).sum();
                let age = match view.future {
                    "not there yet" => 0,
                    _ => view.ended.unwrap_or(now).since(life.submitted).0,
                };
                assert_eq!(spent, age, "{name} {} after {count}: {view:?}", view.name);
            }
        }
    }
}

#[test]
fn the_events_read_as_sentences() {
    let digest = digest("nova-build-deadlock");
    let all = eventlist::lines(&digest, 0..u32::MAX);
    assert_eq!(all.len(), digest.trace().len());
    let text: Vec<&str> = all.iter().map(|line| line.text.as_str()).collect();
    for wanted in [
        "build#0 arrives, a worker of default takes it",
        "worker 0 of default starts",
        "build#0 starts on worker 0 of default",
        "build#0 submits build#0/net, it is queued on default",
        "default seems too small: build#1/net was queued behind others",
        "build#0 waits for net",
        "build#4 waits for net: this completes a deadlock",
    ] {
        assert!(text.contains(&wanted), "{wanted}\n{}", text.join("\n"));
    }
    assert_eq!(all.last().map(|line| line.weight), Some(EventImportance::Hang));
    assert_eq!(eventlist::around(&digest, 0, 10), 0..10);
    assert_eq!(eventlist::around(&digest, 35, 10), 25..35);
    assert!(eventlist::around(&digest, 20, 9).contains(&20));
}

#[test]
fn every_event_of_the_gallery_can_be_told() {
    for entry in gallery::ENTRIES {
        for (name, trace) in variants_of(entry.name, entry.text) {
            let digest = Digest::owning(trace);
            for line in eventlist::lines(&digest, 0..3_000) {
                assert!(!line.text.is_empty() && !line.text.ends_with('.'), "{name}: {line:?}");
            }
        }
    }
}

fn found(digest: &Digest<'_>, words: &str, most: usize) -> search::TaskSearchResult {
    let mut search = search::TaskSearch::new(words, most);
    assert!(search.go_on(digest, usize::MAX), "everything is looked at");
    search.found(digest)
}

#[test]
fn tasks_are_found_by_what_one_remembers() {
    let digest = digest("nova-build-deadlock");
    let names = |words: &str| -> Vec<String> {
        let found = found(&digest, words, 100);
        assert_eq!(found.count, found.tasks.len());
        found.tasks.into_iter().map(|task| digest.names.name(task)).collect()
    };
    assert_eq!(names("BUILD#3"), ["build#3", "build#3/net"]);
    assert_eq!(names("net").len(), 5);
    assert_eq!(names(" "), [] as [&str; 0]);
    let few = found(&digest, "build", 3);
    assert_eq!((few.tasks.len(), few.count), (3, 10));
}

/// Many tasks, each with a child.
const MANY: &str = "
    [executors.pool]
    kind = 'threads'
    workers = 64
    [tasks.build]
    steps = ['submit net', 'run 1ms']
    [tasks.net]
    steps = ['run 1ms']
    [[arrivals]]
    task = 'build'
    to = 'pool'
    every = '100us'
    count = 250000
";

#[test]
fn no_name_is_too_far_back_to_be_found_and_a_slice_ends_in_time() {
    let digest = Digest::owning(trace_of(MANY));
    let mut search = search::TaskSearch::new("build#249999", 12);
    let mut slices = 0;
    while !search.go_on(&digest, 100_000) {
        slices += 1;
        let so_far = search.found(&digest);
        assert!(so_far.looked <= 10_000 * slices, "{so_far:?}");
        assert!(slices < 1_000);
    }
    let found = search.found(&digest);
    assert!(found.is_whole() && found.looked == 500_000);
    let names: Vec<String> = found.tasks.iter().map(|task| digest.names.name(*task)).collect();
    assert_eq!(
        (names.as_slice(), found.count),
        (["build#249999", "build#249999/net#0"].map(String::from).as_slice(), 2)
    );
}

#[test]
fn the_exact_name_comes_first_however_many_begin_like_it() {
    let digest = Digest::owning(trace_of(&MANY.replace("250000", "2500")));
    let found = found(&digest, "build#2", 5);
    assert_eq!(digest.names.name(found.tasks[0]), "build#2");
    // 1 of one figure, 10 of two, 100 of three and 500 of four, each with its child.
    assert_eq!((found.tasks.len(), found.count), (5, 2 * 611));
}

#[test]
fn a_range_is_measured_exactly() {
    let digest = digest("nova-build-deadlock");
    let chart = RunChart::new(&digest);
    let all = range::measure(&digest, &chart, TimeWindow::new(0.0, 9e9));
    assert_eq!((all.from, all.to), (Time(0), Time(3 * SECOND)), "no further than the run");
    assert_eq!((all.submitted, all.started, all.ended), (10, 5, 0));
    assert_eq!(all.rows[0].work, Duration(15 * SECOND));
    assert_eq!((all.rows[0].utilisation, all.rows[0].peak_queue), (Some(1.0), 5));
    assert_eq!(all.by_type, [(digest.names.kind(TaskId(0)), Duration(15 * SECOND))]);
    let part = range::measure(&digest, &chart, TimeWindow::new(0.5e9, 0.75e9));
    assert_eq!(part.rows[0].work, Duration(5 * SECOND / 4));
    assert_eq!((part.submitted, part.rows[0].peak_queue), (0, 0));
    insta::assert_snapshot!(all.summary(), @"0 s to 3 s (3 s) · 10 submitted, 5 started, 0 ended · default 100 % busy, 5 queued");
}

#[test]
fn a_chosen_range_ends_at_round_instants() {
    let chosen = TimeWindow::new(617_627_412.3, 1_974_113_808.0);
    assert_eq!(range::rounded(chosen, 4.6e6), TimeWindow::new(618e6, 1974e6));
    assert_eq!(range::rounded(chosen, 0.2), TimeWindow::new(617_627_412.0, 1_974_113_808.0));
}
