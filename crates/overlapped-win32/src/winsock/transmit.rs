//! TransmitFile and TransmitPackets (contract 08 section 6.4). How much goes at once is Linux' choice, whatever the caller says.

use super::extensions::{bool_call, counted};
use super::overlap::{given, overlap};
use super::{Outcome, check_optional, check_readable, socket};
use crate::support::{Bool, RawHandle, handle, system};
use overlapped_abi::constants::socket::{
    TF_DISCONNECT, TF_REUSE_SOCKET, TF_USE_KERNEL_APC, TF_USE_SYSTEM_THREAD, TF_WRITE_BEHIND, TP_ELEMENT_EOP,
    TP_ELEMENT_FILE, TP_ELEMENT_MEMORY,
};
use overlapped_abi::{AccessMask, Overlapped, TransmitFileBuffers, TransmitPacketsElement, WsaError};
use overlapped_devices::socket::{Element, Socket, Transmit};
use overlapped_kernel::request::Buffer;
use std::ptr::null_mut;

/// The most that one call sends: 2^31 - 2 bytes.
const MOST: u32 = 0x7FFF_FFFE;
const FLAGS: u32 = TF_DISCONNECT | TF_REUSE_SOCKET | TF_WRITE_BEHIND | TF_USE_SYSTEM_THREAD | TF_USE_KERNEL_APC;

/// Memory to send, if there is any; 10014 for what is no memory.
fn memory(start: usize, len: u32) -> Outcome<Option<Element>> {
    match (start, len) {
        (_, 0) => Ok(None),
        (0, _) => Err(WsaError::EFAULT),
        (start, len) => {
            check_readable(start as *const u8, len as usize)?;
            Ok(Some(Element::Memory(Buffer { start: start as *mut u8, len: len as usize })))
        }
    }
}

/// A part of a file; 6 for what is no file, 10013 without the right to read it. Without an offset it starts at the file pointer, which moves.
fn file(raw: RawHandle, offset: Option<u64>, len: u32) -> Outcome<Element> {
    let bad = |_| WsaError::INVALID_HANDLE;
    let grant = system().and_then(|system| system.grant(handle(raw)?)).map_err(bad)?;
    if !grant.access.contains(AccessMask::READ_DATA) {
        return Err(WsaError::EACCES);
    }
    Ok(Element::File { file: grant.instance, offset, len: u64::from(len) })
}

/// # Safety
/// The elements' memory and the OVERLAPPED are valid until completion.
unsafe fn transmit(socket: &Socket, elements: &[Element], overlapped: *mut Overlapped, flags: u32) -> Outcome<()> {
    if flags & !FLAGS != 0 {
        return Err(WsaError::EINVAL);
    }
    let what = Transmit { elements, disconnect: flags & TF_DISCONNECT != 0, reuse: flags & TF_REUSE_SOCKET != 0 };
    match given(overlapped)? {
        // SAFETY: the caller's promise.
        None => unsafe { socket.transmit(what) }.map(|_| ()),
        // SAFETY: the caller's promise.
        Some(overlapped) => unsafe {
            counted(socket.transmit_overlapped(what, overlap(overlapped, None)?), null_mut())
        },
    }
}

/// TransmitFile: head, file and tail, each if there is one. From the OVERLAPPED's offset, or from the file pointer.
///
/// # Safety
/// The pointers are NULL or valid; what is sent and the OVERLAPPED until completion.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_TransmitFile(
    raw: RawHandle,
    source: RawHandle,
    len: u32,
    _per_send: u32,
    overlapped: *mut Overlapped,
    buffers: *const TransmitFileBuffers,
    flags: u32,
) -> Bool {
    bool_call(|| {
        let socket = socket::of(raw)?;
        if len > MOST {
            return Err(WsaError::EINVAL);
        }
        given(overlapped)?;
        check_optional(buffers)?;
        // SAFETY: the caller's promise.
        let (around, offset) = unsafe { (buffers.as_ref(), overlapped.as_ref().map(Overlapped::start)) };
        let mut elements = Vec::with_capacity(3);
        if let Some(around) = around {
            elements.extend(memory(around.head, around.head_length)?);
        }
        if source != 0 {
            elements.push(file(source, offset, len)?);
        }
        if let Some(around) = around {
            elements.extend(memory(around.tail, around.tail_length)?);
        }
        // SAFETY: the caller's promise.
        unsafe { transmit(&socket, &elements, overlapped, flags) }
    })
}

/// An element of the list; 10022 if it is neither memory nor a file.
fn element(one: &TransmitPacketsElement) -> Outcome<Option<Element>> {
    match one.flags & !TP_ELEMENT_EOP {
        TP_ELEMENT_MEMORY => memory(one.file_offset_or_buffer as usize, one.length),
        TP_ELEMENT_FILE => {
            // -1 is the file pointer.
            let offset = u64::try_from(one.file_offset_or_buffer).ok();
            file(one.file, offset, one.length).map(Some)
        }
        _ => Err(WsaError::EINVAL),
    }
}

/// TransmitPackets. Its pointer comes from WSAIoctl.
///
/// # Safety
/// As for [`ovl_TransmitFile`]; the list has `count` elements.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_TransmitPackets(
    raw: RawHandle,
    list: *const TransmitPacketsElement,
    count: u32,
    _per_send: u32,
    overlapped: *mut Overlapped,
    flags: u32,
) -> Bool {
    bool_call(|| {
        let socket = socket::of(raw)?;
        let mut elements = Vec::new();
        if count > 0 {
            check_readable(list, (count as usize).saturating_mul(size_of::<TransmitPacketsElement>()))?;
            // SAFETY: readable, as was just seen.
            for one in unsafe { std::slice::from_raw_parts(list, count as usize) } {
                elements.extend(element(one)?);
            }
        }
        // SAFETY: the caller's promise.
        unsafe { transmit(&socket, &elements, overlapped, flags) }
    })
}
