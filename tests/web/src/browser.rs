//! A headless Chromium for each test, through chromedriver.
//!
//! Invariant: what is started here ends here; a session has a profile of its own and knows no other origin
//! than the page's. An error on the console, a request to anywhere else or a missing file fails the test.

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use std::process::Stdio;
use std::time::{Duration, Instant};
use thirtyfour::common::log::LoggingPrefsLogLevel;
use thirtyfour::{
    By, Capabilities, ChromiumLikeCapabilities, DesiredCapabilities, Key, WebDriver, WebElement,
};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// How long the page may take to show what is awaited. A machine that compiles meanwhile leaves the browser a tenth of
/// a processor; what has to be quick is measured by the tests that say so.
const PATIENCE: Duration = Duration::from_secs(45);

const FLAGS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    // Whatever does not come from this machine is not found, and its request is an error on the console.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/// What a person presses, by the name in the script's first argument.
const BUTTON: &str = "[...document.querySelectorAll('button, summary, label.button')].find(one => one.checkVisibility() \
    && (one.getAttribute('aria-label') === arguments[0] || one.textContent.trim() === arguments[0] \
        || one.querySelector('.variant-name')?.textContent === arguments[0] \
        || (one.role === 'tab' && one.firstChild?.textContent === arguments[0])))";

/// A running chromedriver.
pub struct Driver {
    child: Child,
    address: String,
}

impl Driver {
    /// Starts it on a port of its own choice.
    pub async fn start() -> Result<Driver> {
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("chromedriver does not start: install Debian's chromium and chromium-driver")?;
        let mut lines = BufReader::new(child.stdout.take().context("no output")?).lines();
        let port = loop {
            let line = lines.next_line().await?.context("chromedriver ended without a port")?;
            if let Some(port) = line.split("successfully on port ").nth(1) {
                break port.trim_end_matches('.').to_owned();
            }
        };
        // It must not block on a full pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Driver { child, address: format!("http://127.0.0.1:{port}") })
    }

    /// Ends it.
    pub async fn end(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Opens a browser of this size.
    pub async fn page(&self, base: &str, width: u32, height: u32) -> Result<Page> {
        let mut wanted = DesiredCapabilities::chrome();
        for flag in FLAGS {
            wanted.add_arg(flag)?;
        }
        wanted.add_arg(&format!("--window-size={width},{height}"))?;
        wanted.set_logging_prefs("browser", LoggingPrefsLogLevel::All)?;
        wanted.set_logging_prefs("performance", LoggingPrefsLogLevel::All)?;
        let driver = WebDriver::new(&self.address, Capabilities::from(wanted)).await?;
        let page = Page { driver, base: base.to_owned() };
        page.size(width, height, 1.0).await?;
        Ok(page)
    }
}

/// One browser with the page.
pub struct Page {
    /// The session.
    pub driver: WebDriver,
    base: String,
}

impl Page {
    /// Loads the page with something behind its address.
    pub async fn visit(&self, rest: &str) -> Result<()> {
        self.driver.goto("about:blank").await?;
        self.driver.goto(format!("{}{rest}", self.base)).await?;
        Ok(())
    }

    /// Loads the page with something behind its address, and lets its story be told.
    pub async fn story(&self, rest: &str) -> Result<()> {
        self.visit(rest).await?;
        self.until("a verdict", "document.querySelector('.this-run .outcome')?.textContent").await
    }

    /// Loads the page with something behind its address, and cuts its story short: the verdict is told.
    pub async fn open(&self, rest: &str) -> Result<()> {
        self.story(rest).await?;
        self.cut_short().await
    }

    /// Ends the story that a scenario tells when it is opened.
    pub async fn cut_short(&self) -> Result<()> {
        let playing = "document.querySelector('.play')?.textContent === 'Pause'";
        self.script(&format!("if ({playing}) document.querySelector('.play').click();"), vec![]).await?;
        self.until("a pause", &format!("!({playing})")).await
    }

