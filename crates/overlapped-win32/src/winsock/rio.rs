//! Registered I/O: the functions that WSAIoctl(SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER) gives.
//!
//! A request is an ordinary one of the socket, with an OVERLAPPED of ours. All sockets with request queues have one completion port, and a thread
//! puts what it brings into the completion queues, and notifies. Registering a buffer saves nothing here, as Linux looks at each anyhow. The drawbacks:
//! a socket with a request queue cannot have a port of the program's as well, and a completion costs the way through that thread.

use super::socket;
use super::transfer::{ovl_WSARecv, ovl_WSARecvFrom, ovl_WSASend, ovl_WSASendTo};
use crate::ioapiset::{ovl_CreateIoCompletionPort, ovl_GetQueuedCompletionStatus, ovl_PostQueuedCompletionStatus};
use crate::support::{Bool, FALSE, INVALID_HANDLE_VALUE, RawHandle, TRUE, guard, last_error, set_last_error};
use crate::synchapi::{ovl_ResetEvent, ovl_SetEvent};
use overlapped_abi::{Overlapped, Status, WsaBuf, WsaError};
use parking_lot::{Mutex, RwLock};
use std::collections::{HashMap, VecDeque};
use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, LazyLock};

/// RIO_MSG_DONT_NOTIFY, WAITALL and COMMIT_ONLY. What is deferred is begun at once, which nobody can tell.
const DONT_NOTIFY: u32 = 1;
const WAITALL: u32 = 4;
const COMMIT_ONLY: u32 = 8;
const MSG_WAITALL: u32 = 8;
/// RIO_INVALID_BUFFERID.
const NO_BUFFER: usize = 0xFFFF_FFFF;
/// RIO_CORRUPT_CQ.
const CORRUPT: u32 = u32::MAX;
const MOST: u32 = 0x800_0000;

/// RIO_BUF, 16 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct RioBuf {
    id: usize,
    offset: u32,
    len: u32,
}

/// RIORESULT, 24 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct RioResult {
    status: i32,
    bytes: u32,
    socket: u64,
    request: u64,
}

/// RIO_NOTIFICATION_COMPLETION, 32 bytes: an event and whether it is reset, or a port, a key and an OVERLAPPED.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct RioNotification {
    kind: u32,
    handle: RawHandle,
    key: usize,
    overlapped: usize,
}

const _: () = assert!(size_of::<RioBuf>() == 16 && size_of::<RioResult>() == 24 && size_of::<RioNotification>() == 32);

/// A completion queue.
struct Queue {
    state: Mutex<State>,
    notification: Option<RioNotification>,
}

struct State {
    results: VecDeque<RioResult>,
    /// Results that it has, and requests that will bring one.
    taken: u32,
    size: u32,
    /// Somebody wants to be told of the next.
    armed: bool,
}

/// The request queue of a socket.
struct Requests {
    socket: RawHandle,
    receives: Arc<Queue>,
    sends: Arc<Queue>,
    context: u64,
}

/// A request on its way. The OVERLAPPED comes first, so that its address is that of all of it.
#[repr(C)]
struct Operation {
    overlapped: Overlapped,
    buffer: WsaBuf,
    flags: u32,
    /// Room for the length of an address.
    length: i32,
    queue: Arc<Queue>,
    socket: RawHandle,
    contexts: [u64; 2],
    quiet: bool,
}

static QUEUES: LazyLock<RwLock<HashMap<usize, Arc<Queue>>>> = LazyLock::new(RwLock::default);
static REQUESTS: LazyLock<RwLock<HashMap<usize, Arc<Requests>>>> = LazyLock::new(RwLock::default);
static BUFFERS: LazyLock<RwLock<HashMap<usize, (usize, u32)>>> = LazyLock::new(RwLock::default);

fn next_id() -> usize {
    static LAST: AtomicUsize = AtomicUsize::new(0x5249_0000);
    LAST.fetch_add(8, Relaxed) + 8
}

fn refuse<T>(error: WsaError, failed: T) -> T {
    set_last_error(error.0);
    failed
}

impl Queue {
    /// Room for one more; false if there is none.
    fn reserve(&self) -> bool {
        let mut state = self.state.lock();
        let fits = state.taken < state.size;
        state.taken += u32::from(fits);
        fits
    }

