//! Design reviews as documents: the same bytes each time, whatever is typed stays text, and nothing is left out.

use crate::cli::{file, folder, threadbare, with_input};
use crate::language_schema::misfit;
use crate::runs::scenarios_of;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use threadbare::gallery;
use threadbare::language::{Document, Overrides};
use threadbare::study::replicate::RunCallbacks;
use threadbare::study::review::{ReviewDepth, ReviewRequest, ReviewWithRuns, review};
use threadbare::view::report::Report;

/// The report of some variants of a document, of a few runs.
fn report(depth: ReviewDepth, name: &str, text: &str, variants: &[&str]) -> Report {
    let document = Document::parse(name, text).expect("a document");
    let variants: Vec<String> = variants.iter().map(|name| (*name).to_owned()).collect();
    let overrides = Overrides::default();
    let request = ReviewRequest {
        document: &document,
        variants: &variants,
        overrides: &overrides,
        runs: 3,
        depth,
        recording: None,
    };
    let reviewed =
        review(&request, &RunCallbacks::default()).expect("a valid document").expect("nothing stops it");
    let ReviewWithRuns { review, runs, shown } = reviewed;
    Report::new(review, &runs, &shown)
}

/// A document whose every name and text tries to be something else.
fn hostile(attack: &str) -> String {
    let quoted = serde_json::to_string(attack).expect("a text");
    format!(
        "{{\"title\": {quoted}, \"about\": {quoted}, \"beats\": [{{\"at\": \"1s\", \"say\": {quoted}}}],
         \"executors\": {{\"pool\": {{\"kind\": \"threads\", \"workers\": 1}}}},
         \"tasks\": {{\"a\": {{\"steps\": [\"run 1s\", {0}, \"submit b as c\", \"wait c\"]}}, \"b\": {{\"steps\": [\"fail x\"]}}}},
         \"arrivals\": [{{\"task\": \"a\", \"to\": \"pool\"}}], \"expect\": {{\"deadlock\": false}},
         \"variants\": {{\"other\": {{\"title\": {quoted}}}}}}}",
        serde_json::to_string(&format!("note {attack}")).expect("a text")
    )
}

const ATTACKS: [&str; 14] = [
    "<script>alert(1)</script>",
    "</title></style><img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>",
    "' onmouseover='alert(1)",
    "</code></pre><iframe src=//evil.example>",
    "<!-- --><base href=//evil.example>",
    "[click](javascript:alert(1))",
    "![x](https://evil.example/x.png)",
    "``` \n<script>alert(1)</script>\n```",
    "| a | b |\n| --- | --- |",
    "@everyone see https://evil.example and www.evil.example",
    "# A heading\n- a list\n> a quote",
    "end\n    Note over t0: x; <b>",
    "\u{202e}txet desrever\u{0}\u{7}",
];

#[test]
fn whatever_a_document_says_stays_text() {
    for attack in ATTACKS {
        let report = report(ReviewDepth::Quick, attack, &hostile(attack), &["base", "other"]);
        let page = report.html();
        let tags = tags(&page);
        let known = [
            "!DOCTYPE",
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "main",
            "header",
            "h1",
            "h2",
            "h3",
            "p",
            "nav",
            "ul",
            "li",
            "a",
            "section",
            "div",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "code",
            "pre",
            "strong",
            "span",
            "figure",
            "figcaption",
            "details",
            "summary",
            "svg",
            "defs",
            "clipPath",
            "rect",
            "pattern",
            "g",
            "text",
            "path",
            "line",
            "polyline",
            "polygon",
            "circle",
        ];
        for tag in &tags {
            assert!(known.contains(&tag.as_str()), "{attack:?} makes a <{tag}>");
        }
        assert_eq!(page.matches("<title>").count(), 1 + page.matches("<svg ").count(), "{attack:?}");
        for event in ["onload=", "onerror=", "onmouseover="] {
            assert!(!attributes(&page).any(|name| name.starts_with(event)), "{attack:?}");
        }
        assert!(!page.contains('\0') && page.contains("default-src 'none'"));
        markdown_is_plain(attack, &report.markdown(&|_| None));
        serde_json::from_str::<Value>(&report.json()).expect("JSON");
    }
}

