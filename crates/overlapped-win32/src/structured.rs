//! Structured exceptions: what `__try`, `__except` and `__finally` of the headers stand on.
//!
//! Each `__try` pushes a [`Frame`], and an exception is dealt with in two rounds, as on Windows. First the filters are asked from the
//! inside out, each in its own function but on top of the stack as it is, until one decides; if it has the program go on, nothing has
//! been undone. Then the `__finally` blocks further in are run from the inside out, and at last the handler. In C all of that is done
//! by jumps. In C++ the second round is a C++ exception, which the program throws for us (`ovl_seh_set_thrower`), so that
//! destructors run; except after a fault where the compiler does not let an instruction throw. Faults of the machine arrive as
//! signals; those of this library's own code are left to `crate::probe` and to Linux.

mod frame;

use crate::exceptions::{ExceptionPointers, ExceptionRecord, unhandled};
use frame::{ASK, ASKING, EXCEPT, FINALLY, HANDLE, UNWIND, ask, resume};
use libc::{c_int, c_void};
use std::cell::{Cell, UnsafeCell};
use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::*};

pub use frame::{Frame, ovl_seh_answer, ovl_seh_enter};

/// `struct ovl_seh_finally`: the exception during which a `__finally` block runs.
#[repr(C)]
#[derive(Debug)]
pub struct Finally {
    /// The block has not run yet: 1, or 2 if the program holds a C++ exception meanwhile and will throw it again.
    to_run: c_int,
    /// There was an exception: `to_run` as it was.
    abnormal: c_int,
    /// Where the exception will be handled.
    target: *mut Frame,
    by_throw: c_int,
    record: ExceptionRecord,
}

/// Throws a C++ exception of the program.
type Thrower = unsafe extern "C-unwind" fn();

/// Where an exception will be handled, and how control gets there.
#[derive(Clone, Copy)]
struct Way {
    target: *mut Frame,
    by_throw: bool,
}

/// What a thread knows of its exceptions.
struct State {
    top: Cell<*mut Frame>,
    /// On the way out; a `__finally` block takes it.
    way: Cell<Option<Way>>,
    /// The handler of the block that control has come to is to run.
    caught: Cell<bool>,
    abnormal: Cell<bool>,
    record: UnsafeCell<ExceptionRecord>,
    pointers: UnsafeCell<ExceptionPointers>,
}

thread_local! {
    static STATE: State = const {
        State {
            top: Cell::new(null_mut()),
            way: Cell::new(None),
            caught: Cell::new(false),
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

fn set_record(record: &ExceptionRecord) {
    // SAFETY: the record is this thread's, and nobody holds a reference to it.
    STATE.with(|state| unsafe { state.record.get().write(*record) });
}

/// The rest of [`ovl_seh_enter`]. Frames that somebody has jumped out of go: they belong to functions further down the stack.
unsafe extern "C" fn push(frame: *mut Frame) -> c_int {
    catch_faults();
    STATE.with(|state| {
        // SAFETY: the caller vouches for the frame; pushed ones keep their links.
        unsafe {
            let mut outer = state.top.get();
            while !outer.is_null() && (*outer).stack() < (*frame).stack() {
                outer = (*outer).outer;
            }
            ((*frame).outer, (*frame).reason, (*frame).kind) = (outer, 0, EXCEPT);
        }
        state.top.set(frame);
    });
    0
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

/// Is the handler of the block at hand to run?
#[unsafe(no_mangle)]
pub extern "C" fn ovl_seh_caught() -> c_int {
    STATE.with(|state| state.caught.take().into())
}

/// In C++: is a thrown exception to be handled by this block? If so, its handler is to run.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_seh_is_target(frame: *mut Frame) -> c_int {
    STATE.with(|state| {
        let is_target = state.way.get().is_some_and(|way| way.target == frame);
        if is_target {
            state.way.set(None);
            state.caught.set(true);
        }
        is_target.into()
    })
}

/// Takes the answer of a filter in C++ to an exception that is not ours: 0 if that is to go on.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_seh_accepts(answer: c_int) -> c_int {
    if answer < 0 {
        end("a filter asked to continue execution, which is not possible after a throw, after exception");
    }
    STATE.with(|state| state.caught.set(answer > 0));
    (answer > 0).into()
}

/// A C++ exception that is none of ours: for filters it has Microsoft's code of such exceptions.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_seh_foreign() {
    set_record(&ExceptionRecord { code: 0xE06D_7363, flags: 1, ..ExceptionRecord::NONE });
}

/// Begins and ends a `__finally` block: 1 if it is to run. After it the exception goes on, if there was one.
///
/// # Safety
/// `block` is writable, and the frames that are pushed are there.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn ovl_seh_finally(block: *mut Finally) -> c_int {
    // SAFETY: the caller vouches for it.
    let block = unsafe { &mut *block };
    let first = std::mem::take(&mut block.to_run);
    if first != 0 {
        STATE.with(|state| {
            if let Some(Way { target, by_throw }) = state.way.take() {
                (block.abnormal, block.target, block.by_throw) = (first, target, by_throw.into());
                // SAFETY: the record is this thread's.
                block.record = unsafe { state.record.get().read() };
            }
            state.abnormal.set(block.abnormal != 0);
        });
    } else if block.abnormal != 0 {
        set_record(&block.record);
        let way = Way { target: block.target, by_throw: block.by_throw != 0 };
        if block.abnormal == 1 {
            // SAFETY: the caller's promise.
            unsafe { unwind(way) };
        }
        STATE.with(|state| state.way.set(Some(way)));
    }
    (first != 0).into()
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

/// What the filters say to an exception that they let be. One that handles it is not heard of here any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The program is to go on where it was.
    Continue,
    /// Nobody has decided.
    Unhandled,
}

