//! The console (contract 09): records and lines of its input, screen buffers, modes, and the terminal of Linux under it.
//!
//! | Module | Holds |
//! |---|---|
//! | `cells`, `screen`, `vt`, `width`, `attributes` | a screen buffer, and what text does to it |
//! | `display` | what a terminal must be sent to show it |
//! | [`keys`], `keymap`, `held`, `line`, `text`, `input` | what a terminal sends, as records and lines, and who reads them |
//! | `terminal`, `service` | the terminal, and the thread that listens to it |
//! | `output`, `device`, `open` | what is asked of buffers; handles, and CONIN$, CONOUT$, CON by name |
//! | [`own`] | which console the process has |
//! | [`control`], `signals` | Ctrl+C and its like |
//!
//! A console has a terminal, or it is private to the process: then its screen is in memory alone, and its keyboard is
//! WriteConsoleInput. Everything else is the same. A process that has no terminal gets a private one when it asks for its console.
//!
//! One lock for all of a console, also while its terminal is written to: what several threads print does not get mixed up. The
//! drawback: a terminal that somebody has stopped (Ctrl+S) stops all of them.

mod attributes;
mod cells;
pub mod control;
mod device;
mod display;
mod held;
mod input;
mod keymap;
pub mod keys;
mod kin;
mod line;
pub(crate) mod open;
mod output;
pub mod own;
mod pseudo;
mod screen;
mod service;
pub(crate) mod signals;
mod terminal;
mod text;
mod vt;
mod width;

pub use device::{ConsoleDevice, Side, console_of};
pub use held::KeyState;
pub use input::{RecordRead, TextRead};
pub use keymap::{key_of_scan_code, scan_code_of_key, unit_of_key};
pub use output::{Largest, ScreenId};
pub use pseudo::PseudoConsole;

use display::Display;
use input::{Input, Stage};
use overlapped_abi::constants::console as c;
use overlapped_abi::{Coord, InputEvent, InputRecord, Win32Error};
use overlapped_kernel::dispatcher::Event;
use overlapped_kernel::request::{Completion, RequestRef};
use parking_lot::Mutex;
use screen::{DEFAULT_ATTRIBUTES, Screen};
use service::Bell;
use std::collections::BTreeMap;
use std::os::fd::BorrowedFd;
use std::sync::{Arc, Weak};
use terminal::{Manners, Terminal};

const INPUT_BITS: u32 = 0x3FF;
/// Of these, those that are kept when none of them is named.
const KEPT_BITS: u32 =
    c::ENABLE_INSERT_MODE | c::ENABLE_QUICK_EDIT_MODE | c::ENABLE_EXTENDED_FLAGS | c::ENABLE_AUTO_POSITION;
/// The window of a private console.
const PRIVATE: Coord = Coord { x: 80, y: 25 };

/// Is the descriptor a terminal? Nothing else is a console (contract 09 §7).
#[must_use]
pub fn is_terminal(fd: BorrowedFd<'_>) -> bool {
    terminal::settings(fd).is_ok()
}

/// See the module page.
pub struct Console {
    terminal: Option<Terminal>,
    bell: Option<Bell>,
    state: Mutex<State>,
    /// While somebody reads from the terminal and puts away what it was.
    fetching: Mutex<()>,
    /// Signalled while unread records exist.
    unread: Arc<Event>,
    me: Weak<Console>,
}

struct State {
    input: Input,
    screens: BTreeMap<u32, Entry>,
    active: u32,
    next: u32,
    display: Display,
    title: Option<String>,
    /// Code pages of input and output.
    pages: [u32; 2],
    /// The terminal's settings before the first change.
    before: Option<libc::termios>,
    manners: Manners,
    /// How large the terminal was when it was last looked at.
    size: Coord,
    listens: bool,
    /// The process has let go of the console: nothing works any more.
    freed: bool,
}

struct Entry {
    screen: Screen,
    /// Open instances.
    opens: usize,
}

