//! The stage of real runs: the same as the state says, drawn so that it can be read at any size.

mod moving;
mod same;

use super::runs::trace_of;
use threadbare::analysis::digest::Digest;
use threadbare::analysis::state::State;
use threadbare::gallery;
use threadbare::model::id::TaskId;
use threadbare::model::time::Time;
use threadbare::view::chart::RunChart;
use threadbare::view::scene::{Scene, approximate_width};
use threadbare::view::stage::{
    self, StageFigureKind, StageFrame, StageLayout, StageSelection, StageSnapshot, StagedRun, TokenMotion,
};
use threadbare::view::svg::svg;
use threadbare::view::theme::ColourTheme;

struct Shown {
    digest: Digest<'static>,
    plan: StagedRun,
}

impl Shown {
    fn of(text: &str) -> Shown {
        Shown::digest(Digest::owning(trace_of(text)))
    }

    fn digest(digest: Digest<'static>) -> Shown {
        let chart = RunChart::new(&digest);
        Shown { plan: StagedRun::new(&digest, &chart), digest }
    }

    fn stage(&self, count: u32) -> (State, StageSnapshot) {
        let state = self.digest.lens.state(count);
        let stage = StageSnapshot::new(&self.plan, &self.digest, &state, state.at());
        (state, stage)
    }

    fn placed(&self, stage: &StageSnapshot, width: f64, height: f64) -> StageLayout {
        let frame = StageFrame { width, height, ..StageFrame::default() };
        stage::place(&self.plan, &self.digest, stage, &frame)
    }

    fn scene(&self, count: u32, width: f64, height: f64) -> Scene {
        let (_, stage) = self.stage(count);
        let placed = self.placed(&stage, width, height);
        stage::scene(&self.digest, &stage, &placed, &StageSelection::default(), None, &approximate_width)
    }

    /// The count of events at the worst moment, or at the end.
    fn worst(&self) -> u32 {
        let hang = self.digest.findings.deadlocks.first().map(|hang| hang.event.0 + 1);
        hang.unwrap_or(self.digest.trace().len() as u32)
    }
}

#[test]
fn a_stage_is_drawn_as_large_as_its_frame_allows() {
    let shown = Shown::of(gallery::find("nova-build-deadlock").expect("it is there").text);
    let (_, stage) = shown.stage(shown.worst());
    let fitted = |width: f64, height: f64| {
        let frame = StageFrame { width, height, ..StageFrame::default() };
        let (placed, fit) = stage::fitted(&shown.plan, &shown.digest, &stage, &frame);
        assert!(placed.height <= height / fit + 1.0, "{width} × {height}: {} at {fit}", placed.height);
        (placed.figures.len(), (fit * 100.0).round() / 100.0)
    };
    assert_eq!(fitted(1070.0, 400.0), (10, 1.0), "a desk");
    for (width, height) in [(2188.0, 900.0), (2160.0, 930.0)] {
        let (figures, fit) = fitted(width, height);
        assert!(
            figures == 10 && fit > 1.6,
            "{width} × {height} is much too large: {figures} figures at {fit}"
        );
    }
    let (figures, fit) = fitted(853.0, 232.0);
    assert!(figures == 10 && fit < 1.0, "single tokens just fit on a wall: {figures} figures at {fit}");
    assert_eq!(fitted(853.0, 190.0).0, 2, "there is room for piles alone");
}

