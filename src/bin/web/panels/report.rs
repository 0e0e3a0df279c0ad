//! The design review of what is open, as a file to keep.

use crate::page::{SendAction, files};
use crate::store::Action;
use crate::store::study::{PanelStudy, StudyAction, StudyStatus};
use std::rc::Rc;
use threadbare::jobs::report::HtmlReport;
use yew::{Callback, Html, Properties, function_component, html};

/// What the panel shows.
#[derive(Properties, PartialEq)]
pub struct ReportPanelProps {
    /// The report, as far as it is made.
    pub report: PanelStudy<HtmlReport>,
    /// The name of the document's file.
    pub name: String,
    /// Where actions go.
    pub send: SendAction,
}

/// Asks for a report and offers it as a file.
#[function_component]
pub fn ReportPanel(props: &ReportPanelProps) -> Html {
    let step = |step: StudyAction<HtmlReport>| {
        let send = props.send.clone();
        Callback::from(move |_| send.emit(Action::Report(step.clone())))
    };
    let body = match (props.report.stage, &props.report.so_far) {
        (StudyStatus::Done, Some(made)) => {
            let (made, name) = (Rc::clone(made), file_name(&props.name));
            let save = Callback::from(move |_| files::download(&name, "text/html", made.html.as_bytes()));
            html! { <button onclick={save}>{ "Save the report" }</button> }
        }
        (StudyStatus::Going, _) => html! {
            <p class="row">
                <span>{ "Making the report…" }</span>
                <button class="quiet" onclick={step(StudyAction::Stop)}>{ "Stop" }</button>
            </p>
        },
        (StudyStatus::Unasked | StudyStatus::Stopped | StudyStatus::Done, _) => {
            html! { <button onclick={step(StudyAction::Ask)}>{ "Report" }</button> }
        }
    };
    html! {
        <section class="figures" aria-labelledby="report">
            <h3 id="report">{ "Report" }</h3>
            <p class="soft">{ "A design review in one file: the answer, the evidence, and what it rests on." }</p>
            <div role="status">{ body }</div>
        </section>
    }
}

/// `mine.toml` becomes `mine.report.html`.
fn file_name(name: &str) -> String {
    let stem = name.strip_suffix(".toml").or_else(|| name.strip_suffix(".json")).unwrap_or(name);
    format!("{stem}.report.html")
}
