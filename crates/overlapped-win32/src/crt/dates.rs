//! `time.h` and `string.h`: what returns a place of the library's own, or goes on from its last call. On Windows each thread has these for
//! itself, so programs call `localtime` and `strtok` in many threads; libc has one of each for all. And strftime with Microsoft's `#`.

use super::calendar::has_date;
use super::locales::Told;
use super::strings::tokens;
use super::{invalid, set_errno};
use crate::support::guard;
use crate::text::{put, to_utf8, to_utf16, units};
use libc::{EINVAL, ERANGE, c_char, c_double, c_int, time_t, tm};
use std::cell::{Cell, UnsafeCell};
use std::mem::MaybeUninit;
use std::ptr::null_mut;

/// Room for a date as text, of a year of any length.
const TEXT: usize = 104;
/// Room for the digits of any number.
const DIGITS: usize = 400;

/// What functions return places of. They are on the heap: of thread-locals themselves there is little.
pub(super) struct Places {
    /// Of localtime and gmtime: one place, as there.
    date: UnsafeCell<MaybeUninit<tm>>,
    /// Of asctime and ctime.
    last: UnsafeCell<[c_char; TEXT]>,
    /// Of _ecvt and _fcvt.
    number: UnsafeCell<[c_char; DIGITS]>,
    /// Of _wasctime and _wctime.
    pub(super) wide: UnsafeCell<[u16; TEXT]>,
    /// Of _wsetlocale.
    pub(super) locale: UnsafeCell<Vec<u16>>,
    /// Of localeconv.
    pub(super) conventions: UnsafeCell<Option<Told>>,
}

thread_local! {
    static PLACES: Box<Places> = Box::new(Places {
        date: UnsafeCell::new(MaybeUninit::zeroed()),
        last: UnsafeCell::new([0; TEXT]),
        number: UnsafeCell::new([0; DIGITS]),
        wide: UnsafeCell::new([0; TEXT]),
        locale: UnsafeCell::new(Vec::new()),
        conventions: UnsafeCell::new(None),
    });
}

/// The thread's own place; NULL if there is nothing to write in it, and when the thread has all but ended.
pub(super) fn place<T, R>(
    given: bool,
    which: impl FnOnce(&Places) -> &UnsafeCell<T>,
    fill: impl FnOnce(*mut T) -> *mut R,
) -> *mut R {
    if !given {
        invalid(EINVAL);
        return null_mut();
    }
    guard(null_mut(), || PLACES.try_with(|places| which(places).get()).map_or(null_mut(), fill))
}

// Where strtok goes on.
overlapped_kernel::static_tls! { fn rest: Cell<*const u8> = "strtok" }

unsafe extern "C" {
    fn tzset();
    fn gcvt(value: c_double, digits: c_int, to: *mut c_char) -> *mut c_char;
}

/// localtime: NULL with EINVAL for NULL, and for times before 1970 and after 3000. The place is the thread's, until its next call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_localtime(from: *const time_t) -> *mut tm {
    // SAFETY: not NULL, and the caller vouches for it; the place is the thread's own. As libc's, it heeds a zone that has changed.
    place(
        !from.is_null(),
        |places| &places.date,
        |to| unsafe {
            tzset();
            if has_date(from) { libc::localtime_r(from, to.cast()) } else { null_mut() }
        },
    )
}

/// gmtime, as localtime.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_gmtime(from: *const time_t) -> *mut tm {
    // SAFETY: as above.
    place(
        !from.is_null(),
        |places| &places.date,
        |to| unsafe { if has_date(from) { libc::gmtime_r(from, to.cast()) } else { null_mut() } },
    )
}

/// asctime: NULL with EINVAL for NULL. The text is the thread's, until its next call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_asctime(from: *const tm) -> *mut c_char {
    // SAFETY: not NULL, and the caller vouches for it; the place is the thread's own, with room for any year.
    place(!from.is_null(), |places| &places.last, |to| unsafe { libc::asctime_r(from, to.cast()) })
}

/// ctime, as asctime.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ctime(from: *const time_t) -> *mut c_char {
    // SAFETY: the caller's promise; NULL is known to both.
    unsafe {
        let date = ovl_localtime(from);
        if date.is_null() { null_mut() } else { ovl_asctime(date) }
    }
}

/// strtok: the thread's next token; NULL with EINVAL if there is no text to go on with.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_strtok(text: *mut c_char, delimiters: *const c_char) -> *mut c_char {
    rest(|kept| {
        let mut next = kept.get().cast_mut();
        if delimiters.is_null() || text.is_null() && next.is_null() {
            invalid(EINVAL);
            return null_mut();
        }
        // SAFETY: the caller vouches for both, and for the text of the call before.
        let token = unsafe { tokens(text.cast::<u8>(), delimiters.cast(), &mut next) };
        kept.set(next);
        token.cast()
    })
}

