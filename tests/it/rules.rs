//! The rules of `check`: their pages are true, documents can allow them, and every format says the same.

use crate::cli::{threadbare, with_input};
use crate::language_schema::misfit;
use crate::support::scenario_of;
use serde_json::Value;
use std::fs;
use threadbare::analysis::shape::{Shape, rules};
use threadbare::language::Document;
use threadbare::model::rule::Rule;

const SELF_WAIT: &str = "executors.pool = { kind = \"threads\", workers = 2 }
tasks.build.steps = [
  \"run 1s\",
  \"submit network as net\",
  \"wait net\",
]
tasks.network.steps = [\"io 1s\"]
arrivals = [{ task = \"build\", to = \"pool\", count = 2 }]
";

/// The first block of TOML in a section of a rule's page.
fn block(rule: Rule, heading: &str) -> Option<&'static str> {
    let (_, rest) = rules::section(rule, heading).split_once("```toml\n")?;
    rest.split("```").next()
}

/// The codes that `check` finds in a document.
fn codes(document: &str) -> Vec<String> {
    let ran = with_input(&["check", "-", "--json"], document);
    if ran.code == 2 {
        return vec![Rule::DocumentProblem.code().to_owned()];
    }
    let checked: Value = serde_json::from_str(&ran.out).expect("JSON");
    let shapes = checked["shapes"].as_array().expect("a list");
    shapes.iter().filter_map(|shape| shape["code"].as_str().map(str::to_owned)).collect()
}

#[test]
fn the_example_of_every_page_shows_its_rule_and_what_to_use_instead_does_not() {
    for rule in Rule::ALL {
        let page = rules::page(rule);
        assert!(page.starts_with(&format!("# {} {}\n", rule.code(), rule.name())), "{rule}");
        let headings: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(headings, ["What it does", "Why it is bad", "Example", "Use instead"], "{rule}");
        assert!(!rules::summary(rule).is_empty());
        // There is no document that shows a gap in `check`.
        if rule != Rule::UnexplainedOrder {
            let (bad, good) = (block(rule, "Example").expect("a document"), block(rule, "Use instead"));
            assert_eq!(codes(bad), [rule.code()], "{bad}");
            let good = good.expect("a document");
            assert!(codes(good).is_empty(), "{rule}: {:?}\n{good}", codes(good));
        }
    }
}

#[test]
fn the_index_of_the_rules_lists_them_all() {
    let index = include_str!("../../docs/reference/rules/README.md");
    for rule in Rule::ALL {
        let row = format!("| [{}]({}.md) | `{}` | ", rule.code(), rule.name(), rule.name());
        assert!(index.contains(&row), "{row}");
        assert_eq!(threadbare(&["explain", rule.code()]).out, rules::page(rule));
        assert_eq!(threadbare(&["explain", rule.name()]).out, rules::page(rule));
    }
    let (_, example) = index.split_once("```toml\n").expect("an example");
    let allowed =
        with_input(&["check", "-", "--deny", "deadlock"], example.split("```").next().expect("a block"));
    assert_eq!((allowed.code, allowed.err.as_str()), (0, ""), "{}", allowed.out);
    let unknown = threadbare(&["explain", "TB999"]);
    assert!(unknown.code == 2 && unknown.err.contains("there is no rule `TB999`"), "{}", unknown.err);
}

#[test]
fn a_rule_is_allowed_with_its_reason() {
    let allowing = |what: &str| format!("allow = [{what}]\n{SELF_WAIT}");
    let denied = |document: &str| with_input(&["check", "-", "--deny", "deadlock"], document);
    assert_eq!(denied(SELF_WAIT).code, 1);
    let allowed = denied(&allowing("\"TB001: it shows the deadlock\""));
    assert_eq!((allowed.code, allowed.err.as_str()), (0, ""));
    insta::assert_snapshot!(allowed.out, @"
    standard input is valid
      · base can deadlock once 2 `build` tasks are running: tasks of pool wait for
        tasks of pool, until no worker is left.
          build at `wait net` has a worker of pool and needs a worker of pool.
          pool has 2 workers; 3 workers are safe for what arrives here.
          Allowed: it shows the deadlock
          TB001 self-wait, at standard input:6:3
          See how: threadbare explore -
    ");
    let bare = denied(&allowing("\"self-wait\""));
    assert!(
        bare.code == 0 && bare.err.contains("TB001 self-wait is allowed without a reason"),
        "{}",
        bare.err
    );
    let other = denied(&allowing("\"TB003: why not\""));
    assert!(
        other.code == 1 && other.out.contains("TB003 lock-order is allowed, and was not found"),
        "{}",
        other.out
    );
    for (entry, said) in [
        ("\"TB999: x\"", "there is no rule `TB999`"),
        ("\"lock-ordr: x\"", "did you mean `lock-order`?"),
        ("\"TB000: x\"", "TB000 document-problem cannot be allowed"),
        ("1", "`allow`"),
    ] {
        let ran = denied(&allowing(entry));
        assert!(ran.code == 2 && ran.err.contains(said), "{entry}: {}", ran.err);
    }
    let document = Document::parse("d", &allowing("\"TB001: a: b\"")).expect("TOML");
    let scenario = document.scenario("base", &Default::default()).expect("valid");
    assert_eq!((scenario.allowed[0].rule, scenario.allowed[0].reason.as_str()), (Rule::SelfWait, "a: b"));
}

#[test]
fn a_finding_has_the_place_of_its_step() {
    let ran = with_input(&["check", "-", "--json"], SELF_WAIT);
    let checked: Value = serde_json::from_str(&ran.out).expect("JSON");
    let place = &checked["shapes"][0]["places"][0];
    let want = serde_json::json!({
        "file": "standard input", "line": 5, "column": 3, "task": "build", "step": "wait net",
    });
    assert_eq!(*place, want);
    let ran = with_input(&["check", "-", "--format", "github"], SELF_WAIT);
    let begins = "::error file=standard input,line=5,endLine=5,col=3,endColumn=13,title=TB001 self-wait::base can deadlock";
    assert!(ran.out.starts_with(begins) && ran.out.lines().count() == 1, "{}", ran.out);
    let bad = with_input(&["check", "-", "--format", "github"], "executors.pool = { kind = \"thread\" }\n");
    assert!(
        bad.code == 2 && bad.out.starts_with("::error file=standard input,line=1,endLine=1,col=27"),
        "{}",
        bad.out
    );
}

#[test]
fn sarif_fits_its_schema() {
    let schema: Value = serde_json::from_str(include_str!("../schemas/sarif-2.1.0.json")).expect("JSON");
    let folder = std::env::temp_dir().join(format!("threadbare-sarif-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).expect("a file");
        path.to_str().expect("a path").to_owned()
    };
    let bad = file("a b.toml", "executors.pool = { kind = \"threads\", wrokers = 2 }\n");
    let allowed = file("allowed.toml", &format!("allow = [\"TB001: shown\"]\n{SELF_WAIT}"));
    let sources = ["lock-order", &bad, &allowed, "no-such-file"];
    let ran = threadbare(&[&["check", "--format", "sarif"][..], &sources].concat());
    fs::remove_dir_all(&folder).expect("the folder is there");
    assert_eq!(ran.code, 2);
    let log: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(misfit(&schema, &schema, &log, "log"), None);
    let run = &log["runs"][0];
    let results = run["results"].as_array().expect("a list");
    let of = |code: &str| results.iter().filter(|result| result["ruleId"] == code).collect::<Vec<_>>();
    assert_eq!(of("TB003").len(), 3, "two deadlocks and a stall of lock-order");
    assert_eq!(of("TB003")[1]["level"], "warning", "a stall is no error");
    assert_eq!(of("TB000").len(), 1);
    let uri = &of("TB000")[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert!(uri.as_str().is_some_and(|uri| uri.ends_with("a%20b.toml")), "{uri}");
    let suppressed: Vec<_> = results.iter().filter(|result| result["suppressions"].is_array()).collect();
    assert_eq!(suppressed.len(), 1);
    assert_eq!(suppressed[0]["suppressions"][0]["justification"], "shown");
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    for result in results {
        let index = result["ruleIndex"].as_u64().expect("a number") as usize;
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
    }
}

#[test]
fn junit_has_a_case_for_each_expectation_with_the_story_of_what_fails() {
    let path = std::env::temp_dir().join(format!("threadbare-junit-{}.xml", std::process::id()));
    let file = path.to_str().expect("a path");
    let report = |arguments: &[&str]| {
        let ran = threadbare(&[arguments, &["--junit", file]].concat());
        (ran.code, fs::read_to_string(&path).expect("a report"))
    };
    let (code, run) = report(&["run", "nova-build-deadlock", "lock-order"]);
    assert_eq!(code, 1);
    assert!(
        run.contains(
            "<testsuites name=\"threadbare\" tests=\"5\" failures=\"3\" errors=\"0\" skipped=\"0\">"
        ),
        "{run}"
    );
    assert!(
        run.contains("<testcase name=\"latency.build.p99 &lt; 60s\" classname=\"nova-build-deadlock\">"),
        "{run}"
    );
    assert!(run.contains("29. 3 s  build#4 waits for net: this completes a deadlock"), "{run}");
    let (code, explored) = report(&["explore", "nova-build-deadlock", "--variant", "six_workers"]);
    assert_eq!(code, 0);
    assert!(explored.contains("tests=\"3\" failures=\"0\" errors=\"0\" skipped=\"0\""), "{explored}");
    let (code, explored) = report(&["explore", "lock-order"]);
    fs::remove_file(&path).expect("the report is there");
    assert_eq!(code, 1);
    assert!(explored.contains("<failure type=\"deadlock\""), "{explored}");
    assert!(explored.contains("Replay it: threadbare run lock-order --schedule "), "{explored}");
    let checked = with_input(&["check", "-", "--format", "junit", "--deny", "deadlock"], SELF_WAIT);
    assert!(checked.code == 1 && checked.out.contains("<failure type=\"TB001\""), "{}", checked.out);
    let told = with_input(&["check", "-", "--format", "junit"], SELF_WAIT);
    assert!(told.code == 0 && told.out.contains("<system-out>base can deadlock"), "{}", told.out);
}

/// A cap of 0 lets no task of its types in: whoever it holds back waits for ever.
#[test]
fn a_cap_of_0_never_lets_a_task_in() {
    let text = r#"
executors.pool = { kind = "threads", workers = 2 }
executors.slow = { kind = "cap", into = "pool", caps = { t = 0 } }
tasks.t.steps = ["run 1s"]
tasks.u.steps = ["run 1s"]
arrivals = [{ task = "t", to = "slow", count = 2 }, { task = "u", to = "slow", count = 2 }]
"#;
    let scenario = scenario_of(text, "base");
    let shape = Shape::read(&scenario);
    let [hazard] = shape.hazards.as_slice() else { panic!("it has one way to hang") };
    assert_eq!(hazard.rule(), Rule::NeverComes);
    insta::assert_snapshot!(hazard.headline(&scenario), @"may deadlock once 1 `t` task is running: a task waits for a slot of slow, which never comes");
    let places: Vec<String> = hazard.places.iter().map(|place| place.words(&scenario)).collect();
    insta::assert_snapshot!(places.join("\n"), @"t before its start needs a slot of slow.");
}
