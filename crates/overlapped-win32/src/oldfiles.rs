//! `winbase.h`: the functions on files that are older than CreateFile: OpenFile, `_lopen` and their relatives; and what kind of program a file is.
//!
//! An HFILE is a handle in 32 bits. Handles here are small numbers, so each fits.

use crate::arguments::pair;
use crate::fileapi::names::{ovl_DeleteFileA, ovl_GetFullPathNameA};
use crate::fileapi::ovl_CreateFileA;
use crate::fileapi::pointer::ovl_SetFilePointer;
use crate::fileapi::search::ovl_SearchPathA;
use crate::fileapi::size::ovl_SetEndOfFile;
use crate::fileapi::transfer::{ovl_ReadFile, ovl_WriteFile};
use crate::support::{Bool, INVALID_HANDLE_VALUE, RawHandle, fail, guard, guard_or, last_error};
use crate::text::{Unit, units_or_empty};
use overlapped_abi::Win32Error;
use std::ffi::{OsStr, OsString, c_void};
use std::os::unix::ffi::OsStrExt;
use std::ptr::{null, null_mut};

fn zeroed(path: &OsStr) -> Vec<u8> {
    path.as_bytes().iter().copied().chain([0]).collect()
}

/// What a function that gives a path in a buffer of so much room says.
fn path_of(give: impl FnOnce(u32, *mut u8) -> u32) -> Option<OsString> {
    let mut room = vec![0u8; 4096];
    let len = give(room.len() as u32, room.as_mut_ptr());
    room.truncate(len as usize);
    (len != 0).then(|| OsStr::from_bytes(&room).to_owned())
}

/// The file where a program would find it.
fn search(name: &OsStr) -> Option<OsString> {
    let text = zeroed(name);
    // SAFETY: a string that ends with a zero, and a buffer of that size.
    path_of(|size, to| unsafe { ovl_SearchPathA(null(), text.as_ptr(), null(), size, to, null_mut()) })
}

fn full(name: &OsStr) -> Option<OsString> {
    let text = zeroed(name);
    // SAFETY: as above.
    path_of(|size, to| unsafe { ovl_GetFullPathNameA(text.as_ptr(), size, to, null_mut()) })
}

/// OFSTRUCT, 136 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct OpenedFile {
    bytes: u8,
    fixed_disk: u8,
    error: u16,
    reserved: [u16; 2],
    path: [u8; 128],
}

const _: () = assert!(size_of::<OpenedFile>() == 136);

const OF_PARSE: u32 = 0x100;
const OF_DELETE: u32 = 0x200;
const OF_CREATE: u32 = 0x1000;
const OF_EXIST: u32 = 0x4000;
const OF_REOPEN: u32 = 0x8000;
/// HFILE_ERROR.
const HFILE_ERROR: i32 = -1;

/// Rights and share mode of the old modes; `None` for what is none.
fn mode(style: u32) -> Option<(u32, u32)> {
    const READ: u32 = 0x8000_0000;
    const WRITE: u32 = 0x4000_0000;
    let access = match style & 3 {
        0 => READ,
        1 => WRITE,
        2 => READ | WRITE,
        _ => return None,
    };
    let share = match style & 0x70 {
        // As in the days of DOS, and none denied.
        0 | 0x40 => 3,
        0x10 => 0,
        0x20 => 1,
        0x30 => 2,
        _ => return None,
    };
    Some((access, share))
}

/// A handle in the 32 bits of an HFILE.
fn narrow(handle: RawHandle) -> i32 {
    match i32::try_from(handle) {
        Ok(file) => file,
        Err(_) if handle == INVALID_HANDLE_VALUE => HFILE_ERROR,
        Err(_) => {
            crate::handleapi::ovl_CloseHandle(handle);
            fail(Win32Error::INVALID_HANDLE, HFILE_ERROR)
        }
    }
}

fn wide(file: i32) -> RawHandle {
    file as isize as usize
}

/// # Safety
/// `path` ends with a zero.
unsafe fn open(path: *const u8, access: u32, share: u32, disposition: u32) -> i32 {
    // SAFETY: the caller's promise.
    narrow(unsafe { ovl_CreateFileA(path, access, share, null(), disposition, 0x80, 0) })
}

