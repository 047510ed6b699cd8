//! Programs: started, waited for together with everything else, and given what they are to inherit (contract 01 §1, 04 §7, 09 §1).
//!
//! `std::process` starts programs too. What is different here: a [`Child`] is an object like an event, so that [`wait_any`](crate::wait_any) waits for its
//! end beside requests and timers; an exit code has 32 bits if the child is a program of this library; a child can begin suspended; and it can
//! inherit not only descriptors but events, mutexes, semaphores and open files, by a number that is told to it ([`Command::inherit`],
//! [`inherited`]). A child of `std` can be waited for as well ([`Child::of`]), and the files of this crate go to its commands as
//! [`Stdio`](std::process::Stdio).
//!
//! ```
//! # fn main() -> overlapped::Result<()> {
//! use overlapped::process::Command;
//! use overlapped::{Event, Timeout, WaitResult, wait_any};
//!
//! let stop = Event::manual_reset(false);
//! let child = Command::new("sh").args(["-c", "exit 7"]).spawn()?;
//! assert_eq!(wait_any(&[&stop, &child], Timeout::Infinite)?, WaitResult::Object(1));
//! assert_eq!(child.exit_code(), Some(7));
//! # Ok(())
//! # }
//! ```

mod inherit;
mod job;

pub use inherit::{Inheritable, inherited};
pub use job::{Job, JobCounts, JobLimits, JobMessage};

use crate::error::{Error, Result};
use crate::file::File;
use crate::pipe::{PipeReader, PipeWriter};
use crate::wait::{Wait, WaitResult};
use inherit::Lent;
use overlapped_abi::Win32Error;
use overlapped_devices::process::{self as devices, Beginning, Inherit, Line, Standard, Start, line, program};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::dispatcher::WaitRef;
use overlapped_kernel::process::Process;
use overlapped_kernel::thread::STILL_ACTIVE;
use std::ffi::{OsStr, OsString};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::process::Stdio as StdStdio;
use std::sync::Arc;

/// One of the three standard handles of a child.
#[derive(Debug, Default)]
pub enum Stdio {
    /// What the calling process has.
    #[default]
    Inherit,
    /// Nothing: reading ends at once, and what is written is gone.
    Null,
    /// This descriptor.
    Descriptor(OwnedFd),
}

impl<T: Into<OwnedFd>> From<T> for Stdio {
    fn from(descriptor: T) -> Self {
        Self::Descriptor(descriptor.into())
    }
}

impl File {
    /// The file as a descriptor that a child can have as its standard input or output. It shares the file pointer with this one from now on.
    ///
    /// # Errors
    /// 50 for what cannot be inherited.
    pub fn to_stdio(&self) -> Result<OwnedFd> {
        inherit::descriptor_of(self.handle())
    }
}

impl TryFrom<&File> for StdStdio {
    type Error = Error;

    /// For `std::process::Command`.
    fn try_from(file: &File) -> Result<Self> {
        file.to_stdio().map(Self::from)
    }
}

macro_rules! pipe_ends {
    ($($end:ident $to:literal)*) => {
        $(
            impl TryFrom<$end> for OwnedFd {
                type Error = Error;

                #[doc = concat!("The end as a descriptor, for a child to ", $to, ". The pipe ends when the child and all copies are done.")]
                fn try_from(end: $end) -> Result<Self> {
                    inherit::descriptor_of(end.handle())
                }
            }

            impl TryFrom<$end> for StdStdio {
                type Error = Error;

                /// For `std::process::Command`.
                fn try_from(end: $end) -> Result<Self> {
                    OwnedFd::try_from(end).map(Self::from)
                }
            }
        )*
    };
}

pipe_ends! { PipeReader "read from" PipeWriter "write to" }

/// How a program is to be started. The builder is used once: what it was given goes to the child.
#[derive(Debug)]
pub struct Command {
    program: OsString,
    arguments: Vec<OsString>,
    line: Option<OsString>,
    /// Changes to the environment: to a value, or away.
    variables: Vec<(OsString, Option<OsString>)>,
    cleared: bool,
    directory: Option<PathBuf>,
    standard: [Stdio; 3],
    lent: Vec<Lent>,
    beginning: Beginning,
    breakaway: bool,
    jobs: Vec<Arc<overlapped_kernel::process::job::Job>>,
}

