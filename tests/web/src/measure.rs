//! Measures the page as a person meets it, and prints the figures: `./x bench web`.
//!
//! Script time is from the beginning of a frame (or of the event) until all that it caused has run, microtasks
//! included; what the browser then does with it (style, raster) is not in it. On a machine that is busy with something
//! else that time is not the page's own: beside it stands the CPU time of the page's thread, which is.

use crate::browser::{Driver, Page};
use crate::large;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// Script time that a frame may take while something plays, zooms or pans, in milliseconds: half of a frame at 60 a second.
const MAX_SCRIPT_MS: f64 = 8.0;
/// A frame at 60 a second, in milliseconds.
const FRAME_MS: f64 = 16.7;

/// Collects the time to the first verdict, and to the frame after it.
const WATCH_START: &str = "new MutationObserver((_, me) => { if (document.querySelector('.this-run .outcome')) { me.disconnect(); \
    requestAnimationFrame(() => setTimeout(() => { window.begun = performance.now(); })); } }).observe(document, {childList: true, subtree: true});";

/// Zooms in and out and pans, a step a frame; gives the script time of each in milliseconds.
const GLIDE: &str = "const canvas = document.querySelector('.timeline canvas'); const b = canvas.getBoundingClientRect(); \
    const turn = () => new Promise(done => { const c = new MessageChannel(); c.port1.onmessage = () => done(); c.port2.postMessage(0); }); \
    const frame = () => new Promise(done => requestAnimationFrame(done)); const times = []; \
    for (let i = 0; i < 360; i++) { await frame(); const t = performance.now(); \
      const zooms = i % 120 < 90, inward = i % 240 < 120; \
      canvas.dispatchEvent(new WheelEvent('wheel', {deltaY: zooms ? (inward ? -60 : 60) : 0, deltaX: zooms ? 0 : (i % 2 ? 40 : 37), \
        ctrlKey: zooms, clientX: b.left + b.width * 0.6, clientY: b.top + b.height / 2, bubbles: true, cancelable: true})); \
      for (let k = 0; k < 20; k++) await null; times.push(performance.now() - t); await turn(); } \
    times.sort((a, b) => a - b); return {p50: times[180], p95: times[342], max: times[359], count: 360};";

/// Pans to and fro, a step a frame, with as much in sight as there was; gives the script time of each in milliseconds.
const PAN: &str = "const canvas = document.querySelector('.timeline canvas'); const b = canvas.getBoundingClientRect(); \
    const turn = () => new Promise(done => { const c = new MessageChannel(); c.port1.onmessage = () => done(); c.port2.postMessage(0); }); \
    const frame = () => new Promise(done => requestAnimationFrame(done)); const times = []; \
    for (let i = 0; i < 360; i++) { await frame(); const t = performance.now(); \
      canvas.dispatchEvent(new WheelEvent('wheel', {deltaX: (i % 180 < 90 ? 1 : -1) * (35 + i % 11), deltaY: 0, \
        clientX: b.left + b.width * 0.6, clientY: b.top + b.height / 2, bubbles: true, cancelable: true})); \
      for (let k = 0; k < 20; k++) await null; times.push(performance.now() - t); await turn(); } \
    times.sort((a, b) => a - b); return {p50: times[180], p95: times[342], max: times[359], count: 360};";

/// Plays for a few seconds; gives the script time of each frame in milliseconds.
const PLAY: &str = "const raf = window.requestAnimationFrame.bind(window); const times = []; \
    window.requestAnimationFrame = react => raf(async at => { const t = performance.now(); react(at); \
      for (let k = 0; k < 20; k++) await null; times.push(performance.now() - t); }); \
    document.querySelector('.play').click(); await new Promise(done => setTimeout(done, 6000)); window.requestAnimationFrame = raf; \
    times.sort((a, b) => a - b); const part = share => times[Math.floor((times.length - 1) * share)]; \
    return {p50: part(0.5), p95: part(0.95), max: part(1), count: times.length};";

/// A thousand tasks on the stage at once, and what they wait for.
const CROWD: &str = "title = \"A thousand tokens\"\nseed = 1\n[executors.pool]\nkind = \"threads\"\nworkers = 32\n[tasks.job]\n\
    steps = [\"run uniform(10ms, 30ms)\", \"submit part as p\", \"wait p timeout 20ms\"]\n[tasks.part]\nsteps = [\"run 5ms\"]\n\
    [[arrivals]]\ntask = \"job\"\nto = \"pool\"\ncount = 1000\n";

