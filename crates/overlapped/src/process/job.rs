//! Jobs: programs that are taken together, to be limited, reported on and ended.

use super::Child;
use crate::error::{Error, Result};
use crate::port::{CompletionPort, pack};
use overlapped_abi::{AccessMask, Status};
use overlapped_devices::process as devices;
use overlapped_kernel::System;
use overlapped_kernel::handle::{Handle, Object};
use overlapped_kernel::port::Packet;
use overlapped_kernel::process::{Process, job};
use std::sync::Arc;

pub use overlapped_kernel::process::job::{JobCounts, JobLimits, JobMessage};

/// JOB_OBJECT_ALL_ACCESS.
const ALL: u32 = 0x1F_003F;

/// A job object: programs that are taken together. Clones are the same job.
///
/// A program belongs to one job at most, to the end of its life; what it starts through this library belongs to the same one
/// ([`Command::breakaway`](super::Command::breakaway)). What it starts by other means is not counted, but ends with the job all the same, unless the
/// program between the two has ended before.
///
/// When the last clone is dropped the members go on, unless [`JobLimits::kill_on_close`] is set: then they end, also when this process exits. (A
/// process that is killed ends nobody any more.)
///
/// A job tells a [`CompletionPort`] what happens to its members:
///
/// ```
/// # fn main() -> overlapped::Result<()> {
/// use overlapped::CompletionPort;
/// use overlapped::process::{Command, Job, JobLimits, JobMessage};
///
/// let port = CompletionPort::<&str, JobMessage>::new(1)?;
/// let job = Job::new()?;
/// job.set_limits(JobLimits { kill_on_close: true, ..JobLimits::default() });
/// job.report_to(&port, "workers")?;
/// for code in ["exit 0", "exit 3"] {
///     Command::new("sh").args(["-c", code]).job(&job).spawn()?;
/// }
/// let mut ended = 0;
/// while ended < 2 {
///     let done = port.get()?;
///     if let JobMessage::ExitProcess(id) = done.context {
///         println!("{}: process {id} has ended", done.key);
///         ended += 1;
///     }
/// }
/// assert_eq!(job.counts().total, 2);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Job(Arc<Inner>);

/// The job is open as long as its handle, as with the C face.
#[derive(Debug)]
struct Inner {
    system: System,
    handle: Handle,
    job: Arc<job::Job>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Nobody else knows the handle.
        let _ = self.system.close(self.handle);
    }
}

impl Job {
    /// A job without members and without limits (CreateJobObject).
    ///
    /// # Errors
    /// 4 when there are too many handles; or if there is no default system.
    pub fn new() -> Result<Self> {
        Self::of(crate::system::default()?, devices::new_job())
    }

    fn of(system: &System, job: Arc<job::Job>) -> Result<Self> {
        let made = system.insert(Object::Job(Arc::clone(&job)), AccessMask::from_bits_retain(ALL));
        let handle = made.map_err(|code| Error::new(code, "creation of a job"))?;
        Ok(Self(Arc::new(Inner { system: system.clone(), handle, job })))
    }

    /// Makes the program a member (AssignProcessToJobObject). [`Command::job`](super::Command::job) does it where the program is started.
    ///
    /// # Errors
    /// 5 for one that belongs to a job already, or has ended; 1816 for one too many, which is ended with that code.
    pub fn assign(&self, child: &Child) -> Result<()> {
        self.0.job.assign(child.process()).map_err(|code| Error::new(code, "assignment to a job"))
    }

    /// Makes the calling process a member, and with it what it starts from now on.
    ///
    /// # Errors
    /// As for [`Job::assign`]. One too many is not ended here.
    pub fn assign_current(&self) -> Result<()> {
        self.0.job.assign(&Process::current()).map_err(|code| Error::new(code, "assignment to a job"))
    }

    /// Is it a member, and has not ended?
    #[must_use]
    pub fn has(&self, child: &Child) -> bool {
        self.0.job.has(child.process())
    }

    /// What is asked of the members.
    #[must_use]
    pub fn limits(&self) -> JobLimits {
        self.0.job.limits()
    }

    /// Asks this of the members from now on (SetInformationJobObject). Those that there are stay, also if they are too many.
    pub fn set_limits(&self, limits: JobLimits) {
        self.0.job.set_limits(limits);
    }

    /// Which members run, and how many there have been (QueryInformationJobObject).
    #[must_use]
    pub fn counts(&self) -> JobCounts {
        self.0.job.counts()
    }

    /// Tells the port what happens from now on, beginning with the members that there are (JobObjectAssociateCompletionPortInformation): packets
    /// bear the key, and their context is made of the message. Their byte count is the message's number. The key is not to hold the job, which
    /// would then hold itself.
    ///
    /// # Errors
    /// 87 if the job tells a port already.
    pub fn report_to<K, C, B>(&self, port: &CompletionPort<K, C, B>, key: K) -> Result<()>
    where
        K: Clone + Send + Sync + 'static,
        C: From<JobMessage> + Send + 'static,
        B: Send + 'static,
    {
        let words = move |message: JobMessage| Packet {
            status: Status::SUCCESS,
            bytes: message.number(),
            cargo: pack((key.clone(), C::from(message))),
        };
        let done = self.0.job.report_in(Arc::clone(port.kernel()), words);
        done.map_err(|code| Error::new(code, "association of a job with a port"))
    }

    /// Ends all members with this exit code, and what they have started (TerminateJobObject). The calling process, if it is a member, ends at
    /// once and last: no destructor runs.
    pub fn terminate(&self, code: u32) {
        let own = self.0.job.has(&Process::current());
        self.0.job.terminate(code);
        if own {
            devices::end_now(code);
        }
    }

    pub(super) fn kernel(&self) -> Arc<job::Job> {
        Arc::clone(&self.0.job)
    }

    /// For a name: the job alone, unless there are clones.
    pub(crate) fn into_kernel(self) -> Option<Arc<job::Job>> {
        let inner = Arc::into_inner(self.0)?;
        Some(Arc::clone(&inner.job))
    }

    pub(crate) fn from_kernel(job: Arc<job::Job>, system: &System) -> Option<Self> {
        Self::of(system, job).ok()
    }
}
