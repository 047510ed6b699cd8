//! The start of a program in a new process, by nothing but system calls between clone and exec.
//!
//! Until exec the child borrows the memory of this process and the calling thread stands still, so a start costs the same however large the process
//! is. The table of descriptors is the child's own from the first moment: what it closes or hands on no other thread of this process sees, and
//! what other threads open meanwhile does not reach the program. A child that is to wait before its program has a copy of the memory instead,
//! and closes what it would hold on to. Signals are blocked until the child has put their handlers back.

use super::record::Record;
use crate::console::signals::ignores_ctrl_c;
use overlapped_abi::Win32Error;
use parking_lot::RwLock;
use rustix::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd};
use rustix::io::retry_on_intr;
use rustix::process::{WaitId, WaitIdOptions, waitid};
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::mem::MaybeUninit;
use std::ptr::null;
use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};
use std::time::Duration;

bitflags::bitflags! {
    /// How a child begins.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Beginning: u32 {
        /// It waits before its program.
        const SUSPENDED = 1;
        /// It is the first of a process group, and Ctrl+C means nothing to it.
        const NEW_GROUP = 2;
        /// It has no terminal.
        const NEW_SESSION = 4;
        /// It gets no descriptors but those that are named, whatever else of the program's own could be inherited.
        const CLOSED = 8;
        /// Its first standard descriptor that is a terminal becomes its controlling one, in a session of its own.
        const TERMINAL = 16;
    }
}

/// What a child needs.
pub(super) struct Plan<'a> {
    pub program: &'a CStr,
    pub arguments: &'a [CString],
    pub environment: &'a [CString],
    pub directory: Option<&'a CStr>,
    /// Descriptors 0, 1 and 2, none of which is one of them already.
    pub standard: [&'a OwnedFd; 3],
    /// Those that it gets under their numbers.
    pub kept: &'a [RawFd],
    pub record: &'a Record,
    pub beginning: Beginning,
    pub niceness: Option<i32>,
}

/// A child.
pub(super) struct Spawned {
    pub id: u32,
    pub pidfd: OwnedFd,
    /// A byte here, and a child that waits begins.
    pub gate: Option<OwnedFd>,
}

/// The plan as system calls want it. Nothing in it is freed or allocated by the child.
struct Orders {
    program: *const c_char,
    arguments: Vec<*const c_char>,
    environment: Vec<*const c_char>,
    directory: *const c_char,
    standard: [RawFd; 3],
    kept: Vec<RawFd>,
    /// Ranges of descriptors to be closed by a child that waits.
    gaps: Vec<(u32, u32)>,
    gate: RawFd,
    mask: libc::sigset_t,
    process: *const AtomicU32,
    failure: *const AtomicI32,
    beginning: Beginning,
    niceness: Option<i32>,
}

const STACK: usize = 256 * 1024;
const SIGNALS: c_int = 64;
const LAST_DESCRIPTOR: u32 = u32::MAX >> 1;

/// Shared by those who start a program: until exec, a child has a copy of each descriptor, wanted or not.
static STARTS: RwLock<()> = RwLock::new(());

/// Waits until no child of this library has descriptors that its program will not get, for so long at most.
pub(crate) fn settle(patience: Duration) {
    drop(STARTS.try_write_for(patience));
}

/// Starts it. Errors are those of exec, unless the child waits.
pub(super) fn spawn(plan: &Plan<'_>) -> Result<Spawned, Win32Error> {
    let suspended = plan.beginning.contains(Beginning::SUSPENDED);
    let gate = match suspended {
        true => {
            let (inner, outer) = std::io::pipe().map_err(|error| super::from_io(&error))?;
            Some((above(inner.into())?, OwnedFd::from(outer)))
        }
        false => None,
    };
    let inner = gate.as_ref().map_or(-1, |(inner, _)| inner.as_raw_fd());
    let orders = Orders::of(plan, inner);
    let (id, pidfd) = {
        let _start = STARTS.read();
        clone(orders, suspended)?
    };
    let failure = plan.record.cells().1.load(Ordering::Acquire);
    if failure != 0 {
        // It ends at once, and nobody else knows of it.
        let _ = retry_on_intr(|| waitid(WaitId::PidFd(pidfd.as_fd()), WaitIdOptions::EXITED));
        return Err(match failure {
            libc::ENOEXEC => super::program::BAD_EXE_FORMAT,
            libc::E2BIG => Win32Error::FILENAME_EXCED_RANGE,
            other => Win32Error::from_errno(other, overlapped_abi::Context::Open),
        });
    }
    Ok(Spawned { id: id.cast_unsigned(), pidfd, gate: gate.map(|(_, outer)| outer) })
}

