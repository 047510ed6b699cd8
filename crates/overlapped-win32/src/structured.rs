//! Structured exceptions: what `__try`, `__except` and `__finally` of the headers stand on.
//!
//! Each `__try` pushes a [`Frame`], and an exception is dealt with in two rounds, as on Windows. First the filters are asked from the
//! inside out, each in its own function but on top of the stack as it is, until one decides; if it has the program go on, nothing has
//! been undone. Then the `__finally` blocks further in are run from the inside out, and at last the handler. In C all of that is done
//! by jumps. In C++ the second round is a C++ exception, which the program throws for us (`ovl_seh_set_thrower`), so that
//! destructors run; except after a fault where the compiler does not let an instruction throw. Faults of the machine arrive as
//! signals (module `faults`).

mod faults;
mod frame;
mod stack;

use crate::exceptions::{ExceptionPointers, ExceptionRecord};
use frame::{ASK, ASKING, EXCEPT, FINALLY, HANDLE, UNWIND, ask, resume};
use libc::c_int;
use std::cell::{Cell, UnsafeCell};
use std::ops::Range;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::*};

pub(crate) use faults::{catch_faults, instruction, is_catching};
pub use faults::{ovl__resetstkoflw, ovl_DebugBreak};
pub use frame::{Frame, ovl_seh_answer, ovl_seh_enter};
pub(crate) use stack::arm;

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
#[derive(Clone, Copy, Debug)]
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
    /// The exception that is being shown to filters.
    shown: Cell<*const Shown>,
    pointers: UnsafeCell<ExceptionPointers>,
}

/// An exception while filters are asked. It stands on the stack of whoever raises it.
#[derive(Debug)]
struct Shown {
    pointers: *mut ExceptionPointers,
    /// One whose filter has led to this.
    outer: *const Shown,
}

/// How an exception came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// By a call.
    Raised,
    /// By an instruction.
    Fault,
    /// The stack is full. The compiler knows nothing of that, so no C++ exception may start there.
    Overflow,
}

thread_local! {
    static STATE: State = const {
        State {
            top: Cell::new(null_mut()),
            way: Cell::new(None),
            caught: Cell::new(false),
            abnormal: Cell::new(false),
            record: UnsafeCell::new(ExceptionRecord::NONE),
            shown: Cell::new(null()),
            pointers: UnsafeCell::new(ExceptionPointers { record: null_mut(), context: null_mut() }),
        }
    };
}

/// What goes with a fiber: its frames, what is being shown to them, and where its stack ends.
#[derive(Clone, Debug)]
pub struct Kept {
    top: *mut Frame,
    way: Option<Way>,
    shown: *const Shown,
    end: Option<Range<usize>>,
}

impl Kept {
    /// Those of a fiber that has not begun, on this stack.
    pub(crate) fn none(stack: Range<usize>) -> Self {
        let end = (!stack.is_empty()).then(|| stack::near_end(stack.start, 0));
        Self { top: null_mut(), way: None, shown: null(), end }
    }
}

/// The calling thread runs something else now; what is to be kept of what it ran.
pub(crate) fn exchange(new: Kept) -> Kept {
    let end = stack::exchange_end(new.end);
    STATE.with(|state| Kept {
        top: state.top.replace(new.top),
        way: state.way.replace(new.way),
        shown: state.shown.replace(new.shown),
        end,
    })
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
    stack::arm();
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

/// GetExceptionInformation, in a filter. An exception of C++ has no context.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_seh_information() -> *mut ExceptionPointers {
    STATE.with(|state| {
        // SAFETY: what is shown stands on this thread's stack; what was left by a jump has been taken off.
        if let Some(shown) = unsafe { state.shown.get().as_ref() } {
            return shown.pointers;
        }
        let pointers = state.pointers.get();
        // SAFETY: both are this thread's, and stay as long as it does.
        unsafe { pointers.write(ExceptionPointers { record: state.record.get(), context: null_mut() }) };
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

/// Shows an exception to the frames, and does not come back if one of them handles it.
///
/// # Safety
/// The frames that are pushed are there, and what was called since the one that handles it has nothing to destroy.
pub(crate) unsafe fn raise(pointers: &mut ExceptionPointers, origin: Origin) -> Verdict {
    let mut frame = STATE.with(|state| state.top.get());
    let shown = Shown { pointers, outer: STATE.with(|state| state.shown.get()) };
    let mut verdict = Verdict::Unhandled;
    while !frame.is_null() {
        // SAFETY: the caller's promise. A frame whose filter runs already has raised this exception, and is passed over.
        let answer = unsafe { if (*frame).kind == ASKING { 0 } else { answer_of(frame, &shown) } };
        if answer > 0 {
            // SAFETY: whoever raises has a record.
            set_record(unsafe { &*(*shown.pointers).record });
            // SAFETY: the frame is there. What is shown further down the stack is so no longer.
            STATE.with(|state| state.shown.set(unsafe { above(&shown, (*frame).stack()) }));
            let may = match origin {
                Origin::Raised => true,
                Origin::Fault => THROWS_FAULTS.load(Acquire),
                Origin::Overflow => false,
            };
            let throws = may && thrower().is_some();
            if origin != Origin::Raised {
                stack::arm_again();
            }
            // SAFETY: the caller's promise.
            unsafe { unwind(Way { target: frame, by_throw: throws && (*frame).cxx != 0 }) };
        }
        if answer < 0 {
            verdict = Verdict::Continue;
            break;
        }
        // SAFETY: a pushed frame keeps its link.
        frame = unsafe { (*frame).outer };
    }
    STATE.with(|state| state.shown.set(shown.outer));
    verdict
}

/// The innermost exception that is still being shown once the stack is back at this place.
unsafe fn above(mut shown: *const Shown, stack: u64) -> *const Shown {
    while !shown.is_null() && (shown as u64) < stack {
        // SAFETY: the caller stands further down the stack than all that are shown.
        shown = unsafe { (*shown).outer };
    }
    shown
}

/// Asks a frame's filter; a `__finally` block lets every exception pass.
unsafe fn answer_of(frame: *mut Frame, shown: &Shown) -> c_int {
    // SAFETY: whoever raises has a record.
    set_record(unsafe { &*(*shown.pointers).record });
    let top = STATE.with(|state| {
        state.shown.set(shown);
        state.top.get()
    });
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
