//! Descriptors and handles (design.md section 1).

use crate::common::*;
use overlapped_win32::fileapi::information::ovl_GetFileType;
use overlapped_win32::fileapi::ovl_CreateFileA;
use overlapped_win32::fileapi::pointer::ovl_SetFilePointerEx;
use overlapped_win32::fileapi::size::{ovl_GetFileSize, ovl_SetEndOfFile};
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::io::*;
use std::fs::File as Plain;
use std::io::{Read, Seek, Write};
use std::os::fd::{AsRawFd, FromRawFd, IntoRawFd};
use std::ptr::null_mut;

fn plain(directory: &Directory, name: &str) -> Plain {
    Plain::options().read(true).write(true).create(true).truncate(false).open(directory.path(name)).unwrap()
}

/// A duplex end stands on a pair of sockets, of which the library keeps the other side for both directions.
#[test]
fn a_descriptor_of_a_pipe_comes_to_the_end_when_the_server_closes() {
    use overlapped_win32::namedpipeapi::ovl_CreateNamedPipeA;
    let name = std::ffi::CString::new(format!(r"\\.\pipe\overlapped adopted {}", std::process::id())).unwrap();
    // SAFETY: a string, and no attributes.
    let (server, client) = unsafe {
        let server = ovl_CreateNamedPipeA(name.as_ptr().cast(), 3 | OVERLAPPED, 0, 1, 512, 512, 0, std::ptr::null());
        assert_ne!(server, INVALID);
        (server, ovl_CreateFileA(name.as_ptr().cast(), BOTH, 0, std::ptr::null(), OPEN_EXISTING, 0, 0))
    };
    assert_ne!(client, INVALID);
    let fd = ovl__open_osfhandle(client as isize, 0);
    assert!(fd >= 0);
    // SAFETY: the descriptor is ours from here on.
    let mut plain = unsafe { Plain::from_raw_fd(fd) };
    let (mut overlapped, mut room, mut done) = (overlapped_abi::Overlapped::default(), [0; 8], 0);
    // SAFETY: the structure stays until the write is complete, which the read waits for.
    let written = unsafe {
        overlapped_win32::fileapi::transfer::ovl_WriteFile(
            server,
            b"hello".as_ptr().cast(),
            5,
            &mut done,
            &mut overlapped,
        )
    };
    assert!(written == 1 || overlapped_win32::errhandlingapi::ovl_GetLastError() == 997);
    plain.read_exact(&mut room[..5]).unwrap();
    assert_eq!(&room[..5], b"hello");
    ovl_CloseHandle(server);
    assert_eq!(plain.read(&mut room).unwrap(), 0, "the end");
    drop(plain);
    ovl_CloseHandle(client);
}

/// A stream or a descriptor that was made of a handle takes it along, however it is closed: then the file has no share mode any more.
#[test]
fn a_handle_goes_with_the_stream_that_was_made_of_it() {
    use overlapped_win32::fileapi::names::ovl_DeleteFileA;
    use overlapped_win32::io::{ovl__close, ovl_fclose};
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("stream");
    let name = std::ffi::CString::new(path.to_str().unwrap()).unwrap();
    for as_stream in [true, false] {
        // SAFETY: a string, and no attributes.
        let file = unsafe { ovl_CreateFileA(name.as_ptr().cast(), BOTH, 0, std::ptr::null(), 2, 0, 0) };
        assert_ne!(file, INVALID);
        let fd = ovl__open_osfhandle(file as isize, 0);
        // SAFETY: a string.
        unsafe { assert_eq!(ovl_DeleteFileA(name.as_ptr().cast()), 0, "it is open for nobody else") };
        if as_stream {
            // SAFETY: the stream is ours, and given up.
            unsafe {
                let stream = libc::fdopen(fd, c"wb".as_ptr());
                assert!(libc::fputs(c"text".as_ptr(), stream) >= 0);
                assert_eq!(ovl_fclose(stream), 0);
            }
            assert_eq!(std::fs::read(&path).unwrap(), b"text");
        } else {
            assert_eq!(ovl__close(fd), 0);
        }
        // SAFETY: a string.
        unsafe { assert_eq!(ovl_DeleteFileA(name.as_ptr().cast()), 1) };
    }
}

