//! Addresses of sockets, as Linux has them: opaque bytes of at most 128, by value.

use std::ffi::OsStr;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Room for every address: `sockaddr_storage`.
pub(super) const ROOM: usize = 128;
/// Where the path of a local address starts.
const PATH: usize = size_of::<libc::sa_family_t>();

/// A socket address in the form of Linux (`sockaddr`).
#[derive(Clone, Copy)]
#[repr(C, align(8))]
pub struct Address {
    bytes: [u8; ROOM],
    len: u32,
}

impl Address {
    /// An address of these bytes, whose first two are the family. `None` if they are too few or too many.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        if !(PATH..=ROOM).contains(&bytes.len()) {
            return None;
        }
        let mut address = Self { bytes: [0; ROOM], len: bytes.len() as u32 };
        address.bytes[..bytes.len()].copy_from_slice(bytes);
        Some(address)
    }

    /// What Linux wrote to a buffer of [`ROOM`] bytes.
    pub(super) fn written(bytes: [u8; ROOM], len: u32) -> Self {
        Self { bytes, len: len.min(ROOM as u32) }
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len as usize]
    }

    /// AF_* of Linux; 0 if nothing is known.
    #[must_use]
    pub fn family(&self) -> i32 {
        if self.len < PATH as u32 { 0 } else { i32::from(u16::from_ne_bytes([self.bytes[0], self.bytes[1]])) }
    }

    /// The port, in host order; 0 for families without.
    #[must_use]
    pub fn port(&self) -> u16 {
        match self.family() {
            libc::AF_INET | libc::AF_INET6 => u16::from_be_bytes([self.bytes[2], self.bytes[3]]),
            _ => 0,
        }
    }

    /// Is it an address that a socket has before it was bound?
    pub(super) fn is_unbound(&self) -> bool {
        match self.family() {
            libc::AF_INET | libc::AF_INET6 => self.port() == 0,
            libc::AF_UNIX => self.len as usize <= PATH,
            _ => false,
        }
    }

    /// Is it one that nobody can be reached at: no computer, or no port? Linux takes the former for this one.
    pub(super) fn is_nowhere(&self) -> bool {
        match self.family() {
            libc::AF_INET => self.port() == 0 || self.bytes[4..8] == [0; 4],
            libc::AF_INET6 => self.port() == 0 || self.bytes[8..24] == [0; 16],
            _ => false,
        }
    }

    /// The same address for IPv4 and IPv6.
    #[must_use]
    pub fn from_std(address: SocketAddr) -> Self {
        let mut made = Self { bytes: [0; ROOM], len: 0 };
        let mut put = |at: usize, bytes: &[u8]| made.bytes[at..at + bytes.len()].copy_from_slice(bytes);
        put(2, &address.port().to_be_bytes());
        match address {
            SocketAddr::V4(v4) => {
                put(0, &(libc::AF_INET as u16).to_ne_bytes());
                put(4, &v4.ip().octets());
                made.len = size_of::<libc::sockaddr_in>() as u32;
            }
            SocketAddr::V6(v6) => {
                put(0, &(libc::AF_INET6 as u16).to_ne_bytes());
                // As the standard library has it: the caller's number, as it lies in memory.
                put(4, &v6.flowinfo().to_ne_bytes());
                put(8, &v6.ip().octets());
                put(24, &v6.scope_id().to_ne_bytes());
                made.len = size_of::<libc::sockaddr_in6>() as u32;
            }
        }
        made
    }

    /// The same address, if it is one of IPv4 or IPv6.
    #[must_use]
    pub fn to_std(&self) -> Option<SocketAddr> {
        let word = |at: usize| -> [u8; 4] { [0, 1, 2, 3].map(|i| self.bytes[at + i]) };
        match self.family() {
            libc::AF_INET => Some(SocketAddrV4::new(Ipv4Addr::from(word(4)), self.port()).into()),
            libc::AF_INET6 => {
                let mut ip = [0; 16];
                ip.copy_from_slice(&self.bytes[8..24]);
                let (flow, scope) = (u32::from_ne_bytes(word(4)), u32::from_ne_bytes(word(24)));
                Some(SocketAddrV6::new(Ipv6Addr::from(ip), self.port(), flow, scope).into())
            }
            _ => None,
        }
    }

    /// The address of a local socket with this name; `None` if the name is too long.
    #[must_use]
    pub fn from_path(path: &Path) -> Option<Self> {
        let path = path.as_os_str().as_bytes();
        // One byte for the zero at the end.
        if path.len() >= size_of::<libc::sockaddr_un>() - PATH || path.contains(&0) {
            return None;
        }
        let mut bytes = (libc::AF_UNIX as u16).to_ne_bytes().to_vec();
        bytes.extend_from_slice(path);
        bytes.push(0);
        Self::new(&bytes)
    }

    /// The name of a local socket that has one in the file system.
    #[must_use]
    pub fn to_path(&self) -> Option<PathBuf> {
        let path = self.as_bytes().get(PATH..).filter(|_| self.family() == libc::AF_UNIX)?;
        let end = path.iter().position(|byte| *byte == 0).unwrap_or(path.len());
        (end > 0).then(|| PathBuf::from(OsStr::from_bytes(&path[..end])))
    }

    pub(super) fn as_ptr(&self) -> *const u8 {
        self.bytes.as_ptr()
    }

    pub(super) fn len(&self) -> u32 {
        self.len
    }
}

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Address {}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.to_std(), self.to_path()) {
            (Some(address), _) => address.fmt(f),
            (None, Some(path)) => path.fmt(f),
            _ => f.debug_struct("Address").field("family", &self.family()).finish_non_exhaustive(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_survive_the_way_there_and_back() {
        for text in ["1.2.3.4:80", "0.0.0.0:0", "[::1]:65535", "[fe80::1%7]:9"] {
            let there: SocketAddr = text.parse().expect("an address");
            assert_eq!(Address::from_std(there).to_std(), Some(there));
        }
        let path = Path::new("/run/x");
        assert_eq!(Address::from_path(path).and_then(|a| a.to_path()).as_deref(), Some(path));
        assert!(Address::from_path(Path::new(&"x".repeat(108))).is_none());
        assert!(Address::new(&[2]).is_none());
        assert!(Address::new(&[2; 129]).is_none());
    }
}
