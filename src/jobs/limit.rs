//! What limits a size next: one run with it is read for what its tasks wait for most, told in words.

use super::protocol::{JobHost, Subject, packed};
use crate::analysis::digest::Digest;
use crate::analysis::prose::list;
use crate::language::Overrides;
use crate::study::bottleneck::{self, bottleneck};
use crate::study::run::run;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A request for what limits a size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitJob {
    /// What is sized.
    pub subject: Subject,
    /// The paths and their values.
    pub set: Vec<(String, String)>,
}

pub(super) fn execute(order: &LimitJob, line: &mut dyn JobHost) -> Result<(), String> {
    let overrides = Overrides { set: order.set.clone(), ..Overrides::default() };
    let document = order.subject.document()?;
    let scenario = document.scenario(&order.subject.variant, &overrides);
    let scenario = scenario.map_err(|_| "The text with these values has errors.".to_owned())?;
    let trace = run(Arc::new(scenario));
    // A slider is known by its label.
    let tunables = document.tunables(&order.subject.variant);
    let name = |path: &str| {
        let found = tunables.iter().find(|tunable| tunable.path == path);
        found.map_or(path.to_owned(), |tunable| tunable.label.clone())
    };
    let values: Vec<String> =
        order.set.iter().map(|(path, value)| format!("{} = {value}", name(path))).collect();
    line.send(packed(&bottleneck::words(bottleneck(&Digest::new(&trace)).as_ref(), &list(&values))));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{JobRequest, execute, unpacked};
    use super::*;
    use crate::gallery;

    struct Words(Option<String>);

    impl JobHost for Words {
        fn send(&mut self, message: Vec<u8>) {
            self.0 = unpacked(&message);
        }

        fn now(&self) -> f64 {
            0.0
        }
    }

    #[test]
    fn what_limits_a_size_is_said_with_the_names_of_its_sliders() {
        let source = gallery::ENTRIES[0].text.to_owned();
        let subject = Subject { name: "mine.toml".into(), source, variant: "base".into(), set: Vec::new() };
        let set =
            [("params.pool", "6"), ("params.builds", "5")].map(|(path, value)| (path.into(), value.into()));
        let mut words = Words(None);
        execute(&JobRequest::Limit(LimitJob { subject, set: set.into() }), &mut words)
            .expect("a good subject");
        assert_eq!(
            words.0.as_deref(),
            Some(
                "With Default pool workers = 6 and Builds at once = 5, tasks wait most for the workers of default: \
                 25 % of all their time."
            )
        );
    }
}
