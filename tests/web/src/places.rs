//! The page on a phone, in the dark, on a wall.

use crate::browser::Page;
use anyhow::{Result, ensure};
use serde_json::json;
use std::time::Duration;

/// 360 px: nothing is cut off or covered, and the newcomer's path is the same.
pub async fn on_a_phone(page: &Page) -> Result<()> {
    page.size(360, 740, 2.0).await?;
    page.open("").await?;
    let fits = "document.documentElement.scrollWidth <= 360";
    ensure!(page.eval(fits).await? == true, "the page scrolls sideways");
    let seen = |css: &str| {
        format!("(b => b.top < 740 && b.bottom > 0)(document.querySelector('{css}').getBoundingClientRect())")
    };
    ensure!(page.eval(&seen(".caption")).await? == true, "the verdict is on the first screen");
    ensure!(page.eval(&seen(".stage-canvas")).await? == true, "the picture too");
    ensure!(page.eval(&seen(".play")).await? == true, "and the transport");
    // Whatever can be pressed has nothing over it once it is scrolled into sight.
    let covered = "const out = []; for (const b of document.querySelectorAll('button, input, select, textarea, summary')) { \
        if (!b.checkVisibility() || b.closest('.sr') || b.matches('.sr, .skip') || b.disabled) continue; b.scrollIntoView({block: 'center', behavior: 'instant'}); \
        const r = b.getBoundingClientRect(); const x = Math.min(r.left + r.width / 2, innerWidth - 2), y = r.top + r.height / 2; \
        const top = document.elementFromPoint(x, y); \
        if (top && !b.contains(top) && !top.contains(b)) out.push((b.id || b.textContent.trim() || b.ariaLabel) + ' under ' + (top.className || top.tagName)); \
        if (r.left < -1 || r.right > innerWidth + 1) { if (!b.closest('.variant-tabs, .tabs')) out.push((b.id || b.textContent.trim() || b.ariaLabel) + ' beside the screen'); } } return out;";
    let covered = page.script(covered, vec![]).await?;
    ensure!(covered.as_array().is_some_and(Vec::is_empty), "{covered}");
    let heights = "[...document.querySelectorAll('button.name')].filter(name => name.checkVisibility()).map(name => name.getBoundingClientRect().height)";
    ensure!(
        page.number(&format!("Math.min(99, ...{heights})")).await? >= 24.0,
        "names are as high as a finger needs"
    );
    ensure!(page.number(&format!("{heights}.length")).await? > 0.0, "there are names");
    let low = "[...document.querySelectorAll('button, summary, select, input:not([type=file])')].filter(one => one.checkVisibility() && !one.closest('.sr, .skips')) \
        .filter(one => one.getBoundingClientRect().height < (one.closest('.transport') && one.localName === 'button' ? 44 : 24)).map(one => one.id || one.textContent || one.className)";
    page.press("Fix").await?;
    page.until("a remedy", "document.querySelector('.remedy')").await?;
    let found = page.eval(low).await?;
    ensure!(found.as_array().is_some_and(Vec::is_empty), "too low for a finger: {found}");
    page.focus("#tune-params-pool").await?;
    page.key(thirtyfour::Key::Right).await?;
    page.until_verdict("All done at").await?;
    for tab in ["Text", "Fix", "Numbers", "Events", "Why"] {
        page.press(tab).await?;
        ensure!(page.eval(fits).await? == true, "{tab} scrolls the page sideways");
    }
    for dialog in ["Share", "New", "Learn", "Scenarios"] {
        page.press(dialog).await?;
        page.until("the dialog", "document.querySelector('dialog[open]')").await?;
        ensure!(page.eval(fits).await? == true, "{dialog} scrolls the page sideways");
        page.press("Close").await?;
    }
    Ok(())
}

