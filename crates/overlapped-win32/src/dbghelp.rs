//! `dbghelp.h`: options, and dumps, of which there are none: Linux writes cores.

use crate::support::{Bool, FALSE, RawHandle, fail};
use overlapped_abi::Win32Error;
use std::ffi::c_void;
use std::sync::atomic::{AtomicU32, Ordering};

static OPTIONS: AtomicU32 = AtomicU32::new(0);

/// SymGetOptions.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SymGetOptions() -> u32 {
    OPTIONS.load(Ordering::Relaxed)
}

/// SymSetOptions: the options.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SymSetOptions(options: u32) -> u32 {
    OPTIONS.store(options, Ordering::Relaxed);
    options
}

/// MiniDumpWriteDump: FALSE/50.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_MiniDumpWriteDump(
    _process: RawHandle,
    _id: u32,
    _file: RawHandle,
    _kind: u32,
    _exception: *const c_void,
    _streams: *const c_void,
    _callback: *const c_void,
) -> Bool {
    fail(Win32Error::NOT_SUPPORTED, FALSE)
}
