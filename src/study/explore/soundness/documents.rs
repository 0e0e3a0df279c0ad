//! Random small documents whose every order can be looked at without any reduction.

use crate::study::explore::rng::Rng;
use crate::study::schedule::TimingAssumption;
use std::fmt::Write;

impl Rng {
    pub(super) fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len() as u64) as usize]
    }
}

/// A small document: up to two pools and a wrapper, a parent and a child, a lock, a semaphore and a cell.
pub(super) fn document(number: u64) -> String {
    let mut rng = Rng::new(number);
    let mut text = String::new();
    let kinds = [
        "kind = \"threads\"\nworkers = 1",
        "kind = \"threads\"\nworkers = 2",
        "kind = \"threads\"\nworkers = 1\non_wait = \"help-child\"",
        "kind = \"threads\"\nworkers = 1\non_wait = \"help-any\"",
        "kind = \"threads\"\nworkers = 2\non_wait = \"help-any\"",
        "kind = \"threads\"\nworkers = 1\non_wait = \"compensate\"",
        "kind = \"threads\"\nworkers = 1\non_wait = \"release\"",
        "kind = \"threads\"\nworkers = 1\nspawn = \"eager\"\nqueue = 1\non_full = \"block\"",
        "kind = \"threads\"\nworkers = 2\nspawn = \"per-submit\"",
        "kind = \"threads\"\nworkers = 1\nqueue = 0\non_full = \"caller-runs\"",
        "kind = \"threads\"\nworkers = 1\nqueue = 1\non_full = \"discard-oldest\"",
        "kind = \"threads\"\nworkers = 1\norder = \"lifo\"",
        "kind = \"green\"\nworkers = 1",
        "kind = \"green\"\nworkers = 3",
        "kind = \"green\"\nworkers = 3",
        "kind = \"dynamic\"\nworkers = 2",
        "kind = \"inline\"",
    ];
    let _ = writeln!(text, "[executors.p]\n{}\n\n[executors.q]\n{}\n", rng.one(&kinds), rng.one(&kinds));
    let wrapper = rng.one(&[
        "kind = \"delay\"\ndelay = \"1s\"\ninto = \"p\"",
        "kind = \"delay\"\ndelay = \"exp(1s)\"\ninto = \"q\"",
        "kind = \"cap\"\ncaps = { a = 1 }\ninto = \"p\"",
        "kind = \"cap\"\ncaps = { b = 1 }\nqueue = 0\non_full = \"block\"\ninto = \"p\"",
        "kind = \"bus\"\ninto = \"q\"",
        "kind = \"bus\"\nprefetch = 1\ninto = \"p\"",
    ]);
    let _ = writeln!(
        text,
        "[executors.w]\n{wrapper}\n\n[locks.m]\n\n[semaphores.s]\npermits = 1\n\n[cells.c]\ninitial = 0\n"
    );
    let executors = ["p", "p", "p", "q", "q", "w"];
    for (task, child) in [("a", true), ("b", false)] {
        let steps = random_steps(&mut rng, child, &executors);
        let lines: Vec<String> = steps.iter().map(|step| format!("\"{step}\"")).collect();
        let _ = writeln!(text, "[tasks.{task}]\nsteps = [{}]\n", lines.join(", "));
    }
    for task in ["a", "b"] {
        let (to, count) = (rng.one(&executors), 1 + rng.below(2));
        let _ =
            writeln!(text, "[[arrivals]]\ntask = \"{task}\"\nto = \"{to}\"\nat = \"0s\"\ncount = {count}\n");
    }
    text += "[expect]\n\"final.c\" = \"<= 1\"\n";
    text
}

/// One to four random steps; those about a child only where there is one.
fn random_steps(rng: &mut Rng, child: bool, executors: &[&str]) -> Vec<String> {
    let mut steps: Vec<String> = Vec::new();
    let mut submitted = false;
    for _ in 0..1 + rng.below(4) {
        let roll = rng.below(16);
        match roll {
            0 | 1 => steps.push("run 1s".to_owned()),
            2 => steps.push("io 2s".to_owned()),
            3 | 4 if child => {
                steps.push(format!("submit b to {}", rng.one(executors)));
                submitted = true;
            }
            5 | 6 if submitted => {
                steps.push(rng.one(&["wait b", "result b", "wait b", "wait all"]).to_owned())
            }
            7 if submitted => steps.push("wait b timeout 1s".to_owned()),
            8 if submitted => steps.push("cancel b".to_owned()),
            9 | 10 => steps.extend(["read c".to_owned(), "add c 1".to_owned()]),
            11 => steps.extend(["lock m".to_owned(), "acquire s".to_owned()]),
            12 => steps.extend(["acquire s".to_owned(), "lock m".to_owned()]),
            13 => steps.extend(["with m".to_owned(), "run 1s".to_owned(), "end".to_owned()]),
            14 => steps.extend(["maybe 0.5".to_owned(), "write c 7".to_owned(), "end".to_owned()]),
            _ => steps.push("yield".to_owned()),
        }
    }
    steps
}

