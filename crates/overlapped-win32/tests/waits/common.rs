//! Handles that close themselves, requests that stay where they are, and a fifo whose reads wait.

use overlapped_abi::Overlapped;
use overlapped_win32::errhandlingapi::{ovl_GetLastError, ovl_SetLastError};
use overlapped_win32::fileapi::ovl_CreateFileA;
use overlapped_win32::fileapi::transfer::{ovl_ReadFile, ovl_WriteFile};
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::ioapiset::ovl_GetOverlappedResultEx;
use overlapped_win32::synchapi::*;
use std::ffi::CString;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::ptr::{null, null_mut};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

pub const READ: u32 = 0x8000_0000;
pub const WRITE: u32 = 0x4000_0000;
pub const OVERLAPPED: u32 = 0x4000_0000;
pub const WRITE_THROUGH: u32 = 0x8000_0000;
pub const PENDING: usize = 0x103;

pub const SATISFIED: u32 = 0;
pub const ALERTED: u32 = 0xC0;
pub const TIMEOUT: u32 = 258;
pub const FAILED: u32 = u32::MAX;
pub const INFINITE: u32 = u32::MAX;
/// What should have happened by now has been lost.
pub const LOST: u32 = 60_000;
/// Long enough to see that something does not happen.
pub const MOMENT: u32 = 20;

/// What no function sets.
const UNTOUCHED: u32 = 0xDEAD;

/// The result of a call and the last error after it; 0xDEAD if it was left alone.
pub fn answer<T>(call: impl FnOnce() -> T) -> (T, u32) {
    ovl_SetLastError(UNTOUCHED);
    let result = call();
    (result, ovl_GetLastError())
}

/// The last error of a call that must answer FALSE.
#[track_caller]
pub fn refused(call: impl FnOnce() -> i32) -> u32 {
    let (result, code) = answer(call);
    assert_eq!(result, 0, "last error {code}");
    code
}

/// A call that must answer TRUE.
#[track_caller]
pub fn granted(call: impl FnOnce() -> i32) {
    let (result, code) = answer(call);
    assert_eq!(result, 1, "last error {code}");
}

/// Runs `f` on a thread of its own; a hang is a failure.
pub fn bounded<T: Send + 'static>(f: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, wait) = channel();
    let thread = std::thread::spawn(move || {
        let result = f();
        let _ = done.send(());
        result
    });
    match wait.recv_timeout(Duration::from_millis(u64::from(2 * LOST))) {
        Err(RecvTimeoutError::Timeout) => panic!("it did not end"),
        _ => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
    }
}

/// A handle.
pub struct Owned(pub usize);

impl Drop for Owned {
    fn drop(&mut self) {
        ovl_CloseHandle(self.0);
    }
}

#[track_caller]
pub fn owned(raw: usize) -> Owned {
    assert!(raw != 0 && raw != usize::MAX, "error {}", ovl_GetLastError());
    Owned(raw)
}

pub fn manual_event(set: bool) -> Owned {
    // SAFETY: neither attributes nor a name.
    owned(unsafe { ovl_CreateEventW(null(), 1, i32::from(set), null()) })
}

pub fn auto_event(set: bool) -> Owned {
    // SAFETY: as above.
    owned(unsafe { ovl_CreateEventW(null(), 0, i32::from(set), null()) })
}

pub fn mutex(mine: bool) -> Owned {
    // SAFETY: as above.
    owned(unsafe { ovl_CreateMutexW(null(), i32::from(mine), null()) })
}

pub fn semaphore(count: i32, max: i32) -> Owned {
    // SAFETY: as above.
    owned(unsafe { ovl_CreateSemaphoreW(null(), count, max, null()) })
}

/// Is it signalled? Consumes what a wait consumes.
pub fn signalled(object: &Owned) -> bool {
    ovl_WaitForSingleObject(object.0, 0) == SATISFIED
}

/// A directory with a fifo in it, and files.
pub struct Place(tempfile::TempDir);

