//! The named numbers of the Windows interface, by topic and under their Windows names.
//!
//! Each module is one topic of the contract. Most values are `u32` (`DWORD`); those that are not say so
//! by their type. Error codes are not here but in [`win32`](crate::win32), [`wsa`](crate::wsa) and
//! [`status`](crate::status).

pub mod access;
pub mod attributes;
pub mod console;
pub mod file;
pub mod handle;
pub mod ioctl;
pub mod open;
pub mod pipe;
pub mod pool;
pub mod serial;
pub mod socket;
pub mod wait;
