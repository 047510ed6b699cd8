//! Addresses as text: inet_addr, inet_ntoa, InetPton and InetNtop. No address of another form gets past libc's own parsers,
//! which agree with Windows' in all but the number of IPv6's family. What is printed does not agree: Windows ends more addresses with
//! the four numbers of an IPv4 address.

use super::record::answer;
use super::{Outcome, quietly};
use crate::arguments::pair;
use crate::support::guard;
use crate::text::{self, Unit};
use overlapped_abi::WsaError;
use overlapped_abi::constants::socket::{AF_INET, AF_INET6};
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::fmt::Write;
use std::net::Ipv4Addr;

unsafe extern "C" {
    fn inet_aton(text: *const c_char, to: *mut u32) -> c_int;
    fn inet_pton(family: c_int, text: *const c_char, to: *mut c_void) -> c_int;
}

/// INADDR_NONE.
const INADDR_NONE: u32 = u32::MAX;
/// STATUS_INVALID_PARAMETER, which InetNtop leaves as the code when it has nowhere to put the text.
const ROOM: WsaError = WsaError::INVALID_PARAMETER;

/// The address of Linux' family for one of Windows'.
fn linux_family(family: i32) -> Outcome<c_int> {
    match family {
        AF_INET => Ok(libc::AF_INET),
        AF_INET6 => Ok(libc::AF_INET6),
        _ => Err(WsaError::EAFNOSUPPORT),
    }
}

/// An IPv4 address with one to four parts, decimal, octal or hexadecimal; what follows a blank does not matter.
pub(crate) fn parse_loose(text: &CStr) -> Option<u32> {
    let mut address = 0;
    // SAFETY: a string and a place for its address.
    (unsafe { inet_aton(text.as_ptr(), &raw mut address) } != 0).then_some(address)
}

/// An address of the family, `None` if the text is not one. Four or sixteen bytes.
pub(crate) fn parse(family: i32, text: &CStr) -> Outcome<Option<Vec<u8>>> {
    let family = linux_family(family)?;
    let mut address = [0u8; 16];
    // SAFETY: the place is long enough for both families.
    let parsed = unsafe { inet_pton(family, text.as_ptr(), address.as_mut_ptr().cast()) } == 1;
    Ok(parsed.then(|| address[..if family == libc::AF_INET { 4 } else { 16 }].to_vec()))
}

/// Does Windows print the end as an IPv4 address? Where that is how the address was made: mapped, compatible and translated ones, unless
/// the IPv4 address begins with two zeros, and ISATAP's.
fn ends_with_four_numbers(groups: [u16; 8]) -> bool {
    let [.., four, five, six, _] = groups;
    let made = [(0, 0), (0, 0xFFFF), (0xFFFF, 0)].contains(&(four, five));
    made && six != 0 && groups[..4] == [0; 4] || five == 0x5EFE && four & !0x200 == 0
}

/// An IPv6 address: the first longest run of zero groups, if it has two, as `::`.
pub(crate) fn six_to_text(address: [u8; 16]) -> String {
    let groups: [u16; 8] = std::array::from_fn(|at| u16::from_be_bytes([address[2 * at], address[2 * at + 1]]));
    let four = ends_with_four_numbers(groups);
    let count = if four { 6 } else { 8 };
    let mut longest = 0..0;
    let mut at = 0;
    while at < count {
        let zeros = groups[at..count].iter().take_while(|group| **group == 0).count();
        if zeros > longest.len().max(1) {
            longest = at..at + zeros;
        }
        at += zeros.max(1);
    }
    let mut text = String::new();
    for (at, group) in groups[..count].iter().enumerate() {
        if longest.contains(&at) {
            if at == longest.start {
                text += "::";
            }
            continue;
        }
        if !text.is_empty() && !text.ends_with(':') {
            text.push(':');
        }
        // Writing to a string cannot fail.
        let _ = write!(text, "{group:x}");
    }
    if four {
        if !text.ends_with(':') {
            text.push(':');
        }
        let _ = write!(text, "{}", Ipv4Addr::new(address[12], address[13], address[14], address[15]));
    }
    text
}

