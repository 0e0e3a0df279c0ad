//! Serves the built page from a path deep below the root, and nothing else.
//!
//! Invariant: whatever is asked for outside that path is remembered, so that a test can refuse it.

use anyhow::{Context as _, Result};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Where the page stands: anywhere but at the root.
pub const PATH: &str = "/some/where/deep/";

/// What was asked for and is not there.
pub type Strays = Arc<Mutex<Vec<String>>>;

/// Serves a folder on a port of its own choice; gives the page's address.
pub async fn serve(folder: PathBuf, strays: Strays) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.context("no port on 127.0.0.1")?;
    let address = format!("http://{}{PATH}", listener.local_addr()?);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (folder, strays) = (folder.clone(), Arc::clone(&strays));
            tokio::spawn(async move {
                // A browser that hangs up early is no failure.
                let _ = answer(stream, &folder, &strays).await;
            });
        }
    });
    Ok(address)
}

async fn answer(mut stream: TcpStream, folder: &Path, strays: &Strays) -> Result<()> {
    let mut asked = Vec::new();
    let mut part = [0; 4096];
    while !asked.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut part).await? {
            0 => return Ok(()),
            count => asked.extend_from_slice(&part[..count]),
        }
    }
    let text = String::from_utf8_lossy(&asked).into_owned();
    let path = text.split_whitespace().nth(1).unwrap_or("/");
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let file = path.strip_prefix(PATH).filter(|rest| !rest.contains("..") && !rest.starts_with('/'));
    let file = file.map(|name| folder.join(if name.is_empty() { "index.html" } else { name }));
    let body = file.as_ref().and_then(|file| std::fs::read(file).ok());
    let (status, kind, body) = match (body, &file) {
        (Some(body), Some(file)) => ("200 OK", kind(file), body),
        _ => {
            if let Ok(mut strays) = strays.lock() {
                strays.push(path.to_owned());
            }
            ("404 Not Found", "text/plain", Vec::new())
        }
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&body).await?;
    stream.shutdown().await?;
    Ok(())
}

fn kind(file: &Path) -> &'static str {
    match file.extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
