//! `threadbare export`: each format has what its reader needs.

use crate::cli::{folder, threadbare};
use serde_json::Value;

#[test]
fn chrome_has_named_tracks_and_complete_spans() {
    let ran = threadbare(&["export", "nova-build-deadlock", "--variant", "timeout", "--format", "chrome"]);
    assert_eq!(ran.code, 0, "the outcome is no concern of an export: {}", ran.err);
    let file: Value = serde_json::from_str(&ran.out).expect("JSON");
    let events = file["traceEvents"].as_array().expect("a list of events");
    let named = |phase: &str| events.iter().filter(move |event| event["ph"] == phase).count();
    assert!(named("X") >= 5, "spans");
    assert!(named("M") > 0, "names of tracks");
    assert!(named("C") > 0, "counters of queues");
    assert!(named("s") > 0 && named("s") == named("f"), "arrows");
    assert!(events.iter().any(|event| event["args"]["name"].as_str().is_some_and(|n| n.contains("default"))));
}

#[test]
fn csv_has_a_line_an_event() {
    let ran = threadbare(&["export", "nova-build-deadlock", "--format", "csv"]);
    assert_eq!(ran.code, 0);
    let run = threadbare(&["run", "nova-build-deadlock", "--json"]).out;
    let run: Value = serde_json::from_str(&run).expect("JSON");
    assert_eq!(ran.out.lines().count() as u64, 1 + run["events"].as_u64().expect("a count"));
    let columns = ran.out.lines().next().expect("a heading").split(',').count();
    assert!(columns >= 5, "{}", ran.out);
}

#[test]
fn json_is_what_run_prints_and_a_trace_can_be_exported_again() {
    let folder = folder("export");
    let path = folder.join("run.trace");
    let path = path.to_str().expect("UTF-8");
    let arguments = ["export", "nova-build-deadlock", "--variant", "timeout", "--seed", "5"];
    assert_eq!(threadbare(&[&arguments[..], &["--format", "trace", "--output", path]].concat()).code, 0);
    let printed =
        threadbare(&["run", "nova-build-deadlock", "--variant", "timeout", "--seed", "5", "--json"]);
    let exported = threadbare(&["export", path, "--format", "json"]);
    let facts = |out: &str| out.split_once(',').expect("its file, then the facts").1.to_owned();
    assert_eq!(facts(&exported.out), facts(&printed.out));
    assert_eq!(threadbare(&["export", path, "--format", "json", "--seed", "6"]).code, 2);
}

