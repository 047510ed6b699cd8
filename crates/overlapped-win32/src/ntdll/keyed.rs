//! Keyed events: two threads meet at a key, one that waits and one that releases; whoever comes first sleeps until the other is there. What
//! locks of libraries for event loops sleep on.
//!
//! A keyed event is an event of ours that nobody sets: its handle is looked up, closed and duplicated like any other, and its address tells
//! one from another. Handle 0 is the one that all threads of the process share. All sleepers stand in one table under one lock, which is
//! held for the moment of a meeting only.

use crate::support::{RawHandle, system};
use overlapped_abi::{AccessMask, Status, Win32Error};
use overlapped_kernel::dispatcher::Event;
use overlapped_kernel::handle::{Entry, Object};
use overlapped_kernel::port::blocking;
use parking_lot::{Condvar, Mutex};
use std::collections::{HashMap, VecDeque};
use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant, SystemTime};

/// KEYEDEVENT_WAIT and KEYEDEVENT_WAKE.
const WAIT: u32 = 1;
const WAKE: u32 = 2;
/// From the beginning of 1601 to that of 1970, in units of 100 ns.
const UNIX_EPOCH: u64 = 116_444_736_000_000_000;
/// STATUS_INVALID_PARAMETER_1, for a key that is odd.
const ODD_KEY: Status = Status(0xC000_00EF);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Waits,
    Releases,
}

/// One that sleeps for its partner. All of it is read and written under the table's lock.
#[derive(Default)]
struct Sleeper {
    met: AtomicBool,
    wake: Condvar,
}

/// Those that sleep at one key; of the two queues one is empty.
#[derive(Default)]
struct Sleepers {
    waiting: VecDeque<Arc<Sleeper>>,
    releasing: VecDeque<Arc<Sleeper>>,
}

impl Sleepers {
    fn queue(&mut self, side: Side) -> &mut VecDeque<Arc<Sleeper>> {
        if side == Side::Waits { &mut self.waiting } else { &mut self.releasing }
    }
}

/// By the event's address and the key.
static TABLE: Mutex<Option<HashMap<(usize, usize), Sleepers>>> = Mutex::new(None);

/// Sleeps until a thread of the other side has come; false if the time was over first.
fn meet(place: (usize, usize), side: Side, deadline: Option<Instant>) -> bool {
    let mut table = TABLE.lock();
    let sleepers = table.get_or_insert_default().entry(place).or_default();
    let other = if side == Side::Waits { Side::Releases } else { Side::Waits };
    if let Some(partner) = sleepers.queue(other).pop_front() {
        partner.met.store(true, Relaxed);
        partner.wake.notify_one();
        forget_if_empty(table.get_or_insert_default(), place);
        return true;
    }
    if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
        forget_if_empty(table.get_or_insert_default(), place);
        return false;
    }
    let own = Arc::new(Sleeper::default());
    sleepers.queue(side).push_back(Arc::clone(&own));
    blocking(|| {
        while !own.met.load(Relaxed) {
            let late = match deadline {
                Some(deadline) => own.wake.wait_until(&mut table, deadline).timed_out(),
                None => {
                    own.wake.wait(&mut table);
                    false
                }
            };
            if late {
                break;
            }
        }
    });
    let met = own.met.load(Relaxed);
    if !met {
        let all = table.get_or_insert_default();
        if let Some(sleepers) = all.get_mut(&place) {
            sleepers.queue(side).retain(|sleeper| !Arc::ptr_eq(sleeper, &own));
        }
        forget_if_empty(all, place);
    }
    met
}

fn forget_if_empty(all: &mut HashMap<(usize, usize), Sleepers>, place: (usize, usize)) {
    if all.get(&place).is_some_and(|sleepers| sleepers.waiting.is_empty() && sleepers.releasing.is_empty()) {
        all.remove(&place);
    }
}

/// The end of a wait: NULL never, negative after so many units of 100 ns, else the moment since 1601.
fn deadline(timeout: Option<i64>) -> Option<Instant> {
    let timeout = timeout?;
    let ticks = |ticks: u64| Duration::from_micros(ticks / 10) + Duration::from_nanos(ticks % 10 * 100);
    let rest = if timeout <= 0 {
        ticks(timeout.unsigned_abs())
    } else {
        let since = timeout.unsigned_abs().saturating_sub(UNIX_EPOCH);
        let moment = SystemTime::UNIX_EPOCH.checked_add(ticks(since))?;
        moment.duration_since(SystemTime::now()).unwrap_or_default()
    };
    Instant::now().checked_add(rest)
}

/// The address of the event, with the right to do this; 0 for the one that all share.
fn event(raw: RawHandle, right: u32) -> Result<(usize, Option<Arc<Event>>), Win32Error> {
    if raw == 0 {
        return Ok((0, None));
    }
    match system()?.entry_raw(raw)? {
        Entry { object: Object::Event(event), access, .. } => match access.bits() & right {
            0 => Err(Win32Error::ACCESS_DENIED),
            _ => Ok((Arc::as_ptr(&event).addr(), Some(event))),
        },
        _ => Err(Win32Error::INVALID_HANDLE),
    }
}

