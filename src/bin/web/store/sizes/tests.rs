//! A sweep from the press on a slider to the value that is taken, without a page.

use super::super::study::StudyStatus;
use super::super::{Action, State};
use super::*;
use std::cell::Cell;
use threadbare::jobs::{JobHost, JobRequest, execute, sweep};
use threadbare::language::{Document, Overrides};
use threadbare::study::axis::SweepAxis;
use threadbare::study::replicate::ReplicationEffort;
use threadbare::study::sweep::SweepPlan;

const BUILDS: &str = "nova-build-deadlock";

/// A queue whose times are drawn.
const DRAWN: &str = r#"
[params.pool]
value = 4
min = 1
max = 6
[executors.pool]
kind = "threads"
workers = "$pool"
[tasks.job]
steps = ["run exp(1s)"]
[[arrivals]]
task = "job"
to = "pool"
rate = "2/s"
count = 60
[expect]
"latency.job.mean" = "< 2s"
"#;

/// A line whose clock leaps, so that all is told.
struct MessageLog<'a>(&'a mut dyn FnMut(Vec<u8>), Cell<f64>);

impl JobHost for MessageLog<'_> {
    fn send(&mut self, message: Vec<u8>) {
        (self.0)(message);
    }

    fn now(&self) -> f64 {
        self.1.set(self.1.get() + 60.0);
        self.1.get()
    }
}

/// Runs what was asked in `parts` parts, one message of each in turn.
fn run_in(parts: usize, asked: &SweepRequest) -> sweep::SweepProgress {
    let mut told: Vec<Vec<Vec<u8>>> = Vec::new();
    for part in 0..parts {
        let order = sweep::SweepJob {
            subject: asked.subject.clone(),
            axes: asked.axes.clone(),
            metrics: asked.metrics.clone(),
            runs: asked.runs,
            part,
            parts,
        };
        let mut messages = Vec::new();
        let mut line = MessageLog(&mut |message| messages.push(message), Cell::new(0.0));
        execute(&JobRequest::Sweep(order), &mut line).expect("a good order");
        told.push(messages);
    }
    let mut so_far = sweep::SweepProgress::new(parts, &asked.labels);
    let longest = told.iter().map(Vec::len).max().unwrap_or(0);
    let mut share = 0.0;
    for at in 0..longest {
        for (part, messages) in told.iter().enumerate() {
            if let Some(message) = messages.get(at) {
                so_far.take(part, message).expect("our own message");
            }
        }
        assert!(so_far.share() >= share, "it goes on, not back");
        share = so_far.share();
    }
    assert_eq!(share, 1.0);
    so_far
}

fn opened(work: OpenDocument, path: &str) -> State {
    let mut state = State::new(work);
    state.apply(Action::Sizes(SizesAction::Open(path.to_owned())));
    state
}

fn study(state: &State) -> &SizesPanelState {
    state.sizes.as_deref().expect("the study is open")
}

/// Runs what the study wants, as the page does.
fn settle(state: &mut State) {
    let asked = study(state).asked.clone().expect("it is asked");
    let number = study(state).study.number;
    let so_far = Rc::new(run_in(2, &asked));
    state.apply(Action::Sizes(SizesAction::Progress(number, so_far, 500.0)));
    state.apply(Action::Sizes(SizesAction::Over(number, Ok(()))));
}

