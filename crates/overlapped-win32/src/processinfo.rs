//! What a process tells of itself beside what others ask of it: classes of information, mitigation policies, shutdown, and on what machine it runs.
//!
//! Most of it are wishes to a scheduler or a memory manager that Linux' do not know. They are kept as they were set and told again.
//! Policies can be set
//! once and not taken back, as on Windows; two of them hold here: no new code (1655), and no children (367).

use crate::arguments::{store, store_if_wanted};
use crate::processes::{SET_INFORMATION, visible, with_right};
use crate::support::{Bool, RawHandle, guard_bool, guard_or};
use overlapped_abi::Win32Error;
use overlapped_kernel::process::Process;
use parking_lot::Mutex;
use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::*};

/// ERROR_DYNAMIC_CODE_BLOCKED.
pub(crate) const DYNAMIC_CODE_BLOCKED: Win32Error = Win32Error(1655);
/// ERROR_CHILD_PROCESS_BLOCKED.
pub(crate) const CHILD_PROCESS_BLOCKED: Win32Error = Win32Error(367);

/// IMAGE_FILE_MACHINE_AMD64 or IMAGE_FILE_MACHINE_ARM64.
const MACHINE: u16 = if cfg!(target_arch = "x86_64") { 0x8664 } else { 0xAA64 };
/// UserEnabled and KernelEnabled.
const MACHINE_ENABLED: u32 = 1 | 2;

fn is_own(process: &Process) -> bool {
    process.id() == std::process::id()
}

/// PROCESS_INFORMATION_CLASS.
mod class {
    pub(super) const MEMORY_PRIORITY: i32 = 0;
    pub(super) const APP_MEMORY: i32 = 2;
    pub(super) const POWER_THROTTLING: i32 = 4;
    pub(super) const PROTECTION_LEVEL: i32 = 7;
    pub(super) const LEAP_SECOND: i32 = 8;
    pub(super) const MACHINE_TYPE: i32 = 9;
}

/// PROCESS_POWER_THROTTLING_STATE and THREAD_POWER_THROTTLING_STATE.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Throttling {
    version: u32,
    control: u32,
    state: u32,
}

impl Throttling {
    pub(crate) const NONE: Self = Self { version: 1, control: 0, state: 0 };

    /// Is it one that can be set, of these bits?
    pub(crate) fn is_valid(&self, bits: u32) -> bool {
        self.version == 1 && self.control & !bits == 0 && self.state & !self.control == 0
    }
}

/// MEMORY_PRIORITY_VERY_LOW to MEMORY_PRIORITY_NORMAL.
pub(crate) const MEMORY_PRIORITIES: std::ops::RangeInclusive<u32> = 1..=5;

struct Kept {
    memory_priority: u32,
    throttling: Throttling,
    leap_second: u32,
}

static KEPT: Mutex<Kept> = Mutex::new(Kept { memory_priority: 5, throttling: Throttling::NONE, leap_second: 1 });

/// Reads the caller's structure; 998 for what is not memory, 24 for another length.
///
/// # Safety
/// Nobody writes there at this moment.
pub(crate) unsafe fn read<T: Copy>(from: *const c_void, len: u32) -> Result<T, Win32Error> {
    if len as usize != size_of::<T>() {
        return Err(Win32Error::BAD_LENGTH);
    }
    if from.is_null() || !crate::probe::readable(from as usize, len as usize) {
        return Err(Win32Error::NOACCESS);
    }
    // SAFETY: readable, and large enough; all our structures are of numbers.
    Ok(unsafe { from.cast::<T>().read_unaligned() })
}

/// Writes it, with the same errors.
///
/// # Safety
/// Nobody uses it at this moment.
pub(crate) unsafe fn write<T: Copy>(value: T, to: *mut c_void, len: u32) -> Result<(), Win32Error> {
    if len as usize != size_of::<T>() {
        return Err(Win32Error::BAD_LENGTH);
    }
    if to.is_null() || !crate::probe::writable(to as usize, len as usize) {
        return Err(Win32Error::NOACCESS);
    }
    // SAFETY: writable, and large enough.
    unsafe { to.cast::<T>().write_unaligned(value) };
    Ok(())
}

/// APP_MEMORY_INFORMATION.
fn app_memory(process: &Process) -> [u64; 4] {
    let memory = |name| crate::psapi::status_bytes(process.id(), name);
    let private = memory("RssAnon") + memory("VmSwap");
    let available =
        crate::memoryapi::physical::meminfo("MemAvailable") + crate::memoryapi::physical::meminfo("SwapFree");
    [available, private, private.max(memory("VmHWM")), private]
}

