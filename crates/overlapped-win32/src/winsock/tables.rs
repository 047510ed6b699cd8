//! The network's tables (`iphlpapi.h`): addresses of IPv4, and connections with the processes that have them.
//!
//! Connections are those that /proc/net shows, and a process has one if a descriptor of its own leads to it: of processes of others that
//! cannot be seen, and then the process is 0.

use super::adapters::{Adapter, Address, LOOPBACK, adapters, prefix_mask};
use super::routes::source;
use crate::support::{Bool, guard};
use overlapped_abi::Win32Error;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};

const AF_INET: u32 = 2;
const AF_INET6: u32 = 23;
/// MIB_IPADDR_PRIMARY.
const PRIMARY: u16 = 1;
/// TCP_TABLE_OWNER_PID_LISTENER, from which on rows have processes, and the first with modules.
const OWNERS: u32 = 3;
const MODULES: u32 = 6;
const LISTEN: u32 = 2;

/// Gives a table: its count, and its rows. 122 with the bytes needed if there is too little room.
pub(super) unsafe fn give(count: usize, rows: &[u8], to: *mut u8, size: *mut u32) -> u32 {
    if size.is_null() {
        return Win32Error::INVALID_PARAMETER.0;
    }
    let bytes = [&(count as u32).to_ne_bytes(), rows].concat();
    // SAFETY: not NULL, and the caller vouches for it.
    let room = unsafe { size.replace(bytes.len() as u32) };
    if to.is_null() || (room as usize) < bytes.len() {
        return Win32Error::INSUFFICIENT_BUFFER.0;
    }
    // SAFETY: there is room for it.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len()) };
    0
}

pub(super) fn words(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_ne_bytes()).collect()
}

/// The addresses of IPv4, with interfaces and lengths of prefixes.
fn addresses() -> Vec<(Ipv4Addr, u32, u8)> {
    let mut found = Vec::new();
    for adapter in adapters() {
        for address in &adapter.addresses {
            if let Some(IpAddr::V4(ip)) = ip_of(address) {
                found.push((ip, adapter.index, address.prefix));
            }
        }
    }
    found
}

/// GetIpAddrTable: 122 with the bytes needed if there is too little room.
///
/// # Safety
/// `size` is NULL (87) or valid, `to` NULL or writable for as many bytes as it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetIpAddrTable(to: *mut u8, size: *mut u32, order: Bool) -> u32 {
    guard(Win32Error::GEN_FAILURE.0, || {
        let mut all = addresses();
        if order != 0 {
            all.sort();
        }
        let row = |(address, index, prefix): &(Ipv4Addr, u32, u8)| {
            let address = u32::from_ne_bytes(address.octets());
            // The broadcast address is the one with all ones, the largest datagram that of IP.
            let mut row = words(&[address, *index, prefix_mask(*prefix), 1, 65535]);
            row.extend([0u16, PRIMARY].into_iter().flat_map(u16::to_ne_bytes));
            row
        };
        let rows: Vec<u8> = all.iter().flat_map(row).collect();
        // SAFETY: the caller's promise.
        unsafe { give(all.len(), &rows, to, size) }
    })
}

/// GetBestInterface: the one by which a datagram to this address leaves; 1231 if there is none.
///
/// # Safety
/// `index` is NULL (87) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetBestInterface(target: u32, index: *mut u32) -> u32 {
    guard(Win32Error::GEN_FAILURE.0, || {
        if index.is_null() {
            return Win32Error::INVALID_PARAMETER.0;
        }
        match best_interface(Ipv4Addr::from(target.to_ne_bytes()).into()) {
            Some(found) => {
                // SAFETY: not NULL, and the caller vouches for it.
                unsafe { index.write(found) };
                0
            }
            None => Win32Error(1231).0,
        }
    })
}

/// The interface by which a datagram leaves: that of the address from which Linux would send it.
pub(super) fn best_interface(target: IpAddr) -> Option<u32> {
    let from = source(target)?;
    let all = adapters();
    let has = |adapter: &&Adapter| adapter.addresses.iter().any(|address| ip_of(address) == Some(from));
    // Anything on the loopback network is of its interface.
    let loopback = |adapter: &&Adapter| from.is_loopback() && adapter.kind() == LOOPBACK;
    all.iter().find(has).or_else(|| all.iter().find(loopback)).map(|adapter| adapter.index)
}

