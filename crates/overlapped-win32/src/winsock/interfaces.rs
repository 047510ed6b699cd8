//! The addresses of this computer's interfaces, for SIO_ADDRESS_LIST_QUERY and SIO_GET_INTERFACE_LIST (contract 08 section 8).

use super::address;
use std::ptr::null_mut;

/// IFF_* of Windows, which Linux has elsewhere, and Linux' own.
const FLAGS: [(u32, i32); 5] = [
    (0x1, libc::IFF_UP),
    (0x2, libc::IFF_BROADCAST),
    (0x4, libc::IFF_LOOPBACK),
    (0x8, libc::IFF_POINTOPOINT),
    (0x10, libc::IFF_MULTICAST),
];

/// An address of an interface that is up.
#[derive(Debug)]
pub(crate) struct Interface {
    /// IFF_* of Windows.
    pub flags: u32,
    /// A whole `sockaddr` of Windows.
    pub address: Vec<u8>,
    /// Likewise; empty if there is none.
    pub netmask: Vec<u8>,
}

impl Interface {
    pub fn is_loopback(&self) -> bool {
        self.flags & 0x4 != 0
    }
}

/// Those of a family of Linux, in the order of the interfaces.
pub(crate) fn of_family(family: i32) -> Vec<Interface> {
    let mut first = null_mut();
    let mut found = Vec::new();
    // SAFETY: a place for the list.
    if unsafe { libc::getifaddrs(&raw mut first) } != 0 {
        return found;
    }
    let mut next = first;
    // SAFETY: the list is libc's until it is freed below.
    while let Some(interface) = unsafe { next.as_ref() } {
        next = interface.ifa_next;
        let linux = interface.ifa_flags;
        // SAFETY: the addresses of an entry are NULL or as long as their family says.
        let (address, netmask) = unsafe { (bytes(interface.ifa_addr, family), bytes(interface.ifa_netmask, family)) };
        if linux & libc::IFF_UP as u32 != 0 && !address.is_empty() {
            let flags = FLAGS.iter().filter(|(_, bit)| linux & *bit as u32 != 0).fold(0, |all, (flag, _)| all | flag);
            found.push(Interface { flags, address, netmask });
        }
    }
    // SAFETY: libc has made it, and nothing of it is kept.
    unsafe { libc::freeifaddrs(first) };
    found
}

/// The address in Windows' form, if it is of that family; else nothing.
///
/// # Safety
/// `address` is NULL or as long as its family says.
unsafe fn bytes(address: *const libc::sockaddr, family: i32) -> Vec<u8> {
    // SAFETY: the caller's promise.
    if unsafe { address.as_ref() }.map(|address| i32::from(address.sa_family)) != Some(family) {
        return Vec::new();
    }
    let len = if family == libc::AF_INET6 { size_of::<libc::sockaddr_in6>() } else { size_of::<libc::sockaddr_in>() };
    // SAFETY: as above.
    address::windows_bytes(unsafe { std::slice::from_raw_parts(address.cast(), len) })
}
