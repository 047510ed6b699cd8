//! Fibers: stacks of their own, that a thread runs in turn (`winbase.h`).
//!
//! [`ovl_SwitchToFiber`] puts the registers that functions preserve on the stack, goes to the other stack, and takes those from there. What
//! belongs to a fiber and stands with its thread goes along: fiber-local values, the frames of `__try`, and what the C++ library knows of
//! exceptions that are being handled. A fiber may go on in another thread than the one that it stopped in. What a program keeps in
//! thread-local variables does not move, as on Windows.

use crate::fls::{self, Values};
use crate::processthreadsapi::ovl_ExitThread;
use crate::structured::{self, Kept};
use crate::support::{Bool, FALSE, TRUE, fail, guard_or};
use overlapped_abi::Win32Error;
use std::arch::naked_asm;
use std::cell::Cell;
use std::ffi::c_void;
use std::ops::Range;
use std::ptr::null_mut;
use std::sync::OnceLock;

/// LPFIBER_START_ROUTINE.
pub type FiberRoutine = unsafe extern "C-unwind" fn(*mut c_void);

const ALREADY_FIBER: Win32Error = Win32Error(1280);
const ALREADY_THREAD: Win32Error = Win32Error(1281);
/// FIBER_FLAG_FLOAT_SWITCH: it is always so.
const FLOAT_SWITCH: u32 = 1;
const DEFAULT_STACK: usize = 1 << 20;
const PAGE: usize = 4096;
/// What GetCurrentFiber gives in a thread that is none, as on Windows.
const NO_FIBER: usize = 0x1E00;

/// What is behind a fiber's address.
#[repr(C)]
#[derive(Debug)]
pub struct Fiber {
    /// What GetFiberData gives; programs read it here.
    data: *mut c_void,
    /// Where it has stopped.
    stopped_at: *mut c_void,
    start: Option<FiberRoutine>,
    /// Its stack, guard and all; empty for a thread that became a fiber.
    stack: Range<usize>,
    frames: Kept,
    locals: Values,
    handled: [usize; 2],
}

thread_local! {
    static CURRENT: Cell<*mut Fiber> = const { Cell::new(null_mut()) };
}

/// Goes from one stack to another. Returns when somebody comes back to this one.
///
/// # Safety
/// `to` is where a fiber has stopped that runs nowhere, and `from` is writable.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
unsafe extern "C-unwind" fn switch(from: *mut *mut c_void, to: *mut c_void) {
    naked_asm!(
        "push rbp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "sub rsp, 8",
        "stmxcsr [rsp]",
        "fnstcw [rsp+4]",
        "mov [rdi], rsp",
        "mov rsp, rsi",
        "ldmxcsr [rsp]",
        "fldcw [rsp+4]",
        "add rsp, 8",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
    )
}

/// The first code of a fiber, whose address is in rbx. Nobody has called it: here a look at who called whom ends.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
unsafe extern "C-unwind" fn begin() {
    naked_asm!(
        ".cfi_startproc",
        ".cfi_undefined rip",
        "mov rdi, rbx",
        "xor ebp, ebp",
        "call {run}",
        "ud2",
        ".cfi_endproc",
        run = sym run,
    )
}

/// Fills the top of a new stack with what [`switch`] takes from it.
#[cfg(target_arch = "x86_64")]
unsafe fn prepare(top: usize, fiber: *mut Fiber) -> *mut c_void {
    // Controls of floating point as for a new thread, six registers, and where to begin; the stack is aligned for a call then.
    let begin = begin as *const () as usize;
    let words = [0x1F80 | 0x037F << 32, 0, 0, 0, 0, fiber as usize, 0, begin];
    let at = (top - 16 - size_of_val(&words)) as *mut [usize; 8];
    // SAFETY: the caller vouches for the memory below the top.
    unsafe { at.write(words) };
    at.cast()
}

