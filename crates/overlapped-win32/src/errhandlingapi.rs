//! `errhandlingapi.h`.

use crate::support::{last_error, set_last_error};

/// GetLastError (contract 00 section 0.3).
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetLastError() -> u32 {
    last_error()
}

/// SetLastError.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetLastError(code: u32) {
    set_last_error(code);
}
