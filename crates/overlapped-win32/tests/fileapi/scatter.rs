//! ReadFileScatter and WriteFileGather (contract 02 section 11).

use crate::common::*;
use overlapped_abi::{FileSegmentElement, Overlapped};
use overlapped_win32::fileapi::scatter::*;
use overlapped_win32::ioapiset::ovl_GetOverlappedResult;
use overlapped_win32::memoryapi::{ovl_VirtualAlloc, ovl_VirtualFree};
use std::ptr::null_mut;

const PAGE: usize = 4096;
const NO_BUFFERING: u32 = 0x2000_0000;

#[test]
fn pages_go_to_the_file_and_come_back_in_the_order_of_the_list() {
    let directory = Directory::new();
    let file = directory.open("f", BOTH, CREATE_ALWAYS, OVERLAPPED | NO_BUFFERING);
    let memory = ovl_VirtualAlloc(null_mut(), 3 * PAGE, 0x3000, 4).cast::<u8>();
    let segment = |page: usize| FileSegmentElement { buffer: memory as u64 + (page * PAGE) as u64 };
    let end = FileSegmentElement { buffer: 0 };
    let (mut overlapped, mut bytes) = (Overlapped::default(), 0);
    // SAFETY: pages, lists and OVERLAPPED live until the requests are complete.
    unsafe {
        for (page, letter) in b"abc".iter().enumerate() {
            memory.add(page * PAGE).write_bytes(*letter, PAGE);
        }
        let list = [segment(2), segment(0), end];
        assert_eq!(
            refused(|| ovl_WriteFileGather(file.0, list.as_ptr(), 2 * PAGE as u32, null_mut(), &mut overlapped)),
            997
        );
        granted(|| ovl_GetOverlappedResult(file.0, &mut overlapped, &mut bytes, 1));
        assert_eq!(bytes as usize, 2 * PAGE);
        let list = [segment(1), end];
        assert_eq!(
            refused(|| ovl_ReadFileScatter(file.0, list.as_ptr(), PAGE as u32, null_mut(), &mut overlapped)),
            997
        );
        granted(|| ovl_GetOverlappedResult(file.0, &mut overlapped, &mut bytes, 1));
        assert_eq!((memory.add(PAGE).read(), directory.content("f")[PAGE]), (b'c', b'a'));
        let bad = [FileSegmentElement { buffer: 0x1000 }, end];
        assert_eq!(
            refused(|| ovl_ReadFileScatter(file.0, bad.as_ptr(), PAGE as u32, null_mut(), &mut overlapped)),
            998
        );
        assert_eq!(refused(|| ovl_ReadFileScatter(file.0, list.as_ptr(), PAGE as u32, null_mut(), null_mut())), 87);
        let plain = directory.open("f", BOTH, OPEN_EXISTING, OVERLAPPED);
        assert_eq!(
            refused(|| ovl_ReadFileScatter(plain.0, list.as_ptr(), PAGE as u32, null_mut(), &mut overlapped)),
            87
        );
        ovl_VirtualFree(memory.cast(), 0, 0x8000);
    }
}
