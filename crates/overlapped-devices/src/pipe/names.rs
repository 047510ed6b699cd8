//! The names of this process's pipes: their instances, which of them listen, and who waits for one to listen (contract 07 §1.2, §1.4).
//!
//! One lock for all names; it is taken before that of an instance, and for the calls that open, connect, disconnect and close only. The
//! instances that listen stand in the order in which they began to.

use super::node::Node;
use super::party::Party;
use super::state::{Client, End, Phase, Verdict};
use super::tally::Tally;
use overlapped_abi::{AccessMask, Status, Win32Error};
use overlapped_kernel::namespace::ObjectName;
use overlapped_kernel::request::Completion;
use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// What all instances of a name have in common. The first one says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Family {
    /// PIPE_ACCESS_*.
    pub direction: u32,
    pub of_messages: bool,
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
}

struct Name {
    family: Family,
    instances: u32,
    listening: VecDeque<Arc<Node>>,
    waiters: Vec<Party>,
}

/// See the module page.
#[derive(Default)]
pub(super) struct Names {
    table: Mutex<HashMap<ObjectName, Name>>,
}

/// Where a named instance belongs.
pub(super) struct Place {
    pub names: Arc<Names>,
    pub name: ObjectName,
}

impl Names {
    /// Enters an instance, which listens from now on. `make` is given what the name's instances have in common. Also: is it the first?
    pub fn create(
        self: &Arc<Self>,
        name: &ObjectName,
        family: Family,
        only_first: bool,
        make: impl FnOnce(Place, Family) -> Arc<Node>,
    ) -> Result<(Arc<Node>, bool), Win32Error> {
        let mut tally = Tally::new();
        let made = {
            let mut table = self.table.lock();
            let first = !table.contains_key(name);
            let fresh = || Name { family, instances: 0, listening: VecDeque::new(), waiters: Vec::new() };
            let known = table.entry(name.clone()).or_insert_with(fresh);
            if !first {
                if only_first || known.family.direction != family.direction {
                    return Err(Win32Error::ACCESS_DENIED);
                }
                if known.instances >= known.family.limit {
                    return Err(Win32Error::PIPE_BUSY);
                }
            }
            known.instances += 1;
            let node = make(Place { names: Arc::clone(self), name: name.clone() }, known.family);
            known.listen(Arc::clone(&node), &mut tally);
            (node, first)
        };
        tally.tell();
        Ok(made)
    }

    /// A client opens the instance that has listened longest; 2 without such a name here, 231 if none listens, 5 if it asks for too much.
    pub fn open(&self, name: &ObjectName, wanted: AccessMask, client: Client) -> Result<Found, Win32Error> {
        let mut tally = Tally::new();
        let found = {
            let mut table = self.table.lock();
            let known = table.get_mut(name).ok_or(Win32Error::FILE_NOT_FOUND)?;
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
            let mut state = node.state();
            if state.phase == Phase::Disconnected {
                state.phase = Phase::Listening;
                if let Some(known) = node.name().and_then(|name| table.get_mut(name)) {
                    known.listen(Arc::clone(node), &mut tally);
                }
            }
            let verdict = state.await_client();
            if let (Verdict::Wait, Some(who)) = (&verdict, who) {
                state.connects.push(who());
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
                && let Some(known) = node.name().and_then(|name| table.get_mut(name))
            {
                known.listening.retain(|other| !Arc::ptr_eq(other, node));
            }
            done.map(drop)
        };
        tally.tell();
        done
    }

    /// The last handle of an instance is closed. Was it the last instance of its name?
    pub fn close(&self, node: &Arc<Node>) -> bool {
        let mut tally = Tally::new();
        let last = {
            let mut table = self.table.lock();
            node.state().close(End::SERVER, &mut tally);
            node.name().is_some_and(|name| {
                let Some(known) = table.get_mut(name) else { return false };
                known.listening.retain(|other| !Arc::ptr_eq(other, node));
                known.instances -= 1;
                if known.instances > 0 {
                    return false;
                }
                let gone = Completion::failure(Status::OBJECT_NAME_NOT_FOUND);
                known.waiters.drain(..).for_each(|who| tally.push(who, gone));
                table.remove(name);
                true
            })
        };
        tally.tell();
        last
    }

    /// WaitNamedPipe: `who`, if anybody, waits for an instance to listen.
    pub fn wait(&self, name: &ObjectName, who: Option<Party>) -> Verdict {
        let mut table = self.table.lock();
        let Some(known) = table.get_mut(name) else { return Verdict::Failed(Status::OBJECT_NAME_NOT_FOUND) };
        if !known.listening.is_empty() {
            return Verdict::Done(Completion::success(0));
        }
        known.waiters.extend(who);
        Verdict::Wait
    }

    /// Takes out who waits for this name, or for any, and is meant.
    pub fn take_out(&self, name: Option<&ObjectName>, is: impl Fn(&Party) -> bool) -> Option<Party> {
        let mut table = self.table.lock();
        let mut take = |known: &mut Name| {
            let place = known.waiters.iter().position(&is)?;
            Some(known.waiters.remove(place))
        };
        match name {
            Some(name) => table.get_mut(name).and_then(take),
            None => table.values_mut().find_map(&mut take),
        }
    }

    /// How long WaitNamedPipe waits if it is not told, and how many instances there are.
    pub fn ask(&self, name: &ObjectName) -> Option<(Family, u32)> {
        self.table.lock().get(name).map(|known| (known.family, known.instances))
    }
}

/// What a client has opened.
pub(super) struct Found {
    pub node: Arc<Node>,
    pub end: End,
    pub access: AccessMask,
}

impl Name {
    fn listen(&mut self, node: Arc<Node>, tally: &mut Tally<Party>) {
        self.listening.push_back(node);
        self.waiters.drain(..).for_each(|who| tally.push(who, Completion::success(0)));
    }
}
