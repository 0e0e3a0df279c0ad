//! The built-in scenarios: the files of `www/scenarios/`, embedded, and the one list of them.
//!
//! Invariant: every `*.toml` there is in the list, once, under its file's name. A scenario is kept as
//! text: what it means is `language`'s affair, and a reader may want to see and copy exactly this.

/// One built-in scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name it is asked for by, in lower case with hyphens.
    pub name: &'static str,
    /// The whole document, TOML.
    pub text: &'static str,
}

macro_rules! entries {
    ($($name:literal),* $(,)?) => {
        &[$(Entry {
            name: $name,
            text: include_str!(concat!("../../www/scenarios/", $name, ".toml")),
        }),*]
    };
}

/// The scenarios in the order in which they are shown: what a newcomer should meet first comes first.
pub const ENTRIES: &[Entry] = entries![
    "nova-build-deadlock",
    "nova-hard-reboot",
    "nova-caps",
    "nova-scatter-gather",
    "run-to-completion",
    "nova-modes",
    "nova-console-proxy",
    "nova-sync-power",
    "nova-shutdown",
    "lock-order",
    "semaphore-vs-pool",
    "shared-bounded-queue",
    "nested-pools",
];

/// The scenario of this name.
pub fn find(name: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.name == name)
}

/// The name most like this one, if one is like it at all: a slip of the finger, or a part of the name.
pub fn nearest(name: &str) -> Option<&'static str> {
    const ALIKE: f64 = 0.6;
    let wanted = name.to_lowercase().replace(['_', ' '], "-");
    let part = || ENTRIES.iter().find(|entry| wanted.len() >= 3 && entry.name.contains(&wanted));
    let likeness = |entry: &Entry| strsim::normalized_damerau_levenshtein(&wanted, entry.name);
    let (best, entry) =
        ENTRIES.iter().map(|entry| (likeness(entry), entry)).max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    if best >= ALIKE { Some(entry.name) } else { part().map(|entry| entry.name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_of_the_folder_is_in_the_list_once() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/www/scenarios");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder of scenarios")
            .map(|entry| entry.expect("a readable entry").file_name().to_string_lossy().into_owned())
            .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
            .collect();
        let mut listed: Vec<String> = ENTRIES.iter().map(|entry| entry.name.to_owned()).collect();
        files.sort();
        listed.sort();
        assert_eq!(files, listed);
    }

    #[test]
    fn the_nearest_name_is_found_and_nonsense_is_not() {
        for (asked, found) in [
            ("nova-build-dedlock", Some("nova-build-deadlock")),
            ("Nova_Build_Deadlock", Some("nova-build-deadlock")),
            ("reboot", Some("nova-hard-reboot")),
            ("xyzzy", None),
            ("", None),
        ] {
            assert_eq!(nearest(asked), found, "{asked}");
        }
    }
}
