//! What a process has of its console without a handle: title, code pages, who is on it, its font, and whether it has one (contract 09 §5).
//!
//! A process has a console from the start, even where none
//! of its handles is a terminal, as under Windows with everything redirected.

use super::handles::{asked, print_first};
use crate::arguments::{pair, store};
use crate::support::{Bool, RawHandle, fail, guard, guard_bool, guard_or, set_last_error};
use crate::text::{Unit, of, put, units};
use overlapped_abi::{Coord, SmallRect, Win32Error};
use overlapped_devices::console::own;
use parking_lot::Mutex;

fn page_of(output: bool) -> u32 {
    // Without a console: 0 and 6.
    guard_or(0, || own::get()?.page(output))
}

fn set_page(output: bool, value: u32) -> Bool {
    guard_bool(|| own::get()?.set_page(output, value))
}

/// GetConsoleCP.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetConsoleCP() -> u32 {
    page_of(false)
}

/// GetConsoleOutputCP.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetConsoleOutputCP() -> u32 {
    page_of(true)
}

/// SetConsoleCP: 87 for a code page that there is not.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetConsoleCP(page: u32) -> Bool {
    set_page(false, page)
}

/// SetConsoleOutputCP, as [`ovl_SetConsoleCP`].
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetConsoleOutputCP(page: u32) -> Bool {
    set_page(true, page)
}

/// AllocConsole: 5 if the process has one. Standard handles that are a terminal's are handles of the new console.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_AllocConsole() -> Bool {
    guard_bool(|| {
        own::allocate()?;
        super::renew_standard_handles();
        Ok(())
    })
}

/// AttachConsole, to that of the parent or of another process: 5 if this one has one, 87 if there is no such process, 6 if it has none that
/// is ours too.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_AttachConsole(process: u32) -> Bool {
    guard_bool(|| {
        own::attach((process != u32::MAX).then_some(process))?;
        super::renew_standard_handles();
        Ok(())
    })
}

/// FreeConsole: 87 if the process has none. The standard handles stay as they are.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_FreeConsole() -> Bool {
    guard_bool(own::free)
}

/// GetConsoleWindow: a terminal's window cannot be had.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetConsoleWindow() -> RawHandle {
    0
}

/// GetConsoleProcessList: how many there are; if there is room for all, their numbers.
///
/// # Safety
/// `to` is NULL or has room for so many.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetConsoleProcessList(to: *mut u32, room: u32) -> u32 {
    guard_or(0, || {
        if to.is_null() || room == 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let all = own::processes()?;
        if all.len() <= room as usize {
            for (n, id) in all.iter().enumerate() {
                // SAFETY: the caller vouches for the room.
                unsafe { to.add(n).write(*id) };
            }
        }
        Ok(all.len() as u32)
    })
}

/// GetNumberOfConsoleMouseButtons: those that terminals tell of.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetNumberOfConsoleMouseButtons(to: *mut u32) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { store(to, 3) })
}

/// GetConsoleDisplayMode: in a window.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetConsoleDisplayMode(to: *mut u32) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { store(to, 0) })
}

/// How large a character is, in dots: nobody tells, so as on most screens.
const FONT: Coord = Coord { x: 8, y: 16 };

/// CONSOLE_FONT_INFO, 8 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConsoleFontInfo {
    /// `nFont`: its index.
    pub font: u32,
    /// `dwFontSize`: in dots here; GetCurrentConsoleFont gives the window in characters on some versions of Windows.
    pub size: Coord,
}

/// CONSOLE_FONT_INFOEX, 84 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ConsoleFontInfoEx {
    /// `cbSize`: 84.
    pub bytes: u32,
    /// `nFont`.
    pub font: u32,
    /// `dwFontSize`.
    pub size: Coord,
    /// `FontFamily`: TrueType, all characters of one width.
    pub family: u32,
    /// `FontWeight`.
    pub weight: u32,
    /// `FaceName`.
    pub face: [u16; 32],
}

const _: () = assert!(size_of::<ConsoleFontInfo>() == 8 && size_of::<ConsoleFontInfoEx>() == 84);

/// GetCurrentConsoleFont: the only one, number 0.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetCurrentConsoleFont(
    output: RawHandle,
    _largest: Bool,
    to: *mut ConsoleFontInfo,
) -> Bool {
    guard_bool(|| {
        asked(output)?;
        // SAFETY: the caller's promise.
        unsafe { store(to, ConsoleFontInfo { font: 0, size: FONT }) }
    })
}

/// What SetCurrentConsoleFontEx has set last.
static FONT_SET: Mutex<Option<ConsoleFontInfoEx>> = Mutex::new(None);

