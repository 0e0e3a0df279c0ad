//! `threadbare open`: serves the built page on this machine, which follows a file while it is edited elsewhere.
//!
//! The page asks for the document twice a second, so a browser and an editor are all that is needed: nothing is watched,
//! nothing is pushed. What is served, and to whom, is decided in `site`; `server` has the sockets.

mod server;
mod site;

use crate::command_error::CommandError;
use crate::console;
use crate::source;
use clap::{Args, ValueHint};
use site::Site;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// `threadbare open`
#[derive(Args, Debug)]
pub struct OpenArgs {
    /// Scenario to open; the page shows each new version of it
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,

    /// Folder with the built page; defaults to `dist`, here or beside the command
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub page: Option<PathBuf>,

    /// Port on 127.0.0.1; 0 picks a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub port: u16,

    /// Print the address without opening a browser
    #[arg(long)]
    pub no_browser: bool,
}

/// Serves until somebody ends it.
///
/// # Errors
/// If the file cannot be read, there is no built page, or the port is taken.
pub fn open(args: &OpenArgs) -> Result<(), CommandError> {
    let shown = args.file.display();
    if !args.file.is_file() {
        let what = format!("{shown} is not a file, so it cannot be followed");
        return Err(CommandError::with_hint(
            what,
            "Copy a gallery scenario to a file first: threadbare gallery copy NAME FILE.",
        ));
    }
    source::Source::read(&args.file.to_string_lossy())?;
    let page = built_page(args.page.as_deref())?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)).map_err(|error| {
        CommandError::new(format!("cannot serve on port {} of 127.0.0.1: {error}", args.port))
    })?;
    let port =
        listener.local_addr().map_err(|error| CommandError::new(format!("no address: {error}")))?.port();
    let site = Site::new(page, args.file.clone(), port)
        .map_err(|error| CommandError::new(format!("cannot read the built page: {error}")))?;
    let address = site.address();
    console::print(&format!("{address}\nThe page follows {shown}; Ctrl-C ends it.\n"))?;
    if !args.no_browser && !start_browser(&address) {
        console::print("No browser could be started. Open the address yourself.\n")?;
    }
    server::serve(&listener, &site);
    Ok(())
}

/// The folder with the built page.
fn built_page(named: Option<&Path>) -> Result<PathBuf, CommandError> {
    let is_page = |folder: &PathBuf| folder.join("index.html").is_file() && folder.join("start.js").is_file();
    if let Some(folder) = named {
        let folder = folder.to_owned();
        return Some(folder).filter(is_page).ok_or_else(|| {
            let what = format!("{} has no built page", named.unwrap_or(Path::new("")).display());
            CommandError::with_hint(what, HOW_TO_BUILD)
        });
    }
    let beside = std::env::current_exe().ok();
    let beside = beside.as_deref().and_then(Path::parent);
    let known = [
        Some(PathBuf::from("dist")),
        beside.map(|folder| folder.join("dist")),
        beside.map(|folder| folder.join("../share/threadbare/dist")),
        // A clone: the command is in target/release, the page at the root.
        beside.map(|folder| folder.join("../../dist")),
    ];
    known
        .into_iter()
        .flatten()
        .find(is_page)
        .ok_or_else(|| CommandError::with_hint("there is no built page to serve", HOW_TO_BUILD))
}

const HOW_TO_BUILD: &str = "\
`./x build` in a clone of the repository builds it into dist/.
Then name that folder with --page, or start the command beside it.";

/// Opens an address in the person's browser; whether anything was found that does so.
fn start_browser(address: &str) -> bool {
    let (command, first): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else {
        ("xdg-open", &[])
    };
    let mut command = Command::new(command);
    command.args(first).arg(address);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().is_ok()
}

/// Examples and exit codes.
pub const OPEN_AFTER: &str = "\
Examples:
  threadbare open mine.toml
  threadbare open mine.toml --page ~/threadbare/dist --no-browser

The page is served to this machine only. The file is only read. An edit in the page stays in the page, which then \
stops following the file until you tell it to follow again. Ctrl-C ends the command.

Exit codes: 2 bad input or usage.";
