//! Work items, registered waits, timer queues.

use super::*;
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::synchapi::{ovl_CreateEventA, ovl_SetEvent, ovl_WaitForSingleObject};
use overlapped_win32::threadpool::legacy::*;
use overlapped_win32::threadpool::registered::*;
use overlapped_win32::threadpool::timerqueue::*;
use std::ptr::{null, null_mut};

const INVALID: usize = usize::MAX;
const ONLY_ONCE: u32 = 8;
const IN_WAIT_THREAD: u32 = 4;
const IN_TIMER_THREAD: u32 = 0x20;

unsafe extern "C" fn item(context: *mut c_void) -> u32 {
    // SAFETY: a stage of this test.
    unsafe { stage(context) }.enter();
    0
}

unsafe extern "C" fn fired(context: *mut c_void, _: u8) {
    // SAFETY: a stage of this test.
    unsafe { stage(context) }.enter();
}

fn event() -> usize {
    // SAFETY: NULL is allowed for both.
    unsafe { ovl_CreateEventA(null(), 0, 0, null()) }
}

#[test]
fn work_items_run_with_every_flag_and_unknown_flags_are_refused() {
    let stage = Stage::opened();
    // SAFETY: the stage outlives the callbacks.
    unsafe {
        for flags in [0, 1, 4, 8, 0x10, 0x20, 0x80, 0x100, 0x1BD] {
            assert_eq!(ovl_QueueUserWorkItem(Some(item), stage.context(), flags), 1);
        }
        assert_eq!(error_of(0, || ovl_QueueUserWorkItem(Some(item), stage.context(), 0x8000)), 87);
        assert_eq!(error_of(0, || ovl_QueueUserWorkItem(None, stage.context(), 0)), 87);
    }
    stage.wait_for(9);
}

#[test]
fn an_apc_of_a_work_item_runs_on_its_thread() {
    use overlapped_win32::processthreadsapi::{ovl_GetCurrentThread, ovl_QueueUserAPC};
    unsafe extern "C" fn apc(context: usize) {
        // SAFETY: a stage of this test.
        unsafe { stage(context as *mut c_void) }.enter();
    }
    unsafe extern "C" fn queue(context: *mut c_void) -> u32 {
        // SAFETY: the stage outlives the APC.
        unsafe { ovl_QueueUserAPC(Some(apc), ovl_GetCurrentThread(), context as usize) }
    }
    let stage = Stage::opened();
    // SAFETY: as above.
    unsafe { assert_eq!(ovl_QueueUserWorkItem(Some(queue), stage.context(), 1), 1) };
    stage.wait_for(1);
}

#[test]
fn unregistering_inside_a_callback_that_comes_first_finds_the_handle() {
    static HANDLE: Mutex<usize> = Mutex::new(0);
    static DONE: AtomicUsize = AtomicUsize::new(0);
    unsafe extern "C" fn unregister(handle: *mut c_void, _: u8) {
        // SAFETY: the handle is where RegisterWaitForSingleObject wrote it.
        let outcome = unsafe { ovl_UnregisterWaitEx(handle.cast::<*mut Registered>().read(), 0) };
        // A callback of it runs: this one.
        assert_eq!(outcome, 0);
        DONE.fetch_add(1, Ordering::SeqCst);
    }
    let event = event();
    for round in 1..=50 {
        ovl_SetEvent(event);
        let mut handle = HANDLE.lock().unwrap();
        // SAFETY: the place outlives the wait.
        let registered = unsafe {
            let place: *mut *mut Registered = std::ptr::from_mut(&mut *handle).cast();
            ovl_RegisterWaitForSingleObject(place, event, Some(unregister), place.cast(), u32::MAX, ONLY_ONCE)
        };
        assert_eq!(registered, 1);
        eventually("the callback", || DONE.load(Ordering::SeqCst) == round);
    }
    ovl_CloseHandle(event);
}

