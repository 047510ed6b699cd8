//! `io.h`: opening descriptors by Windows names and POSIX paths.

use super::files::{accessible, is_plain, is_read_only, may_share, path};
use super::{errno, invalid};
use crate::arguments::pair;
use crate::support::guard;
use libc::{EINVAL, c_int};
use overlapped_abi::Win32Error;

/// # Safety
/// The name is NULL or ends with a zero.
unsafe fn open<U: crate::text::Unit>(name: *const U, flags: c_int, mode: c_int) -> c_int {
    // SAFETY: the caller vouches for the name.
    guard(-1, || unsafe {
        let Some(path) = path(name) else { return -1 };
        let changes = flags & (libc::O_ACCMODE | libc::O_TRUNC | TEMPORARY) != libc::O_RDONLY;
        let is_new = flags & (libc::O_CREAT | libc::O_EXCL) == libc::O_CREAT | libc::O_EXCL;
        if changes && !is_new && is_read_only(path.as_ptr()) {
            super::refused(Win32Error::ACCESS_DENIED);
            return -1;
        }
        let opened = libc::open(path.as_ptr(), flags & !OF_WINDOWS, mode);
        if opened < 0 {
            super::settle_errno(&path);
            return -1;
        }
        let found = stat(opened);
        if found.is_some_and(|found| found.st_mode & libc::S_IFMT == libc::S_IFDIR) {
            // Linux reads directories.
            libc::close(opened);
            super::refused(Win32Error::ACCESS_DENIED);
            return -1;
        }
        // A device is not the program's to delete: `NUL` belongs to the whole machine.
        if flags & TEMPORARY != 0 && found.is_some_and(|found| is_plain(&found)) {
            // The file goes with its last descriptor; its name vanishes at once (decision D6).
            libc::unlink(path.as_ptr());
        }
        opened
    })
}

fn stat(descriptor: c_int) -> Option<libc::stat> {
    // SAFETY: zeros are a value of it, and it is ours.
    unsafe {
        let mut stat: libc::stat = std::mem::zeroed();
        (libc::fstat(descriptor, &mut stat) == 0).then_some(stat)
    }
}

/// _O_TEMPORARY.
const TEMPORARY: c_int = 0x100_0000;
/// That, _O_RANDOM, _O_SEQUENTIAL and _O_SHORT_LIVED, which Linux does not know.
const OF_WINDOWS: c_int = TEMPORARY | 0x10 | 0x20 | 0x80_0000;

pair! {
    /// _open and _wopen. `mode` is what the program passed if `flags` has `_O_CREAT`, and else means nothing.
    fn ovl__open ovl__wopen(name: *const C, flags: c_int, mode: c_int) -> c_int {
        // SAFETY: the caller vouches for the name.
        unsafe { open(name, flags, mode) }
    }
}

pair! {
    /// _creat and _wcreat: a new or an emptied file, for both directions.
    fn ovl__creat ovl__wcreat(name: *const C, mode: c_int) -> c_int {
        // SAFETY: the caller vouches for the name.
        unsafe { open(name, libc::O_RDWR | libc::O_CREAT | libc::O_TRUNC, mode) }
    }
}

pair! {
    /// _sopen and _wsopen; Linux does not deny others the file.
    fn ovl__sopen ovl__wsopen(name: *const C, flags: c_int, share: c_int, mode: c_int) -> c_int {
        if !may_share(share) {
            invalid(EINVAL);
            return -1;
        }
        // SAFETY: the caller vouches for the name.
        unsafe { open(name, flags, mode) }
    }
}

pair! {
    /// _sopen_s and _wsopen_s: an errno value; the descriptor, or −1, in `to`.
    fn ovl__sopen_s ovl__wsopen_s(to: *mut c_int, name: *const C, flags: c_int, share: c_int, mode: c_int) -> c_int {
        if to.is_null() {
            return invalid(EINVAL);
        }
        // SAFETY: the caller vouches for the name, and for a place behind a pointer that is not NULL.
        unsafe {
            to.write(-1);
            if !may_share(share) {
                return invalid(EINVAL);
            }
            let opened = open(name, flags, mode);
            to.write(opened);
            if opened < 0 { errno() } else { 0 }
        }
    }
}

