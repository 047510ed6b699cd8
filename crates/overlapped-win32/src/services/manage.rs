//! CreateService, and what can be asked and changed of a service that is there.

use super::handles::{manager, manager_with, open_service, right, service_with, text_of};
use super::packed::Packed;
use super::register::{self, Service, key};
use super::{DOES_NOT_EXIST, DUPLICATE_NAME, EXISTS, INTERACTIVE, INVALID_LEVEL, MARKED_FOR_DELETE, PROGRAMS};
use crate::arguments::{pair, store};
use crate::support::{Bool, RawHandle, guard_bool, guard_or};
use crate::text::{Unit, units};
use overlapped_abi::Win32Error;
use std::ffi::c_void;

/// SERVICE_NO_CHANGE.
const NO_CHANGE: u32 = u32::MAX;
/// SERVICE_AUTO_START, SERVICE_DEMAND_START and SERVICE_DISABLED: the others are for drivers.
const STARTS: std::ops::RangeInclusive<u32> = 2..=4;
/// SERVICE_ERROR_IGNORE to SERVICE_ERROR_CRITICAL.
const ERRORS: std::ops::RangeInclusive<u32> = 0..=3;
/// What the account is said to be where nobody says.
const LOCAL_SYSTEM: &str = "LocalSystem";

fn check(kind: u32, start: u32, error: u32) -> Result<(), Win32Error> {
    let kinds = kind & !INTERACTIVE;
    let program = kinds & PROGRAMS != 0 && kinds & !PROGRAMS == 0 && kinds != PROGRAMS;
    let right = program && STARTS.contains(&start) && ERRORS.contains(&error);
    if right { Ok(()) } else { Err(Win32Error::INVALID_PARAMETER) }
}

/// Texts one behind the other, as the register keeps them: each with its zero.
///
/// # Safety
/// `list` is NULL or texts with their zeros, and one more zero.
unsafe fn list_of<C: Unit>(list: *const C) -> String {
    let (mut all, mut at) = (String::new(), list);
    while !at.is_null() {
        // SAFETY: the caller vouches for a text here, or for the last zero.
        let text = unsafe { units(at) };
        if text.is_empty() {
            break;
        }
        all.push_str(&C::to_os(text).to_string_lossy());
        all.push('\0');
        // SAFETY: behind a text is another one, or the last zero.
        at = unsafe { at.add(text.len() + 1) };
    }
    all
}

/// Has another service one of these names?
fn is_taken(name: &str, display: &str) -> bool {
    let lower = display.to_lowercase();
    register::all().iter().filter(|other| other.name().to_lowercase() != name.to_lowercase()).any(|other| {
        let names = [other.name(), other.text(key::DISPLAY)];
        names.iter().any(|taken| taken.to_lowercase() == lower)
    })
}

pair! {
    /// CreateService: 1073 for a name that there is, 1072 if that one is still to go, 1078 for a display name that another has, 123 for
    /// what cannot be a name, 87 for drivers and without a program.
    fn ovl_CreateServiceA ovl_CreateServiceW(
        scm: RawHandle,
        name: *const C,
        display: *const C,
        access: u32,
        kind: u32,
        start: u32,
        error: u32,
        program: *const C,
        group: *const C,
        tag: *mut u32,
        dependencies: *const C,
        account: *const C,
        _password: *const C,
    ) -> RawHandle {
        guard_or(0, || {
            manager_with(scm, manager::CREATE)?;
            if name.is_null() || program.is_null() {
                return Err(Win32Error::NOACCESS);
            }
            check(kind, start, error)?;
            if !tag.is_null() {
                // A tag is a driver's.
                return Err(Win32Error::INVALID_PARAMETER);
            }
            // SAFETY: NULL or strings, by the caller's promise.
            let service = unsafe {
                let mut service = Service::default();
                let (name, display) = (text_of(name), text_of(display));
                register::check_name(&name)?;
                let display = if display.is_empty() { name.clone() } else { display };
                service.set(key::NAME, name);
                service.set(key::DISPLAY, display);
                service.set(key::PROGRAM, text_of(program));
                service.set(key::GROUP, text_of(group));
                service.set(key::DEPENDENCIES, list_of(dependencies));
                let account = text_of(account);
                service.set(key::ACCOUNT, if account.is_empty() { LOCAL_SYSTEM.into() } else { account });
                service.set_number(key::KIND, kind);
                service.set_number(key::START, start);
                service.set_number(key::ERROR_CONTROL, error);
                service
            };
            let name = service.name();
            match register::find(name) {
                Ok(old) if old.number(key::DELETED) != 0 => return Err(MARKED_FOR_DELETE),
                Ok(_) => return Err(EXISTS),
                Err(_) if is_taken(name, service.text(key::DISPLAY)) => return Err(DUPLICATE_NAME),
                Err(_) => {}
            }
            register::add(&service)?;
            Ok(open_service(name, access))
        })
    }
}

