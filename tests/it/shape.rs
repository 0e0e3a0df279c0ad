//! The shape of scenarios, held against exploration: nothing that can hang is missed, what is called safe is safe,
//! and the numbers that are told are the smallest.

use crate::runs::scenarios_of;
use crate::support::scenario_of;
use std::fmt::Write;
use std::sync::Arc;
use threadbare::analysis::shape::{HazardKind, Shape};
use threadbare::language::Document;
use threadbare::model::id::ArrivalId;
use threadbare::model::scenario::{Pattern, Scenario};
use threadbare::study::explore::{ExplorationOptions, FindingKind, InterleavingExplorer};
use threadbare::study::schedule::TimingAssumption;

/// What exploration with any timings comes to.
struct Explored {
    hangs: bool,
    stalls: bool,
    whole: bool,
}

fn explored(scenario: &Arc<Scenario>, most_states: usize) -> Explored {
    let view = TimingAssumption::Untimed { timeouts_last: false };
    let mut explorer = InterleavingExplorer::new(
        scenario,
        ExplorationOptions { view, most_states, ..ExplorationOptions::default() },
    );
    while !explorer.advance(10_000) {}
    let found = |is: fn(&FindingKind) -> bool| explorer.findings().iter().any(|finding| is(&finding.kind));
    Explored {
        hangs: found(|kind| matches!(kind, FindingKind::Deadlock(_) | FindingKind::Partial(_))),
        stalls: found(|kind| matches!(kind, FindingKind::Stall(_))),
        whole: explorer.coverage().exhausted,
    }
}

/// SplitMix64: the scenarios are the same on every machine.
struct Rng(u64);

impl Rng {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len() as u64) as usize]
    }
}

/// A small document of two pools, a wrapper, three tasks that submit and lock.
fn document(number: u64) -> String {
    let mut dice = Rng(number);
    let mut text = String::new();
    let kinds = [
        "kind = \"threads\"\nworkers = 1",
        "kind = \"threads\"\nworkers = 2",
        "kind = \"threads\"\nworkers = 2",
        "kind = \"threads\"\nworkers = 3",
        "kind = \"threads\"\nworkers = 1\non_wait = \"help-child\"",
        "kind = \"threads\"\nworkers = 2\non_wait = \"help-any\"",
        "kind = \"threads\"\nworkers = 1\non_wait = \"compensate\"",
        "kind = \"threads\"\nworkers = 1\non_wait = \"release\"",
        "kind = \"threads\"\nworkers = 1\nqueue = 1\non_full = \"block\"",
        "kind = \"threads\"\nworkers = 2\nqueue = 1\non_full = \"block\"",
        "kind = \"threads\"\nworkers = 1\nqueue = 0\non_full = \"caller-runs\"",
        "kind = \"threads\"\nworkers = 1\nqueue = 1\non_full = \"discard-oldest\"",
        "kind = \"threads\"\nworkers = 1\nqueue = 1",
        "kind = \"threads\"\nworkers = 2\nguard = \"reject\"",
        "kind = \"green\"\nworkers = 1",
        "kind = \"green\"\nworkers = 3",
        "kind = \"dynamic\"\nworkers = 2",
        "kind = \"inline\"",
    ];
    let _ = writeln!(text, "[executors.p]\n{}\n\n[executors.q]\n{}\n", dice.one(&kinds), dice.one(&kinds));
    let wrapper = dice.one(&[
        "kind = \"delay\"\ndelay = \"1s\"\ninto = \"p\"",
        "kind = \"cap\"\ncaps = { a = 1 }\ninto = \"p\"",
        "kind = \"cap\"\ncaps = { b = 1, a = 2 }\ninto = \"p\"",
        "kind = \"cap\"\ncaps = { \"a+b\" = 1 }\ninto = \"p\"",
        "kind = \"cap\"\ncaps = { b = 1 }\nqueue = 0\non_full = \"block\"\ninto = \"p\"",
        "kind = \"bus\"\ninto = \"q\"",
        "kind = \"bus\"\nprefetch = 1\ninto = \"p\"",
    ]);
    let _ = writeln!(
        text,
        "[executors.w]\n{wrapper}\n\n[locks.m]\n\n[semaphores.s]\npermits = {}\n",
        1 + dice.below(2)
    );
    let executors = ["p", "p", "p", "q", "q", "w"];
    for (task, child) in [("a", Some("b")), ("b", Some("c")), ("c", None)] {
        let mut steps: Vec<String> = Vec::new();
        let mut submitted = false;
        for _ in 0..1 + dice.below(4) {
            match (dice.below(16), child) {
                (0..=4, Some(child)) => {
                    steps.push(format!("submit {child} to {} as x", dice.one(&executors)));
                    submitted = true;
                }
                (5..=8, Some(_)) if submitted => {
                    steps.push(dice.one(&["wait x", "result x", "wait all"]).to_owned())
                }
                (9, Some(_)) if submitted => {
                    steps.push(dice.one(&["wait x timeout 1s", "cancel x"]).to_owned())
                }
                (10, _) => steps.extend(["lock m".to_owned(), "io 1s".to_owned(), "unlock m".to_owned()]),
                (11, _) => steps.extend([
                    "acquire s".to_owned(),
                    "lock m".to_owned(),
                    "unlock m".to_owned(),
                    "release s".to_owned(),
                ]),
                (12, _) => {
                    steps.insert(0, "acquire s".to_owned());
                    steps.push("release s".to_owned());
                }
                (13, _) => {
                    steps.insert(0, "with m".to_owned());
                    steps.push("end".to_owned());
                }
                (14, _) => steps.push(dice.one(&["yield", "fail oops", "acquire s"]).to_owned()),
                _ => steps.push("run 1s".to_owned()),
            }
        }
        let lines: Vec<String> = steps.iter().map(|step| format!("\"{step}\"")).collect();
        let _ = writeln!(text, "[tasks.{task}]\nsteps = [{}]\n", lines.join(", "));
    }
    for (task, most) in [("a", 2), ("b", 2), ("c", 1)] {
        let (to, count) = (dice.one(&executors), dice.below(most + 1));
        let _ =
            writeln!(text, "[[arrivals]]\ntask = \"{task}\"\nto = \"{to}\"\nat = \"0s\"\ncount = {count}\n");
    }
    text
}