#[test]
fn a_wall_shows_the_objects_too_and_a_narrow_delay_its_names() {
    // 1920 × 1080 pixels in projector mode: what is drawn larger may be drawn at a smaller scale.
    let shown = Shown::of(gallery::find("nova-caps").expect("it is there").text);
    let fits = |scale: f64| {
        let frame =
            StageFrame { width: 1536.0 / scale, height: 420.0 / scale, scale, ..StageFrame::default() };
        let counts = shown.digest.beats.iter().map(|beat| beat.event.0 + 1);
        let mut layouts =
            counts.map(|count| stage::fitted(&shown.plan, &shown.digest, &shown.stage(count).1, &frame));
        layouts.all(|(placed, fit)| placed.height <= frame.height / fit + 1.0)
    };
    assert!(fits(1.0) && fits(1.5));
    let shown = Shown::of(gallery::find("nova-hard-reboot").expect("it is there").text);
    let held = shown.digest.trace().count_until(Time(4_000_000_000)) as u32;
    let scene = shown.scene(held, 1068.0, 392.0);
    assert!(scene.texts().any(|text| text == "stopped_update #0"), "{:?}", scene.texts().collect::<Vec<_>>());
}

#[test]
#[ignore = "writes pictures for eyes: STAGE_PICTURES=folder"]
fn pictures() {
    let Ok(folder) = std::env::var("STAGE_PICTURES") else { return };
    let mut documents: Vec<(String, String)> =
        gallery::ENTRIES.iter().map(|entry| (entry.name.to_owned(), entry.text.to_owned())).collect();
    if let Ok(more) = std::env::var("STAGE_DOCUMENTS") {
        for path in more.split(':') {
            let name = path.rsplit('/').next().unwrap_or_default().to_owned();
            documents.push((name, std::fs::read_to_string(path).expect("a document")));
        }
    }
    for (name, text) in documents {
        let shown = Shown::of(&text);
        let at = std::env::var("STAGE_EVENT").ok().and_then(|event| event.parse().ok());
        for (size, width, height) in [("wide", 1040.0, 520.0), ("phone", 344.0, 420.0)] {
            let scene = shown.scene(at.unwrap_or(shown.worst()), width, height);
            let text = svg(&scene, &ColourTheme::light(), &name, &approximate_width);
            std::fs::write(format!("{folder}/{name}-{size}.svg"), text).expect("a folder");
        }
    }
}

/// Builds that share a pool with the network task each waits for.
fn builds(workers: u32, builds: u32, rest: &str) -> String {
    format!(
        "[executors.default]\nkind = \"threads\"\nworkers = {workers}\n[semaphores.db]\npermits = 10\n\
         [tasks.build]\nsteps = [\"run 1s\", \"submit network to default as net\", \"run 2s\", \"wait net\", \"run 1s\"]\n\
         [tasks.network]\nsteps = [\"with db\", \"io 3s\", \"end\"]\n\
         [[arrivals]]\ntask = \"build\"\nto = \"default\"\ncount = {builds}\n{rest}"
    )
}

fn picture(document: &str, size: (f64, f64)) -> String {
    let shown = Shown::of(document);
    svg(&shown.scene(shown.worst(), size.0, size.1), &ColourTheme::light(), "stage", &approximate_width)
}

#[test]
fn five_builds_are_tokens_in_a_red_ring() {
    insta::assert_snapshot!("stage_5_builds", picture(&builds(5, 5, ""), (1040.0, 480.0)));
    insta::assert_snapshot!("stage_5_builds_on_a_phone", picture(&builds(5, 5, ""), (344.0, 400.0)));
}

#[test]
fn fifty_builds_are_piles() {
    insta::assert_snapshot!("stage_50_builds", picture(&builds(32, 50, ""), (1040.0, 480.0)));
}

#[test]
fn five_thousand_builds_are_as_few_piles() {
    let text = picture(&builds(64, 5_000, ""), (1040.0, 480.0));
    assert!(text.len() < 20_000, "{} bytes", text.len());
    insta::assert_snapshot!("stage_5000_builds", text);
}

