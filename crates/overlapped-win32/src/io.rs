//! `io.h`: handles of Linux descriptors and descriptors of handles (design.md section 1).
//!
//! A descriptor of Linux is a descriptor of the C library here, too. A handle made of one has a duplicate of it: the same open
//! file with the same position, but closing either leaves the other. As on Windows, a handle that was made a descriptor goes
//! with that: `_close`, `close` and `fclose` close both. The drawback: libraries that close the descriptor by libc leave the handle open.

use crate::support::{INVALID_HANDLE_VALUE, RawHandle, files, guard, handle, system};
use overlapped_abi::{AccessMask, Win32Error};
use overlapped_devices::console::{ConsoleDevice, is_terminal};
use overlapped_devices::pipe;
use overlapped_kernel::handle::Object;
use overlapped_kernel::instance::Instance;
use parking_lot::Mutex;
use rustix::fs::{OFlags, SeekFrom};
use std::collections::HashMap;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, IntoRawFd, OwnedFd, RawFd};
use std::sync::{Arc, LazyLock, Weak};

/// A handle that belongs to a descriptor. Both are numbers that are used again.
struct Bond {
    handle: RawHandle,
    /// What the handle referred to.
    instance: Weak<Instance>,
    /// What the descriptor referred to.
    file: Identity,
    /// The handle was there first, and goes with the descriptor.
    ends: bool,
}

impl Bond {
    /// Does the handle still refer to the same?
    fn holds(&self) -> bool {
        let found = system().and_then(|system| system.grant(handle(self.handle)?));
        found.is_ok_and(|grant| std::ptr::eq(Arc::as_ptr(&grant.instance), self.instance.as_ptr()))
    }
}

/// Device and number of a file, and how it was opened.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Identity(u64, u64, u32);

static BONDS: LazyLock<Mutex<HashMap<RawFd, Bond>>> = LazyLock::new(Mutex::default);

fn file_of(fd: impl AsFd) -> Result<Identity, Win32Error> {
    let stat = rustix::fs::fstat(&fd).map_err(|_| Win32Error::INVALID_HANDLE)?;
    let flags = rustix::fs::fcntl_getfl(&fd).map_err(|_| Win32Error::INVALID_HANDLE)?;
    Ok(Identity(stat.st_dev, stat.st_ino, (flags & OFlags::RWMODE).bits()))
}

/// The handle of a descriptor, made when it is first asked for; 6 if there is no such descriptor.
pub(crate) fn handle_of(fd: RawFd) -> Result<RawHandle, Win32Error> {
    if fd < 0 || crate::consoleapi::only_held(fd) {
        return Err(Win32Error::INVALID_HANDLE);
    }
    let mut bonds = BONDS.lock();
    // SAFETY: if it is not open, or is closed meanwhile, the calls on it fail and nothing else depends on it.
    let borrowed = unsafe { BorrowedFd::borrow_raw(fd) };
    let file = file_of(borrowed)?;
    if let Some(bond) = bonds.get(&fd)
        && bond.file == file
        && bond.holds()
    {
        return Ok(bond.handle);
    }
    let system = system()?;
    if let Some((handle, instance)) = inherited(fd, file)? {
        // It goes with the descriptor, as one that was made of a handle.
        bonds.insert(fd, Bond { handle, instance, file, ends: true });
        return Ok(handle);
    }
    let copy = rustix::io::fcntl_dupfd_cloexec(borrowed, 3).map_err(|_| Win32Error::INVALID_HANDLE)?;
    let opened = match is_terminal(copy.as_fd()) {
        true => ConsoleDevice::adopt(copy, fd == 0)?,
        false => files().adopt(copy, false)?,
    };
    let made = system.instance(opened.device, opened.overlapped);
    let instance = Arc::downgrade(&made);
    let handle = system.insert(Object::Instance(made), opened.access)?.into_raw();
    bonds.insert(fd, Bond { handle, instance, file, ends: false });
    Ok(handle)
}

/// The handle that the parent process has given for the descriptor, as long as both lead to the same file: overlapped if it was so there.
fn inherited(fd: RawFd, file: Identity) -> Result<Option<(RawHandle, Weak<Instance>)>, Win32Error> {
    let Some(given) = overlapped_devices::process::handle_of_descriptor(fd) else { return Ok(None) };
    let Ok(grant) = system()?.grant(handle(given)?) else { return Ok(None) };
    let same = grant.instance.device().descriptor().is_some_and(|own| file_of(own) == Ok(file));
    Ok(same.then(|| (given, Arc::downgrade(&grant.instance))))
}