    /// Gives the page another size, in CSS pixels, and the number of device pixels to one of them.
    pub async fn size(&self, width: u32, height: u32, ratio: f64) -> Result<()> {
        let is_phone = width < 500;
        let metrics =
            json!({"width": width, "height": height, "deviceScaleFactor": ratio, "mobile": is_phone});
        self.cdp("Emulation.setDeviceMetricsOverride", metrics).await?;
        Ok(())
    }

    /// Asks for light or dark as the system would.
    pub async fn scheme(&self, scheme: &str) -> Result<()> {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.cdp("Emulation.setEmulatedMedia", features).await?;
        Ok(())
    }

    /// Sends a command of the Chrome DevTools protocol.
    pub async fn cdp(&self, command: &str, params: Value) -> Result<Value> {
        Ok(self.driver.cdp().send_raw(command, params).await?)
    }

    /// The value of a JavaScript expression.
    pub async fn eval(&self, expression: &str) -> Result<Value> {
        self.script(&format!("return ({expression});"), vec![]).await
    }

    /// What a script returns; a promise is awaited.
    pub async fn script(&self, script: &str, args: Vec<Value>) -> Result<Value> {
        let done = self.driver.execute(script, args).await;
        Ok(done.with_context(|| script.chars().take(200).collect::<String>())?.json().clone())
    }

