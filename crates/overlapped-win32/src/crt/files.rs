//! Opening streams, and files by wide names. Names may be Windows names or POSIX paths; modes may have Microsoft's letters.

use super::{errno, invalid, refused, set_errno, settle_errno};
use crate::arguments::pair;
use crate::names::{to_linux, to_windows};
use crate::support::{files, guard, system};
use crate::text::{Unit, put, units};
use libc::{EINVAL, ERANGE, FILE};
use overlapped_abi::Win32Error;
use overlapped_devices::file::MoveFlags;
use std::ffi::{CString, OsStr, c_char, c_int};
use std::os::unix::ffi::OsStrExt;
use std::ptr::null_mut;

pair! {
    /// tmpnam_s, _wtmpnam_s: a name that no file has, in the directory for temporary files. 34 if there is no room for it, 22 for NULL.
    fn ovl_tmpnam_s ovl__wtmpnam_s(to: *mut C, room: usize) -> c_int {
        guard(EINVAL, || {
            if to.is_null() || room == 0 {
                return invalid(EINVAL);
            }
            let name = C::from_os(&crate::temporary::free_name());
            if name.len() >= room {
                // SAFETY: there is room for one.
                unsafe { put(to, &[]) };
                return invalid(ERANGE);
            }
            // SAFETY: the name and its end fit.
            unsafe { put(to, &name) };
            0
        })
    }
}

unsafe extern "C" {
    fn fcloseall() -> c_int;
}

/// The Linux path of a name, as a C string; `None` with errno set.
pub(super) unsafe fn path<U: Unit>(name: *const U) -> Option<CString> {
    if name.is_null() {
        invalid(EINVAL);
        return None;
    }
    // SAFETY: not NULL, and the caller vouches for it.
    match to_linux(&U::to_os(unsafe { units(name) })) {
        Ok(path) => CString::new(path.into_os_string().as_bytes()).ok(),
        Err(error) => {
            refused(error);
            None
        }
    }
}

/// A mode of libc: Microsoft's `t`, `S`, `R`, `T`, `D`, `c`, `n` and what is behind a comma mean nothing here; `N`, not to be
/// inherited, is `e`.
fn mode<U: Unit>(mode: &[U]) -> CString {
    let end = mode.iter().position(|unit| unit.is(b',')).unwrap_or(mode.len());
    let letter = |unit: &U| match unit.ascii() {
        kept @ (b'r' | b'w' | b'a' | b'+' | b'b' | b'x') => Some(kept),
        b'N' => Some(b'e'),
        _ => None,
    };
    CString::new(mode[..end].iter().filter_map(letter).collect::<Vec<u8>>()).unwrap_or_default()
}

/// # Safety
/// Both are NULL or strings; `stream` is NULL or open.
unsafe fn open<U: Unit>(name: *const U, wanted: *const U, stream: *mut FILE) -> *mut FILE {
    if wanted.is_null() {
        invalid(EINVAL);
        return null_mut();
    }
    guard(null_mut(), || {
        // SAFETY: the caller vouches for all of it.
        unsafe {
            let Some(path) = path(name) else { return null_mut() };
            let mode = mode(units(wanted));
            if !matches!(mode.to_bytes().first(), Some(b'r' | b'w' | b'a')) {
                invalid(EINVAL);
                return null_mut();
            }
            // Linux opens directories for reading.
            if std::path::Path::new(OsStr::from_bytes(path.to_bytes())).is_dir() {
                if !stream.is_null() {
                    libc::fclose(stream);
                }
                refused(Win32Error::ACCESS_DENIED);
                return null_mut();
            }
            let writes = mode.to_bytes().iter().any(|letter| matches!(letter, b'w' | b'a' | b'+'));
            if writes && !mode.to_bytes().contains(&b'x') && is_read_only(path.as_ptr()) {
                if !stream.is_null() {
                    libc::fclose(stream);
                }
                refused(Win32Error::ACCESS_DENIED);
                return null_mut();
            }
            let opened = match stream.is_null() {
                true => libc::fopen(path.as_ptr(), mode.as_ptr()),
                false => libc::freopen(path.as_ptr(), mode.as_ptr(), stream),
            };
            if opened.is_null() {
                settle_errno(&path);
            }
            opened
        }
    })
}

