//! Interfaces and routes in the tables of the first `iphlpapi.h`: GetAdaptersInfo, GetIfTable, GetIpForwardTable. They know IPv4 only.
//!
//! Names and descriptions are those of Linux, as in the newer tables.

use super::adapters::{Adapter, LOOPBACK, UP, Writer, adapters, name_servers, prefix_mask};
use super::routes::of_linux;
use super::tables::{best_interface, give, ip_of, words};
use crate::support::{Bool, guard};
use overlapped_abi::Win32Error;
use std::net::{IpAddr, Ipv4Addr};

/// ERROR_BUFFER_OVERFLOW, for too little room.
const TOO_SMALL: u32 = 111;
const AF_INET: u16 = 2;
const AF_INET6: u16 = 23;

/// IP_ADAPTER_INFO: its size, and the places of its fields.
const INFO: usize = 704;
const NAME: (usize, usize) = (12, 260);
const DESCRIPTION: (usize, usize) = (272, 132);
const HARDWARE: usize = 404;
const ADDRESSES: usize = 440;
const GATEWAYS: usize = 488;
/// IP_ADDR_STRING.
const STRING: usize = 48;

/// A text with a zero, cut to its place.
fn text(to: &mut Writer, (at, room): (usize, usize), text: &str) {
    to.set(at, &text.as_bytes()[..text.len().min(room - 1)]);
}

/// A list of addresses with masks, of which the first one stands in the structure itself: `0.0.0.0` with that prefix if there is none.
fn list(to: &mut Writer, first: usize, all: &[(Ipv4Addr, u8)], prefix: u8) {
    let nothing = [(Ipv4Addr::UNSPECIFIED, prefix)];
    let mut before = None;
    for (address, prefix) in if all.is_empty() { &nothing } else { all } {
        let at = match before {
            None => first,
            Some(before) => {
                let at = to.place(STRING);
                to.point(before, at);
                at
            }
        };
        let mask = Ipv4Addr::from(prefix_mask(*prefix).to_ne_bytes());
        to.set(at + 8, address.to_string().as_bytes());
        to.set(at + 24, mask.to_string().as_bytes());
        before = Some(at);
    }
}

fn v4(adapter: &Adapter) -> Vec<(Ipv4Addr, u8)> {
    let own = adapter.addresses.iter().filter(|address| !address.is_v6);
    let pair = |address| match ip_of(address)? {
        IpAddr::V4(ip) => Some((ip, address.prefix)),
        IpAddr::V6(_) => None,
    };
    own.filter_map(pair).collect()
}

fn write_info(base: usize, all: &[Adapter]) -> Vec<u8> {
    let routes = of_linux();
    let mut to = Writer { base, bytes: Vec::new() };
    let mut before = None;
    for adapter in all {
        let at = to.place(INFO);
        if let Some(before) = before.replace(at) {
            to.point(before, at);
        }
        to.u32(at + 8, adapter.index);
        text(&mut to, (at + NAME.0, NAME.1), &adapter.name);
        text(&mut to, (at + DESCRIPTION.0, DESCRIPTION.1), &adapter.name);
        to.u32(at + HARDWARE, adapter.hardware.len() as u32);
        to.set(at + HARDWARE + 4, &adapter.hardware);
        to.u32(at + HARDWARE + 12, adapter.index);
        to.u32(at + HARDWARE + 16, adapter.kind());
        list(&mut to, at + ADDRESSES, &v4(adapter), 0);
        let gateways =
            routes.iter().filter(|route| route.gateway && route.prefix == 0 && route.interface == adapter.name);
        let gateways = gateways.filter_map(|route| match route.next_hop {
            IpAddr::V4(gateway) => Some((gateway, 32)),
            IpAddr::V6(_) => None,
        });
        list(&mut to, at + GATEWAYS, &gateways.collect::<Vec<_>>(), 32);
    }
    to.bytes
}

/// Puts bytes that were made for their place. 111 with the bytes needed if there is too little room.
///
/// # Safety
/// `size` is not NULL and valid, `to` NULL or writable for as many bytes as it says.
unsafe fn put(bytes: &[u8], to: *mut u8, size: *mut u32) -> u32 {
    // SAFETY: not NULL, and the caller vouches for it.
    let room = unsafe { size.replace(bytes.len() as u32) };
    if to.is_null() || (room as usize) < bytes.len() {
        return TOO_SMALL;
    }
    // SAFETY: there is room for it.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len()) };
    0
}

