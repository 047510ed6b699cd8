//! getaddrinfo, getnameinfo and their W forms (contract 08 sections 3 and 11). The look-up is libc's; Windows' lists have other
//! flags, another family for IPv6 and another order of fields.
//!
//! A list is made of nodes that own what they point to, so freeaddrinfo needs the list only.

use super::layout::AddrInfo;
use super::record::answer;
use super::{Outcome, address, away, host, presentation, startup};
use crate::arguments::pair;
use crate::support::{guard, set_last_error};
use crate::text::{self, Unit};
use overlapped_abi::WsaError;
use overlapped_abi::constants::socket::{AF_INET, AF_INET6, AF_UNSPEC};
use std::ffi::{CStr, CString, c_char, c_void};
use std::net::Ipv6Addr;
use std::ptr::{null, null_mut};

/// Windows' flags and Linux'. The others of Windows' are hints for name servers that libc does not ask.
const FLAGS: [(i32, i32); 7] = [
    (0x1, libc::AI_PASSIVE),
    (0x2, libc::AI_CANONNAME),
    (0x4, libc::AI_NUMERICHOST),
    (0x8, libc::AI_NUMERICSERV),
    (0x100, libc::AI_ALL),
    (0x400, libc::AI_ADDRCONFIG),
    (0x800, libc::AI_V4MAPPED),
];
const AI_CANONNAME: i32 = 0x2;

/// What the entries of one of the two kinds of lists are.
pub(super) trait Entry<C>: Sized {
    /// An entry that points to nothing yet.
    fn new(flags: i32, found: &Found, next: *mut Self) -> Self;
    /// Where it points to: address and name.
    fn lead(&mut self, address: *mut c_void, canonical: *mut C);
    /// The entry behind it.
    fn next(&self) -> *mut Self;
}

impl<C> Entry<C> for AddrInfo<C> {
    fn new(flags: i32, found: &Found, next: *mut Self) -> Self {
        Self {
            flags,
            family: found.family(),
            socktype: found.socktype,
            protocol: found.protocol,
            address_len: found.address.len(),
            canonical: null_mut(),
            address: null_mut(),
            next,
        }
    }

    fn lead(&mut self, address: *mut c_void, canonical: *mut C) {
        (self.address, self.canonical) = (address, canonical);
    }

    fn next(&self) -> *mut Self {
        self.next
    }
}

/// An entry of a list with what it points to.
#[repr(C)]
struct Node<I, C> {
    /// The first field, so that a pointer to it is one to the node.
    info: I,
    address: Box<[u8]>,
    canonical: Option<Box<[C]>>,
}

/// What the caller asks for.
pub(super) struct Question {
    node: Option<CString>,
    service: Option<CString>,
    hints: libc::addrinfo,
    /// Windows' flags, which the entries repeat.
    pub(super) flags: i32,
}

// SAFETY: the pointers in the hints are NULL.
unsafe impl Send for Question {}

/// # Safety
/// `text` is NULL or ends with a zero.
unsafe fn given<C: Unit>(text: *const C) -> Outcome<Option<CString>> {
    if text.is_null() {
        return Ok(None);
    }
    // SAFETY: not NULL, and the caller vouches for it.
    let text = C::to_os(unsafe { text::units(text) });
    CString::new(text.into_encoded_bytes()).map(Some).map_err(|_| WsaError::HOST_NOT_FOUND)
}

/// Windows takes an address of IPv6 in brackets, too.
fn unbracketed(name: CString) -> CString {
    let inner = name.to_bytes().strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]"));
    match inner.filter(|inner| inner.contains(&b':')).map(CString::new) {
        Some(Ok(inner)) => inner,
        _ => name,
    }
}

fn linux_family(family: i32) -> Outcome<i32> {
    match family {
        AF_UNSPEC => Ok(libc::AF_UNSPEC),
        AF_INET => Ok(libc::AF_INET),
        AF_INET6 => Ok(libc::AF_INET6),
        _ => Err(WsaError::EAFNOSUPPORT),
    }
}

