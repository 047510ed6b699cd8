//! A tty of Linux as the line below a port: a UART, a USB adapter, or a pseudo-terminal, which has no modem lines.
//!
//! The tty is raw, and marks bytes with errors and breaks in its stream (PARMRK); which error it was is told by its counters
//! (TIOCGICOUNT). Rates are numbers (BOTHER), so that any will do. XON/XOFF is the port's own affair, since it must know of
//! it; so that an XOFF stops output soon, Linux is then given a few bytes at a time only. CTS and RTS together are left to the
//! hardware (CRTSCTS) as well, which reacts at once.
//!
//! Nobody else may have it: TIOCEXCL keeps out who is not root, and a lock (`flock`) every other user of this library and of
//! what honours such locks. Drawback: nothing but a blocked thread (TIOCMIWAIT) hears of a change of the modem lines, so they
//! are looked at every few milliseconds while somebody waits for one. The counters do not miss one that was shorter.

use super::line::{Line, Look, Received};
use super::settings::{byte_time, default_dcb};
use overlapped_abi::constants::serial as c;
use overlapped_abi::{Dcb, DcbFlags, Win32Error};
use overlapped_kernel::clock::Tick;
use overlapped_kernel::device::Descriptor;
use overlapped_kernel::engine::Watcher;
use parking_lot::Mutex;
use rustix::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use rustix::fs::{FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Between two looks at the modem lines.
const LOOK: Duration = Duration::from_millis(10);
/// Bytes of one read.
const CHUNK: usize = 1024;
/// A rate that differs by less from what was asked for is that rate: 3 %, which is what receivers stand.
const TOLERANCE: u32 = 33;
/// What begins a marked byte.
const MARK: u8 = 0xFF;
/// Bytes that go on after an XOFF.
const FEW: usize = 64;
/// Nanoseconds between two looks whether these are gone.
const SHORTEST: u64 = 1_000_000;

/// See the module page.
pub(super) struct Tty {
    /// Who has a copy keeps it open a little longer than the port does.
    fd: Mutex<Option<Arc<OwnedFd>>>,
    /// It has modem lines; a pseudo-terminal has none.
    has_modem: bool,
    is_pty: bool,
    state: Mutex<State>,
}

/// Between two calls.
#[derive(Default)]
struct State {
    /// A mark that has not come to its end.
    marked: Vec<u8>,
    counters: Counters,
    status: u32,
    /// The nanoseconds of a byte, if an XOFF may come.
    few: Option<u64>,
}

/// `struct serial_icounter_struct`.
#[derive(Clone, Copy, Default)]
#[repr(C)]
struct Counters {
    cts: i32,
    dsr: i32,
    ring: i32,
    carrier: i32,
    received: i32,
    sent: i32,
    frame: i32,
    overrun: i32,
    parity: i32,
    breaks: i32,
    buffer_overrun: i32,
    reserved: [i32; 9],
}

impl Tty {
    /// Opens it for one user: 2 if it is not there or no tty, 5 if somebody has it.
    pub fn open(path: &Path) -> Result<Self, Win32Error> {
        let fd = Self::find(path)?;
        let raw = fd.as_raw_fd();
        let is_pty = is_pty(&fd);
        let exclusive = FlockOperation::NonBlockingLockExclusive;
        rustix::fs::flock(&fd, exclusive).map_err(|_| Win32Error::ACCESS_DENIED)?;
        let mut bits = 0;
        // SAFETY: the calls take nothing, and write an int.
        let has_modem = unsafe {
            libc::ioctl(raw, libc::TIOCEXCL);
            libc::ioctl(raw, libc::TIOCMGET, &raw mut bits) == 0
        };
        Ok(Self { fd: Mutex::new(Some(Arc::new(fd))), has_modem, is_pty, state: Mutex::default() })
    }

    /// The tty as it is, without taking it: 2 if it is not there or no tty, 5 if somebody has it.
    pub fn find(path: &Path) -> Result<OwnedFd, Win32Error> {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let fd = rustix::fs::open(path, flags, Mode::empty()).map_err(|error| match error {
            Errno::ACCESS | Errno::PERM | Errno::BUSY | Errno::ROFS => Win32Error::ACCESS_DENIED,
            Errno::MFILE | Errno::NFILE => Win32Error::TOO_MANY_OPEN_FILES,
            _ => Win32Error::FILE_NOT_FOUND,
        })?;
        // A UART that the kernel has reserved a name for, but has not found, says EIO here.
        termios(fd.as_raw_fd()).map_err(|_| Win32Error::FILE_NOT_FOUND)?;
        Ok(fd)
    }

    /// The settings that its last user has left: rate, size, parity, stop bits, and flow control by CTS and RTS.
    pub fn settings(&self) -> Dcb {
        let mut dcb = default_dcb();
        let Ok(termios) = self.termios() else { return dcb };
        let flags = termios.c_cflag;
        if flags & libc::CSIZE == libc::CS8 && termios.c_lflag & libc::ICANON != 0 {
            // Nobody has used it as a port yet.
            return dcb;
        }
        dcb.baud_rate = if termios.c_ospeed == 0 { dcb.baud_rate } else { termios.c_ospeed };
        dcb.byte_size = match flags & libc::CSIZE {
            libc::CS5 => 5,
            libc::CS6 => 6,
            libc::CS7 => 7,
            _ => 8,
        };
        dcb.parity = match (flags & libc::PARENB != 0, flags & libc::CMSPAR != 0, flags & libc::PARODD != 0) {
            (false, _, _) => c::NOPARITY,
            (true, false, true) => c::ODDPARITY,
            (true, false, false) => c::EVENPARITY,
            (true, true, true) => c::MARKPARITY,
            (true, true, false) => c::SPACEPARITY,
        };
        dcb.stop_bits = match (flags & libc::CSTOPB != 0, dcb.byte_size) {
            (false, _) => c::ONESTOPBIT,
            (true, 5) => c::ONE5STOPBITS,
            (true, _) => c::TWOSTOPBITS,
        };
        dcb.flags.set(DcbFlags::PARITY, termios.c_iflag & libc::INPCK != 0);
        if flags & libc::CRTSCTS != 0 {
            dcb.flags |= DcbFlags::OUTX_CTS_FLOW;
            dcb.set_rts_control(c::RTS_CONTROL_HANDSHAKE);
        }
        dcb
    }

    fn fd(&self) -> Result<Arc<OwnedFd>, Errno> {
        self.fd.lock().clone().ok_or(Errno::BADF)
    }

    fn termios(&self) -> Result<libc::termios2, Errno> {
        termios(self.fd()?.as_raw_fd())
    }

    /// Makes a call that takes an int; what it says matters to nobody.
    fn control(&self, request: libc::Ioctl, argument: libc::c_int) {
        if let Ok(fd) = self.fd() {
            // SAFETY: these calls take an int by value.
            unsafe { libc::ioctl(fd.as_raw_fd(), request, argument) };
        }
    }

    fn set_modem(&self, bit: libc::c_int, on: bool) {
        if let Ok(fd) = self.fd() {
            let request = if on { libc::TIOCMBIS } else { libc::TIOCMBIC };
            // SAFETY: the call reads an int.
            unsafe { libc::ioctl(fd.as_raw_fd(), request, &raw const bit) };
        }
    }

    fn counters(&self) -> Option<Counters> {
        let mut counters = Counters::default();
        let fd = self.fd().ok()?;
        // SAFETY: room for what the call writes.
        let read = unsafe { libc::ioctl(fd.as_raw_fd(), libc::TIOCGICOUNT, &raw mut counters) };
        (read == 0).then_some(counters)
    }

    /// Which error a marked byte has: the counters say, where there are any.
    fn error(&self, state: &mut State) -> u32 {
        let Some(now) = self.counters() else { return c::CE_FRAME };
        let before = &mut state.counters;
        if now.parity != before.parity {
            before.parity = before.parity.wrapping_add(1);
            return c::CE_RXPARITY;
        }
        before.frame = if now.frame == before.frame { before.frame } else { before.frame.wrapping_add(1) };
        c::CE_FRAME
    }

    /// Takes the marks out of what was read.
    fn unmark(&self, bytes: &[u8], into: &mut Vec<Received>) {
        let mut state = self.state.lock();
        for &byte in bytes {
            match (state.marked.as_slice(), byte) {
                ([], MARK) => state.marked.push(byte),
                ([], byte) => into.push(Received::Byte(byte)),
                ([MARK], 0) => state.marked.push(byte),
                ([MARK], byte) => {
                    state.marked.clear();
                    into.push(Received::Byte(byte));
                }
                (_, byte) => {
                    state.marked.clear();
                    let counted = self.counters().is_some_and(|now| now.breaks != state.counters.breaks);
                    if byte == 0 && (counted || !self.has_modem) {
                        state.counters.breaks = state.counters.breaks.wrapping_add(i32::from(counted));
                        into.push(Received::Break);
                    } else {
                        let error = self.error(&mut state);
                        into.push(Received::Bad(byte, error));
                    }
                }
            }
        }
    }
}

impl Line for Tty {
    fn open(&self, _watcher: Weak<dyn Watcher>, _dcb: &Dcb) {
        self.control(libc::TCFLSH, libc::TCIOFLUSH);
        let mut state = self.state.lock();
        state.counters = self.counters().unwrap_or_default();
        drop(state);
        let now = self.look().status;
        self.state.lock().status = now;
    }

    fn close(&self) {
        self.control(libc::TIOCNXCL, 0);
        let closed = self.fd.lock().take();
        drop(closed);
    }

    fn configure(&self, dcb: &Dcb) -> Result<(), Win32Error> {
        let fd = self.fd().map_err(|_| Win32Error::INVALID_HANDLE)?;
        let before = termios(fd.as_raw_fd()).map_err(|_| Win32Error::DEVICE_NOT_CONNECTED)?;
        let wanted = raw_settings(&before, dcb);
        set_termios(fd.as_raw_fd(), &wanted).map_err(|error| match error {
            Errno::INVAL => Win32Error::INVALID_PARAMETER,
            _ => Win32Error::DEVICE_NOT_CONNECTED,
        })?;
        let now = termios(fd.as_raw_fd()).map_err(|_| Win32Error::DEVICE_NOT_CONNECTED)?;
        // Linux gives what the hardware can, and says nothing. To a pseudo-terminal all this means nothing.
        let shape = libc::CSIZE | libc::PARENB | libc::PARODD | libc::CMSPAR | libc::CSTOPB;
        let near = now.c_ospeed.abs_diff(wanted.c_ospeed) <= wanted.c_ospeed / TOLERANCE;
        if !self.is_pty && (now.c_cflag & shape != wanted.c_cflag & shape || !near) {
            let _ = set_termios(fd.as_raw_fd(), &before);
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let few = dcb.flags.contains(DcbFlags::OUT_X).then(|| byte_time(dcb));
        self.state.lock().few = few;
        Ok(())
    }

    fn receive(&self, into: &mut Vec<Received>, room: usize) -> Result<(), Errno> {
        let fd = self.fd()?;
        let mut bytes = [0; CHUNK];
        match rustix::io::retry_on_intr(|| rustix::io::read(&*fd, &mut bytes[..room.min(CHUNK)])) {
            // A tty that was hung up.
            Ok(0) => Err(Errno::NODEV),
            Ok(read) => {
                self.unmark(&bytes[..read], into);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn send(&self, bytes: &[u8], _now: Tick) -> Result<usize, Errno> {
        let fd = self.fd()?;
        let few = self.state.lock().few.is_some();
        let room = if few { FEW.saturating_sub(self.unsent(Tick(0))) } else { bytes.len() };
        let bytes = &bytes[..bytes.len().min(room)];
        if bytes.is_empty() {
            return Err(Errno::AGAIN);
        }
        // A signal on its way keeps Linux from writing although there is room, of which it tells nobody then.
        match rustix::io::retry_on_intr(|| rustix::io::write(&*fd, bytes)) {
            Ok(0) => Err(Errno::AGAIN),
            sent => sent,
        }
    }

    fn unsent(&self, _now: Tick) -> usize {
        let mut bytes: libc::c_int = 0;
        let Ok(fd) = self.fd() else { return 0 };
        // SAFETY: the call writes an int.
        let known = unsafe { libc::ioctl(fd.as_raw_fd(), libc::TIOCOUTQ, &raw mut bytes) } == 0;
        if known { usize::try_from(bytes).unwrap_or(0) } else { 0 }
    }

    fn next(&self, now: Tick) -> Option<Tick> {
        let byte = self.state.lock().few?;
        let unsent = self.unsent(now) as u64;
        (unsent > 0).then(|| now.plus(Duration::from_nanos((byte * unsent / 2).max(SHORTEST))))
    }

    fn look(&self) -> Look {
        let always = c::MS_CTS_ON | c::MS_DSR_ON | c::MS_RLSD_ON;
        let mut bits: libc::c_int = 0;
        let Ok(fd) = self.fd() else { return Look::default() };
        // SAFETY: the call writes an int.
        if !self.has_modem || unsafe { libc::ioctl(fd.as_raw_fd(), libc::TIOCMGET, &raw mut bits) } != 0 {
            // So that who insists on a handshake gets on.
            return Look { status: always, ..Look::default() };
        }
        let lines = [
            (libc::TIOCM_CTS, c::MS_CTS_ON, c::EV_CTS),
            (libc::TIOCM_DSR, c::MS_DSR_ON, c::EV_DSR),
            (libc::TIOCM_RI, c::MS_RING_ON, 0),
            (libc::TIOCM_CD, c::MS_RLSD_ON, c::EV_RLSD),
        ];
        let status = lines.iter().filter(|(bit, ..)| bits & bit != 0).map(|(_, on, _)| on).sum();
        let now = self.counters();
        let mut state = self.state.lock();
        let differs = std::mem::replace(&mut state.status, status) ^ status;
        let mut changes: u32 = lines.iter().filter(|(_, on, _)| differs & on != 0).map(|(.., event)| event).sum();
        let mut errors = 0;
        match now {
            Some(now) => {
                let before = &mut state.counters;
                let counted = [
                    (now.cts != before.cts, c::EV_CTS),
                    (now.dsr != before.dsr, c::EV_DSR),
                    (now.carrier != before.carrier, c::EV_RLSD),
                    (now.ring != before.ring, c::EV_RING),
                ];
                changes |= counted.iter().filter(|(changed, _)| *changed).map(|(_, event)| event).sum::<u32>();
                if now.overrun != before.overrun || now.buffer_overrun != before.buffer_overrun {
                    errors = c::CE_OVERRUN;
                }
                // Those of bytes are told with the bytes.
                let Counters { frame, parity, breaks, .. } = *before;
                *before = Counters { frame, parity, breaks, ..now };
            }
            None if differs & status & c::MS_RING_ON != 0 => changes |= c::EV_RING,
            None => {}
        }
        Look { status, changes, errors }
    }

    fn look_every(&self) -> Option<Duration> {
        self.has_modem.then_some(LOOK)
    }

    fn overruns(&self) -> bool {
        false
    }

    fn set_dtr(&self, on: bool) {
        self.set_modem(libc::TIOCM_DTR, on);
    }

    fn set_rts(&self, on: bool) {
        self.set_modem(libc::TIOCM_RTS, on);
    }

    fn set_break(&self, on: bool) {
        self.control(if on { libc::TIOCSBRK } else { libc::TIOCCBRK }, 0);
    }

    fn discard_input(&self) {
        self.control(libc::TCFLSH, libc::TCIFLUSH);
        self.state.lock().marked.clear();
    }

    fn discard_output(&self) {
        self.control(libc::TCFLSH, libc::TCOFLUSH);
    }

    fn tell(&self) {
        // Linux has told.
    }

    fn descriptor(&self) -> Option<Descriptor<'_>> {
        self.fd.lock().clone().map(Descriptor::kept)
    }
}

/// A pseudo-terminal's end: majors 136 to 143.
fn is_pty(fd: impl AsFd) -> bool {
    let major = rustix::fs::fstat(fd).map(|stat| rustix::fs::major(stat.st_rdev));
    matches!(major, Ok(136..=143))
}

fn termios(fd: RawFd) -> Result<libc::termios2, Errno> {
    // SAFETY: all zeros is a valid value, and the call writes one.
    unsafe {
        let mut termios: libc::termios2 = std::mem::zeroed();
        result(libc::ioctl(fd, libc::TCGETS2, &raw mut termios))?;
        Ok(termios)
    }
}

fn set_termios(fd: RawFd, termios: &libc::termios2) -> Result<(), Errno> {
    // SAFETY: the call reads a termios2.
    result(unsafe { libc::ioctl(fd, libc::TCSETS2, std::ptr::from_ref(termios)) })
}

fn result(code: libc::c_int) -> Result<(), Errno> {
    if code == 0 {
        return Ok(());
    }
    Err(Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::IO))
}

/// What a DCB is in a termios.
fn raw_settings(before: &libc::termios2, dcb: &Dcb) -> libc::termios2 {
    let mut wanted = *before;
    wanted.c_iflag = libc::PARMRK | if dcb.flags.contains(DcbFlags::PARITY) { libc::INPCK } else { 0 };
    (wanted.c_oflag, wanted.c_lflag) = (0, 0);
    wanted.c_cflag &= libc::HUPCL;
    wanted.c_cflag |= libc::CREAD | libc::CLOCAL | libc::BOTHER | (libc::BOTHER << libc::IBSHIFT);
    wanted.c_cflag |= match dcb.byte_size {
        5 => libc::CS5,
        6 => libc::CS6,
        7 => libc::CS7,
        _ => libc::CS8,
    };
    wanted.c_cflag |= match dcb.parity {
        c::ODDPARITY => libc::PARENB | libc::PARODD,
        c::EVENPARITY => libc::PARENB,
        c::MARKPARITY => libc::PARENB | libc::CMSPAR | libc::PARODD,
        c::SPACEPARITY => libc::PARENB | libc::CMSPAR,
        _ => 0,
    };
    wanted.c_cflag |= if dcb.stop_bits == c::ONESTOPBIT { 0 } else { libc::CSTOPB };
    if dcb.flags.contains(DcbFlags::OUTX_CTS_FLOW) && dcb.rts_control() == c::RTS_CONTROL_HANDSHAKE {
        wanted.c_cflag |= libc::CRTSCTS;
    }
    (wanted.c_ispeed, wanted.c_ospeed) = (dcb.baud_rate, dcb.baud_rate);
    wanted.c_cc[libc::VMIN] = 1;
    wanted.c_cc[libc::VTIME] = 0;
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::CStr;
    use std::fs::File;
    use std::io::Read;
    use std::os::fd::FromRawFd;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::thread::JoinHandleExt;
    use std::sync::atomic::{AtomicBool, Ordering};

    extern "C" fn nothing(_signal: libc::c_int) {}

    /// A pseudo-terminal: its master, and a line of the other side.
    fn line() -> (File, Tty) {
        let mut name = [0; 64];
        // SAFETY: a descriptor that nobody else has, and room for the name.
        let master = unsafe {
            let master = libc::posix_openpt(libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC);
            assert!(master >= 0 && libc::grantpt(master) == 0 && libc::unlockpt(master) == 0);
            assert_eq!(libc::ptsname_r(master, name.as_mut_ptr(), name.len()), 0);
            File::from_raw_fd(master)
        };
        // SAFETY: the call has written a text that ends with a zero.
        let name = unsafe { CStr::from_ptr(name.as_ptr()) };
        let tty = Tty::open(Path::new(std::ffi::OsStr::from_bytes(name.to_bytes()))).unwrap();
        tty.configure(&default_dcb()).unwrap();
        (master, tty)
    }

    /// Who is told that there is no room waits until Linux tells of some, which it does not if there was room all the time.
    #[test]
    fn a_signal_is_not_taken_for_a_line_that_takes_nothing() {
        const BYTES: u64 = 30_000;
        // SAFETY: an all-zero sigaction is valid; the handler touches nothing. Interrupted calls are not made again.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = nothing as extern "C" fn(libc::c_int) as usize;
            assert_eq!(libc::sigaction(libc::SIGUSR2, &raw const action, std::ptr::null_mut()), 0);
        }
        let (mut master, tty) = line();
        let over = Arc::new(AtomicBool::new(false));
        let sent = Arc::clone(&over);
        let sender = std::thread::spawn(move || {
            let mut refused = 0;
            for n in 0..BYTES {
                // Each is taken before the next one is sent, so that there is always room.
                refused += u64::from(tty.send(&[n as u8], Tick(0)) != Ok(1));
                let mut byte = [0];
                while refused == 0 && master.read(&mut byte).is_err() {}
            }
            sent.store(true, Ordering::Release);
            refused
        });
        while !over.load(Ordering::Acquire) {
            // SAFETY: the thread has not been joined.
            unsafe { libc::pthread_kill(sender.as_pthread_t(), libc::SIGUSR2) };
            (0..300).for_each(|_| std::hint::spin_loop());
        }
        assert_eq!(sender.join().unwrap(), 0, "so many sends found no room");
    }
}
