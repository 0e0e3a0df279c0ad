//! Random documents with what came later: carriers, ready orders, eager children, pins, scopes, retries, interrupts.
//!
//! Made of [`sundry`] documents by exchanging some of their words, so that those keep their numbers.

use super::sundry::sundry;
use crate::study::explore::rng::Rng;
use crate::study::schedule::TimingAssumption;

/// A document of [`sundry`] in which some steps and keys are exchanged for newer ones.
pub(in super::super) fn control(number: u64, view: TimingAssumption) -> String {
    let mut dice = Rng::new(number ^ 0xc0_47_01);
    let mut text = sundry(number, view);
    let mut put = |from: &str, to: &[&str]| {
        let places = text.matches(from).count();
        for _ in 0..places.min(2) {
            text = text.replacen(from, &dice.one(to).replace('\u{1}', from), 1);
        }
    };
    put(
        "kind = \"green\", ",
        &[
            "kind = \"green\", threads = 1, ",
            "kind = \"green\", threads = 2, ready = \"lifo-slot\", ",
            "kind = \"green\", threads = 1, ready = \"local-first\", ",
            "kind = \"green\", start = \"eager\", ",
            "kind = \"green\", threads = 1, spare = 1, ",
        ],
    );
    put("locks.m = { ", &["locks.m = { pins = \"held\", ", "locks.m = { pins = \"waiting\", ", "\u{1}"]);
    put("\"io 1s\"", &["\"io 1s blocking\"", "\"io 1s managed\"", "\"io 1s uninterruptible\"", "\u{1}"]);
    for child in ["b", "d"] {
        put(
            &format!("\"wait {child}\""),
            &[
                &format!("\"result any {child}\""),
                &format!("\"cancel {child} interrupt\", \"wait {child}\""),
                &format!("\"cancel {child} detach\""),
                "\"cancel all interrupt\"",
                &format!("\"try\", \"result {child}\", \"on-failure\", \"yield\", \"end\""),
                "\u{1}",
            ],
        );
        put(
            &format!("\"submit {child} to p\""),
            &[
                &format!("\"scope\", \"submit {child} to p\", \"end\""),
                &format!("\"scope fail-fast\", \"submit {child} to p\", \"yield\", \"end\""),
                &format!("\"retry 1\", \"submit {child} to p\", \"result {child}\", \"end\""),
                &format!("\"call {child}\""),
                "\u{1}",
            ],
        );
    }
    text.replace(", }", " }")
}
