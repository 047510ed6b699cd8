//! StartService, ControlService, and how a service is.

use super::handles::{right, service_with, text_of};
use super::register::{self, Service, key};
use super::{
    ALREADY_RUNNING, CANNOT_ACCEPT, DEPENDENCY_FAILED, DEPENDENTS_RUNNING, DISABLED, INVALID_CONTROL, INVALID_LEVEL,
    MARKED_FOR_DELETE, NOT_ACTIVE, REQUEST_TIMEOUT, ServiceStatus, ServiceStatusProcess, accept, code, list, running,
    state, summons,
};
use crate::arguments::{output, pair, store};
use crate::namedpipeapi::ovl_CallNamedPipeA;
use crate::support::{Bool, RawHandle, guard_bool, last_error, system};
use crate::text::Unit;
use overlapped_abi::Win32Error;
use overlapped_devices::process::{Beginning, Line, Standard, Start, line, program, start};
use overlapped_kernel::port;
use overlapped_kernel::thread::STILL_ACTIVE;
use std::ffi::{OsStr, OsString, c_void};
use std::time::{Duration, Instant};

/// How long a program may take until it says that it is a service, and a handler to answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// The pipe on which a service hears of controls.
pub(super) fn pipe(name: &str) -> String {
    format!(r"\\.\pipe\overlapped.service.{}", register::file_name(name))
}

fn look(service: &Service) -> ServiceStatusProcess {
    running::look(service.name(), service.number(key::KIND)).0
}

/// Starts the process of a service and waits until it has said that it is one.
fn launch(service: &Service, arguments: &[String]) -> Result<(), Win32Error> {
    let system = system()?;
    let text = OsString::from(service.text(key::PROGRAM));
    let units: Vec<u16> = u16::from_os(&text);
    let words = line::split(&units).iter().map(|word| u16::to_os(word)).collect();
    let mut begin = Start::new(program::by_line(system, &text)?, words);
    begin.line = Line::Units(units);
    begin.standard = [const { Standard::Nothing }; 3];
    begin.directory = Some("/".into());
    begin.beginning = Beginning::NEW_SESSION | Beginning::CLOSED;
    begin.breakaway = false;
    let own = std::env::vars_os().map(|(mut name, value)| {
        name.push("=");
        name.push(value);
        name
    });
    let ours = [(summons::NAME, service.name().to_owned()), (summons::ARGUMENTS, summons::join(arguments))];
    let ours = ours.map(|(name, value)| OsString::from(format!("{name}={value}")));
    begin.environment = Some(own.chain(ours).collect());
    let child = start(system, begin)?;
    let begun = Instant::now();
    loop {
        // Asked first: what it has said before it ended is still there.
        let ended = child.exit_code() != STILL_ACTIVE;
        let (status, process) = running::look(service.name(), 0);
        let is_there = status.status.state != state::STOPPED && status.process != 0;
        if is_there || process == child.id() {
            return Ok(());
        }
        if ended || begun.elapsed() > PATIENCE {
            return Err(REQUEST_TIMEOUT);
        }
        port::blocking(|| std::thread::sleep(Duration::from_millis(2)));
    }
}

/// Starts what the service needs, as far as it is in the register, and waits until it runs. `path` are those that need it.
fn start_needed(service: &Service, path: &mut Vec<String>) -> Result<(), Win32Error> {
    path.push(service.name().to_lowercase());
    for name in service.list(key::DEPENDENCIES) {
        // What else there is on Windows, its network for one, is always there.
        let Ok(needed) = register::find(name) else { continue };
        if path.contains(&name.to_lowercase()) {
            return Err(Win32Error(1059));
        }
        if look(&needed).status.state == state::STOPPED {
            start_needed(&needed, path)?;
            launch(&needed, &[]).map_err(|_| DEPENDENCY_FAILED)?;
        }
        let begun = Instant::now();
        loop {
            match look(&needed).status.state {
                state::START_PENDING if begun.elapsed() < PATIENCE => {}
                state::STOPPED | state::START_PENDING => return Err(DEPENDENCY_FAILED),
                _ => break,
            }
            port::blocking(|| std::thread::sleep(Duration::from_millis(2)));
        }
    }
    path.pop();
    Ok(())
}

