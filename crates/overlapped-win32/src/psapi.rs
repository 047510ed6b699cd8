//! `psapi.h` and its like: what processes there are, and what they use.

use crate::arguments::{pair, store};
use crate::fileapi::dos_devices::native_name;
use crate::processes::{image, visible};
use crate::support::{Bool, RawHandle, guard_bool, guard_or, system};
use crate::text::Unit;
use overlapped_abi::Win32Error;

/// PROCESS_MEMORY_COUNTERS_EX, 80 bytes; the plain form ends before the last field.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct MemoryCounters {
    size: u32,
    page_faults: u32,
    peak_working_set: usize,
    working_set: usize,
    quota_peak_paged: usize,
    quota_paged: usize,
    quota_peak_non_paged: usize,
    quota_non_paged: usize,
    page_file: usize,
    peak_page_file: usize,
    private: usize,
}

/// IO_COUNTERS, 48 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct IoCounters {
    reads: u64,
    writes: u64,
    others: u64,
    read_bytes: u64,
    written_bytes: u64,
    other_bytes: u64,
}

const _: () = assert!(size_of::<MemoryCounters>() == 80 && size_of::<IoCounters>() == 48);
/// PROCESS_MEMORY_COUNTERS.
const PLAIN: u32 = 72;

/// A file below /proc of a process; 5 if it is not ours to read, 31 if the process is gone.
fn read(id: u32, file: &str) -> Result<String, Win32Error> {
    std::fs::read_to_string(format!("/proc/{id}/{file}")).map_err(|error| match error.kind() {
        std::io::ErrorKind::PermissionDenied => Win32Error::ACCESS_DENIED,
        _ => Win32Error::GEN_FAILURE,
    })
}

/// The number behind a name.
fn number(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// Bytes of a line in a process's `status`; 0 if it is not there.
pub(crate) fn status_bytes(id: u32, name: &str) -> u64 {
    read(id, "status").map_or(0, |text| number(&text, name) * 1024)
}

fn memory(id: u32) -> Result<MemoryCounters, Win32Error> {
    let (status, stat) = (read(id, "status")?, read(id, "stat")?);
    let bytes = |name: &str| number(&status, name) as usize * 1024;
    // Behind the name: minor faults are the eighth, major ones the tenth.
    let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
    let field = |n: usize| fields.get(n).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    let private = bytes("RssAnon") + bytes("VmSwap");
    Ok(MemoryCounters {
        page_faults: (field(7) + field(9)) as u32,
        peak_working_set: bytes("VmHWM"),
        working_set: bytes("VmRSS"),
        page_file: private,
        peak_page_file: private.max(bytes("VmHWM").saturating_sub(bytes("RssFile"))),
        private,
        ..MemoryCounters::default()
    })
}

/// GetProcessMemoryInfo, with either structure; 122 for a smaller one. Of quotas nothing is known.
///
/// # Safety
/// `to` is NULL or has `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_K32GetProcessMemoryInfo(object: RawHandle, to: *mut MemoryCounters, size: u32) -> Bool {
    guard_bool(|| {
        let process = visible(object)?;
        if to.is_null() {
            return Err(Win32Error::NOACCESS);
        }
        if size < PLAIN {
            return Err(Win32Error::INSUFFICIENT_BUFFER);
        }
        let len = size.min(size_of::<MemoryCounters>() as u32);
        let counters = MemoryCounters { size: len, ..memory(process.id())? };
        // SAFETY: not NULL, and the caller vouches for so many bytes.
        unsafe { std::ptr::copy_nonoverlapping((&raw const counters).cast::<u8>(), to.cast(), len as usize) };
        Ok(())
    })
}

/// GetProcessIoCounters: the calls and bytes that Linux has counted.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetProcessIoCounters(object: RawHandle, to: *mut IoCounters) -> Bool {
    guard_bool(|| {
        let text = read(visible(object)?.id(), "io")?;
        let count = |name: &str| number(&text, name);
        let counters = IoCounters {
            reads: count("syscr"),
            writes: count("syscw"),
            read_bytes: count("rchar"),
            written_bytes: count("wchar"),
            ..IoCounters::default()
        };
        // SAFETY: the caller's promise.
        unsafe { store(to, counters) }
    })
}

