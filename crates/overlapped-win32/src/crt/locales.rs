//! `locale.h`: locales by the names that Windows has for them, and `_wsetlocale`.
//!
//! `de-DE`, `German_Germany.1252` and `.UTF8` are asked for under the names of Linux, in UTF-8, if Linux does not know them as they are.

use super::dates::place;
use super::set_errno;
use crate::support::guard;
use crate::text::{Unit, units};
use libc::{EINVAL, c_char, locale_t};
use std::ffi::{CStr, CString, OsStr, c_int};
use std::os::unix::ffi::OsStrExt;
use std::ptr::{null, null_mut};

/// Languages by their English names and by Microsoft's three letters, where a country is not said.
const LANGUAGES: [(&str, &str, &str); 20] = [
    ("english", "enu", "en_US"),
    ("american", "usa", "en_US"),
    ("german", "deu", "de_DE"),
    ("french", "fra", "fr_FR"),
    ("spanish", "esp", "es_ES"),
    ("italian", "ita", "it_IT"),
    ("dutch", "nld", "nl_NL"),
    ("portuguese", "ptg", "pt_PT"),
    ("russian", "rus", "ru_RU"),
    ("polish", "plk", "pl_PL"),
    ("czech", "csy", "cs_CZ"),
    ("turkish", "trk", "tr_TR"),
    ("swedish", "sve", "sv_SE"),
    ("danish", "dan", "da_DK"),
    ("norwegian", "nor", "nb_NO"),
    ("finnish", "fin", "fi_FI"),
    ("japanese", "jpn", "ja_JP"),
    ("korean", "kor", "ko_KR"),
    ("chinese", "chs", "zh_CN"),
    ("chinese-traditional", "cht", "zh_TW"),
];

/// What Linux may call a locale, in the order of trying.
fn candidates(name: &str) -> Vec<String> {
    let (language, code) = name.split_once('.').unwrap_or((name, ""));
    if language.is_empty() {
        let utf8 = ["utf8", "utf-8", "65001"].iter().any(|known| code.eq_ignore_ascii_case(known));
        // Other code pages are those of the user, whose text is in his locale.
        return match (code.is_empty(), utf8) {
            (true, _) => vec![name.to_owned()],
            (_, true) => vec!["C.UTF-8".to_owned(), "C.utf8".to_owned()],
            _ => vec![String::new(), "C.UTF-8".to_owned()],
        };
    }
    let lower = language.to_ascii_lowercase();
    let spelled = LANGUAGES.iter().find(|(english, letters, _)| {
        lower == *english || lower == *letters || lower.strip_prefix(english).is_some_and(|rest| rest.starts_with('_'))
    });
    let of_linux = spelled.map_or_else(|| language.replace('-', "_"), |(_, _, linux)| (*linux).to_owned());
    vec![name.to_owned(), format!("{of_linux}.UTF-8"), format!("{of_linux}.utf8"), of_linux]
}

/// Tries the names of a locale.
fn by_name<T>(name: &[u8], mut attempt: impl FnMut(&CStr) -> Option<T>) -> Option<T> {
    let name = std::str::from_utf8(name).ok()?;
    candidates(name).iter().find_map(|candidate| attempt(&CString::new(candidate.as_bytes()).ok()?))
}

fn set(category: c_int, name: Option<&[u8]>) -> *mut c_char {
    match name {
        // SAFETY: NULL asks.
        None => unsafe { libc::setlocale(category, null()) },
        Some(name) => by_name(name, |name| {
            // SAFETY: a string.
            let set = unsafe { libc::setlocale(category, name.as_ptr()) };
            (!set.is_null()).then_some(set)
        })
        .unwrap_or(null_mut()),
    }
}

/// setlocale: the locale's name as Linux has it; NULL for one that is not there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_setlocale(category: c_int, locale: *const c_char) -> *mut c_char {
    guard(null_mut(), || {
        // SAFETY: not NULL, and the caller vouches for it.
        set(category, (!locale.is_null()).then(|| unsafe { units(locale.cast::<u8>()) }))
    })
}

/// _wsetlocale: the locale's name, until the thread's next call; NULL for one that is not there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__wsetlocale(category: c_int, locale: *const u16) -> *mut u16 {
    guard(null_mut(), || {
        // SAFETY: not NULL, and the caller vouches for it.
        let wanted = (!locale.is_null()).then(|| u16::to_os(unsafe { units(locale) }));
        let name = set(category, wanted.as_ref().map(|name| name.as_bytes()));
        if name.is_null() {
            return null_mut();
        }
        // SAFETY: a string of libc's.
        let mut text = u16::from_os(OsStr::from_bytes(unsafe { CStr::from_ptr(name) }.to_bytes()));
        text.push(0);
        // SAFETY: the thread's own place.
        place(
            true,
            |places| &places.locale,
            |to| unsafe {
                *to = text;
                (*to).as_mut_ptr()
            },
        )
    })
}

/// `struct lconv` as Microsoft has it: the texts of C89, their numbers, and the same texts wide.
#[repr(C)]
#[derive(Debug)]
pub struct Conventions {
    texts: [*const c_char; 10],
    numbers: [c_char; 8],
    wide: [*const u16; 8],
}

/// Which of the texts are there once more, wide.
const WIDE: [usize; 8] = [0, 1, 3, 4, 5, 6, 8, 9];

/// What localeconv said, and the texts that it points to.
pub(super) struct Told {
    conventions: Conventions,
    _wide: Vec<Vec<u16>>,
}

