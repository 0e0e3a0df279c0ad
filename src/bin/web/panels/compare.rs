//! Two variants held against each other: over many runs on the same draws, and the two runs that are shown.

use super::branch::FirstDifference;
use super::prose::coded;
use crate::page::{SendAction, clipboard};
use crate::store::Action;
use crate::store::differences::{self, FigureDifferenceRow};
use crate::store::run::SharedRun;
use crate::store::study::{PanelStudy, StudyAction, StudyStatus};
use threadbare::analysis::prose::bound;
use threadbare::jobs::compare::{Change, CompareProgress, Compared, Row};
use threadbare::view::eventlist;
use yew::{Callback, Html, Properties, classes, function_component, html, use_memo};

/// What the panel shows.
#[derive(Properties, PartialEq)]
pub struct ComparisonPanelProps {
    /// The shown run.
    pub run: SharedRun,
    /// The other one.
    pub other: SharedRun,
    /// What the shown one is called.
    pub name: String,
    /// What the other one is called.
    pub with: String,
    /// The two over many runs; none if both are of one variant.
    #[prop_or_default]
    pub runs: Option<PanelStudy<CompareProgress>>,
    /// Where the two runs part.
    pub parted: Option<FirstDifference>,
    /// Where actions go.
    pub send: SendAction,
}

/// What differs: over many runs, then in the two that are shown.
#[function_component]
pub fn Compare(props: &ComparisonPanelProps) -> Html {
    html! {
        <section class="differences" aria-labelledby="differences-title">
            <h2 id="differences-title">{ "What differs" }</h2>
            { for props.runs.as_ref().map(|runs| over_many(runs, props)) }
            <Shown run={props.run.clone()} other={props.other.clone()} name={props.name.clone()} with={props.with.clone()} />
            { for props.runs.as_ref().and(props.parted).map(|parted| first_moment(parted, props)) }
        </section>
    }
}

/// The comparison over many runs, as far as it is made.
fn over_many(runs: &PanelStudy<CompareProgress>, props: &ComparisonPanelProps) -> Html {
    let act = |step: StudyAction<CompareProgress>| {
        let send = props.send.clone();
        Callback::from(move |_| send.emit(Action::CompareRuns(step.clone())))
    };
    let so_far = runs.so_far.as_deref();
    match (runs.stage, so_far.and_then(CompareProgress::compared)) {
        (StudyStatus::Done, Some(compared)) => {
            html! { <div class="over-many">{ compared_runs(compared, props) }</div> }
        }
        (StudyStatus::Unasked | StudyStatus::Going, _) => html! {
            <p class="row">
                <span class="soft" role="status">{ "Comparing over many runs…" }</span>
                { for so_far.map(how_far) }
                <button class="quiet" onclick={act(StudyAction::Stop)}>{ "Stop" }</button>
            </p>
        },
        (StudyStatus::Stopped | StudyStatus::Done, _) => html! {
            <p class="row"><button onclick={act(StudyAction::Ask)}>{ "Compare over many runs" }</button></p>
        },
    }
}

/// How many of the runs are made.
fn how_far(so_far: &CompareProgress) -> Html {
    let CompareProgress::Running { done, all } = so_far else { return Html::default() };
    let share = *done as f64 / (*all).max(1) as f64;
    html! {
        <>
            <progress max="1" value={format!("{share:.3}")} aria-label="Share of the runs"></progress>
            <span class="soft">{ format!("{done} of {all} runs") }</span>
        </>
    }
}

fn compared_runs(compared: &Compared, props: &ComparisonPanelProps) -> Html {
    let copy = {
        let (text, send) = (compared.markdown(), props.send.clone());
        Callback::from(move |_| {
            clipboard::copy(text.clone(), "The comparison is copied as Markdown.", send.clone())
        })
    };
    let table = |label: &'static str, is_bill: bool| {
        let rows = compared.rows.iter().filter(move |row| row.is_bill == is_bill);
        html! {
            <table aria-label={label}>
                <thead><tr>
                    <th scope="col">{ label }</th><th scope="col">{ &props.name }</th><th scope="col">{ &props.with }</th><th scope="col">{ "difference" }</th>
                </tr></thead>
                <tbody>{ for rows.map(line) }</tbody>
            </table>
        }
    };
    let design =
        |name: &String, line: &String| html! { <li><strong>{ name }</strong>{ ": " }{ coded(line) }</li> };
    html! {
        <>
            <p class="sentence" role="status">{ coded(&compared.sentence) }</p>
            { table("Results", false) }
            { table("Costs", true) }
            <ul class="designs">{ design(&props.name, &compared.designs[0]) }{ design(&props.with, &compared.designs[1]) }</ul>
            <p class="soft">{ &compared.runs }{ "." }</p>
            <p class="row"><button onclick={copy}>{ "Copy as Markdown" }</button></p>
        </>
    }
}

