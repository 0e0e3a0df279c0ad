//! The page's store, tested without a page: the module knows nothing of one.

#[path = "../../src/bin/web/store/mod.rs"]
#[allow(dead_code, reason = "the page uses what the tests do not")]
mod store;

#[test]
fn the_link_of_a_report_opens_its_document_in_the_page() {
    use threadbare::analysis::review::link::fragment;

    let text = threadbare::gallery::find("nova-caps").expect("it is there").text;
    for (variant, file) in [("base", "folder/nova-caps"), ("two", "nova-caps")] {
        let opened =
            store::link::read(&fragment(file, text, variant).expect("it is short")).expect("a link of ours");
        assert_eq!(
            (opened.name.as_str(), opened.text(), opened.variant.as_str()),
            ("nova-caps", Some(text), variant)
        );
    }
}

/// What the worker of the page makes of an order for a report.
pub fn reported(name: &str, source: &str, variant: &str) -> String {
    use threadbare::jobs::{JobHost, JobRequest, execute, report, unpacked};

    struct LastReport(Option<report::HtmlReport>);

    impl JobHost for LastReport {
        fn send(&mut self, message: Vec<u8>) {
            self.0 = unpacked(&message);
        }

        fn now(&self) -> f64 {
            0.0
        }
    }

    let (name, source, variant) = (name.to_owned(), source.to_owned(), variant.to_owned());
    let order = JobRequest::Report(report::ReportJob { name, source, variant, set: Vec::new() });
    let mut told = LastReport(None);
    execute(&order, &mut told).expect("a good document");
    told.0.expect("a report").html
}

/// Gathers the last message of a job.
fn answer<T: serde::de::DeserializeOwned>(order: &threadbare::jobs::JobRequest) -> T {
    use threadbare::jobs::execute;

    let mut heard = Heard::default();
    execute(order, &mut heard).expect("a good order");
    heard.last()
}

/// Keeps every message of a job.
#[derive(Default)]
struct Heard(std::sync::Arc<std::sync::Mutex<Vec<Vec<u8>>>>);

impl Heard {
    fn all<T: serde::de::DeserializeOwned>(&self) -> Vec<T> {
        let told = self.0.lock().expect("nobody panics while telling");
        told.iter().map(|message| threadbare::jobs::unpacked(message).expect("our own message")).collect()
    }

    fn last<T: serde::de::DeserializeOwned>(&self) -> T {
        self.all().pop().expect("something is told")
    }
}

impl threadbare::jobs::JobHost for Heard {
    fn send(&mut self, message: Vec<u8>) {
        self.0.lock().expect("nobody panics while telling").push(message);
    }

    fn sender(&self) -> threadbare::jobs::MessageSender {
        let told = std::sync::Arc::clone(&self.0);
        Box::new(move |message| told.lock().expect("nobody panics while telling").push(message))
    }

    fn now(&self) -> f64 {
        0.0
    }
}

/// What a command prints as JSON, whatever it exits with.
fn json_of(arguments: &[&str]) -> serde_json::Value {
    let output = crate::cli::command(arguments).output().expect("it starts");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|why| panic!("{arguments:?}: {why}"))
}

/// The second line of the page's headline is that of `run` where the run deadlocks, and else that of `check`.
#[test]
fn the_page_says_of_every_design_what_the_command_line_says() {
    use threadbare::analysis::digest::Digest;
    use threadbare::analysis::verdict::{Coverage, DesignKind, DesignVerdict, MadeRuns};
    use threadbare::jobs::{JobRequest, Subject, shape::ShapeAnswer};

    let mut kinds = Vec::new();
    for entry in threadbare::gallery::ENTRIES {
        let checked = json_of(&["check", entry.name, "--json"]);
        for (variant, said) in checked["designs"].as_object().expect("a design for each variant") {
            let said: DesignVerdict = serde_json::from_value(said.clone()).expect("a verdict");
            let (name, source) = (entry.name.to_owned(), entry.text.to_owned());
            let subject = Subject { name, source, variant: variant.clone(), set: Vec::new() };
            let trace = threadbare::study::run::run(subject.scenario().expect("a variant of the gallery"));
            let digest = Digest::new(&trace);
            let deadlocks = !digest.findings.deadlocks.is_empty();
            let page = answer::<ShapeAnswer>(&JobRequest::Shape(subject))
                .design(Coverage::default(), MadeRuns::one(deadlocks));
            kinds.push(page.kind);
            let ran = digest.design(None);
            let told = match said.kind {
                _ if deadlocks => ran.line(),
                // Neither command has gone through the orders: `run` adds that there was a run.
                DesignKind::NotKnown if said.text.contains("No order was explored.") => ran.line(),
                DesignKind::CanDeadlock
                | DesignKind::CannotDeadlock
                | DesignKind::NotKnown
                | DesignKind::NothingArrives => said.line(),
            };
            assert_eq!(page.line(), told, "{} {variant}", entry.name);
        }
    }
    for kind in [DesignKind::CanDeadlock, DesignKind::CannotDeadlock] {
        assert!(kinds.contains(&kind), "the gallery has one that {kind:?}");
    }
}

