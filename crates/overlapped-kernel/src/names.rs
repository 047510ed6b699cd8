//! Named objects: events, mutexes, semaphores, timers and sections share one name space (contract 04 section 2).
//!
//! A name refers to its object as long as a handle does; the table itself keeps nothing alive. Names are case-sensitive, and
//! `Global\` and `Local\` before one mean the same here. The table is the process's own; what other processes have is behind
//! the [`Exchange`], if the system has one.

use crate::dispatcher::shared::{Exchange, Found, Passage, Shared, Spec};
use crate::dispatcher::{Event, Mutant, Semaphore, Timer, Waitable};
use crate::handle::Object;
#[cfg(not(loom))]
use crate::process::job::Job;
use crate::section::Section;
use crate::service::Service;
use crate::sync::Mutex;
use overlapped_abi::Win32Error;
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::{Arc, OnceLock, Weak};

/// Longest name, in characters.
const LONGEST: usize = 260;

enum Named {
    Event(Weak<Event>),
    Mutant(Weak<Mutant>),
    Semaphore(Weak<Semaphore>),
    Timer(Weak<Timer>),
    Section(Weak<Section>),
    #[cfg(not(loom))]
    Job(Weak<Job>),
}

impl Named {
    fn of(object: &Object) -> Option<Self> {
        match object {
            Object::Event(o) => Some(Self::Event(Arc::downgrade(o))),
            Object::Mutant(o) => Some(Self::Mutant(Arc::downgrade(o))),
            Object::Semaphore(o) => Some(Self::Semaphore(Arc::downgrade(o))),
            Object::Timer(o) => Some(Self::Timer(Arc::downgrade(o))),
            Object::Section(o) => Some(Self::Section(Arc::downgrade(o))),
            Object::Instance(_) | Object::Port(_) | Object::Thread(_) | Object::Process(_) | Object::MainThread(_) => {
                None
            }
            #[cfg(not(loom))]
            Object::Job(o) => Some(Self::Job(Arc::downgrade(o))),
        }
    }

    /// Without a reference, which could be the last one for a moment.
    fn is_alive(&self) -> bool {
        let references = match self {
            Self::Event(o) => o.strong_count(),
            Self::Mutant(o) => o.strong_count(),
            Self::Semaphore(o) => o.strong_count(),
            Self::Timer(o) => o.strong_count(),
            Self::Section(o) => o.strong_count(),
            #[cfg(not(loom))]
            Self::Job(o) => o.strong_count(),
        };
        references > 0
    }

    fn upgrade(&self) -> Option<Object> {
        match self {
            Self::Event(o) => o.upgrade().map(Object::Event),
            Self::Mutant(o) => o.upgrade().map(Object::Mutant),
            Self::Semaphore(o) => o.upgrade().map(Object::Semaphore),
            Self::Timer(o) => o.upgrade().map(Object::Timer),
            Self::Section(o) => o.upgrade().map(Object::Section),
            #[cfg(not(loom))]
            Self::Job(o) => o.upgrade().map(Object::Job),
        }
    }
}

/// See the module page.
#[derive(Default)]
pub(crate) struct Names {
    table: Mutex<HashMap<OsString, Named>>,
    exchange: OnceLock<Arc<dyn Exchange>>,
}

impl Names {
    /// Other processes have the names too, from now on. Only the first call counts.
    pub(crate) fn share(&self, exchange: Arc<dyn Exchange>) {
        let _ = self.exchange.set(exchange);
    }

