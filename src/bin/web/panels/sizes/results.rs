//! What a sweep has come to: its chart, the same as a table, and the value to take.

use super::picture::SweepChartContent;
use super::plot::Plot;
use super::props::SizesPanelProps;
use crate::store::Action;
use crate::store::sizes::advice::SizeAdvice;
use crate::store::sizes::{PlottedQuantity, SizesAction};
use threadbare::analysis::prose::bound;
use threadbare::analysis::swept::{Cell, Swept};
use threadbare::analysis::written;
use web_sys::HtmlSelectElement;
use yew::{Callback, Event, Html, TargetCast, classes, html};

/// More rows than this are no table for people.
const MAX_ROWS: usize = 200;

/// Everything that has come so far.
pub fn results(props: &SizesPanelProps) -> Html {
    let Some(so_far) = props.sizes.study.so_far.clone().filter(|so_far| !so_far.swept.cells.is_empty())
    else {
        return html! {};
    };
    let trade = props.sizes.trade().filter(|_| props.sizes.looked.is_trade);
    let what = trade.map_or(SweepChartContent::Quantity(props.sizes.quantity()), SweepChartContent::Trade);
    let send = props.send.clone();
    let pick = Callback::from(move |cell| send.emit(Action::Sizes(SizesAction::Take(cell))));
    let exact = (!props.is_random).then_some(" Nothing is random, so one run at each value is enough.");
    let stale = props.sizes.is_stale.then_some("is-stale");
    html! {
        <div class={classes!("sizes-body", stale)}>
            <div class="sizes-chart">
                { looks(props, &so_far.swept) }
                <Plot so_far={so_far.clone()} {what} here={props.here.filter(|_| !props.sizes.is_stale)} dark={props.dark} scale={props.scale} {pick} />
                <p class="soft hint-line">{ "Click a point to open its run above." }{ exact.unwrap_or_default() }</p>
                { table(&so_far.swept, what) }
            </div>
            { advice(props) }
        </div>
    }
}

/// Which quantity, or memory against latency.
fn looks(props: &SizesPanelProps, swept: &Swept) -> Html {
    let (send, looked) = (props.send.clone(), props.sizes.looked.clone());
    let change = Callback::from(move |event: Event| {
        let Some(select) = event.target_dyn_into::<HtmlSelectElement>() else { return };
        let quantity = Some(select.value()).filter(|name| !name.is_empty());
        let is_trade = quantity.is_none();
        let quantity = quantity.or_else(|| looked.quantity.clone());
        send.emit(Action::Sizes(SizesAction::Look(PlottedQuantity { quantity, is_trade })));
    });
    let (at, trade) = (props.sizes.quantity(), props.sizes.trade());
    let is_trade = props.sizes.looked.is_trade && trade.is_some();
    let options = swept.quantities.iter().enumerate().map(|(number, quantity)| {
        html! { <option value={quantity.name.clone()} selected={!is_trade && number == at}>{ &quantity.name }</option> }
    });
    let against = trade.map(|[memory, latency]| {
        let name = |at: usize| &swept.quantities[at].name;
        html! { <option value="" selected={is_trade}>{ format!("{} against {}", name(latency), name(memory)) }</option> }
    });
    html! {
        <label class="looks">{ "Show" }<select onchange={change}>{ for options }{ against.unwrap_or_default() }</select></label>
    }
}

/// The same for whoever cannot see the chart, and for copying.
fn table(swept: &Swept, what: SweepChartContent) -> Html {
    let quantities: Vec<usize> = match what {
        SweepChartContent::Quantity(at) => vec![at],
        SweepChartContent::Trade(both) => both.to_vec(),
    };
    let row = |cell: &Cell| {
        let values =
            (0..swept.axes.len()).map(|axis| html! { <th scope="row">{ swept.value(cell, axis) }</th> });
        let figures = quantities.iter().map(|at| {
            let write = |value| written::figure(swept.quantities[*at].unit, value);
            let text = match cell.figures.get(*at).copied().flatten() {
                None => "–".to_owned(),
                Some(f) if f.low == f.high || !f.low.is_finite() => write(f.mean),
                Some(f) => format!("{} ({} to {})", write(f.mean), write(f.low), write(f.high)),
            };
            html! { <td>{ text }</td> }
        });
        let hung = written::number((cell.hung.mean * 100.0).round());
        let is_bad = (cell.standing.is_failed()).then_some("bad");
        html! {
            <tr class={classes!(is_bad)}>
                { for values }{ for figures }<td>{ hung }{ " %" }</td><td class="words">{ cell.standing.words() }</td>
            </tr>
        }
    };
    let heads = swept
        .axes
        .iter()
        .map(|axis| &axis.name)
        .chain(quantities.iter().map(|at| &swept.quantities[*at].name));
    let cut = swept.cells.len().saturating_sub(MAX_ROWS);
    html! {
        <details class="sizes-table">
            <summary>{ "The same as a table" }</summary>
            <div class="scroll" tabindex="0" role="group" aria-label="Table of the sweep">
                <table>
                    <thead><tr>{ for heads.map(|head| html! { <th scope="col">{ head }</th> }) }<th scope="col">{ "runs that hang" }</th><th scope="col">{ "expectations" }</th></tr></thead>
                    <tbody>{ for swept.cells.iter().take(MAX_ROWS).map(row) }</tbody>
                </table>
                if cut > 0 { <p class="soft">{ format!("And {cut} more.") }</p> }
            </div>
        </details>
    }
}

/// The value to take, why, and the way back.
fn advice(props: &SizesPanelProps) -> Html {
    let sizes = &props.sizes;
    let Some(SizeAdvice { headline, cell, lines }) = sizes.advice(props.here) else { return html! {} };
    let so_far = sizes.study.is_going().then(|| html! { <p class="soft">{ "So far:" }</p> });
    let named = |values: &[(String, String)]| {
        values.iter().map(|(_, value)| value.clone()).collect::<Vec<_>>().join(" and ")
    };
    let take = cell.filter(|cell| props.here != Some(*cell)).map(|cell| {
        let label = format!("Apply {}", named(&sizes.values(cell)));
        html! { <button class="primary" disabled={sizes.is_stale} onclick={props.act(SizesAction::Take(cell))}>{ label }</button> }
    });
    let back = sizes.before.as_ref().map(|before| {
        html! { <button onclick={props.act(SizesAction::Back)}>{ format!("Back to {}", named(before)) }</button> }
    });
    let limit =
        sizes.limit.as_ref().filter(|_| cell.is_some()).map(|limit| html! { <li>{ limit.to_string() }</li> });
    html! {
        <div class="sizes-advice">
            { so_far.unwrap_or_default() }
            <h3 role="status">{ headline }</h3>
            <ul>{ for lines.iter().map(|line| html! { <li>{ bound(line) }</li> }) }{ limit.unwrap_or_default() }</ul>
            <div class="row">{ take.unwrap_or_default() }{ back.unwrap_or_default() }</div>
        </div>
    }
}
