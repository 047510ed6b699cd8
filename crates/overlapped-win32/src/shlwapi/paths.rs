//! Names of files as text. Only PathFileExists and PathIsDirectory look at what there is. Names are those of Windows: `\` separates, and what
//! is put together is put together with it; `/` is one more character, except where it is a name of Linux from the root.

use crate::arguments::pair;
use crate::support::{Bool, FALSE, TRUE, fail, guard};
use crate::text::{Unit, compare, lower, of, put, units};
use overlapped_abi::Win32Error;

/// Units of a buffer for a name, with the zero.
const MAX_PATH: usize = 260;
const DIRECTORY: u32 = 0x10;
const INVALID: u32 = u32::MAX;

pub(super) fn is_slash<C: Unit>(unit: C) -> bool {
    unit.is(b'\\')
}

pub(super) fn is_drive<C: Unit>(text: &[C]) -> bool {
    matches!(text, [letter, colon, ..] if letter.ascii().is_ascii_alphabetic() && colon.is(b':'))
}

/// Units of the root: `C:\`, `\`, `\\server\share`, and `/`, which is Linux's.
fn root<C: Unit>(text: &[C]) -> usize {
    match text {
        [a, b, rest @ ..] if is_slash(*a) && is_slash(*b) => {
            let mut parts = rest.iter().enumerate().filter(|(_, unit)| is_slash(**unit)).map(|(at, _)| at);
            let _ = parts.next();
            2 + parts.next().unwrap_or(rest.len())
        }
        [_, _, slash, ..] if is_drive(text) && is_slash(*slash) => 3,
        _ if is_drive(text) => 2,
        [first, ..] if is_slash(*first) || first.is(b'/') => 1,
        _ => 0,
    }
}

/// Units in front of the first component that can be taken away: `\\?\C:\`, `\\`, `C:\`, `C:`, `\`, `/`.
fn least<C: Unit>(text: &[C]) -> usize {
    match text {
        [a, b, c, d, rest @ ..] if is_slash(*a) && is_slash(*b) && c.is(b'?') && is_slash(*d) && is_drive(rest) => {
            4 + root(rest)
        }
        [a, b, ..] if is_slash(*a) && is_slash(*b) => 2,
        _ => root(text),
    }
}

/// A root and nothing behind it; `\\server\share` counts, with a backslash after it it does not.
pub(super) fn is_root<C: Unit>(text: &[C]) -> bool {
    match text {
        [only] => is_slash(*only) || only.is(b'/'),
        [a, b, rest @ ..] if is_slash(*a) && is_slash(*b) => rest.iter().filter(|unit| is_slash(**unit)).count() < 2,
        [_, _, slash] => is_drive(text) && is_slash(*slash),
        _ => false,
    }
}

/// Units without the last component.
pub(super) fn directory<C: Unit>(text: &[C]) -> usize {
    let slash = text.iter().rposition(|unit| is_slash(*unit) || unit.is(b'/'));
    slash.unwrap_or(0).max(least(text)).min(text.len())
}

/// Units of what is left when components go until a root is met, or nothing goes any more.
pub(super) fn stripped<C: Unit>(text: &[C]) -> usize {
    let mut end = text.len();
    while !is_root(&text[..end]) {
        let less = directory(&text[..end]);
        if less == end {
            break;
        }
        end = less;
    }
    end
}

/// Where the last component begins.
fn last<C: Unit>(text: &[C]) -> usize {
    let mut at = 0;
    for (place, unit) in text.iter().enumerate() {
        let separates = is_slash(*unit) || unit.is(b'/') || unit.is(b':');
        // One that ends the text belongs to the component before it.
        if separates && text.get(place + 1).is_some_and(|next| !is_slash(*next) && !next.is(b'/')) {
            at = place + 1;
        }
    }
    at
}

/// Where the extension begins, with its dot; the end without one.
fn extension<C: Unit>(text: &[C]) -> usize {
    let mut dot = text.len();
    for (at, unit) in text.iter().enumerate() {
        if unit.is(b'.') {
            dot = at;
        } else if is_slash(*unit) || unit.is(b'/') || unit.is(b' ') {
            dot = text.len();
        }
    }
    dot
}

