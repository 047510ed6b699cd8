//! Which console the process has (contract 09 §2, §6, §7): that of its terminal, or a private one; AllocConsole, FreeConsole,
//! AttachConsole.
//!
//! A process has a console from the start, as console programs of Windows do. It is made when something asks for it: of the controlling
//! terminal, else of a terminal among the standard descriptors; without any it is private. Descriptors of other terminals have consoles
//! of their own, as long as handles to them are open.

use super::Console;
use super::terminal::{self, Terminal};
use overlapped_abi::{AccessMask, Win32Error};
use overlapped_kernel::device::Opened;
use parking_lot::Mutex;
use rustix::fd::{AsRawFd, BorrowedFd};
use rustix::fs::{CWD, Mode, OFlags};
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, Once, Weak};

/// Where Linux has it.
const TERMINAL: &str = "/dev/tty";

struct Own {
    attached: bool,
    console: Option<Arc<Console>>,
    /// Of other terminals.
    others: Vec<Weak<Console>>,
}

static OWN: Mutex<Own> = Mutex::new(Own { attached: true, console: None, others: Vec::new() });

/// The console of the process; 6 if it has let go of it.
pub fn get() -> Result<Arc<Console>, Win32Error> {
    let mut own = OWN.lock();
    own.of_terminal()?;
    match (own.attached, &own.console) {
        (false, _) => Err(Win32Error::INVALID_HANDLE),
        (true, Some(console)) => Ok(Arc::clone(console)),
        (true, None) => Ok(Arc::clone(own.console.insert(Console::private()))),
    }
}

/// The console of the process if it has been made, or if it is that of a terminal.
#[must_use]
pub fn existing() -> Option<Arc<Console>> {
    let mut own = OWN.lock();
    own.of_terminal().ok()?;
    own.console.clone().filter(|_| own.attached)
}

/// The process has a private console from now on, whether or not it has a terminal; one that it has already is let go of.
pub fn use_private() {
    let old = {
        let mut own = OWN.lock();
        own.attached = true;
        own.console.replace(Console::private())
    };
    if let Some(old) = old {
        old.free();
    }
}

/// Has the process a console?
#[must_use]
pub fn is_attached() -> bool {
    OWN.lock().attached
}

/// The console of a terminal's descriptor; 6 for what is no terminal.
pub(super) fn of_descriptor(fd: BorrowedFd<'_>) -> Result<Arc<Console>, Win32Error> {
    let device = terminal::device(fd)?;
    let mut own = OWN.lock();
    own.of_terminal()?;
    if let Some(console) = own.console.as_ref().filter(|console| console.device() == Some(device)) {
        return Ok(Arc::clone(console));
    }
    own.others.retain(|other| other.strong_count() > 0);
    if let Some(other) = own.others.iter().filter_map(Weak::upgrade).find(|other| other.device() == Some(device)) {
        return Ok(other);
    }
    let made = Console::of_terminal(fd)?;
    own.others.push(Arc::downgrade(&made));
    Ok(made)
}

impl Own {
    /// Makes the console of the process' terminal, if it has one and the console is not there yet.
    fn of_terminal(&mut self) -> Result<(), Win32Error> {
        if self.attached && self.console.is_none() {
            self.console = find()?;
        }
        Ok(())
    }
}

fn find() -> Result<Option<Arc<Console>>, Win32Error> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    if let Ok(fd) = rustix::fs::openat(CWD, TERMINAL, flags, Mode::empty()) {
        return Console::of_terminal(rustix::fd::AsFd::as_fd(&fd)).map(Some);
    }
    for number in 0..3 {
        // SAFETY: if it is not open, the calls on it fail and nothing else depends on it.
        let fd = unsafe { BorrowedFd::borrow_raw(number) };
        if terminal::settings(fd).is_ok() {
            return Console::of_terminal(fd).map(Some);
        }
    }
    Ok(None)
}

/// AllocConsole: 5 if the process has one.
pub fn allocate() -> Result<(), Win32Error> {
    let mut own = OWN.lock();
    if own.attached {
        return Err(Win32Error::ACCESS_DENIED);
    }
    own.attached = true;
    Ok(())
}

