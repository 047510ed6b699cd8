//! Faults of the machine as exceptions.
//!
//! A handler of the signals says what Windows would, and shows that to all who may decide. If the program is to go on, Linux gives
//! the thread the registers that the context has by then. A fault in this library's own code is not shown to frames, because nothing may
//! jump out of that; what `crate::probe` has provoked is repaired, and what nobody wants has the effect that it would have had without us.

use super::{Origin, stack};
use crate::context::{Context, wrote};
use crate::exceptions::{ExceptionPointers, ExceptionRecord, Outcome, dispatch};
use libc::{c_int, c_void};
use std::arch::naked_asm;
use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::*};

const FAULTS: [c_int; 5] = [libc::SIGSEGV, libc::SIGBUS, libc::SIGFPE, libc::SIGILL, libc::SIGTRAP];

const GUARD_PAGE: u32 = 0x8000_0001;
const ACCESS_VIOLATION: u32 = 0xC000_0005;
const IN_PAGE_ERROR: u32 = 0xC000_0006;
const BREAKPOINT: u32 = 0x8000_0003;
const SINGLE_STEP: u32 = 0x8000_0004;
const DATATYPE_MISALIGNMENT: u32 = 0x8000_0002;
const ILLEGAL_INSTRUCTION: u32 = 0xC000_001D;
const PRIVILEGED_INSTRUCTION: u32 = 0xC000_0096;
const STACK_OVERFLOW: u32 = 0xC000_00FD;
/// The statuses behind an in-page error: nothing at that place of the file any more, and memory that is broken.
const END_OF_FILE: usize = 0xC000_0011;
const DEVICE_DATA_ERROR: usize = 0xC000_009C;
/// TRAP_TRACE and TRAP_HWBKPT.
const SINGLE_STEPS: [c_int; 2] = [2, 4];
/// SI_KERNEL: Linux does not know the address.
const SI_KERNEL: c_int = 0x80;

struct Former(UnsafeCell<[MaybeUninit<libc::sigaction>; FAULTS.len()]>);
// SAFETY: written once, before the handlers that read it are installed.
unsafe impl Sync for Former {}
static FORMER: Former = Former(UnsafeCell::new([MaybeUninit::uninit(); FAULTS.len()]));
static CATCHING: AtomicBool = AtomicBool::new(false);

/// From the first `__try` on, or the first handler of another kind, faults are exceptions.
pub(crate) fn catch_faults() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        own_code();
        crate::probe::install_once();
        // SAFETY: zeros are an action, and a handler of this type goes with SA_SIGINFO. NODEFER: it may never return.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = fault as *const () as usize;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_NODEFER | libc::SA_ONSTACK;
            for (place, signal) in FAULTS.into_iter().enumerate() {
                libc::sigaction(signal, null(), (*FORMER.0.get())[place].as_mut_ptr());
            }
            for signal in FAULTS {
                libc::sigaction(signal, &action, null_mut());
            }
        }
        CATCHING.store(true, Release);
        stack::arm();
    });
}

/// Are they already?
pub(crate) fn is_catching() -> bool {
    CATCHING.load(Acquire)
}

/// What the handler is told.
struct Told {
    signal: c_int,
    info: *mut libc::siginfo_t,
    thread: *mut libc::ucontext_t,
    overflow: bool,
}

unsafe extern "C-unwind" fn fault(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: Linux passes the context of the thread, and the description of the signal.
    let (thread, about) = unsafe { (&mut *context.cast::<libc::ucontext_t>(), &*info) };
    if crate::probe::repair(thread) {
        return;
    }
    // SAFETY: the calling thread's errno, which is the interrupted code's.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: as above; such a signal comes with an address.
    let (before, address) = unsafe { (errno.read(), about.si_addr() as usize) };
    let overflow = signal == libc::SIGSEGV && about.si_code > 0 && stack::is_overflow(address);
    let mut told = Told { signal, info, thread, overflow };
    let told = (&raw mut told).cast();
    // SAFETY: below the interrupted stack pointer there is nobody's memory, and, if that stack is not full, enough of it.
    unsafe {
        if !overflow && stack::is_on_second(thread) {
            stack::call_below(stack_pointer(thread), handle, told);
        } else {
            handle(told);
        }
        errno.write(before);
    }
}

