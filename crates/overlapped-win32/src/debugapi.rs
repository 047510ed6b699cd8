//! `debugapi.h`, but for DebugBreak, which is `crate::structured`'s.
//!
//! What OutputDebugString says goes to the log (`tracing`, target `OutputDebugString`, level debug); if OVERLAPPED_DEBUG_OUTPUT is
//! set it goes to the standard error as well.

use crate::arguments::pair;
use crate::support::{Bool, FALSE, RawHandle, TRUE, fail, guard};
use crate::text::{Unit, units_or_empty};
use overlapped_abi::Win32Error;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;

fn output(text: &std::ffi::OsStr) {
    tracing::debug!(target: "OutputDebugString", "{}", text.to_string_lossy().trim_end());
    if std::env::var_os("OVERLAPPED_DEBUG_OUTPUT").is_some() {
        // Nobody is told if nobody can read it.
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
}

pair! {
    /// OutputDebugString.
    fn ovl_OutputDebugStringA ovl_OutputDebugStringW(text: *const C) -> () {
        // SAFETY: the caller vouches for it.
        guard((), || output(&C::to_os(unsafe { units_or_empty(text) })));
    }
}

/// The number behind `TracerPid` in the status of the process: who traces it, 0 for nobody.
fn traced() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"));
    tracer.is_some_and(|tracer| tracer.trim() != "0")
}

/// IsDebuggerPresent.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_IsDebuggerPresent() -> Bool {
    guard(FALSE, || Bool::from(traced()))
}

/// CheckRemoteDebuggerPresent, of this process.
///
/// # Safety
/// `present` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CheckRemoteDebuggerPresent(process: RawHandle, present: *mut Bool) -> Bool {
    if process != usize::MAX || present.is_null() {
        return fail(Win32Error::INVALID_PARAMETER, FALSE);
    }
    // SAFETY: not NULL, and the caller vouches for it.
    unsafe { present.write(ovl_IsDebuggerPresent()) };
    TRUE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_traces_a_test() {
        let mut present = 7;
        // SAFETY: it is ours.
        assert_eq!(unsafe { ovl_CheckRemoteDebuggerPresent(usize::MAX, &mut present) }, TRUE);
        assert_eq!(present, ovl_IsDebuggerPresent());
        // SAFETY: NULL and a string.
        unsafe {
            ovl_OutputDebugStringA(std::ptr::null());
            ovl_OutputDebugStringW([65, 10, 0].as_ptr());
        }
    }
}