/// The same descriptor with a number that is not a standard one's.
pub(super) fn above(fd: OwnedFd) -> Result<OwnedFd, Win32Error> {
    if fd.as_raw_fd() >= 3 {
        return Ok(fd);
    }
    rustix::io::fcntl_dupfd_cloexec(&fd, 3).map_err(super::from_errno)
}

impl Orders {
    fn of(plan: &Plan<'_>, gate: RawFd) -> Self {
        let list = |texts: &[CString]| texts.iter().map(|text| text.as_ptr()).chain([null()]).collect::<Vec<_>>();
        let standard = plan.standard.map(|fd| fd.as_raw_fd());
        let (process, failure) = plan.record.cells();
        let kept = plan.kept.to_vec();
        let mut used: Vec<u32> =
            kept.iter().copied().chain(standard).chain([gate]).filter_map(|fd| fd.try_into().ok()).collect();
        used.sort_unstable();
        let mut gaps = Vec::with_capacity(used.len() + 1);
        let mut from = 3;
        for fd in used.into_iter().filter(|fd| *fd >= 3) {
            if fd > from {
                gaps.push((from, fd - 1));
            }
            from = from.max(fd + 1);
        }
        gaps.push((from, LAST_DESCRIPTOR));
        Self {
            program: plan.program.as_ptr(),
            arguments: list(plan.arguments),
            environment: list(plan.environment),
            directory: plan.directory.map_or(null(), CStr::as_ptr),
            standard,
            kept,
            gaps,
            gate,
            // SAFETY: a set of bits, which is filled in before use.
            mask: unsafe { MaybeUninit::zeroed().assume_init() },
            process,
            failure,
            beginning: plan.beginning,
            niceness: plan.niceness,
        }
    }
}

/// The child's number and the descriptor that stands for it.
fn clone(mut orders: Orders, copied: bool) -> Result<(c_int, OwnedFd), Win32Error> {
    // In 16-byte units: a stack begins at a multiple of that.
    let mut stack = vec![MaybeUninit::<u128>::uninit(); STACK / 16];
    let top = stack.as_mut_ptr_range().end.cast::<c_void>();
    let shared = if copied { 0 } else { libc::CLONE_VM | libc::CLONE_VFORK };
    let flags = shared | libc::CLONE_PIDFD | libc::SIGCHLD;
    let mut pidfd: c_int = -1;
    let mut all = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: the sets are ours. `begin` runs on a stack of its own and makes only system calls; what it reads lives until clone has
    // returned, which without a copy of the memory is when it needs nothing more. The mask is put back in the same thread.
    let pid = unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), &raw mut orders.mask);
        let argument = (&raw mut orders).cast();
        let pid = libc::clone(begin, top, flags, argument, &raw mut pidfd);
        let error = *libc::__errno_location();
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const orders.mask, std::ptr::null_mut());
        *libc::__errno_location() = error;
        pid
    };
    drop(stack);
    if pid < 0 {
        let error = std::io::Error::last_os_error();
        return Err(super::from_io(&error));
    }
    // SAFETY: clone has stored a descriptor that nobody else has.
    Ok((pid, unsafe { OwnedFd::from_raw_fd(pidfd) }))
}

