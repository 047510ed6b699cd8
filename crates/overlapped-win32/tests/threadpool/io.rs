//! I/O objects (contract 04 section 11), on a fifo: a read of it pends until somebody writes.

use super::*;
use overlapped_abi::Overlapped;
use overlapped_kernel::pool::Call;
use overlapped_win32::fileapi::ovl_CreateFileA;
use overlapped_win32::fileapi::transfer::ovl_ReadFile;
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::threadpool::io::*;
use std::ffi::CString;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::ptr::{null, null_mut};

unsafe extern "C" fn completed(
    _: *mut Call,
    context: *mut c_void,
    _: *mut c_void,
    result: u32,
    bytes: usize,
    _: *mut Io,
) {
    // SAFETY: a stage of this test.
    let stage = unsafe { stage(context) };
    stage.finalized.store(result as usize * 1000 + bytes, Ordering::SeqCst);
    stage.enter();
}

#[test]
fn announced_requests_can_be_forgotten_and_go_on_without_a_callback() {
    let directory = tempfile::tempdir().unwrap();
    let path = CString::new(directory.path().join("fifo").as_os_str().as_bytes()).unwrap();
    let stage = Stage::opened();
    let mut first: Overlapped = Overlapped::default();
    let mut second: Overlapped = Overlapped::default();
    let mut buffers = [[0_u8; 4]; 2];
    // SAFETY: names, buffers and structures are this test's, and outlive the requests.
    unsafe {
        assert_eq!(libc::mkfifo(path.as_ptr(), 0o600), 0);
        let file = ovl_CreateFileA(path.as_ptr().cast(), 0xC000_0000, 0, null(), 3, 0x4000_0000, 0);
        let io = ovl_CreateThreadpoolIo(file, Some(completed), stage.context(), null());
        assert!(!io.is_null());

        ovl_StartThreadpoolIo(io);
        assert_eq!(error_of(0, || ovl_ReadFile(file, buffers[0].as_mut_ptr().cast(), 4, null_mut(), &mut first)), 997);
        ovl_WaitForThreadpoolIoCallbacks(io, 1);
        let mut fifo = std::fs::OpenOptions::new().write(true).open(directory.path().join("fifo")).unwrap();
        fifo.write_all(b"gone").unwrap();
        eventually("the read is complete", || std::ptr::read_volatile(&raw const first.internal) != 0x103);
        std::thread::sleep(MOMENT);
        assert_eq!((stage.calls(), &buffers[0]), (0, b"gone"), "the request went on, and nobody was called");

        ovl_StartThreadpoolIo(io);
        assert_eq!(error_of(0, || ovl_ReadFile(file, buffers[1].as_mut_ptr().cast(), 4, null_mut(), &mut second)), 997);
        // Closed with a request outstanding: the object lasts until its callback.
        ovl_CloseThreadpoolIo(io);
        fifo.write_all(b"kept").unwrap();
        stage.wait_for(1);
        assert_eq!(stage.finalized.load(Ordering::SeqCst), 4, "success, and four bytes");
        ovl_CloseHandle(file);
    }
}
