//! `process.h`: threads, by CreateThread.

use super::set_errno;
use crate::handleapi::ovl_CloseHandle;
use crate::processthreadsapi::{ovl_CreateThread, ovl_ExitThread, ovl_ResumeThread};
use crate::support::{RawHandle, last_error};
use overlapped_abi::{SecurityAttributes, Win32Error};
use std::cell::Cell;
use std::ffi::{c_uint, c_void};

const CREATE_SUSPENDED: u32 = 4;

/// The function of a thread of _beginthreadex.
pub type StartEx = Option<unsafe extern "C-unwind" fn(*mut c_void) -> u32>;
/// The function of a thread of _beginthread.
pub type Start = Option<unsafe extern "C-unwind" fn(*mut c_void)>;

thread_local! {
    /// The handle that _beginthread returned, which its thread closes.
    static OWN: Cell<RawHandle> = const { Cell::new(0) };
}

/// _beginthreadex: a handle that the caller closes; 0 with errno set if it fails.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__beginthreadex(
    security: *const SecurityAttributes,
    stack: c_uint,
    start: StartEx,
    argument: *mut c_void,
    flags: c_uint,
    id: *mut u32,
) -> RawHandle {
    // SAFETY: the caller vouches for all of it.
    let thread = unsafe { ovl_CreateThread(security, stack as usize, start, argument, flags, id) };
    if thread == 0 {
        set_errno(Win32Error(last_error()).to_errno());
    }
    thread
}

/// What a thread of _beginthread is to do.
struct Task {
    start: unsafe extern "C-unwind" fn(*mut c_void),
    argument: *mut c_void,
    handle: RawHandle,
}

/// Runs the task. Nothing here has anything to destroy while it runs, because it may end by ExitThread.
unsafe extern "C-unwind" fn run(task: *mut c_void) -> u32 {
    // SAFETY: the box that _beginthread made for this thread.
    let Task { start, argument, handle } = *unsafe { Box::from_raw(task.cast::<Task>()) };
    OWN.set(handle);
    // SAFETY: the caller of _beginthread vouches for it.
    unsafe { start(argument) };
    ovl_CloseHandle(OWN.take());
    0
}

/// _beginthread: a handle that its thread closes when it ends; −1 with errno set if it fails.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__beginthread(start: Start, stack: c_uint, argument: *mut c_void) -> RawHandle {
    let Some(start) = start else {
        super::invalid(libc::EINVAL);
        return usize::MAX;
    };
    let task = Box::into_raw(Box::new(Task { start, argument, handle: 0 }));
    // SAFETY: the thread gets the box, and begins only when its handle is in it.
    unsafe {
        let null = std::ptr::null();
        let thread =
            ovl_CreateThread(null, stack as usize, Some(run), task.cast(), CREATE_SUSPENDED, std::ptr::null_mut());
        if thread == 0 {
            drop(Box::from_raw(task));
            set_errno(Win32Error(last_error()).to_errno());
            return usize::MAX;
        }
        (*task).handle = thread;
        ovl_ResumeThread(thread);
        thread
    }
}

/// _endthreadex.
#[unsafe(no_mangle)]
pub extern "C-unwind" fn ovl__endthreadex(code: c_uint) -> ! {
    ovl_ExitThread(code)
}

/// _endthread: closes the handle that _beginthread returned.
#[unsafe(no_mangle)]
pub extern "C-unwind" fn ovl__endthread() -> ! {
    let own = OWN.take();
    if own != 0 {
        ovl_CloseHandle(own);
    }
    ovl_ExitThread(0)
}
