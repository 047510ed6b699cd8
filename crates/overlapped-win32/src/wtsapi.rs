//! `wtsapi32.h`: sessions and their processes. There are two sessions: 0, that of services, which nobody sees, and 1, that of the user, with all
//! processes in it. There is one server, this computer.

use crate::arguments::pair;
use crate::support::{Bool, RawHandle, fail, guard_bool};
use crate::sysinfoapi::computer;
use crate::text::{Unit, units_or_empty};
use overlapped_abi::Win32Error;
use std::ffi::{OsStr, OsString, c_void};
use std::os::unix::fs::MetadataExt;

/// The session of the user: what ProcessIdToSessionId and WTSGetActiveConsoleSessionId answer.
pub(crate) const SESSION: u32 = 1;
const SERVICES: u32 = 0;
/// WTS_CURRENT_SESSION.
const CURRENT: u32 = u32::MAX;
/// WTSActive and WTSDisconnected.
const ACTIVE: u32 = 0;
const DISCONNECTED: u32 = 4;
/// ERROR_CTX_WINSTATION_NOT_FOUND and RPC_S_SERVER_UNAVAILABLE.
const NO_SESSION: Win32Error = Win32Error(7022);
const NO_SERVER: Win32Error = Win32Error(1722);
/// What WTSOpenServer gives for this computer; 0 is WTS_CURRENT_SERVER_HANDLE.
const SERVER: RawHandle = 0x5754_5300;

fn check(server: RawHandle) -> Result<(), Win32Error> {
    if matches!(server, 0 | SERVER) { Ok(()) } else { Err(Win32Error::INVALID_HANDLE) }
}

/// One block that WTSFreeMemory frees: rows, and behind them what they point to. Places are offsets until it is made.
struct Block {
    bytes: Vec<u8>,
    pointers: Vec<usize>,
}

impl Block {
    fn new(rows: usize, row: usize) -> Self {
        Self { bytes: vec![0; rows * row], pointers: Vec::new() }
    }

    fn number(&mut self, at: usize, value: u32) {
        self.bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }

    fn number64(&mut self, at: usize, value: u64) {
        self.bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
    }

    /// Puts bytes behind everything, and a pointer to them at `at`.
    fn point(&mut self, at: usize, to: &[u8]) {
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
        let place = self.bytes.len() as u64;
        self.bytes.extend(to);
        self.number64(at, place);
        self.pointers.push(at);
    }

    fn text<C: Unit>(&mut self, at: usize, text: &OsStr) {
        let bytes = bytes_of::<C>(text);
        self.point(at, &bytes);
    }

    /// The memory, in the program's hands; 8 if there is none.
    fn give(mut self) -> Result<*mut c_void, Win32Error> {
        let memory = crate::localglobal::ovl_LocalAlloc(0, self.bytes.len().max(1));
        if memory.is_null() {
            return Err(Win32Error::NOT_ENOUGH_MEMORY);
        }
        for at in std::mem::take(&mut self.pointers) {
            let place = u64::from_le_bytes(self.bytes[at..at + 8].try_into().unwrap_or_default());
            self.number64(at, place + memory as u64);
        }
        // SAFETY: made with that room.
        unsafe { std::ptr::copy_nonoverlapping(self.bytes.as_ptr(), memory.cast(), self.bytes.len()) };
        Ok(memory)
    }
}

/// Units and a zero, as bytes.
fn bytes_of<C: Unit>(text: &OsStr) -> Vec<u8> {
    let units = C::from_os(text).into_iter().chain([C::default()]);
    units.flat_map(|unit| Into::<u32>::into(unit).to_le_bytes().into_iter().take(size_of::<C>())).collect()
}

