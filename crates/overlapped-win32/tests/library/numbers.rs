//! Numbers as text and back: bases, rooms, limits.

use super::{shown, told, wide};
use libc::{EINVAL, ERANGE};
use overlapped_win32::crt::numbers::*;
use std::ptr::{null, null_mut};

#[test]
fn numbers_become_text_in_their_room() {
    let (mut to, mut wide_to) = ([1_u8; 70], [1_u16; 70]);
    // SAFETY: the rooms are those of the buffers.
    unsafe {
        let (n, w) = (to.as_mut_ptr(), wide_to.as_mut_ptr());
        assert_eq!((ovl__ltoa_s(-5, n, 3, 10), shown(&to)), (0, "-5".into()));
        assert_eq!((told(|| ovl__ltoa_s(-5, n, 2, 10)), to[0]), ((ERANGE, ERANGE, 0), 0));
        assert_eq!((told(|| ovl__ultoa_s(5, n, 70, 37)), to[0]), ((EINVAL, EINVAL, 0), 0));
        assert_eq!((ovl__i64toa_s(i64::MIN, n, 70, 2), shown(&to).len()), (0, 64));
        assert_eq!((ovl__ui64toa_s(u64::MAX, n, 70, 36), shown(&to)), (0, "3w5e11264sgsf".into()));
        assert_eq!((ovl__itow_s(-1, w, 9, 16), shown(&wide_to)), (0, "ffffffff".into()));
        assert_eq!((ovl__ltow_s(7, w, 2, 2), ovl__ultow_s(7, w, 4, 2), shown(&wide_to)), (ERANGE, 0, "111".into()));
        assert_eq!((ovl__i64tow_s(-7, w, 3, 10), shown(&wide_to)), (0, "-7".into()));
        assert_eq!((ovl__ui64tow_s(7, null_mut(), 3, 10), ovl__ui64tow_s(7, w, 0, 10)), (EINVAL, EINVAL));
        let texts = [
            ovl__itoa(-9, n, 10),
            ovl__ltoa(-9, n, 10),
            ovl__ultoa(9, n, 10),
            ovl__i64toa(9, n, 10),
            ovl__ui64toa(9, n, 10),
        ];
        assert_eq!((texts, shown(&to)), ([n; 5], "9".into()));
        let texts =
            [ovl__itow(8, w, 8), ovl__ltow(8, w, 8), ovl__ultow(8, w, 8), ovl__i64tow(8, w, 8), ovl__ui64tow(8, w, 8)];
        assert_eq!((texts, shown(&wide_to)), ([w; 5], "10".into()));
    }
}

#[test]
fn text_without_a_number_or_a_base_is_zero() {
    let (bad, number) = (wide("z"), wide(" -12x"));
    let (mut end, mut wide_end) = (null_mut(), null_mut());
    // SAFETY: strings, or NULL.
    unsafe {
        for base in [1, 37, -1] {
            let text = c"5".as_ptr();
            assert_eq!(told(|| ovl__strtoi64(text, &mut end, base)), (0, EINVAL, 0));
            assert_eq!((end.cast_const(), told(|| ovl__strtoui64(text, null_mut(), base))), (text, (0, EINVAL, 0)));
            assert_eq!(told(|| ovl_wcstol(bad.as_ptr(), &mut wide_end, base)), (0, EINVAL, 0));
            assert_eq!((wide_end.cast_const(), ovl_wcstoul(bad.as_ptr(), null_mut(), base)), (bad.as_ptr(), 0));
        }
        assert_eq!(told(|| ovl__strtoi64(null(), &mut end, 10)), (0, EINVAL, 0));
        assert_eq!((end, told(|| ovl__atoi64(null()))), (null_mut(), (0, EINVAL, 0)));
        assert_eq!(told(|| ovl_wcstoll(null(), null_mut(), 10)), (0, EINVAL, 0));
        assert_eq!(told(|| ovl_wcstod(null(), null_mut())), (0.0, EINVAL, 0));
        assert_eq!(told(|| ovl_wcstof(null(), null_mut())), (0.0, EINVAL, 0));
        assert_eq!(told(|| (ovl__wtof(null()), ovl__wtoi64(null()), ovl__wtol(null()))), ((0.0, 0, 0), EINVAL, 0));
        assert_eq!(told(|| ovl__strtoi64(c"99999999999999999999".as_ptr(), null_mut(), 10)), (i64::MAX, ERANGE, 0));
        assert_eq!(told(|| ovl__strtoui64(c"99999999999999999999".as_ptr(), null_mut(), 10)), (u64::MAX, ERANGE, 0));
        assert_eq!(
            (ovl__strtoi64(c"0x1F".as_ptr(), &mut end, 0), ovl__strtoui64(c"-1".as_ptr(), null_mut(), 10)),
            (31, u64::MAX)
        );
        assert_eq!((ovl_wcstol(number.as_ptr(), &mut wide_end, 10), *wide_end), (-12, u16::from(b'x')));
        assert_eq!((ovl_wcstoull(wide("z").as_ptr(), null_mut(), 36), ovl__atoi64(c" +7".as_ptr())), (35, 7));
        assert_eq!(
            (ovl__wtol(number.as_ptr()), ovl__wtoi64(number.as_ptr()), ovl__wtof(number.as_ptr())),
            (-12, -12, -12.0)
        );
    }
}
