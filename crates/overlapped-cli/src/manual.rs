//! `ovl completions` and `ovl man`: what shells and `man` want to know of the command line, made of the one description of it.

use crate::cc;
use crate::cli::{Cli, CompletionsArgs, ManArgs};
use clap::CommandFactory;
use std::io::{self, Write};
use std::process::ExitCode;

/// Prints a script for a shell.
pub fn completions(args: CompletionsArgs) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "ovl", &mut script);
    ended("standard output", io::stdout().write_all(&script))
}

/// Prints the page of `ovl`, or writes it and those of the subcommands.
pub fn man(args: &ManArgs) -> ExitCode {
    match &args.directory {
        Some(directory) => ended(&directory.display().to_string(), clap_mangen::generate_to(pages(), directory)),
        None => ended("standard output", clap_mangen::Man::new(pages()).render(&mut io::stdout())),
    }
}

/// `ovl help` needs no page beside those that it shows; the compilers' options are no options of clap's.
fn pages() -> clap::Command {
    let compilers = ["cc", "c++"];
    let with_text = |command: clap::Command| command.after_help(cc::HELP);
    let pages = Cli::command().disable_help_subcommand(true);
    compilers.into_iter().fold(pages, |pages, name| pages.mut_subcommand(name, with_text))
}

fn ended(place: &str, written: io::Result<()>) -> ExitCode {
    match written {
        Ok(()) => ExitCode::SUCCESS,
        // Who reads has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ovl: nothing can be written to {place}: {error}");
            ExitCode::FAILURE
        }
    }
}
