//! The time zone of the process, as Linux knows it, and as the rules that Windows makes of it.

use super::calendar::{SystemTime, TICKS_PER_MINUTE, days_from_1601, days_in_month};
use overlapped_abi::FileTime;
use std::ffi::CStr;

/// TIME_ZONE_INFORMATION, 172 bytes. Biases are minutes to be added to local time to get UTC.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct TimeZoneInformation {
    /// `Bias`.
    pub bias: i32,
    /// `StandardName`.
    pub standard_name: [u16; 32],
    /// `StandardDate`: when standard time begins; month 0 if there is no daylight time.
    pub standard_date: SystemTime,
    /// `StandardBias`, on top of `bias`.
    pub standard_bias: i32,
    /// `DaylightName`.
    pub daylight_name: [u16; 32],
    /// `DaylightDate`: when daylight time begins.
    pub daylight_date: SystemTime,
    /// `DaylightBias`, on top of `bias`.
    pub daylight_bias: i32,
}

const _: () = assert!(size_of::<TimeZoneInformation>() == 172);

/// What GetTimeZoneInformation returns of the present: no rules, standard time, daylight time.
pub const TIME_ZONE_ID_UNKNOWN: u32 = 0;
/// Standard time.
pub const TIME_ZONE_ID_STANDARD: u32 = 1;
/// Daylight time.
pub const TIME_ZONE_ID_DAYLIGHT: u32 = 2;

/// Local time at a point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Local {
    /// Seconds east of UTC.
    offset: i64,
    daylight: bool,
    name: [u16; 32],
}

fn local(unix: i64) -> Local {
    // SAFETY: the structure is plain numbers and a pointer, for all of which zero is a value.
    let mut fields: libc::tm = unsafe { std::mem::zeroed() };
    // SAFETY: both are ours.
    unsafe { libc::localtime_r(&unix, &mut fields) };
    let mut name = [0; 32];
    if !fields.tm_zone.is_null() {
        // SAFETY: libc keeps the names of zones until it is told of another zone.
        let text = unsafe { CStr::from_ptr(fields.tm_zone) }.to_string_lossy().into_owned();
        name.iter_mut().take(31).zip(text.encode_utf16()).for_each(|(to, from)| *to = from);
    }
    Local { offset: fields.tm_gmtoff, daylight: fields.tm_isdst > 0, name }
}

/// 100-ns units to be added to UTC to get local time, at this time of UTC.
#[must_use]
pub fn offset_at(utc: u64) -> i64 {
    let unix = FileTime::from_ticks(utc).to_unix().map_or(0, |(seconds, _)| seconds);
    local(unix).offset * FileTime::TICKS_PER_SECOND
}

/// The second within a span in which the offset changes, by halving.
fn change(mut before: i64, mut after: i64) -> i64 {
    let old = local(before).offset;
    while after - before > 1 {
        let middle = (before + after) / 2;
        if local(middle).offset == old { before = middle } else { after = middle }
    }
    after
}

/// The rule that puts a change of the offset where it was this year, in the local time before it.
fn rule(unix: i64) -> SystemTime {
    let before = unix + local(unix - 1).offset;
    let ticks = FileTime::from_unix(before, 0).map_or(0, FileTime::ticks);
    let at = SystemTime::from_ticks(ticks).unwrap_or_default();
    let last = i64::from(at.day) + 7 > days_in_month(at.year.into(), at.month.into());
    let week = if last { 5 } else { (at.day - 1) / 7 + 1 };
    SystemTime { year: 0, day: week, ..at }
}