/// A format of Microsoft's as libc has it: with `#` the numbers lose their leading zeros, and `c` and `x` are in words.
fn of_libc(format: &[u8]) -> Vec<u8> {
    let (mut made, mut at) = (Vec::with_capacity(format.len() + 16), 0);
    while at < format.len() {
        let byte = format[at];
        let wanted = format.get(at + 1).copied();
        at += 1;
        made.push(byte);
        if byte != b'%' {
            continue;
        }
        match (wanted, format.get(at + 1)) {
            (Some(b'#'), Some(letter)) => {
                at += 2;
                let (before, spelled): (&[u8], &[u8]) = match letter {
                    b'c' => (b"", b"%A, %B %d, %Y %H:%M:%S"),
                    b'x' => (b"", b"%A, %B %d, %Y"),
                    b'D' => (b"", b"%-m/%-d/%-y"),
                    b'F' => (b"", b"%-Y-%-m-%-d"),
                    b'r' => (b"", b"%-I:%-M:%-S %p"),
                    b'R' => (b"", b"%-H:%-M"),
                    b'T' => (b"", b"%-H:%-M:%-S"),
                    number if b"CdegGHIjmMSuUVwWyY".contains(number) => (b"%-", std::slice::from_ref(number)),
                    other => (b"%", std::slice::from_ref(other)),
                };
                made.pop();
                made.extend_from_slice(before);
                made.extend_from_slice(spelled);
            }
            (Some(letter), _) => {
                at += 1;
                made.push(letter);
            }
            (None, _) => {}
        }
    }
    made.push(0);
    made
}

/// strftime: the length; 0 with an empty text and ERANGE if it does not fit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_strftime(to: *mut c_char, room: usize, format: *const c_char, time: *const tm) -> usize {
    if to.is_null() || room == 0 || format.is_null() || time.is_null() {
        invalid(EINVAL);
        return 0;
    }
    guard(0, || {
        // SAFETY: the caller vouches for all of it.
        unsafe {
            let pattern = of_libc(units(format.cast::<u8>()));
            let len = libc::strftime(to, room, pattern.as_ptr().cast(), time);
            if len == 0 {
                to.write(0);
                // A text may be empty by itself.
                if pattern.len() > 1 {
                    set_errno(ERANGE);
                }
            }
            len
        }
    })
}

/// wcsftime, as strftime.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_wcsftime(to: *mut u16, room: usize, format: *const u16, time: *const tm) -> usize {
    if to.is_null() || room == 0 || format.is_null() || time.is_null() {
        invalid(EINVAL);
        return 0;
    }
    guard(0, || {
        // SAFETY: the caller vouches for all of it; the bytes have the room that is said.
        unsafe {
            let pattern = of_libc(to_utf8(units(format)).as_bytes());
            let mut bytes = vec![0u8; 512 + pattern.len() * 32];
            let len = libc::strftime(bytes.as_mut_ptr().cast(), bytes.len(), pattern.as_ptr().cast(), time);
            let text = to_utf16(&bytes[..len]);
            if text.len() >= room {
                put(to, &[]);
                set_errno(ERANGE);
                return 0;
            }
            put(to, &text);
            text.len()
        }
    })
}

/// The digits of a number, and where its point is: `count` of them, or so many behind the point.
fn digits(value: f64, count: c_int, behind_point: bool) -> (String, c_int) {
    let (size, count) = (value.abs(), usize::try_from(count).unwrap_or(0).min(DIGITS));
    if !size.is_finite() {
        return (size.to_string().to_lowercase(), 0);
    }
    if size == 0.0 {
        return ("0".repeat(count), 0);
    }
    if !behind_point {
        let text = format!("{size:.*e}", count.saturating_sub(1));
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let shown = digits.chars().filter(char::is_ascii_digit).take(count).collect();
        return (shown, exponent.parse().unwrap_or(0) + 1);
    }
    let text = format!("{size:.count$}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    if whole != "0" {
        return (format!("{whole}{fraction}"), whole.len() as c_int);
    }
    let shown = fraction.trim_start_matches('0');
    (shown.to_owned(), -((fraction.len() - shown.len()) as c_int))
}

