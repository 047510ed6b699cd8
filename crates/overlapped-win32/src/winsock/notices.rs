//! Notices of changes (`netioapi.h`): functions of the program that are called when interfaces, addresses or routes come, change or go.
//!
//! Each registration has a netlink socket, which hears of everything from the moment that the call returns, and a thread that calls the program's
//! function. Rows have what identifies them and nothing else, as on Windows: for more there are the tables. Where so much happens that Linux
//! loses some of it, the function is told what it was told at first: that it has to look at everything.

use super::adapters::adapters;
use super::changes::socket;
use super::routes::{self, Inet, RouteRow, UnicastRow};
use super::tables::ip_of;
use crate::callbacks::{exit_code_of, inside, unwinding};
use crate::support::{RawHandle, guard};
use overlapped_abi::Win32Error;
use parking_lot::Mutex;
use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd, poll};
use rustix::io::Errno;
use std::collections::{HashMap, HashSet};
use std::ffi::c_void;
use std::net::IpAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::LazyLock;
use std::thread::JoinHandle;

const AF_UNSPEC: u16 = 0;
const AF_INET: u16 = 2;
const AF_INET6: u16 = 23;

/// MIB_NOTIFICATION_TYPE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
enum Kind {
    Parameter = 0,
    Added = 1,
    Deleted = 2,
    Initial = 3,
}

/// MIB_IPINTERFACE_ROW, of which only the beginning is told.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct InterfaceRow {
    /// Family.
    pub family: u16,
    /// InterfaceLuid.
    pub luid: u64,
    /// InterfaceIndex.
    pub index: u32,
    rest: [u32; 37],
}

const _: () =
    assert!(size_of::<InterfaceRow>() == 168 && size_of::<UnicastRow>() == 80 && size_of::<RouteRow>() == 104);

/// What a function of the program is called with: the context, a row of the subject's kind or NULL, and what has happened.
pub type Callback = Option<unsafe extern "C" fn(*mut c_void, *const c_void, i32)>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Subject {
    Interfaces,
    Addresses,
    Routes,
}

impl Subject {
    /// Groups of messages of rtnetlink.
    fn groups(self) -> u32 {
        match self {
            Self::Interfaces => 0x1,
            Self::Addresses => 0x10 | 0x100,
            // Linux does not tell of the routes of IPv4 that go with their interface.
            Self::Routes => 0x40 | 0x400 | 0x1,
        }
    }
}

struct Registration {
    bell: OwnedFd,
    thread: JoinHandle<()>,
}

#[derive(Default)]
struct Registrations {
    open: HashMap<RawHandle, Registration>,
    last: usize,
}

static OPEN: LazyLock<Mutex<Registrations>> = LazyLock::new(Mutex::default);

/// Above the handles of everything else, as nothing but CancelMibChangeNotify2 knows them.
const FIRST: RawHandle = 1 << 34;

/// Messages of rtnetlink, and the attributes of them that count.
const NEW_LINK: u16 = 16;
const DEL_LINK: u16 = 17;
const NEW_ADDRESS: u16 = 20;
const DEL_ADDRESS: u16 = 21;
const NEW_ROUTE: u16 = 24;
const DEL_ROUTE: u16 = 25;
const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
const RTA_TARGET: u16 = 1;
const RTA_INTERFACE: u16 = 4;
const RTA_GATEWAY: u16 = 5;
/// Routes to others, and to the computer itself.
const ROUTES: [u8; 2] = [1, 2];
/// Room for what one call of Linux gives.
const ROOM: usize = 32 << 10;

/// A row, and what has happened to it.
enum Row {
    Interface(InterfaceRow),
    Address(UnicastRow),
    Route(RouteRow),
}

/// What is known of the network, to tell what is new.
struct Watcher {
    subject: Subject,
    family: u16,
    /// By their numbers: interfaces that are gone have names no more.
    luids: HashMap<u32, u64>,
    addresses: HashSet<(u32, IpAddr)>,
    routes: HashMap<Target, RouteRow>,
}

/// What tells a route from others: interface, first address and length of the prefix.
type Target = (u32, [u8; 28], u8);

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_ne_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

/// The value of an attribute.
fn attribute(mut bytes: &[u8], wanted: u16) -> Option<&[u8]> {
    loop {
        let (len, kind) = (usize::from(half(bytes, 0)?), half(bytes, 2)?);
        let value = bytes.get(4..len)?;
        if kind == wanted {
            return Some(value);
        }
        bytes = bytes.get(len.next_multiple_of(4)..)?;
    }
}

fn ip(bytes: &[u8]) -> Option<IpAddr> {
    match bytes.len() {
        4 => Some(<[u8; 4]>::try_from(bytes).ok()?.into()),
        16 => Some(<[u8; 16]>::try_from(bytes).ok()?.into()),
        _ => None,
    }
}

