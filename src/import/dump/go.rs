//! Dumps of goroutines: what Go writes at a panic, on SIGQUIT, and at `/debug/pprof/goroutine?debug=2`.
//!
//! The state in brackets says what a goroutine waits for. Goroutines that one line of code started are one group. Go does
//! not say who holds a mutex; that nothing can go on at all it says itself.

use super::thread::{Activity, Awaited, DumpThread, Dumps, ThreadDump, push_frame};

/// The number and state of `goroutine 18 [chan receive, 2 minutes]:`.
pub(super) fn header(line: &str) -> Option<(&str, &str)> {
    let (id, rest) = line.strip_prefix("goroutine ")?.split_once(' ')?;
    // With GODEBUG there is more before the brackets.
    let state = rest.split_once('[')?.1.strip_suffix("]:")?;
    id.bytes().all(|byte| byte.is_ascii_digit()).then_some((id, state))
}

struct Goroutine<'a> {
    id: &'a str,
    state: &'a str,
    frames: Vec<String>,
    function: Option<&'a str>,
    starter: Option<&'a str>,
}

/// Reads all dumps of a text; each ends where a goroutine comes a second time.
pub(super) fn read(text: &str) -> Vec<ThreadDump> {
    let mut dumps = Dumps::default();
    let mut current: Option<Goroutine<'_>> = None;
    let mut is_asleep = false;
    for line in text.lines() {
        if line.starts_with("fatal error: all goroutines are asleep") {
            is_asleep = true;
        } else if let Some((id, state)) = header(line) {
            finish(&mut dumps, current.take());
            current = Some(Goroutine { id, state, frames: Vec::new(), function: None, starter: None });
        } else if let Some(goroutine) = &mut current {
            goroutine.line(line);
        }
    }
    finish(&mut dumps, current);
    let mut dumps = dumps.list;
    if let Some(last) = dumps.last_mut() {
        last.is_all_asleep = is_asleep;
    }
    dumps
}

impl<'a> Goroutine<'a> {
    fn line(&mut self, line: &'a str) {
        if let Some(starter) = line.strip_prefix("created by ") {
            self.starter = Some(starter.split(" in goroutine").next().unwrap_or(starter));
            self.function = None;
        } else if let Some(place) = line.strip_prefix('\t') {
            let place = place.split(" +0x").next().unwrap_or(place);
            if let Some(function) = self.function.take() {
                push_frame(&mut self.frames, format!("{function} ({place})"));
            }
        } else if !line.trim().is_empty() {
            // `main.worker(0xc000012345, 0x1)`: the last parenthesis opens the arguments.
            self.function = Some(line.rsplit_once('(').map_or(line, |(function, _)| function));
        }
    }

    fn activity(&self) -> Activity {
        let mut parts = self.state.split(", ");
        let state = parts.next().unwrap_or("");
        let inner = |name: &str| self.frames.iter().take(4).any(|frame| frame.contains(name));
        match state {
            "running" | "runnable" | "syscall" | "IO wait" => Activity::Working,
            "sleep" => Activity::Timed,
            "sync.Mutex.Lock" | "sync.RWMutex.Lock" | "sync.RWMutex.RLock" => {
                Activity::Waiting(Awaited::Lock(None))
            }
            "semacquire" if inner("sync.(*Mutex)") || inner("sync.(*RWMutex)") => {
                Activity::Waiting(Awaited::Lock(None))
            }
            _ => Activity::Waiting(Awaited::Signal),
        }
    }
}

fn finish(dumps: &mut Dumps, goroutine: Option<Goroutine<'_>>) {
    let Some(goroutine) = goroutine else { return };
    let own = |frame: &&String| !super::thread::is_library(frame, super::thread::DumpKind::Go);
    let Some(outermost) = goroutine.frames.iter().rfind(own) else { return };
    let outermost = outermost.split(" (").next().unwrap_or("").to_owned();
    let activity = goroutine.activity();
    dumps.push(DumpThread {
        id: goroutine.id.to_owned(),
        name: format!("goroutine {}", goroutine.id),
        container: goroutine.starter.map(|_| outermost),
        frames: goroutine.frames,
        activity,
        holds: Vec::new(),
    });
}
