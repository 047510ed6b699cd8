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

#[test]
fn copy_on_write_is_for_views_only() {
    let page = page_size();
    for protection in [8, 0x80] {
        assert_eq!(
            (ovl_VirtualAlloc(null_mut(), page, MEM_RESERVE | MEM_COMMIT, protection), last_error()),
            (null_mut(), 87)
        );
    }
    let base = ovl_VirtualAlloc(null_mut(), 2 * page, MEM_RESERVE, READWRITE);
    for protection in [8, 0x80] {
        assert_eq!((ovl_VirtualAlloc(base, page, MEM_COMMIT, protection), last_error()), (null_mut(), 87));
    }
    assert_eq!(query(base as usize).state, MEM_RESERVE);
    let mut old = 77;
    // SAFETY: the pages are the test's own.
    let reserved = unsafe { ovl_VirtualProtect(base, page, 8, &mut old) };
    assert_eq!((reserved, last_error(), old), (FALSE, 487, 77), "that nothing is there comes first");
    assert_eq!(ovl_VirtualAlloc(base, page, MEM_COMMIT, READWRITE), base);
    for protection in [8, 0x80] {
        // SAFETY: the pages are the test's own.
        let refused = unsafe { ovl_VirtualProtect(base, page, protection, &mut old) };
        assert_eq!((refused, last_error(), old), (FALSE, 87, 77));
    }
    assert_eq!(query(base as usize).protect, READWRITE);
    assert_eq!(release_all(base).0, TRUE);
}

#[test]
fn a_reset_gives_the_beginning_of_its_pages_and_goes_with_nothing_else() {
    let page = page_size();
    let base = ovl_VirtualAlloc(null_mut(), 2 * page, MEM_RESERVE | MEM_COMMIT, READWRITE);
    let inside = (base as usize + page + 5) as *mut c_void;
    assert_eq!(ovl_VirtualAlloc(inside, 1, MEM_RESET, READWRITE) as usize, base as usize + page);
    for other in [MEM_COMMIT, MEM_RESERVE] {
        assert_eq!((ovl_VirtualAlloc(inside, 1, MEM_RESET | other, READWRITE), last_error()), (null_mut(), 87));
    }
    assert_eq!(release_all(base).0, TRUE);
}
