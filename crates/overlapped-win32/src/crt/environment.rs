//! Environment variables in the way of the C library.

use super::{invalid, set_errno};
use crate::arguments::pair;
use crate::processenv::{set_variable, spelled, variable};
use crate::support::guard;
use crate::text::{Unit, put, units};
use libc::{EINVAL, ERANGE};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::ffi::{CString, OsString, c_int};
use std::os::unix::ffi::OsStringExt;
use std::ptr::null_mut;
use std::sync::Once;
use std::sync::atomic::{AtomicPtr, Ordering::Release};

/// The value of a variable in some unit.
unsafe fn value<U: Unit>(name: *const U) -> Option<Vec<U>> {
    // SAFETY: the caller vouches for the name.
    variable(&U::to_os(unsafe { units(name) })).map(|value| U::from_os(&value))
}

pair! {
    /// _dupenv_s, _wdupenv_s: a copy from `malloc`, NULL if there is no such variable; the size counts the zero.
    fn ovl__dupenv_s ovl__wdupenv_s(to: *mut *mut C, size: *mut usize, name: *const C) -> c_int {
        if to.is_null() || name.is_null() {
            return invalid(EINVAL);
        }
        guard(libc::ENOMEM, || {
            // SAFETY: the caller vouches for all of it; the copy has the room that it needs.
            unsafe {
                to.write(null_mut());
                let value = value(name);
                if !size.is_null() {
                    size.write(value.as_ref().map_or(0, |value| value.len() + 1));
                }
                if let Some(value) = value {
                    let copy = libc::malloc((value.len() + 1) * size_of::<C>()).cast::<C>();
                    if copy.is_null() {
                        return libc::ENOMEM;
                    }
                    put(copy, &value);
                    to.write(copy);
                }
            }
            0
        })
    }
}

pair! {
    /// getenv_s, _wgetenv_s: the size needed with its zero, 0 if there is no such variable; ERANGE if the room is too small.
    fn ovl_getenv_s ovl__wgetenv_s(size: *mut usize, to: *mut C, room: usize, name: *const C) -> c_int {
        if size.is_null() || name.is_null() || to.is_null() != (room == 0) {
            return invalid(EINVAL);
        }
        guard(EINVAL, || {
            // SAFETY: the caller vouches for all of it.
            unsafe {
                if room != 0 {
                    to.write(C::default());
                }
                let Some(value) = value(name) else {
                    size.write(0);
                    return 0;
                };
                size.write(value.len() + 1);
                if room == 0 {
                    return 0;
                }
                if value.len() >= room {
                    return ERANGE;
                }
                put(to, &value);
            }
            0
        })
    }
}

pair! {
    /// _putenv_s, _wputenv_s: an empty value takes the variable away.
    fn ovl__putenv_s ovl__wputenv_s(name: *const C, value: *const C) -> c_int {
        if name.is_null() || value.is_null() {
            return invalid(EINVAL);
        }
        // SAFETY: the caller vouches for both.
        guard(EINVAL, || unsafe {
            let (name, value) = (C::to_os(units(name)), C::to_os(units(value)));
            set_variable(&name, (!value.is_empty()).then_some(&value)).map_or_else(
                |_| {
                    set_errno(EINVAL);
                    EINVAL
                },
                |()| 0,
            )
        })
    }
}

pair! {
    /// _putenv, _wputenv: of `NAME=value`.
    fn ovl__putenv ovl__wputenv(text: *const C) -> c_int {
        if text.is_null() {
            invalid(EINVAL);
            return -1;
        }
        guard(-1, || {
            // SAFETY: the caller vouches for the text.
            let text = unsafe { units(text) };
            let Some(equals) = text.iter().position(|unit| unit.is(b'=')) else {
                set_errno(EINVAL);
                return -1;
            };
            let (name, value) = (C::to_os(&text[..equals]), C::to_os(&text[equals + 1..]));
            set_variable(&name, (!value.is_empty()).then_some(&value)).map_or_else(
                |_| {
                    set_errno(EINVAL);
                    -1
                },
                |()| 0,
            )
        })
    }
}

/// getenv: as the name is spelled, or in another case.
///
/// # Safety
/// `name` is NULL or a string; nobody changes the environment by other means meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_getenv(name: *const u8) -> *mut u8 {
    /// What every Windows has, as it was handed out last.
    static KNOWN: Mutex<Option<HashMap<OsString, &'static [u8]>>> = Mutex::new(None);
    if name.is_null() {
        return null_mut();
    }
    // SAFETY: a string, the caller says.
    let there = unsafe { libc::getenv(name.cast()) };
    if !there.is_null() {
        return there.cast();
    }
    guard(null_mut(), || {
        // SAFETY: the caller vouches for the name.
        let name = u8::to_os(unsafe { units(name) });
        if let Some(spelled) = spelled(&name).and_then(|spelled| CString::new(spelled.into_vec()).ok()) {
            // SAFETY: a string.
            return unsafe { libc::getenv(spelled.as_ptr()) }.cast();
        }
        let Some(value) = variable(&name) else { return null_mut() };
        let mut text = value.into_vec();
        text.push(0);
        kept(&KNOWN, name, text)
    })
}

