//! Names of files taken apart: roots, components, arguments, and what two names have in common.

use super::paths::{directory, fits, is_drive, is_root, is_slash, stripped};
use crate::arguments::pair;
use crate::support::{Bool, FALSE, TRUE, guard};
use crate::text::{Unit, compare, of, put, units};

const DIRECTORY: u32 = 0x10;

/// Units of `\\server\share\`, `C:\`, and the same behind `\\?\`: with the backslash, or nothing.
fn skipped<C: Unit>(text: &[C]) -> Option<usize> {
    let [a, b, rest @ ..] = text else { return None };
    let backslash = |text: &[C], n: usize| {
        text.iter().enumerate().filter(|(_, unit)| is_slash(**unit)).map(|(at, _)| at + 1).nth(n)
    };
    if !is_slash(*a) || !is_slash(*b) {
        return (is_drive(text) && rest.first().is_some_and(|unit| is_slash(*unit))).then_some(3);
    }
    match rest {
        [mark, slash, named @ ..] if mark.is(b'?') && is_slash(*slash) => {
            let unc = of::<C>(r"UNC\");
            if named.len() >= unc.len() && compare(&named[..unc.len()], &unc, true) == 0 {
                return backslash(&named[unc.len()..], 1).map(|at| 4 + unc.len() + at);
            }
            skipped(named).map(|at| 4 + at)
        }
        _ => backslash(rest, 1).map(|at| 2 + at),
    }
}

/// Where the arguments begin: behind the first blank that is not in quotation marks.
fn arguments<C: Unit>(text: &[C]) -> usize {
    let mut quoted = false;
    for (at, unit) in text.iter().enumerate() {
        if unit.is(b'"') {
            quoted = !quoted;
        } else if unit.is(b' ') && !quoted {
            return at + 1;
        }
    }
    text.len()
}

/// Units of the components that both names begin with, without a backslash at the end unless it is a drive's.
fn common<C: Unit>(one: &[C], other: &[C]) -> usize {
    let unc = |text: &[C]| text.len() > 1 && is_slash(text[0]) && is_slash(text[1]);
    if unc(one) != unc(other) {
        return 0;
    }
    let mut at = if unc(one) { 2 } else { 0 };
    let mut shared = 0;
    loop {
        let ends = |text: &[C]| text.get(at).is_none_or(|unit| is_slash(*unit));
        if ends(one) && ends(other) {
            shared = at;
        }
        match (one.get(at), other.get(at)) {
            (Some(a), Some(b)) if compare(&[*a], &[*b], true) == 0 => at += 1,
            _ => break,
        }
    }
    let whole = |text: &[C]| text.get(2).is_some_and(|unit| is_slash(*unit));
    if shared == 2 && is_drive(one) { if whole(one) && whole(other) { 3 } else { 0 } } else { shared }
}

pair! {
    /// PathStripToRoot: components go until a root is left. TRUE if it is one.
    fn ovl_PathStripToRootA ovl_PathStripToRootW(name: *mut C) -> Bool {
        if name.is_null() {
            return FALSE;
        }
        // SAFETY: a string; it becomes shorter.
        unsafe {
            let text = units(name);
            let end = stripped(text);
            let rooted = is_root(&text[..end]);
            name.add(end).write(C::default());
            rooted.into()
        }
    }
}

pair! {
    /// PathSkipRoot: behind `C:\` or `\\server\share\`; NULL without such a root.
    fn ovl_PathSkipRootA ovl_PathSkipRootW(name: *const C) -> *const C {
        if name.is_null() {
            return name;
        }
        // SAFETY: a string, whose place is inside it.
        unsafe { skipped(units(name)).map_or(std::ptr::null(), |at| name.add(at)) }
    }
}

pair! {
    /// PathFindNextComponent: behind the next backslash, or the end of the text; NULL at the end.
    fn ovl_PathFindNextComponentA ovl_PathFindNextComponentW(name: *const C) -> *const C {
        if name.is_null() {
            return name;
        }
        // SAFETY: a string, whose place is inside it.
        unsafe {
            let text = units(name);
            let at = match text.iter().position(|unit| is_slash(*unit)) {
                _ if text.is_empty() => return std::ptr::null(),
                Some(at) if text.get(at + 1).is_some_and(|unit| is_slash(*unit)) => at + 2,
                Some(at) => at + 1,
                None => text.len(),
            };
            name.add(at)
        }
    }
}

pair! {
    /// PathGetArgs: behind the first blank outside quotation marks, or the end of the text.
    fn ovl_PathGetArgsA ovl_PathGetArgsW(name: *const C) -> *const C {
        // SAFETY: NULL or a string, whose place is inside it.
        if name.is_null() { name } else { unsafe { name.add(arguments(units(name))) } }
    }
}

pair! {
    /// PathRemoveArgs: the text up to the blank before its arguments.
    fn ovl_PathRemoveArgsA ovl_PathRemoveArgsW(name: *mut C) -> () {
        if !name.is_null() {
            // SAFETY: a string; it becomes shorter.
            unsafe {
                let text = units(name);
                let at = arguments(text);
                let blank = at > 0 && text[at - 1].is(b' ');
                name.add(at - usize::from(blank)).write(C::default());
            }
        }
    }
}

pair! {
    /// PathRemoveBlanks: those in front and at the end.
    fn ovl_PathRemoveBlanksA ovl_PathRemoveBlanksW(name: *mut C) -> () {
        if !name.is_null() {
            // SAFETY: a string; it becomes shorter.
            unsafe {
                let text = units(name);
                let end = text.iter().rposition(|unit| !unit.is(b' ')).map_or(0, |at| at + 1);
                let start = text[..end].iter().take_while(|unit| unit.is(b' ')).count();
                let kept = text[start..end].to_vec();
                put(name, &kept);
            }
        }
    }
}

pair! {
    /// PathIsFileSpec: a name without a directory and a drive.
    fn ovl_PathIsFileSpecA ovl_PathIsFileSpecW(name: *const C) -> Bool {
        // SAFETY: NULL or a string.
        (!name.is_null() && !unsafe { units(name) }.iter().any(|unit| is_slash(*unit) || unit.is(b':'))).into()
    }
}

pair! {
    /// PathIsUNCServer: `\\server` alone.
    fn ovl_PathIsUNCServerA ovl_PathIsUNCServerW(name: *const C) -> Bool {
        // SAFETY: NULL or a string.
        let text = if name.is_null() { &[] } else { unsafe { units(name) } };
        matches!(text, [a, b, rest @ ..] if is_slash(*a) && is_slash(*b) && !rest.iter().any(|unit| is_slash(*unit))).into()
    }
}

pair! {
    /// PathIsUNCServerShare: `\\server\share` alone.
    fn ovl_PathIsUNCServerShareA ovl_PathIsUNCServerShareW(name: *const C) -> Bool {
        // SAFETY: NULL or a string.
        let text = if name.is_null() { &[] } else { unsafe { units(name) } };
        let one = |rest: &[C]| rest.iter().filter(|unit| is_slash(**unit)).count() == 1;
        matches!(text, [a, b, rest @ ..] if is_slash(*a) && is_slash(*b) && one(rest)).into()
    }
}

pair! {
    /// PathIsURL: a scheme of two letters or more, and its colon.
    fn ovl_PathIsURLA ovl_PathIsURLW(name: *const C) -> Bool {
        // SAFETY: NULL or a string.
        let text = if name.is_null() { &[] } else { unsafe { units(name) } };
        let scheme = |unit: &&C| unit.ascii().is_ascii_alphanumeric() || [b'+', b'-', b'.'].iter().any(|c| unit.is(*c));
        let length = text.iter().take_while(scheme).count();
        (length > 1 && text.get(length).is_some_and(|unit| unit.is(b':'))).into()
    }
}

pair! {
    /// PathIsPrefix: the first is a whole number of components that the second begins with.
    fn ovl_PathIsPrefixA ovl_PathIsPrefixW(prefix: *const C, name: *const C) -> Bool {
        if prefix.is_null() || name.is_null() {
            return FALSE;
        }
        // SAFETY: strings.
        let (prefix, name) = unsafe { (units(prefix), units(name)) };
        (common(prefix, name) == prefix.len()).into()
    }
}

pair! {
    /// PathIsSameRoot: both begin with the same drive or share.
    fn ovl_PathIsSameRootA ovl_PathIsSameRootW(one: *const C, other: *const C) -> Bool {
        if one.is_null() || other.is_null() {
            return FALSE;
        }
        // SAFETY: strings.
        let (one, other) = unsafe { (units(one), units(other)) };
        let same = match (skipped(one), skipped(other)) {
            (Some(a), Some(b)) => compare(&one[..a], &other[..b], true) == 0,
            _ => false,
        };
        same.into()
    }
}

pair! {
    /// PathCommonPrefix: units of the components that both begin with, which go into `to` unless it is NULL.
    fn ovl_PathCommonPrefixA ovl_PathCommonPrefixW(one: *const C, other: *const C, to: *mut C) -> i32 {
        guard(0, || {
            let shared = if one.is_null() || other.is_null() {
                Vec::new()
            } else {
                // SAFETY: strings.
                let (one, other) = unsafe { (units(one), units(other)) };
                one[..common(one, other)].to_vec()
            };
            // SAFETY: room for MAX_PATH, as the caller says.
            if !to.is_null() && !unsafe { fits(&shared, to) } {
                return 0;
            }
            shared.len() as i32
        })
    }
}

pair! {
    /// PathRelativePathTo: how to come from one name to the other; FALSE, and nothing in `to`, if they have no component in common, or if it
    /// would be too long. Attributes with FILE_ATTRIBUTE_DIRECTORY say that the name is where it begins; else it begins beside it.
    fn ovl_PathRelativePathToA ovl_PathRelativePathToW(
        to: *mut C, one: *const C, about: u32, other: *const C, _attributes: u32,
    ) -> Bool {
        if to.is_null() || one.is_null() || other.is_null() {
            return FALSE;
        }
        guard(FALSE, || {
            // SAFETY: strings, and room for MAX_PATH.
            unsafe {
                let (mut one, other) = (units(one).to_vec(), units(other).to_vec());
                to.write(C::default());
                if about & DIRECTORY == 0 {
                    one.truncate(directory(&one));
                }
                let shared = common(&one, &other);
                if shared == 0 {
                    return FALSE;
                }
                let parts = |text: &[C]| text.split(|unit| is_slash(*unit)).filter(|part| !part.is_empty()).count();
                let ups = parts(&one[shared..]);
                let mut way = of::<C>(&if ups == 0 { ".".to_owned() } else { vec![".."; ups].join("\\") });
                let rest = &other[shared..];
                if rest.first().is_some_and(|unit| !is_slash(*unit)) {
                    way.push(C::from(b'\\'));
                }
                way.extend_from_slice(rest);
                if fits(&way, to) { TRUE } else { FALSE }
            }
        })
    }
}
