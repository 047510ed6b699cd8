//! The port behind a handle, remembered by each thread.
//!
//! Posting and getting cost less than looking a handle up, which takes the slot's lock and a reference; and threads of a pool all look
//! up the same one. So a thread keeps the port of its last call, and uses it for as long as the handle is open, which a
//! single load tells. The drawback: the memory of a port that was closed stays until the thread calls another one or ends.

use crate::support::{RawHandle, handle, system};
use overlapped_abi::Win32Error;
use overlapped_kernel::handle::{Object, Watch};
use overlapped_kernel::idle::Idle;
use overlapped_kernel::port::Port;
use std::cell::RefCell;
use std::sync::Arc;

/// A port that was looked up.
struct Known {
    raw: RawHandle,
    watch: Watch<'static>,
    port: Arc<Port>,
    idle: &'static Idle,
}

thread_local! {
    static LAST: RefCell<Option<Known>> = const { RefCell::new(None) };
}

/// Runs `f` on the port of a handle and the place to wait in; 6 for what is not the handle of a port.
///
/// `f` runs once. It is called by reference, and should give back no more than a register holds: packets that are moved from one
/// place of the stack to another cost more than the look-up.
#[inline]
pub(crate) fn with_port<R>(raw: RawHandle, mut f: impl FnMut(&Arc<Port>, &Idle) -> R) -> Result<R, Win32Error> {
    let quick = LAST.try_with(|last| match &*last.borrow() {
        // Borrowed meanwhile: routines that run in the wait may call here too.
        Some(known) if known.raw == raw && known.watch.is_open() => Some(f(&known.port, known.idle)),
        _ => None,
    });
    match quick {
        Ok(Some(result)) => Ok(result),
        _ => after_look_up(raw, f),
    }
}

#[inline(never)]
fn after_look_up<R>(raw: RawHandle, mut f: impl FnMut(&Arc<Port>, &Idle) -> R) -> Result<R, Win32Error> {
    let known = look_up(raw)?;
    let (port, idle) = (Arc::clone(&known.port), known.idle);
    let _ = LAST.try_with(|last| {
        // In a routine that runs in the wait of another port, that one is kept.
        if let Ok(mut last) = last.try_borrow_mut() {
            *last = Some(known);
        }
    });
    Ok(f(&port, idle))
}

fn look_up(raw: RawHandle) -> Result<Known, Win32Error> {
    let system = system()?;
    let (entry, watch) = system.entry_watched(handle(raw)?)?;
    match entry.object {
        Object::Port(port) => Ok(Known { raw, watch, port, idle: system.idle() }),
        _ => Err(Win32Error::INVALID_HANDLE),
    }
}
