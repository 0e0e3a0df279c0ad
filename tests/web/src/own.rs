//! A scenario of one's own: begun, written, kept, shared, and never lost.

use crate::browser::Page;
use anyhow::{Context as _, Result, ensure};
use thirtyfour::Key;

/// Presses Tab until this holds of the element that has the focus; how often.
async fn tab_until(page: &Page, what: &str, holds: &str) -> Result<u32> {
    const MAX_STOPS: u32 = 80;
    for stops in 1..=MAX_STOPS {
        page.key(Key::Tab).await?;
        if page.eval(&format!("(here => !!({holds}))(document.activeElement)")).await? == true {
            return Ok(stops);
        }
    }
    anyhow::bail!("{what} is not reached with Tab")
}

/// From New to a link that opens elsewhere, with the keyboard alone.
pub async fn from_new_to_a_link_with_the_keyboard(page: &Page) -> Result<()> {
    page.open("").await?;
    page.keys("n").await?;
    page.until_text(".dialog", "Yours: four questions").await?;
    tab_until(page, "the name", "here.matches('.new-form input[type=text]')").await?;
    tab_until(page, "the rate", "here.matches('.new-form input[type=number]')").await?;
    page.key(Key::Enter).await?;
    page.until(
        "the scenario",
        "document.querySelector('.scenario-title')?.textContent.startsWith('My service: 40 requests')",
    )
    .await?;
    page.until("its link in the address bar", "location.hash.length > 200").await?;
    tab_until(page, "Scenarios", "here.textContent === 'Scenarios'").await?;
    for _ in ["New", "Learn", "Share"] {
        page.key(Key::Right).await?;
    }
    page.key(Key::Enter).await?;
    page.until("the link", "document.querySelector('dialog[open] .link')?.value.length > 200").await?;
    let link = page.eval("new URL(document.querySelector('.link').value).hash").await?;
    let link = link.as_str().context("no link")?.to_owned();
    tab_until(page, "Copy link", "here.textContent === 'Copy link'").await?;
    page.key(Key::Enter).await?;
    page.until_text(".notice", "link is").await?;
    page.eval("localStorage.clear() ?? sessionStorage.clear()").await?;
    page.open(&link).await?;
    ensure!(page.text(".scenario-title").await?.starts_with("My service"), "the link holds it");
    Ok(())
}

/// Nothing arrives: the page says so, and one press lets something arrive.
pub async fn without_arrivals_it_says_what_to_do(page: &Page) -> Result<()> {
    page.open("").await?;
    page.press("Text").await?;
    page.type_text("[executors.pool]\nkind = \"threads\"\nworkers = 2\n[tasks.job]\nsteps = [\"run 1s\"]\n")
        .await?;
    page.until_verdict("No task arrived").await?;
    page.until_text(".silence", "nothing to see until tasks arrive").await?;
    // In the words of the command line: nothing is known of what never runs.
    page.until_text(".this-design", "This design: nothing arrives. It is judged once a task arrives.")
        .await?;
    page.press("Why").await?;
    page.until_text(".inspector", "Nothing ran.").await?;
    page.press("Let 5 job tasks arrive at pool").await?;
    page.until_verdict("All done").await?;
    page.until("the stage", "document.querySelector('.stage-canvas') && !document.querySelector('.silence')")
        .await?;
    page.press("Undo").await?;
    page.until_verdict("No task arrived").await
}

/// Without the skip links, Play is at most ten stops of the Tab key away; the header is one of them.
pub async fn play_is_ten_stops_away(page: &Page) -> Result<()> {
    page.open("").await?;
    let stops = tab_until(page, "Play", "here.matches('.play')").await?;
    ensure!(stops <= 10, "Play after {stops} stops");
    page.open("").await?;
    tab_until(page, "Scenarios", "here.textContent === 'Scenarios'").await?;
    for name in ["New", "Learn", "Share"] {
        page.key(Key::Right).await?;
        ensure!(page.eval("document.activeElement.textContent").await? == name, "{name}");
    }
    page.key(Key::Home).await?;
    ensure!(page.eval("document.activeElement.textContent").await? == "Scenarios");
    page.key(Key::Enter).await?;
    page.until("the gallery", "document.querySelector('.card')").await?;
    tab_until(page, "the cards", "here.matches('.card')").await?;
    let first = page.eval("document.activeElement.dataset.name").await?;
    page.key(Key::Right).await?;
    let second = page.eval("document.activeElement.dataset.name").await?;
    ensure!(second.is_string() && second != first, "the next card");
    page.key(Key::Down).await?;
    let below = page.eval("document.activeElement.dataset.name").await?;
    ensure!(below.is_string() && below != second, "the card below");
    Ok(())
}

