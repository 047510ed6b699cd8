//! NotifyAddrChange and NotifyRouteChange (`iphlpapi.h`): requests that complete when the network changes.
//!
//! A netlink socket that hears of such changes is an instance like any other, and the request a read on it. It has a socket of its own,
//! since each change is read once; its handle closes some time after it has completed, as callers are not to close it.

use crate::support::{Bool, RawHandle, event_of, files, guard, guard_bool, system};
use overlapped_abi::{Overlapped, Win32Error};
use overlapped_kernel::handle::{Handle, Object};
use overlapped_kernel::instance::Instance;
use overlapped_kernel::request::{Buffer, Function, Route};
use overlapped_kernel::road::{Place, Reply, Report, Transfer};
use parking_lot::Mutex;
use std::os::fd::{FromRawFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::Arc;

/// Groups of messages of rtnetlink.
const ADDRESSES: u32 = 0x10 | 0x100;
const ROUTES: u32 = 0x40 | 0x400;
const ROOM: usize = 8192;
/// Handles that are left open though their requests are complete, for those who still ask about them: the latest ones.
const KEPT: usize = 64;

struct Watch {
    handle: Handle,
    instance: Arc<Instance>,
    token: usize,
}

static WATCHES: Mutex<Vec<Watch>> = Mutex::new(Vec::new());

pub(super) fn socket(groups: u32) -> Result<OwnedFd, Win32Error> {
    // SAFETY: asks for a new descriptor.
    let fd = unsafe { libc::socket(libc::AF_NETLINK, libc::SOCK_RAW | libc::SOCK_CLOEXEC, libc::NETLINK_ROUTE) };
    if fd < 0 {
        return Err(Win32Error::NOT_SUPPORTED);
    }
    // SAFETY: it was just made.
    let socket = unsafe { OwnedFd::from_raw_fd(fd) };
    // SAFETY: a structure of numbers, for which zero is a value.
    let mut address: libc::sockaddr_nl = unsafe { std::mem::zeroed() };
    address.nl_family = libc::AF_NETLINK as libc::sa_family_t;
    address.nl_groups = groups;
    // SAFETY: a descriptor of ours, and an address of that size.
    let bound = unsafe { libc::bind(fd, (&raw const address).cast(), size_of_val(&address) as libc::socklen_t) };
    if bound == 0 { Ok(socket) } else { Err(Win32Error::NOT_SUPPORTED) }
}

/// Waits on the calling thread for a change.
fn await_change(groups: u32) -> Result<(), Win32Error> {
    let socket = socket(groups)?;
    let mut room = vec![0u8; ROOM];
    loop {
        match overlapped_kernel::port::blocking(|| rustix::io::read(&socket, &mut *room)) {
            Err(rustix::io::Errno::INTR) => {}
            // Also if it was too much to be read: there was a change.
            _ => return Ok(()),
        }
    }
}

/// # Safety
/// The OVERLAPPED stays valid until the request is complete.
unsafe fn watch(groups: u32, target: NonNull<Overlapped>) -> Result<Handle, Win32Error> {
    // SAFETY: the caller's promise.
    let raw_event = unsafe { target.as_ref() }.h_event;
    let route = Route { event: event_of(raw_event)?, packet: false, routine: None };
    let system = system()?;
    let opened = files().adopt(socket(groups)?, true)?;
    let (instance, access) = (system.instance(opened.device, true), opened.access);
    let handle = system.insert(Object::Instance(Arc::clone(&instance)), access)?;
    let mut room = vec![0u8; ROOM];
    let transfer = Transfer {
        function: Function::Read,
        buffer: Buffer { start: room.as_mut_ptr(), len: room.len() },
        place: Place::Offset(0),
        route,
        overlapped: Some(target),
        payload: Some(Box::new(room)),
        report: Report::AsPending,
        probe: None,
    };
    // SAFETY: the request owns the buffer, which does not move with its box, and the caller vouches for the OVERLAPPED.
    match unsafe { instance.transfer(access, transfer) } {
        Ok(Reply::Done(..) | Reply::Pending(_)) => {
            let mut watches = WATCHES.lock();
            let is_complete = |watch: &Watch| watch.instance.outstanding() == 0;
            let mut surplus = watches.iter().filter(|watch| is_complete(watch)).count().saturating_sub(KEPT);
            watches.retain(|watch| {
                let goes = surplus != 0 && is_complete(watch);
                if goes {
                    surplus -= 1;
                    // Some callers do close them.
                    let _ = system.close(watch.handle);
                }
                !goes
            });
            watches.push(Watch { handle, instance, token: target.as_ptr() as usize });
            Ok(handle)
        }
        Err(refused) => {
            system.close(handle)?;
            Err(refused.error)
        }
    }
}

unsafe fn notify(groups: u32, to: *mut RawHandle, overlapped: *mut Overlapped) -> u32 {
    guard(Win32Error::GEN_FAILURE.0, || {
        let outcome = match (to.is_null(), NonNull::new(overlapped)) {
            (true, None) => await_change(groups),
            (false, Some(target)) => {
                // SAFETY: the caller's promise.
                unsafe { watch(groups, target) }.and_then(|handle| {
                    // SAFETY: not NULL, and the caller vouches for it.
                    unsafe { to.write(handle.into_raw()) };
                    Err(Win32Error::IO_PENDING)
                })
            }
            _ => Err(Win32Error::INVALID_PARAMETER),
        };
        outcome.err().map_or(0, |error| error.0)
    })
}

/// NotifyAddrChange: 997, and the request completes when an address comes or goes; without handle and OVERLAPPED it waits for that.
///
/// # Safety
/// Both are NULL, or writable; the OVERLAPPED until the request is complete.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_NotifyAddrChange(to: *mut RawHandle, overlapped: *mut Overlapped) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { notify(ADDRESSES, to, overlapped) }
}

/// NotifyRouteChange: the same of routes.
///
/// # Safety
/// As for [`ovl_NotifyAddrChange`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ovl_NotifyRouteChange(to: *mut RawHandle, overlapped: *mut Overlapped) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { notify(ROUTES, to, overlapped) }
}

/// CancelIPChangeNotify: the request with this OVERLAPPED ends with 995; FALSE/1168 if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn ovl_CancelIPChangeNotify(overlapped: usize) -> Bool {
    guard_bool(|| {
        let watches = WATCHES.lock();
        let mut meant = watches.iter().filter(|watch| watch.token == overlapped);
        let cancelled = meant.any(|watch| watch.instance.cancel_token(Some(overlapped)).is_ok());
        if cancelled { Ok(()) } else { Err(Win32Error::NOT_FOUND) }
    })
}
