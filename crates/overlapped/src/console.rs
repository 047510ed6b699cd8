//! Consoles: records of keys and mouse, cells of screen buffers, control events (contract 09).
//!
//! A process has one console: that of its terminal, or, where it has none (a service, a test), a private one in memory, whose keyboard
//! is [`Input::write`] and whose screen is read back by [`Screen::read`]. The calls are the same.
//!
//! ```
//! use overlapped::console::{Input, InputRecord, Key, Rect, Screen};
//! use overlapped::{wait_any, WaitResult};
//!
//! # fn main() -> overlapped::Result<()> {
//! # // Not on the terminal of whoever runs the tests.
//! # overlapped::console::private_for_tests();
//! let screen = Screen::new()?;
//! screen.write("Hello, \u{4E16}\u{754C}!\n")?;
//! assert_eq!(screen.text(0, 0, 12)?, "Hello, \u{4E16}\u{754C}!");
//! screen.fill('-', 10, (0, 1))?;
//! assert_eq!(screen.read(Rect { left: 0, top: 1, right: 2, bottom: 1 })?.iter().filter(|cell| cell.char == 0x2D).count(), 3);
//!
//! let input = Input::open()?;
//! input.write(&Key::typed('q'))?;
//! assert_eq!(wait_any(&[&input], std::time::Duration::from_secs(1))?, WaitResult::Object(0));
//! let records: Vec<InputRecord> = input.read(16)?;
//! assert_eq!(records.len(), 2, "down and up");
//! # Ok(())
//! # }
//! ```
//!
//! What a program prints into the first screen buffer goes through to the terminal as plain text. Other buffers appear on the terminal's
//! alternate screen, and what was there before comes back. Modes that were changed are undone at the end of the process.

use crate::error::{Error, Result};
use crate::handle::OwnedHandle;
use crate::wait::Wait;
use overlapped_abi::constants::console as c;
use overlapped_abi::{AccessMask, FileFlags, ShareMode, Status, Win32Error};
use overlapped_devices::console::{Console, RecordRead, ScreenId, Side, TextRead, console_of, control, own};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::device::OpenParams;
use overlapped_kernel::dispatcher::WaitRef;
use overlapped_kernel::handle::Object;
use overlapped_kernel::request::{Buffer, Completion, Function, Parameters, Position, Route};
use overlapped_kernel::road::{Call, Reply, Report};
use std::any::Any;
use std::ffi::OsStr;
use std::sync::Arc;

pub use overlapped_abi::{
    CharInfo as Cell, ConsoleCursorInfo as CursorInfo, ConsoleScreenBufferInfo as ScreenInfo, Coord, InputEvent,
    InputRecord, KeyEventRecord as KeyRecord, MouseEventRecord as MouseRecord, SmallRect as Rect,
};
pub use overlapped_devices::console::keys::Decoder;

/// Modes, attributes and control events, by their Win32 names.
pub use overlapped_abi::constants::console as constants;

fn failed(operation: &'static str) -> impl Fn(Win32Error) -> Error {
    move |code| Error::new(code, operation)
}

/// Opens CONIN$ or CONOUT$.
fn open(name: &'static str) -> Result<OwnedHandle> {
    let params = OpenParams {
        access: AccessMask::GENERIC_READ | AccessMask::GENERIC_WRITE,
        share: ShareMode::READ | ShareMode::WRITE,
        disposition: overlapped_abi::constants::open::OPEN_EXISTING,
        flags: FileFlags::empty(),
        permissions: 0,
    };
    let system = crate::default_system()?;
    let opened =
        system.open(OsStr::new(name), &params).map_err(|code| Error::with_path(code, "open", name.as_ref()))?;
    OwnedHandle::new(system, opened.handle, opened.grant)
}

fn parts(handle: &OwnedHandle) -> Result<(&Arc<Console>, Side)> {
    console_of(&handle.grant().instance).ok_or(Error::new(Win32Error::INVALID_HANDLE, "console"))
}

/// Makes records of keys, for [`Input::write`].
pub struct Key(());

