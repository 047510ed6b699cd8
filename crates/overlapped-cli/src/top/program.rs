//! A program that is started to be looked at.

use overlapped::observe;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// So long a program may take until it makes its first port, handle or request.
const PATIENCE: Duration = Duration::from_secs(30);
/// So long it may take to end by itself.
const GRACE: Duration = Duration::from_secs(2);
const STEP: Duration = Duration::from_millis(5);

/// The program. It is asked to end (SIGTERM), and then made to, when this is dropped.
#[derive(Debug)]
pub struct Started {
    child: Child,
    name: String,
}

impl Started {
    /// Starts it, with its output in a file or nowhere: the screen is taken.
    pub fn new(program: &OsStr, arguments: &[OsString], output: Option<&Path>) -> Result<Self, String> {
        let name = program.to_string_lossy().into_owned();
        let mut command = Command::new(program);
        command.args(arguments).env(observe::VARIABLE, "1").stdin(Stdio::null());
        match output {
            None => command.stdout(Stdio::null()).stderr(Stdio::null()),
            Some(path) => {
                let file = File::create(path).map_err(|error| format!("{}: {error}", path.display()))?;
                let again = file.try_clone().map_err(|error| format!("{}: {error}", path.display()))?;
                command.stdout(file).stderr(again)
            }
        };
        let child = command.spawn().map_err(|error| format!("{name} cannot be started: {error}"))?;
        Ok(Self { child, name })
    }

    /// Its number, as soon as it can be observed.
    pub fn observable(&mut self) -> Result<u32, String> {
        let limit = Instant::now() + PATIENCE;
        let process = self.child.id();
        loop {
            if observe::look(process).is_ok() {
                return Ok(process);
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("{} ended before it could be observed ({status})", self.name));
            }
            if Instant::now() > limit {
                let why = "it does not use the library, or not the default system";
                return Err(format!("{} cannot be observed: {why}", self.name));
            }
            std::thread::sleep(STEP);
        }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        if let Some(process) = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process(process, rustix::process::Signal::TERM);
        }
        let limit = Instant::now() + GRACE;
        while matches!(self.child.try_wait(), Ok(None)) {
            if Instant::now() > limit {
                let _ = self.child.kill();
                let _ = self.child.wait();
            }
            std::thread::sleep(STEP);
        }
        // Takes away what it has left behind.
        let _ = observe::observable();
    }
}
