//! The rest of `errhandlingapi.h`: error modes, and exceptions as far as there are any.
//!
//! RaiseException gives a thread its name where that is what it is used for; any other exception is `crate::structured`'s, and
//! where nobody catches it, the program's filter sees it before the process ends.

use crate::structured;
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
    /// `ExceptionRecord`: 0.
    pub nested: usize,
    /// `ExceptionAddress`: 0.
    pub address: usize,
    /// `NumberParameters`.
    pub parameters: u32,
    /// `ExceptionInformation`.
    pub information: [usize; 15],
}

/// EXCEPTION_POINTERS; there is no context.
#[repr(C)]
#[derive(Debug)]
pub struct ExceptionPointers {
    record: *const ExceptionRecord,
    context: usize,
}

const _: () = assert!(size_of::<ExceptionRecord>() == 152);

impl ExceptionRecord {
    /// No exception.
    pub const NONE: Self = Self { code: 0, flags: 0, nested: 0, address: 0, parameters: 0, information: [0; 15] };
}

impl ExceptionPointers {
    /// No exception.
    pub const NONE: Self = Self { record: std::ptr::null(), context: 0 };

    /// Those of an exception.
    #[must_use]
    pub fn of(record: *const ExceptionRecord) -> Self {
        Self { record, context: 0 }
    }
}

/// LPTOP_LEVEL_EXCEPTION_FILTER.
pub type Filter = Option<unsafe extern "C" fn(*const ExceptionPointers) -> i32>;

/// By it debuggers are told the name of a thread.
const THREAD_NAME: u32 = 0x406D_1388;
const EXCEPTION_NONCONTINUABLE: u32 = 1;
/// What a program gets that wants to go on after an exception that says that it cannot.
const NONCONTINUABLE_EXCEPTION: u32 = 0xC000_0025;
const EXCEPTION_CONTINUE_EXECUTION: i32 = -1;

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

/// SetThreadErrorMode, of the whole process.
///
/// # Safety
/// `former` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetThreadErrorMode(mode: u32, former: *mut u32) -> i32 {
    let old = ovl_SetErrorMode(mode);
    if !former.is_null() {
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { former.write(old) };
    }
    1
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

/// RaiseException.
///
/// # Safety
/// `information` has so many numbers, and they are what the exception has.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn ovl_RaiseException(code: u32, flags: u32, count: u32, information: *const usize) {
    let mut record = ExceptionRecord { code, flags: flags & EXCEPTION_NONCONTINUABLE, ..ExceptionRecord::NONE };
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
    let goes_on = unsafe { structured::raise(&record, false) } == structured::Verdict::Continue
        || unhandled(&record) == EXCEPTION_CONTINUE_EXECUTION;
    if goes_on && record.flags == 0 {
        return;
    }
    if goes_on && code != NONCONTINUABLE_EXCEPTION {
        // SAFETY: as above; no information is passed.
        unsafe { ovl_RaiseException(NONCONTINUABLE_EXCEPTION, EXCEPTION_NONCONTINUABLE, 0, std::ptr::null()) };
    }
    eprintln!("The program ends: nobody handles exception 0x{code:08X}.");
    std::process::abort();
}

/// What the program's filter says of an exception that nobody catches; 0 without one.
pub(crate) fn unhandled(record: &ExceptionRecord) -> i32 {
    let pointers = ExceptionPointers::of(record);
    // SAFETY: the program's filter; the record outlives the call.
    as_filter(FILTER.load(Acquire)).map_or(0, |filter| unsafe { filter(&pointers) })
}

#[cfg(test)]
mod tests {
    use super::*;

    static SEEN: AtomicU32 = AtomicU32::new(0);

    unsafe extern "C" fn go_on(pointers: *const ExceptionPointers) -> i32 {
        // SAFETY: RaiseException passes a record.
        SEEN.store(unsafe { (*(*pointers).record).code }, SeqCst);
        EXCEPTION_CONTINUE_EXECUTION
    }

    #[test]
    fn a_filter_may_go_on() {
        assert!(ovl_SetUnhandledExceptionFilter(Some(go_on)).is_none());
        // SAFETY: two numbers, as said.
        unsafe { ovl_RaiseException(0xE000_0001, 0, 2, [1, 2].as_ptr()) };
        assert_eq!(SEEN.load(SeqCst), 0xE000_0001);
        assert!(ovl_SetUnhandledExceptionFilter(None).is_some());
        assert_eq!((ovl_SetErrorMode(0x8001), ovl_SetErrorMode(0), ovl_GetErrorMode()), (0, 0x8001, 0));
    }

    #[test]
    fn threads_get_their_names() {
        std::thread::spawn(|| {
            let information = [0x1000, c"a rather long name".as_ptr() as usize, u32::MAX as usize, 0];
            // SAFETY: the information that belongs to this exception.
            unsafe { ovl_RaiseException(THREAD_NAME, 0, 4, information.as_ptr()) };
            assert_eq!(std::fs::read_to_string("/proc/thread-self/comm").unwrap(), "a rather long n\n");
        })
        .join()
        .unwrap();
    }
}