/// # Safety
/// As for [`open`]; `to` is NULL or writable.
unsafe fn open_checked<U: Unit>(to: *mut *mut FILE, name: *const U, wanted: *const U, stream: *mut FILE) -> c_int {
    if to.is_null() {
        return invalid(EINVAL);
    }
    // SAFETY: the caller vouches for all of it.
    unsafe {
        let opened = open(name, wanted, stream);
        to.write(opened);
        if opened.is_null() { errno() } else { 0 }
    }
}

pair! {
    /// fopen, _wfopen.
    fn ovl_fopen ovl__wfopen(name: *const C, mode: *const C) -> *mut FILE {
        // SAFETY: the caller vouches for both.
        unsafe { open(name, mode, null_mut()) }
    }
}

pair! {
    /// fopen_s, _wfopen_s.
    fn ovl_fopen_s ovl__wfopen_s(to: *mut *mut FILE, name: *const C, mode: *const C) -> c_int {
        // SAFETY: the caller vouches for all of it.
        unsafe { open_checked(to, name, mode, null_mut()) }
    }
}

pair! {
    /// freopen, _wfreopen.
    fn ovl_freopen ovl__wfreopen(name: *const C, mode: *const C, stream: *mut FILE) -> *mut FILE {
        // SAFETY: the caller vouches for all of it.
        unsafe { open(name, mode, stream) }
    }
}

pair! {
    /// freopen_s, _wfreopen_s.
    fn ovl_freopen_s ovl__wfreopen_s(to: *mut *mut FILE, name: *const C, mode: *const C, stream: *mut FILE) -> c_int {
        // SAFETY: the caller vouches for all of it.
        unsafe { open_checked(to, name, mode, stream) }
    }
}

pair! {
    /// _fsopen, _wfsopen; sharing is between handles of CreateFile only.
    fn ovl__fsopen ovl__wfsopen(name: *const C, mode: *const C, share: c_int) -> *mut FILE {
        if !may_share(share) {
            invalid(EINVAL);
            return null_mut();
        }
        // SAFETY: the caller vouches for both.
        unsafe { open(name, mode, null_mut()) }
    }
}

/// Is it one of `_SH_DENYRW` to `_SH_DENYNO`, `_SH_SECURE`, or `_SH_COMPAT`?
pub(super) fn may_share(share: c_int) -> bool {
    matches!(share, 0 | 0x10 | 0x20 | 0x30 | 0x40 | 0x80)
}

/// tmpfile_s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_tmpfile_s(to: *mut *mut FILE) -> c_int {
    if to.is_null() {
        return invalid(EINVAL);
    }
    // SAFETY: not NULL, and the caller vouches for it.
    unsafe {
        to.write(libc::tmpfile());
        if (*to).is_null() { errno() } else { 0 }
    }
}

/// Calls a function of libc with a path.
unsafe fn with_path<U: Unit>(name: *const U, act: impl FnOnce(*const c_char) -> c_int) -> c_int {
    guard(-1, || {
        // SAFETY: the caller vouches for the name.
        let Some(path) = (unsafe { path(name) }) else { return -1 };
        let done = act(path.as_ptr());
        if done != 0 {
            settle_errno(&path);
        }
        done
    })
}

/// Does something to a file as the functions of the system do: 0, or −1 with errno.
unsafe fn by_system<U: Unit>(name: *const U, act: impl FnOnce(&OsStr) -> Result<(), Win32Error>) -> c_int {
    if name.is_null() {
        invalid(EINVAL);
        return -1;
    }
    guard(-1, || {
        // SAFETY: not NULL, and the caller vouches for it.
        act(&U::to_os(unsafe { units(name) })).map_or_else(
            |error| {
                refused(error);
                -1
            },
            |()| 0,
        )
    })
}

pair! {
    /// remove, _wremove: of a file, as DeleteFile; EACCES for a directory.
    fn ovl_remove ovl__wremove(name: *const C) -> c_int {
        // SAFETY: the caller vouches for the name.
        unsafe { by_system(name, |name| files().delete_file(system()?, name)) }
    }
}

