//! Can it ever hang? Every order of events, looked at in the background; what is found opens in the replay.
//!
//! The exploration runs in slices on the page's own thread, shorter than a frame, and stops when the scenario
//! changes. Nothing of it is kept with the work: it is found again in moments.

use crate::page::{Send, now};
use crate::store::Action;
use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use threadbare::model::scenario::Scenario;
use threadbare::study::explore::words;
use threadbare::study::explore::{Coverage, Explorer, Finding, Kind, Options, shorten};
use threadbare::study::schedule::{Schedule, View};
use yew::{
    Callback, Html, Properties, UseStateHandle, classes, function_component, html, use_effect_with,
    use_mut_ref, use_state,
};

/// How long a slice may take, in milliseconds.
const SLICE_MILLIS: f64 = 10.0;
/// Steps between two looks at the clock.
const LOOK_EVERY: u64 = 50;
/// Most states in each view: some hundred megabytes at the deepest.
const MOST_STATES: usize = 200_000;
/// How much is tried to make a finding short before it is shown: a blink.
const EFFORT: u64 = 1_500;
/// Findings that are listed of each view.
const MOST_LISTED: usize = 5;

/// A scenario. Two are equal if they are the same one.
#[derive(Clone)]
pub struct SharedScenario(pub Arc<Scenario>);

impl PartialEq for SharedScenario {
    fn eq(&self, other: &SharedScenario) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// What the panel shows.
#[derive(Properties, PartialEq)]
pub struct ExploreProps {
    /// The shown variant.
    pub scenario: SharedScenario,
    /// The way that the shown run goes, if it is not the plain one.
    pub schedule: Option<Schedule>,
    /// Where actions go.
    pub send: Send,
}

/// What one view has come to.
#[derive(Clone, PartialEq)]
struct Looked {
    view: View,
    coverage: Coverage,
    findings: Vec<Finding>,
    over: bool,
}

const VIEWS: [View; 2] = [View::Timed, View::Untimed { timeouts_last: false }];

fn options(view: View) -> Options {
    Options { view, most_states: MOST_STATES, ..Options::default() }
}

/// An exploration under way.
struct Search {
    scenario: Arc<Scenario>,
    explorer: Explorer,
    /// The views that are over, and the present one.
    looked: Vec<Looked>,
    timer: Option<Timeout>,
}

type Shared = Rc<RefCell<Option<Search>>>;

impl Search {
    fn new(scenario: &Arc<Scenario>) -> Search {
        let explorer = Explorer::new(scenario, options(VIEWS[0]));
        Search { scenario: Arc::clone(scenario), explorer, looked: Vec::new(), timer: None }
    }

    /// Looks on for a slice; what there is to show.
    fn slice(&mut self) -> Vec<Looked> {
        let until = now() + SLICE_MILLIS;
        let mut over = self.explorer.advance(LOOK_EVERY);
        while !over && now() < until {
            over = self.explorer.advance(LOOK_EVERY);
        }
        let at = self.looked.iter().filter(|looked| looked.over).count();
        self.looked.truncate(at);
        self.looked.push(Looked {
            view: VIEWS[at],
            coverage: self.explorer.coverage().clone(),
            findings: self.explorer.findings().to_vec(),
            over,
        });
        if over && at + 1 < VIEWS.len() {
            self.explorer = Explorer::new(&self.scenario, options(VIEWS[at + 1]));
        }
        self.looked.clone()
    }

