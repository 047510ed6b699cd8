//! The names of this process's pipes: their instances, which of them listen, and who waits for one to listen (contract 07 §1.2, §1.4).
//!
//! One lock for all names; it is taken before that of an instance, and for the calls that open, connect, disconnect and close only. The
//! instances that listen stand in the order in which they began to. Names are also in the register of all processes: the first instance
//! enters them there, the last takes them out, and if their number is limited every one is counted there. Whoever changes the register
//! holds its lock and takes that of the names inside.
//!
//! Several processes may have instances of one name. A client then gets one of its own process if it can, and only the order within a
//! process is that in which they began to listen.

use super::node::Node;
use super::party::Party;
use super::serve::registered;
use super::state::{Client, End, Verdict};
use super::tally::Tally;
use super::wire::Note;
use crate::channel::{Channel, Kind, Owners, Registration, Service};
use overlapped_abi::{AccessMask, Status, Win32Error};
use overlapped_kernel::namespace::ObjectName;
use overlapped_kernel::request::Completion;
use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Weak};

/// What all instances of a name have in common. The first one says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Family {
    /// PIPE_ACCESS_*.
    pub direction: u32,
    pub of_messages: bool,
    /// [`u32::MAX`] for any number.
    pub limit: u32,
    /// For WaitNamedPipe, in milliseconds.
    pub default_wait: u32,
}

impl Family {
    /// What a client may ask for; 5 if it asks for more.
    pub fn admit(self, wanted: AccessMask) -> Result<AccessMask, Win32Error> {
        use overlapped_abi::constants::pipe::{PIPE_ACCESS_INBOUND, PIPE_ACCESS_OUTBOUND};
        let mut closed = AccessMask::empty();
        closed.set(AccessMask::READ_DATA, self.direction & PIPE_ACCESS_OUTBOUND == 0);
        closed.set(AccessMask::WRITE_DATA, self.direction & PIPE_ACCESS_INBOUND == 0);
        let mut access = wanted.map_generic_file() | AccessMask::SYNCHRONIZE | AccessMask::READ_ATTRIBUTES;
        if access.contains(AccessMask::MAXIMUM_ALLOWED) {
            access = (access - AccessMask::MAXIMUM_ALLOWED) | (AccessMask::FILE_ALL_ACCESS - closed);
        }
        if access.intersects(closed) { Err(Win32Error::ACCESS_DENIED) } else { Ok(access) }
    }

    fn is_limited(self) -> bool {
        self.limit != u32::MAX
    }
}

struct Name {
    family: Family,
    instances: u32,
    listening: VecDeque<Arc<Node>>,
}

#[derive(Default)]
struct Table {
    names: HashMap<ObjectName, Name>,
    /// Who waits for an instance of a name to listen.
    waiting: Vec<(ObjectName, Party)>,
}

/// See the module page.
pub(super) struct Names {
    me: Weak<Names>,
    pub channel: Channel,
    table: Mutex<Table>,
}

/// Where a named instance belongs.
pub(super) struct Place {
    pub names: Arc<Names>,
    pub name: ObjectName,
}

/// An instance in the making.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub name: &'a ObjectName,
    pub family: Family,
    /// FILE_FLAG_FIRST_PIPE_INSTANCE.
    pub only_first: bool,
}

impl Names {
    /// Names that other processes reach by `channel`.
    pub fn new(channel: Channel) -> Arc<Self> {
        Arc::new_cyclic(|me: &Weak<Self>| {
            channel.serve(Kind::Pipe, Weak::clone(me) as Weak<dyn Service>);
            Self { me: Weak::clone(me), channel, table: Mutex::default() }
        })
    }

    pub fn myself(&self) -> Weak<Self> {
        Weak::clone(&self.me)
    }

