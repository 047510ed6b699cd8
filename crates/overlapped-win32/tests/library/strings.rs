//! Text of the C library: what `_s` refuses and what is in the target then, comparisons without case, dates.

use super::{shown, told, wide};
use libc::{EINVAL, ERANGE};
use overlapped_win32::crt::calendar::*;
use overlapped_win32::crt::clock::*;
use overlapped_win32::crt::dates::*;
use overlapped_win32::crt::environment::*;
use overlapped_win32::crt::paths::*;
use overlapped_win32::crt::secure::*;
use overlapped_win32::crt::strings::*;
use overlapped_win32::crt::wide::*;
use overlapped_win32::crt::wide_dates::*;
use std::ptr::{null, null_mut};

/// `_TRUNCATE`.
const TRUNCATE: usize = usize::MAX;

#[test]
fn copies_fit_or_the_target_is_empty() {
    let (abc, long) = (c"abc".as_ptr().cast::<u8>(), wide("abcdef"));
    let (mut to, mut wide_to) = ([1_u8; 8], [1_u16; 8]);
    // SAFETY: the rooms are those of the buffers.
    unsafe {
        let (narrow, wider) = (to.as_mut_ptr(), wide_to.as_mut_ptr());
        assert_eq!((ovl_strcpy_s(narrow, 4, abc), shown(&to)), (0, "abc".into()));
        assert_eq!((told(|| ovl_strcpy_s(narrow, 3, abc)), to[0]), ((ERANGE, ERANGE, 0), 0));
        assert_eq!((told(|| ovl_wcscpy_s(wider, 7, null())), wide_to[0]), ((EINVAL, EINVAL, 0), 0));
        assert_eq!((ovl_wcscpy_s(wider, 8, long.as_ptr()), ovl_wcscpy_s(null_mut(), 8, long.as_ptr())), (0, EINVAL));
        assert_eq!((ovl_wcscat_s(wider, 8, [u16::from(b'g'), 0].as_ptr()), shown(&wide_to)), (0, "abcdefg".into()));
        assert_eq!((ovl_wcscat_s(wider, 8, [u16::from(b'h'), 0].as_ptr()), wide_to[0]), (ERANGE, 0));
        assert_eq!((ovl_wcsncpy_s(wider, 4, long.as_ptr(), TRUNCATE), shown(&wide_to)), (80, "abc".into()));
        assert_eq!((ovl_wcsncpy_s(wider, 4, long.as_ptr(), 4), wide_to[0]), (ERANGE, 0));
        assert_eq!(
            (ovl_strncpy_s(narrow, 4, abc, 2), ovl_strncat_s(narrow, 4, abc, 1), shown(&to)),
            (0, 0, "aba".into())
        );
        assert_eq!((ovl_strncat_s(narrow, 4, abc, 1), to[0]), (ERANGE, 0));
        assert_eq!((ovl_wcsncat_s(wider, 8, long.as_ptr(), 2), shown(&wide_to)), (0, "ab".into()));
        assert_eq!((ovl_strnlen_s(abc, 2), ovl_strnlen_s(null(), 2), ovl_wcsnlen_s(long.as_ptr(), 9)), (2, 0, 6));
        // memcpy_s clears the target, memmove_s leaves it.
        wide_to = [7; 8];
        assert_eq!((ovl_wmemmove_s(wider, 3, long.as_ptr(), 4), wide_to), (ERANGE, [7; 8]));
        assert_eq!((ovl_wmemmove_s(wider, 3, null(), 1), wide_to), (EINVAL, [7; 8]));
        assert_eq!((ovl_wmemmove_s(wider, 3, long.as_ptr(), 3), wide_to[2], wide_to[3]), (0, u16::from(b'c'), 7));
        assert_eq!((ovl_wmemcpy_s(wider, 3, long.as_ptr(), 4), wide_to[..4].to_vec()), (ERANGE, vec![0, 0, 0, 7]));
        to = [7; 8];
        assert_eq!((ovl_memmove_s(narrow.cast(), 3, abc.cast(), 4), to), (ERANGE, [7; 8]));
        assert_eq!((ovl_memmove_s(null_mut(), 3, null(), 0), ovl_memmove_s(narrow.cast(), 3, abc.cast(), 3)), (0, 0));
        assert_eq!((ovl__strupr_s(narrow, 3), to[0]), (EINVAL, 0), "no end within the room");
        to = *b"aBc\0\0\0\0\0";
        assert_eq!((ovl__strupr_s(narrow, 4), shown(&to)), (0, "ABC".into()));
        assert_eq!((ovl__strlwr_s(narrow, 4), shown(&to), ovl__strlwr_s(null_mut(), 4)), (0, "abc".into(), EINVAL));
        wide_to = [0xE4, 0x42, 0, 0, 0, 0, 0, 0];
        assert_eq!((ovl__wcsupr_s(wider, 3), wide_to[0]), (0, 0xC4));
        assert_eq!((ovl__wcslwr_s(wider, 3), wide_to[1], ovl__wcslwr_s(wider, 2)), (0, 0x62, EINVAL));
        assert_eq!(
            (ovl_strerror_s(narrow, 5, 2), shown(&to), ovl_strerror_s(null_mut(), 5, 2)),
            (0, "No s".into(), EINVAL)
        );
        assert_eq!(
            (ovl__wcserror_s(wider, 5, 2), shown(&wide_to), ovl__wcserror_s(wider, 0, 2)),
            (0, "No s".into(), EINVAL)
        );
    }
}