impl Question {
    /// # Safety
    /// The pointers are NULL or lead to what they should.
    pub(super) unsafe fn new<C: Unit>(node: *const C, service: *const C, hints: *const AddrInfo<C>) -> Outcome<Self> {
        // SAFETY: the caller's promise.
        let (node, service) = unsafe { (given(node)?, given(service)?) };
        let node = node.map(unbracketed);
        if node.is_none() && service.is_none() {
            return Err(WsaError::HOST_NOT_FOUND);
        }
        // SAFETY: all bytes zero are hints that say nothing.
        let mut linux: libc::addrinfo = unsafe { std::mem::zeroed() };
        let mut flags = 0;
        // SAFETY: NULL or valid, the caller vouches for it.
        if let Some(hints) = unsafe { hints.as_ref() } {
            flags = hints.flags;
            if node.is_none() && flags & AI_CANONNAME != 0 {
                return Err(WsaError::EINVAL);
            }
            linux.ai_family = linux_family(hints.family)?;
            linux.ai_socktype = hints.socktype;
            linux.ai_protocol = hints.protocol;
        }
        linux.ai_flags = FLAGS.iter().filter(|(ours, _)| flags & ours != 0).fold(0, |all, (_, linux)| all | linux);
        // An empty service is port 0, an empty name this computer.
        let service = service.map(|service| if service.is_empty() { c"0".to_owned() } else { service });
        Ok(Self { node, service, hints: linux, flags })
    }

    /// The answer, as Windows gives it.
    pub(super) fn answer(&self) -> Outcome<Vec<Found>> {
        Ok(self.trimmed(self.ask()?))
    }

    /// Asks libc: address, socket type, protocol and name of each entry.
    fn ask(&self) -> Outcome<Vec<Found>> {
        if self.node.as_deref().is_some_and(CStr::is_empty) {
            return self.own();
        }
        let node = self.node.as_deref().map_or(null(), CStr::as_ptr);
        let service = self.service.as_deref().map_or(null(), CStr::as_ptr);
        let mut list = null_mut();
        // SAFETY: texts that end with a zero or NULL, hints, and a place for the list.
        let answer = away(|| unsafe { libc::getaddrinfo(node, service, &raw const self.hints, &raw mut list) });
        match answer {
            0 => {}
            libc::EAI_SYSTEM => {
                let errno = std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EIO);
                return Err(WsaError::from_errno(errno));
            }
            // libc says of a missing service and of one that is not numeric what Windows says of a name.
            code => return Err(WsaError::from_gai(code)),
        }
        // SAFETY: libc's list, freed once after it was copied.
        let found = unsafe { copied(list) };
        // SAFETY: as above.
        unsafe { libc::freeaddrinfo(list) };
        Ok(found)
    }

    /// The empty name: the addresses of this computer.
    fn own(&self) -> Outcome<Vec<Found>> {
        let name = host::own_name()?;
        let mut all = Vec::new();
        let family = self.hints.ai_family;
        if family != libc::AF_INET6 {
            for address in host::own_addresses() {
                let node = CString::new(address.to_string()).map_err(|_| WsaError::HOST_NOT_FOUND)?;
                let mut hints = self.hints;
                hints.ai_flags = (hints.ai_flags & !libc::AI_CANONNAME) | libc::AI_NUMERICHOST;
                hints.ai_family = libc::AF_INET;
                let service = self.service.clone();
                all.extend(Self { node: Some(node), service, hints, flags: self.flags }.ask()?);
            }
        }
        if all.is_empty() {
            return Self { node: Some(name), service: self.service.clone(), ..*self }.ask();
        }
        if self.flags & AI_CANONNAME != 0 {
            all[0].canonical = Some(name);
        }
        Ok(all)
    }

    /// libc repeats each address for each type of socket; without a type in the hints Windows gives it once, with type 0, save
    /// for services that exist for some types only.
    fn trimmed(&self, mut found: Vec<Found>) -> Vec<Found> {
        let number = |service: &CStr| service.to_bytes().iter().all(u8::is_ascii_digit);
        if self.hints.ai_socktype == 0 && self.service.as_deref().is_none_or(number) {
            // Those of one address stand together.
            found.dedup_by(|next, entry| next.address == entry.address);
            for entry in &mut found {
                (entry.socktype, entry.protocol) = (0, self.hints.ai_protocol);
            }
        } else if self.hints.ai_socktype != 0 {
            // Windows repeats the protocol of the hints, be it 0.
            found.iter_mut().for_each(|entry| entry.protocol = self.hints.ai_protocol);
        }
        found
    }
}

/// An entry of an answer.
pub(super) struct Found {
    pub socktype: i32,
    pub protocol: i32,
    /// A whole `sockaddr` of Windows.
    pub address: Vec<u8>,
    pub canonical: Option<CString>,
}

impl Found {
    /// AF_* of Windows.
    pub fn family(&self) -> i32 {
        self.address.first_chunk().map_or(0, |bytes| i32::from(u16::from_ne_bytes(*bytes)))
    }
}