/// GetProcessHandleCount: the open handles of the calling process, the descriptors of another.
///
/// # Safety
/// `count` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetProcessHandleCount(object: RawHandle, count: *mut u32) -> Bool {
    guard_bool(|| {
        let process = visible(object)?;
        let open = if process.id() == std::process::id() {
            system()?.open_handles()
        } else {
            let files = std::fs::read_dir(format!("/proc/{}/fd", process.id()));
            files.map_err(|_| Win32Error::ACCESS_DENIED)?.count()
        };
        // SAFETY: the caller's promise.
        unsafe { store(count, open as u32) }
    })
}

/// EnumProcesses: as many numbers as there is room for.
///
/// # Safety
/// `to` has `size` bytes, and `needed` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_K32EnumProcesses(to: *mut u32, size: u32, needed: *mut u32) -> Bool {
    guard_bool(|| {
        if to.is_null() && size != 0 {
            return Err(Win32Error::NOACCESS);
        }
        let entries = std::fs::read_dir("/proc").map_err(|_| Win32Error::GEN_FAILURE)?;
        let numbers = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        let mut stored = 0;
        for number in numbers.take(size as usize / 4) {
            // SAFETY: there is room for so many.
            unsafe { to.add(stored).write_unaligned(number) };
            stored += 1;
        }
        // SAFETY: the caller's promise.
        unsafe { store(needed, stored as u32 * 4) }
    })
}

pair! {
    /// GetProcessImageFileName: the length; 0/122 if it does not fit. The name begins with the device, as QueryDosDevice tells it.
    fn ovl_K32GetProcessImageFileNameA ovl_K32GetProcessImageFileNameW(object: RawHandle, to: *mut C, size: u32) -> u32 {
        guard_or(0, || {
            let text = C::from_os(&native_name(&image(&*visible(object)?)?)?);
            if to.is_null() || text.len() >= size as usize {
                return Err(Win32Error::INSUFFICIENT_BUFFER);
            }
            // SAFETY: there is room for it, as was just seen.
            unsafe { crate::text::put(to, &text) };
            Ok(text.len() as u32)
        })
    }
}

/// The name of a module of the process; of another process the program only.
fn module_name(object: RawHandle, module: usize) -> Result<std::ffi::OsString, Win32Error> {
    let process = visible(object)?;
    if process.id() == std::process::id() {
        crate::libloaderapi::modules::file_name(module)
    } else if module == 0 {
        image(&process)
    } else {
        Err(Win32Error::INVALID_HANDLE)
    }
}

/// Puts a name, cut to the room, and says how long that is.
///
/// # Safety
/// `to` is NULL or has room for `size` units.
unsafe fn cut<C: Unit>(name: &std::ffi::OsStr, to: *mut C, size: u32) -> Result<u32, Win32Error> {
    let text = C::from_os(name);
    if to.is_null() || size == 0 {
        return Err(Win32Error::INSUFFICIENT_BUFFER);
    }
    let len = text.len().min(size as usize - 1);
    // SAFETY: not longer than the room.
    unsafe { crate::text::put(to, &text[..len]) };
    Ok(len as u32)
}

pair! {
    /// GetModuleBaseName: as GetModuleFileNameEx, without the directory.
    fn ovl_K32GetModuleBaseNameA ovl_K32GetModuleBaseNameW(object: RawHandle, module: usize, to: *mut C, size: u32) -> u32 {
        guard_or(0, || {
            let name = module_name(object, module)?;
            // SAFETY: the caller's promise.
            unsafe { cut(crate::names::last_component(&name), to, size) }
        })
    }
}

pair! {
    /// GetModuleFileNameEx: of another process the program only; the length, cut to the room.
    fn ovl_K32GetModuleFileNameExA ovl_K32GetModuleFileNameExW(object: RawHandle, module: usize, to: *mut C, size: u32) -> u32 {
        guard_or(0, || {
            // SAFETY: the caller's promise.
            unsafe { cut(&module_name(object, module)?, to, size) }
        })
    }
}
