//! `iphlpapi.h` and `netioapi.h`: the network's adapters with their addresses, as Linux' interfaces, and their numbers and names.
//!
//! An adapter's friendly name, its name and its description are the interface's name. All of the answer stands in the caller's one buffer:
//! it is made for the address of that, with the structures first found out for no address to learn how long it is.

use super::address;
use crate::arguments::pair;
use crate::support::guard;
use crate::text::{Unit, put, units};
use overlapped_abi::Win32Error;
use std::collections::BTreeMap;
use std::ffi::{CStr, CString, OsString, c_char, c_void};
use std::os::unix::ffi::OsStringExt;

/// ERROR_BUFFER_OVERFLOW, for too little room here.
const TOO_SMALL: u32 = 111;
const SKIP_UNICAST: u32 = 0x1;
const SKIP_DNS_SERVER: u32 = 0x8;
const INCLUDE_PREFIX: u32 = 0x10;
const INCLUDE_GATEWAYS: u32 = 0x80;
const SKIP_FRIENDLY_NAME: u32 = 0x20;

const ETHERNET: u32 = 6;
const PPP: u32 = 23;
pub(super) const LOOPBACK: u32 = 24;
const WIRELESS: u32 = 71;
pub(super) const UP: u32 = 1;
const DOWN: u32 = 2;
const UNKNOWN: u32 = 4;
const IP_ADAPTER_NO_MULTICAST: u32 = 0x10;
const IPV4_ENABLED: u32 = 0x80;
const IPV6_ENABLED: u32 = 0x100;
/// IpPrefixOriginManual, IpSuffixOriginManual, IpDadStatePreferred.
const ORIGINS: [u32; 3] = [1, 1, 4];
const FOR_EVER: u32 = u32::MAX;

/// Sizes of the structures, and the places of their fields.
const ADAPTER: usize = 448;
const UNICAST: usize = 64;
const SERVER: usize = 32;
const PREFIX: usize = 40;

/// An address with the length of its prefix.
pub(super) struct Address {
    /// A `sockaddr` of Windows.
    pub bytes: Vec<u8>,
    pub prefix: u8,
    pub is_v6: bool,
}

/// An interface.
#[derive(Default)]
pub(super) struct Adapter {
    pub name: String,
    pub index: u32,
    flags: u32,
    pub hardware: Vec<u8>,
    pub addresses: Vec<Address>,
}

impl Adapter {
    pub fn is(&self, flag: i32) -> bool {
        self.flags & flag as u32 != 0
    }

    pub fn kind(&self) -> u32 {
        if self.is(libc::IFF_LOOPBACK) {
            LOOPBACK
        } else if self.is(libc::IFF_POINTOPOINT) {
            PPP
        } else if std::path::Path::new("/sys/class/net").join(&self.name).join("wireless").is_dir() {
            WIRELESS
        } else {
            ETHERNET
        }
    }

    pub fn number(&self, file: &str) -> Option<u64> {
        std::fs::read_to_string(format!("/sys/class/net/{}/{file}", self.name)).ok()?.trim().parse().ok()
    }

    pub fn status(&self) -> u32 {
        match (self.is(libc::IFF_UP), self.is(libc::IFF_RUNNING)) {
            (true, true) => UP,
            (true, false) => UNKNOWN,
            _ => DOWN,
        }
    }

    pub fn luid(&self) -> u64 {
        luid(self.index, self.kind())
    }
}

fn luid(index: u32, kind: u32) -> u64 {
    u64::from(kind) << 48 | u64::from(index & 0xFF_FFFF) << 24
}

/// # Safety
/// `address` is as long as its family says.
unsafe fn whole<'a>(address: *const libc::sockaddr, len: usize) -> &'a [u8] {
    // SAFETY: the caller's promise.
    unsafe { std::slice::from_raw_parts(address.cast(), len) }
}

/// How many bits of a mask are set.
fn prefix(mask: &[u8]) -> u8 {
    mask.iter().map(|byte| byte.count_ones() as u8).sum()
}

/// A mask of IPv4 with so many bits set, as it stands in memory.
pub(super) fn prefix_mask(bits: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(bits.min(32))).unwrap_or(0).to_be()
}