/// Puts a text with its zero where there is room for it.
unsafe fn put_digits(to: *mut c_char, room: usize, text: &str) -> c_int {
    if to.is_null() || room == 0 {
        return invalid(EINVAL);
    }
    // SAFETY: the caller vouches for the room.
    unsafe {
        put(to.cast::<u8>(), &[]);
        if text.len() >= room {
            return invalid(ERANGE);
        }
        put(to.cast(), text.as_bytes());
    }
    0
}

/// What _ecvt and _fcvt do; the text is the thread's own.
unsafe fn kept_digits(value: f64, count: c_int, behind: bool, point: *mut c_int, sign: *mut c_int) -> *mut c_char {
    place(
        !point.is_null() && !sign.is_null(),
        |places| &places.number,
        |to| {
            let (mut text, at) = digits(value, count, behind);
            text.truncate(DIGITS - 1);
            // SAFETY: not NULL, and the caller vouches for the places; the text is cut to the room.
            unsafe {
                point.write(at);
                sign.write(c_int::from(value.is_sign_negative()));
                put_digits(to.cast(), DIGITS, &text);
            }
            to.cast()
        },
    )
}

/// _ecvt: so many digits of a number, where its point is, and whether it is negative.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__ecvt(value: f64, count: c_int, point: *mut c_int, sign: *mut c_int) -> *mut c_char {
    // SAFETY: the caller's promise.
    unsafe { kept_digits(value, count, false, point, sign) }
}

/// _fcvt: so many digits behind the point.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__fcvt(value: f64, count: c_int, point: *mut c_int, sign: *mut c_int) -> *mut c_char {
    // SAFETY: the caller's promise.
    unsafe { kept_digits(value, count, true, point, sign) }
}

