//! ReadDirectoryChangesW, and the change notifications that are waited for (contract 02 section 10).

use super::transfer::{CompletionRoutine, routine_for};
use crate::arguments::{grant, name, pair, store_if_wanted};
use crate::probe;
use crate::support::{Bool, INVALID_HANDLE_VALUE, RawHandle, event_of, files, guard_bool, guard_or, handle, system};
use overlapped_abi::{Overlapped, Win32Error};
use overlapped_devices::file::{self, Watch, WatchCall};
use overlapped_kernel::request::{Buffer, Function, Route};
use overlapped_kernel::road::Reply;
use std::ffi::c_void;
use std::ptr::NonNull;

/// ReadDirectoryChangesW: TRUE for an accepted overlapped call, whether or not it is complete.
///
/// # Safety
/// The buffer is writable for `len` bytes, `returned` NULL or writable, and `overlapped` NULL or valid; buffer and `overlapped` until
/// the request is complete. `routine` may be called once with this OVERLAPPED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ReadDirectoryChangesW(
    directory: RawHandle,
    buffer: *mut c_void,
    len: u32,
    subtree: Bool,
    filter: u32,
    returned: *mut u32,
    overlapped: *mut Overlapped,
    routine: CompletionRoutine,
) -> Bool {
    let how = Watch { subtree: subtree != 0, filter };
    let buffer = Buffer { start: buffer.cast(), len: len as usize };
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { changes(directory, buffer, how, false, (returned, overlapped, routine)) })
}

const NOTIFY_INFORMATION: i32 = 1;
const NOTIFY_EXTENDED_INFORMATION: i32 = 2;

/// ReadDirectoryChangesExW: ReadDirectoryChangesW, or the same with records that tell sizes, times and numbers of the files too.
///
/// # Safety
/// As for [`ovl_ReadDirectoryChangesW`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ReadDirectoryChangesExW(
    directory: RawHandle,
    buffer: *mut c_void,
    len: u32,
    subtree: Bool,
    filter: u32,
    returned: *mut u32,
    overlapped: *mut Overlapped,
    routine: CompletionRoutine,
    class: i32,
) -> Bool {
    let how = Watch { subtree: subtree != 0, filter };
    let buffer = Buffer { start: buffer.cast(), len: len as usize };
    guard_bool(|| {
        let details = match class {
            NOTIFY_INFORMATION => false,
            NOTIFY_EXTENDED_INFORMATION => true,
            _ => return Err(Win32Error::INVALID_PARAMETER),
        };
        // SAFETY: the caller's promise.
        unsafe { changes(directory, buffer, how, details, (returned, overlapped, routine)) }
    })
}

/// Who is told of the changes: where the count goes, and the caller's OVERLAPPED and routine.
type Told = (*mut u32, *mut Overlapped, CompletionRoutine);

/// # Safety
/// As for [`ovl_ReadDirectoryChangesW`].
unsafe fn changes(
    directory: RawHandle,
    buffer: Buffer,
    how: Watch,
    details: bool,
    (returned, overlapped, routine): Told,
) -> Result<(), Win32Error> {
    if directory == 0 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let grant = grant(directory)?;
    let target = NonNull::new(overlapped).filter(|_| grant.instance.is_overlapped());
    if grant.instance.is_overlapped() && target.is_none() {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    if buffer.len != 0 && !probe::usable(Function::Read, &buffer) {
        return Err(Win32Error::NOACCESS);
    }
    let route = match (target, routine.is_some()) {
        // hEvent is the caller's own then.
        (Some(target), true) => Route { routine: Some(routine_for(routine, target)), ..Route::default() },
        (Some(target), false) => {
            // SAFETY: the caller vouches for the OVERLAPPED.
            let raw_event = unsafe { target.as_ref() }.h_event;
            Route { event: event_of(raw_event)?, packet: raw_event & 1 == 0, routine: None }
        }
        (None, _) => Route::default(),
    };
    let call = WatchCall { buffer, route, overlapped: target, payload: None };
    // SAFETY: the caller's promise.
    match unsafe { file::watch_telling(&grant, how, details, call) } {
        Ok(Reply::Done(_, completion)) => {
            // SAFETY: the caller's promise.
            unsafe { store_if_wanted(returned, completion.bytes as u32) };
            completion.status.ok()
        }
        Ok(Reply::Pending(_)) => Ok(()),
        Err(refused) => Err(refused.error),
    }
}

pair! {
    /// FindFirstChangeNotification: a handle that a wait takes the signal from; −1 with the error.
    fn ovl_FindFirstChangeNotificationA ovl_FindFirstChangeNotificationW(path: *const C, subtree: Bool, filter: u32) -> RawHandle {
        guard_or(INVALID_HANDLE_VALUE, || {
            // SAFETY: the caller's promise.
            let path = unsafe { name(path) }?;
            Ok(files().first_change(system()?, &path, Watch { subtree: subtree != 0, filter })?.into_raw())
        })
    }
}

/// FindNextChangeNotification: the handle is signalled again by the next change, or now if there was one meanwhile.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_FindNextChangeNotification(watch: RawHandle) -> Bool {
    guard_bool(|| file::next_change(&grant(watch)?))
}

/// FindCloseChangeNotification; CloseHandle does the same.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_FindCloseChangeNotification(watch: RawHandle) -> Bool {
    guard_bool(|| {
        if !file::is_change_notification(&grant(watch)?) {
            return Err(Win32Error::INVALID_HANDLE);
        }
        system()?.close(handle(watch)?)
    })
}