#[test]
fn six_workers_are_the_fewest_that_build_and_taking_them_leaves_the_study_true() {
    let mut state = opened(OpenDocument::gallery(BUILDS), "params.pool");
    let fields = &study(&state).fields.first;
    assert_eq!((fields.from.as_str(), fields.to.as_str(), fields.step.as_str()), ("1", "20", "1"));
    assert_eq!(study(&state).study.stage, StudyStatus::Going, "it begins at once");
    assert_eq!(study(&state).asked.as_ref().map(|asked| asked.runs), Some(1), "nothing is drawn");
    settle(&mut state);
    let swept = study(&state).swept().expect("results");
    assert_eq!(swept.axes[0].name, "Default pool workers");
    let hanging: Vec<usize> =
        swept.cells.iter().filter(|cell| cell.hung.mean > 0.0).map(|cell| cell.cell + 1).collect();
    assert_eq!(hanging, [1, 2, 3, 4, 5]);
    assert_eq!(study(&state).here(&state.work), Some(4));
    let advice = study(&state).advice(Some(4)).expect("there is one");
    assert_eq!(advice.headline, "6 is the smallest that meets what is expected.");
    let wanted = state.wanted;
    state.apply(Action::Sizes(SizesAction::Take(advice.cell.expect("six"))));
    assert_eq!(state.work.scenario.as_ref().and_then(|scenario| scenario.executors[0].workers()), Some(6));
    assert!(state.wanted > wanted && !study(&state).is_stale, "its run is wanted, the chart is as true");
    assert_eq!(study(&state).here(&state.work), Some(5));
    state.apply(Action::Sizes(SizesAction::Take(0)));
    state.apply(Action::Sizes(SizesAction::Back));
    assert!(!state.work.is_changed(), "back to what there was before the first was taken");
    assert!(study(&state).before.is_none());
}

#[test]
fn it_is_of_the_text_with_the_swept_value_left_open() {
    let mut state = opened(OpenDocument::gallery(BUILDS), "params.pool");
    settle(&mut state);
    let tune = |state: &mut State, path: &str, value: &str| {
        state.apply(Action::Tune { path: path.to_owned(), value: value.to_owned() });
    };
    tune(&mut state, "params.pool", "9");
    assert!(!study(&state).is_stale);
    tune(&mut state, "params.builds", "7");
    assert!(study(&state).is_stale, "more builds are another question");
    tune(&mut state, "params.builds", "5");
    assert!(!study(&state).is_stale, "the text is back");
    state.apply(Action::Show("eventlet".to_owned()));
    assert!(study(&state).is_stale);
    state.apply(Action::Show("base".to_owned()));
    state.apply(Action::Edit("broken [".to_owned()));
    assert!(study(&state).is_stale);
    state.apply(Action::Sizes(SizesAction::Run));
    assert!(study(&state).wrong.is_some() && study(&state).swept().is_some(), "what there was stays");
    state.apply(Action::OpenGallery("nova-caps".to_owned()));
    assert!(state.sizes.is_none(), "another scenario, another question");
}

#[test]
fn a_sweep_is_the_same_in_however_many_parts() {
    let state = opened(OpenDocument::open("drawn", DRAWN, "base"), "params.pool");
    let mut asked = study(&state).asked.as_deref().expect("it is asked").clone();
    assert_eq!(asked.runs, 30);
    asked.runs = 7;
    asked.axes.push(("arrivals.0.count".to_owned(), vec!["40".to_owned(), "60".to_owned()]));
    asked.labels.push("arrivals".to_owned());
    let whole = run_in(1, &asked);
    assert_eq!(whole.runs(), 6 * 2 * 7);
    for parts in [2, 5, 12] {
        assert_eq!(run_in(parts, &asked).swept, whole.swept, "{parts} parts");
    }
    // And the same as on the command line.
    let document = Document::parse("drawn", DRAWN).expect("valid");
    let axis =
        |(path, values): &(String, Vec<String>)| SweepAxis { path: path.clone(), values: values.clone() };
    let axes = asked.axes.iter().map(axis).collect();
    let effort = ReplicationEffort { runs: 7, ..ReplicationEffort::default() };
    let sweep = SweepPlan::new(&document, "base", &Overrides::default(), axes, &asked.metrics, effort);
    let sweep = sweep.expect("a good sweep");
    let mut cells = Vec::new();
    let every: Vec<usize> = (0..sweep.cells()).collect();
    sweep.run(&every, |cell| {
        cells.push(cell.clone());
        true
    });
    assert_eq!(sweep.swept(&cells).cells, whole.swept.cells);
}

