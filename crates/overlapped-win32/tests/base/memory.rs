//! Memory of processes, written pages, placeholders, heaps that are walked.

use overlapped_win32::errhandlingapi::ovl_GetLastError;
use overlapped_win32::handleapi::ovl_CloseHandle;
use overlapped_win32::heapapi::walk::*;
use overlapped_win32::heapapi::*;
use overlapped_win32::memoryapi::other::*;
use overlapped_win32::memoryapi::pages::MemoryBasicInformation;
use overlapped_win32::memoryapi::physical::*;
use overlapped_win32::memoryapi::placeholders::*;
use overlapped_win32::memoryapi::views::*;
use overlapped_win32::memoryapi::watch::*;
use overlapped_win32::memoryapi::*;
use overlapped_win32::processes::ovl_OpenProcess;
use overlapped_win32::workingset::*;
use std::ffi::c_void;
use std::ptr::{null, null_mut};
use windows_sys::Win32::System::Memory as sys;
use windows_sys::Win32::System::SystemServices as services;

const OWN: usize = usize::MAX;
const PAGE: usize = 4096;

fn error<T>(answer: T) -> (T, u32) {
    (answer, ovl_GetLastError())
}

/// Pages that can be read and written, gone at the end.
struct Pages(*mut c_void);

impl Pages {
    fn new(count: usize, kind: u32) -> Self {
        let base =
            ovl_VirtualAlloc(null_mut(), count * PAGE, sys::MEM_RESERVE | sys::MEM_COMMIT | kind, sys::PAGE_READWRITE);
        assert!(!base.is_null(), "{}", ovl_GetLastError());
        Self(base)
    }

    fn at(&self, byte: usize) -> *mut u8 {
        self.0.cast::<u8>().wrapping_add(byte)
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: the tests do not use the pages any more.
        assert_eq!(unsafe { ovl_VirtualFree(self.0, 0, sys::MEM_RELEASE) }, 1);
    }
}

/// A process that waits until it is dropped.
struct Child(std::process::Child);

