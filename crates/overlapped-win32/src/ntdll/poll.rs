//! IOCTL_AFD_POLL: which of some sockets are ready. libuv, wepoll and mio wait for sockets by it.

use super::control::Arguments;
use super::status_of;
use crate::support::{handle, system};
use overlapped_abi::{Status, WsaError};
use overlapped_devices::socket::{Found, Poll, PollEvents, Polled, Socket, Told};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::road::{Failure, Reply};
use std::ffi::c_void;
use std::time::Duration;

/// AFD_POLL_INFO without its handles.
#[repr(C)]
#[derive(Clone, Copy)]
struct Head {
    /// In units of 100 ns: negative from now on, 0 not at all, and the largest number for ever.
    timeout: i64,
    count: u32,
    exclusive: u32,
}

/// AFD_POLL_HANDLE_INFO.
#[repr(C)]
#[derive(Clone, Copy)]
struct Entry {
    handle: usize,
    events: u32,
    status: u32,
}

const _: () = assert!(size_of::<Head>() == 16 && size_of::<Entry>() == 16);

/// 1601 to 1970, in units of 100 ns.
const EPOCH: i64 = 116_444_736_000_000_000;

fn limit(timeout: i64) -> Timeout {
    let hundreds = match timeout {
        i64::MAX => return Timeout::Infinite,
        0 => return Timeout::Poll,
        ..0 => timeout.unsigned_abs(),
        // A moment.
        _ => {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
            let now = EPOCH.saturating_add(i64::try_from(now.as_nanos() / 100).unwrap_or(i64::MAX));
            u64::try_from(timeout.saturating_sub(now)).unwrap_or(0)
        }
    };
    match hundreds {
        0 => Timeout::Poll,
        hundreds => Timeout::After(Duration::from_micros(hundreds / 10) + Duration::from_nanos(hundreds % 10 * 100)),
    }
}

/// The sockets that are asked about, by their handles.
struct Request {
    head: Head,
    handles: Vec<usize>,
    sockets: Vec<Polled>,
}

fn parse(input: &[u8]) -> Result<Request, Status> {
    let (head, rest) = input.split_at_checked(size_of::<Head>()).ok_or(Status::INVALID_PARAMETER)?;
    // SAFETY: long enough, and any bytes are a value.
    let head: Head = unsafe { head.as_ptr().cast::<Head>().read_unaligned() };
    let count = head.count as usize;
    let bytes = count.checked_mul(size_of::<Entry>()).and_then(|bytes| rest.get(..bytes));
    let entries = bytes.ok_or(Status::INVALID_PARAMETER)?;
    let (mut handles, mut sockets) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for entry in entries.chunks_exact(size_of::<Entry>()) {
        // SAFETY: long enough, and any bytes are a value.
        let entry: Entry = unsafe { entry.as_ptr().cast::<Entry>().read_unaligned() };
        let grant = system().and_then(|system| system.grant(handle(entry.handle)?)).map_err(status_of)?;
        let socket = Socket::of_grant(&grant).map_err(|_: WsaError| Status::INVALID_HANDLE)?;
        handles.push(entry.handle);
        sockets.push(Polled { socket, events: PollEvents::from_bits_truncate(entry.events) });
    }
    Ok(Request { head, handles, sockets })
}

/// The caller's AFD_POLL_INFO, to be written when the request is complete.
struct Place(*mut c_void);

// SAFETY: used by the one party that completes the request; the caller has given the memory away until then.
unsafe impl Send for Place {}
// SAFETY: as above; it is never used through a shared reference.
unsafe impl Sync for Place {}

impl Place {
    /// # Safety
    /// Writable for the head and as many entries.
    unsafe fn write(self, head: Head, handles: &[usize], found: &[Found]) -> usize {
        let start = self.0.cast::<u8>();
        // SAFETY: the caller's promise.
        unsafe {
            start.cast::<Head>().write_unaligned(Head { count: found.len() as u32, ..head });
            let entries = start.add(size_of::<Head>()).cast::<Entry>();
            for (place, one) in found.iter().enumerate() {
                let entry = Entry { handle: handles[one.index], events: one.events.bits(), status: one.status.0 };
                entries.add(place).write_unaligned(entry);
            }
        }
        size_of::<Head>() + found.len() * size_of::<Entry>()
    }
}

/// Issues the poll.
///
/// # Safety
/// The output and the status block stay writable until the request is complete.
pub(super) unsafe fn poll(arguments: &Arguments<'_>, told: Told) -> Result<Reply, Failure> {
    let failed = |status| Failure { status, payload: None };
    let Request { head, handles, sockets } = parse(arguments.input).map_err(failed)?;
    if arguments.room < size_of::<Head>() + handles.len() * size_of::<Entry>() {
        return Err(failed(Status::BUFFER_TOO_SMALL));
    }
    let place = Place(arguments.output);
    let deliver = Box::new(move |found: &[Found]| {
        let place = place;
        // SAFETY: there is room for all entries, and the caller has given the memory away until completion.
        unsafe { place.write(head, &handles, found) }
    });
    let poll = Poll { sockets, exclusive: head.exclusive & 0xFF != 0, timeout: limit(head.timeout), deliver };
    let system = system().map_err(|error| failed(status_of(error)))?;
    // SAFETY: the caller's promise.
    unsafe { poll.issue(system, &arguments.grant.instance, told) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_from_now_or_moments_or_for_ever() {
        assert_eq!(limit(i64::MAX), Timeout::Infinite);
        assert_eq!(limit(0), Timeout::Poll);
        assert_eq!(limit(-15), Timeout::After(Duration::from_nanos(1500)));
        assert_eq!(limit(EPOCH), Timeout::Poll, "1970 is over");
    }
}
