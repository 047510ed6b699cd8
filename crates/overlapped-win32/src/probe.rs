//! Is the caller's memory there?
//!
//! Windows looks at the whole buffer before it starts a request: one that is not mapped is refused, and nothing is transferred
//! (contract 02 section 13). Linux looks while it transfers, and a device that copies by itself would fault. So one byte of each page is
//! touched first: read, or for memory that is to be written, written with what it holds. A touch that faults comes back with 0, because a
//! handler of SIGSEGV and SIGBUS goes on behind it. Faults elsewhere go to whoever had the signal before.
//!
//! A touch costs a nanosecond, a system call that asks would cost a hundred. The drawback: a program that sets a handler of its own
//! later and does not pass on what it does not know faults in place of getting an error.

pub(crate) mod known;

use overlapped_kernel::request::{Buffer, Function};
use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;
use std::sync::Once;
use std::sync::atomic::{AtomicPtr, Ordering::*};

/// Touching more often than there are pages does no harm.
const PAGE: usize = 4096;

/// The three pieces of code, one behind the other: a touch by reading, one by writing, and where the handler goes on after either.
macro_rules! touches {
    (type $function:literal, read { $($read:literal)* } write { $($write:literal)* } fault { $($fault:literal)* }) => {
        std::arch::global_asm!(
            ".pushsection .text.overlapped_touch, \"ax\", @progbits",
            ".hidden overlapped_touch_start",
            ".hidden overlapped_touch_read",
            ".hidden overlapped_touch_write",
            ".hidden overlapped_touch_fault",
            ".globl overlapped_touch_start",
            ".globl overlapped_touch_read",
            ".globl overlapped_touch_write",
            ".globl overlapped_touch_fault",
            concat!(".type overlapped_touch_read, ", $function),
            concat!(".type overlapped_touch_write, ", $function),
            "overlapped_touch_start:",
            "overlapped_touch_read:",
            $($read,)*
            "    ret",
            ".size overlapped_touch_read, . - overlapped_touch_read",
            "overlapped_touch_write:",
            $($write,)*
            "    ret",
            ".size overlapped_touch_write, . - overlapped_touch_write",
            "overlapped_touch_fault:",
            $($fault,)*
            "    ret",
            ".popsection",
        );
    };
}

#[cfg(target_arch = "x86_64")]
touches! {
    type "@function",
    read { "    mov al, byte ptr [rdi]" "    mov eax, 1" }
    write { "    lock or byte ptr [rdi], 0" "    mov eax, 1" }
    fault { "    xor eax, eax" }
}

#[cfg(target_arch = "aarch64")]
touches! {
    type "%function",
    read { "    ldrb w8, [x0]" "    mov w0, #1" }
    write {
        "    ldxrb w8, [x0]"
        "    stxrb w9, w8, [x0]"
        "    cbnz w9, overlapped_touch_write"
        "    mov w0, #1"
    }
    fault { "    mov w0, #0" }
}

unsafe extern "C" {
    static overlapped_touch_start: u8;
    static overlapped_touch_fault: u8;
    fn overlapped_touch_read(at: usize) -> c_int;
    fn overlapped_touch_write(at: usize) -> c_int;
}

/// Who had the signals before.
static BEFORE: [AtomicPtr<libc::sigaction>; 2] = [const { AtomicPtr::new(std::ptr::null_mut()) }; 2];
const SIGNALS: [c_int; 2] = [libc::SIGSEGV, libc::SIGBUS];

/// Can all of the buffer be used for this? What a transfer takes as its `probe`.
#[must_use]
pub fn usable(function: Function, buffer: &Buffer) -> bool {
    match function {
        Function::Read => writable(buffer.start as usize, buffer.len),
        _ => readable(buffer.start as usize, buffer.len),
    }
}

/// Is all of this memory there to be read?
#[must_use]
pub fn readable(start: usize, len: usize) -> bool {
    // SAFETY: the handler is there, so a touch does nothing but say whether it worked.
    each_page(start, len, |at| unsafe { overlapped_touch_read(at) } != 0)
}

/// Is all of this memory there to be written?
#[must_use]
pub fn writable(start: usize, len: usize) -> bool {
    // SAFETY: as above; the byte stays what it is, also when somebody else writes it at the same moment.
    each_page(start, len, |at| unsafe { overlapped_touch_write(at) } != 0)
}

fn each_page(start: usize, len: usize, touch: impl Fn(usize) -> bool) -> bool {
    let Some(last) = len.checked_sub(1) else { return true };
    let Some(last) = start.checked_add(last) else { return false };
    install_once();
    let mut at = start;
    loop {
        if !touch(at) {
            return false;
        }
        match (at & !(PAGE - 1)).checked_add(PAGE) {
            Some(next) if next <= last => at = next,
            _ => return true,
        }
    }
}

/// The handler of `crate::structured` comes on top of this one, and asks it first.
pub(crate) fn install_once() {
    static HANDLER: Once = Once::new();
    HANDLER.call_once(install);
}

