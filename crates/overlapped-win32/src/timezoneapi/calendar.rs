//! Days and dates of the Gregorian calendar, and SYSTEMTIME.

use overlapped_abi::FileTime;

/// SYSTEMTIME, 16 bytes. In the rules of time zones, a `year` of 0 makes `day` the week of the month, 5 the last.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SystemTime {
    /// `wYear`, 1601 to 30827.
    pub year: u16,
    /// `wMonth`, 1 to 12.
    pub month: u16,
    /// `wDayOfWeek`, 0 is Sunday.
    pub day_of_week: u16,
    /// `wDay`, 1 to 31.
    pub day: u16,
    /// `wHour`.
    pub hour: u16,
    /// `wMinute`.
    pub minute: u16,
    /// `wSecond`.
    pub second: u16,
    /// `wMilliseconds`.
    pub milliseconds: u16,
}

const TICKS_PER_MS: u64 = 10_000;
/// 100-ns units in a minute.
pub const TICKS_PER_MINUTE: i64 = 60 * FileTime::TICKS_PER_SECOND;
const TICKS_PER_DAY: u64 = 24 * 60 * TICKS_PER_MINUTE as u64;
/// Days from 0000-03-01 to 1601-01-01, in the calendar that the sums below use.
const DAYS_TO_1601: i64 = 584_694;

/// Days from 1601-01-01 to a date.
#[must_use]
pub fn days_from_1601(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin in March have their leap day last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1 - DAYS_TO_1601
}

/// Year, month and day, so many days after 1601-01-01.
#[must_use]
pub fn date_from_1601(days: i64) -> (i64, i64, i64) {
    let days = days + DAYS_TO_1601;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year_of_era + next, month, day)
}

/// Days in a month.
#[must_use]
pub fn days_in_month(year: i64, month: i64) -> i64 {
    let (next_year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    days_from_1601(next_year, next, 1) - days_from_1601(year, month, 1)
}

/// Day of the week of a day since 1601-01-01, which was a Monday.
#[must_use]
pub fn day_of_week(days: i64) -> i64 {
    (days + 1).rem_euclid(7)
}

impl SystemTime {
    /// From 100-ns units since 1601; `None` for values that are no times.
    #[must_use]
    pub fn from_ticks(ticks: u64) -> Option<Self> {
        if ticks > i64::MAX as u64 {
            return None;
        }
        let days = (ticks / TICKS_PER_DAY) as i64;
        let ms = ticks % TICKS_PER_DAY / TICKS_PER_MS;
        let (year, month, day) = date_from_1601(days);
        Some(Self {
            year: u16::try_from(year).ok()?,
            month: month as u16,
            day_of_week: day_of_week(days) as u16,
            day: day as u16,
            hour: (ms / 3_600_000) as u16,
            minute: (ms / 60_000 % 60) as u16,
            second: (ms / 1000 % 60) as u16,
            milliseconds: (ms % 1000) as u16,
        })
    }

    /// 100-ns units since 1601; `None` if a field is out of range. The day of the week is not looked at.
    #[must_use]
    pub fn to_ticks(&self) -> Option<u64> {
        let (year, month, day) = (i64::from(self.year), i64::from(self.month), i64::from(self.day));
        let valid = (1601..=30827).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day)
            && self.hour < 24
            && self.minute < 60
            && self.second < 60
            && self.milliseconds < 1000;
        valid.then(|| self.ticks_of_day() + days_from_1601(year, month, day) as u64 * TICKS_PER_DAY)
    }

    /// 100-ns units since midnight.
    #[must_use]
    pub fn ticks_of_day(&self) -> u64 {
        let minutes = u64::from(self.hour) * 60 + u64::from(self.minute);
        ((minutes * 60 + u64::from(self.second)) * 1000 + u64::from(self.milliseconds)) * TICKS_PER_MS
    }

    /// The point in a year that a rule of a time zone names.
    #[must_use]
    pub fn rule_in(&self, year: i64) -> i64 {
        let month = i64::from(self.month);
        let days = if self.year != 0 {
            days_from_1601(year, month, i64::from(self.day))
        } else {
            let first = days_from_1601(year, month, 1);
            let to_weekday = (i64::from(self.day_of_week) - day_of_week(first)).rem_euclid(7);
            let mut day = to_weekday + 7 * (i64::from(self.day) - 1);
            while day >= days_in_month(year, month) {
                day -= 7;
            }
            first + day
        };
        days * TICKS_PER_DAY as i64 + self.ticks_of_day() as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_days() {
        assert_eq!(days_from_1601(1601, 1, 1), 0);
        assert_eq!(days_from_1601(1970, 1, 1), 134_774);
        assert_eq!(day_of_week(0), 1);
        assert_eq!(day_of_week(days_from_1601(2024, 2, 29)), 4);
        assert_eq!((days_in_month(1900, 2), days_in_month(2000, 2), days_in_month(2023, 12)), (28, 29, 31));
    }

    #[test]
    fn every_day_of_a_thousand_years_comes_back() {
        let mut before = (1600, 12, 31);
        for days in 0..365_243 {
            let date = date_from_1601(days);
            assert_eq!(days_from_1601(date.0, date.1, date.2), days);
            assert!(date > before, "{date:?} after {before:?}");
            before = date;
        }
    }

    #[test]
    fn rules_name_days() {
        let last_sunday_of_march = SystemTime { month: 3, day: 5, hour: 2, ..Default::default() };
        let at = SystemTime::from_ticks(last_sunday_of_march.rule_in(2024) as u64).unwrap();
        assert_eq!((at.month, at.day, at.hour, at.day_of_week), (3, 31, 2, 0));
        let second_sunday = SystemTime { month: 3, day: 2, hour: 2, ..Default::default() };
        assert_eq!(SystemTime::from_ticks(second_sunday.rule_in(2025) as u64).unwrap().day, 9);
    }
}