/// All interfaces with their addresses, in the order of their numbers.
pub(super) fn adapters() -> Vec<Adapter> {
    let mut first = std::ptr::null_mut();
    let mut found: BTreeMap<String, Adapter> = BTreeMap::new();
    // SAFETY: a place for the list.
    if unsafe { libc::getifaddrs(&raw mut first) } != 0 {
        return Vec::new();
    }
    let mut next = first;
    // SAFETY: the list is libc's until it is freed below, and so are names and addresses in it, which are as long as their family says.
    unsafe {
        while let Some(entry) = next.as_ref() {
            next = entry.ifa_next;
            let name = CStr::from_ptr(entry.ifa_name).to_string_lossy().into_owned();
            let adapter = found.entry(name.clone()).or_insert_with(|| Adapter {
                index: libc::if_nametoindex(entry.ifa_name),
                name,
                flags: entry.ifa_flags,
                ..Adapter::default()
            });
            let Some(family) = entry.ifa_addr.as_ref().map(|address| i32::from(address.sa_family)) else { continue };
            let (len, at, width) = match family {
                libc::AF_INET => (size_of::<libc::sockaddr_in>(), 4, 4),
                libc::AF_INET6 => (size_of::<libc::sockaddr_in6>(), 8, 16),
                libc::AF_PACKET => {
                    let link = &*entry.ifa_addr.cast::<libc::sockaddr_ll>();
                    adapter.hardware = link.sll_addr[..usize::from(link.sll_halen).min(8)].to_vec();
                    continue;
                }
                _ => continue,
            };
            let mask = if entry.ifa_netmask.is_null() { &[][..] } else { whole(entry.ifa_netmask, len) };
            let prefix = mask.get(at..at + width).map_or(width as u8 * 8, prefix);
            let bytes = address::windows_bytes(whole(entry.ifa_addr, len));
            adapter.addresses.push(Address { bytes, prefix, is_v6: family == libc::AF_INET6 });
        }
        libc::freeifaddrs(first);
    }
    let mut all: Vec<Adapter> = found.into_values().collect();
    all.sort_by_key(|adapter| adapter.index);
    all
}

/// The name servers of resolv.conf, as `sockaddr`s of Windows with port 0.
pub(super) fn name_servers() -> Vec<Vec<u8>> {
    let text = std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
    let words = text.lines().filter_map(|line| line.trim().strip_prefix("nameserver")?.split_whitespace().next());
    let servers = words.filter_map(|word| word.split('%').next()?.parse::<std::net::IpAddr>().ok());
    let linux =
        servers.map(|server| overlapped_devices::socket::Address::from_std(std::net::SocketAddr::new(server, 0)));
    linux.map(|address| address::windows_bytes(address.as_bytes())).collect()
}

/// What is written into the caller's buffer, which begins at `base`.
pub(super) struct Writer {
    pub base: usize,
    pub bytes: Vec<u8>,
}

impl Writer {
    /// A place for so many bytes, all zero.
    pub fn place(&mut self, len: usize) -> usize {
        let at = self.bytes.len().next_multiple_of(8);
        self.bytes.resize(at + len, 0);
        at
    }

    pub fn set(&mut self, at: usize, value: &[u8]) {
        self.bytes[at..at + value.len()].copy_from_slice(value);
    }

    pub fn u32(&mut self, at: usize, value: u32) {
        self.set(at, &value.to_ne_bytes());
    }

    /// A pointer to another place.
    pub fn point(&mut self, at: usize, to: usize) {
        self.set(at, &(self.base + to).to_ne_bytes());
    }

    fn data(&mut self, bytes: &[u8]) -> usize {
        let at = self.place(bytes.len());
        self.set(at, bytes);
        at
    }

    fn wide(&mut self, text: &str) -> usize {
        let bytes: Vec<u8> = text.encode_utf16().chain([0]).flat_map(u16::to_ne_bytes).collect();
        self.data(&bytes)
    }

    /// A structure of a list: its size, the link to it from the one before at `link`, and a socket address at 16.
    fn entry(&mut self, size: usize, link: usize, address: &[u8]) -> usize {
        let at = self.place(size);
        self.u32(at, size as u32);
        self.point(link, at);
        let data = self.data(address);
        self.point(at + 16, data);
        self.u32(at + 24, address.len() as u32);
        at
    }
}

