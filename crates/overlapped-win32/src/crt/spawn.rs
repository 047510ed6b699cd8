//! `process.h`: programs started by the C library: `_spawnv` and its relatives, `_execv`, `_cwait`.
//!
//! As there, the arguments are put together with blanks between them and nothing else, so that one with a blank arrives as two unless the
//! caller has put it in quotation marks; and a child inherits what is inheritable. The forms with a list of arguments are in the header.

use crate::processes::visible;
use crate::support::{RawHandle, guard, handle, system};
use crate::text::{Unit, units};
use overlapped_abi::{AccessMask, Win32Error};
use overlapped_devices::process::{Beginning, Inherit, Line, Standard, Start, line, program, start};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::handle::Object;
use overlapped_kernel::process::Process;
use overlapped_kernel::thread::STILL_ACTIVE;
use std::ffi::{CString, OsStr, OsString, c_int};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;
use std::sync::Arc;

const P_WAIT: c_int = 0;
const P_NOWAIT: c_int = 1;
const P_OVERLAY: c_int = 2;
const P_NOWAITO: c_int = 3;
const P_DETACH: c_int = 4;
const ALL_ACCESS: u32 = 0x1F_FFFF;

fn or_errno(body: impl FnOnce() -> Result<isize, Win32Error>) -> isize {
    guard(-1, || {
        body().unwrap_or_else(|error| {
            let errno = match error.0 {
                193 => libc::ENOEXEC,
                6 => libc::ECHILD,
                _ => error.to_errno(),
            };
            // SAFETY: the calling thread's own errno.
            unsafe { *libc::__errno_location() = errno };
            -1
        })
    })
}

/// Waits until the process has ended.
pub(crate) fn wait(process: &Arc<Process>) -> Result<u32, Win32Error> {
    // It may have ended already, unseen.
    if process.exit_code() != STILL_ACTIVE {
        return Ok(process.exit_code());
    }
    system()?.wait_any(&[Arc::clone(process) as _], Timeout::Infinite, false)?;
    Ok(process.exit_code())
}

/// A child with what the caller has, and its inheritable handles.
pub(crate) fn child(program: PathBuf, arguments: Vec<OsString>, line: Vec<u8>) -> Start {
    let of = |fd| match crate::consoleapi::stored(fd).map(overlapped_kernel::handle::Handle::from_raw) {
        None => Standard::Descriptor(fd),
        Some(handle) => handle.map_or(Standard::Nothing, Standard::Handle),
    };
    Start {
        line: Line::Bytes(line),
        inherit: Inherit::All,
        standard: [0, 1, 2].map(of),
        ..Start::new(program, arguments)
    }
}

/// The strings of a list that ends with NULL.
///
/// # Safety
/// The list is one.
unsafe fn list<C: Unit>(list: *const *const C) -> Vec<OsString> {
    let mut all = Vec::new();
    // SAFETY: the caller vouches for the list.
    unsafe {
        let mut at = list;
        while !at.is_null() && !(*at).is_null() {
            all.push(C::to_os(units(*at)));
            at = at.add(1);
        }
    }
    all
}

/// Takes the place of the calling program.
fn overlay(plan: &Start) -> Win32Error {
    let text = |text: &OsString| CString::new(text.as_bytes()).unwrap_or_default();
    let program = CString::new(plan.program.as_os_str().as_bytes()).unwrap_or_default();
    let arguments: Vec<CString> = plan.arguments.iter().map(text).collect();
    let environment: Option<Vec<CString>> = plan.environment.as_ref().map(|lines| lines.iter().map(text).collect());
    let pointers = |all: &[CString]| all.iter().map(|a| a.as_ptr()).chain([std::ptr::null()]).collect::<Vec<_>>();
    // SAFETY: strings, and lists of them that end with NULL.
    unsafe {
        match environment {
            Some(lines) => libc::execve(program.as_ptr(), pointers(&arguments).as_ptr(), pointers(&lines).as_ptr()),
            None => libc::execv(program.as_ptr(), pointers(&arguments).as_ptr()),
        }
    };
    crate::processenv::from_io(&std::io::Error::last_os_error())
}

