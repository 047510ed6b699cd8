//! Socket addresses in the caller's memory.
//!
//! Windows and Linux lay addresses of IPv4, IPv6 and local sockets out alike; only the number of IPv6's family differs. So an
//! address is copied, and its family exchanged. A local address is the name of a file, which means what it means to CreateFile; the program
//! gets it back as it has spelled it.

use super::{Outcome, check_readable, check_writable};
use crate::support::system;
use overlapped_abi::WsaError;
use overlapped_abi::constants::socket::{AF_INET, AF_INET6, AF_UNIX, AF_UNSPEC};
use overlapped_kernel::namespace::{CaseRule, Target};
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::ffi::{OsStr, c_void};
use std::os::unix::ffi::OsStrExt;

const FAMILY: usize = size_of::<u16>();
/// Room for every address there is.
const LARGEST: usize = size_of::<libc::sockaddr_storage>();
/// Longest `sun_path`, which ends with a zero.
const PATH: usize = 108;

/// Paths of local sockets and how the program has spelled them; the latest ones, of those that differ.
static SPELLED: Mutex<VecDeque<(Vec<u8>, Vec<u8>)>> = Mutex::new(VecDeque::new());
const MOST_SPELLED: usize = 1024;

/// A socket address as Linux has it.
#[derive(Clone, Copy)]
pub(crate) struct LinuxAddress {
    storage: libc::sockaddr_storage,
    len: usize,
}

impl LinuxAddress {
    /// Bytes in Linux' layout; `None` if they are too many.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        // SAFETY: all bytes zero are a valid value of it.
        let mut address = Self { storage: unsafe { std::mem::zeroed() }, len: bytes.len() };
        address.room().get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(address)
    }

    fn room(&mut self) -> &mut [u8] {
        // SAFETY: the storage is plain bytes, initialised, of this length.
        unsafe { std::slice::from_raw_parts_mut((&raw mut self.storage).cast(), LARGEST) }
    }

    /// The bytes of it that count.
    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: as for `room`; the length is no more than that.
        unsafe { std::slice::from_raw_parts((&raw const self.storage).cast(), self.len) }
    }
}

/// Reads an address that the caller gave.
///
/// 10014 for NULL or a length that is too short for the family, 10047 for a family that is not known.
///
/// # Safety
/// `name` is NULL or readable for `len` bytes.
pub(crate) unsafe fn read(name: *const c_void, len: i32) -> Outcome<LinuxAddress> {
    let len = usize::try_from(len).map_err(|_| WsaError::EFAULT)?;
    if name.is_null() || len < FAMILY {
        return Err(WsaError::EFAULT);
    }
    check_readable(name, len.min(LARGEST))?;
    // SAFETY: readable, as was just seen.
    let bytes = unsafe { std::slice::from_raw_parts(name.cast::<u8>(), len.min(LARGEST)) };
    let family = u16::from_ne_bytes([bytes[0], bytes[1]]);
    let (least, linux) = match i32::from(family) {
        AF_UNSPEC => return LinuxAddress::from_bytes(&bytes[..FAMILY]).ok_or(WsaError::EFAULT),
        AF_UNIX => return local(&bytes[FAMILY..]),
        AF_INET => (size_of::<libc::sockaddr_in>(), libc::AF_INET),
        AF_INET6 => (size_of::<libc::sockaddr_in6>(), libc::AF_INET6),
        _ => return Err(WsaError::EAFNOSUPPORT),
    };
    let mut address = bytes.get(..least).and_then(LinuxAddress::from_bytes).ok_or(WsaError::EFAULT)?;
    address.room()[..FAMILY].copy_from_slice(&(linux as u16).to_ne_bytes());
    Ok(address)
}

/// The file that `sun_path` names. Without a name it is none, and an abstract name (Linux) stays as it is.
fn local(path: &[u8]) -> Outcome<LinuxAddress> {
    let mut bytes = (libc::AF_UNIX as u16).to_ne_bytes().to_vec();
    if path.first().is_some_and(|&first| first == 0) {
        if path.iter().any(|&byte| byte != 0) {
            bytes.extend(&path[..path.len().min(PATH)]);
        }
        return LinuxAddress::from_bytes(&bytes).ok_or(WsaError::EFAULT);
    }
    let end = path.iter().position(|&byte| byte == 0).unwrap_or(path.len());
    if end > 0 {
        let name = OsStr::from_bytes(&path[..end]);
        let target = system().and_then(|system| system.resolve(name, CaseRule::default()));
        match target {
            Ok(Target::File(file)) => {
                let linux = file.path.as_os_str().as_bytes();
                remember(linux, &path[..end]);
                bytes.extend(linux);
            }
            _ => return Err(WsaError::EADDRNOTAVAIL),
        }
        bytes.push(0);
    }
    if bytes.len() > FAMILY + PATH {
        return Err(WsaError::EFAULT);
    }
    LinuxAddress::from_bytes(&bytes).ok_or(WsaError::EFAULT)
}

fn remember(linux: &[u8], spelled: &[u8]) {
    let mut all = SPELLED.lock();
    all.retain(|(known, _)| known != linux);
    if linux != spelled {
        all.truncate(MOST_SPELLED - 1);
        all.push_front((linux.to_vec(), spelled.to_vec()));
    }
}

/// How the program has spelled the path of this local address, if otherwise.
fn spelled(linux: &[u8]) -> Option<Vec<u8>> {
    let (family, path) = linux.split_at_checked(FAMILY)?;
    let end = path.iter().position(|&byte| byte == 0).unwrap_or(path.len());
    if family != (libc::AF_UNIX as u16).to_ne_bytes() || end == 0 {
        return None;
    }
    let all = SPELLED.lock();
    let (_, spelled) = all.iter().find(|(known, _)| *known == path[..end])?;
    Some([family, spelled, &[0]].concat())
}