/// As on the other machine.
///
/// # Safety
/// As there.
#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
unsafe extern "C-unwind" fn switch(from: *mut *mut c_void, to: *mut c_void) {
    naked_asm!(
        "sub sp, sp, #176",
        "stp x19, x20, [sp]",
        "stp x21, x22, [sp, #16]",
        "stp x23, x24, [sp, #32]",
        "stp x25, x26, [sp, #48]",
        "stp x27, x28, [sp, #64]",
        "stp x29, x30, [sp, #80]",
        "stp d8, d9, [sp, #96]",
        "stp d10, d11, [sp, #112]",
        "stp d12, d13, [sp, #128]",
        "stp d14, d15, [sp, #144]",
        "mrs x9, fpcr",
        "str x9, [sp, #160]",
        "mov x9, sp",
        "str x9, [x0]",
        "mov sp, x1",
        "ldr x9, [sp, #160]",
        "msr fpcr, x9",
        "ldp x19, x20, [sp]",
        "ldp x21, x22, [sp, #16]",
        "ldp x23, x24, [sp, #32]",
        "ldp x25, x26, [sp, #48]",
        "ldp x27, x28, [sp, #64]",
        "ldp x29, x30, [sp, #80]",
        "ldp d8, d9, [sp, #96]",
        "ldp d10, d11, [sp, #112]",
        "ldp d12, d13, [sp, #128]",
        "ldp d14, d15, [sp, #144]",
        "add sp, sp, #176",
        "ret",
    )
}

/// The first code of a fiber, whose address is in x19. Nobody has called it: here a look at who called whom ends.
#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
unsafe extern "C-unwind" fn begin() {
    naked_asm!(
        ".cfi_startproc",
        ".cfi_undefined x30",
        "mov x0, x19",
        "mov x29, xzr",
        "bl {run}",
        "brk #1",
        ".cfi_endproc",
        run = sym run,
    )
}

/// Fills the top of a new stack with what [`switch`] takes from it.
#[cfg(target_arch = "aarch64")]
unsafe fn prepare(top: usize, fiber: *mut Fiber) -> *mut c_void {
    let mut words = [0; 22];
    (words[0], words[11]) = (fiber as usize, begin as *const () as usize);
    let at = (top - 16 - size_of_val(&words)) as *mut [usize; 22];
    // SAFETY: the caller vouches for the memory below the top.
    unsafe { at.write(words) };
    at.cast()
}

/// A fiber's function; after it, the thread ends.
unsafe extern "C-unwind" fn run(fiber: *mut Fiber) -> ! {
    // SAFETY: a fiber that runs is there, and its creator vouches for the function.
    unsafe {
        let (start, data) = ((*fiber).start, (*fiber).data);
        if let Some(start) = start {
            start(data);
        }
    }
    ovl_ExitThread(1)
}

/// The C++ library's record of exceptions that are being handled by this thread: the innermost, and how many are on their way.
fn handled() -> Option<*mut [usize; 2]> {
    static GLOBALS: OnceLock<Option<unsafe extern "C" fn() -> *mut [usize; 2]>> = OnceLock::new();
    let globals = GLOBALS.get_or_init(|| {
        // SAFETY: looks a name up. The function of that name is of this type.
        unsafe {
            let found = libc::dlsym(libc::RTLD_DEFAULT, c"__cxa_get_globals".as_ptr());
            std::mem::transmute::<*mut c_void, Option<unsafe extern "C" fn() -> *mut [usize; 2]>>(found)
        }
    });
    // SAFETY: it makes the record, or finds it.
    globals.map(|globals| unsafe { globals() })
}

fn make(data: *mut c_void, start: Option<FiberRoutine>, stack: Range<usize>, locals: Values) -> *mut Fiber {
    let frames = Kept::none(stack.clone());
    let fiber = Fiber { data, stopped_at: null_mut(), start, stack, frames, locals, handled: [0; 2] };
    Box::into_raw(Box::new(fiber))
}

