//! Processes: how a program of ours starts others, and what these inherit (contract 01 §1, §2; 07 §3; 09 §1).
//!
//! | Module | Does |
//! |---|---|
//! | [`mod@line`] | command lines, taken apart and put together |
//! | [`program`] | which file a program's name leads to |
//! | `heirs` | which handles a child inherits, and the descriptors that go with them |
//! | [`table`] | what a parent tells its child, as bytes |
//! | `record` | the memory with that table and with the exit code, which parent and child share |
//! | `spawn` | the start itself |
//! | `arrive` | what the child makes of it |
//! | `gift` | handles that it is given later |
//! | `jobs` | jobs, and the end of this process |
//!
//! Every child gets the descriptors 0, 1 and 2, its arguments, the environment, and the descriptors of what it inherits. A child that is a program
//! of ours finds, by a variable of its environment that is taken away before `main`, a record in memory without a name: the exact command
//! line, the standard handles, and the table of the inherited handles. So a handle has the same value in parent and child, and refers to the
//! same open file (with its position), socket, event, mutex, semaphore, timer, section or process. For any other program the record is a
//! descriptor that it does not look at.
//!
//! The drawbacks: the first file position that is shared makes transfers of that file go through the descriptor's own; and where a program
//! between two of ours closes all descriptors, nothing arrives.

mod arrive;
mod gift;
mod heirs;
mod jobs;
pub mod line;
pub mod program;
mod record;
mod spawn;
pub mod table;

pub use arrive::{arrive, command_line, directory, handle_of_descriptor, say_exit_code, standard_handle, startup};
pub use gift::give;
pub use heirs::Inherit;
pub use jobs::{end_now, exit_status, new_job};
pub use spawn::Beginning;
pub(crate) use spawn::settle;
pub use table::{Line, Startup};

use heirs::Estate;
use overlapped_abi::{Context, Win32Error};
use overlapped_kernel::System;
use overlapped_kernel::handle::Handle;
use overlapped_kernel::process::job::Job;
use overlapped_kernel::process::{Known, Process, Will};
use record::Record;
use rustix::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use rustix::fs::{Mode, OFlags};
use spawn::{Plan, Spawned};
use std::ffi::{CString, OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::Arc;
use table::Table;

/// ERROR_DIRECTORY: the current directory that a child is to have is none.
const NO_DIRECTORY: Win32Error = Win32Error(267);

fn from_errno(errno: rustix::io::Errno) -> Win32Error {
    Win32Error::from_errno(errno.raw_os_error(), Context::Open)
}

fn from_io(error: &std::io::Error) -> Win32Error {
    error.raw_os_error().map_or(Win32Error::GEN_FAILURE, |errno| Win32Error::from_errno(errno, Context::Open))
}

/// What a child has as one of its standard handles.
#[derive(Debug)]
pub enum Standard {
    /// What this descriptor of the calling process is.
    Descriptor(RawFd),
    /// What this handle refers to.
    Handle(Handle),
    /// A descriptor made for it.
    Owned(OwnedFd),
    /// Nothing: for a program that wants descriptors all the same, the null device.
    Nothing,
}

/// How a child is to be started.
#[derive(Debug)]
pub struct Start {
    /// The file of its program.
    pub program: PathBuf,
    /// What a child of ours finds as its command line.
    pub line: Line,
    /// Its arguments, with the program's name.
    pub arguments: Vec<OsString>,
    /// `NAME=value`; the caller's own without.
    pub environment: Option<Vec<OsString>>,
    /// Its current directory; the caller's own without.
    pub directory: Option<PathBuf>,
    /// The handles that it gets.
    pub inherit: Inherit,
    /// Its standard handles.
    pub standard: [Standard; 3],
    /// How it begins.
    pub beginning: Beginning,
    /// How nice it is; as the caller without.
    pub niceness: Option<i32>,
    /// What STARTUPINFO says besides.
    pub startup: Startup,
    /// It is to leave the job of the calling process.
    pub breakaway: bool,
    /// Jobs to which it is to belong. It is assigned when it has begun; what it starts before that is found when the job is ended.
    pub jobs: Vec<Arc<Job>>,
}

impl Start {
    /// A child with what the caller has and nothing else.
    #[must_use]
    pub fn new(program: PathBuf, arguments: Vec<OsString>) -> Self {
        Self {
            program,
            line: Line::None,
            arguments,
            environment: None,
            directory: None,
            inherit: Inherit::None,
            standard: [0, 1, 2].map(Standard::Descriptor),
            beginning: Beginning::empty(),
            niceness: None,
            startup: Startup::default(),
            breakaway: false,
            jobs: Vec::new(),
        }
    }
}

/// Starts a child. 2 or 3 for a program that is not there, 5 for one that must not be run, 193 for what is none, 267 for a directory that is
/// none, 87 for a list with a handle that cannot be inherited.
pub fn start(system: &System, start: Start) -> Result<Arc<Process>, Win32Error> {
    let job = Process::may_leave_job(start.breakaway)?;
    if start.directory.as_ref().is_some_and(|directory| !directory.is_dir()) {
        return Err(NO_DIRECTORY);
    }
    let streams = start.standard.iter().filter_map(|standard| match standard {
        Standard::Handle(handle) => Some(*handle),
        _ => None,
    });
    let mut estate = Estate::of(system, &start.inherit, &streams.collect::<Vec<_>>())?;
    let values = start.standard.each_ref().map(|standard| match standard {
        Standard::Descriptor(_) | Standard::Owned(_) => u64::MAX,
        Standard::Handle(handle) => handle.into_raw() as u64,
        Standard::Nothing => 0,
    });
    let own = system.directory().map(|directory| directory.as_os_str().to_owned());
    let (mail, theirs) = post_box()?;
    let table = Table {
        mail: table::Place::of(theirs.as_fd()),
        line: start.line.clone(),
        startup: start.startup.clone(),
        standard: values,
        directory: own.unwrap_or_default(),
        objects: std::mem::take(&mut estate.objects),
        handles: std::mem::take(&mut estate.handles),
    };
    estate.descriptors.push(theirs);
    let record = Record::new(&table).map_err(from_errno)?.with_mail(mail);
    // What is only a standard handle is not for the child to have under another number, too.
    let inherited = estate.descriptors.len();
    let [input, output, error] = start.standard.each_ref().map(|standard| descriptor(system, &mut estate, standard));
    let standard = [input?, output?, error?];
    let spawned = launch(&start, &record, &estate.descriptors[..inherited], &standard)?;
    let Spawned { id, pidfd, gate } = spawned;
    let will = Some(Arc::new(record) as Arc<dyn Will>);
    let process = Process::child(Known { id, pidfd, will }, gate)?;
    for job in job.iter().chain(&start.jobs) {
        if let Err(error) = job.admit(&process) {
            // One that was too many for the job has been ended by it. Nobody gets to know of another, so it is not to run either.
            let _ = process.terminate(error.0);
            return Err(error);
        }
    }
    Ok(process)
}

/// The two ends of the socket by which a child is given handles.
fn post_box() -> Result<(OwnedFd, OwnedFd), Win32Error> {
    use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
    let pair = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None);
    let (ours, theirs) = pair.map_err(from_errno)?;
    Ok((ours, spawn::above(theirs)?))
}

