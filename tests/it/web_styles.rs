//! The page's style sheet has the colours of `view::theme`, so that page, canvas and exported pictures agree.

use std::collections::BTreeMap;
use threadbare::view::scene::Ink;
use threadbare::view::theme::ColourTheme;

/// The custom properties of one block of the style sheet.
fn properties(block: &str) -> BTreeMap<&str, &str> {
    let declarations = block.lines().filter_map(|line| line.trim().strip_suffix(';')?.split_once(':'));
    declarations.map(|(name, value)| (name.trim(), value.trim())).collect()
}

#[test]
fn the_style_sheet_and_the_theme_agree() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/www/styles/tokens.css");
    let text = std::fs::read_to_string(path).expect("the style sheet");
    let blocks: Vec<&str> = text.split(" color-scheme:").skip(1).collect();
    let [light, dark_by_system, dark_by_choice] = blocks[..] else {
        panic!("a block for light and two for dark, not {}", blocks.len())
    };
    let inks = [
        ("--accent", Ink::Accent),
        ("--on-accent", Ink::OnAccent),
        ("--danger", Ink::Danger),
        ("--on-danger", Ink::OnDanger),
        ("--stall", Ink::Stall),
        ("--muted", Ink::Muted),
        ("--grid", Ink::Grid),
        ("--rule", Ink::Rule),
        ("--text", Ink::Text),
        ("--soft", Ink::Soft),
        ("--surface", Ink::Surface),
        ("--raised", Ink::Raised),
        ("--idle", Ink::Idle),
    ];
    for (block, theme) in [
        (light, ColourTheme::light()),
        (dark_by_system, ColourTheme::dark()),
        (dark_by_choice, ColourTheme::dark()),
    ] {
        let declared = properties(block);
        for (name, ink) in inks {
            let colour = theme.colour(ink).to_string();
            assert_eq!(declared.get(name), Some(&colour.as_str()), "{name}");
        }
    }
}
