//! `ip2string.h`: addresses as text and back, without Winsock.

use crate::text::{Unit, put, units_or_empty};
use crate::winsock::presentation::six_to_text;
use overlapped_abi::Status;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Writes text with a zero; where the zero is.
///
/// # Safety
/// `to` has room for it.
unsafe fn write<C: Unit>(text: &str, to: *mut C) -> *mut C {
    let units = C::from_os(text.as_ref());
    // SAFETY: the caller's promise.
    unsafe {
        put(to, &units);
        to.add(units.len())
    }
}

/// The form with a port: STATUS_INVALID_PARAMETER, with the room needed, if it does not fit.
///
/// # Safety
/// `room` is NULL or writable, and `to` has as much room as it says.
unsafe fn write_counted<C: Unit>(text: &str, to: *mut C, room: *mut u32) -> u32 {
    let units = C::from_os(text.as_ref());
    if room.is_null() {
        return Status::INVALID_PARAMETER.0;
    }
    // SAFETY: not NULL, and the caller vouches for both.
    unsafe {
        let had = room.replace(units.len() as u32 + 1);
        if to.is_null() || had as usize <= units.len() {
            return Status::INVALID_PARAMETER.0;
        }
        put(to, &units);
    }
    0
}

/// A number: decimal, octal behind 0, hexadecimal behind 0x, or, if `strict`, decimal only. With the rest.
fn number(text: &str, strict: bool) -> Option<(u32, &str)> {
    let (base, digits) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] if !strict => (16, &text[2..]),
        [b'0', b'0'..=b'7', ..] if !strict => (8, &text[1..]),
        [b'0', b'0'..=b'9', ..] => return None,
        _ => (10, text),
    };
    let end = digits.find(|c: char| !c.is_digit(base)).unwrap_or(digits.len());
    Some((u32::from_str_radix(&digits[..end], base).ok()?, &digits[end..]))
}

/// Four numbers, or, unless `strict`, fewer of which the last has all bytes that are left. With the rest.
fn four(text: &str, strict: bool) -> Option<(Ipv4Addr, &str)> {
    let (mut parts, mut rest) = (Vec::new(), text);
    loop {
        let (part, behind) = number(rest, strict)?;
        parts.push(part);
        match behind.strip_prefix('.') {
            Some(next) if parts.len() < 4 => rest = next,
            _ => {
                rest = behind;
                break;
            }
        }
    }
    if strict && parts.len() != 4 {
        return None;
    }
    let (last, first) = parts.split_last()?;
    let bits = 32 - 8 * first.len() as u32;
    if first.iter().any(|part| *part > 255) || u64::from(*last) >= 1u64 << bits {
        return None;
    }
    let high = first.iter().enumerate().fold(0, |sum, (n, part)| sum | part << (24 - 8 * n));
    Some((Ipv4Addr::from(high | last), rest))
}

/// An address of the next generation, as far as it goes.
fn six(text: &str) -> Option<(Ipv6Addr, &str)> {
    let end = text.find(|c: char| !c.is_ascii_hexdigit() && !matches!(c, ':' | '.')).unwrap_or(text.len());
    (1..=end).rev().find_map(|end| Some((text[..end].parse().ok()?, &text[end..])))
}

/// A port behind a colon, in the order of the network; 0 if there is none. `None` for anything else.
fn port(text: &str) -> Option<u16> {
    let Some(digits) = text.strip_prefix(':') else { return text.is_empty().then_some(0) };
    let (port, rest) = number(digits, false)?;
    u16::try_from(port).ok().filter(|_| rest.is_empty()).map(u16::to_be)
}

