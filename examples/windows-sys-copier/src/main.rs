//! Copies a file through a completion port, by `windows-sys` alone: reads report with one key, writes with another, and
//! whoever takes a packet issues the next request of that buffer.
//!
//!     windows-sys-copier SOURCE DESTINATION
//!
//! Nothing in it knows of Linux but the line that links the names.

#[cfg(unix)]
use overlapped_win32_names as _;

use std::io;
use std::mem::zeroed;
use std::process::ExitCode;
use std::ptr::{null, null_mut};
use windows_sys::Win32::Foundation::{
    CloseHandle, ERROR_HANDLE_EOF, ERROR_IO_PENDING, GENERIC_READ, GENERIC_WRITE, GetLastError, HANDLE,
    INVALID_HANDLE_VALUE,
};
use windows_sys::Win32::Storage::FileSystem::{
    CREATE_ALWAYS, CreateFileW, FILE_BEGIN, FILE_FLAG_OVERLAPPED, FILE_SHARE_READ, GetFileSizeEx, OPEN_EXISTING,
    ReadFile, SetEndOfFile, SetFilePointerEx, WriteFile,
};
use windows_sys::Win32::System::IO::{CreateIoCompletionPort, GetQueuedCompletionStatus, OVERLAPPED};
use windows_sys::Win32::System::Threading::INFINITE;

const CHUNK: usize = 256 * 1024;
const AT_ONCE: u64 = 8;
const READ: usize = 1;
const WRITTEN: usize = 2;

/// A request with its buffer. The OVERLAPPED comes first, so its address is that of the whole.
#[repr(C)]
struct Request {
    overlapped: OVERLAPPED,
    buffer: [u8; CHUNK],
}

impl Request {
    fn new() -> Box<Self> {
        // SAFETY: numbers and pointers, for which zero is a value.
        unsafe { Box::new_zeroed().assume_init() }
    }

    fn place(&mut self, offset: u64) {
        // SAFETY: as in `new`; no request is on its way with it.
        self.overlapped = unsafe { zeroed() };
        self.overlapped.Anonymous.Anonymous.Offset = offset as u32;
        self.overlapped.Anonymous.Anonymous.OffsetHigh = (offset >> 32) as u32;
    }

    fn offset(&self) -> u64 {
        // SAFETY: both forms of the union are numbers.
        let parts = unsafe { self.overlapped.Anonymous.Anonymous };
        u64::from(parts.OffsetHigh) << 32 | u64::from(parts.Offset)
    }
}

/// A handle that is closed at the end.
struct Handle(HANDLE);

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: it is ours, and open.
        unsafe { CloseHandle(self.0) };
    }
}

fn last_error() -> io::Error {
    // SAFETY: no arguments.
    io::Error::other(format!("error {}", unsafe { GetLastError() }))
}

fn check(ok: i32) -> io::Result<()> {
    if ok == 0 { Err(last_error()) } else { Ok(()) }
}

/// A request that was accepted completes later; everything else is an error now.
fn accepted(ok: i32) -> io::Result<()> {
    // SAFETY: no arguments.
    if ok != 0 || unsafe { GetLastError() } == ERROR_IO_PENDING { Ok(()) } else { Err(last_error()) }
}

fn open(path: &str, access: u32, disposition: u32) -> io::Result<Handle> {
    let name: Vec<u16> = path.encode_utf16().chain([0]).collect();
    // SAFETY: a name that ends with a zero, and no structures.
    let file = unsafe {
        CreateFileW(name.as_ptr(), access, FILE_SHARE_READ, null(), disposition, FILE_FLAG_OVERLAPPED, null_mut())
    };
    if file == INVALID_HANDLE_VALUE {
        return Err(io::Error::other(format!("{path}: {}", last_error())));
    }
    Ok(Handle(file))
}