pair! {
    /// StartService: 1056 for one that runs, 1058 for one that is disabled, 1072 for one that is to go, 1053 if its program does not call
    /// StartServiceCtrlDispatcher, 1068 if what it needs does not start; 2, 3, 5 and 193 as CreateProcess.
    fn ovl_StartServiceA ovl_StartServiceW(handle: RawHandle, count: u32, arguments: *const *const C) -> Bool {
        guard_bool(|| {
            let service = service_with(handle, right::START)?;
            if count > 0 && arguments.is_null() {
                return Err(Win32Error::NOACCESS);
            }
            // SAFETY: the caller vouches for so many strings.
            let arguments: Vec<String> = (0..count as usize).map(|n| unsafe { text_of(*arguments.add(n)) }).collect();
            if service.number(key::DELETED) != 0 {
                return Err(MARKED_FOR_DELETE);
            }
            if service.number(key::START) == 4 {
                return Err(DISABLED);
            }
            if look(&service).status.state != state::STOPPED {
                return Err(ALREADY_RUNNING);
            }
            start_needed(&service, &mut Vec::new())?;
            crate::crt::files::ovl__flushall();
            launch(&service, &arguments)
        })
    }
}

/// The right that a control needs, and what the service has to accept; 87 for what is none.
fn needs(control: u32) -> Result<(u32, u32), Win32Error> {
    Ok(match control {
        code::STOP => (right::STOP, accept::STOP),
        code::PAUSE | code::CONTINUE => (right::PAUSE, accept::PAUSE_CONTINUE),
        code::INTERROGATE => (right::INTERROGATE, 0),
        code::PARAMETERS => (right::PAUSE, accept::PARAMETERS),
        7..=code::NET_BIND_DISABLE => (right::PAUSE, accept::NET_BIND),
        128..=255 => (right::OWN_CONTROLS, 0),
        _ => return Err(Win32Error::INVALID_PARAMETER),
    })
}

/// What ControlService does; the status is what the service says after it.
fn control(handle: RawHandle, control: u32) -> (Result<(), Win32Error>, Option<ServiceStatus>) {
    let checked = needs(control).and_then(|(right, accepted)| Ok((service_with(handle, right)?, accepted)));
    let (service, accepted) = match checked {
        Ok(checked) => checked,
        Err(error) => return (Err(error), None),
    };
    let before = look(&service).status;
    let refused = match before.state {
        state::STOPPED => Some(NOT_ACTIVE),
        state::STOP_PENDING => Some(CANNOT_ACCEPT),
        state::START_PENDING if control != code::INTERROGATE => Some(CANNOT_ACCEPT),
        _ if before.accepted & accepted != accepted => Some(INVALID_CONTROL),
        _ => None,
    };
    if let Some(error) = refused {
        return (Err(error), Some(before));
    }
    let active = |service: &Service| running::is_active(service.name());
    if control == code::STOP && list::dependents(service.name()).iter().any(active) {
        return (Err(DEPENDENTS_RUNNING), Some(before));
    }
    let sent = send(service.name(), control);
    let after = look(&service).status;
    match sent {
        // It has stopped before it could answer.
        Err(_) if control == code::STOP && after.state == state::STOPPED => (Ok(()), Some(after)),
        sent => (sent, Some(after)),
    }
}

