//! NtDeviceIoControlFile: control codes with the status block, event, routine and packet of this level.
//!
//! A packet carries the context, which need not be the address of the status block; without a context there is no packet. Polls of
//! sockets and receives are requests that take their time; other codes are those of DeviceIoControl and done at once.

use super::{StatusBlock, poll, quietly, status_of};
use crate::arguments::{checked_input, grant};
use crate::devicecontrol::device_control;
use crate::probe;
use crate::support::{RawHandle, event_of};
use crate::winsock::transfer::receive_at_native_level;
use overlapped_abi::{Overlapped, Status};
use overlapped_devices::socket::Told;
use overlapped_kernel::request::Route;
use overlapped_kernel::road::{Failure, Reply};
use overlapped_kernel::system::Grant;
use std::ffi::c_void;
use std::ptr::NonNull;

const IOCTL_AFD_RECEIVE: u32 = 0x1_2017;
const IOCTL_AFD_RECEIVE_DATAGRAM: u32 = 0x1_201B;
const IOCTL_AFD_POLL: u32 = 0x1_2024;

/// PIO_APC_ROUTINE: context, status block, nothing.
pub type Routine = Option<unsafe extern "C" fn(*mut c_void, *mut StatusBlock, u32)>;

/// What a control request is about.
pub(super) struct Arguments<'a> {
    pub grant: &'a Grant,
    pub input: &'a [u8],
    pub output: *mut c_void,
    /// Bytes at `output`.
    pub room: usize,
}

/// Who is told, as the caller says it.
struct Caller {
    event: RawHandle,
    routine: Routine,
    context: *mut c_void,
    block: *mut StatusBlock,
}

impl Caller {
    /// # Safety
    /// The status block stays valid until the request is complete, and the routine may be called once with it and the context.
    unsafe fn told(&self) -> Result<Told, Status> {
        let event = event_of(self.event & !3).map_err(status_of)?;
        let (context, block) = (self.context as usize, self.block as usize);
        let routine = self.routine.map(|routine| {
            let call = move |_: Status, _: usize| {
                // SAFETY: the caller vouches for the routine and its arguments, and this runs once.
                unsafe { routine(context as *mut c_void, block as *mut StatusBlock, 0) };
            };
            Box::new(call) as Box<dyn FnOnce(Status, usize) + Send>
        });
        let route = Route { event, packet: context != 0 && routine.is_none(), routine };
        // Of an OVERLAPPED only the two words of a status block are used.
        Ok(Told { route, block: NonNull::new(self.block.cast::<Overlapped>()), number: context })
    }
}

/// The same as a status: PENDING for what is on its way.
fn outcome(reply: Result<Reply, Failure>) -> Status {
    match reply {
        Ok(Reply::Done(_, completion)) => completion.status,
        Ok(Reply::Pending(_)) => Status::PENDING,
        Err(failure) => failure.status,
    }
}

/// NtDeviceIoControlFile.
///
/// # Safety
/// `input` is NULL or readable for `input_len` bytes; `output` NULL or writable for `output_len`, and with the status block so until the
/// request is complete.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_NtDeviceIoControlFile(
    file: RawHandle,
    event: RawHandle,
    routine: Routine,
    context: *mut c_void,
    block: *mut StatusBlock,
    code: u32,
    input: *const c_void,
    input_len: u32,
    output: *mut c_void,
    output_len: u32,
) -> u32 {
    let body = || -> Result<Status, Status> {
        if !probe::writable(block as usize, size_of::<StatusBlock>()) {
            return Err(Status::ACCESS_VIOLATION);
        }
        let grant = grant(file).map_err(status_of)?;
        // SAFETY: the caller's promise.
        let input = unsafe { checked_input(input, input_len) }.map_err(status_of)?;
        if !output.is_null() && !probe::writable(output as usize, output_len as usize) {
            return Err(Status::ACCESS_VIOLATION);
        }
        let room = if output.is_null() { 0 } else { output_len as usize };
        let arguments = Arguments { grant: &grant, input, output, room };
        // SAFETY: the caller's promise.
        let told = unsafe { Caller { event, routine, context, block }.told() }?;
        // SAFETY: the caller's promise.
        unsafe { carry_out(code, &arguments, told) }
    };
    quietly(|| body().unwrap_or_else(|status| status))
}

/// # Safety
/// As for [`ovl_NtDeviceIoControlFile`].
unsafe fn carry_out(code: u32, arguments: &Arguments<'_>, told: Told) -> Result<Status, Status> {
    match code {
        // SAFETY: the caller's promise.
        IOCTL_AFD_POLL => Ok(outcome(unsafe { poll::poll(arguments, told) })),
        IOCTL_AFD_RECEIVE | IOCTL_AFD_RECEIVE_DATAGRAM => {
            let from_whom = code == IOCTL_AFD_RECEIVE_DATAGRAM;
            // SAFETY: the caller's promise.
            Ok(outcome(unsafe { receive_at_native_level(arguments.grant, arguments.input, from_whom, told) }))
        }
        // SAFETY: the caller's promise.
        _ => unsafe { at_once(code, arguments, told) },
    }
}

/// What DeviceIoControl answers to the code.
///
/// # Safety
/// As for [`ovl_NtDeviceIoControlFile`].
unsafe fn at_once(code: u32, arguments: &Arguments<'_>, told: Told) -> Result<Status, Status> {
    use overlapped_kernel::request::{Buffer, Completion, Function, Position};
    use overlapped_kernel::road::{Call, Report};
    let Arguments { grant, input, output, room } = *arguments;
    let work = || {
        let answer = device_control(grant, code, input, room).map_err(status_of)?;
        // SAFETY: the caller's promise.
        let (status, bytes) = unsafe { super::give(&answer, output) }?;
        Ok(Completion { status, bytes })
    };
    let call = Call {
        function: Function::Control,
        position: Position::At(0),
        buffer: Buffer { start: std::ptr::null_mut(), len: 0 },
        route: told.route,
        overlapped: told.block,
        payload: None,
        report: Report::AtOnce,
    };
    // SAFETY: the caller's promise.
    match unsafe { grant.instance.call_at_once_as(call, told.number, work) } {
        Ok(Reply::Done(_, completion)) => Ok(completion.status),
        Ok(Reply::Pending(_)) => Ok(Status::PENDING),
        Err(failure) => Err(failure.status),
    }
}

/// NtCancelIoFileEx: asks for the end of the requests with this status block, or of all. NOT_FOUND if there is none.
///
/// # Safety
/// `block` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_NtCancelIoFileEx(
    file: RawHandle,
    request: *const StatusBlock,
    block: *mut StatusBlock,
) -> u32 {
    let body = || {
        let grant = grant(file).map_err(status_of)?;
        let address = request as usize;
        let instance = &grant.instance;
        let marked = if address == 0 { instance.cancel_all() } else { instance.cancel_block(address) };
        if marked == 0 { Err(Status::NOT_FOUND) } else { Ok((Status::SUCCESS, 0)) }
    };
    // SAFETY: the caller's promise.
    unsafe { super::at_once(block, body) }
}
