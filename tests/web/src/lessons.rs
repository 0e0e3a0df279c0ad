//! Lessons: three of them from start to end, by mouse and by keyboard alone, on a desk, a phone and a wall, light and
//! dark; the presenter's window; frames in other pages.

use crate::axe;
use crate::browser::Page;
use anyhow::{Context as _, Result, bail, ensure};
use serde_json::json;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;
use thirtyfour::Key;

/// The lessons that are played, with the numbers that they ask for.
const PLAYED: [(&str, &[&str]); 3] =
    [("a-pool", &["3", "2 s"]), ("waiting-takes-a-worker", &["12 s"]), ("locks-and-order", &[])];

/// What is done first, where the learner is the scheduler: both take their first lock.
const FIRST: [&str; 4] =
    ["on_success#0 starts", "on_failure#0 starts", "on_success#0 arrives", "on_failure#0 arrives"];

/// What the learner has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hand {
    Mouse,
    Keyboard,
}

/// By mouse, at 1440 px, light.
pub async fn on_a_desk_by_mouse(page: &Page) -> Result<()> {
    look(page, "light").await?;
    play_all(page, Hand::Mouse, false).await
}

/// With the keyboard alone, at 1440 px, dark.
pub async fn on_a_desk_with_the_keyboard_in_the_dark(page: &Page) -> Result<()> {
    look(page, "dark").await?;
    play_all(page, Hand::Keyboard, false).await
}

/// By touch, at 360 px, dark.
pub async fn on_a_phone_in_the_dark(page: &Page) -> Result<()> {
    page.size(360, 740, 2.0).await?;
    look(page, "dark").await?;
    play_all(page, Hand::Mouse, false).await
}

/// With the keyboard alone, at 360 px, light.
pub async fn on_a_phone_with_the_keyboard(page: &Page) -> Result<()> {
    page.size(360, 740, 2.0).await?;
    look(page, "light").await?;
    play_all(page, Hand::Keyboard, false).await
}

/// By mouse, on a wall, dark.
pub async fn on_a_wall_in_the_dark(page: &Page) -> Result<()> {
    page.size(1920, 1080, 1.0).await?;
    look(page, "dark").await?;
    play_all(page, Hand::Mouse, true).await
}

/// With the keyboard alone, on a wall, light.
pub async fn on_a_wall_with_the_keyboard(page: &Page) -> Result<()> {
    page.size(1920, 1080, 1.0).await?;
    look(page, "light").await?;
    play_all(page, Hand::Keyboard, true).await
}

/// Light or dark, and nothing on its way: what is revealed is there at once.
async fn look(page: &Page, scheme: &str) -> Result<()> {
    let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme},
        {"name": "prefers-reduced-motion", "value": "reduce"}]});
    page.cdp("Emulation.setEmulatedMedia", features).await?;
    Ok(())
}

async fn play_all(page: &Page, hand: Hand, is_wall: bool) -> Result<()> {
    let mut bad = Vec::new();
    let mut seen = BTreeSet::new();
    for (name, numbers) in PLAYED {
        begin(page, &format!("?lesson={name}")).await?;
        if is_wall {
            page.press("Projector").await?;
            // The button would take the next Space for itself.
            page.script("document.activeElement.blur();", vec![]).await?;
        }
        let mut numbers = numbers.iter();
        while page
            .eval("!document.querySelector('.hand-in') && !!document.querySelector('.lesson-kind')")
            .await?
            == true
        {
            let (place, kind) = (page.text(".lesson-turn .count").await?, page.text(".lesson-kind").await?);
            let step = async {
                answer(page, hand, &kind, &mut numbers).await?;
                let fits = "document.documentElement.scrollWidth <= innerWidth";
                ensure!(page.eval(fits).await? == true, "it scrolls sideways");
                if seen.insert(kind.clone()) {
                    bad.extend(axe::findings(page, &kind).await?);
                }
                turn(page, hand, &place).await
            };
            step.await.with_context(|| format!("{name}, {place}"))?;
        }
        page.until("the hand-in", "document.querySelector('.hand-in')?.value.length > 20").await?;
        let all = page.text(".result strong").await?;
        ensure!(all.split(' ').next() == all.split(' ').nth(2), "{name}: {all}");
        let stars = page.eval("document.querySelector('.result .stars').ariaLabel").await?;
        ensure!(stars == "3 of 3 stars" || stars == "2 of 3 stars", "{name}: {stars}");
        bad.extend(axe::findings(page, "the end").await?);
    }
    ensure!(bad.is_empty(), "{}", bad.join("\n    "));
    Ok(())
}

