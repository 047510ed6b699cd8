//! `winreg.h`: the registry, of which there are only keys that every computer has: its processors, and which Windows this is told to be
//! (the version of GetVersionEx). They can be opened and read. Every other key is missing (2).

use crate::arguments::{output, pair, store, store_if_wanted};
use crate::support::guard;
use crate::sysinfoapi::BUILD;
use crate::text::{Unit, of, units};
use overlapped_abi::Win32Error;
use parking_lot::Mutex;
use std::ffi::c_void;
use std::sync::LazyLock;

mod more;
pub use more::*;

const HKEY_LOCAL_MACHINE: usize = 0x8000_0002;
/// Of the predefined keys, by their lowest bits.
const PREDEFINED: std::ops::RangeInclusive<usize> = 0x8000_0000..=0x8000_0007;
/// HKEY_PERFORMANCE_TEXT and HKEY_PERFORMANCE_NLSTEXT.
const TEXTS: [usize; 2] = [0x8000_0050, 0x8000_0060];

const REG_SZ: u32 = 1;
const REG_DWORD: u32 = 4;
const KEY_READ: u32 = 0x2_0019;
/// KEY_WOW64_64KEY, KEY_WOW64_32KEY and MAXIMUM_ALLOWED, and GENERIC_READ.
const HARMLESS: u32 = KEY_READ | 0x300 | 0x200_0000 | 0x8000_0000;
const ZERO_ON_FAILURE: u32 = 0x2000_0000;
/// ERROR_UNSUPPORTED_TYPE.
const UNSUPPORTED_TYPE: Win32Error = Win32Error(1630);

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Text(String),
    Number(u32),
}

/// A key: its components below HKEY_LOCAL_MACHINE, in lower case. Empty for any other root.
type Key = (usize, Vec<String>);

static OPEN: Mutex<Vec<Option<Key>>> = Mutex::new(Vec::new());
/// The first number of a key that was opened; no kernel object has it, whose handles are multiples of 4.
const FIRST: usize = 0x4000_0002;

fn key(handle: usize) -> Result<Key, Win32Error> {
    // Sign-extended or not.
    let root = handle & 0xFFFF_FFFF;
    if PREDEFINED.contains(&root) || TEXTS.contains(&root) {
        return Ok((root, Vec::new()));
    }
    let place = handle.checked_sub(FIRST).filter(|at| at % 4 == 0).map(|at| at / 4);
    let open = OPEN.lock();
    place.and_then(|place| open.get(place)?.clone()).ok_or(Win32Error::INVALID_HANDLE)
}

fn below(mut key: Key, name: &str) -> Key {
    key.1.extend(name.split('\\').filter(|part| !part.is_empty()).map(str::to_lowercase));
    key
}

/// Name and speed in MHz of each processor.
fn processors() -> &'static [(String, u32)] {
    static FOUND: LazyLock<Vec<(String, u32)>> = LazyLock::new(|| {
        let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let field = |part: &str, name: &str| {
            let line = part.lines().find_map(|line| line.split_once(':').filter(|(key, _)| key.trim() == name))?;
            Some(line.1.trim().to_owned())
        };
        let one = |part: &str| {
            field(part, "processor")?;
            let speed = field(part, "cpu MHz").and_then(|speed| speed.parse::<f64>().ok()).unwrap_or(0.0);
            Some((field(part, "model name").unwrap_or_default(), speed as u32))
        };
        text.split("\n\n").filter_map(one).collect()
    });
    &FOUND
}

const PROCESSORS: [&str; 4] = ["hardware", "description", "system", "centralprocessor"];
const VERSION: [&str; 4] = ["software", "microsoft", "windows nt", "currentversion"];

/// The names of the keys directly below a key.
fn children((root, path): &Key) -> Vec<String> {
    if *root != HKEY_LOCAL_MACHINE {
        return Vec::new();
    }
    if path.iter().eq(PROCESSORS.iter()) {
        return (0..processors().len()).map(|number| number.to_string()).collect();
    }
    let trees = [
        ["HARDWARE", "DESCRIPTION", "System", "CentralProcessor"],
        ["SOFTWARE", "Microsoft", "Windows NT", "CurrentVersion"],
    ];
    let within = |tree: &&[&str; 4]| path.iter().zip(**tree).all(|(known, name)| *known == name.to_lowercase());
    trees.iter().filter(within).filter_map(|tree| tree.get(path.len())).map(|name| (*name).to_owned()).collect()
}

