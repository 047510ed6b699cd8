//! What a child inherits: the handles of the parent, as a table and as the descriptors that go with it.
//!
//! A handle is inherited if its flag says so at the moment of the start, and if the list that the caller may give has it. What several handles
//! refer to goes once. Objects that only this process had become shared with others here. What cannot be passed on (a port, a thread, a
//! watch on a directory) the child does not have, as if its handle were closed.

use super::table::{self, Object as Heir, Place, Thing};
use overlapped_abi::Win32Error;
use overlapped_kernel::System;
use overlapped_kernel::handle::{Entry, Handle, HandleFlags, Object};
use rustix::fd::{AsFd, OwnedFd};
use std::collections::HashSet;

/// Which handles a child inherits.
#[derive(Clone, Debug, Default)]
pub enum Inherit {
    /// None.
    #[default]
    None,
    /// All whose flag says so.
    All,
    /// These, which must have the flag (PROC_THREAD_ATTRIBUTE_HANDLE_LIST).
    Listed(Vec<Handle>),
}

/// What goes to the child.
#[derive(Default)]
pub(super) struct Estate {
    pub objects: Vec<Heir>,
    pub handles: Vec<table::Handle>,
    /// Copies for the child alone, to be closed here once it has them.
    pub descriptors: Vec<OwnedFd>,
    /// What was asked already, and the place of its descriptor, if it has one: an end of a pipe must not be given away twice.
    asked: Vec<(Object, Option<usize>)>,
}

impl Inherit {
    /// The entries that go: 87 for a list with a handle that cannot be inherited.
    fn entries(&self, system: &System) -> Result<Vec<(Handle, Entry)>, Win32Error> {
        let inherits = |entry: &Entry| entry.flags.contains(HandleFlags::INHERIT);
        match self {
            Self::None => Ok(Vec::new()),
            Self::All => Ok(system.all_open().into_iter().filter(|(_, entry)| inherits(entry)).collect()),
            Self::Listed(list) => {
                let listed: HashSet<Handle> = list.iter().copied().collect();
                let entries: Vec<_> =
                    system.all_open().into_iter().filter(|(h, entry)| listed.contains(h) && inherits(entry)).collect();
                if entries.len() == listed.len() { Ok(entries) } else { Err(Win32Error::INVALID_PARAMETER) }
            }
        }
    }
}

impl Estate {
    /// Everything that the child is to have.
    pub fn of(system: &System, inherit: &Inherit, standard: &[Handle]) -> Result<Self, Win32Error> {
        let mut estate = Self::default();
        let streams: Vec<_> = standard.iter().filter_map(|handle| system.entry(*handle).ok()).collect();
        let mut known: Vec<(Object, Option<u32>)> = Vec::new();
        for (handle, entry) in inherit.entries(system)? {
            let place = match known.iter().find(|(object, _)| object.same(&entry.object)) {
                Some((_, place)) => *place,
                None => {
                    let is_stream = streams.iter().any(|stream| stream.object.same(&entry.object));
                    let place = estate.add(system, &entry, is_stream)?;
                    known.push((entry.object.clone(), place));
                    place
                }
            };
            if let Some(object) = place {
                let value = handle.into_raw() as u32;
                let (access, flags) = (entry.access.bits(), entry.flags.bits());
                estate.handles.push(table::Handle { value, access, flags, object });
            }
        }
        Ok(estate)
    }

    fn add(&mut self, system: &System, entry: &Entry, is_stream: bool) -> Result<Option<u32>, Win32Error> {
        let Some((thing, descriptors)) = pass(system, &entry.object, is_stream)? else {
            return Ok(None);
        };
        let mut places = Vec::new();
        let first = (!descriptors.is_empty()).then_some(self.descriptors.len());
        self.asked.push((entry.object.clone(), first));
        for descriptor in descriptors {
            let descriptor = super::spawn::above(descriptor)?;
            places.push(Place::of(descriptor.as_fd()).ok_or(Win32Error::INVALID_HANDLE)?);
            self.descriptors.push(descriptor);
        }
        self.objects.push(Heir { thing, places });
        Ok(Some(self.objects.len() as u32 - 1))
    }
}

