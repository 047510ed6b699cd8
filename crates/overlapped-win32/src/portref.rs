//! The port behind a handle, remembered by each thread.
//!
//! Posting and getting cost less than looking a handle up, which takes the slot's lock and a reference; and threads of a pool all look
//! up the same one. So a thread keeps the port of its last call, and uses it for as long as the handle is open, which a
//! single load tells. A call takes it out and puts it back, so a routine that runs in the wait of one may call here as well. The
//! drawback: the memory of a port that was closed stays until the thread calls another one or ends.

use crate::support::{RawHandle, handle, system};
use overlapped_abi::{AccessMask, Win32Error};
use overlapped_kernel::handle::{Entry, Object, Watch};
use overlapped_kernel::idle::Idle;
use overlapped_kernel::port::Port;
use overlapped_kernel::static_tls;
use std::cell::Cell;
use std::ptr::{null, without_provenance};
use std::sync::Arc;

/// A port that was looked up.
struct Known {
    raw: RawHandle,
    watch: Watch<'static>,
    port: Arc<Port>,
    idle: &'static Idle,
}

static_tls! {
    /// The port of the last call, which the thread owns; null before there is one and while a call has it, [`ENDED`] at the end.
    fn last: Cell<*const Known> = "last_port"
}

/// The thread is past its thread-locals and keeps nothing any more. No address is as small.
const ENDED: usize = 1;

/// Drops what the thread has kept when it ends.
struct Keeper;

impl Drop for Keeper {
    fn drop(&mut self) {
        let kept = take();
        last(|last| last.set(without_provenance(ENDED)));
        drop(kept);
    }
}

thread_local! {
    static KEEPER: Keeper = const { Keeper };
}

/// What was kept, if anything.
#[inline(always)]
fn take() -> Option<Box<Known>> {
    last(|last| {
        let kept = last.get();
        if kept.addr() <= ENDED {
            return None;
        }
        last.set(null());
        // SAFETY: `keep` made it of a box, and with the null above nobody else finds it.
        Some(unsafe { Box::from_raw(kept.cast_mut()) })
    })
}

/// For the next call; unless a call that was made during this one has left another, or the thread ends.
#[inline(always)]
fn keep(known: Box<Known>) {
    last(|last| {
        if last.get().is_null() {
            last.set(Box::into_raw(known));
        } else {
            dispose(known);
        }
    });
}

/// May run destructors of packets.
#[cold]
#[inline(never)]
fn dispose(known: Box<Known>) {
    drop(known);
}

/// Runs `f` on the port of a handle and the place to wait in; the errors are those of [`port_of`].
///
/// `f` should give back no more than a register holds: packets that are moved from one place of the stack to another cost more
/// than the look-up.
#[inline(always)]
pub(crate) fn with_port<R>(raw: RawHandle, f: impl FnOnce(&Arc<Port>, &Idle) -> R) -> Result<R, Win32Error> {
    let known = match take() {
        Some(known) if known.raw == raw && known.watch.is_open() => known,
        other => look_up(raw, other)?,
    };
    let result = f(&known.port, known.idle);
    keep(known);
    Ok(result)
}

#[cold]
#[inline(never)]
fn look_up(raw: RawHandle, other: Option<Box<Known>>) -> Result<Box<Known>, Win32Error> {
    // From now on it is dropped when the thread ends.
    let _ = KEEPER.try_with(|_| ());
    let found = found(raw);
    match (&found, other) {
        (Err(_), Some(other)) if other.watch.is_open() => keep(other),
        (_, other) => drop(other),
    }
    found
}

fn found(raw: RawHandle) -> Result<Box<Known>, Win32Error> {
    let system = system()?;
    let (entry, watch) = system.entry_watched(handle(raw)?)?;
    let port = port_of(entry)?;
    Ok(Box::new(Known { raw, watch, port, idle: system.idle() }))
}

/// The port that a handle gives access to: 6 for anything else, 5 without IO_COMPLETION_MODIFY_STATE, which every use of one needs.
pub(crate) fn port_of(entry: Entry) -> Result<Arc<Port>, Win32Error> {
    const MODIFY_STATE: AccessMask = AccessMask::from_bits_retain(2);
    match entry.object {
        Object::Port(port) if entry.access.contains(MODIFY_STATE) => Ok(port),
        Object::Port(_) => Err(Win32Error::ACCESS_DENIED),
        _ => Err(Win32Error::INVALID_HANDLE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handleapi::ovl_CloseHandle;
    use crate::ioapiset::{ovl_CreateIoCompletionPort, ovl_PostQueuedCompletionStatus};
    use crate::support::{INVALID_HANDLE_VALUE, last_error};

    fn new_port() -> RawHandle {
        ovl_CreateIoCompletionPort(INVALID_HANDLE_VALUE, 0, 0, 1)
    }

    fn queued(port: RawHandle) -> Result<usize, Win32Error> {
        with_port(port, |port, _| port.queued())
    }

    #[test]
    fn a_closed_port_is_not_found_again_and_a_wrong_handle_does_not_lose_the_last_one() {
        let port = new_port();
        assert_eq!((ovl_PostQueuedCompletionStatus(port, 1, 2, 3), queued(port)), (1, Ok(1)));
        let kept = last(Cell::get);
        assert!(kept.addr() > ENDED);
        assert_eq!((ovl_PostQueuedCompletionStatus(4 << 16, 1, 2, 3), last_error()), (0, 6));
        assert_eq!(last(Cell::get), kept);
        // Another thread closes it.
        std::thread::spawn(move || ovl_CloseHandle(port)).join().unwrap();
        assert_eq!((ovl_PostQueuedCompletionStatus(port, 1, 2, 3), last_error()), (0, 6));
        assert!(last(Cell::get).is_null(), "its memory is given back");
    }

    #[test]
    fn a_call_during_a_call_finds_its_own_port() {
        let (outer, inner) = (new_port(), new_port());
        for round in 1..4 {
            let found = with_port(outer, |port, _| {
                assert_eq!(ovl_PostQueuedCompletionStatus(inner, 1, 2, 3), 1);
                assert_eq!(ovl_PostQueuedCompletionStatus(outer, 1, 2, 3), 1);
                port.queued()
            });
            assert_eq!((found, queued(inner)), (Ok(round), Ok(round)));
        }
        ovl_CloseHandle(outer);
        ovl_CloseHandle(inner);
    }

    #[test]
    fn a_thread_that_ends_lets_go_of_the_port_and_may_still_post() {
        struct Late(RawHandle);
        impl Drop for Late {
            fn drop(&mut self) {
                assert_eq!(last(Cell::get).addr(), ENDED);
                assert_eq!(ovl_PostQueuedCompletionStatus(self.0, 1, 2, 3), 1);
                assert_eq!(last(Cell::get).addr(), ENDED);
            }
        }
        thread_local!(static LATE: Cell<Option<Late>> = const { Cell::new(None) });
        let port = new_port();
        let references = || with_port(port, |port, _| Arc::strong_count(port)).unwrap();
        let before = references();
        let thread = std::thread::spawn(move || {
            // Made first, and so dropped last.
            LATE.set(Some(Late(port)));
            assert_eq!(ovl_PostQueuedCompletionStatus(port, 1, 2, 3), 1);
        });
        thread.join().unwrap();
        assert_eq!((queued(port), references()), (Ok(2), before));
        ovl_CloseHandle(port);
    }
}