    /// The object of that name if there is one of the same kind as `new`, with `true`; else `new`, which has the name now. 6 if the
    /// name belongs to an object of another kind. An empty name is none.
    pub(crate) fn create(
        &self,
        name: &OsStr,
        new: Object,
        service: &Arc<Service>,
    ) -> Result<(Object, bool), Win32Error> {
        if name.is_empty() {
            return Ok((new, false));
        }
        let name = plain(name)?;
        let mut names = self.table.lock();
        if let Some(old) = names.get(&name).and_then(Named::upgrade) {
            let same = std::mem::discriminant(&old) == std::mem::discriminant(&new);
            // First: this may be the last reference by now, and what goes with it is the user's.
            drop(names);
            return if same { Ok((old, true)) } else { Err(Win32Error::INVALID_HANDLE) };
        }
        let (object, existed) = match (new, self.exchange.get()) {
            (new, None) => (new, false),
            // A job is the process's own.
            #[cfg(not(loom))]
            (new @ Object::Job(_), Some(_)) => (new, false),
            (Object::Section(section), Some(exchange)) => match Arc::try_unwrap(section) {
                Ok(section) => {
                    let (section, existed) = exchange.attach_section(&name, section)?;
                    (Object::Section(Arc::new(section)), existed)
                }
                // Somebody has it already: it stays what it is.
                Err(section) => (Object::Section(section), false),
            },
            (new, Some(exchange)) => match exchange.attach(&name, Some(spec(&new)?))? {
                Some((found, existed)) => {
                    // A mutex whose maker wants it at once gives way to the shared one.
                    let owned = matches!(&new, Object::Mutant(mutant) if mutant.release().is_ok());
                    (attached(found, owned && !existed, service), existed)
                }
                None => (new, false),
            },
        };
        let Some(named) = Named::of(&object) else { return Err(Win32Error::INVALID_PARAMETER) };
        if names.len() == names.capacity() {
            // Before it grows: a look at all names for each would make thousands of them slow.
            names.retain(|_, named| named.is_alive());
        }
        names.insert(name, named);
        Ok((object, existed))
    }

    /// The object of that name; 2 if there is none, 6 if it is empty.
    pub(crate) fn open(&self, name: &OsStr, service: &Arc<Service>) -> Result<Object, Win32Error> {
        if name.is_empty() {
            return Err(Win32Error::INVALID_HANDLE);
        }
        let name = plain(name)?;
        let mut names = self.table.lock();
        if let Some(object) = names.get(&name).and_then(Named::upgrade) {
            return Ok(object);
        }
        let exchange = self.exchange.get().ok_or(Win32Error::FILE_NOT_FOUND)?;
        let (found, _) = exchange.attach(&name, None)?.ok_or(Win32Error::FILE_NOT_FOUND)?;
        let object = attached(found, false, service);
        if let Some(named) = Named::of(&object) {
            names.insert(name, named);
        }
        Ok(object)
    }

    /// Where processes meet, if that is a directory.
    pub(crate) fn directory(&self) -> Option<&Path> {
        self.exchange.get()?.directory()
    }

    /// What leads a child process to an object that can be waited for, or to a section with a name: other processes get it from
    /// now on. `None` for an object that has nothing of the kind; 50 if nothing can be shared.
    pub(crate) fn pass_on(&self, object: &Object) -> Result<Option<Passage>, Win32Error> {
        let exchange = &**self.exchange.get().ok_or(Win32Error::NOT_SUPPORTED)?;
        let signal = match object {
            Object::Event(event) => event.share(exchange)?,
            Object::Mutant(mutant) => mutant.share(exchange)?,
            Object::Semaphore(semaphore) => semaphore.share(exchange)?,
            Object::Timer(timer) => timer.share(exchange)?,
            Object::Section(_) => {
                let table = self.table.lock();
                let found = |(name, named): (&OsString, &Named)| match named {
                    Named::Section(_) if named.upgrade().is_some_and(|found| found.same(object)) => Some(name.clone()),
                    _ => None,
                };
                let name = table.iter().find_map(found);
                drop(table);
                return Ok(name.and_then(|name| exchange.pass_section(&name)));
            }
            _ => return Ok(None),
        };
        Ok(signal.pass_on())
    }

    /// The object without a name to which the parent process has led this one.
    pub(crate) fn receive(&self, descriptor: OwnedFd, service: &Arc<Service>) -> Result<Object, Win32Error> {
        let exchange = self.exchange.get().ok_or(Win32Error::NOT_SUPPORTED)?;
        Ok(attached(Found::Signal(exchange.receive(descriptor)?), false, service))
    }
}

/// What to share of an object that can be waited for; 87 for those that have no names.
fn spec(object: &Object) -> Result<Spec, Win32Error> {
    match object {
        Object::Event(event) => Ok(Spec::Event { auto: event.is_auto(), signalled: event.dispatcher().is_signalled() }),
        Object::Mutant(_) => Ok(Spec::Mutant),
        Object::Semaphore(semaphore) => semaphore.spec().ok_or(Win32Error::INVALID_PARAMETER),
        Object::Timer(timer) => Ok(Spec::Timer { auto: timer.is_auto() }),
        Object::Instance(_)
        | Object::Port(_)
        | Object::Thread(_)
        | Object::Process(_)
        | Object::MainThread(_)
        | Object::Section(_) => Err(Win32Error::INVALID_PARAMETER),
        #[cfg(not(loom))]
        Object::Job(_) => Err(Win32Error::INVALID_PARAMETER),
    }
}