/// Stores a block and a count; 87 for NULL.
unsafe fn store(to: *mut *mut c_void, count: *mut u32, rows: u32, block: Block) -> Result<(), Win32Error> {
    if to.is_null() || count.is_null() {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let memory = block.give()?;
    // SAFETY: not NULL, and the caller vouches for both.
    unsafe {
        to.write(memory);
        count.write(rows);
    }
    Ok(())
}

/// WTSFreeMemory.
///
/// # Safety
/// NULL or memory of one of these functions, which nobody uses any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WTSFreeMemory(memory: *mut c_void) {
    // SAFETY: the caller's promise.
    unsafe { crate::localglobal::ovl_LocalFree(memory) };
}

pair! {
    /// WTSFreeMemoryEx: 87 for a class that there is not.
    fn ovl_WTSFreeMemoryExA ovl_WTSFreeMemoryExW(class: i32, memory: *mut c_void, _count: u32) -> Bool {
        if !(0..=2).contains(&class) {
            return fail(Win32Error::INVALID_PARAMETER, 0);
        }
        // SAFETY: the caller's promise.
        unsafe { ovl_WTSFreeMemory(memory) };
        1
    }
}

pair! {
    /// WTSOpenServer: this computer by any of its names; any other name gives a handle too, as on Windows, with which every call fails with 1722.
    fn ovl_WTSOpenServerA ovl_WTSOpenServerW(server: *const C) -> RawHandle {
        // SAFETY: the caller's promise.
        let name = C::to_os(unsafe { units_or_empty(server) });
        let own = name.is_empty() || name == "." || computer::is_own(&name.to_string_lossy());
        if own { SERVER } else { fail(NO_SERVER, 0) }
    }
}

pair! {
    /// WTSOpenServerEx, as WTSOpenServer.
    fn ovl_WTSOpenServerExA ovl_WTSOpenServerExW(server: *const C) -> RawHandle {
        // SAFETY: the caller's promise.
        let name = C::to_os(unsafe { units_or_empty(server) });
        let own = name.is_empty() || name == "." || computer::is_own(&name.to_string_lossy());
        if own { SERVER } else { fail(NO_SERVER, 0) }
    }
}

/// WTSCloseServer.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WTSCloseServer(_server: RawHandle) {}

pair! {
    /// WTSEnumerateSessions: WTS_SESSION_INFO of "Services" and "Console"; 87 for another version than 1.
    fn ovl_WTSEnumerateSessionsA ovl_WTSEnumerateSessionsW(
        server: RawHandle,
        reserved: u32,
        version: u32,
        to: *mut *mut c_void,
        count: *mut u32,
    ) -> Bool {
        guard_bool(|| {
            check(server)?;
            if reserved != 0 || version != 1 {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            const ROW: usize = 24;
            let mut block = Block::new(2, ROW);
            for (n, (id, name, state)) in [(SERVICES, "Services", DISCONNECTED), (SESSION, "Console", ACTIVE)].into_iter().enumerate() {
                block.number(n * ROW, id);
                block.text::<C>(n * ROW + 8, name.as_ref());
                block.number(n * ROW + 16, state);
            }
            // SAFETY: the caller's promise.
            unsafe { store(to, count, 2, block) }
        })
    }
}

/// A process, as /proc tells of it.
struct Known {
    id: u32,
    name: OsString,
    user: u32,
    threads: u32,
    handles: u32,
    memory: [u64; 4],
    times: [u64; 2],
}

fn processes() -> Vec<Known> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let mut all: Vec<Known> = entries.filter_map(|entry| known(entry.file_name().to_str()?.parse().ok()?)).collect();
    all.sort_by_key(|process| process.id);
    all
}

