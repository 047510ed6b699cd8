//! WSADuplicateSocket (contract 08 section 1): the description of a socket, by which this or another process gets it once.
//!
//! The ticket travels in the part of `szProtocol` behind the protocol's name and its zero, so that it survives whatever way the
//! structure is handed over; `dwProviderReserved` says that there is one.

use super::layout::ProtocolInfo;
use super::socket::{of, system_of_sockets};
use super::{Outcome, check_writable, numbers, options, protocols, status};
use crate::arguments::pair;
use crate::support::{RawHandle, handle};
use crate::text::Unit;
use overlapped_abi::WsaError;
use overlapped_devices::socket;

/// FROM_PROTOCOL_INFO: the argument is in the structure.
pub(crate) const FROM_INFO: i32 = -1;
/// Where the ticket starts, and how long it may be.
const PLACE: usize = 128;
const LONGEST: usize = 256 - PLACE - 1;
/// `dwProviderReserved` of a structure with a ticket: "ovl" and its length.
const MARK: u32 = 0x6F76_6C00;

/// The ticket in a structure, if it has one.
pub(crate) fn ticket<C: Copy + Into<u32>>(info: &ProtocolInfo<C>) -> Option<Vec<u8>> {
    let len = (info.reserved & 0xFF) as usize;
    if info.reserved & !0xFF != MARK || len > LONGEST {
        return None;
    }
    Some(info.name[PLACE..PLACE + len].iter().map(|&unit| unit.into() as u8).collect())
}

/// The socket that a ticket is for; 10022 if it was used before.
pub(crate) fn redeem(ticket: &[u8], overlapped: bool) -> Outcome<RawHandle> {
    let (new, _) = socket::import(system_of_sockets()?, ticket, Some(overlapped))?;
    let raw = new.into_raw();
    options::set_inherit(raw, true)?;
    Ok(raw)
}

/// Is there a process with this number?
fn exists(process: u32) -> bool {
    let Some(number) = i32::try_from(process).ok().filter(|number| *number > 0) else { return false };
    // SAFETY: no signal is sent.
    let found = unsafe { libc::kill(number, 0) } == 0;
    found || std::io::Error::last_os_error().raw_os_error() == Some(libc::EPERM)
}

/// # Safety
/// `to` is NULL or writable.
unsafe fn describe<C: Unit>(raw: RawHandle, process: u32, to: *mut ProtocolInfo<C>) -> Outcome<()> {
    let target = of(raw)?;
    check_writable(to, size_of::<ProtocolInfo<C>>())?;
    if !exists(process) {
        return Err(WsaError::EINVAL);
    }
    let family = numbers::windows_family(target.family());
    let known = protocols::info::<C>(family, target.kind(), target.protocol());
    // A type that is not in the list: described by the protocol next to it.
    let mut info = known.or_else(|| protocols::info(family, 1, 0)).ok_or(WsaError::EINVAL)?;
    (info.socktype, info.protocol) = (target.kind(), target.protocol());
    let ticket = socket::export(system_of_sockets()?, handle(raw).map_err(|_| WsaError::ENOTSOCK)?)?;
    let bytes = ticket.as_ref();
    let place = info.name[PLACE..].get_mut(..bytes.len()).filter(|_| bytes.len() <= LONGEST);
    for (unit, &byte) in place.ok_or(WsaError::ENOBUFS)?.iter_mut().zip(bytes) {
        *unit = C::from(byte);
    }
    info.reserved = MARK | bytes.len() as u32;
    // SAFETY: writable, as was seen.
    unsafe { to.write(info) };
    Ok(())
}

pair! {
    /// WSADuplicateSocket: for the process with this number, which need not be another one. 10022 if there is none, 10014 without
    /// a place for the description.
    fn ovl_WSADuplicateSocketA ovl_WSADuplicateSocketW(raw: RawHandle, process: u32, to: *mut ProtocolInfo<C>) -> i32 {
        // SAFETY: the caller's promise.
        status(|| unsafe { describe(raw, process, to) })
    }
}