/// A port that hears of both files.
fn port_of(source: &Handle, destination: &Handle) -> io::Result<Handle> {
    // SAFETY: open files.
    let port = unsafe { CreateIoCompletionPort(source.0, null_mut(), READ, 1) };
    if port.is_null() {
        return Err(last_error());
    }
    let port = Handle(port);
    // SAFETY: as above.
    if unsafe { CreateIoCompletionPort(destination.0, port.0, WRITTEN, 1) }.is_null() {
        return Err(last_error());
    }
    Ok(port)
}

struct Copier<'a> {
    source: &'a Handle,
    destination: &'a Handle,
    size: u64,
    /// Where the next read begins.
    next: u64,
    outstanding: usize,
}

impl Copier<'_> {
    /// Reads the next piece into the buffer, if there is one.
    fn read(&mut self, mut request: Box<Request>) -> io::Result<()> {
        if self.next >= self.size {
            return Ok(());
        }
        request.place(self.next);
        self.next += CHUNK as u64;
        let request = Box::into_raw(request);
        // SAFETY: the request stays at its address until its packet comes and is made a Box again.
        let ok = unsafe {
            let buffer = (&raw mut (*request).buffer).cast();
            ReadFile(self.source.0, buffer, CHUNK as u32, null_mut(), request.cast())
        };
        self.outstanding += 1;
        accepted(ok)
    }

    fn write(&mut self, mut request: Box<Request>, bytes: u32) -> io::Result<()> {
        let offset = request.offset();
        request.place(offset);
        let request = Box::into_raw(request);
        // SAFETY: as in `read`.
        let ok = unsafe {
            let buffer = (&raw const (*request).buffer).cast();
            WriteFile(self.destination.0, buffer, bytes, null_mut(), request.cast())
        };
        self.outstanding += 1;
        accepted(ok)
    }

    /// Takes a packet and issues what follows from it.
    fn step(&mut self, port: &Handle) -> io::Result<()> {
        let (mut bytes, mut key, mut overlapped): (u32, usize, *mut OVERLAPPED) = (0, 0, null_mut());
        // SAFETY: places for the three results.
        let ok = unsafe { GetQueuedCompletionStatus(port.0, &mut bytes, &mut key, &mut overlapped, INFINITE) };
        if overlapped.is_null() {
            return Err(last_error());
        }
        self.outstanding -= 1;
        // SAFETY: this port hears of nothing but requests of ours, each once.
        let request = unsafe { Box::from_raw(overlapped.cast::<Request>()) };
        // SAFETY: no arguments.
        if ok == 0 && key == READ && unsafe { GetLastError() } == ERROR_HANDLE_EOF {
            return Ok(()); // the file became shorter
        }
        check(ok)?;
        if key == READ { self.write(request, bytes) } else { self.read(request) }
    }
}

fn copy(from: &str, to: &str) -> io::Result<u64> {
    let source = open(from, GENERIC_READ, OPEN_EXISTING)?;
    let destination = open(to, GENERIC_READ | GENERIC_WRITE, CREATE_ALWAYS)?;
    let mut size = 0;
    // SAFETY: a place for the result; the rest are numbers.
    unsafe {
        check(GetFileSizeEx(source.0, &mut size))?;
        check(SetFilePointerEx(destination.0, size, null_mut(), FILE_BEGIN))?;
        check(SetEndOfFile(destination.0))?;
    }
    let port = port_of(&source, &destination)?;
    let size = size as u64;
    let mut copier = Copier { source: &source, destination: &destination, size, next: 0, outstanding: 0 };
    for _ in 0..AT_ONCE {
        copier.read(Request::new())?;
    }
    while copier.outstanding > 0 {
        copier.step(&port)?;
    }
    Ok(size)
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [from, to] = &arguments[..] else {
        eprintln!("usage: windows-sys-copier SOURCE DESTINATION");
        return ExitCode::from(2);
    };
    match copy(from, to) {
        Ok(bytes) => {
            println!("{bytes} bytes");
            ExitCode::SUCCESS
        }
        // Requests may be on their way, but the process ends here, and their buffers with it.
        Err(error) => {
            eprintln!("windows-sys-copier: {error}");
            ExitCode::FAILURE
        }
    }
}