/// A handle that was made of a descriptor of a terminal is not its handle any more: the next one who asks gets another.
pub(crate) fn forget_terminal(fd: RawFd) {
    let mut bonds = BONDS.lock();
    // SAFETY: if it is not open, the question fails and nothing else depends on it.
    if is_terminal(unsafe { BorrowedFd::borrow_raw(fd) }) && bonds.get(&fd).is_some_and(|bond| !bond.ends) {
        bonds.remove(&fd);
    }
}

/// A descriptor of what the handle refers to; with `append`, or for a handle that does nothing else, it writes at the end.
fn descriptor_of(file: RawHandle, append: bool) -> Result<RawFd, Win32Error> {
    let mut bonds = BONDS.lock();
    let grant = system()?.grant(handle(file)?)?;
    let device = grant.instance.device();
    let fd = match device.descriptor() {
        Some(own) => rustix::io::fcntl_dupfd_cloexec(own, 3).map_err(|_| Win32Error::TOO_MANY_OPEN_FILES)?,
        // A pipe closes with its descriptor, however that is closed.
        None => pipe::into_descriptor(&grant)?,
    };
    let only_appends = grant.access & (AccessMask::WRITE_DATA | AccessMask::APPEND_DATA) == AccessMask::APPEND_DATA;
    // The flag is one of the open file, which the handle's own writes go through; so this is another.
    let fd = if device.seekable() && (append || only_appends) { appending(&fd).unwrap_or(fd) } else { fd };
    // The descriptor goes on where the file pointer is; an adopted one stands where it should already.
    let adopted = bonds.values().any(|bond| bond.handle == file && !bond.ends);
    if device.seekable() && !adopted {
        rustix::fs::seek(&fd, SeekFrom::Start(*grant.instance.pointer())).map_err(|_| Win32Error::INVALID_HANDLE)?;
    }
    let instance = Arc::downgrade(&grant.instance);
    let bond = Bond { handle: file, instance, file: file_of(&fd)?, ends: true };
    let fd = fd.into_raw_fd();
    bonds.insert(fd, bond);
    Ok(fd)
}

/// The same file, opened to be written at its end.
fn appending(fd: &impl AsFd) -> Option<OwnedFd> {
    let access = rustix::fs::fcntl_getfl(fd).ok()? & OFlags::RWMODE;
    let name = format!("/proc/self/fd/{}", fd.as_fd().as_raw_fd());
    rustix::fs::open(name, access | OFlags::APPEND | OFlags::CLOEXEC, rustix::fs::Mode::empty()).ok()
}

fn set_errno(errno: i32) {
    // SAFETY: the calling thread's own errno.
    unsafe { *libc::__errno_location() = errno };
}

fn or_errno<T: Copy>(failed: T, body: impl FnOnce() -> Result<T, Win32Error>) -> T {
    guard(failed, || {
        body().unwrap_or_else(|error| {
            set_errno(if error == Win32Error::INVALID_HANDLE { libc::EBADF } else { error.to_errno() });
            failed
        })
    })
}

/// _get_osfhandle: -1 and EBADF if there is no such descriptor.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__get_osfhandle(fd: i32) -> isize {
    or_errno(INVALID_HANDLE_VALUE, || handle_of(fd)) as isize
}

/// _open_osfhandle: -1 and EBADF for a handle of what has no descriptor. Of the flags `_O_APPEND` counts.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__open_osfhandle(file: isize, flags: i32) -> i32 {
    or_errno(-1, || descriptor_of(file as usize, flags & libc::O_APPEND != 0))
}

/// The bond of a descriptor that is about to be closed.
fn released(fd: RawFd) -> Option<Bond> {
    guard(None, || BONDS.lock().remove(&fd)).filter(|bond| bond.ends && bond.holds())
}

/// _close, close: the descriptor, and the handle that was made it.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__close(fd: i32) -> i32 {
    if let Some(bond) = released(fd) {
        crate::handleapi::ovl_CloseHandle(bond.handle);
    }
    // SAFETY: the caller's own descriptor, which it gives up.
    unsafe { libc::close(fd) }
}

/// _commit. Not libc's `fsync` by another name: programs have functions of that name, made of this one.
#[unsafe(no_mangle)]
pub extern "C" fn ovl__commit(fd: i32) -> i32 {
    // SAFETY: nothing of the program's memory is touched.
    unsafe { libc::fsync(fd) }
}

/// fclose: the stream with its descriptor, and the handle that was made it.
///
/// # Safety
/// `stream` is an open stream, which the caller gives up.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_fclose(stream: *mut libc::FILE) -> i32 {
    // SAFETY: the caller's promise. A stream in memory has no descriptor, and no bond.
    let bond = released(unsafe { libc::fileno(stream) });
    // SAFETY: the caller's promise. What is left in the buffer is written through the descriptor, so the handle comes after it.
    let closed = unsafe { libc::fclose(stream) };
    if let Some(bond) = bond {
        crate::handleapi::ovl_CloseHandle(bond.handle);
    }
    closed
}