/// # Safety
/// `list` is a list of libc's.
unsafe fn copied(list: *mut libc::addrinfo) -> Vec<Found> {
    let (mut found, mut next) = (Vec::new(), list);
    // SAFETY: the caller vouches for the list.
    while let Some(entry) = unsafe { next.as_ref() } {
        next = entry.ai_next;
        // SAFETY: an entry's address has the length that it says, its name ends with a zero.
        let (address, canonical) = unsafe {
            let address = std::slice::from_raw_parts(entry.ai_addr.cast::<u8>(), entry.ai_addrlen as usize);
            (address, (!entry.ai_canonname.is_null()).then(|| CStr::from_ptr(entry.ai_canonname).to_owned()))
        };
        found.push(Found {
            socktype: entry.ai_socktype,
            protocol: entry.ai_protocol,
            address: address::windows_bytes(address),
            canonical,
        });
    }
    found
}

/// A list of them; freed by [`free`].
pub(super) fn list<I: Entry<C>, C: Unit>(found: Vec<Found>, flags: i32) -> *mut I {
    let mut next: *mut I = null_mut();
    for entry in found.into_iter().rev() {
        let info = I::new(flags, &entry, next);
        let canonical = entry.canonical.map(|name| {
            let mut units = text::of::<C>(&name.to_string_lossy());
            units.push(C::default());
            units.into_boxed_slice()
        });
        let node = Box::leak(Box::new(Node { info, address: entry.address.into(), canonical }));
        let name = node.canonical.as_mut().map_or(null_mut(), |name| name.as_mut_ptr());
        node.info.lead(node.address.as_mut_ptr().cast(), name);
        next = (&raw mut *node).cast();
    }
    next
}

/// # Safety
/// A list of [`list`]'s, which is used no more.
pub(super) unsafe fn free<I: Entry<C>, C>(list: *mut I) {
    let mut next = list.cast::<Node<I, C>>();
    while !next.is_null() {
        // SAFETY: the caller vouches for the list, whose nodes are boxes.
        let node = unsafe { Box::from_raw(next) };
        next = node.info.next().cast();
    }
}

unsafe fn look_up<C: Unit>(
    node: *const C,
    service: *const C,
    hints: *const AddrInfo<C>,
    to: *mut *mut AddrInfo<C>,
) -> Outcome<()> {
    startup::started()?;
    if to.is_null() {
        return Err(WsaError::EFAULT);
    }
    // SAFETY: not NULL, and the caller vouches for it.
    unsafe { to.write(null_mut()) };
    // SAFETY: the caller's promise.
    let question = unsafe { Question::new(node, service, hints) }?;
    let found = question.answer()?;
    // SAFETY: as above.
    unsafe { to.write(list(found, question.flags)) };
    Ok(())
}

/// These functions answer the code itself, and leave it as the last error too.
pub(super) fn code(body: impl FnOnce() -> Outcome<()>) -> i32 {
    guard(WsaError::NO_RECOVERY.value() as i32, || {
        let code = body().err().unwrap_or(WsaError::SUCCESS).value();
        set_last_error(code);
        code as i32
    })
}

pair! {
    /// getaddrinfo: 0 or the code itself.
    fn ovl_getaddrinfo ovl_GetAddrInfoW(
        node: *const C,
        service: *const C,
        hints: *const AddrInfo<C>,
        to: *mut *mut AddrInfo<C>,
    ) -> i32 {
        // SAFETY: the caller's promise.
        code(|| unsafe { look_up(node, service, hints, to) })
    }
}

pair! {
    /// freeaddrinfo: NULL is no list.
    fn ovl_freeaddrinfo ovl_FreeAddrInfoW(list: *mut AddrInfo<C>) -> () {
        // SAFETY: the caller vouches for a list of getaddrinfo's.
        guard((), || unsafe { free::<AddrInfo<C>, C>(list) });
    }
}

const NI_NOFQDN: i32 = 0x1;
const NI_NUMERICHOST: i32 = 0x2;
const NI_NAMEREQD: i32 = 0x4;
const NI_NUMERICSERV: i32 = 0x8;
const NI_DGRAM: i32 = 0x10;

