//! Processors and memory.

use crate::memoryapi::pages::page_size;
use crate::support::{Bool, FALSE, TRUE, fail};
use overlapped_abi::Win32Error;

/// SYSTEM_INFO, 48 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct SystemInfo {
    /// `wProcessorArchitecture`: 9 for x86-64, 12 for arm64.
    pub architecture: u16,
    /// `wReserved`.
    pub reserved: u16,
    /// `dwPageSize`.
    pub page_size: u32,
    /// `lpMinimumApplicationAddress`.
    pub minimum_address: usize,
    /// `lpMaximumApplicationAddress`.
    pub maximum_address: usize,
    /// `dwActiveProcessorMask`.
    pub processor_mask: usize,
    /// `dwNumberOfProcessors`.
    pub processors: u32,
    /// `dwProcessorType`.
    pub processor_type: u32,
    /// `dwAllocationGranularity`.
    pub granularity: u32,
    /// `wProcessorLevel`.
    pub level: u16,
    /// `wProcessorRevision`.
    pub revision: u16,
}

/// MEMORYSTATUSEX, 64 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct MemoryStatusEx {
    /// `dwLength`: 64.
    pub length: u32,
    /// `dwMemoryLoad`: percent of the memory in use.
    pub load: u32,
    /// `ullTotalPhys`.
    pub total_physical: u64,
    /// `ullAvailPhys`.
    pub available_physical: u64,
    /// `ullTotalPageFile`: memory and swap.
    pub total_page_file: u64,
    /// `ullAvailPageFile`.
    pub available_page_file: u64,
    /// `ullTotalVirtual`.
    pub total_virtual: u64,
    /// `ullAvailVirtual`.
    pub available_virtual: u64,
    /// `ullAvailExtendedVirtual`: 0.
    pub available_extended_virtual: u64,
}

const _: () = assert!(size_of::<SystemInfo>() == 48 && size_of::<MemoryStatusEx>() == 64);

const VIRTUAL: u64 = 128 << 40;

/// The processors that this process may use.
#[must_use]
pub fn processors() -> u32 {
    std::thread::available_parallelism().map_or(1, |count| count.get() as u32)
}

fn system_info() -> SystemInfo {
    let (architecture, processor_type) = if cfg!(target_arch = "aarch64") { (12, 0) } else { (9, 8664) };
    let count = processors();
    SystemInfo {
        architecture,
        reserved: 0,
        page_size: page_size() as u32,
        minimum_address: 0x1_0000,
        maximum_address: 0x7FFF_FFFE_FFFF,
        processor_mask: if count >= usize::BITS { usize::MAX } else { (1 << count) - 1 },
        processors: count,
        processor_type,
        granularity: 0x1_0000,
        level: 6,
        revision: 0,
    }
}

/// GetSystemInfo.
///
/// # Safety
/// `info` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetSystemInfo(info: *mut SystemInfo) {
    // SAFETY: the caller vouches for it.
    unsafe { info.write(system_info()) };
}

/// GetNativeSystemInfo: the same.
///
/// # Safety
/// `info` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetNativeSystemInfo(info: *mut SystemInfo) {
    // SAFETY: the caller vouches for it.
    unsafe { info.write(system_info()) };
}

/// The number of kibibytes behind a name in `/proc/meminfo`, in bytes.
fn meminfo(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|rest| rest.split_ascii_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) * 1024
}

fn memory() -> MemoryStatusEx {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let (total, available) = (meminfo(&text, "MemTotal"), meminfo(&text, "MemAvailable"));
    let used = total.saturating_sub(available);
    MemoryStatusEx {
        length: 64,
        load: (used * 100).checked_div(total).unwrap_or(0) as u32,
        total_physical: total,
        available_physical: available,
        total_page_file: total + meminfo(&text, "SwapTotal"),
        available_page_file: available + meminfo(&text, "SwapFree"),
        total_virtual: VIRTUAL,
        available_virtual: VIRTUAL - used,
        available_extended_virtual: 0,
    }
}

/// GlobalMemoryStatusEx: FALSE/87 unless `dwLength` is 64.
///
/// # Safety
/// `status` is NULL or has `dwLength` set and is writable for as many bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GlobalMemoryStatusEx(status: *mut MemoryStatusEx) -> Bool {
    // SAFETY: not NULL, and the caller vouches for it.
    unsafe {
        if status.is_null() || (*status).length != 64 {
            return fail(Win32Error::INVALID_PARAMETER, FALSE);
        }
        status.write(memory());
    }
    TRUE
}

/// GlobalMemoryStatus: the older form, which fills in `dwLength` by itself.
///
/// # Safety
/// `status` is writable for the 56 bytes of a MEMORYSTATUS.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GlobalMemoryStatus(status: *mut [u64; 7]) {
    let now = memory();
    let all = [
        56 | u64::from(now.load) << 32,
        now.total_physical,
        now.available_physical,
        now.total_page_file,
        now.available_page_file,
        now.total_virtual,
        now.available_virtual,
    ];
    // SAFETY: the caller vouches for it.
    unsafe { status.write(all) };
}

/// GetPhysicallyInstalledSystemMemory, in kibibytes.
///
/// # Safety
/// `kibibytes` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetPhysicallyInstalledSystemMemory(kibibytes: *mut u64) -> Bool {
    if kibibytes.is_null() {
        return fail(Win32Error::INVALID_PARAMETER, FALSE);
    }
    // SAFETY: not NULL, and the caller vouches for it.
    unsafe { kibibytes.write(memory().total_physical / 1024) };
    TRUE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::last_error;

    #[test]
    fn the_machine_is_described() {
        let info = system_info();
        assert!(info.processors >= 1 && info.processor_mask & 1 == 1);
        assert_eq!((info.granularity, info.page_size as usize), (65536, page_size()));
    }

    #[test]
    fn memory_needs_its_length() {
        let mut status = MemoryStatusEx::default();
        // SAFETY: it is ours.
        unsafe {
            assert_eq!((ovl_GlobalMemoryStatusEx(&mut status), last_error()), (FALSE, 87));
            status.length = 64;
            assert_eq!(ovl_GlobalMemoryStatusEx(&mut status), TRUE);
        }
        let mut older = [0; 7];
        // SAFETY: it is ours.
        unsafe { ovl_GlobalMemoryStatus(&mut older) };
        assert_eq!((older[0] as u32, older[1], older[5]), (56, status.total_physical, status.total_virtual));
        assert!(status.total_physical > status.available_physical && status.load <= 100);
    }
}