/// Sends an exception on its way.
///
/// # Safety
/// The frames that are pushed are there, and what was called since the one that handles it has nothing to destroy.
pub(crate) unsafe fn raise(record: &ExceptionRecord, is_fault: bool) -> Verdict {
    let mut frame = STATE.with(|state| state.top.get());
    while !frame.is_null() {
        // SAFETY: the caller's promise. A frame whose filter runs already has raised this exception, and is passed over.
        let answer = unsafe { if (*frame).kind == ASKING { 0 } else { answer_of(frame, record) } };
        if answer > 0 {
            set_record(record);
            let throws = thrower().is_some() && (!is_fault || THROWS_FAULTS.load(Acquire));
            // SAFETY: the caller's promise.
            unsafe { unwind(Way { target: frame, by_throw: throws && (*frame).cxx != 0 }) };
        }
        if answer < 0 {
            return Verdict::Continue;
        }
        // SAFETY: a pushed frame keeps its link.
        frame = unsafe { (*frame).outer };
    }
    Verdict::Unhandled
}

/// Asks a frame's filter; a `__finally` block lets every exception pass.
unsafe fn answer_of(frame: *mut Frame, record: &ExceptionRecord) -> c_int {
    set_record(record);
    let top = STATE.with(|state| state.top.get());
    // SAFETY: `raise`'s caller vouches for the frame.
    let answer = unsafe {
        ((*frame).reason, (*frame).kind) = (ASK, ASKING);
        let answer = ask(frame);
        (*frame).reason = 0;
        (*frame).kind = if answer == c_int::MIN { FINALLY } else { EXCEPT };
        answer
    };
    STATE.with(|state| state.top.set(top));
    if answer == c_int::MIN { 0 } else { answer }
}

/// The second round: the blocks further in than the handler, and then that. All of them have been asked.
unsafe fn unwind(way: Way) -> ! {
    loop {
        let top = STATE.with(|state| state.top.get());
        // SAFETY: the frame's function is still there, as it would have popped the frame. Between here and there are only frames
        // of C and of this module, and these hold nothing; if there are others, the program has said that it throws.
        unsafe {
            if top.is_null() {
                end("a __finally block has taken away who handles exception");
            }
            if way.by_throw && (*top).cxx != 0 {
                STATE.with(|state| state.way.set(Some(way)));
                if let Some(throw) = thrower() {
                    throw();
                }
            }
            STATE.with(|state| state.top.set((*top).outer));
            if top == way.target {
                STATE.with(|state| state.caught.set(true));
                (*top).reason = HANDLE;
                resume(top, HANDLE);
            }
            if (*top).kind == FINALLY {
                STATE.with(|state| state.way.set(Some(way)));
                (*top).reason = UNWIND;
                resume(top, UNWIND);
            }
        }
    }
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
    if !own_code().contains(&place) {
        // SAFETY: the frames are this thread's. It stopped in code that is not ours, so what is jumped over is the program's.
        if unsafe { raise(&record, true) } == Verdict::Continue {
            return;
        }
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

/// Where the thread was.
pub(crate) fn instruction(context: &libc::ucontext_t) -> usize {
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
