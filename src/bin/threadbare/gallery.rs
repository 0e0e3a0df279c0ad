//! `threadbare gallery`: list, show and copy the built-in scenarios.

use crate::args::{GalleryArgs, GalleryCommand};
use crate::command_error::CommandError;
use crate::console;
use crate::input;
use crate::source::{self, Source};
use crate::table::{Align::Left, Align::Right, Table};
use crate::text::wrap;
use std::path::{Path, PathBuf};
use threadbare::gallery::ENTRIES;

/// `threadbare gallery`
pub fn gallery(args: &GalleryArgs) -> Result<(), CommandError> {
    match args.command.as_ref().unwrap_or(&GalleryCommand::List) {
        GalleryCommand::List => list(),
        GalleryCommand::Show { name } => console::print(source::gallery_entry(name)?.text),
        GalleryCommand::Copy { name, file, force } => copy(name, file.as_deref(), *force),
    }
}

fn list() -> Result<(), CommandError> {
    let mut table = Table::new(&[("scenario", Left), ("variants", Right), ("title", Left)]);
    for entry in ENTRIES {
        let source = Source { name: entry.name.to_owned(), bytes: entry.text.into() };
        let document = input::parse(&source)?;
        let variants = document.variants().len() - 1;
        table.row(vec![entry.name.to_owned(), variants.to_string(), document.title().to_owned()]);
    }
    let hint = "Run one with `threadbare run NAME --timeline`, read it with `threadbare gallery show NAME`.";
    let width = console::width();
    console::print(&format!("{}\n{}\n", table.render(width), wrap(hint, width).join("\n")))
}

fn copy(name: &str, file: Option<&Path>, force: bool) -> Result<(), CommandError> {
    let entry = source::gallery_entry(name)?;
    let path = file.map_or_else(|| PathBuf::from(format!("{name}.toml")), Path::to_path_buf);
    if path.exists() && !force {
        return Err(source::exists(&path));
    }
    source::write_file(&path, entry.text.as_bytes())?;
    let path = path.display();
    console::print(&format!("Copied {name} to {path}. Next: threadbare run {path} --timeline\n"))
}
