//! NtQueryInformationProcess and NtQuerySystemInformation, as far as programs ask there for what has no function elsewhere.

use super::{quietly, status_of};
use crate::arguments::{output, store_if_wanted};
use crate::processes::visible;
use crate::support::RawHandle;
use overlapped_abi::Status;
use std::ffi::c_void;

const PROCESS_BASIC: u32 = 0;
const PROCESS_WOW64: u32 = 26;
const PROCESSOR_PERFORMANCE: u32 = 8;
/// NORMAL_PRIORITY_CLASS.
const BASE_PRIORITY: u32 = 8;

/// # Safety
/// `to` is NULL or writable for `room` bytes, `given` NULL or writable.
unsafe fn answer(bytes: &[u8], to: *mut c_void, room: u32, given: *mut u32) -> Status {
    // SAFETY: the caller's promise.
    unsafe { store_if_wanted(given, bytes.len() as u32) };
    if (room as usize) < bytes.len() {
        return Status::INFO_LENGTH_MISMATCH;
    }
    // SAFETY: the caller's promise.
    unsafe { output(bytes, to) }.map_or_else(status_of, |()| Status::SUCCESS)
}

/// The number of the process that has started it, as Linux knows it now.
fn parent(id: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name, in parentheses, may have blanks in it; state and parent follow.
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

/// NtQueryInformationProcess: PROCESS_BASIC_INFORMATION without a PEB, and that no process is of 32 bits. INVALID_INFO_CLASS otherwise.
///
/// # Safety
/// `to` is NULL or writable for `bytes`, `given` NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_NtQueryInformationProcess(
    process: RawHandle,
    class: u32,
    to: *mut c_void,
    bytes: u32,
    given: *mut u32,
) -> u32 {
    quietly(|| {
        let process = match visible(process) {
            Ok(process) => process,
            Err(error) => return status_of(error),
        };
        let words: Vec<u64> = match class {
            PROCESS_BASIC => {
                let processors = std::thread::available_parallelism().map_or(1, usize::from).min(64);
                let affinity = u64::MAX >> (64 - processors);
                let exit = u64::from(process.exit_code());
                vec![exit, 0, affinity, BASE_PRIORITY.into(), process.id().into(), parent(process.id()).unwrap_or(0)]
            }
            PROCESS_WOW64 => vec![0],
            _ => return Status::INVALID_INFO_CLASS,
        };
        let bytes_of: Vec<u8> = words.into_iter().flat_map(u64::to_ne_bytes).collect();
        // SAFETY: the caller's promise.
        unsafe { answer(&bytes_of, to, bytes, given) }
    })
}

/// A line of a processor in /proc/stat as SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION, in units of 100 ns: idle, kernel with idle, user, and of
/// the kernel's that in deferred calls and in interrupts.
fn performance(line: &str, ticks_per_second: u64) -> Option<Vec<u8>> {
    let mut words = line.split_whitespace();
    let number = words.next()?.strip_prefix("cpu")?;
    number.parse::<u32>().ok()?;
    let times: Vec<u64> = words.map_while(|word| word.parse().ok()).collect();
    let [user, nice, system, idle, wait, interrupt, soft, stolen] = *times.first_chunk()?;
    let idle = idle + wait;
    let kernel = idle + system + interrupt + soft + stolen;
    let ticks = |value: u64| value.saturating_mul(10_000_000 / ticks_per_second.max(1));
    let times = [idle, kernel, user + nice, soft, interrupt].map(ticks);
    let mut bytes: Vec<u8> = times.into_iter().flat_map(u64::to_ne_bytes).collect();
    // The count of interrupts, which Linux has for all processors together.
    bytes.extend([0; 8]);
    Some(bytes)
}

/// NtQuerySystemInformation: the times of the processors. INVALID_INFO_CLASS for other classes.
///
/// # Safety
/// `to` is NULL or writable for `bytes`, `given` NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_NtQuerySystemInformation(class: u32, to: *mut c_void, bytes: u32, given: *mut u32) -> u32 {
    quietly(|| {
        if class != PROCESSOR_PERFORMANCE {
            return Status::INVALID_INFO_CLASS;
        }
        // SAFETY: asks for a number.
        let rate = unsafe { libc::sysconf(libc::_SC_CLK_TCK) }.max(1) as u64;
        let text = std::fs::read_to_string("/proc/stat").unwrap_or_default();
        let mut all: Vec<u8> = text.lines().filter_map(|line| performance(line, rate)).flatten().collect();
        // As many processors as there is room for.
        all.truncate((bytes as usize / 48).max(1) * 48);
        // SAFETY: the caller's promise.
        unsafe { answer(&all, to, bytes, given) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_processors_line_is_told_in_units_of_100_ns() {
        let bytes = performance("cpu1 1 2 3 4 5 6 7 8 0 0", 100).expect("it is a processor's line");
        let words: Vec<u64> = bytes.chunks(8).map(|word| u64::from_ne_bytes(word.try_into().unwrap())).collect();
        assert_eq!(words, [900_000, 3_300_000, 300_000, 700_000, 600_000, 0]);
        assert!(performance("cpu  1 2 3 4 5 6 7 8", 100).is_none(), "all processors together are none");
        assert!(performance("intr 1 2", 100).is_none());
    }
}
