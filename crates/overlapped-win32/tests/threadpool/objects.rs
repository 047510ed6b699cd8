//! Work, timers, waits and I/O objects.

use super::*;
use overlapped_abi::FileTime;
use overlapped_kernel::pool::Call;
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::synchapi::{ovl_CreateEventA, ovl_CreateMutexA, ovl_SetEvent, ovl_WaitForSingleObject};
use overlapped_win32::threadpool::instance::*;
use overlapped_win32::threadpool::pools::ovl_SetThreadpoolThreadMaximum;
use overlapped_win32::threadpool::timer::*;
use overlapped_win32::threadpool::wait::*;
use overlapped_win32::threadpool::work::*;
use std::ptr::{null, null_mut};

unsafe extern "C" fn work(_: *mut Call, context: *mut c_void, _: *mut Work) {
    // SAFETY: a stage of this test.
    unsafe { stage(context) }.enter();
}

unsafe extern "C" fn tick(_: *mut Call, context: *mut c_void, _: *mut Timer) {
    // SAFETY: a stage of this test.
    unsafe { stage(context) }.enter();
}

fn relative(time: Duration) -> FileTime {
    let time = -(time.as_nanos() as i64 / 100);
    FileTime { low: time as u32, high: (time >> 32) as u32 }
}

#[test]
fn closed_work_still_runs_and_keeps_its_pointer() {
    unsafe extern "C" fn resubmit(_: *mut Call, context: *mut c_void, own: *mut Work) {
        // SAFETY: a stage of this test.
        let stage = unsafe { stage(context) };
        stage.enter();
        if stage.calls() == 1 {
            // SAFETY: closed, but good as long as a callback runs.
            unsafe { ovl_SubmitThreadpoolWork(own) };
        }
    }
    let stage = Stage::new();
    // SAFETY: the stage outlives the callbacks.
    unsafe {
        let work = ovl_CreateThreadpoolWork(Some(resubmit), stage.context(), null());
        ovl_SubmitThreadpoolWork(work);
        stage.wait_for(1);
        ovl_CloseThreadpoolWork(work);
    }
    stage.open();
    stage.wait_for(2);
}

#[test]
fn the_last_function_of_an_environment_follows_each_callback() {
    unsafe extern "C" fn finalize(_: *mut Call, context: *mut c_void) {
        // SAFETY: a stage of this test.
        unsafe { stage(context) }.finalized.fetch_add(1, Ordering::SeqCst);
    }
    let (pool, stage) = (OwnPool::new(), Stage::opened());
    let mut environ = environment(pool.0, null());
    environ.finalization_callback = Some(finalize);
    // SAFETY: as above.
    unsafe {
        let object = ovl_CreateThreadpoolWork(Some(work), stage.context(), &environ);
        (0..3).for_each(|_| ovl_SubmitThreadpoolWork(object));
        ovl_WaitForThreadpoolWorkCallbacks(object, 0);
        ovl_CloseThreadpoolWork(object);
    }
    assert_eq!((stage.calls(), stage.finalized.load(Ordering::SeqCst)), (3, 3));
}

#[test]
fn a_mutex_is_released_by_the_thread_that_took_it_when_its_callback_returns() {
    static MUTEX: AtomicUsize = AtomicUsize::new(0);
    unsafe extern "C" fn take(instance: *mut Call, context: *mut c_void, _: *mut Work) {
        let mutex = MUTEX.load(Ordering::SeqCst);
        assert_eq!(ovl_WaitForSingleObject(mutex, 60_000), 0);
        // SAFETY: this callback's instance; a stage of this test.
        unsafe {
            ovl_ReleaseMutexWhenCallbackReturns(instance, mutex);
            stage(context).enter();
        }
    }
    // SAFETY: as above.
    unsafe {
        MUTEX.store(ovl_CreateMutexA(null(), 0, null()), Ordering::SeqCst);
        let stage = Stage::opened();
        let object = ovl_CreateThreadpoolWork(Some(take), stage.context(), null());
        (0..20).for_each(|_| ovl_SubmitThreadpoolWork(object));
        ovl_WaitForThreadpoolWorkCallbacks(object, 0);
        assert_eq!(stage.calls(), 20);
        assert_eq!(ovl_WaitForSingleObject(MUTEX.load(Ordering::SeqCst), 0), 0, "free, and not abandoned");
        ovl_CloseThreadpoolWork(object);
        ovl_CloseHandle(MUTEX.load(Ordering::SeqCst));
    }
}

#[test]
fn a_timer_that_is_set_again_in_time_was_cancelled() {
    let stage = Stage::opened();
    // SAFETY: as above.
    unsafe {
        let timer = ovl_CreateThreadpoolTimer(Some(tick), stage.context(), null());
        let (late, soon) = (relative(LONG * 10), relative(Duration::from_millis(1)));
        assert_eq!(ovl_SetThreadpoolTimerEx(timer, &late, 0, 0), 0);
        assert_eq!(ovl_SetThreadpoolTimerEx(timer, &soon, 0, 0), 1, "the late setting will not call back");
        stage.wait_for(1);
        assert_eq!(ovl_SetThreadpoolTimerEx(timer, null(), 0, 0), 0, "it has called back");
        assert_eq!(ovl_IsThreadpoolTimerSet(timer), 0);
        ovl_WaitForThreadpoolTimerCallbacks(timer, 1);
        ovl_CloseThreadpoolTimer(timer);
    }
    assert_eq!(stage.calls(), 1);
}