/// The names of all tags of a page.
fn tags(page: &str) -> BTreeSet<String> {
    let names = page.split('<').skip(1).map(|rest| rest.trim_start_matches('/'));
    names
        .map(|rest| {
            rest.split(|ch: char| !ch.is_ascii_alphanumeric() && ch != '!')
                .next()
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
}

/// What stands in tags outside quotes.
fn attributes(page: &str) -> impl Iterator<Item = &str> {
    let insides = page.split('<').skip(1).filter_map(|rest| rest.split('>').next());
    insides.flat_map(|inside| inside.split('"').step_by(2)).flat_map(|part| part.split_whitespace())
}

/// What the renderer of GitHub's Markdown would make of it: no raw HTML but what folds, no links, no pictures.
fn markdown_is_plain(attack: &str, text: &str) {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    for event in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Html(raw) | Event::InlineHtml(raw) => {
                let is_ours = ["<details>", "</details>", "<summary>"]
                    .iter()
                    .any(|tag| raw.trim_start().starts_with(tag));
                assert!(is_ours, "{attack:?} makes HTML: {raw}");
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                panic!("{attack:?} makes a link to {dest_url}")
            }
            Event::Start(Tag::BlockQuote(_)) => panic!("{attack:?} makes a quote"),
            _ => {}
        }
    }
}

#[test]
fn every_scenario_of_the_gallery_has_a_report() {
    let schema: Value =
        serde_json::from_str(include_str!("../../docs/reference/report.schema.json")).expect("JSON");
    for entry in gallery::ENTRIES {
        let names: Vec<String> =
            scenarios_of(entry.name, entry.text).into_iter().map(|(_, s)| s.variant.clone()).collect();
        let variants: Vec<&str> = names.iter().map(String::as_str).take(2).collect();
        let report = report(ReviewDepth::Quick, entry.name, entry.text, &variants);
        let page = report.html();
        assert!(page.len() < 300_000, "{}: {} bytes", entry.name, page.len());
        assert!(!page.contains("<script") && !page.contains("http-equiv=\"refresh\""), "{}", entry.name);
        for word in ["http:", "https:", "url(", "src=", "@import"] {
            let is_ours = |rest: &&str| !rest.starts_with("//www.w3.org/2000/svg") && !rest.starts_with('#');
            let outside = page.split(word).skip(1).filter(|rest| is_ours(rest)).count();
            let said = page.matches("<code>").count() > 0 && entry.text.contains(word);
            assert!(outside == 0 || said, "{}: {word}", entry.name);
        }
        ids_are_single(entry.name, &page);
        for word in ["NaN", "inf ", "undefined", "None"] {
            assert!(!page.contains(&format!(">{word}<")), "{}: {word}", entry.name);
        }
        let value: Value = serde_json::from_str(&report.json()).expect("JSON");
        assert_eq!(value["sides"].as_array().map(Vec::len), Some(variants.len()));
        assert_eq!(misfit(&schema, &schema, &value, "report"), None, "{}", entry.name);
        assert!(report.markdown(&|_| None).starts_with("# "));
    }
}

fn ids_are_single(name: &str, page: &str) {
    let mut seen = BTreeSet::new();
    for rest in page.split(" id=\"").skip(1) {
        let id = rest.split('"').next().expect("a first part");
        assert!(seen.insert(id), "{name}: two things are called {id}");
    }
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let text = gallery::find("nova-build-deadlock").expect("it is there").text;
    let make = || report(ReviewDepth::Full, "nova-build-deadlock", text, &["base", "six_workers"]);
    let (one, other) = (make(), make());
    assert_eq!((one.html(), one.json()), (other.html(), other.json()));
    assert_eq!(one.markdown(&|_| None), other.markdown(&|_| None));
}

#[test]
fn three_reports_read_so() {
    for (depth, name, variants) in [
        (ReviewDepth::Full, "nova-build-deadlock", &["base", "six_workers"][..]),
        (ReviewDepth::Quick, "nova-caps", &["base", "typed_caps"]),
        (ReviewDepth::Full, "lock-order", &["base"]),
    ] {
        let text = gallery::find(name).expect("it is there").text;
        let report =
            report(depth, name, text, variants).markdown(&|picture| Some(format!("{}.svg", picture.name)));
        insta::assert_snapshot!(format!("report_{name}"), report);
    }
}

