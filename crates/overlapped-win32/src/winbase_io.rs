//! What `winbase.h` has of files: copies, moves, information classes, second handles (contract 02 section 4, 03 section 6).

use crate::acl::permissions;
use crate::arguments::{grant, name, optional_name, output, pair};
use crate::support::{Bool, INVALID_HANDLE_VALUE, RawHandle, files, guard_bool, guard_or, system};
use crate::text::Unit;
use overlapped_abi::constants::attributes::FILE_ATTRIBUTE_DIRECTORY;
use overlapped_abi::constants::open::OPEN_EXISTING;
use overlapped_abi::{AccessMask, FileFlags, SecurityAttributes, ShareMode, Win32Error};
use overlapped_devices::file::{self, CopyProgress, CopyVerdict, MoveFlags};
use overlapped_kernel::device::OpenParams;
use overlapped_kernel::instance::NotificationModes;
use std::ffi::{OsString, c_void};
use std::os::fd::AsRawFd;

/// GetFileInformationByHandleEx.
///
/// # Safety
/// `information` is NULL (998) or writable for `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetFileInformationByHandleEx(
    file: RawHandle,
    class: i32,
    information: *mut c_void,
    size: u32,
) -> Bool {
    guard_bool(|| {
        let answer = file::information(system()?, &grant(file)?, class, size as usize)?;
        // SAFETY: the caller's promise; the answer keeps to the size.
        unsafe { output(&answer.bytes, information) }?;
        answer.error()
    })
}

/// SetFileCompletionNotificationModes: 87 for flags that are not to be set through it.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetFileCompletionNotificationModes(file: RawHandle, flags: u8) -> Bool {
    guard_bool(|| {
        let instance = grant(file)?.instance;
        instance.add_modes(NotificationModes::from_bits(flags).ok_or(Win32Error::INVALID_PARAMETER)?)
    })
}

/// ReOpenFile: another instance of the same file, which has to get along with the first one's share mode.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_ReOpenFile(original: RawHandle, access: u32, share: u32, flags: u32) -> RawHandle {
    guard_or(INVALID_HANDLE_VALUE, || {
        let grant = grant(original)?;
        // Through the descriptor, so that it is this file whatever its name leads to by now.
        let descriptor = grant.instance.device().descriptor().ok_or(Win32Error::INVALID_FUNCTION)?;
        let path = OsString::from(format!("/proc/self/fd/{}", descriptor.as_raw_fd()));
        let params = OpenParams {
            access: AccessMask::from_bits_retain(access),
            share: ShareMode::from_bits_retain(share),
            disposition: OPEN_EXISTING,
            flags: FileFlags::from_bits_retain(flags),
            permissions: 0,
        };
        Ok(system()?.open(&path, &params)?.handle.into_raw())
    })
}

unsafe fn move_file<C: Unit>(
    from: *const C,
    to: *const C,
    flags: u32,
    progress: &mut dyn FnMut(CopyProgress) -> CopyVerdict,
) -> Result<(), Win32Error> {
    // SAFETY: the caller's promise.
    let (from, to) = unsafe { (name(from)?, optional_name(to)) };
    let flags = MoveFlags::from_bits(flags).ok_or(Win32Error::INVALID_PARAMETER)?;
    // No target means deletion at the next start, which the device refuses as it does any delayed move.
    if to.is_none() && !flags.contains(MoveFlags::DELAY_UNTIL_REBOOT) {
        return Err(Win32Error::ACCESS_DENIED);
    }
    files().move_file_with(system()?, &from, &to.unwrap_or_default(), flags, progress)
}

pair! {
    /// MoveFile: also to another file system.
    fn ovl_MoveFileA ovl_MoveFileW(from: *const C, to: *const C) -> Bool {
        // SAFETY: the caller's promise.
        guard_bool(|| unsafe { move_file(from, to, MoveFlags::COPY_ALLOWED.bits(), &mut |_| CopyVerdict::Quiet) })
    }
}

pair! {
    /// MoveFileEx.
    fn ovl_MoveFileExA ovl_MoveFileExW(from: *const C, to: *const C, flags: u32) -> Bool {
        // SAFETY: the caller's promise.
        guard_bool(|| unsafe { move_file(from, to, flags, &mut |_| CopyVerdict::Quiet) })
    }
}

/// LPPROGRESS_ROUTINE: sizes, stream, reason, the two handles, the caller's own.
pub type ProgressRoutine =
    Option<unsafe extern "C" fn(i64, i64, i64, i64, u32, u32, RawHandle, RawHandle, *mut c_void) -> u32>;

pub(crate) const COPY_FILE_FAIL_IF_EXISTS: u32 = 1;
/// RESTARTABLE (a copy that is begun again is made again), OPEN_SOURCE_FOR_WRITE, ALLOW_DECRYPTED_DESTINATION and NO_BUFFERING: what
/// they ask for changes nothing about the copy.
pub(crate) const COPY_FILE_HINTS: u32 = 0x2 | 0x4 | 0x8 | 0x1000;
pub(crate) const COPY_FILE_COPY_SYMLINK: u32 = 0x800;
const CALLBACK_CHUNK_FINISHED: u32 = 0;
const CALLBACK_STREAM_SWITCH: u32 = 1;
const PROGRESS_CONTINUE: u32 = 0;
const PROGRESS_STOP: u32 = 2;
const PROGRESS_QUIET: u32 = 3;

