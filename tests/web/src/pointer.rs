//! The pointer on the timeline: wheel, drag, hover, two fingers, search.

use crate::browser::Page;
use crate::large::{ensure_not_deaf, parents, watch_for_deafness};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use std::time::Duration;

/// The middle of the timeline's canvas, and its width.
async fn canvas(page: &Page) -> Result<(f64, f64, f64)> {
    let script = "const b = document.querySelector('.timeline canvas').getBoundingClientRect(); \
        return [b.left + b.width / 2, b.top + b.height / 2, b.width];";
    let at = page.script(script, vec![]).await?;
    let number = |at: &Value, i: usize| at[i].as_f64().context("no canvas");
    Ok((number(&at, 0)?, number(&at, 1)?, number(&at, 2)?))
}

/// A number that changes with every pixel of a canvas.
async fn pixels(page: &Page, css: &str) -> Result<f64> {
    let script = "const text = document.querySelector(arguments[0]).toDataURL(); \
        let sum = 0; for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i)) % 1000000007; return sum;";
    page.script(script, vec![json!(css)]).await?.as_f64().context("no canvas")
}

async fn mouse(page: &Page, kind: &str, x: f64, y: f64, more: Value) -> Result<()> {
    let mut event = json!({"type": kind, "x": x, "y": y, "button": "none"});
    if let (Some(event), Some(more)) = (event.as_object_mut(), more.as_object()) {
        event.extend(more.clone());
    }
    page.cdp("Input.dispatchMouseEvent", event).await?;
    Ok(())
}

/// Lets a frame or two pass.
async fn settle() {
    tokio::time::sleep(Duration::from_millis(120)).await;
}

/// What a person tries first.
pub async fn wheel_drag_and_hover(page: &Page) -> Result<()> {
    page.open("").await?;
    page.press("To the end").await?;
    settle().await;
    let (x, y, width) = canvas(page).await?;
    let whole = pixels(page, ".timeline canvas").await?;
    mouse(page, "mouseWheel", x, y, json!({"deltaX": 0, "deltaY": -300, "modifiers": 2})).await?;
    settle().await;
    let near = pixels(page, ".timeline canvas").await?;
    ensure!(near != whole, "Ctrl and the wheel zoom");
    let held = json!({"button": "left", "buttons": 1, "clickCount": 1});
    let drag = async |from: (f64, f64), to: (f64, f64)| -> Result<()> {
        mouse(page, "mousePressed", from.0, from.1, held.clone()).await?;
        for step in 1..=5 {
            let part = f64::from(step) / 5.0;
            let (x, y) = (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part);
            mouse(page, "mouseMoved", x, y, held.clone()).await?;
        }
        mouse(page, "mouseReleased", to.0, to.1, held.clone()).await
    };
    drag((x, y), (x - 150.0, y)).await?;
    settle().await;
    ensure!(pixels(page, ".timeline canvas").await? != near, "a drag moves it");
    page.keys("f").await?;
    settle().await;
    // Over a block: its card. Pressed: its story.
    let top = page.number("document.querySelector('.timeline canvas').getBoundingClientRect().top").await?;
    let on_a_block = (x - width * 0.25, top + 28.0 + 24.0 + 12.0);
    mouse(page, "mouseMoved", on_a_block.0, on_a_block.1, json!({})).await?;
    page.until_text(".card-hover", "build#0").await?;
    mouse(page, "mousePressed", on_a_block.0, on_a_block.1, held.clone()).await?;
    mouse(page, "mouseReleased", on_a_block.0, on_a_block.1, held.clone()).await?;
    page.until_text(".inspector", "build#0").await?;
    // Along the ruler: a range, with what happened in it.
    drag((x - 100.0, top + 10.0), (x + 100.0, top + 10.0)).await?;
    page.until_text("#figures-title", "From").await?;
    page.press("Clear").await?;
    page.until_text("#figures-title", "The run in numbers").await
}