/// This process's object for what a name leads to.
fn attached(found: Found, owned: bool, service: &Arc<Service>) -> Object {
    fn bind<T: Waitable + 'static>(signal: &dyn Shared, object: &Arc<T>) {
        let object: Weak<T> = Arc::downgrade(object);
        signal.bind(object);
    }
    let signal = match found {
        Found::Signal(signal) => signal,
        Found::Section(section) => return Object::Section(Arc::new(section)),
    };
    match signal.spec() {
        Spec::Section { .. } => unreachable!("a section comes without a signal"),
        Spec::Event { .. } => {
            let event = Event::shared(Arc::clone(&signal));
            bind(&*signal, &event);
            Object::Event(event)
        }
        Spec::Semaphore { .. } => {
            let semaphore = Semaphore::shared(Arc::clone(&signal));
            bind(&*signal, &semaphore);
            Object::Semaphore(semaphore)
        }
        Spec::Mutant => {
            let mutant = Mutant::shared(Arc::clone(&signal), owned);
            bind(&*signal, &mutant);
            Object::Mutant(mutant)
        }
        Spec::Timer { auto } => {
            let timer = Timer::shared(Arc::clone(&signal), auto, Arc::clone(service));
            bind(&*signal, &timer);
            Object::Timer(timer)
        }
    }
}

/// The name without its name space: 206 if it is too long, 3 for a backslash in it, 123 if nothing is left.
fn plain(name: &OsStr) -> Result<OsString, Win32Error> {
    let bytes = name.as_bytes();
    let rest = [&b"Global\\"[..], b"Local\\"].iter().find_map(|space| bytes.strip_prefix(*space)).unwrap_or(bytes);
    if name.to_string_lossy().chars().count() > LONGEST {
        return Err(Win32Error::FILENAME_EXCED_RANGE);
    }
    if rest.contains(&b'\\') {
        return Err(Win32Error::PATH_NOT_FOUND);
    }
    if rest.is_empty() {
        return Err(Win32Error::INVALID_NAME);
    }
    Ok(OsStr::from_bytes(rest).to_owned())
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn event() -> Object {
        Object::Event(Arc::new(Event::manual_reset(false)))
    }

    fn service() -> Arc<Service> {
        Arc::default()
    }

    #[test]
    fn a_name_leads_to_its_object_as_long_as_somebody_has_it() {
        let names = Names::default();
        let (first, existed) = names.create("a".as_ref(), event(), &service()).unwrap();
        assert!(!existed);
        let (second, existed) = names.create(r"Global\a".as_ref(), event(), &service()).unwrap();
        assert!(existed && first.same(&second));
        assert!(names.open("A".as_ref(), &service()).is_err_and(|e| e == Win32Error::FILE_NOT_FOUND), "case counts");
        drop((first, second));
        assert!(names.open("a".as_ref(), &service()).is_err_and(|e| e == Win32Error::FILE_NOT_FOUND));
    }

    #[test]
    fn another_kind_of_object_is_refused() {
        let names = Names::default();
        let kept = names.create("a".as_ref(), event(), &service()).unwrap();
        let semaphore = Object::Semaphore(Arc::new(Semaphore::new(0, 1).unwrap()));
        assert!(names.create("a".as_ref(), semaphore, &service()).is_err_and(|e| e == Win32Error::INVALID_HANDLE));
        drop(kept);
    }

    #[test]
    fn an_empty_name_is_none_04_2() {
        let names = Names::default();
        let (first, _) = names.create("".as_ref(), event(), &service()).unwrap();
        let (second, existed) = names.create("".as_ref(), event(), &service()).unwrap();
        assert!(!existed && !first.same(&second));
        assert!(names.open("".as_ref(), &service()).is_err_and(|e| e == Win32Error::INVALID_HANDLE));
    }

    #[test]
    fn bad_names_are_refused() {
        let names = Names::default();
        assert!(names.create(r"a\b".as_ref(), event(), &service()).is_err_and(|e| e == Win32Error::PATH_NOT_FOUND));
        assert!(names.create(r"Local\".as_ref(), event(), &service()).is_err_and(|e| e == Win32Error::INVALID_NAME));
        let long = "x".repeat(261);
        assert!(names.create(long.as_ref(), event(), &service()).is_err_and(|e| e == Win32Error::FILENAME_EXCED_RANGE));
    }
}
