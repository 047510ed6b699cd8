use super::*;
use crate::support::last_error;

fn bytes(block: *mut c_void, len: usize) -> &'static mut [u8] {
    // SAFETY: the tests pass blocks of that size.
    unsafe { std::slice::from_raw_parts_mut(block.cast(), len) }
}

#[test]
fn blocks_of_every_heap() {
    for heap in [ovl_GetProcessHeap(), ovl_HeapCreate(1, 0, 0), ovl_HeapCreate(0, 4096, 65536)] {
        // SAFETY: handles and blocks are those of the heap.
        unsafe {
            let block = ovl_HeapAlloc(heap, 8, 13);
            assert_eq!((block as usize % 16, &*bytes(block, 13)), (0, &[0u8; 13][..]));
            assert_eq!(ovl_HeapSize(heap, 0, block), 13);
            bytes(block, 13).fill(1);
            let block = ovl_HeapReAlloc(heap, 8, block, 4000);
            assert_eq!(
                (bytes(block, 4000)[..13].iter().min(), bytes(block, 4000)[13..].iter().max()),
                (Some(&1), Some(&0))
            );
            assert_eq!(ovl_HeapReAlloc(heap, 0x10, block, 100), block);
            assert_eq!((ovl_HeapReAlloc(heap, 0x10, block, 60_000), last_error()), (null_mut(), 8));
            assert_eq!((ovl_HeapSize(heap, 0, block), ovl_HeapValidate(heap, 0, block)), (100, TRUE));
            let empty = ovl_HeapAlloc(heap, 0, 0);
            assert!(!empty.is_null() && ovl_HeapSize(heap, 0, empty) == 0);
            assert_eq!((ovl_HeapFree(heap, 0, block), ovl_HeapFree(heap, 0, null_mut())), (TRUE, TRUE));
            assert_eq!((ovl_HeapAlloc(heap, 0, usize::MAX - 8), last_error()), (null_mut(), 8));
            assert_eq!(ovl_HeapDestroy(heap), Bool::from(heap != ovl_GetProcessHeap()));
            if heap == ovl_GetProcessHeap() {
                ovl_HeapFree(heap, 0, empty);
            }
        }
    }
}

#[test]
fn a_maximum_holds() {
    let heap = ovl_HeapCreate(0, 0, 10_000);
    // SAFETY: handles and blocks are those of the heap.
    unsafe {
        let first = ovl_HeapAlloc(heap, 0, 6_000);
        assert_eq!((ovl_HeapAlloc(heap, 0, 6_000), last_error()), (null_mut(), 8));
        ovl_HeapFree(heap, 0, first);
        assert!(!ovl_HeapAlloc(heap, 0, 6_000).is_null());
    }
    assert_eq!(ovl_HeapDestroy(heap), TRUE);
    assert_eq!((ovl_HeapCreate(0, 2, 1), last_error()), (null_mut(), 87));
}

#[test]
fn what_is_not_of_the_heap_is_refused() {
    let (process, other) = (ovl_GetProcessHeap(), ovl_HeapCreate(0, 0, 0));
    let mut fake = [0u128; 8];
    let stray = std::ptr::from_mut(&mut fake[4]).cast::<c_void>();
    // SAFETY: all of it is readable memory.
    unsafe {
        let block = ovl_HeapAlloc(other, 0, 8);
        for (heap, memory) in [(process, block), (process, stray), (other, stray)] {
            assert_eq!((ovl_HeapFree(heap, 0, memory), last_error()), (FALSE, 87));
            assert_eq!((ovl_HeapSize(heap, 0, memory), ovl_HeapValidate(heap, 0, memory)), (usize::MAX, FALSE));
            assert!(ovl_HeapReAlloc(heap, 0, memory, 3).is_null());
        }
        assert_eq!((ovl_HeapAlloc(stray, 0, 3), last_error()), (null_mut(), 6));
        let mut heaps = [null_mut(); 64];
        let count = ovl_GetProcessHeaps(64, heaps.as_mut_ptr()) as usize;
        assert!(heaps[..count].contains(&other) && heaps[0] == process);
    }
    assert_eq!((ovl_HeapDestroy(other), ovl_HeapDestroy(other)), (TRUE, FALSE));
}
