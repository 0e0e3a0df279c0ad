//! Timelines of real runs: what stands where, what it says, what can be pointed at, and how much of it there
//! is, at any scale.

use super::runs::{trace_of, variants_of};
use std::collections::BTreeSet;
use threadbare::analysis::digest::Digest;
use threadbare::gallery;
use threadbare::model::id::{ExecutorId, TaskId};
use threadbare::model::time::{SECOND, Time};
use threadbare::view::arrow_keys::{ArrowDirection, beside};
use threadbare::view::chart::{RunChart, StuckSeverity, TaskActivity};
use threadbare::view::hits::HitTarget;
use threadbare::view::minimap::{self, MinimapMarkers, MinimapProfile};
use threadbare::view::palette::hue;
use threadbare::view::scene::{Bounds, Fill, Ink, Point, Rect, Scene, SceneItem, approximate_width};
use threadbare::view::svg::svg;
use threadbare::view::theme::ColourTheme;
use threadbare::view::thumbnail;
use threadbare::view::timeline::{self, FutureVisibility, TimelineLayout, TimelineViewState};
use threadbare::view::viewport::{TimeWindow, Viewport};

struct Run {
    digest: Digest<'static>,
    chart: RunChart,
}

impl Run {
    fn of(text: &str) -> Run {
        let digest = Digest::owning(trace_of(text));
        Run { chart: RunChart::new(&digest), digest }
    }

    fn gallery(name: &str) -> Run {
        Run::of(gallery::find(name).expect("a scenario of the gallery").text)
    }

    fn view(&self, width: f64) -> Viewport {
        let left = timeline::gutter(&self.chart, width, &approximate_width);
        Viewport::fit(self.chart.end, left, width - left)
    }

    fn scene(&self, view: &Viewport, layout: &TimelineLayout, focus: &TimelineViewState<'_>) -> Scene {
        timeline::scene(&self.digest, &self.chart, view, layout, focus, &approximate_width)
    }

    fn whole(&self, width: f64) -> Scene {
        self.scene(
            &self.view(width),
            &TimelineLayout { width, ..TimelineLayout::default() },
            &TimelineViewState::default(),
        )
    }

    fn task(&self, name: &str) -> TaskId {
        let found = self.digest.names.tasks().find(|task| self.digest.names.name(*task) == name);
        found.unwrap_or_else(|| panic!("there is no task {name}"))
    }
}

fn rects(scene: &Scene) -> impl Iterator<Item = &Rect> {
    scene.layers.iter().flat_map(|layer| &layer.items).filter_map(|item| match item {
        SceneItem::Rect(rect) => Some(rect),
        _ => None,
    })
}

fn said(scene: &Scene, text: &str) -> usize {
    scene.texts().filter(|said| *said == text).count()
}

#[test]
fn the_build_deadlock_is_seen_named_and_red_to_the_end() {
    let run = Run::gallery("nova-build-deadlock");
    let moment = run.chart.worst_moment().expect("it deadlocks");
    assert_eq!((moment.at, moment.trouble), (Time(3 * SECOND), StuckSeverity::Stuck));
    assert!(run.chart.end > run.chart.run_end, "there is room to see it hang");
    let scene = run.whole(1200.0);
    for text in ["default", "threads, 5 workers", "queue", "deadlock forms", "build#4", "build#0/net"] {
        assert!(said(&scene, text) >= 1, "{text} is missing");
    }
    assert_eq!(said(&scene, "waits for net"), 1, "once for five equal neighbours");
    assert_eq!(said(&scene, "nothing more happens"), 1);
    let red: Vec<&Rect> = rects(&scene).filter(|rect| rect.edge == Some(Ink::Danger)).collect();
    assert_eq!(red.len(), 10, "five builds that wait and five children in the queue");
    assert!(red.iter().all(|rect| rect.at.right() > 1200.0), "to the edge of the window and beyond");
    assert_eq!(red.iter().filter(|rect| rect.fill == Fill::Hatched).count(), 5);
}

