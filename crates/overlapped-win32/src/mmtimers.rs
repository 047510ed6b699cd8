//! timeSetEvent and timeKillEvent of `winmm`: timers of the process's timer queue, by small numbers.

use crate::callbacks::{inside, unwinding};
use crate::support::{RawHandle, guard};
use crate::threadpool::timerqueue::{ovl_CreateTimerQueueTimer, ovl_DeleteTimerQueueTimer};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::ffi::c_void;

const PERIODIC: u32 = 1;
const EVENT_SET: u32 = 0x10;
const EVENT_PULSE: u32 = 0x20;
const KILL_SYNCHRONOUS: u32 = 0x100;
/// MMSYSERR_INVALPARAM.
const INVALID: u32 = 11;
/// The longest delay, in milliseconds.
const MOST: u32 = 1_000_000;
/// WT_EXECUTEINTIMERTHREAD: callbacks come one after the other, and in time.
const IN_TIMER_THREAD: u32 = 0x20;

/// LPTIMECALLBACK: the timer's number, 0, the caller's own, and two more of nothing. In its place may be an event.
pub type TimeCallback = Option<unsafe extern "C" fn(u32, u32, usize, usize, usize)>;

struct Timer {
    handle: RawHandle,
    waits: bool,
}

/// Timers by their numbers; one that has fired keeps its number until it is killed.
static TIMERS: Mutex<Option<HashMap<u32, Timer>>> = Mutex::new(None);

/// What a timer does.
struct Action {
    id: u32,
    what: usize,
    user: usize,
    flags: u32,
}

unsafe extern "C" fn fire(action: *mut c_void, _fired: u8) {
    // SAFETY: made by timeSetEvent, and never freed before its timer.
    let action = unsafe { &*action.cast::<Action>() };
    match action.flags & (EVENT_SET | EVENT_PULSE) {
        EVENT_SET => drop(crate::synchapi::ovl_SetEvent(action.what)),
        EVENT_PULSE => drop(crate::synchapi::ovl_PulseEvent(action.what)),
        _ => {
            // SAFETY: the caller of timeSetEvent vouches for the routine.
            let routine = unsafe { std::mem::transmute::<usize, TimeCallback>(action.what) };
            let Some(routine) = routine else { return };
            // SAFETY: the same function.
            let routine = unsafe { unwinding!(routine, fn(u32, u32, usize, usize, usize)) };
            // SAFETY: as above.
            inside(|| unsafe { routine(action.id, 0, action.user, 0, 0) });
        }
    }
}

/// timeSetEvent: the timer's number; 0 for a delay above 1,000,000 ms, a period of 0, or nothing to do.
///
/// # Safety
/// `what` is a routine that may be called with `user` on another thread until the timer is killed, or an event if the flags say so.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_timeSetEvent(delay: u32, _resolution: u32, what: usize, user: usize, flags: u32) -> u32 {
    guard(0, || {
        let periodic = flags & PERIODIC != 0;
        if delay > MOST || periodic && delay == 0 || what == 0 || flags & !(PERIODIC | 0x130) != 0 {
            return 0;
        }
        let mut timers = TIMERS.lock();
        let timers = timers.get_or_insert_default();
        let id = (1..=u32::MAX).find(|id| !timers.contains_key(id)).unwrap_or(0);
        // It may be on its way at any time, so it stays for good.
        let action = Box::leak(Box::new(Action { id, what, user, flags }));
        let mut handle = 0;
        let period = if periodic { delay } else { 0 };
        // SAFETY: a place of ours; the action stays.
        let made = unsafe {
            let action = std::ptr::from_mut(action).cast();
            ovl_CreateTimerQueueTimer(&raw mut handle, 0, Some(fire), action, delay, period, IN_TIMER_THREAD)
        };
        if made == 0 {
            return 0;
        }
        timers.insert(id, Timer { handle, waits: flags & KILL_SYNCHRONOUS != 0 });
        id
    })
}

/// timeKillEvent: 11 for no timer. With TIME_KILL_SYNCHRONOUS a callback that runs has ended when this returns.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_timeKillEvent(id: u32) -> u32 {
    guard(INVALID, || {
        let timer = TIMERS.lock().as_mut().and_then(|timers| timers.remove(&id));
        let Some(Timer { handle, waits }) = timer else { return INVALID };
        // -1 waits for a callback.
        ovl_DeleteTimerQueueTimer(0, handle, if waits { usize::MAX } else { 0 });
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
            let once = ovl_timeSetEvent(0, 0, event, 0, EVENT_SET);
            assert_eq!(ovl_WaitForSingleObject(event, 60_000), 0);
            assert_eq!((FIRED.load(SeqCst), ovl_timeKillEvent(once)), (last, 0));
            assert_eq!(ovl_timeSetEvent(MOST + 1, 0, event, 0, EVENT_SET), 0);
            crate::handleapi::ovl_CloseHandle(event);
        }
    }
}
