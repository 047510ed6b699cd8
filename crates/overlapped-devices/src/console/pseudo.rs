//! Pseudo consoles: a terminal whose screen and keyboard are two handles of the program's (CreatePseudoConsole, contract 09).
//!
//! It is a pseudo-terminal of Linux. One thread carries what comes by the input handle to it, another what is written on it to the output
//! handle; both handles are duplicates, as the program closes its own when it likes. A child that is started with it has it as its
//! controlling terminal, so that Ctrl+C, resizing and the end reach it as they do in a window. What it writes is not drawn anew, as Windows
//! does, but goes through as it is: text and sequences of the kind that terminals know.

use overlapped_abi::Win32Error;
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::handle::{Handle, HandleFlags};
use overlapped_kernel::request::{Buffer, Completion, Function, Route};
use overlapped_kernel::road::{Place, Reply, Report, Transfer};
use overlapped_kernel::system::{Grant, System};
use overlapped_kernel::{port, wait};
use parking_lot::Mutex;
use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd, poll};
use rustix::fd::{AsRawFd, FromRawFd, OwnedFd};
use rustix::io::Errno;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long programs on it have time to end.
const PATIENCE: Duration = Duration::from_secs(5);
const ROOM: usize = 4096;

/// See the module page.
pub struct PseudoConsole {
    pty: Arc<Pty>,
    /// The other end, which keeps it alive while no program has it.
    terminal: Mutex<Option<Arc<OwnedFd>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// What the threads have.
struct Pty {
    master: OwnedFd,
    system: System,
    keyboard: Ended,
    screen: Ended,
    closing: AtomicBool,
    /// Readable when the threads are to stop.
    stop: OwnedFd,
}

/// A duplicate that its thread closes.
struct Ended {
    handle: Handle,
    grant: Grant,
}

impl Ended {
    fn of(system: &System, raw: usize) -> Result<Self, Win32Error> {
        let handle = system.duplicate_raw(raw, None, HandleFlags::empty(), false)?;
        match system.grant(handle) {
            Ok(grant) => Ok(Self { handle, grant }),
            Err(error) => {
                system.close(handle)?;
                Err(error)
            }
        }
    }
}

fn from_errno(errno: Errno) -> Win32Error {
    Win32Error::from_errno(errno.raw_os_error(), overlapped_abi::Context::Open)
}

/// Both ends of a new pseudo-terminal.
fn open_pair() -> Result<(OwnedFd, OwnedFd), Win32Error> {
    let last = || Win32Error::from_io_error(&std::io::Error::last_os_error(), overlapped_abi::Context::Open);
    let flags = libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC;
    // SAFETY: asks for a new descriptor.
    let master = unsafe { libc::posix_openpt(flags | libc::O_NONBLOCK) };
    if master < 0 {
        return Err(last());
    }
    // SAFETY: it was just made.
    let master = unsafe { OwnedFd::from_raw_fd(master) };
    let mut name = [0; 128];
    // SAFETY: a descriptor of ours, and a buffer of that size, which holds a name with a zero if it succeeds.
    let terminal = unsafe {
        if libc::grantpt(master.as_raw_fd()) != 0
            || libc::unlockpt(master.as_raw_fd()) != 0
            || libc::ptsname_r(master.as_raw_fd(), name.as_mut_ptr(), name.len()) != 0
        {
            return Err(last());
        }
        libc::open(name.as_ptr(), flags)
    };
    if terminal < 0 {
        return Err(last());
    }
    // SAFETY: it was just made.
    Ok((master, unsafe { OwnedFd::from_raw_fd(terminal) }))
}

impl PseudoConsole {
    /// CreatePseudoConsole: 87 for a size without a cell, 6 for handles that are none.
    pub fn new(system: &System, (columns, rows): (i16, i16), input: usize, output: usize) -> Result<Self, Win32Error> {
        let size = window(columns, rows)?;
        let (keyboard, screen) = (Ended::of(system, input)?, Ended::of(system, output)?);
        let (master, terminal) = open_pair()?;
        set_window(&master, size)?;
        let stop = eventfd(0, EventfdFlags::CLOEXEC).map_err(from_errno)?;
        let system = system.clone();
        let closing = AtomicBool::new(false);
        let pty = Arc::new(Pty { master, system, keyboard, screen, closing, stop });
        let spawn = |run: fn(&Pty)| {
            let pty = Arc::clone(&pty);
            let thread = std::thread::Builder::new().name("ovl-terminal".into()).spawn(move || run(&pty));
            thread.map_err(|_| Win32Error::NO_SYSTEM_RESOURCES)
        };
        let threads = vec![spawn(Pty::type_in)?, spawn(Pty::show)?];
        Ok(Self { pty, terminal: Mutex::new(Some(Arc::new(terminal))), threads: Mutex::new(threads) })
    }

    /// ResizePseudoConsole: programs on it hear of it.
    pub fn resize(&self, (columns, rows): (i16, i16)) -> Result<(), Win32Error> {
        set_window(&self.pty.master, window(columns, rows)?)
    }

    /// A descriptor of the terminal for a child; 6 if it is closed.
    pub fn terminal(&self) -> Result<OwnedFd, Win32Error> {
        let terminal = self.terminal.lock().clone().ok_or(Win32Error::INVALID_HANDLE)?;
        rustix::io::fcntl_dupfd_cloexec(&*terminal, 3).map_err(from_errno)
    }

