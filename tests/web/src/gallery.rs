//! Every variant of every built-in scenario runs in the browser as it does natively.

use crate::browser::Page;
use anyhow::{Result, ensure};
use serde_json::json;

const GOLDEN: &str = include_str!("../../golden/fingerprints.txt");

/// The fingerprints that the page shows are those of the native tests.
pub async fn every_run_is_the_native_one(page: &Page) -> Result<()> {
    page.open("").await?;
    page.press("Numbers").await?;
    let (mut shown, mut differing) = (String::new(), Vec::new());
    for line in GOLDEN.lines() {
        let [fingerprint, name, variant] = line.split_whitespace().collect::<Vec<_>>()[..] else { continue };
        if shown != name {
            page.scenario(name).await?;
            page.press("Numbers").await?;
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