/// The text where it stays for good; one that is new is a new text.
fn kept<U: PartialEq>(known: &Mutex<Option<HashMap<OsString, &'static [U]>>>, name: OsString, text: Vec<U>) -> *mut U {
    let mut known = known.lock();
    let kept = known.get_or_insert_default().entry(name).or_insert(&[]);
    if **kept != *text {
        *kept = text.leak();
    }
    kept.as_ptr().cast_mut()
}

/// _wgetenv. The value stays as it is for good; a value that is new is a new text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__wgetenv(name: *const u16) -> *mut u16 {
    /// The texts handed out last, which others before them are not freed for.
    static KNOWN: Mutex<Option<HashMap<OsString, &'static [u16]>>> = Mutex::new(None);
    if name.is_null() {
        invalid(EINVAL);
        return null_mut();
    }
    guard(null_mut(), || {
        // SAFETY: the caller vouches for the name.
        let name = u16::to_os(unsafe { units(name) });
        let Some(value) = variable(&name) else { return null_mut() };
        let mut text = u16::from_os(&value);
        text.push(0);
        kept(&KNOWN, name, text)
    })
}

/// What `_wenviron` is, as long as the program does not set it to something else.
static TABLE: AtomicPtr<*mut u16> = AtomicPtr::new(null_mut());

/// A copy of the environment from `malloc`: NAME=value each, and NULL at the end; NULL if there is no memory.
fn wide_table() -> *mut *mut u16 {
    let texts: Vec<Vec<u16>> = std::env::vars_os()
        .map(|(name, value)| [u16::from_os(&name), vec![u16::from(b'=')], u16::from_os(&value)].concat())
        .collect();
    // SAFETY: the table has room for a pointer to each text and for NULL, and each copy for its text with a zero.
    unsafe {
        let table = libc::malloc((texts.len() + 1) * size_of::<*mut u16>()).cast::<*mut u16>();
        if table.is_null() {
            return table;
        }
        for (at, text) in texts.iter().enumerate() {
            let copy = libc::malloc((text.len() + 1) * 2).cast::<u16>();
            if copy.is_null() {
                return null_mut();
            }
            put(copy, text);
            table.add(at).write(copy);
        }
        table.add(texts.len()).write(null_mut());
        table
    }
}

/// __p__wenviron: where `_wenviron` stands. The table is made when it is asked for first, and shows the environment of that moment; the
/// program may put another pointer there, NULL included, and free the table.
#[unsafe(no_mangle)]
pub extern "C" fn ovl___p__wenviron() -> *mut *mut *mut u16 {
    static ONCE: Once = Once::new();
    guard(TABLE.as_ptr(), || {
        ONCE.call_once(|| TABLE.store(wide_table(), Release));
        TABLE.as_ptr()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::of;

    #[test]
    fn variables() {
        let (name, value) = (of::<u16>("OVL_CRT_VARIABLE\0"), of::<u16>("välue\0"));
        let (mut copy, mut size, mut room) = (null_mut(), 7, [0u16; 8]);
        // SAFETY: rooms and strings are what they are said to be.
        unsafe {
            assert_eq!((ovl__wdupenv_s(&mut copy, &mut size, name.as_ptr()), copy.is_null(), size), (0, true, 0));
            assert_eq!(ovl__wputenv_s(name.as_ptr(), value.as_ptr()), 0);
            assert_eq!((ovl__wdupenv_s(&mut copy, &mut size, name.as_ptr()), size), (0, 6));
            assert_eq!(units(copy), &value[..5]);
            libc::free(copy.cast());
            assert_eq!((ovl__wgetenv_s(&mut size, room.as_mut_ptr(), 3, name.as_ptr()), size, room[0]), (ERANGE, 6, 0));
            assert_eq!(
                (ovl__wgetenv_s(&mut size, room.as_mut_ptr(), 8, name.as_ptr()), units(room.as_ptr())),
                (0, &value[..5])
            );
            let first = ovl__wgetenv(name.as_ptr());
            assert_eq!((units(first), ovl__wgetenv(name.as_ptr())), (&value[..5], first));
            assert_eq!(ovl__wputenv(of::<u16>("OVL_CRT_VARIABLE=\0").as_ptr()), 0);
            assert!(ovl__wgetenv(name.as_ptr()).is_null());
            assert_eq!(
                (ovl__putenv(c"no equals sign".as_ptr().cast()), ovl__putenv_s(std::ptr::null(), std::ptr::null())),
                (-1, EINVAL)
            );
        }
    }

    #[test]
    fn the_wide_table_has_the_variables_and_may_be_replaced() {
        let place = ovl___p__wenviron();
        // SAFETY: the place and the table are there as long as nobody else replaces them, and NULL ends the table.
        let table: Vec<String> = unsafe {
            let texts = (0..).map(|at| *(*place).add(at)).take_while(|text| !text.is_null());
            texts.map(|text| u16::to_os(units(text)).to_string_lossy().into_owned()).collect()
        };
        let path = std::env::var("PATH").map(|path| format!("PATH={path}"));
        assert!(path.is_err() || path.is_ok_and(|path| table.contains(&path)), "{table:?}");
        // SAFETY: as above.
        let before = unsafe { place.replace(null_mut()) };
        // SAFETY: as above.
        unsafe { assert!((*ovl___p__wenviron()).is_null()) };
        // SAFETY: as above.
        unsafe { place.write(before) };
    }
}