/// The chart of the number that matters is the one that the command beside it draws.
#[test]
fn a_report_sweeps_the_number_that_matters() {
    let schema: Value =
        serde_json::from_str(include_str!("../../docs/reference/report.schema.json")).expect("JSON");
    let text = gallery::find("nova-build-deadlock").expect("it is there").text;
    let report = report(ReviewDepth::Full, "nova-build-deadlock", text, &["base", "eventlet"]);
    let facts: Value = serde_json::from_str(&report.json()).expect("JSON");
    assert_eq!(misfit(&schema, &schema, &facts, "report"), None);
    let sweep = &facts["sides"][0]["sweep"];
    assert_eq!((&sweep["label"], &sweep["value"]), (&json!("Default pool workers"), &json!("5")));
    assert_eq!(sweep["metric"], json!("latency.build.p99"));
    let standing = sweep["swept"]["cells"].as_array().expect("cells").iter().map(|cell| &cell["standing"]);
    let met: Vec<bool> = standing.map(|standing| standing == "meets").collect();
    assert_eq!(met, [false, false, false, false, false, true, true, true, true, true], "six are enough");
    assert_eq!(sweep["safe"], json!(["6", "7", "8", "9", "10"]));
    assert_eq!(facts["sides"][1]["sweep"], Value::Null, "green threads have no size");
    let helps = "for `base`, “Default pool workers” 6 to 10 instead of 5: then all that is expected is met, and no order";
    assert!(report.markdown(&|_| None).contains(helps));
    let drawn = report.pictures().iter().find(|picture| picture.name == "base-sweep").expect("a chart");
    let origin = format!("sweep {}", sweep["id"].as_str().expect("text"));
    assert!(drawn.file.contains(&origin));
    let command = "threadbare sweep nova-build-deadlock --param params.pool=1..10 --runs 1";
    assert!(report.markdown(&|_| None).contains(command));
    let picture = threadbare(&[
        "export",
        "nova-build-deadlock",
        "--picture",
        "sweep",
        "--param",
        "params.pool=1..10",
        "--runs",
        "1",
        "--format",
        "svg",
    ]);
    assert!(picture.out.contains(&origin), "{}", picture.err);
}

/// With two workers the run of two locks goes well and another order does not: that is no help.
#[test]
fn what_another_order_deadlocks_does_not_help() {
    let text = gallery::find("lock-order").expect("it is there").text;
    let answer = report(ReviewDepth::Full, "lock-order", text, &["base"]).markdown(&|_| None);
    let help = answer.lines().find(|line| line.contains("What would help")).unwrap_or_default();
    assert!(help.contains("“Workers” 1 instead of 4"), "{help}");
}

