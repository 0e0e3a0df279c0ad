//! `threadbare explore`: its bounds, its samples, and that threads make no difference.

use crate::cli::threadbare;
use serde_json::Value;

/// The JSON of an exploration without how long it took.
fn explored(arguments: &[&str]) -> Value {
    let ran = threadbare(&[&["explore", "--json"], arguments].concat());
    assert!(ran.code < 2, "{}", ran.err);
    let mut json: Value = serde_json::from_str(&ran.out).expect("JSON");
    for view in json["views"].as_array_mut().expect("views") {
        view.as_object_mut().expect("an object").remove("seconds");
    }
    json
}

#[test]
fn threads_make_no_difference_to_what_is_said() {
    for search in [&["--states", "300", "--runs", "200"][..], &["--turns", "1"], &["--random", "300"]] {
        for variant in ["base", "timeout"] {
            let of = |threads| {
                let which = ["nova-build-deadlock", "--variant", variant, "--threads", threads];
                explored(&[&which[..], search].concat())
            };
            assert_eq!(of("1"), of("3"), "{search:?} {variant}");
        }
    }
}

#[test]
fn a_search_that_is_cut_short_says_by_what_and_samples_besides() {
    let cut = |bound: [&str; 2]| {
        let which = ["nova-build-deadlock", "--variant", "six_workers", "--view", "untimed", "--runs", "100"];
        explored(&[&which[..], &bound].concat())["views"][0].clone()
    };
    let states = cut(["--states", "50"]);
    assert_eq!((&states["exhausted"], &states["sampled"]["runs"]), (&false.into(), &100.into()));
    assert!(
        states["covered"].as_str().is_some_and(|text| text.ends_with("reached the maximum number of states"))
    );
    let memory = cut(["--memory", "100KiB"]);
    assert!(memory["covered"].as_str().is_some_and(|text| text.contains("of memory")), "{memory}");
    let depth = cut(["--depth", "10"]);
    assert!(depth["covered"].as_str().is_some_and(|text| text.contains("maximum depth")), "{depth}");
    assert_eq!(depth["sampled"]["cut_runs"], 100);
    let none = threadbare(&["explore", "nova-build-deadlock", "--states", "50", "--runs", "0"]);
    assert!(!none.out.contains("sampled"), "{}", none.out);
}

#[test]
fn a_sample_says_that_it_is_one_and_what_it_is_worth() {
    let ran = threadbare(&["explore", "nova-hard-reboot", "--pct", "2", "--runs", "300", "--width", "100"]);
    assert_eq!(ran.code, 0, "what only other durations lead to fails nothing\n{}", ran.out);
    let text = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains(
            "300 runs were sampled by PCT (seed 1), which proves nothing: trouble that 2 orderings of two steps suffice for is among them with a probability of more than 99 %."
        ),
        "{text}"
    );
    // Shortened and told as the others are.
    assert!(
        text.contains("Failed expectation") && text.contains("--schedule untimed/arrivals=-,0/1.1"),
        "{text}"
    );
    let json = explored(&["nova-hard-reboot", "--pct", "2", "--runs", "300", "--seed", "9"]);
    let sampled = &json["views"][1]["sampled"];
    let (n, k) = (sampled["actors"].as_f64().expect("n"), sampled["points"].as_f64().expect("k"));
    let guarantee = sampled["guarantee"].as_f64().expect("a probability");
    assert!((guarantee - 1.0 / (n * k)).abs() < 1e-12 && sampled["seed"] == 9, "{sampled}");
}

#[test]
fn few_turns_find_what_one_turn_does() {
    let json = explored(&["lock-order", "--variant", "lucky_timing", "--turns", "1", "--view", "untimed"]);
    let view = &json["views"][0];
    assert_eq!(view["turns"], 1);
    assert_eq!(view["findings"][0]["kind"], "deadlock");
    assert_eq!(view["exhausted"], false);
    let all = explored(&["run-to-completion", "--variant", "one_worker", "--turns", "100"]);
    assert!(
        all["views"].as_array().is_some_and(|views| views.iter().all(|v| v["exhausted"] == true)),
        "{all}"
    );
}

#[test]
fn a_bound_that_is_none_is_refused_with_what_would_be_right() {
    for (bound, right) in
        [("--memory=lots", "8MiB"), ("--time=soon", "250ms"), ("--time=-1", "is not a duration")]
    {
        let ran = threadbare(&["explore", "lock-order", bound]);
        assert_eq!(ran.code, 2, "{bound}");
        assert!(ran.err.contains(right), "{bound}: {}", ran.err);
    }
}