/// Another size is drawn in the frame that brings it, also while a story plays, and a narrower window as well as a wider one.
pub async fn a_new_size_is_drawn_at_once(page: &Page) -> Result<()> {
    // What is drawn against the room it has, each as [drawn, room].
    let widths = "[['.stage-canvas', '.stage-frame'], ['.timeline-canvas', '.timeline-frame'], ['.minimap canvas', '.minimap']] \
        .map(pair => pair.map(css => Math.round(document.querySelector(css).getBoundingClientRect().width)))";
    // A message that is sent from a frame's callback is heard right after that frame's picture.
    let shrink = format!(
        "const done = arguments[0], told = []; const app = document.querySelector('#app'); \
        const next = wide => requestAnimationFrame(() => {{ app.style.width = wide.shift() + 'px'; const heard = new MessageChannel(); \
            heard.port1.onmessage = () => {{ told.push({widths}); if (wide.length) setTimeout(next, 90, wide); else {{ app.style.width = ''; done(told); }} }}; \
            heard.port2.postMessage(0); }}); next([900, 1200, 760, 1440, 700, 1100]);"
    );
    // The room for names before the rows may be a few pixels wider in another window, and the strip below hears of that
    // a picture later.
    let is_near = |pair: &serde_json::Value| {
        let [drawn, room] = [0, 1].map(|at: usize| pair[at].as_f64().unwrap_or_default());
        (drawn - room).abs() <= 4.0
    };
    let all_fit = |told: &serde_json::Value| {
        told.as_array().is_some_and(|pairs| pairs.len() == 3 && pairs.iter().all(is_near))
    };
    page.story("").await?;
    let script = format!("return await new Promise(done => {{ (function() {{ {shrink} }})(done); }});");
    let told = page.script(&script, vec![]).await?;
    ensure!(told.as_array().is_some_and(|told| told.len() == 6 && told.iter().all(all_fit)), "{told}");
    for (width, height) in [(360, 740), (1440, 900), (360, 740)] {
        page.size(width, height, 1.0).await?;
        page.until("the other width", &format!("innerWidth === {width}")).await?;
        tokio::time::sleep(Duration::from_millis(200)).await;
        let told = page.eval(widths).await?;
        ensure!(all_fit(&told), "{width}: {told}");
        ensure!(page.eval("document.documentElement.scrollWidth === innerWidth").await? == true, "{width}");
    }
    Ok(())
}

/// The background of the page and the brightness of the timeline's first pixels.
async fn brightness(page: &Page) -> Result<(bool, bool)> {
    let light = "(c => c.match(/\\d+/g).slice(0, 3).every(n => n > 200))(getComputedStyle(document.body).backgroundColor)";
    // A copy is read, so that the page's own canvas stays where it is fast.
    let canvas = "const c = document.querySelector('.timeline canvas'); const copy = document.createElement('canvas'); \
        [copy.width, copy.height] = [c.width, c.height]; const ink = copy.getContext('2d', {willReadFrequently: true}); ink.drawImage(c, 0, 0); \
        const d = ink.getImageData(0, 0, c.width, c.height).data; \
        let sum = 0, count = 0; for (let i = 0; i < d.length; i += 4) if (d[i + 3] > 250) { sum += d[i] + d[i + 1] + d[i + 2]; count += 3; } return sum / count > 128;";
    Ok((page.eval(light).await? == true, page.script(canvas, vec![]).await? == true))
}

/// Light and dark as the system asks, at once; and as the person asks, over a reload.
pub async fn dark_as_the_system_asks(page: &Page) -> Result<()> {
    page.scheme("dark").await?;
    page.open("").await?;
    page.press("To the end").await?;
    tokio::time::sleep(Duration::from_millis(150)).await;
    let words = "getComputedStyle(document.querySelector('h1')).color";
    let dark = page.eval(words).await?;
    ensure!(!brightness(page).await?.0, "the page is dark");
    let pixels =
        "(c => c.toDataURL().length + c.toDataURL().slice(-200))(document.querySelector('.timeline canvas'))";
    let before = page.eval(pixels).await?;
    page.scheme("light").await?;
    tokio::time::sleep(Duration::from_millis(300)).await;
    ensure!(brightness(page).await?.0, "the page is light");
    ensure!(page.eval(words).await? != dark);
    ensure!(page.eval(pixels).await? != before, "the canvas follows the system at once");
    page.press("Colours: as the system has them").await?;
    ensure!(!brightness(page).await?.0, "the person's choice goes first");
    page.open("").await?;
    ensure!(!brightness(page).await?.0, "and stays");
    Ok(())
}

