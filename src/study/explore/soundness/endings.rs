//! Random small documents about the ends of executors: [`mixed`] ones with steps that shut down in every way, await such an
//! end, and resize pools.

use super::mixed::mixed;
use crate::study::explore::rng::Rng;

const ENDS: &[&str] = &[
    "shutdown q",
    "shutdown q nowait",
    "shutdown q cancel",
    "shutdown q now",
    "shutdown p now",
    "shutdown p nowait",
    "shutdown p nowait cancel",
];

const AWAITS: &[&str] = &[
    "await q",
    "await q",
    "await p",
    "await q timeout 1s",
    "await q timeout 1s; on-timeout; write c 2; end",
];

const RESIZES: &[&str] = &["resize q 1", "resize q 2", "resize q 3"];

/// Pools that can be resized.
const RESIZABLE: &[&str] = &[
    "kind = \"elastic\", core = 1, workers = 3, queue = 1, on_full = \"block\"",
    "kind = \"elastic\", core = 2, workers = 3, keep_alive = \"1s\"",
    "kind = \"elastic\", core = 1, workers = 2, queue = 0, on_full = \"caller-runs\"",
    "kind = \"scheduled\", workers = 1",
    "kind = \"scheduled\", workers = 2",
];

/// A document of [`mixed`] with two or three of these steps.
pub(in super::super) fn ending(number: u64) -> String {
    let mut dice = Rng::new(number ^ 0xe4_d1_46);
    let mut text = mixed(number);
    let resizes = dice.below(2) == 0;
    if resizes {
        let head = "executors.q = { ";
        let from = text.find(head).expect("there is a second pool") + head.len();
        let length = text[from..].find(" }\n").expect("it ends");
        text.replace_range(from..from + length, dice.one(RESIZABLE));
    }
    for sort in [ENDS, AWAITS, if resizes { RESIZES } else { AWAITS }] {
        // Not all, or hardly anything else would come to happen.
        if dice.below(4) > 0 {
            let (task, step) = (dice.one(&["a", "b"]), dice.one(sort));
            text = with_step(&text, task, step, &mut dice);
        }
    }
    text
}

/// The document with one more step (of several words, between `;`) somewhere in the program of a task.
fn with_step(text: &str, task: &str, step: &str, dice: &mut Rng) -> String {
    let head = format!("tasks.{task}.steps = [");
    let from = text.find(&head).expect("it is a task") + head.len();
    let length = text[from..].find("]\n").expect("it ends");
    let mut steps: Vec<String> = text[from..from + length].split(", ").map(str::to_owned).collect();
    let new = step.split("; ").map(|step| format!("\"{step}\""));
    // What tells how the step before went stands directly behind it.
    let is_free = |at: &usize| steps.get(*at).is_none_or(|next| !next.starts_with("\"on-"));
    let places: Vec<usize> = (0..=steps.len()).filter(is_free).collect();
    let at = places[dice.below(places.len() as u64) as usize];
    steps.splice(at..at, new);
    format!("{}{}{}", &text[..from], steps.join(", "), &text[from + length..])
}