/// The names of an address and its port.
fn names_of(linux: &[u8], flags: i32) -> Outcome<(CString, CString)> {
    let pairs = [
        (NI_NOFQDN, libc::NI_NOFQDN),
        (NI_NUMERICHOST, libc::NI_NUMERICHOST),
        (NI_NAMEREQD, libc::NI_NAMEREQD),
        (NI_NUMERICSERV, libc::NI_NUMERICSERV),
        (NI_DGRAM, libc::NI_DGRAM),
    ];
    let flags = pairs.iter().filter(|(ours, _)| flags & ours != 0).fold(0, |all, (_, linux)| all | linux);
    let (mut node, mut service) = ([0 as c_char; 1025], [0 as c_char; 64]);
    // SAFETY: an address with its length, and two places with theirs.
    let answer = away(|| unsafe {
        libc::getnameinfo(
            linux.as_ptr().cast(),
            linux.len() as u32,
            node.as_mut_ptr(),
            node.len() as u32,
            service.as_mut_ptr(),
            service.len() as u32,
            flags,
        )
    });
    if answer != 0 {
        return Err(WsaError::from_gai(answer));
    }
    // SAFETY: libc has put a string into each.
    let (node, service) = unsafe { (CStr::from_ptr(node.as_ptr()), CStr::from_ptr(service.as_ptr())) };
    Ok((in_windows_form(node, linux), service.to_owned()))
}

/// An address of IPv6 in Windows' form: the number of an interface where libc says its name, and IPv4 addresses in the ends of more.
fn in_windows_form(name: &CStr, linux: &[u8]) -> CString {
    /// Where `sin6_scope_id` is.
    const SCOPE: usize = 24;
    let text = name.to_str().unwrap_or_default();
    let (host, scope) = text.split_once('%').map_or((text, None), |(host, scope)| (host, Some(scope)));
    let (Ok(address), Some(number)) =
        (host.parse::<Ipv6Addr>(), linux.get(SCOPE..).and_then(|rest| rest.first_chunk()))
    else {
        return name.to_owned();
    };
    let mut text = presentation::six_to_text(address.octets());
    if scope.is_some() {
        text += &format!("%{}", u32::from_ne_bytes(*number));
    }
    CString::new(text).unwrap_or_else(|_| name.to_owned())
}

/// # Safety
/// `to` is NULL or writable for `room` units.
unsafe fn give<C: Unit>(name: &CStr, to: *mut C, room: u32) -> Outcome<()> {
    if to.is_null() || room == 0 {
        return Ok(());
    }
    let name = text::of::<C>(&name.to_string_lossy());
    if name.len() >= room as usize {
        return Err(WsaError::INVALID_PARAMETER);
    }
    // SAFETY: it fits, by the comparison above.
    unsafe { text::put(to, &name) };
    Ok(())
}

pair! {
    /// getnameinfo: 0 or the code itself; 10014 for an address that is too short, 10047 for other families, 11001 if neither a
    /// name nor a service is wanted, 122 if the room is too small.
    fn ovl_getnameinfo ovl_GetNameInfoW(
        name: *const c_void,
        len: i32,
        node: *mut C,
        node_room: u32,
        service: *mut C,
        service_room: u32,
        flags: i32,
    ) -> i32 {
        code(|| {
            startup::started()?;
            if (node.is_null() || node_room == 0) && (service.is_null() || service_room == 0) {
                return Err(WsaError::HOST_NOT_FOUND);
            }
            // SAFETY: the caller's promise.
            let linux = unsafe { address::read(name, len) }?;
            let names = names_of(linux.bytes(), flags)?;
            // SAFETY: the caller's promise.
            unsafe { give(&names.0, node, node_room).and_then(|()| give(&names.1, service, service_room)) }
                .map_err(|_| INSUFFICIENT_BUFFER)
        })
    }
}

/// ERROR_INSUFFICIENT_BUFFER, which has no name of Winsock's own.
const INSUFFICIENT_BUFFER: WsaError = WsaError(122);

/// GAI_STRERROR_BUFFER_SIZE and its zero: more than the longest message.
const MESSAGE: usize = 1025;

fn message<C: Unit>(code: i32, room: &mut Vec<C>) -> *mut C {
    let text = text::of::<C>(WsaError(code as u32).message());
    room.clear();
    room.extend(text.into_iter().take(MESSAGE - 1));
    room.resize(MESSAGE, C::default());
    room.as_mut_ptr()
}

/// gai_strerrorA: the text stays until the thread's next call.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_gai_strerrorA(code: i32) -> *mut u8 {
    guard(null_mut(), || answer(|kept| &kept.message_a, |room| message(code, room)))
}

/// gai_strerrorW.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_gai_strerrorW(code: i32) -> *mut u16 {
    guard(null_mut(), || answer(|kept| &kept.message_w, |room| message(code, room)))
}