/// AF_* of Linux as Windows numbers them.
fn family(linux: u8) -> Option<u16> {
    match i32::from(linux) {
        libc::AF_INET => Some(AF_INET),
        libc::AF_INET6 => Some(AF_INET6),
        _ => None,
    }
}

impl Watcher {
    fn new(subject: Subject, family: u16) -> Self {
        let (luids, addresses, routes) = (HashMap::new(), HashSet::new(), HashMap::new());
        let mut watcher = Self { subject, family, luids, addresses, routes };
        watcher.refresh();
        if subject == Subject::Routes {
            watcher.routes.extend(routes::routes().0.into_iter().map(|row| (target(&row), row)));
        }
        for adapter in adapters() {
            let known = adapter.addresses.iter().filter_map(|address| Some((adapter.index, ip_of(address)?)));
            watcher.addresses.extend(known);
        }
        watcher
    }

    fn refresh(&mut self) {
        self.luids.extend(adapters().iter().map(|adapter| (adapter.index, adapter.luid())));
    }

    fn luid(&mut self, index: u32) -> u64 {
        if !self.luids.contains_key(&index) {
            self.refresh();
        }
        // Gone before anybody has seen it: as one of a cable (IF_TYPE_ETHERNET_CSMACD).
        self.luids.get(&index).copied().unwrap_or(6 << 48 | u64::from(index & 0xFF_FFFF) << 24)
    }

    fn wants(&self, family: u16) -> bool {
        self.family == AF_UNSPEC || self.family == family
    }