#[test]
fn comparisons_without_case_refuse_nothing_at_all() {
    let most = i32::MAX;
    let (a, upper) = (wide("äb"), wide("ÄC"));
    // SAFETY: strings, or NULL.
    unsafe {
        let (text, other) = (c"abc".as_ptr(), c"ABD".as_ptr());
        assert_eq!(told(|| ovl__stricmp(null(), text)), (most, EINVAL, 0));
        assert_eq!(told(|| ovl__strnicmp(text, null(), 1)), (most, EINVAL, 0));
        assert_eq!(told(|| ovl__wcsicmp(null(), a.as_ptr())), (most, EINVAL, 0));
        assert_eq!(told(|| ovl__wcsnicmp(a.as_ptr(), null(), 1)), (most, EINVAL, 0));
        assert_eq!(told(|| ovl__memicmp(null(), text.cast(), 1)), (most, EINVAL, 0));
        assert_eq!(told(|| (ovl__strnicmp(null(), text, 0), ovl__memicmp(null(), null(), 0))), ((0, 0), 0, 0));
        assert_eq!((ovl__strnicmp(text, other, 2), ovl__strnicmp(text, other, 3)), (0, -1));
        assert_eq!((ovl__memicmp(text.cast(), other.cast(), 2), ovl__memicmp(text.cast(), other.cast(), 3)), (0, -1));
        assert_eq!((ovl__wcsnicmp(a.as_ptr(), upper.as_ptr(), 1), ovl__wcsicmp(a.as_ptr(), upper.as_ptr())), (0, -1));
        let (mut first, mut rest) = (*b",a;b\0", null_mut());
        assert_eq!(*ovl_strtok_s(first.as_mut_ptr(), c",;".as_ptr().cast(), &mut rest), b'a');
        assert_eq!(*ovl_strtok_s(null_mut(), c",;".as_ptr().cast(), &mut rest), b'b');
        assert!(ovl_strtok_s(null_mut(), c",;".as_ptr().cast(), &mut rest).is_null());
        assert_eq!(told(|| ovl_strtok_s(null_mut(), null(), &mut rest)), (null_mut(), EINVAL, 0));
        let mut first = *b"x y\0";
        assert_eq!(*ovl_strtok(first.as_mut_ptr().cast(), c" ".as_ptr()), b'x' as i8);
        assert_eq!(*ovl_strtok(null_mut(), c" ".as_ptr()), b'y' as i8);
        assert!(ovl_strtok(null_mut(), c" ".as_ptr()).is_null());
    }
}

#[test]
fn dates_are_those_from_1970_to_3000() {
    const LAST: i64 = 32_535_215_999;
    let mut text = [1_i8; 30];
    let mut wide_text = [1_u16; 30];
    // SAFETY: zeros are a value; our own places otherwise.
    unsafe {
        let mut date: libc::tm = std::mem::zeroed();
        for time in [-1, LAST + 1] {
            assert_eq!(told(|| ovl_gmtime(&time)), (null_mut(), EINVAL, 0));
            assert_eq!(told(|| ovl_localtime(&time)), (null_mut(), EINVAL, 0));
            assert_eq!(told(|| ovl_ctime(&time)), (null_mut(), EINVAL, 0));
            assert_eq!(told(|| ovl__wctime(&time)), (null_mut(), EINVAL, 0));
            assert_eq!(
                (told(|| ovl_gmtime_s(&mut date, &time)), date.tm_year, date.tm_isdst),
                ((EINVAL, EINVAL, 0), -1, -1)
            );
        }
        assert_eq!((ovl_gmtime_s(&mut date, &LAST), date.tm_year, date.tm_mon, date.tm_sec), (0, 1100, 11, 59));
        assert_eq!((ovl_gmtime_s(&mut date, null()), date.tm_mday, ovl_gmtime_s(null_mut(), &0)), (EINVAL, -1, EINVAL));
        assert_eq!((ovl_gmtime_s(&mut date, &0), ovl__mkgmtime(&mut date)), (0, 0));
        date.tm_year = 69;
        assert_eq!(told(|| ovl__mkgmtime(&mut date)), (-1, EINVAL, 0));
        date.tm_year = 70;
        assert_eq!((ovl_asctime_s(text.as_mut_ptr(), 26, &date), text[24]), (0, b'\n' as i8));
        assert_eq!((ovl_asctime_s(text.as_mut_ptr(), 25, &date), text[0]), (EINVAL, 0));
        assert_eq!(ovl_ctime_s(text.as_mut_ptr(), 25, &0), EINVAL);
        for wrong in [
            libc::tm { tm_mon: 12, ..date },
            libc::tm { tm_mday: 32, ..date },
            libc::tm { tm_hour: 24, ..date },
            libc::tm { tm_year: -1, ..date },
        ] {
            assert_eq!((told(|| ovl_asctime_s(text.as_mut_ptr(), 26, &wrong)), text[0]), ((EINVAL, EINVAL, 0), 0));
            assert!(ovl__wasctime(&wrong).is_null());
        }
        assert_eq!(
            (ovl__wasctime_s(wide_text.as_mut_ptr(), 26, &date), ovl__wctime_s(wide_text.as_mut_ptr(), 9, &0)),
            (0, EINVAL)
        );
        assert_eq!((ovl__strdate_s(text.as_mut_ptr(), 9), ovl__strdate_s(text.as_mut_ptr(), 8)), (0, ERANGE));
        assert_eq!((ovl__strtime_s(text.as_mut_ptr(), 9), ovl__strtime_s(null_mut(), 9)), (0, EINVAL));
        assert_eq!(
            (ovl__wstrdate_s(wide_text.as_mut_ptr(), 9), ovl__wstrtime_s(wide_text.as_mut_ptr(), 8)),
            (0, ERANGE)
        );
        let format = wide("%Y-%m-%d");
        assert_eq!(
            (ovl_wcsftime(wide_text.as_mut_ptr(), 30, format.as_ptr(), &date), shown(&wide_text)),
            (10, "1970-01-01".into())
        );
        assert_eq!(told(|| ovl_wcsftime(wide_text.as_mut_ptr(), 10, format.as_ptr(), &date)), (0, ERANGE, 0));
    }
}

