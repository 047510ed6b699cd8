//! Functions of the program that run inside a call of the library: APCs, completion routines, control handlers, work of the older pools.
//!
//! Such a function may end its thread (ExitThread). The library's frames below it have things to give back, and the end of a thread by
//! libc may not be caught on its way. So ExitThread unwinds as a panic to the call that the function runs in, and there the thread
//! ends. Drawbacks: the program's frames between need unwind tables, which compilers leave out only if told so; and where such a function
//! runs in a wait of another, the frames below the outer one stay as they are.

use crate::processthreadsapi::ovl_ExitThread;
use crate::threadcontrol;
use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

thread_local! {
    /// How many of these functions run on this thread, one in a wait of another.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// The payload of an ExitThread: the exit code.
struct Exit(u32);

struct Inside;

impl Drop for Inside {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

/// Runs a function of the program, which may end the thread; not before a thread that is suspended goes on.
pub(crate) fn inside<R>(call: impl FnOnce() -> R) -> R {
    threadcontrol::stop_if_asked();
    DEPTH.set(DEPTH.get() + 1);
    let _inside = Inside;
    call()
}

/// ExitThread: unwinds if a function of the program runs inside a call, and returns otherwise.
pub(crate) fn unwind_with(code: u32) {
    if DEPTH.get() != 0 {
        resume_unwind(Box::new(Exit(code)));
    }
}

/// A call was unwound by this: ends the thread if that was ExitThread.
#[cold]
pub(crate) fn depart_if_asked(payload: &(dyn Any + Send)) {
    let Some(Exit(code)) = payload.downcast_ref::<Exit>() else { return };
    if DEPTH.get() != 0 {
        threadcontrol::leave(*code);
    }
    ovl_ExitThread(*code)
}

/// The code with which something ended the thread, if it did.
pub(crate) fn exit_code_of(call: impl FnOnce()) -> Option<u32> {
    let payload = catch_unwind(AssertUnwindSafe(call)).err()?;
    match payload.downcast::<Exit>() {
        Ok(exit) => Some(exit.0),
        Err(panic) => resume_unwind(panic),
    }
}

/// The same function as one that may unwind: the calling convention does not differ.
macro_rules! unwinding {
    ($function:expr, fn($($type:ty),*) $(-> $back:ty)?) => {
        std::mem::transmute::<unsafe extern "C" fn($($type),*) $(-> $back)?, unsafe extern "C-unwind" fn($($type),*) $(-> $back)?>(
            $function,
        )
    };
}
pub(crate) use unwinding;
