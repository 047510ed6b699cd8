//! What `winbase.h` has of serial and parallel ports (contract 01 sections 4.5 and 5).

use crate::arguments::{grant, name, pair, store, store_if_wanted};
use crate::probe;
use crate::support::{Bool, FALSE, RawHandle, event_of, guard_bool, system};
use crate::text::{self, Unit};
use overlapped_abi::constants::ioctl::IOCTL_SERIAL_WAIT_ON_MASK;
use overlapped_abi::constants::serial::{CLRBREAK, SETBREAK};
use overlapped_abi::{ComStat, CommConfig, CommProp, CommTimeouts, Dcb, Overlapped, Win32Error};
use overlapped_devices::serial::{self, Definition, EventWait};
use overlapped_kernel::namespace::{CaseRule, Target};
use overlapped_kernel::request::Route;
use overlapped_kernel::road::{Reply, Report};
use overlapped_kernel::system::Grant;
use std::ffi::{OsString, c_char, c_void};
use std::ptr::NonNull;

/// The caller's structure; 998 for what is not memory.
///
/// # Safety
/// Nobody writes there during the call.
unsafe fn load<T: Copy>(from: *const T) -> Result<T, Win32Error> {
    if from.is_null() || !probe::readable(from as usize, size_of::<T>()) {
        return Err(Win32Error::NOACCESS);
    }
    // SAFETY: readable, as was just seen; structures of C programs may stand at any address.
    Ok(unsafe { from.read_unaligned() })
}

/// Reads a definition that begins with `dcb`.
unsafe fn define<C: Unit>(definition: *const C, dcb: *const Dcb) -> Result<Definition, Win32Error> {
    if definition.is_null() || dcb.is_null() {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    // SAFETY: the caller's promise.
    let (definition, dcb) = unsafe { (C::to_os(text::units(definition)), load(dcb)?) };
    let system = system()?;
    let has_port = |port| system.namespace().read().has_serial(port);
    serial::parse_definition(&definition.to_string_lossy(), &dcb, has_port)
}

pair! {
    /// BuildCommDCB: 87 for what is no definition, and then nothing changes.
    fn ovl_BuildCommDCBA ovl_BuildCommDCBW(definition: *const C, dcb: *mut Dcb) -> Bool {
        guard_bool(|| {
            // SAFETY: the caller's promise.
            unsafe { store(dcb, define(definition, dcb)?.dcb) }
        })
    }
}

pair! {
    /// BuildCommDCBAndTimeouts: the timeouts change only if the definition names them.
    fn ovl_BuildCommDCBAndTimeoutsA ovl_BuildCommDCBAndTimeoutsW(
        definition: *const C,
        dcb: *mut Dcb,
        timeouts: *mut CommTimeouts,
    ) -> Bool {
        guard_bool(|| {
            // SAFETY: the caller's promise.
            unsafe {
                let found = define(definition, dcb)?;
                if let Some(found) = found.timeouts {
                    store(timeouts, found)?;
                }
                store(dcb, found.dcb)
            }
        })
    }
}

/// Asks a port and stores the answer.
///
/// # Safety
/// `to` is NULL or writable.
unsafe fn answer<T>(port: RawHandle, to: *mut T, question: impl FnOnce(&Grant) -> Result<T, Win32Error>) -> Bool {
    guard_bool(|| {
        let found = question(&grant(port)?)?;
        // SAFETY: the caller's promise.
        unsafe { store(to, found) }
    })
}

/// GetCommState.
///
/// # Safety
/// `to` is NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetCommState(port: RawHandle, to: *mut Dcb) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { answer(port, to, serial::state) }
}

/// SetCommState: 87 for what no line can be, and then nothing changes.
///
/// # Safety
/// Nobody writes to `from` during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetCommState(port: RawHandle, from: *const Dcb) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| serial::set_state(&grant(port)?, &unsafe { load(from) }?))
}

