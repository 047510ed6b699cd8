//! AcceptEx, GetAcceptExSockaddrs, ConnectEx and DisconnectEx (contract 08 sections 6.1 to 6.3).

use super::overlap::{answer, given, overlap, wanted};
use super::{Outcome, address, call, check_optional, check_readable, check_writable, socket};
use crate::support::{Bool, FALSE, RawHandle, TRUE, guard};
use overlapped_abi::constants::socket::TF_REUSE_SOCKET;
use overlapped_abi::{Overlapped, WsaError};
use overlapped_devices::socket::{AcceptInto, Address, Issued, NotIssued};
use overlapped_kernel::request::Buffer;
use std::ffi::c_void;
use std::ptr::null_mut;

/// An address in the buffer of AcceptEx stands behind its length.
const LENGTH: usize = size_of::<u32>();

/// As [`call`], for functions that answer BOOL.
pub(crate) fn bool_call(body: impl FnOnce() -> Outcome<()>) -> Bool {
    call(FALSE, || body().map(|()| TRUE))
}

/// The bytes of a request that is done, if the caller wants them.
///
/// # Safety
/// `bytes` is NULL or writable.
pub(crate) unsafe fn counted(issued: Result<Issued, NotIssued>, bytes: *mut u32) -> Outcome<()> {
    let (_, done) = answer(issued)?;
    // SAFETY: the caller's promise.
    if let Some(count) = unsafe { bytes.as_mut() } {
        *count = done as u32;
    }
    Ok(())
}

/// The two places for addresses in the buffer of AcceptEx, which go where the request completes.
#[derive(Clone, Copy)]
struct Blocks {
    start: *mut u8,
    local: usize,
    remote: usize,
}

// SAFETY: used by the one party that completes the request; the caller has given the memory away until then.
unsafe impl Send for Blocks {}
// SAFETY: as above; never used through a shared reference by two.
unsafe impl Sync for Blocks {}

impl Blocks {
    /// # Safety
    /// The buffer is writable for both.
    unsafe fn write(self, local: &Address, remote: &Address) {
        for (address, offset, room) in [(local, 0, self.local), (remote, self.local, self.remote)] {
            let bytes = address::windows_bytes(address.as_bytes());
            if room < LENGTH + bytes.len() {
                continue;
            }
            // SAFETY: the caller's promise, and the comparison above.
            unsafe {
                let to = self.start.add(offset);
                to.cast::<u32>().write_unaligned(bytes.len() as u32);
                std::ptr::copy_nonoverlapping(bytes.as_ptr(), to.add(LENGTH), bytes.len());
            }
        }
    }
}

/// AcceptEx: 87 without an OVERLAPPED, 10014 without a buffer or room for the remote address.
///
/// # Safety
/// The buffer is NULL or writable for the three lengths, `bytes` NULL or writable; buffer and OVERLAPPED until completion.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_AcceptEx(
    listening: RawHandle,
    accepting: RawHandle,
    buffer: *mut c_void,
    data: u32,
    local: u32,
    remote: u32,
    bytes: *mut u32,
    overlapped: *mut Overlapped,
) -> Bool {
    bool_call(|| {
        let overlapped = wanted(overlapped)?;
        let (listener, fresh) = (socket::of(listening)?, socket::of(accepting)?);
        let (data, local, remote) = (data as usize, local as usize, remote as usize);
        if remote == 0 {
            return Err(WsaError::EFAULT);
        }
        check_writable(buffer, data + local + remote)?;
        check_optional(bytes)?;
        // SAFETY: the caller vouches for the buffer: the addresses are behind the data.
        let blocks = Blocks { start: unsafe { buffer.cast::<u8>().add(data) }, local, remote };
        // SAFETY: the buffer is valid until completion.
        let deliver = move |local: &Address, remote: &Address| unsafe { { blocks }.write(local, remote) };
        let what = AcceptInto {
            socket: &fresh,
            buffer: Buffer { start: buffer.cast(), len: data },
            local_len: local,
            remote_len: remote,
            deliver: Some(Box::new(deliver)),
        };
        // SAFETY: the caller's promise.
        unsafe { counted(listener.accept_overlapped(what, overlap(overlapped, None)?), bytes) }
    })
}

/// GetAcceptExSockaddrs: where the addresses are in the buffer of a finished AcceptEx.
///
/// # Safety
/// The buffer and the lengths are those of the AcceptEx; the other pointers are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetAcceptExSockaddrs(
    buffer: *mut c_void,
    data: u32,
    local: u32,
    _remote: u32,
    local_address: *mut *mut c_void,
    local_len: *mut i32,
    remote_address: *mut *mut c_void,
    remote_len: *mut i32,
) {
    guard((), || {
        if buffer.is_null() {
            return;
        }
        // SAFETY: the caller vouches for the buffer.
        let first = unsafe { buffer.cast::<u8>().add(data as usize) };
        let found = |at: *mut u8| -> (*mut c_void, i32) {
            // SAFETY: as above.
            unsafe { (at.add(LENGTH).cast(), at.cast::<u32>().read_unaligned() as i32) }
        };
        let local_found = if local == 0 { (null_mut(), 0) } else { found(first) };
        // SAFETY: as above.
        let remote_found = found(unsafe { first.add(local as usize) });
        for ((address, len), to, to_len) in
            [(local_found, local_address, local_len), (remote_found, remote_address, remote_len)]
        {
            // SAFETY: the caller vouches for them.
            unsafe {
                crate::arguments::store_if_wanted(to, address);
                crate::arguments::store_if_wanted(to_len, len);
            }
        }
    });
}

/// ConnectEx: 87 without an OVERLAPPED. Its pointer comes from WSAIoctl.
///
/// # Safety
/// The pointers are NULL or valid; buffer and OVERLAPPED until completion.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ConnectEx(
    raw: RawHandle,
    name: *const c_void,
    len: i32,
    from: *const c_void,
    from_len: u32,
    bytes: *mut u32,
    overlapped: *mut Overlapped,
) -> Bool {
    bool_call(|| {
        let overlapped = wanted(overlapped)?;
        let socket = socket::of(raw)?;
        check_optional(bytes)?;
        // SAFETY: the caller's promise.
        let address = unsafe { socket::given(name, len) }?;
        if address.family() != socket.family() {
            return Err(WsaError::EAFNOSUPPORT);
        }
        if !from.is_null() {
            check_readable(from, from_len as usize)?;
        }
        let data = Buffer { start: from.cast_mut().cast(), len: from_len as usize };
        let data = (!from.is_null() && from_len > 0).then_some(data);
        // SAFETY: the caller's promise.
        unsafe { counted(socket.connect_overlapped(&address, data, overlap(overlapped, None)?), bytes) }
    })
}

/// DisconnectEx: 10022 for flags other than TF_REUSE_SOCKET. Its pointer comes from WSAIoctl.
///
/// # Safety
/// The OVERLAPPED is NULL or valid until completion.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_DisconnectEx(
    raw: RawHandle,
    overlapped: *mut Overlapped,
    flags: u32,
    reserved: u32,
) -> Bool {
    bool_call(|| {
        let socket = socket::of(raw)?;
        if flags & !TF_REUSE_SOCKET != 0 || reserved != 0 {
            return Err(WsaError::EINVAL);
        }
        let reuse = flags & TF_REUSE_SOCKET != 0;
        match given(overlapped)? {
            None => socket.disconnect(reuse),
            // SAFETY: the caller's promise.
            Some(overlapped) => unsafe {
                counted(socket.disconnect_overlapped(reuse, overlap(overlapped, None)?), null_mut())
            },
        }
    })
}
