//! Dumps of goroutines: what Go writes at a panic, on SIGQUIT, and at `/debug/pprof/goroutine?debug=2`.
//!
//! The state in brackets says what a goroutine waits for. Goroutines that one line of code started are one group, a pool if
//! there are several: each runs the same function, a loop, and within a call of it a task. Go does not say who holds a mutex; that
//! nothing can go on at all it says itself.

use super::thread::{Activity, Awaited, DumpThread, Dumps, push_frame};

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
pub(super) fn read(text: &str, dumps: &mut Dumps) {
    let mut current: Option<Goroutine<'_>> = None;
    let mut is_asleep = false;
    for line in text.lines() {
        if dumps.is_full() {
            return;
        }
        if line.starts_with("fatal error: all goroutines are asleep") {
            is_asleep = true;
        } else if let Some((id, state)) = header(line) {
            finish(dumps, current.take());
            current = Some(Goroutine { id, state, frames: Vec::new(), function: None, starter: None });
        } else if let Some(goroutine) = &mut current {
            goroutine.line(line);
        }
    }
    finish(dumps, current);
    if let Some(last) = dumps.list.last_mut() {
        last.is_all_asleep = is_asleep;
    }
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
            // What a task waits for is its result; what the loop around it waits for is the next task.
            "chan receive" if self.is_in_task() => Activity::Waiting(Awaited::Result),
            "semacquire" | "sync.WaitGroup.Wait" if inner("sync.(*WaitGroup)") && self.is_in_task() => {
                Activity::Waiting(Awaited::Result)
            }
            _ => Activity::Waiting(Awaited::Signal),
        }
    }

    /// Whether it is in a call of the program within the function that it was started with.
    fn is_in_task(&self) -> bool {
        let mut own = self.frames.iter().filter(is_own).map(|frame| function_of(frame));
        let innermost = own.next();
        self.starter.is_some() && innermost != own.next_back().or(innermost)
    }
}

fn is_own(frame: &&String) -> bool {
    !super::thread::is_library(frame, super::thread::DumpKind::Go)
}

/// `main.build` of `main.build (/srv/main.go:30)`.
fn function_of(frame: &str) -> &str {
    frame.split(" (").next().unwrap_or("")
}

fn finish(dumps: &mut Dumps, goroutine: Option<Goroutine<'_>>) {
    let Some(goroutine) = goroutine else { return };
    let Some(outermost) = goroutine.frames.iter().rfind(is_own) else { return };
    let outermost = function_of(outermost).to_owned();
    let activity = goroutine.activity();
    dumps.push_or_begin(DumpThread {
        id: goroutine.id.to_owned(),
        name: format!("goroutine {}", goroutine.id),
        container: goroutine.starter.map(|_| outermost),
        frames: goroutine.frames,
        activity,
        holds: Vec::new(),
    });
}
