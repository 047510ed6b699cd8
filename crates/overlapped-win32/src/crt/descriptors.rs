//! `io.h`: opening descriptors by Windows names and POSIX paths.

use super::files::path;
use super::{errno, invalid};
use crate::arguments::pair;
use crate::support::guard;
use libc::{EINVAL, c_int};

/// # Safety
/// The name is NULL or ends with a zero.
unsafe fn open<U: crate::text::Unit>(name: *const U, flags: c_int, mode: c_int) -> c_int {
    // SAFETY: the caller vouches for the name.
    guard(-1, || unsafe { path(name).map_or(-1, |path| libc::open(path.as_ptr(), flags, mode)) })
}

pair! {
    /// _open and _wopen. `mode` is what the program passed if `flags` has `_O_CREAT`, and else means nothing.
    fn ovl__open ovl__wopen(name: *const C, flags: c_int, mode: c_int) -> c_int {
        // SAFETY: the caller vouches for the name.
        unsafe { open(name, flags, mode) }
    }
}

pair! {
    /// _sopen and _wsopen; Linux does not deny others the file.
    fn ovl__sopen ovl__wsopen(name: *const C, flags: c_int, _share: c_int, mode: c_int) -> c_int {
        // SAFETY: the caller vouches for the name.
        unsafe { open(name, flags, mode) }
    }
}

pair! {
    /// _sopen_s and _wsopen_s: an errno value; the descriptor, or −1, in `to`.
    fn ovl__sopen_s ovl__wsopen_s(to: *mut c_int, name: *const C, flags: c_int, _share: c_int, mode: c_int) -> c_int {
        if to.is_null() {
            return invalid(EINVAL);
        }
        // SAFETY: the caller vouches for the name, and for a place behind a pointer that is not NULL.
        unsafe {
            let opened = open(name, flags, mode);
            to.write(opened);
            if opened < 0 { errno() } else { 0 }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors_are_opened_by_windows_names() {
        let dir = tempfile::tempdir().unwrap();
        let name = |file: &str| format!("C:{}\\{file}\0", dir.path().display());
        let narrow = name("file");
        let wide: Vec<u16> = narrow.encode_utf16().collect();
        let mut other = 0;
        // SAFETY: strings with their ends, and a place for the descriptor; the descriptors are closed once.
        unsafe {
            let first = ovl__open(narrow.as_ptr().cast(), libc::O_CREAT | libc::O_RDWR, 0o600);
            assert_eq!(libc::write(first, c"abc".as_ptr().cast(), 3), 3);
            assert_eq!(ovl__wsopen_s(&mut other, wide.as_ptr(), libc::O_RDONLY, 0x40, 0), 0);
            assert_eq!(libc::lseek(other, 0, libc::SEEK_END), 3);
            assert_eq!((libc::close(first), libc::close(other)), (0, 0));
            assert_eq!(ovl__sopen_s(&mut other, c"no\\such".as_ptr().cast(), 0, 0, 0), libc::ENOENT);
            assert_eq!((other, ovl__wopen(std::ptr::null(), 0, 0)), (-1, -1));
            assert_eq!(ovl__sopen_s(std::ptr::null_mut(), narrow.as_ptr().cast(), 0, 0, 0), EINVAL);
        }
        assert!(dir.path().join("file").exists());
    }
}
