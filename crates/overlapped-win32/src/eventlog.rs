//! The event log, for programs that report to it: syslog has what they say, by the priority that fits the event's type, with the
//! source's name and the event's number before the strings. Nothing reads an event's message file; the strings are all of it.

use crate::arguments::pair;
use crate::support::{Bool, RawHandle, guard_bool, guard_or};
use crate::text::{Unit, units, units_or_empty};
use overlapped_abi::Win32Error;
use parking_lot::Mutex;
use std::ffi::{CString, c_void};
use std::os::unix::ffi::OsStrExt;

const RPC_S_SERVER_UNAVAILABLE: Win32Error = Win32Error(1722);

/// The sources that are registered, by their handles' numbers. Not handles that CloseHandle knows, as on Windows.
static SOURCES: Mutex<Vec<Option<Vec<u8>>>> = Mutex::new(Vec::new());
const FIRST: RawHandle = 0x4556_4C00;

fn index(handle: RawHandle) -> Result<usize, Win32Error> {
    match handle.checked_sub(FIRST) {
        Some(offset) if offset % 4 == 0 => Ok(offset / 4),
        _ => Err(Win32Error::INVALID_HANDLE),
    }
}

fn register(name: Vec<u8>) -> RawHandle {
    let mut sources = SOURCES.lock();
    let free = sources.iter().position(Option::is_none).unwrap_or_else(|| {
        sources.push(None);
        sources.len() - 1
    });
    sources[free] = Some(name);
    FIRST + 4 * free
}

/// The priority of syslog for a type of event; `None` for a type that is none.
fn priority(kind: u16) -> Option<i32> {
    Some(match kind {
        0 | 4 => libc::LOG_INFO,
        1 => libc::LOG_ERR,
        2 => libc::LOG_WARNING,
        8 | 16 => libc::LOG_NOTICE,
        _ => return None,
    })
}

/// One line: syslog has no others.
fn line(source: &[u8], event: u32, strings: &[Vec<u8>], bytes: usize) -> Vec<u8> {
    let mut line = source.to_vec();
    line.extend(format!(", event {}:", event & 0xFFFF).bytes());
    for string in strings.iter().map(|string| string.trim_ascii()).filter(|string| !string.is_empty()) {
        line.push(b' ');
        line.extend(
            string
                .iter()
                .filter(|byte| !matches!(byte, 0 | b'\r'))
                .map(|&byte| if byte == b'\n' { b' ' } else { byte }),
        );
    }
    if bytes > 0 {
        line.extend(format!(" ({bytes} bytes of data)").bytes());
    }
    line
}

/// # Safety
/// Both are NULL or strings.
unsafe fn source_of<C: Unit>(computer: *const C, source: *const C) -> Result<RawHandle, Win32Error> {
    // SAFETY: the caller's promise.
    let (computer, source) = unsafe { (C::to_os(units_or_empty(computer)), C::to_os(units_or_empty(source))) };
    if !matches!(computer.as_bytes(), b"" | b"." | b"\\\\.") {
        return Err(RPC_S_SERVER_UNAVAILABLE);
    }
    if source.is_empty() {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    Ok(register(source.as_bytes().to_vec()))
}

pair! {
    /// RegisterEventSource: any source of this computer; 87 without a name, 1722 for another computer.
    fn ovl_RegisterEventSourceA ovl_RegisterEventSourceW(computer: *const C, source: *const C) -> RawHandle {
        // SAFETY: the caller's promise.
        guard_or(0, || unsafe { source_of(computer, source) })
    }
}

pair! {
    /// OpenEventLog: a log of this computer, which takes reports as a source of that name does; nothing is read from it.
    fn ovl_OpenEventLogA ovl_OpenEventLogW(computer: *const C, log: *const C) -> RawHandle {
        // SAFETY: the caller's promise.
        guard_or(0, || unsafe { source_of(computer, log) })
    }
}

/// CloseEventLog.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_CloseEventLog(log: RawHandle) -> Bool {
    ovl_DeregisterEventSource(log)
}

pair! {
    /// ReportEvent: 6 for what is no source, 87 for a type that is none or strings that are not there.
    fn ovl_ReportEventA ovl_ReportEventW(
        source: RawHandle,
        kind: u16,
        _category: u16,
        event: u32,
        _user: *mut c_void,
        count: u16,
        bytes: u32,
        strings: *const *const C,
        _data: *const c_void,
    ) -> Bool {
        guard_bool(|| {
            let index = index(source)?;
            let name = SOURCES.lock().get(index).cloned().flatten().ok_or(Win32Error::INVALID_HANDLE)?;
            let priority = priority(kind).ok_or(Win32Error::INVALID_PARAMETER)?;
            if count > 0 && strings.is_null() {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            let string = |at| {
                // SAFETY: the caller promises that many strings, each NULL or with a zero at its end.
                let string = unsafe { *strings.add(at) };
                // SAFETY: as above, and not NULL.
                if string.is_null() { Vec::new() } else { C::to_os(unsafe { units(string) }).as_bytes().to_vec() }
            };
            let strings: Vec<_> = (0..usize::from(count)).map(string).collect();
            let line = CString::new(line(&name, event, &strings, bytes as usize)).unwrap_or_default();
            // SAFETY: a format with one string, and that string.
            unsafe { libc::syslog(libc::LOG_USER | priority, c"%s".as_ptr(), line.as_ptr()) };
            Ok(())
        })
    }
}

/// DeregisterEventSource.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_DeregisterEventSource(source: RawHandle) -> Bool {
    guard_bool(|| {
        let index = index(source)?;
        let taken = SOURCES.lock().get_mut(index).and_then(Option::take);
        taken.map(drop).ok_or(Win32Error::INVALID_HANDLE)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::last_error;
    use std::ptr::{null, null_mut};

    #[test]
    fn an_event_is_one_line_with_its_source_number_and_strings() {
        let strings = [b"C:\\nginx.exe:\r\n".to_vec(), Vec::new(), b"a\r\nb".to_vec()];
        assert_eq!(line(b"nginx", 0xC000_0CE3, &strings, 0), b"nginx, event 3299: C:\\nginx.exe: a b");
        assert_eq!(line(b"s", 1, &[], 4), b"s, event 1: (4 bytes of data)");
    }

    #[test]
    fn a_source_lives_from_register_to_deregister() {
        let name = "overlapped test".encode_utf16().chain([0]).collect::<Vec<_>>();
        let strings = [c"one line of a test".as_ptr().cast::<u8>(), null()];
        // SAFETY: strings with their zeros.
        unsafe {
            let source = ovl_RegisterEventSourceW(null(), name.as_ptr());
            assert_ne!(source, 0);
            let report = |kind| ovl_ReportEventA(source, kind, 0, 7, null_mut(), 2, 0, strings.as_ptr(), null());
            assert_eq!(report(4), 1);
            assert_eq!((report(3), last_error()), (0, 87));
            assert_eq!(ovl_DeregisterEventSource(source), 1);
            assert_eq!((report(4), last_error()), (0, 6));
            assert_eq!((ovl_DeregisterEventSource(source), last_error()), (0, 6));
            assert_eq!(
                (ovl_RegisterEventSourceA(c"far".as_ptr().cast(), c"x".as_ptr().cast()), last_error()),
                (0, 1722)
            );
            assert_eq!((ovl_RegisterEventSourceA(null(), null()), last_error()), (0, 87));
        }
    }
}
