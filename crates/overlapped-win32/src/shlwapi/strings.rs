//! Text: searches and comparisons that heed the case or not, numbers, copies.

use crate::arguments::pair;
use crate::localglobal::ovl_LocalAlloc;
use crate::lstr::collate;
use crate::support::{Bool, FALSE, TRUE, guard};
use crate::text::{Unit, compare, len_up_to, lower, put, units, units_or_empty};

fn find<C: Unit>(text: &[C], part: &[C], caseless: bool) -> Option<usize> {
    if part.is_empty() {
        return None;
    }
    text.windows(part.len()).position(|window| compare(window, part, caseless) == 0)
}

/// The place of a part in a text; NULL if it is not there.
///
/// # Safety
/// Both are NULL or strings.
unsafe fn place<C: Unit>(text: *const C, part: *const C, caseless: bool) -> *const C {
    if text.is_null() || part.is_null() {
        return std::ptr::null();
    }
    // SAFETY: strings, and a place inside the first.
    unsafe { find(units(text), units(part), caseless).map_or(std::ptr::null(), |at| text.add(at)) }
}

pair! {
    /// StrStr.
    fn ovl_StrStrA ovl_StrStrW(text: *const C, part: *const C) -> *const C {
        // SAFETY: the caller's promise.
        unsafe { place(text, part, false) }
    }
}

pair! {
    /// StrStrI: whatever the case.
    fn ovl_StrStrIA ovl_StrStrIW(text: *const C, part: *const C) -> *const C {
        // SAFETY: the caller's promise.
        unsafe { place(text, part, true) }
    }
}

pair! {
    /// StrChr.
    fn ovl_StrChrA ovl_StrChrW(text: *const C, unit: u16) -> *const C {
        if text.is_null() {
            return text;
        }
        // SAFETY: a string, and a place inside it.
        unsafe { units(text).iter().position(|other| *other == C::cut(unit.into())).map_or(std::ptr::null(), |at| text.add(at)) }
    }
}

pair! {
    /// StrRChr: the last one before `end`, or before the end for NULL.
    fn ovl_StrRChrA ovl_StrRChrW(text: *const C, end: *const C, unit: u16) -> *const C {
        if text.is_null() {
            return text;
        }
        // SAFETY: a string, of which `end` is a part, and a place inside it.
        unsafe {
            let all = units(text);
            let len = if end.is_null() { all.len() } else { (end.offset_from(text).max(0) as usize).min(all.len()) };
            all[..len].iter().rposition(|other| *other == C::cut(unit.into())).map_or(std::ptr::null(), |at| text.add(at))
        }
    }
}

/// The sign of a comparison of at most so many units, in the order of words as lstrcmp has it.
///
/// # Safety
/// Both are strings, or have so many units.
unsafe fn compared<C: Unit>(first: *const C, second: *const C, most: i32, caseless: bool) -> i32 {
    let most = usize::try_from(most).unwrap_or(0);
    // SAFETY: the caller's promise.
    let slice = |text: *const C| unsafe { std::slice::from_raw_parts(text, len_up_to(text, most)) };
    collate(slice(first), slice(second), caseless)
}

pair! {
    /// StrCmpN.
    fn ovl_StrCmpNA ovl_StrCmpNW(first: *const C, second: *const C, most: i32) -> i32 {
        // SAFETY: the caller's promise.
        unsafe { compared(first, second, most, false) }
    }
}

pair! {
    /// StrCmpNI: whatever the case.
    fn ovl_StrCmpNIA ovl_StrCmpNIW(first: *const C, second: *const C, most: i32) -> i32 {
        // SAFETY: the caller's promise.
        unsafe { compared(first, second, most, true) }
    }
}

/// StrCmpW.
///
/// # Safety
/// Both are strings.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_StrCmpW(first: *const u16, second: *const u16) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { collate(units(first), units(second), false) }
}

/// StrCmpIW: whatever the case.
///
/// # Safety
/// Both are strings.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_StrCmpIW(first: *const u16, second: *const u16) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { collate(units(first), units(second), true) }
}