/// The length of the file behind a descriptor, and its pointer.
fn places(descriptor: c_int) -> Option<(i64, i64)> {
    // SAFETY: zeros are a value of it, and it is ours.
    unsafe {
        let mut stat: libc::stat = std::mem::zeroed();
        let there = libc::fstat(descriptor, &mut stat) == 0;
        there.then(|| (stat.st_size, libc::lseek(descriptor, 0, libc::SEEK_CUR)))
    }
}

/// _filelengthi64: −1 with errno.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__filelengthi64(descriptor: c_int) -> i64 {
    places(descriptor).map_or(-1, |(length, _)| length)
}

/// _eof: 1 at the end of the file or behind it, 0 before; −1 with errno.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__eof(descriptor: c_int) -> c_int {
    match places(descriptor) {
        Some((length, at)) if at >= 0 => c_int::from(at >= length),
        _ => -1,
    }
}

/// _chsize_s: cuts the file or fills it with zeros; an errno value.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__chsize_s(descriptor: c_int, length: i64) -> c_int {
    if length < 0 {
        return invalid(EINVAL);
    }
    // SAFETY: takes numbers only.
    if unsafe { libc::ftruncate(descriptor, length) } == 0 { 0 } else { errno() }
}

/// _pipe; there is no text mode, and its size is that of Linux. With _O_NOINHERIT children do not get it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__pipe(ends: *mut c_int, _bytes: u32, mode: c_int) -> c_int {
    if ends.is_null() {
        invalid(EINVAL);
        return -1;
    }
    // SAFETY: not NULL, and the caller vouches for two places.
    unsafe { libc::pipe2(ends, mode & libc::O_CLOEXEC) }
}

/// _access_s and _waccess_s: an errno value.
unsafe fn access<U: crate::text::Unit>(name: *const U, mode: c_int) -> c_int {
    if name.is_null() || mode & !6 != 0 {
        return invalid(EINVAL);
    }
    // SAFETY: the caller vouches for the name.
    let Some(path) = (unsafe { path(name) }) else { return errno() };
    // SAFETY: a string of ours.
    if unsafe { accessible(path.as_ptr(), mode) } == 0 {
        return 0;
    }
    super::settle_errno(&path);
    errno()
}

pair! {
    /// _access_s and _waccess_s.
    fn ovl__access_s ovl__waccess_s(name: *const C, mode: c_int) -> c_int {
        // SAFETY: the caller vouches for the name.
        guard(EINVAL, || unsafe { access(name, mode) })
    }
}

/// How long _locking waits for a range, as Windows: ten times a second.
const TRIES: u32 = 10;

