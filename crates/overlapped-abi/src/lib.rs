//! Types, constants and error tables of the Windows device I/O model.
//!
//! This crate is the vocabulary that every other crate of the workspace speaks. It does no I/O, keeps
//! no state and decides nothing: it says how large an [`Overlapped`] is, what `FILE_FLAG_OVERLAPPED`
//! is worth, and which Win32 code a finished request shows for its status.
//!
//! | Module | Holds | Contract |
//! |---|---|---|
//! | [`types`] | the `#[repr(C)]` structures, with the layouts of 64-bit Windows | 00 §0.2 |
//! | [`constants`] | the named numbers, by topic and under their Windows names | 01 to 09 |
//! | [`flags`] | the same bits as typed sets where kernel code combines them | 01 §2 |
//! | [`status`] | [`Status`], the NTSTATUS of a request, and its Win32 and WSA forms | 10 §3 |
//! | [`win32`] | [`Win32Error`], what `GetLastError` gives | 10 §1 |
//! | [`wsa`] | [`WsaError`], what `WSAGetLastError` gives | 10 §2 |
//! | [`errno`] | Linux error numbers, and what each becomes in which [`Context`] | 10 §4, 08 §11 |
//!
//! # One table a relation
//!
//! A [`Status`] is what a request ends with; everything else is derived from it. The table in
//! [`status`] is written once and gives the names, both directions of status and Win32 code, both
//! directions of status and WSA code, and the way back to an `errno`:
//!
//! ```
//! use overlapped_abi::{Context, Status, Win32Error, WsaError};
//!
//! let status = Status::from_errno(libc_econnreset(), Context::Socket);
//! assert_eq!(status, Status::CONNECTION_RESET);
//! assert_eq!(status.to_win32(), Win32Error::NETNAME_DELETED);
//! assert_eq!(status.to_wsa(), WsaError::ECONNRESET);
//! assert_eq!(status.name(), Some("STATUS_CONNECTION_RESET"));
//! # fn libc_econnreset() -> i32 { 104 }
//! ```
//!
//! # Handles and addresses are plain numbers
//!
//! Where Windows has `HANDLE`, `SOCKET` or a pointer inside a structure, ours has a `usize`
//! ([`RawHandle`], [`RawSocket`], [`Address`]). The layout is the same, and a number is `Send` and
//! `Sync`: most of these values are never dereferenced by the library (a packet posted to a port may
//! carry anything at all), and those that are belong to the face that received them, which turns them
//! into pointers under its own `unsafe`.

#![cfg_attr(not(any(feature = "std", test)), no_std)]
#![forbid(unsafe_code)]

#[macro_use]
mod macros;

pub mod constants;
pub mod errno;
pub mod flags;
pub mod status;
pub mod types;
pub mod win32;
pub mod wsa;

#[cfg(feature = "std")]
mod io_error;

pub use errno::Context;
pub use flags::{AccessMask, FileFlags, ShareMode};
pub use status::{Severity, Status};
pub use types::*;
pub use win32::Win32Error;
pub use wsa::WsaError;
