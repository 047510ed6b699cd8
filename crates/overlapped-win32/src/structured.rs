//! Structured exceptions: what `__try`, `__except` and `__finally` of the headers stand on.
//!
//! Each `__try` of a C source pushes a [`Frame`] with a jump buffer, and an exception jumps to the innermost one: there the filter
//! is asked, or the `__finally` block run, and then the exception goes on to the next frame. So blocks are run on the way out,
//! where Windows asks all filters first, and a filter cannot have the program go on where it stopped. In C++ the words are
//! `try` and `catch`, and the exception is a C++ exception that the program throws for us (`ovl_seh_set_thrower`), so that
//! destructors run. Faults of the machine arrive as signals; those of this library's own code are left to `crate::probe` and to
//! Linux.

use crate::exceptions::{ExceptionPointers, ExceptionRecord, unhandled};
use libc::{c_int, c_void};
use std::cell::{Cell, UnsafeCell};
use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::*};

/// `struct ovl_seh_frame`: it stands in the C function that has the `__try`.
#[repr(C)]
#[derive(Debug)]
pub struct Frame {
    outer: *mut Frame,
    /// The first word of a `sigjmp_buf`.
    jump: u64,
}

/// `struct ovl_seh_finally`: the exception during which a `__finally` block runs.
#[repr(C)]
#[derive(Debug)]
pub struct Finally {
    /// The block has not run yet.
    to_run: c_int,
    abnormal: c_int,
    record: ExceptionRecord,
}

/// Throws a C++ exception of the program.
type Thrower = unsafe extern "C-unwind" fn();

unsafe extern "C-unwind" {
    fn siglongjmp(environment: *mut c_void, value: c_int) -> !;
}

/// What a thread knows of its exceptions.
struct State {
    top: Cell<*mut Frame>,
    pending: Cell<bool>,
    abnormal: Cell<bool>,
    record: UnsafeCell<ExceptionRecord>,
    pointers: UnsafeCell<ExceptionPointers>,
}

thread_local! {
    static STATE: State = const {
        State {
            top: Cell::new(null_mut()),
            pending: Cell::new(false),
            abnormal: Cell::new(false),
            record: UnsafeCell::new(ExceptionRecord::NONE),
            pointers: UnsafeCell::new(ExceptionPointers::NONE),
        }
    };
}

static THROWER: AtomicUsize = AtomicUsize::new(0);
/// The program's C++ code lets exceptions start at any instruction.
static THROWS_FAULTS: AtomicBool = AtomicBool::new(false);

fn thrower() -> Option<Thrower> {
    // SAFETY: the number is 0 or was a thrower when it was stored.
    unsafe { std::mem::transmute::<usize, Option<Thrower>>(THROWER.load(Acquire)) }
}

/// Begins a `__try`.
///
/// # Safety
/// The frame stays where it is until [`ovl_seh_pop`] or an exception takes it away.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_seh_push(frame: *mut Frame) {
    catch_faults();
    STATE.with(|state| {
        // SAFETY: the caller vouches for the frame.
        unsafe { (*frame).outer = state.top.get() };
        state.top.set(frame);
    });
}

/// Ends a `__try`, if no exception has. Frames further in, which somebody has jumped out of, go too: the stack grows downwards.
///
/// # Safety
/// The frame was pushed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_seh_pop(frame: *mut Frame) {
    STATE.with(|state| {
        let top = state.top.get();
        if !top.is_null() && top <= frame {
            // SAFETY: a pushed frame keeps its link.
            state.top.set(unsafe { (*frame).outer });
        }
    });
}

/// Is there an exception for the block at hand?
#[unsafe(no_mangle)]
pub extern "C" fn ovl_seh_pending() -> c_int {
    STATE.with(|state| state.pending.get().into())
}

/// Takes the answer of a filter: 1 if the handler is to run. Otherwise the exception goes on, and this does not return.
///
/// # Safety
/// The frames that are pushed are there.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn ovl_seh_filter(answer: c_int) -> c_int {
    if ovl_seh_accepts(answer) == 0 {
        // SAFETY: the caller's promise.
        unsafe { search() };
    }
    1
}