#[test]
fn what_is_done_when_it_is_stopped_stays_and_a_late_message_changes_nothing() {
    let mut state = opened(OpenDocument::open("drawn", DRAWN, "base"), "params.pool");
    let asked = study(&state).asked.clone().expect("it is asked");
    let number = study(&state).study.number;
    let mut part = sweep::SweepProgress::new(2, &asked.labels);
    let mut message = None;
    let order = sweep::SweepJob {
        subject: asked.subject.clone(),
        axes: asked.axes.clone(),
        metrics: asked.metrics.clone(),
        runs: asked.runs,
        part: 1,
        parts: 2,
    };
    let mut first = |told: Vec<u8>| message = message.take().or(Some(told));
    execute(&JobRequest::Sweep(order), &mut MessageLog(&mut first, Cell::new(0.0))).expect("a good order");
    part.take(1, &message.expect("something is told")).expect("our own message");
    state.apply(Action::Sizes(SizesAction::Progress(number, Rc::new(part), 100.0)));
    let (share, _) = study(&state).progress().expect("it is under way");
    assert!(share > 0.0 && share < 0.1, "{share}");
    state.apply(Action::Sizes(SizesAction::Stop));
    assert_eq!((study(&state).study.stage, study(&state).progress()), (StudyStatus::Stopped, None));
    assert_eq!(study(&state).swept().map(|swept| swept.cells.len()), Some(1));
    state.apply(Action::Sizes(SizesAction::Progress(number, Rc::new(run_in(1, &asked)), 900.0)));
    assert_eq!(study(&state).swept().map(|swept| swept.cells.len()), Some(1));
}

#[test]
fn what_cannot_be_asked_is_told_before_anything_runs() {
    let mut state = opened(OpenDocument::open("drawn", DRAWN, "base"), "params.pool");
    state.apply(Action::Sizes(SizesAction::Stop));
    let good = study(&state).fields.clone();
    let other = ParameterRangeFields {
        path: "arrivals.0.count".to_owned(),
        to: "100".to_owned(),
        ..good.first.clone()
    };
    let wrong = [
        SweepForm { runs: "0".to_owned(), ..good.clone() },
        SweepForm { runs: "many".to_owned(), ..good.clone() },
        SweepForm { second: Some(good.first.clone()), ..good.clone() },
        SweepForm {
            first: ParameterRangeFields { to: "190".to_owned(), ..good.first.clone() },
            second: Some(other),
            ..good.clone()
        },
    ];
    for fields in wrong {
        let number = study(&state).study.number;
        state.apply(Action::Sizes(SizesAction::Type(Box::new(fields.clone()))));
        state.apply(Action::Sizes(SizesAction::Run));
        assert!(study(&state).wrong.is_some(), "{fields:?}");
        assert_eq!(study(&state).study.number, number);
    }
    state.apply(Action::Sizes(SizesAction::Type(Box::new(good))));
    state.apply(Action::Sizes(SizesAction::Run));
    assert_eq!((study(&state).wrong.as_ref(), study(&state).study.is_going()), (None, true));
}

#[test]
fn every_slider_of_the_gallery_can_be_asked() {
    let mut asked = 0;
    for entry in threadbare::gallery::ENTRIES {
        let work = OpenDocument::gallery(entry.name);
        for tunable in work.tunables.iter() {
            let Some(sizes) = SizesPanelState::open(&work, &tunable.path, 100) else { continue };
            let found =
                sizes.ask(&work).unwrap_or_else(|why| panic!("{}: {}: {why}", entry.name, tunable.path));
            assert!(found.basis.is_some(), "{}: {}", entry.name, tunable.path);
            asked += 1;
        }
    }
    assert!(asked > 30, "only {asked}");
}
