//! The newcomer's path and the mishaps on the way, without a page.

use super::run::{AnalyzedRun, SharedRun};
use super::{link::ShareLinkPayload, study::StudyAction, *};
use std::rc::Rc;
use threadbare::jobs::{self, JobHost, JobRequest, advise::AdviceProgress, import::Imported};
use threadbare::language::BASE;
use threadbare::model::{id::TaskId, time::Time};
use threadbare::study::explore::FindingKind;
use threadbare::study::{self, schedule::Schedule};

/// Runs what the state wants, as the page does.
pub(super) fn settle(state: &mut State) {
    let Some(scenario) = state.work.scenario.clone() else { return };
    let run = AnalyzedRun::new(state.wanted, study::run::run(scenario));
    state.apply(Action::Ran(SharedRun::new(run), None));
}

pub(super) fn fresh() -> State {
    let mut state = State::new(OpenDocument::gallery("nova-build-deadlock"));
    settle(&mut state);
    state
}

fn verdict(state: &State) -> String {
    state.run.as_ref().expect("a run").digest.verdict.to_string()
}

#[test]
fn a_newcomer_sees_it_hang_and_one_slider_makes_it_run() {
    let mut state = fresh();
    assert!(state.replay.playing && state.replay.at == 0.0);
    assert!(verdict(&state).starts_with("At 3 s all 5 workers of `default`"), "{}", verdict(&state));
    // It stays a moment at its first beat.
    for _ in 0..60 {
        state.apply(Action::Tick(50.0));
    }
    assert!(state.replay.at > 0.0);
    state.apply(Action::Tune { path: "params.pool".into(), value: "6".into() });
    settle(&mut state);
    assert!(verdict(&state).starts_with("All 10 tasks finished"), "{}", verdict(&state));
    state.apply(Action::Reset);
    settle(&mut state);
    assert!(!state.work.is_changed());
}

#[test]
fn with_less_motion_the_end_is_shown_at_once() {
    let mut state = State::new(OpenDocument::gallery("nova-build-deadlock"));
    state.still = true;
    settle(&mut state);
    assert!(!state.replay.playing);
    assert_eq!(state.replay.count as usize, state.run.as_ref().expect("a run").trace().len());
}

#[test]
fn a_late_answer_to_an_old_question_is_dropped() {
    let mut state = fresh();
    let old = state.wanted;
    state.apply(Action::Show("timeout".into()));
    let scenario = state.work.scenario.clone().expect("valid");
    state.apply(Action::Ran(SharedRun::new(AnalyzedRun::new(old, study::run::run(scenario))), None));
    assert_eq!(state.run.as_ref().map(|run| run.id), Some(old), "the run on the screen is still the old one");
    settle(&mut state);
    assert_eq!(state.run.as_ref().map(|run| run.id), Some(state.wanted));
}

#[test]
fn a_broken_text_keeps_the_last_run() {
    let mut state = fresh();
    let before = verdict(&state);
    state.apply(Action::Edit("this is no scenario".into()));
    assert!(state.work.is_broken());
    assert_eq!(verdict(&state), before);
}

#[test]
fn a_link_restores_document_variant_cursor_and_selection() {
    let mut state = fresh();
    state.apply(Action::Tune { path: "params.builds".into(), value: "7".into() });
    state.apply(Action::Show("six_workers".into()));
    settle(&mut state);
    state.apply(Action::SeekCount(9));
    state.apply(Action::Select(Some(TaskId(3))));
    let link = link::write(&state.shared());

    let mut other = State::new(OpenDocument::gallery("nova-caps"));
    settle(&mut other);
    other.apply(Action::OpenLink(Box::new(link::read(&link).expect("our own link"))));
    settle(&mut other);
    assert_eq!(other.work.source, state.work.source);
    assert_eq!(other.work.variant, "six_workers");
    assert_eq!((other.replay.count, other.task), (9, Some(TaskId(3))));
    assert!(!other.replay.playing);
    assert_eq!(verdict(&other), verdict(&state));
}

