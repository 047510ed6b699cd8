//! Which handles are a console, and how text gets there.
//!
//! A terminal of Linux is usually open for both directions. So the standard input is an input handle, and another one is if it can only read.

use crate::arguments::grant;
use crate::fileapi::transfer::{ovl_ReadFile, ovl_WriteFile};
use crate::support::{FALSE, RawHandle, last_error};
use overlapped_abi::Win32Error;
use overlapped_devices::console::{Console, is_terminal};
use overlapped_kernel::system::Grant;
use rustix::fd::BorrowedFd;
use rustix::fs::OFlags;
use std::ptr::null_mut;
use std::sync::Arc;

/// The console of the process.
pub(super) static CONSOLE: Console = Console::new();

unsafe extern "C" {
    static stdout: *mut libc::FILE;
}

/// A handle of the console.
pub(super) struct Terminal {
    handle: RawHandle,
    grant: Grant,
    /// Is it an input handle?
    pub(super) input: bool,
}

/// The console that the handle belongs to; 6 if it belongs to none.
pub(super) fn terminal(file: RawHandle) -> Result<Terminal, Win32Error> {
    let handle = super::meant(file);
    let grant = grant(handle)?;
    let fd = grant.instance.device().descriptor().filter(|fd| is_terminal(*fd)).ok_or(Win32Error::INVALID_HANDLE)?;
    let flags = rustix::fs::fcntl_getfl(fd).map_err(|_| Win32Error::INVALID_HANDLE)?;
    let input = match flags & OFlags::RWMODE {
        OFlags::RDWR => crate::io::bonded(0).is_some_and(|own| Arc::ptr_eq(&own, &grant.instance)),
        direction => direction != OFlags::WRONLY,
    };
    Ok(Terminal { handle, grant, input })
}

/// As [`terminal`]; 6 for an input handle.
pub(super) fn output(file: RawHandle) -> Result<Terminal, Win32Error> {
    terminal(file).and_then(|found| if found.input { Err(Win32Error::INVALID_HANDLE) } else { Ok(found) })
}

/// As [`terminal`]; 6 for an output handle.
pub(super) fn input(file: RawHandle) -> Result<Terminal, Win32Error> {
    terminal(file).and_then(|found| if found.input { Ok(found) } else { Err(Win32Error::INVALID_HANDLE) })
}

/// What the program has printed goes first: Windows' standard output has no buffer on a console, and libc's keeps a line.
pub(super) fn print_first() {
    // SAFETY: libc's own stream, which is there as long as the process.
    unsafe { libc::fflush(stdout) };
}

impl Terminal {
    pub(super) fn fd(&self) -> Result<BorrowedFd<'_>, Win32Error> {
        self.grant.instance.device().descriptor().ok_or(Win32Error::INVALID_HANDLE)
    }

    /// Writes all of it, behind what was printed.
    pub(super) fn write(&self, mut text: &[u8]) -> Result<(), Win32Error> {
        print_first();
        while !text.is_empty() {
            let (len, mut done) = (u32::try_from(text.len()).unwrap_or(u32::MAX), 0);
            // SAFETY: buffer and count are there for the call, which is synchronous: a console is never opened otherwise.
            if unsafe { ovl_WriteFile(self.handle, text.as_ptr().cast(), len, &raw mut done, null_mut()) } == FALSE {
                return Err(Win32Error(last_error()));
            }
            text = &text[done as usize..];
        }
        Ok(())
    }

    /// One read of the terminal.
    pub(super) fn read(&self) -> Result<Vec<u8>, Win32Error> {
        print_first();
        // The longest line that a terminal gives.
        let (mut line, mut done) = (vec![0; 4096], 0);
        // SAFETY: as for writing.
        match unsafe { ovl_ReadFile(self.handle, line.as_mut_ptr().cast(), 4096, &raw mut done, null_mut()) } {
            FALSE => Err(Win32Error(last_error())),
            _ => {
                line.truncate(done as usize);
                Ok(line)
            }
        }
    }
}
