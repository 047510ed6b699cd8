//! `psapi.h`: pages of a process that are in memory, the machine's memory, and its swap files.

use crate::arguments::{pair, store};
use crate::memoryapi::pages::{mapping_of, page_size};
use crate::memoryapi::physical::meminfo;
use crate::processes::visible;
use crate::support::{Bool, RawHandle, guard_bool};
use crate::text::Unit;
use overlapped_abi::Win32Error;
use std::ffi::c_void;
use std::os::unix::fs::FileExt;

/// Bits of an entry of /proc/.../pagemap: there, and a page of a file or shared.
const PRESENT: u64 = 1 << 63;
const SHARED: u64 = 1 << 61;

/// What is known of the page of an address: its bits, and how it is protected (a PAGE_ constant).
fn page(process: u32, pagemap: &std::fs::File, address: usize) -> (bool, bool, u32) {
    let mut entry = [0; 8];
    let read = pagemap.read_at(&mut entry, (address / page_size() * 8) as u64);
    let bits = if read.is_ok_and(|len| len == 8) { u64::from_le_bytes(entry) } else { 0 };
    let protect = mapping_of(process, address).map_or(0, |found| found.protect);
    (bits & PRESENT != 0, bits & SHARED != 0, protect)
}

fn open(process: u32) -> Result<std::fs::File, Win32Error> {
    std::fs::File::open(format!("/proc/{process}/pagemap")).map_err(|_| Win32Error::ACCESS_DENIED)
}

/// QueryWorkingSetEx: of each address whether its page is there, shared, and how it is protected; 24 for bytes that are no whole entries.
///
/// # Safety
/// `entries` has `bytes` bytes, pairs of an address and a place for the answer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_K32QueryWorkingSetEx(object: RawHandle, entries: *mut c_void, bytes: u32) -> Bool {
    guard_bool(|| {
        let process = visible(object)?;
        if !bytes.is_multiple_of(16) {
            return Err(Win32Error::BAD_LENGTH);
        }
        if !crate::probe::writable(entries as usize, bytes as usize) || !entries.cast::<[usize; 2]>().is_aligned() {
            return Err(Win32Error::NOACCESS);
        }
        let pagemap = open(process.id())?;
        // SAFETY: writable, as was just seen, and aligned.
        let entries = unsafe { std::slice::from_raw_parts_mut(entries.cast::<[usize; 2]>(), bytes as usize / 16) };
        for [address, answer] in entries {
            let (present, shared, protect) = page(process.id(), &pagemap, *address);
            // Valid, ShareCount (3 bits), Win32Protection (11 bits), Shared.
            *answer = if present {
                1 | usize::from(shared) << 1 | (protect as usize & 0x7FF) << 4 | usize::from(shared) << 15
            } else {
                usize::from(shared) << 15
            };
        }
        Ok(())
    })
}

/// What PSAPI_WORKING_SET_BLOCK calls a protection.
fn short(protect: u32) -> usize {
    match protect {
        0x02 => 1,
        0x10 => 2,
        0x20 => 3,
        0x04 => 4,
        0x08 => 5,
        0x40 => 6,
        0x80 => 7,
        _ => 0,
    }
}

/// QueryWorkingSet: the pages that are there; 24, with their number, if there is not room for all.
///
/// # Safety
/// `to` has `bytes` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_K32QueryWorkingSet(object: RawHandle, to: *mut c_void, bytes: u32) -> Bool {
    guard_bool(|| {
        let process = visible(object)?;
        if bytes < 8 {
            return Err(Win32Error::BAD_LENGTH);
        }
        let pagemap = open(process.id())?;
        let mut found: Vec<usize> = vec![0];
        for mapping in crate::memoryapi::pages::mappings(process.id()) {
            let pages = (mapping.end - mapping.start) / page_size();
            // A piece at a time: reservations can be as large as the address space.
            let mut at = 0;
            let mut piece = vec![0u8; 8 * pages.min(1 << 16)];
            while at < pages {
                let len = (8 * (pages - at)).min(piece.len());
                let place = ((mapping.start / page_size() + at) * 8) as u64;
                if pagemap.read_exact_at(&mut piece[..len], place).is_err() {
                    break;
                }
                for (n, entry) in piece[..len].chunks_exact(8).enumerate() {
                    let bits = u64::from_le_bytes(entry.try_into().unwrap_or_default());
                    if bits & PRESENT != 0 {
                        let shared = bits & SHARED != 0;
                        let address = mapping.start + (at + n) * page_size();
                        found.push(
                            address & !0xFFF
                                | usize::from(shared) << 8
                                | usize::from(shared) << 5
                                | short(mapping.protect),
                        );
                    }
                }
                at += len / 8;
            }
        }
        found[0] = found.len() - 1;
        let fits = size_of_val(&found[..]) <= bytes as usize;
        let told = if fits { &found[..] } else { &found[..1] };
        let told: Vec<u8> = told.iter().flat_map(|entry| entry.to_le_bytes()).collect();
        // SAFETY: the caller's promise.
        unsafe { crate::arguments::output(&told, to)? };
        if fits { Ok(()) } else { Err(Win32Error::BAD_LENGTH) }
    })
}

