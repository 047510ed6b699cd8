//! DeviceIoControl of `ioapiset.h` (contract 01 section 6).

use crate::arguments::{checked_input, grant, output, store_if_wanted};
use crate::probe;
use crate::support::{Bool, RawHandle, event_of, guard_bool, system};
use overlapped_abi::{Overlapped, Status, Win32Error};
use overlapped_devices::disk;
use overlapped_devices::file::{self, Answer};
use overlapped_devices::pipe;
use overlapped_devices::serial;
use overlapped_kernel::request::{Buffer, Completion, Function, Position, Route};
use overlapped_kernel::road::{Call, Report};
use overlapped_kernel::system::Grant;
use std::ffi::c_void;
use std::ptr::NonNull;

/// What a device answers at once to a control code.
pub(crate) fn device_control(grant: &Grant, code: u32, input: &[u8], room: usize) -> Result<Answer, Win32Error> {
    if disk::is_disk(grant) {
        return disk::control(system()?, grant, code, input, room);
    }
    if pipe::is_pipe(grant) {
        return pipe::control(grant, code, room);
    }
    if serial::is_port(grant) {
        return serial::control(grant, code, input, room);
    }
    file::control(system()?, grant, code, input, room)
}

/// DeviceIoControl: done at once, whatever the instance; so an overlapped one needs no OVERLAPPED for it.
///
/// # Safety
/// The buffers are NULL or valid for their sizes, `returned` and `overlapped` NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_DeviceIoControl(
    device: RawHandle,
    code: u32,
    in_buffer: *const c_void,
    in_size: u32,
    out_buffer: *mut c_void,
    out_size: u32,
    returned: *mut u32,
    overlapped: *mut Overlapped,
) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { store_if_wanted(returned, 0) };
    let (from, to) = ((in_buffer, in_size), (out_buffer, out_size));
    // SAFETY: the caller's promise.
    if let Some(answer) = unsafe { crate::namedpipeapi::control(device, code, from, to, returned, overlapped) } {
        return answer;
    }
    // SAFETY: the caller's promise.
    if let Some(answer) = unsafe { crate::winbase_comm::control(device, code, to, returned, overlapped) } {
        return answer;
    }
    guard_bool(|| {
        let grant = grant(device)?;
        if overlapped.is_null() && returned.is_null() {
            return Err(Win32Error::NOACCESS);
        }
        if !out_buffer.is_null() && !probe::writable(out_buffer as usize, out_size as usize) {
            return Err(Win32Error::NOACCESS);
        }
        let mut more = false;
        let mut work = || {
            // SAFETY: the caller's promise.
            let answer =
                device_control(&grant, code, unsafe { checked_input(in_buffer, in_size) }?, out_size as usize)?;
            // SAFETY: the caller's promise; the answer keeps to the size.
            unsafe { output(&answer.bytes, out_buffer) }?;
            // SAFETY: the caller's promise.
            unsafe { store_if_wanted(returned, answer.bytes.len() as u32) };
            more = answer.more;
            let status = if answer.more { Status::BUFFER_OVERFLOW } else { Status::SUCCESS };
            Ok(Completion { status, bytes: answer.bytes.len() })
        };
        let Some(target) = NonNull::new(overlapped) else {
            let completion = work()?;
            return completion.status.ok();
        };
        // SAFETY: not NULL, and the caller vouches for it.
        let raw_event = unsafe { target.as_ref() }.h_event;
        let call = Call {
            function: Function::Control,
            position: Position::At(0),
            buffer: Buffer { start: std::ptr::null_mut(), len: 0 },
            route: Route { event: event_of(raw_event)?, packet: raw_event & 1 == 0, routine: None },
            overlapped: Some(target),
            payload: None,
            report: Report::AtOnce,
        };
        // SAFETY: the caller's promise.
        let done = unsafe { grant.instance.call_at_once(call, || work().map_err(Win32Error::to_status)) };
        done.map(drop).map_err(|refused| refused.error)?;
        if more { Err(Win32Error::MORE_DATA) } else { Ok(()) }
    })
}
