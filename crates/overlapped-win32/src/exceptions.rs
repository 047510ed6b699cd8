//! The rest of `errhandlingapi.h`: error modes, and exceptions as far as there are any.
//!
//! RaiseException gives a thread its name where that is what it is used for; any other exception goes its way: vectored handlers
//! (`crate::vectored`), frames (`crate::structured`), and where nobody catches it, the program's filter before the process ends.

use crate::context::Context;
use crate::structured::{self, Verdict};
use crate::vectored;
use std::ffi::{CStr, c_char};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::*};

/// EXCEPTION_RECORD, 152 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ExceptionRecord {
    /// `ExceptionCode`.
    pub code: u32,
    /// `ExceptionFlags`: 1 if the program cannot go on.
    pub flags: u32,
    /// `ExceptionRecord`: the exception that could not be continued, or 0.
    pub nested: usize,
    /// `ExceptionAddress`: where it happened, or where RaiseException was called.
    pub address: usize,
    /// `NumberParameters`.
    pub parameters: u32,
    /// `ExceptionInformation`.
    pub information: [usize; 15],
}

/// EXCEPTION_POINTERS.
#[repr(C)]
#[derive(Debug)]
pub struct ExceptionPointers {
    /// `ExceptionRecord`.
    pub record: *mut ExceptionRecord,
    /// `ContextRecord`: handlers may change what the thread goes on with.
    pub context: *mut Context,
}

const _: () = assert!(size_of::<ExceptionRecord>() == 152 && size_of::<ExceptionPointers>() == 16);

impl ExceptionRecord {
    /// No exception.
    pub const NONE: Self = Self { code: 0, flags: 0, nested: 0, address: 0, parameters: 0, information: [0; 15] };
}

/// LPTOP_LEVEL_EXCEPTION_FILTER.
pub type Filter = Option<unsafe extern "C-unwind" fn(*mut ExceptionPointers) -> i32>;

/// By it debuggers are told the name of a thread.
const THREAD_NAME: u32 = 0x406D_1388;
const EXCEPTION_NONCONTINUABLE: u32 = 1;
/// What a program gets that wants to go on after an exception that says that it cannot.
const NONCONTINUABLE_EXCEPTION: u32 = 0xC000_0025;
/// EXCEPTION_CONTINUE_EXECUTION.
pub(crate) const CONTINUE_EXECUTION: i32 = -1;
/// EXCEPTION_EXECUTE_HANDLER.
const EXECUTE_HANDLER: i32 = 1;

static MODE: AtomicU32 = AtomicU32::new(0);
static FILTER: AtomicUsize = AtomicUsize::new(0);

/// SetErrorMode: the former mode. It is kept and means nothing: there are no message boxes.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetErrorMode(mode: u32) -> u32 {
    MODE.swap(mode, Relaxed)
}

/// GetErrorMode.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetErrorMode() -> u32 {
    MODE.load(Relaxed)
}

/// SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX, SEM_NOOPENFILEERRORBOX: what a thread may say for itself.
const THREAD_MODES: u32 = 0x8003;

thread_local! {
    static THREAD_MODE: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

/// SetThreadErrorMode, of the calling thread: kept, as the process's is. FALSE/87 for a mode that is none.
///
/// # Safety
/// `former` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetThreadErrorMode(mode: u32, former: *mut u32) -> i32 {
    if mode & !THREAD_MODES != 0 {
        return crate::support::fail(overlapped_abi::Win32Error::INVALID_PARAMETER, 0);
    }
    let old = THREAD_MODE.replace(mode);
    if !former.is_null() {
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { former.write(old) };
    }
    1
}

/// GetThreadErrorMode.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetThreadErrorMode() -> u32 {
    THREAD_MODE.get()
}

fn as_filter(number: usize) -> Filter {
    // SAFETY: the number is 0 or was a filter when it was stored.
    unsafe { std::mem::transmute::<usize, Filter>(number) }
}

/// SetUnhandledExceptionFilter: the former one.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetUnhandledExceptionFilter(filter: Filter) -> Filter {
    structured::catch_faults();
    as_filter(FILTER.swap(filter.map_or(0, |filter| filter as usize), AcqRel))
}

/// The name that the information of such an exception holds: type 0x1000, name, thread (−1 is the calling one).
///
/// # Safety
/// The information is that of the exception.
unsafe fn name_thread(record: &ExceptionRecord) {
    let name = record.information[1] as *const c_char;
    let mine = record.information[2] as u32 == u32::MAX || record.information[2] as u32 == crate::critical::thread_id();
    if record.parameters < 3 || name.is_null() || !mine {
        return;
    }
    // SAFETY: the caller vouches for the string.
    let bytes = unsafe { CStr::from_ptr(name) }.to_bytes();
    let mut short = [0; 16];
    short.iter_mut().take(15).zip(bytes).for_each(|(to, &from)| *to = from);
    // SAFETY: a string of at most 16 bytes.
    unsafe { libc::pthread_setname_np(libc::pthread_self(), short.as_ptr().cast()) };
}

/// What became of an exception that no `__except` has taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The program is to go on with the context.
    Continue,
    /// A filter said so of an exception that cannot be continued.
    Refused,
    /// Nobody wanted it.
    Unhandled,
}