/// Moves a slider back and forth; gives the times until the answer is on the page.
const SLIDE: &str = "const [id, ups] = arguments; const slider = document.getElementById(id); const times = []; \
    const shown = () => document.querySelector('.fingerprint')?.textContent; \
    const frame = () => new Promise(done => requestAnimationFrame(done)); const here = slider.valueAsNumber; \
    for (let i = 0; i < 20; i++) { await frame(); await frame(); const before = shown(); const t = performance.now(); \
      slider.value = String(i % 2 ? here : here + ups); slider.dispatchEvent(new InputEvent('input', {bubbles: true})); \
      while (shown() === before && performance.now() - t < 5000) await new Promise(done => { const c = new MessageChannel(); c.port1.onmessage = () => done(); c.port2.postMessage(0); }); \
      times.push(performance.now() - t); } \
    times.sort((a, b) => a - b); return {p50: times[10], p95: times[18], max: times[19]};";

fn millis(value: &Value) -> String {
    let of = |key: &str| value[key].as_f64().unwrap_or(f64::NAN);
    format!("p50 {:.1} ms, p95 {:.1} ms, longest {:.1} ms", of("p50"), of("p95"), of("max"))
}

/// The figures, and whether the 95th percentile is within a goal in milliseconds.
fn beside_goal(value: &Value, goal: f64) -> String {
    let is_met = value["p95"].as_f64().is_some_and(|p95| p95 <= goal);
    let cpu = value["cpu"].as_f64().map_or(String::new(), |cpu| format!(", CPU {cpu:.1} ms on average"));
    format!("{}{cpu} (goal p95 {goal} ms: {})", millis(value), if is_met { "met" } else { "missed" })
}

/// CPU time that scripts have taken so far, in milliseconds.
async fn script_cpu(page: &Page) -> Result<f64> {
    let told = page.cdp("Performance.getMetrics", json!({})).await?;
    let metrics = told["metrics"].as_array().context("metrics")?;
    let script = metrics.iter().find(|metric| metric["name"] == "ScriptDuration");
    Ok(script.and_then(|metric| metric["value"].as_f64()).context("ScriptDuration")? * 1000.0)
}

/// What a script tells of frames, with the CPU time that each took on average.
async fn frames(page: &Page, body: &str) -> Result<Value> {
    // The time domain can be chosen only while nothing is collected.
    page.cdp("Performance.disable", json!({})).await?;
    page.cdp("Performance.enable", json!({"timeDomain": "threadTicks"})).await?;
    let before = script_cpu(page).await?;
    let mut told = script(page, body, vec![]).await?;
    let count = told["count"].as_f64().context("a number of frames")?.max(1.0);
    told["cpu"] = json!((script_cpu(page).await? - before) / count);
    Ok(told)
}

async fn script(page: &Page, body: &str, args: Vec<Value>) -> Result<Value> {
    page.script(&format!("return (async function() {{ {body} }}).apply(null, arguments);"), args).await
}

/// A document with a slider over its number of tasks.
fn tuned(count: u32) -> String {
    format!(
        "title = \"{count} tasks\"\nseed = 1\n[params.pool]\nvalue = 8\nmin = 1\nmax = 20\n[executors.pool]\nkind = \"threads\"\nworkers = \"$pool\"\n\
         [tasks.job]\nsteps = [\"run exp(1s)\"]\n[[arrivals]]\ntask = \"job\"\nto = \"pool\"\nrate = \"7.2/s\"\ncount = {count}\n"
    )
}

async fn load(page: &Page, text: &str) -> Result<Value> {
    page.press("Numbers").await?;
    let before = page.text(".fingerprint").await?;
    page.press("Text").await?;
    page.script("performance.clearMeasures(); window.typed = performance.now();", vec![]).await?;
    page.type_text(text).await?;
    let other = format!("document.querySelector('.fingerprint')?.textContent !== {}", json!(before));
    page.press("Numbers").await?;
    page.until("the run", &other).await?;
    let told = "performance.getEntriesByType('measure').map(m => m.name + ' ' + Math.round(m.duration) + ' ms').join(', ')";
    page.eval(told).await
}

/// Parents of the run whose timeline has more than a million spans, each with a child.
const PARENTS: u32 = 250_000;

/// Zooms in by a number of notches of 60 pixels; 24 of them show a tenth of what was in sight.
const ZOOM: &str = "const [turns] = arguments; const canvas = document.querySelector('.timeline canvas'); const b = canvas.getBoundingClientRect(); \
    for (let i = 0; i < turns; i++) { canvas.dispatchEvent(new WheelEvent('wheel', {deltaY: -60, ctrlKey: true, \
        clientX: b.left + b.width / 2, clientY: b.top + b.height / 2, bubbles: true, cancelable: true})); \
        await new Promise(done => requestAnimationFrame(done)); }";

/// The word that asks for the timeline of a million spans alone.
const MILLION: &str = "million";

