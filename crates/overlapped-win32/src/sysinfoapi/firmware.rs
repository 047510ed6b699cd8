//! The firmware: what kind it is, its tables, its variables; and how long processors had nothing to do.

use crate::arguments::{pair, store};
use crate::support::{Bool, guard_bool, guard_or};
use crate::text::{Unit, units_or_empty};
use overlapped_abi::Win32Error;
use std::ffi::c_void;
use std::path::Path;

/// FirmwareTypeBios and FirmwareTypeUefi.
const BIOS: u32 = 1;
const UEFI: u32 = 2;

fn is_uefi() -> bool {
    Path::new("/sys/firmware/efi").exists()
}

/// GetFirmwareType.
///
/// # Safety
/// `to` is NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetFirmwareType(to: *mut u32) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { store(to, if is_uefi() { UEFI } else { BIOS }) })
}

const ACPI: u32 = u32::from_be_bytes(*b"ACPI");
const RSMB: u32 = u32::from_be_bytes(*b"RSMB");

fn of_io(error: &std::io::Error) -> Win32Error {
    match error.kind() {
        std::io::ErrorKind::PermissionDenied => Win32Error::ACCESS_DENIED,
        _ => Win32Error::NOT_FOUND,
    }
}

/// The names of the tables that a provider has; 1 for an unknown provider.
fn tables(provider: u32) -> Result<Vec<u8>, Win32Error> {
    match provider {
        // One table, with the number 0.
        RSMB if Path::new("/sys/firmware/dmi/tables/DMI").exists() => Ok(vec![0; 4]),
        RSMB => Ok(Vec::new()),
        ACPI => {
            let entries = std::fs::read_dir("/sys/firmware/acpi/tables").into_iter().flatten().flatten();
            // SSDT1, SSDT2: tables of one name have a number behind it.
            let names = entries.filter(|entry| entry.path().is_file()).map(|entry| entry.file_name());
            let mut names: Vec<_> =
                names.filter_map(|name| <[u8; 4]>::try_from(name.to_str()?.get(..4)?.as_bytes()).ok()).collect();
            names.sort_unstable();
            Ok(names.concat())
        }
        _ => Err(Win32Error::INVALID_FUNCTION),
    }
}

/// RawSMBIOSData: a head of eight bytes, and the table.
fn smbios() -> Result<Vec<u8>, Win32Error> {
    let read = |name: &str| std::fs::read(format!("/sys/firmware/dmi/tables/{name}")).map_err(|error| of_io(&error));
    let (entry, table) = (read("smbios_entry_point")?, read("DMI")?);
    let version = if entry.starts_with(b"_SM3_") { entry.get(7..10) } else { entry.get(6..8) };
    let mut bytes = vec![0];
    bytes.extend(version.unwrap_or_default());
    bytes.resize(4, 0);
    bytes.extend((table.len() as u32).to_le_bytes());
    bytes.extend(table);
    Ok(bytes)
}

fn table(provider: u32, id: u32) -> Result<Vec<u8>, Win32Error> {
    match provider {
        RSMB => smbios(),
        ACPI => {
            let name = id.to_le_bytes();
            if !name.iter().all(u8::is_ascii_alphanumeric) {
                return Err(Win32Error::NOT_FOUND);
            }
            let name = String::from_utf8_lossy(&name);
            let read = |name: &str| std::fs::read(format!("/sys/firmware/acpi/tables/{name}"));
            read(&name).or_else(|_| read(&format!("{name}1"))).map_err(|error| of_io(&error))
        }
        _ => Err(Win32Error::INVALID_FUNCTION),
    }
}

/// All bytes if they fit, and how many they are; 122 if not.
unsafe fn give(bytes: &[u8], to: *mut c_void, size: u32) -> u32 {
    if bytes.len() > size as usize || to.is_null() {
        crate::support::set_last_error(Win32Error::INSUFFICIENT_BUFFER.0);
    } else {
        // SAFETY: it fits, and the caller vouches for the room.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), to.cast(), bytes.len()) };
    }
    bytes.len() as u32
}

/// EnumSystemFirmwareTables, of ACPI and RSMB: the bytes that the numbers take; 0/1 for another provider.
///
/// # Safety
/// `to` is NULL or has `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_EnumSystemFirmwareTables(provider: u32, to: *mut c_void, size: u32) -> u32 {
    // SAFETY: the caller's promise.
    guard_or(0, || tables(provider).map(|names| unsafe { give(&names, to, size) }))
}

/// GetSystemFirmwareTable: the bytes of the table; 0 with 1168 for one that is not there, or 5 where only an administrator may read it.
///
/// # Safety
/// `to` is NULL or has `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetSystemFirmwareTable(provider: u32, id: u32, to: *mut c_void, size: u32) -> u32 {
    // SAFETY: the caller's promise.
    guard_or(0, || table(provider, id).map(|bytes| unsafe { give(&bytes, to, size) }))
}

/// ERROR_ENVVAR_NOT_FOUND.
const NO_VARIABLE: Win32Error = Win32Error(203);

/// Attributes and value of a variable of UEFI.
fn variable(name: &str, guid: &str) -> Result<Vec<u8>, Win32Error> {
    if !is_uefi() {
        return Err(Win32Error::INVALID_FUNCTION);
    }
    let inner = guid.strip_prefix('{').and_then(|guid| guid.strip_suffix('}')).filter(|guid| guid.len() == 36);
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let guid = inner.filter(|guid| plain(guid) && plain(name) && !name.is_empty());
    let guid = guid.ok_or(Win32Error::INVALID_PARAMETER)?.to_ascii_lowercase();
    std::fs::read(format!("/sys/firmware/efi/efivars/{name}-{guid}")).map_err(|error| match error.kind() {
        std::io::ErrorKind::PermissionDenied => Win32Error::PRIVILEGE_NOT_HELD,
        _ => NO_VARIABLE,
    })
}

