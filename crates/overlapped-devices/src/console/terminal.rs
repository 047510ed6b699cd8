//! The terminal under a console: what it is asked and told (contract 09 §7). A descriptor of its own, which does not block.
//!
//! What a terminal does by itself is in its settings (termios), which outlive the process: [`Terminal::restore`] gives them back, at the end
//! of the process and when it stops. Nothing here changes them before somebody asks for another mode.

use overlapped_abi::{Coord, Win32Error};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags};
use rustix::io::Errno;

/// For a terminal that does not say how large it is.
const USUAL: Coord = Coord { x: 80, y: 25 };

/// See the module page.
pub(super) struct Terminal {
    fd: OwnedFd,
    device: u32,
}

/// What a terminal does by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Manners {
    /// It edits lines, and gives them whole.
    pub lines: bool,
    /// It shows what is typed.
    pub echo: bool,
    /// Ctrl+C and its like are signals.
    pub signals: bool,
}

/// The terminal's number; 6 for what is none.
pub(super) fn device(fd: BorrowedFd<'_>) -> Result<u32, Win32Error> {
    settings(fd)?;
    let mut device = 0u32;
    // SAFETY: the descriptor is open, and the request fills in one number.
    match unsafe { libc::ioctl(fd.as_raw_fd(), libc::TIOCGDEV, &raw mut device) } {
        0 => Ok(device),
        _ => rustix::fs::fstat(fd).map(|stat| stat.st_rdev as u32).map_err(|_| Win32Error::INVALID_HANDLE),
    }
}

/// Its settings; 6 for what is no terminal.
pub(super) fn settings(fd: BorrowedFd<'_>) -> Result<libc::termios, Win32Error> {
    // SAFETY: a structure of numbers, for which zero is a value.
    let mut found: libc::termios = unsafe { std::mem::zeroed() };
    // SAFETY: the descriptor is open, and the structure ours.
    match unsafe { libc::tcgetattr(fd.as_raw_fd(), &raw mut found) } {
        0 => Ok(found),
        _ => Err(Win32Error::INVALID_HANDLE),
    }
}

impl Terminal {
    /// The terminal of this descriptor.
    pub fn of(fd: BorrowedFd<'_>) -> Result<Self, Win32Error> {
        let device = device(fd)?;
        let path = format!("/proc/self/fd/{}", fd.as_raw_fd());
        let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        // An open file of our own: whether it blocks is nobody else's business.
        let own = rustix::fs::openat(CWD, path, flags, Mode::empty());
        let own = own.or_else(|_| rustix::io::fcntl_dupfd_cloexec(fd, 3)).map_err(|_| Win32Error::INVALID_HANDLE)?;
        Ok(Self { fd: own, device })
    }

    pub fn device(&self) -> u32 {
        self.device
    }

    pub fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    pub fn settings(&self) -> Result<libc::termios, Win32Error> {
        settings(self.fd())
    }

    /// What these settings make it do.
    pub fn manners(settings: &libc::termios) -> Manners {
        let has = |flag| settings.c_lflag & flag != 0;
        let lines = has(libc::ICANON);
        // It echoes single keys, too, which a console does not.
        Manners { lines, echo: lines && has(libc::ECHO), signals: has(libc::ISIG) }
    }

    /// Has it do that. Without lines, a read gives what there is, Enter is a carriage return, and Ctrl+Z is a character.
    pub fn behave(&self, before: &libc::termios, manners: Manners) -> Result<(), Win32Error> {
        let mut new = *before;
        let wanted = [
            (libc::ISIG, manners.signals),
            (libc::ICANON, manners.lines),
            (libc::ECHO, manners.lines && manners.echo),
            (libc::IEXTEN, manners.lines && before.c_lflag & libc::IEXTEN != 0),
        ];
        for (flag, on) in wanted {
            new.c_lflag = if on { new.c_lflag | flag } else { new.c_lflag & !flag };
        }
        if manners.lines {
            new.c_iflag |= libc::ICRNL;
        } else {
            new.c_iflag &= !(libc::ICRNL | libc::INLCR);
            new.c_cc[libc::VMIN] = 1;
            new.c_cc[libc::VTIME] = 0;
            new.c_cc[libc::VSUSP] = 0;
        }
        self.set(&new)
    }

    pub fn set(&self, settings: &libc::termios) -> Result<(), Win32Error> {
        // SAFETY: the descriptor is open, and the structure is there.
        match unsafe { libc::tcsetattr(self.fd.as_raw_fd(), libc::TCSANOW, settings) } {
            0 => Ok(()),
            _ => Err(Win32Error::INVALID_HANDLE),
        }
    }

    /// Columns and rows.
    pub fn size(&self) -> Coord {
        let mut found = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
        // SAFETY: the descriptor is open, and the structure the one that this request fills. If it fails, zeros stay.
        unsafe { libc::ioctl(self.fd.as_raw_fd(), libc::TIOCGWINSZ, &raw mut found) };
        let or = |found: u16, usual: i16| if found == 0 { usual } else { i16::try_from(found).unwrap_or(i16::MAX) };
        Coord { x: or(found.ws_col, USUAL.x), y: or(found.ws_row, USUAL.y) }
    }

    /// Drops what was typed and not yet read.
    pub fn forget_input(&self) {
        // SAFETY: the descriptor is open. A terminal that has gone has nothing to drop.
        unsafe { libc::tcflush(self.fd.as_raw_fd(), libc::TCIFLUSH) };
    }

    /// What there is to be read: `None` for nothing, no bytes for the end.
    pub fn read(&self) -> Option<Vec<u8>> {
        let mut wanted = [PollFd::new(&self.fd, PollFlags::IN)];
        let ready = poll(&mut wanted, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }));
        if ready != Ok(1) {
            return None;
        }
        let mut bytes = vec![0; 4096];
        match rustix::io::read(&self.fd, &mut bytes[..]) {
            Ok(count) => {
                bytes.truncate(count);
                Some(bytes)
            }
            Err(Errno::AGAIN | Errno::INTR) => None,
            // The other side has gone.
            Err(_) => Some(Vec::new()),
        }
    }

    /// Writes all of it, however long the terminal takes.
    pub fn write(&self, mut bytes: &[u8]) -> Result<(), Win32Error> {
        while !bytes.is_empty() {
            match rustix::io::write(&self.fd, bytes) {
                Ok(count) => bytes = &bytes[count..],
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    let mut wanted = [PollFd::new(&self.fd, PollFlags::OUT)];
                    // What is wrong with it is what the next write says.
                    let _ = poll(&mut wanted, None);
                }
                Err(_) => return Err(Win32Error::GEN_FAILURE),
            }
        }
        Ok(())
    }
}
