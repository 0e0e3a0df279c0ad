//! The reference of the scenario language, beside the text; and the pages of the rules.

use super::about::markdown;
use super::dialogs::Frame;
use super::icons;
use crate::page::SendAction;
use crate::store::Action;
use threadbare::analysis::shape::rules;
use threadbare::model::rule::Rule;
use yew::{Callback, Html, Properties, function_component, html, use_memo};

/// The same text that the documentation has.
const REFERENCE: &str = include_str!("../../../../docs/reference/language.md");

/// What the panel needs.
#[derive(Properties, PartialEq)]
pub struct LanguageReferenceProps {
    /// Where actions go.
    pub send: SendAction,
}

/// The reference in full.
#[function_component]
pub fn Reference(props: &LanguageReferenceProps) -> Html {
    let body = use_memo((), |()| markdown(REFERENCE));
    let send = props.send.clone();
    let close = Callback::from(move |_: yew::MouseEvent| send.emit(Action::Reference(false)));
    html! {
        <section class="picture reference" aria-label="Language reference">
            <div class="reference-head">
                <h2>{ "The scenario language" }</h2>
                <button class="square" aria-label="Close the reference" onclick={close}>{ icons::close() }</button>
            </div>
            <div class="reference-body about" tabindex="0">{ (*body).clone() }</div>
        </section>
    }
}

/// What the page of a rule needs.
#[derive(Properties, PartialEq)]
pub struct RulePageProps {
    /// The rule that is explained.
    pub rule: Rule,
    /// Where actions go.
    pub send: SendAction,
}

/// The page of a rule: the text that `threadbare explain` prints.
#[function_component]
pub fn RulePage(props: &RulePageProps) -> Html {
    let page = rules::page(props.rule);
    // The dialog has the heading already.
    let (heading, text) = page.split_once('\n').unwrap_or((page, ""));
    html! {
        <Frame title={heading.trim_start_matches("# ").replace('`', "")} send={props.send.clone()}>
            <div class="about rule-page">{ markdown(text) }</div>
        </Frame>
    }
}