/// OpenFile: opens, creates, deletes, or only looks whether a file is there (OF_EXIST), searching for it as SearchPath does. −1 with the
/// error in the
/// structure, too.
///
/// # Safety
/// `name` ends with a zero; `opened` is writable, and with OF_REOPEN filled.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_OpenFile(name: *const u8, opened: *mut OpenedFile, style: u32) -> i32 {
    guard(HFILE_ERROR, || {
        if opened.is_null() {
            return fail(Win32Error::INVALID_PARAMETER, HFILE_ERROR);
        }
        let told = |error: u32, path: &[u8]| {
            let mut text = [0; 128];
            let len = path.len().min(127);
            text[..len].copy_from_slice(&path[..len]);
            let error = error as u16;
            // SAFETY: not NULL, and the caller vouches for it.
            unsafe { opened.write(OpenedFile { bytes: 136, fixed_disk: 1, error, reserved: [0; 2], path: text }) };
        };
        let failed = |error: Win32Error, path: &[u8]| {
            told(error.0, path);
            fail(error, HFILE_ERROR)
        };
        let Some((access, share)) = mode(style) else { return failed(Win32Error::INVALID_PARAMETER, &[]) };
        let path = if style & OF_REOPEN != 0 {
            // SAFETY: as above, and filled.
            let path = unsafe { (*opened).path };
            let end = path.iter().position(|&byte| byte == 0).unwrap_or(path.len());
            OsStr::from_bytes(&path[..end]).to_owned()
        } else {
            // SAFETY: NULL or a string, by the caller's promise.
            let name = OsStr::from_bytes(unsafe { units_or_empty(name) }).to_owned();
            let found = if style & (OF_CREATE | OF_PARSE) == 0 { search(&name) } else { None };
            match found.or_else(|| full(&name)) {
                Some(path) => path,
                None => return failed(Win32Error::FILE_NOT_FOUND, &[]),
            }
        };
        if path.len() > 127 {
            return failed(Win32Error::FILENAME_EXCED_RANGE, &[]);
        }
        let text = zeroed(&path);
        if style & OF_PARSE != 0 {
            told(0, path.as_bytes());
            return 0;
        }
        if style & OF_DELETE != 0 {
            // SAFETY: a string that ends with a zero.
            let deleted = unsafe { ovl_DeleteFileA(text.as_ptr()) } != 0;
            return if deleted {
                told(0, path.as_bytes());
                1
            } else {
                failed(Win32Error(last_error()), path.as_bytes())
            };
        }
        // CREATE_ALWAYS, OPEN_EXISTING.
        let (access, disposition) = if style & OF_CREATE != 0 { (0xC000_0000, 2) } else { (access, 3) };
        // SAFETY: a string that ends with a zero.
        let file = unsafe { open(text.as_ptr(), access, share, disposition) };
        if file == HFILE_ERROR {
            return failed(Win32Error(last_error()), path.as_bytes());
        }
        told(0, path.as_bytes());
        if style & OF_EXIST != 0 {
            crate::handleapi::ovl_CloseHandle(wide(file));
            return 1;
        }
        file
    })
}

/// `_lopen`: the modes are those of OpenFile.
///
/// # Safety
/// `name` ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__lopen(name: *const u8, style: i32) -> i32 {
    guard_or(HFILE_ERROR, || {
        let (access, share) = mode(style.cast_unsigned()).ok_or(Win32Error::INVALID_PARAMETER)?;
        // SAFETY: the caller's promise.
        Ok(unsafe { open(name, access, share, 3) })
    })
}

/// `_lcreat`: creates or empties a file. The attributes are 0, or 1 for a read-only file, 2 hidden, 4 of the system.
///
/// # Safety
/// `name` ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__lcreat(name: *const u8, attributes: i32) -> i32 {
    let attributes = attributes.cast_unsigned() & 7;
    let attributes = if attributes == 0 { 0x80 } else { attributes };
    // SAFETY: the caller's promise.
    narrow(unsafe { ovl_CreateFileA(name, 0xC000_0000, 3, null(), 2, attributes, 0) })
}

/// `_lclose`: 0, or −1.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__lclose(file: i32) -> i32 {
    if crate::handleapi::ovl_CloseHandle(wide(file)) != 0 { 0 } else { HFILE_ERROR }
}

