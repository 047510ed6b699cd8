//! The command line.

use crate::size;
use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use std::path::{Path, PathBuf};

/// The Windows device I/O model on Linux: copy files through a completion port, and look at the model at work.
#[derive(Debug, Parser)]
#[command(name = "ovl", version, arg_required_else_help = true, after_help = AFTER_HELP)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const AFTER_HELP: &str = "\
Examples:
  ovl copy big.iso /backup/            copy a file
  ovl copy -r photos music /backup/    copy two trees into a directory
  ovl doctor                           which engine is used, and why
  ovl devices                          what device names mean here
  ovl top -- ./server                  watch a program's completion ports

`ovl help COMMAND` says more about a command.";

/// What `ovl` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Copy files and trees through overlapped I/O and a completion port
    Copy(CopyArgs),
    /// Compile a Windows program, with gcc or clang
    #[command(disable_help_flag = true)]
    Cc(crate::cc::Arguments),
    /// Compile a Windows program in C++
    #[command(name = "c++", disable_help_flag = true)]
    Cxx(crate::cc::Arguments),
    /// List what device names lead to, and who said so
    Devices(DevicesArgs),
    /// Say which engine is used and why, and what this machine allows
    Doctor(DoctorArgs),
    /// Draw the five structures of a running program's completion ports
    Top(TopArgs),
    /// Print a script that lets a shell complete `ovl`
    Completions(CompletionsArgs),
    /// Print the manual page, or write all of them
    Man(ManArgs),
}

const COPY_HELP: &str = "\
Mode and times (to the nanosecond) are kept, holes in sparse files stay holes. Owner, ACLs and extended attributes \
are not copied; hard links become separate files. Setuid and setgid bits are kept only on files of your own. With -r \
symbolic links are copied as links; without it they are followed. In a tree, named pipes, sockets and devices are \
skipped with a sentence.

An existing file is overwritten in place, without being emptied first. What could not be copied whole is removed, \
also when it replaced an older file, so that no half-written file is taken for a good one; the other files are still \
copied. Ctrl-C cancels the outstanding requests, waits for them and removes the unfinished files.

Exit codes: 0 everything was copied, 1 something was not, 2 wrong usage, 130 interrupted.

Examples:
  ovl copy a.img b.img                 copy a file
  ovl copy *.jpg /backup/photos        several files into a directory
  ovl copy -r project /backup          a tree; /backup/project if /backup exists
  ovl copy --verify a.img /mnt/usb     read both again from the disk and compare
  ovl copy --unbuffered --chunk 1M --queue-depth 16 a.img b.img
                                       past the page cache, 16 requests of 1 MiB at once
  ovl copy --json a.img b.img          a summary for programs";

/// The arguments of `ovl copy`.
#[derive(Args, Debug)]
#[command(override_usage = "ovl copy [OPTIONS] SRC... DST", after_long_help = COPY_HELP, after_help = "`ovl copy --help` says what is kept, and gives examples.")]
pub struct CopyArgs {
    /// SRC: files, or with -r also directories, to copy. DST: a name for the copy, or the directory to copy into, which
    /// several SRC need
    // One list, because options may stand between the two.
    #[arg(required = true, value_name = "SRC... DST")]
    paths: Vec<PathBuf>,
    /// Copy directories with everything below them
    #[arg(short, long, visible_short_alias = 'R')]
    pub recursive: bool,
    /// Read source and copy again, from the disk, and compare them
    #[arg(long)]
    pub verify: bool,
    /// Bypass the page cache (FILE_FLAG_NO_BUFFERING)
    #[arg(long)]
    pub unbuffered: bool,
    /// Requests on their way at once
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub queue_depth: u32,
    /// Bytes a request: a multiple of 4K [default: 256K; 16M where the library copies from file to file]
    #[arg(long, value_name = "SIZE", value_parser = chunk)]
    pub chunk: Option<usize>,
    /// Threads that serve the completion port [default: one a processor, at most 4]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64))]
    pub threads: Option<u32>,
    /// Who carries the requests out [default: $OVERLAPPED_ENGINE, else what the kernel allows]
    #[arg(long, value_name = "NAME")]
    pub engine: Option<Engine>,
    /// Show no progress bar (there is none either when standard error is not a terminal)
    #[arg(long)]
    pub no_progress: bool,
    /// Print a summary as JSON on standard output
    #[arg(long)]
    pub json: bool,
}

