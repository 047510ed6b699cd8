//! The child's side: what the parent has left is taken over before the program's first instruction, and becomes handles with the system.
//!
//! A function that runs before `main` looks for the variable that names the record, takes it out of the environment, and sees to it that
//! descriptors of the record go no further by themselves. What a shell between parent and child has passed on counts too, but for what was
//! meant for the shell: command line, standard handles and the way to say an exit code. Without the variable, and with one that leads
//! to nothing, nothing happens.

use super::record::Record;
use super::table::{Line, Object as Heir, Startup, Table, Thing};
use overlapped_abi::{AccessMask, Win32Error};
use overlapped_kernel::System;
use overlapped_kernel::device::Bequest;
use overlapped_kernel::handle::{Entry, Handle, HandleFlags, Object};
use overlapped_kernel::instance::NotificationModes;
use overlapped_kernel::process::{Known, Process, Will};
use overlapped_kernel::section::Section;
use parking_lot::Mutex;
use rustix::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::collections::BTreeSet;
use std::ffi::{OsStr, c_int, c_void};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// The variable of the environment that names the record: its descriptor and its nonce.
pub(super) const VARIABLE: &str = "OVERLAPPED_PROCESS";

/// What the parent has left.
struct Legacy {
    /// Made for this very process, and not for one between its parent and it.
    direct: Option<Arc<Record>>,
    table: Table,
    /// The heirs whose descriptors are all there, until they are handles.
    waiting: Mutex<Option<Vec<bool>>>,
    /// The socket by which the parent gives more.
    mail: Mutex<Option<OwnedFd>>,
}

static LEGACY: OnceLock<Legacy> = OnceLock::new();

// With a number it runs before what has none, which may run code of the program's.
#[used]
#[unsafe(link_section = ".init_array.00101")]
static ENTER: extern "C" fn() = enter;

/// Runs before `main`.
extern "C" fn enter() {
    // Nothing here is to end a program that was started by somebody else.
    let _ = std::panic::catch_unwind(|| {
        let Some(value) = std::env::var_os(VARIABLE) else { return };
        // SAFETY: before `main` there is one thread.
        unsafe { std::env::remove_var(VARIABLE) };
        if let Some(legacy) = find(&value) {
            let says = legacy.direct.is_some();
            if LEGACY.set(legacy).is_ok() && says {
                // SAFETY: the function stays, and needs no argument.
                unsafe { on_exit(say_at_exit, std::ptr::null_mut()) };
            }
        }
    });
}

unsafe extern "C" {
    /// glibc's: as atexit, with the code of exit in all its bits.
    fn on_exit(function: extern "C" fn(c_int, *mut c_void), argument: *mut c_void) -> c_int;
}

extern "C" fn say_at_exit(code: c_int, _: *mut c_void) {
    say_exit_code(code.cast_unsigned());
}

fn find(value: &OsStr) -> Option<Legacy> {
    let (fd, nonce) = value.to_str()?.split_once(':')?;
    let (fd, nonce) = (fd.parse::<i32>().ok()?, u64::from_str_radix(nonce, 16).ok()?);
    let borrowed = (fd >= 3).then(|| {
        // SAFETY: if it is not open the calls on it fail, and nothing else is done with it.
        unsafe { rustix::fd::BorrowedFd::borrow_raw(fd) }
    })?;
    // A copy, until it is clear that it is what was meant: a stale number may be anybody's.
    // The low numbers may be wanted for the program's own descriptors.
    let copy = rustix::io::fcntl_dupfd_cloexec(borrowed, LOW_NUMBERS);
    let copy = copy.or_else(|_| rustix::io::fcntl_dupfd_cloexec(borrowed, 3));
    let record = Record::adopt(copy.ok()?).ok()?;
    if record.nonce() != nonce {
        return None;
    }
    // SAFETY: it is the parent's record, which nobody else in this process knows of.
    drop(unsafe { OwnedFd::from_raw_fd(fd) });
    let table = record.table()?;
    // Each is claimed, whatever the others are: none is to go further by itself.
    let mut claimed = BTreeSet::from([record.descriptor().as_raw_fd()]);
    let ready = |heir: &Heir| heir.places.iter().filter(|place| !place.claim(&mut claimed)).count() == 0;
    let ready = table.objects.iter().map(ready).collect();
    let direct = (record.process() == std::process::id()).then(|| Arc::new(record));
    // SAFETY: claimed now, and named by the record alone.
    let mail = table.mail.filter(|place| place.claim(&mut claimed)).map(|place| unsafe { place.take() });
    let mail = Mutex::new(mail.filter(|_| direct.is_some()));
    if direct.is_some() {
        lay_out(&table);
    }
    Some(Legacy { direct, table, waiting: Mutex::new(Some(ready)), mail })
}

