//! Named and anonymous pipes (contract 07 §1 to §3).
//!
//! The process that makes an instance of a pipe owns its queues; an end of it in the same process is a device over them. Requests wait in
//! the queues, with nothing of Linux underneath: no descriptor, no engine, no thread. So quotas, message boundaries, peeking and taking
//! back what was not read are exact. A client in another process speaks to the owner over the [channel](crate::channel). The
//! drawback: a pipe is not a descriptor, and where one is needed bytes have to be pumped.
//!
//! Requests on a synchronous instance wait for each other, also those of the two directions: reads, writes, connects, transactions and
//! flushes (contract 03 §3). What only asks, and DisconnectNamedPipe, which ends what others wait for, does not.
//!
//! | Module | Holds | Contract |
//! |---|---|---|
//! | `queue` | one direction: bytes, messages, who waits, the quota | §1.6, §1.7 |
//! | `state`, `node` | an instance: its phase, its two queues, what its ends may do | §1.3 |
//! | `names` | instances of a name, those that listen, and who waits for one | §1.2, §1.4 |
//! | `party`, `tally` | who waits, and who is to be told when the lock is free | – |
//! | `device`, `root` | ends, and `\\.\pipe\`, on the road | – |
//! | `serve`, `far`, `wire` | clients in other processes, ends of pipes in other processes, and what goes between | §1.1 |
//! | `pump`, `foreign` | ends as descriptors of Linux, and pipes of Linux as ends | – |
//! | `create`, `ask`, `call` | what is asked of pipes | §1.2 to §1.10, §3 |

mod ask;
mod call;
mod create;
mod device;
mod far;
mod foreign;
mod names;
mod node;
mod party;
mod pump;
mod queue;
mod root;
mod serve;
mod state;
mod tally;
mod wire;

pub use ask::{
    Info, Standing, client_process, client_user, connect, control, disconnect, flush, impersonate, info,
    into_descriptor, is_pipe, name, peek, query, server_process, set_mode, standing, transact,
};
pub use call::{wait_as_asked, wait_at};
pub use create::NewPipe;
pub use state::Peeked;

use crate::channel::{Channel, Readers};
use crate::file::FileDriver;
use device::EndDevice;
use names::{Found, Names};
use overlapped_abi::constants::open::OPEN_ALWAYS;
use overlapped_abi::{AccessMask, FileFlags, Win32Error};
use overlapped_kernel::System;
use overlapped_kernel::device::{Bequest, Driver, OpenParams, Opened, bequest};
use overlapped_kernel::namespace::{ObjectName, Target};
use root::RootDevice;
use state::Client;
use std::sync::Arc;

/// Makes pipes and opens them; see the module page. Clones know the same names.
#[derive(Clone)]
pub struct PipeDriver {
    names: Arc<Names>,
}

impl std::fmt::Debug for PipeDriver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PipeDriver").finish_non_exhaustive()
    }
}

impl PipeDriver {
    /// A driver without pipes, whose names other processes reach by `channel`.
    #[must_use]
    pub fn new(channel: Channel) -> Self {
        Self { names: Names::new(channel) }
    }

    fn open_end(&self, system: &System, name: &ObjectName, params: &OpenParams) -> Result<Opened, Win32Error> {
        let overlapped = params.flags.contains(FileFlags::OVERLAPPED);
        let existed = params.disposition == OPEN_ALWAYS;
        match self.names.open(name, params.access, Client::here()) {
            Ok(Found { node, end, access }) => {
                Ok(Opened { device: Arc::new(EndDevice::new(node, end)), access, overlapped, existed })
            }
            Err(Win32Error::ACCESS_DENIED) => Err(Win32Error::ACCESS_DENIED),
            Err(error) => match far::open(&self.names, name, params.access, Readers::of(system)) {
                Ok((device, access)) => Ok(Opened { device: Arc::new(device), access, overlapped, existed }),
                Err(Win32Error::FILE_NOT_FOUND) => Err(error),
                Err(error) => Err(error),
            },
        }
    }
}

impl Driver for PipeDriver {
    fn open(&self, system: &System, target: &Target, params: &OpenParams) -> Option<Result<Opened, Win32Error>> {
        match target {
            Target::Pipe(name) => Some(self.open_end(system, name, params)),
            Target::PipeRoot => {
                let device = Arc::new(RootDevice { names: Arc::clone(&self.names) });
                let access = params.access.map_generic_file() | AccessMask::SYNCHRONIZE | AccessMask::READ_ATTRIBUTES;
                let overlapped = params.flags.contains(FileFlags::OVERLAPPED);
                Some(Ok(Opened { device, access, overlapped, existed: false }))
            }
            _ => None,
        }
    }

    /// A child of this process has a descriptor in the end's place, or a connection to its owner.
    fn inherit(&self, system: &System, left: &mut Bequest) -> Option<Result<Opened, Win32Error>> {
        if left.kind != bequest::PIPE {
            return None;
        }
        let files: Option<&FileDriver> = system.driver();
        Some(match (files, left.descriptor.take()) {
            (_, Some(descriptor)) if !left.bytes.is_empty() => {
                far::adopt(&self.names, descriptor, &left.bytes, Readers::of(system)).map(|device| {
                    let access = device.welcome().access;
                    Opened { device: Arc::new(device), access, overlapped: left.overlapped, existed: false }
                })
            }
            (Some(files), Some(descriptor)) => files.adopt(descriptor, left.overlapped),
            _ => Err(Win32Error::INVALID_HANDLE),
        })
    }
}

impl Client {
    /// This process.
    fn here() -> Self {
        Self { process: std::process::id(), user: rustix::process::geteuid().as_raw(), far: None }
    }
}