/// The scenario with as many arrivals as a hazard says are enough, and no more.
fn with_enough(scenario: &Scenario, enough: &[(ArrivalId, u64)]) -> Arc<Scenario> {
    let mut few = scenario.clone();
    for (number, entry) in few.arrivals.iter_mut().enumerate() {
        let wanted = enough.iter().find(|(id, _)| id.index() == number).map_or(0, |(_, count)| *count);
        match &mut entry.pattern {
            Pattern::Batch { count, .. } => *count = wanted,
            Pattern::Stream { count, .. } => *count = Some(wanted),
            Pattern::Trace(times) => times.truncate(wanted as usize),
        }
    }
    Arc::new(few)
}

/// Whether a run of exactly these arrivals can hang; `None` if not everything could be seen.
fn hangs_with(scenario: &Scenario, arrivals: &[(ArrivalId, u64)], most_states: usize) -> Option<bool> {
    let seen = explored(&with_enough(scenario, arrivals), most_states);
    (seen.hangs || seen.whole).then_some(seen.hangs)
}

#[test]
fn nothing_that_can_hang_is_missed() {
    let (mut compared, mut hanging, mut alarms, mut enough, mut not_enough) = (0, 0, 0, 0, 0);
    for number in 0..500 {
        let text = document(number);
        let Ok(document) = Document::parse("random.toml", &text) else { continue };
        let Ok(scenario) = document.scenario("base", &Default::default()) else { continue };
        let scenario = Arc::new(scenario);
        let seen = explored(&scenario, 5_000);
        if !seen.whole {
            continue;
        }
        let shape = Shape::read(&scenario);
        compared += 1;
        hanging += usize::from(seen.hangs);
        assert!(shape.known);
        assert!(!seen.hangs || shape.can_hang(), "document {number} hangs\n{text}");
        assert!(!seen.stalls || !shape.hazards.is_empty(), "document {number} stalls\n{text}");
        if shape.can_hang() && !seen.hangs {
            alarms += 1;
            println!("alarm {number}: {}\n{text}", shape.hazards[0].headline(&scenario));
        }
        for hazard in shape.hazards.iter().filter(|hazard| !hazard.stall && seen.hangs) {
            match hangs_with(&scenario, &hazard.enough, 5_000) {
                Some(true) => enough += 1,
                Some(false) => {
                    not_enough += 1;
                    println!("not enough {number}: {}\n{text}", hazard.headline(&scenario));
                }
                None => {}
            }
        }
    }
    println!(
        "{compared} compared, {hanging} hang, {alarms} alarms in vain; {enough} numbers are enough, {not_enough} not"
    );
    assert!(compared >= 400 && hanging >= 80, "{compared} compared, {hanging} hang");
    // An alarm in vain comes of an order that the program does not allow; it must stay rare.
    assert!(
        alarms * 20 <= compared && not_enough * 6 <= enough,
        "{alarms} alarms in vain, {not_enough} numbers too small"
    );
}

