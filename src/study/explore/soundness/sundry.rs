//! Random small documents that put together what is chosen by itself: every kind of executor with any queue, policy,
//! order and way to wait, chains of wrappers, and programs of every step.
//!
//! Each piece is the least that has the behaviour, so that many of the documents can be looked at in every order.

use crate::study::explore::rng::Rng;
use crate::study::schedule::TimingAssumption;
use std::fmt::Write;

const ON_FULL: [&str; 5] = ["reject", "block", "caller-runs", "discard", "discard-oldest"];
const ON_WAIT: [&str; 5] = ["hold", "help-child", "help-any", "compensate", "release"];

/// A document of up to two pools and two wrappers, two or three tasks, whatever they share.
pub(in super::super) fn sundry(number: u64, view: TimingAssumption) -> String {
    let mut rng = Rng::new(number ^ 0x50d7);
    let mut text = String::new();
    let mut executors = vec!["p"];
    let _ = writeln!(text, "executors.p = {{ {} }}", pool(&mut rng));
    for name in ["q", "v", "w"] {
        if rng.below(2) == 0 {
            let keys = if name == "q" { pool(&mut rng) } else { wrapper(&mut rng, &executors) };
            let _ = writeln!(text, "executors.{name} = {{ {keys} }}");
            executors.push(name);
        }
    }
    for (table, first) in [("locks.m", None), ("locks.n", None), ("semaphores.s", Some("permits"))] {
        let mut keys = Vec::new();
        keys.extend(first.map(|key| format!("{key} = {}", 1 + rng.below(2))));
        keys.extend(rng.some(3, &["fair = true", "fair = false"]).map(str::to_owned));
        keys.extend(rng.some(6, &["per = \"key\""]).map(str::to_owned));
        let _ = writeln!(text, "{table} = {{ {} }}", keys.join(", "));
    }
    text += rng.one(&["cells.c = { initial = 0 }\n", "cells.c = { initial = 0, per = \"key\" }\n"]);
    if view == TimingAssumption::Timed && rng.below(4) == 0 {
        text +=
            rng.one(&["machine = { cores = 1 }\n", "machine = { cores = 2, switch_interval = \"1s\" }\n"]);
    }
    let tasks = if rng.below(3) == 0 { vec!["a", "b", "d"] } else { vec!["a", "b"] };
    for (i, task) in tasks.iter().enumerate() {
        let mut program = RandomProgramWriter {
            rng: &mut rng,
            executors: &executors,
            child: tasks.get(i + 1),
            steps: Vec::new(),
        };
        program.write();
        let lines: Vec<String> = program.steps.iter().map(|step| format!("\"{step}\"")).collect();
        let _ = writeln!(text, "tasks.{task}.steps = [{}]", lines.join(", "));
    }
    let entries = 1 + rng.below(2);
    for task in tasks.iter().take(2).take(entries as usize) {
        let _ = write!(text, "[[arrivals]]\ntask = \"{task}\"\nto = \"{}\"\n", rng.one(&executors));
        text += rng.one(&[
            "at = \"0s\"\n",
            "at = \"1s\"\n",
            "count = 2\n",
            "count = 2\n",
            "count = 2\nevery = \"1s\"\n",
        ]);
        text += rng.one(&["", "", "key = \"k\"\n", "key = \"k{n}\"\n", "priority = 1\n"]);
        if rng.below(4) == 0 {
            let _ = writeln!(text, "on_full = \"{}\"", rng.one(&ON_FULL));
        }
    }
    text + "[expect]\n\"final.c\" = \"<= 1\"\nrejected = 0\n"
}

impl Rng {
    /// Returns one of `of`, once in `times` calls.
    fn some<'a>(&mut self, times: u64, of: &[&'a str]) -> Option<&'a str> {
        (self.below(times) == 0).then(|| self.one(of))
    }
}