/// GetProcessInformation: memory priority, app memory, power throttling, protection level, leap seconds, machine type; 87 for other classes, 24 for
/// another length. Of another process the priorities are those of a new one.
///
/// # Safety
/// `to` has `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetProcessInformation(object: RawHandle, what: i32, to: *mut c_void, len: u32) -> Bool {
    guard_bool(|| {
        let process = visible(object)?;
        let kept = KEPT.lock();
        let own = is_own(&process);
        // SAFETY: the caller's promise.
        unsafe {
            match what {
                class::MEMORY_PRIORITY => write(if own { kept.memory_priority } else { 5 }, to, len),
                class::APP_MEMORY => write(app_memory(&process), to, len),
                class::POWER_THROTTLING => {
                    // The caller says which version it wants.
                    let asked: Throttling = read(to, len)?;
                    if asked.version != 1 {
                        return Err(Win32Error::INVALID_PARAMETER);
                    }
                    write(if own { kept.throttling } else { Throttling::NONE }, to, len)
                }
                // PROTECTION_LEVEL_NONE.
                class::PROTECTION_LEVEL => write(0xFFFF_FFFEu32, to, len),
                class::LEAP_SECOND => write([if own { kept.leap_second } else { 1 }, 0], to, len),
                class::MACHINE_TYPE => write([u32::from(MACHINE), MACHINE_ENABLED], to, len),
                _ => Err(Win32Error::INVALID_PARAMETER),
            }
        }
    })
}

/// SetProcessInformation: memory priority, power throttling, leap seconds, of the calling process; 87 for other classes or values.
///
/// # Safety
/// `from` has `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetProcessInformation(
    object: RawHandle,
    what: i32,
    from: *const c_void,
    len: u32,
) -> Bool {
    guard_bool(|| {
        let process = with_right(object, SET_INFORMATION)?;
        let mut other = Kept { memory_priority: 5, throttling: Throttling::NONE, leap_second: 1 };
        let mut own = KEPT.lock();
        let kept = if is_own(&process) { &mut *own } else { &mut other };
        // SAFETY: the caller's promise.
        unsafe {
            match what {
                class::MEMORY_PRIORITY => {
                    let priority = read(from, len)?;
                    if !MEMORY_PRIORITIES.contains(&priority) {
                        return Err(Win32Error::INVALID_PARAMETER);
                    }
                    kept.memory_priority = priority;
                }
                class::POWER_THROTTLING => {
                    let state: Throttling = read(from, len)?;
                    // EXECUTION_SPEED and IGNORE_TIMER_RESOLUTION.
                    if !state.is_valid(1 | 4) {
                        return Err(Win32Error::INVALID_PARAMETER);
                    }
                    kept.throttling = state;
                }
                class::LEAP_SECOND => {
                    let [flags, reserved]: [u32; 2] = read(from, len)?;
                    if flags & !1 != 0 || reserved != 0 {
                        return Err(Win32Error::INVALID_PARAMETER);
                    }
                    kept.leap_second = flags;
                }
                _ => return Err(Win32Error::INVALID_PARAMETER),
            }
        }
        Ok(())
    })
}

/// How many policies there are, and the bytes of each.
const POLICIES: usize = 20;
const DEP: usize = 0;
const ASLR: usize = 1;
const DYNAMIC_CODE: usize = 2;
const OPTIONS_MASK: usize = 5;
const SYSTEM_CALL_FILTER: usize = 11;
const CHILD_PROCESS: usize = 13;
/// Flags that there are, by policy; none for those that only the system sets.
const KNOWN: [u32; POLICIES] = [0, 0, 0xF, 0x3, 0x3, 0, 0x1, 0, 0x7, 0x3, 0x1F, 0, 0x3FF, 0x7, 0x1F, 0, 0x3, 0, 0, 0];

static SET_POLICIES: Mutex<[u32; POLICIES]> = Mutex::new([0; POLICIES]);
/// For the quick questions of VirtualAlloc and CreateProcess.
static NO_NEW_CODE: AtomicBool = AtomicBool::new(false);
static NO_CHILDREN: AtomicBool = AtomicBool::new(false);

/// May the process have pages of this protection from now on? 1655 for code under ProcessDynamicCodePolicy.
#[inline]
pub(crate) fn may_have(protection: u32) -> Result<(), Win32Error> {
    let code = protection & 0xF0 != 0;
    if code && NO_NEW_CODE.load(Relaxed) && !opted_out() { Err(DYNAMIC_CODE_BLOCKED) } else { Ok(()) }
}

/// AllowThreadOptOut, and the thread has taken that up.
#[cold]
fn opted_out() -> bool {
    SET_POLICIES.lock()[DYNAMIC_CODE] & 2 != 0 && crate::threadinfo::makes_code()
}