#[test]
fn a_wait_with_a_running_callback_ends_with_an_event() {
    let (stage, event, over) = (Stage::new(), event(), event());
    let mut wait = null_mut();
    // SAFETY: as above.
    unsafe {
        for flags in [0, IN_WAIT_THREAD] {
            let before = stage.calls();
            *stage.open.lock().unwrap() = false;
            assert_eq!(
                ovl_RegisterWaitForSingleObject(&mut wait, event, Some(fired), stage.context(), u32::MAX, flags),
                1
            );
            ovl_SetEvent(event);
            stage.wait_for(before + 1);
            assert_eq!(error_of(0, || ovl_UnregisterWaitEx(wait, over)), 997);
            assert_eq!(ovl_WaitForSingleObject(over, 20), 0x102);
            stage.open();
            assert_eq!(ovl_WaitForSingleObject(over, 60_000), 0);
            assert_eq!(stage.calls(), before + 1);
        }
        assert_eq!(error_of(0, || ovl_UnregisterWait(null_mut())), 6);
    }
    ovl_CloseHandle(event);
    ovl_CloseHandle(over);
}

#[test]
fn timers_of_a_queue_call_back_and_are_deleted_with_it() {
    let (once, again, stage) = (Stage::opened(), Stage::opened(), Stage::opened());
    let queue = ovl_CreateTimerQueue();
    let mut timers = [0; 3];
    // SAFETY: as above.
    unsafe {
        let [first, second, third] = &mut timers;
        assert_eq!(ovl_CreateTimerQueueTimer(first, queue, Some(fired), once.context(), 1, 0, 0), 1);
        assert_eq!(ovl_CreateTimerQueueTimer(second, queue, Some(fired), again.context(), 0, 2, IN_TIMER_THREAD), 1);
        assert_eq!(ovl_CreateTimerQueueTimer(third, queue, Some(fired), stage.context(), 60_000, 0, ONLY_ONCE), 1);
        assert_eq!(
            error_of(0, || ovl_CreateTimerQueueTimer(third, queue, Some(fired), null_mut(), 1, 1, ONLY_ONCE)),
            87
        );
        assert_eq!(error_of(0, || ovl_CreateTimerQueueTimer(null_mut(), queue, Some(fired), null_mut(), 1, 1, 0)), 87);
    }
    again.wait_for(3);
    once.wait_for(1);
    assert_eq!(ovl_ChangeTimerQueueTimer(queue, timers[0], 0, 1), 1);
    std::thread::sleep(MOMENT);
    assert_eq!(once.calls(), 1, "a timer without a period that has expired is not changed");
    assert_eq!(ovl_ChangeTimerQueueTimer(queue, timers[2], 1, 1), 1);
    stage.wait_for(2);
    assert_eq!(ovl_DeleteTimerQueueTimer(queue, timers[2], INVALID), 1);
    let stopped = stage.calls();
    assert_eq!(error_of(0, || ovl_DeleteTimerQueueTimer(queue, timers[2], INVALID)), 6);
    assert_eq!(ovl_DeleteTimerQueueEx(queue, INVALID), 1);
    let ticks = again.calls();
    std::thread::sleep(MOMENT);
    assert_eq!((stage.calls(), again.calls()), (stopped, ticks));
    assert_eq!(error_of(0, || ovl_DeleteTimerQueueEx(queue, INVALID)), 6);
    assert_eq!(error_of(0, || ovl_DeleteTimerQueue(0)), 6);
}

#[test]
fn deleting_a_timer_whose_callback_runs_says_so() {
    let (stage, over) = (Stage::new(), event());
    for told in [false, true] {
        let before = stage.calls();
        *stage.open.lock().unwrap() = false;
        let mut timer = 0;
        // SAFETY: as above.
        unsafe {
            assert_eq!(ovl_CreateTimerQueueTimer(&mut timer, 0, Some(fired), stage.context(), 0, 0, 0), 1);
        }
        stage.wait_for(before + 1);
        if told {
            assert_eq!(ovl_DeleteTimerQueueTimer(0, timer, over), 1);
            assert_eq!(ovl_WaitForSingleObject(over, 20), 0x102);
            stage.open();
            assert_eq!(ovl_WaitForSingleObject(over, 60_000), 0);
        } else {
            assert_eq!(error_of(0, || ovl_DeleteTimerQueueTimer(0, timer, 0)), 997);
            stage.open();
        }
    }
    std::thread::sleep(MOMENT);
    ovl_CloseHandle(over);
}