macro_rules! both {
    ($($(#[$doc:meta])* fn $a:ident $w:ident($($arg:ident: $type:ty),*) -> $ret:ty $body:block)*) => {
        $(crate::arguments::pair! { $(#[$doc])* fn $a $w($($arg: $type),*) -> $ret $body })*
    };
}

both! {
    /// RtlIpv4AddressToString: where the zero at its end is. There is room for 16 units.
    fn ovl_RtlIpv4AddressToStringA ovl_RtlIpv4AddressToStringW(address: *const [u8; 4], to: *mut C) -> *mut C {
        // SAFETY: the caller's promise.
        unsafe { write(&Ipv4Addr::from(*address).to_string(), to) }
    }

    /// RtlIpv6AddressToString: as RtlIpv4AddressToString, with room for 46 units.
    fn ovl_RtlIpv6AddressToStringA ovl_RtlIpv6AddressToStringW(address: *const [u8; 16], to: *mut C) -> *mut C {
        // SAFETY: the caller's promise.
        unsafe { write(&six_to_text(*address), to) }
    }

    /// RtlIpv4AddressToStringEx: with `:port` unless that is 0.
    fn ovl_RtlIpv4AddressToStringExA ovl_RtlIpv4AddressToStringExW(
        address: *const [u8; 4],
        port: u16,
        to: *mut C,
        room: *mut u32
    ) -> u32 {
        // SAFETY: the caller's promise.
        unsafe {
            let plain = Ipv4Addr::from(*address);
            let text = if port == 0 { plain.to_string() } else { format!("{plain}:{}", u16::from_be(port)) };
            write_counted(&text, to, room)
        }
    }

    /// RtlIpv6AddressToStringEx: `[address%scope]:port`, without what is 0.
    fn ovl_RtlIpv6AddressToStringExA ovl_RtlIpv6AddressToStringExW(
        address: *const [u8; 16],
        scope: u32,
        port: u16,
        to: *mut C,
        room: *mut u32
    ) -> u32 {
        // SAFETY: the caller's promise.
        unsafe {
            let plain = six_to_text(*address);
            let scoped = if scope == 0 { plain } else { format!("{plain}%{scope}") };
            let text = if port == 0 { scoped } else { format!("[{scoped}]:{}", u16::from_be(port)) };
            write_counted(&text, to, room)
        }
    }

    /// RtlIpv4StringToAddress: `end` gets the place behind it. STATUS_INVALID_PARAMETER for what is none; `strict` takes four decimal numbers only.
    fn ovl_RtlIpv4StringToAddressA ovl_RtlIpv4StringToAddressW(
        text: *const C,
        strict: u8,
        end: *mut *const C,
        to: *mut [u8; 4]
    ) -> u32 {
        // SAFETY: the caller's promise.
        unsafe {
            let units = units_or_empty(text);
            let whole = C::to_os(units).to_string_lossy().into_owned();
            match four(&whole, strict != 0) {
                Some((address, rest)) => {
                    // What stands before the rest is ASCII, a unit a character.
                    crate::arguments::store_if_wanted(end, text.add(whole.len() - rest.len()));
                    to.write(address.octets());
                    0
                }
                None => {
                    crate::arguments::store_if_wanted(end, text);
                    Status::INVALID_PARAMETER.0
                }
            }
        }
    }

    /// RtlIpv6StringToAddress: as RtlIpv4StringToAddress.
    fn ovl_RtlIpv6StringToAddressA ovl_RtlIpv6StringToAddressW(
        text: *const C,
        end: *mut *const C,
        to: *mut [u8; 16]
    ) -> u32 {
        // SAFETY: the caller's promise.
        unsafe {
            let whole = C::to_os(units_or_empty(text)).to_string_lossy().into_owned();
            match six(&whole) {
                Some((address, rest)) => {
                    crate::arguments::store_if_wanted(end, text.add(whole.len() - rest.len()));
                    to.write(address.octets());
                    0
                }
                None => {
                    crate::arguments::store_if_wanted(end, text);
                    Status::INVALID_PARAMETER.0
                }
            }
        }
    }

    /// RtlIpv4StringToAddressEx: with a port, all of the text.
    fn ovl_RtlIpv4StringToAddressExA ovl_RtlIpv4StringToAddressExW(
        text: *const C,
        strict: u8,
        to: *mut [u8; 4],
        port_to: *mut u16
    ) -> u32 {
        // SAFETY: the caller's promise.
        unsafe {
            let whole = C::to_os(units_or_empty(text)).to_string_lossy().into_owned();
            let found = four(&whole, strict != 0).and_then(|(address, rest)| Some((address, port(rest)?)));
            let Some((address, port)) = found else { return Status::INVALID_PARAMETER.0 };
            to.write(address.octets());
            port_to.write(port);
        }
        0
    }

    /// RtlIpv6StringToAddressEx: `[address%scope]:port`, all of the text.
    fn ovl_RtlIpv6StringToAddressExA ovl_RtlIpv6StringToAddressExW(
        text: *const C,
        to: *mut [u8; 16],
        scope_to: *mut u32,
        port_to: *mut u16
    ) -> u32 {
        // SAFETY: the caller's promise.
        let whole = C::to_os(unsafe { units_or_empty(text) }).to_string_lossy().into_owned();
        let Some((address, scope, port)) = six_with_port(&whole) else { return Status::INVALID_PARAMETER.0 };
        // SAFETY: as above.
        unsafe {
            to.write(address.octets());
            scope_to.write(scope);
            port_to.write(port);
        }
        0
    }
}

fn six_with_port(text: &str) -> Option<(Ipv6Addr, u32, u16)> {
    let inner = text.strip_prefix('[');
    let (address, rest) = six(inner.unwrap_or(text))?;
    let (scope, rest) = match rest.strip_prefix('%') {
        Some(digits) => number(digits, true)?,
        None => (0, rest),
    };
    let port = match inner {
        Some(_) => port(rest.strip_prefix(']')?)?,
        None => rest.is_empty().then_some(0)?,
    };
    Some((address, scope, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_numbers_and_fewer() {
        let all = [
            ("1.2.3.4", Some([1, 2, 3, 4]), ""),
            ("1.2.3.4.5", Some([1, 2, 3, 4]), ".5"),
            ("1.2.772x", Some([1, 2, 3, 4]), "x"),
            ("0x01020304", Some([1, 2, 3, 4]), ""),
            ("010.0.0.1", Some([8, 0, 0, 1]), ""),
            ("256.1.1.1", None, ""),
            ("", None, ""),
            ("x", None, ""),
        ];
        for (text, address, rest) in all {
            let found = four(text, false);
            assert_eq!(found, address.map(|address| (Ipv4Addr::from(address), rest)), "{text}");
        }
        assert_eq!((four("1.2.772", true), four("010.0.0.1", true), four("0x1.2.3.4", true)), (None, None, None));
        assert!(four("1.2.3.4", true).is_some());
    }

    #[test]
    fn eight_groups_with_scope_and_port() {
        assert_eq!(six("::1x"), Some((Ipv6Addr::LOCALHOST, "x")));
        assert_eq!(six("::ffff:1.2.3.4").map(|(address, _)| address.octets()[12..].to_vec()), Some(vec![1, 2, 3, 4]));
        assert_eq!(six("hello"), None);
        assert_eq!(six_with_port("[::1%7]:80"), Some((Ipv6Addr::LOCALHOST, 7, 80u16.to_be())));
        assert_eq!(six_with_port("::1"), Some((Ipv6Addr::LOCALHOST, 0, 0)));
        assert_eq!((six_with_port("[::1"), six_with_port("::1]:80"), six_with_port("[::1]:x")), (None, None, None));
    }

    #[test]
    fn text_says_where_it_ends() {
        let mut room = [9u16; 46];
        // SAFETY: rooms of ours, and texts that end with a zero.
        unsafe {
            let end = ovl_RtlIpv4AddressToStringW(&[10, 0, 0, 255], room.as_mut_ptr());
            assert_eq!((end.offset_from(room.as_ptr()), end.read()), (10, 0));
            let (mut size, mut text) = (5, [0u8; 60]);
            let port = 8080u16.to_be();
            assert_eq!(ovl_RtlIpv4AddressToStringExA(&[1, 2, 3, 4], port, text.as_mut_ptr(), &mut size), 0xC000_000D);
            assert_eq!(
                (size, ovl_RtlIpv4AddressToStringExA(&[1, 2, 3, 4], port, text.as_mut_ptr(), &mut size)),
                (13, 0)
            );
            assert!(text.starts_with(b"1.2.3.4:8080\0"));
            size = 60;
            let local = Ipv6Addr::LOCALHOST.octets();
            assert_eq!(ovl_RtlIpv6AddressToStringExA(&local, 3, port, text.as_mut_ptr(), &mut size), 0);
            assert!(text.starts_with(b"[::1%3]:8080\0"));
            let (mut address, mut end) = ([0; 4], std::ptr::null());
            let given = c"1.2.3.4/8".as_ptr().cast::<u8>();
            assert_eq!((ovl_RtlIpv4StringToAddressA(given, 1, &mut end, &mut address), address), (0, [1, 2, 3, 4]));
            assert_eq!(end.offset_from(given), 7);
            assert_eq!(ovl_RtlIpv4StringToAddressA(c"x".as_ptr().cast(), 1, &mut end, &mut address), 0xC000_000D);
            let mut port = 0;
            assert_eq!(ovl_RtlIpv4StringToAddressExA(c"1.2.3.4:80".as_ptr().cast(), 1, &mut address, &mut port), 0);
            assert_eq!(port, 80u16.to_be());
            assert_eq!(ovl_RtlIpv4StringToAddressExA(given, 1, &mut address, &mut port), 0xC000_000D);
        }
    }
}
