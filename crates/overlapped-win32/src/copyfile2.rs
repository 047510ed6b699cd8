//! CopyFile2: a copy that is followed by messages (contract 02 section 4). Its answers are HRESULTs.

use crate::arguments::name;
use crate::support::{Bool, RawHandle, files, guard, system};
use crate::winbase_io::{COPY_FILE_COPY_SYMLINK, COPY_FILE_FAIL_IF_EXISTS, COPY_FILE_HINTS};
use overlapped_abi::Win32Error;
use overlapped_devices::file::{CopyProgress, CopyVerdict};
use std::ffi::c_void;

const STREAM_STARTED: u32 = 3;
const CHUNK_FINISHED: u32 = 2;
const STREAM_FINISHED: u32 = 4;
const ACTION_CONTINUE: i32 = 0;
const ACTION_STOP: i32 = 2;
const ACTION_QUIET: i32 = 3;
const ACTION_PAUSE: i32 = 4;
/// ERROR_REQUEST_PAUSED.
const PAUSED: Win32Error = Win32Error(3050);
/// Flags that ask for what a copy does here anyway, or that are about what files here do not have: REQUEST_SECURITY_PRIVILEGES,
/// RESUME_FROM_PAUSE (it begins anew), SKIP_ALTERNATE_STREAMS, NO_OFFLOAD, IGNORE_EDP_BLOCK, IGNORE_SOURCE_ENCRYPTION,
/// DONT_REQUEST_DEST_WRITE_DAC, DISABLE_PRE_ALLOCATION, ENABLE_LOW_FREE_SPACE_MODE, REQUEST_COMPRESSED_TRAFFIC, ENABLE_SPARSE_COPY. Reparse
/// points as such (OPEN_AND_COPY_REPARSE_POINT) and directories are not copied: 87.
const MORE_HINTS: u32 = 0x2000
    | 0x4000
    | 0x8000
    | 0x4_0000
    | 0x40_0000
    | 0x80_0000
    | 0x200_0000
    | 0x400_0000
    | 0x800_0000
    | 0x1000_0000
    | 0x2000_0000;
/// Failures have the highest bit, and the codes of Win32 their own facility.
const OF_WIN32: u32 = 0x8007_0000;

/// COPYFILE2_MESSAGE, as the three kinds have it that are sent. Sizes and places are in bytes.
#[repr(C)]
pub struct CopyFile2Message {
    kind: u32,
    padding: u32,
    stream: u32,
    reserved: u32,
    source: RawHandle,
    target: RawHandle,
    numbers: [u64; 6],
}

const _: () = assert!(size_of::<CopyFile2Message>() == 80);

/// PCOPYFILE2_PROGRESS_ROUTINE.
pub type CopyFile2Routine = Option<unsafe extern "C" fn(*const CopyFile2Message, *mut c_void) -> i32>;

/// COPYFILE2_EXTENDED_PARAMETERS.
#[repr(C)]
pub struct CopyFile2Parameters {
    size: u32,
    flags: u32,
    cancel: *const Bool,
    routine: CopyFile2Routine,
    context: *mut c_void,
}

struct Follower<'a> {
    to: &'a CopyFile2Parameters,
    chunks: u64,
    last: u64,
    quiet: bool,
    paused: bool,
}

