//! How each step is written: for help with mistakes, and for the JSON Schema.

use super::names::nearest;

/// The verbs and the form of each.
pub(super) const STEPS: [(&str, &str); 40] = [
    ("run", "run DURATION"),
    ("io", "io DURATION [blocking | managed | uninterruptible]"),
    (
        "submit",
        "submit TASK [to EXECUTOR] [as NAME] [after DURATION] [every DURATION [fixed-rate or fixed-delay]] [key KEY] [priority N] [on_full POLICY]",
    ),
    ("wait", "wait NAME… [timeout DURATION], wait any NAME… or wait all"),
    ("call", "call TASK [as NAME]"),
    ("result", "result NAME… [timeout DURATION] or result any NAME…"),
    ("cancel", "cancel NAME… or cancel all, [interrupt | detach]"),
    ("acquire", "acquire SEMAPHORE [N] [timeout DURATION]"),
    ("release", "release SEMAPHORE [N]"),
    ("lock", "lock LOCK [read or write, of a read-write lock] [timeout DURATION]"),
    ("unlock", "unlock LOCK [read or write, of a read-write lock]"),
    ("send", "send CHANNEL [timeout DURATION]"),
    ("receive", "receive CHANNEL [timeout DURATION]"),
    ("close", "close CHANNEL"),
    ("wait-on", "wait-on CONDITION [timeout DURATION]"),
    ("notify", "notify CONDITION [N or all]"),
    ("await", "await LATCH-BARRIER-OR-EXECUTOR [timeout DURATION]"),
    ("count-down", "count-down LATCH [N]"),
    ("reset", "reset LATCH"),
    ("use", "use SERVER DURATION"),
    ("read", "read CELL"),
    ("write", "write CELL VALUE"),
    ("add", "add CELL NUMBER"),
    ("fail", "fail TEXT"),
    ("yield", "yield"),
    ("note", "note TEXT"),
    ("repeat", "repeat N (or forever), with an `end` further down"),
    ("maybe", "maybe PROBABILITY, with an `end` further down"),
    ("else", "else, between `maybe` and its `end`"),
    ("with", "with SEMAPHORE-OR-LOCK [read or write, of a read-write lock], with an `end` further down"),
    ("on-timeout", "on-timeout, directly after a step with a timeout, with an `end` further down"),
    ("on-closed", "on-closed, directly after `receive`, with an `end` further down"),
    ("try", "try, with an `on-failure` and an `end` further down"),
    ("on-failure", "on-failure, between `try` and its `end`"),
    ("retry", "retry N [every DURATION], with an `end` further down"),
    ("scope", "scope [fail-fast], with an `end` further down"),
    ("end", "end"),
    ("shutdown", "shutdown EXECUTOR [nowait] [cancel], or shutdown EXECUTOR now"),
    ("resize", "resize EXECUTOR WORKERS"),
    ("crash", "crash"),
];

/// How a verb is written.
pub(super) fn form(verb: &str) -> &'static str {
    STEPS.iter().find(|(name, _)| *name == verb).map_or("", |(_, form)| *form)
}

/// What to say to a word that is no verb.
pub(super) fn suggest_verb(word: &str) -> String {
    match nearest(word, STEPS.iter().map(|(name, _)| *name)) {
        Some(verb) => format!("did you mean `{verb}`? It is written: {}", form(verb)),
        None => {
            let verbs: Vec<&str> = STEPS.iter().map(|(name, _)| *name).collect();
            format!("a step begins with one of {}", verbs.join(", "))
        }
    }
}
