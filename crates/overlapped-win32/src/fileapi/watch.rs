//! ReadDirectoryChangesW, and the change notifications that are waited for (contract 02 section 10).
//!
//! A change notification is an auto-reset event, which is its handle, and a directory that is read without a buffer: the request sets the
//! event, and FindNextChangeNotification issues the next one. Drawback: CloseHandle on one leaves its directory open.

use super::transfer::{CompletionRoutine, routine_for};
use crate::arguments::{grant, name, pair, store_if_wanted};
use crate::probe;
use crate::support::{Bool, INVALID_HANDLE_VALUE, RawHandle, event_of, guard_bool, guard_or, handle, system};
use overlapped_abi::constants::open::OPEN_EXISTING;
use overlapped_abi::{AccessMask, FileFlags, Overlapped, ShareMode, Win32Error};
use overlapped_devices::file::{self, Watch, WatchCall};
use overlapped_kernel::device::OpenParams;
use overlapped_kernel::dispatcher::Event;
use overlapped_kernel::handle::{HandleFlags, Object};
use overlapped_kernel::request::{Buffer, Function, Route};
use overlapped_kernel::road::Reply;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::ffi::{OsString, c_void};
use std::ptr::{NonNull, null_mut};
use std::sync::{Arc, LazyLock};

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
    guard_bool(|| {
        if directory == 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let grant = grant(directory)?;
        let target = NonNull::new(overlapped).filter(|_| grant.instance.is_overlapped());
        if grant.instance.is_overlapped() && target.is_none() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let buffer = Buffer { start: buffer.cast(), len: len as usize };
        if len != 0 && !probe::usable(Function::Read, &buffer) {
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
        let how = Watch { subtree: subtree != 0, filter };
        let call = WatchCall { buffer, route, overlapped: target, payload: None };
        // SAFETY: the caller's promise.
        match unsafe { file::watch(&grant, how, call) } {
            Ok(Reply::Done(_, completion)) => {
                // SAFETY: the caller's promise.
                unsafe { store_if_wanted(returned, completion.bytes as u32) };
                completion.status.ok()
            }
            Ok(Reply::Pending(_)) => Ok(()),
            Err(refused) => Err(refused.error),
        }
    })
}

/// What stands behind the handle of a change notification.
#[derive(Clone, Copy)]
struct Notification {
    directory: RawHandle,
    how: Watch,
}

static NOTIFICATIONS: LazyLock<Mutex<HashMap<RawHandle, Notification>>> = LazyLock::new(Mutex::default);

impl Notification {
    /// Has the event set by the next change; at once if there was one since the last.
    fn arm(&self, event: Arc<Event>) -> Result<(), Win32Error> {
        let grant = grant(self.directory)?;
        if grant.instance.outstanding() != 0 {
            return Ok(());
        }
        let route = Route { event: Some(event), ..Route::default() };
        let buffer = Buffer { start: null_mut(), len: 0 };
        let call = WatchCall { buffer, route, overlapped: None, payload: None };
        // SAFETY: there is no memory.
        unsafe { file::watch(&grant, self.how, call) }.map(drop).map_err(|refused| refused.error)
    }
}

fn event(raw: RawHandle) -> Result<Arc<Event>, Win32Error> {
    match system()?.entry_raw(raw)?.object {
        Object::Event(event) => Ok(event),
        _ => Err(Win32Error::INVALID_HANDLE),
    }
}

fn first(name: OsString, how: Watch) -> Result<RawHandle, Win32Error> {
    let system = system()?;
    let params = OpenParams {
        access: AccessMask::READ_DATA | AccessMask::SYNCHRONIZE,
        share: ShareMode::READ | ShareMode::WRITE | ShareMode::DELETE,
        disposition: OPEN_EXISTING,
        flags: FileFlags::BACKUP_SEMANTICS | FileFlags::OVERLAPPED,
        permissions: 0,
    };
    let directory = system.open(&name, &params)?.handle;
    let notification = Notification { directory: directory.into_raw(), how };
    let begin = || {
        let signal = Arc::new(Event::auto_reset(false));
        notification.arm(Arc::clone(&signal))?;
        let (handle, _) = system.create_named(None, Object::Event(signal), None, HandleFlags::empty())?;
        Ok(handle.into_raw())
    };
    match begin() {
        Ok(handle) => {
            NOTIFICATIONS.lock().insert(handle, notification);
            Ok(handle)
        }
        Err(error) => {
            system.close(directory)?;
            Err(error)
        }
    }
}

pair! {
    /// FindFirstChangeNotification: a handle that a wait takes the signal from; −1 with the error.
    fn ovl_FindFirstChangeNotificationA ovl_FindFirstChangeNotificationW(path: *const C, subtree: Bool, filter: u32) -> RawHandle {
        guard_or(INVALID_HANDLE_VALUE, || {
            // SAFETY: the caller's promise.
            first(unsafe { name(path) }?, Watch { subtree: subtree != 0, filter })
        })
    }
}

/// FindNextChangeNotification: the handle is signalled again by the next change, or now if there was one meanwhile.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_FindNextChangeNotification(watch: RawHandle) -> Bool {
    guard_bool(|| {
        let notification = NOTIFICATIONS.lock().get(&watch).copied().ok_or(Win32Error::INVALID_HANDLE)?;
        notification.arm(event(watch)?)
    })
}

/// FindCloseChangeNotification.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_FindCloseChangeNotification(watch: RawHandle) -> Bool {
    guard_bool(|| {
        let notification = NOTIFICATIONS.lock().remove(&watch).ok_or(Win32Error::INVALID_HANDLE)?;
        system()?.close(handle(notification.directory)?)?;
        system()?.close(handle(watch)?)
    })
}
