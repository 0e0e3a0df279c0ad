//! The first minute, as a newcomer meets it: what the page is, how it hangs, one drag to a run that does not, and the
//! way to a scenario of one's own. Twelve pictures of it on request: `./x shots FOLDER film`.

use crate::browser::Page;
use anyhow::{Result, ensure};
use std::path::{Path, PathBuf};
use std::time::Duration;
use thirtyfour::Key;

/// When the deadlock must have been told, in milliseconds after the page began.
const MAX_TOLD_MS: f64 = 8_000.0;
/// Width and height of a wall, in pixels.
pub const WALL: (u32, u32) = (1920, 1080);
/// When a drag must have made it run, in milliseconds after the page began.
const MAX_MENDED_MS: f64 = 20_000.0;

/// Where pictures go, if they are wanted.
pub struct Film {
    folder: Option<PathBuf>,
    name: String,
    taken: u32,
    is_on_a_wall: bool,
}

impl Film {
    /// A film whose pictures are called after `name`.
    pub fn new(folder: Option<&Path>, name: &str) -> Film {
        Film { folder: folder.map(Path::to_path_buf), name: name.to_owned(), taken: 0, is_on_a_wall: false }
    }

    /// The same with the type and the panels of a projector.
    pub fn on_a_wall(self) -> Film {
        Film { is_on_a_wall: true, ..self }
    }

    async fn take(&mut self, page: &Page) -> Result<()> {
        self.taken += 1;
        match &self.folder {
            Some(folder) => {
                page.shoot(&folder.join(format!("film-{}-{:02}.png", self.name, self.taken))).await
            }
            None => Ok(()),
        }
    }
}

/// Plays the first minute; what has to be there by when is.
pub async fn play(page: &Page, film: &mut Film) -> Result<()> {
    page.story("").await?;
    if film.is_on_a_wall {
        page.keys("p").await?;
        page.until("larger type", "document.querySelector('.is-projector')").await?;
    }
    film.take(page).await?;
    let seen = |css: &str| {
        format!(
            "(b => b && b.top < innerHeight && b.bottom > 0 && b.width > 0)(document.querySelector('{css}')?.getBoundingClientRect())"
        )
    };
    for css in [".brand", ".caption", ".stage-canvas", ".play"] {
        ensure!(page.eval(&seen(css)).await? == true, "{css} is on the first screen");
    }
    for _ in 0..4 {
        tokio::time::sleep(Duration::from_millis(700)).await;
        film.take(page).await?;
    }
    page.until("the deadlock", "document.querySelector('.headline.is-reached')").await?;
    film.take(page).await?;
    let told = page.number("performance.now()").await?;
    ensure!(told < MAX_TOLD_MS, "the deadlock is told after {told} ms");
    ensure!(page.text(".caption").await?.contains("Deadlock"), "the sentence says so");
    page.focus("#tune-params-pool").await?;
    page.key(Key::Right).await?;
    page.until_verdict("All done at").await?;
    let mended = page.number("performance.now()").await?;
    ensure!(mended < MAX_MENDED_MS, "it runs after {mended} ms");
    tokio::time::sleep(Duration::from_millis(250)).await;
    film.take(page).await?;
    page.press("Fix").await?;
    film.take(page).await?;
    page.press("Numbers").await?;
    film.take(page).await?;
    page.script("document.activeElement.blur();", vec![]).await?;
    page.keys("g").await?;
    page.until("the scenarios", "document.querySelectorAll('.card').length > 10").await?;
    tokio::time::sleep(Duration::from_millis(800)).await;
    film.take(page).await?;
    page.press("Close").await?;
    page.until("the scenarios to close", "!document.querySelector('dialog[open]')").await?;
    page.press("New").await?;
    page.until_text(".dialog", "Yours: four questions").await?;
    film.take(page).await?;
    page.press("Create").await?;
    page.until(
        "a scenario of one's own",
        "document.querySelector('.scenario-title')?.textContent.startsWith('My service')",
    )
    .await?;
    page.cut_short().await?;
    tokio::time::sleep(Duration::from_millis(400)).await;
    film.take(page).await
}

/// On a desk.
pub async fn the_first_minute(page: &Page) -> Result<()> {
    play(page, &mut Film::new(None, "desk")).await
}

/// On a wall, in the dark.
pub async fn the_first_minute_on_a_wall(page: &Page) -> Result<()> {
    page.size(WALL.0, WALL.1, 1.0).await?;
    page.scheme("dark").await?;
    play(page, &mut Film::new(None, "wall").on_a_wall()).await
}

/// In the dark, on a phone.
pub async fn the_first_minute_on_a_phone(page: &Page) -> Result<()> {
    page.size(360, 740, 2.0).await?;
    page.scheme("dark").await?;
    play(page, &mut Film::new(None, "phone")).await
}