#[test]
fn a_format_is_asked_for_and_unknown_ones_are_refused() {
    assert_eq!(threadbare(&["export", "lock-order"]).code, 2);
    let ran = threadbare(&["export", "lock-order", "--format", "pdf"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("chrome"), "{}", ran.err);
}

/// The width and height that a PNG says it has.
fn size_of_png(bytes: &[u8]) -> [u32; 2] {
    assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n", "the signature of a PNG");
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
    [number(16), number(20)]
}

#[test]
fn png_is_the_picture_of_svg_at_a_scale_and_the_same_every_time() {
    let folder = folder("export-png");
    for picture in ["timeline", "stage", "graph"] {
        let svg = threadbare(&["export", "nova-build-deadlock", "--format", "svg", "--picture", picture]).out;
        let length = |name: &str| {
            let (_, rest) = svg.split_once(&format!(" {name}=\"")).expect("a length");
            rest.split_once('"').expect("a quoted number").0.parse::<f64>().expect("a number")
        };
        for scale in [1, 2] {
            let write = |name: &str| {
                let path = folder.join(format!("{picture}-{scale}-{name}.png"));
                let (scale, path_text) = (scale.to_string(), path.to_str().expect("UTF-8"));
                let arguments = ["--format", "png", "--picture", picture, "--scale", &scale, "-o", path_text];
                let ran = threadbare(&[&["export", "nova-build-deadlock"][..], &arguments].concat());
                assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{picture}");
                std::fs::read(path).expect("it was written")
            };
            let (first, again) = (write("first"), write("again"));
            assert!(first == again, "{picture} is the same every time");
            let expected = ["width", "height"].map(|name| (length(name) * f64::from(scale)).ceil() as u32);
            assert_eq!(size_of_png(&first), expected, "{picture} at {scale}");
        }
    }
}

#[test]
fn letters_that_a_png_lacks_are_named() {
    let folder = folder("export-letters");
    let path = folder.join("letters.toml");
    let document = "title = \"名前\"\n[executors.pool]\nkind = \"threads\"\nworkers = 1\n[tasks.t]\nsteps = [\"run 1s\"]\n\
                    [[arrivals]]\ntask = \"t\"\nto = \"pool\"\nat = \"0s\"\n";
    std::fs::write(&path, document).expect("it is written");
    let (path, picture) = (path.to_str().expect("UTF-8"), folder.join("letters.png"));
    let ran = threadbare(&["export", path, "--format", "png", "-o", picture.to_str().expect("UTF-8")]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        ran.err,
        "warning: the letters of PNG pictures lack 前名; they are boxes. --format svg has them\n"
    );
}

/// What a picture must carry wherever it goes.
fn carries(svg: &str, texts: &[&str]) {
    for text in texts {
        assert!(svg.contains(text), "no `{text}` in\n{svg}");
    }
}

#[test]
fn every_picture_has_title_variant_verdict_legend_and_fingerprint() {
    let svg = |arguments: &[&str]| {
        let ran =
            threadbare(&[&["export", "nova-build-deadlock", "--format", "svg"][..], arguments].concat());
        assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.err);
        ran.out
    };
    let of_a_run = ["· base</text>", "Deadlock at 3 s", ">build</text>", "seed ", "fingerprint "];
    for (picture, legend) in [
        ("timeline", "can never continue"),
        ("stage", "needs any one of"),
        ("graph", "waits for, or is held by"),
    ] {
        let drawn = svg(&["--picture", picture]);
        carries(&drawn, &of_a_run);
        carries(&drawn, &[legend]);
    }
    let swept = svg(&["--picture", "sweep", "--param", "pool=4..7", "--metric", "latency.build.p99"]);
    carries(&swept, &["· base</text>", "runs deadlock at pool = 4 to 5", "fails an expectation", "sweep "]);
    let compared = svg(&["--picture", "compare", "--variants", "base,six_workers"]);
    carries(
        &compared,
        &["· base and six_workers</text>", "base: ", "six_workers: ", "threads.max", "fingerprint ", "waits"],
    );
}

