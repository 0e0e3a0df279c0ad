//! What a preset is.

/// The value of one key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PresetValue {
    /// A word, a duration or the name of a runtime.
    Text(&'static str),
    /// A whole number.
    Count(i64),
    /// `true` or `false`.
    Truth(bool),
}

/// One executor of one runtime.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Preset {
    /// As a document names it.
    pub name: &'static str,
    /// The runtime and its version.
    pub runtime: &'static str,
    /// Where the figures and rules come from.
    pub source: &'static str,
    /// Runs on the real runtime were recorded, and the simulator reproduces them.
    pub is_recorded: bool,
    /// The keys that it stands for.
    pub keys: &'static [(&'static str, PresetValue)],
}

impl Preset {
    /// Where it comes from, and whether it was only read there.
    pub fn provenance(&self) -> String {
        let read = if self.is_recorded { "recorded" } else { "from the documentation, not recorded" };
        format!("{}; {read}", self.source)
    }

    /// The value of a key, if it sets that.
    pub fn value(&self, key: &str) -> Option<PresetValue> {
        self.keys.iter().find(|(name, _)| *name == key).map(|(_, value)| *value)
    }

    /// The kind of executor that it is.
    pub fn kind(&self) -> &'static str {
        match self.value("kind") {
            Some(PresetValue::Text(kind)) => kind,
            Some(PresetValue::Count(_) | PresetValue::Truth(_)) | None => "threads",
        }
    }
}

impl std::fmt::Display for PresetValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PresetValue::Text(text) => write!(f, "{text:?}"),
            PresetValue::Count(count) => write!(f, "{count}"),
            PresetValue::Truth(truth) => write!(f, "{truth}"),
        }
    }
}
