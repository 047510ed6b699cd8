//! timeSetEvent and timeKillEvent of `winmm`: timers of the process's timer queue, by small numbers.

use crate::callbacks::unwinding;
use crate::support::{RawHandle, guard};
use crate::threadpool::timerqueue::{ovl_CreateTimerQueueTimer, ovl_DeleteTimerQueueTimer};
use parking_lot::Mutex;
use std::cell::Cell;
use std::collections::HashMap;
use std::ffi::c_void;

const PERIODIC: u32 = 1;
const EVENT_SET: u32 = 0x10;
const EVENT_PULSE: u32 = 0x20;
const KILL_SYNCHRONOUS: u32 = 0x100;
/// MMSYSERR_INVALPARAM.
const INVALID: u32 = 11;
/// The delays that there are, in milliseconds: those of timeGetDevCaps.
const DELAYS: std::ops::RangeInclusive<u32> = 1..=1_000_000;
/// WT_EXECUTEINTIMERTHREAD: callbacks come one after the other, and in time.
const IN_TIMER_THREAD: u32 = 0x20;

/// LPTIMECALLBACK: the timer's number, 0, the caller's own, and two more of nothing. In its place may be an event.
pub type TimeCallback = Option<unsafe extern "C" fn(u32, u32, usize, usize, usize)>;

/// What a timer does, and by which timer of the queue.
#[derive(Clone, Copy)]
struct Timer {
    handle: RawHandle,
    what: usize,
    user: usize,
    flags: u32,
}

/// Timers by their numbers: each until it is killed, or has fired if it does so once.
struct Timers {
    all: Option<HashMap<u32, Timer>>,
    /// The number given out last. They go round, so that one that is gone does not soon mean another.
    last: u32,
}

static TIMERS: Mutex<Timers> = Mutex::new(Timers { all: None, last: 0 });

// The timer whose callback the thread runs; 0 if none.
overlapped_kernel::static_tls! { fn running: Cell<u32> = "mm_timer" }

impl Timers {
    fn next(&mut self) -> u32 {
        let all = self.all.get_or_insert_default();
        loop {
            self.last = self.last.wrapping_add(1);
            if self.last != 0 && !all.contains_key(&self.last) {
                return self.last;
            }
        }
    }
}

fn take(id: u32) -> Option<Timer> {
    TIMERS.lock().all.as_mut().and_then(|all| all.remove(&id))
}

/// A timer is due. Its number is the parameter: one that was killed on the way is not found.
unsafe extern "C-unwind" fn fire(id: *mut c_void, _fired: u8) {
    let id = id.addr() as u32;
    let found = TIMERS.lock().all.as_ref().and_then(|all| all.get(&id).copied());
    let Some(timer) = found else { return };
    if timer.flags & EVENT_SET != 0 {
        crate::synchapi::ovl_SetEvent(timer.what);
    } else if timer.flags & EVENT_PULSE != 0 {
        crate::synchapi::ovl_PulseEvent(timer.what);
    } else {
        // SAFETY: the caller of timeSetEvent vouches for the routine, which is not NULL.
        unsafe {
            let routine = std::mem::transmute::<usize, TimeCallback>(timer.what);
            if let Some(routine) = routine {
                running(|own| own.set(id));
                unwinding!(routine, fn(u32, u32, usize, usize, usize))(id, 0, timer.user, 0, 0);
                running(|own| own.set(0));
            }
        }
    }
    // Not before: who kills it meanwhile may have to wait.
    if timer.flags & PERIODIC == 0
        && let Some(timer) = take(id)
    {
        ovl_DeleteTimerQueueTimer(0, timer.handle, 0);
    }
}

/// timeSetEvent: the timer's number; 0 for a delay of 0 or above 1,000,000 ms, or nothing to do. A timer without TIME_PERIODIC loses its
/// number when it has fired.
///
/// # Safety
/// `what` is a routine that may be called with `user` on another thread until the timer is killed, or an event if the flags say so.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_timeSetEvent(delay: u32, _resolution: u32, what: usize, user: usize, flags: u32) -> u32 {
    guard(0, || {
        if !DELAYS.contains(&delay)
            || what == 0
            || flags & !(PERIODIC | EVENT_SET | EVENT_PULSE | KILL_SYNCHRONOUS) != 0
        {
            return 0;
        }
        // Held until the timer is in the list: it may fire at once, and looks there.
        let mut timers = TIMERS.lock();
        let id = timers.next();
        let mut handle = 0;
        let period = if flags & PERIODIC != 0 { delay } else { 0 };
        // SAFETY: a place of ours, and a number for a parameter; the calling convention of `fire` is that of the queue's routines.
        let made = unsafe {
            let routine = std::mem::transmute::<
                unsafe extern "C-unwind" fn(*mut c_void, u8),
                unsafe extern "C" fn(*mut c_void, u8),
            >(fire);
            let parameter = std::ptr::without_provenance_mut(id as usize);
            ovl_CreateTimerQueueTimer(&raw mut handle, 0, Some(routine), parameter, delay, period, IN_TIMER_THREAD)
        };
        if made == 0 {
            return 0;
        }
        timers.all.get_or_insert_default().insert(id, Timer { handle, what, user, flags });
        id
    })
}