impl Place {
    pub fn new() -> Self {
        let directory = tempfile::Builder::new().prefix("overlapped-waits-").tempdir().expect("a directory");
        let fifo = CString::new(directory.path().join("fifo").as_os_str().as_bytes()).expect("no zero");
        // SAFETY: a string that ends with a zero.
        assert_eq!(unsafe { libc::mkfifo(fifo.as_ptr(), 0o600) }, 0);
        Self(directory)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn file(&self, name: &str, content: &[u8]) {
        std::fs::write(self.path(name), content).expect("a file");
    }

    pub fn open(&self, name: &str, access: u32, flags: u32) -> Owned {
        let name = CString::new(self.path(name).as_os_str().as_bytes()).expect("no zero");
        // SAFETY: the name ends with a zero.
        owned(unsafe { ovl_CreateFileA(name.as_ptr().cast(), access, 7, null(), 3, flags, 0) })
    }

    /// Reads from it wait until [`Place::feed`].
    pub fn fifo(&self) -> Owned {
        self.open("fifo", READ | WRITE, OVERLAPPED)
    }

    /// Writes into the fifo, past the library.
    pub fn feed(&self, bytes: &[u8]) {
        std::fs::OpenOptions::new().write(true).open(self.path("fifo")).and_then(|mut f| f.write_all(bytes)).unwrap();
    }
}

/// An OVERLAPPED and a buffer, which stay in place until the request is complete.
pub struct Request(pub Box<Memory>);

pub struct Memory {
    pub overlapped: Overlapped,
    pub buffer: [u8; 4096],
}

impl Request {
    pub fn new() -> Self {
        Self::at(0, 0)
    }

    pub fn at(offset: u64, event: usize) -> Self {
        let (low, high) = (offset as u32, (offset >> 32) as u32);
        let overlapped = Overlapped { internal: 0, internal_high: 0, offset: low, offset_high: high, h_event: event };
        Self(Box::new(Memory { overlapped, buffer: [0; 4096] }))
    }

    pub fn overlapped(&mut self) -> *mut Overlapped {
        &raw mut self.0.overlapped
    }

    pub fn buffer(&mut self) -> *mut u8 {
        self.0.buffer.as_mut_ptr()
    }

    /// HasOverlappedIoCompleted: looks at memory, and at nothing else.
    pub fn is_complete(&mut self) -> bool {
        self.status() as u32 as usize != PENDING
    }

    pub fn status(&mut self) -> usize {
        let internal = &raw mut self.0.overlapped.internal;
        // SAFETY: aligned and alive; the library writes it as an atomic, too.
        unsafe { std::sync::atomic::AtomicUsize::from_ptr(internal) }.load(std::sync::atomic::Ordering::Acquire)
    }

    pub fn read(&mut self, file: &Owned, len: u32) -> (i32, u32) {
        let (buffer, overlapped) = (self.buffer(), self.overlapped());
        // SAFETY: both live until the tests have seen the end of the request.
        answer(|| unsafe { ovl_ReadFile(file.0, buffer.cast(), len, null_mut(), overlapped) })
    }

    pub fn write(&mut self, file: &Owned, len: u32) -> (i32, u32) {
        let (buffer, overlapped) = (self.buffer(), self.overlapped());
        // SAFETY: as for `read`.
        answer(|| unsafe { ovl_WriteFile(file.0, buffer.cast(), len, null_mut(), overlapped) })
    }

    /// GetOverlappedResultEx: its answer, the last error, and the bytes, which are 4711 if untouched.
    pub fn result(&mut self, file: usize, ms: u32, alertable: bool) -> (i32, u32, u32) {
        let (mut bytes, overlapped) = (4711, self.overlapped());
        // SAFETY: as for `read`.
        let call = || unsafe { ovl_GetOverlappedResultEx(file, overlapped, &mut bytes, ms, i32::from(alertable)) };
        let (result, code) = answer(call);
        (result, code, bytes)
    }

    /// Waits for the end; the last error of a failure, or the bytes.
    pub fn finish(&mut self, file: &Owned) -> Result<u32, u32> {
        match self.result(file.0, LOST, false) {
            (1, _, bytes) => Ok(bytes),
            (_, code, _) => Err(code),
        }
    }
}