    fn is_over(&self) -> bool {
        self.looked.iter().filter(|looked| looked.over).count() == VIEWS.len()
    }
}

/// Goes on slice by slice.
fn go_on(search: Shared, shown: UseStateHandle<Vec<Looked>>) {
    let again = Rc::clone(&search);
    let handle = shown.clone();
    if let Some(search) = search.borrow_mut().as_mut() {
        let looked = search.slice();
        let is_over = search.is_over();
        shown.set(looked);
        search.timer = (!is_over).then(|| Timeout::new(0, move || go_on(again, handle)));
    }
}

/// The panel.
#[function_component]
pub fn Explore(props: &ExploreProps) -> Html {
    let search: Shared = use_mut_ref(|| None);
    let shown = use_state(Vec::<Looked>::new);
    {
        let (search, shown) = (Rc::clone(&search), shown.clone());
        use_effect_with(props.scenario.clone(), move |_| {
            search.borrow_mut().take();
            shown.set(Vec::new());
        });
    }
    let start = {
        let (search, shown, scenario) = (Rc::clone(&search), shown.clone(), Arc::clone(&props.scenario.0));
        Callback::from(move |_| {
            *search.borrow_mut() = Some(Search::new(&scenario));
            go_on(Rc::clone(&search), shown.clone());
        })
    };
    let stop = {
        let (search, shown) = (Rc::clone(&search), shown.clone());
        Callback::from(move |_| {
            search.borrow_mut().take();
            let ended = |looked: &Looked| Looked { over: true, ..looked.clone() };
            shown.set(shown.iter().map(ended).collect());
        })
    };
    let is_looking =
        shown.last().is_some_and(|last| !last.over || shown.len() < VIEWS.len()) && search.borrow().is_some();
    let button = if is_looking {
        html! { <button class="quiet" onclick={stop}>{ "Stop" }</button> }
    } else if shown.is_empty() {
        html! { <button onclick={start}>{ "Look at every order" }</button> }
    } else {
        html! { <button class="quiet" onclick={start}>{ "Look again" }</button> }
    };
    html! {
        <section class="explore" aria-labelledby="ever">
            <h3 id="ever">{ "Can it ever go wrong?" }</h3>
            { way(props) }
            if shown.is_empty() {
                <p>{ "This run is one order of events. Others are possible." }</p>
            }
            <div role="status">{ for (0..shown.len()).map(|at| view(&shown, at, props)) }</div>
            { button }
        </section>
    }
}

/// That the shown run goes a way of its own, and the way back.
fn way(props: &ExploreProps) -> Html {
    let Some(schedule) = &props.schedule else { return html! {} };
    let send = props.send.clone();
    let back = Callback::from(move |_| send.emit(Action::Follow(None)));
    html! {
        <p class="way">
            { "Shown now: a run that goes its own way, " }<code>{ schedule.to_string() }</code>{ ". " }
            <button class="name" onclick={back}>{ "Show the plain run" }</button>
        </p>
    }
}

/// What one view has come to. What an earlier one found already is not listed again.
fn view(shown: &[Looked], at: usize, props: &ExploreProps) -> Html {
    let (looked, earlier) = (&shown[at], &shown[..at]);
    let is_new = |found: &&Finding| {
        let known = |other: &Finding| other.kind == found.kind;
        !earlier.iter().any(|looked| looked.findings.iter().any(known))
    };
    let c = &looked.coverage;
    let grave = looked.findings.iter().any(|found| !matches!(found.kind, Kind::Stall(_)));
    let (class, sign, word) = match (looked.findings.is_empty(), looked.over, c.exhausted) {
        (false, ..) if grave => ("bad", "✗", if looked.view == View::Timed { "Found" } else { "Possible" }),
        (false, ..) => ("doubtful", "!", "A stall is possible"),
        (true, false, _) => ("doubtful", "…", "Looking"),
        (true, true, true) => ("good", "✓", "Nothing goes wrong"),
        (true, true, false) => ("doubtful", "?", "Nothing found so far"),
    };
    let new = looked.findings.iter().filter(is_new);
    let items = new.take(MOST_LISTED).map(|found| finding(found, looked.view, props));
    let is_same = !looked.findings.is_empty() && !looked.findings.iter().any(|found| is_new(&found));
    let same = is_same.then_some(" The same as above.");
    let cut = (!c.cut_arrivals.is_empty()).then_some(" Not all arrivals were looked at.");
    html! {
        <div class={classes!("looked", class)}>
            <p>
                <span class="sign" aria-hidden="true">{ sign }</span>
                <strong>{ word }{ " " }{ words::under(looked.view) }</strong>
                <span class="covered">{ words::covered(c) }{ "." }{ same }{ cut }</span>
            </p>
            <ul>{ for items }</ul>
        </div>
    }
}

/// One finding, which opens in the replay.
fn finding(found: &Finding, view: View, props: &ExploreProps) -> Html {
    let (send, scenario, finding) = (props.send.clone(), Arc::clone(&props.scenario.0), found.clone());
    let open = Callback::from(move |_| {
        let short = shorten(&scenario, &options(view), &finding, EFFORT);
        let is_plain = short.schedule == Schedule::plain();
        send.emit(Action::Follow((!is_plain).then_some(short.schedule)));
    });
    let task = |kind: threadbare::model::id::TaskTypeId| props.scenario.0.tasks[kind.index()].name.clone();
    let of = match &found.kind {
        Kind::Deadlock(steps) | Kind::Partial(steps) | Kind::Stall(steps) => {
            let mut names: Vec<String> = steps.iter().map(|(kind, _)| task(*kind)).collect();
            names.dedup();
            names.join(", ")
        }
        Kind::LostUpdate(kind, _) => task(*kind),
        Kind::Final(number) => props.scenario.0.expectations[*number].text.clone(),
        Kind::Endless(_) => String::new(),
    };
    html! {
        <li><button class="finding" onclick={open}>
            <strong>{ words::kind_words(&found.kind) }</strong>{ " " }<span>{ of }</span>
            <span class="show">{ "Show it" }</span>
        </button></li>
    }
}