    /// Enters an instance, which listens from now on. `make` is given what the name's instances have in common.
    pub fn create(
        self: &Arc<Self>,
        wanted: Wanted<'_>,
        make: impl Fn(Place, Family) -> Arc<Node>,
    ) -> Result<Arc<Node>, Win32Error> {
        let mut tally = Tally::new();
        let made = {
            let mut table = self.table.lock();
            match table.names.get(wanted.name) {
                // What the register would say is known.
                Some(known) if !known.family.is_limited() => {
                    let family = known.family;
                    wanted
                        .check(family, known.instances)
                        .map(|()| table.enter(self.place(wanted.name), family, &make, &mut tally))
                }
                _ => {
                    drop(table);
                    let mut entered = None;
                    let made = self.channel.change(&registered(wanted.name), |owners| {
                        let mut table = self.table.lock();
                        let family = wanted.decide(&table, &owners.others)?;
                        let node = table.enter(self.place(wanted.name), family, &make, &mut tally);
                        table.note(wanted.name, owners);
                        entered = Some(Arc::clone(&node));
                        Ok(node)
                    });
                    // The register could not be written: nobody has the instance, so nobody would close it.
                    if let (Err(_), Some(node)) = (&made, entered) {
                        self.leave(&node, &mut tally);
                    }
                    made
                }
            }
        };
        tally.tell();
        made
    }

    fn place(self: &Arc<Self>, name: &ObjectName) -> Place {
        Place { names: Arc::clone(self), name: name.clone() }
    }

    /// A client opens the instance that has listened longest; 2 without such a name here, 231 if none listens, 5 if it asks for too much.
    pub fn open(&self, name: &ObjectName, wanted: AccessMask, client: Client) -> Result<Found, Win32Error> {
        let mut tally = Tally::new();
        let found = {
            let mut table = self.table.lock();
            let known = table.names.get_mut(name).ok_or(Win32Error::FILE_NOT_FOUND)?;
            let access = known.family.admit(wanted)?;
            let node = known.listening.pop_front().ok_or(Win32Error::PIPE_BUSY)?;
            let end = node.state().connect(client, &mut tally);
            Found { node, end, access }
        };
        tally.tell();
        Ok(found)
    }

    /// ConnectNamedPipe: an instance that was disconnected listens again; `who`, if anybody, waits for a client.
    pub fn connect(&self, node: &Arc<Node>, who: Option<&mut dyn FnMut() -> Party>) -> Verdict {
        let mut tally = Tally::new();
        let verdict = {
            let mut table = self.table.lock();
            let (again, verdict) = node.state().await_client(who);
            if let (true, Some(name)) = (again, node.name()) {
                table.listen(name, Arc::clone(node), &mut tally);
            }
            verdict
        };
        tally.tell();
        verdict
    }

    /// DisconnectNamedPipe.
    pub fn disconnect(&self, node: &Arc<Node>) -> Result<(), Status> {
        let mut tally = Tally::new();
        let done = {
            let mut table = self.table.lock();
            let done = node.state().disconnect(&mut tally);
            if done == Ok(true)
                && let Some(known) = node.name().and_then(|name| table.names.get_mut(name))
            {
                known.listening.retain(|other| !Arc::ptr_eq(other, node));
            }
            done.map(drop)
        };
        tally.tell();
        done
    }

    /// The last handle of an instance is closed.
    pub fn close(&self, node: &Arc<Node>) {
        let mut tally = Tally::new();
        if let Some(name) = self.leave(node, &mut tally) {
            let changed = self.channel.change(&registered(name), |owners| {
                self.table.lock().note(name, owners);
                Ok(())
            });
            if let Err(error) = changed {
                tracing::warn!(%error, "the register of names still counts an instance that is closed");
            }
        }
        tally.tell();
    }

    /// An instance goes; its name, if that is a matter of the register.
    fn leave<'a>(&self, node: &'a Arc<Node>, tally: &mut Tally<Party>) -> Option<&'a ObjectName> {
        let mut table = self.table.lock();
        node.state().close(End::SERVER, tally);
        node.name().filter(|name| table.leave(name, node, tally))
    }

    /// WaitNamedPipe, as far as this process goes: `who`, if anybody, waits for an instance to listen.
    pub fn wait(&self, name: &ObjectName, who: Option<Party>) -> Verdict {
        let mut table = self.table.lock();
        match table.names.get(name) {
            None => Verdict::Failed(Status::OBJECT_NAME_NOT_FOUND),
            Some(known) if !known.listening.is_empty() => Verdict::Done(Completion::success(0)),
            Some(_) => {
                table.waiting.extend(who.map(|who| (name.clone(), who)));
                Verdict::Wait
            }
        }
    }

    /// The same for a name that instances of other processes may have: `who` waits unless `ready` says, under the lock, that it need not.
    pub fn wait_anywhere(
        &self,
        name: &ObjectName,
        ready: impl FnOnce() -> Option<Completion>,
        who: impl FnOnce() -> Party,
    ) -> Option<Completion> {
        let mut table = self.table.lock();
        let listens = table.names.get(name).is_some_and(|known| !known.listening.is_empty());
        let ready = if listens { Some(Completion::success(0)) } else { ready() };
        if ready.is_none() {
            table.waiting.push((name.clone(), who()));
        }
        ready
    }

    /// Takes out who waits for a name and is meant.
    pub fn take_out(&self, is: impl Fn(&Party) -> bool) -> Option<Party> {
        let mut table = self.table.lock();
        let place = table.waiting.iter().position(|(_, who)| is(who))?;
        Some(table.waiting.remove(place).1)
    }

    /// What the instances of a name here have in common, and how many there are.
    pub fn ask(&self, name: &ObjectName) -> Option<(Family, u32)> {
        self.table.lock().names.get(name).map(|known| (known.family, known.instances))
    }

    /// The same of the other processes, as far as they count them.
    pub fn ask_others(&self, name: &ObjectName) -> Option<(Family, u32)> {
        let owners = self.channel.owners(&registered(name)).ok()?;
        let notes: Vec<Note> = owners.iter().filter_map(|owner| Note::read(&owner.note).ok()).collect();
        let instances = notes.iter().fold(0, |sum: u32, note| sum.saturating_add(note.instances));
        Some((notes.first()?.family, instances))
    }
}