impl Child {
    fn new() -> Self {
        Self(std::process::Command::new("sleep").arg("60").spawn().unwrap())
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
fn memory_of_the_own_process_is_read_as_far_as_it_is_there() {
    let pages = Pages::new(3, 0);
    let (mut old, mut room, mut done) = (0, [0u8; 3 * PAGE], 9);
    // SAFETY: pages and buffers of the test.
    unsafe {
        pages.at(PAGE).write(7);
        assert_eq!(ovl_ReadProcessMemory(OWN, pages.0, room.as_mut_ptr().cast(), 3 * PAGE, &mut done), 1);
        assert_eq!((done, room[PAGE]), (3 * PAGE, 7));
        assert_eq!(ovl_VirtualProtect(pages.at(2 * PAGE).cast(), PAGE, sys::PAGE_NOACCESS, &mut old), 1);
        let read =
            error(ovl_ReadProcessMemory(OWN, pages.at(10).cast(), room.as_mut_ptr().cast(), 2 * PAGE, &mut done));
        assert_eq!((read, done), ((0, 299), 2 * PAGE - 10));
        assert_eq!(error(ovl_ReadProcessMemory(OWN, pages.0, null_mut(), 8, &mut done)), (0, 998));
        assert_eq!(
            (error(ovl_ReadProcessMemory(OWN, null(), room.as_mut_ptr().cast(), 8, &mut done)), done),
            ((0, 299), 0)
        );
        assert_eq!(error(ovl_ReadProcessMemory(4711 * 4, pages.0, room.as_mut_ptr().cast(), 8, null_mut())), (0, 6));
    }
}

#[test]
fn code_is_written_although_it_is_protected_and_data_is_not() {
    let pages = Pages::new(2, 0);
    let (mut old, mut done) = (0, 0);
    // SAFETY: pages of the test.
    unsafe {
        let new = *b"new code";
        assert_eq!(ovl_VirtualProtect(pages.0, PAGE, sys::PAGE_EXECUTE_READ, &mut old), 1);
        assert_eq!(ovl_WriteProcessMemory(OWN, pages.at(4).cast(), new.as_ptr().cast(), 8, &mut done), 1);
        assert_eq!((done, pages.at(4).cast::<[u8; 8]>().read_unaligned()), (8, new));
        assert_eq!(ovl_VirtualProtect(pages.at(PAGE).cast(), PAGE, sys::PAGE_READONLY, &mut old), 1);
        let wrote = error(ovl_WriteProcessMemory(OWN, pages.at(PAGE).cast(), new.as_ptr().cast(), 8, &mut done));
        assert_eq!((wrote, done), ((0, 998), 0));
    }
}

#[test]
fn memory_of_a_child_is_read_and_queried_and_not_allocated() {
    let child = Child::new();
    let process = ovl_OpenProcess(0x1F_FFFF, 0, child.0.id());
    assert_ne!(process, 0, "{}", ovl_GetLastError());
    let mut told = MemoryBasicInformation::default();
    // SAFETY: places of the test.
    unsafe {
        // The first mapping of a program is its own file.
        assert_eq!(ovl_VirtualQueryEx(process, null(), &mut told, 48), 48);
        assert_eq!((told.state, told.base), (sys::MEM_FREE, 0));
        let first = told.size;
        assert_eq!(ovl_VirtualQueryEx(process, first as *const c_void, &mut told, 48), 48);
        assert_eq!((told.state, told.base), (sys::MEM_COMMIT, first));
        let (mut head, mut done) = ([0u8; 4], 0);
        assert_eq!(ovl_ReadProcessMemory(process, first as *const c_void, head.as_mut_ptr().cast(), 4, &mut done), 1);
        assert_eq!((&head, done), (b"\x7FELF", 4));
        assert_eq!(error(ovl_VirtualAllocEx(process, null_mut(), PAGE, sys::MEM_COMMIT, 4)), (null_mut(), 50));
        // Only to be looked at.
        let look = ovl_OpenProcess(0x1000, 0, child.0.id());
        assert_eq!(
            error(ovl_ReadProcessMemory(look, first as *const c_void, head.as_mut_ptr().cast(), 4, &mut done)),
            (0, 5)
        );
        assert_eq!((ovl_CloseHandle(look), ovl_CloseHandle(process)), (1, 1));
    }
}

#[test]
fn a_real_handle_of_the_own_process_is_as_good_as_the_pseudo_handle() {
    let process = ovl_OpenProcess(0x1F_FFFF, 0, std::process::id());
    // SAFETY: pages of the test.
    unsafe {
        let base =
            ovl_VirtualAllocEx(process, null_mut(), PAGE, sys::MEM_COMMIT | sys::MEM_RESERVE, sys::PAGE_READWRITE);
        assert!(!base.is_null());
        base.cast::<u8>().write(1);
        let (mut old, mut told) = (0, MemoryBasicInformation::default());
        assert_eq!(ovl_VirtualProtectEx(process, base, PAGE, sys::PAGE_READONLY, &mut old), 1);
        assert_eq!((old, ovl_VirtualQueryEx(process, base, &mut told, 48), told.protect), (4, 48, 2));
        assert_eq!(ovl_VirtualFreeEx(process, base, 0, sys::MEM_RELEASE), 1);
        assert_eq!(error(ovl_VirtualAllocExNuma(process, null_mut(), 1, sys::MEM_COMMIT, 4, 4711)), (null_mut(), 87));
    }
    assert_eq!(ovl_CloseHandle(process), 1);
}

/// The written pages, by their numbers.
fn written(pages: &Pages, count: usize, flags: u32, room: usize) -> Vec<usize> {
    let (mut found, mut told, mut size) = (vec![null_mut(); room], room, 0);
    // SAFETY: as much room as is said.
    let answer = unsafe { ovl_GetWriteWatch(flags, pages.0, count * PAGE, found.as_mut_ptr(), &mut told, &mut size) };
    assert_eq!((answer, size), (0, PAGE as u32), "{}", ovl_GetLastError());
    found[..told].iter().map(|at| (*at as usize - pages.0 as usize) / PAGE).collect()
}

#[test]
fn written_pages_are_told_once_or_as_often_as_wanted() {
    let base =
        ovl_VirtualAlloc(null_mut(), 8 * PAGE, sys::MEM_RESERVE | sys::MEM_COMMIT | services::MEM_WRITE_WATCH, 4);
    if base.is_null() && ovl_GetLastError() == 50 {
        eprintln!("left out: this Linux does not tell which pages are written");
        return;
    }
    let pages = Pages(base);
    // SAFETY: pages of the test.
    unsafe {
        assert_eq!(written(&pages, 8, 0, 8), []);
        for page in [6, 1, 3] {
            pages.at(page * PAGE + 5).write_volatile(1);
        }
        assert_eq!(pages.at(4 * PAGE).read_volatile(), 0);
        // What Linux itself writes counts, too.
        let zero = std::fs::File::open("/dev/zero").unwrap();
        let got = libc::read(std::os::fd::AsRawFd::as_raw_fd(&zero), pages.at(7 * PAGE).cast(), 16);
        assert_eq!(got, 16);
        assert_eq!(written(&pages, 8, 0, 8), [1, 3, 6, 7]);
        // Only what there is room for is told, and only that is reset.
        assert_eq!(written(&pages, 8, services::WRITE_WATCH_FLAG_RESET, 2), [1, 3]);
        assert_eq!(written(&pages, 8, services::WRITE_WATCH_FLAG_RESET, 8), [6, 7]);
        assert_eq!(written(&pages, 8, 0, 8), []);
        pages.at(0).write_volatile(2);
        assert_eq!(ovl_ResetWriteWatch(pages.0, 8 * PAGE), 0);
        assert_eq!(written(&pages, 8, 0, 8), []);
        let plain = Pages::new(1, 0);
        assert_eq!(error(ovl_ResetWriteWatch(plain.0, PAGE)), (u32::MAX, 87));
        let (mut at, mut count, mut size) = (null_mut(), 1, 0);
        assert_eq!(error(ovl_GetWriteWatch(0, plain.0, PAGE, &mut at, &mut count, &mut size)), (u32::MAX, 87));
        assert_eq!(error(ovl_GetWriteWatch(2, pages.0, PAGE, &mut at, &mut count, &mut size)), (u32::MAX, 87));
    }
    let unreserved = ovl_VirtualAlloc(null_mut(), PAGE, sys::MEM_COMMIT | services::MEM_WRITE_WATCH, 4);
    assert_eq!(error(unreserved), (null_mut(), 87));
}

#[test]
fn two_views_side_by_side_make_a_ring() {
    let size = 1 << 16;
    let kind = sys::MEM_RESERVE | sys::MEM_RESERVE_PLACEHOLDER;
    // SAFETY: memory and views of the test.
    unsafe {
        let first = ovl_VirtualAlloc2(0, null_mut(), 2 * size, kind, sys::PAGE_NOACCESS, null(), 0);
        assert!(!first.is_null(), "{}", ovl_GetLastError());
        let split = sys::MEM_RELEASE | sys::MEM_PRESERVE_PLACEHOLDER;
        assert_eq!(ovl_VirtualFree(first, size, split), 1);
        let second = first.wrapping_byte_add(size);
        let section =
            ovl_CreateFileMapping2(OWN, null(), 0xF001F, sys::PAGE_READWRITE, 0, size as u64, null(), null(), 0);
        assert_ne!(section, 0, "{}", ovl_GetLastError());
        let map = |at, size| ovl_MapViewOfFile3(section, 0, at, 0, size, sys::MEM_REPLACE_PLACEHOLDER, 4, null(), 0);
        assert_eq!(error(map(first, size / 2)), (null_mut(), 487));
        assert_eq!((map(first, size), map(second, size)), (first, second));
        first.cast::<u8>().write_volatile(42);
        assert_eq!(second.cast::<u8>().read_volatile(), 42);
        // Across the seam.
        second.cast::<u8>().sub(1).cast::<[u8; 2]>().write_volatile([1, 2]);
        assert_eq!(first.cast::<u8>().read_volatile(), 2);
        assert_eq!(ovl_UnmapViewOfFile2(OWN, second, sys::MEM_PRESERVE_PLACEHOLDER), 1);
        assert_eq!(ovl_UnmapViewOfFileEx(first, sys::MEM_PRESERVE_PLACEHOLDER), 1);
        let coalesce = sys::MEM_RELEASE | services::MEM_COALESCE_PLACEHOLDERS;
        assert_eq!(error(ovl_VirtualFree(first, size, coalesce)), (0, 487));
        assert_eq!(ovl_VirtualFree(first, 2 * size, coalesce), 1);
        // Memory instead of it, whose place is kept when it goes.
        let whole = ovl_VirtualAlloc2(
            OWN,
            first,
            2 * size,
            sys::MEM_RESERVE | sys::MEM_COMMIT | sys::MEM_REPLACE_PLACEHOLDER,
            4,
            null(),
            0,
        );
        assert_eq!(whole, first);
        first.cast::<u8>().write_volatile(1);
        assert_eq!(ovl_VirtualFree(first, 0, split), 1);
        assert_eq!(ovl_VirtualFree(first, 0, sys::MEM_RELEASE), 1);
        assert_eq!(error(ovl_UnmapViewOfFileEx(first, 0)), (0, 487));
        // A view in no placeholder leaves none.
        let view = ovl_MapViewOfFile3(section, 0, null_mut(), 0, 0, 0, sys::PAGE_READONLY, null(), 0);
        assert_eq!(error(ovl_UnmapViewOfFileEx(view, sys::MEM_PRESERVE_PLACEHOLDER)), (0, 87));
        assert_eq!(ovl_UnmapViewOfFile(view), 1);
        assert_eq!(ovl_CloseHandle(section), 1);
    }
}

#[test]
fn addresses_are_as_required() {
    let within = Requirements { lowest: 1 << 36, highest: (1 << 37) - 1, align: 1 << 21 };
    let parameter = |kind, to: &Requirements| Extended { kind, value: std::ptr::from_ref(to) as u64 };
    let allocate = |parameters: &[Extended]| {
        let kind = sys::MEM_RESERVE | sys::MEM_COMMIT;
        // SAFETY: as many parameters as are said, whose pointers are those of requirements that live.
        unsafe { ovl_VirtualAlloc2(0, null_mut(), 3 * PAGE, kind, 4, parameters.as_ptr(), parameters.len() as u32) }
    };
    let base = Pages(allocate(&[parameter(1, &within)]));
    let at = base.0 as usize;
    assert!((1 << 36..1 << 37).contains(&at) && at.is_multiple_of(1 << 21), "{at:x}");
    let crooked = Requirements { align: 3 << 16, ..Requirements::default() };
    let narrow = Requirements { lowest: 1 << 36, highest: (1 << 36) + PAGE - 1, align: 0 };
    assert_eq!(error(allocate(&[parameter(1, &crooked)])), (null_mut(), 87));
    assert_eq!(error(allocate(&[parameter(1, &narrow)])), (null_mut(), 87));
    assert_eq!(error(allocate(&[parameter(1, &within), parameter(1, &within)])), (null_mut(), 87));
    assert_eq!(error(allocate(&[parameter(9, &within)])), (null_mut(), 87));
}

#[test]
fn pages_are_wanted_or_not() {
    let pages = Pages::new(2, 0);
    // SAFETY: pages of the test.
    unsafe {
        pages.at(0).write_volatile(9);
        assert_eq!(ovl_OfferVirtualMemory(pages.0, 2 * PAGE, 1), 0);
        assert_eq!((ovl_ReclaimVirtualMemory(pages.0, 2 * PAGE), pages.at(0).read_volatile()), (0, 9));
        assert_eq!((ovl_OfferVirtualMemory(pages.0, 2 * PAGE, 5), ovl_OfferVirtualMemory(pages.0, 7, 1)), (87, 87));
        assert_eq!((ovl_DiscardVirtualMemory(pages.0, PAGE), pages.at(0).read_volatile()), (0, 0));
        let ranges = [MemoryRange { start: pages.0 as usize, len: 2 * PAGE }];
        assert_eq!(ovl_PrefetchVirtualMemory(OWN, 1, ranges.as_ptr(), 0), 1);
        assert_eq!(error(ovl_PrefetchVirtualMemory(OWN, 0, ranges.as_ptr(), 0)), (0, 87));
        assert_eq!(error(ovl_PrefetchVirtualMemory(OWN, 1, null(), 0)), (0, 998));
    }
}

#[test]
fn working_sets_are_told_page_by_page() {
    let pages = Pages::new(2, 0);
    let mut entries = [[pages.0 as usize, 0], [pages.at(PAGE) as usize, 0]];
    // SAFETY: places of the test.
    unsafe {
        pages.at(0).write_volatile(1);
        assert_eq!(ovl_K32QueryWorkingSetEx(OWN, entries.as_mut_ptr().cast(), 32), 1);
        assert_eq!((entries[0][1] & 1, entries[0][1] >> 4 & 0x7FF, entries[1][1] & 1), (1, 4, 0));
        assert_eq!(error(ovl_K32QueryWorkingSetEx(OWN, entries.as_mut_ptr().cast(), 31)), (0, 24));
        let mut count = [0usize; 1];
        assert_eq!(error(ovl_K32QueryWorkingSet(OWN, count.as_mut_ptr().cast(), 8)), (0, 24));
        let mut all = vec![0usize; count[0] + 4096];
        assert_eq!(ovl_K32QueryWorkingSet(OWN, all.as_mut_ptr().cast(), 8 * all.len() as u32), 1);
        let found = all[1..=all[0]].iter().find(|entry| **entry & !0xFFF == pages.0 as usize);
        assert_eq!(found.map(|entry| entry & 0x1F), Some(4));
        let mut performance: PerformanceInformation = std::mem::zeroed();
        assert_eq!(error(ovl_K32GetPerformanceInfo(&mut performance, 100)), (0, 24));
        assert_eq!(ovl_K32GetPerformanceInfo(&mut performance, 104), 1);
        let (mut least, mut most, mut flags) = (0, 0, 0);
        assert_eq!(ovl_SetProcessWorkingSetSizeEx(OWN, 1 << 20, 1 << 24, 4), 1);
        assert_eq!(ovl_GetProcessWorkingSetSizeEx(OWN, &mut least, &mut most, &mut flags), 1);
        assert_eq!((least, most, flags), (1 << 20, 1 << 24, 2 | 4));
        assert_eq!(error(ovl_SetProcessWorkingSetSizeEx(OWN, 2, 1, 0)), (0, 87));
        assert_eq!(error(ovl_SetProcessWorkingSetSizeEx(OWN, 1, 2, 4 | 8)), (0, 87));
        assert_eq!(ovl_SetProcessWorkingSetSize(OWN, usize::MAX, usize::MAX), 1);
        let (mut count, mut frame) = (1, 0);
        assert_eq!(error(ovl_AllocateUserPhysicalPages(OWN, &mut count, &mut frame)), (0, 1314));
    }
}

#[test]
fn a_heap_is_walked_block_by_block() {
    let heap = ovl_HeapCreate(0, 0, 0);
    // SAFETY: a heap and blocks of the test.
    unsafe {
        let blocks: Vec<_> =
            [10, 200, 3000].into_iter().map(|size| (ovl_HeapAlloc(heap, 0, size), size as u32)).collect();
        let mut entry: HeapEntry = std::mem::zeroed();
        assert_eq!(ovl_HeapLock(heap), 1);
        let mut found = Vec::new();
        while ovl_HeapWalk(heap, &mut entry) != 0 {
            match entry.flags {
                1 => assert_eq!((found.len(), entry.data), (0, heap)),
                4 => found.push((entry.data, entry.size)),
                other => panic!("{other:x}"),
            }
        }
        assert_eq!(ovl_GetLastError(), 259);
        found.reverse();
        assert_eq!(found, blocks);
        let mut summary: HeapSummary = std::mem::zeroed();
        summary.size = 40;
        assert_eq!(ovl_HeapSummary(heap, 0, &mut summary), 1);
        assert!(
            summary.allocated >= 3210 && summary.committed >= summary.allocated && summary.most >= summary.reserved
        );
        // Another thread waits with its block until the heap is unlocked as often as it was locked.
        assert_eq!(ovl_HeapLock(heap), 1);
        let address = heap as usize;
        let other = std::thread::spawn(move || {
            let unlocked = error(ovl_HeapUnlock(address as *mut c_void));
            (unlocked, ovl_HeapAlloc(address as *mut c_void, 0, 1) as usize)
        });
        std::thread::sleep(std::time::Duration::from_millis(30));
        assert!(!other.is_finished());
        assert_eq!((ovl_HeapUnlock(heap), ovl_HeapUnlock(heap), error(ovl_HeapUnlock(heap))), (1, 1, (0, 288)));
        let (unlocked, block) = other.join().unwrap();
        assert_eq!((unlocked, block != 0), ((0, 288), true));
        let (mut kind, mut needed) = (0u32, 0);
        assert_eq!(ovl_HeapQueryInformation(heap, 0, (&raw mut kind).cast(), 4, &mut needed), 1);
        assert_eq!((kind, needed), (2, 4));
        assert_eq!(error(ovl_HeapQueryInformation(heap, 0, (&raw mut kind).cast(), 3, &mut needed)), (0, 122));
        let mut entry: HeapEntry = std::mem::zeroed();
        let process = ovl_GetProcessHeap();
        assert_eq!((ovl_HeapWalk(process, &mut entry), entry.flags), (1, 1));
        assert_eq!(error(ovl_HeapWalk(process, &mut entry)), (0, 259));
    }
    assert_eq!(ovl_HeapDestroy(heap), 1);
}

#[test]
fn memory_that_is_short_or_plenty_is_told_by_an_object() {
    let (mut short, mut plenty) = (9, 9);
    let (low, high) = (ovl_CreateMemoryResourceNotification(0), ovl_CreateMemoryResourceNotification(1));
    // SAFETY: places of the test.
    unsafe {
        assert_eq!(ovl_QueryMemoryResourceNotification(low, &mut short), 1);
        assert_eq!(ovl_QueryMemoryResourceNotification(high, &mut plenty), 1);
        assert_eq!(error(ovl_QueryMemoryResourceNotification(OWN, &mut short)), (0, 6));
    }
    assert!(matches!((short, plenty), (0, 0 | 1) | (1, 0)), "{short} {plenty}");
    // Nobody sets it but the library.
    assert_eq!(error(overlapped_win32::synchapi::ovl_SetEvent(low)), (0, 5));
    assert_eq!(error(ovl_CreateMemoryResourceNotification(2)), (0, 87));
    assert_eq!((ovl_CloseHandle(low), ovl_CloseHandle(high)), (1, 1));
}