#[test]
fn a_text_that_is_too_long_leaves_the_page_as_it_was() {
    let mut state = fresh();
    let before = state.work.source.clone();
    let text = "#".repeat(threadbare::language::MAX_BYTES + 1);
    state.apply(Action::OpenText { name: "big.toml".into(), text });
    assert_eq!(state.work.source, before);
    assert!(state.notice.as_ref().is_some_and(|notice| notice.is_trouble));
}

/// Reads the recording that is to be read, as a worker does.
pub(super) fn read(state: &mut State) {
    struct LastMessage(Option<Imported>);
    impl JobHost for LastMessage {
        fn send(&mut self, message: Vec<u8>) {
            self.0 = jobs::unpacked(&message);
        }
        fn now(&self) -> f64 {
            0.0
        }
    }
    let Some(recording) = state.recording.clone() else { return };
    let (number, mut last) = (state.import.number, LastMessage(None));
    match jobs::execute(&JobRequest::Import(recording), &mut last) {
        Ok(()) => {
            let imported = Rc::new(last.0.expect("it is told"));
            state.apply(Action::Import(StudyAction::Progress(number, imported)));
        }
        Err(text) => {
            state.apply(Action::Import(StudyAction::Over(number, false)));
            state.apply(Action::Notice(Some(UserNotice { text, is_trouble: true })));
        }
    }
}

#[test]
fn a_recording_becomes_the_document_and_a_broken_one_leaves_the_page_as_it_was() {
    let mut state = fresh();
    let before = state.work.source.clone();
    let text = "start,duration,type\n0,1,a\n0.5,2,b\n";
    state.apply(Action::OpenText { name: "tasks.csv".into(), text: text.into() });
    assert_eq!(state.work.source, before, "it is not read yet");
    read(&mut state);
    assert_eq!(state.work.name, "tasks.toml");
    let source = &state.work.source;
    assert!(state.work.scenario.is_some() && source.contains("- *inferred*:"), "{source}");
    let is_said =
        |notice: &UserNotice| !notice.is_trouble && notice.text.contains("tasks.csv was read as a table");
    assert!(state.notice.as_ref().is_some_and(is_said), "{:?}", state.notice);
    let before = state.work.source.clone();
    for (name, text, why) in [
        ("tasks.csv", "start,duration\n0,1\n1,-2\n".to_owned(), "line 3: `duration` is negative: -2"),
        ("trace.json", "[{\"ph\":\"X\"}]".to_owned(), "line 1: this event has no `ts`"),
        ("long.log", "x".repeat(17 << 20), "`threadbare import` reads up to 256 MiB"),
    ] {
        state.apply(Action::OpenText { name: name.into(), text });
        read(&mut state);
        assert_eq!(state.work.source, before);
        let notice = state.notice.as_ref().expect("a notice");
        assert!(notice.is_trouble && notice.text.contains(why), "{}", notice.text);
    }
    // Whatever is opened meanwhile stays.
    state.apply(Action::OpenText { name: "tasks.csv".into(), text: text.into() });
    state.apply(Action::OpenGallery("lock-order".into()));
    read(&mut state);
    assert_eq!(state.work.name, "lock-order");
    // JSON may be a scenario as well.
    let text = "{\"title\":\"A scenario\",\"tasks\":{}}".to_owned();
    state.apply(Action::OpenText { name: "x.json".into(), text });
    assert_eq!((state.work.name.as_str(), state.work.title()), ("x.json", "A scenario"));
    // And it may be neither.
    for (name, text) in
        [("hello.json", "{\"hello\": 1}"), ("notes.toml", "hello = 1"), ("poem.txt", "O rose")]
    {
        state.apply(Action::OpenText { name: name.into(), text: text.into() });
        assert_eq!(state.work.name, "x.json");
        let notice = state.notice.as_ref().expect("a notice");
        assert!(
            notice.is_trouble && notice.text.contains("was not opened: it is neither a scenario"),
            "{}",
            notice.text
        );
    }
}

