//! Pseudo consoles: a terminal whose screen and keyboard are two handles of the program's (CreatePseudoConsole, contract 09).
//!
//! It is a pseudo-terminal of Linux. One thread carries what comes by the input handle to it, another what is written on it to the output
//! handle; both handles are duplicates, as the program closes its own when it likes. A child that is started with it has it as its
//! controlling terminal, so that Ctrl+C, resizing and the end reach it as they do in a window. What it writes is not drawn anew, as Windows
//! does, but goes through as it is: text and sequences of the kind that terminals know.

use overlapped_abi::Win32Error;
use overlapped_kernel::device::FileType;
use overlapped_kernel::handle::{Handle, HandleFlags};
use overlapped_kernel::instance::Instance;
use overlapped_kernel::port;
use overlapped_kernel::request::{Buffer, Function, Route};
use overlapped_kernel::road::{Place, Reply, Report, Transfer};
use overlapped_kernel::system::{Grant, System};
use overlapped_kernel::thread::Thread;
use parking_lot::Mutex;
use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd, poll};
use rustix::fd::{AsRawFd, FromRawFd, OwnedFd};
use rustix::io::Errno;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
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
    carriers: Mutex<Vec<Carrier>>,
}

/// What the threads have.
struct Pty {
    master: OwnedFd,
    closing: AtomicBool,
    /// What is not done by now is not done any more.
    over: AtomicBool,
    /// Readable then.
    stop: OwnedFd,
}

/// A thread that carries bytes from one end to the other.
struct Carrier {
    /// It has begun, and is this one for the library.
    known: Arc<OnceLock<Arc<Thread>>>,
    join: JoinHandle<()>,
    /// What it reads or writes besides the terminal.
    instance: Arc<Instance>,
}

/// A duplicate of one of the program's handles, which goes with its thread.
struct Ended {
    system: System,
    handle: Handle,
    grant: Grant,
}

impl Ended {
    fn of(system: &System, raw: usize) -> Result<Self, Win32Error> {
        let handle = system.duplicate_raw(raw, None, HandleFlags::empty(), false)?;
        match system.grant(handle) {
            Ok(grant) => Ok(Self { system: system.clone(), handle, grant }),
            Err(error) => {
                system.close(handle)?;
                Err(error)
            }
        }
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        // Somebody may have closed a number that is not his.
        let _ = self.system.close(self.handle);
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
        let (closing, over) = (AtomicBool::new(false), AtomicBool::new(false));
        let pty = Arc::new(Pty { master, closing, over, stop });
        let terminal = Mutex::new(Some(Arc::new(terminal)));
        let made = Self { pty, terminal, carriers: Mutex::default() };
        let begun = made.begin(keyboard, Pty::type_in).and_then(|()| made.begin(screen, Pty::show));
        begun.inspect_err(|_| made.close()).map(|()| made)
    }

    fn begin(&self, ended: Ended, run: fn(&Pty, &Grant)) -> Result<(), Win32Error> {
        let (instance, known) = (Arc::clone(&ended.grant.instance), Arc::new(OnceLock::new()));
        let (pty, own) = (Arc::clone(&self.pty), Arc::clone(&known));
        let body = move || {
            own.get_or_init(overlapped_kernel::thread::current);
            run(&pty, &ended.grant);
        };
        let join = std::thread::Builder::new().name("ovl-terminal".into()).spawn(body);
        let join = join.map_err(|_| Win32Error::NO_SYSTEM_RESOURCES)?;
        self.carriers.lock().push(Carrier { known, join, instance });
        Ok(())
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
        let carriers = std::mem::take(&mut *self.carriers.lock());
        port::blocking(|| self.pty.await_carriers(&carriers));
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

    fn await_carriers(&self, carriers: &[Carrier]) {
        let begin = Instant::now();
        while carriers.iter().any(|carrier| !carrier.join.is_finished()) {
            let over = begin.elapsed() > PATIENCE;
            if over && !self.over.swap(true, Ordering::AcqRel) {
                // It only counts; it is never full.
                let _ = rustix::io::write(&self.stop, &1u64.to_ne_bytes());
            }
            // Again, as the one may just be about to read: what it waits for alone, since the program may use the instance, too.
            for carrier in carriers.iter().take(if over { carriers.len() } else { 1 }) {
                let _ = carrier.known.get().map(|thread| thread.cancel_synchronous());
                if over {
                    carrier.instance.cancel_all();
                }
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// From the input handle to the terminal.
    fn type_in(&self, keyboard: &Grant) {
        let mut room = vec![0; ROOM];
        // A pipe can bring an empty message; anything else has come to its end.
        let goes_on = keyboard.instance.device().file_type() == FileType::Pipe;
        while !self.closing.load(Ordering::Acquire) {
            match transfer(keyboard, Function::Read, &mut room) {
                Ok(typed) if typed == 0 && !goes_on => return,
                Ok(typed) if self.enter(&room[..typed]).is_ok() => {}
                _ => return,
            }
        }
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
    fn show(&self, screen: &Grant) {
        let mut room = vec![0; ROOM];
        // A program that never ceases to write is not waited for either.
        while !self.over.load(Ordering::Acquire) {
            match rustix::io::read(&self.master, &mut *room) {
                // No program has it any more, and nobody keeps it for the next one.
                Ok(0) | Err(Errno::IO) => return,
                Ok(written) if put(screen, &mut room[..written]).is_ok() => {}
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) if self.ready(PollFlags::IN).is_ok() => {}
                _ => return,
            }
        }
    }

    /// Waits until the terminal takes or has something; an error if the threads are to stop, or nobody is there to take it.
    fn ready(&self, what: PollFlags) -> Result<(), Errno> {
        let mut both = [PollFd::new(&self.master, what), PollFd::new(&self.stop, PollFlags::IN)];
        match poll(&mut both, None) {
            Err(Errno::INTR) => Ok(()),
            Ok(_) if both[0].revents().intersects(what) && both[1].revents().is_empty() => Ok(()),
            // At its end there is something to be read: just that.
            Ok(_) if what == PollFlags::IN && both[1].revents().is_empty() => Ok(()),
            _ => Err(Errno::CANCELED),
        }
    }
}

fn put(screen: &Grant, mut written: &mut [u8]) -> Result<(), Win32Error> {
    while !written.is_empty() {
        let done = transfer(screen, Function::Write, written)?;
        written = &mut written[done..];
    }
    Ok(())
}

/// A transfer that is over when this returns.
fn transfer(grant: &Grant, function: Function, bytes: &mut [u8]) -> Result<usize, Win32Error> {
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
    // SAFETY: the bytes are ours until this returns, which is after the request: without OVERLAPPED and payload it is a synchronous one.
    match unsafe { grant.instance.transfer(grant.access, call) } {
        Ok(Reply::Done(_, completion)) if !completion.status.is_error() => Ok(completion.bytes),
        Ok(Reply::Done(_, completion)) => Err(completion.status.to_win32()),
        Ok(Reply::Pending(_)) => unreachable!("nothing has asked for an overlapped request"),
        Err(refused) => Err(refused.error),
    }
}