fn pool(rng: &mut Rng) -> String {
    let kind = rng.one(&["threads", "threads", "threads", "green", "green", "dynamic", "inline"]);
    let mut keys = vec![format!("kind = \"{kind}\"")];
    if kind == "inline" {
        return keys.remove(0);
    }
    keys.push(format!("workers = {}", 1 + rng.below(2)));
    keys.extend(queue(rng));
    keys.push(format!("on_wait = \"{}\"", rng.one(&ON_WAIT)));
    keys.extend(rng.some(4, &["order = \"lifo\"", "order = \"priority\""]).map(str::to_owned));
    keys.extend(rng.some(8, &["guard = \"warn\"", "guard = \"reject\"", "leaf = true"]).map(str::to_owned));
    if kind == "threads" {
        keys.extend(rng.some(3, &["spawn = \"per-submit\"", "spawn = \"eager\""]).map(str::to_owned));
    }
    if kind != "green" {
        keys.extend(rng.some(6, &["start_cost = \"1s\""]).map(str::to_owned));
    }
    keys.join(", ")
}

fn queue(rng: &mut Rng) -> Vec<String> {
    if rng.below(2) == 0 {
        return Vec::new();
    }
    vec![format!("queue = {}", rng.below(2)), format!("on_full = \"{}\"", rng.one(&ON_FULL))]
}

fn wrapper(rng: &mut Rng, before: &[&str]) -> String {
    let own = rng.one(&[
        "kind = \"delay\", delay = \"1s\"",
        "kind = \"delay\", delay = \"exp(1s)\"",
        "kind = \"cap\", caps = { a = 1 }",
        "kind = \"cap\", caps = { b = 1 }",
        "kind = \"cap\", caps = { \"a+b\" = 1 }",
        "kind = \"bus\"",
        "kind = \"bus\", prefetch = 1",
    ]);
    let mut keys = vec![own.to_owned(), format!("into = \"{}\"", rng.one(before))];
    keys.extend(queue(rng));
    keys.join(", ")
}

/// A program that is being written.
struct RandomProgramWriter<'a> {
    rng: &'a mut Rng,
    executors: &'a [&'a str],
    child: Option<&'a &'a str>,
    steps: Vec<String>,
}

impl RandomProgramWriter<'_> {
    fn write(&mut self) {
        let mut submitted = false;
        for _ in 0..1 + self.rng.below(4) {
            match (self.child, self.rng.below(3)) {
                (Some(child), 0) => {
                    self.submit(child);
                    submitted = true;
                }
                (Some(child), 1) if submitted => self.about(child),
                _ => self.by_itself(),
            }
        }
        if let Some(child) = self.child.filter(|_| submitted && self.rng.below(2) == 0) {
            self.about(child);
        }
    }

    fn say(&mut self, steps: &str) {
        self.steps.extend(steps.split("; ").map(str::to_owned));
    }

    fn submit(&mut self, child: &str) {
        let mut step = format!("submit {child} to {}", self.rng.one(self.executors));
        for more in
            [self.rng.some(6, &["after 1s"]), self.rng.some(8, &["key k"]), self.rng.some(8, &["priority 1"])]
        {
            step += &more.map_or_else(String::new, |more| format!(" {more}"));
        }
        if self.rng.below(5) == 0 {
            step += &format!(" on_full {}", self.rng.one(&ON_FULL));
        }
        self.say(&step);
    }

    /// A step about the child.
    fn about(&mut self, child: &str) {
        let step = self.rng.one(&[
            "wait X",
            "wait X",
            "result X",
            "wait any X",
            "wait all",
            "wait X timeout 1s",
            "wait X timeout 1s; on-timeout; cancel X; end",
            "result X timeout 1s",
            "result X timeout 1s; on-timeout; read c; end",
            "cancel X",
            "cancel X; wait X",
            "cancel X; result X",
            "with m; wait X; end",
        ]);
        self.say(&step.replace('X', child));
    }

    fn by_itself(&mut self) {
        let step = self.rng.one(&[
            "run 1s",
            "io 1s",
            "run exp(1s)",
            "yield",
            "read c; add c 1",
            "write c 7",
            "lock m; lock n",
            "lock n; lock m",
            "lock m; yield; unlock m",
            "acquire s; release s",
            "acquire s; run 1s; release s",
            "with s; lock m; unlock m; end",
            "acquire s timeout 1s; on-timeout; fail late; end; release s",
            "lock m timeout 1s; on-timeout; read c; end",
            "maybe 0.5; lock m; else; yield; end",
            "repeat 2; yield; end",
            "fail broken",
            "release s",
            "shutdown Q",
            "shutdown Q nowait",
            "shutdown Q cancel",
            "shutdown Q nowait cancel",
            "io forever",
        ]);
        let step = step.replace('Q', self.rng.one(self.executors));
        self.say(&step);
    }
}