/// The stage of a document after the first `millis` of its run.
fn picture_at(document: &str, millis: u64, size: (f64, f64)) -> String {
    let shown = Shown::of(document);
    let now = Time(millis * 1_000_000);
    let state = shown.digest.lens.state(shown.digest.trace().count_until(now) as u32);
    let stage = StageSnapshot::new(&shown.plan, &shown.digest, &state, now);
    let placed = shown.placed(&stage, size.0, size.1);
    let scene =
        stage::scene(&shown.digest, &stage, &placed, &StageSelection::default(), None, &approximate_width);
    svg(&scene, &ColourTheme::light(), "stage", &approximate_width)
}

#[test]
fn green_threads_run_on_carriers() {
    // Two of three are pinned, and what they wait for is handed to the one without a carrier.
    let document = "[executors.virtual]\nkind = \"green\"\nthreads = 2\n[executors.other]\nkind = \"threads\"\nworkers = 1\n\
        [locks.span]\npins = \"held\"\nper = \"key\"\n[locks.queue]\n\
        [tasks.flush]\nsteps = [\"lock queue\", \"io 500ms\", \"unlock queue\"]\n\
        [tasks.report]\nsteps = [\"lock queue\", \"run 1ms\", \"unlock queue\"]\n\
        [tasks.request]\nsteps = [\"lock span\", \"lock queue\", \"run 1ms\", \"unlock queue\", \"unlock span\"]\n\
        [[arrivals]]\ntask = \"flush\"\nto = \"other\"\n[[arrivals]]\ntask = \"report\"\nto = \"virtual\"\nat = \"10ms\"\n\
        [[arrivals]]\ntask = \"request\"\nto = \"virtual\"\nat = \"20ms\"\ncount = 2\nkey = \"s-{n}\"\n";
    insta::assert_snapshot!("stage_carriers", picture(document, (1040.0, 480.0)));
}

#[test]
fn green_executors_without_carriers_share_one_thread() {
    let document = "[executors.api]\nkind = \"green\"\nworkers = 4\n[executors.jobs]\nkind = \"green\"\nworkers = 4\n\
        [tasks.call]\nsteps = [\"io 10ms\", \"run 100ms\"]\n[tasks.job]\nsteps = [\"run 300ms\"]\n\
        [[arrivals]]\ntask = \"call\"\nto = \"api\"\ncount = 2\n[[arrivals]]\ntask = \"job\"\nto = \"jobs\"\n";
    insta::assert_snapshot!("stage_green_thread", picture_at(document, 50, (640.0, 360.0)));
}

#[test]
fn each_worker_of_a_fork_join_pool_has_its_deque() {
    // Six leaves on one deque, one stolen; two splits come from outside.
    let document = "[executors.fj]\nkind = \"fork-join\"\nworkers = 3\n\
        [tasks.split]\nsteps = [\"run 1ms\", \"submit leaf to fj\", \"submit leaf to fj\", \"submit leaf to fj\", \
        \"submit leaf to fj\", \"submit leaf to fj\", \"submit leaf to fj\", \"run 1s\"]\n[tasks.leaf]\nsteps = [\"run 1s\"]\n\
        [[arrivals]]\ntask = \"split\"\nto = \"fj\"\n[[arrivals]]\ntask = \"leaf\"\nto = \"fj\"\nat = \"10ms\"\ncount = 2\n";
    insta::assert_snapshot!("stage_deques", picture_at(document, 100, (760.0, 360.0)));
    insta::assert_snapshot!("stage_deques_on_a_phone", picture_at(document, 100, (344.0, 400.0)));
}

#[test]
fn a_delay_is_a_dial_and_a_cap_is_a_gate() {
    let document = "[executors.later]\nkind = \"delay\"\ndelay = \"4s\"\ninto = \"pool\"\n\
        [executors.gate]\nkind = \"cap\"\ninto = \"pool\"\ncaps = { heavy = 2 }\n[executors.pool]\nkind = \"threads\"\nworkers = 9\n\
        [tasks.report]\nsteps = [\"run 1s\"]\n[tasks.heavy]\nsteps = [\"io 10s\"]\n\
        [[arrivals]]\ntask = \"report\"\nto = \"later\"\ncount = 3\nevery = \"1s\"\n\
        [[arrivals]]\ntask = \"heavy\"\nto = \"gate\"\ncount = 3\n";
    insta::assert_snapshot!("stage_delay_and_cap", picture_at(document, 3_000, (1040.0, 480.0)));
}