/// What Python's subprocess does on Windows: the handle becomes a descriptor, whose handle the child has for its output.
#[test]
fn a_child_inherits_an_end_that_was_made_a_descriptor() {
    use overlapped_win32::namedpipeapi::ovl_CreateNamedPipeA;
    let name = std::ffi::CString::new(format!(r"\\.\pipe\overlapped lent {}", std::process::id())).unwrap();
    // SAFETY: a string, and no attributes.
    let (server, client) = unsafe {
        let server = ovl_CreateNamedPipeA(name.as_ptr().cast(), 1, 0, 1, 512, 512, 0, std::ptr::null());
        assert_ne!(server, INVALID);
        (server, ovl_CreateFileA(name.as_ptr().cast(), 0x4000_0000, 0, std::ptr::null(), OPEN_EXISTING, 0, 0))
    };
    assert_ne!(client, INVALID);
    let fd = ovl__open_osfhandle(client as isize, 0);
    assert!(fd >= 0);
    let child = child_on(fd, c"/bin/echo heard");
    assert_eq!(ovl__close(fd), 0);
    assert_eq!(File(server).read(6), b"heard\n");
    ended(child);
}

/// What has come to the descriptor is the child's: nothing stays in another, where it would be lost when that is closed.
#[test]
fn a_child_reads_what_came_to_the_descriptor_before() {
    use overlapped_win32::namedpipeapi::ovl_CreateNamedPipeA;
    let name = std::ffi::CString::new(format!(r"\\.\pipe\overlapped came before {}", std::process::id())).unwrap();
    // SAFETY: a string, and no attributes.
    let (server, client) = unsafe {
        let server = ovl_CreateNamedPipeA(name.as_ptr().cast(), 3, 0, 1, 512, 512, 0, std::ptr::null());
        assert_ne!(server, INVALID);
        (server, ovl_CreateFileA(name.as_ptr().cast(), BOTH, 0, std::ptr::null(), OPEN_EXISTING, 0, 0))
    };
    assert_ne!(client, INVALID);
    let fd = ovl__open_osfhandle(server as isize, 0);
    assert!(fd >= 0);
    let client = File(client);
    client.write(b"hello\n");
    let mut watched = libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
    // SAFETY: one entry.
    assert_eq!(unsafe { libc::poll(&raw mut watched, 1, 10_000) }, 1);
    let child = child_on(fd, c"/usr/bin/head -n 1");
    assert_eq!(ovl__close(fd), 0);
    ended(child);
    assert_eq!(client.read(6), b"hello\n");
}

/// A child whose standard handles are the descriptor's.
fn child_on(fd: i32, line: &std::ffi::CStr) -> overlapped_win32::startprocess::ProcessInformation {
    use overlapped_win32::startprocess::{ProcessInformation, StartupInfo, ovl_CreateProcessA};
    use std::ptr::null;
    const INHERIT: u32 = 1;
    const USE_STANDARD_HANDLES: u32 = 0x100;
    let handle = ovl__get_osfhandle(fd) as usize;
    granted(|| overlapped_win32::handleapi::ovl_SetHandleInformation(handle, INHERIT, INHERIT));
    let mut line = line.to_bytes_with_nul().to_vec();
    let mut numbers = [0; 8];
    numbers[7] = USE_STANDARD_HANDLES;
    let start = StartupInfo {
        size: size_of::<StartupInfo<u8>>() as u32,
        reserved: null(),
        desktop: null(),
        title: null(),
        numbers,
        show: 0,
        bytes: 0,
        more: null(),
        standard: [handle; 3],
    };
    let mut made = ProcessInformation { process: 0, thread: 0, process_id: 0, thread_id: 0 };
    let line = line.as_mut_ptr();
    // SAFETY: the line is a string, the structures are valid.
    granted(|| unsafe {
        ovl_CreateProcessA(null(), line, null(), null(), 1, 0, null(), null(), &raw const start, &raw mut made)
    });
    made
}

