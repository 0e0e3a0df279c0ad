//! Documents become scenarios: the recorded cases, the example of the language reference, and the
//! programs that steps compile to.

use threadbare::language::{Document, Overrides};
use threadbare::model::executor::ExecutorKind;
use threadbare::model::id::Pc;
use threadbare::model::program::{Instruction, Program, ShutdownMode, WaitMode};
use threadbare::model::scenario::{Pattern, Scenario};
use threadbare::model::time::{Duration, SECOND, Time};

/// The scenario of a document, or a panic that shows every problem.
pub fn scenario_of(source: &str, variant: &str) -> Scenario {
    let document = Document::parse("test.toml", source).unwrap_or_else(|problems| panic!("\n{problems}"));
    document.scenario(variant, &Overrides::default()).unwrap_or_else(|problems| panic!("\n{problems}"))
}

/// The example of `docs/reference/language.md`.
pub fn example() -> String {
    let text = include_str!("../../docs/reference/language.md");
    let start = text.find("```toml\n").expect("the reference begins with an example") + 8;
    let end = text[start..].find("```").expect("the example ends");
    text[start..start + end].to_owned()
}

/// The program of a task `t` with these steps, among tasks `a` and `b`.
fn program(steps: &str) -> Program {
    let source = format!(
        "executors.pool = {{ kind = \"threads\", workers = 2 }}\nlocks.l = {{}}\nsemaphores.s.permits = 2\n\
         cells.c.initial = 0\ntasks.a.steps = []\ntasks.b.steps = []\ntasks.t.steps = [{steps}]"
    );
    scenario_of(&source, "base").tasks.swap_remove(2).program
}

#[test]
fn every_recorded_case_compiles() {
    let mut count = 0;
    for entry in std::fs::read_dir("tests/conformance").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let source = std::fs::read_to_string(&path).unwrap();
            let document = Document::parse(path.to_str().unwrap(), &source).unwrap();
            assert!(document.check().is_empty(), "\n{}", document.check());
            let scenario = document.scenario("base", &Overrides::default()).unwrap();
            assert!(!scenario.arrivals.is_empty() && !scenario.title.is_empty());
            count += 1;
        }
    }
    assert_eq!(count, 23);
}

#[test]
fn the_example_of_the_reference_compiles_in_every_variant() {
    let source = example();
    let document = Document::parse("example.toml", &source).unwrap();
    assert!(document.check().is_empty(), "\n{}", document.check());
    let names: Vec<String> = document.variants().into_iter().map(|variant| variant.name).collect();
    assert_eq!(names, ["base", "timeout", "eventlet"]);
    let base = scenario_of(&source, "base");
    assert!(matches!(base.executors[0].kind, ExecutorKind::Threads { workers: 5, .. }));
    assert_eq!(base.until, Some(Time(600 * SECOND)));
    assert!(base.stop_at_deadlock);
    assert_eq!(base.arrivals[0].pattern, Pattern::Batch { at: Time::ZERO, count: 5 });
    let texts: Vec<&str> = base.expectations.iter().map(|e| e.text.as_str()).collect();
    assert_eq!(texts, ["deadlock = false", "latency.build.p99 < 60s"]);
    assert!(matches!(
        scenario_of(&source, "eventlet").executors[0].kind,
        ExecutorKind::Green { workers: Some(1000), .. }
    ));
    assert_eq!(scenario_of(&source, "timeout").tasks[0].program.steps[3].text, "wait net timeout 300s");
}