/// The name without `.` and `..`, which stay below the root. Where nothing is left of a relative name to go up from, Windows takes the root;
/// only a first `..` stays.
fn canonical<C: Unit>(text: &[C]) -> Vec<C> {
    // Going up ends at the server, not at the share.
    let start = match text {
        [a, b, rest @ ..] if is_slash(*a) && is_slash(*b) => {
            2 + rest.iter().take_while(|unit| !is_slash(**unit)).count()
        }
        _ => root(text),
    };
    let (head, rest) = text.split_at(start);
    let behind = rest.strip_prefix(&[C::from(b'\\')]).filter(|_| start > 2 && is_slash(head[0]));
    let rest = behind.unwrap_or(rest);
    let relative = head.is_empty() || head.len() == 2 && is_drive(head);
    let (mut parts, mut rooted): (Vec<&[C]>, bool) = (Vec::new(), false);
    for part in rest.split(|unit| is_slash(*unit)) {
        match part {
            [dot] if dot.is(b'.') => {}
            [a, b] if a.is(b'.') && b.is(b'.') => match parts.pop() {
                Some(_) => rooted |= relative && parts.is_empty(),
                None if relative && !rooted => parts.push(part),
                None => {}
            },
            part => parts.push(part),
        }
    }
    let mut all = head.to_vec();
    if rooted {
        all.push(C::from(b'\\'));
    }
    for (n, part) in parts.iter().enumerate() {
        let open = all.last().is_some_and(|unit| !is_slash(*unit) && !unit.is(b'/') && !unit.is(b':'));
        if n > 0 || open && (behind.is_some() || !part.is_empty()) {
            all.push(C::from(b'\\'));
        }
        all.extend_from_slice(part);
    }
    if all.is_empty() && !text.is_empty() {
        all.push(C::from(b'.'));
    }
    // Nothing is the root, and so is a drive alone.
    if all.is_empty() || all.len() == 2 && is_drive(&all) {
        all.push(C::from(b'\\'));
    }
    all
}

/// One name behind the other.
fn joined<C: Unit>(directory: &[C], file: &[C]) -> Vec<C> {
    let mut all = match file {
        [] => return canonical(directory),
        // From the root of the same drive, or share.
        [first, rest @ ..] if is_slash(*first) && !rest.first().is_some_and(|unit| is_slash(*unit)) => {
            let mut root = directory[..stripped(directory)].to_vec();
            if root.last().is_some_and(|unit| is_slash(*unit) || unit.is(b'/')) {
                root.pop();
            }
            root
        }
        _ if root(file) > 0 => Vec::new(),
        _ => directory.to_vec(),
    };
    if all.last().is_some_and(|unit| !is_slash(*unit) && !unit.is(b'/'))
        && !file.first().is_some_and(|unit| is_slash(*unit))
    {
        all.push(C::from(b'\\'));
    }
    all.extend_from_slice(file);
    canonical(&all)
}

/// Puts a name into a buffer of MAX_PATH units; false if it is too long.
///
/// # Safety
/// `to` has so much room.
pub(super) unsafe fn fits<C: Unit>(text: &[C], to: *mut C) -> bool {
    let fits = text.len() < MAX_PATH;
    if fits {
        // SAFETY: the caller's promise, and it fits.
        unsafe { put(to, text) };
    }
    fits
}

fn attributes<C: Unit>(name: *const C) -> u32 {
    // SAFETY: the callers have strings.
    let name: Vec<u16> = C::to_os(unsafe { units(name) }).to_string_lossy().encode_utf16().chain([0]).collect();
    // SAFETY: a string with its zero.
    unsafe { crate::fileapi::names::ovl_GetFileAttributesW(name.as_ptr()) }
}

pair! {
    /// PathFileExists: a file or a directory of this name is there; else the last error says why not.
    fn ovl_PathFileExistsA ovl_PathFileExistsW(name: *const C) -> Bool {
        guard(FALSE, || (!name.is_null() && attributes(name) != INVALID).into())
    }
}

pair! {
    /// PathIsDirectory: 0x10 for one.
    fn ovl_PathIsDirectoryA ovl_PathIsDirectoryW(name: *const C) -> Bool {
        guard(FALSE, || {
            let found = if name.is_null() { INVALID } else { attributes(name) };
            if found != INVALID && found & DIRECTORY != 0 { DIRECTORY as Bool } else { FALSE }
        })
    }
}

pair! {
    /// PathIsRelative.
    fn ovl_PathIsRelativeA ovl_PathIsRelativeW(name: *const C) -> Bool {
        // SAFETY: NULL or a string.
        let relative = name.is_null() || root(unsafe { units(name) }) == 0;
        relative.into()
    }
}

pair! {
    /// PathIsRoot.
    fn ovl_PathIsRootA ovl_PathIsRootW(name: *const C) -> Bool {
        if name.is_null() {
            return FALSE;
        }
        // SAFETY: a string.
        is_root(unsafe { units(name) }).into()
    }
}

