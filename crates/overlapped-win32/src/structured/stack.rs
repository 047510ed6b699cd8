//! A stack for the moment when a thread's own is full.
//!
//! Linux starts a handler of signals on a second stack, if the thread has one, whatever the signal is about. Filters should run on the
//! thread's own stack, where they are asked on Windows, and only a stack overflow has them run on the second one. So the handler goes back
//! to the interrupted stack at once ([`call_below`]), and for that the second stack is registered so that it counts as free as soon as it is
//! in use (SS_AUTODISARM): a fault in a filter is then dealt with on the stack that the filter is on. Whoever leaves a handler other
//! than by returning registers it again ([`arm_again`]). A thread that has a second stack already, of a useful size, keeps that.

use libc::{c_int, c_void, stack_t};
use std::arch::naked_asm;
use std::cell::{Cell, OnceCell, RefCell};
use std::mem::MaybeUninit;
use std::ops::Range;
use std::ptr::null_mut;

const SIZE: usize = 256 * 1024;
const PAGE: usize = 4096;
/// A second stack that somebody else made serves if it has this much.
const ENOUGH: usize = 32 * 1024;
/// SS_AUTODISARM.
const AUTODISARM: c_int = 1 << 31;
/// How far beside the end of a stack an overflow may hit.
const NEAR: usize = 1 << 20;

struct Second(*mut c_void);

thread_local! {
    static LOOKED: Cell<bool> = const { Cell::new(false) };
    static SECOND: OnceCell<Option<Second>> = const { OnceCell::new() };
    /// The lowest bytes of the stack that the thread runs on, and what is below.
    static END: RefCell<Option<Range<usize>>> = const { RefCell::new(None) };
}

impl Second {
    fn make() -> Option<Self> {
        // SAFETY: zeros are a stack_t, which is filled in.
        let mut present: stack_t = unsafe { std::mem::zeroed() };
        // SAFETY: no new stack, and a place for what there is.
        unsafe { libc::sigaltstack(std::ptr::null(), &mut present) };
        if present.ss_flags & libc::SS_DISABLE == 0 && present.ss_size >= ENOUGH {
            return None;
        }
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        // SAFETY: fresh memory, of which the lowest page is never to be used.
        let start = unsafe {
            let start = libc::mmap(null_mut(), SIZE, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0);
            if start == libc::MAP_FAILED {
                return None;
            }
            libc::mprotect(start, PAGE, libc::PROT_NONE);
            start
        };
        let second = Self(start);
        // A kernel that does not know the flag leaves the thread as it was.
        second.register().then_some(second)
    }

    fn register(&self) -> bool {
        let stack = stack_t { ss_sp: self.0.wrapping_byte_add(PAGE), ss_flags: AUTODISARM, ss_size: SIZE - PAGE };
        // SAFETY: memory of this thread, which stays until this value is dropped.
        unsafe { libc::sigaltstack(&stack, null_mut()) == 0 }
    }
}

impl Drop for Second {
    fn drop(&mut self) {
        let none = stack_t { ss_sp: null_mut(), ss_flags: libc::SS_DISABLE, ss_size: 0 };
        // SAFETY: the thread ends and is on its own stack; after the first call nobody uses the memory.
        unsafe {
            libc::sigaltstack(&none, null_mut());
            libc::munmap(self.0, SIZE);
        }
    }
}

/// The addresses that an overflow of the calling thread's stack hits.
fn end_of_stack() -> Option<Range<usize>> {
    let mut attributes = MaybeUninit::uninit();
    let (mut start, mut size, mut guard) = (null_mut(), 0, 0);
    // SAFETY: the attributes are initialised by the first call, read, and destroyed.
    unsafe {
        if libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) != 0 {
            return None;
        }
        libc::pthread_attr_getstack(attributes.as_ptr(), &mut start, &mut size);
        libc::pthread_attr_getguardsize(attributes.as_ptr(), &mut guard);
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
    }
    Some(near_end(start as usize, guard))
}

/// The addresses that an overflow of a stack hits that begins there.
pub(super) fn near_end(start: usize, guard: usize) -> Range<usize> {
    start.saturating_sub(NEAR + guard)..start + guard + 16 * PAGE
}

/// The thread goes on on another stack, which ends there, or on its own; where the former one ends.
pub(super) fn exchange_end(end: Option<Range<usize>>) -> Option<Range<usize>> {
    END.try_with(|own| own.replace(end)).unwrap_or(None)
}

/// Sees to it that the calling thread has a second stack.
pub(crate) fn arm() {
    let looked = LOOKED.try_with(|looked| looked.replace(true)).unwrap_or(true);
    if !looked {
        let _ = SECOND.try_with(|second| _ = second.get_or_init(Second::make));
        let _ = END.try_with(|end| _ = end.borrow_mut().get_or_insert_with(|| end_of_stack().unwrap_or(0..0)));
    }
}

/// After a handler that does not return.
pub(super) fn arm_again() {
    let _ = SECOND.try_with(|second| second.get().and_then(Option::as_ref).is_some_and(Second::register));
}

/// Did the thread's stack overflow there?
pub(super) fn is_overflow(address: usize) -> bool {
    let hit = |end: &RefCell<Option<Range<usize>>>| {
        end.try_borrow().is_ok_and(|end| end.as_ref().is_some_and(|end| end.contains(&address)))
    };
    END.try_with(hit).unwrap_or(false)
}

/// Is this handler on a second stack that counts as free?
pub(super) fn is_on_second(thread: &libc::ucontext_t) -> bool {
    let (start, here) = (thread.uc_stack.ss_sp as usize, std::ptr::from_ref(&thread) as usize);
    thread.uc_stack.ss_flags & AUTODISARM != 0 && (start..start + thread.uc_stack.ss_size).contains(&here)
}

/// Calls the function on another part of memory, from there downwards.
///
/// # Safety
/// The memory below `stack`, less 128 bytes, is nobody's, and there is enough of it.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
pub(super) unsafe extern "C-unwind" fn call_below(
    stack: usize,
    function: unsafe extern "C-unwind" fn(*mut c_void),
    argument: *mut c_void,
) {
    naked_asm!(
        ".cfi_startproc",
        "push rbp",
        ".cfi_adjust_cfa_offset 8",
        ".cfi_offset rbp, -16",
        "mov rbp, rsp",
        ".cfi_def_cfa_register rbp",
        "lea rsp, [rdi-128]",
        "and rsp, -16",
        "mov rdi, rdx",
        "call rsi",
        "mov rsp, rbp",
        "pop rbp",
        ".cfi_def_cfa rsp, 8",
        "ret",
        ".cfi_endproc",
    )
}

/// As on the other machine.
///
/// # Safety
/// The memory below `stack` is nobody's, and there is enough of it.
#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
pub(super) unsafe extern "C-unwind" fn call_below(
    stack: usize,
    function: unsafe extern "C-unwind" fn(*mut c_void),
    argument: *mut c_void,
) {
    naked_asm!(
        ".cfi_startproc",
        "stp x29, x30, [sp, #-16]!",
        ".cfi_adjust_cfa_offset 16",
        ".cfi_offset x29, -16",
        ".cfi_offset x30, -8",
        "mov x29, sp",
        ".cfi_def_cfa_register x29",
        "and x9, x0, #-16",
        "mov sp, x9",
        "mov x0, x2",
        "blr x1",
        "mov sp, x29",
        ".cfi_def_cfa sp, 16",
        "ldp x29, x30, [sp], #16",
        "ret",
        ".cfi_endproc",
    )
}