fn value(name: &str, guid: &str, to: *mut c_void, size: u32, attributes: *mut u32) -> Result<u32, Win32Error> {
    let whole = variable(name, guid)?;
    let (head, value) = whole.split_at_checked(4).ok_or(NO_VARIABLE)?;
    if value.len() > size as usize {
        return Err(Win32Error::INSUFFICIENT_BUFFER);
    }
    // SAFETY: the caller of the exported function vouches for both.
    unsafe {
        crate::arguments::output(value, to)?;
        let head = head.try_into().map(u32::from_le_bytes).unwrap_or_default();
        crate::arguments::store_if_wanted(attributes, head);
    }
    Ok(value.len() as u32)
}

pair! {
    /// GetFirmwareEnvironmentVariable: the length of the value; 0 with 1 on a machine without UEFI, 203 if there is no such variable, 122
    /// if it does not fit.
    fn ovl_GetFirmwareEnvironmentVariableA ovl_GetFirmwareEnvironmentVariableW(
        name: *const C,
        guid: *const C,
        to: *mut c_void,
        size: u32,
    ) -> u32 {
        // SAFETY: the caller's promise.
        let (name, guid) = unsafe { (C::to_os(units_or_empty(name)), C::to_os(units_or_empty(guid))) };
        let (name, guid) = (name.to_string_lossy(), guid.to_string_lossy());
        guard_or(0, || value(&name, &guid, to, size, std::ptr::null_mut()))
    }
}

pair! {
    /// GetFirmwareEnvironmentVariableEx: as GetFirmwareEnvironmentVariable, with the attributes.
    fn ovl_GetFirmwareEnvironmentVariableExA ovl_GetFirmwareEnvironmentVariableExW(
        name: *const C,
        guid: *const C,
        to: *mut c_void,
        size: u32,
        attributes: *mut u32,
    ) -> u32 {
        // SAFETY: the caller's promise.
        let (name, guid) = unsafe { (C::to_os(units_or_empty(name)), C::to_os(units_or_empty(guid))) };
        let (name, guid) = (name.to_string_lossy(), guid.to_string_lossy());
        guard_or(0, || value(&name, &guid, to, size, attributes))
    }
}

/// What each running processor has spent so, in cycles of the machine's clock.
fn spent(of: impl Fn(&[u64]) -> u64) -> Vec<u64> {
    let text = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    // SAFETY: asks for a number.
    let hertz = unsafe { libc::sysconf(libc::_SC_CLK_TCK) }.max(1) as u64;
    let lines = text.lines().filter_map(|line| line.strip_prefix("cpu")).filter(|line| !line.starts_with(' '));
    lines
        .map(|line| {
            let numbers: Vec<u64> = line.split_whitespace().skip(1).filter_map(|word| word.parse().ok()).collect();
            crate::power::cycles(of(&numbers).saturating_mul(1_000_000_000 / hertz))
        })
        .collect()
}

/// As many as fit, each with 8 bytes; 122 with the bytes needed if they do not.
unsafe fn give_cycles(cycles: &[u64], to: *mut u64, size: *mut u32) -> Result<(), Win32Error> {
    if size.is_null() {
        return Err(Win32Error::NOACCESS);
    }
    let bytes = size_of_val(cycles) as u32;
    // SAFETY: not NULL, and the caller vouches for both.
    unsafe {
        let room = size.replace(bytes);
        if to.is_null() || room < bytes {
            return Err(Win32Error::INSUFFICIENT_BUFFER);
        }
        std::ptr::copy_nonoverlapping(cycles.as_ptr(), to, cycles.len());
    }
    Ok(())
}

/// Idle and waiting for a disk.
fn idle(numbers: &[u64]) -> u64 {
    numbers.iter().skip(3).take(2).sum()
}

/// QueryIdleProcessorCycleTime: each processor's idle time, in cycles of the machine's clock.
///
/// # Safety
/// `to` has `*size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_QueryIdleProcessorCycleTime(size: *mut u32, to: *mut u64) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { give_cycles(&spent(idle), to, size) })
}

/// Those of a group; 87 for a group that is not there.
fn group(all: Vec<u64>, group: u16) -> Result<Vec<u64>, Win32Error> {
    let part: Vec<u64> = all.into_iter().skip(usize::from(group) * 64).take(64).collect();
    if part.is_empty() { Err(Win32Error::INVALID_PARAMETER) } else { Ok(part) }
}

/// QueryIdleProcessorCycleTimeEx: of a group; 87 for one that is not there.
///
/// # Safety
/// `to` has `*size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_QueryIdleProcessorCycleTimeEx(number: u16, size: *mut u32, to: *mut u64) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { give_cycles(&group(spent(idle), number)?, to, size) })
}

/// GetProcessorSystemCycleTime: what each processor of a group has spent on interrupts, in cycles of the machine's clock.
///
/// # Safety
/// `to` has `*size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetProcessorSystemCycleTime(number: u16, to: *mut u64, size: *mut u32) -> Bool {
    let interrupts = |numbers: &[u64]| numbers.iter().skip(5).take(2).sum();
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { give_cycles(&group(spent(interrupts), number)?, to, size) })
}