fn write(base: usize, all: &[Adapter], family: u32, flags: u32) -> Vec<u8> {
    let mut to = Writer { base, bytes: Vec::new() };
    let servers = if flags & SKIP_DNS_SERVER == 0 { name_servers() } else { Vec::new() };
    let mut before = None;
    for adapter in all {
        let at = to.place(ADAPTER);
        to.u32(at, ADAPTER as u32);
        to.u32(at + 4, adapter.index);
        if let Some(before) = before.replace(at) {
            to.point(before + 8, at);
        }
        let name = to.data(&[adapter.name.as_bytes(), &[0]].concat());
        to.point(at + 16, name);
        let empty = to.wide("");
        to.point(at + 56, empty);
        let wide = to.wide(&adapter.name);
        to.point(at + 64, wide);
        if flags & SKIP_FRIENDLY_NAME == 0 {
            to.point(at + 72, wide);
        }
        let loopback = adapter.kind() == LOOPBACK;
        if !loopback {
            to.set(at + 80, &adapter.hardware);
            to.u32(at + 88, adapter.hardware.len() as u32);
        }
        let has = |v6: bool| adapter.addresses.iter().any(|address| address.is_v6 == v6);
        let multicast = if adapter.is(libc::IFF_MULTICAST) || loopback { 0 } else { IP_ADAPTER_NO_MULTICAST };
        let v4 = if has(false) { IPV4_ENABLED } else { 0 };
        let v6 = if has(true) { IPV6_ENABLED } else { 0 };
        to.u32(at + 92, multicast | v4 | v6);
        to.u32(at + 96, adapter.number("mtu").unwrap_or(1500) as u32);
        to.u32(at + 100, adapter.kind());
        to.u32(at + 104, adapter.status());
        to.u32(at + 108, if has(true) { adapter.index } else { 0 });
        // In Mbit/s, and unknown (-1) where there is no cable.
        let speed = adapter.number("speed").map_or(u64::MAX, |speed| speed.saturating_mul(1_000_000));
        to.set(at + 184, &speed.to_ne_bytes());
        to.set(at + 192, &speed.to_ne_bytes());
        to.set(at + 224, &adapter.luid().to_ne_bytes());
        // NET_IF_CONNECTION_DEDICATED.
        to.u32(at + 268, 1);
        addresses(&mut to, at, adapter, flags);
        if flags & INCLUDE_GATEWAYS != 0 {
            let mut link = at + 208;
            let wanted = |gateway: &Vec<u8>| family == 0 || u32::from(gateway[0]) == family;
            for gateway in super::routes::gateways(&adapter.name).into_iter().filter(wanted) {
                let entry = to.entry(SERVER, link, &gateway);
                link = entry + 8;
            }
        }
        if !loopback && adapter.status() == UP {
            let mut link = at + 48;
            for server in &servers {
                let entry = to.entry(SERVER, link, server);
                link = entry + 8;
            }
        }
    }
    to.bytes
}

fn addresses(to: &mut Writer, at: usize, adapter: &Adapter, flags: u32) {
    let (mut unicast, mut prefixes) = (at + 24, at + 176);
    for address in &adapter.addresses {
        if flags & SKIP_UNICAST == 0 {
            let entry = to.entry(UNICAST, unicast, &address.bytes);
            for (place, origin) in ORIGINS.into_iter().enumerate() {
                to.u32(entry + 32 + place * 4, origin);
            }
            for place in 0..3 {
                to.u32(entry + 44 + place * 4, FOR_EVER);
            }
            to.set(entry + 56, &[address.prefix]);
            unicast = entry + 8;
        }
        if flags & INCLUDE_PREFIX != 0 {
            let entry = to.entry(PREFIX, prefixes, &address.bytes);
            to.u32(entry + 32, address.prefix.into());
            prefixes = entry + 8;
        }
    }
}

/// GetAdaptersAddresses: 111 with the bytes needed if there is too little room, 232 if there is no adapter, 87 for a family that is neither
/// 0, AF_INET (2) nor AF_INET6 (23). Gateways are told if the flags ask for them; anycast
/// and multicast addresses are not.
///
/// # Safety
/// `size` is NULL (87) or valid, `to` NULL or writable for as many bytes as it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetAdaptersAddresses(
    family: u32,
    flags: u32,
    _reserved: *const c_void,
    to: *mut u8,
    size: *mut u32,
) -> u32 {
    guard(Win32Error::GEN_FAILURE.0, || {
        if size.is_null() || !matches!(family, 0 | 2 | 23) {
            return Win32Error::INVALID_PARAMETER.0;
        }
        let mut all = adapters();
        for adapter in &mut all {
            adapter.addresses.retain(|address| family == 0 || address.is_v6 == (family == 23));
        }
        if all.is_empty() {
            return Win32Error::NO_DATA.0;
        }
        let bytes = write(to as usize, &all, family, flags);
        // SAFETY: not NULL, and the caller vouches for it.
        let room = unsafe { size.replace(bytes.len() as u32) };
        if to.is_null() || (room as usize) < bytes.len() {
            return TOO_SMALL;
        }
        // SAFETY: there is room for it.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len()) };
        0
    })
}

