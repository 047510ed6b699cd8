//! `stdlib.h`: what the program was started with, for code that is not `main`: `__argc`, `__argv`, `_pgmptr`.

use super::invalid;
use crate::arguments::pair;
use crate::support::guard;
use crate::text::Unit;
use libc::EINVAL;
use std::ffi::{OsStr, c_int};
use std::ptr::null_mut;
use std::sync::OnceLock;

/// A list of texts that stays; a program may change them, as those of `main`.
struct Given<U: 'static> {
    count: c_int,
    list: *mut *mut U,
    program: *mut U,
}

// SAFETY: the pointers stay valid, and what a program writes through them is its own affair.
unsafe impl<U> Send for Given<U> {}
// SAFETY: as above.
unsafe impl<U> Sync for Given<U> {}

fn kept<U: Unit>(text: &OsStr) -> *mut U {
    let mut units = U::from_os(text);
    units.push(U::default());
    units.leak().as_mut_ptr()
}

impl<U: Unit> Given<U> {
    fn new() -> Self {
        let mut list: Vec<*mut U> = std::env::args_os().map(|argument| kept(&argument)).collect();
        let count = list.len() as c_int;
        list.push(null_mut());
        let program = std::env::current_exe().unwrap_or_default();
        Self { count, list: list.leak().as_mut_ptr(), program: kept(&crate::names::to_windows(&program)) }
    }
}

fn narrow() -> &'static Given<u8> {
    static GIVEN: OnceLock<Given<u8>> = OnceLock::new();
    GIVEN.get_or_init(Given::new)
}

fn wide() -> &'static Given<u16> {
    static GIVEN: OnceLock<Given<u16>> = OnceLock::new();
    GIVEN.get_or_init(Given::new)
}

/// `__argc`: how many arguments there are, with the program's name.
#[unsafe(no_mangle)]
pub extern "C" fn ovl___p___argc() -> *const c_int {
    &narrow().count
}

/// `__argv`.
#[unsafe(no_mangle)]
pub extern "C" fn ovl___p___argv() -> *const *mut *mut u8 {
    &narrow().list
}

/// `__wargv`.
#[unsafe(no_mangle)]
pub extern "C" fn ovl___p___wargv() -> *const *mut *mut u16 {
    &wide().list
}

/// `_pgmptr`: the program's file.
#[unsafe(no_mangle)]
pub extern "C" fn ovl___p__pgmptr() -> *const *mut u8 {
    &narrow().program
}

/// `_wpgmptr`.
#[unsafe(no_mangle)]
pub extern "C" fn ovl___p__wpgmptr() -> *const *mut u16 {
    &wide().program
}

pair! {
    /// _get_pgmptr, _get_wpgmptr: 22 for NULL.
    fn ovl__get_pgmptr ovl__get_wpgmptr(to: *mut *mut C) -> c_int {
        if to.is_null() {
            return invalid(EINVAL);
        }
        guard(EINVAL, || {
            let program = if size_of::<C>() == 1 { narrow().program.cast::<C>() } else { wide().program.cast::<C>() };
            // SAFETY: not NULL, and the caller vouches for it.
            unsafe { to.write(program) };
            0
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::units;

    #[test]
    fn arguments_and_the_programs_file_are_known() {
        let mut program = null_mut();
        // SAFETY: lists that stay.
        unsafe {
            assert_eq!(*ovl___p___argc(), std::env::args_os().len() as c_int);
            let first = units(**ovl___p___argv());
            assert_eq!(first, std::env::args_os().next().unwrap().as_encoded_bytes());
            assert_eq!(units(**ovl___p___wargv()).len(), String::from_utf8_lossy(first).encode_utf16().count());
            assert_eq!((ovl__get_pgmptr(&mut program), program), (0, *ovl___p__pgmptr()));
            assert!(units(program).starts_with(b"C:\\") && !units(*ovl___p__wpgmptr()).is_empty());
            assert_eq!(ovl__get_wpgmptr(null_mut()), EINVAL);
        }
    }
}