pair! {
    /// _unlink, _wunlink, as remove.
    fn ovl__unlink ovl__wunlink(name: *const C) -> c_int {
        // SAFETY: the caller vouches for the name.
        unsafe { by_system(name, |name| files().delete_file(system()?, name)) }
    }
}

pair! {
    /// rename, _wrename, as MoveFile: an existing file is not replaced (EEXIST), and one that is in use stays (EACCES).
    fn ovl_rename ovl__wrename(from: *const C, to: *const C) -> c_int {
        if to.is_null() {
            invalid(EINVAL);
            return -1;
        }
        // SAFETY: the caller vouches for both names.
        unsafe {
            let to = C::to_os(units(to));
            by_system(from, |from| files().move_file(system()?, from, &to, MoveFlags::COPY_ALLOWED))
        }
    }
}

pair! {
    /// _access, _waccess: a file that nobody may write is not writable for root either.
    fn ovl__access ovl__waccess(name: *const C, mode: c_int) -> c_int {
        // SAFETY: the caller vouches for the name.
        unsafe { with_path(name, |path| accessible(path, mode & 6)) }
    }
}

/// access of libc, with Windows' idea of what may not be written: files, not directories, without any permission for it.
///
/// # Safety
/// A string.
pub(super) unsafe fn accessible(path: *const c_char, mode: c_int) -> c_int {
    // SAFETY: the caller vouches for the name.
    unsafe {
        let done = libc::access(path, mode);
        if done != 0 || mode & libc::W_OK == 0 || !is_read_only(path) {
            return done;
        }
    }
    set_errno(libc::EACCES);
    -1
}

/// Is it a file that nobody may write? Linux lets root do it all the same.
///
/// # Safety
/// A string.
pub(super) unsafe fn is_read_only(path: *const c_char) -> bool {
    // SAFETY: the caller vouches for the name; zeros are a value of the structure, which is ours.
    unsafe {
        let mut found: libc::stat = std::mem::zeroed();
        libc::stat(path, &raw mut found) == 0 && is_plain(&found) && found.st_mode & 0o222 == 0
    }
}

/// Is it a file of data, and no directory or device?
pub(super) fn is_plain(found: &libc::stat) -> bool {
    found.st_mode & libc::S_IFMT == libc::S_IFREG
}

pair! {
    /// _mkdir, _wmkdir.
    fn ovl__mkdir ovl__wmkdir(name: *const C) -> c_int {
        // SAFETY: the caller vouches for the name.
        unsafe { by_system(name, |name| files().create_directory(system()?, name)) }
    }
}

/// What chmod has to set for `_S_IWRITE` or its absence: nobody may write, or the owner may again.
fn writable(before: libc::mode_t, wanted: c_int) -> libc::mode_t {
    if wanted & libc::S_IWUSR as c_int != 0 { before | libc::S_IWUSR } else { before & !0o222 }
}

pair! {
    /// _chmod, _wchmod: whether the file may be written is all that a mode says there. EINVAL for a device, `NUL` among them, which
    /// belongs to the whole machine.
    fn ovl__chmod ovl__wchmod(name: *const C, mode: c_int) -> c_int {
        // SAFETY: the caller vouches for the name; zeros are a value of the structure, which is ours.
        unsafe {
            with_path(name, |path| {
                let mut found: libc::stat = std::mem::zeroed();
                match libc::stat(path, &raw mut found) {
                    0 if !is_plain(&found) && found.st_mode & libc::S_IFMT != libc::S_IFDIR => {
                        set_errno(EINVAL);
                        -1
                    }
                    0 => libc::chmod(path, writable(found.st_mode & 0o7777, mode)),
                    failed => failed,
                }
            })
        }
    }
}

pair! {
    /// _rmdir, _wrmdir, as RemoveDirectory.
    fn ovl__rmdir ovl__wrmdir(name: *const C) -> c_int {
        // SAFETY: the caller vouches for the name.
        unsafe { by_system(name, |name| files().remove_directory(system()?, name)) }
    }
}

