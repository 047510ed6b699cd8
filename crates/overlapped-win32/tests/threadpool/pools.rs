//! Pools: sizes, stacks, and how long they last.

use super::*;
use overlapped_kernel::pool::Call;
use overlapped_win32::threadpool::pools::*;
use overlapped_win32::threadpool::work::*;
use std::ptr::null_mut;

unsafe extern "C" fn count(_: *mut Call, context: *mut c_void, _: *mut Work) {
    // SAFETY: a stage of this test.
    unsafe { stage(context) }.enter();
}

#[test]
fn the_maximum_holds_and_more_threads_come_with_a_higher_one() {
    let (pool, stage) = (OwnPool::new(), Stage::new());
    let environ = environment(pool.0, std::ptr::null());
    // SAFETY: all of it is this test's, and outlives the callbacks.
    unsafe {
        ovl_SetThreadpoolThreadMaximum(pool.0, 2);
        let work = ovl_CreateThreadpoolWork(Some(count), stage.context(), &environ);
        (0..5).for_each(|_| ovl_SubmitThreadpoolWork(work));
        stage.wait_for(2);
        std::thread::sleep(MOMENT);
        assert_eq!(stage.calls(), 2, "two threads are the maximum");
        assert_eq!(ovl_SetThreadpoolThreadMinimum(pool.0, 4), 1);
        stage.wait_for(4);
        stage.open();
        ovl_WaitForThreadpoolWorkCallbacks(work, 0);
        assert_eq!(stage.calls(), 5);
        ovl_CloseThreadpoolWork(work);
    }
}

#[test]
fn a_closed_pool_lasts_as_long_as_its_objects() {
    let (pool, stage) = (OwnPool::new(), Stage::opened());
    let environ = environment(pool.0, std::ptr::null());
    // SAFETY: as above.
    unsafe {
        let work = ovl_CreateThreadpoolWork(Some(count), stage.context(), &environ);
        drop(pool);
        ovl_SubmitThreadpoolWork(work);
        ovl_WaitForThreadpoolWorkCallbacks(work, 0);
        assert_eq!(stage.calls(), 1);
        ovl_CloseThreadpoolWork(work);
    }
}

#[test]
fn stacks_have_the_size_that_was_set() {
    const SIZE: usize = 16 << 20;
    unsafe extern "C" fn deep(_: *mut Call, context: *mut c_void, _: *mut Work) {
        fn descend(levels: usize) -> usize {
            let room = std::hint::black_box([levels as u8; 4096]);
            if levels == 0 { usize::from(room[0]) } else { descend(levels - 1) + usize::from(room[levels % 4096] > 0) }
        }
        // Needs more than three quarters of the stack.
        std::hint::black_box(descend(SIZE / 4096 * 3 / 4 / 2));
        // SAFETY: a stage of this test.
        unsafe { stage(context) }.enter();
    }
    let (pool, stage) = (OwnPool::new(), Stage::opened());
    let environ = environment(pool.0, std::ptr::null());
    let mut information = StackInformation { reserve: 0, commit: 0 };
    // SAFETY: as above.
    unsafe {
        assert_eq!(ovl_QueryThreadpoolStackInformation(pool.0, &mut information), 1);
        assert!(information.reserve >= 1 << 20);
        assert_eq!(
            error_of(0, || ovl_SetThreadpoolStackInformation(pool.0, &StackInformation { reserve: 1, commit: 2 })),
            87
        );
        assert_eq!(ovl_SetThreadpoolStackInformation(pool.0, &StackInformation { reserve: SIZE, commit: 4096 }), 1);
        assert_eq!(ovl_QueryThreadpoolStackInformation(pool.0, &mut information), 1);
        assert_eq!((information.reserve, information.commit), (SIZE, 4096));
        let work = ovl_CreateThreadpoolWork(Some(deep), stage.context(), &environ);
        ovl_SubmitThreadpoolWork(work);
        ovl_WaitForThreadpoolWorkCallbacks(work, 0);
        ovl_CloseThreadpoolWork(work);
    }
    assert_eq!(stage.calls(), 1);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let pool = OwnPool::new();
    let mut environ = environment(pool.0, std::ptr::null());
    // SAFETY: nothing is called back.
    unsafe {
        assert_eq!(error_of(null_mut(), || ovl_CreateThreadpool(std::ptr::dangling_mut())), 87);
        assert_eq!(error_of(null_mut(), || ovl_CreateThreadpoolWork(None, null_mut(), &environ)), 87);
        assert_eq!(error_of(0, || ovl_TrySubmitThreadpoolCallback(None, null_mut(), &environ)), 87);
        environ.callback_priority = 3;
        assert_eq!(error_of(null_mut(), || ovl_CreateThreadpoolWork(Some(count), null_mut(), &environ)), 87);
        (environ.callback_priority, environ.version) = (1, 2);
        assert_eq!(error_of(null_mut(), || ovl_CreateThreadpoolWork(Some(count), null_mut(), &environ)), 87);
    }
}
