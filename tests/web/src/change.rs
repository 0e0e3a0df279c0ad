//! Changing things: variants, text, files; what survives.

use crate::browser::Page;
use crate::large::{ensure_not_deaf, watch_for_deafness};
use anyhow::{Result, ensure};
use serde_json::json;
use thirtyfour::Key;

async fn compare_with(page: &Page, variant: &str) -> Result<()> {
    let script = "const s = document.querySelector('.compare select'); s.value = arguments[0]; \
        s.dispatchEvent(new Event('change', {bubbles: true}));";
    page.script(script, vec![json!(variant)]).await?;
    page.until_text(".differences", "What differs").await
}

/// Two timelines on one time line, and a table of what differs.
pub async fn two_variants_side_by_side(page: &Page) -> Result<()> {
    page.open("").await?;
    compare_with(page, "six_workers").await?;
    ensure!(page.number("document.querySelectorAll('.timeline canvas').length").await? == 2.0);
    let rows = page.text(".these-runs tbody").await?;
    ensure!(rows.contains("Deadlock at 3 s") && rows.contains("hangs at 3 s"), "{rows}");
    page.until_text(".over-many", "Costs").await?;
    let cut = "(all => [...all.querySelectorAll('th, td')].filter(cell => cell.checkVisibility() \
        && cell.getBoundingClientRect().right > all.getBoundingClientRect().right).length)(document.querySelector('.differences'))";
    ensure!(page.number(cut).await? == 0.0, "no column is cut off");
    let signed =
        "[...document.querySelectorAll('.worth')].filter(worth => /[+−]/.test(worth.textContent)).length";
    ensure!(page.number(signed).await? == 0.0, "better by a share, not by a sign");
    ensure!(page.number("document.querySelectorAll('.stage-canvas').length").await? == 2.0, "two stages");
    ensure!(page.number("document.querySelectorAll('.minimap').length").await? == 2.0, "two minimaps");
    page.until_text(".first-moment", "First moment they differ").await?;
    let open = "document.querySelector('#detail').firstElementChild.className";
    ensure!(page.eval(open).await? == "differences", "what differs is seen at once");
    let left = "[...document.querySelectorAll('.timeline canvas')].map(c => c.getBoundingClientRect().left)";
    ensure!(page.eval(&format!("new Set({left}).size")).await? == 1, "they share their left edge");
    let rows = "Math.min(...[...document.querySelectorAll('.timeline')].map(t => t.clientHeight))";
    ensure!(page.number(rows).await? > 150.0, "each timeline has room for five rows");
    // What is selected in the second stage is selected in the first, and both stories are told.
    page.script("document.querySelectorAll('.stage-frame')[1].focus();", vec![]).await?;
    page.key(Key::Down).await?;
    let stories = "[...document.querySelectorAll('.inspector h2')].map(h => h.textContent).join(', ')";
    page.until("two stories", &format!("{stories} === 'build#0 in base, build#0 in six workers'")).await?;
    page.press("Numbers").await?;
    page.press("To the end").await?;
    page.press("To the beginning").await?;
    page.script("const s = document.querySelector('.compare select'); s.value = ''; s.dispatchEvent(new Event('change', {bubbles: true}));", vec![])
        .await?;
    page.until("one timeline", "document.querySelectorAll('.timeline canvas').length === 1").await
}

/// A run of 4 s beside one of 300 s: both are shown whole, each ends where it ends.
pub async fn runs_of_different_length(page: &Page) -> Result<()> {
    page.open("").await?;
    compare_with(page, "timeout").await?;
    page.press("To the end").await?;
    let clock = page.text(".clock").await?;
    ensure!(clock.contains("5 m"), "the cursor goes to the end of the longer: {clock}");
    page.press("timeout").await?;
    page.until("one timeline", "document.querySelectorAll('.timeline canvas').length === 1").await
}

/// Errors at their line, the last good run meanwhile, and all well again.
pub async fn a_mistake_in_the_text_and_its_mending(page: &Page) -> Result<()> {
    page.open("").await?;
    page.press("Text").await?;
    let good = page.source().await?;
    page.type_text(&good.replace("\"wait net\",  # no", "\"wiat net\",  # no")).await?;
    page.until_text(".problems", "wiat").await?;
    let place = page.text(".problems .place").await?;
    let line = good.lines().position(|line| line.contains("\"wait net\"")).map_or(0, |at| at + 1);
    ensure!(place.starts_with(&format!("{line}:")), "{place} is not on line {line}");
    ensure!(page.verdict().await? == "Deadlock at 3 s", "the last good run stays");
    let in_sight = "(b => b.top > 0 && b.bottom <= innerHeight)(document.querySelector('.problems li').getBoundingClientRect())";
    ensure!(page.eval(in_sight).await? == true, "what is wrong is said in sight");
    page.click(".problems .place").await?;
    page.until("its mark", "document.querySelector('.painted .wrong')?.textContent.includes('wiat')").await?;
    ensure!(page.text(".numbers .error").await? == line.to_string());
    // The mark lies under the letters that are typed: the line is as far from the top in both layers.
    let apart = format!(
        "(document.querySelector('.painted .wrong').getBoundingClientRect().top - document.querySelector('.source').getBoundingClientRect().top - 8) \
            / parseFloat(getComputedStyle(document.querySelector('.source')).lineHeight) - {}",
        line - 1
    );
    let apart = page.number(&apart).await?;
    ensure!((0.0..0.5).contains(&apart), "the mark is {apart} lines beside its line");
    let marked =
        "(a => a.value.slice(a.selectionStart, a.selectionEnd))(document.querySelector('textarea.source'))";
    ensure!(page.eval(marked).await?.as_str().is_some_and(|text| text.contains("wiat")));
    page.type_text(&good.replace("value = 5\nmin = 1\nmax = 20", "value = 6\nmin = 1\nmax = 20")).await?;
    page.until_verdict("All done at").await?;
    page.until_text(".problems-none", "No problems").await
}

