//! Vectored handlers: what a program wants to see of every exception of the process before any `__except` does, and what it wants to
//! see of each that has the program go on.
//!
//! Handlers are kept in the order in which they are asked. Between two of them nothing is locked, so that one may take itself away.

use crate::exceptions::{CONTINUE_EXECUTION, ExceptionPointers};
use crate::structured::catch_faults;
use crate::support::fail;
use overlapped_abi::Win32Error;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering::*};

/// PVECTORED_EXCEPTION_HANDLER.
pub type VectoredHandler = unsafe extern "C-unwind" fn(*mut ExceptionPointers) -> i32;

/// Handlers by their order, each with what it was given for.
pub(crate) struct List {
    handlers: Mutex<BTreeMap<i64, (usize, VectoredHandler)>>,
    /// So that an exception costs nothing more where there are none.
    len: AtomicUsize,
}

/// AddVectoredExceptionHandler's.
pub(crate) static FIRST: List = List::new();
/// AddVectoredContinueHandler's.
pub(crate) static LAST: List = List::new();

impl List {
    const fn new() -> Self {
        Self { handlers: Mutex::new(BTreeMap::new()), len: AtomicUsize::new(0) }
    }

    fn add(&self, first: bool, handler: Option<VectoredHandler>) -> usize {
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        let Some(handler) = handler else { return fail(Win32Error::INVALID_PARAMETER, 0) };
        catch_faults();
        let number = NEXT.fetch_add(1, Relaxed) * 16;
        let mut handlers = self.handlers.lock();
        let order = if first {
            handlers.first_key_value().map_or(0, |(order, _)| order - 1)
        } else {
            handlers.last_key_value().map_or(0, |(order, _)| order + 1)
        };
        handlers.insert(order, (number, handler));
        self.len.store(handlers.len(), Release);
        number
    }

    fn remove(&self, number: usize) -> u32 {
        let mut handlers = self.handlers.lock();
        let before = handlers.len();
        handlers.retain(|_, (other, _)| *other != number);
        self.len.store(handlers.len(), Release);
        (handlers.len() != before).into()
    }

    /// Asks one after the other; true if one says that the program is to go on.
    pub(crate) fn ask(&self, pointers: &mut ExceptionPointers) -> bool {
        if self.len.load(Acquire) == 0 {
            return false;
        }
        let mut after = i64::MIN;
        loop {
            let next = self.handlers.lock().range(after..).next().map(|(&order, &(_, handler))| (order, handler));
            let Some((order, handler)) = next else { return false };
            // SAFETY: a handler of the program, with what it is to be given.
            if unsafe { handler(pointers) } == CONTINUE_EXECUTION {
                return true;
            }
            after = order + 1;
        }
    }
}

/// AddVectoredExceptionHandler: asked before all others if `first` is not 0; 0 with 87 for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_AddVectoredExceptionHandler(first: u32, handler: Option<VectoredHandler>) -> usize {
    FIRST.add(first != 0, handler)
}

/// RemoveVectoredExceptionHandler: 0 for what is none.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_RemoveVectoredExceptionHandler(handler: usize) -> u32 {
    FIRST.remove(handler)
}

/// AddVectoredContinueHandler, as [`ovl_AddVectoredExceptionHandler`].
#[unsafe(no_mangle)]
pub extern "C" fn ovl_AddVectoredContinueHandler(first: u32, handler: Option<VectoredHandler>) -> usize {
    LAST.add(first != 0, handler)
}

/// RemoveVectoredContinueHandler.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_RemoveVectoredContinueHandler(handler: usize) -> u32 {
    LAST.remove(handler)
}
