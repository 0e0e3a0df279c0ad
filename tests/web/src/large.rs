//! A run that takes longer than a frame: the page stays alive, says how far it is, and can be told to stop.

use crate::browser::Page;
use anyhow::{Result, ensure};

/// The longest stretch that the page may be deaf for, in milliseconds.
const MAX_UNANSWERED: f64 = 200.0;

/// A document with so many parents that each wait for a child.
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

/// From now on notes how long the page is deaf at a time.
pub async fn watch_for_deafness(page: &Page) -> Result<()> {
    let script = "window.deaf = []; new PerformanceObserver(list => { for (const e of list.getEntries()) window.deaf.push(Math.round(e.duration)); }).observe({type: 'longtask'});";
    page.script(script, vec![]).await?;
    Ok(())
}

/// It was never deaf for long since.
pub async fn ensure_not_deaf(page: &Page) -> Result<()> {
    let deaf = page.eval("window.deaf").await?;
    let longest = deaf.as_array().into_iter().flatten().filter_map(|one| one.as_f64()).fold(0.0, f64::max);
    ensure!(longest <= MAX_UNANSWERED, "the page was deaf for so many milliseconds: {deaf}");
    Ok(())
}