impl Key {
    /// The key of this character, down and up; two pairs for a character beyond 16 bits.
    #[must_use]
    pub fn typed(c: char) -> Vec<InputRecord> {
        let (mut decoder, mut records) = (Decoder::new(), Vec::new());
        decoder.feed(c.encode_utf8(&mut [0; 4]).as_bytes(), &mut records);
        decoder.settle(&mut records);
        records
    }
}

/// What a read of text gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    /// In line mode a line with CR LF at its end, or a part of a longer one; else what was typed.
    Typed(String),
    /// Ctrl+C ended the read (995 in the C face).
    Interrupted,
    /// There is no more.
    End,
}

/// The input of the process' console (CONIN$). Waits for it are satisfied while unread records exist.
#[derive(Debug)]
pub struct Input {
    handle: OwnedHandle,
}

impl Input {
    /// Opens it, even if the standard input is something else.
    ///
    /// # Errors
    /// 6 if the process has let go of its console.
    pub fn open() -> Result<Self> {
        Ok(Self { handle: open("CONIN$")? })
    }

    fn console(&self) -> Result<&Arc<Console>> {
        parts(&self.handle).map(|(console, _)| console)
    }

    /// GetConsoleMode: `ENABLE_LINE_INPUT` and its like ([`constants`]).
    ///
    /// # Errors
    /// 6 if the console is gone, as for all of these.
    pub fn mode(&self) -> Result<u32> {
        self.console()?.input_mode().map_err(failed("mode"))
    }

    /// SetConsoleMode.
    ///
    /// # Errors
    /// 87 for unknown bits and for echo without lines.
    pub fn set_mode(&self, mode: u32) -> Result<()> {
        self.console()?.set_input_mode(mode).map_err(failed("set mode"))
    }

    /// A synchronous read into `bytes`; what it came to.
    fn issue(&self, bytes: &mut Vec<u8>, details: Box<dyn Any + Send + Sync>) -> Result<Completion> {
        let call = Call {
            function: Function::Read,
            position: Position::At(0),
            buffer: Buffer { start: bytes.as_mut_ptr(), len: bytes.len() },
            route: Route::default(),
            overlapped: None,
            payload: None,
            report: Report::AtOnce,
        };
        let parameters = Parameters { details: Some(details), ..Parameters::default() };
        // SAFETY: the buffer is borrowed until the call is over, and the call waits for the request's end.
        let reply = unsafe { self.handle.grant().instance.issue_and_wait(call, parameters, Timeout::Infinite) };
        match reply {
            Ok(Reply::Done(_, completion)) => Ok(completion),
            Ok(Reply::Pending(_)) => Err(Error::new(Win32Error::IO_INCOMPLETE, "read")),
            Err(failure) => Err(Error::new(failure.status.to_win32(), "read")),
        }
    }

    /// ReadConsole: waits for a line, or without line mode for a character; up to so many units of UTF-16.
    ///
    /// # Errors
    /// 6 if the console is gone.
    pub fn read_text(&self, most: usize) -> Result<Text> {
        let mut bytes = vec![0; most * 2];
        let done = self.issue(&mut bytes, Box::new(TextRead { wide: true, ..TextRead::default() }))?;
        if done.status == Status::ALERTED {
            return Ok(Text::Interrupted);
        }
        let units = bytes[..done.bytes].chunks_exact(2).map(|pair| u16::from_ne_bytes([pair[0], pair[1]]));
        let text = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>();
        Ok(if text.is_empty() && most > 0 { Text::End } else { Text::Typed(text) })
    }

    /// ReadConsoleInput: waits for one record at least, and takes up to `most`.
    ///
    /// # Errors
    /// As above.
    pub fn read(&self, most: usize) -> Result<Vec<InputRecord>> {
        const SIZE: usize = size_of::<InputRecord>();
        let mut bytes = vec![0; most * SIZE];
        let done = self.issue(&mut bytes, Box::new(RecordRead))?;
        let short = |at: &[u8]| u16::from_ne_bytes([at[0], at[1]]);
        let long = |at: &[u8]| u32::from_ne_bytes([at[0], at[1], at[2], at[3]]);
        let record = |bytes: &[u8]| InputRecord {
            event_type: short(bytes),
            padding: 0,
            words: [4, 8, 12, 16].map(|at| long(&bytes[at..])),
        };
        Ok(bytes[..done.bytes].chunks_exact(SIZE).map(record).collect())
    }

