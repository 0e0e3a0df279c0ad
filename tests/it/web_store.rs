//! The page's store, tested without a page: the module knows nothing of one.

#[path = "../../src/bin/web/store/mod.rs"]
#[allow(dead_code, reason = "the page uses what the tests do not")]
mod store;

/// What the worker of the page makes of an order for a report.
pub fn reported(name: &str, source: &str, variant: &str) -> String {
    use threadbare::jobs::{JobHost, JobRequest, carry_out, report, unpacked};

    struct LastReport(Option<report::HtmlReport>);

    impl JobHost for LastReport {
        fn tell(&mut self, message: Vec<u8>) {
            self.0 = unpacked(&message);
        }

        fn now(&self) -> f64 {
            0.0
        }
    }

    let (name, source, variant) = (name.to_owned(), source.to_owned(), variant.to_owned());
    let order = JobRequest::Report(report::ReportJob { name, source, variant, set: Vec::new() });
    let mut told = LastReport(None);
    carry_out(&order, &mut told).expect("a good document");
    told.0.expect("a report").html
}