#[test]
fn a_closed_timer_does_not_call_back() {
    // What counts is a close before it is due: this thread may have lost the processor meanwhile.
    eventually("closed in time", || {
        let (stage, start) = (Stage::opened(), Instant::now());
        // SAFETY: as above.
        unsafe {
            let timer = ovl_CreateThreadpoolTimer(Some(tick), stage.context(), null());
            ovl_SetThreadpoolTimer(timer, &relative(MOMENT), 1, 0);
            ovl_CloseThreadpoolTimer(timer);
        }
        let in_time = start.elapsed() < MOMENT;
        std::thread::sleep(MOMENT * 3);
        assert!(!in_time || stage.calls() == 0, "{} calls", stage.calls());
        in_time
    });
}

#[test]
fn a_wait_says_why_it_called_back() {
    unsafe extern "C" fn told(_: *mut Call, context: *mut c_void, _: *mut Wait, result: u32) {
        // SAFETY: a stage of this test.
        let stage = unsafe { stage(context) };
        stage.finalized.store(result as usize, Ordering::SeqCst);
        stage.enter();
    }
    let stage = Stage::opened();
    let result = || stage.finalized.load(Ordering::SeqCst);
    // SAFETY: as above.
    unsafe {
        let event = ovl_CreateEventA(null(), 0, 0, null());
        let wait = ovl_CreateThreadpoolWait(Some(told), stage.context(), null());
        ovl_SetThreadpoolWait(wait, event, &relative(Duration::from_millis(1)));
        stage.wait_for(1);
        assert_eq!(result(), 0x102);
        ovl_SetThreadpoolWait(wait, event, null());
        ovl_SetEvent(event);
        stage.wait_for(2);
        assert_eq!(result(), 0);
        ovl_SetThreadpoolWait(wait, event, &FileTime { low: 0, high: 0 });
        stage.wait_for(3);
        assert_eq!(result(), 0x102, "zero is a test");

        // A thread that ends with a mutex leaves it abandoned.
        let mutex = std::thread::spawn(|| ovl_CreateMutexA(null(), 1, null())).join().unwrap();
        ovl_SetThreadpoolWait(wait, mutex, null());
        stage.wait_for(4);
        assert_eq!(result(), 0x80);

        assert_eq!(ovl_SetThreadpoolWaitEx(wait, event, null(), null_mut()), 0);
        assert_eq!(ovl_SetThreadpoolWaitEx(wait, 0, null(), null_mut()), 1, "it waited, and no callback will come");
        assert_eq!(error_of(0, || ovl_SetThreadpoolWaitEx(wait, 0x1234_5678, null(), null_mut())), 6);
        ovl_WaitForThreadpoolWaitCallbacks(wait, 0);
        ovl_CloseThreadpoolWait(wait);
        ovl_CloseHandle(event);
        ovl_CloseHandle(mutex);
    }
    assert_eq!(stage.calls(), 4);
}

#[test]
fn a_callback_may_close_its_own_object() {
    unsafe extern "C" fn close(_: *mut Call, context: *mut c_void, own: *mut Work) {
        // SAFETY: this callback's object, which nobody uses afterwards; a stage of this test.
        unsafe {
            ovl_CloseThreadpoolWork(own);
            stage(context).enter();
        }
    }
    let stage = Stage::opened();
    // SAFETY: as above.
    unsafe { ovl_SubmitThreadpoolWork(ovl_CreateThreadpoolWork(Some(close), stage.context(), null())) };
    stage.wait_for(1);
}

#[test]
fn urgent_callbacks_come_first() {
    static ORDER: Mutex<Vec<usize>> = Mutex::new(Vec::new());
    unsafe extern "C" fn note(_: *mut Call, context: *mut c_void) {
        ORDER.lock().unwrap().push(context as usize);
    }
    let (pool, stage) = (OwnPool::new(), Stage::new());
    let mut environ = environment(pool.0, null());
    // SAFETY: as above.
    unsafe {
        ovl_SetThreadpoolThreadMaximum(pool.0, 1);
        let object = ovl_CreateThreadpoolWork(Some(work), stage.context(), &environ);
        ovl_SubmitThreadpoolWork(object);
        stage.wait_for(1);
        for (priority, number) in [(2, 5), (1, 3), (0, 1), (1, 4), (0, 2)] {
            environ.callback_priority = priority;
            assert_eq!(ovl_TrySubmitThreadpoolCallback(Some(note), number as *mut c_void, &environ), 1);
        }
        stage.open();
        eventually("all have run", || ORDER.lock().unwrap().len() == 5);
        ovl_CloseThreadpoolWork(object);
    }
    assert_eq!(*ORDER.lock().unwrap(), [1, 2, 3, 4, 5]);
}
