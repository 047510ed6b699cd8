//! Receiving and sending: recv, WSARecv and their relatives (contract 08 sections 3 and 4).

use super::overlap::{Buffers, Routine, outcome, overlap, verdict};
use super::{Outcome, SOCKET_ERROR, address, call, check_optional, check_writable, numbers, socket, status};
use crate::support::RawHandle;
use overlapped_abi::constants::socket::{MSG_PARTIAL, MSG_TRUNC};
use overlapped_abi::{Overlapped, Status, WsaBuf, WsaError};
use overlapped_devices::socket::{Arrival, Deliver, Issued, Overlap, Receive, Send, Socket, Told};
use overlapped_kernel::request::Function;
use overlapped_kernel::road::{Failure, Reply, Report};
use overlapped_kernel::system::Grant;
use std::ffi::c_void;
use std::ptr::{NonNull, null, null_mut};

/// Addresses in the caller's memory go where a request completes.
#[derive(Clone, Copy)]
struct Places {
    name: *mut c_void,
    len: *mut i32,
    flags: *mut u32,
    /// The count of a plain call, which has one of a cut datagram too.
    bytes: *mut u32,
    /// The flags are not touched if there is nothing to say: programs have them in frames that are gone when an overlapped receive completes
    /// (ACE does), which Windows forgives.
    late: bool,
}

// SAFETY: the pointers are used by the one party that completes the request, and the caller has given the memory away until then.
unsafe impl std::marker::Send for Places {}
// SAFETY: as above; they are never used through a shared reference by two.
unsafe impl Sync for Places {}

impl Places {
    /// # Safety
    /// The pointers are NULL or valid until the receive is complete.
    unsafe fn deliver(self) -> Deliver {
        Box::new(move |arrival: &Arrival<'_>| {
            let places = self;
            if let Some(from) = arrival.address {
                // SAFETY: the caller's promise. That there is room was checked before.
                let _ = unsafe { address::write_if_wanted(from.as_bytes(), places.name, places.len) };
            }
            let said = arrived(arrival);
            if !(places.late && said == 0) {
                // SAFETY: as above.
                if let Some(flags) = unsafe { places.flags.as_mut() } {
                    *flags = said;
                }
            }
            // SAFETY: as above.
            if let Some(count) = unsafe { places.bytes.as_mut() } {
                *count = arrival.bytes as u32;
            }
        })
    }
}

/// The flags of what came: of a message, whether the buffer was too small.
fn arrived(arrival: &Arrival<'_>) -> u32 {
    (numbers::arrived_flags(arrival.flags) & !MSG_TRUNC) | numbers::status_flags(arrival.status)
}

/// Is the sender's address wanted? Of a stream nobody gets it, wherever it is to go. 10014 without room for it.
///
/// # Safety
/// `len` is NULL or readable.
unsafe fn wants_address(socket: &Socket, name: *mut c_void, len: *const i32) -> Outcome<bool> {
    if name.is_null() || socket.is_stream() {
        return Ok(false);
    }
    // SAFETY: the caller's promise.
    unsafe { socket::check_room(socket, name, len) }.map(|()| true)
}

/// A receive of the socket library.
struct Receiving {
    socket: Socket,
    places: Places,
    bytes: *mut u32,
    overlapped: *mut Overlapped,
    routine: Routine,
}

impl Receiving {
    /// # Safety
    /// The pointers are NULL or valid, those of an overlapped receive until it is complete.
    unsafe fn run(self, buffers: &Buffers, flags: u32) -> Outcome<()> {
        let socket = self.socket;
        let linux = numbers::receive_flags(flags)?;
        // SAFETY: the caller's promise.
        let wants_address = unsafe { wants_address(&socket, self.places.name, self.places.len) }?;
        let mut what = Receive { buffers: buffers.list(), flags: linux, wants_address, control: 0, deliver: None };
        let Some(overlapped) = NonNull::new(self.overlapped) else {
            if self.bytes.is_null() {
                return Err(WsaError::EFAULT);
            }
            let places = Places { bytes: self.bytes, ..self.places };
            // SAFETY: the caller's promise.
            what.deliver = Some(unsafe { places.deliver() });
            // SAFETY: the caller's promise.
            let bytes = unsafe { socket.receive(what) }?;
            // SAFETY: not NULL, and the caller vouches for it.
            unsafe { self.bytes.write(bytes as u32) };
            return Ok(());
        };
        // A plain receive has nothing to deliver but its flags, which only a call that is done says.
        if wants_address {
            let places = Places { late: true, ..self.places };
            // SAFETY: the caller's promise.
            what.deliver = Some(unsafe { places.deliver() });
        }
        // SAFETY: the caller's promise.
        let (status, bytes) = outcome(unsafe { socket.receive_detached(what, overlap(overlapped, self.routine)?) })?;
        // SAFETY: the caller's promise.
        unsafe {
            if let Some(count) = self.bytes.as_mut() {
                *count = bytes as u32;
            }
            if status != Status::PENDING
                && let Some(flags) = self.places.flags.as_mut()
            {
                *flags = numbers::status_flags(status);
            }
        }
        verdict(status)
    }
}

