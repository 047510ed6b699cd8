//! Which keys are down. The console's keyboard is asked; see [`overlapped_devices::console::KeyState`] for what a terminal can tell.

use crate::support::{Bool, FALSE, TRUE, guard};
use overlapped_devices::console::{KeyState, own};

const DOWN: i16 = i16::MIN;
const TOGGLED: i16 = 1;

/// What is known of the key; nothing is, without a console.
fn state(key: i32, forget: bool) -> KeyState {
    let key = u8::try_from(key).ok();
    key.and_then(|key| own::get().and_then(|console| console.key(key, forget)).ok()).unwrap_or_default()
}

/// GetAsyncKeyState: the high bit while the key is down, the low one if it was pressed since the last call.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetAsyncKeyState(key: i32) -> i16 {
    guard(0, || {
        let state = state(key, true);
        (if state.down { DOWN } else { 0 }) | i16::from(state.pressed)
    })
}

/// GetKeyState: the high bit while the key is down, the low one after every other press.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetKeyState(key: i32) -> i16 {
    guard(0, || {
        let state = state(key, false);
        (if state.down { DOWN } else { 0 }) | if state.toggled { TOGGLED } else { 0 }
    })
}

/// GetKeyboardState: for all 256 keys, 0x80 if it is down and 1 after every other press.
///
/// # Safety
/// `to` is NULL or has room for 256 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetKeyboardState(to: *mut u8) -> Bool {
    guard(FALSE, || {
        for key in 0..256 {
            let state = state(key, false);
            let byte = (if state.down { 0x80 } else { 0 }) | u8::from(state.toggled);
            // SAFETY: the caller vouches for 256.
            if let Err(error) = unsafe { crate::arguments::store(to.wrapping_add(key as usize), byte) } {
                return crate::support::fail(error, FALSE);
            }
        }
        TRUE
    })
}
