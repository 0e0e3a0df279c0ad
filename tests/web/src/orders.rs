//! Other orders: exploration in the page, and the run that it opens.

use crate::browser::Page;
use anyhow::Result;
use serde_json::json;

/// The run of a design that hangs only sometimes is clean: exploration finds how it hangs, and shows it.
pub async fn what_can_go_wrong_is_found_and_shown(page: &Page) -> Result<()> {
    page.open("").await?;
    page.keys("g").await?;
    let card = format!(
        "[...document.querySelectorAll('.card small')].find(s => s.textContent.startsWith({}))",
        json!("lock-order ·")
    );
    page.until("the gallery", &card).await?;
    page.eval(&format!("{card}.closest('button').click()")).await?;
    page.until("another scenario", "!document.querySelector('[role=dialog]')").await?;
    page.press("lucky timing").await?;
    page.until_verdict("All done").await?;
    page.press("Look at every order").await?;
    page.until_text(".looked.good", "under the drawn durations").await?;
    page.until_text(".looked.bad", "Possible under any durations").await?;
    page.click(".looked.bad .finding").await?;
    page.until_verdict("Deadlock").await?;
    page.until_text(".way", "untimed/").await?;
    page.press("Show the plain run").await?;
    page.until_verdict("All done").await?;
    Ok(())
}

/// On a phone the answer to what happened comes before the question what else could.
pub async fn on_a_phone_the_verdict_comes_first(page: &Page) -> Result<()> {
    page.size(360, 740, 2.0).await?;
    page.open("").await?;
    page.until_verdict("Deadlock").await?;
    let below = "document.querySelector('.explore').getBoundingClientRect().top > \
        document.querySelector('.timeline').getBoundingClientRect().bottom";
    page.until("the timeline above other orders", below).await
}