/// WSARecv.
///
/// # Safety
/// The pointers are NULL or valid; the buffers and the OVERLAPPED until completion.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WSARecv(
    raw: RawHandle,
    buffers: *const WsaBuf,
    count: u32,
    bytes: *mut u32,
    flags: *mut u32,
    overlapped: *mut Overlapped,
    routine: Routine,
) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { ovl_WSARecvFrom(raw, buffers, count, bytes, flags, null_mut(), null_mut(), overlapped, routine) }
}

/// WSARecvFrom: 10014 without flags, and if there is no room for the address.
///
/// # Safety
/// As for [`ovl_WSARecv`]; of an overlapped receive that wants the address, flags, name and length until completion too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WSARecvFrom(
    raw: RawHandle,
    buffers: *const WsaBuf,
    count: u32,
    bytes: *mut u32,
    flags: *mut u32,
    name: *mut c_void,
    len: *mut i32,
    overlapped: *mut Overlapped,
    routine: Routine,
) -> i32 {
    status(|| {
        let socket = socket::of(raw)?;
        check_writable(flags, size_of::<u32>())?;
        check_optional(bytes)?;
        // SAFETY: the caller's promise; the flags are readable, as was just seen.
        let (buffers, asked) = unsafe { (Buffers::copied(buffers, count)?.usable(Function::Read)?, flags.read()) };
        let places = Places { name, len, flags, bytes: null_mut(), late: false };
        // SAFETY: the caller's promise.
        unsafe { Receiving { socket, places, bytes, overlapped, routine }.run(&buffers, asked) }
    })
}

/// AFD_RECV_INFO, and AFD_RECV_DATAGRAM_INFO with the last two.
#[repr(C)]
#[derive(Clone, Copy)]
struct NativeReceive {
    buffers: *const WsaBuf,
    count: u32,
    _flags: u32,
    kind: u32,
    name: *mut c_void,
    len: *mut i32,
}

/// TDI_RECEIVE_EXPEDITED and TDI_RECEIVE_PEEK.
const NATIVE_OOB: u32 = 0x40;
const NATIVE_PEEK: u32 = 0x80;