/// A text of nearly a mebibyte stays in colour where it is looked at; a paste that makes it longer is not taken.
pub async fn a_long_text(page: &Page) -> Result<()> {
    page.open("").await?;
    page.press("Text").await?;
    page.type_text(&format!("{OWN}{}", "# a comment without end\n".repeat(40_000))).await?;
    page.until_verdict("All done at 7 s").await?;
    let last = "document.querySelector('.numbers').textContent.trim().split('\\n').at(-1)";
    ensure!(page.number("document.querySelectorAll('.painted span').length").await? < 1_000.0);
    page.script("const e = document.querySelector('.editor'); e.scrollTop = e.scrollHeight;", vec![]).await?;
    page.until("the last line", &format!("{last} === '40011'")).await?;
    let paste = "const t = new DataTransfer(); t.setData('text', '#'.repeat(200_000)); document.querySelector('textarea.source') \
        .dispatchEvent(new ClipboardEvent('paste', {clipboardData: t, bubbles: true, cancelable: true}));";
    page.script(paste, vec![]).await?;
    page.until_text(".notice", "may have at most 1024 KiB").await?;
    ensure!(page.source().await?.len() < 1 << 20);
    page.press("Close the message").await
}

async fn drop_file(page: &Page, name: &str, text: &str) -> Result<()> {
    let script = "const transfer = new DataTransfer(); transfer.items.add(new File([arguments[1]], arguments[0])); \
        for (const kind of ['dragover', 'drop']) window.dispatchEvent(new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true}));";
    page.script(script, vec![json!(name), json!(text)]).await?;
    Ok(())
}

const OWN: &str = "title = \"One <b>own</b> & only\"\n[executors.a]\nkind = \"threads\"\nworkers = 1\n[tasks.t]\n\
    steps = [\"run 7s\"]\n[[arrivals]]\ntask = \"t\"\nto = \"a\"\nat = \"0s\"\n";

/// A file opens; one that is too large, or is no scenario, says so.
pub async fn a_file_is_dropped(page: &Page) -> Result<()> {
    page.open("").await?;
    drop_file(page, "own.toml", OWN).await?;
    page.until_verdict("All done at 7 s").await?;
    // Scenario text is text: no element comes of it.
    ensure!(page.text(".scenario-title").await? == "One <b>own</b> & only");
    ensure!(page.eval("document.querySelector('.scenario-title b')").await?.is_null());
    drop_file(page, "huge.toml", &"#".repeat(2_000_000)).await?;
    page.until_text(".notice", "was not opened").await?;
    ensure!(page.verdict().await? == "All done at 7 s", "the page stays as it was");
    page.press("Close the message").await?;
    drop_file(page, "hello.json", "{\"hello\": 1}").await?;
    page.until_text(".notice", "hello.json was not opened: it is neither a scenario").await?;
    ensure!(page.verdict().await? == "All done at 7 s", "the page stays as it was");
    page.press("Close the message").await?;
    drop_file(page, "broken.toml", "[tasks.t\nsteps = []").await?;
    page.until("the problem", "document.querySelector('.problems li.error')").await?;
    // Whatever was opened, what was there before comes back.
    undo(page, "z").await?;
    page.until_verdict("All done at 7 s").await?;
    undo(page, "z").await?;
    page.until_verdict("Deadlock").await
}

/// Ctrl Z, or with a capital letter Ctrl Shift Z, outside any field.
async fn undo(page: &Page, key: &str) -> Result<()> {
    page.script("document.activeElement.blur();", vec![]).await?;
    let keys = page.driver.action_chain().key_down(Key::Control);
    let keys = if key == "Z" { keys.key_down(Key::Shift) } else { keys };
    keys.send_keys(key).key_up(Key::Shift).key_up(Key::Control).perform().await?;
    Ok(())
}

