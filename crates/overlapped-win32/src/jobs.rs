//! `jobapi.h`, `jobapi2.h`: jobs, as far as they are asked for by programs that start others.

use crate::arguments::{optional_name, pair, store, store_if_wanted};
use crate::processes::with_right;
use crate::support::{Bool, RawHandle, guard_bool, guard_or, handle, system};
use crate::synchapi::inherits;
use overlapped_abi::{AccessMask, SecurityAttributes, Win32Error};
use overlapped_kernel::handle::{Entry, HandleFlags, Object};
use overlapped_kernel::process::job::{Job, JobLimits};
use std::ffi::c_void;
use std::sync::Arc;

const JOB_ALL_ACCESS: u32 = 0x1F_003F;
const ASSIGN_PROCESS: u32 = 0x1;
const SET_ATTRIBUTES: u32 = 0x2;
const QUERY: u32 = 0x4;
const TERMINATE: u32 = 0x8;
/// PROCESS_TERMINATE and PROCESS_SET_QUOTA.
const PROCESS_RIGHTS: u32 = 0x101;

const BASIC_ACCOUNTING: u32 = 1;
const BASIC_LIMIT: u32 = 2;
const PROCESS_ID_LIST: u32 = 3;
/// The last of all classes of information that Windows has.
const LAST_CLASS: u32 = 50;
const ASSOCIATE_PORT: u32 = 7;
const BASIC_AND_IO: u32 = 8;
const EXTENDED_LIMIT: u32 = 9;

const LIMIT_ACTIVE_PROCESS: u32 = 0x8;
const LIMIT_BREAKAWAY_OK: u32 = 0x800;
const LIMIT_SILENT_BREAKAWAY_OK: u32 = 0x1000;
const LIMIT_KILL_ON_JOB_CLOSE: u32 = 0x2000;
/// All that Windows knows; those that have no name here are accepted and mean nothing.
const KNOWN_LIMITS: u32 = 0x7F_FFFF;

/// JOBOBJECT_BASIC_LIMIT_INFORMATION, 64 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
struct Basic {
    process_time: i64,
    job_time: i64,
    flags: u32,
    smallest: usize,
    largest: usize,
    active: u32,
    affinity: usize,
    priority: u32,
    scheduling: u32,
}

/// JOBOBJECT_EXTENDED_LIMIT_INFORMATION, 144 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
struct Extended {
    basic: Basic,
    io: [u64; 6],
    memory: [usize; 4],
}

/// JOBOBJECT_BASIC_ACCOUNTING_INFORMATION, 48 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
struct Accounting {
    times: [i64; 4],
    faults: u32,
    total: u32,
    active: u32,
    ended: u32,
}

const _: () = assert!(size_of::<Basic>() == 64 && size_of::<Extended>() == 144 && size_of::<Accounting>() == 48);

/// The job of a handle; 6 for anything else.
pub(crate) fn job(raw: RawHandle) -> Result<Arc<Job>, Win32Error> {
    job_with(raw, 0)
}

fn job_with(raw: RawHandle, right: u32) -> Result<Arc<Job>, Win32Error> {
    match system()?.entry(handle(raw)?)? {
        Entry { object: Object::Job(job), access, .. } if access.contains(AccessMask::from_bits_retain(right)) => {
            Ok(job)
        }
        Entry { object: Object::Job(_), .. } => Err(Win32Error::ACCESS_DENIED),
        _ => Err(Win32Error::INVALID_HANDLE),
    }
}

pair! {
    /// CreateJobObject. A name is the process's own.
    fn ovl_CreateJobObjectA ovl_CreateJobObjectW(attributes: *const SecurityAttributes, name: *const C) -> RawHandle {
        guard_or(0, || {
            // SAFETY: the caller vouches for both.
            let (flags, name) = unsafe { (inherits(attributes), optional_name(name)) };
            let new = Object::Job(overlapped_devices::process::new_job());
            let access = Some(AccessMask::from_bits_retain(JOB_ALL_ACCESS));
            let (handle, existed) = system()?.create_named(name.as_deref(), new, access, flags)?;
            crate::support::set_last_error(if existed { Win32Error::ALREADY_EXISTS.0 } else { 0 });
            Ok(handle.into_raw())
        })
    }
}

