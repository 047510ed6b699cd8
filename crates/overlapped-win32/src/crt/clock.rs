//! `sys/timeb.h` and the rest of `time.h`: what libc has no function for.

use super::{invalid, set_errno};
use overlapped_abi::TimeVal;
use std::ffi::{c_char, c_int, c_long, c_short, c_void};
use std::mem::MaybeUninit;

/// struct __timeb64, 16 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct TimeB {
    /// Seconds since 1970.
    pub time: i64,
    /// Milliseconds of the second.
    pub millitm: u16,
    /// Minutes west of Greenwich, without summer time.
    pub timezone: c_short,
    /// Is it summer time?
    pub dstflag: c_short,
}

const _: () = assert!(size_of::<TimeB>() == 16);

fn local(seconds: i64) -> Option<libc::tm> {
    let mut tm = MaybeUninit::uninit();
    // SAFETY: our own places.
    let found = unsafe { libc::localtime_r(&seconds, tm.as_mut_ptr()) };
    // SAFETY: filled if the call says so.
    (!found.is_null()).then(|| unsafe { tm.assume_init() })
}

/// _ftime64_s: 0, or EINVAL.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__ftime64_s(to: *mut TimeB) -> c_int {
    if to.is_null() {
        return invalid(libc::EINVAL);
    }
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let seconds = since.as_secs() as i64;
    let tm = local(seconds);
    let summer = tm.is_some_and(|tm| tm.tm_isdst > 0);
    let east: c_long = tm.map_or(0, |tm| tm.tm_gmtoff) - if summer { 3600 } else { 0 };
    let time = TimeB {
        time: seconds,
        millitm: since.subsec_millis() as u16,
        timezone: (-east / 60) as c_short,
        dstflag: c_short::from(summer),
    };
    // SAFETY: not NULL, and the caller vouches for it.
    unsafe { to.write(time) };
    0
}

/// gettimeofday of `sys/time.h`: the time in UTC, since 1970; the zone is left as it is. 0, or -1 with EFAULT.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_gettimeofday(to: *mut TimeVal, _zone: *mut c_void) -> c_int {
    if to.is_null() {
        set_errno(libc::EFAULT);
        return -1;
    }
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    // SAFETY: not NULL, and the caller vouches for it.
    unsafe { to.write(TimeVal { seconds: since.as_secs() as i32, microseconds: since.subsec_micros() as i32 }) };
    0
}

/// The time now in the form of a date or a time: eight characters and a zero.
unsafe fn put(to: *mut c_char, room: usize, text: impl Fn(&libc::tm) -> [c_int; 3], between: u8) -> c_int {
    if to.is_null() || room == 0 {
        return invalid(libc::EINVAL);
    }
    // SAFETY: room for one byte.
    unsafe { to.write(0) };
    if room < 9 {
        return invalid(libc::ERANGE);
    }
    // SAFETY: asks for the time.
    let Some(tm) = local(unsafe { libc::time(std::ptr::null_mut()) }) else { return invalid(libc::EINVAL) };
    let parts = text(&tm).map(|part| format!("{part:02}"));
    let line = parts.join(std::str::from_utf8(&[between]).unwrap_or("/")) + "\0";
    // SAFETY: nine bytes, for which there is room.
    unsafe { std::ptr::copy_nonoverlapping(line.as_ptr().cast(), to, 9) };
    0
}

/// _strdate_s: today as mm/dd/yy.
///
/// # Safety
/// `to` has room for `room` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__strdate_s(to: *mut c_char, room: usize) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { put(to, room, |tm| [tm.tm_mon + 1, tm.tm_mday, tm.tm_year % 100], b'/') }
}

/// _strtime_s: now as hh:mm:ss.
///
/// # Safety
/// As for [`ovl__strdate_s`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__strtime_s(to: *mut c_char, room: usize) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { put(to, room, |tm| [tm.tm_hour, tm.tm_min, tm.tm_sec], b':') }
}

/// rand_s: a number that nobody can foretell.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_rand_s(to: *mut u32) -> c_int {
    if to.is_null() {
        return invalid(libc::EINVAL);
    }
    // SAFETY: not NULL, and the caller vouches for four bytes.
    if unsafe { libc::getrandom(to.cast(), 4, 0) } == 4 { 0 } else { invalid(libc::EINVAL) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_now_in_each_form() {
        let mut time = TimeB::default();
        let (mut date, mut clock) = ([0x7F; 9], [0x7F; 9]);
        // SAFETY: rooms as large as said.
        unsafe {
            // SAFETY: asks for the time.
            let before = libc::time(std::ptr::null_mut());
            assert_eq!(ovl__ftime64_s(&mut time), 0);
            assert!(time.time >= before && time.millitm < 1000 && (-900..=900).contains(&time.timezone));
            assert_eq!((ovl__strdate_s(date.as_mut_ptr(), 9), ovl__strtime_s(clock.as_mut_ptr(), 9)), (0, 0));
            assert_eq!(ovl__strdate_s(date.as_mut_ptr(), 8), libc::ERANGE);
            assert_eq!(ovl__ftime64_s(std::ptr::null_mut()), libc::EINVAL);
        }
        let text: Vec<u8> = clock.iter().map(|byte| *byte as u8).collect();
        assert!(text[2] == b':' && text[5] == b':' && text[8] == 0 && text[0].is_ascii_digit(), "{text:?}");
        assert_eq!(date[0], 0, "too little room leaves an empty text");
    }

    #[test]
    fn random_numbers_differ() {
        let mut numbers = [0; 4];
        // SAFETY: one number each.
        let codes = numbers.each_mut().map(|number| unsafe { ovl_rand_s(number) });
        assert!(codes == [0; 4] && numbers.iter().any(|number| *number != numbers[0]));
    }
}