fn line(row: &Row) -> Html {
    let [first, second, difference, _] = &row.cells;
    let class = match row.change {
        Change::Better => "is-fine",
        Change::Worse => "is-worse",
        Change::Different => "",
        Change::Same | Change::Unknown => "soft",
    };
    html! {
        <tr data-metric={row.metric.clone()}>
            <th scope="row">{ label(&row.metric) }</th>
            <td>{ bound(first) }</td>
            <td>{ bound(second) }</td>
            <td class={classes!("difference", class)}>
                { bound(difference) }
                { for row.worth().map(|worth| html! { <span class="worth">{ bound(&worth) }</span> }) }
            </td>
        </tr>
    }
}

/// A metric as a person calls it: `latency.build.p99` is the p99 of `build`.
fn label(metric: &str) -> Html {
    let parts: Vec<&str> = metric.split('.').collect();
    match parts.as_slice() {
        ["latency", task, "max"] => html! { <>{ "longest " }<code>{ *task }</code></> },
        ["latency", task, statistic] => html! { <>{ *statistic }{ " of " }<code>{ *task }</code></> },
        ["throughput", task] => html! { <>{ "throughput of " }<code>{ *task }</code></> },
        ["rejected"] => html! { "refused" },
        ["cpu", "total"] => html! { "CPU time" },
        ["makespan"] => html! { "until all is done" },
        [what, "max"] => html! { <>{ *what }{ ", at most" }</> },
        [what, "mean"] => html! { <>{ *what }{ ", on average" }</> },
        _ => html! { <code>{ metric }</code> },
    }
}

/// The first moment at which the two shown runs differ.
fn first_moment(parted: FirstDifference, props: &ComparisonPanelProps) -> Html {
    let FirstDifference { event, here, there } = parted;
    let send = props.send.clone();
    let count = event.0 + 1;
    let go = Callback::from(move |_| send.emit(Action::SeekCount(count)));
    let says = |run: &SharedRun, at| match run.trace().records.get(event.index()) {
        Some(_) => format!("{at}: {}", eventlist::line(&run.digest, event).text),
        None => "it is over".to_owned(),
    };
    html! {
        <div class="first-moment">
            <h3>{ "First moment they differ" }</h3>
            <dl>
                <dt>{ &props.name }</dt><dd>{ says(&props.run, here) }</dd>
                <dt>{ &props.with }</dt><dd>{ says(&props.other, there) }</dd>
            </dl>
            <p class="row"><button onclick={go}>{ "Go there" }</button></p>
        </div>
    }
}

/// What the table of the two shown runs needs.
#[derive(Properties, PartialEq)]
struct ShownRunsTableProps {
    run: SharedRun,
    other: SharedRun,
    name: String,
    with: String,
}

/// The two shown runs in figures: what differs stands out.
#[function_component]
fn Shown(props: &ShownRunsTableProps) -> Html {
    let rows =
        use_memo((props.run.clone(), props.other.clone()), |(run, other)| differences::table(run, other));
    let line = |row: &FigureDifferenceRow| {
        html! { <tr><th scope="row">{ &row.name }</th><td>{ &row.here }</td><td>{ &row.there }</td></tr> }
    };
    let table = |differing: bool| {
        let lines = rows.iter().filter(move |row| row.differs() == differing).map(line);
        html! {
            <table>
                <thead><tr><td></td><th scope="col">{ &props.name }</th><th scope="col">{ &props.with }</th></tr></thead>
                <tbody>{ for lines }</tbody>
            </table>
        }
    };
    let same = rows.iter().filter(|row| !row.differs()).count();
    let all_same = match same {
        1 => "1 figure is the same".to_owned(),
        many => format!("{many} figures are the same"),
    };
    html! {
        <div class="these-runs">
            <h3>{ "In the two runs that are shown" }</h3>
            if same == rows.len() { <p class="empty">{ "Nothing that is measured." }</p> } else { { table(true) } }
            if same > 0 { <details><summary>{ all_same }</summary>{ table(false) }</details> }
        </div>
    }
}
