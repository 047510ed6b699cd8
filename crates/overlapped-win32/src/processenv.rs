//! `processenv.h` and `shellapi.h`: the command line, the environment, the current directory.
//!
//! Names of environment variables are looked up as they are written first, then without regard to case, as Windows does.

use crate::arguments::pair;
use crate::localglobal::{ovl_LocalAlloc, ovl_LocalFree};
use crate::names::{to_linux, to_windows};
use crate::support::{Bool, FALSE, TRUE, fail, guard, guard_bool, guard_or, set_last_error};
use crate::text::{Unit, give, put, units, units_or_empty};
use crate::variables;
use overlapped_abi::{Context, Win32Error};
use overlapped_devices::process::{self, Line, line};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::env;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::sync::OnceLock;

/// ERROR_ENVVAR_NOT_FOUND.
const NO_SUCH_VARIABLE: Win32Error = Win32Error(203);

/// The arguments of the process as one line that CommandLineToArgvW takes apart again.
fn command_line() -> OsString {
    let whole = std::fs::read("/proc/self/cmdline").unwrap_or_default();
    let arguments = whole.strip_suffix(b"\0").unwrap_or(&whole).split(|&byte| byte == 0);
    OsString::from_vec(line::join(arguments))
}

/// The line that the parent gave, if it is a program of ours; else that of the arguments.
fn line_of<U: Unit>() -> Box<[U]> {
    let cut = |units: &mut dyn Iterator<Item = u32>| units.map(U::cut).collect::<Vec<U>>();
    let mut text = match process::command_line() {
        Some(Line::Bytes(bytes)) if size_of::<U>() == 1 => cut(&mut bytes.iter().map(|unit| u32::from(*unit))),
        Some(Line::Bytes(bytes)) => U::from_os(OsStr::from_bytes(bytes)),
        Some(Line::Units(units)) if size_of::<U>() == 2 => cut(&mut units.iter().map(|unit| u32::from(*unit))),
        Some(Line::Units(units)) => U::from_os(&u16::to_os(units)),
        _ => U::from_os(&command_line()),
    };
    text.push(U::default());
    text.into()
}

/// GetCommandLineA. The text stays for good.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetCommandLineA() -> *const u8 {
    static LINE: OnceLock<Box<[u8]>> = OnceLock::new();
    guard(std::ptr::null(), || LINE.get_or_init(line_of::<u8>).as_ptr())
}

/// GetCommandLineW. The text stays for good.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetCommandLineW() -> *const u16 {
    static LINE: OnceLock<Box<[u16]>> = OnceLock::new();
    guard(std::ptr::null(), || LINE.get_or_init(line_of::<u16>).as_ptr())
}

/// CommandLineToArgvW: an array that LocalFree takes; the program's own name for an empty line.
///
/// # Safety
/// `line` is NULL or a string, `count` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CommandLineToArgvW(line: *const u16, count: *mut i32) -> *mut *mut u16 {
    guard_or(std::ptr::null_mut(), || {
        if count.is_null() || line.is_null() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        // SAFETY: not NULL, and the caller vouches for it.
        let line = unsafe { units(line) };
        let all = match line {
            [] => vec![u16::from_os(&to_windows(&env::current_exe().unwrap_or_default()))],
            text => line::split_for_shell(text),
        };
        let pointers = (all.len() + 1) * size_of::<*mut u16>();
        let text: usize = all.iter().map(|argument| (argument.len() + 1) * 2).sum();
        let block = ovl_LocalAlloc(0, pointers + text).cast::<*mut u16>();
        if block.is_null() {
            return Err(Win32Error::NOT_ENOUGH_MEMORY);
        }
        // SAFETY: the block has room for the pointers and the texts behind them; `count` is writable.
        unsafe {
            let mut next = block.byte_add(pointers).cast::<u16>();
            for (index, argument) in all.iter().enumerate() {
                block.add(index).write(next);
                put(next, argument);
                next = next.add(argument.len() + 1);
            }
            block.add(all.len()).write(std::ptr::null_mut());
            count.write(all.len() as i32);
        }
        Ok(block)
    })
}

/// Variables whose names begin with `=`, above all the current directories of drives (`=Z:`), which libc does not take. They are this
/// process' own: its children do not get them.
static HIDDEN: Mutex<BTreeMap<OsString, OsString>> = Mutex::new(BTreeMap::new());

fn is_hidden(name: &OsStr) -> bool {
    name.as_bytes().starts_with(b"=")
}