/// GetAdaptersInfo: all adapters but the loopback one, with their addresses of IPv4; 111 with the bytes needed if there is too little room,
/// 232 if there is no adapter.
///
/// # Safety
/// `size` is NULL (87) or valid, `to` NULL or writable for as many bytes as it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetAdaptersInfo(to: *mut u8, size: *mut u32) -> u32 {
    guard(Win32Error::GEN_FAILURE.0, || {
        let all: Vec<Adapter> = adapters().into_iter().filter(|adapter| adapter.kind() != LOOPBACK).collect();
        match (size.is_null(), all.is_empty()) {
            (true, _) => Win32Error::INVALID_PARAMETER.0,
            (_, true) => Win32Error::NO_DATA.0,
            // SAFETY: the caller's promise.
            _ => unsafe { put(&write_info(to as usize, &all), to, size) },
        }
    })
}

/// GetPerAdapterInfo: the name servers of IPv4 for an adapter; 111 as of GetAdaptersInfo, 232 for a number that no adapter has.
///
/// # Safety
/// As for [`ovl_GetAdaptersInfo`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetPerAdapterInfo(index: u32, to: *mut u8, size: *mut u32) -> u32 {
    const PER_ADAPTER: usize = 64;
    const SERVERS: usize = 16;
    guard(Win32Error::GEN_FAILURE.0, || {
        if size.is_null() {
            return Win32Error::INVALID_PARAMETER.0;
        }
        if !adapters().iter().any(|adapter| adapter.index == index) {
            return Win32Error::NO_DATA.0;
        }
        let mut out = Writer { base: to as usize, bytes: vec![0; PER_ADAPTER] };
        let servers = name_servers().into_iter().filter(|server| server.len() == 16);
        let servers = servers.map(|server| (Ipv4Addr::new(server[4], server[5], server[6], server[7]), 0));
        list(&mut out, SERVERS, &servers.collect::<Vec<_>>(), 0);
        // SAFETY: the caller's promise.
        unsafe { put(&out.bytes, to, size) }
    })
}

/// MIB_IFROW.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct InterfaceEntry {
    name: [u16; 256],
    /// dwIndex.
    pub index: u32,
    /// dwType.
    pub kind: u32,
    /// dwMtu.
    pub mtu: u32,
    /// dwSpeed, in bits a second.
    pub speed: u32,
    hardware_len: u32,
    hardware: [u8; 8],
    /// dwAdminStatus and dwOperStatus.
    pub status: [u32; 2],
    last_change: u32,
    /// dwInOctets to dwInUnknownProtos.
    pub received: [u32; 6],
    /// dwOutOctets to dwOutQLen.
    pub sent: [u32; 6],
    description_len: u32,
    description: [u8; 256],
}

const _: () = assert!(size_of::<InterfaceEntry>() == 860);

impl InterfaceEntry {
    fn of(adapter: &Adapter) -> Self {
        // Counters of 32 bits, which begin anew.
        let count = |name: &str| adapter.number(&format!("statistics/{name}")).unwrap_or(0) as u32;
        let (received, multicast) = (count("rx_packets"), count("multicast"));
        let mut entry = Self {
            name: [0; 256],
            index: adapter.index,
            kind: adapter.kind(),
            mtu: adapter.number("mtu").unwrap_or(1500) as u32,
            speed: adapter.number("speed").map_or(0, |speed| u32::try_from(speed * 1_000_000).unwrap_or(u32::MAX)),
            hardware_len: 0,
            hardware: [0; 8],
            // Up or down; operational or not.
            status: [
                if adapter.is(libc::IFF_UP) { 1 } else { 2 },
                if adapter.status() == UP || adapter.is(libc::IFF_UP) { 5 } else { 0 },
            ],
            last_change: 0,
            received: [
                count("rx_bytes"),
                received.wrapping_sub(multicast),
                multicast,
                count("rx_dropped"),
                count("rx_errors"),
                0,
            ],
            sent: [count("tx_bytes"), count("tx_packets"), 0, count("tx_dropped"), count("tx_errors"), 0],
            description_len: 0,
            description: [0; 256],
        };
        entry.name.iter_mut().zip(adapter.name.encode_utf16().take(255)).for_each(|(to, unit)| *to = unit);
        if entry.kind != LOOPBACK {
            entry.hardware_len = adapter.hardware.len() as u32;
            entry.hardware[..adapter.hardware.len()].copy_from_slice(&adapter.hardware);
        }
        let len = adapter.name.len().min(255);
        entry.description[..len].copy_from_slice(&adapter.name.as_bytes()[..len]);
        // With its zero.
        entry.description_len = len as u32 + 1;
        entry
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: a structure of numbers without holes.
        unsafe { std::slice::from_raw_parts(std::ptr::from_ref(self).cast(), size_of::<Self>()) }
    }
}

