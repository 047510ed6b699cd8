//! Jobs: processes that are taken together, to be ended with their job and to report to a port.
//!
//! What a member starts by the library is a member, too, if the member is the calling process. What members start by themselves Linux does
//! not tell; it is found below them in the tree of processes when a job is ended, and counts for nothing else. Drawback: what has
//! left the tree, because its parent has ended, is left alone.

use super::Process;
use crate::dispatcher::{Dispatcher, Waitable};
use crate::port::{Packet, Port};
use crate::sync::Mutex;
use overlapped_abi::Win32Error;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Weak};

/// What a job reports to its port, with the number of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobMessage {
    /// A process was one too many, and was ended.
    ActiveProcessLimit,
    /// The last member has ended.
    ActiveProcessZero,
    /// A process is a member from now on.
    NewProcess(u32),
    /// A member has ended.
    ExitProcess(u32),
    /// A member has ended by an exception.
    AbnormalExitProcess(u32),
}

impl JobMessage {
    /// The JOB_OBJECT_MSG_ constant, which is the byte count of the packet.
    #[must_use]
    pub fn number(self) -> u32 {
        match self {
            Self::ActiveProcessLimit => 3,
            Self::ActiveProcessZero => 4,
            Self::NewProcess(_) => 6,
            Self::ExitProcess(_) => 7,
            Self::AbnormalExitProcess(_) => 8,
        }
    }

    /// The process that it is about; 0 without one.
    #[must_use]
    pub fn process(self) -> u32 {
        match self {
            Self::ActiveProcessLimit | Self::ActiveProcessZero => 0,
            Self::NewProcess(id) | Self::ExitProcess(id) | Self::AbnormalExitProcess(id) => id,
        }
    }
}

/// Makes the packet of a message.
type Words = Box<dyn Fn(JobMessage) -> Packet + Send + Sync>;

/// ERROR_NOT_ENOUGH_QUOTA, with which a process ends that is one too many.
const NOT_ENOUGH_QUOTA: u32 = 1816;

/// What a job asks of its members.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobLimits {
    /// They end with the last handle of the job.
    pub kill_on_close: bool,
    /// What a member starts may stay outside if that is asked for.
    pub breakaway: bool,
    /// What a member starts stays outside.
    pub silent_breakaway: bool,
    /// So many at once.
    pub active: Option<u32>,
}

/// What a job has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobCounts {
    /// The numbers of the members that run.
    pub active: Vec<u32>,
    /// All that ever were members.
    pub total: u32,
    /// Those that were ended because of a limit.
    pub ended_by_limit: u32,
}

/// See the module page.
pub struct Job {
    /// Signalled when a time limit ends it, which there is none of.
    over: Dispatcher,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    members: Vec<Arc<Process>>,
    limits: JobLimits,
    port: Option<(Arc<Port>, Words)>,
    total: u32,
    ended_by_limit: u32,
}

impl Inner {
    fn tell(&self, message: JobMessage) {
        if let Some((port, words)) = &self.port {
            // A port that was closed has nobody to tell.
            port.insert(words(message));
        }
    }
}

impl Default for Job {
    fn default() -> Self {
        Self { over: Dispatcher::notification(false), inner: Mutex::default() }
    }
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Job").field("members", &self.inner.lock().members).finish_non_exhaustive()
    }
}

impl Waitable for Job {
    fn dispatcher(&self) -> &Dispatcher {
        &self.over
    }
}

impl Job {
    /// AssignProcessToJobObject: 5 for a process that has a job or has ended. One too many is ended (1816), and is told.
    pub fn assign(self: &Arc<Self>, process: &Arc<Process>) -> Result<(), Win32Error> {
        process.look();
        if process.ended.is_signalled() { Err(Win32Error::ACCESS_DENIED) } else { self.admit(process) }
    }

    /// The same for a process that was just started: one that has ended already has been a member all the same, as its program never was
    /// anything else.
    pub fn admit(self: &Arc<Self>, process: &Arc<Process>) -> Result<(), Win32Error> {
        if self.limits().active.is_some() {
            // Who has ended, and was not seen to, does not count. Not under the lock, which those who end take.
            let members = self.inner.lock().members.clone();
            members.iter().for_each(|member| member.look());
        }
        let full = {
            let mut inner = self.inner.lock();
            let mut job = process.job.lock();
            if job.upgrade().is_some() {
                return Err(Win32Error::ACCESS_DENIED);
            }
            let most = inner.limits.active.map_or(usize::MAX, |most| most as usize);
            let full = inner.members.len() >= most;
            if full {
                inner.ended_by_limit += 1;
                inner.tell(JobMessage::ActiveProcessLimit);
            } else {
                inner.members.push(Arc::clone(process));
                inner.total += 1;
                inner.tell(JobMessage::NewProcess(process.id()));
                *job = Arc::downgrade(self);
            }
            full
        };
        if full {
            let _ = process.terminate(NOT_ENOUGH_QUOTA);
            return Err(Win32Error(NOT_ENOUGH_QUOTA));
        }
        // It may have ended before it knew whom to tell.
        if process.ended.is_signalled() {
            self.ended(process);
        }
        Ok(())
    }

