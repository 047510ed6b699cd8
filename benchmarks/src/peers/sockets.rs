//! What Linux has instead of pipes and mailslots: pairs of Unix-domain sockets, and the pipe.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::fd::OwnedFd;

use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

use crate::benches::pipe::{Carrier, End};

/// Two sockets that are connected to each other.
pub struct SocketPair([OwnedFd; 2]);

impl SocketPair {
    /// A connection that keeps messages apart.
    pub fn of_messages() -> io::Result<Self> {
        Self::of(SocketType::SEQPACKET)
    }

    /// A connection of bytes.
    pub fn of_bytes() -> io::Result<Self> {
        Self::of(SocketType::STREAM)
    }

    /// Datagrams.
    pub fn of_datagrams() -> io::Result<Self> {
        Self::of(SocketType::DGRAM)
    }

    fn of(kind: SocketType) -> io::Result<Self> {
        let (near, far) = socketpair(AddressFamily::UNIX, kind, SocketFlags::CLOEXEC, None)?;
        Ok(Self([near, far]))
    }
}

impl Carrier for SocketPair {
    fn write(&self, end: End, bytes: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(&self.0[end as usize], bytes)?)
    }

    fn read(&self, end: End, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::read(&self.0[end as usize], buffer)?)
    }
}

/// A pipe of Linux, from the near end to the far one, with the room that Linux gives: 64 KiB.
pub struct LinuxPipe {
    from: PipeWriter,
    to: PipeReader,
}

impl LinuxPipe {
    /// With both ends here.
    pub fn open() -> io::Result<Self> {
        let (to, from) = io::pipe()?;
        Ok(Self { from, to })
    }
}

impl Carrier for LinuxPipe {
    fn write(&self, _: End, bytes: &[u8]) -> io::Result<usize> {
        (&self.from).write(bytes)
    }

    fn read(&self, _: End, buffer: &mut [u8]) -> io::Result<usize> {
        (&self.to).read(buffer)
    }
}