/// # Safety
/// Pointers are as for the C functions.
unsafe fn spawn<C: Unit>(
    mode: c_int,
    path: *const C,
    arguments: *const *const C,
    environment: *const *const C,
    search: bool,
) -> Result<isize, Win32Error> {
    if path.is_null() || arguments.is_null() || !(P_WAIT..=P_DETACH).contains(&mode) {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    // SAFETY: not NULL, and the caller vouches for all of them.
    let (name, arguments, environment) = unsafe {
        let environment = (!environment.is_null()).then(|| list(environment));
        (C::to_os(units(path)), list(arguments), environment)
    };
    let joined = arguments.iter().map(|argument| argument.as_bytes()).collect::<Vec<_>>().join(&b' ');
    let found = if search { program::search(system()?, &name)? } else { program::by_name(system()?, &name)? };
    let apart = line::split(&joined).into_iter().map(OsString::from_vec).collect();
    let mut plan = child(found, apart, joined);
    plan.environment = environment;
    super::files::ovl__flushall();
    match mode {
        P_OVERLAY => return Err(overlay(&plan)),
        P_DETACH => {
            plan.beginning = Beginning::NEW_SESSION;
            plan.standard = [const { Standard::Nothing }; 3];
        }
        _ => {}
    }
    let process = start(system()?, plan)?;
    match mode {
        P_WAIT => Ok(wait(&process)?.cast_signed() as isize),
        P_NOWAIT | P_NOWAITO => {
            let access = AccessMask::from_bits_retain(ALL_ACCESS);
            Ok(system()?.insert(Object::Process(process), access)?.into_raw() as isize)
        }
        _ => Ok(0),
    }
}

macro_rules! spawns {
    ($($(#[$doc:meta])* $name:ident $unit:ident $search:literal;)*) => {
        $(
            $(#[$doc])*
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $name(
                mode: c_int,
                path: *const $unit,
                arguments: *const *const $unit,
                environment: *const *const $unit,
            ) -> isize {
                // SAFETY: the caller's promise.
                or_errno(|| unsafe { spawn(mode, path, arguments, environment, $search) })
            }
        )*
    };
}

spawns! {
    /// _spawnve: the exit code with _P_WAIT, a handle with _P_NOWAIT; −1 with errno. The environment may be NULL: the caller's own.
    ovl__spawnve u8 false;
    /// _spawnvpe: as [`ovl__spawnve`], looked for where programs are.
    ovl__spawnvpe u8 true;
    /// _wspawnve.
    ovl__wspawnve u16 false;
    /// _wspawnvpe.
    ovl__wspawnvpe u16 true;
}

/// _cwait: the number of the process, after its end; −1 and ECHILD for what is no process. The handle is closed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl__cwait(status: *mut c_int, process: isize, _action: c_int) -> isize {
    or_errno(|| {
        let raw = process as RawHandle;
        let process = visible(raw)?;
        let code = wait(&process)?;
        if !status.is_null() {
            // SAFETY: not NULL, and the caller vouches for it.
            unsafe { status.write(code.cast_signed()) };
        }
        system()?.close(handle(raw)?)?;
        Ok(process.id() as isize)
    })
}

/// What a command of the shell that is here ends with; `None` if it could not run.
pub(crate) fn shell(command: &OsStr) -> Option<c_int> {
    let arguments = vec!["sh".into(), "-c".into(), command.to_owned()];
    let line = line::join(["sh", "-c"].map(str::as_bytes).into_iter().chain([command.as_bytes()]));
    let process = start(system().ok()?, child("/bin/sh".into(), arguments, line)).ok()?;
    wait(&process).ok().map(u32::cast_signed)
}
