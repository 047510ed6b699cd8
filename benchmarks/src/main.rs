//! `ovl-bench`: ours against peers, in one run.
//!
//! A number from another day, another machine or another kernel proves nothing, so this program
//! never compares with one. Each benchmark puts all its contestants, ours and the peers, into one
//! process and runs them in turns: at least five rounds, every contestant once a round, the order
//! changed from round to round. What it prints are medians, their spread, and ratios in which **above 1
//! always means that ours is better**.
//!
//! How the pieces fit:
//!
//! - [`harness`]: the [`Contestant`](harness::Contestant) trait, groups of contestants, the rounds;
//! - [`meter`]: time, processor time and context switches of one run;
//! - [`report`]: medians and ratios, as a table and as JSON;
//! - [`workspace`]: files whose every byte is known, so that a contestant that does nothing, or half
//!   of it, is thrown out instead of winning;
//! - [`team`]: threads that start at the same moment, pinned or not;
//! - [`peers`]: the contestants that are not ours; [`ours`]: the one place that knows our library;
//! - [`benches`]: one module a benchmark, and the registry to add the next one to.
//!
//! Known drawback: contestants share a process. A thread pool that an earlier contestant left behind
//! makes the file table shared, which costs a one-thread `pread` a few nanoseconds.

mod benches;
mod harness;
mod interrupt;
mod meter;
mod ours;
mod ours_files;
mod ours_pipes;
mod ours_sockets;
mod peers;
mod report;
mod team;
mod workspace;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use clap::builder::PossibleValuesParser;

use crate::harness::Context;

/// Rounds of a `--quick` run: enough to prove that a benchmark still works, not to measure.
const QUICK_ROUNDS: usize = 1;
/// Rounds of a real run, unless told otherwise.
const ROUNDS: usize = 7;

/// Ours against peers, in one run. A ratio above 1 always means that ours is better.
#[derive(Parser)]
#[command(name = "ovl-bench", version, after_help = benches::help())]
struct Arguments {
    /// The benchmarks to run, one after the other
    #[arg(required = true, value_name = "NAME", value_parser = PossibleValuesParser::new(benches::names()))]
    names: Vec<String>,
    /// Print one JSON object a benchmark instead of tables
    #[arg(long)]
    json: bool,
    /// How often each contestant runs [default: 7, or 1 with --quick]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(5..))]
    rounds: Option<u16>,
    /// One tiny round: proves that the benchmarks work; the numbers mean nothing
    #[arg(long)]
    quick: bool,
    /// Only the groups whose title contains TEXT
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Receive buffers of `echo` are as long as a message, not longer
    #[arg(long)]
    tight: bool,
    /// Where the data files go, in a directory of their own that is removed at the end
    #[arg(long, value_name = "DIR", default_value_os_t = std::env::temp_dir())]
    dir: PathBuf,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == io::ErrorKind::Interrupted => {
            eprintln!("ovl-bench: interrupted; the data files are removed");
            ExitCode::from(130)
        }
        Err(error) => {
            eprintln!("ovl-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the named benchmarks in order and prints each as soon as it is done.
fn run(arguments: &Arguments) -> io::Result<()> {
    interrupt::catch()?;
    let default = if arguments.quick { QUICK_ROUNDS } else { ROUNDS };
    let context = Context {
        rounds: arguments.rounds.map_or(default, usize::from),
        quick: arguments.quick,
        dir: arguments.dir.clone(),
        only: arguments.only.clone(),
        tight: arguments.tight,
    };
    let mut out = io::stdout().lock();
    for bench in arguments.names.iter().filter_map(|name| benches::find(name)) {
        let groups = (bench.groups)(&context)
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", bench.name)))?;
        let report = report::Report::new(bench.name, &context, &groups)?;
        if arguments.json {
            serde_json::to_writer(&mut out, &report)?;
            writeln!(out)?;
        } else {
            write!(out, "{report}")?;
        }
        out.flush()?;
    }
    Ok(())
}