/// The rest of [`fault`], on whatever stack it is to run.
unsafe extern "C-unwind" fn handle(told: *mut c_void) {
    // SAFETY: `fault` passes what it is told, which all stays until it returns.
    let Told { signal, info, thread, overflow } = unsafe { told.cast::<Told>().read() };
    // SAFETY: as above.
    let (about, thread) = unsafe { (&*info, &mut *thread) };
    // Numbers above 0 are the machine's; others say that somebody has sent the signal.
    if about.si_code > 0 {
        let mut context = Context::of(thread);
        if signal == libc::SIGTRAP && !SINGLE_STEPS.contains(&about.si_code) {
            // The thread stands behind the instruction here, and on it on Windows.
            context.set_instruction(context.instruction() - BREAKPOINT_BYTES);
        }
        let before = context;
        let mut record = if overflow { overflown(about, &context) } else { describe(signal, about, thread, &context) };
        let origin = if overflow { Origin::Overflow } else { Origin::Fault };
        // Nothing of ours is on the stack above a breakpoint of the program.
        let frames = signal == libc::SIGTRAP || !own_code().contains(&context.instruction());
        let mut pointers = ExceptionPointers { record: &mut record, context: &mut context };
        // SAFETY: the frames are this thread's. If it stopped in code that is not ours, what is jumped over is the program's.
        match unsafe { dispatch(&mut pointers, frames.then_some(origin)) } {
            Outcome::Continue => return context.give_back(thread),
            Outcome::Refused => {}
            // Where the instruction is tried again, it has to be the same.
            Outcome::Unhandled => before.give_back(thread),
        }
    }
    if matches!(signal, libc::SIGSEGV | libc::SIGBUS) {
        return crate::probe::pass_on(signal, info, std::ptr::from_mut(thread).cast());
    }
    let slot = FAULTS.iter().position(|&other| other == signal).unwrap_or(0);
    // SAFETY: the former action, which the repeated instruction meets; all of them were written before this was installed. What was
    // sent is sent again.
    unsafe {
        libc::sigaction(signal, (*FORMER.0.get())[slot].as_ptr(), null_mut());
        if about.si_code <= 0 {
            libc::raise(signal);
        }
    }
}

/// By how much the place of a breakpoint differs.
const BREAKPOINT_BYTES: usize = if cfg!(target_arch = "x86_64") { 1 } else { 0 };

/// Where the thread was.
pub(crate) fn instruction(context: &libc::ucontext_t) -> usize {
    #[cfg(target_arch = "x86_64")]
    return context.uc_mcontext.gregs[libc::REG_RIP as usize] as usize;
    #[cfg(target_arch = "aarch64")]
    return context.uc_mcontext.pc as usize;
}

fn stack_pointer(context: &libc::ucontext_t) -> usize {
    #[cfg(target_arch = "x86_64")]
    return context.uc_mcontext.gregs[libc::REG_RSP as usize] as usize;
    #[cfg(target_arch = "aarch64")]
    return context.uc_mcontext.sp as usize;
}

/// A stack overflow: a write, and where.
fn overflown(info: &libc::siginfo_t, context: &Context) -> ExceptionRecord {
    let mut record = ExceptionRecord {
        code: STACK_OVERFLOW,
        address: context.instruction(),
        parameters: 2,
        ..ExceptionRecord::NONE
    };
    // SAFETY: this signal comes with an address.
    (record.information[0], record.information[1]) = (1, unsafe { info.si_addr() } as usize);
    record
}