/// A decimal number at the start of a text, or a hexadecimal one if that is asked for, and 0 without.
fn parse<C: Unit>(text: &[C], hexadecimal: bool) -> Option<i64> {
    let ascii: Vec<u8> = text.iter().map(|unit| unit.ascii()).collect();
    let text = ascii.trim_ascii_start();
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        text => (false, text),
    };
    let hex = digits.strip_prefix(b"0x").or_else(|| digits.strip_prefix(b"0X")).filter(|_| hexadecimal);
    let radix = if hex.is_some() { 16 } else { 10 };
    let digits = hex.unwrap_or(digits).iter().map_while(|digit| char::from(*digit).to_digit(radix));
    let value = digits.fold(None, |all: Option<i64>, digit| {
        Some(all.unwrap_or(0).wrapping_mul(i64::from(radix)).wrapping_add(i64::from(digit)))
    })?;
    Some(if negative { value.wrapping_neg() } else { value })
}

pair! {
    /// StrToInt: 0 if there is no number.
    fn ovl_StrToIntA ovl_StrToIntW(text: *const C) -> i32 {
        // SAFETY: NULL or a string.
        if text.is_null() { 0 } else { parse(unsafe { units(text) }, false).unwrap_or(0) as i32 }
    }
}

pair! {
    /// StrToIntEx: with flag 1 hexadecimal numbers, too.
    fn ovl_StrToIntExA ovl_StrToIntExW(text: *const C, flags: u32, to: *mut i32) -> Bool {
        if text.is_null() || to.is_null() {
            return FALSE;
        }
        // SAFETY: a string, and a place that the caller vouches for.
        unsafe { parse(units(text), flags & 1 != 0).map_or(FALSE, |number| { to.write(number as i32); TRUE }) }
    }
}

pair! {
    /// StrToInt64Ex.
    fn ovl_StrToInt64ExA ovl_StrToInt64ExW(text: *const C, flags: u32, to: *mut i64) -> Bool {
        if text.is_null() || to.is_null() {
            return FALSE;
        }
        // SAFETY: a string, and a place that the caller vouches for.
        unsafe { parse(units(text), flags & 1 != 0).map_or(FALSE, |number| { to.write(number); TRUE }) }
    }
}

pair! {
    /// StrDup: a copy for LocalFree.
    fn ovl_StrDupA ovl_StrDupW(text: *const C) -> *mut C {
        if text.is_null() {
            return std::ptr::null_mut();
        }
        guard(std::ptr::null_mut(), || {
            // SAFETY: a string, and room for it with its zero.
            unsafe {
                let text = units(text);
                let copy = ovl_LocalAlloc(0, (text.len() + 1) * size_of::<C>()).cast::<C>();
                if !copy.is_null() {
                    put(copy, text);
                }
                copy
            }
        })
    }
}

pair! {
    /// StrTrim: without these units at both ends. TRUE if it was changed.
    fn ovl_StrTrimA ovl_StrTrimW(text: *mut C, unwanted: *const C) -> Bool {
        if text.is_null() || unwanted.is_null() {
            return FALSE;
        }
        // SAFETY: strings; the first becomes shorter.
        unsafe {
            let (all, unwanted) = (units(text), units(unwanted));
            let wanted = |unit: &C| !unwanted.contains(unit);
            let kept = match (all.iter().position(wanted), all.iter().rposition(wanted)) {
                (Some(first), Some(last)) => all[first..=last].to_vec(),
                _ => Vec::new(),
            };
            let changed = kept.len() < all.len();
            put(text, &kept);
            changed.into()
        }
    }
}

pair! {
    /// StrSpn: how many units at the start are among these.
    fn ovl_StrSpnA ovl_StrSpnW(text: *const C, among: *const C) -> i32 {
        // SAFETY: the caller's promise.
        unsafe { units_or_empty(text).iter().take_while(|unit| units_or_empty(among).contains(unit)).count() as i32 }
    }
}

pair! {
    /// StrCSpn: how many units at the start are not among these.
    fn ovl_StrCSpnA ovl_StrCSpnW(text: *const C, among: *const C) -> i32 {
        // SAFETY: NULL, or the caller's promise.
        unsafe { units_or_empty(text).iter().take_while(|unit| !units_or_empty(among).contains(unit)).count() as i32 }
    }
}

pair! {
    /// ChrCmpI: FALSE for units that differ in their case at most.
    fn ovl_ChrCmpIA ovl_ChrCmpIW(first: u16, second: u16) -> Bool {
        (lower(C::cut(first.into())) != lower(C::cut(second.into()))).into()
    }
}
