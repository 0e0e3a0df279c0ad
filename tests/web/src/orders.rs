//! Other orders: exploration in the page, and the run that it opens.

use crate::browser::Page;
use crate::large;
use anyhow::Result;
use thirtyfour::Key;

/// The run of a design that hangs only sometimes is clean: exploration finds how it hangs, and shows it.
pub async fn what_can_go_wrong_is_found_and_shown(page: &Page) -> Result<()> {
    page.open("").await?;
    page.scenario("lock-order").await?;
    page.press("lucky timing").await?;
    page.until_verdict("All done").await?;
    page.press("Explore every order").await?;
    page.until_text(".looked.good", "with these timings").await?;
    page.until_text(".looked.bad", "Possible with other timings").await?;
    page.click(".looked.bad .finding").await?;
    page.until_verdict("Deadlock").await?;
    page.until_text(".way", "found by Explore every order").await?;
    page.until_text(".way", "untimed/").await?;
    page.press("Show the plain run").await?;
    page.until_verdict("All done").await?;
    page.until("no bar", "!document.querySelector('.way')").await
}

/// The shown order stays over a change of the text; where it does not apply the page says so, and it comes back with
/// the text.
pub async fn a_change_does_not_lose_the_order_without_a_word(page: &Page) -> Result<()> {
    page.open("").await?;
    page.scenario("lock-order").await?;
    page.press("lucky timing").await?;
    page.until_verdict("All done").await?;
    page.focus(".explore button").await?;
    page.key(Key::Enter).await?;
    page.until_text(".looked.bad", "Possible with other timings").await?;
    page.until("the focus at the result", "document.activeElement.closest('.explore')").await?;
    page.click(".looked.bad .finding").await?;
    page.until_verdict("Deadlock").await?;
    page.press("Text").await?;
    let text = page.eval("document.querySelector('textarea.source').value").await?;
    let text = text.as_str().unwrap_or_default().to_owned();
    page.type_text(&format!("# mine\n{text}")).await?;
    page.until_text(".way", "A run in an order of its own").await?;
    page.until_verdict("Deadlock").await?;
    page.type_text(ALONE).await?;
    page.until_text(".way.is-lost", "does not apply to the changed text").await?;
    page.until_verdict("All done").await?;
    page.press("Undo").await?;
    page.until_verdict("Deadlock").await?;
    page.until("the order again", "document.querySelector('.way:not(.is-lost)')").await
}

/// One task, and nobody else.
const ALONE: &str = "[executors.a]\nkind = \"threads\"\nworkers = 1\n[tasks.t]\nsteps = [\"run 7s\"]\n\
    [[arrivals]]\ntask = \"t\"\nto = \"a\"\nat = \"0s\"\n[variants.lucky_timing]\ntitle = \"the same\"\n";

/// A design with more orders than anybody waits for: the page stays alive, says how far it is, stops when told to,
/// and keeps what it has.
pub async fn a_look_at_every_order_is_stopped(page: &Page) -> Result<()> {
    page.open("").await?;
    page.press("Text").await?;
    page.type_text(&MANY_ORDERS.replace("JOBS", "12")).await?;
    page.until_verdict("All done").await?;
    large::watch_for_deafness(page).await?;
    page.press("Why").await?;
    page.press("Explore every order").await?;
    page.until_text(".looked:last-child", "so far").await?;
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    page.press("Stop").await?;
    page.until_text(".looked:last-child", "and then it was stopped").await?;
    page.until_text(".explore", "Look again").await?;
    large::ensure_not_deaf(page).await?;
    // Another text is another design: what was known of the old one goes.
    page.press("Text").await?;
    page.type_text(&MANY_ORDERS.replace("JOBS", "2")).await?;
    page.press("Why").await?;
    page.until("no answers", "!document.querySelector('.looked')").await?;
    page.press("Explore every order").await?;
    page.until_text(".looked:last-child", "every reachable state").await
}

/// JOBS workers that take three locks, each in an order that no other takes them in.
const MANY_ORDERS: &str = "title = \"many orders\"\n[executors.pool]\nkind = \"threads\"\nworkers = JOBS\n\
    [semaphores.s]\npermits = 20\n[cells.c]\ninitial = 0\n[tasks.t]\nsteps = [\"acquire s\", \"run exp(1s)\", \"read c\", \"run exp(2s)\", \"write c 1\", \"release s\"]\n\
    [[arrivals]]\ntask = \"t\"\nto = \"pool\"\nat = \"0s\"\ncount = JOBS\n";

/// On a phone the answer to what happened comes before the question what else could.
pub async fn on_a_phone_the_verdict_comes_first(page: &Page) -> Result<()> {
    page.size(360, 740, 2.0).await?;
    page.open("").await?;
    page.until_verdict("Deadlock").await?;
    let below = "document.querySelector('.explore').getBoundingClientRect().top > \
        document.querySelector('.timeline').getBoundingClientRect().bottom";
    page.until("the timeline above other orders", below).await
}