    /// PeekConsoleInput: up to `most` records that wait, which stay.
    ///
    /// # Errors
    /// As above.
    pub fn peek(&self, most: usize) -> Result<Vec<InputRecord>> {
        self.console()?.peek(most).map_err(failed("peek"))
    }

    /// GetNumberOfConsoleInputEvents.
    ///
    /// # Errors
    /// As above.
    pub fn waiting(&self) -> Result<usize> {
        self.console()?.records().map_err(failed("count"))
    }

    /// WriteConsoleInput: behind those that wait.
    ///
    /// # Errors
    /// As above.
    pub fn write(&self, records: &[InputRecord]) -> Result<()> {
        self.console()?.write_records(records).map_err(failed("write"))
    }

    /// FlushConsoleInputBuffer: what was typed and not yet read is gone.
    ///
    /// # Errors
    /// As above.
    pub fn flush(&self) -> Result<()> {
        self.console()?.forget_input().map_err(failed("flush"))
    }

    /// The handle.
    #[must_use]
    pub fn handle(&self) -> &OwnedHandle {
        &self.handle
    }
}

impl Wait for Input {
    fn wait_ref(&self) -> Result<WaitRef> {
        Ok(self.console()?.wait_for_records() as WaitRef)
    }
}

/// A screen buffer of the process' console: cells with attributes, a cursor, a window.
#[derive(Debug)]
pub struct Screen {
    handle: OwnedHandle,
}

impl Screen {
    /// The active one (CONOUT$), even if the standard output is something else.
    ///
    /// # Errors
    /// 6 if the process has let go of its console.
    pub fn active() -> Result<Self> {
        Ok(Self { handle: open("CONOUT$")? })
    }

    /// CreateConsoleScreenBuffer: a new one, as large as the window, which is not shown until [`Screen::show`].
    ///
    /// # Errors
    /// As above, and 4 when there are too many handles.
    pub fn new() -> Result<Self> {
        let system = crate::default_system()?;
        let access = AccessMask::GENERIC_READ | AccessMask::GENERIC_WRITE;
        let opened = own::new_screen(access, c::CONSOLE_TEXTMODE_BUFFER).map_err(failed("create"))?;
        let instance = system.instance(opened.device, false);
        let handle = system.insert(Object::Instance(Arc::clone(&instance)), opened.access).map_err(failed("create"))?;
        let grant = overlapped_kernel::system::Grant { instance, access: opened.access };
        Ok(Self { handle: OwnedHandle::new(system, handle, grant)? })
    }

    fn of<R>(
        &self,
        operation: &'static str,
        act: impl FnOnce(&Console, ScreenId) -> std::result::Result<R, Win32Error>,
    ) -> Result<R> {
        match parts(&self.handle)? {
            (console, Side::Screen(id)) => act(console, id).map_err(failed(operation)),
            (_, Side::Input) => Err(Error::new(Win32Error::INVALID_HANDLE, operation)),
        }
    }

    /// SetConsoleActiveScreenBuffer.
    ///
    /// # Errors
    /// 6 if the console is gone, as for all of these.
    pub fn show(&self) -> Result<()> {
        self.of("show", Console::activate)
    }

    /// WriteConsole: text at the cursor, in the current colours.
    ///
    /// # Errors
    /// As above.
    pub fn write(&self, text: &str) -> Result<()> {
        self.of("write", |console, id| console.write_bytes(id, text.as_bytes()))
    }

    /// GetConsoleScreenBufferInfo: size, cursor, colours, window.
    ///
    /// # Errors
    /// As above.
    pub fn info(&self) -> Result<ScreenInfo> {
        self.of("info", Console::info)
    }