#[test]
fn the_gallery_is_read_as_it_is_explored() {
    for entry in threadbare::gallery::ENTRIES {
        let mut text = String::new();
        for (name, scenario) in scenarios_of(entry.name, entry.text) {
            let seen = explored(&scenario, 3_000);
            let shape = Shape::read(&scenario);
            text += &shape_text(&name, &scenario, &shape);
            assert!(!seen.hangs || shape.can_hang(), "{name} hangs");
            assert!(!seen.stalls || !shape.hazards.is_empty(), "{name} stalls");
        }
        insta::assert_snapshot!(format!("shape_{}", entry.name), text);
    }
}

/// What the shape of a variant says, and whether exploring the tasks of each hazard alone confirms it.
fn shape_text(name: &str, scenario: &Arc<Scenario>, shape: &Shape) -> String {
    let nothing = if shape.hazards.is_empty() { " nothing" } else { "" };
    let mut lines = vec![format!("{name}:{nothing}")];
    for hazard in &shape.hazards {
        lines.push(format!("  {}", hazard.headline(scenario)));
        lines.extend(hazard.details(scenario).into_iter().map(|line| format!("    {line}")));
        if hazard.stall {
            continue;
        }
        let explored = match hangs_with(scenario, &hazard.enough, 5_000) {
            Some(true) => "Exploring these tasks alone confirms it.",
            Some(false) => "Exploring these tasks alone does not confirm it.",
            None => "These tasks alone could not be explored whole.",
        };
        lines.push(format!("    {explored}"));
    }
    lines.join("\n") + "\n"
}

/// A pool of `workers`, tasks that wait in a chain of `depth` on it, `roots` at once.
fn chain(workers: u64, depth: u64, roots: &str) -> Arc<Scenario> {
    let mut text = format!("[executors.p]\nkind = \"threads\"\nworkers = {workers}\n");
    for level in 1..=depth {
        let steps = if level < depth {
            format!("\"submit level{} to p as next\", \"wait next\"", level + 1)
        } else {
            "\"run 1s\"".to_owned()
        };
        let _ = write!(text, "[tasks.level{level}]\nsteps = [{steps}]\n");
    }
    let _ = write!(text, "[[arrivals]]\ntask = \"level1\"\nto = \"p\"\n{roots}\n");
    scenario_of(&text, "base")
}

/// P roots of chains D deep need P(D-1)+1 workers; exploration says the same at that size and one below.
#[test]
fn a_chain_needs_one_worker_more_than_can_wait() {
    for (roots, depth) in [(1, 2), (2, 2), (4, 2), (1, 3), (2, 3), (3, 3), (2, 4), (1, 5)] {
        let arrivals = format!("at = \"0s\"\ncount = {roots}");
        let safe = roots * (depth - 1) + 1;
        assert!(!Shape::read(&chain(safe, depth, &arrivals)).can_hang(), "{roots} roots, {depth} deep");
        assert!(!explored(&chain(safe, depth, &arrivals), 100_000).hangs);
        let tight = chain(safe - 1, depth, &arrivals);
        assert!(explored(&tight, 100_000).hangs, "{roots} roots, {depth} deep");
        let [hazard] = &Shape::read(&tight).hazards[..] else { panic!("{roots} roots, {depth} deep") };
        assert_eq!(hazard.sort, HazardKind::SelfWait);
        assert_eq!(hazard.sizes[0].safe, Some(safe));
        assert_eq!(hazard.enough, [(ArrivalId(0), roots)]);
    }
}

