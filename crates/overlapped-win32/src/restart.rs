//! What a program asks for in case that it fails: to be started again, to save its work first, and what is to be in the report. Nobody here starts
//! it again or writes such reports; the wishes are kept and told, so that a program finds what it has set.
//!
//! All of these return an HRESULT.

use crate::processes::visible;
use crate::support::{Bool, RawHandle, guard};
use crate::text::{put, units_or_empty};
use overlapped_abi::Win32Error;
use parking_lot::Mutex;
use std::ffi::c_void;

const OK: u32 = 0;
const E_FAIL: u32 = 0x8000_4005;
const E_INVALIDARG: u32 = 0x8007_0057;
const NOT_FOUND: u32 = 0x8007_0490;
const NO_ROOM: u32 = 0x8007_007A;

/// RESTART_MAX_CMD_LINE and RECOVERY_MAX_PING_INTERVAL.
const LONGEST_LINE: usize = 1024;
const LONGEST_PING: u32 = 5 * 60 * 1000;
const DEFAULT_PING: u32 = 5000;
/// RESTART_NO_CRASH to RESTART_NO_REBOOT.
const RESTART_FLAGS: u32 = 0xF;

struct Recovery {
    callback: usize,
    parameter: usize,
    ping: u32,
    flags: u32,
}

static RESTART: Mutex<Option<(Vec<u16>, u32)>> = Mutex::new(None);
static RECOVERY: Mutex<Option<Recovery>> = Mutex::new(None);

fn of(error: Win32Error) -> u32 {
    0x8007_0000 | error.0
}

/// RegisterApplicationRestart: the last one holds.
///
/// # Safety
/// `line` is NULL or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_RegisterApplicationRestart(line: *const u16, flags: u32) -> u32 {
    // SAFETY: the caller's promise.
    let line = unsafe { units_or_empty(line) };
    if line.len() >= LONGEST_LINE || flags & !RESTART_FLAGS != 0 {
        return E_INVALIDARG;
    }
    *RESTART.lock() = Some((line.to_vec(), flags));
    OK
}

/// UnregisterApplicationRestart.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_UnregisterApplicationRestart() -> u32 {
    *RESTART.lock() = None;
    OK
}

/// Is it the calling process, and not one whose wishes nobody knows?
fn own(process: RawHandle) -> Result<(), u32> {
    match visible(process) {
        Ok(process) if process.id() == std::process::id() => Ok(()),
        Ok(_) => Err(NOT_FOUND),
        Err(error) => Err(of(error)),
    }
}

/// GetApplicationRestartSettings: 0x80070490 if there are none, 0x8007007A with the room needed if the line does not fit.
///
/// # Safety
/// `size` is NULL or valid, and `line` has as much room as it says; `flags` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetApplicationRestartSettings(
    process: RawHandle,
    line: *mut u16,
    size: *mut u32,
    flags: *mut u32,
) -> u32 {
    guard(E_FAIL, || {
        if let Err(code) = own(process) {
            return code;
        }
        if size.is_null() {
            return E_INVALIDARG;
        }
        let restart = RESTART.lock();
        let Some((text, set)) = &*restart else { return NOT_FOUND };
        // SAFETY: not NULL, and the caller vouches for all.
        unsafe {
            crate::arguments::store_if_wanted(flags, *set);
            let room = size.replace(text.len() as u32 + 1);
            if line.is_null() || text.len() >= room as usize {
                return NO_ROOM;
            }
            put(line, text);
        }
        OK
    })
}

/// RegisterApplicationRecoveryCallback: 0x80070057 without a function, or for a ping of more than five minutes.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_RegisterApplicationRecoveryCallback(
    callback: usize,
    parameter: usize,
    ping: u32,
    flags: u32,
) -> u32 {
    if callback == 0 || ping > LONGEST_PING || flags != 0 {
        return E_INVALIDARG;
    }
    let ping = if ping == 0 { DEFAULT_PING } else { ping };
    *RECOVERY.lock() = Some(Recovery { callback, parameter, ping, flags });
    OK
}