/// `_lread`: the bytes read, or −1 (u32::MAX).
///
/// # Safety
/// `to` has `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__lread(file: i32, to: *mut c_void, len: u32) -> u32 {
    let mut done = 0;
    // SAFETY: the caller's promise; the count is ours.
    let read = unsafe { ovl_ReadFile(wide(file), to.cast(), len, &raw mut done, null_mut()) };
    if read != 0 { done } else { u32::MAX }
}

/// `_lwrite`: the bytes written, or −1 (u32::MAX). None to be written cuts the file at its pointer.
///
/// # Safety
/// `from` has `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__lwrite(file: i32, from: *const u8, len: u32) -> u32 {
    if len == 0 {
        return if ovl_SetEndOfFile(wide(file)) != 0 { 0 } else { u32::MAX };
    }
    let mut done = 0;
    // SAFETY: as for `_lread`.
    let wrote = unsafe { ovl_WriteFile(wide(file), from.cast(), len, &raw mut done, null_mut()) };
    if wrote != 0 { done } else { u32::MAX }
}

/// `_hread`: `_lread` with more room.
///
/// # Safety
/// `to` has `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__hread(file: i32, to: *mut c_void, len: i32) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { ovl__lread(file, to, len.max(0).cast_unsigned()) }.cast_signed()
}

/// `_hwrite`: `_lwrite` with more room.
///
/// # Safety
/// `from` has `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__hwrite(file: i32, from: *const u8, len: i32) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { ovl__lwrite(file, from, len.max(0).cast_unsigned()) }.cast_signed()
}

/// `_llseek`: the new place, or −1.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__llseek(file: i32, by: i32, from: i32) -> i32 {
    // SAFETY: no second half.
    unsafe { ovl_SetFilePointer(wide(file), by, null_mut(), from.cast_unsigned()) }.cast_signed()
}

/// SetHandleCount: as many as were asked for, as on Windows since there is no limit.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetHandleCount(count: u32) -> u32 {
    count
}

pair! {
    /// GetBinaryType: SCS_64BIT_BINARY (6) for a program of Linux or of 64-bit Windows, SCS_32BIT_BINARY (0) of 32-bit Windows; 193 for
    /// any other file.
    fn ovl_GetBinaryTypeA ovl_GetBinaryTypeW(program: *const C, kind: *mut u32) -> Bool {
        crate::support::guard_bool(|| {
            // SAFETY: NULL or a string, by the caller's promise.
            let name = C::to_os(unsafe { units_or_empty(program) });
            let found = binary_type(&name)?;
            // SAFETY: the caller's promise.
            unsafe { crate::arguments::store(kind, found) }
        })
    }
}

/// ERROR_BAD_EXE_FORMAT.
const BAD_EXE_FORMAT: Win32Error = Win32Error(193);

fn binary_type(name: &OsStr) -> Result<u32, Win32Error> {
    let text = zeroed(name);
    // GENERIC_READ, shared with everybody, OPEN_EXISTING.
    // SAFETY: a string that ends with a zero.
    let file = unsafe { ovl_CreateFileA(text.as_ptr(), 0x8000_0000, 7, null(), 3, 0x80, 0) };
    if file == INVALID_HANDLE_VALUE {
        return Err(Win32Error(last_error()));
    }
    let (mut head, mut done) = ([0u8; 4096], 0);
    // SAFETY: a buffer and a count of ours.
    unsafe {
        let to = head.as_mut_ptr();
        ovl_ReadFile(file, to.cast(), head.len() as u32, &raw mut done, null_mut());
    }
    crate::handleapi::ovl_CloseHandle(file);
    let head = &head[..done as usize];
    let at = |place: usize, bytes: &[u8]| head.get(place..).is_some_and(|rest| rest.starts_with(bytes));
    if at(0, b"\x7FELF\x02") {
        return Ok(6);
    }
    if at(0, b"\x7FELF\x01") {
        return Ok(0);
    }
    if at(0, b"MZ") {
        let place = head.get(0x3C..0x40).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes) as usize;
        if at(place, b"PE\0\0") {
            return Ok(if at(place + 24, &0x20B_u16.to_le_bytes()) { 6 } else { 0 });
        }
        // SCS_DOS_BINARY.
        return Ok(1);
    }
    Err(BAD_EXE_FORMAT)
}