pair! {
    /// ChangeServiceConfig: what is SERVICE_NO_CHANGE or NULL stays. 1072 for one that is to go, 1078 as CreateService.
    fn ovl_ChangeServiceConfigA ovl_ChangeServiceConfigW(
        handle: RawHandle,
        kind: u32,
        start: u32,
        error: u32,
        program: *const C,
        group: *const C,
        tag: *mut u32,
        dependencies: *const C,
        account: *const C,
        _password: *const C,
        display: *const C,
    ) -> Bool {
        guard_bool(|| {
            let service = service_with(handle, right::CHANGE_CONFIG)?;
            if service.number(key::DELETED) != 0 {
                return Err(MARKED_FOR_DELETE);
            }
            let numbers = [(key::KIND, kind), (key::START, start), (key::ERROR_CONTROL, error)];
            let [kind, start, error] = numbers.map(|(key, new)| if new == NO_CHANGE { service.number(key) } else { new });
            check(kind, start, error)?;
            if !tag.is_null() {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            // SAFETY: NULL or strings, by the caller's promise.
            let texts = unsafe {
                let text = |text: *const C| (!text.is_null()).then(|| text_of(text));
                [
                    (key::PROGRAM, text(program)),
                    (key::GROUP, text(group)),
                    (key::DEPENDENCIES, (!dependencies.is_null()).then(|| list_of(dependencies))),
                    (key::ACCOUNT, text(account)),
                    (key::DISPLAY, text(display)),
                ]
            };
            if texts[4].1.as_ref().is_some_and(|display| is_taken(service.name(), display)) {
                return Err(DUPLICATE_NAME);
            }
            register::change(service.name(), |service| {
                for (key, number) in [(key::KIND, kind), (key::START, start), (key::ERROR_CONTROL, error)] {
                    service.set_number(key, number);
                }
                for (key, text) in texts {
                    if let Some(text) = text {
                        service.set(key, text);
                    }
                }
            })
        })
    }
}

/// Several texts as Windows has them: each with its zero, and one more. Behind the last zero another one comes by itself.
fn joined(service: &Service, key: &str) -> String {
    service.list(key).map(|text| format!("{text}\0")).collect()
}

pair! {
    /// QueryServiceConfig: 122 with the bytes needed if there is too little room.
    fn ovl_QueryServiceConfigA ovl_QueryServiceConfigW(
        handle: RawHandle,
        to: *mut c_void,
        room: u32,
        needed: *mut u32,
    ) -> Bool {
        guard_bool(|| {
            let service = service_with(handle, right::QUERY_CONFIG)?;
            let mut packed = Packed::<C>::new(to as usize, 64);
            packed.number(0, service.number(key::KIND));
            packed.number(4, service.number(key::START));
            packed.number(8, service.number(key::ERROR_CONTROL));
            packed.text(16, service.text(key::PROGRAM));
            packed.text(24, service.text(key::GROUP));
            packed.text(40, &joined(&service, key::DEPENDENCIES));
            packed.text(48, service.text(key::ACCOUNT));
            packed.text(56, service.text(key::DISPLAY));
            // SAFETY: the caller's promise.
            unsafe { packed.give(to, room, needed) }
        })
    }
}

/// SERVICE_CONFIG_DESCRIPTION and its like.
mod level {
    pub const DESCRIPTION: u32 = 1;
    pub const FAILURE_ACTIONS: u32 = 2;
    pub const DELAYED_AUTO_START: u32 = 3;
    pub const FAILURE_FLAG: u32 = 4;
    pub const SID: u32 = 5;
    pub const PRIVILEGES: u32 = 6;
    pub const PRESHUTDOWN: u32 = 7;
}

/// The key of a level that is one number.
fn number_of(level: u32) -> Option<&'static str> {
    Some(match level {
        level::DELAYED_AUTO_START => key::DELAYED,
        level::FAILURE_FLAG => key::FAILURE_FLAG,
        level::SID => key::SID,
        level::PRESHUTDOWN => key::PRESHUTDOWN,
        _ => return None,
    })
}

