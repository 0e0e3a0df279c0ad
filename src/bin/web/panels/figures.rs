//! The run in numbers, or the chosen range of it.

use crate::page::SendAction;
use crate::store::Action;
use crate::store::differences;
use crate::store::run::SharedRun;
use threadbare::analysis::prose::grouped;
use threadbare::analysis::written::bytes_text;
use threadbare::analysis::{latency, occupancy};
use threadbare::view::range;
use threadbare::view::viewport::TimeWindow;
use yew::{Callback, Html, Properties, function_component, html, use_memo};

/// What the figures show.
#[derive(Properties, PartialEq)]
pub struct RunFiguresTableProps {
    /// Run whose figures are shown.
    pub run: SharedRun,
    /// The chosen range.
    pub range: Option<TimeWindow>,
    /// Where actions go.
    pub send: SendAction,
}

/// Tables of the run's figures.
#[function_component]
pub fn Figures(props: &RunFiguresTableProps) -> Html {
    let measured = use_memo((props.run.clone(), props.range), |(run, window)| {
        window.map(|window| range::measure(&run.digest, &run.chart, window))
    });
    match measured.as_ref() {
        Some(range) => of_range(range, props),
        None => of_run(props),
    }
}

fn seconds(value: f64) -> String {
    differences::seconds(value)
}

fn percent(share: Option<f64>) -> String {
    share.map_or("–".to_owned(), |share| format!("{:.0} %", share * 100.0))
}

fn of_run(props: &RunFiguresTableProps) -> Html {
    let digest = &props.run.digest;
    let counts = (props.run.trace().len() as u64, props.run.chart.pieces as u64);
    let size = format!("{} events, {} stretches", grouped(counts.0), grouped(counts.1));
    let task = |row: &latency::Row| {
        let of = |pick: fn(&latency::Figures) -> f64| {
            row.latency.as_ref().map_or("–".to_owned(), |figures| seconds(pick(figures)))
        };
        let split = |pick: fn(&latency::Split) -> f64| {
            row.split.as_ref().map_or("–".to_owned(), |split| seconds(pick(split)))
        };
        html! {
            <tr>
                <th scope="row">{ &row.task }</th>
                <td>{ row.counts.finished }{ " of " }{ row.counts.total() }</td>
                <td>{ of(|f| f.mean) }</td><td>{ of(|f| f.p99) }</td>
                <td>{ split(|s| s.delay + s.cap + s.queue) }</td><td>{ split(|s| s.running) }</td><td>{ split(|s| s.waiting) }</td>
            </tr>
        }
    };
    let executor = |row: &occupancy::Row| {
        let workers = row.workers.map_or("–".to_owned(), |most| format!("{} of {most}", row.peak_workers));
        html! {
            <tr>
                <th scope="row">{ &row.executor }</th><td>{ workers }</td><td>{ percent(row.utilisation) }</td>
                <td>{ row.peak_queue }</td><td>{ bytes_text(row.peak_memory) }</td>
            </tr>
        }
    };
    html! {
        <section class="figures" aria-labelledby="figures-title">
            <h2 id="figures-title">{ "The run in numbers" }</h2>
            <p class="soft"><span class="size">{ size }</span>{ ". Equal runs have equal fingerprints, here and on the command line: " }
                <code class="fingerprint">{ props.run.fingerprint() }</code></p>
            <div class="figure-tables">
                <table>
                    <thead><tr><th scope="col">{ "Tasks" }</th><th scope="col">{ "finished" }</th><th scope="col">{ "mean latency" }</th><th scope="col">{ "p99" }</th>
                        <th scope="col">{ "of it held or queued" }</th><th scope="col">{ "working" }</th><th scope="col">{ "waiting" }</th></tr></thead>
                    <tbody>{ for digest.latency.iter().map(task) }</tbody>
                </table>
                <table>
                    <thead><tr><th scope="col">{ "Executors" }</th><th scope="col">{ "most workers" }</th><th scope="col">{ "busy" }</th>
                        <th scope="col">{ "deepest queue" }</th><th scope="col">{ "memory" }</th></tr></thead>
                    <tbody>{ for digest.occupancy.executors.iter().map(executor) }</tbody>
                </table>
            </div>
        </section>
    }
}

fn of_range(range: &range::TimeRangeSummary, props: &RunFiguresTableProps) -> Html {
    let send = props.send.clone();
    let clear = Callback::from(move |_| send.emit(Action::Range(None)));
    let executor = |row: &range::ExecutorUsage| {
        html! {
            <tr>
                <th scope="row">{ &row.name }</th><td>{ row.work.to_string() }</td><td>{ row.waiting.to_string() }</td>
                <td>{ percent(row.utilisation) }</td><td>{ row.peak_queue }</td>
            </tr>
        }
    };
    let tasks = &props.run.trace().scenario.tasks;
    let kinds = range.by_type.iter().map(|(kind, length)| {
        let name = tasks.get(kind.index()).map_or("", |task| task.name.as_str());
        html! { <tr><th scope="row">{ name }</th><td>{ length.to_string() }</td></tr> }
    });
    html! {
        <section class="figures" aria-labelledby="figures-title">
            <div class="row">
                <h2 id="figures-title">{ format!("From {} to {}: {}", range.from, range.to, range.to.since(range.from)) }</h2>
                <button class="quiet" onclick={clear}>{ "Clear" }</button>
            </div>
            <p class="soft">{ format!("{} tasks submitted, {} started, {} ended", range.submitted, range.started, range.ended) }</p>
            <div class="figure-tables">
                <table>
                    <thead><tr><th scope="col">{ "Executors" }</th><th scope="col">{ "at work" }</th><th scope="col">{ "waiting" }</th>
                        <th scope="col">{ "busy" }</th><th scope="col">{ "deepest queue" }</th></tr></thead>
                    <tbody>{ for range.rows.iter().map(executor) }</tbody>
                </table>
                <table>
                    <thead><tr><th scope="col">{ "Tasks" }</th><th scope="col">{ "worker time" }</th></tr></thead>
                    <tbody>{ for kinds }</tbody>
                </table>
            </div>
        </section>
    }
}
