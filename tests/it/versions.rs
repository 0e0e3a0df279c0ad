//! Two versions of a scenario, pictures that leave the command line, and what an action for others runs.

use crate::cli::{file, folder, threadbare};
use std::path::Path;
use std::process::Command;

const DEADLOCKS: &str = "executors.pool = { kind = \"threads\", workers = 2 }
tasks.build.steps = [\"run 1s\", \"submit network as net\", \"wait net\"]
tasks.network.steps = [\"io 1s\"]
arrivals = [{ task = \"build\", to = \"pool\", count = 2 }]
expect.deadlock = false
";

#[test]
fn what_got_better_and_worse_is_told_and_what_is_the_same_is_not() {
    let folder = folder("versions");
    let old = file(&folder, "old.toml", DEADLOCKS);
    let new = file(&folder, "new.toml", &DEADLOCKS.replace("workers = 2", "workers = 3"));
    let better = threadbare(&["diff", &old, &new, "--deny-worse"]);
    assert_eq!(better.code, 0, "{}", better.err);
    let text = better.out.replace(folder.to_str().expect("UTF-8"), "");
    insta::assert_snapshot!("version_better", text);
    let worse = threadbare(&["diff", &new, &old, "--deny-worse", "--format", "md"]);
    assert_eq!(worse.code, 1, "{}", worse.err);
    for said in [
        "❌ 1 worse",
        "## base&#58; worse",
        "| `deadlock = false` | ✅ met | ❌ not met |",
        "new: `TB001 self-wait`",
    ] {
        let said = said.replace("&#58;", ":");
        assert!(worse.out.contains(&said), "{said}\n{}", worse.out);
    }
    let same = threadbare(&["diff", &new, &new]);
    assert!(same.code == 0 && same.out.starts_with("✓ 1 unchanged"), "{}", same.out);
    let extra =
        file(&folder, "extra.toml", &format!("{DEADLOCKS}[variants.more]\nexecutors.pool.workers = 3\n"));
    let added = threadbare(&["diff", &old, &extra]);
    assert!(added.out.contains("This variant is new. All done at 3 s"), "{}", added.out);
}

#[test]
fn a_picture_has_its_title_verdict_and_fingerprint() {
    for picture in ["timeline", "stage", "graph"] {
        let ran = threadbare(&["export", "nova-build-deadlock", "--format", "svg", "--picture", picture]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        for said in ["<svg ", "· base<", "Deadlock at 3 s", "fingerprint ", ">build<"] {
            assert!(ran.out.contains(said), "{picture}: {said}");
        }
    }
    let early = threadbare(&[
        "export",
        "nova-build-deadlock",
        "--format",
        "svg",
        "--picture",
        "stage",
        "--at",
        "1500ms",
    ]);
    assert!(early.out.contains("At 1 s: "), "{}", early.out);
    let diagram = threadbare(&["export", "nova-build-deadlock", "--format", "mermaid"]).out;
    assert!(diagram.contains("\nsequenceDiagram\n    participant t0 as build#35;0\n"), "{diagram}");
    assert!(
        diagram.contains("    t0->>x0: 1 s submits build#35;0/net, it is queued on default\n"),
        "{diagram}"
    );
}

#[test]
fn a_sweep_is_a_picture_too() {
    let path = folder("sweep-picture").join("curve.svg");
    let file = path.to_str().expect("UTF-8");
    let sweep = |param: &str, metric: &str| {
        threadbare(&["sweep", "nova-build-deadlock", "--param", param, "--metric", metric, "--svg", file])
    };
    let ran = sweep("pool=6..9", "makespan");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let picture = std::fs::read_to_string(&path).expect("a picture");
    for said in ["nova-build-deadlock · base", "makespan", "sweep ", ">9<"] {
        assert!(picture.contains(said), "{said}");
    }
    assert!(picture.contains("1 run a value"), "nothing is drawn, so there is one");
    let flat = sweep("pool=6,7", "failed");
    assert!(flat.code == 2 && flat.err.contains("there is nothing to draw"), "{}", flat.err);
}

#[test]
fn a_sweep_of_two_parameters_is_a_map() {
    let path = folder("map-picture").join("map.svg");
    let file = path.to_str().expect("UTF-8");
    let (pool, builds) = ("pool=4..8", "builds=3..7");
    let ran = threadbare(&[
        "sweep",
        "nova-build-deadlock",
        "--param",
        pool,
        "--param",
        builds,
        "--metric",
        "makespan",
        "--svg",
        file,
    ]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let picture = std::fs::read_to_string(&path).expect("a picture");
    for said in
        ["nova-build-deadlock · base", "makespan", "1 run a cell", "deadlocks</text>", ">pool<", ">builds<"]
    {
        assert!(picture.contains(said), "{said}\n{picture}");
    }
    let theme = threadbare::view::theme::ColourTheme::light();
    let step = |step| theme.colour(threadbare::view::scene::Ink::Step(step)).to_string();
    assert!(
        (0..7).any(|number| picture.contains(&step(number))),
        "what finishes has the colour of its class"
    );
    let hatched = picture.matches("url(#").count();
    assert!(hatched > 1, "what deadlocks has no makespan");
}

/// The steps of `action.yml` and of the template for GitLab are one script; here it runs as they run it.
#[test]
fn the_script_of_the_action_checks_compares_and_reports() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let action = std::fs::read_to_string(root.join("action.yml")).expect("the action");
    let template = std::fs::read_to_string(root.join(".ci/gitlab.yml")).expect("the template");
    for name in ["SCENARIOS", "BASE", "DENY", "OUTPUT"] {
        assert!(action.contains(&format!("{name}: ")) && template.contains(&format!("{name}=")), "{name}");
    }
    assert!(action.contains("/.ci/scenarios\"") && template.contains("/.ci/scenarios\n"));
    let folder = folder("action");
    let git = |arguments: &[&str]| {
        let named = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"];
        let ran =
            Command::new("git").current_dir(&folder).args(named).args(arguments).output().expect("git runs");
        assert!(ran.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
    };
    git(&["init", "--quiet"]);
    file(&folder, "pool.toml", &DEADLOCKS.replace("workers = 2", "workers = 3"));
    git(&["add", "."]);
    git(&["commit", "--quiet", "-m", "before"]);
    file(&folder, "pool.toml", DEADLOCKS);
    let command = Path::new(env!("CARGO_BIN_EXE_threadbare"));
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{path}", command.parent().expect("a folder").display());
    let ran = Command::new("bash")
        .arg(root.join(".ci/scenarios"))
        .current_dir(&folder)
        .env("PATH", path)
        .envs([("SCENARIOS", "*.toml"), ("BASE", "HEAD"), ("SUMMARY", "github"), ("OUTPUT", "out")])
        .env("GITHUB_STEP_SUMMARY", folder.join("summary.md"))
        .output()
        .expect("bash runs");
    let out = String::from_utf8_lossy(&ran.stdout);
    assert_eq!(ran.status.code(), Some(1), "{out}{}", String::from_utf8_lossy(&ran.stderr));
    assert!(out.contains("::error file=pool.toml,line=2,"), "{out}");
    let read =
        |name: &str| std::fs::read_to_string(folder.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    assert!(read("out/check.sarif").contains("\"ruleId\": \"TB001\""));
    assert!(read("out/run.junit.xml").contains("failures=\"1\""));
    assert!(read("out/pool.explore.junit.xml").contains("<failure type=\"deadlock\""));
    assert!(read("out/pool.html").contains("</html>"));
    assert!(read("summary.md").contains("❌ 1 worse"));
}
