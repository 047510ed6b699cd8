//! The network's newer tables (`netioapi.h`): addresses of interfaces, and routes, of both families. The caller gives them back.
//!
//! Routes are those of /proc/net. Linux keeps the ones to its own addresses in a table that is not shown there for IPv4, and Windows lists
//! them: they are made of the addresses.

use super::adapters::{Adapter, Address, adapters};
use crate::support::guard;
use overlapped_abi::Win32Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

const AF_UNSPEC: u16 = 0;
const AF_INET: u16 = 2;
const AF_INET6: u16 = 23;
const FOR_EVER: u32 = u32::MAX;
const NETWORK_UNREACHABLE: Win32Error = Win32Error(1231);
/// IpPrefixOriginManual, IpSuffixOriginManual; IpDadStatePreferred.
const MANUAL: u32 = 1;
const PREFERRED: u32 = 4;
/// RouteProtocolLocal and RouteProtocolNetMgmt.
const LOCAL: u32 = 2;
const MANAGED: u32 = 3;
/// RTF_UP, RTF_GATEWAY, RTF_REJECT and RTF_CACHE of Linux.
const RTF_UP: u32 = 0x1;
const RTF_GATEWAY: u32 = 0x2;
const UNUSABLE: u32 = 0x200 | 0x100_0000;

/// SOCKADDR_INET.
#[repr(C, align(4))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inet(pub [u8; 28]);

impl Inet {
    pub(super) fn of(address: IpAddr) -> Self {
        let mut bytes = [0; 28];
        match address {
            IpAddr::V4(address) => {
                bytes[..2].copy_from_slice(&AF_INET.to_ne_bytes());
                bytes[4..8].copy_from_slice(&address.octets());
            }
            IpAddr::V6(address) => {
                bytes[..2].copy_from_slice(&AF_INET6.to_ne_bytes());
                bytes[8..24].copy_from_slice(&address.octets());
            }
        }
        Self(bytes)
    }

    /// What an adapter has: a `sockaddr` of Windows, which is shorter for IPv4.
    fn of_adapter(address: &Address) -> Self {
        let mut bytes = [0; 28];
        let len = address.bytes.len().min(28);
        bytes[..len].copy_from_slice(&address.bytes[..len]);
        Self(bytes)
    }

    fn family(&self) -> u16 {
        u16::from_ne_bytes([self.0[0], self.0[1]])
    }

    fn ip(&self) -> Option<IpAddr> {
        match self.family() {
            AF_INET => Some(IpAddr::from(<[u8; 4]>::try_from(&self.0[4..8]).ok()?)),
            AF_INET6 => Some(IpAddr::from(<[u8; 16]>::try_from(&self.0[8..24]).ok()?)),
            _ => None,
        }
    }

    fn scope(&self) -> u32 {
        if self.family() == AF_INET6 { u32::from_ne_bytes([self.0[24], self.0[25], self.0[26], self.0[27]]) } else { 0 }
    }
}

/// MIB_UNICASTIPADDRESS_ROW.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct UnicastRow {
    /// Address.
    pub address: Inet,
    /// InterfaceLuid.
    pub luid: u64,
    /// InterfaceIndex.
    pub index: u32,
    /// PrefixOrigin and SuffixOrigin.
    pub origins: [u32; 2],
    /// ValidLifetime in seconds.
    pub valid: u32,
    /// PreferredLifetime in seconds.
    pub preferred: u32,
    /// OnLinkPrefixLength.
    pub prefix: u8,
    /// SkipAsSource.
    pub skip_as_source: u8,
    /// DadState.
    pub dad_state: u32,
    /// ScopeId.
    pub scope: u32,
    /// CreationTimeStamp.
    pub created: i64,
}

/// MIB_IPFORWARD_ROW2.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct RouteRow {
    /// InterfaceLuid.
    pub luid: u64,
    /// InterfaceIndex.
    pub index: u32,
    /// DestinationPrefix: the first address.
    pub target: Inet,
    /// Its length in bits.
    pub prefix: u8,
    /// NextHop.
    pub next_hop: Inet,
    /// SitePrefixLength.
    pub site_prefix: u8,
    /// ValidLifetime in seconds.
    pub valid: u32,
    /// PreferredLifetime in seconds.
    pub preferred: u32,
    /// Metric.
    pub metric: u32,
    /// Protocol.
    pub protocol: u32,
    /// Loopback, AutoconfigureAddress, Publish, Immortal.
    pub flags: [u8; 4],
    /// Age in seconds.
    pub age: u32,
    /// Origin.
    pub origin: u32,
}

/// The head of a table; rows begin behind 8 bytes.
const HEAD: usize = 8;

/// Gives a table of rows in memory of its own.
///
/// # Safety
/// `to` is writable.
unsafe fn give<T: Copy>(rows: &[T], to: *mut *mut u8) -> Result<(), Win32Error> {
    const { assert!(align_of::<T>() <= HEAD) };
    // SAFETY: a size that is not 0.
    let room: *mut u8 = unsafe { libc::malloc(HEAD + size_of_val(rows)) }.cast();
    if room.is_null() {
        return Err(Win32Error::NOT_ENOUGH_MEMORY);
    }
    // SAFETY: malloc aligns for everything, and there is room for head and rows.
    unsafe {
        room.cast::<[u32; 2]>().write([rows.len() as u32, 0]);
        std::ptr::copy_nonoverlapping(rows.as_ptr(), room.add(HEAD).cast(), rows.len());
        to.write(room);
    }
    Ok(())
}

