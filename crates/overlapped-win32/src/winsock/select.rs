//! select and WSAPoll (contract 08 sections 7.1 and 7.2). A set of Windows is a list, of any length that the program has chosen.

use super::{Outcome, SOCKET_ERROR, call, check_readable, check_writable, socket, startup};
use crate::support::RawHandle;
use overlapped_abi::constants::socket::{
    POLLERR, POLLHUP, POLLNVAL, POLLOUT, POLLPRI, POLLRDBAND, POLLRDNORM, POLLWRBAND,
};
use overlapped_abi::{TimeVal, WsaError, WsaPollFd};
use overlapped_devices::socket::{Interest, PollEntry, Socket, wait_ready};
use overlapped_kernel::clock::Timeout;
use std::time::Duration;

/// What the third set of select asks for.
const EXCEPT: Interest = Interest::URGENT.union(Interest::FAILED);

/// A caller's `fd_set`: a count, and the sockets behind it.
#[derive(Clone, Copy)]
struct Set(*mut u32);

/// Where the sockets are in an `fd_set`.
const SOCKETS: usize = size_of::<RawHandle>();

impl Set {
    /// 10014 unless all of it is memory.
    fn check(self) -> Outcome<()> {
        if self.0.is_null() {
            return Ok(());
        }
        check_writable(self.0, SOCKETS)?;
        // SAFETY: readable, as was just seen.
        check_writable(self.0, SOCKETS + unsafe { self.0.read() } as usize * size_of::<RawHandle>())
    }

    /// # Safety
    /// The set is NULL or valid.
    unsafe fn sockets<'a>(self) -> &'a mut [RawHandle] {
        if self.0.is_null() {
            return &mut [];
        }
        // SAFETY: not NULL; the caller vouches for the count and as many sockets.
        unsafe {
            let first = self.0.cast::<u8>().add(SOCKETS).cast();
            std::slice::from_raw_parts_mut(first, self.0.read() as usize)
        }
    }

    /// Keeps the members that are ready.
    ///
    /// # Safety
    /// As for [`Set::sockets`].
    unsafe fn keep(self, ready: impl Fn(usize) -> bool) -> usize {
        // SAFETY: the caller's promise.
        let sockets = unsafe { self.sockets() };
        let mut kept = 0;
        for index in 0..sockets.len() {
            if ready(index) {
                sockets[kept] = sockets[index];
                kept += 1;
            }
        }
        if !self.0.is_null() {
            // SAFETY: as above.
            unsafe { self.0.write(kept as u32) };
        }
        kept
    }
}

/// For ever, if there is no time; 10014 for what is no memory, 10022 for negative seconds. A time that negative microseconds make
/// less than nothing is over at once, as programs count on that divide -1 milliseconds.
///
/// # Safety
/// `time` does not change meanwhile.
pub(super) unsafe fn time_limit(time: *const TimeVal) -> Outcome<Timeout> {
    if time.is_null() {
        return Ok(Timeout::Infinite);
    }
    check_readable(time, size_of::<TimeVal>())?;
    // SAFETY: readable, as was just seen.
    let time = unsafe { time.read() };
    let bad = |_| WsaError::EINVAL;
    let seconds = u64::try_from(time.seconds).map_err(bad)?;
    let microseconds = Duration::from_micros(u64::from(time.microseconds.unsigned_abs()));
    let whole = Duration::from_secs(seconds);
    Ok(Timeout::from(if time.microseconds < 0 { whole.saturating_sub(microseconds) } else { whole + microseconds }))
}

/// select: how many are ready, 0 when the time is over. 10022 if there is nothing to wait for, 10038 for what is no socket.
///
/// # Safety
/// The sets are NULL or valid, and so is the time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_select(
    _ignored: i32,
    reads: *mut u32,
    writes: *mut u32,
    excepts: *mut u32,
    timeout: *const TimeVal,
) -> i32 {
    call(SOCKET_ERROR, || {
        let sets = [(Set(reads), Interest::READ), (Set(writes), Interest::WRITE), (Set(excepts), EXCEPT)];
        let mut sockets: Vec<(Socket, Interest)> = Vec::new();
        for (set, interest) in sets {
            set.check()?;
            // SAFETY: the caller's promise.
            for &raw in unsafe { set.sockets() }.iter() {
                sockets.push((socket::of(raw)?, interest));
            }
        }
        if sockets.is_empty() {
            return Err(WsaError::EINVAL);
        }
        // SAFETY: the caller's promise.
        let limit = unsafe { time_limit(timeout) }?;
        let mut entries: Vec<_> = sockets.iter().map(|(socket, wanted)| entry(socket, *wanted)).collect();
        wait_ready(&mut entries, limit)?;
        if entries.iter().any(|entry| entry.found.contains(Interest::GONE)) {
            return Err(WsaError::ENOTSOCK);
        }
        let (mut first, mut total) = (0, 0);
        for (set, _) in sets {
            // SAFETY: the caller's promise.
            let len = unsafe { set.sockets() }.len();
            let part = &entries[first..first + len];
            // SAFETY: the caller's promise.
            total += unsafe { set.keep(|index| part[index].found.intersects(part[index].wanted)) };
            first += len;
        }
        Ok(total as i32)
    })
}

