//! How many are needed: a slider is swept, the chart says where it hangs, a press opens that run.

use crate::axe;
use crate::browser::Page;
use crate::large::{ensure_not_deaf, watch_for_deafness};
use anyhow::{Result, ensure};
use serde_json::json;
use thirtyfour::Key;

/// A queue of this number of tasks, with a slider for its workers. Whether anything is drawn makes it cheap or dear.
pub fn queue(tasks: u32) -> String {
    format!(
        "title = \"{tasks} tasks\"\nseed = 1\n[params.pool]\nvalue = 8\nmin = 1\nmax = 20\nlabel = \"workers\"\n\
         [executors.pool]\nkind = \"threads\"\nworkers = \"$pool\"\n[tasks.job]\nsteps = [\"run exp(1s)\"]\n\
         [[arrivals]]\ntask = \"job\"\nto = \"pool\"\nrate = \"6/s\"\ncount = {tasks}\n\
         [expect]\n\"latency.job.p99\" = \"< 8s\"\n"
    )
}

/// Opens the text in place of the scenario.
async fn text(page: &Page, text: &str) -> Result<()> {
    page.press("Text").await?;
    page.type_text(text).await?;
    page.until("the text", "document.querySelector('.scenario-title').textContent.includes('tasks')").await?;
    page.until("its slider", "document.querySelector('#tune-params-pool')").await
}

/// Types how many runs each value has.
pub async fn runs_each(page: &Page, runs: &str) -> Result<()> {
    let script = "const i = document.querySelector('input[aria-label=\"runs each\"]'); i.value = arguments[0]; i.dispatchEvent(new InputEvent('input', {bubbles: true}));";
    page.script(script, vec![json!(runs)]).await?;
    Ok(())
}

/// The words of the mark at a value.
async fn mark(page: &Page, value: &str) -> Result<String> {
    let find = format!(
        "[...document.querySelectorAll('.plot .mark')].map(m => m.getAttribute('aria-label')).find(l => l.startsWith({}))",
        json!(format!("{value},"))
    );
    let words = page.eval(&find).await?;
    Ok(words.as_str().unwrap_or_default().to_owned())
}

async fn click_mark(page: &Page, value: &str) -> Result<()> {
    let script = "const [v] = arguments; [...document.querySelectorAll('.plot .mark')].find(m => m.getAttribute('aria-label').startsWith(v + ',')) \
        .dispatchEvent(new MouseEvent('click', {bubbles: true}));";
    page.script(script, vec![json!(value)]).await?;
    Ok(())
}

/// Pool sizes 1 to 20: up to 5 hang, 6 is the smallest, its run opens, and there is a way back.
pub async fn the_fewest_workers_are_found_and_taken(page: &Page) -> Result<()> {
    page.open("").await?;
    page.press("Sweep Default pool workers").await?;
    page.until_text(".sizes-advice h3", "6 is the smallest that meets what is expected").await?;
    ensure!(page.number("document.querySelectorAll('.plot .mark').length").await? == 20.0);
    ensure!(page.number("document.querySelectorAll('.plot .mark .cross.bad').length").await? == 5.0);
    for value in 1..=5 {
        let words = mark(page, &format!("Default pool workers = {value}")).await?;
        ensure!(words.contains("hangs"), "{value}: {words}");
    }
    let words = mark(page, "Default pool workers = 6").await?;
    ensure!(words.contains("meets what is expected"), "{words}");
    // With the pointer, on the drawing itself: it takes the nearest mark.
    let mark = page.find(".plot .mark:nth-child(6)").await?;
    page.driver.action_chain().move_to_element_center(&mark).click().perform().await?;
    page.until_verdict("All done").await?;
    ensure!(page.text("output[for=tune-params-pool]").await? == "6");
    ensure!(
        page.eval("!document.querySelector('.sizes-body.is-stale')").await? == true,
        "it is as true as before"
    );
    page.press("Back to 5").await?;
    page.until_verdict("Deadlock at 3 s").await?;
    page.press("Apply 6").await?;
    page.until_verdict("All done").await?;
    page.until_text(".sizes-advice", "tasks wait").await?;
    // Another number of builds is another question.
    page.focus("#tune-params-builds").await?;
    page.key(Key::Right).await?;
    page.until_text(".sizes-news", "earlier text").await?;
    page.press("Run again").await?;
    page.until_text(".sizes-advice h3", "7 is the smallest").await?;
    page.press("Close the sweep").await?;
    page.until("the study to close", "!document.querySelector('.sizes')").await
}

/// The chart is one stop of the Tab key; the arrows go along it, Enter opens a run.
pub async fn along_the_chart_with_the_keyboard(page: &Page) -> Result<()> {
    page.open("").await?;
    page.press("To the end").await?;
    page.press("How many are needed?").await?;
    page.until_text(".sizes-advice h3", "6 is the smallest").await?;
    ensure!(
        page.eval("document.activeElement.id").await? == "sizes-title",
        "the keys are for what has opened"
    );
    ensure!(page.number("document.querySelectorAll('.plot [tabindex=\"0\"]').length").await? == 1.0);
    page.focus(".plot [tabindex='0']").await?;
    page.key(Key::Right).await?;
    let here = page.eval("document.activeElement.getAttribute('aria-label')").await?;
    ensure!(here.as_str().is_some_and(|words| words.starts_with("Default pool workers = 6,")), "{here}");
    page.until_text(".plot .tip", "meets what is expected").await?;
    page.key(Key::Enter).await?;
    page.until_verdict("All done").await?;
    ensure!(page.text("output[for=tune-params-pool]").await? == "6");
    page.key(Key::Home).await?;
    page.keys(" ").await?;
    page.until_verdict("Deadlock").await
}

