//! `sys/stat.h`: what is known of a file, by a Windows name or a POSIX path.

use super::files::path;
use super::{errno, invalid, set_errno};
use crate::arguments::pair;
use crate::support::guard;
use libc::{EINVAL, c_int};
use std::ffi::CStr;

/// What libc has answered, with errno as it is on Windows.
fn settled(path: &CStr, done: c_int) -> c_int {
    if done != 0 {
        super::settle_errno(path);
    }
    done
}

pair! {
    /// stat and _wstat: −1 with errno where there is no such file. The structure is libc's.
    fn ovl_stat ovl__wstat(name: *const C, to: *mut libc::stat) -> c_int {
        if to.is_null() {
            invalid(EINVAL);
            return -1;
        }
        guard(-1, || {
            // SAFETY: the caller vouches for the name, and for a structure behind a pointer that is not NULL.
            unsafe {
                let Some(path) = path(name) else {
                    // What cannot be a name is missing to this function alone.
                    if !name.is_null() && errno() == EINVAL {
                        set_errno(libc::ENOENT);
                    }
                    return -1;
                };
                settled(&path, libc::stat(path.as_ptr(), to))
            }
        })
    }
}

pair! {
    /// _utime and _wutime: −1 with errno; NULL for now.
    fn ovl__utime ovl__wutime(name: *const C, times: *const libc::utimbuf) -> c_int {
        // SAFETY: the caller vouches for the name, and for the times if they are not NULL.
        guard(-1, || unsafe { path(name).map_or(-1, |path| settled(&path, libc::utime(path.as_ptr(), times))) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_by_both_kinds_of_name() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("file"), [0; 7]).unwrap();
        let name = format!("C:{}\\file\0", dir.path().display());
        let wide: Vec<u16> = name.encode_utf16().collect();
        // SAFETY: zeros are a value of it.
        let mut stat: [libc::stat; 2] = unsafe { std::mem::zeroed() };
        // SAFETY: strings with their ends, and structures.
        unsafe {
            assert_eq!(ovl_stat(name.as_ptr().cast(), &mut stat[0]), 0);
            assert_eq!(ovl__wstat(wide.as_ptr(), &mut stat[1]), 0);
            assert_eq!((stat[0].st_size, stat[1].st_ino), (7, stat[0].st_ino));
            let times = libc::utimbuf { actime: 1_000_000_000, modtime: 1_100_000_000 };
            assert_eq!((ovl__wutime(wide.as_ptr(), &times), ovl_stat(name.as_ptr().cast(), &mut stat[0])), (0, 0));
            assert_eq!((stat[0].st_atime, stat[0].st_mtime), (1_000_000_000, 1_100_000_000));
            assert_eq!(ovl__utime(std::ptr::null(), &times), -1);
            assert_eq!(ovl_stat(c"no\\such".as_ptr().cast(), &mut stat[0]), -1);
            assert_eq!(super::super::errno(), libc::ENOENT);
            assert_eq!((ovl_stat(c"*".as_ptr().cast(), &mut stat[0]), super::super::errno()), (-1, libc::ENOENT));
            assert_eq!((ovl_stat(std::ptr::null(), &mut stat[0]), super::super::errno()), (-1, EINVAL));
            assert_eq!(ovl_stat(name.as_ptr().cast(), std::ptr::null_mut()), -1);
        }
    }
}
