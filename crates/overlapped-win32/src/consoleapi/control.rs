//! Control handlers (contract 09 section 6): SIGINT is Ctrl+C, SIGQUIT Ctrl+Break, and SIGHUP the end of the console.
//!
//! The signal handler only writes the number into a pipe. A thread of ours reads it and starts a new thread for the handlers, so
//! that these may do whatever a thread may. Nothing of this is set up before the first handler is registered: until then, the
//! signals do what they do to any program. The drawback: a program's own signal handlers for these three are replaced.

use crate::support::{Bool, guard_bool};
use overlapped_abi::Win32Error;
use overlapped_abi::constants::console::{CTRL_BREAK_EVENT, CTRL_C_EVENT, CTRL_CLOSE_EVENT};
use parking_lot::Mutex;
use std::io::{ErrorKind, PipeReader, Read};
use std::os::fd::IntoRawFd;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::mpsc;
use std::time::Duration;

/// PHANDLER_ROUTINE.
pub type HandlerRoutine = Option<unsafe extern "C" fn(u32) -> Bool>;
type Handler = unsafe extern "C" fn(u32) -> Bool;

/// How long handlers have before the end of the console ends the process, whatever they do.
const CLOSING: Duration = Duration::from_secs(5);

#[derive(Default)]
struct Handlers {
    registered: Vec<Handler>,
    listening: bool,
}

static HANDLERS: Mutex<Handlers> = Mutex::new(Handlers { registered: Vec::new(), listening: false });

/// The pipe's end that the signal handler writes to.
static BELL: AtomicI32 = AtomicI32::new(-1);

const EVENTS: [(u32, i32); 3] =
    [(CTRL_C_EVENT, libc::SIGINT), (CTRL_BREAK_EVENT, libc::SIGQUIT), (CTRL_CLOSE_EVENT, libc::SIGHUP)];

/// SetConsoleCtrlHandler: 87 for the removal of what is not there. NULL ignores Ctrl+C, here and in children, or does no more.
///
/// # Safety
/// The routine may be called on another thread until it is removed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetConsoleCtrlHandler(routine: HandlerRoutine, add: Bool) -> Bool {
    guard_bool(|| {
        let mut handlers = HANDLERS.lock();
        match (routine, add != 0) {
            (None, true) => set_action(libc::SIGINT, libc::SIG_IGN),
            (None, false) if handlers.listening => set_action(libc::SIGINT, ring as *const () as usize),
            (None, false) => set_action(libc::SIGINT, libc::SIG_DFL),
            (Some(routine), true) => {
                handlers.listen()?;
                handlers.registered.push(routine);
                Ok(())
            }
            (Some(routine), false) => {
                let same = |handler: &Handler| *handler as usize == routine as usize;
                let at = handlers.registered.iter().rposition(same).ok_or(Win32Error::INVALID_PARAMETER)?;
                handlers.registered.remove(at);
                Ok(())
            }
        }
    })
}

/// GenerateConsoleCtrlEvent: to this process, or Ctrl+Break to another process group. Ctrl+C reaches no other group (and says
/// TRUE); 87 for other events.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GenerateConsoleCtrlEvent(event: u32, group: u32) -> Bool {
    guard_bool(|| {
        let signal = match event {
            CTRL_C_EVENT => libc::SIGINT,
            CTRL_BREAK_EVENT => libc::SIGQUIT,
            _ => return Err(Win32Error::INVALID_PARAMETER),
        };
        let own = std::process::id() as libc::pid_t;
        let to = match libc::pid_t::try_from(group) {
            Ok(0) => own,
            Ok(group) if group == own => own,
            Ok(group) if event == CTRL_BREAK_EVENT => -group,
            Ok(_) => return Ok(()),
            Err(_) => return Err(Win32Error::INVALID_PARAMETER),
        };
        // SAFETY: sends a signal; no memory is involved.
        if unsafe { libc::kill(to, signal) } == 0 { Ok(()) } else { Err(Win32Error::INVALID_PARAMETER) }
    })
}

fn set_action(signal: i32, action: libc::sighandler_t) -> Result<(), Win32Error> {
    // SAFETY: all zeros is a valid sigaction; the fields that matter are set below.
    let mut new: libc::sigaction = unsafe { std::mem::zeroed() };
    new.sa_sigaction = action;
    new.sa_flags = libc::SA_RESTART;
    // SAFETY: `new` is valid, and `ring` only does what a signal handler may.
    let set = unsafe { libc::sigaction(signal, &raw const new, std::ptr::null_mut()) };
    if set == 0 { Ok(()) } else { Err(Win32Error::GEN_FAILURE) }
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

impl Handlers {
    fn listen(&mut self) -> Result<(), Win32Error> {
        if self.listening {
            return Ok(());
        }
        let (ear, bell) = std::io::pipe().map_err(|_| Win32Error::TOO_MANY_OPEN_FILES)?;
        // A full pipe means that nobody has listened for a long time: more signals do not matter.
        rustix::io::ioctl_fionbio(&bell, true).map_err(|_| Win32Error::GEN_FAILURE)?;
        let name = std::thread::Builder::new().name("ovl-control".into());
        name.spawn(move || attend(ear)).map_err(|_| Win32Error::NOT_ENOUGH_MEMORY)?;
        BELL.store(bell.into_raw_fd(), Ordering::Relaxed);
        for (_, signal) in EVENTS {
            // What the parent has had ignored stays so, as nohup asks.
            if !is_ignored(signal) {
                set_action(signal, ring as *const () as usize)?;
            }
        }
        self.listening = true;
        Ok(())
    }
}

fn is_ignored(signal: i32) -> bool {
    // SAFETY: all zeros is a valid sigaction to be filled in.
    let mut old: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: `old` is writable.
    let asked = unsafe { libc::sigaction(signal, std::ptr::null(), &raw mut old) };
    asked == 0 && old.sa_sigaction == libc::SIG_IGN
}

fn attend(mut ear: PipeReader) {
    let mut number = [0];
    loop {
        match ear.read_exact(&mut number) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return tracing::error!(%error, "control events are no longer heard"),
        }
        let signal = i32::from(number[0]);
        if let Some((event, _)) = EVENTS.into_iter().find(|(_, of)| *of == signal) {
            deliver(event, signal);
        }
    }
}

/// Lets the handlers answer, on a thread of their own, and ends the process if none takes it.
fn deliver(event: u32, signal: i32) {
    let (answer, answers) = mpsc::channel();
    let run = move || {
        let taken = ask(event);
        if event != CTRL_CLOSE_EVENT && !taken {
            end_by(signal);
        }
        // Nobody waits for the answers to other events.
        let _ = answer.send(());
    };
    let started = std::thread::Builder::new().name("ovl-handler".into()).spawn(run);
    if event == CTRL_CLOSE_EVENT || started.is_err() {
        // Whether they have answered or their time is over.
        let _ = answers.recv_timeout(CLOSING);
        end_by(signal);
    }
}

/// The last registered first, until one says that it has taken the event.
fn ask(event: u32) -> bool {
    let registered = HANDLERS.lock().registered.clone();
    // SAFETY: the promise of `ovl_SetConsoleCtrlHandler`.
    registered.into_iter().rev().any(|handler| unsafe { handler(event) } != 0)
}

/// What the signal does to a program that knows nothing of it.
fn end_by(signal: i32) {
    if set_action(signal, libc::SIG_DFL).is_ok() {
        // SAFETY: sends a signal; no memory is involved.
        unsafe { libc::kill(libc::getpid(), signal) };
    }
}