/// The exception that Windows has for a fault.
fn describe(signal: c_int, info: &libc::siginfo_t, thread: &libc::ucontext_t, context: &Context) -> ExceptionRecord {
    /// By the code of a SIGFPE: integer division, integer overflow, and those of floating point.
    const FPE: [u32; 9] = [
        0xC000_0090,
        0xC000_0094,
        0xC000_0095,
        0xC000_008E,
        0xC000_0091,
        0xC000_0093,
        0xC000_008F,
        0xC000_0090,
        0xC000_008C,
    ];
    let (here, from_kernel) = (context.instruction(), info.si_code == SI_KERNEL);
    let code = match signal {
        libc::SIGFPE => FPE.get(info.si_code as usize).copied().unwrap_or(FPE[0]),
        libc::SIGILL => ILLEGAL_INSTRUCTION,
        libc::SIGTRAP if SINGLE_STEPS.contains(&info.si_code) => SINGLE_STEP,
        libc::SIGTRAP => BREAKPOINT,
        libc::SIGBUS if info.si_code == libc::BUS_ADRALN => DATATYPE_MISALIGNMENT,
        libc::SIGBUS => IN_PAGE_ERROR,
        // SAFETY: an instruction that the machine has just refused can be read.
        _ if from_kernel && unsafe { is_privileged(here) } => PRIVILEGED_INSTRUCTION,
        _ => ACCESS_VIOLATION,
    };
    let mut record = ExceptionRecord { code, address: here, ..ExceptionRecord::NONE };
    if matches!(code, ACCESS_VIOLATION | IN_PAGE_ERROR) {
        // SAFETY: these signals come with an address.
        let address = unsafe { info.si_addr() } as usize;
        // 0 for a read, 1 for a write, 8 for the instruction itself. An address that cannot be is not known to Windows either.
        let kind = if address == here && !from_kernel { 8 } else { usize::from(wrote(thread)) };
        (record.parameters, record.information[0]) = (2, kind);
        record.information[1] = if from_kernel { usize::MAX } else { address };
        if code == ACCESS_VIOLATION && !from_kernel && crate::memoryapi::take_guard(address) {
            record.code = GUARD_PAGE;
        }
    }
    if code == BREAKPOINT {
        record.parameters = 1;
    }
    if code == IN_PAGE_ERROR {
        record.parameters = 3;
        record.information[2] = if info.si_code == libc::BUS_ADRERR { END_OF_FILE } else { DEVICE_DATA_ERROR };
    }
    record
}

/// Is this an instruction for kernels?
///
/// # Safety
/// There is an instruction.
#[cfg(target_arch = "x86_64")]
unsafe fn is_privileged(at: usize) -> bool {
    // SAFETY: the caller's promise. A second byte is looked at only where there must be one.
    unsafe {
        match (at as *const u8).read() {
            // in, out, their string forms, hlt, cli, sti.
            0xE4..=0xE7 | 0xEC..=0xEF | 0x6C..=0x6F | 0xF4 | 0xFA | 0xFB => true,
            // clts, invd, wbinvd, control and debug registers, wrmsr, rdmsr.
            0x0F => matches!((at as *const u8).add(1).read(), 0x06 | 0x08 | 0x09 | 0x20..=0x23 | 0x30 | 0x32),
            _ => false,
        }
    }
}

/// Linux calls them illegal there.
#[cfg(target_arch = "aarch64")]
unsafe fn is_privileged(_at: usize) -> bool {
    false
}

/// DebugBreak: EXCEPTION_BREAKPOINT, in the debugger if there is one.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub extern "C-unwind" fn ovl_DebugBreak() {
    #[cfg(target_arch = "x86_64")]
    naked_asm!(".cfi_startproc", "int3", "ret", ".cfi_endproc");
    #[cfg(target_arch = "aarch64")]
    naked_asm!(".cfi_startproc", "brk #0xf000", "ret", ".cfi_endproc");
}

/// _resetstkoflw: 1. The guard of a stack of Linux is not used up by an overflow.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__resetstkoflw() -> c_int {
    1
}

/// The code of this library, if it is one of its own: nothing jumps out of that.
fn own_code() -> std::ops::Range<usize> {
    static START: AtomicUsize = AtomicUsize::new(0);
    static END: AtomicUsize = AtomicUsize::new(0);
    static LOOKED: Once = Once::new();

    unsafe extern "C" fn look(object: *mut libc::dl_phdr_info, _size: usize, _data: *mut c_void) -> c_int {
        // SAFETY: the loader passes the description of an object that is loaded.
        let (object, headers) =
            unsafe { (&*object, std::slice::from_raw_parts((*object).dlpi_phdr, (*object).dlpi_phnum.into())) };
        let here = own_code as *const () as usize;
        for header in headers.iter().filter(|header| header.p_type == libc::PT_LOAD && header.p_flags & libc::PF_X != 0)
        {
            let start = (object.dlpi_addr + header.p_vaddr) as usize;
            let code = start..start + header.p_memsz as usize;
            // SAFETY: a name that ends with a zero. The program itself has none.
            if code.contains(&here) && unsafe { *object.dlpi_name } != 0 {
                START.store(code.start, Relaxed);
                END.store(code.end, Relaxed);
            }
        }
        0
    }
    // SAFETY: the function is what the loader calls.
    LOOKED.call_once(|| unsafe { _ = libc::dl_iterate_phdr(Some(look), null_mut()) });
    START.load(Relaxed)..END.load(Relaxed)
}