/// FreeConsole: 87 if the process has none. Handles of a private console are of no use any more; a terminal stays what it is for those
/// that were made of its descriptors.
pub fn free() -> Result<(), Win32Error> {
    let console = {
        let mut own = OWN.lock();
        if !own.attached {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        own.attached = false;
        own.console.take()
    };
    if let Some(console) = console {
        console.free();
    }
    Ok(())
}

/// AttachConsole: 5 if the process has one, 87 if there is no such process, 6 if that has no terminal that is ours too. `None` is the
/// parent.
pub fn attach(process: Option<u32>) -> Result<(), Win32Error> {
    let mut own = OWN.lock();
    if own.attached {
        return Err(Win32Error::ACCESS_DENIED);
    }
    let id = process.unwrap_or_else(std::os::unix::process::parent_id);
    let theirs = terminal_of(id).ok_or(Win32Error::INVALID_PARAMETER)?;
    if theirs == 0 || terminal_of(std::process::id()) != Some(theirs) {
        return Err(Win32Error::INVALID_HANDLE);
    }
    own.attached = true;
    Ok(())
}

/// The number of a process' terminal, 0 without one; `None` if there is no such process.
fn terminal_of(id: u32) -> Option<i64> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // Behind the name, which may have any characters: state, parent, group, session, terminal.
    stat.rsplit_once(')')?.1.split_whitespace().nth(4)?.parse().ok()
}

/// GetConsoleProcessList: the processes with the terminal of this one, this one first; alone if the console is private. 6 without a console.
pub fn processes() -> Result<Vec<u32>, Win32Error> {
    let console = get()?;
    let (me, mine) = (std::process::id(), terminal_of(std::process::id()));
    let mut all = vec![me];
    if console.is_private() || mine.is_none_or(|terminal| terminal == 0) {
        return Ok(all);
    }
    let entries = std::fs::read_dir("/proc").map_err(|_| Win32Error::GEN_FAILURE)?;
    let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    all.extend(ids.filter(|id| *id != me && terminal_of(*id) == mine));
    Ok(all)
}

/// CreateConsoleScreenBuffer: see [`Console::new_screen`].
pub fn new_screen(access: AccessMask, flags: u32) -> Result<Opened, Win32Error> {
    super::open::new_screen(access, flags).map(|(opened, _)| opened)
}

/// Every console that has a terminal.
pub(super) fn with_terminals() -> Vec<Arc<Console>> {
    let own = OWN.lock();
    let others = own.others.iter().filter_map(Weak::upgrade);
    own.console.iter().cloned().chain(others).filter(|console| !console.is_private()).collect()
}

/// Ctrl+C ends reads of text.
pub(super) fn interrupt_reads() {
    let all: Vec<Arc<Console>> = {
        let own = OWN.lock();
        own.console.iter().cloned().chain(own.others.iter().filter_map(Weak::upgrade)).collect()
    };
    all.iter().for_each(|console| console.interrupt_reads());
}

/// What a terminal was before this process changed it. For the end of the process, however it ends.
struct Before {
    fd: i32,
    settings: libc::termios,
}

static BEFORE: AtomicPtr<Before> = AtomicPtr::new(std::ptr::null_mut());

/// A terminal is about to be changed for the first time.
pub(super) fn changed(terminal: &Terminal, settings: &libc::termios) {
    static AT_EXIT: Once = Once::new();
    // SAFETY: a function that takes nothing, and may be called at the end.
    AT_EXIT.call_once(|| _ = unsafe { libc::atexit(at_exit) });
    if let Ok(own) = terminal.fd().try_clone_to_owned() {
        let fd = own.as_raw_fd();
        // Needed until the last moment, as is what the pointer leads to; a terminal is changed for the first time a few times in a
        // process' life at most.
        std::mem::forget(own);
        BEFORE.store(Box::into_raw(Box::new(Before { fd, settings: *settings })), Ordering::Release);
    }
    super::signals::listen_to_terminal();
}

extern "C" fn at_exit() {
    restore();
}

/// Gives terminals back as they were found.
pub fn restore() {
    for console in with_terminals() {
        if let Some(mut state) = console.state.try_lock() {
            console.restore(&mut state, true);
        }
    }
    restore_in_signal_handler();
}

/// The terminal that was changed last gets its settings back. May be called in a signal handler, when nothing else is safe any more.
pub fn restore_in_signal_handler() {
    let before = BEFORE.load(Ordering::Acquire);
    if !before.is_null() {
        // SAFETY: what was stored once is never freed; tcsetattr may be called in signal handlers.
        unsafe { libc::tcsetattr((*before).fd, libc::TCSANOW, &raw const (*before).settings) };
    }
}

/// For a stop of the process, and while a child has the terminal: it is as it was found.
pub(super) fn lend() {
    for console in with_terminals() {
        let mut state = console.state.lock();
        console.restore(&mut state, false);
    }
}

/// The terminal is this process' again.
pub(super) fn take_back() {
    with_terminals().iter().for_each(|console| console.resume());
}

/// The process' terminal is as it was found as long as this lives: for a child that runs meanwhile.
pub struct Lent(());

impl Lent {
    /// Lends it.
    #[must_use]
    pub fn new() -> Self {
        lend();
        Self(())
    }
}

impl Default for Lent {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        take_back();
    }
}

/// The size of the terminals may have changed.
pub(super) fn look_at_sizes() {
    for console in with_terminals() {
        // It looks each time that something is done.
        let _ = console.largest();
    }
}