/// PERFORMANCE_INFORMATION, 104 bytes: memory in pages.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct PerformanceInformation {
    size: u32,
    commit_total: usize,
    commit_limit: usize,
    commit_peak: usize,
    physical_total: usize,
    physical_available: usize,
    system_cache: usize,
    kernel_total: usize,
    kernel_paged: usize,
    kernel_nonpaged: usize,
    page_size: usize,
    handles: u32,
    processes: u32,
    threads: u32,
}

const _: () = assert!(size_of::<PerformanceInformation>() == 104);

/// How many processes and threads there are.
fn counts() -> (u32, u32) {
    let all = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let processes =
        all.filter(|entry| entry.file_name().to_str().is_some_and(|name| name.parse::<u32>().is_ok())).count();
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let threads = load.split_whitespace().nth(3).and_then(|part| part.split_once('/')?.1.parse().ok());
    (processes as u32, threads.unwrap_or(processes as u32))
}

/// GetPerformanceInfo: 24 for a structure that is too small. Handles are the open files of the machine.
///
/// # Safety
/// `to` is NULL or has `bytes` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_K32GetPerformanceInfo(to: *mut PerformanceInformation, bytes: u32) -> Bool {
    guard_bool(|| {
        let size = size_of::<PerformanceInformation>() as u32;
        if bytes < size {
            return Err(Win32Error::BAD_LENGTH);
        }
        let pages = |name: &str| meminfo(name) as usize / page_size();
        let files = std::fs::read_to_string("/proc/sys/fs/file-nr").unwrap_or_default();
        let (processes, threads) = counts();
        let commit = pages("Committed_AS");
        let information = PerformanceInformation {
            size,
            commit_total: commit,
            // Where Linux promises more than it has, the limit is what there is.
            commit_limit: pages("CommitLimit").max(pages("MemTotal") + pages("SwapTotal")),
            commit_peak: commit,
            physical_total: pages("MemTotal"),
            physical_available: pages("MemAvailable"),
            system_cache: pages("Cached") + pages("Buffers"),
            kernel_total: pages("Slab") + pages("KernelStack") + pages("PageTables"),
            kernel_paged: pages("SReclaimable"),
            kernel_nonpaged: pages("SUnreclaim") + pages("KernelStack") + pages("PageTables"),
            page_size: page_size(),
            handles: files.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or(0),
            processes,
            threads,
        };
        // SAFETY: the caller's promise.
        unsafe { store(to, information) }
    })
}

/// ENUM_PAGE_FILE_INFORMATION, 32 bytes: sizes in pages.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct PageFile {
    size: u32,
    reserved: u32,
    total: usize,
    used: usize,
    peak: usize,
}

const _: () = assert!(size_of::<PageFile>() == 32);

/// Name, size and use of each, in pages.
fn swaps() -> Vec<(std::ffi::OsString, PageFile)> {
    let text = std::fs::read_to_string("/proc/swaps").unwrap_or_default();
    let lines = text.lines().skip(1).filter_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let pages = |n: usize| Some(fields.get(n)?.parse::<usize>().ok()? * 1024 / page_size());
        let file = PageFile { size: 32, reserved: 0, total: pages(2)?, used: pages(3)?, peak: pages(3)? };
        Some((crate::names::to_windows(std::path::Path::new(fields.first()?)), file))
    });
    lines.collect()
}

pair! {
    /// EnumPageFiles: calls the function for each swap file or partition, until it returns FALSE; 87 without one.
    fn ovl_K32EnumPageFilesA ovl_K32EnumPageFilesW(
        callback: Option<unsafe extern "C" fn(*mut c_void, *mut PageFile, *const C) -> Bool>,
        context: *mut c_void,
    ) -> Bool {
        guard_bool(|| {
            let callback = callback.ok_or(Win32Error::INVALID_PARAMETER)?;
            for (name, mut file) in swaps() {
                let text: Vec<C> = C::from_os(&name).into_iter().chain([C::default()]).collect();
                // SAFETY: the caller vouches for the function; what it gets is ours for the call.
                if unsafe { callback(context, &raw mut file, text.as_ptr()) } == 0 {
                    break;
                }
            }
            Ok(())
        })
    }
}