/// Takes the answer of a filter in C++: 0 if the exception is to go on.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_seh_accepts(answer: c_int) -> c_int {
    if answer < 0 {
        end("a filter asked to continue execution, which is not possible here, after exception");
    }
    STATE.with(|state| state.pending.set(answer == 0));
    (answer > 0).into()
}

/// A C++ exception that is none of ours: for filters it has Microsoft's code of such exceptions.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_seh_foreign() {
    STATE.with(|state| {
        let record = ExceptionRecord { code: 0xE06D_7363, flags: 1, ..ExceptionRecord::NONE };
        // SAFETY: the record is this thread's, and nobody holds a reference to it.
        unsafe { state.record.get().write(record) };
    });
}

/// Begins and ends a `__finally` block: 1 if it is to run. After it the exception goes on, if there was one.
///
/// # Safety
/// `block` is writable, and the frames that are pushed are there.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn ovl_seh_finally(block: *mut Finally) -> c_int {
    // SAFETY: the caller vouches for it.
    let block = unsafe { &mut *block };
    let first = std::mem::take(&mut block.to_run) != 0;
    let goes_on = STATE.with(|state| {
        // SAFETY: the record is this thread's, and nobody holds a reference to it.
        unsafe {
            if first {
                block.abnormal = state.pending.replace(false).into();
                block.record = state.record.get().read();
                state.abnormal.set(block.abnormal != 0);
            } else if block.abnormal != 0 {
                state.record.get().write(block.record);
                state.pending.set(true);
            }
        }
        !first && block.abnormal != 0
    });
    if goes_on {
        // SAFETY: the caller's promise.
        unsafe { search() };
    }
    first.into()
}

/// AbnormalTermination, in a `__finally` block.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_seh_abnormal() -> c_int {
    STATE.with(|state| state.abnormal.get().into())
}

/// For C++, which knows itself how a block came to its end.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_seh_set_abnormal(abnormal: c_int) {
    STATE.with(|state| state.abnormal.set(abnormal != 0));
}

/// GetExceptionCode, in a filter or a handler.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_seh_code() -> u32 {
    // SAFETY: the record is this thread's.
    STATE.with(|state| unsafe { (*state.record.get()).code })
}

/// GetExceptionInformation, in a filter.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_seh_information() -> *mut ExceptionPointers {
    STATE.with(|state| {
        let pointers = state.pointers.get();
        // SAFETY: both are this thread's, and stay as long as it does.
        unsafe { pointers.write(ExceptionPointers::of(state.record.get())) };
        pointers
    })
}

/// A C++ program says how its exceptions are thrown, and whether by any instruction.
///
/// # Safety
/// `throw` throws.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_seh_set_thrower(throw: Thrower, faults: c_int) {
    THROWER.store(throw as usize, Release);
    if faults != 0 {
        THROWS_FAULTS.store(true, Release);
        catch_faults();
    }
}

/// Sends an exception on its way. Returns if nobody on this thread can catch any.
///
/// # Safety
/// The frames that are pushed are there.
pub(crate) unsafe extern "C-unwind" fn raise(record: &ExceptionRecord) {
    let caught = STATE.with(|state| {
        // SAFETY: the record is this thread's, and nobody holds a reference to it.
        unsafe { state.record.get().write(*record) };
        let caught = !state.top.get().is_null() || thrower().is_some();
        state.pending.set(caught);
        caught
    });
    if caught {
        // SAFETY: the caller's promise.
        unsafe { search() };
    }
}

/// To the next frame, or into C++, or to the end.
unsafe extern "C-unwind" fn search() -> ! {
    let frame = STATE.with(|state| {
        let frame = state.top.get();
        if !frame.is_null() {
            // SAFETY: a pushed frame keeps its link.
            state.top.set(unsafe { (*frame).outer });
        }
        frame
    });
    if !frame.is_null() {
        // SAFETY: the frame's function is still there, as it would have popped the frame. Between here and there are only
        // frames of C and of this module, and these hold nothing.
        unsafe { siglongjmp((&raw mut (*frame).jump).cast(), 1) };
    }
    if let Some(throw) = thrower() {
        // SAFETY: it throws, through frames that hold nothing.
        unsafe { throw() };
    }
    STATE.with(|state| {
        state.pending.set(false);
        // SAFETY: the record is this thread's.
        unhandled(unsafe { &*state.record.get() });
    });
    end("nobody handles exception")
}

