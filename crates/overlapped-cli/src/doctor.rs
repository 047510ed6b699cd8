//! `ovl doctor`: which engine is used and why, and what this machine allows. Each line that is not well says what to do.

use crate::cli::DoctorArgs;
use crate::engine;
use crate::size::human;
use overlapped_kernel::namespace::runtime_directory;
use rustix::process::{Resource, getrlimit};
use serde::Serialize;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::ExitCode;

/// One thing looked at.
#[derive(Debug, Serialize)]
struct Finding {
    what: &'static str,
    value: String,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

impl Finding {
    fn well(what: &'static str, value: impl Into<String>) -> Self {
        Self { what, value: value.into(), ok: true, advice: None }
    }

    fn ill(what: &'static str, value: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { what, value: value.into(), ok: false, advice: Some(advice.into()) }
    }
}

/// Fewer open files than this are soon too few for a server.
const FEW_FILES: u64 = 1024;
/// Less lockable memory than this is too little for rings on kernels that count them.
const LITTLE_MEMORY: u64 = 64 << 10;

/// Runs the command.
pub fn run(args: DoctorArgs) -> ExitCode {
    let findings = findings();
    let printed = if args.json { print_json(&findings) } else { print_table(&findings) };
    match printed {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("ovl: the findings could not be printed: {error}");
            ExitCode::FAILURE
        }
        // Without an engine nothing works; everything else is advice.
        _ if findings.iter().any(|finding| finding.what == "engine" && !finding.ok) => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}

fn findings() -> Vec<Finding> {
    let uname = rustix::system::uname();
    let release = uname.release().to_string_lossy().into_owned();
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    vec![
        the_engine(),
        Finding::well("kernel", format!("Linux {release} ({})", uname.machine().to_string_lossy())),
        uring(),
        Finding::well("processors", processors.to_string()),
        open_files(),
        lockable_memory(),
        run_time_directory(),
        configuration(),
    ]
}

fn the_engine() -> Finding {
    match engine::choose(None) {
        Ok(chosen) => Finding::well("engine", format!("{}: {}", chosen.name, chosen.reason)),
        Err(problem) => Finding::ill("engine", problem.message, "unset OVERLAPPED_ENGINE, or set it to epoll"),
    }
}

/// What the kernel says about io_uring, and whether we get one.
fn uring() -> Finding {
    let what = "io_uring";
    let switch = std::fs::read_to_string("/proc/sys/kernel/io_uring_disabled");
    let switch = switch.as_deref().map(str::trim).unwrap_or("unknown");
    let tried = overlapped::engine::open(overlapped::EngineChoice::Uring);
    match (tried, switch) {
        (Ok(_), _) => Finding::well(what, "available"),
        (Err(error), "1" | "2") => {
            let advice = "an administrator can allow it with sysctl kernel.io_uring_disabled=0; epoll works meanwhile";
            Finding::ill(what, format!("kernel.io_uring_disabled is {switch}: {error}"), advice)
        }
        (Err(error), _) => {
            let advice = "a container's seccomp filter may forbid it: allow io_uring_setup, io_uring_enter and \
                          io_uring_register; epoll works meanwhile";
            Finding::ill(what, error.to_string(), advice)
        }
    }
}

fn open_files() -> Finding {
    let limit = getrlimit(Resource::Nofile);
    let show = |n: Option<u64>| n.map_or("unlimited".into(), |n| n.to_string());
    let value = format!("{} (at most {})", show(limit.current), show(limit.maximum));
    match limit.current {
        Some(n) if n < FEW_FILES => Finding::ill("open files", value, "raise it with ulimit -n"),
        _ => Finding::well("open files", value),
    }
}

fn lockable_memory() -> Finding {
    let limit = getrlimit(Resource::Memlock).current;
    let value = limit.map_or("unlimited".into(), human);
    match limit {
        Some(n) if n < LITTLE_MEMORY => {
            Finding::ill("lockable memory", value, "raise it with ulimit -l; rings are made smaller until then")
        }
        _ => Finding::well("lockable memory", value),
    }
}

/// Where processes meet over pipes and mailslots.
fn run_time_directory() -> Finding {
    let what = "run-time directory";
    let uid = rustix::process::getuid().as_raw();
    let path = runtime_directory(|name| std::env::var_os(name), uid);
    let shown = path.display();
    match path.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => match parent_of(&path) {
            true => Finding::well(what, format!("{shown} (made when it is needed)")),
            false => {
                Finding::ill(what, format!("{shown} cannot be made"), "set XDG_RUNTIME_DIR to a directory of yours")
            }
        },
        Err(error) => Finding::ill(what, format!("{shown}: {error}"), "set XDG_RUNTIME_DIR to a directory of yours"),
        Ok(found) if !found.is_dir() || found.uid() != uid || found.mode() & 0o077 != 0 => {
            let advice = format!("it must be a directory of yours that nobody else may enter: chmod 0700 {shown}");
            Finding::ill(what, format!("{shown} is not private"), advice)
        }
        Ok(_) => Finding::well(what, shown.to_string()),
    }
}

fn parent_of(path: &Path) -> bool {
    path.parent().is_some_and(|parent| rustix::fs::access(parent, rustix::fs::Access::WRITE_OK).is_ok())
}

fn configuration() -> Finding {
    let what = "configuration";
    match engine::configuration() {
        None => Finding::well(what, "none (neither HOME nor OVERLAPPED_CONFIG is set)"),
        Some(file) if file.path.exists() => Finding::well(what, file.path.display().to_string()),
        Some(file) if file.required => {
            let value = format!("{} does not exist", file.path.display());
            Finding::ill(what, value, "OVERLAPPED_CONFIG names it: make it, or unset the variable")
        }
        Some(file) => Finding::well(what, format!("{} (not there; the defaults hold)", file.path.display())),
    }
}

fn print_json(findings: &[Finding]) -> io::Result<()> {
    writeln!(io::stdout(), "{}", serde_json::to_string(findings)?)
}

fn print_table(findings: &[Finding]) -> io::Result<()> {
    let width = findings.iter().map(|finding| finding.what.len()).max().unwrap_or(0);
    let mut out = io::stdout().lock();
    for Finding { what, value, ok, advice } in findings {
        let mark = if *ok { "ok" } else { "!!" };
        writeln!(out, "{mark} {what:width$}  {value}")?;
        if let Some(advice) = advice {
            writeln!(out, "   {:width$}  -> {advice}", "")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_that_is_not_well_gives_advice() {
        let findings = findings();
        assert!(findings.iter().any(|finding| finding.what == "engine"));
        assert!(findings.iter().all(|finding| finding.ok != finding.advice.is_some()));
    }
}