/// What is said of a chosen range stands beside it, in the first screen; F shows the range alone, and without a range all.
pub async fn a_range_is_told_beside_it(page: &Page) -> Result<()> {
    page.open("").await?;
    page.press("To the end").await?;
    settle().await;
    let (x, _, _) = canvas(page).await?;
    let whole = pixels(page, ".timeline canvas").await?;
    let top = page.number("document.querySelector('.timeline canvas').getBoundingClientRect().top").await?;
    let held = json!({"button": "left", "buttons": 1, "clickCount": 1});
    mouse(page, "mousePressed", x - 100.0, top + 10.0, held.clone()).await?;
    for to in [x - 40.0, x + 40.0, x + 100.0] {
        mouse(page, "mouseMoved", to, top + 10.0, held.clone()).await?;
    }
    mouse(page, "mouseReleased", x + 100.0, top + 10.0, held).await?;
    page.until_text(".range-strip", "submitted").await?;
    ensure!(page.text(".range-strip").await?.contains("default 100 % busy"));
    let seen = "(b => b.top >= 0 && b.bottom <= innerHeight)(document.querySelector('.range-strip').getBoundingClientRect())";
    ensure!(page.eval(seen).await? == true, "in the first screen");
    let beside = "document.querySelector('.timeline').getBoundingClientRect().top - document.querySelector('.range-strip').getBoundingClientRect().bottom";
    ensure!(page.number(beside).await? < 60.0, "beside the timeline");
    settle().await;
    let chosen = pixels(page, ".timeline canvas").await?;
    page.keys("f").await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    ensure!(pixels(page, ".timeline canvas").await? != chosen, "F shows the range");
    page.press("Clear the range").await?;
    page.until("no range", "!document.querySelector('.range-strip')").await?;
    page.script("document.activeElement.blur();", vec![]).await?;
    page.keys("f").await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    mouse(page, "mouseMoved", 5.0, 5.0, json!({})).await?;
    settle().await;
    ensure!(pixels(page, ".timeline canvas").await? == whole, "F shows all again");
    Ok(())
}

/// The wheel scrolls, with Ctrl it zooms: whether or not there are rows to scroll.
pub async fn the_wheel_does_the_same_everywhere(page: &Page) -> Result<()> {
    for scenario in ["nova-build-deadlock", "lock-order"] {
        page.open("").await?;
        page.scenario(scenario).await?;
        page.press("To the end").await?;
        settle().await;
        let (x, y, _) = canvas(page).await?;
        mouse(page, "mouseMoved", x, y, json!({})).await?;
        settle().await;
        let ruler = "const c = document.querySelector('.timeline canvas'), copy = document.createElement('canvas'); [copy.width, copy.height] = [c.width, 24]; \
            copy.getContext('2d').drawImage(c, 0, 0); const text = copy.toDataURL(); let sum = 0; for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i)) % 1000000007; return sum;";
        let before = page.script(ruler, vec![]).await?;
        mouse(page, "mouseWheel", x, y, json!({"deltaX": 0, "deltaY": -200})).await?;
        settle().await;
        ensure!(page.script(ruler, vec![]).await? == before, "{scenario}: the wheel alone does not zoom");
        mouse(page, "mouseWheel", x, y, json!({"deltaX": 0, "deltaY": -200, "modifiers": 2})).await?;
        settle().await;
        ensure!(page.script(ruler, vec![]).await? != before, "{scenario}: with Ctrl it does");
    }
    Ok(())
}

/// Enter in the search goes to the first task that is found: the cursor, the selection and the timeline.
pub async fn enter_in_the_search_moves_there(page: &Page) -> Result<()> {
    page.open("").await?;
    page.press("To the beginning").await?;
    // So near that the task is out of sight.
    page.keys("wwwwww").await?;
    settle().await;
    let before = pixels(page, ".timeline canvas").await?;
    page.keys("/").await?;
    page.until("the field", "document.querySelector('.search input')").await?;
    page.keys("build#2/net").await?;
    page.until_text(".search [role=status]", "1 task").await?;
    page.key(thirtyfour::Key::Enter).await?;
    page.until_text(".inspector", "build#2/net").await?;
    page.until_text(".clock", "t = 1").await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    ensure!(pixels(page, ".timeline canvas").await? != before, "the timeline has moved");
    Ok(())
}