fn install() {
    for (signal, before) in SIGNALS.into_iter().zip(&BEFORE) {
        let mut old = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: no new action, and a place for the old one.
        if unsafe { libc::sigaction(signal, std::ptr::null(), old.as_mut_ptr()) } != 0 {
            continue;
        }
        // SAFETY: the call has filled it.
        before.store(Box::into_raw(Box::new(unsafe { old.assume_init() })), Release);
        // SAFETY: a structure of numbers, for which zero is a value.
        let mut new: libc::sigaction = unsafe { std::mem::zeroed() };
        new.sa_sigaction = on_fault as *const () as usize;
        new.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_RESTART;
        // SAFETY: a complete action; its handler uses nothing that a signal may not.
        unsafe { libc::sigaction(signal, &new, std::ptr::null_mut()) };
    }
}

/// The place that a thread goes on at.
#[cfg(target_arch = "x86_64")]
fn place(context: &mut libc::ucontext_t) -> &mut i64 {
    &mut context.uc_mcontext.gregs[libc::REG_RIP as usize]
}

#[cfg(target_arch = "aarch64")]
fn place(context: &mut libc::ucontext_t) -> &mut u64 {
    &mut context.uc_mcontext.pc
}

extern "C" fn on_fault(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: the system passes the context of the thread that this handler interrupts.
    if !repair(unsafe { &mut *context.cast() }) {
        pass_on(signal, info, context);
    }
}

/// Ends a touch that faulted; false if it was something else.
pub(crate) fn repair(context: &mut libc::ucontext_t) -> bool {
    let (start, fault) = (&raw const overlapped_touch_start as usize, &raw const overlapped_touch_fault as usize);
    let at = place(context);
    let touched = (start..fault).contains(&(*at as usize));
    if touched {
        *at = fault as _;
    }
    touched
}

/// Somebody else's fault: what would have happened without us.
pub(crate) fn pass_on(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    let index = usize::from(signal == libc::SIGBUS);
    // SAFETY: NULL or an action that is never freed.
    let before = unsafe { BEFORE[index].load(Acquire).as_ref() };
    match before {
        Some(action) if action.sa_sigaction != libc::SIG_DFL && action.sa_sigaction != libc::SIG_IGN => {
            if action.sa_flags & libc::SA_SIGINFO != 0 {
                // SAFETY: a handler with three arguments, as its flags say.
                let handler: extern "C" fn(c_int, *mut libc::siginfo_t, *mut c_void) =
                    unsafe { std::mem::transmute(action.sa_sigaction) };
                handler(signal, info, context);
            } else {
                // SAFETY: a handler with one argument.
                let handler: extern "C" fn(c_int) = unsafe { std::mem::transmute(action.sa_sigaction) };
                handler(signal);
            }
        }
        _ => {
            // Back in the program, the instruction faults again and ends the process. A signal that was sent comes again, too.
            overlapped_devices::console::own::restore_in_signal_handler();
            // SAFETY: the default action; both calls may be made by a handler.
            unsafe {
                libc::signal(signal, libc::SIG_DFL);
                if (*info).si_code <= 0 {
                    libc::raise(signal);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three pages, of which the middle one has the protection.
    fn pages(protection: c_int) -> usize {
        // SAFETY: fresh memory; a part of it is changed before anybody uses it.
        unsafe {
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
            let start = libc::mmap(std::ptr::null_mut(), 3 * PAGE, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0);
            assert_ne!(start, libc::MAP_FAILED);
            assert_eq!(libc::mprotect(start.byte_add(PAGE), PAGE, protection), 0);
            start as usize
        }
    }

    #[test]
    fn every_page_of_a_buffer_counts() {
        for (protection, read, write) in [
            (libc::PROT_READ | libc::PROT_WRITE, true, true),
            (libc::PROT_READ, true, false),
            (libc::PROT_NONE, false, false),
        ] {
            let start = pages(protection);
            assert_eq!((readable(start, 3 * PAGE), writable(start, 3 * PAGE)), (read, write));
            assert_eq!((readable(start + PAGE - 1, 2), writable(start + PAGE - 1, 2)), (read, write));
            assert_eq!((readable(start + PAGE - 1, 1), writable(start + PAGE - 1, 1)), (true, true));
            assert_eq!((readable(start + 2 * PAGE, PAGE), writable(start + 2 * PAGE, PAGE)), (true, true));
        }
    }

    #[test]
    fn addresses_that_cannot_be_are_not_usable() {
        for start in [0, 8, usize::MAX - 2, 1 << 62] {
            assert!(!readable(start, 2) && !writable(start, 2), "{start:x}");
        }
        assert!(!readable(usize::MAX - 2, 10));
        assert!(readable(0, 0) && writable(0, 0));
    }

    #[test]
    fn what_is_touched_stays_what_it_is() {
        let memory = [7u8; 3 * PAGE];
        assert!(writable(memory.as_ptr() as usize, memory.len()));
        assert!(memory.iter().all(|&byte| byte == 7));
    }
}