#[test]
fn with_any_number_of_roots_no_pool_is_safe() {
    let [hazard] = &Shape::read(&chain(10, 2, "every = \"1s\"")).hazards[..] else { panic!("one hazard") };
    assert_eq!((hazard.sizes[0].safe, hazard.enough.as_slice()), (None, &[(ArrivalId(0), 10)][..]));
    assert!(!Shape::read(&chain(10, 1, "every = \"1s\"")).can_hang());
}

/// What was once called safe and hangs, and what was once called dangerous and cannot.
#[test]
fn shutdowns_delays_and_cancelled_children_are_read_as_they_run() {
    let two = "executors.p = { kind = \"threads\", workers = 2 }\nexecutors.q = { kind = \"threads\", workers = 2 }\n";
    let one = "executors.p = { kind = \"threads\", workers = 1 }\n";
    for (name, hangs, text) in [
        (
            "two pools that shut each other down",
            true,
            format!(
                "{two}tasks.a.steps = [\"shutdown q\"]\ntasks.b.steps = [\"shutdown p\"]\narrivals = [{{ task = \"a\", to = \"p\" }}, {{ task = \"b\", to = \"q\" }}]"
            ),
        ),
        (
            "one pool that shuts another down",
            false,
            format!(
                "{two}tasks.a.steps = [\"shutdown q\"]\ntasks.b.steps = [\"run 1s\"]\narrivals = [{{ task = \"a\", to = \"p\" }}, {{ task = \"b\", to = \"q\" }}]"
            ),
        ),
        (
            "a delay that may hold nothing back",
            true,
            format!(
                "{one}executors.d = {{ kind = \"delay\", delay = \"1s\", into = \"p\", queue = 0, on_full = \"block\" }}\ntasks.a.steps = [\"submit b to d\"]\ntasks.b.steps = [\"run 1s\"]\narrivals = [{{ task = \"a\", to = \"p\" }}]"
            ),
        ),
        (
            "the result of a cancelled child",
            false,
            format!(
                "{one}tasks.a.steps = [\"submit b as x\", \"cancel x\", \"result x\"]\ntasks.b.steps = [\"run 1s\"]\narrivals = [{{ task = \"a\", to = \"p\", count = 2 }}]"
            ),
        ),
        (
            "a wait for a cancelled child",
            true,
            format!(
                "{one}tasks.a.steps = [\"submit b as x\", \"cancel x\", \"wait x\"]\ntasks.b.steps = [\"run 1s\"]\narrivals = [{{ task = \"a\", to = \"p\" }}]"
            ),
        ),
    ] {
        let scenario = scenario_of(&text, "base");
        let seen = explored(&scenario, 10_000);
        assert!(seen.whole);
        assert_eq!((seen.hangs, Shape::read(&scenario).can_hang()), (hangs, hangs), "{name}");
    }
}