/// The address in a `sockaddr` of Windows.
pub(super) fn ip_of(address: &Address) -> Option<IpAddr> {
    let bytes = address.bytes.get(if address.is_v6 { 8..24 } else { 4..8 })?;
    Some(match address.is_v6 {
        true => IpAddr::from(<[u8; 16]>::try_from(bytes).ok()?),
        false => IpAddr::from(<[u8; 4]>::try_from(bytes).ok()?),
    })
}

/// GetNumberOfInterfaces.
///
/// # Safety
/// `count` is NULL (87) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetNumberOfInterfaces(count: *mut u32) -> u32 {
    guard(Win32Error::GEN_FAILURE.0, || {
        // SAFETY: the caller's promise.
        match unsafe { crate::arguments::store(count, adapters().len() as u32) } {
            Ok(()) => 0,
            Err(_) => Win32Error::INVALID_PARAMETER.0,
        }
    })
}

/// A line of /proc/net/tcp and its like.
struct Line {
    state: u32,
    /// Address and port of both ends, as they are on the wire.
    ends: [(Vec<u8>, u32); 2],
    inode: u64,
}

/// The state of TCP as Windows counts it.
fn state(linux: u8) -> u32 {
    match linux {
        1 => 5,
        2 => 3,
        3 => 4,
        4 => 6,
        5 => 7,
        6 => 11,
        8 => 8,
        9 => 10,
        10 => LISTEN,
        11 => 9,
        _ => 1,
    }
}

/// `0100007F:1F90`: words of the machine's order, and a port.
fn end(text: &str) -> Option<(Vec<u8>, u32)> {
    let (address, port) = text.split_once(':')?;
    let word = |at: usize| u32::from_str_radix(address.get(at..at + 8)?, 16).ok();
    let bytes: Vec<u8> = (0..address.len())
        .step_by(8)
        .map(word)
        .collect::<Option<Vec<_>>>()?
        .iter()
        .flat_map(|w| w.to_ne_bytes())
        .collect();
    let port = u16::from_str_radix(port, 16).ok()?;
    // Ports stand in the order of the network in the lower half.
    Some((bytes, u32::from(port.to_be())))
}

fn line(text: &str) -> Option<Line> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let ends = [end(fields.get(1)?)?, end(fields.get(2)?)?];
    let state = state(u8::from_str_radix(fields.get(3)?, 16).ok()?);
    Some(Line { state, ends, inode: fields.get(9)?.parse().ok()? })
}

fn lines(file: &str) -> Vec<Line> {
    let text = std::fs::read_to_string(format!("/proc/net/{file}")).unwrap_or_default();
    text.lines().skip(1).filter_map(line).collect()
}

/// The processes of sockets.
fn owners() -> HashMap<u64, u32> {
    let mut found = HashMap::new();
    for process in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = process.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        for descriptor in std::fs::read_dir(process.path().join("fd")).into_iter().flatten().flatten() {
            let Ok(link) = std::fs::read_link(descriptor.path()) else { continue };
            let link = link.to_string_lossy();
            let inode = link.strip_prefix("socket:[").and_then(|rest| rest.strip_suffix(']')?.parse().ok());
            if let Some(inode) = inode {
                found.entry(inode).or_insert(id);
            }
        }
    }
    found
}

/// The scope behind an address of IPv6, in the form that tables have: the address, and no scope.
fn place(address: &[u8]) -> Vec<u8> {
    if address.len() == 4 { address.to_vec() } else { [address, &[0; 4]].concat() }
}

/// A row of TCP.
fn tcp_row(line: &Line, owner: Option<u32>) -> Vec<u8> {
    let [near, far] = &line.ends;
    let far_port = if line.state == LISTEN { 0 } else { far.1 };
    let ends = [place(&near.0), words(&[near.1]), place(&far.0), words(&[far_port])].concat();
    let v4 = near.0.len() == 4;
    let state = words(&[line.state]);
    // Behind the addresses only in the rows of IPv6 that have processes.
    let mut row = if v4 || owner.is_none() { [state, ends].concat() } else { [ends, state].concat() };
    row.extend(owner.map(u32::to_ne_bytes).into_iter().flatten());
    row
}

fn udp_row(line: &Line, owner: Option<u32>) -> Vec<u8> {
    let near = &line.ends[0];
    let mut row = [place(&near.0), words(&[near.1])].concat();
    row.extend(owner.map(u32::to_ne_bytes).into_iter().flatten());
    row
}