/// A form with the room.
macro_rules! with_room {
    ($(#[$doc:meta])* $name:ident, $behind:literal) => {
        $(#[$doc])*
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(
            to: *mut c_char,
            room: usize,
            value: f64,
            count: c_int,
            point: *mut c_int,
            sign: *mut c_int,
        ) -> c_int {
            if point.is_null() || sign.is_null() {
                return invalid(EINVAL);
            }
            guard(EINVAL, || {
                let (text, at) = digits(value, count, $behind);
                // SAFETY: not NULL, and the caller vouches for the places and the room.
                unsafe {
                    point.write(at);
                    sign.write(c_int::from(value.is_sign_negative()));
                    put_digits(to, room, &text)
                }
            })
        }
    };
}
with_room! {
    /// _ecvt_s: 22 for nothing to put the digits in, 34 if they do not fit.
    ovl__ecvt_s, false
}
with_room! {
    /// _fcvt_s, as _ecvt_s.
    ovl__fcvt_s, true
}

/// _gcvt_s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__gcvt_s(to: *mut c_char, room: usize, value: f64, count: c_int) -> c_int {
    let mut text: [c_char; 64] = [0; 64];
    // SAFETY: no more digits are asked for than there is room for, with an exponent; the caller vouches for his own.
    unsafe {
        gcvt(value, count.clamp(0, 17), text.as_mut_ptr());
        let text = std::ffi::CStr::from_ptr(text.as_ptr()).to_string_lossy();
        put_digits(to, room, &text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crt::errno;
    use crate::text::of;
    use std::ffi::CStr;

    fn date() -> tm {
        // SAFETY: numbers and a pointer, for which zero is a value.
        let zero: tm = unsafe { std::mem::zeroed() };
        tm { tm_year: 95, tm_mon: 2, tm_mday: 4, tm_hour: 2, tm_min: 1, tm_sec: 9, tm_wday: 6, tm_yday: 62, ..zero }
    }

    #[test]
    fn a_sharp_takes_zeros_away_and_spells_dates_out() {
        let (date, mut text, mut wide) = (date(), [0; 80], [0u16; 80]);
        for (format, expected) in [
            ("%#d|%#H|%#I|%#j|%#m|%#M|%#S|%#y", "4|2|2|63|3|1|9|95"),
            ("%d %j %H", "04 063 02"),
            ("%#c", "Saturday, March 04, 1995 02:01:09"),
            ("%#x%%", "Saturday, March 04, 1995%"),
            ("%%#d %#a%#%", "%#d Sat%"),
            ("%#D %#T %#R %#F", "3/4/95 2:1:9 2:1 1995-3-4"),
        ] {
            let narrow = std::ffi::CString::new(format).unwrap();
            // SAFETY: strings, and rooms as large as said.
            unsafe {
                let len = ovl_strftime(text.as_mut_ptr(), 80, narrow.as_ptr(), &date);
                let shown = CStr::from_ptr(text.as_ptr()).to_str().unwrap();
                assert_eq!((shown, len), (expected, expected.len()), "{format}");
                let pattern = of::<u16>(&format!("{format}\0"));
                assert_eq!(ovl_wcsftime(wide.as_mut_ptr(), 80, pattern.as_ptr(), &date), expected.len());
                assert_eq!(units(wide.as_ptr()), of::<u16>(expected));
            }
        }
        // SAFETY: as above, and NULL.
        unsafe {
            set_errno(0);
            assert_eq!((ovl_strftime(text.as_mut_ptr(), 4, c"%Y".as_ptr(), &date), text[0], errno()), (0, 0, ERANGE));
            assert_eq!((ovl_strftime(null_mut(), 4, c"%Y".as_ptr(), &date), errno()), (0, EINVAL));
            let pattern = of::<u16>("%Y é\0");
            assert_eq!(ovl_wcsftime(wide.as_mut_ptr(), 7, pattern.as_ptr(), &date), 6);
            assert_eq!((ovl_wcsftime(wide.as_mut_ptr(), 6, pattern.as_ptr(), &date), wide[0]), (0, 0));
        }
    }

    #[test]
    fn each_thread_has_its_own_dates_and_tokens() {
        let mut text = *b"a,b,c\0";
        let token = |text: *mut u8| {
            // SAFETY: strings; what is found is a part of one.
            unsafe {
                let found = ovl_strtok(text.cast(), c",".as_ptr());
                (!found.is_null()).then(|| CStr::from_ptr(found).to_str().unwrap().to_owned())
            }
        };
        // SAFETY: a place that stays until the thread's next call.
        let (mine, shown) = unsafe { (ovl_gmtime(&0), ovl_asctime(&date())) };
        assert_eq!(token(text.as_mut_ptr()).as_deref(), Some("a"));
        std::thread::spawn(move || {
            let mut text = *b"x,y\0";
            assert_eq!((token(null_mut()), token(text.as_mut_ptr()).as_deref()), (None, Some("x")));
            // SAFETY: as above.
            unsafe { assert!(!ovl_gmtime(&86_400).is_null() && !ovl_ctime(&0).is_null()) };
        })
        .join()
        .unwrap();
        assert_eq!([(); 3].map(|()| token(null_mut())), [Some("b".to_owned()), Some("c".to_owned()), None]);
        // SAFETY: the thread's own places.
        unsafe {
            assert_eq!(((*mine).tm_year, (*mine).tm_mday), (70, 1));
            assert_eq!(CStr::from_ptr(shown), c"Sat Mar  4 02:01:09 1995\n");
            assert!(ovl_localtime(std::ptr::null()).is_null() && ovl_asctime(std::ptr::null()).is_null());
            assert!(ovl_gmtime(std::ptr::null()).is_null() && ovl_ctime(std::ptr::null()).is_null());
        }
    }

    #[test]
    fn digits_where_there_is_room_for_them() {
        let (mut text, mut point, mut sign) = ([0; 20], 0, 0);
        // SAFETY: rooms as large as said.
        unsafe {
            assert_eq!(ovl__ecvt_s(text.as_mut_ptr(), 20, -1234.5, 6, &mut point, &mut sign), 0);
            assert_eq!((CStr::from_ptr(text.as_ptr()), point, sign), (c"123450", 4, 1));
            assert_eq!(CStr::from_ptr(ovl__fcvt(42.0, 3, &mut point, &mut sign)), c"42000");
            assert_eq!((ovl__fcvt_s(text.as_mut_ptr(), 5, 42.0, 3, &mut point, &mut sign), text[0]), (ERANGE, 0));
            assert_eq!((ovl__gcvt_s(text.as_mut_ptr(), 20, 0.05, 6), CStr::from_ptr(text.as_ptr())), (0, c"0.05"));
            assert_eq!(ovl__gcvt_s(null_mut(), 20, 0.05, 6), EINVAL);
            for (value, count, behind, wanted, at) in [
                (1e300, 3, false, c"100", 301),
                (999.9996, 6, false, c"100000", 4),
                (0.05, 6, false, c"500000", -1),
                (0.05, 3, true, c"50", -1),
                (0.0004, 3, true, c"", -3),
                (0.0, 4, true, c"0000", 0),
                (1_234_567.0, 3, true, c"1234567000", 7),
            ] {
                let by = if behind { ovl__fcvt } else { ovl__ecvt };
                let text = by(value, count, &mut point, &mut sign);
                assert_eq!((CStr::from_ptr(text), point, sign), (wanted, at, 0), "{value}");
            }
            assert!(ovl__ecvt(1.0, 3, null_mut(), &mut sign).is_null());
        }
    }
}
