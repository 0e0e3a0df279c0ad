//! Pictures of every screen, for eyes: `./x shots FOLDER`.

use crate::browser::{Driver, Page};
use crate::film::{self, Film};
use anyhow::{Result, ensure};
use std::path::Path;
use std::time::Duration;
use thirtyfour::Key;

/// Widths and heights in CSS pixels, device pixels to one of them, and what each is called.
const SIZES: &[(u32, u32, f64, &str)] = &[(1440, 900, 1.0, "wide"), (360, 740, 2.0, "phone")];

/// Takes them all.
pub async fn take(driver: &Driver, base: &str, folder: &str, part: Option<&str>) -> Result<()> {
    ensure!(!folder.is_empty(), "which folder?");
    let folder = Path::new(folder);
    std::fs::create_dir_all(folder)?;
    for scheme in ["light", "dark"] {
        for (width, height, ratio, size) in SIZES {
            let name = |screen: &str| folder.join(format!("{screen}-{size}-{scheme}.png"));
            // A browser for each, which knows nothing of another's work.
            for this in ["screens", "sizes", "film", "lessons"]
                .into_iter()
                .filter(|this| part.is_none_or(|part| part == *this))
            {
                let page = driver.page(base, *width, *height).await?;
                page.size(*width, *height, *ratio).await?;
                page.scheme(scheme).await?;
                match this {
                    "screens" => screens(&page, name).await?,
                    "film" => {
                        film::play(&page, &mut Film::new(Some(folder), &format!("{size}-{scheme}"))).await?
                    }
                    "lessons" => crate::lessons::shoot(&page, &name).await?,
                    _ => sizes(&page, name).await?,
                }
                page.driver.quit().await?;
            }
        }
        if part.is_none_or(|part| part == "film") {
            let page = driver.page(base, film::WALL.0, film::WALL.1).await?;
            page.scheme(scheme).await?;
            film::play(&page, &mut Film::new(Some(folder), &format!("wall-{scheme}")).on_a_wall()).await?;
            page.driver.quit().await?;
        }
        if part.is_some() {
            continue;
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
    page.scenario("lock-order").await?;
    page.press("lucky timing").await?;
    page.press("Explore every order").await?;
    page.until_text(".looked:last-child", "every reachable state").await?;
    page.script("document.querySelector('.explore').scrollIntoView({block: 'center'});", vec![]).await?;
    picture(page, &name("orders")).await?;
    page.click(".looked .finding").await?;
    page.until_text(".way", "/").await?;
    picture(page, &name("way")).await?;
    page.press("Show the plain run").await?;
    page.until_verdict("All done").await?;
    page.press("To the beginning").await?;
    page.keys(".").await?;
    page.press("Events").await?;
    page.until("what they come to", "document.querySelector('.branches .comes-to')?.textContent.length > 3")
        .await?;
    page.script("document.querySelector('.branches').scrollIntoView({block: 'center'});", vec![]).await?;
    picture(page, &name("branches")).await?;
    page.click(".branches .finding").await?;
    page.until("two timelines", "document.querySelectorAll('.timeline canvas').length === 2").await?;
    page.script("document.querySelector('.parted').scrollIntoView({block: 'center'});", vec![]).await?;
    picture(page, &name("branch")).await
}

/// A sweep: its curve with the pointer on it, two parameters, two costs, these timings, the wall.
async fn sizes(page: &Page, name: impl Fn(&str) -> std::path::PathBuf) -> Result<()> {
    page.open("").await?;
    page.press("Sweep Default pool workers").await?;
    page.until_text(".sizes-advice h3", "6 is the smallest").await?;
    page.press("Apply 6").await?;
    page.until_text(".sizes-advice", "tasks wait").await?;
    page.press("To the end").await?;
    let show = "document.querySelector('#sizes-title').scrollIntoView();";
    page.script(show, vec![]).await?;
    picture(page, &name("sweep")).await?;
    page.focus(".plot .mark:nth-child(3)").await?;
    picture(page, &name("sweep-point")).await?;
    let choose = "const [css, value] = arguments; const s = document.querySelector(css); s.value = value; s.dispatchEvent(new Event('change', {bubbles: true}));";
    page.script(choose, vec!["select[aria-label='Second parameter']".into(), "params.builds".into()]).await?;
    page.press("Run").await?;
    page.until("all of it", "document.querySelectorAll('.plot .mark').length === 400").await?;
    page.script(show, vec![]).await?;
    picture(page, &name("heat")).await?;
    page.press("Text").await?;
    page.type_text(&crate::sizes::queue(10_000)).await?;
    page.until("its slider", "document.querySelector('#tune-params-pool')?.max === '19'").await?;
    page.press("Sweep workers").await?;
    page.until("all of it", "document.querySelectorAll('.plot .mark').length === 20 && !document.querySelector('.sizes-news progress')").await?;
    crate::sizes::runs_each(page, "50").await?;
    page.press("Run").await?;
    page.until("half of it", "document.querySelector('.sizes-news progress')?.value > 0.4").await?;
    picture(page, &name("sweep-going")).await?;
    page.until("the end", "!document.querySelector('.sizes-news progress')").await?;
    page.script("document.querySelector('.sizes-advice').scrollIntoView({block: 'center'});", vec![]).await?;
    picture(page, &name("sweep-drawn")).await?;
    page.script(choose, vec![".looks select".into(), "".into()]).await?;
    picture(page, &name("trade")).await?;
    page.script(choose, vec![".looks select".into(), "latency.job.p99".into()]).await?;
    page.script("document.activeElement.blur();", vec![]).await?;
    page.keys("p").await?;
    picture(page, &name("sweep-projector")).await
}

async fn screens(page: &Page, name: impl Fn(&str) -> std::path::PathBuf) -> Result<()> {
    page.open("").await?;
    picture(page, &name("first")).await?;
    page.press("To the end").await?;
    picture(page, &name("end")).await?;
    page.press("Fix").await?;
    page.until("remedies", "document.querySelector('.remedy')").await?;
    page.script("document.querySelector('.remedy summary').click(); document.querySelector('.advice').scrollIntoView({block: 'center'});", vec![]).await?;
    picture(page, &name("advice")).await?;
    page.script("document.querySelector('.remedy summary').click(); window.scrollTo(0, 0);", vec![]).await?;
    page.press("Why").await?;
    page.name("build").await?;
    picture(page, &name("task")).await?;
    page.script("const n = innerWidth < 500 ? '.inspector' : null; if (n) document.querySelector(n).scrollIntoView();", vec![]).await?;
    picture(page, &name("inspector")).await?;
    for tab in ["Text", "Numbers", "Events"] {
        page.press(tab).await?;
        picture(page, &name(&tab.to_lowercase())).await?;
        if tab == "Text" {
            let good = page.source().await?;
            page.type_text(&good.replace("\"wait net\",  # no", "\"wiat net\",  # no")).await?;
            page.until_text(".problems", "wiat").await?;
            page.script("document.querySelector('.problems .place').click();", vec![]).await?;
            picture(page, &name("mistake")).await?;
            page.type_text(&good).await?;
        }
    }
    page.script("window.scrollTo(0, 0); const s = document.querySelector('.compare select'); s.value = 'timeout'; s.dispatchEvent(new Event('change', {bubbles: true}));", vec![]).await?;
    picture(page, &name("compare")).await?;
    page.script("const s = document.querySelector('.compare select'); s.value = ''; s.dispatchEvent(new Event('change', {bubbles: true})); document.activeElement.blur();", vec![]).await?;
    for (key, screen) in [("g", "gallery"), ("?", "keys")] {
        page.keys(key).await?;
        picture(page, &name(screen)).await?;
        page.key(Key::Escape).await?;
    }
    page.press("Why").await?;
    page.script("document.querySelector('.shape').scrollIntoView({block: 'center'});", vec![]).await?;
    picture(page, &name("shape")).await?;
    page.script(
        "document.querySelector('.timeline').scrollIntoView({block: 'center'}); window.scrollTo(0, 0);",
        vec![],
    )
    .await?;
    page.press("Share").await?;
    picture(page, &name("share")).await?;
    page.press("Close").await?;
    for scenario in ["nova-hard-reboot", "nova-caps", "nova-modes", "lock-order", "nova-scatter-gather"] {
        page.scenario(scenario).await?;
        page.press("To the end").await?;
        picture(page, &name(scenario)).await?;
    }
    orders(page, name).await
}