/// _locking: the range from the pointer on; 0, or −1 with EDEADLOCK where another process keeps it for ten seconds, and EACCES where it
/// was to be had at once.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__locking(descriptor: c_int, mode: c_int, bytes: c_int) -> c_int {
    const UNLOCK: c_int = 0;
    if bytes < 0 {
        invalid(EINVAL);
        return -1;
    }
    let (kind, tries) = match mode {
        UNLOCK => (libc::F_UNLCK, 1),
        1 | 3 => (libc::F_WRLCK, TRIES),
        2 | 4 => (libc::F_WRLCK, 1),
        _ => {
            invalid(EINVAL);
            return -1;
        }
    };
    // SAFETY: zeros are a value of it.
    let mut range: libc::flock = unsafe { std::mem::zeroed() };
    (range.l_type, range.l_whence, range.l_len) = (kind as _, libc::SEEK_CUR as _, bytes.into());
    for left in (0..tries).rev() {
        // SAFETY: our own structure.
        if unsafe { libc::fcntl(descriptor, libc::F_SETLK, &range) } == 0 {
            return 0;
        }
        if !matches!(errno(), libc::EAGAIN | libc::EACCES) {
            return -1;
        }
        if left > 0 {
            std::thread::sleep(std::time::Duration::from_secs(1));
        }
    }
    super::set_errno(if tries > 1 { libc::EDEADLOCK } else { libc::EACCES });
    -1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_descriptor_tells_its_length_and_takes_another() {
        let dir = tempfile::tempdir().unwrap();
        let name = format!("{}/file\0", dir.path().display());
        let mut ends = [0; 2];
        // SAFETY: a string with its end, and places for descriptors, which are closed once.
        unsafe {
            let file = ovl__open(name.as_ptr().cast(), libc::O_CREAT | libc::O_RDWR, 0o600);
            assert_eq!((ovl__filelengthi64(file), ovl__eof(file)), (0, 1));
            assert_eq!((ovl__chsize_s(file, 5), ovl__filelengthi64(file), ovl__eof(file)), (0, 5, 0));
            assert_eq!((ovl__chsize_s(file, -1), ovl__filelengthi64(-1), ovl__eof(-1)), (EINVAL, -1, -1));
            assert_eq!((ovl__locking(file, 2, 5), ovl__locking(file, 0, 5), ovl__locking(file, 9, 5)), (0, 0, -1));
            assert_eq!((ovl__access_s(name.as_ptr(), 6), ovl__access_s(name.as_ptr(), 8)), (0, EINVAL));
            assert_eq!(ovl__access_s(c"/no/such".as_ptr().cast(), 0), libc::ENOENT);
            assert_eq!((ovl__pipe(ends.as_mut_ptr(), 512, 0), ovl__pipe(std::ptr::null_mut(), 0, 0)), (0, -1));
            assert_eq!((libc::fcntl(ends[0], libc::F_GETFD), ovl__locking(file, 2, -5)), (0, -1));
            assert_eq!([file, ends[0], ends[1]].map(|descriptor| libc::close(descriptor)), [0; 3]);
            assert_eq!(ovl__pipe(ends.as_mut_ptr(), 512, libc::O_CLOEXEC), 0);
            assert_eq!(ends.map(|end| libc::fcntl(end, libc::F_GETFD)), [libc::FD_CLOEXEC; 2]);
            assert_eq!(ends.map(|end| libc::close(end)), [0; 2]);
            assert_eq!((ovl__open(c"/".as_ptr().cast(), libc::O_RDONLY, 0), errno()), (-1, libc::EACCES));
        }
    }

    #[test]
    fn only_files_of_data_are_temporary_and_what_nobody_may_write_is_not_opened_for_it() {
        use std::os::unix::ffi::OsStrExt;
        let dir = tempfile::tempdir().unwrap();
        let name = |last: &str| std::ffi::CString::new(dir.path().join(last).as_os_str().as_bytes()).unwrap();
        let open = |last: &str, flags: c_int| {
            let name = name(last);
            // SAFETY: a string with its end; what was opened is closed.
            unsafe {
                let opened = ovl__open(name.as_ptr().cast(), flags, 0o600);
                if opened < 0 { errno() } else { libc::close(opened) }
            }
        };
        let (fifo, file) = (name("fifo"), name("f"));
        // SAFETY: strings with their ends.
        unsafe {
            assert_eq!(libc::mkfifo(fifo.as_ptr(), 0o600), 0);
            assert_eq!((open("fifo", libc::O_RDWR | TEMPORARY), open("f", libc::O_RDWR | libc::O_CREAT)), (0, 0));
            assert!(dir.path().join("fifo").exists(), "a device stays");
            assert_eq!(libc::chmod(file.as_ptr(), 0o400), 0);
        }
        let exclusive = libc::O_CREAT | libc::O_EXCL;
        let tried = [libc::O_WRONLY, libc::O_RDWR, libc::O_TRUNC, libc::O_RDWR | exclusive, libc::O_RDONLY];
        assert_eq!(tried.map(|flags| open("f", flags)), [13, 13, 13, 17, 0]);
        assert_eq!(open("f", libc::O_RDONLY | TEMPORARY), 13);
        // SAFETY: a string with its end.
        assert_eq!(unsafe { libc::chmod(file.as_ptr(), 0o600) }, 0);
        assert_eq!(open("f", libc::O_RDONLY | TEMPORARY), 0);
        assert!(!dir.path().join("f").exists());
    }

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