/// The values of a key; `None` if it is missing.
fn values((root, path): &Key) -> Option<Vec<(&'static str, Value)>> {
    let starts = |whole: &[&str]| path.len() <= whole.len() && path.iter().zip(whole).all(|(a, b)| a == b);
    if path.is_empty() {
        return Some(Vec::new());
    }
    if *root != HKEY_LOCAL_MACHINE {
        return None;
    }
    if path.iter().eq(VERSION.iter()) {
        return Some(version());
    }
    if starts(&PROCESSORS) || starts(&VERSION) {
        return Some(Vec::new());
    }
    let (number, parents) = path.split_last()?;
    if !parents.iter().eq(PROCESSORS.iter()) {
        return None;
    }
    let (name, speed) = processors().get(number.parse::<usize>().ok()?)?;
    Some(vec![("ProcessorNameString", Value::Text(name.clone())), ("~MHz", Value::Number(*speed))])
}

fn version() -> Vec<(&'static str, Value)> {
    vec![
        ("ProductName", Value::Text("Windows 10 Pro".into())),
        ("CurrentVersion", Value::Text("6.3".into())),
        ("CurrentBuild", Value::Text(BUILD.to_string())),
        ("CurrentBuildNumber", Value::Text(BUILD.to_string())),
        ("CurrentMajorVersionNumber", Value::Number(10)),
        ("CurrentMinorVersionNumber", Value::Number(0)),
    ]
}

fn value(key: &Key, name: &str) -> Result<Value, Win32Error> {
    let values = values(key).ok_or(Win32Error::FILE_NOT_FOUND)?;
    let found = values.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value).ok_or(Win32Error::FILE_NOT_FOUND)
}

impl Value {
    fn kind(&self) -> u32 {
        match self {
            Self::Text(_) => REG_SZ,
            Self::Number(_) => REG_DWORD,
        }
    }

    fn bytes<C: Unit>(&self) -> Vec<u8> {
        match self {
            Self::Number(number) => number.to_ne_bytes().to_vec(),
            Self::Text(text) => {
                let units: Vec<C> = of(text);
                let numbers = units.into_iter().map(Into::<u32>::into).chain([0]);
                numbers.flat_map(|unit| unit.to_le_bytes().into_iter().take(size_of::<C>())).collect()
            }
        }
    }
}

/// # Safety
/// NULL, or a string.
unsafe fn text<C: Unit>(text: *const C) -> String {
    // SAFETY: not NULL, and the caller vouches for it.
    if text.is_null() { String::new() } else { C::to_os(unsafe { units(text) }).to_string_lossy().into_owned() }
}

/// Runs a function of the registry, which answers its code.
fn code(body: impl FnOnce() -> Result<(), Win32Error>) -> i32 {
    guard(Win32Error::GEN_FAILURE.0 as i32, || body().map_or_else(|error| error.0 as i32, |()| 0))
}

/// Puts a value into `room` bytes: 234 with the bytes needed if it is longer.
///
/// # Safety
/// `to` is NULL or writable for as many bytes as are at `bytes`.
unsafe fn put(value: &[u8], to: *mut c_void, bytes: *mut u32) -> Result<(), Win32Error> {
    if bytes.is_null() {
        return if to.is_null() { Ok(()) } else { Err(Win32Error::INVALID_PARAMETER) };
    }
    // SAFETY: not NULL, and the caller vouches for it.
    let room = unsafe { bytes.replace(value.len() as u32) };
    if to.is_null() {
        return Ok(());
    }
    if (room as usize) < value.len() {
        return Err(Win32Error::MORE_DATA);
    }
    // SAFETY: the caller's promise.
    unsafe { output(value, to) }
}

pair! {
    /// RegOpenKeyEx: 2 for a key that is missing, 5 for more than reading.
    fn ovl_RegOpenKeyExA ovl_RegOpenKeyExW(
        parent: usize,
        name: *const C,
        _options: u32,
        access: u32,
        to: *mut usize,
    ) -> i32 {
        code(|| {
            // SAFETY: the caller's promise.
            let key = below(key(parent)?, &unsafe { text(name) });
            values(&key).ok_or(Win32Error::FILE_NOT_FOUND)?;
            if access & !HARMLESS != 0 {
                return Err(Win32Error::ACCESS_DENIED);
            }
            if to.is_null() {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            let mut open = OPEN.lock();
            let free = open.iter().position(Option::is_none).unwrap_or(open.len());
            if free == open.len() {
                open.push(None);
            }
            open[free] = Some(key);
            // SAFETY: not NULL, and the caller vouches for it.
            unsafe { store(to, FIRST + free * 4) }
        })
    }
}

/// RegCloseKey.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_RegCloseKey(handle: usize) -> i32 {
    code(|| {
        key(handle)?;
        if let Some(place) = handle.checked_sub(FIRST).map(|at| at / 4)
            && let Some(slot) = OPEN.lock().get_mut(place)
        {
            *slot = None;
        }
        Ok(())
    })
}