/// The same with expectations of every sort that depends on more than the last state.
pub(super) fn expecting(number: u64, view: TimingAssumption) -> String {
    let mut rng = Rng::new(number ^ 0x5eed);
    let mut text = document(number);
    let counts = [
        "rejected = \"<= 0\"",
        "failed = \"<= 0\"",
        "warnings = \"<= 0\"",
        "\"writes.c\" = \"<= 2\"",
        "\"queue.p.max\" = \"<= 1\"",
        "\"queue.w.max\" = \"<= 1\"",
        "\"workers.p.max\" = \"<= 1\"",
        "\"threads.max\" = \"<= 3\"",
        "\"memory.max\" = \"< 256KiB\"",
    ];
    let times = [
        "\"latency.a.max\" = \"<= 3s\"",
        "\"latency.b.mean\" = \"<= 2s\"",
        "\"latency.b.p50\" = \"<= 1s\"",
        "\"wait.b.max\" = \"<= 1s\"",
        "\"utilisation.p\" = \">= 0.5\"",
        "\"threads.mean\" = \"<= 2.5\"",
        "makespan = \"<= 4s\"",
        "\"throughput.b\" = \">= 0.5/s\"",
    ];
    let mut lines = vec![rng.one(&counts), rng.one(&counts), rng.one(&counts)];
    if view == TimingAssumption::Timed {
        lines.extend([rng.one(&times), rng.one(&times)]);
    }
    lines.sort_unstable();
    lines.dedup();
    text += &lines.join("\n");
    text + "\n"
}

/// The same with what the others lack: unfair locks and semaphores, locks and cells for each key, other queues and
/// guards, failures, waits for any, a shutdown, and now and then a task that never ends.
pub(super) fn wider(number: u64) -> String {
    let mut rng = Rng::new(number ^ 0x71de);
    let mut text = document(number);
    let mut put = |from: &str, to: &[&str]| text = text.replacen(from, rng.one(to), 1);
    put(
        "[locks.m]\n",
        &["[locks.m]\nfair = false\n", "[locks.m]\nfair = true\n", "[locks.m]\nper = \"key\"\n"],
    );
    put("permits = 1\n", &["permits = 1\nfair = false\n", "permits = 2\n", "permits = 1\nper = \"key\"\n"]);
    put("initial = 0\n", &["initial = 0\nper = \"key\"\n", "initial = 0\n", "initial = 0\n"]);
    put(
        "workers = 1\n",
        &[
            "workers = 1\nqueue = 1\non_full = \"discard\"\n",
            "workers = 1\nqueue = 1\non_full = \"reject\"\n",
            "workers = 1\norder = \"priority\"\n",
            "workers = 1\nguard = \"reject\"\n",
            "workers = 1\nleaf = true\n",
            "workers = 1\n",
            "workers = 1\n",
        ],
    );
    put(
        "\"run 1s\"",
        &[
            "\"acquire s timeout 1s\", \"on-timeout\", \"fail late\", \"end\", \"release s\"",
            "\"fail broken\"",
            "\"shutdown q nowait\"",
            "\"shutdown q cancel\"",
            "\"repeat 2\", \"lock m\", \"yield\", \"unlock m\", \"end\"",
            "\"repeat forever\", \"maybe 0.5\", \"note x\", \"end\", \"end\"",
        ],
    );
    put(
        "\"wait b\"",
        &["\"wait any b\"", "\"wait b\", \"submit b on_full discard\"", "\"result b timeout 1s\""],
    );
    text = text.replace("at = \"0s\"\n", "at = \"0s\"\nkey = \"k-{n}\"\npriority = 1\n");
    text
}

/// The same on executors of other runtimes: pools that grow when their queue is full, whose workers leave, whose cancelled
/// entries leave, and that drop what comes after their shutdown.
pub(super) fn foreign(number: u64) -> String {
    let mut dice = Rng::new(number ^ 0xf0e1);
    let mut text = wider(number);
    let kinds = [
        "kind = \"elastic\"\ncore = 1\nworkers = 2\nqueue = 1\non_full = \"block\"",
        "kind = \"elastic\"\ncore = 1\nworkers = 2\nqueue = 1\non_full = \"caller-runs\"",
        "kind = \"elastic\"\ncore = 0\nworkers = 2\nqueue = 0\non_full = \"block\"",
        "kind = \"elastic\"\ncore = 0\nworkers = 2\nqueue = 0\non_full = \"discard-oldest\"",
        "kind = \"elastic\"\ncore = 1\nworkers = 3\nkeep_alive = \"1s\"\nqueue = 1",
        "kind = \"elastic\"\ncore = 1\nworkers = 1\nkeep_alive = \"1s\"\ncore_timeout = true",
        "kind = \"elastic\"\ncore = 0\nworkers = 2",
        "kind = \"threads\"\nworkers = 1\nkeep_alive = \"1s\"",
        "kind = \"threads\"\nworkers = 2\nkeep_alive = \"2s\"\nqueue = 1\non_full = \"block\"",
        "kind = \"threads\"\nworkers = 2\nspawn = \"injected\"",
        "kind = \"threads\"\nworkers = 1\nclaim_ahead = 1",
        "kind = \"scheduled\"\nworkers = 1",
        "kind = \"scheduled\"\nworkers = 2\ndelayed_after_shutdown = false",
        "kind = \"fork-join\"\nworkers = 1",
        "kind = \"fork-join\"\nworkers = 2\nmin_runnable = 2",
        "kind = \"fork-join\"\nworkers = 1\non_wait = \"help-any\"",
        "kind = \"threads\"\nworkers = 1",
    ];
    for pool in ["p", "q"] {
        let head = format!("[executors.{pool}]\n");
        let Some(from) = text.find(&head).map(|at| at + head.len()) else { continue };
        let length = text[from..].find("\n\n").unwrap_or(0);
        let cancelled = dice.one(&["kept", "notified", "removed"]);
        let after = dice.one(&["reject", "reject", "discard"]);
        let kind = dice.one(&kinds);
        let table = format!("{kind}\ncancelled = \"{cancelled}\"\nafter_shutdown = \"{after}\"");
        text.replace_range(from..from + length, &table);
    }
    if dice.one(&["plain", "managed"]) == "managed" {
        text = text.replace("\"io 2s\"", "\"io 2s managed\"");
    }
    text
}