/// Who follows a copy.
struct Follower {
    /// `None` also after it wanted to hear no more.
    routine: ProgressRoutine,
    data: *mut c_void,
    cancel: *const Bool,
    begun: bool,
}

impl Follower {
    /// # Safety
    /// The routine may be called with the data, and `cancel` is NULL or readable.
    unsafe fn hear(&mut self, progress: CopyProgress) -> CopyVerdict {
        // SAFETY: the caller's promise; another thread may write it.
        let is_cancelled = || !self.cancel.is_null() && unsafe { self.cancel.read_volatile() } != 0;
        if is_cancelled() {
            return CopyVerdict::Cancel;
        }
        // The flag counts to the end, whatever the routine wants.
        let quiet = if self.cancel.is_null() { CopyVerdict::Quiet } else { CopyVerdict::Continue };
        let Some(routine) = self.routine else { return quiet };
        let reason = if self.begun { CALLBACK_CHUNK_FINISHED } else { CALLBACK_STREAM_SWITCH };
        self.begun = true;
        let CopyProgress { size, copied, source, target } = progress;
        let (size, copied, stream) = (size as i64, copied as i64, 1);
        let (source, target) = (source.into_raw(), target.into_raw());
        // SAFETY: the caller's promise.
        match unsafe { routine(size, copied, size, copied, stream, reason, source, target, self.data) } {
            // It may be the routine that sets the flag.
            PROGRESS_CONTINUE | PROGRESS_QUIET if is_cancelled() => CopyVerdict::Cancel,
            PROGRESS_CONTINUE => CopyVerdict::Continue,
            PROGRESS_QUIET => {
                self.routine = None;
                quiet
            }
            PROGRESS_STOP => CopyVerdict::Stop,
            _ => CopyVerdict::Cancel,
        }
    }
}

unsafe fn copy_file<C: Unit>(
    from: *const C,
    to: *const C,
    flags: u32,
    mut follower: Follower,
) -> Result<(), Win32Error> {
    if flags & !(COPY_FILE_FAIL_IF_EXISTS | COPY_FILE_COPY_SYMLINK | COPY_FILE_HINTS) != 0 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    // SAFETY: the caller's promise.
    let (from, to) = unsafe { (name(from)?, name(to)?) };
    let replace = flags & COPY_FILE_FAIL_IF_EXISTS == 0;
    if flags & COPY_FILE_COPY_SYMLINK != 0 && files().copy_symbolic_link(system()?, &from, &to, replace)? {
        return Ok(());
    }
    // SAFETY: the caller's promise.
    files().copy_file(system()?, &from, &to, replace, &mut |progress| unsafe { follower.hear(progress) })
}

pair! {
    /// CopyFile: 80 if the target is there and is not to be replaced.
    fn ovl_CopyFileA ovl_CopyFileW(from: *const C, to: *const C, fail_if_exists: Bool) -> Bool {
        let follower = Follower { routine: None, data: std::ptr::null_mut(), cancel: std::ptr::null(), begun: false };
        let flags = if fail_if_exists == 0 { 0 } else { COPY_FILE_FAIL_IF_EXISTS };
        // SAFETY: the caller's promise.
        guard_bool(|| unsafe { copy_file(from, to, flags, follower) })
    }
}

pair! {
    /// CopyFileEx: the routine is told of the beginning (CALLBACK_STREAM_SWITCH) and of each part that is done, with the handles of both
    /// files; it may end the copy (1235), and so may the flag, at any time until the last part is done. COPY_FILE_COPY_SYMLINK copies a
    /// link as such, without a word to the routine. 87 for a flag that means something else.
    fn ovl_CopyFileExA ovl_CopyFileExW(
        from: *const C,
        to: *const C,
        routine: ProgressRoutine,
        data: *mut c_void,
        cancel: *const Bool,
        flags: u32,
    ) -> Bool {
        let follower = Follower { routine, data, cancel, begun: false };
        // SAFETY: the caller's promise.
        guard_bool(|| unsafe { copy_file(from, to, flags, follower) })
    }
}

pair! {
    /// MoveFileWithProgress: MoveFileEx, whose routine is told of a move to another file system, which is a copy, and may end it (1235).
    fn ovl_MoveFileWithProgressA ovl_MoveFileWithProgressW(
        from: *const C,
        to: *const C,
        routine: ProgressRoutine,
        data: *mut c_void,
        flags: u32,
    ) -> Bool {
        let mut follower = Follower { routine, data, cancel: std::ptr::null(), begun: false };
        // SAFETY: the caller's promise.
        guard_bool(|| unsafe { move_file(from, to, flags, &mut |progress| follower.hear(progress)) })
    }
}

pair! {
    /// CreateDirectoryEx: a template has no attributes that matter here, but must be a directory (267).
    fn ovl_CreateDirectoryExA ovl_CreateDirectoryExW(
        template: *const C,
        path: *const C,
        attributes: *const SecurityAttributes,
    ) -> Bool {
        guard_bool(|| {
            let system = system()?;
            // SAFETY: the caller's promise.
            let (template, path) = unsafe { (name(template)?, name(path)?) };
            // SAFETY: the caller's promise.
            let permissions = unsafe { permissions::of_attributes(attributes) }?.unwrap_or(0o777);
            if files().attributes(system, &template)? & FILE_ATTRIBUTE_DIRECTORY == 0 {
                return Err(Win32Error::DIRECTORY);
            }
            files().create_directory_for(system, &path, permissions)
        })
    }
}