/// Linux' address in Windows' numbers.
pub(crate) fn windows_bytes(linux: &[u8]) -> Vec<u8> {
    let mut bytes = spelled(linux).unwrap_or_else(|| linux.to_vec());
    if let Some(family) = bytes.get_mut(..FAMILY) {
        let number = match i32::from(u16::from_ne_bytes([family[0], family[1]])) {
            libc::AF_INET6 => AF_INET6,
            same => same,
        };
        family.copy_from_slice(&(number as u16).to_ne_bytes());
    }
    bytes
}

/// Stores Linux' address where the caller wants it: 10014 if the room is too small.
///
/// # Safety
/// `len` is NULL or a valid length, and `to` writable for that many bytes.
pub(crate) unsafe fn write(linux: &[u8], to: *mut c_void, len: *mut i32) -> Outcome<()> {
    if to.is_null() || len.is_null() {
        return Err(WsaError::EFAULT);
    }
    check_writable(len, size_of::<i32>())?;
    // SAFETY: readable, as was just seen.
    let room = usize::try_from(unsafe { len.read() }).unwrap_or(0);
    let mut bytes = windows_bytes(linux);
    let counted = bytes.len();
    if room < counted {
        return Err(WsaError::EFAULT);
    }
    if bytes.starts_with(&(AF_UNIX as u16).to_ne_bytes()) {
        // Readers take the path to end with a zero.
        bytes.resize(room.min(FAMILY + PATH), 0);
    }
    check_writable(to, bytes.len())?;
    // SAFETY: writable, as was just seen; the room is not less than the bytes.
    unsafe {
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), to.cast(), bytes.len());
        len.write(counted as i32);
    }
    Ok(())
}

/// As [`write`], where NULL means that the caller does not want it.
///
/// # Safety
/// As for [`write`].
pub(crate) unsafe fn write_if_wanted(linux: &[u8], to: *mut c_void, len: *mut i32) -> Outcome<()> {
    if to.is_null() && len.is_null() {
        return Ok(());
    }
    // SAFETY: the caller's promise.
    unsafe { write(linux, to, len) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::winsock::layout::SockaddrIn6;

    fn ipv6() -> SockaddrIn6 {
        SockaddrIn6 { family: AF_INET6 as u16, port: 80u16.to_be(), address: [7; 16], scope: 3, ..Default::default() }
    }

    fn read_of<T>(value: &T, len: i32) -> Outcome<LinuxAddress> {
        // SAFETY: the value is readable for its size.
        unsafe { read(std::ptr::from_ref(value).cast(), len) }
    }

    /// Contract 08 section 1: the numbers of the family differ.
    #[test]
    fn an_address_goes_to_linux_and_back() {
        let linux = read_of(&ipv6(), 28).unwrap();
        assert_eq!(linux.bytes()[..2], (libc::AF_INET6 as u16).to_ne_bytes());
        let (mut back, mut len) = (SockaddrIn6::default(), 28);
        // SAFETY: the place has 28 bytes.
        unsafe { write(linux.bytes(), (&raw mut back).cast(), &raw mut len) }.unwrap();
        assert_eq!((back, len), (ipv6(), 28));
    }

    /// Contract 08 section 3: a bad length is 10014.
    #[test]
    fn short_addresses_and_unknown_families_are_refused() {
        let mut address = ipv6();
        let refused = |address: &SockaddrIn6, len| read_of(address, len).map(|_| ()).unwrap_err();
        for len in [-1, 0, 1, 16, 27] {
            assert_eq!(refused(&address, len), WsaError::EFAULT, "{len}");
        }
        address.family = 99;
        assert_eq!(refused(&address, 28), WsaError::EAFNOSUPPORT);
        // SAFETY: NULL is looked at.
        assert_eq!(unsafe { read(std::ptr::null(), 28) }.map(|_| ()).unwrap_err(), WsaError::EFAULT);
    }

    #[test]
    fn a_place_that_is_too_small_stays_as_it_is() {
        let linux = read_of(&ipv6(), 28).unwrap();
        let (mut back, mut len) = (SockaddrIn6::default(), 27);
        // SAFETY: the length says what the place has at least.
        let refused = unsafe { write(linux.bytes(), (&raw mut back).cast(), &raw mut len) };
        assert_eq!((refused, back, len), (Err(WsaError::EFAULT), SockaddrIn6::default(), 27));
    }

    #[test]
    fn the_path_of_a_local_address_is_a_file_name_and_comes_back_as_it_was_spelled() {
        let of = |path: &[u8]| [&[1, 0], path, &[0]].concat();
        let linux = |bytes: &[u8]| {
            // SAFETY: the bytes are readable.
            unsafe { read(bytes.as_ptr().cast(), bytes.len() as i32) }.unwrap()
        };
        let spelled = of(b"C:\\tmp\\a-local-address");
        let address = linux(&spelled);
        assert_eq!(address.bytes(), of(b"/tmp/a-local-address"));
        let (mut back, mut len) = ([7; 110], 110);
        // SAFETY: the place has 110 bytes.
        unsafe { write(address.bytes(), back.as_mut_ptr().cast(), &raw mut len) }.unwrap();
        assert_eq!((&back[..spelled.len()], len as usize), (&spelled[..], spelled.len()));
        assert!(back[spelled.len()..].iter().all(|&byte| byte == 0));
        let plain = linux(&of(b"/tmp/a-local-address"));
        assert_eq!(windows_bytes(plain.bytes()), of(b"/tmp/a-local-address"), "the last spelling counts");
    }
}
