//! `time.h`: times as dates. In the library and not by labels to libc in the header: a program may have its own `localtime_r`, made
//! of `localtime_s`.

use super::{invalid, set_errno};
use libc::{EINVAL, c_char, c_int, time_t, tm};

/// What asctime writes, with its zero.
const TEXT: usize = 26;

/// The last second that is a date there: 23:59:59 on December 31, 3000, UTC. Those before 1970 are none either.
const LAST: time_t = 32_535_215_999;

/// Is it a time that has a date? Else errno is EINVAL.
///
/// # Safety
/// Not NULL.
pub(super) unsafe fn has_date(time: *const time_t) -> bool {
    // SAFETY: the caller's promise.
    let has = (0..=LAST).contains(unsafe { &*time });
    if !has {
        set_errno(EINVAL);
    }
    has
}

unsafe fn convert(
    to: *mut tm,
    from: *const time_t,
    by: unsafe extern "C" fn(*const time_t, *mut tm) -> *mut tm,
) -> c_int {
    if to.is_null() {
        return invalid(EINVAL);
    }
    // SAFETY: compared with NULL before they are used; the caller vouches for the rest. −1 in each of the nine fields says that there is no date.
    unsafe {
        to.cast::<[c_int; 9]>().write([-1; 9]);
        if from.is_null() {
            return invalid(EINVAL);
        }
        if has_date(from) && !by(from, to).is_null() { 0 } else { EINVAL }
    }
}

/// localtime_s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_localtime_s(to: *mut tm, from: *const time_t) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { convert(to, from, libc::localtime_r) }
}

/// gmtime_s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_gmtime_s(to: *mut tm, from: *const time_t) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { convert(to, from, libc::gmtime_r) }
}

/// Has `to` room for a date? EINVAL if not.
unsafe fn room_for_text(to: *mut c_char, room: usize) -> c_int {
    if to.is_null() || room == 0 {
        return EINVAL;
    }
    // SAFETY: room for one byte.
    unsafe { to.write(0) };
    if room < TEXT { EINVAL } else { 0 }
}

/// Are the fields those of a date, which its text can show?
fn is_date(date: &tm) -> bool {
    let within = |value: c_int, most: c_int| (0..=most).contains(&value);
    within(date.tm_sec, 60)
        && within(date.tm_min, 59)
        && within(date.tm_hour, 23)
        && (1..=31).contains(&date.tm_mday)
        && within(date.tm_mon, 11)
        && within(date.tm_wday, 6)
        && date.tm_year >= 0
}

/// asctime_s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_asctime_s(to: *mut c_char, room: usize, from: *const tm) -> c_int {
    // SAFETY: the caller's promise.
    let code = match unsafe { room_for_text(to, room) } {
        0 if from.is_null() => EINVAL,
        code => code,
    };
    if code != 0 {
        return invalid(code);
    }
    // SAFETY: not NULL, and the caller vouches for it.
    if !is_date(unsafe { &*from }) {
        return invalid(EINVAL);
    }
    let mut text = [0; 4 * TEXT];
    // SAFETY: not NULL, and room for a year of ten digits.
    let fits = unsafe { !libc::asctime_r(from, text.as_mut_ptr()).is_null() && text[TEXT - 1] == 0 };
    if !fits {
        return invalid(EINVAL);
    }
    // SAFETY: room was checked.
    unsafe { to.copy_from_nonoverlapping(text.as_ptr(), TEXT) };
    0
}

/// ctime_s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ctime_s(to: *mut c_char, room: usize, from: *const time_t) -> c_int {
    // SAFETY: zeros are a value of the structure; the caller vouches for the rest.
    unsafe {
        let mut date: tm = std::mem::zeroed();
        match room_for_text(to, room) {
            0 => match ovl_localtime_s(&mut date, from) {
                0 => ovl_asctime_s(to, room, &date),
                code => code,
            },
            code => invalid(code),
        }
    }
}

/// _mkgmtime: −1 for NULL and before 1970.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__mkgmtime(from: *mut tm) -> time_t {
    if from.is_null() {
        invalid(EINVAL);
        return -1;
    }
    // SAFETY: not NULL, and the caller vouches for it.
    let time = unsafe { libc::timegm(from) };
    // SAFETY: a place of ours.
    if unsafe { has_date(&time) } { time } else { -1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::CStr;
    use std::ptr::{null, null_mut};

    #[test]
    fn a_time_becomes_a_date_and_comes_back() {
        let (time, mut text) = (86_400 * 365 + 3_661, [0x7F; 30]);
        // SAFETY: zeros are a value; our own places otherwise.
        unsafe {
            let mut date: tm = std::mem::zeroed();
            assert_eq!(ovl_gmtime_s(&mut date, &time), 0);
            assert_eq!(
                (date.tm_year, date.tm_mon, date.tm_mday, date.tm_hour, date.tm_min, date.tm_sec),
                (71, 0, 1, 1, 1, 1)
            );
            assert_eq!(ovl__mkgmtime(&mut date), time);
            assert_eq!(ovl_asctime_s(text.as_mut_ptr(), 26, &date), 0);
            assert_eq!(CStr::from_ptr(text.as_ptr()), c"Fri Jan  1 01:01:01 1971\n");
            assert_eq!((ovl_ctime_s(text.as_mut_ptr(), 26, &time), text[25]), (0, 0));
            assert_eq!((ovl_ctime_s(text.as_mut_ptr(), 25, &time), text[0]), (EINVAL, 0));
        }
    }

    #[test]
    fn nothing_is_invalid() {
        let time = 0;
        // SAFETY: NULL is allowed.
        unsafe {
            assert_eq!((ovl_localtime_s(null_mut(), &time), ovl_ctime_s(null_mut(), 26, &time)), (EINVAL, EINVAL));
            assert_eq!((ovl_asctime_s(null_mut(), 0, null()), ovl__mkgmtime(null_mut())), (EINVAL, -1));
        }
    }
}
