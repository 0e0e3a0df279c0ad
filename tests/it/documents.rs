//! Random documents: every kind of executor, chains of wrappers, every policy, every step, with durations
//! from a small set so that much happens at one instant. Small, so that a failure can be read.
//!
//! What is generated is always a good document: bad ones are the parser's tests.

mod shared;

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;
use shared::{resource, shared};

/// One line of a program; numbers choose among what the document has, modulo how many there are.
#[derive(Clone, Debug)]
pub enum Step {
    /// A line without anything to choose.
    Plain(&'static str),
    Work(&'static str, &'static str),
    Submit {
        task: usize,
        to: Option<usize>,
        name: Option<&'static str>,
        rest: Vec<String>,
    },
    Wait {
        how: &'static str,
        names: Vec<usize>,
        timeout: Option<&'static str>,
        handler: Option<Vec<Step>>,
    },
    Cancel(usize),
    Resource {
        verb: u8,
        which: usize,
        timeout: Option<&'static str>,
        handler: Option<Vec<Step>>,
    },
    With(usize, Vec<Step>),
    Cell(u8, usize),
    /// What a task does with a shared thing: a verb of its kind.
    Shared {
        verb: u8,
        which: usize,
        timeout: Option<&'static str>,
        handler: Option<Vec<Step>>,
    },
    Repeat(&'static str, Vec<Step>),
    Maybe(&'static str, Vec<Step>, Option<Vec<Step>>),
    Shutdown(usize, &'static str),
}

/// An executor: its own lines, and where a wrapper leads (modulo the number of executors before it).
#[derive(Clone, Debug)]
pub struct Executor {
    pub kind: &'static str,
    pub lines: Vec<String>,
    pub into: usize,
    pub caps: Vec<(Vec<usize>, u32)>,
}

/// A document in pieces, so that it can shrink.
#[derive(Clone, Debug)]
pub struct Pieces {
    pub executors: Vec<Executor>,
    pub tasks: Vec<Vec<Step>>,
    /// Task, executor, and the other keys.
    pub arrivals: Vec<(usize, usize, String)>,
    pub semaphores: Vec<String>,
    pub locks: Vec<String>,
    /// Section and keys of everything else that is shared, but for cells.
    pub shared: Vec<(&'static str, String)>,
    pub cells: Vec<bool>,
    pub machine: Option<String>,
    pub until: Option<&'static str>,
}

impl Pieces {
    /// The lock of every condition: the first, if there is one.
    fn condition_lock(&self) -> Option<String> {
        (!self.locks.is_empty()).then(|| "L0".to_owned())
    }
}

const TASKS: [&str; 4] = ["a", "b", "c", "d"];
const DURATIONS: [&str; 10] = [
    "0s",
    "1s",
    "1s",
    "2s",
    "2s",
    "3s",
    "uniform(0s, 2s)",
    "choice(1s: 0.5, 2s: 0.5)",
    "trace(1s 2s)",
    "exp(1s)",
];
const TIMEOUTS: [&str; 4] = ["0s", "1s", "2s", "4s"];
const ON_FULL: [&str; 5] = ["reject", "block", "caller-runs", "discard", "discard-oldest"];

fn duration() -> impl Strategy<Value = &'static str> {
    select(&DURATIONS[..])
}

fn timeout() -> impl Strategy<Value = Option<&'static str>> {
    weighted(0.4, select(&TIMEOUTS[..]))
}

fn submit() -> impl Strategy<Value = Step> {
    let rest = (
        weighted(0.15, select(&["after 0s", "after 1s", "after 3s"][..])),
        weighted(0.15, select(&["key k", "key k{n}"][..])),
        weighted(0.2, select(&["priority 1", "priority -1"][..])),
        weighted(0.2, select(&ON_FULL[..])),
    );
    let name = weighted(0.6, select(&["x", "y"][..]));
    (0..4usize, weighted(0.6, 0..4usize), name, rest).prop_map(
        |(task, to, name, (after, key, priority, full))| {
            let full = full.map(|policy| format!("on_full {policy}"));
            let words = [after, key, priority].into_iter().flatten().map(str::to_owned);
            Step::Submit { task, to, name, rest: words.chain(full).collect() }
        },
    )
}

fn plain_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => duration().prop_map(|d| Step::Work("run", d)),
        3 => duration().prop_map(|d| Step::Work("io", d)),
        1 => select(&["yield", "note here", "run forever", "io forever", "fail text"][..]).prop_map(Step::Plain),
        6 => submit(),
        1 => (0..4usize).prop_map(Step::Cancel),
        2 => (0..4u8, 0..3usize).prop_map(|(verb, cell)| Step::Cell(verb, cell)),
        1 => (0..4usize, select(&["", " nowait", " cancel", " nowait cancel", " now"][..]))
            .prop_map(|(executor, how)| Step::Shutdown(executor, how)),
    ]
}

/// A step that waits; `body` makes the steps of its handler.
fn waiting_step(body: BoxedStrategy<Vec<Step>>) -> impl Strategy<Value = Step> {
    let wait = (
        select(&["wait", "wait", "wait", "wait any", "wait all", "result"][..]),
        vec(0..4usize, 1..3),
        timeout(),
        weighted(0.3, body.clone()),
    );
    let acquire = (0..4u8, 0..4usize, timeout(), weighted(0.3, body.clone()));
    let shared = (0..8u8, 0..4usize, timeout(), weighted(0.3, body));
    prop_oneof![
        3 => wait.prop_map(|(how, names, timeout, handler)| Step::Wait { how, names, timeout, handler }),
        2 => acquire.prop_map(|(verb, which, timeout, handler)| Step::Resource { verb, which, timeout, handler }),
        3 => shared.prop_map(|(verb, which, timeout, handler)| Step::Shared { verb, which, timeout, handler }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let flat = plain_step().boxed();
    let inner = prop_oneof![3 => plain_step(), 2 => waiting_step(vec(flat, 0..2).boxed())].boxed();
    let body = vec(inner.clone(), 0..4).boxed();
    prop_oneof![
        6 => plain_step(),
        5 => waiting_step(body.clone()),
        1 => (select(&["0", "1", "2", "3"][..]), body.clone()).prop_map(|(n, body)| Step::Repeat(n, body)),
        1 => (0..4usize, body.clone()).prop_map(|(which, body)| Step::With(which, body)),
        1 => (select(&["0", "0.5", "1"][..]), body.clone(), weighted(0.5, body))
            .prop_map(|(p, yes, no)| Step::Maybe(p, yes, no)),
    ]
}

/// Kinds, the commoner ones more often.
const KINDS: &str = "threads threads threads threads elastic elastic fork-join scheduled green green dynamic inline \
    delay delay cap cap bus";

fn executor() -> impl Strategy<Value = Executor> {
    let kind = select(KINDS.split_whitespace().collect::<Vec<_>>());
    let bounds = (1..4u32, weighted(0.4, 0..3u32), weighted(0.4, select(&ON_FULL[..])));
    let policies = (
        weighted(0.3, select(&["lifo", "priority"][..])),
        weighted(0.5, select(&["help-child", "help-any", "compensate", "release"][..])),
        weighted(0.15, select(&["warn", "reject"][..])),
        proptest::bool::weighted(0.05),
    );
    let special = (
        weighted(0.4, select(&["per-submit", "eager"][..])),
        weighted(0.2, select(&["0s", "1s"][..])),
        select(&DURATIONS[..]),
        weighted(0.5, 1..3u32),
    );
    let caps = vec((vec(0..4usize, 1..3), 1..3u32), 1..3);
    (kind, bounds, policies, special, 0..4usize, caps).prop_map(
        |(kind, bounds, policies, special, into, caps)| {
            let mut lines = Vec::new();
            let (workers, queue, on_full) = bounds;
            let (order, on_wait, guard, leaf) = policies;
            let (spawn, cost, delay, few) = special;
            let mut line = |key: &str, value: Option<&str>| {
                lines.extend(value.map(|value| format!("{key} = \"{value}\"")));
            };
            let pool =
                matches!(kind, "threads" | "green" | "dynamic" | "elastic" | "fork-join" | "scheduled");
            let is_plain_pool = pool && !matches!(kind, "fork-join" | "scheduled");
            if kind != "inline" && (is_plain_pool || !pool) {
                line("on_full", on_full);
            }
            line("guard", guard);
            if is_plain_pool {
                line("order", order);
                line("on_wait", on_wait);
            }
            if kind == "fork-join" {
                line("order", order.filter(|order| *order == "lifo"));
                line("on_wait", on_wait.filter(|on_wait| *on_wait == "help-any"));
            }
            match kind {
                "threads" => {
                    line("spawn", spawn);
                    line("start_cost", cost);
                }
                "dynamic" => line("start_cost", cost),
                "elastic" => line("keep_alive", cost),
                "delay" => line("delay", Some(delay)),
                _ => {}
            }
            let mut number = |key: &str, value: Option<u32>| {
                lines.extend(value.map(|value| format!("{key} = {value}")));
            };
            number("workers", Some(workers).filter(|_| pool));
            number("queue", queue.filter(|_| kind != "inline" && (is_plain_pool || !pool)));
            number("min_workers", few.filter(|few| kind == "dynamic" && *few <= workers));
            number("core", few.filter(|few| kind == "elastic" && *few <= workers));
            number("prefetch", few.filter(|_| kind == "bus"));
            if leaf {
                lines.push("leaf = true".to_owned());
            }
            Executor { kind, lines, into, caps }
        },
    )
}

fn arrival() -> impl Strategy<Value = (usize, usize, String)> {
    let when = prop_oneof![
        4 => (select(&["0s", "0s", "1s", "2s"][..]), 1..5u32).prop_map(|(at, n)| format!("at = \"{at}\", count = {n}")),
        2 => (duration(), 1..5u32).prop_map(|(gap, n)| format!("every = \"{gap}\", count = {n}")),
        1 => Just("rate = \"1/s\", until = \"3s\"".to_owned()),
        1 => Just("trace = [\"0s\", \"1s\", \"1s\", \"3s\"]".to_owned()),
    ];
    let rest = (
        weighted(0.3, select(&["k", "k{n}"][..])),
        weighted(0.2, -1..2i32),
        weighted(0.2, select(&ON_FULL[..])),
    );
    (0..4usize, 0..4usize, when, rest).prop_map(|(task, to, mut keys, (key, priority, on_full))| {
        keys += &key.map_or_else(String::new, |key| format!(", key = \"{key}\""));
        keys += &priority.map_or_else(String::new, |priority| format!(", priority = {priority}"));
        keys += &on_full.map_or_else(String::new, |policy| format!(", on_full = \"{policy}\""));
        (task, to, keys)
    })
}

/// Documents of up to four executors and four tasks.
pub fn pieces() -> impl Strategy<Value = Pieces> {
    let machine =
        (1..3u32, any::<bool>(), select(&["1s", "500ms", "2s"][..])).prop_map(|(cores, gil, interval)| {
            format!("cores = {cores}, gil = {gil}, switch_interval = \"{interval}\"")
        });
    (
        vec(executor(), 1..5),
        vec(vec(step(), 0..7), 1..5),
        vec(arrival(), 1..4),
        (
            vec(resource(true), 0..2),
            vec(resource(false), 0..3),
            vec(any::<bool>(), 0..3),
            vec(shared(), 0..3),
        ),
        weighted(0.25, machine),
        weighted(0.1, select(&["2s", "4s"][..])),
    )
        .prop_map(|(executors, tasks, arrivals, (semaphores, locks, cells, shared), machine, until)| {
            Pieces { executors, tasks, arrivals, semaphores, locks, shared, cells, machine, until }
        })
}

/// The same with few cores and locks that are not fair, which most tasks take: whoever is woken may find nothing, and
/// queues for a core before it knows.
pub fn contended() -> impl Strategy<Value = Pieces> {
    let machine = (1..3u32, select(&["500ms", "1s"][..]))
        .prop_map(|(cores, interval)| format!("cores = {cores}, switch_interval = \"{interval}\""));
    let step = || {
        prop_oneof![
            2 => duration().prop_map(|d| Step::Work("run", d)),
            1 => duration().prop_map(|d| Step::Work("io", d)),
            6 => (0..2u8, 0..3usize, weighted(0.15, select(&TIMEOUTS[..])))
                .prop_map(|(verb, which, timeout)| Step::Resource { verb, which, timeout, handler: None }),
        ]
    };
    (pieces(), machine, vec(vec(step(), 2..8), 2..4), 1..3u32).prop_map(
        |(pieces, machine, tasks, permits)| Pieces {
            machine: Some(machine),
            tasks,
            semaphores: vec![format!("permits = {permits}, fair = false")],
            locks: vec!["fair = false".to_owned(), "fair = false".to_owned()],
            until: None,
            ..pieces
        },
    )
}

/// Writes the pieces as a document.
pub fn render(pieces: &Pieces) -> String {
    let mut text = "title = \"random\"\n".to_owned();
    text += &pieces.until.map_or_else(String::new, |until| format!("until = \"{until}\"\n"));
    text += "limits = { max_events = 3000, max_tasks = 300, max_at_one_instant = 1500 }\n";
    if let Some(machine) = &pieces.machine {
        text += &format!("machine = {{ {machine} }}\n");
    }
    for (i, executor) in pieces.executors.iter().enumerate() {
        text += &render_executor(pieces, i, executor);
    }
    for (i, keys) in pieces.semaphores.iter().enumerate() {
        text += &format!("semaphores.S{i} = {{ {keys} }}\n");
    }
    for (i, keys) in pieces.locks.iter().enumerate() {
        text += &format!("locks.L{i} = {{ {keys} }}\n");
    }
    for (i, (section, keys)) in pieces.shared.iter().enumerate() {
        let lock = pieces.condition_lock().filter(|_| *section == "conditions");
        let keys = lock.map_or_else(|| keys.clone(), |lock| format!("lock = \"{lock}\""));
        text += &format!("{section}.X{i} = {{ {keys} }}\n");
    }
    for (i, per_key) in pieces.cells.iter().enumerate() {
        let per = if *per_key { ", per = \"key\"" } else { "" };
        text += &format!("cells.C{i} = {{ initial = 0{per} }}\n");
    }
    for (i, steps) in pieces.tasks.iter().enumerate() {
        let mut writer = Writer { pieces, task: i, names: Vec::new(), lines: Vec::new() };
        writer.steps(steps);
        let lines: String = writer.lines.iter().map(|line| format!("  \"{line}\",\n")).collect();
        text += &format!("tasks.{}.steps = [\n{lines}]\n", TASKS[i]);
    }
    text += "arrivals = [\n";
    for (task, to, keys) in &pieces.arrivals {
        let (task, to) = (TASKS[task % pieces.tasks.len()], to % pieces.executors.len());
        text += &format!("  {{ task = \"{task}\", to = \"e{to}\", {keys} }},\n");
    }
    text + "]\n"
}

fn render_executor(pieces: &Pieces, i: usize, executor: &Executor) -> String {
    let wraps = matches!(executor.kind, "delay" | "cap" | "bus");
    // The first executor has nothing before it that it could lead into.
    if wraps && i == 0 {
        return "executors.e0 = { kind = \"threads\", workers = 2 }\n".to_owned();
    }
    let mut keys = vec![format!("kind = \"{}\"", executor.kind)];
    keys.extend(executor.lines.iter().cloned());
    if wraps {
        keys.push(format!("into = \"e{}\"", executor.into % i));
    }
    if executor.kind == "cap" {
        let mut caps: Vec<(String, u32)> = Vec::new();
        for (types, limit) in &executor.caps {
            let mut types: Vec<&str> = types.iter().map(|t| TASKS[t % pieces.tasks.len()]).collect();
            types.sort_unstable();
            types.dedup();
            let name = types.join("+");
            if caps.iter().all(|(other, _)| *other != name) {
                caps.push((name, *limit));
            }
        }
        let caps: Vec<String> = caps.iter().map(|(name, limit)| format!("\"{name}\" = {limit}")).collect();
        keys.push(format!("caps = {{ {} }}", caps.join(", ")));
    }
    format!("executors.e{i} = {{ {} }}\n", keys.join(", "))
}

/// Writes one program; what a step cannot name becomes a step that needs no name.
struct Writer<'a> {
    pieces: &'a Pieces,
    task: usize,
    names: Vec<&'static str>,
    lines: Vec<String>,
}

impl Writer<'_> {
    fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            self.step(step);
        }
    }

    fn say(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    fn block(&mut self, head: String, body: &[Step]) {
        self.say(head);
        self.steps(body);
        self.say("end");
    }

    fn name(&self, number: usize) -> Option<&'static str> {
        (!self.names.is_empty()).then(|| self.names[number % self.names.len()])
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Plain(line) => self.say(*line),
            Step::Work(verb, length) => self.say(format!("{verb} {length}")),
            Step::Submit { task, to, name, rest } => self.submit(*task, *to, *name, rest),
            Step::Wait { how, names, timeout, handler } => {
                self.wait(how, names, *timeout, handler.as_deref())
            }
            Step::Cancel(name) => match self.name(*name) {
                Some(name) => self.say(format!("cancel {name}")),
                None => self.say("yield"),
            },
            Step::Resource { verb, which, timeout, handler } => {
                self.resource(*verb, *which, *timeout, handler.as_deref());
            }
            Step::With(which, body) => match self.any_resource(*which) {
                Some(name) => self.block(format!("with {name}"), body),
                None => self.steps(body),
            },
            Step::Cell(verb, cell) => self.cell(*verb, *cell),
            Step::Shared { verb, which, timeout, handler } => {
                self.shared(*verb, *which, *timeout, handler.as_deref());
            }
            Step::Repeat(times, body) => self.block(format!("repeat {times}"), body),
            Step::Maybe(p, yes, no) => {
                self.say(format!("maybe {p}"));
                self.steps(yes);
                if let Some(no) = no {
                    self.say("else");
                    self.steps(no);
                }
                self.say("end");
            }
            Step::Shutdown(executor, how) => {
                let executor = executor % self.pieces.executors.len();
                self.say(format!("shutdown e{executor}{how}"));
            }
        }
    }

    /// Only later tasks are submitted, so that no family grows without end.
    fn submit(&mut self, task: usize, to: Option<usize>, name: Option<&'static str>, rest: &[String]) {
        let later = self.pieces.tasks.len() - self.task - 1;
        if later == 0 {
            return self.say("run 1s");
        }
        let task = TASKS[self.task + 1 + task % later];
        let mut line = format!("submit {task}");
        if let Some(to) = to {
            line += &format!(" to e{}", to % self.pieces.executors.len());
        }
        if let Some(name) = name {
            line += &format!(" as {name}");
        }
        for word in rest {
            line += &format!(" {word}");
        }
        self.names.push(name.unwrap_or(task));
        self.say(line);
    }

    fn wait(&mut self, how: &str, names: &[usize], timeout: Option<&str>, handler: Option<&[Step]>) {
        let names: Vec<&str> = names.iter().filter_map(|name| self.name(*name)).collect();
        let Some(first) = names.first().copied() else { return self.say("io 1s") };
        let timed = timeout.map_or_else(String::new, |timeout| format!(" timeout {timeout}"));
        match how {
            "wait all" => self.say(format!("wait all{timed}")),
            "result" => self.say(format!("result {first}{timed}")),
            how => self.say(format!("{how} {}{timed}", names.join(" "))),
        }
        self.handle(timeout, handler);
    }

    fn handle(&mut self, timeout: Option<&str>, handler: Option<&[Step]>) {
        if let Some(body) = handler.filter(|_| timeout.is_some()) {
            self.block("on-timeout".to_owned(), body);
        }
    }

    fn cell(&mut self, verb: u8, cell: usize) {
        if self.pieces.cells.is_empty() {
            return self.say("yield");
        }
        let cell = cell % self.pieces.cells.len();
        match verb {
            0 => self.say(format!("write C{cell} 7")),
            1 => self.say(format!("add C{cell} 1")),
            _ => self.say(format!("read C{cell}")),
        }
    }
}
