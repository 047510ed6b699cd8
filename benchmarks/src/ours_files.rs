//! Our files by name: as a user of the Rust face opens them, and as one of the C face asks for them and lists them.

use std::ffi::CString;
use std::io;
use std::mem::MaybeUninit;
use std::path::{Path, PathBuf};
use std::ptr::null;

use overlapped::OpenOptions;
use overlapped::abi::ShareMode;
use overlapped_win32::fileapi::find::{FindData, ovl_FindClose, ovl_FindFirstFileA, ovl_FindNextFileA};
use overlapped_win32::fileapi::names::{FileAttributeData, ovl_DeleteFileA, ovl_GetFileAttributesExA};
use overlapped_win32::fileapi::ovl_CreateFileA;
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::support::RawHandle;
use overlapped_win32::winbase_io::ovl_MoveFileA;

const INVALID: RawHandle = usize::MAX as RawHandle;
const GENERIC_READ: u32 = 0x8000_0000;
const GENERIC_WRITE: u32 = 0x4000_0000;
const CREATE_NEW: u32 = 1;
const OPEN_EXISTING: u32 = 3;
const DIRECTORY: u32 = 0x10;

/// A path of Linux as a Windows program has it: `C:` is the root.
pub fn windows_path(path: &Path) -> String {
    format!("C:{}", path.display().to_string().replace('/', "\\"))
}

fn c_string(path: &Path) -> CString {
    CString::new(windows_path(path)).expect("paths have no zeros")
}

fn done(yes: i32) -> io::Result<()> {
    if yes != 0 { Ok(()) } else { Err(failed()) }
}

fn failed() -> io::Error {
    io::Error::other(format!("error {}", overlapped_win32::errhandlingapi::ovl_GetLastError()))
}

/// Opens for reading, as [`OpenOptions`] does, and closes; the size.
pub fn open(path: &PathBuf) -> io::Result<u64> {
    let file = OpenOptions::new().read(true).share_mode(ShareMode::READ).open(path)?;
    Ok(file.stat_at_open()?.size)
}

/// The files of a directory, by their names in the C face.
pub struct Names(Vec<CString>);

impl Names {
    /// Those of these paths.
    pub fn of(paths: &[PathBuf]) -> Self {
        Self(paths.iter().map(|path| c_string(path)).collect())
    }

    fn name(&self, index: u64) -> &CString {
        &self.0[index as usize % self.0.len()]
    }

    /// CreateFile and CloseHandle.
    pub fn open(&self, index: u64) -> io::Result<u64> {
        create_file(self.name(index), GENERIC_READ, OPEN_EXISTING).map(|()| 1)
    }

    /// GetFileAttributesEx; the size.
    pub fn ask(&self, index: u64) -> io::Result<u64> {
        let mut data = FileAttributeData::default();
        // SAFETY: a name that ends with a zero, and a place for what is told.
        done(unsafe { ovl_GetFileAttributesExA(self.name(index).as_ptr().cast(), 0, (&raw mut data).cast()) })?;
        Ok(size(&data))
    }
}

fn size(data: &FileAttributeData) -> u64 {
    u64::from(data.size_high) << 32 | u64::from(data.size_low)
}

fn create_file(name: &CString, access: u32, disposition: u32) -> io::Result<()> {
    // SAFETY: a name that ends with a zero, and no attributes.
    let file = unsafe { ovl_CreateFileA(name.as_ptr().cast(), access, 1, null(), disposition, 0x80, 0) };
    if file == INVALID { Err(failed()) } else { done(ovl_CloseHandle(file)) }
}

/// CreateFile, MoveFile and DeleteFile, again and again.
pub struct Cycle {
    from: CString,
    to: CString,
}

impl Cycle {
    /// In this directory.
    pub fn within(directory: &Path) -> Self {
        Self { from: c_string(&directory.join("from")), to: c_string(&directory.join("to")) }
    }

    /// Once.
    pub fn one(&self) -> io::Result<u64> {
        create_file(&self.from, GENERIC_WRITE, CREATE_NEW)?;
        // SAFETY: names that end with zeros.
        done(unsafe { ovl_MoveFileA(self.from.as_ptr().cast(), self.to.as_ptr().cast()) })?;
        // SAFETY: as above.
        done(unsafe { ovl_DeleteFileA(self.to.as_ptr().cast()) })?;
        Ok(1)
    }
}

/// FindFirstFile, FindNextFile and FindClose; what the sizes of the files add up to.
pub fn list(directory: &Path) -> io::Result<u64> {
    let pattern = c_string(&directory.join("*"));
    let mut data = MaybeUninit::<FindData<u8>>::uninit();
    // SAFETY: a pattern that ends with a zero, and a place for an entry.
    let search = unsafe { ovl_FindFirstFileA(pattern.as_ptr().cast(), data.as_mut_ptr()) };
    if search == INVALID {
        return Err(failed());
    }
    let mut sum = 0;
    loop {
        // SAFETY: the call has succeeded, so what is told of the file is there.
        let file = unsafe { &(*data.as_ptr()).file };
        if file.attributes & DIRECTORY == 0 {
            sum += size(file);
        }
        // SAFETY: a search of ours, and a place for an entry.
        if unsafe { ovl_FindNextFileA(search, data.as_mut_ptr()) } == 0 {
            break;
        }
    }
    done(ovl_FindClose(search)).map(|()| sum)
}