/// A picture of every step of the played lessons, and of what covers them.
pub async fn shoot(page: &Page, name: impl Fn(&str) -> PathBuf) -> Result<()> {
    let rest = Duration::from_millis(700);
    for (lesson, _) in PLAYED {
        begin(page, &format!("?lesson={lesson}&teach")).await?;
        for step in 1..=20 {
            tokio::time::sleep(rest).await;
            page.shoot(&name(&format!("{lesson}-{step}"))).await?;
            if page.eval("!!document.querySelector('.hand-in')").await? == true {
                break;
            }
            let place = page.text(".lesson-turn .count").await?;
            page.click(".lesson-turn button:last-child").await?;
            let moved =
                format!("document.querySelector('.lesson-turn .count').textContent !== {}", json!(place));
            page.until("the next step", &moved).await?;
            page.until("the hand-in", "document.querySelector('.lesson-kind, .hand-in')").await?;
        }
    }
    page.press("For the class").await?;
    page.shoot(&name("for-the-class")).await
}

/// Opens a lesson that nobody has begun.
async fn begin(page: &Page, rest: &str) -> Result<()> {
    page.visit(rest).await?;
    page.until("a step", "document.querySelector('.lesson-text')").await?;
    page.eval("localStorage.clear() ?? sessionStorage.clear()").await?;
    page.visit(rest).await?;
    page.until("its picture", "document.querySelector('.stage-canvas')").await
}

/// Answers a step rightly, whatever it takes.
async fn answer(page: &Page, hand: Hand, kind: &str, numbers: &mut std::slice::Iter<'_, &str>) -> Result<()> {
    match kind {
        "read" => Ok(()),
        "predict" if page.eval("!!document.querySelector('#lesson-number')").await? == true => {
            number(page, hand, numbers.next().context("another number")?).await
        }
        "predict" => {
            hidden(page).await?;
            page.until("choices", "document.querySelector('.option')").await?;
            for choice in 1..=9 {
                choose(page, hand, choice).await?;
                let own = format!(".options li:nth-child({choice}) .option");
                page.until("a reply", &format!("document.querySelector('{own}:is(.is-right, .is-wrong)')"))
                    .await?;
                if page.eval(&format!("!!document.querySelector('{own}.is-right')")).await? == true {
                    return Ok(());
                }
            }
            bail!("no choice is right")
        }
        "be the scheduler" => game(page, hand).await,
        "change the design" => change(page, hand).await,
        "prove it" => prove(page, hand).await,
        other => bail!("a step of kind {other}"),
    }
}

/// Nothing of what comes is seen before the answer.
async fn hidden(page: &Page) -> Result<()> {
    ensure!(
        page.eval("!document.querySelector('.timeline')").await? == true,
        "the timeline tells the future"
    );
    page.until("that it is hidden", "document.querySelector('.hidden-future')").await
}

async fn choose(page: &Page, hand: Hand, number: usize) -> Result<()> {
    match hand {
        Hand::Mouse => press(page, &format!(".options li:nth-child({number}) .option")).await,
        Hand::Keyboard => page.keys(number.to_string()).await,
    }
}

/// Presses what may lie under the bar at the bottom of a phone: it is scrolled up first, as a thumb does.
async fn press(page: &Page, css: &str) -> Result<()> {
    let scroll =
        "document.querySelector(arguments[0]).scrollIntoView({block: 'center', behavior: 'instant'});";
    page.script(scroll, vec![json!(css)]).await?;
    page.click(css).await
}

async fn number(page: &Page, hand: Hand, text: &str) -> Result<()> {
    hidden(page).await?;
    match hand {
        Hand::Mouse => {
            page.click("#lesson-number").await?;
            page.keys(text).await?;
            page.press("Answer").await?;
        }
        // A digit goes to the field by itself.
        Hand::Keyboard => {
            page.keys(text).await?;
            page.key(Key::Enter).await?;
        }
    }
    page.until("the reply", "document.querySelector('.reply.is-right')").await
}

