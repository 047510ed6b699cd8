//! Aliases and history of a console: what is set is told again, in the process. Lines that are read are not replaced by aliases: the terminal
//! edits them, not this library.

use super::handles::asked;
use crate::arguments::{pair, store};
use crate::support::{Bool, RawHandle, guard_bool, guard_or};
use crate::text::{Unit, units_or_empty};
use overlapped_abi::{Coord, Win32Error};
use overlapped_devices::console::own;
use parking_lot::Mutex;
use std::collections::BTreeMap;

/// Aliases by the program's name and their own, both in lower case; with each how it was spelled, and what it stands for. As UTF-16.
type Aliases = BTreeMap<String, BTreeMap<String, (Vec<u16>, Vec<u16>)>>;

static ALIASES: Mutex<Aliases> = Mutex::new(BTreeMap::new());

fn key(text: &[u16]) -> String {
    String::from_utf16_lossy(text).to_lowercase()
}

/// # Safety
/// `text` is NULL or ends with a zero.
unsafe fn wide<C: Unit>(text: *const C) -> Vec<u16> {
    // SAFETY: the caller's promise.
    crate::support::os_to_wide(&C::to_os(unsafe { units_or_empty(text) }))
}

fn to_units<C: Unit>(text: &[u16]) -> Vec<C> {
    C::from_os(&crate::support::wide_to_os(text))
}

pair! {
    /// AddConsoleAlias: no target takes the alias away. 87 without a source or a program.
    fn ovl_AddConsoleAliasA ovl_AddConsoleAliasW(source: *const C, target: *const C, program: *const C) -> Bool {
        guard_bool(|| {
            own::get()?;
            // SAFETY: the caller's promise.
            let (from, to, program) = unsafe { (wide(source), wide(target), wide(program)) };
            if from.is_empty() || program.is_empty() {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            let mut all = ALIASES.lock();
            let of_program = all.entry(key(&program)).or_default();
            if to.is_empty() {
                of_program.remove(&key(&from));
            } else {
                of_program.insert(key(&from), (from, to));
            }
            all.retain(|_, aliases| !aliases.is_empty());
            Ok(())
        })
    }
}

/// Puts strings into a buffer of so many bytes; 122 if they do not fit.
///
/// # Safety
/// `to` has `bytes` bytes.
unsafe fn give<C: Unit>(text: &[C], to: *mut C, bytes: u32) -> Result<(), Win32Error> {
    if to.is_null() || size_of_val(text) > bytes as usize {
        return Err(Win32Error::INSUFFICIENT_BUFFER);
    }
    // SAFETY: it fits, and the caller vouches for the room.
    unsafe { std::ptr::copy_nonoverlapping(text.as_ptr(), to, text.len()) };
    Ok(())
}

pair! {
    /// GetConsoleAlias: the bytes of what it stands for, with the zero; 0/31 if there is none, 0/122 if it does not fit. Sizes are bytes
    /// in all of these.
    fn ovl_GetConsoleAliasA ovl_GetConsoleAliasW(source: *const C, to: *mut C, bytes: u32, program: *const C) -> u32 {
        guard_or(0, || {
            own::get()?;
            // SAFETY: the caller's promise.
            let (from, program) = unsafe { (wide(source), wide(program)) };
            let all = ALIASES.lock();
            let found = all.get(&key(&program)).and_then(|aliases| aliases.get(&key(&from)));
            let mut text = to_units::<C>(&found.ok_or(Win32Error::GEN_FAILURE)?.1);
            text.push(C::default());
            // SAFETY: the caller's promise.
            unsafe { give(&text, to, bytes)? };
            Ok(size_of_val(&text[..]) as u32)
        })
    }
}

/// `source=target`, each with a zero.
fn list<C: Unit>(program: &[u16]) -> Vec<C> {
    let all = ALIASES.lock();
    let aliases = all.get(&key(program)).into_iter().flat_map(BTreeMap::values);
    let line = |(from, to): &(Vec<u16>, Vec<u16>)| [&from[..], &[u16::from(b'=')], to].concat();
    aliases.flat_map(|alias| to_units::<C>(&line(alias)).into_iter().chain([C::default()])).collect()
}

pair! {
    /// GetConsoleAliasesLength.
    fn ovl_GetConsoleAliasesLengthA ovl_GetConsoleAliasesLengthW(program: *const C) -> u32 {
        // SAFETY: the caller's promise.
        guard_or(0, || own::get().map(|_| size_of_val(&list::<C>(&unsafe { wide(program) })[..]) as u32))
    }
}

pair! {
    /// GetConsoleAliases: `source=target` of each, with a zero; their bytes, or 0/122.
    fn ovl_GetConsoleAliasesA ovl_GetConsoleAliasesW(to: *mut C, bytes: u32, program: *const C) -> u32 {
        guard_or(0, || {
            own::get()?;
            // SAFETY: the caller's promise.
            let text = unsafe { list::<C>(&wide(program)) };
            // SAFETY: the caller's promise.
            unsafe { give(&text, to, bytes)? };
            Ok(size_of_val(&text[..]) as u32)
        })
    }
}

/// The programs with aliases, each with a zero.
fn programs<C: Unit>() -> Vec<C> {
    let all = ALIASES.lock();
    all.keys().flat_map(|program| C::from_os(program.as_ref()).into_iter().chain([C::default()])).collect()
}

pair! {
    /// GetConsoleAliasExesLength.
    fn ovl_GetConsoleAliasExesLengthA ovl_GetConsoleAliasExesLengthW() -> u32 {
        guard_or(0, || own::get().map(|_| size_of_val(&programs::<C>()[..]) as u32))
    }
}

pair! {
    /// GetConsoleAliasExes: the programs with aliases, each with a zero; their bytes, or 0/122.
    fn ovl_GetConsoleAliasExesA ovl_GetConsoleAliasExesW(to: *mut C, bytes: u32) -> u32 {
        guard_or(0, || {
            own::get()?;
            let text = programs::<C>();
            // SAFETY: the caller's promise.
            unsafe { give(&text, to, bytes)? };
            Ok(size_of_val(&text[..]) as u32)
        })
    }
}

/// CONSOLE_HISTORY_INFO, 16 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct History {
    size: u32,
    commands: u32,
    buffers: u32,
    flags: u32,
}