/// Has the service's handler answer. Its own error is the call's.
fn send(name: &str, control: u32) -> Result<(), Win32Error> {
    let mut name = pipe(name).into_bytes();
    name.push(0);
    let (question, mut answer, mut done) = (control, 0u32, 0);
    // SAFETY: a name with its zero, and four bytes each way.
    let answered = unsafe {
        let (from, to) = ((&raw const question).cast(), (&raw mut answer).cast::<c_void>());
        ovl_CallNamedPipeA(name.as_ptr(), from, 4, to, 4, &mut done, PATIENCE.as_millis() as u32)
    };
    match (answered, answer) {
        (0, _) if last_error() == Win32Error::FILE_NOT_FOUND.0 => Err(NOT_ACTIVE),
        (0, _) => Err(REQUEST_TIMEOUT),
        (_, 0) => Ok(()),
        (_, error) => Err(Win32Error(error)),
    }
}

/// ControlService: 1062 for one that does not run, 1061 while it starts or stops, 1052 for what it does not accept, 1051 if others that run
/// need it, 1053 if it does not answer in 30 seconds, 87 for what is no control; else what its handler says.
///
/// # Safety
/// `status` is NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ControlService(handle: RawHandle, code: u32, status: *mut ServiceStatus) -> Bool {
    guard_bool(|| {
        if status.is_null() {
            return Err(Win32Error::NOACCESS);
        }
        let (outcome, after) = control(handle, code);
        if let Some(after) = after {
            // SAFETY: not NULL, and the caller vouches for it.
            unsafe { status.write(after) };
        }
        outcome
    })
}

/// SERVICE_CONTROL_STATUS_REASON_PARAMS.
#[repr(C)]
#[derive(Debug)]
pub struct ReasonParams {
    reason: u32,
    comment: *const c_void,
    status: ServiceStatusProcess,
}

pair! {
    /// ControlServiceEx: as ControlService; the reason is not kept. 124 for another level.
    fn ovl_ControlServiceExA ovl_ControlServiceExW(
        handle: RawHandle,
        code: u32,
        level: u32,
        about: *mut ReasonParams,
    ) -> Bool {
        guard_bool(|| {
            if level != 1 {
                return Err(INVALID_LEVEL);
            }
            if about.is_null() {
                return Err(Win32Error::NOACCESS);
            }
            let (outcome, after) = control(handle, code);
            if let Some(status) = after {
                // SAFETY: not NULL, and the caller vouches for it.
                unsafe { (*about).status = ServiceStatusProcess { status, process: 0, flags: 0 } };
            }
            outcome
        })
    }
}

/// QueryServiceStatus. One that ended without saying so is stopped, with exit code 1067; one that never ran, 1077.
///
/// # Safety
/// `status` is NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_QueryServiceStatus(handle: RawHandle, status: *mut ServiceStatus) -> Bool {
    guard_bool(|| {
        let service = service_with(handle, right::QUERY_STATUS)?;
        // SAFETY: the caller's promise.
        unsafe { store(status, look(&service).status) }
    })
}

/// QueryServiceStatusEx: with the process. 124 for another level, 122 for too little room.
///
/// # Safety
/// `to` is NULL or writable for `room` bytes, `needed` NULL (998) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_QueryServiceStatusEx(
    handle: RawHandle,
    level: u32,
    to: *mut c_void,
    room: u32,
    needed: *mut u32,
) -> Bool {
    guard_bool(|| {
        let service = service_with(handle, right::QUERY_STATUS)?;
        if level != 0 {
            return Err(INVALID_LEVEL);
        }
        let status = look(&service);
        let words = [
            status.status.kind,
            status.status.state,
            status.status.accepted,
            status.status.exit_code,
            status.status.specific,
            status.status.checkpoint,
            status.status.wait_hint,
            status.process,
            status.flags,
        ];
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
        // SAFETY: the caller's promise.
        unsafe {
            store(needed, bytes.len() as u32)?;
            if (room as usize) < bytes.len() {
                return Err(Win32Error::INSUFFICIENT_BUFFER);
            }
            output(&bytes, to)
        }
    })
}

/// The name of a program, for a service of which nobody says what it is called.
pub(super) fn program_name() -> String {
    let path = crate::libloaderapi::modules::program_path().unwrap_or_default();
    let stem = path.file_stem().unwrap_or(OsStr::new("service"));
    stem.to_string_lossy().into_owned()
}
