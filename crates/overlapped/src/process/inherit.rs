//! What a child inherits by its number.

use crate::error::{Error, Result};
use crate::event::Event;
use crate::file::File;
use crate::handle::OwnedHandle;
use crate::objects::{MutexObject, Semaphore};
use crate::section::Section;
use overlapped_abi::{AccessMask, Win32Error};
use overlapped_kernel::System;
use overlapped_kernel::handle::{Entry, Handle, HandleFlags, Object};
use overlapped_kernel::system::Grant;
use std::os::fd::OwnedFd;
use std::sync::Arc;

/// Every right on an object.
const ALL: u32 = 0x1F_FFFF;

mod sealed {
    use super::{Entry, Handle, Object, System};
    use overlapped_abi::AccessMask;

    pub trait Sealed: Sized {
        /// What a handle of it refers to, with which rights.
        fn object(&self) -> (Object, AccessMask);
        /// What a handle refers to; `None` if it is of another kind. The handle goes with it, or is closed.
        fn of(system: &System, handle: Handle, entry: Entry) -> Option<Self>;
    }
}

/// What [`Command::inherit`](super::Command::inherit) can give to a child: an [`Event`], a [`MutexObject`], a [`Semaphore`], a
/// [`Section`], a [`File`].
pub trait Inheritable: sealed::Sealed {}

impl<T: sealed::Sealed> Inheritable for T {}

macro_rules! objects {
    ($($type:ident $kind:ident)*) => {
        $(impl sealed::Sealed for $type {
            fn object(&self) -> (Object, AccessMask) {
                (Object::$kind(self.clone().into_kernel()), AccessMask::from_bits_retain(ALL))
            }

            fn of(system: &System, handle: Handle, entry: Entry) -> Option<Self> {
                let Object::$kind(object) = entry.object else { return None };
                // The object is enough.
                let _ = system.close(handle);
                Some(Self::from_kernel(object))
            }
        })*
    };
}

objects! { Event Event  MutexObject Mutant  Semaphore Semaphore  Section Section }

impl sealed::Sealed for File {
    fn object(&self) -> (Object, AccessMask) {
        let Grant { instance, access } = self.handle().grant();
        (Object::Instance(Arc::clone(instance)), *access)
    }

    fn of(system: &System, handle: Handle, entry: Entry) -> Option<Self> {
        match entry.object {
            Object::Instance(instance) if !instance.is_overlapped() => {
                let grant = Grant { instance, access: entry.access };
                OwnedHandle::new(system, handle, grant).ok().map(Self::new)
            }
            _ => None,
        }
    }
}

/// An inheritable handle, until the child has it.
#[derive(Debug)]
pub(super) struct Lent {
    system: System,
    handle: Handle,
}

impl Lent {
    pub fn new(what: &impl Inheritable) -> Result<Self> {
        let system = crate::system::default()?.clone();
        let (object, access) = what.object();
        let failed = |code| Error::new(code, "inheritance of an object");
        let handle = system.insert(object, access).map_err(failed)?;
        let lent = Self { system, handle };
        lent.system.set_handle_flags(handle, HandleFlags::INHERIT, HandleFlags::INHERIT).map_err(failed)?;
        Ok(lent)
    }

    pub fn handle(&self) -> Handle {
        self.handle
    }

    pub fn number(&self) -> usize {
        self.handle.into_raw()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // Nobody else has it.
        let _ = self.system.close(self.handle);
    }
}

/// What the parent has left under this number: once, for the handle goes with what is returned.
///
/// # Errors
/// 6 if there is nothing of this kind.
pub fn inherited<T: Inheritable>(number: usize) -> Result<T> {
    let system = crate::system::default()?;
    let failed = |code| Error::new(code, "inheritance of an object");
    let handle = Handle::from_raw(number).ok_or_else(|| failed(Win32Error::INVALID_HANDLE))?;
    let entry = system.entry(handle).map_err(failed)?;
    T::of(system, handle, entry).ok_or_else(|| failed(Win32Error::INVALID_HANDLE))
}

/// A descriptor for a child's standard input or output.
pub(super) fn descriptor_of(handle: &OwnedHandle) -> Result<OwnedFd> {
    let instance = &handle.grant().instance;
    let left = instance.device().bequeath(instance).and_then(|bequest| bequest.descriptor);
    left.ok_or_else(|| Error::new(Win32Error::NOT_SUPPORTED, "a file as a standard handle"))
}