/// The rules of a year, and whether a point in it has daylight time.
#[must_use]
pub fn rules(year: i64, now: i64) -> (TimeZoneInformation, u32) {
    const DAY: i64 = 86_400;
    let start = (days_from_1601(year, 1, 1) - days_from_1601(1970, 1, 1)) * DAY;
    let present = local(now);
    let mut zone = TimeZoneInformation::default();
    let (mut standard, mut daylight) = (None, None);
    let mut changes = [None, None];
    for day in 0..366 {
        let (from, to) = (start + day * DAY, start + (day + 1) * DAY);
        let (before, after) = (local(from), local(to));
        let kept = if before.daylight { &mut daylight } else { &mut standard };
        kept.get_or_insert(before);
        if before.daylight != after.daylight {
            changes[usize::from(after.daylight)] = Some(change(from, to));
        }
    }
    let standard = standard.unwrap_or(present);
    zone.bias = -(standard.offset / 60) as i32;
    zone.standard_name = standard.name;
    zone.daylight_name = standard.name;
    let (Some(daylight), [Some(back), Some(ahead)]) = (daylight, changes) else { return (zone, TIME_ZONE_ID_UNKNOWN) };
    zone.daylight_name = daylight.name;
    zone.daylight_bias = -((daylight.offset - standard.offset) / 60) as i32;
    zone.standard_date = rule(back);
    zone.daylight_date = rule(ahead);
    (zone, if present.daylight { TIME_ZONE_ID_DAYLIGHT } else { TIME_ZONE_ID_STANDARD })
}

impl TimeZoneInformation {
    /// 100-ns units to be added to local time to get UTC, for a time that is local or, if `utc`, not.
    #[must_use]
    pub fn bias_at(&self, ticks: i64, utc: bool) -> i64 {
        let standard = i64::from(self.bias + self.standard_bias) * TICKS_PER_MINUTE;
        let daylight = i64::from(self.bias + self.daylight_bias) * TICKS_PER_MINUTE;
        if self.daylight_date.month == 0 || self.standard_date.month == 0 {
            return i64::from(self.bias) * TICKS_PER_MINUTE;
        }
        let local = if utc { ticks - standard } else { ticks };
        let year = i64::from(SystemTime::from_ticks(local.max(0) as u64).unwrap_or_default().year);
        // Each rule is in the local time that ends there.
        let to_utc = |rule: &SystemTime, bias| rule.rule_in(year) + if utc { bias } else { 0 };
        let (ahead, back) = (to_utc(&self.daylight_date, standard), to_utc(&self.standard_date, daylight));
        let on = if ahead < back { (ahead..back).contains(&ticks) } else { !(back..ahead).contains(&ticks) };
        if on { daylight } else { standard }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> TimeZoneInformation {
        TimeZoneInformation {
            bias: -60,
            daylight_bias: -60,
            daylight_date: SystemTime { month: 3, day: 5, hour: 2, ..Default::default() },
            standard_date: SystemTime { month: 10, day: 5, hour: 3, ..Default::default() },
            ..Default::default()
        }
    }

    #[test]
    fn daylight_time_begins_and_ends_by_the_rules() {
        let ticks = |month, day, hour, minute| {
            SystemTime { year: 2024, month, day, hour, minute, ..Default::default() }.to_ticks().unwrap() as i64
        };
        let hours = |at, utc| berlin().bias_at(at, utc) / TICKS_PER_MINUTE / -60;
        assert_eq!((hours(ticks(3, 31, 0, 59), true), hours(ticks(3, 31, 1, 0), true)), (1, 2));
        assert_eq!((hours(ticks(10, 27, 0, 59), true), hours(ticks(10, 27, 1, 0), true)), (2, 1));
        assert_eq!((hours(ticks(3, 31, 1, 59), false), hours(ticks(3, 31, 3, 0), false)), (1, 2));
    }

    #[test]
    fn the_south_has_it_over_new_year() {
        let zone = TimeZoneInformation {
            bias: -600,
            daylight_bias: -60,
            daylight_date: SystemTime { month: 10, day: 1, hour: 2, ..Default::default() },
            standard_date: SystemTime { month: 4, day: 1, hour: 3, ..Default::default() },
            ..Default::default()
        };
        let ticks = |month| SystemTime { year: 2024, month, day: 15, ..Default::default() }.to_ticks().unwrap() as i64;
        assert_eq!([1, 7, 12].map(|month| zone.bias_at(ticks(month), true) / TICKS_PER_MINUTE), [-660, -600, -660]);
    }

    #[test]
    fn the_rules_of_this_machine_are_consistent() {
        let (zone, id) = rules(2024, 1_720_000_000);
        let found = zone.bias_at(FileTime::from_unix(1_720_000_000, 0).unwrap().ticks() as i64, true);
        if id != TIME_ZONE_ID_UNKNOWN {
            assert_eq!(-found / FileTime::TICKS_PER_SECOND, local(1_720_000_000).offset);
        }
    }
}