fn known(id: u32) -> Option<Known> {
    let place = format!("/proc/{id}");
    let user = std::fs::metadata(&place).ok()?.uid();
    let stat = std::fs::read_to_string(format!("{place}/stat")).ok()?;
    let (head, rest) = stat.rsplit_once(')')?;
    let short = head.split_once('(')?.1.to_owned();
    let program = std::fs::read_link(format!("{place}/exe")).ok();
    let name = program.and_then(|path| Some(path.file_name()?.to_owned())).unwrap_or_else(|| short.into());
    let fields: Vec<u64> = rest.split_whitespace().skip(1).map(|word| word.parse().unwrap_or(0)).collect();
    // SAFETY: asks for a number.
    let tick = 10_000_000 / unsafe { libc::sysconf(libc::_SC_CLK_TCK) }.max(1) as u64;
    let field = |n: usize| fields.get(n).copied().unwrap_or(0);
    let memory = ["VmSwap", "VmSwap", "VmRSS", "VmHWM"].map(|name| crate::psapi::status_bytes(id, name));
    let handles = std::fs::read_dir(format!("{place}/fd")).map_or(0, |files| files.count() as u32);
    // User and kernel time are fields 14 and 15 of the whole line, threads 20.
    let times = [field(10) * tick, field(11) * tick];
    Some(Known { id, name, user, threads: field(16) as u32, handles, memory, times })
}

pair! {
    /// WTSEnumerateProcesses: WTS_PROCESS_INFO of all, with their users.
    fn ovl_WTSEnumerateProcessesA ovl_WTSEnumerateProcessesW(
        server: RawHandle,
        reserved: u32,
        version: u32,
        to: *mut *mut c_void,
        count: *mut u32,
    ) -> Bool {
        guard_bool(|| {
            check(server)?;
            if reserved != 0 || version != 1 {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            // SAFETY: the caller's promise.
            unsafe { give_processes::<C>(processes(), 24, to, count) }
        })
    }
}

/// Rows of WTS_PROCESS_INFO, or of WTS_PROCESS_INFO_EX if they are longer.
unsafe fn give_processes<C: Unit>(
    all: Vec<Known>,
    row: usize,
    to: *mut *mut c_void,
    count: *mut u32,
) -> Result<(), Win32Error> {
    let mut block = Block::new(all.len(), row);
    let rows = all.len() as u32;
    for (n, process) in all.into_iter().enumerate() {
        let at = n * row;
        block.number(at, SESSION);
        block.number(at + 4, process.id);
        block.text::<C>(at + 8, &process.name);
        block.point(at + 16, &crate::sids::of_user(process.user));
        if row > 24 {
            block.number(at + 24, process.threads);
            block.number(at + 28, process.handles);
            // Sizes have 32 bits: larger ones are the largest.
            for (n, bytes) in process.memory.into_iter().enumerate() {
                block.number(at + 32 + 4 * n, u32::try_from(bytes).unwrap_or(u32::MAX));
            }
            for (n, time) in process.times.into_iter().enumerate() {
                block.number64(at + 48 + 8 * n, time);
            }
        }
    }
    // SAFETY: the caller's promise.
    unsafe { store(to, count, rows, block) }
}

/// WTS_ANY_SESSION.
const ANY: u32 = 0xFFFF_FFFE;

pair! {
    /// WTSEnumerateProcessesEx: level 0, or 1 with threads, memory and times; of a session or of all (WTS_ANY_SESSION). 7022 for a session
    /// that is none.
    fn ovl_WTSEnumerateProcessesExA ovl_WTSEnumerateProcessesExW(
        server: RawHandle,
        level: *mut u32,
        session: u32,
        to: *mut *mut c_void,
        count: *mut u32,
    ) -> Bool {
        guard_bool(|| {
            check(server)?;
            // SAFETY: the caller's promise.
            let level = *unsafe { level.as_ref() }.ok_or(Win32Error::INVALID_PARAMETER)?;
            let row = match level {
                0 => 24,
                1 => 64,
                _ => return Err(Win32Error::INVALID_PARAMETER),
            };
            let all = match session {
                ANY | SESSION => processes(),
                SERVICES => Vec::new(),
                _ => return Err(NO_SESSION),
            };
            // SAFETY: the caller's promise.
            unsafe { give_processes::<C>(all, row, to, count) }
        })
    }
}

/// What WTSQuerySessionInformation tells, as bytes; 87 for what is unknown.
fn information<C: Unit>(session: u32, class: i32) -> Result<Vec<u8>, Win32Error> {
    let services = session == SERVICES;
    let text = |text: &OsStr| Ok(bytes_of::<C>(text));
    match class {
        // Programs, directories, the client: of a session at the console there are none.
        0..=2 | 10 | 11 => text(OsStr::new("")),
        3 => text(OsStr::new("")),
        4 => Ok(session.to_le_bytes().to_vec()),
        5 if services => text(OsStr::new("")),
        5 => text(&computer::user_name()),
        6 => text(OsStr::new(if services { "Services" } else { "Console" })),
        7 if services => text(OsStr::new("")),
        7 => text(&computer::computer_name()),
        8 => Ok((if services { DISCONNECTED } else { ACTIVE }).to_le_bytes().to_vec()),
        9 | 13 => Ok(0u32.to_le_bytes().to_vec()),
        // WTSClientProductId, WTSClientProtocolType: the console.
        12 | 16 => Ok(0u16.to_le_bytes().to_vec()),
        // WTSIsRemoteSession.
        29 => Ok(vec![0]),
        _ => Err(Win32Error::INVALID_PARAMETER),
    }
}

pair! {
    /// WTSQuerySessionInformation: names, state, user and kind of a session; 7022 for one that is none, 87 for what is not known of any.
    fn ovl_WTSQuerySessionInformationA ovl_WTSQuerySessionInformationW(
        server: RawHandle,
        session: u32,
        class: i32,
        to: *mut *mut C,
        bytes: *mut u32,
    ) -> Bool {
        guard_bool(|| {
            check(server)?;
            let session = if session == CURRENT { SESSION } else { session };
            if session > SESSION {
                return Err(NO_SESSION);
            }
            let found = information::<C>(session, class)?;
            let (len, block) = (found.len() as u32, Block { bytes: found, pointers: Vec::new() });
            // SAFETY: the caller's promise.
            unsafe { store(to.cast(), bytes, len, block) }
        })
    }
}

/// WTSTerminateProcess: 87 for a number that is no process's, 5 for one of somebody else.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WTSTerminateProcess(server: RawHandle, id: u32, code: u32) -> Bool {
    guard_bool(|| {
        check(server)?;
        if id == std::process::id() {
            // SAFETY: the pseudo-handle of this process.
            crate::processes::ovl_TerminateProcess(usize::MAX, code);
        }
        overlapped_kernel::process::Process::open(id, true)?.terminate(code)
    })
}