/// CreateFiberEx: `reserve` is the size of its stack, 1 MiB for 0. NULL/8 without memory, NULL/87 for other flags.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_CreateFiberEx(
    _commit: usize,
    reserve: usize,
    flags: u32,
    start: Option<FiberRoutine>,
    data: *mut c_void,
) -> *mut Fiber {
    guard_or(null_mut(), || {
        if flags & !FLOAT_SWITCH != 0 || start.is_none() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let wanted = if reserve == 0 { DEFAULT_STACK } else { reserve.max(16 * PAGE) };
        let len = wanted.checked_next_multiple_of(PAGE).and_then(|len| len.checked_add(PAGE));
        let len = len.ok_or(Win32Error::NOT_ENOUGH_MEMORY)?;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | libc::MAP_STACK;
        // SAFETY: fresh memory, of which the lowest page is never to be used.
        let base = unsafe {
            let base = libc::mmap(null_mut(), len, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0);
            if base == libc::MAP_FAILED {
                return Err(Win32Error::NOT_ENOUGH_MEMORY);
            }
            libc::mprotect(base, PAGE, libc::PROT_NONE);
            base as usize
        };
        let fiber = make(data, start, base..base + len, fls::fresh());
        // SAFETY: the top of a new stack.
        unsafe { (*fiber).stopped_at = prepare(base + len, fiber) };
        Ok(fiber)
    })
}

/// CreateFiber.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_CreateFiber(stack: usize, start: Option<FiberRoutine>, data: *mut c_void) -> *mut Fiber {
    ovl_CreateFiberEx(0, stack, FLOAT_SWITCH, start, data)
}

/// ConvertThreadToFiberEx: the fiber that the calling thread is from now on; NULL/1280 if it is one already.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_ConvertThreadToFiberEx(data: *mut c_void, flags: u32) -> *mut Fiber {
    guard_or(null_mut(), || {
        if flags & !FLOAT_SWITCH != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        if !CURRENT.get().is_null() {
            return Err(ALREADY_FIBER);
        }
        // Of its own values and frames nothing has to be kept until it stops.
        let fiber = make(data, None, 0..0, fls::none());
        CURRENT.set(fiber);
        Ok(fiber)
    })
}

/// ConvertThreadToFiber.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_ConvertThreadToFiber(data: *mut c_void) -> *mut Fiber {
    ovl_ConvertThreadToFiberEx(data, 0)
}

/// ConvertFiberToThread: FALSE/1281 if it is none.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_ConvertFiberToThread() -> Bool {
    let fiber = CURRENT.replace(null_mut());
    if fiber.is_null() {
        return fail(ALREADY_THREAD, FALSE);
    }
    // SAFETY: made by `make`, and not used any more. Its stack is the one that this runs on, so that stays.
    drop(unsafe { Box::from_raw(fiber) });
    TRUE
}

/// SwitchToFiber. A thread that is no fiber stays where it is, with 1281.
///
/// # Safety
/// The fiber exists and runs in no other thread.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn ovl_SwitchToFiber(fiber: *mut Fiber) {
    let current = CURRENT.get();
    if current.is_null() {
        return fail(ALREADY_THREAD, ());
    }
    if current == fiber {
        return;
    }
    // SAFETY: both are there, and apart. What is the thread's is changed before the stack is, because it may be another thread that
    // comes back.
    unsafe {
        (*current).frames = structured::exchange((*fiber).frames.clone());
        (*current).locals = fls::exchange(std::mem::replace(&mut (*fiber).locals, fls::none()));
        if let Some(handled) = handled() {
            (*current).handled = handled.replace((*fiber).handled);
        }
        CURRENT.set(fiber);
        switch(&raw mut (*current).stopped_at, (*fiber).stopped_at);
    }
}

/// DeleteFiber: what it has in fiber-local storage goes to the callbacks. If it is the one that runs, the thread ends.
///
/// # Safety
/// The fiber exists and runs in no other thread.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn ovl_DeleteFiber(fiber: *mut Fiber) {
    if fiber.is_null() {
        return;
    }
    if fiber == CURRENT.get() {
        ovl_ExitThread(1);
    }
    // SAFETY: made by `make`, and not used any more; nobody is on its stack.
    let fiber = unsafe { Box::from_raw(fiber) };
    fls::discard(&fiber.locals);
    if !fiber.stack.is_empty() {
        // SAFETY: as above.
        unsafe { libc::munmap(fiber.stack.start as *mut c_void, fiber.stack.len()) };
    }
}