#[test]
fn headings_say_what_is_so_at_the_cursor() {
    let run = Run::gallery("nova-build-deadlock");
    let layout = TimelineLayout { width: 900.0, ..TimelineLayout::default() };
    for (at, figures) in [(0, "5 of 5 busy"), (3, "5 of 5 busy, 5 queued")] {
        let at = Time(at * SECOND);
        let state = run.digest.lens.state(run.digest.trace().count_until(at) as u32);
        let focus =
            TimelineViewState { cursor: Some(at), state: Some(&state), ..TimelineViewState::default() };
        let scene = run.scene(&run.view(900.0), &layout, &focus);
        assert_eq!(said(&scene, figures), 1, "{figures}: {:?}", scene.texts().collect::<Vec<_>>());
    }
}

#[test]
fn what_is_pointed_at_is_what_is_drawn_there() {
    let run = Run::gallery("nova-build-deadlock");
    let view = run.view(1200.0);
    let scene = run.whole(1200.0);
    let at = |x, y| scene.hits.at(Point { x, y }).cloned();
    let build = run.task("build#2");
    let (lane, piece) = run.chart.start_of(build).expect("it started");
    let target = HitTarget::Span { task: build, lane, piece };
    let place = scene.hits.find(&target).expect("it is on the screen");
    assert!((place.x - view.x_of(Time(0))).abs() < 1e-6);
    assert_eq!(at(place.x + 10.0, place.y + 5.0), Some(target));
    assert_eq!(at(400.0, 10.0), Some(HitTarget::Ruler));
    assert_eq!(at(400.0, timeline::RULER + 5.0), Some(HitTarget::Heading(ExecutorId(0))));
    let flag = run.chart.moments[0].event;
    assert_eq!(at(view.x_of(Time(3 * SECOND)) + 3.0, timeline::RULER + 8.0), Some(HitTarget::Moment(flag)));
}

#[test]
fn folded_executors_keep_their_heading_and_scrolled_rows_go_under_the_ruler() {
    let run = Run::gallery("nova-build-deadlock");
    let folded =
        TimelineLayout { width: 900.0, folded: BTreeSet::from([ExecutorId(0)]), ..TimelineLayout::default() };
    let scene = run.scene(&run.view(900.0), &folded, &TimelineViewState::default());
    assert_eq!((said(&scene, "default"), said(&scene, "build#0")), (1, 0));
    let open = run.whole(900.0);
    assert!(scene.height < open.height);
    let scrolled = TimelineLayout { width: 900.0, height: 120.0, scroll: 60.0, ..TimelineLayout::default() };
    let scene = run.scene(&run.view(900.0), &scrolled, &TimelineViewState::default());
    assert_eq!(scene.content_height, open.content_height);
    assert_eq!(said(&scene, "build#4"), 1);
    assert_eq!(
        (said(&scene, "build#0"), said(&scene, "build#4/net")),
        (0, 0),
        "above and below what is seen"
    );
    assert_eq!(scene.hits.at(Point { x: 400.0, y: 10.0 }), Some(&HitTarget::Ruler));
}

#[test]
fn while_it_plays_nothing_after_the_cursor_is_seen() {
    let run = Run::gallery("nova-build-deadlock");
    let layout = TimelineLayout { width: 900.0, ..TimelineLayout::default() };
    let focus = TimelineViewState {
        cursor: Some(Time(2 * SECOND)),
        future: FutureVisibility::Hidden,
        ..TimelineViewState::default()
    };
    let view = run.view(900.0);
    let scene = run.scene(&view, &layout, &focus);
    assert_eq!(said(&scene, "deadlock forms"), 0);
    let seen = &scene.layers[1];
    assert!((seen.clip.right() - view.x_of(Time(2 * SECOND))).abs() < 1e-6);
    assert!(seen.items.iter().any(|item| matches!(item, SceneItem::Rect(rect) if rect.fill == Fill::Solid)));
}

