//! Initialization files: GetPrivateProfileString and its family (`winbase.h`).
//!
//! Every call reads the file anew, as no process can know who else writes it; a change is made under a lock of the whole file, so that two
//! processes that write at once lose nothing, and who reads sees all of a change or none. A file that is named without a directory is in the
//! Windows directory, and that is, where there is no `C:\Windows`, the directory of this library's own configuration. Text is UTF-8, or UTF-16
//! where the file begins so.

mod document;

use crate::arguments::{optional_name, pair};
use crate::names::to_linux;
use crate::security::home;
use crate::support::{Bool, guard, guard_bool, set_last_error};
use crate::text::{self, Unit};
use document::Document;
use overlapped_abi::{Context, Win32Error};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

/// The file of the functions that name none.
const WIN_INI: &str = "win.ini";
const WINDOWS: &str = r"C:\Windows";

/// Where a file without a directory in its name is.
fn windows_directory() -> Result<PathBuf, Win32Error> {
    let windows = to_linux(OsStr::new(WINDOWS))?;
    if windows.is_dir() {
        return Ok(windows);
    }
    let of_user = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    Ok(of_user.unwrap_or_else(|| home().join(".config")).join("overlapped"))
}

fn path(file: Option<OsString>) -> Result<PathBuf, Win32Error> {
    let file = file.unwrap_or_else(|| WIN_INI.into());
    let has_directory = file.as_bytes().iter().any(|byte| matches!(byte, b'/' | b'\\' | b':'));
    if has_directory { to_linux(&file) } else { Ok(windows_directory()?.join(file)) }
}

fn error(error: &std::io::Error) -> Win32Error {
    Win32Error::from_io_error(error, Context::Open)
}

/// The file's text; 2 or 3 if it is missing.
fn read(file: Option<OsString>) -> Result<Document, Win32Error> {
    let path = path(file)?;
    let read = || {
        let mut file = File::open(&path)?;
        // Where there are no locks, nobody else has one.
        let _ = overlapped_kernel::port::blocking(|| file.lock_shared());
        let mut content = Vec::new();
        file.read_to_end(&mut content)?;
        Ok(content)
    };
    let content = read().map_err(|reason| match path.parent() {
        Some(directory) if !directory.exists() => Win32Error::PATH_NOT_FOUND,
        _ => error(&reason),
    })?;
    Ok(Document::parse(&content))
}

/// Changes the file, which is made if it is missing and there is something to be in it.
fn change(file: Option<OsString>, edit: impl FnOnce(&mut Document)) -> Result<(), Win32Error> {
    let bare = path(file)?;
    if let (Some(directory), Ok(own)) = (bare.parent(), windows_directory())
        && directory == own
    {
        std::fs::create_dir_all(directory).map_err(|reason| error(&reason))?;
    }
    let mut file =
        File::options().read(true).write(true).create(true).truncate(false).open(&bare).map_err(|reason| match bare
            .parent()
        {
            Some(directory) if !directory.exists() => Win32Error::PATH_NOT_FOUND,
            _ => error(&reason),
        })?;
    overlapped_kernel::port::blocking(|| file.lock()).map_err(|reason| error(&reason))?;
    let mut content = Vec::new();
    file.read_to_end(&mut content).map_err(|reason| error(&reason))?;
    let mut document = Document::parse(&content);
    let before = document.clone();
    edit(&mut document);
    if document == before {
        return Ok(());
    }
    let content = document.content();
    let replaced = (|| {
        use std::io::Seek;
        file.rewind()?;
        file.write_all(&content)?;
        file.set_len(content.len() as u64)
    })();
    replaced.map_err(|reason| error(&reason))
}

/// What stands between quotes of one kind.
fn unquoted(value: &[u8]) -> &[u8] {
    match value {
        [b'"', inner @ .., b'"'] | [b'\'', inner @ .., b'\''] => inner,
        value => value,
    }
}

/// A name that the caller may leave out, as bytes.
unsafe fn bytes<C: Unit>(text: *const C) -> Option<Vec<u8>> {
    // SAFETY: the caller's promise.
    unsafe { optional_name(text) }.map(OsString::into_vec)
}

fn units<C: Unit>(text: &[u8]) -> Vec<C> {
    C::from_os(OsStr::from_bytes(text))
}

/// What was put: the length that is told, and whether some was cut off.
struct Put {
    told: usize,
    cut: bool,
}

impl Put {
    /// Says so in the last error too, which these functions set in any case: 234 for what was cut.
    fn tell(self, error: Win32Error) -> u32 {
        set_last_error(if self.cut { Win32Error::MORE_DATA.0 } else { error.0 });
        self.told as u32
    }
}