fn end(why: &str) -> ! {
    eprintln!("The program ends: {why} 0x{:08X}.", ovl_seh_code());
    std::process::abort();
}

const CONTINUE_EXECUTION: i32 = -1;
const FAULTS: [c_int; 4] = [libc::SIGSEGV, libc::SIGBUS, libc::SIGFPE, libc::SIGILL];

struct Former(UnsafeCell<[MaybeUninit<libc::sigaction>; FAULTS.len()]>);
// SAFETY: written once, before the handlers that read it are installed.
unsafe impl Sync for Former {}
static FORMER: Former = Former(UnsafeCell::new([MaybeUninit::uninit(); FAULTS.len()]));

/// From the first `__try` on, or the first filter for what nobody handles, faults are exceptions.
pub(crate) fn catch_faults() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        own_code();
        crate::probe::install_once();
        // SAFETY: zeros are an action, and a handler of this type goes with SA_SIGINFO. NODEFER: it may never return.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = fault as *const () as usize;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_NODEFER;
            for (place, signal) in FAULTS.into_iter().enumerate() {
                libc::sigaction(signal, null(), (*FORMER.0.get())[place].as_mut_ptr());
            }
            for signal in FAULTS {
                libc::sigaction(signal, &action, null_mut());
            }
        }
    });
}

unsafe extern "C-unwind" fn fault(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: Linux passes the context of the thread.
    let thread: &mut libc::ucontext_t = unsafe { &mut *context.cast() };
    if crate::probe::repair(thread) {
        return;
    }
    // SAFETY: Linux passes the description of the signal.
    let (record, place) = (describe(signal, unsafe { &*info }, thread), instruction(thread));
    let has_frame = STATE.with(|state| !state.top.get().is_null());
    let catches = has_frame || (THROWS_FAULTS.load(Acquire) && thrower().is_some());
    if catches && !own_code().contains(&place) {
        // SAFETY: the frames are this thread's. It stopped in code that is not ours, so what is jumped over is the program's.
        unsafe { raise(&record) };
    }
    if unhandled(&record) == CONTINUE_EXECUTION {
        return;
    }
    if matches!(signal, libc::SIGSEGV | libc::SIGBUS) {
        return crate::probe::pass_on(signal, info, context);
    }
    let slot = FAULTS.iter().position(|&other| other == signal).unwrap_or(0);
    // SAFETY: the former action, which the repeated instruction meets; all of them were written before this was installed.
    unsafe { libc::sigaction(signal, (*FORMER.0.get())[slot].as_ptr(), null_mut()) };
}

fn instruction(context: &libc::ucontext_t) -> usize {
    #[cfg(target_arch = "x86_64")]
    return context.uc_mcontext.gregs[libc::REG_RIP as usize] as usize;
    #[cfg(target_arch = "aarch64")]
    return context.uc_mcontext.pc as usize;
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    return 0;
}

/// The exception that Windows has for a fault.
fn describe(signal: c_int, info: &libc::siginfo_t, context: &libc::ucontext_t) -> ExceptionRecord {
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
    let code = match signal {
        libc::SIGFPE => FPE.get(info.si_code as usize).copied().unwrap_or(FPE[0]),
        libc::SIGILL => 0xC000_001D,
        libc::SIGBUS if info.si_code == libc::BUS_ADRALN => 0x8000_0002,
        libc::SIGBUS => 0xC000_0006,
        _ => 0xC000_0005,
    };
    let mut record = ExceptionRecord { code, address: instruction(context), ..ExceptionRecord::NONE };
    if matches!(code, 0xC000_0005 | 0xC000_0006) {
        #[cfg(target_arch = "x86_64")]
        let wrote = context.uc_mcontext.gregs[libc::REG_ERR as usize] & 2 != 0;
        #[cfg(not(target_arch = "x86_64"))]
        let wrote = false;
        record.parameters = 2;
        // SAFETY: these signals come with an address.
        (record.information[0], record.information[1]) = (wrote.into(), unsafe { info.si_addr() } as usize);
    }
    record
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