fn launch(
    start: &Start,
    record: &Record,
    inherited: &[OwnedFd],
    standard: &[OwnedFd; 3],
) -> Result<Spawned, Win32Error> {
    let text = |text: &OsStr| CString::new(text.as_bytes()).map_err(|_| Win32Error::INVALID_PARAMETER);
    let own = || {
        let line = |(mut name, value): (OsString, OsString)| {
            name.push("=");
            name.push(value);
            name
        };
        std::env::vars_os().map(line).collect()
    };
    let mut environment = start.environment.clone().unwrap_or_else(own);
    environment.retain(|line| !line.as_bytes().starts_with(format!("{}=", arrive::VARIABLE).as_bytes()));
    let fd = record.descriptor().as_raw_fd();
    environment.push(format!("{}={fd}:{:x}", arrive::VARIABLE, record.nonce()).into());
    let environment = environment.iter().map(|line| text(line)).collect::<Result<Vec<_>, _>>()?;
    let arguments = start.arguments.iter().map(|argument| text(argument)).collect::<Result<Vec<_>, _>>()?;
    let program = text(start.program.as_os_str())?;
    let directory = start.directory.as_ref().map(|directory| text(directory.as_os_str())).transpose()?;
    let kept: Vec<RawFd> = inherited.iter().map(AsRawFd::as_raw_fd).chain([fd]).collect();
    let [input, output, error] = standard;
    spawn::spawn(&Plan {
        program: &program,
        arguments: &arguments,
        environment: &environment,
        directory: directory.as_deref(),
        standard: [input, output, error],
        kept: &kept,
        record,
        beginning: start.beginning,
        niceness: start.niceness,
    })
}

/// A copy of what a standard handle is, with a number that is not a standard one's.
fn descriptor(system: &System, estate: &mut Estate, standard: &Standard) -> Result<OwnedFd, Win32Error> {
    // A number that is only held, for want of a standard descriptor, can neither be read nor written.
    let held = |fd: BorrowedFd<'_>| rustix::fs::fcntl_getfl(fd).is_ok_and(|flags| flags.contains(OFlags::PATH));
    let copy = |fd: BorrowedFd<'_>| rustix::io::fcntl_dupfd_cloexec(fd, 3).ok().filter(|_| !held(fd));
    let found = match standard {
        // SAFETY: if it is not open the call fails, and nothing else is done with it.
        Standard::Descriptor(fd) if *fd >= 0 => copy(unsafe { BorrowedFd::borrow_raw(*fd) }),
        Standard::Owned(fd) => copy(fd.as_fd()),
        Standard::Handle(handle) => estate.standard(system, *handle)?,
        _ => None,
    };
    match found {
        Some(fd) => spawn::above(fd),
        // Programs of Linux want to have these descriptors.
        None => {
            let null =
                rustix::fs::open("/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty()).map_err(from_errno)?;
            spawn::above(null)
        }
    }
}
