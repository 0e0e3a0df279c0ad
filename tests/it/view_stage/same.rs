//! The stage beside the state: who is where, what is counted, and who keeps whom.

use super::{Shown, inside_their_rooms};
use crate::documents::{pieces, render};
use crate::support::scenario_of;
use proptest::test_runner::{Config, TestError, TestRunner};
use std::collections::BTreeMap;
use threadbare::analysis::digest::Digest;
use threadbare::analysis::state::State;
use threadbare::analysis::state::task::{Phase, Task};
use threadbare::model::executor::ExecutorKind;
use threadbare::model::id::{ExecutorId, TaskId};
use threadbare::model::signal::Signal;
use threadbare::model::time::Time;
use threadbare::study::run::run;
use threadbare::view::scene::approximate_width;
use threadbare::view::stage::{
    self, ExecutorRoomZone, SharedObjectId, StageFrame, StageSelection, StageSnapshot, TokenWaitTarget,
};

/// What the state says of who is where, beside what the stage shows.
fn says_the_same(digest: &Digest<'_>, state: &State, stage: &StageSnapshot) {
    let mut tokens: Vec<TaskId> = stage.tokens.iter().map(|token| token.task).collect();
    tokens.sort_unstable();
    let open: Vec<TaskId> =
        state.tasks().filter(|(_, task)| !task.phase.is_ended()).map(|(id, _)| id).collect();
    assert_eq!(tokens, open, "every task that has not ended has one token");
    let next = digest.trace().records.get(state.applied() as usize);
    let is_instant_over = next.is_some_and(|next| next.at > state.at());
    for room in &stage.rooms {
        let place = state.executor(room.executor);
        let mut seats: BTreeMap<u32, Vec<TaskId>> = BTreeMap::new();
        for token in stage.tokens.iter().filter(|token| token.zone == ExecutorRoomZone::Seats(room.executor))
        {
            if let Some(seat) = token.seat {
                seats.entry(seat).or_default().push(token.task);
            }
        }
        assert_eq!(seats.len() as u32, place.busy, "a seat for each busy worker");
        for (seat, stack) in seats {
            let top = place.workers.get(seat).expect("a live worker").top;
            assert_eq!(stack.last().copied(), top, "the task on top comes last");
        }
        let queue = |token: &&stage::TaskToken| token.zone == ExecutorRoomZone::Queue(room.executor);
        let queued: Vec<TaskId> = stage.tokens.iter().filter(queue).map(|token| token.task).collect();
        let entries: Vec<TaskId> = state.entries(room.executor).map(|(id, _)| id).collect();
        assert_eq!(&queued[..entries.len()], entries, "in order of the queue");
        assert_eq!((room.alive, room.busy, room.waiting), (place.alive, place.busy, place.waiting));
        says_the_same_of(state, stage, room, is_instant_over);
    }
    for object in &stage.objects {
        let SharedObjectId::Resource(resource, key) = &object.thing else { continue };
        let held = state.resource(*resource, key);
        assert_eq!(object.waiting, held.map_or(0, |held| held.waiting.len() as u32));
        assert_eq!(object.holders.len(), held.map_or(0, |held| held.holding_tasks().len()));
    }
    for wait in &stage.waits {
        assert!((wait.from as usize) < stage.tokens.len());
        if let TokenWaitTarget::Object(object) = wait.to {
            let task = state.task(stage.tokens[wait.from as usize].task).expect("a task");
            let expected = match &stage.objects[object as usize].thing {
                SharedObjectId::Resource(resource, _) => state.awaited_resource(task) == Some(*resource),
                SharedObjectId::Shared(shared) => {
                    let comes_through = state.awaited_signal(task).and_then(Signal::shared);
                    [comes_through, state.used_server(task)].contains(&Some(*shared))
                }
            };
            assert!(expected, "it waits for what the line leads to");
        }
    }
    let placed_roles: usize = stage.roles.iter().map(|role| role.tokens.len()).sum();
    assert_eq!(placed_roles, stage.tokens.len(), "every token has one role");
    let hang = digest.findings.deadlocks.first().filter(|hang| hang.event.0 < state.applied());
    assert_eq!(stage.is_stuck, hang.is_some());
    ends_are_those_of_the_state(digest, state, stage);
}

