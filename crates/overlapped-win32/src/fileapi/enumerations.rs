//! Searches that hand out texts: volumes, mount points, hard links, streams.
//!
//! What a search finds is known when it begins. Its handles lie above those of FindFirstFile, which share FindClose with some of them.

use crate::support::RawHandle;
use overlapped_abi::Win32Error;
use parking_lot::Mutex;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::LazyLock;

/// What a search is for: each kind has functions of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Volumes,
    MountPoints,
    Names,
    Streams,
}

struct Search {
    kind: Kind,
    left: VecDeque<Vec<u8>>,
}

#[derive(Default)]
struct Searches {
    open: HashMap<RawHandle, Search>,
    last: usize,
}

static SEARCHES: LazyLock<Mutex<Searches>> = LazyLock::new(Mutex::default);

/// Above those of FindFirstFile, and a multiple of 4.
const FIRST: RawHandle = 3 << 30;
const MOST: usize = 1 << 28;

/// A search that has these texts left.
pub(super) fn begin(kind: Kind, left: VecDeque<Vec<u8>>) -> RawHandle {
    let mut searches = SEARCHES.lock();
    loop {
        searches.last = (searches.last + 1) % MOST;
        let handle = FIRST + searches.last * 4;
        if let Entry::Vacant(free) = searches.open.entry(handle) {
            free.insert(Search { kind, left });
            return handle;
        }
    }
}

/// Hands out the next text: taken away if `give` takes it. 6 for no such search, `at_end` if there is no more.
pub(super) fn next(
    handle: RawHandle,
    kind: Kind,
    at_end: Win32Error,
    give: impl FnOnce(&[u8]) -> Result<(), Win32Error>,
) -> Result<(), Win32Error> {
    let mut searches = SEARCHES.lock();
    let search = searches.open.get_mut(&handle).filter(|search| search.kind == kind);
    let search = search.ok_or(Win32Error::INVALID_HANDLE)?;
    give(search.left.front().ok_or(at_end)?)?;
    search.left.pop_front();
    Ok(())
}

/// Ends a search of one of these kinds; false if there is none.
pub(super) fn end(handle: RawHandle, kinds: &[Kind]) -> bool {
    let mut searches = SEARCHES.lock();
    let is_one = searches.open.get(&handle).is_some_and(|search| kinds.contains(&search.kind));
    is_one && searches.open.remove(&handle).is_some()
}