#[test]
fn words_after_the_cursor_are_written_for_the_veil_and_headings_stand_over_the_cursor() {
    let run = Run::gallery("nova-build-deadlock");
    let layout = TimelineLayout { width: 900.0, ..TimelineLayout::default() };
    let at = Time(SECOND / 20);
    let state = run.digest.lens.state(run.digest.trace().count_until(at) as u32);
    let focus = TimelineViewState {
        cursor: Some(at),
        state: Some(&state),
        future: FutureVisibility::Pale,
        ..TimelineViewState::default()
    };
    let scene = run.scene(&run.view(900.0), &layout, &focus);
    let edge = run.view(900.0).x_of(at);
    let place =
        |is: &dyn Fn(&SceneItem) -> bool| scene.layers.iter().position(|layer| layer.items.iter().any(is));
    let on = place(&|item| matches!(item, SceneItem::Label(label) if matches!(label.ink, Ink::OnTask(_))));
    let veiled =
        place(&|item| matches!(item, SceneItem::Label(label) if matches!(label.ink, Ink::OnVeiled(_))));
    let veil = place(
        &|item| matches!(item, SceneItem::Rect(rect) if rect.ink == Ink::Surface && rect.fill == Fill::Half),
    );
    let cursor = place(&|item| matches!(item, SceneItem::Line(line) if line.ink == Ink::Accent));
    let figures = place(&|item| matches!(item, SceneItem::Label(label) if label.text.contains("busy")));
    assert!(
        veil < on && on < veiled && cursor < figures,
        "{veil:?} {on:?} {veiled:?} {cursor:?} {figures:?}"
    );
    let clip = |layer: Option<usize>| scene.layers[layer.expect("it is drawn")].clip;
    assert!((clip(on).right() - edge).abs() < 1e-6 && (clip(veiled).x - edge).abs() < 1e-6);
}

#[test]
fn the_words_of_a_deadlock_cover_no_row() {
    let run = Run::gallery("nova-build-deadlock");
    let whole = run.whole(900.0);
    assert_eq!(said(&whole, "deadlock forms"), 1);
    let layout = TimelineLayout { width: 900.0, height: whole.height - 60.0, ..TimelineLayout::default() };
    let view = run.view(900.0);
    assert_eq!(said(&run.scene(&view, &layout, &TimelineViewState::default()), "deadlock forms"), 0);
    let down = TimelineLayout { scroll: 60.0, ..layout };
    assert_eq!(said(&run.scene(&view, &down, &TimelineViewState::default()), "deadlock forms"), 1);
}

#[test]
fn a_queue_is_as_deep_on_the_timeline_as_in_the_table() {
    for name in ["nova-caps", "nova-build-deadlock", "nova-modes"] {
        let run = Run::gallery(name);
        let scene = run.whole(1200.0);
        for group in &run.chart.groups {
            let row = &run.digest.occupancy.executors[group.executor.index()];
            if group.places.is_empty() && !group.queue.is_empty() {
                let text = format!("max {}", row.peak_queue);
                assert!(said(&scene, &text) > 0, "{name}, {}: {text}", group.name);
            }
        }
    }
}

#[test]
fn a_chosen_task_is_outlined_with_arrows_to_its_children() {
    let run = Run::gallery("nova-build-deadlock");
    let layout = TimelineLayout { width: 900.0, ..TimelineLayout::default() };
    let build = run.task("build#1");
    let focus = TimelineViewState { selected: Some(build), ..TimelineViewState::default() };
    let scene = run.scene(&run.view(900.0), &layout, &focus);
    let arrows: Vec<_> = scene
        .layers
        .iter()
        .flat_map(|layer| &layer.items)
        .filter_map(|item| if let SceneItem::Arrow(arrow) = item { Some(arrow) } else { None })
        .collect();
    assert_eq!(arrows.len(), 1);
    let view = run.view(900.0);
    assert!((arrows[0].from.x - view.x_of(Time(SECOND))).abs() < 1e-6, "from where it is submitted");
    assert!(arrows[0].to.y > arrows[0].from.y, "down into the queue");
    assert_eq!(rects(&scene).filter(|rect| rect.edge == Some(Ink::Chosen)).count(), 2);
}