/// GetNetworkParams: the host's name and the name servers of IPv4; 111 with the bytes needed if there is too little room, 87 for NULL.
///
/// # Safety
/// `size` is NULL (87) or valid, `to` NULL or writable for as many bytes as it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_GetNetworkParams(to: *mut u8, size: *mut u32) -> u32 {
    // FIXED_INFO, and in it the domain and the first server; IP_ADDR_STRING; how long names are at most.
    const INFO: usize = 600;
    const DOMAIN: usize = 132;
    const SERVERS: usize = 272;
    const SERVER_STRING: usize = 48;
    const LONGEST: usize = 128;
    guard(Win32Error::GEN_FAILURE.0, || {
        if size.is_null() {
            return Win32Error::INVALID_PARAMETER.0;
        }
        let mut out = Writer { base: to as usize, bytes: vec![0; INFO] };
        let mut host = [0u8; 256];
        // SAFETY: the length is that of the buffer, less the zero that is there already.
        unsafe { libc::gethostname(host.as_mut_ptr().cast(), host.len() - 1) };
        let end = host.iter().position(|&byte| byte == 0).unwrap_or(0);
        let (name, domain) = host[..end].split_at(host[..end].iter().position(|&byte| byte == b'.').unwrap_or(end));
        let domain = domain.strip_prefix(b".").unwrap_or_default();
        out.set(0, &name[..name.len().min(LONGEST)]);
        out.set(DOMAIN, &domain[..domain.len().min(LONGEST)]);
        // A `sockaddr` of IPv4 begins with family and port.
        let servers = name_servers().into_iter().filter(|server| server.len() == 16);
        let mut at = None;
        for server in servers {
            let place = match at {
                None => SERVERS,
                Some(before) => {
                    let place = out.place(SERVER_STRING);
                    out.point(before, place);
                    place
                }
            };
            let text = std::net::Ipv4Addr::new(server[4], server[5], server[6], server[7]).to_string();
            out.set(place + 8, text.as_bytes());
            at = Some(place);
        }
        // SAFETY: not NULL, and the caller vouches for it.
        let room = unsafe { size.replace(out.bytes.len() as u32) };
        if to.is_null() || (room as usize) < out.bytes.len() {
            return TOO_SMALL;
        }
        // SAFETY: there is room for it.
        unsafe { std::ptr::copy_nonoverlapping(out.bytes.as_ptr(), to, out.bytes.len()) };
        0
    })
}

fn name_of(index: u32) -> Option<OsString> {
    let mut room = [0 as c_char; libc::IF_NAMESIZE];
    // SAFETY: as much room as names have at most.
    let found = unsafe { libc::if_indextoname(index, room.as_mut_ptr()) };
    // SAFETY: found, so it is a string in the room.
    (!found.is_null()).then(|| OsString::from_vec(unsafe { CStr::from_ptr(found) }.to_bytes().to_vec()))
}

/// The luid of an interface by its name.
fn luid_of(name: OsString) -> Option<u64> {
    let text = CString::new(name.clone().into_vec()).ok()?;
    // SAFETY: a string.
    let index = unsafe { libc::if_nametoindex(text.as_ptr()) };
    let name = name.to_string_lossy().into_owned();
    let known = adapters().into_iter().find(|adapter| adapter.name == name);
    (index != 0).then(|| known.map_or_else(|| luid(index, ETHERNET), |adapter| adapter.luid()))
}

/// ConvertInterfaceIndexToLuid: 87 for NULL, 2 if there is no such interface.
///
/// # Safety
/// `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ConvertInterfaceIndexToLuid(index: u32, to: *mut u64) -> u32 {
    guard(Win32Error::GEN_FAILURE.0, || {
        if to.is_null() {
            return Win32Error::INVALID_PARAMETER.0;
        }
        let found = name_of(index).and_then(luid_of);
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { to.write(found.unwrap_or(0)) };
        if found.is_some() { 0 } else { Win32Error::FILE_NOT_FOUND.0 }
    })
}

/// ConvertInterfaceLuidToIndex: 87 for NULL and for what is no interface.
///
/// # Safety
/// `luid` is NULL or readable, `to` NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_ConvertInterfaceLuidToIndex(luid: *const u64, to: *mut u32) -> u32 {
    guard(Win32Error::GEN_FAILURE.0, || {
        // SAFETY: the caller's promise.
        let Some(luid) = (unsafe { luid.as_ref() }) else { return Win32Error::INVALID_PARAMETER.0 };
        if to.is_null() {
            return Win32Error::INVALID_PARAMETER.0;
        }
        let index = (luid >> 24 & 0xFF_FFFF) as u32;
        let known = name_of(index).is_some();
        // SAFETY: not NULL, and the caller vouches for it.
        unsafe { to.write(if known { index } else { 0 }) };
        if known { 0 } else { Win32Error::INVALID_PARAMETER.0 }
    })
}