/// A name without `=`, but for its first character.
fn is_name(name: &OsStr) -> bool {
    !name.is_empty() && !name.as_bytes()[1..].contains(&b'=')
}

/// All variables, those that begin with `=` in front.
fn all_variables() -> Vec<(OsString, OsString)> {
    let hidden: Vec<_> = HIDDEN.lock().iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    let mut plain: Vec<_> = env::vars_os().filter(|(name, _)| !is_hidden(name)).collect();
    plain.sort_by_key(|(name, _)| name.to_ascii_uppercase());
    [hidden, plain].concat()
}

/// The name under which the environment has a variable: as it is written, or in another case.
pub(crate) fn spelled(name: &OsStr) -> Option<OsString> {
    if env::var_os(name).is_some() {
        return Some(name.to_owned());
    }
    env::vars_os().map(|(other, _)| other).find(|other| other.eq_ignore_ascii_case(name))
}

/// The value of a variable.
#[must_use]
pub fn variable(name: &OsStr) -> Option<OsString> {
    if is_hidden(name) {
        return HIDDEN.lock().get(&name.to_ascii_uppercase()).cloned();
    }
    plain_variable(name).or_else(|| variables::of_windows(name))
}

/// The value of a variable of the environment.
pub(crate) fn plain_variable(name: &OsStr) -> Option<OsString> {
    is_name(name).then(|| spelled(name)).flatten().and_then(env::var_os)
}

/// Sets a variable, or takes it away.
pub fn set_variable(name: &OsStr, value: Option<&OsStr>) -> Result<(), Win32Error> {
    if !is_name(name) {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    if is_hidden(name) {
        let (mut hidden, name) = (HIDDEN.lock(), name.to_ascii_uppercase());
        match value {
            Some(value) => hidden.insert(name, value.to_owned()),
            None => hidden.remove(&name),
        };
        return Ok(());
    }
    let name = spelled(name).unwrap_or_else(|| name.to_owned());
    variables::was_set(&name, value.is_some());
    // SAFETY: as with libc's own function, a program must not read the environment by other means at the same time.
    unsafe {
        match value {
            Some(value) => env::set_var(name, value),
            None => env::remove_var(name),
        }
    }
    Ok(())
}

pair! {
    /// GetEnvironmentVariable: the length, or the room needed; 0/203 if there is no such variable.
    fn ovl_GetEnvironmentVariableA ovl_GetEnvironmentVariableW(name: *const C, buffer: *mut C, size: u32) -> u32 {
        guard_or(0, || {
            // SAFETY: the caller vouches for it.
            let value = variable(&C::to_os(unsafe { units_or_empty(name) })).ok_or(NO_SUCH_VARIABLE)?;
            if value.is_empty() {
                set_last_error(0);
            }
            // SAFETY: the caller vouches for it.
            Ok(unsafe { give(&C::from_os(&value), buffer, size) })
        })
    }
}

pair! {
    /// SetEnvironmentVariable: NULL takes the variable away.
    fn ovl_SetEnvironmentVariableA ovl_SetEnvironmentVariableW(name: *const C, value: *const C) -> Bool {
        guard_bool(|| {
            // SAFETY: the caller vouches for both.
            let (name, value) = unsafe {
                (C::to_os(units_or_empty(name)), (!value.is_null()).then(|| C::to_os(units(value))))
            };
            set_variable(&name, value.as_deref())
        })
    }
}

/// The whole environment: `NAME=value`, each with a zero, and one more at the end.
fn environment<U: Unit>() -> *mut U {
    let mut text = Vec::new();
    for (name, value) in all_variables() {
        text.extend(U::from_os(&name));
        text.push(U::from(b'='));
        text.extend(U::from_os(&value));
        text.push(U::default());
    }
    let block = ovl_LocalAlloc(0, (text.len() + 1) * size_of::<U>()).cast::<U>();
    if !block.is_null() {
        // SAFETY: made with that room.
        unsafe { put(block, &text) };
    }
    block
}

/// GetEnvironmentStringsA, which without UNICODE is called GetEnvironmentStrings.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetEnvironmentStringsA() -> *mut u8 {
    guard(std::ptr::null_mut(), environment)
}

/// GetEnvironmentStringsW.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetEnvironmentStringsW() -> *mut u16 {
    guard(std::ptr::null_mut(), environment)
}

pair! {
    /// FreeEnvironmentStrings.
    fn ovl_FreeEnvironmentStringsA ovl_FreeEnvironmentStringsW(block: *mut C) -> Bool {
        // SAFETY: the caller vouches for the block.
        Bool::from(unsafe { ovl_LocalFree(block.cast()) }.is_null())
    }
}

