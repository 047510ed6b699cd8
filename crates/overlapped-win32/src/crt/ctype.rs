//! `wctype.h`: classes and case of 16-bit units, by Unicode; libc's own know ASCII only unless the program sets a locale.

use std::ffi::c_int;

/// WEOF.
pub const WEOF: u16 = 0xFFFF;

fn class(unit: u16, of: impl FnOnce(char) -> bool) -> c_int {
    // Halves of surrogate pairs and WEOF are of no class.
    c_int::from(unit != WEOF && char::from_u32(unit.into()).is_some_and(of))
}

macro_rules! classes {
    ($($name:ident, $doc:literal, $of:expr;)+) => {
        $(classes!(@one $name, $doc, $of);)+
    };
    (@one $name:ident, $doc:literal, $of:expr) => {
        #[doc = $doc]
        #[unsafe(no_mangle)]
        pub extern "C" fn $name(unit: u16) -> c_int {
            class(unit, $of)
        }
    };
}

classes! {
    ovl_iswalpha, "iswalpha.", char::is_alphabetic;
    ovl_iswalnum, "iswalnum.", char::is_alphanumeric;
    ovl_iswupper, "iswupper.", char::is_uppercase;
    ovl_iswlower, "iswlower.", char::is_lowercase;
    ovl_iswdigit, "iswdigit: 0 to 9.", |c| c.is_ascii_digit();
    ovl_iswxdigit, "iswxdigit.", |c| c.is_ascii_hexdigit();
    ovl_iswspace, "iswspace.", char::is_whitespace;
    ovl_iswblank, "iswblank.", |c| c == '\t' || c.is_whitespace() && !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}');
    ovl_iswcntrl, "iswcntrl.", char::is_control;
    ovl_iswprint, "iswprint.", |c| !c.is_control();
    ovl_iswgraph, "iswgraph.", |c| !c.is_control() && !c.is_whitespace();
    ovl_iswpunct, "iswpunct.", |c| !c.is_control() && !c.is_whitespace() && !c.is_alphanumeric();
    ovl_iswascii, "iswascii.", |c| c.is_ascii();
}

/// towupper.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_towupper(unit: u16) -> u16 {
    crate::text::upper(unit)
}

/// towlower.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_towlower(unit: u16) -> u16 {
    crate::text::lower(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_and_case() {
        for (unit, alpha, digit, space, punctuation) in [
            ('a', 1, 0, 0, 0),
            ('Ж', 1, 0, 0, 0),
            ('7', 0, 1, 0, 0),
            ('\n', 0, 0, 1, 0),
            ('!', 0, 0, 0, 1),
            ('\u{3000}', 0, 0, 1, 0),
        ] {
            let unit = unit as u16;
            let got = (ovl_iswalpha(unit), ovl_iswdigit(unit), ovl_iswspace(unit), ovl_iswpunct(unit));
            assert_eq!(got, (alpha, digit, space, punctuation));
        }
        assert_eq!(
            (ovl_iswalpha(0xD800), ovl_iswprint(WEOF), ovl_iswprint(b' '.into()), ovl_iswgraph(b' '.into())),
            (0, 0, 1, 0)
        );
        assert_eq!((ovl_towupper(0xE9), ovl_towlower(0x416), ovl_towupper(WEOF)), (0xC9, 0x436, WEOF));
    }
}