#[test]
fn held_and_cancelled_have_their_own_forms() {
    let run = Run::gallery("nova-hard-reboot");
    let acts: BTreeSet<TaskActivity> =
        run.chart.lanes.iter().flat_map(|lane| lane.pieces()).map(|piece| piece.act).collect();
    assert!(acts.contains(&TaskActivity::Held) && acts.contains(&TaskActivity::Cancelled), "{acts:?}");
    let scene = run.whole(1200.0);
    assert_eq!(rects(&scene).filter(|rect| rect.fill == Fill::Dotted).count(), 1);
    assert_eq!(rects(&scene).filter(|rect| rect.fill == Fill::Struck && rect.ink == Ink::Muted).count(), 1);
    assert_eq!(said(&scene, "RUNNING"), 1, "what was written stands beside the write");
}

/// A busy pool: about a quarter of a million spans in twelve rows.
const CROWDED: &str = "
    [executors.pool]
    kind = 'threads'
    workers = 12
    [tasks.a]
    steps = ['run exp(2ms)', 'io exp(3ms)']
    [[arrivals]]
    task = 'a'
    to = 'pool'
    rate = '2000/s'
    count = 120000
";

#[test]
fn a_quarter_of_a_million_spans_are_a_few_thousand_shapes_at_any_zoom() {
    let run = Run::of(CROWDED);
    assert!(run.chart.pieces > 200_000);
    let layout = TimelineLayout { width: 1400.0, height: 800.0, ..TimelineLayout::default() };
    let mut view = run.view(1400.0);
    for zoom in 0..40 {
        let length = view.bounds.length() / f64::from(zoom * zoom * zoom + 1);
        let from = run.chart.end.0 as f64 * 0.4;
        view.show(TimeWindow::new(from, from + length));
        let scene = run.scene(&view, &layout, &TimelineViewState::default());
        let items: usize = scene.layers.iter().map(|layer| layer.items.len()).sum();
        assert!(items < 6_000, "{items} items at 1/{}", zoom * zoom * zoom + 1);
        assert!(scene.weight() < 16_000, "{} shapes", scene.weight());
    }
    let profile = MinimapProfile::new(&run.chart, 1400.0);
    let strip = minimap::scene(&profile, &run.chart, view.window, &MinimapMarkers::default(), 40.0);
    assert!(strip.weight() < 3_000);
    // In the merged view as in the single one, a worker that is always busy looks busy.
    let all = run.scene(&run.view(1400.0), &layout, &TimelineViewState::default());
    let ink = Ink::Task(hue(threadbare::model::id::TaskTypeId(0)));
    let bars: f64 = all
        .layers
        .iter()
        .flat_map(|layer| &layer.items)
        .filter_map(|item| match item {
            SceneItem::Bars(bars) if bars.ink == ink && bars.fill == Fill::Solid => Some(&bars.bars),
            _ => None,
        })
        .flatten()
        .map(|bar| bar.width * bar.height)
        .sum();
    let body = run.view(1400.0).width * 12.0 * 20.0;
    assert!(bars > body * 0.7, "{bars} of {body} square pixels");
}

fn is_sound(at: Bounds) -> bool {
    [at.x, at.y, at.width, at.height].iter().all(|number| number.is_finite() && number.abs() < 1e7)
}