impl std::fmt::Debug for Console {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Console")
            .field("terminal", &self.terminal.as_ref().map(Terminal::device))
            .finish_non_exhaustive()
    }
}

impl Console {
    /// A console in memory alone.
    #[must_use]
    pub fn private() -> Arc<Self> {
        let manners = Manners { lines: true, echo: true, signals: true };
        Self::make(None, None, PRIVATE, None, manners)
    }

    /// The console of this terminal; 6 if the descriptor is none.
    fn of_terminal(fd: BorrowedFd<'_>) -> Result<Arc<Self>, Win32Error> {
        let terminal = Terminal::of(fd)?;
        let settings = terminal.settings()?;
        let bell = Bell::new().map_err(|_| Win32Error::TOO_MANY_OPEN_FILES)?;
        let (size, manners) = (terminal.size(), Terminal::manners(&settings));
        Ok(Self::make(Some(terminal), Some(bell), size, None, manners))
    }

    fn make(
        terminal: Option<Terminal>,
        bell: Option<Bell>,
        size: Coord,
        before: Option<libc::termios>,
        manners: Manners,
    ) -> Arc<Self> {
        let bits = [
            (manners.signals, c::ENABLE_PROCESSED_INPUT),
            (manners.lines, c::ENABLE_LINE_INPUT),
            (manners.echo, c::ENABLE_ECHO_INPUT),
        ];
        let mode = bits.iter().filter(|(on, _)| *on).fold(input::DEFAULT_MODE, |mode, (_, bit)| mode | bit);
        let mut input = Input::new(mode);
        // Without a terminal, nobody else makes lines.
        input.keys = terminal.is_none();
        let mut first = Screen::new(size, DEFAULT_ATTRIBUTES);
        first.grid.take_changes();
        let state = State {
            input,
            screens: BTreeMap::from([(0, Entry { screen: first, opens: 0 })]),
            active: 0,
            next: 1,
            display: Display::new(),
            title: None,
            pages: [c::CP_UTF8; 2],
            before,
            manners,
            size,
            listens: false,
            freed: false,
        };
        Arc::new_cyclic(|me| Self {
            terminal,
            bell,
            state: Mutex::new(state),
            fetching: Mutex::new(()),
            unread: Arc::new(Event::manual_reset(false)),
            me: Weak::clone(me),
        })
    }

