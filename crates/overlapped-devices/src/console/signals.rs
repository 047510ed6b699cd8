//! Signals that concern a console: Ctrl+C and its like, the terminal's size, stops of the process.
//!
//! The signal handler only writes the number into a pipe. A thread of ours reads it, so that what follows may do whatever a thread may.
//! Nothing of this is set up before the first control handler is registered, or the terminal is changed: until then, signals do
//! what they do to any program. The drawback: a program's own handlers of Ctrl+C and its like are replaced by the first control handler.

use super::{control, own};
use overlapped_abi::Win32Error;
use parking_lot::Mutex;
use std::io::{ErrorKind, PipeReader, Read};
use std::os::fd::IntoRawFd;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

/// The pipe's end that the signal handler writes to.
static BELL: AtomicI32 = AtomicI32::new(-1);
static LISTENING: Mutex<bool> = Mutex::new(false);

fn ring_action() -> libc::sighandler_t {
    ring as *const () as usize
}

/// The signal handler.
extern "C" fn ring(signal: i32) {
    let number = signal as u8;
    // SAFETY: write is allowed in signal handlers, the byte lives as long as the call, and errno is put back.
    unsafe {
        let errno = *libc::__errno_location();
        libc::write(BELL.load(Ordering::Relaxed), (&raw const number).cast(), 1);
        *libc::__errno_location() = errno;
    }
}

pub(super) fn set_action(signal: i32, action: libc::sighandler_t) -> Result<(), Win32Error> {
    // SAFETY: all zeros is a valid sigaction; the fields that matter are set below.
    let mut new: libc::sigaction = unsafe { std::mem::zeroed() };
    new.sa_sigaction = action;
    new.sa_flags = libc::SA_RESTART;
    // SAFETY: `new` is valid, and `ring` only does what a signal handler may.
    let set = unsafe { libc::sigaction(signal, &raw const new, std::ptr::null_mut()) };
    if set == 0 { Ok(()) } else { Err(Win32Error::GEN_FAILURE) }
}

fn action(signal: i32) -> libc::sighandler_t {
    // SAFETY: all zeros is a valid sigaction to be filled in.
    let mut old: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: `old` is writable. If it fails, the default stays in it.
    unsafe { libc::sigaction(signal, std::ptr::null(), &raw mut old) };
    old.sa_sigaction
}

/// Hears of a signal from now on. One that is ignored stays so, as nohup asks; `only_default`: so does one with a handler.
pub(super) fn hear(signal: i32, only_default: bool) -> Result<(), Win32Error> {
    listen()?;
    let old = action(signal);
    if old == libc::SIG_IGN || only_default && old != libc::SIG_DFL {
        return Ok(());
    }
    set_action(signal, ring_action())
}

/// Has this program said that Ctrl+C does nothing, and not only whoever started it?
static IGNORED: AtomicBool = AtomicBool::new(false);

/// See [`IGNORED`]. Async-signal-safe.
pub(crate) fn ignores_ctrl_c() -> bool {
    IGNORED.load(Ordering::Relaxed)
}

/// Ctrl+C does nothing, or what it does to this process.
pub(super) fn ignore(signal: i32, ignore: bool) -> Result<(), Win32Error> {
    IGNORED.store(ignore, Ordering::Relaxed);
    let heeded = if *LISTENING.lock() { ring_action() } else { libc::SIG_DFL };
    set_action(signal, if ignore { libc::SIG_IGN } else { heeded })
}

/// The signal handler of abort().
extern "C" fn give_up(signal: i32) {
    own::restore_in_signal_handler();
    // SAFETY: the default action; both calls may be made by a handler.
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
        libc::raise(signal);
    }
}

/// The terminal is changed: whatever ends or stops the process must give it back, and its size matters.
pub(super) fn listen_to_terminal() {
    if action(libc::SIGABRT) == libc::SIG_DFL {
        // It cannot fail for a signal that there is.
        let _ = set_action(libc::SIGABRT, give_up as *const () as usize);
    }
    let ends = [libc::SIGINT, libc::SIGQUIT, libc::SIGHUP, libc::SIGTERM];
    for signal in ends.into_iter().chain([libc::SIGTSTP, libc::SIGCONT, libc::SIGWINCH]) {
        if let Err(error) = hear(signal, true) {
            tracing::warn!(signal, code = error.0, "a signal is not heard");
        }
    }
}

fn listen() -> Result<(), Win32Error> {
    let mut listening = LISTENING.lock();
    if *listening {
        return Ok(());
    }
    let (ear, bell) = std::io::pipe().map_err(|_| Win32Error::TOO_MANY_OPEN_FILES)?;
    // A full pipe means that nobody has listened for a long time: more signals do not matter.
    rustix::io::ioctl_fionbio(&bell, true).map_err(|_| Win32Error::GEN_FAILURE)?;
    let name = std::thread::Builder::new().name("ovl-control".into());
    name.spawn(move || attend(ear)).map_err(|_| Win32Error::NOT_ENOUGH_MEMORY)?;
    BELL.store(bell.into_raw_fd(), Ordering::Relaxed);
    *listening = true;
    Ok(())
}

fn attend(mut ear: PipeReader) {
    let mut number = [0];
    loop {
        match ear.read_exact(&mut number) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return tracing::error!(%error, "control events are no longer heard"),
        }
        match i32::from(number[0]) {
            libc::SIGWINCH => own::look_at_sizes(),
            libc::SIGCONT => own::take_back(),
            libc::SIGTSTP => {
                own::lend();
                // SAFETY: sends a signal to this process; no memory is involved.
                unsafe { libc::kill(libc::getpid(), libc::SIGSTOP) };
            }
            signal => control::heard(signal),
        }
    }
}
