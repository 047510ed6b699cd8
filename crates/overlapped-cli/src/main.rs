//! `ovl`: copy files through overlapped I/O and a completion port, and look at the model at work.

#![forbid(unsafe_code)]

mod cc;
mod cli;
mod copy;
mod devices;
mod doctor;
mod engine;
mod manual;
mod problem;
mod signals;
mod size;
mod top;
mod usage;

use clap::Parser;
use cli::{Cli, Command};
use std::process::ExitCode;

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Cc(args) => cc::run_c(args),
        Command::Cxx(args) => cc::run_cxx(args),
        Command::Copy(args) => copy::run(&args),
        Command::Devices(args) => devices::run(args),
        Command::Doctor(args) => doctor::run(args),
        Command::Top(args) => top::run(&args),
        Command::Completions(args) => manual::completions(args),
        Command::Man(args) => manual::man(&args),
    }
}