/// # Safety
/// `timeout` is NULL or readable.
unsafe fn come(raw: RawHandle, key: *const c_void, side: Side, timeout: *const i64) -> u32 {
    let key = key.addr();
    if key & 1 != 0 {
        return ODD_KEY.0;
    }
    // The event stays as long as somebody sleeps at it, or its address could become another's.
    let (address, _kept) = match event(raw, if side == Side::Waits { WAIT } else { WAKE }) {
        Ok(found) => found,
        Err(Win32Error::ACCESS_DENIED) => return Status::ACCESS_DENIED.0,
        Err(_) => return Status::INVALID_HANDLE.0,
    };
    // SAFETY: the caller's promise.
    let until = deadline(unsafe { timeout.as_ref() }.copied());
    if meet((address, key), side, until) { Status::SUCCESS.0 } else { Status::TIMEOUT.0 }
}

/// NtCreateKeyedEvent, without a name. 0xC0000005 for a NULL to store to.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_NtCreateKeyedEvent(
    to: *mut RawHandle,
    access: u32,
    _attributes: *const c_void,
    _flags: u32,
) -> u32 {
    if to.is_null() {
        return Status::ACCESS_VIOLATION.0;
    }
    // Generic rights are all of them.
    let access = if access & 0xF200_0000 == 0 { access } else { access | WAIT | WAKE };
    let event = Object::Event(Arc::new(Event::auto_reset(false)));
    match system().and_then(|system| system.insert(event, AccessMask::from_bits_retain(access))) {
        Ok(handle) => {
            // SAFETY: not NULL, and the caller vouches for it.
            unsafe { to.write(handle.into_raw()) };
            Status::SUCCESS.0
        }
        Err(_) => Status::INSUFFICIENT_RESOURCES.0,
    }
}

/// NtWaitForKeyedEvent: until a thread has released this key. 0x102 if the time is over, 0xC00000EF for a key that is odd. Routines
/// do not interrupt it, alertable or not.
///
/// # Safety
/// `timeout` is NULL or readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_NtWaitForKeyedEvent(
    event: RawHandle,
    key: *const c_void,
    _alertable: u8,
    timeout: *const i64,
) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { come(event, key, Side::Waits, timeout) }
}

/// NtReleaseKeyedEvent: until a thread has waited for this key, and lets it go on. Statuses as for a wait.
///
/// # Safety
/// `timeout` is NULL or readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_NtReleaseKeyedEvent(
    event: RawHandle,
    key: *const c_void,
    _alertable: u8,
    timeout: *const i64,
) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { come(event, key, Side::Releases, timeout) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handleapi::ovl_CloseHandle;
    use std::ptr::{null, without_provenance};
    use std::sync::atomic::AtomicUsize;

    const ALL: u32 = 0xF0003;

    fn new() -> RawHandle {
        let mut event = 0;
        // SAFETY: the place is ours.
        assert_eq!(unsafe { ovl_NtCreateKeyedEvent(&mut event, ALL, null(), 0) }, 0);
        event
    }

    fn wait(event: RawHandle, key: usize, timeout: Option<i64>) -> u32 {
        let timeout = timeout.as_ref().map_or(null(), |timeout| &raw const *timeout);
        // SAFETY: NULL or a number of ours.
        unsafe { ovl_NtWaitForKeyedEvent(event, without_provenance(key), 0, timeout) }
    }

    fn release(event: RawHandle, key: usize, timeout: Option<i64>) -> u32 {
        let timeout = timeout.as_ref().map_or(null(), |timeout| &raw const *timeout);
        // SAFETY: NULL or a number of ours.
        unsafe { ovl_NtReleaseKeyedEvent(event, without_provenance(key), 0, timeout) }
    }

    #[test]
    fn each_release_lets_one_waiter_of_its_key_go_on_and_waits_for_it() {
        let (event, gone) = (new(), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for key in [2, 4, 4] {
                let gone = &gone;
                scope.spawn(move || {
                    assert_eq!(wait(event, key, None), 0);
                    gone.fetch_add(1, Relaxed);
                });
            }
            assert_eq!((release(event, 4, None), release(event, 4, None)), (0, 0));
            assert_eq!(release(event, 4, Some(0)), 0x102, "nobody is left at this key");
            assert_eq!(release(event, 2, None), 0);
        });
        assert_eq!(gone.load(Relaxed), 3);
        ovl_CloseHandle(event);
    }

    #[test]
    fn who_comes_alone_goes_when_the_time_is_over() {
        let (event, other) = (new(), new());
        assert_eq!(
            (wait(event, 2, Some(0)), release(event, 2, Some(-10_000)), wait(event, 2, Some(1))),
            (0x102, 0x102, 0x102)
        );
        std::thread::scope(|scope| {
            scope.spawn(move || assert_eq!(wait(event, 2, None), 0));
            assert_eq!(release(other, 2, Some(-10_000)), 0x102, "another event has keys of its own");
            assert_eq!(release(event, 2, None), 0);
        });
        assert_eq!((wait(event, 3, None), wait(0x7F7F_7F70, 2, None)), (ODD_KEY.0, Status::INVALID_HANDLE.0));
        ovl_CloseHandle(event);
        ovl_CloseHandle(other);
    }
}
