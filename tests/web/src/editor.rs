//! The editor: what can be completed is offered, what a word means is told, the language's reference lies beside it.

use crate::browser::Page;
use anyhow::{Result, ensure};
use serde_json::json;
use thirtyfour::Key;

/// Puts the caret behind the first place where this stands.
async fn caret_behind(page: &Page, text: &str) -> Result<()> {
    let script = "const a = document.querySelector('textarea.source'); a.focus(); \
        const at = a.value.indexOf(arguments[0]) + arguments[0].length; a.setSelectionRange(at, at); \
        a.dispatchEvent(new MouseEvent('mouseup', {bubbles: true}));";
    page.script(script, vec![json!(text)]).await?;
    Ok(())
}

/// A person types and takes what is offered.
pub async fn completes_explains_and_opens_the_reference(page: &Page) -> Result<()> {
    page.open("").await?;
    page.press("Text").await?;
    page.type_text("[executors.pool]\nkind = \"threads\"\nworkers = 2\n[tasks.job]\nsteps = [\"run 1s\"]\n[[arrivals]]\ntask = \"job\"\nto = \"pool\"\n").await?;
    caret_behind(page, "workers = 2").await?;
    page.until_text(".meaning", "maximum number of workers").await?;
    page.key(Key::Enter).await?;
    page.keys("qu").await?;
    page.until_text(".assist [aria-selected=true]", "queue = ").await?;
    page.key(Key::Enter).await?;
    page.keys("3").await?;
    ensure!(page.source().await?.contains("workers = 2\nqueue = 3\n"), "{}", page.source().await?);
    caret_behind(page, "\"run 1s").await?;
    page.keys("\", \"sub").await?;
    page.until_text(".assist [aria-selected=true]", "submit").await?;
    page.key(Key::Tab).await?;
    page.keys(" j").await?;
    page.until_text(".assist [aria-selected=true]", "job").await?;
    page.key(Key::Escape).await?;
    page.until("no list", "!document.querySelector('.assist[role=listbox]')").await?;
    ensure!(page.eval("document.activeElement.matches('textarea.source')").await? == true);
    page.press("Reference").await?;
    page.until_text(".reference h2", "The scenario language").await?;
    ensure!(page.number("document.querySelectorAll('.reference table').length").await? >= 2.0);
    page.press("Close the reference").await?;
    page.until("the stage", "document.querySelector('.stage-canvas')").await
}
