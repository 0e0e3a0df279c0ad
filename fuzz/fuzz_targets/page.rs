//! What is brought to the page: a link that is followed, a file that is dropped, a text that is pasted. Each is opened or
//! refused with a reason, and the page can show the run that comes of it.
//!
//! The page's store knows nothing of a page, so it is compiled here as it is.

#![no_main]

#[path = "../../src/bin/web/store/mod.rs"]
#[allow(dead_code, reason = "the page uses what is not asked for here")]
mod store;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use libfuzzer_sys::fuzz_target;
use miniz_oxide::deflate::compress_to_vec;
use std::sync::Arc;
use store::run::{AnalyzedRun, SharedRun};
use store::sliced_run::IncrementalRun;
use store::work::OpenDocument;
use store::{Action, State, link};

/// What is dropped is called so, in turn: what it is is told from that and from its text.
const NAMES: [&str; 5] = ["a.toml", "a.json", "a.csv", "a.log", "no ending"];

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match text.as_bytes().first() {
        // What a link holds, packed as links are: no mutation of a packed one would get past the unpacking.
        Some(b'{') => follow(&format!("a{}", URL_SAFE_NO_PAD.encode(compress_to_vec(bytes, 1)))),
        Some(b'#') => follow(text),
        _ => {
            let mut state = State::new(OpenDocument::gallery("nova-caps"));
            let name = NAMES[bytes.len() % NAMES.len()].to_owned();
            state.apply(Action::OpenText { name, text: text.to_owned() });
            show(state);
        }
    }
});

fn follow(fragment: &str) {
    let shared = match link::read(fragment) {
        Ok(shared) => shared,
        Err(why) => return assert!(!why.is_empty(), "a refusal says why"),
    };
    assert_eq!(link::read(&link::write(&shared)), Ok(shared.clone()), "a link comes back");
    let mut state = State::new(OpenDocument::gallery("nova-caps"));
    state.apply(Action::OpenLink(Box::new(shared)));
    show(state);
}

/// Shows what the state wants, as the page does, and shares it.
fn show(mut state: State) {
    for _ in 0..2 {
        let again = link::read(&link::write(&state.shared())).expect("the page's own link can be read");
        assert_eq!(again, state.shared());
        let Some(scenario) = &state.work.scenario else { return };
        let mut scenario = (**scenario).clone();
        let limits = &mut scenario.limits;
        limits.max_events = limits.max_events.min(2_000);
        limits.max_tasks = limits.max_tasks.min(300);
        limits.max_at_one_instant = limits.max_at_one_instant.min(1_000);
        let Ok(mut sliced) = IncrementalRun::new(&Arc::new(scenario), state.schedule.as_ref()) else { return };
        while !sliced.advance(1_000) {}
        let Ok(trace) = sliced.finish() else { return };
        state.apply(Action::Ran(SharedRun::new(AnalyzedRun::new(state.wanted, trace)), None));
        state.apply(Action::Tick(50.0));
        state.apply(Action::Step(-1));
        let tunable =
            state.work.tunables.first().map(|tunable| (tunable.path.clone(), tunable.value.clone()));
        match tunable {
            Some((path, value)) => state.apply(Action::Tune { path, value }),
            None => return,
        }
    }
}
