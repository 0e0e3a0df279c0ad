//! Where a scenario of one's own begins: six small documents, and a form whose answers become one.
//!
//! Invariant: every template and every text that the form writes is a good document (tests hold that); what the form
//! takes is bounded, so that no answer makes a run that does not end.

use std::fmt::Write as _;

/// A document to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScenarioTemplate {
    /// Its file's name.
    pub name: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// What it shows, one sentence.
    pub about: &'static str,
    /// The whole document.
    pub text: &'static str,
}

macro_rules! templates {
    ($($name:literal $title:literal $about:literal;)*) => {
        &[$(ScenarioTemplate {
            name: $name,
            title: $title,
            about: $about,
            text: include_str!(concat!("../../../../www/templates/", $name, ".toml")),
        }),*]
    };
}

/// The templates, simplest first.
#[rustfmt::skip] // One template a line.
pub const TEMPLATES: &[ScenarioTemplate] = templates![
    "pool" "One pool" "Requests arrive at a rate and queue for workers.";
    "parent-child" "Parent and child" "A task waits for a task that it submitted to the same pool.";
    "pool-connections" "Pool and connections" "Workers share fewer database connections than there are workers.";
    "two-locks" "Two locks" "Two tasks take the same two locks in two orders.";
    "delay-cancel" "Delay and cancel" "A delayed update is cancelled if the answer comes first.";
    "bus-caps" "Bus and caps" "A bus feeds one pool, with a bound on builds at a time.";
];

/// The largest pool, and the most connections, that the form takes.
pub const MAX_WORKERS: u32 = 1_000;
/// The highest rate of requests that the form takes, in requests a second.
pub const MAX_RATE: u32 = 1_000;

/// The form's answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioTemplateForm {
    /// What arrives: `checkout`.
    pub task: String,
    /// How many arrive a second.
    pub rate: u32,
    /// Workers of the pool that takes them.
    pub workers: u32,
    /// How long one of them works, in milliseconds.
    pub work_ms: u32,
    /// How many database connections there are; 0 if it calls none.
    pub connections: u32,
    /// How many tasks each fans out to; 0 if it does not.
    pub fan_out: u32,
    /// Workers of the pool that takes those; 0 for the same pool.
    pub fan_out_workers: u32,
    /// It holds its connection while it waits for those tasks.
    pub holds_connection: bool,
}

impl Default for ScenarioTemplateForm {
    fn default() -> ScenarioTemplateForm {
        ScenarioTemplateForm {
            task: "request".to_owned(),
            rate: 40,
            workers: 16,
            work_ms: 50,
            connections: 8,
            fan_out: 2,
            fan_out_workers: 0,
            holds_connection: true,
        }
    }
}

impl ScenarioTemplateForm {
    /// A name that the language takes: lower case, digits and underscores, a letter first.
    pub fn task_name(&self) -> String {
        let mut name: String = self
            .task
            .trim()
            .to_lowercase()
            .chars()
            .take(32)
            .map(|ch| if ch.is_ascii_alphanumeric() { ch } else { '_' })
            .collect();
        if !name.starts_with(|ch: char| ch.is_ascii_alphabetic()) {
            name.insert_str(0, "task");
        }
        // The names that the form itself gives.
        if ["part", "http", "fanout", "db"].contains(&name.as_str()) { format!("{name}_task") } else { name }
    }

