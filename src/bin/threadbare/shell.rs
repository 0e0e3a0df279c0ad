//! `threadbare completions`, `man` and `schema`: what is generated, for shells, readers and editors.

use crate::args::{Arguments, CompletionsArgs};
use crate::command_error::CommandError;
use crate::console;
use clap::{Arg, CommandFactory};
use std::io::Write;

/// `threadbare completions`
pub fn completions(args: &CompletionsArgs) -> Result<(), CommandError> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Arguments::command(), "threadbare", &mut text);
    console::print(&String::from_utf8(text).expect("completions are UTF-8"))
}

/// `threadbare schema`
pub fn schema() -> Result<(), CommandError> {
    let schema = threadbare::language::schema::json_schema();
    console::print(&format!("{schema:#}\n"))
}

/// `threadbare man`: one page, each command a section of it.
pub fn man() -> Result<(), CommandError> {
    let mut text = Vec::new();
    let mut command = Arguments::command().disable_help_subcommand(true);
    command.build();
    write_pages(&command, &mut text).expect("writing to memory succeeds");
    console::print(&String::from_utf8(text).expect("a man page is UTF-8"))
}

fn write_pages(command: &clap::Command, text: &mut Vec<u8>) -> std::io::Result<()> {
    let page = clap_mangen::Man::new(command.clone());
    page.render_title(text)?;
    page.render_name_section(text)?;
    page.render_synopsis_section(text)?;
    page.render_description_section(text)?;
    page.render_options_section(text)?;
    for sub in command.get_subcommands() {
        write_command(sub, text)?;
    }
    page.render_extra_section(text)?;
    page.render_version_section(text)
}

/// A section of the page for one command: its name as the heading, then what it takes.
fn write_command(command: &clap::Command, text: &mut Vec<u8>) -> std::io::Result<()> {
    writeln!(text, ".SH \"{}\"", command.get_bin_name().unwrap_or(command.get_name()).to_uppercase())?;
    // What every command takes is said once, at the top.
    let own = |arg: Arg| if arg.is_global_set() || arg.get_id() == "help" { arg.hide(true) } else { arg };
    let page = clap_mangen::Man::new(command.clone().mut_args(own));
    let mut body = Vec::new();
    page.render_description_section(&mut body)?;
    page.render_synopsis_section(&mut body)?;
    page.render_options_section(&mut body)?;
    if command.get_after_help().is_some() {
        page.render_extra_section(&mut body)?;
    }
    let body = String::from_utf8(body).expect("a man page is UTF-8");
    // Its parts become sub-sections of this page.
    text.extend(body.replace(".SH EXTRA\nExamples:\n", ".SH EXAMPLES\n").replace(".SH ", ".SS ").bytes());
    command.get_subcommands().try_for_each(|sub| write_command(sub, text))
}
