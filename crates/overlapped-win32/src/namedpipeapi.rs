//! `namedpipeapi.h`: named and anonymous pipes, with their relatives of `winbase.h` (contract 07 §1 to §3).

use crate::arguments::{checked_input, grant, name, output, pair, store, store_if_wanted};
use crate::probe;
use crate::support::{
    Bool, FALSE, INVALID_HANDLE_VALUE, RawHandle, TRUE, event_of, fail, files, guard, guard_bool, guard_or,
    set_last_error, system,
};
use crate::synchapi::inherits;
use crate::sysinfoapi::user_name;
use crate::text::{Unit, put};
use overlapped_abi::{Overlapped, SecurityAttributes, Win32Error};
use overlapped_devices::pipe::{self, NewPipe, PipeDriver};
use overlapped_devices::socket::Overlap;
use overlapped_kernel::request::{Buffer, Completion, Route};
use overlapped_kernel::road::{Failure, Reply, Report};
use overlapped_kernel::system::{Grant, Open};
use std::ffi::c_void;
use std::ptr::NonNull;

fn pipes() -> &'static PipeDriver {
    overlapped::default_pipes()
}

pair! {
    /// CreateNamedPipe: an instance of a pipe, which listens.
    fn ovl_CreateNamedPipeA ovl_CreateNamedPipeW(
        text: *const C,
        open_mode: u32,
        pipe_mode: u32,
        instances: u32,
        out_bytes: u32,
        in_bytes: u32,
        timeout: u32,
        attributes: *const SecurityAttributes,
    ) -> RawHandle {
        guard_or(INVALID_HANDLE_VALUE, || {
            let new = NewPipe { open_mode, pipe_mode, instances, out_bytes, in_bytes, timeout };
            // SAFETY: the caller's promise.
            let name = unsafe { name(text) }?;
            let Open { handle, .. } = pipes().create(system()?, &name, &new)?;
            // SAFETY: the caller's promise.
            let inherit = unsafe { inherits(attributes) };
            system()?.set_handle_flags(handle, inherit, inherit)?;
            set_last_error(0);
            Ok(handle.into_raw())
        })
    }
}

/// CreatePipe.
///
/// # Safety
/// `reader` and `writer` are NULL or writable, `attributes` NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_CreatePipe(
    reader: *mut RawHandle,
    writer: *mut RawHandle,
    attributes: *const SecurityAttributes,
    bytes: u32,
) -> Bool {
    guard_bool(|| {
        if reader.is_null() || writer.is_null() {
            return Err(Win32Error::NOACCESS);
        }
        let system = system()?;
        // SAFETY: the caller's promise.
        let inherit = unsafe { inherits(attributes) };
        if !inherit.is_empty() {
            // For a child it has to be one of Linux.
            let [read, write] = files().anonymous_pipe(system, bytes, inherit)?;
            // SAFETY: not NULL, and the caller vouches for them.
            return unsafe { store(reader, read.into_raw()).and_then(|()| store(writer, write.into_raw())) };
        }
        let (read, write) = pipes().anonymous(system, bytes)?;
        for (end, to) in [(read, reader), (write, writer)] {
            system.set_handle_flags(end.handle, inherit, inherit)?;
            // SAFETY: not NULL, and the caller vouches for it.
            unsafe { store(to, end.handle.into_raw()) }?;
        }
        Ok(())
    })
}

/// What the OVERLAPPED says of who is told; nothing without one.
///
/// # Safety
/// `overlapped` is NULL or valid.
unsafe fn overlap(overlapped: *mut Overlapped) -> Result<Option<Overlap>, Win32Error> {
    let Some(overlapped) = NonNull::new(overlapped) else { return Ok(None) };
    // SAFETY: not NULL, and the caller vouches for it.
    let raw_event = unsafe { overlapped.as_ref() }.h_event;
    let route = Route { event: event_of(raw_event)?, packet: raw_event & 1 == 0, routine: None };
    Ok(Some(Overlap { route, overlapped: Some(overlapped), payload: None, report: Report::AtOnce }))
}