    /// GetConsoleMode: `ENABLE_PROCESSED_OUTPUT` and its like ([`constants`]).
    ///
    /// # Errors
    /// As above.
    pub fn mode(&self) -> Result<u32> {
        self.of("mode", Console::output_mode)
    }

    /// SetConsoleMode.
    ///
    /// # Errors
    /// 87 for unknown bits.
    pub fn set_mode(&self, mode: u32) -> Result<()> {
        self.of("set mode", |console, id| console.set_output_mode(id, mode))
    }

    /// SetConsoleTextAttribute: the colours of what is written from now on.
    ///
    /// # Errors
    /// As above.
    pub fn set_attributes(&self, attributes: u16) -> Result<()> {
        self.of("set attributes", |console, id| console.set_attributes(id, attributes))
    }

    /// SetConsoleCursorPosition, by column and row from 0.
    ///
    /// # Errors
    /// 87 outside the buffer.
    pub fn move_to(&self, (x, y): (i16, i16)) -> Result<()> {
        self.of("move", |console, id| console.move_to(id, Coord { x, y }))
    }

    /// GetConsoleCursorInfo.
    ///
    /// # Errors
    /// As above.
    pub fn cursor(&self) -> Result<CursorInfo> {
        self.of("cursor", Console::cursor)
    }

    /// SetConsoleCursorInfo.
    ///
    /// # Errors
    /// 87 for a size that is not 1 to 100.
    pub fn set_cursor(&self, cursor: CursorInfo) -> Result<()> {
        self.of("set cursor", |console, id| console.set_cursor(id, cursor))
    }

    /// SetConsoleScreenBufferSize, in columns and rows.
    ///
    /// # Errors
    /// 87 if it is smaller than the window.
    pub fn set_size(&self, (x, y): (i16, i16)) -> Result<()> {
        self.of("set size", |console, id| console.set_size(id, Coord { x, y }))
    }

    /// SetConsoleWindowInfo: which part of the buffer is shown.
    ///
    /// # Errors
    /// 87 unless it lies in the buffer and is no larger than can be.
    pub fn set_window(&self, window: Rect) -> Result<()> {
        self.of("set window", |console, id| console.set_window(id, true, window))
    }

    /// FillConsoleOutputCharacter: so many cells from there on; how many there were.
    ///
    /// # Errors
    /// 87 for a character beyond 16 bits.
    pub fn fill(&self, c: char, count: usize, (x, y): (i16, i16)) -> Result<usize> {
        self.of("fill", |console, id| {
            let unit = u16::try_from(u32::from(c)).map_err(|_| Win32Error::INVALID_PARAMETER)?;
            console.fill_character(id, unit, count, Coord { x, y })
        })
    }

    /// FillConsoleOutputAttribute: as [`Screen::fill`].
    ///
    /// # Errors
    /// As above.
    pub fn fill_attributes(&self, attributes: u16, count: usize, (x, y): (i16, i16)) -> Result<usize> {
        self.of("fill", |console, id| console.fill_attribute(id, attributes, count, Coord { x, y }))
    }

    /// What so many cells show from there on, without the blanks at the end.
    ///
    /// # Errors
    /// As above.
    pub fn text(&self, x: i16, y: i16, cells: usize) -> Result<String> {
        const TRAILING: u16 = 0x200;
        self.of("read", |console, id| {
            let cells = console.read_cells(id, cells, Coord { x, y })?;
            // The second cell of a wide character has it again, or its second half.
            let counts = |cell: &&Cell| cell.attributes & TRAILING == 0 || (0xDC00..0xE000).contains(&cell.char);
            let units: Vec<u16> = cells.iter().filter(counts).map(|cell| cell.char).collect();
            Ok(String::from_utf16_lossy(&units).trim_end().to_owned())
        })
    }

