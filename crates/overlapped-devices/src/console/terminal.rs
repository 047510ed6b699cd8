//! What a terminal is asked and told: modes, size, what waits to be read (contract 09 §7).

use overlapped_abi::constants::console as c;
use overlapped_abi::{Coord, Win32Error};
use rustix::fd::{AsRawFd, BorrowedFd};

/// For a terminal that does not say how large it is.
const USUAL: Coord = Coord { x: 80, y: 25 };

/// Its settings; 6 for what is no terminal.
pub(super) fn state(fd: BorrowedFd<'_>) -> Result<libc::termios, Win32Error> {
    // SAFETY: a structure of numbers, for which zero is a value.
    let mut found: libc::termios = unsafe { std::mem::zeroed() };
    // SAFETY: the descriptor is open, and the structure ours.
    match unsafe { libc::tcgetattr(fd.as_raw_fd(), &raw mut found) } {
        0 => Ok(found),
        _ => Err(Win32Error::INVALID_HANDLE),
    }
}

const LOCAL: [(u32, libc::tcflag_t); 3] =
    [(c::ENABLE_PROCESSED_INPUT, libc::ISIG), (c::ENABLE_LINE_INPUT, libc::ICANON), (c::ENABLE_ECHO_INPUT, libc::ECHO)];

/// The bits of the input mode that are the terminal's own. It echoes single keys, too, which a console does not.
pub(super) fn mode(state: &libc::termios) -> u32 {
    let on = LOCAL.iter().filter(|(_, flag)| state.c_lflag & flag != 0);
    let mode = on.fold(0, |mode, (bit, _)| mode | bit);
    if mode & c::ENABLE_LINE_INPUT == 0 { mode & !c::ENABLE_ECHO_INPUT } else { mode }
}

/// Has the terminal do what the bits say. Without lines, a read gives what there is, and Enter is a carriage return.
pub(super) fn set_mode(fd: BorrowedFd<'_>, mut state: libc::termios, mode: u32) -> Result<(), Win32Error> {
    for (bit, flag) in LOCAL {
        state.c_lflag = if mode & bit != 0 { state.c_lflag | flag } else { state.c_lflag & !flag };
    }
    if mode & c::ENABLE_LINE_INPUT != 0 {
        state.c_iflag |= libc::ICRNL;
    } else {
        state.c_iflag &= !libc::ICRNL;
        state.c_cc[libc::VMIN] = 1;
        state.c_cc[libc::VTIME] = 0;
    }
    set_state(fd, &state)
}

pub(super) fn set_state(fd: BorrowedFd<'_>, state: &libc::termios) -> Result<(), Win32Error> {
    // SAFETY: the descriptor is open, and the structure is there.
    match unsafe { libc::tcsetattr(fd.as_raw_fd(), libc::TCSANOW, state) } {
        0 => Ok(()),
        _ => Err(Win32Error::INVALID_HANDLE),
    }
}

/// Columns and rows.
pub(super) fn size(fd: BorrowedFd<'_>) -> Result<Coord, Win32Error> {
    let mut found = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: the descriptor is open, and the structure the one that this request fills.
    if unsafe { libc::ioctl(fd.as_raw_fd(), libc::TIOCGWINSZ, &raw mut found) } != 0 {
        return Err(Win32Error::INVALID_HANDLE);
    }
    let or = |found: u16, usual: i16| if found == 0 { usual } else { i16::try_from(found).unwrap_or(i16::MAX) };
    Ok(Coord { x: or(found.ws_col, USUAL.x), y: or(found.ws_row, USUAL.y) })
}

/// Drops what was typed and not yet read.
pub(super) fn forget_input(fd: BorrowedFd<'_>) -> Result<(), Win32Error> {
    // SAFETY: the descriptor is open.
    match unsafe { libc::tcflush(fd.as_raw_fd(), libc::TCIFLUSH) } {
        0 => Ok(()),
        _ => Err(Win32Error::INVALID_HANDLE),
    }
}
