//! Memory of which a part is not there, and calls that fail.

use overlapped_win32::errhandlingapi::{ovl_GetLastError, ovl_SetLastError};

pub const PAGE: usize = 4096;
/// What no function sets.
const UNTOUCHED: u32 = 0xDEAD;

/// The last error of a call that must answer this and set it.
pub fn code<T: PartialEq + std::fmt::Debug>(failed: T, call: impl FnOnce() -> T) -> u32 {
    ovl_SetLastError(UNTOUCHED);
    let result = call();
    let code = ovl_GetLastError();
    assert_eq!(result, failed, "last error {code}");
    assert_ne!(code, UNTOUCHED, "a failure sets the last error");
    code
}

pub fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// Three pages, of which one has another protection. They stay until the end of the process.
pub struct Pages(*mut libc::c_void);

impl Pages {
    pub fn with(page: usize, protection: libc::c_int) -> Self {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: fresh memory, a part of which is changed before anybody uses it.
        unsafe {
            let start = libc::mmap(std::ptr::null_mut(), 3 * PAGE, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0);
            assert_ne!(start, libc::MAP_FAILED);
            assert_eq!(libc::mprotect(start.byte_add(page * PAGE), PAGE, protection), 0);
            Self(start)
        }
    }

    pub fn start(&self) -> usize {
        self.0 as usize
    }
}
