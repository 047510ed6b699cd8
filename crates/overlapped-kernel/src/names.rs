//! Named objects: events, mutexes, semaphores and timers share one name space (contract 04 section 2).
//!
//! A name refers to its object as long as a handle does; the table itself keeps nothing alive. Names are case-sensitive, and
//! `Global\` and `Local\` before one mean the same here. The table is the process's own.

use crate::dispatcher::{Event, Mutant, Semaphore, Timer};
use crate::handle::Object;
use crate::sync::Mutex;
use overlapped_abi::Win32Error;
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::sync::{Arc, Weak};

/// Longest name, in characters.
const LONGEST: usize = 260;

enum Named {
    Event(Weak<Event>),
    Mutant(Weak<Mutant>),
    Semaphore(Weak<Semaphore>),
    Timer(Weak<Timer>),
}

impl Named {
    fn of(object: &Object) -> Option<Self> {
        match object {
            Object::Event(o) => Some(Self::Event(Arc::downgrade(o))),
            Object::Mutant(o) => Some(Self::Mutant(Arc::downgrade(o))),
            Object::Semaphore(o) => Some(Self::Semaphore(Arc::downgrade(o))),
            Object::Timer(o) => Some(Self::Timer(Arc::downgrade(o))),
            Object::Instance(_) | Object::Port(_) | Object::Thread(_) | Object::Process(_) => None,
        }
    }

    fn upgrade(&self) -> Option<Object> {
        match self {
            Self::Event(o) => o.upgrade().map(Object::Event),
            Self::Mutant(o) => o.upgrade().map(Object::Mutant),
            Self::Semaphore(o) => o.upgrade().map(Object::Semaphore),
            Self::Timer(o) => o.upgrade().map(Object::Timer),
        }
    }
}

/// See the module page.
#[derive(Default)]
pub(crate) struct Names(Mutex<HashMap<OsString, Named>>);

impl Names {
    /// The object of that name if there is one of the same kind as `new`, with `true`; else `new`, which has the name now. 6 if the
    /// name belongs to an object of another kind.
    pub(crate) fn create(&self, name: &OsStr, new: Object) -> Result<(Object, bool), Win32Error> {
        let name = plain(name)?;
        let mut names = self.0.lock();
        if let Some(old) = names.get(&name).and_then(Named::upgrade) {
            let same = std::mem::discriminant(&old) == std::mem::discriminant(&new);
            return if same { Ok((old, true)) } else { Err(Win32Error::INVALID_HANDLE) };
        }
        let Some(named) = Named::of(&new) else { return Err(Win32Error::INVALID_PARAMETER) };
        names.retain(|_, named| named.upgrade().is_some());
        names.insert(name, named);
        Ok((new, false))
    }

    /// The object of that name; 2 if there is none.
    pub(crate) fn open(&self, name: &OsStr) -> Result<Object, Win32Error> {
        let name = plain(name)?;
        self.0.lock().get(&name).and_then(Named::upgrade).ok_or(Win32Error::FILE_NOT_FOUND)
    }
}

/// The name without its name space: 206 if it is too long, 3 for a backslash in it.
fn plain(name: &OsStr) -> Result<OsString, Win32Error> {
    let bytes = name.as_bytes();
    let rest = [&b"Global\\"[..], b"Local\\"].iter().find_map(|space| bytes.strip_prefix(*space)).unwrap_or(bytes);
    if name.to_string_lossy().chars().count() > LONGEST {
        return Err(Win32Error::FILENAME_EXCED_RANGE);
    }
    if rest.contains(&b'\\') {
        return Err(Win32Error::PATH_NOT_FOUND);
    }
    Ok(OsStr::from_bytes(rest).to_owned())
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn event() -> Object {
        Object::Event(Arc::new(Event::manual_reset(false)))
    }

    #[test]
    fn a_name_leads_to_its_object_as_long_as_somebody_has_it() {
        let names = Names::default();
        let (first, existed) = names.create("a".as_ref(), event()).unwrap();
        assert!(!existed);
        let (second, existed) = names.create(r"Global\a".as_ref(), event()).unwrap();
        assert!(existed && first.same(&second));
        assert!(names.open("A".as_ref()).is_err_and(|e| e == Win32Error::FILE_NOT_FOUND), "case counts");
        drop((first, second));
        assert!(names.open("a".as_ref()).is_err_and(|e| e == Win32Error::FILE_NOT_FOUND));
    }

    #[test]
    fn another_kind_of_object_is_refused() {
        let names = Names::default();
        let kept = names.create("a".as_ref(), event()).unwrap();
        let semaphore = Object::Semaphore(Arc::new(Semaphore::new(0, 1).unwrap()));
        assert!(names.create("a".as_ref(), semaphore).is_err_and(|e| e == Win32Error::INVALID_HANDLE));
        drop(kept);
    }

    #[test]
    fn bad_names_are_refused() {
        let names = Names::default();
        assert!(names.create(r"a\b".as_ref(), event()).is_err_and(|e| e == Win32Error::PATH_NOT_FOUND));
        let long = "x".repeat(261);
        assert!(names.create(long.as_ref(), event()).is_err_and(|e| e == Win32Error::FILENAME_EXCED_RANGE));
    }
}
