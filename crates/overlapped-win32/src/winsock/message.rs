//! WSARecvMsg and WSASendMsg: datagrams with control data (contract 08 section 6.5).

use super::overlap::{Buffers, Routine, answer, given, overlap, verdict};
use super::{
    Outcome, address, check_optional, check_readable, check_writable, control, numbers, socket, status, transfer,
};
use crate::support::RawHandle;
use overlapped_abi::{Overlapped, WsaBuf, WsaError, WsaMsg};
use overlapped_devices::socket::{Arrival, Receive, Send};
use overlapped_kernel::request::Function;
use std::ffi::c_void;

/// The caller's WSAMSG, which goes where the receive completes.
#[derive(Clone, Copy)]
struct Message(*mut WsaMsg);

// SAFETY: used by the one party that completes the request; the caller has given the memory away until then.
unsafe impl std::marker::Send for Message {}
// SAFETY: as above; never used through a shared reference by two.
unsafe impl Sync for Message {}

impl Message {
    /// # Safety
    /// The message and what it points to are valid.
    unsafe fn deliver(self, arrival: &Arrival<'_>) {
        // SAFETY: the caller's promise.
        let message = unsafe { &mut *self.0 };
        if let Some(from) = arrival.address {
            // SAFETY: as above.
            let _ = unsafe {
                address::write_if_wanted(from.as_bytes(), message.name as *mut c_void, &raw mut message.name_len)
            };
        }
        let room = room(message);
        let (data, cut) = control::windows(arrival.control, room);
        message.flags = numbers::arrived_flags(arrival.flags | if cut { libc::MSG_CTRUNC } else { 0 });
        message.control.len = data.len() as u32;
        if message.control.buf != 0 {
            // SAFETY: as above; the data is no longer than the room.
            unsafe { std::ptr::copy_nonoverlapping(data.as_ptr(), message.control.buf as *mut u8, data.len()) };
        }
    }
}

/// Room for control data.
fn room(message: &WsaMsg) -> usize {
    if message.control.buf == 0 { 0 } else { message.control.len as usize }
}

/// # Safety
/// As for the function below.
unsafe fn receive(
    raw: RawHandle,
    message: *mut WsaMsg,
    bytes: *mut u32,
    overlapped: *mut Overlapped,
    routine: Routine,
) -> Outcome<()> {
    let socket = socket::of(raw)?;
    if socket.is_stream() {
        return Err(WsaError::EOPNOTSUPP);
    }
    check_writable(message, size_of::<WsaMsg>())?;
    check_optional(bytes)?;
    if bytes.is_null() && overlapped.is_null() {
        return Err(WsaError::EFAULT);
    }
    // SAFETY: readable, as was just seen.
    let asked = unsafe { message.as_ref() }.ok_or(WsaError::EFAULT)?;
    // SAFETY: the caller's promise.
    let buffers =
        unsafe { Buffers::copied(asked.buffers as *const WsaBuf, asked.buffer_count) }?.usable(Function::Read)?;
    let (wants_address, room) = (asked.name != 0, room(asked));
    check_writable(asked.control.buf as *const u8, room)?;
    // SAFETY: the caller's promise.
    unsafe { socket::check_room(&socket, asked.name as *const c_void, &raw const asked.name_len) }?;
    let target = Message(message);
    let what = Receive {
        buffers: buffers.list(),
        flags: numbers::receive_flags(asked.flags)?,
        wants_address,
        control: control::linux_room(room),
        deliver: Some(Box::new(move |arrival: &Arrival<'_>| {
            let target = target;
            // SAFETY: the message is valid until completion, by the promise of the function.
            unsafe { target.deliver(arrival) };
        })),
    };
    let (status, got) = match given(overlapped)? {
        // SAFETY: the caller's promise.
        None => (overlapped_abi::Status::SUCCESS, unsafe { socket.receive(what) }?),
        // SAFETY: the caller's promise.
        Some(overlapped) => answer(unsafe { socket.receive_overlapped(what, overlap(overlapped, routine)?) })?,
    };
    // SAFETY: the caller's promise.
    if let Some(count) = unsafe { bytes.as_mut() } {
        *count = got as u32;
    }
    verdict(status)
}

/// WSARecvMsg, of datagrams. Its pointer comes from WSAIoctl.
///
/// # Safety
/// The pointers are NULL or valid; the message, what it points to and the OVERLAPPED until completion.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WSARecvMsg(
    raw: RawHandle,
    message: *mut WsaMsg,
    bytes: *mut u32,
    overlapped: *mut Overlapped,
    routine: Routine,
) -> i32 {
    // SAFETY: the caller's promise.
    status(|| unsafe { receive(raw, message, bytes, overlapped, routine) })
}

/// WSASendMsg.
///
/// # Safety
/// The pointers are NULL or valid; the buffers and the OVERLAPPED until completion.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WSASendMsg(
    raw: RawHandle,
    message: *const WsaMsg,
    flags: u32,
    bytes: *mut u32,
    overlapped: *mut Overlapped,
    routine: Routine,
) -> i32 {
    status(|| {
        let socket = socket::of(raw)?;
        if socket.is_stream() {
            return Err(WsaError::EOPNOTSUPP);
        }
        check_readable(message, size_of::<WsaMsg>())?;
        // SAFETY: readable, as was just seen.
        let message = unsafe { message.as_ref() }.ok_or(WsaError::EFAULT)?;
        // SAFETY: the caller's promise.
        let buffers = unsafe { Buffers::copied(message.buffers as *const WsaBuf, message.buffer_count) }?
            .usable(Function::Write)?;
        // SAFETY: the caller's promise.
        let to = unsafe { transfer::destination(&socket, message.name as *const c_void, message.name_len) }?;
        let (start, len) = (message.control.buf as *const u8, room(message));
        check_readable(start, len)?;
        // SAFETY: readable, as was just seen.
        let data = if len == 0 { &[] } else { unsafe { std::slice::from_raw_parts(start, len) } };
        let data = control::linux(data)?;
        let flags = numbers::send_flags(flags)?;
        let what = Send { buffers: buffers.list(), flags, to: to.as_ref(), control: &data };
        // SAFETY: the caller's promise.
        unsafe { transfer::sending(&socket, what, bytes, overlapped, routine) }
    })
}