pair! {
    /// OpenJobObject.
    fn ovl_OpenJobObjectA ovl_OpenJobObjectW(access: u32, inherit: Bool, name: *const C) -> RawHandle {
        guard_or(0, || {
            // SAFETY: the caller vouches for it.
            let name = unsafe { optional_name(name) }.ok_or(Win32Error::INVALID_PARAMETER)?;
            let flags = if inherit == 0 { HandleFlags::empty() } else { HandleFlags::INHERIT };
            let access = AccessMask::from_bits_retain(access);
            Ok(system()?.open_named(&name, access, flags, |object| matches!(object, Object::Job(_)))?.into_raw())
        })
    }
}

/// AssignProcessToJobObject: 5 for a process that has a job already or has ended.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_AssignProcessToJobObject(object: RawHandle, process: RawHandle) -> Bool {
    guard_bool(|| job_with(object, ASSIGN_PROCESS)?.assign(&with_right(process, PROCESS_RIGHTS)?))
}

/// TerminateJobObject.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_TerminateJobObject(object: RawHandle, code: u32) -> Bool {
    guard_bool(|| {
        let job = job_with(object, TERMINATE)?;
        let own = overlapped_kernel::process::Process::current();
        let me = job.has(&own);
        job.terminate(code);
        if me {
            overlapped_devices::process::end_now(code);
        }
        Ok(())
    })
}

/// IsProcessInJob: NULL asks for any job.
///
/// # Safety
/// `is` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_IsProcessInJob(process: RawHandle, object: RawHandle, is: *mut Bool) -> Bool {
    guard_bool(|| {
        let process = crate::processes::visible(process)?;
        let member = match object {
            0 => process.job().is_some(),
            object => job_with(object, QUERY)?.has(&process),
        };
        // SAFETY: the caller's promise.
        unsafe { store(is, Bool::from(member)) }
    })
}

/// A class of information that Windows has is not supported; another one is none.
fn not_here(class: u32) -> Win32Error {
    if (1..=LAST_CLASS).contains(&class) { Win32Error::NOT_SUPPORTED } else { Win32Error::INVALID_PARAMETER }
}

/// SetInformationJobObject: 24 for a wrong length, 87 for what makes no sense, 50 for what there is not here.
///
/// # Safety
/// `from` is readable for so many bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetInformationJobObject(
    object: RawHandle,
    class: u32,
    from: *const c_void,
    bytes: u32,
) -> Bool {
    guard_bool(|| {
        let job = job_with(object, SET_ATTRIBUTES)?;
        let needed = match class {
            BASIC_LIMIT => size_of::<Basic>(),
            EXTENDED_LIMIT => size_of::<Extended>(),
            ASSOCIATE_PORT => 2 * size_of::<usize>(),
            class => return Err(not_here(class)),
        };
        if bytes as usize != needed {
            return Err(Win32Error(24));
        }
        if from.is_null() {
            return Err(Win32Error::NOACCESS);
        }
        if class == ASSOCIATE_PORT {
            // SAFETY: as long as two numbers: the key, and the port.
            let [key, port] = unsafe { from.cast::<[usize; 2]>().read_unaligned() };
            return job.report_to(system()?.port(handle(port)?)?, key);
        }
        // SAFETY: both structures begin with this one.
        let basic = unsafe { from.cast::<Basic>().read_unaligned() };
        if basic.flags & !KNOWN_LIMITS != 0 || class == BASIC_LIMIT && basic.flags & !0xFF != 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let has = |flag: u32| basic.flags & flag != 0;
        job.set_limits(JobLimits {
            kill_on_close: has(LIMIT_KILL_ON_JOB_CLOSE),
            breakaway: has(LIMIT_BREAKAWAY_OK),
            silent_breakaway: has(LIMIT_SILENT_BREAKAWAY_OK),
            active: has(LIMIT_ACTIVE_PROCESS).then_some(basic.active),
        });
        Ok(())
    })
}

