//! FileTimeToDosDateTime and its reverse (`winbase.h`): a day in one word and two seconds in another, as archives have them.

use super::calendar::SystemTime;
use super::{read, write};
use crate::support::{Bool, guard_bool};
use overlapped_abi::{FileTime, Win32Error};

/// The years that seven bits can say.
const YEARS: std::ops::RangeInclusive<u16> = 1980..=2107;

/// FileTimeToDosDateTime, down to two seconds. FALSE/87 before 1980 and after 2107.
///
/// # Safety
/// `file` is readable, `date` and `time` are writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_FileTimeToDosDateTime(file: *const FileTime, date: *mut u16, time: *mut u16) -> Bool {
    guard_bool(|| {
        // SAFETY: the caller vouches for it.
        let ticks = unsafe { read(file)? }.ticks();
        let at = SystemTime::from_ticks(ticks).filter(|at| YEARS.contains(&at.year));
        let at = at.ok_or(Win32Error::INVALID_PARAMETER)?;
        // SAFETY: the caller vouches for both.
        unsafe {
            write(date, at.day | (at.month << 5) | ((at.year - YEARS.start()) << 9))?;
            write(time, (at.second / 2) | (at.minute << 5) | (at.hour << 11))
        }
    })
}

/// DosDateTimeToFileTime: FALSE/87 for what is no day or no time of one.
///
/// # Safety
/// `file` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_DosDateTimeToFileTime(date: u16, time: u16, file: *mut FileTime) -> Bool {
    guard_bool(|| {
        let at = SystemTime {
            year: YEARS.start() + (date >> 9),
            month: date >> 5 & 15,
            day: date & 31,
            hour: time >> 11,
            minute: time >> 5 & 63,
            second: (time & 31) * 2,
            ..SystemTime::default()
        };
        let ticks = at.to_ticks().ok_or(Win32Error::INVALID_PARAMETER)?;
        // SAFETY: the caller vouches for it.
        unsafe { write(file, FileTime::from_ticks(ticks)) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::{FALSE, TRUE, last_error};

    fn from_dos(date: u16, time: u16) -> Result<u64, u32> {
        let mut file = FileTime::default();
        // SAFETY: the structure is ours.
        let done = unsafe { ovl_DosDateTimeToFileTime(date, time, &mut file) };
        if done == TRUE { Ok(file.ticks()) } else { Err(last_error()) }
    }

    fn to_dos(year: u16, second: u16) -> Result<(u16, u16), u32> {
        let at = SystemTime { year, month: 5, day: 7, hour: 13, minute: 59, second, ..SystemTime::default() };
        let file = FileTime::from_ticks(at.to_ticks().unwrap());
        let (mut date, mut time) = (1, 1);
        // SAFETY: all three are ours.
        match unsafe { ovl_FileTimeToDosDateTime(&file, &mut date, &mut time) } {
            FALSE => Err(last_error()),
            _ => Ok((date, time)),
        }
    }

    #[test]
    fn a_time_of_dos_has_two_seconds_and_128_years() {
        assert_eq!([to_dos(2001, 56), to_dos(2001, 57)], [Ok((0x2AA7, 0x6F7C)); 2]);
        assert_eq!(to_dos(2107, 58), Ok((0xFEA7, 0x6F7D)));
        assert_eq!([to_dos(1979, 0), to_dos(2108, 0)], [Err(87); 2]);
        assert_eq!(from_dos(0x2AA7, 0x6F7C).map(|ticks| SystemTime::from_ticks(ticks).unwrap().second), Ok(56));
        assert!(from_dos(0x005D, 0xBF7D).is_ok(), "the 29th of February 1980, just before midnight");
        for (date, time) in [(0, 0), (0x1A1, 0), (0x5F, 0), (0x21, 0xBF7E), (0x21, 0xC000), (0x21, 0xBF80)] {
            assert_eq!(from_dos(date, time), Err(87), "{date:#x} {time:#x}");
        }
    }
}
