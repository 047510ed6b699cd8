//! Events of the socket library, WSAEventSelect and WSAEnumNetworkEvents (contract 08 sections 7.3 and 7.4).

use super::{Outcome, call, check_writable, socket, status};
use crate::support::{Bool, FALSE, RawHandle, TRUE, event_of, last_error};
use overlapped_abi::{WsaError, WsaNetworkEvents};
use overlapped_devices::socket::NetworkEvents;
use overlapped_kernel::dispatcher::Event;
use std::sync::Arc;

const WAIT_FAILED: u32 = u32::MAX;

/// The event; 10022 for anything else.
fn event(raw: RawHandle) -> Outcome<Arc<Event>> {
    event_of(raw).ok().flatten().ok_or(WsaError::EINVAL)
}

/// The code that a function of the waits has left, as Winsock says it.
fn left() -> WsaError {
    match WsaError(last_error()) {
        // There it is an argument that is wrong.
        WsaError::INVALID_PARAMETER => WsaError::EINVAL,
        code => code,
    }
}

/// WSACreateEvent: manual-reset, not signalled.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WSACreateEvent() -> RawHandle {
    call(0, || {
        // SAFETY: NULL for attributes and name.
        match unsafe { crate::synchapi::ovl_CreateEventW(std::ptr::null(), TRUE, FALSE, std::ptr::null()) } {
            0 => Err(left()),
            event => Ok(event),
        }
    })
}

fn done(event: Bool) -> Outcome<Bool> {
    if event == FALSE { Err(left()) } else { Ok(TRUE) }
}

/// WSACloseEvent.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WSACloseEvent(event: RawHandle) -> Bool {
    call(FALSE, || done(crate::handleapi::ovl_CloseHandle(event)))
}

/// WSASetEvent.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WSASetEvent(event: RawHandle) -> Bool {
    call(FALSE, || done(crate::synchapi::ovl_SetEvent(event)))
}

/// WSAResetEvent.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WSAResetEvent(event: RawHandle) -> Bool {
    call(FALSE, || done(crate::synchapi::ovl_ResetEvent(event)))
}

/// WSAWaitForMultipleEvents: WaitForMultipleObjectsEx, with 10022 for a bad number of events.
///
/// # Safety
/// `events` is NULL or has `count` handles.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WSAWaitForMultipleEvents(
    count: u32,
    events: *const RawHandle,
    all: Bool,
    milliseconds: u32,
    alertable: Bool,
) -> u32 {
    call(WAIT_FAILED, || {
        // SAFETY: the caller's promise.
        match unsafe { crate::synchapi::ovl_WaitForMultipleObjectsEx(count, events, all, milliseconds, alertable) } {
            WAIT_FAILED => Err(left()),
            outcome => Ok(outcome),
        }
    })
}

/// WSAEventSelect: a mask of 0 ends the selection; 10022 without an event.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WSAEventSelect(raw: RawHandle, selected: RawHandle, mask: i32) -> i32 {
    status(|| {
        let socket = socket::of(raw)?;
        if mask == 0 {
            return socket.select_events(None, NetworkEvents::empty());
        }
        let mask = NetworkEvents::from_bits_truncate(mask as u32);
        if selected == 0 {
            return Err(WsaError::EINVAL);
        }
        socket.select_events(Some(event(selected)?), mask)
    })
}

/// WSAEnumNetworkEvents: 10014 without a place for them.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WSAEnumNetworkEvents(raw: RawHandle, reset: RawHandle, to: *mut WsaNetworkEvents) -> i32 {
    status(|| {
        let socket = socket::of(raw)?;
        check_writable(to, size_of::<WsaNetworkEvents>())?;
        if reset != 0 {
            event(reset)?.reset();
        }
        let recorded = socket.take_events()?;
        let events = WsaNetworkEvents {
            network_events: recorded.events.bits() as i32,
            error_code: recorded.errors.map(|error| error.value() as i32),
        };
        // SAFETY: writable, as was just seen.
        unsafe { to.write(events) };
        Ok(())
    })
}
