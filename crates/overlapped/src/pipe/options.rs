//! How pipes are made and opened.

use super::driver;
use super::end::{End, NamedPipeClient, NamedPipeServer};
use crate::error::{Error, Result};
use crate::handle::OwnedHandle;
use overlapped_abi::constants::open::OPEN_EXISTING;
use overlapped_abi::constants::pipe::{
    PIPE_ACCESS_DUPLEX, PIPE_ACCESS_INBOUND, PIPE_ACCESS_OUTBOUND, PIPE_NOWAIT, PIPE_READMODE_MESSAGE,
    PIPE_TYPE_MESSAGE, PIPE_UNLIMITED_INSTANCES,
};
use overlapped_abi::{AccessMask, FileFlags, ShareMode};
use overlapped_devices::pipe::{self as devices, NewPipe};
use overlapped_kernel::System;
use overlapped_kernel::device::OpenParams;
use overlapped_kernel::system::Open;
use std::ffi::OsStr;
use std::time::Duration;

/// Which way data goes through a pipe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// The server reads.
    Inbound,
    /// The server writes.
    Outbound,
    /// Both.
    #[default]
    Duplex,
}

/// Makes instances of named pipes (CreateNamedPipe, contract 07 §1.2).
#[derive(Clone, Debug)]
pub struct PipeOptions {
    direction: Direction,
    flags: FileFlags,
    mode: u32,
    instances: u32,
    quotas: [u32; 2],
    timeout: u32,
    system: Option<System>,
}

impl Default for PipeOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl PipeOptions {
    /// Bytes in both directions, any number of instances, a quota of 4096 bytes each way.
    #[must_use]
    pub fn new() -> Self {
        Self {
            direction: Direction::Duplex,
            flags: FileFlags::OVERLAPPED,
            mode: 0,
            instances: PIPE_UNLIMITED_INSTANCES,
            quotas: [4096; 2],
            timeout: 0,
            system: None,
        }
    }

    /// Which way data goes.
    #[must_use]
    pub fn direction(mut self, direction: Direction) -> Self {
        self.direction = direction;
        self
    }

    /// A pipe of messages, which the server reads one by one.
    #[must_use]
    pub fn messages(mut self) -> Self {
        self.mode |= PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE;
        self
    }

    /// A pipe of messages, which the server reads as bytes.
    #[must_use]
    pub fn messages_read_as_bytes(mut self) -> Self {
        self.mode = self.mode & !PIPE_READMODE_MESSAGE | PIPE_TYPE_MESSAGE;
        self
    }

    /// Calls on the server's end never wait (PIPE_NOWAIT).
    #[must_use]
    pub fn nowait(mut self) -> Self {
        self.mode |= PIPE_NOWAIT;
        self
    }

    /// Fails with 5 if the name has an instance already.
    #[must_use]
    pub fn first_instance(mut self) -> Self {
        self.flags |= FileFlags::FIRST_PIPE_INSTANCE;
        self
    }

    /// At most so many instances, 1 to 254. The first instance says it.
    #[must_use]
    pub fn max_instances(mut self, instances: u32) -> Self {
        self.instances = instances;
        self
    }

    /// The quotas towards the client and towards the server, in bytes. With 0, each write waits for a reader.
    #[must_use]
    pub fn quotas(mut self, out: u32, input: u32) -> Self {
        self.quotas = [out, input];
        self
    }

    /// How long [`wait_named_pipe`](super::wait_named_pipe) waits if it is not told.
    #[must_use]
    pub fn default_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX - 1).max(1);
        self
    }

    /// In another system than the default one.
    #[must_use]
    pub fn system(mut self, system: &System) -> Self {
        self.system = Some(system.clone());
        self
    }

    /// Makes an instance of the pipe `\\.\pipe\name`, which listens.
    ///
    /// # Errors
    /// 123 for another form of name, 5 if it is not the first or has another direction, 231 beyond the number of instances, 87 for a number
    /// of instances that may not be.
    pub fn create(&self, name: impl AsRef<OsStr>) -> Result<NamedPipeServer> {
        let direction = match self.direction {
            Direction::Inbound => PIPE_ACCESS_INBOUND,
            Direction::Outbound => PIPE_ACCESS_OUTBOUND,
            Direction::Duplex => PIPE_ACCESS_DUPLEX,
        };
        let [out_bytes, in_bytes] = self.quotas;
        let new = NewPipe {
            open_mode: direction | self.flags.bits(),
            pipe_mode: self.mode,
            instances: self.instances,
            out_bytes,
            in_bytes,
            timeout: self.timeout,
        };
        let system = system_or_default(self.system.as_ref())?;
        let made = driver(&system)?.create(&system, name.as_ref(), &new);
        let Open { handle, grant, .. } =
            made.map_err(|code| Error::new(code, "creation of a pipe").about(name.as_ref()))?;
        OwnedHandle::new(&system, handle, grant).map(End::new).map(NamedPipeServer)
    }
}

fn system_or_default(system: Option<&System>) -> Result<System> {
    system.map_or_else(|| crate::system::default().cloned(), |system| Ok(system.clone()))
}

/// Opens pipes (CreateFile, contract 07 §1.4).
#[derive(Clone, Debug)]
pub struct ClientOptions {
    access: AccessMask,
    mode: u32,
    system: Option<System>,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl ClientOptions {
    /// To read and to write, bytes.
    #[must_use]
    pub fn new() -> Self {
        Self { access: AccessMask::GENERIC_READ | AccessMask::GENERIC_WRITE, mode: 0, system: None }
    }

    /// Only to read, from a pipe whose server writes.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.access = AccessMask::GENERIC_READ | AccessMask::WRITE_ATTRIBUTES;
        self
    }

    /// Only to write, to a pipe whose server reads.
    #[must_use]
    pub fn write_only(mut self) -> Self {
        self.access = AccessMask::GENERIC_WRITE;
        self
    }

    /// Reads message by message.
    #[must_use]
    pub fn messages(mut self) -> Self {
        self.mode |= PIPE_READMODE_MESSAGE;
        self
    }

    /// Calls on this end never wait.
    #[must_use]
    pub fn nowait(mut self) -> Self {
        self.mode |= PIPE_NOWAIT;
        self
    }

    /// In another system than the default one.
    #[must_use]
    pub fn system(mut self, system: &System) -> Self {
        self.system = Some(system.clone());
        self
    }

    /// Connects to the instance of the pipe that has listened longest.
    ///
    /// # Errors
    /// 2 for a name that nobody has, 231 if no instance listens, 5 for access that the server does not offer, 87 for messages of a pipe of
    /// bytes.
    pub fn open(&self, name: impl AsRef<OsStr>) -> Result<NamedPipeClient> {
        let system = system_or_default(self.system.as_ref())?;
        let params = OpenParams {
            access: self.access,
            share: ShareMode::empty(),
            disposition: OPEN_EXISTING,
            flags: FileFlags::OVERLAPPED,
            permissions: 0,
        };
        let failed = |code| Error::new(code, "open").about(name.as_ref());
        let Open { handle, grant, .. } = system.open(name.as_ref(), &params).map_err(failed)?;
        let handle = OwnedHandle::new(&system, handle, grant)?;
        if !devices::is_pipe(handle.grant()) {
            return Err(failed(overlapped_abi::Win32Error::INVALID_FUNCTION));
        }
        if self.mode != 0 {
            devices::set_mode(handle.grant(), self.mode).map_err(failed)?;
        }
        Ok(NamedPipeClient(End::new(handle)))
    }
}