/// May the process start others? 367 under ProcessChildProcessPolicy.
pub(crate) fn may_start_others() -> Result<(), Win32Error> {
    if NO_CHILDREN.load(Relaxed) { Err(CHILD_PROCESS_BLOCKED) } else { Ok(()) }
}

fn policy_bytes(policy: usize) -> usize {
    if matches!(policy, DEP | OPTIONS_MASK) { 8 } else { 4 }
}

/// EnableBottomUpRandomization and EnableHighEntropy, if Linux places programs at random.
fn randomized() -> u32 {
    // SAFETY: asks for the personality, and changes nothing.
    let personality = unsafe { libc::personality(0xFFFF_FFFF) };
    let off = personality & libc::ADDR_NO_RANDOMIZE != 0;
    let level = std::fs::read_to_string("/proc/sys/kernel/randomize_va_space").unwrap_or_default();
    if off || level.trim() == "0" { 0 } else { 1 | 4 }
}

/// GetProcessMitigationPolicy: what was set, that data is never code, and whether addresses are random. 87 for an unknown policy or another length.
///
/// # Safety
/// `to` has `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetProcessMitigationPolicy(
    object: RawHandle,
    policy: i32,
    to: *mut c_void,
    len: usize,
) -> Bool {
    guard_bool(|| {
        let process = visible(object)?;
        let policy = usize::try_from(policy).ok().filter(|policy| *policy < POLICIES);
        let policy = policy.ok_or(Win32Error::INVALID_PARAMETER)?;
        if len != policy_bytes(policy) || to.is_null() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        if !crate::probe::writable(to as usize, len) {
            return Err(Win32Error::NOACCESS);
        }
        let flags = match policy {
            DEP => 1,
            ASLR => randomized(),
            _ if is_own(&process) => SET_POLICIES.lock()[policy],
            _ => 0,
        };
        // SAFETY: writable, as was just seen.
        unsafe {
            to.cast::<u32>().write_unaligned(flags);
            if len == 8 {
                // Of DEP: for ever.
                to.cast::<u32>().add(1).write_unaligned(u32::from(policy == DEP));
            }
        }
        Ok(())
    })
}

/// SetProcessMitigationPolicy, of the calling process: 87 for a policy or flags that a program cannot set, 5 for one that was set and is to be less
/// now. ProcessDynamicCodePolicy and ProcessChildProcessPolicy hold from then on; the others mean things that Linux does not have.
///
/// # Safety
/// `from` has `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetProcessMitigationPolicy(policy: i32, from: *const c_void, len: usize) -> Bool {
    guard_bool(|| {
        let policy = usize::try_from(policy).ok().filter(|policy| *policy < POLICIES);
        let policy = policy.ok_or(Win32Error::INVALID_PARAMETER)?;
        if len != policy_bytes(policy) || KNOWN[policy] == 0 || policy == SYSTEM_CALL_FILTER {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise.
        let flags: u32 = unsafe { read(from, len as u32)? };
        if flags & !KNOWN[policy] != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let mut set = SET_POLICIES.lock();
        if set[policy] & !flags != 0 {
            return Err(Win32Error::ACCESS_DENIED);
        }
        set[policy] = flags;
        NO_NEW_CODE.store(set[DYNAMIC_CODE] & 1 != 0, Relaxed);
        NO_CHILDREN.store(set[CHILD_PROCESS] & 1 != 0, Relaxed);
        Ok(())
    })
}

/// SetProcessDEPPolicy: 50; data is never code in a program of 64 bits, here and on Windows.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetProcessDEPPolicy(_flags: u32) -> Bool {
    crate::support::fail(Win32Error::NOT_SUPPORTED, 0)
}

/// GetProcessDEPPolicy: 50, as for every program of 64 bits.
///
/// # Safety
/// Nothing is written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetProcessDEPPolicy(object: RawHandle, _flags: *mut u32, _permanent: *mut Bool) -> Bool {
    guard_bool(|| visible(object).and(Err(Win32Error::NOT_SUPPORTED)))
}

/// GetSystemDEPPolicy: always on (1).
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetSystemDEPPolicy() -> i32 {
    1
}

static PRIORITY_BOOST_OFF: AtomicU32 = AtomicU32::new(0);

/// GetProcessPriorityBoost: what was set for the calling process; of another one FALSE, which means that there is one.
///
/// # Safety
/// `disabled` is NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetProcessPriorityBoost(object: RawHandle, disabled: *mut Bool) -> Bool {
    guard_bool(|| {
        let own = is_own(&*visible(object)?);
        let off = own && PRIORITY_BOOST_OFF.load(Acquire) != 0;
        // SAFETY: the caller's promise.
        unsafe { store(disabled, off.into()) }
    })
}

