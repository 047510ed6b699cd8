//! Processes that were opened by their number.

use super::{Process, Will, watch};
use crate::dispatcher::Dispatcher;
use crate::sync::Mutex;
use crate::thread::STILL_ACTIVE;
use overlapped_abi::Win32Error;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, retry_on_intr, write};
use rustix::ioctl::{Updater, ioctl, opcode};
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, pidfd_open, pidfd_send_signal, test_kill_process, waitid,
};
use std::cell::Cell;
use std::collections::HashMap;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Weak};
use std::time::SystemTime;

pub(super) struct Opened {
    pidfd: OwnedFd,
    /// It is a child of this library's, which collects it.
    child: bool,
    /// With which code this process has ended it: the code, and a bit above.
    sentence: AtomicU64,
    will: Option<Arc<dyn Will>>,
    halt: Mutex<Halt>,
    /// Who has this looks whether it has ended.
    last: Mutex<Option<Last>>,
}

/// How often over it is suspended.
#[derive(Default)]
struct Halt {
    count: u32,
    /// What a child waits for that has not begun its program.
    gate: Option<OwnedFd>,
}

/// What was known of a process when it had ended.
#[derive(Clone, Debug)]
pub struct Last {
    /// Its line in /proc, with what it has used; empty if it was gone already.
    pub stat: String,
    /// When that was seen.
    pub at: SystemTime,
}

/// What whoever starts or inherits a process knows of it.
#[derive(Debug)]
pub struct Known {
    /// Its number.
    pub id: u32,
    /// The descriptor that stands for it.
    pub pidfd: OwnedFd,
    /// What it says of its end.
    pub will: Option<Arc<dyn Will>>,
}

/// TerminateProcess was called.
const SENTENCED: u64 = 1 << 32;
/// The code of a process that ended in a way that nobody tells.
const UNKNOWN: u32 = u32::MAX;

thread_local! {
    /// This thread tells the observers of an end.
    static TELLING: Cell<bool> = const { Cell::new(false) };
}

/// They are told, also if one has panicked.
struct Told;

impl Drop for Told {
    fn drop(&mut self) {
        TELLING.set(false);
    }
}

/// Processes that handles refer to, so that one process is one object.
static OPEN: LazyLock<Mutex<HashMap<u32, Weak<Process>>>> = LazyLock::new(Mutex::default);

impl Process {
    /// The process of this number: 87 if there is none, or if it is the number of a thread. `control` asks for more than to look at it,
    /// which is refused with 5 where Linux would not let us signal it.
    pub fn open(id: u32, control: bool) -> Result<Arc<Self>, Win32Error> {
        if id == std::process::id() {
            return Ok(Self::current());
        }
        let pid = i32::try_from(id).ok().and_then(Pid::from_raw).ok_or(Win32Error::INVALID_PARAMETER)?;
        // Asked whether it is over, and not for its code: one may end with 259. Not under the lock: whoever observes ends is told, and may come back
        // here.
        let known = OPEN.lock().get(&id).and_then(Weak::upgrade);
        known.iter().for_each(|process| process.look());
        let process = match known.filter(|process| !process.ended.is_signalled()) {
            Some(process) => process,
            None => Self::open_anew(id, pid)?,
        };
        if control && test_kill_process(pid) == Err(Errno::PERM) {
            return Err(Win32Error::ACCESS_DENIED);
        }
        Ok(process)
    }

    fn open_anew(id: u32, pid: Pid) -> Result<Arc<Self>, Win32Error> {
        let pidfd = pidfd_open(pid, PidfdFlags::empty()).map_err(|error| match error {
            Errno::MFILE | Errno::NFILE => Win32Error::TOO_MANY_OPEN_FILES,
            Errno::NOMEM => Win32Error::NOT_ENOUGH_MEMORY,
            _ => Win32Error::INVALID_PARAMETER,
        })?;
        let mut open = OPEN.lock();
        // Another thread may have been quicker.
        let known = open.get(&id).and_then(Weak::upgrade).filter(|process| !process.ended.is_signalled());
        if let Some(process) = known.filter(|process| process.is_same_as(&pidfd)) {
            return Ok(process);
        }
        let process = Arc::new(Self::of(id, pidfd));
        if !watch::watch(&process) {
            return Err(Win32Error::NOT_ENOUGH_MEMORY);
        }
        open.retain(|_, process| process.strong_count() != 0);
        open.insert(id, Arc::downgrade(&process));
        Ok(process)
    }