/// What a client has opened.
pub(super) struct Found {
    pub node: Arc<Node>,
    pub end: End,
    pub access: AccessMask,
}

impl Wanted<'_> {
    /// May there be another instance, when there are so many?
    fn check(&self, family: Family, instances: u32) -> Result<(), Win32Error> {
        match instances {
            0 => Ok(()),
            _ if self.only_first || family.direction != self.family.direction => Err(Win32Error::ACCESS_DENIED),
            instances if instances >= family.limit => Err(Win32Error::PIPE_BUSY),
            _ => Ok(()),
        }
    }

    /// What the new instance has in common with the others, of this process and of others; or why there may be none.
    fn decide(&self, table: &Table, others: &[Registration]) -> Result<Family, Win32Error> {
        let here = table.names.get(self.name).map(|known| (known.family, known.instances));
        let notes = others.iter().filter_map(|other| Note::read(&other.note).ok());
        let there = notes.map(|note| (note.family, note.instances));
        let all: Vec<(Family, u32)> = here.into_iter().chain(there).collect();
        let family = all.first().map_or(self.family, |(family, _)| *family);
        let instances = all.iter().fold(0_u32, |sum, (_, instances)| sum.saturating_add(*instances));
        self.check(family, instances).map(|()| family)
    }
}

impl Table {
    fn enter(
        &mut self,
        place: Place,
        family: Family,
        make: &impl Fn(Place, Family) -> Arc<Node>,
        tally: &mut Tally<Party>,
    ) -> Arc<Node> {
        let name = place.name.clone();
        let fresh = || Name { family, instances: 0, listening: VecDeque::new() };
        self.names.entry(name.clone()).or_insert_with(fresh).instances += 1;
        let node = make(place, family);
        self.listen(&name, Arc::clone(&node), tally);
        node
    }

    fn listen(&mut self, name: &ObjectName, node: Arc<Node>, tally: &mut Tally<Party>) {
        if let Some(known) = self.names.get_mut(name) {
            known.listening.push_back(node);
            self.wake(name, Completion::success(0), tally);
        }
    }

    fn wake(&mut self, name: &ObjectName, completion: Completion, tally: &mut Tally<Party>) {
        let woken = self.waiting.extract_if(.., |(waits_for, _)| waits_for == name);
        woken.for_each(|(_, who)| tally.push(who, completion));
    }

    /// An instance is closed. Is that a matter of the register?
    fn leave(&mut self, name: &ObjectName, node: &Arc<Node>, tally: &mut Tally<Party>) -> bool {
        let Some(known) = self.names.get_mut(name) else { return false };
        known.listening.retain(|other| !Arc::ptr_eq(other, node));
        known.instances -= 1;
        let (last, limited) = (known.instances == 0, known.family.is_limited());
        if last {
            self.names.remove(name);
            self.wake(name, Completion::failure(Status::OBJECT_NAME_NOT_FOUND), tally);
        }
        last || limited
    }

    /// What the register is to say of the name.
    fn note(&self, name: &ObjectName, owners: &mut Owners) {
        let note = |known: &Name| Note { family: known.family, instances: known.instances }.write();
        owners.own = self.names.get(name).map(note);
    }
}
