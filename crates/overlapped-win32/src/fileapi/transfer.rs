//! ReadFile, WriteFile and their relatives (contract 03 section 1, 05 section 2).

use crate::callbacks::{inside, unwinding};
use crate::probe;
use crate::support::{Bool, FALSE, RawHandle, TRUE, event_of, fail, guard, guard_bool, system};
use overlapped_abi::{Overlapped, Status, Win32Error};
use overlapped_kernel::clock::Timeout;
use overlapped_kernel::request::{Buffer, Completion, Function, Route, Routine};
use overlapped_kernel::road::{Place, Refused, Reply, Report, Transfer, permit};
use overlapped_kernel::system::Grant;
use overlapped_kernel::wait;
use std::ffi::c_void;
use std::ptr::NonNull;

/// LPOVERLAPPED_COMPLETION_ROUTINE.
pub type CompletionRoutine = Option<unsafe extern "C" fn(u32, u32, *mut Overlapped)>;

/// A ReadFile or WriteFile.
struct Call {
    function: Function,
    file: RawHandle,
    buffer: *mut u8,
    len: u32,
    count: *mut u32,
    overlapped: *mut Overlapped,
}

/// ReadFile.
///
/// # Safety
/// The buffer is writable for `len` bytes, `count` NULL or writable, and `overlapped` NULL or valid; buffer and `overlapped` until
/// the request is complete.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ReadFile(
    file: RawHandle,
    buffer: *mut c_void,
    len: u32,
    count: *mut u32,
    overlapped: *mut Overlapped,
) -> Bool {
    let call = Call { function: Function::Read, file, buffer: buffer.cast(), len, count, overlapped };
    // SAFETY: the caller's promise.
    guard(FALSE, || unsafe { call.run() })
}

/// WriteFile.
///
/// # Safety
/// As for [`ovl_ReadFile`]; the buffer is only read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WriteFile(
    file: RawHandle,
    buffer: *const c_void,
    len: u32,
    count: *mut u32,
    overlapped: *mut Overlapped,
) -> Bool {
    let call = Call { function: Function::Write, file, buffer: buffer.cast_mut().cast(), len, count, overlapped };
    // SAFETY: the caller's promise.
    guard(FALSE, || unsafe { call.run() })
}

impl Call {
    /// # Safety
    /// That of [`ovl_ReadFile`].
    unsafe fn run(self) -> Bool {
        if !self.count.is_null() {
            // SAFETY: not NULL, and the caller vouches for it. Zero before any check (contract 02 section 13).
            unsafe { self.count.write(0) };
        } else if self.overlapped.is_null() {
            return fail(self.without_a_count(), FALSE);
        }
        // SAFETY: the caller's promise.
        match unsafe { self.issue() } {
            Ok(Some(completion)) => {
                if !self.count.is_null() {
                    // SAFETY: as above.
                    unsafe { self.count.write(completion.bytes as u32) };
                }
                answer(completion.status)
            }
            Ok(None) => fail(Win32Error::IO_PENDING, FALSE),
            Err(error) => fail(error, FALSE),
        }
    }

    /// Neither a count nor an OVERLAPPED: the handle, its rights and the missing OVERLAPPED come before memory (contract 02 section 13).
    fn without_a_count(&self) -> Win32Error {
        let checked = || {
            let grant = system()?.grant(crate::support::handle(self.file)?)?;
            permit(self.function, grant.access)?;
            let instance = &grant.instance;
            let needed = instance.is_overlapped() && instance.device().requires_overlapped();
            Ok(if needed { Win32Error::INVALID_PARAMETER } else { Win32Error::NOACCESS })
        };
        checked().unwrap_or_else(|error| error)
    }

    /// The outcome if the call has one, `None` if it is pending.
    unsafe fn issue(&self) -> Result<Option<Completion>, Win32Error> {
        let grant = system()?.grant(crate::support::handle(self.file)?)?;
        let Some(overlapped) = NonNull::new(self.overlapped) else {
            // SAFETY: the caller's promise.
            return unsafe { self.plain(&grant) }.map(Some);
        };
        // The rights come before the event.
        permit(self.function, grant.access)?;
        // SAFETY: the caller vouches for the OVERLAPPED.
        let (offset, raw_event) = unsafe { (overlapped.as_ref().start(), overlapped.as_ref().h_event) };
        let route = Route { event: event_of(raw_event)?, packet: raw_event & 1 == 0, routine: None };
        let transfer = Transfer {
            function: self.function,
            buffer: Buffer { start: self.buffer, len: self.len as usize },
            place: Place::Offset(offset),
            route,
            overlapped: Some(overlapped),
            payload: None,
            report: report(&grant),
            probe: Some(probe::usable),
        };
        // SAFETY: the caller's promise.
        match unsafe { grant.instance.transfer_detached(grant.access, transfer) } {
            Ok(done) => Ok(done.map(|done| done.completion)),
            Err(refused) => Err(refused.error),
        }
    }

