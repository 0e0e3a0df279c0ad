//! Pictures of every screen, for eyes: `./x shots FOLDER`.

use crate::browser::{Driver, Page};
use anyhow::{Result, ensure};
use std::path::Path;
use std::time::Duration;
use thirtyfour::Key;

/// Widths and heights in CSS pixels, device pixels to one of them, and what each is called.
const SIZES: &[(u32, u32, f64, &str)] = &[(1440, 900, 1.0, "wide"), (360, 740, 2.0, "phone")];

/// Takes them all.
pub async fn take(driver: &Driver, base: &str, folder: &str) -> Result<()> {
    ensure!(!folder.is_empty(), "which folder?");
    let folder = Path::new(folder);
    std::fs::create_dir_all(folder)?;
    for scheme in ["light", "dark"] {
        for (width, height, ratio, size) in SIZES {
            let page = driver.page(base, *width, *height).await?;
            page.size(*width, *height, *ratio).await?;
            page.scheme(scheme).await?;
            screens(&page, |screen| folder.join(format!("{screen}-{size}-{scheme}.png"))).await?;
            page.driver.quit().await?;
        }
        let page = driver.page(base, 3840, 2160).await?;
        page.scheme(scheme).await?;
        page.open("").await?;
        page.press("To the end").await?;
        picture(&page, &folder.join(format!("first-4k-{scheme}.png"))).await?;
        page.keys("p").await?;
        picture(&page, &folder.join(format!("projector-4k-{scheme}.png"))).await?;
        page.driver.quit().await?;
    }
    Ok(())
}

async fn picture(page: &Page, path: &Path) -> Result<()> {
    tokio::time::sleep(Duration::from_millis(250)).await;
    page.shoot(path).await
}

/// The panel of other orders before it is opened, when it has looked, and what it shows.
async fn orders(page: &Page, name: impl Fn(&str) -> std::path::PathBuf) -> Result<()> {
    page.open("").await?;
    page.keys("g").await?;
    let card =
        "[...document.querySelectorAll('.card small')].find(s => s.textContent.startsWith('lock-order ·'))";
    page.until("the gallery", card).await?;
    page.eval(&format!("{card}.closest('button').click()")).await?;
    page.until("the scenario", "!document.querySelector('[role=dialog]')").await?;
    page.press("lucky timing").await?;
    page.press("Look at every order").await?;
    page.until_text(".looked:last-child", "every reachable state").await?;
    page.script("document.querySelector('.explore').scrollIntoView({block: 'center'});", vec![]).await?;
    picture(page, &name("orders")).await?;
    page.click(".looked .finding").await?;
    page.until_text(".way", "/").await?;
    picture(page, &name("way")).await
}

async fn screens(page: &Page, name: impl Fn(&str) -> std::path::PathBuf) -> Result<()> {
    page.open("").await?;
    picture(page, &name("first")).await?;
    page.press("No hints").await?;
    page.press("To the end").await?;
    picture(page, &name("end")).await?;
    page.name("build#0").await?;
    picture(page, &name("task")).await?;
    page.script("const n = innerWidth < 500 ? '.inspector' : null; if (n) document.querySelector(n).scrollIntoView();", vec![]).await?;
    picture(page, &name("inspector")).await?;
    for tab in ["Text", "About", "Tune"] {
        page.press(tab).await?;
        picture(page, &name(&tab.to_lowercase())).await?;
    }
    page.script("window.scrollTo(0, 0); const s = document.querySelector('.compare select'); s.value = 'timeout'; s.dispatchEvent(new Event('change', {bubbles: true}));", vec![]).await?;
    picture(page, &name("compare")).await?;
    page.script("const s = document.querySelector('.compare select'); s.value = ''; s.dispatchEvent(new Event('change', {bubbles: true})); document.activeElement.blur();", vec![]).await?;
    for (key, screen) in [("g", "gallery"), ("?", "keys")] {
        page.keys(key).await?;
        picture(page, &name(screen)).await?;
        page.key(Key::Escape).await?;
    }
    page.press("Share").await?;
    picture(page, &name("share")).await?;
    page.press("Close").await?;
    for scenario in ["nova-hard-reboot", "nova-caps", "nova-modes", "lock-order", "nova-scatter-gather"] {
        page.script("document.activeElement.blur();", vec![]).await?;
        page.keys("g").await?;
        let card = format!(
            "[...document.querySelectorAll('.card small')].find(s => s.textContent.startsWith('{scenario} ·'))"
        );
        page.until("the gallery", &card).await?;
        page.eval(&format!("{card}.closest('button').click()")).await?;
        page.until("the scenario", "!document.querySelector('[role=dialog]')").await?;
        page.press("To the end").await?;
        picture(page, &name(scenario)).await?;
    }
    orders(page, name).await
}
