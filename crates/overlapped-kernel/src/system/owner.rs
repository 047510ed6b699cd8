//! Who may close a handle.
//!
//! Anybody who has the number, as with CloseHandle, unless the handle is protected or has an [`Owner`]. A value of the Rust face owns its
//! handle: what it lends out, such as a descriptor, must not be closed behind its back by safe code that makes up a number.

use super::System;
use crate::handle::{Entry, Handle, HandleFlags, Object};
use crate::instance::Instance;
use overlapped_abi::Win32Error;
use std::sync::Arc;

impl System {
    /// CloseHandle: 6 if it is not open, is protected, or belongs to a value of Rust ([`System::own`]).
    pub fn close(&self, handle: Handle) -> Result<(), Win32Error> {
        self.close_unless(handle, HandleFlags::PROTECT_FROM_CLOSE | HandleFlags::OWNED)
    }

    fn close_unless(&self, handle: Handle, kept: HandleFlags) -> Result<(), Win32Error> {
        let may = |entry: &Entry| if entry.flags.intersects(kept) { Err(Win32Error::INVALID_HANDLE) } else { Ok(()) };
        let removed = self.0.handles.remove(handle, may);
        let entry = removed.map_or_else(|| self.late(|| self.0.handles.remove(handle, may)), Ok)??;
        self.closed(&entry.object);
        Ok(())
    }

    /// Gives a handle of this instance an owner, who alone can close it from now on: what is borrowed from the owner, such as a
    /// descriptor, is then good for as long as the borrow. 6 if the handle is not open, or is another's.
    pub fn own(&self, handle: Handle, of: &Arc<Instance>) -> Result<Owner, Win32Error> {
        let own = |entry: &mut Entry| match &entry.object {
            Object::Instance(instance) if Arc::ptr_eq(instance, of) && !entry.flags.contains(HandleFlags::OWNED) => {
                entry.flags |= HandleFlags::OWNED;
                true
            }
            _ => false,
        };
        match self.0.handles.with(handle, own) {
            Some(true) => Ok(Owner { system: self.clone(), handle, closes: true }),
            _ => Err(Win32Error::INVALID_HANDLE),
        }
    }

    fn disown(&self, handle: Handle) {
        self.0.handles.with(handle, |entry| entry.flags.remove(HandleFlags::OWNED));
    }
}

/// A handle's owner: closes it when dropped, and nobody else can. A protected handle (HANDLE_FLAG_PROTECT_FROM_CLOSE) stays open
/// then, and is anybody's.
#[derive(Debug)]
pub struct Owner {
    system: System,
    handle: Handle,
    closes: bool,
}

impl Owner {
    /// The system whose table the handle is in.
    #[must_use]
    pub fn system(&self) -> &System {
        &self.system
    }

    /// The handle.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle
    }

    /// Leaves the handle open and without an owner: whoever has its number may close it.
    #[must_use]
    pub fn release(mut self) -> Handle {
        self.closes = false;
        self.handle
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        if !self.closes || self.system.close_unless(self.handle, HandleFlags::PROTECT_FROM_CLOSE).is_err() {
            self.system.disown(self.handle);
        }
    }
}
