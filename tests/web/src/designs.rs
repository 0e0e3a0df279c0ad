//! Other people's designs, brought in through New: each has its verdict at once, in roles, short enough to be read.

use crate::browser::Page;
use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use std::path::Path;

/// How long a verdict may take after the text is there, in milliseconds.
const MAX_VERDICT_MS: f64 = 2_000.0;
/// Maximum number of lines of a sentence before its names fold out.
const MAX_LINES: f64 = 5.0;

/// Designs that were reported in public, and what their verdict begins with and speaks of.
const DESIGNS: &[(&str, &str, &str)] = &[
    ("o_rows", "Deadlock", "db"),
    ("d_sensors", "Deadlock", "sensor"),
    ("i_tokio_cores", "", ""),
    ("p_mailboxes", "", ""),
    ("q2_permit_leak", "", ""),
];

/// Thirty-two workers, ten connections, a pool of eight for what they fan out to.
const CHECKOUT: &str = r#"title = "Checkout at real size"
[executors.http]
kind = "threads"
workers = 32
queue = 200
[executors.fanout]
kind = "threads"
workers = 8
[semaphores.db]
permits = 10
[tasks.checkout]
steps = ["with db", "run 10ms", "submit price to fanout as price", "submit stock to fanout as stock", "wait price stock", "end"]
[tasks.price]
steps = ["run 20ms", "submit audit as audit", "wait audit"]
[tasks.audit]
steps = ["run 10ms"]
[tasks.stock]
steps = ["with db", "run 10ms", "end"]
[[arrivals]]
task = "checkout"
to = "http"
rate = "60/s"
until = "20s"
"#;

/// Types a text over an empty template, and waits for its verdict; how long that took, in milliseconds.
async fn verdict_of(page: &Page, text: &str) -> Result<f64> {
    page.script("document.activeElement.blur();", vec![]).await?;
    page.keys("n").await?;
    page.until("the templates", "document.querySelector('.templates .card')").await?;
    page.eval("document.querySelector('.templates .card').click()").await?;
    page.until(
        "the template",
        "!document.querySelector('dialog[open]') && document.querySelector('.this-run .outcome')",
    )
    .await?;
    page.cut_short().await?;
    page.press("Numbers").await?;
    let before = page.text(".fingerprint").await?;
    page.press("Text").await?;
    page.script("window.typed = performance.now();", vec![]).await?;
    page.type_text(text).await?;
    page.press("Numbers").await?;
    let is_other = format!("document.querySelector('.fingerprint')?.textContent !== {}", json!(before));
    page.until("another run", &is_other).await?;
    let took = page.number("performance.now() - window.typed").await?;
    page.cut_short().await?;
    page.press("Why").await?;
    Ok(took)
}

/// How many lines an element's text takes.
async fn lines(page: &Page, css: &str) -> Result<f64> {
    let count = "const e = document.querySelector(arguments[0]); \
        return Math.round(e.clientHeight / parseFloat(getComputedStyle(e).lineHeight));";
    page.script(count, vec![json!(css)]).await?.as_f64().context("no text")
}

/// Five reported designs and one at real size.
pub async fn of_other_people_are_judged_at_once(page: &Page) -> Result<()> {
    page.open("").await?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../field");
    for (name, begins, speaks_of) in DESIGNS {
        let text = std::fs::read_to_string(folder.join(format!("{name}.toml")))?;
        let took = verdict_of(page, &text).await?;
        ensure!(took < MAX_VERDICT_MS, "{name}: a verdict after {took} ms");
        let verdict = page.verdict().await?;
        ensure!(verdict.starts_with(begins), "{name}: {verdict}");
        let sentence = page.text(".verdict .sentence").await?;
        ensure!(sentence.contains(speaks_of), "{name}: {sentence}");
        for css in [".caption", ".verdict .sentence"] {
            let lines = lines(page, css).await?;
            ensure!(lines <= MAX_LINES, "{name}: {css} takes {lines} lines: {sentence}");
        }
    }
    let took = verdict_of(page, CHECKOUT).await?;
    ensure!(took < MAX_VERDICT_MS, "a verdict after {took} ms");
    page.until_verdict("Deadlock").await?;
    let sentence = page.text(".verdict .sentence").await?;
    for role in ["price", "stock", "checkout", "db"] {
        ensure!(sentence.contains(role), "{role} is not in {sentence}");
    }
    ensure!(!sentence.contains('#'), "roles, not instances: {sentence}");
    Ok(())
}
