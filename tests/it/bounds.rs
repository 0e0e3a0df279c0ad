//! No command ignores its bound: on the worst documents each returns soon after the time it was given, and takes little
//! memory. The figures are of a machine that does nothing else, so the test is run by hand.

use crate::support::scenario_of;
use std::fmt::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use threadbare::analysis::deadlock::WaitForIndex;
use threadbare::analysis::digest::Digest;
use threadbare::analysis::pass::Pass;
use threadbare::analysis::shape::Shape;
use threadbare::study::cancellation::without_bound;
use threadbare::study::run::RunSession;
use threadbare::trace::{Limit, OutcomeKind};

/// What every command is given.
const TIME: &str = "2s";
/// When it has to be back.
const MAX_WAIT: Duration = Duration::from_secs(3);
/// Most memory it may take.
const MAX_MEMORY: u64 = 500 << 20;

/// The documents, and a number in them that can be searched for.
const DOCUMENTS: [(&str, &str); 10] = [
    ("explore_memory.toml", "p.workers"),
    ("explore_3000_entries.toml", "p.workers"),
    ("explore_slow_after_ctrl_c.toml", ""),
    ("WRONG_hang_explore_min_hang.toml", "p.workers"),
    ("advise_endless.toml", ""),
    ("loopw3.toml", "p.workers"),
    ("chain.toml", ""),
    ("z_timers_cancel.toml", "calls.workers"),
    ("p_mailboxes.toml", ""),
    ("f_timers_and_jobs.toml", "size"),
];

