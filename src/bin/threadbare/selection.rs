//! Which run of a document a command is about: the arguments that most commands take.

use clap::Args;

/// The run of a document: its seed and the values that are set.
#[derive(Args, Clone, Debug, Default)]
pub struct RunSelection {
    /// Seed of all random draws; defaults to the scenario's
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// Set a parameter (pool=6) or any value of the document (default.workers=6, tasks.build.steps=[…])
    #[arg(long, value_name = "NAME=VALUE", value_parser = assignment)]
    pub set: Vec<(String, String)>,
}

impl RunSelection {
    /// Whether the arguments change the document.
    pub fn is_changed(&self) -> bool {
        self.seed.is_some() || !self.set.is_empty()
    }
}

/// Reads an assignment, `NAME=VALUE`.
pub fn assignment(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE, for instance default.workers=6")?;
    let name = name.trim();
    if name.is_empty() {
        return Err("the name before `=` is missing".to_owned());
    }
    Ok((name.to_owned(), value.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assignment_is_split_at_the_first_equals_sign() {
        assert_eq!(assignment("pool = 6"), Ok(("pool".to_owned(), "6".to_owned())));
        assert_eq!(assignment("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert!(assignment("pool").is_err());
        assert!(assignment("=6").is_err());
    }
}