/// GetCurrentFiber: 0x1E00 in a thread that is none.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetCurrentFiber() -> *mut Fiber {
    let fiber = CURRENT.get();
    if fiber.is_null() { NO_FIBER as *mut Fiber } else { fiber }
}

/// The current fiber's stack without the guard, if it has one of its own.
pub(crate) fn current_stack() -> Option<Range<usize>> {
    // SAFETY: the current fiber is there.
    let stack = &unsafe { CURRENT.get().as_ref() }?.stack;
    (!stack.is_empty()).then(|| stack.start + PAGE..stack.end)
}

/// GetFiberData, of the calling fiber.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetFiberData() -> *mut c_void {
    // SAFETY: the current fiber is there.
    unsafe { CURRENT.get().as_ref() }.map_or(null_mut(), |fiber| fiber.data)
}

/// IsThreadAFiber.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_IsThreadAFiber() -> Bool {
    Bool::from(!CURRENT.get().is_null())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::last_error;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering::*};

    static LOG: Mutex<Vec<usize>> = Mutex::new(Vec::new());
    static MAIN: AtomicUsize = AtomicUsize::new(0);
    static INDEX: AtomicUsize = AtomicUsize::new(0);
    static CALLED: AtomicUsize = AtomicUsize::new(0);

    unsafe extern "C-unwind" fn counts(data: *mut c_void) {
        let step = data as usize;
        crate::fls::ovl_FlsSetValue(INDEX.load(SeqCst) as u32, step as *mut c_void);
        for n in 1.. {
            assert_eq!((ovl_GetFiberData() as usize, ovl_IsThreadAFiber()), (step, TRUE));
            LOG.lock().unwrap().push(n * crate::fls::ovl_FlsGetValue(INDEX.load(SeqCst) as u32) as usize);
            // SAFETY: the first fiber of the test.
            unsafe { ovl_SwitchToFiber(MAIN.load(SeqCst) as *mut Fiber) };
        }
    }

    unsafe extern "C" fn add(value: *mut c_void) {
        CALLED.fetch_add(value as usize, SeqCst);
    }

    #[test]
    fn fibers_take_turns_and_have_values_of_their_own() {
        std::thread::spawn(|| {
            assert_eq!((ovl_ConvertFiberToThread(), last_error()), (FALSE, 1281));
            assert_eq!(ovl_GetCurrentFiber() as usize, NO_FIBER);
            let main = ovl_ConvertThreadToFiber(77 as *mut c_void);
            MAIN.store(main as usize, SeqCst);
            assert_eq!((ovl_ConvertThreadToFiber(null_mut()), last_error()), (null_mut(), 1280));
            INDEX.store(crate::fls::ovl_FlsAlloc(Some(add)) as usize, SeqCst);
            let index = INDEX.load(SeqCst) as u32;
            crate::fls::ovl_FlsSetValue(index, 1000 as *mut c_void);
            let fibers = [1, 10].map(|step| ovl_CreateFiber(0, Some(counts), step as *mut c_void));
            for _ in 0..3 {
                // SAFETY: they exist, and run here only.
                fibers.iter().for_each(|&fiber| unsafe { ovl_SwitchToFiber(fiber) });
            }
            assert_eq!(*LOG.lock().unwrap(), [1, 10, 2, 20, 3, 30]);
            assert_eq!(crate::fls::ovl_FlsGetValue(index) as usize, 1000);
            // SAFETY: as above, and not used any more.
            fibers.into_iter().for_each(|fiber| unsafe { ovl_DeleteFiber(fiber) });
            assert_eq!(CALLED.load(SeqCst), 11);
            assert_eq!((ovl_GetFiberData() as usize, ovl_ConvertFiberToThread()), (77, TRUE));
            crate::fls::ovl_FlsFree(index);
            assert_eq!(CALLED.load(SeqCst), 1011);
        })
        .join()
        .unwrap();
    }
}