/// As many have ended in each room as the state says, also within an instant.
pub(super) fn ends_are_those_of_the_state(digest: &Digest<'_>, state: &State, stage: &StageSnapshot) {
    for room in &stage.rooms {
        let is_here = |id: TaskId| digest.lives[id.index()].executor == room.executor;
        let is_over = |id: TaskId, task: &Task| {
            task.phase.is_ended() || (digest.lives[id.index()].ended().is_none() && task.cancelled)
        };
        let created = (0..state.created()).map(TaskId).filter(|id| is_here(*id));
        let over = created.filter(|id| state.task(*id).is_none_or(|task| is_over(*id, task)));
        let ends = room.ends;
        let shown = ends.finished + ends.failed + ends.refused + ends.cancelled;
        assert_eq!(shown as usize, over.count(), "{}", room.note);
    }
}

/// Carriers, deques, delays and limits of one room, beside what the state says of them.
fn says_the_same_of(state: &State, stage: &StageSnapshot, room: &stage::ExecutorRoom, is_instant_over: bool) {
    let executor = &state.scenario().executors[room.executor.index()];
    if let Some(row) = &room.carriers {
        let spare = executor.carriers().map_or(0, |carriers| carriers.spare);
        // Within an instant a woken task is told to go on before it is told to stand in line for a carrier.
        let most = row.threads + spare;
        assert!(!is_instant_over || row.kept_by.len() as u32 <= most, "no carrier runs two tasks: {row:?}");
        for token in &row.kept_by {
            let task = state.task(stage.tokens[*token as usize].task).expect("a task");
            assert!(state.keeps_carrier(task));
        }
    }
    let here = stage.tokens.iter().filter(|token| token.zone.executor() == room.executor);
    for token in here {
        let task = state.task(token.task).expect("a task");
        if let Some(worker) = token.deque {
            assert!(matches!(executor.kind, ExecutorKind::ForkJoin { .. }), "only these have deques");
            assert_eq!(token.zone, ExecutorRoomZone::Queue(room.executor));
            assert_eq!(task.deque.map(|worker| worker.0), Some(worker));
        }
        if let Some(countdown) = token.countdown {
            assert!(matches!(executor.kind, ExecutorKind::Delay { .. }), "only these hold for a time");
            let held = stage.at.since(task.since_at);
            assert_eq!(countdown.left.0, countdown.whole.0.saturating_sub(held.0));
            // Free again, the scheduler hands on all that is due, one after the other, before time goes on.
            if held > countdown.whole && is_instant_over {
                assert!(
                    is_kept_from_handing_on(state, room.executor),
                    "nothing keeps {token:?} past its deadline"
                );
            }
        }
    }
    let used: Vec<u32> = room.gates.iter().map(|gate| gate.used).collect();
    let place = state.executor(room.executor);
    match executor.kind {
        ExecutorKind::Cap { .. } => assert_eq!(used, place.cap_use),
        ExecutorKind::Bus { prefetch: Some(_), .. } => assert_eq!(used, [place.handed_over]),
        _ => assert!(used.is_empty()),
    }
}

/// Whether the scheduler of a delay waits for room, runs a task itself or is about to once it has a core, or has to wait
/// for a green thread.
fn is_kept_from_handing_on(state: &State, wrapper: ExecutorId) -> bool {
    let executors = &state.scenario().executors;
    let next = |executor: &ExecutorId| executors[executor.index()].wraps();
    let leads_to_green = || {
        let last = std::iter::successors(Some(wrapper), next).last();
        last.is_some_and(|last| matches!(executors[last.index()].kind, ExecutorKind::Green { .. }))
    };
    let has_taken_on = |task: &Task| {
        let came_by = std::iter::successors(Some(task.first), next).take_while(|at| *at != task.executor);
        task.phase == Phase::Passing && came_by.into_iter().any(|at| at == wrapper)
    };
    let place = state.executor(wrapper);
    place.scheduler_blocked.is_some()
        || place.scheduler_top.is_some()
        || state.tasks().any(|(_, task)| has_taken_on(task))
        || leads_to_green()
}