#[test]
fn whom_a_server_works_for_is_joined_to_it() {
    let document = "[executors.pool]\nkind = \"threads\"\nworkers = 12\n[servers.disk]\ncapacity = 2\n\
        [tasks.scan]\nsteps = [\"use disk 1s\"]\n[[arrivals]]\ntask = \"scan\"\nto = \"pool\"\ncount = 8\n";
    insta::assert_snapshot!("stage_server", picture_at(document, 500, (1040.0, 360.0)));
    // At the end the pool is idle, not blank.
    insta::assert_snapshot!("stage_idle_pile", picture_at(document, 60_000, (1040.0, 360.0)));
}

#[test]
fn every_gallery_variant_has_a_stage_at_every_beat() {
    for entry in gallery::ENTRIES {
        for (name, trace) in super::runs::variants_of(entry.name, entry.text) {
            let shown = Shown::digest(Digest::owning(trace));
            for beat in &shown.digest.beats {
                let count = beat.event.0 + 1;
                let (state, stage) = shown.stage(count);
                same::ends_are_those_of_the_state(&shown.digest, &state, &stage);
                for size in [(1040.0, 480.0), (344.0, 400.0)] {
                    let scene = shown.scene(count, size.0, size.1);
                    assert!(scene.weight() < 600, "{name} at event {count}: {} things", scene.weight());
                    inside_their_rooms(&name, &shown.placed(&stage, size.0, size.1));
                }
                // A desk of 1440 × 900 pixels, with one line and with two over the stage; six rooms are too many for that.
                let is_crowded = entry.name == "nova-modes";
                for height in [392.0, 360.0].into_iter().take(if is_crowded { 1 } else { 2 }) {
                    let frame = StageFrame { width: 1068.0, height, ..StageFrame::default() };
                    let (placed, fit) = stage::fitted(&shown.plan, &shown.digest, &stage, &frame);
                    inside_their_rooms(&name, &placed);
                    // What is too much even as planned scrolls.
                    let rooms = placed.rooms.iter().map(|room| room.at.bottom());
                    let lowest = rooms.chain(placed.objects.iter().map(|at| at.bottom())).fold(0.0, f64::max);
                    assert!(
                        placed.needed > height / fit || lowest <= height / fit + 1.0,
                        "{name} at event {count} is cut off: {lowest} px at {fit} in {height}"
                    );
                }
            }
        }
    }
}

/// No figure leaves its room, no two overlap, and objects are all there, beside each other.
fn inside_their_rooms(name: &str, placed: &StageLayout) {
    for (at, object) in placed.objects.iter().enumerate() {
        assert!(object.bottom() <= placed.height + 0.1, "{name}: {object:?} in {}", placed.height);
        let overlap = |other: &threadbare::view::scene::Bounds| {
            object.x < other.right()
                && other.x < object.right()
                && object.y < other.bottom()
                && other.y < object.bottom()
        };
        assert!(!placed.objects[at + 1..].iter().any(overlap), "{name}: {object:?} over another");
        assert!(!placed.rooms.iter().any(|room| overlap(&room.at)), "{name}: {object:?} over a room");
    }
    for room in &placed.rooms {
        assert!(room.at.x >= 0.0 && room.at.right() <= placed.width + 0.1, "{name}: {:?}", room.at);
        assert!(room.at.bottom() <= placed.height + 0.1, "{name}: {:?}", room.at);
    }
    for (at, figure) in placed.figures.iter().enumerate() {
        let room = placed.room(figure.zone.executor()).expect("a room for every figure").at;
        let is_inside = room.x <= figure.at.x
            && figure.at.right() <= room.right() + 0.1
            && room.y <= figure.at.y
            && figure.at.bottom() <= room.bottom() + 0.1;
        assert!(is_inside, "{name}: {figure:?} in {room:?}");
        for other in &placed.figures[at + 1..] {
            let (a, b) = (figure.at, other.at);
            let overlap = a.x + 0.1 < b.right()
                && b.x + 0.1 < a.right()
                && a.y + 0.1 < b.bottom()
                && b.y + 0.1 < a.bottom();
            assert!(!overlap, "{name}: {figure:?} over {other:?}");
        }
    }
}

