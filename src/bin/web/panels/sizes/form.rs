//! What is swept, as fields.

use super::props::SizesPanelProps;
use crate::store::Action;
use crate::store::sizes::range::ParameterRangeFields;
use crate::store::sizes::{SizesAction, SweepForm};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::{Callback, Event, Html, InputEvent, SubmitEvent, TargetCast, html};

/// Fields of the form.
pub fn form(props: &SizesPanelProps) -> Html {
    let fields = &props.sizes.fields;
    let send = props.send.clone();
    let submit = Callback::from(move |event: SubmitEvent| {
        event.prevent_default();
        send.emit(Action::Sizes(SizesAction::Run));
    });
    let set_first = |fields: &mut SweepForm, range| {
        if let Some(range) = range {
            fields.first = range;
        }
    };
    let set_second = |fields: &mut SweepForm, range| fields.second = range;
    let second = fields.second.as_ref();
    html! {
        <form class="sizes-form" onsubmit={submit}>
            <div class="range">
                { choice(props, "Swept", Some(&fields.first), None, set_first) }
                { ends(props, &fields.first, "", |fields, range| fields.first = range) }
            </div>
            <div class="range">
                { choice(props, "Second parameter", second, Some("no second parameter"), set_second) }
                { second.map(|range| ends(props, range, "second ", |fields, range| fields.second = Some(range))).unwrap_or_default() }
            </div>
            <div class="range">
                { runs(props) }
                <button class="primary" disabled={props.sizes.study.is_going()}>{ "Run" }</button>
            </div>
        </form>
    }
}

/// Which parameter; `none` is what stands for no parameter.
fn choice(
    props: &SizesPanelProps,
    label: &'static str,
    chosen: Option<&ParameterRangeFields>,
    none: Option<&'static str>,
    set: impl Fn(&mut SweepForm, Option<ParameterRangeFields>) + 'static,
) -> Html {
    let (send, fields, tunables) = (props.send.clone(), props.sizes.fields.clone(), props.tunables.clone());
    let change = Callback::from(move |event: Event| {
        let Some(select) = event.target_dyn_into::<HtmlSelectElement>() else { return };
        let path = select.value();
        let tunable = tunables.iter().find(|tunable| tunable.path == path);
        let mut fields = fields.clone();
        set(&mut fields, tunable.and_then(ParameterRangeFields::of));
        send.emit(Action::Sizes(SizesAction::Type(Box::new(fields))));
    });
    let first = &props.sizes.fields.first.path;
    let fits = |path: &str| none.is_none() || path != first.as_str();
    let options = props
        .tunables
        .iter()
        .filter(|tunable| fits(&tunable.path) && ParameterRangeFields::of(tunable).is_some());
    let options = options.map(|tunable| {
        let selected = chosen.is_some_and(|range| range.path == tunable.path);
        html! { <option value={tunable.path.clone()} {selected}>{ &tunable.label }</option> }
    });
    let none = none.map(|none| html! { <option value="" selected={chosen.is_none()}>{ none }</option> });
    html! { <select aria-label={label} onchange={change}>{ none.unwrap_or_default() }{ for options }</select> }
}

/// From, to, step.
fn ends(
    props: &SizesPanelProps,
    range: &ParameterRangeFields,
    of: &'static str,
    set: impl Fn(&mut SweepForm, ParameterRangeFields) + Clone + 'static,
) -> Html {
    let field = |name: &'static str, value: &str, put: fn(&mut ParameterRangeFields, String)| {
        let (range, set) = (range.clone(), set.clone());
        let put = move |fields: &mut SweepForm, value: String| {
            let mut range = range.clone();
            put(&mut range, value);
            set(fields, range);
        };
        html! { <label>{ name }{ input(props, format!("{of}{name}"), value, put) }</label> }
    };
    html! {
        <>
            { field("from", &range.from, |range, value| range.from = value) }
            { field("to", &range.to, |range, value| range.to = value) }
            { field("step", &range.step, |range, value| range.step = value) }
        </>
    }
}

fn input(
    props: &SizesPanelProps,
    label: String,
    value: &str,
    put: impl Fn(&mut SweepForm, String) + 'static,
) -> Html {
    let (send, fields) = (props.send.clone(), props.sizes.fields.clone());
    let typed = Callback::from(move |event: InputEvent| {
        let Some(input) = event.target_dyn_into::<HtmlInputElement>() else { return };
        let mut fields = fields.clone();
        put(&mut fields, input.value());
        send.emit(Action::Sizes(SizesAction::Type(Box::new(fields))));
    });
    html! { <input type="text" spellcheck="false" autocomplete="off" aria-label={label} value={value.to_owned()} oninput={typed} /> }
}

fn runs(props: &SizesPanelProps) -> Html {
    if !props.is_random {
        return html! { <span class="soft">{ "one run each" }</span> };
    }
    let field =
        input(props, "runs each".to_owned(), &props.sizes.fields.runs, |fields, runs| fields.runs = runs);
    html! { <label>{ field }{ "runs each" }</label> }
}
