//! `ovl copy`: files and trees through overlapped requests and a completion port.
//!
//! | Module | Does |
//! |---|---|
//! | [`plan`] | turns `SRC... DST` into roots, by the rules of cp |
//! | [`walk`], [`make`] | hand out files, make directories and links on the way |
//! | [`open`] | opens source and target, finishes or takes back the target |
//! | [`extents`], [`transfer`] | what of a file is to be read and written next |
//! | [`worker`], [`intake`], [`buffers`] | the threads at the port, and what they share |
//! | [`compare`] | `--verify` |
//! | [`room`] | what memory and descriptors allow |
//! | [`meta`] | mode and times |
//! | [`ledger`], [`progress`] | the books, and the bar that is drawn from them |
//!
//! The strategy: a file of more than one chunk is left to requests that the library carries out by itself, two at a time, which fill the
//! target beside each other. A file that fits in one chunk is opened, read once, written once and closed by one worker, and there many files
//! are copied beside each other. What the library cannot copy (sources of unknown size, unbuffered files) a worker reads ahead while
//! the engine writes what was read before. The drawback: two ways through the same state machine.

mod buffers;
mod compare;
mod extents;
mod intake;
mod ledger;
mod make;
mod meta;
mod open;
mod plan;
mod progress;
mod room;
mod transfer;
mod walk;
mod worker;

use crate::cli::CopyArgs;
use crate::engine;
use crate::problem::Problem;
use crate::signals;
use crate::size::human;
use crate::usage::Meter;
use ledger::{Ledger, Summary};
use meta::Rules;
use open::Opener;
use progress::Progress;
use std::collections::HashSet;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use walk::{Root, Walk};
use worker::{Crew, Parts, Port, Size};

/// Something was not copied.
const FAILED: u8 = 1;
/// A signal ended the run: what shells report for one that Ctrl-C killed.
const INTERRUPTED: u8 = 130;
/// Bytes a read or write.
const CHUNK: usize = 256 << 10;
/// Bytes a copy from file to file, which the library makes in small steps: what is reported, and cancelled, at once.
const STRIDE: usize = 16 << 20;
/// Writes to one file on their way, where each has a thread that waits for the one before by spinning: one, and the next.
const WRITERS: usize = 2;
/// For so long further signals change nothing.
const PATIENCE: Duration = Duration::from_secs(1);
/// One worker a processor, but no more: past this they only wait for each other.
const MOST_THREADS: usize = 4;

/// Runs the command.
pub fn run(args: &CopyArgs) -> ExitCode {
    let meter = Meter::start();
    let rules = Rules::of_process();
    match copy(args, rules, &meter) {
        Ok(summary) => conclude(args, &summary),
        Err(problem) => {
            let ledger = Ledger::new(None);
            ledger.problem(problem);
            conclude(args, &ledger.close(meter.read(), "none", args.verify, false))
        }
    }
}

fn copy(args: &CopyArgs, rules: Rules, meter: &Meter) -> Result<Summary, Problem> {
    let (sources, target) = args.paths();
    let chosen = engine::choose(args.engine)?;
    let (depth, chunk) = (args.queue_depth as usize, args.chunk.unwrap_or(CHUNK));
    room::check(depth, chunk)?;
    let shows = !args.no_progress && std::io::stderr().is_terminal();
    let bar = shows.then(progress::bar);
    let plan = plan::plan(sources, target, args.recursive);
    let ledger = Ledger::new(bar.clone());
    plan.problems.into_iter().for_each(|problem| ledger.problem(problem));

    let threads = match args.threads {
        // Of two sources for one target the first that was named counts, so it must come first.
        _ if collide(&plan.roots) => 1,
        Some(threads) => threads as usize,
        None => workers(&plan.roots),
    };
    let writers = if chosen.queues_writes || args.unbuffered { depth } else { WRITERS };
    let port = Port::new_in(&chosen.system, u32::try_from(threads).unwrap_or(u32::MAX));
    let opener = Opener {
        system: chosen.system.clone(),
        here: std::env::current_dir().ok(),
        rules,
        unbuffered: args.unbuffered,
        verify: args.verify,
        chunk,
        stride: args.chunk.unwrap_or(STRIDE),
    };
    let walk = Walk::new(plan.roots.clone(), rules, threads);
    let size = Size { threads, depth, files: room::files(depth, threads), writers };
    let crew = Arc::new(Crew::new(Parts { port, opener, ledger, walk }, size));
    heed_signals(&crew);
    let progress = bar.map(|bar| {
        let crew = Arc::clone(&crew);
        Progress::start(bar, &plan.roots, move || progress::standing(&crew.ledger))
    });
    std::thread::scope(|scope| {
        let crew = &*crew;
        for worker in 1..threads {
            scope.spawn(move || crew.work(worker));
        }
        crew.work(0);
    });
    crew.finish_directories();
    if let Some(progress) = progress {
        progress.finish();
    }
    Ok(crew.ledger.close(meter.read(), chosen.name, args.verify, crew.is_interrupted()))
}

