//! What was wrong with the page once, and must not come back; what other files test is not here.

use crate::browser::Page;
use crate::share::{downloads, saved};
use anyhow::{Result, ensure};
use serde_json::json;
use thirtyfour::Key;

/// The class of the dot on the tab of a variant that begins like this.
async fn dot(page: &Page, variant: &str) -> Result<String> {
    let script = "return [...document.querySelectorAll('.variant-tabs [role=tab]')].find(tab => tab.textContent.startsWith(arguments[0])).querySelector('.dot').className;";
    Ok(page.script(script, vec![json!(variant)]).await?.as_str().unwrap_or_default().to_owned())
}

/// Types another title into the text.
async fn entitle(page: &Page, title: &str) -> Result<()> {
    page.press("Text").await?;
    let text = page.source().await?;
    let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
    page.type_text(&format!("title = \"{title}\"\n{rest}")).await?;
    page.until_text(".scenario-title", title).await?;
    page.until("it is kept", "localStorage.getItem('threadbare.work') !== null").await?;
    // What is typed goes to the memory and to the address a moment later.
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    Ok(())
}

/// A tab has its outcome before it is opened; the tab of what is shown has none before its end is known.
pub async fn every_variant_has_its_outcome_before_it_is_opened(page: &Page) -> Result<()> {
    page.story("").await?;
    ensure!(dot(page, "base").await? == "dot", "the end is not told before the story");
    let open = "[...document.querySelectorAll('.variant-tabs [role=tab]:not([aria-selected=true]) .dot')].every(dot => dot.className.includes('is-'))";
    page.until("an outcome for each", open).await?;
    ensure!(dot(page, "four builds").await?.contains("is-fine"));
    ensure!(dot(page, "burst").await?.contains("is-deadlock"));
    ensure!(dot(page, "timeout").await?.contains("is-trouble"));
    Ok(())
}

/// H hides what comes after the cursor: no word, dot or number of the page knows the end.
pub async fn hidden_is_hidden_everywhere(page: &Page) -> Result<()> {
    page.open("").await?;
    page.keys("h").await?;
    page.key(Key::Home).await?;
    page.until_text(".this-run .outcome", "is under way").await?;
    let told = page.eval("document.querySelector('.page').innerText").await?;
    let told = told.as_str().unwrap_or_default();
    ensure!(!told.contains("Deadlock at") && !told.contains("hangs at"), "{told}");
    ensure!(dot(page, "base").await? == "dot");
    ensure!(!page.text(".count").await?.contains(" of "));
    Ok(())
}

/// Whoever has chosen what to compare with has the keys of the page again.
pub async fn a_choice_gives_the_keys_back(page: &Page) -> Result<()> {
    page.open("").await?;
    page.focus(".compare select").await?;
    page.script("const s = document.querySelector('.compare select'); s.value = 'timeout'; s.dispatchEvent(new Event('change', {bubbles: true}));", vec![]).await?;
    page.until("two stages", "document.querySelectorAll('.stage-canvas').length === 2").await?;
    page.key(Key::End).await?;
    page.until("the end", "document.querySelector('.clock').textContent.includes('5 m')").await?;
    ensure!(page.eval("document.querySelector('.compare select').value").await? == "timeout");
    Ok(())
}

/// Two tabs are at work on two texts: neither takes the other's away, and what is saved is called after its own title.
pub async fn two_tabs_keep_what_each_has(page: &Page) -> Result<()> {
    page.open("").await?;
    let first = page.driver.window().await?;
    entitle(page, "The first of two").await?;
    let second = page.driver.new_tab().await?;
    page.driver.switch_to_window(second.clone()).await?;
    page.open("").await?;
    entitle(page, "The second of two").await?;
    for (tab, title) in [(first, "The first of two"), (second, "The second of two")] {
        page.driver.switch_to_window(tab).await?;
        page.driver.refresh().await?;
        page.until_text(".scenario-title", title).await?;
    }
    let folder = downloads(page, "own").await?;
    page.press("Text").await?;
    page.press("Download").await?;
    let text = String::from_utf8(saved(&folder, "the-second-of-two.toml").await?)?;
    ensure!(text.starts_with("title = \"The second of two\""), "{text}");
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

/// Remedies come one by one, each as soon as it is checked, and it is said how many there are to look at.
pub async fn remedies_come_one_by_one(page: &Page) -> Result<()> {
    page.open("").await?;
    page.scenario("shared-bounded-queue").await?;
    page.script("window.early = 0; new MutationObserver(() => { if (document.querySelector('.advice')?.textContent.includes('Trying remedies')) window.early = Math.max(window.early, document.querySelectorAll('.remedy').length); }).observe(document.body, {childList: true, subtree: true});", vec![]).await?;
    page.press("Fix").await?;
    page.until("the search is over", "document.querySelector('.advice details') !== null && !document.querySelector('.advice').textContent.includes('Trying remedies')").await?;
    let (early, all) = ("window.early", "document.querySelectorAll('.remedy').length");
    let (early, all) = (page.number(early).await?, page.number(all).await?);
    ensure!(all >= 5.0 && early >= 2.0, "{early} of {all} came while others were tried");
    Ok(())
}

/// A sweep becomes a heat map with one press, and all of that is seen at once.
pub async fn a_heat_map_is_a_press_away(page: &Page) -> Result<()> {
    page.open("").await?;
    page.press("Sweep Default pool workers").await?;
    page.until_text(".sizes-advice h3", "6 is the smallest").await?;
    page.press("Builds at once").await?;
    page.until("all of it", "document.querySelectorAll('.plot .mark').length === 400").await?;
    let seen = "((map, part) => map.top >= part.top - 1 && map.bottom <= part.bottom + 1)(document.querySelector('.plot svg').getBoundingClientRect(), document.querySelector('.picture').getBoundingClientRect())";
    page.until("all of it in sight", seen).await?;
    ensure!(
        page.number("document.querySelector('.timeline').getBoundingClientRect().height").await? > 150.0,
        "the timeline keeps its rows"
    );
    Ok(())
}

/// On a phone the page scrolls, no part of it does by itself, and nothing is wider than the screen: not with seven rooms,
/// not with two runs, and not in a lesson.
pub async fn a_phone_scrolls_only_the_page(page: &Page) -> Result<()> {
    page.size(360, 740, 2.0).await?;
    page.open("").await?;
    let inside = "(frame => frame.scrollHeight <= frame.clientHeight + 1 && frame.scrollWidth <= frame.clientWidth + 1)(document.querySelector('.stage-frame'))";
    let narrow = "document.documentElement.scrollWidth <= innerWidth";
    for (scenario, variant) in [("nova-modes", "burst"), ("nova-caps", "executor per type")] {
        page.scenario(scenario).await?;
        page.press(variant).await?;
        page.until("all of the stage", &format!("{inside} && {narrow}")).await?;
    }
    page.scenario("nova-build-deadlock").await?;
    page.script("const s = document.querySelector('.compare select'); s.value = 'timeout'; s.dispatchEvent(new Event('change', {bubbles: true}));", vec![]).await?;
    page.until("two timelines", "document.querySelectorAll('.timeline canvas').length === 2").await?;
    let apart = "document.querySelector('.under').getBoundingClientRect().bottom <= document.querySelector('.side').getBoundingClientRect().top + 1";
    page.until("the sliders below the timelines", &format!("{apart} && {narrow}")).await?;
    page.press("Learn").await?;
    page.click("dialog[open] .card").await?;
    page.until("a lesson", "document.querySelector('main.lesson .stage-canvas')").await?;
    page.until("no wider than the phone", narrow).await?;
    Ok(())
}