pair! {
    /// ConvertInterfaceLuidToName: Linux' name; 87 for NULL and for what is no interface, 8 if there is too little room.
    fn ovl_ConvertInterfaceLuidToNameA ovl_ConvertInterfaceLuidToNameW(luid: *const u64, to: *mut C, room: usize) -> u32 {
        guard(Win32Error::GEN_FAILURE.0, || {
            // SAFETY: the caller's promise.
            let found = unsafe { luid.as_ref() }.and_then(|luid| name_of((luid >> 24 & 0xFF_FFFF) as u32));
            let (Some(name), false) = (found, to.is_null()) else { return Win32Error::INVALID_PARAMETER.0 };
            let name = C::from_os(&name);
            if room <= name.len() {
                return Win32Error::NOT_ENOUGH_MEMORY.0;
            }
            // SAFETY: it fits, with its zero.
            unsafe { put(to, &name) };
            0
        })
    }
}

pair! {
    /// ConvertInterfaceNameToLuid: 87 for NULL, 123 for what is no interface's name.
    fn ovl_ConvertInterfaceNameToLuidA ovl_ConvertInterfaceNameToLuidW(name: *const C, to: *mut u64) -> u32 {
        guard(Win32Error::GEN_FAILURE.0, || {
            if name.is_null() || to.is_null() {
                return Win32Error::INVALID_PARAMETER.0;
            }
            // SAFETY: not NULL, and the caller vouches for it.
            let found = luid_of(C::to_os(unsafe { units(name) }));
            // SAFETY: as above.
            unsafe { to.write(found.unwrap_or(0)) };
            if found.is_some() { 0 } else { Win32Error::INVALID_NAME.0 }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ptr::{null, null_mut};

    /// A number in the answer.
    fn at<const N: usize>(bytes: &[u8], place: usize) -> [u8; N] {
        bytes[place..place + N].try_into().expect("as many as asked for")
    }

    #[test]
    fn the_loopback_interface_has_its_address_and_its_names() {
        let mut size = 0;
        // SAFETY: NULL asks how much room is needed.
        let asked = unsafe { ovl_GetAdaptersAddresses(2, 0, null(), null_mut(), &raw mut size) };
        assert_eq!((asked, size as usize >= ADAPTER), (TOO_SMALL, true));
        // Interfaces may come meanwhile.
        let mut room = vec![0u64; size as usize / 8 + 4096];
        size = room.len() as u32 * 8;
        let base = room.as_mut_ptr() as usize;
        // SAFETY: as much room as is said.
        assert_eq!(unsafe { ovl_GetAdaptersAddresses(2, 0, null(), room.as_mut_ptr().cast(), &raw mut size) }, 0);
        // SAFETY: our own memory.
        let bytes = unsafe { std::slice::from_raw_parts(room.as_ptr().cast::<u8>(), room.len() * 8) };
        let mut adapter = base;
        let word = |address: usize| usize::from_ne_bytes(at(bytes, address - base));
        while adapter != 0 && u32::from_ne_bytes(at(bytes, adapter - base + 100)) != LOOPBACK {
            adapter = word(adapter + 8);
        }
        assert_ne!(adapter, 0, "there is a loopback interface");
        let unicast = word(adapter + 24);
        let address: [u8; 8] = at(bytes, word(unicast + 16) - base);
        assert_eq!((address[0], &address[4..]), (2, &[127, 0, 0, 1][..]));
        assert_eq!(bytes[unicast - base + 56], 8, "127.0.0.0/8");
        let index = u32::from_ne_bytes(at(bytes, adapter - base + 4));
        let (mut luid, mut back, mut name) = (0, 0, [0u16; 17]);
        // SAFETY: our own places.
        unsafe {
            assert_eq!(ovl_ConvertInterfaceIndexToLuid(index, &raw mut luid), 0);
            assert_eq!(luid, u64::from_ne_bytes(at(bytes, adapter - base + 224)));
            assert_eq!((ovl_ConvertInterfaceLuidToIndex(&raw const luid, &raw mut back), back), (0, index));
            assert_eq!(ovl_ConvertInterfaceLuidToNameW(&raw const luid, name.as_mut_ptr(), name.len()), 0);
            let again = luid;
            assert_eq!((ovl_ConvertInterfaceNameToLuidW(name.as_ptr(), &raw mut luid), luid), (0, again));
            assert_eq!(ovl_ConvertInterfaceNameToLuidA(c"nothing-of-that".as_ptr().cast(), &raw mut luid), 123);
        }
    }
}
