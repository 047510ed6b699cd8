//! Files by the names of the C library: errno, `_doserrno` and the last error say why the system has refused.

use super::{told, wide};
use libc::{EACCES, EEXIST, EINVAL, ENOENT, ENOTEMPTY};
use overlapped_win32::crt::descriptors::*;
use overlapped_win32::crt::files::*;
use overlapped_win32::crt::ovl___doserrno;
use overlapped_win32::crt::stat::{ovl__utime, ovl__wstat, ovl__wutime, ovl_stat};
use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr::{null, null_mut};

fn name(directory: &Path, last: &str) -> CString {
    CString::new(directory.join(last).as_os_str().as_bytes()).unwrap()
}

/// `_doserrno`, while errno is still that of the failure.
fn doserrno() -> u32 {
    // SAFETY: the place of this thread.
    unsafe { *ovl___doserrno() }
}

#[test]
fn refusals_leave_the_error_of_the_system() {
    let place = tempfile::tempdir().unwrap();
    let directory = place.path();
    std::fs::create_dir_all(directory.join("d/e")).unwrap();
    std::fs::write(directory.join("f"), b"text").unwrap();
    std::fs::write(directory.join("ro"), b"").unwrap();
    let [file, kept, full, none, lost] = ["f", "ro", "d", "no", "no/x"].map(|last| name(directory, last));
    let [file_w, none_w, lost_w, full_w] =
        ["f", "no", "no/x", "d"].map(|last| wide(directory.join(last).to_str().unwrap()));
    // SAFETY: strings with their ends.
    unsafe {
        assert_eq!(ovl__chmod(kept.as_ptr().cast(), 0o400), 0);
        let opened = |name: &CString, flags| told(|| (ovl__open(name.as_ptr().cast(), flags, 0o600), doserrno()));
        assert_eq!(opened(&none, libc::O_RDONLY), ((-1, 2), ENOENT, 2));
        assert_eq!(opened(&lost, libc::O_RDONLY), ((-1, 3), ENOENT, 3));
        assert_eq!(opened(&full, libc::O_RDONLY), ((-1, 5), EACCES, 5));
        assert_eq!(opened(&kept, libc::O_RDWR), ((-1, 5), EACCES, 5));
        let new = libc::O_CREAT | libc::O_EXCL | libc::O_RDWR;
        assert_eq!(opened(&file, new), ((-1, 80), EEXIST, 80));
        assert_eq!(opened(&c"a\"b".to_owned(), libc::O_RDONLY), ((-1, 123), EINVAL, 123));
        assert_eq!(told(|| ovl__wopen(lost_w.as_ptr(), 0, 0)), (-1, ENOENT, 3));
        assert_eq!(told(|| ovl__wcreat(lost_w.as_ptr(), 0)), (-1, ENOENT, 3));
        assert_eq!(told(|| ovl__creat(full.as_ptr().cast(), 0)), (-1, EACCES, 5));
        assert_eq!(told(|| ovl__sopen(none.as_ptr().cast(), 0, 0x40, 0)), (-1, ENOENT, 2));
        assert_eq!(told(|| ovl__wsopen(none_w.as_ptr(), 0, 0x40, 0)), (-1, ENOENT, 2));
        let mut number = 7;
        assert_eq!(told(|| ovl__wsopen_s(&mut number, none_w.as_ptr(), 0, 0x40, 0)), (ENOENT, ENOENT, 2));
        assert_eq!(number, -1);
        number = 7;
        assert_eq!(told(|| ovl__sopen_s(&mut number, file.as_ptr().cast(), 0, 99, 0)), (EINVAL, EINVAL, 0));
        assert_eq!((number, ovl__sopen(file.as_ptr().cast(), 0, 99, 0)), (-1, -1));

        for (path, code) in [(&none, 2), (&lost, 3)] {
            let path = path.as_ptr().cast();
            assert_eq!(told(|| ovl_fopen(path, c"r".as_ptr().cast())), (null_mut(), ENOENT, code));
            assert_eq!(told(|| ovl__fsopen(path, c"r".as_ptr().cast(), 0x40)), (null_mut(), ENOENT, code));
            assert_eq!(told(|| ovl_remove(path)), (-1, ENOENT, code));
            assert_eq!(told(|| ovl__unlink(path)), (-1, ENOENT, code));
            assert_eq!(told(|| ovl__access(path, 0)), (-1, ENOENT, code));
            assert_eq!(told(|| ovl__access_s(path, 0)), (ENOENT, ENOENT, code));
            assert_eq!(told(|| ovl__chmod(path, 0o600)), (-1, ENOENT, code));
            assert_eq!(told(|| ovl__rmdir(path)), (-1, ENOENT, code));
            assert_eq!(told(|| ovl_rename(path, file.as_ptr().cast())).0, -1);
            assert_eq!(told(|| ovl__utime(path, null())), (-1, ENOENT, code));
            let mut found = std::mem::zeroed();
            assert_eq!(told(|| ovl_stat(path, &mut found)), (-1, ENOENT, code));
        }
        let mut stream = null_mut();
        let read = wide("r");
        assert_eq!(told(|| ovl__wfopen_s(&mut stream, lost_w.as_ptr(), read.as_ptr())), (ENOENT, ENOENT, 3));
        assert_eq!(told(|| ovl_fopen_s(&mut stream, full.as_ptr().cast(), c"r".as_ptr().cast())), (EACCES, EACCES, 5));
        assert_eq!(told(|| ovl__wfsopen(none_w.as_ptr(), read.as_ptr(), 0x10)), (null_mut(), ENOENT, 2));
        assert_eq!(told(|| ovl__wfsopen(file_w.as_ptr(), read.as_ptr(), 99)), (null_mut(), EINVAL, 0));
        assert_eq!(told(|| ovl_fopen(file.as_ptr().cast(), c"q".as_ptr().cast())), (null_mut(), EINVAL, 0));
        assert_eq!(told(|| ovl_fopen(file.as_ptr().cast(), c"".as_ptr().cast())), (null_mut(), EINVAL, 0));
        assert_eq!(told(|| ovl_fopen(kept.as_ptr().cast(), c"w".as_ptr().cast())), (null_mut(), EACCES, 5));

        assert_eq!(told(|| ovl_remove(full.as_ptr().cast())), (-1, EACCES, 5));
        assert_eq!(told(|| ovl__wremove(lost_w.as_ptr())), (-1, ENOENT, 3));
        assert_eq!(told(|| ovl__wunlink(none_w.as_ptr())), (-1, ENOENT, 2));
        assert_eq!(told(|| ovl_rename(file.as_ptr().cast(), full.as_ptr().cast())), (-1, EEXIST, 183));
        assert_eq!(told(|| ovl__wrename(file_w.as_ptr(), lost_w.as_ptr())), (-1, ENOENT, 3));
        assert_eq!(told(|| ovl__mkdir(full.as_ptr().cast())), (-1, EEXIST, 183));
        assert_eq!(told(|| ovl__mkdir(lost.as_ptr().cast())), (-1, ENOENT, 3));
        assert_eq!(told(|| ovl__wmkdir(file_w.as_ptr())), (-1, EEXIST, 183));
        assert_eq!(told(|| ovl__rmdir(full.as_ptr().cast())), (-1, ENOTEMPTY, 145));
        assert_eq!(told(|| ovl__wrmdir(file_w.as_ptr())), (-1, EINVAL, 267));
        assert_eq!(told(|| ovl__chdir(none.as_ptr().cast())), (-1, ENOENT, 2));
        assert_eq!(told(|| ovl__wchdir(file_w.as_ptr())), (-1, EINVAL, 267));
        assert_eq!(told(|| ovl__access(kept.as_ptr().cast(), 2)), (-1, EACCES, 5));
        assert_eq!(told(|| ovl__waccess(none_w.as_ptr(), 0)), (-1, ENOENT, 2));
        assert_eq!(told(|| ovl__waccess_s(none_w.as_ptr(), 4)), (ENOENT, ENOENT, 2));
        assert_eq!(told(|| ovl__wchmod(lost_w.as_ptr(), 0o600)), (-1, ENOENT, 3));
        let mut found = std::mem::zeroed();
        assert_eq!(told(|| ovl__wstat(none_w.as_ptr(), &mut found)), (-1, ENOENT, 2));
        assert_eq!(told(|| ovl__wutime(lost_w.as_ptr(), null())), (-1, ENOENT, 3));
        assert_eq!(told(|| ovl__wstat(full_w.as_ptr(), &mut found)), (0, 0, 0));
        assert_eq!(told(|| (ovl__chdrive(0), ovl__chdrive(27))), ((-1, -1), EACCES, 0));
        assert_eq!(told(|| ovl__getdcwd(27, null_mut(), 0)), (null_mut(), EACCES, 0));
        assert_eq!(told(|| ovl__wgetdcwd(-1, null_mut(), 0)), (null_mut(), EACCES, 0));
        // What is invalid never reaches the system.
        let invalid: [fn() -> i32; 6] = [
            || ovl__open(null(), 0, 0),
            || ovl__unlink(null()),
            || ovl__mkdir(null()),
            || ovl__rmdir(null()),
            || ovl__chdir(null()),
            || ovl__access(null(), 0),
        ];
        assert!(invalid.into_iter().all(|call| told(call) == (-1, EINVAL, 0)));
        assert_eq!(ovl__chmod(kept.as_ptr().cast(), 0o600), 0);
    }
}

