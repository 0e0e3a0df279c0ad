//! A line on the terminal for work that takes longer than a second: how far it is and at what speed.
//!
//! It goes to standard error, only if that is a terminal, and leaves nothing behind.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};
use threadbare::model::time::Time;

/// Work of less than this needs no bar.
pub const PATIENCE: Duration = Duration::from_secs(1);

/// Shows how far a run is.
pub struct Progress {
    begun: Instant,
    until: Option<Time>,
    what: String,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// For a run of `what`, up to the horizon `until` if it has one.
    pub fn new(what: &str, until: Option<Time>) -> Progress {
        Progress { begun: Instant::now(), until, what: what.to_owned(), bar: None }
    }

    /// The run has come so far.
    pub fn at(&mut self, now: Time, events: u64) {
        let elapsed = self.begun.elapsed();
        if elapsed < PATIENCE {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| bar(self.until, &self.what));
        if self.until.is_some() {
            bar.set_position(now.0);
        } else {
            bar.tick();
        }
        let rate = events as f64 / elapsed.as_secs_f64() / 1e6;
        bar.set_message(format!("{now}, {:.1} M events, {rate:.1} M/s", events as f64 / 1e6));
    }
}

/// Shows what a search has come to.
pub struct Spinner {
    begun: Instant,
    what: String,
    bar: Option<ProgressBar>,
}

impl Spinner {
    /// For a search that does `what`.
    pub fn new(what: &str) -> Spinner {
        Spinner { begun: Instant::now(), what: what.to_owned(), bar: None }
    }

    /// It has come so far.
    pub fn say(&mut self, message: impl FnOnce() -> String) {
        if self.begun.elapsed() < PATIENCE {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| bar(None, &self.what));
        bar.tick();
        bar.set_message(message());
    }

    /// Clears its line, so that something else can be printed; the next message brings it back.
    pub fn hide(&self) {
        if let Some(bar) = &self.bar {
            bar.suspend(|| ());
        }
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Does `work` while a spinner turns, if it takes long.
pub fn patiently<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let (done, is_done) = mpsc::channel::<()>();
    let what = what.to_owned();
    let spinner = thread::spawn(move || {
        if is_done.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            let bar = bar(None, &what);
            bar.enable_steady_tick(Duration::from_millis(100));
            // Only the end of the work ends this.
            let _ = is_done.recv();
            bar.finish_and_clear();
        }
    });
    let result = work();
    drop(done);
    spinner.join().expect("the spinner does not panic");
    result
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(until: Option<Time>, what: &str) -> ProgressBar {
    let (bar, template) = match until {
        Some(until) => (ProgressBar::new(until.0), "{prefix} {bar:30} {percent} % ({eta} left) {msg}"),
        None => (ProgressBar::new_spinner(), "{prefix} {spinner} {msg}"),
    };
    bar.set_draw_target(ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template(template).expect("a sound template"));
    bar.set_prefix(what.to_owned());
    bar
}