async fn game(page: &Page, hand: Hand) -> Result<()> {
    for _ in 0..12 {
        page.until("a move or the end", "document.querySelector('.option:not(:disabled), .reply')").await?;
        if page.eval("!!document.querySelector('.reply')").await? == true {
            break;
        }
        hidden(page).await?;
        let texts =
            page.eval("[...document.querySelectorAll('.option span')].map(one => one.textContent)").await?;
        let texts: Vec<&str> =
            texts.as_array().into_iter().flatten().filter_map(|text| text.as_str()).collect();
        let wanted = FIRST.iter().find_map(|first| texts.iter().position(|text| text == first));
        let before = page.text(".lesson-answers [role=status]").await?;
        choose(page, hand, wanted.unwrap_or(0) + 1).await?;
        let moved = format!(
            "document.querySelector('.lesson-answers [role=status]')?.textContent !== {}",
            json!(before)
        );
        page.until("the next move", &format!("document.querySelector('.reply') || {moved}")).await?;
    }
    page.until("a deadlock", "document.querySelector('.reply.is-right')").await?;
    page.until("the shortest way", "document.querySelector('.lesson-answers').textContent.includes('needs')")
        .await
}

async fn change(page: &Page, hand: Hand) -> Result<()> {
    match hand {
        // The middle of the slider.
        Hand::Mouse => press(page, ".lesson-answers input[type=range]").await?,
        Hand::Keyboard => {
            tab_to(page, "document.activeElement.type === 'range'").await?;
            page.key(Key::Right).await?;
        }
    }
    page.until("the goal", "document.querySelector('.reply.is-right')").await
}

async fn prove(page: &Page, hand: Hand) -> Result<()> {
    let count = page.number("document.querySelectorAll('.option').length").await? as usize;
    // The design as it is does not hold.
    for design in (1..=count).rev() {
        choose(page, hand, design).await?;
        let chosen =
            format!("document.querySelector('.options li:nth-child({design}) .option[aria-pressed=true]')");
        page.until("the design", &format!("{chosen} && !document.querySelector('.reply')")).await?;
        match hand {
            Hand::Mouse => page.press("Check every order").await?,
            Hand::Keyboard => page.key(Key::Enter).await?,
        }
        page.until("a reply", "document.querySelector('.reply .stars')").await?;
        if page.eval("!!document.querySelector('.reply.is-right')").await? == true {
            return Ok(());
        }
        page.until("its counterexample", "document.querySelector('.caption .is-deadlock')").await?;
    }
    bail!("no design holds")
}

/// Presses Tab until the focus is where it should be.
async fn tab_to(page: &Page, is_there: &str) -> Result<()> {
    for _ in 0..60 {
        if page.eval(is_there).await? == true {
            return Ok(());
        }
        page.key(Key::Tab).await?;
    }
    bail!("Tab does not lead to {is_there}")
}

/// To the next step.
async fn turn(page: &Page, hand: Hand, place: &str) -> Result<()> {
    match hand {
        Hand::Mouse => page.click(".lesson-turn .primary").await?,
        Hand::Keyboard => page.keys(" ").await?,
    }
    let moved = format!("document.querySelector('.lesson-turn .count').textContent !== {}", json!(place));
    page.until("the next step", &moved).await
}

/// A lesson goes on where it was left; its list says how far it is.
pub async fn a_lesson_is_resumed(page: &Page) -> Result<()> {
    look(page, "light").await?;
    begin(page, "?lesson=a-pool").await?;
    page.keys(" ").await?;
    number(page, Hand::Keyboard, "3").await?;
    page.keys(" ").await?;
    page.until_text(".lesson-turn .count", "Step 3").await?;
    page.open("").await?;
    page.press("Learn").await?;
    page.until_text(".lesson-card[data-name=a-pool]", "1 of 5 questions passed").await?;
    page.click(".lesson-card[data-name=a-pool]").await?;
    page.until_text(".lesson-turn .count", "Step 3").await?;
    ensure!(page.eval("!!document.querySelector('.lesson-step.is-passed')").await? == true);
    page.script("history.back();", vec![]).await?;
    page.until("Back leads to the scenario", "document.querySelector('.this-run')").await
}

