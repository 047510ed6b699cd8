//! An instance of a pipe: what never changes of it, and its [`State`] behind a lock.

use super::names::{Family, Names, Place};
use super::party::Party;
use super::state::{Client, End, Mode, Side, State, Verdict};
use super::tally::Tally;
use crate::channel::Readers;
use overlapped_abi::Status;
use overlapped_kernel::namespace::ObjectName;
use parking_lot::{Mutex, MutexGuard};
use std::sync::Arc;
use std::time::Duration;

/// See the module page.
pub(super) struct Node {
    place: Option<Place>,
    pub family: Family,
    /// Quotas as they were asked for: towards the client, towards the server.
    pub quotas: [u32; 2],
    /// Of the process that made it.
    pub server: u32,
    /// Who reads what a client in another process sends, while requests of the server wait for it.
    pub readers: Readers,
    state: Mutex<State>,
}

impl Node {
    pub fn new(place: Option<Place>, family: Family, quotas: [u32; 2], mode: Mode, readers: Readers) -> Arc<Self> {
        let state = Mutex::new(State::new(family.of_messages, quotas.map(|quota| quota as usize), mode));
        Arc::new(Self { place, family, quotas, server: std::process::id(), readers, state })
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    /// The same if it comes soon.
    pub fn try_state(&self, limit: Duration) -> Option<MutexGuard<'_, State>> {
        self.state.try_lock_for(limit)
    }

    pub fn name(&self) -> Option<&ObjectName> {
        self.place.as_ref().map(|place| &place.name)
    }

    pub fn names(&self) -> Option<&Arc<Names>> {
        self.place.as_ref().map(|place| &place.names)
    }

    /// How many instances of its name there are.
    pub fn instances(&self) -> u32 {
        let Some(Place { names, name }) = &self.place else { return 1 };
        let here = names.ask(name).map_or(1, |(_, instances)| instances);
        here.saturating_add(names.ask_others(name).map_or(0, |(_, instances)| instances))
    }

    /// ConnectNamedPipe: `who`, if anybody, waits for a client.
    pub fn await_client(self: &Arc<Self>, who: Option<&mut dyn FnMut() -> Party>) -> Verdict {
        match self.names() {
            Some(names) => names.connect(self, who),
            None => self.state().await_client(who).1,
        }
    }

    /// DisconnectNamedPipe.
    pub fn disconnect(self: &Arc<Self>) -> Result<(), Status> {
        match self.names() {
            Some(names) => names.disconnect(self),
            None => self.act(|state, tally| state.disconnect(tally).map(drop)),
        }
    }

    /// The last handle of the server's end is closed.
    pub fn close_server(self: &Arc<Self>) {
        match self.names() {
            Some(names) => names.close(self),
            None => self.act(|state, tally| state.close(End::SERVER, tally)),
        }
        super::serve::say_farewell(self);
    }

    /// A client of this process connects to an instance without a name.
    pub fn connect(&self, client: Client) -> End {
        let mut tally = Tally::new();
        let end = self.state().connect(client, &mut tally);
        tally.tell();
        end
    }

    /// The last handle of a client's end is closed.
    pub fn close_client(&self, end: End) {
        debug_assert_eq!(end.side, Side::Client);
        let mut tally = Tally::new();
        self.state().close(end, &mut tally);
        tally.tell();
    }

    /// Does something under the lock, and tells those whom it has ended afterwards.
    pub fn act<T>(&self, act: impl FnOnce(&mut State, &mut Tally<Party>) -> T) -> T {
        let mut tally = Tally::new();
        let value = act(&mut self.state(), &mut tally);
        tally.tell();
        value
    }
}