pair! {
    /// PathIsUNC: `\\server\share`, and `\\?\UNC\server\share` of the names without parsing.
    fn ovl_PathIsUNCA ovl_PathIsUNCW(name: *const C) -> Bool {
        if name.is_null() {
            return FALSE;
        }
        // SAFETY: a string.
        let unc = match unsafe { units(name) } {
            [a, b, c, rest @ ..] if is_slash(*a) && is_slash(*b) && c.is(b'?') => {
                let long = of::<C>(r"\UNC\");
                rest.len() >= long.len() && compare(&rest[..long.len()], &long, true) == 0
            }
            [a, b, ..] => is_slash(*a) && is_slash(*b),
            _ => false,
        };
        unc.into()
    }
}

pair! {
    /// PathGetDriveNumber: 0 for A, -1 without a drive.
    fn ovl_PathGetDriveNumberA ovl_PathGetDriveNumberW(name: *const C) -> i32 {
        if name.is_null() {
            return -1;
        }
        // SAFETY: a string.
        let name = unsafe { units(name) };
        if is_drive(name) { i32::from(lower(name[0]).ascii() - b'a') } else { -1 }
    }
}

pair! {
    /// PathFindFileName: the last component, in the same text.
    fn ovl_PathFindFileNameA ovl_PathFindFileNameW(name: *const C) -> *const C {
        // SAFETY: NULL or a string, whose place is inside it.
        if name.is_null() { name } else { unsafe { name.add(last(units(name))) } }
    }
}

pair! {
    /// PathFindExtension: from the dot on, or the end of the text.
    fn ovl_PathFindExtensionA ovl_PathFindExtensionW(name: *const C) -> *const C {
        // SAFETY: NULL or a string, whose place is inside it.
        if name.is_null() { name } else { unsafe { name.add(extension(units(name))) } }
    }
}

pair! {
    /// PathRemoveFileSpec: the last component goes, and the separator before it, unless it is the root's; FALSE if nothing goes.
    fn ovl_PathRemoveFileSpecA ovl_PathRemoveFileSpecW(name: *mut C) -> Bool {
        if name.is_null() {
            return FALSE;
        }
        // SAFETY: a string; it becomes shorter.
        unsafe {
            let text = units(name);
            let end = directory(text);
            let changed = end < text.len();
            name.add(end).write(C::default());
            changed.into()
        }
    }
}

pair! {
    /// PathRemoveExtension.
    fn ovl_PathRemoveExtensionA ovl_PathRemoveExtensionW(name: *mut C) -> () {
        if !name.is_null() {
            // SAFETY: a string; it becomes shorter.
            unsafe { name.add(extension(units(name))).write(C::default()) };
        }
    }
}

pair! {
    /// PathStripPath: the last component becomes all of it.
    fn ovl_PathStripPathA ovl_PathStripPathW(name: *mut C) -> () {
        if !name.is_null() {
            // SAFETY: a string; it becomes shorter.
            unsafe {
                let text = units(name);
                let kept = text[last(text)..].to_vec();
                put(name, &kept);
            }
        }
    }
}

pair! {
    /// PathAddExtension, unless it has one: `.exe` for NULL. FALSE if it has, or if it would be too long.
    fn ovl_PathAddExtensionA ovl_PathAddExtensionW(name: *mut C, more: *const C) -> Bool {
        if name.is_null() {
            return FALSE;
        }
        // SAFETY: strings, and room for MAX_PATH.
        unsafe {
            let text = units(name);
            let more = if more.is_null() { crate::text::of::<C>(".exe") } else { units(more).to_vec() };
            (extension(text) == text.len() && fits(&[text, &more].concat(), name)).into()
        }
    }
}

pair! {
    /// PathRenameExtension: in the place of the one that it has.
    fn ovl_PathRenameExtensionA ovl_PathRenameExtensionW(name: *mut C, more: *const C) -> Bool {
        if name.is_null() || more.is_null() {
            return FALSE;
        }
        // SAFETY: strings, and room for MAX_PATH.
        unsafe {
            let text = units(name);
            fits(&[&text[..extension(text)], units(more)].concat(), name).into()
        }
    }
}

pair! {
    /// PathAddBackslash: the end of the text; NULL if it would be too long.
    fn ovl_PathAddBackslashA ovl_PathAddBackslashW(name: *mut C) -> *mut C {
        if name.is_null() {
            return name;
        }
        // SAFETY: a string, and room for MAX_PATH.
        unsafe {
            let mut text = units(name).to_vec();
            if text.last().is_some_and(|unit| !is_slash(*unit)) {
                text.push(C::from(b'\\'));
            }
            if fits(&text, name) { name.add(text.len()) } else { std::ptr::null_mut() }
        }
    }
}

pair! {
    /// PathRemoveBackslash: where the last unit was, or is.
    fn ovl_PathRemoveBackslashA ovl_PathRemoveBackslashW(name: *mut C) -> *mut C {
        if name.is_null() {
            return name;
        }
        // SAFETY: a string; it becomes shorter.
        unsafe {
            let text = units(name);
            let end = name.add(text.len().saturating_sub(1));
            if text.last().is_some_and(|unit| is_slash(*unit)) && !is_root(text) {
                end.write(C::default());
            }
            end
        }
    }
}

pair! {
    /// PathCombine: NULL if it would be too long. A name from a root stays what it is.
    fn ovl_PathCombineA ovl_PathCombineW(to: *mut C, directory: *const C, file: *const C) -> *mut C {
        if to.is_null() || directory.is_null() && file.is_null() {
            return std::ptr::null_mut();
        }
        // SAFETY: NULL or strings, and room for MAX_PATH.
        unsafe {
            let text = |name: *const C| if name.is_null() { Vec::new() } else { units(name).to_vec() };
            let all = joined(&text(directory), &text(file));
            if fits(&all, to) { return to }
            to.write(C::default());
        }
        std::ptr::null_mut()
    }
}

pair! {
    /// PathAppend: what is appended is taken to be relative.
    fn ovl_PathAppendA ovl_PathAppendW(name: *mut C, more: *const C) -> Bool {
        if name.is_null() || more.is_null() {
            return FALSE;
        }
        // SAFETY: strings, and room for MAX_PATH.
        unsafe {
            let more = units(more);
            let from = if more.len() > 1 && is_slash(more[0]) && is_slash(more[1]) { 0 } else { more.iter().take_while(|unit| is_slash(**unit)).count() };
            let all = joined(units(name), &more[from..]);
            fits(&all, name).into()
        }
    }
}

pair! {
    /// PathCanonicalize: without `.` and `..`.
    fn ovl_PathCanonicalizeA ovl_PathCanonicalizeW(to: *mut C, name: *const C) -> Bool {
        if to.is_null() || name.is_null() {
            return fail(Win32Error::INVALID_PARAMETER, FALSE);
        }
        // SAFETY: a string, and room for MAX_PATH.
        unsafe { fits(&canonical(units(name)), to).into() }
    }
}

pair! {
    /// PathQuoteSpaces: in quotation marks, if there are blanks in it. TRUE if it was changed.
    fn ovl_PathQuoteSpacesA ovl_PathQuoteSpacesW(name: *mut C) -> Bool {
        if name.is_null() {
            return FALSE;
        }
        // SAFETY: a string, and room for MAX_PATH.
        unsafe {
            let text = units(name);
            let mark = [C::from(b'"')];
            (text.iter().any(|unit| unit.is(b' ')) && fits(&[&mark, text, &mark].concat(), name)).into()
        }
    }
}

pair! {
    /// PathUnquoteSpaces: without the quotation marks around it. TRUE if it was changed.
    fn ovl_PathUnquoteSpacesA ovl_PathUnquoteSpacesW(name: *mut C) -> Bool {
        if name.is_null() {
            return FALSE;
        }
        // SAFETY: a string; it becomes shorter.
        unsafe {
            match units(name) {
                [first, inner @ .., last] if first.is(b'"') && last.is(b'"') => {
                    let inner = inner.to_vec();
                    put(name, &inner);
                    TRUE
                }
                _ => FALSE,
            }
        }
    }
}

/// Does a name match a pattern with `*` and `?`? `*.*` is all.
fn matches<C: Unit>(name: &[C], pattern: &[C]) -> bool {
    if let [a, b, c] = pattern
        && a.is(b'*')
        && b.is(b'.')
        && c.is(b'*')
    {
        return true;
    }
    let (mut at, mut star) = ((0, 0), None);
    loop {
        match (name.get(at.0), pattern.get(at.1)) {
            (_, Some(wild)) if wild.is(b'*') => {
                star = Some((at.0, at.1 + 1));
                at.1 += 1;
            }
            (Some(unit), Some(other)) if other.is(b'?') || lower(*unit) == lower(*other) => at = (at.0 + 1, at.1 + 1),
            (None, None) => return true,
            _ => match star {
                Some((from, behind)) if from < name.len() => {
                    star = Some((from + 1, behind));
                    at = (from + 1, behind);
                }
                _ => return false,
            },
        }
    }
}

pair! {
    /// PathMatchSpec: whether one of the patterns, between semicolons, fits.
    fn ovl_PathMatchSpecA ovl_PathMatchSpecW(name: *const C, patterns: *const C) -> Bool {
        if name.is_null() || patterns.is_null() {
            return FALSE;
        }
        // SAFETY: strings.
        let (name, patterns) = unsafe { (units(name), units(patterns)) };
        let trimmed = |pattern: &'_ [C]| pattern.iter().take_while(|unit| unit.is(b' ')).count();
        patterns.split(|unit| unit.is(b';')).any(|pattern| matches(name, &pattern[trimmed(pattern)..])).into()
    }
}