/// Do two of them go to the same place?
fn collide(roots: &[Root]) -> bool {
    let mut targets = HashSet::new();
    !roots.iter().all(|root| targets.insert(&root.job().target))
}

/// One worker a processor for many files. For a single one, two at most: Linux lets only one thread at a time write into it.
fn workers(roots: &[Root]) -> usize {
    let most = match roots {
        [] | [Root::File(_) | Root::Link(_)] => 2,
        _ => MOST_THREADS,
    };
    std::thread::available_parallelism().map_or(1, usize::from).min(most)
}

/// The first signal ends the run in order. Another one after a while ends it at once: somebody has lost patience. What comes
/// sooner is the same signal, from a shell or a supervisor that tells the process and its group.
fn heed_signals(crew: &Arc<Crew>) {
    let crew = Arc::downgrade(crew);
    let mut first = None;
    let heeded = signals::heed(move || match (first, crew.upgrade()) {
        (None, Some(crew)) => {
            first = Some(Instant::now());
            crew.interrupt();
        }
        (Some(first), _) if first.elapsed() < PATIENCE => {}
        _ => std::process::exit(INTERRUPTED.into()),
    });
    // Without a handler a signal leaves an unfinished file, which is no reason not to copy.
    drop(heeded);
}

/// Prints what there is to say at the end.
fn conclude(args: &CopyArgs, summary: &Summary) -> ExitCode {
    if summary.interrupted {
        eprintln!("ovl: {}", interrupted(summary));
    } else if std::io::stderr().is_terminal() && !args.no_progress && summary.files > 0 {
        eprintln!("{}", in_words(summary));
    }
    if args.json {
        let printed = serde_json::to_string(summary).map_err(std::io::Error::from);
        let printed = printed.and_then(|json| writeln!(std::io::stdout(), "{json}"));
        if let Err(error) = printed {
            eprintln!("ovl: the summary could not be printed: {error}");
            return ExitCode::from(FAILED);
        }
    }
    match () {
        () if summary.interrupted => ExitCode::from(INTERRUPTED),
        () if summary.errors.is_empty() => ExitCode::SUCCESS,
        () => ExitCode::from(FAILED),
    }
}

fn files(count: u64) -> String {
    if count == 1 { "1 file".into() } else { format!("{count} files") }
}

fn interrupted(summary: &Summary) -> String {
    let removed = match summary.removed {
        0 => String::new(),
        1 => " and 1 unfinished file was removed".into(),
        n => format!(" and {n} unfinished files were removed"),
    };
    format!(
        "interrupted: {} had been copied{removed}; run the same command again to copy the rest",
        files(summary.files)
    )
}

fn in_words(summary: &Summary) -> String {
    let seconds = summary.cost.seconds;
    let rate = human((summary.bytes as f64 / seconds.max(1e-9)) as u64);
    let verified = if summary.verified { ", verified" } else { "" };
    let amount = human(summary.bytes);
    format!("copied {}, {amount} in {seconds:.2} s ({rate}/s){verified}", files(summary.files))
}
