//! Windows programs in C: compiled by `ovl cc` to native ones, or by mingw for Wine.
//!
//! A program runs all the time and does one run for each line that it is sent, so that neither its start nor its end is
//! measured. A line there and one back cost some tens of microseconds, which a run of hundreds of milliseconds does not notice.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::ours;

/// The compiler for Wine.
const MINGW: &str = "x86_64-w64-mingw32-gcc";

/// Compiles with `ovl cc`; the path of the program.
pub fn native(directory: &Path, name: &str, source: &str) -> Result<PathBuf, String> {
    let ovl = ours::program()?;
    compile(directory, name, source, Command::new(ovl).args(["cc", "-O2"]), "", &[])
}

/// Compiles for Windows.
pub fn foreign(directory: &Path, name: &str, source: &str) -> Result<PathBuf, String> {
    let mut mingw = Command::new(MINGW);
    mingw.args(["-O2", "-static", "-D__USE_MINGW_ANSI_STDIO=0"]);
    compile(directory, name, source, &mut mingw, ".exe", &["-lws2_32"])
}

fn compile(
    directory: &Path,
    name: &str,
    source: &str,
    command: &mut Command,
    suffix: &str,
    libraries: &[&str],
) -> Result<PathBuf, String> {
    let file = directory.join(format!("{name}.c"));
    let program = directory.join(format!("{name}{suffix}"));
    fs::write(&file, source).map_err(|error| error.to_string())?;
    let output = command.arg(&file).arg("-o").arg(&program).args(libraries).stdin(Stdio::null()).output();
    let output = output.map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    if output.status.success() {
        return Ok(program);
    }
    Err(format!("{name}.c does not compile: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

/// A program that answers a line to each line.
pub struct Conversation {
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

impl Conversation {
    /// Starts it.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(|error| {
                io::Error::new(error.kind(), format!("{}: {error}", command.get_program().display()))
            })?;
        let to = child.stdin.take();
        let from = child.stdout.take().map(BufReader::new).ok_or_else(|| io::Error::other("no pipe to the program"))?;
        Ok(Self { child, to, from })
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a number and waits for the number that is the answer.
    pub fn ask(&mut self, number: u64) -> io::Result<u64> {
        let to = self.to.as_mut().ok_or_else(|| io::Error::other("no pipe to the program"))?;
        writeln!(to, "{number}")?;
        to.flush()?;
        let mut line = String::new();
        self.from.read_line(&mut line)?;
        line.trim().parse().map_err(|_| io::Error::other(format!("the program answered {line:?}")))
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        // The end of its input ends the program.
        drop(self.to.take());
        let _ = self.child.wait();
    }
}

/// Wine, with a prefix of its own that is made once and goes with the directory.
pub struct Wine {
    prefix: PathBuf,
}

impl Wine {
    /// Makes the prefix, which takes some seconds.
    pub fn open(directory: &Path) -> Result<Self, String> {
        let wine = Self { prefix: directory.join("wine") };
        let booted = wine.command("wine").args(["wineboot", "-i"]).stdout(Stdio::null()).status();
        match booted {
            Ok(status) if status.success() => Ok(wine),
            Ok(status) => Err(format!("wineboot: {status}")),
            Err(error) => Err(format!("wine: {error}")),
        }
    }

    /// A command in the prefix.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env("WINEPREFIX", &self.prefix).env("WINEDEBUG", "-all").stderr(Stdio::null());
        command.env("WINEDLLOVERRIDES", "mscoree=;mshtml=;winemenubuilder.exe=");
        command
    }
}

impl Drop for Wine {
    fn drop(&mut self) {
        let _ = self.command("wineserver").arg("-k").status();
    }
}