#[test]
fn every_run_of_the_gallery_can_be_drawn_wide_and_narrow() {
    for entry in gallery::ENTRIES {
        for (name, trace) in variants_of(entry.name, entry.text) {
            let digest = Digest::owning(trace);
            let run = Run { chart: RunChart::new(&digest), digest };
            for width in [360.0, 1440.0] {
                let scene = run.whole(width);
                assert!(rects(&scene).all(|rect| is_sound(rect.at)), "{name}");
                assert!(scene.content_height <= scene.height + 0.01, "{name}");
                let text = svg(&scene, &ColourTheme::dark(), &name, &approximate_width);
                assert!(!text.contains("NaN") && !text.contains("inf\""), "{name}");
            }
            let small = thumbnail::scene(&run.chart, 240.0, 96.0);
            assert!(small.weight() > 0 && small.weight() < 4_000, "{name}: {}", small.weight());
            let profile = MinimapProfile::new(&run.chart, 360.0);
            let strip = minimap::scene(
                &profile,
                &run.chart,
                TimeWindow::new(0.0, 1e9),
                &MinimapMarkers { cursor: Some(Time(0)), ..MinimapMarkers::default() },
                40.0,
            );
            assert!(strip.weight() > 2, "{name}");
        }
    }
}

#[test]
fn the_minimap_can_be_grabbed_by_its_window_and_its_edges() {
    let run = Run::gallery("nova-build-deadlock");
    let profile = MinimapProfile::new(&run.chart, 1000.0);
    let strip =
        minimap::scene(&profile, &run.chart, TimeWindow::new(1e9, 2e9), &MinimapMarkers::default(), 40.0);
    let at = |nanos: f64, dx: f64| {
        let whole = TimeWindow::whole(run.chart.end);
        let x = (nanos - whole.from) / whole.length() * 1000.0 + dx;
        strip.hits.at(Point { x, y: 20.0 }).cloned()
    };
    assert_eq!(at(1e9, -2.0), Some(HitTarget::MinimapFrom));
    assert_eq!(at(1.5e9, 0.0), Some(HitTarget::MinimapWindow));
    assert_eq!(at(2e9, 3.0), Some(HitTarget::MinimapTo));
    assert_eq!(at(3.5e9, 0.0), Some(HitTarget::Minimap));
}

#[test]
fn arrow_keys_go_along_a_row_and_from_row_to_row() {
    let run = Run::gallery("nova-build-deadlock");
    let name = |task: Option<TaskId>| task.map(|task| run.digest.names.name(task)).unwrap_or_default();
    let first = beside(&run.chart, None, ArrowDirection::Down);
    assert_eq!(name(first), "build#0");
    let below = beside(&run.chart, first, ArrowDirection::Down);
    assert_eq!(name(below), "build#1");
    assert_eq!(beside(&run.chart, below, ArrowDirection::Up), first);
    assert_eq!(beside(&run.chart, first, ArrowDirection::Up), None, "it is the uppermost");
    assert_eq!(
        beside(&run.chart, first, ArrowDirection::Later),
        None,
        "nothing follows a worker that is held for ever"
    );
}

#[test]
fn red_is_for_the_knot_alone() {
    let run = Run::gallery("rayon-mutex");
    let at_rest = |level| move |piece: &&threadbare::view::chart::ActivitySpan| piece.trouble == level;
    let count = |level: StuckSeverity| {
        run.chart.lanes.iter().flat_map(|lane| lane.pieces()).filter(at_rest(level)).count()
    };
    assert!(
        count(StuckSeverity::Stuck) > 0 && count(StuckSeverity::Behind) > 0,
        "there is a knot, and who stands behind it"
    );
    let scene = run.whole(1200.0);
    let edged = |ink: Ink| rects(&scene).filter(|rect| rect.edge == Some(ink)).count();
    assert_eq!(edged(Ink::Danger), count(StuckSeverity::Stuck));
    assert_eq!(edged(Ink::Muted), count(StuckSeverity::Behind));
    assert!(
        rects(&scene).any(|rect| (rect.ink, rect.fill) == (Ink::Muted, Fill::Hatched)),
        "who waits behind it is hatched grey"
    );
}
