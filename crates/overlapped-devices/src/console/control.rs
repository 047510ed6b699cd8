//! Control handlers (contract 09 section 6): SIGINT is Ctrl+C, SIGQUIT Ctrl+Break, SIGHUP the end of the console, and SIGTERM the end of
//! the system, which services of Windows are told of in this way.
//!
//! Handlers run on a thread that is new for each event. Without one that takes it, the signal does what it does to any program, once the
//! terminal is as it was found. Ctrl+C also ends reads of text that wait ([`Console`](super::Console)).

use super::kin::{self, Kin};
use super::{own, signals};
use overlapped_abi::Win32Error;
use overlapped_abi::constants::console::{
    CONTROL_C_EXIT, CTRL_BREAK_EVENT, CTRL_C_EVENT, CTRL_CLOSE_EVENT, CTRL_SHUTDOWN_EVENT,
};
use parking_lot::Mutex;
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// Says whether it has taken the event.
pub type Handler = Arc<dyn Fn(u32) -> bool + Send + Sync>;

/// How long handlers have before the end of the console ends the process, whatever they do.
const CLOSING: Duration = Duration::from_secs(5);

struct Handlers {
    registered: Vec<(u64, Handler)>,
    next: u64,
}

static SERVICE: Mutex<Option<Handler>> = Mutex::new(None);
static HANDLERS: Mutex<Handlers> = Mutex::new(Handlers { registered: Vec::new(), next: 1 });

const EVENTS: [(u32, i32); 4] = [
    (CTRL_C_EVENT, libc::SIGINT),
    (CTRL_BREAK_EVENT, libc::SIGQUIT),
    (CTRL_CLOSE_EVENT, libc::SIGHUP),
    (CTRL_SHUTDOWN_EVENT, libc::SIGTERM),
];

/// SetConsoleCtrlHandler to add one; the number is for [`remove`].
pub fn add(handler: Handler) -> Result<u64, Win32Error> {
    let mut handlers = HANDLERS.lock();
    for (_, signal) in EVENTS {
        signals::hear(signal, false)?;
    }
    let id = handlers.next;
    handlers.next += 1;
    handlers.registered.push((id, handler));
    Ok(id)
}

/// SetConsoleCtrlHandler to remove one: 87 if it is not there.
pub fn remove(id: u64) -> Result<(), Win32Error> {
    let registered = &mut HANDLERS.lock().registered;
    let at = registered.iter().position(|(of, _)| *of == id).ok_or(Win32Error::INVALID_PARAMETER)?;
    // Dropped without the lock: it may own something that calls here.
    let gone = registered.remove(at);
    drop(gone);
    Ok(())
}

/// The service that this process runs, which is asked before handlers are: what it takes goes no further. `None` when it has stopped.
pub fn serve(service: Option<Handler>) -> Result<(), Win32Error> {
    if service.is_some() {
        for (_, signal) in EVENTS {
            signals::hear(signal, false)?;
        }
    }
    *SERVICE.lock() = service;
    Ok(())
}

/// SetConsoleCtrlHandler without a handler: Ctrl+C is ignored, here and in children, or does no more.
pub fn ignore_ctrl_c(ignore: bool) -> Result<(), Win32Error> {
    signals::ignore(libc::SIGINT, ignore)
}

/// GenerateConsoleCtrlEvent: to the programs of this console for group 0 (those that this process has started, and the program of ours that
/// has started it; others of the terminal, such as a shell, are left alone), or Ctrl+Break to another process group. Ctrl+C reaches no other
/// group (and says TRUE); 87 for other events.
pub fn generate(event: u32, group: u32) -> Result<(), Win32Error> {
    let signal = match event {
        CTRL_C_EVENT => libc::SIGINT,
        CTRL_BREAK_EVENT => libc::SIGQUIT,
        _ => return Err(Win32Error::INVALID_PARAMETER),
    };
    let own = std::process::id() as libc::pid_t;
    let to = match libc::pid_t::try_from(group) {
        Ok(0) => {
            // This process comes last: it may be the end of it.
            for other in family(event) {
                // One that has just ended needs no event.
                send(other, signal);
            }
            own
        }
        Ok(group) if group == own => own,
        Ok(group) if event == CTRL_BREAK_EVENT => -group,
        Ok(_) => return Ok(()),
        Err(_) => return Err(Win32Error::INVALID_PARAMETER),
    };
    if send(to, signal) { Ok(()) } else { Err(Win32Error::INVALID_PARAMETER) }
}

/// The other programs of this console that an event concerns: Ctrl+C those of the same process group.
fn family(event: u32) -> Vec<libc::pid_t> {
    let (own, all) = (std::process::id() as libc::pid_t, kin::all());
    let me = all.iter().find(|process| process.id == own).copied();
    let Some(me) = me else { return Vec::new() };
    // Who has ended has left this process to one of another session.
    let parent = all.iter().find(|process| process.id == me.parent && process.session == me.session);
    let first = parent.filter(|_| crate::process::startup().is_some()).unwrap_or(&me);
    let concerned = |process: &&Kin| {
        process.id != own && process.session == me.session && (process.group == me.group || event == CTRL_BREAK_EVENT)
    };
    kin::below(&all, first.id).iter().filter(concerned).map(|process| process.id).collect()
}

/// The event comes to this process.
pub(super) fn raise_here(event: u32) {
    if let Some((_, signal)) = EVENTS.into_iter().find(|(of, _)| *of == event) {
        send(std::process::id() as libc::pid_t, signal);
    }
}

fn send(to: libc::pid_t, signal: i32) -> bool {
    // SAFETY: sends a signal; no memory is involved.
    unsafe { libc::kill(to, signal) == 0 }
}

/// One of the signals came.
pub(super) fn heard(signal: i32) {
    if let Some((event, _)) = EVENTS.into_iter().find(|(_, of)| *of == signal) {
        let service = SERVICE.lock().clone();
        if service.is_some_and(|service| service(event)) {
            return;
        }
        if event == CTRL_C_EVENT {
            own::interrupt_reads();
        }
        deliver(event, signal);
    }
}

/// Lets the handlers answer, on a thread of their own, and ends the process if none takes it.
fn deliver(event: u32, signal: i32) {
    let (answer, answers) = mpsc::channel();
    let ends = matches!(event, CTRL_CLOSE_EVENT | CTRL_SHUTDOWN_EVENT);
    let run = move || {
        let taken = ask(event);
        if !ends && !taken {
            end_by(signal);
        }
        // Nobody waits for the answers to other events.
        let _ = answer.send(());
    };
    let started = std::thread::Builder::new().name("ovl-handler".into()).spawn(run);
    if ends || started.is_err() {
        // Whether they have answered or their time is over.
        let _ = answers.recv_timeout(CLOSING);
        end_by(signal);
    }
}

/// The last registered first, until one says that it has taken the event.
fn ask(event: u32) -> bool {
    let registered = HANDLERS.lock().registered.clone();
    registered.into_iter().rev().any(|(_, handler)| handler(event))
}

/// What the signal does to a program that knows nothing of it.
fn end_by(signal: i32) {
    own::restore();
    if matches!(signal, libc::SIGINT | libc::SIGQUIT) {
        // For those who have its handle; others see the signal.
        crate::process::say_exit_code(CONTROL_C_EXIT);
    }
    if signals::set_action(signal, libc::SIG_DFL).is_ok() {
        send(std::process::id() as libc::pid_t, signal);
    }
}