fn ended(child: overlapped_win32::startprocess::ProcessInformation) {
    assert_eq!(overlapped_win32::synchapi::ovl_WaitForSingleObject(child.process, 10_000), 0);
    for handle in [child.process, child.thread] {
        granted(|| ovl_CloseHandle(handle));
    }
}

#[test]
fn a_handle_of_a_descriptor_shares_its_position() {
    let directory = Directory::new();
    let mut plain = plain(&directory, "f");
    plain.write_all(b"one ").unwrap();
    let handle = File(ovl__get_osfhandle(plain.as_raw_fd()) as usize);
    assert_eq!(code(1, || ovl_GetFileType(handle.0)), 0);
    handle.write(b"two ");
    plain.write_all(b"three").unwrap();
    assert_eq!(directory.content("f"), b"one two three");
    let mut at = 0;
    // SAFETY: the pointers are valid.
    unsafe {
        granted(|| ovl_SetFilePointerEx(handle.0, 0, &mut at, 1));
        assert_eq!(at, 13);
        granted(|| ovl_SetFilePointerEx(handle.0, 4, null_mut(), 0));
        assert_eq!(ovl_GetFileSize(handle.0, null_mut()), 13);
    }
    assert_eq!((plain.stream_position().unwrap(), handle.read(3)), (4, b"two".to_vec()));
    granted(|| ovl_SetEndOfFile(handle.0));
    assert_eq!(directory.content("f"), b"one two");
    assert_eq!(handle.read(9), b"");
    assert_eq!(ovl__get_osfhandle(plain.as_raw_fd()) as usize, handle.0, "the same handle again");
}

#[test]
fn the_rights_are_those_of_the_descriptor() {
    let directory = Directory::new();
    directory.file("f", b"abc");
    let reader = Plain::open(directory.path("f")).unwrap();
    let handle = File(ovl__get_osfhandle(reader.as_raw_fd()) as usize);
    assert_eq!(refused(|| ovl_SetEndOfFile(handle.0)), 5);
    assert_eq!(handle.read(9), b"abc");
}

#[test]
fn pipes_and_unknown_descriptors() {
    let (reader, mut writer) = std::io::pipe().unwrap();
    let handle = File(ovl__get_osfhandle(reader.as_raw_fd()) as usize);
    assert_eq!(code(3, || ovl_GetFileType(handle.0)), 0);
    writer.write_all(b"through").unwrap();
    assert_eq!(handle.read(20), b"through");
    assert_eq!(ovl__get_osfhandle(-1), -1);
    assert_eq!(ovl__get_osfhandle(1_000_000), -1);
    assert_eq!(std::io::Error::last_os_error().raw_os_error(), Some(libc::EBADF));
}

#[test]
fn a_descriptor_of_a_handle_goes_on_at_its_pointer() {
    let directory = Directory::new();
    directory.file("f", b"0123456789");
    let file = directory.open("f", BOTH, OPEN_EXISTING, 0);
    file.read(4);
    let fd = ovl__open_osfhandle(file.0 as isize, 0);
    assert!(fd > 2);
    assert_eq!(ovl__get_osfhandle(fd) as usize, file.0);
    // SAFETY: the descriptor is ours; it is given back below.
    let mut plain = unsafe { Plain::from_raw_fd(fd) };
    let mut rest = String::new();
    plain.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "456789");
    assert_eq!(ovl__close(plain.into_raw_fd()), 0);
    assert_eq!(refused(|| ovl_CloseHandle(file.0)), 6, "the handle has gone with its descriptor");
    std::mem::forget(file);
    assert_eq!(ovl__open_osfhandle(0, 0), -1);
}