/// The text with each `%NAME%` of a variable that exists replaced by its value.
fn expand(text: &[u8]) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::new(), text);
    while let Some(start) = rest.iter().position(|&byte| byte == b'%') {
        out.extend_from_slice(&rest[..start]);
        rest = &rest[start..];
        let end = rest[1..].iter().position(|&byte| byte == b'%').map(|end| end + 1);
        match end.and_then(|end| Some((variable(OsStr::from_bytes(&rest[1..end]))?, end))) {
            Some((value, end)) => {
                out.extend_from_slice(value.as_bytes());
                rest = &rest[end + 1..];
            }
            None => {
                out.push(b'%');
                rest = &rest[1..];
            }
        }
    }
    out.extend_from_slice(rest);
    out
}

pair! {
    /// ExpandEnvironmentStrings: the room that the whole text needs, with its zero.
    fn ovl_ExpandEnvironmentStringsA ovl_ExpandEnvironmentStringsW(from: *const C, to: *mut C, size: u32) -> u32 {
        guard(0, || {
            // SAFETY: the caller vouches for the text.
            let text = C::to_os(unsafe { units_or_empty(from) });
            let text = C::from_os(OsStr::from_bytes(&expand(text.as_bytes())));
            // SAFETY: the caller vouches for the room.
            unsafe { give(&text, to, size) };
            text.len() as u32 + 1
        })
    }
}

pair! {
    /// GetCurrentDirectory: the length, or the room needed.
    fn ovl_GetCurrentDirectoryA ovl_GetCurrentDirectoryW(size: u32, buffer: *mut C) -> u32 {
        guard_or(0, || {
            let here = env::current_dir().map_err(|error| from_io(&error))?;
            // SAFETY: the caller vouches for the room.
            Ok(unsafe { give(&C::from_os(&to_windows(&here)), buffer, size) })
        })
    }
}

pair! {
    /// SetCurrentDirectory.
    fn ovl_SetCurrentDirectoryA ovl_SetCurrentDirectoryW(name: *const C) -> Bool {
        if name.is_null() {
            return fail(Win32Error::INVALID_PARAMETER, FALSE);
        }
        guard_bool(|| {
            // SAFETY: not NULL, and the caller vouches for it.
            let path = to_linux(&C::to_os(unsafe { units(name) }))?;
            env::set_current_dir(path).map_err(|error| from_io(&error))
        })
    }
}

/// The code for an error of the standard library.
#[must_use]
pub fn from_io(error: &std::io::Error) -> Win32Error {
    error.raw_os_error().map_or(Win32Error::GEN_FAILURE, |errno| Win32Error::from_errno(errno, Context::Open))
}