fn any_session(server: RawHandle, session: u32) -> Result<(), Win32Error> {
    check(server)?;
    if session <= SESSION || session == CURRENT { Ok(()) } else { Err(NO_SESSION) }
}

/// WTSDisconnectSession: 5; 7022 for a session that is none.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WTSDisconnectSession(server: RawHandle, session: u32, _wait: Bool) -> Bool {
    guard_bool(|| any_session(server, session).and(Err(Win32Error::ACCESS_DENIED)))
}

/// WTSLogoffSession: 5; 7022 for a session that is none.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WTSLogoffSession(server: RawHandle, session: u32, _wait: Bool) -> Bool {
    guard_bool(|| any_session(server, session).and(Err(Win32Error::ACCESS_DENIED)))
}

/// WTSShutdownSystem: 1314.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_WTSShutdownSystem(server: RawHandle, _flags: u32) -> Bool {
    guard_bool(|| check(server).and(Err(Win32Error::PRIVILEGE_NOT_HELD)))
}

/// WTSQueryUserToken: 1314, as for everybody but the system; 7022 for a session that is none.
///
/// # Safety
/// Nothing is written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WTSQueryUserToken(session: u32, _token: *mut RawHandle) -> Bool {
    guard_bool(|| any_session(0, session).and(Err(Win32Error::PRIVILEGE_NOT_HELD)))
}
