//! A system: everything that calls share. One for the process by default, and as many more as tests want.

use crate::alarm::{Alarm, Alarmed};
use crate::clock::Timeout;
use crate::device::{Bequest, Driver, OpenParams, Opened};
use crate::dispatcher::shared::{Exchange, Passage};
use crate::dispatcher::{Event, Timer, WaitRef};
use crate::engine::Engine;
use crate::handle::{CURRENT_PROCESS, CURRENT_THREAD, Entry, Handle, HandleFlags, HandleTable, Object, Watch};
use crate::idle::Idle;
use crate::instance::Instance;
use crate::limits::{Accounts, Limits};
use crate::names::Names;
use crate::namespace::{CaseRule, Lookup, Namespace, Target};
use crate::port::{Port, Snapshot};
use crate::process::Process;
use crate::sentinel::Sentinel;
use crate::service::Service;
use crate::thread::Thread;
use crate::wait::{self, Outcome};
use overlapped_abi::constants::open::{OPEN_EXISTING, TRUNCATE_EXISTING};
use overlapped_abi::{AccessMask, FileFlags, Win32Error};
use parking_lot::{Mutex, ReentrantMutex, RwLock};
use std::ffi::OsStr;
use std::sync::{Arc, OnceLock, Weak};

mod owner;

pub use owner::Owner;

/// What the creator of a dispatcher object gets: EVENT_ALL_ACCESS and its like, without caring for the kind.
const ALL_OBJECT_ACCESS: u32 = 0x1F_FFFF;

/// What generic rights mean on dispatcher objects, ports and sections, without caring for the kind.
fn map_generic_object(access: AccessMask) -> AccessMask {
    const READ_CONTROL: u32 = 0x2_0000;
    let [read, write] = [READ_CONTROL | 1, READ_CONTROL | 2].map(AccessMask::from_bits_retain);
    let execute = AccessMask::SYNCHRONIZE | AccessMask::READ_CONTROL;
    let all = AccessMask::from_bits_retain(ALL_OBJECT_ACCESS);
    if access.contains(AccessMask::MAXIMUM_ALLOWED) {
        return access.difference(AccessMask::MAXIMUM_ALLOWED) | all;
    }
    access.map_generic(read, write, execute, all)
}

/// See the module page. Clones share the same state.
#[derive(Clone)]
pub struct System(Arc<Inner>);

struct Inner {
    engine: Arc<dyn Engine>,
    idle: Arc<Idle>,
    service: Arc<Service>,
    handles: HandleTable<Entry>,
    names: Names,
    namespace: RwLock<Namespace>,
    lookup: Box<dyn Lookup + Send + Sync>,
    drivers: Vec<Box<dyn Driver>>,
    accounts: Arc<Accounts>,
    ports: Mutex<Ports>,
    /// One thread at a time fetches: what it has taken and not put in yet is there for whoever looks after it.
    late: OnceLock<ReentrantMutex<FetchLate>>,
}

/// Makes handles of what another process has left for this one since it began.
pub type FetchLate = Box<dyn Fn(&System) + Send>;

/// The ports that were made here, each with its number, for pictures of the whole system.
#[derive(Default)]
struct Ports {
    made: u64,
    listed: Vec<(u64, Weak<Port>)>,
}

/// A reference that keeps nothing alive.
#[derive(Clone)]
pub struct WeakSystem(Weak<Inner>);

/// What a system is made of.
pub struct Parts {
    /// Who carries requests out.
    pub engine: Arc<dyn Engine>,
    /// Who opens devices, asked in this order.
    pub drivers: Vec<Box<dyn Driver>>,
    /// What names mean.
    pub namespace: Namespace,
    /// How names are looked up in the file system.
    pub lookup: Box<dyn Lookup + Send + Sync>,
    /// What may be outstanding.
    pub limits: Limits,
}

/// An instance and what a handle may do with it.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The instance.
    pub instance: Arc<Instance>,
    /// The rights.
    pub access: AccessMask,
}

