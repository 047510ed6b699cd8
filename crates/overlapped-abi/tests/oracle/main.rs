//! The layouts, constants and error codes of this crate against those of windows-sys.
//!
//! That crate's declarations are made from Microsoft's own metadata and compile on Linux, so they say
//! whether a number or an offset here was mistyped.

mod constants;
mod errors;
mod layout;
