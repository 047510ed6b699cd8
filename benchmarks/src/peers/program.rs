//! Other programs: `cp`, `dd`, and our own `ovl` as a user starts it.
//!
//! Their time includes starting and ending the process, as it does for the user.

use std::ffi::{OsStr, OsString};
use std::io;
use std::process::{Command, Stdio};

/// A program and its arguments.
pub struct Program {
    command: OsString,
    arguments: Vec<OsString>,
}

impl Program {
    /// With the first of its arguments.
    pub fn new(command: impl AsRef<OsStr>, arguments: &[&str]) -> Self {
        Self {
            command: command.as_ref().to_owned(),
            arguments: arguments.iter().map(|&argument| argument.into()).collect(),
        }
    }

    /// Runs it with more arguments and waits for its end; it must succeed.
    pub fn run(&self, more: &[OsString]) -> io::Result<()> {
        let output = Command::new(&self.command)
            .args(&self.arguments)
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .output()
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", self.command.display())))?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(io::Error::other(format!("{}: {}: {}", self.command.display(), output.status, said.trim())))
    }

    /// The first line that a program says about its version.
    pub fn version(command: &str) -> io::Result<String> {
        let output = Command::new(command).arg("--version").stderr(Stdio::null()).output()?;
        let said = String::from_utf8_lossy(&output.stdout);
        Ok(said.lines().next().unwrap_or("(says no version)").to_owned())
    }
}