    fn give_back(&self) {
        self.state.lock().taken -= 1;
    }

    fn push(&self, result: RioResult, quiet: bool) {
        let mut state = self.state.lock();
        state.results.push_back(result);
        if !quiet && std::mem::take(&mut state.armed) {
            drop(state);
            self.notify();
        }
    }

    fn notify(&self) {
        match self.notification {
            Some(RioNotification { kind: 1, handle, .. }) => _ = ovl_SetEvent(handle),
            Some(RioNotification { handle, key, overlapped, .. }) => {
                _ = ovl_PostQueuedCompletionStatus(handle, 0, key, overlapped);
            }
            None => {}
        }
    }
}

/// The port of all sockets, and the thread that serves it; 0 if there can be none.
fn port() -> RawHandle {
    static PORT: LazyLock<RawHandle> = LazyLock::new(|| {
        let port = ovl_CreateIoCompletionPort(INVALID_HANDLE_VALUE, 0, 0, 1);
        let served = port != 0 && std::thread::Builder::new().name("ovl-rio".into()).spawn(move || serve(port)).is_ok();
        if served { port } else { 0 }
    });
    *PORT
}

fn serve(port: RawHandle) {
    loop {
        let (mut bytes, mut key, mut overlapped) = (0, 0, 0);
        // SAFETY: places of ours.
        unsafe { ovl_GetQueuedCompletionStatus(port, &mut bytes, &mut key, &mut overlapped, u32::MAX) };
        if overlapped == 0 {
            return;
        }
        // SAFETY: `begin` has leaked it, and its request is complete.
        let done = unsafe { Box::from_raw(overlapped as *mut Operation) };
        let status = match Status(done.overlapped.internal as u32) {
            Status::SUCCESS => 0,
            // A part of a datagram is in the buffer.
            status => status.to_wsa().0,
        };
        let [socket, request] = done.contexts;
        let result = RioResult { status: status.cast_signed(), bytes, socket, request };
        done.queue.push(result, done.quiet);
    }
}

/// The memory of a part of a registered buffer.
fn memory(buffer: RioBuf) -> Result<usize, WsaError> {
    let (start, len) = *BUFFERS.read().get(&buffer.id).ok_or(WsaError::EINVAL)?;
    let fits = buffer.offset.checked_add(buffer.len).is_some_and(|end| end <= len);
    if fits { Ok(start + buffer.offset as usize) } else { Err(WsaError::EINVAL) }
}

/// What a request is to do.
struct Wanted {
    data: *const RioBuf,
    count: u32,
    remote: *const RioBuf,
    flags: u32,
    context: u64,
    is_send: bool,
}

/// # Safety
/// The RIO_BUFs are NULL or readable.
unsafe fn request(id: usize, wanted: &Wanted) -> Result<(), WsaError> {
    let requests = REQUESTS.read().get(&id).cloned().ok_or(WsaError::EINVAL)?;
    let Wanted { data, count, remote, flags, context, is_send } = *wanted;
    if flags & COMMIT_ONLY != 0 {
        return Ok(());
    }
    if count > 1 || count == 1 && data.is_null() {
        return Err(WsaError::EINVAL);
    }
    // SAFETY: not NULL, and the caller vouches for them.
    let (data, remote) = unsafe {
        let data = if count == 0 { None } else { Some(data.read()) };
        (data, if remote.is_null() { None } else { Some(remote.read()) })
    };
    let buffer = match data {
        Some(data) => WsaBuf { len: data.len, buf: memory(data)? },
        None => WsaBuf { len: 0, buf: 0 },
    };
    let address = remote.map(|remote| memory(remote).map(|at| (at, remote.len as i32))).transpose()?;
    let queue = Arc::clone(if is_send { &requests.sends } else { &requests.receives });
    if !queue.reserve() {
        return Err(WsaError::ENOBUFS);
    }
    let operation = Box::new(Operation {
        overlapped: Overlapped { internal: 0, internal_high: 0, offset: 0, offset_high: 0, h_event: 0 },
        buffer,
        flags: if flags & WAITALL != 0 && !is_send { MSG_WAITALL } else { 0 },
        length: address.map_or(0, |(_, length)| length),
        queue: Arc::clone(&queue),
        socket: requests.socket,
        contexts: [requests.context, context],
        quiet: flags & DONT_NOTIFY != 0,
    });
    // SAFETY: it stays where it is until the port brings it back.
    let begun = unsafe { begin(Box::into_raw(operation), address.map(|(at, _)| at), is_send) };
    if begun.is_err() {
        queue.give_back();
    }
    begun
}