#[test]
fn every_gallery_scenario_opens_without_a_problem() {
    for entry in threadbare::gallery::ENTRIES {
        let work = OpenDocument::gallery(entry.name);
        assert!(work.problems.is_empty(), "{}: {:?}", entry.name, work.problems);
        assert!(work.scenario.is_some() && !work.tunables.is_empty(), "{}", entry.name);
    }
}

/// Applies the first remedy for what the state shows.
fn mend(state: &mut State) {
    let remedy = jobs::advise::OfferedRemedy {
        found: 0,
        title: "another pool size".to_owned(),
        effect: None,
        in_code: Vec::new(),
        verified: "Nothing hangs.".to_owned(),
        costs: Vec::new(),
        leaves: String::new(),
        text: threadbare::language::edit::set(&state.work.source, "params.pool", "6").expect("it can be set"),
    };
    let told = AdviceProgress {
        looked: (1, 1),
        troubles: Vec::new(),
        plain: String::new(),
        remedies: vec![remedy],
        refused: Vec::new(),
    };
    state.apply(Action::Advise(StudyAction::Ask));
    let number = state.advice.number;
    state.apply(Action::Advise(StudyAction::Progress(number, Rc::new(told))));
    state.apply(Action::Advise(StudyAction::Over(number, true)));
    state.apply(Action::Apply(0));
}

#[test]
fn a_remedy_is_applied_and_taken_back_to_the_letter() {
    let mut state = fresh();
    assert!(state.wants_advice(), "it hangs and is small");
    let before = state.work.source.clone();
    mend(&mut state);
    settle(&mut state);
    assert!(verdict(&state).starts_with("All 10 tasks finished"), "{}", verdict(&state));
    assert!(!state.needs_advice() && state.advice.so_far.is_none(), "what was known is of another text");
    assert!(state.applied.as_ref().is_some_and(|told| told.starts_with("Applied: another pool size.")));
    state.apply(Action::Undo);
    settle(&mut state);
    assert_eq!(state.work.source, before);
    assert!(state.applied.is_none() && state.wants_advice());
}

#[test]
fn what_is_said_of_a_remedy_goes_with_the_variant_and_with_the_text_that_it_is_true_of() {
    let mut state = fresh();
    mend(&mut state);
    state.apply(Action::Show("eventlet".into()));
    assert_eq!(state.applied, None);
    let mut state = fresh();
    mend(&mut state);
    tune(&mut state, "params.builds", "7");
    assert_eq!(state.applied, None);
}

fn tune(state: &mut State, path: &str, value: &str) {
    state.apply(Action::Tune { path: path.into(), value: value.into() });
}

#[test]
fn every_change_is_taken_back_in_turn_and_made_again() {
    let mut state = fresh();
    let opened = state.work.source.clone();
    mend(&mut state);
    let mended = state.work.source.clone();
    // A drag is one step, whatever lies on its way.
    for value in ["7", "8", "9"] {
        tune(&mut state, "params.builds", value);
    }
    state.apply(Action::Settle);
    let nine = state.work.source.clone();
    tune(&mut state, "params.builds", "10");
    state.apply(Action::Reset);
    assert_eq!(state.work.source, opened);
    state.apply(Action::OpenGallery("lock-order".into()));
    settle(&mut state);
    state.apply(Action::Edit("# mine".into()));
    state.apply(Action::Edit("# mine, too".into()));
    let names = |state: &State| (state.work.name.clone(), state.work.source.clone());
    state.apply(Action::Undo);
    assert_eq!(names(&state).0, "lock-order");
    assert!(!state.work.is_changed());
    state.apply(Action::Undo);
    assert_eq!(names(&state), ("nova-build-deadlock".to_owned(), opened.clone()));
    state.apply(Action::Undo);
    assert!(state.work.source.contains("value = 10") && state.work.is_changed());
    for before in [&nine, &mended, &opened, &opened] {
        state.apply(Action::Undo);
        assert_eq!(state.work.source, *before);
    }
    for after in [&mended, &nine] {
        state.apply(Action::Redo);
        assert_eq!(state.work.source, *after);
    }
    assert!(state.history.next().is_some());
    tune(&mut state, "params.pool", "7");
    assert_eq!(state.history.next(), None, "another change is another future");
}

