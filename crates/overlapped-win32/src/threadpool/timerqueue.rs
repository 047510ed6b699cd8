//! Timer queues: the older timers that call back. A NULL queue is the one of the process.

use super::SetWhenDropped;
use super::legacy::{WT_EXECUTEINTIMERTHREAD, WT_EXECUTEONLYONCE, WaitRoutine, environment};
use crate::callbacks::{inside, unwinding};
use crate::support::{Bool, INVALID_HANDLE_VALUE, RawHandle, event_of, guard_bool, guard_or};
use overlapped_abi::Win32Error;
use overlapped_kernel::dispatcher::Due;
use overlapped_kernel::pool::{CallbackTimer, Object, Schedule};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::ffi::c_void;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// The timers of a queue by their handles.
#[derive(Default)]
struct Queue(Mutex<HashMap<RawHandle, Arc<CallbackTimer>>>);

/// The queues by their handles; 0 is the one of the process.
static QUEUES: LazyLock<Mutex<HashMap<RawHandle, Arc<Queue>>>> =
    LazyLock::new(|| Mutex::new(HashMap::from([(0, Arc::default())])));

/// The handle of a queue or timer: its address, which no other has as long as it is in its list.
fn handle_of<T>(value: &Arc<T>) -> RawHandle {
    Arc::as_ptr(value) as RawHandle
}

fn queue(handle: RawHandle) -> Result<Arc<Queue>, Win32Error> {
    QUEUES.lock().get(&handle).cloned().ok_or(Win32Error::INVALID_HANDLE)
}

fn schedule(due: u32, period: u32) -> Schedule {
    let ms = |ms: u32| Duration::from_millis(u64::from(ms));
    Schedule { due: Due::In(ms(due)), period: (period > 0).then(|| ms(period)), window: Duration::ZERO }
}

/// CreateTimerQueue.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_CreateTimerQueue() -> RawHandle {
    guard_or(0, || {
        let queue = Arc::<Queue>::default();
        let handle = handle_of(&queue);
        QUEUES.lock().insert(handle, queue);
        Ok(handle)
    })
}

/// CreateTimerQueueTimer: `due` and `period` in milliseconds; period 0 is once. 87 without a routine, and for a period with
/// WT_EXECUTEONLYONCE.
///
/// # Safety
/// `timer` is writable; the routine may be called with `parameter` on other threads until the timer is deleted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CreateTimerQueueTimer(
    timer: *mut RawHandle,
    queue_handle: RawHandle,
    routine: WaitRoutine,
    parameter: *mut c_void,
    due: u32,
    period: u32,
    flags: u32,
) -> Bool {
    guard_bool(|| {
        let routine = routine.filter(|_| !timer.is_null()).ok_or(Win32Error::INVALID_PARAMETER)?;
        if flags & WT_EXECUTEONLYONCE != 0 && period != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let queue = queue(queue_handle)?;
        let environment = environment(flags)?;
        let parameter = parameter as usize;
        // SAFETY: the same function.
        let routine = unsafe { unwinding!(routine, fn(*mut c_void, u8)) };
        let made = CallbackTimer::new(environment, flags & WT_EXECUTEINTIMERTHREAD != 0, move |_| {
            // SAFETY: the caller vouches for routine and parameter. A timer always "fires", as a wait that times out.
            inside(|| unsafe { routine(parameter as *mut c_void, 1) });
        });
        let handle = handle_of(&made);
        // Written first: the callback may come before this call returns.
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { timer.write(handle) };
        queue.0.lock().insert(handle, Arc::clone(&made));
        made.set(Some(schedule(due, period)));
        Ok(())
    })
}

/// ChangeTimerQueueTimer. A timer without a period that has expired stays as it is.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_ChangeTimerQueueTimer(queue_handle: RawHandle, timer: RawHandle, due: u32, period: u32) -> Bool {
    guard_bool(|| {
        let timer = queue(queue_handle)?.0.lock().get(&timer).cloned().ok_or(Win32Error::INVALID_HANDLE)?;
        timer.change(schedule(due, period));
        Ok(())
    })
}

/// DeleteTimerQueueTimer: no callback starts afterwards. One that runs is waited for with INVALID_HANDLE_VALUE; an event is set
/// when it has ended; without either the call answers FALSE/997. 87 without a timer.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_DeleteTimerQueueTimer(queue_handle: RawHandle, timer: RawHandle, completion: RawHandle) -> Bool {
    guard_bool(|| {
        if timer == 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let completion = Completion::of(completion)?;
        let timer = queue(queue_handle)?.0.lock().remove(&timer).ok_or(Win32Error::INVALID_HANDLE)?;
        end(&[timer], completion)
    })
}

/// CancelTimerQueueTimer: DeleteTimerQueueTimer without an event.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_CancelTimerQueueTimer(queue_handle: RawHandle, timer: RawHandle) -> Bool {
    ovl_DeleteTimerQueueTimer(queue_handle, timer, 0)
}

/// SetTimerQueueTimer: CreateTimerQueueTimer, whose timer it returns; with `io` its callbacks may wait for requests, which all may here. 0
/// if it failed.
///
/// # Safety
/// As for [`ovl_CreateTimerQueueTimer`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetTimerQueueTimer(
    queue_handle: RawHandle,
    routine: WaitRoutine,
    parameter: *mut c_void,
    due: u32,
    period: u32,
    _io: Bool,
) -> RawHandle {
    let mut timer = 0;
    // SAFETY: the caller's promise; the place for the timer is ours.
    unsafe { ovl_CreateTimerQueueTimer(&raw mut timer, queue_handle, routine, parameter, due, period, 0) };
    timer
}

/// DeleteTimerQueue, as DeleteTimerQueueEx without an event.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_DeleteTimerQueue(queue_handle: RawHandle) -> Bool {
    ovl_DeleteTimerQueueEx(queue_handle, 0)
}

/// DeleteTimerQueueEx: deletes the queue and its timers; `completion` as for DeleteTimerQueueTimer. 6 for the queue of the process.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_DeleteTimerQueueEx(queue_handle: RawHandle, completion: RawHandle) -> Bool {
    guard_bool(|| {
        if queue_handle == 0 {
            return Err(Win32Error::INVALID_HANDLE);
        }
        let completion = Completion::of(completion)?;
        let queue = QUEUES.lock().remove(&queue_handle).ok_or(Win32Error::INVALID_HANDLE)?;
        let timers: Vec<_> = std::mem::take(&mut *queue.0.lock()).into_values().collect();
        end(&timers, completion)
    })
}

/// How the end of the last callback is told.
enum Completion {
    Waited,
    Told(Arc<SetWhenDropped>),
    NotAtAll,
}

impl Completion {
    fn of(raw: RawHandle) -> Result<Self, Win32Error> {
        if raw == INVALID_HANDLE_VALUE {
            return Ok(Self::Waited);
        }
        Ok(event_of(raw)?.map_or(Self::NotAtAll, |event| Self::Told(Arc::new(SetWhenDropped(event)))))
    }
}

fn end(timers: &[Arc<CallbackTimer>], completion: Completion) -> Result<(), Win32Error> {
    let mut running = false;
    for timer in timers {
        timer.stop();
        timer.core().withdraw();
        running |= timer.core().is_busy();
    }
    for timer in timers {
        match &completion {
            Completion::Waited => timer.core().wait(),
            Completion::Told(told) => timer.core().keep_until_quiet(Box::new(Arc::clone(told))),
            Completion::NotAtAll => {}
        }
    }
    let untold = matches!(completion, Completion::NotAtAll);
    if running && untold { Err(Win32Error::IO_PENDING) } else { Ok(()) }
}
