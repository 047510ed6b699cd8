//! `ovl devices`: what device names lead to, and who said so. Of the default names only those are shown whose device is there,
//! since most machines have few of the 64 serial ports that the table knows.

use crate::cli::DevicesArgs;
use crate::engine;
use overlapped_kernel::namespace::{MappedTo, Mapping, Namespace, Origin};
use serde::Serialize;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

/// One line of the table.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    kind: &'static str,
    target: String,
    writable: bool,
    origin: String,
    /// What it leads to exists.
    present: bool,
    #[serde(skip)]
    is_default: bool,
}

impl Row {
    fn of(mapping: &Mapping<'_>) -> Self {
        let kind = match mapping.to {
            MappedTo::Drive { .. } => "drive",
            MappedTo::Device(_) | MappedTo::NullModem(_) => "device",
            MappedTo::Directory(_) => "directory",
            MappedTo::Peers(_) => "mailslots",
            MappedTo::ThisComputer => "computer",
        };
        Self {
            name: mapping.name.clone(),
            kind,
            target: mapping.to.to_string(),
            writable: mapping.writable,
            origin: mapping.origin.to_string(),
            present: match mapping.to {
                MappedTo::Drive { directory, device } => directory.or(device).is_some_and(Path::exists),
                MappedTo::Device(path) | MappedTo::Directory(path) => path.exists(),
                MappedTo::Peers(_) | MappedTo::ThisComputer | MappedTo::NullModem(_) => true,
            },
            is_default: *mapping.origin == Origin::Default,
        }
    }
}

/// Runs the command.
pub fn run(args: DevicesArgs) -> ExitCode {
    let chosen = match engine::choose(None) {
        Ok(chosen) => chosen,
        Err(problem) => {
            eprintln!("ovl: {problem}");
            return ExitCode::FAILURE;
        }
    };
    let mut rows = rows(&chosen.system.namespace().read());
    let known = rows.len();
    rows.retain(|row| args.all || row.present || !row.is_default);
    let printed = if args.json { print_json(&rows) } else { print_table(&rows, known - rows.len()) };
    match printed {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("ovl: the table could not be printed: {error}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

fn rows(namespace: &Namespace) -> Vec<Row> {
    namespace.iter().map(|mapping| Row::of(&mapping)).collect()
}

fn print_json(rows: &[Row]) -> io::Result<()> {
    writeln!(io::stdout(), "{}", serde_json::to_string(rows)?)
}

fn print_table(rows: &[Row], hidden: usize) -> io::Result<()> {
    let widest = |of: fn(&Row) -> &str, title: &str| {
        let longest = rows.iter().map(|row| of(row).chars().count()).max();
        longest.unwrap_or(0).max(title.len())
    };
    let (names, targets) = (widest(|row| &row.name, "NAME"), widest(|row| &row.target, "LEADS TO"));
    let mut out = io::stdout().lock();
    writeln!(out, "{:names$}  {:targets$}  FROM", "NAME", "LEADS TO")?;
    for Row { name, target, writable, origin, present, .. } in rows {
        let writable = if *writable { ", writable while mounted" } else { "" };
        let absent = if *present { "" } else { " (not there)" };
        writeln!(out, "{name:names$}  {target:targets$}  {origin}{writable}{absent}")?;
    }
    writeln!(out)?;
    if hidden > 0 {
        writeln!(out, "{hidden} default names whose device is not there are left out; --all shows them.")?;
    }
    writeln!(out, "POSIX paths are taken as they are. Names are added in devices.toml; `ovl doctor` says where it is.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_where_a_name_leads_and_who_said_so() {
        let mut names = Namespace::new();
        names.set_serial(7, "/dev/ttyUSB3").unwrap();
        let rows = rows(&names);
        let port = rows.iter().find(|row| row.name == "COM7").unwrap();
        assert_eq!((port.kind, port.target.as_str(), port.origin.as_str()), ("device", "/dev/ttyUSB3", "code"));
        let drive = rows.iter().find(|row| row.name == "C:").unwrap();
        assert_eq!((drive.target.as_str(), drive.origin.as_str(), drive.present), ("/", "default", true));
    }
}
