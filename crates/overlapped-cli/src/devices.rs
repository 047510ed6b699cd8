//! `ovl devices`: what device names lead to, and who said so.

use crate::cli::ListArgs;
use crate::engine;
use overlapped_kernel::namespace::{MappedTo, Mapping, Namespace};
use serde::Serialize;
use std::io::{self, Write};
use std::process::ExitCode;

/// One line of the table.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    kind: &'static str,
    target: String,
    writable: bool,
    origin: String,
}

impl Row {
    fn of(mapping: &Mapping<'_>) -> Self {
        let kind = match mapping.to {
            MappedTo::Drive { .. } => "drive",
            MappedTo::Device(_) => "device",
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
        }
    }
}

/// Runs the command.
pub fn run(args: ListArgs) -> ExitCode {
    let chosen = match engine::choose(None) {
        Ok(chosen) => chosen,
        Err(problem) => {
            eprintln!("ovl: {problem}");
            return ExitCode::FAILURE;
        }
    };
    let rows = rows(&chosen.system.namespace().read());
    let printed = if args.json { print_json(&rows) } else { print_table(&rows) };
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

fn print_table(rows: &[Row]) -> io::Result<()> {
    let widest = |of: fn(&Row) -> &str, title: &str| {
        let longest = rows.iter().map(|row| of(row).chars().count()).max();
        longest.unwrap_or(0).max(title.len())
    };
    let (names, targets) = (widest(|row| &row.name, "NAME"), widest(|row| &row.target, "LEADS TO"));
    let mut out = io::stdout().lock();
    writeln!(out, "{:names$}  {:targets$}  FROM", "NAME", "LEADS TO")?;
    for Row { name, target, writable, origin, .. } in rows {
        let note = if *writable { ", writable while mounted" } else { "" };
        writeln!(out, "{name:names$}  {target:targets$}  {origin}{note}")?;
    }
    writeln!(out, "\nPOSIX paths are taken as they are. Names are added in devices.toml; `ovl doctor` says where it is.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use overlapped_kernel::namespace::Drive;

    #[test]
    fn a_row_says_where_a_name_leads_and_who_said_so() {
        let mut names = Namespace::new();
        names.set_serial(7, "/dev/ttyUSB3").unwrap();
        let rows = rows(&names);
        let port = rows.iter().find(|row| row.name == "COM7").unwrap();
        assert_eq!((port.kind, port.target.as_str(), port.origin.as_str()), ("device", "/dev/ttyUSB3", "code"));
        let drive = rows.iter().find(|row| row.name == "C:").unwrap();
        assert_eq!((drive.target.as_str(), drive.origin.as_str()), ("/", "default"));
        assert_eq!(Drive::new("/").directory.unwrap().to_str(), Some("/"));
    }
}
