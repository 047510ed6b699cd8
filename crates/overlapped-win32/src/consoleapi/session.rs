//! What a process has of its console without a handle: title, code pages, and whether it has one (contract 09 §5).
//!
//! Text is UTF-8 whatever the code pages say: they are kept for those who ask. A process has a console from the start, even where none
//! of its handles is a terminal, as under Windows with everything redirected.

use crate::arguments::pair;
use crate::support::{Bool, FALSE, RawHandle, fail, guard, guard_bool, set_last_error};
use crate::text::{Unit, of, put, units};
use crate::winnls::ovl_IsValidCodePage;
use overlapped_abi::Win32Error;
use overlapped_abi::constants::console::CP_UTF8;
use parking_lot::Mutex;
use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

static INPUT: AtomicU32 = AtomicU32::new(CP_UTF8);
static OUTPUT: AtomicU32 = AtomicU32::new(CP_UTF8);
static ATTACHED: AtomicBool = AtomicBool::new(true);
static TITLE: Mutex<Option<String>> = Mutex::new(None);

fn page_of(page: &AtomicU32) -> u32 {
    // Without a console: 0 and 6.
    if ATTACHED.load(Relaxed) { page.load(Relaxed) } else { fail(Win32Error::INVALID_HANDLE, 0) }
}

fn set_page(page: &AtomicU32, value: u32) -> Bool {
    guard_bool(|| match ovl_IsValidCodePage(value) {
        FALSE => Err(Win32Error::INVALID_PARAMETER),
        _ => {
            page.store(value, Relaxed);
            Ok(())
        }
    })
}

/// GetConsoleCP.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetConsoleCP() -> u32 {
    page_of(&INPUT)
}

/// GetConsoleOutputCP.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetConsoleOutputCP() -> u32 {
    page_of(&OUTPUT)
}

/// SetConsoleCP: 87 for a code page that there is not.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetConsoleCP(page: u32) -> Bool {
    set_page(&INPUT, page)
}

/// SetConsoleOutputCP, as [`ovl_SetConsoleCP`].
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetConsoleOutputCP(page: u32) -> Bool {
    set_page(&OUTPUT, page)
}

/// AllocConsole: 5 if the process has one.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_AllocConsole() -> Bool {
    guard_bool(|| if ATTACHED.swap(true, Relaxed) { Err(Win32Error::ACCESS_DENIED) } else { Ok(()) })
}

/// AttachConsole, to that of the parent or of another process: 5 if this one has one. The terminal is the only one there is.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_AttachConsole(_process: u32) -> Bool {
    ovl_AllocConsole()
}

/// FreeConsole: 87 if the process has none. The standard handles stay as they are.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_FreeConsole() -> Bool {
    guard_bool(|| if ATTACHED.swap(false, Relaxed) { Ok(()) } else { Err(Win32Error::INVALID_PARAMETER) })
}

/// GetConsoleWindow: a terminal's window cannot be had.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetConsoleWindow() -> RawHandle {
    0
}

/// The title is told to the terminal, if there is one.
fn set_title(title: String) {
    let shown: String = title.chars().filter(|c| !c.is_control()).collect();
    if let Ok(mut terminal) = std::fs::OpenOptions::new().write(true).open("/dev/tty") {
        // It is still the title if the terminal has none.
        let _ = write!(terminal, "\x1b]0;{shown}\x07");
    }
    *TITLE.lock() = Some(title);
}

/// What was set, at first the name of the program.
fn title() -> String {
    let own = || std::env::current_exe().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
    TITLE.lock().clone().unwrap_or_else(own)
}

pair! {
    /// SetConsoleTitle.
    fn ovl_SetConsoleTitleA ovl_SetConsoleTitleW(text: *const C) -> Bool {
        guard_bool(|| {
            if text.is_null() {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            // SAFETY: not NULL, and the caller vouches for it.
            set_title(C::to_os(unsafe { units(text) }).to_string_lossy().into_owned());
            Ok(())
        })
    }
}

pair! {
    /// GetConsoleTitle: its length, and as much of it as there is room for.
    fn ovl_GetConsoleTitleA ovl_GetConsoleTitleW(to: *mut C, room: u32) -> u32 {
        guard(0, || {
            let text = of::<C>(&title());
            if !to.is_null() && room > 0 {
                // SAFETY: cut to the room, for which the caller vouches.
                unsafe { put(to, &text[..text.len().min(room as usize - 1)]) };
            }
            set_last_error(0);
            text.len() as u32
        })
    }
}