/// GetCommTimeouts.
///
/// # Safety
/// `to` is NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetCommTimeouts(port: RawHandle, to: *mut CommTimeouts) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { answer(port, to, serial::timeouts) }
}

/// SetCommTimeouts.
///
/// # Safety
/// Nobody writes to `from` during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetCommTimeouts(port: RawHandle, from: *const CommTimeouts) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| serial::set_timeouts(&grant(port)?, &unsafe { load(from) }?))
}

/// GetCommProperties.
///
/// # Safety
/// `to` is NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetCommProperties(port: RawHandle, to: *mut CommProp) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { answer(port, to, serial::properties) }
}

/// Stores a COMMCONFIG and its size; 122 and only the size if there is less room.
///
/// # Safety
/// `size` is NULL or valid, and `to` NULL or writable for that many bytes.
unsafe fn store_config(config: CommConfig, to: *mut CommConfig, size: *mut u32) -> Result<(), Win32Error> {
    const SIZE: u32 = size_of::<CommConfig>() as u32;
    if size.is_null() || to.is_null() {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    // SAFETY: not NULL, and the caller vouches for it.
    let room = unsafe { size.replace(SIZE) };
    if room < SIZE {
        return Err(Win32Error::INSUFFICIENT_BUFFER);
    }
    // SAFETY: the caller's promise.
    unsafe { store(to, config) }
}

/// GetCommConfig: 122 if `size` says too little, and then what is needed.
///
/// # Safety
/// `size` is NULL or valid, and `to` NULL or writable for that many bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetCommConfig(port: RawHandle, to: *mut CommConfig, size: *mut u32) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { store_config(serial::config(&grant(port)?)?, to, size) })
}

/// SetCommConfig: the DCB in it.
///
/// # Safety
/// Nobody writes to `from` during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetCommConfig(port: RawHandle, from: *const CommConfig, size: u32) -> Bool {
    guard_bool(|| {
        let grant = grant(port)?;
        if (size as usize) < size_of::<CommConfig>() - size_of::<u16>() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise; the provider's data are not looked at.
        serial::set_state(&grant, &unsafe { load(&raw const (*from).dcb) }?)
    })
}

pair! {
    /// GetDefaultCommConfig: what the port has before anybody sets it up; 87 for what is no serial port.
    fn ovl_GetDefaultCommConfigA ovl_GetDefaultCommConfigW(port: *const C, to: *mut CommConfig, size: *mut u32) -> Bool {
        guard_bool(|| {
            // SAFETY: the caller's promise.
            let mut port = unsafe { name(port) }?;
            // The name of a port, whatever its number: CreateFile wants the prefix from COM10 on.
            if port.as_encoded_bytes().get(..3).is_some_and(|start| start.eq_ignore_ascii_case(b"COM")) {
                let mut prefixed = OsString::from(r"\\.\");
                prefixed.push(&port);
                port = prefixed;
            }
            match system()?.resolve(&port, CaseRule::default()) {
                // SAFETY: the caller's promise.
                Ok(Target::Serial { .. } | Target::NullModem { .. }) => unsafe {
                    store_config(serial::default_config(), to, size)
                },
                _ => Err(Win32Error::INVALID_PARAMETER),
            }
        })
    }
}

/// GetCommMask.
///
/// # Safety
/// `to` is NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetCommMask(port: RawHandle, to: *mut u32) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { answer(port, to, serial::mask) }
}

/// SetCommMask: ends a pending wait with no event.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetCommMask(port: RawHandle, events: u32) -> Bool {
    guard_bool(|| serial::set_mask(&grant(port)?, events))
}