/// The child until its program. It must not allocate, panic or take a lock: the memory may be another process's.
extern "C" fn begin(orders: *mut c_void) -> c_int {
    // SAFETY: `clone` passes its own orders, which stay as long as this needs them.
    let orders = unsafe { &*orders.cast::<Orders>() };
    // SAFETY: system calls on what the orders say, by which only this process changes; the cells are mapped in both.
    unsafe {
        let failure = |error: c_int| {
            (*orders.failure).store(error, Ordering::Release);
            libc::_exit(127)
        };
        (*orders.process).store(libc::getpid().cast_unsigned(), Ordering::Release);
        restore_signals(orders.beginning);
        for (to, from) in orders.standard.iter().enumerate() {
            if libc::dup2(*from, to as c_int) < 0 {
                failure(*libc::__errno_location());
            }
        }
        if orders.gate >= 0 {
            orders.gaps.iter().for_each(|gap| close(*gap, 0));
            let mut byte = 0u8;
            while libc::read(orders.gate, (&raw mut byte).cast(), 1) != 1 {
                if *libc::__errno_location() != libc::EINTR {
                    // Nobody is left who could let it begin.
                    libc::_exit(1);
                }
            }
        }
        if orders.beginning.contains(Beginning::CLOSED) {
            close((3, LAST_DESCRIPTOR), libc::CLOSE_RANGE_CLOEXEC);
        }
        for fd in &orders.kept {
            libc::fcntl(*fd, libc::F_SETFD, 0);
        }
        if orders.beginning.contains(Beginning::TERMINAL) {
            libc::setsid();
            let _ = (0..3).any(|fd| libc::ioctl(fd, libc::TIOCSCTTY, 0) == 0);
        } else if orders.beginning.contains(Beginning::NEW_SESSION) {
            libc::setsid();
        } else if orders.beginning.contains(Beginning::NEW_GROUP) {
            libc::setpgid(0, 0);
        }
        if let Some(niceness) = orders.niceness {
            // A class that the user may not have is one that the child does not get.
            libc::setpriority(libc::PRIO_PROCESS, 0, niceness);
        }
        if !orders.directory.is_null() && libc::chdir(orders.directory) != 0 {
            failure(*libc::__errno_location());
        }
        libc::sigprocmask(libc::SIG_SETMASK, &raw const orders.mask, std::ptr::null_mut());
        libc::execve(orders.program, orders.arguments.as_ptr(), orders.environment.as_ptr());
        failure(*libc::__errno_location())
    }
}

/// Handlers are this program's. What is ignored stays so, but for the broken pipe, which Rust has ignored for itself, and for what a shell has
/// had this program ignore of the keys of its terminal: a terminal of its own has its own keys.
///
/// # Safety
/// In a child, with all signals blocked.
unsafe fn restore_signals(beginning: Beginning) {
    for signal in 1..=SIGNALS {
        let mut action = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: the structure is ours, and zeros are the default action.
        unsafe {
            if libc::sigaction(signal, null(), action.as_mut_ptr()) != 0 {
                continue;
            }
            let mut new = MaybeUninit::<libc::sigaction>::zeroed().assume_init();
            let own_keys = beginning.contains(Beginning::TERMINAL)
                && matches!(signal, libc::SIGINT | libc::SIGQUIT | libc::SIGHUP)
                && !(signal == libc::SIGINT && ignores_ctrl_c());
            let kept = signal != libc::SIGPIPE && !own_keys;
            let ignored = action.assume_init().sa_sigaction == libc::SIG_IGN && kept;
            let unheard = signal == libc::SIGINT && beginning.contains(Beginning::NEW_GROUP);
            new.sa_sigaction = if ignored || unheard { libc::SIG_IGN } else { libc::SIG_DFL };
            libc::sigaction(signal, &raw const new, std::ptr::null_mut());
        }
    }
}

/// Closes descriptors, or has exec close them.
///
/// # Safety
/// In a child, whose table of descriptors is its own.
unsafe fn close((first, last): (u32, u32), flags: u32) {
    // SAFETY: the caller's promise.
    unsafe {
        if libc::syscall(libc::SYS_close_range, first, last, flags) == 0 {
            return;
        }
        // A kernel without that call.
        let most = libc::sysconf(libc::_SC_OPEN_MAX).clamp(256, 1 << 16) as u32;
        for fd in first..=last.min(most) {
            match flags {
                0 => libc::close(fd.cast_signed()),
                _ => libc::fcntl(fd.cast_signed(), libc::F_SETFD, libc::FD_CLOEXEC),
            };
        }
    }
}