/// Begins a request. If that fails there will be no packet, and the operation is gone.
///
/// # Safety
/// `operation` is a leaked box, and its buffers stay until the request is complete.
unsafe fn begin(operation: *mut Operation, address: Option<usize>, is_send: bool) -> Result<(), WsaError> {
    // SAFETY: the caller's promise; every pointer leads into the operation or into a buffer.
    let failed = unsafe {
        let (socket, buffer) = ((*operation).socket, &raw const (*operation).buffer);
        let overlapped = &raw mut (*operation).overlapped;
        let (flags, length) = (&raw mut (*operation).flags, &raw mut (*operation).length);
        match (is_send, address) {
            (true, None) => ovl_WSASend(socket, buffer, 1, null_mut(), 0, overlapped, None),
            (true, Some(to)) => {
                ovl_WSASendTo(socket, buffer, 1, null_mut(), 0, to as *const c_void, *length, overlapped, None)
            }
            (false, None) => ovl_WSARecv(socket, buffer, 1, null_mut(), flags, overlapped, None),
            (false, Some(from)) => {
                ovl_WSARecvFrom(socket, buffer, 1, null_mut(), flags, from as *mut c_void, length, overlapped, None)
            }
        }
    } != 0;
    let error = last_error();
    if failed && error != WsaError::IO_PENDING.0 {
        // SAFETY: nobody else has it.
        drop(unsafe { Box::from_raw(operation) });
        return Err(WsaError(error));
    }
    Ok(())
}

fn outcome(done: Result<(), WsaError>) -> Bool {
    match done {
        Ok(()) => TRUE,
        Err(error) => refuse(error, FALSE),
    }
}

/// RIOReceive and RIOSend.
unsafe extern "C" fn plain<const IS_SEND: bool>(
    queue: usize,
    data: *const RioBuf,
    count: u32,
    flags: u32,
    context: u64,
) -> Bool {
    let wanted = Wanted { data, count, remote: null_mut(), flags, context, is_send: IS_SEND };
    // SAFETY: the caller's promise.
    guard(FALSE, || outcome(unsafe { request(queue, &wanted) }))
}

/// RIOReceiveEx and RIOSendEx: where the datagram comes from or goes to; of the local address and control data nothing is said.
unsafe extern "C" fn addressed<const IS_SEND: bool>(
    queue: usize,
    data: *const RioBuf,
    count: u32,
    _local: *const RioBuf,
    remote: *const RioBuf,
    _control: *const RioBuf,
    _flags: *const RioBuf,
    flags: u32,
    context: u64,
) -> Bool {
    let wanted = Wanted { data, count, remote, flags, context, is_send: IS_SEND };
    // SAFETY: the caller's promise.
    guard(FALSE, || outcome(unsafe { request(queue, &wanted) }))
}

unsafe extern "C" fn create_completion_queue(size: u32, notification: *const RioNotification) -> usize {
    guard(0, || {
        // SAFETY: NULL or readable, by the caller's promise.
        let notification = unsafe { notification.as_ref() }.copied();
        if size == 0 || size > MOST || notification.is_some_and(|how| !matches!(how.kind, 1 | 2)) {
            return refuse(WsaError::EINVAL, 0);
        }
        let state = State { results: VecDeque::new(), taken: 0, size, armed: false };
        let id = next_id();
        QUEUES.write().insert(id, Arc::new(Queue { state: Mutex::new(state), notification }));
        id
    })
}

extern "C" fn close_completion_queue(queue: usize) {
    guard((), || drop(QUEUES.write().remove(&queue)));
}