/// Patterns that are taught as safe, with arrivals without end.
#[test]
fn safe_patterns_give_no_alarm() {
    let threads = "kind = \"threads\"\nworkers = 2\n";
    let parent = "[tasks.parent]\nsteps = [\"run 1s\", \"submit child to c as x\", \"wait x\", \"run 1s\"]\n";
    let child = "[tasks.child]\nsteps = [\"io 1s\"]\n";
    let locking = "[tasks.child]\nsteps = [\"with m\", \"io 1s\", \"end\"]\n[locks.m]\n";
    let many = "[[arrivals]]\ntask = \"parent\"\nto = \"p\"\nevery = \"1s\"\n";
    let on_p = parent.replace("to c", "to p");
    let patterns = [
        (
            "a pool for each level",
            format!("[executors.p]\n{threads}[executors.c]\n{threads}{parent}{child}{many}"),
        ),
        ("help-child", format!("[executors.p]\n{threads}on_wait = \"help-child\"\n{on_p}{child}{many}")),
        (
            "help-any without locks",
            format!("[executors.p]\n{threads}on_wait = \"help-any\"\n{on_p}{child}{many}"),
        ),
        ("release", format!("[executors.p]\n{threads}on_wait = \"release\"\n{on_p}{child}{many}")),
        ("compensate", format!("[executors.p]\n{threads}on_wait = \"compensate\"\n{on_p}{child}{many}")),
        ("a guard that refuses", format!("[executors.p]\n{threads}guard = \"reject\"\n{on_p}{child}{many}")),
        (
            "a cap on the parents",
            format!(
                "[executors.p]\n{threads}[executors.w]\nkind = \"cap\"\ncaps = {{ parent = 1 }}\ninto = \"p\"\n{on_p}{child}{}",
                many.replace("\"p\"", "\"w\"")
            ),
        ),
        (
            "a bus that takes one at a time",
            format!(
                "[executors.p]\n{threads}[executors.w]\nkind = \"bus\"\nprefetch = 1\ninto = \"p\"\n{on_p}{child}{}",
                many.replace("\"p\"", "\"w\"")
            ),
        ),
        (
            "inline children",
            format!("[executors.p]\n{threads}[executors.c]\nkind = \"inline\"\n{parent}{child}{many}"),
        ),
        (
            "nobody waits",
            format!("[executors.p]\n{threads}{}{child}{many}", on_p.replace("\"wait x\", ", "")),
        ),
        (
            "a lock around work",
            format!("[executors.p]\n{threads}[executors.c]\n{threads}{parent}{locking}{many}"),
        ),
        (
            "one order of locks",
            format!(
                "[executors.p]\n{threads}[locks.m]\n[locks.n]\n[tasks.parent]\nsteps = [\"with m\", \"with n\", \"io 1s\", \"end\", \"end\"]\n{many}"
            ),
        ),
        (
            "two orders behind one more lock",
            format!(
                "[executors.p]\n{threads}[locks.g]\n[locks.m]\n[locks.n]\n[tasks.parent]\nsteps = [\"with g\", \"with m\", \"with n\", \"io 1s\", \"end\", \"end\", \"end\"]\n[tasks.other]\nsteps = [\"with g\", \"with n\", \"with m\", \"io 1s\", \"end\", \"end\", \"end\"]\n{many}[[arrivals]]\ntask = \"other\"\nto = \"p\"\nevery = \"1s\"\n"
            ),
        ),
        (
            "two orders on green threads that do not give way",
            format!(
                "[executors.p]\nkind = \"green\"\nworkers = 9\n[locks.m]\n[locks.n]\n[tasks.parent]\nsteps = [\"with m\", \"with n\", \"run 1s\", \"end\", \"end\"]\n[tasks.other]\nsteps = [\"with n\", \"with m\", \"run 1s\", \"end\", \"end\"]\n{many}[[arrivals]]\ntask = \"other\"\nto = \"p\"\nevery = \"1s\"\n"
            ),
        ),
        (
            "a full queue that makes its submitter run the task",
            format!(
                "[executors.p]\n{threads}queue = 1\non_full = \"caller-runs\"\n{}{child}{many}",
                on_p.replace("\"wait x\", ", "")
            ),
        ),
    ];
    for (name, text) in patterns {
        let scenario = scenario_of(&text, "base");
        let shape = Shape::read(&scenario);
        let said: Vec<String> = shape.hazards.iter().map(|hazard| hazard.headline(&scenario)).collect();
        assert_eq!(said, Vec::<String>::new(), "{name}");
        assert!(shape.known, "{name}");
    }
}