impl Command {
    /// A command for a program: a path in either spelling, or a name that is looked for beside the calling program, in the current directory and in
    /// PATH. `server.exe` finds `server`.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        Self {
            program: program.as_ref().to_owned(),
            arguments: Vec::new(),
            line: None,
            variables: Vec::new(),
            cleared: false,
            directory: None,
            standard: Default::default(),
            lent: Vec::new(),
            beginning: Beginning::CLOSED,
            breakaway: false,
            jobs: Vec::new(),
        }
    }

    /// One more argument.
    pub fn arg(&mut self, argument: impl AsRef<OsStr>) -> &mut Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// More arguments.
    pub fn args<A: AsRef<OsStr>>(&mut self, arguments: impl IntoIterator<Item = A>) -> &mut Self {
        self.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// The whole command line, the program's name first, instead of arguments: it is taken apart by the rules of CommandLineToArgvW, and a
    /// child of this library gets it as it is.
    pub fn command_line(&mut self, line: impl AsRef<OsStr>) -> &mut Self {
        self.line = Some(line.as_ref().to_owned());
        self
    }

    /// A variable of the child's environment.
    pub fn env(&mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> &mut Self {
        self.variables.push((name.as_ref().to_owned(), Some(value.as_ref().to_owned())));
        self
    }

    /// A variable that the child is not to have.
    pub fn env_remove(&mut self, name: impl AsRef<OsStr>) -> &mut Self {
        self.variables.push((name.as_ref().to_owned(), None));
        self
    }

    /// The child has only the variables that are named.
    pub fn env_clear(&mut self) -> &mut Self {
        self.cleared = true;
        self.variables.clear();
        self
    }

    /// The child's current directory.
    pub fn current_dir(&mut self, directory: impl AsRef<Path>) -> &mut Self {
        self.directory = Some(directory.as_ref().to_owned());
        self
    }

    /// The child's standard input: a descriptor, an end of a pipe of `std`, [`File::to_stdio`].
    pub fn stdin(&mut self, input: impl Into<Stdio>) -> &mut Self {
        self.standard[0] = input.into();
        self
    }

    /// The child's standard output.
    pub fn stdout(&mut self, output: impl Into<Stdio>) -> &mut Self {
        self.standard[1] = output.into();
        self
    }

    /// The child's standard error output.
    pub fn stderr(&mut self, output: impl Into<Stdio>) -> &mut Self {
        self.standard[2] = output.into();
        self
    }

    /// The child gets this object or file, under the number that is returned: tell it that number, and it calls [`inherited`].
    ///
    /// # Errors
    /// 4 when there are too many handles.
    pub fn inherit(&mut self, what: &impl Inheritable) -> Result<usize> {
        let lent = Lent::new(what)?;
        let number = lent.number();
        self.lent.push(lent);
        Ok(number)
    }

    /// The child does not begin before [`Child::resume`] (CREATE_SUSPENDED).
    pub fn suspended(&mut self, suspended: bool) -> &mut Self {
        self.beginning.set(Beginning::SUSPENDED, suspended);
        self
    }

    /// The child is the first of a process group, which Ctrl+C does not reach (CREATE_NEW_PROCESS_GROUP).
    pub fn new_process_group(&mut self, new: bool) -> &mut Self {
        self.beginning.set(Beginning::NEW_GROUP, new);
        self
    }

    /// The child has no terminal (DETACHED_PROCESS).
    pub fn detached(&mut self, detached: bool) -> &mut Self {
        self.beginning.set(Beginning::NEW_SESSION, detached);
        self
    }

    /// The child belongs to this job. A child that cannot is ended at once, and [`Command::spawn`] fails with what [`Job::assign`] fails with.
    pub fn job(&mut self, job: &Job) -> &mut Self {
        self.jobs = vec![job.kernel()];
        self
    }

    /// The child does not belong to the job of the calling process, which has to allow that ([`JobLimits::breakaway`]; CREATE_BREAKAWAY_FROM_JOB).
    pub fn breakaway(&mut self, breakaway: bool) -> &mut Self {
        self.breakaway = breakaway;
        self
    }

    fn environment(&self) -> Option<Vec<OsString>> {
        if !self.cleared && self.variables.is_empty() {
            return None;
        }
        let own = || std::env::vars_os().collect::<Vec<_>>();
        let mut all = if self.cleared { Vec::new() } else { own() };
        for (name, value) in &self.variables {
            all.retain(|(known, _)| known != name);
            all.extend(value.clone().map(|value| (name.clone(), value)));
        }
        let line = |(mut name, value): (OsString, OsString)| {
            name.push("=");
            name.push(value);
            name
        };
        Some(all.into_iter().map(line).collect())
    }

    /// Starts it.
    ///
    /// # Errors
    /// 2 or 3 for a program that is not there, 5 for one that must not be run, or is to leave a job that does not allow it; 193 for a file that is
    /// none, 267 for a current directory that is none, 1816 if the job has as many members as it may.
    pub fn spawn(&mut self) -> Result<Child> {
        let failed = |code: Win32Error| Error::new(code, "start of a program");
        let system = crate::system::default()?;
        let found = program::search(system, &self.program).map_err(failed)?;
        let all = || std::iter::once(&self.program).chain(&self.arguments);
        let (text, arguments) = match &self.line {
            Some(text) => {
                let apart = line::split(text.as_bytes()).into_iter().map(OsString::from_vec).collect();
                (text.as_bytes().to_vec(), apart)
            }
            None => (line::join(all().map(|argument| argument.as_bytes())), all().cloned().collect()),
        };
        let [input, output, error] = &mut self.standard;
        let standard = |which: &mut Stdio, fd| match std::mem::take(which) {
            Stdio::Inherit => Standard::Descriptor(fd),
            Stdio::Null => Standard::Nothing,
            Stdio::Descriptor(descriptor) => Standard::Owned(descriptor),
        };
        let standard = [standard(input, 0), standard(output, 1), standard(error, 2)];
        let lent: Vec<Lent> = std::mem::take(&mut self.lent);
        let plan = Start {
            line: Line::Bytes(text),
            environment: self.environment(),
            directory: self.directory.clone(),
            inherit: Inherit::Listed(lent.iter().map(Lent::handle).collect()),
            standard,
            beginning: self.beginning,
            breakaway: self.breakaway,
            jobs: std::mem::take(&mut self.jobs),
            ..Start::new(found, arguments)
        };
        let started = devices::start(system, plan);
        drop(lent);
        started.map(Child).map_err(failed)
    }
}

/// A program that was started, or that runs: signalled when it has ended. Clones are the same process. Dropping it ends nothing.
#[derive(Clone, Debug)]
pub struct Child(Arc<Process>);

impl Child {
    pub(crate) fn process(&self) -> &Arc<Process> {
        &self.0
    }

    /// The same process as an object to wait for. `std` keeps the right to collect it.
    ///
    /// # Errors
    /// 87 if it was collected already.
    pub fn of(child: &std::process::Child) -> Result<Self> {
        Self::open(child.id())
    }

    /// The process of this number (OpenProcess).
    ///
    /// # Errors
    /// 87 if there is none.
    pub fn open(id: u32) -> Result<Self> {
        Process::open(id, false).map(Self).map_err(|code| Error::new(code, "opening of a process"))
    }

    /// Its number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// With which code it has ended; `None` while it runs. A program of this library that one of this library has started says all 32 bits; of
    /// others Linux keeps eight. One that a signal has ended has the code of that exception: 0xC0000005 for a wrong address.
    #[must_use]
    pub fn exit_code(&self) -> Option<u32> {
        let code = self.0.exit_code();
        (code != STILL_ACTIVE || self.0.last().is_some()).then_some(code)
    }

    /// Waits for its end, and gives the exit code.
    ///
    /// # Errors
    /// None but those of a system that cannot be made.
    pub fn wait(&self) -> Result<u32> {
        match self.wait_for(Timeout::Infinite)? {
            Some(code) => Ok(code),
            None => unreachable!("without a limit a wait ends with its object"),
        }
    }

    /// The same for so long: `None` if the time was over first.
    ///
    /// # Errors
    /// As for [`Child::wait`].
    pub fn wait_for(&self, timeout: impl Into<Timeout>) -> Result<Option<u32>> {
        Ok(match crate::wait::wait_any(&[self], timeout)? {
            WaitResult::Object(_) | WaitResult::Abandoned(_) => self.exit_code(),
            WaitResult::TimedOut => None,
        })
    }

    /// Ends it with this exit code: nothing runs in it any more (TerminateProcess).
    ///
    /// # Errors
    /// 5 if it has ended, or is not ours to end.
    pub fn terminate(&self, code: u32) -> Result<()> {
        self.0.terminate(code).map_err(|code| Error::new(code, "end of a process"))
    }

    /// Lets it go on when this was called as often as it was suspended: how often that was before. One that was started suspended begins.
    ///
    /// # Errors
    /// 5 for the calling process.
    pub fn resume(&self) -> Result<u32> {
        self.0.resume().map_err(|code| Error::new(code, "resumption of a process"))
    }

    /// Stops it until [`Child::resume`]; how often it was suspended before.
    ///
    /// # Errors
    /// 5 if it has ended, or is not ours to stop.
    pub fn suspend(&self) -> Result<u32> {
        self.0.suspend().map_err(|code| Error::new(code, "suspension of a process"))
    }
}

impl Wait for Child {
    fn wait_ref(&self) -> Result<WaitRef> {
        // So that it is not told late what is so already.
        let _ = self.0.exit_code();
        Ok(Arc::clone(&self.0) as WaitRef)
    }
}

/// Says with which code the calling process ends, in all its bits, for a parent that is a program of this library: what is passed to
/// [`std::process::exit`] counts the same. It is for those who end by other ways.
pub fn say_exit_code(code: u32) {
    devices::say_exit_code(code);
}