/// timeKillEvent: 11 for no timer. With TIME_KILL_SYNCHRONOUS a callback that runs has ended when this returns, unless it is the caller.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_timeKillEvent(id: u32) -> u32 {
    guard(INVALID, || {
        let Some(timer) = take(id) else { return INVALID };
        let own = running(Cell::get) == id;
        // -1 waits for a callback.
        let wait = if timer.flags & KILL_SYNCHRONOUS != 0 && !own { usize::MAX } else { 0 };
        ovl_DeleteTimerQueueTimer(0, timer.handle, wait);
        0
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synchapi::{ovl_CreateEventA, ovl_WaitForSingleObject};
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

    static FIRED: AtomicU32 = AtomicU32::new(0);
    static EVENT: AtomicU32 = AtomicU32::new(0);

    unsafe extern "C" fn tick(_id: u32, _message: u32, user: usize, _: usize, _: usize) {
        if FIRED.fetch_add(user as u32, SeqCst) == 2 * user as u32 {
            crate::synchapi::ovl_SetEvent(EVENT.load(SeqCst) as usize);
        }
    }

    #[test]
    fn a_periodic_timer_calls_until_it_is_killed() {
        // SAFETY: no names; the routine is ours.
        unsafe {
            let event = ovl_CreateEventA(std::ptr::null(), 0, 0, std::ptr::null());
            EVENT.store(event as u32, SeqCst);
            let id = ovl_timeSetEvent(1, 0, tick as *const () as usize, 7, PERIODIC | KILL_SYNCHRONOUS);
            assert_ne!(id, 0);
            assert_eq!(ovl_WaitForSingleObject(event, 60_000), 0);
            assert_eq!((ovl_timeKillEvent(id), ovl_timeKillEvent(id)), (0, INVALID));
            let last = FIRED.load(SeqCst);
            assert!(last >= 21 && last.is_multiple_of(7));
            let once = ovl_timeSetEvent(1, 0, event, 0, EVENT_SET);
            assert_eq!(ovl_WaitForSingleObject(event, 60_000), 0);
            assert_eq!(FIRED.load(SeqCst), last);
            // Its number goes when it has fired, and is not the next one's.
            while TIMERS.lock().all.as_ref().is_some_and(|all| all.contains_key(&once)) {
                std::thread::yield_now();
            }
            assert_eq!(ovl_timeKillEvent(once), INVALID);
            let next = ovl_timeSetEvent(1000, 0, event, 0, EVENT_PULSE);
            assert!(next != once && ovl_timeKillEvent(next) == 0);
            for (delay, flags) in [(0, EVENT_SET), (0, PERIODIC), (1_000_001, EVENT_SET), (1, 0x1000)] {
                assert_eq!(ovl_timeSetEvent(delay, 0, event, 0, flags), 0);
            }
            crate::handleapi::ovl_CloseHandle(event);
        }
    }

    /// 0: not begun, 1: runs, 2: has ended.
    static SLOW: AtomicU32 = AtomicU32::new(0);

    unsafe extern "C" fn slow(_id: u32, _message: u32, _user: usize, _: usize, _: usize) {
        SLOW.store(1, SeqCst);
        std::thread::sleep(std::time::Duration::from_millis(200));
        SLOW.store(2, SeqCst);
    }

    #[test]
    fn a_synchronous_kill_waits_for_the_callback_also_of_a_timer_that_fires_once() {
        // SAFETY: the routine is ours.
        let id = unsafe { ovl_timeSetEvent(1, 0, slow as *const () as usize, 0, KILL_SYNCHRONOUS) };
        while SLOW.load(SeqCst) == 0 {
            std::thread::yield_now();
        }
        assert_eq!((ovl_timeKillEvent(id), SLOW.load(SeqCst)), (0, 2));
    }

    static OWN: AtomicU32 = AtomicU32::new(u32::MAX);

    unsafe extern "C" fn own_end(id: u32, _message: u32, _user: usize, _: usize, _: usize) {
        OWN.store(ovl_timeKillEvent(id), SeqCst);
    }

    #[test]
    fn a_callback_kills_its_own_timer() {
        // SAFETY: the routine is ours.
        unsafe { ovl_timeSetEvent(1, 0, own_end as *const () as usize, 0, PERIODIC | KILL_SYNCHRONOUS) };
        while OWN.load(SeqCst) == u32::MAX {
            std::thread::yield_now();
        }
        assert_eq!(OWN.load(SeqCst), 0);
    }
}