/// The outcome of a call: 997 while it is on its way.
fn outcome(reply: Result<Reply, Failure>) -> Result<Completion, Win32Error> {
    match reply {
        Ok(Reply::Done(_, completion)) => Ok(completion),
        Ok(Reply::Pending(_)) => Err(Win32Error::IO_PENDING),
        Err(failure) => Err(failure.status.to_win32()),
    }
}

/// ConnectNamedPipe.
///
/// # Safety
/// `overlapped` is NULL or valid until the request is complete.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ConnectNamedPipe(pipe: RawHandle, overlapped: *mut Overlapped) -> Bool {
    guard_bool(|| {
        let grant = grant(pipe)?;
        // SAFETY: the caller's promise.
        outcome(unsafe { pipe::connect(&grant, overlap(overlapped)?) }).map(drop)
    })
}

/// DisconnectNamedPipe.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_DisconnectNamedPipe(pipe: RawHandle) -> Bool {
    guard_bool(|| pipe::disconnect(&grant(pipe)?))
}

pair! {
    /// WaitNamedPipe.
    fn ovl_WaitNamedPipeA ovl_WaitNamedPipeW(text: *const C, milliseconds: u32) -> Bool {
        // SAFETY: the caller's promise.
        guard_bool(|| pipes().wait(system()?, &unsafe { name(text) }?, milliseconds))
    }
}

/// PeekNamedPipe.
///
/// # Safety
/// `to` is NULL or writable for `room` bytes; the others are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_PeekNamedPipe(
    pipe: RawHandle,
    to: *mut c_void,
    room: u32,
    done: *mut u32,
    available: *mut u32,
    left: *mut u32,
) -> Bool {
    guard_bool(|| {
        let room = if to.is_null() { 0 } else { room };
        let seen = pipe::peek(&grant(pipe)?, room as usize)?;
        // SAFETY: the caller's promise; the copy keeps to the room.
        unsafe {
            output(&seen.data, to)?;
            store_if_wanted(done, seen.data.len() as u32);
            store_if_wanted(available, seen.available as u32);
            store_if_wanted(left, seen.left_as_told());
        }
        Ok(())
    })
}

/// TransactNamedPipe.
///
/// # Safety
/// `from` is NULL or readable for its length, `to` NULL or writable for its own until the request is complete, `done` NULL or writable, and
/// `overlapped` NULL or valid until the request is complete.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_TransactNamedPipe(
    pipe: RawHandle,
    from: *const c_void,
    from_bytes: u32,
    to: *mut c_void,
    to_bytes: u32,
    done: *mut u32,
    overlapped: *mut Overlapped,
) -> Bool {
    guard(FALSE, || {
        if done.is_null() && overlapped.is_null() {
            return fail(Win32Error::NOACCESS, FALSE);
        }
        // SAFETY: the caller's promise.
        unsafe { store_if_wanted(done, 0) };
        let issue = || {
            let grant = grant(pipe)?;
            if to_bytes > 0 && !probe::writable(to as usize, to_bytes as usize) {
                return Err(Win32Error::NOACCESS);
            }
            let answer = Buffer { start: to.cast(), len: to_bytes as usize };
            // SAFETY: the caller's promise.
            outcome(unsafe { pipe::transact(&grant, checked_input(from, from_bytes)?, answer, overlap(overlapped)?) })
        };
        // SAFETY: the caller's promise.
        unsafe { told(issue(), done) }
    })
}

/// TRUE, or FALSE with the error or warning; and the count.
///
/// # Safety
/// `done` is NULL or writable.
unsafe fn told(outcome: Result<Completion, Win32Error>, done: *mut u32) -> Bool {
    match outcome {
        Ok(Completion { status, bytes }) => {
            // SAFETY: the caller's promise.
            unsafe { store_if_wanted(done, bytes as u32) };
            if status.is_success() { TRUE } else { fail(status.to_win32(), FALSE) }
        }
        Err(error) => fail(error, FALSE),
    }
}