/// What the page tells of two variants over many runs is what `threadbare compare` prints, to the last digit.
#[test]
fn the_page_compares_as_the_command_line_does() {
    use threadbare::jobs::JobRequest;
    use threadbare::jobs::compare::{CompareJob, CompareProgress};
    use threadbare::study::compare::words;

    let pairs = [
        ("nova-build-deadlock", "base", "six_workers"),
        ("semaphore-vs-pool", "base", "one_pool"),
        ("retry-storm", "base", "few_retries"),
    ];
    for (name, first, second) in pairs {
        let entry = threadbare::gallery::find(name).expect("in the gallery");
        let document = threadbare::language::Document::parse(name, entry.text).expect("a good document");
        let variants = document.variants();
        let others: Vec<&str> = variants.iter().map(|variant| variant.name.as_str()).collect();
        let second = if others.contains(&second) { second } else { others.last().expect("it has variants") };
        let order = CompareJob {
            name: name.to_owned(),
            source: entry.text.to_owned(),
            first: first.to_owned(),
            second: second.to_owned(),
            set: Vec::new(),
        };
        let CompareProgress::Compared(page) = answer(&JobRequest::Compare(order)) else {
            panic!("{name}: all runs are made")
        };
        let typed: Vec<&str> = page.command.split(' ').skip(1).collect();
        let printed = crate::cli::command(&typed).env("COLUMNS", "400").output().expect("it starts");
        let printed = String::from_utf8(printed.stdout).expect("text");
        let json = json_of(&[typed.as_slice(), &["--json"]].concat());
        let one = printed.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(one.contains(&page.sentence), "{}\n{printed}", page.sentence);
        for design in &page.designs {
            let said = design.trim_start_matches("This design: ");
            assert!(one.contains(said), "{said}\n{printed}");
        }
        for row in &page.rows {
            let [ours, theirs, difference, share] = &row.cells;
            if row.is_bill {
                let found = &json["compared"][0]["bill"][&row.metric]["difference"];
                let found = serde_json::from_value(found.clone()).expect("an interval");
                let metric = threadbare::study::sweep::read_metrics(
                    &document.scenario(first, &Default::default()).expect("a variant"),
                    std::slice::from_ref(&row.metric),
                );
                let metric = metric.unwrap_or_else(|_| panic!("{}", row.metric)).1.remove(0);
                let told = words::change(found, |x| words::value(&metric, x)).replace('\t', " ");
                assert_eq!((&row.metric, difference), (&row.metric, &told), "{name}");
            } else {
                let cells = [row.metric.as_str(), ours, theirs, difference, share].join(" ");
                assert!(one.contains(&cells), "{cells}\n{printed}");
            }
        }
        assert!(page.rows.iter().any(|row| row.is_bill) && page.rows.iter().any(|row| !row.is_bill));
        assert!(page.markdown().contains(&page.command), "{}", page.markdown());
    }
}

/// The same of every variant of the gallery beside its document, figure by figure. (Those that the page leaves to the
/// command line are not compared there.)
#[test]
fn every_comparison_of_the_gallery_is_that_of_the_command_line() {
    use threadbare::jobs::compare::{CompareJob, CompareProgress};
    use threadbare::jobs::{JobRequest, execute};
    use threadbare::study::compare::words;

    let mut compared = 0;
    for entry in threadbare::gallery::ENTRIES {
        let document =
            threadbare::language::Document::parse(entry.name, entry.text).expect("a good document");
        let names: Vec<String> = document.variants().into_iter().map(|variant| variant.name).collect();
        for second in names.iter().filter(|name| *name != "base") {
            let (name, source) = (entry.name.to_owned(), entry.text.to_owned());
            let (first, second) = ("base".to_owned(), second.clone());
            let order = JobRequest::Compare(CompareJob { name, source, first, second, set: Vec::new() });
            let mut host = Heard::default();
            if let Err(why) = execute(&order, &mut host) {
                assert!(why.contains("runs too long"), "{}: {why}", entry.name);
                continue;
            }
            let CompareProgress::Compared(page) = host.last() else { panic!("all runs are made") };
            let typed: Vec<&str> = page.command.split(' ').skip(1).collect();
            let json = json_of(&[typed.as_slice(), &["--json"]].concat());
            let scenario = document.scenario("base", &Default::default()).expect("a variant");
            for row in &page.rows {
                let part = if row.is_bill { "bill" } else { "metrics" };
                let found = &json["compared"][0][part][&row.metric];
                let of = |key: &str| serde_json::from_value(found[key].clone()).expect("an interval");
                let metric =
                    threadbare::study::sweep::read_metrics(&scenario, std::slice::from_ref(&row.metric));
                let metric = metric.unwrap_or_else(|_| panic!("{}", row.metric)).1.remove(0);
                let told = words::change(of("difference"), |x| words::value(&metric, x)).replace('\t', " ");
                assert_eq!(row.cells[2], told, "{} {}", page.command, row.metric);
            }
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared} pairs");
}

/// While runs are made the page hears how many are, and at last what they come to.
#[test]
fn a_comparison_tells_how_far_it_is() {
    use threadbare::jobs::compare::{CompareJob, CompareProgress};
    use threadbare::jobs::{JobRequest, execute};

    let source = threadbare::gallery::find("retry-storm").expect("in the gallery").text.to_owned();
    let (first, second) = ("base".to_owned(), "small_pool".to_owned());
    let order = CompareJob { name: "retry-storm".to_owned(), source, first, second, set: Vec::new() };
    let mut host = Heard::default();
    execute(&JobRequest::Compare(order), &mut host).expect("it can be compared");
    let told = host.all::<CompareProgress>();
    let (last, before) = told.split_last().expect("something is told");
    assert!(last.compared().is_some());
    let mut counts: Vec<u64> = before
        .iter()
        .map(|told| match told {
            CompareProgress::Running { done, all } => {
                assert_eq!(*all, 60, "thirty runs of each");
                *done
            }
            CompareProgress::Compared(_) => panic!("told once"),
        })
        .collect();
    // They are made on several threads here.
    counts.sort_unstable();
    assert_eq!(counts, (1..=60).collect::<Vec<u64>>());
}