#[test]
fn deques_and_workers_stand_beside_each_other_in_the_narrowest_room() {
    // A phone has two columns here; with one core, a child waits on the deque of a worker that is not idle.
    let shown = Shown::of(
        "machine = { cores = 1, gil = false, switch_interval = \"500ms\" }\n\
         executors.e0 = { kind = \"fork-join\", workers = 1 }\n\
         executors.e1 = { kind = \"threads\", workers = 1 }\n\
         executors.e2 = { kind = \"delay\", delay = \"1s\", into = \"e1\" }\n\
         semaphores.S0 = { permits = 1, per = \"key\" }\n\
         tasks.a.steps = []\n\
         tasks.b.steps = [\"acquire S0\", \"submit c\"]\n\
         tasks.c.steps = [\"repeat 2\", \"run 2s\", \"end\", \"io 1s\", \"run 3s\", \"run 1s\"]\n\
         arrivals = [\n{ task = \"b\", to = \"e0\", at = \"0s\", count = 2 },\n\
         { task = \"b\", to = \"e2\", at = \"0s\", count = 1, key = \"k\" },\n\
         { task = \"a\", to = \"e0\", at = \"0s\", count = 1 }]\n",
    );
    for count in 0..=shown.digest.trace().len() as u32 {
        let (_, stage) = shown.stage(count);
        for width in [360.0, 380.0] {
            inside_their_rooms("a narrow room", &shown.placed(&stage, width, 640.0));
        }
    }
}

#[test]
fn a_room_with_more_than_its_rows_pushes_the_next_one_down() {
    // `e0` has no queue of its own to plan for, and keeps at its door what the cap lets through.
    let shown = Shown::of(
        "executors.e0 = { kind = \"dynamic\", workers = 1 }\n\
         executors.e1 = { kind = \"cap\", into = \"e0\", caps = { a = 1 } }\n\
         tasks.a.steps = [\"run 1s\"]\n\
         arrivals = [\n{ task = \"a\", to = \"e1\", at = \"0s\", count = 6 },\n\
         { task = \"a\", to = \"e1\", rate = \"1/s\", until = \"3s\" }]\n",
    );
    for count in 0..=shown.digest.trace().len() as u32 {
        let (_, stage) = shown.stage(count);
        for (width, height) in [(900.0, 420.0), (380.0, 640.0)] {
            inside_their_rooms(&format!("after {count} events"), &shown.placed(&stage, width, height));
        }
    }
}

#[test]
fn a_refused_task_that_its_submitter_runs_is_on_no_carrier() {
    let shown = Shown::of(
        "executors.green = { kind = \"green\", workers = 1, queue = 0 }\n\
         tasks.a.steps = [\"run 1s\"]\n\
         arrivals = [{ task = \"a\", to = \"green\", at = \"0s\", count = 2, on_full = \"caller-runs\" }]\n",
    );
    let (state, stage) = shown.stage(shown.digest.trace().count_until(Time(500_000_000)) as u32);
    let kept: Vec<TaskId> =
        state.tasks().filter(|(_, task)| state.keeps_carrier(task)).map(|(id, _)| id).collect();
    assert_eq!(kept, [TaskId(0)]);
    let row = stage.rooms[0].carriers.as_ref().expect("a green executor has some");
    assert_eq!((row.threads, row.kept_by.as_slice()), (1, &[0][..]));
}

