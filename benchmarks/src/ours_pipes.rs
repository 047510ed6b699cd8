//! Our pipes and mailslots, as a user of the Rust face has them.

use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};

use overlapped::mailslot::{Mailslot, MailslotClient};
use overlapped::pipe::{ClientOptions, NamedPipeClient, NamedPipeServer, PipeOptions};

use crate::benches::pipe::{Carrier, End, PIECE};

/// A named pipe with both ends in this process.
pub struct NamedPipe {
    server: NamedPipeServer,
    client: NamedPipeClient,
}

/// A name that nobody else has.
fn name(kind: &str) -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!(r"\\.\{kind}\ovl-bench-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

impl NamedPipe {
    /// Of whole messages.
    pub fn of_messages() -> io::Result<Self> {
        Self::connected(&PipeOptions::new().messages(), &ClientOptions::new().messages())
    }

    /// Of bytes.
    pub fn of_bytes() -> io::Result<Self> {
        Self::connected(&PipeOptions::new(), &ClientOptions::new())
    }

    fn connected(server: &PipeOptions, client: &ClientOptions) -> io::Result<Self> {
        let name = name("pipe");
        let server = server.clone().quotas(PIECE as u32, PIECE as u32).create(&name)?;
        let client = client.open(&name)?;
        server.accept()?;
        Ok(Self { server, client })
    }
}

impl Carrier for NamedPipe {
    fn write(&self, end: End, bytes: &[u8]) -> io::Result<usize> {
        match end {
            End::Near => Write::write(&mut &self.server, bytes),
            End::Far => Write::write(&mut &self.client, bytes),
        }
    }

    fn read(&self, end: End, buffer: &mut [u8]) -> io::Result<usize> {
        match end {
            End::Near => Read::read(&mut &self.server, buffer),
            End::Far => Read::read(&mut &self.client, buffer),
        }
    }
}

/// Two mailslots, one there and one back.
pub struct Mailslots {
    slots: [Mailslot; 2],
    clients: [MailslotClient; 2],
}

impl Mailslots {
    /// In this process.
    pub fn open() -> io::Result<Self> {
        let names = [name("mailslot"), name("mailslot")];
        let slots = [Mailslot::create(&names[0])?, Mailslot::create(&names[1])?];
        let clients = [MailslotClient::open(&names[0])?, MailslotClient::open(&names[1])?];
        Ok(Self { slots, clients })
    }
}

impl Carrier for Mailslots {
    fn write(&self, end: End, bytes: &[u8]) -> io::Result<usize> {
        let client = match end {
            End::Near => &self.clients[1],
            End::Far => &self.clients[0],
        };
        client.write(bytes)?;
        Ok(bytes.len())
    }

    fn read(&self, end: End, buffer: &mut [u8]) -> io::Result<usize> {
        let slot = match end {
            End::Near => &self.slots[0],
            End::Far => &self.slots[1],
        };
        Ok(slot.read(buffer)?)
    }
}