/// A receive as it is asked for by NtDeviceIoControlFile.
///
/// # Safety
/// The buffers and the address, which the input names, and the status block stay valid until the request is complete.
pub(crate) unsafe fn receive_at_native_level(
    grant: &Grant,
    input: &[u8],
    from_whom: bool,
    told: Told,
) -> Result<Reply, Failure> {
    let failed = |error: WsaError| Failure { status: error.to_status(), payload: None };
    let needed = if from_whom { size_of::<NativeReceive>() } else { std::mem::offset_of!(NativeReceive, name) };
    if input.len() < needed {
        return Err(failed(WsaError::EINVAL));
    }
    let mut asked = std::mem::MaybeUninit::<NativeReceive>::zeroed();
    // SAFETY: no more than there is on either side; zeros are a value, and so are any bytes.
    let asked = unsafe {
        std::ptr::copy_nonoverlapping(input.as_ptr(), asked.as_mut_ptr().cast::<u8>(), needed);
        asked.assume_init()
    };
    let socket = Socket::of_grant(grant).map_err(failed)?;
    // SAFETY: the caller's promise.
    let buffers = unsafe { Buffers::copied(asked.buffers, asked.count) };
    let buffers = buffers.and_then(|buffers| buffers.usable(Function::Read)).map_err(failed)?;
    let flag = |bit: u32, linux: i32| if asked.kind & bit != 0 { linux } else { 0 };
    let flags = flag(NATIVE_OOB, libc::MSG_OOB) | flag(NATIVE_PEEK, libc::MSG_PEEK);
    // SAFETY: the caller's promise.
    let wants_address = from_whom && unsafe { wants_address(&socket, asked.name, asked.len) }.map_err(failed)?;
    let places = Places { name: asked.name, len: asked.len, flags: null_mut(), bytes: null_mut(), late: false };
    // SAFETY: the caller's promise.
    let deliver = wants_address.then(|| unsafe { places.deliver() });
    let what = Receive { buffers: buffers.list(), flags, wants_address, control: 0, deliver };
    let Told { route, block, number } = told;
    let how = Overlap { route, overlapped: block, payload: None, report: Report::AtOnce };
    // SAFETY: the caller's promise.
    let issued = unsafe { socket.receive_as(what, how, number) };
    match issued {
        Ok(Issued::Done(request, completion)) => Ok(Reply::Done(request, completion)),
        Ok(Issued::Pending(request)) => Ok(Reply::Pending(request)),
        Err(refused) => Err(Failure { status: refused.status, payload: refused.payload }),
    }
}

/// recv and recvfrom.
///
/// # Safety
/// The pointers are NULL or valid.
unsafe fn plain(
    raw: RawHandle,
    to: *mut u8,
    len: i32,
    flags: i32,
    name: *mut c_void,
    name_len: *mut i32,
) -> Outcome<(usize, u32)> {
    let socket = socket::of(raw)?;
    let len = usize::try_from(len).map_err(|_| WsaError::EFAULT)?;
    // SAFETY: the caller's promise.
    let wants_address = unsafe { wants_address(&socket, name, name_len) }?;
    let mut got = 0;
    let places = Places { name, len: name_len, flags: &raw mut got, bytes: null_mut(), late: false };
    // A stream says nothing but its bytes.
    // SAFETY: the caller's promise; `got` lives until the receive is over.
    let deliver = (wants_address || !socket.is_stream()).then(|| unsafe { places.deliver() });
    let buffers = Buffers::one(to, len).usable(Function::Read)?;
    let what = Receive {
        buffers: buffers.list(),
        flags: numbers::receive_flags(flags as u32)?,
        wants_address,
        control: 0,
        deliver,
    };
    // SAFETY: the caller's promise.
    match unsafe { socket.receive(what) } {
        Ok(bytes) => Ok((bytes, got)),
        Err(error) => Err(error),
    }
}

/// recv.
///
/// # Safety
/// `to` is NULL or writable for `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_recv(raw: RawHandle, to: *mut u8, len: i32, flags: i32) -> i32 {
    // SAFETY: the caller's promise.
    call(SOCKET_ERROR, || unsafe { plain(raw, to, len, flags, null_mut(), null_mut()) }.map(|(bytes, _)| bytes as i32))
}

/// recvfrom.
///
/// # Safety
/// As for [`ovl_recv`]; `name_len` is NULL or a length, and `name` NULL or writable for as much.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_recvfrom(
    raw: RawHandle,
    to: *mut u8,
    len: i32,
    flags: i32,
    name: *mut c_void,
    name_len: *mut i32,
) -> i32 {
    // SAFETY: the caller's promise.
    call(SOCKET_ERROR, || unsafe { plain(raw, to, len, flags, name, name_len) }.map(|(bytes, _)| bytes as i32))
}

/// WSARecvEx: recv, where a message that came in part is no failure but sets MSG_PARTIAL.
///
/// # Safety
/// As for [`ovl_recv`]; `flags` is NULL (10014) or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WSARecvEx(raw: RawHandle, to: *mut u8, len: i32, flags: *mut i32) -> i32 {
    call(SOCKET_ERROR, || {
        // SAFETY: the caller's promise.
        let flags = unsafe { flags.as_mut() }.ok_or(WsaError::EFAULT)?;
        // SAFETY: the caller's promise.
        match unsafe { plain(raw, to, len, *flags, null_mut(), null_mut()) } {
            Ok((bytes, got)) => {
                *flags = got as i32;
                Ok(bytes as i32)
            }
            Err(WsaError::EMSGSIZE) => {
                *flags = MSG_PARTIAL as i32;
                Ok(len)
            }
            Err(error) => Err(error),
        }
    })
}

