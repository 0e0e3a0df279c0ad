//! What would fix one variant, told in words; each remedy brings the text with it applied.
//!
//! Each message says all that there is so far, the best remedy first.

use super::protocol::{JobHost, SEND_EVERY, Subject, packed};
use crate::language::Overrides;
use crate::study::advise::{Remedy, RemedyCheckEffort, RemedySearch, VariantAdvice, words};
use crate::study::cancellation::without_bound;
use serde::{Deserialize, Serialize};

/// The progress of the search for remedies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdviceProgress {
    /// How many remedies were looked at, and how many there are to look at.
    pub looked: (u32, u32),
    /// What is wrong, a sentence each; or that nothing is.
    pub troubles: Vec<String>,
    /// How the plain run ends, which the costs are compared with.
    pub plain: String,
    /// What would fix it, the best first.
    pub remedies: Vec<OfferedRemedy>,
    /// What was tried and is no remedy, and why.
    pub refused: Vec<(String, String)>,
}

/// A remedy that was looked at and found good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedRemedy {
    /// What it is, in a few words.
    pub title: String,
    /// What it turns the trouble into, if it does not just end it.
    pub effect: Option<String>,
    /// The same in a person's own code, in the words of the runtime.
    pub in_code: Vec<String>,
    /// How it is known to be one.
    pub verified: String,
    /// What it costs, each cost by itself.
    pub costs: Vec<String>,
    /// What it does not solve.
    pub leaves: String,
    /// The document's text with it.
    pub text: String,
    /// How many were found before it.
    pub found: u32,
}

pub(super) fn execute(subject: &Subject, line: &mut dyn JobHost) -> Result<(), String> {
    let document = subject.document()?;
    let advisor = RemedySearch::new(
        &document,
        &subject.variant,
        &Overrides::default(),
        RemedyCheckEffort::default(),
        &without_bound,
    );
    let mut advisor = advisor.map_err(|_| format!("The variant {} has errors.", subject.variant))?;
    let mut told = line.now();
    let (mut looked, mut found) = (0, RemedyTitles::default());
    line.send(packed(&advised(advisor.so_far(), looked, advisor.left(), &mut found)));
    while advisor.step(&without_bound) {
        looked += 1;
        let is_new = advisor.so_far().remedies.len() > found.0.len();
        if is_new || line.now() - told >= SEND_EVERY {
            told = line.now();
            line.send(packed(&advised(advisor.so_far(), looked, advisor.left(), &mut found)));
        }
    }
    line.send(packed(&advised(advisor.so_far(), looked, advisor.left(), &mut found)));
    Ok(())
}

/// The titles of remedies, in the order in which they were found.
#[derive(Default)]
struct RemedyTitles(Vec<String>);

impl RemedyTitles {
    /// How many were found before this one.
    fn place(&mut self, title: &str) -> u32 {
        let known = self.0.iter().position(|known| known == title);
        known.unwrap_or_else(|| {
            self.0.push(title.to_owned());
            self.0.len() - 1
        }) as u32
    }
}

fn advised(advice: &VariantAdvice, looked: u32, left: usize, found: &mut RemedyTitles) -> AdviceProgress {
    let mut offer = |remedy: &Remedy| OfferedRemedy {
        found: found.place(&remedy.title),
        title: remedy.title.clone(),
        effect: words::effect(remedy.effect).map(str::to_owned),
        in_code: remedy.in_code.clone(),
        verified: words::verified(remedy),
        costs: words::costs(&remedy.known.cost, &advice.known.cost),
        leaves: remedy.leaves.clone(),
        text: remedy.text.clone(),
    };
    AdviceProgress {
        looked: (looked, looked + left as u32),
        troubles: words::troubles(advice),
        plain: words::plain(&advice.known.cost),
        remedies: advice.remedies.iter().map(&mut offer).collect(),
        refused: advice.refused.iter().map(|(title, why)| (title.clone(), (*why).to_owned())).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{JobRequest, execute, unpacked};
    use super::*;
    use crate::gallery;

    /// The last message, and how many remedies each had.
    struct LastMessage(Option<AdviceProgress>, Vec<usize>);

    impl JobHost for LastMessage {
        fn send(&mut self, message: Vec<u8>) {
            self.0 = unpacked(&message);
            self.1.extend(self.0.iter().map(|advised| advised.remedies.len()));
        }

        fn now(&self) -> f64 {
            0.0
        }
    }

    #[test]
    fn the_build_deadlock_has_remedies_that_say_what_they_cost() {
        let source = gallery::ENTRIES[0].text.to_owned();
        let subject = Subject { name: "mine.toml".into(), source, variant: "base".into(), set: Vec::new() };
        let mut last = LastMessage(None, Vec::new());
        execute(&JobRequest::Advise(subject), &mut last).expect("a good subject");
        // Up to four at a time are looked at here; on the page, which has no threads for them, one.
        let is_told_early =
            last.1.len() > 3 && last.1.windows(2).all(|two| two[0] <= two[1] && two[1] - two[0] <= 4);
        assert!(is_told_early, "remedies are told as they are found: {:?}", last.1);
        let advised = last.0.expect("something is told");
        assert_eq!(advised.looked.0, advised.looked.1, "all were looked at");
        let six = advised.remedies.iter().find(|offer| offer.title == "6 workers for default");
        let six = six.unwrap_or_else(|| panic!("{advised:?}"));
        assert_eq!(six.costs[0], "6 threads (now 5)");
        assert_eq!(advised.plain, "the plain run deadlocks");
        assert!(six.verified.ends_with("With one less it fails."), "{}", six.verified);
        assert!(six.text.contains("# Five as in the CI job"), "comments stay");
    }
}