#[test]
fn an_undone_change_is_seen_in_the_variant_that_it_was_made_in() {
    let mut state = fresh();
    state.apply(Action::Show("six_workers".into()));
    tune(&mut state, "params.pool", "9");
    state.apply(Action::Show(BASE.into()));
    state.apply(Action::Undo);
    assert_eq!((state.work.variant.as_str(), state.work.is_changed()), ("six_workers", false));
}

#[test]
fn nothing_is_to_be_taken_back_when_the_page_opens() {
    let mut state = State::new(OpenDocument::gallery("nova-build-deadlock"));
    state.apply(Action::OpenLink(Box::new(fresh().shared())));
    settle(&mut state);
    assert_eq!(state.history.last(), None);
    tune(&mut state, "params.nothing", "3");
    assert_eq!(state.history.last(), None, "what cannot be changed is no step");
}

/// Runs what the state wants, whichever way that goes, as the page does.
fn go(state: &mut State) {
    let scenario = state.work.scenario.clone().expect("valid");
    let id = state.wanted;
    match sliced_run::IncrementalRun::new(&scenario, state.schedule.as_ref()).and_then(|mut going| {
        while !going.advance(1 << 20) {}
        going.finish()
    }) {
        Ok(trace) => state.apply(Action::Ran(SharedRun::new(AnalyzedRun::new(id, trace)), None)),
        Err(why) => {
            state.apply(Action::Misfit(id, why));
            go(state);
        }
    }
}

/// The first deadlock that exploration finds in this variant of the gallery.
fn counterexample(name: &str, variant: &str) -> (State, Schedule) {
    let mut state = State::new(OpenDocument::gallery(name));
    state.apply(Action::Show(variant.into()));
    go(&mut state);
    let scenario = state.work.scenario.clone().expect("valid");
    let view = study::schedule::TimingAssumption::Untimed { timeouts_last: false };
    let options = study::explore::ExplorationOptions { view, ..Default::default() };
    let mut explorer = study::explore::InterleavingExplorer::new(&scenario, options);
    while !explorer.advance(u64::MAX) {}
    let schedule = explorer.findings().first().expect("it can hang").schedule.clone();
    state.apply(Action::Follow(Some(schedule.clone())));
    go(&mut state);
    (state, schedule)
}

#[test]
fn a_counterexample_stays_while_it_applies_and_is_lost_and_found_with_a_word() {
    let (mut state, schedule) = counterexample("lock-order", "lucky_timing");
    assert!(!state.run.as_ref().expect("a run").digest.findings.deadlocks.is_empty());
    assert_eq!(state.order(), order::ScheduleOrigin::Own);
    // A change that leaves every choice where it was.
    let text = format!("# mine\n{}", state.work.source);
    state.apply(Action::Edit(text.clone()));
    go(&mut state);
    assert_eq!((state.schedule.as_ref(), state.order()), (Some(&schedule), order::ScheduleOrigin::Own));
    assert!(!state.run.as_ref().expect("a run").digest.findings.deadlocks.is_empty());
    // One after which there is nothing to choose.
    state.apply(Action::Settle);
    state.apply(Action::Edit(ALONE.into()));
    go(&mut state);
    assert_eq!((state.schedule.as_ref(), state.order()), (None, order::ScheduleOrigin::Lost));
    assert_eq!(state.notice, None, "the bar says it");
    state.apply(Action::Undo);
    go(&mut state);
    assert_eq!((&*state.work.source, state.schedule.as_ref()), (text.as_str(), Some(&schedule)));
    assert!(!state.run.as_ref().expect("a run").digest.findings.deadlocks.is_empty());
    // Another variant is another question.
    state.apply(Action::Show(BASE.into()));
    assert_eq!(state.order(), order::ScheduleOrigin::Plain);
}