/// How a command did: how long it took, and its greatest memory, where the system tells.
fn measured(arguments: &[&str]) -> (Duration, Option<u64>) {
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_threadbare"))
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the command is built");
    let status = format!("/proc/{}/status", child.id());
    let mut most = None;
    while child.try_wait().expect("it is ours").is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let peak = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        most = peak.map(|kib| kib << 10).or(most);
        if begun.elapsed() > MAX_WAIT * 10 {
            child.kill().expect("it is ours");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    (begun.elapsed(), most)
}

/// What was read along with a run says the same as what is read afterwards.
#[test]
fn a_run_that_is_given_up_is_told_as_far_as_it_came() {
    let text = include_str!("../field/loopw3.toml");
    let scenario = scenario_of(text, "base");
    let mut session = RunSession::new(Arc::clone(&scenario));
    let mut pass = Pass::new(&scenario, WaitForIndex::spacing(1_000_000));
    for _ in 0..3 {
        assert_eq!(session.advance(1_000), None);
        pass.read(session.records());
    }
    session.give_up();
    let trace = session.finish();
    assert_eq!(trace.outcome.kind, OutcomeKind::Limit(Limit::Time));
    let whole = Digest::new(&trace);
    let followed = Digest::followed_while(&trace, pass, &without_bound).expect("nothing ends it");
    assert_eq!(followed.json(), whole.json());
    assert!(Digest::new_while(&trace, &|| false).is_none());
    insta::assert_snapshot!(whole.verdict.to_string().split_once(": ").expect("two parts").1, @"it reached the end of the time it was given. The figures are those of the run so far.");
}

#[test]
#[ignore = "measures times: run it alone, on a machine that does nothing else"]
fn every_command_returns_in_time_on_the_worst_documents() {
    let (mut table, mut late) = (String::new(), Vec::new());
    for (name, number) in DOCUMENTS {
        let file = format!("{}/tests/field/{name}", env!("CARGO_MANIFEST_DIR"));
        let swept = format!("{number}=1..4");
        let mut commands = vec![
            vec!["run", &file, "--time", TIME],
            vec!["check", &file, "--time", TIME],
            vec!["explore", &file, "--time", TIME],
            vec!["advise", &file, "--time", TIME],
            vec!["compare", &file, "--variants", "base,base", "--time", TIME],
        ];
        if !number.is_empty() {
            let expects = "expect.deadlock=false";
            commands.push(vec!["size", &file, "--for", number, "--set", expects, "--time", TIME]);
            commands.push(vec!["sweep", &file, "--param", &swept, "--time", TIME]);
        }
        for arguments in commands {
            let (took, memory) = measured(&arguments);
            let mebibytes = memory.map_or("?".to_owned(), |bytes| (bytes >> 20).to_string());
            let row = format!("{:7} {name:36} {:5.2} s {mebibytes:>5} MiB", arguments[0], took.as_secs_f64());
            writeln!(table, "{row}").expect("a string takes any text");
            if took > MAX_WAIT || memory.is_some_and(|bytes| bytes > MAX_MEMORY) {
                late.push(row);
            }
        }
    }
    println!("{table}");
    assert!(late.is_empty(), "{}", late.join("\n"));
}

/// Numbers of a document's parts joined into its text.
fn parts(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect()
}

/// Of each large document, whether its shape is known, and how many hazards it has. Without a bound, or with work that
/// grows with the square of a document, these take minutes and gigabytes.
#[test]
fn the_shape_of_a_large_document_is_read_soon_or_not_at_all() {
    let pool = "executors.p = { kind = \"threads\", workers = 4 }\n";
    let arrival = |task: usize, to: &str| format!("[[arrivals]]\ntask = \"t{task}\"\nto = \"{to}\"\n");
    let locks = |count: usize| {
        let next = |number: usize| (number + 1) % count;
        let task = |at: usize| format!("tasks.t{at}.steps = [\"lock l{at}\", \"lock l{}\"]\n", next(at));
        let locks = parts(count, |at| format!("locks.l{at} = {{}}\n"));
        format!("{pool}{locks}{}{}", parts(count, task), parts(count, |at| arrival(at, "p")))
    };
    let chain = |count: usize| {
        let task =
            |at: usize| format!("tasks.t{at}.steps = [\"submit t{} to p as c\", \"wait c\"]\n", at + 1);
        let last = format!("tasks.t{count}.steps = [\"acquire s\"]\n");
        let permits = "semaphores.s = { permits = 1, owned = false }\n";
        format!("{pool}{permits}{}{last}{}", parts(count, task), arrival(0, "p"))
    };
    let pools = |count: usize| {
        let next = |number: usize| (number + 1) % count;
        let executor = |at: usize| format!("executors.e{at} = {{ kind = \"threads\", workers = 1 }}\n");
        let task = |at: usize| {
            let child = next(at);
            let steps = format!("\"submit u{child} to e{child} as c\", \"wait c\"");
            format!("tasks.t{at}.steps = [{steps}]\ntasks.u{at}.steps = [\"run 1ms\"]\n")
        };
        let arrivals = parts(count / 2, |at| arrival(at, &format!("e{at}")));
        format!("{}{}{arrivals}", parts(count, executor), parts(count, task))
    };
    for (name, text, known, hazards) in [
        ("4 000 locks", locks(4_000), false, 0),
        ("1 200 locks", locks(1_200), false, 0),
        ("60 locks in a ring", locks(60), true, 1),
        ("a chain of 300 tasks", chain(300), true, 2),
        ("a ring of 300 pools", pools(300), true, 0),
    ] {
        let shape = Shape::read(&scenario_of(&text, "base"));
        assert_eq!((shape.known, shape.hazards.len()), (known, hazards), "{name}");
    }
}

/// Each of them may be interrupted by all the others, which is said once and not of each pair.
#[test]
fn many_tasks_that_wait_in_one_scope_are_one_deadlock() {
    let text = "executors.p = { kind = \"threads\", workers = 9000 }\nlatches.l = { count = 1 }\n\
        tasks.c.steps = [\"await l\"]\n\
        tasks.t.steps = [\"scope fail-fast\", \"repeat 8000\", \"submit c to p as c\", \"end\", \"end\"]\n\
        arrivals = [{ task = \"t\", to = \"p\" }]\n";
    let trace = threadbare::study::run::run(scenario_of(text, "base"));
    let digest = Digest::new(&trace);
    let [hang] = digest.findings.deadlocks.as_slice() else {
        panic!("{:?}", digest.findings.deadlocks.len())
    };
    assert_eq!(hang.knot.tasks.len() + hang.behind.len(), 8_001);
}
