//! Cleanup groups.

use super::*;
use overlapped_kernel::pool::Call;
use overlapped_win32::threadpool::group::*;
use overlapped_win32::threadpool::pools::ovl_SetThreadpoolThreadMaximum;
use overlapped_win32::threadpool::work::*;

unsafe extern "C" fn work(_: *mut Call, context: *mut c_void, _: *mut Work) {
    // SAFETY: a stage of this test.
    unsafe { stage(context) }.enter();
}

unsafe extern "C" fn simple(_: *mut Call, context: *mut c_void) {
    // SAFETY: a stage of this test.
    unsafe { stage(context) }.enter();
}

unsafe extern "C" fn cancelled(context: *mut c_void, cleanup: *mut c_void) {
    // SAFETY: a stage of this test.
    unsafe { stage(context) }.cancelled.fetch_add(cleanup as usize, Ordering::SeqCst);
}

#[test]
fn cancelling_a_group_drops_what_has_not_started_and_waits_for_the_rest() {
    let (pool, first, second) = (OwnPool::new(), Stage::new(), Stage::new());
    let group = ovl_CreateThreadpoolCleanupGroup();
    let mut environ = environment(pool.0, group);
    environ.cleanup_group_cancel_callback = Some(cancelled);
    // SAFETY: all of it is this test's, and outlives the callbacks.
    unsafe {
        ovl_SetThreadpoolThreadMaximum(pool.0, 1);
        let running = ovl_CreateThreadpoolWork(Some(work), first.context(), &environ);
        ovl_SubmitThreadpoolWork(running);
        first.wait_for(1);
        let queued = ovl_CreateThreadpoolWork(Some(work), second.context(), &environ);
        ovl_SubmitThreadpoolWork(queued);
        assert_eq!(ovl_TrySubmitThreadpoolCallback(Some(simple), second.context(), &environ), 1);
        let opener = {
            let first = Arc::clone(&first);
            std::thread::spawn(move || {
                std::thread::sleep(MOMENT);
                first.open();
            })
        };
        ovl_CloseThreadpoolCleanupGroupMembers(group, 1, 10 as *mut c_void);
        assert!(*first.open.lock().unwrap(), "the callback that ran was waited for");
        opener.join().unwrap();
        ovl_CloseThreadpoolCleanupGroup(group);
    }
    assert_eq!((first.calls(), second.calls()), (1, 0));
    assert_eq!(first.cancelled.load(Ordering::SeqCst), 10, "each object is told, whether it was busy or not");
    assert_eq!(second.cancelled.load(Ordering::SeqCst), 20, "the object, and the callback without one");
}

#[test]
fn closing_a_group_without_cancelling_runs_everything() {
    let (pool, stage) = (OwnPool::new(), Stage::opened());
    let group = ovl_CreateThreadpoolCleanupGroup();
    let mut environ = environment(pool.0, group);
    environ.cleanup_group_cancel_callback = Some(cancelled);
    // SAFETY: as above.
    unsafe {
        let object = ovl_CreateThreadpoolWork(Some(work), stage.context(), &environ);
        (0..50).for_each(|_| ovl_SubmitThreadpoolWork(object));
        for _ in 0..50 {
            assert_eq!(ovl_TrySubmitThreadpoolCallback(Some(simple), stage.context(), &environ), 1);
        }
        ovl_CloseThreadpoolCleanupGroupMembers(group, 0, 10 as *mut c_void);
        assert_eq!((stage.calls(), stage.cancelled.load(Ordering::SeqCst)), (100, 0));
        ovl_CloseThreadpoolCleanupGroup(group);
    }
}

#[test]
fn an_object_that_is_closed_by_itself_leaves_its_group() {
    let (pool, stage) = (OwnPool::new(), Stage::opened());
    let group = ovl_CreateThreadpoolCleanupGroup();
    let mut environ = environment(pool.0, group);
    environ.cleanup_group_cancel_callback = Some(cancelled);
    // SAFETY: as above.
    unsafe {
        for _ in 0..100 {
            let object = ovl_CreateThreadpoolWork(Some(work), stage.context(), &environ);
            ovl_SubmitThreadpoolWork(object);
            ovl_CloseThreadpoolWork(object);
        }
        ovl_CloseThreadpoolCleanupGroupMembers(group, 1, 10 as *mut c_void);
        assert_eq!(stage.cancelled.load(Ordering::SeqCst), 0);
        ovl_CloseThreadpoolCleanupGroup(group);
    }
    stage.wait_for(100);
}