    /// Has neither ended, so that one number is one process?
    fn is_same_as(&self, pidfd: &OwnedFd) -> bool {
        let runs = |pidfd: BorrowedFd<'_>| {
            poll(&mut [PollFd::new(&pidfd, PollFlags::IN)], Some(&Timespec { tv_sec: 0, tv_nsec: 0 })) == Ok(0)
        };
        self.pidfd().is_some_and(runs) && runs(pidfd.as_fd())
    }

    fn of(id: u32, pidfd: OwnedFd) -> Self {
        Self::known(Known { id, pidfd, will: None }, false, Halt::default())
    }

    fn known(known: Known, child: bool, halt: Halt) -> Self {
        let Known { id, pidfd, will } = known;
        let (sentence, halt, last) = (AtomicU64::new(0), Mutex::new(halt), Mutex::new(None));
        Self {
            id,
            ended: Dispatcher::notification(false),
            exit_code: STILL_ACTIVE.into(),
            opened: Some(Opened { pidfd, child, sentence, will, halt, last }),
            job: super::job::none(),
        }
    }

    /// A child that was just started: it is collected when it has ended, whether or not somebody still has it. It waits before its
    /// program for a byte from `gate`, if there is one. 8 if nobody would see its end.
    pub fn child(known: Known, gate: Option<OwnedFd>) -> Result<Arc<Self>, Win32Error> {
        let id = known.id;
        let process = Arc::new(Self::known(known, true, Halt { count: u32::from(gate.is_some()), gate }));
        if !watch::watch_child(&process) {
            // Nobody gets to know of it, or would collect it: so it is not to run either.
            if let Some(pidfd) = process.pidfd() {
                let _ = pidfd_send_signal(pidfd, Signal::KILL);
                let _ = retry_on_intr(|| waitid(WaitId::PidFd(pidfd), WaitIdOptions::EXITED));
            }
            return Err(Win32Error::NOT_ENOUGH_MEMORY);
        }
        OPEN.lock().insert(id, Arc::downgrade(&process));
        Ok(process)
    }

    /// A process whose handle the parent of this one has left it. 8 if nobody would see its end.
    pub fn inherited(known: Known) -> Result<Arc<Self>, Win32Error> {
        if known.id == std::process::id() {
            return Ok(Self::current());
        }
        let id = known.id;
        let process = Arc::new(Self::known(known, false, Halt::default()));
        if !watch::watch(&process) {
            return Err(Win32Error::NOT_ENOUGH_MEMORY);
        }
        OPEN.lock().insert(id, Arc::downgrade(&process));
        Ok(process)
    }

    /// The descriptor that stands for it, and what it says of its end, to be left to a child. `None` of the calling process.
    #[must_use]
    pub fn bequest(&self) -> Option<(BorrowedFd<'_>, Option<&Arc<dyn Will>>)> {
        self.opened.as_ref().map(|opened| (opened.pidfd.as_fd(), opened.will.as_ref()))
    }

    /// What was known of it when it had ended; `None` while it runs.
    #[must_use]
    pub fn last(&self) -> Option<Last> {
        self.look();
        self.opened.as_ref()?.last.lock().clone()
    }

    /// Lets a suspended process go on when this was called as often as [`Process::suspend`]: the count before. A child that was started
    /// suspended begins with 1.
    pub fn resume(&self) -> Result<u32, Win32Error> {
        let opened = self.opened.as_ref().ok_or(Win32Error::ACCESS_DENIED)?;
        let mut halt = opened.halt.lock();
        let before = halt.count;
        halt.count = before.saturating_sub(1);
        match (before, halt.gate.take()) {
            // Nobody is behind the gate if it was ended meanwhile.
            (1, Some(gate)) => _ = write(&gate, &[1]),
            (1, None) => _ = pidfd_send_signal(&opened.pidfd, Signal::CONT),
            (_, gate) => halt.gate = gate,
        }
        Ok(before)
    }

    /// Suspends the whole process: the count before. 5 if it has ended, or is not ours to stop.
    pub fn suspend(&self) -> Result<u32, Win32Error> {
        let opened = self.opened.as_ref().ok_or(Win32Error::ACCESS_DENIED)?;
        let mut halt = opened.halt.lock();
        if halt.count == 0 {
            pidfd_send_signal(&opened.pidfd, Signal::STOP).map_err(|_| Win32Error::ACCESS_DENIED)?;
        }
        let before = halt.count;
        halt.count += 1;
        Ok(before)
    }

    pub(super) fn pidfd(&self) -> Option<BorrowedFd<'_>> {
        self.opened.as_ref().map(|opened| opened.pidfd.as_fd())
    }

    /// Learns now whether it has ended, so that whoever asks next is not told what was true a moment ago.
    pub(crate) fn look(&self) {
        let Some(opened) = &self.opened else { return };
        if self.ended.is_signalled() {
            return;
        }
        let mut readable = [PollFd::new(&opened.pidfd, PollFlags::IN)];
        if poll(&mut readable, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })) != Ok(1) {
            return;
        }
        // To an observer that asks, here or about another one, it runs still: the thread of `watch` looks later.
        if TELLING.replace(true) {
            return;
        }
        let told = Told;
        super::tell_observers(self.id);
        drop(told);
        let mut last = opened.last.lock();
        if last.is_some() {
            // Somebody else is about to say it, or has.
            return;
        }
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id)).unwrap_or_default();
        *last = Some(Last { stat, at: SystemTime::now() });
        self.exit_code.store(opened.code(), Ordering::Release);
        self.ended.set();
        drop(last);
        if let Some(job) = self.job() {
            job.ended(self);
        }
    }

    /// Ends another process (TerminateProcess): nothing runs in it any more. 5 if it has ended, or is not ours to end.
    pub fn terminate(&self, code: u32) -> Result<(), Win32Error> {
        let opened = self.opened.as_ref().ok_or(Win32Error::ACCESS_DENIED)?;
        self.look();
        if self.ended.is_signalled() {
            return Err(Win32Error::ACCESS_DENIED);
        }
        let sentence = SENTENCED | u64::from(code);
        if let Some(will) = &opened.will {
            will.condemn(code);
        }
        // The first to say so decides.
        let _ = opened.sentence.compare_exchange(0, sentence, Ordering::AcqRel, Ordering::Acquire);
        pidfd_send_signal(&opened.pidfd, Signal::KILL).map_err(|_| {
            let _ = opened.sentence.compare_exchange(sentence, 0, Ordering::AcqRel, Ordering::Relaxed);
            Win32Error::ACCESS_DENIED
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.opened.is_some() {
            watch::recall();
        }
    }
}

impl Opened {
    /// The exit code, after the end.
    fn code(&self) -> u32 {
        let said = self.will.as_ref().and_then(|will| will.said());
        let Some((exited, number)) = self.status() else { return said.unwrap_or(UNKNOWN) };
        let sentence = self.sentence.load(Ordering::Acquire);
        match number {
            // Linux has the low bits; of codes whose low bits are 0, sometimes all of them set.
            number if exited => said.filter(|said| said & 0xFF == number || number == 0xFF).unwrap_or(number),
            KILLED if self.will.is_some() => {
                let others = self.will.as_ref().and_then(|will| will.sentence());
                others.or((sentence & SENTENCED != 0).then_some(sentence as u32)).unwrap_or(of_signal(KILLED))
            }
            KILLED if sentence & SENTENCED != 0 => sentence as u32,
            // An exception that nobody handled has said which.
            signal => said.filter(|said| said >> 30 == 3).unwrap_or(of_signal(signal)),
        }
    }

    /// Whether it has exited, and with which code; or the signal that has ended it.
    fn status(&self) -> Option<(bool, u32)> {
        // A child that others have started stays for them to collect.
        let mut options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
        options.set(WaitIdOptions::NOWAIT, !self.child);
        if let Ok(Some(status)) = waitid(WaitId::PidFd(self.pidfd.as_fd()), options) {
            let number = |number: i32| number.cast_unsigned();
            return match (status.exit_status(), status.terminating_signal()) {
                (Some(code), _) => Some((true, number(code))),
                (None, Some(signal)) => Some((false, number(signal))),
                (None, None) => None,
            };
        }
        let mut about = About { mask: MASK_EXIT, ..About::default() };
        // SAFETY: the request goes with this structure, whose size is part of its number.
        unsafe { ioctl(&self.pidfd, Updater::<GET_INFO, About>::new(&mut about)) }.ok()?;
        let status = about.exit_code.cast_unsigned();
        (about.mask & MASK_EXIT != 0).then_some(match status & 0x7F {
            0 => (true, status >> 8 & 0xFF),
            signal => (false, signal),
        })
    }
}

/// `struct pidfd_info` of Linux, in its first form.
#[repr(C)]
#[derive(Default)]
struct About {
    mask: u64,
    cgroup: u64,
    numbers: [u32; 11],
    exit_code: i32,
}

const _: () = assert!(size_of::<About>() == 64);
/// PIDFD_GET_INFO.
const GET_INFO: rustix::ioctl::Opcode = opcode::read_write::<About>(0xFF, 11);
/// PIDFD_INFO_EXIT.
const MASK_EXIT: u64 = 1 << 3;
const KILLED: u32 = 9;

/// What Windows has for the end by a signal.
fn of_signal(signal: u32) -> u32 {
    match signal {
        1 | 2 | 3 | 15 => 0xC000_013A,
        6 => 3,
        4 => 0xC000_001D,
        5 => 0x8000_0003,
        7 => 0xC000_0006,
        8 => 0xC000_0094,
        11 => 0xC000_0005,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Child, Command, Stdio};
    use std::time::{Duration, Instant};

    fn start(script: &str) -> Child {
        Command::new("sh").args(["-c", script]).stdin(Stdio::piped()).spawn().unwrap()
    }

    fn ends(process: &Process) {
        let limit = Instant::now() + Duration::from_secs(60);
        while process.exit_code() == STILL_ACTIVE {
            assert!(Instant::now() < limit, "it does not end");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn a_child_is_signalled_at_its_end_and_has_its_exit_code_04_1() {
        let mut child = start("read line; exit 7");
        let process = Process::open(child.id(), true).unwrap();
        assert!(Arc::ptr_eq(&process, &Process::open(child.id(), false).unwrap()), "one process is one object");
        assert_eq!((process.exit_code(), process.ended.is_signalled()), (STILL_ACTIVE, false));
        drop(child.stdin.take());
        let limit = Instant::now() + Duration::from_secs(60);
        while !process.ended.is_signalled() {
            assert!(Instant::now() < limit, "nobody has seen it end");
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(process.exit_code(), 7);
        assert_eq!(child.wait().unwrap().code(), Some(7), "its parent still gets it");
        assert_eq!(process.exit_code(), 7);
    }

    #[test]
    fn who_ends_a_process_says_with_which_code() {
        let mut child = start("read line");
        let process = Process::open(child.id(), true).unwrap();
        process.terminate(0x1234_5678).unwrap();
        ends(&process);
        assert_eq!(process.exit_code(), 0x1234_5678);
        assert_eq!(process.terminate(5), Err(Win32Error::ACCESS_DENIED));
        child.wait().unwrap();
    }

    #[test]
    fn an_end_by_a_signal_has_the_code_of_the_exception() {
        let mut child = start("kill -SEGV $$");
        let process = Process::open(child.id(), true);
        child.wait().unwrap();
        // It may have been gone before it was opened.
        if let Ok(process) = process {
            ends(&process);
            assert!([0xC000_0005, UNKNOWN].contains(&process.exit_code()), "{:x}", process.exit_code());
        }
    }

    /// Opens the process again while its end is told.
    struct Again(std::sync::atomic::AtomicU32);

    impl super::super::ExitObserver for Again {
        fn exiting(&self, process: u32) {
            // It has not been collected, and counts as ended only when this returns.
            let runs = |process: Arc<Process>| process.exit_code() == STILL_ACTIVE;
            if self.0.load(Ordering::SeqCst) == process && Process::open(process, false).is_ok_and(runs) {
                self.0.store(0, Ordering::SeqCst);
            }
        }
    }

    #[test]
    fn whoever_is_told_of_an_end_may_open_processes() {
        let mut child = start("read line");
        let process = Process::open(child.id(), true).unwrap();
        let again = Arc::new(Again(child.id().into()));
        let observer: Weak<Again> = Arc::downgrade(&again);
        super::super::observe_exits(observer);
        drop(child.stdin.take());
        let (done, wait) = std::sync::mpsc::channel();
        let id = child.id();
        std::thread::spawn(move || {
            while Process::open(id, false).is_ok_and(|process| process.exit_code() == STILL_ACTIVE) {
                std::thread::yield_now();
            }
            done.send(()).unwrap();
        });
        wait.recv_timeout(Duration::from_secs(60)).expect("it waits for itself");
        ends(&process);
        assert_eq!(again.0.load(Ordering::SeqCst), 0);
        child.wait().unwrap();
    }

    #[test]
    fn numbers_of_no_process_are_refused() {
        for id in [0, u32::MAX, i32::MAX as u32] {
            assert_eq!(Process::open(id, false).err(), Some(Win32Error::INVALID_PARAMETER));
        }
        assert!(Arc::ptr_eq(&Process::open(std::process::id(), true).unwrap(), &Process::current()));
    }
}
