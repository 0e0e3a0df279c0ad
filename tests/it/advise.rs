//! Advice: what is offered does not hang, is a valid document, and says what it costs.

use std::sync::Arc;
use threadbare::analysis::shape::Shape;
use threadbare::language::{Document, Overrides};
use threadbare::study::advise::{Remedy, RemedyCheckEffort, RemedyEffect, RemedySearch, VariantAdvice};
use threadbare::study::cancellation::without_bound;
use threadbare::study::run;
use threadbare::trace::OutcomeKind;

fn advise(text: &str, variant: &str) -> VariantAdvice {
    let document = Document::parse("test.toml", text).unwrap_or_else(|e| panic!("{}", e.render(false)));
    let effort = RemedyCheckEffort { most_states: 3_000 };
    let advisor = RemedySearch::new(&document, variant, &Overrides::default(), effort, &without_bound);
    advisor.unwrap_or_else(|e| panic!("{}", e.render(false))).finish()
}

fn of_gallery(name: &str, variant: &str) -> VariantAdvice {
    advise(threadbare::gallery::find(name).expect("it is in the gallery").text, variant)
}

/// Comments of a text, in order.
fn comments(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.split_once("# ").map(|(_, comment)| comment)).collect()
}

/// A remedy is also said in the words of the runtime, and only what the runtime can do.
#[test]
fn a_remedy_says_what_to_write_in_the_runtimes_own_words() {
    let in_code = |name: &str| -> Vec<String> {
        of_gallery(name, "base").remedies.into_iter().flat_map(|remedy| remedy.in_code).collect()
    };
    let spring = in_code("spring-nested-async");
    assert!(spring.iter().any(|line| line.starts_with("new ThreadPoolExecutor(")), "{spring:?}");
    let nova = in_code("nova-build-deadlock");
    assert!(nova.contains(&"ThreadPoolExecutor(max_workers=6) for default".to_owned()), "{nova:?}");
    assert!(nova.iter().any(|line| line == "future.result(timeout=60)"), "{nova:?}");
    assert!(nova.iter().all(|line| !line.contains("ForkJoin")), "{nova:?}");
    let tokio = in_code("tokio-std-mutex");
    assert!(tokio.contains(&"tokio::sync::Mutex::new(…) for state".to_owned()), "{tokio:?}");
    let rayon = in_code("rayon-mutex");
    assert!(rayon.iter().any(|line| line == "leave the block that holds cache before the wait"), "{rayon:?}");
}

/// Two numbers are changed together where neither is enough alone: with one worker less in either pool a request waits one
/// more second.
#[test]
fn where_no_single_size_is_enough_a_pair_is_offered() {
    let of = |front: u32, back: u32| {
        format!(
            r#"
executors.front = {{ kind = "threads", workers = {front} }}
executors.back = {{ kind = "threads", workers = {back} }}
tasks.request.steps = ["run 1s", "submit query to back as q", "wait q"]
tasks.query.steps = ["run 1s"]
arrivals = [{{ task = "request", to = "front", count = 8 }}]
expect.latency.request.max = "< 2500ms"
"#
        )
    };
    let titles = |text: &str| -> Vec<String> {
        advise(text, "base").remedies.into_iter().map(|remedy| remedy.title).collect()
    };
    assert_eq!(titles(&of(2, 2)), ["8 workers for front and 8 workers for back"]);
    assert_eq!(titles(&of(8, 2)), ["8 workers for back"], "one is enough");
    assert_eq!(titles(&of(8, 8)), [""; 0], "nothing is missed");
}