/// A permit held over `step`, beside a pool `q` that refuses what finds no room.
fn permit_held_over(step: &str) -> Shape {
    Shape::read(&scenario_of(
        &format!(
            r#"
            executors.p = {{ kind = "threads", workers = 4 }}
            executors.q = {{ kind = "threads", workers = 1, queue = 0, on_full = "reject" }}
            semaphores.s = {{ permits = 1 }}
            tasks.a.steps = ["acquire s", {step}, "release s"]
            tasks.b.steps = ["run 1s"]
            tasks.c.steps = ["run 1s"]
            arrivals = [{{ task = "a", to = "p", count = 2 }}, {{ task = "c", to = "q", count = 2 }}]"#
        ),
        "base",
    ))
}

/// A call runs here and now, and what is submitted without a place goes to the submitter's own pool: neither is refused
/// by another that refuses, so that the permit comes back.
#[test]
fn what_nobody_can_refuse_keeps_no_permit() {
    for step in [r#""call b as x", "result x""#, r#""submit b as x", "wait x""#, r#""submit b to p""#] {
        let hazards = permit_held_over(step).hazards;
        assert!(hazards.is_empty(), "{step}: {hazards:?}");
    }
    let hazards = permit_held_over(r#""submit b to q""#).hazards;
    assert!(
        hazards.iter().any(|hazard| hazard.sort == HazardKind::LockOrder || hazard.sort == HazardKind::Kept)
    );
}

/// Nobody holds a permit of a semaphore that has none, so that nobody may release one: what is waited for never comes.
#[test]
fn a_semaphore_of_no_permits_never_gives_one_unless_it_has_no_owners() {
    let text = include_str!("../field/d_sensors_sem.toml");
    let scenario = scenario_of(text, "base");
    let shape = Shape::read(&scenario);
    let told: Vec<String> = shape.hazards.iter().map(|hazard| hazard.headline(&scenario)).collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    may deadlock once 4 `sensor` tasks and 1 `load` task are running: all workers of slots are taken for ever, and tasks queue behind them
    may deadlock once 1 `sensor` task is running: a task waits for a permit of loaded, which never comes
    ");
    let warned = Document::parse("sensors.toml", text).expect("it is sound").check();
    insta::assert_snapshot!(warned.render(false), @r#"
    warning: this step always fails: the task never takes what this step gives back
      --> sensors.toml:10:21
       |
    10 | steps = ["io 30s", "release loaded"]
       |                     ^^^^^^^
       |
       = help: write `owned = false`: then any task may release it
    "#);
    let without = text.replace("permits = 0", "permits = 0\nowned = false");
    let warned = Document::parse("sensors.toml", &without).expect("it is sound").check();
    assert_eq!(warned.render(false), "");
}

/// Two entries of one type are counted together, and each type has its own plural.
#[test]
fn tasks_are_counted_by_type_in_words() {
    let text = |second: &str| {
        format!(
            r#"
executors.p = {{ kind = "threads", workers = 2 }}
executors.q = {{ kind = "threads", workers = 2 }}
locks.l = {{}}
locks.m = {{}}
tasks.req.steps = ["lock l", "lock m", "unlock m", "unlock l"]
tasks.audit.steps = ["lock m", "lock l", "unlock l", "unlock m"]
tasks.b.steps = ["submit c as x", "wait x"]
tasks.c.steps = ["run 1s"]
arrivals = [{second}]
"#
        )
    };
    let told = |arrivals: &str| {
        let scenario = scenario_of(&text(arrivals), "base");
        let shape = Shape::read(&scenario);
        let headlines: Vec<String> = shape.hazards.iter().map(|hazard| hazard.headline(&scenario)).collect();
        headlines.join("\n")
    };
    insta::assert_snapshot!(
        told(r#"{ task = "b", to = "p", at = "0s" }, { task = "b", to = "p", at = "1s" }"#),
        @"may deadlock once 2 `b` tasks are running: tasks of p wait for tasks of p, until no worker is left"
    );
    insta::assert_snapshot!(
        told(r#"{ task = "req", to = "p", at = "0s" }, { task = "audit", to = "q", at = "0s" }"#),
        @"may deadlock once 1 `req` task and 1 `audit` task are running: l and m are taken in more than one order"
    );
}
