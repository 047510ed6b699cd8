//! What a system remembers of its serial ports: the settings that the last user has left, and the null modems.

use super::null_modem::{NullModem, Traits, Wire};
use super::settings::Settings;
use overlapped_abi::Win32Error;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

/// What tells one port from another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// The path of a tty.
    Tty(PathBuf),
    /// The number of a port on a null modem.
    End(u32),
}

/// See the module page.
#[derive(Default)]
pub(crate) struct Registry {
    settings: Mutex<HashMap<Key, Settings>>,
    /// By the numbers of their ends, the smaller first.
    modems: Mutex<HashMap<(u32, u32), Arc<NullModem>>>,
}

impl Registry {
    pub fn left_by(&self, key: &Key) -> Option<Settings> {
        self.settings.lock().get(key).copied()
    }

    /// An end of the null modem between two ports; 5 if somebody has it.
    pub fn end(&self, port: u32, other: u32, traits: Traits) -> Result<Wire, Win32Error> {
        let numbers = (port.min(other), port.max(other));
        let mut modems = self.modems.lock();
        let modem = modems.entry(numbers).or_insert_with(|| NullModem::new(traits));
        if modem.traits() != traits && modem.is_idle() {
            // The table has been changed meanwhile.
            *modem = NullModem::new(traits);
        }
        modem.end(usize::from(port > other)).ok_or(Win32Error::ACCESS_DENIED)
    }
}

/// An open port's place in the registry.
pub(crate) struct Lease {
    place: Option<(Arc<Registry>, Key)>,
}

impl Lease {
    pub fn new(registry: Arc<Registry>, key: Key) -> Self {
        Self { place: Some((registry, key)) }
    }

    /// Of a port that nobody can open again.
    pub fn none() -> Self {
        Self { place: None }
    }

    /// The port is closed with these settings.
    pub fn end(&self, settings: Settings) {
        if let Some((registry, key)) = &self.place {
            registry.settings.lock().insert(key.clone(), settings);
        }
    }
}
