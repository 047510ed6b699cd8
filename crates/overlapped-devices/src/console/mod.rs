//! The console as far as lines and colours go (contract 09 §3 to §5, §7): a terminal of Linux, seen by a program that prints, asks
//! and sets colours.
//!
//! What a terminal knows itself is asked of it each time: its size, and whether it edits lines, echoes and turns Ctrl+C into a signal.
//! The rest a console has and a terminal cannot be asked for, so it is kept here: colours, the other mode bits, title, code pages.
//! Transfers take the road of every file; this module only says what is to be written, and what a line that was read means.
//!
//! The drawback: nothing here sees what a program prints by other ways. So the cursor is where it was last put by
//! [`Console::move_to`], and cells cannot be read back; that takes screen buffers of our own.

mod attributes;
pub(crate) mod open;
mod terminal;
mod typed;

use overlapped_abi::constants::console as c;
use overlapped_abi::{ConsoleCursorInfo, ConsoleScreenBufferInfo, Coord, SmallRect, Win32Error};
use parking_lot::Mutex;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use typed::Typed;

pub use typed::More;

/// Text in white on black, which is what the terminal's own colours stand for.
const DEFAULT_ATTRIBUTES: u16 = c::FOREGROUND_BLUE | c::FOREGROUND_GREEN | c::FOREGROUND_RED;

/// The bits of the input mode that are the terminal's own.
const OF_TERMINAL: u32 = c::ENABLE_PROCESSED_INPUT | c::ENABLE_LINE_INPUT | c::ENABLE_ECHO_INPUT;
const INPUT_BITS: u32 = 0x3FF;
const OUTPUT_BITS: u32 = 0x1F;

/// Is the descriptor a terminal? Nothing else is a console (contract 09 §7).
#[must_use]
pub fn is_terminal(fd: BorrowedFd<'_>) -> bool {
    terminal::state(fd).is_ok()
}

fn by_lines(fd: BorrowedFd<'_>) -> Result<bool, Win32Error> {
    Ok(terminal::mode(&terminal::state(fd)?) & c::ENABLE_LINE_INPUT != 0)
}

/// The console of a process.
pub struct Console {
    state: Mutex<State>,
    typed: Mutex<Typed>,
    /// The terminal's settings before the first change.
    before: Mutex<Option<(OwnedFd, libc::termios)>>,
}

struct State {
    input: u32,
    output: u32,
    attributes: u16,
    position: Coord,
    cursor: ConsoleCursorInfo,
}

impl Console {
    /// As a console is at first.
    #[must_use]
    pub const fn new() -> Self {
        let input = c::ENABLE_MOUSE_INPUT
            | c::ENABLE_INSERT_MODE
            | c::ENABLE_QUICK_EDIT_MODE
            | c::ENABLE_EXTENDED_FLAGS
            | c::ENABLE_AUTO_POSITION;
        let state = State {
            input,
            output: c::ENABLE_PROCESSED_OUTPUT | c::ENABLE_WRAP_AT_EOL_OUTPUT,
            attributes: DEFAULT_ATTRIBUTES,
            position: Coord { x: 0, y: 0 },
            cursor: ConsoleCursorInfo { size: 25, visible: 1 },
        };
        Self { state: Mutex::new(state), typed: Mutex::new(Typed::new()), before: Mutex::new(None) }
    }

    /// GetConsoleMode of an input handle; 6 if it is not a terminal.
    pub fn input_mode(&self, fd: BorrowedFd<'_>) -> Result<u32, Win32Error> {
        Ok(terminal::mode(&terminal::state(fd)?) | self.state.lock().input)
    }