#[test]
fn names_are_taken_apart_and_variables_handed_out() {
    let (mut drive, mut way, mut last, mut end) = ([1_u8; 4], [1_u8; 20], [1_u8; 20], [1_u8; 20]);
    // SAFETY: the rooms are those of the buffers.
    unsafe {
        let name = c"C:\\d\\e.f\\g.tar.gz".as_ptr().cast();
        let (a, b, c, d) = (drive.as_mut_ptr(), way.as_mut_ptr(), last.as_mut_ptr(), end.as_mut_ptr());
        assert_eq!(ovl__splitpath_s(name, a, 4, b, 20, c, 20, d, 20), 0);
        assert_eq!([&drive[..], &way, &last, &end].map(shown), ["C:", "\\d\\e.f\\", "g.tar", ".gz"]);
        assert_eq!(
            (told(|| ovl__splitpath_s(name, a, 4, b, 3, c, 20, d, 20)), drive[0], last[0]),
            ((ERANGE, ERANGE, 0), 0, 0)
        );
        assert_eq!(told(|| ovl__splitpath_s(name, null_mut(), 4, b, 20, c, 20, d, 20)), (EINVAL, EINVAL, 0));
        let parts = [c"C", c"d", c"f", c"e"].map(|part| part.as_ptr().cast());
        assert_eq!(
            (ovl__makepath_s(b, 20, parts[0], parts[1], parts[2], parts[3]), shown(&way)),
            (0, "C:d\\f.e".into())
        );
        assert_eq!(
            (told(|| ovl__makepath_s(b, 7, parts[0], parts[1], parts[2], parts[3])), way[0]),
            ((ERANGE, ERANGE, 0), 0)
        );
        assert_eq!((ovl__makepath_s(b, 20, null(), null(), null(), null()), way[0]), (0, 0));
        ovl__makepath(b, null(), c"a/".as_ptr().cast(), c"f".as_ptr().cast(), c".x".as_ptr().cast());
        assert_eq!(shown(&way), "a/f.x");

        let key = c"OVL_LIBRARY_TEST".as_ptr().cast();
        assert_eq!(told(|| ovl__putenv(null::<u8>())), (-1, EINVAL, 0));
        assert_eq!(
            (ovl__putenv_s(key, c"val".as_ptr().cast()), ovl__putenv_s(c"a=b".as_ptr().cast(), key)),
            (0, EINVAL)
        );
        let (mut size, mut copy) = (9, null_mut());
        assert_eq!((ovl_getenv_s(&mut size, b, 20, key), size, shown(&way)), (0, 4, "val".into()));
        assert_eq!((ovl_getenv_s(&mut size, b, 3, key), size), (ERANGE, 4));
        assert_eq!((ovl__dupenv_s(&mut copy, &mut size, key), size), (0, 4));
        libc::free(copy.cast());
        assert_eq!((ovl__putenv_s(key, c"".as_ptr().cast()), ovl__dupenv_s(&mut copy, &mut size, key)), (0, 0));
        assert_eq!((copy, size, ovl__dupenv_s(null_mut(), &mut size, key)), (null_mut(), 0, EINVAL));
        let wide_key = wide("OVL_LIBRARY_WIDE");
        let value = wide("ä");
        assert_eq!(ovl__wputenv_s(wide_key.as_ptr(), value.as_ptr()), 0);
        assert_eq!(*ovl__wgetenv(wide_key.as_ptr()), 0xE4);
        assert_eq!(
            (ovl__wputenv(wide("OVL_LIBRARY_WIDE=").as_ptr()), ovl__wgetenv(wide_key.as_ptr())),
            (0, null_mut())
        );
    }
}