/// Play, the stage, the sliders and the details are a few stops of the Tab key away.
pub async fn what_is_far_is_a_few_stops_away(page: &Page) -> Result<()> {
    for (label, there) in [
        ("Skip to the stage", "here.id === 'picture'"),
        ("Skip to play", "here.matches('.play')"),
        ("Skip to the sliders", "here.id === 'tune'"),
        ("Skip to the details", "here.id === 'detail'"),
    ] {
        page.open("").await?;
        let stops = tab_until(page, label, &format!("here.textContent === '{label}'")).await?;
        ensure!(stops <= 4, "{label} after {stops} stops");
        page.key(Key::Enter).await?;
        ensure!(page.eval(&format!("(here => {there})(document.activeElement)")).await? == true, "{label}");
    }
    Ok(())
}

/// A text typed over a gallery scenario survives another card and a reload; it is found under Mine, and Back leads to it.
pub async fn nothing_typed_is_lost(page: &Page) -> Result<()> {
    page.open("").await?;
    page.press("Text").await?;
    let text = page.source().await?.replacen("title = \"Five", "title = \"My five", 1);
    page.type_text(&text).await?;
    let mine = "document.querySelector('.scenario-title').textContent.startsWith('My five')";
    page.until("the title", mine).await?;
    let kept = "Object.keys(localStorage).some(key => key.startsWith('threadbare.document.'))";
    page.until("it is kept", kept).await?;
    page.scenario("lock-order").await?;
    page.until("another scenario", &format!("!{mine}")).await?;
    page.script("history.back();", vec![]).await?;
    page.until("Back leads to it", mine).await?;
    page.scenario("lock-order").await?;
    page.story("").await?;
    page.keys("g").await?;
    page.until_text(".kept", "My five").await?;
    page.script("document.querySelector('.kept .mine').click();", vec![]).await?;
    page.until("it is back", mine).await
}

/// A page that is loaded with a text that has errors shows the text and its problems.
pub async fn a_faulty_text_is_shown_after_a_reload(page: &Page) -> Result<()> {
    page.open("").await?;
    page.press("Text").await?;
    page.type_text("[executors.a]\nkind = \"treads\"").await?;
    page.until("problems", "document.querySelector('.problems li.error')").await?;
    page.until(
        "it is kept",
        "location.hash.length > 20 && sessionStorage.getItem('threadbare.work')?.length > 20",
    )
    .await?;
    tokio::time::sleep(std::time::Duration::from_millis(900)).await;
    page.driver.refresh().await?;
    page.until("the problems again", "document.querySelector('.problems li.error')").await?;
    ensure!(page.source().await?.contains("treads"), "what was typed");
    page.type_text("[executors.a]\nkind = \"threads\"\nworkers = 1\n[tasks.t]\nsteps = [\"run 1s\"]\n[[arrivals]]\ntask = \"t\"\nto = \"a\"\n").await?;
    page.until("a run", "document.querySelector('.this-run .outcome')").await
}

/// Arrow keys go from tab to tab; H hides what comes after the cursor; the arrows go from beat to beat.
pub async fn tabs_and_beats_have_keys(page: &Page) -> Result<()> {
    page.open("").await?;
    page.focus("#tab-why").await?;
    page.key(Key::Right).await?;
    ensure!(page.eval("document.activeElement.id").await? == "tab-fix", "the next tab has the focus");
    page.key(Key::End).await?;
    ensure!(page.eval("document.activeElement.id").await? == "tab-text");
    page.script("document.activeElement.blur();", vec![]).await?;
    page.press("To the beginning").await?;
    page.key(Key::Right).await?;
    page.until("the first beat", "document.querySelector('.count').textContent.startsWith('beat 1 of')")
        .await?;
    page.key(Key::Right).await?;
    page.key(Key::Left).await?;
    page.until(
        "the first beat again",
        "document.querySelector('.count').textContent.startsWith('beat 1 of')",
    )
    .await?;
    page.keys("h").await?;
    page.until_verdict("is under way").await?;
    ensure!(page.eval("!document.querySelector('.count').textContent.includes(' of ')").await? == true);
    page.keys("h").await?;
    page.until_verdict("Deadlock").await?;
    page.press("Events").await?;
    ensure!(page.number("document.querySelectorAll('.beats li').length").await? >= 5.0, "a story of beats");
    Ok(())
}