impl Follower<'_> {
    /// # Safety
    /// The routine may be called with its context, and the flag is NULL or readable.
    unsafe fn hear(&mut self, progress: CopyProgress) -> CopyVerdict {
        // SAFETY: the caller's promise; another thread may write it.
        let is_cancelled = |this: &Self| !this.to.cancel.is_null() && unsafe { this.to.cancel.read_volatile() } != 0;
        if is_cancelled(self) {
            return CopyVerdict::Cancel;
        }
        let begins = self.chunks == 0;
        let CopyProgress { size, copied, .. } = progress;
        let (chunk, number) = (copied - self.last, self.chunks.saturating_sub(1));
        (self.chunks, self.last) = (self.chunks + 1, copied);
        let mut verdict = if begins {
            // SAFETY: the caller's promise.
            unsafe { self.tell(STREAM_STARTED, progress, [size, size, 0, 0, 0, 0]) }
        } else {
            // SAFETY: the caller's promise.
            unsafe { self.tell(CHUNK_FINISHED, progress, [number, chunk, size, copied, size, copied]) }
        };
        if verdict == CopyVerdict::Continue && copied == size {
            // SAFETY: the caller's promise.
            verdict = unsafe { self.tell(STREAM_FINISHED, progress, [size, copied, size, copied, 0, 0]) };
        }
        if verdict == CopyVerdict::Continue && is_cancelled(self) { CopyVerdict::Cancel } else { verdict }
    }

    unsafe fn tell(&mut self, kind: u32, progress: CopyProgress, numbers: [u64; 6]) -> CopyVerdict {
        let Some(routine) = self.to.routine.filter(|_| !self.quiet) else {
            // The flag counts to the end.
            return if self.to.cancel.is_null() { CopyVerdict::Quiet } else { CopyVerdict::Continue };
        };
        let (source, target) = (progress.source.into_raw(), progress.target.into_raw());
        let message = CopyFile2Message { kind, padding: 0, stream: 1, reserved: 0, source, target, numbers };
        // SAFETY: the caller's promise, and a message that lives as long as the call.
        match unsafe { routine(&message, self.to.context) } {
            ACTION_CONTINUE => CopyVerdict::Continue,
            ACTION_QUIET => {
                self.quiet = true;
                if self.to.cancel.is_null() { CopyVerdict::Quiet } else { CopyVerdict::Continue }
            }
            ACTION_PAUSE => {
                self.paused = true;
                CopyVerdict::Stop
            }
            ACTION_STOP => CopyVerdict::Stop,
            _ => CopyVerdict::Cancel,
        }
    }
}

unsafe fn copy(from: *const u16, to: *const u16, parameters: &CopyFile2Parameters) -> Result<(), Win32Error> {
    let known = COPY_FILE_FAIL_IF_EXISTS | COPY_FILE_COPY_SYMLINK | COPY_FILE_HINTS | MORE_HINTS;
    if (parameters.size as usize) < size_of::<CopyFile2Parameters>() || parameters.flags & !known != 0 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    // SAFETY: the caller's promise.
    let (from, to) = unsafe { (name(from)?, name(to)?) };
    let replace = parameters.flags & COPY_FILE_FAIL_IF_EXISTS == 0;
    let as_link = parameters.flags & COPY_FILE_COPY_SYMLINK != 0;
    if as_link && files().copy_symbolic_link(system()?, &from, &to, replace)? {
        return Ok(());
    }
    let mut follower = Follower { to: parameters, chunks: 0, last: 0, quiet: false, paused: false };
    // SAFETY: the caller's promise.
    let hear = &mut |progress| unsafe { follower.hear(progress) };
    match files().copy_file(system()?, &from, &to, replace, hear) {
        Err(Win32Error::REQUEST_ABORTED) if follower.paused => Err(PAUSED),
        result => result,
    }
}

/// CopyFile2: S_OK, or the error as an HRESULT. The routine is told of the beginning, of each part that is done and of the end.
///
/// # Safety
/// The names end with zeros; `parameters` is NULL or valid, and its routine may be called with its context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CopyFile2(
    from: *const u16,
    to: *const u16,
    parameters: *const CopyFile2Parameters,
) -> u32 {
    let plain = CopyFile2Parameters {
        size: size_of::<CopyFile2Parameters>() as u32,
        flags: 0,
        cancel: std::ptr::null(),
        routine: None,
        context: std::ptr::null_mut(),
    };
    guard(OF_WIN32 | Win32Error::GEN_FAILURE.0, || {
        // SAFETY: the caller's promise.
        let parameters = unsafe { parameters.as_ref() }.unwrap_or(&plain);
        // SAFETY: the caller's promise.
        match unsafe { copy(from, to, parameters) } {
            Ok(()) => 0,
            Err(error) => OF_WIN32 | error.0,
        }
    })
}