/// Puts one text, cut to the room; the length without the zero.
unsafe fn put_one<C: Unit>(text: &[u8], buffer: *mut C, size: u32) -> Put {
    let units = units::<C>(text);
    if buffer.is_null() || size == 0 {
        return Put { told: 0, cut: !units.is_empty() };
    }
    let told = units.len().min(size as usize - 1);
    // SAFETY: it fits, by the line above.
    unsafe { text::put(buffer, &units[..told]) };
    Put { told, cut: told < units.len() }
}

/// Puts texts, each with a zero and one more zero behind all; the length without the last zero, or the room less two if it is cut. Two zeros
/// also where there are no texts.
unsafe fn put_all<C: Unit>(texts: &[impl AsRef<[u8]>], buffer: *mut C, size: u32) -> Put {
    let Some(room) = (size as usize).checked_sub(2).filter(|_| !buffer.is_null()) else {
        // SAFETY: there is room for one zero, if any.
        return Put { cut: !texts.is_empty(), ..unsafe { put_one(b"", buffer, size) } };
    };
    let mut all: Vec<C> = Vec::new();
    for text in texts {
        all.extend(units::<C>(text.as_ref()));
        all.push(C::default());
    }
    let cut = all.len() > room + 1;
    if cut {
        all.truncate(room);
    }
    let told = all.len();
    if cut || all.is_empty() {
        all.push(C::default());
    }
    // SAFETY: with its zero it is no longer than the room and two.
    unsafe { text::put(buffer, &all) };
    Put { told, cut }
}

/// What the string functions give.
unsafe fn string<C: Unit>(
    [section, key, default]: [*const C; 3],
    buffer: *mut C,
    size: u32,
    file: Option<OsString>,
) -> u32 {
    // SAFETY: the caller's promise.
    let (section, key, default) = unsafe { (bytes(section), bytes(key), bytes(default).unwrap_or_default()) };
    let (document, failed) = match read(file) {
        Ok(document) => (document, None),
        Err(error) => (Document::parse(b""), Some(error)),
    };
    let (found, missing) = (Win32Error::SUCCESS, failed.unwrap_or(Win32Error::FILE_NOT_FOUND));
    // SAFETY: the caller's promise.
    unsafe {
        match (section, key) {
            (None, _) => {
                let sections = document.sections().collect::<Vec<_>>();
                put_all(&sections, buffer, size).tell(failed.unwrap_or(found))
            }
            (Some(section), None) => match document.keys(&section) {
                Some(keys) => put_all(&keys, buffer, size).tell(found),
                None => put_one(default.trim_ascii_end(), buffer, size).tell(missing),
            },
            (Some(section), Some(key)) => match document.value(&section, &key) {
                Some(value) => put_one(unquoted(value), buffer, size).tell(found),
                None => put_one(unquoted(default.trim_ascii_end()), buffer, size).tell(missing),
            },
        }
    }
}

pair! {
    /// GetPrivateProfileString: the value without its quotes, the keys of a section for a key of NULL, the sections for a section of
    /// NULL; else the default. The length, cut to the room. The last error is 0, 234 for what was cut, 2 for the default, 3 if there is no such
    /// directory.
    fn ovl_GetPrivateProfileStringA ovl_GetPrivateProfileStringW(
        section: *const C,
        key: *const C,
        default: *const C,
        buffer: *mut C,
        size: u32,
        file: *const C,
    ) -> u32 {
        // SAFETY: the caller's promise.
        guard(0, || unsafe { string([section, key, default], buffer, size, optional_name(file)) })
    }
}

pair! {
    /// GetProfileString: GetPrivateProfileString of `win.ini`.
    fn ovl_GetProfileStringA ovl_GetProfileStringW(
        section: *const C,
        key: *const C,
        default: *const C,
        buffer: *mut C,
        size: u32,
    ) -> u32 {
        // SAFETY: the caller's promise.
        guard(0, || unsafe { string([section, key, default], buffer, size, None) })
    }
}