/// One task, and nobody else.
pub(super) const ALONE: &str = "[executors.a]\nkind = \"threads\"\nworkers = 1\n[tasks.t]\nsteps = [\"run 7s\"]\n\
    [[arrivals]]\ntask = \"t\"\nto = \"a\"\nat = \"0s\"\n[variants.lucky_timing]\ntitle = \"the same\"\n";

#[test]
fn a_link_whose_schedule_does_not_fit_says_so_and_shows_the_plain_run() {
    let mut state = fresh();
    let shared = ShareLinkPayload { schedule: Some("untimed/9000.1".into()), ..state.shared() };
    state.apply(Action::OpenLink(Box::new(shared)));
    go(&mut state);
    assert_eq!((state.schedule.as_ref(), state.order()), (None, order::ScheduleOrigin::Plain));
    assert!(
        state
            .notice
            .as_ref()
            .is_some_and(|notice| notice.text.starts_with("The plain run is shown, because"))
    );
}

#[test]
fn saved_work_and_links_know_what_a_reset_goes_back_to() {
    let mut state = fresh();
    tune(&mut state, "params.pool", "6");
    for shared in [state.shared(), state.kept()] {
        assert_eq!(shared.original, None, "the gallery has it");
        let mut other = State::new(OpenDocument::gallery("nova-caps"));
        other.apply(Action::OpenLink(Box::new(link::read(&link::write(&shared)).expect("our own"))));
        assert!(other.work.is_changed());
        other.apply(Action::Reset);
        assert!(other.work.is_of_gallery() && other.work.name == "nova-build-deadlock");
    }
    // A text of one's own: what was taken out of it is kept here, and not told to others.
    state.apply(Action::OpenText { name: "own.toml".into(), text: ALONE.into() });
    settle(&mut state);
    assert_eq!(state.kept().original, None, "it is as it was opened");
    state.apply(Action::Edit(ALONE.replace("7s", "8s")));
    assert_eq!(state.shared().original, None);
    let mut other = State::new(OpenDocument::gallery("nova-caps"));
    other.apply(Action::OpenLink(Box::new(link::read(&link::write(&state.kept())).expect("our own"))));
    assert!(other.work.is_changed() && other.work.source.contains("8s"));
    other.apply(Action::Reset);
    assert_eq!(&*other.work.source, ALONE);
}

#[test]
fn a_link_brings_the_cursor_back_between_two_events_and_at_the_end() {
    let mut state = fresh();
    let end = state.replay.end;
    for at in [0.0, 0.5e9, 1e9, 3.7e9, end] {
        state.apply(Action::Seek(at));
        let shared = link::read(&link::write(&state.shared())).expect("our own link");
        let mut other = fresh();
        other.apply(Action::OpenLink(Box::new(shared.clone())));
        settle(&mut other);
        assert_eq!((other.replay.at, other.replay.count), (state.replay.at, state.replay.count), "{at}");
        assert_eq!(other.shared(), shared);
    }
    // However far away a link says that it is.
    let shared = ShareLinkPayload { count: Some(3), at: Some(u64::MAX), ..state.shared() };
    state.apply(Action::OpenLink(Box::new(shared)));
    settle(&mut state);
    assert_eq!(state.replay.count, 3);
    assert_eq!(
        state.run.as_ref().map(|run| run.trace().count_until(state.replay.instant())).map(|n| n as u32 >= 3),
        Some(true)
    );
}

