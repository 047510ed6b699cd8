//! Named and anonymous pipes (contract 07 §1 to §3).
//!
//! The process that makes an instance of a pipe owns its queues; an end of it in the same process is a device over them. Requests wait in
//! the queues, with nothing of Linux underneath: no descriptor, no engine, no thread. So quotas, message boundaries, peeking and taking
//! back what was not read are exact. The drawback: a pipe is not a descriptor, and where one is needed bytes have to be pumped.
//!
//! Synchronous calls on one handle do not wait for each other: both directions may be used at the same time, and requests of one direction
//! are served in their order all the same.
//!
//! | Module | Holds | Contract |
//! |---|---|---|
//! | `queue` | one direction: bytes, messages, who waits, the quota | §1.6, §1.7 |
//! | `state`, `node` | an instance: its phase, its two queues, what its ends may do | §1.3 |
//! | `names` | instances of a name, those that listen, and who waits for one | §1.2, §1.4 |
//! | `party`, `tally` | who waits, and who is to be told when the lock is free | – |
//! | `device`, `root` | ends, and `\\.\pipe\`, on the road | – |
//! | `create`, `ask`, `call` | what is asked of pipes | §1.2 to §1.10, §3 |

mod ask;
mod call;
mod create;
mod device;
mod names;
mod node;
mod party;
mod queue;
mod root;
mod state;
mod tally;

pub use ask::{
    Info, client_process, client_user, connect, disconnect, flush, impersonate, info, is_pipe, peek, server_process,
    set_mode, transact,
};
pub use call::wait_at;
pub use create::NewPipe;
pub use state::Peeked;

use device::EndDevice;
use names::Names;
use overlapped_abi::{AccessMask, FileFlags, Win32Error};
use overlapped_kernel::System;
use overlapped_kernel::device::{Driver, OpenParams, Opened};
use overlapped_kernel::namespace::{ObjectName, Target};
use root::RootDevice;
use state::Client;
use std::sync::Arc;

/// Makes pipes and opens them; see the module page. Clones know the same names.
#[derive(Clone, Default)]
pub struct PipeDriver {
    names: Arc<Names>,
}

impl std::fmt::Debug for PipeDriver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PipeDriver").finish_non_exhaustive()
    }
}

impl PipeDriver {
    /// A driver without pipes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn open_end(&self, name: &ObjectName, params: &OpenParams) -> Result<Opened, Win32Error> {
        let found = self.names.open(name, params.access, Client::here())?;
        let device = Arc::new(EndDevice { node: found.node, end: found.end });
        let overlapped = params.flags.contains(FileFlags::OVERLAPPED);
        Ok(Opened { device, access: found.access, overlapped, existed: false })
    }
}

impl Driver for PipeDriver {
    fn open(&self, _system: &System, target: &Target, params: &OpenParams) -> Option<Result<Opened, Win32Error>> {
        match target {
            Target::Pipe(name) => Some(self.open_end(name, params)),
            Target::PipeRoot => {
                let device = Arc::new(RootDevice { names: Arc::clone(&self.names) });
                let access = params.access.map_generic_file() | AccessMask::SYNCHRONIZE | AccessMask::READ_ATTRIBUTES;
                let overlapped = params.flags.contains(FileFlags::OVERLAPPED);
                Some(Ok(Opened { device, access, overlapped, existed: false }))
            }
            _ => None,
        }
    }
}

impl Client {
    /// This process.
    fn here() -> Self {
        Self { process: std::process::id(), user: rustix::process::geteuid().as_raw() }
    }
}