    /// What a message says, in rows.
    fn rows(&mut self, kind: u16, body: &[u8]) -> Vec<(Row, Kind)> {
        match kind {
            NEW_LINK | DEL_LINK if self.subject == Subject::Routes => self.left_alone(kind == DEL_LINK, body),
            NEW_LINK | DEL_LINK => self.interface(kind == DEL_LINK, body),
            NEW_ADDRESS | DEL_ADDRESS => self.address(kind == DEL_ADDRESS, body).into_iter().collect(),
            NEW_ROUTE | DEL_ROUTE => self.route(kind == DEL_ROUTE, body).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// Every interface has both families here.
    fn interface(&mut self, gone: bool, body: &[u8]) -> Vec<(Row, Kind)> {
        // The other families tell of what bridges make of it.
        let Some(index) = word(body, 4).filter(|_| body[0] == 0) else { return Vec::new() };
        let known = self.luids.contains_key(&index);
        let luid = self.luid(index);
        let kind = match (gone, known) {
            (true, _) => Kind::Deleted,
            (false, true) => Kind::Parameter,
            (false, false) => Kind::Added,
        };
        if gone {
            self.luids.remove(&index);
        }
        let row = |family| (Row::Interface(InterfaceRow { family, luid, index, rest: [0; 37] }), kind);
        [AF_INET, AF_INET6].into_iter().filter(|family| self.wants(*family)).map(row).collect()
    }

    fn address(&mut self, gone: bool, body: &[u8]) -> Option<(Row, Kind)> {
        family(*body.first()?).filter(|family| self.wants(*family))?;
        let (prefix, index, attributes) = (*body.get(1)?, word(body, 4)?, body.get(8..)?);
        // Between two computers the address is that of the other one.
        let own = attribute(attributes, IFA_LOCAL).or_else(|| attribute(attributes, IFA_ADDRESS)).and_then(ip)?;
        let kind = match gone {
            true => {
                self.addresses.remove(&(index, own));
                Kind::Deleted
            }
            false if self.addresses.insert((index, own)) => Kind::Added,
            false => Kind::Parameter,
        };
        let row = UnicastRow {
            address: Inet::of(own),
            luid: self.luid(index),
            index,
            origins: [0; 2],
            valid: 0,
            preferred: 0,
            prefix,
            skip_as_source: 0,
            dad_state: 0,
            scope: 0,
            created: 0,
        };
        Some((Row::Address(row), kind))
    }

    fn route(&mut self, gone: bool, body: &[u8]) -> Option<(Row, Kind)> {
        let family = family(*body.first()?).filter(|family| self.wants(*family))?;
        let (prefix, attributes) = (*body.get(1)?, body.get(12..)?);
        ROUTES.contains(body.get(7)?).then_some(())?;
        let nowhere: IpAddr = if family == AF_INET { [0; 4].into() } else { [0; 16].into() };
        let place = |kind| attribute(attributes, kind).and_then(ip).unwrap_or(nowhere);
        let index = attribute(attributes, RTA_INTERFACE).and_then(|value| word(value, 0))?;
        let row = RouteRow {
            luid: self.luid(index),
            index,
            target: Inet::of(place(RTA_TARGET)),
            prefix,
            next_hop: Inet::of(place(RTA_GATEWAY)),
            site_prefix: 0,
            valid: 0,
            preferred: 0,
            metric: 0,
            protocol: 0,
            flags: [0; 4],
            age: 0,
            origin: 0,
        };
        let known = if gone { self.routes.remove(&target(&row)) } else { self.routes.insert(target(&row), row) };
        let kind = match (gone, known) {
            (true, _) => Kind::Deleted,
            (false, None) => Kind::Added,
            (false, Some(_)) => Kind::Parameter,
        };
        Some((Row::Route(row), kind))
    }

    /// The routes of an interface that is gone or down.
    fn left_alone(&mut self, gone: bool, body: &[u8]) -> Vec<(Row, Kind)> {
        let (Some(index), Some(flags)) = (word(body, 4), word(body, 8)) else { return Vec::new() };
        if !gone && flags & libc::IFF_UP as u32 != 0 {
            return Vec::new();
        }
        let family = self.family;
        let is_lost =
            |row: &RouteRow| row.index == index && (family == AF_UNSPEC || row.target.0[..2] == family.to_ne_bytes());
        self.routes.extract_if(|_, row| is_lost(row)).map(|(_, row)| (Row::Route(row), Kind::Deleted)).collect()
    }
}

fn target(row: &RouteRow) -> Target {
    (row.index, row.target.0, row.prefix)
}

/// The messages in what Linux gives at once: kind and body of each.
fn messages(mut bytes: &[u8]) -> Vec<(u16, &[u8])> {
    const HEAD: usize = 16;
    let mut found = Vec::new();
    while let (Some(len), Some(kind)) = (word(bytes, 0), half(bytes, 4)) {
        let Some(body) = bytes.get(HEAD..len as usize) else { break };
        found.push((kind, body));
        bytes = bytes.get((len as usize).next_multiple_of(4)..).unwrap_or_default();
    }
    found
}

fn register(
    subject: Subject,
    family: u16,
    callback: Callback,
    context: *mut c_void,
    initial: u8,
    to: *mut RawHandle,
) -> Result<(), Win32Error> {
    let callback = callback.filter(|_| !to.is_null() && matches!(family, AF_UNSPEC | AF_INET | AF_INET6));
    let callback = callback.ok_or(Win32Error::INVALID_PARAMETER)?;
    // SAFETY: the same function.
    let callback = unsafe { unwinding!(callback, fn(*mut c_void, *const c_void, i32)) };
    let socket = socket(subject.groups())?;
    let bell = eventfd(0, EventfdFlags::CLOEXEC).map_err(|_| Win32Error::NOT_ENOUGH_MEMORY)?;
    let rung = bell.try_clone().map_err(|_| Win32Error::NOT_ENOUGH_MEMORY)?;
    let mut watcher = Watcher::new(subject, family);
    let context = context as usize;
    let tell = move |row: Option<&Row>, kind: Kind| {
        let row: *const c_void = match row {
            None => std::ptr::null(),
            Some(Row::Interface(row)) => std::ptr::from_ref(row).cast(),
            Some(Row::Address(row)) => std::ptr::from_ref(row).cast(),
            Some(Row::Route(row)) => std::ptr::from_ref(row).cast(),
        };
        // SAFETY: the caller vouches for function and context; the row lives as long as the call.
        inside(|| unsafe { callback(context as *mut c_void, row, kind as i32) });
    };
    let run = move || {
        if initial != 0 {
            tell(None, Kind::Initial);
        }
        let mut room = vec![0u8; ROOM];
        while let Some(outcome) = hear(&socket, &rung, &mut room) {
            let Ok(len) = outcome else {
                // Too much was queued.
                tell(None, Kind::Initial);
                continue;
            };
            for (kind, body) in messages(&room[..len]) {
                for (row, kind) in watcher.rows(kind, body) {
                    if is_rung(&rung) {
                        return;
                    }
                    tell(Some(&row), kind);
                }
            }
        }
    };
    let thread = std::thread::Builder::new().name("ovl-notices".into());
    // A function that ends its thread ends its notices.
    let run = move || {
        let _ = exit_code_of(run);
    };
    let thread = thread.spawn(run).map_err(|_| Win32Error::NOT_ENOUGH_MEMORY)?;
    let mut all = OPEN.lock();
    all.last += 4;
    let handle = FIRST + all.last;
    all.open.insert(handle, Registration { bell, thread });
    // SAFETY: not NULL, and the caller vouches for it.
    unsafe { to.write(handle) };
    Ok(())
}

/// Waits for messages: how many bytes, an error if some are lost; `None` if that is not wanted any more.
fn hear(socket: &OwnedFd, bell: &OwnedFd, room: &mut [u8]) -> Option<Result<usize, Errno>> {
    loop {
        let mut ready = [PollFd::new(socket, PollFlags::IN), PollFd::new(bell, PollFlags::IN)];
        if poll(&mut ready, None).is_err() {
            continue;
        }
        if !ready[1].revents().is_empty() {
            return None;
        }
        match rustix::io::read(socket, &mut *room) {
            Err(Errno::INTR | Errno::AGAIN) => {}
            outcome => return Some(outcome),
        }
    }
}

fn is_rung(bell: &OwnedFd) -> bool {
    let now = rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut [PollFd::from_borrowed_fd(bell.as_fd(), PollFlags::IN)], Some(&now)) == Ok(1)
}

fn code(body: impl FnOnce() -> Result<(), Win32Error>) -> u32 {
    guard(Win32Error::GEN_FAILURE.0, || body().err().map_or(0, |error| error.0))
}

/// NotifyIpInterfaceChange: `callback` is called, on a thread of the library, with the context, a MIB_IPINTERFACE_ROW and what has happened (0 a
/// parameter, 1 new, 2 gone) for each change of an interface; if `initial` is set, once at the beginning with NULL and 3. 87 for a family
/// that is neither 0, AF_INET nor AF_INET6, and for NULL.
///
/// # Safety
/// The callback may be called with the context until CancelMibChangeNotify2 has returned; `to` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_NotifyIpInterfaceChange(
    family: u16,
    callback: Callback,
    context: *mut c_void,
    initial: u8,
    to: *mut RawHandle,
) -> u32 {
    code(|| register(Subject::Interfaces, family, callback, context, initial, to))
}