/// The imported scenario is compared with its own recording, and so is one in which a task takes half as long again.
#[test]
fn a_report_says_how_near_it_is_to_a_recording() {
    let folder = folder("report-recording");
    let table = file(&folder, "tasks.csv", "start_s,duration_s,type\n0,1,a\n0.5,2,b\n");
    let imported = threadbare(&["import", &table]).out;
    let same = file(&folder, "same.toml", &imported);
    let off = file(&folder, "off.toml", &imported.replace("run 2s", "run 3s"));
    let schema: Value =
        serde_json::from_str(include_str!("../../docs/reference/report.schema.json")).expect("JSON");
    for (document, sentence, mark) in [
        (&same, "all 12 figures are within 10 % of what was measured", "close"),
        (&off, "7 of 12 figures are off by more than 10 %", "off"),
    ] {
        let told =
            |format| threadbare(&["report", document, "--quick", "--recording", &table, "--format", format]);
        let text = told("md").out;
        assert!(text.contains("How near it is to the real system"), "{text}");
        assert!(text.matches(sentence).count() == 2, "{text}");
        assert!(text.contains("## Beside the recording") && text.contains(mark), "{text}");
        assert!(text.contains(&format!("--recording {table}")), "it says how to make it again: {text}");
        assert!(!text.contains("were not compared with a recording"), "{text}");
        let facts: Value = serde_json::from_str(&told("json").out).expect("JSON");
        assert_eq!(misfit(&schema, &schema, &facts, "report"), None);
        let makespan = &facts["recording"]["figures"][0];
        let simulated = if mark == "off" { 3.5 } else { 2.5 };
        assert_eq!((&makespan["measured"], &makespan["simulated"]), (&json!(2.5), &json!(simulated)));
    }
    let off = threadbare(&["report", &off, "--quick", "--recording", &table, "--format", "md"]).out;
    assert!(off.contains("The largest source of error is `b`: each of 1 takes 1 s longer"), "{off}");
    let none = threadbare(&["report", &same, "--quick", "--format", "md"]).out;
    assert!(
        none.contains("were not compared with a recording. `threadbare report --recording FILE`"),
        "{none}"
    );
    let there = threadbare(&["report", &same, "--quick", "-f", "json", "-o", &folder.to_string_lossy()]);
    assert!(there.code == 0 && folder.join("same.json").exists(), "a folder that is there: {}", there.err);
    let several = threadbare(&["report", &same, "lock-order", "-o", "x", "--recording", &table]);
    assert!(several.code == 2 && several.err.contains("with one recording"), "{}", several.err);
}

/// No run misses what is expected and no order deadlocks, but one loses an update: the answer says so.
#[test]
fn an_answer_tells_of_another_order_that_goes_wrong() {
    let text = r#"
executors.pool = { kind = "threads", workers = 2 }
cells.stored.initial = 0
tasks.part.steps = ["run 1s", "read stored", "add stored 1"]
arrivals = [{ task = "part", to = "pool", count = 2 }]
expect = { "final.stored" = 2 }
"#;
    let answer = report(ReviewDepth::Full, "parts.toml", text, &["base"]).markdown(&|_| None);
    assert!(answer.contains("`base` is acceptable"), "{answer}");
    let why = "cannot deadlock in any order; but another order of events goes wrong \\(";
    assert!(answer.contains(why), "{answer}");
    let doubt = "for `base`, another order of events goes wrong \\(";
    assert!(answer.contains(doubt), "{answer}");
}

#[test]
fn a_report_is_written_in_every_format() {
    let folder = folder("reports");
    let path = |name: &str| folder.join(name).to_str().expect("UTF-8").to_owned();
    let (page, text, facts) = (path("a.html"), path("b.md"), path("c.json"));
    for file in [&page, &text, &facts] {
        let ran =
            threadbare(&["report", "lock-order", "--quick", "--variants", "base,same_order", "-o", file]);
        assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    }
    let read = |path: &str| std::fs::read_to_string(path).expect("a report");
    assert!(read(&page).starts_with("<!DOCTYPE html>"));
    let text = read(&text);
    assert!(text.contains("(<b.pictures/base-stage.svg>)"), "{text}");
    assert!(read(&path("b.pictures/base-stage.svg")).starts_with("<svg "));
    assert!(read(&facts).starts_with("{\n  \"schema\": 1,"));
    let folder = path("all");
    let ran = threadbare(&["report", "lock-order", "nested-pools", "--quick", "-o", &folder]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(read(&path("all/nested-pools.html")).contains("</html>"));
    for (arguments, said) in [
        (&["report", "lock-order", "nova-caps"][..], "several reports do not fit on standard output"),
        (&["report", "lock-order", "--variants", "base,nope"], "has no variant `nope`"),
    ] {
        let ran = threadbare(arguments);
        assert!(ran.code == 2 && ran.err.contains(said), "{}", ran.err);
    }
    assert_eq!(with_input(&["report", "-"], "x = ").code, 2);
}

#[test]
fn the_page_makes_the_same_bytes_as_the_command() {
    let text = gallery::find("nova-build-deadlock").expect("it is there").text;
    let path = file(&folder("report-of-the-page"), "mine.toml", text);
    let ran = threadbare(&["report", &path, "--variants", "base,six_workers"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let of_page = crate::web_store::reported(&path, text, "six_workers");
    assert!(of_page == ran.out, "the page and the command differ");
}
