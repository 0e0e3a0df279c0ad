//! What the page answers besides showing a run: what would fix it, what else could have come, what the shape says.

use crate::browser::Page;
use anyhow::{Context as _, Result, ensure};
use thirtyfour::Key;

async fn source(page: &Page) -> Result<String> {
    page.press("Text").await?;
    let source = page.eval("document.querySelector('textarea.source').value").await?;
    source.as_str().map(str::to_owned).context("there is no text")
}

/// A run that hangs has remedies, unasked: one press changes the text and shows the safe run; the text comes back
/// exactly, by button and by key.
pub async fn one_press_fixes_it_and_is_taken_back(page: &Page) -> Result<()> {
    page.open("").await?;
    let before = source(page).await?;
    page.press("Fix").await?;
    page.until_text(".remedies", "6 workers for default").await?;
    page.until_text(".remedy .costs", "6 threads (now 5)").await?;
    page.until_text(".remedy .leaves", "Not solved:").await?;
    page.script("document.querySelector('.remedy summary').click();", vec![]).await?;
    page.until_text(".change", "value = 6").await?;
    page.press("Apply: 6 workers for default").await?;
    page.until_verdict("All done").await?;
    page.until_text(".notice", "Applied: 6 workers for default").await?;
    page.until("the focus on the bar", "document.activeElement.closest('.notice')").await?;
    let after = source(page).await?;
    ensure!(after.contains("value = 6") && after.contains("# Five as in the CI job"), "{after}");
    page.press("Fix").await?;
    page.until("no remedies for what is sound", "!document.querySelector('.advice')").await?;
    page.press("Undo").await?;
    page.until_verdict("Deadlock").await?;
    ensure!(source(page).await? == before, "the text is as it was");
    ensure!(page.eval("!document.querySelector('.notice')").await? == true);
    // With the keyboard alone.
    page.press("Fix").await?;
    page.until("the remedies again", "document.querySelector('.remedy button')").await?;
    page.focus(".remedy button").await?;
    page.key(Key::Enter).await?;
    page.until_verdict("All done").await?;
    page.script("document.activeElement.blur();", vec![]).await?;
    page.driver.action_chain().key_down(Key::Control).send_keys("z").key_up(Key::Control).perform().await?;
    page.until_verdict("Deadlock").await?;
    ensure!(source(page).await? == before, "the text is as it was");
    Ok(())
}

/// Where more than one thing could have come, another is taken: its run stands beside the one before, with the place
/// where they part; a link brings both back.
pub async fn another_order_is_taken(page: &Page) -> Result<()> {
    page.open("").await?;
    page.scenario("lock-order").await?;
    page.press("lucky timing").await?;
    page.until_verdict("All done").await?;
    page.press("To the beginning").await?;
    page.keys(".").await?;
    page.press("Events").await?;
    page.until("other orders", "document.querySelector('.branches .finding')").await?;
    page.until("what they come to", "document.querySelector('.branches .comes-to').textContent.length > 3")
        .await?;
    page.click(".branches .finding").await?;
    page.until("two timelines", "document.querySelectorAll('.timeline canvas').length === 2").await?;
    page.until_text(".parted", "Both are the same run until").await?;
    page.until_text(".parted", "in the order before").await?;
    page.press("Share").await?;
    let link = page.eval("document.querySelector('input.link').value").await?;
    let fragment = link.as_str().and_then(|link| link.split('#').nth(1)).context("no link")?.to_owned();
    page.press("Close").await?;
    page.open(&format!("#{fragment}")).await?;
    page.until("two timelines again", "document.querySelectorAll('.timeline canvas').length === 2").await?;
    page.until_text(".parted", "Both are the same run until").await?;
    page.press("Back to the order before").await?;
    page.until("one timeline", "document.querySelectorAll('.timeline canvas').length === 1").await?;
    page.until_verdict("All done").await
}

/// An update that only another order loses opens in the replay, with the race on the track of its cell.
pub async fn a_lost_update_opens_with_its_race(page: &Page) -> Result<()> {
    page.open("").await?;
    page.press("Text").await?;
    page.type_text(LOST).await?;
    page.until_verdict("All done").await?;
    page.press("Why").await?;
    page.press("Explore every order").await?;
    let found =
        "[...document.querySelectorAll('.finding')].find(one => one.textContent.startsWith('Lost update'))";
    page.until("a lost update", found).await?;
    page.eval(&format!("{found}.click()")).await?;
    page.until_text(".way", "/").await?;
    page.until_text(".verdict .lost", "late#0 writes count, having read it at 5 s").await
}

/// Two counters that read and write one cell, one after the other with these timings.
const LOST: &str = "title = \"two counters\"\n[executors.pool]\nkind = \"threads\"\nworkers = 2\n[cells.count]\ninitial = 0\n\
    [tasks.early]\nsteps = [\"read count\", \"run 1s\", \"write count 1\"]\n[tasks.late]\nsteps = [\"run 5s\", \"read count\", \"run 1s\", \"write count 2\"]\n\
    [[arrivals]]\ntask = \"early\"\nto = \"pool\"\nat = \"0s\"\n[[arrivals]]\ntask = \"late\"\nto = \"pool\"\nat = \"0s\"\n";

/// The child takes the locks in the other order, when its parent has given them back.
const NEVER_AT_ONCE: &str = "[executors.p]\nkind = \"threads\"\nworkers = 2\n[locks.m]\n[locks.n]\n\
    [tasks.a]\nsteps = [\"with m\", \"with n\", \"run 1s\", \"end\", \"end\", \"submit b\", \"wait b\"]\n\
    [tasks.b]\nsteps = [\"with n\", \"with m\", \"run 1s\", \"end\", \"end\"]\n[[arrivals]]\ntask = \"a\"\nto = \"p\"\n";

/// The shape names who waits for whom, with the smallest numbers; it is read anew when the text changes, and it fits a
/// phone.
pub async fn the_shape_says_what_can_hang(page: &Page) -> Result<()> {
    page.open("").await?;
    page.until_text(".shape .hazard.bad", "It can deadlock once 5 build tasks are running").await?;
    page.until_text(".shape .hazard.bad", "6 workers are safe").await?;
    page.until_text(".shape ul.sr", "this can hang").await?;
    page.until_text(".this-design", "This design: can deadlock. This run shows it.").await?;
    page.press("six workers").await?;
    page.until_text(".shape", "There is no circular wait.").await?;
    page.until_text(".this-design", "This design: cannot deadlock in any order.").await?;
    page.until("no hazard", "!document.querySelector('.hazard')").await?;
    // What the shape warns of, and no order comes to.
    page.press("Text").await?;
    page.type_text(NEVER_AT_ONCE).await?;
    page.press("Why").await?;
    page.until_text(".shape", "Every order was explored, and none deadlocks.").await?;
    page.until("no hazard", "!document.querySelector('.hazard')").await?;
    page.size(360, 740, 2.0).await?;
    page.scenario("semaphore-vs-pool").await?;
    page.until_text(".shape .hazard.bad", "metadata is held over a wait").await?;
    let fits = "document.documentElement.scrollWidth <= 360 && document.querySelector('.shape canvas').getBoundingClientRect().right <= 360";
    page.until("a picture as wide as the phone", fits).await
}