/// NotifyUnicastIpAddressChange: the same of addresses, with a MIB_UNICASTIPADDRESS_ROW.
///
/// # Safety
/// As for [`ovl_NotifyIpInterfaceChange`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_NotifyUnicastIpAddressChange(
    family: u16,
    callback: Callback,
    context: *mut c_void,
    initial: u8,
    to: *mut RawHandle,
) -> u32 {
    code(|| register(Subject::Addresses, family, callback, context, initial, to))
}

/// NotifyRouteChange2: the same of routes, with a MIB_IPFORWARD_ROW2.
///
/// # Safety
/// As for [`ovl_NotifyIpInterfaceChange`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_NotifyRouteChange2(
    family: u16,
    callback: Callback,
    context: *mut c_void,
    initial: u8,
    to: *mut RawHandle,
) -> u32 {
    code(|| register(Subject::Routes, family, callback, context, initial, to))
}

/// CancelMibChangeNotify2: no call begins any more, and one that runs has ended when this returns, unless it is this very call that calls it.
/// 87 for no such handle.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_CancelMibChangeNotify2(handle: RawHandle) -> u32 {
    code(|| {
        let found = OPEN.lock().open.remove(&handle);
        let Registration { bell, thread } = found.ok_or(Win32Error::INVALID_PARAMETER)?;
        // The counter has room for it.
        let _ = rustix::io::write(&bell, &1u64.to_ne_bytes());
        if thread.thread().id() != std::thread::current().id() {
            // One that panicked has told of it.
            let _ = overlapped_kernel::port::blocking(|| thread.join());
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_and_attributes_that_make_no_sense_are_none() {
        let message =
            |len: u32, kind: u16, body: &[u8]| [&len.to_ne_bytes()[..], &kind.to_ne_bytes(), &[0; 10], body].concat();
        let two = [message(18, NEW_LINK, &[1, 2, 0, 0]), message(17, DEL_LINK, &[3])].concat();
        assert_eq!(messages(&two), [(NEW_LINK, &[1, 2][..]), (DEL_LINK, &[3])]);
        assert!(messages(&message(15, NEW_LINK, &[])).is_empty(), "shorter than its head");
        assert!(messages(&message(99, NEW_LINK, &[0; 4])).is_empty(), "longer than what there is");
        let attributes = [6, 0, 9, 0, 1, 2, 0, 0, 8, 0, 1, 0, 127, 0, 0, 1];
        assert_eq!(attribute(&attributes, 1).and_then(ip), Some([127, 0, 0, 1].into()));
        assert_eq!((attribute(&attributes, 9), attribute(&attributes, 2)), (Some(&[1, 2][..]), None));
        assert_eq!(
            (attribute(&[3, 0, 1, 0], 2), attribute(&[99, 0, 1, 0], 1), attribute(&[0; 8], 1)),
            (None, None, None)
        );
        let mut watcher = Watcher::new(Subject::Routes, AF_INET);
        for kind in [NEW_LINK, DEL_LINK, NEW_ADDRESS, DEL_ADDRESS, NEW_ROUTE, DEL_ROUTE] {
            for len in 0..8 {
                assert!(watcher.rows(kind, &[2; 8][..len]).is_empty(), "{kind}, {len} bytes");
            }
        }
    }
}