pair! {
    /// CallNamedPipe.
    fn ovl_CallNamedPipeA ovl_CallNamedPipeW(
        text: *const C,
        from: *const c_void,
        from_bytes: u32,
        to: *mut c_void,
        to_bytes: u32,
        done: *mut u32,
        milliseconds: u32,
    ) -> Bool {
        guard(FALSE, || {
            if done.is_null() {
                return fail(Win32Error::NOACCESS, FALSE);
            }
            let call = || {
                if to_bytes > 0 && !probe::writable(to as usize, to_bytes as usize) {
                    return Err(Win32Error::NOACCESS);
                }
                let answer = match to_bytes {
                    0 => &mut [][..],
                    // SAFETY: writable, as was just seen, and the caller vouches for nobody else using it.
                    bytes => unsafe { std::slice::from_raw_parts_mut(to.cast(), bytes as usize) },
                };
                // SAFETY: the caller's promise.
                let (name, message) = unsafe { (name(text)?, checked_input(from, from_bytes)?) };
                pipes().call(system()?, &name, message, answer, milliseconds)
            };
            // SAFETY: the caller's promise.
            unsafe { told(call(), done) }
        })
    }
}

/// SetNamedPipeHandleState. The last two are for clients on other computers only (87).
///
/// # Safety
/// The pointers are NULL or readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_SetNamedPipeHandleState(
    pipe: RawHandle,
    mode: *const u32,
    collect: *const u32,
    timeout: *const u32,
) -> Bool {
    guard_bool(|| {
        let grant = grant(pipe)?;
        if !collect.is_null() || !timeout.is_null() {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        // SAFETY: the caller vouches for it.
        match unsafe { mode.as_ref() } {
            Some(mode) => pipe::set_mode(&grant, *mode),
            None => pipe::info(&grant).map(drop),
        }
    })
}

/// The name of the client, with its end, into room for so many units; 122 if that is too small.
///
/// # Safety
/// `to` has room for so many units.
unsafe fn give_user<U: Unit>(grant: &Grant, to: *mut U, room: u32) -> Result<(), Win32Error> {
    pipe::client_user(grant)?;
    let text = U::from_os(&user_name());
    if room as usize <= text.len() {
        return Err(Win32Error::INSUFFICIENT_BUFFER);
    }
    // SAFETY: it fits, as was just seen.
    unsafe { put(to, &text) };
    Ok(())
}

pair! {
    /// GetNamedPipeHandleState. What is collected is asked of clients on other computers only (87).
    fn ovl_GetNamedPipeHandleStateA ovl_GetNamedPipeHandleStateW(
        pipe: RawHandle,
        state: *mut u32,
        instances: *mut u32,
        collect: *mut u32,
        timeout: *mut u32,
        user: *mut C,
        room: u32,
    ) -> Bool {
        guard_bool(|| {
            let grant = grant(pipe)?;
            if !collect.is_null() || !timeout.is_null() {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            // Without anything to be told, only a pipe is wanted.
            let asks = !state.is_null() || !instances.is_null();
            let info = if asks { pipe::query(&grant)? } else { pipe::info(&grant)? };
            if !user.is_null() {
                // SAFETY: the caller's promise.
                unsafe { give_user(&grant, user, room) }?;
            }
            // SAFETY: the caller's promise.
            unsafe {
                store_if_wanted(state, info.mode);
                store_if_wanted(instances, info.instances);
            }
            Ok(())
        })
    }
}

/// GetNamedPipeInfo.
///
/// # Safety
/// The pointers are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetNamedPipeInfo(
    pipe: RawHandle,
    flags: *mut u32,
    out_bytes: *mut u32,
    in_bytes: *mut u32,
    instances: *mut u32,
) -> Bool {
    guard_bool(|| {
        let info = pipe::query(&grant(pipe)?)?;
        // SAFETY: the caller's promise.
        unsafe {
            store_if_wanted(flags, info.flags());
            store_if_wanted(out_bytes, info.out_bytes);
            store_if_wanted(in_bytes, info.in_bytes);
            store_if_wanted(instances, info.max_instances);
        }
        Ok(())
    })
}

/// Which number is asked for.
unsafe fn give_number(to: *mut u32, number: impl FnOnce() -> Result<u32, Win32Error>) -> Bool {
    // SAFETY: the caller's promise.
    guard_bool(|| unsafe { store(to, number()?) })
}

/// GetNamedPipeClientProcessId.
///
/// # Safety
/// `id` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetNamedPipeClientProcessId(pipe: RawHandle, id: *mut u32) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { give_number(id, || pipe::client_process(&grant(pipe)?)) }
}