/// Two parameters are a heat map; two costs are a front.
pub async fn two_parameters_and_two_costs(page: &Page) -> Result<()> {
    page.open("").await?;
    page.press("Sweep Default pool workers").await?;
    page.until_text(".sizes-advice h3", "6 is").await?;
    choose(page, "select[aria-label='Second parameter']", "params.builds").await?;
    page.press("Run").await?;
    page.until(
        "all of it",
        "document.querySelectorAll('.plot .mark').length === 400 && !document.querySelector('.sizes-news')",
    )
    .await?;
    page.until_text(".sizes-advice h3", "of 400 combinations meet").await?;
    click_mark(page, "Default pool workers = 12, Builds at once = 9").await?;
    page.until_verdict("All done").await?;
    ensure!(page.text("output[for=tune-params-builds]").await? == "9");
    choose(page, ".looks select", "").await?;
    page.until("the front", "document.querySelector('.plot .front-line')").await
}

async fn choose(page: &Page, css: &str, value: &str) -> Result<()> {
    let script = "const s = document.querySelector(arguments[0]); s.value = arguments[1]; s.dispatchEvent(new Event('change', {bubbles: true}));";
    page.script(script, vec![json!(css), json!(value)]).await?;
    Ok(())
}

/// 20 sizes, 500 runs each, of 10 000 tasks: points at once, never deaf, and what is done stays when it is cancelled.
pub async fn a_long_sweep_streams_and_can_be_cancelled(page: &Page) -> Result<()> {
    page.open("").await?;
    text(page, &queue(10_000)).await?;
    page.until_verdict("").await?;
    page.press("Sweep workers").await?;
    // One run each, which a fast machine ends sooner than a press can cancel it.
    page.until("all of it", "document.querySelectorAll('.plot .mark').length === 20 && !document.querySelector('.sizes-news progress')").await?;
    watch_for_deafness(page).await?;
    // Some 20 s on two cores, so that there is something left to cancel on sixteen.
    runs_each(page, "500").await?;
    // The first points, from the press on.
    let watch = "window.first = null; const t = performance.now(); new MutationObserver((_, me) => { \
        if (document.querySelector('.sizes-news progress') && document.querySelector('.plot .mark')) { me.disconnect(); window.first = performance.now() - t; } \
        }).observe(document, {childList: true, subtree: true});";
    page.script(watch, vec![]).await?;
    page.press("Run").await?;
    page.until("the first points", "window.first !== null").await?;
    let first = page.number("window.first").await?;
    ensure!(first < 3_000.0, "the first points came after {first} ms");
    page.until_text(".sizes-news", "left").await?;
    page.until("a part of it", "document.querySelector('.sizes-news progress')?.value > 0.05").await?;
    page.press("Cancel").await?;
    page.until("the end of it", "!document.querySelector('.sizes-news progress')").await?;
    ensure!(
        page.number("document.querySelectorAll('.plot .mark').length").await? == 20.0,
        "what is done stays"
    );
    ensure!(page.text(".sizes-advice h3").await?.contains("smallest"), "and says what it says");
    println!("    first points after {first:.0} ms");
    ensure_not_deaf(page).await
}

/// Nothing is wider than a phone, and what is opened comes into sight; what is wrong is said at its place.
pub async fn on_a_phone(page: &Page) -> Result<()> {
    page.size(360, 740, 2.0).await?;
    page.open("").await?;
    page.press("Sweep Default pool workers").await?;
    page.until_text(".sizes-advice h3", "6 is the smallest").await?;
    page.until("it in sight", "(b => b.top >= 0 && b.top < innerHeight / 2)(document.querySelector('#sizes-title').getBoundingClientRect())").await?;
    ensure!(
        page.eval("document.documentElement.scrollWidth <= 360").await? == true,
        "it is wider than the phone"
    );
    let script = "const i = document.querySelector('input[aria-label=\"step\"]'); i.value = '0'; i.dispatchEvent(new InputEvent('input', {bubbles: true}));";
    page.script(script, vec![]).await?;
    page.press("Run").await?;
    page.until_text(".sizes-wrong", "more than 0").await
}

/// As axe sees it, while it is open, light and dark, wide and narrow.
pub async fn no_serious_violation(page: &Page) -> Result<()> {
    let mut bad = Vec::new();
    for (scheme, width) in [("light", 1440), ("dark", 360)] {
        page.scheme(scheme).await?;
        page.size(width, 900, 1.0).await?;
        page.open("").await?;
        page.press("Sweep Default pool workers").await?;
        page.until_text(".sizes-advice h3", "6 is the smallest").await?;
        page.script("document.querySelector('.sizes-table').open = true;", vec![]).await?;
        bad.extend(axe::findings(page, &format!("a sweep, {scheme}, {width} px")).await?);
    }
    ensure!(bad.is_empty(), "{}", bad.join("\n    "));
    Ok(())
}