    /// Is it in memory alone?
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.terminal.is_none()
    }

    fn device(&self) -> Option<u32> {
        self.terminal.as_ref().map(Terminal::device)
    }

    /// Everything that is done to a console: what it has to show is sent, and reads that wait for what it brought are answered.
    fn with<R>(&self, act: impl FnOnce(&mut State) -> Result<R, Win32Error>) -> Result<R, Win32Error> {
        let mut guard = self.state.lock();
        if guard.freed {
            return Err(Win32Error::INVALID_HANDLE);
        }
        let state = &mut *guard;
        self.look_at_size(state);
        let done = act(state);
        let (answered, interrupted) = self.answer(state);
        let sent = self.send(state);
        self.note(state);
        drop(guard);
        tell(answered, interrupted);
        let done = done?;
        sent?;
        Ok(done)
    }

    /// Answers the reads that can be.
    fn answer(&self, state: &mut State) -> (Vec<(RequestRef, Completion)>, bool) {
        let State { input, screens, active, display, .. } = state;
        let Some(shown) = screens.get_mut(active) else { return (Vec::new(), false) };
        let terminal = self.terminal.is_some();
        let mut stage = OnScreen { screen: &mut shown.screen, display, terminal, interrupted: false };
        let answered = input.answers(&mut stage);
        (answered, stage.interrupted)
    }

    /// Sends the terminal what it is to show.
    fn send(&self, state: &mut State) -> Result<(), Win32Error> {
        let out = state.display.take();
        match &self.terminal {
            Some(terminal) if !out.is_empty() => terminal.write(&out),
            _ => Ok(()),
        }
    }

    /// The signal of the input handle follows the records, and the thread what is wanted.
    fn note(&self, state: &mut State) {
        if state.input.records.is_empty() {
            self.unread.reset();
        } else {
            self.unread.set();
        }
        let Some((bell, terminal)) = self.bell.as_ref().zip(self.terminal.as_ref()) else { return };
        if !state.input.is_wanted() {
            return;
        }
        if !state.listens {
            let own = terminal.fd().try_clone_to_owned();
            let started = own.and_then(|own| bell.listen(Weak::clone(&self.me), own));
            state.listens = started.map_err(|error| tracing::error!(%error, "nobody listens to the terminal")).is_ok();
        }
        bell.ring();
    }

    /// Is the terminal's input wanted, and has a sequence begun?
    fn wants_input(&self) -> (bool, bool) {
        let state = self.state.lock();
        (state.input.is_wanted(), state.input.decoder.is_waiting())
    }

    /// Puts away what the terminal has to say now.
    fn fetch(&self) {
        let Some(terminal) = &self.terminal else { return };
        let _one = self.fetching.lock();
        if let Some(bytes) = terminal.read() {
            // Nobody is here to be told of an error.
            let _ = self.with(|state| {
                state.input.arrived(&bytes);
                Ok(())
            });
        }
    }

    /// A sequence that has begun is not going on.
    fn settle(&self) {
        let _ = self.with(|state| {
            state.input.settle();
            Ok(())
        });
    }

    /// The terminal may have another size.
    fn look_at_size(&self, state: &mut State) {
        let Some(size) = self.terminal.as_ref().map(Terminal::size).filter(|size| *size != state.size) else { return };
        state.size = size;
        for entry in state.screens.values_mut() {
            entry.screen.set_window_size(size);
        }
        if let Some(shown) = state.screens.get_mut(&state.active) {
            shown.screen.grid.take_changes();
            state.display.again(&mut shown.screen);
            if state.input.has(c::ENABLE_WINDOW_INPUT) {
                let size = shown.screen.grid.size();
                state.input.records.push_back(InputRecord::new(InputEvent::WindowBufferSize(size)));
            }
        }
    }

    // The input.

    /// GetConsoleMode of an input handle.
    pub fn input_mode(&self) -> Result<u32, Win32Error> {
        self.with(|state| {
            if let Some(settings) =
                self.terminal.as_ref().filter(|_| state.before.is_none()).and_then(|t| t.settings().ok())
            {
                // Nobody has changed anything here, but others may have.
                state.manners = Terminal::manners(&settings);
                let Manners { lines, echo, signals } = state.manners;
                let own = c::ENABLE_PROCESSED_INPUT | c::ENABLE_LINE_INPUT | c::ENABLE_ECHO_INPUT;
                let bits = u32::from(signals) | u32::from(lines) << 1 | u32::from(echo) << 2;
                state.input.mode = state.input.mode & !own | bits;
            }
            Ok(state.input.mode)
        })
    }

    /// SetConsoleMode of an input handle: 87 for unknown bits and for echo without lines.
    pub fn set_input_mode(&self, mode: u32) -> Result<(), Win32Error> {
        let echo_alone = mode & (c::ENABLE_ECHO_INPUT | c::ENABLE_LINE_INPUT) == c::ENABLE_ECHO_INPUT;
        if mode & !INPUT_BITS != 0 || echo_alone {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        self.with(|state| {
            state.input.mode = mode;
            if mode & KEPT_BITS != 0 {
                state.input.line.set_inserts(mode & c::ENABLE_INSERT_MODE != 0);
            }
            self.behave(state)
        })
    }

    /// Has the terminal do what the mode says.
    fn behave(&self, state: &mut State) -> Result<(), Win32Error> {
        let Some(terminal) = &self.terminal else { return Ok(()) };
        let lines = state.input.by_lines();
        let (echo, signals) =
            (lines && state.input.has(c::ENABLE_ECHO_INPUT), state.input.has(c::ENABLE_PROCESSED_INPUT));
        let manners = Manners { lines, echo, signals };
        if manners != state.manners {
            let before = match state.before {
                Some(before) => before,
                None => {
                    let before = terminal.settings()?;
                    state.before = Some(before);
                    own::changed(terminal, &before);
                    before
                }
            };
            terminal.behave(&before, manners)?;
            state.manners = manners;
        }
        state.display.report(state.input.wants_mouse());
        Ok(())
    }

    /// Keys arrive one by one from now on.
    fn want_keys(&self, state: &mut State) -> Result<(), Win32Error> {
        if state.input.keys {
            return Ok(());
        }
        state.input.keys = true;
        signals::listen_to_terminal();
        self.behave(state)
    }

    /// For record functions: everything that was typed is there.
    fn catch_up(&self) -> Result<(), Win32Error> {
        self.with(|state| self.want_keys(state))?;
        self.fetch();
        self.with(|state| {
            state.input.settle_after(service::REST);
            Ok(())
        })
    }

    /// What a wait on a handle of the console waits for: unread records.
    #[must_use]
    pub fn wait_for_records(&self) -> Arc<Event> {
        // A console that is gone never has any.
        let _ = self.with(|state| {
            state.input.waited = true;
            self.want_keys(state)
        });
        self.fetch();
        Arc::clone(&self.unread)
    }

    /// PeekConsoleInput: up to `most` records, which stay.
    pub fn peek(&self, most: usize) -> Result<Vec<InputRecord>, Win32Error> {
        self.catch_up()?;
        self.with(|state| Ok(state.input.records.iter().take(most).copied().collect()))
    }

    /// GetNumberOfConsoleInputEvents.
    pub fn records(&self) -> Result<usize, Win32Error> {
        self.catch_up()?;
        self.with(|state| Ok(state.input.records.len()))
    }

    /// WriteConsoleInput: behind those that wait.
    pub fn write_records(&self, records: &[InputRecord]) -> Result<(), Win32Error> {
        self.with(|state| {
            self.want_keys(state)?;
            state.input.write(records);
            Ok(())
        })
    }

    /// FlushConsoleInputBuffer: what was typed and not yet read is gone.
    pub fn forget_input(&self) -> Result<(), Win32Error> {
        self.with(|state| {
            if let Some(terminal) = &self.terminal {
                terminal.forget_input();
            }
            state.input.forget();
            Ok(())
        })
    }

    /// The characters that wait, without waiting for any, and whether there are some: for `conio.h`. `None` if the terminal edits lines,
    /// so that no key is to be seen before Enter.
    pub fn typed_key(&self, take: bool) -> Result<Option<Option<overlapped_abi::KeyEventRecord>>, Win32Error> {
        if self.with(|state| Ok(!state.input.keys && state.input.by_lines()))? {
            return Ok(None);
        }
        self.catch_up()?;
        self.with(|state| {
            while let Some(record) = state.input.records.front().copied() {
                let key = match record.event() {
                    Some(InputEvent::Key(key)) if key.key_down != 0 && keymap::is_for_conio(&key) => key,
                    _ => match input::typed(&record) {
                        Some(key) => key,
                        None => {
                            state.input.records.pop_front();
                            continue;
                        }
                    },
                };
                if take {
                    state.input.records.pop_front();
                }
                return Ok(Some(Some(key)));
            }
            Ok(Some(None))
        })
    }

    /// What is known of a key (GetAsyncKeyState); `forget` that it was pressed. Keys arrive one by one from the first question on.
    pub fn key(&self, code: u8, forget: bool) -> Result<KeyState, Win32Error> {
        self.catch_up()?;
        self.with(|state| Ok(state.input.held.state(code, std::time::Instant::now(), forget)))
    }

    /// A new read waits for its turn. It is answered at once if there is enough for it.
    fn ask(&self, request: RequestRef) {
        let records = request.details().is_some_and(|details| details.is::<RecordRead>());
        let special = request.details().and_then(|details| details.downcast_ref::<TextRead>());
        let special = special.is_some_and(|read| read.wakes != 0 || !read.initial.is_empty());
        let asked = self.with(|state| {
            if records || special || !state.input.records.is_empty() {
                self.want_keys(state)?;
            }
            state.input.asks.push_back(Arc::clone(&request));
            Ok(())
        });
        if let Err(error) = asked
            && self.withdraw(&request)
        {
            let status = match error {
                Win32Error::INVALID_HANDLE => overlapped_abi::Status::INVALID_HANDLE,
                _ => overlapped_abi::Status::IO_DEVICE_ERROR,
            };
            return request.complete(Completion::failure(status));
        }
        if request.is_cancelling() && self.withdraw(&request) {
            request.complete(Completion::failure(overlapped_abi::Status::CANCELLED));
        }
    }

    /// Takes a read out of the queue; false if it is not there (any more).
    fn withdraw(&self, request: &RequestRef) -> bool {
        let asks = &mut self.state.lock().input.asks;
        let found = asks.iter().position(|one| Arc::ptr_eq(one, request));
        found.is_some_and(|at| asks.remove(at).is_some())
    }

    /// Ctrl+C: reads of text end, and say so.
    fn interrupt_reads(&self) {
        let ended: Vec<RequestRef> = {
            let input = &mut self.state.lock().input;
            input.abandon_line();
            let text = |request: &RequestRef| !request.details().is_some_and(|details| details.is::<RecordRead>());
            let (ended, rest): (Vec<_>, Vec<_>) = input.asks.drain(..).partition(text);
            input.asks = rest.into();
            ended
        };
        let interrupted = Completion { status: overlapped_abi::Status::ALERTED, bytes: 0 };
        ended.into_iter().for_each(|request| request.complete(interrupted));
    }

    // The process and its terminal.

    /// Gives the terminal back as it was found, for a while or for good.
    fn restore(&self, state: &mut State, for_good: bool) {
        let Some(terminal) = &self.terminal else { return };
        // Nobody is left to be told if the terminal has gone.
        let _ = terminal.write(state.display.leave().as_bytes());
        if let Some(before) = state.before {
            let _ = terminal.set(&before);
            state.manners = Terminal::manners(&before);
        }
        if for_good {
            state.before = None;
            state.display = Display::new();
        }
    }

    /// The process goes on with the terminal.
    fn resume(&self) {
        let _ = self.with(|state| {
            if state.before.is_some() {
                self.behave(state)?;
            }
            if let Some(shown) = state.screens.get_mut(&state.active) {
                state.display.again(&mut shown.screen);
            }
            Ok(())
        });
    }

    /// The process lets go of it: handles to it are of no use any more.
    fn free(&self) {
        let asks: Vec<RequestRef> = {
            let mut state = self.state.lock();
            self.restore(&mut state, true);
            state.freed = true;
            state.input.asks.drain(..).collect()
        };
        let gone = Completion::failure(overlapped_abi::Status::INVALID_HANDLE);
        asks.into_iter().for_each(|request| request.complete(gone));
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        let mut state = self.state.lock();
        self.restore(&mut state, true);
        drop(state);
        if let Some(bell) = &self.bell {
            bell.ring();
        }
    }
}

fn tell(answered: Vec<(RequestRef, Completion)>, interrupted: bool) {
    answered.into_iter().for_each(|(request, completion)| request.complete(completion));
    if interrupted {
        control::raise_here(c::CTRL_C_EVENT);
    }
}

/// Where a line is shown while it is typed.
struct OnScreen<'a> {
    screen: &'a mut Screen,
    display: &'a mut Display,
    terminal: bool,
    interrupted: bool,
}

impl Stage for OnScreen<'_> {
    fn echo(&mut self, text: &[u16]) {
        output::show(self.screen, self.display, self.terminal, text);
    }

    fn step(&mut self, by: i32) {
        if by != 0 {
            self.screen.step(by);
            if self.terminal {
                self.display.move_cursor(self.screen);
            }
        }
    }

    fn interrupt(&mut self) {
        self.interrupted = true;
    }
}