impl CopyArgs {
    /// The sources and the target. Ends the program, as other errors of usage do, if there are not both.
    pub fn paths(&self) -> (&[PathBuf], &Path) {
        match self.paths.split_last() {
            Some((target, sources)) if !sources.is_empty() => (sources, target),
            _ => {
                let mut command = Cli::command();
                command.build();
                let copy = command.find_subcommand_mut("copy").map_or_else(Cli::command, |copy| copy.clone());
                let why = "DST is missing: name what to copy, then where to";
                copy.clone().error(ErrorKind::MissingRequiredArgument, why).exit()
            }
        }
    }
}

/// The arguments of `ovl devices`.
#[derive(Args, Clone, Copy, Debug)]
pub struct DevicesArgs {
    /// Also show default names whose device is not there
    #[arg(long)]
    pub all: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// The arguments of `ovl doctor`.
#[derive(Args, Clone, Copy, Debug)]
pub struct DoctorArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

const TOP_HELP: &str = "\
A program tells about itself if it runs with OVERLAPPED_OBSERVE=1. With -- it is started so, with its output in a file or nowhere, and \
ended when you leave. Only programs of your own can be observed.

Threads wait on a stack and are woken newest first; released ones count against the concurrency value; paused ones block and do not count.

Keys: q ends, left and right choose another port, space holds the picture.

Examples:
  ovl top -- ./server 8080             start a program and watch it
  OVERLAPPED_OBSERVE=1 ./server & ovl top $!
  ovl top --once 4711                  one picture as text
  ovl top --json 4711 | jq '.ports[0].queued'";

/// The arguments of `ovl top`.
#[derive(Args, Debug)]
#[command(after_long_help = TOP_HELP, after_help = "`ovl top --help` says more, and gives examples.")]
pub struct TopArgs {
    /// The process [default: the only one that can be observed]
    #[arg(value_name = "PID", conflicts_with = "program", value_parser = process)]
    pub process: Option<u32>,
    /// The program to start, and its arguments
    #[arg(last = true, value_name = "PROGRAM")]
    pub program: Vec<std::ffi::OsString>,
    /// Where the started program's output goes [default: nowhere]
    #[arg(long, value_name = "FILE", requires = "program")]
    pub output: Option<PathBuf>,
    /// Milliseconds between two pictures
    #[arg(long, value_name = "MS", default_value_t = 250, value_parser = clap::value_parser!(u64).range(20..=60_000))]
    pub interval: u64,
    /// Print one picture as text (the default where standard output is not a terminal)
    #[arg(long)]
    pub once: bool,
    /// Print one picture as JSON
    #[arg(long, conflicts_with = "once")]
    pub json: bool,
}

/// The arguments of `ovl completions`.
#[derive(Args, Clone, Copy, Debug)]
#[command(after_help = COMPLETIONS_HELP)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: clap_complete::Shell,
}

const COMPLETIONS_HELP: &str = "\
Examples:
  ovl completions bash > ~/.local/share/bash-completion/completions/ovl
  ovl completions zsh > \"${fpath[1]}/_ovl\"
  ovl completions fish > ~/.config/fish/completions/ovl.fish";

/// The arguments of `ovl man`.
#[derive(Args, Debug)]
#[command(after_help = MAN_HELP)]
pub struct ManArgs {
    /// Where the pages go, ovl.1, ovl-copy.1 and so on [default: that of ovl to standard output]
    #[arg(value_name = "DIR")]
    pub directory: Option<PathBuf>,
}

const MAN_HELP: &str = "\
Examples:
  ovl man | man -l -
  ovl man ~/.local/share/man/man1";

/// The number of a process. Who names a program wants to start it.
fn process(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("it is not the number of a process; to start a program: ovl top -- {text}"))
}

/// The engines to choose from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// io_uring
    Uring,
    /// epoll and a pool of threads
    Epoll,
}

fn chunk(text: &str) -> Result<usize, String> {
    const STEP: u64 = 4096;
    const LARGEST: u64 = 1 << 30;
    let bytes = size::parse(text)?;
    if bytes == 0 || bytes % STEP != 0 || bytes > LARGEST {
        return Err(format!("{text} is not a multiple of 4K from 4K to 1G"));
    }
    usize::try_from(bytes).map_err(|_| format!("{text} is too large for this machine"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_last_path_is_the_target() {
        let cli = Cli::try_parse_from(["ovl", "copy", "a", "-r", "b", "--json", "c"]).unwrap();
        let Command::Copy(args) = cli.command else { panic!() };
        assert_eq!(args.paths(), (&["a".into(), "b".into()][..], Path::new("c")));
    }

    #[test]
    fn a_chunk_is_a_multiple_of_a_page() {
        assert_eq!(chunk("1M"), Ok(1 << 20));
        assert!(chunk("0").is_err() && chunk("1000").is_err() && chunk("2G").is_err());
    }
}