/// SERVICE_FAILURE_ACTIONS.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
struct FailureActions<C> {
    reset: u32,
    reboot: *const C,
    command: *const C,
    count: u32,
    /// SC_ACTION: type and delay.
    actions: *const [u32; 2],
}

const _: () = assert!(size_of::<FailureActions<u8>>() == 40);

/// # Safety
/// `info` is a SERVICE_FAILURE_ACTIONS with valid pointers.
unsafe fn set_failure_actions<C: Unit>(service: &mut Service, info: *const c_void) {
    // SAFETY: the caller's promise; as many actions as are counted.
    unsafe {
        let info = info.cast::<FailureActions<C>>().read_unaligned();
        for (key, text) in [(key::FAILURE_REBOOT, info.reboot), (key::FAILURE_COMMAND, info.command)] {
            if !text.is_null() {
                service.set(key, text_of(text));
            }
        }
        // NULL changes no actions; none at a place takes them away.
        if !info.actions.is_null() {
            service.set_number(key::FAILURE_RESET, info.reset);
            let actions = std::slice::from_raw_parts(info.actions, info.count as usize);
            let text = actions.iter().map(|[kind, delay]| format!("{kind}:{delay}\0")).collect::<String>();
            service.set(key::FAILURE_ACTIONS, text);
        }
    }
}

pair! {
    /// ChangeServiceConfig2: the description, what to do if it fails (kept, and nothing more), delayed start, and other numbers; 124 for other
    /// levels.
    fn ovl_ChangeServiceConfig2A ovl_ChangeServiceConfig2W(handle: RawHandle, level: u32, info: *const c_void) -> Bool {
        guard_bool(|| {
            let service = service_with(handle, right::CHANGE_CONFIG)?;
            if service.number(key::DELETED) != 0 {
                return Err(MARKED_FOR_DELETE);
            }
            if info.is_null() {
                return Ok(());
            }
            // SAFETY: the caller vouches for the structure of this level.
            unsafe {
                let pointer = || info.cast::<*const C>().read_unaligned();
                match (level, number_of(level)) {
                    (level::DESCRIPTION, _) if pointer().is_null() => Ok(()),
                    (level::DESCRIPTION, _) => {
                        let text = text_of(pointer());
                        register::change(service.name(), |service| service.set(key::DESCRIPTION, text))
                    }
                    (level::PRIVILEGES, _) => {
                        let list = list_of(pointer());
                        register::change(service.name(), |service| service.set(key::PRIVILEGES, list))
                    }
                    (level::FAILURE_ACTIONS, _) => {
                        register::change(service.name(), |service| set_failure_actions::<C>(service, info))
                    }
                    (_, Some(key)) => {
                        let number = info.cast::<u32>().read_unaligned();
                        register::change(service.name(), |service| service.set_number(key, number))
                    }
                    _ => Err(INVALID_LEVEL),
                }
            }
        })
    }
}