    /// Without an OVERLAPPED: synchronous, also on the overlapped devices that allow it (contract 03 section 1).
    unsafe fn plain(&self, grant: &Grant) -> Result<Completion, Win32Error> {
        let transfer = Transfer {
            function: self.function,
            buffer: Buffer { start: self.buffer, len: self.len as usize },
            place: Place::Pointer,
            route: Route::default(),
            overlapped: None,
            payload: None,
            report: Report::AtOnce,
            probe: Some(probe::usable),
        };
        // SAFETY: the caller's promise.
        match unsafe { grant.instance.transfer(grant.access, transfer) } {
            Ok(Reply::Done(_, completion)) => Ok(completion),
            Ok(Reply::Pending(request)) => {
                let done = request.done();
                wait::wait_any(grant.instance.idle(), &[done], Timeout::Infinite, false)?;
                request.completion().ok_or(Win32Error::IO_INCOMPLETE)
            }
            Err(Refused { error, .. }) => Err(error),
        }
    }
}

/// Overlapped requests on disk files say pending even if they are done (decision D4).
fn report(grant: &Grant) -> Report {
    if grant.instance.device().pends_always() { Report::AsPending } else { Report::AtOnce }
}

fn answer(status: Status) -> Bool {
    if status == Status::ALERTED {
        // Ctrl+C has ended a read of the console (contract 09 section 4).
        return fail(Win32Error::OPERATION_ABORTED, TRUE);
    }
    if status.is_success() { TRUE } else { fail(status.to_win32(), FALSE) }
}

/// ReadFileEx (contract 05 section 2).
///
/// # Safety
/// As for [`ovl_ReadFile`], and the routine may be called once with this OVERLAPPED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ReadFileEx(
    file: RawHandle,
    buffer: *mut c_void,
    len: u32,
    overlapped: *mut Overlapped,
    routine: CompletionRoutine,
) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { alertable(Function::Read, file, buffer.cast(), len, overlapped, routine) })
}

/// WriteFileEx.
///
/// # Safety
/// As for [`ovl_ReadFileEx`]; the buffer is only read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_WriteFileEx(
    file: RawHandle,
    buffer: *const c_void,
    len: u32,
    overlapped: *mut Overlapped,
    routine: CompletionRoutine,
) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { alertable(Function::Write, file, buffer.cast_mut().cast(), len, overlapped, routine) })
}

/// A completion routine as the kernel knows it. The caller of the function that gets it vouches for it and the OVERLAPPED.
pub(super) fn routine_for(routine: CompletionRoutine, overlapped: NonNull<Overlapped>) -> Routine {
    let address = overlapped.as_ptr() as usize;
    Box::new(move |status: Status, bytes: usize| {
        let bytes = if status.is_error() { 0 } else { bytes as u32 };
        if let Some(routine) = routine {
            // SAFETY: the same function.
            let routine = unsafe { unwinding!(routine, fn(u32, u32, *mut Overlapped)) };
            // SAFETY: vouched for, and this runs once.
            inside(|| unsafe { routine(status.to_win32().0, bytes, address as *mut Overlapped) });
        }
    })
}

unsafe fn alertable(
    function: Function,
    file: RawHandle,
    start: *mut u8,
    len: u32,
    overlapped: *mut Overlapped,
    routine: CompletionRoutine,
) -> Result<(), Win32Error> {
    let grant = system()?.grant(crate::support::handle(file)?)?;
    let overlapped = NonNull::new(overlapped).ok_or(Win32Error::INVALID_PARAMETER)?;
    let transfer = Transfer {
        function,
        buffer: Buffer { start, len: len as usize },
        // SAFETY: the caller vouches for the OVERLAPPED. hEvent is the caller's own here.
        place: Place::Offset(unsafe { overlapped.as_ref() }.start()),
        route: Route { routine: Some(routine_for(routine, overlapped)), ..Route::default() },
        overlapped: Some(overlapped),
        payload: None,
        report: Report::AsPending,
        probe: Some(probe::usable),
    };
    // SAFETY: the caller's promise.
    match unsafe { grant.instance.transfer(grant.access, transfer) } {
        Ok(_) => Ok(()),
        Err(Refused { error, .. }) => Err(error),
    }
}

/// SetFileIoOverlappedRange: tells where the OVERLAPPEDs of an instance will be, so that they can be locked in memory. Only checked:
/// Linux writes nothing there by itself. 6, 87 unless the instance is overlapped, 998 for what is not memory.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_SetFileIoOverlappedRange(file: RawHandle, start: *mut u8, len: u32) -> Bool {
    guard_bool(|| {
        let grant = crate::arguments::grant(file)?;
        if !grant.instance.is_overlapped() || len == 0 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        if probe::writable(start as usize, len as usize) { Ok(()) } else { Err(Win32Error::NOACCESS) }
    })
}
