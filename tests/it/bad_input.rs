//! Broken documents: each with every problem it must report, its place, and its help.
//!
//! The cases stand in `tests/bad/*.txt`: a line `# name`, the document, and after `----` the problems,
//! one on a line: `line:column message [in VARIANT] -> help`. A TOML document stands behind the prelude
//! below, so its own first line is line 8.

use threadbare::language::{Document, Overrides, Problem, Severity};

const PRELUDE: &str = "executors.pool = { kind = \"threads\", workers = 5 }
tasks.build.steps = []
tasks.net.steps = []
cells.c.initial = 0
cells.w.initial = \"RUNNING\"
locks.l = {}
semaphores.s.permits = 2
";

/// A broken text and what has to be said about it.
pub struct Case {
    pub name: String,
    pub source: String,
    pub expected: Vec<String>,
}

/// The cases of a file.
pub fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut in_source = true;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("# ") {
            cases.push(Case { name: name.to_owned(), source: String::new(), expected: Vec::new() });
            in_source = true;
        } else if line == "----" {
            in_source = false;
        } else if let Some(case) = cases.last_mut() {
            if in_source {
                case.source.push_str(line);
                case.source.push('\n');
            } else {
                case.expected.push(line.to_owned());
            }
        }
    }
    cases
}

/// A problem as the files have it.
pub fn line_of(problem: &Problem) -> String {
    let level = if problem.severity == Severity::Warning { "warning: " } else { "" };
    let variant = problem.variant.as_ref().map(|name| format!(" [in {name}]")).unwrap_or_default();
    let help = problem.help.as_ref().map(|help| format!(" -> {help}")).unwrap_or_default();
    format!("{}:{} {level}{}{variant}{help}", problem.line, problem.column, problem.message)
}

fn check_all(file: &str, at_least: usize) {
    let path = format!("tests/bad/{file}.txt");
    let mut cases = cases(&std::fs::read_to_string(&path).unwrap());
    for case in cases.iter_mut().filter(|case| !case.source.starts_with('{')) {
        case.source.insert_str(0, PRELUDE);
    }
    assert!(cases.len() >= at_least, "{path} has only {} cases", cases.len());
    let mut wrong = String::new();
    for case in &cases {
        let problems = match Document::parse("bad", &case.source) {
            Ok(document) => document.check(),
            Err(problems) => problems,
        };
        let found: Vec<String> = problems.list.iter().map(line_of).collect();
        if found != case.expected || found.is_empty() {
            wrong.push_str(&format!("# {}\nfound:\n{}\n", case.name, found.join("\n")));
        }
        let rendered = problems.to_string();
        assert!(problems.list.iter().all(|problem| rendered.contains(&problem.message)), "{rendered}");
    }
    assert!(wrong.is_empty(), "{path}:\n{wrong}");
}

#[test]
fn syntax() {
    check_all("syntax", 11);
}

#[test]
fn values() {
    check_all("values", 20);
}

#[test]
fn executors() {
    check_all("executors", 20);
}

#[test]
fn runtimes() {
    check_all("runtimes", 30);
}

#[test]
fn steps() {
    check_all("steps", 40);
}

#[test]
fn control() {
    check_all("control", 28);
}

#[test]
fn arrivals_and_expectations() {
    check_all("arrivals", 20);
}

#[test]
fn coordination() {
    check_all("coordination", 30);
}

#[test]
fn params_and_variants() {
    check_all("variants", 15);
}

#[test]
fn the_caret_stands_under_the_word() {
    let source = "[executors.pool]\nkind = \"threads\"\nworkers = 1\n[tasks.t]\nsteps = [\n  \"submit t to pol as x\",\n]\n";
    let problems = Document::parse("a.toml", source).unwrap().check();
    let expected = "\
error: there is no executor `pol`
 --> a.toml:6:16
  |
6 |   \"submit t to pol as x\",
  |                ^^^
  |
  = help: did you mean `pool`?";
    assert_eq!(problems.to_string(), expected);
    assert_eq!(&source[problems.list[0].at.clone()], "pol");
    assert!(problems.render(true).contains("\u{1b}["), "colour on a terminal");
}

#[test]
fn an_unknown_variant_names_the_nearest() {
    let document = Document::parse("a.toml", "[variants.timeout]\ntitle = \"x\"").unwrap();
    let problems = document.scenario("timeuot", &Overrides::default()).unwrap_err();
    assert_eq!(problems.list[0].message, "there is no variant `timeuot`");
    assert_eq!(problems.list[0].help.as_deref(), Some("did you mean `timeout`?"));
}

#[test]
fn limits_of_the_reader() {
    let check = |source: &str| match Document::parse("big", source) {
        Ok(document) => document.check(),
        Err(problems) => problems,
    };
    let message = |source: &str| check(source).list[0].message.clone();
    assert_eq!(message(&" ".repeat((1 << 20) + 1)), "the document has 1048577 bytes, more than 1048576");
    let deep = |depth: usize| format!("real.x = {}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(message(&deep(70)), "tables and lists are nested more than 64 deep");
    assert!(check(&deep(5_000)).has_errors());
    let json = format!("{{\"real\": {}{}}}", "[".repeat(5_000), "]".repeat(5_000));
    assert!(check(&json).has_errors());
    let steps = format!("tasks.t.steps = [{}]", "\"yield\",".repeat(4_097));
    assert_eq!(message(&steps), "a task has at most 4096 steps");
    let blocks = format!("tasks.t.steps = [{}{}]", "\"repeat 2\",".repeat(500), "\"end\",".repeat(500));
    assert_eq!(message(&blocks), "blocks are nested more than 32 deep");
    let cells: String = (0..10_001).map(|n| format!("cells.c{n}.initial=0\n")).collect();
    assert_eq!(message(&cells), "more than 10000 cells");
    let chain = |wrappers: u32| -> String {
        let pool = "executors.e0 = { kind = \"threads\", workers = 1 }\n".to_owned();
        let wrapper = |n| format!("executors.e{n} = {{ kind = \"bus\", into = \"e{}\" }}\n", n - 1);
        let task = "tasks.t.steps = [\"run 1s\"]\narrivals = [{ task = \"t\", to = \"e0\", at = \"0s\" }]\n";
        pool + &(1..=wrappers).map(wrapper).collect::<String>() + task
    };
    assert!(!check(&chain(64)).has_errors());
    assert_eq!(message(&chain(65)), "`e65` leads through more than 64 wrappers");
    assert_eq!(check(&chain(9_000)).list.len(), 1);
    let unknown: String = (0..20_000).map(|n| format!("key{n} = 0\n")).collect();
    let problems = check(&unknown);
    assert_eq!((problems.list.len(), problems.unlisted), (100, 19_900));
    assert!(problems.to_string().ends_with("and 19900 more"));
}

/// A param's value is read wherever its name stands: a short text may mean a scenario of any length.
#[test]
fn params_make_a_document_only_so_much_longer() {
    let named = |times: usize| {
        let (value, steps) = ("x".repeat(300 << 10), "\"note $d\", ".repeat(times));
        let text = format!("[params.d]\nvalue = \"{value}\"\n[tasks.t]\nsteps = [{steps}]\n");
        Document::parse("long.toml", &text).expect("it is short itself").check()
    };
    assert!(named(54).is_empty());
    let problems = named(55);
    let said: Vec<String> = problems.list.iter().map(line_of).collect();
    let expected = "2:9 with its params in place the document is longer than 16 MiB, most of it the param `d` -> give the \
                    param a shorter value, or name it in fewer places";
    assert_eq!(said, [expected]);
}