/// The number that a value begins with: decimal, or hexadecimal behind `0x`; what does not fit is cut to 32 bits.
fn number(value: &[u8]) -> Option<u32> {
    let value = unquoted(value);
    let (negative, digits) = match value {
        [] => return None,
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let (radix, digits) = match digits {
        [b'0', b'x' | b'X', rest @ ..] => (16, rest),
        digits => (10, digits),
    };
    let found = digits.iter().map_while(|byte| char::from(*byte).to_digit(radix));
    let magnitude = found.fold(0u32, |sum, digit| sum.wrapping_mul(radix).wrapping_add(digit));
    Some(if negative { magnitude.wrapping_neg() } else { magnitude })
}

unsafe fn integer<C: Unit>(section: *const C, key: *const C, default: i32, file: Option<OsString>) -> u32 {
    // SAFETY: the caller's promise.
    let (Some(section), Some(key)) = (unsafe { (bytes(section), bytes(key)) }) else { return default as u32 };
    let value = read(file).map(|document| document.value(&section, &key).and_then(number));
    set_last_error(match value {
        Ok(Some(_)) => Win32Error::SUCCESS.0,
        Ok(None) => Win32Error::FILE_NOT_FOUND.0,
        Err(error) => error.0,
    });
    value.ok().flatten().unwrap_or(default as u32)
}

pair! {
    /// GetPrivateProfileInt: the number that the value begins with, 0 if it begins with none; the default for an empty value or none, and then
    /// last error 2 or 3, else 0.
    fn ovl_GetPrivateProfileIntA ovl_GetPrivateProfileIntW(
        section: *const C,
        key: *const C,
        default: i32,
        file: *const C,
    ) -> u32 {
        // SAFETY: the caller's promise.
        guard(default as u32, || unsafe { integer(section, key, default, optional_name(file)) })
    }
}

pair! {
    /// GetProfileInt: GetPrivateProfileInt of `win.ini`.
    fn ovl_GetProfileIntA ovl_GetProfileIntW(section: *const C, key: *const C, default: i32) -> u32 {
        // SAFETY: the caller's promise.
        guard(default as u32, || unsafe { integer(section, key, default, None) })
    }
}

unsafe fn section<C: Unit>(name: *const C, buffer: *mut C, size: u32, file: Option<OsString>) -> u32 {
    // SAFETY: the caller's promise.
    let Some(name) = (unsafe { bytes(name) }) else {
        set_last_error(Win32Error::INVALID_PARAMETER.0);
        return 0;
    };
    let (entries, error) = match read(file) {
        Ok(document) if document.keys(&name).is_some() => (document.told(&name), Win32Error::SUCCESS),
        Ok(_) => (Vec::new(), Win32Error::FILE_NOT_FOUND),
        Err(error) => (Vec::new(), error),
    };
    // SAFETY: the caller's promise.
    unsafe { put_all(&entries, buffer, size) }.tell(error)
}

pair! {
    /// GetPrivateProfileSection: `key=value` of all entries, each with a zero, and one more. The last error is 0, 234 for what was cut, 2 or 3 for
    /// what there is not.
    fn ovl_GetPrivateProfileSectionA ovl_GetPrivateProfileSectionW(
        name: *const C,
        buffer: *mut C,
        size: u32,
        file: *const C,
    ) -> u32 {
        // SAFETY: the caller's promise.
        guard(0, || unsafe { section(name, buffer, size, optional_name(file)) })
    }
}

pair! {
    /// GetProfileSection: GetPrivateProfileSection of `win.ini`.
    fn ovl_GetProfileSectionA ovl_GetProfileSectionW(name: *const C, buffer: *mut C, size: u32) -> u32 {
        // SAFETY: the caller's promise.
        guard(0, || unsafe { section(name, buffer, size, None) })
    }
}

pair! {
    /// GetPrivateProfileSectionNames: each with a zero, and one more.
    fn ovl_GetPrivateProfileSectionNamesA ovl_GetPrivateProfileSectionNamesW(
        buffer: *mut C,
        size: u32,
        file: *const C,
    ) -> u32 {
        // SAFETY: the caller's promise.
        guard(0, || unsafe {
            string([std::ptr::null(), std::ptr::null(), std::ptr::null()], buffer, size, optional_name(file))
        })
    }
}

unsafe fn write<C: Unit>([section, key, value]: [*const C; 3], file: Option<OsString>) -> Result<(), Win32Error> {
    // SAFETY: the caller's promise.
    let (section, key, value) = unsafe { (bytes(section), bytes(key), bytes(value)) };
    match (section, key, value) {
        // Asks to forget what was kept of files; nothing is, and 0 says that on Windows too.
        (None, None, None) => Err(Win32Error(0)),
        (None, ..) => Err(Win32Error::FILE_NOT_FOUND),
        (Some(section), None, _) => change(file, |document| document.remove_section(&section)),
        (Some(section), Some(key), None) => change(file, |document| document.remove(&section, &key)),
        (Some(section), Some(key), Some(value)) => change(file, |document| document.set(&section, &key, &value)),
    }
}

pair! {
    /// WritePrivateProfileString: a value of NULL takes the key away, a key of NULL the section.
    fn ovl_WritePrivateProfileStringA ovl_WritePrivateProfileStringW(
        section: *const C,
        key: *const C,
        value: *const C,
        file: *const C,
    ) -> Bool {
        // SAFETY: the caller's promise.
        guard_bool(|| unsafe { write([section, key, value], optional_name(file)) })
    }
}

pair! {
    /// WriteProfileString: WritePrivateProfileString of `win.ini`.
    fn ovl_WriteProfileStringA ovl_WriteProfileStringW(section: *const C, key: *const C, value: *const C) -> Bool {
        // SAFETY: the caller's promise.
        guard_bool(|| unsafe { write([section, key, value], None) })
    }
}

/// Texts that each end with a zero, up to an empty one.
unsafe fn listed<C: Unit>(mut at: *const C) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    loop {
        // SAFETY: the caller's promise; an empty text ends the list.
        let one = unsafe { text::units(at) };
        if one.is_empty() {
            return found;
        }
        found.push(C::to_os(one).into_vec());
        at = at.wrapping_add(one.len() + 1);
    }
}

