//! Mailslots, of `winbase.h` (contract 07 §4). Their clients are CreateFile's.

use crate::arguments::{grant, name, pair, store_if_wanted};
use crate::support::{Bool, INVALID_HANDLE_VALUE, RawHandle, guard_bool, guard_or, set_last_error, system};
use crate::synchapi::inherits;
use overlapped_abi::SecurityAttributes;
use overlapped_abi::constants::pipe::MAILSLOT_NO_MESSAGE;
use overlapped_devices::mailslot;
use overlapped_kernel::system::Open;

pair! {
    /// CreateMailslot: INVALID_HANDLE_VALUE if it fails.
    fn ovl_CreateMailslotA ovl_CreateMailslotW(
        text: *const C,
        longest: u32,
        timeout: u32,
        attributes: *const SecurityAttributes,
    ) -> RawHandle {
        guard_or(INVALID_HANDLE_VALUE, || {
            // SAFETY: the caller's promise.
            let name = unsafe { name(text) }?;
            let system = system()?;
            let Open { handle, .. } = overlapped::default_mailslots().create(system, &name, longest, timeout)?;
            // SAFETY: the caller's promise.
            let inherit = unsafe { inherits(attributes) };
            system.set_handle_flags(handle, inherit, inherit)?;
            set_last_error(0);
            Ok(handle.into_raw())
        })
    }
}

/// GetMailslotInfo: NULL is not wanted.
///
/// # Safety
/// The pointers are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetMailslotInfo(
    slot: RawHandle,
    longest: *mut u32,
    next: *mut u32,
    count: *mut u32,
    timeout: *mut u32,
) -> Bool {
    guard_bool(|| {
        let info = mailslot::info(&grant(slot)?)?;
        // SAFETY: the caller's promise.
        unsafe {
            store_if_wanted(longest, info.longest);
            store_if_wanted(next, info.next.unwrap_or(MAILSLOT_NO_MESSAGE));
            store_if_wanted(count, info.count);
            store_if_wanted(timeout, info.timeout);
        }
        Ok(())
    })
}

/// SetMailslotInfo: later reads wait so long, in milliseconds.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetMailslotInfo(slot: RawHandle, timeout: u32) -> Bool {
    guard_bool(|| mailslot::set_timeout(&grant(slot)?, timeout))
}
