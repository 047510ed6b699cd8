//! The list of plain names: what is in it, what must not be, and where each leads.

use overlapped_win32_names::NAMES;
use std::collections::BTreeSet;
use std::ffi::{CStr, CString};

#[path = "../names.rs"]
mod rule;

/// The address behind a name in libc itself, whatever else this program is linked with.
fn in_libc(name: &str) -> bool {
    // SAFETY: libc is loaded already; a string.
    let libc = unsafe { libc::dlopen(c"libc.so.6".as_ptr(), libc::RTLD_NOW | libc::RTLD_NOLOAD) };
    // SAFETY: a library that runs nothing when it is loaded; a string.
    let libm = unsafe { libc::dlopen(c"libm.so.6".as_ptr(), libc::RTLD_NOW) };
    assert!(!libc.is_null() && !libm.is_null());
    let name = CString::new(name).unwrap();
    // SAFETY: open libraries and a string.
    [libc, libm].iter().any(|library| unsafe { !libc::dlsym(*library, name.as_ptr()).is_null() })
}

#[test]
fn no_name_is_one_of_libc() {
    assert!(in_libc("send") && in_libc("select") && in_libc("cos"), "the question works");
    let taken: Vec<_> = NAMES.iter().filter(|name| in_libc(name)).collect();
    assert!(taken.is_empty(), "{taken:?}");
    for name in
        ["send", "recv", "socket", "bind", "listen", "accept", "connect", "select", "shutdown", "remove", "vprintf"]
    {
        assert!(!NAMES.contains(&name), "{name}");
    }
}

#[test]
fn what_programs_of_this_kind_need_is_there() {
    for name in [
        "CreateFileW",
        "ReadFile",
        "WriteFile",
        "CreateIoCompletionPort",
        "GetQueuedCompletionStatus",
        "GetQueuedCompletionStatusEx",
        "PostQueuedCompletionStatus",
        "GetOverlappedResult",
        "CancelIoEx",
        "WaitForMultipleObjects",
        "QueueUserAPC",
        "CreateThreadpoolIo",
        "CloseHandle",
        "GetLastError",
        "lstrlenW",
    ] {
        assert!(NAMES.contains(&name), "{name}");
    }
    let sorted: BTreeSet<_> = NAMES.iter().collect();
    assert_eq!(sorted.len(), NAMES.len(), "a name is listed twice");
}

#[test]
fn lower_case_names_are_plain_only_by_exception() {
    assert!(rule::is_plain("CreateFileW") && rule::is_plain("WSASend") && rule::is_plain("closesocket"));
    assert!(!rule::is_plain("send") && !rule::is_plain("_beginthreadex") && !rule::is_plain("getaddrinfo"));
}

#[test]
fn each_stub_jumps_to_the_function_of_its_name() {
    // SAFETY: by these names the functions are defined: the first without arguments, the second with one.
    unsafe extern "C" {
        fn GetCurrentThreadId() -> u32;
        fn ovl_GetCurrentThreadId() -> u32;
        fn SetLastError(code: u32);
        fn ovl_GetLastError() -> u32;
        fn lstrlenA(text: *const libc::c_char) -> i32;
    }
    let text: &CStr = c"twelve bytes";
    // SAFETY: as declared.
    unsafe {
        assert_eq!(GetCurrentThreadId(), ovl_GetCurrentThreadId());
        SetLastError(4711);
        assert_eq!((ovl_GetLastError(), lstrlenA(text.as_ptr())), (4711, 12));
    }
}