#[test]
fn blocks_become_jumps() {
    let p = program(r#""repeat 3", "maybe 0.5", "run 1s", "else", "io 1s", "end", "end", "yield""#);
    assert_eq!(p.code.len(), 7);
    assert!(
        matches!(p.code[0], Instruction::Repeat { counter: 0, times: Some(3), end: Pc(6) }),
        "{:?}",
        p.code
    );
}

#[test]
fn a_with_is_released_when_its_body_fails() {
    let p = program(r#""with l", "with s", "fail x", "end", "end""#);
    assert_eq!(p.scopes.len(), 2);
    assert_eq!((p.scopes[0].from, p.scopes[0].to), (Pc(1), Pc(4)));
    assert_eq!((p.scopes[1].from, p.scopes[1].to), (Pc(2), Pc(3)));
    // Semaphores are numbered before locks.
    assert_eq!((p.scopes[0].resource.0, p.scopes[1].resource.0), (1, 0));
}

#[test]
fn on_timeout_follows_what_can_time_out() {
    let p = program(r#""lock l timeout 2s", "on-timeout", "note late", "end", "unlock l""#);
    assert!(matches!(p.code[0], Instruction::Acquire { timeout: Some(_), .. }));
    assert_eq!(p.code[1], Instruction::UnlessTimedOut(Pc(3)));
}

#[test]
fn a_draw_keeps_its_stream_when_other_steps_are_added() {
    let before = program(r#""run 1s", "io exp(1s)", "run exp(2s)", "maybe 0.5", "end""#);
    let after =
        program(r#""io 5s", "note x", "run 1s", "yield", "io exp(1s)", "run exp(2s)", "maybe 0.5", "end""#);
    let run = |p: &Program| p.draws.iter().rev().find(|d| d.distribution.fixed().is_none()).unwrap().site;
    assert_eq!(run(&before), run(&after));
    let maybe = |p: &Program| {
        p.code.iter().find_map(|i| match i {
            Instruction::Maybe { site, .. } => Some(*site),
            _ => None,
        })
    };
    assert_eq!(maybe(&before), maybe(&after));
    let mut sites: Vec<u32> = after.draws.iter().map(|draw| draw.site).collect();
    sites.sort_unstable();
    sites.dedup();
    assert_eq!(sites.len(), after.draws.len(), "every draw has a stream of its own");
}

#[test]
fn awaited_means_a_wait_can_be_reached() {
    let awaited = |steps: &str| program(steps).submits.iter().map(|s| s.awaited).collect::<Vec<_>>();
    assert_eq!(awaited(r#""submit a as x", "submit b", "wait x""#), [true, false]);
    assert_eq!(awaited(r#""submit a", "submit b", "wait all""#), [true, true]);
    assert_eq!(
        awaited(r#""submit a as x", "submit b as x", "result x""#),
        [false, true],
        "the name passes on"
    );
    assert_eq!(awaited(r#""repeat 2", "wait a", "submit a", "end""#), [true], "round the loop");
    assert_eq!(awaited(r#""wait a", "submit a""#), [false]);
    assert_eq!(awaited(r#""submit a", "fail x", "wait a""#), [false]);
    assert_eq!(awaited(r#""submit a", "maybe 0.1", "fail x", "end", "wait a""#), [true]);
    assert!(program(r#""submit a", "wait all""#).waits_for_all);
    assert!(!program(r#""submit a", "wait a""#).waits_for_all);
}

#[test]
fn steps_read_as_written() {
    let p = program(
        r#""submit a to pool as x after 3s key vm-{n} priority -2 on_full block", "wait any x", "cancel x", "add c -3", "write c 7", "shutdown pool nowait cancel", "result x timeout 5s""#,
    );
    let submit = &p.submits[0];
    assert_eq!((submit.key.as_deref(), submit.priority), (Some("vm-{n}"), -2));
    assert!(p.names[0].given);
    assert!(
        matches!(&p.code[1], Instruction::Wait { mode: WaitMode::Any, timeout: None, names } if names.len() == 1)
    );
    assert!(matches!(p.code[5], Instruction::Shutdown { wait: false, mode: ShutdownMode::Cancel, .. }));
    assert_eq!(p.draws[1].distribution.fixed(), Some(Duration::from_secs(5)));
    assert_eq!(p.steps[0].text, "submit a to pool as x after 3s key vm-{n} priority -2 on_full block");
}
