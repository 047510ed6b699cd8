//! A directory of its own, and handles that close themselves.

use overlapped_win32::errhandlingapi::{ovl_GetLastError, ovl_SetLastError};
use overlapped_win32::fileapi::ovl_CreateFileA;
use overlapped_win32::fileapi::transfer::{ovl_ReadFile, ovl_WriteFile};
use overlapped_win32::handleapi::ovl_CloseHandle;
use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::ptr::null_mut;

pub const INVALID: usize = usize::MAX;
pub const READ: u32 = 0x8000_0000;
pub const WRITE: u32 = 0x4000_0000;
pub const BOTH: u32 = READ | WRITE;
pub const DELETE: u32 = 0x1_0000;
pub const SHARE_ALL: u32 = 7;
pub const CREATE_ALWAYS: u32 = 2;
pub const OPEN_EXISTING: u32 = 3;
pub const OVERLAPPED: u32 = 0x4000_0000;
pub const BACKUP: u32 = 0x0200_0000;
/// What no function sets.
pub const UNTOUCHED: u32 = 0xDEAD;

/// The last error of a call whose result must be this.
pub fn code<T: PartialEq + std::fmt::Debug>(expected: T, call: impl FnOnce() -> T) -> u32 {
    ovl_SetLastError(UNTOUCHED);
    let result = call();
    let code = ovl_GetLastError();
    assert_eq!(result, expected, "last error {code}");
    code
}

/// The last error of a call that must answer FALSE.
pub fn refused(call: impl FnOnce() -> i32) -> u32 {
    code(0, call)
}

/// A call that must answer TRUE and leave the last error alone.
pub fn granted(call: impl FnOnce() -> i32) {
    assert_eq!(code(1, call), UNTOUCHED);
}

pub struct Directory(tempfile::TempDir);

impl Directory {
    pub fn new() -> Self {
        Self(tempfile::Builder::new().prefix("overlapped-face-").tempdir().expect("a directory"))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A name in it for the A functions.
    pub fn name(&self, name: &str) -> CString {
        c(&self.path(name))
    }

    /// In the Windows spelling, for the W functions.
    pub fn wide(&self, name: &str) -> Vec<u16> {
        let path = format!("C:{}", self.path(name).display()).replace('/', "\\");
        wide(&path)
    }

    pub fn file(&self, name: &str, content: &[u8]) -> CString {
        std::fs::write(self.path(name), content).expect("a file");
        self.name(name)
    }

    pub fn content(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).expect("the file")
    }

    pub fn open(&self, name: &str, access: u32, disposition: u32, flags: u32) -> File {
        let name = self.name(name);
        // SAFETY: the name ends with a zero.
        let handle =
            unsafe { ovl_CreateFileA(bytes(&name), access, SHARE_ALL, std::ptr::null(), disposition, flags, 0) };
        assert_ne!(handle, INVALID, "{name:?}: error {}", ovl_GetLastError());
        File(handle)
    }

    pub fn create(&self, name: &str) -> File {
        self.open(name, BOTH | DELETE, CREATE_ALWAYS, 0)
    }
}

pub fn c(path: &Path) -> CString {
    CString::new(path.as_os_str().as_bytes()).expect("no zero in it")
}

pub fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// The bytes of a C string, as the A functions here take them.
pub fn bytes(name: &CString) -> *const u8 {
    name.as_ptr().cast()
}

/// The text before the zero.
pub fn until_zero(units: &[u16]) -> String {
    let len = units.iter().position(|unit| *unit == 0).expect("a zero");
    String::from_utf16(&units[..len]).expect("text")
}

pub struct File(pub usize);

impl Drop for File {
    fn drop(&mut self) {
        assert_eq!(ovl_CloseHandle(self.0), 1);
    }
}

impl File {
    pub fn write(&self, data: &[u8]) {
        let mut count = 0;
        // SAFETY: buffer and count live as long as the call, which is synchronous.
        granted(|| unsafe { ovl_WriteFile(self.0, data.as_ptr().cast(), data.len() as u32, &mut count, null_mut()) });
        assert_eq!(count as usize, data.len());
    }

    pub fn read(&self, len: usize) -> Vec<u8> {
        let (mut data, mut count) = (vec![0; len], 0);
        // SAFETY: as for `write`.
        granted(|| unsafe { ovl_ReadFile(self.0, data.as_mut_ptr().cast(), len as u32, &mut count, null_mut()) });
        data.truncate(count as usize);
        data
    }
}