/// Descriptors below this number are laid out as the parent's C library has said.
const LOW_NUMBERS: i32 = 64;

/// What `lpReserved2` says of the C library's descriptors: a count, a byte of flags for each, and their handles.
fn handed_down(reserved: &[u8]) -> impl Iterator<Item = (i32, u64)> + '_ {
    const OPEN: u8 = 1;
    let count = reserved.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes) as usize);
    let flags = reserved.get(4..).and_then(|rest| rest.get(..count)).unwrap_or_default();
    let handles = reserved.get(4 + flags.len()..).unwrap_or_default().chunks_exact(8);
    let handles = handles.map(|bytes| bytes.iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte)));
    let open = flags.iter().zip(handles).enumerate().filter(|(_, (flags, _))| *flags & OPEN != 0);
    open.map(|(number, (_, handle))| (number as i32, handle)).take_while(|(number, _)| *number < LOW_NUMBERS)
}

/// Puts descriptors where the program expects them: those above the standard ones, by which libraries pass more pipes to a child.
fn lay_out(table: &Table) {
    for (number, value) in handed_down(&table.startup.reserved).filter(|(number, _)| *number > 2) {
        let handle = table.handles.iter().find(|handle| u64::from(handle.value) == value);
        let place = handle.and_then(|handle| table.objects.get(handle.object as usize)?.places.first());
        if let Some(place) = place {
            place.copy_to(number);
        }
    }
}

/// The handle that the parent has given for a descriptor of the C library, if it is a program of ours: one of the standard handles, or one
/// that `lpReserved2` names.
#[must_use]
pub fn handle_of_descriptor(number: i32) -> Option<usize> {
    let standard = usize::try_from(number).ok().filter(|number| *number < 3).and_then(standard_handle);
    let named = || {
        let (legacy, _) = direct()?;
        let found = handed_down(&legacy.table.startup.reserved).find(|(given, _)| *given == number);
        found.and_then(|(_, handle)| usize::try_from(handle).ok())
    };
    standard.or_else(named).filter(|handle| *handle != 0)
}

fn direct() -> Option<(&'static Legacy, &'static Arc<Record>)> {
    let legacy = LEGACY.get()?;
    Some((legacy, legacy.direct.as_ref()?))
}

/// The command line with which the calling process was started by a program of ours, as that gave it.
#[must_use]
pub fn command_line() -> Option<&'static Line> {
    direct().map(|(legacy, _)| &legacy.table.line).filter(|line| **line != Line::None)
}

/// What the parent said in its STARTUPINFO, if it is a program of ours.
#[must_use]
pub fn startup() -> Option<&'static Startup> {
    direct().map(|(legacy, _)| &legacy.table.startup)
}

/// The standard handle (0 to 2) that the parent has given: `None` for what descriptor 0, 1 or 2 is, 0 for none.
#[must_use]
pub fn standard_handle(which: usize) -> Option<usize> {
    let (legacy, _) = direct()?;
    match *legacy.table.standard.get(which)? {
        u64::MAX => None,
        value => usize::try_from(value).ok(),
    }
}

/// Where the parent meets other processes; the environment may say something else.
#[must_use]
pub fn directory() -> Option<PathBuf> {
    let legacy = LEGACY.get()?;
    let directory = PathBuf::from(&legacy.table.directory);
    directory.is_absolute().then_some(directory)
}

/// Says with which code the calling process ends, for those who have its handle: Linux keeps the low byte. The last word counts. Programs
/// that end by `exit` need not call this.
pub fn say_exit_code(code: u32) {
    if let Some((_, record)) = direct() {
        record.say(code);
    }
}

