//! Links and files: what leaves the page, and what comes back.

use crate::browser::Page;
use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use thirtyfour::Key;

/// Document, variant, overrides, cursor, selection.
pub async fn a_link_restores_everything(page: &Page) -> Result<()> {
    page.open("").await?;
    page.focus("#tune-params-builds").await?;
    page.key(Key::Right).await?;
    page.press("six workers").await?;
    page.until("the variant", "document.querySelector('[aria-label=Variants] [aria-selected=true]').textContent.startsWith('six workers')").await?;
    page.press("To the beginning").await?;
    for _ in 0..9 {
        page.keys(".").await?;
    }
    page.press("Events").await?;
    page.script("document.querySelectorAll('.events li button')[6].click();", vec![]).await?;
    page.press("Why").await?;
    page.until_text(".inspector", "build#").await?;
    let (count, verdict, task) =
        (page.count().await?, page.verdict().await?, page.text(".inspector h2").await?);
    page.press("Share").await?;
    let link = page.eval("document.querySelector('input.link').value").await?;
    let fragment = link.as_str().and_then(|link| link.split('#').nth(1)).context("no link")?.to_owned();
    page.eval("localStorage.clear() ?? sessionStorage.clear()").await?;
    page.open(&format!("#{fragment}")).await?;
    ensure!(page.count().await? == count, "the cursor");
    page.until_text(".changed", "changed").await?;
    ensure!(page.verdict().await? == verdict);
    ensure!(page.text(".inspector h2").await? == task);
    ensure!(page.text("output[for=tune-params-builds]").await? == "6", "the slider");
    ensure!(page.text("[aria-label=Variants] [aria-selected=true]").await?.starts_with("six workers"));
    ensure!(page.text(".play").await? == "Play", "it waits to be played");
    Ok(())
}

/// A link that cannot be read: a clear message, and the page as it was.
pub async fn broken_links_leave_the_page_as_it_was(page: &Page) -> Result<()> {
    for (broken, says) in
        [("#garbage", "another version"), ("#aAAAA", "incomplete or damaged"), ("#a!!", "damaged")]
    {
        page.open(broken).await?;
        page.until_text(".notice", says).await?;
        ensure!(page.verdict().await? == "Deadlock at 3 s", "a newcomer's page all the same");
    }
    page.open("").await?;
    page.focus("#tune-params-pool").await?;
    page.key(Key::Right).await?;
    page.until_verdict("All done at").await?;
    page.script("location.hash = 'a' + 'b'.repeat(500000);", vec![]).await?;
    page.until_text(".notice", "more than a scenario needs").await?;
    ensure!(page.verdict().await?.starts_with("All done at"));
    ensure!(page.text("output[for=tune-params-pool]").await? == "6");
    Ok(())
}