#[test]
fn a_heat_map_leaves_as_svg_and_png_and_says_plainly_what_mermaid_lacks() {
    let export =
        |arguments: &[&str]| threadbare(&[&["export", "nova-build-deadlock"][..], arguments].concat());
    let two = ["--picture", "sweep", "--param", "pool=4..6", "--param", "builds=4..6"];
    let map = export(&[&["--format", "svg"][..], &two].concat());
    assert_eq!(map.code, 0, "{}", map.err);
    carries(&map.out, &["deadlocks</text>", "around what is met", "cells", "sweep "]);
    let mermaid = export(&[&["--format", "mermaid"][..], &two].concat());
    insta::assert_snapshot!(mermaid.err, @"
    error: Mermaid has no diagram for a heat map
      Sweep one --param, or ask for --format svg or png.
    ");
    let stage = export(&["--format", "mermaid", "--picture", "stage"]);
    insta::assert_snapshot!(stage.err, @"
    error: Mermaid has no diagram for a stage
      Ask for --picture graph, or for --format svg or png.
    ");
    let compared = export(&["--format", "mermaid", "--picture", "compare", "--variants", "base,six_workers"]);
    insta::assert_snapshot!(compared.err, @"
    error: Mermaid has no diagram for a comparison
      Ask for --format svg or png; `compare --json` has the figures, and the page copies them as Markdown.
    ");
    let json = export(&[&["--format", "json"][..], &two].concat());
    insta::assert_snapshot!(json.err, @"
    error: this format is of one run, and the picture is of many
      Ask for --format svg, png or mermaid. `sweep` and `compare` print the figures, also as JSON.
    ");
    for arguments in
        [&["--format", "svg", "--picture", "sweep"][..], &["--format", "svg", "--picture", "compare"]]
    {
        assert_eq!(export(arguments).code, 2, "{arguments:?}");
    }
}

#[test]
fn mermaid_has_messages_between_who_takes_part_a_flowchart_and_a_chart() {
    let export = |arguments: &[&str]| {
        let ran =
            threadbare(&[&["export", "nova-build-deadlock", "--format", "mermaid"][..], arguments].concat());
        assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.err);
        ran.out
    };
    let story = export(&[]);
    let messages = story.lines().filter(|line| line.contains("->>")).count();
    let notes = story.lines().filter(|line| line.contains("Note over")).count();
    assert!(messages > 2 * notes, "{messages} messages, {notes} notes\n{story}");
    insta::assert_snapshot!(story, @r#"
    ---
    title: "Five VM builds share a five-worker pool with the network task each waits for · base · Deadlock at 3 s · seed 1 · fingerprint 0a67ccbadbd2b15a"
    ---
    sequenceDiagram
        participant t0 as build#35;0
        participant t1 as build#35;1
        participant t2 as build#35;2
        participant t3 as build#35;0/net
        participant t4 as build#35;1/net
        participant t5 as build#35;2/net
        participant x0 as default
        t0->>x0: 0 s arrives, a worker of default takes it
        x0->>t0: 0 s starts on worker 0 of default
        t1->>x0: 0 s arrives, a worker of default takes it
        x0->>t1: 0 s starts on worker 1 of default
        t2->>x0: 0 s arrives, a worker of default takes it
        x0->>t2: 0 s starts on worker 2 of default
        t0->>x0: 1 s submits build#35;0/net, it is queued on default
        Note over t0: 1 s begins run 2s
        t1->>x0: 1 s submits build#35;1/net, it is queued on default
        Note over t1: 1 s begins run 2s
        t2->>x0: 1 s submits build#35;2/net, it is queued on default
        Note over t2: 1 s begins run 2s
        t0->>t3: 3 s waits for net
        t1->>t4: 3 s waits for net
        t2->>t5: 3 s waits for net
    "#);
    insta::assert_snapshot!(export(&["--picture", "graph"]), @r#"
    ---
    title: "Five VM builds share a five-worker pool with the network task each waits for · base · at 3 s · Deadlock at 3 s · seed 1 · fingerprint 0a67ccbadbd2b15a"
    ---
    flowchart LR
        n0(["worker 0"])
        n1["build#35;0"]
        n2(["worker 1"])
        n3["build#35;1"]
        n4(["worker 2"])
        n5["build#35;2"]
        n6(["worker 3"])
        n7["build#35;3"]
        n8(["worker 4"])
        n9["build#35;4"]
        n10["build#35;0/net"]
        n11["build#35;1/net"]
        n12["build#35;2/net"]
        n13["build#35;3/net"]
        n14["build#35;4/net"]
        n15[["default#58; 5 queued"]]
        n0 -->|held by| n1
        n2 -->|held by| n3
        n4 -->|held by| n5
        n6 -->|held by| n7
        n8 -->|held by| n9
        n1 -->|waits for| n10
        n3 -->|waits for| n11
        n5 -->|waits for| n12
        n7 -->|waits for| n13
        n9 -->|waits for| n14
        n10 -->|is queued in| n15
        n11 -->|is queued in| n15
        n12 -->|is queued in| n15
        n13 -->|is queued in| n15
        n14 -->|is queued in| n15
        n15 -.->|needs any worker of| n0
        style n0 stroke:#d92d20,stroke-width:2px
        style n1 stroke:#d92d20,stroke-width:2px
        style n2 stroke:#d92d20,stroke-width:2px
        style n3 stroke:#d92d20,stroke-width:2px
        style n4 stroke:#d92d20,stroke-width:2px
        style n5 stroke:#d92d20,stroke-width:2px
        style n6 stroke:#d92d20,stroke-width:2px
        style n7 stroke:#d92d20,stroke-width:2px
        style n8 stroke:#d92d20,stroke-width:2px
        style n9 stroke:#d92d20,stroke-width:2px
        style n10 stroke:#d92d20,stroke-width:2px
        style n11 stroke:#d92d20,stroke-width:2px
        style n12 stroke:#d92d20,stroke-width:2px
        style n13 stroke:#d92d20,stroke-width:2px
        style n14 stroke:#d92d20,stroke-width:2px
        style n15 stroke:#d92d20,stroke-width:2px
        subgraph Legend
            f0(["worker or thread"])
            f1["task"]
            f2[["queue"]]
            s0["can never continue"]
        end
        style s0 stroke:#d92d20,stroke-width:2px
    "#);
    let swept = export(&["--picture", "sweep", "--param", "pool=6..8", "--metric", "threads.max"]);
    let (title, chart) = swept.split_once("· sweep ").expect("the sweep's identity");
    assert!(title.ends_with("· base · all that is expected is met everywhere · 1 run a value "), "{swept}");
    let (_, chart) = chart.split_once('\n').expect("lines");
    insta::assert_snapshot!(chart, @r#"
    x-axis "pool" ["6", "7", "8"]
    y-axis "threads.max"
    line [6, 7, 8]
    "#);
}
