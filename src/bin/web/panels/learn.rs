//! How to read the page, and what the shown scenario teaches.

use super::about::About;
use super::dialogs::Frame;
use crate::page::Send;
use yew::{Html, Properties, function_component, html};

/// What the dialog shows.
#[derive(Properties, PartialEq)]
pub struct LearnProps {
    /// The shown document's title.
    pub title: String,
    /// What it says about itself, Markdown.
    pub about: String,
    /// Where actions go.
    pub send: Send,
}

/// The dialog in full.
#[function_component]
pub fn Learn(props: &LearnProps) -> Html {
    html! {
        <Frame title="Learn" wide={true} send={props.send.clone()}>
            <div class="learn">
                <section aria-labelledby="learn-stage">
                    <h3 id="learn-stage">{ "How to read the stage" }</h3>
                    <p>{ "Each executor is a room: a queue, and a seat for each worker. Each task is a token in the colour of its type." }</p>
                    <ul class="legend">
                        <li><i class="swatch solid"></i>{ "running on the CPU" }</li>
                        <li><i class="swatch half"></i>{ "in io: off the CPU, the worker is held" }</li>
                        <li><i class="swatch hatch"></i>{ "waiting: the worker is held and does nothing" }</li>
                        <li><i class="swatch outline"></i>{ "queued" }</li>
                        <li><i class="swatch dots"></i>{ "held back by a delay, a cap or a bus" }</li>
                        <li><i class="swatch danger"></i>{ "part of a deadlock: nobody in the red ring can ever go on" }</li>
                        <li><i class="swatch stall"></i>{ "a stall that a timeout will end" }</li>
                    </ul>
                    <p>{ "Play tells the run from beat to beat. The arrow keys go to the next beat and back, H hides what comes after the cursor, and ? lists all keys." }</p>
                </section>
                <section aria-labelledby="learn-scenario">
                    <h3 id="learn-scenario">{ "This scenario" }</h3>
                    <About title={props.title.clone()} text={props.about.clone()} />
                </section>
            </div>
        </Frame>
    }
}
