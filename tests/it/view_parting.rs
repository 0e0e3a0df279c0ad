//! Where two runs of different designs part.

use std::sync::Arc;
use threadbare::analysis::digest::Digest;
use threadbare::language::{Document, Overrides};
use threadbare::study::run::run;
use threadbare::trace::Trace;
use threadbare::view::divergence::{RunDivergence, parting};
use threadbare::view::eventlist::line;

const TEXT: &str = r#"
[executors]
extra = { kind = "threads", workers = 3 }
pool = { kind = "threads", workers = 1 }
[tasks.a]
steps = ["io 1s"]
[[arrivals]]
task = "a"
to = "pool"
count = 2
[variants.two]
executors.pool.workers = 2
"#;

fn trace(text: &str, variant: &str) -> Trace {
    let document = Document::parse("two.toml", text).unwrap_or_else(|why| panic!("{why:?}"));
    let scenario = document.scenario(variant, &Overrides::default());
    run(Arc::new(scenario.unwrap_or_else(|why| panic!("{why:?}"))))
}

#[test]
fn a_worker_more_parts_where_the_second_task_starts() {
    let (one, two) = (trace(TEXT, "base"), trace(TEXT, "two"));
    let (one, two) = (Digest::new(&one), Digest::new(&two));
    assert_eq!(parting(&one, &one), RunDivergence::Never);
    let RunDivergence::At(event) = parting(&one, &two) else { panic!("they part") };
    assert!(line(&two, event).text.contains("a worker of pool takes it"), "{:?}", line(&two, event));
    assert!(event.index() > 0, "they begin alike");
}

#[test]
fn another_number_of_a_pool_is_no_difference() {
    let without = TEXT.replace("extra = { kind = \"threads\", workers = 3 }\n", "");
    let (one, two) = (trace(TEXT, "base"), trace(&without, "base"));
    assert_eq!(parting(&Digest::new(&one), &Digest::new(&two)), RunDivergence::Never);
}