impl Estate {
    /// A descriptor of what a handle refers to, for a standard handle; `None` if it has none.
    pub fn standard(&mut self, system: &System, handle: Handle) -> Result<Option<OwnedFd>, Win32Error> {
        let Ok(Entry { object: Object::Instance(instance), .. }) = system.entry(handle) else { return Ok(None) };
        let object = Object::Instance(instance.clone());
        if let Some((_, place)) = self.asked.iter().find(|(known, _)| known.same(&object)) {
            return place.map(|at| copy(&self.descriptors[at])).transpose();
        }
        let left = instance.device().bequeath(&instance).and_then(|bequest| bequest.descriptor);
        // A device that cannot be left to a child may have a descriptor all the same.
        let Some(descriptor) =
            left.map_or_else(|| instance.device().descriptor().map(copy).transpose(), |fd| Ok(Some(fd)))?
        else {
            return Ok(None);
        };
        let first = copy(&descriptor)?;
        self.asked.push((object, Some(self.descriptors.len())));
        self.descriptors.push(super::spawn::above(descriptor)?);
        Ok(Some(first))
    }
}

fn copy(fd: impl AsFd) -> Result<OwnedFd, Win32Error> {
    rustix::io::fcntl_dupfd_cloexec(fd, 3).map_err(super::from_errno)
}

/// What leads a child to an object, and by which descriptors; `None` if nothing does. A standard handle goes as a stream that any program can use.
pub(super) fn pass(
    system: &System,
    object: &Object,
    is_stream: bool,
) -> Result<Option<(Thing, Vec<OwnedFd>)>, Win32Error> {
    Ok(match object {
        Object::Instance(instance) => {
            let device = instance.device();
            let left = if is_stream { device.bequeath(instance) } else { device.bequeath_handle(instance) };
            left.map(|bequest| {
                let (kind, bytes) = (bequest.kind, bequest.bytes);
                let (overlapped, modes) = (instance.is_overlapped(), instance.modes().bits());
                let descriptors = bequest.descriptor.into_iter().chain(bequest.keep);
                (Thing::Instance { kind, overlapped, modes, bytes }, descriptors.collect())
            })
        }
        Object::Event(_) | Object::Mutant(_) | Object::Semaphore(_) | Object::Timer(_) => passage(system, object)?,
        Object::Section(section) => match passage(system, object)? {
            Some(named) => Some(named),
            None => {
                let thing = Thing::Section(section.size(), section.protection(), section.is_memory());
                Some((thing, vec![copy(section.as_fd())?]))
            }
        },
        Object::Process(process) | Object::MainThread(process) => {
            let is_thread = matches!(object, Object::MainThread(_));
            let thing = Thing::Process(process.id(), is_thread);
            let mut descriptors = Vec::new();
            match process.bequest() {
                Some((pidfd, will)) => {
                    descriptors.push(copy(pidfd)?);
                    if let Some(will) = will {
                        descriptors.push(copy(will.descriptor())?);
                    }
                }
                // The calling process, which the child opens by its number.
                None => {
                    let own = rustix::process::getpid();
                    let flags = rustix::process::PidfdFlags::empty();
                    descriptors.push(rustix::process::pidfd_open(own, flags).map_err(super::from_errno)?);
                }
            }
            Some((thing, descriptors))
        }
        _ => None,
    })
}

/// What leads a child to an object that processes can share.
fn passage(system: &System, object: &Object) -> Result<Option<(Thing, Vec<OwnedFd>)>, Win32Error> {
    let passage = match system.pass_on(object) {
        // Nothing can be shared here: the child goes without.
        Err(Win32Error::NOT_SUPPORTED) => None,
        passage => passage?,
    };
    Ok(passage.map(|passage| (passage.name.map_or(Thing::Signal, Thing::Named), vec![passage.descriptor])))
}