    /// A member has ended.
    pub(super) fn ended(&self, process: &Process) {
        let gone = {
            let mut inner = self.inner.lock();
            let at = inner.members.iter().position(|member| std::ptr::eq(&raw const **member, process));
            let Some(at) = at else { return };
            let gone = inner.members.swap_remove(at);
            let (id, abnormal) = (process.id(), process.known_exit_code() >> 30 == 3);
            inner.tell(if abnormal { JobMessage::AbnormalExitProcess(id) } else { JobMessage::ExitProcess(id) });
            if inner.members.is_empty() {
                inner.tell(JobMessage::ActiveProcessZero);
            }
            gone
        };
        drop(gone);
    }

    /// TerminateJobObject: ends all members, and what is below them. The calling process, if it is one, goes on.
    pub fn terminate(&self, code: u32) {
        let members = self.inner.lock().members.clone();
        let below: Vec<OwnedFd> = members.iter().flat_map(|member| descendants(member.id())).collect();
        for member in &members {
            // One that has ended needs no end.
            let _ = member.terminate(code);
        }
        for process in below {
            let _ = pidfd_send_signal(process, Signal::KILL);
        }
    }

    /// The last handle was closed, or the process ends that has it.
    pub fn close(&self) {
        if self.inner.lock().limits.kill_on_close {
            self.terminate(0);
        }
    }

    /// What is asked of the members.
    #[must_use]
    pub fn limits(&self) -> JobLimits {
        self.inner.lock().limits
    }

    /// Asks something else of them from now on.
    pub fn set_limits(&self, limits: JobLimits) {
        self.inner.lock().limits = limits;
    }

    /// Reports to this port from now on, beginning with the members that there are. 87 if it reports to one already.
    pub fn report_to(&self, port: Arc<Port>, key: usize) -> Result<(), Win32Error> {
        let words = move |message: JobMessage| Packet::posted(message.number(), key, message.process() as usize);
        self.report_in(port, words)
    }

    /// The same in packets of the caller's making, which is not to ask the job: its lock is held, so that messages come in their order.
    pub fn report_in(
        &self,
        port: Arc<Port>,
        words: impl Fn(JobMessage) -> Packet + Send + Sync + 'static,
    ) -> Result<(), Win32Error> {
        let mut inner = self.inner.lock();
        if inner.port.is_some() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        inner.port = Some((port, Box::new(words)));
        inner.members.iter().for_each(|member| inner.tell(JobMessage::NewProcess(member.id())));
        Ok(())
    }

    /// What it has seen.
    #[must_use]
    pub fn counts(&self) -> JobCounts {
        let members = self.inner.lock().members.clone();
        members.iter().for_each(|member| member.look());
        drop(members);
        let inner = self.inner.lock();
        let active = inner.members.iter().map(|member| member.id()).collect();
        JobCounts { active, total: inner.total, ended_by_limit: inner.ended_by_limit }
    }

    /// Is the process a member?
    #[must_use]
    pub fn has(&self, process: &Arc<Process>) -> bool {
        self.inner.lock().members.iter().any(|member| Arc::ptr_eq(member, process))
    }
}

impl Process {
    /// The job that it belongs to.
    #[must_use]
    pub fn job(&self) -> Option<Arc<Job>> {
        self.job.lock().upgrade()
    }

    /// A child of the calling process is started: it belongs to the same job, unless that lets it go. 5 if it wants to go and may not.
    pub fn may_leave_job(wanted: bool) -> Result<Option<Arc<Job>>, Win32Error> {
        let Some(job) = Self::current().job() else { return Ok(None) };
        let limits = job.limits();
        match limits.silent_breakaway || limits.breakaway && wanted {
            true => Ok(None),
            false if wanted => Err(Win32Error::ACCESS_DENIED),
            false => Ok(Some(job)),
        }
    }
}

/// Of no job.
pub(super) fn none() -> Mutex<Weak<Job>> {
    Mutex::new(Weak::new())
}

/// The processes below one, by descriptors that stay theirs.
fn descendants(process: u32) -> Vec<OwnedFd> {
    let (mut found, mut queue) = (Vec::new(), vec![process]);
    while let Some(parent) = queue.pop() {
        for task in std::fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten() {
            let children = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
            for child in children.split_ascii_whitespace().filter_map(|child| child.parse::<u32>().ok()) {
                let pid = i32::try_from(child).ok().and_then(Pid::from_raw);
                found.extend(pid.and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok()));
                queue.push(child);
            }
        }
    }
    found
}