/// localeconv: how the locale writes numbers and money, until the thread's next call.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_localeconv() -> *const Conventions {
    // SAFETY: libc answers with a structure of its own, always.
    let own = unsafe { &*libc::localeconv() };
    let texts = [
        own.decimal_point,
        own.thousands_sep,
        own.grouping,
        own.int_curr_symbol,
        own.currency_symbol,
        own.mon_decimal_point,
        own.mon_thousands_sep,
        own.mon_grouping,
        own.positive_sign,
        own.negative_sign,
    ];
    let texts = texts.map(<*mut c_char>::cast_const);
    let numbers = [
        own.int_frac_digits,
        own.frac_digits,
        own.p_cs_precedes,
        own.p_sep_by_space,
        own.n_cs_precedes,
        own.n_sep_by_space,
        own.p_sign_posn,
        own.n_sign_posn,
    ];
    guard(null(), || {
        let wide = WIDE.map(|which| {
            // SAFETY: a string of libc's.
            let text = unsafe { CStr::from_ptr(texts[which]) };
            let mut wide = u16::from_os(OsStr::from_bytes(text.to_bytes()));
            wide.push(0);
            wide
        });
        let wide = Vec::from(wide);
        let starts = std::array::from_fn(|which| wide[which].as_ptr());
        let told = Told { conventions: Conventions { texts, numbers, wide: starts }, _wide: wide };
        // SAFETY: the thread's own place.
        place(true, |places| &places.conventions, |to| unsafe { &raw mut (*to).insert(told).conventions }).cast_const()
    })
}

/// A locale that is that of C but for a category; NULL with EINVAL for one that is not there.
fn create(category: c_int, name: &[u8]) -> locale_t {
    let mask = match category {
        libc::LC_ALL => libc::LC_ALL_MASK,
        0..=5 => 1 << category,
        _ => 0,
    };
    let made = (mask != 0).then(|| {
        by_name(name, |name| {
            // SAFETY: strings; the base is given to the second call, which gives it back if it fails.
            unsafe {
                let base = libc::newlocale(libc::LC_ALL_MASK, c"C".as_ptr(), null_mut());
                let made = if base.is_null() { base } else { libc::newlocale(mask, name.as_ptr(), base) };
                if made.is_null() && !base.is_null() {
                    libc::freelocale(base);
                }
                (!made.is_null()).then_some(made)
            }
        })
    });
    made.flatten().unwrap_or_else(|| {
        set_errno(EINVAL);
        null_mut()
    })
}

/// _create_locale: for the functions with `_l`; _free_locale takes it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__create_locale(category: c_int, name: *const c_char) -> locale_t {
    if name.is_null() {
        set_errno(EINVAL);
        return null_mut();
    }
    // SAFETY: not NULL, and the caller vouches for it.
    guard(null_mut(), || create(category, unsafe { units(name.cast::<u8>()) }))
}

/// _wcreate_locale.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__wcreate_locale(category: c_int, name: *const u16) -> locale_t {
    if name.is_null() {
        set_errno(EINVAL);
        return null_mut();
    }
    // SAFETY: not NULL, and the caller vouches for it.
    guard(null_mut(), || create(category, u16::to_os(unsafe { units(name) }).as_bytes()))
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
            assert!(!ovl_setlocale(libc::LC_CTYPE, null()).is_null());
        }
    }

    #[test]
    fn names_of_windows_are_looked_for_under_those_of_linux() {
        for (name, wanted) in [
            ("de-DE", "de_DE.UTF-8"),
            ("German_Germany.1252", "de_DE.UTF-8"),
            ("chs", "zh_CN.utf8"),
            ("English", "en_US"),
            ("sr-Latn-RS", "sr_Latn_RS"),
            (".UTF8", "C.UTF-8"),
            (".65001", "C.UTF-8"),
            (".1252", ""),
            ("", ""),
            ("C", "C"),
        ] {
            assert!(candidates(name).iter().any(|candidate| candidate == wanted), "{name}");
        }
    }

    #[test]
    fn a_locale_of_its_own_is_made_and_given_back() {
        // SAFETY: strings; what is made is given back once.
        unsafe {
            for made in [
                ovl__create_locale(libc::LC_ALL, c"C".as_ptr()),
                ovl__create_locale(libc::LC_NUMERIC, c"C".as_ptr()),
                ovl__wcreate_locale(libc::LC_ALL, crate::text::of::<u16>("C\0").as_ptr()),
            ] {
                assert!(!made.is_null());
                libc::freelocale(made);
            }
            assert!(ovl__create_locale(libc::LC_ALL, c"no_such".as_ptr()).is_null());
            assert!(ovl__create_locale(77, c"C".as_ptr()).is_null() && ovl__create_locale(0, null()).is_null());
        }
    }

    /// Tests run in the locale C.
    #[test]
    fn conventions_are_told_narrow_and_wide() {
        let told = ovl_localeconv();
        // SAFETY: the thread's own, until its next call.
        let told = unsafe { &*told };
        // SAFETY: strings of libc's, and the wide ones beside them.
        let same = |which: usize| unsafe {
            let (narrow, wide) = (CStr::from_ptr(told.texts[WIDE[which]]), units(told.wide[which]));
            wide.iter().map(|unit| *unit as u8).eq(narrow.to_bytes().iter().copied())
        };
        assert!((0..WIDE.len()).all(same));
        // SAFETY: a string with its zero.
        assert_eq!(unsafe { units(told.wide[0]) }, [u16::from(b'.')]);
        assert_eq!(told.numbers, [c_char::MAX; 8]);
    }
}