#[test]
fn what_a_scheduler_without_a_core_holds_is_due() {
    // From 2 s to 3 s the only core goes around between others, and the scheduler is to run the second itself.
    let shown = Shown::of(
        "machine = { cores = 1, switch_interval = \"500ms\" }\nexecutors.own = { kind = \"inline\" }\n\
         executors.later = { kind = \"delay\", delay = \"0s\", into = \"own\" }\ntasks.a.steps = [\"run 1s\"]\n\
         arrivals = [{ task = \"a\", to = \"later\", every = \"10ms\", count = 3 },\n\
         { task = \"a\", to = \"own\", at = \"20ms\", count = 2 }]\n",
    );
    let mut waited = false;
    for count in 0..=shown.digest.trace().len() as u32 {
        let (state, stage) = shown.stage(count);
        says_the_same(&shown.digest, &state, &stage);
        let delay = state.executor(ExecutorId(1));
        waited |= delay.waiting > 0 && delay.scheduler_top.is_none() && state.at() > Time(1_000_000_000);
    }
    assert!(waited, "nothing is left to show");
}

#[test]
fn what_a_blocked_scheduler_holds_is_due() {
    // From 1 s to 3 s the scheduler waits for room for the second; the third's delay is over at 1 s too.
    let shown = Shown::of(
        "[executors.pool]\nkind = \"threads\"\nworkers = 1\nqueue = 0\non_full = \"block\"\n\
         [executors.later]\nkind = \"delay\"\ndelay = \"1s\"\ninto = \"pool\"\n\
         [tasks.job]\nsteps = [\"run 2s\"]\n[[arrivals]]\ntask = \"job\"\nto = \"later\"\ncount = 3\n",
    );
    let at = |millis: u64| {
        let now = Time(millis * 1_000_000);
        let state = shown.digest.lens.state(shown.digest.trace().count_until(now) as u32);
        let stage = StageSnapshot::new(&shown.plan, &shown.digest, &state, now);
        says_the_same(&shown.digest, &state, &stage);
        let placed = shown.placed(&stage, 1040.0, 480.0);
        let focus = StageSelection::default();
        let scene = stage::scene(&shown.digest, &stage, &placed, &focus, None, &approximate_width);
        let left: Vec<u64> = stage.tokens.iter().filter_map(|token| Some(token.countdown?.left.0)).collect();
        (left, scene.texts().map(str::to_owned).collect::<Vec<_>>())
    };
    let has = |texts: &[String], text: &str| texts.iter().any(|other| other == text);
    let (left, texts) = at(600);
    assert_eq!(left, [400_000_000; 3]);
    assert!(has(&texts, "next in") && has(&texts, "400 ms") && !has(&texts, "due"), "{texts:?}");
    let (left, texts) = at(2_000);
    assert_eq!(left, [0]);
    assert!(has(&texts, "next is") && has(&texts, "due") && !has(&texts, "next in"), "{texts:?}");
    assert!(!texts.iter().any(|text| text.contains("0 s left")), "{texts:?}");
}

#[test]
fn the_stage_says_the_same_as_the_state() {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(60);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&pieces(), |pieces| {
        let trace = run(scenario_of(&render(&pieces), "base"));
        let shown = Shown::digest(Digest::owning(trace));
        let events = shown.digest.trace().len() as u32;
        for count in (0..=events).step_by((events / 12).max(1) as usize) {
            let (state, stage) = shown.stage(count);
            says_the_same(&shown.digest, &state, &stage);
            let mut piles = stage.roles.iter().map(|role| (role.zone, role.kind)).collect();
            for (width, height) in [(900.0, 420.0), (1400.0, 900.0), (380.0, 640.0)] {
                inside_their_rooms("a random document", &shown.placed(&stage, width, height));
                let frame = StageFrame { width, height, unfolded: piles, ..StageFrame::default() };
                let placed = stage::place(&shown.plan, &shown.digest, &stage, &frame);
                inside_their_rooms("a random document, unfolded", &placed);
                piles = frame.unfolded;
            }
        }
        Ok(())
    });
    // The document, not its pieces: a failure is there to be read and run.
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(why, pieces)) => panic!("{why}\n{}", render(&pieces)),
        Err(TestError::Abort(why)) => panic!("given up: {why}"),
    }
}
