//! Fiber-local storage (`fibersapi.h`). There are no fibers here, so it is thread-local storage with a callback that gets a
//! value that is not NULL when its thread ends or its index is freed.

use crate::support::{Bool, FALSE, TRUE, fail, guard, set_last_error};
use overlapped_abi::Win32Error;
use parking_lot::Mutex;
use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::*};

const INDEXES: usize = 128;
const FLS_OUT_OF_INDEXES: u32 = u32::MAX;

/// PFLS_CALLBACK_FUNCTION.
pub type FlsCallback = unsafe extern "C" fn(*mut c_void);

/// The values of a thread.
type Values = Arc<[AtomicUsize; INDEXES]>;

#[derive(Clone, Copy)]
enum Slot {
    Free,
    Taken(Option<FlsCallback>),
}

struct Table {
    slots: [Slot; INDEXES],
    threads: Vec<Values>,
}

static TABLE: Mutex<Table> = Mutex::new(Table { slots: [Slot::Free; INDEXES], threads: Vec::new() });

struct Local(Values);

impl Local {
    fn new() -> Self {
        let values: Values = Arc::new([const { AtomicUsize::new(0) }; INDEXES]);
        TABLE.lock().threads.push(Arc::clone(&values));
        Self(values)
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        let slots = {
            let mut table = TABLE.lock();
            table.threads.retain(|values| !Arc::ptr_eq(values, &self.0));
            table.slots
        };
        for (value, slot) in self.0.iter().zip(slots) {
            hand_over(value, slot);
        }
    }
}

thread_local! {
    static LOCAL: Local = Local::new();
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
    LOCAL.try_with(|local| local.0[index as usize].load(Acquire)).unwrap_or(0) as *mut c_void
}

/// FlsSetValue.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_FlsSetValue(index: u32, value: *mut c_void) -> Bool {
    let taken = TABLE.lock().slots.get(index as usize).is_some_and(|slot| matches!(slot, Slot::Taken(_)));
    if !taken || LOCAL.try_with(|local| local.0[index as usize].store(value as usize, Release)).is_err() {
        return fail(Win32Error::INVALID_PARAMETER, FALSE);
    }
    TRUE
}

/// FlsFree: the callback gets the values of all threads.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_FlsFree(index: u32) -> Bool {
    guard(FALSE, || {
        let (slot, threads) = {
            let mut table = TABLE.lock();
            match table.slots.get(index as usize) {
                Some(&slot @ Slot::Taken(_)) => {
                    table.slots[index as usize] = Slot::Free;
                    (slot, table.threads.clone())
                }
                _ => return fail(Win32Error::INVALID_PARAMETER, FALSE),
            }
        };
        for values in threads {
            hand_over(&values[index as usize], slot);
        }
        TRUE
    })
}

/// IsThreadAFiber: never.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_IsThreadAFiber() -> Bool {
    FALSE
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