    /// SetConsoleMode of an input handle: 87 for unknown bits and for echo without lines.
    pub fn set_input_mode(&self, fd: BorrowedFd<'_>, mode: u32) -> Result<(), Win32Error> {
        let echo_alone = mode & (c::ENABLE_ECHO_INPUT | c::ENABLE_LINE_INPUT) == c::ENABLE_ECHO_INPUT;
        let before = terminal::state(fd)?;
        if mode & !INPUT_BITS != 0 || echo_alone {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let mut state = self.state.lock();
        if let (saved @ None, Ok(own)) = (&mut *self.before.lock(), fd.try_clone_to_owned()) {
            *saved = Some((own, before));
        }
        terminal::set_mode(fd, before, mode & OF_TERMINAL)?;
        state.input = mode & !OF_TERMINAL;
        Ok(())
    }

    /// Gives the terminal the settings back that it had before the first [`Console::set_input_mode`].
    pub fn restore(&self) {
        if let Some((fd, before)) = self.before.lock().take() {
            // Nobody is left to be told if it has gone away meanwhile.
            let _ = terminal::set_state(fd.as_fd(), &before);
        }
    }

    /// GetConsoleMode of an output handle; 6 if it is not a terminal.
    pub fn output_mode(&self, fd: BorrowedFd<'_>) -> Result<u32, Win32Error> {
        terminal::state(fd)?;
        Ok(self.state.lock().output)
    }

    /// SetConsoleMode of an output handle: 87 for unknown bits. A terminal acts on control characters and escape sequences always.
    pub fn set_output_mode(&self, fd: BorrowedFd<'_>, mode: u32) -> Result<(), Win32Error> {
        terminal::state(fd)?;
        if mode & !OUTPUT_BITS != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        self.state.lock().output = mode;
        Ok(())
    }

    /// GetConsoleScreenBufferInfo: the buffer is as large as the window. The cursor is where [`Console::move_to`] put it last.
    pub fn screen(&self, fd: BorrowedFd<'_>) -> Result<ConsoleScreenBufferInfo, Win32Error> {
        let size = terminal::size(fd)?;
        let state = self.state.lock();
        let position = Coord { x: state.position.x.min(size.x - 1), y: state.position.y.min(size.y - 1) };
        Ok(ConsoleScreenBufferInfo {
            size,
            cursor_position: position,
            attributes: state.attributes,
            window: SmallRect { left: 0, top: 0, right: size.x - 1, bottom: size.y - 1 },
            maximum_window_size: size,
        })
    }

    /// SetConsoleTextAttribute: what is to be written for it.
    pub fn set_attributes(&self, attributes: u16) -> String {
        self.state.lock().attributes = attributes;
        attributes::rendition(attributes)
    }

    /// SetConsoleCursorPosition: what is to be written for it; 87 outside the buffer.
    pub fn move_to(&self, fd: BorrowedFd<'_>, to: Coord) -> Result<String, Win32Error> {
        let size = terminal::size(fd)?;
        if !(0..size.x).contains(&to.x) || !(0..size.y).contains(&to.y) {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        self.state.lock().position = to;
        Ok(format!("\x1b[{};{}H", to.y + 1, to.x + 1))
    }

    /// GetConsoleCursorInfo.
    pub fn cursor(&self) -> ConsoleCursorInfo {
        self.state.lock().cursor
    }

    /// SetConsoleCursorInfo: what is to be written for it; 87 for a size that is not 1 to 100.
    pub fn set_cursor(&self, cursor: ConsoleCursorInfo) -> Result<&'static str, Win32Error> {
        if !(1..=100).contains(&cursor.size) {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let visible = cursor.visible != 0;
        self.state.lock().cursor = ConsoleCursorInfo { visible: visible.into(), ..cursor };
        Ok(if visible { "\x1b[?25h" } else { "\x1b[?25l" })
    }

    /// ReadConsoleW: up to `most` units, of what is left of the last line or of what `more` reads.
    pub fn read(&self, fd: BorrowedFd<'_>, most: usize, more: More<'_>) -> Result<Vec<u16>, Win32Error> {
        self.typed.lock().take(by_lines(fd)?, most, more)
    }

    /// ReadConsoleA: as [`Console::read`], in UTF-8 of up to `most` bytes.
    pub fn read_bytes(&self, fd: BorrowedFd<'_>, most: usize, more: More<'_>) -> Result<Vec<u8>, Win32Error> {
        self.typed.lock().take_bytes(by_lines(fd)?, most, more)
    }

    /// FlushConsoleInputBuffer: what was typed and not yet read is gone.
    pub fn forget_input(&self, fd: BorrowedFd<'_>) -> Result<(), Win32Error> {
        terminal::forget_input(fd)?;
        // A thread that waits for a line has the lock, and there is nothing left over then.
        if let Some(mut typed) = self.typed.try_lock() {
            *typed = Typed::new();
        }
        Ok(())
    }
}

impl Default for Console {
    fn default() -> Self {
        Self::new()
    }
}