/// Makes handles of what the parent has left, once, in the first system that asks. What is left over is closed.
pub fn arrive(system: &System) {
    let Some(legacy) = LEGACY.get() else { return };
    let Some(ready) = legacy.waiting.lock().take() else { return };
    if let Some(mail) = legacy.mail.lock().take() {
        system.expect_late(Box::new(move |system| super::gift::take(system, &mail)));
    }
    let made = |(heir, ready): (&Heir, bool)| {
        // SAFETY: claimed before `main`, and taken by this call alone, as the list of those that wait is gone.
        let descriptors = ready.then(|| heir.places.iter().map(|place| unsafe { place.take() }).collect::<Vec<_>>())?;
        receive(system, &heir.thing, descriptors)
            .inspect_err(|error| tracing::warn!(%error, thing = ?heir.thing, "not inherited"))
            .ok()
    };
    let objects: Vec<Option<Object>> = legacy.table.objects.iter().zip(ready).map(made).collect();
    for handle in &legacy.table.handles {
        let Some(object) = objects.get(handle.object as usize).cloned().flatten() else { continue };
        let Some(value) = Handle::from_raw(handle.value as usize) else { continue };
        let access = AccessMask::from_bits_retain(handle.access);
        let entry = Entry { object, access, flags: HandleFlags::from_bits_truncate(handle.flags) };
        // Two of one value can only be somebody's mistake: the first stays.
        let _ = system.insert_at(value, entry);
    }
}

pub(super) fn receive(system: &System, thing: &Thing, descriptors: Vec<OwnedFd>) -> Result<Object, Win32Error> {
    let mut descriptors = descriptors.into_iter();
    match thing {
        Thing::Instance { kind, overlapped, modes, bytes } => {
            let (kind, overlapped, bytes) = (*kind, *overlapped, bytes.clone());
            let (descriptor, keep) = (descriptors.next(), descriptors.next());
            let opened = system.inherit(Bequest { kind, overlapped, descriptor, keep, bytes })?;
            let instance = system.instance(opened.device, overlapped);
            // Modes that do not fit the device would not have been set.
            let _ = instance.add_modes(NotificationModes::from_bits_truncate(*modes));
            Ok(Object::Instance(instance))
        }
        // The descriptor keeps the name until it is found.
        Thing::Named(name) => {
            let found = system.open_object(name);
            drop(descriptors);
            found
        }
        Thing::Signal => system.receive(descriptors.next().ok_or(Win32Error::INVALID_HANDLE)?),
        Thing::Section(size, protection, is_memory) => {
            let fd = descriptors.next().ok_or(Win32Error::INVALID_HANDLE)?;
            let there = rustix::fs::fstat(&fd).map_err(super::from_errno)?.st_size.cast_unsigned();
            if there < *size {
                return Err(Win32Error::INVALID_HANDLE);
            }
            let section = match is_memory {
                true => Section::of_memory(fd, *size, *protection),
                false => Section::of_file(fd, *size, *protection, Arc::new(())),
            };
            Ok(Object::Section(Arc::new(section)))
        }
        Thing::Process(id, is_thread) => {
            let pidfd = descriptors.next().ok_or(Win32Error::INVALID_HANDLE)?;
            if !stands_for(&pidfd, *id) {
                return Err(Win32Error::INVALID_HANDLE);
            }
            let will = descriptors.next().and_then(|fd| Record::adopt(fd).ok());
            let will = will.map(|record| Arc::new(record) as Arc<dyn Will>);
            let process = Process::inherited(Known { id: *id, pidfd, will })?;
            Ok(if *is_thread { Object::MainThread(process) } else { Object::Process(process) })
        }
    }
}

/// Is it the pidfd of that process, or of one that had that number?
fn stands_for(pidfd: &OwnedFd, id: u32) -> bool {
    let path = format!("/proc/self/fdinfo/{}", pidfd.as_raw_fd());
    let info = std::fs::read_to_string(path).unwrap_or_default();
    let number = info.lines().find_map(|line| line.strip_prefix("Pid:")).map(str::trim);
    // -1: it has ended, and was collected.
    number.is_some_and(|number| number == "-1" || number.parse() == Ok(id))
}
