//! Every variant of every built-in scenario runs in the browser as it does natively.

use crate::browser::Page;
use anyhow::{Result, ensure};
use serde_json::json;

const GOLDEN: &str = include_str!("../../golden/fingerprints.txt");

/// The fingerprints that the page shows are those of the native tests.
pub async fn every_run_is_the_native_one(page: &Page) -> Result<()> {
    page.open("").await?;
    let (mut shown, mut differing) = (String::new(), Vec::new());
    for line in GOLDEN.lines() {
        let [fingerprint, name, variant] = line.split_whitespace().collect::<Vec<_>>()[..] else { continue };
        if shown != name {
            page.keys("g").await?;
            let card = format!(
                "[...document.querySelectorAll('.card small')].find(s => s.textContent.startsWith({}))",
                json!(format!("{name} ·"))
            );
            page.until("the gallery", &card).await?;
            page.eval(&format!("{card}.closest('button').click()")).await?;
            page.until("another scenario", "!document.querySelector('[role=dialog]')").await?;
            shown = name.to_owned();
        }
        if variant != "base" {
            page.press(&variant.replace(['_', '-'], " ")).await?;
        }
        let expression =
            format!("document.querySelector('.fingerprint')?.textContent === {}", json!(fingerprint));
        if page.until("the fingerprint", &expression).await.is_err() {
            differing.push(format!("{name} {variant}"));
        }
    }
    ensure!(differing.is_empty(), "not the native runs: {differing:?}");
    Ok(())
}