fn code(body: impl FnOnce() -> Result<(), Win32Error>) -> u32 {
    guard(Win32Error::GEN_FAILURE.0, || body().map_or_else(|error| error.0, |()| 0))
}

/// Checks the family and the place, as for every table.
fn checked(family: u16, to: *mut *mut u8) -> Result<(), Win32Error> {
    let known = matches!(family, AF_UNSPEC | AF_INET | AF_INET6);
    if to.is_null() || !known { Err(Win32Error::INVALID_PARAMETER) } else { Ok(()) }
}

/// FreeMibTable: gives a table back; NULL is none.
///
/// # Safety
/// NULL, or from a function of this family and not given back yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_FreeMibTable(table: *mut u8) {
    // SAFETY: the caller's promise; malloc has made it.
    unsafe { libc::free(table.cast()) };
}

/// GetUnicastIpAddressTable: the addresses of all interfaces, of one family or of both; 87 for another family or NULL, 1168 if there is none.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetUnicastIpAddressTable(family: u16, to: *mut *mut u8) -> u32 {
    code(|| {
        checked(family, to)?;
        let mut rows = Vec::new();
        for adapter in adapters() {
            let wanted =
                adapter.addresses.iter().filter(|one| family == AF_UNSPEC || one.is_v6 == (family == AF_INET6));
            rows.extend(wanted.map(|address| {
                let inet = Inet::of_adapter(address);
                UnicastRow {
                    address: inet,
                    luid: adapter.luid(),
                    index: adapter.index,
                    origins: [MANUAL; 2],
                    valid: FOR_EVER,
                    preferred: FOR_EVER,
                    prefix: address.prefix,
                    skip_as_source: 0,
                    dad_state: PREFERRED,
                    scope: inet.scope(),
                    created: 0,
                }
            }));
        }
        if rows.is_empty() {
            return Err(Win32Error::NOT_FOUND);
        }
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { give(&rows, to) }
    })
}

/// A route of Linux.
pub(super) struct Route {
    pub interface: String,
    pub target: IpAddr,
    pub prefix: u8,
    pub next_hop: IpAddr,
    pub metric: u32,
    pub gateway: bool,
}

fn v4_route(line: &str) -> Option<Route> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    // A word of the machine's order is the address as it is on the wire.
    let word = |at: usize| u32::from_str_radix(fields.get(at)?, 16).ok();
    let address = |at: usize| Some(IpAddr::from(word(at)?.to_ne_bytes()));
    let flags = word(3)?;
    (flags & RTF_UP != 0 && flags & UNUSABLE == 0).then_some(())?;
    Some(Route {
        interface: (*fields.first()?).to_owned(),
        target: address(1)?,
        prefix: word(7)?.count_ones() as u8,
        next_hop: address(2)?,
        metric: fields.get(6)?.parse().ok()?,
        gateway: flags & RTF_GATEWAY != 0,
    })
}

fn v6_route(line: &str) -> Option<Route> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let address = |at: usize| Some(IpAddr::from(u128::from_str_radix(fields.get(at)?, 16).ok()?.to_be_bytes()));
    let number = |at: usize| u32::from_str_radix(fields.get(at)?, 16).ok();
    let flags = number(8)?;
    (flags & RTF_UP != 0 && flags & UNUSABLE == 0).then_some(())?;
    Some(Route {
        interface: (*fields.get(9)?).to_owned(),
        target: address(0)?,
        prefix: number(1)? as u8,
        next_hop: address(4)?,
        metric: number(5)?,
        gateway: flags & RTF_GATEWAY != 0,
    })
}

pub(super) fn of_linux() -> Vec<Route> {
    let read = |file: &str| std::fs::read_to_string(format!("/proc/net/{file}")).unwrap_or_default();
    let (v4, v6) = (read("route"), read("ipv6_route"));
    v4.lines().skip(1).filter_map(v4_route).chain(v6.lines().filter_map(v6_route)).collect()
}

/// The gateways of an interface to everywhere, as `sockaddr`s of Windows.
pub(super) fn gateways(interface: &str) -> Vec<Vec<u8>> {
    let all = of_linux().into_iter().filter(|route| route.gateway && route.prefix == 0 && route.interface == interface);
    let address = |route: Route| {
        let len = if route.next_hop.is_ipv4() { 16 } else { 28 };
        Inet::of(route.next_hop).0[..len].to_vec()
    };
    all.map(address).collect()
}

/// The first address of a network.
fn network(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix.min(32))).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from(u32::from(address) & mask))
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(prefix.min(128))).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from(u128::from(address) & mask))
        }
    }
}

