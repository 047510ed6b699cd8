//! Where LoadLibrary looks for a name without a directory, and what programs may change about it.
//!
//! The order is that of Windows: the program's directory, the system's (which is whatever `dlopen` searches), the current one, those of PATH.
//! SetDllDirectory puts one in the place of the current one, ahead of the system's. With a flag LOAD_LIBRARY_SEARCH_*, of the call or of
//! SetDefaultDllDirectories, only what the flags name is searched. Drawback: the libraries that a library of Linux needs itself are found
//! by the rules of Linux, whatever is set here.

use super::modules::program_path;
use crate::arguments::pair;
use crate::names::to_linux;
use crate::support::{Bool, FALSE, TRUE, fail, guard, guard_bool, guard_or};
use crate::text::{Unit, put, units};
use overlapped_abi::Win32Error;
use parking_lot::Mutex;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{Acquire, Release};

/// LOAD_LIBRARY_SEARCH_*.
const DLL_LOAD_DIR: u32 = 0x100;
const APPLICATION_DIR: u32 = 0x200;
const USER_DIRS: u32 = 0x400;
const SYSTEM32: u32 = 0x800;
const DEFAULT_DIRS: u32 = 0x1000;
pub(super) const ALL: u32 = DLL_LOAD_DIR | APPLICATION_DIR | USER_DIRS | SYSTEM32 | DEFAULT_DIRS;

/// A place to look in.
#[derive(Debug, PartialEq, Eq)]
pub enum Place {
    /// A directory of Linux.
    Directory(PathBuf),
    /// Wherever `dlopen` looks for names without one.
    System,
}

/// What the program has chosen.
struct Chosen {
    /// By SetDllDirectory, as it was spelled; empty to leave the current directory out.
    directory: Option<OsString>,
    /// By AddDllDirectory, with their cookies.
    added: Vec<(usize, PathBuf)>,
    cookies: usize,
}

static CHOSEN: Mutex<Chosen> = Mutex::new(Chosen { directory: None, added: Vec::new(), cookies: 0 });

/// By SetDefaultDllDirectories.
static DEFAULTS: AtomicU32 = AtomicU32::new(0);

/// The places for a name without a directory, in the order of looking, for the flags of LoadLibraryEx.
pub fn places(flags: u32) -> Vec<Place> {
    let program = || program_path().and_then(|path| path.parent().map(ToOwned::to_owned)).map(Place::Directory);
    let chosen = CHOSEN.lock();
    let directory = || chosen.directory.as_deref().filter(|name| !name.is_empty()).and_then(|name| to_linux(name).ok());
    let flags = if flags & ALL != 0 { flags } else { DEFAULTS.load(Acquire) };
    if flags & ALL != 0 {
        let asked = |flag: u32| flags & (flag | DEFAULT_DIRS) != 0;
        let mut places: Vec<Place> = program().filter(|_| asked(APPLICATION_DIR)).into_iter().collect();
        if asked(USER_DIRS) {
            let added = chosen.added.iter().map(|(_, directory)| directory.clone());
            places.extend(added.chain(directory()).map(Place::Directory));
        }
        places.extend(asked(SYSTEM32).then_some(Place::System));
        return places;
    }
    let mut places: Vec<Place> = program().into_iter().chain(directory().map(Place::Directory)).collect();
    places.push(Place::System);
    if chosen.directory.is_none() {
        places.extend(std::env::current_dir().ok().map(Place::Directory));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    places.extend(std::env::split_paths(&path).filter(|path| path.is_absolute()).map(Place::Directory));
    places
}

pair! {
    /// SetDllDirectory: one directory in the place of the current one; none for an empty name, and all as it was for NULL.
    fn ovl_SetDllDirectoryA ovl_SetDllDirectoryW(name: *const C) -> Bool {
        guard_bool(|| {
            // SAFETY: not NULL, and the caller vouches for the string.
            let name = (!name.is_null()).then(|| C::to_os(unsafe { units(name) }));
            // Several cannot be given at once.
            if name.as_deref().is_some_and(|name: &OsStr| name.as_bytes().contains(&b';')) {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            CHOSEN.lock().directory = name;
            Ok(())
        })
    }
}

pair! {
    /// GetDllDirectory: the length of what was set, 0 if there is nothing; the room with the zero at its end if there is too little.
    fn ovl_GetDllDirectoryA ovl_GetDllDirectoryW(size: u32, buffer: *mut C) -> u32 {
        guard(0, || {
            let name = C::from_os(CHOSEN.lock().directory.as_deref().unwrap_or_default());
            if name.len() >= size as usize || buffer.is_null() {
                return name.len() as u32 + 1;
            }
            // SAFETY: the caller vouches for the room, of which there is enough.
            unsafe { put(buffer, &name) };
            name.len() as u32
        })
    }
}

/// AddDllDirectory: a cookie for RemoveDllDirectory; NULL/87 unless it is a whole path, NULL/2 if there is no such directory.
///
/// # Safety
/// `name` is a string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_AddDllDirectory(name: *const u16) -> usize {
    if name.is_null() {
        return fail(Win32Error::INVALID_PARAMETER, 0);
    }
    guard_or(0, || {
        // SAFETY: not NULL, and the caller vouches for it.
        let name = u16::to_os(unsafe { units(name) });
        let bytes = name.as_bytes();
        let whole = matches!(bytes, [b'/' | b'\\', ..]) || matches!(bytes, [_, b':', b'/' | b'\\', ..]);
        let directory = to_linux(&name).ok().filter(|_| whole).ok_or(Win32Error::INVALID_PARAMETER)?;
        if !directory.is_dir() {
            return Err(Win32Error::FILE_NOT_FOUND);
        }
        let mut chosen = CHOSEN.lock();
        chosen.cookies += 1;
        let cookie = chosen.cookies;
        chosen.added.push((cookie, directory));
        Ok(cookie)
    })
}

/// RemoveDllDirectory: 87 for a cookie that is none.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_RemoveDllDirectory(cookie: usize) -> Bool {
    let mut chosen = CHOSEN.lock();
    let before = chosen.added.len();
    chosen.added.retain(|(known, _)| *known != cookie);
    if chosen.added.len() < before {
        return TRUE;
    }
    fail(Win32Error::INVALID_PARAMETER, FALSE)
}

/// SetDefaultDllDirectories: flags for all calls without any; 87 for none, and for others than LOAD_LIBRARY_SEARCH_*.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetDefaultDllDirectories(flags: u32) -> Bool {
    guard_bool(|| {
        if flags == 0 || flags & !(ALL & !DLL_LOAD_DIR) != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        DEFAULTS.store(flags, Release);
        Ok(())
    })
}
