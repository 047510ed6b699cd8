use super::pages::MemoryBasicInformation;
use super::*;
use crate::support::{FALSE, last_error};

const READWRITE: u32 = 4;

fn query(address: usize) -> MemoryBasicInformation {
    let mut answer = MemoryBasicInformation::default();
    // SAFETY: the room is that of the answer.
    assert_eq!(unsafe { ovl_VirtualQuery(address as *const c_void, &mut answer, 48) }, 48);
    answer
}

fn release_all(base: *mut c_void) -> (Bool, u32) {
    // SAFETY: the tests do not use the pages any more.
    (unsafe { ovl_VirtualFree(base, 0, MEM_RELEASE) }, last_error())
}

#[test]
fn reserve_then_commit_a_part() {
    let page = page_size();
    let base = ovl_VirtualAlloc(null_mut(), 10 * page, MEM_RESERVE, READWRITE);
    let at = base as usize;
    assert_eq!((at % GRANULARITY, query(at).state, query(at).protect, query(at).size), (0, MEM_RESERVE, 0, 10 * page));
    let middle = (at + 2 * page + 5) as *mut c_void;
    assert_eq!(ovl_VirtualAlloc(middle, page, MEM_COMMIT, READWRITE) as usize, at + 2 * page);
    // SAFETY: committed above.
    unsafe { middle.cast::<u8>().write(7) };
    let found = query(at + 3 * page + 1);
    assert_eq!((found.base, found.size, found.state, found.protect), (at + 3 * page, page, MEM_COMMIT, READWRITE));
    assert_eq!((found.allocation_base, found.kind), (at, MEM_PRIVATE));
    // SAFETY: the pages are the test's own.
    unsafe {
        assert_eq!(ovl_VirtualFree((at + 2 * page) as *mut c_void, page, MEM_DECOMMIT), TRUE);
        assert_eq!(query(at + 2 * page).state, MEM_RESERVE);
        ovl_VirtualAlloc(middle, 1, MEM_COMMIT, READWRITE);
        assert_eq!(middle.cast::<u8>().read(), 0);
    }
    assert_eq!(release_all(base).0, TRUE);
    assert_eq!(release_all(base), (FALSE, 487));
}

#[test]
fn protection_changes_and_is_reported() {
    let page = page_size();
    let base = ovl_VirtualAlloc(null_mut(), 1, MEM_RESERVE | MEM_COMMIT, READWRITE);
    let mut old = 0;
    // SAFETY: the pages are the test's own.
    unsafe {
        base.cast::<u8>().write(1);
        assert_eq!((ovl_VirtualProtect(base, page, 2, &mut old), old), (TRUE, READWRITE));
        assert_eq!((query(base as usize).protect, query(base as usize).allocation_protect), (2, READWRITE));
        assert_eq!((ovl_VirtualProtect(base, page, 3, &mut old), last_error()), (FALSE, 87));
        assert_eq!((ovl_VirtualProtect(base, 2 * page, 4, &mut old), last_error()), (FALSE, 487));
    }
    assert_eq!(release_all(base).0, TRUE);
}

#[test]
fn what_is_not_ours_is_known_too() {
    let local = 0u8;
    let found = query(std::ptr::from_ref(&local) as usize);
    assert_eq!((found.state, found.protect), (MEM_COMMIT, READWRITE));
    assert_eq!(query(ovl_VirtualQuery as *const () as usize).protect, 0x20);
    assert_eq!(query(0).state, MEM_FREE);
    let mut answer = MemoryBasicInformation::default();
    // SAFETY: the room is that of the answer.
    unsafe {
        assert_eq!((ovl_VirtualQuery(usize::MAX as *const c_void, &mut answer, 48), last_error()), (0, 87));
        assert_eq!((ovl_VirtualQuery(null_mut(), &mut answer, 40), last_error()), (0, 24));
    }
}

#[test]
fn contradictions_are_refused() {
    let bad = [
        (0usize, 0, MEM_COMMIT, 4, 87),
        (0, 1, MEM_COMMIT, 0, 87),
        (0, 1, 0, 4, 87),
        (0, 1, MEM_RELEASE, 4, 87),
        (0x7000_0000_0000, 1, MEM_COMMIT, 4, 487),
        (0, usize::MAX / 2, MEM_RESERVE, 4, 8),
    ];
    for (address, size, kind, protection, error) in bad {
        let got = ovl_VirtualAlloc(address as *mut c_void, size, kind, protection);
        assert_eq!((got, last_error()), (null_mut(), error), "{address:x} {size} {kind:x} {protection}");
    }
    let base = ovl_VirtualAlloc(null_mut(), 1, MEM_RESERVE | MEM_COMMIT | MEM_LARGE_PAGES, 4);
    assert_eq!(base as usize % LARGE_PAGE, 0);
    assert_eq!((ovl_VirtualAlloc(base, 1, MEM_RESERVE, 4), last_error()), (null_mut(), 487));
    // SAFETY: the pages are the test's own.
    unsafe { assert_eq!((ovl_VirtualFree(base, 1, MEM_RELEASE), last_error()), (FALSE, 87)) };
    assert_eq!((ovl_VirtualLock(base as usize, 1), ovl_VirtualUnlock(base as usize, 1)), (TRUE, TRUE));
    assert_eq!(release_all(base).0, TRUE);
}