/// UnregisterApplicationRecoveryCallback.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_UnregisterApplicationRecoveryCallback() -> u32 {
    *RECOVERY.lock() = None;
    OK
}

/// GetApplicationRecoveryCallback: 1 (S_FALSE) if there is none.
///
/// # Safety
/// All targets are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetApplicationRecoveryCallback(
    process: RawHandle,
    callback: *mut usize,
    parameter: *mut usize,
    ping: *mut u32,
    flags: *mut u32,
) -> u32 {
    guard(E_FAIL, || {
        match own(process) {
            Err(NOT_FOUND) => return 1,
            Err(code) => return code,
            Ok(()) => {}
        }
        if callback.is_null() || parameter.is_null() {
            return E_INVALIDARG;
        }
        let recovery = RECOVERY.lock();
        let Some(set) = &*recovery else { return 1 };
        // SAFETY: NULL or writable, by the caller's promise.
        unsafe {
            callback.write(set.callback);
            parameter.write(set.parameter);
            crate::arguments::store_if_wanted(ping, set.ping);
            crate::arguments::store_if_wanted(flags, set.flags);
        }
        OK
    })
}

/// ApplicationRecoveryInProgress: 0x80004005, since no recovery is.
///
/// # Safety
/// `cancelled` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ApplicationRecoveryInProgress(cancelled: *mut Bool) -> u32 {
    if cancelled.is_null() {
        return E_INVALIDARG;
    }
    // SAFETY: not NULL, and the caller vouches for it.
    unsafe { cancelled.write(0) };
    E_FAIL
}

/// ApplicationRecoveryFinished.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_ApplicationRecoveryFinished(_success: Bool) {}

/// What a report is to contain, by kind: a file, memory, another process, a module, text.
#[derive(PartialEq, Eq)]
enum Wish {
    File(Vec<u16>),
    Memory(usize),
    Without(usize),
    Process(u32),
    Module(Vec<u16>),
    Text(Vec<u16>),
    Dumps,
}

static WISHES: Mutex<Vec<Wish>> = Mutex::new(Vec::new());
/// WER_MAX_REGISTERED_ENTRIES.
const MOST: usize = 512;

/// One more: 0x8007007A if there are too many.
fn add(wish: Wish) -> u32 {
    let mut all = WISHES.lock();
    if all.contains(&wish) {
        return OK;
    }
    if all.len() >= MOST {
        return NO_ROOM;
    }
    all.push(wish);
    OK
}

/// One less: 0x80070490 if it is not there.
fn remove(wish: &Wish) -> u32 {
    let mut all = WISHES.lock();
    match all.iter().position(|one| one == wish) {
        Some(at) => {
            all.remove(at);
            OK
        }
        None => NOT_FOUND,
    }
}

/// Text that must be there, and not be longer than this.
unsafe fn text(from: *const u16, longest: usize) -> Result<Vec<u16>, u32> {
    // SAFETY: the caller's promise.
    let text = unsafe { units_or_empty(from) };
    if text.is_empty() || text.len() >= longest { Err(E_INVALIDARG) } else { Ok(text.to_vec()) }
}

/// MAX_PATH.
const LONGEST_PATH: usize = 260;

/// WerRegisterFile.
///
/// # Safety
/// `file` is NULL or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WerRegisterFile(file: *const u16, kind: i32, flags: u32) -> u32 {
    if !(1..=8).contains(&kind) || flags & !0x3 != 0 {
        return E_INVALIDARG;
    }
    // SAFETY: the caller's promise.
    unsafe { text(file, LONGEST_PATH) }.map_or_else(|code| code, |file| add(Wish::File(file)))
}

/// WerUnregisterFile.
///
/// # Safety
/// `file` is NULL or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WerUnregisterFile(file: *const u16) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { text(file, LONGEST_PATH) }.map_or_else(|code| code, |file| remove(&Wish::File(file)))
}

