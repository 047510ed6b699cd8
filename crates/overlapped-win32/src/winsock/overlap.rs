//! Overlapped calls of sockets: what an OVERLAPPED and a completion routine make of a request, and what its outcome answers
//! (contract 08 section 4).

use super::{Outcome, check_optional, check_readable, numbers};
use crate::callbacks::{inside, unwinding};
use crate::probe;
use crate::support::event_of;
use overlapped_abi::{Overlapped, Status, WsaBuf, WsaError};
use overlapped_devices::socket::{Issued, NotIssued, Overlap};
use overlapped_kernel::request::{Buffer, Function, Route};
use overlapped_kernel::road::{Done, Report};
use std::ptr::NonNull;

/// LPWSAOVERLAPPED_COMPLETION_ROUTINE: code, bytes, the OVERLAPPED, flags.
pub type Routine = Option<unsafe extern "C" fn(u32, u32, *mut Overlapped, u32)>;

/// Who is told of the request: its routine, or hEvent and the port.
///
/// # Safety
/// The OVERLAPPED is valid until completion, and the routine may be called once with it.
#[inline]
pub(crate) unsafe fn overlap(overlapped: NonNull<Overlapped>, routine: Routine) -> Outcome<Overlap> {
    let route = match routine {
        // SAFETY: the caller's promise.
        Some(routine) => unsafe { called(overlapped, routine) },
        None => {
            // SAFETY: the caller's promise.
            let event = unsafe { overlapped.as_ref() }.h_event;
            let packet = event & 1 == 0;
            Route { event: event_of(event).map_err(|_| WsaError::INVALID_HANDLE)?, packet, routine: None }
        }
    };
    Ok(Overlap { route, overlapped: Some(overlapped), payload: None, report: Report::AtOnce })
}

/// The OVERLAPPED of a call that may come without one; 10014 for one that is no memory.
pub(crate) fn given(overlapped: *mut Overlapped) -> Outcome<Option<NonNull<Overlapped>>> {
    check_optional(overlapped)?;
    Ok(NonNull::new(overlapped))
}

/// The same for calls that want one: 87 for NULL.
pub(crate) fn wanted(overlapped: *mut Overlapped) -> Outcome<NonNull<Overlapped>> {
    given(overlapped)?.ok_or(WsaError::INVALID_PARAMETER)
}

/// # Safety
/// The routine may be called once with the OVERLAPPED.
unsafe fn called(
    overlapped: NonNull<Overlapped>,
    routine: unsafe extern "C" fn(u32, u32, *mut Overlapped, u32),
) -> Route {
    let address = overlapped.as_ptr() as usize;
    let routine = move |status: Status, bytes: usize| {
        let (code, flags) = (status.to_wsa().value(), numbers::status_flags(status));
        // SAFETY: the same function.
        let routine = unsafe { unwinding!(routine, fn(u32, u32, *mut Overlapped, u32)) };
        // SAFETY: the caller vouches for the routine and the OVERLAPPED, and this runs once.
        inside(|| unsafe { routine(code, bytes as u32, address as *mut Overlapped, flags) });
    };
    Route { routine: Some(Box::new(routine)), ..Route::default() }
}

/// What a call that has an OVERLAPPED comes to: status and bytes if it is done, 997 if it will be.
#[inline]
pub(crate) fn answer(issued: Result<Issued, NotIssued>) -> Outcome<(Status, usize)> {
    match issued {
        Ok(Issued::Done(_, completion)) => Ok((completion.status, completion.bytes)),
        Ok(Issued::Pending(_)) => Err(WsaError::IO_PENDING),
        Err(refused) => Err(refused.error),
    }
}

/// The same of a call that keeps no request.
#[inline]
pub(crate) fn outcome(issued: Result<Option<Done>, NotIssued>) -> Outcome<(Status, usize)> {
    match issued {
        Ok(Some(Done { completion, .. })) => Ok((completion.status, completion.bytes)),
        Ok(None) => Err(WsaError::IO_PENDING),
        Err(refused) => Err(refused.error),
    }
}

/// A message that came in part is received and yet a failure of the call, 10040.
#[inline]
pub(crate) fn verdict(status: Status) -> Outcome<()> {
    if status.is_success() { Ok(()) } else { Err(status.to_wsa()) }
}

/// Most calls have few buffers; no memory is asked for them.
const FEW: usize = 4;

/// The caller's buffers. The list may be gone when the call returns, so it is copied.
pub(crate) enum Buffers {
    /// In place.
    Few([Buffer; FEW], usize),
    /// More.
    Many(Vec<Buffer>),
}

impl Buffers {
    /// One buffer.
    #[inline]
    pub(crate) fn one(start: *mut u8, len: usize) -> Self {
        Self::Few([Buffer { start, len }; FEW], 1)
    }

    /// 10022 for none; 10014 if the list is no memory.
    ///
    /// # Safety
    /// `list` is NULL or has `count` readable buffers.
    #[inline]
    pub(crate) unsafe fn copied(list: *const WsaBuf, count: u32) -> Outcome<Self> {
        if list.is_null() || count == 0 {
            return Err(WsaError::EINVAL);
        }
        check_readable(list, count as usize * size_of::<WsaBuf>())?;
        // SAFETY: readable, as was just seen.
        let list = unsafe { std::slice::from_raw_parts(list, count as usize) };
        let copy = |one: &WsaBuf| Buffer { start: one.buf as *mut u8, len: one.len as usize };
        if list.len() > FEW {
            return Ok(Self::Many(list.iter().map(copy).collect()));
        }
        let mut few = [copy(&list[0]); FEW];
        for (place, one) in few.iter_mut().zip(list) {
            *place = copy(one);
        }
        Ok(Self::Few(few, list.len()))
    }

    /// 10014 unless all of it can be used for this. Linux alone transfers, so memory that is known need not be touched.
    #[inline]
    pub(crate) fn usable(self, function: Function) -> Outcome<Self> {
        let usable = self.list().iter().all(|one| match function {
            Function::Read => probe::known::writable(one.start as usize, one.len),
            _ => probe::usable(function, one),
        });
        if usable { Ok(self) } else { Err(WsaError::EFAULT) }
    }

    /// The list.
    #[inline]
    pub(crate) fn list(&self) -> &[Buffer] {
        match self {
            Self::Few(few, len) => &few[..*len],
            Self::Many(many) => many,
        }
    }
}
