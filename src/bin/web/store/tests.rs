//! The newcomer's path and the mishaps on the way, without a page.

use super::jobs::{Line, Order};
use super::run::Run;
use super::study::Step;
use super::*;
use threadbare::language::BASE;
use threadbare::study;

/// Runs what the state wants, as the page does.
fn settle(state: &mut State) {
    let Some(scenario) = state.work.scenario.clone() else { return };
    let run = Run::new(state.wanted, study::run::run(scenario));
    state.apply(Action::Ran(SharedRun::new(run), None));
}

fn fresh() -> State {
    let mut state = State::new(Work::gallery("nova-build-deadlock"));
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
    assert!(verdict(&state).starts_with("At 3 s the 5 workers of `default`"), "{}", verdict(&state));
    state.apply(Action::Tick(50.0));
    assert!(state.replay.at > 0.0);
    state.apply(Action::Tune { path: "params.pool".into(), value: "6".into() });
    settle(&mut state);
    assert!(verdict(&state).starts_with("All 10 tasks were done"), "{}", verdict(&state));
    state.apply(Action::Reset);
    settle(&mut state);
    assert!(!state.work.is_changed());
}

#[test]
fn with_less_motion_the_end_is_shown_at_once() {
    let mut state = State::new(Work::gallery("nova-build-deadlock"));
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
    state.apply(Action::Ran(SharedRun::new(Run::new(old, study::run::run(scenario))), None));
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

    let mut other = State::new(Work::gallery("nova-caps"));
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
    let text = "#".repeat(threadbare::language::MOST_BYTES + 1);
    state.apply(Action::OpenText { name: "big.toml".into(), text });
    assert_eq!(state.work.source, before);
    assert!(state.notice.as_ref().is_some_and(|notice| notice.is_trouble));
}

/// Reads the recording that is to be read, as a worker does.
fn read(state: &mut State) {
    struct Last(Option<Imported>);
    impl Line for Last {
        fn tell(&mut self, message: Vec<u8>) {
            self.0 = jobs::unpacked(&message);
        }
        fn now(&self) -> f64 {
            0.0
        }
    }
    let Some(recording) = state.recording.clone() else { return };
    let (number, mut last) = (state.import.number, Last(None));
    match jobs::carry_out(&Order::Import(recording), &mut last) {
        Ok(()) => {
            let imported = Rc::new(last.0.expect("it is told"));
            state.apply(Action::Import(Step::SoFar(number, imported)));
        }
        Err(text) => {
            state.apply(Action::Import(Step::Over(number, false)));
            state.apply(Action::Notice(Some(Notice { text, is_trouble: true })));
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
        |notice: &Notice| !notice.is_trouble && notice.text.contains("tasks.csv was read as a table");
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
    state.apply(Action::OpenText { name: "x.json".into(), text: "{\"title\":\"A scenario\"}".into() });
    assert_eq!((state.work.name.as_str(), state.work.title()), ("x.json", "A scenario"));
}

#[test]
fn every_gallery_scenario_opens_without_a_problem() {
    for entry in threadbare::gallery::ENTRIES {
        let work = Work::gallery(entry.name);
        assert!(work.problems.is_empty(), "{}: {:?}", entry.name, work.problems);
        assert!(work.scenario.is_some() && !work.tunables.is_empty(), "{}", entry.name);
    }
}

/// Applies the first remedy for what the state shows.
fn mend(state: &mut State) {
    let remedy = jobs::advise::Offer {
        title: "another pool size".to_owned(),
        effect: None,
        verified: "Nothing hangs.".to_owned(),
        costs: Vec::new(),
        leaves: String::new(),
        text: threadbare::language::edit::set(&state.work.source, "params.pool", "6").expect("it can be set"),
    };
    let told = Advised { looked: (1, 1), troubles: Vec::new(), remedies: vec![remedy], refused: Vec::new() };
    state.apply(Action::Advise(Step::Ask));
    let number = state.advice.number;
    state.apply(Action::Advise(Step::SoFar(number, Rc::new(told))));
    state.apply(Action::Advise(Step::Over(number, true)));
    state.apply(Action::Apply(0));
}

#[test]
fn a_remedy_is_applied_and_taken_back_to_the_letter() {
    let mut state = fresh();
    assert!(state.wants_advice(), "it hangs and is small");
    let before = state.work.source.clone();
    mend(&mut state);
    settle(&mut state);
    assert!(verdict(&state).starts_with("All 10 tasks were done"), "{}", verdict(&state));
    assert!(!state.needs_advice() && state.advice.so_far.is_none(), "what was known is of another text");
    assert!(state.applied[0].told.starts_with("Applied: another pool size."));
    state.apply(Action::Undo);
    settle(&mut state);
    assert_eq!(state.work.source, before);
    assert!(state.applied.is_empty() && state.wants_advice());
}

#[test]
fn after_another_change_of_the_text_there_is_nothing_to_take_back() {
    let mut state = fresh();
    mend(&mut state);
    state.apply(Action::Tune { path: "params.builds".into(), value: "7".into() });
    let now = state.work.source.clone();
    state.apply(Action::Undo);
    assert_eq!(state.work.source, now);
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
    let work = Work::open("counters.toml", text, BASE);
    let scenario = work.scenario.expect("valid");
    let plain = Run::new(1, study::run::run(scenario.clone()));
    let mut explorer = study::explore::Explorer::new(&scenario, study::explore::Options::default());
    while !explorer.advance(u64::MAX) {}
    let is_lost =
        |found: &&study::explore::Finding| matches!(found.kind, study::explore::Kind::LostUpdate(..));
    let found = explorer.findings().iter().find(is_lost).expect("a lost update");
    let replay = study::schedule::replay(&scenario, &found.schedule).expect("it fits");
    let run = Run::new(2, replay.trace);
    assert!(plain.digest.lost_updates.is_empty() && !run.digest.lost_updates.is_empty());
    let track = &run.chart.cells[0];
    assert!(track.races.iter().any(|at| track.accesses[*at as usize].races), "{track:?}");
}