/// What a task takes twice it may take again where the runtime has such a lock, and a reader that reads again passes writers.
#[test]
fn a_lock_that_is_taken_twice_may_be_taken_again() {
    let remedies = |text: &str| -> Vec<(String, bool, Vec<String>)> {
        let of = |remedy: Remedy| (remedy.title, remedy.is_foreign, remedy.in_code);
        advise(text, "base").remedies.into_iter().map(of).collect()
    };
    let lock = r#"
executors.pool = { kind = "threads", workers = 4 }
locks.m = {}
tasks.t.steps = ["with m", "run 10ms", "with m", "run 1ms", "end", "end"]
arrivals = [{ task = "t", to = "pool" }]
"#;
    let again = "Whoever holds m may take it again".to_owned();
    assert_eq!(remedies(lock), [(again.clone(), false, vec!["threading.RLock() for m".to_owned()])]);
    let in_go = format!("runtime = \"go\"\n{lock}");
    assert_eq!(remedies(&in_go), [(again, true, vec![])], "Go has no reentrant lock");
    let reads_again = r#"
executors.pool = { kind = "threads", workers = 4 }
rwlocks.m = {}
tasks.reader.steps = ["with m read", "run 10ms", "with m read", "run 1ms", "end", "end"]
tasks.writer.steps = ["io 5ms", "with m write", "run 1ms", "end"]
arrivals = [{ task = "reader", to = "pool" }, { task = "writer", to = "pool" }]
"#;
    let pass = "Readers of m pass writers that wait".to_owned();
    let code = vec!["a read-write lock that prefers readers for m".to_owned()];
    assert_eq!(remedies(reads_again), [(pass, false, code)]);
}

/// Room in a channel, and a message that is not waited for without end, have their line too. The threads of a remedy are
/// those that a run has: here the three that carry goroutines.
#[test]
fn a_channel_in_go_has_its_line_and_carriers_count_as_threads() {
    let advice = advise(
        r#"
runtime = "go"
executors.rt = { kind = "green", threads = 3 }
channels.results.capacity = 0
tasks.worker.steps = ["io 20ms", "send results"]
tasks.main.steps = ["submit worker to rt", "submit worker to rt", "receive results"]
arrivals = [{ task = "main", to = "rt" }]
"#,
        "base",
    );
    let lines: Vec<&str> =
        advice.remedies.iter().flat_map(|remedy| &remedy.in_code).map(String::as_str).collect();
    assert!(lines.contains(&"make(chan T, 1024) for results"), "{lines:?}");
    let sends = "select { case ch <- item: …; case <-time.After(60 * time.Second): … }";
    assert!(lines.contains(&sends), "{lines:?}");
    for remedy in &advice.remedies {
        assert_eq!(remedy.known.cost.threads, 3, "{}", remedy.title);
    }
}

/// Every variant of the gallery that hangs or loses updates is offered a remedy; each is read and run again here.
#[test]
fn every_variant_that_needs_it_is_offered_a_remedy() {
    for entry in threadbare::gallery::ENTRIES {
        let document = Document::parse(entry.name, entry.text).expect("it is sound");
        let mut text = String::new();
        for variant in document.variants() {
            let scenario = document.scenario(&variant.name, &Overrides::default()).expect("it is sound");
            let loses = entry.name == "run-to-completion";
            if Shape::read(&scenario).hazards.iter().all(|hazard| hazard.stall) && !loses {
                continue;
            }
            let name = format!("{} {}", entry.name, variant.name);
            let advice = advise(entry.text, &variant.name);
            text += &advice_text(&name, &advice);
            assert!(!advice.is_needed() || !advice.remedies.is_empty(), "{name} has no remedy\n{text}");
            for remedy in &advice.remedies {
                let fixed = Document::parse("fixed.toml", &remedy.text).expect("it is sound");
                assert!(!fixed.check().has_errors(), "{name}: {}", remedy.title);
                let scenario = fixed.scenario(&variant.name, &Overrides::default()).expect("it is sound");
                let outcome = run::run(Arc::new(scenario)).outcome.kind;
                assert!(!matches!(outcome, OutcomeKind::Stuck | OutcomeKind::Deadlock), "{}", remedy.title);
            }
        }
        if !text.is_empty() {
            insta::assert_snapshot!(format!("advice_{}", entry.name), text);
        }
    }
}

