//! Named objects (contract 04 section 2): events, mutexes, semaphores, timers and sections that threads find by a name, and other processes of
//! the same user too.
//!
//! A name belongs to its object as long as somebody, in whatever process, has the object; then it is free again. Names are
//! case-sensitive, have up to 260 characters, and may begin with `Global\\` or `Local\\`, which mean the same here. They are
//! those of the C face: a C program's `CreateEvent(NULL, TRUE, FALSE, "stop")` is the event below.
//!
//! ```
//! # fn main() -> overlapped::Result<()> {
//! use overlapped::{Event, Timeout, named};
//!
//! let (stop, existed) = named::create("overlapped-doc-stop", Event::manual_reset(false))?;
//! assert!(!existed);
//! // Somebody else, perhaps in another process:
//! named::open::<Event>("overlapped-doc-stop")?.set();
//! assert!(stop.wait(Timeout::Poll));
//! # Ok(())
//! # }
//! ```

use crate::error::{Error, Result};
use crate::event::Event;
use crate::objects::{MutexObject, Semaphore, Timer};
use crate::process::Job;
use crate::section::Section;
use overlapped_abi::Win32Error;
use overlapped_kernel::System;
use overlapped_kernel::handle::Object;
use std::ffi::OsStr;

/// What can have a name: [`Event`], [`MutexObject`], [`Semaphore`], [`Timer`], [`Section`]; and [`Job`], whose name is the
/// process's own.
pub trait Named: sealed::Kind {}

impl<T: sealed::Kind> Named for T {}

/// Creates the object under this name, on the default system; or gives the one that has the name already, with `true`, and
/// forgets the one given.
///
/// # Errors
/// 6 if the name belongs to an object of another kind; 3 for a backslash in the name; 206 for a name that is too long; 87 if
/// there are clones of the object, which would be another one.
pub fn create<T: Named>(name: impl AsRef<OsStr>, object: T) -> Result<(T, bool)> {
    create_in(crate::system::default()?, name, object)
}

/// [`create`] among the names of this system, which are its own: only those of the default system are shared.
///
/// # Errors
/// As for [`create`].
pub fn create_in<T: Named>(system: &System, name: impl AsRef<OsStr>, object: T) -> Result<(T, bool)> {
    let failed = |code| Error::new(code, "creation of a named object");
    let object = object.into_object().ok_or_else(|| failed(Win32Error::INVALID_PARAMETER))?;
    let (object, existed) = system.create_object(name.as_ref(), object).map_err(failed)?;
    let object = T::from_object(object, system).ok_or_else(|| failed(Win32Error::INVALID_HANDLE))?;
    Ok((object, existed))
}

/// The object of this name, on the default system.
///
/// # Errors
/// 2 if there is none, 6 if it is of another kind; those of the name as for [`create`].
pub fn open<T: Named>(name: impl AsRef<OsStr>) -> Result<T> {
    open_in(crate::system::default()?, name)
}

/// [`open`] among the names of this system.
///
/// # Errors
/// As for [`open`].
pub fn open_in<T: Named>(system: &System, name: impl AsRef<OsStr>) -> Result<T> {
    let failed = |code| Error::new(code, "opening of a named object");
    let object = system.open_object(name.as_ref()).map_err(failed)?;
    T::from_object(object, system).ok_or_else(|| failed(Win32Error::INVALID_HANDLE))
}

mod sealed {
    use super::{Event, Job, MutexObject, Object, Section, Semaphore, System, Timer};
    use std::sync::Arc;

    /// Keeps [`Named`](super::Named) to the objects of this crate.
    pub trait Kind: Sized {
        /// `None` if there are clones.
        fn into_object(self) -> Option<Object>;

        /// `None` if it is of another kind.
        fn from_object(object: Object, system: &System) -> Option<Self>;
    }

    fn only<T>(object: Arc<T>) -> Option<Arc<T>> {
        (Arc::strong_count(&object) == 1).then_some(object)
    }

    impl Kind for Event {
        fn into_object(self) -> Option<Object> {
            only(self.into_kernel()).map(Object::Event)
        }

        fn from_object(object: Object, _: &System) -> Option<Self> {
            if let Object::Event(event) = object { Some(Self::from_kernel(event)) } else { None }
        }
    }

    impl Kind for MutexObject {
        fn into_object(self) -> Option<Object> {
            only(self.into_kernel()).map(Object::Mutant)
        }

        fn from_object(object: Object, _: &System) -> Option<Self> {
            if let Object::Mutant(mutex) = object { Some(Self::from_kernel(mutex)) } else { None }
        }
    }

    impl Kind for Semaphore {
        fn into_object(self) -> Option<Object> {
            only(self.into_kernel()).map(Object::Semaphore)
        }

        fn from_object(object: Object, _: &System) -> Option<Self> {
            if let Object::Semaphore(semaphore) = object { Some(Self::from_kernel(semaphore)) } else { None }
        }
    }

    impl Kind for Section {
        fn into_object(self) -> Option<Object> {
            only(self.into_kernel()).map(Object::Section)
        }

        fn from_object(object: Object, _: &System) -> Option<Self> {
            if let Object::Section(section) = object { Some(Self::from_kernel(section)) } else { None }
        }
    }

    impl Kind for Job {
        fn into_object(self) -> Option<Object> {
            self.into_kernel().map(Object::Job)
        }

        fn from_object(object: Object, system: &System) -> Option<Self> {
            if let Object::Job(job) = object { Self::from_kernel(job, system) } else { None }
        }
    }

    impl Kind for Timer {
        fn into_object(self) -> Option<Object> {
            only(self.into_kernel()).map(Object::Timer)
        }

        fn from_object(object: Object, system: &System) -> Option<Self> {
            if let Object::Timer(timer) = object { Some(Self::from_kernel(timer, system)) } else { None }
        }
    }
}