unsafe fn write_section<C: Unit>(name: *const C, lines: *const C, file: Option<OsString>) -> Result<(), Win32Error> {
    // SAFETY: the caller's promise.
    let Some(name) = (unsafe { bytes(name) }) else { return Err(Win32Error::INVALID_PARAMETER) };
    if lines.is_null() {
        return change(file, |document| document.remove_section(&name));
    }
    // SAFETY: the caller's promise.
    let lines = unsafe { listed(lines) };
    change(file, |document| document.replace_section(&name, lines))
}

pair! {
    /// WritePrivateProfileSection: these entries and no others; NULL takes the section away.
    fn ovl_WritePrivateProfileSectionA ovl_WritePrivateProfileSectionW(
        name: *const C,
        lines: *const C,
        file: *const C,
    ) -> Bool {
        // SAFETY: the caller's promise.
        guard_bool(|| unsafe { write_section(name, lines, optional_name(file)) })
    }
}

pair! {
    /// WriteProfileSection: WritePrivateProfileSection of `win.ini`.
    fn ovl_WriteProfileSectionA ovl_WriteProfileSectionW(name: *const C, lines: *const C) -> Bool {
        // SAFETY: the caller's promise.
        guard_bool(|| unsafe { write_section(name, lines, None) })
    }
}

fn sum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum.wrapping_add(*byte))
}

fn in_hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    for byte in bytes.iter().chain([&sum(bytes)]) {
        let _ = write!(text, "{byte:02X}");
    }
    text
}

/// The bytes of such a text; `None` if they are not as many, or not those that were written.
fn of_hex(text: &[u8], len: usize) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok().filter(|text| text.is_ascii() && text.len() == 2 * (len + 1))?;
    let byte = |at: usize| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok();
    let bytes: Vec<u8> = (0..=len).map(byte).collect::<Option<_>>()?;
    (sum(&bytes[..len]) == bytes[len]).then(|| bytes[..len].to_vec())
}

pair! {
    /// WritePrivateProfileStruct: the bytes in hexadecimal, and their sum; NULL takes the key away.
    fn ovl_WritePrivateProfileStructA ovl_WritePrivateProfileStructW(
        section: *const C,
        key: *const C,
        data: *const std::ffi::c_void,
        len: u32,
        file: *const C,
    ) -> Bool {
        guard_bool(|| {
            if data.is_null() {
                // SAFETY: the caller's promise.
                return unsafe { write([section, key, std::ptr::null()], optional_name(file)) };
            }
            // SAFETY: the caller's promise.
            let text = in_hex(unsafe { crate::arguments::checked_input(data, len) }?);
            let value: Vec<C> = text::of::<C>(&format!("{text}\0"));
            // SAFETY: the caller's promise, and a text that ends with a zero.
            unsafe { write([section, key, value.as_ptr()], optional_name(file)) }
        })
    }
}

pair! {
    /// GetPrivateProfileStruct: FALSE with 24 for another length, or bytes that are not those that were written (13).
    fn ovl_GetPrivateProfileStructA ovl_GetPrivateProfileStructW(
        section: *const C,
        key: *const C,
        data: *mut std::ffi::c_void,
        len: u32,
        file: *const C,
    ) -> Bool {
        guard_bool(|| {
            // SAFETY: the caller's promise.
            let (Some(section), Some(key)) = (unsafe { (bytes(section), bytes(key)) }) else {
                return Err(Win32Error::INVALID_PARAMETER);
            };
            // SAFETY: the caller's promise.
            let document = read(unsafe { optional_name(file) })?;
            let value = document.value(&section, &key).ok_or(Win32Error::FILE_NOT_FOUND)?;
            if value.len() != 2 * (len as usize + 1) {
                return Err(Win32Error::BAD_LENGTH);
            }
            let found = of_hex(value, len as usize).ok_or(Win32Error(13))?;
            // SAFETY: the caller's promise.
            unsafe { crate::arguments::output(&found, data) }
        })
    }
}
