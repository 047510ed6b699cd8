//! `ioapiset.h`: completion ports, results, cancellation (contract 03 sections 4 and 8, 06).

use crate::portref::with_port;
use crate::support::{
    Bool, FALSE, INVALID_HANDLE_VALUE, RawHandle, TRUE, awaited_event_of, fail, guard, guard_bool, guard_or, system,
};
use overlapped_abi::{AccessMask, Overlapped, OverlappedEntry, Win32Error};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::handle::Object;
use overlapped_kernel::port::{NoPacket, Packet, Port};
use overlapped_kernel::results::{self, Patience};
use std::sync::Arc;

const THREAD_TERMINATE: u32 = 1;
const IO_COMPLETION_ALL_ACCESS: u32 = 0x1F_0003;

/// CreateIoCompletionPort: a new port, an association, or both (contract 06 section 1).
#[unsafe(no_mangle)]
pub extern "C" fn ovl_CreateIoCompletionPort(
    file: RawHandle,
    existing: RawHandle,
    key: usize,
    concurrency: u32,
) -> RawHandle {
    guard_or(0, || {
        let system = system()?;
        if file == INVALID_HANDLE_VALUE {
            if existing != 0 {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            return new_port(concurrency).map(|(handle, _)| handle);
        }
        let instance = match system.entry_raw(file)?.object {
            Object::Instance(instance) => instance,
            // A handle, but of nothing that has requests.
            _ => return Err(Win32Error::INVALID_HANDLE),
        };
        if existing != 0 {
            port(existing)?.associate(&instance, key)?;
            return Ok(existing);
        }
        let (handle, port) = new_port(concurrency)?;
        port.associate(&instance, key).inspect_err(|_| {
            // If creating and associating fails, no port remains.
            let _ = crate::handleapi::ovl_CloseHandle(handle);
        })?;
        Ok(handle)
    })
}

fn new_port(concurrency: u32) -> Result<(RawHandle, Arc<Port>), Win32Error> {
    let system = system()?;
    let port = system.new_port(concurrency);
    let handle =
        system.insert(Object::Port(Arc::clone(&port)), AccessMask::from_bits_retain(IO_COMPLETION_ALL_ACCESS))?;
    Ok((handle.into_raw(), port))
}

fn port(raw: RawHandle) -> Result<Arc<Port>, Win32Error> {
    crate::portref::port_of(system()?.entry_raw(raw)?)
}

fn no_packet(why: NoPacket) -> Win32Error {
    match why {
        NoPacket::TimedOut => Win32Error::WAIT_TIMEOUT,
        NoPacket::Closed => Win32Error::ABANDONED_WAIT_0,
        NoPacket::Alerted => Win32Error::WAIT_IO_COMPLETION,
    }
}

/// GetQueuedCompletionStatus (contract 06 section 2).
///
/// # Safety
/// The pointers are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetQueuedCompletionStatus(
    completion_port: RawHandle,
    bytes: *mut u32,
    key: *mut usize,
    overlapped: *mut usize,
    milliseconds: u32,
) -> Bool {
    guard(FALSE, || {
        if bytes.is_null() || key.is_null() || overlapped.is_null() {
            return fail(Win32Error::INVALID_PARAMETER, FALSE);
        }
        // SAFETY: not NULL, and the caller vouches for it. NULL in every case without a packet: it tells the cases apart.
        unsafe { overlapped.write(0) };
        let timeout = Timeout::from_millis(milliseconds);
        let taken = with_port(completion_port, move |port, idle| {
            // Looked at where it is: moving it would cost more than all else here.
            let packet = &port.remove(idle, timeout, false);
            let packet = packet.as_ref().map_err(|why| no_packet(*why))?;
            let (packet_key, address) = packet.numbers();
            // SAFETY: as above.
            unsafe {
                bytes.write(packet.bytes);
                key.write(packet_key);
                overlapped.write(address);
            }
            Ok(packet.status)
        });
        match taken.flatten() {
            Ok(status) if status.is_success() => TRUE,
            Ok(status) => fail(status.to_win32(), FALSE),
            Err(error) => fail(error, FALSE),
        }
    })
}

