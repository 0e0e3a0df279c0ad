//! Commands that go on until they are ended: `open`, which serves the page, and `--watch`.
//!
//! Invariant: what is started here ends here, also when a test fails.

use crate::cli::{command, file, folder, threadbare};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const SCENARIO: &str = "[executors.pool]\nkind = \"threads\"\nworkers = 2\n[tasks.t]\nsteps = [\"run 3s\"]\n\
    [[arrivals]]\ntask = \"t\"\nto = \"pool\"\n";

/// How long a busy machine may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A command under way, and the lines it prints.
struct Live {
    child: Child,
    lines: Receiver<String>,
}

impl Live {
    fn start(arguments: &[&str]) -> Live {
        let mut child = command(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let out = BufReader::new(child.stdout.take().expect("a pipe"));
        let (send, lines) = channel();
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
        Live { child, lines }
    }

    /// Reads on to the line that has this in it.
    #[track_caller]
    fn until(&self, part: &str) -> String {
        let mut before = Vec::new();
        let since = Instant::now();
        while let Ok(line) = self.lines.recv_timeout(PATIENCE.saturating_sub(since.elapsed())) {
            if line.contains(part) {
                return line;
            }
            before.push(line);
        }
        panic!("{part:?} is not printed:\n{}", before.join("\n"));
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A served page, and where.
struct Served {
    _live: Live,
    host: String,
}

/// A folder with a page of one file and a scenario beside it; the page is served.
fn serve(name: &str) -> (Served, String) {
    let folder = folder(name);
    let page = folder.join("page");
    std::fs::create_dir_all(&page).expect("a folder");
    file(&page, "index.html", "<!doctype html><title>x</title>");
    file(&page, "start.js", "export {};");
    let scenario = file(&folder, "mine.toml", SCENARIO);
    let live = Live::start(&["open", &scenario, "--no-browser", "--page", page.to_str().expect("UTF-8")]);
    let address = live.until("http://127.0.0.1:");
    let host = address.strip_prefix("http://").and_then(|rest| rest.strip_suffix("/?follow=mine.toml"));
    let host = host.unwrap_or_else(|| panic!("{address}")).to_owned();
    (Served { _live: live, host }, scenario)
}

/// Sends bytes and reads what comes back, until the other side closes.
fn raw(served: &Served, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(&served.host).expect("it listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    // The other side may answer, and close, before it has read all.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn get(served: &Served, target: &str) -> String {
    raw(served, format!("GET {target} HTTP/1.1\r\nHost: {}\r\n\r\n", served.host).as_bytes())
}

#[test]
fn a_page_is_served_that_follows_the_file() {
    let (served, scenario) = serve("open-follows");
    let index = get(&served, "/?follow=mine.toml");
    assert!(index.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"), "{index}");
    assert!(index.contains("\r\nContent-Security-Policy: default-src 'none'; "), "{index}");
    assert!(get(&served, "/document").ends_with(&format!("\r\n\r\n{SCENARIO}")));
    std::fs::write(&scenario, SCENARIO.replace("3s", "4s")).expect("it can be written");
    assert!(get(&served, "/document").contains("run 4s"));
}

#[test]
fn hostile_requests_are_answered_shortly_and_harm_nobody() {
    let (served, _) = serve("open-hostile");
    let long = format!("GET / HTTP/1.1\r\nHost: {}\r\nX: {}\r\n\r\n", served.host, "x".repeat(1 << 20));
    let code = |answer: &str| answer.split(' ').nth(1).unwrap_or_default().to_owned();
    assert_eq!(code(&raw(&served, long.as_bytes())), "431");
    assert_eq!(code(&raw(&served, &vec![b'A'; 1 << 20])), "431");
    assert_eq!(code(&raw(&served, b"\xff\xfe\r\n\r\n")), "400");
    assert_eq!(code(&raw(&served, b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n")), "403");
    for target in ["/../mine.toml", "/%2e%2e/mine.toml", "//mine.toml", "/..%5cmine.toml", "/mine.toml"] {
        assert_eq!(code(&get(&served, target)), "404", "{target}");
    }
    let post = format!("POST /document HTTP/1.1\r\nHost: {}\r\nContent-Length: 3\r\n\r\nabc", served.host);
    assert_eq!(code(&raw(&served, post.as_bytes())), "405");
    // Whoever says nothing keeps nobody waiting.
    let idle: Vec<TcpStream> =
        (0..40).map(|_| TcpStream::connect(&served.host).expect("it listens")).collect();
    assert_eq!(code(&get(&served, "/")), "200");
    drop(idle);
}

#[test]
fn what_cannot_be_opened_says_why_and_what_to_do() {
    let folder = folder("open-refused");
    let gallery = threadbare(&["open", "nova-caps"]);
    assert_eq!(gallery.code, 2);
    insta::assert_snapshot!(gallery.err, @"
    error: nova-caps is not a file, so it cannot be followed
      Copy a gallery scenario to a file first: threadbare gallery copy NAME FILE.
    ");
    let scenario = file(&folder, "mine.toml", SCENARIO);
    let empty = threadbare(&["open", &scenario, "--page", folder.to_str().expect("UTF-8")]);
    assert_eq!(empty.code, 2);
    assert!(empty.err.contains("has no built page") && empty.err.contains("./x build"), "{}", empty.err);
}

#[test]
fn watching_runs_again_when_a_file_is_saved_also_when_it_is_broken() {
    let folder = folder("watch");
    let scenario = file(&folder, "mine.toml", SCENARIO);
    let live = Live::start(&["run", &scenario, "--watch"]);
    live.until("finished by 3 s.");
    live.until("Watching for changes. Ctrl-C ends it.");
    save(&scenario, &SCENARIO.replace("3s", "11s"));
    live.until("finished by 11 s.");
    live.until("Watching");
    save(&scenario, "[executors");
    live.until("Watching");
    // As many editors save: another file takes its place.
    let beside = file(&folder, "mine.toml~", &SCENARIO.replace("3s", "120ms"));
    std::fs::rename(beside, &scenario).expect("it is replaced");
    live.until("finished by 120 ms.");
    let gallery = threadbare(&["run", "nova-caps", "--watch"]);
    assert_eq!(gallery.code, 2);
    assert!(gallery.err.contains("is not a file, so it cannot be watched"), "{}", gallery.err);
}

fn save(path: &str, text: &str) {
    std::fs::write(Path::new(path), text).expect("it can be written");
}

/// What is wrong is said before remedies are looked for, and Ctrl-C ends the search with what it has.
#[test]
#[cfg(unix)]
fn advice_says_first_what_is_wrong_and_ctrl_c_keeps_what_was_found() {
    let mut live = Live::start(&["advise", "tests/field/p_mailboxes.toml", "--time", "10m"]);
    live.until("This design: can deadlock");
    assert!(live.child.try_wait().expect("it is ours").is_none(), "it goes on looking for remedies");
    let pid = live.child.id().to_string();
    let asked = std::process::Command::new("kill").args(["-INT", &pid]).status();
    assert!(asked.expect("there is a kill").success());
    live.until("The search for remedies ran out of time.");
}