const SIZE: u32 = size_of::<History>() as u32;
static HISTORY: Mutex<History> = Mutex::new(History { size: SIZE, commands: 50, buffers: 4, flags: 0 });

/// GetConsoleHistoryInfo: what was set, at first 50 commands in 4 buffers; 87 for a structure of another size.
///
/// # Safety
/// `to` is NULL (998) or writable, with its size set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetConsoleHistoryInfo(to: *mut History) -> Bool {
    guard_bool(|| {
        own::get()?;
        // SAFETY: the caller's promise.
        if unsafe { to.as_ref() }.is_some_and(|to| to.size != SIZE) {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise.
        unsafe { store(to, *HISTORY.lock()) }
    })
}

/// SetConsoleHistoryInfo: 87 for a structure of another size, or flags other than HISTORY_NO_DUP_FLAG.
///
/// # Safety
/// `from` is NULL (998) or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetConsoleHistoryInfo(from: *const History) -> Bool {
    guard_bool(|| {
        own::get()?;
        // SAFETY: the caller's promise.
        let new = *unsafe { from.as_ref() }.ok_or(Win32Error::NOACCESS)?;
        if new.size != SIZE || new.flags & !1 != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        *HISTORY.lock() = new;
        Ok(())
    })
}

/// CONSOLE_WINDOWED_MODE.
const WINDOWED: u32 = 2;

/// SetConsoleDisplayMode: a console is in a window, and stays there: 87 for the full screen. `size` gets that of the screen buffer.
///
/// # Safety
/// `size` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetConsoleDisplayMode(output: RawHandle, mode: u32, size: *mut Coord) -> Bool {
    guard_bool(|| {
        asked(output)?;
        if mode != WINDOWED {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let mut info = overlapped_abi::ConsoleScreenBufferInfo::default();
        // SAFETY: a structure of ours.
        if unsafe { super::screen::ovl_GetConsoleScreenBufferInfo(output, &raw mut info) } == 0 {
            return Err(Win32Error(crate::support::last_error()));
        }
        // SAFETY: the caller's promise.
        unsafe { crate::arguments::store_if_wanted(size, info.size) };
        Ok(())
    })
}

/// SetStdHandleEx: SetStdHandle, which tells the handle before.
///
/// # Safety
/// `before` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetStdHandleEx(which: u32, value: RawHandle, before: *mut RawHandle) -> Bool {
    let former = super::ovl_GetStdHandle(which);
    let set = super::ovl_SetStdHandle(which, value);
    if set != 0 {
        // SAFETY: the caller's promise.
        unsafe { crate::arguments::store_if_wanted(before, former) };
    }
    set
}
