//! A scenario of one's own: six templates, and a short form that writes the text.

use super::dialogs::Frame;
use crate::page::{SendAction, files};
use crate::store::Action;
use crate::store::templates::{MAX_RATE, MAX_WORKERS, ScenarioTemplate, ScenarioTemplateForm, TEMPLATES};
use web_sys::HtmlInputElement;
use yew::{
    Callback, Event, Html, InputEvent, Properties, SubmitEvent, TargetCast, UseStateHandle,
    function_component, html, use_state,
};

/// What the dialog needs.
#[derive(Properties, PartialEq)]
pub struct NewScenarioDialogProps {
    /// Where actions go.
    pub send: SendAction,
}

/// The dialog in full.
#[function_component]
pub fn NewScenario(props: &NewScenarioDialogProps) -> Html {
    let form = use_state(ScenarioTemplateForm::default);
    let cards = TEMPLATES.iter().map(|template| card(template, &props.send));
    let submit = {
        let (send, form) = (props.send.clone(), form.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let (name, text) = (format!("{}.toml", form.task_name()), form.text());
            send.emit(Action::OpenText { name, text });
        })
    };
    let send = props.send.clone();
    let open = Callback::from(move |event: Event| {
        let input = event.target_dyn_into::<HtmlInputElement>();
        if let Some(file) = input.and_then(|input| input.files()).and_then(|files| files.get(0)) {
            files::open(file, send.clone());
        }
    });
    html! {
        <Frame title="New" wide={true} send={props.send.clone()}>
            <section aria-labelledby="new-form">
                <h3 id="new-form">{ "Yours: four questions" }</h3>
                <form class="new-form" onsubmit={submit}>
                    <fieldset>
                        <legend>{ "What arrives, and how often?" }</legend>
                        { word(&form) }
                        { number(&form, "Arrivals a second", (1, MAX_RATE), |form| form.rate, |form, n| form.rate = n) }
                    </fieldset>
                    <fieldset>
                        <legend>{ "Which pool takes it?" }</legend>
                        { number(&form, "Workers", (1, MAX_WORKERS), |form| form.workers, |form, n| form.workers = n) }
                        { number(&form, "It works for, ms", (1, 60_000), |form| form.work_ms, |form, n| form.work_ms = n) }
                    </fieldset>
                    <fieldset>
                        <legend>{ "Does it call a database?" }</legend>
                        { number(&form, "Connections (0: none)", (0, MAX_WORKERS), |form| form.connections, |form, n| form.connections = n) }
                    </fieldset>
                    <fieldset>
                        <legend>{ "Does it fan out?" }</legend>
                        { number(&form, "Tasks it waits for (0: none)", (0, 20), |form| form.fan_out, |form, n| form.fan_out = n) }
                        { number(&form, "Workers for them (0: the same pool)", (0, MAX_WORKERS), |form| form.fan_out_workers, |form, n| form.fan_out_workers = n) }
                        { holds(&form) }
                    </fieldset>
                    <p class="row"><button class="primary" type="submit">{ "Create" }</button><span class="soft">{ "It opens as a text that you can change." }</span></p>
                </form>
            </section>
            <section aria-labelledby="new-templates">
                <h3 id="new-templates">{ "Or begin with a template" }</h3>
                <ul class="cards templates">{ for cards }</ul>
            </section>
            <p class="row"><label class="button">{ "Open a file" }<input class="sr" type="file" accept=".toml,.json,.csv,.tsv,.log,text/*,application/json" onchange={open} /></label>
            <span>{ "a scenario, or a recording of a real run. Nothing is uploaded." }</span></p>
        </Frame>
    }
}

fn card(template: &'static ScenarioTemplate, send: &SendAction) -> Html {
    let send = send.clone();
    let open = Callback::from(move |_: yew::MouseEvent| {
        let (name, text) = (format!("{}.toml", template.name), template.text.to_owned());
        send.emit(Action::OpenText { name, text });
    });
    html! {
        <li><button class="card" onclick={open}><strong>{ template.title }</strong><small>{ template.about }</small></button></li>
    }
}

fn word(form: &UseStateHandle<ScenarioTemplateForm>) -> Html {
    let value = form.task.clone();
    let form = form.clone();
    let input = Callback::from(move |event: InputEvent| {
        if let Some(field) = event.target_dyn_into::<HtmlInputElement>() {
            form.set(ScenarioTemplateForm { task: field.value(), ..(*form).clone() });
        }
    });
    html! { <label>{ "Name" }<input type="text" maxlength="32" {value} oninput={input} /></label> }
}

fn number(
    form: &UseStateHandle<ScenarioTemplateForm>,
    label: &'static str,
    (least, most): (u32, u32),
    get: fn(&ScenarioTemplateForm) -> u32,
    set: fn(&mut ScenarioTemplateForm, u32),
) -> Html {
    let value = get(form).to_string();
    let form = form.clone();
    let input = Callback::from(move |event: InputEvent| {
        let field = event.target_dyn_into::<HtmlInputElement>();
        if let Some(number) = field.and_then(|field| field.value().parse::<u32>().ok()) {
            let mut next = (*form).clone();
            set(&mut next, number.clamp(least, most));
            form.set(next);
        }
    });
    html! {
        <label>{ label }<input type="number" min={least.to_string()} max={most.to_string()} {value} oninput={input} /></label>
    }
}

fn holds(form: &UseStateHandle<ScenarioTemplateForm>) -> Html {
    let checked = form.holds_connection;
    let form = form.clone();
    let change = Callback::from(move |event: Event| {
        if let Some(field) = event.target_dyn_into::<HtmlInputElement>() {
            form.set(ScenarioTemplateForm { holds_connection: field.checked(), ..(*form).clone() });
        }
    });
    html! {
        <label class="check"><input type="checkbox" {checked} onchange={change} />{ "It keeps its connection while it waits for them" }</label>
    }
}