/// The remedies that a variant is offered and those that are refused, a line each.
fn advice_text(name: &str, advice: &VariantAdvice) -> String {
    let mut lines = vec![format!("{name}:")];
    for remedy in &advice.remedies {
        let known = match (remedy.known.is_proven(), remedy.is_smallest) {
            (true, true) => "proven, and with one less it hangs",
            (true, false) => "proven",
            (false, _) => "as far as it was explored",
        };
        lines.push(format!("  {:?}: {} ({known})", remedy.effect, remedy.title));
    }
    lines.extend(advice.refused.iter().map(|(title, why)| format!("  refused: {title} ({why})")));
    if !advice.is_needed() {
        lines.push("  nothing to fix".to_owned());
    }
    lines.join("\n") + "\n"
}

#[test]
fn five_builds_need_six_workers_or_one_that_helps() {
    let advice = of_gallery("nova-build-deadlock", "base");
    let size =
        advice.remedies.iter().find(|remedy| remedy.title == "6 workers for default").expect("it is offered");
    assert!(size.is_smallest && size.known.is_proven());
    assert_eq!(size.changes, ["params.pool.value = 6"]);
    let before =
        comments(threadbare::gallery::find("nova-build-deadlock").expect("it is there").text).join("\n");
    assert_eq!(comments(&size.text).join("\n"), before);
    let helps =
        advice.remedies.iter().find(|remedy| remedy.changes == ["executors.default.on_wait = help-child"]);
    assert!(helps.expect("it is offered").known.is_proven());
    let timeout =
        advice.remedies.iter().find(|remedy| remedy.effect == RemedyEffect::Stall).expect("it is offered");
    assert!(timeout.known.cost.end > size.known.cost.end);
    // A guard makes tasks fail, which is not what the scenario expects.
    assert!(advice.refused.iter().any(|(title, _)| title.starts_with("default refuses a child")));
    let order = |remedy: &Remedy| (remedy.is_foreign, !remedy.known.is_clean(), remedy.effect);
    assert!(advice.remedies.is_sorted_by_key(order));
}

#[test]
fn what_is_sound_needs_no_advice() {
    for (name, variant) in [("nova-build-deadlock", "six_workers"), ("lock-order", "same_order")] {
        let advice = of_gallery(name, variant);
        assert!(!advice.is_needed() && advice.remedies.is_empty(), "{name} {variant}");
    }
}

#[test]
fn a_lost_update_gets_a_lock() {
    let advice = of_gallery("run-to-completion", "base");
    let title = "A lock around each read and write of done";
    let remedy = advice.remedies.iter().find(|remedy| remedy.title == title).expect("it is offered");
    assert!(remedy.known.untimed.exhausted && !remedy.known.loses());
}

#[test]
fn a_variant_is_changed_in_its_own_tables() {
    let text = threadbare::gallery::find("nested-pools").expect("it is there").text;
    let advice = advise(text, "five_searches");
    for remedy in &advice.remedies {
        let base = |text: &str| {
            let document = Document::parse("test.toml", text).expect("it is sound");
            document.scenario("base", &Overrides::default()).expect("it is sound")
        };
        assert_eq!(base(&remedy.text), base(text), "{}", remedy.title);
    }
    assert!(advice.remedies.iter().any(|remedy| remedy.title == "11 workers for search"));
}

#[test]
fn the_command_writes_the_document_with_a_remedy() {
    let folder = crate::cli::folder("advise");
    let path = folder.join("fixed.toml");
    let path = path.to_str().expect("UTF-8");
    let asked = ["advise", "lock-order", "--states", "500", "--apply", "1", "--write", path];
    let ran = crate::cli::threadbare(&asked);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("1. One order for all: connection before connections"), "{}", ran.out);
    assert_eq!(crate::cli::threadbare(&["run", path]).code, 0);
    let beyond = ["advise", "lock-order", "--states", "500", "--apply", "9", "--write", path];
    let ran = crate::cli::threadbare(&beyond);
    assert!(ran.code == 2 && ran.err.contains("there is no remedy 9"), "{}", ran.err);
    let ran = crate::cli::threadbare(&["check", "nova-build-deadlock"]);
    assert!(ran.out.contains("✗ base can deadlock once 5 `build` tasks are running"), "{}", ran.out);
}