pair! {
    /// _chdir, _wchdir, as SetCurrentDirectory; EINVAL for a file.
    fn ovl__chdir ovl__wchdir(name: *const C) -> c_int {
        // SAFETY: the caller vouches for the name.
        unsafe {
            by_system(name, |name| {
                std::env::set_current_dir(to_linux(name)?).map_err(|error| crate::processenv::from_io(&error))
            })
        }
    }
}

/// Puts a text where the caller wants it, or into memory of `malloc` for NULL; NULL with ERANGE if it does not fit.
pub(super) unsafe fn hand_out<U: Unit>(name: &OsStr, to: *mut U, room: usize) -> *mut U {
    let text = U::from_os(name);
    // SAFETY: the caller vouches for the room; what is made has as much as is needed.
    unsafe {
        let target = if to.is_null() { libc::malloc((text.len() + 1).max(room) * size_of::<U>()).cast() } else { to };
        if target.is_null() || !to.is_null() && text.len() >= room {
            set_errno(if target.is_null() { libc::ENOMEM } else { ERANGE });
            return null_mut();
        }
        put(target, &text);
        target
    }
}

pair! {
    /// _getcwd, _wgetcwd, in the Windows spelling.
    fn ovl__getcwd ovl__wgetcwd(to: *mut C, room: c_int) -> *mut C {
        guard(null_mut(), || match std::env::current_dir() {
            // SAFETY: the caller vouches for the room.
            Ok(here) => unsafe { hand_out(&to_windows(&here), to, usize::try_from(room).unwrap_or(0)) },
            Err(_) => null_mut(),
        })
    }
}

pair! {
    /// _getdcwd, _wgetdcwd: the current directory of a drive, 1 for A: and 0 for the current one; NULL with EACCES if there is no such drive.
    fn ovl__getdcwd ovl__wgetdcwd(drive: c_int, to: *mut C, room: c_int) -> *mut C {
        guard(null_mut(), || {
            let letter = match u8::try_from(if drive == 0 { ovl__getdrive() } else { drive }) {
                Ok(number @ 1..=26) => b'A' - 1 + number,
                _ => b'A' - 1,
            };
            let mut text = [0_u8; 4096];
            // SAFETY: the names end with zeros, and the room is that of the text.
            let len = unsafe {
                // 1 is DRIVE_NO_ROOT_DIR.
                if crate::fileapi::volumes::ovl_GetDriveTypeA([letter, b':', b'\\', 0].as_ptr()) <= 1 {
                    0
                } else {
                    let name = [letter, b':', b'.', 0];
                    crate::fileapi::names::ovl_GetFullPathNameA(name.as_ptr(), 4096, text.as_mut_ptr(), null_mut())
                }
            };
            if len == 0 || len as usize >= text.len() {
                invalid(libc::EACCES);
                return null_mut();
            }
            // SAFETY: the caller vouches for the room.
            unsafe { hand_out(OsStr::from_bytes(&text[..len as usize]), to, usize::try_from(room).unwrap_or(0)) }
        })
    }
}

/// _getdrive: that of the current directory, 1 for A:; 0 if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__getdrive() -> c_int {
    guard(0, || {
        let letter = std::env::current_dir().ok().and_then(|here| to_windows(&here).as_bytes().first().copied());
        letter.filter(u8::is_ascii_alphabetic).map_or(0, |letter| c_int::from(letter.to_ascii_uppercase() - b'A') + 1)
    })
}

/// _chdrive: to the top of another drive, and nowhere if it is the one; −1 with errno if there is no such drive.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__chdrive(drive: c_int) -> c_int {
    match u8::try_from(drive) {
        Ok(_) if drive == ovl__getdrive() => 0,
        Ok(number @ 1..=26) => {
            let name = [b'A' - 1 + number, b':', b'\\', 0];
            // SAFETY: it ends with a zero.
            unsafe { ovl__chdir(name.as_ptr()) }
        }
        _ => {
            invalid(libc::EACCES);
            -1
        }
    }
}

/// _flushall: libc does not say how many streams are open.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__flushall() -> c_int {
    // SAFETY: NULL is all streams.
    unsafe { libc::fflush(null_mut()) }
}