/// The edges between columns move with the keys and the pointer, and stay after a reload.
pub async fn columns_are_as_wide_as_one_likes(page: &Page) -> Result<()> {
    let width = "Math.round(document.querySelector('.side').getBoundingClientRect().width)";
    page.open("").await?;
    let before = page.number(width).await?;
    page.focus(".splitter").await?;
    page.key(thirtyfour::Key::Left).await?;
    page.until("a wider column", &format!("{width} === {}", before + 16.0)).await?;
    let edge = page.find(".splitter").await?;
    page.driver
        .action_chain()
        .click_and_hold_element(&edge)
        .move_by_offset(-100, 0)
        .release()
        .perform()
        .await?;
    page.until("a column as wide as it was dragged", &format!("Math.abs({width} - {}) <= 8", before + 116.0))
        .await?;
    let dragged = page.number(width).await?;
    page.open("").await?;
    ensure!(page.number(width).await? == dragged, "it stays after a reload");
    ensure!(page.eval("document.documentElement.scrollWidth <= innerWidth").await? == true);
    Ok(())
}

/// On a wall: one column, larger type on the canvas too, the verdict as its caption.
pub async fn a_projector(page: &Page) -> Result<()> {
    page.size(3840, 2160, 1.0).await?;
    page.open("").await?;
    page.press("To the end").await?;
    tokio::time::sleep(Duration::from_millis(150)).await;
    let width = "document.querySelector('.stage-canvas').width";
    let large = "parseFloat(getComputedStyle(document.querySelector('.caption')).fontSize)";
    let before = page.number(large).await?;
    page.keys("p").await?;
    page.until("folded panels", "!document.querySelector('.verdict')?.checkVisibility()").await?;
    tokio::time::sleep(Duration::from_millis(150)).await;
    ensure!(page.eval("document.querySelector('.caption').checkVisibility()").await? == true);
    ensure!(
        page.eval("document.querySelector('.tune input').checkVisibility()").await? == true,
        "a slider to drag"
    );
    ensure!(page.number(large).await? > before, "the sentence is larger");
    ensure!(page.number(width).await? > 1000.0, "the stage takes the wall");
    page.keys("p").await?;
    page.until("the panels", "document.querySelector('.verdict').checkVisibility()").await?;
    Ok(())
}

/// At 200 % zoom the first screen has the sentence, the picture, the transport and the first rows of the timeline.
pub async fn at_twice_the_size(page: &Page) -> Result<()> {
    for (width, height) in [(720, 450), (960, 540)] {
        page.size(width, height, 2.0).await?;
        page.open("").await?;
        tokio::time::sleep(Duration::from_millis(200)).await;
        let edge =
            |css: &str, side: &str| format!("document.querySelector('{css}').getBoundingClientRect().{side}");
        let bar = page.number(&edge(".transport", "top")).await?;
        let rows = bar.min(page.number(&edge(".timeline-frame", "bottom")).await?)
            - page.number(&edge(".timeline-frame", "top")).await?;
        // The ruler, the pool's heading and three lanes.
        ensure!(rows >= 28.0 + 24.0 + 3.0 * 24.0, "{width}: {rows} px of the timeline");
        ensure!(page.number(&edge(".stage-frame", "height")).await? >= 130.0, "{width}: the picture");
        ensure!(page.number(&edge(".caption", "top")).await? >= 0.0 && bar < f64::from(height), "{width}");
    }
    Ok(())
}