/// A send of the socket library.
///
/// # Safety
/// The pointers are NULL or valid, those of an overlapped send until it is complete.
pub(super) unsafe fn sending(
    socket: &Socket,
    what: Send<'_>,
    bytes: *mut u32,
    overlapped: *mut Overlapped,
    routine: Routine,
) -> Outcome<()> {
    check_optional(bytes)?;
    let sent = match NonNull::new(overlapped) {
        None if bytes.is_null() => return Err(WsaError::EFAULT),
        // SAFETY: the caller's promise.
        None => unsafe { socket.send(what) }?,
        // SAFETY: the caller's promise.
        Some(overlapped) => outcome(unsafe { socket.send_detached(what, overlap(overlapped, routine)?) })?.1,
    };
    // SAFETY: the caller's promise.
    if let Some(count) = unsafe { bytes.as_mut() } {
        *count = sent as u32;
    }
    Ok(())
}

/// WSASend.
///
/// # Safety
/// The pointers are NULL or valid; the buffers and the OVERLAPPED until completion.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WSASend(
    raw: RawHandle,
    buffers: *const WsaBuf,
    count: u32,
    bytes: *mut u32,
    flags: u32,
    overlapped: *mut Overlapped,
    routine: Routine,
) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { ovl_WSASendTo(raw, buffers, count, bytes, flags, null(), 0, overlapped, routine) }
}

/// WSASendTo: on a stream, where it goes is known.
///
/// # Safety
/// As for [`ovl_WSASend`]; `name` is NULL or readable for `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WSASendTo(
    raw: RawHandle,
    buffers: *const WsaBuf,
    count: u32,
    bytes: *mut u32,
    flags: u32,
    name: *const c_void,
    len: i32,
    overlapped: *mut Overlapped,
    routine: Routine,
) -> i32 {
    status(|| {
        let socket = socket::of(raw)?;
        // SAFETY: the caller's promise.
        let (buffers, to) =
            unsafe { (Buffers::copied(buffers, count)?.usable(Function::Write)?, destination(&socket, name, len)?) };
        let what = Send { buffers: buffers.list(), flags: numbers::send_flags(flags)?, to: to.as_ref(), control: &[] };
        // SAFETY: the caller's promise.
        unsafe { sending(&socket, what, bytes, overlapped, routine) }
    })
}

/// # Safety
/// `name` is NULL or readable for `len` bytes.
pub(super) unsafe fn destination(
    socket: &Socket,
    name: *const c_void,
    len: i32,
) -> Outcome<Option<overlapped_devices::socket::Address>> {
    if name.is_null() || socket.is_stream() {
        return Ok(None);
    }
    // SAFETY: the caller's promise.
    let to = unsafe { socket::given(name, len) }?;
    if to.family() == socket.family() { Ok(Some(to)) } else { Err(WsaError::EAFNOSUPPORT) }
}

/// send.
///
/// # Safety
/// `from` is NULL or readable for `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_send(raw: RawHandle, from: *const u8, len: i32, flags: i32) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { ovl_sendto(raw, from, len, flags, null(), 0) }
}

/// sendto.
///
/// # Safety
/// As for [`ovl_send`]; `name` is NULL or readable for `name_len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_sendto(
    raw: RawHandle,
    from: *const u8,
    len: i32,
    flags: i32,
    name: *const c_void,
    name_len: i32,
) -> i32 {
    call(SOCKET_ERROR, || {
        let socket = socket::of(raw)?;
        let len = usize::try_from(len).map_err(|_| WsaError::EFAULT)?;
        // SAFETY: the caller's promise.
        let to = unsafe { destination(&socket, name, name_len) }?;
        let buffers = Buffers::one(from.cast_mut(), len).usable(Function::Write)?;
        let what =
            Send { buffers: buffers.list(), flags: numbers::send_flags(flags as u32)?, to: to.as_ref(), control: &[] };
        // SAFETY: the caller's promise.
        unsafe { socket.send(what) }.map(|sent| sent as i32)
    })
}