#[test]
fn tokens_move_for_a_moment_and_then_stand_where_they_are() {
    let shown = Shown::of(&builds(5, 5, ""));
    let mut motion = TokenMotion::default();
    let (_, before) = shown.stage(4);
    motion.update(&shown.digest, &before, &shown.placed(&before, 1040.0, 480.0), 0.0);
    assert!(!motion.is_moving(0.0), "the first picture stands still");
    let (_, after) = shown.stage(shown.worst());
    let placed = shown.placed(&after, 1040.0, 480.0);
    motion.update(&shown.digest, &after, &placed, 1_000.0);
    assert!(motion.is_moving(1_000.0) && motion.is_moving(1_100.0));
    assert!(!motion.is_moving(1_000.0 + stage::MOVE_MS));
    let focus = StageSelection::default();
    let still = stage::scene(&shown.digest, &after, &placed, &focus, None, &approximate_width);
    let moved =
        stage::scene(&shown.digest, &after, &placed, &focus, Some((&motion, 2_000.0)), &approximate_width);
    assert_eq!(still.texts().collect::<Vec<_>>(), moved.texts().collect::<Vec<_>>());
}

#[test]
fn what_is_pointed_at_dims_all_but_its_chain() {
    let shown = Shown::of(&builds(5, 4, ""));
    let (_, stage) = shown.stage(shown.digest.trace().count_until(Time(2_000_000_000)) as u32);
    let placed = shown.placed(&stage, 1040.0, 480.0);
    let task = stage.tokens[0].task;
    let focus = StageSelection { hovered: Some(task), ..StageSelection::default() };
    let lit = stage::scene(&shown.digest, &stage, &placed, &focus, None, &approximate_width);
    let all =
        stage::scene(&shown.digest, &stage, &placed, &StageSelection::default(), None, &approximate_width);
    assert!(lit.weight() >= all.weight(), "it is outlined");
    let found =
        lit.hits.find(&threadbare::view::hits::HitTarget::Figure(placed.figure_of[0].expect("a figure")));
    assert_eq!(found, Some(placed.figures[placed.figure_of[0].expect("a figure") as usize].at));
    assert!(matches!(placed.figures[0].kind, StageFigureKind::Token(_)));
}

#[test]
fn nothing_is_cut_to_a_stub_in_a_frame_of_any_size() {
    // A phone, where the page grows; a desk; a wall in projector mode.
    for (width, height, can_grow, scale) in
        [(344.0, 385.0, true, 1.0), (1068.0, 392.0, false, 1.0), (853.0, 233.0, false, 1.8)]
    {
        let frame = StageFrame { width, height, can_grow, scale, ..StageFrame::default() };
        for entry in gallery::ENTRIES {
            for (name, trace) in super::runs::variants_of(entry.name, entry.text) {
                let shown = Shown::digest(Digest::owning(trace));
                for beat in &shown.digest.beats {
                    let (_, stage) = shown.stage(beat.event.0 + 1);
                    let (placed, fit) = stage::fitted(&shown.plan, &shown.digest, &stage, &frame);
                    inside_their_rooms(&name, &placed);
                    assert!(!can_grow || fit >= 0.9, "{name} is too small on a phone: {fit}");
                    assert!(placed.height * fit <= 800.0, "{name} is higher than a phone: {}", placed.height);
                    let focus = StageSelection::default();
                    let scene =
                        stage::scene(&shown.digest, &stage, &placed, &focus, None, &approximate_width);
                    let is_stub = |text: &&str| text.ends_with('…') && text.chars().count() < 10;
                    let stubs: Vec<&str> = scene.texts().filter(is_stub).collect();
                    assert!(stubs.is_empty(), "{name} in {width} × {height}: {stubs:?}");
                }
            }
        }
    }
}
