//! CreateNamedPipe and CreatePipe (contract 07 §1.2, §3).

use super::PipeDriver;
use super::device::EndDevice;
use super::names::{Family, Wanted};
use super::node::Node;
use super::queue::Reading;
use super::state::{Client, End, Mode};
use crate::channel::Readers;
use overlapped_abi::constants::pipe::{
    PIPE_ACCESS_DUPLEX, PIPE_ACCESS_INBOUND, PIPE_ACCESS_OUTBOUND, PIPE_DEFAULT_BUFFER, PIPE_DEFAULT_TIMEOUT_MS,
    PIPE_NOWAIT, PIPE_READMODE_MESSAGE, PIPE_REJECT_REMOTE_CLIENTS, PIPE_TYPE_MESSAGE, PIPE_UNLIMITED_INSTANCES,
};
use overlapped_abi::{AccessMask, FileFlags, Win32Error};
use overlapped_kernel::System;
use overlapped_kernel::handle::Object;
use overlapped_kernel::namespace::pipe_server_name;
use overlapped_kernel::system::{Grant, Open};
use std::ffi::OsStr;
use std::sync::Arc;

/// The arguments of CreateNamedPipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewPipe {
    /// `dwOpenMode`: PIPE_ACCESS_* and flags.
    pub open_mode: u32,
    /// `dwPipeMode`: PIPE_TYPE_*, PIPE_READMODE_*, PIPE_NOWAIT.
    pub pipe_mode: u32,
    /// `nMaxInstances`, 1 to 255.
    pub instances: u32,
    /// `nOutBufferSize`, the quota towards the client, in bytes.
    pub out_bytes: u32,
    /// `nInBufferSize`, the quota towards the server, in bytes.
    pub in_bytes: u32,
    /// `nDefaultTimeOut` in milliseconds, 0 for 50.
    pub timeout: u32,
}

/// Bits of `dwOpenMode` besides the direction. WRITE_OWNER and FILE_FLAG_FIRST_PIPE_INSTANCE are the same bit.
const RIGHTS: AccessMask =
    AccessMask::WRITE_DAC.union(AccessMask::WRITE_OWNER).union(AccessMask::ACCESS_SYSTEM_SECURITY);
const FLAGS: FileFlags = FileFlags::FIRST_PIPE_INSTANCE.union(FileFlags::WRITE_THROUGH).union(FileFlags::OVERLAPPED);

impl NewPipe {
    fn check(&self) -> Result<(), Win32Error> {
        let open = PIPE_ACCESS_DUPLEX | RIGHTS.bits() | FLAGS.bits();
        let mode = PIPE_NOWAIT | PIPE_READMODE_MESSAGE | PIPE_TYPE_MESSAGE | PIPE_REJECT_REMOTE_CLIENTS;
        let reads_messages = self.pipe_mode & PIPE_READMODE_MESSAGE != 0;
        let bad = self.open_mode & !open != 0
            || self.open_mode & PIPE_ACCESS_DUPLEX == 0
            || self.pipe_mode & !mode != 0
            || reads_messages && !self.of_messages()
            || !(1..=PIPE_UNLIMITED_INSTANCES).contains(&self.instances);
        if bad { Err(Win32Error::INVALID_PARAMETER) } else { Ok(()) }
    }

    fn of_messages(&self) -> bool {
        self.pipe_mode & PIPE_TYPE_MESSAGE != 0
    }

    fn flags(&self) -> FileFlags {
        FileFlags::from_bits_retain(self.open_mode)
    }

    fn family(&self) -> Family {
        let default_wait = if self.timeout == 0 { PIPE_DEFAULT_TIMEOUT_MS } else { self.timeout };
        let limit = if self.instances == PIPE_UNLIMITED_INSTANCES { u32::MAX } else { self.instances };
        Family { direction: self.open_mode & PIPE_ACCESS_DUPLEX, of_messages: self.of_messages(), limit, default_wait }
    }

    /// How the server's end behaves. A later instance has the type of the first.
    fn mode(&self, of_messages: bool) -> Mode {
        let messages = of_messages && self.pipe_mode & PIPE_READMODE_MESSAGE != 0;
        let reading = if messages { Reading::Messages } else { Reading::Bytes };
        Mode { reading, nowait: self.pipe_mode & PIPE_NOWAIT != 0 }
    }

    fn access(&self) -> AccessMask {
        let mut access = AccessMask::SYNCHRONIZE | (AccessMask::from_bits_retain(self.open_mode) & RIGHTS);
        if self.open_mode & PIPE_ACCESS_INBOUND != 0 {
            access |= AccessMask::FILE_GENERIC_READ;
        }
        if self.open_mode & PIPE_ACCESS_OUTBOUND != 0 {
            access |= AccessMask::FILE_GENERIC_WRITE;
        }
        access
    }
}

impl PipeDriver {
    /// CreateNamedPipe: a new instance of the pipe `\\.\pipe\name`, which listens.
    ///
    /// # Errors
    /// 123 for another form of name; 87 for bits and numbers that mean nothing; 5 if it is to be the first and is not, and if it has another
    /// direction than the first; 231 beyond the first one's number of instances.
    pub fn create(&self, system: &System, name: &OsStr, new: &NewPipe) -> Result<Open, Win32Error> {
        let name = pipe_server_name(name).map_err(|error| error.code())?;
        new.check()?;
        let first = new.flags().contains(FileFlags::FIRST_PIPE_INSTANCE);
        let quotas = [new.out_bytes, new.in_bytes];
        let readers = Readers::of(system);
        let make = |place, family: Family| {
            Node::new(Some(place), family, quotas, new.mode(family.of_messages), readers.clone())
        };
        let wanted = Wanted { name: &name, family: new.family(), only_first: first };
        let node = self.names.create(wanted, make)?;
        super::serve::remember(&node);
        let device = EndDevice::new(node, End::SERVER);
        insert(system, device, new.flags().contains(FileFlags::OVERLAPPED), new.access())
    }

    /// CreatePipe: the reading and the writing end of a pipe of bytes without a name, with a quota of so many bytes; 4096 for 0.
    ///
    /// # Errors
    /// 4 when there are too many handles.
    pub fn anonymous(&self, system: &System, bytes: u32) -> Result<(Open, Open), Win32Error> {
        let quota = if bytes == 0 { PIPE_DEFAULT_BUFFER } else { bytes };
        let default_wait = PIPE_DEFAULT_TIMEOUT_MS;
        let family = Family { direction: PIPE_ACCESS_INBOUND, of_messages: false, limit: 1, default_wait };
        let node = Node::new(None, family, [quota, quota], Mode::PLAIN, Readers::of(system));
        let end = node.connect(Client::here());
        let attributes = AccessMask::READ_ATTRIBUTES | AccessMask::WRITE_ATTRIBUTES;
        let server = EndDevice::new(Arc::clone(&node), End::SERVER);
        let client = EndDevice::new(node, end);
        let reader = insert(system, server, false, AccessMask::FILE_GENERIC_READ | attributes)?;
        match insert(system, client, false, AccessMask::FILE_GENERIC_WRITE | attributes) {
            Ok(writer) => Ok((reader, writer)),
            Err(error) => {
                system.close(reader.handle)?;
                Err(error)
            }
        }
    }
}

/// A handle to an end.
fn insert(system: &System, device: EndDevice, overlapped: bool, access: AccessMask) -> Result<Open, Win32Error> {
    let instance = system.instance(Arc::new(device), overlapped);
    let handle = system.insert(Object::Instance(Arc::clone(&instance)), access)?;
    Ok(Open { handle, grant: Grant { instance, access }, existed: false })
}