/// What [`System::open`] gives.
#[derive(Debug)]
pub struct Open {
    /// The new handle.
    pub handle: Handle,
    /// What it refers to.
    pub grant: Grant,
    /// The device existed before: last error 183 for CREATE_ALWAYS and OPEN_ALWAYS.
    pub existed: bool,
}

impl std::fmt::Debug for System {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("System").field("engine", &self.0.engine.name()).finish_non_exhaustive()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.service.stop();
    }
}

impl System {
    /// A system, with its service thread.
    #[cfg(not(loom))]
    pub fn new(parts: Parts) -> std::io::Result<Self> {
        let Parts { engine, drivers, namespace, lookup, limits } = parts;
        let accounts = Arc::new(Accounts::new(limits));
        let service = Arc::new(Service::new(Arc::clone(&engine)));
        let idle = Arc::new(Idle::new(Arc::clone(&engine), Arc::clone(&service)));
        crate::service::start(&service, &idle)?;
        let namespace = RwLock::new(namespace);
        let (handles, names) = (HandleTable::new(), Names::default());
        let ports = Mutex::default();
        let late = OnceLock::new();
        let inner = Inner { engine, idle, service, handles, names, namespace, lookup, drivers, accounts, ports, late };
        Ok(Self(Arc::new(inner)))
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &Arc<dyn Engine> {
        &self.0.engine
    }

    /// Where threads wait.
    #[must_use]
    pub fn idle(&self) -> &Arc<Idle> {
        &self.0.idle
    }

    /// What names mean here.
    #[must_use]
    pub fn namespace(&self) -> &RwLock<Namespace> {
        &self.0.namespace
    }

    /// Open handles.
    #[must_use]
    pub fn open_handles(&self) -> usize {
        self.0.handles.len()
    }

    /// Requests of the whole system that are not complete.
    #[must_use]
    pub fn outstanding(&self) -> usize {
        self.0.accounts.requests() + self.unlisted()
    }

    /// Those of them that only their devices show.
    fn unlisted(&self) -> usize {
        let instances = |entry: &Entry| match &entry.object {
            Object::Instance(instance) => Some(Arc::clone(instance)),
            _ => None,
        };
        let mut all: Vec<Arc<Instance>> = self.0.handles.all().iter().filter_map(instances).collect();
        // Several handles may refer to one.
        all.sort_unstable_by_key(Arc::as_ptr);
        all.dedup_by(|one, other| Arc::ptr_eq(one, other));
        all.iter().map(|instance| instance.unlisted()).sum()
    }

    /// Keeps nothing alive.
    #[must_use]
    pub fn downgrade(&self) -> WeakSystem {
        WeakSystem(Arc::downgrade(&self.0))
    }

    /// Opens a device or file by name (CreateFile, contract 01 section 2).
    pub fn open(&self, name: &std::ffi::OsStr, params: &OpenParams) -> Result<Open, Win32Error> {
        if params.disposition > 5 {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let exact = params.flags.contains(FileFlags::POSIX_SEMANTICS);
        if !exact && let Some(spelled) = self.file_as_spelled(name, params) {
            return self.open_file(name, &spelled, params);
        }
        let target = self.resolve(name, if exact { CaseRule::Exact } else { CaseRule::default() });
        // A console takes any, even none (contract 09 section 2).
        if params.disposition == 0
            && !matches!(target, Ok(Target::ConsoleInput | Target::ConsoleOutput | Target::Console))
        {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let target = target?;
        self.open_target(&target, params)
    }

    /// Where a file that is to be there is if it is named as it is spelled.
    fn file_as_spelled(&self, name: &std::ffi::OsStr, params: &OpenParams) -> Option<Target> {
        if !matches!(params.disposition, OPEN_EXISTING | TRUNCATE_EXISTING) {
            return None;
        }
        self.resolve(name, CaseRule::Exact).ok().filter(|target| matches!(target, Target::File(_)))
    }

    /// Opens a file without looking for it first: most are named as they are spelled.
    fn open_file(&self, name: &std::ffi::OsStr, spelled: &Target, params: &OpenParams) -> Result<Open, Win32Error> {
        match self.open_target(spelled, params) {
            Err(missing @ (Win32Error::FILE_NOT_FOUND | Win32Error::PATH_NOT_FOUND)) => {
                let target = self.resolve(name, CaseRule::Folded)?;
                if target == *spelled { Err(missing) } else { self.open_target(&target, params) }
            }
            opened => opened,
        }
    }

    /// The same for what a name has led to.
    pub fn open_target(&self, target: &Target, params: &OpenParams) -> Result<Open, Win32Error> {
        let opened = crate::thread::with_current(|thread| {
            let _blocked = thread.blocked_in_call();
            self.0.drivers.iter().find_map(|driver| driver.open(self, target, params))
        });
        let opened = opened.unwrap_or(Err(Win32Error::FILE_NOT_FOUND))?;
        let grant = Grant { instance: self.instance(opened.device, opened.overlapped), access: opened.access };
        let handle = self.insert(Object::Instance(Arc::clone(&grant.instance)), opened.access)?;
        Ok(Open { handle, grant, existed: opened.existed })
    }

    /// The driver of this type, for what is not opened by a name.
    #[must_use]
    pub fn driver<T: Driver>(&self) -> Option<&T> {
        self.0.drivers.iter().find_map(|driver| (&**driver as &dyn std::any::Any).downcast_ref())
    }

    /// What a name leads to here, whether or not it exists.
    pub fn resolve(&self, name: &std::ffi::OsStr, case: CaseRule) -> Result<Target, Win32Error> {
        self.0.namespace.read().resolve_with(name, &*self.0.lookup, case).map_err(|e| e.code())
    }

    /// An open instance of a device.
    #[must_use]
    pub fn instance(&self, device: Arc<dyn crate::device::Device>, overlapped: bool) -> Arc<Instance> {
        let (engine, idle) = (Arc::clone(&self.0.engine), Arc::clone(&self.0.idle));
        Instance::new(device, overlapped, engine, idle, self.downgrade(), Arc::clone(&self.0.accounts))
    }

    /// Makes a handle; 4 when there are too many.
    pub fn insert(&self, object: Object, access: AccessMask) -> Result<Handle, Win32Error> {
        self.insert_entry(Entry { object, access, flags: HandleFlags::empty() })
    }

    fn insert_entry(&self, mut entry: Entry) -> Result<Handle, Win32Error> {
        entry.flags = entry.flags.told();
        match &entry.object {
            Object::Instance(instance) => instance.handle_opened(),
            _ => entry.access = map_generic_object(entry.access),
        }
        let object = entry.object.clone();
        self.0.handles.insert(entry).ok_or_else(|| {
            self.closed(&object);
            Win32Error::TOO_MANY_OPEN_FILES
        })
    }

    /// What a handle refers to; 6 if it is not open.
    pub fn entry(&self, handle: Handle) -> Result<Entry, Win32Error> {
        self.0.handles.get(handle).map_or_else(|| self.late(|| self.0.handles.get(handle)), Ok)
    }

    /// The same, and what tells when the handle is closed.
    pub fn entry_watched(&self, handle: Handle) -> Result<(Entry, Watch<'_>), Win32Error> {
        self.0.handles.get_watched(handle).map_or_else(|| self.late(|| self.0.handles.get_watched(handle)), Ok)
    }

    /// From now on another process may give this one handles. `fetch` is asked for them when a handle is not there, so nobody has to listen.
    pub fn expect_late(&self, fetch: FetchLate) {
        if self.0.handles.set_aside() {
            // The first one stays.
            let _ = self.0.late.set(ReentrantMutex::new(fetch));
        }
    }

    /// Looks again after what has come late; 6 if it is not there either.
    #[cold]
    fn late<T>(&self, look: impl FnOnce() -> Option<T>) -> Result<T, Win32Error> {
        let fetch = self.0.late.get().ok_or(Win32Error::INVALID_HANDLE)?;
        (fetch.lock())(self);
        // Also if nothing was left: another thread may have fetched it just now.
        look().ok_or(Win32Error::INVALID_HANDLE)
    }

    /// What a value of the C face refers to: a handle, or one of the two pseudo-handles (contract 01 section 1.1).
    pub fn entry_raw(&self, raw: usize) -> Result<Entry, Win32Error> {
        let object = match raw {
            CURRENT_PROCESS => Object::Process(Process::current()),
            CURRENT_THREAD => Object::Thread(crate::thread::current()),
            _ => return self.entry(Handle::from_raw(raw).ok_or(Win32Error::INVALID_HANDLE)?),
        };
        Ok(Entry { object, access: AccessMask::from_bits_retain(ALL_OBJECT_ACCESS), flags: HandleFlags::empty() })
    }

    /// [`System::duplicate`] of a value of the C face: makes real handles of pseudo-handles.
    pub fn duplicate_raw(
        &self,
        source: usize,
        access: Option<AccessMask>,
        flags: HandleFlags,
        close_source: bool,
    ) -> Result<Handle, Win32Error> {
        match source {
            CURRENT_PROCESS | CURRENT_THREAD => self.duplicate_entry(&self.entry_raw(source)?, access, flags),
            _ => {
                let source = Handle::from_raw(source).ok_or(Win32Error::INVALID_HANDLE)?;
                self.duplicate(source, access, flags, close_source)
            }
        }
    }

    /// The instance that a handle refers to; 6 for anything else.
    pub fn grant(&self, handle: Handle) -> Result<Grant, Win32Error> {
        // Not by a copy of the entry: each transfer of the C face comes by here.
        let granted = |entry: &mut Entry| match &entry.object {
            Object::Instance(instance) => Some(Grant { instance: Arc::clone(instance), access: entry.access }),
            _ => None,
        };
        let found = self.0.handles.with(handle, granted);
        let found = found.map_or_else(|| self.late(|| self.0.handles.with(handle, granted)), Ok)?;
        found.ok_or(Win32Error::INVALID_HANDLE)
    }

    /// The port that a handle refers to; 6 for anything else.
    pub fn port(&self, handle: Handle) -> Result<Arc<Port>, Win32Error> {
        match self.entry(handle)?.object {
            Object::Port(port) => Ok(port),
            _ => Err(Win32Error::INVALID_HANDLE),
        }
    }

    /// The event that a handle refers to; 6 for anything else, 5 if the handle may not change it.
    pub fn event(&self, handle: Handle) -> Result<Arc<Event>, Win32Error> {
        match self.entry(handle)?.object {
            Object::Event(event) => Ok(event),
            _ => Err(Win32Error::INVALID_HANDLE),
        }
    }

    /// What a wait needs of a handle or pseudo-handle: 6 if it is not open or cannot be waited on, 5 without SYNCHRONIZE.
    pub fn waitable(&self, raw: usize) -> Result<WaitRef, Win32Error> {
        let entry = self.entry_raw(raw)?;
        if !entry.access.contains(AccessMask::SYNCHRONIZE) {
            return Err(Win32Error::ACCESS_DENIED);
        }
        if let Object::Process(process) | Object::MainThread(process) = &entry.object {
            process.look();
        }
        entry.object.waitable().ok_or(Win32Error::INVALID_HANDLE)
    }

    /// All open handles, with what they refer to, in the order of their values.
    #[must_use]
    pub fn all_open(&self) -> Vec<(Handle, Entry)> {
        let mut open = self.0.handles.all_open();
        open.sort_by_key(|(handle, _)| handle.into_raw());
        open
    }

    /// Makes a handle with this value, as another process has had it; 6 if it is in use here.
    pub fn insert_at(&self, handle: Handle, mut entry: Entry) -> Result<(), Win32Error> {
        entry.flags = entry.flags.told();
        if let Object::Instance(instance) = &entry.object {
            instance.handle_opened();
            instance.device().inherited_as(handle);
        }
        let object = entry.object.clone();
        if self.0.handles.insert_at(handle, entry) {
            return Ok(());
        }
        self.closed(&object);
        Err(Win32Error::INVALID_HANDLE)
    }

    /// The device that the parent process has left; 50 if nobody knows it.
    pub fn inherit(&self, mut bequest: Bequest) -> Result<Opened, Win32Error> {
        let opened = self.0.drivers.iter().find_map(|driver| driver.inherit(self, &mut bequest));
        opened.unwrap_or(Err(Win32Error::NOT_SUPPORTED))
    }

    /// What leads a child process to an event, a mutex, a semaphore, a timer, or to a section with a name: other processes get it from
    /// now on. `None` for other objects; 50 if nothing can be shared here.
    pub fn pass_on(&self, object: &Object) -> Result<Option<Passage>, Win32Error> {
        self.0.names.pass_on(object)
    }

    /// The object without a name to which the parent process has led this one.
    pub fn receive(&self, descriptor: std::os::fd::OwnedFd) -> Result<Object, Win32Error> {
        self.0.names.receive(descriptor, &self.0.service)
    }

    /// Closes every handle to an instance that `which` picks, as [`System::close`] does.
    pub fn close_instances(&self, which: impl Fn(&Instance) -> bool) {
        for (handle, entry) in self.0.handles.all_open() {
            if let Object::Instance(instance) = &entry.object
                && which(instance)
            {
                // Somebody else may have closed it meanwhile.
                let _ = self.close(handle);
            }
        }
    }

    /// Is there a handle to the object?
    fn has_handle(&self, object: &Object) -> bool {
        self.0.handles.any(|entry| entry.object.same(object))
    }

    fn closed(&self, object: &Object) {
        match object {
            Object::Instance(instance) => instance.handle_closed(),
            // A duplicate may be left (contract 01 section 1.3).
            Object::Port(port) if !self.has_handle(object) => port.close(),
            #[cfg(not(loom))]
            Object::Job(job) if !self.has_handle(object) => job.close(),
            // The others end with their last reference.
            _ => {}
        }
    }

    /// DuplicateHandle inside this system: another handle to the same object. `access` `None` means the same rights; a file
    /// cannot gain rights that the source lacks (5). 6 if the source is not open. A port lives with its last handle.
    pub fn duplicate(
        &self,
        source: Handle,
        access: Option<AccessMask>,
        flags: HandleFlags,
        close_source: bool,
    ) -> Result<Handle, Win32Error> {
        let entry = self.entry(source)?;
        let made = self.duplicate_entry(&entry, access, flags);
        if close_source {
            // Whatever the outcome (contract 01 section 1.3). One that is protected stays.
            let _ = self.close(source);
        }
        made
    }

    fn duplicate_entry(
        &self,
        entry: &Entry,
        access: Option<AccessMask>,
        flags: HandleFlags,
    ) -> Result<Handle, Win32Error> {
        let access = match (access, &entry.object) {
            (None, _) => entry.access,
            (Some(wanted), Object::Instance(_)) => {
                let wanted = wanted.map_generic_file();
                if !entry.access.contains(wanted) {
                    return Err(Win32Error::ACCESS_DENIED);
                }
                wanted
            }
            (Some(wanted), _) => wanted,
        };
        self.insert_entry(Entry { object: entry.object.clone(), access, flags })
    }

    /// Other processes have the named objects too, by this. Only the first call counts.
    pub fn share_names(&self, exchange: Arc<dyn Exchange>) {
        self.0.names.share(exchange);
    }

    /// The directory in which processes find the named objects, if there is one.
    #[must_use]
    pub fn directory(&self) -> Option<&std::path::Path> {
        self.0.names.directory()
    }

    /// A handle to a new object, or to the one that has the name already (then with `true`); 6 if that is of another kind.
    /// `access` `None` means every right.
    pub fn create_named(
        &self,
        name: Option<&OsStr>,
        new: Object,
        access: Option<AccessMask>,
        flags: HandleFlags,
    ) -> Result<(Handle, bool), Win32Error> {
        let (object, existed) = match name {
            Some(name) => self.create_object(name, new)?,
            None => (new, false),
        };
        let access = access.unwrap_or(AccessMask::from_bits_retain(ALL_OBJECT_ACCESS));
        Ok((self.insert_entry(Entry { object, access, flags })?, existed))
    }

    /// A handle to the object of that name; 2 if there is none, 5 if no access is asked for, 6 unless `kind` wants it.
    pub fn open_named(
        &self,
        name: &OsStr,
        access: AccessMask,
        flags: HandleFlags,
        kind: impl FnOnce(&Object) -> bool,
    ) -> Result<Handle, Win32Error> {
        let object = self.open_object(name)?;
        if !kind(&object) {
            return Err(Win32Error::INVALID_HANDLE);
        }
        if access.is_empty() {
            return Err(Win32Error::ACCESS_DENIED);
        }
        self.insert_entry(Entry { object, access, flags })
    }

    /// The object of that name if there is one of the kind of `new`, with `true`; else `new`, which has the name as long as somebody
    /// has it. 6 if the name belongs to another kind.
    pub fn create_object(&self, name: &OsStr, new: Object) -> Result<(Object, bool), Win32Error> {
        self.0.names.create(name, new, &self.0.service)
    }

    /// The object of that name; 2 if there is none.
    pub fn open_object(&self, name: &OsStr) -> Result<Object, Win32Error> {
        self.0.names.open(name, &self.0.service)
    }

    /// A new alarm, not set, for a device that is told by it.
    #[must_use]
    pub fn new_alarm(&self, whom: Weak<dyn Alarmed>) -> Arc<Alarm> {
        Alarm::new(Arc::clone(&self.0.service), whom)
    }

    /// A new waitable timer.
    #[must_use]
    pub fn new_timer(&self, manual_reset: bool) -> Arc<Timer> {
        Timer::new(manual_reset, Arc::clone(&self.0.service))
    }

    /// GetHandleInformation.
    pub fn handle_flags(&self, handle: Handle) -> Result<HandleFlags, Win32Error> {
        Ok(self.entry(handle)?.flags.told())
    }

    /// SetHandleInformation: the flags in `mask` become those of `flags`.
    pub fn set_handle_flags(&self, handle: Handle, mask: HandleFlags, flags: HandleFlags) -> Result<(), Win32Error> {
        let mask = mask.told();
        let change = |entry: &mut Entry| entry.flags = (entry.flags - mask) | (flags & mask);
        self.entry(handle)?;
        self.0.handles.with(handle, change).ok_or(Win32Error::INVALID_HANDLE)
    }

    /// Who finds threads of ports that block unannounced (contract 06 section 9).
    #[must_use]
    pub fn sentinel(&self) -> &Sentinel {
        self.0.service.sentinel()
    }

    /// A new completion port (contract 06 section 1); 0 is the number of processors.
    #[must_use]
    pub fn new_port(&self, concurrency: u32) -> Arc<Port> {
        let port = Port::new(concurrency, Some(Arc::clone(&self.0.service)));
        let Ports { made, listed } = &mut *self.0.ports.lock();
        if listed.len() == listed.capacity() {
            listed.retain(|(_, port)| port.strong_count() > 0);
        }
        *made += 1;
        listed.push((*made, Arc::downgrade(&port)));
        port
    }

    /// Pictures of the ports that exist, in the order in which they were made, each with a number that no other one gets. The ports
    /// themselves are their makers' business: what a packet carries means something to them alone.
    #[must_use]
    pub fn snapshots(&self) -> Vec<(u64, Snapshot)> {
        let ports: Vec<(u64, Arc<Port>)> = {
            let Ports { listed, .. } = &*self.0.ports.lock();
            listed.iter().filter_map(|(number, port)| Some((*number, port.upgrade()?))).collect()
        };
        ports.into_iter().map(|(number, port)| (number, port.snapshot())).collect()
    }

    /// Waits for any of the objects; see [`wait::wait_any`].
    pub fn wait_any(&self, objects: &[WaitRef], timeout: Timeout, alertable: bool) -> Result<Outcome, Win32Error> {
        wait::wait_any(&self.0.idle, objects, timeout, alertable)
    }

    /// Waits for all of the objects; see [`wait::wait_all`].
    pub fn wait_all(&self, objects: &[WaitRef], timeout: Timeout, alertable: bool) -> Result<Outcome, Win32Error> {
        wait::wait_all(&self.0.idle, objects, timeout, alertable)
    }

    /// Sleeps; see [`wait::sleep`].
    pub fn sleep(&self, timeout: Timeout, alertable: bool) -> Outcome {
        wait::sleep(&self.0.idle, timeout, alertable)
    }
}

impl WeakSystem {
    /// Of no system.
    #[cfg(all(test, loom))]
    pub(crate) fn none() -> Self {
        Self(Weak::new())
    }

    /// The system, if it still exists.
    #[must_use]
    pub fn upgrade(&self) -> Option<System> {
        self.0.upgrade().map(System)
    }

    pub(crate) fn same(&self, other: &Self) -> bool {
        self.0.ptr_eq(&other.0)
    }

    /// The same as a number, which no other system has as long as this lives.
    pub(crate) fn address(&self) -> usize {
        self.0.as_ptr() as usize
    }

    /// Has the thread requests that its end would cancel?
    #[cfg(not(loom))]
    pub(crate) fn has_requests_of(&self, thread: &Thread) -> bool {
        let Some(system) = self.upgrade() else { return false };
        system.0.handles.all().iter().any(|entry| match &entry.object {
            Object::Instance(instance) => instance.has_requests_of(thread),
            _ => false,
        })
    }

    /// A thread that issued requests here ended.
    pub(crate) fn thread_ended(&self, thread: &Arc<Thread>) {
        let Some(system) = self.upgrade() else { return };
        for entry in system.0.handles.all() {
            if let Object::Instance(instance) = &entry.object {
                instance.thread_ended(thread);
            }
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    /// Contract 01 section 1: a handle that another process has given is there for every thread, also while one of them fetches it.
    #[test]
    fn a_handle_that_comes_late_is_there_for_all_threads() {
        let system = crate::pool::tests::system();
        let handle = Handle::set_aside(7);
        let (left, begun) = (AtomicBool::new(true), Arc::new(AtomicBool::new(false)));
        let seen = Arc::clone(&begun);
        system.expect_late(Box::new(move |system| {
            // Taken, and not put in for a while.
            if left.swap(false, Ordering::SeqCst) {
                seen.store(true, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(50));
                let object = Object::Event(Arc::new(Event::manual_reset(false)));
                let entry = Entry { object, access: AccessMask::from_bits_retain(3), flags: HandleFlags::empty() };
                assert!(system.insert_at(handle, entry).is_ok());
            }
        }));
        std::thread::scope(|scope| {
            let first = scope.spawn(|| system.entry(handle).is_ok());
            while !begun.load(Ordering::SeqCst) && !first.is_finished() {
                std::thread::yield_now();
            }
            assert!(system.entry(handle).is_ok(), "another thread was fetching it");
            assert!(first.join().expect("it does not panic"));
        });
        assert!(system.entry(Handle::set_aside(8)).is_err());
    }
}