    /// The document that the answers describe.
    pub fn text(&self) -> String {
        let task = self.task_name();
        let workers = self.workers.clamp(1, MAX_WORKERS);
        let rate = self.rate.clamp(1, MAX_RATE);
        let connections = self.connections.min(MAX_WORKERS);
        let fan_out = self.fan_out.min(20);
        let own_pool = self.fan_out_workers.min(MAX_WORKERS);
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "title = \"My service: {rate} {task}s a second on {workers} workers\"\nuntil = \"10s\"\n"
        );
        param(&mut text, "workers", workers, MAX_WORKERS, "Workers");
        if connections > 0 {
            param(&mut text, "connections", connections, MAX_WORKERS, "Connections");
        }
        if fan_out > 0 && own_pool > 0 {
            param(&mut text, "fanout_workers", own_pool, MAX_WORKERS, "Fan-out workers");
        }
        let _ = writeln!(text, "[params.load]\nvalue = \"{rate}/s\"\nlabel = \"Arrivals\"\n");
        text.push_str("[executors.http]\nkind = \"threads\"\nworkers = \"$workers\"\nqueue = 200\n\n");
        if fan_out > 0 && own_pool > 0 {
            text.push_str("[executors.fanout]\nkind = \"threads\"\nworkers = \"$fanout_workers\"\n\n");
        }
        if connections > 0 {
            text.push_str("[semaphores.db]\npermits = \"$connections\"\n\n");
        }
        let steps: Vec<String> = self
            .steps(fan_out, connections, own_pool)
            .iter()
            .map(|step| format!("  \"{step}\",\n"))
            .collect();
        let _ = writeln!(text, "[tasks.{task}]\nsteps = [\n{}]\n", steps.concat());
        if fan_out > 0 {
            let work = self.work_ms.clamp(1, 60_000);
            let _ = writeln!(text, "[tasks.part]\nsteps = [\"io exp({work}ms)\"]\n");
        }
        let _ = writeln!(
            text,
            "[[arrivals]]\ntask = \"{task}\"\nto = \"http\"\nrate = \"$load\"\nuntil = \"10s\"\n"
        );
        text.push_str("[expect]\ndeadlock = false\n");
        let _ = writeln!(text, "\"latency.{task}.p99\" = \"< 1s\"");
        text
    }

    fn steps(&self, fan_out: u32, connections: u32, own_pool: u32) -> Vec<String> {
        let work = self.work_ms.clamp(1, 60_000);
        let to = if own_pool > 0 { "fanout" } else { "http" };
        let mut submits: Vec<String> =
            (0..fan_out).map(|n| format!("submit part to {to} as part_{n}")).collect();
        if fan_out > 0 {
            submits.push("wait all".to_owned());
        }
        let io = format!("io exp({work}ms)");
        match (connections > 0, self.holds_connection) {
            (true, true) => [vec!["with db".to_owned(), io], submits, vec!["end".to_owned()]].concat(),
            (true, false) => [vec!["with db".to_owned(), io, "end".to_owned()], submits].concat(),
            (false, _) => [vec![io], submits].concat(),
        }
    }
}

fn param(text: &mut String, name: &str, value: u32, max: u32, label: &str) {
    let most = (value * 4).clamp(16, max);
    // Writing to a string cannot fail.
    let _ = writeln!(text, "[params.{name}]\nvalue = {value}\nmin = 1\nmax = {most}\nlabel = \"{label}\"\n");
}

#[cfg(test)]
mod tests {
    use super::super::work::OpenDocument;
    use super::*;
    use threadbare::language::BASE;

    #[test]
    fn every_template_is_a_good_document() {
        for template in TEMPLATES {
            let work = OpenDocument::open(template.name, template.text, BASE);
            assert!(work.problems.is_empty(), "{}: {:?}", template.name, work.problems);
        }
    }

    #[test]
    fn whatever_is_answered_the_text_is_a_good_document() {
        let answers = [0, 1, 7, u32::MAX];
        for (at, task) in ["request", "", "Check-out!", "9 lives", "db", "ünï"].into_iter().enumerate() {
            for number in answers {
                let form = ScenarioTemplateForm {
                    task: task.to_owned(),
                    rate: number,
                    workers: number,
                    work_ms: number,
                    connections: answers[at % 4],
                    fan_out: number,
                    fan_out_workers: answers[(at + 1) % 4],
                    holds_connection: at % 2 == 0,
                };
                let work = OpenDocument::open("mine.toml", &form.text(), BASE);
                assert!(work.problems.is_empty(), "{form:?}\n{}\n{:?}", form.text(), work.problems);
            }
        }
    }
}