pair! {
    /// RegEnumKeyEx: the name of a key below this one, by number; 259 behind the last, 234 if there is too little room, 87 for NULL. Keys
    /// have no classes, and no time.
    fn ovl_RegEnumKeyExA ovl_RegEnumKeyExW(
        handle: usize,
        number: u32,
        to: *mut C,
        units: *mut u32,
        _reserved: *mut u32,
        class: *mut C,
        class_units: *mut u32,
        written: *mut u64,
    ) -> i32 {
        code(|| {
            let key = key(handle)?;
            values(&key).ok_or(Win32Error::FILE_NOT_FOUND)?;
            let name = children(&key).into_iter().nth(number as usize).ok_or(Win32Error::NO_MORE_ITEMS)?;
            // SAFETY: the caller's promise.
            let Some(room) = (unsafe { units.as_mut() }).filter(|_| !to.is_null()) else {
                return Err(Win32Error::INVALID_PARAMETER);
            };
            let name: Vec<C> = of(&name);
            if (*room as usize) <= name.len() {
                return Err(Win32Error::MORE_DATA);
            }
            *room = name.len() as u32;
            // SAFETY: there is room for the name and its zero, and the caller vouches for the other places.
            unsafe {
                crate::text::put(to, &name);
                // FILETIME may stand at multiples of 4.
                if !written.is_null() {
                    written.write_unaligned(0);
                }
                if !class.is_null() && class_units.as_ref().is_some_and(|units| *units != 0) {
                    crate::text::put(class, &[]);
                }
                store_if_wanted(class_units, 0);
            }
            Ok(())
        })
    }
}

pair! {
    /// RegQueryValueEx: 2 for a value that is missing, 234 with the bytes needed if there is too little room.
    fn ovl_RegQueryValueExA ovl_RegQueryValueExW(
        handle: usize,
        name: *const C,
        _reserved: *mut u32,
        kind: *mut u32,
        to: *mut u8,
        bytes: *mut u32,
    ) -> i32 {
        code(|| {
            // SAFETY: the caller's promise.
            let found = value(&key(handle)?, &unsafe { text(name) })?;
            // SAFETY: the caller's promise.
            unsafe {
                store_if_wanted(kind, found.kind());
                put(&found.bytes::<C>(), to.cast(), bytes)
            }
        })
    }
}

