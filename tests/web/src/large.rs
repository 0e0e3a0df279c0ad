//! A run that takes longer than a frame: the page stays alive, says how far it is, and can be told to stop.

use crate::browser::Page;
use anyhow::{Context as _, Result, ensure};
use serde_json::json;

/// The longest stretch that the page may be deaf for, in milliseconds.
const MAX_UNANSWERED: f64 = 200.0;

/// A document with a number of parents that each wait for a child.
pub fn parents(count: u32) -> String {
    format!(
        "title = \"{count} parents\"\nseed = 1\n[limits]\nmax_tasks = 5000000\nmax_events = 50000000\n\
         [executors.parents]\nkind = \"threads\"\nworkers = 16\n[executors.children]\nkind = \"threads\"\nworkers = 16\n\
         [tasks.parent]\nsteps = [\"run exp(100ms)\", \"submit child to children as c\", \"wait c\", \"run exp(100ms)\"]\n\
         [tasks.child]\nsteps = [\"run exp(100ms)\"]\n\
         [[arrivals]]\ntask = \"parent\"\nto = \"parents\"\nrate = \"40/s\"\ncount = {count}\n"
    )
}

/// 200 000 tasks: progress, a cancel that works, a run that ends, and never a long task meanwhile.
pub async fn two_hundred_thousand_tasks_do_not_freeze_the_page(page: &Page) -> Result<()> {
    page.open("").await?;
    page.press("Text").await?;
    page.press("To the end").await?;
    watch_for_deafness(page).await?;
    // So many that there is time to cancel.
    page.type_text(&parents(1_000_000)).await?;
    page.until_text(".progress", "events").await?;
    page.press("Cancel").await?;
    page.until_text(".progress", "cancelled").await?;
    ensure!(page.verdict().await? == "Deadlock at 3 s", "the run before it stays");
    page.type_text(&parents(100_000)).await?;
    page.until_verdict("All done at").await?;
    page.press("Why").await?;
    let sentence = page.text(".verdict .sentence").await?;
    ensure!(sentence.contains("200"), "{sentence}");
    page.press("To the beginning").await?;
    page.press("To the end").await?;
    for key in ["w", "w", "w", "a", "d", "s", "f"] {
        page.keys(key).await?;
    }
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    ensure_not_deaf(page).await
}

/// A run that took much memory is left: the page begins anew, with what is opened and nothing lost.
pub async fn memory_is_given_back_when_a_scenario_is_left(page: &Page) -> Result<()> {
    page.open("").await?;
    page.press("Text").await?;
    page.type_text(&parents(300_000)).await?;
    page.until_verdict("All done at").await?;
    page.script("window.isOld = true; document.activeElement.blur();", vec![]).await?;
    page.keys("g").await?;
    page.until("the gallery", "document.querySelector('.card[data-name=lock-order]')").await?;
    page.script("document.querySelector('.card[data-name=lock-order]').click();", vec![]).await?;
    page.until(
        "a page without the old memory",
        "!window.isOld && document.querySelector('.this-run .outcome')",
    )
    .await?;
    page.until_text(".scenario-title", "Two locks").await?;
    page.keys("g").await?;
    page.until("what was typed is kept", "document.querySelector('.kept .mine')").await
}

/// CPU time that tasks of the page's thread have taken so far, in milliseconds.
async fn task_cpu(page: &Page) -> Result<f64> {
    let told = page.cdp("Performance.getMetrics", json!({})).await?;
    let metrics = told["metrics"].as_array().context("metrics")?;
    let tasks = metrics.iter().find(|metric| metric["name"] == "TaskDuration");
    Ok(tasks.and_then(|metric| metric["value"].as_f64()).context("TaskDuration")? * 1000.0)
}

/// From now on notes how long the page is deaf at a time.
pub async fn watch_for_deafness(page: &Page) -> Result<()> {
    // The time domain can be chosen only while nothing is collected.
    page.cdp("Performance.disable", json!({})).await?;
    page.cdp("Performance.enable", json!({"timeDomain": "threadTicks"})).await?;
    let script = "window.cpuBefore = arguments[0]; window.deaf = []; new PerformanceObserver(list => { for (const e of list.getEntries()) window.deaf.push(Math.round(e.duration)); }).observe({type: 'longtask'});";
    page.script(script, vec![json!(task_cpu(page).await?)]).await?;
    Ok(())
}

/// It was never deaf for long since. A machine that is busy with something else stretches every task, and a page that is
/// not optimised takes longer for all it does: neither is the page's fault.
pub async fn ensure_not_deaf(page: &Page) -> Result<()> {
    /// How much longer a page takes that is built without optimising; such a one has more bytes than this.
    const UNOPTIMISED: (f64, f64) = (2.5, 10e6);
    let deaf = page.eval("window.deaf").await?;
    let lengths: Vec<f64> = deaf.as_array().into_iter().flatten().filter_map(|one| one.as_f64()).collect();
    let longest = lengths.iter().copied().fold(0.0, f64::max);
    let cpu = task_cpu(page).await? - page.number("window.cpuBefore").await?;
    // What the long tasks took on the wall's clock, by what all tasks took of the processor: less than the true ratio.
    let stretch = (lengths.iter().sum::<f64>() / cpu.max(1.0)).max(1.0);
    let bytes = "Math.max(...performance.getEntriesByType('resource').filter(one => one.name.endsWith('.wasm')).map(one => one.decodedBodySize))";
    let build = if page.number(bytes).await? > UNOPTIMISED.1 { UNOPTIMISED.0 } else { 1.0 };
    let most = MAX_UNANSWERED * stretch * build;
    ensure!(longest <= most, "the page did not answer for {deaf} ms; at most {most:.0} ms");
    Ok(())
}
