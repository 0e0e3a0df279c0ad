//! What is known about a scenario, and how.

/// How something in the scenario is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Provenance {
    /// The recording says so.
    Read,
    /// It follows from what the recording says.
    Inferred,
    /// It was left out or made smaller, so that the document stays readable.
    Lost,
    /// The recording does not say, and something had to be taken.
    Assumed,
    /// The recording does not say, and it has to be filled in.
    Unknown,
}

impl Provenance {
    /// In a word or two.
    pub fn word(self) -> &'static str {
        match self {
            Provenance::Read => "read",
            Provenance::Inferred => "inferred",
            Provenance::Lost => "lost",
            Provenance::Assumed => "assumed",
            Provenance::Unknown => "not known",
        }
    }
}

/// One thing that the scenario says, and how it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inference {
    /// How it is known.
    pub how: Provenance,
    /// What, in a sentence.
    pub text: String,
}