pair! {
    /// RegGetValue: 1630 for a value of another type than is wanted.
    fn ovl_RegGetValueA ovl_RegGetValueW(
        handle: usize,
        subkey: *const C,
        name: *const C,
        flags: u32,
        kind: *mut u32,
        to: *mut c_void,
        bytes: *mut u32,
    ) -> i32 {
        code(|| {
            // SAFETY: the caller's promise.
            let room = unsafe { bytes.as_ref() }.copied().unwrap_or(0);
            let get = || {
                // SAFETY: the caller's promise.
                let found = value(&below(key(handle)?, &unsafe { text(subkey) }), &unsafe { text(name) })?;
                // RRF_RT_REG_SZ is 2, RRF_RT_REG_DWORD 0x10.
                let wanted = if found.kind() == REG_SZ { 0x2 } else { 0x10 };
                // SAFETY: the caller's promise.
                unsafe { store_if_wanted(kind, found.kind()) };
                if flags & wanted == 0 {
                    return Err(UNSUPPORTED_TYPE);
                }
                // SAFETY: the caller's promise.
                unsafe { put(&found.bytes::<C>(), to, bytes) }
            };
            let got = get();
            if got.is_err() && flags & ZERO_ON_FAILURE != 0 && !to.is_null() {
                // SAFETY: the caller's promise.
                unsafe { output(&vec![0; room as usize], to) }?;
            }
            got
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ptr::{null, null_mut};

    fn wide(text: &str) -> Vec<u16> {
        text.encode_utf16().chain([0]).collect()
    }

    #[test]
    fn a_processor_has_a_name_and_a_speed_and_a_key_that_is_missing_is_missing() {
        let path = wide(r"HARDWARE\Description\System\CentralProcessor\0");
        let (mut handle, mut speed, mut room, mut kind) = (0, 0u32, 4u32, 0);
        // SAFETY: strings, and our own places of the sizes that are named.
        unsafe {
            assert_eq!(ovl_RegOpenKeyExW(HKEY_LOCAL_MACHINE, path.as_ptr(), 0, 1, &raw mut handle), 0);
            let to = (&raw mut speed).cast();
            let name = wide("~MHz");
            let read = ovl_RegQueryValueExW(handle, name.as_ptr(), null_mut(), &raw mut kind, to, &raw mut room);
            assert_eq!((read, kind, room), (0, REG_DWORD, 4));
            let name = wide("ProcessorNameString");
            let needed =
                ovl_RegQueryValueExW(handle, name.as_ptr(), null_mut(), &raw mut kind, null_mut(), &raw mut room);
            assert_eq!((needed, kind), (0, REG_SZ));
            assert_eq!(room as usize, wide(&processors()[0].0).len() * 2, "with its zero");
            room = 1;
            let short = ovl_RegQueryValueExW(handle, name.as_ptr(), null_mut(), null_mut(), to, &raw mut room);
            assert_eq!((short, room > 1), (234, true));
            assert_eq!((ovl_RegCloseKey(handle), ovl_RegCloseKey(handle)), (0, 6));
            let nothing = wide(r"Software\Nobody");
            assert_eq!(ovl_RegOpenKeyExW(HKEY_LOCAL_MACHINE, nothing.as_ptr(), 0, 1, &raw mut handle), 2);
            assert_eq!(ovl_RegOpenKeyExW(HKEY_LOCAL_MACHINE, path.as_ptr(), 0, 2, &raw mut handle), 5);
        }
    }

    #[test]
    fn keys_are_listed_one_by_one_down_to_the_processors() {
        let (mut parent, mut found) = (HKEY_LOCAL_MACHINE, String::new());
        let list = |key: usize, number: u32, room: u32| {
            let (mut name, mut units) = ([0x2Au8; 32], room);
            // SAFETY: our own places, and the room is that of the name or less.
            let got = unsafe {
                ovl_RegEnumKeyExA(
                    key,
                    number,
                    name.as_mut_ptr().cast(),
                    &raw mut units,
                    null_mut(),
                    null_mut(),
                    null_mut(),
                    null_mut(),
                )
            };
            let end = name.iter().position(|&byte| byte == 0).unwrap_or(0);
            assert!(got != 0 || units as usize == end, "the length is that of the name");
            (got, String::from_utf8(name[..end].to_vec()).unwrap())
        };
        assert_eq!(list(parent, 1, 32), (0, "SOFTWARE".into()));
        assert_eq!(list(parent, 2, 32).0, 259);
        for wanted in ["HARDWARE", "DESCRIPTION", "System", "CentralProcessor", "0"] {
            assert_eq!(list(parent, 0, wanted.len() as u32).0, 234, "no room for the zero");
            let (got, name) = list(parent, 0, wanted.len() as u32 + 1);
            assert_eq!((got, name.as_str()), (0, wanted));
            found = name;
            let (path, mut below) = (wide(&found), 0);
            // SAFETY: a string, and our own place.
            assert_eq!(unsafe { ovl_RegOpenKeyExW(parent, path.as_ptr(), 0, 0x2_0019, &raw mut below) }, 0);
            if parent != HKEY_LOCAL_MACHINE {
                assert_eq!(ovl_RegCloseKey(parent), 0);
            }
            parent = below;
        }
        assert_eq!((found.as_str(), list(parent, 0, 32).0), ("0", 259));
        assert_eq!(ovl_RegCloseKey(parent), 0);
    }

    #[test]
    fn a_value_is_read_below_a_predefined_key_if_its_type_is_wanted() {
        let (key, name) = (c"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion", c"CurrentBuild");
        let get = |flags, to: &mut [u8]| {
            let mut room = to.len() as u32;
            let (key, name) = (key.as_ptr().cast(), name.as_ptr().cast());
            // SAFETY: strings, and our own buffer.
            let got = unsafe {
                ovl_RegGetValueA(
                    HKEY_LOCAL_MACHINE,
                    key,
                    name,
                    flags,
                    null_mut(),
                    to.as_mut_ptr().cast(),
                    &raw mut room,
                )
            };
            (got, room)
        };
        let mut to = [7; 8];
        assert_eq!((get(2, &mut to), &to[..6]), ((0, 6), format!("{BUILD}\0").as_bytes()));
        assert_eq!((get(0x10 | ZERO_ON_FAILURE, &mut to).0, to), (1630, [0; 8]));
        // SAFETY: NULL is allowed.
        assert_eq!(unsafe { ovl_RegGetValueA(0x1234, null(), null(), 2, null_mut(), null_mut(), null_mut()) }, 6);
    }
}
