//! What `threadbare open` answers: the files of the built page, and the document that the page follows.
//!
//! Invariant: a pure function of the request and the disk. Nothing outside the page's folder is ever read but the one
//! document; a request that names another host is refused, so that no site on the web can read it through a name of
//! its own that leads here.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use threadbare::language;
use xxhash_rust::xxh3::xxh3_64;

/// Where the page asks for the document.
const DOCUMENT: &str = "document";

/// The policy that the page itself states, for whatever is served besides.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

/// A page and the file it follows.
pub struct Site {
    folder: PathBuf,
    file: PathBuf,
    port: u16,
}

/// An answer to a request.
#[derive(Debug, PartialEq, Eq)]
pub struct Response {
    /// Code and words.
    pub status: &'static str,
    kind: &'static str,
    tag: Option<String>,
    body: Vec<u8>,
}

impl Site {
    /// The page in this folder, following this file, served on this port.
    ///
    /// # Errors
    /// If the folder is not there.
    pub fn new(folder: PathBuf, file: PathBuf, port: u16) -> io::Result<Site> {
        Ok(Site { folder: fs::canonicalize(folder)?, file, port })
    }

    /// The address at which the page follows the file.
    pub fn address(&self) -> String {
        let name =
            self.file.file_name().map_or(Cow::Borrowed("scenario.toml"), |name| name.to_string_lossy());
        format!("http://127.0.0.1:{}/?follow={}", self.port, percent_encoded(&name))
    }

    /// Answers a request, given its lines up to the empty one.
    pub fn answer(&self, head: &[u8]) -> Response {
        let Ok(head) = std::str::from_utf8(head) else { return Response::plain("400 Bad Request") };
        let mut lines = head.split("\r\n");
        let mut words = lines.next().unwrap_or_default().split(' ');
        let (Some(method), Some(target), Some(version), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Response::plain("400 Bad Request");
        };
        if !matches!(version, "HTTP/1.1" | "HTTP/1.0") {
            return Response::plain("400 Bad Request");
        }
        let fields: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once(':')).collect();
        let hosts: Vec<&str> = values(&fields, "host").collect();
        let is_ours = |host: &str| {
            ["127.0.0.1", "localhost"].iter().any(|name| *host == format!("{name}:{}", self.port))
        };
        if hosts.len() != 1 || !is_ours(hosts[0]) {
            return Response::plain("403 Forbidden");
        }
        if method != "GET" {
            return Response::plain("405 Method Not Allowed");
        }
        let Some(path) = target.split(['?', '#']).next().and_then(|path| path.strip_prefix('/')) else {
            return Response::plain("400 Bad Request");
        };
        if path == DOCUMENT {
            let known = values(&fields, "if-none-match").next();
            return self.document(known);
        }
        self.page(path)
    }

    /// The document as it is saved now. While an editor replaces it, there is nothing to say.
    fn document(&self, known: Option<&str>) -> Response {
        let is_short = |data: &fs::Metadata| data.is_file() && data.len() <= language::MAX_BYTES as u64;
        let is_readable = fs::metadata(&self.file).is_ok_and(|data| is_short(&data));
        let text = is_readable.then(|| fs::read(&self.file).ok()).flatten();
        let Some(body) = text else { return Response::plain("204 No Content") };
        let tag = format!("\"{:016x}\"", xxh3_64(&body));
        if known == Some(tag.as_str()) {
            return Response { tag: Some(tag), ..Response::plain("304 Not Modified") };
        }
        Response { status: "200 OK", kind: "text/plain; charset=utf-8", tag: Some(tag), body }
    }

    /// A file of the page.
    fn page(&self, path: &str) -> Response {
        let path = if path.is_empty() { "index.html" } else { path };
        // The page's own files have plain names, so nothing needs to be decoded, and nothing can be hidden in it.
        let is_plain = |part: &str| {
            !part.is_empty()
                && !part.starts_with('.')
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
        };
        if !path.split('/').all(is_plain) {
            return Response::plain("404 Not Found");
        }
        // A link in the folder may lead out of it.
        let file = fs::canonicalize(self.folder.join(path)).ok();
        let file = file.filter(|file| file.starts_with(&self.folder) && file.is_file());
        match file.and_then(|file| fs::read(&file).ok()) {
            Some(body) => Response { status: "200 OK", kind: kind(Path::new(path)), tag: None, body },
            None => Response::plain("404 Not Found"),
        }
    }
}

impl Response {
    /// An answer that is its status.
    pub fn plain(status: &'static str) -> Response {
        Response { status, kind: "text/plain; charset=utf-8", tag: None, body: Vec::new() }
    }

    /// The bytes that go over the wire.
    pub fn bytes(&self) -> Vec<u8> {
        let mut head = format!(
            "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-cache\r\nConnection: close\r\n\
             Content-Security-Policy: {POLICY}\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n\
             Cross-Origin-Resource-Policy: same-origin\r\n",
            self.status,
            self.kind,
            self.body.len(),
        );
        if let Some(tag) = &self.tag {
            head.push_str(&format!("ETag: {tag}\r\n"));
        }
        if self.status.starts_with("405") {
            head.push_str("Allow: GET\r\n");
        }
        head.push_str("\r\n");
        [head.as_bytes(), &self.body].concat()
    }
}