/// Sliders, a reset and another scenario are taken back in turn, and done again; the focus stays where it was pressed.
pub async fn every_change_is_taken_back(page: &Page) -> Result<()> {
    page.open("").await?;
    let pool = async || page.text("output[for=tune-params-pool]").await;
    page.focus("#tune-params-pool").await?;
    page.key(Key::Right).await?;
    page.key(Key::Right).await?;
    page.until_verdict("All done").await?;
    page.focus(".tune .reset").await?;
    page.key(Key::Enter).await?;
    page.until_verdict("Deadlock").await?;
    page.until("the focus beside it", "document.activeElement.closest('.tune')").await?;
    undo(page, "z").await?;
    page.until_verdict("All done").await?;
    ensure!(pool().await? == "7", "the reset is taken back");
    undo(page, "z").await?;
    page.until_text("output[for=tune-params-pool]", "6").await?;
    undo(page, "Z").await?;
    page.until_text("output[for=tune-params-pool]", "7").await?;
    page.scenario("lock-order").await?;
    page.until("another scenario", "!document.querySelector('#tune-params-pool')").await?;
    undo(page, "z").await?;
    page.until_text("output[for=tune-params-pool]", "7").await?;
    // What the shown variant replaces cannot be moved, and is not swept.
    page.press("eventlet").await?;
    page.until_text(".control.is-unused", "This variant does not use it").await?;
    ensure!(page.eval("document.querySelector('#tune-params-pool').disabled").await? == true);
    ensure!(page.eval("!document.querySelector('.control.is-unused .sweep')").await? == true);
    Ok(())
}

/// A recording of a real run becomes a scenario without freezing the page; a broken one says where.
pub async fn a_recording_is_dropped(page: &Page) -> Result<()> {
    page.open("").await?;
    page.press("To the end").await?;
    watch_for_deafness(page).await?;
    let row = |n: u32| {
        format!("{}.{:02},{},{}\n", n / 50, n % 50 * 2, 20 + n * 7 % 90, ["list", "show"][n as usize % 2])
    };
    let rows: String = (0..10_000).map(row).collect();
    drop_file(page, "requests.csv", &format!("start_s,took_ms,type\n{rows}")).await?;
    page.until_text(".notice", "requests.csv was read as a table").await?;
    its_story_begins(page).await?;
    page.cut_short().await?;
    page.until_verdict("All done at 3 m 20").await?;
    ensure_not_deaf(page).await?;
    drop_file(page, "bad.csv", "start,duration\n0,1\n1,-2\n").await?;
    page.until_text(".notice", "line 3: `duration` is negative: -2").await?;
    ensure!(page.verdict().await?.starts_with("All done at 3 m 20"), "the page stays as it was");
    Ok(())
}

/// Waits for the run of what was dropped. Until it is there the page shows the run before it, which does not play:
/// whoever cuts that story short has cut nothing.
async fn its_story_begins(page: &Page) -> Result<()> {
    page.until("its run", "!document.querySelector('.this-run .outcome').textContent.startsWith('Deadlock')")
        .await
}

/// A recording that is compressed is opened as what is in it; one that is damaged leaves the page as it was.
pub async fn a_compressed_recording_is_dropped(page: &Page) -> Result<()> {
    // gzip of "start,duration\n0,1\n1,2\n"
    const PACKED: &str = "H4sIAAAAAAAC/ysuSSwq0UkpLUosyczP4zLQMeQy1DHiAgCimxqsFwAAAA==";
    page.open("").await?;
    drop_bytes(page, "requests.csv.gz", PACKED).await?;
    page.until_text(".notice", "requests.csv.gz was read as a table").await?;
    its_story_begins(page).await?;
    page.cut_short().await?;
    page.until_verdict("All done at 3 s").await?;
    ensure!(page.text(".scenario-title").await?.starts_with("2 tasks"), "what was recorded");
    drop_bytes(page, "damaged.csv.gz", &PACKED[..32]).await?;
    page.until_text(".notice", "gzip says").await?;
    ensure!(page.verdict().await? == "All done at 3 s", "the page stays as it was");
    Ok(())
}

/// Drops a file whose bytes are given in base64.
async fn drop_bytes(page: &Page, name: &str, bytes: &str) -> Result<()> {
    let script = "const bytes = Uint8Array.from(atob(arguments[1]), c => c.charCodeAt(0)); \
        const transfer = new DataTransfer(); transfer.items.add(new File([bytes], arguments[0])); \
        for (const kind of ['dragover', 'drop']) window.dispatchEvent(new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true}));";
    page.script(script, vec![json!(name), json!(bytes)]).await?;
    Ok(())
}

/// A reload brings back what was worked on.
pub async fn the_last_work_survives_a_reload(page: &Page) -> Result<()> {
    page.open("").await?;
    drop_file(page, "own.toml", OWN).await?;
    page.until_verdict("All done at 7 s").await?;
    page.until("the memory", "localStorage.getItem('threadbare.work')?.length > 80").await?;
    page.press("Text").await?;
    page.type_text(&OWN.replace("7s", "8s")).await?;
    page.until_verdict("All done at 8 s").await?;
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    page.open("").await?;
    page.until_verdict("All done at 8 s").await?;
    page.press("Reset all").await?;
    page.until_verdict("All done at 7 s").await
}