fn row(adapter: &Adapter, route: &Route) -> RouteRow {
    let loopback = adapter.is(libc::IFF_LOOPBACK);
    RouteRow {
        luid: adapter.luid(),
        index: adapter.index,
        target: Inet::of(route.target),
        prefix: route.prefix,
        next_hop: Inet::of(route.next_hop),
        site_prefix: 0,
        valid: FOR_EVER,
        preferred: FOR_EVER,
        metric: route.metric,
        protocol: if route.gateway { MANAGED } else { LOCAL },
        flags: [loopback.into(), 0, 0, 1],
        age: 0,
        origin: 0,
    }
}

/// All routes, and the interfaces that they use.
pub(super) fn routes() -> (Vec<RouteRow>, Vec<Adapter>) {
    let all = adapters();
    let mut rows: Vec<RouteRow> = Vec::new();
    for route in of_linux() {
        if let Some(adapter) = all.iter().find(|adapter| adapter.name == route.interface) {
            rows.push(row(adapter, &route));
        }
    }
    for adapter in &all {
        for address in &adapter.addresses {
            let Some(ip) = Inet::of_adapter(address).ip() else { continue };
            let own = if address.is_v6 { 128 } else { 32 };
            // The loopback network is all of the computer itself.
            let prefixes = if adapter.is(libc::IFF_LOOPBACK) { [own, address.prefix] } else { [own, own] };
            for prefix in prefixes {
                let target = network(ip, prefix);
                let known = rows
                    .iter()
                    .any(|row| (row.index, row.prefix, row.target.ip()) == (adapter.index, prefix, Some(target)));
                if !known {
                    let next_hop =
                        if address.is_v6 { Ipv6Addr::UNSPECIFIED.into() } else { Ipv4Addr::UNSPECIFIED.into() };
                    let interface = String::new();
                    rows.push(row(adapter, &Route { interface, target, prefix, next_hop, metric: 0, gateway: false }));
                }
            }
        }
    }
    (rows, all)
}

/// GetIpForwardTable2: all routes of one family or of both; 87 for another family or NULL, 1168 if there is none.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetIpForwardTable2(family: u16, to: *mut *mut u8) -> u32 {
    code(|| {
        checked(family, to)?;
        let (mut rows, _) = routes();
        rows.retain(|row| family == AF_UNSPEC || row.target.family() == family);
        if rows.is_empty() {
            return Err(Win32Error::NOT_FOUND);
        }
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { give(&rows, to) }
    })
}

/// From where Linux would send, told to where.
pub(super) fn source(target: IpAddr) -> Option<IpAddr> {
    let any: IpAddr = if target.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect(SocketAddr::new(target, 9)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// GetBestRoute2: the route with the longest prefix and then the lowest metric to an address, of one interface (by luid or number) or of all,
/// and the address to send from; 87 for NULL or an address of no family, 2 for an interface that is not there, 1231 if there is no route.
///
/// # Safety
/// Pointers are NULL, or readable, `best` and `from` writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetBestRoute2(
    luid: *const u64,
    index: u32,
    given: *const Inet,
    target: *const Inet,
    _sort: u32,
    best: *mut RouteRow,
    from: *mut Inet,
) -> u32 {
    code(|| {
        // SAFETY: the caller's promise.
        let (luid, given, target) = unsafe { (luid.as_ref(), given.as_ref(), target.as_ref()) };
        let Some(target) = target.and_then(Inet::ip).filter(|_| !best.is_null() && !from.is_null()) else {
            return Err(Win32Error::INVALID_PARAMETER);
        };
        let (rows, adapters) = routes();
        let wanted = |one: (u64, u32)| luid.map_or(index == 0 || one.1 == index, |luid| one.0 == *luid);
        if !adapters.iter().any(|adapter| wanted((adapter.luid(), adapter.index))) {
            return Err(Win32Error::FILE_NOT_FOUND);
        }
        let fits = |row: &&RouteRow| {
            let to = row.target.ip();
            let same = to.is_some_and(|to| to.is_ipv4() == target.is_ipv4() && network(target, row.prefix) == to);
            same && wanted((row.luid, row.index))
        };
        // The first of those that are as good.
        let found = rows.iter().filter(fits).min_by_key(|row| (std::cmp::Reverse(row.prefix), row.metric));
        let found = found.ok_or(NETWORK_UNREACHABLE)?;
        let adapter = adapters.iter().find(|adapter| adapter.index == found.index);
        let own: Vec<IpAddr> = adapter
            .iter()
            .flat_map(|adapter| &adapter.addresses)
            .filter_map(|address| Inet::of_adapter(address).ip())
            .filter(|address| address.is_ipv4() == target.is_ipv4())
            .collect();
        let chosen = given.and_then(Inet::ip).filter(|given| !given.is_unspecified());
        let chosen = chosen.or_else(|| source(target).filter(|source| own.contains(source)));
        let chosen = chosen.or_else(|| own.first().copied()).ok_or(NETWORK_UNREACHABLE)?;
        // SAFETY: not NULL, and the caller vouches for them.
        unsafe {
            best.write(*found);
            from.write(Inet::of(chosen));
        }
        Ok(())
    })
}