pair! {
    /// NeedCurrentDirectoryForExePath: as everywhere on Linux, only for names with a directory.
    fn ovl_NeedCurrentDirectoryForExePathA ovl_NeedCurrentDirectoryForExePathW(name: *const C) -> Bool {
        // SAFETY: the caller vouches for the text.
        if unsafe { units_or_empty(name) }.iter().any(|unit| matches!(unit.ascii(), b'\\' | b'/')) { TRUE } else { FALSE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::last_error;
    use crate::text::of;

    fn arguments(line: &str) -> Vec<String> {
        let line = of::<u16>(&format!("{line}\0"));
        let mut count = 0;
        // SAFETY: a string and a place; the array has as many strings as it says.
        unsafe {
            let array = ovl_CommandLineToArgvW(line.as_ptr(), &mut count);
            let all = (0..count as usize).map(|i| String::from_utf16_lossy(units(*array.add(i)))).collect();
            assert!((*array.add(count as usize)).is_null());
            ovl_LocalFree(array.cast());
            all
        }
    }

    #[test]
    fn a_line_is_taken_apart() {
        let cases: &[(&str, &[&str])] = &[
            ("prog a b", &["prog", "a", "b"]),
            (r#""C:\my prog\x.exe" "a b" c"#, &[r"C:\my prog\x.exe", "a b", "c"]),
            (r#"p  a\\b  a\"b "a\\" x"#, &["p", r"a\\b", "a\"b", r"a\", "x"]),
            (r#"p "a""b" "" c"#, &["p", "a\"b \"", "c"]),
            (r#""a"b "" c"#, &["a", "b", "", "c"]),
            ("p \t", &["p"]),
        ];
        for (line, expected) in cases {
            assert_eq!(arguments(line), *expected, "{line}");
        }
        assert_eq!(arguments("").len(), 1);
    }

    #[test]
    fn what_is_quoted_comes_back() {
        for argument in ["plain", "", "with space", r"back\slash", r#"qu"ote"#, r"end\ space\", r#"\" \\" \\\"#] {
            let mut line = b"p ".to_vec();
            line::quote(argument.as_bytes(), &mut line);
            assert_eq!(arguments(std::str::from_utf8(&line).unwrap()), ["p", argument]);
        }
        // SAFETY: a string that stays.
        assert_eq!(unsafe { units(ovl_GetCommandLineA()) }, command_line().as_bytes());
        assert_eq!(ovl_GetCommandLineW(), ovl_GetCommandLineW());
    }

    #[test]
    fn variables() {
        let mut room = [0u8; 16];
        let at = room.as_mut_ptr();
        let name = c"Ovl_Test_Variable".as_ptr().cast();
        // SAFETY: strings and buffers are what they are said to be.
        unsafe {
            assert_eq!((ovl_GetEnvironmentVariableA(name, at, 16), last_error()), (0, 203));
            assert_eq!(ovl_SetEnvironmentVariableA(name, c"value".as_ptr().cast()), TRUE);
            let other_case = of::<u16>("OVL_TEST_variable\0");
            assert_eq!(ovl_GetEnvironmentVariableW(other_case.as_ptr(), std::ptr::null_mut(), 0), 6);
            assert_eq!((ovl_GetEnvironmentVariableA(name, at, 6), &room[..6]), (5, &b"value\0"[..]));
            assert_eq!(ovl_ExpandEnvironmentStringsA(c"<%OVL_TEST_VARIABLE%> 5%".as_ptr().cast(), at, 16), 11);
            assert_eq!(units(at), b"<value> 5%");
            let block = ovl_GetEnvironmentStringsW();
            assert!(!block.is_null() && ovl_FreeEnvironmentStringsW(block) == TRUE);
            assert_eq!(ovl_SetEnvironmentVariableA(name, std::ptr::null()), TRUE);
            assert_eq!(ovl_GetEnvironmentVariableA(name, at, 16), 0);
            assert_eq!((ovl_SetEnvironmentVariableA(c"a=b".as_ptr().cast(), name), last_error()), (FALSE, 87));
        }
    }

    #[test]
    fn directories() {
        let mut room = [0u16; 400];
        // SAFETY: strings and buffers are what they are said to be.
        unsafe {
            let len = ovl_GetCurrentDirectoryW(400, room.as_mut_ptr());
            assert_eq!(String::from_utf16_lossy(&room[..3]), r"C:\");
            assert_eq!(ovl_GetCurrentDirectoryW(2, room.as_mut_ptr()), len + 1);
            assert_eq!(ovl_SetCurrentDirectoryW(room.as_ptr()), TRUE);
            assert_eq!((ovl_SetCurrentDirectoryA(c"C:\\no such directory".as_ptr().cast()), last_error()), (FALSE, 2));
            assert_eq!((ovl_SetCurrentDirectoryA(c"/etc/passwd".as_ptr().cast()), last_error()), (FALSE, 267));
        }
    }

    #[test]
    fn names_that_begin_with_an_equals_sign_are_variables_too() {
        let mut room = [0u8; 20];
        // SAFETY: strings and buffers are what they are said to be; the block ends with an empty string.
        unsafe {
            let name = c"=Ovl:".as_ptr().cast();
            assert_eq!(ovl_SetEnvironmentVariableA(name, c"C:\\x".as_ptr().cast()), TRUE);
            assert_eq!(ovl_GetEnvironmentVariableA(c"=oVL:".as_ptr().cast(), room.as_mut_ptr(), 20), 4);
            assert_eq!(&room[..5], b"C:\\x\0");
            let block = ovl_GetEnvironmentStringsA();
            let first = std::ffi::CStr::from_ptr(block.cast()).to_bytes();
            assert!(first.starts_with(b"="), "they come first");
            ovl_FreeEnvironmentStringsA(block);
            assert_eq!(ovl_SetEnvironmentVariableA(name, std::ptr::null()), TRUE);
            assert_eq!((ovl_GetEnvironmentVariableA(name, room.as_mut_ptr(), 20), last_error()), (0, 203));
            assert_eq!((ovl_SetEnvironmentVariableA(c"=a=b".as_ptr().cast(), name), last_error()), (FALSE, 87));
        }
    }
}