/// All figures, or those that a word asks for.
pub async fn measure(driver: &Driver, base: &str, dist: &Path, part: &str) -> Result<()> {
    if part == MILLION {
        return million(driver, base).await;
    }
    sizes(dist)?;
    let mut starts = Vec::new();
    for _ in 0..5 {
        let page = driver.page(base, 1440, 900).await?;
        page.cdp("Page.addScriptToEvaluateOnNewDocument", json!({"source": WATCH_START})).await?;
        page.open("").await?;
        page.until("the first frame", "window.begun").await?;
        starts.push(page.number("window.begun").await?);
        page.driver.quit().await?;
    }
    starts.sort_by(f64::total_cmp);
    println!(
        "cold load to the first frame with a verdict: median {:.0} ms, longest {:.0} ms",
        starts[2], starts[4]
    );

    let page = driver.page(base, 1440, 900).await?;
    page.open("").await?;
    page.press("To the end").await?;
    page.press("Numbers").await?;
    let moved = script(&page, SLIDE, vec![json!("tune-params-pool"), json!(1)]).await?;
    println!("slider to repaint, nova-build-deadlock: {}", beside_goal(&moved, FRAME_MS));
    load(&page, CROWD).await?;
    page.press("Why").await?;
    page.press("To the beginning").await?;
    let played = frames(&page, PLAY).await?;
    println!(
        "script a frame while the stage plays with 1 000 tokens: {}",
        beside_goal(&played, MAX_SCRIPT_MS)
    );
    for count in [10_000, 200_000] {
        let told = load(&page, &tuned(count)).await?;
        println!("{count} tasks: {}", told.as_str().unwrap_or_default());
        let moved = script(&page, SLIDE, vec![json!("tune-params-pool"), json!(1)]).await?;
        println!("slider to repaint, {count} tasks: {}", millis(&moved));
    }
    let told = load(&page, &large::parents(200_000)).await?;
    let pieces = page.text(".size").await.unwrap_or_default();
    println!("200 000 parents and children ({pieces}): {}", told.as_str().unwrap_or_default());
    page.press("To the end").await?;
    let glided = frames(&page, GLIDE).await?;
    println!("script a frame while zooming and panning over them: {}", beside_goal(&glided, MAX_SCRIPT_MS));
    page.press("To the beginning").await?;
    let played = frames(&page, PLAY).await?;
    println!("script a frame while they play: {}", beside_goal(&played, MAX_SCRIPT_MS));
    page.driver.quit().await?;
    million(driver, base).await
}

/// A timeline of more than a million spans: panned over with half of it in sight, with a tenth and a thousandth of it, and
/// zoomed into and out of.
async fn million(driver: &Driver, base: &str) -> Result<()> {
    let page = driver.page(base, 1440, 900).await?;
    page.open("").await?;
    let told = load(&page, &large::parents(PARENTS)).await?;
    let pieces = page.text(".size").await.unwrap_or_default();
    println!("{PARENTS} parents and children ({pieces}): {}", told.as_str().unwrap_or_default());
    page.press("To the end").await?;
    for (turns, sight) in [(7, "half"), (17, "a tenth"), (48, "a thousandth")] {
        script(&page, ZOOM, vec![json!(turns)]).await?;
        let panned = frames(&page, PAN).await?;
        println!(
            "script a frame while panning with {sight} of the run in sight: {}",
            beside_goal(&panned, MAX_SCRIPT_MS)
        );
    }
    let glided = frames(&page, GLIDE).await?;
    println!("script a frame while zooming and panning: {}", beside_goal(&glided, MAX_SCRIPT_MS));
    page.driver.quit().await?;
    Ok(())
}

fn sizes(dist: &Path) -> Result<()> {
    let (mut raw, mut gzip, mut brotli) = (0, 0, Some(0));
    let files = std::fs::read_dir(dist)?.chain(std::fs::read_dir(dist.join("fonts"))?);
    for entry in files {
        let path = entry?.path();
        if path.is_dir() {
            continue;
        }
        let packed = |command: &str, args: &[&str]| {
            let done = Command::new(command).args(args).arg(&path).output().ok()?;
            done.status.success().then_some(done.stdout.len())
        };
        raw += std::fs::metadata(&path)?.len();
        gzip += packed("gzip", &["-9", "-c"]).context("gzip")?;
        brotli = brotli.zip(packed("brotli", &["-q", "11", "-c"])).map(|(sum, more)| sum + more);
    }
    let brotli = brotli.map_or("not measured".to_owned(), |bytes| format!("{} kB", bytes / 1000));
    println!("loaded: {} kB raw, {} kB gzip, {brotli} brotli", raw / 1000, gzip / 1000);
    Ok(())
}