/// The font at first.
fn first_font() -> ConsoleFontInfoEx {
    let mut face = [0; 32];
    for (unit, letter) in face.iter_mut().zip("Terminal".encode_utf16()) {
        *unit = letter;
    }
    ConsoleFontInfoEx {
        bytes: size_of::<ConsoleFontInfoEx>() as u32,
        font: 0,
        size: FONT,
        family: 54,
        weight: 400,
        face,
    }
}

/// 87 for a structure of another size.
fn sized(info: Option<&ConsoleFontInfoEx>) -> Result<(), Win32Error> {
    let right = info.is_some_and(|info| info.bytes as usize == size_of::<ConsoleFontInfoEx>());
    if right { Ok(()) } else { Err(Win32Error::INVALID_PARAMETER) }
}

/// GetCurrentConsoleFontEx: 87 unless `cbSize` is right.
///
/// # Safety
/// `to` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetCurrentConsoleFontEx(
    output: RawHandle,
    _largest: Bool,
    to: *mut ConsoleFontInfoEx,
) -> Bool {
    guard_bool(|| {
        // SAFETY: the caller's promise.
        sized(unsafe { to.as_ref() })?;
        asked(output)?;
        let font = FONT_SET.lock().unwrap_or_else(first_font);
        // SAFETY: not NULL, as has been seen, and the caller vouches for it.
        unsafe { store(to, font) }
    })
}

/// SetCurrentConsoleFontEx: kept, and given back by [`ovl_GetCurrentConsoleFontEx`]. What a terminal shows is its user's business. 87 unless
/// `cbSize` is right.
///
/// # Safety
/// `font` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetCurrentConsoleFontEx(
    output: RawHandle,
    _largest: Bool,
    font: *const ConsoleFontInfoEx,
) -> Bool {
    guard_bool(|| {
        // SAFETY: the caller's promise.
        let font = unsafe { font.as_ref() };
        sized(font)?;
        asked(output)?;
        *FONT_SET.lock() = font.copied();
        Ok(())
    })
}

/// `CONSOLE_SELECTION_INFO`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub struct ConsoleSelectionInfo {
    flags: u32,
    anchor: Coord,
    selection: SmallRect,
}

/// GetConsoleSelectionInfo: nothing is selected; what a terminal's user has selected it does not tell.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetConsoleSelectionInfo(to: *mut ConsoleSelectionInfo) -> Bool {
    guard_bool(|| {
        own::get()?;
        // SAFETY: the caller's promise.
        unsafe { store(to, ConsoleSelectionInfo::default()) }
    })
}

/// GetConsoleFontSize: of font 0; 0 by 0 and 87 for any other.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetConsoleFontSize(output: RawHandle, font: u32) -> Coord {
    guard_or(Coord { x: 0, y: 0 }, || {
        asked(output)?;
        if font == 0 { Ok(FONT) } else { Err(Win32Error::INVALID_PARAMETER) }
    })
}

/// The name of the program.
fn program() -> String {
    std::env::current_exe().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default()
}

/// What was set, at first the name of the program.
fn title() -> String {
    own::existing().and_then(|console| console.title()).unwrap_or_else(program)
}

/// The length of a title, and as much of it as there is room for; 0 and 6 without a console.
///
/// # Safety
/// `to` is NULL or has so much room.
unsafe fn give_title<C: Unit>(text: &[C], to: *mut C, room: u32) -> u32 {
    if !own::is_attached() {
        return fail(Win32Error::INVALID_HANDLE, 0);
    }
    if !to.is_null() && room > 0 {
        // SAFETY: cut to the room, for which the caller vouches.
        unsafe { put(to, &text[..text.len().min(room as usize - 1)]) };
    }
    set_last_error(0);
    text.len() as u32
}

pair! {
    /// GetConsoleOriginalTitle: what the title was before anybody set it, the name of the program.
    fn ovl_GetConsoleOriginalTitleA ovl_GetConsoleOriginalTitleW(to: *mut C, room: u32) -> u32 {
        // SAFETY: the caller's promise.
        guard(0, || unsafe { give_title(&of::<C>(&program()), to, room) })
    }
}

pair! {
    /// SetConsoleTitle.
    fn ovl_SetConsoleTitleA ovl_SetConsoleTitleW(text: *const C) -> Bool {
        guard_bool(|| {
            if text.is_null() {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            // SAFETY: not NULL, and the caller vouches for it.
            let title = C::to_os(unsafe { units(text) });
            print_first();
            own::get()?.set_title(&title.to_string_lossy())
        })
    }
}

pair! {
    /// GetConsoleTitle: its length, and as much of it as there is room for.
    fn ovl_GetConsoleTitleA ovl_GetConsoleTitleW(to: *mut C, room: u32) -> u32 {
        // SAFETY: the caller's promise.
        guard(0, || unsafe { give_title(&of::<C>(&title()), to, room) })
    }
}