/// Shows an exception to all who may decide, in the order of Windows: vectored handlers, the filters of the frames, the program's filter.
///
/// # Safety
/// The frames that are pushed are there, and what was called since the one that handles it has nothing to destroy.
pub(crate) unsafe fn dispatch(pointers: &mut ExceptionPointers, frames: Option<structured::Origin>) -> Outcome {
    if vectored::FIRST.ask(pointers) {
        vectored::LAST.ask(pointers);
        return Outcome::Continue;
    }
    // SAFETY: the caller's promise.
    let asked = frames.map_or(Verdict::Unhandled, |origin| unsafe { structured::raise(pointers, origin) });
    let goes_on = asked == Verdict::Continue || unhandled(pointers) == CONTINUE_EXECUTION;
    if !goes_on {
        return Outcome::Unhandled;
    }
    // SAFETY: whoever dispatches has a record.
    if unsafe { (*pointers.record).flags } & EXCEPTION_NONCONTINUABLE != 0 {
        return Outcome::Refused;
    }
    vectored::LAST.ask(pointers);
    Outcome::Continue
}

/// What RaiseException does once it has its caller's context.
///
/// # Safety
/// `information` is NULL or has so many numbers, and they are what the exception has. The context is writable.
pub(crate) unsafe extern "C-unwind" fn raise_exception(
    code: u32,
    flags: u32,
    count: u32,
    information: *const usize,
    context: *mut Context,
) {
    let mut record = ExceptionRecord { code, flags: flags & EXCEPTION_NONCONTINUABLE, ..ExceptionRecord::NONE };
    // SAFETY: the caller's promise.
    record.address = unsafe { (*context).instruction() };
    if !information.is_null() {
        record.parameters = count.min(15);
        // SAFETY: the caller vouches for so many numbers.
        unsafe {
            std::ptr::copy_nonoverlapping(information, record.information.as_mut_ptr(), record.parameters as usize)
        };
    }
    if code == THREAD_NAME {
        // SAFETY: the caller vouches for the information.
        return unsafe { name_thread(&record) };
    }
    // SAFETY: who pushed frames vouches for them.
    unsafe { raise_record(&mut record, context) };
}

/// Raises what the record says, and in its place that it could not be continued where somebody wants that.
///
/// # Safety
/// As for [`raise_exception`].
pub(crate) unsafe fn raise_record(record: &mut ExceptionRecord, context: *mut Context) {
    let mut pointers = ExceptionPointers { record, context };
    // SAFETY: the caller's promise.
    match unsafe { dispatch(&mut pointers, Some(structured::Origin::Raised)) } {
        Outcome::Continue => {}
        Outcome::Refused if record.code != NONCONTINUABLE_EXCEPTION => {
            let mut refused = ExceptionRecord {
                code: NONCONTINUABLE_EXCEPTION,
                flags: EXCEPTION_NONCONTINUABLE,
                nested: std::ptr::from_mut(record) as usize,
                address: record.address,
                ..ExceptionRecord::NONE
            };
            // SAFETY: as above.
            unsafe { raise_record(&mut refused, context) };
        }
        Outcome::Refused | Outcome::Unhandled => {
            eprintln!("The program ends: nobody handles exception 0x{:08X}.", record.code);
            overlapped_devices::process::say_exit_code(record.code);
            overlapped_devices::console::own::restore_in_signal_handler();
            std::process::abort();
        }
    }
}

/// What the program's filter says of an exception that nobody catches; 0 without one. If it says that it has dealt with it, the process ends
/// without another word, with the low byte of the code.
fn unhandled(pointers: &mut ExceptionPointers) -> i32 {
    let Some(filter) = as_filter(FILTER.load(Acquire)) else { return 0 };
    // SAFETY: the program's filter; record and context outlive the call.
    let answer = unsafe { filter(pointers) };
    if answer == EXECUTE_HANDLER {
        // SAFETY: whoever dispatches has a record.
        overlapped_devices::process::end_now(unsafe { (*pointers.record).code });
    }
    answer
}

/// UnhandledExceptionFilter: what the program's own says, and EXCEPTION_EXECUTE_HANDLER without one.
///
/// # Safety
/// The exception and its context are there.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn ovl_UnhandledExceptionFilter(pointers: *mut ExceptionPointers) -> i32 {
    // SAFETY: the program's filter, with what it has passed itself.
    as_filter(FILTER.load(Acquire)).map_or(EXECUTE_HANDLER, |filter| unsafe { filter(pointers) })
}

#[cfg(test)]
mod tests {
    use super::*;

    static SEEN: AtomicU32 = AtomicU32::new(0);

    unsafe extern "C-unwind" fn go_on(pointers: *mut ExceptionPointers) -> i32 {
        // SAFETY: RaiseException passes a record.
        SEEN.store(unsafe { (*(*pointers).record).code }, SeqCst);
        CONTINUE_EXECUTION
    }

    #[test]
    fn a_filter_may_go_on() {
        assert!(ovl_SetUnhandledExceptionFilter(Some(go_on)).is_none());
        // SAFETY: two numbers, as said.
        unsafe { crate::context::ovl_RaiseException(0xE000_0001, 0, 2, [1, 2].as_ptr()) };
        assert_eq!(SEEN.load(SeqCst), 0xE000_0001);
        assert!(ovl_SetUnhandledExceptionFilter(None).is_some());
        assert_eq!((ovl_SetErrorMode(0x8001), ovl_SetErrorMode(0), ovl_GetErrorMode()), (0, 0x8001, 0));
    }

    #[test]
    fn threads_get_their_names() {
        std::thread::spawn(|| {
            let information = [0x1000, c"a rather long name".as_ptr() as usize, u32::MAX as usize, 0];
            // SAFETY: the information that belongs to this exception.
            unsafe { crate::context::ovl_RaiseException(THREAD_NAME, 0, 4, information.as_ptr()) };
            assert_eq!(std::fs::read_to_string("/proc/thread-self/comm").unwrap(), "a rather long n\n");
        })
        .join()
        .unwrap();
    }
}