/// WaitCommEvent: TRUE with the events, or FALSE/997.
///
/// # Safety
/// `overlapped` is NULL or valid; `events` and `overlapped` until the request is complete.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WaitCommEvent(port: RawHandle, events: *mut u32, overlapped: *mut Overlapped) -> Bool {
    guard_bool(|| {
        let grant = grant(port)?;
        if !probe::writable(events as usize, size_of::<u32>()) {
            return Err(Win32Error::NOACCESS);
        }
        let overlapped = NonNull::new(overlapped);
        let route = match overlapped {
            Some(overlapped) => {
                // SAFETY: the caller vouches for the OVERLAPPED.
                let raw_event = unsafe { overlapped.as_ref() }.h_event;
                Route { event: event_of(raw_event)?, packet: raw_event & 1 == 0, routine: None }
            }
            None => Route::default(),
        };
        let wait = EventWait { mask: events, route, overlapped, payload: None, report: Report::AtOnce };
        // SAFETY: the caller's promise, and the mask is writable, as was just seen.
        match unsafe { serial::wait_event(&grant, wait) } {
            Ok(Reply::Done(_, completion)) => completion.status.ok(),
            Ok(Reply::Pending(_)) => Err(Win32Error::IO_PENDING),
            Err(refused) => Err(refused.error),
        }
    })
}

/// The control code of a port that waits, if it is that: the outcome that DeviceIoControl is to answer.
///
/// # Safety
/// As for DeviceIoControl.
pub(crate) unsafe fn control(
    port: RawHandle,
    code: u32,
    (to, room): (*mut c_void, u32),
    returned: *mut u32,
    overlapped: *mut Overlapped,
) -> Option<Bool> {
    if code != IOCTL_SERIAL_WAIT_ON_MASK || !grant(port).is_ok_and(|grant| serial::is_port(&grant)) {
        return None;
    }
    if (room as usize) < size_of::<u32>() {
        return Some(guard_bool(|| Err(Win32Error::INSUFFICIENT_BUFFER)));
    }
    // SAFETY: the caller's promise.
    let told = unsafe { ovl_WaitCommEvent(port, to.cast(), overlapped) };
    if told != FALSE {
        // SAFETY: the caller's promise.
        unsafe { store_if_wanted(returned, size_of::<u32>() as u32) };
    }
    Some(told)
}

/// GetCommModemStatus.
///
/// # Safety
/// `to` is NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetCommModemStatus(port: RawHandle, to: *mut u32) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { answer(port, to, serial::modem_status) }
}

/// ClearCommError; either pointer may be NULL.
///
/// # Safety
/// The pointers are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ClearCommError(port: RawHandle, errors: *mut u32, to: *mut ComStat) -> Bool {
    guard_bool(|| {
        let (found, stat) = serial::clear_error(&grant(port)?)?;
        // SAFETY: the caller's promise.
        unsafe {
            store_if_wanted(errors, found);
            store_if_wanted(to, stat);
        }
        Ok(())
    })
}

/// PurgeComm: 87 for nothing, and for what does not exist.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_PurgeComm(port: RawHandle, what: u32) -> Bool {
    guard_bool(|| serial::purge(&grant(port)?, what))
}

/// SetupComm.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetupComm(port: RawHandle, in_queue: u32, out_queue: u32) -> Bool {
    guard_bool(|| serial::setup(&grant(port)?, in_queue, out_queue))
}

/// EscapeCommFunction: 87 for what does not exist, and for a line that a handshake has.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_EscapeCommFunction(port: RawHandle, what: u32) -> Bool {
    guard_bool(|| serial::escape(&grant(port)?, what))
}

/// SetCommBreak.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetCommBreak(port: RawHandle) -> Bool {
    ovl_EscapeCommFunction(port, SETBREAK)
}

/// ClearCommBreak.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_ClearCommBreak(port: RawHandle) -> Bool {
    ovl_EscapeCommFunction(port, CLRBREAK)
}

/// TransmitCommChar: 31 while an earlier one has not gone.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_TransmitCommChar(port: RawHandle, byte: c_char) -> Bool {
    guard_bool(|| serial::transmit_char(&grant(port)?, byte.cast_unsigned()))
}