#[test]
fn what_the_variant_does_not_use_is_not_swept() {
    let mut state = fresh();
    state.apply(Action::Show("eventlet".into()));
    settle(&mut state);
    let pool =
        state.work.tunables.iter().find(|tunable| tunable.path == "params.pool").expect("it is listed");
    assert!(!pool.is_used && !control::ParameterControl::of(pool).is_used);
    state.apply(Action::Sizes(sizes::SizesAction::Open("params.pool".into())));
    assert!(state.sizes.is_none());
    // One that was opened where it is used.
    state.apply(Action::Show(BASE.into()));
    state.apply(Action::Sizes(sizes::SizesAction::Open("params.pool".into())));
    state.apply(Action::Show("eventlet".into()));
    state.apply(Action::Sizes(sizes::SizesAction::Run));
    let wrong = state.sizes.as_ref().and_then(|sizes| sizes.wrong.clone());
    assert!(wrong.is_some_and(|why| why.starts_with("The shown variant does not use")));
}

#[test]
fn a_run_is_old_while_the_next_one_takes_long() {
    let mut state = fresh();
    tune(&mut state, "params.pool", "6");
    let blank = IncrementalRunProgress { events: 1, now: Time(1), millis: 0.0, is_read: false };
    let far = |millis| Action::Running(IncrementalRunProgress { millis, ..blank });
    state.apply(far(300.0));
    assert!(!state.is_run_old(), "a blink is not told");
    state.apply(far(1200.0));
    assert!(state.is_run_old());
    settle(&mut state);
    assert!(!state.is_run_old());
}

#[test]
fn a_link_carries_a_branch_and_the_run_that_it_was_taken_from() {
    let mut state = fresh();
    let way: Schedule = "untimed/2.1".parse().expect("a schedule");
    state.apply(Action::Branch(way.clone(), 4));
    assert_eq!((state.schedule.as_ref(), state.beside.as_ref()), (Some(&way), Some(&None)));
    let link = link::write(&state.shared());
    let mut other = fresh();
    other.apply(Action::OpenLink(Box::new(link::read(&link).expect("our own link"))));
    assert_eq!((other.schedule.as_ref(), other.beside.as_ref()), (Some(&way), Some(&None)));
    other.apply(Action::Back);
    assert_eq!((other.schedule, other.beside), (None, None));
}

#[test]
fn a_lost_update_of_another_order_is_marked_on_the_track_of_its_cell() {
    let text = "[executors.pool]\nkind = \"threads\"\nworkers = 2\n[cells.count]\ninitial = 0\n\
        [tasks.early]\nsteps = [\"read count\", \"run 1s\", \"write count 1\"]\n[tasks.late]\nsteps = [\"run 5s\", \"read count\", \"run 1s\", \"write count 2\"]\n\
        [[arrivals]]\ntask = \"early\"\nto = \"pool\"\nat = \"0s\"\n[[arrivals]]\ntask = \"late\"\nto = \"pool\"\nat = \"0s\"\n";
    let work = OpenDocument::open("counters.toml", text, BASE);
    let scenario = work.scenario.expect("valid");
    let plain = AnalyzedRun::new(1, study::run::run(scenario.clone()));
    let mut explorer = study::explore::InterleavingExplorer::new(&scenario, Default::default());
    while !explorer.advance(u64::MAX) {}
    let is_lost = |kind: &FindingKind| matches!(kind, FindingKind::LostUpdate(..));
    let found = explorer.findings().iter().find(|found| is_lost(&found.kind)).expect("a lost update");
    let replay = study::schedule::replay(&scenario, &found.schedule).expect("it fits");
    let run = AnalyzedRun::new(2, replay.trace);
    assert!(plain.digest.lost_updates.is_empty() && !run.digest.lost_updates.is_empty());
    let track = &run.chart.cells[0];
    assert!(track.races.iter().any(|at| track.accesses[*at as usize].races), "{track:?}");
}