/// The values of a field; names do not care about case.
fn values<'a>(fields: &[(&'a str, &'a str)], name: &str) -> impl Iterator<Item = &'a str> {
    fields.iter().filter(move |(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

fn kind(file: &Path) -> &'static str {
    match file.extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        Some(_) | None => "application/octet-stream",
    }
}

/// A name as a value in an address.
fn percent_encoded(name: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'~');
    name.bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of two files in a folder of its own, a file outside it, and a link that leads there.
    fn site(name: &str) -> Site {
        let root = std::env::temp_dir().join(format!("threadbare-open-{name}-{}", std::process::id()));
        let page = root.join("page");
        fs::create_dir_all(page.join("fonts")).expect("a folder");
        fs::write(page.join("index.html"), "<!doctype html>").expect("a file");
        fs::write(page.join("fonts/inter.woff2"), "font").expect("a file");
        fs::write(page.join(".hidden"), "hidden").expect("a file");
        fs::write(root.join("secret"), "secret").expect("a file");
        fs::write(root.join("my own.toml"), "title = \"x\"").expect("a file");
        #[cfg(unix)]
        let _ = std::os::unix::fs::symlink(root.join("secret"), page.join("out"));
        Site::new(page, root.join("my own.toml"), 8123).expect("the folder is there")
    }

    fn ask(site: &Site, head: &str) -> Response {
        site.answer(head.replace('\n', "\r\n").as_bytes())
    }

    fn get(site: &Site, target: &str) -> Response {
        ask(site, &format!("GET {target} HTTP/1.1\nHost: 127.0.0.1:8123"))
    }

    #[test]
    fn the_page_is_served_with_its_types() {
        let site = site("types");
        assert_eq!(site.address(), "http://127.0.0.1:8123/?follow=my%20own.toml");
        let index = get(&site, "/?follow=my%20own.toml");
        assert_eq!((index.status, index.kind), ("200 OK", "text/html; charset=utf-8"));
        assert_eq!(get(&site, "/fonts/inter.woff2").kind, "font/woff2");
        let sent = String::from_utf8(index.bytes()).expect("text");
        assert!(sent.contains("Content-Security-Policy: default-src 'none'; script-src 'self'"), "{sent}");
        assert!(sent.ends_with("\r\n\r\n<!doctype html>"), "{sent}");
    }

    #[test]
    fn the_document_is_sent_once_for_each_change() {
        let site = site("document");
        let first = get(&site, "/document");
        assert_eq!((first.status, first.body.as_slice()), ("200 OK", b"title = \"x\"".as_slice()));
        let tag = first.tag.expect("a tag");
        let again = |tag: &str| {
            ask(&site, &format!("GET /document HTTP/1.1\nhost: localhost:8123\nif-none-match: {tag}"))
        };
        assert_eq!(again(&tag).status, "304 Not Modified");
        fs::write(&site.file, "title = \"y\"").expect("a file");
        assert_eq!(again(&tag).body, b"title = \"y\"");
        fs::remove_file(&site.file).expect("it is there");
        assert_eq!(again(&tag).status, "204 No Content");
        fs::write(&site.file, vec![b'#'; language::MAX_BYTES + 1]).expect("a file");
        assert_eq!(again(&tag).status, "204 No Content", "no scenario is as long");
    }

    #[test]
    fn nothing_else_of_this_machine_is_read() {
        let site = site("traversal");
        for target in [
            "/../secret",
            "/fonts/../../secret",
            "/%2e%2e/secret",
            "/..%2fsecret",
            "/..\\secret",
            "//secret",
            "/./secret",
            "/out",
            "/.hidden",
            "/fonts",
            "/fonts/",
            "/nothing",
            "/index.html/",
            "/index.html%00.js",
            "/document/",
            "/etc/passwd",
            "/C:/secret",
        ] {
            assert_eq!(get(&site, target), Response::plain("404 Not Found"), "{target}");
        }
        for target in ["secret", "http://127.0.0.1:8123/", "*", ""] {
            assert_eq!(get(&site, target).status, "400 Bad Request", "{target}");
        }
    }

    #[test]
    fn other_methods_and_other_hosts_are_refused() {
        let site = site("hosts");
        for method in ["POST", "HEAD", "PUT", "DELETE", "OPTIONS", "get"] {
            let answer = ask(&site, &format!("{method} / HTTP/1.1\nHost: 127.0.0.1:8123"));
            assert_eq!(answer.status, "405 Method Not Allowed", "{method}");
        }
        for fields in [
            "",
            "Host: evil.example",
            "Host: 127.0.0.1",
            "Host: 127.0.0.1:8124",
            "Host: 127.0.0.1:8123.evil.example",
            "Host: 127.0.0.1:8123\nHost: evil.example",
            "X-Host: 127.0.0.1:8123",
        ] {
            assert_eq!(ask(&site, &format!("GET / HTTP/1.1\n{fields}")).status, "403 Forbidden", "{fields}");
        }
        for head in ["", " ", "GET", "GET /", "GET / HTTP/2", "GET / HTTP/1.1 x", "\0\0\0"] {
            assert_eq!(ask(&site, head).status, "400 Bad Request", "{head:?}");
        }
        assert_eq!(site.answer(&[0xff, 0xfe]).status, "400 Bad Request");
    }
}
