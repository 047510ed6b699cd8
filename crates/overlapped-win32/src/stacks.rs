//! Where the calling thread's stack lies: GetCurrentThreadStackLimits, and the beginning of the thread's environment block, in which
//! programs look for the same. Nothing but NT_TIB is there of that block.

use crate::fibers::{current_stack, ovl_GetCurrentFiber};
use std::cell::{Cell, UnsafeCell};
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::ptr::null_mut;

/// NT_TIB.
#[repr(C)]
pub struct Block {
    exceptions: *mut c_void,
    stack_base: usize,
    stack_limit: usize,
    subsystem: *mut c_void,
    fiber: *mut c_void,
    users: *mut c_void,
    itself: *mut Block,
}

/// Behind the last frame there is none; Windows has -1 there.
const NO_FRAME: *mut c_void = usize::MAX as *mut c_void;

thread_local! {
    static BLOCK: UnsafeCell<Block> = const {
        UnsafeCell::new(Block {
            exceptions: NO_FRAME,
            stack_base: 0,
            stack_limit: 0,
            subsystem: null_mut(),
            fiber: null_mut(),
            users: null_mut(),
            itself: null_mut(),
        })
    };
    /// The thread's own stack, once it was asked for: for the first thread Linux has to read a file for it.
    static OWN: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
}

/// The thread's own stack.
fn own() -> Range<usize> {
    let mut attributes = MaybeUninit::uninit();
    let (mut start, mut size) = (null_mut(), 0);
    // SAFETY: the attributes are initialised by the first call, read, and destroyed.
    unsafe {
        if libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) != 0 {
            return 0..0;
        }
        libc::pthread_attr_getstack(attributes.as_ptr(), &mut start, &mut size);
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
    }
    start as usize..start as usize + size
}

/// The stack that the thread is on: its own, or its fiber's.
fn here() -> Range<usize> {
    current_stack().unwrap_or_else(|| {
        let (mut start, mut end) = OWN.get();
        if end == 0 {
            (start, end) = (own().start, own().end);
            OWN.set((start, end));
        }
        start..end
    })
}

/// GetCurrentThreadStackLimits: the lowest address of the calling thread's stack, and where it ends.
///
/// # Safety
/// Both are writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetCurrentThreadStackLimits(low: *mut usize, high: *mut usize) {
    let stack = here();
    // SAFETY: the caller vouches for both.
    unsafe {
        low.write(stack.start);
        high.write(stack.end);
    }
}

/// NtCurrentTeb: the calling thread's NT_TIB, with the stack and the fiber that it has at the moment.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_NtCurrentTeb() -> *mut Block {
    let stack = here();
    BLOCK.with(|block| {
        let block = block.get();
        // SAFETY: this thread's alone, and nobody has a reference to it.
        unsafe {
            (*block).stack_base = stack.end;
            (*block).stack_limit = stack.start;
            (*block).fiber = ovl_GetCurrentFiber().cast();
            (*block).itself = block;
        }
        block
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fibers::*;

    /// Is a variable of this function where the stack is said to be?
    fn fits() -> bool {
        let (mut low, mut high) = (0, 0);
        let here = (&raw const low).addr();
        // SAFETY: two places; the block is this thread's.
        let told = unsafe {
            ovl_GetCurrentThreadStackLimits(&mut low, &mut high);
            let block = ovl_NtCurrentTeb();
            ((*block).stack_limit, (*block).stack_base, (*block).itself == block)
        };
        (low..high).contains(&here) && told == (low, high, true)
    }

    unsafe extern "C-unwind" fn on_fiber(parameter: *mut c_void) {
        // SAFETY: what the test gave, and the fiber that started this one.
        unsafe {
            let given = parameter.cast::<(*mut Fiber, bool)>();
            (*given).1 = fits();
            ovl_SwitchToFiber((*given).0);
        }
    }

    #[test]
    fn the_stack_is_where_it_is_said_to_be_on_threads_and_fibers() {
        assert!(fits());
        std::thread::spawn(|| {
            assert!(fits());
            // SAFETY: fibers of this thread, each left before it is deleted.
            unsafe {
                let first = ovl_ConvertThreadToFiber(null_mut());
                let mut given = (first, false);
                let second = ovl_CreateFiber(0, Some(on_fiber), (&raw mut given).cast());
                ovl_SwitchToFiber(second);
                assert!(given.1 && fits());
                ovl_DeleteFiber(second);
                ovl_ConvertFiberToThread();
            }
        })
        .join()
        .unwrap();
    }
}
