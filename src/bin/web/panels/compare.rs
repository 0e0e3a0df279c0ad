//! Two runs in figures: what differs stands out.

use crate::store::differences::{self, Row};
use crate::store::run::SharedRun;
use yew::{Html, Properties, function_component, html, use_memo};

/// What the table shows.
#[derive(Properties, PartialEq)]
pub struct CompareProps {
    /// The shown run.
    pub run: SharedRun,
    /// The other one.
    pub other: SharedRun,
    /// What the shown one is called.
    pub name: String,
    /// What the other one is called.
    pub with: String,
}

/// The table of differences.
#[function_component]
pub fn Compare(props: &CompareProps) -> Html {
    let rows =
        use_memo((props.run.clone(), props.other.clone()), |(run, other)| differences::table(run, other));
    let line = |row: &Row| {
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
        <section class="differences" aria-labelledby="differences-title">
            <h2 id="differences-title">{ "What differs" }</h2>
            if same == rows.len() { <p class="empty">{ "Nothing that is measured." }</p> } else { { table(true) } }
            if same > 0 { <details><summary>{ all_same }</summary>{ table(false) }</details> }
        </section>
    }
}