#[test]
fn streams_are_opened_anew_and_descriptors_cut() {
    let place = tempfile::tempdir().unwrap();
    let (file, read) = (name(place.path(), "f"), c"r".as_ptr().cast());
    let file_w = wide(place.path().join("f").to_str().unwrap());
    // SAFETY: strings with their ends; each stream and descriptor is closed once.
    unsafe {
        let descriptor = ovl__creat(file.as_ptr().cast(), 0o600);
        assert_eq!((ovl__chsize_s(descriptor, 6), ovl__filelengthi64(descriptor), libc::close(descriptor)), (0, 6, 0));
        let stream = ovl_fopen(file.as_ptr().cast(), read);
        let stream = ovl_freopen(file.as_ptr().cast(), read, stream);
        assert!(!stream.is_null());
        let (mut other, wide_read) = (null_mut(), wide("r"));
        assert_eq!(ovl_freopen_s(&mut other, file.as_ptr().cast(), read, stream), 0);
        assert_eq!(ovl__wfreopen_s(&mut other, file_w.as_ptr(), wide_read.as_ptr(), other), 0);
        let other = ovl__wfreopen(file_w.as_ptr(), wide_read.as_ptr(), other);
        assert_eq!((libc::fgetc(other), libc::fclose(other)), (0, 0));
        assert_eq!(ovl_freopen_s(null_mut(), file.as_ptr().cast(), read, null_mut()), EINVAL);
        let mut made = null_mut();
        assert_eq!((ovl_tmpfile_s(&mut made), libc::fclose(made), ovl_tmpfile_s(null_mut())), (0, 0, EINVAL));
        let mut little = [1_u16; 3];
        assert_eq!((ovl__wtmpnam_s(little.as_mut_ptr(), 3), little[0]), (libc::ERANGE, 0));
        let mut ends = [0; 2];
        assert_eq!((ovl__pipe(ends.as_mut_ptr(), 256, 0), libc::write(ends[1], c"ab".as_ptr().cast(), 2)), (0, 2));
        assert_eq!(ends.map(|end| libc::close(end)), [0; 2]);
        assert!(ovl__flushall() >= 0);
    }
}
