//! `locale.h`: `_wsetlocale`.

use crate::support::guard;
use crate::text::{Unit, units};
use std::cell::RefCell;
use std::ffi::{CStr, CString, OsStr, c_int};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::ptr::{null, null_mut};

thread_local! {
    /// What was returned last.
    static NAME: RefCell<Vec<u16>> = const { RefCell::new(Vec::new()) };
}

/// _wsetlocale: the locale's name, until the thread's next call; NULL for one that is not there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__wsetlocale(category: c_int, locale: *const u16) -> *mut u16 {
    guard(null_mut(), || {
        // SAFETY: not NULL, and the caller vouches for it.
        let wanted = (!locale.is_null()).then(|| u16::to_os(unsafe { units(locale) }));
        let Ok(wanted) = wanted.map(|name| CString::new(name.into_vec())).transpose() else { return null_mut() };
        // SAFETY: NULL or a string with its zero.
        let name = unsafe { libc::setlocale(category, wanted.as_ref().map_or(null(), |name| name.as_ptr())) };
        if name.is_null() {
            return null_mut();
        }
        // SAFETY: a string of libc's.
        let mut text = u16::from_os(OsStr::from_bytes(unsafe { CStr::from_ptr(name) }.to_bytes()));
        text.push(0);
        NAME.with_borrow_mut(|place| {
            *place = text;
            place.as_mut_ptr()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_is_named_in_wide_text() {
        let wrong = crate::text::of::<u16>("no_such_locale\0");
        // SAFETY: NULL asks, and a string with its zero.
        unsafe {
            let now = ovl__wsetlocale(libc::LC_CTYPE, null());
            assert!(!now.is_null() && !units(now).is_empty());
            assert!(ovl__wsetlocale(libc::LC_CTYPE, wrong.as_ptr()).is_null());
        }
    }
}
