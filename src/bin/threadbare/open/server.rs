//! The sockets of `threadbare open`: reads a request, sends its answer, closes.
//!
//! Invariant: a request has at most [`MAX_HEAD`] bytes and [`PATIENCE`] to arrive in, and at most [`WORKERS`] are read
//! at once, so that nobody on this machine can make the command wait for ever or take its memory.

use super::site::{Response, Site};
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// Requests that are read at the same time: a browser opens some connections that it does not use.
const WORKERS: usize = 16;
/// Maximum length of a request's head, in bytes.
const MAX_HEAD: usize = 16 << 10;
/// Maximum time in which a request arrives, and in which its answer is taken.
const PATIENCE: Duration = Duration::from_secs(5);
/// Maximum number of bytes that are read and forgotten after an answer, so that the other side reads it before it
/// learns that nobody listens.
const MAX_REST: u64 = 1 << 20;

/// Answers requests until the command is ended.
pub fn serve(listener: &TcpListener, site: &Site) {
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    match listener.accept() {
                        // Whoever hangs up early has no answer, which is no trouble of ours.
                        Ok((stream, _)) => drop(converse(stream, site)),
                        // The system is out of sockets for now.
                        Err(_) => std::thread::sleep(Duration::from_millis(50)),
                    }
                }
            });
        }
    });
}

fn converse(mut stream: TcpStream, site: &Site) -> io::Result<()> {
    stream.set_write_timeout(Some(PATIENCE))?;
    let answer = match read_head(&mut stream)? {
        Head::Whole(head) => site.answer(&head),
        Head::TooLong => Response::plain("431 Request Header Fields Too Large"),
        Head::TooLate => Response::plain("408 Request Timeout"),
        Head::Gone => return Ok(()),
    };
    stream.write_all(&answer.bytes())?;
    stream.shutdown(Shutdown::Write)?;
    stream.set_read_timeout(Some(Duration::from_millis(200)))?;
    io::copy(&mut stream.take(MAX_REST), &mut io::sink())?;
    Ok(())
}

/// The head of a request, as far as it came.
#[derive(Debug, PartialEq, Eq)]
enum Head {
    Whole(Vec<u8>),
    TooLong,
    TooLate,
    Gone,
}

fn read_head(stream: &mut TcpStream) -> io::Result<Head> {
    let since = Instant::now();
    let mut head = Vec::new();
    let mut part = [0; 2048];
    loop {
        let left = PATIENCE.saturating_sub(since.elapsed());
        if left.is_zero() {
            return Ok(Head::TooLate);
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut part) {
            Ok(0) => return Ok(Head::Gone),
            Ok(count) => head.extend_from_slice(&part[..count]),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                continue;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        }
        if let Some(end) = head.windows(4).position(|four| four == b"\r\n\r\n") {
            head.truncate(end);
            return Ok(if end > MAX_HEAD { Head::TooLong } else { Head::Whole(head) });
        }
        if head.len() > MAX_HEAD {
            return Ok(Head::TooLong);
        }
    }
}