/// Two fingers zoom, one pans.
pub async fn two_fingers(page: &Page) -> Result<()> {
    page.size(390, 844, 2.0).await?;
    page.cdp("Emulation.setTouchEmulationEnabled", json!({"enabled": true, "maxTouchPoints": 2})).await?;
    page.open("").await?;
    page.press("To the end").await?;
    page.script("document.querySelector('.timeline canvas').scrollIntoView({block: 'center'});", vec![])
        .await?;
    settle().await;
    let (x, y, _) = canvas(page).await?;
    let before = pixels(page, ".timeline canvas").await?;
    let touch = async |kind: &str, points: &[f64]| -> Result<()> {
        let points: Vec<Value> =
            points.iter().enumerate().map(|(id, dx)| json!({"x": x + dx, "y": y, "id": id})).collect();
        page.cdp("Input.dispatchTouchEvent", json!({"type": kind, "touchPoints": points})).await?;
        Ok(())
    };
    touch("touchStart", &[-20.0, 20.0]).await?;
    for spread in [30.0, 50.0, 80.0, 110.0] {
        touch("touchMove", &[-spread, spread]).await?;
    }
    touch("touchEnd", &[]).await?;
    settle().await;
    let near = pixels(page, ".timeline canvas").await?;
    ensure!(near != before, "two fingers zoom");
    touch("touchStart", &[0.0]).await?;
    for by in [-20.0, -40.0, -60.0] {
        touch("touchMove", &[by]).await?;
    }
    touch("touchEnd", &[]).await?;
    settle().await;
    ensure!(pixels(page, ".timeline canvas").await? != near, "one finger moves it");
    Ok(())
}

/// A task that is pointed at in the graph is lit on the timeline too.
pub async fn the_graph_lights_the_timeline(page: &Page) -> Result<()> {
    page.open("").await?;
    page.press("To the end").await?;
    page.press("Every edge").await?;
    page.script("document.querySelector('.graph').scrollIntoView({block: 'center'});", vec![]).await?;
    settle().await;
    let dark = pixels(page, ".timeline canvas").await?;
    let corner = page.script("const b = document.querySelector('.graph canvas').getBoundingClientRect(); return [b.left, b.top];", vec![]).await?;
    let (left, top) = (corner[0].as_f64().context("no graph")?, corner[1].as_f64().context("no graph")?);
    // Along two rows: in the narrow column the graph is drawn smaller.
    for step in 0..60 {
        let (x, y) = (left + 12.0 + 11.0 * f64::from(step % 30), top + 24.0 + 16.0 * f64::from(step / 30));
        mouse(page, "mouseMoved", x, y, json!({})).await?;
        settle().await;
        if pixels(page, ".timeline canvas").await? != dark {
            return Ok(());
        }
    }
    anyhow::bail!("nothing in the graph lights anything on the timeline")
}

/// Typed, counted, listed, marked.
pub async fn search_finds_a_task(page: &Page) -> Result<()> {
    page.open("").await?;
    page.press("To the end").await?;
    page.keys("/").await?;
    page.until("the field", "document.querySelector('.search input')").await?;
    page.keys("net").await?;
    page.until_text(".search [role=status]", "5 tasks").await?;
    page.press("build#2/net").await?;
    page.until_text(".inspector", "build#2/net").await
}

/// The last of 200 000 tasks is found, and the page stays awake while all names are looked at.
pub async fn search_finds_the_last_of_many(page: &Page) -> Result<()> {
    page.open("").await?;
    page.press("Text").await?;
    page.press("To the end").await?;
    page.type_text(&parents(100_000)).await?;
    page.until_verdict("All done at").await?;
    watch_for_deafness(page).await?;
    page.script("document.activeElement.blur();", vec![]).await?;
    page.keys("/").await?;
    page.until("the field", "document.querySelector('.search input')").await?;
    page.keys("parent#99999").await?;
    page.until("both of them", "document.querySelector('.search [role=status]').textContent === '2 tasks'")
        .await?;
    page.press("parent#99999").await?;
    page.until_text(".inspector", "parent#99999").await?;
    ensure_not_deaf(page).await
}
