//! `threadbare gallery`, `completions`, `man`, `schema`, and what every command has in common.

use crate::cli::{folder, threadbare};

#[test]
fn the_list_names_every_scenario_with_its_title() {
    let ran = threadbare(&["gallery"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("nova-build-deadlock"));
    assert!(ran.out.contains("Five VM builds share a five-worker pool"), "{}", ran.out);
    assert_eq!(ran.out, threadbare(&["gallery", "list"]).out);
}

#[test]
fn show_prints_exactly_the_file() {
    let ran = threadbare(&["gallery", "show", "lock-order"]);
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/www/scenarios/lock-order.toml");
    assert_eq!(ran.out, std::fs::read_to_string(file).expect("the scenario"));
}

#[test]
fn a_misspelt_name_is_answered_with_the_nearest() {
    for arguments in [["gallery", "show", "lock-ordre"], ["gallery", "copy", "lock-ordre"]] {
        let ran = threadbare(&arguments);
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains("Did you mean `lock-order`?"), "{}", ran.err);
    }
}

#[test]
fn copy_does_not_overwrite_unless_told_to() {
    let folder = folder("gallery-copy");
    let path = folder.join("mine.toml");
    let path = path.to_str().expect("UTF-8");
    assert_eq!(threadbare(&["gallery", "copy", "lock-order", path]).code, 0);
    std::fs::write(path, "mine").expect("the copy");
    let again = threadbare(&["gallery", "copy", "lock-order", path]);
    assert_eq!(again.code, 2);
    assert!(again.err.contains("exists already"), "{}", again.err);
    assert_eq!(std::fs::read_to_string(path).expect("the copy"), "mine");
    assert_eq!(threadbare(&["gallery", "copy", "lock-order", path, "--force"]).code, 0);
    assert_ne!(std::fs::read_to_string(path).expect("the copy"), "mine");
}

#[test]
fn every_command_has_help_with_an_example() {
    let overview = threadbare(&["--help"]).out;
    for command in ["run", "check", "export", "gallery", "schema", "bench", "completions", "man"] {
        let help = threadbare(&[command, "--help"]);
        assert_eq!(help.code, 0);
        assert!(help.out.contains(&format!("threadbare {command}")), "{command}: {}", help.out);
        assert!(help.out.contains("Examples:"), "{command}: {}", help.out);
        assert!(overview.contains(command), "{command} is missing in the overview");
    }
    for code in ["0  every expectation holds", "1  an expectation failed", "2  bad input"] {
        assert!(overview.contains(code), "{overview}");
    }
}

#[test]
fn bad_usage_exits_with_2() {
    for arguments in [&[][..], &["run"], &["nonsense"], &["run", "--set", "pool", "lock-order"]] {
        assert_eq!(threadbare(arguments).code, 2, "{arguments:?}");
    }
}

#[test]
fn completions_and_the_man_page_know_every_command() {
    for shell in ["bash", "zsh", "fish"] {
        let text = threadbare(&["completions", shell]).out;
        assert!(text.contains("gallery") && text.contains("--all-variants") || text.contains("all-variants"));
    }
    let page = threadbare(&["man"]).out;
    assert!(page.starts_with(".ie") && page.contains(".TH threadbare 1"), "{}", &page[..200]);
    assert!(page.contains(".SH \"THREADBARE GALLERY COPY\""));
}
