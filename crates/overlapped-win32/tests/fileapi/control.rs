//! Contract 01 section 6: DeviceIoControl on files.

use crate::common::*;
use overlapped_abi::Overlapped;
use overlapped_win32::devicecontrol::ovl_DeviceIoControl;
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::synchapi::{ovl_CreateEventA, ovl_WaitForSingleObject};
use std::ptr::{null, null_mut};

const SET_SPARSE: u32 = 0x900C4;
const SET_ZERO_DATA: u32 = 0x980C8;
const ALLOCATED_RANGES: u32 = 0x940CF;
const GET_REPARSE_POINT: u32 = 0x900A8;
const OPEN_REPARSE_POINT: u32 = 0x0020_0000;

/// The output, or the last error and how many bytes there were.
pub fn control(file: &File, code: u32, input: &[u8], room: u32) -> Result<Vec<u8>, (u32, u32)> {
    let (mut output, mut count) = ([0u8; 1024], 99);
    let input_at = if input.is_empty() { null() } else { input.as_ptr() };
    overlapped_win32::errhandlingapi::ovl_SetLastError(UNTOUCHED);
    // SAFETY: the buffers are valid for their sizes.
    let done = unsafe {
        let output_at = output.as_mut_ptr().cast();
        ovl_DeviceIoControl(file.0, code, input_at.cast(), input.len() as u32, output_at, room, &mut count, null_mut())
    };
    match done {
        0 => Err((overlapped_win32::errhandlingapi::ovl_GetLastError(), count)),
        _ => Ok(output[..count as usize].to_vec()),
    }
}

fn pair(a: i64, b: i64) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&a.to_ne_bytes());
    bytes[8..].copy_from_slice(&b.to_ne_bytes());
    bytes
}

#[test]
fn holes_are_made_and_listed() {
    let directory = Directory::new();
    let file = directory.create("f");
    file.write(&[1; 65536 * 3]);
    assert_eq!(control(&file, SET_SPARSE, &[], 0), Ok(vec![]));
    assert_eq!(control(&file, SET_ZERO_DATA, &pair(65536, 131072), 0), Ok(vec![]));
    assert!(directory.content("f")[65536..131072].iter().all(|byte| *byte == 0));
    assert_eq!(directory.content("f").len(), 65536 * 3);
    let ranges = control(&file, ALLOCATED_RANGES, &pair(0, i64::MAX), 256).unwrap();
    if ranges.len() == 32 {
        assert_eq!(ranges, [pair(0, 65536), pair(131072, 65536)].concat());
        assert_eq!(control(&file, ALLOCATED_RANGES, &pair(0, i64::MAX), 31), Err((234, 16)));
    }
    assert_eq!(control(&file, ALLOCATED_RANGES, &pair(0, i64::MAX), 15), Err((122, 0)));
    assert_eq!(control(&file, ALLOCATED_RANGES, &[0; 15], 256), Err((87, 0)));
    assert_eq!(control(&file, SET_ZERO_DATA, &pair(2, 1), 0), Err((87, 0)));
    assert_eq!(control(&file, SET_ZERO_DATA, &[0; 8], 0), Err((87, 0)));
}

#[test]
fn unknown_codes_are_refused() {
    let directory = Directory::new();
    let file = directory.create("f");
    assert_eq!(control(&file, 0x70000, &[], 24), Err((1, 0)), "no disk");
    assert_eq!(control(&file, 0x1234, &[], 24), Err((1, 0)));
    let mut count = 9;
    // SAFETY: the pointers are valid or NULL.
    unsafe {
        assert_eq!(refused(|| ovl_DeviceIoControl(0, SET_SPARSE, null(), 0, null_mut(), 0, &mut count, null_mut())), 6);
        let bare = || ovl_DeviceIoControl(file.0, SET_SPARSE, null(), 0, null_mut(), 0, null_mut(), null_mut());
        assert_eq!(refused(bare), 998);
    }
    let reader = directory.open("f", READ, OPEN_EXISTING, 0);
    assert_eq!(control(&reader, SET_ZERO_DATA, &pair(0, 1), 0), Err((5, 0)));
}

#[test]
fn links_tell_their_target() {
    let directory = Directory::new();
    directory.file("f", b"");
    std::os::unix::fs::symlink("f", directory.path("link")).unwrap();
    let file = directory.open("f", READ, OPEN_EXISTING, 0);
    assert_eq!(control(&file, GET_REPARSE_POINT, &[], 256), Err((4390, 0)));
    let link = directory.open("link", 0x80, OPEN_EXISTING, OPEN_REPARSE_POINT);
    let data = control(&link, GET_REPARSE_POINT, &[], 256).unwrap();
    assert_eq!(data[..4], 0xA000_000Cu32.to_ne_bytes());
    assert_eq!(data[8..], [0, 0, 2, 0, 0, 0, 2, 0, 1, 0, 0, 0, b'f', 0]);
    assert_eq!(control(&link, GET_REPARSE_POINT, &[], 10), Err((122, 0)));
}

#[test]
fn an_overlapped_control_is_done_at_once_and_sets_its_event() {
    let directory = Directory::new();
    directory.file("f", b"123");
    let file = directory.open("f", BOTH, OPEN_EXISTING, OVERLAPPED);
    assert_eq!(control(&file, SET_SPARSE, &[], 0), Ok(Vec::new()), "nothing pends, so no OVERLAPPED is needed");
    // SAFETY: everything is valid and lives as long as the calls.
    unsafe {
        let event = ovl_CreateEventA(null(), 1, 0, null());
        let mut place = Overlapped { h_event: event, ..Overlapped::default() };
        let (input, mut output) = (pair(0, 100), [0u8; 64]);
        let output_at = output.as_mut_ptr().cast();
        let input_at = input.as_ptr().cast();
        granted(|| ovl_DeviceIoControl(file.0, ALLOCATED_RANGES, input_at, 16, output_at, 64, null_mut(), &mut place));
        assert_eq!((place.internal, place.internal_high), (0, 16));
        assert_eq!(ovl_WaitForSingleObject(event, 0), 0);
        ovl_CloseHandle(event);
    }
}