fn failure_actions<C: Unit>(service: &Service, base: usize) -> Packed<C> {
    let mut packed = Packed::<C>::new(base, 40);
    packed.number(0, service.number(key::FAILURE_RESET));
    let pair = |text: &str| {
        let (kind, delay) = text.split_once(':')?;
        Some([kind.parse::<u32>().ok()?, delay.parse().ok()?])
    };
    let actions: Vec<_> = service.list(key::FAILURE_ACTIONS).filter_map(pair).collect();
    packed.number(24, actions.len() as u32);
    let bytes: Vec<u8> = actions.iter().flatten().flat_map(|number| number.to_ne_bytes()).collect();
    if !bytes.is_empty() {
        packed.bytes(32, &bytes);
    }
    for (at, key) in [(8, key::FAILURE_REBOOT), (16, key::FAILURE_COMMAND)] {
        if !service.text(key).is_empty() {
            packed.text(at, service.text(key));
        }
    }
    packed
}

pair! {
    /// QueryServiceConfig2: what ChangeServiceConfig2 has set.
    fn ovl_QueryServiceConfig2A ovl_QueryServiceConfig2W(
        handle: RawHandle,
        level: u32,
        to: *mut c_void,
        room: u32,
        needed: *mut u32,
    ) -> Bool {
        guard_bool(|| {
            let service = service_with(handle, right::QUERY_CONFIG)?;
            let packed = match (level, number_of(level)) {
                (level::DESCRIPTION, _) => {
                    let mut packed = Packed::<C>::new(to as usize, 8);
                    let text = service.text(key::DESCRIPTION);
                    if !text.is_empty() {
                        packed.text(0, text);
                    }
                    packed
                }
                (level::PRIVILEGES, _) => {
                    let mut packed = Packed::<C>::new(to as usize, 8);
                    packed.text(0, &joined(&service, key::PRIVILEGES));
                    packed
                }
                (level::FAILURE_ACTIONS, _) => failure_actions(&service, to as usize),
                (_, Some(key)) => {
                    let mut packed = Packed::<C>::new(to as usize, 4);
                    packed.number(0, service.number(key));
                    packed
                }
                _ => return Err(INVALID_LEVEL),
            };
            // SAFETY: the caller's promise.
            unsafe { packed.give(to, room, needed) }
        })
    }
}

/// Puts a name as the register's questions give it: the length without the zero is always said; 122 if there is no room.
///
/// # Safety
/// `to` is NULL or has room for `size` units, `size` is writable.
unsafe fn give_name<C: Unit>(name: &str, to: *mut C, size: *mut u32) -> Result<(), Win32Error> {
    let text = crate::text::of::<C>(name);
    if size.is_null() {
        return Err(Win32Error::NOACCESS);
    }
    // SAFETY: not NULL, and the caller vouches for the room.
    unsafe {
        let room = size.read() as usize;
        store(size, text.len() as u32)?;
        if to.is_null() || room <= text.len() {
            return Err(Win32Error::INSUFFICIENT_BUFFER);
        }
        crate::text::put(to, &text);
    }
    Ok(())
}

pair! {
    /// GetServiceDisplayName: 1060 if there is no such service.
    fn ovl_GetServiceDisplayNameA ovl_GetServiceDisplayNameW(
        scm: RawHandle,
        name: *const C,
        to: *mut C,
        size: *mut u32,
    ) -> Bool {
        guard_bool(|| {
            manager_with(scm, 0)?;
            // SAFETY: the caller's promise.
            unsafe { give_name(register::find(&text_of(name))?.text(key::DISPLAY), to, size) }
        })
    }
}

pair! {
    /// GetServiceKeyName: of the service that is shown by this name; 1060 if there is none.
    fn ovl_GetServiceKeyNameA ovl_GetServiceKeyNameW(
        scm: RawHandle,
        display: *const C,
        to: *mut C,
        size: *mut u32,
    ) -> Bool {
        guard_bool(|| {
            manager_with(scm, 0)?;
            // SAFETY: the caller's promise.
            let display = unsafe { text_of(display) }.to_lowercase();
            let all = register::all();
            let found = all.iter().find(|service| service.text(key::DISPLAY).to_lowercase() == display);
            // SAFETY: the caller's promise.
            unsafe { give_name(found.ok_or(DOES_NOT_EXIST)?.name(), to, size) }
        })
    }
}