    /// ReadConsoleOutput: the cells of a rectangle, row after row, as far as it lies in the buffer.
    ///
    /// # Errors
    /// As above.
    pub fn read(&self, area: Rect) -> Result<Vec<Cell>> {
        self.of("read", |console, id| {
            let size = Coord { x: area.right - area.left + 1, y: area.bottom - area.top + 1 };
            let mut cells = Vec::new();
            console.read_area(id, size, Coord { x: 0, y: 0 }, area, |_, cell| cells.push(cell))?;
            Ok(cells)
        })
    }

    /// WriteConsoleOutput: cells of a rectangle, row after row; the part that lies in the buffer.
    ///
    /// # Errors
    /// 87 if they are fewer than the rectangle has.
    pub fn write_cells(&self, area: Rect, cells: &[Cell]) -> Result<Rect> {
        self.of("write", |console, id| {
            let size = Coord { x: area.right - area.left + 1, y: area.bottom - area.top + 1 };
            if cells.len() < usize::try_from(i32::from(size.x) * i32::from(size.y)).unwrap_or(0) {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            console.write_area(id, cells, size, Coord { x: 0, y: 0 }, area)
        })
    }

    /// ScrollConsoleScreenBuffer: a rectangle moves, within `clip`, and leaves `fill` behind.
    ///
    /// # Errors
    /// As above.
    pub fn scroll(&self, from: Rect, clip: Option<Rect>, (x, y): (i16, i16), fill: Cell) -> Result<()> {
        self.of("scroll", |console, id| console.scroll(id, from, clip, Coord { x, y }, fill))
    }

    /// The handle.
    #[must_use]
    pub fn handle(&self) -> &OwnedHandle {
        &self.handle
    }
}

/// SetConsoleTitle.
///
/// # Errors
/// 6 if the process has let go of its console.
pub fn set_title(title: &str) -> Result<()> {
    own::get().and_then(|console| console.set_title(title)).map_err(failed("set title"))
}

/// AllocConsole: a console, after [`free`].
///
/// # Errors
/// 5 if the process has one.
pub fn allocate() -> Result<()> {
    own::allocate().map_err(failed("allocate console"))
}

/// FreeConsole: lets go of the console; handles to it are of no use any more.
///
/// # Errors
/// 87 if the process has none.
pub fn free() -> Result<()> {
    own::free().map_err(failed("free console"))
}

/// GetConsoleProcessList: who else has the terminal; this process comes first.
///
/// # Errors
/// 6 if the process has let go of its console.
pub fn processes() -> Result<Vec<u32>> {
    own::processes().map_err(failed("list processes"))
}

/// A handler of control events, for as long as this lives.
#[derive(Debug)]
pub struct ControlHandler(u64);

/// SetConsoleCtrlHandler: `handler` is called on a new thread with the event (`CTRL_C_EVENT` and its like), the last one first, until one
/// says that it has taken it. The end of the console (SIGHUP) and of the system (SIGTERM) end the process within 5 seconds whatever is said.
///
/// # Errors
/// 4 or 8 if there is no room for what listens.
pub fn on_control_event(handler: impl Fn(u32) -> bool + Send + Sync + 'static) -> Result<ControlHandler> {
    control::add(Arc::new(handler)).map(ControlHandler).map_err(failed("set control handler"))
}

impl Drop for ControlHandler {
    fn drop(&mut self) {
        // It is there: nobody else knows its number.
        let _ = control::remove(self.0);
    }
}

/// SetConsoleCtrlHandler without a handler: Ctrl+C does nothing from now on, here and in children; or what it did.
///
/// # Errors
/// 31 if Linux refuses.
pub fn ignore_ctrl_c(ignore: bool) -> Result<()> {
    control::ignore_ctrl_c(ignore).map_err(failed("ignore Ctrl+C"))
}

/// GenerateConsoleCtrlEvent: for group 0 to this process, to what it has started, and to the program of ours that has started it; `CTRL_BREAK_EVENT`
/// also to another process group.
///
/// # Errors
/// 87 for other events.
pub fn generate_control_event(event: u32, group: u32) -> Result<()> {
    control::generate(event, group).map_err(failed("generate control event"))
}

/// Gives the process a private console whether or not it has a terminal: for tests.
pub fn private_for_tests() {
    own::use_private();
}
