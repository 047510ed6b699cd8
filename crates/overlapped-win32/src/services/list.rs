//! Services one after the other: EnumServicesStatus and its like.

use super::handles::{manager, manager_with, right, service_with, text_of};
use super::packed::Packed;
use super::register::{self, Service, key};
use super::{INVALID_LEVEL, ServiceStatusProcess, running, state};
use crate::arguments::{pair, store};
use crate::support::{Bool, RawHandle, guard_bool};
use crate::text::{Unit, of};
use overlapped_abi::Win32Error;
use std::ffi::c_void;

/// SERVICE_ACTIVE and SERVICE_INACTIVE.
const ACTIVE: u32 = 1;
const INACTIVE: u32 = 2;
/// ENUM_SERVICE_STATUS and ENUM_SERVICE_STATUS_PROCESS.
const PLAIN: usize = 48;
const WITH_PROCESS: usize = 56;

/// A service and how it is.
type Found = (Service, ServiceStatusProcess);

fn found(all: Vec<Service>, kinds: u32, states: u32) -> Result<Vec<Found>, Win32Error> {
    if kinds == 0 || states == 0 || states & !(ACTIVE | INACTIVE) != 0 {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    let of_kind = all.into_iter().filter(|service| service.number(key::KIND) & kinds != 0);
    let with_status = of_kind.map(|service| {
        let (status, _) = running::look(service.name(), service.number(key::KIND));
        (service, status)
    });
    let wanted = |(_, status): &Found| match status.status.state {
        state::STOPPED => states & INACTIVE != 0,
        _ => states & ACTIVE != 0,
    };
    Ok(with_status.filter(wanted).collect())
}

/// What a service takes.
fn bytes<C: Unit>(service: &Service, entry: usize) -> usize {
    let text = |text: &str| (of::<C>(text).len() + 1) * size_of::<C>();
    entry + text(service.name()) + text(service.text(key::DISPLAY))
}

/// Where the caller wants to have them.
struct Target {
    to: *mut c_void,
    room: u32,
    needed: *mut u32,
    count: *mut u32,
    resume: *mut u32,
}

/// As many as there is room for, from the one that `resume` says on; 234 if there are more, with the bytes that these need.
///
/// # Safety
/// `to` is NULL or has that room, the other places are NULL or writable.
unsafe fn give<C: Unit>(all: &[Found], entry: usize, target: &Target) -> Result<(), Win32Error> {
    let Target { to, room, needed, count, resume } = *target;
    // SAFETY: not NULL, and the caller vouches for it.
    let from = if resume.is_null() { 0 } else { unsafe { resume.read() as usize } };
    let rest = all.get(from..).unwrap_or_default();
    let (mut fit, mut used) = (0, 0);
    for (service, _) in rest {
        let more = bytes::<C>(service, entry);
        if used + more > room as usize {
            break;
        }
        (fit, used) = (fit + 1, used + more);
    }
    let mut packed = Packed::<C>::new(to as usize, fit * entry);
    for (place, (service, status)) in rest[..fit].iter().enumerate() {
        let at = place * entry;
        packed.text(at, service.name());
        packed.text(at + 8, service.text(key::DISPLAY));
        let ServiceStatusProcess { status: s, process, flags } = *status;
        let numbers = [s.kind, s.state, s.accepted, s.exit_code, s.specific, s.checkpoint, s.wait_hint, process, flags];
        // Behind the seven of a SERVICE_STATUS is padding.
        for (n, number) in numbers.into_iter().take(if entry == PLAIN { 7 } else { 9 }).enumerate() {
            packed.number(at + 16 + n * 4, number);
        }
    }
    debug_assert_eq!(packed.len(), used);
    let left: usize = rest[fit..].iter().map(|(service, _)| bytes::<C>(service, entry)).sum();
    // SAFETY: the caller's promise; the buffer has room for what fits.
    unsafe {
        store(needed, left as u32)?;
        store(count, fit as u32)?;
        packed.copy_to(to)?;
        if left > 0 {
            if !resume.is_null() {
                resume.write((from + fit) as u32);
            }
            return Err(Win32Error::MORE_DATA);
        }
        if !resume.is_null() {
            resume.write(0);
        }
    }
    Ok(())
}

pair! {
    /// EnumServicesStatus: 234 for what does not fit, with the place to go on from.
    fn ovl_EnumServicesStatusA ovl_EnumServicesStatusW(
        scm: RawHandle,
        kinds: u32,
        states: u32,
        to: *mut c_void,
        room: u32,
        needed: *mut u32,
        count: *mut u32,
        resume: *mut u32,
    ) -> Bool {
        guard_bool(|| {
            manager_with(scm, manager::ENUMERATE)?;
            let all = found(register::all(), kinds, states)?;
            // SAFETY: the caller's promise.
            unsafe { give::<C>(&all, PLAIN, &Target { to, room, needed, count, resume }) }
        })
    }
}

pair! {
    /// EnumServicesStatusEx: with the processes; 124 for another level. A group that is named is the only one, "" is none.
    fn ovl_EnumServicesStatusExA ovl_EnumServicesStatusExW(
        scm: RawHandle,
        level: u32,
        kinds: u32,
        states: u32,
        to: *mut c_void,
        room: u32,
        needed: *mut u32,
        count: *mut u32,
        resume: *mut u32,
        group: *const C,
    ) -> Bool {
        guard_bool(|| {
            manager_with(scm, manager::ENUMERATE)?;
            if level != 0 {
                return Err(INVALID_LEVEL);
            }
            let mut all = found(register::all(), kinds, states)?;
            if !group.is_null() {
                // SAFETY: not NULL, and the caller vouches for it.
                let group = unsafe { text_of(group) };
                all.retain(|(service, _)| service.text(key::GROUP).eq_ignore_ascii_case(&group));
            }
            // SAFETY: the caller's promise.
            unsafe { give::<C>(&all, WITH_PROCESS, &Target { to, room, needed, count, resume }) }
        })
    }
}

/// The services that depend on this one.
pub(super) fn dependents(name: &str) -> Vec<Service> {
    let needs = |service: &Service| service.list(key::DEPENDENCIES).any(|other| other.eq_ignore_ascii_case(name));
    register::all().into_iter().filter(needs).collect()
}

pair! {
    /// EnumDependentServices: those that say that they need this one.
    fn ovl_EnumDependentServicesA ovl_EnumDependentServicesW(
        handle: RawHandle,
        states: u32,
        to: *mut c_void,
        room: u32,
        needed: *mut u32,
        count: *mut u32,
    ) -> Bool {
        guard_bool(|| {
            let service = service_with(handle, right::ENUMERATE)?;
            let all = found(dependents(service.name()), u32::MAX, states)?;
            let resume = std::ptr::null_mut();
            // SAFETY: the caller's promise.
            unsafe { give::<C>(&all, PLAIN, &Target { to, room, needed, count, resume }) }
        })
    }
}