/// # Safety
/// `from` points to an address of the family.
pub(crate) unsafe fn print(family: i32, from: *const c_void) -> Outcome<String> {
    match family {
        // SAFETY: the caller vouches for four bytes.
        AF_INET => Ok(Ipv4Addr::from(unsafe { from.cast::<[u8; 4]>().read_unaligned() }).to_string()),
        // SAFETY: the caller vouches for sixteen bytes.
        AF_INET6 => Ok(six_to_text(unsafe { from.cast::<[u8; 16]>().read_unaligned() })),
        _ => Err(WsaError::EAFNOSUPPORT),
    }
}

/// inet_addr: INADDR_NONE for what is no address, and for 255.255.255.255. A single blank is 0.0.0.0, as in Windows.
///
/// # Safety
/// `text` is NULL or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_inet_addr(text: *const c_char) -> u32 {
    quietly(INADDR_NONE, || {
        if text.is_null() {
            return Err(WsaError::EFAULT);
        }
        // SAFETY: not NULL, and the caller vouches for it.
        let text = unsafe { CStr::from_ptr(text) };
        Ok(if text == c" " { 0 } else { parse_loose(text).unwrap_or(INADDR_NONE) })
    })
}

/// inet_ntoa: the text stays until the thread's next call.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_inet_ntoa(address: u32) -> *mut c_char {
    guard(std::ptr::null_mut(), || {
        let text = std::net::Ipv4Addr::from(address.to_ne_bytes()).to_string();
        answer(
            |kept| &kept.address,
            |to| {
                // SAFETY: the room is the thread's, and the longest address has 15 bytes.
                unsafe { text::put(to.as_mut_ptr(), text.as_bytes()) };
                to.as_mut_ptr().cast()
            },
        )
    })
}

unsafe fn to_network<C: Unit>(family: i32, text: *const C, to: *mut c_void) -> Outcome<i32> {
    if text.is_null() || to.is_null() {
        return Err(WsaError::EFAULT);
    }
    // SAFETY: not NULL, and the caller vouches for it.
    let text = C::to_os(unsafe { text::units(text) });
    let text = CString::new(text.into_encoded_bytes()).map_err(|_| WsaError::EINVAL)?;
    let Some(address) = parse(family, &text)? else {
        return Ok(0);
    };
    // SAFETY: not NULL, and the caller vouches for room for an address of the family.
    unsafe { std::ptr::copy_nonoverlapping(address.as_ptr(), to.cast(), address.len()) };
    Ok(1)
}

pair! {
    /// InetPton: 1, 0 if the text is no such address, -1 with a code.
    fn ovl_inet_pton ovl_InetPtonW(family: i32, text: *const C, to: *mut c_void) -> i32 {
        // SAFETY: the caller's promise.
        quietly(-1, || unsafe { to_network(family, text, to) })
    }
}

unsafe fn to_text<C: Unit>(family: i32, from: *const c_void, to: *mut C, room: usize) -> Outcome<*const C> {
    linux_family(family)?;
    if from.is_null() || to.is_null() {
        return Err(ROOM);
    }
    // SAFETY: not NULL, and the caller vouches for it.
    let text = text::of::<C>(&unsafe { print(family, from) }?);
    if text.len() >= room {
        return Err(ROOM);
    }
    // SAFETY: it fits, by the comparison above.
    unsafe { text::put(to, &text) };
    Ok(to)
}

pair! {
    /// InetNtop: the buffer, or NULL with 87 if it is too small.
    fn ovl_inet_ntop ovl_InetNtopW(family: i32, from: *const c_void, to: *mut C, room: usize) -> *const C {
        // SAFETY: the caller's promise.
        quietly(std::ptr::null(), || unsafe { to_text(family, from, to, room) })
    }
}