/// Every download, by pressing its button.
pub async fn files_are_saved(page: &Page) -> Result<()> {
    let folder = downloads(page, "files").await?;
    page.open("").await?;
    page.press("Share").await?;
    ensure!(page.button("Sweep as SVG").await.is_err(), "there is no sweep yet");
    page.press("Scenario").await?;
    let text = saved(&folder, "nova-build-deadlock.toml").await?;
    ensure!(String::from_utf8(text)?.starts_with("title = \"Five VM builds"));
    page.press("Stage as SVG").await?;
    let stage = String::from_utf8(saved(&folder, "nova-build-deadlock.stage.svg").await?)?;
    ensure!(
        stage.contains("build #0") && stage.contains("fingerprint"),
        "a picture says where it comes from"
    );
    page.press("Timeline as SVG").await?;
    let svg = String::from_utf8(saved(&folder, "nova-build-deadlock.svg").await?)?;
    ensure!(svg.starts_with("<svg") && svg.contains("build#0") && svg.trim_end().ends_with("</svg>"));
    page.press("Timeline as PNG").await?;
    let png = saved(&folder, "nova-build-deadlock.png").await?;
    ensure!(png.starts_with(b"\x89PNG") && png.len() > 10_000, "{} bytes", png.len());
    ensure!(u32::from_be_bytes([png[16], png[17], png[18], png[19]]) == 2560, "wide enough for a slide");
    page.press("Trace for Perfetto").await?;
    let trace = saved(&folder, "nova-build-deadlock.trace.json").await?;
    let trace: serde_json::Value = serde_json::from_slice(&trace)?;
    ensure!(trace["traceEvents"].as_array().is_some_and(|events| events.len() > 20));
    page.press("Events as CSV").await?;
    let csv = String::from_utf8(saved(&folder, "nova-build-deadlock.csv").await?)?;
    ensure!(csv.lines().count() > 20 && csv.contains("build#0"));
    page.press("Close").await?;
    page.press("Sweep Default pool workers").await?;
    page.until_text(".sizes-advice h3", "6 is the smallest that meets what is expected").await?;
    page.press("Share").await?;
    page.press("Sweep as SVG").await?;
    let chart = String::from_utf8(saved(&folder, "nova-build-deadlock.sweep.svg").await?)?;
    for part in [
        "Five VM builds",
        " · base",
        "Default pool workers",
        "fails an expectation",
        "Deadlock at 3 s",
        "fingerprint",
    ] {
        ensure!(chart.contains(part), "the chart does not say {part}");
    }
    page.press("Sweep as PNG").await?;
    let png = saved(&folder, "nova-build-deadlock.sweep.png").await?;
    ensure!(png.starts_with(b"\x89PNG") && png.len() > 10_000, "{} bytes", png.len());
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// *Report* gives the bytes that `threadbare report` writes.
pub async fn a_report_is_that_of_the_command_line(page: &Page) -> Result<()> {
    let folder = downloads(page, "report").await?;
    page.open("").await?;
    page.press("Numbers").await?;
    page.press("Report").await?;
    page.until(
        "the report",
        "[...document.querySelectorAll('button')].some(b => b.textContent === 'Save the report')",
    )
    .await?;
    page.press("Save the report").await?;
    let here = saved(&folder, "nova-build-deadlock.report.html").await?;
    let there = folder.join("command.html");
    let arguments = ["report", "nova-build-deadlock", "--output"];
    let done = tokio::process::Command::new(command()).args(arguments).arg(&there).status().await;
    let done =
        done.with_context(|| format!("{} does not start: cargo build makes it", command().display()))?;
    ensure!(done.success(), "threadbare report: {done}");
    let there = std::fs::read(there)?;
    let parts = here.iter().zip(&there).position(|(a, b)| a != b).unwrap_or(here.len().min(there.len()));
    ensure!(here == there, "{} bytes here, {} there, from {parts} on others", here.len(), there.len());
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// The command of the same sources: `./x` names it in THREADBARE, otherwise it is that of a debug build.
fn command() -> PathBuf {
    let built = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/debug/threadbare");
    std::env::var_os("THREADBARE").map_or_else(|| PathBuf::from(built), PathBuf::from)
}

/// A folder that what is saved goes to.
pub async fn downloads(page: &Page, name: &str) -> Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("threadbare-web-test-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let to = json!({"behavior": "allow", "downloadPath": folder.display().to_string()});
    page.cdp("Browser.setDownloadBehavior", to).await?;
    Ok(folder)
}

/// A file, once it is whole: the browser claims the name with an empty file before it moves the bytes there.
pub async fn saved(folder: &Path, name: &str) -> Result<Vec<u8>> {
    let path: PathBuf = folder.join(name);
    let begun = Instant::now();
    loop {
        match std::fs::read(&path) {
            Ok(bytes) if !bytes.is_empty() => return Ok(bytes),
            Ok(_) | Err(_) => {}
        }
        ensure!(begun.elapsed() < Duration::from_secs(10), "{name} was not saved");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
