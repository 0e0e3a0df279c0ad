//! What axe-core finds on every screen, light and dark, wide and narrow.

use crate::browser::Page;
use anyhow::{Context as _, Result, ensure};

/// From npm, at the version in package-lock.json.
const AXE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/node_modules/axe-core/axe.min.js");

/// Serious and critical findings, as lines.
pub async fn findings(page: &Page, screen: &str) -> Result<Vec<String>> {
    if page.eval("typeof window.axe").await? != "object" {
        let axe = std::fs::read_to_string(AXE).with_context(|| format!("{AXE}: npm ci has not been run"))?;
        page.script(&axe, vec![]).await?;
        ensure!(page.eval("typeof window.axe").await? == "object", "axe-core does not run");
    }
    let script = "return axe.run(document, {resultTypes: ['violations', 'passes']}).then(r => ({passes: r.passes.length, \
        bad: r.violations.filter(v => v.impact === 'serious' || v.impact === 'critical') \
            .map(v => v.id + ': ' + v.help + ' at ' + v.nodes.slice(0, 3).map(n => n.target.join(' ') + ' (' + n.any.map(a => a.message).join('; ') + ')').join(', '))}));";
    let told = page.script(script, vec![]).await?;
    ensure!(
        told["passes"].as_u64().is_some_and(|passes| passes > 10),
        "axe-core has looked at nothing: {told}"
    );
    let bad = told["bad"].as_array().cloned().unwrap_or_default();
    Ok(bad.iter().map(|line| format!("{screen}: {}", line.as_str().unwrap_or_default())).collect())
}

/// Every screen. Each look of the page is a test of its own, because axe takes its time.
pub async fn every_screen_on_a_desk(page: &Page) -> Result<()> {
    every_screen(page, "light", 1440).await
}

/// The same in the dark.
pub async fn every_screen_on_a_desk_in_the_dark(page: &Page) -> Result<()> {
    every_screen(page, "dark", 1440).await
}

/// The same on a phone.
pub async fn every_screen_on_a_phone(page: &Page) -> Result<()> {
    every_screen(page, "light", 360).await
}

/// The same on a phone in the dark.
pub async fn every_screen_on_a_phone_in_the_dark(page: &Page) -> Result<()> {
    every_screen(page, "dark", 360).await
}

/// No screen has a serious violation.
async fn every_screen(page: &Page, scheme: &str, width: u32) -> Result<()> {
    let mut bad = Vec::new();
    page.scheme(scheme).await?;
    page.size(width, 900, 1.0).await?;
    page.open("").await?;
    page.eval("localStorage.clear() ?? sessionStorage.clear()").await?;
    page.open("").await?;
    let mut look = async |screen: &str| -> Result<()> {
        bad.extend(findings(page, &format!("{screen}, {scheme}, {width} px")).await?);
        Ok(())
    };
    look("first sight").await?;
    page.press("Fix").await?;
    page.until("remedies", "document.querySelector('.remedy')").await?;
    page.script("for (const fold of document.querySelectorAll('.advice details')) fold.open = true;", vec![])
        .await?;
    look("remedies").await?;
    page.press("To the end").await?;
    page.press("Why").await?;
    page.name("build").await?;
    page.until_text(".inspector", "build#0").await?;
    look("a task").await?;
    page.press("Text").await?;
    look("text").await?;
    let good = page.eval("document.querySelector('textarea.source').value").await?;
    page.type_text("[executors.a]\nkind = \"treads\"").await?;
    page.until("problems", "document.querySelector('.problems li')").await?;
    look("problems").await?;
    page.type_text(good.as_str().unwrap_or_default()).await?;
    page.script("const s = document.querySelector('.compare select'); s.value = 'timeout'; s.dispatchEvent(new Event('change', {bubbles: true}));", vec![]).await?;
    page.until("what differs", "document.querySelector('.differences')").await?;
    look("compare").await?;
    page.press("To the beginning").await?;
    page.press("Events").await?;
    look("events").await?;
    page.until("other orders", "document.querySelector('.branches .finding')").await?;
    page.eval("document.querySelector('.branches .finding').click()").await?;
    page.until("where they part", "document.querySelector('.parted')").await?;
    look("another order").await?;
    page.script("document.activeElement.blur();", vec![]).await?;
    page.keys("/").await?;
    page.until("the search", "document.querySelector('.search')").await?;
    look("search").await?;
    page.key(thirtyfour::Key::Escape).await?;
    for (key, screen) in [("g", "gallery"), ("n", "new"), ("?", "keys")] {
        page.script("document.activeElement.blur();", vec![]).await?;
        page.keys(key).await?;
        page.until(screen, "document.querySelector('dialog[open]')").await?;
        look(screen).await?;
        page.press("Close").await?;
    }
    page.press("Learn").await?;
    look("learn").await?;
    page.press("Close").await?;
    page.press("Share").await?;
    look("share").await?;
    page.press("Close").await?;
    page.script("location.hash = 'broken';", vec![]).await?;
    page.until("the message", "document.querySelector('.notice')").await?;
    look("a message").await?;
    page.script("document.activeElement.blur();", vec![]).await?;
    page.keys("p").await?;
    look("projector").await?;
    ensure!(bad.is_empty(), "{}", bad.join("\n    "));
    Ok(())
}