/// GetNamedPipeServerProcessId.
///
/// # Safety
/// As for [`ovl_GetNamedPipeClientProcessId`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetNamedPipeServerProcessId(pipe: RawHandle, id: *mut u32) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { give_number(id, || pipe::server_process(&grant(pipe)?)) }
}

/// The session that every process is in, as ProcessIdToSessionId says.
const SESSION: u32 = 1;

/// GetNamedPipeClientSessionId.
///
/// # Safety
/// As for [`ovl_GetNamedPipeClientProcessId`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetNamedPipeClientSessionId(pipe: RawHandle, id: *mut u32) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { give_number(id, || pipe::client_process(&grant(pipe)?).map(|_| SESSION)) }
}

/// GetNamedPipeServerSessionId.
///
/// # Safety
/// As for [`ovl_GetNamedPipeClientProcessId`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetNamedPipeServerSessionId(pipe: RawHandle, id: *mut u32) -> Bool {
    // SAFETY: the caller's promise.
    unsafe { give_number(id, || pipe::server_process(&grant(pipe)?).map(|_| SESSION)) }
}

pair! {
    /// GetNamedPipeClientComputerName: FALSE/229, since every client is of this computer.
    fn ovl_GetNamedPipeClientComputerNameA ovl_GetNamedPipeClientComputerNameW(
        pipe: RawHandle,
        to: *mut C,
        bytes: u32,
    ) -> Bool {
        let _ = (to, bytes);
        guard_bool(|| pipe::client_process(&grant(pipe)?).and(Err(Win32Error::PIPE_LOCAL)))
    }
}

/// ImpersonateNamedPipeClient: checked, and remembered for GetNamedPipeHandleState; the thread goes on with the rights that it has.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_ImpersonateNamedPipeClient(pipe: RawHandle) -> Bool {
    guard_bool(|| pipe::impersonate(&grant(pipe)?))
}

/// RevertToSelf.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_RevertToSelf() -> Bool {
    TRUE
}

/// The control codes of pipes, if it is one of them (contract 01 §6): the outcome that DeviceIoControl is to answer.
///
/// # Safety
/// As for DeviceIoControl.
pub(crate) unsafe fn control(
    device: RawHandle,
    code: u32,
    input: (*const c_void, u32),
    to: (*mut c_void, u32),
    returned: *mut u32,
    overlapped: *mut Overlapped,
) -> Option<Bool> {
    use overlapped_abi::constants::ioctl::{FSCTL_PIPE_LISTEN, FSCTL_PIPE_TRANSCEIVE, FSCTL_PIPE_WAIT};
    Some(match code {
        // SAFETY: the caller's promise.
        FSCTL_PIPE_LISTEN => unsafe { ovl_ConnectNamedPipe(device, overlapped) },
        FSCTL_PIPE_TRANSCEIVE => {
            let mut bytes = 0;
            let done = if returned.is_null() { &raw mut bytes } else { returned };
            // SAFETY: the caller's promise.
            unsafe { ovl_TransactNamedPipe(device, input.0, input.1, to.0, to.1, done, overlapped) }
        }
        FSCTL_PIPE_WAIT => guard_bool(|| {
            // SAFETY: the caller's promise.
            let input = unsafe { checked_input(input.0, input.1) }?;
            pipe::wait_as_asked(&grant(device)?, input)
        }),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use overlapped_abi::Status;

    #[test]
    fn a_warning_is_told_with_its_count() {
        let mut done = 7;
        let cut = Completion { status: Status::BUFFER_OVERFLOW, bytes: 3 };
        // SAFETY: a place of our own.
        assert_eq!((unsafe { told(Ok(cut), &raw mut done) }, done), (FALSE, 3));
        // SAFETY: as above.
        assert_eq!((unsafe { told(Err(Win32Error::IO_PENDING), &raw mut done) }, done), (FALSE, 3));
    }
}