/// _fcloseall.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__fcloseall() -> c_int {
    // SAFETY: closes what is open.
    unsafe { fcloseall() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::of;
    use std::ffi::CStr;
    use std::ptr::null;

    #[test]
    fn modes_are_those_of_libc() {
        for (microsoft, linux) in
            [("rt", c"r"), ("wbS", c"wb"), ("r+b, ccs=UTF-8", c"r+b"), ("aN", c"ae"), ("wx", c"wx")]
        {
            assert_eq!(mode(microsoft.as_bytes()).as_c_str(), linux);
        }
    }

    #[test]
    fn free_names_differ_and_need_room() {
        let (mut first, mut second) = ([1u8; 260], [1u8; 260]);
        // SAFETY: as much room as is said, and NULL.
        unsafe {
            assert_eq!((ovl_tmpnam_s(first.as_mut_ptr(), 260), ovl_tmpnam_s(second.as_mut_ptr(), 260)), (0, 0));
            assert_ne!(units(first.as_ptr()), units(second.as_ptr()));
            assert_eq!(ovl__access(first.as_ptr(), 0), -1);
            assert_eq!((ovl_tmpnam_s(first.as_mut_ptr(), 3), first[0]), (ERANGE, 0));
            assert_eq!(ovl_tmpnam_s(null_mut(), 260), EINVAL);
        }
    }

    #[test]
    fn a_file_that_is_in_use_or_a_device_is_not_renamed() {
        let dir = tempfile::tempdir().unwrap();
        let name = |last: &str| CString::new(dir.path().join(last).as_os_str().as_bytes()).unwrap();
        let (a, b) = (name("a"), name("b"));
        std::fs::write(dir.path().join("a"), b"1").unwrap();
        let rename = |from: &CString, to: &CString| {
            // SAFETY: strings with their ends.
            unsafe { (ovl_rename(from.as_ptr().cast(), to.as_ptr().cast()), errno()) }
        };
        // SAFETY: a string with its end.
        let handle = unsafe { crate::fileapi::ovl_CreateFileA(a.as_ptr().cast(), 0x8000_0000, 1, null(), 3, 0, 0) };
        assert_eq!(rename(&a, &b), (-1, libc::EACCES), "without FILE_SHARE_DELETE");
        assert_eq!(crate::handleapi::ovl_CloseHandle(handle), 1);
        assert_eq!(rename(&a, &b).0, 0);
        assert_eq!(rename(&b, &c"NUL".to_owned()), (-1, libc::ENOENT));
        assert_eq!(rename(&c"NUL".to_owned(), &a), (-1, libc::ENOENT));
        assert_eq!(rename(&b, &c"a*".to_owned()), (-1, EINVAL));
        assert!(dir.path().join("b").exists());
        // SAFETY: a string with its end, and NULL, which is refused.
        assert_eq!(unsafe { (ovl_rename(b.as_ptr().cast(), null()), ovl_rename(null(), b.as_ptr().cast())) }, (-1, -1));
    }

    #[test]
    fn what_nobody_may_write_is_not_opened_for_it_and_devices_stay_as_they_are() {
        let dir = tempfile::tempdir().unwrap();
        let name = |last: &str| CString::new(dir.path().join(last).as_os_str().as_bytes()).unwrap();
        let (file, fifo) = (name("f"), name("fifo"));
        std::fs::write(dir.path().join("f"), b"kept").unwrap();
        let opened = |mode: &CStr| {
            // SAFETY: strings with their ends; what was opened is closed.
            unsafe {
                let stream = ovl_fopen(file.as_ptr().cast(), mode.as_ptr().cast());
                if stream.is_null() { errno() } else { libc::fclose(stream) }
            }
        };
        // SAFETY: strings with their ends.
        unsafe {
            assert_eq!(ovl__chmod(file.as_ptr().cast(), 0o400), 0);
            assert_eq!([c"w", c"a", c"r+", c"wx", c"r"].map(opened), [13, 13, 13, 17, 0]);
            assert_eq!(std::fs::read(dir.path().join("f")).unwrap(), b"kept");
            assert_eq!(libc::mkfifo(fifo.as_ptr(), 0o600), 0);
            assert_eq!((ovl__chmod(fifo.as_ptr().cast(), 0o400), errno()), (-1, EINVAL));
            let mut found: libc::stat = std::mem::zeroed();
            assert_eq!((libc::stat(fifo.as_ptr(), &raw mut found), found.st_mode & 0o777), (0, 0o600));
        }
    }

    #[test]
    fn files_by_windows_names() {
        let directory = std::env::temp_dir().join(format!("ovl-crt-{}", std::process::id()));
        let name = |last: &str| of::<u16>(&format!("{}\\{last}\0", to_windows(&directory).to_str().unwrap()));
        let whole = of::<u16>(&format!("{}\0", to_windows(&directory).to_str().unwrap()));
        // SAFETY: strings and places are what they are said to be.
        unsafe {
            assert_eq!(ovl__wmkdir(whole.as_ptr()), 0);
            let mut file = null_mut();
            assert_eq!(ovl__wfopen_s(&mut file, name("a").as_ptr(), of::<u16>("wt\0").as_ptr()), 0);
            libc::fclose(file);
            assert_eq!(
                (ovl__waccess(name("a").as_ptr(), 0), ovl__waccess(name("b").as_ptr(), 0), errno()),
                (0, -1, libc::ENOENT)
            );
            libc::fclose(ovl__wfopen(name("b").as_ptr(), of::<u16>("w\0").as_ptr()));
            assert_eq!((ovl__wrename(name("a").as_ptr(), name("b").as_ptr()), errno()), (-1, libc::EEXIST));
            assert_eq!(ovl__wrename(name("a").as_ptr(), name("c").as_ptr()), 0);
            assert_eq!(ovl__wfopen_s(&mut file, name("a").as_ptr(), of::<u16>("r\0").as_ptr()), libc::ENOENT);
            assert!(file.is_null());
            assert_eq!(
                (ovl__wremove(name("b").as_ptr()), ovl__wunlink(name("c").as_ptr()), ovl__wrmdir(whole.as_ptr())),
                (0, 0, 0)
            );
            // A file that may not be written stays, and a directory is none.
            assert_eq!(ovl__wmkdir(whole.as_ptr()), 0);
            libc::fclose(ovl__wfopen(name("d").as_ptr(), of::<u16>("w\0").as_ptr()));
            assert_eq!(
                (
                    ovl__wchmod(name("d").as_ptr(), 0o400) + ovl__waccess(name("d").as_ptr(), 2),
                    ovl__wunlink(name("d").as_ptr()),
                    errno()
                ),
                (-1, -1, libc::EACCES)
            );
            assert_eq!((ovl__wrmdir(name("d").as_ptr()), errno()), (-1, EINVAL));
            assert_eq!((ovl__wchdir(name("d").as_ptr()), errno()), (-1, EINVAL));
            assert_eq!((ovl__wremove(whole.as_ptr()), errno()), (-1, libc::EACCES));
            assert_eq!((ovl__wrmdir(whole.as_ptr()), errno()), (-1, libc::ENOTEMPTY));
            assert_eq!((ovl__wchmod(name("d").as_ptr(), 0o600), ovl__wremove(name("d").as_ptr())), (0, 0));
            assert_eq!(ovl__wrmdir(whole.as_ptr()), 0);
            assert_eq!((ovl__wunlink(whole.as_ptr()), errno()), (-1, libc::ENOENT));
            assert_eq!(ovl_fopen_s(null_mut(), c"x".as_ptr().cast(), c"r".as_ptr().cast()), EINVAL);
            assert!(ovl_fopen(c"/".as_ptr().cast(), c"r".as_ptr().cast()).is_null());
            assert_eq!(errno(), libc::EACCES);
            let here = ovl__getcwd(null_mut(), 0);
            assert!(units(here).starts_with(b"C:\\"));
            for drive in [0, 3] {
                let same = ovl__getdcwd(drive, null_mut(), 0);
                assert_eq!(units(same), units(here));
                libc::free(same.cast());
            }
            assert!(ovl__getdcwd(27, null_mut(), 0).is_null());
            libc::free(here.cast());
        }
    }
}