/// GetQueuedCompletionStatusEx (contract 06 section 3).
///
/// # Safety
/// `entries` has room for `count` entries; `removed` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetQueuedCompletionStatusEx(
    completion_port: RawHandle,
    entries: *mut OverlappedEntry,
    count: u32,
    removed: *mut u32,
    milliseconds: u32,
    alertable: Bool,
) -> Bool {
    guard_bool(|| {
        if entries.is_null() || removed.is_null() || count == 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let mut packets = Vec::new();
        let (timeout, max) = (Timeout::from_millis(milliseconds), count as usize);
        let taken = with_port(completion_port, |port, idle| {
            port.remove_many(idle, &mut packets, max, timeout, alertable != 0)
        })?;
        // SAFETY: not NULL, and the caller vouches for it. 1 also when there is none, as observed.
        unsafe { removed.write(packets.len().max(1) as u32) };
        taken.map_err(no_packet)?;
        for (index, packet) in packets.iter().enumerate() {
            // SAFETY: at most `count` packets were taken.
            unsafe { entries.add(index).write(entry(packet)) };
        }
        Ok(())
    })
}

fn entry(packet: &Packet) -> OverlappedEntry {
    let (key, address) = packet.numbers();
    OverlappedEntry {
        completion_key: key,
        overlapped: address,
        internal: packet.status.to_internal(),
        bytes_transferred: packet.bytes,
    }
}

/// PostQueuedCompletionStatus (contract 06 section 6).
#[unsafe(no_mangle)]
pub extern "C" fn ovl_PostQueuedCompletionStatus(
    completion_port: RawHandle,
    bytes: u32,
    key: usize,
    overlapped: usize,
) -> Bool {
    guard_bool(|| {
        if with_port(completion_port, move |port, _| port.insert(Packet::posted(bytes, key, overlapped)))? {
            Ok(())
        } else {
            Err(Win32Error::INVALID_HANDLE)
        }
    })
}

/// GetOverlappedResult (contract 03 section 4).
///
/// # Safety
/// `overlapped` and `bytes` are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetOverlappedResult(
    file: RawHandle,
    overlapped: *mut Overlapped,
    bytes: *mut u32,
    wait: Bool,
) -> Bool {
    let milliseconds = if wait == 0 { 0 } else { u32::MAX };
    // SAFETY: the caller's promise.
    unsafe { ovl_GetOverlappedResultEx(file, overlapped, bytes, milliseconds, FALSE) }
}

/// GetOverlappedResultEx.
///
/// # Safety
/// As for [`ovl_GetOverlappedResult`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetOverlappedResultEx(
    file: RawHandle,
    overlapped: *mut Overlapped,
    bytes: *mut u32,
    milliseconds: u32,
    alertable: Bool,
) -> Bool {
    guard_bool(|| {
        if overlapped.is_null() || bytes.is_null() {
            return Err(Win32Error::NOACCESS);
        }
        let patience = Patience { timeout: Timeout::from_millis(milliseconds), alertable: alertable != 0 };
        let instance = || match system()?.entry_raw(file)?.object {
            Object::Instance(instance) => Ok(instance),
            _ => Err(Win32Error::INVALID_HANDLE),
        };
        // SAFETY: not NULL, and the caller vouches for it.
        let event = || awaited_event_of(unsafe { (&raw const (*overlapped).h_event).read() });
        // SAFETY: as above.
        let finished = unsafe { results::overlapped_result(overlapped, instance, event, system()?.idle(), patience) }?;
        // SAFETY: as above.
        unsafe { bytes.write(finished.bytes as u32) };
        finished.status.ok()
    })
}

fn instance(file: RawHandle) -> Result<Arc<overlapped_kernel::instance::Instance>, Win32Error> {
    match system()?.entry_raw(file)?.object {
        Object::Instance(instance) => Ok(instance),
        _ => Err(Win32Error::INVALID_HANDLE),
    }
}

/// CancelIo: the calling thread's requests (contract 03 section 8, decision D3).
#[unsafe(no_mangle)]
pub extern "C" fn ovl_CancelIo(file: RawHandle) -> Bool {
    guard_bool(|| {
        instance(file).map(|instance| {
            instance.cancel_own();
        })
    })
}

/// CancelIoEx: the requests with this OVERLAPPED, or all.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_CancelIoEx(file: RawHandle, overlapped: usize) -> Bool {
    guard_bool(|| instance(file)?.cancel_token((overlapped != 0).then_some(overlapped)))
}

/// CancelSynchronousIo: the synchronous request that the thread is blocked in (contract 03 section 8). 5 without
/// THREAD_TERMINATE, 1168 if it is in none.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_CancelSynchronousIo(object: RawHandle) -> Bool {
    guard_bool(|| {
        let (thread, access) = crate::processthreadsapi::thread(object)?;
        if access.bits() & THREAD_TERMINATE == 0 {
            return Err(Win32Error::ACCESS_DENIED);
        }
        thread.cancel_synchronous()
    })
}