extern "C" fn create_request_queue(
    raw: RawHandle,
    _receives: u32,
    _receive_buffers: u32,
    _sends: u32,
    _send_buffers: u32,
    receive_queue: usize,
    send_queue: usize,
    context: u64,
) -> usize {
    guard(0, || {
        let queues = QUEUES.read();
        let (Some(receives), Some(sends)) = (queues.get(&receive_queue), queues.get(&send_queue)) else {
            return refuse(WsaError::EINVAL, 0);
        };
        if let Err(error) = socket::of(raw) {
            return refuse(error, 0);
        }
        if port() == 0 {
            return refuse(WsaError::ENOBUFS, 0);
        }
        if ovl_CreateIoCompletionPort(raw, port(), 0, 0) == 0 {
            return refuse(WsaError::EINVAL, 0);
        }
        let (receives, sends) = (Arc::clone(receives), Arc::clone(sends));
        let mut all = REQUESTS.write();
        if all.len().is_power_of_two() {
            // A request queue goes with its socket.
            all.retain(|_, requests| socket::of(requests.socket).is_ok());
        }
        let id = next_id();
        all.insert(id, Arc::new(Requests { socket: raw, receives, sends, context }));
        id
    })
}

unsafe extern "C" fn dequeue(queue: usize, to: *mut RioResult, count: u32) -> u32 {
    guard(CORRUPT, || {
        let Some(queue) = QUEUES.read().get(&queue).cloned() else { return CORRUPT };
        let mut state = queue.state.lock();
        let many = state.results.len().min(count as usize);
        for (place, result) in state.results.drain(..many).enumerate() {
            // SAFETY: the caller has room for so many.
            unsafe { to.add(place).write(result) };
        }
        state.taken -= many as u32;
        many as u32
    })
}

/// RIONotify: at once if there is something; 10022 for a queue that cannot notify, 10037 if that was asked for already.
extern "C" fn notify(queue: usize) -> i32 {
    guard(WsaError::EINVAL.0.cast_signed(), || {
        let queue = QUEUES.read().get(&queue).cloned().filter(|queue| queue.notification.is_some());
        let Some(queue) = queue else { return WsaError::EINVAL.0.cast_signed() };
        let mut state = queue.state.lock();
        if state.armed {
            return WsaError::EALREADY.0.cast_signed();
        }
        if let Some(RioNotification { kind: 1, handle, key, .. }) = queue.notification
            && key as u32 != 0
        {
            ovl_ResetEvent(handle);
        }
        state.armed = state.results.is_empty();
        if !state.armed {
            drop(state);
            queue.notify();
        }
        0
    })
}

extern "C" fn register_buffer(start: usize, len: u32) -> usize {
    guard(NO_BUFFER, || {
        if start == 0 || len == 0 {
            return refuse(WsaError::EFAULT, NO_BUFFER);
        }
        let id = next_id();
        BUFFERS.write().insert(id, (start, len));
        id
    })
}

extern "C" fn deregister_buffer(buffer: usize) {
    guard((), || _ = BUFFERS.write().remove(&buffer));
}

extern "C" fn resize_completion_queue(queue: usize, size: u32) -> Bool {
    guard(FALSE, || {
        let Some(queue) = QUEUES.read().get(&queue).cloned() else { return refuse(WsaError::EINVAL, FALSE) };
        let mut state = queue.state.lock();
        if size > MOST || size < state.taken {
            return refuse(WsaError::EINVAL, FALSE);
        }
        state.size = size;
        TRUE
    })
}

extern "C" fn resize_request_queue(queue: usize, _receives: u32, _sends: u32) -> Bool {
    guard(FALSE, || match REQUESTS.read().contains_key(&queue) {
        true => TRUE,
        false => refuse(WsaError::EINVAL, FALSE),
    })
}

/// RIO_EXTENSION_FUNCTION_TABLE: its size, and the functions.
pub(super) fn table() -> [usize; 14] {
    [
        14 * size_of::<usize>(),
        plain::<false> as *const () as usize,
        addressed::<false> as *const () as usize,
        plain::<true> as *const () as usize,
        addressed::<true> as *const () as usize,
        close_completion_queue as *const () as usize,
        create_completion_queue as *const () as usize,
        create_request_queue as *const () as usize,
        dequeue as *const () as usize,
        deregister_buffer as *const () as usize,
        notify as *const () as usize,
        register_buffer as *const () as usize,
        resize_completion_queue as *const () as usize,
        resize_request_queue as *const () as usize,
    ]
}
