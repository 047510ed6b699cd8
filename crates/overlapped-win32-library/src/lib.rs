//! `liboverlapped_win32.so` and `.a`: what programs in C and C++ are linked with.
//!
//! All code is in `overlapped-win32`. It is an ordinary Rust library, and Cargo leaves link-time optimisation out for whatever is
//! also built as one; so what C links with is a crate of its own, where calls from the face into the kernel can be inlined.

// Mentioned, so that it is linked and its functions are exported.
use overlapped_win32 as _;