unsafe fn table(
    mut lines: Vec<Line>,
    owned: bool,
    order: Bool,
    row: fn(&Line, Option<u32>) -> Vec<u8>,
    (to, size): (*mut u8, *mut u32),
) -> u32 {
    if order != 0 {
        // Addresses as they are on the wire, ports by their numbers.
        lines.sort_by_cached_key(|line| line.ends.clone().map(|(address, port)| (address, u16::from_be(port as u16))));
    }
    let owners = if owned { owners() } else { HashMap::new() };
    let owner = |line: &Line| owned.then(|| owners.get(&line.inode).copied().unwrap_or(0));
    let rows: Vec<u8> = lines.iter().flat_map(|line| row(line, owner(line))).collect();
    // SAFETY: the caller's promise.
    unsafe { give(lines.len(), &rows, to, size) }
}

/// GetExtendedTcpTable: listeners, connections, or both, with their processes or without; 50 for the classes with modules, 87 for what is no
/// class or family, 122 with the bytes needed if there is too little room.
///
/// # Safety
/// `size` is NULL (87) or valid, `to` NULL or writable for as many bytes as it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetExtendedTcpTable(
    to: *mut u8,
    size: *mut u32,
    order: Bool,
    family: u32,
    class: u32,
    _reserved: u32,
) -> u32 {
    guard(Win32Error::GEN_FAILURE.0, || {
        let file = match (family, class) {
            (_, MODULES..=8) => return Win32Error::NOT_SUPPORTED.0,
            (AF_INET, 0..MODULES) => "tcp",
            (AF_INET6, 0..MODULES) => "tcp6",
            _ => return Win32Error::INVALID_PARAMETER.0,
        };
        let mut all = lines(file);
        match class % OWNERS {
            0 => all.retain(|line| line.state == LISTEN),
            1 => all.retain(|line| line.state != LISTEN),
            _ => {}
        }
        // SAFETY: the caller's promise.
        unsafe { table(all, class >= OWNERS, order, tcp_row, (to, size)) }
    })
}

/// GetTcpTable: all of IPv4, without processes.
///
/// # Safety
/// As for [`ovl_GetExtendedTcpTable`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetTcpTable(to: *mut u8, size: *mut u32, order: Bool) -> u32 {
    // SAFETY: the caller's promise.
    guard(Win32Error::GEN_FAILURE.0, || unsafe { table(lines("tcp"), false, order, tcp_row, (to, size)) })
}

/// GetTcp6Table: all of IPv6, without processes.
///
/// # Safety
/// As for [`ovl_GetExtendedTcpTable`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetTcp6Table(to: *mut u8, size: *mut u32, order: Bool) -> u32 {
    // SAFETY: the caller's promise.
    guard(Win32Error::GEN_FAILURE.0, || unsafe { table(lines("tcp6"), false, order, tcp_row, (to, size)) })
}

/// GetUdp6Table: all of IPv6, without processes.
///
/// # Safety
/// As for [`ovl_GetExtendedTcpTable`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetUdp6Table(to: *mut u8, size: *mut u32, order: Bool) -> u32 {
    // SAFETY: the caller's promise.
    guard(Win32Error::GEN_FAILURE.0, || unsafe { table(lines("udp6"), false, order, udp_row, (to, size)) })
}

/// GetExtendedUdpTable: 0 without processes, 1 with; 50 and 87 as of TCP.
///
/// # Safety
/// As for [`ovl_GetExtendedTcpTable`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetExtendedUdpTable(
    to: *mut u8,
    size: *mut u32,
    order: Bool,
    family: u32,
    class: u32,
    _reserved: u32,
) -> u32 {
    guard(Win32Error::GEN_FAILURE.0, || {
        let file = match (family, class) {
            (_, 2) => return Win32Error::NOT_SUPPORTED.0,
            (AF_INET, 0 | 1) => "udp",
            (AF_INET6, 0 | 1) => "udp6",
            _ => return Win32Error::INVALID_PARAMETER.0,
        };
        // SAFETY: the caller's promise.
        unsafe { table(lines(file), class == 1, order, udp_row, (to, size)) }
    })
}

/// GetUdpTable: all of IPv4, without processes.
///
/// # Safety
/// As for [`ovl_GetExtendedTcpTable`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetUdpTable(to: *mut u8, size: *mut u32, order: Bool) -> u32 {
    // SAFETY: the caller's promise.
    guard(Win32Error::GEN_FAILURE.0, || unsafe { table(lines("udp"), false, order, udp_row, (to, size)) })
}
