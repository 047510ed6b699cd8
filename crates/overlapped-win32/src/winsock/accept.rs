//! accept and WSAAccept (contract 08 section 3).

use super::{INVALID_SOCKET, Outcome, address, call, options, socket};
use crate::support::RawHandle;
use overlapped_abi::WsaBuf;
use overlapped_devices::socket::{Accepted, Address, Socket, Verdict};
use std::ffi::c_void;
use std::ptr::null_mut;

/// LPCONDITIONPROC: who calls and with what data, the two qualities of service, who is called and with what data, the group, the
/// caller's own.
pub type Condition = Option<
    unsafe extern "C" fn(
        *mut WsaBuf,
        *mut WsaBuf,
        *mut c_void,
        *mut c_void,
        *mut WsaBuf,
        *mut WsaBuf,
        *mut u32,
        usize,
    ) -> i32,
>;
const CF_ACCEPT: i32 = 0;
const CF_DEFER: i32 = 2;

/// Takes a connection and says where it is from.
///
/// # Safety
/// `len` is NULL or a length, and `name` NULL or writable for as much.
unsafe fn take(
    raw: RawHandle,
    name: *mut c_void,
    len: *mut i32,
    accept: impl FnOnce(&Socket) -> Outcome<Accepted>,
) -> Outcome<RawHandle> {
    let socket = socket::of(raw)?;
    // SAFETY: the caller's promise.
    unsafe { socket::check_room(&socket, name, len) }?;
    let accepted = accept(&socket)?;
    options::set_inherit(accepted.handle.into_raw(), true)?;
    if !name.is_null() {
        // SAFETY: the caller's promise; that there is room was checked above, save for long names of local sockets.
        let _ = unsafe { address::write(accepted.address.as_bytes(), name, len) };
    }
    let raw = accepted.handle.into_raw();
    super::async_select::inherit(&socket, raw)?;
    Ok(raw)
}

/// accept.
///
/// # Safety
/// `len` is NULL or a length, and `name` NULL or writable for as much.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_accept(raw: RawHandle, name: *mut c_void, len: *mut i32) -> RawHandle {
    call(INVALID_SOCKET, || {
        let system = socket::system_of_sockets()?;
        // SAFETY: the caller's promise.
        unsafe { take(raw, name, len, |socket| socket.accept(system)) }
    })
}

/// WSAAccept: the condition function looks at who calls, and accepts, rejects (10061) or defers (11002) the connection.
///
/// # Safety
/// As for [`ovl_accept`], and the condition function may be called with the caller's own value.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WSAAccept(
    raw: RawHandle,
    name: *mut c_void,
    len: *mut i32,
    condition: Condition,
    context: usize,
) -> RawHandle {
    let Some(condition) = condition else {
        // SAFETY: the caller's promise.
        return unsafe { ovl_accept(raw, name, len) };
    };
    call(INVALID_SOCKET, || {
        let system = socket::system_of_sockets()?;
        let ask = |peer: &Address, local: &Address| {
            let (mut peer, mut local) =
                (address::windows_bytes(peer.as_bytes()), address::windows_bytes(local.as_bytes()));
            let (mut caller, mut callee, mut none) = (buffer(&mut peer), buffer(&mut local), WsaBuf::default());
            let (data, mut group) = (null_mut(), 0);
            // SAFETY: the caller vouches for the function; the buffers live until it has returned.
            let verdict = unsafe {
                condition(&mut caller, data, null_mut(), null_mut(), &mut callee, &mut none, &mut group, context)
            };
            match verdict {
                CF_ACCEPT => Verdict::Accept,
                CF_DEFER => Verdict::Defer,
                _ => Verdict::Reject,
            }
        };
        // SAFETY: the caller's promise.
        unsafe { take(raw, name, len, |socket| socket.accept_if(system, ask)) }
    })
}

fn buffer(bytes: &mut [u8]) -> WsaBuf {
    WsaBuf { len: bytes.len() as u32, buf: bytes.as_mut_ptr() as usize }
}
