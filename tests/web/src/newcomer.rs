//! The first minute: it hangs, unasked; one slider makes it run.

use crate::browser::Page;
use anyhow::{Result, ensure};
use thirtyfour::Key;

/// From page load to the safe run.
pub async fn sees_it_hang_and_one_slider_makes_it_run(page: &Page) -> Result<()> {
    page.story("").await?;
    ensure!(page.text(".tagline").await? == "See thread pools deadlock before production does");
    ensure!(page.text(".play").await? == "Pause", "it plays by itself");
    ensure!(page.verdict().await? == "is under way", "the end is not told before the story");
    page.until("the deadlock to be reached", "document.querySelector('.headline.is-reached')").await?;
    ensure!(page.verdict().await? == "Deadlock at 3 s");
    let sentence = page.text(".verdict .sentence").await?;
    ensure!(sentence.starts_with("At 3 s"), "{sentence}");
    ensure!(page.text(".caption").await?.starts_with("At 3 s: "), "the cursor rests at the deadlock");
    let since_load = page.number("performance.now()").await?;
    ensure!(since_load < 10_000.0, "a newcomer waits {since_load} ms");
    page.focus("#tune-params-pool").await?;
    page.key(Key::Right).await?;
    page.until_verdict("All done at").await?;
    ensure!(page.text("output[for=tune-params-pool]").await? == "6");
    ensure!(page.text(".changed").await?.contains("changed"));
    page.press("Reset").await?;
    page.until_verdict("Deadlock at 3 s").await
}

/// The same without a pointer: every stop is seen, and leads on.
pub async fn with_the_keyboard_alone(page: &Page) -> Result<()> {
    page.open("").await?;
    page.key(Key::Tab).await?;
    let mut stops = Vec::new();
    for _ in 0..80 {
        let here = "document.activeElement.id || document.activeElement.getAttribute('aria-label') || \
            document.activeElement.textContent.trim().slice(0, 40)";
        let outlined = "getComputedStyle(document.activeElement).outlineStyle !== 'none' || \
            getComputedStyle(document.activeElement.closest('.button') ?? document.body).outlineStyle !== 'none'";
        let stop = page.eval(here).await?.as_str().unwrap_or_default().to_owned();
        ensure!(page.eval(outlined).await? == true, "the focus on {stop} cannot be seen");
        if stop == "tune-params-pool" {
            break;
        }
        stops.push(stop);
        page.key(Key::Tab).await?;
    }
    ensure!(stops.len() < 80, "the slider cannot be reached: {stops:?}");
    page.key(Key::Right).await?;
    page.until_verdict("All done at").await?;
    // The keys of the page, while a slider has the focus.
    page.keys("?").await?;
    page.until_text("dialog[open] h2", "Keys").await?;
    ensure!(
        page.eval("document.querySelector('dialog[open]').contains(document.activeElement)").await? == true
    );
    // The focus stays in the dialog however often one goes on, but for the browser's own controls.
    for _ in 0..6 {
        page.key(Key::Tab).await?;
        let inside = "document.activeElement === document.body || document.querySelector('dialog[open]').contains(document.activeElement)";
        ensure!(page.eval(inside).await? == true, "the focus has left the dialog");
    }
    page.key(Key::Escape).await?;
    page.until("the dialog to close", "!document.querySelector('dialog[open]')").await?;
    ensure!(page.eval("document.activeElement.id").await? == "tune-params-pool", "the focus comes back");
    page.keys("g").await?;
    page.until_text("dialog[open] h2", "Scenarios").await?;
    page.key(Key::Escape).await?;
    page.key(Key::End).await?;
    page.keys("w").await?;
    page.keys("/").await?;
    page.until("the search", "document.activeElement.getAttribute('aria-label') === 'Search for a task'")
        .await?;
    page.keys("build#2").await?;
    page.key(Key::Enter).await?;
    page.until_text(".inspector", "build#2").await?;
    page.key(Key::Escape).await?;
    page.until("the search to close", "!document.querySelector('.search')").await
}

/// Who asked for less motion sees the end at once, and nothing moves.
pub async fn with_less_motion(page: &Page) -> Result<()> {
    let features = serde_json::json!({"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]});
    page.cdp("Emulation.setEmulatedMedia", features).await?;
    page.story("").await?;
    ensure!(page.text(".play").await? == "Play");
    page.until("the deadlock", "document.querySelector('.headline.is-reached')").await
}
