//! The answers of the old look-up functions: a structure and what it points to, which stay until the thread's next call of
//! the same kind (contract 08 section 3).

use super::Outcome;
use super::layout::{Hostent, Protoent, Servent};
use overlapped_abi::WsaError;
use std::cell::RefCell;
use std::ffi::{CStr, CString, c_char, c_int};
use std::ptr::null_mut;

/// What functions point to until the thread's next call. It is on the heap: of thread-locals themselves there is little.
#[derive(Default)]
pub(super) struct Answers {
    pub(super) host: RefCell<Option<Record<Hostent>>>,
    pub(super) service: RefCell<Option<Record<Servent>>>,
    pub(super) protocol: RefCell<Option<Record<Protoent>>>,
    /// inet_ntoa's.
    pub(super) address: RefCell<[u8; 16]>,
    /// gai_strerror's.
    pub(super) message_a: RefCell<Vec<u8>>,
    pub(super) message_w: RefCell<Vec<u16>>,
}

thread_local! {
    static ANSWERS: Box<Answers> = Box::default();
}

/// Puts an answer where it stays, and points to it; NULL when the thread has all but ended.
pub(super) fn answer<T, R>(which: impl FnOnce(&Answers) -> &RefCell<T>, put: impl FnOnce(&mut T) -> *mut R) -> *mut R {
    ANSWERS.try_with(|answers| put(&mut which(answers).borrow_mut())).unwrap_or(null_mut())
}

/// A structure and what its pointers lead to.
pub(crate) struct Record<T> {
    entry: Box<T>,
    _kept: Parts,
}

/// What the pointers of a structure lead to. Growing it moves the vectors, never what a pointer was given to.
#[derive(Default)]
pub(crate) struct Parts {
    texts: Vec<CString>,
    bytes: Vec<Box<[u8]>>,
    lists: Vec<Box<[*mut c_char]>>,
}

impl Parts {
    /// Keeps a text.
    pub(crate) fn text(&mut self, text: &CStr) -> *mut c_char {
        self.texts.push(text.to_owned());
        self.texts.last().map_or(std::ptr::null_mut(), |text| text.as_ptr().cast_mut())
    }

    /// Keeps some bytes.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> *mut c_char {
        self.bytes.push(bytes.into());
        self.bytes.last_mut().map_or(std::ptr::null_mut(), |bytes| bytes.as_mut_ptr().cast())
    }

    /// Keeps a list, and ends it with NULL.
    pub(crate) fn list(&mut self, items: Vec<*mut c_char>) -> *mut *mut c_char {
        self.lists.push(items.into_iter().chain([std::ptr::null_mut()]).collect());
        self.lists.last_mut().map_or(std::ptr::null_mut(), |list| list.as_mut_ptr())
    }

    /// Keeps a copy of a list of texts that ends with NULL, or an empty one for NULL.
    ///
    /// # Safety
    /// `list` is NULL or such a list.
    pub(crate) unsafe fn texts(&mut self, list: *mut *mut c_char) -> *mut *mut c_char {
        // SAFETY: the caller's promise.
        let texts = unsafe { items(list) };
        // SAFETY: as above.
        let copies = texts.into_iter().map(|text| self.text(unsafe { CStr::from_ptr(text) })).collect();
        self.list(copies)
    }

    /// The structure that points to all this.
    pub(crate) fn with<T>(self, entry: T) -> Record<T> {
        Record { entry: Box::new(entry), _kept: self }
    }
}

impl<T> Record<T> {
    /// What the caller gets.
    pub(crate) fn pointer(&mut self) -> *mut T {
        &raw mut *self.entry
    }
}

/// The items of a list that ends with NULL.
///
/// # Safety
/// `list` is NULL or such a list.
pub(crate) unsafe fn items(list: *mut *mut c_char) -> Vec<*mut c_char> {
    let mut items = Vec::new();
    if !list.is_null() {
        // SAFETY: the caller vouches for every item up to the NULL.
        while let item = unsafe { *list.add(items.len()) }
            && !item.is_null()
        {
            items.push(item);
        }
    }
    items
}

/// ERANGE: the room that libc was given is too small.
const MORE_ROOM: c_int = libc::ERANGE;
/// Where the growing ends: no entry is that large.
const MOST_ROOM: usize = 1 << 20;

/// Calls one of libc's functions that put an entry into room of ours, with as much of it as it takes: what `find` makes of the
/// entry, or `None` if there is none. `find` gets the room and answers an error number first.
pub(crate) fn with_room<R>(mut find: impl FnMut(&mut [c_char]) -> (c_int, Option<R>)) -> Outcome<Option<R>> {
    let mut room = vec![0 as c_char; 1024];
    loop {
        match find(&mut room) {
            (MORE_ROOM, _) if room.len() < MOST_ROOM => room.resize(room.len() * 4, 0),
            (libc::ENOMEM, _) => return Err(WsaError::ENOBUFS),
            (_, found) => return Ok(found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_record_points_to_stays_in_its_place() {
        let mut parts = Parts::default();
        let first = parts.text(c"first");
        let list: Vec<_> = (0..100u8).map(|n| parts.bytes(&[n])).collect();
        let list = parts.list(list);
        let mut record = parts.with((first, list));
        // SAFETY: the record is alive.
        let (first, list) = unsafe { &*record.pointer() };
        // SAFETY: as above, and the list ends with NULL.
        let (text, items) = unsafe { (CStr::from_ptr(*first), items(*list)) };
        assert_eq!((text, items.len()), (c"first", 100));
        // SAFETY: each is one byte.
        assert!(items.iter().enumerate().all(|(n, item)| unsafe { **item } as usize == n));
    }

    #[test]
    fn room_grows_until_it_is_enough() {
        let found = with_room(|room| if room.len() < 5000 { (libc::ERANGE, None) } else { (0, Some(room.len())) });
        assert_eq!(found, Ok(Some(16384)));
        assert_eq!(with_room(|_| (libc::ERANGE, None::<()>)), Ok(None));
    }
}