fn entry(socket: &Socket, wanted: Interest) -> PollEntry<'_> {
    PollEntry { socket, wanted, found: Interest::empty() }
}

/// __WSAFDIsSet: what FD_ISSET asks.
///
/// # Safety
/// The set is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl___WSAFDIsSet(raw: RawHandle, set: *mut u32) -> i32 {
    // SAFETY: the caller's promise.
    i32::from(unsafe { Set(set).sockets() }.contains(&raw))
}

/// What may be asked for.
const ASKED: i16 = POLLRDNORM | POLLRDBAND | POLLOUT;

fn interest(events: i16) -> Interest {
    // These are told without being asked for.
    let mut wanted = Interest::HANGUP | Interest::ERROR;
    wanted.set(Interest::READ, events & POLLRDNORM != 0);
    wanted.set(Interest::URGENT, events & POLLRDBAND != 0);
    wanted.set(Interest::WRITE, events & POLLOUT != 0);
    wanted
}

fn found(entry: &PollEntry<'_>, asked: i16) -> i16 {
    let pairs = [
        (Interest::READ, POLLRDNORM),
        (Interest::URGENT, POLLRDBAND),
        (Interest::WRITE, POLLOUT),
        (Interest::HANGUP, POLLHUP),
        (Interest::ERROR, POLLERR),
    ];
    // Whoever waited to send learns that there is no connection to wait for.
    let failed = if entry.found.contains(Interest::FAILED) { POLLOUT } else { 0 };
    // The end of a stream is POLLHUP, and data only what comes before it.
    let asked = if entry.found.contains(Interest::EMPTY) { asked & !POLLRDNORM } else { asked };
    let all = failed | pairs.iter().filter(|(one, _)| entry.found.contains(*one)).fold(0, |all, (_, bit)| all | bit);
    all & (asked | POLLHUP | POLLERR)
}

/// WSAPoll: how many have something to say. What is no socket says POLLNVAL and is not counted; what is closed meanwhile says so and is: programs
/// end such a wait by closing a socket that is there for that.
///
/// # Safety
/// `list` is NULL or has `count` entries.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WSAPoll(list: *mut WsaPollFd, count: u32, milliseconds: i32) -> i32 {
    call(SOCKET_ERROR, || {
        startup::started()?;
        if count == 0 {
            return Err(WsaError::EINVAL);
        }
        check_writable(list, count as usize * size_of::<WsaPollFd>())?;
        // SAFETY: writable, as was just seen.
        let list = unsafe { std::slice::from_raw_parts_mut(list, count as usize) };
        debug_assert_eq!(ASKED & (POLLPRI | POLLWRBAND), 0, "not to be asked for");
        let mut sockets = Vec::with_capacity(list.len());
        for (index, one) in list.iter_mut().enumerate() {
            match socket::of(one.fd) {
                Ok(socket) if one.events & !ASKED == 0 => sockets.push((index, socket)),
                Ok(_) => return Err(WsaError::EINVAL),
                Err(_) => one.revents = POLLNVAL,
            }
        }
        if sockets.is_empty() {
            return Err(WsaError::ENOTSOCK);
        }
        let mut entries: Vec<_> =
            sockets.iter().map(|(index, socket)| entry(socket, interest(list[*index].events))).collect();
        let limit = u32::try_from(milliseconds).map_or(Timeout::Infinite, Timeout::from_millis);
        wait_ready(&mut entries, limit)?;
        let mut ready = 0;
        for (entry, (index, _)) in entries.iter().zip(&sockets) {
            let one = &mut list[*index];
            let gone = entry.found.contains(Interest::GONE);
            one.revents = if gone { POLLNVAL } else { found(entry, one.events) };
            ready += i32::from(one.revents != 0);
        }
        Ok(ready)
    })
}
