//! Replay: the cursor moves, and everything follows it.

use crate::browser::Page;
use anyhow::{Result, ensure};
use thirtyfour::Key;

/// The transport bar and its keys.
pub async fn plays_pauses_and_steps(page: &Page) -> Result<()> {
    page.open("").await?;
    page.press("To the beginning").await?;
    ensure!(page.count().await? == 0.0);
    page.press("One event on").await?;
    page.keys(".").await?;
    ensure!(page.count().await? == 2.0);
    page.keys(",").await?;
    ensure!(page.count().await? == 1.0);
    page.press("One event back").await?;
    page.press("One event back").await?;
    ensure!(page.count().await? == 0.0, "there is nothing before the beginning");
    page.press("Play").await?;
    page.until(
        "events",
        "parseInt(document.querySelector('.count').textContent.match(/event (\\d+)/)[1]) > 5",
    )
    .await?;
    page.press("Pause").await?;
    let here = page.count().await?;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    ensure!(page.count().await? == here, "a pause is a pause");
    page.press("To the end").await?;
    let all = page
        .number("parseInt(document.querySelector('.count').textContent.match(/event \\d+ of (\\d+)/)[1])")
        .await?;
    ensure!(page.count().await? == all);
    page.focus("input.scrub").await?;
    page.key(Key::Left).await?;
    page.until("the scrubber", "document.querySelector('.clock').textContent !== 't = 4.2 s'").await?;
    // A tenth of the speed shows in the clock.
    page.script("const s = document.querySelector('.speed'); s.value = '0.1'; s.dispatchEvent(new Event('change', {bubbles: true}));", vec![]).await?;
    page.press("To the beginning").await?;
    page.press("Play").await?;
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let clock = page.text(".clock").await?;
    ensure!(clock.ends_with(" ms"), "half a second at a tenth is {clock}");
    Ok(())
}

/// Events, graph and inspector show the instant of the cursor.
pub async fn everything_follows_the_cursor(page: &Page) -> Result<()> {
    page.open("").await?;
    page.press("To the beginning").await?;
    page.press("Every edge").await?;
    page.until_text(".graph .soft", "Nobody waits").await?;
    let stage = "document.querySelector('.stage-canvas').getAttribute('aria-label')";
    page.until("an empty stage", &format!("{stage}.includes('Nobody is there')")).await?;
    page.press("To the end").await?;
    page.until_text(".graph .soft", "can never continue").await?;
    page.until("the waits on the stage", &format!("{stage}.includes('waits for network')")).await?;
    page.press("Events").await?;
    page.until("the last event", "document.querySelector('.events [aria-current=true]')").await?;
    // The bar at the bottom says what has just happened, in the words of the list.
    let listed = "document.querySelector('.events [aria-current=true] button > span:last-child').textContent";
    let same = format!("document.querySelector('.happened').textContent === {listed}");
    page.until("the sentence of the last event", &same).await?;
    page.keys(",").await?;
    page.until("the sentence of the one before", &same).await?;
    page.keys(".").await?;
    // A task by its name in the verdict: the inspector tells its story, with the step it is at.
    page.press("Why").await?;
    page.name("build").await?;
    page.until_text(".inspector", "build#0").await?;
    let seen = "(() => { const b = document.querySelector('.inspector h2').getBoundingClientRect(); return b.top >= 0 && b.bottom <= innerHeight; })()";
    page.until("it is in sight", seen).await?;
    ensure!(page.text(".program .current").await?.contains("wait net"));
    page.press("To the beginning").await?;
    page.until(
        "another step",
        "!document.querySelector('.program .current')?.textContent.includes('wait net')",
    )
    .await?;
    // An event of the list takes the cursor there.
    page.press("Events").await?;
    page.script("document.querySelectorAll('.events li button')[4].click();", vec![]).await?;
    page.until("the cursor", "document.querySelector('.count').textContent.includes('event 5 ')").await
}

/// A mark is set, found again and taken away; arrow keys on the timeline go from task to task.
pub async fn marks_and_arrows_on_the_timeline(page: &Page) -> Result<()> {
    page.open("").await?;
    page.press("To the end").await?;
    page.keys("m").await?;
    let there = page.text(".clock").await?;
    page.press("To the beginning").await?;
    page.script("document.activeElement.blur();", vec![]).await?;
    page.keys("M").await?;
    page.until(
        "the mark",
        &format!("document.querySelector('.clock').textContent === {}", serde_json::json!(there)),
    )
    .await?;
    page.focus(".timeline-frame").await?;
    page.key(Key::Down).await?;
    page.until_text(".inspector h2", "build#0").await?;
    page.key(Key::Down).await?;
    page.until_text(".inspector h2", "build#1").await?;
    page.key(Key::Up).await?;
    page.until_text(".inspector h2", "build#0").await
}