fn basic_of(job: &Job) -> Basic {
    let limits = job.limits();
    let flag = |is: bool, flag: u32| if is { flag } else { 0 };
    let flags = flag(limits.kill_on_close, LIMIT_KILL_ON_JOB_CLOSE)
        | flag(limits.breakaway, LIMIT_BREAKAWAY_OK)
        | flag(limits.silent_breakaway, LIMIT_SILENT_BREAKAWAY_OK)
        | flag(limits.active.is_some(), LIMIT_ACTIVE_PROCESS);
    Basic { flags, active: limits.active.unwrap_or(0), ..Basic::default() }
}

/// QueryInformationJobObject, of one job or (NULL) of that of the calling process: 24 for a wrong length, 234 if the list of processes is longer.
///
/// # Safety
/// `to` is writable for so many bytes, `used` NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_QueryInformationJobObject(
    object: RawHandle,
    class: u32,
    to: *mut c_void,
    bytes: u32,
    used: *mut u32,
) -> Bool {
    guard_bool(|| {
        let job = match object {
            0 => overlapped_kernel::process::Process::current().job().ok_or(Win32Error::ACCESS_DENIED)?,
            object => job_with(object, QUERY)?,
        };
        let counts = job.counts();
        let active = counts.active.len() as u32;
        let accounting =
            Accounting { total: counts.total, active, ended: counts.ended_by_limit, ..Accounting::default() };
        let answer: Vec<u8> = match class {
            BASIC_ACCOUNTING => bytes_of(&accounting),
            BASIC_AND_IO => [bytes_of(&accounting), vec![0; 48]].concat(),
            BASIC_LIMIT => bytes_of(&basic_of(&job)),
            EXTENDED_LIMIT => bytes_of(&Extended { basic: basic_of(&job), ..Extended::default() }),
            PROCESS_ID_LIST => {
                let room = (bytes as usize).checked_sub(8).ok_or(Win32Error(24))? / size_of::<usize>();
                let listed = counts.active.len().min(room);
                let mut list = [active.to_ne_bytes(), (listed as u32).to_ne_bytes()].concat();
                list.extend(counts.active[..listed].iter().flat_map(|id| (*id as usize).to_ne_bytes()));
                list
            }
            class => return Err(not_here(class)),
        };
        if class != PROCESS_ID_LIST && bytes as usize != answer.len() {
            return Err(Win32Error(24));
        }
        // SAFETY: the caller vouches for the room.
        unsafe {
            crate::arguments::output(&answer, to)?;
            store_if_wanted(used, answer.len() as u32);
        }
        let complete = class != PROCESS_ID_LIST || answer.len() == 8 + counts.active.len() * size_of::<usize>();
        if complete { Ok(()) } else { Err(Win32Error::MORE_DATA) }
    })
}

/// A structure of numbers as bytes.
fn bytes_of<T: Copy>(value: &T) -> Vec<u8> {
    let mut bytes = vec![0; size_of::<T>()];
    // SAFETY: so many bytes, of which those between the fields may be anything.
    unsafe { bytes.as_mut_ptr().cast::<T>().write_unaligned(*value) };
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handleapi::ovl_CloseHandle;
    use crate::support::last_error;
    use std::ptr::{null, null_mut};

    #[test]
    fn classes_of_windows_that_are_not_here_are_told_from_what_is_none() {
        // SAFETY: no name and no attributes.
        let job = unsafe { ovl_CreateJobObjectW(null_mut(), null()) };
        let mut room = [0_u8; 64];
        let mut told = |class| {
            let (bytes, to) = (room.len() as u32, room.as_mut_ptr().cast());
            // SAFETY: so much room.
            let asked = unsafe { ovl_QueryInformationJobObject(job, class, to, bytes, null_mut()) };
            let asked = (asked, last_error());
            // SAFETY: as above.
            (asked, (unsafe { ovl_SetInformationJobObject(job, class, to, bytes) }, last_error()))
        };
        // JobObjectCpuRateControlInformation.
        assert_eq!(told(15), ((0, 50), (0, 50)));
        assert_eq!([0, 51, u32::MAX].map(told), [((0, 87), (0, 87)); 3]);
        assert_eq!(ovl_CloseHandle(job), 1);
    }
}