/// SetProcessPriorityBoost: kept, and means nothing: Linux has its own ways to favour threads that have waited.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetProcessPriorityBoost(object: RawHandle, disable: Bool) -> Bool {
    guard_bool(|| {
        if is_own(&*with_right(object, SET_INFORMATION)?) {
            PRIORITY_BOOST_OFF.store(u32::from(disable != 0), Release);
        }
        Ok(())
    })
}

/// Level and flags: when the system shuts down, those of a higher level are told first.
static SHUTDOWN: Mutex<(u32, u32)> = Mutex::new((0x280, 0));

/// GetProcessShutdownParameters: 0x280 and 0 for a new process.
///
/// # Safety
/// Both are NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetProcessShutdownParameters(level: *mut u32, flags: *mut u32) -> Bool {
    guard_bool(|| {
        let (kept_level, kept_flags) = *SHUTDOWN.lock();
        // SAFETY: the caller's promise.
        unsafe { store(level, kept_level).and_then(|()| store(flags, kept_flags)) }
    })
}

/// SetProcessShutdownParameters: kept; services of Linux end in an order that their units say. 87 above 0x4FF, or for flags other than
/// SHUTDOWN_NORETRY.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetProcessShutdownParameters(level: u32, flags: u32) -> Bool {
    guard_bool(|| {
        if level > 0x4FF || flags & !1 != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        *SHUTDOWN.lock() = (level, flags);
        Ok(())
    })
}

/// GetProcessVersion: the version of Windows that the program is for: 10.0. 0 is the calling process; 87 for a number that is no process's.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_GetProcessVersion(id: u32) -> u32 {
    guard_or(0, || {
        if id != 0 {
            Process::open(id, false)?;
        }
        Ok(0x000A_0000)
    })
}

/// IsProcessCritical: the end of no process ends the system but that of the first one.
///
/// # Safety
/// `is` is NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_IsProcessCritical(object: RawHandle, is: *mut Bool) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| visible(object).and_then(|process| unsafe { store(is, (process.id() == 1).into()) }))
}

static AFFINITY_UPDATE: AtomicU32 = AtomicU32::new(0);

/// QueryProcessAffinityUpdateMode.
///
/// # Safety
/// `flags` is NULL (nothing is told) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_QueryProcessAffinityUpdateMode(object: RawHandle, flags: *mut u32) -> Bool {
    guard_bool(|| {
        let own = is_own(&*visible(object)?);
        // SAFETY: the caller's promise.
        unsafe { store_if_wanted(flags, if own { AFFINITY_UPDATE.load(Acquire) } else { 0 }) };
        Ok(())
    })
}

/// SetProcessAffinityUpdateMode: kept; Linux lets a process use processors that come later anyway. 87 for flags that there are not.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetProcessAffinityUpdateMode(object: RawHandle, flags: u32) -> Bool {
    guard_bool(|| {
        let process = with_right(object, SET_INFORMATION)?;
        if flags & !1 != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        if is_own(&process) {
            AFFINITY_UPDATE.store(flags, Release);
        }
        Ok(())
    })
}

/// IsWow64Process2: a process of the machine's own kind.
///
/// # Safety
/// `process_machine` is writable, `native` NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_IsWow64Process2(object: RawHandle, process_machine: *mut u16, native: *mut u16) -> Bool {
    guard_bool(|| {
        visible(object)?;
        // SAFETY: the caller's promise.
        unsafe {
            store(process_machine, 0)?;
            store_if_wanted(native, MACHINE);
        }
        Ok(())
    })
}

/// GetMachineTypeAttributes: programs of the machine's own kind run, and no others. An HRESULT.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetMachineTypeAttributes(machine: u16, to: *mut u32) -> u32 {
    if to.is_null() {
        return 0x8007_0057;
    }
    // SAFETY: not NULL, and the caller vouches for it.
    unsafe { to.write(if machine == MACHINE { MACHINE_ENABLED } else { 0 }) };
    0
}

/// IsWow64GuestMachineSupported: no machine is a guest. An HRESULT.
///
/// # Safety
/// `is` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_IsWow64GuestMachineSupported(_machine: u16, is: *mut Bool) -> u32 {
    if is.is_null() {
        return 0x8007_0057;
    }
    // SAFETY: not NULL, and the caller vouches for it.
    unsafe { is.write(0) };
    0
}

/// WaitForInputIdle: u32::MAX with 1471, as for every process of a console.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WaitForInputIdle(object: RawHandle, _milliseconds: u32) -> u32 {
    guard_or(u32::MAX, || visible(object).and(Err(Win32Error(1471))))
}