/// The presenter's window has the notes and the answer, and turns the pages; the class sees neither.
pub async fn a_presenter_has_a_window_of_its_own(page: &Page) -> Result<()> {
    look(page, "light").await?;
    begin(page, "?lesson=waiting-takes-a-worker&teach").await?;
    let class = page.driver.window().await?;
    page.keys("p").await?;
    let mut windows = page.driver.windows().await?;
    for _ in 0..100 {
        if windows.len() > 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        windows = page.driver.windows().await?;
    }
    let notes = windows.into_iter().find(|window| *window != class).context("a second window")?;
    page.driver.switch_to_window(notes.clone()).await?;
    page.until_text(".notes", "Let the class draw the pool").await?;
    page.press("Next").await?;
    page.until_text(".notes h2", "Step 2").await?;
    page.until_text(".notes", "3: Nothing ever finishes.").await?;
    let mut bad = axe::findings(page, "presenter").await?;
    page.driver.switch_to_window(class).await?;
    page.until_text(".lesson-turn .count", "Step 2").await?;
    let seen = page.text("body").await?;
    ensure!(!seen.contains("Let it play to 3 s"), "the class sees the notes");
    page.press("For the class").await?;
    let link = page.eval("document.querySelector('.for-class input').value").await?;
    ensure!(link.as_str().is_some_and(|link| link.ends_with("?lesson=waiting-takes-a-worker")), "{link}");
    ensure!(page.number("document.querySelector('.qr path').getAttribute('d').length").await? > 1000.0);
    bad.extend(axe::findings(page, "for the class").await?);
    page.press("Close").await?;
    // The student's version opens no such window.
    page.visit("?lesson=waiting-takes-a-worker").await?;
    page.until("a step", "document.querySelector('.lesson-text')").await?;
    page.keys("p").await?;
    page.until_text(".notice", "student's version").await?;
    ensure!(page.driver.windows().await?.len() == 2, "no third window");
    ensure!(bad.is_empty(), "{}", bad.join("\n    "));
    Ok(())
}

/// In a frame there is no header, and nothing is kept.
pub async fn frames_have_no_header(page: &Page) -> Result<()> {
    page.open("?embed").await?;
    ensure!(page.eval("!document.querySelector('header')").await? == true);
    tokio::time::sleep(Duration::from_millis(700)).await;
    ensure!(page.eval("!localStorage.getItem('threadbare.work')").await? == true, "nothing is kept");
    page.visit("?embed&lesson=races").await?;
    page.until("a step", "document.querySelector('.lesson-text')").await?;
    ensure!(page.eval("!document.querySelector('header')").await? == true);
    page.visit("?lesson=no-such-lesson").await?;
    page.until("that there is none", "document.body.textContent.includes('There is no lesson named')").await
}

/// The worksheet goes to the printer alone, with answers for teachers only.
pub async fn a_worksheet_is_printed(page: &Page) -> Result<()> {
    begin(page, "?lesson=a-pool&teach").await?;
    page.script("window.print = () => { window.printed = (window.printed ?? 0) + 1; };", vec![]).await?;
    page.press("For the class").await?;
    page.press("Print it with answers").await?;
    page.until("the printer", "window.printed === 1").await?;
    ensure!(page.eval("getComputedStyle(document.querySelector('.paper')).display").await? == "none");
    page.cdp("Emulation.setEmulatedMedia", json!({"media": "print"})).await?;
    let shown = "[document.querySelector('.paper').checkVisibility(), document.querySelector('.lesson').checkVisibility()]";
    ensure!(page.eval(shown).await? == json!([true, false]), "the paper and nothing else");
    page.until_text(".paper-answers", "report#2").await?;
    page.cdp("Emulation.setEmulatedMedia", json!({"media": ""})).await?;
    page.press("For the class").await?;
    page.press("Print the worksheet").await?;
    page.until("the printer", "window.printed === 2").await?;
    ensure!(page.eval("!document.querySelector('.paper-answers')").await? == true);
    Ok(())
}
