//! Fiber-local storage (`fibersapi.h`): thread-local storage that goes with the fiber (`crate::fibers`), with a callback that gets a value that
//! is not NULL when its fiber is deleted, its thread ends, or its index is freed.

use crate::support::{Bool, FALSE, TRUE, fail, guard, set_last_error};
use overlapped_abi::Win32Error;
use parking_lot::Mutex;
use std::cell::RefCell;
use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::*};

const INDEXES: usize = 128;
const FLS_OUT_OF_INDEXES: u32 = u32::MAX;

/// PFLS_CALLBACK_FUNCTION.
pub type FlsCallback = unsafe extern "C" fn(*mut c_void);

/// The values of a fiber, or of a thread that is none; nothing for one that has them with its thread at present.
pub(crate) type Values = Option<Arc<[AtomicUsize; INDEXES]>>;

#[derive(Clone, Copy)]
enum Slot {
    Free,
    Taken(Option<FlsCallback>),
}

struct Table {
    slots: [Slot; INDEXES],
    owners: Vec<Arc<[AtomicUsize; INDEXES]>>,
}

static TABLE: Mutex<Table> = Mutex::new(Table { slots: [Slot::Free; INDEXES], owners: Vec::new() });

/// Those of what the thread runs.
struct Local(RefCell<Values>);

impl Drop for Local {
    fn drop(&mut self) {
        discard(&self.0.take());
    }
}

/// No values.
pub(crate) fn none() -> Values {
    None
}

/// Those of a new fiber.
pub(crate) fn fresh() -> Values {
    let values = Arc::new([const { AtomicUsize::new(0) }; INDEXES]);
    TABLE.lock().owners.push(Arc::clone(&values));
    Some(values)
}

/// The calling thread runs something else now, which has these; those that it had.
pub(crate) fn exchange(values: Values) -> Values {
    LOCAL.try_with(|local| local.0.replace(values)).unwrap_or(None)
}

/// Whoever had these is no more: the callbacks get them.
pub(crate) fn discard(values: &Values) {
    let Some(values) = values else { return };
    let slots = {
        let mut table = TABLE.lock();
        table.owners.retain(|other| !Arc::ptr_eq(values, other));
        table.slots
    };
    for (value, slot) in values.iter().zip(slots) {
        hand_over(value, slot);
    }
}

/// Does something with a value of what runs.
fn with<R>(index: u32, f: impl FnOnce(&AtomicUsize) -> R) -> Option<R> {
    let values = LOCAL.try_with(|local| {
        let mut values = local.0.borrow_mut();
        if values.is_none() {
            *values = fresh();
        }
        values.clone()
    });
    values.ok().flatten().map(|values| f(&values[index as usize]))
}

thread_local! {
    static LOCAL: Local = const { Local(RefCell::new(None)) };
}

/// Takes the value away and gives it to the callback.
fn hand_over(value: &AtomicUsize, slot: Slot) {
    let value = value.swap(0, AcqRel);
    if let (Slot::Taken(Some(callback)), true) = (slot, value != 0) {
        // SAFETY: who allocated the index gave the callback for its values.
        unsafe { callback(value as *mut c_void) };
    }
}

/// FlsAlloc: 0xFFFFFFFF/259 when none of the 128 indexes is left.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_FlsAlloc(callback: Option<FlsCallback>) -> u32 {
    let mut table = TABLE.lock();
    match table.slots.iter().position(|slot| matches!(slot, Slot::Free)) {
        Some(index) => {
            table.slots[index] = Slot::Taken(callback);
            index as u32
        }
        None => fail(Win32Error::NO_MORE_ITEMS, FLS_OUT_OF_INDEXES),
    }
}

/// FlsGetValue: NULL with last error 0 where nothing was stored, NULL/87 for an index that cannot be.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_FlsGetValue(index: u32) -> *mut c_void {
    if index as usize >= INDEXES {
        return fail(Win32Error::INVALID_PARAMETER, std::ptr::null_mut());
    }
    set_last_error(0);
    with(index, |value| value.load(Acquire)).unwrap_or(0) as *mut c_void
}

/// FlsSetValue.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_FlsSetValue(index: u32, value: *mut c_void) -> Bool {
    let taken = TABLE.lock().slots.get(index as usize).is_some_and(|slot| matches!(slot, Slot::Taken(_)));
    if !taken || with(index, |place| place.store(value as usize, Release)).is_none() {
        return fail(Win32Error::INVALID_PARAMETER, FALSE);
    }
    TRUE
}

/// FlsFree: the callback gets the values of all threads and fibers.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_FlsFree(index: u32) -> Bool {
    guard(FALSE, || {
        let (slot, owners) = {
            let mut table = TABLE.lock();
            match table.slots.get(index as usize) {
                Some(&slot @ Slot::Taken(_)) => {
                    table.slots[index as usize] = Slot::Free;
                    (slot, table.owners.clone())
                }
                _ => return fail(Win32Error::INVALID_PARAMETER, FALSE),
            }
        };
        for values in owners {
            hand_over(&values[index as usize], slot);
        }
        TRUE
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::last_error;

    static SEEN: AtomicUsize = AtomicUsize::new(0);

    unsafe extern "C" fn add(value: *mut c_void) {
        SEEN.fetch_add(value as usize, SeqCst);
    }

    #[test]
    fn the_callback_gets_what_a_thread_leaves() {
        let index = ovl_FlsAlloc(Some(add));
        let quiet = ovl_FlsAlloc(None);
        std::thread::spawn(move || {
            assert!(ovl_FlsGetValue(index).is_null());
            assert_eq!(ovl_FlsSetValue(index, 5 as *mut c_void), TRUE);
            assert_eq!(ovl_FlsSetValue(quiet, 7 as *mut c_void), TRUE);
            assert_eq!(ovl_FlsGetValue(index) as usize, 5);
        })
        .join()
        .unwrap();
        assert_eq!(SEEN.load(SeqCst), 5);
        ovl_FlsSetValue(index, 100 as *mut c_void);
        assert_eq!((ovl_FlsFree(index), ovl_FlsFree(quiet)), (TRUE, TRUE));
        assert_eq!(SEEN.load(SeqCst), 105);
        assert_eq!((ovl_FlsFree(index), last_error()), (FALSE, 87));
        assert_eq!((ovl_FlsSetValue(index, std::ptr::null_mut()), ovl_FlsFree(500)), (FALSE, FALSE));
    }
}