/// WerRegisterMemoryBlock: 0x80070057 for nothing, or more than 64 KiB.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WerRegisterMemoryBlock(at: *mut c_void, bytes: u32) -> u32 {
    if at.is_null() || bytes == 0 || bytes > 64 * 1024 {
        return E_INVALIDARG;
    }
    add(Wish::Memory(at as usize))
}

/// WerUnregisterMemoryBlock.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WerUnregisterMemoryBlock(at: *mut c_void) -> u32 {
    remove(&Wish::Memory(at as usize))
}

/// WerRegisterExcludedMemoryBlock.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WerRegisterExcludedMemoryBlock(at: *const c_void, bytes: u32) -> u32 {
    if at.is_null() || bytes == 0 { E_INVALIDARG } else { add(Wish::Without(at as usize)) }
}

/// WerUnregisterExcludedMemoryBlock.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WerUnregisterExcludedMemoryBlock(at: *const c_void) -> u32 {
    remove(&Wish::Without(at as usize))
}

/// WerRegisterAdditionalProcess: 0x80070057 for a number that is no process's.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WerRegisterAdditionalProcess(id: u32, _thread: u32) -> u32 {
    match overlapped_kernel::process::Process::open(id, false) {
        Ok(_) => add(Wish::Process(id)),
        Err(_) => E_INVALIDARG,
    }
}

/// WerUnregisterAdditionalProcess.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WerUnregisterAdditionalProcess(id: u32) -> u32 {
    remove(&Wish::Process(id))
}

/// WerRegisterRuntimeExceptionModule: kept; no such module is loaded when the program fails.
///
/// # Safety
/// `file` is NULL or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WerRegisterRuntimeExceptionModule(file: *const u16, _context: *mut c_void) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { text(file, LONGEST_PATH) }.map_or_else(|code| code, |file| add(Wish::Module(file)))
}

/// WerUnregisterRuntimeExceptionModule.
///
/// # Safety
/// `file` is NULL or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WerUnregisterRuntimeExceptionModule(file: *const u16, _context: *mut c_void) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { text(file, LONGEST_PATH) }.map_or_else(|code| code, |file| remove(&Wish::Module(file)))
}

/// WerRegisterCustomMetadata: the last value of a key holds.
///
/// # Safety
/// Both are NULL or end with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WerRegisterCustomMetadata(key: *const u16, value: *const u16) -> u32 {
    // SAFETY: the caller's promise.
    match unsafe { (text(key, 64), text(value, 128)) } {
        (Ok(key), Ok(_)) => add(Wish::Text(key)),
        _ => E_INVALIDARG,
    }
}

/// WerUnregisterCustomMetadata.
///
/// # Safety
/// `key` is NULL or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WerUnregisterCustomMetadata(key: *const u16) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { text(key, 64) }.map_or_else(|code| code, |key| remove(&Wish::Text(key)))
}

/// WerRegisterAppLocalDump.
///
/// # Safety
/// `directory` is NULL or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WerRegisterAppLocalDump(directory: *const u16) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { text(directory, LONGEST_PATH) }.map_or_else(|code| code, |_| add(Wish::Dumps))
}

/// WerUnregisterAppLocalDump.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WerUnregisterAppLocalDump() -> u32 {
    remove(&Wish::Dumps)
}

static FLAGS: Mutex<u32> = Mutex::new(0);

/// WerSetFlags: 0x80070057 for flags that there are not.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WerSetFlags(flags: u32) -> u32 {
    if flags & !0xFF != 0 {
        return E_INVALIDARG;
    }
    *FLAGS.lock() = flags;
    OK
}

/// WerGetFlags: of the calling process what was set; of another one 0.
///
/// # Safety
/// `flags` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WerGetFlags(process: RawHandle, flags: *mut u32) -> u32 {
    guard(E_FAIL, || {
        let value = match own(process) {
            Ok(()) => *FLAGS.lock(),
            Err(NOT_FOUND) => 0,
            Err(code) => return code,
        };
        if flags.is_null() {
            return E_INVALIDARG;
        }
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { flags.write(value) };
        OK
    })
}
