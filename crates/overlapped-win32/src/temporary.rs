//! Temporary files (`fileapi.h`): their directory and new names in it.

use crate::arguments::pair;
use crate::names::{to_linux, to_windows};
use crate::processenv::{from_io, plain_variable};
use crate::support::guard_or;
use crate::text::{Unit, give, of, put, units, units_or_empty};
use overlapped_abi::Win32Error;
use std::ffi::{OsStr, OsString};
use std::fs::OpenOptions;
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// MAX_PATH: the room for a name in GetTempFileName.
const MAX_PATH: usize = 260;

/// A name in the directory that no file has.
pub(crate) fn free_name() -> OsString {
    loop {
        let number = TRIED.fetch_add(1, Relaxed);
        let mut name = directory();
        name.push(format!("s{:x}.{number:x}", std::process::id()));
        if to_linux(&name).is_ok_and(|path| path.symlink_metadata().is_err()) {
            return name;
        }
    }
}

static TRIED: AtomicU32 = AtomicU32::new(0);

/// The directory, with a backslash at its end: as TMP, TEMP or TMPDIR says, or `/tmp`.
pub(crate) fn directory() -> OsString {
    let said = ["TMP", "TEMP", "TMPDIR"]
        .into_iter()
        .find_map(|name| plain_variable(OsStr::new(name)).filter(|v| !v.is_empty()));
    let path = said.and_then(|said| to_linux(&said).ok()).unwrap_or_else(|| "/tmp".into());
    let mut name = to_windows(&path);
    if !name.as_bytes().ends_with(b"\\") {
        name.push("\\");
    }
    name
}

pair! {
    /// GetTempPath: the length, or the room needed.
    fn ovl_GetTempPathA ovl_GetTempPathW(size: u32, buffer: *mut C) -> u32 {
        // SAFETY: the caller vouches for the room.
        guard_or(0, || Ok(unsafe { give(&C::from_os(&directory()), buffer, size) }))
    }
}

pair! {
    /// GetTempPath2, as GetTempPath.
    fn ovl_GetTempPath2A ovl_GetTempPath2W(size: u32, buffer: *mut C) -> u32 {
        // SAFETY: the caller vouches for the room.
        guard_or(0, || Ok(unsafe { give(&C::from_os(&directory()), buffer, size) }))
    }
}

pair! {
    /// GetTempFileName: `path`, the first three units of `prefix`, a number in hexadecimal, `.tmp`; the number. If `unique` is 0
    /// the number is a new one and the file is created; only its low 16 bits count. 0/267 if `path` is no directory, 0/111 if it is
    /// longer than MAX_PATH less 14.
    fn ovl_GetTempFileNameA ovl_GetTempFileNameW(path: *const C, prefix: *const C, unique: u32, name: *mut C) -> u32 {
        guard_or(0, || {
            if path.is_null() || name.is_null() {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            // SAFETY: the caller vouches for both.
            let (mut start, prefix) = unsafe { (units(path).to_vec(), units_or_empty(prefix)) };
            if start.len() > MAX_PATH - 14 {
                return Err(Win32Error(111));
            }
            if !start.last().is_some_and(|unit| matches!(unit.ascii(), b'\\' | b'/')) {
                start.push(C::from(b'\\'));
            }
            start.extend(prefix.iter().take(3));
            let named = |number: u32| {
                let mut text = start.clone();
                text.extend(of::<C>(&format!("{number:X}.tmp")));
                text
            };
            let (number, text) = match unique & 0xFFFF {
                0 => create(named)?,
                number => (number, named(number)),
            };
            if text.len() >= MAX_PATH {
                return Err(Win32Error(111));
            }
            // SAFETY: the caller vouches for MAX_PATH units.
            unsafe { put(name, &text) };
            Ok(number)
        })
    }
}

/// Creates the first file whose name is free.
fn create<U: Unit>(named: impl Fn(u32) -> Vec<U>) -> Result<(u32, Vec<U>), Win32Error> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let start = NEXT.fetch_add(1, Relaxed).wrapping_add(std::process::id()).wrapping_mul(0x9E37);
    for step in 0..0xFFFF {
        let number = (start.wrapping_add(step) & 0xFFFF).max(1);
        let text = named(number);
        let path = to_linux(&U::to_os(&text))?;
        if path.parent().is_some_and(|parent| !parent.is_dir()) {
            return Err(Win32Error::DIRECTORY);
        }
        match OpenOptions::new().write(true).create_new(true).open(path) {
            Ok(_) => return Ok((number, text)),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(from_io(&error)),
        }
    }
    Err(Win32Error::FILE_EXISTS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::last_error;

    #[test]
    fn a_new_file_has_a_name_of_its_own() {
        let mut room = [0u8; MAX_PATH];
        // SAFETY: strings and buffers are what they are said to be.
        unsafe {
            let len = ovl_GetTempPathA(260, room.as_mut_ptr()) as usize;
            assert!(room.starts_with(b"C:\\") && room[len - 1] == b'\\');
            let directory = room;
            let number = ovl_GetTempFileNameA(directory.as_ptr(), c"ovlx".as_ptr().cast(), 0, room.as_mut_ptr());
            let name = units(room.as_ptr()).to_vec();
            assert!(number != 0 && name.ends_with(format!("ovl{number:X}.tmp").as_bytes()));
            let path = to_linux(OsStr::from_bytes(&name)).unwrap();
            assert!(path.is_file());
            std::fs::remove_file(path).unwrap();
            let wide = of::<u16>("C:\\no such directory\0");
            let mut room = [0u16; MAX_PATH];
            let prefix = of::<u16>("ovl\0");
            assert_eq!(
                (ovl_GetTempFileNameW(wide.as_ptr(), prefix.as_ptr(), 0, room.as_mut_ptr()), last_error()),
                (0, 267)
            );
            assert_eq!(ovl_GetTempFileNameW(wide.as_ptr(), std::ptr::null(), 0x1_00AB, room.as_mut_ptr()), 0xAB);
            assert_eq!(units(room.as_ptr()), of::<u16>("C:\\no such directory\\AB.tmp"));
        }
    }
}