/// GetIfTable: all interfaces, by their numbers, with their counters; 122 with the bytes needed if there is too little room.
///
/// # Safety
/// As for [`ovl_GetAdaptersInfo`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetIfTable(to: *mut u8, size: *mut u32, _order: Bool) -> u32 {
    guard(Win32Error::GEN_FAILURE.0, || {
        let rows: Vec<InterfaceEntry> = adapters().iter().map(InterfaceEntry::of).collect();
        let bytes: Vec<u8> = rows.iter().flat_map(|row| row.bytes().iter().copied()).collect();
        // SAFETY: the caller's promise.
        unsafe { give(rows.len(), &bytes, to, size) }
    })
}

/// GetIfEntry: the interface whose number stands in the row; 2 if there is none.
///
/// # Safety
/// `row` is NULL (87) or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetIfEntry(row: *mut InterfaceEntry) -> u32 {
    guard(Win32Error::GEN_FAILURE.0, || {
        if row.is_null() {
            return Win32Error::INVALID_PARAMETER.0;
        }
        // SAFETY: not NULL, and the caller vouches for it.
        let index = unsafe { (&raw const (*row).index).read() };
        let Some(adapter) = adapters().into_iter().find(|adapter| adapter.index == index) else {
            return Win32Error::FILE_NOT_FOUND.0;
        };
        // SAFETY: as above.
        unsafe { row.write(InterfaceEntry::of(&adapter)) };
        0
    })
}

/// GetIpForwardTable: the routes of IPv4, sorted by their targets if wanted; 122 with the bytes needed if there is too little room, 232 if there
/// is none.
///
/// # Safety
/// As for [`ovl_GetAdaptersInfo`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetIpForwardTable(to: *mut u8, size: *mut u32, order: Bool) -> u32 {
    /// MIB_IPROUTE_TYPE_DIRECT and INDIRECT, MIB_IPPROTO_LOCAL and NETMGMT.
    const WAYS: [[u32; 2]; 2] = [[3, 2], [4, 3]];
    const UNUSED: u32 = u32::MAX;
    guard(Win32Error::GEN_FAILURE.0, || {
        let all = adapters();
        let mut rows: Vec<[u32; 14]> = Vec::new();
        for route in of_linux() {
            let (IpAddr::V4(target), IpAddr::V4(next)) = (route.target, route.next_hop) else { continue };
            let Some(adapter) = all.iter().find(|adapter| adapter.name == route.interface) else { continue };
            let number = |address: Ipv4Addr| u32::from_ne_bytes(address.octets());
            let [kind, protocol] = WAYS[usize::from(route.gateway)];
            let head =
                [number(target), prefix_mask(route.prefix), 0, number(next), adapter.index, kind, protocol, 0, 0];
            let mut row = [UNUSED; 14];
            row[..9].copy_from_slice(&head);
            row[9] = route.metric;
            rows.push(row);
        }
        if rows.is_empty() && !size.is_null() {
            return Win32Error::NO_DATA.0;
        }
        if order != 0 {
            rows.sort_by_key(|row| (u32::from_be(row[0]), u32::from_be(row[1]), row[9]));
        }
        // SAFETY: the caller's promise.
        unsafe { give(rows.len(), &words(rows.as_flattened()), to, size) }
    })
}

/// GetBestInterfaceEx: the interface by which a datagram to this address leaves; 1231 if there is none, 87 for NULL and for what is neither
/// of IPv4 nor of IPv6.
///
/// # Safety
/// `target` is NULL or as long as its family says, `index` NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetBestInterfaceEx(target: *const u8, index: *mut u32) -> u32 {
    guard(Win32Error::GEN_FAILURE.0, || {
        if target.is_null() || index.is_null() {
            return Win32Error::INVALID_PARAMETER.0;
        }
        // SAFETY: not NULL, and as long as its family says.
        let ip: IpAddr = unsafe {
            match target.cast::<u16>().read_unaligned() {
                AF_INET => target.add(4).cast::<[u8; 4]>().read().into(),
                AF_INET6 => target.add(8).cast::<[u8; 16]>().read().into(),
                _ => return Win32Error::INVALID_PARAMETER.0,
            }
        };
        match best_interface(ip) {
            Some(found) => {
                // SAFETY: not NULL, and the caller vouches for it.
                unsafe { index.write(found) };
                0
            }
            None => Win32Error(1231).0,
        }
    })
}