    /// ReleasePseudoConsole: it ends with the last program on it.
    pub fn release(&self) {
        drop(self.terminal.lock().take());
    }

    /// ClosePseudoConsole: programs on it are told, what they still write goes out, and those that stay lose their terminal.
    pub fn close(&self) {
        self.pty.closing.store(true, Ordering::Release);
        self.release();
        self.pty.hang_up();
        let threads = std::mem::take(&mut *self.threads.lock());
        port::blocking(|| self.pty.await_threads(threads));
    }
}

impl std::fmt::Debug for PseudoConsole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PseudoConsole").field("closing", &self.pty.closing).finish_non_exhaustive()
    }
}

fn window(columns: i16, rows: i16) -> Result<libc::winsize, Win32Error> {
    if columns <= 0 || rows <= 0 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    Ok(libc::winsize { ws_row: rows as u16, ws_col: columns as u16, ws_xpixel: 0, ws_ypixel: 0 })
}

fn set_window(master: &OwnedFd, size: libc::winsize) -> Result<(), Win32Error> {
    // SAFETY: a descriptor of ours, and a structure that is read.
    let set = unsafe { libc::ioctl(master.as_raw_fd(), libc::TIOCSWINSZ, &raw const size) };
    if set == 0 { Ok(()) } else { Err(Win32Error::GEN_FAILURE) }
}

impl Pty {
    /// Tells the programs in the foreground that the terminal goes.
    fn hang_up(&self) {
        // SAFETY: asks for a number.
        let group = unsafe { libc::tcgetpgrp(self.master.as_raw_fd()) };
        if group > 1 {
            // SAFETY: sends a signal to a group that has this terminal, so it is not this process's.
            unsafe { libc::kill(-group, libc::SIGHUP) };
        }
    }

    fn await_threads(&self, threads: Vec<JoinHandle<()>>) {
        let begin = Instant::now();
        while threads.iter().any(|thread| !thread.is_finished()) {
            // Again, as it may just be about to read.
            self.keyboard.grant.instance.cancel_all();
            if begin.elapsed() > PATIENCE {
                self.screen.grant.instance.cancel_all();
                // It only counts; it is never full.
                let _ = rustix::io::write(&self.stop, &1u64.to_ne_bytes());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// From the input handle to the terminal.
    fn type_in(&self) {
        let mut room = vec![0; ROOM];
        while !self.closing.load(Ordering::Acquire) {
            let Ok(typed) = transfer(&self.system, &self.keyboard.grant, Function::Read, &mut room) else { break };
            if self.enter(&room[..typed]).is_err() {
                break;
            }
        }
        let _ = self.system.close(self.keyboard.handle);
    }

    fn enter(&self, mut typed: &[u8]) -> Result<(), Errno> {
        while !typed.is_empty() {
            match rustix::io::write(&self.master, typed) {
                Ok(done) => typed = &typed[done..],
                Err(Errno::AGAIN) => self.ready(PollFlags::OUT)?,
                Err(Errno::INTR) => {}
                Err(errno) => return Err(errno),
            }
        }
        Ok(())
    }

    /// From the terminal to the output handle.
    fn show(&self) {
        let mut room = vec![0; ROOM];
        loop {
            match rustix::io::read(&self.master, &mut *room) {
                // No program has it any more, and nobody keeps it for the next one.
                Ok(0) | Err(Errno::IO) => break,
                Ok(written) => {
                    if self.put(&mut room[..written]).is_err() {
                        break;
                    }
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) if self.ready(PollFlags::IN).is_ok() => {}
                Err(_) => break,
            }
        }
        let _ = self.system.close(self.screen.handle);
    }

    fn put(&self, mut written: &mut [u8]) -> Result<(), Win32Error> {
        while !written.is_empty() {
            let done = transfer(&self.system, &self.screen.grant, Function::Write, written)?;
            written = &mut written[done..];
        }
        Ok(())
    }

    /// Waits until the terminal takes or has something; an error if the threads are to stop.
    fn ready(&self, what: PollFlags) -> Result<(), Errno> {
        let mut both = [PollFd::new(&self.master, what), PollFd::new(&self.stop, PollFlags::IN)];
        match poll(&mut both, None) {
            Ok(_) | Err(Errno::INTR) if both[1].revents().is_empty() => Ok(()),
            _ => Err(Errno::CANCELED),
        }
    }
}

/// A synchronous transfer, on overlapped instances too.
fn transfer(system: &System, grant: &Grant, function: Function, bytes: &mut [u8]) -> Result<usize, Win32Error> {
    let call = Transfer {
        function,
        buffer: Buffer { start: bytes.as_mut_ptr(), len: bytes.len() },
        place: Place::Pointer,
        route: Route::default(),
        overlapped: None,
        payload: None,
        report: Report::AtOnce,
        probe: None,
    };
    // SAFETY: the bytes are ours until the request is complete, which is waited for.
    let Completion { status, bytes } = match unsafe { grant.instance.transfer(grant.access, call) } {
        Ok(Reply::Done(_, completion)) => completion,
        Ok(Reply::Pending(request)) => {
            let done = request.done();
            wait::wait_any(system.idle(), &[done], Timeout::Infinite, false)?;
            request.completion().ok_or(Win32Error::IO_INCOMPLETE)?
        }
        Err(refused) => return Err(refused.error),
    };
    if status.is_error() { Err(status.to_win32()) } else { Ok(bytes) }
}