    /// Waits until an expression is true.
    pub async fn until(&self, what: &str, expression: &str) -> Result<()> {
        let begun = Instant::now();
        let script = format!("return !!({expression});");
        while self.script(&script, vec![]).await? != Value::Bool(true) {
            if begun.elapsed() > PATIENCE {
                let seen = self.eval("document.querySelector('.stage')?.innerText.slice(-500)").await?;
                bail!("waited in vain for {what}; the page says: {seen}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Waits until an element's text fits.
    pub async fn until_text(&self, css: &str, part: &str) -> Result<()> {
        let (css, part) = (json!(css), json!(part));
        let what = format!("{part} in {css}");
        // A number is bound to its unit by a no-break space.
        let text = format!("document.querySelector({css})?.textContent.replaceAll('\\u00a0', ' ')");
        self.until(&what, &format!("{text}.includes({part})")).await
    }

    /// An element's text.
    pub async fn text(&self, css: &str) -> Result<String> {
        let text = self.eval(&format!("document.querySelector({})?.textContent ?? null", json!(css))).await?;
        text.as_str().map(|text| text.replace('\u{a0}', " ")).with_context(|| format!("there is no {css}"))
    }

    /// A number that an expression gives.
    pub async fn number(&self, expression: &str) -> Result<f64> {
        self.eval(expression).await?.as_f64().with_context(|| format!("{expression} is no number"))
    }

    /// The verdict's heading.
    pub async fn verdict(&self) -> Result<String> {
        self.text(".this-run .outcome").await
    }

    /// Waits for a verdict that begins like this.
    pub async fn until_verdict(&self, begins: &str) -> Result<()> {
        let expression = format!(
            "document.querySelector('.this-run .outcome')?.textContent.startsWith({})",
            json!(begins)
        );
        self.until(&format!("the verdict {begins}"), &expression).await
    }

    /// How many events have happened at the cursor.
    pub async fn count(&self) -> Result<f64> {
        self.number("parseInt(document.querySelector('.count').textContent.match(/event (\\d+)/)[1])").await
    }

    /// An element.
    pub async fn find(&self, css: &str) -> Result<WebElement> {
        self.driver.find(By::Css(css)).await.with_context(|| format!("there is no {css}"))
    }

    /// A visible button (or tab, or summary) by its words or its label.
    pub async fn button(&self, name: &str) -> Result<WebElement> {
        let script = format!("return {BUTTON} ?? null;");
        let found = self.driver.execute(&script, vec![json!(name)]).await?;
        ensure!(!found.json().is_null(), "there is no button {name}");
        Ok(found.element()?)
    }

    /// Presses a button as a person does: it must be in sight, with nothing over it.
    pub async fn press(&self, name: &str) -> Result<()> {
        let mut tries = 0;
        loop {
            // Found anew each time: the page may have drawn another in its place.
            let button = self.button(name).await?;
            let Err(error) = button.click().await else { return Ok(()) };
            tries += 1;
            if tries > 3 {
                return Err(error).with_context(|| format!("the button {name} cannot be pressed"));
            }
            // What lies under the bar at the bottom of a phone is scrolled up first, as a thumb does.
            let scroll = format!("{BUTTON}?.scrollIntoView({{block: 'center', behavior: 'instant'}});");
            self.script(&scroll, vec![json!(name)]).await?;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Presses a name in the verdict that begins like this.
    pub async fn name(&self, begins: &str) -> Result<()> {
        let script = "[...document.querySelectorAll('.verdict .sentence button')].find(one => one.textContent.startsWith(arguments[0])).click();";
        self.script(script, vec![json!(begins)]).await?;
        Ok(())
    }

    /// Opens a scenario of the gallery.
    pub async fn scenario(&self, name: &str) -> Result<()> {
        self.script("document.activeElement.blur();", vec![]).await?;
        self.keys("g").await?;
        let card = format!("document.querySelector('.card[data-name={}]')", json!(name));
        self.until("the gallery", &card).await?;
        self.eval(&format!("{card}.click()")).await?;
        self.until("another scenario", "!document.querySelector('dialog[open]')").await?;
        // Its story begins with its run.
        tokio::time::sleep(Duration::from_millis(400)).await;
        self.cut_short().await
    }

    /// Presses an element.
    pub async fn click(&self, css: &str) -> Result<()> {
        self.find(css).await?.click().await.with_context(|| format!("{css} cannot be pressed"))
    }

    /// Types where the focus is.
    pub async fn keys(&self, keys: impl AsRef<str>) -> Result<()> {
        Ok(self.driver.action_chain().send_keys(keys.as_ref()).perform().await?)
    }

    /// Presses one key where the focus is.
    pub async fn key(&self, key: Key) -> Result<()> {
        self.keys(char::from(key).to_string()).await
    }

    /// Gives an element the focus.
    pub async fn focus(&self, css: &str) -> Result<()> {
        self.script("document.querySelector(arguments[0]).focus();", vec![json!(css)]).await?;
        Ok(())
    }

    /// Replaces the scenario's text as if it had been typed at once.
    pub async fn type_text(&self, text: &str) -> Result<()> {
        let script = "const area = document.querySelector('textarea.source'); area.value = arguments[0]; \
            area.dispatchEvent(new InputEvent('input', {bubbles: true}));";
        self.script(script, vec![json!(text)]).await?;
        Ok(())
    }

    /// What stands in the text panel.
    pub async fn source(&self) -> Result<String> {
        let source = self.eval("document.querySelector('textarea.source').value").await?;
        Ok(source.as_str().unwrap_or_default().to_owned())
    }

    /// A picture of what is seen, into a file.
    pub async fn shoot(&self, path: &std::path::Path) -> Result<()> {
        Ok(self.driver.screenshot(path).await?)
    }

    /// What went wrong without being asked about: errors on the console, requests to elsewhere.
    pub async fn mishaps(&self) -> Result<Vec<String>> {
        let mut mishaps = Vec::new();
        for entry in self.driver.browser_log().await? {
            if !matches!(entry.level.as_str(), "INFO" | "DEBUG") {
                mishaps.push(format!("on the console, {}: {}", entry.level, entry.message));
            }
        }
        for entry in self.driver.get_log("performance").await? {
            let Ok(told) = serde_json::from_str::<Value>(&entry.message) else { continue };
            let told = &told["message"];
            if told["method"] != "Network.requestWillBeSent" {
                continue;
            }
            let url = told["params"]["request"]["url"].as_str().unwrap_or_default().to_owned();
            if !["blob:", "data:", "about:", &self.base].iter().any(|own| url.starts_with(own)) {
                mishaps.push(format!("a request to {url}"));
            }
        }
        Ok(mishaps)
    }
}
