//! The plain names of Win32, so that Rust programs on `windows-sys` link and run on Linux.
//!
//! `windows-sys` compiles everywhere. Outside Windows its functions are plain `extern` declarations, which nobody defines.
//! This crate does: each name is one jump to the function of the C face.
//!
//! ```toml
//! [dependencies]
//! windows-sys = { version = "0.61", features = ["Win32_System_IO", "Win32_Storage_FileSystem"] }
//!
//! [target.'cfg(unix)'.dependencies]
//! overlapped-win32-names = "0.1"
//! ```
//!
//! ```ignore
//! #[cfg(unix)]
//! use overlapped_win32_names as _; // without a mention, the crate is not linked
//! use windows_sys::Win32::System::Threading::{CreateEventW, SetEvent, WaitForSingleObject};
//!
//! // SAFETY: no pointers but NULL; the handle is that of the event.
//! unsafe {
//!     let event = CreateEventW(std::ptr::null(), 1, 0, std::ptr::null());
//!     assert_eq!(WaitForSingleObject(event, 0), 258);
//!     SetEvent(event);
//!     assert_eq!(WaitForSingleObject(event, 0), 0);
//! }
//! ```
//!
//! # Names that libc has too
//!
//! `send`, `recv`, `bind`, `listen`, `select`, `socket` and a few more belong to libc on Linux, and to every library in the process that
//! calls it; so they are not here, and what `windows-sys` calls `send` **is libc's `send`**. Use those that begin with `WSA`
//! (`WSASocketW`, `WSASend`, `WSARecv`, `WSAConnect`), or the module [`sockets`], which has the others.
//!
//! # Drawback
//!
//! A function that exists only on Windows is found missing by the linker, not by the compiler.

use core::arch::naked_asm;

pub mod sockets;

/// Each stub is a jump: arguments, their number and the return address stay as they are, so signatures do not matter here.
macro_rules! stubs {
    ($($plain:ident $ours:ident)*) => {
        mod ours {
            unsafe extern "C" {
                $(pub fn $ours();)*
            }
        }
        $(
            #[unsafe(naked)]
            #[unsafe(no_mangle)]
            #[allow(non_snake_case, reason = "the name is Win32's")]
            unsafe extern "C" fn $plain() {
                #[cfg(target_arch = "x86_64")]
                naked_asm!("jmp {}", sym ours::$ours);
                #[cfg(target_arch = "aarch64")]
                naked_asm!("b {}", sym ours::$ours);
            }
        )*
    };
}

// Mentioned, so that it is linked.
use overlapped_win32 as _;

include!(concat!(env!("OUT_DIR"), "/stubs.rs"));

/// The names that this crate defines, sorted as in the list of exports.
pub const NAMES: &[&str] = include!(concat!(env!("OUT_DIR"), "/list.rs"));