/// On 3840 × 2160 pixels, without the projector: larger type, and a stage that takes the room there is.
pub async fn on_a_very_large_screen(page: &Page) -> Result<()> {
    // The share of the stage's frame that its rooms are wide and high, by what is drawn in it.
    let covered = "const canvas = document.querySelector('.stage-canvas'), copy = document.createElement('canvas'); \
        const width = copy.width = canvas.width, height = copy.height = canvas.height; const ink = copy.getContext('2d', {willReadFrequently: true}); \
        ink.drawImage(canvas, 0, 0); const data = ink.getImageData(0, 0, width, height).data; const at = (x, y) => data.slice((y * width + x) * 4, (y * width + x) * 4 + 3).join(); \
        const blank = at(1, 1); let [left, right, top, bottom] = [width, 0, height, 0]; \
        for (let y = 0; y < height; y += 8) for (let x = 0; x < width; x += 8) if (at(x, y) !== blank) { left = Math.min(left, x); right = Math.max(right, x); top = Math.min(top, y); bottom = Math.max(bottom, y); } \
        return [(right - left) / width, (bottom - top) / height];";
    page.size(3840, 2160, 1.0).await?;
    page.open("").await?;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let shares = page.script(covered, vec![]).await?;
    let share = |at: usize| shares[at].as_f64().unwrap_or_default();
    ensure!(share(0) > 0.7 && share(1) > 0.55, "the stage takes {shares} of its frame");
    ensure!(page.number("parseFloat(getComputedStyle(document.body).fontSize)").await? >= 20.0, "the type");
    page.size(1440, 900, 1.0).await?;
    page.until("a desk's type", "parseFloat(getComputedStyle(document.body).fontSize) === 14").await
}

/// Colours that the system forces: sliders have their tracks, and what is chosen differs from what is not.
pub async fn in_forced_colours(page: &Page) -> Result<()> {
    page.cdp(
        "Emulation.setEmulatedMedia",
        json!({"features": [{"name": "forced-colors", "value": "active"}]}),
    )
    .await?;
    page.open("").await?;
    let at = page.script("const b = document.querySelector('#tune-params-pool').getBoundingClientRect(); return [b.x + b.width - 40, b.y, 30, b.height];", vec![]).await?;
    let clip = json!({"x": at[0], "y": at[1], "width": at[2], "height": at[3], "scale": 1});
    let shot = page.cdp("Page.captureScreenshot", json!({"format": "png", "clip": clip})).await?;
    let darkest = "const bytes = Uint8Array.from(atob(arguments[0]), c => c.charCodeAt(0)); const picture = await createImageBitmap(new Blob([bytes], {type: 'image/png'})); \
        const copy = document.createElement('canvas'); copy.width = picture.width; copy.height = picture.height; const ink = copy.getContext('2d'); ink.drawImage(picture, 0, 0); \
        const data = ink.getImageData(0, 0, copy.width, copy.height).data; let least = 255; for (let i = 0; i < data.length; i += 4) least = Math.min(least, data[i]); return least;";
    let script = format!("return (async function() {{ {darkest} }}).apply(null, arguments);");
    let least = page.script(&script, vec![shot["data"].clone()]).await?;
    ensure!(least.as_f64().is_some_and(|least| least < 40.0), "the track is seen: {least}");
    let colour = |css: &str| format!("getComputedStyle(document.querySelector('{css}')).backgroundColor");
    for (chosen, other) in [
        ("#tab-why", "#tab-fix"),
        (".variant-tabs [aria-selected=true]", ".variant-tabs [aria-selected=false]"),
        (".play", ".beat"),
    ] {
        ensure!(page.eval(&colour(chosen)).await? != page.eval(&colour(other)).await?, "{chosen}");
    }
    Ok(())
}
